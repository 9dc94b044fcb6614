/*
 * symbolizer.c - addresses of one file, asked in batches of a child that stays.
 *
 * What the child tells is taken over as it arrives, into columns: an address has a run of
 * frames, a frame a function and numbers, and functions and texts are there once.
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "analyzer/base/column.h"
#include "analyzer/base/sort.h"
#include "analyzer/base/strtab.h"
#include "analyzer/model/profile.h"
#include "analyzer/symbolize/child.h"
#include "analyzer/symbolize/process.h"
#include "analyzer/symbolize/wire.h"

enum {
	READ_AT_ONCE = 1 << 18,
	FAILURES_MAX = 4,  /* batches that may go wrong before DWARF is left alone */
	PROGRESS_MS = 200, /* how often it is told, at least */
	WARN_EACH = 8,     /* of one kind are told */
};
#define TEXT_BYTES_MAX ((uint64_t)4 << 30) /* all names together */

struct func {
	hp_strid name, full, linkage, file;
};

struct stream { /* functions as the child counts them */
	uint32_t *func;
	uint32_t n, cap;
};

struct frame {
	uint32_t func;
	uint32_t line, column, discriminator;
};

struct run { /* frames [first, first + n) of one address */
	uint32_t first, n;
};

struct section {
	hp_strid name;
	uint64_t addr, len;
};

struct warning {
	char *text;
	const char *kind;
};

/* The addresses of one lookup, and what is known about them. */
struct batch {
	uint64_t *addr;  /* [n] sorted, distinct */
	struct run *run; /* [n] */
	bool *answered;  /* [n] */
	uint32_t n;
	struct frame *frames;
	uint32_t n_frames, cap_frames;
};

struct hprof_symbolizer {
	char *path; /* as given */
	char *real; /* that is opened */
	struct hprof_symbolize_opts opts;
	struct hp_shared *shared; /* by its children */
	struct hp_job job;
	struct hp_process process;
	bool running;
	unsigned failures;
	/* what was told, and not yet looked at */
	uint8_t *bytes;
	size_t n_bytes, cap_bytes;
	/* by the child that runs */
	struct stream stream[HP_WIRE_STREAMS];
	/* of all children */
	struct hp_strtab str;
	struct func *funcs; /* [n_funcs] */
	uint32_t n_funcs, cap_funcs;
	struct hp_index func_index;
	struct section *sections; /* [n_sections] */
	uint32_t n_sections, cap_sections;
	unsigned address_bytes;
	hp_strid reading; /* the file with most to read, as it is called in progress */
	char *refused;    /* why the file cannot be used; NULL if it can */
	struct warning *warnings;
	uint32_t n_warnings, cap_warnings;
	char text[HP_WIRE_TEXT_MAX];
};

/* One exchange with the child. */
struct exchange {
	struct hprof_symbolizer *s;
	struct batch *batch;   /* NULL while it tells about the file */
	const uint32_t *which; /* [n] rows of the batch that are asked for */
	uint32_t n;
	const void *ask; /* [ask_len] bytes that are still to be sent */
	size_t ask_len;
	size_t told; /* bytes */
	int64_t deadline_ms;
	uint32_t units, n_units; /* read, of all */
	bool ended, nonsense;
	struct hprof_error *err;
};

/* --- warnings --- */

