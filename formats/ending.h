/* ending.h - what is wrong with the end of an input. */
#ifndef HP_FORMATS_ENDING_H
#define HP_FORMATS_ENDING_H

#include "analyzer/base/input.h"
#include "analyzer/model/builder.h"

/* After the last line of @in: warn where compressed data end too early, or other bytes follow. */
void hp_format_warn_truncated(const struct hp_input *in, struct hp_builder *b);

#endif
