/* test_profile.c - reading dumps, the model behind them, and views over it. */
#include "tests/test.h"

#include "analyzer/model/profile.h"
#include "analyzer/ops/prune.h"
#include "analyzer/ops/table.h"

#define MAPS                                                                                       \
	"MAPPED_LIBRARIES:\n"                                                                      \
	"00400000-00402000 r-xp 00000000 08:01 11   /srv/my app/x y (deleted)\n"                   \
	"7f0000000000-7f0000010000 r-xp 00001000 08:01 12 /usr/lib/libjemalloc.so.2\n"             \
	"7f0000020000-7f0000021000 r-xp 00000000 00:00 0 \n"

static struct hprof_profile *load(const char *text, struct hprof_error *err)
{
	const struct hprof_load_opts opts = {.threads = HPROF_THREADS_STACKS};
	struct hprof_profile *p = NULL;
	char *copy = malloc(strlen(text) + 1);

	assert_non_null(copy);
	memcpy(copy, text, strlen(text));
	*err = (struct hprof_error)HPROF_ERROR_INIT;
	if (hprof_load_bytes(copy, strlen(text), "test", &opts, &p, err) == 0)
		assert_true(hp_profile_valid(p));
	free(copy);
	return p;
}

static double total(const struct hprof_profile *p, const char *type)
{
	for (uint32_t t = 0; t < p->n_types; t++) {
		double sum = 0;

		if (strcmp(p->str.ptr[p->types[t].name.i], type) != 0 || p->types[t].absent)
			continue;
		for (uint32_t i = 0; i < p->all.n; i++)
			sum += p->all.recorded[t][i];
		return sum;
	}
	return -1;
}

