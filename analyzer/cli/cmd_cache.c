/* cmd_cache.c - hprof cache: what is remembered about symbolized files. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "analyzer/base/jsonw.h"
#include "analyzer/base/width.h"
#include "analyzer/cli/output_file.h"
#include "analyzer/cli/user_dirs.h"

struct listing {
	struct hp_out out;
	struct hp_jsonw json;
	const char *dir; /* NULL: there is none */
	bool is_json;
	uint64_t n, bytes, addresses;
};

static char *joined(const char *a, const char *b)
{
	char *path = NULL;

	return asprintf(&path, "%s%s", a, b) < 0 ? NULL : path;
}

static void open_json(struct listing *l)
{
	char *folder = l->dir ? joined(l->dir, "/hprof") : NULL;

	hp_jsonw_init(&l->json, &l->out);
	hp_jsonw_open(&l->json, '{');
	hp_jsonw_key(&l->json, "schema");
	hp_jsonw_str(&l->json, "hprof/cache/1");
	if (folder) {
		hp_jsonw_key(&l->json, "folder");
		hp_jsonw_str(&l->json, folder);
	}
	free(folder);
}

static void open_entries(struct listing *l)
{
	open_json(l);
	hp_jsonw_key(&l->json, "entries");
	hp_jsonw_open(&l->json, '[');
}

static void put_json(struct listing *l, const struct hprof_cache_entry *e)
{
	struct hp_jsonw *w = &l->json;

	hp_jsonw_line(w);
	hp_jsonw_open(w, '{');
	if (e->usable) {
		hp_jsonw_key(w, "file");
		hp_jsonw_str(w, e->file);
	}
	if (*e->build_id) {
		hp_jsonw_key(w, "build_id");
		hp_jsonw_str(w, e->build_id);
	}
	hp_jsonw_key(w, "addresses");
	hp_jsonw_uint(w, e->addresses);
	hp_jsonw_key(w, "bytes");
	hp_jsonw_uint(w, e->bytes);
	hp_jsonw_key(w, "last_use");
	hp_jsonw_integer(w, (double)e->used_s);
	hp_jsonw_key(w, "usable");
	hp_jsonw_bool(w, e->usable);
	hp_jsonw_close(w, '}');
}

static void put_row(struct listing *l, const struct hprof_cache_entry *e)
{
	time_t used = (time_t)e->used_s;
	char when[32];
	char size[HP_NUMBER_MAX];
	struct tm tm;

	if (!localtime_r(&used, &tm) || !strftime(when, sizeof(when), "%Y-%m-%d %H:%M", &tm))
		(void)snprintf(when, sizeof(when), "?");
	if (l->n == 0)
		hp_out_fmt(&l->out, "%10s  %10s  %-16s  %-16s  %s\n", "addresses", "size",
			   "last use", "build ID", "file");
	hp_out_fmt(&l->out, "%10" PRIu64 "  %10s  %-16s  %-16.16s  ", e->addresses,
		   hp_format_bytes(size, (double)e->bytes, HPROF_UNIT_AUTO), when,
		   *e->build_id ? e->build_id : "-");
	if (e->usable)
		hp_out_safe(&l->out, hp_slice_str(e->file));
	else
		hp_out_str(&l->out, "(not usable: damaged, of another version, or unfinished)");
	hp_out_char(&l->out, '\n');
}

static void put_entry(void *ctx, const struct hprof_cache_entry *e)
{
	struct listing *l = ctx;

	if (l->is_json && l->n == 0)
		open_entries(l);
	if (l->is_json)
		put_json(l, e);
	else
		put_row(l, e);
	l->n++;
	l->bytes += e->bytes;
	l->addresses += e->addresses;
}

/* The closing line, or all of it where nothing is or was remembered. */
static void put_sum(struct listing *l, const char *intro, const char *between, const char *where)
{
	char size[HP_NUMBER_MAX];

	hp_out_fmt(&l->out, "%s%" PRIu64 " %s, ", intro, l->n, l->n == 1 ? "file" : "files");
	if (*between)
		hp_out_fmt(&l->out, "%" PRIu64 " %s, ", l->addresses, between);
	hp_out_fmt(&l->out, "%s %s ", hp_format_bytes(size, (double)l->bytes, HPROF_UNIT_AUTO),
		   where);
	hp_out_safe(&l->out, hp_slice_str(l->dir));
	hp_out_str(&l->out, "/hprof\n");
}

static int list(struct listing *l, struct hprof_error *err)
{
	int r = l->dir ? hprof_cache_list(l->dir, put_entry, l, err) : HPROF_OK;

	if (r < 0)
		return r;
	if (!l->is_json) {
		if (l->dir)
			put_sum(l, "", "addresses", "in");
		return HPROF_OK;
	}
	if (l->n == 0)
		open_entries(l);
	hp_jsonw_close(&l->json, ']');
	hp_jsonw_key(&l->json, "addresses");
	hp_jsonw_uint(&l->json, l->addresses);
	hp_jsonw_key(&l->json, "bytes");
	hp_jsonw_uint(&l->json, l->bytes);
	hp_jsonw_close(&l->json, '}');
	return HPROF_OK;
}

static int clear(struct listing *l, struct hprof_error *err)
{
	int r = l->dir ? hprof_cache_clear(l->dir, &l->n, &l->bytes, err) : HPROF_OK;

	if (r < 0)
		return r;
	if (!l->is_json) {
		if (l->dir)
			put_sum(l, "removed ", "", "from");
		return HPROF_OK;
	}
	open_json(l);
	hp_jsonw_key(&l->json, "removed_files");
	hp_jsonw_uint(&l->json, l->n);
	hp_jsonw_key(&l->json, "removed_bytes");
	hp_jsonw_uint(&l->json, l->bytes);
	hp_jsonw_close(&l->json, '}');
	return HPROF_OK;
}

static int run(const struct hp_options *o)
{
	struct hprof_error err = HPROF_ERROR_INIT;
	struct listing l = {.is_json = o->json};
	struct hp_output_file sink;
	char *dir;
	int r;

	if (o->args.n)
		return hp_cli_usage("cache takes no arguments, found \"%s\"", o->args.item[0]);
	r = hp_output_file_open(&sink, NULL, &err);
	if (r < 0)
		return hp_cli_error(&err);
	dir = hp_cache_home();
	l.dir = dir;
	hp_out_init(&l.out, hp_output_file_write, &sink);
	if (!dir && !o->json)
		hp_out_str(&l.out, "nothing is remembered: " HP_CACHE_NO_HOME "\n");
	r = o->clear ? clear(&l, &err) : list(&l, &err);
	if (hp_out_close(&l.out, &err) < 0 || hp_output_file_close(&sink, r == HPROF_OK, &err) < 0)
		r = err.code;
	free(dir);
	return r < 0 ? hp_cli_error(&err) : HP_EXIT_OK;
}

const struct hp_command hp_command_cache = {
	"cache",
	"cache [--clear] [--json]",
	"what is remembered about symbolized files",
	HP_OPT_COMMON | HP_OPT_JSON | HP_OPT_CACHE,
	NULL,
	run,
};
