/* registry.c - the table of input formats, and choosing one by content. */
#include "formats/format.h"

#include <inttypes.h>
#include <stdlib.h>

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

static const struct hp_format *best_match(struct hp_slice head)
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
	return best;
}

static int unknown_content(struct hp_slice head, struct hprof_error *err)
{
	char quoted[HP_QUOTED_MAX];
	const char *nl = head.len ? memchr(head.ptr, '\n', head.len) : NULL;

	if (nl)
		head.len = (size_t)(nl - head.ptr);
	return hp_fail_at(err, HPROF_EUNSUPPORTED, 1, 0,
			  "not a heap profile that is known: found %s, expected for example "
			  "\"heap_v2/524288\" (\"hprof formats\" lists what is read)",
			  hp_quote(quoted, head));
}

static int choose(struct hp_input *in, const struct hp_format **out, struct hprof_error *err)
{
	const struct hp_format *f;
	struct hp_slice head;
	int r = hp_input_peek(in, HP_PROBE_BYTES, &head, err);

	if (r < 0)
		return r;
	if (head.len == 0 && hp_input_cut(in))
		return hp_fail_at(err, HPROF_ETRUNC, 1, 0,
				  "the compressed data end before anything can be unpacked, "
				  "expected a heap profile");
	f = best_match(head);
	if (!f)
		return unknown_content(head, err);
	if (!f->read)
		return hp_fail_at(err, HPROF_EUNSUPPORTED, 1, 0,
				  "this is %s, not a heap profile that can be read here",
				  f->info.summary);
	*out = f;
	return HPROF_OK;
}

int hp_format_read_inner(struct hp_input *in, struct hp_builder *b, struct hprof_error *err)
{
	static const struct hp_format *const inner[] = {&hp_format_jemalloc, &hp_format_gperftools,
							&hp_format_php_memprof};
	char quoted[HP_QUOTED_MAX];
	struct hp_slice head, line;
	int r = hp_input_peek(in, HP_PROBE_BYTES, &head, err);

	if (r < 0)
		return r;
	for (size_t i = 0; i < HP_LEN(inner); i++)
		if (inner[i]->probe(head) >= HP_MATCH_LIKELY)
			return inner[i]->read(in, b, err);
	if (!hp_slice_line(&head, &line))
		return hp_fail_at(
			err, HPROF_ETRUNC, hp_input_lines(in), 0,
			"the file ends before its profile, expected \"heap_v2/\" or \"heap "
			"profile:\"");
	return hp_fail_at(err, HPROF_EUNSUPPORTED, hp_input_lines(in) + 1, 0,
			  "found %s, expected \"heap_v2/<period>\" or \"heap profile:\"",
			  hp_quote(quoted, line));
}

void hp_format_tell_end(const struct hp_input *in, struct hprof_profile *p)
{
	if (hp_input_junk(in))
		hp_profile_warn(p, "junk",
				"other bytes follow the compressed data; they are left out");
	if (hp_input_cut(in))
		hp_profile_warn(p, "cut-packed",
				"the compressed data end too early, after line %" PRIu64
				"; what came before is used",
				hp_input_lines(in));
}

static int load(struct hp_input *in, const struct hprof_load_opts *opts, struct hprof_profile **out,
		struct hprof_error *err)
{
	const struct hp_format *f = NULL;
	struct hp_builder b;
	int r = choose(in, &f, err);

	if (r < 0)
		return r;
	r = hp_builder_init(&b, opts, hp_input_name(in), err);
	if (r == HPROF_OK) {
		b.p->format = f->info.name;
		b.p->time_ns = hp_input_time_ns(in);
		r = f->read(in, &b, err);
	}
	if (r == HPROF_OK)
		r = hp_builder_finish(&b, out);
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
	struct hp_input *in;
	int r = hp_input_open(path, NULL, &in, err);

	if (r < 0)
		return r;
	r = choose(in, &f, err);
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
