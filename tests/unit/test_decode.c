/* test_decode.c - messages of a child process: what breaks the protocol is refused, all else is
 * given. */
#include "tests/test.h"

#include "analyzer/symbolize/decode.h"

enum { N_ADDRS = 3, FIELDS = 8 };

/* What the decoder gave, as text. */
struct log {
	char text[2000];
	int fails; /* the call that fails, counted from 1; 0: none */
	int calls;
};

static int note(struct log *l, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static int note(struct log *l, const char *fmt, ...)
{
	size_t n = strlen(l->text);
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(l->text + n, sizeof(l->text) - n, fmt, ap);
	va_end(ap);
	return ++l->calls == l->fails ? HPROF_ENOMEM : HPROF_OK;
}

static int on_file(void *ctx, const struct hp_reply_file *f)
{
	return note(ctx, "file %d %d %.*s %.*s;", f->status, f->symbols,
		    (int)f->text[HP_WIRE_FILE_PATH].len, f->text[HP_WIRE_FILE_PATH].ptr,
		    (int)f->text[HP_WIRE_FILE_EVIDENCE].len, f->text[HP_WIRE_FILE_EVIDENCE].ptr);
}

static int on_addr(void *ctx, uint32_t i, uint64_t addr)
{
	return note(ctx, "addr %u %#llx;", i, (unsigned long long)addr);
}

static int on_call(void *ctx, uint32_t i, enum hp_loc_call call)
{
	return note(ctx, "call %u %d;", i, call);
}

static int on_func(void *ctx, const struct hp_reply_func *f)
{
	struct hp_func_names again = hp_reply_names(f->body);

	assert_true(hp_slice_same(again.name, f->names.name));
	assert_true(hp_slice_same(again.full, f->names.full));
	assert_true(hp_slice_same(again.file, f->names.file));
	return note(ctx, "func %u %.*s %.*s;", f->stream, (int)f->names.name.len, f->names.name.ptr,
		    (int)f->names.full.len, f->names.full.ptr);
}

static int on_frames(void *ctx, const struct hp_reply_frames *f)
{
	int r = note(ctx, "frames %u of %u:", f->n, f->addr);

	for (uint32_t i = 0; i < f->n; i++) {
		struct hp_reply_frame frame = hp_reply_frame(f, i);

		(void)note(ctx, " %u:%u", frame.func, frame.line);
	}
	(void)note(ctx, ";");
	return r;
}

static int on_warning(void *ctx, enum hp_wire_warning kind, struct hp_slice text)
{
	return note(ctx, "warning %d %.*s;", kind, (int)text.len, text.ptr);
}

static int on_progress(void *ctx, uint32_t units, uint32_t n_units)
{
	return note(ctx, "progress %u %u;", units, n_units);
}

static int on_address_bytes(void *ctx, unsigned bytes)
{
	return note(ctx, "bytes %u;", bytes);
}

static int on_section(void *ctx, uint64_t start, uint64_t len, struct hp_slice name)
{
	return note(ctx, "section %llu %llu %.*s;", (unsigned long long)start,
		    (unsigned long long)len, (int)name.len, name.ptr);
}

static int on_cached(void *ctx, struct hp_slice key)
{
	return note(ctx, "cached %.*s;", (int)key.len, key.ptr);
}

static const struct hp_reply_ops all_ops = {
	.file = on_file,
	.addr = on_addr,
	.call = on_call,
	.func = on_func,
	.frames = on_frames,
	.warning = on_warning,
	.progress = on_progress,
	.address_bytes = on_address_bytes,
	.section = on_section,
	.cached = on_cached,
};

/* A field of a message: '1', '4' and '8' are numbers of so many bytes, 't' is a text. */
struct field {
	char type;
	uint64_t n;
	const char *text;
};

#define U8(n)                                                                                      \
	{                                                                                          \
		'1', n, NULL                                                                       \
	}
#define U32(n)                                                                                     \
	{                                                                                          \
		'4', n, NULL                                                                       \
	}
#define U64(n)                                                                                     \
	{                                                                                          \
		'8', n, NULL                                                                       \
	}
#define TEXT(s)                                                                                    \
	{                                                                                          \
		't', 0, s                                                                          \
	}

static void put(struct hp_wire *w, enum hp_wire_kind kind, const struct field *f)
{
	hp_wire_begin(w, kind);
	for (; f->type; f++) {
		if (f->type == '1')
			hp_wire_u8(w, (uint8_t)f->n);
		else if (f->type == '4')
			hp_wire_u32(w, (uint32_t)f->n);
		else if (f->type == '8')
			hp_wire_u64(w, f->n);
		else
			hp_wire_text(w, hp_slice_str(f->text));
	}
	hp_wire_end(w);
}

/* Functions "f" and "g" of stream 2, to which frames refer. */
static void put_funcs(struct hp_wire *w)
{
	put(w, HP_WIRE_FUNC,
	    (struct field[]){U8(2), TEXT("f"), TEXT(""), TEXT(""), TEXT("a.c"), {0}});
	put(w, HP_WIRE_FUNC,
	    (struct field[]){U8(2), TEXT("g"), TEXT("g()"), TEXT("_g"), TEXT(""), {0}});
}

static void decode(struct hp_decoder *d, const struct hp_wire *w, const struct hp_reply_ops *ops,
		   struct log *log)
{
	uint8_t *bytes = malloc(w->n + 1); /* of its very size, for the sanitizer */
	struct hp_cursor c = hp_cursor_init(bytes, w->n);

	assert_non_null(bytes);
	memcpy(bytes, w->bytes, w->n);
	assert_int_equal(hp_wire_decode(d, &c, ops, log), HPROF_OK);
	free(bytes);
}

#define FUNCS "func 2 f f;func 2 g g();"

static void messages_are_checked(void **state)
{
	static const struct {
		const char *name;
		enum hp_wire_kind kind;
		struct field field[FIELDS];
		const char *want; /* NULL: malformed */
	} cases[] = {
		{"addresses",
		 HP_WIRE_ADDRS,
		 {U32(1), U64(16), U64(UINT64_MAX)},
		 "addr 1 0x10;addr 2 0xffffffffffffffff;"},
		{"addresses: none", HP_WIRE_ADDRS, {U32(7)}, ""},
		{"addresses: one too many", HP_WIRE_ADDRS, {U32(2), U64(1), U64(2)}, NULL},
		{"addresses: half a number", HP_WIRE_ADDRS, {U32(0), U32(1)}, NULL},
		{"addresses: nothing at all", HP_WIRE_ADDRS, {{0}}, NULL},
		{"addresses: the number overflows", HP_WIRE_ADDRS, {U32(UINT32_MAX), U64(1)}, NULL},
		{"call", HP_WIRE_CALL, {U32(2), U8(HP_CALL_RESUMES)}, "call 2 2;"},
		{"call: of an address that was not asked for", HP_WIRE_CALL, {U32(3), U8(0)}, NULL},
		{"call: of a kind that there is not", HP_WIRE_CALL, {U32(0), U8(3)}, NULL},
		{"call: cut", HP_WIRE_CALL, {U32(0)}, NULL},
		{"function: no name",
		 HP_WIRE_FUNC,
		 {U8(0), TEXT(""), TEXT("x"), TEXT(""), TEXT("")},
		 NULL},
		{"function: too few texts", HP_WIRE_FUNC, {U8(0), TEXT("x"), TEXT("x")}, NULL},
		{"function: a text beyond the end",
		 HP_WIRE_FUNC,
		 {U8(0), TEXT("x"), TEXT(""), TEXT(""), U32(UINT32_MAX)},
		 NULL},
		{"function: a stream that there is not",
		 HP_WIRE_FUNC,
		 {U8(HP_WIRE_STREAMS), TEXT("x"), TEXT(""), TEXT(""), TEXT("")},
		 NULL},
		{"frames: none", HP_WIRE_FRAMES, {U8(2), U32(0)}, "frames 0 of 0:;"},
		{"frames",
		 HP_WIRE_FRAMES,
		 {U8(2), U32(1), U32(1), U32(7), U32(0), U32(0)},
		 "frames 1 of 1: 1:7;"},
		{"frames: of an address that was not asked for",
		 HP_WIRE_FRAMES,
		 {U8(2), U32(3)},
		 NULL},
		{"frames: of a stream that there is not", HP_WIRE_FRAMES, {U8(255), U32(0)}, NULL},
		{"frames: a function that was not sent",
		 HP_WIRE_FRAMES,
		 {U8(2), U32(0), U32(2), U32(7), U32(0), U32(0)},
		 NULL},
		{"frames: a function of another stream",
		 HP_WIRE_FRAMES,
		 {U8(1), U32(0), U32(0), U32(7), U32(0), U32(0)},
		 NULL},
		{"frames: a function far away",
		 HP_WIRE_FRAMES,
		 {U8(2), U32(0), U32(UINT32_MAX), U32(7), U32(0), U32(0)},
		 NULL},
		{"frames: half of one", HP_WIRE_FRAMES, {U8(2), U32(0), U32(0), U32(7)}, NULL},
		{"frames: no address", HP_WIRE_FRAMES, {U8(2)}, NULL},
		{"warning", HP_WIRE_WARN, {U8(HP_WIRE_SERVERS), TEXT("x")}, "warning 6 x;"},
		{"warning: of a kind that there is not",
		 HP_WIRE_WARN,
		 {U8(HP_WIRE_WARNINGS), TEXT("x")},
		 NULL},
		{"warning: no text", HP_WIRE_WARN, {U8(0)}, NULL},
		{"progress", HP_WIRE_PROGRESS, {U32(1), U32(2)}, "progress 1 2;"},
		{"progress: cut", HP_WIRE_PROGRESS, {U32(1)}, NULL},
		{"sections",
		 HP_WIRE_SECTIONS,
		 {U8(8), U64(1), U64(2), TEXT("s")},
		 "bytes 8;section 1 2 s;"},
		{"sections: of no size of addresses", HP_WIRE_SECTIONS, {U8(5)}, NULL},
		{"sections: no name", HP_WIRE_SECTIONS, {U8(4), U64(1), U64(2)}, NULL},
		{"cached", HP_WIRE_CACHED, {TEXT("k")}, "cached k;"},
		{"cached: no key", HP_WIRE_CACHED, {TEXT("")}, NULL},
		{"cached: cut", HP_WIRE_CACHED, {{0}}, NULL},
		{"file: cut", HP_WIRE_FILE, {U8(1), U8(1), TEXT("x")}, NULL},
		{"end", HP_WIRE_END, {{0}}, ""},
		{"a kind that there is not", HP_WIRE_END + 1, {{0}}, NULL},
		{"kind 0", 0, {{0}}, NULL},
	};

	(void)state;
	for (size_t i = 0; i < HP_LEN(cases); i++) {
		struct hp_decoder d = {.accepts = ~0u, .n_addrs = N_ADDRS};
		struct hp_wire w = {.fd = -1};
		struct log log = {.calls = 0};

		put_funcs(&w);
		put(&w, cases[i].kind, cases[i].field);
		decode(&d, &w, &all_ops, &log);
		if (d.malformed != !cases[i].want)
			fail_msg("%s: malformed: %d", cases[i].name, d.malformed);
		if (cases[i].want && (strncmp(log.text, FUNCS, strlen(FUNCS)) != 0 ||
				      strcmp(log.text + strlen(FUNCS), cases[i].want) != 0))
			fail_msg("%s: %s", cases[i].name, log.text);
		hp_wire_release(&w);
	}
}

static void put_file(struct hp_wire *w, uint8_t status, uint8_t symbols)
{
	hp_wire_begin(w, HP_WIRE_FILE);
	hp_wire_u8(w, status);
	hp_wire_u8(w, symbols);
	for (unsigned i = 0; i < HP_WIRE_FILE_TEXTS; i++)
		hp_wire_text(w, i ? HP_LIT("why") : HP_LIT("/bin/x"));
	hp_wire_end(w);
}

static void file_is_sent_once(void **state)
{
	static const struct {
		uint8_t status, symbols;
		bool twice, malformed;
	} cases[] = {
		{HP_MODULE_OK, HP_SYMBOLS_DWARF, false, false},
		{HP_MODULE_OK, HP_SYMBOLS_DWARF, true, true},
		{HP_MODULE_SPECIAL + 1, HP_SYMBOLS_DWARF, false, true},
		{HP_MODULE_OK, HP_SYMBOLS_DWARF + 1, false, true},
	};

	(void)state;
	for (size_t i = 0; i < HP_LEN(cases); i++) {
		struct hp_decoder d = {.accepts = ~0u};
		struct hp_wire w = {.fd = -1};
		struct log log = {.calls = 0};

		put_file(&w, cases[i].status, cases[i].symbols);
		if (cases[i].twice)
			put_file(&w, cases[i].status, cases[i].symbols);
		decode(&d, &w, &all_ops, &log);
		if (d.malformed != cases[i].malformed)
			fail_msg("case %zu: malformed: %d", i, d.malformed);
		if (!d.malformed)
			assert_string_equal(log.text, "file 1 4 /bin/x why;");
		hp_wire_release(&w);
	}
}

static void other_messages_are_refused(void **state)
{
	const struct field one[] = {U32(1), U32(2), {0}};

	(void)state;
	for (unsigned kind = HP_WIRE_FILE; kind <= HP_WIRE_END; kind++) {
		struct hp_decoder d = {.accepts = ~(1u << kind), .n_addrs = N_ADDRS};
		struct hp_wire w = {.fd = -1};
		struct log log = {.calls = 0};

		put(&w, (enum hp_wire_kind)kind, one);
		decode(&d, &w, &all_ops, &log);
		assert_true(d.malformed);
		assert_false(d.ended);
		assert_int_equal(log.calls, 0);
		hp_wire_release(&w);
	}
}

/* Who receives nothing of a kind does not mind what is in it. */
static void kinds_that_nobody_receives_are_passed_over(void **state)
{
	static const struct hp_reply_ops progress = {.progress = on_progress};
	struct hp_decoder d = {.accepts = ~0u};
	struct hp_wire w = {.fd = -1};
	struct log log = {.calls = 0};

	(void)state;
	put(&w, HP_WIRE_FRAMES, (struct field[]){U8(9), {0}});
	put(&w, HP_WIRE_PROGRESS, (struct field[]){U32(3), U32(4), {0}});
	put(&w, HP_WIRE_END, (struct field[]){{0}});
	put(&w, HP_WIRE_PROGRESS, (struct field[]){{0}}); /* behind the end */
	decode(&d, &w, &progress, &log);
	assert_false(d.malformed);
	assert_true(d.ended);
	assert_string_equal(log.text, "progress 3 4;");
	hp_wire_release(&w);
}

/* Bytes come in pieces: what is not whole waits; however they are cut the same is given. */
static void pieces_give_the_same(void **state)
{
	struct log whole = {.calls = 0};
	struct hp_decoder once = {.accepts = ~0u, .n_addrs = N_ADDRS};
	struct hp_wire w = {.fd = -1};

	(void)state;
	put_file(&w, HP_MODULE_OK, HP_SYMBOLS_SYMTAB);
	put_funcs(&w);
	put(&w, HP_WIRE_FRAMES,
	    (struct field[]){U8(2), U32(1), U32(1), U32(7), U32(0), U32(0), {0}});
	put(&w, HP_WIRE_END, (struct field[]){{0}});
	decode(&once, &w, &all_ops, &whole);
	assert_true(once.ended);
	for (size_t cut = 0; cut <= w.n; cut++) {
		struct hp_decoder d = {.accepts = ~0u, .n_addrs = N_ADDRS};
		struct hp_cursor c = hp_cursor_init(w.bytes, cut);
		struct log log = {.calls = 0};

		assert_int_equal(hp_wire_decode(&d, &c, &all_ops, &log), HPROF_OK);
		assert_false(d.malformed);
		assert_int_equal(d.ended, cut == w.n);
		c = hp_cursor_init(c.next, (size_t)(w.bytes + w.n - c.next));
		assert_int_equal(hp_wire_decode(&d, &c, &all_ops, &log), HPROF_OK);
		assert_true(d.ended);
		assert_string_equal(log.text, whole.text);
	}
	hp_wire_release(&w);
}

static void errors_end_it(void **state)
{
	struct hp_wire w = {.fd = -1};

	(void)state;
	put_funcs(&w);
	put(&w, HP_WIRE_ADDRS, (struct field[]){U32(0), U64(1), U64(2), {0}});
	put(&w, HP_WIRE_SECTIONS, (struct field[]){U8(4), U64(1), U64(2), TEXT("s"), {0}});
	for (int i = 1; i <= 6; i++) {
		struct hp_decoder d = {.accepts = ~0u, .n_addrs = N_ADDRS};
		struct hp_cursor c = hp_cursor_init(w.bytes, w.n);
		struct log log = {.fails = i};

		assert_int_equal(hp_wire_decode(&d, &c, &all_ops, &log), HPROF_ENOMEM);
		assert_int_equal(log.calls, i);
		assert_false(d.malformed);
	}
	hp_wire_release(&w);
}

static void any_bytes_do_no_harm(void **state)
{
	struct hp_wire w = {.fd = -1};
	unsigned seed = 1;

	(void)state;
	put_file(&w, HP_MODULE_OK, HP_SYMBOLS_SYMTAB);
	put_funcs(&w);
	put(&w, HP_WIRE_ADDRS, (struct field[]){U32(0), U64(1), U64(2), {0}});
	put(&w, HP_WIRE_FRAMES,
	    (struct field[]){U8(2), U32(1), U32(1), U32(7), U32(0), U32(0), {0}});
	put(&w, HP_WIRE_SECTIONS, (struct field[]){U8(4), U64(1), U64(2), TEXT("s"), {0}});
	for (int i = 0; i < 20000; i++) {
		struct hp_decoder d = {.accepts = ~0u, .n_addrs = N_ADDRS};
		struct hp_wire odd = {.bytes = malloc(w.n), .n = w.n};
		struct log log = {.calls = 0};

		assert_non_null(odd.bytes);
		memcpy(odd.bytes, w.bytes, w.n);
		for (int k = 0; k < 1 + i % 4; k++)
			odd.bytes[(size_t)rand_r(&seed) % w.n] = (uint8_t)rand_r(&seed);
		odd.n = i % 3 ? w.n : (size_t)rand_r(&seed) % w.n;
		decode(&d, &odd, &all_ops, &log);
		free(odd.bytes);
	}
	hp_wire_release(&w);
}

RUN(cmocka_unit_test(messages_are_checked), cmocka_unit_test(file_is_sent_once),
    cmocka_unit_test(other_messages_are_refused),
    cmocka_unit_test(kinds_that_nobody_receives_are_passed_over),
    cmocka_unit_test(pieces_give_the_same), cmocka_unit_test(errors_end_it),
    cmocka_unit_test(any_bytes_do_no_harm))