/* What the grammar takes, and what it makes of it. */
static void good_inputs(void **state)
{
	static const struct {
		const char *name, *text;
		double inuse, alloc; /* recorded bytes; -1: absent */
		size_t warnings;
		uint32_t threads;
		uint64_t stacks;
	} cases[] = {
		{"plain", "heap_v2/1\n  t*: 1: 8 [0: 0]\n@ 0x400101\n  t*: 1: 8 [0: 0]\n" MAPS, 8,
		 -1, 0, 0, 1},
		{"mark and chatter before the header",
		 "\xef\xbb\xbf<jemalloc>: hello\n%warn hot\n%x\n# c\n\nheap_v2/1\n@ 0x1\n"
		 " t*: 1: 8 [2: 16]\n" MAPS,
		 8, 16, 2, 0, 1},
		{"the same with CR LF",
		 "\xef\xbb\xbf<jemalloc>: hello\r\n\r\n%x\r\n# c\r\n\r\nheap_v2/1\r\n@ 0x1\r\n"
		 " t*: 1: 8 [2: 16]\r\n" MAPS,
		 8, 16, 1, 0, 1},
		{"largest numbers",
		 "heap_v2/1\n@ 0xffffffffffffffff ffffffffffffffff\n"
		 "t*: 9223372036854775807: 9223372036854775807 [0: 0]\n" MAPS,
		 9.223372036854775807e18, -1, 0, 0, 1},
		{"the number above those",
		 "heap_v2/1\n@ 0x1\n t*: 1: 9223372036854775808 [0: 0]\n" MAPS,
		 -9.223372036854775808e18, -1, 1, 0, 1},
		{"counters below zero, without a sign",
		 "heap_v2/1\n@ 0x1\n t*: 18446744073709551611: 18446744073709551576 [3: 24]\n"
		 "@ 0x2\n t*: 1: 8 [1: 8]\n" MAPS,
		 -32, 32, 1, 0, 2},
		{"counters below zero, with one",
		 "heap_v2/1\n@ 0x1\n t*: -2: -16 [0: 0]\n@ 0x2\n t*: 1: -8 [0: 0]\n" MAPS, -24, -1,
		 1, 0, 2},
		{"ever allocated: below zero first",
		 "heap_v2/1\n@ 0x1\n t*: 1: 8 [-1: -8]\n@ 0x2\n t*: 1: 8 [3: 24]\n" MAPS, 16, 16, 1,
		 0, 2},
		{"ever allocated: below zero last",
		 "heap_v2/1\n@ 0x2\n t*: 1: 8 [3: 24]\n@ 0x1\n t*: 1: 8 [-1: -8]\n" MAPS, 16, 16, 1,
		 0, 2},
		{"ever allocated: nothing but below zero",
		 "heap_v2/1\n@ 0x1\n t*: 1: 8 [0: 0]\n@ 0x2\n t*: 0: 0 [-3: -24]\n" MAPS, 8, -24, 1,
		 0, 2},
		{"ever allocated: a sum of 0",
		 "heap_v2/1\n@ 0x1\n t*: 1: 8 [-3: -24]\n@ 0x2\n t*: 0: 0 [3: 24]\n" MAPS, 8, 0, 1,
		 0, 2},
		{"ever allocated: by threads that cancel",
		 "heap_v2/1\n@ 0x1\n t*: 1: 8 [0: 0]\n t1: 0: 0 [3: 24]\n t2: 0: 0 [-3: "
		 "-24]\n" MAPS,
		 8, 0, 1, 2, 1},
		{"ever allocated: by the sum of all",
		 "heap_v2/1\n t*: 1: 8 [1: 8]\n@ 0x1\n t*: 1: 8 [0: 0]\n" MAPS, 8, 0, 0, 0, 1},
		{"a thread below zero",
		 "heap_v2/1\n@ 0x1\n t*: 1: 8 [0: 0]\n t1: -1: -8 [0: 0]\n" MAPS, 8, -1, 1, 1, 1},
		{"no addresses", "heap_v2/1\n@\n  t*: 1: 8 [0: 0]\n@ \n  t*: 2: 16 [0: 0]\n" MAPS,
		 24, -1, 0, 0, 1},
		{"a thread twice, a name with blanks",
		 "heap_v2/1\n  t*: 3: 24 [0: 0]\n  t7: 3: 24 [0: 0] my  thread \n@ 0x1\n"
		 "  t*: 3: 24 [0: 0]\n  t7: 1: 8 [0: 0]\n  t7: 2: 16 [0: 0]\n  t9: 0: 0 [0: "
		 "0]\n" MAPS,
		 24, -1, 0, 2, 1},
		{"stacks twice",
		 "heap_v2/1\n@ 0x1\n t*: 1: 8 [0: 0]\n@ 0x0001\n t*: 1: 8 [0: 0]\n"
		 "@ 1\n t*: 1: 8 [0: 0]\n@ 0x1\n t*: 1: 8 [0: 0]\n" MAPS,
		 32, -1, 0, 0, 1},
		{"threads without the row of all",
		 "heap_v2/1\n@ 0x1\n t1: 1: 8 [0: 0]\n t2: 2: 16 [0: 0]\n@ 0x2\n t*: 1: 8 [0: "
		 "0]\n" MAPS,
		 32, -1, 1, 2, 2},
		{"other map sentinel",
		 "heap_v2/1\n@ 0x1\n t*: 1: 8 [0: 0]\n--- Memory map:\n0x400-0x500: /a/b.so\n", 8,
		 -1, 0, 0, 1},
		{"no maps", "heap_v2/1\n@ 0x1\n t*: 1: 8 [0: 0]\n", 8, -1, 1, 0, 1},
		{"cut in a row", "heap_v2/1\n@ 0x1\n t*: 1: 8 [0: 0]\n@ 0x2\n t*: 1: 8 [0:", 8, -1,
		 3, 0, 1},
		{"cut in a stack", "heap_v2/1\n@ 0x1\n t*: 1: 8 [0: 0]\n@ 0x2 0x5", 8, -1, 2, 0, 1},
		{"cut after a stack",
		 "heap_v2/1\n t*: 2: 16 [0: 0]\n@ 0x1\n t*: 1: 8 [0: 0]\n" MAPS, 8, -1, 1, 0, 1},
		{"a second dump",
		 "heap_v2/1\n@ 0x1\n t*: 1: 8 [0: 0]\n" MAPS "heap_v2/1\n@ 0x1\n t*: 1: 8 [0: 0]\n",
		 8, -1, 1, 0, 1},
		{"nothing but a header", "heap_v2/524288\n  t*: 0: 0 [0: 0]\n" MAPS, 0, -1, 0, 0,
		 0},
		{"a header with a tail", "heap_v2/1 x\n@ 0x1\n t*: 1: 8 [0: 0]\n" MAPS, 8, -1, 0, 0,
		 1},
	};

	(void)state;
	for (size_t i = 0; i < HP_LEN(cases); i++) {
		struct hprof_error err;
		struct hprof_profile *p = load(cases[i].text, &err);

		if (!p)
			fail_msg("%s: line %llu: %s", cases[i].name, (unsigned long long)err.line,
				 err.message);
		if (total(p, "inuse_space") != cases[i].inuse ||
		    total(p, "alloc_space") != cases[i].alloc)
			fail_msg("%s: %g, %g", cases[i].name, total(p, "inuse_space"),
				 total(p, "alloc_space"));
		if (hprof_profile_warnings(p) != cases[i].warnings)
			fail_msg("%s: %zu warnings, first %s", cases[i].name,
				 hprof_profile_warnings(p), hprof_profile_warning(p, 0));
		if (p->threads.n != cases[i].threads || p->n_stacks != cases[i].stacks)
			fail_msg("%s: %u threads, %llu stacks", cases[i].name, p->threads.n,
				 (unsigned long long)p->n_stacks);
		hprof_profile_free(p);
	}
}

