/*
 * reader.c - functions, lines and inline chains of addresses, from the bytes of the sections.
 *
 * The units that claim addresses are found once by their ranges; then each touched unit is
 * read once, by any of some threads.  A unit that cannot be read in this way is left to libdw.
 */
#include <dwarf.h>
#include <elfutils/libdwelf.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "analyzer/base/column.h"
#include "analyzer/base/sort.h"
#include "analyzer/symbolize/debug_file.h"
#include "analyzer/symbolize/dwarf/ranges.h"
#include "analyzer/symbolize/dwarf/worker.h"
#include "analyzer/symbolize/text.h"
#include "analyzer/symbolize/threads.h"

enum {
	/* times that an address may be claimed by ranges, and held by functions, on average */
	CLAIMS_PER_ADDR = 64,
	HITS_PER_ADDR = 256,
	LEAST_CLAIMS = 1 << 20,
	/* lists of ranges may be shared, as those of nested inlined calls are, but not by all */
	RANGES_SHARED = 4,
	OLD_RANGE_BYTES = 8, /* that a range takes in .debug_ranges at least... */
	NEW_RANGE_BYTES = 2, /* ...and in .debug_rnglists */
	/* times that all units together may be walked: once or twice, but for odd files */
	WALKS = 6,
	LEAST_STEPS = 1 << 27,      /* that all units may take in any case... */
	LEAST_UNIT_STEPS = 1 << 24, /* ...and one of them */
	ADDRS_AT_ONCE = 512,        /* that a thread takes to name by symbols... */
	THREAD_ADDRS = 2048,        /* ...and for fewer none is started */
	UNITS_AT_ONCE = 64,         /* that a thread takes to look at their ranges */
	THREAD_UNITS = 256,         /* for fewer units no thread is started to index them... */
	THREAD_BYTES = 1 << 20,     /* ...and for fewer bytes none to read them */
};

struct reader {
	struct hp_dwarf base;
	const struct hp_elf *f, *from;
	const struct hp_job *job;
	struct hp_job brief_job; /* the same, for libdw */
	struct hp_arena *mem;
	struct hp_dw_file file;
	struct hp_dw_open alt;
	bool has_alt, lacks_alt;
	const char *alt_tried; /* if it lacks_alt: where it was looked for */
	struct hp_dw_splits splits;
	struct hp_dwarf *slow; /* libdw, once a unit needed it */
	unsigned workers;
	bool *rangeless; /* [file.n_units] has code that its own DIE does not tell */
	uint64_t range_steps, abbrev_len;
};

/* --- open and close --- */

/* Open the file that @d shares DWARF with, if it says that it does. */
static void open_alt(struct reader *d)
{
	struct hp_alt_found alt;
	struct hp_slice name;
	struct hp_slice id;
	const char *why;
	bool damaged;

	d->lacks_alt = hp_alt_link(d->from, &name, &id);
	if (!d->lacks_alt)
		return;
	hp_find_alt(d->from, d->job, false, d->mem, &alt);
	d->alt_tried = alt.tried;
	if (!*alt.file || !hp_dw_open(&d->alt, alt.file, &alt.from, false, &why))
		return;
	d->has_alt = hp_dw_units_read(&d->alt.file, &damaged);
	d->lacks_alt = !d->has_alt;
	if (!d->has_alt)
		hp_dw_close(&d->alt);
	if (d->has_alt)
		d->file.alt = &d->alt.file;
}

static void close_reader(struct hp_dwarf *base)
{
	struct reader *d = (struct reader *)base;

	hp_dwarf_close(d->slow);
	hp_dw_splits_end(&d->splits);
	if (d->has_alt) {
		free(d->alt.file.unit);
		hp_dw_close(&d->alt);
	}
	free(d->file.unit);
	free(d->rangeless);
}

