/*
 * test_merge.c - a view of several profiles is the sum, or the difference, of the views of each,
 * row by row, whatever is left out and however rows are made.
 */
#include "tests/test.h"

#include "analyzer/base/callname.h"
#include "analyzer/ops/flame.h"
#include "render/protobuf.h"

enum { KEY_MAX = 768, FUNCS = 14, MODULES = 3, PLACES = 24, SAMPLES = 40, DEPTH = 6, ROUNDS = 24 };

/* --- made-up programs --- */

static uint64_t state_of_random = 1;

static uint32_t dice(uint32_t sides)
{
	state_of_random = state_of_random * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(state_of_random >> 33) % sides;
}

/* A place in the code: a function in a module, perhaps with another one inlined. */
struct place {
	uint32_t func, module, line;
	uint32_t inlined; /* FUNCS: none */
	uint64_t addr;    /* in the module */
};

struct build {
	struct place place[PLACES];
	uint64_t base[MODULES]; /* where each module was loaded; 0: it is not in the map */
	unsigned id;            /* of the build; 0: no build IDs */
	unsigned hash;          /* part of the names of Rust */
};

static void func_name(char out[64], const struct build *b, uint32_t func)
{
	if (func < 2)
		(void)snprintf(out, 64, "krate::generic%u::h%016x", (unsigned)func,
			       b->hash * 16 + (unsigned)func + 1);
	else if (func == 2)
		(void)snprintf(out, 64, "krate[%08x]::plain", b->hash + 0x1000);
	else if (func == 3)
		(void)snprintf(out, 64, "clone [clone .constprop.%u]", b->hash);
	else if (func == 4)
		(void)snprintf(out, 64, "Box<int>::grow");
	else
		(void)snprintf(out, 64, "func%u", (unsigned)func);
}

static void make_build(struct build *b)
{
	*b = (struct build){.id = dice(2), .hash = 1};
	for (uint32_t i = 0; i < PLACES; i++)
		b->place[i] =
			(struct place){i % FUNCS, dice(MODULES), 10 + i,
				       dice(4) ? FUNCS : 5 + dice(FUNCS - 5), 0x1000 + 0x40 * i};
	for (uint32_t m = 0; m < MODULES; m++)
		b->base[m] = 0x10000000ull * (m + 1);
}

/* What may have happened between two profiles. */
enum change { ASLR, REBUILT, MOVED, TWICE, UNLOADED, NOTHING, CHANGES };

static void change_build(struct build *b, enum change change)
{
	if (change == ASLR)
		for (uint32_t m = 0; m < MODULES; m++)
			b->base[m] += 0x100000ull * (1 + dice(9));
	if (change == UNLOADED)
		b->base[dice(MODULES)] = 0;
	if (change != REBUILT && change != MOVED && change != TWICE)
		return;
	b->id += b->id ? 1 : 0;
	b->hash++;
	for (uint32_t i = 0; i < PLACES; i++) {
		b->place[i].addr += 0x20 * dice(3);
		b->place[i].line += dice(2);
		if (change == MOVED && dice(3) == 0)
			b->place[i].module = dice(MODULES);
		if (change == TWICE && i % 2 && b->place[i - 1].func != b->place[i].func)
			b->place[i].func = 4;
	}
}

static void put_text(struct hp_message *strings, const char *s)
{
	hp_message_text(strings, 6, hp_slice_str(s));
}

/* Text 1 + n is number n of these; 0 is "". */
enum {
	TEXT_SPACE = 1,
	TEXT_BYTES,
	TEXT_MODULE,
	TEXT_ID = TEXT_MODULE + MODULES,
	TEXT_FUNC = TEXT_ID + MODULES,
	TEXT_LINKAGE = TEXT_FUNC + FUNCS,
	TEXT_FILE = TEXT_LINKAGE + FUNCS,
};

static void put_texts(struct hp_message *p, const struct build *b)
{
	char text[64];

	put_text(p, "");
	put_text(p, "inuse_space");
	put_text(p, "bytes");
	for (unsigned m = 0; m < MODULES; m++) {
		(void)snprintf(text, sizeof(text), m ? "/opt/lib%c.so" : "/opt/program", 'A' + m);
		put_text(p, text);
	}
	for (unsigned m = 0; m < MODULES; m++) {
		(void)snprintf(text, sizeof(text), "%02x%02x%036x", b->id, m, 7);
		put_text(p, b->id ? text : "");
	}
	for (uint32_t f = 0; f < FUNCS; f++) {
		func_name(text, b, f);
		put_text(p, text);
	}
	for (unsigned f = 0; f < FUNCS; f++) { /* linked by: one function wherever it is */
		(void)snprintf(text, sizeof(text), "_Zfunc%u", f);
		put_text(p, text);
	}
	for (unsigned f = 0; f < FUNCS; f++) {
		(void)snprintf(text, sizeof(text), "/src/file%u.c", f / 3);
		put_text(p, f % 5 == 4 ? "" : text);
	}
}

static void put_numbers(struct hp_message *p, unsigned field, const uint64_t *v, size_t n)
{
	struct hp_message m = {0};

	for (size_t i = 0; i < n; i++)
		hp_message_uint(&m, (unsigned)i + 1, v[i]);
	hp_message_put(p, field, &m);
	hp_message_release(&m);
}

static void put_place(struct hp_message *p, const struct build *b, uint32_t i)
{
	const struct place *at = &b->place[i];
	uint64_t base =
		b->base[at->module] ? b->base[at->module] : 0x10000000ull * (at->module + 1);
	struct hp_message loc = {0};
	uint64_t line[2] = {at->inlined + 1, 5};

	hp_message_uint(&loc, 1, i + 1);
	hp_message_uint(&loc, 2, b->base[at->module] ? at->module + 1 : 0);
	hp_message_uint(&loc, 3, base + at->addr);
	if (at->inlined < FUNCS)
		put_numbers(&loc, 4, line, 2);
	line[0] = at->func + 1;
	line[1] = at->line;
	if (at->func != FUNCS - 1) /* the last one has no name */
		put_numbers(&loc, 4, line, 2);
	hp_message_put(p, 4, &loc);
	hp_message_release(&loc);
}

