/* plan.c - what is asked about the addresses of some profiles: a job per module. */
#include "analyzer/symbolize/plan.h"

#include <stdlib.h>

#include "analyzer/base/column.h"
#include "analyzer/symbolize/find.h"
#include "analyzer/symbolize/process.h"

struct entry { /* an address */
	uint64_t call;
	uint32_t module; /* modules.n for modules without a file: no job is about them */
	uint32_t map;    /* as in struct hp_job_addr */
	uint32_t i;      /* in the order of arrival */
};

struct entries {
	struct entry *row;
	uint32_t n, cap;
	struct hp_index index; /* by module and call, if there are several profiles */
	uint64_t seed;
};

/*
 * The module that is the program itself: HP_NONE if that is not known.  @binary is never taken
 * for a library of another name: it would be looked up there in vain, or found by chance.
 */
static uint32_t find_main(const struct hprof_profile *p, const char *binary)
{
	uint32_t flagged = HP_NONE;

	for (uint32_t i = 0; i < p->maps.n; i++) {
		uint32_t m = p->maps.module[i].i;
		struct hp_slice path = hp_profile_str(p, p->modules.row[m].path);

		if (!(p->maps.perms[i] & HP_MAP_EXEC) ||
		    p->modules.row[m].status == HP_MODULE_SPECIAL)
			continue;
		if (binary &&
		    hp_slice_same(hp_slice_basename(path), hp_slice_basename(hp_slice_str(binary))))
			return m;
		if (p->modules.row[m].main && flagged == HP_NONE)
			flagged = m;
	}
	for (uint32_t m = 0; m < p->modules.n && flagged == HP_NONE; m++)
		if (p->modules.row[m].main && p->modules.row[m].relative)
			flagged = m;
	if (binary && flagged != HP_NONE &&
	    hp_path_is_library(hp_profile_str(p, p->modules.row[flagged].path)))
		return HP_NONE;
	return flagged;
}

/* Whether location @loc, outside all mappings, has an address of the file of its module. */
static bool is_in_file(const struct hprof_profile *p, uint32_t loc)
{
	uint32_t module = p->locs.module[loc].i;

	return p->locs.map[loc].i == HP_NONE && module != HP_NONE &&
	       p->modules.row[module].relative;
}

/* --- mappings and jobs --- */

/* Mappings are by address; keep that order within each module. */
static void group_maps(struct hp_plan *plan)
{
	const struct hprof_profile *p = plan->dump[0].p;
	const struct hp_maps *maps = &p->maps;

	for (uint32_t i = 0; i < maps->n; i++)
		plan->map_row[i] = plan->map_first[maps->module[i].i + 1]++;
	for (uint32_t m = 0; m < p->modules.n; m++)
		plan->map_first[m + 1] += plan->map_first[m];
	for (uint32_t i = 0; i < maps->n; i++)
		plan->maps[plan->map_first[maps->module[i].i] + plan->map_row[i]] =
			(struct hp_job_map){
				.start = maps->start[i],
				.limit = maps->limit[i],
				.offset = maps->file_offset[i],
				.device = maps->device[i],
				.inode = maps->inode[i],
				.exec = (maps->perms[i] & HP_MAP_EXEC) != 0,
			};
}

/* Whether the user named a file for @module. */
static bool is_named(const struct hp_plan *plan, uint32_t module)
{
	const struct hprof_profile *p = plan->dump[0].p;
	const struct hp_module *m = &p->modules.row[module];

	if (m->status == HP_MODULE_SPECIAL)
		return false;
	if (module == plan->main && plan->opts->binary)
		return true;
	for (size_t i = 0; i < plan->opts->n_binaries; i++)
		if (hp_find_means(plan->opts->binaries[i].module, hp_profile_str(p, m->path).ptr))
			return true;
	return false;
}

static struct hp_job make_job(const struct hp_plan *plan, uint32_t module)
{
	const struct hprof_profile *p = plan->dump[0].p;
	const struct hp_module *m = &p->modules.row[module];