static struct hp_dwarf *open_reader(const struct hp_elf *f, const struct hp_elf *from,
				    const struct hp_job *job, struct hp_arena *mem,
				    const char **why)
{
	struct reader *d;

	*why = "";
	if (!hp_elf_section(from, ".debug_info"))
		return NULL;
	d = hp_arena_alloc(mem, sizeof(*d));
	if (!d)
		return NULL;
	*d = (struct reader){
		.base.reader = &hp_dwarf_fast,
		.f = f,
		.from = from,
		.job = job,
		.mem = mem,
		.file = {.path = from->path, .swapped = from->swapped},
		.workers = hp_threads_for(job->opts->workers, HP_DWARF_WORKERS),
		.splits.package.fd = -1,
	};
	if (!hp_dw_sections(&d->file, from->elf, false, d->workers, mem)) {
		*why = hp_textf(mem, "%s: compressed sections are damaged or implausibly large",
				from->path);
		return NULL;
	}
	d->brief_job = *job;
	d->brief_job.brief = true;
	open_alt(d);
	d->range_steps = RANGES_SHARED * (d->file.section[HP_DW_RANGES].len / OLD_RANGE_BYTES +
					  d->file.section[HP_DW_RNGLISTS].len / NEW_RANGE_BYTES);
	d->abbrev_len = d->file.section[HP_DW_ABBREV].len;
	return &d->base;
}

/* --- which units claim which addresses --- */

struct indexing {
	struct reader *d;
	struct hp_dw_run *run;
	_Atomic uint32_t next; /* unit */
	_Atomic uint64_t steps, n_claims;
	struct hp_claims found[HP_DWARF_WORKERS];
};

/* Count @n off *@left.  False: there is not as much. */
static bool budget_spend(_Atomic uint64_t *left, uint64_t n)
{
	if (atomic_fetch_sub(left, n) >= n)
		return true;
	atomic_store(left, 0);
	return false;
}

/* Note the addresses in [@r->start, @r->limit).  False: no memory. */
static bool add_claims(struct indexing *x, struct hp_claims *to, uint32_t u,
		       const struct hp_dw_ranges *r)
{
	const struct hp_dw_run *run = x->run;

	for (uint32_t i = hp_lower_bound_u64(run->addr, run->n, r->start);
	     i < run->n && run->addr[i] < r->limit; i++) {
		if (!budget_spend(&x->n_claims, 1))
			return true;
		if (!HP_COLUMN_ROOM(to->row, to->n, to->cap))
			return false;
		to->row[to->n++] = (struct hp_claim){i, u, r->start};
	}
	return true;
}

/* Note which addresses unit number @u claims. */
static bool index_unit(struct indexing *x, struct hp_claims *to, uint32_t u)
{
	const struct hp_dw_run *run = x->run;
	const struct hp_dw_unit *unit = &run->file->unit[u];
	uint64_t budget = atomic_load(&x->steps);
	uint64_t had = budget;
	struct hp_dw_cu cu = {.low_pc = 0};
	struct hp_dw_ranges r;
	struct hp_dw_pcs pcs;
	bool any = false;

	if (unit->type == DW_UT_type || unit->type == DW_UT_partial ||
	    unit->type == DW_UT_split_type)
		return true;
	if (!hp_dw_cu_read(&cu, run->file, unit, NULL, &pcs, &budget)) {
		run->failed[u] = budget > 0;
		(void)budget_spend(&x->steps, had - budget);
		return true;
	}
	hp_dw_ranges_begin(&r, &cu, &pcs);
	while (budget && hp_dw_ranges_next(&r)) {
		budget--;
		any = true;
		if (r.start < r.limit && r.limit > run->addr[0] &&
		    r.start <= run->addr[run->n - 1] &&
		    hp_extents_hold(run->lines.text, run->lines.n_text, r.start) &&
		    !add_claims(x, to, u, &r))
			return false;
	}
	if (r.damaged)
		run->failed[u] = true;
	x->d->rangeless[u] = !any;
	(void)budget_spend(&x->steps, had - budget); /* the next one sees it */
	return true;
}

