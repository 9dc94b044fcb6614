/* progress.c - a line on the terminal that tells how far long work has come. */
#include "analyzer/cli/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "analyzer/cli/stop.h"

enum { FIRST_MS = 500, NEXT_MS = 100, LINE_MAX_BYTES = 400, COLUMNS = 80, LEAST_COLUMNS = 20 };

static int64_t now_ms(void)
{
	struct timespec t = {0};

	(void)clock_gettime(CLOCK_MONOTONIC, &t); /* cannot fail for this clock */
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void hp_progress_begin(struct hp_progress_line *l, const struct hp_options *o)
{
	*l = (struct hp_progress_line){0};
	if (!o->quiet && isatty(STDERR_FILENO))
		l->begin_ms = now_ms();
}

static size_t columns(void)
{
	struct winsize w;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &w) != 0 || w.ws_col == 0)
		return COLUMNS;
	return w.ws_col < LEAST_COLUMNS ? LEAST_COLUMNS : w.ws_col;
}

/* Cut @text to @most bytes from its start: of a path the end tells more. */
static const char *tail(const char *text, size_t most)
{
	size_t n = strlen(text);

	if (n <= most)
		return text;
	text += n - most;
	while (((unsigned char)*text & 0xc0) == 0x80) /* not in the middle of a character */
		text++;
	return text;
}

void hp_progress_show(void *line, const struct hprof_progress *now)
{
	struct hp_progress_line *l = line;
	int64_t at_ms = now_ms();
	char text[LINE_MAX_BYTES];
	size_t room = columns() - 1;
	size_t n;

	if (!l->begin_ms || at_ms - l->begin_ms < FIRST_MS || at_ms - l->shown_ms < NEXT_MS)
		return;
	if (room > sizeof(text) - 1)
		room = sizeof(text) - 1;
	(void)snprintf(text, sizeof(text), "hprof: reading"); /* each of these fits */
	n = strlen(text);
	if (l->n_profiles > 1)
		(void)snprintf(text + n, sizeof(text) - n, " profile %zu of %zu,", l->profile + 1,
			       l->n_profiles);
	n = strlen(text);
	if (now->n_modules > 1)
		(void)snprintf(text + n, sizeof(text) - n, " module %" PRIu32 " of %" PRIu32 ",",
			       now->modules + (now->modules < now->n_modules), now->n_modules);
	n = strlen(text);
	if (now->n_units)
		(void)snprintf(text + n, sizeof(text) - n, " unit %" PRIu32 " of %" PRIu32 ",",
			       now->units, now->n_units);
	n = strlen(text);
	if (n + 2 < room)
		(void)snprintf(text + n, sizeof(text) - n, " %s",
			       tail(now->file ? now->file : "", room - n - 1));
	text[room] = '\0';
	hp_disarm(text);
	l->shown_ms = at_ms;
	hp_stop_line(true);
	fprintf(stderr, "\r%s\033[K", text);
	(void)fflush(stderr); /* it is talk */
}

void hp_progress_clear(struct hp_progress_line *l)
{
	if (l->shown_ms) {
		fputs("\r\033[K", stderr);
		(void)fflush(stderr); /* it is talk */
	}
	hp_stop_line(false);
	l->shown_ms = 0;
}

void hp_progress_end(struct hp_progress_line *l)
{
	hp_progress_clear(l);
	*l = (struct hp_progress_line){0};
}
