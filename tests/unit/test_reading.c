/* test_reading.c - lines that readers do not know, and what may stand around a profile. */
#include "tests/test.h"

#include "analyzer/model/profile.h"

static int load(const char *text, struct hprof_profile **p, struct hprof_error *err)
{
	return hprof_load_bytes(text, strlen(text), "test", NULL, p, err);
}

/* A dump of 3 objects and 300 bytes with @line in one of three places. */
static int load_with(const char *line, int place, struct hprof_profile **p, struct hprof_error *err)
{
	char text[500];

	(void)snprintf(text, sizeof(text),
		       "heap_v2/1\n%s  t*: 3: 300 [0: 0]\n@ 0x10 0x20\n%s  t*: 3: 300 [0: 0]\n%s"
		       "MAPPED_LIBRARIES:\n",
		       place == 0 ? line : "", place == 1 ? line : "", place == 2 ? line : "");
	return load(text, p, err);
}

static double recorded(const struct hprof_profile *p)
{
	double sum = 0;

	for (uint32_t i = 0; i < p->all.n; i++)
		sum += p->all.recorded[p->default_type][i];
	return sum;
}

static void lines_of_other_kinds_are_passed_over(void **state)
{
	static const struct {
		const char *line, *word;
		uint32_t warnings;
	} cases[] = {
		{"  f: 2000000000 1000 1024 15 1 1\n", "f", 0},
		{"frag_util: 0 4 64 4096 64 1 3 100 2\n", "frag_util", 0},
		{"  size_classes: 1 2 3\n", "size_classes", 1},
		{"\tage: 17\n", "age", 1},
		{"  live.bytes: 0x1f -3 1.5 [12: 13] 99%\n", "live.bytes", 1},
		{"  tcache: 4 5\n", "tcache", 1},
		{"  F2: 1\r\n", "F2", 1},
	};

	(void)state;
	for (size_t i = 0; i < 3 * HP_LEN(cases); i++) {
		struct hprof_error err = HPROF_ERROR_INIT;
		struct hprof_profile *p = NULL;

		if (load_with(cases[i / 3].line, (int)(i % 3), &p, &err) < 0)
			fail_msg("%s: %s", cases[i / 3].line, err.message);
		assert_true(hp_profile_valid(p));
		if (p->n_unused != 1 || p->unused[0].n != 1 || recorded(p) != 300 ||
		    strcmp(p->str.ptr[p->unused[0].word.i], cases[i / 3].word) != 0 ||
		    p->warnings.n != cases[i / 3].warnings)
			fail_msg("%s: %u kinds, %u warnings, %g bytes", cases[i / 3].line,
				 p->n_unused, p->warnings.n, recorded(p));
		hprof_profile_free(p);
	}
}

static void damaged_lines_of_known_kinds_are_errors(void **state)
{
	static const char *const cases[] = {"  t*: 3: x\n",
					    "  t*: 3 300\n",
					    "  t1: 3: 300 [0: 0\n",
					    "  t: 3: 300 [0: 0]\n",
					    "  t7: 12 13\n",
					    "  *: 3: 300\n",
					    "  tx: 3: 300 [0: 0]\n",
					    "  3: 300\n",
					    "  f: x\n",
					    "  f:\n",
					    "  f 1 2\n",
					    "  f: one 2\n",
					    "  f: 1 \xff\n",
					    "f\n",
					    "  : 1 2\n",
					    "  frag_util: ]\n",
					    "  f: 1 @ 2\n",
					    "  Leak check: 5\n"};

	(void)state;
	for (size_t i = 0; i < 3 * HP_LEN(cases); i++) {
		struct hprof_error err = HPROF_ERROR_INIT;
		struct hprof_profile *p = NULL;

		if (load_with(cases[i / 3], (int)(i % 3), &p, &err) != HPROF_EFORMAT)
			fail_msg("%s: %d, %s", cases[i / 3], err.code, err.message);
		hprof_profile_free(p);
	}
}

/* However many kinds there are, none is kept but a few, and all lines are counted. */
static void kinds_of_lines_have_a_limit(void **state)
{
	struct hprof_error err = HPROF_ERROR_INIT;
	struct hprof_profile *p = NULL;
	char text[20000];
	size_t n = (size_t)snprintf(text, sizeof(text), "heap_v2/1\n@ 0x10\n  t*: 3: 300 [0: 0]\n");
	uint64_t lines = 0;

	(void)state;
	for (int i = 0; i < 500; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "  w%d: %d\n  f: 1\n", i, i);
	assert_int_equal(load(text, &p, &err), HPROF_OK);
	for (uint32_t i = 0; i < p->n_unused; i++)
		lines += p->unused[i].n;
	assert_int_equal(lines, 1000);
	assert_int_equal(p->n_unused, HP_MAX_UNUSED);
	assert_true(p->warnings.n <= HP_WARN_EACH + 2);
	hprof_profile_free(p);
}