/* What is refused, where, and in which words. */
#define SNAPSHOT(time, heap, kind)                                                                 \
	"#-----------\nsnapshot=0\n#-----------\ntime=" time "\nmem_heap_B=" heap                  \
	"\nmem_heap_extra_B=0\nmem_stacks_B=0\nheap_tree=" kind "\n"
#define MASSIF(time, heap, kind) "desc: x\ncmd: y\ntime_unit: i\n" SNAPSHOT(time, heap, kind)

static void bad_inputs(void **state)
{
	static const struct {
		const char *name, *text;
		uint64_t line;
		enum hprof_code code;
		const char *found, *expected;
	} cases[] = {
		{"empty", "", 1, HPROF_EUNSUPPORTED, "an empty file", ""},
		{"no period", "heap_v2\n", 1, HPROF_EFORMAT, "\"heap_v2\"", "expected \"heap_v2/<"},
		{"other version", "heap_v3/1024\n", 1, HPROF_EFORMAT, "\"heap_v3/1024\"",
		 "heap_v2/"},
		{"period too large", "heap_v2/18446744073709551616\n", 1, HPROF_EFORMAT,
		 "18446744073709551616", "heap_v2/"},
		{"negative period", "heap_v2/-1\n", 1, HPROF_EFORMAT, "heap_v2/-1", "expected"},
		{"only a header, cut", "heap_v2/1024", 1, HPROF_ETRUNC, "first line", "expected"},
		{"too small a number", "heap_v2/1\n@ 0x1\n t*: -9223372036854775808: 8 [0: 0]\n", 3,
		 HPROF_EFORMAT, "t*: -9223372036854775808", "expected \"t<thread>:"},
		{"too large a number", "heap_v2/1\n@ 0x1\n t*: 1: 18446744073709551616 [0: 0]\n", 3,
		 HPROF_EFORMAT, "18446744073709551616", "expected"},
		{"no address", "heap_v2/1\n@ 0x1 zz\n", 2, HPROF_EFORMAT, "\"@ 0x1 zz\"",
		 "hexadecimal"},
		{"17 digits", "heap_v2/1\n@ 0x11234567812345678\n", 2, HPROF_EFORMAT,
		 "0x11234567812345678", "64 bits"},
		{"no blank after @", "heap_v2/1\n@0x1\n", 2, HPROF_EFORMAT, "@0x1", "blank"},
		{"foreign line", "heap_v2/1\nt*: 1: 8 [0: 0]\nhello\x1b[31m\n", 3, HPROF_EFORMAT,
		 "\"hello\\x1b[31m\"", "a stack"},
		{"gperftools, no numbers", "heap profile: x\n", 1, HPROF_EFORMAT, "heap profile: x",
		 "expected \"heap profile: <objects>"},
		{"gperftools, no period", "heap profile: 1: 2 [ 3: 4] @ heap_v2/x\n", 1,
		 HPROF_EFORMAT, "heap_v2/x", "expected a sampling period"},
		{"gperftools, a row in the middle",
		 "heap profile: 1: 2 [ 3: 4] @ heapprofile\n1: 2 [3: 4\n1: 2 [1: 2] @ 0x1\n", 2,
		 HPROF_EFORMAT, "\"1: 2 [3: 4\"", "expected \"<objects>"},
		{"gperftools, no address",
		 "heap profile: 1: 2 [ 3: 4] @ growth\n1: 2 [3: 4] @ x\n1: 2 [1: 2] @ 0x1\n", 2,
		 HPROF_EFORMAT, "@ x", "expected \"<objects>"},
		{"massif, no snapshot", "desc: x\ncmd: y\ntime_unit: i\n", 3, HPROF_ETRUNC,
		 "before its first snapshot", ""},
		{"massif, cut in the header", "desc: x\ncmd: y\n", 2, HPROF_ETRUNC, "in its header",
		 "time_unit"},
		{"massif, two headers", "desc: x\ncmd: y\ntime_unit: i\ndesc: x\ncmd: y\n", 4,
		 HPROF_EFORMAT, "desc: x", "one header"},
		{"massif, a time", MASSIF("now", "1", "detailed"), 7, HPROF_EFORMAT, "time=now",
		 "a time"},
		{"massif, bytes", MASSIF("1", "18446744073709551616", "empty"), 8, HPROF_EFORMAT,
		 "mem_heap_B=18446744073709551616", "2^64"},
		{"massif, a kind", MASSIF("1", "1", "full"), 11, HPROF_EFORMAT, "heap_tree=full",
		 "empty, detailed or peak"},
		{"massif, a level", MASSIF("1", "1", "peak") "n1: 1 x\n  n0: 1 y\n", 13,
		 HPROF_EFORMAT, "n0: 1 y", "level"},
		{"massif, a node", MASSIF("1", "1", "peak") "n1: 1 x\n n0: 1\n", 13, HPROF_EFORMAT,
		 "n0: 1", "<place>"},
		{"massif, between snapshots", MASSIF("1", "1", "empty") "stray\n", 12,
		 HPROF_EFORMAT, "stray", "a snapshot"},
		{"xtree, an event twice",
		 "desc: xtree\ncmd: y\ntime_unit: i\n" SNAPSHOT(
			 "1", "1",
			 "detailed") "n0: 1 curB : x\n" SNAPSHOT("1", "1",
								 "detailed") "n0: 1 curB : x\n",
		 21, HPROF_EFORMAT, "n0: 1 curB", "another event"},
		{"xtree, no events", "# callgrind format\ncreator: xtree-1\nfl=x\n", 3,
		 HPROF_ETRUNC, "in its header", "events"},
		{"xtree, no function", "# callgrind format\ncreator: xtree-1\nevents: a\n3 4\n", 4,
		 HPROF_EFORMAT, "3 4", "fn="},
		{"xtree, a value", "# callgrind format\ncreator: xtree-1\nevents: a\nfn=f\n3 x\n",
		 5, HPROF_EFORMAT, "3 x", "for each event"},
		{"ELF", "\177ELF\2\1\1", 1, HPROF_EUNSUPPORTED, "an ELF file", ""},
		{"symbolized", "--- symbol\nbinary=x\n", 2, HPROF_ETRUNC, "before its profile", ""},
		{"junk", "hello\nworld\n", 1, HPROF_EUNSUPPORTED, "\"hello\"", "hprof formats"},
	};

	(void)state;
	for (size_t i = 0; i < HP_LEN(cases); i++) {
		struct hprof_error err;
		struct hprof_profile *p = load(cases[i].text, &err);

		if (p)
			fail_msg("%s: accepted", cases[i].name);
		if (err.code != cases[i].code || err.line != cases[i].line ||
		    !strstr(err.message, cases[i].found) || !strstr(err.message, cases[i].expected))
			fail_msg("%s: code %d, line %llu: %s", cases[i].name, err.code,
				 (unsigned long long)err.line, err.message);
	}
}

