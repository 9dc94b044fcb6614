/* child.h - what runs in a child process: naming the addresses of one module. */
#ifndef HP_SYMBOLIZE_CHILD_H
#define HP_SYMBOLIZE_CHILD_H

#include "analyzer/symbolize/job.h"

/*
 * Find the file of @job, read it, and write the answers (wire.h) to @fd.  Must not run in a
 * process that matters: a hostile file may crash it or make it loop.  False: no memory, or
 * the reader of @fd is gone.
 */
bool hp_child_run(const struct hp_job *job, int fd);

#endif
