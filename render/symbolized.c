/*
 * symbolized.c - a profile with the names of its addresses in one file, which needs no binaries any
 * more: jeprof's form, with what that does not know in comments (formats/symbolized.c).
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "analyzer/base/escape.h"
#include "render/render.h"

/* The numbers of a row, in their order. */
static const char *const row_types[] = {"inuse_objects", "inuse_space", "alloc_objects",
					"alloc_space"};

enum { ALLOC_OBJECTS = 2, ALLOC_SPACE, ROW_TYPES };

/* Of names of types in a message. */
enum { LIST_MAX = 512 };

/* What is larger would be read as a number below 0. */
#define MOST_OF_ROW 0x1p62

struct symbolized_writer {
	const struct hprof_profile *p;
	const struct hp_samples *all; /* of it, or of its snapshot */
	const char *note;             /* a warning about the choice of the snapshot, or NULL */
	uint32_t type[ROW_TYPES];     /* of the profile; HP_NONE: it has none of that name */
	struct hp_out *out;
	bool *leaf, *inner; /* [locs.n] it ends a stack; it is somewhere else in one */
	uint64_t *addr;     /* [locs.n] */
	bool jemalloc;      /* in its form, else in that of gperftools */
	uint32_t deepest;   /* frames of the deepest stack with values */
	bool whole;         /* a stack is as deep as those that writers cut, but was not cut */
};

/* --- addresses --- */

static bool same_addr(const void *ctx, uint32_t row, const void *key)
{
	return ((const uint64_t *)ctx)[row] == *(const uint64_t *)key;
}

/*
 * Address @loc as a stack of this format has it: it follows a call, where addresses of other
 * formats are those of the call.  One of which nothing is known stays the row that it is.
 */
static uint64_t return_address(const struct hprof_profile *p, uint32_t loc)
{
	const struct hp_locs *l = &p->locs;
	bool known = l->map[loc].i != HP_NONE || l->module[loc].i != HP_NONE || l->frame_n[loc];
	uint64_t addr = l->addr[loc];

	return addr + (addr && known && !p->return_addresses && addr < UINT64_MAX);
}

/*
 * Each location has an address of its own.  Those without one, and those of one address that the
 * format named differently, get made-up ones, below all real ones.
 */
static int find_addresses(struct symbolized_writer *w, struct hprof_error *err)
{
	const struct hprof_profile *p = w->p;
	struct hp_index known = {NULL, 0, 0};

	w->addr = calloc(p->locs.n, sizeof(*w->addr));
	if (!w->addr)
		return hp_fail_nomem(err);
	for (uint32_t i = HP_TRUNCATED_LOCS; i < p->locs.n; i++) {
		uint64_t addr = return_address(p, i);
		uint32_t tag = hp_hash_pair(p->seed, addr, 0);

		w->addr[i] = addr;
		if (addr && hp_index_find(&known, tag, same_addr, w->addr, &addr) == UINT32_MAX) {
			if (!hp_index_add(&known, tag, i)) {
				hp_index_release(&known);
				return hp_fail_nomem(err);
			}
		} else if (addr || p->locs.frame_n[i] || p->locs.module[i].i != HP_NONE) {
			w->addr[i] = 2 * (uint64_t)i + 2;
		}
	}
	hp_index_release(&known);
	return HPROF_OK;
}

static bool is_truncated(uint32_t loc)
{
	return loc < HP_TRUNCATED_LOCS;
}

static int find_roles(struct symbolized_writer *w, struct hprof_error *err)
{
	const struct hprof_profile *p = w->p;
	bool *used = calloc(p->stacks.n, sizeof(*used));

	w->leaf = calloc(p->locs.n, sizeof(*w->leaf));
	w->inner = calloc(p->locs.n, sizeof(*w->inner));
	if (!used || !w->leaf || !w->inner) {
		free(used);
		return hp_fail_nomem(err);
	}
	for (uint32_t i = 0; i < w->all->n; i++) {
		uint32_t stack = w->all->stack[i].i;

		if (stack)
			w->leaf[p->stacks.loc[stack].i] = true;
		for (uint32_t at = stack; at && !used[at]; at = p->stacks.parent[at].i) {
			uint32_t caller = p->stacks.parent[at].i;

			used[at] = true;
			if (caller)
				w->inner[p->stacks.loc[caller].i] = true;
		}
	}
	free(used);
	return HPROF_OK;
}

