/* advice.c - what to do about a profile that lacks something, by who wrote it. */
#include "analyzer/ops/advice.h"

/*
 * Options of one allocator mean nothing to another.  Writers that are not listed record what they
 * do by themselves (valgrind, heaptrack), or are known by nothing but their format (pprof): Java,
 * Python and JAX write that, too.
 */
static const struct hp_advice advice[] = {
	{
		.writer = "jemalloc",
		.why_no_alloc = "the writer did not accumulate",
		.get_alloc = "run the program with prof_accum:true",
		.unwind = "the allocator could not unwind; build it with --enable-prof-libunwind, "
			  "or the program with -fno-omit-frame-pointer",
		.no_samples = "profiling was not active (prof_active:false?)",
		.no_maps = "the file has no map section: it is cut, or the program could not read "
			   "/proc/self/maps",
	},
	{
		.writer = "gperftools",
		.why_no_alloc = "this writer does not record what was freed",
		.get_alloc = "samples of tcmalloc are of what is live; its heap profiler, "
			     "HEAPPROFILE=FILE, records all",
		.unwind = "the allocator could not unwind; build the program with "
			  "-fno-omit-frame-pointer, or run it with "
			  "TCMALLOC_STACKTRACE_METHOD=libunwind where tcmalloc has that",
		.no_samples = "sampling was off (TCMALLOC_SAMPLE_PARAMETER is 0?)",
		.no_exact =
			"the heap profiler had not begun (HEAPPROFILE, HeapProfilerStart()), or "
			"all was freed",
		.no_maps = "the file has no map section: it is cut, or the program could not read "
			   "/proc/self/maps",
	},
	{
		.writer = "go",
		.no_samples = "profiling was not active (runtime.MemProfileRate is 0?), or no "
			      "garbage collection has ended yet",
	},
};

static const struct hp_advice of_all = {
	.writer = "",
};

const struct hp_advice *hp_advice_of(const struct hprof_profile *p)
{
	struct hp_slice writer = hp_profile_str(p, p->writer);

	for (size_t i = 0; i < HP_LEN(advice); i++)
		if (hp_slice_same(writer, hp_slice_str(advice[i].writer)))
			return &advice[i];
	return &of_all;
}

/* The sample type @name of the profiles that are looked at; NULL: none has recorded it. */
static const struct hp_type *type_of(const struct hprof_view *v, struct hp_slice name)
{
	for (size_t i = 0; i < v->n_profiles; i++) {
		const struct hprof_profile *p = v->profiles[i];

		for (uint32_t t = 0; t < p->n_types; t++)
			if (!p->types[t].absent &&
			    hp_slice_same(hp_profile_str(p, p->types[t].name), name))
				return &p->types[t];
	}
	return NULL;
}

const char *hp_why_nothing(const struct hprof_view *v)
{
	size_t n = v->n_profiles + v->n_bases, moments = 0, sampled = 0, samples = 0;
	const struct hp_type *type = type_of(v, hp_view_str(v, v->types[v->chosen].name));

	for (size_t i = 0; i < n; i++) {
		moments += v->profiles[i]->snapshots.n > 0;
		sampled += hp_profile_period(v->profiles[i]) > 0 ||
			   (v->profiles[i]->n_types &&
			    v->profiles[i]->types[0].no_errors); /* that is not known */
		samples += hp_view_all(v, i)->n;
	}
	if (v->filtered)
		return "no stack is left by --focus, --ignore or --thread";
	if (moments == n)
		return n > 1 ? "nothing was live at these snapshots"
			     : "nothing was live at this snapshot";
	if (samples && type && type->kind == HP_TYPE_LEVEL)
		return type_of(v, HP_LIT("alloc_space"))
			       ? "nothing is live: all that was recorded was freed; "
				 "--alloc_space shows what was allocated"
			       : "nothing is live: all that was recorded was freed";
	if (samples)
		return "all values are 0";
	if (!sampled)
		return "no samples: nothing was allocated, or all was freed";
	return "no samples: profiling was not active, or nothing was sampled yet";
}
