/*
 * symbolize.c - naming the addresses of profiles: a child process per module.
 *
 * Children run in any order, but what they answer is applied in the order of the modules, so
 * that equal inputs give equal profiles.
 */
#include "analyzer/symbolize/symbolize.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "analyzer/model/check.h"
#include "analyzer/symbolize/apply.h"
#include "analyzer/symbolize/child.h"
#include "analyzer/symbolize/moved.h"
#include "analyzer/symbolize/perf_map.h"
#include "analyzer/symbolize/pool.h"
#include "analyzer/symbolize/strays.h"

enum { FEW = 3 }; /* addresses, below which it is no wonder that none has a name */

struct task { /* a task of the plan */
	const struct hp_plan_task *planned;
	struct hp_job job;
	struct hp_reply reply[2]; /* with DWARF; when that failed, without */
	unsigned attempts;
	bool running, done;
};

struct run {
	struct hp_plan plan;
	struct hp_pool pool;
	struct task *tasks; /* [plan.n_tasks] */
	uint32_t n_done;    /* of these */
	uint32_t next;      /* of these: all before it have been started */
};

static void report_progress(void *ctx, uint32_t task, uint32_t units, uint32_t n_units)
{
	const struct run *run = ctx;
	const struct hprof_symbolize_opts *opts = run->plan.opts;
	const struct hprof_progress now = {
		.file = run->tasks[task].job.path,
		.units = units,
		.n_units = n_units,
		.modules = run->n_done,
		.n_modules = run->plan.n_tasks,
	};

	hp_shared_report(run->plan.shared, opts);
	if (opts->progress)
		opts->progress(opts->progress_ctx, &now);
}

static int begin_run(struct run *run, struct hp_dump *dump, size_t n,
		     const struct hprof_symbolize_opts *opts, struct hprof_error *err)
{
	int r = hp_plan_init(&run->plan, dump, n, opts, err);

	if (r < 0)
		return r;
	run->tasks = calloc((size_t)run->plan.n_tasks + 1, sizeof(*run->tasks));
	if (!run->tasks)
		return hp_fail_nomem(err);
	for (uint32_t i = 0; i < run->plan.n_tasks; i++)
		run->tasks[i] = (struct task){
			.planned = &run->plan.task[i],
			.job = run->plan.task[i].job,
		};
	r = hp_pool_init(&run->pool, opts, err);
	run->pool.progress = report_progress;
	run->pool.progress_ctx = run;
	return r;
}

static void free_replies(struct task *t)
{
	for (size_t i = 0; i < HP_LEN(t->reply); i++) {
		free(t->reply[i].bytes);
		t->reply[i].bytes = NULL;
	}
}

static void release_run(struct run *run)
{
	hp_pool_release(&run->pool);
	for (uint32_t i = 0; run->tasks && i < run->plan.n_tasks; i++)
		free_replies(&run->tasks[i]);
	free(run->tasks);
	hp_plan_release(&run->plan);
}

/* --- applying what was answered --- */

/* How the children of @t failed; DONE if they did not. */
static enum hp_outcome failure_of(const struct task *t, const struct hp_answers *a)
{
	bool malformed = t->reply[0].outcome == HP_OUTCOME_DONE && a->malformed;

	return malformed ? HP_OUTCOME_MALFORMED : t->reply[0].outcome;
}

/* Say how the children of @t failed: in the note of module @m, and if @warns in a warning. */
static int report_failure(const struct task *t, enum hp_outcome outcome, bool warns,
			  struct hprof_profile *p, struct hp_module *m, struct hprof_error *err)
{
	const char *file = hp_profile_str(p, m->file).ptr;
	const char *left = t->attempts > 1 && t->reply[1].outcome == HP_OUTCOME_DONE
				   ? "names are from symbol tables where DWARF had not been read"
				   : "its names are incomplete";
	struct hp_outcome_text text = hp_outcome_text(outcome, t->reply[0].signal);
	char note[160];

