/* show.c - the way of every command that shows profiles: a session, then an output. */
#include "analyzer/cli/show.h"

#include <inttypes.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyzer/base/scan.h"
#include "analyzer/cli/replace.h"
#include "analyzer/cli/session.h"
#include "analyzer/cli/user_dirs.h"

/* What -o says, as far as it makes sense. */
static int check_output_name(const struct hp_options *o, const struct hp_show *show)
{
	static const char *const pictures[] = {".svg", ".png", ".pdf", ".html", ".htm"};

	if (o->output && !*o->output)
		return hp_cli_usage("-o, --output: found \"\", expected a file");
	if (!show->output_json || show->pictures || !o->output)
		return HP_EXIT_OK;
	for (size_t i = 0; i < HP_LEN(pictures); i++)
		if (hp_slice_ends(hp_slice_str(o->output), hp_slice_str(pictures[i])))
			return hp_cli_usage("-o %s: this command writes text; \"hprof flame\", "
					    "\"hprof timeline\" and \"hprof report\" draw",
					    o->output);
	return HP_EXIT_OK;
}

/* Nothing that is read is replaced, as far as the arguments tell. */
static int check_output(const struct hp_session *s, const struct hp_show *show)
{
	const struct hp_series *series[] = {&s->in.current, &s->in.bases};
	struct stat st;
	bool is_read;

	if (!hp_replaces(s->in.o, &st))
		return HP_EXIT_OK;
	is_read = hp_is_file(s->in.binary, &st);
	for (size_t i = 0; i < s->in.n; i++)
		is_read |= hp_is_file(s->in.item[i].path, &st);
	for (size_t i = 0; i < HP_LEN(series); i++)
		for (size_t k = 0; k < series[i]->n_around; k++)
			is_read |= hp_is_file(series[i]->around[k], &st);
	return hp_replace_check(s->in.o, &s->files, &st, is_read, show->output);
}

static bool wants_color(const struct hp_options *o)
{
	const char *term = getenv("TERM"), *no_color = getenv("NO_COLOR");

	if (o->color != HP_WHEN_AUTO)
		return o->color == HP_WHEN_ALWAYS;
	return hp_to_terminal(o) && !(no_color && *no_color) &&
	       !(term && strcmp(term, "dumb") == 0);
}

/* Columns of the terminal that the output goes to; 0: it goes elsewhere. */
static unsigned terminal_width(const struct hp_options *o)
{
	struct winsize size = {0};

	if (!hp_to_terminal(o) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0)
		return 0;
	return size.ws_col;
}

static const char *output_for(const struct hp_options *o, const struct hp_show *show, bool json)
{
	const char *path = o->output;

	for (const struct hp_picture *p = show->pictures; path && p && p->end; p++)
		if (hp_slice_ends(hp_slice_str(path), hp_slice_str(p->end)))
			return p->output;
	return json ? show->output_json : show->output;
}

/* An hprof_warn_fn. */
static void tell_output(void *ctx, const char *text)
{
	const char *output = ctx;

	hp_cli_print("%s%swarning: %s", output ? output : "", output ? ": " : "", text);
}

/* Files of their own for the parts of the output. */
static int write_folder(const struct hprof_view *v, const struct hp_show *show, const char *path,
			const struct hprof_render_opts *opts)
{
	struct hprof_error err = HPROF_ERROR_INIT;
	const struct hp_part *part = show->parts;
	const char *what = NULL; /* the files name their path */
	struct hp_output_dir folder;
	int r = hp_output_dir_open(&folder, path, part, &err);

	if (r < 0)
		return hp_cli_error(&err);
	for (size_t i = 0; r == HPROF_OK && part[i].file; i++) {
		struct hp_output_file file;

		r = hp_output_dir_next(&folder, i, &file, &err);
		if (r < 0)
			break;
		r = hprof_render(v, part[i].output, opts, hp_output_file_write, &file, &err);
		what = r < 0 ? path : NULL;
		if (hp_output_file_close(&file, r == HPROF_OK, &err) < 0)
			r = HPROF_EIO;
	}
	if (hp_output_dir_close(&folder, r == HPROF_OK, &err) < 0 || r < 0)
		return hp_cli_output_error(what, &err);
	return HP_EXIT_OK;
}

/* Whether the output goes into a folder: nothing says that it is one file. */
static bool wants_folder(const struct hp_options *o, const struct hp_show *show)
{
	const char *path = o->output;
	struct stat st;

	if (!show->parts || !path || strcmp(path, "-") == 0)
		return false;
	for (const struct hp_picture *p = show->pictures; p && p->end; p++)
		if (hp_slice_ends(hp_slice_str(path), hp_slice_str(p->end)))
			return false;
	return stat(path, &st) < 0 || S_ISDIR(st.st_mode) || S_ISREG(st.st_mode);
}

