/* worker.c - reading one unit after the other: what one thread needs for it. */
#include "analyzer/symbolize/dwarf/worker.h"

#include <dwarf.h>
#include <inttypes.h>
#include <stdlib.h>

#include "analyzer/base/column.h"
#include "analyzer/base/name.h"
#include "analyzer/symbolize/text.h"

enum { MAX_CHAIN = 1024, WALKS_PER_UNIT = 4 };

/* Texts of one unit, and those that a worker keeps; what is beyond is left out. */
#define UNIT_TEXT_MAX ((uint64_t)64 << 20)
#define TEXT_MAX ((uint64_t)256 << 20)

static void warn(struct hp_dw_run *run, enum hp_dwarf_trouble kind, const char *text)
{
	(void)pthread_mutex_lock(&run->output_lock); /* cannot fail: initialised, not held */
	run->sink->warn(run->sink->ctx, kind, text);
	(void)pthread_mutex_unlock(&run->output_lock);
}

void hp_dw_warn(struct hp_dw_run *run, const char *text)
{
	warn(run, HP_DWARF_DAMAGED, text);
}

void hp_dw_warn_missing(struct hp_dw_run *run, const char *text)
{
	warn(run, HP_DWARF_MISSING, text);
}

bool hp_dw_part_add(struct hp_dw_part *p, uint32_t which, uint64_t addr, const uint64_t *start)
{
	if (p->n == p->cap) {
		uint32_t cap = hp_column_cap(p->cap, p->n + 1);

		if (!cap || !hp_column_resize(&p->which, sizeof(*p->which), cap) ||
		    !hp_column_resize(&p->addr, sizeof(*p->addr), cap) ||
		    !hp_column_resize(&p->start, sizeof(*p->start), cap) ||
		    !hp_column_resize(&p->line, sizeof(*p->line), cap))
			return false;
		p->cap = cap;
	}
	p->which[p->n] = which;
	p->addr[p->n] = addr;
	p->start[p->n] = start ? *start : 0;
	p->has_start = start && (p->n == 0 || p->has_start);
	p->line[p->n++] = (struct hp_source_line){.found = false};
	return true;
}

/* Take steps for a unit of @bytes from what all may make together. */
static void take_steps(struct hp_dw_worker *w, uint64_t bytes)
{
	uint64_t most = WALKS_PER_UNIT * bytes + w->run->unit_steps;
	uint64_t left = atomic_load(&w->run->steps);

	w->steps = most < left ? most : left;
}

static void return_steps(struct hp_dw_worker *w, uint64_t taken)
{
	uint64_t used = taken - w->steps;
	uint64_t left = atomic_load(&w->run->steps);

	while (!atomic_compare_exchange_weak(&w->run->steps, &left, left > used ? left - used : 0))
		;
}

/* What the line table of the unit at hand says about the addresses. */
static void read_lines(struct hp_dw_worker *w)
{
	const struct hp_dw_cu *cu = &w->skeleton;
	uint64_t len;

	w->files.n = 0;
	w->files.n_dirs = 0;
	if (!cu->has_lines)
		return;
	len = hp_lines_len(w->run->file, cu->lines);
	if (len >= w->steps) { /* any number of units may share a long one */
		w->steps = 0;
		return;
	}
	w->steps -= len;
	if (hp_line_files_load(&w->files, cu) &&
	    hp_lines_read(&w->run->lines, cu->lines, w->part.addr,
			  w->part.has_start ? w->part.start : NULL, w->part.n, w->part.line))
		return;
	hp_dw_warn(w->run,
		   hp_textf(&w->unit_mem,
			    "%s: the line table at 0x%" PRIx64 " of .debug_line cannot be read",
			    w->run->file->path, cu->lines));
}

/* Whether there are addresses without a function that may have one. */
static bool some_open(const struct hp_dw_worker *w)
{
	const struct hp_dwarf_sink *sink = w->run->sink;

	for (uint32_t i = 0; i < w->part.n; i++)
		if (w->walk.hit[i] == HP_DW_NONE &&
		    !(sink->no_debug_info && sink->no_debug_info(sink->ctx, w->part.addr[i])))
			return true;
	return false;
}

