/* pool.c - child processes, some at a time, each with limits and a pipe to its parent. */
#include "analyzer/symbolize/pool.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "analyzer/symbolize/child.h"
#include "analyzer/symbolize/wire.h"

enum {
	MAX_WORKERS = 8,    /* by default */
	WORKERS_LIMIT = 64, /* in any case */
	PROGRESS_MS = 200,  /* how often it is told, at least */
	READ_AT_ONCE = 1 << 20,
};

int hp_pool_init(struct hp_pool *p, unsigned workers, unsigned cpu_seconds, struct hprof_error *err)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);

	if (workers == 0)
		workers = processors < 1                   ? 1
			  : processors > (long)MAX_WORKERS ? MAX_WORKERS
							   : (unsigned)processors;
	if (workers > WORKERS_LIMIT)
		workers = WORKERS_LIMIT;
	*p = (struct hp_pool){.cap = workers, .cpu_seconds = hp_process_cpu_seconds(cpu_seconds)};
	p->child = calloc(workers, sizeof(*p->child));
	return p->child ? HPROF_OK : hp_fail_nomem(err);
}

static bool run_job(const struct hp_job *job, int tell, int ask)
{
	(void)ask;
	return hp_child_run(job, tell);
}

int hp_pool_start(struct hp_pool *p, const struct hp_job *job, uint32_t task,
		  struct hprof_error *err)
{
	struct hp_pool_child *c = &p->child[p->n];
	int r;

	*c = (struct hp_pool_child){
		.task = task,
		.told_most = hp_process_told_most(job->n_addrs),
		.deadline_ms = hp_process_now_ms() + hp_process_patience_ms(p->cpu_seconds),
	};
	r = hp_process_start(&c->process, job, run_job, p->cpu_seconds, false, err);
	if (r == HPROF_OK)
		p->n++;
	return r;
}

/* Step over the whole messages that were received. */
static void look_at(struct hp_pool_child *c)
{
	struct hp_cursor at = hp_cursor_init(c->told.bytes + c->sound, c->told.n - c->sound);
	enum hp_wire_state state;
	struct hp_cursor fields;
	enum hp_wire_kind kind;

	while ((state = hp_wire_next(&at, &kind, &fields)) == HP_WIRE_WHOLE) {
		c->ended = c->ended || kind == HP_WIRE_END;
		if (kind == HP_WIRE_PROGRESS) {
			c->units = hp_get_u32(&fields);
			c->n_units = hp_get_u32(&fields);
		}
	}
	c->sound = c->told.n - hp_cursor_left(&at);
	c->nonsense = state == HP_WIRE_BROKEN;
}

/* Read what is there. False: the child will tell nothing more. */
static bool read_some(struct hp_pool_child *c)
{
	struct hp_told *t = &c->told;
	ssize_t r;

	if (t->cap - t->n < READ_AT_ONCE) {
		size_t cap = t->cap + t->cap / 2 + READ_AT_ONCE;
		uint8_t *grown;

		if (cap > c->told_most + READ_AT_ONCE)
			cap = c->told_most + READ_AT_ONCE;
		c->nonsense = t->n >= c->told_most;
		grown = c->nonsense ? NULL : realloc(t->bytes, cap);
		if (!grown) {
			c->no_memory = !c->nonsense;
			return false;
		}
		t->bytes = grown;
		t->cap = cap;
	}
	r = read(c->process.tell, t->bytes + t->n, t->cap - t->n);
	if (r < 0)
		return errno == EINTR || errno == EAGAIN;
	t->n += (size_t)r;
	look_at(c);
	return r > 0 && !c->nonsense;
}

static void conclude(struct hp_pool_child *c)
{
	struct hp_told *t = &c->told;

	t->outcome = hp_process_end(&c->process, &t->signal);
	if (c->ended)
		t->outcome = HP_OUTCOME_DONE;
	else if (c->nonsense)
		t->outcome = HP_OUTCOME_NONSENSE;
	else if (c->no_memory)
		t->outcome = HP_OUTCOME_NO_MEMORY;
	else if (c->late)
		t->outcome = HP_OUTCOME_TIMEOUT;
}

/* Hand child @i, which has ended, to the caller of hp_pool_wait(). */
static void hand_over(struct hp_pool *p, uint32_t i, uint32_t *task, struct hp_told *told)
{
	conclude(&p->child[i]);
	*task = p->child[i].task;
	*told = p->child[i].told;
	p->child[i] = p->child[--p->n];
}

static int poll_all(const struct hp_pool *p, struct pollfd *fds)
{
	int64_t wait_ms = p->progress ? PROGRESS_MS : INT32_MAX;
	int64_t now = hp_process_now_ms();

	for (uint32_t i = 0; i < p->n; i++) {
		int64_t left = p->child[i].deadline_ms - now;

		fds[i] = (struct pollfd){p->child[i].process.tell, POLLIN, 0};
		if (left < wait_ms)
			wait_ms = left;
	}
	return poll(fds, p->n, wait_ms < 0 ? 0 : (int)wait_ms);
}

/* Tell how far the child that has most to read has come. */
static void tell_progress(const struct hp_pool *p)
{
	const struct hp_pool_child *c = &p->child[0];

	if (!p->progress)
		return;
	for (uint32_t i = 1; i < p->n; i++)
		if (p->child[i].n_units > c->n_units)
			c = &p->child[i];
	p->progress(p->progress_ctx, c->task, c->units, c->n_units);
}

int hp_pool_wait(struct hp_pool *p, uint32_t *task, struct hp_told *told, struct hprof_error *err)
{
	struct pollfd fds[WORKERS_LIMIT];

	for (;;) {
		int r = poll_all(p, fds);

		if (r < 0 && errno != EINTR)
			return hp_fail(err, HPROF_EIO, "cannot wait for a process: %s",
				       strerror(errno));
		tell_progress(p);
		for (uint32_t i = 0; i < p->n; i++) {
			struct hp_pool_child *c = &p->child[i];

			c->late = hp_process_now_ms() >= c->deadline_ms;
			if (!c->late && (r <= 0 || !fds[i].revents || read_some(c)))
				continue;
			hand_over(p, i, task, told);
			return HPROF_OK;
		}
	}
}

void hp_pool_release(struct hp_pool *p)
{
	for (uint32_t i = 0; i < p->n; i++) {
		int signal;

		(void)hp_process_end(&p->child[i].process, &signal); /* of no interest any more */
		free(p->child[i].told.bytes);
	}
	free(p->child);
	*p = (struct hp_pool){0};
}
