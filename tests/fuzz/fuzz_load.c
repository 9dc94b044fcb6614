/* fuzz_load.c - any bytes as a profile: read, analysed and written, with every rule checked. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "analyzer/model/profile.h"
#include "analyzer/ops/breakdown.h"
#include "analyzer/ops/table.h"
#include "tests/fuzz/outputs.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

/* A table's flat values add up to the total. */
static void check_table(const struct hprof_view *v)
{
	const struct hp_vtype *t = &v->types[v->chosen];
	struct hp_table table;
	double sum = 0, size = 0;

	if (hp_table_init(v, v->chosen, 1, &table, NULL) < 0)
		return;
	for (uint32_t i = 0; i < table.n; i++) {
		sum += table.row[i].flat.delta;
		size += fabs(table.row[i].flat.delta);
	}
	must(fabs(sum - t->total.delta) <= 1e-9 * size + 1e-6, "rows add up to the total");
	hp_table_release(&table);
}

/* @choice: of the input, for what is not written every time. */
static void check_views(const struct hprof_source *s, unsigned choice)
{
	static const struct hprof_view_opts opts[] = {
		{.granularity = HPROF_BY_FUNCTION, .all_types = true},
		{.granularity = HPROF_BY_ADDRESS, .prune = HPROF_PRUNE_NONE},
		{.granularity = HPROF_BY_MODULE, .drop_negative = true},
	};

	for (size_t i = 0; i < HP_LEN(opts); i++) {
		struct hprof_error err = HPROF_ERROR_INIT;
		struct hprof_view *v;

		if (hprof_view_new(s, 1, s, i == 2, &opts[i], &v, &err) < 0) {
			must(err.message[0] != '\0', "a failure has a message");
			continue;
		}
		check_table(v);
		write_all(v, NULL, choice);
		hprof_view_free(v);
	}
}

struct bytes {
	char *ptr;
	size_t n, cap;
};

static int keep(void *ctx, const void *bytes, size_t len)
{
	struct bytes *b = ctx;

	if (len > b->cap - b->n) {
		b->cap = 2 * (b->n + len);
		b->ptr = realloc(b->ptr, b->cap);
		must(b->ptr != NULL, "there is memory");
	}
	memcpy(b->ptr + b->n, bytes, len);
	b->n += len;
	return 0;
}

/* The parts of a node add up to it. */
static void check_shares(const struct hprof_view *v)
{
	struct hp_breakdown s;

	if (hp_breakdown_init(v, &s, NULL) < 0)
		return;
	for (uint32_t t = 0; t < v->n_types; t++) {
		double *sum = calloc(v->tree.n, sizeof(*sum)),
		       *size = calloc(v->tree.n, sizeof(*size));

		must(sum && size, "there is memory");
		for (uint32_t i = 0; i < s.n; i++) {
			sum[s.row[i].node] += s.value[t][i];
			size[s.row[i].node] += fabs(s.value[t][i]);
		}
		for (uint32_t i = 0; i < v->tree.n; i++)
			must(fabs(sum[i] - v->types[t].value[i]) <= 1e-9 * size[i] + 1e-6,
			     "shares add up");
		free(sum);
		free(size);
	}
	hp_breakdown_release(&s);
}

/* What is written for pprof can be read, and has the same totals, in whole numbers. */
static void check_pprof(const struct hprof_profile *p)
{
	static const char *const hide[] = {"a"};
	static const struct hprof_view_opts opts[] = {
		{.all_types = true, .shares = true},
		{.all_types = true, .shares = true, .hide = hide, .n_hide = 1, .thread = "1"},
	};

	for (size_t i = 0; i < HP_LEN(opts); i++) {
		struct hprof_error err = HPROF_ERROR_INIT;
		struct bytes b = {NULL, 0, 0};
		struct hprof_profile *q;
		struct hprof_view *v;

		if (test_view_of(&p, 1, NULL, 0, &opts[i], &v, &err) < 0)
			continue;
		check_shares(v);
		must(hprof_render(v, "pprof", NULL, keep, &b, &err) == 0, "pprof can be written");
		must(hprof_load_bytes(b.ptr, b.n, "again", NULL, &q, &err) == 0,
		     "what was written can be read");
		must(hp_profile_valid(q), "tables obey their rules once more");
		for (uint32_t t = 0; t < v->n_types; t++) {
			uint32_t type = hp_profile_type(q, hp_view_str(v, v->types[t].name));
			double want = round(v->types[t].total.delta), sum = 0, size = 0;

			if (type == HP_NONE) /* it had a name that was no UTF-8 */
				continue;
			for (uint32_t k = 0; k < q->all.n; k++) {
				sum += q->all.estimate[type][k];
				size += fabs(q->all.estimate[type][k]);
			}
			must(fabs(want) > 0x1p53 || fabs(sum - want) <= 1e-9 * size + 0.5,
			     "totals are the same");
		}
		hprof_profile_free(q);
		hprof_view_free(v);
		free(b.ptr);
	}
}

/* Over time: all moments of a recording, or the one of the others. */
static void check_timeline(const struct hprof_profile *p, unsigned choice)
{
	static const char *const hide[] = {"a"};
	static const struct hprof_view_opts opts[] = {
		{.moments = true},
		{.moments = true, .granularity = HPROF_BY_LINE, .hide = hide, .n_hide = 1},
	};
	const struct hprof_render_opts o = {.rows = 3, .details = true};

	for (size_t i = 0; i < HP_LEN(opts); i++) {
		struct hprof_error err = HPROF_ERROR_INIT;
		struct hprof_view *v;

		if (test_view_of(&p, 1, NULL, 0, &opts[i], &v, &err) < 0) {
			must(err.message[0] != '\0', "a failure has a message");
			continue;
		}
		write_all(v, &o, choice);
		hprof_view_free(v);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	const struct hprof_load_opts opts = {
		.threads = HPROF_THREADS_STACKS,
		.limits = {.input_bytes = 1 << 22,
			   .text_bytes = 1 << 20,
			   .line_bytes = 1 << 19,
			   .rows = 1 << 17},
	};
	static const char *const when[] = {"last", "1", "10ms", "peak"};
	struct hprof_error err = HPROF_ERROR_INIT;
	char note[HPROF_MESSAGE_MAX];
	const struct hprof_profile *c;
	struct hprof_source source;
	struct hprof_profile *p;

	if (hprof_load_bytes(bytes, len, "fuzz", &opts, &p, &err) < 0) {
		must(err.code != HPROF_OK && err.message[0] != '\0', "a failure has a message");
		must(err.code == HPROF_ENOMEM || err.code == HPROF_ELIMIT || err.line > 0 ||
			     err.offset != HPROF_NO_OFFSET,
		     "a failure has a place");
		return 0;
	}
	must(hp_profile_valid(p), "tables obey their rules");
	check_timeline(p, (unsigned)len);
	c = p;
	for (size_t i = 0; i < HP_LEN(when); i++) {
		struct hprof_error none = HPROF_ERROR_INIT;

		if (hprof_find_snapshot(&c, 1, when[i], NULL, note, &source, &none) < 0)
			must(none.message[0] != '\0', "a failure has a message");
		else if (i == len % HP_LEN(when))
			check_views(&source, (unsigned)len);
	}
	source = (struct hprof_source){p, HPROF_ALL_SNAPSHOTS, NULL};
	check_views(&source, (unsigned)len);
	check_pprof(p);
	hprof_profile_free(p);
	return 0;
}