/* A stack ends in any place, and passes none whose names others have but for a hash. */
static void put_sample(struct hp_message *p)
{
	struct hp_message stack = {0}, value = {0}, sample = {0};
	uint32_t depth = 1 + dice(DEPTH);

	for (uint32_t d = 0; d < depth; d++)
		hp_message_varint(&stack, 1 + dice(PLACES));
	hp_message_varint(&value, 1 + dice(1000));
	hp_message_put(&sample, 1, &stack);
	hp_message_put(&sample, 2, &value);
	hp_message_put(p, 2, &sample);
	hp_message_release(&stack);
	hp_message_release(&value);
	hp_message_release(&sample);
}

static struct hprof_profile *make_profile(const struct build *b)
{
	const uint64_t type[] = {TEXT_SPACE, TEXT_BYTES};
	struct hprof_error err = HPROF_ERROR_INIT;
	struct hprof_profile *p = NULL;
	struct hp_message m = {0};

	put_numbers(&m, 1, type, HP_LEN(type));
	for (uint32_t i = 0; i < SAMPLES; i++)
		put_sample(&m);
	for (uint32_t i = 0; i < MODULES; i++) {
		const uint64_t map[] = {i + 1,
					b->base[i],
					b->base[i] + 0x10000,
					0,
					TEXT_MODULE + i,
					TEXT_ID + i,
					1,
					1,
					1,
					1};

		if (b->base[i])
			put_numbers(&m, 3, map, HP_LEN(map));
	}
	for (uint32_t i = 0; i < PLACES; i++)
		put_place(&m, b, i);
	for (uint32_t f = 0; f < FUNCS; f++) {
		const uint64_t func[] = {f + 1, TEXT_FUNC + f, TEXT_LINKAGE + f, TEXT_FILE + f};

		put_numbers(&m, 5, func, HP_LEN(func));
	}
	put_texts(&m, b);
	if (hprof_load_bytes(m.ptr, m.n, "made up", NULL, &p, &err) < 0)
		fail_msg("%s", err.message);
	hp_message_release(&m);
	return p;
}

/* --- rows by what they are called --- */

struct entry {
	char key[KEY_MAX];
	double flat, cum;
};

struct rows {
	struct entry entry[1024];
	size_t n;
};

static struct entry *entry_of(struct rows *r, const char *key)
{
	for (size_t i = 0; i < r->n; i++)
		if (strcmp(r->entry[i].key, key) == 0)
			return &r->entry[i];
	assert_true(r->n < HP_LEN(r->entry));
	(void)snprintf(r->entry[r->n].key, sizeof(r->entry->key), "%s", key);
	r->entry[r->n].flat = r->entry[r->n].cum = 0;
	return &r->entry[r->n++];
}

/* @text without what differs from build to build in names that are matched without it. */
static struct hp_slice plain(struct hp_slice text, char room[256])
{
	const char *mark = memmem(text.ptr, text.len, "#2", 2);
	char copy[256];
	size_t n = 0;

	if (!mark)
		return hp_name_stem(text, room);
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr + i < mark || text.ptr + i >= mark + 2)
			copy[n++] = text.ptr[i];
	memcpy(room, copy, n);
	return (struct hp_slice){room, n};
}

static void add_table(struct rows *to, const struct hprof_view *v, double sign)
{
	struct hprof_error err = HPROF_ERROR_INIT;
	struct hp_table t = {0};

	assert_int_equal(hp_table_init(v, v->chosen, 0, &t, &err), HPROF_OK);
	for (uint32_t i = 0; i < t.n; i++) {
		const struct hp_table_row *row = &t.row[i];
		struct hp_label label;
		char key[KEY_MAX], room[256];
		struct hp_slice name = plain(hp_row_label(v, row, &label), room);
		bool by_line = v->opts.granularity == HPROF_BY_LINE ||
			       v->opts.granularity == HPROF_BY_ADDRESS;
		struct hp_slice file = by_line ? hp_row_file(v, row) : HP_LIT("");
		struct entry *e;
		uint64_t addr;

		if (!hp_row_addr(v, row, &addr))
			addr = 0;
		(void)snprintf(key, sizeof(key), "%.*s %.*s:%u %llx", (int)name.len, name.ptr,
			       (int)file.len, file.ptr, hp_row_line(v, row),
			       (unsigned long long)addr);
		e = entry_of(to, key);
		e->flat += sign * row->flat.delta;
		e->cum += sign * row->cum.delta;
	}
	hp_table_release(&t);
}

/* Each frame of @stack without what differs from build to build. */
static void plain_stack(char *stack, char key[KEY_MAX])
{
	size_t n = 0;

	for (char *frame = strtok(stack, ";"); frame; frame = strtok(NULL, ";")) {
		char room[256];
		const char *at = strstr(frame, " /src");
		size_t len = at ? (size_t)(at - frame) : strlen(frame);
		struct hp_slice name = plain((struct hp_slice){frame, len}, room);

		n += (size_t)snprintf(key + n, KEY_MAX - n, "%s%.*s%s", n ? ";" : "", (int)name.len,
				      name.ptr, frame + len);
		assert_true(n < KEY_MAX);
	}
}

/* Stacks as "collapsed" writes them, with their values. */
static void add_stacks(struct rows *to, const struct hprof_view *v, double sign)
{
	const struct hprof_render_opts opts = {0};
	struct hprof_error err = HPROF_ERROR_INIT;
	struct text out = {0};

	if (hprof_render(v, "collapsed", &opts, text_write, &out, &err) < 0)
		fail_msg("%s", err.message);
	for (char *line = out.ptr; line && *line;) {
		char *end = strchr(line, '\n'), *blank, key[KEY_MAX];

		*end = '\0';
		blank = strrchr(line, ' ');
		*blank = '\0';
		plain_stack(line, key);
		entry_of(to, key)->flat += sign * strtod(blank + 1, NULL);
		line = end + 1;
	}
	free(out.ptr);
}

