/* die_name.c - what the function of a DIE is called. */
#include "analyzer/symbolize/libdw/die_name.h"

#include <dwarf.h>
#include <stdlib.h>

#include "analyzer/base/column.h"
#include "analyzer/base/lambda.h"
#include "analyzer/base/name.h"
#include "analyzer/symbolize/dwarf/names.h"
#include "analyzer/symbolize/text.h"

enum {
	MAX_ORIGINS = 16,
	MAX_SCOPES = 32,
	MAX_WITHIN = 32,
	MAX_CHILDREN = 1 << 16,
	STEP_BYTES = 16
};

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

static bool is_class(Dwarf_Die *die)
{
	int tag = dwarf_tag(die);

	return tag == DW_TAG_class_type || tag == DW_TAG_structure_type ||
	       tag == DW_TAG_union_type || tag == DW_TAG_interface_type ||
	       tag == DW_TAG_enumeration_type;
}

/* What @scope adds to the names in it; NULL: nothing. */
static const char *scope_name(Dwarf_Die *scope)
{
	const char *name = dwarf_diename(scope);
	int tag = dwarf_tag(scope);

	if (tag == DW_TAG_namespace)
		return name ? name : "(anonymous namespace)";
	if (is_class(scope))
		return name ? name : "(anonymous)";
	/* a function of a local class */
	return tag == DW_TAG_subprogram || tag == DW_TAG_module ? name : NULL;
}

struct scopes { /* around a DIE, innermost first */
	Dwarf_Die die[MAX_SCOPES];
	uint32_t n;
};

/* Add what is around @die. */
static void find_around(const struct hp_die_walk *walk, Dwarf_Die *die, struct scopes *out)
{
	Dwarf_Die *all = NULL;
	uint32_t s;
	int n;

	if (hp_walk_scope(walk, die, &s)) {
		for (; s != HP_NO_NODE && out->n < MAX_SCOPES; s = walk->scope[s].outer)
			out->die[out->n++] = walk->scope[s].die;
		return;
	}
	n = dwarf_getscopes_die(die, &all);
	for (int i = 1; i + 1 < n && out->n < MAX_SCOPES; i++) /* the last one is the unit */
		out->die[out->n++] = all[i];
	if (n > 0)
		free(all);
}

/* What is around @die, and around the declaration of the outermost, which may be elsewhere. */
static void find_scopes(const struct hp_die_walk *walk, Dwarf_Die *die, struct scopes *out)
{
	Dwarf_Die from = *die;

	out->n = 0;
	for (;;) {
		uint32_t before = out->n;
		Dwarf_Die origin;

		find_around(walk, &from, out);
		if (out->n == before || !origin_of(&out->die[out->n - 1], &origin))
			return;
		from = origin;
		for (unsigned i = 0; i < MAX_ORIGINS && origin_of(&from, &origin); i++)
			from = origin;
	}
}

/* --- lambdas --- */

static uint32_t line_of(Dwarf_Die *die)
{
	int n = 0;

	return dwarf_decl_line(die, &n) == 0 && n > 0 ? (uint32_t)n : 0;
}

static uint32_t column_of(Dwarf_Die *die)
{
	int n = 0;

	return dwarf_decl_column(die, &n) == 0 && n > 0 ? (uint32_t)n : 0;
}

/* The lambda whose type is @closure, with @scope[n] around it. */
static const char *place(struct hp_die_names *names, Dwarf_Die *closure, Dwarf_Die *scope,
			 uint32_t n)
{
	uint32_t base = 0;
	struct hp_slice text;

	for (uint32_t i = 0; i < n && !base; i++)
		if (dwarf_diename(&scope[i]) &&
		    (is_class(&scope[i]) || dwarf_tag(&scope[i]) == DW_TAG_subprogram))
			base = line_of(&scope[i]);
	text = hp_lambda_text(line_of(closure), column_of(closure), base, names->mem);
	return hp_arena_string(names->mem, text);
}