static void index_some(void *ctx, unsigned worker)
{
	struct indexing *x = ctx;
	uint32_t n = x->run->file->n_units;

	for (;;) {
		uint32_t from = atomic_fetch_add(&x->next, UNITS_AT_ONCE);

		if (from >= n)
			return;
		for (uint32_t u = from; u < n && u - from < UNITS_AT_ONCE; u++)
			if (!index_unit(x, &x->found[worker], u)) {
				atomic_store(&x->run->no_memory, true);
				return;
			}
	}
}

/* Gather what the threads found in the first list. */
static bool gather(struct indexing *x, struct hp_claims *out)
{
	*out = x->found[0];
	for (unsigned i = 1; i < HP_DWARF_WORKERS; i++) {
		const struct hp_claims *more = &x->found[i];

		for (uint32_t k = 0; k < more->n; k++) {
			if (!HP_COLUMN_ROOM(out->row, out->n, out->cap))
				return false;
			out->row[out->n++] = more->row[k];
		}
	}
	return true;
}

static int index_units(struct reader *d, struct hp_dw_run *run, struct hp_claims *claims)
{
	unsigned workers = d->file.n_units < THREAD_UNITS ? 1 : d->workers;
	struct indexing x = {.d = d, .run = run};
	bool fine;

	atomic_store(&x.steps, LEAST_UNIT_STEPS + d->range_steps + d->file.section[HP_DW_INFO].len +
				       WALKS * d->abbrev_len);
	atomic_store(&x.n_claims, LEAST_CLAIMS + (uint64_t)CLAIMS_PER_ADDR * run->n);
	hp_run_on(workers, index_some, &x);
	fine = gather(&x, claims) && !atomic_load(&run->no_memory);
	for (unsigned i = 1; i < HP_DWARF_WORKERS; i++)
		free(x.found[i].row);
	if (!atomic_load(&x.steps) || !atomic_load(&x.n_claims))
		hp_dw_warn(run, hp_textf(d->mem, "%s: too many units claim the same code",
					 d->file.path));
	return fine ? HPROF_OK : HPROF_ENOMEM;
}

/* --- reading units --- */

struct reading {
	struct reader *d;
	struct hp_dw_run *run;
	struct hp_dw_worker *workers;   /* [d->workers] */
	const struct hp_claims *claims; /* by unit */
	uint32_t *first;                /* [n_units + 1] row of claims of each unit in turn */
	uint32_t n_units;
	_Atomic uint32_t next, done;
};

static void report_progress(struct reading *r)
{
	const struct hp_dwarf_sink *sink = r->run->sink;

	if (!sink->progress || pthread_mutex_trylock(&r->run->output_lock) != 0)
		return; /* whoever holds it tells */
	sink->progress(sink->ctx, atomic_load(&r->done), r->n_units);
	(void)pthread_mutex_unlock(&r->run->output_lock);
}

static void read_some(void *ctx, unsigned worker)
{
	struct reading *r = ctx;
	struct hp_dw_worker *w = &r->workers[worker];

	for (;;) {
		uint32_t i = atomic_fetch_add(&r->next, 1);

		if (i >= r->n_units || atomic_load(&r->run->no_memory))
			return;
		w->part.n = 0;
		for (uint32_t k = r->first[i]; k < r->first[i + 1]; k++) {
			uint32_t a = r->claims->row[k].addr;

			if (!hp_dw_part_add(&w->part, a, r->run->addr[a], &r->claims->row[k].start))
				atomic_store(&r->run->no_memory, true);
		}
		hp_dw_worker_read(w, r->claims->row[r->first[i]].unit);
		atomic_fetch_add(&r->done, 1);
		report_progress(r);
	}
}

