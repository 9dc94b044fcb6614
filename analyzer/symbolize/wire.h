/*
 * wire.h - what a child sends its parent: messages of a length, a kind and fields.
 *
 * Numbers are in the machine's order, texts are a length and bytes.  The parent trusts
 * nothing of it.
 */
#ifndef HP_SYMBOLIZE_WIRE_H
#define HP_SYMBOLIZE_WIRE_H

#include <pthread.h>

#include "analyzer/base/cursor.h"

enum hp_wire_kind {
	HP_WIRE_FILE = 1, /* u8 status, u8 symbols, texts file, debug_file, build_id, how, note,
			     debug_how, alt_file, alt_how, tried, evidence */
	HP_WIRE_ADDRS,    /* u32 first, then a u64 for each: address in the file, or NO_ADDR */
	HP_WIRE_CALL,     /* u32 address, u8 enum hp_loc_call: what is known of it */
	HP_WIRE_FUNC,     /* u8 stream, texts name, full, linkage, file: see below */
	HP_WIRE_FRAMES,   /* u8 stream, u32 address, for each frame HP_WIRE_FRAME_U32S numbers */
	HP_WIRE_WARN,     /* u8 enum hp_wire_warning, text */
	HP_WIRE_PROGRESS, /* u32 units that were read, u32 units to be read */
	HP_WIRE_SECTIONS, /* u8 bytes of an address, for each in memory u64 start, len, text */
	HP_WIRE_CACHED,   /* text key: all other addresses are remembered under it */
	HP_WIRE_END,      /* all has been sent */
};

/*
 * The functions of a stream count from 0; FRAMES of that stream refer to them after they
 * were sent.  An empty full name stands for the name, an empty linkage name for the full one.  A
 * frame is: function, line, column, discriminator.
 */
enum { HP_WIRE_STREAMS = 64, HP_WIRE_FRAME_U32S = 4 };

enum hp_wire_warning {
	HP_WIRE_MISMATCH,
	HP_WIRE_DOUBTFUL,
	HP_WIRE_UNREADABLE,
	HP_WIRE_DEBUG,
	HP_WIRE_DAMAGED,
	HP_WIRE_MISSING, /* a file that holds a part of the debug information */
	HP_WIRE_SERVERS,
	HP_WIRE_WARNINGS, /* how many there are */
};

/* What a warning of each kind begins with, and the name under which they are counted. */
extern const char *const hp_wire_intro[HP_WIRE_WARNINGS];
extern const char *const hp_wire_counted[HP_WIRE_WARNINGS];

/* The texts of HP_WIRE_FILE, in their order. */
enum hp_wire_file_text {
	HP_WIRE_FILE_PATH,
	HP_WIRE_FILE_DEBUG,
	HP_WIRE_FILE_BUILD_ID,
	HP_WIRE_FILE_HOW,
	HP_WIRE_FILE_NOTE,
	HP_WIRE_FILE_DEBUG_HOW,
	HP_WIRE_FILE_ALT,
	HP_WIRE_FILE_ALT_HOW,
	HP_WIRE_FILE_TRIED,    /* a line for each */
	HP_WIRE_FILE_EVIDENCE, /* a line for each */
	HP_WIRE_FILE_TEXTS,    /* how many there are */
};

#define HP_WIRE_NO_ADDR UINT64_MAX

enum {
	HP_WIRE_HEADER = 5,        /* bytes: u32 length of what follows the kind, u8 kind */
	HP_WIRE_MAX = 1 << 20,     /* bytes of one message */
	HP_WIRE_TEXT_MAX = 65536,  /* bytes of one text; longer ones are cut */
	HP_WIRE_FRAMES_MAX = 1024, /* of one address */
};

/* Messages on their way out; zero-initialised but for @fd and @lock is empty. */
struct hp_wire {
	int fd;                /* -1: none, @bytes keeps all messages */
	pthread_mutex_t *lock; /* held while writing to @fd, which others write to; or NULL */
	uint8_t *bytes;
	size_t n, cap;
	size_t start; /* of the message that is being written */
	bool failed;  /* no memory, or the reader is gone: nothing more is written */
};

void hp_wire_begin(struct hp_wire *w, enum hp_wire_kind kind);
void hp_wire_u8(struct hp_wire *w, uint8_t v);
void hp_wire_u32(struct hp_wire *w, uint32_t v);
void hp_wire_u64(struct hp_wire *w, uint64_t v);
void hp_wire_text(struct hp_wire *w, struct hp_slice s);
void hp_wire_end(struct hp_wire *w);
void hp_wire_flush(struct hp_wire *w);
void hp_wire_release(struct hp_wire *w);

enum hp_wire_state {
	HP_WIRE_WHOLE,  /* here is a message */
	HP_WIRE_PART,   /* it is not all there yet */
	HP_WIRE_BROKEN, /* this will never be one */
};

/* Take the next message at @c: its kind and fields.  Unless it is whole, @c stays. */
enum hp_wire_state hp_wire_next(struct hp_cursor *c, enum hp_wire_kind *kind,
				struct hp_cursor *fields);
struct hp_slice hp_wire_get_text(struct hp_cursor *c);

#endif
