/*
 * out.h - buffered output that remembers its first failure.
 *
 * Writers need not look at every call: after a failure the rest is discarded, and
 * hp_out_close() tells.
 */
#ifndef HP_BASE_OUT_H
#define HP_BASE_OUT_H

#include "analyzer/base/error.h"

enum { HP_OUT_BYTES = 1 << 16 };

struct hp_out {
	hprof_write_fn write;
	void *ctx;
	int failed; /* what @write returned; 0 so far */
	size_t n;
	char buf[HP_OUT_BYTES];
};

void hp_out_init(struct hp_out *o, hprof_write_fn write, void *ctx);
void hp_out_put(struct hp_out *o, struct hp_slice s);
void hp_out_str(struct hp_out *o, const char *s);
void hp_out_char(struct hp_out *o, char c);
/* @v in hexadecimal, with zeros before it up to @digits of them. */
void hp_out_hex(struct hp_out *o, uint64_t v, unsigned digits);
/* @v in decimal. */
void hp_out_uint(struct hp_out *o, uint64_t v);
/* @v, a whole number, without an exponent however large it is; never "-0". */
void hp_out_integer(struct hp_out *o, double v);
/* @v with one or two decimals at most, as @decimals says, none that is 0 at the end; no locale. */
void hp_out_fixed(struct hp_out *o, double v, unsigned decimals);
void hp_out_fmt(struct hp_out *o, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * Text from an input, made safe to print: control characters and bytes that are no UTF-8
 * become \xNN, so that no name can steer a terminal.
 */
void hp_out_safe(struct hp_out *o, struct hp_slice s);

/* What was written, whole; zero-initialised is nothing. @ptr is released by free(). */
struct hp_memory {
	char *ptr; /* [n] */
	size_t n, cap;
};

/* An hprof_write_fn: the context is a struct hp_memory.  Its only failure is ENOMEM. */
int hp_memory_write(void *memory, const void *bytes, size_t len);

/* Flush. Errors: EIO, with errno as @write returned it. */
HP_MUST_CHECK int hp_out_close(struct hp_out *o, struct hprof_error *err);

#endif
