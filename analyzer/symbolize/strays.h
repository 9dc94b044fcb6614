/* strays.h - addresses that cannot be of the file that names them. */
#ifndef HP_SYMBOLIZE_STRAYS_H
#define HP_SYMBOLIZE_STRAYS_H

#include "analyzer/model/profile.h"

/*
 * Take the names of those addresses of @p away that no call returns to, with a warning for each
 * module: where they lie another library may have been.  Addresses in whose place a signal came,
 * and innermost ones of writers that record them as they are, keep theirs.  Errors: ENOMEM.
 */
HP_MUST_CHECK int hp_strays_drop(struct hprof_profile *p, struct hprof_error *err);

#endif