/* Whether @inner, in the class @scope without a name, is one of the functions that lambdas have. */
static bool is_lambda(Dwarf_Die *scope, Dwarf_Die *inner)
{
	return is_class(scope) && !dwarf_diename(scope) &&
	       dwarf_hasattr_integrate(inner, DW_AT_artificial) &&
	       hp_lambda_has(bounded(dwarf_diename(inner)));
}

/* The type @kind (DW_AT_*) of @from but for "const", "&" and "*": a class, a function or a member.
 */
static bool type_of(Dwarf_Die *from, unsigned kind, Dwarf_Die *out)
{
	*out = *from;
	for (unsigned i = 0; i < MAX_ORIGINS; i++) {
		Dwarf_Attribute attr;
		Dwarf_Die next;
		int tag;

		if (!dwarf_formref_die(dwarf_attr(out, i ? DW_AT_type : kind, &attr), &next))
			return false;
		*out = next;
		tag = dwarf_tag(out);
		if (is_class(out) || tag == DW_TAG_subroutine_type ||
		    tag == DW_TAG_ptr_to_member_type)
			return true;
	}
	return false;
}

/* Go on to the first child of @of, or from *@child to the next one.  False: there is none. */
static bool next_child(struct hp_die_names *names, Dwarf_Die *of, Dwarf_Die *child)
{
	Dwarf_Die next;

	if (!names->steps)
		return false;
	names->steps--;
	if (!child->addr)
		return dwarf_child(of, child) == 0;
	if (dwarf_siblingof(child, &next) != 0)
		return false;
	*child = next;
	return true;
}

struct closures { /* names of lambdas in the arguments of a template */
	struct hp_slice name[HP_LAMBDAS];
	uint32_t n;
	bool around; /* also in those of classes around the arguments: "f<g<main()::<lambda()>
			>::type>" */
};

static const char *qualify(struct hp_die_names *names, const struct hp_die_walk *walk,
			   Dwarf_Die *die, const char *name, unsigned deeper);
static bool find_closures(struct hp_die_names *names, const struct hp_die_walk *walk,
			  Dwarf_Die *die, unsigned deeper, struct closures *out);

/* The name of the lambda whose type is @closure in its mangled function; empty if that has none. */
static struct hp_slice mangled_closure(struct hp_die_names *names, Dwarf_Die *closure)
{
	Dwarf_Die child = {.addr = NULL};

	while (next_child(names, closure, &child)) {
		const char *name = dwarf_diename(&child);
		struct hp_slice linkage = hp_die_linkage(&child);
		struct hp_slice brief, full;

		if (name && strncmp(name, "operator()", 10) == 0 && hp_name_is_mangled(linkage)) {
			hp_name_demangle(linkage, names->mem, &brief, &full);
			return hp_lambda_of_call(brief);
		}
	}
	return (struct hp_slice){NULL, 0};
}

static bool add_type(struct hp_die_names *names, const struct hp_die_walk *walk, Dwarf_Die *from,
		     unsigned kind, unsigned deeper, struct closures *out);

/* Add those in a type of functions, @function, that are members of a class as @member; NULL: of
 * none. */
static bool add_function(struct hp_die_names *names, const struct hp_die_walk *walk,
			 Dwarf_Die *function, Dwarf_Die *member, unsigned deeper,
			 struct closures *out)
{
	Dwarf_Die child = {.addr = NULL};

	if (!add_type(names, walk, function, DW_AT_type, deeper, out) ||
	    (member && !add_type(names, walk, member, DW_AT_containing_type, deeper, out)))
		return false;
	while (next_child(names, function, &child))
		if (dwarf_tag(&child) == DW_TAG_formal_parameter &&
		    !dwarf_hasattr(&child, DW_AT_artificial) &&
		    !add_type(names, walk, &child, DW_AT_type, deeper, out))
			return false;
	return true;
}

/* Add those in the type of pointers to members @member. */
static bool add_member(struct hp_die_names *names, const struct hp_die_walk *walk,
		       Dwarf_Die *member, unsigned deeper, struct closures *out)
{
	Dwarf_Die type;

	if (type_of(member, DW_AT_type, &type) && dwarf_tag(&type) == DW_TAG_subroutine_type)
		return add_function(names, walk, &type, member, deeper, out);
	return add_type(names, walk, member, DW_AT_type, deeper, out) &&
	       add_type(names, walk, member, DW_AT_containing_type, deeper, out);
}