/* A reader takes a stack of certain depths for one that was cut, unless it is told. */
static int find_whole(struct symbolized_writer *w, struct hprof_error *err)
{
	const struct hp_stacks *s = &w->p->stacks;
	uint32_t *depth = calloc(s->n, sizeof(*depth));
	bool *cut = calloc(s->n, sizeof(*cut));

	for (uint32_t i = 1; depth && cut && i < s->n; i++) {
		bool gap = is_truncated(s->loc[i].i);

		cut[i] = gap || cut[s->parent[i].i];
		depth[i] = depth[s->parent[i].i] + !gap;
	}
	for (uint32_t i = 0; depth && cut && i < w->all->n; i++) {
		uint32_t at = w->all->stack[i].i;

		w->deepest = depth[at] > w->deepest ? depth[at] : w->deepest;
		for (uint32_t k = 0; k < HP_TRUNCATED_LOCS; k++)
			w->whole |= !cut[at] && depth[at] == (uint32_t)HP_TRUNCATED_DEPTH << k;
	}
	free(depth);
	free(cut);
	return depth && cut ? HPROF_OK : hp_fail_nomem(err);
}

/* --- symbols --- */

static struct hp_slice str(const struct symbolized_writer *w, hp_strid id)
{
	return hp_profile_str(w->p, id);
}

/* The line that other programs read: callers first. */
static void put_names(const struct symbolized_writer *w, uint64_t addr, uint32_t loc)
{
	const struct hp_locs *l = &w->p->locs;

	hp_out_fmt(w->out, "0x%016" PRIx64 " ", addr);
	for (uint32_t k = l->frame_n[loc]; k-- > 0;) {
		hp_funcid f = w->p->frames.func[l->frame_first[loc] + k];

		hp_out_safe(w->out, str(w, w->p->funcs.full[f.i]));
		if (k)
			hp_out_str(w->out, "--");
	}
	hp_out_char(w->out, '\n');
}

/* Without a function, at least the module and the place in it. */
static void put_place(const struct symbolized_writer *w, uint64_t addr, uint32_t loc)
{
	const struct hprof_profile *p = w->p;
	hp_modid module = p->locs.module[loc];
	struct hp_slice path;

	if (module.i == HP_NONE || p->modules.row[module.i].status == HP_MODULE_SPECIAL)
		return;
	path = hp_slice_basename(str(w, p->modules.row[module.i].path));
	hp_out_fmt(w->out, "0x%016" PRIx64 " ", addr);
	hp_out_safe(w->out, path);
	hp_out_fmt(w->out, "+0x%" PRIx64 "\n", p->locs.rel[loc]);
}

/* Whether a reader, for whom a call is at the address less one, finds the module in the maps. */
static bool is_mapped(const struct symbolized_writer *w, uint32_t loc)
{
	hp_mapid map = w->p->locs.map[loc];

	return map.i != HP_NONE && w->addr[loc] > w->p->maps.start[map.i] &&
	       w->addr[loc] <= w->p->maps.limit[map.i];
}

/* The same and more, by the address in the stacks; no line of a frame: there is no function. */
static void put_comments(const struct symbolized_writer *w, uint32_t loc)
{
	const struct hprof_profile *p = w->p;
	const struct hp_locs *l = &p->locs;

	hp_out_fmt(w->out, "#0x%" PRIx64 "\t@", w->addr[loc]);
	if (l->addr[loc])
		hp_out_fmt(w->out, "0x%" PRIx64, l->rel[loc]);
	else
		hp_out_char(w->out, '-');
	if (l->module[loc].i != HP_NONE && !is_mapped(w, loc)) {
		hp_out_char(w->out, '\t');
		hp_out_escaped(w->out, str(w, p->modules.row[l->module[loc].i].path));
	}
	hp_out_char(w->out, '\n');
	for (uint32_t k = 0; k < l->frame_n[loc]; k++) {
		uint32_t row = l->frame_first[loc] + k;
		uint32_t f = p->frames.func[row].i;
		const hp_strid texts[] = {p->funcs.file[f], p->funcs.name[f], p->funcs.full[f],
					  p->funcs.linkage[f]};

		hp_out_fmt(w->out, "#0x%" PRIx64 "\t%" PRIu32, w->addr[loc], p->frames.line[row]);
		for (size_t i = 0; i < HP_LEN(texts); i++) {
			hp_out_char(w->out, '\t');
			hp_out_escaped(w->out, str(w, texts[i]));
		}
		hp_out_char(w->out, '\n');
	}
}

