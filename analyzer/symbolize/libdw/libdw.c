/*
 * libdw.c - functions, lines and inline chains of addresses, through libdw.
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
#include "analyzer/base/name.h"
#include "analyzer/base/sort.h"
#include "analyzer/symbolize/claims.h"
#include "analyzer/symbolize/debug_file.h"
#include "analyzer/symbolize/dwarf/lines.h"
#include "analyzer/symbolize/dwarf/walk.h"
#include "analyzer/symbolize/inflate.h"
#include "analyzer/symbolize/libdw/die_name.h"
#include "analyzer/symbolize/libdw/walk.h"
#include "analyzer/symbolize/text.h"

enum {
	MAX_CHAIN = 1024,
	/* times that an address may be claimed by ranges, and held by functions, on average */
	CLAIMS_PER_ADDR = 64,
	HITS_PER_ADDR = 256,
	LEAST_CLAIMS = 1 << 20,
	/* lists of ranges may be shared, as those of nested inlined calls are, but not by all */
	RANGES_SHARED = 4,
	/* times that all units together may be walked: once, but for odd files */
	WALKS = 4,
	BRIEF_MS = 2000, /* CPU time, where only a damaged part is asked for */
};

struct units {
	Dwarf_CU **row;
	uint64_t *offset; /* of the unit's DIE */
	bool *rangeless;
	uint32_t n, cap;
};

struct reader {
	struct hp_dwarf base;
	Dwarf *dw;
	Dwarf *alt;
	const struct hp_elf *from;
	bool brief;
	struct hp_dw_file file; /* with the lines only */
	struct hp_lines_in lines;
	struct hp_arena *mem;
	struct hp_die_names names;
	struct units units;
};

/* One unit's share of the work. */
struct slice {
	uint32_t *which; /* [n] numbers of addresses */
	uint64_t *addr;  /* [n] the addresses, sorted */
	struct hp_source_line *line;
	uint32_t n, cap;
};

struct run {
	struct reader *d;
	const uint64_t *addr;
	uint32_t n;
	const struct hp_dwarf_sink *sink;
	struct hp_die_walk walk;
	struct slice part;
	struct hp_raw_frame *chain; /* [MAX_CHAIN] */
	uint64_t info_len;          /* of .debug_info */
	uint64_t range_steps;       /* that an honest file's lists of ranges need */
	uint64_t steps;             /* that may still be made through lists of ranges */
	uint64_t n_claims;          /* that may still be noted */
	struct hp_raw_frame *bare;  /* [n] file and line of addresses without a function */
	bool *done;                 /* [n] the sink knows its frames */
	/* of the unit at hand */
	Dwarf_Files *files;
	size_t n_files;
	const char *comp_dir;
};

static struct hp_dwarf *open_libdw(const struct hp_elf *f, const struct hp_elf *from,
				   const struct hp_job *job, struct hp_arena *mem, const char **why)
{
	struct reader *d;
	Dwarf *dw;

	*why = "";
	if (!hp_elf_section(from, ".debug_info"))
		return NULL;
	if (!hp_elf_inflates_well(from->elf, from->image_len)) {
		*why = hp_textf(mem, "%s: compressed sections claim to be implausibly large",
				from->path);
		return NULL;
	}
	hp_inflate_debug(from->elf, mem);
	dw = dwarf_begin_elf(from->elf, DWARF_C_READ, NULL);
	if (!dw) {
		*why = hp_textf(mem, "%s: its DWARF cannot be read: %s", from->path,
				dwarf_errmsg(-1));
		return NULL;
	}
	d = hp_arena_alloc(mem, sizeof(*d));
	if (!d) {
		dwarf_end(dw);
		return NULL;
	}
	*d = (struct reader){.base.reader = &hp_dwarf_libdw,
			     .dw = dw,
			     .from = from,
			     .brief = job->brief,
			     .mem = mem,
			     .names.mem = mem};
	d->alt = hp_alt_open(dw, from, job, mem);
	d->file.section[HP_DW_LINE] = hp_elf_contents(hp_elf_section(from, ".debug_line"));
	d->file.swapped = from->swapped;
	d->lines = (struct hp_lines_in){&d->file, f->text, f->n_text};
	return &d->base;
}