/* Add those in the arguments of the classes around @type, outermost first. */
static bool add_around(struct hp_die_names *names, const struct hp_die_walk *walk, Dwarf_Die *type,
		       unsigned deeper, struct closures *out)
{
	struct scopes s;

	find_scopes(walk, type, &s);
	while (s.n-- > 0)
		if (is_class(&s.die[s.n]) && hp_lambdas_in(bounded(dwarf_diename(&s.die[s.n]))) &&
		    !find_closures(names, walk, &s.die[s.n], deeper, out))
			return false;
	return true;
}

/* Add the lambda whose type is @closure.  False: there are too many. */
static bool add_closure(struct hp_die_names *names, const struct hp_die_walk *walk,
			Dwarf_Die *closure, unsigned deeper, struct closures *out)
{
	struct hp_slice name;

	if (out->n == HP_LAMBDAS)
		return false;
	name = mangled_closure(names, closure);
	if (!name.len)
		name = bounded(qualify(names, walk, closure, NULL, deeper));
	out->name[out->n++] = name;
	return name.len > 0;
}

/*
 * Add the lambdas in the type @kind of @from, such as an argument of a template.  False: not all
 * are known.
 */
static bool add_type(struct hp_die_names *names, const struct hp_die_walk *walk, Dwarf_Die *from,
		     unsigned kind, unsigned deeper, struct closures *out)
{
	const char *name;
	Dwarf_Die type;
	uint32_t n;

	if (!deeper)
		return false;
	if (!type_of(from, kind, &type))
		return true; /* an "int" */
	if (dwarf_tag(&type) == DW_TAG_subroutine_type)
		return add_function(names, walk, &type, NULL, deeper - 1, out);
	if (dwarf_tag(&type) == DW_TAG_ptr_to_member_type)
		return add_member(names, walk, &type, deeper - 1, out);
	name = dwarf_diename(&type);
	if (!name || !*name)
		return add_closure(names, walk, &type, deeper - 1, out);
	n = (uint32_t)(bounded(name).len / STEP_BYTES); /* long ones take time */
	names->steps -= n < names->steps ? n : names->steps;
	if (!names->steps)
		return false;
	return (!out->around || add_around(names, walk, &type, deeper - 1, out)) &&
	       (!hp_lambdas_in(bounded(name)) ||
		find_closures(names, walk, &type, deeper - 1, out));
}

/*
 * Add those in the arguments that are children of @die, a template or a pack, which are to be as
 * @spelled in its name.
 */
static bool add_arguments(struct hp_die_names *names, const struct hp_die_walk *walk,
			  Dwarf_Die *die, unsigned deeper, struct hp_slice *spelled,
			  struct closures *out)
{
	Dwarf_Die child = {.addr = NULL}, type;

	if (!deeper)
		return false;
	while (next_child(names, die, &child)) {
		int tag = dwarf_tag(&child);
		uint32_t before = out->n;
		struct hp_slice own;

		if (tag == DW_TAG_GNU_template_parameter_pack &&
		    !add_arguments(names, walk, &child, deeper - 1, spelled, out))
			return false;
		if (tag != DW_TAG_template_type_parameter)
			continue;
		if (!add_type(names, walk, &child, DW_AT_type, deeper - 1, out))
			return false;
		if (out->n == before)
			continue;
		own = hp_template_next(spelled);
		if (!own.len)
			out->n = before; /* names leave out the last ones */
		else if (hp_lambdas_in(own) != out->n - before ||
			 (type_of(&child, DW_AT_type, &type) && is_class(&type) &&
			  !hp_template_argument_is(own, bounded(dwarf_diename(&type)))))
			return false;
	}
	return true;
}

