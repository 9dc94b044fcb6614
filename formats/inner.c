/* inner.c - a profile inside of another file. */
#include "formats/inner.h"

#include "analyzer/base/scan.h"

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
