/* input.c - a file, standard input or memory as a stream of decompressed bytes and lines. */
#include "analyzer/base/input.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyzer/base/moment.h"
#include "analyzer/base/unpack.h"

enum { RAW_BYTES = 1 << 17, WINDOW_BYTES = 1 << 18 };
enum { WIDE_BYTES = 1 << 13, LEAST_ROOM = 16, WIDE_HEAD = 8 };

/* Text in UTF-16, which is handed out as UTF-8. */
struct wide {
	bool big; /* byte order */
	size_t n; /* bytes held: none, or less than a whole character */
	unsigned char held[WIDE_BYTES];
};

struct hp_input {
	char *name;
	int fd;          /* -1 for memory */
	int64_t time_ns; /* of the file; 0: none */
	bool owns_fd;
	struct hp_slice memory; /* what is left of it */
	bool recognised;
	const struct hp_unpacker *unpacker; /* NULL: it is not packed */
	void *unpacking;
	unsigned char *raw; /* [RAW_BYTES at least] compressed bytes */
	size_t raw_at, raw_n;
	bool raw_end;
	bool member_open; /* inside a member of a compressed stream */
	bool members;     /* one of them has ended */
	char *window;     /* decompressed bytes not yet handed out: [at, n) */
	size_t at, n, cap;
	bool looked;       /* the first bytes were looked at for a byte-order mark */
	struct wide *wide; /* NULL: bytes are handed out as they are */
	bool end;          /* nothing follows the window */
	bool cut;          /* the compressed data ended early */
	bool junk;         /* it is followed by something else */
	uint64_t line, offset, total;
	struct hprof_limits limits;
};

static int new_input(const char *name, const struct hprof_limits *limits, struct hp_input **out,
		     struct hprof_error *err)
{
	struct hp_input *in = calloc(1, sizeof(*in));

	if (!in)
		return hp_fail_nomem(err);
	in->fd = -1;
	in->limits = limits ? *limits : (struct hprof_limits){0};
	if (!in->limits.input_bytes)
		in->limits.input_bytes = UINT64_C(1) << 40;
	if (!in->limits.line_bytes)
		in->limits.line_bytes = UINT64_C(1) << 28;
	in->name = strdup(name);
	in->raw = malloc(RAW_BYTES);
	in->window = malloc(WINDOW_BYTES);
	in->cap = WINDOW_BYTES;
	if (!in->name || !in->raw || !in->window) {
		hp_input_free(in);
		return hp_fail_nomem(err);
	}
	*out = in;
	return HPROF_OK;
}

void hp_input_free(struct hp_input *in)
{
	if (!in)
		return;
	if (in->unpacking)
		in->unpacker->close(in->unpacking);
	if (in->owns_fd)
		(void)close(in->fd); /* opened for reading: nothing can be lost */
	free(in->name);
	free(in->raw);
	free(in->window);
	free(in->wide);
	free(in);
}

/* Look at the file that @in reads. */
static int begin(struct hp_input *in, struct hprof_error *err)
{
	struct stat st;

	if (in->fd < 0 || fstat(in->fd, &st) < 0)
		return hp_fail(err, HPROF_EIO, "cannot open: %s", hp_errno_text(errno));
	if (S_ISDIR(st.st_mode))
		return hp_fail(err, HPROF_EFILE, "is a folder, expected a profile");
	if (S_ISREG(st.st_mode) && in->owns_fd && !hp_moment_ns(st.st_mtim, &in->time_ns))
		in->time_ns = 0;
	return HPROF_OK;
}

int hp_input_open(const char *path, const struct hprof_limits *limits, struct hp_input **out,
		  struct hprof_error *err)
{
	bool is_stdin = strcmp(path, "-") == 0;
	struct hp_input *in;
	int r = new_input(is_stdin ? "standard input" : path, limits, &in, err);

	if (r < 0)
		return r;
	in->fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	in->owns_fd = !is_stdin && in->fd >= 0;
	r = begin(in, err);
	if (r < 0)
		hp_input_free(in);
	else
		*out = in;
	return r;
}