static void a_cpu_profile_is_called_by_its_name(void **state)
{
	const uint64_t words[] = {0, 3, 0, 10000, 0, 1, 1, 0x400101};
	struct hprof_error err = HPROF_ERROR_INIT;
	struct hprof_profile *p;

	(void)state;
	assert_int_equal(hprof_load_bytes(words, sizeof(words), "cpu", NULL, &p, &err),
			 HPROF_EUNSUPPORTED);
	assert_non_null(strstr(err.message, "CPU profile"));
}

static void maps_are_read_in_every_dialect(void **state)
{
	static const struct {
		const char *line;
		uint64_t start, limit, offset;
		const char *path;
		bool deleted;
	} cases[] = {
		{"00400000-00402000 r-xp 00001000 08:01 123456   /bin/a b", 0x400000, 0x402000,
		 0x1000, "/bin/a b", false},
		{"7f00-7f10 r-xp 00000000 00:00 0          /x (deleted)", 0x7f00, 0x7f10, 0, "/x",
		 true},
		{"7f00-7f10 r-xp 00000000 00:00 0 ", 0x7f00, 0x7f10, 0, "[anon]", false},
		{"7f00-7f10 r-xp 00000000 00:00 0 /a\\012b\\040c", 0x7f00, 0x7f10, 0, "/a\nb c",
		 false},
		{"0000000100000000-0000000100004000: /usr/lib/x.dylib", 0x100000000, 0x100004000, 0,
		 "/usr/lib/x.dylib", false},
		{"0x400000 0x425000 37 44 0xfffff80001 r-x 1 0 0x1000 COW NC vnode /bin/cat NCH",
		 0x400000, 0x425000, 0, "/bin/cat", false},
		{"ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0 [vsyscall]",
		 0xffffffffff600000, 0xffffffffff601000, 0, "[vsyscall]", false},
		{"build=/srv/out\n7f00-7f10 r-xp 00000000 00:00 0 $build/lib/a.so", 0x7f00, 0x7f10,
		 0, "/srv/out/lib/a.so", false},
	};

	(void)state;
	for (size_t i = 0; i < HP_LEN(cases); i++) {
		struct hprof_error err;
		struct hprof_profile *p;
		char text[512];

		snprintf(text, sizeof(text), "heap_v2/1\nMAPPED_LIBRARIES:\n%s\n", cases[i].line);
		p = load(text, &err);
		assert_non_null(p);
		if (p->maps.n != 1 || p->maps.start[0] != cases[i].start ||
		    p->maps.limit[0] != cases[i].limit ||
		    p->maps.file_offset[0] != cases[i].offset ||
		    p->modules.row[0].deleted != cases[i].deleted ||
		    strcmp(p->str.ptr[p->modules.row[0].path.i], cases[i].path) != 0)
			fail_msg("%s", cases[i].line);
		assert_int_equal(hprof_profile_warnings(p), 0);
		hprof_profile_free(p);
	}
}

