/* identity.h - which file it is: what the profile recorded of it, and what the file is today. */
#ifndef HP_SYMBOLIZE_IDENTITY_H
#define HP_SYMBOLIZE_IDENTITY_H

#include "analyzer/symbolize/elf_file.h"
#include "analyzer/symbolize/job.h"

/* Times are nanoseconds since 1970, 0: not known. */
struct hp_identity {
	uint64_t device, inode; /* as memory maps name them (HP_DEVICE); 0: not known */
	int64_t written_ns;     /* last change of the contents */
	int64_t changed_ns;     /* of contents, name, owner or mode */
	int64_t born_ns;        /* when this inode was made: numbers are used again */
};

/* What speaks for a file, or against it. */
enum hp_trust {
	HP_TRUST_SAME,    /* the very file that was mapped, as it was then */
	HP_TRUST_UNKNOWN, /* nothing speaks for it or against it */
	HP_TRUST_DOUBT,   /* it may be another build: that is told, and it is checked harder */
	HP_TRUST_NONE,    /* it is another file */
};

struct hp_evidence {
	enum hp_trust trust;
	const char *seen;  /* what was compared, a line for each; "" */
	const char *doubt; /* why it may be another build, for a warning; "" */
	bool is_mild;      /* no warning if all return addresses follow calls */
	bool is_hard;      /* all of them must */
};

/* What open file @f, of which a mapping on @device was recorded (0: none), is. */
void hp_identity_read(const struct hp_elf *f, uint64_t device, struct hp_identity *out);

/* The same of the file at @path, without a look at mappings.  False: there is none. */
bool hp_identity_of_path(const char *path, struct hp_identity *out);

/*
 * What is later than this came after a dump of time @dump_ns (0: not known): times of archives and
 * of some file systems are whole seconds.
 */
int64_t hp_identity_end(int64_t dump_ns);

/* The device that was recorded for the code of @job, 0 if none was. */
uint64_t hp_identity_device(const struct hp_job *job);

/*
 * Judge the file @id at @path by device, inode and times.  HP_TRUST_NONE: *@why tells both sides.
 * Texts live in @mem.
 */
struct hp_evidence hp_identity_judge(const struct hp_job *job, const struct hp_identity *id,
				     const char *path, struct hp_arena *mem, const char **why);

#endif
