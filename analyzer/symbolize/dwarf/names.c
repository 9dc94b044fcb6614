/* names.c - what the function of a DIE is called, and where it was called from. */
#include "analyzer/symbolize/dwarf/names.h"

#include <dwarf.h>
#include <stdlib.h>

#include "analyzer/base/column.h"
#include "analyzer/base/lambda.h"
#include "analyzer/base/name.h"

enum { MAX_ORIGINS = 16, MAX_SCOPES = 32, MAX_WITHIN = 32, MAX_LOOKS = 1 << 16, LOOK_BYTES = 16 };

struct die { /* what a DIE says that matters for names */
	const struct hp_dw_file *file;
	uint64_t at; /* its offset */
	uint16_t tag;
	struct hp_slice linkage, name;
	struct hp_dw_word origin; /* its abstract instance or declaration */
	struct hp_dw_word type, containing, sibling;
	uint64_t end;          /* offset behind its attributes */
	uint32_t line, column; /* of its declaration; 0 if unknown */
	bool artificial, children;
	struct hp_dw_call call;
};

static struct hp_slice bounded(struct hp_slice s)
{
	if (s.len > HP_NAME_MAX)
		s.len = HP_NAME_MAX;
	return s;
}

static uint32_t small(const struct hp_dw_value *v)
{
	uint64_t n;

	return hp_dw_number(hp_dw_word(v), &n) && n <= INT32_MAX ? (uint32_t)n : 0;
}

static void take(const struct hp_dw_cu *cu, unsigned attr, const struct hp_dw_value *v,
		 struct die *out)
{
	uint64_t n;

	switch (attr) {
	case DW_AT_name:
		out->name = bounded(hp_dw_text(cu, v));
		break;
	case DW_AT_linkage_name:
	case DW_AT_MIPS_linkage_name:
		out->linkage = bounded(hp_dw_text(cu, v));
		break;
	case DW_AT_specification:
		if (!out->origin.form)
			out->origin = hp_dw_word(v);
		break;
	case DW_AT_abstract_origin: /* comes first where a DIE has both */
		out->origin = hp_dw_word(v);
		break;
	case DW_AT_type:
		out->type = hp_dw_word(v);
		break;
	case DW_AT_containing_type:
		out->containing = hp_dw_word(v);
		break;
	case DW_AT_sibling:
		out->sibling = hp_dw_word(v);
		break;
	case DW_AT_decl_line:
		out->line = small(v);
		break;
	case DW_AT_decl_column:
		out->column = small(v);
		break;
	case DW_AT_artificial:
		out->artificial = true;
		break;
	case DW_AT_call_file:
		if (hp_dw_number(hp_dw_word(v), &n))
			out->call.file = n;
		break;
	case DW_AT_call_line:
		out->call.line = small(v);
		break;
	case DW_AT_call_column:
		out->call.column = small(v);
		break;
	default:
		break;
	}
}

/* Count @n steps.  False: there are no more; what is asked then has no name. */
static bool budget_spend(struct hp_dw_namer *namer, uint64_t n)
{
	bool enough = namer->steps > n;

	namer->steps = enough ? namer->steps - n : 0;
	return enough;
}

static bool read_die(struct hp_dw_namer *namer, const struct hp_dw_context *in, uint64_t offset,
		     struct die *out)
{
	const struct hp_dw_abbrevs *t = &in->walk->abbrevs;
	struct hp_bytes b = hp_dw_unit_bytes(in->cu.file, &in->cu.unit, offset);
	const uint8_t *start = b.at;
	uint64_t code = hp_bytes_uleb(&b);
	const struct hp_dw_abbrev *a = code ? hp_dw_abbrev(t, code) : NULL;

	*out = (struct die){.file = in->cu.file, .at = offset, .call.file = UINT64_MAX};
	if (!budget_spend(namer, (uint64_t)(b.at - start) + (a ? a->n_attrs : 0)) || !a || b.failed)
		return false;
	out->tag = a->tag;
	out->children = a->children;
	for (uint32_t i = 0; i < a->n_attrs && !b.failed; i++) {
		const struct hp_dw_attr *at = &t->attr[a->first_attr + i];
		struct hp_dw_value v = hp_dw_read(&b, at->form, at->implicit, &in->cu.unit);

		if (!b.failed)
			take(&in->cu, at->name, &v, out);
	}
	out->end = offset + (uint64_t)(b.at - start);
	return budget_spend(namer, (uint64_t)(b.at - start));
}

