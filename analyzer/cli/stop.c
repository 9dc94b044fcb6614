/*
 * stop.c - ending by a signal, without leaving anything behind.
 *
 * Child processes end with this one by themselves.  What a handler may know must be global.
 */
#include "analyzer/cli/stop.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "analyzer/base/slice.h"

static volatile sig_atomic_t line_shown;
static const char *volatile file_to_remove;
static const char *volatile folder_to_remove;
static char *const *volatile files_of_folder;

static void stop(int number)
{
	static const char clear[] = "\r\033[K";
	int saved = errno;

	if (line_shown && write(STDERR_FILENO, clear, sizeof(clear) - 1) < 0)
		line_shown = 0;
	if (file_to_remove)
		(void)unlink(file_to_remove); /* nobody is left to tell */
	for (char *const *file = files_of_folder; file && *file; file++)
		(void)unlink(*file); /* as above */
	if (folder_to_remove)
		(void)rmdir(folder_to_remove); /* as above */
	(void)signal(number, SIG_DFL);         /* a valid one */
	(void)raise(number);                   /* takes effect when this handler returns */
	errno = saved;
}

void hp_stop_prepare(void)
{
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};

	(void)signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is an error of writing */
	for (size_t i = 0; i < HP_LEN(numbers); i++) {
		struct sigaction now = {.sa_handler = stop};
		struct sigaction before;

		/* what whoever started this wants to be ignored stays so */
		if (sigaction(numbers[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
			(void)sigaction(numbers[i], &now, NULL); /* valid arguments */
	}
}

void hp_stop_line(bool shown)
{
	line_shown = shown;
}

void hp_stop_file(const char *path)
{
	file_to_remove = path;
}

void hp_stop_folder(const char *path, char *const *files)
{
	files_of_folder = NULL; /* never those of another folder */
	folder_to_remove = path;
	files_of_folder = files;
}
