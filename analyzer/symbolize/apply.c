/* apply.c - taking the answers of child processes about a module over into profiles. */
#include "analyzer/symbolize/apply.h"

#include <stdio.h>
#include <stdlib.h>

#include "analyzer/base/callname.h"
#include "analyzer/base/column.h"
#include "analyzer/base/lambda.h"

enum { TEXT_MAX = 8192 };

/* --- listing answers --- */

struct listing {
	struct hp_answers *a;
	uint8_t reply;       /* 1 + number of the reply that is listed */
	bool is_retry;       /* an earlier one had the file */
	bool any_known;      /* ...and of some address */
	struct hp_slice key; /* of what is remembered */
	struct hprof_error *err;
};

static int list_file(void *ctx, const struct hp_reply_file *file)
{
	struct listing *l = ctx;
	struct hp_answers *a = l->a;

	if (!l->any_known)
		a->symbols = file->symbols;
	if (!a->has_file)
		a->file = *file;
	a->has_file = true;
	return HPROF_OK;
}

static int list_addr(void *ctx, uint32_t i, uint64_t addr)
{
	struct hp_answers *a = ((struct listing *)ctx)->a;

	if (addr != HP_WIRE_NO_ADDR)
		a->row[i].addr = addr;
	return HPROF_OK;
}

static int list_call(void *ctx, uint32_t i, enum hp_loc_call call)
{
	((struct listing *)ctx)->a->row[i].call = (uint8_t)call;
	return HPROF_OK;
}

static int list_func(void *ctx, const struct hp_reply_func *f)
{
	struct listing *l = ctx;
	struct hp_answers *a = l->a;
	struct hp_answer_stream *s = &a->stream[l->reply - 1][f->stream];

	if (!HP_COLUMN_ROOM(s->func, s->n, s->cap) ||
	    !HP_COLUMN_ROOM(a->func, a->n_funcs, a->cap_funcs))
		return hp_fail_nomem(l->err);
	s->func[s->n++] = a->n_funcs;
	a->func[a->n_funcs++] = f->body;
	return HPROF_OK;
}

static int list_frames(void *ctx, const struct hp_reply_frames *f)
{
	struct listing *l = ctx;
	struct hp_answer *row = &l->a->row[f->addr];

	if (row->reply)
		return HPROF_OK;
	row->reply = l->reply;
	row->stream = f->stream;
	row->frames = f->bytes;
	row->n_frames = f->n;
	return HPROF_OK;
}

static int list_warning(void *ctx, enum hp_wire_warning kind, struct hp_slice text)
{
	struct listing *l = ctx;
	struct hp_answers *a = l->a;

	if (l->is_retry) /* it says no more than the first */
		return HPROF_OK;
	if (!HP_COLUMN_ROOM(a->warning, a->n_warnings, a->cap_warnings))
		return hp_fail_nomem(l->err);
	a->warning[a->n_warnings++] = (struct hp_answer_warning){kind, text};
	return HPROF_OK;
}

static int list_cached(void *ctx, struct hp_slice key)
{
	((struct listing *)ctx)->key = key;
	return HPROF_OK;
}

static int by_kind(const void *pa, const void *pb)
{
	const struct hp_answer_warning *a = pa;
	const struct hp_answer_warning *b = pb;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return hp_slice_cmp(a->text, b->text);
}

/* Find all addresses that no child answered among what is remembered. */
static int find_cached(struct listing *l)
{
	struct hp_answers *a = l->a;
	int r;

	if (!l->key.len)
		return HPROF_OK;
	r = hp_recalled_open(&a->recalled, a->job->opts->cache_dir, l->key, l->err);
	for (uint32_t i = 0; r == HPROF_OK && i < a->job->n_addrs; i++) {
		struct hp_answer *row = &a->row[i];

		if (row->reply || row->addr == HP_WIRE_NO_ADDR)
			continue;
		row->cached = hp_recalled_find(&a->recalled, row->addr) + 1;
		row->reply = l->reply;
		a->forgotten = !row->cached;
		if (a->forgotten)
			break;
	}
	return r;
}

static int list_reply(struct hp_answers *a, const struct hp_reply *sent, uint8_t reply,
		      struct hprof_error *err)
{
	static const struct hp_reply_ops ops = {
		.file = list_file,
		.addr = list_addr,
		.call = list_call,
		.func = list_func,
		.frames = list_frames,
		.warning = list_warning,
		.cached = list_cached,
	};
	struct listing l = {.a = a, .reply = reply, .is_retry = a->has_file, .err = err};
	struct hp_decoder d = {.accepts = ~(1u << HP_WIRE_SECTIONS), .n_addrs = a->job->n_addrs};
	struct hp_cursor c = hp_cursor_init(sent->bytes, sent->n);
	uint32_t first = a->n_warnings;
	int r;

