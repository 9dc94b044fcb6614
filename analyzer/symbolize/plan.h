/*
 * plan.h - what is asked about the addresses of some profiles: a job per module.
 *
 * Several profiles may share a plan if their mappings are the same wherever they have addresses.
 * The plan has the modules and mappings of the first one, and each address once.
 */
#ifndef HP_SYMBOLIZE_PLAN_H
#define HP_SYMBOLIZE_PLAN_H

#include "analyzer/model/profile.h"
#include "analyzer/symbolize/job.h"

struct hp_dump { /* one profile */
	struct hprof_profile *p;
	const char *path;    /* where it lies, to look beside it; or NULL */
	uint32_t first_func; /* it had functions below this row before it was symbolized */
};

struct hp_lookup {     /* a location of a profile that needs names */
	uint32_t addr; /* row of hp_plan.addrs */
	hp_locid loc;
};

struct hp_plan_task { /* one module */
	struct hp_job job;
	hp_modid module; /* in the first profile */
	uint32_t first;  /* job.addrs are rows [first, first + job.n_addrs) of hp_plan.addrs */
};

struct hp_plan {
	struct hp_dump *dump; /* [n] borrowed */
	size_t n;
	const struct hprof_symbolize_opts *opts;
	uint32_t main;             /* module of the program itself, or HP_NONE */
	struct hp_job_map *maps;   /* [maps.n] of the first profile, by module, then start */
	uint32_t *map_first;       /* [modules.n + 1] rows of maps of each module */
	uint32_t *map_row;         /* [maps.n] of each mapping: its row within its module */
	struct hp_job_addr *addrs; /* [n_addrs] distinct, by module, then call */
	uint32_t n_addrs;
	uint32_t *
		addr_first; /* [modules.n + 2] rows of addrs of each module; the last has no file */
	struct hp_lookup *lookup; /* of each profile: by address, then location */
	size_t *lookup_first;     /* [n + 1] rows of lookup of each profile */
	uint32_t *n_addr;         /* [modules.n] addresses in each module, of all profiles */
	struct hp_job *peers;     /* [n_peers] of modules with code, that of the program first */
	uint32_t n_peers;
	struct hp_plan_task *task; /* [n_tasks], that of the program first */
	uint32_t n_tasks;
	struct hp_shared *shared; /* by the children; NULL: nothing is */
};

/* The locations of one profile that one job is about. */
struct hp_target {
	struct hprof_profile *p;
	hp_modid module;                /* of @p */
	const struct hp_lookup *lookup; /* [n] by address */
	size_t n;
	uint32_t first; /* lookup.addr - first is a row of the job's addresses */
};

/*
 * Plan to name the addresses of @dump[n], at least one, which must stay, as must @opts.  Counts
 * addresses in the modules of all profiles.  To be released, even after an error.
 * Errors: EFILE when @opts name a file for a module that there is not, ENOMEM, ELIMIT.
 */
HP_MUST_CHECK int hp_plan_init(struct hp_plan *plan, struct hp_dump *dump, size_t n,
			       const struct hprof_symbolize_opts *opts, struct hprof_error *err);
void hp_plan_release(struct hp_plan *plan);

/* What task @task is about in profile @i; false: nothing. */
bool hp_plan_target(const struct hp_plan *plan, uint32_t task, size_t i, struct hp_target *out);

#endif
