/*
 * walk.c - which functions and inlined calls of a unit hold given addresses.
 *
 * DIEs are visited in order; where several inlined calls hold an address, the last one met is
 * the innermost.  A DIE that has no code of its own costs little more than the addition of its
 * length, and one that holds none of the addresses is left at once where its sibling is known.
 */
#include "analyzer/symbolize/dwarf/walk.h"

#include <dwarf.h>
#include <stdlib.h>

#include "analyzer/base/column.h"
#include "analyzer/base/sort.h"
#include "analyzer/symbolize/dwarf/ranges.h"

enum {
	MAX_DEPTH = 1024,
	MAX_SCOPES = 1 << 22, /* of one unit: functions beyond have short names */
	/* functions that hold addresses of one unit: for any number of addresses, and for each */
	LEAST_NODES = 1 << 16,
	NODES_PER_ADDR = 64,
	AHEAD = 512, /* bytes to fetch before they are needed: a leap is shorter as a rule... */
	FETCH = 64,  /* ...and so many come at once */
};

struct hp_dw_level {
	uint64_t die, entry;
	uint32_t node;
	uint32_t scope; /* that it is, or HP_DW_NONE */
	uint32_t owner; /* number of the outermost function around it; 0: none */
	uint8_t kind;
	bool has_entry;
};

struct walk {
	struct hp_dw_walk *w;
	const struct hp_dw_walk_in *in;
	struct hp_bytes b;
	const uint8_t *info; /* first byte of the section */
	uint32_t depth;      /* levels in use: DIEs whose children are being visited */
	uint32_t beyond;     /* levels below the deepest that is kept */
	uint32_t open;       /* the innermost scope that has not ended */
	uint32_t owners;     /* outermost functions so far */
	uint32_t missing;    /* addresses that no function was found for */
};

static uint64_t offset_of(const struct walk *k)
{
	return (uint64_t)(k->b.at - k->info);
}

/* --- scopes --- */

static bool open_scope(struct walk *k, uint64_t die, bool seen, uint32_t *scope)
{
	struct hp_dw_walk *w = k->w;

	if (!HP_COLUMN_ROOM(w->scope, w->n_scopes, w->cap_scopes))
		return false;
	*scope = w->n_scopes;
	w->scope[w->n_scopes++] = (struct hp_dw_scope){die, UINT64_MAX, k->open, seen};
	return true;
}

static void close_scope(struct walk *k, uint32_t scope, uint64_t limit)
{
	if (scope == HP_DW_NONE)
		return;
	k->w->scope[scope].limit = limit;
	k->open = k->w->scope[scope].outer;
}

/*
 * The scopes around @offset that lie in the DIE at @from, which was passed over, go to
 * @out[max]; the outermost comes first.  Returns how many there are.
 */
static uint32_t scopes_within(const struct hp_dw_walk *w, const struct hp_dw_cu *cu, uint64_t from,
			      uint64_t offset, uint64_t *out, uint32_t max, uint64_t *steps)
{
	struct hp_bytes b = hp_dw_unit_bytes(cu->file, &cu->unit, from);
	const uint8_t *start = b.at;
	const uint8_t *info = (const uint8_t *)cu->file->section[HP_DW_INFO].ptr;
	uint32_t n = 0;
	uint32_t depth = 0; /* DIEs around the next one; the n outermost are scopes... */
	uint32_t at[64];    /* ...and at[] has the depth of each */
	uint64_t read;

	while (!b.failed && (uint64_t)(b.at - start) < *steps) {
		struct hp_dw_word taken[HP_DW_WANTED] = {{0}};
		uint64_t die = (uint64_t)(b.at - info);
		uint64_t code = hp_bytes_uleb(&b);
		const struct hp_dw_abbrev *a = code ? hp_dw_abbrev(&w->abbrevs, code) : NULL;
		const struct hp_dw_file *file;
		uint64_t sibling;

		if (die >= offset || (code && !a))
			break;
		if (!code) {
			depth--;
			while (n > 0 && at[n - 1] >= depth)
				n--;
			if (!depth)
				break;
			continue;
		}
		hp_dw_pass(&w->abbrevs, a, &b, &cu->unit, taken);
		if (!a->children)
			continue;
		if (die != from && hp_dw_reference(cu, taken[HP_DW_SIBLING], &file, &sibling) &&
		    sibling <= offset && sibling > (uint64_t)(b.at - info)) {
			b.at = info + sibling;
			continue;
		}
		if (a->kind != HP_DW_PLAIN && a->kind != HP_DW_BLOCK && a->kind != HP_DW_INLINED &&
		    n < max && n < HP_LEN(at)) {
			at[n] = depth;
			out[n++] = die;
		}
		depth++;
	}
	read = (uint64_t)(b.at - start);
	*steps -= read < *steps ? read : *steps;
	return n;
}

