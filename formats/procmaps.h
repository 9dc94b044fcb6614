/*
 * procmaps.h - the memory-map section that ends text profiles.
 *
 * Dialects: /proc/PID/maps of Linux, "start-limit: path" (gperftools' cooked form, jemalloc on
 * macOS), /proc/PID/map of FreeBSD, and variables "name=value" with "$name" in later paths.
 */
#ifndef HP_FORMATS_PROCMAPS_H
#define HP_FORMATS_PROCMAPS_H

#include "analyzer/base/input.h"
#include "analyzer/model/builder.h"

/* Whether @line begins the section. */
bool hp_procmaps_begins(struct hp_slice line);

/*
 * Read the section to the end of @in, whose first line was taken.  Lines of no known dialect
 * are skipped with a warning; a second dump behind the first is left out with a warning.
 * Errors: those of the input and the builder.
 */
HP_MUST_CHECK int hp_procmaps_read(struct hp_input *in, struct hp_builder *b,
				   struct hprof_error *err);

#endif
