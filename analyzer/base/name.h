/* name.h - names of functions: mangled ones, and what compilers append to them. */
#ifndef HP_BASE_NAME_H
#define HP_BASE_NAME_H

#include "analyzer/base/arena.h"
#include "analyzer/base/callname.h"

enum { HP_NAME_MAX = 65536 }; /* bytes; longer names are cut */

/* Whether @name follows the rules of a mangling: C++ (_Z), Rust (_R) or D (_D). */
bool hp_name_is_mangled(struct hp_slice name);

/*
 * @name demangled: with its arguments in *@full, without them in *@brief.  What is not
 * mangled stays as it is.  Results are at most HP_NAME_MAX bytes, and live as long as both
 * @mem and @name.
 */
void hp_name_demangle(struct hp_slice name, struct hp_arena *mem, struct hp_slice *brief,
		      struct hp_slice *full);

#endif
