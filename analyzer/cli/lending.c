/* lending.c - code that was unloaded is named by the maps of other dumps of its process. */
#include "analyzer/cli/lending.h"

#include <stdlib.h>
#include <string.h>

/* The process that the name of a dump tells; 0: none. */
static uint64_t pid_of(const char *path)
{
	struct hp_series_item item = {.path = (char *)(uintptr_t)path}; /* it is only read */

	return hp_series_parse(&item) ? item.pid : 0;
}

int hp_inputs_lend_to(struct hp_inputs *s, size_t first, size_t n, size_t which)
{
	const struct hp_cli_input *in = &s->item[first];
	struct hprof_profile **p = calloc(n, sizeof(*p));
	uint64_t *pid = calloc(n, sizeof(*pid));
	int r = p && pid ? HPROF_OK : hp_fail_nomem(&s->err);

	for (size_t i = 0; r == HPROF_OK && i < n; i++) {
		p[i] = in[i].profile;
		pid[i] = pid_of(in[i].path);
	}
	if (r == HPROF_OK)
		r = hprof_lend_maps_to(p, pid, n, which, &s->err);
	free(p);
	free(pid);
	return r;
}

/* The dumps around one that was chosen, which is among them. */
struct around {
	struct hprof_profile **p; /* [n] NULL: it says nothing */
	uint64_t *pid;            /* [n] */
	size_t n, chosen;
};

/* Read what may tell of code that was unloaded: of plain text the maps alone. */
static int load_around(struct hp_inputs *s, const struct hp_series *series, struct around *a)
{
	bool unmapped = hprof_has_unmapped(a->p[a->chosen]);
	int r = HPROF_OK;

	for (size_t i = 0; r == HPROF_OK && i < a->n; i++) {
		const char *path = series->around[i];
		struct hprof_error err = HPROF_ERROR_INIT;

		if (i == a->chosen || strcmp(path, "-") == 0 ||
		    (a->pid[i] && a->pid[a->chosen] && a->pid[i] != a->pid[a->chosen]))
			continue;
		r = hprof_load_map(path, &a->p[i], &err);
		if (r == HPROF_OK && a->p[i] &&
		    hprof_lend_wants(a->p[a->chosen], a->pid[a->chosen], a->p[i], a->pid[i])) {
			hprof_profile_free(a->p[i]);
			a->p[i] = NULL;
		}
		if (r == HPROF_OK && !a->p[i] && unmapped)
			r = hprof_load_file(path, NULL, &a->p[i], &err);
		if (r < 0 && err.code != HPROF_ENOMEM) /* it was not asked for */
			r = HPROF_OK;
		else if (r < 0)
			s->err = err;
	}
	return r;
}

int hp_inputs_lend_around(struct hp_inputs *s, const struct hp_series *series,
			  struct hp_cli_input *in)
{
	struct around a = {
		.p = calloc(series->n_around + 1, sizeof(struct hprof_profile *)),
		.pid = calloc(series->n_around + 1, sizeof(*a.pid)),
		.n = series->n_around,
	};
	int r = a.p && a.pid ? HPROF_OK : hp_fail_nomem(&s->err);

	for (size_t i = 0; r == HPROF_OK && i < a.n; i++) {
		a.pid[i] = pid_of(series->around[i]);
		if (strcmp(series->around[i], in->path) == 0)
			a.chosen = i;
	}
	if (r == HPROF_OK) {
		a.p[a.chosen] = in->profile;
		r = load_around(s, series, &a);
	}
	if (r == HPROF_OK)
		r = hprof_lend_maps_to(a.p, a.pid, a.n, a.chosen, &s->err);
	for (size_t i = 0; a.p && i < a.n; i++)
		if (i != a.chosen)
			hprof_profile_free(a.p[i]);
	free(a.p);
	free(a.pid);
	return r < 0 ? hp_cli_error(&s->err) : HP_EXIT_OK;
}

static int by_place(const void *a, const void *b)
{
	const struct hp_cli_input *x = *(const struct hp_cli_input *const *)a;
	const struct hp_cli_input *y = *(const struct hp_cli_input *const *)b;

	return (x->place > y->place) - (x->place < y->place);
}

int hp_inputs_lend_maps(struct hp_inputs *s)
{
	struct hprof_profile **p = calloc(s->n, sizeof(*p));
	const struct hp_cli_input **in = calloc(s->n, sizeof(*in));
	uint64_t *pid = calloc(s->n, sizeof(*pid));
	int r = p && in && pid ? HPROF_OK : hp_fail_nomem(&s->err);

	for (size_t i = 0; r == HPROF_OK && i < s->n; i++)
		in[i] = &s->item[(i + s->n - s->n_bases) % s->n];
	if (r == HPROF_OK) {
		qsort(in, s->n_bases, sizeof(*in), by_place);
		qsort(in + s->n_bases, s->n - s->n_bases, sizeof(*in), by_place);
	}
	for (size_t i = 0; r == HPROF_OK && i < s->n; i++) {
		p[i] = in[i]->profile;
		pid[i] = pid_of(in[i]->path);
	}
	if (r == HPROF_OK)
		r = hprof_lend_maps(p, pid, s->n, &s->err);
	free(p);
	free(in);
	free(pid);
	return r < 0 ? hp_cli_error(&s->err) : HP_EXIT_OK;
}
