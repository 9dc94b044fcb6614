/* test_check.c - hp_profile_check() finds every rule that is broken, and nothing else. */
#include "tests/test.h"

#include "analyzer/model/check.h"

static const char named[] = "--- symbol\nbinary=/srv/app\n0x400100 main\n0x400200 grow\n---\n"
			    "--- heap\nheap_v2/1\n  t*: 6: 48 [9: 72]\n  t0: 6: 48 [9: 72]\n"
			    "@ 0x400101\n  t*: 1: 8 [2: 16]\n  t0: 1: 8 [2: 16]\n"
			    "@ 0x400201 0x400101\n  t*: 5: 40 [7: 56]\n  t0: 5: 40 [7: 56]\n"
			    "\nMAPPED_LIBRARIES:\n"
			    "00400000-00402000 r-xp 00000000 08:01 11   /srv/app\n"
			    "00500000-00502000 r-xp 00000000 08:01 12   /srv/libx.so\n";

static const char sized[] = "heap profile:   3:  48 [  3:  48] @ heap_v2/1024\n"
			    "  1:  16 [  1:  16] @ 0x400101\n  2:  32 [  2:  32] @ 0x400201\n";

static const char timed[] = "desc: x\ncmd: x\ntime_unit: i\n"
			    "#-----------\nsnapshot=0\n#-----------\ntime=1\nmem_heap_B=2\n"
			    "mem_heap_extra_B=0\nmem_stacks_B=0\nheap_tree=detailed\n"
			    "n2: 2 (heap allocation functions)\n n0: 1 0x1: f (a.c:1)\n"
			    " n0: 1 0x2: g (a.c:2)\n"
			    "#-----------\nsnapshot=1\n#-----------\ntime=2\nmem_heap_B=1\n"
			    "mem_heap_extra_B=0\nmem_stacks_B=0\nheap_tree=detailed\n"
			    "n1: 1 (heap allocation functions)\n n0: 1 0x1: f (a.c:1)\n";

static struct hprof_profile *load(const char *text)
{
	const struct hprof_load_opts opts = {.threads = HPROF_THREADS_STACKS};
	struct hprof_error err = HPROF_ERROR_INIT;
	struct hprof_profile *p = NULL;

	assert_int_equal(hprof_load_bytes(text, strlen(text), "test", &opts, &p, &err), 0);
	return p;
}

/*
 * Each of these breaks rule number @which of a profile that keeps all of them, and returns words
 * that the finding must have; NULL: there is no such number.
 */
static const char *break_types(struct hprof_profile *p, unsigned which)
{
	switch (which) {
	case 0:
		p->types[0].name.i = p->str.n;
		return "type 0: it has no name";
	case 1:
		p->types[1].name.i = 0;
		return "type 1: it has no name";
	case 2:
		p->default_type = p->n_types;
		return "the default is not there";
	case 3:
		p->types[p->default_type].absent = true;
		return "the default is not there";
	case 4:
		p->sampling_period = p->scaled_period = 2;
		return "to be scaled";
	case 5:
		p->n_read_warnings = p->warnings.n + 1;
		return "warnings: more are counted";
	case 6:
		p->writer.i = p->str.n;
		return "no text for the input or its writer";
	default:
		return NULL;
	}
}

static const char *break_modules(struct hprof_profile *p, unsigned which)
{
	struct hp_module *m = &p->modules.row[1];

	switch (which) {
	case 0:
		m->note.i = UINT32_MAX;
		return "module 1: no text";
	case 1:
		m->n_named = m->n_addr + 1;
		return "module 1: more addresses have names";
	case 2:
		m->n_lined = m->n_addr + 1;
		return "module 1: more addresses have names";
	case 3:
		m->lent_now = true;
		return "module 1: lent now";
	case 4:
		p->modules.row[0].main = m->main = true;
		return "2 are the program";
	default:
		return NULL;
	}
}

static const char *break_maps(struct hprof_profile *p, unsigned which)
{
	switch (which) {
	case 0:
		p->maps.limit[1] = p->maps.start[1];
		return "mapping 1: it ends before";
	case 1:
		p->maps.start[1] = p->maps.limit[0] - 1;
		return "mapping 1: not above";
	case 2:
		p->maps.module[1].i = p->modules.n;
		return "mapping 1: no such module";
	default:
		return NULL;
	}
}

static const char *break_names(struct hprof_profile *p, unsigned which)
{
	switch (which) {
	case 0:
		p->threads.name[0].i = p->str.n;
		return "thread 0: no text";
	case 1:
		p->funcs.full[0].i = 0;
		return "function 0: it has no name";
	case 2:
		p->funcs.file[1].i = p->str.n;
		return "function 1: it has no name";
	case 3:
		p->frames.func[1].i = p->funcs.n;
		return "frame 1: no such function";
	default:
		return NULL;
	}
}

static const char *break_locs(struct hprof_profile *p, unsigned which)
{
	struct hp_locs *l = &p->locs;
	uint32_t last = l->n - 1;

	switch (which) {
	case 0:
		l->n = HP_TRUNCATED_LOCS - 1;
		return "those for missing callers are not there";
	case 1:
		l->addr[3] = 1;
		return "location 3: for missing callers, but placed";
	case 2:
		l->map[last].i = p->maps.n;
		return "no such mapping";
	case 3:
		l->module[last].i = p->modules.n;
		return "no such module";
	case 4:
		l->module[last].i = HP_NONE;
		return "in no module";
	case 5:
		l->frame_first[last] = p->frames.n;
		return "its frames leave their table";
	case 6:
		l->frame_n[last] = UINT32_MAX;
		return "its frames leave their table";
	case 7:
		l->call[last] = HP_CALL_RESUMES + 1;
		return "no such kind of call";
	default:
		return NULL;
	}
}