	if (a->job->no_recall || reply > 1) /* it does not look */
		d.accepts &= ~(1u << HP_WIRE_CACHED);
	for (uint32_t i = 0; reply > 1 && !l.any_known && i < a->job->n_addrs; i++)
		l.any_known = a->row[i].reply > 0;
	r = hp_wire_decode(&d, &c, &ops, &l);
	a->malformed |= d.malformed;
	if (a->n_warnings > first + 1) /* workers find damage in any order */
		qsort(a->warning + first, a->n_warnings - first, sizeof(*a->warning), by_kind);
	return r == HPROF_OK ? find_cached(&l) : r;
}

int hp_answers_init(struct hp_answers *a, const struct hp_job *job, const struct hp_reply *reply,
		    size_t n, struct hprof_error *err)
{
	int r = HPROF_OK;

	*a = (struct hp_answers){.job = job};
	a->row = calloc((size_t)job->n_addrs + 1, sizeof(*a->row));
	if (!a->row)
		return hp_fail_nomem(err);
	for (uint32_t i = 0; i < job->n_addrs; i++)
		a->row[i].addr = HP_WIRE_NO_ADDR;
	for (uint8_t i = 0; r == HPROF_OK && i < n && !a->forgotten; i++)
		if (reply[i].n)
			r = list_reply(a, &reply[i], i + 1, err);
	a->func_id = calloc((size_t)a->n_funcs + 1, sizeof(*a->func_id));
	return r == HPROF_OK && !a->func_id ? hp_fail_nomem(err) : r;
}

void hp_answers_release(struct hp_answers *a)
{
	for (size_t i = 0; i < HP_LEN(a->stream); i++)
		for (size_t k = 0; k < HP_WIRE_STREAMS; k++)
			free(a->stream[i][k].func);
	hp_recalled_release(&a->recalled);
	free(a->row);
	free(a->func);
	free(a->func_id);
	free(a->warning);
}

bool hp_answers_any_named(const struct hp_answers *a)
{
	for (uint32_t i = 0; i < a->job->n_addrs; i++)
		if (a->row[i].n_frames ||
		    (a->row[i].cached && hp_recalled_any(&a->recalled, a->row[i].cached - 1)))
			return true;
	return false;
}

/* --- applying them --- */

struct applying {
	struct hp_answers *a;
	const struct hp_target *t;
	struct hprof_profile *p;
	struct hp_module *m;
	bool warns;
	bool damage_noted;
	struct hprof_error *err;
};

/* Add text that may be shown: controls would reach a terminal. Ends of lines stay in @lines. */
static int add_clean(struct applying *s, struct hp_slice text, bool lines, hp_strid *out)
{
	char clean[TEXT_MAX];
	size_t n = text.len < sizeof(clean) ? text.len : sizeof(clean);

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)text.ptr[i];

		if ((c < 0x20 && !(lines && c == '\n')) || c == 0x7f)
			c = '?';
		clean[i] = (char)c;
	}
	return hp_strtab_add(&s->p->str, (struct hp_slice){clean, n}, out, s->err);
}

int hp_note_add(struct hprof_profile *p, struct hp_module *m, const char *text,
		struct hprof_error *err)
{
	const char *had = hp_profile_str(p, m->note).ptr;
	char note[2 * TEXT_MAX];

	(void)snprintf(note, sizeof(note), "%s%s%s", had, *had ? "; " : "", text); /* may be cut */
	return hp_strtab_add(&p->str, hp_slice_str(note), &m->note, err);
}

static int apply_file(struct applying *s)
{
	const struct hp_reply_file *f = &s->a->file;
	struct hp_module *m = s->m;
	hp_strid *const to[HP_WIRE_FILE_TEXTS] = {
		[HP_WIRE_FILE_PATH] = &m->file,         [HP_WIRE_FILE_DEBUG] = &m->debug_file,
		[HP_WIRE_FILE_BUILD_ID] = &m->build_id, [HP_WIRE_FILE_HOW] = &m->how,
		[HP_WIRE_FILE_NOTE] = &m->note,         [HP_WIRE_FILE_DEBUG_HOW] = &m->debug_how,
		[HP_WIRE_FILE_ALT] = &m->alt_file,      [HP_WIRE_FILE_ALT_HOW] = &m->alt_how,
		[HP_WIRE_FILE_TRIED] = &m->tried,       [HP_WIRE_FILE_EVIDENCE] = &m->evidence,
	};

	if (!s->a->has_file) {
		m->status = HP_MODULE_UNREADABLE;
		return hp_note_add(s->p, m, "looking for its file failed", s->err);
	}
	for (size_t i = 0; i < HP_LEN(to); i++) {
		bool lines = i == HP_WIRE_FILE_TRIED || i == HP_WIRE_FILE_EVIDENCE;
		int r = add_clean(s, f->text[i], lines, to[i]);

		if (r < 0)
			return r;
	}
	if (!m->build_id.i)
		m->build_id = m->recorded_id;
	m->status = f->status;
	m->symbols = s->a->symbols;
	return HPROF_OK;
}