static void a_stack_at_the_limit_has_lost_its_root(void **state)
{
	static const struct {
		unsigned depth, other;
		bool truncated;
	} cases[] = {{128, 5, true}, {127, 5, false}, {128, 200, false}, {256, 128, true}};

	(void)state;
	for (size_t i = 0; i < HP_LEN(cases); i++) {
		struct text t = {0}, out = {0};
		const struct hprof_view_opts opts = {.prune = HPROF_PRUNE_NONE};
		struct hprof_error err;
		struct hprof_profile *p;
		struct hprof_view *v;
		const unsigned depth[2] = {cases[i].depth, cases[i].other};

		text_write(&t, "heap_v2/1\n", 10);
		for (unsigned k = 0; k < 2; k++) {
			text_write(&t, "@", 1);
			for (unsigned n = 0; n < depth[k]; n++) {
				char addr[24];

				snprintf(addr, sizeof(addr), " %#x", 0x1000 + n);
				text_write(&t, addr, strlen(addr));
			}
			text_write(&t, "\nt*: 1: 8 [0: 0]\n", 17);
		}
		p = load(t.ptr, &err);
		assert_non_null(p);
		{
			const struct hprof_profile *const one[] = {p};

			assert_int_equal(test_view_of(one, 1, NULL, 0, &opts, &v, &err), 0);
		}
		assert_int_equal(hprof_render(v, "collapsed", NULL, text_write, &out, &err), 0);
		if ((strstr(out.ptr, "[truncated];") != NULL) != cases[i].truncated)
			fail_msg("stacks of %u and %u frames", cases[i].depth, cases[i].other);
		hprof_view_free(v);
		hprof_profile_free(p);
		free(t.ptr);
		free(out.ptr);
	}
}