static void compare(const char *what, const char *how, const struct rows *several,
		    struct rows *alone)
{
	for (size_t i = 0; i < several->n; i++) {
		const struct entry *e = &several->entry[i];
		struct entry *want = entry_of(alone, e->key);

		if (fabs(e->flat - want->flat) > 1e-6 || fabs(e->cum - want->cum) > 1e-6)
			fail_msg("%s, %s: \"%s\" is %g, %g; one by one it is %g, %g", what, how,
				 e->key, e->flat, e->cum, want->flat, want->cum);
		want->flat = want->cum = 0;
	}
	for (size_t i = 0; i < alone->n; i++)
		if (alone->entry[i].flat != 0 || alone->entry[i].cum != 0)
			fail_msg("%s, %s: no row \"%s\" of %g, %g", what, how, alone->entry[i].key,
				 alone->entry[i].flat, alone->entry[i].cum);
}

/* --- what is tried --- */

static const char *const granularities[] = {"functions", "lines", "files", "addresses", "modules"};

struct filter {
	const char *name, *re;
	int kind; /* focus, ignore, hide, show; -1: none */
};

static const struct filter filters[] = {
	{"all", "", -1},
	{"focus module", "module:libB", 0},
	{"focus file", "file:file1", 0},
	{"focus name", "name:^func7", 0},
	{"focus a hash", "name:generic1::h0*22", 0},
	{"focus a template", "name:Box", 0},
	{"ignore module", "module:program", 1},
	{"ignore any", "file2|libC", 1},
	{"hide module", "module:libC", 2},
	{"hide file", "file:file[03]", 2},
	{"show module", "module:program|libB", 3},
	{"show name", "name:func[5-9]", 3},
};

struct pair {
	const struct hprof_profile *now, *base;
};

static struct hprof_view_opts options(const struct filter *f, size_t granularity, bool all_types)
{
	struct hprof_view_opts o = {
		.granularity = (enum hprof_granularity)granularity,
		.prune = HPROF_PRUNE_NONE,
		.all_types = all_types,
	};

	o.focus = o.ignore = o.hide = o.show = &f->re;
	o.n_focus = f->kind == 0;
	o.n_ignore = f->kind == 1;
	o.n_hide = f->kind == 2;
	o.n_show = f->kind == 3;
	return o;
}

static struct hprof_view *view_of(const struct pair *p, bool sum, const struct hprof_view_opts *o)
{
	const struct hprof_profile *both[] = {p->now, p->base};
	struct hprof_error err = HPROF_ERROR_INIT;
	struct hprof_view *v = NULL;

	if (test_view_of(both, sum ? 2 : 1, both + 1, sum ? 0 : 1, o, &v, &err) < 0)
		fail_msg("%s", err.message);
	return v;
}

static void check(const struct pair *p, const char *what, const struct filter *f, size_t g,
		  bool sum)
{
	static struct rows several, alone;
	struct hprof_view_opts o = options(f, g, dice(2));
	struct hprof_view *v = view_of(p, sum, &o), *now = test_view(p->now, NULL, &o),
			  *base = test_view(p->base, NULL, &o);
	double sign = sum ? 1 : -1,
	       total = now->types[0].total.delta + sign * base->types[0].total.delta;
	char how[128];

	(void)snprintf(how, sizeof(how), "%s by %s, %s%s", sum ? "sum" : "difference",
		       granularities[g], f->name, o.all_types ? ", of all types" : "");
	if (fabs(v->types[0].total.delta - total) > 1e-6)
		fail_msg("%s, %s: total %g, one by one %g", what, how, v->types[0].total.delta,
			 total);
	several.n = alone.n = 0;
	add_table(&several, v, 1);
	add_table(&alone, now, 1);
	add_table(&alone, base, sign);
	compare(what, how, &several, &alone);
	several.n = alone.n = 0;
	add_stacks(&several, v, 1);
	add_stacks(&alone, now, 1);
	add_stacks(&alone, base, sign);
	compare(what, how, &several, &alone);
	hprof_view_free(v);
	hprof_view_free(now);
	hprof_view_free(base);
}

static void several_are_the_sum_of_each(void **state)
{
	static const char *const changes[] = {"ASLR",  "rebuilt",  "code moved between modules",
					      "twice", "unloaded", "nothing"};

	(void)state;
	for (uint32_t round = 0; round < ROUNDS; round++) {
		enum change change = (enum change)(round % CHANGES);
		struct build old, new;
		struct hprof_profile *base, *now;
		struct pair p;
		char what[64];

		state_of_random = round + 1;
		make_build(&old);
		new = old;
		change_build(&new, change);
		base = make_profile(&old);
		now = make_profile(&new);
		p = (struct pair){now, base};
		(void)snprintf(what, sizeof(what), "seed %u, %s", round + 1, changes[change]);
		for (size_t f = 0; f < HP_LEN(filters); f++)
			for (size_t g = 0; g < HP_LEN(granularities); g++)
				for (int sum = 0; sum < 2; sum++)
					check(&p, what, &filters[f], g, sum);
		hprof_profile_free(base);
		hprof_profile_free(now);
	}
}

/* --- cases --- */

/* Check that the stacks of @now less @base are @want; takes both. */
static void check_stacks(const char *name, struct hprof_profile *now, struct hprof_profile *base,
			 const struct hprof_view_opts *o, const char *want)
{
	const struct hprof_render_opts draw = {0};
	struct hprof_view *v = test_view(now, base, o);
	struct hprof_error err = HPROF_ERROR_INIT;
	struct text out = {0};

	if (hprof_render(v, "collapsed", &draw, text_write, &out, &err) < 0)
		fail_msg("%s: %s", name, err.message);
	if (!out.ptr || strcmp(out.ptr, want) != 0)
		fail_msg("%s: found\n%s", name, out.ptr);
	free(out.ptr);
	hprof_view_free(v);
	hprof_profile_free(now);
	hprof_profile_free(base);
}

