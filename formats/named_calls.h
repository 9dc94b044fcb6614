/* named_calls.h - calls that a profile names by itself: function, file, line, object. */
#ifndef HP_FORMATS_NAMED_CALLS_H
#define HP_FORMATS_NAMED_CALLS_H

#include "analyzer/model/builder.h"

/* What is told of one call; slices that are empty are not known. */
struct hp_call_text {
	struct hp_slice function;
	struct hp_slice file;   /* source file */
	struct hp_slice object; /* program or library */
	uint32_t line;          /* 0: not known */
};

/*
 * Take "FUNCTION (FILE:LINE)", "FUNCTION (in OBJECT)" or "FUNCTION" apart, as valgrind writes
 * them: names hold blanks, parentheses and '#', and "???" stands for what is not known.
 */
struct hp_call_text hp_call_text(struct hp_slice s);

/*
 * The frame of @call, and its module, HP_NONE if that is not known.  A function without a name
 * is called "???", with its object where that is known.  Errors: ENOMEM, ELIMIT.
 */
HP_MUST_CHECK int hp_call_frame(struct hp_builder *b, const struct hp_call_text *call,
				struct hp_frame *frame, hp_modid *module);

/* The frame "[...]" of what is no function. Errors: ENOMEM, ELIMIT. */
HP_MUST_CHECK int hp_synthetic_frame(struct hp_builder *b, struct hp_slice name,
				     struct hp_frame *frame);

#endif