static int walk(struct hp_dw_worker *w)
{
	struct hp_dw_walk_in in = {
		.cu = &w->unit.cu,
		.text = w->run->lines.text,
		.n_text = w->run->lines.n_text,
		.addr = w->part.addr,
		.n = w->part.n,
		.scopes = hp_dw_has_scopes(w->unit.cu.language),
	};
	int r;

	w->walk.steps = w->steps;
	r = hp_dw_walk_unit(&w->walk, &in);
	/* what is left may be in functions that are nested in others, which were passed over */
	if (r == HPROF_OK && w->walk.skipped && !w->walk.damaged && !w->walk.exhausted &&
	    some_open(w) && hp_dw_walk_left_some(&w->walk, &in)) {
		in.thorough = true;
		r = hp_dw_walk_unit(&w->walk, &in);
	}
	w->steps = w->walk.steps;
	w->unit.walk = &w->walk;
	w->unit.scoped = in.scopes;
	return r;
}

/* --- telling --- */

static struct hp_slice file_path(struct hp_dw_worker *w, uint64_t i)
{
	return hp_line_file_path(&w->files, i, &w->unit_mem);
}

static const struct hp_dw_call_names *name_node(struct hp_dw_worker *w, uint32_t node)
{
	struct hp_dw_call_names *n = &w->named[node];

	if (!n->known)
		hp_dw_name(&w->namer, w->walk.node[node].die, &n->names, &n->call);
	n->known = true;
	return n;
}

/* Fill w->chain for the function at @node; its length. */
static uint32_t make_chain(struct hp_dw_worker *w, uint32_t node, const struct hp_raw_frame *leaf)
{
	struct hp_raw_frame at = *leaf;
	uint32_t n = 0;

	while (node != HP_DW_NONE && n < MAX_CHAIN) {
		const struct hp_dw_node *here = &w->walk.node[node];
		const struct hp_dw_call_names *named = name_node(w, node);
		struct hp_raw_frame *f = &w->chain[n++];

		*f = at;
		f->linkage = named->names.linkage;
		if (!hp_name_is_mangled(f->linkage))
			f->name = named->names.name;
		at = (struct hp_raw_frame){.line = named->call.line, .column = named->call.column};
		at.file = file_path(w, named->call.file);
		node = here->caller;
		if (node == HP_DW_NONE) {
			f->entry = here->entry;
			f->has_entry = here->has_entry;
		}
	}
	return n;
}

/* Remember file and line of address @which, for the case that nobody knows its function. */
static void keep_bare(struct hp_dw_worker *w, uint32_t which, const struct hp_raw_frame *leaf)
{
	struct hp_raw_frame *bare = &w->run->bare[which];

	if (!leaf->file.len || bare->file.len)
		return;
	*bare = *leaf;
	bare->file = hp_slice_str(hp_arena_string(&w->mem, leaf->file));
}

/* Tell the sink what the unit at hand knows; addresses without a function stay open. */
static void tell(struct hp_dw_worker *w)
{
	const struct hp_dwarf_sink *sink = w->run->sink;

	for (uint32_t i = 0; i < w->part.n; i++) {
		uint32_t which = w->part.which[i];
		const struct hp_source_line *l = &w->part.line[i];
		struct hp_raw_frame leaf = {.line = 0};

		if (l->found) {
			leaf.file = file_path(w, l->file);
			leaf.line = l->line;
			leaf.column = l->column;
			leaf.discriminator = l->discriminator;
		}
		if (w->walk.hit[i] == HP_DW_NONE) {
			keep_bare(w, which, &leaf);
			continue;
		}
		sink->frames(sink->ctx, w->number, which, w->chain,
			     make_chain(w, w->walk.hit[i], &leaf));
		w->run->done[which] = true;
	}
	sink->pause(sink->ctx, w->number);
}