static void close_libdw(struct hp_dwarf *base)
{
	struct reader *d = (struct reader *)base;

	free(d->units.row);
	free(d->units.offset);
	free(d->units.rangeless);
	hp_die_names_release(&d->names);
	dwarf_end(d->dw);
	if (d->alt)
		dwarf_end(d->alt);
}

static bool add_unit(struct units *u, Dwarf_CU *cu, uint64_t offset, bool rangeless)
{
	uint32_t cap = u->cap;

	if (u->n == cap) {
		cap = hp_column_cap(cap, u->n + 1);
		if (!cap || !hp_column_resize(&u->row, sizeof(Dwarf_CU *), cap) ||
		    !hp_column_resize(&u->offset, sizeof(*u->offset), cap) ||
		    !hp_column_resize(&u->rangeless, sizeof(bool), cap))
			return false;
		u->cap = cap;
	}
	u->row[u->n] = cu;
	u->offset[u->n] = offset;
	u->rangeless[u->n++] = rangeless;
	return true;
}

/* Length of section @name of @elf. */
static uint64_t section_len(Elf *elf, const char *name)
{
	const struct hp_elf f = {.elf = elf};
	Elf_Scn *scn = hp_elf_section(&f, name);
	GElf_Shdr shdr;

	return scn && gelf_getshdr(scn, &shdr) ? shdr.sh_size : 0;
}

/* Steps that reading all lists of ranges in @elf takes at most in an honest file. */
static uint64_t range_steps(Elf *elf)
{
	static const char *const names[] = {".debug_ranges", ".debug_rnglists",
					    ".debug_rnglists.dwo"};
	uint64_t n = 0;

	for (size_t i = 0; i < HP_LEN(names); i++)
		n += section_len(elf, names[i]);
	return RANGES_SHARED * n;
}

/* Note which addresses @die, that of a unit, claims. False: no memory. */
static bool add_claims(struct run *run, struct hp_claims *claims, Dwarf_Die *die, bool *rangeless)
{
	const struct hp_lines_in *in = &run->d->lines;
	Dwarf_Addr base = 0;
	Dwarf_Addr start;
	Dwarf_Addr limit;
	ptrdiff_t at = 0;

	*rangeless = run->steps && run->n_claims;
	for (; run->steps && run->n_claims; run->steps--) {
		at = dwarf_ranges(die, at, &base, &start, &limit);
		if (at <= 0)
			break;
		*rangeless = false;
		if (start >= limit || !hp_extents_hold(in->text, in->n_text, start))
			continue;
		for (uint32_t i = hp_lower_bound_u64(run->addr, run->n, start);
		     i < run->n && run->addr[i] < limit && run->n_claims; i++) {
			run->n_claims--;
			if (!HP_COLUMN_ROOM(claims->row, claims->n, claims->cap))
				return false;
			claims->row[claims->n++] = (struct hp_claim){i, run->d->units.n, start};
		}
	}
	return true;
}

