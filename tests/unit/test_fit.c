/* test_fit.c - what memory maps tell of files, and what the bytes before an address tell. */
#include "tests/test.h"

#include <elf.h>

#include "analyzer/model/profile.h"
#include "analyzer/symbolize/calls.h"

static struct hprof_profile *load(const char *maps)
{
	const struct hprof_load_opts opts = {.threads = HPROF_THREADS_NONE};
	struct hprof_error err = HPROF_ERROR_INIT;
	struct hprof_profile *p = NULL;
	char text[2048];
	int n = snprintf(text, sizeof(text), "heap_v2/1\nMAPPED_LIBRARIES:\n%s", maps);

	if (hprof_load_bytes(text, (size_t)n, "test", &opts, &p, &err) != 0)
		fail_msg("%s", err.message);
	assert_true(hp_profile_valid(p));
	return p;
}

/* Device and inode are kept where both are told, and as the kernel writes them. */
static void mappings_keep_device_and_inode(void **state)
{
	static const struct {
		const char *words;
		uint64_t device, inode;
	} cases[] = {
		{"fd:00 12345", HP_DEVICE(0xfd, 0), 12345},
		{"103:0a 18446744073709551615", HP_DEVICE(0x103, 10), UINT64_MAX},
		{"00:2f 7", HP_DEVICE(0, 0x2f), 7},
		{"00:00 0", 0, 0},
		{"fd:00 0", 0, 0},
		{"fd:00 12x", 0, 0},
		{"fd:00 -1", 0, 0},
		{"fd:00:1 12", 0, 0},
		{":00 12", 0, 0},
		{"1ffffffff:00 12", 0, 0},
		{"fd:00 18446744073709551616", 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < HP_LEN(cases); i++) {
		struct hprof_profile *p;
		char line[200];

		(void)snprintf(
			line, sizeof(line),
			"7000-8000 r-xp 00000000 %s /bin/b\n1000-2000 r-xp 00001000 %s /bin/a\n",
			"01:02 3", cases[i].words);
		p = load(line);
		assert_int_equal(p->maps.n, 2);
		if (p->maps.device[0] != cases[i].device || p->maps.inode[0] != cases[i].inode ||
		    p->maps.device[1] != HP_DEVICE(1, 2) || p->maps.inode[1] != 3)
			fail_msg("%s", cases[i].words);
		hprof_profile_free(p);
	}
}

/* What module each mapping is of, and what its first address is in that module. */
static void parts_of_files_are_found(void **state)
{
	static const struct {
		const char *name, *maps;
		const char *path[5];
		uint64_t rel[5];
	} cases[] = {
		{"moved code",
		 "10000-11000 r--p 0 1:1 5 /a\n11000-14000 r-xp 0 0:0 0 \n"
		 "14000-15000 r-xp 4000 1:1 5 /a\n",
		 {"/a", "/a", "/a"},
		 {0, 0x1000, 0x4000}},
		{"moved in two pieces",
		 "10000-11000 r-xp 7000 1:1 5 /a\n11000-13000 r-xp 0 0:0 0 \n"
		 "13000-14000 r-xp 0 0:0 0 [anon:x]\n14000-15000 r--p b000 1:1 5 /a\n",
		 {"/a", "/a", "/a", "/a"},
		 {0x7000, 0x8000, 0xa000, 0xb000}},
		{"a hole before it",
		 "10000-11000 r-xp 0 1:1 5 /a\n12000-13000 r-xp 0 0:0 0 \n"
		 "13000-14000 r-xp 3000 1:1 5 /a\n",
		 {"/a", "[anon]", "/a"},
		 {0, 0x12000, 0x3000}},
		{"a hole behind it",
		 "10000-11000 r-xp 0 1:1 5 /a\n11000-12000 r-xp 0 0:0 0 \n"
		 "13000-14000 r-xp 3000 1:1 5 /a\n",
		 {"/a", "[anon]", "/a"},
		 {0, 0x11000, 0x3000}},
		{"less of the file",
		 "10000-11000 r-xp 0 1:1 5 /a\n11000-13000 r-xp 0 0:0 0 \n"
		 "13000-14000 r-xp 2000 1:1 5 /a\n",
		 {"/a", "[anon]", "/a"},
		 {0, 0x11000, 0x3000}},
		{"between gaps that a loader left",
		 "10000-11000 ---p 1000 1:1 5 /a\n11000-12000 r-xp 0 0:0 0 \n"
		 "12000-13000 ---p 3000 1:1 5 /a\n",
		 {"/a", "[anon]", "/a"},
		 {0x1000, 0x11000, 0x3000}},
		{"another inode",
		 "10000-11000 r-xp 0 1:1 5 /a\n11000-13000 r-xp 0 0:0 0 \n"
		 "13000-14000 r-xp 3000 1:1 6 /a\n",
		 {"/a", "[anon]", "/a"},
		 {0, 0x11000, 0x3000}},
		{"another file",
		 "10000-11000 r-xp 0 1:1 5 /a\n11000-13000 r-xp 0 0:0 0 \n"
		 "13000-14000 r-xp 3000 1:1 5 /b\n",
		 {"/a", "[anon]", "/b"},
		 {0, 0x11000, 0x3000}},
		{"not executable",
		 "10000-11000 r-xp 0 1:1 5 /a\n11000-12000 r-xp 0 0:0 0 \n"
		 "12000-13000 rw-p 0 0:0 0 \n13000-14000 r-xp 3000 1:1 5 /a\n",
		 {"/a", "[anon]", "[anon]", "/a"},
		 {0, 0x11000, 0x12000, 0x3000}},
		{"the heap",
		 "10000-11000 r-xp 0 1:1 5 /a\n11000-13000 rwxp 0 0:0 0 [heap]\n"
		 "13000-14000 r-xp 3000 1:1 5 /a\n",
		 {"/a", "[heap]", "/a"},
		 {0, 0, 0x3000}},
		{"mapped again behind",
		 "10000-11000 r--p 0 1:1 5 /a\n12000-18000 r-xp 1000 1:1 5 /a\n"
		 "18000-19000 rw-p 7000 1:1 5 /a\n90000-92000 r-xp 3000 1:1 5 /a\n",
		 {"/a", "/a", "/a", "/a"},
		 {0, 0x2000, 0x8000, 0x4000}},
		{"mapped again before",
		 "5000-7000 r-xp 3000 1:1 5 /a\n10000-11000 r--p 0 1:1 5 /a\n"
		 "12000-18000 r-xp 1000 1:1 5 /a\n18000-19000 rw-p 7000 1:1 5 /a\n",
		 {"/a", "/a", "/a", "/a"},
		 {0x4000, 0, 0x2000, 0x8000}},
		{"code last in the file, mapped again",
		 "10000-11000 r--p 0 1:1 5 /a\n"
		 "11000-19000 r-xp 1000 1:1 5 /a\n90000-91000 r-xp 8000 1:1 5 /a\n",
		 {"/a", "/a", "/a"},
		 {0, 0x1000, 0x8000}},
		{"two images",
		 "10000-11000 r--p 0 1:1 5 /a\n11000-12000 r-xp 1000 1:1 5 /a\n"
		 "90000-91000 r--p 0 1:1 5 /a\n91000-92000 r-xp 1000 1:1 5 /a\n",
		 {"/a", "/a", "/a", "/a"},
		 {0, 0x1000, 0, 0x1000}},
	};

	(void)state;
	for (size_t i = 0; i < HP_LEN(cases); i++) {
		struct hprof_profile *p = load(cases[i].maps);

		for (uint32_t k = 0; k < p->maps.n; k++) {
			struct hp_slice path =
				hp_profile_str(p, p->modules.row[p->maps.module[k].i].path);

			if (!cases[i].path[k] ||
			    !hp_slice_same(path, hp_slice_str(cases[i].path[k])) ||
			    p->maps.start[k] - p->maps.base[k] != cases[i].rel[k])
				fail_msg("%s: mapping %u is of %.*s from %#llx", cases[i].name, k,
					 (int)path.len, path.ptr,
					 (unsigned long long)(p->maps.start[k] - p->maps.base[k]));
		}
		hprof_profile_free(p);
	}
}

static void calls_are_known_by_their_bytes(void **state)
{
	static const struct {
		const char *name;
		uint16_t machine;
		uint64_t addr;
		uint8_t before[HP_CALL_BYTES];
		bool call;
	} cases[] = {
		{"x86-64: call rel32", EM_X86_64, 1, {0, 0, 0, 0xe8, 1, 2, 3, 4}, true},
		{"i386: call rel32", EM_386, 1, {0, 0, 0, 0xe8, 1, 2, 3, 4}, true},
		{"i386: call *%gs:16", EM_386, 1, {0, 0x65, 0xff, 0x15, 0x10, 0, 0, 0}, true},
		{"x86-64: call *%rax", EM_X86_64, 1, {0, 0, 0, 0, 0, 0, 0xff, 0xd0}, true},
		{"x86-64: jmp *%rax", EM_X86_64, 1, {0, 0, 0, 0, 0, 0, 0xff, 0xe0}, false},
		{"x86-64: jmp rel32", EM_X86_64, 1, {0, 0, 0, 0xe9, 1, 2, 3, 4}, false},
		{"x86-64: call rel32 that ends earlier",
		 EM_X86_64,
		 1,
		 {0, 0, 0xe8, 1, 2, 3, 4, 0x90},
		 false},
		{"aarch64: bl forward", EM_AARCH64, 4, {0, 0, 0, 0, 0x12, 0x34, 0x00, 0x94}, true},
		{"aarch64: bl back", EM_AARCH64, 8, {0, 0, 0, 0, 0xff, 0xff, 0xff, 0x97}, true},
		{"aarch64: b", EM_AARCH64, 4, {0, 0, 0, 0, 0x12, 0x34, 0x00, 0x14}, false},
		{"aarch64: blr x1", EM_AARCH64, 4, {0, 0, 0, 0, 0x20, 0x00, 0x3f, 0xd6}, true},
		{"aarch64: br x1", EM_AARCH64, 4, {0, 0, 0, 0, 0x20, 0x00, 0x1f, 0xd6}, false},
		{"aarch64: ret", EM_AARCH64, 4, {0, 0, 0, 0, 0xc0, 0x03, 0x5f, 0xd6}, false},
		{"aarch64: blraaz x8", EM_AARCH64, 4, {0, 0, 0, 0, 0x1f, 0x09, 0x3f, 0xd6}, true},
		{"aarch64: blrabz x8", EM_AARCH64, 4, {0, 0, 0, 0, 0x1f, 0x0d, 0x3f, 0xd6}, true},
		{"aarch64: blraa x8, x9",
		 EM_AARCH64,
		 4,
		 {0, 0, 0, 0, 0x09, 0x09, 0x3f, 0xd7},
		 true},
		{"aarch64: bl, between instructions",
		 EM_AARCH64,
		 6,
		 {0, 0, 0, 0, 0x12, 0x34, 0x00, 0x94},
		 false},
		{"aarch64: bl, one instruction earlier",
		 EM_AARCH64,
		 4,
		 {0x12, 0x34, 0x00, 0x94, 0x1f, 0x20, 0x03, 0xd5},
		 false},
	};

	(void)state;
	for (size_t i = 0; i < HP_LEN(cases); i++)
		if (hp_calls_end(cases[i].machine, cases[i].addr,
				 cases[i].before + HP_CALL_BYTES) != cases[i].call)
			fail_msg("%s", cases[i].name);
	assert_true(hp_calls_known(EM_X86_64) && hp_calls_known(EM_386));
	assert_true(hp_calls_known(EM_AARCH64) && !hp_calls_known(EM_S390));
}

/* Nothing calls what signal handlers return to, and it is on stacks all the same. */
static void returns_of_signals_are_known(void **state)
{
	static const uint8_t code[] = {0x48, 0xc7, 0xc0, 0x0f, 0, 0, 0, 0x0f, 0x05};

	(void)state;
	assert_true(hp_calls_resume(EM_X86_64, code, sizeof(code)));
	assert_false(hp_calls_resume(EM_X86_64, code, sizeof(code) - 1));
	assert_false(hp_calls_resume(EM_AARCH64, code, sizeof(code)));
	assert_false(hp_calls_resume(EM_X86_64, code + 1, sizeof(code) - 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mappings_keep_device_and_inode),
		cmocka_unit_test(parts_of_files_are_found),
		cmocka_unit_test(calls_are_known_by_their_bytes),
		cmocka_unit_test(returns_of_signals_are_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