int hp_input_fd(int fd, const char *name, const struct hprof_limits *limits, struct hp_input **out,
		struct hprof_error *err)
{
	struct hp_input *in;
	int r = new_input(name, limits, &in, err);

	if (r < 0) {
		(void)close(fd); /* opened for reading */
		return r;
	}
	in->fd = fd;
	in->owns_fd = true;
	r = begin(in, err);
	if (r < 0)
		hp_input_free(in);
	else
		*out = in;
	return r;
}

int hp_input_memory(const void *bytes, size_t len, const char *name,
		    const struct hprof_limits *limits, struct hp_input **out,
		    struct hprof_error *err)
{
	int r = new_input(name, limits, out, err);

	if (r == HPROF_OK)
		(*out)->memory = (struct hp_slice){bytes, len};
	return r;
}

int64_t hp_input_time_ns(const struct hp_input *in)
{
	return in->time_ns;
}

const char *hp_input_name(const struct hp_input *in)
{
	return in->name;
}

/* Up to @cap raw bytes into @buf; *@n is 0 at the end. */
static int read_raw(struct hp_input *in, void *buf, size_t cap, size_t *n, struct hprof_error *err)
{
	ssize_t got;

	if (in->fd < 0) {
		*n = cap < in->memory.len ? cap : in->memory.len;
		if (*n)
			memcpy(buf, in->memory.ptr, *n);
		in->memory = hp_slice_from(in->memory, *n);
		return HPROF_OK;
	}
	do
		got = read(in->fd, buf, cap);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return hp_fail_at(err, HPROF_EIO, 0, in->total, "cannot read: %s",
				  hp_errno_text(errno));
	*n = (size_t)got;
	return HPROF_OK;
}

static int fill_raw(struct hp_input *in, struct hprof_error *err)
{
	int r;

	if (in->raw_at < in->raw_n || in->raw_end)
		return HPROF_OK;
	in->raw_at = 0;
	r = read_raw(in, in->raw, RAW_BYTES, &in->raw_n, err);
	in->raw_end = r == HPROF_OK && in->raw_n == 0;
	return r;
}

/* Decide by the first bytes what the input is packed with. */
static int recognise(struct hp_input *in, struct hprof_error *err)
{
	while (in->raw_n < HP_UNPACK_MAGIC) {
		size_t n;
		int r = read_raw(in, in->raw + in->raw_n, RAW_BYTES - in->raw_n, &n, err);

		if (r < 0)
			return r;
		if (n == 0)
			break;
		in->raw_n += n;
	}
	in->recognised = true;
	in->unpacker = hp_unpacker_of((struct hp_slice){(const char *)in->raw, in->raw_n});
	if (!in->unpacker)
		return HPROF_OK;
	in->unpacking = in->unpacker->open();
	return in->unpacking ? HPROF_OK : hp_fail_nomem(err);
}

/* Where bytes go: @n of @cap are there. */
struct room {
	char *at;
	size_t n, cap;
};

static int more_plain(struct hp_input *in, struct room *to, struct hprof_error *err)
{
	size_t left = in->raw_n - in->raw_at, n;
	int r;

	if (left) {
		n = left < to->cap - to->n ? left : to->cap - to->n;
		memcpy(to->at + to->n, in->raw + in->raw_at, n);
		in->raw_at += n;
		to->n += n;
		return HPROF_OK;
	}
	r = read_raw(in, to->at + to->n, to->cap - to->n, &n, err);
	if (r < 0)
		return r;
	to->n += n;
	in->end = n == 0;
	return HPROF_OK;
}

/* The compressed input is used up: either between members, or too early. */
static int packed_end(struct hp_input *in)
{
	in->end = true;
	in->cut = in->member_open;
	return HPROF_OK;
}

/* Padding with zeros is usual, anything else worth telling. */
static int packed_junk(struct hp_input *in)
{
	in->end = true;
	in->junk = in->raw[in->raw_at] != 0;
	return HPROF_OK;
}