static void put_symbol(const struct symbolized_writer *w, uint64_t addr, uint32_t loc)
{
	if (w->p->locs.frame_n[loc])
		put_names(w, addr, loc);
	else
		put_place(w, addr, loc);
}

/* --- sample types --- */

/* The type called @name, whether @p has data for it or not. */
static uint32_t type_called(const struct hprof_profile *p, const char *name)
{
	for (uint32_t t = 0; t < p->n_types; t++)
		if (hp_slice_same(hp_profile_str(p, p->types[t].name), hp_slice_str(name)))
			return t;
	return HP_NONE;
}

/* Find the types that rows hold; refuse a profile that has none of them, tell which are lost. */
static int find_types(struct symbolized_writer *w, const struct hprof_render_opts *o,
		      struct hprof_error *err)
{
	const struct hprof_profile *p = w->p;
	char names[LIST_MAX], text[LIST_MAX + 128];
	uint32_t left_out = hp_profile_list_types(p, row_types, ROW_TYPES, names, sizeof(names));
	bool any = false;

	for (unsigned k = 0; k < ROW_TYPES; k++) {
		w->type[k] = type_called(p, row_types[k]);
		any |= w->type[k] != HP_NONE && !p->types[w->type[k]].absent;
	}
	if (!any && left_out)
		return hp_fail(err, HPROF_ENODATA,
			       "--to symbolized holds inuse_* and alloc_* alone, this file has %s",
			       names);
	if (left_out && o->warn) {
		(void)snprintf(text, sizeof(text),
			       "left out: %s (--to symbolized holds inuse_* and alloc_* alone)",
			       names);
		o->warn(o->warn_ctx, text);
	}
	return HPROF_OK;
}

/*
 * What was recorded of the @k-th number of a row, NULL: nothing; of values that their writer
 * scaled, what stands in the file.
 */
static const double *column(const struct symbolized_writer *w, const struct hp_samples *s,
			    unsigned k)
{
	if (w->type[k] == HP_NONE)
		return NULL;
	return w->p->scaled_period ? s->estimate[w->type[k]] : s->recorded[w->type[k]];
}

/* The sum of the @k-th numbers; *@any: one of them is not 0. */
static double sum_of(const struct symbolized_writer *w, unsigned k, bool *any)
{
	const struct hp_samples *s = w->all;
	double sum = 0;

	*any = false;
	for (uint32_t i = 0; column(w, s, k) && i < s->n; i++) {
		sum += column(w, s, k)[i];
		*any |= column(w, s, k)[i] != 0;
	}
	return sum;
}

/* Which sample types there are, unless a reader concludes that from the numbers. */
static void put_types(const struct symbolized_writer *w)
{
	const struct hprof_profile *p = w->p;
	bool there[ROW_TYPES], any[ROW_TYPES], told = false, none = true;
	double sum[ROW_TYPES];

	for (unsigned k = 0; k < ROW_TYPES; k++) {
		there[k] = w->type[k] != HP_NONE && !p->types[w->type[k]].absent;
		sum[k] = sum_of(w, k, &any[k]);
		told |= k < ALLOC_OBJECTS ? !there[k] : there[k] && !any[k];
		none &= !there[k];
	}
	told |= there[ALLOC_SPACE] && p->sampling_period && !w->jemalloc && sum[0] == sum[2] &&
		sum[1] == sum[3]; /* that looks like a writer who knows nothing of what was freed */
	if (!told || none)
		return;
	hp_out_str(w->out, "#=\ttypes\t");
	for (unsigned k = 0, n = 0; k < ROW_TYPES; k++)
		if (there[k])
			hp_out_fmt(w->out, "%s%s", n++ ? " " : "", row_types[k]);
	hp_out_char(w->out, '\n');
}

static void put_warning(const struct symbolized_writer *w, const char *text)
{
	hp_out_str(w->out, "#!\t");
	hp_out_escaped(w->out, hp_slice_str(text));
	hp_out_char(w->out, '\n');
}

