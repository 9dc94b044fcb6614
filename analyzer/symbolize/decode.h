/*
 * decode.h - the messages of a child process, checked.
 *
 * A child may be in an attacker's hands.  All checks of what it sends are here: whoever receives a
 * message through struct hp_reply_ops may use its fields without a look at them.
 */
#ifndef HP_SYMBOLIZE_DECODE_H
#define HP_SYMBOLIZE_DECODE_H

#include "analyzer/model/profile.h"
#include "analyzer/symbolize/wire.h"

struct hp_reply_file {
	enum hp_module_status status;
	enum hp_module_symbols symbols;
	struct hp_slice text[HP_WIRE_FILE_TEXTS]; /* by enum hp_wire_file_text */
};

struct hp_reply_func {
	uint8_t stream;             /* below HP_WIRE_STREAMS */
	struct hp_func_names names; /* the full one is that of names.name where it was left out */
	struct hp_slice body;       /* the names as hp_reply_names() reads them */
};

struct hp_reply_frame {
	uint32_t func; /* a function that its stream has */
	uint32_t line, column, discriminator;
};

struct hp_reply_frames {      /* of one address, at most HP_WIRE_FRAMES_MAX */
	const uint8_t *bytes; /* for hp_reply_frame() */
	uint32_t n;
	uint32_t addr; /* below hp_decoder.n_addrs */
	uint8_t stream;
};

/*
 * What receives messages, each with @ctx and an HPROF code: a negative one ends decoding.  A
 * message of which the member is NULL is passed over unchecked.
 */
struct hp_reply_ops {
	int (*file)(void *ctx, const struct hp_reply_file *file);
	int (*addr)(void *ctx, uint32_t i, uint64_t addr); /* in the file, HP_WIRE_NO_ADDR */
	int (*call)(void *ctx, uint32_t i, enum hp_loc_call call);
	int (*func)(void *ctx, const struct hp_reply_func *func);
	int (*frames)(void *ctx, const struct hp_reply_frames *frames);
	int (*warning)(void *ctx, enum hp_wire_warning kind, struct hp_slice text);
	int (*progress)(void *ctx, uint32_t units, uint32_t n_units);
	int (*address_bytes)(void *ctx, unsigned bytes); /* 4 or 8, before sections */
	int (*section)(void *ctx, uint64_t start, uint64_t len, struct hp_slice name);
	int (*cached)(void *ctx, struct hp_slice key); /* not empty */
};

/* What is known of the messages of one child so far. */
struct hp_decoder {
	unsigned accepts;                  /* 1 << enum hp_wire_kind: others are malformed */
	uint32_t n_addrs;                  /* that it was asked for */
	bool nameless;                     /* functions may have no name */
	uint32_t n_funcs[HP_WIRE_STREAMS]; /* that it sent, if ops->func receives them */
	bool has_file;                     /* it sent HP_WIRE_FILE, which it does once */
	bool ended;                        /* it sent HP_WIRE_END: nothing after it is read */
	bool malformed; /* what it sent breaks the protocol: nothing more is read */
};

/*
 * Give the whole messages at @c to @ops; @c is then at the first that is not whole.  Texts and
 * bytes are borrowed from there.  Errors: any that @ops return.
 */
HP_MUST_CHECK int hp_wire_decode(struct hp_decoder *d, struct hp_cursor *c,
				 const struct hp_reply_ops *ops, void *ctx);

/* The names in hp_reply_func.body. */
struct hp_func_names hp_reply_names(struct hp_slice body);

/* Frame @i of @f, innermost inlined call first. */
struct hp_reply_frame hp_reply_frame(const struct hp_reply_frames *f, uint32_t i);

#endif