/* The function that the reply of @row calls number @i. */
static int func_of(struct applying *s, const struct hp_answer *row, uint32_t i, hp_funcid *out)
{
	struct hp_answers *a = s->a;
	uint32_t at = a->stream[row->reply - 1][row->stream].func[i];
	struct hp_func_names names;
	int r;

	out->i = a->func_id[at];
	if (out->i != HP_NONE)
		return HPROF_OK;
	names = hp_reply_names(a->func[at]);
	r = hp_func_add(s->p, &names, out, s->err);
	if (r == HPROF_OK)
		a->func_id[at] = out->i;
	return r;
}

/* The frames of @row, as the profile has them. */
static int make_frames(struct applying *s, const struct hp_answer *row, struct hp_frame *frames,
		       uint32_t *n)
{
	const struct hp_reply_frames f = {.bytes = row->frames, .n = row->n_frames};

	if (row->cached)
		return hp_recalled_frames(&s->a->recalled, s->p, row->cached - 1, frames, n,
					  s->err);
	for (*n = 0; *n < f.n; (*n)++) {
		struct hp_reply_frame frame = hp_reply_frame(&f, *n);
		int r = func_of(s, row, frame.func, &frames[*n].func);

		if (r < 0)
			return r;
		frames[*n].line = frame.line; /* profiles have no columns and discriminators */
	}
	return HPROF_OK;
}

static bool has_line(const struct hp_frame *frames, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if (frames[i].line)
			return true;
	return false;
}

/* Give the locations @lookup[n], of one address, the frames of @row. */
static int apply_frames(struct applying *s, const struct hp_lookup *lookup, size_t n,
			const struct hp_answer *row)
{
	struct hp_frame frames[HP_WIRE_FRAMES_MAX];
	uint32_t n_frames;
	int r;

	_Static_assert(HP_IMAGE_FRAMES_MAX <= HP_LEN(frames), "both have room");
	r = make_frames(s, row, frames, &n_frames);

	if (r < 0 || !n_frames)
		return r;
	s->m->n_named++;
	s->m->n_lined += has_line(frames, n_frames);
	for (size_t i = 0; r == HPROF_OK && i < n; i++)
		r = hp_loc_set_frames(s->p, lookup[i].loc, frames, n_frames, s->err);
	return r;
}

/* Give locations what reply number @reply - 1 has for them. */
static int apply_reply(struct applying *s, uint8_t reply)
{
	const struct hp_target *t = s->t;
	int r = HPROF_OK;
	size_t next;

	for (size_t i = 0; r == HPROF_OK && i < t->n; i = next) {
		const struct hp_answer *row = &s->a->row[t->lookup[i].addr - t->first];

		for (next = i + 1; next < t->n && t->lookup[next].addr == t->lookup[i].addr;)
			next++;
		if (row->reply == reply)
			r = apply_frames(s, t->lookup + i, next - i, row);
	}
	return r;
}

static void apply_addresses(const struct hp_answers *a, const struct hp_target *t)
{
	struct hp_locs *locs = &t->p->locs;

	for (size_t i = 0; i < t->n; i++) {
		const struct hp_answer *row = &a->row[t->lookup[i].addr - t->first];
		uint32_t loc = t->lookup[i].loc.i;

		if (row->addr != HP_WIRE_NO_ADDR)
			locs->rel[loc] = row->addr;
		if (row->call != HP_CALL_UNKNOWN)
			locs->call[loc] = row->call;
	}
}

static int apply_warning(struct applying *s, const struct hp_answer_warning *w)
{
	bool damage = w->kind == HP_WIRE_DAMAGED || w->kind == HP_WIRE_MISSING;
	char note[TEXT_MAX];
	hp_strid id;
	int r;

	if (!s->warns && (!damage || s->damage_noted))
		return HPROF_OK;
	r = add_clean(s, w->text, false, &id);
	if (r < 0)
		return r;
	if (s->warns)
		hp_profile_warn_each(s->p, hp_wire_counted[w->kind], "%s: %s",
				     hp_wire_intro[w->kind], hp_profile_str(s->p, id).ptr);
	if (!damage || s->damage_noted)
		return HPROF_OK;
	s->damage_noted = true; /* the first of many will do */
	(void)snprintf(note, sizeof(note), "%s: %s", hp_wire_intro[w->kind],
		       hp_profile_str(s->p, id).ptr); /* may be cut */
	return hp_note_add(s->p, s->m, note, s->err);
}

