/* regex.h - regular expressions over names; PCRE2 behind it. */
#ifndef HP_BASE_REGEX_H
#define HP_BASE_REGEX_H

#include "analyzer/base/error.h"

struct hp_regex;

/*
 * Compile @pattern: unanchored, case-sensitive, bytes.
 * Errors: EINVAL with the pattern, the place and what is wrong; ENOMEM.
 */
HP_MUST_CHECK int hp_regex_new(const char *pattern, struct hp_regex **out, struct hprof_error *err);
void hp_regex_free(struct hp_regex *re); /* NULL is allowed */

/*
 * Whether @s matches: 1 or 0; EINVAL when the pattern takes too many steps on it, so that no
 * name can make a match run for ever.
 */
HP_MUST_CHECK int hp_regex_match(const struct hp_regex *re, struct hp_slice s,
				 struct hprof_error *err);

#endif