/* Take up unit @unit of @file in place of what @f held before.  False: it cannot be read. */
static bool enter_unit(struct hp_dw_namer *namer, struct hp_dw_foreign *f,
		       const struct hp_dw_file *file, const struct hp_dw_unit *unit)
{
	struct hp_dw_pcs pcs;

	f->context = (struct hp_dw_context){.walk = &f->walk};
	f->used = hp_dw_cu_read(&f->context.cu, file, unit, NULL, &pcs, &namer->steps) &&
		  hp_dw_abbrevs_load(&f->walk.abbrevs, file, unit, &namer->steps);
	if (f->used && !f->context.cu.language) /* of units that are shared by others */
		f->context.cu.language = namer->own->cu.language;
	return f->used;
}

/* @unit of @file among those that are kept. NULL: it cannot be read. */
static struct hp_dw_foreign *foreign_of(struct hp_dw_namer *namer, const struct hp_dw_file *file,
					const struct hp_dw_unit *unit)
{
	struct hp_dw_foreign *f;

	if (!namer->foreign)
		namer->foreign = calloc(HP_DW_FOREIGNS, sizeof(*namer->foreign));
	if (!namer->foreign)
		return NULL;
	f = &namer->foreign[(size_t)(unit - file->unit) % HP_DW_FOREIGNS];
	if (f->used && f->context.cu.file == file && f->context.cu.unit.offset == unit->offset)
		return f;
	return enter_unit(namer, f, file, unit) ? f : NULL;
}

/* The context of the unit that holds @offset of @file; NULL if it cannot be read. */
static struct hp_dw_context *context_of(struct hp_dw_namer *namer, const struct hp_dw_file *file,
					uint64_t offset)
{
	const struct hp_dw_cu *own = &namer->own->cu;
	const struct hp_dw_unit *unit;
	struct hp_dw_foreign *f;

	if (file == own->file && offset >= own->unit.die && offset < own->unit.limit)
		return namer->own;
	unit = hp_dw_unit_at(file, offset);
	if (!unit)
		return NULL;
	f = foreign_of(namer, file, unit);
	return f ? &f->context : NULL;
}

/* The unit at hand as another one, to be walked to its end. NULL: it cannot be read. */
static struct hp_dw_context *read_again(struct hp_dw_namer *namer)
{
	const struct hp_dw_cu *own = &namer->own->cu;
	const struct hp_dw_unit *unit = hp_dw_unit_at(own->file, own->unit.die);
	struct hp_dw_foreign *f = unit ? foreign_of(namer, own->file, unit) : NULL;

	return f ? &f->context : NULL;
}

bool hp_dw_has_scopes(uint16_t language)
{
	switch (language) {
	case 0:
	case DW_LANG_C:
	case DW_LANG_C89:
	case DW_LANG_C99:
	case DW_LANG_C11:
	case DW_LANG_ObjC:
	case DW_LANG_Go: /* its names are complete */
	case DW_LANG_Mips_Assembler:
		return false;
	default:
		return true;
	}
}

static bool is_class(uint16_t tag)
{
	return tag == DW_TAG_class_type || tag == DW_TAG_structure_type ||
	       tag == DW_TAG_union_type || tag == DW_TAG_interface_type ||
	       tag == DW_TAG_enumeration_type;
}

/* What @scope adds to the names in it; empty: nothing. */
static struct hp_slice scope_name(const struct die *scope)
{
	if (scope->tag == DW_TAG_namespace && !scope->name.len)
		return HP_LIT("(anonymous namespace)");
	if (is_class(scope->tag) && !scope->name.len)
		return HP_LIT("(anonymous)");
	return scope->name; /* also of a function with a local class, of a module */
}

/* A scope may be named by its declaration: a function's own DIE often is not. */
static void find_scope_name(struct hp_dw_namer *namer, struct hp_dw_context *in, struct die *scope)
{
	struct die at = *scope;

	for (unsigned i = 0; i < MAX_ORIGINS && !scope->name.len && at.origin.form; i++) {
		const struct hp_dw_file *file;
		uint64_t offset;

		if (!hp_dw_reference(&in->cu, at.origin, &file, &offset))
			break;
		in = context_of(namer, file, offset);
		if (!in || !read_die(namer, in, offset, &at))
			break;
		scope->name = at.name;
		if (!scope->line)
			scope->line = at.line;
	}
}

