/* callname.h - names of functions as they are read: without what only a linker needs. */
#ifndef HP_BASE_CALLNAME_H
#define HP_BASE_CALLNAME_H

#include "analyzer/base/slice.h"

/* @name without a symbol version: "memcpy@@GLIBC_2.14" is "memcpy". */
struct hp_slice hp_name_unversioned(struct hp_slice name);

/* @full without the parenthesis that ends it, all that is in there, and what follows. */
struct hp_slice hp_name_without_arguments(struct hp_slice full);

/*
 * The short form of a name that somebody else demangled: without arguments, return type (which
 * instances of templates have) and version.  "operator()" and "{lambda()#1}" stay whole.
 */
struct hp_slice hp_name_brief(struct hp_slice full);

#endif
