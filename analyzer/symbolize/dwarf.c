/*
 * dwarf.c - functions, lines and inline chains of addresses, through libdw.
 *
 * The units that claim addresses are found once by their ranges; then each touched unit is
 * read once.  Ranges overlap in odd files, so an address that its first unit knows no
 * function for goes to the next one that claims it, and last to units that claim nothing.
 */
#include "analyzer/symbolize/dwarf.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <stdlib.h>

#include "analyzer/base/column.h"
#include "analyzer/symbolize/debug_file.h"
#include "analyzer/symbolize/die_name.h"
#include "analyzer/symbolize/lines.h"
#include "analyzer/symbolize/name.h"
#include "analyzer/symbolize/text.h"
#include "analyzer/symbolize/walk.h"

enum { MAX_CHAIN = 1024, MAX_RANGES = 1 << 24 };

struct claim { /* unit @unit says that it holds address number @addr */
	uint32_t addr, unit;
	uint64_t start; /* of the range that says so */
};

struct claims {
	struct claim *row;
	uint32_t n, cap;
};

struct units {
	Dwarf_CU **row;
	bool *rangeless;
	uint32_t n, cap;
};

struct hp_dwarf {
	Dwarf *dw;
	Dwarf *alt;
	const struct hp_elf *from;
	struct hp_lines_in lines;
	struct hp_arena *mem;
	struct hp_die_names names;
	struct units units;
};

/* One unit's share of the work. */
struct slice {
	uint32_t *which; /* [n] numbers of addresses */
	uint64_t *addr;  /* [n] the addresses, sorted */
	struct hp_line *line;
	uint32_t n, cap;
};

struct run {
	struct hp_dwarf *d;
	const uint64_t *addr;
	uint32_t n;
	const struct hp_dwarf_sink *sink;
	struct hp_walk walk;
	struct slice part;
	struct hp_raw_frame *chain; /* [MAX_CHAIN] */
	struct hp_raw_frame *bare;  /* [n] file and line of addresses without a function */
	bool *done;                 /* [n] the sink knows its frames */
	/* of the unit at hand */
	Dwarf_Files *files;
	size_t n_files;
	const char *comp_dir;
};

struct hp_dwarf *hp_dwarf_open(const struct hp_elf *f, const struct hp_elf *from,
			       const struct hp_job *job, struct hp_arena *mem)
{
	struct hp_dwarf *d;
	Dwarf *dw;

	if (!hp_elf_section(from, ".debug_info"))
		return NULL;
	dw = dwarf_begin_elf(from->elf, DWARF_C_READ, NULL);
	if (!dw)
		return NULL;
	d = hp_arena_alloc(mem, sizeof(*d));
	if (!d) {
		dwarf_end(dw);
		return NULL;
	}
	*d = (struct hp_dwarf){.dw = dw, .from = from, .mem = mem, .names.mem = mem};
	d->alt = hp_find_alt(dw, from->path, job, mem);
	d->lines = (struct hp_lines_in){
		.section = hp_elf_contents(hp_elf_section(from, ".debug_line")),
		.swapped = from->swapped,
		.text = f->text,
		.n_text = f->n_text,
	};
	return d;
}

void hp_dwarf_close(struct hp_dwarf *d)
{
	if (!d)
		return;
	free(d->units.row);
	free(d->units.rangeless);
	hp_die_names_release(&d->names);
	dwarf_end(d->dw);
	if (d->alt)
		dwarf_end(d->alt);
}

static bool add_unit(struct units *u, Dwarf_CU *cu, bool rangeless)
{
	uint32_t cap = u->cap;

	if (u->n == cap) {
		cap = hp_column_cap(cap, u->n + 1);
		if (!cap || !hp_column_resize(&u->row, sizeof(Dwarf_CU *), cap) ||
		    !hp_column_resize(&u->rangeless, sizeof(bool), cap))
			return false;
		u->cap = cap;
	}
	u->row[u->n] = cu;
	u->rangeless[u->n++] = rangeless;
	return true;
}