/* Read the units of one round. */
static int read_round(struct reading *r, const struct hp_claims *claims)
{
	const struct hp_dw_unit *units = r->run->file->unit;
	uint64_t bytes = 0;

	r->claims = claims;
	r->n_units = 0;
	atomic_store(&r->next, 0);
	atomic_store(&r->done, 0);
	r->first = calloc((size_t)claims->n + 1, sizeof(*r->first));
	if (!r->first)
		return HPROF_ENOMEM;
	for (uint32_t i = 0; i < claims->n; i++) {
		const struct hp_dw_unit *u = &units[claims->row[i].unit];

		if (i && claims->row[i].unit == claims->row[i - 1].unit)
			continue;
		r->first[r->n_units++] = i;
		bytes += u->limit - u->offset;
	}
	r->first[r->n_units] = claims->n;
	hp_run_on(r->n_units < 2 || bytes < THREAD_BYTES ? 1 : r->d->workers, read_some, r);
	free(r->first);
	return atomic_load(&r->run->no_memory) ? HPROF_ENOMEM : HPROF_OK;
}

static int read_claims(struct reading *r, struct hp_claims *claims)
{
	struct hp_rounds rounds;
	int status = hp_rounds_begin(&rounds, claims, r->run->n) ? HPROF_OK : HPROF_ENOMEM;

	while (status == HPROF_OK && hp_rounds_next(&rounds, r->run->done))
		status = read_round(r, &rounds.now);
	hp_rounds_release(&rounds);
	return status;
}

/* Units whose own DIE tells nothing of their code are asked for all that is left. */
static int read_rangeless(struct reading *r)
{
	struct hp_dw_run *run = r->run;
	struct hp_dw_worker *w = &r->workers[0];

	for (uint32_t u = 0; u < run->file->n_units; u++) {
		if (!r->d->rangeless[u])
			continue;
		if (!budget_spend(&run->steps, run->n)) {
			run->exhausted[u] = true;
			break;
		}
		w->part.n = 0;
		for (uint32_t i = 0; i < run->n; i++)
			if (!run->done[i] && !hp_dw_part_add(&w->part, i, run->addr[i], NULL))
				return HPROF_ENOMEM;
		if (!w->part.n)
			break;
		hp_dw_worker_read(w, u);
		if (atomic_load(&run->no_memory))
			return HPROF_ENOMEM;
	}
	return HPROF_OK;
}

/* --- the second way --- */

struct second { /* passes on what libdw says about some of the addresses */
	struct hp_dw_run *run;
	uint32_t *which; /* [n] */
	uint64_t *addr;
	uint32_t n;
};

static void pass_frames(void *ctx, unsigned worker, uint32_t i, const struct hp_raw_frame *f,
			uint32_t n)
{
	struct second *s = ctx;
	const struct hp_dwarf_sink *sink = s->run->sink;

	if (n && (f->linkage.len || f->name.len || n > 1)) {
		sink->frames(sink->ctx, worker, s->which[i], f, n);
		s->run->done[s->which[i]] = true;
	}
}

/* It says in other words what is told of the units that failed. */
static void pass_warning(void *ctx, enum hp_dwarf_trouble kind, const char *text)
{
	(void)ctx;
	(void)kind;
	(void)text;
}

static void pass_pause(void *ctx, unsigned worker)
{
	struct second *s = ctx;

	s->run->sink->pause(s->run->sink->ctx, worker);
}

/* Whether there are addresses that only a unit that could not be read may know. */
static bool list_retries(struct second *s)
{
	const struct hp_dw_run *run = s->run;
	bool any_failed = false;

	for (uint32_t u = 0; u < run->file->n_units; u++)
		any_failed = any_failed || run->failed[u];
	if (!any_failed)
		return false;
	s->which = calloc((size_t)run->n + 1, sizeof(*s->which));
	s->addr = calloc((size_t)run->n + 1, sizeof(*s->addr));
	for (uint32_t i = 0; s->which && s->addr && i < run->n; i++) {
		if (run->done[i])
			continue;
		s->which[s->n] = i;
		s->addr[s->n++] = run->addr[i];
	}
	return s->n > 0;
}

