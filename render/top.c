/* top.c - the table of flat and cumulative values as text. */
#include "render/label.h"
#include "render/render.h"
#include "render/total.h"

static void put_rows(const struct hp_style *s, const struct hp_table *t, size_t n,
		     struct hp_out *out)
{
	double total = s->type->total, sum = 0;
	char a[HP_NUMBER_MAX], b[HP_NUMBER_MAX], c[HP_NUMBER_MAX], d[HP_NUMBER_MAX],
		e[HP_NUMBER_MAX];

	hp_put_bold(s, out, "        flat   flat%    sum%         cum    cum%  name");
	for (size_t i = 0; i < n; i++) {
		const struct hp_table_row *row = &t->row[i];

		sum += row->value.flat;
		hp_out_fmt(out, "%12s %7s %7s %11s %7s  ", hp_style_value(s, a, row->value.flat),
			   hp_format_percent(b, row->value.flat, total),
			   hp_format_percent(c, sum, total), hp_style_value(s, d, row->value.cum),
			   hp_format_percent(e, row->value.cum, total));
		hp_label_put(out, s->v, row);
		hp_out_char(out, '\n');
	}
}

static void put_differences(const struct hp_style *s, const struct hp_table *t, size_t n,
			    struct hp_out *out)
{
	char a[HP_NUMBER_MAX], b[HP_NUMBER_MAX], c[HP_NUMBER_MAX + 1], d[HP_NUMBER_MAX + 1];

	hp_put_bold(s, out,
		    s->type->has_error
			    ? "      before       after       delta   cum delta  sig  name"
			    : "      before       after       delta   cum delta  name");
	for (size_t i = 0; i < n; i++) {
		const struct hp_table_row *row = &t->row[i];

		hp_out_fmt(out, "%12s %11s %11s %11s  ",
			   hp_style_value(s, a, hp_table_base(t, row).flat),
			   hp_style_value(s, b, hp_table_now(t, row).flat),
			   hp_style_delta(s, c, row->value.flat),
			   hp_style_delta(s, d, row->value.cum));
		hp_put_mark(s, out, hp_row_significant(s->type, row));
		hp_label_put(out, s->v, row);
		hp_out_char(out, '\n');
	}
}

/* How much the rows that are not printed hold, so that the totals close. */
static void put_rest(const struct hp_style *s, const struct hp_table *t, size_t n, size_t changed,
		     struct hp_out *out)
{
	double rest = 0, base = 0, now = 0;
	char a[HP_NUMBER_MAX + 1], b[HP_NUMBER_MAX], c[HP_NUMBER_MAX];

	if (n == t->n)
		return;
	for (size_t i = n; i < t->n; i++) {
		rest += t->row[i].value.flat;
		base += hp_table_base(t, &t->row[i]).flat;
		now += hp_table_now(t, &t->row[i]).flat;
	}
	if (!s->type->base)
		hp_out_fmt(out, "... %zu more rows with %s flat (%s)%s\n", t->n - n,
			   hp_style_value(s, a, rest), hp_format_percent(b, rest, s->type->total),
			   "; -n 0 shows all");
	else
		hp_out_fmt(out, "... %zu more rows with %s before, %s after, %s%s\n", t->n - n,
			   hp_style_value(s, b, base), hp_style_value(s, c, now),
			   hp_style_delta(s, a, rest),
			   n < changed   ? "; -n 0 shows all that changed"
			   : now == base ? ", unchanged"
					 : ", not grown");
}

static int draw(const struct hprof_view *v, const struct hprof_render_opts *o, struct hp_out *out,
		struct hprof_error *err)
{
	struct hp_style s = {v, o, &v->types[v->chosen]};
	struct hp_table table;
	size_t n, changed;
	int r = hp_table_init(v, v->chosen, o->rows, &table, err);

	if (r < 0)
		return r;
	changed = s.type->base ? hp_table_changed(&table) : table.n;
	n = o->rows && o->rows < changed ? o->rows : changed;
	hp_put_total(&s, out);
	if (table.n == 0)
		hp_put_nothing(&s, out);
	else if (changed == 0)
		hp_out_str(out, "no difference\n");
	else if (s.type->base)
		put_differences(&s, &table, n, out);
	else
		put_rows(&s, &table, n, out);
	put_rest(&s, &table, n, changed, out);
	hp_table_release(&table);
	return HPROF_OK;
}

const struct hp_output hp_output_top = {
	{"top", "table of flat and cumulative values", true},
	draw,
};
