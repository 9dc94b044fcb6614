/*
 * identity.c - which file it is: what the profile recorded of it, and what the file is today.
 *
 * A profile records device and inode of what was mapped, and was written at some time; a file
 * has these, and times of its own.  A program that is built anew in its place keeps its layout, and
 * most of its calls, so these are all that can tell.  What is compared, and what follows:
 *
 *	device  inode  file                         follows
 *	same    same   older than the dump          it is the file that ran; that it was renamed,
 *	                                            linked or overwritten since is told by "info"
 *	same    same   written after the dump       hard doubt: touched, stripped, overwritten
 *	same    same   made after the dump          as another inode: its number is used again
 *	same    other  older, and there before      nothing: recorded in another file system; doubt
 *	                                            if it ran on this host, as others of its files
 *	                                            tell: moved into its place.  Not of a file of
 *	                                            the distribution: hosts are made from images, on
 *	                                            which packages are installed then
 *	same    other  older, there since the dump  doubt: an upgrade, or brought back; mild if
 *	                                            nothing tells that it ran on this host
 *	same    other  written after the dump       refused: built anew
 *	same    other  older, recorded as deleted   doubt: replaced while it ran
 *	other   any    older than the dump          nothing: a container, a copy, another host
 *	other   any    written after the dump       doubt
 *	none    none   older, or times not known    nothing
 *	none    none   written after the dump       doubt
 *
 * Another inode counts only where the path is the one that was recorded: copies have inodes of
 * their own.  And only if the process saw the file systems of today: when none of its files has the
 * recorded inode, and one lay there unchanged all the time, it ran elsewhere.  Doubt is a warning,
 * and return addresses are checked harder; where it is hard, all of them must follow calls; where
 * it is mild and all do, there is no warning.  The time of a dump is that of its file: of a copy it
 * is later, which makes files older.  So evidence may be lost, but is never false.
 */
#include "analyzer/symbolize/identity.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "analyzer/base/scan.h"
#include "analyzer/model/profile.h"
#include "analyzer/symbolize/text.h"

enum { MAX_PEERS = 32 }; /* files that are looked at to learn where the process ran */

#define SECOND_NS ((int64_t)1000000000)

static int64_t ns_of(int64_t seconds, uint32_t ns)
{
	return seconds <= 0 || seconds >= INT64_MAX / SECOND_NS ? 0 : seconds * SECOND_NS + ns;
}

/* "start-limit perms offset device inode" of this process, if @addr lies in it. */
static bool read_own_map(struct hp_slice s, uint64_t addr, struct hp_identity *out)
{
	uint64_t start, limit, major, minor, inode;
	struct hp_slice skipped;

	if (!hp_scan_hex(&s, &start) || !hp_scan_char(&s, '-') || !hp_scan_hex(&s, &limit) ||
	    addr < start || addr >= limit)
		return false;
	for (unsigned i = 0; i < 2; i++) {
		hp_scan_blanks(&s);
		if (!hp_scan_word(&s, &skipped))
			return false;
	}
	hp_scan_blanks(&s);
	if (!hp_scan_hex(&s, &major) || !hp_scan_char(&s, ':') || !hp_scan_hex(&s, &minor))
		return false;
	hp_scan_blanks(&s);
	if (hp_scan_u64(&s, &inode) && inode) {
		out->device = HP_DEVICE(major, minor);
		out->inode = inode;
	}
	return true;
}

/*
 * Some file systems show another device in memory maps than to stat() (btrfs, overlays): the
 * bytes of @f are mapped, so the map of this process names it as that of the profile would.
 */
static void read_as_mapped(const struct hp_elf *f, struct hp_identity *out)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;

	if (!maps)
		return;
	while ((n = getline(&line, &cap, maps)) > 0)
		if (read_own_map((struct hp_slice){line, (size_t)n}, (uintptr_t)f->image, out))
			break;
	free(line);
	(void)fclose(maps); /* it was read only */
}