/* A heap of stacks "leaf value", one to a line, whose functions have names and nothing else. */
static struct hprof_profile *named(const char *stacks)
{
	char symbols[2048] = "--- symbol\nbinary=/srv/app\n", heap[2048] = "";
	size_t s = strlen(symbols), h = 0, n = 0;
	char *copy = strdup(stacks), *rest = copy, *line;
	struct hprof_profile *p;

	while ((line = strsep(&rest, "\n")) && *line) {
		char *value = strrchr(line, ' ');

		*value++ = '\0';
		n++;
		s += (size_t)snprintf(symbols + s, sizeof(symbols) - s, "0x%zx %s\n", 16 * n + 1,
				      line);
		h += (size_t)snprintf(heap + h, sizeof(heap) - h, "@ 0x%zx\n  t*: 1: %s [0: 0]\n",
				      16 * n + 1, value);
	}
	(void)snprintf(symbols + s, sizeof(symbols) - s, "---\n--- heap\nheap_v2/1\n%s", heap);
	p = test_load(symbols);
	free(copy);
	return p;
}

static void names_of_builds_match(void **state)
{
	static const struct {
		const char *name, *now, *base, *want;
		enum hprof_names names;
	} cases[] = {
		{"a hash in both: two functions of one build",
		 "f::h0000000000000001 130\nf::h0000000000000002 50\n",
		 "f::h0000000000000001 100\nf::h0000000000000002 40\n",
		 "f::h0000000000000001 30\nf::h0000000000000002 10\n", HPROF_NAMES_SHORT},
		{"no hash in both: another build", "f::h0000000000000009 130\n",
		 "f::h0000000000000001 100\n", "f 30\n", HPROF_NAMES_SHORT},
		{"in full", "f::h0000000000000009 130\n", "f::h0000000000000001 100\n", "f 30\n",
		 HPROF_NAMES_FULL},
		{"several of one name, in another build",
		 "f::h0000000000000009 130\nf::h000000000000000a 1\n",
		 "f::h0000000000000001 100\nf::h0000000000000002 2\n", "f 29\n", HPROF_NAMES_SHORT},
		{"a hash in one only", "f::h0000000000000009 130\ng 5\n", "g 7\n",
		 "f::h0000000000000009 130\ng -2\n", HPROF_NAMES_SHORT},
		{"one of a library in both, others of the builds",
		 "f::h0000000000000001 10\nf::h0000000000000009 130\nf::h000000000000000a 1\n",
		 "f::h0000000000000001 7\nf::h0000000000000002 100\nf::h0000000000000003 2\n",
		 "f 29\nf::h0000000000000001 3\n", HPROF_NAMES_SHORT},
		{"a lambda that moved", "f::{lambda+3:5}::operator() 130\n",
		 "f::{lambda+1:5}::operator() 100\n", "f::{lambda}::operator() 30\n",
		 HPROF_NAMES_SHORT},
		{"lambdas that moved are not one",
		 "f::{lambda+3:5}::operator() 130\nf::{lambda+4:5}::operator() 7\n",
		 "f::{lambda+1:5}::operator() 100\nf::{lambda+4:5}::operator() 3\n",
		 "f::{lambda+1:5}::operator() -100\nf::{lambda+3:5}::operator() 130\n"
		 "f::{lambda+4:5}::operator() 4\n",
		 HPROF_NAMES_SHORT},
		{"crates", "krate[00000aaa]::f 130\n", "krate[00000bbb]::f 100\n", "krate::f 30\n",
		 HPROF_NAMES_SHORT},
		{"a copy and the function", "f(int) [clone .isra.0] 130\n", "f(int) 100\n",
		 "f 30\n", HPROF_NAMES_SHORT},
		{"copies by number", "f(int) [clone .isra.0] 130\n", "f(int) [clone .isra.1] 100\n",
		 "f 30\n", HPROF_NAMES_SHORT},
		{"a copy in both is apart", "f.cold 130\nf 5\n", "f.cold 100\nf 7\n",
		 "f -2\nf.cold 30\n", HPROF_NAMES_SHORT},
		{"copies of copies", "f(int) [clone .constprop.0] [clone .isra.0] 130\n",
		 "f(int) 100\n", "f 30\n", HPROF_NAMES_SHORT},
		{"no arguments in one", "f 130\n", "f(int) 100\n", "f 30\n", HPROF_NAMES_SHORT},
		{"no arguments in one, in full", "f 130\n", "f(int) 100\n", "f(int) 30\n",
		 HPROF_NAMES_FULL},
		{"no arguments, and a copy", "f 130\n",
		 "f(int) [clone .isra.0] [clone .part.1] 100\n", "f 30\n", HPROF_NAMES_SHORT},
		{"which of two is not known", "f 130\n", "f(int) 100\nf(long) 20\n",
		 "f 130\nf(int) -100\nf(long) -20\n", HPROF_NAMES_SHORT},
		{"which of two is not known, of which one is in both", "f 130\nf(long) 7\n",
		 "f(int) 100\nf(long) 20\n", "f 130\nf(int) -100\nf(long) -13\n",
		 HPROF_NAMES_SHORT},
		{"both in one, where nothing says that they are one", "f 130\nf(int) 7\n",
		 "f(int) 100\n", "f 130\nf(int) -93\n", HPROF_NAMES_SHORT},
		{"arguments that changed", "f(int) 130\n", "f(long) 100\n",
		 "f(int) 130\nf(long) -100\n", HPROF_NAMES_SHORT},
		{"no arguments: operators",
		 "A::operator() 13\nA::operator< 12\nA::operator bool 11\n",
		 "A::operator()(int) const 10\nA::operator<(A const&) const & 10\n"
		 "A::operator bool() const 10\n",
		 "A::operator bool 1\nA::operator() 3\nA::operator< 2\n", HPROF_NAMES_SHORT},
		{"no arguments: lambdas", "f::{lambda(int)#1}::operator() 13\n",
		 "f::{lambda(int)#1}::operator()(int) const 10\n",
		 "f::{lambda(int)#1}::operator() 3\n", HPROF_NAMES_SHORT},
		{"no arguments: templates", "g<int> 13\ng<char> 12\n",
		 "void g<int>(int) 10\nvoid g<char>(char) 10\n", "g<char> 2\ng<int> 3\n",
		 HPROF_NAMES_SHORT},
		{"no arguments: unnamed scopes and functions as arguments",
		 "(anonymous namespace)::f 13\n",
		 "(anonymous namespace)::f(void (*)(int), int (&)[3]) 10\n",
		 "(anonymous namespace)::f 3\n", HPROF_NAMES_SHORT},
		{"no arguments: another scope", "a::f 13\n", "b::f(int) 10\n",
		 "a::f 13\nb::f -10\n", HPROF_NAMES_SHORT},
		{"no arguments: another template", "g<int> 13\n", "void g<char>(char) 10\n",
		 "g<char> -10\ng<int> 13\n", HPROF_NAMES_SHORT},
		{"other code of one function", "f(int) [clone ._omp_fn.0] 130\n", "f(int) 100\n",
		 "f -100\nf(int) [clone ._omp_fn.0] 130\n", HPROF_NAMES_SHORT},
	};

	(void)state;
	for (size_t i = 0; i < HP_LEN(cases); i++) {
		const struct hprof_view_opts o = {.names = cases[i].names};
		struct hprof_profile *now = named(cases[i].now), *base = named(cases[i].base);

		check_stacks(cases[i].name, now, base, &o, cases[i].want);
	}
}

