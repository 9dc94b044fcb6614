/* series.c - several profiles in the order in which they were written. */
#include "analyzer/cli/series.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "analyzer/base/moment.h"
#include "analyzer/base/scan.h"
#include "analyzer/base/utf8.h"
#include "analyzer/cli/user_dirs.h"

/* --- what names tell --- */

/* Cut @end off @s if it ends with it. */
static bool cut_end(struct hp_slice *s, struct hp_slice end)
{
	if (s->len <= end.len || memcmp(s->ptr + s->len - end.len, end.ptr, end.len) != 0)
		return false;
	s->len -= end.len;
	return true;
}

/* Cut what follows the last @mark of @s, and the mark. */
static bool cut_part(struct hp_slice *s, char mark, struct hp_slice *part)
{
	size_t n = s->len;

	while (n > 0 && s->ptr[n - 1] != mark)
		n--;
	if (n < 2) /* nothing would be left */
		return false;
	*part = hp_slice_from(*s, n);
	s->len = n - 1;
	return true;
}

static bool is_number(struct hp_slice s, uint64_t *out)
{
	return s.len > 0 && hp_scan_u64(&s, out) && s.len == 0;
}

/* "i12", "m0", "u3", "f": the reason why jemalloc wrote it. */
static bool is_reason(struct hp_slice s)
{
	uint64_t number;

	return s.len > 0 && s.ptr[0] >= 'a' && s.ptr[0] <= 'z' &&
	       (s.len == 1 || is_number(hp_slice_from(s, 1), &number));
}

bool hp_series_parse(struct hp_series_item *item)
{
	static const char *const packed[] = {".gz", ".zst", ".xz", ".bz2"};
	const char *slash = strrchr(item->path, '/');
	const char *name = slash ? slash + 1 : item->path;
	struct hp_slice left = hp_slice_str(name), part = {"", 0}, process;
	uint64_t pid = 0, number;

	for (size_t i = 0; i < HP_LEN(packed); i++)
		if (cut_end(&left, hp_slice_str(packed[i])))
			break;
	if (!cut_end(&left, HP_LIT(".heap")) || !cut_part(&left, '.', &part))
		return false;
	if (is_reason(part)) {
		if (!cut_part(&left, '.', &part) || !is_number(part, &number))
			return false;
		process = left;
		if (!cut_part(&left, '.', &part) || !is_number(part, &pid))
			return false;
	} else {
		if (!is_number(part, &number))
			return false;
		process = left;
		if (!cut_part(&left, '_', &part) || !is_number(part, &pid))
			pid = 0;
	}
	item->process_len = (size_t)(process.ptr - item->path) + process.len;
	item->pid = pid;
	item->number = number;
	return true;
}

/* --- collecting --- */

static int add(struct hp_series *s, char *path)
{
	struct hp_series_item *grown = NULL, *item;
	const char *slash;
	struct stat st;

	if (!path)
		return hp_cli_no_memory();
	if ((s->n & (s->n - 1)) == 0) /* full: the room is a power of two */
		grown = reallocarray(s->item, s->n ? 2 * s->n : 1, sizeof(*grown));
	else
		grown = s->item;
	if (!grown) {
		free(path);
		return hp_cli_no_memory();
	}
	s->item = grown;
	item = &s->item[s->n];
	slash = strrchr(path, '/');
	*item = (struct hp_series_item){.path = path, .given = s->n, .time = HP_SERIES_NO_TIME};
	item->label = slash && slash[1] ? slash + 1 : path;
	if (strcmp(path, "-") != 0) {
		(void)hp_series_parse(item); /* a name need not tell */
		if (stat(path, &st) == 0)
			item->time = st.st_mtim;
	}
	s->n++;
	return HP_EXIT_OK;
}