/* SOURCE_DATE_EPOCH stands for the time of every profile, so that outputs can be made anew. */
static void set_time(struct hprof_render_opts *opts)
{
	const char *text = getenv("SOURCE_DATE_EPOCH");
	struct hp_slice s = hp_slice_str(text ? text : "");
	uint64_t time_s;

	if (!hp_scan_u64(&s, &time_s) || s.len || time_s > INT64_MAX / 1000000000)
		return;
	opts->has_time = true;
	opts->time_ns = (int64_t)time_s * 1000000000;
}

/* The lines about all files that were left out, for the output: to be freed; NULL: no memory. */
static const char **list_left_out(const struct hp_inputs *in, size_t *n)
{
	const struct hp_series *series[] = {&in->current, &in->bases};
	const char **line =
		calloc(series[0]->n_left_out + series[1]->n_left_out + 1, sizeof(*line));

	*n = 0;
	for (size_t i = 0; line && i < HP_LEN(series); i++)
		for (size_t k = 0; k < series[i]->n_left_out; k++)
			line[(*n)++] = series[i]->left_out[k];
	return line;
}

static int write_out(struct hp_session *s, const struct hp_show *show, const char **left_out,
		     size_t n_left_out)
{
	const struct hp_options *o = s->in.o;
	bool json = o->json && show->output_json;
	struct hprof_render_opts opts = {
		.over_time = s->over_time,
		.rows = o->rows_given ? o->rows
			: json        ? 0
				      : show->rows,
		.unit = (enum hprof_unit_style)o->unit,
		.depth = o->depth,
		.min_percent = o->min_percent,
		.bottom_up = o->bottom_up,
		.color = wants_color(o),
		.width = terminal_width(o),
		.details = o->verbose,
		.warn = o->quiet ? NULL : tell_output,
		.warn_ctx = (void *)(uintptr_t)o->output, /* it is only read */
		.left_out = left_out,
		.n_left_out = n_left_out,
		.picture =
			{
				.title = o->title,
				.width = o->picture_width,
				.scale = o->picture_scale,
				.min_width = o->min_width,
				.min_percent = o->min_percent,
				.flame = o->flame,
				.by_name = o->order > 0,
				.no_script = o->no_script,
				.no_compress = o->no_compress,
				.widths = o->widths ? (enum hprof_widths)(o->widths - 1)
						    : HPROF_WIDTHS_UNION,
			},
	};
	const char *output = output_for(o, show, json);
	struct hprof_error err = HPROF_ERROR_INIT;
	struct hp_output_file file;
	int r;

	set_time(&opts);
	if (wants_folder(o, show))
		return write_folder(s->view, show, o->output, &opts);
	r = hp_output_file_open(&file, o->output, &err);
	if (r < 0)
		return hp_cli_error(&err);
	r = hprof_render(s->view, output, &opts, hp_output_file_write, &file, &err);
	if (hp_output_file_close(&file, r == HPROF_OK, &err) == HPROF_OK && r == HPROF_OK)
		return HP_EXIT_OK;
	if (r == HPROF_ENODATA)
		return hp_cli_input_error(hp_cli_input_name(s->in.item[s->shown].path), &err);
	return hp_cli_output_error(r < 0 ? o->output : NULL, &err); /* closing names its path */
}

/* Write the view of @s; a file that was left out makes the exit code that of bad input. */
static int write_view(struct hp_session *s, const struct hp_show *show)
{
	size_t n;
	const char **left_out = list_left_out(&s->in, &n);
	int code = left_out ? write_out(s, show, left_out, n) : hp_cli_no_memory();

	free(left_out);
	return code == HP_EXIT_OK && n ? HP_EXIT_INPUT : code;
}

int hp_show(const struct hp_options *o, const struct hp_show *show)
{
	struct hp_session s = {.cache_dir = NULL};
	int code = check_output_name(o, show);

	if (code == HP_EXIT_OK)
		code = hp_session_open(&s, o, &show->needs);
	if (code == HP_EXIT_OK)
		code = check_output(&s, show);
	if (code == HP_EXIT_OK && wants_folder(o, show))
		code = hp_output_dir_check(o->output);
	hp_check_folders(o, "sysroot", &o->sysroot);
	hp_check_folders(o, "debug-dir", &o->debug_dir);
	if (code == HP_EXIT_OK)
		code = hp_session_load(&s);
	if (code == HP_EXIT_OK)
		code = hp_session_analyse(&s);
	if (code == HP_EXIT_OK)
		code = write_view(&s, show);
	hp_session_close(&s);
	return code;
}