static void reverse(uint64_t *a, uint32_t n)
{
	for (uint32_t i = 0; i < n / 2; i++) {
		uint64_t swap = a[i];

		a[i] = a[n - 1 - i];
		a[n - 1 - i] = swap;
	}
}

uint32_t hp_dw_scopes_of(const struct hp_dw_walk *w, const struct hp_dw_cu *cu, uint64_t offset,
			 uint64_t *out, uint32_t max, uint64_t *steps)
{
	uint32_t low = hp_lower_bound(HP_SORT_BY(w->scope, die), w->n_scopes, offset);
	uint32_t n = 0;

	low = low ? low - 1 : HP_DW_NONE;
	while (low != HP_DW_NONE && w->scope[low].limit <= offset)
		low = w->scope[low].outer;
	if (low != HP_DW_NONE && !w->scope[low].seen) {
		n = scopes_within(w, cu, w->scope[low].die, offset, out, max, steps);
		reverse(out, n);
		low = w->scope[low].outer;
	}
	for (; low != HP_DW_NONE && n < max; low = w->scope[low].outer)
		out[n++] = w->scope[low].die;
	return n;
}

/* --- functions --- */

/* The node of level @i and those of the functions it was inlined into; HP_DW_NONE: no memory. */
static uint32_t node_of(struct walk *k, uint32_t i)
{
	struct hp_dw_walk *w = k->w;
	uint32_t top = i;
	uint32_t caller = HP_DW_NONE;

	while (top > 0 && w->level[top].kind != HP_DW_FUNCTION && w->level[top].node == HP_DW_NONE)
		top--;
	for (; top <= i; top++) {
		struct hp_dw_level *l = &w->level[top];

		if (l->kind != HP_DW_FUNCTION && l->kind != HP_DW_INLINED)
			continue;
		if (l->node == HP_DW_NONE) {
			if (!HP_COLUMN_ROOM(w->node, w->n_nodes, w->cap_nodes))
				return HP_DW_NONE;
			w->node[w->n_nodes] =
				(struct hp_dw_node){l->die, l->entry, caller, l->has_entry};
			l->node = w->n_nodes++;
		}
		caller = l->node;
	}
	return caller;
}

/* Whether @n more steps may be made. */
static bool budget_spend(struct hp_dw_walk *w, uint64_t n)
{
	if (w->steps < n) {
		w->exhausted = true;
		w->steps = 0;
		return false;
	}
	w->steps -= n;
	return true;
}

