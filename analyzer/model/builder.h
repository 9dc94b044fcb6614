/*
 * builder.h - the only writer of a profile while it is read.
 *
 * A reader adds types, then stacks and samples in any order, and maps before or after them.
 * All functions return HPROF_OK, or ENOMEM or ELIMIT with err filled.
 */
#ifndef HP_MODEL_BUILDER_H
#define HP_MODEL_BUILDER_H

#include "analyzer/model/profile.h"
#include "analyzer/model/sampling.h"

/* Where a location is, whatever the mappings tell. */
struct hp_place {
	hp_locid loc;
	uint64_t rel;    /* in its module */
	hp_modid module; /* where no mapping covers it; HP_NONE: not known */
	bool no_addr;    /* its address was made up */
};

struct hp_builder {
	const struct hprof_profile *p; /* what has been built; NULL after hp_builder_finish() */
	struct hp_builder_own *own;    /* the same to write to, and how it is found again */
	struct hprof_limits limits;
	bool thread_values; /* the caller wants values per thread */
	bool thread_stacks; /* and per thread and stack */
	bool symbolized;    /* names come with the input: it needs no mappings */
	bool own_lines;     /* lines of hprof's own stand in the profile, too */
	bool whole_stacks;  /* none was cut, however deep */
	uint8_t told_types; /* a bit for each of the four usual types that is there; 0: not told */
	bool one_size;      /* as in the profile: the input says so */
	bool no_errors;     /* as in the types of the profile */
	uint64_t scaled_period; /* as in the profile; 0: not told */
	struct hprof_error *err;
};

HP_MUST_CHECK int hp_builder_init(struct hp_builder *b, const struct hprof_load_opts *opts,
				  const char *input, struct hprof_error *err);
void hp_builder_release(struct hp_builder *b); /* after a failure, or after finish */

/*
 * Add a sample type; its index is the number of types before it.
 * @optional: its writer may not record it, and writes 0 then: absent unless a value other than 0
 * arrives, above or below it.  Others are there, if only with zeros.
 */
HP_MUST_CHECK int hp_build_type(struct hp_builder *b, const char *name, enum hp_unit unit,
				enum hp_type_kind kind, bool optional);

/* Take the last type back, with its values. */
void hp_build_type_undo(struct hp_builder *b);

/* The last type that was added is called @alias by its writer. */
HP_MUST_CHECK int hp_build_alias(struct hp_builder *b, struct hp_slice alias);

/*
 * The four types of most heap profiles, with indices 0 to 3: inuse_objects, inuse_space (the
 * default), alloc_objects, alloc_space; the last two are optional.
 */
HP_MUST_CHECK int hp_build_heap_types(struct hp_builder *b);

/*
 * Frames of one stack at most: no program comes that deep, and what is made of a stack takes many
 * times what a packed file may need for it.
 */
enum { HP_STACK_MAX = 1 << 22 };

/* Fail with ELIMIT: a stack has more than these. */
int hp_fail_deep(struct hprof_error *err, uint64_t line, uint64_t offset);

/*
 * The stack of the @n addresses at @addr, leaf first; no address gives the row of the empty
 * stack, the root.  Cost: two look-ups per address.
 */
HP_MUST_CHECK int hp_build_stack(struct hp_builder *b, const uint64_t *addr, size_t n,
				 hp_stackid *out);

/* What a format tells of a call by itself. */
struct hp_named_call {
	uint64_t addr;                /* 0: none */
	hp_modid module;              /* HP_NONE: not known */
	const struct hp_frame *frame; /* [n_frames] innermost inline first; at least one */
	uint32_t n_frames;
	bool nameless; /* the format tells where it is, and not the function */
};

/* The location of such calls: one for all that are equal. */
HP_MUST_CHECK int hp_build_named(struct hp_builder *b, const struct hp_named_call *call,
				 hp_locid *out);

/* The stack of the @n locations at @loc, leaf first; none gives the empty stack. */
HP_MUST_CHECK int hp_build_named_stack(struct hp_builder *b, const hp_locid *loc, size_t n,
				       hp_stackid *out);

