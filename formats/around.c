/*
 * around.c - what may stand before a profile: the head of an HTTP reply ("curl -i", "wget
 * --save-headers"), and lines of other programs, as terminals and containers put them there.
 *
 * Only so many bytes and lines are looked at, so that any other file is refused at once.
 */
#include "formats/around.h"

#include <inttypes.h>
#include <strings.h>

#include "analyzer/base/scan.h"

enum { HEAD_BYTES = 1 << 15, HEADS_MAX = 16, LINES_MAX = 256 };

static struct hp_slice without_cr(struct hp_slice line)
{
	while (line.len && line.ptr[line.len - 1] == '\r')
		line.len--;
	return line;
}

/* --- HTTP --- */

/* "HTTP/1.1 200 OK": the status; 0: it is no such line. */
static uint64_t status_of(struct hp_slice line)
{
	struct hp_slice version;
	uint64_t status;

	if (!hp_scan_text(&line, HP_LIT("HTTP/")) || !hp_scan_word(&line, &version))
		return 0;
	hp_scan_blanks(&line);
	return hp_scan_u64(&line, &status) && status >= 100 && status < 600 ? status : 0;
}

/* "Transfer-Encoding: ..., chunked" */
static bool says_chunked(struct hp_slice line)
{
	static const char name[] = "transfer-encoding:", value[] = "chunked";
	const size_t n = sizeof(value) - 1;

	if (line.len < sizeof(name) - 1 + n || strncasecmp(line.ptr, name, sizeof(name) - 1) != 0)
		return false;
	return strncasecmp(line.ptr + (line.len - n), value, n) == 0;
}

/* What one head says. */
struct http {
	uint64_t lines; /* up to and including the empty one; 0: it has no end */
	uint64_t status;
	char first[HP_QUOTED_MAX];
	bool chunked;
};

/* Whether @head begins with the head of a reply. */
static bool parse_head(struct hp_slice head, struct http *out)
{
	struct hp_slice line;
	uint64_t n = 0;

	*out = (struct http){.lines = 0};
	while (hp_slice_line(&head, &line)) {
		line = without_cr(line);
		if (n++ == 0) {
			out->status = status_of(line);
			(void)hp_quote(out->first, line);
			if (!out->status)
				return false;
		}
		out->chunked |= says_chunked(hp_slice_trim(line));
		if (!line.len) {
			out->lines = n;
			return true;
		}
	}
	return n > 0;
}

/* Whether @body begins with the size of a chunk, a line of hexadecimal digits. */
static bool is_chunk(struct hp_slice body)
{
	struct hp_slice line;
	uint64_t size;

	if (!hp_slice_line(&body, &line))
		return false;
	line = without_cr(line);
	return hp_scan_hex(&line, &size) && (!line.len || line.ptr[0] == ';');
}

static int check_reply(struct hp_input *in, const struct http *http, struct hprof_error *err)
{
	struct hp_slice body;
	int r = hp_input_peek(in, HP_QUOTED_MAX, &body, err);

	if (r < 0)
		return r;
	if (http->status < 200 || http->status > 299)
		return hp_fail_at(err, HPROF_EUNSUPPORTED, 1, 0,
				  "this is the reply of a server that had no profile to give, %s",
				  http->first);
	if (http->chunked && is_chunk(body))
		return hp_fail_at(err, HPROF_EUNSUPPORTED, hp_input_lines(in) + 1, 0,
				  "this HTTP reply is in chunks, which are not put together here: "
				  "save it as \"curl -o FILE\" does, without --raw");
	return hp_input_unpack_rest(in, err);
}

static int take_lines(struct hp_input *in, uint64_t n, struct hprof_error *err)
{
	struct hp_line line;
	int r = 1;

	for (; r > 0 && n > 0; n--)
		r = hp_input_line(in, &line, err);
	return r < 0 ? r : HPROF_OK;
}

/* A reply may follow others: one that goes on, and one to a redirection. */
int hp_around_http(struct hp_input *in, struct hprof_error *err)
{
	struct http http, last = {.lines = 0};
	struct hp_slice head;
	int r;

	for (int n = 0; n < HEADS_MAX; n++) {
		r = hp_input_peek(in, HP_QUOTED_MAX, &head, err);
		if (r < 0)
			return r;
		if (!hp_slice_starts(head, HP_LIT("HTTP/")))
			break;
		r = hp_input_peek(in, HEAD_BYTES, &head, err);
		if (r < 0)
			return r;
		if (!parse_head(head, &http))
			break;
		if (!http.lines)
			return hp_fail_at(err, HPROF_EFORMAT, hp_input_lines(in) + 1, 0,
					  "the head of an HTTP reply, %s, has no empty line at its "
					  "end",
					  http.first);
		last = http;
		r = take_lines(in, http.lines, err);
		if (r < 0)
			return r;
	}
	return last.lines ? check_reply(in, &last, err) : HPROF_OK;
}

/* --- lines --- */

int hp_around_lines(struct hp_input *in, bool (*begins)(struct hp_slice head),
		    struct hp_around *out, struct hprof_error *err)
{
	struct hp_slice head, line;
	int r = hp_input_peek(in, HEAD_BYTES, &head, err);

	*out = (struct hp_around){.lines = 0};
	if (r < 0)
		return r;
	while (out->lines < LINES_MAX && hp_slice_line(&head, &line)) {
		if (out->lines == 0)
			(void)hp_quote(out->first, without_cr(line));
		out->lines++;
		if (head.len && begins(head))
			break;
		if (!head.len)
			out->lines = LINES_MAX;
	}
	if (out->lines == LINES_MAX) {
		out->lines = 0;
		return 0;
	}
	r = take_lines(in, out->lines, err);
	return r < 0 ? r : 1;
}
