/*
 * symbolizer.c - addresses of one file, asked in batches of a child that stays.
 *
 * What the child tells is taken over as it arrives, into columns: an address has a run of
 * frames, a frame a function and numbers, and functions and texts are there once.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "analyzer/base/column.h"
#include "analyzer/base/sort.h"
#include "analyzer/base/strtab.h"
#include "analyzer/symbolize/channel.h"
#include "analyzer/symbolize/child.h"
#include "analyzer/symbolize/decode.h"

enum {
	FAILURES_MAX = 4, /* batches that may go wrong before DWARF is left alone */
	WARN_EACH = 8,    /* of one kind are kept */
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
	struct hp_channel channel;
	bool running;
	unsigned failures;
	/* by the child that runs */
	struct hp_decoder decoder;
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
	const char *request; /* [request_len] bytes to be sent; borrowed */
	size_t request_len;
	uint32_t units, n_units; /* read, of all */
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

static int take_func(void *ctx, const struct hp_reply_func *sent)
{
	struct exchange *x = ctx;
	struct hprof_symbolizer *s = x->s;
	const struct hp_func_names *n = &sent->names;
	struct stream *stream = &s->stream[sent->stream];
	struct func f;
	uint32_t row;
	int r = add_text(s, n->name, &f.name, x->err);

	if (r == HPROF_OK)
		r = add_text(s, n->full, &f.full, x->err);
	if (r == HPROF_OK)
		r = add_text(s, n->linkage.len ? n->linkage : n->full, &f.linkage, x->err);
	if (r == HPROF_OK)
		r = add_text(s, n->file, &f.file, x->err);
	if (r == HPROF_OK)
		r = func_row(s, &f, &row, x->err);
	if (r < 0)
		return r;
	if (!HP_COLUMN_ROOM(stream->func, stream->n, stream->cap))
		return hp_fail_nomem(x->err);
	stream->func[stream->n++] = row;
	return HPROF_OK;
}

static int take_frames(void *ctx, const struct hp_reply_frames *sent)
{
	struct exchange *x = ctx;
	const uint32_t *func = x->s->stream[sent->stream].func;
	struct batch *b = x->batch;
	uint32_t row = x->which[sent->addr];

	if (b->answered[row])
		return HPROF_OK;
	b->run[row] = (struct run){b->n_frames, sent->n};
	for (uint32_t i = 0; i < sent->n; i++) {
		struct hp_reply_frame f = hp_reply_frame(sent, i);

		if (!HP_COLUMN_ROOM(b->frames, b->n_frames, b->cap_frames))
			return hp_fail_nomem(x->err);
		b->frames[b->n_frames++] =
			(struct frame){func[f.func], f.line, f.column, f.discriminator};
	}
	b->answered[row] = true;
	return HPROF_OK;
}

static int take_warning(void *ctx, enum hp_wire_warning kind, struct hp_slice text)
{
	add_warning(((struct exchange *)ctx)->s, hp_wire_counted[kind], "%s: %.*s",
		    hp_wire_intro[kind], (int)text.len, text.ptr);
	return HPROF_OK;
}

static int take_file(void *ctx, const struct hp_reply_file *f)
{
	struct exchange *x = ctx;
	struct hprof_symbolizer *s = x->s;
	struct hp_slice debug = f->text[HP_WIRE_FILE_DEBUG], note = f->text[HP_WIRE_FILE_NOTE];
	bool usable = f->status == HP_MODULE_OK;

	s->n_sections = 0; /* they follow */
	free(s->refused);
	s->refused = usable ? NULL : strndup(note.ptr, note.len);
	if (!usable && !s->refused)
		return hp_fail_nomem(x->err);
	return add_text(s, debug.len ? debug : hp_slice_str(s->path), &s->reading, x->err);
}

static int take_address_bytes(void *ctx, unsigned bytes)
{
	((struct exchange *)ctx)->s->address_bytes = bytes;
	return HPROF_OK;
}

static int take_section(void *ctx, uint64_t start, uint64_t len, struct hp_slice name)
{
	struct exchange *x = ctx;
	struct hprof_symbolizer *s = x->s;
	struct section section = {.addr = start, .len = len};
	int r = add_text(s, name, &section.name, x->err);

	if (r < 0)
		return r;
	if (!HP_COLUMN_ROOM(s->sections, s->n_sections, s->cap_sections))
		return hp_fail_nomem(x->err);
	s->sections[s->n_sections++] = section;
	return HPROF_OK;
}

static int take_progress(void *ctx, uint32_t units, uint32_t n_units)
{
	struct exchange *x = ctx;

	x->units = units;
	x->n_units = n_units;
	return HPROF_OK;
}

