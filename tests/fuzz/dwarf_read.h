/*
 * dwarf_read.h - the lean reader of DWARF run over a file, with a sink that checks what it is
 * told.  Nothing is left to libdw.
 */
#ifndef HP_FUZZ_DWARF_READ_H
#define HP_FUZZ_DWARF_READ_H

#include "analyzer/symbolize/dwarf.h"
#include "tests/fuzz/elf_read.h"

enum { READ_CHAIN = 1024, READ_WARNINGS = 1 << 20 };

struct told {
	uint8_t times[READ_ADDRS]; /* that the frames of each address were told */
	uint32_t n, warnings;
	uint64_t sum;
};

static void check_frames(void *ctx, unsigned worker, uint32_t i, const struct hp_raw_frame *f,
			 uint32_t n)
{
	struct told *t = ctx;

	must(worker < HP_DWARF_WORKERS, "workers are numbered");
	must(i < t->n, "frames are of an address that was asked for");
	must(n <= READ_CHAIN, "chains have a bound");
	must(t->times[i]++ == 0, "frames of an address are told once");
	for (uint32_t k = 0; k < n; k++)
		t->sum += touch(f[k].linkage) + touch(f[k].name) + touch(f[k].file) + f[k].line;
}

static void check_warning(void *ctx, enum hp_dwarf_trouble kind, const char *text)
{
	struct told *t = ctx;

	(void)kind;
	must(++t->warnings < READ_WARNINGS, "warnings have a bound");
	must(*text != '\0', "a warning says something");
	t->sum += touch(hp_slice_str(text));
}

static void no_pause(void *ctx, unsigned worker)
{
	(void)ctx;
	(void)worker;
}

/* What libdw would be asked for stays without an answer. */
static struct hp_dwarf *open_nothing(const struct hp_elf *f, const struct hp_elf *from,
				     const struct hp_job *job, struct hp_arena *mem,
				     const char **why)
{
	(void)f;
	(void)from;
	(void)job;
	(void)mem;
	*why = "";
	return NULL;
}

const struct hp_dwarf_reader hp_dwarf_libdw = {.name = "none", .open = open_nothing};

/* Read the file "prog" with @workers, and @times in all. */
static inline void read_program(unsigned workers, int times)
{
	const struct hprof_symbolize_opts opts = {.workers = workers};
	const struct hp_job job = {.path = "/prog", .opts = &opts};
	const struct hp_origin named = {HP_ORIGIN_NAMED, NULL, HP_NO_OWNER};
	struct told told = {.n = 0};
	const struct hp_dwarf_sink sink = {&told,    check_frames, check_warning,
					   no_pause, NULL,         NULL};
	struct hp_arena mem = {0};
	uint64_t addr[READ_ADDRS];
	const char *why = "";
	struct hp_dwarf *d;
	char path[128];
	struct hp_elf f;

	(void)elf_version(EV_CURRENT);
	if (hp_elf_open(&f, in_folder("prog", path), &named, &mem, &why) != HP_ELF_OK) {
		must(*why != '\0', "a file that cannot be opened has a reason");
		hp_arena_release(&mem);
		return;
	}
	told.n = spread(&f, addr);
	d = hp_dwarf_fast.open(&f, &f, &job, &mem, &why);
	for (int again = 0; d && told.n && again < times; again++) {
		memset(told.times, 0, sizeof(told.times));
		must(hp_dwarf_run(d, addr, told.n, &sink) == HPROF_OK, "there is memory");
		for (uint32_t i = 0; i < told.n; i++)
			must(told.times[i] == 1, "each address is answered");
	}
	hp_dwarf_close(d);
	hp_elf_close(&f);
	hp_arena_release(&mem);
	must(told.sum < UINT64_MAX, "sums are sums");
}

#endif
