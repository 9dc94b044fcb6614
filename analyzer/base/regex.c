/* regex.c - regular expressions over names; PCRE2 behind it. */
#include "analyzer/base/regex.h"

#include <stdlib.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

enum { MATCH_STEPS = 1000000, HEAP_KIB = 64 * 1024 };

struct hp_regex {
	char *pattern;
	pcre2_code *code;
	pcre2_match_data *data;
	pcre2_match_context *limits;
};

static int bad_pattern(const char *pattern, int code, size_t at, struct hprof_error *err)
{
	char quoted[HP_QUOTED_MAX];
	unsigned char reason[128];

	if (pcre2_get_error_message(code, reason, sizeof(reason)) < 0)
		reason[0] = '\0';
	return hp_fail(err, HPROF_EINVAL,
		       "%s is no regular expression: %s at character %zu; expected PCRE2 syntax",
		       hp_quote(quoted, hp_slice_str(pattern)), (const char *)reason, at + 1);
}

int hp_regex_new(const char *pattern, struct hp_regex **out, struct hprof_error *err)
{
	struct hp_regex *re = calloc(1, sizeof(*re));
	int code, r;
	size_t at;

	if (!re)
		return hp_fail_nomem(err);
	re->pattern = strdup(pattern);
	/* Characters, not bytes, as a search in pictures has them; what is no UTF-8 matches
	 * nothing. */
	re->code = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED,
				 PCRE2_NEVER_BACKSLASH_C | PCRE2_UTF | PCRE2_MATCH_INVALID_UTF,
				 &code, &at, NULL);
	if (!re->code) {
		r = bad_pattern(pattern, code, at, err);
		goto fail;
	}
	re->data = pcre2_match_data_create_from_pattern(re->code, NULL);
	re->limits = pcre2_match_context_create(NULL);
	if (!re->pattern || !re->data || !re->limits) {
		r = hp_fail_nomem(err);
		goto fail;
	}
	(void)pcre2_set_match_limit(re->limits, MATCH_STEPS);  /* always succeeds */
	(void)pcre2_set_heap_limit(re->limits, HEAP_KIB);      /* always succeeds */
	(void)pcre2_jit_compile(re->code, PCRE2_JIT_COMPLETE); /* without it: slower */
	*out = re;
	return HPROF_OK;
fail:
	hp_regex_free(re);
	return r;
}

void hp_regex_free(struct hp_regex *re)
{
	if (!re)
		return;
	pcre2_match_context_free(re->limits);
	pcre2_match_data_free(re->data);
	pcre2_code_free(re->code);
	free(re->pattern);
	free(re);
}

int hp_regex_match(const struct hp_regex *re, struct hp_slice s, struct hprof_error *err)
{
	char pattern[HP_QUOTED_MAX], text[HP_QUOTED_MAX];
	int r = pcre2_match(re->code, (PCRE2_SPTR)(s.ptr ? s.ptr : ""), s.len, 0, 0, re->data,
			    re->limits);

	if (r >= 0)
		return 1;
	if (r == PCRE2_ERROR_NOMATCH)
		return 0;
	return hp_fail(err, HPROF_EINVAL,
		       "expression %s takes too many steps on %s; make it simpler",
		       hp_quote(pattern, hp_slice_str(re->pattern)), hp_quote(text, s));
}
