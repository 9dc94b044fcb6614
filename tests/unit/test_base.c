/* test_base.c - tokens, numbers, text, JSON, expressions and streams. */
#include "tests/test.h"

#include <jansson.h>
#include <zlib.h>
#include <zstd.h>

#include "analyzer/base/input.h"
#include "analyzer/base/jsonw.h"
#include "analyzer/base/regex.h"
#include "analyzer/base/scan.h"
#include "analyzer/base/strtab.h"
#include "analyzer/base/utf8.h"
#include "analyzer/base/width.h"

static void numbers_are_taken_up_to_64_bits(void **state)
{
	static const struct {
		const char *in;
		bool decimal, ok;
		uint64_t want;
	} cases[] = {
		{"0", true, true, 0},
		{"18446744073709551615", true, true, UINT64_MAX},
		{"18446744073709551616", true, false, 0},
		{"99999999999999999999", true, false, 0},
		{"", true, false, 0},
		{"-1", true, false, 0},
		{"12x", true, true, 12},
		{"0xffffffffffffffff", false, true, UINT64_MAX},
		{"0x10000000000000000", false, false, 0},
		{"0x00000000000000001f", false, true, 0x1f},
		{"7fAb", false, true, 0x7fab},
		{"0x", false, true, 0},
		{"g", false, false, 0},
	};

	(void)state;
	for (size_t i = 0; i < HP_LEN(cases); i++) {
		struct hp_slice s = hp_slice_str(cases[i].in);
		uint64_t v = 0;
		bool ok = cases[i].decimal ? hp_scan_u64(&s, &v) : hp_scan_hex(&s, &v);

		if (ok != cases[i].ok || v != cases[i].want)
			fail_msg("%s: %d, %llu", cases[i].in, ok, (unsigned long long)v);
		if (!ok && s.len != strlen(cases[i].in))
			fail_msg("%s: moved on failure", cases[i].in);
	}
}

static void bytes_are_written_in_the_unit_that_fits(void **state)
{
	static const struct {
		double in;
		enum hprof_unit_style style;
		const char *want;
	} cases[] = {
		{0, HPROF_UNIT_AUTO, "0 B"},
		{-0.2, HPROF_UNIT_AUTO, "0 B"},
		{1023.4, HPROF_UNIT_AUTO, "1023 B"},
		{1023.6, HPROF_UNIT_AUTO, "1.0 KiB"},
		{1024.0 * 1024 - 1, HPROF_UNIT_AUTO, "1.0 MiB"},
		{1.5 * 1024 * 1024, HPROF_UNIT_AUTO, "1.5 MiB"},
		{-2048, HPROF_UNIT_AUTO, "-2.0 KiB"},
		{776965.17, HPROF_UNIT_B, "776965 B"},
		{776965.17, HPROF_UNIT_MIB, "0.7 MiB"},
		{-10, HPROF_UNIT_GIB, "0.0 GiB"},
		{1e57, HPROF_UNIT_B, "1e+57 B"},
	};
	char buf[HP_NUMBER_MAX];

	(void)state;
	for (size_t i = 0; i < HP_LEN(cases); i++)
		assert_string_equal(hp_format_bytes(buf, cases[i].in, cases[i].style),
				    cases[i].want);
	assert_string_equal(hp_format_percent(buf, 1, 0), "-");
	assert_string_equal(hp_format_percent(buf, -1e-9, 1), "0.0%");
	assert_string_equal(hp_format_count(buf, 1.8446744073709552e19), "18446744073709551616");
}

static void malformed_utf8_is_seen(void **state)
{
	static const struct {
		const char *in;
		size_t want;
	} cases[] = {
		{"a", 1},        {"\xc3\xa4", 2},     {"\xe2\x82\xac", 3}, {"\xf0\x9f\x98\x80", 4},
		{"\xc0\x80", 0}, {"\xe0\x80\x80", 0}, {"\xed\xa0\x80", 0}, {"\xf4\x90\x80\x80", 0},
		{"\xe2\x82", 0}, {"\x80", 0},         {"\xff", 0},
	};

	(void)state;
	for (size_t i = 0; i < HP_LEN(cases); i++)
		if (hp_utf8_len(hp_slice_str(cases[i].in)) != cases[i].want)
			fail_msg("length of \"%s\"", cases[i].in);
}

