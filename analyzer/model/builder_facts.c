/* builder_facts.c - what a reader knows of the profile as a whole, of its types and modules. */
#include <stdlib.h>

#include "analyzer/model/builder.h"
#include "analyzer/model/builder_own.h"

int hp_build_text(struct hp_builder *b, struct hp_slice text, hp_strid *out)
{
	return hp_strtab_add(&b->own->p->str, text, out, b->err);
}

void hp_build_set_format(struct hp_builder *b, const char *name)
{
	b->own->p->format = name;
}

int hp_build_set_writer(struct hp_builder *b, struct hp_slice writer)
{
	return hp_build_text(b, writer, &b->own->p->writer);
}

void hp_build_set_file_time(struct hp_builder *b, int64_t ns)
{
	b->own->p->time_ns = b->own->p->file_time_ns = ns;
}

void hp_build_set_time(struct hp_builder *b, int64_t ns)
{
	b->own->p->time_ns = ns;
}

void hp_build_set_sampling(struct hp_builder *b, enum hp_sampling sampling, uint64_t period)
{
	b->own->p->sampling = sampling;
	b->own->p->sampling_period = period;
}

void hp_build_set_scaled_period(struct hp_builder *b, uint64_t period)
{
	b->own->p->scaled_period = period;
}

void hp_build_set_one_size(struct hp_builder *b, bool one_size)
{
	b->own->p->one_size = one_size;
}

void hp_build_set_added_up(struct hp_builder *b)
{
	b->own->p->added_up = true;
}

void hp_build_set_is_cut(struct hp_builder *b)
{
	b->own->p->is_cut = true;
}

void hp_build_set_has_maps(struct hp_builder *b)
{
	b->own->p->has_maps = true;
}

void hp_build_set_merged_maps(struct hp_builder *b)
{
	b->own->p->merged_maps = true;
}

void hp_build_set_return_addresses(struct hp_builder *b)
{
	b->own->p->return_addresses = true;
}

void hp_build_depth(struct hp_builder *b, uint32_t frames)
{
	if (frames > b->own->p->max_depth)
		b->own->p->max_depth = frames;
}

int hp_build_set_run(struct hp_builder *b, struct hp_slice time_unit, struct hp_slice command)
{
	int r = hp_build_text(b, time_unit, &b->own->p->snapshots.unit);

	return r < 0 ? r : hp_build_text(b, command, &b->own->p->snapshots.command);
}

/* --- types --- */

void hp_build_set_default_type(struct hp_builder *b, uint32_t type)
{
	b->own->p->default_type = type;
}

void hp_build_set_no_errors(struct hp_builder *b, uint32_t type, bool no_errors)
{
	b->own->p->types[type].no_errors = no_errors;
}

static void drop_column(struct hp_samples *s, uint32_t type)
{
	free(s->estimate[type]);
	free(s->variance[type]);
	free(s->recorded[type]);
	s->estimate[type] = s->variance[type] = s->recorded[type] = NULL;
}

void hp_build_set_recorded(struct hp_builder *b, uint32_t type, bool recorded)
{
	b->own->p->types[type].absent = !recorded; /* columns are made when the last row is there */
	if (recorded)
		return;
	drop_column(&b->own->p->all, type);
	drop_column(&b->own->p->by_thread, type);
}

void hp_build_set_estimate(struct hp_builder *b, uint32_t row, uint32_t type,
			   const struct hp_measure *m)
{
	b->own->p->all.estimate[type][row] = m->estimate;
	b->own->p->all.variance[type][row] = m->variance;
}

/* --- functions and modules --- */

int hp_build_exact_func(struct hp_builder *b, const struct hp_func_names *names, hp_funcid *out)
{
	return hp_func_add(b->own->p, names, out, b->err);
}

void hp_build_expect(struct hp_builder *b, uint32_t funcs, uint32_t frames)
{
	hp_profile_expect(b->own->p, funcs, frames);
}

int hp_build_frames(struct hp_builder *b, hp_locid loc, const struct hp_frame *frames, uint32_t n)
{
	return hp_loc_set_frames(b->own->p, loc, frames, n, b->err);
}

void hp_build_module_status(struct hp_builder *b, hp_modid module, enum hp_module_status status)
{
	b->own->p->modules.row[module.i].status = status;
}

void hp_build_module_is_main(struct hp_builder *b, hp_modid module)
{
	b->own->p->modules.row[module.i].main = true;
}

void hp_build_module_is_relative(struct hp_builder *b, hp_modid module)
{
	b->own->p->modules.row[module.i].relative = true;
}

/* --- lines that are not read, and warnings --- */

static struct hp_unused *unused_row(struct hprof_profile *p, struct hp_slice word)
{
	for (uint32_t i = 0; i < p->n_unused; i++)
		if (hp_slice_same(hp_profile_str(p, p->unused[i].word), word))
			return &p->unused[i];
	return NULL;
}

/* A row for @word; the last one, whose word is "", is that of all that find no room. */
static int add_unused(struct hp_builder *b, struct hp_slice word, struct hp_unused **out)
{
	struct hprof_profile *p = b->own->p;
	int r = HPROF_OK;

	if (p->n_unused == HP_MAX_UNUSED) {
		*out = &p->unused[HP_MAX_UNUSED - 1];
		return HPROF_OK;
	}
	*out = &p->unused[p->n_unused];
	**out = (struct hp_unused){.n = 0};
	if (p->n_unused + 1 < HP_MAX_UNUSED)
		r = hp_build_text(b, word, &(*out)->word);
	if (r == HPROF_OK)
		p->n_unused++;
	return r;
}

int hp_build_unused_line(struct hp_builder *b, struct hp_slice word, bool *first)
{
	struct hp_unused *row = unused_row(b->own->p, word);
	int r = HPROF_OK;

	*first = !row;
	if (!row)
		r = add_unused(b, word, &row);
	if (r == HPROF_OK)
		row->n++;
	return r;
}

void hp_build_warn(struct hp_builder *b, const char *kind, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	hp_profile_vwarn(b->own->p, kind, 1, fmt, ap);
	va_end(ap);
}

void hp_build_warn_each(struct hp_builder *b, const char *kind, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	hp_profile_vwarn(b->own->p, kind, HP_WARN_EACH, fmt, ap);
	va_end(ap);
}

void hp_build_warn_undo(struct hp_builder *b, uint32_t row)
{
	struct hp_warnings *w = &b->own->p->warnings;

	free(w->row[row].text);
	w->n--;
	memmove(&w->row[row], &w->row[row + 1], (w->n - row) * sizeof(*w->row));
}
