/* debug_file.c - the separate file that holds a stripped file's DWARF and symbols. */
#include "analyzer/symbolize/debug_file.h"

#include <elfutils/libdwelf.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "analyzer/symbolize/text.h"

#define SYSTEM_DEBUG_DIR "/usr/lib/debug"

/* Folder number @i of debug files: the user's, then the system's; NULL past the end. */
static const char *debug_dir(const struct hprof_symbolize_opts *o, size_t i, struct hp_arena *mem)
{
	if (i < o->n_debug_dirs)
		return o->debug_dirs[i];
	i -= o->n_debug_dirs;
	if (i < o->n_sysroots)
		return hp_textf(mem, "%s" SYSTEM_DEBUG_DIR, o->sysroots[i]);
	return i == 0 ? SYSTEM_DEBUG_DIR : NULL;
}

/* "@dir/.build-id/ab/cdef.debug" */
static const char *build_id_path(const char *dir, struct hp_slice id, struct hp_arena *mem)
{
	return hp_textf(mem, "%s/.build-id/%s/%s.debug", dir, hp_text_hex(mem, id.ptr, 1),
			hp_text_hex(mem, id.ptr + 1, id.len - 1));
}

static bool same_crc(const struct hp_elf *f, uint32_t crc)
{
	return crc32_z(crc32_z(0, NULL, 0), f->image, f->image_len) == crc;
}

/*
 * Whether debug file @d belongs to @f; @crc is the one of the link that led to it, NULL
 * when the build ID did.  Reading all of a file is for where build IDs cannot decide.
 */
static bool belongs(const struct hp_elf *f, const struct hp_elf *d, const uint32_t *crc,
		    const char **why)
{
	*why = "of another machine";
	if (f->machine != d->machine || f->elf_class != d->elf_class)
		return false;
	*why = "has another build ID than the file it should describe";
	if (f->build_id.len && d->build_id.len)
		return hp_slice_same(f->build_id, d->build_id);
	*why = "has no build ID";
	if (!crc)
		return false;
	*why = "has another checksum than the link to it says";
	return same_crc(d, *crc);
}

static bool has_symbols(const struct hp_elf *d)
{
	return hp_elf_section(d, ".debug_info") || hp_elf_section(d, ".symtab");
}

/* Open @path as the debug file of @f; what is wrong with it goes to @found. */
static bool try(const struct hp_elf *f, const char *path, const uint32_t *crc, struct hp_arena *mem,
		struct hp_debug_found *found)
{
	const char *why;
	enum hp_elf_result r = hp_elf_open(&found->elf, path, mem, &why);

	if (r == HP_ELF_OK) {
		bool right = belongs(f, &found->elf, crc, &why);

		if (right && has_symbols(&found->elf)) {
			found->file = path;
			return true;
		}
		if (right)
			why = "holds no symbols";
		hp_elf_close(&found->elf);
	}
	found->note = hp_text_join(mem, found->note, hp_textf(mem, "%s: %s", path, why));
	if (r != HP_ELF_ABSENT && !*found->refused)
		found->refused = hp_textf(mem, "%s: %s", path, why);
	return false;
}

static bool by_build_id(const struct hp_elf *f, const struct hp_job *job, struct hp_arena *mem,
			struct hp_debug_found *found)
{
	const char *dir;

	if (f->build_id.len < 2)
		return false;
	for (size_t i = 0; (dir = debug_dir(job->opts, i, mem)); i++)
		if (try(f, build_id_path(dir, f->build_id, mem), NULL, mem, found))
			return true;
	return false;
}

/* A file may link to its own name in the same folder. */
static bool is_same_file(const struct hp_elf *f, const char *path)
{
	struct stat a;
	struct stat b;

	return fstat(f->fd, &a) == 0 && stat(path, &b) == 0 && a.st_dev == b.st_dev &&
	       a.st_ino == b.st_ino;
}

