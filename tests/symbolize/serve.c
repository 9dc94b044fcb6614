/*
 * serve.c - looks addresses of one file up through the library, several times.
 *
 * usage: serve CPU-SECONDS TIMES READER FILE ADDRESS...
 *
 * Prints for each batch a line "batch N: NAME,NAME;NAME;..." with the names of each address,
 * then the warnings, then "children: none" if no child process is left once all is freed.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "analyzer/hprof.h"

static void put_names(void *ctx, size_t i, const struct hprof_frame *f, size_t n)
{
	(void)ctx;
	if (i)
		putchar(';');
	for (size_t k = 0; k < n; k++)
		printf("%s%s", k ? "," : "", f[k].name);
}

int main(int argc, char **argv)
{
	struct hprof_error err = HPROF_ERROR_INIT;
	struct hprof_symbolize_opts opts = {0};
	struct hprof_symbolizer *s;
	uint64_t addr[64];
	const char *text;
	size_t n = 0;
	int r;

	if (argc < 6 || argc - 5 > 64)
		return 2;
	opts.cpu_seconds = (unsigned)strtoul(argv[1], NULL, 10);
	opts.dwarf_reader = strcmp(argv[3], "libdw") == 0 ? HPROF_DWARF_LIBDW : HPROF_DWARF_FAST;
	for (int i = 5; i < argc; i++)
		addr[n++] = strtoull(argv[i], NULL, 16);
	r = hprof_symbolizer_open(argv[4], &opts, &s, &err);
	if (r < 0) {
		fprintf(stderr, "serve: %d: %s\n", r, err.message);
		return 3;
	}
	for (long i = 0; r == HPROF_OK && i < strtol(argv[2], NULL, 10); i++) {
		printf("batch %ld: ", i);
		r = hprof_symbolizer_lookup(s, addr, n, put_names, NULL, &err);
		putchar('\n');
	}
	if (r < 0)
		fprintf(stderr, "serve: %d: %s\n", r, err.message);
	for (size_t i = 0; (text = hprof_symbolizer_warning(s, i)); i++)
		printf("warning: %s\n", text);
	hprof_symbolizer_free(s);
	if (waitpid(-1, NULL, WNOHANG) >= 0 || errno != ECHILD)
		printf("children: some\n");
	else
		printf("children: none\n");
	return r < 0 ? 3 : 0;
}