static int read_slowly(struct reader *d, struct hp_dw_run *run)
{
	struct second s = {.run = run};
	const struct hp_dwarf_sink sink = {&s, pass_frames, pass_warning, pass_pause, NULL, NULL};
	const char *why;
	int r = HPROF_OK;

	if (list_retries(&s)) {
		if (!d->slow)
			d->slow = hp_dwarf_libdw.open(d->f, d->from, &d->brief_job, d->mem, &why);
		if (d->slow)
			r = hp_dwarf_run(d->slow, s.addr, s.n, &sink);
		else if (*why)
			hp_dw_warn(run, why);
	}
	free(s.which);
	free(s.addr);
	return r;
}

/* --- all of it --- */

/* One warning for all units that are @marked, by the first of them. */
static void warn_of(struct hp_dw_run *run, struct hp_arena *mem, const bool *marked,
		    const char *what)
{
	const struct hp_dw_file *file = run->file;
	uint32_t first = UINT32_MAX;
	uint32_t n = 0;

	for (uint32_t u = 0; u < file->n_units; u++) {
		if (marked[u] && !n++)
			first = u;
	}
	if (n == 1)
		hp_dw_warn(run, hp_textf(mem, "%s: the unit at 0x%" PRIx64 " of .debug_info %s",
					 file->path, file->unit[first].offset, what));
	else if (n)
		hp_dw_warn(run,
			   hp_textf(mem,
				    "%s: %" PRIu32 " units of .debug_info, the first at 0x%" PRIx64
				    ", each %s",
				    file->path, n, file->unit[first].offset, what));
}

/* The first unit was told by itself. */
static void warn_lost(struct hp_dw_run *run, struct hp_arena *mem)
{
	uint32_t n = atomic_load(&run->lost);

	if (n > 1)
		hp_dw_warn_missing(run, hp_textf(mem,
						 "%s: %" PRIu32 " more units are split off, and "
						 "their rests were not found",
						 run->file->path, n - 1));
}

struct rest {
	struct hp_dw_run *run;
	_Atomic uint32_t next;
};

static void tell_some(void *ctx, unsigned worker)
{
	struct rest *r = ctx;
	struct hp_dw_run *run = r->run;
	const struct hp_dwarf_sink *sink = run->sink;

	for (;;) {
		uint32_t from = atomic_fetch_add(&r->next, ADDRS_AT_ONCE);

		if (from >= run->n)
			break;
		for (uint32_t i = from; i < run->n && i - from < ADDRS_AT_ONCE; i++)
			if (!run->done[i])
				sink->frames(sink->ctx, worker, i, &run->bare[i],
					     run->bare[i].file.len ? 1 : 0);
	}
	sink->pause(sink->ctx, worker);
}

/* What no unit knows has a symbol at best. */
static void tell_rest(struct hp_dw_run *run, unsigned workers)
{
	struct rest r = {.run = run};
	uint32_t n = 0;

	for (uint32_t i = 0; i < run->n; i++)
		n += !run->done[i];
	hp_run_on(n > THREAD_ADDRS ? workers : 1, tell_some, &r);
}

static int list_units(struct reader *d, struct hp_dw_run *run)
{
	const char *why;
	bool damaged;

	if (!d->rangeless) {
		if (!hp_dw_units_read(&d->file, &damaged))
			return HPROF_ENOMEM;
		d->rangeless = calloc((size_t)d->file.n_units + 1, sizeof(*d->rangeless));
		if (!d->rangeless)
			return HPROF_ENOMEM;
		if (damaged)
			hp_dw_warn(run,
				   hp_textf(d->mem,
					    "%s: the list of units in .debug_info is damaged at "
					    "0x%" PRIx64,
					    d->file.path,
					    d->file.n_units
						    ? d->file.unit[d->file.n_units - 1].limit
						    : 0));
		if (d->lacks_alt)
			hp_dw_warn_missing(run, hp_textf(d->mem,
							 "%s: the file that it shares DWARF with "
							 "(.gnu_debugaltlink) was not found: %s",
							 d->file.path, d->alt_tried));
		hp_dw_splits_begin(&d->splits, d->f, d->from, d->job, d->mem, &why);
		if (*why && d->splits.package.refused)
			hp_dw_warn_missing(run, why);
		else if (*why)
			hp_dw_warn(run, why);
	}
	run->failed = calloc((size_t)d->file.n_units + 1, sizeof(*run->failed));
	run->exhausted = calloc((size_t)d->file.n_units + 1, sizeof(*run->exhausted));
	return run->failed && run->exhausted ? HPROF_OK : HPROF_ENOMEM;
}