static bool make_scopes(struct hp_dw_namer *namer, struct hp_dw_context *in)
{
	const struct hp_dw_walk_in walk = {.cu = &in->cu, .scopes = true};

	if (in->scoped)
		return true;
	in->walk->steps = namer->steps;
	in->scoped = hp_dw_walk_unit(in->walk, &walk) == HPROF_OK && !in->walk->exhausted;
	namer->steps = in->walk->steps;
	free(in->walk->level); /* large, and there may be many of these */
	in->walk->level = NULL;
	return in->scoped;
}

/* @name with the names of the scopes @outer[n] in front, innermost first. */
static struct hp_slice join_scopes(struct hp_dw_namer *namer, const struct hp_slice *outer,
				   uint32_t n, struct hp_slice name)
{
	size_t len = name.len;
	char *text;
	char *at;

	for (uint32_t i = 0; i < n; i++)
		len += outer[i].len + 2;
	text = n && budget_spend(namer, len) ? hp_arena_text(namer->mem, len) : NULL;
	if (!text)
		return name;
	at = text + len - name.len;
	memcpy(at, name.ptr, name.len);
	for (uint32_t i = 0; i < n; i++) {
		at -= 2;
		memcpy(at, "::", 2);
		at -= outer[i].len;
		memcpy(at, outer[i].ptr, outer[i].len);
	}
	return (struct hp_slice){text, len};
}

/* --- lambdas --- */

/* As read_die(), of any unit; *@in becomes its context, which the next DIE may replace. */
static bool read_any(struct hp_dw_namer *namer, const struct hp_dw_file *file, uint64_t offset,
		     struct hp_dw_context **in, struct die *out)
{
	*in = context_of(namer, file, offset);
	return *in && read_die(namer, *in, offset, out);
}

/* Whether nothing but the end of a list is at @offset. */
static bool ends_list(const struct hp_dw_context *in, uint64_t offset)
{
	struct hp_bytes b = hp_dw_unit_bytes(in->cu.file, &in->cu.unit, offset);

	return hp_bytes_uleb(&b) == 0 && !b.failed;
}

/*
 * Read the child at *@at, one of a list in @file, and go on to the next one.  False: there is
 * none, or where is not known.
 */
static bool next_child(struct hp_dw_namer *namer, const struct hp_dw_file *file, uint64_t *at,
		       struct die *out)
{
	struct hp_dw_context *in;
	struct die within;
	uint64_t depth = 1;

	if (!namer->looks || !namer->looks-- || !read_any(namer, file, *at, &in, out))
		return false;
	*at = out->end;
	if (!out->children)
		return true;
	if (out->sibling.form)
		return hp_dw_reference(&in->cu, out->sibling, &file, at) && file == in->cu.file &&
		       *at >= out->end;
	while (depth) {
		if (ends_list(in, *at)) {
			depth--;
			*at += 1;
		} else if (read_die(namer, in, *at, &within)) {
			depth += within.children;
			*at = within.end;
		} else {
			return false;
		}
	}
	return true;
}

/*
 * Read the type of @from but for "const", "&" and "*": a class, a function or a member of a class.
 * False: it is none of these.
 */
static bool read_type(struct hp_dw_namer *namer, const struct die *from, struct die *out)
{
	struct hp_dw_context *in = context_of(namer, from->file, from->at);

	*out = *from;
	for (unsigned i = 0; i < MAX_ORIGINS && in && out->type.form; i++) {
		const struct hp_dw_file *file;
		uint64_t at;

		if (!hp_dw_reference(&in->cu, out->type, &file, &at) ||
		    !read_any(namer, file, at, &in, out))
			return false;
		if (is_class(out->tag) || out->tag == DW_TAG_subroutine_type ||
		    out->tag == DW_TAG_ptr_to_member_type)
			return true;
	}
	return false;
}