/* The rows that are wanted come as in the whole table, and the others after them. */
static void check_first_rows(const struct hprof_view *v, const struct hp_table *whole)
{
	static const uint32_t firsts[] = {1, 2, 40, 4999};
	struct hp_table t;

	for (size_t i = 0; i < HP_LEN(firsts); i++) {
		double sum = 0;

		assert_int_equal(hp_table_init(v, v->chosen, firsts[i], &t, NULL), 0);
		assert_int_equal(t.n, whole->n);
		for (uint32_t k = 0; k < firsts[i]; k++)
			assert_int_equal(t.row[k].frame, whole->row[k].frame);
		for (uint32_t k = 0; k < t.n; k++)
			sum += (double)t.row[k].frame - (double)whole->row[k].frame;
		assert_true(sum == 0);
		hp_table_release(&t);
	}
}

static void million_frames_need_no_recursion(void **state)
{
	struct text t = {0};
	struct hprof_error err;
	struct hprof_profile *p;
	struct hprof_view *v;
	struct hp_table table;

	(void)state;
	t.ptr = malloc(12000000);
	assert_non_null(t.ptr);
	t.len = (size_t)sprintf(t.ptr, "heap_v2/1\n@");
	for (unsigned i = 0; i < 1000000; i++)
		t.len += (size_t)sprintf(t.ptr + t.len, " %x", 0x1000 + i % 50000);
	t.len += (size_t)sprintf(t.ptr + t.len, "\nt*: 1: 16 [0: 0]\n");
	p = load(t.ptr, &err);
	assert_non_null(p);
	{
		const struct hprof_profile *const one[] = {p};

		assert_int_equal(test_view_of(one, 1, NULL, 0, NULL, &v, &err), 0);
	}
	assert_int_equal(hp_table_init(v, v->chosen, 0, &table, &err), 0);
	assert_int_equal(table.n, 50000);
	for (uint32_t i = 0; i < table.n; i++)
		assert_true(table.row[i].cum.delta > 15.9 && table.row[i].cum.delta < 16.1);
	check_first_rows(v, &table);
	hp_table_release(&table);
	hprof_view_free(v);
	hprof_profile_free(p);
	free(t.ptr);
}

static void allocators_are_known_by_name_and_module(void **state)
{
	static const struct {
		const char *name, *linkage;
		bool is;
	} names[] = {
		{"malloc", "", true},
		{"__libc_calloc", "", true},
		{"operator new", "_Znwm", true},
		{"operator new[]", "_Znam", true},
		{"std::__new_allocator<int>::allocate", "", true},
		{"std::__new_allocator<std::pair<int, char> >::allocate", "", true},
		{"je_malloc_default", "", true},
		{"_rjem_je_prof_backtrace", "", true},
		{"prof_backtrace_impl", "", true},
		{"alloc::alloc::exchange_malloc", "", true},
		{"<jemallocator::Jemalloc as core::alloc::global::GlobalAlloc>::alloc", "", true},
		{"<alloc::raw_vec::RawVecInner>::try_allocate_in", "", true},
		{"<alloc::vec::Vec<u8>>::push", "", false},
		{"tc_malloc", "", true},
		{"my_malloc", "", false},
		{"do_malloc_jobs", "", false},
		{"tc_setup", "", false},
		{"handleOOMs", "", false},
		{"newImpl<false>", "", true},
		{"prof_tctx_create.part.0", "", true},
		{"malloc.cold", "", true},
		{"tc_newarray_nothrow", "", true},
		{"alloc::boxed::box_new_uninit", "", true},
		{"mallocate", "", false},
		{"Pool::operator new", "", false},
		{"std::vector<int>::push_back", "", false},
		{"app::alloc::alloc", "", false},
		{"std::__new_allocator_like", "", false},
		{"", "", false},
	};
	static const struct {
		const char *path;
		bool is;
	} modules[] = {
		{"/usr/lib/libjemalloc.so.2", true},
		{"libtcmalloc_minimal.so.4", true},
		{"/opt/libmimalloc.so.2.1", true},
		{"/opt/libmimalloc-secure.so.2", true},
		{"/x/libjemalloc.so.2/app", false},
		{"/usr/lib/libc.so.6", false},
		{"/usr/libexec/valgrind/vgpreload_massif-amd64-linux.so", true},
	};
	struct hp_rules rules;

	(void)state;
	hp_rules_init(&rules);
	for (size_t i = 0; i < HP_LEN(names); i++)
		if ((hp_allocator_of_function(&rules, hp_slice_str(names[i].name),
					      hp_slice_str(names[i].linkage)) != NULL) !=
		    names[i].is)
			fail_msg("%s", names[i].name);
	for (size_t i = 0; i < HP_LEN(modules); i++)
		if ((hp_allocator_of_module(hp_slice_str(modules[i].path)) != NULL) !=
		    modules[i].is)
			fail_msg("%s", modules[i].path);
}

