/*
 * outputs.h - a view as every output there is: it can be written, whatever the profile is.  Outputs
 * are those of the registry, so a new one takes part; output_limits says what some need, and is
 * checked.
 */
#ifndef HP_TESTS_FUZZ_OUTPUTS_H
#define HP_TESTS_FUZZ_OUTPUTS_H

#include <stdio.h>
#include <stdlib.h>

#include "analyzer/base/error.h"
#include "analyzer/ops/view.h"
#include "tests/test_view.h"

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "broken rule: %s\n", what);
	abort();
}

static int discard(void *ctx, const void *bytes, size_t len)
{
	(void)bytes;
	*(size_t *)ctx += len;
	return 0;
}

/*
 * Outputs that some views cannot be written as, and those that take too long to be written of every
 * input. All others are written of all views.
 */
static const struct {
	const char *name;
	bool needs_base, needs_moments, no_base;
	bool over_time;  /* refused of one snapshot, and of several processes with snapshots */
	bool some_types; /* ENODATA where the profile has none of those that it holds */
	unsigned seldom; /* of so many inputs one; 0: all */
} output_limits[] = {
	{"difffolded", .needs_base = true},
	{"symbolized", .some_types = true},
	{"timeline", .needs_moments = true, .over_time = true},
	{"timeline-json", .needs_moments = true, .over_time = true},
	{"timeline-csv", .needs_moments = true, .over_time = true},
	{"timeline-svg", .needs_moments = true, .over_time = true},
	{"timeline-png", .needs_moments = true, .over_time = true,
	 .seldom = 64}, /* drawn by cairo: milliseconds each */
	{"tables", .needs_moments = true, .no_base = true},
	{"tables-dumps", .needs_moments = true, .no_base = true},
	{"tables-stacks", .needs_moments = true, .no_base = true},
	{"tables-samples", .needs_moments = true, .no_base = true},
	{"tables-symbols", .needs_moments = true, .no_base = true},
	{"flame-png", .seldom = 64},
	{"flame-pdf", .seldom = 64},
	{"flame-outlines", .seldom = 64},
	{"report-pdf", .seldom = 64},
	{"flame-svg", .seldom = 8}, /* their scripts and data are packed each time */
	{"flame-html", .seldom = 8},
	{"report-html", .seldom = 8},
};

static unsigned long n_written[256]; /* of each output of the registry */

int fuzz_report(void);

/* Write @v as output @name, if it can be: then it has to succeed.  @choice: of the input.
 * Returns whether it was written. */
static bool write_one(const struct hprof_view *v, const char *name,
		      const struct hprof_render_opts *o, unsigned choice)
{
	struct hprof_error err = HPROF_ERROR_INIT;
	bool possible = true, some_types = false, may_be_refused = false;
	size_t written = 0;

	for (size_t i = 0; i < HP_LEN(output_limits); i++) {
		if (strcmp(output_limits[i].name, name) != 0)
			continue;
		if (output_limits[i].seldom && choice % output_limits[i].seldom)
			return false;
		some_types = output_limits[i].some_types;
		may_be_refused = output_limits[i].over_time && !(o && o->over_time) &&
				 (v->n_profiles > 1 || v->sources[0].snapshot != HP_NONE);
		possible = !(output_limits[i].needs_base && !v->n_bases) &&
			   !(output_limits[i].no_base && v->n_bases) &&
			   !(output_limits[i].needs_moments && !v->sample_node);
	}
	if (hprof_render(v, name, o, discard, &written, &err) == 0) {
		must(possible, "what output_limits says is true");
		return true;
	}
	must(err.message[0] != '\0', "a failure has a message");
	possible &= !(some_types && err.code == HPROF_ENODATA) && !may_be_refused;
	if (possible)
		fprintf(stderr, "%s: %s\n", name, err.message);
	must(!possible, "a view can be written as every output");
	return false;
}

static void write_all(const struct hprof_view *v, const struct hprof_render_opts *o,
		      unsigned choice)
{
	for (size_t i = 0; hprof_output(i); i++)
		n_written[i] += write_one(v, hprof_output(i)->name, o, choice);
}

/* Prints how often each output was written; 1: one never was, or output_limits has one that is
 * none. */
int fuzz_report(void)
{
	bool failed = false;
	size_t n = 0;

	for (; hprof_output(n); n++) {
		printf("%s - %s was written %lu times\n", n_written[n] ? "ok" : "not ok",
		       hprof_output(n)->name, n_written[n]);
		failed |= !n_written[n];
	}
	for (size_t i = 0; i < HP_LEN(output_limits); i++) {
		size_t k = 0;

		while (k < n && strcmp(hprof_output(k)->name, output_limits[i].name) != 0)
			k++;
		if (k < n)
			continue;
		printf("not ok - outputs.h has limits of %s, which is no output\n",
		       output_limits[i].name);
		failed = true;
	}
	return failed;
}

#endif