/* Note the DIE of level @i, in whose ranges @pcs are, for the addresses that it holds. */
static bool visit(struct walk *k, uint32_t i, const struct hp_dw_pcs *pcs, bool *holds)
{
	const struct hp_dw_walk_in *in = k->in;
	struct hp_dw_level *l = &k->w->level[i];
	struct hp_dw_ranges r;

	hp_dw_ranges_begin(&r, in->cu, pcs);
	while (budget_spend(k->w, 1) && hp_dw_ranges_next(&r)) {
		uint32_t a;

		if (r.start >= r.limit)
			continue;
		if (!l->has_entry) {
			l->entry = r.start;
			l->has_entry = true;
		}
		a = hp_lower_bound_u64(in->addr, in->n, r.start);
		if (a == in->n || in->addr[a] >= r.limit ||
		    !hp_extents_hold(in->text, in->n_text, r.start))
			continue;
		*holds = true;
		for (; l->kind != HP_DW_BLOCK && a < in->n && in->addr[a] < r.limit &&
		       budget_spend(k->w, 1);
		     a++) {
			if (k->w->n_nodes >= LEAST_NODES + (uint64_t)NODES_PER_ADDR * in->n) {
				k->w->exhausted = true;
				break;
			}
			if (k->w->hit[a] != HP_DW_NONE && k->w->owner[a] != l->owner)
				continue; /* of another function with the same code */
			k->missing -= k->w->hit[a] == HP_DW_NONE;
			k->w->hit[a] = node_of(k, i);
			k->w->owner[a] = l->owner;
			if (k->w->hit[a] == HP_DW_NONE)
				return false;
		}
	}
	if (r.damaged)
		k->w->damaged = true;
	return true;
}

/* Where to go on when the children of a DIE are to be passed over; 0 if it does not say. */
static uint64_t sibling_of(const struct walk *k, struct hp_dw_word v)
{
	const struct hp_dw_file *file;
	uint64_t sibling;

	if (!v.form || !hp_dw_reference(k->in->cu, v, &file, &sibling) || file != k->in->cu->file)
		return 0;
	/* one before its elder would be visited for ever */
	return sibling > offset_of(k) && sibling < k->in->cu->unit.limit ? sibling : 0;
}

/* Visit the children of the DIE in level[depth] next. */
static void go_down(struct walk *k, uint32_t scope)
{
	k->w->level[k->depth].scope = scope;
	if (scope != HP_DW_NONE)
		k->open = scope;
	k->depth++;
}

static void go_up(struct walk *k)
{
	if (k->beyond) {
		k->beyond--;
		return;
	}
	k->depth--;
	close_scope(k, k->w->level[k->depth].scope, offset_of(k));
}

/*
 * Step over DIEs from @at on as long as that is possible, or until *@depth, the number of lists of
 * children that are open, is 0.  Returns where it stands.
 */
static const uint8_t *step_over_all(const struct hp_dw_abbrevs *t, const uint8_t *at,
				    const uint8_t *end, uint64_t *depth)
{
	while (*depth && (uint64_t)(end - at) > t->most) {
		const uint8_t *p = at;
		const struct hp_dw_step *s = hp_dw_step_of(t, &p);

		p = s ? hp_dw_step_over(s, p) : NULL;
		if (!p)
			break;
		at = p;
		*depth += (uint64_t)(int64_t)s->deeper;
	}
	return at;
}

/*
 * The same without a look at what is in what, but not over functions that have code.  Returns
 * where it stands.
 */
static const uint8_t *step_to_code(const struct hp_dw_abbrevs *t, const uint8_t *at,
				   const uint8_t *end)
{
	while ((uint64_t)(end - at) > t->most) {
		const uint8_t *p = at;
		const struct hp_dw_step *s = hp_dw_step_of(t, &p);

		p = s && !s->is_code ? hp_dw_step_over(s, p) : NULL;
		if (!p)
			break;
		at = p;
	}
	return at;
}

/* Pass over the children of the DIE that has been read, and over theirs. */
static void skip_children(struct walk *k)
{
	const struct hp_dw_abbrevs *t = &k->w->abbrevs;
	const struct hp_dw_unit *unit = &k->in->cu->unit;
	struct hp_bytes b = k->b; /* lives in registers */
	uint64_t depth = 1;

	do {
		const struct hp_dw_abbrev *a;
		uint64_t code;

		b.at = step_over_all(t, b.at, b.end, &depth);
		if (!depth)
			break;
		code = hp_bytes_uleb(&b);
		a = code ? hp_dw_abbrev(t, code) : NULL;
		if (!a) {
			b.failed = b.failed || code;
			depth--;
			continue;
		}
		hp_dw_pass_all(t, a, &b, unit);
		depth += a->children;
	} while (depth && !b.failed);
	k->b = b;
}