	return (struct hp_job){
		.path = hp_profile_str(p, m->path).ptr,
		.build_id = hp_profile_str(p, m->recorded_id).ptr,
		.time_ns = hp_profile_written_ns(p),
		.deleted = m->deleted,
		.relative = m->relative,
		.program = module == plan->main,
		.named = is_named(plan, module),
		.merged_maps = p->merged_maps,
		.return_addresses = p->return_addresses,
		.maps = plan->maps + plan->map_first[module],
		.n_maps = plan->map_first[module + 1] - plan->map_first[module],
		.opts = plan->opts,
		.shared = plan->shared,
	};
}

static bool has_code(const struct hp_job *job)
{
	for (uint32_t i = 0; i < job->n_maps; i++)
		if (job->maps[i].exec)
			return true;
	return job->relative;
}

/* What --binary names must be in the profile, and only once. */
static int check_named(const struct hp_plan *plan, struct hprof_error *err)
{
	const struct hprof_profile *p = plan->dump[0].p;

	for (size_t i = 0; i < plan->opts->n_binaries; i++) {
		const struct hprof_named_file *f = &plan->opts->binaries[i];
		const char *meant = NULL;

		for (uint32_t m = 0; m < p->modules.n; m++) {
			const char *path = hp_profile_str(p, p->modules.row[m].path).ptr;
			struct hp_job job = make_job(plan, m);

			if (p->modules.row[m].status == HP_MODULE_SPECIAL || !has_code(&job) ||
			    !hp_find_means(f->module, path))
				continue;
			if (meant)
				return hp_fail(err, HPROF_EFILE,
					       "--binary %s=%s: the profile has %s and %s: give "
					       "the whole path",
					       f->module, f->file, meant, path);
			meant = path;
		}
		if (!meant)
			return hp_fail(err, HPROF_EFILE,
				       "cannot use %s: the profile has no code of a module %s "
				       "(\"hprof info\" lists them)",
				       f->file, f->module);
	}
	return HPROF_OK;
}

/* All modules with code, that of the program first. */
static void list_peers(struct hp_plan *plan)
{
	const struct hp_modules *modules = &plan->dump[0].p->modules;

	if (plan->main != HP_NONE)
		plan->peers[plan->n_peers++] = make_job(plan, plan->main);
	for (uint32_t m = 0; m < modules->n; m++) {
		struct hp_job job = make_job(plan, m);

		if (m != plan->main && modules->row[m].status != HP_MODULE_SPECIAL &&
		    has_code(&job))
			plan->peers[plan->n_peers++] = job;
	}
}

/* --- addresses --- */

static bool same_entry(const void *ctx, uint32_t row, const void *key)
{
	const struct entry *a = &((const struct entries *)ctx)->row[row];
	const struct entry *b = key;

	return a->module == b->module && a->call == b->call;
}

/* The number of address @e, added unless it is found; only other profiles may have it, too. */
static bool add_entry(struct entries *t, struct entry *e, bool shared, uint32_t *out)
{
	uint32_t tag = shared ? hp_hash_pair(t->seed, e->call, e->module) : 0;

	*out = shared ? hp_index_find(&t->index, tag, same_entry, t, e) : UINT32_MAX;
	if (*out != UINT32_MAX)
		return true;
	if (!HP_COLUMN_ROOM(t->row, t->n, t->cap) ||
	    (shared && !hp_index_add(&t->index, tag, t->n)))
		return false;
	*out = e->i = t->n;
	t->row[t->n++] = *e;
	return true;
}

/* The address of location @loc of profile @p, as the first profile has it. */
static struct entry entry_of(const struct hp_plan *plan, const struct hprof_profile *p,
			     uint32_t loc, hp_mapid *hint)
{
	const struct hprof_profile *lead = plan->dump[0].p;
	uint32_t module = p->locs.module[loc].i;
	struct entry e = {
		.call = p->locs.addr[loc] - (p->return_addresses ? 1 : 0),
		.map = HP_JOB_IN_FILE,
		.module = module,
	};

	if (p->modules.row[module].status == HP_MODULE_SPECIAL) {
		e.module = lead->modules.n;
		return e;
	}
	if (is_in_file(p, loc))
		return e;
	*hint = p == lead ? p->locs.map[loc]
			  : hp_maps_find(&lead->maps, p->maps.start[p->locs.map[loc].i], *hint);
	e.map = plan->map_row[hint->i];
	e.module = lead->maps.module[hint->i].i;
	return e;
}