/*
 * A calling context that is known not to be there yet.  It cannot be found again: of a profile, all
 * stacks are made in this way, or none.
 */
HP_MUST_CHECK int hp_build_new_call(struct hp_builder *b, hp_stackid parent, hp_locid loc,
				    hp_stackid *out);

/* The module called @path, without any mapping. */
HP_MUST_CHECK int hp_build_module(struct hp_builder *b, struct hp_slice path, hp_modid *out);
/* The same; modules of one path with different build IDs are different ones. */
HP_MUST_CHECK int hp_build_module_of(struct hp_builder *b, struct hp_slice path,
				     struct hp_slice build_id, hp_modid *out);

/*
 * A location of its own, whether or not one is equal: @addr, and @frames[@n], none for an address
 * to be looked up.
 */
HP_MUST_CHECK int hp_build_location(struct hp_builder *b, uint64_t addr,
				    const struct hp_frame *frames, uint32_t n, hp_locid *out);

/*
 * Add a snapshot behind all others; of @s the time, totals and kind count.  The samples that
 * follow are its own, until the next.
 */
HP_MUST_CHECK int hp_build_snapshot(struct hp_builder *b, const struct hp_snapshot *s);
/* Add @stack, once at most, to the last snapshot. @m: [n_types], in the order of the types. */
HP_MUST_CHECK int hp_build_snapshot_sample(struct hp_builder *b, hp_stackid stack,
					   const struct hp_measure *m);
/* Take the last snapshot back: it was not complete. */
void hp_build_snapshot_undo(struct hp_builder *b);
/* Bring the snapshots into the order of time; false: they were in it. */
bool hp_build_snapshot_sort(struct hp_builder *b);

/* Add to the values of @stack over all threads. @m: [n_types], in the order of the types. */
HP_MUST_CHECK int hp_build_sample(struct hp_builder *b, hp_stackid stack,
				  const struct hp_measure *m);

/*
 * The same, of objects of these mean sizes: rows of one stack are kept apart by them.  Of a
 * profile, all samples are added in this way, or none.
 */
HP_MUST_CHECK int hp_build_sized_sample(struct hp_builder *b, hp_stackid stack,
					struct hp_sizes size, const struct hp_measure *m);

/* Have room for the samples of @n stacks, if there is memory. */
void hp_build_expect_samples(struct hp_builder *b, uint32_t n);

/* Add to the values of @thread at @stack, which are no part of the totals. */
HP_MUST_CHECK int hp_build_thread_sample(struct hp_builder *b, hp_stackid stack, hp_threadid thread,
					 const struct hp_measure *m);

/* The thread with this id; a name that is not empty replaces an unknown one. */
HP_MUST_CHECK int hp_build_thread(struct hp_builder *b, struct hp_slice id, struct hp_slice name,
				  hp_threadid *out);

struct hp_mapping {
	uint64_t start, limit, file_offset;
	uint64_t device, inode;   /* HP_DEVICE; 0: not recorded */
	uint8_t perms;            /* HP_MAP_* bits */
	struct hp_slice path;     /* "" for anonymous memory */
	struct hp_slice build_id; /* hexadecimal; "" if it is not recorded */
	bool deleted;
};

/* Add a mapping; overlaps and inverted ranges are dropped with a warning. */
HP_MUST_CHECK int hp_build_mapping(struct hp_builder *b, const struct hp_mapping *m);

/*
 * Id of the function that the input calls @names.  One that stands there as a linker knows it,
 * "_Z3fooi", is demangled, and that is its linkage name if there is no other.  One that stands
 * there in short, "foo" beside "_Z3fooi", gets its full name from that, so that it is the function
 * that symbols of the program name.  Errors: ENOMEM, ELIMIT.
 */
HP_MUST_CHECK int hp_build_func(struct hp_builder *b, const struct hp_func_names *names,
				hp_funcid *out);

