/* protobuf.h - writing messages of protocol buffers, as a gzip stream. */
#ifndef HP_RENDER_PROTOBUF_H
#define HP_RENDER_PROTOBUF_H

#include "analyzer/base/out.h"

/*
 * A message being made, in memory.  Zero-initialised is empty; running out of memory is
 * remembered, and told by hp_packed_close().
 */
struct hp_message {
	unsigned char *ptr;
	size_t n, cap;
	bool failed;
};

void hp_message_varint(struct hp_message *m, uint64_t v); /* a bare number: of packed fields */
/* Field @field of @m. Numbers that are 0 are left out: that is what their absence means. */
void hp_message_uint(struct hp_message *m, unsigned field, uint64_t v);
void hp_message_int(struct hp_message *m, unsigned field, int64_t v);
void hp_message_text(struct hp_message *m, unsigned field, struct hp_slice text);
/* Message or packed numbers @inner, empty or not. */
void hp_message_put(struct hp_message *m, unsigned field, const struct hp_message *inner);
void hp_message_reset(struct hp_message *m); /* empty; keeps the memory */
void hp_message_release(struct hp_message *m);

/* Fields of the outermost message, packed on their way to @out; equal bytes every time. */
struct hp_packed;

/* Errors: ENOMEM. */
HP_MUST_CHECK int hp_packed_open(struct hp_packed **p, struct hp_out *out, struct hprof_error *err);
/* Write what @m holds, and empty it. */
void hp_packed_put(struct hp_packed *p, struct hp_message *m);
/* Write the end, unless something failed before, and free it. Errors: ENOMEM. */
HP_MUST_CHECK int hp_packed_close(struct hp_packed *p, struct hprof_error *err);
void hp_packed_free(struct hp_packed *p); /* without the end; NULL is allowed */

#endif
