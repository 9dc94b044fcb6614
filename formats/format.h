/* format.h - what an input format is, and the table of all. */
#ifndef HP_FORMATS_FORMAT_H
#define HP_FORMATS_FORMAT_H

#include "analyzer/base/input.h"
#include "analyzer/model/builder.h"

enum hp_match {
	HP_MATCH_NO = 0,
	HP_MATCH_MAYBE = 10,
	HP_MATCH_LIKELY = 50,
	HP_MATCH_SURE = 100,
};

enum { HP_PROBE_BYTES = 4096 };

struct hp_format {
	struct hprof_format_info info; /* name: JSON "format", never renamed; one line of summary */
	/* How sure it is that an input beginning with @head is of this format; pure, accepts "". */
	enum hp_match (*probe)(struct hp_slice head);
	/*
	 * Read all of @in into @b, in one pass.  NULL: the format is recognised, and refused
	 * by its name.
	 */
	int (*read)(struct hp_input *in, struct hp_builder *b, struct hprof_error *err);
};

/* All formats, stricter grammars first, NULL at the end. */
extern const struct hp_format *const hp_formats[];

extern const struct hp_format hp_format_jemalloc;
extern const struct hp_format hp_format_gperftools;
extern const struct hp_format hp_format_massif;
extern const struct hp_format hp_format_xtree;
extern const struct hp_format hp_format_symbolized;
extern const struct hp_format hp_format_pprof;
extern const struct hp_format hp_format_php_memprof; /* inside of symbolized ones only */

/* Whether @head begins like JSON. */
bool hp_format_is_json(struct hp_slice head);

/* Formats that are recognised and refused by name, no probe at the end; see foreign.c. */
extern const struct hp_format hp_foreign_formats[];

#endif