/* Frames "name file:line" of heaps of one stack each, one to a line, as pprof has them. */
static struct hprof_profile *placed(const char *stacks)
{
	const uint64_t type[] = {1, 2};
	struct hprof_error err = HPROF_ERROR_INIT;
	struct hp_message m = {0};
	char *copy = strdup(stacks), *rest = copy, *line;
	struct hprof_profile *p = NULL;
	uint64_t n = 0;

	put_text(&m, "");
	put_text(&m, "inuse_space");
	put_text(&m, "bytes");
	put_numbers(&m, 1, type, HP_LEN(type));
	while ((line = strsep(&rest, "\n")) && *line) {
		char *value = strrchr(line, ' '), *colon, *file;
		struct hp_message stack = {0}, number = {0}, sample = {0}, loc = {0};

		*value++ = '\0';
		file = strrchr(line, ' ');
		*file++ = '\0';
		colon = strchr(file, ':');
		*colon++ = '\0';
		n++;
		put_text(&m, line);
		put_text(&m, file);
		hp_message_varint(&stack, n);
		hp_message_varint(&number, strtoull(value, NULL, 10));
		hp_message_put(&sample, 1, &stack);
		hp_message_put(&sample, 2, &number);
		hp_message_put(&m, 2, &sample);
		hp_message_uint(&loc, 1, n);
		put_numbers(&loc, 4, (const uint64_t[]){n, strtoull(colon, NULL, 10)}, 2);
		hp_message_put(&m, 4, &loc);
		put_numbers(&m, 5, (const uint64_t[]){n, 2 * n + 1, 0, 2 * n + 2}, 4);
		hp_message_release(&stack);
		hp_message_release(&number);
		hp_message_release(&sample);
		hp_message_release(&loc);
	}
	free(copy);
	if (hprof_load_bytes(m.ptr, m.n, "made up", NULL, &p, &err) < 0)
		fail_msg("%s", err.message);
	hp_message_release(&m);
	return p;
}

static void names_without_arguments_match(void **state)
{
	static const struct {
		const char *name, *now, *base, *want;
	} cases[] = {
		{"called and inlined at one line", "f a.cc:3 1\nf(int) a.cc:3 2\n", NULL, "f 3\n"},
		{"lines of both are mixed", "f a.cc:3 1\nf a.cc:9 1\nf(int) a.cc:5 2\n", NULL,
		 "f 4\n"},
		{"lines beside each other may be of two", "f a.cc:3 1\nf(int) a.cc:5 2\n", NULL,
		 "f 1\nf(int) 2\n"},
		{"other files are of two", "f a.cc:3 1\nf(int) b.cc:3 2\n", NULL,
		 "f 1\nf(int) 2\n"},
		{"so in both builds", "f a.cc:3 1\n", "f a.cc:3 1\nf(int) b.cc:3 2\n",
		 "f(int) -2\n"},
		{"a file in another folder", "f /new/a.cc:3 5\n", "f(int) /old/a.cc:3 2\n",
		 "f 3\n"},
		{"another file", "f a.cc:3 5\n", "f(int) b.cc:3 2\n", "f 5\nf(int) -2\n"},
		{"one file each, and several of the name", "f /a.cc:3 5\nf /b.cc:3 7\n",
		 "f(int) /a.cc:3 2\nf(int) /b.cc:3 1\n", "f (a.cc) 3\nf (b.cc) 6\n"},
		{"several of the name in one build only", "f /a.cc:3 5\nf /b.cc:3 7\n",
		 "f(int) /b.cc:3 1\n", "f (a.cc) 5\nf (b.cc) 6\n"},
	};

	(void)state;
	for (size_t i = 0; i < HP_LEN(cases); i++) {
		const struct hprof_view_opts o = {.prune = HPROF_PRUNE_NONE};
		struct hprof_profile *now = placed(cases[i].now),
				     *base = cases[i].base ? placed(cases[i].base) : NULL;

		check_stacks(cases[i].name, now, base, &o, cases[i].want);
	}
}

/* An expression that fits the name as it is shown finds it where the file has its arguments. */
static void short_names_are_found(void **state)
{
	static const char *const focus[] = {"^f$", "name:^f$", "^f", "name:f\\(int"};
	static const double want[] = {-4, -4, -4, -5};

	(void)state;
	for (size_t i = 0; i < HP_LEN(focus); i++) {
		const struct hprof_view_opts o = {
			.prune = HPROF_PRUNE_NONE, .focus = &focus[i], .n_focus = 1};
		struct hprof_profile *now = placed("f a.cc:3 1\nf(int) a.cc:3 2\ng a.cc:8 4\n"),
				     *base = placed("f(int) a.cc:3 7\n");
		struct hprof_view *v = test_view(now, base, &o);

		assert_true(v->types[0].total.delta == want[i]);
		hprof_view_free(v);
		hprof_profile_free(now);
		hprof_profile_free(base);
	}
}

