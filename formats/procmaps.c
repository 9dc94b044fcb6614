/* procmaps.c - the memory-map section that ends text profiles. */
#include "formats/procmaps.h"

#include <inttypes.h>
#include <stdlib.h>

#include "analyzer/base/scan.h"

enum { MAX_VARIABLES = 16, MAX_PATH = 65536 };

struct variable {
	hp_strid name, value;
};

struct section {
	struct hp_builder *b;
	struct hprof_error *err;
	struct variable variable[MAX_VARIABLES];
	size_t n_variables;
	char *path; /* [MAX_PATH] where escapes and variables are resolved */
};

bool hp_procmaps_begins(struct hp_slice line)
{
	hp_scan_blanks(&line);
	return hp_slice_starts(line, HP_LIT("MAPPED_LIBRARIES:")) ||
	       hp_slice_starts(line, HP_LIT("--- Memory map:"));
}

static uint8_t perms_of(struct hp_slice s)
{
	uint8_t perms = 0;

	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] == 'r')
			perms |= HP_MAP_READ;
		if (s.ptr[i] == 'w')
			perms |= HP_MAP_WRITE;
		if (s.ptr[i] == 'x')
			perms |= HP_MAP_EXEC;
	}
	return perms;
}

/* "major:minor" in hexadecimal and an inode: what does not read as these is not recorded. */
static void read_identity(struct hp_slice dev, struct hp_slice inode, struct hp_mapping *m)
{
	uint64_t major, minor, number;

	if (hp_scan_hex(&dev, &major) && hp_scan_char(&dev, ':') && hp_scan_hex(&dev, &minor) &&
	    !dev.len && major <= UINT32_MAX && minor <= UINT32_MAX &&
	    hp_scan_u64(&inode, &number) && !inode.len && number) {
		m->device = HP_DEVICE(major, minor);
		m->inode = number;
	}
}

/* "start-limit perms offset dev inode   path" (proc(5)); the path may hold blanks. */
static bool linux_line(struct hp_slice s, struct hp_mapping *m)
{
	struct hp_slice perms, dev, inode;

	if (!hp_scan_hex(&s, &m->start) || !hp_scan_char(&s, '-') || !hp_scan_hex(&s, &m->limit))
		return false;
	hp_scan_blanks(&s);
	if (!hp_scan_word(&s, &perms) || perms.len < 3 || perms.len > 5)
		return false;
	hp_scan_blanks(&s);
	if (!hp_scan_hex(&s, &m->file_offset) || !hp_scan_char(&s, ' '))
		return false;
	hp_scan_blanks(&s);
	if (!hp_scan_word(&s, &dev) || !memchr(dev.ptr, ':', dev.len))
		return false;
	hp_scan_blanks(&s);
	if (!hp_scan_word(&s, &inode))
		return false;
	hp_scan_blanks(&s);
	read_identity(dev, inode, m);
	m->perms = perms_of(perms);
	m->path = s;
	return true;
}

/*
 * "start-limit: path": an executable range, file offset 0.  It may be all of an image: what is
 * executable of it lies somewhere inside.
 */
static bool cooked_line(const struct section *section, struct hp_slice s, struct hp_mapping *m)
{
	if (!hp_scan_hex(&s, &m->start) || !hp_scan_char(&s, '-') || !hp_scan_hex(&s, &m->limit) ||
	    !hp_scan_char(&s, ':'))
		return false;
	m->perms = HP_MAP_READ | HP_MAP_EXEC;
	m->path = hp_slice_trim(s);
	if (!m->path.len)
		return false;
	hp_build_set_merged_maps(section->b);
	return true;
}

/*
 * "0xstart 0xlimit resident private 0xobject perms refs shadow flags cow needs-copy type
 * path ..." (procfs(5) of FreeBSD); the file offset is not told.
 */
static bool freebsd_line(struct hp_slice s, struct hp_mapping *m)
{
	struct hp_slice word[13];
	size_t n = 0;

	if (!hp_slice_starts(s, HP_LIT("0x")))
		return false;
	for (; n < HP_LEN(word); n++) {
		hp_scan_blanks(&s);
		if (!hp_scan_word(&s, &word[n]))
			return false;
	}
	if (!hp_scan_hex(&word[0], &m->start) || word[0].len || !hp_scan_hex(&word[1], &m->limit) ||
	    word[1].len || word[5].len != 3)
		return false;
	m->perms = perms_of(word[5]);
	m->path = hp_slice_same(word[11], HP_LIT("vnode")) ? word[12] : (struct hp_slice){"", 0};
	return true;
}