static void add_warning(struct hprof_symbolizer *s, const char *kind, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void add_warning(struct hprof_symbolizer *s, const char *kind, const char *fmt, ...)
{
	uint32_t there = 0;
	bool known = false;
	char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	if (!text)
		return;
	hp_disarm(text);
	for (uint32_t i = 0; i < s->n_warnings; i++) {
		there += strcmp(s->warnings[i].kind, kind) == 0;
		known = known || strcmp(s->warnings[i].text, text) == 0; /* by each child */
	}
	if (!known && there < WARN_EACH &&
	    HP_COLUMN_ROOM(s->warnings, s->n_warnings, s->cap_warnings))
		s->warnings[s->n_warnings++] = (struct warning){text, kind};
	else
		free(text);
}

/* --- what a child tells --- */

/* Add text that may be shown: controls would reach a terminal. */
static int add_text(struct hprof_symbolizer *s, struct hp_slice text, hp_strid *out,
		    struct hprof_error *err)
{
	size_t n = text.len < sizeof(s->text) ? text.len : sizeof(s->text);

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)text.ptr[i];

		s->text[i] = c < 0x20 || c == 0x7f ? '?' : (char)c;
	}
	return hp_strtab_add(&s->str, (struct hp_slice){s->text, n}, out, err);
}

static bool same_func(const void *ctx, uint32_t row, const void *key)
{
	const struct hprof_symbolizer *s = ctx;

	return memcmp(&s->funcs[row], key, sizeof(struct func)) == 0; /* four ids, no gaps */
}

/* Row of the function @f, added when it is new. */
static int func_row(struct hprof_symbolizer *s, const struct func *f, uint32_t *out,
		    struct hprof_error *err)
{
	uint32_t tag = hp_hash_pair(s->str.seed, (uint64_t)f->name.i << 32 | f->full.i,
				    (uint64_t)f->linkage.i << 32 | f->file.i);

	*out = hp_index_find(&s->func_index, tag, same_func, s, f);
	if (*out != UINT32_MAX)
		return HPROF_OK;
	if (!HP_COLUMN_ROOM(s->funcs, s->n_funcs, s->cap_funcs) ||
	    !hp_index_add(&s->func_index, tag, s->n_funcs))
		return hp_fail_nomem(err);
	*out = s->n_funcs;
	s->funcs[s->n_funcs++] = *f;
	return HPROF_OK;
}

static int take_func(struct exchange *x, struct hp_cursor *c)
{
	struct hprof_symbolizer *s = x->s;
	uint8_t number = hp_get_u8(c);
	struct func f;
	hp_strid *const to[] = {&f.name, &f.full, &f.linkage, &f.file};
	struct stream *stream;
	uint32_t row;
	int r = HPROF_OK;

	for (size_t i = 0; i < HP_LEN(to) && r == HPROF_OK; i++)
		r = add_text(s, hp_wire_get_text(c), to[i], x->err);
	if (r < 0)
		return r;
	x->nonsense = c->failed || number >= HP_WIRE_STREAMS;
	if (x->nonsense)
		return HPROF_OK;
	if (!f.full.i)
		f.full = f.name;
	if (!f.linkage.i)
		f.linkage = f.full;
	r = func_row(s, &f, &row, x->err);
	if (r < 0)
		return r;
	stream = &s->stream[number];
	if (!HP_COLUMN_ROOM(stream->func, stream->n, stream->cap))
		return hp_fail_nomem(x->err);
	stream->func[stream->n++] = row;
	return HPROF_OK;
}

static int take_frames(struct exchange *x, struct hp_cursor *c)
{
	struct batch *b = x->batch;
	uint8_t number = hp_get_u8(c);
	uint32_t i = hp_get_u32(c);
	const struct stream *stream = &x->s->stream[number % HP_WIRE_STREAMS];
	uint32_t first;
	uint32_t row;

	x->nonsense = c->failed || !b || number >= HP_WIRE_STREAMS || i >= x->n;
	if (x->nonsense || b->answered[x->which[i]])
		return HPROF_OK;
	row = x->which[i];
	first = b->n_frames;
	while (hp_cursor_left(c) && !x->nonsense) {
		struct frame f = {.func = hp_get_u32(c)};

		f.line = hp_get_u32(c);
		f.column = hp_get_u32(c);
		f.discriminator = hp_get_u32(c);
		x->nonsense = c->failed || f.func >= stream->n ||
			      b->n_frames - first >= HP_WIRE_FRAMES_MAX;
		if (x->nonsense)
			break;
		if (!HP_COLUMN_ROOM(b->frames, b->n_frames, b->cap_frames))
			return hp_fail_nomem(x->err);
		f.func = stream->func[f.func];
		b->frames[b->n_frames++] = f;
	}
	if (x->nonsense)
		return HPROF_OK;
	b->run[row] = (struct run){first, b->n_frames - first};
	b->answered[row] = true;
	return HPROF_OK;
}

