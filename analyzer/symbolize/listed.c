/* listed.c - the build IDs below the folders of debug files: what is not among them is not there.
 */
#include "analyzer/symbolize/listed.h"

#include "analyzer/base/column.h"

enum { UNKNOWN, BEING_TOLD, TOLD };

/* IDs are hashes themselves.  Two of one key do no harm: there may be a file, then. */
static uint64_t key_of(struct hp_slice id)
{
	uint64_t key = 0;

	memcpy(&key, id.ptr, id.len < sizeof(key) ? id.len : sizeof(key));
	return key ? key : 1;
}

static uint32_t slot_of(uint64_t key, uint32_t i)
{
	return (uint32_t)((key ^ key >> 32) + i) % HP_LISTED_SLOTS;
}

void hp_met_add(struct hp_met *m, struct hp_slice id)
{
	if (m->n < HP_LISTED_MOST && HP_COLUMN_ROOM(m->key, m->n, m->cap))
		m->key[m->n++] = key_of(id);
	else
		m->partial = true;
}

static void insert(struct hp_listed *l, uint64_t key)
{
	for (uint32_t i = 0; i < HP_LISTED_SLOTS; i++) {
		_Atomic uint64_t *slot = &l->slot[slot_of(key, i)];

		if (atomic_load(slot) == key)
			return;
		if (atomic_load(slot))
			continue;
		atomic_store(slot, key);
		return;
	}
}

void hp_listed_tell(struct hp_listed *l, const struct hp_met *m)
{
	unsigned unknown = UNKNOWN;

	if (m->partial || !atomic_compare_exchange_strong(&l->state, &unknown, BEING_TOLD))
		return;
	for (uint32_t i = 0; i < m->n; i++)
		insert(l, m->key[i]);
	atomic_store(&l->state, TOLD);
}

bool hp_listed_lacks(struct hp_listed *l, struct hp_slice id)
{
	uint64_t key = key_of(id);

	if (atomic_load(&l->state) != TOLD)
		return false;
	for (uint32_t i = 0; i < HP_LISTED_SLOTS; i++) {
		uint64_t had = atomic_load(&l->slot[slot_of(key, i)]);

		if (!had || had == key)
			return !had;
	}
	return false;
}
