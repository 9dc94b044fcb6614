/* filter.h - regular expressions over the frames of a view. */
#ifndef HP_OPS_FILTER_H
#define HP_OPS_FILTER_H

#include "analyzer/base/regex.h"
#include "analyzer/ops/view.h"

enum hp_filter_part {
	HP_FILTER_ANY,
	HP_FILTER_NAME,
	HP_FILTER_FILE,
	HP_FILTER_MODULE,
};

/* "RE", "name:RE", "file:RE" or "module:RE". */
struct hp_filter {
	struct hp_regex *re;
	enum hp_filter_part part;
};

/* The expressions of one option, compiled. Errors: EINVAL, ENOMEM. */
HP_MUST_CHECK int hp_filters_new(const char *const *text, size_t n, struct hp_filter **out,
				 struct hprof_error *err);
void hp_filters_free(struct hp_filter *f, size_t n); /* NULL is allowed */

/*
 * Which frames of @v match @f: @hit is [n_frames].  Names are matched in full, addresses
 * never.  Errors: EINVAL (too many steps), ENOMEM.
 */
HP_MUST_CHECK int hp_filter_frames(const struct hprof_view *v, const struct hp_filter *f, bool *hit,
				   struct hprof_error *err);

/*
 * Whether a stack that ends at a node has a frame that matches: @on_path is [tree.n].
 * @scratch: [n_frames].
 */
HP_MUST_CHECK int hp_filter_paths(const struct hprof_view *v, const struct hp_filter *f,
				  bool *scratch, bool *on_path, struct hprof_error *err);

#endif
