/* apply.c - taking over into the profile what a child told about a module. */
#include "analyzer/symbolize/apply.h"

#include <stdio.h>
#include <stdlib.h>

#include "analyzer/base/column.h"
#include "analyzer/symbolize/wire.h"

enum { TEXT_MAX = 8192 };

struct state {
	struct hprof_profile *p;
	struct hp_target *t;
	struct hp_module *m;
	hp_funcid *funcs; /* [n_funcs] of the child's numbers */
	uint32_t n_funcs, cap_funcs;
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

static int take_file(struct state *s, struct hp_cursor *c)
{
	uint8_t status = hp_get_u8(c);
	uint8_t symbols = hp_get_u8(c);
	struct hp_module *m = s->m;
	hp_strid *const to[] = {&m->file, &m->debug_file, &m->build_id, &m->how,
				&m->note, &m->debug_how,  &m->alt_file, &m->alt_how};
	int r;

	s->wrong = c->failed || status > HP_MODULE_SPECIAL || symbols > HP_SYMBOLS_DWARF;
	if (!s->wrong && !s->t->has_frames)
		m->symbols = (enum hp_module_symbols)symbols;
	if (s->wrong || s->again)
		return HPROF_OK;
	for (size_t i = 0; i < HP_LEN(to); i++) {
		r = add_text(s, hp_wire_get_text(c), to[i]);
		if (r < 0)
			return r;
	}
	r = add_clean(s, hp_wire_get_text(c), true, &m->tried);
	if (r < 0)
		return r;
	s->wrong = c->failed;
	m->status = (enum hp_module_status)status;
	s->t->has_file = true;
	return HPROF_OK;
}

static int take_addrs(struct state *s, struct hp_cursor *c)
{
	const struct hp_target *t = s->t;
	uint32_t n = t->job->n_addrs;

	for (uint32_t i = hp_get_u32(c); hp_cursor_left(c) && !c->failed; i++) {
		uint64_t addr = hp_get_u64(c);

		s->wrong = c->failed || i >= n;
		if (s->wrong)
			return HPROF_OK;
		for (uint32_t k = t->first[i]; addr != HP_WIRE_NO_ADDR && k < t->first[i + 1]; k++)
			s->p->locs.rel[t->locs[k].i] = addr;
	}
	return HPROF_OK;
}

static int take_func(struct state *s, struct hp_cursor *c)
{
	struct hp_func_names f;
	int r;

	f.name = hp_wire_get_text(c);
	f.full = hp_wire_get_text(c);
	f.linkage = hp_wire_get_text(c);
	f.file = hp_wire_get_text(c);
	s->wrong = c->failed || !f.name.len || !f.full.len;
	if (s->wrong)
		return HPROF_OK;
	if (!HP_COLUMN_ROOM(s->funcs, s->n_funcs, s->cap_funcs))
		return hp_fail_nomem(s->err);
	r = hp_func_add(s->p, &f, &s->funcs[s->n_funcs], s->err);
	if (r == HPROF_OK)
		s->n_funcs++;
	return r;
}

static bool has_line(const struct hp_frame *frames, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if (frames[i].line)
			return true;
	return false;
}

static int take_frames(struct state *s, struct hp_cursor *c)
{
	struct hp_frame frames[HP_WIRE_FRAMES_MAX];
	struct hp_target *t = s->t;
	uint32_t addr = hp_get_u32(c);
	uint32_t n = 0;

	s->wrong = c->failed || addr >= t->job->n_addrs;
	while (!s->wrong && hp_cursor_left(c)) {
		uint32_t func = hp_get_u32(c);
		uint32_t line = hp_get_u32(c);

		s->wrong = c->failed || func >= s->n_funcs || n >= HP_WIRE_FRAMES_MAX;
		if (!s->wrong)
			frames[n++] = (struct hp_frame){s->funcs[func], line};
	}
	if (s->wrong || t->answered[addr])
		return HPROF_OK;
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

static int take_warning(struct state *s, struct hp_cursor *c)
{
	static const char *const kinds[HP_WIRE_WARNINGS] = {
		[HP_WIRE_MISMATCH] = "file mismatch",
		[HP_WIRE_UNREADABLE] = "file unreadable",
		[HP_WIRE_DEBUG] = "debug file refused",
		[HP_WIRE_DAMAGED] = "debug information damaged",
		[HP_WIRE_SERVERS] = "debuginfod",
	};
	static const char *const intro[HP_WIRE_WARNINGS] = {
		[HP_WIRE_MISMATCH] = "not the file that ran",
		[HP_WIRE_UNREADABLE] = "cannot be read",
		[HP_WIRE_DEBUG] = "debug file not used",
		[HP_WIRE_DAMAGED] = "damaged debug information",
		[HP_WIRE_SERVERS] = "debuginfod",
	};
	uint8_t kind = hp_get_u8(c);
	struct hp_slice text = hp_wire_get_text(c);
	char note[TEXT_MAX];
	hp_strid id;
	int r;

	s->wrong = c->failed || kind >= HP_WIRE_WARNINGS;
	if (s->wrong || s->again)
		return HPROF_OK;
	r = add_text(s, text, &id);
	if (r < 0)
		return r;
	hp_profile_warn_each(s->p, kinds[kind], "%s: %s", intro[kind],
			     hp_profile_str(s->p, id).ptr);
	if (kind != HP_WIRE_DAMAGED || s->t->damage_noted)
		return HPROF_OK;
	s->t->damage_noted = true; /* the first of many will do */
	(void)snprintf(note, sizeof(note), "%s: %s", intro[kind], hp_profile_str(s->p, id).ptr);
	return hp_note_add(s->p, s->m, note, s->err);
}

static int take(struct state *s, enum hp_wire_kind kind, struct hp_cursor *fields)
{
	switch (kind) {
	case HP_WIRE_FILE:
		return take_file(s, fields);
	case HP_WIRE_ADDRS:
		return take_addrs(s, fields);
	case HP_WIRE_FUNC:
		return take_func(s, fields);
	case HP_WIRE_FRAMES:
		return take_frames(s, fields);
	case HP_WIRE_WARN:
		return take_warning(s, fields);
	case HP_WIRE_END:
		break;
	}
	return HPROF_OK;
}

int hp_apply(struct hprof_profile *p, struct hp_target *t, const struct hp_told *told,
	     struct hprof_error *err)
{
	struct state s = {.p = p, .t = t, .m = &p->modules.row[t->module.i], .err = err};
	struct hp_cursor c;
	enum hp_wire_kind kind;
	struct hp_cursor fields;
	int r = HPROF_OK;

	if (!told->n)
		return HPROF_OK;
	s.again = t->has_file;
	c = hp_cursor_init(told->bytes, told->n);
	while (r == HPROF_OK && !s.wrong && hp_wire_next(&c, &kind, &fields))
		r = take(&s, kind, &fields);
	t->nonsense = t->nonsense || s.wrong;
	free(s.funcs);
	return r;
}
