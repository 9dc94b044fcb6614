/* choose_types.c - which sample types a view has, and which of them is shown. */
#include "analyzer/ops/choose_types.h"

#include <stdio.h>
#include <stdlib.h>

#include "analyzer/ops/advice.h"

static const char *list_types(const struct hprof_profile *p, char *buf, size_t cap)
{
	(void)hp_profile_list_types(p, NULL, 0, buf, cap);
	return buf;
}

static int no_such_type(const struct hprof_profile *p, const char *name, struct hprof_error *err)
{
	const struct hp_advice *advice = hp_advice_of(p);
	struct hp_slice input = hp_profile_str(p, p->input);
	char types[HPROF_MESSAGE_MAX];
	bool known = false;

	for (uint32_t t = 0; t < p->n_types; t++)
		known |= hp_slice_same(hp_profile_str(p, p->types[t].name), hp_slice_str(name));
	if (known && advice->why_no_alloc && strncmp(name, "alloc_", 6) == 0)
		return hp_fail(err, HPROF_ENODATA, "%.*s: no %s in this file: %s (%s)",
			       (int)input.len, input.ptr, name, advice->why_no_alloc,
			       advice->get_alloc);
	return hp_fail(err, HPROF_ENODATA, "%.*s: no sample type %.64s in this file, which has %s",
		       (int)input.len, input.ptr, name,
		       *list_types(p, types, sizeof(types)) ? types : "none");
}

/* Errors of a sum are known if the errors of all its estimates are; exact values have none. */
static enum hp_errors errors_of(const struct hprof_view *v, struct hp_slice name)
{
	enum hp_errors all = HP_ERRORS_NONE;

	for (size_t n = 0; n < v->n_profiles + v->n_bases; n++) {
		uint32_t t = hp_profile_type(v->profiles[n], name);
		enum hp_errors errors = hp_profile_errors(v->profiles[n], t);

		if (errors == HP_ERRORS_UNKNOWN)
			return errors;
		if (errors == HP_ERRORS_KNOWN)
			all = errors;
	}
	return all;
}

static int add_type(struct hprof_view *v, const struct hprof_profile *p, uint32_t t,
		    struct hprof_error *err)
{
	struct hp_vtype *type = &v->types[v->n_types];
	struct hp_slice name = hp_profile_str(p, p->types[t].name);
	int r;

	*type = (struct hp_vtype){.unit = p->types[t].unit, .errors = errors_of(v, name)};
	type->has_error = type->errors == HP_ERRORS_KNOWN;
	r = hp_strtab_add(&v->str, name, &type->name, err);
	if (r == HPROF_OK)
		v->n_types++;
	return r;
}

/* Whether type @t of the first profile is a maximum and would be added up over several. */
static bool is_summed_maximum(const struct hprof_view *v, uint32_t t)
{
	return v->profiles[0]->types[t].kind == HP_TYPE_MAX &&
	       (v->n_profiles > 1 || v->n_bases > 1);
}

/* How many of the first @n profiles have the type called @name. */
static size_t count_with(const struct hprof_view *v, size_t n, struct hp_slice name)
{
	size_t with = 0;

	for (size_t i = 0; i < n; i++)
		with += hp_profile_type(v->profiles[i], name) != HP_NONE;
	return with;
}

/* For how many profiles type @name is the one that is shown when they are alone. */
static size_t count_defaults(const struct hprof_view *v, struct hp_slice name)
{
	size_t n = 0;

	for (size_t i = 0; i < v->n_profiles + v->n_bases; i++) {
		const struct hprof_profile *p = v->profiles[i];

		n += p->n_types && hp_profile_type(p, name) == p->default_type;
	}
	return n;
}

/*
 * Whether type @t of @p is to be shown rather than type @than, or none: the default of more
 * profiles, then one in bytes, then by name, whatever the order of the profiles.
 */
