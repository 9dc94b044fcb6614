/*
 * symbolize.c - naming the addresses of a profile: a job per module, a child per job.
 *
 * Children run in any order, but what they tell is taken over in the order of the jobs, so
 * that equal inputs give equal profiles.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "analyzer/base/column.h"
#include "analyzer/model/profile.h"
#include "analyzer/symbolize/apply.h"
#include "analyzer/symbolize/child.h"
#include "analyzer/symbolize/find.h"
#include "analyzer/symbolize/moved.h"
#include "analyzer/symbolize/perf_map.h"
#include "analyzer/symbolize/pool.h"
#include "analyzer/symbolize/strays.h"
#include "analyzer/symbolize/wire.h"

enum { FEW = 3 }; /* addresses, below which it is no wonder that none has a name */

struct want { /* location @loc lies in @module */
	uint32_t module;
	uint64_t call;
	uint32_t loc;
};

struct task {
	struct hp_job job;
	struct hp_target target;
	struct hp_told told[2]; /* with DWARF; when that failed, without */
	unsigned attempts;
	bool running, done;
};

struct plan {
	struct hprof_profile *p;
	const struct hprof_symbolize_opts *opts;
	uint32_t main;      /* module of the program itself, or HP_NONE */
	struct want *wants; /* [n_wants] by module, then call */
	uint32_t n_wants;
	struct hp_job_map *maps; /* [p->maps.n] by module, then start */
	uint32_t *map_first;     /* [modules.n + 1] rows of maps of each module */
	uint32_t *map_row;       /* [p->maps.n] of each mapping: its row within its module */
	struct hp_job_addr *addrs;
	uint32_t *first;
	hp_locid *locs;
	bool *answered;
	struct hp_job *peers; /* [n_peers] of modules with code, that of the program first */
	uint32_t n_peers;
	struct task *tasks; /* [n_tasks], that of the program first */
	uint32_t n_tasks;
	uint32_t n_done; /* of these */
	uint32_t next;   /* of these: all before it have been started */
	struct hp_pool pool;
	struct hp_shared *shared; /* by the children; NULL: nothing is */
};

/*
 * The module that is the program itself: HP_NONE if that cannot be told.  @binary is never taken
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

static int by_module(const void *pa, const void *pb)
{
	const struct want *a = pa;
	const struct want *b = pb;

	if (a->module != b->module)
		return a->module < b->module ? -1 : 1;
	if (a->call != b->call)
		return a->call < b->call ? -1 : 1;
	return (a->loc > b->loc) - (a->loc < b->loc);
}

/* Whether location @loc, outside all mappings, has an address of the file of its module. */
static bool is_in_file(const struct hprof_profile *p, uint32_t loc)
{
	uint32_t module = p->locs.module[loc].i;

	return p->locs.map[loc].i == HP_NONE && module != HP_NONE &&
	       p->modules.row[module].relative;
}

static void list_wants(struct plan *plan)
{
	const struct hprof_profile *p = plan->p;

	for (uint32_t i = 0; i < p->locs.n; i++) {
		if (p->locs.frame_n[i]) /* the profile names it */
			continue;
		if (p->locs.map[i].i == HP_NONE && !is_in_file(p, i))
			continue;
		plan->wants[plan->n_wants++] = (struct want){
			.module = p->locs.module[i].i,
			.call = p->locs.addr[i] - (p->return_addresses ? 1 : 0),
			.loc = i,
		};
	}
	if (plan->n_wants > 1)
		qsort(plan->wants, plan->n_wants, sizeof(*plan->wants), by_module);
}