static bool try_link(const struct hp_elf *f, const char *path, uint32_t crc, struct hp_arena *mem,
		     struct hp_debug_found *found)
{
	return !is_same_file(f, path) && try(f, path, &crc, mem, found);
}

static bool by_link(const struct hp_elf *f, const struct hp_job *job, struct hp_arena *mem,
		    struct hp_debug_found *found)
{
	const char *folder = hp_text_dirname(mem, f->path);
	const char *recorded = hp_text_dirname(mem, job->path);
	GElf_Word crc = 0;
	const char *name = dwelf_elf_gnu_debuglink(f->elf, &crc);
	const char *dir;

	if (!name || !*name || strchr(name, '/'))
		return false;
	if (try_link(f, hp_textf(mem, "%s/%s", folder, name), crc, mem, found) ||
	    try_link(f, hp_textf(mem, "%s/.debug/%s", folder, name), crc, mem, found))
		return true;
	for (size_t i = 0; (dir = debug_dir(job->opts, i, mem)); i++) {
		if (recorded[0] == '/' &&
		    try_link(f, hp_textf(mem, "%s%s/%s", dir, recorded, name), crc, mem, found))
			return true;
		if (folder[0] == '/' && strcmp(folder, recorded) != 0 &&
		    try_link(f, hp_textf(mem, "%s%s/%s", dir, folder, name), crc, mem, found))
			return true;
		if (try_link(f, hp_textf(mem, "%s/%s", dir, name), crc, mem, found))
			return true;
	}
	return false;
}

void hp_find_debug(const struct hp_elf *f, const struct hp_job *job, struct hp_arena *mem,
		   struct hp_debug_found *found)
{
	*found = (struct hp_debug_found){.elf.fd = -1, .file = "", .note = "", .refused = ""};
	if (!by_build_id(f, job, mem, found))
		(void)by_link(f, job, mem, found); /* the file's own symbols have to do */
}

static Dwarf *open_alt(const char *path, struct hp_slice id)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	const void *have = NULL;
	struct stat st;
	Dwarf *alt = NULL;
	ssize_t n;

	if (fd < 0)
		return NULL;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && hp_elf_path_inflates_well(path))
		alt = dwarf_begin(fd, DWARF_C_READ);
	if (!alt) {
		close(fd);
		return NULL;
	}
	n = dwelf_elf_gnu_build_id(dwarf_getelf(alt), &have);
	if (n > 0 && hp_slice_same(id, (struct hp_slice){have, (size_t)n}))
		return alt; /* @fd stays open for as long as the process runs */
	dwarf_end(alt);
	close(fd);
	return NULL;
}

const char *hp_alt_candidate(const struct hp_job *job, const char *path, struct hp_slice name,
			     struct hp_slice id, size_t i, struct hp_arena *mem)
{
	size_t n_dirs = 0;

	if (id.len < 2 || name.len > UINT16_MAX)
		return NULL;
	while (debug_dir(job->opts, n_dirs, mem))
		n_dirs++;
	if (i < n_dirs)
		return build_id_path(debug_dir(job->opts, i, mem), id, mem);
	if (i > n_dirs || !name.len)
		return NULL;
	if (name.ptr[0] == '/')
		return hp_text_copy(mem, name);
	return hp_textf(mem, "%s/%.*s", hp_text_dirname(mem, path), (int)name.len, name.ptr);
}

Dwarf *hp_find_alt(Dwarf *dwarf, const char *path, const struct hp_job *job, struct hp_arena *mem)
{
	const char *name = NULL;
	const void *bytes = NULL;
	ssize_t n = dwelf_dwarf_gnu_debugaltlink(dwarf, &name, &bytes);
	struct hp_slice id = {bytes, n > 0 ? (size_t)n : 0};
	Dwarf *alt = NULL;
	const char *at;

	for (size_t i = 0; !alt; i++) {
		at = hp_alt_candidate(job, path, hp_slice_str(name ? name : ""), id, i, mem);
		if (!at)
			return NULL;
		alt = open_alt(at, id);
	}
	dwarf_setalt(dwarf, alt);
	return alt;
}
