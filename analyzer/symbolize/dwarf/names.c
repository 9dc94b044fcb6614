/* names.c - what the function of a DIE is called, and where it was called from. */
#include "analyzer/symbolize/dwarf/names.h"

#include <dwarf.h>
#include <stdlib.h>

#include "analyzer/base/column.h"
#include "analyzer/base/name.h"

enum { MAX_ORIGINS = 16, MAX_SCOPES = 32 };

struct die { /* what a DIE says that matters for names */
	uint16_t tag;
	struct hp_slice linkage, name;
	struct hp_dw_word origin; /* its abstract instance or declaration */
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
static bool afford(struct hp_dw_namer *namer, uint64_t n)
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

	*out = (struct die){.call.file = UINT64_MAX};
	if (!afford(namer, (uint64_t)(b.at - start) + (a ? a->n_attrs : 0)) || !a || b.failed)
		return false;
	out->tag = a->tag;
	for (uint32_t i = 0; i < a->n_attrs && !b.failed; i++) {
		const struct hp_dw_attr *at = &t->attr[a->first_attr + i];
		struct hp_dw_value v = hp_dw_read(&b, at->form, at->implicit, &in->cu.unit);

		if (!b.failed)
			take(&in->cu, at->name, &v, out);
	}
	return afford(namer, (uint64_t)(b.at - start));
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

/* What @scope adds to the name of a function in it, which is @inner so far; empty: nothing. */
static struct hp_slice scope_name(const struct die *scope, struct hp_slice inner)
{
	switch (scope->tag) {
	case DW_TAG_namespace:
		return scope->name.len ? scope->name : HP_LIT("(anonymous namespace)");
	case DW_TAG_class_type:
	case DW_TAG_structure_type:
	case DW_TAG_union_type:
	case DW_TAG_interface_type:
	case DW_TAG_enumeration_type:
		if (scope->name.len)
			return scope->name;
		return hp_slice_starts(inner, HP_LIT("operator()")) ? HP_LIT("{lambda}")
								    : HP_LIT("(anonymous)");
	default: /* a function with a local class, a module */
		return scope->name;
	}
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
	text = n && afford(namer, len) ? hp_arena_text(namer->mem, len) : NULL;
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

static struct hp_slice qualify(struct hp_dw_namer *namer, struct hp_dw_context *in, uint64_t offset,
			       struct hp_slice name)
{
	struct hp_dw_context here = *in;   /* looking for names may replace the foreign one */
	struct hp_slice outer[MAX_SCOPES]; /* names, innermost first */
	struct die scopes[MAX_SCOPES];
	uint64_t at[MAX_SCOPES];
	size_t len = name.len;
	uint32_t named = 0;
	uint32_t n;

	if (!hp_dw_has_scopes(here.cu.language))
		return name;
	if (in == namer->own && offset >= in->walk->stopped)
		in = read_again(namer);
	if (!in || !make_scopes(namer, in))
		return name;
	here = *in;
	n = hp_dw_scopes_of(in->walk, &in->cu, offset, at, MAX_SCOPES, &namer->steps);
	for (uint32_t i = 0; i < n; i++)
		if (!read_die(namer, &here, at[i], &scopes[i]))
			n = i;
	for (uint32_t i = 0; i < n; i++) {
		find_scope_name(namer, &here, &scopes[i]);
		outer[named] = scope_name(&scopes[i], named ? outer[named - 1] : name);
		if (!outer[named].len || len + outer[named].len + 2 >= HP_NAME_MAX)
			continue;
		len += outer[named++].len + 2;
	}
	return join_scopes(namer, outer, named, name);
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

/* Follow @die, at @offset of @in, to its declaration; names found nearer come first. */
static void follow(struct hp_dw_namer *namer, struct hp_dw_context *in, uint64_t offset,
		   struct die *die, struct hp_dw_names *out)
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
		offset = to;
		if (!out->linkage.len)
			out->linkage = die->linkage;
		if (!out->name.len)
			out->name = die->name;
	}
	if (out->name.len && !hp_name_is_mangled(out->linkage))
		out->name = qualify(namer, in, offset, out->name);
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
	follow(namer, namer->own, offset, die, out);
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
