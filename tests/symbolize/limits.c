/*
 * limits.c - names the addresses of a profile through the library, with a limit of its own.
 *
 * usage: limits CPU-SECONDS PROFILE
 *
 * Prints the profile's warnings, then its table as JSON, then "children: none" if no child
 * process is left, running or dead.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "analyzer/hprof.h"

static int put(void *ctx, const void *bytes, size_t len)
{
	(void)ctx;
	return fwrite(bytes, 1, len, stdout) == len ? 0 : EIO;
}

static int show(const struct hprof_profile *p, struct hprof_error *err)
{
	const struct hprof_render_opts render = {0};
	const struct hprof_source source = {p, HPROF_ALL_SNAPSHOTS, NULL};
	const struct hprof_view_opts opts = {0};
	struct hprof_view *v;
	const char *text;
	int r;

	for (size_t i = 0; (text = hprof_profile_warning(p, i)); i++)
		printf("warning: %s\n", text);
	r = hprof_view_new(&source, 1, NULL, 0, &opts, &v, err);
	if (r < 0)
		return r;
	r = hprof_render(v, "top-json", &render, put, NULL, err);
	hprof_view_free(v);
	return r;
}

int main(int argc, char **argv)
{
	struct hprof_error err = HPROF_ERROR_INIT;
	struct hprof_symbolize_opts opts = {0};
	struct hprof_profile *p;
	int r;

	if (argc != 3)
		return 2;
	opts.cpu_seconds = (unsigned)strtoul(argv[1], NULL, 10);
	opts.profile_path = argv[2];
	opts.dwarf_reader = HPROF_DWARF_LIBDW; /* whose calls a library can stand for */
	if (hprof_load_file(argv[2], NULL, &p, &err) < 0) {
		fprintf(stderr, "limits: %s\n", err.message);
		return 3;
	}
	r = hprof_symbolize(p, &opts, &err);
	if (r == HPROF_OK)
		r = show(p, &err);
	hprof_profile_free(p);
	if (r < 0) {
		fprintf(stderr, "limits: %s\n", err.message);
		return 3;
	}
	if (waitpid(-1, NULL, WNOHANG) >= 0 || errno != ECHILD)
		printf("children: some\n");
	else
		printf("children: none\n");
	return 0;
}
