/* die_name.c - what the function of a DIE is called. */
#include "analyzer/symbolize/libdw/die_name.h"

#include <dwarf.h>
#include <stdlib.h>

#include "analyzer/base/column.h"
#include "analyzer/base/name.h"
#include "analyzer/symbolize/dwarf/names.h"
#include "analyzer/symbolize/text.h"

enum { MAX_ORIGINS = 16 };

static struct hp_slice bounded(const char *name)
{
	return (struct hp_slice){name, name ? strnlen(name, HP_NAME_MAX) : 0};
}

struct hp_slice hp_die_linkage(Dwarf_Die *die)
{
	static const unsigned kinds[] = {DW_AT_linkage_name, DW_AT_MIPS_linkage_name};

	for (size_t i = 0; i < HP_LEN(kinds); i++) {
		Dwarf_Attribute attr;
		const char *name = dwarf_formstring(dwarf_attr_integrate(die, kinds[i], &attr));

		if (name && *name)
			return bounded(name);
	}
	return (struct hp_slice){NULL, 0};
}

/* Put the DIE that @die was made from into @out: its abstract instance or declaration. */
static bool origin_of(Dwarf_Die *die, Dwarf_Die *out)
{
	Dwarf_Attribute attr;

	if (!dwarf_attr(die, DW_AT_abstract_origin, &attr) &&
	    !dwarf_attr(die, DW_AT_specification, &attr))
		return false;
	return dwarf_formref_die(&attr, out) != NULL;
}

/* Whether names of functions are to be read together with those of their scopes. */
static bool has_scopes(Dwarf_Die *die)
{
	Dwarf_Die unit;
	int language;

	if (!dwarf_diecu(die, &unit, NULL, NULL))
		return false;
	language = dwarf_srclang(&unit);
	return language > 0 && language <= UINT16_MAX && hp_dw_has_scopes((uint16_t)language);
}

/* What @scope adds to the name of a function in it, which is @inner so far; NULL: nothing. */
static const char *scope_name(Dwarf_Die *scope, const char *inner)
{
	const char *name = dwarf_diename(scope);

	switch (dwarf_tag(scope)) {
	case DW_TAG_namespace:
		return name ? name : "(anonymous namespace)";
	case DW_TAG_class_type:
	case DW_TAG_structure_type:
	case DW_TAG_union_type:
	case DW_TAG_interface_type:
	case DW_TAG_enumeration_type:
		if (!name && strncmp(inner, "operator()", 10) == 0)
			return "{lambda}";
		return name ? name : "(anonymous)";
	case DW_TAG_subprogram: /* of a local class */
	case DW_TAG_module:
		return name;
	default:
		return NULL;
	}
}

static const char *within(struct hp_arena *mem, Dwarf_Die *scope, const char *name)
{
	const char *outer = scope_name(scope, name);

	if (!outer || strlen(outer) + strlen(name) >= HP_NAME_MAX)
		return name;
	return hp_textf(mem, "%s::%s", outer, name);
}

static struct hp_slice qualify(struct hp_die_names *names, const struct hp_walk *walk,
			       Dwarf_Die *die, const char *name)
{
	Dwarf_Die *scopes = NULL;
	uint32_t s;
	int n;

	if (hp_walk_scope(walk, die, &s)) {
		for (; s != HP_NO_NODE; s = walk->scope[s].outer)
			name = within(names->mem, &walk->scope[s].die, name);
		return bounded(name);
	}
	n = dwarf_getscopes_die(die, &scopes);
	for (int i = 1; i < n; i++)
		name = within(names->mem, &scopes[i], name);
	if (n > 0)
		free(scopes);
	return bounded(name);
}

static bool same(const void *ctx, uint32_t row, const void *key)
{
	const struct hp_die_names *names = ctx;

	return names->row[row].key == key;
}

/* Remember a name; without memory it will be looked for again. */
static void remember(struct hp_die_names *names, uint32_t tag, const void *key,
		     struct hp_slice name)
{
	if (!HP_COLUMN_ROOM(names->row, names->n, names->cap) ||
	    !hp_index_add(&names->index, tag, names->n))
		return;
	names->row[names->n++] = (struct hp_die_name){key, name};
}

struct hp_slice hp_die_qualified(struct hp_die_names *names, const struct hp_walk *walk,
				 Dwarf_Die *die)
{
	const char *name = dwarf_diename(die);
	Dwarf_Die named = *die;
	struct hp_slice text;
	uint32_t tag;
	uint32_t row;

	if (!name || !*name)
		return (struct hp_slice){NULL, 0};
	/* a declaration lies in its scopes, a definition may lie anywhere */
	for (unsigned i = 0; i < MAX_ORIGINS; i++) {
		Dwarf_Die origin;

		if (!origin_of(&named, &origin))
			break;
		named = origin;
	}
	if (!has_scopes(&named))
		return bounded(name);
	tag = hp_hash_pair(0, (uintptr_t)named.addr, 0);
	row = hp_index_find(&names->index, tag, same, names, named.addr);
	if (row != UINT32_MAX)
		return names->row[row].name;
	text = qualify(names, walk, &named, name);
	remember(names, tag, named.addr, text);
	return text;
}

void hp_die_names_release(struct hp_die_names *names)
{
	free(names->row);
	hp_index_release(&names->index);
	*names = (struct hp_die_names){.mem = names->mem};
}