int hp_apply(struct hp_answers *a, const struct hp_target *t, bool warns, struct hprof_error *err)
{
	struct applying s = {
		.a = a,
		.t = t,
		.p = t->p,
		.m = &t->p->modules.row[t->module.i],
		.warns = warns,
		.err = err,
	};
	int r = apply_file(&s);

	memset(a->func_id, 0xff, a->n_funcs * sizeof(*a->func_id)); /* HP_NONE */
	apply_addresses(a, t);
	if (r == HPROF_OK)
		r = hp_recalled_begin(&a->recalled, t->p, err);
	for (uint8_t reply = 1; r == HPROF_OK && reply <= HP_LEN(a->stream); reply++)
		r = apply_reply(&s, reply);
	for (uint32_t i = 0; r == HPROF_OK && i < a->n_warnings; i++)
		r = apply_warning(&s, &a->warning[i]);
	return r;
}

/* --- once all is applied --- */

/* Linkage names of lambdas, by their full names. */
struct symbols {
	struct hp_strtab str;
	hp_strid *symbol; /* [cap] by the id of the full name; "" if there is none, or HP_NONE */
	uint32_t cap;
	bool any;
};

static bool has_room(struct symbols *t, uint32_t i)
{
	uint32_t cap = hp_column_cap(t->cap, i + 1);

	if (i < t->cap)
		return true;
	if (!cap || !hp_column_resize(&t->symbol, sizeof(*t->symbol), cap))
		return false;
	memset(t->symbol + t->cap, 0, (cap - t->cap) * sizeof(*t->symbol));
	t->cap = cap;
	return true;
}

/* Note the linkage names of lambdas in @p; where two differ, neither is one of all. */
static int note_symbols(struct symbols *t, const struct hprof_profile *p, struct hprof_error *err)
{
	const struct hp_funcs *f = &p->funcs;

	for (uint32_t i = 0; i < f->n; i++) {
		hp_strid full, linkage, *known;
		int r;

		if (!f->linkage[i].i || !hp_lambda_is_placed(hp_profile_str(p, f->full[i])))
			continue;
		r = hp_strtab_add(&t->str, hp_profile_str(p, f->full[i]), &full, err);
		if (r == HPROF_OK)
			r = hp_strtab_add(&t->str, hp_profile_str(p, f->linkage[i]), &linkage, err);
		if (r < 0)
			return r;
		if (!has_room(t, full.i))
			return hp_fail_nomem(err);
		known = &t->symbol[full.i];
		known->i = known->i && known->i != linkage.i ? HP_NONE : linkage.i;
		t->any = true;
	}
	return HPROF_OK;
}

static int give_symbols(struct symbols *t, struct hprof_profile *p, struct hprof_error *err)
{
	struct hp_funcs *f = &p->funcs;
	int r = HPROF_OK;

	for (uint32_t i = 0; r == HPROF_OK && i < f->n; i++) {
		struct hp_slice name = hp_profile_str(p, f->full[i]);
		hp_strid full, symbol;

		if (f->linkage[i].i || !hp_lambda_is_placed(name))
			continue;
		r = hp_strtab_add(&t->str, name, &full, err);
		if (r < 0 || full.i >= t->cap)
			continue;
		symbol = t->symbol[full.i];
		if (symbol.i && symbol.i != HP_NONE)
			r = hp_strtab_add(&p->str, hp_strtab_get(&t->str, symbol), &f->linkage[i],
					  err);
	}
	return r;
}

/*
 * A lambda that is local to a file has a symbol only where it is called, and none where its calls
 * were inlined.  Where both are found all get the symbol, if there is but one.
 */
int hp_apply_lambdas(const struct hp_dump *d, size_t n, struct hprof_error *err)
{
	struct symbols t = {.any = false};
	int r = hp_strtab_init(&t.str, 0, err);

	for (size_t i = 0; r == HPROF_OK && i < n; i++)
		r = note_symbols(&t, d[i].p, err);
	for (size_t i = 0; r == HPROF_OK && t.any && i < n; i++)
		r = give_symbols(&t, d[i].p, err);
	hp_strtab_release(&t.str);
	free(t.symbol);
	return r;
}

int hp_apply_spelling(struct hprof_profile *p, uint32_t first, struct hprof_error *err)
{
	struct hp_funcs *t = &p->funcs;
	int r = HPROF_OK;

	for (uint32_t i = first; r == HPROF_OK && i < t->n; i++) {
		struct hp_slice name = hp_profile_str(p, t->name[i]);

		if (t->linkage[i].i || t->name[i].i != t->full[i].i ||
		    !memchr(name.ptr, '<', name.len)) /* as most */
			continue;
		r = hp_name_add_plain(&p->str, name, false, &t->name[i], err);
		t->full[i] = t->name[i];
	}
	return r;
}