/* List what profile @p needs names for; rows of plan->lookup are by entry, as yet. */
static int list_lookups(struct hp_plan *plan, size_t i, struct entries *entries, size_t *n,
			struct hprof_error *err)
{
	const struct hprof_profile *p = plan->dump[i].p;
	hp_mapid hint = {HP_NONE};

	for (uint32_t loc = 0; loc < p->locs.n; loc++) {
		struct entry e;
		uint32_t row;

		if (p->locs.frame_n[loc]) /* the profile names it */
			continue;
		if (p->locs.map[loc].i == HP_NONE && !is_in_file(p, loc))
			continue;
		e = entry_of(plan, p, loc, &hint);
		if (!add_entry(entries, &e, plan->n > 1, &row))
			return hp_fail_nomem(err);
		plan->lookup[(*n)++] = (struct hp_lookup){row, {loc}};
	}
	plan->lookup_first[i + 1] = *n;
	return HPROF_OK;
}

static int by_module(const void *pa, const void *pb)
{
	const struct entry *a = pa;
	const struct entry *b = pb;

	if (a->module != b->module)
		return a->module < b->module ? -1 : 1;
	if (a->call != b->call)
		return a->call < b->call ? -1 : 1;
	return (a->i > b->i) - (a->i < b->i);
}

/* Sort the addresses into plan->addrs; @rank[entries->n] receives the row of each. */
static void sort_entries(struct hp_plan *plan, struct entries *t, uint32_t *rank)
{
	if (t->n > 1)
		qsort(t->row, t->n, sizeof(*t->row), by_module);
	for (uint32_t i = 0; i < t->n; i++) {
		const struct entry *e = &t->row[i];

		if (i == 0 || e->module != e[-1].module || e->call != e[-1].call) {
			plan->addrs[plan->n_addrs++] = (struct hp_job_addr){e->call, e->map};
			plan->addr_first[e->module + 1]++;
		}
		rank[e->i] = plan->n_addrs - 1;
	}
	for (uint32_t m = 0; m <= plan->dump[0].p->modules.n; m++)
		plan->addr_first[m + 1] += plan->addr_first[m];
}

/*
 * Sort the lookups of each profile by address, by counting: all of them by address, then, in that
 * order, by profile.
 */
static int sort_lookups(struct hp_plan *plan, const uint32_t *rank, struct hprof_error *err)
{
	size_t n = plan->lookup_first[plan->n];
	uint32_t *at = calloc((size_t)plan->n_addrs + 1, sizeof(*at));
	uint32_t *order = calloc(n + 1, sizeof(*order));
	uint32_t *dump = calloc(n + 1, sizeof(*dump));
	struct hp_lookup *sorted = calloc(n + 1, sizeof(*sorted));
	bool done = at && order && dump && sorted;

	for (size_t i = 0; done && i < plan->n; i++)
		for (size_t k = plan->lookup_first[i]; k < plan->lookup_first[i + 1]; k++) {
			dump[k] = (uint32_t)i;
			plan->lookup[k].addr = rank[plan->lookup[k].addr];
			at[plan->lookup[k].addr + 1]++;
		}
	for (uint32_t a = 0; done && a < plan->n_addrs; a++)
		at[a + 1] += at[a];
	for (size_t k = 0; done && k < n; k++)
		order[at[plan->lookup[k].addr]++] = (uint32_t)k;
	for (size_t k = 0; done && k < n; k++)
		sorted[plan->lookup_first[dump[order[k]]]++] = plan->lookup[order[k]];
	if (done) { /* each begins where the one before has ended now */
		memmove(plan->lookup_first + 1, plan->lookup_first, plan->n * sizeof(size_t));
		plan->lookup_first[0] = 0;
		memcpy(plan->lookup, sorted, n * sizeof(*sorted));
	}
	free(at);
	free(order);
	free(dump);
	free(sorted);
	return done ? HPROF_OK : hp_fail_nomem(err);
}

