/* error.h - filling the caller's struct hprof_error. */
#ifndef HP_BASE_ERROR_H
#define HP_BASE_ERROR_H

#include "analyzer/base/slice.h"
#include "analyzer/hprof.h"

#define HP_MUST_CHECK HPROF_MUST_CHECK

/*
 * Describe a failure in @err (NULL is allowed) and return @code.  The first failure wins:
 * a filled @err is left alone.  errno is kept for HPROF_EIO.
 */
int hp_fail(struct hprof_error *err, enum hprof_code code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The same, placed at line @line and byte @offset of the input. */
int hp_fail_at(struct hprof_error *err, enum hprof_code code, uint64_t line, uint64_t offset,
	       const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* "out of memory", without needing any. */
int hp_fail_nomem(struct hprof_error *err);

/*
 * What system error @number means, and what to do where that is known: the limits of a shell
 * are not what comes to mind.  strerror() for all others.
 */
const char *hp_errno_text(int number);

/* Put '?' for what could steer a terminal in @text: controls, bytes that are no UTF-8. */
void hp_disarm(char *text);

enum { HP_QUOTED_MAX = 84 };

/*
 * @s in double quotes for a message, or in single ones where it has double ones of its own, as JSON
 * has: controls and bytes above 0x7e escaped, long text cut.
 * Returns @buf, of HP_QUOTED_MAX bytes.
 */
const char *hp_quote(char *buf, struct hp_slice s);

#endif