/* jeprof looks for the innermost address as it is, and for all others less one. */
static void put_symbols(const struct symbolized_writer *w)
{
	const struct hprof_profile *p = w->p;

	hp_out_str(w->out, "--- symbol\n");
	for (uint32_t i = 0; i < p->modules.n; i++)
		if (p->modules.row[i].main) {
			hp_out_str(w->out, "binary=");
			hp_out_safe(w->out, str(w, p->modules.row[i].path));
			hp_out_char(w->out, '\n');
			break;
		}
	if (p->one_size)
		hp_out_str(w->out, "#=\tone-size\n");
	if (hp_profile_errors(p, p->default_type) == HP_ERRORS_UNKNOWN)
		hp_out_str(w->out, "#=\tunknown\n");
	if (p->scaled_period)
		hp_out_fmt(w->out, "#=\tscaled\t%" PRIu64 "\n", p->scaled_period);
	if (w->whole)
		hp_out_str(w->out, "#=\twhole\n");
	if (p->max_depth > w->deepest) /* of a stack without values: how deep writers cut follows */
		hp_out_fmt(w->out, "#=\tdeepest\t%" PRIu32 "\n", p->max_depth);
	put_types(w);
	for (uint32_t i = 0; i < p->n_read_warnings; i++)
		put_warning(w, p->warnings.row[i].text);
	if (w->note)
		put_warning(w, w->note);
	for (uint32_t i = HP_TRUNCATED_LOCS; i < p->locs.n; i++) {
		uint64_t addr = w->addr[i];

		if (w->inner[i] || w->leaf[i])
			put_symbol(w, addr - 1, i);
		if (w->leaf[i])
			put_symbol(w, addr, i);
		if (w->inner[i] || w->leaf[i])
			put_comments(w, i);
	}
	hp_out_str(w->out, "---\n");
}

/* --- values --- */

static void find_numbers(const struct symbolized_writer *w, const struct hp_samples *s,
			 uint32_t row, double v[ROW_TYPES])
{
	for (unsigned k = 0; k < ROW_TYPES; k++)
		v[k] = column(w, s, k) ? column(w, s, k)[row] : 0;
}

static void put_numbers(const struct symbolized_writer *w, const double v[ROW_TYPES])
{
	hp_out_fmt(w->out, "%.0f: %.0f [%.0f: %.0f]", v[0] + 0.0, v[1] + 0.0, v[2] + 0.0,
		   v[3] + 0.0); /* no "-0" */
}

/*
 * Sums may be beyond what a row can say: in how many rows to write @v, a power of two, so that
 * halves of what is large are whole.
 */
static double rows_of(const double v[ROW_TYPES])
{
	double most = 0, n = 1;

	for (unsigned k = 0; k < ROW_TYPES; k++)
		most = fmax(most, fabs(v[k]));
	while (most / n > MOST_OF_ROW)
		n *= 2;
	return n;
}

/*
 * The numbers of row @i of @n that make up @v.  Objects and their bytes stay together, by which
 * they are scaled: in the first row, unless they are what is too large.
 */
static void take_part(const double v[ROW_TYPES], double i, double n, double part[ROW_TYPES])
{
	for (unsigned k = 0; k < ROW_TYPES; k++) {
		unsigned other = k ^ 1;
		bool fits = fabs(v[k]) <= MOST_OF_ROW && fabs(v[other]) <= MOST_OF_ROW;

		part[k] = fits ? 0 : trunc(v[k] / n);
		if (i == 0)
			part[k] += v[k] - part[k] * n;
	}
}

static void put_stack(const struct symbolized_writer *w, uint32_t stack)
{
	const struct hp_stacks *s = &w->p->stacks;

	hp_out_char(w->out, '@');
	for (; stack; stack = s->parent[stack].i)
		if (!is_truncated(s->loc[stack].i)) /* the depth tells again */
			hp_out_fmt(w->out, " 0x%" PRIx64, w->addr[s->loc[stack].i]);
}

/*
 * Sampled profiles that have no numbers of all that was ever allocated repeat those of what is in
 * use: in the rows, and in the header, by which readers know that.
 */
static void repeat_inuse(const struct symbolized_writer *w, double v[ROW_TYPES])
{
	uint32_t type = w->type[ALLOC_SPACE];

	if (!w->p->sampling_period || type == HP_NONE || !w->p->types[type].absent)
		return;
	v[2] = v[0];
	v[3] = v[1];
}