static int list_addresses(struct hp_plan *plan, struct hprof_error *err)
{
	struct entries entries = {.seed = hp_hash_seed()};
	uint32_t *rank = NULL;
	size_t n = 0;
	int r = HPROF_OK;

	for (size_t i = 0; r == HPROF_OK && i < plan->n; i++)
		r = list_lookups(plan, i, &entries, &n, err);
	if (r == HPROF_OK) {
		rank = calloc((size_t)entries.n + 1, sizeof(*rank));
		plan->addrs = calloc((size_t)entries.n + 1, sizeof(*plan->addrs));
		if (!rank || !plan->addrs)
			r = hp_fail_nomem(err);
	}
	if (r == HPROF_OK) {
		sort_entries(plan, &entries, rank);
		r = sort_lookups(plan, rank, err);
	}
	free(rank);
	free(entries.row);
	hp_index_release(&entries.index);
	return r;
}

/* --- counts --- */

/* Of the modules with mappings, count the addresses that profile @p itself names. */
static void count_inside(struct hprof_profile *p)
{
	const struct hp_locs *l = &p->locs;

	for (uint32_t i = 0; i < p->maps.n; i++) {
		struct hp_module *m = &p->modules.row[p->maps.module[i].i];

		m->n_addr = m->n_named = m->n_lined = 0;
	}
	for (uint32_t i = 0; i < p->modules.n; i++)
		if (p->modules.row[i].relative)
			p->modules.row[i].n_addr = p->modules.row[i].n_named =
				p->modules.row[i].n_lined = 0;
	for (uint32_t i = HP_TRUNCATED_LOCS; i < l->n; i++) {
		struct hp_module *m;

		if (!l->frame_n[i] || (l->map[i].i == HP_NONE && !is_in_file(p, i)))
			continue;
		m = &p->modules.row[l->module[i].i];
		m->n_addr++;
		m->n_named++;
		m->n_lined += p->frames.line[l->frame_first[i]] > 0;
	}
}

/* Count the addresses of each profile per module, and of all together per module of the first. */
static void count_addresses(struct hp_plan *plan)
{
	const struct hp_modules *modules = &plan->dump[0].p->modules;

	for (size_t i = 0; i < plan->n; i++) {
		struct hprof_profile *p = plan->dump[i].p;
		uint32_t last = HP_NONE;

		count_inside(p);
		for (uint32_t m = 0; i == 0 && m < modules->n; m++)
			plan->n_addr[m] = modules->row[m].n_addr;
		for (size_t k = plan->lookup_first[i]; k < plan->lookup_first[i + 1]; k++) {
			const struct hp_lookup *l = &plan->lookup[k];

			if (l->addr != last)
				p->modules.row[p->locs.module[l->loc.i].i].n_addr++;
			last = l->addr;
		}
	}
}

/* --- tasks --- */

static void make_task(struct hp_plan *plan, uint32_t module, uint32_t from, uint32_t to)
{
	struct hp_plan_task *t = &plan->task[plan->n_tasks++];

	*t = (struct hp_plan_task){make_job(plan, module), {module}, from};
	t->job.addrs = plan->addrs + from;
	t->job.n_addrs = to - from;
	t->job.peers = plan->peers;
	t->job.n_peers = plan->n_peers;
	plan->n_addr[module] += to - from;
}

/* A task for each module with a file that has addresses, or was named. */
static void make_tasks(struct hp_plan *plan)
{
	const struct hp_modules *modules = &plan->dump[0].p->modules;
	uint32_t main_task = HP_NONE;

	for (uint32_t m = 0; m < modules->n; m++) {
		uint32_t from = plan->addr_first[m], to = plan->addr_first[m + 1];

		if (from == to && !is_named(plan, m))
			continue;
		if (m == plan->main)
			main_task = plan->n_tasks;
		make_task(plan, m, from, to);
	}
	if (main_task != HP_NONE) { /* if it fails, nothing else needs to be done */
		struct hp_plan_task t = plan->task[main_task];

		memmove(&plan->task[1], &plan->task[0], main_task * sizeof(t));
		plan->task[0] = t;
	}
}

