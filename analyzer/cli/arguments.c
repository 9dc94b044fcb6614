/* arguments.c - which argument is the program, and which are profiles. */
#include "analyzer/cli/arguments.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "analyzer/base/binary.h"
#include "analyzer/cli/series.h"

/* The first bytes of @path, if it is a regular file: nobody waits for a FIFO. */
static struct hp_slice magic_of(const char *path, char buf[HP_BINARY_MAGIC])
{
	struct stat st;
	ssize_t n;
	int fd;

	if (stat(path, &st) < 0 || !S_ISREG(st.st_mode))
		return (struct hp_slice){buf, 0};
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return (struct hp_slice){buf, 0};
	n = read(fd, buf, HP_BINARY_MAGIC);
	(void)close(fd); /* opened for reading */
	return (struct hp_slice){buf, n > 0 ? (size_t)n : 0};
}

bool hp_arguments_is_elf(const char *path)
{
	char buf[HP_BINARY_MAGIC];

	return hp_slice_starts(magic_of(path, buf), HP_LIT("\177ELF"));
}

static bool ends_like(const char *path, const char *end)
{
	return hp_slice_ends(hp_slice_str(path), hp_slice_str(end)) && strlen(path) > strlen(end);
}

/* Whether @path has the name of something to write, and nothing can be read there. */
static bool is_output(const char *path)
{
	static const char *const ends[] = {".svg",  ".html", ".htm", ".png",    ".pdf",  ".csv",
					   ".json", ".dot",  ".md",  ".ndjson", ".jsonl"};
	struct hprof_error err = HPROF_ERROR_INIT;
	struct stat st;
	bool named = false;

	for (size_t i = 0; i < HP_LEN(ends); i++)
		named |= ends_like(path, ends[i]);
	if (!named)
		return false;
	if (stat(path, &st) < 0)
		return errno == ENOENT;
	return S_ISREG(st.st_mode) && hprof_recognize_file(path, NULL, &err) == HPROF_EUNSUPPORTED;
}

static int not_readable(const char *path, const char *kind)
{
	struct hprof_error err = HPROF_ERROR_INIT;

	hp_fail(&err, HPROF_EFILE, "is %s", kind);
	return hp_cli_input_error(path, &err);
}

/* What else than a profile @path may be, as one of several arguments. */
static int take(struct hp_arguments *a, const char *path)
{
	char buf[HP_BINARY_MAGIC];
	struct hp_slice magic = magic_of(path, buf);
	const char *kind = hp_binary_kind(magic);
	struct stat st;

	if (kind)
		return not_readable(path, kind);
	if (hp_slice_starts(magic, HP_LIT("\177ELF"))) {
		if (a->binary)
			return hp_cli_usage(
				"\"%s\" and \"%s\" are ELF files: give the program alone, "
				"and others as --binary MODULE=FILE",
				a->binary, path);
		a->binary = path;
		return HP_EXIT_OK;
	}
	if (is_output(path))
		return hp_cli_usage("\"%s\" %s: did you mean -o %s?", path,
				    stat(path, &st) < 0 ? "does not exist" : "is no profile", path);
	a->profile[a->n++] = path;
	return HP_EXIT_OK;
}

int hp_arguments_sort(struct hp_arguments *a, const struct hp_options *o)
{
	int code = HP_EXIT_OK;

	*a = (struct hp_arguments){.profile = calloc(o->args.n + 1, sizeof(*a->profile))};
	if (!a->profile)
		return hp_cli_no_memory();
	if (o->args.n == 1 && !hp_arguments_is_elf(o->args.item[0])) {
		a->profile[a->n++] = o->args.item[0]; /* its content will tell */
		return HP_EXIT_OK;
	}
	for (size_t i = 0; code == HP_EXIT_OK && i < o->args.n; i++)
		code = take(a, o->args.item[i]);
	return code;
}

void hp_arguments_release(struct hp_arguments *a)
{
	free(a->profile);
	*a = (struct hp_arguments){.n = 0};
}

/* Whether the open file is a pipe that came with the process: somebody writes to it. */
static bool is_given_pipe(int fd)
{
	struct statfs fs;

	return fstatfs(fd, &fs) == 0 && fs.f_type == PIPEFS_MAGIC;
}

int hp_arguments_check_binary(const char *path, bool adds_up)
{
	struct hprof_error err = HPROF_ERROR_INIT;
	bool given = false;
	struct stat st;
	int fd;

	if (strcmp(path, "-") == 0 || path[hp_series_file_len(path)])
		return HP_EXIT_OK;
	fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		hp_fail(&err, errno == EMFILE ? HPROF_EIO : HPROF_EFILE, "cannot open: %s",
			hp_errno_text(errno));
	else
		given = adds_up && is_given_pipe(fd);
	if (fd >= 0)
		(void)close(fd); /* opened for reading */
	if (err.code == HPROF_OK && (given || S_ISREG(st.st_mode) || S_ISDIR(st.st_mode)))
		return HP_EXIT_OK; /* its content will tell; a folder is a series */
	if (err.code == HPROF_OK)
		hp_fail(&err, HPROF_EFILE, "is no regular file, expected BINARY, an ELF file");
	return hp_cli_input_error(path, &err);
}