static void report_progress(const struct exchange *x)
{
	const struct hprof_symbolizer *s = x->s;
	const struct hprof_progress now = {
		.file = hp_strtab_get(&s->str, s->reading).ptr,
		.units = x->units,
		.n_units = x->n_units,
		.n_modules = 1,
	};

	hp_shared_report(s->job.shared, &s->opts);
	if (s->opts.progress)
		s->opts.progress(s->opts.progress_ctx, &now);
}

/* Take over all whole messages that were received. */
static int take_all(struct exchange *x)
{
	static const struct hp_reply_ops ops = {
		.file = take_file,
		.func = take_func,
		.frames = take_frames,
		.warning = take_warning,
		.progress = take_progress,
		.address_bytes = take_address_bytes,
		.section = take_section,
	};
	struct hp_channel *ch = &x->s->channel;
	struct hp_cursor c = hp_cursor_init(ch->bytes, ch->n);
	int r;

	if (!ch->n)
		return HPROF_OK;
	r = hp_wire_decode(&x->s->decoder, &c, &ops, x);
	ch->malformed = ch->malformed || x->s->decoder.malformed;
	ch->n = hp_cursor_left(&c);
	memmove(ch->bytes, c.next, ch->n);
	return r;
}

/* --- the exchange --- */

static void end_child(struct hprof_symbolizer *s)
{
	int signal;

	if (s->running)
		(void)hp_process_end(&s->channel.process, &signal); /* of no interest any more */
	s->running = false;
	for (size_t i = 0; i < HP_LEN(s->stream); i++)
		s->stream[i].n = 0;
}

/* End a child that went wrong: how? */
static enum hp_outcome conclude(struct hprof_symbolizer *s, int *signal)
{
	enum hp_outcome outcome = hp_process_end(&s->channel.process, signal);

	s->running = false;
	end_child(s);
	if (s->channel.malformed)
		return HP_OUTCOME_MALFORMED;
	return s->channel.late ? HP_OUTCOME_TIMEOUT : outcome;
}

/* Begin to exchange: what may be received, and how much of it. */
static void begin_exchange(struct exchange *x)
{
	const unsigned never = 1u << HP_WIRE_ADDRS | 1u << HP_WIRE_CALL | 1u << HP_WIRE_CACHED;
	unsigned cpu_seconds = hp_process_cpu_seconds(x->s->opts.cpu_seconds);
	struct hp_decoder *d = &x->s->decoder;
	struct hp_channel *ch = &x->s->channel;

	d->accepts = ~(never | (x->batch ? 1u << HP_WIRE_FILE : 0));
	d->n_addrs = x->n;
	d->nameless = true;
	d->ended = false;
	ch->request = x->request;
	ch->request_len = x->request_len;
	ch->received = 0;
	ch->late = false;
	ch->max_bytes = hp_process_max_reply_bytes(x->n);
	ch->deadline_ms = hp_process_now_ms() + hp_process_patience_ms(cpu_seconds);
}

/*
 * Send what is to be sent and take over the reply until its end.  *@outcome says whether
 * it came; if not, the child is gone and *@signal is what ended it.
 */
static int exchange(struct exchange *x, enum hp_outcome *outcome, int *signal)
{
	struct hprof_symbolizer *s = x->s;
	struct hp_channel *ch = &s->channel;
	int r = HPROF_OK;

	begin_exchange(x);
	while (r == HPROF_OK && !s->decoder.ended && !hp_channel_is_done(ch)) {
		r = hp_channels_wait(&ch, 1, &s->opts, x->err);
		if (r == HPROF_OK)
			r = take_all(x);
		report_progress(x);
	}
	if (r == HPROF_OK && ch->no_memory)
		r = hp_fail_nomem(x->err);
	*outcome = HP_OUTCOME_DONE;
	*signal = 0;
	if (r < 0)
		end_child(s);
	else if (!s->decoder.ended || ch->malformed)
		*outcome = conclude(s, signal);
	return r;
}

/* Start a child, and hear what it tells about the file. */
static int start(struct hprof_symbolizer *s, enum hp_outcome *outcome, int *signal,
		 struct hprof_error *err)
{
	struct exchange x = {.s = s, .err = err};
	int r;

	s->decoder = (struct hp_decoder){.accepts = 0};
	free(s->channel.bytes);
	s->channel = (struct hp_channel){.n = 0};
	r = hp_process_start(&s->channel.process, &s->job, hp_child_serve, 0, true, err);
	if (r < 0)
		return r;
	s->running = true;
	r = exchange(&x, outcome, signal);
	if (r == HPROF_OK && *outcome == HP_OUTCOME_DONE && (s->refused || !s->address_bytes))
		end_child(s);
	return r;
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

	if (s->running && hp_channel_has_input(&s->channel)) /* unasked: it has ended */
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
	x.request = text;
	x.request_len = len;
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
			s->real = strdup(path); /* the child will say what is wrong with it */
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
	free(s->channel.bytes);
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
