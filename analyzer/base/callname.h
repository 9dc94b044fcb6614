/* callname.h - names of functions as they are read: without what only a linker needs. */
#ifndef HP_BASE_CALLNAME_H
#define HP_BASE_CALLNAME_H

#include "analyzer/base/strtab.h"

/* @name without a symbol version: "memcpy@@GLIBC_2.14" is "memcpy". */
struct hp_slice hp_name_unversioned(struct hp_slice name);

/* @full without the parenthesis that ends it, all that is in there, and what follows. */
struct hp_slice hp_name_without_arguments(struct hp_slice full);

/*
 * The short form of a name that somebody else demangled: without arguments, return type (which
 * instances of templates have) and version.  "operator()" and "{lambda()#1}" stay whole.
 */
struct hp_slice hp_name_brief(struct hp_slice full);

/* @symbol without the suffixes of copies that compilers make: ".cold", ".part.0", ".isra.3"... */
struct hp_slice hp_name_original(struct hp_slice symbol);

/* @full without the suffixes of copies, also as demanglers write them: "f(int) [clone .part.0]". */
struct hp_slice hp_name_uncloned(struct hp_slice full);

/*
 * @full without what differs from build to build though the function is the same: the hashes
 * of Rust ("f::h0123456789abcdef", "krate[0123abcd]::f"), the places of lambdas and the suffixes of
 * copies.  @room: [full.len] may hold the result.
 */
struct hp_slice hp_name_stem(struct hp_slice full, char *room);

/*
 * @name with the types of integers in it as the demangler writes them: "f<long unsigned int, 7>",
 * which is how g++ writes DW_AT_name, is "f<unsigned long, 7>".  @untyped: without what only the
 * demangler adds to numbers; "f<unsigned long, 7ul>" is the same.  @room: [2 * name.len] may hold
 * the result.
 */
struct hp_slice hp_name_plain_types(struct hp_slice name, bool untyped, char *room);
/* The same, added to @str; a name of no template is added as it is.  Errors: ENOMEM, ELIMIT. */
HP_MUST_CHECK int hp_name_add_plain(struct hp_strtab *str, struct hp_slice name, bool untyped,
				    hp_strid *out, struct hprof_error *err);

#endif
