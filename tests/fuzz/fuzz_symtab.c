/*
 * fuzz_symtab.c - any bytes as an ELF file whose symbols are read, which is held against what a
 * profile recorded, and whose debug file is looked for: it may be the file itself.
 */
#include "analyzer/symbolize/crt.h"
#include "analyzer/symbolize/debug_file.h"
#include "analyzer/symbolize/fit.h"
#include "analyzer/symbolize/inflate.h"
#include "analyzer/symbolize/symtab.h"
#include "tests/fuzz/elf_mutate.h"
#include "tests/fuzz/elf_read.h"

enum { MAPS = 4, CALLS = 64, BASE = 0x10000000 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
	return elf_mutate(data, size, max_size, seed);
}

static void check_symbols(const struct hp_elf *f, const struct hp_elf *d)
{
	struct hp_arena mem = {0};
	uint64_t addr[READ_ADDRS];
	uint32_t n = spread(f, addr);
	struct hp_symtab t;
	uint64_t sum = 0;

	must(hp_symtab_open(&t, f, d) == HPROF_OK, "there is memory");
	must(hp_symtab_prefetch(&t, addr, n / 2) == HPROF_OK, "there is memory");
	for (uint32_t i = 0; i < n; i++) {
		struct hp_slice owner = hp_symtab_owner(&t, addr[i]);
		bool callable;
		struct hp_slice entry = hp_symtab_entry(&t, addr[i], &callable);
		struct hp_slice brief;
		struct hp_slice full;

		if (!owner.len)
			continue;
		sum += touch(owner);
		hp_name_demangle(owner, &mem, &brief, &full);
		sum += touch(brief) + touch(full) + touch(hp_name_original(owner));
		must(!entry.len || hp_symtab_has(&t, addr[i], entry), "what begins here is here");
	}
	for (uint32_t i = 0; i < t.plt.n; i++) {
		const struct hp_plt_stub *stub = &t.plt.stub[i];

		must(stub->start < stub->limit && stub->name.len, "a stub is somewhere");
		sum += touch(stub->name) + touch(hp_plt_name(&t.plt, stub->start));
	}
	must(sum < UINT64_MAX, "sums are sums");
	hp_symtab_release(&t);
	hp_arena_release(&mem);
}

/* A job whose mappings are the first segments of @f, of which some do not fit. */
static void check_fit(const struct hp_elf *f, struct hp_arena *mem, unsigned odd)
{
	const struct hprof_symbolize_opts opts = {.workers = 1};
	struct hp_job_map maps[MAPS];
	struct hp_job_addr addrs[CALLS];
	struct hp_job job = {.path = "/prog",
			     .return_addresses = true,
			     .maps = maps,
			     .addrs = addrs,
			     .time_ns = 1,
			     .opts = &opts};
	const struct hp_identity id = {.device = 1, .inode = 2, .written_ns = odd & 2 ? 2 : 1};
	struct hp_fit fit = {.page = 4096};
	struct hp_evidence e;
	const char *why = "";

	for (size_t i = 0; i < f->n_segments && job.n_maps < MAPS; i++) {
		const struct hp_segment *s = &f->segment[i];
		uint64_t start = BASE + (uint64_t)job.n_maps * BASE;

		maps[job.n_maps++] = (struct hp_job_map){
			.start = start,
			.limit = start + ((s->file_len % BASE + 8191) & ~(uint64_t)4095),
			.offset = (s->offset + (odd & 1 ? 4096 : 0)) & ~(uint64_t)4095,
			.device = 1,
			.inode = odd & 4 ? job.n_maps : 2,
			.exec = s->exec,
		};
	}
	for (uint32_t i = 0; i < CALLS && job.n_maps; i++)
		addrs[job.n_addrs++] =
			(struct hp_job_addr){maps[i % job.n_maps].start + i * 37, i % job.n_maps};
	if (!hp_fit_mappings(f, &job, &id, mem, &fit, &why))
		must(*why != '\0', "what does not fit has a reason");
	must(fit.page && !(fit.page & (fit.page - 1)), "pages are pages");
	e = hp_identity_judge(&job, &id, "/prog", mem, &why);
	must(e.trust != HP_TRUST_NONE || *why != '\0', "another file has a reason");
	must(e.trust != HP_TRUST_DOUBT || *e.doubt != '\0', "doubt has a reason");
	if (fit.map && !hp_fit_calls(f, &job, &fit, mem, &e, &why))
		must(*why != '\0', "another build has a reason");
	(void)hp_crt_holds(f, f, &job, &fit, mem, &why);
	for (uint32_t i = 0; i < job.n_addrs; i++) {
		uint64_t at;

		(void)hp_fit_address(f, &job, &fit, &addrs[i], &at);
	}
}

static void check_debug(const struct hp_elf *f, struct hp_arena *mem)
{
	const char *const dirs[] = {folder};
	const struct hprof_symbolize_opts opts = {.debug_dirs = dirs, .n_debug_dirs = 1};
	const struct hp_job job = {.path = "/prog", .opts = &opts};
	struct hp_debug_found found;

	hp_find_debug(f, &job, mem, &found);
	must(!*found.file || found.elf.elf, "what was found is open");
	check_symbols(f, *found.file ? &found.elf : NULL);
	hp_elf_close(&found.elf);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static const struct hp_origin named = {HP_ORIGIN_NAMED, NULL, HP_NO_OWNER};
	struct hp_arena mem = {0};
	const char *why = "";
	char path[128];
	struct hp_elf f;

	put_file("prog", bytes, len);
	put_file("alt", bytes, len); /* a copy: links may lead to it */
	(void)elf_version(EV_CURRENT);
	if (hp_elf_open(&f, in_folder("prog", path), &named, &mem, &why) == HP_ELF_OK) {
		for (size_t i = 1; i < f.n_text; i++)
			must(f.text[i - 1].limit <= f.text[i].start, "code is sorted and apart");
		check_fit(&f, &mem, (unsigned)len);
		check_debug(&f, &mem);
		check_symbols(&f, &f);
		if (hp_elf_path_inflates_well(path, &named))
			hp_inflate_debug(f.elf, &mem);
		hp_elf_close(&f);
	} else {
		must(*why != '\0', "a file that cannot be opened has a reason");
	}
	hp_arena_release(&mem);
	return 0;
}
