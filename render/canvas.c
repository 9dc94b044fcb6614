/* canvas.c - colours and text of pictures. */
#include "render/canvas.h"

#include "render/markup.h"

/* Text on paper has a contrast of 4.5 or more in both; series differ in lightness too. */
const uint32_t hp_roles_light[HP_ROLES] = {
	[HP_ROLE_PAPER] = 0xffffff,      [HP_ROLE_TEXT] = 0x1f2328,
	[HP_ROLE_FAINT] = 0x59636e,      [HP_ROLE_GRID] = 0xd8dee4,
	[HP_ROLE_AREA] = 0xe1e4e8,       [HP_ROLE_LINE] = 0x57606a,
	[HP_ROLE_MARK] = 0xb3261e,       [HP_ROLE_SERIES] = 0x2f6db5,
	[HP_ROLE_SERIES + 1] = 0xe08a2c, [HP_ROLE_SERIES + 2] = 0x3d9a57,
	[HP_ROLE_SERIES + 3] = 0xc75a93, [HP_ROLE_SERIES + 4] = 0x7a63bd,
	[HP_ROLE_SERIES + 5] = 0x52b0c9, [HP_ROLE_SERIES + 6] = 0x9a6b3f,
	[HP_ROLE_SERIES + 7] = 0xb8b14a,
};
const uint32_t hp_roles_dark[HP_ROLES] = {
	[HP_ROLE_PAPER] = 0x16191d,      [HP_ROLE_TEXT] = 0xe6edf3,
	[HP_ROLE_FAINT] = 0x9aa4af,      [HP_ROLE_GRID] = 0x30363d,
	[HP_ROLE_AREA] = 0x343b44,       [HP_ROLE_LINE] = 0xa8b3bf,
	[HP_ROLE_MARK] = 0xff8a80,       [HP_ROLE_SERIES] = 0x4a8fe0,
	[HP_ROLE_SERIES + 1] = 0xd98a35, [HP_ROLE_SERIES + 2] = 0x46a864,
	[HP_ROLE_SERIES + 3] = 0xcf6a9f, [HP_ROLE_SERIES + 4] = 0x8f7ad6,
	[HP_ROLE_SERIES + 5] = 0x52b0c9, [HP_ROLE_SERIES + 6] = 0xb0804f,
	[HP_ROLE_SERIES + 7] = 0xb8b14a,
};

bool hp_hatch(const struct hp_box *box, unsigned i, struct hp_xy *line)
{
	const double step = 6;
	double sum = step * (i + 1.0); /* of what both ends have in x and y within the box */
	double right = sum < box->width ? sum : box->width;
	double down = sum < box->height ? sum : box->height;

	if (sum >= box->width + box->height)
		return false;
	line[0] = (struct hp_xy){box->x + sum - down, box->y + down};
	line[1] = (struct hp_xy){box->x + right, box->y + sum - right};
	return true;
}

struct hp_slice hp_elide_text(char *buf, size_t size, struct hp_slice text, size_t chars,
			      const char *mark)
{
	size_t mark_len = strlen(mark);
	char escape[HP_SHOWN_MAX];
	size_t n = 0;
	size_t last = 0; /* where the last character but one ended: room for the mark */

	for (size_t i = 0; text.len; i++) {
		struct hp_slice shown;
		size_t len = hp_show_char(text, escape, &shown);

		if (i == chars || n + shown.len + mark_len + 1 > size) {
			memcpy(buf + last, mark, mark_len + 1);
			return (struct hp_slice){buf, last + mark_len};
		}
		last = n;
		memcpy(buf + n, shown.ptr, shown.len);
		n += shown.len;
		text = hp_slice_from(text, len);
	}
	buf[n] = '\0';
	return (struct hp_slice){buf, n};
}
