/* lending.h - code that was unloaded is named by the maps of other dumps of its process. */
#ifndef HP_CLI_LENDING_H
#define HP_CLI_LENDING_H

#include "analyzer/cli/inputs.h"

/*
 * Let the inputs from @first on, @n of them, lend their maps to number @which of these, before
 * the others are freed.  Errors: ENOMEM, ELIMIT.
 */
HP_MUST_CHECK int hp_inputs_lend_to(struct hp_inputs *s, size_t first, size_t n, size_t which);

/*
 * Let the files around @in, which was chosen of @series, lend it their maps: they are read for that
 * alone.  Returns an exit code.
 */
int hp_inputs_lend_around(struct hp_inputs *s, const struct hp_series *series,
			  struct hp_cli_input *in);

/*
 * Let all inputs lend each other their maps: in the order of time, the bases come first.  Returns
 * an exit code.
 */
int hp_inputs_lend_maps(struct hp_inputs *s);

#endif
