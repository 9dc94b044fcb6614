/* apply.h - taking over into the profile what a child told about a module. */
#ifndef HP_SYMBOLIZE_APPLY_H
#define HP_SYMBOLIZE_APPLY_H

#include "analyzer/model/profile.h"
#include "analyzer/symbolize/job.h"
#include "analyzer/symbolize/pool.h"

/* The places in the profile that one job is about. */
struct hp_target {
	hp_modid module;
	const struct hp_job *job;
	const uint32_t *first; /* [job->n_addrs + 1] where the locations of an address begin... */
	const hp_locid *locs;  /* ...in here: each address has one or more */
	bool *answered;        /* [job->n_addrs] an earlier child told about the address */
	bool has_frames;       /* an earlier child told about some address */
	bool has_file;         /* an earlier child told about the file */
	bool damage_noted;     /* in the note of the module */
	bool nonsense;         /* what was told contradicts itself or the job */
	bool forgotten;        /* what was said to be remembered is not: nothing was taken over */
};

/* Append @text to the note of @m.  Errors: ENOMEM, ELIMIT. */
HP_MUST_CHECK int hp_note_add(struct hprof_profile *p, struct hp_module *m, const char *text,
			      struct hprof_error *err);

/*
 * Take over @told.  Everything in it is checked: what is no message, or names what does not
 * exist, ends it, and t->nonsense says so.  What was answered before is kept.  When t->forgotten
 * is set, another child has to read everything.  Errors: ENOMEM, ELIMIT.
 */
HP_MUST_CHECK int hp_apply(struct hprof_profile *p, struct hp_target *t, const struct hp_told *told,
			   struct hprof_error *err);

/* Give lambdas of one name one linkage name, once all is applied.  Errors: ENOMEM. */
HP_MUST_CHECK int hp_apply_lambdas(struct hprof_profile *p, struct hprof_error *err);

/*
 * Spell integer types in the names of functions from row @first on as the demangler does, where
 * they come from DWARF: "f<long int>" and "f<long>" are one function.  Errors: ENOMEM, ELIMIT.
 */
HP_MUST_CHECK int hp_apply_spelling(struct hprof_profile *p, uint32_t first,
				    struct hprof_error *err);

#endif
