/* debug_file.c - the separate file that holds a stripped file's DWARF and symbols. */
#include "analyzer/symbolize/debug_file.h"

#include <dirent.h>
#include <elfutils/libdwelf.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "analyzer/base/scan.h"
#include "analyzer/symbolize/debuginfod.h"
#include "analyzer/symbolize/find.h"
#include "analyzer/symbolize/text.h"

#define SYSTEM_DEBUG_DIR "/usr/lib/debug"

/* How much of a folder of debug files is searched. */
enum { MAX_ENTRIES = 10000, MAX_FOLDERS = 1000, MAX_DEPTH = 16 };

enum { BUILD_ID_MAX = 64 }; /* bytes; linkers make up to 32 */

/*
 * Folder number @i of debug files: the user's, then the system's; NULL past the end.  *@from is the
 * origin of what lies in it.
 */
static const char *debug_dir(const struct hprof_symbolize_opts *o, size_t i, struct hp_arena *mem,
			     struct hp_origin *from)
{
	if (i < o->n_debug_dirs) {
		*from = hp_origin_below(o->debug_dirs[i]);
		return o->debug_dirs[i];
	}
	i -= o->n_debug_dirs;
	if (i < o->n_sysroots) {
		*from = hp_origin_below(o->sysroots[i]);
		return hp_textf(mem, "%s" SYSTEM_DEBUG_DIR, o->sysroots[i]);
	}
	*from = hp_origin_found(SYSTEM_DEBUG_DIR, HP_NO_OWNER);
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
static bool belongs_to(const struct hp_elf *f, const struct hp_elf *d, const uint32_t *crc,
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

struct search {
	const struct hp_elf *f; /* the file to be described; NULL: it is missing */
	struct hp_slice id;     /* its build ID */
	const struct hp_job *job;
	struct hp_arena *mem;
	struct hp_debug_found *found;
	bool walks;        /* through all that lies in a folder: most of it is not meant */
	struct hp_met met; /* on the way */
};

/* Whether debug file @d, found by @crc or by build ID, is the one of the search. */
static bool belongs(const struct search *s, const struct hp_elf *d, const uint32_t *crc,
		    const char **why)
{
	if (s->f)
		return belongs_to(s->f, d, crc, why);
	*why = "has another build ID than the profile recorded";
	return hp_slice_same(s->id, d->build_id);
}

static const char *add_tried(struct hp_arena *mem, const char *tried, const char *how,
			     const char *path, const char *why)
{
	return hp_text_line(mem, tried, hp_textf(mem, "%s: %s: %s", how, path, why));
}

/* Open @path as the debug file; what is wrong with it goes to s->found. */
static bool try(struct search *s, const char *path, const struct hp_origin *from, const char *how,
		const uint32_t *crc)
{
	const char *real = hp_find_inside(s->job->opts, path, s->mem);
	struct hp_debug_found *found = s->found;
	const char *why;
	enum hp_elf_result r = hp_elf_open(&found->elf, real, from, s->mem, &why);

	if (r == HP_ELF_OK) {
		bool right = belongs(s, &found->elf, crc, &why);

		if (right && has_symbols(&found->elf)) {
			found->file = real;
			found->from = *from;
			found->how = how;
			return true;
		}
		if (right)
			why = "holds no symbols";
		hp_elf_close(&found->elf);
		if (right && s->walks) /* the stripped program itself lies there */
			return false;
	}
	found->tried = add_tried(s->mem, found->tried, how, path, why);
	if (r != HP_ELF_ABSENT && !*found->refused)
		found->refused = hp_textf(s->mem, "%s: %s", path, why);
	return false;
}

/*
 * Whether the folder of debug files whose origin is @from may stand in for a missing file: with a
 * sysroot nothing of this host may.
 */
static bool is_for_missing(const struct hprof_symbolize_opts *o, const struct hp_origin *from)
{
	return !o->n_sysroots || from->kind == HP_ORIGIN_FOLDER;
}

static bool by_build_id(struct search *s)
{
	struct hp_origin from;
	const char *dir;

	if (s->id.len < 2)
		return false;
	for (size_t i = 0; (dir = debug_dir(s->job->opts, i, s->mem, &from)); i++)
		if ((s->f || is_for_missing(s->job->opts, &from)) &&
		    try(s, build_id_path(dir, s->id, s->mem), &from, "build-id", NULL))
			return true;
	return false;
}

/* The build ID of ELF file @path in @bytes; none, or too long a one: empty.  @why: of no file. */
static struct hp_slice read_build_id(const char *path, const struct hp_origin *from,
				     char bytes[BUILD_ID_MAX], const char **why)
{
	struct hp_slice id = {bytes, 0};
	const void *have = NULL;
	bool absent;
	int fd = hp_origin_open(path, from, why, &absent);
	Elf *elf = NULL;
	ssize_t n;

	if (fd < 0)
		return id;
	*why = "has another build ID";
	elf = elf_begin(fd, ELF_C_READ_MMAP, NULL);
	n = elf ? dwelf_elf_gnu_build_id(elf, &have) : 0;
	if (n > 0 && n <= BUILD_ID_MAX) {
		memcpy(bytes, have, (size_t)n);
		id.len = (size_t)n;
	}
	if (elf)
		elf_end(elf);
	close(fd);
	return id;
}

/* Whether @path is an ELF file with build ID @id; if not, *@why tells. */
static bool has_build_id(const char *path, const struct hp_origin *from, struct hp_slice id,
			 const char **why)
{
	char bytes[BUILD_ID_MAX];

	return hp_slice_same(id, read_build_id(path, from, bytes, why));
}

/* --- folders of debug files without an index --- */

/* What of a folder is still to be looked through. */
struct walk {
	const char *path[MAX_FOLDERS]; /* [n] the first ones, [at] and on, are to come */
	unsigned char depth[MAX_FOLDERS];
	uint32_t n, at;
	uint32_t left; /* entries that may still be looked at */
	bool cut;      /* there was more than that */
};

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* Links are left out: what they lead to is met where it is, or lies elsewhere. */
static int no_dots(const struct dirent *e)
{
	return strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 && e->d_type != DT_LNK;
}

/* Take up folder @path, which lies @depth below the one that was named. */
static void walk_later(struct walk *w, const char *path, unsigned char depth)
{
	if (depth > MAX_DEPTH || w->n == MAX_FOLDERS) {
		w->cut = true;
		return;
	}
	w->depth[w->n] = depth;
	w->path[w->n++] = path;
}

/* Whether the folder that is next has an index in which the debug file is. */
static bool is_in_index(struct search *s, const struct walk *w, const struct hp_origin *from)
{
	const char *path = build_id_path(w->path[w->at], s->id, s->mem);
	const char *why;

	return has_build_id(path, from, s->id, &why) && try(s, path, from, "build-id", NULL);
}

/* Look at the entry @name of the folder that is next. True: it is the debug file. */
static bool walk_entry(struct search *s, struct walk *w, const struct hp_origin *from,
		       const char *name)
{
	const char *path = hp_textf(s->mem, "%s/%s", w->path[w->at], name);
	char bytes[BUILD_ID_MAX];
	struct hp_slice id;
	const char *why;
	struct stat st;

	if (lstat(path, &st) != 0)
		return false;
	if (S_ISDIR(st.st_mode) && strcmp(name, ".build-id") == 0) {
		/* it shows one ID only, which was looked for in the first folder's before */
		s->met.partial = s->met.partial || w->depth[w->at] > 0;
		return is_in_index(s, w, from);
	}
	if (S_ISDIR(st.st_mode))
		walk_later(w, path, (unsigned char)(w->depth[w->at] + 1));
	if (!S_ISREG(st.st_mode) || st.st_size == 0)
		return false;
	id = read_build_id(path, from, bytes, &why);
	if (id.len)
		hp_met_add(&s->met, id);
	return hp_slice_same(id, s->id) && try(s, path, from, "build-id", NULL);
}

/* Look through the folder that is next.  True: the debug file is in it. */
static bool walk_folder(struct search *s, struct walk *w, const struct hp_origin *from)
{
	struct dirent **entry = NULL;
	int n = scandir(w->path[w->at], &entry, no_dots, by_bytes);
	bool found = false;

	/* what keeps this process from reading it may not keep others */
	s->met.partial = s->met.partial || (n < 0 && errno != ENOENT && errno != ENOTDIR);
	for (int i = 0; i < n; i++) {
		if (!found && w->left) {
			w->left--;
			found = walk_entry(s, w, from, entry[i]->d_name);
		} else if (!found) {
			w->cut = true;
		}
		free(entry[i]);
	}
	free(entry);
	w->at++;
	return found;
}

/* Whether an earlier walk through all folders told that none of their files has build ID @id. */
static bool is_listed_absent(const struct hp_job *job, struct hp_slice id, struct hp_arena *mem)
{
	const struct hprof_symbolize_opts *o = job->opts;
	const char *why;

	if (!job->shared || !hp_listed_lacks(&job->shared->debug_ids, id))
		return false;
	for (size_t i = 0; i < o->n_debug_dirs; i++)
		if (!hp_origin_absent(build_id_path(o->debug_dirs[i], id, mem), &why))
			return false;
	return !mem->failed;
}

/* Look for a file with the build ID anywhere below the folders that the user named. */
static bool by_walk(struct search *s)
{
	const struct hprof_symbolize_opts *o = s->job->opts;
	bool found = false;

	if (s->id.len < 2 || !o->n_debug_dirs || is_listed_absent(s->job, s->id, s->mem))
		return false;
	for (size_t i = 0; !found && i < o->n_debug_dirs; i++) {
		const struct hp_origin from = hp_origin_below(o->debug_dirs[i]);
		struct walk w = {.left = MAX_ENTRIES};

		walk_later(&w, o->debug_dirs[i], 0);
		s->walks = true;
		while (!found && w.at < w.n)
			found = walk_folder(s, &w, &from);
		s->walks = false;
		s->met.partial = s->met.partial || found || w.cut;
		if (!found && w.cut && !*s->found->refused)
			s->found->refused = hp_textf(s->mem,
						     "%s is too large to be searched: %d files, %d "
						     "folders, %d deep were "
						     "looked at, none has the build ID of %s; name "
						     "the folder in which it "
						     "is",
						     o->debug_dirs[i], MAX_ENTRIES, MAX_FOLDERS,
						     MAX_DEPTH, s->f ? s->f->path : s->job->path);
	}
	if (s->job->shared && !s->mem->failed)
		hp_listed_tell(&s->job->shared->debug_ids, &s->met);
	free(s->met.key);
	s->met = (struct hp_met){0};
	return found;
}

/* A file may link to its own name in the same folder. */
static bool is_same_file(const struct hp_elf *f, const char *path)
{
	struct stat a;
	struct stat b;

	return fstat(f->fd, &a) == 0 && stat(path, &b) == 0 && a.st_dev == b.st_dev &&
	       a.st_ino == b.st_ino;
}

static bool try_link(struct search *s, const char *path, const struct hp_origin *from, uint32_t crc)
{
	return !is_same_file(s->f, path) && try(s, path, from, "debuglink", &crc);
}

/* In the folder of debug files @dir: as in the folder of the file, or flat. */
static bool try_link_below(struct search *s, const char *dir, const struct hp_origin *from,
			   const char *name, uint32_t crc)
{
	const char *folder = hp_text_dirname(s->mem, s->f->path);
	const char *recorded = hp_text_dirname(s->mem, s->job->path);

	if (recorded[0] == '/' &&
	    try_link(s, hp_textf(s->mem, "%s%s/%s", dir, recorded, name), from, crc))
		return true;
	if (folder[0] == '/' && strcmp(folder, recorded) != 0 &&
	    try_link(s, hp_textf(s->mem, "%s%s/%s", dir, folder, name), from, crc))
		return true;
	return try_link(s, hp_textf(s->mem, "%s/%s", dir, name), from, crc);
}

static bool by_link(struct search *s)
{
	struct hp_arena *mem = s->mem;
	const char *folder = hp_text_dirname(mem, s->f->path);
	struct hp_origin from = hp_origin_found(folder, hp_origin_owner(s->f->fd));
	GElf_Word crc = 0;
	const char *name = dwelf_elf_gnu_debuglink(s->f->elf, &crc);
	const char *dir;

	if (!name || !*name || strchr(name, '/'))
		return false;
	if (try_link(s, hp_textf(mem, "%s/%s", folder, name), &from, crc) ||
	    try_link(s, hp_textf(mem, "%s/.debug/%s", folder, name), &from, crc))
		return true;
	for (size_t i = 0; (dir = debug_dir(s->job->opts, i, mem, &from)); i++)
		if (try_link_below(s, dir, &from, name, crc))
			return true;
	return false;
}

/* What debuginfod's client keeps for files that no server has: empty, and not to be read. */
static bool is_told_absent(const char *path)
{
	struct stat st;

	return stat(path, &st) != 0 || st.st_size == 0;
}

/*
 * Ask the servers for the debug file with build ID @id, unless they failed before in this run:
 * its path, or NULL.  The first failure of a run is told to @warning.
 */
static const char *ask_servers(const struct hp_job *job, struct hp_slice id, struct hp_arena *mem,
			       const char **tried, const char **warning)
{
	const char *servers = job->opts->debuginfod;
	const char *path;
	const char *why;

	/* what a first attempt got is in the client's cache, and what it did not get stays away */
	if (!servers || !servers[strspn(servers, " ")] || job->no_dwarf)
		return NULL;
	if (job->shared && atomic_load(&job->shared->servers_failed)) {
		*tried = hp_text_line(mem, *tried, "debuginfod: failed before, and is not asked");
		return NULL;
	}
	if (job->shared)
		atomic_store(&job->shared->servers_asked, true);
	switch (hp_debuginfod_fetch(servers, id, mem, &path, &why)) {
	case HP_DEBUGINFOD_OK:
		return path;
	case HP_DEBUGINFOD_FAILED:
		if (!job->shared || !atomic_exchange(&job->shared->servers_failed, true))
			*warning = hp_textf(mem, "%s: %s; it is not asked again", servers, why);
		break;
	case HP_DEBUGINFOD_ABSENT:
		break;
	}
	*tried = hp_text_line(mem, *tried, hp_textf(mem, "debuginfod: %s: %s", servers, why));
	return NULL;
}

static bool by_debuginfod(struct search *s)
{
	const struct hp_origin from = hp_origin_found(NULL, HP_NO_OWNER);
	const char *cached;
	const char *path;

	if (s->id.len < 2)
		return false;
	cached = hp_debuginfod_cached(s->id, s->mem);
	if (!is_told_absent(cached) && try(s, cached, &from, "debuginfod", NULL))
		return true;
	path = ask_servers(s->job, s->id, s->mem, &s->found->tried, &s->found->servers);
	return path && try(s, path, &from, "debuginfod", NULL);
}

void hp_find_debug(const struct hp_elf *f, const struct hp_job *job, struct hp_arena *mem,
		   struct hp_debug_found *found)
{
	struct search s = {f, f->build_id, job, mem, found, false, {0}};

	*found = HP_NO_DEBUG_FILE;
	if (!by_build_id(&s) && !by_link(&s) && !by_walk(&s))
		(void)by_debuginfod(&s); /* the file's own symbols have to do */
}

/* The bytes of build ID @text, which a profile recorded; none when it is no hexadecimal number. */
static struct hp_slice read_id(const char *text, struct hp_arena *mem)
{
	size_t len = strlen(text) / 2;
	char *bytes = hp_arena_text(mem, len + 1);

	if (!bytes || strlen(text) % 2 || len > BUILD_ID_MAX)
		return (struct hp_slice){NULL, 0};
	for (size_t i = 0; i < len; i++) {
		int high = hp_hex_digit(text[2 * i]);
		int low = hp_hex_digit(text[2 * i + 1]);

		if (high < 0 || low < 0)
			return (struct hp_slice){NULL, 0};
		bytes[i] = (char)(high << 4 | low);
	}
	return (struct hp_slice){bytes, len};
}

void hp_find_debug_alone(const struct hp_job *job, struct hp_arena *mem,
			 struct hp_debug_found *found)
{
	struct search s = {NULL, {NULL, 0}, job, mem, found, false, {0}};

	*found = HP_NO_DEBUG_FILE;
	if (job->build_id)
		s.id = read_id(job->build_id, mem);
	if (!by_build_id(&s))
		(void)by_walk(&s);
}

bool hp_find_no_debug(const struct hp_job *job, struct hp_arena *mem, const char **tried)
{
	const struct hprof_symbolize_opts *o = job->opts;
	struct hp_slice id = read_id(job->build_id ? job->build_id : "", mem);
	struct hp_origin from;
	const char *dir;
	const char *why;

	*tried = "";
	if (id.len < 2)
		return true;
	for (size_t i = 0; (dir = debug_dir(o, i, mem, &from)); i++) {
		const char *path = build_id_path(dir, id, mem);

		if (!is_for_missing(o, &from))
			continue;
		if (!hp_origin_absent(hp_find_inside(o, path, mem), &why))
			return false;
		*tried = add_tried(mem, *tried, "build-id", path, why);
	}
	if (is_listed_absent(job, id, mem))
		return true;
	for (size_t i = 0; i < o->n_debug_dirs; i++)
		if (!hp_origin_absent(o->debug_dirs[i], &why)) /* it would be walked through */
			return false;
	return true;
}

/* --- files that several debug files share --- */

bool hp_alt_link(const struct hp_elf *from, struct hp_slice *name, struct hp_slice *id)
{
	struct hp_slice link = hp_elf_contents(hp_elf_section(from, ".gnu_debugaltlink"));

	*name = (struct hp_slice){link.ptr, link.len ? strnlen(link.ptr, link.len) : 0};
	*id = (struct hp_slice){NULL, 0};
	if (link.len > name->len)
		*id = hp_slice_from(link, name->len + 1);
	return id->len >= 2 && name->len <= UINT16_MAX;
}

/* Where @name leads that stands in the file @link: candidate number @i, NULL past the last. */
static const char *linked_place(const struct hp_job *job, const struct hp_elf *link,
				const char *name, size_t i, struct hp_arena *mem,
				struct hp_origin *from)
{
	const char *folder = hp_text_dirname(mem, link->path);
	struct hp_places places = {0};
	const char *at = NULL;

	if (!*name)
		return NULL;
	*from = hp_origin_found(folder, hp_origin_owner(link->fd));
	if (name[0] != '/')
		return i == 0 ? hp_find_inside(job->opts, hp_textf(mem, "%s/%s", folder, name), mem)
			      : NULL;
	hp_places_add(&places, job->opts, name, mem);
	if (i < places.n) {
		at = places.row[i].path;
		if (places.row[i].from.kind == HP_ORIGIN_RECORDED)
			from->folder = NULL; /* whatever folder that is */
		else
			*from = places.row[i].from;
	}
	free(places.row);
	return at;
}

const char *hp_alt_candidate(const struct hp_job *job, const struct hp_elf *link,
			     struct hp_slice name, struct hp_slice id, size_t i,
			     struct hp_arena *mem, struct hp_origin *from)
{
	const char *dir;
	size_t n_dirs = 0;

	if (id.len < 2 || name.len > UINT16_MAX)
		return NULL;
	while ((dir = debug_dir(job->opts, n_dirs, mem, from))) {
		if (i == n_dirs)
			return hp_find_inside(job->opts, build_id_path(dir, id, mem), mem);
		n_dirs++;
	}
	*from = hp_origin_found(NULL, HP_NO_OWNER);
	if (i == n_dirs)
		return hp_debuginfod_cached(id, mem);
	return linked_place(job, link, hp_arena_string(mem, name), i - n_dirs - 1, mem, from);
}

/* How candidate @path was found. */
static const char *alt_how(const char *path, struct hp_slice id, struct hp_arena *mem)
{
	if (strcmp(path, hp_debuginfod_cached(id, mem)) == 0)
		return "debuginfod";
	return strstr(path, "/.build-id/") ? "build-id" : "altlink";
}

void hp_find_alt(const struct hp_elf *link, const struct hp_job *job, bool ask,
		 struct hp_arena *mem, struct hp_alt_found *found)
{
	const char *told = "";
	struct hp_origin from;
	struct hp_slice name;
	struct hp_slice id;
	const char *path;
	const char *why;

	*found = HP_NO_ALT_FILE;
	if (!hp_alt_link(link, &name, &id))
		return;
	for (size_t i = 0; (path = hp_alt_candidate(job, link, name, id, i, mem, &from)); i++) {
		if (has_build_id(path, &from, id, &why)) {
			*found = (struct hp_alt_found){path, alt_how(path, id, mem), "", "", from};
			return;
		}
		if (*path)
			found->tried =
				hp_text_join(mem, found->tried, hp_textf(mem, "%s: %s", path, why));
	}
	from = hp_origin_found(NULL, HP_NO_OWNER);
	path = ask ? ask_servers(job, id, mem, &told, &found->servers) : NULL;
	if (path && has_build_id(path, &from, id, &why))
		*found = (struct hp_alt_found){path, "debuginfod", "", "", from};
}

Dwarf *hp_alt_open(Dwarf *dwarf, const struct hp_elf *link, const struct hp_job *job,
		   struct hp_arena *mem)
{
	struct hp_alt_found found;
	const char *why;
	bool absent;
	Dwarf *alt;
	int fd;

	hp_find_alt(link, job, false, mem, &found);
	fd = *found.file ? hp_origin_open(found.file, &found.from, &why, &absent) : -1;
	if (fd < 0)
		return NULL;
	alt = hp_elf_path_inflates_well(found.file, &found.from) ? dwarf_begin(fd, DWARF_C_READ)
								 : NULL;
	if (!alt) {
		close(fd);
		return NULL;
	}
	dwarf_setalt(dwarf, alt); /* @fd stays open for as long as the process runs */
	return alt;
}