	if (!*file)
		file = hp_profile_str(p, m->path).ptr;
	(void)snprintf(note, sizeof(note), "reading it %s; %s", text.how, left); /* fits */
	if (warns && outcome == HP_OUTCOME_NO_FILES) /* all modules have the same limit */
		hp_profile_warn(p, text.kind, "%s: %s", file, note);
	else if (warns)
		hp_profile_warn_each(p, text.kind, "%s: %s", file, note);
	return hp_note_add(p, m, note, err);
}

/* A file with symbols for all of its code, of which no address lies in a function, is of no use. */
static void warn_useless(const struct run *run, const struct task *t, const struct hp_answers *a)
{
	struct hprof_profile *p = run->plan.dump[0].p;
	uint32_t module = t->planned->module.i, n_addr = run->plan.n_addr[module];
	const struct hp_module *m = &p->modules.row[module];
	bool all = m->symbols == HP_SYMBOLS_SYMTAB || m->symbols == HP_SYMBOLS_DWARF;

	if (m->status == HP_MODULE_OK && all && n_addr >= FEW && !m->n_named &&
	    !hp_answers_any_named(a))
		hp_profile_warn_each(
			p, hp_wire_counted[HP_WIRE_DOUBTFUL],
			"%s: %s: none of %" PRIu32 " addresses lies in a function of it",
			hp_wire_intro[HP_WIRE_DOUBTFUL], hp_profile_str(p, m->file).ptr, n_addr);
}

/* What is remembered was damaged or replaced since the child of @t saw it: begin anew. */
static void start_over(struct task *t)
{
	memset(t->reply, 0, sizeof(t->reply));
	t->job.no_recall = true;
	t->attempts = 0;
	t->done = false;
}

/* Apply the answers for @t to all profiles; the first one gets the warnings. */
static int apply_task(struct run *run, const struct task *t, struct hp_answers *a,
		      struct hprof_error *err)
{
	enum hp_outcome outcome = failure_of(t, a);
	int r = HPROF_OK;

	for (size_t i = 0; r == HPROF_OK && i < run->plan.n; i++) {
		struct hp_target target;

		if (!hp_plan_target(&run->plan, (uint32_t)(t - run->tasks), i, &target))
			continue;
		r = hp_apply(a, &target, i == 0, err);
		if (r == HPROF_OK && outcome != HP_OUTCOME_DONE)
			r = report_failure(t, outcome, i == 0, target.p,
					   &target.p->modules.row[target.module.i], err);
	}
	return r;
}

/* Whether the file that the user named for @t was used. */
static int check_named(const struct run *run, const struct task *t, struct hprof_error *err)
{
	const struct hprof_profile *p = run->plan.dump[0].p;
	const struct hp_module *m = &p->modules.row[t->planned->module.i];

	if (!t->job.named || m->status == HP_MODULE_OK)
		return HPROF_OK;
	return hp_fail(err, HPROF_EFILE, "cannot use the file named for %s: %s%s", t->job.path,
		       hp_profile_str(p, m->note).ptr,
		       m->status == HP_MODULE_MISMATCH ? " (--force-binary uses it all the same)"
						       : "");
}

/* Apply what was answered about the module of @t, unless it has to be asked again. */
static int finish_task(struct run *run, struct task *t, struct hprof_error *err)
{
	struct hp_answers a;
	int r = hp_answers_init(&a, &t->job, t->reply, t->attempts, err);

	if (r == HPROF_OK && !a.forgotten) {
		r = apply_task(run, t, &a, err);
		if (r == HPROF_OK)
			r = check_named(run, t, err);
		if (r == HPROF_OK)
			warn_useless(run, t, &a);
	}
	hp_answers_release(&a);
	free_replies(t);
	if (a.forgotten)
		start_over(t);
	return r;
}

/* --- running tasks --- */

/*
 * Do task @t here if there is nothing to be read for it: a profile may have thousands of modules
 * from elsewhere, and a process takes longer to start than to see that their files are not here.
 */
