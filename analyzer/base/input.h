/*
 * input.h - a file, standard input or memory as a stream of decompressed bytes and lines.
 *
 * gzip, zstd, xz and bzip2 are recognised by content, and UTF-16 by its byte-order mark: it is
 * handed out as UTF-8.  Memory is bounded by the longest line.
 */
#ifndef HP_BASE_INPUT_H
#define HP_BASE_INPUT_H

#include "analyzer/base/error.h"

struct hp_input;

struct hp_line {
	struct hp_slice text; /* without the line end; valid until the next call on the input */
	uint64_t number;      /* 1-based */
	uint64_t offset;      /* of its first byte, after decompression */
	bool cut;             /* the input ended without a line end */
};

/* Open @path, "-" for standard input. Errors: EIO, EFILE (a folder), ENOMEM. */
HP_MUST_CHECK int hp_input_open(const char *path, const struct hprof_limits *limits,
				struct hp_input **out, struct hprof_error *err);
/* Read the open file @fd, called @name, and close it in the end, also on failure. The same errors.
 */
HP_MUST_CHECK int hp_input_fd(int fd, const char *name, const struct hprof_limits *limits,
			      struct hp_input **out, struct hprof_error *err);
/* Read @len bytes at @bytes, borrowed until hp_input_free(). */
HP_MUST_CHECK int hp_input_memory(const void *bytes, size_t len, const char *name,
				  const struct hprof_limits *limits, struct hp_input **out,
				  struct hprof_error *err);
void hp_input_free(struct hp_input *in); /* NULL is allowed */

/* Path or name, for messages. */
const char *hp_input_name(const struct hp_input *in);

/* When the file was written last, in nanoseconds since 1970; 0 for what is no regular file. */
int64_t hp_input_time_ns(const struct hp_input *in);

/*
 * Up to @want of the next bytes, decompressed, without taking them; fewer only at the end.
 * Lines that were read before are no longer valid.  Errors: EIO, EFORMAT (damaged compression),
 * ENOMEM.
 */
HP_MUST_CHECK int hp_input_peek(struct hp_input *in, size_t want, struct hp_slice *out,
				struct hprof_error *err);

/* Take the next @n bytes, which were looked at; they stay valid until the next call. */
void hp_input_take(struct hp_input *in, size_t n);

/*
 * What follows, after a peek, may be packed where nothing was packed so far: then it is unpacked
 * from now on.  Errors: ENOMEM.
 */
HP_MUST_CHECK int hp_input_unpack_rest(struct hp_input *in, struct hprof_error *err);

/* Whether it is text in UTF-16. */
bool hp_input_wide(const struct hp_input *in);

/*
 * All that is left, in memory, without taking it; valid until the next call on the input.
 * Errors: ELIMIT (it is more than @most bytes), and those of hp_input_peek().
 */
HP_MUST_CHECK int hp_input_all(struct hp_input *in, uint64_t most, struct hp_slice *out,
			       struct hprof_error *err);

/*
 * The next line: 1 and @out, or 0 at the end, or an error: EIO, EFORMAT, ELIMIT, ENOMEM.
 */
HP_MUST_CHECK int hp_input_line(struct hp_input *in, struct hp_line *out, struct hprof_error *err);

/* Fill @err with what @line is and what was @expected in its place, and return HPROF_EFORMAT. */
int hp_fail_line(struct hprof_error *err, const struct hp_line *line, const char *expected);

/* Lines handed out so far. */
uint64_t hp_input_lines(const struct hp_input *in);
/* At the end: whether it came too early, inside compressed data. */
bool hp_input_cut(const struct hp_input *in);
/* At the end: whether bytes that are not compressed follow the compressed ones; left out. */
bool hp_input_junk(const struct hp_input *in);

#endif
