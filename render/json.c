/* json.c - the whole symbolized profile as JSON, schema hprof/profile/1. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "analyzer/base/column.h"
#include "render/common.h"
#include "render/render.h"

/* Functions of the output: one per function and source file. */
struct functions {
	const struct hprof_view *v;
	uint32_t *frame;    /* [n] a frame that has it */
	uint32_t *of_frame; /* [n_frames] index, HP_NONE for frames without a name */
	uint32_t n, cap;
	struct hp_index index;
};

static bool same_function(const void *ctx, uint32_t row, const void *key)
{
	const struct functions *f = ctx;
	const struct hp_vframe *a = &f->v->frames[f->frame[row]], *b = key;

	return a->func == b->func && a->file.i == b->file.i;
}

/* Frames that stacks with values have. */
static bool *used_frames(const struct hprof_view *v)
{
	bool *used = calloc((size_t)v->n_frames + 1, sizeof(*used));
	bool *below = calloc(v->tree.n, sizeof(*below));

	if (!used || !below) {
		free(used);
		free(below);
		return NULL;
	}
	for (uint32_t i = 1; i < v->tree.n; i++)
		below[i] = hp_view_has_value(v, i);
	hp_tree_mark(v->tree.parent, v->tree.n, below);
	for (uint32_t i = 1; i < v->tree.n; i++)
		used[v->tree.frame[i]] |= below[i];
	free(below);
	return used;
}

static int find_functions(struct functions *f, const bool *used, struct hprof_error *err)
{
	const struct hprof_view *v = f->v;

	f->of_frame = calloc(v->n_frames + 1, sizeof(*f->of_frame));
	if (!f->of_frame)
		return hp_fail_nomem(err);
	for (uint32_t i = 0; i < v->n_frames; i++) {
		const struct hp_vframe *frame = &v->frames[i];
		uint32_t tag = hp_hash_pair(v->seed, frame->func, frame->file.i);
		uint32_t row = hp_index_find(&f->index, tag, same_function, f, frame);

		f->of_frame[i] = HP_NONE;
		if (!used[i] || frame->func == HP_NONE)
			continue;
		if (row == UINT32_MAX) {
			if (!HP_COLUMN_ROOM(f->frame, f->n, f->cap) ||
			    !hp_index_add(&f->index, tag, f->n))
				return hp_fail_nomem(err);
			row = f->n++;
			f->frame[row] = i;
		}
		f->of_frame[i] = row;
	}
	return HPROF_OK;
}

static void put_types(struct hp_jsonw *w, const struct hprof_view *v)
{
	hp_jsonw_key(w, "sample_types");
	hp_jsonw_open(w, '[');
	for (uint32_t t = 0; t < v->n_types; t++) {
		hp_jsonw_open(w, '{');
		hp_jsonw_key(w, "name");
		hp_jsonw_text(w, hp_view_str(v, v->types[t].name));
		hp_jsonw_key(w, "unit");
		hp_jsonw_str(w, hp_unit_name(v->types[t].unit));
		hp_jsonw_key(w, "total");
		hp_jsonw_real(w, v->types[t].total.delta);
		hp_jsonw_close(w, '}');
	}
	hp_jsonw_close(w, ']');
}

static void put_modules(struct hp_jsonw *w, const struct hprof_view *v)
{
	hp_jsonw_key(w, "modules");
	hp_jsonw_open(w, '[');
	for (uint32_t i = 0; i < v->n_modules; i++) {
		hp_jsonw_line(w);
		hp_jsonw_open(w, '{');
		hp_jsonw_key(w, "path");
		hp_jsonw_text(w, hp_view_str(v, v->modules[i].path));
		if (v->modules[i].build_id.i) {
			hp_jsonw_key(w, "build_id");
			hp_jsonw_text(w, hp_view_str(v, v->modules[i].build_id));
		}
		hp_jsonw_close(w, '}');
	}
	hp_jsonw_close(w, ']');
}

static void put_functions(struct hp_jsonw *w, const struct functions *f)
{
	const struct hprof_view *v = f->v;

	hp_jsonw_key(w, "functions");
	hp_jsonw_open(w, '[');
	for (uint32_t i = 0; i < f->n; i++) {
		const struct hp_vframe *frame = &v->frames[f->frame[i]];
		const struct hp_vfunc *func = &v->funcs[frame->func];

		hp_jsonw_line(w);
		hp_jsonw_open(w, '{');
		hp_jsonw_key(w, "name");
		hp_jsonw_text(w, hp_view_str(v, func->bare));
		if (func->linkage.i) {
			hp_jsonw_key(w, "linkage_name");
			hp_jsonw_text(w, hp_view_str(v, func->linkage));
		}
		if (frame->file.i) {
			hp_jsonw_key(w, "file");
			hp_jsonw_text(w, hp_view_str(v, frame->file));
		}
		if (func->scope.i && func->module != HP_NONE) {
			hp_jsonw_key(w, "module");
			hp_jsonw_uint(w, func->module);
		}
		hp_jsonw_close(w, '}');
	}
	hp_jsonw_close(w, ']');
}