static void safe_text_cannot_steer_a_terminal(void **state)
{
	struct text t = {0};
	struct hp_out out;

	(void)state;
	hp_out_init(&out, text_write, &t);
	hp_out_safe(&out, HP_LIT("a\x1b[31m\n\x7f\xc2\x9b\xff\xc3\xa4"));
	assert_int_equal(hp_out_close(&out, NULL), 0);
	assert_string_equal(t.ptr, "a\\x1b[31m\\x0a\\x7f\\xc2\\x9b\\xff\xc3\xa4");
	free(t.ptr);
}

static void json_reads_back(void **state)
{
	static const double reals[] = {0,     -0.0,   0.1,     776965.1684544353,
				       1e300, 5e-324, 1.0 / 3, 1.8446744073709552e19};
	struct text t = {0};
	struct hp_jsonw w;
	struct hp_out out;
	json_t *j;

	(void)state;
	hp_out_init(&out, text_write, &t);
	hp_jsonw_init(&w, &out);
	hp_jsonw_open(&w, '{');
	hp_jsonw_key(&w, "text");
	hp_jsonw_text(&w, HP_LIT("q\"b\\c\x01\x1f\x7f \xff\xc3\xa4\n"));
	hp_jsonw_key(&w, "reals");
	hp_jsonw_open(&w, '[');
	for (size_t i = 0; i < HP_LEN(reals); i++)
		hp_jsonw_real(&w, reals[i]);
	hp_jsonw_real(&w, (double)INFINITY);
	hp_jsonw_close(&w, ']');
	hp_jsonw_close(&w, '}');
	assert_int_equal(hp_out_close(&out, NULL), 0);
	j = json_loadb(t.ptr, t.len, 0, NULL);
	assert_non_null(j);
	assert_string_equal(json_string_value(json_object_get(j, "text")),
			    "q\"b\\c\x01\x1f\x7f \xef\xbf\xbd\xc3\xa4\n");
	for (size_t i = 0; i < HP_LEN(reals); i++)
		assert_true(json_number_value(json_array_get(json_object_get(j, "reals"), i)) ==
			    reals[i]);
	assert_true(json_is_null(json_array_get(json_object_get(j, "reals"), HP_LEN(reals))));
	json_decref(j);
	free(t.ptr);
}

static void expressions_cannot_run_for_ever(void **state)
{
	struct hprof_error err = HPROF_ERROR_INIT;
	struct hp_regex *re;
	char text[64];

	(void)state;
	assert_int_equal(hp_regex_new("(", &re, &err), HPROF_EINVAL);
	assert_non_null(strstr(err.message, "\"(\""));
	err = (struct hprof_error)HPROF_ERROR_INIT;
	assert_int_equal(hp_regex_new("((((a{1,200}){1,200}){1,50}){1,10})", &re, &err),
			 HPROF_EINVAL);
	err = (struct hprof_error)HPROF_ERROR_INIT;
	assert_int_equal(hp_regex_new("^(a+)+$", &re, &err), 0);
	memset(text, 'a', sizeof(text));
	text[sizeof(text) - 1] = 'b';
	assert_int_equal(hp_regex_match(re, (struct hp_slice){text, 20}, &err), 1);
	assert_int_equal(hp_regex_match(re, (struct hp_slice){text, sizeof(text)}, &err),
			 HPROF_EINVAL);
	hp_regex_free(re);
	assert_int_equal(hp_regex_new("B", &re, NULL), 0);
	assert_int_equal(hp_regex_match(re, HP_LIT("aBc"), NULL), 1);
	assert_int_equal(hp_regex_match(re, HP_LIT("abc"), NULL), 0);
	hp_regex_free(re);
}

