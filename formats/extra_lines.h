/* extra_lines.h - lines "<word>: <number>..." of text profiles that are passed over and counted. */
#ifndef HP_FORMATS_EXTRA_LINES_H
#define HP_FORMATS_EXTRA_LINES_H

#include "analyzer/base/input.h"
#include "analyzer/model/builder.h"

/*
 * Whether @line is "<word>: <number>...": the word of letters, digits, '_', '.' and '-', a letter
 * first; numbers may be grouped by brackets and colons.
 */
bool hp_extra_line(struct hp_slice line, struct hp_slice *word);

/*
 * Count @line, which begins with @word, among those that are passed over.  A word that is in none
 * of @known, which ends with an empty one, is a warning.  Errors: ENOMEM.
 */
HP_MUST_CHECK int hp_extra_line_pass(struct hp_builder *b, const struct hp_line *line,
				     struct hp_slice word, const struct hp_slice *known);

#endif
