/* cairo.c - loading cairo, and painting with it: light colours, and the fonts that are there. */
#include "render/cairo.h"

#include <dlfcn.h>

#include "analyzer/base/utf8.h"

#define LIBRARY "libcairo.so.2"

enum { TEXT_BYTES = 4096, GLYPHS = 256 };

/* --- the library --- */

static bool load_symbol(void *lib, const char *name, void *fn)
{
	void *at = dlsym(lib, name);

	memcpy(fn, &at, sizeof(at)); /* a pointer to data cannot be cast to one to a function */
	return at != NULL;
}

int hp_cairo_load(struct hp_cairo *l, enum hp_cairo_kind kind, struct hprof_error *err)
{
	static const char *const names[] = {"a PNG", "a PDF", "the outlines of text"};
	void *lib = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL); /* it stays loaded */
	bool found = lib != NULL;

	*l = (struct hp_cairo){0};
#define LOAD(name) found = found && load_symbol(lib, "cairo_" #name, &l->name);
	HP_CAIRO_FUNCTIONS(LOAD)
	if (kind == HP_CAIRO_PDF) {
		HP_CAIRO_PDF_FUNCTIONS(LOAD)
	}
	if (kind == HP_CAIRO_SVG) {
		HP_CAIRO_SVG_FUNCTIONS(LOAD)
	}
#undef LOAD
	if (found)
		return HPROF_OK;
	return hp_fail(err, HPROF_EUNSUPPORTED,
		       "cannot draw %s without " LIBRARY " of cairo 1.16 or later (Debian: "
		       "libcairo2): install it, or write an SVG",
		       names[kind]);
}

cairo_status_t hp_cairo_write(void *out, const unsigned char *bytes, unsigned len)
{
	hp_out_put(out, (struct hp_slice){(const char *)bytes, len});
	return CAIRO_STATUS_SUCCESS; /* a failure of @out is told when it is closed */
}

/* --- fonts --- */