static bool reply_missing(struct run *run, struct task *t)
{
	struct hp_wire wire = {.fd = -1};
	uint8_t *cut;

	if (t->attempts || !hp_child_reply_missing(&t->job, &wire))
		return false;
	cut = realloc(wire.bytes, wire.n); /* it may have to wait for others */
	t->reply[t->attempts++] = (struct hp_reply){
		.bytes = cut ? cut : wire.bytes,
		.n = wire.n,
		.outcome = HP_OUTCOME_DONE,
	};
	t->done = true;
	run->n_done++;
	return true;
}

/* Start what there is room for. */
static int start_tasks(struct run *run, struct hprof_error *err)
{
	for (; run->next < run->plan.n_tasks && hp_pool_has_room(&run->pool); run->next++) {
		struct task *t = &run->tasks[run->next];
		int r;

		if (t->running || t->done || reply_missing(run, t))
			continue;
		t->job.no_dwarf = t->attempts > 0;
		r = hp_pool_start(&run->pool, &t->job, run->next, run->pool.n ? NULL : err);
		if (r < 0) /* the processes that run may make room for more */
			return run->pool.n ? HPROF_OK : r;
		t->running = true;
	}
	return HPROF_OK;
}

/* Wait for one of the children that run, and keep its reply. */
static int wait_for_child(struct run *run, struct hprof_error *err)
{
	struct hp_reply reply = {0};
	struct task *t;
	uint32_t i;
	int r = hp_pool_wait(&run->pool, &i, &reply, err);

	if (r < 0)
		return r;
	t = &run->tasks[i];
	t->running = false;
	t->reply[t->attempts++] = reply;
	t->done = reply.outcome == HP_OUTCOME_DONE || t->attempts == HP_LEN(t->reply);
	run->n_done += t->done;
	if (!t->done && i < run->next)
		run->next = i;
	return HPROF_OK;
}

/*
 * Whether answers are applied now.  Many profiles wait until no child is left: as long as one runs,
 * each page that is written is copied first.
 */
static bool may_apply(const struct run *run)
{
	return run->plan.n == 1 || (!run->pool.n && run->next == run->plan.n_tasks);
}

static int run_tasks(struct run *run, struct hprof_error *err)
{
	uint32_t finished = 0;

	while (finished < run->plan.n_tasks) {
		int r = hp_check_cancelled(run->plan.opts, err);

		if (r == HPROF_OK)
			r = start_tasks(run, err);
		if (r == HPROF_OK && run->pool.n)
			r = wait_for_child(run, err);
		if (r < 0)
			return r;
		while (finished < run->plan.n_tasks && run->tasks[finished].done &&
		       may_apply(run)) {
			r = finish_task(run, &run->tasks[finished], err);
			if (r < 0)
				return r;
			if (run->tasks[finished].done)
				finished++;
			else if (finished < run->next)
				run->next = finished;
		}
	}
	return HPROF_OK;
}

/* --- warnings about all modules --- */

static bool is_missing(const struct hp_module *m)
{
	return m->status == HP_MODULE_MISSING;
}

/* Whether its file fits and has no symbols at all. */
static bool is_stripped(const struct hp_module *m)
{
	return m->status == HP_MODULE_OK && m->symbols == HP_SYMBOLS_NONE;
}

enum { OTHERS_MAX = 48 };

/* The module with most addresses of those that @is takes, or NULL; how many others in @others. */
static const struct hp_module *
find_most(const struct hp_plan *plan, bool (*is)(const struct hp_module *), char others[OTHERS_MAX])
{
	const struct hp_modules *modules = &plan->dump[0].p->modules;
	uint32_t most = HP_NONE;
	uint32_t n = 0;

	for (uint32_t i = 0; i < modules->n; i++) {
		if (!plan->n_addr[i] || !is(&modules->row[i]))
			continue;
		n++;
		if (most == HP_NONE || plan->n_addr[i] > plan->n_addr[most])
			most = i;
	}
	others[0] = '\0';
	if (n > 1)
		(void)snprintf(others, OTHERS_MAX, " (and %" PRIu32 " more)", n - 1); /* fits */
	return most == HP_NONE ? NULL : &modules->row[most];
}

