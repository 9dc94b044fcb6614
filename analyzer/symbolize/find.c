/* find.c - the file of a module: where it may be, and which of those fits. */
#include "analyzer/symbolize/find.h"

#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyzer/base/column.h"
#include "analyzer/symbolize/crt.h"
#include "analyzer/symbolize/debug_file.h"
#include "analyzer/symbolize/layout.h"
#include "analyzer/symbolize/text.h"

enum {
	MAX_LINKS = 40,
	MAX_VOTES = 8,   /* files that are asked for the machine that ran... */
	MAX_VOTERS = 32, /* ...of so many modules */
	PAGE = 4096,     /* bytes, if no size fits */
};

static const struct hp_origin named = {HP_ORIGIN_NAMED, NULL, HP_NO_OWNER};
static const struct hp_origin recorded = {HP_ORIGIN_RECORDED, NULL, HP_NO_OWNER};

static const char no_such_file[] = "no such file";

static void add(struct hp_places *p, const char *path, const char *how, struct hp_origin from,
		bool absent)
{
	for (uint32_t i = 0; i < p->n; i++)
		if (strcmp(p->row[i].path, path) == 0)
			return;
	if (!*path)
		return;
	if (!HP_COLUMN_ROOM(p->row, p->n, p->cap)) {
		p->failed = true;
		return;
	}
	p->row[p->n++] = (struct hp_candidate){path, how, absent, from};
}

/* Drop the last component of @path. */
static void drop_last(char *path)
{
	char *slash = strrchr(path, '/');

	if (slash)
		*slash = '\0';
	else
		path[0] = '\0';
}

/*
 * Put what link @full means, followed by @rest, into @next.  False: no link, or too long.
 */
static bool follow(const char *full, const char *rest, char next[PATH_MAX])
{
	char target[PATH_MAX];
	ssize_t n = readlink(full, target, sizeof(target) - 1);

	if (n <= 0 || (size_t)n + 1 + strlen(rest) >= PATH_MAX)
		return false;
	memcpy(next, target, (size_t)n);
	next[n] = '/';
	memcpy(next + n + 1, rest, strlen(rest) + 1);
	return true;
}

const char *hp_find_in_root(const char *root, const char *path, struct hp_arena *mem)
{
	char rest[PATH_MAX]; /* still to be walked */
	char next[PATH_MAX];
	char done[PATH_MAX] = ""; /* walked, below @root, without links */
	const char *full = "";
	unsigned links = 0;
	struct stat st;

	if (strlen(path) >= sizeof(rest))
		return NULL;
	memcpy(rest, path, strlen(path) + 1);
	while (rest[0]) {
		size_t skip = strspn(rest, "/");
		size_t n = strcspn(rest + skip, "/");
		const char *part = hp_arena_string(mem, (struct hp_slice){rest + skip, n});

		memmove(rest, rest + skip + n, strlen(rest + skip + n) + 1);
		if (strcmp(part, "..") == 0)
			drop_last(done);
		if (!*part || strcmp(part, ".") == 0 || strcmp(part, "..") == 0)
			continue;
		full = hp_textf(mem, "%s%s/%s", root, done, part);
		if (lstat(full, &st) != 0 || strlen(done) + 1 + n >= sizeof(done))
			return NULL;
		if (!S_ISLNK(st.st_mode)) {
			size_t end = strlen(done);

			done[end] = '/';
			memcpy(done + end + 1, part, n + 1);
			continue;
		}
		if (++links > MAX_LINKS || !follow(full, rest, next))
			return NULL;
		if (next[0] == '/')
			done[0] = '\0';
		memcpy(rest, next, strlen(next) + 1);
	}
	return hp_textf(mem, "%s%s", root, done);
}

static const char *root_of(const struct hprof_symbolize_opts *o, size_t i, struct hp_arena *mem)
{
	size_t n = strlen(o->sysroots[i]);

	while (n > 0 && o->sysroots[i][n - 1] == '/')
		n--;
	return hp_arena_string(mem, (struct hp_slice){o->sysroots[i], n});
}

const char *hp_find_inside(const struct hprof_symbolize_opts *o, const char *path,
			   struct hp_arena *mem)
{
	for (size_t i = 0; i < o->n_sysroots; i++) {
		const char *root = root_of(o, i, mem);
		size_t n = strlen(root);
		const char *real;

		if (strncmp(path, root, n) != 0 || path[n] != '/')
			continue;
		real = hp_find_in_root(root, path + n, mem);
		return real ? real : "";
	}
	return path;
}

