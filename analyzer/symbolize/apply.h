/* apply.h - taking the answers of child processes about a module over into profiles. */
#ifndef HP_SYMBOLIZE_APPLY_H
#define HP_SYMBOLIZE_APPLY_H

#include "analyzer/symbolize/decode.h"
#include "analyzer/symbolize/plan.h"
#include "analyzer/symbolize/pool.h"
#include "analyzer/symbolize/recall.h"

struct hp_answer {             /* about one address of a job */
	uint64_t addr;         /* in the file; HP_WIRE_NO_ADDR */
	const uint8_t *frames; /* [n_frames] as hp_reply_frame() reads them */
	uint32_t n_frames;
	uint32_t cached; /* 1 + number of the answer among those that are remembered; 0: none */
	uint8_t reply;   /* 1 + number of the reply that has it; 0: nothing is known */
	uint8_t stream;
	uint8_t call; /* enum hp_loc_call */
};

struct hp_answer_warning {
	enum hp_wire_warning kind;
	struct hp_slice text;
};

struct hp_answer_stream {
	uint32_t *func; /* [n] rows of hp_answers.func */
	uint32_t n, cap;
};

/*
 * What the child processes of one job sent: a first one, and a second one about addresses that the
 * first did not get to.  It is the same for every profile that has these addresses.
 */
struct hp_answers {
	const struct hp_job *job;
	struct hp_answer *row; /* [job->n_addrs] */
	struct hp_answer_stream stream[2][HP_WIRE_STREAMS];
	struct hp_slice *func; /* [n_funcs] texts of functions, for hp_reply_names() */
	uint32_t n_funcs, cap_funcs;
	uint32_t *func_id; /* [n_funcs] in the profile they are applied to, HP_NONE until needed */
	struct hp_reply_file file;
	bool has_file;
	enum hp_module_symbols symbols;    /* that the answers come from */
	struct hp_answer_warning *warning; /* [n_warnings] in an order that workers do not change */
	uint32_t n_warnings, cap_warnings;
	struct hp_recalled recalled;
	bool malformed; /* what was sent breaks the protocol: what came before it stays */
	bool forgotten; /* what was said to be remembered is not: there are no answers */
};

/*
 * Check and list @reply[n], at most 2, which must stay, as must @job.  To be released, even after
 * an error.  When a->forgotten is set, another child has to read everything.  Errors: ENOMEM.
 */
HP_MUST_CHECK int hp_answers_init(struct hp_answers *a, const struct hp_job *job,
				  const struct hp_reply *reply, size_t n, struct hprof_error *err);
void hp_answers_release(struct hp_answers *a);

/* Whether some address has a name. */
bool hp_answers_any_named(const struct hp_answers *a);

/*
 * Give the locations of @t, and its module, what @a has for them.  @warns: and the profile the
 * warnings.  A profile of several may borrow texts from what is remembered: the one that is the
 * first.  Errors: ENOMEM, ELIMIT.
 */
HP_MUST_CHECK int hp_apply(struct hp_answers *a, const struct hp_target *t, bool warns,
			   struct hprof_error *err);

/* Append @text to the note of @m.  Errors: ENOMEM, ELIMIT. */
HP_MUST_CHECK int hp_note_add(struct hprof_profile *p, struct hp_module *m, const char *text,
			      struct hprof_error *err);

/*
 * Give lambdas of one name in all of @d[n] one linkage name, once all is applied.  Errors: ENOMEM,
 * ELIMIT.
 */
HP_MUST_CHECK int hp_apply_lambdas(const struct hp_dump *d, size_t n, struct hprof_error *err);

/*
 * Spell integer types in the names of functions from row @first on as the demangler does, where
 * they come from DWARF: "f<long int>" and "f<long>" are one function.  Errors: ENOMEM, ELIMIT.
 */
HP_MUST_CHECK int hp_apply_spelling(struct hprof_profile *p, uint32_t first,
				    struct hprof_error *err);

#endif