static int more_packed(struct hp_input *in, struct room *to, struct hprof_error *err)
{
	int r = fill_raw(in, err);
	struct hp_unpack_io io;
	const char *why = "";
	enum hp_unpacked got;

	if (r < 0)
		return r;
	if (in->raw_end)
		return packed_end(in);
	io = (struct hp_unpack_io){in->raw + in->raw_at, in->raw_n - in->raw_at,
				   (unsigned char *)to->at + to->n, to->cap - to->n};
	if (in->members && !in->member_open &&
	    !in->unpacker->begins((struct hp_slice){(const char *)io.in, io.n_in}, true))
		return packed_junk(in);
	in->member_open = true;
	got = in->unpacker->step(in->unpacking, &io, &why);
	in->raw_at = in->raw_n - io.n_in;
	to->n = to->cap - io.n_out;
	switch (got) {
	case HP_UNPACK_GOES_ON:
		return HPROF_OK;
	case HP_UNPACK_MEMBER_ENDS:
		in->member_open = false;
		in->members = true;
		return HPROF_OK;
	case HP_UNPACK_NOMEM:
		return hp_fail_nomem(err);
	case HP_UNPACK_DAMAGED:
		break;
	}
	return hp_fail_at(err, HPROF_EFORMAT, 0, in->total, "damaged %s data (%s)",
			  in->unpacker->name, why);
}

/* At least one more byte into @to, or the end. */
static int fetch(struct hp_input *in, struct room *to, struct hprof_error *err)
{
	size_t before = to->n;
	int r = HPROF_OK;

	while (r == HPROF_OK && to->n == before && !in->end)
		r = in->unpacker ? more_packed(in, to, err) : more_plain(in, to, err);
	return r;
}

/* --- text in UTF-16, as PowerShell writes it --- */

static uint32_t wide_unit(const struct wide *w, size_t i)
{
	return (uint32_t)(w->big ? w->held[i] << 8 | w->held[i + 1]
				 : w->held[i + 1] << 8 | w->held[i]);
}

static void put_utf8(struct hp_input *in, uint32_t c)
{
	char *to = in->window + in->n;
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

	if (n == 1)
		to[0] = (char)c;
	for (size_t i = n; n > 1 && i-- > 1; c >>= 6)
		to[i] = (char)(0x80 | (c & 0x3f));
	if (n > 1)
		to[0] = (char)((0xf00u >> n & 0xf0) | c);
	in->n += n;
}

/* Hand out all characters that are held; half a pair, and half a unit at the end, are U+FFFD. */
static void decode(struct hp_input *in)
{
	struct wide *w = in->wide;
	size_t i = 0;

	while (i + 2 <= w->n) {
		uint32_t c = wide_unit(w, i), low;

		if (c >> 10 == 0xd800 >> 10 && i + 4 > w->n && !in->end)
			break;
		low = i + 4 <= w->n ? wide_unit(w, i + 2) : 0;
		if (c >> 10 == 0xd800 >> 10 && low >> 10 == 0xdc00 >> 10) {
			c = 0x10000 + ((c & 0x3ff) << 10 | (low & 0x3ff));
			i += 2;
		} else if (c >> 11 == 0xd800 >> 11) {
			c = 0xfffd;
		}
		i += 2;
		put_utf8(in, c);
	}
	memmove(w->held, w->held + i, w->n - i);
	w->n -= i;
	if (in->end && w->n) {
		put_utf8(in, 0xfffd);
		w->n = 0;
	}
}

/* The window has LEAST_ROOM: two bytes become three at most. */
static int more_wide(struct hp_input *in, struct hprof_error *err)
{
	size_t most = (in->cap - in->n) / 3 * 2 - 4;
	struct room to = {(char *)in->wide->held, in->wide->n,
			  most < WIDE_BYTES ? most : WIDE_BYTES};
	int r = fetch(in, &to, err);

	in->wide->n = to.n;
	if (r == HPROF_OK)
		decode(in);
	return r;
}