static void put_frame(struct hp_jsonw *w, const struct functions *f, uint32_t i)
{
	const struct hp_vframe *frame = &f->v->frames[i];
	char addr[24];

	hp_jsonw_open(w, '{');
	if (f->of_frame[i] != HP_NONE) {
		hp_jsonw_key(w, "function");
		hp_jsonw_uint(w, f->of_frame[i]);
	}
	if (frame->line) {
		hp_jsonw_key(w, "line");
		hp_jsonw_uint(w, frame->line);
	}
	if (frame->inlined) {
		hp_jsonw_key(w, "inlined");
		hp_jsonw_bool(w, true);
	}
	if (frame->module != HP_NONE) {
		hp_jsonw_key(w, "module");
		hp_jsonw_uint(w, frame->module);
	}
	if (frame->has_addr) {
		(void)snprintf(addr, sizeof(addr), "0x%" PRIx64, frame->addr); /* fits */
		hp_jsonw_key(w, "address");
		hp_jsonw_str(w, addr);
	}
	hp_jsonw_close(w, '}');
}

static void put_thread(struct hp_jsonw *w, const struct hprof_view *v, uint32_t node)
{
	const struct hprof_profile *p = v->profiles[0];
	uint32_t thread;

	if (!v->node_thread || !v->node_thread[node])
		return;
	thread = v->node_thread[node] - 1;
	hp_jsonw_key(w, "thread");
	hp_jsonw_text(w, hp_profile_str(p, p->threads.name[thread].i ? p->threads.name[thread]
								     : p->threads.id[thread]));
}

/* One per type, null where it is not known; nothing where none is. */
static void put_errors(struct hp_jsonw *w, const struct hprof_view *v, uint32_t node)
{
	bool any = false;

	for (uint32_t t = 0; t < v->n_types; t++)
		any |= v->types[t].has_error;
	if (!any)
		return;
	hp_jsonw_key(w, "stderr");
	hp_jsonw_open(w, '[');
	for (uint32_t t = 0; t < v->n_types; t++)
		hp_jsonw_real(w, v->types[t].has_error ? sqrt(v->types[t].variance[node])
						       : (double)NAN);
	hp_jsonw_close(w, ']');
}

static void put_stack(struct hp_jsonw *w, const struct functions *f, uint32_t node)
{
	const struct hprof_view *v = f->v;

	hp_jsonw_line(w);
	hp_jsonw_open(w, '{');
	hp_jsonw_key(w, "frames");
	hp_jsonw_open(w, '[');
	for (uint32_t at = node; at != 0; at = v->tree.parent[at])
		put_frame(w, f, v->tree.frame[at]);
	hp_jsonw_close(w, ']');
	hp_jsonw_key(w, "values");
	hp_jsonw_open(w, '[');
	for (uint32_t t = 0; t < v->n_types; t++)
		hp_jsonw_real(w, v->types[t].value[node]);
	hp_jsonw_close(w, ']');
	put_errors(w, v, node);
	put_thread(w, v, node);
	hp_jsonw_close(w, '}');
}

static int json_draw(const struct hprof_view *v, const struct hprof_render_opts *o,
		     struct hp_out *out, struct hprof_error *err)
{
	struct functions f = {.v = v};
	struct hp_jsonw w;
	bool *used = used_frames(v);
	int r = used ? find_functions(&f, used, err) : hp_fail_nomem(err);

	free(used);
	if (r == HPROF_OK) {
		hp_jsonw_init(&w, out);
		hp_jsonw_open(&w, '{');
		hp_jsonw_key(&w, "schema");
		hp_jsonw_str(&w, "hprof/profile/1");
		put_types(&w, v);
		put_modules(&w, v);
		put_functions(&w, &f);
		hp_jsonw_key(&w, "stacks");
		hp_jsonw_open(&w, '[');
		for (uint32_t i = 1; i < v->tree.n; i++)
			if (hp_view_has_value(v, i))
				put_stack(&w, &f, i);
		hp_jsonw_close(&w, ']');
		hp_put_warnings(&w, v, o);
		hp_jsonw_close(&w, '}');
	}
	free(f.frame);
	free(f.of_frame);
	hp_index_release(&f.index);
	return r;
}

const struct hp_output hp_output_json = {
	{"json", "the whole symbolized profile as JSON (hprof/profile/1)", true},
	json_draw,
};