/* Id of the function with exactly @names: none of them is looked into. */
HP_MUST_CHECK int hp_build_exact_func(struct hp_builder *b, const struct hp_func_names *names,
				      hp_funcid *out);

/* Have room for so many more functions and frames, if there is memory. */
void hp_build_expect(struct hp_builder *b, uint32_t funcs, uint32_t frames);

/* Give location @loc its frames, innermost inline first. */
HP_MUST_CHECK int hp_build_frames(struct hp_builder *b, hp_locid loc, const struct hp_frame *frames,
				  uint32_t n);

/* Once all mappings are there, @place holds. */
HP_MUST_CHECK int hp_build_place(struct hp_builder *b, const struct hp_place *place);

/* What the input records of @module besides its path. */
void hp_build_module_status(struct hp_builder *b, hp_modid module, enum hp_module_status status);
void hp_build_module_is_main(struct hp_builder *b, hp_modid module);
void hp_build_module_is_relative(struct hp_builder *b, hp_modid module);

/* --- the profile as a whole: builder_facts.c --- */

/* Id of @text in the profile, for names that come before what they belong to. */
HP_MUST_CHECK int hp_build_text(struct hp_builder *b, struct hp_slice text, hp_strid *out);

void hp_build_set_format(struct hp_builder *b, const char *name); /* static text */
HP_MUST_CHECK int hp_build_set_writer(struct hp_builder *b, struct hp_slice writer);

/* When it was written: the time of its file, and the one in it, which replaces that. */
void hp_build_set_file_time(struct hp_builder *b, int64_t ns);
void hp_build_set_time(struct hp_builder *b, int64_t ns);

/* How the values were sampled, with @period bytes between samples; 0: all were recorded. */
void hp_build_set_sampling(struct hp_builder *b, enum hp_sampling sampling, uint64_t period);
/* The writer made estimates of its values, with @period bytes between samples; 0: not known. */
void hp_build_set_scaled_period(struct hp_builder *b, uint64_t period);

/* The type that is shown unless another is asked for. */
void hp_build_set_default_type(struct hp_builder *b, uint32_t type);
/* Whether the errors of @type are unknown. */
void hp_build_set_no_errors(struct hp_builder *b, uint32_t type, bool no_errors);
/* Whether the writer recorded @type, whatever its values are; if it did not, they are dropped. */
void hp_build_set_recorded(struct hp_builder *b, uint32_t type, bool recorded);

/* The members of the profile that are called so. */
void hp_build_set_one_size(struct hp_builder *b, bool one_size);
void hp_build_set_added_up(struct hp_builder *b);
void hp_build_set_is_cut(struct hp_builder *b);
void hp_build_set_has_maps(struct hp_builder *b);
void hp_build_set_merged_maps(struct hp_builder *b);
void hp_build_set_return_addresses(struct hp_builder *b);

/* A stack has @frames, whether or not all of them are there. */
void hp_build_depth(struct hp_builder *b, uint32_t frames);

/* The values of sample @row of all threads come out as @m, now that all is added up. */
void hp_build_set_estimate(struct hp_builder *b, uint32_t row, uint32_t type,
			   const struct hp_measure *m);

/* The unit of the times of snapshots, and what was run. */
HP_MUST_CHECK int hp_build_set_run(struct hp_builder *b, struct hp_slice time_unit,
				   struct hp_slice command);

/*
 * Count a line that was read over, which begins with @word.  *@first: it has no row
 * of its own yet.
 */
HP_MUST_CHECK int hp_build_unused_line(struct hp_builder *b, struct hp_slice word, bool *first);

/* hp_profile_warn() and hp_profile_warn_each() of the profile that is built. */
void hp_build_warn(struct hp_builder *b, const char *kind, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void hp_build_warn_each(struct hp_builder *b, const char *kind, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Take warning @row back. */
void hp_build_warn_undo(struct hp_builder *b, uint32_t row);

/* Sort the maps, place every location in them, and hand the profile to the caller. */
HP_MUST_CHECK int hp_builder_finish(struct hp_builder *b, struct hprof_profile **out);

#endif
