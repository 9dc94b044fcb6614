/* pprof_mappings.h - mappings, functions and locations of profile.proto. */
#ifndef HP_FORMATS_PPROF_MAPPINGS_H
#define HP_FORMATS_PPROF_MAPPINGS_H

#include "formats/pprof_wire.h"

/*
 * Each fills its table of @r from the messages that are listed there; to be called in this order.
 * Errors: EFORMAT, ELIMIT, ENOMEM.
 */
HP_MUST_CHECK int hp_pprof_read_mappings(struct hp_pprof *r);
HP_MUST_CHECK int hp_pprof_read_functions(struct hp_pprof *r);
HP_MUST_CHECK int hp_pprof_read_locations(struct hp_pprof *r);

#endif
