/* layout.h - where the code of a file with debug information alone was in the file that ran. */
#ifndef HP_SYMBOLIZE_LAYOUT_H
#define HP_SYMBOLIZE_LAYOUT_H

#include "analyzer/symbolize/elf_file.h"
#include "analyzer/symbolize/job.h"

/*
 * If @f holds debug information alone, give its segments with code the offsets that they had,
 * as far as the mappings of @job tell; hp_fit_mappings() then says whether they fit.
 */
void hp_layout_restore(struct hp_elf *f, const struct hp_job *job);

#endif
