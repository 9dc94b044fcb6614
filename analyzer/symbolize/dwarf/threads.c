/* threads.c - the same work on several threads. */
#include "analyzer/symbolize/dwarf/threads.h"

#include <pthread.h>
#include <stddef.h>

struct thread {
	pthread_t id;
	hp_work_fn fn;
	void *ctx;
	unsigned worker;
};

static void *run_thread(void *arg)
{
	struct thread *t = arg;

	t->fn(t->ctx, t->worker);
	return NULL;
}

void hp_run_on(unsigned n, hp_work_fn fn, void *ctx)
{
	struct thread threads[HP_THREADS_MAX];
	unsigned started = 1;

	while (started < n && started < HP_THREADS_MAX) {
		struct thread *t = &threads[started];

		*t = (struct thread){.fn = fn, .ctx = ctx, .worker = started};
		if (pthread_create(&t->id, NULL, run_thread, t) != 0)
			break;
		started++;
	}
	fn(ctx, 0);
	for (unsigned i = 1; i < started; i++)
		(void)pthread_join(threads[i].id, NULL); /* cannot fail: joinable, once */
}