static void put_totals(const struct symbolized_writer *w)
{
	double v[ROW_TYPES];
	bool any;

	for (unsigned k = 0; k < ROW_TYPES; k++)
		v[k] = sum_of(w, k, &any);
	repeat_inuse(w, v);
	put_numbers(w, v);
}

/* Rows of threads by the stack they belong to: the first of each, and the one after it. */
static int chain_threads(const struct hprof_profile *p, uint32_t **first, uint32_t **next,
			 struct hprof_error *err)
{
	*first = malloc(p->stacks.n * sizeof(**first));
	*next = malloc(((size_t)p->by_thread.n + 1) * sizeof(**next));
	if (!*first || !*next)
		return hp_fail_nomem(err);
	memset(*first, 0xff, p->stacks.n * sizeof(**first)); /* HP_NONE */
	for (uint32_t i = p->by_thread.n; i-- > 0;) {
		uint32_t stack = p->by_thread.stack[i].i;

		(*next)[i] = (*first)[stack];
		(*first)[stack] = i;
	}
	return HPROF_OK;
}

/* What the next row of jemalloc's form stands for, which does not follow from its numbers. */
static void put_exact(const struct symbolized_writer *w, const struct hp_samples *s, uint32_t row,
		      bool rest)
{
	hp_out_str(w->out, "#~");
	for (unsigned k = 0; k < ROW_TYPES; k++) {
		bool none = rest || !column(w, s, k);
		double v[2] = {none ? 0 : s->estimate[w->type[k]][row],
			       none ? 0 : s->variance[w->type[k]][row]};

		for (size_t i = 0; i < HP_LEN(v); i++) {
			uint64_t bits;

			memcpy(&bits, &v[i], sizeof(bits));
			hp_out_fmt(w->out, "\t%" PRIx64, bits);
		}
	}
	hp_out_char(w->out, '\n');
}

/* Row @row of @s in jemalloc's form, of @thread. */
static void put_row(const struct symbolized_writer *w, const struct hp_samples *s, uint32_t row,
		    struct hp_slice thread)
{
	double v[ROW_TYPES], part[ROW_TYPES], n;

	find_numbers(w, s, row, v);
	n = rows_of(v);
	for (double i = 0; i < n; i++) {
		if (w->p->added_up || n > 1)
			put_exact(w, s, row, i > 0);
		take_part(v, i, n, part);
		hp_out_str(w->out, "  t");
		hp_out_safe(w->out, thread);
		hp_out_str(w->out, ": ");
		put_numbers(w, part);
		hp_out_char(w->out, '\n');
	}
}

/* jemalloc's form, with its rows per thread. */
static int put_jemalloc(const struct symbolized_writer *w, struct hprof_error *err)
{
	const struct hprof_profile *p = w->p;
	uint32_t *first, *next;
	int r = chain_threads(p, &first, &next, err);

	if (r == HPROF_OK) {
		hp_out_fmt(w->out, "heap_v2/%" PRIu64 "\n", p->sampling_period);
		for (uint32_t i = 0; i < p->threads.n; i++) {
			hp_out_str(w->out, "  t");
			hp_out_safe(w->out, str(w, p->threads.id[i]));
			hp_out_str(w->out, ": 0: 0 [0: 0]");
			if (p->threads.name[i].i)
				hp_out_char(w->out, ' ');
			hp_out_put(w->out, str(w, p->threads.name[i]));
			hp_out_char(w->out, '\n');
		}
	}
	for (uint32_t i = 0; r == HPROF_OK && i < w->all->n; i++) {
		put_stack(w, w->all->stack[i].i);
		hp_out_char(w->out, '\n');
		put_row(w, w->all, i, HP_LIT("*"));
		for (uint32_t k = first[w->all->stack[i].i]; k != HP_NONE; k = next[k])
			put_row(w, &p->by_thread, k,
				str(w, p->threads.id[p->by_thread.thread[k].i]));
	}
	free(first);
	free(next);
	return r;
}

/* Of @objects of @bytes together, those of row @i of many, one object in each. */
static void take_object(double objects, double bytes, double i, double *out)
{
	double n = fmax(fabs(objects), 1);

	out[0] = i < fabs(objects) ? copysign(1, objects) : 0;
	out[1] = i < n ? round(bytes * (i + 1) / n) - round(bytes * i / n) : 0;
}

