/* channel.c - the bytes on their way to and from child processes, and the loop that waits. */
#include "analyzer/symbolize/channel.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	CALLBACKS_MS = 200, /* between two calls, at most */
	READ_AT_ONCE = 1 << 20,
};

bool hp_channel_has_input(const struct hp_channel *c)
{
	struct pollfd fd = {c->process.reply_fd, POLLIN, 0};

	return poll(&fd, 1, 0) > 0;
}

static bool make_room(struct hp_channel *c)
{
	size_t cap = c->cap + c->cap / 2 + READ_AT_ONCE;
	uint8_t *grown;

	if (c->cap - c->n >= READ_AT_ONCE)
		return true;
	if (cap > c->max_bytes + READ_AT_ONCE)
		cap = c->max_bytes + READ_AT_ONCE;
	grown = realloc(c->bytes, cap);
	c->no_memory = !grown;
	if (!grown)
		return false;
	c->bytes = grown;
	c->cap = cap;
	return true;
}

static void receive(struct hp_channel *c)
{
	ssize_t r;

	if (!make_room(c))
		return;
	r = read(c->process.reply_fd, c->bytes + c->n, c->cap - c->n);
	if (r <= 0) {
		c->closed = r == 0 || (errno != EINTR && errno != EAGAIN);
		return;
	}
	c->n += (size_t)r;
	c->received += (size_t)r;
	c->malformed = c->received > c->max_bytes;
}

/* Send what there is room for; a child that is gone shows when it is listened to. */
static void send_some(struct hp_channel *c)
{
	ssize_t n = send(c->process.request_fd, c->request, c->request_len,
			 MSG_NOSIGNAL | MSG_DONTWAIT);

	if (n >= 0) {
		c->request += n;
		c->request_len -= (size_t)n;
	} else if (errno != EINTR && errno != EAGAIN) {
		c->request_len = 0;
	}
}

static int64_t time_left(struct hp_channel *const *c, size_t n)
{
	int64_t now = hp_process_now_ms();
	int64_t wait_ms = INT32_MAX;

	for (size_t i = 0; i < n; i++) {
		int64_t left = c[i]->deadline_ms - now;

		wait_ms = left < wait_ms ? left : wait_ms;
	}
	return wait_ms < 0 ? 0 : wait_ms;
}

int hp_check_cancelled(const struct hprof_symbolize_opts *opts, struct hprof_error *err)
{
	if (!opts->cancelled || !opts->cancelled(opts->cancelled_ctx))
		return HPROF_OK;
	return hp_fail(err, HPROF_ECANCELED, "cancelled by the caller");
}

int hp_channels_wait(struct hp_channel *const *c, size_t n, const struct hprof_symbolize_opts *opts,
		     struct hprof_error *err)
{
	struct pollfd in[2 * HP_CHANNELS_MAX];
	struct pollfd *out = in + n;
	int64_t wait_ms = time_left(c, n);
	int r = hp_check_cancelled(opts, err);

	if (r < 0)
		return r;
	for (size_t i = 0; i < n; i++) {
		if (hp_channel_is_done(c[i]))
			return HPROF_OK;
		in[i] = (struct pollfd){c[i]->process.reply_fd, POLLIN, 0};
		out[i] = (struct pollfd){c[i]->request_len ? c[i]->process.request_fd : -1, POLLOUT,
					 0};
	}
	if ((opts->progress || opts->servers || opts->cancelled) && wait_ms > CALLBACKS_MS)
		wait_ms = CALLBACKS_MS;
	r = poll(in, 2 * n, (int)wait_ms);
	if (r < 0 && errno != EINTR)
		return hp_fail(err, HPROF_EIO, "cannot wait for a process: %s",
			       hp_errno_text(errno));
	for (size_t i = 0; i < n; i++) {
		if (r > 0 && out[i].revents)
			send_some(c[i]);
		if (r > 0 && in[i].revents)
			receive(c[i]);
		c[i]->late = hp_process_now_ms() >= c[i]->deadline_ms;
	}
	return HPROF_OK;
}
