/* fuzz_load.c - any bytes as a profile: read, analysed and written, with every rule checked. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "analyzer/base/error.h"
#include "analyzer/model/profile.h"
#include "analyzer/ops/table.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static int discard(void *ctx, const void *bytes, size_t len)
{
	(void)bytes;
	*(size_t *)ctx += len;
	return 0;
}

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "broken rule: %s\n", what);
	abort();
}

/* A table's flat values add up to the total. */
static void check_table(const struct hprof_view *v)
{
	const struct hp_vtype *t = &v->types[v->chosen];
	struct hp_table table;
	double sum = 0, size = 0;

	if (hp_table_new(v, v->chosen, 1, &table, NULL) < 0)
		return;
	for (uint32_t i = 0; i < table.n; i++) {
		sum += table.row[i].value.flat;
		size += fabs(table.row[i].value.flat);
	}
	must(fabs(sum - t->total) <= 1e-9 * size + 1e-6, "rows add up to the total");
	hp_table_release(&table);
}

static void check_views(const struct hprof_profile *p)
{
	static const char *const outputs[] = {
		"top",        "top-json",   "jeprof-text", "collapsed",  "json",
		"info",       "info-json",  "tree",        "tree-json",  "flame-svg",
		"flame-html", "flame-text", "report-html", "speedscope", "callgrind",
		"dot",        "dhat",       "csv",         "markdown",
	};
	static const char *const compared[] = {"difffolded"};
	static const struct hprof_view_opts opts[] = {
		{.granularity = HPROF_BY_FUNCTION, .all_types = true},
		{.granularity = HPROF_BY_ADDRESS, .prune = HPROF_PRUNE_NONE},
		{.granularity = HPROF_BY_MODULE, .drop_negative = true},
	};

	for (size_t i = 0; i < HP_LEN(opts); i++) {
		struct hprof_error err = HPROF_ERROR_INIT;
		struct hprof_view *v;
		size_t written = 0;

		if (hprof_view_new(&p, 1, &p, i == 2, &opts[i], &v, &err) < 0) {
			must(err.message[0] != '\0', "a failure has a message");
			continue;
		}
		check_table(v);
		for (size_t k = 0; k < HP_LEN(outputs); k++)
			must(hprof_render(v, outputs[k], NULL, discard, &written, &err) == 0,
			     "a view can be written");
		for (size_t k = 0; i == 2 && k < HP_LEN(compared); k++)
			must(hprof_render(v, compared[k], NULL, discard, &written, &err) == 0,
			     "a difference can be written");
		hprof_view_free(v);
	}
}

/* Over time: all moments of a recording, or the one of the others. */
static void check_timeline(const struct hprof_profile *p)
{
	static const char *const outputs[] = {"timeline", "timeline-json", "timeline-csv",
					      "timeline-svg", "tables"};
	static const char *const hide[] = {"a"};
	static const struct hprof_view_opts opts[] = {
		{.moments = true},
		{.moments = true, .granularity = HPROF_BY_LINE, .hide = hide, .n_hide = 1},
	};
	const struct hprof_render_opts o = {.rows = 3, .details = true};

	for (size_t i = 0; i < HP_LEN(opts); i++) {
		struct hprof_error err = HPROF_ERROR_INIT;
		struct hprof_view *v;
		size_t written = 0;

		if (hprof_view_new(&p, 1, NULL, 0, &opts[i], &v, &err) < 0) {
			must(err.message[0] != '\0', "a failure has a message");
			continue;
		}
		for (size_t k = 0; k < HP_LEN(outputs); k++)
			must(hprof_render(v, outputs[k], &o, discard, &written, &err) == 0,
			     "a timeline can be written");
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
	struct hprof_profile *p;
	size_t which;

	if (hprof_load_bytes(bytes, len, "fuzz", &opts, &p, &err) < 0) {
		must(err.code != HPROF_OK && err.message[0] != '\0', "a failure has a message");
		must(err.code == HPROF_ENOMEM || err.code == HPROF_ELIMIT || err.line > 0 ||
			     err.offset != HPROF_NO_OFFSET,
		     "a failure has a place");
		return 0;
	}
	must(hp_profile_valid(p), "tables obey their rules");
	must(hprof_profile_at_all(p, &err) == 0 && hp_profile_valid(p), "all moments at once");
	check_timeline(p);
	for (size_t i = 0; i < HP_LEN(when); i++) {
		struct hprof_error none = HPROF_ERROR_INIT;

		if (hprof_choose_at(&p, 1, when[i], &which, &none) < 0)
			must(none.message[0] != '\0', "a failure has a message");
		must(hp_profile_valid(p), "tables obey their rules at any moment");
	}
	check_views(p);
	hprof_profile_free(p);
	return 0;
}