/* Bytes of the units and abbreviations that names may come from. */
static uint64_t name_bytes(const struct reader *d)
{
	uint64_t n = d->file.section[HP_DW_INFO].len + d->abbrev_len;

	if (d->has_alt)
		n += d->alt.file.section[HP_DW_INFO].len + d->alt.file.section[HP_DW_ABBREV].len;
	return n;
}

static int read_all(struct reader *d, struct hp_dw_run *run)
{
	struct reading reading = {.d = d, .run = run};
	struct hp_claims claims = {0};
	uint64_t seed = hp_hash_seed();
	int r;

	reading.workers = calloc(d->workers, sizeof(*reading.workers));
	r = reading.workers ? index_units(d, run, &claims) : HPROF_ENOMEM;
	for (unsigned i = 0; reading.workers && i < d->workers; i++) {
		reading.workers[i].run = run;
		reading.workers[i].number = i;
		reading.workers[i].namer.seed = seed;
		reading.workers[i].namer.steps = LEAST_STEPS + WALKS * name_bytes(d);
	}
	run->unit_steps = LEAST_UNIT_STEPS + d->range_steps + d->file.section[HP_DW_LINE].len +
			  (uint64_t)HITS_PER_ADDR * run->n + d->abbrev_len;
	atomic_store(&run->steps,
		     LEAST_STEPS + WALKS * (d->range_steps + d->file.section[HP_DW_INFO].len +
					    d->file.section[HP_DW_LINE].len +
					    (uint64_t)HITS_PER_ADDR * run->n +
					    d->abbrev_len * d->workers));
	if (r == HPROF_OK)
		r = read_claims(&reading, &claims);
	if (r == HPROF_OK)
		r = read_rangeless(&reading);
	if (r == HPROF_OK)
		r = read_slowly(d, run);
	if (r == HPROF_OK) {
		warn_lost(run, d->mem);
		warn_of(run, d->mem, run->failed, "cannot be read in full");
		warn_of(run, d->mem, run->exhausted,
			"is nested too deep, or refers to others too often");
		tell_rest(run, d->workers);
	}
	for (unsigned i = 0; reading.workers && i < d->workers; i++)
		hp_dw_worker_release(&reading.workers[i]);
	free(reading.workers);
	free(claims.row);
	return r;
}

static int run_reader(struct hp_dwarf *base, const uint64_t *addr, uint32_t n,
		      const struct hp_dwarf_sink *sink)
{
	struct reader *d = (struct reader *)base;
	struct hp_dw_run run = {
		.file = &d->file,
		.splits = &d->splits,
		.lines = {&d->file, d->f->text, d->f->n_text},
		.addr = addr,
		.n = n,
		.sink = sink,
		.output_lock = PTHREAD_MUTEX_INITIALIZER,
	};
	int r = HPROF_ENOMEM;

	if (!n)
		return HPROF_OK;
	run.bare = calloc((size_t)n + 1, sizeof(*run.bare));
	run.done = calloc((size_t)n + 1, sizeof(*run.done));
	if (run.bare && run.done)
		r = list_units(d, &run);
	if (r == HPROF_OK)
		r = read_all(d, &run);
	free(run.bare);
	free(run.done);
	free(run.failed);
	free(run.exhausted);
	return r;
}

const struct hp_dwarf_reader hp_dwarf_fast = {
	.name = "fast",
	.open = open_reader,
	.close = close_reader,
	.run = run_reader,
};
