/*
 * flame.h - what all pictures of a flame graph share: its tree, its boxes, and what they say.
 */
#ifndef HP_RENDER_FLAME_H
#define HP_RENDER_FLAME_H

#include "render/elide.h"
#include "render/flame_layout.h"
#include "render/palette.h"
#include "render/render.h"

enum { HP_FLAME_TEXT_MAX = HP_ELIDE_MAX + 256 }; /* and more than HP_METADATA_MAX */

struct hp_flame_picture {
	const struct hprof_view *v;
	const struct hprof_render_opts *o;
	uint32_t type; /* of the view, that is drawn */
	struct hp_flame_raw raw;
	struct hp_flame f;
	struct hp_flame_layout l;
	double min_width;      /* that was asked of it */
	struct hp_arena mem;   /* of the texts below */
	struct hp_slice title; /* showable */
	struct hp_slice *name; /* [raw.n_rows] showable */
	unsigned char *color;  /* [raw.n_rows] index of the palette */
};

/* Boxes that a picture may have; what is 0 in @o takes what it says here. */
struct hp_flame_limits {
	double width, min_width; /* pixels, or columns */
	uint32_t max_boxes, max_depth;
	bool all_types; /* write all sample types into the data; else the drawn one and its objects
			 */
	double row_height, top; /* pixels: of a row, and above the first; for scripts */
};

/* Make the boxes for sample type @type of @v.  Errors: ENOMEM. Release it in any case. */
HP_MUST_CHECK int hp_flame_open(struct hp_flame_picture *p, const struct hprof_view *v,
				uint32_t type, const struct hprof_render_opts *o,
				const struct hp_flame_limits *limits, struct hprof_error *err);
void hp_flame_close(struct hp_flame_picture *p);

static inline bool hp_flame_differs(const struct hp_flame_picture *p)
{
	return p->v->types[p->type].base != NULL;
}

/* The totals in one line, and what the values are in another. Return @buf, of HP_FLAME_TEXT_MAX. */
const char *hp_flame_totals(const struct hp_flame_picture *p, char *buf);
const char *hp_flame_metadata(const struct hp_flame_picture *p, char *buf);
/* What the picture leaves out; "" when it is nothing. */
const char *hp_flame_hidden_rows(const struct hp_flame_picture *p, char *buf);

/* Of a difference: index of the colour of its change. HP_CHANGES / 2: it did not change, or this is
 * no difference. */
unsigned hp_flame_change(const struct hp_flame_picture *p, const struct hp_flame_box *box);
struct hp_color hp_flame_color(const struct hp_flame_picture *p, const struct hp_flame_box *box);
/* Of a difference: it was there before and is no more; it was not there before. */
bool hp_flame_removed(const struct hp_flame_picture *p, const struct hp_flame_box *box);
bool hp_flame_added(const struct hp_flame_picture *p, const struct hp_flame_box *box);

/* What a box is called, in full: its name, or "(12 others)" in @buf of HP_FLAME_TEXT_MAX bytes. */
struct hp_slice hp_flame_name(const struct hp_flame_picture *p, const struct hp_flame_box *box,
			      char *buf);
/*
 * The name of a box shortened to @cells characters by hp_elide_name(), "" below three.  Its value
 * follows where the whole name has room; a mark before it says that it grew or shrank.
 */
struct hp_slice hp_flame_label(const struct hp_flame_picture *p, const struct hp_flame_box *box,
			       size_t cells, char *buf);
/* "16.8 MiB (17,589,696 bytes), 33.5% of the total", or before, after and the difference. */
const char *hp_flame_value(const struct hp_flame_picture *p, const struct hp_flame_box *box,
			   char *buf);

#endif
