/* threads.h - the same work on several threads. */
#ifndef HP_SYMBOLIZE_THREADS_H
#define HP_SYMBOLIZE_THREADS_H

enum { HP_THREADS_MAX = 64 };

/* How many threads to use: @wanted, or one per processor, up to 8, if that is 0; @most at most. */
unsigned hp_threads_for(unsigned wanted, unsigned most);

typedef void (*hp_work_fn)(void *ctx, unsigned worker);

/*
 * Call @fn(@ctx, worker) on @n threads, at most HP_THREADS_MAX and this one included, with
 * numbers from 0 on; on fewer where more cannot be had, so that @fn must take work until none
 * is left.
 */
void hp_run_on(unsigned n, hp_work_fn fn, void *ctx);

#endif