/* The lambda whose type is @closure, with @scope[n] around it. */
static struct hp_slice place(struct hp_dw_namer *namer, const struct die *closure,
			     const struct die *scope, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if (scope[i].line && scope[i].name.len && scope[i].tag != DW_TAG_namespace)
			return hp_lambda_text(closure->line, closure->column, scope[i].line,
					      namer->mem);
	return hp_lambda_text(closure->line, closure->column, 0, namer->mem);
}

/* Whether @inner, in the class @scope without a name, is one of the functions that lambdas have. */
static bool is_lambda(const struct die *scope, const struct die *inner)
{
	return is_class(scope->tag) && !scope->name.len && inner->artificial &&
	       hp_lambda_has(inner->name);
}

/* Read what is around the DIE at @offset into @scope[max], innermost first; how many there are. */
static uint32_t read_around(struct hp_dw_namer *namer, struct hp_dw_context *in, uint64_t offset,
			    struct die *scope, uint32_t max)
{
	struct hp_dw_context here;
	uint64_t at[MAX_SCOPES];
	uint32_t n;

	if (in == namer->own && offset >= in->walk->stopped)
		in = read_again(namer);
	if (!in || !make_scopes(namer, in))
		return 0;
	here = *in; /* looking for names may replace the foreign one */
	n = hp_dw_scopes_of(in->walk, &in->cu, offset, at, max, &namer->steps);
	for (uint32_t i = 0; i < n; i++)
		if (!read_die(namer, &here, at[i], &scope[i]))
			n = i;
	for (uint32_t i = 0; i < n; i++)
		find_scope_name(namer, &here, &scope[i]);
	return n;
}

/*
 * The same with what is around the declaration of the outermost, which may be defined outside of
 * its namespace.
 */
static uint32_t read_scopes(struct hp_dw_namer *namer, struct hp_dw_context *in, uint64_t offset,
			    struct die scope[MAX_SCOPES])
{
	uint32_t n = 0;

	while (in) {
		uint32_t more = read_around(namer, in, offset, scope + n, MAX_SCOPES - n);
		struct die last;

		n += more;
		if (!more || !scope[n - 1].origin.form)
			break;
		last = scope[n - 1];
		for (unsigned i = 0; i < MAX_ORIGINS && last.origin.form; i++) {
			in = context_of(namer, last.file, last.at);
			if (!in || !hp_dw_reference(&in->cu, last.origin, &last.file, &last.at) ||
			    !read_any(namer, last.file, last.at, &in, &last))
				return n;
		}
		offset = last.at;
	}
	return n;
}

struct closures { /* names of lambdas in the arguments of a template */
	struct hp_slice name[HP_LAMBDAS];
	uint32_t n;
	bool around; /* also in those of classes around the arguments: "f<g<main()::<lambda()>
			>::type>" */
};

static struct hp_slice qualify(struct hp_dw_namer *namer, struct hp_dw_context *in,
			       const struct die *die, struct hp_slice name, unsigned deeper);
static bool find_closures(struct hp_dw_namer *namer, const struct die *die, struct hp_slice name,
			  unsigned deeper, struct closures *out);

/* The name of the lambda whose type is @closure in its mangled function; empty if that has none. */
static struct hp_slice mangled_closure(struct hp_dw_namer *namer, const struct die *closure)
{
	const struct hp_slice call = HP_LIT("operator()");
	uint64_t at = closure->end;
	struct hp_slice brief, full;
	struct die child;

	while (closure->children && next_child(namer, closure->file, &at, &child)) {
		if (!hp_slice_starts(child.name, call) || !hp_name_is_mangled(child.linkage) ||
		    !budget_spend(namer, child.linkage.len))
			continue;
		hp_name_demangle(child.linkage, namer->mem, &brief, &full);
		return hp_lambda_of_call(brief);
	}
	return (struct hp_slice){NULL, 0};
}

static bool add_type(struct hp_dw_namer *namer, const struct die *from, unsigned deeper,
		     struct closures *out);

/* Add those in a type of functions, @function, that are members of the type of @class; NULL: of
 * none. */
static bool add_function(struct hp_dw_namer *namer, const struct die *function,
			 const struct die *class, unsigned deeper, struct closures *out)
{
	uint64_t at = function->end;
	struct die child;

	if (!add_type(namer, function, deeper, out) ||
	    (class && !add_type(namer, class, deeper, out)))
		return false;
	while (function->children && next_child(namer, function->file, &at, &child))
		if (child.tag == DW_TAG_formal_parameter && !child.artificial &&
		    !add_type(namer, &child, deeper, out))
			return false;
	return true;
}