/* Leave the children of a DIE unread; @sibling is where to go on, 0 if it does not say. */
static void pass_over(struct walk *k, uint64_t sibling)
{
	k->w->skipped = true;
	if (sibling)
		k->b.at = k->info + sibling;
	else
		skip_children(k);
}

/* Make DIE @die the deepest level. */
static void set_level(struct walk *k, uint64_t die, enum hp_dw_kind kind)
{
	struct hp_dw_level *l = &k->w->level[k->depth];

	*l = (struct hp_dw_level){
		.die = die, .node = HP_DW_NONE, .scope = HP_DW_NONE, .kind = (uint8_t)kind};
	l->owner = l[-1].owner;
	if (kind == HP_DW_FUNCTION && !l->owner)
		l->owner = ++k->owners;
}

/* A DIE that may matter; @taken is what it says.  False: no memory. */
static bool enter(struct walk *k, const struct hp_dw_abbrev *a, uint64_t die,
		  const struct hp_dw_word taken[HP_DW_WANTED])
{
	const struct hp_dw_pcs pcs = {taken[HP_DW_LOW], taken[HP_DW_HIGH], taken[HP_DW_RANGES_AT]};
	bool has_code = pcs.low.form || pcs.ranges.form;
	bool holds = a->kind == HP_DW_NAMESPACE || (a->kind == HP_DW_BLOCK && !has_code);
	/* a block names nothing, but when it is passed over, so are the classes in it */
	bool listed = k->in->scopes && k->w->n_scopes < MAX_SCOPES && a->kind != HP_DW_PLAIN &&
		      a->kind != HP_DW_INLINED;
	uint32_t scope = HP_DW_NONE;

	if (k->depth >= MAX_DEPTH || k->beyond) {
		k->w->exhausted = true;
		k->beyond += a->children;
		return true;
	}
	if (has_code && k->in->n) {
		set_level(k, die, a->kind);
		if (!visit(k, k->depth, &pcs, &holds))
			return false;
	}
	if (!a->children)
		return true;
	holds = holds || k->in->thorough;
	if (listed && !(holds && a->kind == HP_DW_BLOCK) && !open_scope(k, die, holds, &scope))
		return false;
	if (!holds) {
		pass_over(k, sibling_of(k, taken[HP_DW_SIBLING]));
		if (scope != HP_DW_NONE)
			k->w->scope[scope].limit = offset_of(k);
		return true;
	}
	if (!has_code || !k->in->n)
		set_level(k, die, a->kind);
	go_down(k, scope);
	return true;
}

/*
 * Where to go on behind the DIE at @die, which ends at @end and says by @s where its sibling is;
 * NULL if that needs more thought.
 */
static const uint8_t *jump(struct walk *k, const struct hp_dw_step *s, const uint8_t *die,
			   const uint8_t *end)
{
	const uint8_t *unit = k->info + k->in->cu->unit.offset;
	struct hp_dw_walk *w = k->w;
	uint32_t sibling;

	memcpy(&sibling, end - s->jump, sizeof(sibling));
	if (k->b.swapped)
		sibling = bswap_32(sibling);
	if (sibling <= (uint64_t)(end - unit) || sibling >= (uint64_t)(k->b.end - unit))
		return NULL;
	if (s->is_scope && k->in->scopes) {
		if (w->n_scopes == w->cap_scopes || w->n_scopes >= MAX_SCOPES)
			return NULL;
		w->scope[w->n_scopes++] =
			(struct hp_dw_scope){(uint64_t)(die - k->info),
					     (uint64_t)(unit + sibling - k->info), k->open, false};
	}
	w->skipped = true;
	return unit + sibling;
}