/* A profile of three modules: the allocator, an application, a library; no symbols. */
static const char app[] =
	"heap_v2/0\n"
	"@ 0x7f0000000101 0x7f0000000201 0x400101 0x400201\n  t*: 1: 100 [0: 0]\n"
	"@ 0x7f0000000101 0x400101 0x400101 0x400101 0x400201\n  t*: 1: 50 [0: 0]\n"
	"@ 0x7f0000000101 0x7f0000000201\n  t*: 1: 7 [0: 0]\n"
	"@ 0x99\n  t*: 1: 3 [0: 0]\n"
	"@\n  t*: 1: 2 [0: 0]\n" MAPS;

static void allocator_frames_are_cut_and_totals_close(void **state)
{
	static const struct {
		struct hprof_view_opts opts;
		const char *want;
	} cases[] = {
		{{0},
		 "[no stack] 2\n[unknown] 0x99 3\nlibjemalloc.so.2+0x1200 7\n"
		 "x y+0x200;x y+0x100 100\nx y+0x200;x y+0x100;x y+0x100;x y+0x100 50\n"},
		{{.granularity = HPROF_BY_MODULE},
		 "[no stack] 2\n[unknown] 0x99 3\nlibjemalloc.so.2 7\n"
		 "x y;x y 100\nx y;x y;x y;x y 50\n"},
	};
	struct hprof_error err;
	struct hprof_profile *p = load(app, &err);
	const struct hprof_profile *const one[] = {p};

	(void)state;
	assert_non_null(p);
	for (size_t i = 0; i < HP_LEN(cases); i++) {
		struct text out = {0};
		struct hprof_view *v;

		assert_int_equal(test_view_of(one, 1, NULL, 0, &cases[i].opts, &v, &err), 0);
		assert_int_equal(hprof_render(v, "collapsed", NULL, text_write, &out, &err), 0);
		assert_string_equal(out.ptr, cases[i].want);
		assert_true(v->types[v->chosen].total.delta == 162);
		hprof_view_free(v);
		free(out.ptr);
	}
	hprof_profile_free(p);
}

static void recursion_counts_once_in_cum(void **state)
{
	struct hprof_error err;
	struct hprof_profile *p = load(app, &err);
	const struct hprof_profile *const one[] = {p};
	struct hprof_view *v;
	struct hp_table t;

	(void)state;
	assert_non_null(p);
	assert_int_equal(test_view_of(one, 1, NULL, 0, NULL, &v, &err), 0);
	assert_int_equal(hp_table_init(v, v->chosen, 0, &t, &err), 0);
	{
		struct hp_label label;

		assert_true(hp_slice_same(hp_row_label(v, &t.row[0], &label), HP_LIT("x y+0x100")));
	}
	assert_true(t.row[0].flat.delta == 150 && t.row[0].cum.delta == 150);
	hp_table_release(&t);
	hprof_view_free(v);
	hprof_profile_free(p);
}