/* Add those in the type of pointers to members @member. */
static bool add_member(struct hp_dw_namer *namer, const struct die *member, unsigned deeper,
		       struct closures *out)
{
	struct die class = *member, type;

	class.type = member->containing;
	if (read_type(namer, member, &type) && type.tag == DW_TAG_subroutine_type)
		return add_function(namer, &type, &class, deeper, out);
	return add_type(namer, member, deeper, out) && add_type(namer, &class, deeper, out);
}

/* Add those in the arguments of the classes around @type, outermost first. */
static bool add_around(struct hp_dw_namer *namer, const struct die *type, unsigned deeper,
		       struct closures *out)
{
	struct hp_dw_context *in = context_of(namer, type->file, type->at);
	struct die scope[MAX_SCOPES];
	uint32_t n = in ? read_scopes(namer, in, type->at, scope) : 0;

	while (n-- > 0)
		if (is_class(scope[n].tag) && hp_lambdas_in(scope[n].name) &&
		    !find_closures(namer, &scope[n], scope[n].name, deeper, out))
			return false;
	return true;
}

/* Add the lambda whose type is @closure.  False: there are too many. */
static bool add_closure(struct hp_dw_namer *namer, const struct die *closure, unsigned deeper,
			struct closures *out)
{
	struct hp_dw_context *in;
	struct hp_slice name;

	if (out->n == HP_LAMBDAS)
		return false;
	name = mangled_closure(namer, closure);
	in = context_of(namer, closure->file, closure->at);
	if (!name.len && in)
		name = qualify(namer, in, closure, name, deeper);
	out->name[out->n++] = name;
	return name.len > 0;
}

/* Whether so long a @name may still be looked at: that takes the more time the longer it is. */
static bool budget_spend_name(struct hp_dw_namer *namer, struct hp_slice name)
{
	uint32_t n = (uint32_t)(name.len / LOOK_BYTES);

	namer->looks -= n < namer->looks ? n : namer->looks;
	return namer->looks && budget_spend(namer, 4 * (uint64_t)name.len);
}

/* Add the lambdas in the type of @from, such as an argument of a template.  False: not all are
 * known. */
static bool add_type(struct hp_dw_namer *namer, const struct die *from, unsigned deeper,
		     struct closures *out)
{
	struct die type;

	if (!deeper)
		return false;
	if (!read_type(namer, from, &type))
		return true; /* an "int" */
	if (type.tag == DW_TAG_subroutine_type)
		return add_function(namer, &type, NULL, deeper - 1, out);
	if (type.tag == DW_TAG_ptr_to_member_type)
		return add_member(namer, &type, deeper - 1, out);
	if (!type.name.len)
		return add_closure(namer, &type, deeper - 1, out);
	if (!budget_spend_name(namer, type.name))
		return false;
	return (!out->around || add_around(namer, &type, deeper - 1, out)) &&
	       (!hp_lambdas_in(type.name) ||
		find_closures(namer, &type, type.name, deeper - 1, out));
}

/*
 * Add those in the arguments that are children of @die, a template or a pack, which are to be as
 * @spelled in its name.  What is left there may be left out here, where it is no lambda.
 */
static bool add_arguments(struct hp_dw_namer *namer, const struct die *die, unsigned deeper,
			  struct hp_slice *spelled, struct closures *out)
{
	uint64_t at = die->end;
	struct die child, type;

	if (!deeper)
		return false;
	while (die->children && next_child(namer, die->file, &at, &child)) {
		uint32_t before = out->n;
		struct hp_slice own;

		if (child.tag == DW_TAG_GNU_template_parameter_pack &&
		    !add_arguments(namer, &child, deeper - 1, spelled, out))
			return false;
		if (child.tag != DW_TAG_template_type_parameter)
			continue;
		if (!add_type(namer, &child, deeper - 1, out))
			return false;
		if (out->n == before)
			continue;
		own = hp_template_next(spelled);
		if (!own.len)
			out->n = before; /* names leave out the last ones */
		else if (hp_lambdas_in(own) != out->n - before ||
			 (read_type(namer, &child, &type) && is_class(type.tag) &&
			  !hp_template_argument_is(own, type.name)))
			return false;
	}
	return true;
}

