/* apply.c - taking over into the profile what a child told about a module. */
#include "analyzer/symbolize/apply.h"

#include <stdio.h>
#include <stdlib.h>

#include "analyzer/base/callname.h"
#include "analyzer/base/column.h"
#include "analyzer/base/lambda.h"
#include "analyzer/symbolize/recall.h"
#include "analyzer/symbolize/wire.h"

enum { TEXT_MAX = 8192 };

struct func {        /* of one stream */
	uint32_t at; /* byte of what was told where its texts begin */
	uint32_t id; /* in the profile; HP_NONE until it is needed */
};

struct stream {
	struct func *func; /* [n] */
	uint32_t n, cap;
};

struct warning {
	uint8_t kind;
	struct hp_slice text;
};

/*
 * Workers tell in any order, so first all messages are listed; they are taken over in an
 * order that depends on what was told alone.
 */
struct state {
	struct hprof_profile *p;
	struct hp_target *t;
	struct hp_module *m;
	const struct hp_told *told;
	struct stream stream[HP_WIRE_STREAMS];
	uint32_t *frames; /* [job->n_addrs] byte where the frames of each begin, + 1; 0: none */
	uint64_t *addrs;  /* [job->n_addrs] in the file, NO_ADDR */
	uint32_t *rows;   /* [job->n_addrs] 1 + answer that is remembered, 0: none */
	struct hp_recalled recalled;
	struct hp_slice key; /* of what is remembered */
	struct warning *warnings;
	uint32_t n_warnings, cap_warnings;
	struct hp_cursor file; /* fields of the message about it */
	bool has_file;
	bool again; /* a second child tells what the first did not get to */
	bool wrong; /* the child told nonsense */
	struct hprof_error *err;
};

/* Add text that may be shown: controls would reach a terminal. Ends of lines stay in @lines. */
static int add_clean(struct state *s, struct hp_slice text, bool lines, hp_strid *out)
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

static int add_text(struct state *s, struct hp_slice text, hp_strid *out)
{
	return add_clean(s, text, false, out);
}

int hp_note_add(struct hprof_profile *p, struct hp_module *m, const char *text,
		struct hprof_error *err)
{
	const char *had = hp_profile_str(p, m->note).ptr;
	char note[2 * TEXT_MAX];

	(void)snprintf(note, sizeof(note), "%s%s%s", had, *had ? "; " : "", text); /* may be cut */
	return hp_strtab_add(&p->str, hp_slice_str(note), &m->note, err);
}

static int take_file(struct state *s)
{
	struct hp_cursor *c = &s->file;
	uint8_t status = hp_get_u8(c);
	uint8_t symbols = hp_get_u8(c);
	struct hp_module *m = s->m;
	hp_strid *const to[] = {&m->file, &m->debug_file, &m->build_id, &m->how,
				&m->note, &m->debug_how,  &m->alt_file, &m->alt_how};
	int r;

	if (!s->t->has_frames)
		m->symbols = (enum hp_module_symbols)symbols;
	if (s->again)
		return HPROF_OK;
	for (size_t i = 0; i < HP_LEN(to); i++) {
		r = add_text(s, hp_wire_get_text(c), to[i]);
		if (r < 0)
			return r;
	}
	r = add_clean(s, hp_wire_get_text(c), true, &m->tried);
	if (r == HPROF_OK)
		r = add_clean(s, hp_wire_get_text(c), true, &m->evidence);
	if (r < 0)
		return r;
	if (!m->build_id.i)
		m->build_id = m->recorded_id;
	m->status = (enum hp_module_status)status;
	s->t->has_file = true;
	return HPROF_OK;
}

/* --- listing what was told --- */

static uint32_t offset_of(const struct state *s, const struct hp_cursor *c)
{
	return (uint32_t)(c->next - s->told->bytes); /* there are far less than 2^32 */
}

static void list_file(struct state *s, struct hp_cursor c)
{
	uint8_t status;
	uint8_t symbols;

	s->wrong = s->has_file;
	s->has_file = true;
	s->file = c;
	status = hp_get_u8(&c);
	symbols = hp_get_u8(&c);
	for (unsigned i = 0; i < HP_WIRE_FILE_TEXTS; i++)
		(void)hp_wire_get_text(&c); /* a failure stays in the cursor */
	s->wrong = s->wrong || c.failed || status > HP_MODULE_SPECIAL || symbols > HP_SYMBOLS_DWARF;
	s->has_file = !s->wrong;
}