static bool is_preferred(const struct hprof_view *v, const struct hprof_profile *p, uint32_t t,
			 uint32_t than)
{
	struct hp_slice x, y;
	size_t a, b;

	if (than == HP_NONE)
		return true;
	x = hp_profile_str(p, p->types[t].name);
	y = hp_profile_str(p, p->types[than].name);
	a = count_defaults(v, x);
	b = count_defaults(v, y);
	if (a != b)
		return a > b;
	if (p->types[t].unit != p->types[than].unit)
		return p->types[t].unit == HP_UNIT_BYTES;
	return hp_slice_cmp(x, y) < 0;
}

/* Not even the first few profiles, as few as can be, have a type in common. */
static int nothing_in_common(const struct hprof_view *v, struct hprof_error *err)
{
	const struct hprof_profile *p = v->profiles[0], *q;
	char mine[HPROF_MESSAGE_MAX], others[HPROF_MESSAGE_MAX], quoted[HP_QUOTED_MAX];
	struct hp_slice input;
	bool common = true;
	size_t n = 1;

	while (common && n < v->n_profiles + v->n_bases) {
		common = false;
		n++;
		for (uint32_t t = 0; t < p->n_types; t++)
			common |= !p->types[t].absent &&
				  count_with(v, n, hp_profile_str(p, p->types[t].name)) == n;
	}
	q = v->profiles[n - 1];
	input = hp_profile_str(q, q->input);
	return hp_fail(err, HPROF_ENODATA,
		       "%.*s: no sample type is in all profiles: this one has %s, %s has %s",
		       (int)input.len, input.ptr, list_types(q, others, sizeof(others)),
		       hp_quote(quoted, hp_profile_str(p, p->input)),
		       list_types(p, mine, sizeof(mine)));
}

/* The type that is shown when none is asked for: one that all profiles have. */
static int find_default(const struct hprof_view *v, uint32_t *out, struct hprof_error *err)
{
	const struct hprof_profile *p = v->profiles[0];
	size_t n = v->n_profiles + v->n_bases;

	*out = p->default_type;
	if (n == 1)
		return HPROF_OK;
	*out = HP_NONE;
	for (uint32_t t = 0; t < p->n_types; t++)
		if (!p->types[t].absent &&
		    count_with(v, n, hp_profile_str(p, p->types[t].name)) == n &&
		    is_preferred(v, p, t, *out))
			*out = t;
	return *out == HP_NONE ? nothing_in_common(v, err) : HPROF_OK;
}

int hp_view_choose_types(struct hprof_view *v, struct hprof_error *err)
{
	const struct hprof_profile *p = v->profiles[0];
	const char *name = v->opts.sample_type;
	uint32_t type;
	int r = HPROF_OK;

	if (name)
		type = hp_profile_type(p, hp_slice_str(name));
	else
		r = find_default(v, &type, err);
	if (r < 0)
		return r;
	if (type == HP_NONE)
		return no_such_type(p, name, err);
	name = p->str.ptr[p->types[type].name.i];
	if (is_summed_maximum(v, type))
		return hp_fail(err, HPROF_EINVAL,
			       "%s is a maximum: those of several profiles do not add up (--last "
			       "takes one profile)",
			       name);
	for (size_t n = 0; n < v->n_profiles + v->n_bases; n++)
		if (hp_profile_type(v->profiles[n], hp_slice_str(name)) == HP_NONE)
			return no_such_type(v->profiles[n], name, err);
	v->types = calloc(p->n_types, sizeof(*v->types));
	if (!v->types)
		return hp_fail_nomem(err);
	for (uint32_t t = 0; r == HPROF_OK && t < p->n_types; t++) {
		struct hp_slice text = hp_profile_str(p, p->types[t].name);
		bool is_chosen = hp_slice_same(text, hp_slice_str(name));
		bool common = !p->types[t].absent && !is_summed_maximum(v, t);

		for (size_t n = 1; n < v->n_profiles + v->n_bases; n++)
			common &= hp_profile_type(v->profiles[n], text) != HP_NONE;
		if (!common || (!is_chosen && !v->opts.all_types))
			continue;
		if (is_chosen)
			v->chosen = v->n_types;
		r = add_type(v, p, t, err);
	}
	return r;
}