static bool prepare_names(struct hp_dw_worker *w)
{
	uint32_t n = w->walk.n_nodes;

	if (!w->chain)
		w->chain = calloc(MAX_CHAIN, sizeof(*w->chain));
	if (!w->chain)
		return false;
	if (w->cap_named < n) {
		uint32_t cap = hp_column_cap(w->cap_named, n);

		if (!cap || !hp_column_resize(&w->named, sizeof(*w->named), cap))
			return false;
		w->cap_named = cap;
	}
	for (uint32_t i = 0; i < n; i++)
		w->named[i].known = false;
	w->namer.mem = &w->mem;
	w->namer.own = &w->unit;
	return true;
}

/* --- units --- */

static bool is_skeleton(const struct hp_dw_cu *cu)
{
	return cu->unit.type == DW_UT_skeleton || (cu->unit.version < 5 && cu->dwo_id);
}

/* Walk and tell the unit in w->unit, whose lines have been read. */
static void read_dies(struct hp_dw_worker *w, uint32_t u)
{
	if (walk(w) < 0 || !prepare_names(w)) {
		atomic_store(&w->run->no_memory, true);
		return;
	}
	tell(w);
	if (w->walk.exhausted || !w->steps)
		w->run->exhausted[u] = true; /* libdw would take as long */
	else if (w->walk.damaged)
		w->run->failed[u] = true;
}

static void read_split(struct hp_dw_worker *w, uint32_t u)
{
	const char *why;

	if (!hp_dw_split_find(w->run->splits, &w->skeleton, &w->split, &w->unit.cu, &w->unit_mem,
			      &w->steps, &why)) {
		w->unit.cu = w->skeleton;
		if (atomic_fetch_add(&w->run->lost, 1) == 0)
			hp_dw_warn_missing(w->run, hp_textf(&w->unit_mem,
							    "%s: the unit at 0x%" PRIx64
							    " of .debug_info is split off, and %s",
							    w->run->file->path,
							    w->skeleton.unit.offset, why));
	}
	w->unit.cu.language = w->unit.cu.language ? w->unit.cu.language : w->skeleton.language;
	w->steps += WALKS_PER_UNIT * (w->unit.cu.unit.limit - w->unit.cu.unit.offset);
	hp_dw_namer_forget(&w->namer);
	read_dies(w, u);
	hp_dw_namer_forget(&w->namer);
	w->walk.abbrevs.file = NULL; /* the next file may come to lie there */
}

void hp_dw_worker_read(struct hp_dw_worker *w, uint32_t u)
{
	const struct hp_dw_file *file = w->run->file;
	const struct hp_dw_unit *unit = &file->unit[u];
	struct hp_dw_pcs pcs;
	uint64_t taken;

	w->unit_mem.limit = UNIT_TEXT_MAX;
	w->mem.limit = TEXT_MAX;
	take_steps(w, unit->limit - unit->offset);
	taken = w->steps;
	w->unit = (struct hp_dw_context){.walk = &w->walk};
	w->skeleton = (struct hp_dw_cu){.unit = *unit};
	if (hp_dw_cu_read(&w->skeleton, file, unit, NULL, &pcs, &w->steps)) {
		read_lines(w);
		w->unit.cu = w->skeleton;
		if (is_skeleton(&w->skeleton))
			read_split(w, u);
		else
			read_dies(w, u);
	} else if (w->steps) {
		w->run->failed[u] = true;
	} else {
		w->run->exhausted[u] = true;
	}
	hp_dw_leave(file, HP_DW_INFO, unit->offset, unit->limit);
	if (w->steps < taken)
		return_steps(w, taken);
	hp_arena_release(&w->unit_mem);
}

void hp_dw_worker_release(struct hp_dw_worker *w)
{
	free(w->part.which);
	free(w->part.addr);
	free(w->part.start);
	free(w->part.line);
	free(w->named);
	free(w->chain);
	hp_dw_walk_release(&w->walk);
	hp_line_files_release(&w->files);
	hp_dw_namer_release(&w->namer);
	hp_dw_split_file_close(&w->split);
	hp_arena_release(&w->unit_mem);
	hp_arena_release(&w->mem);
}
