/* inner.h - a profile inside of another file. */
#ifndef HP_FORMATS_INNER_H
#define HP_FORMATS_INNER_H

#include "formats/format.h"

/*
 * Read the rest of @in, which is a profile by itself inside of another file.  Errors: EUNSUPPORTED
 * when it is of no kind that may be there, and those of the format.
 */
HP_MUST_CHECK int hp_format_read_inner(struct hp_input *in, struct hp_builder *b,
				       struct hprof_error *err);

#endif
