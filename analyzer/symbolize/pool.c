/* pool.c - child processes, some at a time, each with limits and a pipe to its parent. */
#include "analyzer/symbolize/pool.h"

#include <stdlib.h>
#include <unistd.h>

#include "analyzer/symbolize/child.h"

enum { MAX_WORKERS = 8 }; /* by default */

static uint32_t workers_of(const struct hprof_symbolize_opts *opts)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);

	if (opts->workers)
		return opts->workers < HP_CHANNELS_MAX ? opts->workers : HP_CHANNELS_MAX;
	if (processors < 1)
		return 1;
	return processors < (long)MAX_WORKERS ? (uint32_t)processors : MAX_WORKERS;
}

int hp_pool_init(struct hp_pool *p, const struct hprof_symbolize_opts *opts,
		 struct hprof_error *err)
{
	*p = (struct hp_pool){.cap = workers_of(opts), .opts = opts};
	p->child = calloc(p->cap, sizeof(*p->child));
	return p->child ? HPROF_OK : hp_fail_nomem(err);
}

static bool run_job(const struct hp_job *job, int reply_fd, int request_fd)
{
	(void)request_fd;
	return hp_child_run(job, reply_fd);
}

int hp_pool_start(struct hp_pool *p, const struct hp_job *job, uint32_t task,
		  struct hprof_error *err)
{
	struct hp_pool_child *c = &p->child[p->n];
	unsigned cpu_seconds = hp_process_cpu_seconds(p->opts->cpu_seconds);
	int r;

	*c = (struct hp_pool_child){
		.channel.max_bytes = hp_process_max_reply_bytes(job->n_addrs),
		.channel.deadline_ms = hp_process_now_ms() + hp_process_patience_ms(cpu_seconds),
		.decoder.accepts = ~0u, /* until it is known what it answers */
		.task = task,
	};
	r = hp_process_start(&c->channel.process, job, run_job, cpu_seconds, false, err);
	if (r == HPROF_OK)
		p->n++;
	return r;
}

static int take_progress(void *ctx, uint32_t units, uint32_t n_units)
{
	struct hp_pool_child *c = ctx;

	c->units = units;
	c->n_units = n_units;
	return HPROF_OK;
}

/* Step over the whole messages that were received. */
static void look_at(struct hp_pool_child *c)
{
	static const struct hp_reply_ops ops = {.progress = take_progress};
	struct hp_channel *ch = &c->channel;
	struct hp_cursor at;

	if (ch->n == c->n_decoded)
		return;
	at = hp_cursor_init(ch->bytes + c->n_decoded, ch->n - c->n_decoded);
	if (hp_wire_decode(&c->decoder, &at, &ops, c) < 0 || c->decoder.malformed)
		ch->malformed = true;
	c->n_decoded = ch->n - hp_cursor_left(&at);
}

static enum hp_outcome conclude(struct hp_pool_child *c, int *signal)
{
	enum hp_outcome outcome = hp_process_end(&c->channel.process, signal);

	if (c->decoder.ended)
		return HP_OUTCOME_DONE;
	if (c->channel.malformed)
		return HP_OUTCOME_MALFORMED;
	if (c->channel.no_memory)
		return HP_OUTCOME_NO_MEMORY;
	return c->channel.late ? HP_OUTCOME_TIMEOUT : outcome;
}

/* Hand child @i, which is done, to the caller of hp_pool_wait(). */
static void hand_over(struct hp_pool *p, uint32_t i, uint32_t *task, struct hp_reply *reply)
{
	struct hp_pool_child *c = &p->child[i];

	reply->outcome = conclude(c, &reply->signal);
	reply->bytes = c->channel.bytes;
	reply->n = c->channel.n;
	*task = c->task;
	*c = p->child[--p->n];
}

/* Report how far the child that has most to read has come. */
static void report_progress(const struct hp_pool *p)
{
	const struct hp_pool_child *c = &p->child[0];

	if (!p->progress)
		return;
	for (uint32_t i = 1; i < p->n; i++)
		if (p->child[i].n_units > c->n_units)
			c = &p->child[i];
	p->progress(p->progress_ctx, c->task, c->units, c->n_units);
}

int hp_pool_wait(struct hp_pool *p, uint32_t *task, struct hp_reply *reply, struct hprof_error *err)
{
	struct hp_channel *channel[HP_CHANNELS_MAX];

	for (uint32_t i = 0; i < p->n; i++)
		channel[i] = &p->child[i].channel;
	for (;;) {
		int r = hp_channels_wait(channel, p->n, p->opts, err);

		if (r < 0)
			return r;
		for (uint32_t i = 0; i < p->n; i++)
			look_at(&p->child[i]);
		report_progress(p);
		for (uint32_t i = 0; i < p->n; i++) {
			if (!hp_channel_is_done(channel[i]))
				continue;
			hand_over(p, i, task, reply);
			return HPROF_OK;
		}
	}
}

void hp_pool_release(struct hp_pool *p)
{
	for (uint32_t i = 0; i < p->n; i++) {
		int signal;

		(void)hp_process_end(&p->child[i].channel.process, &signal); /* killed */
		free(p->child[i].channel.bytes);
	}
	free(p->child);
	*p = (struct hp_pool){0};
}
