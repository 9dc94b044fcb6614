/* rounded.h - a view with values rounded to integers, for outputs that know no others. */
#ifndef HP_OPS_ROUNDED_H
#define HP_OPS_ROUNDED_H

#include "analyzer/ops/view.h"

/*
 * Make @out a view like @v, from which it borrows all but the values: these are integers
 * that add up to the rounded total, for each column of each type.  Tables, trees and sums of
 * them close to the byte.  Valid as long as @v.  Errors: ENOMEM.
 */
HP_MUST_CHECK int hp_view_round(const struct hprof_view *v, struct hprof_view *out,
				struct hprof_error *err);
void hp_view_round_release(struct hprof_view *out);

#endif
