/* process.h - a child process with limits, that replies through a pipe and may be sent requests. */
#ifndef HP_SYMBOLIZE_PROCESS_H
#define HP_SYMBOLIZE_PROCESS_H

#include <sys/types.h>

#include "analyzer/base/error.h"
#include "analyzer/symbolize/job.h"

enum hp_outcome {
	HP_OUTCOME_DONE,      /* everything was sent */
	HP_OUTCOME_CRASHED,   /* the child died */
	HP_OUTCOME_TIMEOUT,   /* it took too long */
	HP_OUTCOME_NO_MEMORY, /* there was not enough for it */
	HP_OUTCOME_NO_FILES,  /* the limit of open files is below what it needs */
	HP_OUTCOME_ENDED,     /* it ended before everything was sent, for no reason known */
	HP_OUTCOME_MALFORMED, /* what it sent breaks the protocol, or is more than is plausible */
};

/* What a child has been doing, for a warning: "reading it crashed (signal 11)". */
struct hp_outcome_text {
	const char *kind; /* static: warnings of one kind are counted together */
	char how[64];
};

struct hp_process {
	pid_t pid;
	int reply_fd;   /* what it sends is read from here */
	int request_fd; /* socket for requests; -1: it gets none */
};

/* What runs in the child: false when there was no memory, or nobody listens. */
typedef bool (*hp_process_fn)(const struct hp_job *job, int reply_fd, int request_fd);

/*
 * Start a child that runs @run for @job, which must stay until the child was reaped.
 * @cpu_seconds: it is ended after so much; 0: it sets limits itself.  Errors: EIO.
 */
HP_MUST_CHECK int hp_process_start(struct hp_process *p, const struct hp_job *job,
				   hp_process_fn run, unsigned cpu_seconds, bool asked,
				   struct hprof_error *err);

/*
 * End @p, if it has not ended yet.  Returns how it ended when it did not send everything;
 * *@signal is what ended it, 0 if nothing did.
 */
enum hp_outcome hp_process_end(struct hp_process *p, int *signal);

struct hp_outcome_text hp_outcome_text(enum hp_outcome outcome, int signal);

/* The limit on processor time that @given stands for; 0 for the default. */
unsigned hp_process_cpu_seconds(unsigned given);

/* Milliseconds after which a child with that limit hangs: disks and busy machines are slow. */
int64_t hp_process_patience_ms(unsigned cpu_seconds);

/* End the calling process by SIGXCPU after @seconds more of processor time. */
void hp_process_limit_cpu(unsigned seconds);

/* Memory that is shared with all children to come; NULL: each learns for itself, then. */
struct hp_shared *hp_shared_new(void);
void hp_shared_free(struct hp_shared *s);
/* Report to the caller what is new about the servers of debuginfod; to be called now and then. */
void hp_shared_report(struct hp_shared *s, const struct hprof_symbolize_opts *o);

/* Bytes that a child may send about @n_addrs addresses. */
size_t hp_process_max_reply_bytes(size_t n_addrs);

int64_t hp_process_now_ms(void); /* of a clock that only goes forward */

#endif
