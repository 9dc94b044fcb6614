/* registry.c - the table of input formats, and choosing one by content. */
#include "formats/format.h"

#include <inttypes.h>
#include <stdlib.h>

#include "analyzer/base/scan.h"
#include "analyzer/model/check.h"
#include "formats/around.h"

/* clang-format off */
const struct hp_format *const hp_formats[] = {
	&hp_format_jemalloc,
	&hp_format_gperftools,
	&hp_format_massif,
	&hp_format_xtree,
	&hp_format_symbolized,
	&hp_format_pprof,
	NULL,
};
/* clang-format on */

static const struct hp_format *at(size_t i)
{
	size_t n = 0;

	while (hp_formats[n]) {
		if (n == i)
			return hp_formats[n];
		n++;
	}
	for (const struct hp_format *f = hp_foreign_formats; f->probe; f++, n++)
		if (n == i)
			return f;
	return NULL;
}

static const struct hp_format *best_match(struct hp_slice head, enum hp_match *match)
{
	const struct hp_format *best = NULL, *f;
	enum hp_match most = HP_MATCH_NO;

	for (size_t i = 0; (f = at(i)) != NULL; i++) {
		enum hp_match m = f->probe(head);

		if (m > most) {
			most = m;
			best = f;
		}
	}
	*match = most;
	return best;
}

/* Whether a profile in text begins with @head. */
static bool begins_surely(struct hp_slice head)
{
	(void)hp_scan_text(&head, HP_LIT("\xef\xbb\xbf")); /* there or not */
	if (head.len > HP_PROBE_BYTES)
		head.len = HP_PROBE_BYTES;
	for (size_t i = 0; hp_formats[i]; i++)
		if (hp_formats[i]->probe(head) == HP_MATCH_SURE)
			return true;
	return false;
}

/* The beginning of @head in one line: lines of JSON may be as short as "{". */
static struct hp_slice one_line(struct hp_slice head, char buf[HP_QUOTED_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < head.len && n < HP_QUOTED_MAX; i++) {
		bool blank = head.ptr[i] && strchr(" \t\r\n", head.ptr[i]);

		if (blank && (n == 0 || buf[n - 1] == ' '))
			continue;
		buf[n++] = blank ? ' ' : head.ptr[i];
	}
	return hp_slice_trim((struct hp_slice){buf, n});
}

/*
 * What iconv calls it when @head begins text in UTF-32: with its mark, or with some plain
 * characters of four bytes each; NULL: it does not.
 */
static const char *name_of_utf32(struct hp_slice head)
{
	enum { PLAIN = 8 };
	const char *ends[] = {"UTF-32LE", "UTF-32BE"};

	if (hp_slice_starts(head, (struct hp_slice){"\xff\xfe\0", 4}) ||
	    hp_slice_starts(head, (struct hp_slice){"\0\0\xfe\xff", 4}))
		return "UTF-32";
	for (size_t big = 0; big < HP_LEN(ends); big++) {
		size_t n = 0;

		while (n < PLAIN && 4 * n + 4 <= head.len) {
			const char *at = head.ptr + 4 * n;
			char c = at[3 * big];

			if (at[1] || at[2] || at[3 * !big] || c < ' ' || c > '~')
				break;
			n++;
		}
		if (n == PLAIN)
			return ends[big];
	}
	return NULL;
}

static int unknown_content(const struct hp_input *in, struct hp_slice head, struct hprof_error *err)
{
	char quoted[HP_QUOTED_MAX], buf[HP_QUOTED_MAX];
	const char *utf32 = name_of_utf32(head);
	bool json = hp_format_is_json(head);
	struct hp_slice line = head;

	if (utf32)
		return hp_fail_at(err, HPROF_EUNSUPPORTED, 1, 0,
				  "this is text in UTF-32, expected UTF-8 (iconv -f %s -t UTF-8 "
				  "makes that)",
				  utf32);
	if (json)
		line = one_line(head, buf);
	else
		(void)hp_slice_line(&head, &line);
	while (line.len && line.ptr[line.len - 1] == '\r')
		line.len--;
	return hp_fail_at(
		err, HPROF_EUNSUPPORTED, hp_input_lines(in) + 1, 0,
		"not a heap profile that is known: found %s%s%s, expected for example "
		"\"heap_v2/524288\" (\"hprof formats\" lists what is read)",
		json ? "JSON, " : "", hp_quote(quoted, line),
		hp_input_wide(in)
			? " in UTF-16 (what is no text does not survive PowerShell's \">\")"
			: "");
}

