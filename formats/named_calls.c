/* named_calls.c - calls that a profile names by itself: function, file, line, object. */
#include "formats/named_calls.h"

#include <stdio.h>

#include "analyzer/base/callname.h"
#include "analyzer/base/scan.h"

#define UNKNOWN HP_LIT("???")

/* Where the parenthesis that ends @s begins, if a blank is before it; else 0. */
static size_t last_group(struct hp_slice s)
{
	size_t depth = 0;

	if (!s.len || s.ptr[s.len - 1] != ')')
		return 0;
	for (size_t i = s.len; i-- > 1;) {
		depth += s.ptr[i] == ')';
		depth -= s.ptr[i] == '(';
		if (depth == 0)
			return s.ptr[i - 1] == ' ' ? i : 0;
	}
	return 0;
}

/* "FILE:LINE" */
static bool take_place(struct hp_slice s, struct hp_call_text *out)
{
	const char *colon = s.len ? memrchr(s.ptr, ':', s.len) : NULL;
	struct hp_slice number;
	uint64_t line;

	if (!colon || colon == s.ptr)
		return false;
	number = hp_slice_from(s, (size_t)(colon - s.ptr) + 1);
	if (!hp_scan_u64(&number, &line) || number.len || line > UINT32_MAX)
		return false;
	out->file = (struct hp_slice){s.ptr, (size_t)(colon - s.ptr)};
	out->line = (uint32_t)line;
	return true;
}

static struct hp_slice known(struct hp_slice s)
{
	return hp_slice_same(s, UNKNOWN) ? (struct hp_slice){"", 0} : s;
}

struct hp_call_text hp_call_text(struct hp_slice s)
{
	struct hp_call_text out = {{"", 0}, {"", 0}, {"", 0}, 0};
	size_t at = last_group(s);
	struct hp_slice place = {"", 0};

	if (at)
		place = (struct hp_slice){s.ptr + at + 1, s.len - at - 2};
	if (hp_scan_text(&place, HP_LIT("in ")) && place.len)
		out.object = known(place);
	else if (!take_place(place, &out))
		at = 0;
	out.function = known(at ? (struct hp_slice){s.ptr, at - 1} : s);
	return out;
}

int hp_call_frame(struct hp_builder *b, const struct hp_call_text *call, struct hp_frame *frame,
		  hp_modid *module)
{
	struct hp_func_names names = {UNKNOWN, UNKNOWN, {"", 0}, call->file};
	struct hp_slice object = hp_slice_basename(call->object);
	char unnamed[512];
	int r = HPROF_OK;

	*module = (hp_modid){HP_NONE};
	frame->line = call->line;
	if (call->object.len)
		r = hp_build_module(b, call->object, module);
	if (call->function.len) {
		names.full = call->function;
		names.name = hp_name_brief(call->function);
	} else if (object.len) {
		int n = snprintf(unnamed, sizeof(unnamed), "??? (%.*s)",
				 object.len < 256 ? (int)object.len : 256, object.ptr);

		names.full = names.name = (struct hp_slice){unnamed, (size_t)n};
	}
	return r < 0 ? r : hp_build_func(b, &names, &frame->func);
}

int hp_synthetic_frame(struct hp_builder *b, struct hp_slice name, struct hp_frame *frame)
{
	const struct hp_func_names names = {name, name, {"", 0}, {"", 0}};

	frame->line = 0;
	return hp_build_exact_func(b, &names, &frame->func);
}
