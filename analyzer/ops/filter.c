/* filter.c - regular expressions over the frames of a view. */
#include "analyzer/ops/filter.h"

#include <stdlib.h>

static int compile(const char *text, struct hp_filter *out, struct hprof_error *err)
{
	static const struct {
		const char *prefix;
		enum hp_filter_part part;
	} parts[] = {
		{"name:", HP_FILTER_NAME},
		{"file:", HP_FILTER_FILE},
		{"module:", HP_FILTER_MODULE},
	};

	out->part = HP_FILTER_ANY;
	for (size_t i = 0; i < HP_LEN(parts); i++) {
		size_t n = strlen(parts[i].prefix);

		if (strncmp(text, parts[i].prefix, n) == 0) {
			out->part = parts[i].part;
			text += n;
			break;
		}
	}
	return hp_regex_new(text, &out->re, err);
}

int hp_filters_new(const char *const *text, size_t n, struct hp_filter **out,
		   struct hprof_error *err)
{
	struct hp_filter *f = calloc(n ? n : 1, sizeof(*f));
	int r = f ? HPROF_OK : hp_fail_nomem(err);

	for (size_t i = 0; r == HPROF_OK && i < n; i++)
		r = compile(text[i], &f[i], err);
	if (r < 0) {
		hp_filters_free(f, n);
		return r;
	}
	*out = f;
	return HPROF_OK;
}

void hp_filters_free(struct hp_filter *f, size_t n)
{
	for (size_t i = 0; f && i < n; i++)
		hp_regex_free(f[i].re);
	free(f);
}

/* One answer per string id: 0 not asked yet, 1 no, 2 yes. */
static int match_str(const struct hprof_view *v, const struct hp_filter *f, hp_strid id,
		     unsigned char *known, struct hprof_error *err)
{
	if (!known[id.i]) {
		int r = hp_regex_match(f->re, hp_view_str(v, id), err);

		if (r < 0)
			return r;
		known[id.i] = (unsigned char)(1 + r);
	}
	return known[id.i] == 2;
}

static bool looks_at(const struct hp_filter *f, enum hp_filter_part part)
{
	return f->part == HP_FILTER_ANY || f->part == part;
}

static int match_frame(const struct hprof_view *v, const struct hp_filter *f,
		       const struct hp_vframe *frame, unsigned char *known, struct hprof_error *err)
{
	int r = 0;

	if (looks_at(f, HP_FILTER_NAME) && frame->func != HP_NONE)
		r = match_str(v, f, v->funcs[frame->func].full, known, err);
	if (r == 0 && looks_at(f, HP_FILTER_NAME) && frame->func != HP_NONE)
		r = match_str(v, f, v->funcs[frame->func].brief, known, err);
	if (r == 0 && looks_at(f, HP_FILTER_FILE) && frame->file.i)
		r = match_str(v, f, frame->file, known, err);
	if (r == 0 && looks_at(f, HP_FILTER_MODULE) && frame->module != HP_NONE)
		r = match_str(v, f, v->modules[frame->module].path, known, err);
	return r;
}

int hp_filter_frames(const struct hprof_view *v, const struct hp_filter *f, bool *hit,
		     struct hprof_error *err)
{
	unsigned char *known = calloc(v->str.n, 1);
	int r = known ? 0 : hp_fail_nomem(err);

	for (uint32_t i = 0; r >= 0 && i < v->n_frames; i++) {
		r = match_frame(v, f, &v->frames[i], known, err);
		hit[i] = r > 0;
	}
	free(known);
	return r < 0 ? r : HPROF_OK;
}

int hp_filter_paths(const struct hprof_view *v, const struct hp_filter *f, bool *scratch,
		    bool *on_path, struct hprof_error *err)
{
	int r = hp_filter_frames(v, f, scratch, err);

	if (r < 0)
		return r;
	on_path[0] = false;
	for (uint32_t i = 1; i < v->tree.n; i++)
		on_path[i] = on_path[v->tree.parent[i]] || scratch[v->tree.frame[i]];
	return HPROF_OK;
}
