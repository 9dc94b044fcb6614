/* stable_id.c - identities of addresses, stacks and dumps. */
#include "analyzer/ops/stable_id.h"

#include <stdlib.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

static void add_number(XXH3_state_t *h, uint64_t v)
{
	unsigned char bytes[8];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)(v >> 8 * i);
	(void)XXH3_128bits_update(h, bytes, sizeof(bytes)); /* cannot fail */
}

static void add_real(XXH3_state_t *h, double v)
{
	uint64_t bits;

	memcpy(&bits, &v, sizeof(bits));
	add_number(h, bits);
}

/* With its length: no two lists of texts are the same bytes. */
static void add_text(XXH3_state_t *h, struct hp_slice s)
{
	add_number(h, s.len);
	(void)XXH3_128bits_update(h, s.len ? s.ptr : "", s.len); /* cannot fail */
}

static struct hp_stable_id finish(XXH128_hash_t hash)
{
	XXH128_canonical_t bytes;
	struct hp_stable_id id;

	XXH128_canonicalFromHash(&bytes, hash);
	memcpy(id.byte, bytes.digest, sizeof(id.byte));
	return id;
}

struct hp_slice hp_module_build_id(const struct hprof_profile *p, hp_modid module)
{
	const struct hp_module *m = module.i == HP_NONE ? NULL : &p->modules.row[module.i];

	if (!m || m->status == HP_MODULE_MISMATCH) /* it is that of another file */
		return (struct hp_slice){"", 0};
	return hp_profile_str(p, m->build_id);
}

struct hp_code_addr hp_code_addr_of(const struct hprof_profile *p, hp_locid loc)
{
	const struct hp_locs *l = &p->locs;
	hp_mapid map = l->map[loc.i];
	struct hp_code_addr s = {l->module[loc.i], l->rel[loc.i], false};
	uint64_t call = l->addr[loc.i] - (p->return_addresses && l->addr[loc.i] > 0);

	if (map.i == HP_NONE || s.module.i == HP_NONE ||
	    p->modules.row[s.module.i].status == HP_MODULE_SPECIAL)
		return s;
	/* mappings do not depend on whether the file was found */
	s.offset = call - p->maps.start[map.i] + p->maps.file_offset[map.i];
	s.in_file = true;
	return s;
}

static struct hp_stable_id id_of_loc(const struct hprof_profile *p, hp_locid loc)
{
	struct hp_code_addr s = hp_code_addr_of(p, loc);
	struct hp_slice build_id = hp_module_build_id(p, s.module);
	uint32_t n = s.in_file ? 0 : p->locs.frame_n[loc.i];
	XXH3_state_t h;

	(void)XXH3_128bits_reset(&h); /* cannot fail */
	if (build_id.len)
		add_text(&h, build_id);
	else if (s.module.i != HP_NONE)
		add_text(&h, hp_profile_str(p, p->modules.row[s.module.i].path));
	else
		add_text(&h, (struct hp_slice){"", 0});
	if (n == 0)
		add_number(&h, s.offset);
	for (uint32_t i = p->locs.frame_first[loc.i]; n-- > 0; i++) {
		hp_funcid f = p->frames.func[i];

		add_text(&h, hp_profile_str(p, p->funcs.full[f.i]));
		add_text(&h, hp_profile_str(p, p->funcs.file[f.i]));
		add_number(&h, p->frames.line[i]);
	}
	return finish(XXH3_128bits_digest(&h));
}

/* The same file under the same name, packed or not, has the same. */
static struct hp_stable_id id_of_dump(const struct hprof_profile *p, uint32_t snapshot,
				      const struct hp_stable_id *stack)
{
	const struct hp_samples *all = hp_snapshot_samples(p, snapshot);
	XXH3_state_t h;

	(void)XXH3_128bits_reset(&h); /* cannot fail */
	add_text(&h, hp_profile_str(p, p->input));
	add_text(&h, hp_slice_str(p->format));
	add_number(&h, p->sampling_period);
	add_number(&h, p->snapshots.n ? snapshot : 0);
	for (uint32_t i = 0; i < p->maps.n; i++) {
		add_number(&h, p->maps.start[i]);
		add_number(&h, p->maps.limit[i]);
		add_number(&h, p->maps.file_offset[i]);
	}
	for (uint32_t i = 0; i < all->n; i++) {
		(void)XXH3_128bits_update(&h, stack[all->stack[i].i].byte,
					  sizeof(stack->byte)); /* cannot fail */
		for (uint32_t t = 0; t < p->n_types; t++)
			if (all->recorded[t])
				add_real(&h, all->recorded[t][i]);
	}
	return finish(XXH3_128bits_digest(&h));
}

/* A marker of missing callers does not count: ids of stacks are the same with and without it. */
static void find_stacks(const struct hprof_profile *p, const struct hp_stable_ids *ids)
{
	struct hp_stable_id pair[2];

	memset(&ids->stack[0], 0, sizeof(ids->stack[0]));
	for (uint32_t i = 1; i < p->stacks.n; i++) {
		hp_locid loc = p->stacks.loc[i];

		pair[0] = ids->stack[p->stacks.parent[i].i];
		pair[1] = ids->loc[loc.i];
		ids->stack[i] = loc.i < HP_TRUNCATED_LOCS
					? pair[0]
					: finish(XXH3_128bits(pair, sizeof(pair)));
	}
}

int hp_stable_ids_init(const struct hprof_profile *p, uint32_t snapshot, struct hp_stable_ids *out,
		       struct hprof_error *err)
{
	struct hp_stable_ids ids = {calloc((size_t)p->locs.n + 1, sizeof(*ids.loc)),
				    calloc((size_t)p->stacks.n + 1, sizeof(*ids.stack)),
				    {{0}}};

	if (!ids.loc || !ids.stack) {
		hp_stable_ids_release(&ids);
		return hp_fail_nomem(err);
	}
	for (uint32_t i = HP_TRUNCATED_LOCS; i < p->locs.n; i++)
		ids.loc[i] = id_of_loc(p, (hp_locid){i});
	find_stacks(p, &ids);
	ids.dump = id_of_dump(p, snapshot, ids.stack);
	*out = ids;
	return HPROF_OK;
}

void hp_stable_ids_release(struct hp_stable_ids *ids)
{
	free(ids->loc);
	free(ids->stack);
	*ids = (struct hp_stable_ids){0};
}