static void take_addrs(struct state *s, struct hp_cursor *c)
{
	const struct hp_target *t = s->t;
	uint32_t n = t->job->n_addrs;

	for (uint32_t i = hp_get_u32(c); hp_cursor_left(c) && !c->failed; i++) {
		uint64_t addr = hp_get_u64(c);

		s->wrong = c->failed || i >= n;
		if (s->wrong)
			return;
		s->addrs[i] = addr;
		for (uint32_t k = t->first[i]; addr != HP_WIRE_NO_ADDR && k < t->first[i + 1]; k++)
			s->p->locs.rel[t->locs[k].i] = addr;
	}
}

static void take_call(struct state *s, struct hp_cursor *c)
{
	const struct hp_target *t = s->t;
	uint32_t i = hp_get_u32(c);
	uint8_t call = hp_get_u8(c);

	s->wrong = c->failed || i >= t->job->n_addrs || call > HP_CALL_RESUMES;
	for (uint32_t k = s->wrong ? 0 : t->first[i]; !s->wrong && k < t->first[i + 1]; k++)
		s->p->locs.call[t->locs[k].i] = call;
}

static struct hp_func_names get_names(struct hp_cursor *c)
{
	struct hp_func_names f;

	f.name = hp_wire_get_text(c);
	f.full = hp_wire_get_text(c);
	f.linkage = hp_wire_get_text(c);
	f.file = hp_wire_get_text(c);
	if (!f.full.len)
		f.full = f.name;
	return f;
}

static int list_func(struct state *s, struct hp_cursor *c)
{
	uint8_t number = hp_get_u8(c);
	uint32_t at = offset_of(s, c);
	struct hp_func_names f = get_names(c);
	struct stream *stream;

	s->wrong = c->failed || number >= HP_WIRE_STREAMS || !f.name.len;
	if (s->wrong)
		return HPROF_OK;
	stream = &s->stream[number];
	if (!HP_COLUMN_ROOM(stream->func, stream->n, stream->cap))
		return hp_fail_nomem(s->err);
	stream->func[stream->n++] = (struct func){at, HP_NONE};
	return HPROF_OK;
}

static void list_frames(struct state *s, struct hp_cursor *c)
{
	uint32_t at = offset_of(s, c);
	uint8_t stream = hp_get_u8(c);
	uint32_t addr = hp_get_u32(c);
	size_t bytes = hp_cursor_left(c);
	const size_t each = HP_WIRE_FRAME_U32S * sizeof(uint32_t);

	s->wrong = c->failed || stream >= HP_WIRE_STREAMS || addr >= s->t->job->n_addrs ||
		   bytes % each || bytes / each > HP_WIRE_FRAMES_MAX;
	while (!s->wrong && hp_cursor_left(c)) {
		s->wrong = hp_get_u32(c) >= s->stream[stream].n;
		(void)hp_get_bytes(c, each - sizeof(uint32_t)); /* the length is right */
	}
	if (!s->wrong && !s->frames[addr])
		s->frames[addr] = at + 1;
}

static int list_warning(struct state *s, struct hp_cursor *c)
{
	struct warning w = {.kind = hp_get_u8(c)};

	w.text = hp_wire_get_text(c);
	s->wrong = c->failed || w.kind >= HP_WIRE_WARNINGS;
	if (s->wrong)
		return HPROF_OK;
	if (!HP_COLUMN_ROOM(s->warnings, s->n_warnings, s->cap_warnings))
		return hp_fail_nomem(s->err);
	s->warnings[s->n_warnings++] = w;
	return HPROF_OK;
}

static int list(struct state *s, enum hp_wire_kind kind, struct hp_cursor *fields)
{
	switch (kind) {
	case HP_WIRE_FILE:
		list_file(s, *fields);
		break;
	case HP_WIRE_ADDRS:
		take_addrs(s, fields);
		break;
	case HP_WIRE_CALL:
		take_call(s, fields);
		break;
	case HP_WIRE_FUNC:
		return list_func(s, fields);
	case HP_WIRE_FRAMES:
		list_frames(s, fields);
		break;
	case HP_WIRE_WARN:
		return list_warning(s, fields);
	case HP_WIRE_RECALL:
		s->key = hp_wire_get_text(fields);
		s->wrong = fields->failed || s->t->job->no_recall; /* it does not look */
		break;
	case HP_WIRE_PROGRESS:
	case HP_WIRE_SECTIONS:
	case HP_WIRE_END:
		break;
	}
	return HPROF_OK;
}