static bool read_state(int dir, const char *path, int flags, struct hp_identity *out)
{
	struct statx st;

	*out = (struct hp_identity){0};
	if (statx(dir, path, flags, STATX_BASIC_STATS | STATX_BTIME, &st) != 0)
		return false;
	out->device = HP_DEVICE(st.stx_dev_major, st.stx_dev_minor);
	out->inode = st.stx_ino;
	out->written_ns = ns_of(st.stx_mtime.tv_sec, st.stx_mtime.tv_nsec);
	out->changed_ns = ns_of(st.stx_ctime.tv_sec, st.stx_ctime.tv_nsec);
	if (st.stx_mask & STATX_BTIME)
		out->born_ns = ns_of(st.stx_btime.tv_sec, st.stx_btime.tv_nsec);
	return true;
}

void hp_identity_read(const struct hp_elf *f, uint64_t device, struct hp_identity *out)
{
	if (read_state(f->fd, "", AT_EMPTY_PATH, out) && device && device != out->device)
		read_as_mapped(f, out);
}

bool hp_identity_of_path(const char *path, struct hp_identity *out)
{
	return read_state(AT_FDCWD, path, 0, out);
}

/* The code mapping of @job that is on record with the inode of @id, or else the first with any. */
static const struct hp_job_map *recorded_map(const struct hp_job *job, const struct hp_identity *id)
{
	const struct hp_job_map *first = NULL;

	for (uint32_t i = 0; i < job->n_maps; i++) {
		const struct hp_job_map *m = &job->maps[i];

		if (!m->exec || !m->inode)
			continue;
		if (id && m->inode == id->inode && m->device == id->device)
			return m;
		if (!first)
			first = m;
	}
	return first;
}

uint64_t hp_identity_device(const struct hp_job *job)
{
	const struct hp_job_map *m = recorded_map(job, NULL);

	return m ? m->device : 0;
}

int64_t hp_identity_end(int64_t dump_ns)
{
	if (!dump_ns)
		return INT64_MAX;
	return dump_ns % SECOND_NS ? dump_ns : dump_ns + SECOND_NS - 1;
}

static bool is_later(const struct hp_job *job, int64_t ns)
{
	return ns > hp_identity_end(job->time_ns);
}

enum host {
	HOST_UNKNOWN,
	HOST_SAME,  /* a file has the inode that was recorded */
	HOST_OTHER, /* none has, and not because of what came later */
};

/*
 * Whether the process of @job had the file systems of today, as far as its other files tell.  Where
 * a sysroot was given, those of this host are not looked at.
 */
static enum host find_host(const struct hp_job *job)
{
	enum host host = HOST_UNKNOWN;

	for (uint32_t i = 0; i < job->n_peers && i < MAX_PEERS && !job->opts->n_sysroots; i++) {
		const struct hp_job_map *m = recorded_map(&job->peers[i], NULL);
		struct hp_identity id;

		if (!m || job->peers[i].path[0] != '/' ||
		    strcmp(job->peers[i].path, job->path) == 0 ||
		    !hp_identity_of_path(job->peers[i].path, &id))
			continue;
		if (id.inode == m->inode && (id.device == m->device || id.device >> 32 == 0))
			return HOST_SAME;
		if (job->time_ns && !is_later(job, id.written_ns) && !is_later(job, id.changed_ns))
			host = HOST_OTHER;
	}
	return host;
}

/* Whether @path is, by whatever name, where the file of @job was. */
static bool is_recorded_path(const struct hp_job *job, const char *path)
{
	struct hp_identity a, b;

	return strcmp(path, job->path) == 0 ||
	       (job->path[0] == '/' && hp_identity_of_path(path, &a) &&
		hp_identity_of_path(job->path, &b) && a.device == b.device && a.inode == b.inode);
}

/* Time @ns to the second, or to the millisecond where @other is in the same second. */
static const char *time_text(int64_t ns, int64_t other, struct hp_arena *mem)
{
	time_t seconds = (time_t)(ns / SECOND_NS);
	char text[40] = "", fraction[8] = "";
	struct tm tm;

	if (gmtime_r(&seconds, &tm))
		(void)strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm); /* fits */
	if (ns > 0 && seconds == other / SECOND_NS)
		(void)snprintf(fraction, sizeof(fraction), ".%03d",
			       (int)(ns % SECOND_NS / (SECOND_NS / 1000)));
	return hp_textf(mem, "%s%s UTC", text, fraction);
}

