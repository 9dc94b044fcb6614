/* threads.c - the same work on several threads. */
#include "analyzer/symbolize/threads.h"

#include <pthread.h>
#include <stddef.h>
#include <unistd.h>

enum { MOST_BY_DEFAULT = 8 };

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

unsigned hp_threads_for(unsigned wanted, unsigned most)
{
	long processors;

	if (!wanted) {
		processors = sysconf(_SC_NPROCESSORS_ONLN);
		wanted = processors < 1                 ? 1
			 : processors > MOST_BY_DEFAULT ? MOST_BY_DEFAULT
							: (unsigned)processors;
	}
	return wanted < most ? wanted : most;
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