static void filters_never_match_addresses(void **state)
{
	static const struct {
		const char *re;
		double want;
	} cases[] = {{"100", 0},
		     {"0x", 0},
		     {"module:my app", 150},
		     {"name:my app", 0},
		     {"my app", 150},
		     {"no stack", 2},
		     {"module:jemalloc", 7},
		     {"^/srv/my app/x y$", 150}};
	struct hprof_error err;
	struct hprof_profile *p = load(app, &err);
	const struct hprof_profile *const one[] = {p};

	(void)state;
	assert_non_null(p);
	for (size_t i = 0; i < HP_LEN(cases); i++) {
		const struct hprof_view_opts keep = {.focus = &cases[i].re, .n_focus = 1};
		const struct hprof_view_opts drop = {.ignore = &cases[i].re, .n_ignore = 1};
		const struct hprof_view_opts hide = {.hide = &cases[i].re, .n_hide = 1};
		struct hprof_view *v;

		assert_int_equal(test_view_of(one, 1, NULL, 0, &keep, &v, &err), 0);
		if (v->types[0].total.delta != cases[i].want)
			fail_msg("focus %s: %g", cases[i].re, v->types[0].total.delta);
		hprof_view_free(v);
		assert_int_equal(test_view_of(one, 1, NULL, 0, &drop, &v, &err), 0);
		if (v->types[0].total.delta != 162 - cases[i].want)
			fail_msg("ignore %s: %g", cases[i].re, v->types[0].total.delta);
		hprof_view_free(v);
		assert_int_equal(test_view_of(one, 1, NULL, 0, &hide, &v, &err), 0);
		if (v->types[0].total.delta != 162)
			fail_msg("hide %s: %g", cases[i].re, v->types[0].total.delta);
		hprof_view_free(v);
	}
	hprof_profile_free(p);
}

/* The same program, loaded elsewhere: the recorded addresses differ, nothing else. */
static const char slid[] =
	"heap_v2/0\n"
	"@ 0x7e0000000101 0x500101 0x500201\n  t*: 1: 90 [0: 0]\n"
	"@ 0x7e0000000101 0x500101 0x500101 0x500101 0x500201\n  t*: 1: 60 [0: 0]\n"
	"MAPPED_LIBRARIES:\n"
	"00500000-00502000 r-xp 00000000 08:01 11   /srv/my app/x y\n"
	"7e0000000000-7e0000010000 r-xp 00001000 08:01 12 /usr/lib/libjemalloc.so.2\n";

static void differences_match_by_module_and_offset(void **state)
{
	static const struct {
		bool drop_negative;
		const char *want;
	} cases[] = {
		{false, "[no stack] 2\n[unknown] 0x99 3\nlibjemalloc.so.2+0x1200 7\n"
			"x y+0x200;x y+0x100 10\nx y+0x200;x y+0x100;x y+0x100;x y+0x100 -10\n"},
		{true, "[no stack] 2\n[unknown] 0x99 3\nlibjemalloc.so.2+0x1200 7\n"
		       "x y+0x200;x y+0x100 10\n"},
	};
	struct hprof_error err;
	struct hprof_profile *now = load(app, &err), *base = load(slid, &err);
	const struct hprof_profile *const a[] = {now}, *const b[] = {base};

	(void)state;
	assert_non_null(now);
	assert_non_null(base);
	for (size_t i = 0; i < HP_LEN(cases); i++) {
		const struct hprof_view_opts opts = {.drop_negative = cases[i].drop_negative};
		struct text out = {0};
		struct hprof_view *v;

		assert_int_equal(test_view_of(a, 1, b, 1, &opts, &v, &err), 0);
		assert_int_equal(hprof_render(v, "collapsed", NULL, text_write, &out, &err), 0);
		assert_string_equal(out.ptr, cases[i].want);
		hprof_view_free(v);
		free(out.ptr);
	}
	hprof_profile_free(now);
	hprof_profile_free(base);
}

RUN(cmocka_unit_test(good_inputs), cmocka_unit_test(bad_inputs),
    cmocka_unit_test(a_cpu_profile_is_called_by_its_name),
    cmocka_unit_test(maps_are_read_in_every_dialect),
    cmocka_unit_test(a_stack_at_the_limit_has_lost_its_root),
    cmocka_unit_test(million_frames_need_no_recursion),
    cmocka_unit_test(allocators_are_known_by_name_and_module),
    cmocka_unit_test(allocator_frames_are_cut_and_totals_close),
    cmocka_unit_test(recursion_counts_once_in_cum), cmocka_unit_test(filters_never_match_addresses),
    cmocka_unit_test(differences_match_by_module_and_offset))
