/*
 * crt.c - code that compilers put into every file, and that never calls an allocator.
 *
 * It comes first in a file, and so do its symbols, which have no sizes.  An address in it is
 * one of another build: but for one behind a call of __do_global_dtors_aux, which runs destructors.
 */
#include "analyzer/symbolize/crt.h"

#include <inttypes.h>

#include "analyzer/symbolize/elf_table.h"
#include "analyzer/symbolize/text.h"

enum {
	FIRST_ROWS = 65536,  /* of a table that are searched for such functions */
	MAX_FUNCTIONS = 16,  /* that are looked at */
	FUNCTION_MAX = 1024, /* bytes of one; they have less than a hundred */
};

struct function {
	struct hp_elf_sym sym;
	struct hp_slice name;
	uint64_t addr; /* the lowest that was recorded in it */
	bool hit;
};

bool hp_crt_name(struct hp_slice name)
{
	static const struct hp_slice known[] = {
		HP_SLICE_LIT("frame_dummy"),
		HP_SLICE_LIT("register_tm_clones"),
		HP_SLICE_LIT("deregister_tm_clones"),
	};

	for (size_t i = 0; i < HP_LEN(known); i++)
		if (hp_slice_same(name, known[i]))
			return true;
	return false;
}

static bool runs_destructors(struct hp_slice name)
{
	return hp_slice_same(name, HP_LIT("__do_global_dtors_aux"));
}

static uint32_t find_functions(const struct hp_elf_symbols *t, struct function *out)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < t->n && i < FIRST_ROWS && n < MAX_FUNCTIONS; i++) {
		struct hp_elf_sym sym = hp_elf_sym(t, i);
		struct hp_slice name;

		if ((sym.info & 0xf) != STT_FUNC || sym.section == SHN_UNDEF)
			continue;
		name = hp_elf_name(t, sym.name);
		if (hp_crt_name(name) || runs_destructors(name))
			out[n++] = (struct function){.sym = sym, .name = name};
	}
	return n;
}

/* Find the lowest address of @job in each of the functions @fn[n]. */
static void find_hits(const struct hp_elf *f, const struct hp_job *job, const struct hp_fit *fit,
		      struct function *fn, uint32_t n)
{
	for (uint32_t i = 0; i < job->n_addrs && n; i++) {
		const struct hp_job_addr *a = &job->addrs[i];
		uint64_t addr = a->call;

		if (a->map != HP_JOB_IN_FILE && !hp_fit_address(f, job, fit, a, &addr))
			continue;
		for (uint32_t k = 0; k < n; k++) {
			uint64_t len = fn[k].sym.size ? fn[k].sym.size : FUNCTION_MAX;

			if (addr < fn[k].sym.value || addr - fn[k].sym.value >= len ||
			    (fn[k].hit && addr >= fn[k].addr) ||
			    (runs_destructors(fn[k].name) &&
			     hp_fit_call(f, job, addr) != HP_CALL_NONE))
				continue;
			fn[k].addr = addr;
			fn[k].hit = true;
		}
	}
}

/* Whether another symbol begins between the start of @fn and its address. */
static bool has_nearer(const struct hp_elf_symbols *t, const struct function *fn)
{
	for (uint32_t i = 0; i < t->n && !fn->sym.size; i++) {
		struct hp_elf_sym sym = hp_elf_sym(t, i);

		if (sym.section == fn->sym.section && sym.value > fn->sym.value &&
		    sym.value <= fn->addr && (sym.info & 0xf) <= STT_FUNC)
			return true;
	}
	return false;
}

bool hp_crt_holds(const struct hp_elf *f, const struct hp_elf *from, const struct hp_job *job,
		  const struct hp_fit *fit, struct hp_arena *mem, const char **why)
{
	Elf_Scn *scn = hp_elf_section(from, ".symtab");
	struct function fn[MAX_FUNCTIONS];
	struct hp_elf_symbols t;
	uint32_t n;

	if (!scn || !hp_elf_symbols(from, scn, &t))
		return false;
	n = find_functions(&t, fn);
	find_hits(f, job, fit, fn, n);
	for (uint32_t k = 0; k < n; k++) {
		if (!fn[k].hit || has_nearer(&t, &fn[k]))
			continue;
		*why = hp_textf(mem,
				"a call was recorded at 0x%" PRIx64 ", where this file has %.*s, "
				"which allocates nothing: another build?",
				fn[k].addr, (int)fn[k].name.len, fn[k].name.ptr);
		return true;
	}
	return false;
}