static void take_warning(struct exchange *x, struct hp_cursor *c)
{
	uint8_t kind = hp_get_u8(c);
	struct hp_slice text = hp_wire_get_text(c);

	x->nonsense = c->failed || kind >= HP_WIRE_WARNINGS;
	if (!x->nonsense)
		add_warning(x->s, hp_wire_counted[kind], "%s: %.*s", hp_wire_intro[kind],
			    (int)text.len, text.ptr);
}

static int take_file(struct exchange *x, struct hp_cursor *c)
{
	struct hprof_symbolizer *s = x->s;
	bool usable = hp_get_u8(c) == HP_MODULE_OK;
	struct hp_slice text[5];
	struct hp_slice debug;

	(void)hp_get_u8(c); /* what kind of symbols */
	for (size_t i = 0; i < HP_LEN(text); i++)
		text[i] = hp_wire_get_text(c);
	x->nonsense = c->failed || x->batch;
	if (x->nonsense)
		return HPROF_OK;
	s->n_sections = 0; /* they follow */
	free(s->refused);
	s->refused = usable ? NULL : strndup(text[4].ptr, text[4].len);
	if (!usable && !s->refused)
		return hp_fail_nomem(x->err);
	debug = text[1].len ? text[1] : hp_slice_str(s->path);
	return add_text(s, debug, &s->reading, x->err);
}

static int take_sections(struct exchange *x, struct hp_cursor *c)
{
	struct hprof_symbolizer *s = x->s;
	uint8_t bytes = hp_get_u8(c);

	x->nonsense = c->failed || (bytes != 4 && bytes != 8);
	s->address_bytes = bytes;
	while (!x->nonsense && hp_cursor_left(c)) {
		struct section section = {.addr = hp_get_u64(c)};
		int r;

		section.len = hp_get_u64(c);
		r = add_text(s, hp_wire_get_text(c), &section.name, x->err);
		if (r < 0)
			return r;
		x->nonsense = c->failed;
		if (!HP_COLUMN_ROOM(s->sections, s->n_sections, s->cap_sections))
			return hp_fail_nomem(x->err);
		s->sections[s->n_sections++] = section;
	}
	return HPROF_OK;
}

static void take_progress(struct exchange *x, struct hp_cursor *c)
{
	x->units = hp_get_u32(c);
	x->n_units = hp_get_u32(c);
	x->nonsense = c->failed;
}

static void tell_progress(const struct exchange *x)
{
	const struct hprof_symbolizer *s = x->s;
	const struct hprof_progress now = {
		.file = hp_strtab_get(&s->str, s->reading).ptr,
		.units = x->units,
		.n_units = x->n_units,
		.n_modules = 1,
	};

	hp_shared_tell(s->job.shared, &s->opts);
	if (s->opts.progress)
		s->opts.progress(s->opts.progress_ctx, &now);
}

static int take(struct exchange *x, enum hp_wire_kind kind, struct hp_cursor *fields)
{
	switch (kind) {
	case HP_WIRE_FILE:
		return take_file(x, fields);
	case HP_WIRE_SECTIONS:
		return take_sections(x, fields);
	case HP_WIRE_FUNC:
		return take_func(x, fields);
	case HP_WIRE_FRAMES:
		return take_frames(x, fields);
	case HP_WIRE_WARN:
		take_warning(x, fields);
		break;
	case HP_WIRE_PROGRESS:
		take_progress(x, fields);
		break;
	case HP_WIRE_ADDRS: /* these are about modules of profiles */
	case HP_WIRE_CALL:
	case HP_WIRE_RECALL:
		x->nonsense = true;
		break;
	case HP_WIRE_END:
		x->ended = true;
		break;
	}
	return HPROF_OK;
}

