/* web.h - the scripts and the style sheet of pictures and pages, as they are in render/web. */
#ifndef HP_RENDER_WEB_H
#define HP_RENDER_WEB_H

#include "analyzer/base/slice.h"

struct hp_web {
	struct hp_slice text; /* goes into an element as it is: no "</" and no "]]>" is in it */
	const char *hash;     /* "sha256-...", as a content security policy has it */
};

extern const struct hp_web hp_web_svg_js;  /* core.js, app.js and svg.js */
extern const struct hp_web hp_web_page_js; /* core.js, app.js and page/ */
extern const struct hp_web hp_web_page_css;

#endif
