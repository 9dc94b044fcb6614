/* palette.c - colours of the boxes of flame graphs. */
#include "render/palette.h"

#include <math.h>
#include <stdint.h>

#include "analyzer/ops/significance.h"

#define PI 3.14159265358979323846

const struct hp_color hp_color_text = {0x1f2328, 0xe6edf3};
const struct hp_color hp_color_paper = {0xffffff, 0x16191d};
const struct hp_color hp_color_faint = {0x59636e, 0x9aa4af};
const struct hp_color hp_color_others = {0xe1e4e8, 0x30363d};
const struct hp_color hp_color_old = {0x3b6fb6, 0x6ea3e6};
const struct hp_color hp_color_new = {0xc2600a, 0xe8963e};

/* FNV-1a, 64 bits: offset basis and prime as its authors publish them. */
static uint64_t hash(uint64_t h, struct hp_slice s)
{
	for (size_t i = 0; i < s.len; i++)
		h = (h ^ (unsigned char)s.ptr[i]) * 0x100000001b3u;
	return h;
}

#define HASH_BEGIN 0xcbf29ce484222325u

/* Every bit of the hash counts for what is taken from it. */
static uint64_t mix(uint64_t h)
{
	h = (h ^ (h >> 32)) * 0xd6e8feb86659fd93u;
	return h ^ (h >> 32);
}

/* The first part of a qualified name, with "::" or "." behind it; "" when there is none. */
static struct hp_slice first_part(struct hp_slice name)
{
	for (size_t i = 0; i + 1 < name.len; i++) {
		char c = name.ptr[i];

		if (c == '(' || c == '<' || c == ' ')
			break;
		if (c == '.' || (c == ':' && name.ptr[i + 1] == ':'))
			return (struct hp_slice){name.ptr, i};
	}
	return (struct hp_slice){"", 0};
}

unsigned hp_color_index(struct hp_slice module, struct hp_slice name)
{
	uint64_t family = mix(hash(hash(HASH_BEGIN, module), first_part(name)));
	uint64_t own = mix(hash(HASH_BEGIN, name));
	unsigned hue = (unsigned)(family % HP_HUES + HP_HUES + own % 9 - 4) % HP_HUES;

	return hue * HP_SHADES + (unsigned)(own >> 32) % HP_SHADES;
}

/* One channel of linear light, 0 to 1, as sRGB has it. */
static uint32_t channel(double linear)
{
	double v = linear <= 0.0031308 ? 12.92 * linear : 1.055 * pow(linear, 1 / 2.4) - 0.055;

	v = v < 0 ? 0 : v > 1 ? 1 : v;
	return (uint32_t)(v * 255 + 0.5);
}

/* Lightness, chroma and hue in degrees; the matrices are from the publication of OKLab. */
static uint32_t oklch(double lightness, double chroma, double hue)
{
	double a = chroma * cos(hue * PI / 180), b = chroma * sin(hue * PI / 180);
	double l = pow(lightness + 0.3963377774 * a + 0.2158037573 * b, 3);
	double m = pow(lightness - 0.1055613458 * a - 0.0638541728 * b, 3);
	double s = pow(lightness - 0.0894841775 * a - 1.2914855480 * b, 3);
	uint32_t red = channel(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s);
	uint32_t green = channel(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s);
	uint32_t blue = channel(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s);

	return red << 16 | green << 8 | blue;
}

struct hp_color hp_color(unsigned index)
{
	unsigned hue = index / HP_SHADES, shade = index % HP_SHADES;

	if (index >= HP_COLOR_GREY)
		return (struct hp_color){0xd5d9de, 0x454c55};
	return (struct hp_color){
		oklch(0.80 + 0.035 * shade, 0.085, hue * 360.0 / HP_HUES),
		oklch(0.38 + 0.03 * shade, 0.075, hue * 360.0 / HP_HUES),
	};
}

struct hp_color hp_color_change(unsigned index)
{
	static const double hue_less = 250, hue_more = 60;
	int step = (int)index - HP_CHANGES / 2;
	double far = fabs((double)step) / (HP_CHANGES / 2);
	double hue = step < 0 ? hue_less : hue_more;

	if (step == 0)
		return (struct hp_color){0xe6e8eb, 0x3a4048};
	return (struct hp_color){
		oklch(0.93 - 0.17 * far, 0.03 + 0.11 * far, hue),
		oklch(0.34 + 0.12 * far, 0.02 + 0.09 * far, hue),
	};
}

unsigned hp_change_index(double now, double base, double variance)
{
	double large = fmax(now, base), small = fmin(now, base);
	unsigned middle = HP_CHANGES / 2, step = 1;

	if (!hp_is_significant(now - base, variance))
		return middle;
	if (small <= 0 || large >= 4 * small)
		step = 4;
	else if (large >= 2 * small)
		step = 3;
	else if (large * large >= 2 * small * small)
		step = 2;
	return now > base ? middle + step : middle - step;
}