/*
 * Whether @n bytes at @at begin text in UTF-16: with its mark of @mark bytes, or with some plain
 * characters of two bytes each, as programs write that know which order they mean.
 */
static bool is_wide(const unsigned char *at, size_t n, bool *big, size_t *mark)
{
	*mark = 2;
	*big = n >= 2 && at[0] == 0xfe && at[1] == 0xff;
	if (n >= 4 && memcmp(at, "\xff\xfe\0", 4) == 0) /* the mark of UTF-32 */
		return false;
	if (*big || (n >= 2 && at[0] == 0xff && at[1] == 0xfe))
		return true;
	*mark = 0;
	*big = n && at[0] == 0;
	for (size_t i = 0; i < WIDE_HEAD && n >= WIDE_HEAD; i += 2)
		if (at[i + !*big] != 0 || at[i + *big] < ' ' || at[i + *big] > '~')
			return false;
	return n >= WIDE_HEAD;
}

/* Begin with text in UTF-16, or else with what is there. */
static int look(struct hp_input *in, struct hprof_error *err)
{
	struct room to = {in->window, 0, WIDE_BYTES};
	size_t mark;
	bool big;
	int r = HPROF_OK;

	in->looked = true;
	while (r == HPROF_OK && to.n < WIDE_HEAD && !in->end)
		r = fetch(in, &to, err);
	in->n = to.n;
	if (r < 0 || !is_wide((const unsigned char *)in->window, to.n, &big, &mark))
		return r;
	in->wide = malloc(sizeof(*in->wide));
	if (!in->wide)
		return hp_fail_nomem(err);
	in->wide->big = big;
	in->wide->n = to.n - mark;
	memcpy(in->wide->held, in->window + mark, to.n - mark);
	in->n = 0;
	decode(in);
	return HPROF_OK;
}

bool hp_input_wide(const struct hp_input *in)
{
	return in->wide != NULL;
}

/* Append to the window, which has room for more; sets end when nothing was left. */
static int more(struct hp_input *in, struct hprof_error *err)
{
	size_t before = in->n;
	int r = HPROF_OK;

	if (!in->recognised)
		r = recognise(in, err);
	if (r == HPROF_OK && !in->looked)
		r = look(in, err);
	while (r == HPROF_OK && in->n == before && !in->end) {
		struct room to = {in->window, in->n, in->cap};

		r = in->wide ? more_wide(in, err) : fetch(in, &to, err);
		in->n = in->wide ? in->n : to.n;
	}
	in->total += in->n - before;
	if (r == HPROF_OK && in->total > in->limits.input_bytes)
		return hp_fail_at(err, HPROF_ELIMIT, in->line, in->total,
				  "input is larger than %" PRIu64 " bytes", in->limits.input_bytes);
	return r;
}

/* Move what is not yet handed out to where the window begins. */
static void move_down(struct hp_input *in)
{
	if (!in->at)
		return;
	memmove(in->window, in->window + in->at, in->n - in->at);
	in->n -= in->at;
	in->at = 0;
}

static int grow_window(struct hp_input *in, struct hprof_error *err)
{
	char *grown = realloc(in->window, in->cap * 2);

	if (!grown)
		return hp_fail_nomem(err);
	in->window = grown;
	in->cap *= 2;
	return HPROF_OK;
}

/* Make room in the window behind what is not yet handed out. */
static int make_room(struct hp_input *in, struct hprof_error *err)
{
	move_down(in);
	if (in->cap - in->n >= LEAST_ROOM)
		return HPROF_OK;
	if (in->cap >= in->limits.line_bytes)
		return hp_fail_at(err, HPROF_ELIMIT, in->line + 1, in->offset,
				  "line is longer than %" PRIu64 " bytes", in->limits.line_bytes);
	return grow_window(in, err);
}