/*
 * Step over DIEs from @at on that need nothing done, and over what is in them, as long as that is
 * possible.  Returns where it stands.
 */
static const uint8_t *step_over_some(struct walk *k, const uint8_t *at)
{
	const struct hp_dw_abbrevs *t = &k->w->abbrevs;
	const uint8_t *end = k->b.end;
	bool may_jump = !k->in->thorough && k->depth < MAX_DEPTH && !k->beyond;
	const uint8_t *ahead = at; /* fetched up to here, or soon */

	while ((uint64_t)(end - at) > t->most) {
		const uint8_t *p = at;
		const struct hp_dw_step *s = hp_dw_step_of(t, &p);

		if (!s || (s->matters && !(s->jump && may_jump)))
			break;
		p = hp_dw_step_over(s, p);
		if (p && s->jump)
			p = jump(k, s, at, p);
		if (!p)
			break;
		at = p;
		for (ahead = ahead < at ? at : ahead; ahead - at < AHEAD; ahead += FETCH)
			__builtin_prefetch(ahead); /* where to go on shows late */
	}
	return at;
}

/*
 * Pass over the DIEs that need nothing done.  Returns the abbreviation of the next one, of
 * which only the code has been read, and its offset; NULL at the end of a list of children
 * or when the unit ends in the middle.
 */
static const struct hp_dw_abbrev *next_die(struct walk *k, uint64_t *die)
{
	const struct hp_dw_abbrevs *t = &k->w->abbrevs;
	const struct hp_dw_unit *unit = &k->in->cu->unit;
	struct hp_bytes b = k->b; /* lives in registers */
	const struct hp_dw_abbrev *a;
	const uint8_t *start;

	for (;;) {
		uint64_t code;

		b.at = step_over_some(k, b.at);
		start = b.at;
		code = hp_bytes_uleb(&b);
		a = code ? hp_dw_abbrev(t, code) : NULL;
		if (!a) {
			b.failed = b.failed || code;
			break;
		}
		if (a->kind != HP_DW_PLAIN || a->children)
			break;
		hp_dw_pass_all(t, a, &b, unit);
	}
	k->b = b;
	*die = (uint64_t)(start - k->info);
	return a;
}

/* Whether no DIE that follows can tell anything new about the addresses. */
static bool is_complete(const struct walk *k)
{
	return !k->missing && k->in->n && !k->in->cu->skeleton && k->depth &&
	       !k->w->level[k->depth - 1].owner && !k->beyond;
}

static bool walk(struct walk *k)
{
	const struct hp_dw_abbrevs *t = &k->w->abbrevs;
	const struct hp_dw_unit *unit = &k->in->cu->unit;

	do {
		struct hp_dw_word taken[HP_DW_WANTED];
		uint64_t die;
		const struct hp_dw_abbrev *a;

		if (is_complete(k)) {
			k->w->stopped = offset_of(k);
			break;
		}
		a = next_die(k, &die);
		if (k->b.failed)
			break;
		if (!a) {
			go_up(k);
			continue;
		}
		for (unsigned i = 0; i < HP_DW_WANTED; i++)
			taken[i].form = 0;
		hp_dw_pass(t, a, &k->b, unit, taken);
		if (!enter(k, a, die, taken))
			return false;
	} while (k->depth);
	/* behind its DIEs a unit has nothing, or zeros to fill it up */
	while (!k->depth && hp_bytes_left(&k->b) && !*k->b.at)
		k->b.at++;
	if (k->b.failed || (!k->depth && hp_bytes_left(&k->b)))
		k->w->damaged = true;
	while (k->depth) /* what is still open reaches to the end of the unit */
		close_scope(k, k->w->level[--k->depth].scope, UINT64_MAX);
	return true;
}

static bool prepare(struct hp_dw_walk *w, uint32_t n)
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
		w->hit[i] = HP_DW_NONE;
	w->stopped = UINT64_MAX;
	w->n_nodes = 0;
	w->n_scopes = 0;
	w->damaged = false;
	w->exhausted = false;
	w->skipped = false;
	return true;
}

