/*
 * walk.c - which functions and inlined calls of a unit hold given addresses.
 *
 * Every DIE that can have functions somewhere below it is visited once, in order; where
 * several inlined calls hold an address, the last one met is the innermost.  A function's ranges
 * say nothing about functions nested in it (lambdas, nested functions), so nothing is pruned.
 */
#include "analyzer/symbolize/libdw/walk.h"

#include <dwarf.h>
#include <stdlib.h>
#include <time.h>

#include "analyzer/base/column.h"
#include "analyzer/base/sort.h"
#include "analyzer/symbolize/dwarf/walk.h"

enum { MAX_DEPTH = 1024 };

struct hp_level {
	Dwarf_Die die;
	int tag;
	uint32_t node;
	uint32_t owner; /* number of the outermost function around it; 0: none */
};

struct walk {
	struct hp_die_walk *w;
	const struct hp_extent *text;
	size_t n_text;
	const uint64_t *addr;
	uint32_t n;
	uint32_t depth;  /* levels in use */
	uint32_t open;   /* the innermost scope that has not ended */
	uint32_t owners; /* outermost functions so far */
};

static bool is_function(int tag)
{
	return tag == DW_TAG_subprogram || tag == DW_TAG_inlined_subroutine;
}

/* Whether functions may be below a DIE of this tag. */
static bool may_hold_functions(int tag)
{
	switch (tag) {
	case DW_TAG_formal_parameter:
	case DW_TAG_variable:
	case DW_TAG_array_type:
	case DW_TAG_subroutine_type:
	case DW_TAG_call_site:
	case DW_TAG_GNU_call_site:
	case DW_TAG_GNU_formal_parameter_pack:
	case DW_TAG_GNU_template_parameter_pack:
	case DW_TAG_common_block:
	case DW_TAG_namelist:
		return false;
	default:
		return true;
	}
}

static bool is_scope(int tag)
{
	switch (tag) {
	case DW_TAG_namespace:
	case DW_TAG_module:
	case DW_TAG_class_type:
	case DW_TAG_structure_type:
	case DW_TAG_union_type:
	case DW_TAG_interface_type:
	case DW_TAG_enumeration_type:
	case DW_TAG_subprogram:
		return true;
	default:
		return false;
	}
}

/* The scopes on the deepest level and below it end where its DIE begins. */
static void close_scopes(struct walk *k, const void *at)
{
	struct hp_die_walk *w = k->w;

	while (k->open != HP_NO_NODE && w->scope[k->open].depth >= k->depth) {
		w->scope[k->open].limit = at;
		k->open = w->scope[k->open].outer;
	}
}

/* Remember the deepest DIE as a scope. False: no memory. */
static bool open_scope(struct walk *k)
{
	struct hp_die_walk *w = k->w;

	if (!HP_COLUMN_ROOM(w->scope, w->n_scopes, w->cap_scopes))
		return false;
	w->scope[w->n_scopes] = (struct hp_scope){
		.die = w->level[k->depth - 1].die,
		.outer = k->open,
		.depth = k->depth,
	};
	k->open = w->n_scopes++;
	return true;
}

bool hp_walk_scope(const struct hp_die_walk *w, const Dwarf_Die *die, uint32_t *scope)
{
	uint32_t low = 0;
	uint32_t high = w->n_scopes;

	if (!w->unit || die->cu != w->unit)
		return false;
	while (low < high) { /* the first that does not begin before @die */
		uint32_t mid = low + (high - low) / 2;

		if ((const char *)w->scope[mid].die.addr < (const char *)die->addr)
			low = mid + 1;
		else
			high = mid;
	}
	*scope = low ? low - 1 : HP_NO_NODE;
	while (*scope != HP_NO_NODE &&
	       (const char *)w->scope[*scope].limit <= (const char *)die->addr)
		*scope = w->scope[*scope].outer;
	return true;
}

/* The node of level @i and those of the functions it was inlined into; HP_NO_NODE: no memory. */
static uint32_t node_of(struct walk *k, uint32_t i)
{
	struct hp_die_walk *w = k->w;
	uint32_t top = i;
	uint32_t caller = HP_NO_NODE;

	while (top > 0 && w->level[top].tag != DW_TAG_subprogram &&
	       w->level[top].node == HP_NO_NODE)
		top--;
	for (; top <= i; top++) {
		struct hp_level *l = &w->level[top];

		if (!is_function(l->tag))
			continue;
		if (l->node == HP_NO_NODE) {
			if (!HP_COLUMN_ROOM(w->node, w->n_nodes, w->cap_nodes))
				return HP_NO_NODE;
			w->node[w->n_nodes] = (struct hp_node){l->die, caller};
			l->node = w->n_nodes++;
		}
		caller = l->node;
	}
	return caller;
}

/* Whether one more step may be made. */
static bool budget_spend(struct hp_die_walk *w)
{
	if (!w->steps) {
		w->damaged = true;
		return false;
	}
	w->steps--;
	return true;
}

