/* test_series.c - what names of dumps tell, and the order of a series. */
#include "tests/test.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* The tool is no part of the library: its files are taken in as they are. */
#include "analyzer/cli/series.c"
#include "analyzer/cli/user_dirs.c"

static char told[1000]; /* the last error */

static int keep_error(const char *what, const struct hprof_error *err)
{
	(void)snprintf(told, sizeof(told), "%s: %s", what, err->message);
	return HP_EXIT_INPUT;
}

int hp_cli_error(const struct hprof_error *err)
{
	return keep_error("", err);
}

int hp_cli_input_error(const char *path, const struct hprof_error *err)
{
	return keep_error(path, err);
}

int hp_cli_no_memory(void)
{
	return HP_EXIT_SYSTEM;
}

void hp_cli_print(const char *fmt, ...)
{
	(void)fmt;
}

int hp_cli_usage(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(told, sizeof(told), fmt, ap);
	va_end(ap);
	return HP_EXIT_USAGE;
}

static void names_tell_process_and_number(void **state)
{
	static const struct {
		const char *path, *process; /* NULL: nothing is told */
		uint64_t pid, number;
	} cases[] = {
		{"jeprof.26831.4.i4.heap", "jeprof.26831", 26831, 4},
		{"d/a.b.26831.12.f.heap", "d/a.b.26831", 26831, 12},
		{"x.1.0.m0.heap.gz", "x.1", 1, 0},
		{"x.1.0.u3.heap.zst", "x.1", 1, 0},
		{"/tmp/prof.0007.heap", "/tmp/prof", 0, 7},
		{"/tmp/prof_812.0012.heap", "/tmp/prof_812", 812, 12},
		{"a_b.0012.heap", "a_b", 0, 12},
		{"m.heap", NULL, 0, 0},
		{".heap", NULL, 0, 0},
		{"1.heap", NULL, 0, 0},
		{".1.heap", NULL, 0, 0},
		{"i1.heap", NULL, 0, 0},
		{"2.1.f.heap", NULL, 0, 0},
		{"x.y.1.f.heap", NULL, 0, 0},
		{"x.1.y.f.heap", NULL, 0, 0},
		{"x.1.2.f1x.heap", NULL, 0, 0},
		{"x.99999999999999999999.heap", NULL, 0, 0},
		{"x.1.2.f", NULL, 0, 0},
		{"x.1.heap/name", NULL, 0, 0},
		{"", NULL, 0, 0},
		{"d/", NULL, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < HP_LEN(cases); i++) {
		char path[100];
		struct hp_series_item item = {.path = path};
		bool is_told;

		(void)snprintf(path, sizeof(path), "%s", cases[i].path);
		is_told = hp_series_parse(&item);
		if (is_told != (cases[i].process != NULL))
			fail_msg("%s: %d", path, is_told);
		if (!is_told)
			continue;
		if (item.process_len != strlen(cases[i].process) ||
		    strncmp(path, cases[i].process, item.process_len) != 0 ||
		    item.pid != cases[i].pid || item.number != cases[i].number)
			fail_msg("%s: %zu %llu %llu", path, item.process_len,
				 (unsigned long long)item.pid, (unsigned long long)item.number);
	}
}

static void touch(const char *path, time_t at_s, const char *text)
{
	struct timespec times[2] = {{at_s, 0}, {at_s, 0}};
	struct stat st;
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mtim.tv_sec, at_s); /* or else the file system cuts times */
}

/* When 64 bits of nanoseconds run over, and later; less what is added below. */
#define YEAR_2262 ((time_t)9223372036 - 1000000)
#define YEAR_2300 ((time_t)10413792000 - 1000000)

