/* test_pictures.c - what backends make of any drawing: sizes, text that is no text, failures. */
#include "tests/test.h"

#include "analyzer/base/out.h"
#include "render/canvas.h"

static const struct hprof_render_opts no_opts = {0};

static void hatches_stay_inside(void **state)
{
	static const struct hp_box boxes[] = {
		{.x = 10, .y = 20, .width = 100, .height = 16},
		{.x = 0.25, .y = 5, .width = 7, .height = 200},
		{.x = 3, .y = 3, .width = 0.5, .height = 0.5},
		{.x = 3, .y = 3},
	};
	static const unsigned lines[] = {19, 34, 0, 0};

	(void)state;
	for (size_t i = 0; i < HP_LEN(boxes); i++) {
		const struct hp_box *b = &boxes[i];
		struct hp_xy p[2];
		unsigned n = 0;

		for (; hp_hatch(b, n, p); n++) {
			for (size_t k = 0; k < HP_LEN(p); k++) {
				assert_true(p[k].x >= b->x && p[k].x <= b->x + b->width);
				assert_true(p[k].y >= b->y && p[k].y <= b->y + b->height);
			}
			assert_true(fabs(p[0].x + p[0].y - p[1].x - p[1].y) < 1e-9);
		}
		assert_int_equal(n, lines[i]);
	}
}

static void text_is_made_fit(void **state)
{
	static const struct {
		const char *text;
		size_t size, chars;
		const char *mark, *want;
	} cases[] = {
		{"plain", 64, 10, "..", "plain"},
		{"plain", 64, 5, "..", "plain"},
		{"plain", 64, 4, "..", "pla.."},
		{"a\033[1mb\xff", 64, 20, "..", "a\\x1b[1mb\\xff"},
		{"\xe2\x80\xae.\xef\xbf\xbf", 64, 20, "..", "\\u202e.\\uffff"},
		{"\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e", 64, 2, "\xe2\x80\xa6",
		 "\xe6\x97\xa5\xe2\x80\xa6"},
		{"0123456789", 8, 20, "..", "0123.."},
		{"", 8, 0, "..", ""},
		{"a", 8, 0, "..", ".."},
	};

	(void)state;
	for (size_t i = 0; i < HP_LEN(cases); i++) {
		char buf[64];
		struct hp_slice s = hp_elide_text(buf, cases[i].size, hp_slice_str(cases[i].text),
						  cases[i].chars, cases[i].mark);

		if (!hp_slice_same(s, hp_slice_str(cases[i].want)))
			fail_msg("%s in %zu characters: %.*s", cases[i].want, cases[i].chars,
				 (int)s.len, s.ptr);
		assert_true(s.len < cases[i].size);
	}
}

/* Everything that there is to draw, and text as no layout should pass it on. */
static void draw_all(const void *what, const struct hp_canvas *canvas)
{
	static const struct hp_xy points[] = {{10, 10}, {90, 10}, {50, 60}};
	static const struct hp_box boxes[] = {
		{.x = 5, .y = 70, .width = 90, .height = 16, .fill = 0xe08a2c, .hatched = true},
		{.x = 5, .y = 90, .width = 90, .height = 16, .empty = true, .outlined = true},
		{.x = 5, .y = 110, .width = 0.001, .height = 16, .outlined = true, .dashed = true},
		{.x = 50, .y = 110, .width = 40, .height = 16, .outlined = true, .dashed = true},
	};
	static const char *const texts[] = {
		"plain",
		"",
		"bad \xff\xc3 end",
		"\033[1m\001\177",
		"\xed\xa0\x80",
		"cut \xe6\x97",
		"\xe6\x97\xa5",
		"')(\\ <&>\"",
	};
	const struct hp_backend *p = canvas->backend;
	const size_t *sizes = what;

	p->polygon(canvas->ctx, points, HP_LEN(points), HP_ROLE_AREA);
	p->line(canvas->ctx, points, HP_LEN(points), HP_ROLE_MARK, 1.5);
	for (size_t i = 0; i < HP_LEN(boxes); i++)
		p->box(canvas->ctx, &boxes[i]);
	for (size_t i = 0; i < *sizes * HP_LEN(texts); i++) {
		const struct hp_text_style style = {
			.font = i % 2 ? HP_FONT_MONO : HP_FONT_SANS,
			.bold = i % 3 == 0,
			.px = 8 + (double)(i / HP_LEN(texts)),
			.role = HP_ROLE_TEXT,
			.anchor = (enum hp_anchor)(i % 3),
		};
		struct hp_slice text = hp_slice_str(texts[i % HP_LEN(texts)]);

		p->text(canvas->ctx, (struct hp_xy){50, 10 + (double)i}, &style, text, text);
		assert_true(p->width(canvas->ctx, &style, text) >= 0);
	}
	assert_true(p->width(canvas->ctx, &(struct hp_text_style){0}, HP_LIT("mmm")) >
		    p->width(canvas->ctx, &(struct hp_text_style){0}, HP_LIT("m")));
}

