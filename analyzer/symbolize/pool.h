/* pool.h - child processes, some at a time, each with limits and a pipe to its parent. */
#ifndef HP_SYMBOLIZE_POOL_H
#define HP_SYMBOLIZE_POOL_H

#include "analyzer/symbolize/channel.h"
#include "analyzer/symbolize/decode.h"

/* What a child sent. The bytes are from a process that may be in an attacker's hands. */
struct hp_reply {
	uint8_t *bytes;
	size_t n;
	enum hp_outcome outcome;
	int signal; /* that ended it; 0: none */
};

struct hp_pool_child {
	struct hp_channel channel;
	struct hp_decoder decoder;
	size_t n_decoded; /* bytes of the channel that are whole messages */
	uint32_t task;
	uint32_t units, n_units; /* that it has read, of all: as far as it said */
};

/* Receives how far task @task has come: @units of @n_units. */
typedef void (*hp_pool_progress_fn)(void *ctx, uint32_t task, uint32_t units, uint32_t n_units);

struct hp_pool {
	struct hp_pool_child *child; /* [cap] of which n run */
	uint32_t n, cap;
	const struct hprof_symbolize_opts *opts;
	hp_pool_progress_fn progress; /* called while waiting, now and then */
	void *progress_ctx;
};

/* Of @opts, which must stay, the number of workers and the limits count.  Errors: ENOMEM. */
HP_MUST_CHECK int hp_pool_init(struct hp_pool *p, const struct hprof_symbolize_opts *opts,
			       struct hprof_error *err);

/* Kill and reap the children that still run. */
void hp_pool_release(struct hp_pool *p);

static inline bool hp_pool_has_room(const struct hp_pool *p)
{
	return p->n < p->cap;
}

/*
 * Start a child for @job, which must stay until it is reaped; it will be known as @task.
 * There must be room.  Errors: EIO.
 */
HP_MUST_CHECK int hp_pool_start(struct hp_pool *p, const struct hp_job *job, uint32_t task,
				struct hprof_error *err);

/*
 * Wait until one of the children, of which there must be some, has ended.  The caller takes
 * told->bytes, to be freed.  Errors: EIO.
 */
HP_MUST_CHECK int hp_pool_wait(struct hp_pool *p, uint32_t *task, struct hp_reply *reply,
			       struct hprof_error *err);

#endif
