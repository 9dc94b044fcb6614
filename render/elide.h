/* elide.h - names shortened to the place there is, by what matters least in them. */
#ifndef HP_RENDER_ELIDE_H
#define HP_RENDER_ELIDE_H

#include "analyzer/base/slice.h"

enum { HP_ELIDE_MAX = 512 };

/* Cells of a monospaced font that @s takes: two for wide characters of East Asia, and pictures. */
size_t hp_cells(struct hp_slice s);

/*
 * The function name @s, which is well-formed UTF-8, in @cells cells: without its arguments, then
 * without template arguments, then without leading namespaces or folders, with ".." in their place
 * where these have room, then cut, with ".." at the end.  @s itself where it fits, else in @buf of
 * HP_ELIDE_MAX bytes; "" in less than three cells.
 */
struct hp_slice hp_elide_name(char *buf, struct hp_slice s, size_t cells);

#endif
