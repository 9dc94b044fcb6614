/* origin.h - opening a file by how it came to be known: named by the user, or found. */
#ifndef HP_SYMBOLIZE_ORIGIN_H
#define HP_SYMBOLIZE_ORIGIN_H

#include <stdbool.h>
#include <sys/types.h>

#include "analyzer/base/arena.h"

enum hp_origin_kind {
	HP_ORIGIN_NAMED,    /* by the user: links are followed wherever they lead */
	HP_ORIGIN_FOLDER,   /* it lies below a folder that the user named */
	HP_ORIGIN_RECORDED, /* the profile has its whole path */
	HP_ORIGIN_FOUND,    /* by its name, or by what another file says */
};

/*
 * Where a path is from.  But for named ones, no link is followed out of @folder, unless it is one
 * of the system's (see hp_origin_open()); what was found belongs to the user, root or @owner.
 */
struct hp_origin {
	enum hp_origin_kind kind;
	const char *folder; /* that the path begins with; NULL: the one that the file lies in */
	uid_t owner; /* of the file that led here; HP_NO_OWNER: nobody but the user and root */
};

#define HP_NO_OWNER ((uid_t)-1)

static inline struct hp_origin hp_origin_found(const char *folder, uid_t owner)
{
	return (struct hp_origin){HP_ORIGIN_FOUND, folder, owner};
}

static inline struct hp_origin hp_origin_below(const char *folder)
{
	return (struct hp_origin){HP_ORIGIN_FOLDER, folder, HP_NO_OWNER};
}

/* Whether nothing has the name @path; *@why says so, then. */
bool hp_origin_absent(const char *path, const char **why);

/*
 * Open the regular file @path for reading, without ever waiting.  Less than 0: *@why says what is
 * wrong, and *@absent whether nothing has that name.  A link of the system's is one of root's, in
 * a folder that only root can write to; when root asks, in /, /usr, /lib, /bin, /sbin or /etc.
 */
int hp_origin_open(const char *path, const struct hp_origin *from, const char **why, bool *absent);

/* Who owns the open file @fd; HP_NO_OWNER if that cannot be told. */
uid_t hp_origin_owner(int fd);

#endif