/* Take over all whole messages that were received. */
static int take_all(struct exchange *x)
{
	struct hprof_symbolizer *s = x->s;
	struct hp_cursor c = hp_cursor_init(s->bytes, s->n_bytes);
	enum hp_wire_state state = HP_WIRE_WHOLE;
	struct hp_cursor fields;
	enum hp_wire_kind kind;
	int r = HPROF_OK;

	while (r == HPROF_OK && !x->nonsense && !x->ended &&
	       (state = hp_wire_next(&c, &kind, &fields)) == HP_WIRE_WHOLE)
		r = take(x, kind, &fields);
	x->nonsense = x->nonsense || state == HP_WIRE_BROKEN;
	s->n_bytes = hp_cursor_left(&c);
	memmove(s->bytes, c.next, s->n_bytes);
	return r;
}

/* --- the exchange --- */

/* Receive what is there. False: nothing will come any more. */
static bool receive(struct exchange *x, int *r)
{
	struct hprof_symbolizer *s = x->s;
	ssize_t n;

	if (s->cap_bytes - s->n_bytes < READ_AT_ONCE) {
		size_t cap = s->n_bytes + READ_AT_ONCE;
		uint8_t *grown = realloc(s->bytes, cap);

		if (!grown) {
			*r = hp_fail_nomem(x->err);
			return false;
		}
		s->bytes = grown;
		s->cap_bytes = cap;
	}
	n = read(s->process.tell, s->bytes + s->n_bytes, s->cap_bytes - s->n_bytes);
	if (n <= 0)
		return n < 0 && (errno == EINTR || errno == EAGAIN);
	s->n_bytes += (size_t)n;
	x->told += (size_t)n;
	*r = take_all(x);
	x->nonsense = x->nonsense || x->told > hp_process_told_most(x->n);
	return *r == HPROF_OK && !x->nonsense;
}

/* Send what there is room for; a child that is gone shows when it is listened to. */
static void send_some(struct exchange *x)
{
	ssize_t n = send(x->s->process.ask, x->ask, x->ask_len, MSG_NOSIGNAL | MSG_DONTWAIT);

	if (n >= 0) {
		x->ask = (const char *)x->ask + n;
		x->ask_len -= (size_t)n;
	} else if (errno != EINTR && errno != EAGAIN) {
		x->ask_len = 0;
	}
}

static void end_child(struct hprof_symbolizer *s)
{
	int signal;

	if (s->running)
		(void)hp_process_end(&s->process, &signal); /* of no interest any more */
	s->running = false;
	s->n_bytes = 0;
	for (size_t i = 0; i < HP_LEN(s->stream); i++)
		s->stream[i].n = 0;
}

/* End a child that went wrong: how? */
static enum hp_outcome conclude(struct exchange *x, bool late, int *signal)
{
	enum hp_outcome outcome = hp_process_end(&x->s->process, signal);

	x->s->running = false;
	end_child(x->s);
	if (x->nonsense)
		return HP_OUTCOME_NONSENSE;
	return late ? HP_OUTCOME_TIMEOUT : outcome;
}

/*
 * Send what is to be sent and take over what is told until its end.  *@outcome says whether
 * it came; if not, the child is gone and *@signal is what ended it.
 */