/* The same samples of two builds are no difference, though lines and hashes are others. */
static void a_rebuilt_program_has_not_changed(void **state)
{
	(void)state;
	for (uint32_t round = 0; round < 20; round++) {
		struct hprof_error err = HPROF_ERROR_INIT;
		const struct hprof_view_opts o = {.prune = HPROF_PRUNE_NONE, .drop_negative = true};
		struct hprof_profile *now, *base;
		struct hp_table t = {0};
		struct hprof_view *v;
		struct build b;

		state_of_random = 100 + round;
		make_build(&b);
		b.id = 1;
		for (uint32_t i = 0; i < PLACES; i++) /* an address says nothing in another build */
			b.place[i].func %= FUNCS - 1;
		state_of_random = 500 + round;
		base = make_profile(&b);
		change_build(&b, REBUILT);
		state_of_random = 500 + round;
		now = make_profile(&b);
		v = test_view(now, base, &o);
		assert_int_equal(hp_table_init(v, 0, 0, &t, &err), HPROF_OK);
		assert_int_equal(hp_table_changed(&t), 0);
		assert_true(v->types[0].total.delta == 0 && t.n > 5);
		hp_table_release(&t);
		hprof_view_free(v);
		hprof_profile_free(now);
		hprof_profile_free(base);
	}
}

/* What all boxes of a picture are worth: how much grew; they have all that is and all that was. */
static double worth(const struct hprof_view *v)
{
	struct hprof_error err = HPROF_ERROR_INIT;
	const struct hp_vtype *type = &v->types[v->chosen];
	const struct hp_flame_values *values;
	double sum = 0, now = 0, base = 0;
	struct hp_flame_raw raw;

	assert_int_equal(hp_flame_raw_init(v, &raw, &err), HPROF_OK);
	values = &raw.values[v->chosen];
	for (uint32_t i = 0; i < raw.n; i++) {
		now += values->now[i];
		base += values->base[i];
		sum += values->now[i] - values->from[i];
	}
	assert_true(fabs(now - type->total.current) < 1e-6);
	assert_true(fabs(base - type->total.base) < 1e-6);
	hp_flame_raw_release(&raw);
	return sum;
}

/*
 * Without what shrank: the total is that of the stacks as they are shown, no value is negative,
 * what is kept and what is left out are all, and pictures show the same.
 */
static void what_shrank_is_left_out_alike(void **state)
{
	(void)state;
	for (uint32_t round = 0; round < 24; round++) {
		struct hprof_profile *now, *base;
		struct build old, new;
		struct pair p;

		state_of_random = 900 + round;
		make_build(&old);
		new = old;
		change_build(&new, (enum change)(round % CHANGES));
		base = make_profile(&old);
		now = make_profile(&new);
		p = (struct pair){now, base};
		for (size_t g = 0; g < HP_LEN(granularities); g++) {
			double total[4];

			for (size_t f = 0; f < 4; f++) {
				static const struct filter parts[] = {{"", "", -1},
								      {"", "func[5-8]", 0},
								      {"", "func[5-8]", 1},
								      {"", "libB", 2}};
				struct hprof_view_opts o = options(&parts[f], g, f % 2);
				struct hprof_view *v;

				o.drop_negative = true;
				v = view_of(&p, false, &o);
				for (uint32_t i = 0; i < v->tree.n; i++)
					assert_true(v->types[0].value[i] >= 0);
				total[f] = v->types[0].total.delta;
				assert_true(fabs(worth(v) - total[f]) < 1e-6);
				hprof_view_free(v);
			}
			assert_true(total[0] > 0);
			assert_true(fabs(total[1] + total[2] - total[0]) < 1e-6);
			assert_true(fabs(total[3] - total[0]) < 1e-6);
		}
		hprof_profile_free(now);
		hprof_profile_free(base);
	}
}

/* --- code that was unloaded --- */

#define PROGRAM "550000000000-550000010000 r-xp 00000000 08:01 1 /srv/app\n"
#define LIBC "7f0000000000-7f0000010000 r-xp 00001000 08:01 2 /lib/libc.so.6\n"
#define PLUGIN                                                                                     \
	"7f0000100000-7f0000101000 r--p 00000000 08:01 3 /opt/plugin.so\n"                         \
	"7f0000101000-7f0000102000 r-xp 00001000 08:01 3 /opt/plugin.so\n"
#define OTHER "7f0000100000-7f0000104000 r-xp 00000000 08:01 4 /opt/other.so\n"
#define BESIDE "7f0000100000-7f0000101000 r-xp 00000000 08:01 4 /opt/other.so\n"
#define AGAIN                                                                                      \
	"7f0000200000-7f0000201000 r--p 00000000 08:01 3 /opt/plugin.so\n"                         \
	"7f0000201000-7f0000202000 r-xp 00001000 08:01 3 /opt/plugin.so\n"
#define ELSEWHERE "7f1000000000-7f1000010000 r-xp 00001000 08:01 2 /lib/libc.so.6\n"
#define LOST "app+0x100;[unknown] 0x7f0000101235 130\napp+0x100;plugin.so+0x1234 -100\n"
#define EVER(n, ever, more, maps)                                                                  \
	"heap_v2/1\n@ 0x7f0000101235 0x550000000101\n  t*: 1: " n " [" ever "]\n" more             \
	"MAPPED_LIBRARIES:\n" maps
#define HEAP(n, maps)                                                                              \
	"heap_v2/1\n@ 0x7f0000101235 0x550000000101\n  t*: 1: " n " [0: 0]\n"                      \
	"MAPPED_LIBRARIES:\n" maps

static bool is_told(const struct hprof_profile *p, const char *words)
{
	for (size_t i = 0; i < hprof_profile_warnings(p); i++)
		if (strstr(hprof_profile_warning(p, i), words))
			return true;
	return false;
}