static void add_sysroots(struct hp_places *p, const struct hprof_symbolize_opts *o,
			 const char *path, struct hp_arena *mem)
{
	for (size_t i = 0; i < o->n_sysroots; i++) {
		const char *root = root_of(o, i, mem);
		const char *real = hp_find_in_root(root, path, mem);

		if (real)
			add(p, real, "sysroot", hp_origin_below(root), false);
		else
			add(p, hp_textf(mem, "%s%s%s", root, path[0] == '/' ? "" : "/", path),
			    "sysroot", hp_origin_below(root), true);
	}
}

/*
 * The first map whose prefix ends where a name of @path ends, or else the first whose prefix
 * is any at all: "/build-" may have been meant.
 */
static const struct hprof_path_map *find_map(const struct hprof_symbolize_opts *o, const char *path)
{
	const struct hprof_path_map *loose = NULL;

	for (size_t i = 0; i < o->n_path_maps; i++) {
		const char *from = o->path_maps[i].from;
		size_t n = strlen(from);

		if (strncmp(path, from, n) != 0)
			continue;
		if (!path[n] || path[n] == '/' || (n && from[n - 1] == '/'))
			return &o->path_maps[i];
		if (!loose)
			loose = &o->path_maps[i];
	}
	return loose;
}

const char *hp_find_mapped(const struct hprof_symbolize_opts *o, const char *path,
			   struct hp_arena *mem, struct hp_origin *from)
{
	const struct hprof_path_map *map = find_map(o, path);
	const char *rest = map ? path + strlen(map->from) : "";
	size_t n = map ? strlen(map->to) : 0;

	if (!map)
		return NULL;
	*from = hp_origin_below(map->to);
	if (!*rest)
		*from = named;
	else if (n && *rest != '/' && map->to[n - 1] != '/')
		from->folder = hp_text_dirname(mem, map->to); /* it ends inside a name */
	return hp_textf(mem, "%s%s", map->to, rest);
}

void hp_places_add(struct hp_places *p, const struct hprof_symbolize_opts *o, const char *path,
		   struct hp_arena *mem)
{
	struct hp_origin from;
	const char *mapped = hp_find_mapped(o, path, mem, &from);

	if (mapped) {
		add(p, mapped, "path-map", from, false);
		add_sysroots(p, o, mapped, mem);
	}
	add_sysroots(p, o, path, mem);
	if (!o->n_sysroots && path[0] == '/') /* not whatever is in the folder of the day */
		add(p, path, "recorded", recorded, false);
}

bool hp_find_means(const char *module, const char *path)
{
	if (strchr(module, '/'))
		return strcmp(module, path) == 0;
	return hp_slice_same(hp_slice_str(module), hp_slice_basename(hp_slice_str(path)));
}

/* Files that were named: several may be, for profiles of several builds. */
static void add_named(struct hp_places *p, const struct hp_job *job)
{
	const struct hprof_symbolize_opts *o = job->opts;

	for (size_t i = 0; i < o->n_binaries; i++)
		if (hp_find_means(o->binaries[i].module, job->path))
			add(p, o->binaries[i].file, "binary", named, false);
	if (job->program && o->binary)
		add(p, o->binary, "binary", named, false);
}

static void list_places(const struct hp_job *job, struct hp_arena *mem, struct hp_places *p)
{
	const struct hprof_symbolize_opts *o = job->opts;
	struct hp_slice base = hp_slice_basename(hp_slice_str(job->path));

	if (job->named) {
		add_named(p, job);
		return;
	}
	hp_places_add(p, o, job->path, mem);
	if (o->profile_path && strcmp(o->profile_path, "-") != 0 && base.len) {
		const char *folder = hp_text_dirname(mem, o->profile_path);

		add(p, hp_textf(mem, "%s/%.*s", folder, (int)base.len, base.ptr), "beside",
		    hp_origin_found(folder, HP_NO_OWNER), false);
	}
}

void hp_find_places(const struct hp_job *job, struct hp_arena *mem, struct hp_places *p)
{
	add_named(p, job);
	if (!p->n)
		list_places(job, mem, p);
}