/* Note which addresses @die, that of a unit, claims. False: no memory. */
static bool add_claims(struct run *run, struct claims *claims, Dwarf_Die *die, bool *rangeless)
{
	const struct hp_lines_in *in = &run->d->lines;
	Dwarf_Addr base = 0;
	Dwarf_Addr start;
	Dwarf_Addr limit;
	ptrdiff_t at = 0;

	*rangeless = true;
	for (unsigned r = 0; r < MAX_RANGES; r++) {
		at = dwarf_ranges(die, at, &base, &start, &limit);
		if (at <= 0)
			break;
		*rangeless = false;
		if (start >= limit || !hp_extents_hold(in->text, in->n_text, start))
			continue;
		for (uint32_t i = hp_addr_from(run->addr, run->n, start);
		     i < run->n && run->addr[i] < limit; i++) {
			if (!HP_COLUMN_ROOM(claims->row, claims->n, claims->cap))
				return false;
			claims->row[claims->n++] = (struct claim){i, run->d->units.n, start};
		}
	}
	return true;
}

/* All units with code, and what they claim. */
static int index_units(struct run *run, struct claims *claims)
{
	Dwarf_CU *cu = NULL;
	uint8_t type;
	Dwarf_Die die;
	int r;

	while ((r = dwarf_get_units(run->d->dw, cu, &cu, NULL, &type, &die, NULL)) == 0) {
		bool rangeless;

		if (type == DW_UT_type || type == DW_UT_partial || type == DW_UT_split_type)
			continue;
		if (!add_claims(run, claims, &die, &rangeless) ||
		    !add_unit(&run->d->units, cu, rangeless))
			return HPROF_ENOMEM;
	}
	if (r < 0)
		run->sink->warn(run->sink->ctx,
				hp_textf(run->d->mem, "%s: the list of units is damaged after %u",
					 run->d->from->path, run->d->units.n));
	return HPROF_OK;
}

/* By address; the narrowest claim, the one that starts last, first. */
static int by_addr(const void *pa, const void *pb)
{
	const struct claim *a = pa;
	const struct claim *b = pb;

	if (a->addr != b->addr)
		return a->addr < b->addr ? -1 : 1;
	if (a->start != b->start)
		return a->start > b->start ? -1 : 1;
	return (a->unit > b->unit) - (a->unit < b->unit);
}

static int by_unit(const void *pa, const void *pb)
{
	const struct claim *a = pa;
	const struct claim *b = pb;

	if (a->unit != b->unit)
		return a->unit < b->unit ? -1 : 1;
	return (a->addr > b->addr) - (a->addr < b->addr);
}

static bool add_to_part(struct slice *s, uint32_t which, uint64_t addr)
{
	if (s->n == s->cap) {
		uint32_t cap = hp_column_cap(s->cap, s->n + 1);

		if (!cap || !hp_column_resize(&s->which, sizeof(*s->which), cap) ||
		    !hp_column_resize(&s->addr, sizeof(*s->addr), cap) ||
		    !hp_column_resize(&s->line, sizeof(*s->line), cap))
			return false;
		s->cap = cap;
	}
	s->which[s->n] = which;
	s->addr[s->n] = addr;
	s->line[s->n++] = (struct hp_line){0};
	return true;
}

/* Path of file number @i of the unit at hand; empty if unknown. */
static struct hp_slice file_path(struct run *run, uint64_t i)
{
	const char *path = i < run->n_files ? dwarf_filesrc(run->files, i, NULL, NULL) : NULL;

	if (!path || !*path || strcmp(path, "???") == 0)
		return (struct hp_slice){NULL, 0};
	if (path[0] != '/' && run->comp_dir && *run->comp_dir)
		path = hp_textf(run->d->mem, "%s/%s", run->comp_dir, path);
	return hp_slice_str(path);
}

/* The value of attribute @name of @die itself; @missing if it has none. */
static uint64_t number(Dwarf_Die *die, unsigned name, uint64_t missing)
{
	Dwarf_Attribute attr;
	Dwarf_Word value;

	if (dwarf_formudata(dwarf_attr(die, name, &attr), &value) != 0)
		return missing;
	return value;
}

