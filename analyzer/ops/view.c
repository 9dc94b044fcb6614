/* view.c - what a view says of its modules and frames. */
#include "analyzer/ops/view.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct hp_slice hp_view_module_name(const struct hprof_view *v, uint32_t module)
{
	return module == HP_NONE ? HP_LIT("[unknown]") : hp_view_str(v, v->modules[module].label);
}

bool hp_view_is_special(const struct hprof_view *v, const struct hp_vframe *f)
{
	return f->func == HP_NONE && f->module != HP_NONE && v->modules[f->module].special;
}

bool hp_view_hides_addr(const struct hprof_view *v, const struct hp_vframe *f)
{
	return f->has_addr && (f->func != HP_NONE || hp_view_is_special(v, f));
}

struct hp_slice hp_view_label(const struct hprof_view *v, const struct hp_vframe *f,
			      struct hp_label *out)
{
	struct hp_slice module = hp_view_module_name(v, f->module);
	int n;

	if (f->func != HP_NONE) {
		out->text = hp_view_str(v, v->funcs[f->func].label);
		return out->text;
	}
	if (hp_view_is_special(v, f)) {
		out->text = module;
		return out->text;
	}
	if (f->no_maps)
		n = snprintf(out->buf, sizeof(out->buf), "0x%" PRIx64, f->addr);
	else
		n = snprintf(out->buf, sizeof(out->buf), "%.*s%s0x%" PRIx64,
			     module.len < 400 ? (int)module.len : 400, module.ptr,
			     f->module == HP_NONE ? " " : "+", f->addr);
	out->text = (struct hp_slice){out->buf, (size_t)n};
	return out->text;
}

bool hp_view_has_value(const struct hprof_view *v, uint32_t node)
{
	for (uint32_t t = 0; t < v->n_types; t++)
		if (v->types[t].value[node] != 0)
			return true;
	return false;
}

uint32_t hp_view_objects_of(const struct hprof_view *v, uint32_t t)
{
	const struct hp_slice space = HP_LIT("space"), objects = HP_LIT("objects");
	struct hp_slice name = hp_view_str(v, v->types[t].name);

	if (!hp_slice_ends(name, space))
		return HP_NONE;
	for (uint32_t i = 0; i < v->n_types; i++) {
		struct hp_slice other = hp_view_str(v, v->types[i].name);

		if (hp_slice_ends(other, objects) &&
		    other.len - objects.len == name.len - space.len &&
		    memcmp(other.ptr, name.ptr, name.len - space.len) == 0)
			return i;
	}
	return HP_NONE;
}

int hp_view_note_unmet(struct hprof_view *v, const char *option, const char *text, const char *what,
		       struct hprof_error *err)
{
	char **grown = reallocarray(v->note, v->n_notes + 1, sizeof(*grown));

	if (!grown)
		return hp_fail_nomem(err);
	v->note = grown;
	if (asprintf(&v->note[v->n_notes], "--%s '%s' matches no %s", option, text, what) < 0)
		return hp_fail_nomem(err);
	hp_disarm(v->note[v->n_notes++]);
	return HPROF_OK;
}

const char *hprof_view_note(const struct hprof_view *v, size_t i)
{
	return i < v->n_notes ? v->note[i] : NULL;
}

size_t hp_view_warnings(const struct hprof_view *v, size_t i)
{
	return hprof_profile_warnings(v->profiles[i]) + (v->sources[i].note != NULL);
}

const char *hp_view_warning(const struct hprof_view *v, size_t i, size_t k, uint64_t *count)
{
	const struct hprof_profile *p = v->profiles[i];
	bool of_profile = k < hprof_profile_warnings(p);

	if (count)
		*count = of_profile ? hprof_profile_warning_count(p, k) : 1;
	return of_profile ? hprof_profile_warning(p, k) : v->sources[i].note;
}
