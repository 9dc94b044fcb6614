/* xtree_types.c - what valgrind's xtree reports count, as sample types. */
#include "formats/xtree_types.h"

#include <stdio.h>

/*
 * Events end in "B" (bytes) or "Bk" (blocks).  Those of a leak report are told apart by how a
 * block was reached, and come three times: as they are, as increase ("i") and as decrease ("d")
 * since the report before.
 */
static const struct {
	const char *event, *name;
	enum hp_type_kind kind;
} stems[] = {
	{"cur", "inuse", HP_TYPE_LEVEL},         {"tot", "alloc", HP_TYPE_FLOW},
	{"totFd", "free", HP_TYPE_FLOW},         {"R", "reachable", HP_TYPE_LEVEL},
	{"P", "possibly_leaked", HP_TYPE_LEVEL}, {"I", "indirectly_leaked", HP_TYPE_LEVEL},
	{"D", "leaked", HP_TYPE_LEVEL},          {"DI", "leaked_indirectly", HP_TYPE_LEVEL},
};
/* clang-format off */
static const struct { char letter; const char *name; } changes[] = {
	{'i', "_increase"}, {'d', "_decrease"},
};
/* clang-format on */

static const char *change_of(struct hp_slice *event)
{
	for (size_t i = 0; i < HP_LEN(changes); i++)
		if (event->len > 1 && event->ptr[0] == changes[i].letter) {
			*event = hp_slice_from(*event, 1);
			return changes[i].name;
		}
	return "";
}

int hp_xtree_type(struct hp_builder *b, struct hp_slice event)
{
	struct hp_slice stem = event;
	const char *change = change_of(&stem);
	bool blocks = hp_slice_ends(stem, HP_LIT("Bk"));
	enum hp_unit unit = blocks ? HP_UNIT_COUNT : HP_UNIT_BYTES;
	char name[128];
	int r;

	if (blocks || hp_slice_ends(stem, HP_LIT("B")))
		stem.len -= blocks ? 2 : 1;
	for (size_t i = 0; i < HP_LEN(stems); i++) {
		if (!hp_slice_same(stem, hp_slice_str(stems[i].event)))
			continue;
		(void)snprintf(name, sizeof(name), "%s_%s%s", stems[i].name,
			       blocks ? "objects" : "space", change); /* all are short */
		r = hp_build_type(b, name, unit, stems[i].kind, false);
		return r < 0 ? r : hp_build_alias(b, event);
	}
	(void)snprintf(name, sizeof(name), "%.*s", (int)(event.len < 100 ? event.len : 100),
		       event.ptr);
	r = hp_build_type(b, name, unit, HP_TYPE_LEVEL, false);
	return r < 0 ? r : hp_build_alias(b, event);
}

void hp_xtree_default(struct hp_builder *b)
{
	static const char *const wanted[] = {"inuse_space", "leaked_space"};
	const struct hprof_profile *p = b->p;

	for (size_t i = 0; i < HP_LEN(wanted); i++)
		for (uint32_t t = 0; t < p->n_types; t++)
			if (hp_slice_same(hp_profile_str(p, p->types[t].name),
					  hp_slice_str(wanted[i]))) {
				hp_build_set_default_type(b, t);
				return;
			}
}
