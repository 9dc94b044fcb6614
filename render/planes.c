/* planes.c - long lists of whole numbers behind a JSON text, as bytes. */
#include "render/planes.h"

#include <stdlib.h>

#include "analyzer/base/column.h"

int hp_planes_put(struct hp_planes *p, struct hp_jsonw *w, uint32_t *v, uint32_t n,
		  struct hprof_error *err)
{
	uint32_t most = 0;
	unsigned bytes = 1;

	if (!p->on) {
		hp_jsonw_open(w, '[');
		for (uint32_t i = 0; i < n; i++)
			hp_jsonw_uint(w, v[i]);
		hp_jsonw_close(w, ']');
		free(v);
		return HPROF_OK;
	}
	if (!HP_COLUMN_ROOM(p->list, p->n, p->cap)) {
		free(v);
		return hp_fail_nomem(err);
	}
	for (uint32_t i = 0; i < n; i++)
		most |= v[i];
	while (bytes < sizeof(most) && most >> 8 * bytes)
		bytes++;
	p->list[p->n++] = (struct hp_plane){v, n, bytes};
	hp_jsonw_open(w, '{');
	hp_jsonw_key(w, "len");
	hp_jsonw_uint(w, n);
	hp_jsonw_key(w, "bytes");
	hp_jsonw_uint(w, bytes);
	hp_jsonw_close(w, '}');
	return HPROF_OK;
}

void hp_planes_finish(const struct hp_planes *p, struct hp_out *out)
{
	if (!p->on)
		return;
	hp_out_char(out, '\0');
	for (uint32_t k = 0; k < p->n; k++)
		for (unsigned b = 0; b < p->list[k].bytes; b++)
			for (uint32_t i = 0; i < p->list[k].n; i++)
				hp_out_char(out, (char)(p->list[k].v[i] >> 8 * b));
}

void hp_planes_release(struct hp_planes *p)
{
	for (uint32_t i = 0; i < p->n; i++)
		free(p->list[i].v);
	free(p->list);
	*p = (struct hp_planes){0};
}
