/* child.h - what runs in a child process: naming the addresses of one module or file. */
#ifndef HP_SYMBOLIZE_CHILD_H
#define HP_SYMBOLIZE_CHILD_H

#include "analyzer/symbolize/job.h"
#include "analyzer/symbolize/wire.h"

/*
 * Find the file of @job, read it, and write the answers (wire.h) to @fd.  Must not run in a
 * process that matters: a hostile file may crash it or make it loop.  False: no memory, or
 * the reader of @fd is gone.
 */
bool hp_child_run(const struct hp_job *job, int fd);

/*
 * Where nothing is there to be read, put all that hp_child_run() would write for @job into @out,
 * which has no fd; the caller takes its bytes.  Opens no file, so that it may run in any process.
 * False, and @out is empty: there may be a file, or there is no memory.
 */
bool hp_child_reply_missing(const struct hp_job *job, struct hp_wire *out);

/* What hp_child_serve() is asked: this, and @n addresses of the file, sorted and distinct. */
struct hp_child_batch {
	uint32_t n;
	uint32_t no_dwarf; /* 1: by symbol tables only */
};
enum { HP_CHILD_BATCH_MAX = 1 << 20 };

/*
 * Open the file job->path itself, send what is known of it, and answer batches from socket
 * @request_fd until nobody asks any more.  The same holds as for hp_child_run().
 */
bool hp_child_serve(const struct hp_job *job, int fd, int request_fd);

#endif
