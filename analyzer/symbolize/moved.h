/* moved.h - code that a program moved to anonymous memory, by the program headers of its file. */
#ifndef HP_SYMBOLIZE_MOVED_H
#define HP_SYMBOLIZE_MOVED_H

#include "analyzer/model/profile.h"

/*
 * Give anonymous executable memory of @p to the files whose code it is: there all other mappings
 * of the file lie as its program headers say, and with this memory each segment of code is whole.
 * What a format or the distances of mappings told before stays.  Files are sought as for names, and
 * their headers alone are read, so that it may run in any process.  Errors: ENOMEM.
 */
HP_MUST_CHECK int hp_moved_claim(struct hprof_profile *p, const struct hprof_symbolize_opts *opts,
				 struct hprof_error *err);

#endif
