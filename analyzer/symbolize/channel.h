/*
 * channel.h - the bytes on their way to and from child processes, and the loop that waits for them.
 */
#ifndef HP_SYMBOLIZE_CHANNEL_H
#define HP_SYMBOLIZE_CHANNEL_H

#include "analyzer/symbolize/process.h"

/* Zero-initialised but for @process; the owner frees @bytes. */
struct hp_channel {
	struct hp_process process;
	const char *request; /* [request_len] bytes that are still to be sent; borrowed */
	size_t request_len;
	uint8_t *bytes; /* [n] that were received and not taken yet */
	size_t n, cap;
	size_t received, max_bytes; /* in all; what is more is malformed */
	int64_t deadline_ms;        /* of the clock of hp_process_now_ms() */
	bool closed;                /* the child sends nothing more */
	bool late, malformed, no_memory;
};

/* Whether nothing more will be received. */
static inline bool hp_channel_is_done(const struct hp_channel *c)
{
	return c->closed || c->late || c->malformed || c->no_memory;
}

/* Whether the child of @c, of which nothing is expected, has ended or sent something. */
bool hp_channel_has_input(const struct hp_channel *c);

/* Fail when the caller of the library cancels.  Errors: ECANCELED. */
HP_MUST_CHECK int hp_check_cancelled(const struct hprof_symbolize_opts *opts,
				     struct hprof_error *err);

enum { HP_CHANNELS_MAX = 64 };

/*
 * Wait until one of @c[n], at most HP_CHANNELS_MAX, is done or has received something; when @opts
 * have callbacks, for a fifth of a second at most.  Errors: EIO, ECANCELED.
 */
HP_MUST_CHECK int hp_channels_wait(struct hp_channel *const *c, size_t n,
				   const struct hprof_symbolize_opts *opts,
				   struct hprof_error *err);

#endif
