/*
 * moment.h - times of files.
 *
 * 64 bits of nanoseconds end in 2262, and begin in 1677; a file may have a time beyond.  So times
 * are compared as they are, and made one number only where an output wants that.
 */
#ifndef HP_BASE_MOMENT_H
#define HP_BASE_MOMENT_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

enum { HP_SECOND_NS = 1000000000 };

/* Less than 0 when @a is before @b, 0 when they are the same, else more. */
static inline int hp_moment_cmp(struct timespec a, struct timespec b)
{
	if (a.tv_sec != b.tv_sec)
		return a.tv_sec < b.tv_sec ? -1 : 1;
	return (a.tv_nsec > b.tv_nsec) - (a.tv_nsec < b.tv_nsec);
}

/* Nanoseconds since 1970, below 0 before; false when 64 bits do not hold them. */
static inline bool hp_moment_ns(struct timespec t, int64_t *ns)
{
	int64_t s;

	return !__builtin_mul_overflow((int64_t)t.tv_sec, HP_SECOND_NS, &s) &&
	       !__builtin_add_overflow(s, (int64_t)t.tv_nsec, ns);
}

#endif
