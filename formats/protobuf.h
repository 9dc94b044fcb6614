/* protobuf.h - reading messages of protocol buffers. */
#ifndef HP_FORMATS_PROTOBUF_H
#define HP_FORMATS_PROTOBUF_H

#include "analyzer/base/cursor.h"

enum hp_pb_wire {
	HP_PB_VARINT = 0,
	HP_PB_64 = 1,
	HP_PB_BYTES = 2, /* a text, a message, or packed numbers */
	HP_PB_32 = 5,
};

struct hp_pb_field {
	uint64_t number; /* of the field, from 1 */
	enum hp_pb_wire wire;
	uint64_t value;        /* of a number */
	struct hp_slice bytes; /* HP_PB_BYTES: borrowed from the message */
};

/*
 * Take the next field of the message @c. False at its end, or when it is damaged: then c->failed.
 * Groups, which nobody writes any more, are damage.
 */
static inline bool hp_pb_next(struct hp_cursor *c, struct hp_pb_field *f)
{
	uint64_t key;

	if (c->failed || !hp_cursor_left(c))
		return false;
	key = hp_get_varint(c);
	f->number = key >> 3;
	f->wire = (enum hp_pb_wire)(key & 7);
	f->value = 0;
	f->bytes = (struct hp_slice){NULL, 0};
	switch (f->wire) {
	case HP_PB_VARINT:
		f->value = hp_get_varint(c);
		break;
	case HP_PB_BYTES:
		f->bytes = hp_get_bytes(c, hp_get_varint(c));
		break;
	case HP_PB_64:
		(void)hp_get_bytes(c, 8); /* no field that is known here has this form */
		break;
	case HP_PB_32:
		(void)hp_get_bytes(c, 4);
		break;
	default:
		c->failed = true;
	}
	c->failed |= f->number == 0 || f->number >> 29;
	return !c->failed;
}

#endif
