/*
 * wire.h - what a child tells its parent: messages of a length, a kind and fields.
 *
 * Numbers are in the machine's order, texts are a length and bytes.  The parent trusts
 * nothing of it.
 */
#ifndef HP_SYMBOLIZE_WIRE_H
#define HP_SYMBOLIZE_WIRE_H

#include "analyzer/base/cursor.h"

enum hp_wire_kind {
	HP_WIRE_FILE = 1, /* u8 status, u8 symbols, texts file, debug_file, build_id, how, note,
			     debug_how, alt_file, alt_how, tried */
	HP_WIRE_ADDRS,    /* u32 first, then a u64 for each: address in the file, or NO_ADDR */
	HP_WIRE_FUNC,     /* texts name, full, linkage, file; functions count from 0 */
	HP_WIRE_FRAMES,   /* u32 address, then for each frame u32 function, u32 line */
	HP_WIRE_WARN,     /* u8 enum hp_wire_warning, text */
	HP_WIRE_END,      /* all has been told */
};

enum hp_wire_warning {
	HP_WIRE_MISMATCH,
	HP_WIRE_UNREADABLE,
	HP_WIRE_DEBUG,
	HP_WIRE_DAMAGED,
	HP_WIRE_SERVERS,
	HP_WIRE_WARNINGS, /* how many there are */
};

#define HP_WIRE_NO_ADDR UINT64_MAX

enum {
	HP_WIRE_HEADER = 5,        /* bytes: u32 length of what follows the kind, u8 kind */
	HP_WIRE_MAX = 1 << 20,     /* bytes of one message */
	HP_WIRE_FRAMES_MAX = 1024, /* of one address */
};

/* Messages on their way out; zero-initialised but for @fd is empty. */
struct hp_wire {
	int fd;
	uint8_t *bytes;
	size_t n, cap;
	size_t start; /* of the message that is being written */
	bool failed;  /* no memory, or the reader is gone: nothing more is written */
};

void hp_wire_begin(struct hp_wire *w, enum hp_wire_kind kind);
void hp_wire_u8(struct hp_wire *w, uint8_t v);
void hp_wire_u32(struct hp_wire *w, uint32_t v);
void hp_wire_u64(struct hp_wire *w, uint64_t v);
void hp_wire_text(struct hp_wire *w, struct hp_slice s); /* cut to 64 KiB */
void hp_wire_end(struct hp_wire *w);
void hp_wire_flush(struct hp_wire *w);
void hp_wire_release(struct hp_wire *w);

/*
 * The next whole message at @c: its kind and fields.  False at the end of what has been
 * received, and at anything that is no message.
 */
bool hp_wire_next(struct hp_cursor *c, enum hp_wire_kind *kind, struct hp_cursor *fields);
struct hp_slice hp_wire_get_text(struct hp_cursor *c);

/*
 * Step *@at over the whole messages in @bytes[len].  False: what follows can be none, however
 * much is received yet.
 */
bool hp_wire_sound(const uint8_t *bytes, size_t len, size_t *at);

/* Whether HP_WIRE_END is among the messages in @bytes. */
bool hp_wire_complete(const uint8_t *bytes, size_t len);

#endif