static void expressions_are_of_characters(void **state)
{
	struct hp_regex *re;

	(void)state;
	assert_int_equal(hp_regex_new("^na.[v]e$|(?i)^\xc3\x89$", &re, NULL), 0);
	assert_int_equal(hp_regex_match(re, HP_LIT("na\xc3\xafve"), NULL), 1);
	assert_int_equal(hp_regex_match(re, HP_LIT("\xc3\xa9"), NULL), 1);
	assert_int_equal(hp_regex_match(re, HP_LIT("\xc3\x29"), NULL), 0);
	hp_regex_free(re);
	assert_int_equal(hp_regex_new("end$", &re, NULL), 0);
	assert_int_equal(hp_regex_match(re, HP_LIT("\xff\xc3 end"), NULL), 1);
	hp_regex_free(re);
	assert_int_equal(hp_regex_new("\xff", &re, NULL), HPROF_EINVAL);
}

static void equal_text_has_equal_ids(void **state)
{
	struct hp_strtab t;
	struct hprof_error err = HPROF_ERROR_INIT;
	char *large = calloc(1, 1 << 17);
	hp_strid a, b;

	(void)state;
	assert_non_null(large);
	assert_int_equal(hp_strtab_init(&t, 1 << 16, &err), 0);
	for (int i = 0; i < 2000; i++) {
		char text[16];

		snprintf(text, sizeof(text), "s%d", i % 1000);
		assert_int_equal(hp_strtab_add(&t, hp_slice_str(text), &a, &err), 0);
		assert_int_equal(a.i, 1 + i % 1000);
	}
	assert_int_equal(hp_strtab_add(&t, (struct hp_slice){"a\0b", 3}, &a, &err), 0);
	assert_int_equal(hp_strtab_add(&t, (struct hp_slice){"a\0c", 3}, &b, &err), 0);
	assert_int_not_equal(a.i, b.i);
	assert_int_equal(hp_strtab_add(&t, (struct hp_slice){large, 1 << 17}, &a, &err),
			 HPROF_ELIMIT);
	free(large);
	hp_strtab_release(&t);
}

static void tables_of_text_lie_above_others(void **state)
{
	static const char text[] = "borrowed";
	struct hp_strtab below;
	struct hp_strtab t;
	hp_strid a;
	hp_strid b;

	(void)state;
	assert_int_equal(hp_strtab_init(&below, 1 << 16, NULL), 0);
	hp_strtab_expect(&below, 1000);
	assert_int_equal(hp_strtab_add(&below, HP_LIT("first"), &a, NULL), 0);
	assert_int_equal(hp_strtab_borrow(&below, hp_slice_str(text), &b, NULL), 0);
	assert_ptr_equal(hp_strtab_get(&below, b).ptr, text);
	hp_strtab_init_above(&t, &below);
	assert_int_equal(hp_strtab_add(&below, HP_LIT("late"), &b, NULL), 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(hp_strtab_add(&t, HP_LIT("first"), &b, NULL), 0);
		assert_int_equal(b.i, a.i);
		assert_int_equal(hp_strtab_add(&t, HP_LIT("borrowed"), &b, NULL), 0);
		assert_ptr_equal(hp_strtab_get(&t, b).ptr, text);
		assert_int_equal(hp_strtab_add(&t, HP_LIT("late"), &b, NULL), 0);
		assert_int_equal(b.i, 3); /* its own, beside the one that came too late */
		assert_int_equal(hp_strtab_add(&t, HP_LIT("own"), &b, NULL), 0);
		assert_int_equal(b.i, 4);
		assert_true(hp_slice_same(hp_strtab_get(&t, b), HP_LIT("own")));
		assert_int_equal(t.n, 5);
	}
	hp_strtab_release(&t);
	hp_strtab_release(&below);
}

/* --- streams --- */