typedef int (*draw_fn)(struct hp_out *out, const struct hp_page *page,
		       const struct hprof_render_opts *o, struct hprof_error *err);

static int draw_pdf(struct hp_out *out, const struct hp_page *page,
		    const struct hprof_render_opts *o, struct hprof_error *err)
{
	const struct hp_page pages[] = {*page, *page};
	const struct hp_outline_item items[] = {
		{.title = HP_LIT("it's a (b) \\ \xff\033 page=9"), .page = 0},
		{.title = HP_LIT("\xe6\x97\xa5"), .page = 1, .parent = 1, .y = 20},
		{.title = HP_LIT(""), .page = 1, .parent = 2},
	};
	const struct hp_document d = {HP_LIT("\xff(title"), pages, HP_LEN(pages), items,
				      HP_LEN(items)};

	return hp_draw_pdf(out, &d, o, err);
}

static const struct {
	const char *name;
	draw_fn draw;
	const char *begin;
} drawers[] = {
	{"png", hp_draw_png, "\x89PNG\r\n\x1a\n"},
	{"pdf", draw_pdf, "%PDF-1."},
	{"outlines", hp_draw_svg_outlines, "<?xml"},
};

static int draw_into(struct text *to, draw_fn draw, const struct hp_page *page,
		     struct hprof_error *err)
{
	struct hp_out *out = malloc(sizeof(*out));
	int r;

	assert_non_null(out);
	hp_out_init(out, text_write, to);
	r = draw(out, page, &no_opts, err);
	if (r == HPROF_OK)
		r = hp_out_close(out, err);
	free(out);
	return r;
}

static void anything_can_be_drawn(void **state)
{
	static const size_t some = 1, more_fonts_than_are_kept = 12;

	(void)state;
	for (size_t i = 0; i < HP_LEN(drawers); i++) {
		const struct hp_page page = {100, 130, 2, draw_all, &some};
		const struct hp_page rich = {100, 130, 1, draw_all, &more_fonts_than_are_kept};
		struct hprof_error err = HPROF_ERROR_INIT;
		struct text a = {0}, b = {0}, c = {0};

		if (draw_into(&a, drawers[i].draw, &page, &err) < 0)
			fail_msg("%s: %s", drawers[i].name, err.message);
		assert_int_equal(draw_into(&b, drawers[i].draw, &page, &err), HPROF_OK);
		assert_int_equal(draw_into(&c, drawers[i].draw, &rich, &err), HPROF_OK);
		assert_memory_equal(a.ptr, drawers[i].begin, strlen(drawers[i].begin));
		if (strcmp(drawers[i].name, "outlines") != 0) { /* they number all of a process */
			assert_int_equal(a.len, b.len);
			assert_memory_equal(a.ptr, b.ptr, a.len);
		}
		free(a.ptr);
		free(b.ptr);
		free(c.ptr);
	}
}

static void sizes_are_checked(void **state)
{
	static const size_t none = 0;
	static const struct {
		size_t drawer;
		double width, height, scale;
		const char *message;
	} cases[] = {
		{0, 16384, 10, 2, "a PNG of 32768 by 20 pixels: both must be from 1 to 32767"},
		{0, 10, 40000, 1, "a PNG of 10 by 40000 pixels: both must be from 1 to 32767"},
		{0, 10, 0, 1, "a PNG of 10 by 0 pixels: both must be from 1 to 32767"},
		{1, 7201, 10, 2, "a page of 14402 by 20 points: both must be from 1 to 14400"},
	};

	(void)state;
	for (size_t i = 0; i < HP_LEN(cases); i++) {
		const struct hp_page page = {cases[i].width, cases[i].height, cases[i].scale,
					     draw_all, &none};
		struct hprof_error err = HPROF_ERROR_INIT;
		struct text t = {0};

		assert_int_equal(draw_into(&t, drawers[cases[i].drawer].draw, &page, &err),
				 HPROF_EINVAL);
		assert_string_equal(err.message, cases[i].message);
		assert_null(t.ptr);
	}
}

static int full_disk(void *ctx, const void *bytes, size_t len)
{
	(void)ctx;
	(void)bytes;
	(void)len;
	return 28;
}

static void full_disks_are_told(void **state)
{
	static const size_t some = 1;
	const struct hp_page page = {100, 130, 2, draw_all, &some};

	(void)state;
	for (size_t i = 0; i < HP_LEN(drawers); i++) {
		struct hprof_error err = HPROF_ERROR_INIT;
		struct hp_out *out = malloc(sizeof(*out));

		assert_non_null(out);
		hp_out_init(out, full_disk, NULL);
		assert_int_equal(drawers[i].draw(out, &page, &no_opts, &err), HPROF_OK);
		assert_int_equal(hp_out_close(out, &err), HPROF_EIO);
		assert_int_equal(err.sys_errno, 28);
		free(out);
	}
}

RUN(cmocka_unit_test(hatches_stay_inside), cmocka_unit_test(text_is_made_fit),
    cmocka_unit_test(anything_can_be_drawn), cmocka_unit_test(sizes_are_checked),
    cmocka_unit_test(full_disks_are_told))