static bool entry_of(Dwarf_Die *die, uint64_t *out)
{
	Dwarf_Addr base = 0;
	Dwarf_Addr limit;

	if (dwarf_lowpc(die, out) == 0)
		return true;
	return dwarf_ranges(die, 0, &base, out, &limit) > 0;
}

/* Fill run->chain for the function at @node; its length. */
static uint32_t make_chain(struct run *run, uint32_t node, const struct hp_raw_frame *leaf)
{
	struct hp_raw_frame at = *leaf;
	uint32_t n = 0;

	while (node != HP_NO_NODE && n < MAX_CHAIN) {
		Dwarf_Die *die = &run->walk.node[node].die;
		struct hp_raw_frame *f = &run->chain[n++];
		uint64_t line;

		*f = at;
		f->linkage = hp_die_linkage(die);
		if (!hp_name_is_mangled(f->linkage))
			f->name = hp_die_qualified(&run->d->names, &run->walk, die);
		line = number(die, DW_AT_call_line, 0);
		at.line = line <= INT32_MAX ? (uint32_t)line : 0;
		at.file = file_path(run, number(die, DW_AT_call_file, UINT64_MAX));
		node = run->walk.node[node].caller;
		if (node == HP_NO_NODE)
			f->has_entry = entry_of(die, &f->entry);
	}
	return n;
}

/* Tell the sink what the unit at hand knows; addresses without a function stay open. */
static void tell(struct run *run)
{
	for (uint32_t i = 0; i < run->part.n; i++) {
		uint32_t which = run->part.which[i];
		const struct hp_line *l = &run->part.line[i];
		struct hp_raw_frame leaf = {.line = 0};

		if (l->found) {
			leaf.file = file_path(run, l->file);
			leaf.line = l->line;
		}
		if (run->walk.hit[i] == HP_NO_NODE) {
			if (leaf.file.len && !run->bare[which].file.len)
				run->bare[which] = leaf;
			continue;
		}
		run->sink->frames(run->sink->ctx, which, run->chain,
				  make_chain(run, run->walk.hit[i], &leaf));
		run->done[which] = true;
	}
	run->sink->pause(run->sink->ctx);
}

/* What the line table of unit @die says about the addresses at hand. */
static void read_lines(struct run *run, Dwarf_Die *die)
{
	Dwarf_Attribute attr;
	Dwarf_Word offset;

	run->files = NULL;
	run->n_files = 0;
	run->comp_dir = dwarf_formstring(dwarf_attr(die, DW_AT_comp_dir, &attr));
	if (dwarf_formudata(dwarf_attr(die, DW_AT_stmt_list, &attr), &offset) != 0)
		return;
	if (dwarf_getsrcfiles(die, &run->files, &run->n_files) == 0 &&
	    hp_lines_read(&run->d->lines, offset, run->part.addr, run->part.n, run->part.line))
		return;
	run->sink->warn(run->sink->ctx,
			hp_textf(run->d->mem,
				 "%s: the line table at 0x%llx of .debug_line cannot be read",
				 run->d->from->path, (unsigned long long)offset));
}

/* Read unit number @u for the addresses in run->part. */
static int read_unit(struct run *run, uint32_t u)
{
	const struct hp_lines_in *in = &run->d->lines;
	Dwarf_Die split = {0};
	uint8_t type;
	Dwarf_Die die;

	if (dwarf_cu_info(run->d->units.row[u], NULL, &type, &die, &split, NULL, NULL, NULL) != 0)
		return HPROF_OK;
	read_lines(run, &die);
	if (hp_walk_unit(&run->walk, type == DW_UT_skeleton && split.addr ? &split : &die, in->text,
			 in->n_text, run->part.addr, run->part.n) < 0)
		return HPROF_ENOMEM;
	if (run->walk.damaged)
		run->sink->warn(
			run->sink->ctx,
			hp_textf(run->d->mem, "%s: the unit at 0x%llx of .debug_info is damaged",
				 run->d->from->path, (unsigned long long)dwarf_dieoffset(&die)));
	tell(run);
	return HPROF_OK;
}