/* A row in gperftools' form. */
static void put_sample_row(const struct symbolized_writer *w, uint32_t i, const double v[ROW_TYPES])
{
	put_numbers(w, v);
	hp_out_char(w->out, ' ');
	put_stack(w, w->all->stack[i].i);
	hp_out_char(w->out, '\n');
}

/* A row of numbers and its stack; for what was recorded object by object, one for each. */
static void put_sample(const struct symbolized_writer *w, uint32_t i)
{
	double v[ROW_TYPES], part[ROW_TYPES];
	bool single = w->all->size && w->all->size[i].exact;
	double n;

	find_numbers(w, w->all, i, v);
	repeat_inuse(w, v);
	n = single ? fmax(1, fmax(fabs(v[0]), fabs(v[2]))) : rows_of(v);
	for (double k = 0; k < n; k++) {
		take_part(v, k, n, part);
		if (single) {
			take_object(v[0], v[1], k, &part[0]);
			take_object(v[2], v[3], k, &part[2]);
		}
		put_sample_row(w, i, part);
	}
}

/* gperftools' form, for everything else. */
static void put_gperftools(const struct symbolized_writer *w)
{
	const struct hprof_profile *p = w->p;

	hp_out_str(w->out, "heap profile: ");
	put_totals(w);
	if (!p->sampling_period)
		hp_out_str(w->out, " @ heapprofile\n");
	else if (p->sampling == HP_SAMPLING_THRESHOLD) /* it is written twice as large */
		hp_out_fmt(w->out, " @ heap/%" PRIu64 "\n", 2 * p->sampling_period);
	else
		hp_out_fmt(w->out, " @ heap_v2/%" PRIu64 "\n", p->sampling_period);
	for (uint32_t i = 0; i < w->all->n; i++)
		put_sample(w, i);
}

static void put_maps(const struct symbolized_writer *w)
{
	const struct hprof_profile *p = w->p;
	const struct hp_maps *m = &p->maps;

	if (!p->has_maps)
		return;
	hp_out_str(w->out, "\nMAPPED_LIBRARIES:\n");
	for (uint32_t i = 0; i < m->n; i++) {
		const struct hp_module *module = &p->modules.row[m->module[i].i];
		struct hp_slice path = str(w, module->path);

		hp_out_fmt(w->out,
			   "%08" PRIx64 "-%08" PRIx64 " %c%c%cp %08" PRIx64 " %02" PRIx64
			   ":%02" PRIx64 " %" PRIu64,
			   m->start[i], m->limit[i], m->perms[i] & HP_MAP_READ ? 'r' : '-',
			   m->perms[i] & HP_MAP_WRITE ? 'w' : '-',
			   m->perms[i] & HP_MAP_EXEC ? 'x' : '-', m->file_offset[i],
			   m->device[i] >> 32, m->device[i] & UINT32_MAX, m->inode[i]);
		if (!hp_slice_same(path, HP_LIT("[anon]"))) {
			hp_out_str(w->out, "          ");
			hp_out_octal(w->out, path);
			hp_out_str(w->out, module->deleted ? " (deleted)" : "");
		}
		hp_out_char(w->out, '\n');
	}
}

static int symbolized_draw(const struct hprof_view *v, const struct hprof_render_opts *o,
			   struct hp_out *out, struct hprof_error *err)
{
	struct symbolized_writer w = {.p = v->profiles[0],
				      .all = hp_view_all(v, 0),
				      .note = v->sources[0].note,
				      .out = out};
	int r = find_types(&w, o, err);

	w.jemalloc = hp_slice_same(str(&w, w.p->writer), HP_LIT("jemalloc"));
	if (r == HPROF_OK)
		r = find_addresses(&w, err);
	if (r == HPROF_OK)
		r = find_roles(&w, err);
	if (r == HPROF_OK)
		r = find_whole(&w, err);
	if (r == HPROF_OK) {
		put_symbols(&w);
		hp_out_str(out, "--- heap\n");
		if (w.jemalloc)
			r = put_jemalloc(&w, err);
		else
			put_gperftools(&w);
		put_maps(&w);
	}
	free(w.addr);
	free(w.leaf);
	free(w.inner);
	return r;
}

const struct hp_output hp_output_symbolized = {
	{"symbolized", "the profile with its symbols in one file, as jeprof reads it", true},
	symbolized_draw,
};