static int skip_hidden(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* Whether @text could steer a terminal: the user did not type what stands in a folder. */
static bool has_controls(struct hp_slice text)
{
	while (text.len) {
		size_t n = hp_utf8_len(text);

		if (hp_utf8_is_hostile(text, n ? n : 1))
			return true;
		text = hp_slice_from(text, n ? n : 1);
	}
	return false;
}

/* Where the first quote begins that a message has; its length if there is none. */
static size_t first_quote(const char *text)
{
	const char *single = strstr(text, " '");
	size_t at = strcspn(text, "\"");

	return single && (size_t)(single - text) < at ? (size_t)(single - text) + 1 : at;
}

/* Where the last ", expected ..." of @text begins; its length if there is none. */
static size_t last_expected(const char *text)
{
	size_t at = strlen(text);

	for (const char *p = text; (p = strstr(p, ", expected ")); p++)
		at = (size_t)(p - text);
	return at;
}

/*
 * Leave out of the message of @err what stands in a file which nobody named: in a folder of others
 * it may be a link to whatever the user can read.  Messages quote it, or say "found ..., expected
 * ..."; what was expected is hprof's own.
 */
static void hide_content(struct hprof_error *err)
{
	char text[sizeof(err->message)];
	const char *found, *instead = "found something else";
	size_t from, to;

	memcpy(text, err->message, sizeof(text));
	found = strstr(text, "found ");
	from = first_quote(text);
	to = last_expected(text);
	if (found && (size_t)(found - text) < from)
		from = (size_t)(found - text);
	if (from >= to)
		return;
	if (!found || (size_t)(found - text) >= to) {
		instead = "\"...\"";
		while (to > from + 1 && text[to - 1] != '"' && text[to - 1] != '\'')
			to--;
	}
	(void)snprintf(err->message, sizeof(err->message), "%.*s%s%s", (int)from, text, instead,
		       text + to); /* a cut message will do */
}

/* "PATH was left out, it cannot be read: line 3: ...", to be freed; NULL: no memory. */
static char *left_out_text(const char *path, const struct hprof_error *err)
{
	char place[48] = "", *text;

	if (err->line)
		(void)snprintf(place, sizeof(place), "line %" PRIu64 ": ", err->line); /* fits */
	else if (err->offset != HPROF_NO_OFFSET)
		(void)snprintf(place, sizeof(place), "offset %" PRIu64 ": ", err->offset);
	if (asprintf(&text, "%s was left out%s: %s%s", path,
		     err->code == HPROF_ENODATA ? "" : ", it cannot be read", place,
		     err->message) < 0)
		return NULL;
	return text;
}

int hp_series_leave_out(struct hp_series *s, const char *path, struct hprof_error *err)
{
	char **grown;
	int code;

	hide_content(err);
	code = hp_cli_input_error(path, err);

	if (code != HP_EXIT_INPUT) /* no memory, too many files: says nothing about it */
		return code;
	grown = reallocarray(s->left_out, s->n_left_out + 1, sizeof(*grown));
	if (!grown)
		return hp_cli_no_memory();
	s->left_out = grown;
	s->left_out[s->n_left_out] = left_out_text(path, err);
	if (!s->left_out[s->n_left_out])
		return hp_cli_no_memory();
	s->n_left_out++;
	return HP_EXIT_OK;
}

/*
 * Whether @path, which is no profile, should have been one: a dump by its name, or a file whose
 * content nobody may see.
 */
static bool is_damaged(char *path, const struct hprof_error *err)
{
	struct hp_series_item item = {.path = path};

	return err->code == HPROF_EIO || hp_series_parse(&item);
}

/* Take the file @path of a folder if it is a profile. */
static int add_found(struct hp_series *s, char *path, const struct hp_options *o)
{
	struct hprof_error err = HPROF_ERROR_INIT;
	int code = HP_EXIT_OK;
	struct stat st;

	if (!path)
		return hp_cli_no_memory();
	if (has_controls(hp_slice_str(path))) {
		hp_disarm(path);
		if (!o->quiet)
			hp_cli_print("%s: warning: passed over: its name holds control "
				     "characters",
				     path);
		free(path);
		return HP_EXIT_OK;
	}
	if (stat(path, &st) < 0) {
		hp_fail(&err, HPROF_EFILE, "%s", hp_errno_text(errno));
	} else if (!S_ISREG(st.st_mode)) {
		hp_fail(&err, HPROF_EUNSUPPORTED, "is no regular file");
	} else if (hprof_recognize_file(path, NULL, &err) == HPROF_OK) {
		code = add(s, path);
		if (code == HP_EXIT_OK)
			s->item[s->n - 1].found = true;
		return code;
	} else if (err.code == HPROF_ENOMEM || is_damaged(path, &err)) {
		code = hp_series_leave_out(s, path, &err);
		free(path);
		return code;
	}
	hide_content(&err);
	if (o->verbose)
		hp_cli_print("%s: passed over: %s", path, err.message);
	free(path);
	return HP_EXIT_OK;
}

static int add_folder(struct hp_series *s, const char *folder, const struct hp_options *o)
{
	struct hprof_error err = HPROF_ERROR_INIT;
	struct dirent **entry = NULL;
	size_t before = s->n;
	int n = scandir(folder, &entry, skip_hidden, by_bytes), code = HP_EXIT_OK;
	bool slash = folder[strlen(folder) - 1] == '/';

	if (n < 0) {
		hp_fail(&err, errno == EMFILE || errno == ENFILE ? HPROF_EIO : HPROF_EFILE,
			"cannot read this folder: %s", hp_errno_text(errno));
		return hp_cli_input_error(folder, &err);
	}
	for (int i = 0; i < n; i++) {
		char *path = NULL;

		if (code == HP_EXIT_OK) {
			if (asprintf(&path, "%s%s%s", folder, slash ? "" : "/", entry[i]->d_name) <
			    0)
				path = NULL;
			code = add_found(s, path, o);
		}
		free(entry[i]);
	}
	free(entry);
	s->folder = true;
	if (code == HP_EXIT_OK && s->n == before) {
		hp_fail(&err, HPROF_EFILE,
			s->n_left_out ? "no profile in this folder can be read"
				      : "no profile in this folder (-v tells what is in it)");
		return hp_cli_input_error(folder, &err);
	}
	return code;
}

/* --- order --- */

static int by_process(const void *a, const void *b)
{
	const struct hp_series_item *x = a, *y = b;
	int c = hp_slice_cmp((struct hp_slice){x->path, x->process_len},
			     (struct hp_slice){y->path, y->process_len});

	if (c == 0)
		c = (x->number > y->number) - (x->number < y->number);
	if (c == 0)
		c = strcmp(x->path, y->path);
	return c ? c : (x->given > y->given) - (x->given < y->given);
}

static int by_time(const void *a, const void *b)
{
	const struct hp_series_item *x = a, *y = b;
	int c = hp_moment_cmp(x->time, y->time);

	if (c)
		return c;
	return (x->given > y->given) - (x->given < y->given);
}

static bool same_process(const struct hp_series_item *x, const struct hp_series_item *y)
{
	return x->process_len == y->process_len && memcmp(x->path, y->path, x->process_len) == 0;
}

/* Items [from, to) of one process, and when the first of them was written. */
struct run {
	size_t from, to;
	struct timespec time;
};

static int runs_by_time(const void *a, const void *b)
{
	const struct run *x = a, *y = b;
	int c = hp_moment_cmp(x->time, y->time);

	if (c)
		return c;
	return (x->from > y->from) - (x->from < y->from);
}

/* Whether a dump of @item[n], in the order of by_process(), is older than the one before it. */
static bool times_contradict(const struct hp_series_item *item, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (same_process(&item[i - 1], &item[i]) &&
		    hp_moment_cmp(item[i].time, item[i - 1].time) < 0)
			return true;
	return false;
}

/*
 * Put the processes of @item[n], which are in the order of by_process(), into @to by their
 * beginnings; @run has room for all.
 */
static void order_processes(const struct hp_series_item *item, size_t n, struct run *run,
			    struct hp_series_item *to)
{
	size_t n_runs = 0;

	for (size_t i = 0; i < n; i++) {
		if (!i || !same_process(&item[i], &item[i - 1]))
			run[n_runs++] = (struct run){i, i, HP_SERIES_NO_TIME};
		run[n_runs - 1].to = i + 1;
		if (hp_moment_cmp(item[i].time, run[n_runs - 1].time) < 0)
			run[n_runs - 1].time = item[i].time;
	}
	qsort(run, n_runs, sizeof(*run), runs_by_time);
	for (size_t r = 0; r < n_runs; r++)
		for (size_t i = run[r].from; i < run[r].to; i++)
			*to++ = item[i];
}

/*
 * Put @plain[n], whose names do not tell, among @dump[m]: by their times, or before or behind all
 * by their names where @by_name.  Both are in order, and stay so.
 */
static void place(const struct hp_series_item *plain, size_t n, const struct hp_series_item *dump,
		  size_t m, bool by_name, struct hp_series_item *to)
{
	size_t k = 0;

	for (size_t i = 0; i < n; i++) {
		while (k < m && (by_name ? strcmp(dump[0].path, plain[i].path)
					 : by_time(&dump[k], &plain[i])) < 0)
			*to++ = dump[k++];
		*to++ = plain[i];
	}
	while (k < m)
		*to++ = dump[k++];
}

static int order(struct hp_series *s)
{
	struct hp_series_item *item, *dump;
	size_t n_plain = 0, n_dumps;
	struct run *run;

	if (s->n < 2)
		return HP_EXIT_OK;
	item = calloc(s->n, sizeof(*item));
	dump = calloc(s->n, sizeof(*dump));
	run = calloc(s->n, sizeof(*run));
	if (!item || !dump || !run) {
		free(item);
		free(dump);
		free(run);
		return hp_cli_no_memory();
	}
	qsort(s->item, s->n, sizeof(*s->item), by_process);
	while (n_plain < s->n && !s->item[n_plain].process_len) /* they come first */
		n_plain++;
	n_dumps = s->n - n_plain;
	for (size_t i = n_plain; i < s->n; i++)
		s->n_processes += i == n_plain || !same_process(&s->item[i], &s->item[i - 1]);
	s->n_plain = n_plain;
	s->contradicted = n_plain && times_contradict(s->item + n_plain, n_dumps);
	if (!s->contradicted)
		qsort(s->item, n_plain, sizeof(*s->item), by_time);
	order_processes(s->item + n_plain, n_dumps, run, dump);
	place(s->item, n_plain, dump, n_dumps, s->contradicted, item);
	free(dump);
	free(run);
	free(s->item);
	s->item = item;
	return HP_EXIT_OK;
}

size_t hp_series_file_len(const char *input)
{
	const char *mark = strrchr(input, '@');
	struct stat st;
	bool is_file;
	char *path;

	if (!mark || mark == input || !mark[1] || stat(input, &st) == 0)
		return strlen(input);
	path = strndup(input, (size_t)(mark - input));
	is_file = !path || stat(path, &st) == 0 || strcmp(path, "-") == 0;
	free(path);
	return is_file ? (size_t)(mark - input) : strlen(input);
}

static int add_file(struct hp_series *s, const char *input)
{
	size_t len = hp_series_file_len(input);
	int code = add(s, strndup(input, len));

	if (code == HP_EXIT_OK && input[len])
		s->item[s->n - 1].at = input + len + 1;
	return code;
}

int hp_series_open(struct hp_series *s, const char *const *inputs, size_t n,
		   const struct hp_options *o)
{
	int code = HP_EXIT_OK;

	*s = (struct hp_series){.given = n ? inputs[0] : ""};
	for (size_t i = 0; code == HP_EXIT_OK && i < n; i++) {
		if (strcmp(inputs[i], "-") != 0 && hp_is_folder(inputs[i]))
			code = add_folder(s, inputs[i], o);
		else
			code = add_file(s, inputs[i]);
	}
	if (code == HP_EXIT_OK)
		code = order(s);
	for (size_t i = 0; i < s->n; i++)
		s->item[i].place = i;
	return code;
}

static int by_given(const void *a, const void *b)
{
	const struct hp_series_item *x = a, *y = b;

	return (x->given > y->given) - (x->given < y->given);
}

void hp_series_as_given(struct hp_series *s)
{
	if (s->n > 1)
		qsort(s->item, s->n, sizeof(*s->item), by_given);
}

void hp_series_release(struct hp_series *s)
{
	for (size_t i = 0; i < s->n + s->n_next; i++)
		free(s->item[i].path);
	free(s->item);
	for (size_t i = 0; i < s->n_around; i++)
		free(s->around[i]);
	free(s->around);
	for (size_t i = 0; i < s->n_left_out; i++)
		free(s->left_out[i]);
	free(s->left_out);
	*s = (struct hp_series){0};
}

bool hp_series_by_place(const struct hp_series *s, const char *when)
{
	struct hprof_error err = HPROF_ERROR_INIT;
	const char *format = "";
	uint64_t number;

	if (strcmp(when, "first") != 0 && strcmp(when, "last") != 0 &&
	    !is_number(hp_slice_str(when), &number))
		return false;
	return strcmp(s->item[0].path, "-") == 0 ||
	       hprof_recognize_file(s->item[0].path, &format, &err) < 0 ||
	       strcmp(format, "massif") != 0;
}

static void reverse(struct hp_series_item *item, size_t n)
{
	for (size_t i = 0; i < n / 2; i++) {
		struct hp_series_item other = item[i];

		item[i] = item[n - 1 - i];
		item[n - 1 - i] = other;
	}
}

/* Keep the paths of all of @s: they may tell of the one that is chosen. */
static int keep_around(struct hp_series *s)
{
	s->around = calloc(s->n, sizeof(*s->around));
	for (size_t i = 0; s->around && i < s->n; i++) {
		s->around[i] = strdup(s->item[i].path);
		if (!s->around[i])
			return hp_cli_no_memory();
		s->n_around++;
	}
	return s->around ? HP_EXIT_OK : hp_cli_no_memory();
}

int hp_series_choose(struct hp_series *s, const char *when)
{
	struct hp_slice text = hp_slice_str(when);
	char quoted[HP_QUOTED_MAX];
	bool is_last = strcmp(when, "last") == 0;
	bool is_end = is_last || strcmp(when, "first") == 0;
	uint64_t at = 0;
	int code = keep_around(s);

	if (code != HP_EXIT_OK)
		return code;
	if (!is_end && !is_number(text, &at))
		return hp_cli_usage("--at: found %s, expected first, last or a number",
				    hp_quote(quoted, text));
	if (at >= s->n)
		return hp_cli_usage("--at: there is no profile number %" PRIu64
				    ", they are counted from 0 to %zu",
				    at, s->n - 1);
	if (is_last)
		reverse(s->item, s->n);
	if (at) { /* the others are never taken, whatever their order */
		struct hp_series_item kept = s->item[at];

		s->item[at] = s->item[0];
		s->item[0] = kept;
	}
	for (size_t i = 1; !is_end && i < s->n; i++)
		free(s->item[i].path);
	s->n_next = is_end ? s->n - 1 : 0;
	s->n = 1;
	s->chosen = true;
	return HP_EXIT_OK;
}

bool hp_series_next(struct hp_series *s)
{
	if (!s->n_next || !s->item[0].found)
		return false;
	free(s->item[0].path);
	memmove(s->item, s->item + 1, s->n_next * sizeof(*s->item));
	s->n_next--;
	return true;
}

void hp_series_tell(const struct hp_series *s, const struct hp_options *o, bool in_order)
{
	const char *are = s->n_plain == 1 ? "the file whose name has no number is"
					  : "files whose names have no number are";

	if (s->n_processes > 1 && !o->quiet)
		hp_cli_print(
			"note: these are dumps of %zu processes: each in its order, the oldest "
			"first",
			s->n_processes);
	if (s->contradicted && in_order && !o->quiet)
		hp_cli_print(
			"note: the times of the files contradict the numbers in their names: dumps "
			"are in the order of the numbers, %s before or behind them by name",
			are);
	else if (s->n_plain && s->n_processes && o->verbose)
		hp_cli_print("%s placed by time", are);
	else if (s->n_plain && o->verbose)
		hp_cli_print("ordered by the times of the files");
	for (size_t i = 0; o->verbose && s->n > 1 && i < s->n; i++)
		hp_cli_print("number %zu: %s", i, s->item[i].path);
}