static int exchange(struct exchange *x, enum hp_outcome *outcome, int *signal)
{
	struct hprof_symbolizer *s = x->s;
	unsigned cpu_seconds = hp_process_cpu_seconds(s->opts.cpu_seconds);
	int r = HPROF_OK;
	bool late = false;
	bool more = true;

	x->deadline_ms = hp_process_now_ms() + hp_process_patience_ms(cpu_seconds);
	while (!x->ended && more && !late) {
		struct pollfd fds[] = {{s->process.tell, POLLIN, 0},
				       {x->ask_len ? s->process.ask : -1, POLLOUT, 0}};
		int64_t left_ms = x->deadline_ms - hp_process_now_ms();
		int n;

		if ((s->opts.progress || s->opts.servers) && left_ms > PROGRESS_MS)
			left_ms = PROGRESS_MS;
		n = poll(fds, HP_LEN(fds), left_ms < 0 ? 0 : (int)left_ms);

		if (n < 0 && errno != EINTR) {
			r = hp_fail(x->err, HPROF_EIO, "cannot wait for a process: %s",
				    hp_errno_text(errno));
			break;
		}
		if (n > 0 && fds[1].revents)
			send_some(x);
		if (n > 0 && fds[0].revents)
			more = receive(x, &r);
		tell_progress(x);
		late = !x->ended && hp_process_now_ms() >= x->deadline_ms;
	}
	*outcome = HP_OUTCOME_DONE;
	*signal = 0;
	if (r < 0)
		end_child(s);
	else if (!x->ended || x->nonsense)
		*outcome = conclude(x, late, signal);
	return r;
}

/* Start a child, and hear what it tells about the file. */
static int start(struct hprof_symbolizer *s, enum hp_outcome *outcome, int *signal,
		 struct hprof_error *err)
{
	struct exchange x = {.s = s, .err = err};
	int r = hp_process_start(&s->process, &s->job, hp_child_serve, 0, true, err);

	if (r < 0)
		return r;
	s->running = true;
	r = exchange(&x, outcome, signal);
	if (r == HPROF_OK && *outcome == HP_OUTCOME_DONE && (s->refused || !s->address_bytes))
		end_child(s);
	return r;
}

/* Whether the child that runs has ended since it answered last. */
static bool has_ended(const struct hprof_symbolizer *s)
{
	struct pollfd fd = {s->process.tell, POLLIN, 0};

	return poll(&fd, 1, 0) > 0; /* it has nothing to tell unless it is asked */
}

/* --- looking up --- */

/* Ask for the @n rows @which of @b. */
static int ask(struct hprof_symbolizer *s, struct batch *b, const uint32_t *which, uint32_t n,
	       bool no_dwarf, enum hp_outcome *outcome, int *signal, struct hprof_error *err)
{
	const struct hp_child_batch head = {n, no_dwarf};
	const size_t len = sizeof(head) + (size_t)n * sizeof(uint64_t);
	struct exchange x = {.s = s, .batch = b, .which = which, .n = n, .err = err};
	char *text;
	int r = HPROF_OK;

	if (s->running && has_ended(s))
		end_child(s);
	*outcome = HP_OUTCOME_DONE;
	if (!s->running)
		r = start(s, outcome, signal, err);
	if (r < 0 || *outcome != HP_OUTCOME_DONE)
		return r;
	if (!s->running) {
		add_warning(s, "gone", "%s: can no longer be read: %s", s->path,
			    s->refused ? s->refused : "");
		return HPROF_OK;
	}
	text = malloc(len);
	if (!text)
		return hp_fail_nomem(err);
	memcpy(text, &head, sizeof(head));
	for (uint32_t i = 0; i < n; i++)
		memcpy(text + sizeof(head) + i * sizeof(uint64_t), &b->addr[which[i]],
		       sizeof(uint64_t));
	x.ask = text;
	x.ask_len = len;
	r = exchange(&x, outcome, signal);
	free(text);
	return r;
}

/* The rows of [from, to) that are not answered, in @which; how many. */
static uint32_t list_open(const struct batch *b, uint32_t from, uint32_t to, uint32_t *which)
{
	uint32_t n = 0;

	for (uint32_t i = from; i < to; i++)
		if (!b->answered[i])
			which[n++] = i;
	return n;
}

/*
 * Have rows [from, to) of @b answered.  When the child goes wrong, another one answers by
 * symbol tables what is left; after a few times, DWARF is not tried again.
 */
