/* replace.c - what an output must not replace: the name behind -o was forgotten, most likely. */
#include "analyzer/cli/replace.h"

#include <sys/stat.h>
#include <unistd.h>

#include "analyzer/base/scan.h"
#include "analyzer/cli/arguments.h"

bool hp_replaces(const struct hp_options *o, struct stat *st)
{
	return o->output && strcmp(o->output, "-") != 0 && stat(o->output, st) == 0 &&
	       S_ISREG(st->st_mode);
}

bool hp_is_file(const char *path, const struct stat *st)
{
	struct stat other;

	if (!path ||
	    (strcmp(path, "-") == 0 ? fstat(STDIN_FILENO, &other) : stat(path, &other)) < 0)
		return false;
	return other.st_dev == st->st_dev && other.st_ino == st->st_ino;
}

/* Whether options name the file. */
static bool is_named(const struct hp_options *o, const struct hp_files *f, const struct stat *st)
{
	bool is = hp_is_file(o->base_binary, st);

	for (size_t i = 0; i < o->perf_map.n; i++)
		is |= hp_is_file(o->perf_map.item[i], st);
	for (size_t i = 0; i < f->n_binaries; i++)
		is |= hp_is_file(f->binaries[i].file, st);
	for (size_t i = 0; i < f->n_path_maps; i++)
		is |= hp_is_file(f->path_maps[i].to, st);
	return is;
}

/* What files that are found are, whether they are of this profile or not; NULL: nothing such. */
static const char *kind_of_found(const char *path)
{
	struct hp_slice name = hp_slice_basename(hp_slice_str(path));
	uint64_t pid;

	if (hp_arguments_is_elf(path))
		return "an ELF file";
	if (hp_scan_text(&name, HP_LIT("perf-")) && hp_scan_u64(&name, &pid) &&
	    hp_slice_same(name, HP_LIT(".map")))
		return "a perf map";
	return NULL;
}

int hp_replace_check(const struct hp_options *o, const struct hp_files *f, const struct stat *st,
		     bool is_read, const char *format)
{
	struct hprof_error err = HPROF_ERROR_INIT;
	const char *found, *kind = kind_of_found(o->output);

	if (is_read || is_named(o, f, st))
		return hp_cli_usage("-o %s: this file is read, too: name another", o->output);
	if (kind)
		return hp_cli_usage("-o %s: this is %s: name another file, or remove it first",
				    o->output, kind);
	if (hprof_recognize_file(o->output, &found, &err) < 0 ||
	    (format && strcmp(found, format) == 0))
		return HP_EXIT_OK;
	return hp_cli_usage("-o %s: this is a profile (%s): name another file, or remove it first",
			    o->output, found);
}
