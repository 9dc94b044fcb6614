/*
 * png.c - pictures as PNG, drawn by cairo.
 *
 * The bytes are written here: cairo's own writer takes twice as long for files that are larger,
 * since it filters rows, which serves photographs.
 */
#include <stdlib.h>
#include <zlib.h>

#include "render/cairo.h"

enum { LEVEL = 6, BLOCK = 1 << 16 };

struct png {
	struct hp_out *out;
	z_stream z;
	unsigned char *row; /* one, of bytes */
	unsigned char block[BLOCK];
};

static void put_be32(unsigned char *to, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		to[i] = (unsigned char)(v >> (24 - 8 * i));
}

static void put_bytes(struct hp_out *out, const void *bytes, size_t len)
{
	hp_out_put(out, (struct hp_slice){bytes, len});
}

static void put_chunk(struct hp_out *out, const char *type, const unsigned char *bytes, size_t len)
{
	unsigned char number[4];
	uLong crc = crc32(0, (const unsigned char *)type, 4);

	put_be32(number, (uint32_t)len);
	put_bytes(out, number, 4);
	hp_out_str(out, type);
	put_bytes(out, bytes, len);
	if (len)
		crc = crc32(crc, bytes, (uInt)len);
	put_be32(number, (uint32_t)crc);
	put_bytes(out, number, 4);
}

static void put_head(struct hp_out *out, uint32_t width, uint32_t height)
{
	unsigned char head[13] = {[8] = 8 /* bits */, [9] = 2 /* red, green, blue */};

	hp_out_str(out, "\x89PNG\r\n\x1a\n");
	put_be32(head, width);
	put_be32(head + 4, height);
	put_chunk(out, "IHDR", head, sizeof(head));
}

/* Pack the row, or with Z_FINISH what is left, and write what comes out. */
static void pack(struct png *p, size_t len, int flush)
{
	p->z.next_in = p->row;
	p->z.avail_in = (uInt)len;
	do {
		if (p->z.avail_out == 0) {
			put_chunk(p->out, "IDAT", p->block, BLOCK);
			p->z.next_out = p->block;
			p->z.avail_out = BLOCK;
		}
		/* cannot fail: there is room, and the stream is sound */
		(void)deflate(&p->z, flush);
	} while (p->z.avail_out == 0);
	if (flush == Z_FINISH && p->z.avail_out < BLOCK)
		put_chunk(p->out, "IDAT", p->block, BLOCK - p->z.avail_out);
}

static int put_image(struct hp_out *out, const unsigned char *data, int stride, uint32_t width,
		     uint32_t height, struct hprof_error *err)
{
	struct png *p = calloc(1, sizeof(*p));
	size_t len = 1 + 3 * (size_t)width; /* and the filter: none */
	int r = HPROF_OK;

	if (!p)
		return hp_fail_nomem(err);
	p->out = out;
	p->row = calloc(len, 1);
	if (!p->row || deflateInit(&p->z, LEVEL) != Z_OK)
		r = hp_fail_nomem(err);
	if (r == HPROF_OK) {
		put_head(out, width, height);
		p->z.next_out = p->block;
		p->z.avail_out = BLOCK;
		for (uint32_t y = 0; y < height; y++) {
			const uint32_t *pixel = (const void *)(data + (size_t)y * (size_t)stride);

			for (uint32_t x = 0; x < width; x++) {
				p->row[1 + 3 * x] = (unsigned char)(pixel[x] >> 16);
				p->row[2 + 3 * x] = (unsigned char)(pixel[x] >> 8);
				p->row[3 + 3 * x] = (unsigned char)pixel[x];
			}
			pack(p, len, Z_NO_FLUSH);
		}
		pack(p, 0, Z_FINISH);
		put_chunk(out, "IEND", NULL, 0);
		(void)deflateEnd(&p->z);
	}
	free(p->row);
	free(p);
	return r;
}

int hp_draw_png(struct hp_out *out, const struct hp_page *page, const struct hprof_render_opts *o,
		struct hprof_error *err)
{
	double width = page->width * page->scale, height = page->height * page->scale;
	struct hp_cairo_ctx cairo;
	int r = hp_cairo_load(&cairo.lib, HP_CAIRO_PNG, err);

	if (r < 0)
		return r;
	if (width < 1 || height < 1 || width > HP_PNG_MAX || height > HP_PNG_MAX)
		return hp_fail(err, HPROF_EINVAL,
			       "a PNG of %.0f by %.0f pixels: both must be from 1 to %d", width,
			       height, HP_PNG_MAX);
	hp_cairo_open(&cairo,
		      cairo.lib.image_surface_create(CAIRO_FORMAT_RGB24, (int)width, (int)height));
	hp_cairo_draw(&cairo, page);
	r = hp_cairo_status(&cairo, err);
	if (r == HPROF_OK) {
		cairo.lib.surface_flush(cairo.surface);
		r = put_image(out, cairo.lib.image_surface_get_data(cairo.surface),
			      cairo.lib.image_surface_get_stride(cairo.surface), (uint32_t)width,
			      (uint32_t)height, err);
	}
	return hp_cairo_close(&cairo, r, o, err);
}