int hp_dw_walk_unit(struct hp_dw_walk *w, const struct hp_dw_walk_in *in)
{
	struct walk k = {.w = w, .in = in, .open = HP_DW_NONE, .missing = in->n};
	const struct hp_dw_abbrev *a;

	if (!prepare(w, in->n))
		return HPROF_ENOMEM;
	if (!hp_dw_abbrevs_load(&w->abbrevs, in->cu->file, &in->cu->unit, &w->steps))
		w->exhausted = true;
	if (w->exhausted || !budget_spend(w, in->cu->unit.limit - in->cu->unit.offset))
		return HPROF_OK;
	k.b = hp_dw_unit_bytes(in->cu->file, &in->cu->unit, in->cu->unit.die);
	k.info = (const uint8_t *)in->cu->file->section[HP_DW_INFO].ptr;
	a = hp_dw_abbrev(&w->abbrevs, hp_bytes_uleb(&k.b));
	w->damaged = !a || k.b.failed;
	if (w->damaged)
		return HPROF_OK;
	hp_dw_pass_all(&w->abbrevs, a, &k.b, &in->cu->unit);
	if (!a->children)
		return HPROF_OK;
	w->level[0] = (struct hp_dw_level){
		.die = in->cu->unit.die, .node = HP_DW_NONE, .scope = HP_DW_NONE};
	k.depth = 1;
	return walk(&k) ? HPROF_OK : HPROF_ENOMEM;
}

/* Whether an address that is still open is in one of the ranges @pcs. */
static bool holds_open(struct hp_dw_walk *w, const struct hp_dw_walk_in *in,
		       const struct hp_dw_pcs *pcs)
{
	struct hp_dw_ranges r;

	hp_dw_ranges_begin(&r, in->cu, pcs);
	while (budget_spend(w, 1) && hp_dw_ranges_next(&r))
		for (uint32_t a = hp_lower_bound_u64(in->addr, in->n, r.start);
		     a < in->n && in->addr[a] < r.limit && budget_spend(w, 1); a++)
			if (w->hit[a] == HP_DW_NONE &&
			    hp_extents_hold(in->text, in->n_text, r.start))
				return true;
	return false;
}

bool hp_dw_walk_left_some(struct hp_dw_walk *w, const struct hp_dw_walk_in *in)
{
	const struct hp_dw_abbrevs *t = &w->abbrevs;
	const struct hp_dw_unit *unit = &in->cu->unit;
	struct hp_bytes b = hp_dw_unit_bytes(in->cu->file, unit, unit->die);

	if (!budget_spend(w, unit->limit - unit->offset))
		return false;
	while (hp_bytes_left(&b)) {
		struct hp_dw_word taken[HP_DW_WANTED] = {{0}};
		const struct hp_dw_abbrev *a;
		struct hp_dw_pcs pcs;
		uint64_t code;

		b.at = step_to_code(t, b.at, b.end);
		code = hp_bytes_uleb(&b);
		if (!code)
			continue;
		a = hp_dw_abbrev(t, code);
		if (!a)
			break;
		hp_dw_pass(t, a, &b, unit, taken);
		pcs = (struct hp_dw_pcs){taken[HP_DW_LOW], taken[HP_DW_HIGH],
					 taken[HP_DW_RANGES_AT]};
		if (a->kind == HP_DW_FUNCTION && (pcs.low.form || pcs.ranges.form) &&
		    holds_open(w, in, &pcs))
			return true;
	}
	return false;
}

void hp_dw_walk_release(struct hp_dw_walk *w)
{
	hp_dw_abbrevs_release(&w->abbrevs);
	free(w->node);
	free(w->scope);
	free(w->hit);
	free(w->owner);
	free(w->level);
	*w = (struct hp_dw_walk){.n_nodes = 0};
}
