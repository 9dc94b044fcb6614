/* check.h - what always holds of a profile, for tests and for builds with sanitizers. */
#ifndef HP_MODEL_CHECK_H
#define HP_MODEL_CHECK_H

#include "analyzer/model/profile.h"

enum { HP_CHECK_TEXT = 160 };

/*
 * The first rule that @p, which is complete, breaks: a line in @text, which is returned; NULL when
 * it keeps all of them.  Rules that need memory to be checked are taken to hold where there is
 * none.
 */
const char *hp_profile_check(const struct hprof_profile *p, char text[HP_CHECK_TEXT]);

/*
 * In builds with HP_CHECKED, end the program when @p breaks a rule; @step, static text, names what
 * was done before.  Called after each step that writes to profiles.
 */
#ifdef HP_CHECKED
void hp_profile_must_hold(const struct hprof_profile *p, const char *step);
#else
static inline void hp_profile_must_hold(const struct hprof_profile *p, const char *step)
{
	(void)p;
	(void)step;
}
#endif

#endif