static int answer_rows(struct hprof_symbolizer *s, struct batch *b, uint32_t from, uint32_t to,
		       uint32_t *which, struct hprof_error *err)
{
	bool no_dwarf = s->failures >= FAILURES_MAX;
	struct hp_outcome_text text;
	enum hp_outcome outcome;
	enum hp_outcome again;
	int signal;
	int second;
	int r = ask(s, b, which, list_open(b, from, to, which), no_dwarf, &outcome, &signal, err);

	if (r < 0 || outcome == HP_OUTCOME_DONE)
		return r;
	s->failures++;
	r = ask(s, b, which, list_open(b, from, to, which), true, &again, &second, err);
	text = hp_outcome_text(outcome, signal);
	add_warning(s, text.kind, "%s: reading it %s; %s", s->path, text.how,
		    again == HP_OUTCOME_DONE && r == HPROF_OK
			    ? "names are from symbol tables where DWARF had not been read"
			    : "its names are incomplete");
	return r;
}

struct wish { /* address number @i of the caller */
	uint64_t addr;
	uint32_t i;
};

/* Fill b->addr with the distinct ones of @addr[n], and @row_of[n] with the row of each. */
static bool sort_addresses(const uint64_t *addr, uint32_t n, struct batch *b, uint32_t *row_of)
{
	struct wish *both = calloc(2 * ((size_t)n + 1), sizeof(*both));
	struct wish *wish = both;

	if (!both)
		return false;
	for (uint32_t i = 0; i < n; i++)
		wish[i] = (struct wish){addr[i], i};
	if (!hp_is_sorted(HP_SORT_BY(both, addr), n))
		wish = hp_radix_sort(HP_SORT_BY(both, addr), both + n, n);
	for (uint32_t i = 0; i < n; i++) {
		if (i == 0 || wish[i].addr != wish[i - 1].addr)
			b->addr[b->n++] = wish[i].addr;
		row_of[wish[i].i] = b->n - 1;
	}
	free(both);
	return true;
}

static void tell_caller(const struct hprof_symbolizer *s, const struct batch *b,
			const uint32_t *row_of, size_t n, struct hprof_frame *frames,
			hprof_frames_fn fn, void *ctx)
{
	for (size_t i = 0; i < n; i++) {
		struct run run = b->run[row_of[i]];

		for (uint32_t k = 0; k < run.n; k++) {
			const struct frame *f = &b->frames[run.first + k];
			const struct func *func = &s->funcs[f->func];

			frames[k] = (struct hprof_frame){
				.name = hp_strtab_get(&s->str, func->name).ptr,
				.full = hp_strtab_get(&s->str, func->full).ptr,
				.linkage = hp_strtab_get(&s->str, func->linkage).ptr,
				.file = hp_strtab_get(&s->str, func->file).ptr,
				.line = f->line,
				.column = f->column,
				.discriminator = f->discriminator,
				.inlined = k + 1 < run.n,
			};
		}
		fn(ctx, i, frames, run.n);
	}
}

int hprof_symbolizer_lookup(struct hprof_symbolizer *s, const uint64_t *addr, size_t n,
			    hprof_frames_fn fn, void *ctx, struct hprof_error *err)
{
	const uint32_t most = HP_CHILD_BATCH_MAX;
	struct hprof_frame *frames = NULL;
	uint32_t *row_of = NULL;
	uint32_t *which = NULL;
	struct batch b = {0};
	int r = HPROF_ENOMEM;

	if (n > UINT32_MAX / 2)
		return hp_fail(err, HPROF_EINVAL, "more than %" PRIu32 " addresses at once",
			       UINT32_MAX / 2);
	b.addr = calloc(n + 1, sizeof(*b.addr));
	b.run = calloc(n + 1, sizeof(*b.run));
	b.answered = calloc(n + 1, sizeof(*b.answered));
	row_of = calloc(n + 1, sizeof(*row_of));
	which = calloc(n < most ? n + 1 : most, sizeof(*which));
	frames = calloc(HP_WIRE_FRAMES_MAX, sizeof(*frames));
	if (b.addr && b.run && b.answered && row_of && which && frames &&
	    sort_addresses(addr, (uint32_t)n, &b, row_of))
		r = HPROF_OK;
	else
		hp_fail_nomem(err);
	for (uint32_t from = 0; r == HPROF_OK && from < b.n; from += most)
		r = answer_rows(s, &b, from, b.n - from < most ? b.n : from + most, which, err);
	if (r == HPROF_OK)
		tell_caller(s, &b, row_of, n, frames, fn, ctx);
	free(b.addr);
	free(b.run);
	free(b.answered);
	free(b.frames);
	free(row_of);
	free(which);
	free(frames);
	return r;
}

