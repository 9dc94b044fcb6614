/* metadata.c - what outputs say about all the profiles of a view: their names, formats, sampling.
 */
#include "render/metadata.h"

#include <stdio.h>

#include "analyzer/base/width.h"

/* So many different texts are listed, of the others there is the number. */
enum { LISTED = 4 };

static size_t n_of(const struct hprof_view *v)
{
	return v->n_profiles + v->n_bases;
}

struct hp_slice hp_input_label(const struct hprof_view *v, size_t i)
{
	struct hp_slice name = hp_slice_basename(hp_input_of(v, i));

	for (size_t k = 0; k < n_of(v); k++)
		if (k != i && hp_slice_same(name, hp_slice_basename(hp_input_of(v, k))))
			return hp_input_of(v, i);
	return name;
}

const char *hp_input_more(const struct hprof_view *v, char *buf)
{
	buf[0] = '\0';
	if (v->n_profiles > 1)
		(void)snprintf(buf, HP_MORE_MAX, " and %zu more", v->n_profiles - 1); /* fits */
	return buf;
}

/* Texts that differ, in the order in which they come, with @between two of them. */
struct list {
	char *buf; /* [HP_METADATA_MAX] */
	const char *between;
	char text[LISTED][96];
	size_t n, n_others, len;
};

static void add(struct list *l, const char *text)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->text[i], text) == 0)
			return;
	if (l->n == LISTED) {
		l->n_others++;
		return;
	}
	(void)snprintf(l->text[l->n++], sizeof(l->text[0]), "%s", text); /* fits */
	l->len += (size_t)snprintf(l->buf + l->len, HP_METADATA_MAX - l->len, "%s%s",
				   l->n > 1 ? l->between : "", text); /* LISTED of them fit */
}

static const char *end(struct list *l, const char *others)
{
	if (l->n_others)
		(void)snprintf(l->buf + l->len, HP_METADATA_MAX - l->len, "%s%s", l->between,
			       others);
	return l->buf;
}

struct hp_sampled hp_sampled_of(const struct hprof_view *v)
{
	struct hp_sampled s = {0};

	for (size_t i = 0; i < n_of(v); i++) {
		bool sampled = hp_profile_period(v->profiles[i]) > 1;

		s.some |= sampled;
		s.not_all |= !sampled;
		s.scaled |= v->profiles[i]->scaled_period > 1;
	}
	return s;
}

/* What the others, beside sampled ones, are. */
static const char *exact_text(const struct hprof_profile *p)
{
	return hp_profile_errors(p, p->default_type) == HP_ERRORS_UNKNOWN ? ", sampling not known"
									  : ", not sampled";
}

const char *hp_metadata_text(const struct hprof_view *v, char *buf)
{
	struct hp_sampled sampled = hp_sampled_of(v);
	struct list l = {.buf = buf, .between = "; "};

	buf[0] = '\0';
	for (size_t i = 0; i < n_of(v); i++) {
		const struct hprof_profile *p = v->profiles[i];
		char text[96], period[HP_NUMBER_MAX];

		if (hp_profile_period(p) > 1)
			(void)snprintf(text, sizeof(text), "%s, sampled: one in %s on average%s",
				       p->format,
				       hp_format_bytes(period, (double)hp_profile_period(p),
						       HPROF_UNIT_AUTO),
				       p->scaled_period ? ", scaled" : "");
		else
			(void)snprintf(text, sizeof(text), "%s%s", p->format,
				       sampled.some ? exact_text(p) : "");
		add(&l, text);
	}
	return end(&l, "others");
}

const char *hp_periods_text(const struct hprof_view *v, char *buf)
{
	struct list l = {.buf = buf, .between = " or "};
	char period[HP_NUMBER_MAX];

	buf[0] = '\0';
	for (size_t i = 0; i < n_of(v); i++)
		if (hp_profile_period(v->profiles[i]) > 1)
			add(&l, hp_format_bytes(period, (double)hp_profile_period(v->profiles[i]),
						HPROF_UNIT_AUTO));
	return end(&l, "another number of bytes");
}
