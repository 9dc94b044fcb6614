/* check.c - what always holds of a profile, as ARCHITECTURE.md says it. */
#include "analyzer/model/check.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct check {
	const struct hprof_profile *p;
	char *text; /* [HP_CHECK_TEXT] */
};

/* Note the rule that is broken; always false. */
static bool broken(const struct check *c, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static bool broken(const struct check *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(c->text, HP_CHECK_TEXT, fmt, ap); /* the end may be missing */
	va_end(ap);
	return false;
}

static bool is_text(const struct check *c, hp_strid id)
{
	return id.i < c->p->str.n;
}

static bool is_named(const struct check *c, hp_strid id)
{
	return is_text(c, id) && hp_profile_str(c->p, id).len > 0;
}

/* --- types and modules --- */

static bool check_types(const struct check *c)
{
	const struct hprof_profile *p = c->p;

	if (!p->str.n || p->str.len[0])
		return broken(c, "strings: row 0 is not empty");
	if (!is_text(c, p->input) || !is_text(c, p->writer))
		return broken(c, "strings: no text for the input or its writer");
	for (uint32_t t = 0; t < p->n_types; t++)
		if (!is_named(c, p->types[t].name) || !is_text(c, p->types[t].alias))
			return broken(c, "type %" PRIu32 ": it has no name", t);
	if (p->default_type >= p->n_types || p->types[p->default_type].absent)
		return broken(c, "type %" PRIu32 ": the default is not there", p->default_type);
	if (p->sampling_period && p->scaled_period)
		return broken(c, "period: values are scaled, and to be scaled");
	if (p->n_read_warnings > p->warnings.n || p->n_unused > HP_MAX_UNUSED)
		return broken(c, "warnings: more are counted than there are");
	return true;
}

static bool check_module(const struct check *c, uint32_t i)
{
	const struct hp_module *m = &c->p->modules.row[i];
	const hp_strid texts[] = {m->path,        m->file,     m->debug_file, m->build_id,
				  m->recorded_id, m->alt_file, m->how,        m->debug_how,
				  m->alt_how,     m->tried,    m->evidence,   m->note};

	for (size_t k = 0; k < HP_LEN(texts); k++)
		if (!is_text(c, texts[k]))
			return broken(c, "module %" PRIu32 ": no text for one of its members", i);
	if (m->n_named > m->n_addr || m->n_lined > m->n_addr)
		return broken(c, "module %" PRIu32 ": more addresses have names than there are", i);
	if (m->lent_now)
		return broken(c, "module %" PRIu32 ": lent now, though nothing is being lent", i);
	return true;
}

static bool check_modules(const struct check *c)
{
	const struct hp_modules *m = &c->p->modules;
	uint32_t main = 0;

	for (uint32_t i = 0; i < m->n; i++) {
		if (!check_module(c, i))
			return false;
		main += m->row[i].main;
	}
	return main <= 1 || broken(c, "modules: %" PRIu32 " are the program", main);
}

static bool check_maps(const struct check *c)
{
	const struct hp_maps *m = &c->p->maps;

	for (uint32_t i = 0; i < m->n; i++) {
		if (m->start[i] >= m->limit[i])
			return broken(c, "mapping %" PRIu32 ": it ends before it begins", i);
		if (i && m->start[i] < m->limit[i - 1])
			return broken(c, "mapping %" PRIu32 ": not above the one before it", i);
		if (m->module[i].i >= c->p->modules.n)
			return broken(c, "mapping %" PRIu32 ": no such module", i);
	}
	return true;
}

/* --- names, locations and stacks --- */

static bool check_names(const struct check *c)
{
	const struct hp_threads *t = &c->p->threads;
	const struct hp_funcs *f = &c->p->funcs;

	for (uint32_t i = 0; i < t->n; i++)
		if (!is_text(c, t->id[i]) || !is_text(c, t->name[i]))
			return broken(c, "thread %" PRIu32 ": no text for its id or name", i);
	for (uint32_t i = 0; i < f->n; i++)
		if (!is_named(c, f->name[i]) || !is_named(c, f->full[i]) ||
		    !is_text(c, f->linkage[i]) || !is_text(c, f->file[i]))
			return broken(c, "function %" PRIu32 ": it has no name", i);
	for (uint32_t i = 0; i < c->p->frames.n; i++)
		if (c->p->frames.func[i].i >= f->n)
			return broken(c, "frame %" PRIu32 ": no such function", i);
	return true;
}

static bool check_loc(const struct check *c, uint32_t i)
{
	const struct hp_locs *l = &c->p->locs;

	if (l->map[i].i != HP_NONE && l->map[i].i >= c->p->maps.n)
		return broken(c, "location %" PRIu32 ": no such mapping", i);
	if (l->module[i].i != HP_NONE && l->module[i].i >= c->p->modules.n)
		return broken(c, "location %" PRIu32 ": no such module", i);
	if (l->map[i].i != HP_NONE && l->module[i].i == HP_NONE)
		return broken(c, "location %" PRIu32 ": in a mapping, but in no module", i);
	if ((uint64_t)l->frame_first[i] + l->frame_n[i] > c->p->frames.n)
		return broken(c, "location %" PRIu32 ": its frames leave their table", i);
	if (l->call[i] > HP_CALL_RESUMES)
		return broken(c, "location %" PRIu32 ": no such kind of call", i);
	return true;
}

static bool check_locs(const struct check *c)
{
	const struct hp_locs *l = &c->p->locs;

	if (l->n < HP_TRUNCATED_LOCS)
		return broken(c, "locations: those for missing callers are not there");
	for (uint32_t i = 0; i < l->n; i++) {
		if (!check_loc(c, i))
			return false;
		if (i < HP_TRUNCATED_LOCS && (l->addr[i] || l->module[i].i != HP_NONE))
			return broken(c, "location %" PRIu32 ": for missing callers, but placed",
				      i);
	}
	return true;
}

static bool check_stacks(const struct check *c)
{
	const struct hp_stacks *s = &c->p->stacks;

	if (!s->n || s->parent[0].i != HP_NONE || s->loc[0].i != HP_NONE)
		return broken(c, "stack 0: not the root");
	for (uint32_t i = 1; i < s->n; i++) {
		if (s->parent[i].i >= i)
			return broken(c, "stack %" PRIu32 ": its parent is not before it", i);
		if (s->loc[i].i >= c->p->locs.n)
			return broken(c, "stack %" PRIu32 ": no such location", i);
	}
	return true;
}

/* --- samples --- */

struct key {
	uint32_t group; /* the snapshot, or the thread */
	uint32_t stack;
	struct hp_sizes size;
};

static int by_key(const void *a, const void *b)
{
	const struct key *x = a, *y = b;

	if (x->group != y->group)
		return x->group < y->group ? -1 : 1;
	if (x->stack != y->stack)
		return x->stack < y->stack ? -1 : 1;
	if (x->size.inuse != y->size.inuse)
		return x->size.inuse < y->size.inuse ? -1 : 1;
	if (x->size.alloc != y->size.alloc)
		return x->size.alloc < y->size.alloc ? -1 : 1;
	return x->size.exact - y->size.exact;
}

/* Whether no two of @key[n], which are sorted and freed, are equal; @key may be NULL. */
static bool are_distinct(struct key *key, uint32_t n)
{
	bool distinct = true;

	if (key)
		qsort(key, n, sizeof(*key), by_key);
	for (uint32_t i = 1; key && i < n; i++)
		distinct &= by_key(&key[i - 1], &key[i]) != 0;
	free(key);
	return distinct;
}

static bool check_ids(const struct check *c, const char *table, const struct hp_samples *s)
{
	struct key *key = calloc((size_t)s->n + 1, sizeof(*key));
	bool valid = true;

	for (uint32_t i = 0; valid && i < s->n; i++) {
		if (s->stack[i].i >= c->p->stacks.n)
			valid = broken(c, "%s %" PRIu32 ": no such stack", table, i);
		else if (s->thread && s->thread[i].i >= c->p->threads.n)
			valid = broken(c, "%s %" PRIu32 ": no such thread", table, i);
		else if (s->size && !(s->size[i].inuse >= 0 && s->size[i].alloc >= 0))
			valid = broken(c, "%s %" PRIu32 ": a size below 0", table, i);
		if (key)
			key[i] = (struct key){s->thread ? s->thread[i].i : 0, s->stack[i].i,
					      s->size ? s->size[i] : (struct hp_sizes){0}};
	}
	if (valid)
		return are_distinct(key, s->n) ||
		       broken(c, "%ss: a stack has two rows of one kind", table);
	free(key);
	return false;
}

static bool check_column(const struct check *c, const char *table, const struct hp_samples *s,
			 uint32_t t)
{
	const double *v = s->variance[t];

	if (c->p->types[t].absent)
		return (!s->estimate[t] && !v && !s->recorded[t]) ||
		       broken(c, "%ss: values of type %" PRIu32 ", which is absent", table, t);
	if (!s->estimate[t] || !v || !s->recorded[t])
		return broken(c, "%ss: no values of type %" PRIu32, table, t);
	for (uint32_t i = 0; i < s->n; i++) {
		if (!isfinite(s->estimate[t][i]) || !isfinite(s->recorded[t][i]))
			return broken(c, "%s %" PRIu32 ": an endless value", table, i);
		if (!(v[i] >= 0) || !isfinite(v[i]))
			return broken(c, "%s %" PRIu32 ": a variance of %g", table, i, v[i]);
	}
	return true;
}

static bool check_samples(const struct check *c, const char *table, const struct hp_samples *s)
{
	for (uint32_t t = 0; t < c->p->n_types; t++)
		if (!check_column(c, table, s, t))
			return false;
	return check_ids(c, table, s);
}

static bool check_tables(const struct check *c)
{
	const struct hprof_profile *p = c->p;

	if (p->all.thread || p->by_thread.size || (p->by_thread.n && !p->by_thread.thread))
		return broken(c, "samples: by thread, or not, as they should not be");
	if (p->threads.n && !p->thread_total)
		return broken(c, "threads: they have no totals");
	return check_samples(c, "sample", &p->all) &&
	       check_samples(c, "thread's sample", &p->by_thread);
}

/* --- snapshots --- */

/* Whether the samples of snapshot @i are its rows of the values. */
static bool is_placed(const struct hp_snapshots *s, uint32_t i, uint32_t n_types)
{
	const struct hp_samples *own = &s->row[i].samples, *all = &s->values;

	if (own->n != s->row[i].n || (own->n && own->stack != all->stack + s->row[i].first))
		return false;
	for (uint32_t t = 0; t < n_types; t++)
		if (all->estimate[t] && own->estimate[t] != all->estimate[t] + s->row[i].first)
			return false;
	return true;
}

/* Whether each snapshot has a stack once at most, and no value is of none. */
static bool check_values(const struct check *c)
{
	const struct hp_snapshots *s = &c->p->snapshots;
	struct key *key = calloc((size_t)s->values.n + 1, sizeof(*key));

	for (uint32_t i = 0; key && i < s->n; i++)
		for (uint32_t k = s->row[i].first; k < s->row[i].first + s->row[i].n; k++)
			key[k] = (struct key){.group = i + 1, .stack = s->values.stack[k].i};
	return are_distinct(key, s->values.n) ||
	       broken(c, "snapshots: one has a stack twice, or values are of none");
}

static bool check_snapshots(const struct check *c)
{
	const struct hp_snapshots *s = &c->p->snapshots;

	for (uint32_t i = 0; i < s->n; i++) {
		if ((uint64_t)s->row[i].first + s->row[i].n > s->values.n)
			return broken(c, "snapshot %" PRIu32 ": its values leave their table", i);
		if (!isfinite(s->row[i].time))
			return broken(c, "snapshot %" PRIu32 ": at no time", i);
		if (i && s->row[i].time < s->row[i - 1].time)
			return broken(c, "snapshot %" PRIu32 ": before the one before it", i);
		if (!is_placed(s, i, c->p->n_types))
			return broken(c, "snapshot %" PRIu32 ": its samples are others", i);
	}
	if (!s->n)
		return !s->values.n || broken(c, "snapshots: values, but none that has them");
	for (uint32_t t = 0; t < c->p->n_types; t++)
		if (!check_column(c, "value", &s->values, t))
			return false;
	for (uint32_t i = 0; i < s->values.n; i++)
		if (s->values.stack[i].i >= c->p->stacks.n)
			return broken(c, "value %" PRIu32 ": no such stack", i);
	return check_values(c);
}

const char *hp_profile_check(const struct hprof_profile *p, char text[HP_CHECK_TEXT])
{
	const struct check c = {.p = p, .text = text};

	return check_types(&c) && check_modules(&c) && check_maps(&c) && check_names(&c) &&
			       check_locs(&c) && check_stacks(&c) && check_tables(&c) &&
			       check_snapshots(&c)
		       ? NULL
		       : text;
}

bool hp_profile_valid(const struct hprof_profile *p)
{
	char text[HP_CHECK_TEXT];

	return !hp_profile_check(p, text);
}

#ifdef HP_CHECKED
void hp_profile_must_hold(const struct hprof_profile *p, const char *step)
{
	char text[HP_CHECK_TEXT];

	if (!hp_profile_check(p, text))
		return;
	(void)dprintf(2, "after %s of %s: %s\n", step, hp_profile_str(p, p->input).ptr, text);
	__builtin_trap(); /* only tests run this */
}
#endif
