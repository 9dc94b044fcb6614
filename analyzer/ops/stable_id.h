/*
 * stable_id.h - identities of addresses, stacks and dumps that do not change between runs and
 * hosts, so that many exports can be joined by them.
 *
 * All are hashes of 128 bits.  An address is the build ID of its module, or its path where that
 * is not known, and the offset in that file; one that no file covers is its names, or
 * else its number.  A stack is its addresses from the root to the leaf.
 */
#ifndef HP_OPS_STABLE_ID_H
#define HP_OPS_STABLE_ID_H

#include "analyzer/model/snapshots.h"

struct hp_stable_id {
	unsigned char byte[16];
};

struct hp_stable_ids {
	struct hp_stable_id *loc;   /* [locs.n] */
	struct hp_stable_id *stack; /* [stacks.n] as recorded: nothing is cut */
	struct hp_stable_id dump;   /* of the file's name, its memory map and its samples */
};

/* Where an address is. */
struct hp_code_addr {
	hp_modid module; /* HP_NONE outside all */
	uint64_t offset; /* in the file, or of the module's start, or the address itself */
	bool in_file;    /* it is that of a file */
};

struct hp_code_addr hp_code_addr_of(const struct hprof_profile *p, hp_locid loc);
/* The build ID of the file that ran; "" when it is not known. */
struct hp_slice hp_module_build_id(const struct hprof_profile *p, hp_modid module);

/* The dump is snapshot @snapshot of @p, HP_NONE for all or if it has none.  Errors: ENOMEM. */
HP_MUST_CHECK int hp_stable_ids_init(const struct hprof_profile *p, uint32_t snapshot,
				     struct hp_stable_ids *out, struct hprof_error *err);
void hp_stable_ids_release(struct hp_stable_ids *ids);

#endif