static int take_bom(struct hp_input *in, struct hprof_error *err)
{
	struct hp_slice head;
	int r = hp_input_peek(in, 3, &head, err);

	if (r == HPROF_OK && hp_slice_same(head, HP_LIT("\xef\xbb\xbf")))
		hp_input_take(in, head.len);
	return r;
}

/* Up to where the profile begins, and of what format it is. */
static int choose(struct hp_input *in, const struct hp_format **out, struct hp_around *around,
		  struct hprof_error *err)
{
	const struct hp_format *f;
	enum hp_match match;
	struct hp_slice head;
	int r = hp_around_http(in, err);

	*around = (struct hp_around){.lines = 0};
	if (r == HPROF_OK)
		r = take_bom(in, err);
	if (r == HPROF_OK)
		r = hp_input_peek(in, HP_PROBE_BYTES, &head, err);
	if (r < 0)
		return r;
	if (head.len == 0 && hp_input_cut(in))
		return hp_fail_at(err, HPROF_ETRUNC, 1, 0,
				  "the compressed data end before anything can be unpacked, "
				  "expected a heap profile");
	f = best_match(head, &match);
	if (match < HP_MATCH_LIKELY) {
		r = hp_around_lines(in, begins_surely, around, err);
		if (r > 0)
			r = take_bom(in, err);
		if (r == HPROF_OK)
			r = hp_input_peek(in, HP_PROBE_BYTES, &head, err);
		if (r < 0)
			return r;
		f = best_match(head, &match);
	}
	if (!f)
		return unknown_content(in, head, err);
	if (!f->read)
		return hp_fail_at(err, HPROF_EUNSUPPORTED, 1, 0,
				  "this is %s, not a heap profile that can be read here",
				  f->info.summary);
	*out = f;
	return HPROF_OK;
}

static int load(struct hp_input *in, const struct hprof_load_opts *opts, struct hprof_profile **out,
		struct hprof_error *err)
{
	const struct hp_format *f = NULL;
	struct hp_around around;
	struct hp_builder b;
	int r = choose(in, &f, &around, err);

	if (r < 0)
		return r;
	r = hp_builder_init(&b, opts, hp_input_name(in), err);
	if (r == HPROF_OK) {
		hp_build_set_format(&b, f->info.name);
		hp_build_set_file_time(&b, hp_input_time_ns(in));
		if (around.lines)
			hp_build_warn(&b, "around",
				      "%" PRIu64 " line%s before the profile %s passed over, "
				      "beginning with %s",
				      around.lines, around.lines == 1 ? "" : "s",
				      around.lines == 1 ? "is" : "are", around.first);
		r = f->read(in, &b, err);
	}
	if (r == HPROF_OK)
		r = hp_builder_finish(&b, out);
	if (r == HPROF_OK)
		hp_profile_must_hold(*out, "reading");
	hp_builder_release(&b);
	return r;
}

int hprof_load_file(const char *path, const struct hprof_load_opts *opts,
		    struct hprof_profile **out, struct hprof_error *err)
{
	struct hp_input *in;
	int r = hp_input_open(path, opts ? &opts->limits : NULL, &in, err);

	if (r < 0)
		return r;
	r = load(in, opts, out, err);
	hp_input_free(in);
	return r;
}

int hprof_recognize_file(const char *path, const char **format, struct hprof_error *err)
{
	const struct hp_format *f = NULL;
	struct hp_around around;
	struct hp_input *in;
	int r = hp_input_open(path, NULL, &in, err);

	if (r < 0)
		return r;
	r = choose(in, &f, &around, err);
	if (r == HPROF_OK && format)
		*format = f->info.name;
	hp_input_free(in);
	return r;
}

int hprof_load_bytes(const void *bytes, size_t len, const char *name,
		     const struct hprof_load_opts *opts, struct hprof_profile **out,
		     struct hprof_error *err)
{
	struct hp_input *in;
	int r = hp_input_memory(bytes, len, name, opts ? &opts->limits : NULL, &in, err);

	if (r < 0)
		return r;
	r = load(in, opts, out, err);
	hp_input_free(in);
	return r;
}

const struct hprof_format_info *hprof_format(size_t i)
{
	const struct hp_format *f = at(i);

	return f ? &f->info : NULL;
}

const char *hprof_version(void)
{
	return HPROF_VERSION;
}