/*
 * Add those of @die, the class template @name, that are in what it is derived from or has.  g++
 * tells no arguments where the first declaration of a template gives them no names, as that of
 * "tuple<T>" does; but that is derived from "_Tuple_impl<0, T>", and in a namespace a class has
 * no lambdas of functions but those in its arguments.
 */
static bool add_inner(struct hp_dw_namer *namer, const struct die *die, struct hp_slice name,
		      unsigned deeper, struct closures *out)
{
	struct hp_slice arguments = hp_template_arguments(name), rest = arguments;
	struct hp_slice first = hp_template_next(&rest);
	bool single = first.len && !hp_template_next(&rest).len;
	uint64_t at = die->end;
	struct die child, type;

	while (first.len && die->children && next_child(namer, die->file, &at, &child)) {
		if ((child.tag != DW_TAG_inheritance && child.tag != DW_TAG_typedef &&
		     child.tag != DW_TAG_member) ||
		    !read_type(namer, &child, &type) || !is_class(type.tag))
			continue;
		if (single && hp_template_argument_is(first, type.name))
			return add_type(namer, &child, deeper, out);
		if (child.tag == DW_TAG_inheritance &&
		    hp_slice_ends(hp_template_arguments(type.name), arguments) &&
		    hp_lambdas_in(type.name) == hp_lambdas_in(name))
			return find_closures(namer, &type, type.name, deeper, out);
	}
	return false;
}

/*
 * Add the lambdas in the arguments of the template that @die is an instance of, as many and in
 * the order as they are in its name @name.  False: some are not known.
 */
static bool find_closures(struct hp_dw_namer *namer, const struct die *die, struct hp_slice name,
			  unsigned deeper, struct closures *out)
{
	struct hp_slice spelled = hp_template_arguments(name);
	uint32_t before = out->n, all = before + hp_lambdas_in(name);

	if (!deeper)
		return false;
	if (add_arguments(namer, die, deeper - 1, &spelled, out) && out->n == all)
		return true;
	out->n = before;
	return add_inner(namer, die, name, deeper - 1, out) && out->n == all;
}

/* @name of @die, with the lambdas in its arguments named as they are elsewhere. */
static struct hp_slice name_lambdas(struct hp_dw_namer *namer, const struct die *die,
				    struct hp_slice name, unsigned deeper)
{
	struct closures found = {.n = 0};
	bool known;

	if (!hp_lambdas_in(name))
		return name;
	known = find_closures(namer, die, name, deeper, &found);
	if (!known) {
		found = (struct closures){.around = true};
		known = find_closures(namer, die, name, deeper, &found);
	}
	if (!budget_spend(namer, name.len))
		return name;
	if (!known)
		return hp_lambdas_mark(name, die->at, namer->mem);
	for (uint32_t i = 0; i < found.n; i++)
		if (!budget_spend(namer, found.name[i].len))
			return name;
	return hp_lambdas_put(name, found.name, found.n, namer->mem);
}

/* @name of @die, a DIE of @in, behind those of its scopes; without one: of a lambda's type. */
static struct hp_slice qualify(struct hp_dw_namer *namer, struct hp_dw_context *in,
			       const struct die *die, struct hp_slice name, unsigned deeper)
{
	struct hp_slice outer[MAX_SCOPES]; /* names, innermost first */
	struct die scope[MAX_SCOPES];
	uint32_t named = 0;
	uint32_t n;
	size_t len;

	if (!hp_dw_has_scopes(in->cu.language))
		return name;
	n = read_scopes(namer, in, die->at, scope);
	if (!name.len)
		name = place(namer, die, scope, n);
	len = name.len;
	for (uint32_t i = 0; i < n; i++) {
		if (is_lambda(&scope[i], i ? &scope[i - 1] : die))
			outer[named] = place(namer, &scope[i], scope + i + 1, n - i - 1);
		else
			outer[named] =
				name_lambdas(namer, &scope[i], scope_name(&scope[i]), deeper);
		if (!outer[named].len || len + outer[named].len + 2 >= HP_NAME_MAX)
			continue;
		len += outer[named++].len + 2;
	}
	return join_scopes(namer, outer, named, name);
}