static void gperftools_has_such_lines_too(void **state)
{
	struct hprof_error err = HPROF_ERROR_INIT;
	struct hprof_profile *p = NULL;

	(void)state;
	assert_int_equal(load("heap profile: 3: 300 [3: 300] @ heapprofile\n"
			      "  2: 200 [2: 200] @ 0x10\n  age: 1 2\n  1: 100 [1: 100] @ 0x20\n"
			      "frag: 7\n\nMAPPED_LIBRARIES:\n",
			      &p, &err),
			 HPROF_OK);
	assert_int_equal(p->n_unused, 2);
	assert_true(recorded(p) == 300);
	hprof_profile_free(p);
	p = NULL;
	assert_int_equal(load("heap profile: 3: 300 [3: 300] @ heapprofile\n"
			      "  x: 200 [2: 200] @ 0x10\n  1: 100 [1: 100] @ 0x20\n",
			      &p, &err),
			 HPROF_EFORMAT);
}

/* --- around a profile --- */

#define DUMP                                                                                       \
	"heap_v2/1\n  t*: 3: 300 [0: 0]\n@ 0x10 0x20\n  t*: 3: 300 [0: 0]\nMAPPED_LIBRARIES:\n"    \
	"00000000-00001000 r-xp 00000000 08:01 11 /srv/\xc3\xa4pp\xe2\x82\xac\xf0\x9f\x90\x98\n"