/* --- opening and closing --- */

static int open_file(struct hprof_symbolizer *s, struct hprof_error *err)
{
	struct hp_outcome_text text;
	enum hp_outcome outcome;
	int signal;
	int r = start(s, &outcome, &signal, err);

	if (r < 0)
		return r;
	text = hp_outcome_text(outcome, signal);
	if (outcome != HP_OUTCOME_DONE)
		return hp_fail(err, HPROF_EFILE, "cannot use %s: reading it %s", s->path, text.how);
	if (!s->running)
		return hp_fail(err, HPROF_EFILE, "cannot use %s: %s", s->path,
			       s->refused ? s->refused : "nothing was told about it");
	return HPROF_OK;
}

int hprof_symbolizer_open(const char *path, const struct hprof_symbolize_opts *opts,
			  struct hprof_symbolizer **out, struct hprof_error *err)
{
	static const struct hprof_symbolize_opts none;
	struct hprof_symbolizer *s = calloc(1, sizeof(*s));
	int r = s ? hp_strtab_init(&s->str, TEXT_BYTES_MAX, err) : hp_fail_nomem(err);

	if (r == HPROF_OK) {
		s->opts = opts ? *opts : none;
		s->path = strdup(path);
		s->real = realpath(path, NULL);
		if (!s->real)
			s->real = strdup(path); /* the child will tell what is wrong with it */
		s->shared = hp_shared_new();
		s->job = (struct hp_job){
			.path = s->real, .named = true, .opts = &s->opts, .shared = s->shared};
		r = s->path && s->real ? open_file(s, err) : hp_fail_nomem(err);
	}
	if (r == HPROF_OK)
		*out = s;
	else
		hprof_symbolizer_free(s);
	return r;
}

void hprof_symbolizer_free(struct hprof_symbolizer *s)
{
	if (!s)
		return;
	end_child(s);
	for (size_t i = 0; i < HP_LEN(s->stream); i++)
		free(s->stream[i].func);
	for (uint32_t i = 0; i < s->n_warnings; i++)
		free(s->warnings[i].text);
	free(s->warnings);
	free(s->sections);
	free(s->funcs);
	hp_index_release(&s->func_index);
	hp_strtab_release(&s->str);
	free(s->bytes);
	free(s->refused);
	hp_shared_free(s->shared);
	free(s->path);
	free(s->real);
	free(s);
}

unsigned hprof_symbolizer_address_bytes(const struct hprof_symbolizer *s)
{
	return s->address_bytes;
}

bool hprof_symbolizer_section(const struct hprof_symbolizer *s, const char *name, uint64_t *start,
			      uint64_t *len)
{
	for (uint32_t i = 0; i < s->n_sections; i++) {
		if (strcmp(hp_strtab_get(&s->str, s->sections[i].name).ptr, name) != 0)
			continue;
		*start = s->sections[i].addr;
		*len = s->sections[i].len;
		return true;
	}
	return false;
}

const char *hprof_symbolizer_warning(const struct hprof_symbolizer *s, size_t i)
{
	return i < s->n_warnings ? s->warnings[i].text : NULL;
}