/* One warning for all modules that no file was found for. */
static void warn_missing(const struct hp_plan *plan)
{
	struct hprof_profile *p = plan->dump[0].p;
	const char *foreign = hp_profile_foreign_files(p);
	char path[HP_QUOTED_MAX], others[OTHERS_MAX];
	const struct hp_module *most = find_most(plan, is_missing, others);

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

/* One warning for all modules whose files are stripped. */
static void warn_stripped(const struct hp_plan *plan)
{
	struct hprof_profile *p = plan->dump[0].p;
	char path[HP_QUOTED_MAX], others[OTHERS_MAX];
	const struct hp_module *most = find_most(plan, is_stripped, others);

	if (most)
		hp_profile_warn(p, "symbolizer stripped",
				"%s%s is stripped: its addresses stay without names; install its "
				"debug package, or give its debug files with --debug-dir",
				hp_quote(path, hp_profile_str(p, most->file)), others);
}

/* --- all of it --- */

static bool has_places(const struct hprof_profile *p)
{
	bool any = p->maps.n > 0;

	for (uint32_t i = 0; i < p->modules.n; i++)
		any |= p->modules.row[i].relative;
	return any;
}

/* Name by perf maps what has no name yet. */
static int apply_perf_maps(const struct hp_dump *d, const struct hprof_symbolize_opts *opts,
			   struct hprof_error *err)
{
	struct hprof_symbolize_opts o = *opts;

	o.profile_path = d->path;
	return hp_perf_maps_apply(d->p, &o, err);
}

/* What is done with each profile once all answers are applied. */
static int finish_profiles(struct hp_dump *dump, size_t n, const struct hprof_symbolize_opts *opts,
			   struct hprof_error *err)
{
	int r = HPROF_OK;

	for (size_t i = 0; r == HPROF_OK && i < n; i++)
		r = hp_strays_drop(dump[i].p, err);
	if (r == HPROF_OK)
		r = hp_apply_lambdas(dump, n, err);
	for (size_t i = 0; r == HPROF_OK && i < n; i++)
		r = hp_apply_spelling(dump[i].p, dump[i].first_func, err);
	for (size_t i = 0; r == HPROF_OK && i < n; i++)
		r = apply_perf_maps(&dump[i], opts, err);
	for (size_t i = 0; r == HPROF_OK && i < n; i++)
		hp_profile_must_hold(dump[i].p, "symbolizing");
	return r;
}

int hp_symbolize(struct hp_dump *dump, size_t n, const struct hprof_symbolize_opts *opts,
		 struct hprof_error *err)
{
	struct hprof_symbolize_opts o = *opts;
	struct run run = {.n_done = 0};
	int r;

	if (!has_places(dump[0].p))
		return apply_perf_maps(&dump[0], opts, err);
	for (size_t i = 0; i < n; i++)
		dump[i].first_func = dump[i].p->funcs.n;
	o.profile_path = dump[0].path;
	r = begin_run(&run, dump, n, &o, err);
	if (r == HPROF_OK)
		r = run_tasks(&run, err);
	hp_shared_report(run.plan.shared, &o);
	if (r == HPROF_OK)
		r = finish_profiles(dump, n, &o, err);
	if (r == HPROF_OK) {
		warn_missing(&run.plan);
		warn_stripped(&run.plan);
	}
	release_run(&run);
	return r;
}

int hprof_symbolize(struct hprof_profile *p, const struct hprof_symbolize_opts *opts,
		    struct hprof_error *err)
{
	static const struct hprof_symbolize_opts none;
	const struct hprof_symbolize_opts *o = opts ? opts : &none;
	struct hp_dump dump = {.p = p, .path = o->profile_path};
	int r = hp_moved_claim(p, o, err);

	return r == HPROF_OK ? hp_symbolize(&dump, 1, o, err) : r;
}