static const char *inode_text(uint64_t device, uint64_t inode, struct hp_arena *mem)
{
	return hp_textf(mem, "inode %" PRIu64 " on device %02" PRIx64 ":%02" PRIx64, inode,
			device >> 32, device & UINT32_MAX);
}

/* "recorded as inode X on device D; the file has inode Y on device D, what happened to it WHEN" */
static const char *both_sides(const struct hp_job *job, const struct hp_job_map *m,
			      const struct hp_identity *id, struct hp_arena *mem)
{
	bool again = m && id->inode && m->device == id->device && m->inode == id->inode &&
		     is_later(job, id->born_ns);
	const char *what = "";
	int64_t when = 0;

	if (again) {
		what = "its number is used again: made";
		when = id->born_ns;
	} else if (is_later(job, id->written_ns)) {
		what = "written";
		when = id->written_ns;
	} else if (m && (is_later(job, id->born_ns) || is_later(job, id->changed_ns))) {
		what = "there since";
		when = is_later(job, id->born_ns) ? id->born_ns : id->changed_ns;
	}
	if (when)
		what = hp_textf(mem, "%s %s, after the dump (%s)", what,
				time_text(when, job->time_ns, mem),
				time_text(job->time_ns, when, mem));
	if (!m || !id->inode)
		return what;
	return hp_textf(mem, "recorded as %s%s; the file has %s%s%s",
			inode_text(m->device, m->inode, mem),
			job->deleted ? ", deleted when the dump was written" : "",
			inode_text(id->device, id->inode, mem), *what ? ", " : "", what);
}

static bool is_of_distribution(const char *path)
{
	static const struct hp_slice folders[] = {
		HP_SLICE_LIT("/usr/lib"),   HP_SLICE_LIT("/lib"),  HP_SLICE_LIT("/usr/bin/"),
		HP_SLICE_LIT("/usr/sbin/"), HP_SLICE_LIT("/bin/"), HP_SLICE_LIT("/sbin/"),
	};

	for (size_t i = 0; i < HP_LEN(folders); i++)
		if (hp_slice_starts(hp_slice_str(path), folders[i]))
			return true;
	return false;
}

/* Judge the file @id where another inode was recorded, on its device and at its path. */
static void judge_other_inode(const struct hp_job *job, const struct hp_identity *id, bool written,
			      struct hp_evidence *e)
{
	enum host host = find_host(job);

	if (host == HOST_OTHER)
		return;
	if (written)
		e->trust = HP_TRUST_NONE;
	else if (job->deleted)
		e->trust = HP_TRUST_DOUBT;
	else if (is_later(job, id->born_ns) || is_later(job, id->changed_ns) ||
		 (host == HOST_SAME && (!job->time_ns || !is_of_distribution(job->path)))) {
		e->trust = HP_TRUST_DOUBT;
		e->is_mild = host != HOST_SAME;
	}
}

struct hp_evidence hp_identity_judge(const struct hp_job *job, const struct hp_identity *id,
				     const char *path, struct hp_arena *mem, const char **why)
{
	const struct hp_job_map *m = recorded_map(job, id);
	bool same_device = m && id->inode && m->device == id->device;
	bool written = is_later(job, id->written_ns);
	bool born = is_later(job, id->born_ns);
	bool same = same_device && m->inode == id->inode && !born;
	const char *sides = both_sides(job, m, id, mem);
	struct hp_evidence e = {.trust = HP_TRUST_UNKNOWN, .seen = sides, .doubt = ""};

	if (same)
		e.trust = HP_TRUST_SAME;
	if (written)
		e.trust = HP_TRUST_DOUBT;
	e.is_hard = same && written;
	if (same_device && !same && is_recorded_path(job, path))
		judge_other_inode(job, id, written, &e);
	if (e.trust == HP_TRUST_SAME)
		e.seen = hp_textf(mem, "%s, as recorded%s", inode_text(id->device, id->inode, mem),
				  is_later(job, id->changed_ns)
					  ? "; renamed, linked or overwritten after the dump, its "
					    "contents have an older time"
					  : "");
	if (e.trust == HP_TRUST_DOUBT)
		e.doubt = sides;
	if (e.trust == HP_TRUST_NONE)
		*why = hp_textf(mem, "%s: another build?", sides);
	return e;
}
