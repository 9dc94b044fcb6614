/* plt.h - stubs through which a file calls functions of others: "callee@plt". */
#ifndef HP_SYMBOLIZE_PLT_H
#define HP_SYMBOLIZE_PLT_H

#include "analyzer/base/error.h"
#include "analyzer/symbolize/elf_file.h"

struct hp_plt_stub {
	uint64_t start, limit; /* addresses of the file */
	struct hp_slice name;  /* "callee@plt" */
};

enum { HP_PLT_SECTIONS = 8 };

struct hp_plt {
	struct hp_plt_stub *stub; /* [n] sorted, apart from each other */
	uint32_t n, cap;
	struct hp_extent section[HP_PLT_SECTIONS]; /* [n_sections] where they are */
	uint32_t n_sections;
};

/* Find where @f has stubs, if anywhere. */
void hp_plt_find(struct hp_plt *p, const struct hp_elf *f);

/* Whether @addr is there. */
bool hp_plt_covers(const struct hp_plt *p, uint64_t addr);

/* The name of the function that begins at an address of the file; empty if it has none. */
typedef struct hp_slice (*hp_plt_name_fn)(void *ctx, uint64_t addr);

/*
 * Read the stubs of @f, @p being as hp_plt_find() left it, on x86-64, i386 and aarch64: each jumps
 * to what a slot holds, and a relocation says which function belongs into it.  @entry names the
 * resolvers of indirect functions.  Names live in @mem.  Errors: ENOMEM.
 */
HP_MUST_CHECK int hp_plt_read(struct hp_plt *p, const struct hp_elf *f, hp_plt_name_fn entry,
			      void *ctx, struct hp_arena *mem);
void hp_plt_release(struct hp_plt *p);

/* The name of the stub that holds @addr; empty if none does. */
struct hp_slice hp_plt_name(const struct hp_plt *p, uint64_t addr);

#endif
