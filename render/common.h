/* common.h - parts that several outputs share. */
#ifndef HP_RENDER_COMMON_H
#define HP_RENDER_COMMON_H

#include <math.h>

#include "analyzer/base/jsonw.h"
#include "analyzer/ops/view.h"

static inline const char *hp_unit_name(enum hp_unit unit)
{
	switch (unit) {
	case HP_UNIT_BYTES:
		return "bytes";
	case HP_UNIT_COUNT:
		return "count";
	}
	return "count";
}

/* Type number @i of @v when the chosen one comes first. */
static inline uint32_t hp_type_in_order(const struct hprof_view *v, uint32_t i)
{
	if (i == 0)
		return v->chosen;
	return i <= v->chosen ? i - 1 : i;
}

/* Whether type @t has, or may have, values below 0: as a difference, or as the file has them. */
static inline bool hp_type_signed(const struct hprof_view *v, uint32_t t)
{
	const struct hp_vtype *type = &v->types[t];

	if (type->base)
		return true;
	for (uint32_t i = 0; i < v->tree.n; i++)
		if (type->value[i] < 0)
			return true;
	return false;
}

/* A value of type @type and, where errors are known, its standard error. */
static inline void hp_put_pair(struct hp_jsonw *w, const struct hp_vtype *type, const char *name,
			       double value, const char *error_name, double variance)
{
	hp_jsonw_key(w, name);
	hp_jsonw_real(w, value);
	if (!type->has_error)
		return;
	hp_jsonw_key(w, error_name);
	hp_jsonw_real(w, sqrt(variance));
}

/* One moment of a recording, but for the brace that ends it; times are in @unit. */
static inline void hp_put_snapshot(struct hp_jsonw *w, const struct hp_snapshot *s, uint64_t index,
				   struct hp_slice unit)
{
	hp_jsonw_open(w, '{');
	hp_jsonw_key(w, "index");
	hp_jsonw_uint(w, index);
	hp_jsonw_key(w, "time");
	hp_jsonw_real(w, s->time);
	hp_jsonw_key(w, "time_unit");
	hp_jsonw_text(w, unit);
	hp_jsonw_key(w, "heap");
	hp_jsonw_uint(w, s->heap);
	hp_jsonw_key(w, "extra");
	hp_jsonw_uint(w, s->extra);
	hp_jsonw_key(w, "stacks_bytes");
	hp_jsonw_uint(w, s->stacks);
	hp_jsonw_key(w, "detailed");
	hp_jsonw_bool(w, s->tree != HP_TREE_NONE);
	hp_jsonw_key(w, "peak");
	hp_jsonw_bool(w, s->tree == HP_TREE_PEAK);
}

/* "warnings": the warnings of all profiles of the view. */
static inline void hp_put_warnings(struct hp_jsonw *w, const struct hprof_view *v,
				   const struct hprof_render_opts *o)
{
	hp_jsonw_key(w, "warnings");
	hp_jsonw_open(w, '[');
	for (size_t n = 0; n < v->n_profiles + v->n_bases; n++)
		for (size_t i = 0; i < hp_view_warnings(v, n); i++)
			hp_jsonw_str(w, hp_view_warning(v, n, i, NULL));
	for (size_t i = 0; i < v->n_notes; i++)
		hp_jsonw_str(w, v->note[i]);
	for (size_t i = 0; i < o->n_left_out; i++)
		hp_jsonw_str(w, o->left_out[i]);
	hp_jsonw_close(w, ']');
}

#endif