static bool allocate(struct hp_plan *plan)
{
	const struct hprof_profile *p = plan->dump[0].p;
	size_t n_modules = p->modules.n, n_maps = p->maps.n, n_locs = 0;

	for (size_t i = 0; i < plan->n; i++)
		n_locs += plan->dump[i].p->locs.n;
	plan->maps = calloc(n_maps + 1, sizeof(*plan->maps));
	plan->map_first = calloc(n_modules + 1, sizeof(*plan->map_first));
	plan->map_row = calloc(n_maps + 1, sizeof(*plan->map_row));
	plan->addr_first = calloc(n_modules + 2, sizeof(*plan->addr_first));
	plan->lookup = calloc(n_locs + 1, sizeof(*plan->lookup));
	plan->lookup_first = calloc(plan->n + 1, sizeof(*plan->lookup_first));
	plan->n_addr = calloc(n_modules + 1, sizeof(*plan->n_addr));
	plan->peers = calloc(n_modules + 1, sizeof(*plan->peers));
	plan->task = calloc(n_modules + 1, sizeof(*plan->task));
	return plan->maps && plan->map_first && plan->map_row && plan->addr_first && plan->lookup &&
	       plan->lookup_first && plan->n_addr && plan->peers && plan->task;
}

int hp_plan_init(struct hp_plan *plan, struct hp_dump *dump, size_t n,
		 const struct hprof_symbolize_opts *opts, struct hprof_error *err)
{
	int r;

	*plan = (struct hp_plan){.dump = dump, .n = n, .opts = opts};
	plan->shared = hp_shared_new();
	plan->main = find_main(dump[0].p, opts->binary);
	if (plan->main == HP_NONE && opts->binary)
		return hp_fail(err, HPROF_EFILE,
			       "cannot use %s: no mapping of the profile is of a program (\"hprof "
			       "info\" lists them); --binary MODULE=FILE names a library's file",
			       opts->binary);
	if (!allocate(plan))
		return hp_fail_nomem(err);
	group_maps(plan);
	r = check_named(plan, err);
	if (r == HPROF_OK)
		r = list_addresses(plan, err);
	if (r < 0)
		return r;
	list_peers(plan);
	count_addresses(plan);
	make_tasks(plan);
	return HPROF_OK;
}

void hp_plan_release(struct hp_plan *plan)
{
	free(plan->maps);
	free(plan->map_first);
	free(plan->map_row);
	free(plan->addrs);
	free(plan->addr_first);
	free(plan->lookup);
	free(plan->lookup_first);
	free(plan->n_addr);
	free(plan->peers);
	free(plan->task);
	hp_shared_free(plan->shared);
}

/* The first row of @lookup[n] whose address is @addr or behind it. */
static size_t lower_bound(const struct hp_lookup *lookup, size_t n, uint32_t addr)
{
	size_t low = 0;

	while (low < n) {
		size_t mid = low + (n - low) / 2;

		if (lookup[mid].addr < addr)
			low = mid + 1;
		else
			n = mid;
	}
	return low;
}

bool hp_plan_target(const struct hp_plan *plan, uint32_t task, size_t i, struct hp_target *out)
{
	const struct hp_plan_task *t = &plan->task[task];
	const struct hp_lookup *all = plan->lookup + plan->lookup_first[i];
	size_t n = plan->lookup_first[i + 1] - plan->lookup_first[i];
	size_t from = lower_bound(all, n, t->first);
	struct hprof_profile *p = plan->dump[i].p;

	*out = (struct hp_target){
		.p = p,
		.module = t->module,
		.lookup = all + from,
		.n = lower_bound(all, n, t->first + t->job.n_addrs) - from,
		.first = t->first,
	};
	if (i > 0 && out->n) /* of another profile */
		out->module = p->locs.module[out->lookup[0].loc.i];
	return i == 0 || out->n;
}