static void heads_of_http_are_passed_over(void **state)
{
	static const struct {
		const char *text, *message; /* NULL: it is read */
	} cases[] = {
		{"HTTP/1.1 200 OK\r\nA: b\r\n\r\n" DUMP, NULL},
		{"HTTP/1.0 200\n\n" DUMP, NULL},
		{"HTTP/2 206 \r\n\r\n\xef\xbb\xbf" DUMP, NULL},
		{"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n" DUMP, NULL},
		{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" DUMP, NULL},
		{"HTTP/1.1 200 OK\r\n\r\nbanner\n" DUMP, NULL},
		{"HTTP/1.1 200 OK\r\nTRANSFER-ENCODING:chunked\r\n\r\n8e;x=y\r\n" DUMP,
		 "in chunks"},
		{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nAF0\n" DUMP, "in chunks"},
		{"HTTP/1.1 500 Oops\r\n\r\n" DUMP, "no profile to give, \"HTTP/1.1 500 Oops\""},
		{"HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n", "no profile to give"},
		{"HTTP/1.1 200 OK\r\nA: b\r\n", "has no empty line"},
		{"HTTP/1.1 200 OK\r\n\r\n", "an empty file"},
		{"HTTP/1.1 200 OK\r\n\r\nfoo\r\n", "line 3"},
		{"HTTP/1.1 20 OK\r\n\r\nfoo\r\n", "not a heap profile that is known"},
	};

	(void)state;
	for (size_t i = 0; i < HP_LEN(cases); i++) {
		struct hprof_error err = HPROF_ERROR_INIT;
		struct hprof_profile *p = NULL;
		char message[HPROF_MESSAGE_MAX + 40];
		int r = load(cases[i].text, &p, &err);

		(void)snprintf(message, sizeof(message), "line %d: %s", (int)err.line, err.message);
		if (cases[i].message ? r == HPROF_OK || !strstr(message, cases[i].message)
				     : r < 0 || recorded(p) != 300)
			fail_msg("%s: %d, %s", cases[i].text, r, message);
		hprof_profile_free(p);
	}
}

/* @lines lines of @width bytes, and then a dump. */
static int load_behind(size_t lines, size_t width, struct hprof_profile **p)
{
	size_t n = lines * (width + 1);
	char *text = malloc(n + sizeof(DUMP));
	struct hprof_error err = HPROF_ERROR_INIT;
	int r;

	assert_non_null(text);
	memset(text, '-', n);
	for (size_t i = 1; i <= lines; i++)
		text[i * (width + 1) - 1] = '\n';
	memcpy(text + n, DUMP, sizeof(DUMP));
	r = load(text, p, &err);
	free(text);
	return r;
}

static void lines_before_a_profile_are_passed_over(void **state)
{
	static const struct {
		size_t lines, width;
		bool read;
	} cases[] = {{1, 1, true},    {3, 70, true},     {1, 30000, true},  {200, 100, true},
		     {300, 1, false}, {1, 40000, false}, {100, 1000, false}};

	(void)state;
	for (size_t i = 0; i < HP_LEN(cases); i++) {
		struct hprof_profile *p = NULL;
		int r = load_behind(cases[i].lines, cases[i].width, &p);

		if (cases[i].read ? r < 0 || recorded(p) != 300 || p->warnings.n != 1
				  : r != HPROF_EUNSUPPORTED)
			fail_msg("%zu lines of %zu: %d", cases[i].lines, cases[i].width, r);
		hprof_profile_free(p);
	}
}

/* @text in UTF-16; returns the number of bytes. */
static size_t widen(const char *text, bool big, unsigned char *to)
{
	size_t n = 0;
	uint32_t unit[2];

	to[n++] = big ? 0xfe : 0xff;
	to[n++] = big ? 0xff : 0xfe;
	while (*text) {
		const unsigned char *s = (const unsigned char *)text;
		size_t len = *s < 0x80 ? 1 : *s < 0xe0 ? 2 : *s < 0xf0 ? 3 : 4, units = 1;
		uint32_t c = len == 1 ? *s : *s & (0xffu >> (len + 1));

		for (size_t i = 1; i < len; i++)
			c = c << 6 | (s[i] & 0x3f);
		unit[0] = c;
		if (c >= 0x10000) {
			unit[0] = 0xd800 + ((c - 0x10000) >> 10);
			unit[1] = 0xdc00 + ((c - 0x10000) & 0x3ff);
			units = 2;
		}
		for (size_t i = 0; i < units; i++) {
			to[n++] = (unsigned char)(big ? unit[i] >> 8 : unit[i]);
			to[n++] = (unsigned char)(big ? unit[i] : unit[i] >> 8);
		}
		text += len;
	}
	return n;
}

static void wide_text_is_read(void **state)
{
	static const char *const texts[] = {DUMP, "banner \xc3\xb6\n" DUMP,
					    "HTTP/1.1 200 OK\r\n\r\n" DUMP};
	unsigned char wide[2000];

	(void)state;
	for (size_t i = 0; i < 2 * HP_LEN(texts); i++) {
		size_t n = widen(texts[i / 2], i & 1, wide);
		struct hprof_error err = HPROF_ERROR_INIT;
		struct hprof_profile *p = NULL;

		if (hprof_load_bytes(wide, n, "test", NULL, &p, &err) < 0)
			fail_msg("%s: %s", texts[i / 2], err.message);
		assert_true(recorded(p) == 300);
		assert_string_equal(p->str.ptr[p->modules.row[0].path.i],
				    "/srv/\xc3\xa4pp\xe2\x82\xac\xf0\x9f\x90\x98");
		hprof_profile_free(p);
		for (size_t cut = 0; cut < n; cut++) { /* any end is an error or a warning */
			p = NULL;
			err = (struct hprof_error)HPROF_ERROR_INIT;
			if (hprof_load_bytes(wide, cut, "test", NULL, &p, &err) == HPROF_OK)
				assert_true(hp_profile_valid(p));
			hprof_profile_free(p);
		}
	}
}

/* A long one, so that pieces end inside of characters, with halves of pairs in it. */
static void wide_text_of_any_length_is_read(void **state)
{
	enum { STACKS = 20000 };
	unsigned char *wide = malloc(STACKS * 200);
	char *text = malloc(STACKS * 100);
	struct hprof_error err = HPROF_ERROR_INIT;
	struct hprof_profile *p = NULL;
	size_t n = 0;

	(void)state;
	assert_true(wide && text);
	n = (size_t)sprintf(text, "heap_v2/1\n");
	for (unsigned i = 0; i < STACKS; i++)
		n += (size_t)sprintf(text + n,
				     "#\xf0\x9f\x90\x98%.*s\n@ 0x%x\n  t*: 1: 100 [0: 0]\n",
				     (int)(i % 7), "xxxxxxx", i + 1);
	n = widen(text, false, wide);
	for (size_t i = 2; i + 1 < n; i += 2)
		if (wide[i + 1] == 0xd8 && i % 3 == 0)
			wide[i + 1] = 0xdd; /* the wrong half */
	if (hprof_load_bytes(wide, n, "test", NULL, &p, &err) < 0)
		fail_msg("%s", err.message);
	assert_true(recorded(p) == 100.0 * STACKS);
	hprof_profile_free(p);
	free(wide);
	free(text);
}

static void messages_quote_legibly(void **state)
{
	static const struct {
		const char *text, *quoted;
	} cases[] = {
		{"plain", "\"plain\""},
		{"it's", "\"it's\""},
		{"{\"a\": 1}", "'{\"a\": 1}'"},
		{"{\"a\": \"it's\"}", "\"{\\\"a\\\": \\\"it's\\\"}\""},
		{"a\\b\x1b", "\"a\\x5cb\\x1b\""},
	};
	char long_text[200], buf[HP_QUOTED_MAX];

	(void)state;
	for (size_t i = 0; i < HP_LEN(cases); i++)
		assert_string_equal(hp_quote(buf, hp_slice_str(cases[i].text)), cases[i].quoted);
	for (int c = 0; c < 256; c++) { /* no text is too long for the buffer */
		memset(long_text, c, sizeof(long_text));
		memcpy(long_text + 100, "\"'", 2);
		for (size_t n = 60; n < sizeof(long_text); n++)
			assert_true(strlen(hp_quote(buf, (struct hp_slice){long_text, n})) <
				    HP_QUOTED_MAX);
	}
}

static void files_of_other_kinds_are_named(void **state)
{
	static const struct {
		const char *text;
		size_t len; /* 0: up to its NUL */
		const char *name;
	} cases[] = {
		{"\xcf\xfa\xed\xfe\x0c\0\0\1", 8, "Mach-O"},
		{"\xfe\xed\xfa\xce\0\0\0\x12", 8, "Mach-O"},
		{"\xca\xfe\xba\xbe\0\0\0\3", 8, "Mach-O"},
		{"\xca\xfe\xba\xbf\0\0\0\1", 8, "Mach-O"},
		{"\xca\xfe\xba\xbe\0\0\0\x37", 8, "class file of Java"},
		{"MZ\x90\0\3\0\0\0", 8, "PE file"},
		{"MZ heap\n", 0, "not a heap profile that is known"},
		{"Attaching to pid 1\n[1:2:3] Top 10 stacks with outstanding allocations:\n", 0,
		 "memleak"},
		{"[{\"shard\":0,\"allocation_sites\":[]}]", 0, "Redpanda"},
		{" [\n {\n\"shard\": 7,\n \"allocation_sites\": []}]", 0, "Redpanda"},
		{"mz_fg_version: 1\nAllocated: 5\n\n0x1;0x2 3\n", 0, ".mzfg"},
		{"!!! COMMENT !!!: Open with it\nmz_fg_version: 1\n", 0, ".mzfg"},
		{"WARNING: x\nLeak check a detected leaks of 17 bytes in 3 objects\n", 0,
		 "heap checker"},
		{"___ Begin jemalloc statistics ___\nVersion: 5\n", 0, "statistics of jemalloc"},
		{"{\"jemalloc\":{\"version\":\"5.3.0\"}}", 0, "statistics of jemalloc"},
		{"{\"schema\":\"hprof/info/1\",\"snapshot\":3}", 0, "JSON that hprof wrote"},
		{"<svg xmlns=\"x\">", 0, "SVG"},
		{"<?xml version=\"1.0\"?>\n<!-- a > b -->\n<svg>", 0, "SVG"},
		{"<?xml version=\"1.0\"?>\n<!-- a -->\n<svg>", 0, "SVG"},
		{"\n<!doctype HTML>\n", 0, "HTML"},
		{"<HTML lang=x>", 0, "HTML"},
		{"--- heapz 1 ---\nformat = java\nresolution = bytes\n", 0, "heap profile of Java"},
		{"--- heap 1 ---\nformat = java\n", 0, "heap profile of Java"},
		{"version: 1\ncmd: x\npositions: line\nevents: Memory_Size_(bytes) BlocksCount\n",
		 0, "PHP"},
		{"version: 1\nevents: Ir\nfl=a\n", 0, "callgrind file of a CPU"},
		{"# callgrind format\nversion: 1\ncreator: hprof 9.9\n", 0, "that hprof wrote"},
		{"main;a b;c 12\nmain;d 7\n", 0, "folded stacks"},
		{"\x89PNG\r\n\x1a\n", 0, "PNG"},
		{"{\"a\":1}", 0, "found JSON, '{\"a\":1}'"},
		{"{\n  \"a\": 1,\n", 0, "found JSON, '{ \"a\": 1,'"},
	};

	(void)state;
	for (size_t i = 0; i < HP_LEN(cases); i++) {
		struct hprof_error err = HPROF_ERROR_INIT;
		struct hprof_profile *p = NULL;
		size_t len = cases[i].len ? cases[i].len : strlen(cases[i].text);

		assert_int_equal(hprof_load_bytes(cases[i].text, len, "test", NULL, &p, &err),
				 HPROF_EUNSUPPORTED);
		if (!strstr(err.message, cases[i].name) || strstr(err.message, "\\x22"))
			fail_msg("%s as %s: %s", cases[i].text, cases[i].name, err.message);
	}
}

RUN(cmocka_unit_test(lines_of_other_kinds_are_passed_over),
    cmocka_unit_test(damaged_lines_of_known_kinds_are_errors),
    cmocka_unit_test(kinds_of_lines_have_a_limit), cmocka_unit_test(gperftools_has_such_lines_too),
    cmocka_unit_test(heads_of_http_are_passed_over),
    cmocka_unit_test(lines_before_a_profile_are_passed_over), cmocka_unit_test(wide_text_is_read),
    cmocka_unit_test(wide_text_of_any_length_is_read), cmocka_unit_test(messages_quote_legibly),
    cmocka_unit_test(files_of_other_kinds_are_named))