/* The name of @die, a DIE of @in, as it is read; nearer ones call it @name. */
static struct hp_slice whole_name(struct hp_dw_namer *namer, struct hp_dw_context *in,
				  const struct die *die, struct hp_slice name)
{
	if (!hp_dw_has_scopes(in->cu.language))
		return name;
	namer->looks = MAX_LOOKS;
	name = name_lambdas(namer, die, name, MAX_WITHIN);
	in = context_of(namer, die->file, die->at);
	return in ? qualify(namer, in, die, name, MAX_WITHIN) : name;
}

struct key {
	const struct hp_dw_file *file;
	uint64_t die;
};

static bool same(const void *ctx, uint32_t row, const void *key)
{
	const struct hp_dw_namer *namer = ctx;
	const struct key *k = key;

	return namer->row[row].die == k->die && namer->row[row].file == k->file;
}

/* Follow @die, a DIE of @in, to its declaration; names found nearer come first. */
static void follow(struct hp_dw_namer *namer, struct hp_dw_context *in, struct die *die,
		   struct hp_dw_names *out)
{
	*out = (struct hp_dw_names){die->linkage, die->name};
	for (unsigned i = 0; i < MAX_ORIGINS && die->origin.form; i++) {
		const struct hp_dw_file *file;
		struct hp_dw_context *next;
		uint64_t to;

		if (!hp_dw_reference(&in->cu, die->origin, &file, &to))
			break;
		next = context_of(namer, file, to);
		if (!next || !read_die(namer, next, to, die))
			break;
		in = next;
		if (!out->linkage.len)
			out->linkage = die->linkage;
		if (!out->name.len)
			out->name = die->name;
	}
	if (out->name.len && !hp_name_is_mangled(out->linkage))
		out->name = whole_name(namer, in, die, out->name);
}

/* The names that @die, at @offset of the unit at hand, has from what it was made from. */
static void find_names(struct hp_dw_namer *namer, uint64_t offset, struct die *die,
		       struct hp_dw_names *out)
{
	struct key key = {namer->own->cu.file, offset};
	uint32_t tag;
	uint32_t row;

	/* the calls of one function share its abstract instance: that is what to remember */
	if (die->origin.form && !die->linkage.len && !die->name.len &&
	    !hp_dw_reference(&namer->own->cu, die->origin, &key.file, &key.die))
		key = (struct key){namer->own->cu.file, offset};
	tag = hp_hash_pair(namer->seed, key.die, (uintptr_t)key.file);
	row = hp_index_find(&namer->index, tag, same, namer, &key);
	if (row != UINT32_MAX) {
		*out = namer->row[row].names;
		return;
	}
	follow(namer, namer->own, die, out);
	if (!HP_COLUMN_ROOM(namer->row, namer->n, namer->cap) ||
	    !hp_index_add(&namer->index, tag, namer->n))
		return; /* without memory it will be looked for again */
	namer->row[namer->n++] = (struct hp_dw_named){key.file, key.die, *out};
}

void hp_dw_name(struct hp_dw_namer *namer, uint64_t offset, struct hp_dw_names *names,
		struct hp_dw_call *call)
{
	struct die die;

	*names = (struct hp_dw_names){{NULL, 0}, {NULL, 0}};
	*call = (struct hp_dw_call){.file = UINT64_MAX};
	if (!read_die(namer, namer->own, offset, &die))
		return;
	*call = die.call;
	find_names(namer, offset, &die, names);
}

void hp_dw_namer_forget(struct hp_dw_namer *namer)
{
	hp_index_release(&namer->index);
	namer->n = 0;
	for (unsigned i = 0; namer->foreign && i < HP_DW_FOREIGNS; i++)
		namer->foreign[i].used = false;
}

void hp_dw_namer_release(struct hp_dw_namer *namer)
{
	free(namer->row);
	hp_index_release(&namer->index);
	for (unsigned i = 0; namer->foreign && i < HP_DW_FOREIGNS; i++)
		hp_dw_walk_release(&namer->foreign[i].walk);
	free(namer->foreign);
	*namer = (struct hp_dw_namer){.mem = namer->mem};
}
