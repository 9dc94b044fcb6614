/* sinks.c - a folder of output files that appears only when all of them are complete. */
#include "analyzer/cli/output_dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyzer/cli/stop.h"

static int cannot(const char *path, const char *what, struct hprof_error *err)
{
	return hp_fail(err, HPROF_EIO, "%s: cannot %s: %s", path, what, hp_errno_text(errno));
}

static void release(struct hp_output_dir *f)
{
	hp_stop_folder(NULL, NULL);
	for (size_t i = 0; f->file && i < f->n; i++)
		free(f->file[i]);
	free(f->file);
	free(f->target);
	free(f->temporary);
	*f = (struct hp_output_dir){0};
}

/* Where @path, without the '/' at its end, leads, and what will be renamed to it. */
static int make_names(struct hp_output_dir *f, const char *path, struct hprof_error *err)
{
	size_t len = strlen(path);
	const char *slash;
	char *plain;

	while (len > 1 && path[len - 1] == '/')
		len--;
	plain = strndup(path, len);
	if (!plain)
		return hp_fail_nomem(err);
	f->target = hp_output_file_target(
		plain); /* a link stays, and a folder is made where it points */
	free(plain);
	if (!f->target)
		return cannot(path, "write", err);
	slash = strrchr(f->target, '/');
	if (asprintf(&f->temporary, "%.*s.hprof.XXXXXX", slash ? (int)(slash - f->target) + 1 : 0,
		     f->target) < 0) {
		f->temporary = NULL;
		return hp_fail_nomem(err);
	}
	return HPROF_OK;
}

static int make_folder(struct hp_output_dir *f, struct hprof_error *err)
{
	mode_t mask = umask(0);

	(void)umask(mask);                  /* returns what was just set */
	hp_stop_folder(f->temporary, NULL); /* its name is final before the folder is there */
	if (!mkdtemp(f->temporary)) {
		int r = cannot(f->path, "create a folder beside it", err);

		hp_stop_folder(NULL, NULL);
		free(f->temporary);
		f->temporary = NULL;
		return r;
	}
	return chmod(f->temporary, 0777 & ~mask) < 0 ? cannot(f->path, "set its mode", err)
						     : HPROF_OK;
}

static int list_files(struct hp_output_dir *f, const struct hp_part *parts, struct hprof_error *err)
{
	size_t n = 0;

	while (parts[n].file)
		n++;
	f->file = calloc(n + 1, sizeof(char *));
	if (!f->file)
		return hp_fail_nomem(err);
	for (; f->n < n; f->n++)
		if (asprintf(&f->file[f->n], "%s/%s", f->temporary, parts[f->n].file) < 0) {
			f->file[f->n] = NULL;
			return hp_fail_nomem(err);
		}
	return HPROF_OK;
}

/* Remove what was written; the failure that led here is told elsewhere. */
static void discard(struct hp_output_dir *f)
{
	for (size_t i = 0; i < f->n; i++)
		(void)unlink(f->file[i]);
	if (f->temporary)
		(void)rmdir(f->temporary);
	release(f);
}

static bool is_empty(DIR *dir)
{
	const struct dirent *e;

	while ((e = readdir(dir)) != NULL)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			return false;
	return true;
}

int hp_output_dir_check(const char *path)
{
	struct stat st;
	bool empty;
	DIR *dir;

	if (stat(path, &st) < 0)
		return HP_EXIT_OK;
	if (!S_ISDIR(st.st_mode))
		return hp_cli_usage("-o %s: is a file, expected a folder to make", path);
	dir = opendir(path);
	if (!dir)
		return HP_EXIT_OK; /* making it will tell */
	empty = is_empty(dir);
	(void)closedir(dir); /* opened for reading */
	if (!empty)
		return hp_cli_usage(
			"-o %s: is a folder with files in it, expected an empty or a new one",
			path);
	return HP_EXIT_OK;
}

int hp_output_dir_open(struct hp_output_dir *f, const char *path, const struct hp_part *parts,
		       struct hprof_error *err)
{
	int r;

	*f = (struct hp_output_dir){.path = path};
	r = make_names(f, path, err);
	if (r == HPROF_OK)
		r = make_folder(f, err);
	if (r == HPROF_OK)
		r = list_files(f, parts, err);
	if (r < 0)
		discard(f);
	else
		hp_stop_folder(f->temporary, f->file);
	return r;
}

int hp_output_dir_next(const struct hp_output_dir *f, size_t i, struct hp_output_file *s,
		       struct hprof_error *err)
{
	*s = (struct hp_output_file){
		.fd = open(f->file[i], O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666),
		.path = f->path};
	return s->fd < 0 ? cannot(f->path, "create a file in it", err) : HPROF_OK;
}

int hp_output_dir_close(struct hp_output_dir *f, bool ok, struct hprof_error *err)
{
	if (!ok) {
		discard(f);
		return HPROF_OK;
	}
	if (rename(f->temporary, f->target) < 0) { /* only an empty folder is replaced */
		int r = cannot(f->path, "put it in place", err);

		discard(f);
		return r;
	}
	release(f);
	return HPROF_OK;
}
