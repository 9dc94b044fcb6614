/* jemalloc_threads.h - the rows of threads below one stack, made parts of the row of all threads.
 */
#ifndef HP_FORMATS_JEMALLOC_THREADS_H
#define HP_FORMATS_JEMALLOC_THREADS_H

#include "analyzer/model/builder.h"

enum { HP_THREAD_TYPES = 4 }; /* objects and bytes in use, objects and bytes of all */

struct hp_thread_row {
	hp_threadid thread;
	struct hp_measure m[HP_THREAD_TYPES];
};

/* Zero-initialised is empty. */
struct hp_thread_rows {
	struct hp_thread_row *row; /* [n] one per thread */
	uint32_t n, cap;
	uint32_t *place; /* [n_places] by thread: 1 + its row, 0: none */
	uint32_t n_places;
};

/* Add to what @thread has. Errors: ENOMEM. */
HP_MUST_CHECK int hp_thread_rows_add(struct hp_thread_rows *t, hp_threadid thread,
				     const struct hp_measure m[HP_THREAD_TYPES],
				     struct hprof_error *err);

/*
 * Give each thread the part of @all, the stack's row of all threads, that is its own: in proportion
 * to the estimates of the threads, so that they add up to that of the stack.  Rows are estimated,
 * and rounded by the writer, one by one: what that makes of them is no thread's.  Where the threads
 * recorded less than the stack, the rest of its estimate is not theirs; where more, they share it.
 * @sampled: the period is above 1.
 */
void hp_thread_rows_fit(struct hp_thread_rows *t, const struct hp_measure all[HP_THREAD_TYPES],
			bool sampled);

/* Hand the rows to @b, of stack @stack; then there are none. Errors: those of the builder. */
HP_MUST_CHECK int hp_thread_rows_build(struct hp_thread_rows *t, struct hp_builder *b,
				       hp_stackid stack);
void hp_thread_rows_release(struct hp_thread_rows *t);

#endif
