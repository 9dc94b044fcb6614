/* jsonw.c - writing JSON as it comes, without a tree in memory. */
#include "analyzer/base/jsonw.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "analyzer/base/utf8.h"

void hp_jsonw_init(struct hp_jsonw *w, struct hp_out *out)
{
	*w = (struct hp_jsonw){.out = out};
}

static void before_value(struct hp_jsonw *w)
{
	if (w->comma)
		hp_out_char(w->out, ',');
	w->comma = true;
}

void hp_jsonw_open(struct hp_jsonw *w, char bracket)
{
	before_value(w);
	hp_out_char(w->out, bracket);
	w->comma = false;
	w->depth++;
}

void hp_jsonw_close(struct hp_jsonw *w, char bracket)
{
	hp_out_char(w->out, bracket);
	w->comma = true;
	w->depth--;
	if (w->depth == 0)
		hp_out_char(w->out, '\n');
}

/* What begins or ends a tag or a reference. */
static bool is_markup(char c)
{
	return c == '<' || c == '>' || c == '&';
}

/* How many of the first bytes of @s stand for themselves. */
static size_t plain_run(struct hp_slice s, bool markup)
{
	size_t n = hp_utf8_plain_run(s, '"', '\\');

	for (size_t i = 0; markup && i < n; i++)
		if (is_markup(s.ptr[i]))
			return i;
	return n;
}

static void put_text(struct hp_out *out, struct hp_slice s, bool markup)
{
	hp_out_char(out, '"');
	while (s.len) {
		size_t n = plain_run(s, markup);
		unsigned char c;

		hp_out_put(out, (struct hp_slice){s.ptr, n}); /* all of it, as a rule */
		s = hp_slice_from(s, n);
		if (!s.len)
			break;
		n = hp_utf8_len(s);
		c = (unsigned char)s.ptr[0];
		if (n == 0)
			hp_out_str(out, "\xef\xbf\xbd");
		else if (c == '"' || c == '\\')
			hp_out_fmt(out, "\\%c", c);
		else if (hp_utf8_is_hostile(s, n) || (markup && is_markup(*s.ptr)))
			hp_out_fmt(out, "\\u%04x", (unsigned)hp_utf8_code(s, n));
		else
			hp_out_put(out, (struct hp_slice){s.ptr, n});
		s = hp_slice_from(s, n ? n : 1);
	}
	hp_out_char(out, '"');
}

void hp_jsonw_key(struct hp_jsonw *w, const char *key)
{
	before_value(w);
	hp_out_char(w->out, '"');
	hp_out_str(w->out, key);
	hp_out_put(w->out, HP_LIT("\":"));
	w->comma = false;
}

void hp_jsonw_text(struct hp_jsonw *w, struct hp_slice s)
{
	before_value(w);
	put_text(w->out, s, w->markup);
}

void hp_jsonw_str(struct hp_jsonw *w, const char *s)
{
	hp_jsonw_text(w, hp_slice_str(s));
}

void hp_jsonw_uint(struct hp_jsonw *w, uint64_t v)
{
	before_value(w);
	hp_out_uint(w->out, v);
}

void hp_jsonw_bool(struct hp_jsonw *w, bool v)
{
	before_value(w);
	hp_out_str(w->out, v ? "true" : "false");
}

void hp_jsonw_real(struct hp_jsonw *w, double v)
{
	char text[40];

	before_value(w);
	if (!isfinite(v)) {
		hp_out_str(w->out, "null");
		return;
	}
	if (v == 0)
		v = 0; /* no "-0" */
	for (int digits = 15; digits <= 17; digits++) {
		(void)snprintf(text, sizeof(text), "%.*g", digits, v); /* 17 digits fit */
		if (strtod(text, NULL) == v)
			break;
	}
	hp_out_str(w->out, text);
}

void hp_jsonw_integer(struct hp_jsonw *w, double v)
{
	before_value(w);
	hp_out_integer(w->out, v);
}

void hp_jsonw_line(struct hp_jsonw *w)
{
	if (w->comma) {
		hp_out_char(w->out, ',');
		w->comma = false;
	}
	hp_out_char(w->out, '\n');
}