/* --- taking it over --- */

/* The function that stream @stream calls number @i. */
static int func_of(struct state *s, uint8_t stream, uint32_t i, hp_funcid *out)
{
	struct func *f = &s->stream[stream].func[i];
	struct hp_func_names names;
	struct hp_cursor c;
	int r = HPROF_OK;

	if (f->id == HP_NONE) {
		c = hp_cursor_init(s->told->bytes + f->at, s->told->n - f->at);
		names = get_names(&c); /* was looked at before */
		r = hp_func_add(s->p, &names, out, s->err);
		f->id = r == HPROF_OK ? out->i : HP_NONE;
	}
	out->i = f->id;
	return r;
}

static bool has_line(const struct hp_frame *frames, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if (frames[i].line)
			return true;
	return false;
}

/* Give address @addr its frames. */
static int set_frames(struct state *s, uint32_t addr, const struct hp_frame *frames, uint32_t n)
{
	struct hp_target *t = s->t;

	t->answered[addr] = true;
	t->has_frames = true;
	s->m->n_named += n > 0;
	s->m->n_lined += has_line(frames, n);
	for (uint32_t k = t->first[addr]; n && k < t->first[addr + 1]; k++) {
		int r = hp_loc_set_frames(s->p, t->locs[k], frames, n, s->err);

		if (r < 0)
			return r;
	}
	return HPROF_OK;
}

/* Take over the frames of address @addr, which begin after @at bytes and were checked. */
static int take_frames(struct state *s, uint32_t addr, uint32_t at)
{
	struct hp_frame frames[HP_WIRE_FRAMES_MAX];
	const uint32_t header = HP_WIRE_HEADER;
	struct hp_cursor c = hp_cursor_init(s->told->bytes + at - header, header);
	uint32_t len = hp_get_u32(&c);
	uint32_t n = 0;
	uint8_t stream;

	c = hp_cursor_init(s->told->bytes + at, len);
	stream = hp_get_u8(&c);
	(void)hp_get_u32(&c); /* @addr */
	for (; hp_cursor_left(&c); n++) {
		int r = func_of(s, stream, hp_get_u32(&c), &frames[n].func);

		frames[n].line = hp_get_u32(&c);
		(void)hp_get_u64(&c); /* profiles have no columns and discriminators */
		if (r < 0)
			return r;
	}
	return set_frames(s, addr, frames, n);
}

/* Take over answer @row of what is remembered for address @addr. */
static int recall_frames(struct state *s, uint32_t addr, uint32_t row)
{
	struct hp_frame frames[HP_IMAGE_FRAMES_MAX];
	uint32_t n;
	int r = hp_recalled_frames(&s->recalled, s->p, row, frames, &n, s->err);

	return r < 0 ? r : set_frames(s, addr, frames, n);
}

static int by_kind(const void *pa, const void *pb)
{
	const struct warning *a = pa;
	const struct warning *b = pb;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return hp_slice_cmp(a->text, b->text);
}

static int take_warning(struct state *s, const struct warning *w)
{
	char note[TEXT_MAX];
	hp_strid id;
	int r = add_text(s, w->text, &id);

	if (r < 0)
		return r;
	hp_profile_warn_each(s->p, hp_wire_counted[w->kind], "%s: %s", hp_wire_intro[w->kind],
			     hp_profile_str(s->p, id).ptr);
	if ((w->kind != HP_WIRE_DAMAGED && w->kind != HP_WIRE_MISSING) || s->t->damage_noted)
		return HPROF_OK;
	s->t->damage_noted = true; /* the first of many will do */
	(void)snprintf(note, sizeof(note), "%s: %s", hp_wire_intro[w->kind],
		       hp_profile_str(s->p, id).ptr); /* may be cut */
	return hp_note_add(s->p, s->m, note, s->err);
}