static size_t gzip(const void *in, size_t n, unsigned char *out, size_t cap)
{
	z_stream z = {0};

	assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, 0), Z_OK);
	z.next_in = (unsigned char *)(uintptr_t)in;
	z.avail_in = (unsigned)n;
	z.next_out = out;
	z.avail_out = (unsigned)cap;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	n = cap - z.avail_out;
	deflateEnd(&z);
	return n;
}

/* All lines of @bytes, each followed by '|', and how it ended. */
static int read_lines(const void *bytes, size_t len, struct text *t, bool *cut)
{
	struct hprof_error err = HPROF_ERROR_INIT;
	const struct hprof_limits limits = {.line_bytes = 1 << 20};
	struct hp_input *in;
	struct hp_line line;
	int r;

	*t = (struct text){0};
	assert_int_equal(hp_input_memory(bytes, len, "memory", &limits, &in, &err), 0);
	while ((r = hp_input_line(in, &line, &err)) > 0) {
		text_write(t, line.text.ptr, line.text.len);
		text_write(t, "|", 1);
	}
	*cut = hp_input_cut(in);
	hp_input_free(in);
	return r;
}

static void lines_come_out_the_same_however_packed(void **state)
{
	static const char plain[] = "one\r\ntwo\n\nlast";
	unsigned char packed[4][256];
	size_t n[4];
	struct text t;
	bool cut;

	(void)state;
	n[0] = sizeof(plain) - 1;
	memcpy(packed[0], plain, n[0]);
	n[1] = gzip(plain, sizeof(plain) - 1, packed[1], sizeof(packed[1]));
	n[2] = ZSTD_compress(packed[2], sizeof(packed[2]), plain, sizeof(plain) - 1, 3);
	n[3] = gzip(plain, 5, packed[3], sizeof(packed[3])); /* two members */
	n[3] += gzip(plain + 5, sizeof(plain) - 6, packed[3] + n[3], sizeof(packed[3]) - n[3]);
	for (size_t i = 0; i < HP_LEN(n); i++) {
		assert_int_equal(read_lines(packed[i], n[i], &t, &cut), 0);
		assert_string_equal(t.ptr, "one|two||last|");
		assert_false(cut);
		free(t.ptr);
	}
	for (size_t i = 1; i < 3; i++) {
		assert_int_equal(read_lines(packed[i], n[i] - 1, &t, &cut), 0);
		assert_true(cut);
		free(t.ptr);
	}
	packed[1][n[1] - 6] ^= 1; /* the checksum */
	assert_int_equal(read_lines(packed[1], n[1], &t, &cut), HPROF_EFORMAT);
	free(t.ptr);
}

static void a_long_line_is_whole_up_to_the_limit(void **state)
{
	size_t n = 700000;
	char *bytes = malloc(3 * n);
	struct text t;
	bool cut;

	(void)state;
	assert_non_null(bytes);
	memset(bytes, 'x', 3 * n);
	bytes[n] = '\n';
	assert_int_equal(read_lines(bytes, n + 2, &t, &cut), 0);
	assert_int_equal(t.len, n + 3);
	free(t.ptr);
	assert_int_equal(read_lines(bytes, 3 * n, &t, &cut), HPROF_ELIMIT);
	free(t.ptr);
	free(bytes);
}

RUN(cmocka_unit_test(numbers_are_taken_up_to_64_bits),
    cmocka_unit_test(bytes_are_written_in_the_unit_that_fits),
    cmocka_unit_test(malformed_utf8_is_seen), cmocka_unit_test(safe_text_cannot_steer_a_terminal),
    cmocka_unit_test(json_reads_back), cmocka_unit_test(expressions_cannot_run_for_ever),
    cmocka_unit_test(expressions_are_of_characters), cmocka_unit_test(equal_text_has_equal_ids),
    cmocka_unit_test(tables_of_text_lie_above_others),
    cmocka_unit_test(lines_come_out_the_same_however_packed),
    cmocka_unit_test(a_long_line_is_whole_up_to_the_limit))