/* Read the units of @claims, which are sorted by unit. */
static int read_claimed(struct run *run, const struct claims *claims)
{
	for (uint32_t i = 0; i < claims->n;) {
		uint32_t unit = claims->row[i].unit;
		int r;

		run->part.n = 0;
		for (; i < claims->n && claims->row[i].unit == unit; i++) {
			uint32_t a = claims->row[i].addr;

			if (!add_to_part(&run->part, a, run->addr[a]))
				return HPROF_ENOMEM;
		}
		r = read_unit(run, unit);
		if (r < 0)
			return r;
	}
	return HPROF_OK;
}

/* Take the first claim of every open address out of @claims into @now, sorted by unit. */
static bool take_round(struct run *run, struct claims *claims, struct claims *now)
{
	uint32_t kept = 0;

	now->n = 0;
	for (uint32_t i = 0; i < claims->n; i++) {
		struct claim c = claims->row[i];

		if (run->done[c.addr])
			continue;
		if (now->n && now->row[now->n - 1].addr == c.addr) {
			if (now->row[now->n - 1].unit != c.unit)
				claims->row[kept++] = c;
			continue;
		}
		if (!HP_COLUMN_ROOM(now->row, now->n, now->cap))
			return false;
		now->row[now->n++] = c;
	}
	claims->n = kept;
	if (now->n)
		qsort(now->row, now->n, sizeof(*now->row), by_unit);
	return true;
}

static int read_claims(struct run *run, struct claims *claims)
{
	struct claims now = {0};
	int r = HPROF_OK;

	if (claims->n)
		qsort(claims->row, claims->n, sizeof(*claims->row), by_addr);
	while (claims->n && r == HPROF_OK)
		r = take_round(run, claims, &now) ? read_claimed(run, &now) : HPROF_ENOMEM;
	free(now.row);
	return r;
}

static int read_rangeless(struct run *run)
{
	for (uint32_t u = 0; u < run->d->units.n; u++) {
		int r;

		if (!run->d->units.rangeless[u])
			continue;
		run->part.n = 0;
		for (uint32_t i = 0; i < run->n; i++)
			if (!run->done[i] && !add_to_part(&run->part, i, run->addr[i]))
				return HPROF_ENOMEM;
		if (!run->part.n)
			break;
		r = read_unit(run, u);
		if (r < 0)
			return r;
	}
	return HPROF_OK;
}

static void tell_rest(struct run *run)
{
	for (uint32_t i = 0; i < run->n; i++)
		if (!run->done[i])
			run->sink->frames(run->sink->ctx, i, &run->bare[i],
					  run->bare[i].file.len ? 1 : 0);
	run->sink->pause(run->sink->ctx);
}

int hp_dwarf_run(struct hp_dwarf *d, const uint64_t *addr, uint32_t n,
		 const struct hp_dwarf_sink *sink)
{
	struct run run = {.d = d, .addr = addr, .n = n, .sink = sink};
	struct claims claims = {0};
	int r = HPROF_ENOMEM;

	run.chain = calloc(MAX_CHAIN, sizeof(*run.chain));
	run.bare = calloc((size_t)n + 1, sizeof(*run.bare));
	run.done = calloc((size_t)n + 1, sizeof(*run.done));
	if (run.chain && run.bare && run.done)
		r = index_units(&run, &claims);
	if (r == HPROF_OK)
		r = read_claims(&run, &claims);
	if (r == HPROF_OK)
		r = read_rangeless(&run);
	if (r == HPROF_OK)
		tell_rest(&run);
	hp_walk_release(&run.walk);
	free(run.part.which);
	free(run.part.addr);
	free(run.part.line);
	free(run.chain);
	free(run.bare);
	free(run.done);
	free(claims.row);
	return r;
}