void hp_find_span(const struct hp_job *job, struct hp_arena *mem, struct hp_time_span *span)
{
	struct hp_places p = {0};

	add_named(&p, job);
	list_places(job, mem, &p);
	for (uint32_t i = 0; i < p.n; i++) {
		struct hp_identity id;

		if (p.row[i].absent || !hp_identity_of_path(p.row[i].path, &id))
			continue;
		const int64_t time[] = {id.written_ns, id.changed_ns, id.born_ns};

		for (size_t k = 0; k < HP_LEN(time); k++) {
			if (time[k] <= span->at && time[k] > span->from)
				span->from = time[k];
			if (time[k] > span->at && time[k] < span->to)
				span->to = time[k];
		}
	}
	free(p.row);
}

/* Whether all addresses fit into the 4 GiB of a 32-bit process. */
static bool may_be_32_bit(const struct hp_job *job)
{
	for (uint32_t i = 0; i < job->n_maps; i++)
		if (job->maps[i].limit > (uint64_t)1 << 32)
			return false;
	return true;
}

static bool is_whole(const struct hp_elf *f)
{
	for (size_t i = 0; i < f->n_segments; i++)
		if (f->segment[i].offset + f->segment[i].file_len > f->image_len)
			return false;
	return true;
}

/* The first file that fits the mappings of @job, to learn the machine from; closed by caller. */
static bool open_fitting(const struct hp_job *job, struct hp_arena *mem, struct hp_elf *f)
{
	struct hp_places p = {0};
	bool found = false;
	struct hp_identity id;
	struct hp_fit fit;
	const char *why;

	list_places(job, mem, &p);
	for (uint32_t i = 0; i < p.n && !found; i++) {
		if (p.row[i].absent ||
		    hp_elf_open(f, p.row[i].path, &p.row[i].from, mem, &why) != HP_ELF_OK)
			continue;
		hp_identity_read(f, hp_identity_device(job), &id);
		found = hp_fit_mappings(f, job, &id, mem, &fit, &why);
		if (!found)
			hp_elf_close(f);
	}
	free(p.row);
	return found;
}

struct machine {
	uint16_t machine;
	int elf_class;
	uint32_t files; /* that are of it */
};

/*
 * Find the machine that ran: the one that most of the first files with code are of, the
 * program's own if none is of more.  A profile does not record it, and any one file may be
 * another than the one that ran.  False: there is no file to tell.
 */
static bool find_machine(const struct hp_job *job, struct hp_arena *mem, struct machine *out)
{
	struct machine seen[MAX_VOTES];
	uint32_t votes = 0;
	uint32_t n = 0;

	*out = (struct machine){.files = 0};
	for (uint32_t i = 0; i < job->n_peers && i < MAX_VOTERS && votes < MAX_VOTES; i++) {
		struct hp_elf f;
		uint32_t k = 0;

		if (!open_fitting(&job->peers[i], mem, &f))
			continue;
		votes++;
		while (k < n && (seen[k].machine != f.machine || seen[k].elf_class != f.elf_class))
			k++;
		if (k == n)
			seen[n++] = (struct machine){f.machine, f.elf_class, 0};
		seen[k].files++;
		hp_elf_close(&f);
	}
	for (uint32_t k = 0; k < n; k++)
		if (seen[k].files > out->files)
			*out = seen[k];
	return n > 0;
}

static bool same_machine(const struct hp_job *job, const struct hp_elf *f, struct hp_arena *mem)
{
	struct machine m;

	return !find_machine(job, mem, &m) ||
	       (m.machine == f->machine && m.elf_class == f->elf_class);
}

/* Whether the build ID that was recorded, if any, is that of @f.  False: it is not, or *@unknown.
 */
static bool same_build(const struct hp_job *job, const struct hp_elf *f, struct hp_arena *mem,
		       bool *unknown, const char **why)
{
	const char *id = hp_text_hex(mem, f->build_id.ptr, f->build_id.len);

	*unknown = !job->build_id || !*job->build_id || !f->build_id.len;
	if (*unknown)
		return false;
	*why = hp_textf(mem, "its build ID is %s, the profile recorded %.64s", id, job->build_id);
	return strcasecmp(id, job->build_id) == 0;
}

/* Judge open file found->elf, of @path, whose build ID is not recorded, by all else that is. */
static bool judge_evidence(const struct hp_job *job, const char *path, struct hp_arena *mem,
			   struct hp_found *found, const char **why)
{
	const struct hp_elf *f = &found->elf;
	struct hp_identity id;
	struct hp_evidence e;