int hp_input_all(struct hp_input *in, uint64_t most, struct hp_slice *out, struct hprof_error *err)
{
	int r = HPROF_OK;

	move_down(in);
	while (r == HPROF_OK && !in->end) {
		if (in->n > most)
			return hp_fail_at(err, HPROF_ELIMIT, 0, in->offset + most,
					  "input is larger than %" PRIu64 " bytes", most);
		if (in->cap - in->n < LEAST_ROOM)
			r = grow_window(in, err);
		if (r == HPROF_OK)
			r = more(in, err);
	}
	if (r == HPROF_OK)
		*out = (struct hp_slice){in->window, in->n};
	return r;
}

int hp_input_peek(struct hp_input *in, size_t want, struct hp_slice *out, struct hprof_error *err)
{
	size_t left;
	int r;

	if (want > WINDOW_BYTES)
		want = WINDOW_BYTES;
	while (in->n - in->at < want && !in->end) {
		r = make_room(in, err);
		if (r == HPROF_OK)
			r = more(in, err);
		if (r < 0)
			return r;
	}
	left = in->n - in->at;
	*out = (struct hp_slice){in->window + in->at, left < want ? left : want};
	return HPROF_OK;
}

void hp_input_take(struct hp_input *in, size_t n)
{
	in->at += n;
	in->offset += n;
}

/*
 * The window holds raw bytes, for nothing is packed so far: it becomes what is to be unpacked, and
 * the buffer of raw bytes, which was used up first, becomes the window.
 */
int hp_input_unpack_rest(struct hp_input *in, struct hprof_error *err)
{
	struct hp_slice left = {in->window + in->at, in->n - in->at};
	const struct hp_unpacker *unpacker = hp_unpacker_of(left);
	unsigned char *window = (unsigned char *)in->window;

	if (in->unpacker || in->wide || !unpacker || in->raw_at < in->raw_n)
		return HPROF_OK;
	in->unpacking = unpacker->open();
	if (!in->unpacking)
		return hp_fail_nomem(err);
	in->unpacker = unpacker;
	in->window = (char *)in->raw;
	in->cap = RAW_BYTES;
	in->raw = window;
	in->raw_at = in->at;
	in->raw_n = in->n;
	in->at = in->n = 0;
	in->raw_end = in->end && in->raw_at == in->raw_n;
	in->end = in->looked = false;
	return HPROF_OK;
}

int hp_fail_line(struct hprof_error *err, const struct hp_line *line, const char *expected)
{
	char quoted[HP_QUOTED_MAX];

	return hp_fail_at(err, HPROF_EFORMAT, line->number, line->offset, "found %s, expected %s",
			  hp_quote(quoted, line->text), expected);
}

uint64_t hp_input_lines(const struct hp_input *in)
{
	return in->line;
}

bool hp_input_cut(const struct hp_input *in)
{
	return in->cut;
}

bool hp_input_junk(const struct hp_input *in)
{
	return in->junk;
}

/* Hand out the @len bytes before a line end of @ending bytes. */
static int give(struct hp_input *in, size_t len, size_t ending, struct hp_line *out)
{
	*out = (struct hp_line){{in->window + in->at, len}, ++in->line, in->offset, ending == 0};
	while (out->text.len && out->text.ptr[out->text.len - 1] == '\r')
		out->text.len--;
	in->at += len + ending;
	in->offset += len + ending;
	return 1;
}

int hp_input_line(struct hp_input *in, struct hp_line *out, struct hprof_error *err)
{
	size_t seen = 0;

	for (;;) {
		size_t left = in->n - in->at;
		const char *from = in->window + in->at;
		const char *nl = left > seen ? memchr(from + seen, '\n', left - seen) : NULL;
		int r;

		if (nl)
			return give(in, (size_t)(nl - from), 1, out);
		if (in->end && left)
			return give(in, left, 0, out);
		if (in->end)
			return 0;
		seen = left;
		r = make_room(in, err);
		if (r == HPROF_OK)
			r = more(in, err);
		if (r < 0)
			return r;
	}
}
