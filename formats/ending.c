/* ending.c - what is wrong with the end of an input. */
#include "formats/ending.h"

#include <inttypes.h>

void hp_format_warn_truncated(const struct hp_input *in, struct hp_builder *b)
{
	if (hp_input_junk(in))
		hp_build_warn(b, "junk",
			      "other bytes follow the compressed data; they are left out");
	if (hp_input_cut(in))
		hp_build_warn(b, "cut-packed",
			      "the compressed data end too early, after line %" PRIu64
			      "; what came before is used",
			      hp_input_lines(in));
}