/* Note the function at the deepest level for the addresses that it holds. */
static bool visit(struct walk *k)
{
	uint32_t deepest = k->depth - 1;
	Dwarf_Die *die = &k->w->level[deepest].die;
	uint32_t owner = k->w->level[deepest].owner;
	Dwarf_Addr base = 0;
	Dwarf_Addr start;
	Dwarf_Addr limit;
	ptrdiff_t at = 0;

	while (budget_spend(k->w)) {
		at = dwarf_ranges(die, at, &base, &start, &limit);
		if (at < 0)
			k->w->damaged = true;
		if (at <= 0)
			break;
		if (start >= limit || !hp_extents_hold(k->text, k->n_text, start))
			continue;
		for (uint32_t i = hp_lower_bound_u64(k->addr, k->n, start);
		     i < k->n && k->addr[i] < limit && budget_spend(k->w); i++) {
			if (k->w->hit[i] != HP_NO_NODE && k->w->owner[i] != owner)
				continue; /* of another function with the same code */
			k->w->hit[i] = node_of(k, deepest);
			k->w->owner[i] = owner;
			if (k->w->hit[i] == HP_NO_NODE)
				return false;
		}
	}
	return true;
}

/* Put the first child of the deepest DIE on the way. False: it has none. */
static bool go_down(struct walk *k)
{
	struct hp_level *l = &k->w->level[k->depth - 1];
	struct hp_level *child = l + 1;
	int r;

	if (k->depth >= MAX_DEPTH || !dwarf_haschildren(&l->die))
		return false;
	r = dwarf_child(&l->die, &child->die);
	if (r < 0)
		k->w->damaged = true;
	if (r != 0)
		return false;
	k->depth++;
	return true;
}

int64_t hp_walk_clock_ms(void)
{
	struct timespec t = {0, 0};

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t); /* cannot fail for this clock */
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

bool hp_walk_late(const struct hp_die_walk *w)
{
	return w->deadline_ms && hp_walk_clock_ms() >= w->deadline_ms;
}

/* Go to what follows the deepest DIE, further up where nothing does. */
static void go_on(struct walk *k)
{
	while (k->depth > 1 && !hp_walk_late(k->w)) {
		struct hp_level *l = &k->w->level[k->depth - 1];
		Dwarf_Die next;
		int r = dwarf_siblingof(&l->die, &next);

		/* a sibling before its elder would be visited for ever */
		if (r < 0 || (r == 0 && (const char *)next.addr <= (const char *)l->die.addr)) {
			k->w->damaged = true;
			r = 1;
		}
		if (r == 0) {
			l->die = next;
			return;
		}
		k->depth--;
	}
	k->depth = 0;
}

static bool prepare(struct hp_die_walk *w, uint32_t n)
{
	if (!w->level)
		w->level = calloc(MAX_DEPTH + 1, sizeof(*w->level));
	if (!w->level)
		return false;
	if (w->cap_hits < n) {
		if (!hp_column_resize(&w->hit, sizeof(*w->hit), n) ||
		    !hp_column_resize(&w->owner, sizeof(*w->owner), n))
			return false;
		w->cap_hits = n;
	}
	for (uint32_t i = 0; i < n; i++)
		w->hit[i] = HP_NO_NODE;
	w->n_nodes = 0;
	w->n_scopes = 0;
	w->unit = NULL;
	w->damaged = false;
	return true;
}

/* Look at the deepest DIE and go on to the next one. False: no memory. */
static bool step(struct walk *k)
{
	struct hp_level *l = &k->w->level[k->depth - 1];

	l->tag = dwarf_tag(&l->die);
	l->node = HP_NO_NODE;
	l->owner = l > k->w->level ? l[-1].owner : 0;
	if (l->tag == DW_TAG_subprogram && !l->owner)
		l->owner = ++k->owners;
	close_scopes(k, l->die.addr);
	if (is_function(l->tag) && !visit(k))
		return false;
	if (is_scope(l->tag) && dwarf_haschildren(&l->die) && !open_scope(k))
		return false;
	if (!may_hold_functions(l->tag) || !go_down(k))
		go_on(k);
	if (!k->depth) /* what is still open reaches to the end of the unit */
		close_scopes(k, (const char *)UINTPTR_MAX);
	return true;
}

int hp_walk_unit(struct hp_die_walk *w, const Dwarf_Die *unit, const struct hp_extent *text,
		 size_t n_text, const uint64_t *addr, uint32_t n)
{
	struct walk k = {w, text, n_text, addr, n, 1, HP_NO_NODE, 0};

	if (!prepare(w, n))
		return HPROF_ENOMEM;
	w->level[0] = (struct hp_level){*unit, DW_TAG_compile_unit, HP_NO_NODE, 0};
	w->unit = unit->cu;
	if (!go_down(&k))
		return HPROF_OK;
	while (k.depth)
		if (!step(&k))
			return HPROF_ENOMEM;
	return HPROF_OK;
}

void hp_walk_release(struct hp_die_walk *w)
{
	free(w->node);
	free(w->scope);
	free(w->hit);
	free(w->owner);
	free(w->level);
	*w = (struct hp_die_walk){0};
}