/* "name=value" at the start of the section; later paths say "$name". */
static bool variable_line(struct section *s, struct hp_slice line, int *r)
{
	const char *equal = line.len ? memchr(line.ptr, '=', line.len) : NULL;
	struct hp_slice name, value;
	struct variable *v = &s->variable[s->n_variables];

	if (!equal || equal == line.ptr)
		return false;
	name = (struct hp_slice){line.ptr, (size_t)(equal - line.ptr)};
	for (size_t i = 0; i < name.len; i++)
		if (!((name.ptr[i] | 0x20) >= 'a' && (name.ptr[i] | 0x20) <= 'z') &&
		    name.ptr[i] != '_')
			return false;
	if (s->n_variables == MAX_VARIABLES)
		return true;
	value = hp_slice_from(line, name.len + 1);
	*r = hp_build_text(s->b, name, &v->name);
	if (*r == HPROF_OK)
		*r = hp_build_text(s->b, value, &v->value);
	if (*r == HPROF_OK)
		s->n_variables++;
	return true;
}

/* The value of the variable that @s begins with behind its '$'; 0 when there is none. */
static size_t variable_at(const struct section *s, struct hp_slice text, struct hp_slice *value)
{
	for (size_t i = 0; i < s->n_variables; i++) {
		struct hp_slice name = hp_profile_str(s->b->p, s->variable[i].name);

		if (hp_slice_starts(text, name)) {
			*value = hp_profile_str(s->b->p, s->variable[i].value);
			return name.len;
		}
	}
	return 0;
}

static bool octal_escape(struct hp_slice s, char *out)
{
	if (s.len < 4 || s.ptr[0] != '\\')
		return false;
	for (size_t i = 1; i < 4; i++)
		if (s.ptr[i] < '0' || s.ptr[i] > '7')
			return false;
	*out = (char)((s.ptr[1] - '0') << 6 | (s.ptr[2] - '0') << 3 | (s.ptr[3] - '0'));
	return true;
}

/* Undo what the kernel and the writers do to a path; the result lies in @s->path. */
static struct hp_slice clean_path(struct section *s, struct hp_slice raw, bool *deleted)
{
	const struct hp_slice suffix = HP_SLICE_LIT(" (deleted)");
	struct hp_slice value;
	size_t n = 0;

	*deleted = hp_slice_ends(raw, suffix);
	if (*deleted)
		raw.len -= suffix.len;
	while (raw.len && n < MAX_PATH) {
		size_t used = raw.ptr[0] == '$' ? variable_at(s, hp_slice_from(raw, 1), &value) : 0;

		if (used && value.len <= MAX_PATH - n) {
			memcpy(s->path + n, value.ptr, value.len);
			n += value.len;
			raw = hp_slice_from(raw, used + 1);
		} else if (octal_escape(raw, &s->path[n])) {
			n++;
			raw = hp_slice_from(raw, 4);
		} else {
			s->path[n++] = raw.ptr[0];
			raw = hp_slice_from(raw, 1);
		}
	}
	return (struct hp_slice){s->path, n};
}

static int read_line(struct section *s, const struct hp_line *line)
{
	struct hp_slice text = hp_slice_trim(line->text);
	struct hp_mapping m = {0};
	char quoted[HP_QUOTED_MAX];
	int r = HPROF_OK;

	if (!text.len || text.ptr[0] == '#' || variable_line(s, text, &r))
		return r;
	if (line->cut) {
		hp_build_warn(s->b, "cut-map",
			      "line %" PRIu64 ": the file ends inside the map section; "
			      "libraries may be missing",
			      line->number);
	}
	if (!linux_line(text, &m) && !cooked_line(s, text, &m) && !freebsd_line(text, &m)) {
		if (!line->cut)
			hp_build_warn(s->b, "map-line",
				      "line %" PRIu64 ": %s is no line of a memory map; skipped",
				      line->number, hp_quote(quoted, text));
		return HPROF_OK;
	}
	m.path = clean_path(s, m.path, &m.deleted);
	return hp_build_mapping(s->b, &m);
}

int hp_procmaps_read(struct hp_input *in, struct hp_builder *b, struct hprof_error *err)
{
	struct section s = {.b = b, .err = err};
	struct hp_line line;
	int r;

	hp_build_set_has_maps(b);
	s.path = malloc(MAX_PATH);
	if (!s.path)
		return hp_fail_nomem(err);
	while ((r = hp_input_line(in, &line, err)) > 0) {
		if (hp_slice_starts(line.text, HP_LIT("heap_v2/"))) {
			hp_build_warn(b, "second-dump",
				      "line %" PRIu64 ": another dump begins here; only the first "
				      "one is read (split the file to read the others)",
				      line.number);
			r = HPROF_OK;
			break;
		}
		r = read_line(&s, &line);
		if (r < 0)
			break;
	}
	free(s.path);
	return r;
}