static int take_all(struct state *s)
{
	int r = s->has_file ? take_file(s) : HPROF_OK;

	for (uint32_t i = 0; r == HPROF_OK && i < s->t->job->n_addrs; i++) {
		if (s->t->answered[i])
			continue;
		if (s->frames[i])
			r = take_frames(s, i, s->frames[i] - 1);
		else if (s->rows[i])
			r = recall_frames(s, i, s->rows[i] - 1);
	}
	if (s->n_warnings > 1)
		qsort(s->warnings, s->n_warnings, sizeof(*s->warnings), by_kind);
	for (uint32_t i = 0; r == HPROF_OK && !s->again && i < s->n_warnings; i++)
		r = take_warning(s, &s->warnings[i]);
	return r;
}

/* Find all addresses that nothing was told about among what is remembered. */
static int recall(struct state *s)
{
	const char *dir = s->t->job->opts->cache_dir;
	int r = hp_recalled_open(&s->recalled, dir, s->key, s->err);

	for (uint32_t i = 0; r == HPROF_OK && i < s->t->job->n_addrs; i++) {
		if (s->frames[i] || s->t->answered[i] || s->addrs[i] == HP_WIRE_NO_ADDR)
			continue;
		s->rows[i] = hp_recalled_find(&s->recalled, s->addrs[i]) + 1;
		if (!s->rows[i]) {
			s->t->forgotten = true;
			return HPROF_OK;
		}
	}
	return r == HPROF_OK ? hp_recalled_keep(&s->recalled, s->p, s->err) : r;
}

int hp_apply(struct hprof_profile *p, struct hp_target *t, const struct hp_told *told,
	     struct hprof_error *err)
{
	struct state s = {
		.p = p,
		.t = t,
		.m = &p->modules.row[t->module.i],
		.told = told,
		.again = t->has_file,
		.err = err,
	};
	struct hp_cursor c = hp_cursor_init(told->bytes, told->n);
	enum hp_wire_kind kind;
	struct hp_cursor fields;
	int r = HPROF_OK;

	if (!told->n)
		return HPROF_OK;
	s.frames = calloc((size_t)t->job->n_addrs + 1, sizeof(*s.frames));
	s.rows = calloc((size_t)t->job->n_addrs + 1, sizeof(*s.rows));
	s.addrs = malloc(((size_t)t->job->n_addrs + 1) * sizeof(*s.addrs));
	if (!s.frames || !s.rows || !s.addrs)
		r = hp_fail_nomem(err);
	else
		memset(s.addrs, 0xff, t->job->n_addrs * sizeof(*s.addrs)); /* NO_ADDR */
	while (r == HPROF_OK && !s.wrong && hp_wire_next(&c, &kind, &fields) == HP_WIRE_WHOLE)
		r = list(&s, kind, &fields);
	t->nonsense = t->nonsense || s.wrong;
	if (r == HPROF_OK && s.key.len)
		r = recall(&s);
	if (r == HPROF_OK && !t->forgotten)
		r = take_all(&s);
	hp_recalled_release(&s.recalled);
	for (size_t i = 0; i < HP_LEN(s.stream); i++)
		free(s.stream[i].func);
	free(s.frames);
	free(s.rows);
	free(s.addrs);
	free(s.warnings);
	return r;
}

/*
 * A lambda that is local to a file has a symbol only where it is called, and none where its calls
 * were inlined.  Where both are found all get the symbol, if there is but one.
 */
int hp_apply_lambdas(struct hprof_profile *p, struct hprof_error *err)
{
	struct hp_funcs *t = &p->funcs;
	hp_strid *symbol = calloc((size_t)p->str.n + 1, sizeof(*symbol)); /* by full name */
	bool *clash = calloc((size_t)p->str.n + 1, sizeof(*clash));
	bool fine = symbol && clash;

	for (uint32_t i = 0; fine && i < t->n; i++) {
		hp_strid *known = &symbol[t->full[i].i];

		if (!t->linkage[i].i || !hp_lambda_is_placed(hp_profile_str(p, t->full[i])))
			continue;
		if (known->i && known->i != t->linkage[i].i)
			clash[t->full[i].i] = true;
		*known = t->linkage[i];
	}
	for (uint32_t i = 0; fine && i < t->n; i++)
		if (!t->linkage[i].i && !clash[t->full[i].i])
			t->linkage[i] = symbol[t->full[i].i];
	free(clash);
	free(symbol);
	return fine ? HPROF_OK : hp_fail_nomem(err);
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