/* Mappings are by address; keep that order within each module. */
static void group_maps(struct plan *plan)
{
	const struct hp_maps *maps = &plan->p->maps;
	uint32_t n_modules = plan->p->modules.n;

	for (uint32_t i = 0; i < maps->n; i++)
		plan->map_row[i] = plan->map_first[maps->module[i].i + 1]++;
	for (uint32_t m = 0; m < n_modules; m++)
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
static bool is_named(const struct plan *plan, uint32_t module)
{
	const struct hp_module *m = &plan->p->modules.row[module];

	if (m->status == HP_MODULE_SPECIAL)
		return false;
	if (module == plan->main && plan->opts->binary)
		return true;
	for (size_t i = 0; i < plan->opts->n_binaries; i++)
		if (hp_find_means(plan->opts->binaries[i].module,
				  hp_profile_str(plan->p, m->path).ptr))
			return true;
	return false;
}

static struct hp_job make_job(const struct plan *plan, uint32_t module)
{
	const struct hprof_profile *p = plan->p;
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

/* Make the task of @module, whose wants are plan->wants[from, to); their addresses go to row
 * @row of the tables and on. Returns how many there are. */
static uint32_t make_task(struct plan *plan, uint32_t module, uint32_t from, uint32_t to,
			  uint32_t row)
{
	struct task *t = &plan->tasks[plan->n_tasks++];
	uint32_t n = 0;

	*t = (struct task){.job = make_job(plan, module)};
	for (uint32_t i = from; i < to; i++) {
		const struct want *w = &plan->wants[i];

		plan->locs[i] = (hp_locid){w->loc};
		if (i > from && w[-1].call == w->call)
			continue;
		plan->first[row + n] = i;
		plan->addrs[row + n++] = (struct hp_job_addr){
			.call = w->call,
			.map = is_in_file(plan->p, w->loc)
				       ? HP_JOB_IN_FILE
				       : plan->map_row[plan->p->locs.map[w->loc].i],
		};
	}
	plan->first[row + n] = to;
	t->job.addrs = plan->addrs + row;
	t->job.n_addrs = n;
	t->target = (struct hp_target){
		.module = {module},
		.first = plan->first + row,
		.locs = plan->locs,
		.answered = plan->answered + row,
	};
	plan->p->modules.row[module].n_addr += n;
	return n;
}

/* All modules with code, that of the program first. */
static void list_peers(struct plan *plan)
{
	const struct hp_modules *modules = &plan->p->modules;

	if (plan->main != HP_NONE)
		plan->peers[plan->n_peers++] = make_job(plan, plan->main);
	for (uint32_t m = 0; m < modules->n; m++) {
		struct hp_job job = make_job(plan, m);

		if (m != plan->main && modules->row[m].status != HP_MODULE_SPECIAL &&
		    has_code(&job))
			plan->peers[plan->n_peers++] = job;
	}
}

/* Of the modules with mappings, count the addresses that the profile itself names. */
static void count_inside(struct plan *plan)
{
	const struct hprof_profile *p = plan->p;
	const struct hp_locs *l = &p->locs;

	for (uint32_t m = 0; m < p->modules.n; m++) {
		struct hp_module *module = &p->modules.row[m];

		if (plan->map_first[m + 1] > plan->map_first[m] || module->relative)
			module->n_addr = module->n_named = module->n_lined = 0;
	}
	for (uint32_t i = HP_TRUNCATED_LOCS; i < l->n; i++) {
		struct hp_module *module;

		if (!l->frame_n[i] || (l->map[i].i == HP_NONE && !is_in_file(p, i)))
			continue;
		module = &p->modules.row[l->module[i].i];
		module->n_addr++;
		module->n_named++;
		module->n_lined += p->frames.line[l->frame_first[i]] > 0;
	}
}

/*
 * Each module's wants become a task, unless there is no file behind it.  Tables of addresses
 * have room for an end mark per module.
 */
static void make_tasks(struct plan *plan)
{
	struct hp_modules *modules = &plan->p->modules;
	uint32_t main_task = HP_NONE;
	uint32_t row = 0;
	uint32_t to;

	count_inside(plan);
	for (uint32_t m = 0, from = 0; m < modules->n; m++, from = to) {
		struct hp_module *module = &modules->row[m];

		for (to = from; to < plan->n_wants && plan->wants[to].module == m;)
			to++;
		if (from == to && !is_named(plan, m))
			continue;
		row += make_task(plan, m, from, to, row) + 1;
		if (module->status == HP_MODULE_SPECIAL)
			plan->n_tasks--; /* it was for the count only */
		else if (m == plan->main)
			main_task = plan->n_tasks - 1;
	}
	if (main_task != HP_NONE) { /* if it fails, nothing else needs to be done */
		struct task t = plan->tasks[main_task];

		memmove(&plan->tasks[1], &plan->tasks[0], main_task * sizeof(t));
		plan->tasks[0] = t;
	}
	for (uint32_t i = 0; i < plan->n_tasks; i++) {
		plan->tasks[i].target.job = &plan->tasks[i].job;
		plan->tasks[i].job.peers = plan->peers;
		plan->tasks[i].job.n_peers = plan->n_peers;
	}
}

/* What --binary names must be in the profile, and only once. */
static int check_named(const struct plan *plan, struct hprof_error *err)
{
	const struct hprof_profile *p = plan->p;

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

static void tell_progress(void *ctx, uint32_t task, uint32_t units, uint32_t n_units)
{
	const struct plan *plan = ctx;
	const struct hprof_progress now = {
		.file = plan->tasks[task].job.path,
		.units = units,
		.n_units = n_units,
		.modules = plan->n_done,
		.n_modules = plan->n_tasks,
	};

	hp_shared_tell(plan->shared, plan->opts);
	if (plan->opts->progress)
		plan->opts->progress(plan->opts->progress_ctx, &now);
}

static int make_plan(struct plan *plan, struct hprof_error *err)
{
	const struct hprof_profile *p = plan->p;
	size_t n_locs = p->locs.n;
	size_t n_modules = p->modules.n;
	size_t n_maps = p->maps.n;
	int r;

	plan->shared = hp_shared_new();
	plan->main = find_main(p, plan->opts->binary);
	if (plan->main == HP_NONE && plan->opts->binary)
		return hp_fail(err, HPROF_EFILE,
			       "cannot use %s: no mapping of the profile is of a program (\"hprof "
			       "info\" lists them); --binary MODULE=FILE names a library's file",
			       plan->opts->binary);
	plan->wants = calloc(n_locs + 1, sizeof(*plan->wants));
	plan->maps = calloc(n_maps + 1, sizeof(*plan->maps));
	plan->map_first = calloc(n_modules + 1, sizeof(*plan->map_first));
	plan->map_row = calloc(n_maps + 1, sizeof(*plan->map_row));
	plan->addrs = calloc(n_locs + n_modules + 1, sizeof(*plan->addrs));
	plan->first = calloc(n_locs + n_modules + 1, sizeof(*plan->first));
	plan->locs = calloc(n_locs + 1, sizeof(*plan->locs));
	plan->answered = calloc(n_locs + n_modules + 1, sizeof(*plan->answered));
	plan->peers = calloc(n_modules + 1, sizeof(*plan->peers));
	plan->tasks = calloc(n_modules + 1, sizeof(*plan->tasks));
	if (!plan->wants || !plan->maps || !plan->map_first || !plan->map_row || !plan->addrs ||
	    !plan->first || !plan->locs || !plan->answered || !plan->peers || !plan->tasks)
		return hp_fail_nomem(err);
	list_wants(plan);
	group_maps(plan);
	r = check_named(plan, err);
	if (r < 0)
		return r;
	list_peers(plan);
	make_tasks(plan);
	r = hp_pool_init(&plan->pool, plan->opts->workers, plan->opts->cpu_seconds, err);
	if (r == HPROF_OK && (plan->opts->progress || plan->opts->servers)) {
		plan->pool.progress = tell_progress;
		plan->pool.progress_ctx = plan;
	}
	return r;
}

static void release_plan(struct plan *plan)
{
	hp_pool_release(&plan->pool);
	for (uint32_t i = 0; i < plan->n_tasks; i++) {
		free(plan->tasks[i].told[0].bytes);
		free(plan->tasks[i].told[1].bytes);
	}
	free(plan->wants);
	free(plan->maps);
	free(plan->map_first);
	free(plan->map_row);
	free(plan->addrs);
	free(plan->first);
	free(plan->locs);
	free(plan->answered);
	free(plan->peers);
	free(plan->tasks);
	hp_shared_free(plan->shared);
}

/* Tell how the children of @t failed: in a warning, and in the note of the module. */
static int tell_failure(struct hprof_profile *p, const struct task *t, struct hprof_error *err)
{
	struct hp_module *m = &p->modules.row[t->target.module.i];
	const char *file = hp_profile_str(p, m->file).ptr;
	const char *left = t->attempts > 1 && t->told[1].outcome == HP_OUTCOME_DONE
				   ? "names are from symbol tables where DWARF had not been read"
				   : "its names are incomplete";
	enum hp_outcome outcome = t->told[0].outcome;
	struct hp_outcome_text text;
	char note[160];

	if (outcome == HP_OUTCOME_DONE && t->target.nonsense)
		outcome = HP_OUTCOME_NONSENSE;
	if (outcome == HP_OUTCOME_DONE)
		return HPROF_OK;
	if (!*file)
		file = hp_profile_str(p, m->path).ptr;
	text = hp_outcome_text(outcome, t->told[0].signal);
	(void)snprintf(note, sizeof(note), "reading it %s; %s", text.how, left); /* fits */
	if (outcome == HP_OUTCOME_NO_FILES) /* all modules have the same limit */
		hp_profile_warn(p, text.kind, "%s: %s", file, note);
	else
		hp_profile_warn_each(p, text.kind, "%s: %s", file, note);
	return hp_note_add(p, m, note, err);
}

/* A file with symbols for all of its code, of which no address lies in a function, is of no use. */
static void tell_useless(struct hprof_profile *p, const struct hp_module *m)
{
	bool whole = m->symbols == HP_SYMBOLS_SYMTAB || m->symbols == HP_SYMBOLS_DWARF;

	if (m->status == HP_MODULE_OK && whole && m->n_addr >= FEW && m->n_named == 0)
		hp_profile_warn_each(
			p, hp_wire_counted[HP_WIRE_DOUBTFUL],
			"%s: %s: none of %" PRIu32 " addresses lies in a function of it",
			hp_wire_intro[HP_WIRE_DOUBTFUL], hp_profile_str(p, m->file).ptr, m->n_addr);
}

/* What is remembered was damaged or replaced since the child of @t saw it: begin anew. */
static void start_over(struct task *t)
{
	free(t->told[1].bytes);
	memset(t->told, 0, sizeof(t->told));
	t->target.forgotten = false;
	t->job.no_recall = true;
	t->attempts = 0;
	t->done = false;
}

/* Take over what was told about the module of @t, unless it has to be told again. */
static int finish_task(struct plan *plan, struct task *t, struct hprof_error *err)
{
	struct hprof_profile *p = plan->p;
	struct hp_module *m = &p->modules.row[t->target.module.i];

	int r;

	for (unsigned i = 0; i < t->attempts; i++) {
		r = hp_apply(p, &t->target, &t->told[i], err);

		free(t->told[i].bytes);
		t->told[i].bytes = NULL;
		if (r < 0)
			return r;
		if (t->target.forgotten) {
			start_over(t);
			return HPROF_OK;
		}
	}
	if (!t->target.has_file) {
		m->status = HP_MODULE_UNREADABLE;
		r = hp_note_add(p, m, "looking for its file failed", err);
		if (r < 0)
			return r;
	}
	r = tell_failure(p, t, err);
	if (r < 0)
		return r;
	if (t->job.named && m->status != HP_MODULE_OK)
		return hp_fail(err, HPROF_EFILE, "cannot use the file named for %s: %s%s",
			       t->job.path, hp_profile_str(p, m->note).ptr,
			       m->status == HP_MODULE_MISMATCH
				       ? " (--force-binary uses it all the same)"
				       : "");
	tell_useless(p, m);
	return HPROF_OK;
}

/*
 * Do task @t here if there is nothing to be read for it: a profile may have thousands of modules
 * from elsewhere, and a process takes longer to start than to see that their files are not here.
 */
static bool tell_missing_file(struct plan *plan, struct task *t)
{
	struct hp_wire wire = {.fd = -1};
	uint8_t *cut;

	if (t->attempts || !hp_child_tell_missing(&t->job, &wire))
		return false;
	cut = realloc(wire.bytes, wire.n); /* it may have to wait for others */
	t->told[t->attempts++] = (struct hp_told){
		.bytes = cut ? cut : wire.bytes,
		.n = wire.n,
		.cap = wire.n,
		.outcome = HP_OUTCOME_DONE,
	};
	t->done = true;
	plan->n_done++;
	return true;
}

/* Start what there is room for. */
static int start_tasks(struct plan *plan, struct hprof_error *err)
{
	for (; plan->next < plan->n_tasks && hp_pool_has_room(&plan->pool); plan->next++) {
		struct task *t = &plan->tasks[plan->next];
		int r;

		if (t->running || t->done || tell_missing_file(plan, t))
			continue;
		t->job.no_dwarf = t->attempts > 0;
		r = hp_pool_start(&plan->pool, &t->job, plan->next, plan->pool.n ? NULL : err);
		if (r < 0) /* the processes that run may make room for more */
			return plan->pool.n ? HPROF_OK : r;
		t->running = true;
	}
	return HPROF_OK;
}

/* Wait for one of the children that run, and keep what it told. */
static int wait_for_child(struct plan *plan, struct hprof_error *err)
{
	struct hp_told told = {0};
	struct task *t;
	uint32_t i;
	int r = hp_pool_wait(&plan->pool, &i, &told, err);

	if (r < 0)
		return r;
	t = &plan->tasks[i];
	t->running = false;
	t->told[t->attempts++] = told;
	t->done = told.outcome == HP_OUTCOME_DONE || t->attempts == HP_LEN(t->told);
	plan->n_done += t->done;
	if (!t->done && i < plan->next)
		plan->next = i;
	return HPROF_OK;
}

static int run_tasks(struct plan *plan, struct hprof_error *err)
{
	uint32_t finished = 0;

	while (finished < plan->n_tasks) {
		int r = start_tasks(plan, err);

		if (r == HPROF_OK && plan->pool.n)
			r = wait_for_child(plan, err);
		if (r < 0)
			return r;
		while (finished < plan->n_tasks && plan->tasks[finished].done) {
			r = finish_task(plan, &plan->tasks[finished], err);
			if (r < 0)
				return r;
			if (plan->tasks[finished].done)
				finished++;
			else if (finished < plan->next)
				plan->next = finished;
		}
	}
	return HPROF_OK;
}

static bool is_missing(const struct hp_module *m)
{
	return m->status == HP_MODULE_MISSING && m->n_addr;
}

/* Whether its file fits and has no symbols at all. */
static bool is_stripped(const struct hp_module *m)
{
	return m->status == HP_MODULE_OK && m->symbols == HP_SYMBOLS_NONE && m->n_addr;
}

enum { OTHERS_MAX = 48 };

/* The module with most addresses of those that @is takes, or NULL; how many others in @others. */
static const struct hp_module *find_most(const struct hprof_profile *p,
					 bool (*is)(const struct hp_module *),
					 char others[OTHERS_MAX])
{
	const struct hp_module *most = NULL;
	uint32_t n = 0;

	for (uint32_t i = 0; i < p->modules.n; i++) {
		const struct hp_module *m = &p->modules.row[i];

		if (!is(m))
			continue;
		n++;
		if (!most || m->n_addr > most->n_addr)
			most = m;
	}
	others[0] = '\0';
	if (n > 1)
		(void)snprintf(others, OTHERS_MAX, " (and %" PRIu32 " more)", n - 1); /* fits */
	return most;
}

/* One warning for all modules that no file was found for. */
static void tell_missing(struct hprof_profile *p)
{
	const char *foreign = hp_profile_foreign_files(p);
	char path[HP_QUOTED_MAX], others[OTHERS_MAX];
	const struct hp_module *most = find_most(p, is_missing, others);

	if (!most)
		return;
	hp_quote(path, hp_profile_str(p, most->path));
	if (foreign)
		hp_profile_warn(p, "symbolizer missing",
				"no file for %s%s: its addresses stay without names; %s cannot be "
				"read (\"hprof info\" tells what helps)",
				path, others, foreign);
	else
		hp_profile_warn(p, "symbolizer missing",
				"no file for %s%s: its addresses stay without names; give BINARY, "
				"--sysroot or --path-map (\"hprof info\" tells what was tried)",
				path, others);
}

/* The same for those whose files are stripped. */
static void tell_stripped(struct hprof_profile *p)
{
	char path[HP_QUOTED_MAX], others[OTHERS_MAX];
	const struct hp_module *most = find_most(p, is_stripped, others);

	if (most)
		hp_profile_warn(p, "symbolizer stripped",
				"%s%s is stripped: its addresses stay without names; install its "
				"debug package, or give its debug files with --debug-dir",
				hp_quote(path, hp_profile_str(p, most->file)), others);
}

int hprof_symbolize(struct hprof_profile *p, const struct hprof_symbolize_opts *opts,
		    struct hprof_error *err)
{
	static const struct hprof_symbolize_opts none;
	struct plan plan = {.p = p, .opts = opts ? opts : &none};
	uint32_t first = p->funcs.n;
	bool any = p->maps.n > 0;
	int r;

	for (uint32_t i = 0; i < p->modules.n; i++)
		any |= p->modules.row[i].relative;
	if (!any)
		return hp_perf_maps_apply(p, plan.opts, err);
	r = hp_moved_claim(p, plan.opts, err);
	if (r == HPROF_OK)
		r = make_plan(&plan, err);
	if (r == HPROF_OK)
		r = run_tasks(&plan, err);
	hp_shared_tell(plan.shared, plan.opts);
	if (r == HPROF_OK)
		r = hp_strays_drop(p, err);
	if (r == HPROF_OK)
		r = hp_apply_lambdas(p, err);
	if (r == HPROF_OK)
		r = hp_apply_spelling(p, first, err);
	if (r == HPROF_OK)
		r = hp_perf_maps_apply(p, plan.opts, err);
	if (r == HPROF_OK) {
		tell_missing(p);
		tell_stripped(p);
	}
	release_plan(&plan);
	return r;
}