static cairo_scaled_font_t *scale_font(const struct hp_cairo_ctx *cairo,
				       const struct hp_cairo_face *f)
{
	const struct hp_cairo *l = &cairo->lib;
	cairo_font_face_t *face = l->toy_font_face_create(
		f->font == HP_FONT_MONO ? "monospace" : "sans-serif", CAIRO_FONT_SLANT_NORMAL,
		f->bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
	cairo_font_options_t *options = l->font_options_create();
	const cairo_matrix_t size = {f->px, 0, 0, f->px, 0, 0};
	cairo_scaled_font_t *scaled;
	cairo_matrix_t matrix;

	/* Hints would change widths with the size, and with what is installed. */
	l->font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
	l->font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
	l->font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
	l->get_matrix(cairo->c, &matrix);
	scaled = l->scaled_font_create(face, &size, &matrix, options);
	l->font_options_destroy(options);
	l->font_face_destroy(face);
	return scaled; /* never NULL: failures are kept inside */
}

static double advance_of(const struct hp_cairo_ctx *cairo, const struct hp_cairo_face *f,
			 const char *text)
{
	cairo_text_extents_t size = {0};

	cairo->lib.scaled_font_text_extents(f->scaled, text, &size);
	return size.x_advance;
}

static void open_face(struct hp_cairo_ctx *cairo, struct hp_cairo_face *f)
{
	char text[2] = "";

	f->scaled = scale_font(cairo, f);
	cairo->no_fonts |= cairo->lib.scaled_font_get_type(f->scaled) == CAIRO_FONT_TYPE_USER;
	for (int c = ' '; c < HP_CAIRO_ASCII; c++) {
		text[0] = (char)c;
		f->advance[c] = advance_of(cairo, f, text);
	}
}

static void drop_faces(struct hp_cairo_ctx *cairo)
{
	for (unsigned i = 0; i < cairo->n_faces; i++)
		cairo->lib.scaled_font_destroy(cairo->face[i].scaled);
	cairo->n_faces = 0;
	cairo->at = NULL;
}

/* A picture has a few; should there be more, all are opened again. */
static const struct hp_cairo_face *face_for(struct hp_cairo_ctx *cairo,
					    const struct hp_text_style *style)
{
	double px = style->px > 0 ? style->px : HP_TEXT_PX;
	struct hp_cairo_face *f;

	for (unsigned i = 0; i < cairo->n_faces; i++) {
		f = &cairo->face[i];
		if (f->font == style->font && f->bold == style->bold && f->px == px)
			return f;
	}
	if (cairo->n_faces == HP_CAIRO_FACES)
		drop_faces(cairo);
	f = &cairo->face[cairo->n_faces++];
	*f = (struct hp_cairo_face){.font = style->font, .bold = style->bold, .px = px};
	open_face(cairo, f);
	return f;
}

/* --- painting --- */

static void set_color(const struct hp_cairo_ctx *cairo, uint32_t rgb)
{
	cairo->lib.set_source_rgb(cairo->c, (rgb >> 16) / 255.0, (rgb >> 8 & 0xff) / 255.0,
				  (rgb & 0xff) / 255.0);
}

static void path(const struct hp_cairo_ctx *cairo, const struct hp_xy *p, size_t n)
{
	cairo->lib.new_path(cairo->c);
	for (size_t i = 0; i < n; i++)
		cairo->lib.line_to(cairo->c, p[i].x, p[i].y); /* the first one moves there */
}

static void polygon(void *ctx, const struct hp_xy *p, size_t n, enum hp_color_role role)
{
	const struct hp_cairo_ctx *cairo = ctx;

	path(cairo, p, n);
	cairo->lib.close_path(cairo->c);
	set_color(cairo, hp_roles_light[role]);
	cairo->lib.fill(cairo->c);
}

static void line(void *ctx, const struct hp_xy *p, size_t n, enum hp_color_role role, double width)
{
	const struct hp_cairo_ctx *cairo = ctx;

	path(cairo, p, n);
	set_color(cairo, hp_roles_light[role]);
	cairo->lib.set_line_width(cairo->c, width);
	cairo->lib.stroke(cairo->c);
}

static void hatch(const struct hp_cairo_ctx *cairo, const struct hp_box *b)
{
	uint32_t rgb = hp_roles_light[HP_ROLE_FAINT];
	struct hp_xy p[2];

	cairo->lib.new_path(cairo->c);
	for (unsigned i = 0; hp_hatch(b, i, p); i++) {
		cairo->lib.move_to(cairo->c, p[0].x, p[0].y);
		cairo->lib.line_to(cairo->c, p[1].x, p[1].y);
	}
	cairo->lib.set_source_rgba(cairo->c, (rgb >> 16) / 255.0, (rgb >> 8 & 0xff) / 255.0,
				   (rgb & 0xff) / 255.0, 0.45);
	cairo->lib.set_line_width(cairo->c, 1);
	cairo->lib.stroke(cairo->c);
}

static void box(void *ctx, const struct hp_box *b)
{
	static const double dash[] = {2};
	const struct hp_cairo_ctx *cairo = ctx;

	cairo->lib.new_path(cairo->c);
	if (!b->empty) {
		cairo->lib.rectangle(cairo->c, b->x, b->y, b->width, b->height);
		set_color(cairo, b->fill);
		cairo->lib.fill(cairo->c);
	}
	if (b->hatched)
		hatch(cairo, b);
	if (!b->outlined || b->width < 1 || b->height < 1)
		return;
	cairo->lib.rectangle(cairo->c, b->x + 0.5, b->y + 0.5, b->width - 1, b->height - 1);
	set_color(cairo, hp_roles_light[HP_ROLE_FAINT]);
	cairo->lib.set_line_width(cairo->c, 1);
	cairo->lib.set_dash(cairo->c, dash, b->dashed ? HP_LEN(dash) : 0, 0);
	cairo->lib.stroke(cairo->c);
	cairo->lib.set_dash(cairo->c, dash, 0, 0);
}

/* cairo's own font has no triangles. */
static char plain_mark(struct hp_slice c)
{
	if (hp_slice_same(c, HP_LIT("\xe2\x96\xb2")))
		return '+';
	return hp_slice_same(c, HP_LIT("\xe2\x96\xbc")) ? '-' : '\0';
}

/*
 * Text that cairo takes: after one bad byte it would draw nothing any more.  Returns its bytes in
 * @to, which are ended by NUL.
 */
static size_t clean(const struct hp_cairo_ctx *cairo, char to[TEXT_BYTES], struct hp_slice s)
{
	size_t n = 0;

	while (s.len && n + 5 < TEXT_BYTES) {
		size_t len = hp_utf8_len(s);
		char plain = cairo->no_fonts ? plain_mark((struct hp_slice){s.ptr, len}) : '\0';

		if (!len || hp_utf8_is_hostile(s, len)) {
			to[n++] = '?';
		} else if (plain) {
			to[n++] = plain;
		} else {
			memcpy(to + n, s.ptr, len);
			n += len;
		}
		s = hp_slice_from(s, len ? len : 1);
	}
	to[n] = '\0';
	return n;
}

static double width_of(const struct hp_cairo_ctx *cairo, const struct hp_cairo_face *f,
		       const char *text)
{
	double width = 0;

	for (const char *c = text; *c; c++) {
		if (*c < ' ' || *c >= HP_CAIRO_ASCII)
			return advance_of(cairo, f, text);
		width += f->advance[(int)*c];
	}
	return width;
}

static double text_width(void *ctx, const struct hp_text_style *style, struct hp_slice s)
{
	struct hp_cairo_ctx *cairo = ctx;
	const struct hp_cairo_face *f = face_for(cairo, style);
	char cleaned[TEXT_BYTES];

	(void)clean(cairo, cleaned, s);
	return width_of(cairo, f, cleaned);
}

/* Glyphs with the characters that they stand for, which readers of PDF copy and search. */
static void show(const struct hp_cairo_ctx *cairo, const struct hp_cairo_face *f, struct hp_xy at,
		 const char *text, size_t len)
{
	const struct hp_cairo *l = &cairo->lib;
	cairo_glyph_t few[GLYPHS], *glyphs = few;
	cairo_text_cluster_t few_clusters[GLYPHS], *clusters = few_clusters;
	int n = GLYPHS, n_clusters = GLYPHS;
	cairo_text_cluster_flags_t flags = 0;
	cairo_status_t status = l->scaled_font_text_to_glyphs(
		f->scaled, at.x, at.y, text, (int)len, &glyphs, &n, &clusters, &n_clusters, &flags);

	if (status == CAIRO_STATUS_SUCCESS)
		l->show_text_glyphs(cairo->c, text, (int)len, glyphs, n, clusters, n_clusters,
				    flags);
	if (glyphs != few)
		l->glyph_free(glyphs);
	if (clusters != few_clusters)
		l->text_cluster_free(clusters);
}

static void text(void *ctx, struct hp_xy at, const struct hp_text_style *style, struct hp_slice s,
		 struct hp_slice title)
{
	struct hp_cairo_ctx *cairo = ctx;
	const struct hp_cairo_face *f = face_for(cairo, style);
	char cleaned[TEXT_BYTES];
	size_t len = clean(cairo, cleaned, s);

	(void)title;
	if (style->anchor != HP_ANCHOR_START)
		at.x -= width_of(cairo, f, cleaned) * (style->anchor == HP_ANCHOR_END ? 1 : 0.5);
	if (cairo->at != f)
		cairo->lib.set_scaled_font(cairo->c, f->scaled);
	cairo->at = f;
	set_color(cairo, hp_roles_light[style->role]);
	show(cairo, f, at, cleaned, len);
}

const struct hp_backend hp_cairo_backend = {"..", polygon, line, box, text, text_width};

/* --- the context --- */

void hp_cairo_open(struct hp_cairo_ctx *cairo, cairo_surface_t *surface)
{
	cairo->surface = surface;
	cairo->c = cairo->lib.create(surface); /* never NULL: failures are kept inside */
	cairo->n_faces = 0;
	cairo->at = NULL;
	cairo->no_fonts = false;
}

void hp_cairo_draw(struct hp_cairo_ctx *cairo, const struct hp_page *page)
{
	const struct hp_canvas canvas = {&hp_cairo_backend, cairo};

	drop_faces(cairo); /* they are of the scale before */
	cairo->lib.identity_matrix(cairo->c);
	cairo->lib.scale(cairo->c, page->scale, page->scale);
	set_color(cairo, hp_roles_light[HP_ROLE_PAPER]);
	cairo->lib.paint(cairo->c);
	page->draw(page->what, &canvas);
}

static int check(const struct hp_cairo_ctx *cairo, cairo_status_t status, struct hprof_error *err)
{
	if (status == CAIRO_STATUS_SUCCESS)
		return HPROF_OK;
	if (status == CAIRO_STATUS_NO_MEMORY)
		return hp_fail_nomem(err);
	return hp_fail(err, HPROF_EIO, "cannot draw: %s", cairo->lib.status_to_string(status));
}

int hp_cairo_status(const struct hp_cairo_ctx *cairo, struct hprof_error *err)
{
	int r = check(cairo, cairo->lib.status(cairo->c), err);

	for (unsigned i = 0; r == HPROF_OK && i < cairo->n_faces; i++)
		r = check(cairo, cairo->lib.scaled_font_status(cairo->face[i].scaled), err);
	return r < 0 ? r : check(cairo, cairo->lib.surface_status(cairo->surface), err);
}

int hp_cairo_close(struct hp_cairo_ctx *cairo, int r, const struct hprof_render_opts *o,
		   struct hprof_error *err)
{
	if (r == HPROF_OK)
		r = hp_cairo_status(cairo, err);
	drop_faces(cairo);
	cairo->lib.destroy(cairo->c);
	cairo->lib.surface_finish(cairo->surface);
	if (r == HPROF_OK) /* what was kept until now has been written, or has failed */
		r = check(cairo, cairo->lib.surface_status(cairo->surface), err);
	cairo->lib.surface_destroy(cairo->surface);
	if (r == HPROF_OK && cairo->no_fonts && o->warn)
		o->warn(o->warn_ctx, "no fonts found: text is drawn with cairo's own, which has "
				     "no letters but those of ASCII");
	return r;
}