static void unloaded_code_is_that_of_other_dumps(void **state)
{
	static const struct {
		const char *name, *base, *now, *want;
		uint64_t base_pid, now_pid;
	} cases[] = {
		{"unloaded", HEAP("100", PROGRAM LIBC PLUGIN), HEAP("130", PROGRAM LIBC),
		 "app+0x100;plugin.so+0x1234 30\n", 7, 7},
		{"not loaded yet", HEAP("100", PROGRAM LIBC), HEAP("130", PROGRAM LIBC PLUGIN),
		 "app+0x100;plugin.so+0x1234 30\n", 7, 7},
		{"loaded again, elsewhere", HEAP("100", PROGRAM LIBC PLUGIN),
		 HEAP("130", PROGRAM LIBC AGAIN), "app+0x100;plugin.so+0x1234 30\n", 7, 7},
		{"another library is there", HEAP("100", PROGRAM LIBC PLUGIN),
		 HEAP("130", PROGRAM LIBC OTHER),
		 "app+0x100;other.so+0x1234 130\napp+0x100;plugin.so+0x1234 -100\n", 7, 7},
		{"another is where it began", HEAP("100", PROGRAM LIBC PLUGIN),
		 HEAP("130", PROGRAM LIBC BESIDE), "app+0x100;plugin.so+0x1234 30\n", 7, 7},
		{"another process: the library lies elsewhere", HEAP("100", PROGRAM LIBC PLUGIN),
		 HEAP("130", PROGRAM ELSEWHERE),
		 "app+0x100;[unknown] 0x7f0000101235 130\napp+0x100;plugin.so+0x1234 -100\n", 0, 0},
		{"another process by its number", HEAP("100", PROGRAM LIBC PLUGIN),
		 HEAP("130", PROGRAM LIBC), LOST, 7, 8},
		{"no process is told, nor what was allocated", HEAP("100", PROGRAM LIBC PLUGIN),
		 HEAP("130", PROGRAM LIBC), LOST, 0, 7},
		{"no process is told, but all goes on",
		 EVER("100", "2: 200", "", PROGRAM LIBC PLUGIN),
		 EVER("130", "2: 230", "@ 0x550000000101\n  t*: 0: 0 [1: 8]\n", PROGRAM LIBC),
		 "app+0x100;plugin.so+0x1234 30\n", 0, 0},
		{"no process is told, and less was allocated",
		 EVER("100", "2: 200", "", PROGRAM LIBC PLUGIN),
		 EVER("130", "1: 130", "", PROGRAM LIBC), LOST, 7, 0},
		{"no process is told, and a stack is gone",
		 EVER("100", "2: 200", "@ 0x550000000101\n  t*: 0: 0 [1: 8]\n",
		      PROGRAM LIBC PLUGIN),
		 EVER("130", "3: 330", "", PROGRAM LIBC), LOST, 0, 0},
		{"all goes on, but a library has moved",
		 EVER("100", "2: 200", "", PROGRAM LIBC PLUGIN),
		 EVER("130", "3: 330", "", PROGRAM LIBC AGAIN), LOST, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < HP_LEN(cases); i++) {
		const struct hprof_render_opts draw = {0};
		struct hprof_profile *p[2] = {test_load(cases[i].base), test_load(cases[i].now)};
		const uint64_t pid[2] = {cases[i].base_pid, cases[i].now_pid};
		bool told = pid[0] && pid[1], lost = strstr(cases[i].want, "unknown") != NULL;
		bool moved = strstr(cases[i].now, "7f1000000000") != NULL;
		struct hprof_error err = HPROF_ERROR_INIT;
		struct text out = {0};
		struct hprof_view *v;

		if (hprof_lend_maps(p, pid, 2, &err) < 0)
			fail_msg("%s: %s", cases[i].name, err.message);
		assert_true(hp_profile_valid(p[0]) && hp_profile_valid(p[1]));
		v = test_view(p[1], p[0], NULL);
		if (hprof_render(v, "collapsed", &draw, text_write, &out, &err) < 0)
			fail_msg("%s: %s", cases[i].name, err.message);
		if (!out.ptr || strcmp(out.ptr, cases[i].want) != 0)
			fail_msg("%s: found\n%s", cases[i].name, out.ptr);
		if (is_told(p[1], "is taken from") != (!told && !lost) ||
		    is_told(p[1], "nothing tells that both") != (!told && lost && !moved))
			fail_msg("%s: the warnings are wrong", cases[i].name);
		free(out.ptr);
		hprof_view_free(v);
		hprof_profile_free(p[0]);
		hprof_profile_free(p[1]);
	}
}

/*
 * A dump before it lends first, then one behind it, which is told; where those before it differ,
 * or without them those behind it, nothing is lent.
 */
static void dumps_that_differ_lend_nothing(void **state)
{
	static const struct {
		const char *name;
		const char *maps[3];
		size_t lost; /* which of them has lost its code */
		const char *want, *told;
	} cases[] = {
		{"the last is lent the plugin of both before",
		 {LIBC PLUGIN, LIBC PLUGIN, LIBC},
		 2,
		 "/opt/plugin.so",
		 NULL},
		{"the last is lent nothing of two that differ",
		 {LIBC OTHER, LIBC PLUGIN, LIBC},
		 2,
		 NULL,
		 "and in \"/opt/other.so\""},
		{"the second is lent the plugin of the first",
		 {LIBC PLUGIN, LIBC, LIBC OTHER},
		 1,
		 "/opt/plugin.so",
		 NULL},
		{"the first is lent what both behind it agree on",
		 {LIBC, LIBC OTHER, LIBC OTHER},
		 0,
		 "/opt/other.so",
		 "a later dump"},
		{"the first is lent nothing of two that differ",
		 {LIBC, LIBC OTHER, LIBC PLUGIN},
		 0,
		 NULL,
		 "which of them it was is not known"},
	};
	static const uint64_t pid[] = {7, 7, 7};

	(void)state;
	for (size_t n = 0; n < HP_LEN(cases); n++) {
		struct hprof_error err = HPROF_ERROR_INIT;
		struct hprof_profile *p[3];
		const struct hprof_profile *q;
		uint32_t loc = HP_NONE;

		for (size_t i = 0; i < 3; i++) {
			char text[1024];

			(void)snprintf(text, sizeof(text), HEAP("1", PROGRAM "%s"),
				       cases[n].maps[i]);
			p[i] = test_load(text);
		}
		assert_int_equal(hprof_lend_maps(p, pid, 3, &err), HPROF_OK);
		q = p[cases[n].lost];
		for (uint32_t i = 0; i < q->locs.n; i++)
			if (q->locs.addr[i] == 0x7f0000101235)
				loc = i;
		assert_true(loc != HP_NONE);
		assert_int_equal(q->locs.module[loc].i != HP_NONE, cases[n].want != NULL);
		if (cases[n].want)
			assert_string_equal(
				hp_profile_str(q, q->modules.row[q->locs.module[loc].i].path).ptr,
				cases[n].want);
		for (size_t i = 0; i < 3; i++) {
			bool tells = is_told(p[i], "later dump") || is_told(p[i], "which of them");

			if (tells != (i == cases[n].lost && cases[n].told))
				fail_msg("%s: dump %zu", cases[n].name, i);
		}
		if (cases[n].told)
			assert_true(is_told(q, cases[n].told));
		for (size_t i = 0; i < 3; i++)
			hprof_profile_free(p[i]);
	}
}

/* Modules of which a stack is in @dir, in a heap; a second one of that name is in @other. */
static struct hprof_profile *deployed(const char *dir, const char *other, const char *n)
{
	char text[1024];

	(void)snprintf(text, sizeof(text),
		       "heap_v2/1\n@ 0x550000000101\n  t*: 1: %s [0: 0]\nMAPPED_LIBRARIES:\n"
		       "550000000000-550000010000 r-xp 00000000 08:01 1 %s/app\n"
		       "560000000000-560000010000 r-xp 00000000 08:01 1 %s/%s\n",
		       n, dir, other, *other ? "app" : "lib.so");
	return test_load(text);
}

static void modules_match_in_another_folder(void **state)
{
	static const struct {
		const char *now[2], *base[2];
		uint32_t rows, rows_of_sum;
		const char *first;
	} cases[] = {
		{{"/v2", ""}, {"/v1", ""}, 1, 2, "/v2/app"},
		{{"/v2", ""}, {"/v2", ""}, 1, 1, "/v2/app"},
		{{"/v2", "/old"}, {"/v1", ""}, 2, 2, "/v2/app"},
		{{"/v2", ""}, {"/v1", "/old"}, 2, 2, "/v2/app"},
		{{"/v2", "/v1"}, {"/v1", ""}, 2, 2, "/v2/app"},
	};
	const struct hprof_view_opts o = {.granularity = HPROF_BY_MODULE,
					  .prune = HPROF_PRUNE_NONE};

	(void)state;
	for (size_t i = 0; i < HP_LEN(cases); i++) {
		struct hprof_profile *now = deployed(cases[i].now[0], cases[i].now[1], "130");
		struct hprof_profile *base = deployed(cases[i].base[0], cases[i].base[1], "100");
		const struct pair p = {now, base};

		for (int sum = 0; sum < 2; sum++) {
			struct hprof_view *v = view_of(&p, sum, &o);
			struct hprof_error err = HPROF_ERROR_INIT;
			struct hp_table t = {0};
			struct hp_label label;

			assert_int_equal(hp_table_init(v, 0, 0, &t, &err), HPROF_OK);
			if (t.n != (sum ? cases[i].rows_of_sum : cases[i].rows))
				fail_msg("%zu: %u rows", i, t.n);
			if (t.n == 1)
				assert_string_equal(hp_row_label(v, &t.row[0], &label).ptr,
						    cases[i].first);
			hp_table_release(&t);
			hprof_view_free(v);
		}
		hprof_profile_free(now);
		hprof_profile_free(base);
	}
}

/* --- very many modules --- */

/* A dump of @n libraries whose numbers begin at @from, one stack in each. */
static struct hprof_profile *of_libraries(uint32_t n, uint32_t from)
{
	size_t cap = (size_t)n * 160 + 64, len = 0;
	char *text = malloc(cap);
	struct hprof_profile *p;

	assert_non_null(text);
	len += (size_t)snprintf(text, cap, "heap_v2/1\n");
	for (uint32_t i = 0; i < n; i++)
		len += (size_t)snprintf(text + len, cap - len, "@ 0x%llx\n  t*: 1: 100 [0: 0]\n",
					0x10000000101ull + 0x10000ull * i);
	len += (size_t)snprintf(text + len, cap - len, "MAPPED_LIBRARIES:\n");
	for (uint32_t i = 0; i < n; i++)
		len += (size_t)snprintf(text + len, cap - len,
					"%llx-%llx r-xp 00000000 08:01 1 /opt/lib%u.so\n",
					0x10000000000ull + 0x10000ull * i,
					0x10000008000ull + 0x10000ull * i, from + i);
	p = test_load(text);
	free(text);
	return p;
}

/* Comparing each module with each other takes half a minute here, with sanitizers. */
static void modules_are_matched_in_proportion(void **state)
{
	struct hprof_profile *base = of_libraries(20000, 0), *now = of_libraries(20000, 10000);
	struct hprof_view *v = test_view(now, base, NULL);

	(void)state;
	assert_int_equal(v->n_modules, 30000);
	assert_true(v->types[0].total.delta == 0 && v->several_builds);
	hprof_view_free(v);
	hprof_profile_free(base);
	hprof_profile_free(now);
}

RUN(cmocka_unit_test(several_are_the_sum_of_each), cmocka_unit_test(names_of_builds_match),
    cmocka_unit_test(names_without_arguments_match), cmocka_unit_test(short_names_are_found),
    cmocka_unit_test(a_rebuilt_program_has_not_changed),
    cmocka_unit_test(what_shrank_is_left_out_alike),
    cmocka_unit_test(unloaded_code_is_that_of_other_dumps),
    cmocka_unit_test(dumps_that_differ_lend_nothing),
    cmocka_unit_test(modules_match_in_another_folder),
    cmocka_unit_test(modules_are_matched_in_proportion))
