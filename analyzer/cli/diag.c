/* diag.c - what the tool says on standard error, and its exit codes. */
#include "analyzer/cli/diag.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "analyzer/base/out.h"

static int write_stderr(void *ctx, const void *bytes, size_t len)
{
	(void)ctx;
	(void)fwrite(bytes, 1, len, stderr); /* there is nobody else to tell */
	return 0;
}

static void vsay(const char *fmt, va_list ap) __attribute__((format(printf, 1, 0)));

/* One line: names of files are as hostile as what stands in them. */
static void vsay(const char *fmt, va_list ap)
{
	struct hprof_error err = HPROF_ERROR_INIT;
	char *text = NULL;
	struct hp_out out;

	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	hp_out_init(&out, write_stderr, NULL);
	hp_out_str(&out, "hprof: ");
	hp_out_safe(&out, hp_slice_str(text ? text : "out of memory"));
	hp_out_char(&out, '\n');
	if (hp_out_close(&out, &err) < 0)
		fputs(err.message, stderr); /* cannot be: what writes never fails */
	free(text);
}

void hp_cli_print(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsay(fmt, ap);
	va_end(ap);
}

static void print_error(const char *what, const struct hprof_error *err)
{
	char place[40] = "";

	if (err->line)
		(void)snprintf(place, sizeof(place), "line %" PRIu64 ": ", err->line); /* fits */
	else if (err->offset != HPROF_NO_OFFSET)
		(void)snprintf(place, sizeof(place), "offset %" PRIu64 ": ", err->offset);
	hp_cli_print("%s%s%s%s", what ? what : "", what ? ": " : "", place, err->message);
}

/* The exit code for @err; @of_input: it came of reading, not of writing or of the system. */
static int exit_code(const struct hprof_error *err, bool of_input)
{
	switch (err->code) {
	case HPROF_EINVAL:
		return HP_EXIT_USAGE;
	case HPROF_ENOMEM:
		return HP_EXIT_SYSTEM;
	case HPROF_EIO:
		if (err->sys_errno == EMFILE || err->sys_errno == ENFILE ||
		    err->sys_errno == EAGAIN)
			return HP_EXIT_SYSTEM;
		return of_input ? HP_EXIT_INPUT : HP_EXIT_SYSTEM;
	case HPROF_OK:
	case HPROF_ETRUNC:
	case HPROF_EFORMAT:
	case HPROF_EUNSUPPORTED:
	case HPROF_ELIMIT:
	case HPROF_ENODATA:
	case HPROF_EFILE:
	case HPROF_ECANCELED:
		break;
	}
	return HP_EXIT_INPUT;
}

int hp_cli_error(const struct hprof_error *err)
{
	print_error(NULL, err);
	return exit_code(err, false);
}

int hp_cli_input_error(const char *path, const struct hprof_error *err)
{
	print_error(path, err);
	return exit_code(err, true);
}

int hp_cli_output_error(const char *path, const struct hprof_error *err)
{
	print_error(path, err);
	return HP_EXIT_SYSTEM;
}

int hp_cli_no_memory(void)
{
	struct hprof_error err = HPROF_ERROR_INIT;

	hp_fail_nomem(&err);
	return hp_cli_error(&err);
}

int hp_cli_usage(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsay(fmt, ap);
	va_end(ap);
	return HP_EXIT_USAGE;
}
