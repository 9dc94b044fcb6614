/*
 * cairo.h - what is drawn by cairo: images, PDF, and SVG whose text is shapes.
 *
 * cairo brings some twenty libraries with it, which would make every start of the tool half again
 * as long, and need not be there where no such picture is asked for: it is loaded by hand.
 */
#ifndef HP_RENDER_CAIRO_H
#define HP_RENDER_CAIRO_H

#include <cairo/cairo-pdf.h>
#include <cairo/cairo-svg.h>
#include <cairo/cairo.h>

#include "render/canvas.h"

#define HP_CAIRO_FUNCTIONS(X)                                                                      \
	X(close_path)                                                                              \
	X(create)                                                                                  \
	X(destroy)                                                                                 \
	X(fill)                                                                                    \
	X(font_face_destroy)                                                                       \
	X(font_options_create)                                                                     \
	X(font_options_destroy)                                                                    \
	X(font_options_set_antialias)                                                              \
	X(font_options_set_hint_metrics)                                                           \
	X(font_options_set_hint_style)                                                             \
	X(get_matrix)                                                                              \
	X(glyph_free)                                                                              \
	X(identity_matrix)                                                                         \
	X(image_surface_create)                                                                    \
	X(image_surface_get_data)                                                                  \
	X(image_surface_get_stride)                                                                \
	X(line_to)                                                                                 \
	X(move_to)                                                                                 \
	X(new_path)                                                                                \
	X(paint)                                                                                   \
	X(rectangle)                                                                               \
	X(scale)                                                                                   \
	X(scaled_font_create)                                                                      \
	X(scaled_font_destroy)                                                                     \
	X(scaled_font_get_type)                                                                    \
	X(scaled_font_status)                                                                      \
	X(scaled_font_text_extents)                                                                \
	X(scaled_font_text_to_glyphs)                                                              \
	X(set_dash)                                                                                \
	X(set_line_width)                                                                          \
	X(set_scaled_font)                                                                         \
	X(set_source_rgb)                                                                          \
	X(set_source_rgba)                                                                         \
	X(show_page)                                                                               \
	X(show_text_glyphs)                                                                        \
	X(status)                                                                                  \
	X(status_to_string)                                                                        \
	X(stroke)                                                                                  \
	X(surface_destroy)                                                                         \
	X(surface_finish)                                                                          \
	X(surface_flush)                                                                           \
	X(surface_status)                                                                          \
	X(text_cluster_free)                                                                       \
	X(toy_font_face_create)

#define HP_CAIRO_PDF_FUNCTIONS(X)                                                                  \
	X(pdf_surface_add_outline)                                                                 \
	X(pdf_surface_create_for_stream)                                                           \
	X(pdf_surface_set_metadata)                                                                \
	X(pdf_surface_set_size)

#define HP_CAIRO_SVG_FUNCTIONS(X)                                                                  \
	X(svg_surface_create_for_stream)                                                           \
	X(svg_surface_set_document_unit)

struct hp_cairo {
#define HP_CAIRO_MEMBER(name) __typeof__(cairo_##name) *name;
	HP_CAIRO_FUNCTIONS(HP_CAIRO_MEMBER)
	HP_CAIRO_PDF_FUNCTIONS(HP_CAIRO_MEMBER)
	HP_CAIRO_SVG_FUNCTIONS(HP_CAIRO_MEMBER)
#undef HP_CAIRO_MEMBER
};

enum hp_cairo_kind { HP_CAIRO_PNG, HP_CAIRO_PDF, HP_CAIRO_SVG };

/* Fill what @kind needs of @l.  Errors: EUNSUPPORTED. */
HP_MUST_CHECK int hp_cairo_load(struct hp_cairo *l, enum hp_cairo_kind kind,
				struct hprof_error *err);

enum { HP_CAIRO_FACES = 8, HP_CAIRO_ASCII = 0x7f };

/* A font at a size, as it was asked for. */
struct hp_cairo_face {
	enum hp_font font;
	bool bold;
	double px;
	cairo_scaled_font_t *scaled;
	double advance[HP_CAIRO_ASCII]; /* of the printable characters */
};

/* What draws on a surface, as the ctx of hp_cairo_backend. */
struct hp_cairo_ctx {
	struct hp_cairo lib;
	cairo_surface_t *surface;
	cairo_t *c;
	struct hp_cairo_face face[HP_CAIRO_FACES];
	unsigned n_faces;
	const struct hp_cairo_face *at; /* that is set */
	bool no_fonts;                  /* cairo had none but its own */
};

extern const struct hp_backend hp_cairo_backend;

/* Draw on @surface, which is destroyed by hp_cairo_close(). */
void hp_cairo_open(struct hp_cairo_ctx *cairo, cairo_surface_t *surface);
/* Begin the picture of @page on paper, and draw it. */
void hp_cairo_draw(struct hp_cairo_ctx *cairo, const struct hp_page *page);
/* Whether all went well so far.  Errors: ENOMEM, EIO. */
HP_MUST_CHECK int hp_cairo_status(const struct hp_cairo_ctx *cairo, struct hprof_error *err);
/* Complete what the surface writes, tell of missing fonts, and release all.  @r: so far. */
HP_MUST_CHECK int hp_cairo_close(struct hp_cairo_ctx *cairo, int r,
				 const struct hprof_render_opts *o, struct hprof_error *err);

/* Takes the bytes of a surface; @out is a struct hp_out. */
cairo_status_t hp_cairo_write(void *out, const unsigned char *bytes, unsigned len);

#endif