/* Add those of @die, a class template, that are in what it is derived from or has. */
static bool add_inner(struct hp_die_names *names, const struct hp_die_walk *walk, Dwarf_Die *die,
		      unsigned deeper, struct closures *out)
{
	struct hp_slice name = bounded(dwarf_diename(die));
	struct hp_slice arguments = hp_template_arguments(name), rest = arguments;
	struct hp_slice first = hp_template_next(&rest);
	bool single = first.len && !hp_template_next(&rest).len;
	Dwarf_Die child = {.addr = NULL}, type;

	while (first.len && next_child(names, die, &child)) {
		int tag = dwarf_tag(&child);
		struct hp_slice other;

		if ((tag != DW_TAG_inheritance && tag != DW_TAG_typedef && tag != DW_TAG_member) ||
		    !type_of(&child, DW_AT_type, &type) || !is_class(&type))
			continue;
		other = bounded(dwarf_diename(&type));
		if (single && hp_template_argument_is(first, other))
			return add_type(names, walk, &child, DW_AT_type, deeper, out);
		if (tag == DW_TAG_inheritance &&
		    hp_slice_ends(hp_template_arguments(other), arguments) &&
		    hp_lambdas_in(other) == hp_lambdas_in(name))
			return find_closures(names, walk, &type, deeper, out);
	}
	return false;
}

/*
 * Add the lambdas in the arguments of the template that @die is an instance of, as many and in
 * the order as they are in its name.  False: some are not known.  What g++ leaves out is told in
 * dwarf/names.c.
 */
static bool find_closures(struct hp_die_names *names, const struct hp_die_walk *walk,
			  Dwarf_Die *die, unsigned deeper, struct closures *out)
{
	struct hp_slice name = bounded(dwarf_diename(die));
	struct hp_slice spelled = hp_template_arguments(name);
	uint32_t before = out->n, all = before + hp_lambdas_in(name);

	if (!deeper)
		return false;
	if (add_arguments(names, walk, die, deeper - 1, &spelled, out) && out->n == all)
		return true;
	out->n = before;
	return add_inner(names, walk, die, deeper - 1, out) && out->n == all;
}

/* @name of @die, with the lambdas in its arguments named as they are elsewhere. */
static const char *name_lambdas(struct hp_die_names *names, const struct hp_die_walk *walk,
				Dwarf_Die *die, const char *name, unsigned deeper)
{
	struct closures found = {.n = 0};
	struct hp_slice text = bounded(name);
	bool known;

	if (!hp_lambdas_in(text))
		return name;
	known = find_closures(names, walk, die, deeper, &found);
	if (!known) {
		found = (struct closures){.around = true};
		known = find_closures(names, walk, die, deeper, &found);
	}
	text = known ? hp_lambdas_put(text, found.name, found.n, names->mem)
		     : hp_lambdas_mark(text, dwarf_dieoffset(die), names->mem);
	return hp_arena_string(names->mem, text);
}

/* @name of @die behind the names of its scopes; NULL: of a lambda's type. */
static const char *qualify(struct hp_die_names *names, const struct hp_die_walk *walk,
			   Dwarf_Die *die, const char *name, unsigned deeper)
{
	struct scopes s;

	find_scopes(walk, die, &s);
	if (!name)
		name = place(names, die, s.die, s.n);
	for (uint32_t i = 0; i < s.n; i++) {
		Dwarf_Die *scope = &s.die[i];
		const char *outer;

		if (is_lambda(scope, i ? scope - 1 : die))
			outer = place(names, scope, scope + 1, s.n - i - 1);
		else
			outer = name_lambdas(names, walk, scope, scope_name(scope), deeper);
		if (outer && strlen(outer) + strlen(name) < HP_NAME_MAX)
			name = hp_textf(names->mem, "%s::%s", outer, name);
	}
	return name;
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

struct hp_slice hp_die_qualified(struct hp_die_names *names, const struct hp_die_walk *walk,
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
	names->steps = MAX_CHILDREN;
	name = name_lambdas(names, walk, &named, name, MAX_WITHIN);
	text = bounded(qualify(names, walk, &named, name, MAX_WITHIN));
	remember(names, tag, named.addr, text);
	return text;
}

void hp_die_names_release(struct hp_die_names *names)
{
	free(names->row);
	hp_index_release(&names->index);
	*names = (struct hp_die_names){.mem = names->mem};
}