	hp_identity_read(f, hp_identity_device(job), &id);
	if (!hp_fit_mappings(f, job, &id, mem, &found->fit, why))
		return false;
	e = hp_identity_judge(job, &id, path, mem, why);
	if (e.trust == HP_TRUST_NONE || !hp_fit_calls(f, job, &found->fit, mem, &e, why) ||
	    hp_crt_holds(f, f, job, &found->fit, mem, why))
		return false;
	found->evidence = hp_text_lines(mem, "layout of its code", e.seen);
	if (*e.doubt)
		found->doubt = hp_textf(mem, "%s: %s", path, e.doubt);
	return true;
}

/*
 * The same where there is no code in the file, which is not the one that ran: neither its inode nor
 * calls can tell.
 */
static bool judge_layout(const struct hp_job *job, const char *path, struct hp_arena *mem,
			 struct hp_found *found, const char **why)
{
	const struct hp_elf *f = &found->elf;
	struct hp_identity id = {0};

	if (!hp_fit_mappings(f, job, &id, mem, &found->fit, why) ||
	    hp_crt_holds(f, f, job, &found->fit, mem, why))
		return false;
	found->evidence = "layout of its code";
	found->doubt = hp_textf(mem,
				"%s: it holds no code that addresses could be compared with, and "
				"the profile no build ID: only its layout fits",
				path);
	return true;
}

/* HP_MODULE_OK when open file found->elf, of @path, can be the one of @job; else why not. */
static enum hp_module_status judge(const struct hp_job *job, const char *path, struct hp_arena *mem,
				   struct hp_found *found, const char **why)
{
	struct hp_elf *f = &found->elf;
	struct hp_identity id = {0};
	const char *unused;
	bool unknown;

	*why = "truncated: segments reach beyond its end";
	if (!f->debug_only && !is_whole(f))
		return HP_MODULE_UNREADABLE;
	hp_layout_restore(f, job);
	if (same_build(job, f, mem, &unknown, why)) {
		(void)hp_fit_mappings(f, job, &id, mem, &found->fit, &unused); /* it is the file */
		found->evidence = "build ID";
		return HP_MODULE_OK;
	}
	if (!unknown)
		return HP_MODULE_MISMATCH;
	*why = "of another machine than the other files of the process";
	if (f->elf_class == ELFCLASS32 && !may_be_32_bit(job))
		return HP_MODULE_MISMATCH;
	if (!same_machine(job, f, mem))
		return HP_MODULE_MISMATCH;
	if (f->debug_only)
		return judge_layout(job, path, mem, found, why) ? HP_MODULE_OK : HP_MODULE_MISMATCH;
	return judge_evidence(job, path, mem, found, why) ? HP_MODULE_OK : HP_MODULE_MISMATCH;
}

/* With @force the file of @p is used although it does not fit; *@why tells what does not. */
static enum hp_module_status try(const struct hp_job *job, const struct hp_candidate *p, bool force,
				 struct hp_arena *mem, struct hp_found *found, const char **why)
{
	enum hp_module_status status;

	*why = no_such_file;
	if (p->absent)
		return HP_MODULE_MISSING;
	switch (hp_elf_open(&found->elf, p->path, &p->from, mem, why)) {
	case HP_ELF_ABSENT:
		return HP_MODULE_MISSING;
	case HP_ELF_UNREADABLE:
		return HP_MODULE_UNREADABLE;
	case HP_ELF_OK:
		break;
	}
	found->fit = (struct hp_fit){.page = PAGE};
	status = judge(job, p->path, mem, found, why);
	if (status == HP_MODULE_MISMATCH && force)
		return HP_MODULE_OK;
	if (status != HP_MODULE_OK)
		hp_elf_close(&found->elf);
	return status;
}

/* Remember that @p was no good; a mismatch says more than an unreadable or absent file. */
static void note_refusal(struct hp_found *found, const struct hp_candidate *p,
			 enum hp_module_status status, const char *why, struct hp_arena *mem)
{
	const char *text = hp_textf(mem, "%s: %s", p->path, why);

