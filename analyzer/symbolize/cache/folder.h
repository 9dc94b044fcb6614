/*
 * folder.h - the folder of cache files: DIR/hprof, mode 0700, owned by who runs.
 *
 * Its files have names of a form of their own, and no other file there is ever touched.
 */
#ifndef HP_SYMBOLIZE_CACHE_FOLDER_H
#define HP_SYMBOLIZE_CACHE_FOLDER_H

#include <time.h>

#include "analyzer/base/error.h"
#include "analyzer/symbolize/cache/image.h"

enum { HP_FOLDER_NAME_MAX = 64 };

/* The name of the cache file for @key. */
void hp_folder_name(char name[HP_FOLDER_NAME_MAX], struct hp_slice key);

/*
 * Open the folder below @dir.  With @create it is made, and @dir as well if what holds that is
 * there.  Returns a descriptor; -1 when there is no folder, with @err empty, or when it cannot
 * be used, with what is wrong in @err (EIO, EFILE).
 */
int hp_folder_open(const char *dir, bool create, struct hprof_error *err);

/* The bytes of a file, mapped: zero-initialised is none. */
struct hp_folder_file {
	const void *bytes;
	size_t len;
	uint64_t dev, ino; /* which tell files of one name apart */
};

/*
 * Map file @name of folder @fd; false unless it is a regular file that belongs to who runs and
 * is of a plausible size.  With @use all of it is about to be read, and its time of last use
 * becomes now, at most once a minute.
 */
bool hp_folder_map(int fd, const char *name, bool use, struct hp_folder_file *out);
void hp_folder_unmap(struct hp_folder_file *f);

/*
 * Put @bytes[len] into file @name of folder @fd, which appears complete or not at all.
 * Errors: EIO.
 */
HP_MUST_CHECK int hp_folder_write(int fd, const char *name, const void *bytes, size_t len,
				  struct hprof_error *err);

struct hp_folder_entry {
	char name[HP_FOLDER_NAME_MAX];
	uint64_t bytes;
	struct timespec used;
	bool unfinished; /* is being written, or its writer was stopped */
};

struct hp_folder_list { /* the one used last first */
	struct hp_folder_entry *entry;
	uint32_t n, cap;
};

/* List the files of folder @fd, to be released.  Errors: EIO, ENOMEM. */
HP_MUST_CHECK int hp_folder_list(int fd, struct hp_folder_list *l, struct hprof_error *err);
void hp_folder_list_release(struct hp_folder_list *l);

/* Remove all of @l; *@files and *@bytes grow by what is gone.  Errors: EIO, after trying all. */
HP_MUST_CHECK int hp_folder_remove(int fd, const struct hp_folder_list *l, uint64_t *files,
				   uint64_t *bytes, struct hprof_error *err);

struct hp_folder_limits {
	uint64_t file_bytes; /* of one file */
	uint64_t bytes;      /* of all */
	uint32_t files;
};
extern const struct hp_folder_limits hp_folder_defaults;

/*
 * Remove files until the limits hold, the one that was used longest ago first, and what writers
 * that were stopped have left behind an hour ago or earlier.
 */
void hp_folder_trim(int fd, const struct hp_folder_limits *limits);

#endif
