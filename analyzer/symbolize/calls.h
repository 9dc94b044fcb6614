/* calls.h - whether an address is one that a call returns to, by the bytes before it. */
#ifndef HP_SYMBOLIZE_CALLS_H
#define HP_SYMBOLIZE_CALLS_H

#include <stdbool.h>
#include <stdint.h>

enum { HP_CALL_BYTES = 8 }; /* before an address that are looked at */

/* Whether calls of @machine (EM_*) are known. */
bool hp_calls_known(uint16_t machine);

/*
 * Whether a call returns to address @addr, before which the bytes up to @end lie, HP_CALL_BYTES at
 * least.  The machine is a known one.
 */
bool hp_calls_end(uint16_t machine, uint64_t addr, const uint8_t *end);

/* Whether the @n bytes at @at are what signal handlers return to, which nothing has called. */
bool hp_calls_resume(uint16_t machine, const uint8_t *at, uint64_t n);

#endif