static const char *break_stacks(struct hprof_profile *p, unsigned which)
{
	switch (which) {
	case 0:
		p->stacks.parent[0].i = 0;
		return "stack 0: not the root";
	case 1:
		p->stacks.loc[0].i = 0;
		return "stack 0: not the root";
	case 2:
		p->stacks.parent[2].i = 2;
		return "stack 2: its parent";
	case 3:
		p->stacks.loc[2].i = p->locs.n;
		return "stack 2: no such location";
	default:
		return NULL;
	}
}

static const char *break_samples(struct hprof_profile *p, unsigned which)
{
	switch (which) {
	case 0:
		p->all.stack[0].i = p->stacks.n;
		return "sample 0: no such stack";
	case 1:
		p->all.stack[1] = p->all.stack[0];
		return "samples: a stack has two rows";
	case 2:
		p->all.variance[1][1] = -1;
		return "sample 1: a variance of -1";
	case 3:
		p->all.variance[1][1] = INFINITY;
		return "sample 1: a variance of inf";
	case 4:
		p->all.estimate[0][1] = NAN;
		return "sample 1: an endless value";
	case 5:
		p->all.recorded[0][1] = INFINITY;
		return "sample 1: an endless value";
	case 6:
		p->types[2].absent = true;
		return "samples: values of type 2, which is absent";
	case 7:
		free(p->all.variance[3]);
		p->all.variance[3] = NULL;
		return "samples: no values of type 3";
	default:
		return NULL;
	}
}

static const char *break_threads(struct hprof_profile *p, unsigned which)
{
	switch (which) {
	case 0:
		p->by_thread.thread[1].i = p->threads.n;
		return "thread's sample 1: no such thread";
	case 1:
		p->by_thread.stack[1] = p->by_thread.stack[0];
		return "thread's samples: a stack has two rows";
	case 2:
		free(p->thread_total);
		p->thread_total = NULL;
		return "threads: they have no totals";
	case 3:
		free(p->by_thread.thread);
		p->by_thread.thread = NULL;
		return "by thread, or not";
	default:
		return NULL;
	}
}

static const char *break_sizes(struct hprof_profile *p, unsigned which)
{
	switch (which) {
	case 0:
		p->all.size[1].inuse = -1;
		return "sample 1: a size below 0";
	case 1:
		p->all.size[1].alloc = NAN;
		return "sample 1: a size below 0";
	case 2:
		p->all.stack[1] = p->all.stack[0];
		p->all.size[1] = p->all.size[0];
		return "samples: a stack has two rows";
	default:
		return NULL;
	}
}

static const char *break_snapshots(struct hprof_profile *p, unsigned which)
{
	struct hp_snapshots *s = &p->snapshots;

	switch (which) {
	case 0:
		s->row[1].first = s->values.n;
		return "snapshot 1: its values leave";
	case 1:
		s->row[1].time = 0;
		return "snapshot 1: before the one before";
	case 2:
		s->row[1].time = NAN;
		return "snapshot 1: at no time";
	case 3:
		s->values.stack[1].i = p->stacks.n;
		return "value 1: no such stack";
	case 4:
		s->values.stack[1] = s->values.stack[0];
		return "one has a stack twice";
	case 5:
		s->n = 0;
		return "values, but none that has them";
	case 6:
		s->row[1].samples.n--;
		return "snapshot 1: its samples are others";
	case 7:
		s->values.variance[0][2] = -1;
		return "value 2: a variance of -1";
	default:
		return NULL;
	}
}

static void every_broken_rule_is_found(void **state)
{
	static const struct {
		const char *input;
		const char *(*break_rule)(struct hprof_profile *p, unsigned which);
		unsigned rules;
	} cases[] = {{named, break_types, 7},   {named, break_modules, 5},
		     {named, break_maps, 3},    {named, break_names, 4},
		     {named, break_locs, 8},    {named, break_stacks, 4},
		     {named, break_samples, 8}, {named, break_threads, 4},
		     {sized, break_sizes, 3},   {timed, break_snapshots, 8}};
	char text[HP_CHECK_TEXT];

	(void)state;
	for (size_t i = 0; i < HP_LEN(cases); i++)
		for (unsigned which = 0; which <= cases[i].rules; which++) {
			struct hprof_profile *p = load(cases[i].input);
			const char *found = hp_profile_check(p, text), *want;

			if (found)
				fail_msg("case %zu: a good profile breaks \"%s\"", i, found);
			want = cases[i].break_rule(p, which);
			found = hp_profile_check(p, text);
			if (!want != (which == cases[i].rules) || !want != !found ||
			    (want && !strstr(found, want)))
				fail_msg("case %zu.%u: found \"%s\", expected \"%s\"", i, which,
					 found ? found : "", want ? want : "");
			hprof_profile_free(p);
		}
}

RUN(cmocka_unit_test(every_broken_rule_is_found))