/* All units with code, and what they claim. */
static int index_units(struct run *run, struct hp_claims *claims)
{
	Dwarf_CU *cu = NULL;
	uint8_t type;
	Dwarf_Die die;
	int r;

	run->steps = run->range_steps + run->info_len;
	run->n_claims = LEAST_CLAIMS + (uint64_t)CLAIMS_PER_ADDR * run->n;
	while ((r = dwarf_get_units(run->d->dw, cu, &cu, NULL, &type, &die, NULL)) == 0) {
		bool rangeless;

		if (hp_walk_late(&run->walk))
			break;

		if (type == DW_UT_type || type == DW_UT_partial || type == DW_UT_split_type)
			continue;
		if (!add_claims(run, claims, &die, &rangeless) ||
		    !add_unit(&run->d->units, cu, dwarf_dieoffset(&die), rangeless))
			return HPROF_ENOMEM;
	}
	if (r < 0)
		run->sink->warn(run->sink->ctx, HP_DWARF_DAMAGED,
				hp_textf(run->d->mem, "%s: the list of units is damaged after %u",
					 run->d->from->path, run->d->units.n));
	if (!run->steps || !run->n_claims)
		run->sink->warn(run->sink->ctx, HP_DWARF_DAMAGED,
				hp_textf(run->d->mem, "%s: too many units claim the same code",
					 run->d->from->path));
	return HPROF_OK;
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
	s->line[s->n++] = (struct hp_source_line){0};
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
		line = number(die, DW_AT_call_column, 0);
		at.column = line <= INT32_MAX ? (uint32_t)line : 0;
		at.discriminator = 0;
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
		const struct hp_source_line *l = &run->part.line[i];
		struct hp_raw_frame leaf = {.line = 0};

		if (l->found) {
			leaf.file = file_path(run, l->file);
			leaf.line = l->line;
			leaf.column = l->column;
			leaf.discriminator = l->discriminator;
		}
		if (run->walk.hit[i] == HP_NO_NODE) {
			if (leaf.file.len && !run->bare[which].file.len)
				run->bare[which] = leaf;
			continue;
		}
		run->sink->frames(run->sink->ctx, 0, which, run->chain,
				  make_chain(run, run->walk.hit[i], &leaf));
		run->done[which] = true;
	}
	run->sink->pause(run->sink->ctx, 0);
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
	    hp_lines_read(&run->d->lines, offset, run->part.addr, NULL, run->part.n,
			  run->part.line))
		return;
	run->sink->warn(run->sink->ctx, HP_DWARF_DAMAGED,
			hp_textf(run->d->mem,
				 "%s: the line table at 0x%llx of .debug_line cannot be read",
				 run->d->from->path, (unsigned long long)offset));
}

/* Whether the file with the rest of skeleton unit @die, where libdw looks for it, is sound. */
static bool split_inflates_well(struct run *run, Dwarf_Die *die)
{
	struct hp_arena *mem = run->d->mem;
	const char *folder = hp_text_dirname(mem, run->d->from->path);
	const struct hp_origin from = hp_origin_found(NULL, hp_origin_owner(run->d->from->fd));
	const struct hp_origin below = hp_origin_found(folder, from.owner);
	Dwarf_Attribute attr;
	const char *name = dwarf_formstring(dwarf_attr(die, DW_AT_dwo_name, &attr));
	const char *comp_dir;

	if (!name)
		name = dwarf_formstring(dwarf_attr(die, DW_AT_GNU_dwo_name, &attr));
	if (!name)
		return true;
	if (name[0] == '/')
		return hp_elf_path_inflates_well(name, &from);
	comp_dir = dwarf_formstring(dwarf_attr(die, DW_AT_comp_dir, &attr));
	return hp_elf_path_inflates_well(hp_textf(mem, "%s/%s", folder, name), &below) &&
	       (!comp_dir ||
		hp_elf_path_inflates_well(hp_textf(mem, "%s/%s", comp_dir, name), &from));
}

/*
 * Walk unit number @u, of which @die is what to walk.  No more steps are made than an honest
 * unit needs: lists of ranges may be shared by any number of functions.
 */
static int walk_unit(struct run *run, uint32_t u, const Dwarf_Die *die, bool split)
{
	const struct hp_lines_in *in = &run->d->lines;
	const struct units *units = &run->d->units;
	uint64_t grant = run->range_steps + (uint64_t)HITS_PER_ADDR * run->part.n;
	int r;

	if (split) {
		Elf *elf = dwarf_getelf(dwarf_cu_getdwarf(die->cu));

		grant += range_steps(elf) + section_len(elf, ".debug_info.dwo");
	} else {
		uint64_t begin = units->offset[u];
		uint64_t end = u + 1 < units->n ? units->offset[u + 1] : run->info_len;

		grant += end > begin ? end - begin : 0;
		if (grant > run->steps)
			grant = run->steps;
	}
	run->walk.steps = grant;
	r = hp_walk_unit(&run->walk, die, in->text, in->n_text, run->part.addr, run->part.n);
	if (!split)
		run->steps -= grant - run->walk.steps;
	return r;
}