static void series_are_in_order(void **state)
{
	static const struct {
		struct {
			const char *name;
			time_t at_s;
		} file[5];
		const char *want;
		size_t processes;
		size_t plain; /* names that do not tell */
		bool contradicted;
	} cases[] = {
		{{{"p.7.10.i10.heap", 1}, {"p.7.9.i9.heap", 2}, {"p.7.100.f.heap", 3}},
		 "p.7.9.i9.heap p.7.10.i10.heap p.7.100.f.heap",
		 1,
		 0,
		 false},
		/* a process that began earlier comes first */
		{{{"p.7.0.f.heap", 5},
		  {"p.7.1.f.heap", 1},
		  {"p.9.0.f.heap", 2},
		  {"p.8.0.f.heap", 0}},
		 "p.8.0.f.heap p.7.0.f.heap p.7.1.f.heap p.9.0.f.heap",
		 3,
		 0,
		 false},
		{{{"a.heap", 3}, {"b.heap", 1}, {"c.heap", 2}},
		 "b.heap c.heap a.heap",
		 0,
		 3,
		 false},
		{{{"a.heap", 3}, {"b.heap", 3}, {"p.7.1.f.heap", 1}},
		 "p.7.1.f.heap a.heap b.heap",
		 1,
		 2,
		 false},
		/* their times contradict the numbers */
		{{{"p.7.1.f.heap", 4}, {"p.7.2.f.heap", 3}, {"z.heap", 1}, {"a.heap", 9}},
		 "a.heap p.7.1.f.heap p.7.2.f.heap z.heap",
		 1,
		 2,
		 true},
		{{{"p.7.1.f.heap", 4}, {"p.7.2.f.heap", 3}},
		 "p.7.1.f.heap p.7.2.f.heap",
		 1,
		 0,
		 false},
		{{{"p.0002.heap", 1}, {"p.0001.heap", 2}}, "p.0001.heap p.0002.heap", 1, 0, false},
		/* 64 bits of nanoseconds end in 2262; and before 1970 */
		{{{"a.heap", YEAR_2300}, {"b.heap", 1}, {"c.heap", YEAR_2262 + 1}},
		 "b.heap c.heap a.heap",
		 0,
		 3,
		 false},
		{{{"p.7.0.f.heap", YEAR_2300}, {"p.8.0.f.heap", 3}, {"p.9.0.f.heap", YEAR_2262}},
		 "p.8.0.f.heap p.9.0.f.heap p.7.0.f.heap",
		 3,
		 0,
		 false},
		{{{"a.heap", 5}, {"b.heap", -2000000}, {"c.heap", -3000000}},
		 "c.heap b.heap a.heap",
		 0,
		 3,
		 false},
	};
	char folder[] = "/tmp/hprof-series.XXXXXX", here[4096];
	const struct hp_options o = {.quiet = true};

	(void)state;
	assert_non_null(getcwd(here, sizeof(here)));
	assert_non_null(mkdtemp(folder));
	assert_int_equal(chdir(folder), 0);
	for (size_t i = 0; i < HP_LEN(cases); i++) {
		const char *inputs[5];
		struct hp_series s;
		size_t n = 0;
		char got[500] = "";

		for (; n < 5 && cases[i].file[n].name; n++) {
			inputs[n] = cases[i].file[n].name;
			touch(inputs[n], 1000000 + cases[i].file[n].at_s, "");
		}
		assert_int_equal(hp_series_open(&s, inputs, n, &o), HP_EXIT_OK);
		for (size_t k = 0; k < s.n; k++) {
			strncat(got, k ? " " : "", 2);
			strncat(got, s.item[k].label, 100);
		}
		if (strcmp(got, cases[i].want) != 0 || s.n_processes != cases[i].processes ||
		    s.n_plain != cases[i].plain || s.contradicted != cases[i].contradicted)
			fail_msg("%s in place of %s, %zu processes", got, cases[i].want,
				 s.n_processes);
		hp_series_as_given(&s);
		for (size_t k = 0; k < s.n; k++)
			assert_string_equal(s.item[k].path, inputs[k]);
		hp_series_release(&s);
		for (size_t k = 0; k < n; k++)
			assert_int_equal(unlink(inputs[k]), 0);
	}
	assert_int_equal(chdir(here), 0);
	assert_int_equal(rmdir(folder), 0);
}

static void one_is_chosen(void **state)
{
	static const struct {
		const char *when, *want; /* NULL: refused */
	} cases[] = {{"first", "a.1.heap"}, {"last", "a.3.heap"}, {"0", "a.1.heap"},
		     {"1", "a.2.heap"},     {"2", "a.3.heap"},    {"3", NULL},
		     {"-1", NULL},          {"", NULL},           {"peak", NULL},
		     {"1x", NULL}};
	static const char *const inputs[] = {"a.3.heap", "a.1.heap", "a.2.heap"};
	const struct hp_options o = {.quiet = true};

	(void)state;
	for (size_t i = 0; i < HP_LEN(cases); i++) {
		struct hp_series s;
		int code;

		assert_int_equal(hp_series_open(&s, inputs, 3, &o), HP_EXIT_OK);
		code = hp_series_choose(&s, cases[i].when);
		assert_int_equal(code, cases[i].want ? HP_EXIT_OK : HP_EXIT_USAGE);
		assert_int_equal(s.n, cases[i].want ? 1 : 3);
		if (cases[i].want)
			assert_string_equal(s.item[0].path, cases[i].want);
		hp_series_release(&s);
	}
}

RUN(cmocka_unit_test(names_tell_process_and_number), cmocka_unit_test(series_are_in_order),
    cmocka_unit_test(one_is_chosen))