	found->note = hp_text_join(mem, found->note, text);
	found->tried = hp_text_line(mem, found->tried, hp_textf(mem, "%s: %s", p->how, text));
	if (status == HP_MODULE_MISMATCH && !*found->mismatch)
		found->mismatch = text;
	if (status == HP_MODULE_UNREADABLE && !*found->unreadable)
		found->unreadable = text;
	if (found->status == HP_MODULE_MISMATCH || status == HP_MODULE_MISSING ||
	    found->status == status)
		return;
	found->status = status;
	found->file = p->path;
	found->how = p->how;
}

/* Whether the user named the file, or where it lies; else it was found. */
static bool is_named(const struct hp_found *found)
{
	return strcmp(found->how, "binary") == 0 || strcmp(found->how, "path-map") == 0;
}

bool hp_find_is_wanted(const struct hp_job *job, const struct hp_found *found)
{
	return job->opts->force_binary && (is_named(found) || found->forced);
}

void hp_find_force(struct hp_found *found, const char *why, struct hp_arena *mem)
{
	found->forced = true;
	found->evidence = "force";
	found->note =
		hp_textf(mem, "used by force although it does not fit: %s: %s", found->file, why);
	found->mismatch = "";
	if (!is_named(found))
		found->mismatch = hp_textf(mem, "%s: %s; used by force", found->file, why);
}

/* Use the first of @p that does not fit, since the user says so. */
static void force(const struct hp_job *job, const struct hp_places *p, struct hp_arena *mem,
		  struct hp_found *found)
{
	const char *why;

	for (uint32_t i = 0; i < p->n; i++) {
		if (try(job, &p->row[i], true, mem, found, &why) != HP_MODULE_OK)
			continue;
		found->status = HP_MODULE_OK;
		found->file = p->row[i].path;
		found->how = p->row[i].how;
		hp_find_force(found, why, mem);
		return;
	}
}

/* Use the file of @p if it fits. */
static void use(const struct hp_job *job, const struct hp_candidate *p, struct hp_arena *mem,
		struct hp_found *found)
{
	const char *why;
	enum hp_module_status status = try(job, p, false, mem, found, &why);

	if (status != HP_MODULE_OK) {
		note_refusal(found, p, status, why, mem);
		return;
	}
	found->status = status;
	found->file = p->path;
	found->how = p->how;
	found->note = "";
}

/* Use a debug file in the place of a file that is missing, or is there as another build only. */
static void use_debug_file(const struct hp_job *job, struct hp_arena *mem, struct hp_found *found)
{
	struct hp_debug_found debug;

	hp_find_debug_alone(job, mem, &debug);
	found->debug_refused = debug.refused;
	found->tried = hp_text_lines(mem, found->tried, debug.tried);
	if (!*debug.file)
		return;
	hp_elf_close(&debug.elf);
	use(job, &(struct hp_candidate){debug.file, debug.how, false, debug.from}, mem, found);
}

const struct hp_found hp_found_nothing = {
	.status = HP_MODULE_MISSING,
	.elf.fd = -1,
	.file = "",
	.how = "",
	.note = "",
	.tried = "",
	.mismatch = "",
	.unreadable = "",
	.debug_refused = "",
	.evidence = "",
	.doubt = "",
};

void hp_find_module(const struct hp_job *job, struct hp_arena *mem, struct hp_found *found)
{
	struct hp_places p = {0};

	*found = hp_found_nothing;
	list_places(job, mem, &p);
	for (uint32_t i = 0; found->status != HP_MODULE_OK && i < p.n; i++)
		use(job, &p.row[i], mem, found);
	if (found->status != HP_MODULE_OK && !job->named)
		use_debug_file(job, mem, found);
	if (found->status == HP_MODULE_MISMATCH && job->opts->force_binary)
		force(job, &p, mem, found);
	free(p.row);
}

bool hp_find_nothing(const struct hp_job *job, struct hp_arena *mem, struct hp_found *found)
{
	struct hp_places p = {0};
	const char *tried = "";
	bool absent = true;

	*found = hp_found_nothing;
	list_places(job, mem, &p);
	for (uint32_t i = 0; absent && i < p.n; i++) {
		const char *why = no_such_file;

		absent = p.row[i].absent || hp_origin_absent(p.row[i].path, &why);
		note_refusal(found, &p.row[i], HP_MODULE_MISSING, why, mem);
	}
	if (absent && !job->named)
		absent = hp_find_no_debug(job, mem, &tried);
	found->tried = hp_text_lines(mem, found->tried, tried);
	free(p.row);
	return absent && !p.failed && !mem->failed;
}