/* Read unit number @u for the addresses in run->part. */
static int read_unit(struct run *run, uint32_t u)
{
	Dwarf_CU *cu = run->d->units.row[u];
	Dwarf_Die split = {0};
	bool has_split;
	uint8_t type;
	Dwarf_Die die;

	if (hp_walk_late(&run->walk))
		return HPROF_OK;
	if (dwarf_cu_info(cu, NULL, &type, &die, NULL, NULL, NULL, NULL) != 0)
		return HPROF_OK;
	if (type == DW_UT_skeleton && !split_inflates_well(run, &die))
		run->sink->warn(run->sink->ctx, HP_DWARF_DAMAGED,
				hp_textf(run->d->mem,
					 "%s: the .dwo file of the unit at 0x%llx is not used: its "
					 "compressed sections claim to be implausibly large, or it "
					 "is not in a place that is trusted",
					 run->d->from->path,
					 (unsigned long long)dwarf_dieoffset(&die)));
	else if (dwarf_cu_info(cu, NULL, NULL, NULL, &split, NULL, NULL, NULL) != 0)
		return HPROF_OK;
	read_lines(run, &die);
	has_split = type == DW_UT_skeleton && split.addr;
	if (walk_unit(run, u, has_split ? &split : &die, has_split) < 0)
		return HPROF_ENOMEM;
	if (run->walk.damaged)
		run->sink->warn(
			run->sink->ctx, HP_DWARF_DAMAGED,
			hp_textf(run->d->mem, "%s: the unit at 0x%llx of .debug_info is damaged",
				 run->d->from->path, (unsigned long long)dwarf_dieoffset(&die)));
	tell(run);
	return HPROF_OK;
}

/* Read the units of @claims, which are sorted by unit. */
static int read_claimed(struct run *run, const struct hp_claims *claims)
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

/* Ask the units that claim an address, one after the other, until one knows its function. */
static int read_claims(struct run *run, struct hp_claims *claims)
{
	struct hp_rounds rounds;
	int r = hp_rounds_begin(&rounds, claims, run->n) ? HPROF_OK : HPROF_ENOMEM;

	while (r == HPROF_OK && hp_rounds_next(&rounds, run->done))
		r = read_claimed(run, &rounds.now);
	hp_rounds_release(&rounds);
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
			run->sink->frames(run->sink->ctx, 0, i, &run->bare[i],
					  run->bare[i].file.len ? 1 : 0);
	run->sink->pause(run->sink->ctx, 0);
}

static int run_libdw(struct hp_dwarf *base, const uint64_t *addr, uint32_t n,
		     const struct hp_dwarf_sink *sink)
{
	struct reader *d = (struct reader *)base;
	struct run run = {.d = d, .addr = addr, .n = n, .sink = sink};
	struct hp_claims claims = {0};
	int r = HPROF_ENOMEM;

	d->units.n = 0;
	if (d->brief)
		run.walk.deadline_ms = hp_walk_clock_ms() + BRIEF_MS;
	run.info_len = section_len(d->from->elf, ".debug_info");
	run.range_steps = range_steps(d->from->elf);
	run.chain = calloc(MAX_CHAIN, sizeof(*run.chain));
	run.bare = calloc((size_t)n + 1, sizeof(*run.bare));
	run.done = calloc((size_t)n + 1, sizeof(*run.done));
	if (run.chain && run.bare && run.done)
		r = index_units(&run, &claims);
	run.steps = WALKS * (run.range_steps + run.info_len + (uint64_t)HITS_PER_ADDR * n);
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

const struct hp_dwarf_reader hp_dwarf_libdw = {
	.name = "libdw",
	.open = open_libdw,
	.close = close_libdw,
	.run = run_libdw,
};
