/* child.c - what runs in a child process: naming the addresses of one module or file. */
#include "analyzer/symbolize/child.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "analyzer/base/column.h"
#include "analyzer/symbolize/crt.h"
#include "analyzer/symbolize/debug_file.h"
#include "analyzer/symbolize/dwarf.h"
#include "analyzer/symbolize/find.h"
#include "analyzer/symbolize/fit.h"
#include "analyzer/symbolize/process.h"
#include "analyzer/symbolize/recall.h"
#include "analyzer/symbolize/reply.h"
#include "analyzer/symbolize/symtab.h"
#include "analyzer/symbolize/text.h"
#include "analyzer/symbolize/threads.h"

enum {
	ADDRS_PER_MESSAGE = 65536,
	SECTIONS_PER_MESSAGE = 1024,
	MAX_WARNINGS = 1000,
	PLACES_AT_ONCE = 512, /* that a thread takes to name by symbols... */
	THREAD_PLACES = 2048, /* ...and for fewer none is started */
	PROGRESS_EVERY_MS = 50
};

struct warnings { /* about damage: those that sort first are kept */
	char **row;
	uint32_t n, cap;
};

struct child {
	const struct hp_job *job;
	pthread_mutex_t lock; /* of the pipe */
	struct hp_wire wire;  /* what is not about addresses */
	struct hp_arena mem;
	struct hp_found found;
	struct hp_debug_found debug;
	struct hp_alt_found alt;
	struct hp_symtab symtab;
	struct hp_dwarf *dwarf;
	bool bare;                                        /* send lines without functions, too */
	struct hp_reply_writer *writer[HP_DWARF_WORKERS]; /* made when first used, by its worker */
	atomic_bool no_memory;
	struct hp_asked *places; /* [n_places] sorted */
	uint32_t n_places;
	uint8_t *call; /* [job->n_addrs] HP_CALL_* of those that have a place */
	struct hp_recall recall;
	struct warnings damage;
	bool damaged;        /* answers may be wrong: they are not to be remembered */
	int64_t progress_ms; /* when progress was sent last */
};

static void warn(struct child *c, enum hp_wire_warning kind, const char *text)
{
	if (!*text)
		return;
	hp_wire_begin(&c->wire, HP_WIRE_WARN);
	hp_wire_u8(&c->wire, (uint8_t)kind);
	hp_wire_text(&c->wire, hp_slice_str(text));
	hp_wire_end(&c->wire);
}

static int by_text(const void *a, const void *b)
{
	const char *const *x = a;
	const char *const *y = b;

	return strcmp(*x, *y);
}

/*
 * Workers find damage in any order.  What is sent must not depend on it, so warnings wait
 * until all are known.
 */
static void sort_damage(struct warnings *w)
{
	if (w->n > 1)
		qsort(w->row, w->n, sizeof(*w->row), by_text);
	while (w->n > MAX_WARNINGS)
		free(w->row[--w->n]);
}

/* The first character of a row is its kind. */
static void note_damage(void *ctx, enum hp_dwarf_trouble kind, const char *text)
{
	struct warnings *w = &((struct child *)ctx)->damage;
	char *copy;

	if (!*text)
		return;
	((struct child *)ctx)->damaged = true;
	if (asprintf(&copy, "%c%s", kind == HP_DWARF_MISSING ? 'm' : 'd', text) < 0)
		copy = NULL;
	if (w->n >= 2 * MAX_WARNINGS)
		sort_damage(w);
	if (copy && HP_COLUMN_ROOM(w->row, w->n, w->cap))
		w->row[w->n++] = copy;
	else
		free(copy);
}

static void send_damage(struct child *c)
{
	struct warnings *w = &c->damage;

	sort_damage(w);
	for (uint32_t i = 0; i < w->n; i++) {
		warn(c, w->row[i][0] == 'm' ? HP_WIRE_MISSING : HP_WIRE_DAMAGED, w->row[i] + 1);
		free(w->row[i]);
	}
	w->n = 0;
}

static void send_end(struct child *c)
{
	hp_wire_begin(&c->wire, HP_WIRE_END);
	hp_wire_end(&c->wire);
	hp_wire_flush(&c->wire);
}

static struct hp_reply_writer *writer_of(struct child *c, unsigned worker)
{
	struct hp_reply_writer *t = c->writer[worker];
	const struct hp_wire wire = {.fd = c->wire.fd, .lock = &c->lock};

	if (t)
		return t;
	t = malloc(sizeof(*t));
	if (!t || !hp_reply_writer_init(t, (uint8_t)worker, wire, &c->symtab)) {
		free(t);
		atomic_store(&c->no_memory, true);
		return NULL;
	}
	t->bare = c->bare;
	t->remembers = c->recall.open;
	c->writer[worker] = t;
	return t;
}

static void send_frames(void *ctx, unsigned worker, uint32_t i, const struct hp_raw_frame *f,
			uint32_t n)
{
	struct child *c = ctx;
	struct hp_reply_writer *t = writer_of(c, worker);

	if (t)
		hp_reply_writer_frames(t, c->places[i].i, c->places[i].addr, f, n);
}

static void pause_here(void *ctx, unsigned worker)
{
	struct child *c = ctx;

	if (c->writer[worker])
		hp_wire_flush(&c->writer[worker]->wire);
}

static void report_progress(void *ctx, uint32_t done, uint32_t total)
{
	struct child *c = ctx;
	int64_t now_ms = hp_process_now_ms();

	if (!c->job->opts->progress || now_ms - c->progress_ms < PROGRESS_EVERY_MS)
		return;
	c->progress_ms = now_ms;
	hp_wire_begin(&c->wire, HP_WIRE_PROGRESS);
	hp_wire_u32(&c->wire, done);
	hp_wire_u32(&c->wire, total);
	hp_wire_end(&c->wire);
	hp_wire_flush(&c->wire);
}

static void send_file(struct child *c, enum hp_module_symbols symbols)
{
	const struct hp_found *found = &c->found;
	const struct hp_debug_found *debug = &c->debug;
	struct hp_slice id = found->elf.build_id;
	const char *texts[HP_WIRE_FILE_TEXTS] = {
		found->file,     debug->file, hp_text_hex(&c->mem, id.ptr, id.len),
		found->how,      found->note, debug->how,
		c->alt.file,     c->alt.how,  hp_text_lines(&c->mem, found->tried, debug->tried),
		found->evidence,
	};

	hp_wire_begin(&c->wire, HP_WIRE_FILE);
	hp_wire_u8(&c->wire, (uint8_t)found->status);
	hp_wire_u8(&c->wire, (uint8_t)symbols);
	for (size_t i = 0; i < HP_LEN(texts); i++)
		hp_wire_text(&c->wire, hp_slice_str(texts[i]));
	hp_wire_end(&c->wire);
	warn(c, HP_WIRE_MISMATCH, found->mismatch);
	warn(c, HP_WIRE_DOUBTFUL, found->doubt);
	warn(c, HP_WIRE_UNREADABLE, found->unreadable);
	warn(c, HP_WIRE_DEBUG, *debug->refused ? debug->refused : found->debug_refused);
	warn(c, HP_WIRE_SERVERS, *debug->servers ? debug->servers : c->alt.servers);
	hp_wire_flush(&c->wire);
}

static int by_addr(const void *pa, const void *pb)
{
	const struct hp_asked *a = pa;
	const struct hp_asked *b = pb;

	if (a->addr != b->addr)
		return a->addr < b->addr ? -1 : 1;
	return (a->i > b->i) - (a->i < b->i);
}

/* Where in the file address @a is, as return addresses count: a byte before what it returns to. */
static bool find_place(const struct child *c, const struct hp_job_addr *a, uint64_t *out)
{
	*out = a->call;
	return a->map == HP_JOB_IN_FILE ||
	       hp_fit_address(&c->found.elf, c->job, &c->found.fit, a, out);
}

/* What is known of the return address @a, which is at @addr of the file. */
static enum hp_loc_call find_call(const struct child *c, const struct hp_job_addr *a, uint64_t addr)
{
	return a->map == HP_JOB_IN_FILE ? HP_CALL_UNKNOWN
					: hp_fit_call(&c->found.elf, c->job, addr);
}

/*
 * Find and send where in the file the addresses are.  What a signal handler returns to was not
 * called: the byte before it is not of its function.
 */
static bool place_addresses(struct child *c)
{
	const struct hp_job *job = c->job;

	c->places = calloc((size_t)job->n_addrs + 1, sizeof(*c->places));
	c->call = calloc((size_t)job->n_addrs + 1, sizeof(*c->call));
	if (!c->places || !c->call)
		return false;
	for (uint32_t i = 0; i < job->n_addrs; i++) {
		const struct hp_job_addr *a = &job->addrs[i];
		uint64_t addr;

		if (find_place(c, a, &addr)) {
			c->call[i] = (uint8_t)find_call(c, a, addr);
			addr += c->call[i] == HP_CALL_RESUMES;
			c->places[c->n_places++] = (struct hp_asked){addr, i};
		} else {
			addr = HP_WIRE_NO_ADDR;
		}
		if (i % ADDRS_PER_MESSAGE == 0) {
			hp_wire_begin(&c->wire, HP_WIRE_ADDRS);
			hp_wire_u32(&c->wire, i);
		}
		hp_wire_u64(&c->wire, addr);
		if (i % ADDRS_PER_MESSAGE == ADDRS_PER_MESSAGE - 1 || i + 1 == job->n_addrs)
			hp_wire_end(&c->wire);
	}
	hp_wire_flush(&c->wire);
	if (c->n_places > 1)
		qsort(c->places, c->n_places, sizeof(*c->places), by_addr);
	return true;
}

/* Send which addresses follow no call, unless the user wants this file whatever it is. */
static void send_calls(struct child *c)
{
	bool wanted = hp_find_is_wanted(c->job, &c->found);

	for (uint32_t i = 0; !wanted && i < c->n_places; i++) {
		uint32_t at = c->places[i].i;

		if (c->call[at] == HP_CALL_UNKNOWN)
			continue;
		hp_wire_begin(&c->wire, HP_WIRE_CALL);
		hp_wire_u32(&c->wire, at);
		hp_wire_u8(&c->wire, c->call[at]);
		hp_wire_end(&c->wire);
	}
	hp_wire_flush(&c->wire);
}

/* The addresses of all places, to be freed; NULL: no memory. */
static uint64_t *list_addresses(const struct child *c)
{
	uint64_t *addr = calloc((size_t)c->n_places + 1, sizeof(*addr));

	for (uint32_t i = 0; addr && i < c->n_places; i++)
		addr[i] = c->places[i].addr;
	return addr;
}

static bool prefetch(struct child *c)
{
	uint64_t *addr = list_addresses(c);
	bool done = addr && hp_symtab_prefetch(&c->symtab, addr, c->n_places) == HPROF_OK;

	free(addr);
	return done;
}

/* Thunks: compilers make them, and only symbols name them. */
static bool has_no_debug_info(void *ctx, uint64_t addr)
{
	struct hp_slice name = hp_symtab_owner(&((struct child *)ctx)->symtab, addr);

	return hp_slice_starts(name, HP_LIT("_ZTh")) || hp_slice_starts(name, HP_LIT("_ZTv")) ||
	       hp_slice_starts(name, HP_LIT("_ZTc"));
}

/* Have @c->dwarf send the frames of all places. */
static bool read_dwarf(struct child *c)
{
	const struct hp_dwarf_sink sink = {c,          send_frames,     note_damage,
					   pause_here, report_progress, has_no_debug_info};
	uint64_t *addr = list_addresses(c);
	int r;

	if (!addr)
		return false;
	r = hp_dwarf_run(c->dwarf, addr, c->n_places, &sink);
	free(addr);
	return r == HPROF_OK;
}

struct naming {
	struct child *c;
	_Atomic uint32_t next;
};

static void name_some(void *ctx, unsigned worker)
{
	struct naming *n = ctx;
	uint32_t all = n->c->n_places;

	for (;;) {
		uint32_t from = atomic_fetch_add(&n->next, PLACES_AT_ONCE);

		if (from >= all)
			return;
		for (uint32_t i = from; i < all && i - from < PLACES_AT_ONCE; i++)
			send_frames(n->c, worker, i, NULL, 0);
	}
}

static void name_by_symbols(struct child *c)
{
	struct naming n = {.c = c};

	unsigned workers = hp_threads_for(c->job->opts->workers, HP_DWARF_WORKERS);

	hp_run_on(c->n_places > THREAD_PLACES ? workers : 1, name_some, &n);
}

/* Name all places: with DWARF where there is some, else by symbols. */
static bool name_places(struct child *c)
{
	bool done = prefetch(c);

	if (!done)
		return false;
	if (c->dwarf)
		done = read_dwarf(c);
	else
		name_by_symbols(c);
	for (unsigned i = 0; i < HP_DWARF_WORKERS; i++) {
		if (!c->writer[i])
			continue;
		hp_wire_flush(&c->writer[i]->wire);
		done = done && !c->writer[i]->wire.failed;
	}
	return done && !atomic_load(&c->no_memory) && !hp_symtab_failed(&c->symtab);
}

/* The file that has the DWARF: the one that was found, or its debug file. */
static const struct hp_elf *with_dwarf(const struct child *c)
{
	return *c->debug.file ? &c->debug.elf : &c->found.elf;
}

/* Find the debug file of the file that was found, and what that one shares DWARF with. */
static void find_debug(struct child *c)
{
	if (!hp_elf_section(&c->found.elf, ".debug_info"))
		hp_find_debug(&c->found.elf, c->job, &c->mem, &c->debug);
	hp_find_alt(with_dwarf(c), c->job, true, &c->mem, &c->alt);
}

static bool read_symbols(struct child *c)
{
	return hp_symtab_open(&c->symtab, &c->found.elf, *c->debug.file ? &c->debug.elf : NULL) ==
	       HPROF_OK;
}

static void open_dwarf(struct child *c)
{
	const char *why = "";

	c->dwarf = hp_dwarf_open(&c->found.elf, with_dwarf(c), c->job, &c->mem, &why);
	note_damage(c, HP_DWARF_DAMAGED, why);
}

/* Name what is not remembered; @symbols are what it comes from. False: no memory. */
static bool answer_rest(struct child *c, enum hp_module_symbols *symbols)
{
	if (!read_symbols(c))
		return false;
	if (!c->job->no_dwarf)
		open_dwarf(c);
	*symbols = c->dwarf ? HP_SYMBOLS_DWARF : c->symtab.kind;
	send_file(c, *symbols);
	if (!name_places(c))
		return false;
	send_damage(c);
	return true;
}

/* Whether symbols of the debug file show that the file is of another build: it is not used. */
static bool refuse_by_debug(struct child *c)
{
	struct hp_found *found = &c->found;
	const char *why;

	if (!*c->debug.file ||
	    !hp_crt_holds(&found->elf, &c->debug.elf, c->job, &found->fit, &c->mem, &why))
		return false;
	if (c->job->opts->force_binary) {
		hp_find_force(found, why, &c->mem);
		return false;
	}
	found->status = HP_MODULE_MISMATCH;
	found->mismatch = found->note = hp_textf(&c->mem, "%s: %s", found->file, why);
	found->evidence = found->doubt = "";
	return true;
}

/* Answer all of the job by the file that was found. False: no memory. */
static bool answer(struct child *c, enum hp_module_symbols *symbols)
{
	find_debug(c);
	if (refuse_by_debug(c)) {
		send_file(c, HP_SYMBOLS_NONE);
		return true;
	}
	hp_recall_open(&c->recall, c->job, &c->found, &c->debug, &c->mem);
	if (!place_addresses(c))
		return false;
	send_calls(c);
	if (!hp_recall_find(&c->recall, c->places, &c->n_places))
		return false;
	if (!c->recall.n_hits)
		return answer_rest(c, symbols);
	*symbols = (enum hp_module_symbols)c->recall.cache.image.symbols;
	if (c->n_places && !answer_rest(c, symbols))
		return false;
	if (!c->n_places)
		send_file(c, *symbols);
	hp_recall_tell(&c->recall, &c->wire);
	return true;
}

/* Have the next run find what was found now; it is sent already. */
static void remember(struct child *c, enum hp_module_symbols symbols)
{
	struct hp_cache_batch new_replies[HP_DWARF_WORKERS];
	size_t n = 0;

	if (c->damaged)
		return;
	for (unsigned i = 0; i < HP_DWARF_WORKERS; i++)
		if (c->writer[i])
			new_replies[n++] = c->writer[i]->new_replies; /* borrowed */
	if (n)
		hp_recall_save(&c->recall, symbols, new_replies, n);
}

static bool init(struct child *c, const struct hp_job *job, int fd)
{
	*c = (struct child){
		.job = job,
		.wire = {.fd = fd, .lock = &c->lock},
		.found = {.elf.fd = -1},
		.debug = HP_NO_DEBUG_FILE,
		.alt = HP_NO_ALT_FILE,
	};
	return elf_version(EV_CURRENT) != EV_NONE && pthread_mutex_init(&c->lock, NULL) == 0;
}

static void release(struct child *c)
{
	hp_dwarf_close(c->dwarf);
	for (unsigned i = 0; i < HP_DWARF_WORKERS; i++) {
		if (c->writer[i])
			hp_reply_writer_release(c->writer[i]);
		free(c->writer[i]);
	}
	for (uint32_t i = 0; i < c->damage.n; i++)
		free(c->damage.row[i]);
	free(c->damage.row);
	hp_recall_release(&c->recall);
	hp_symtab_release(&c->symtab);
	hp_elf_close(&c->debug.elf);
	hp_elf_close(&c->found.elf);
	free(c->places);
	free(c->call);
	hp_wire_release(&c->wire);
	hp_arena_release(&c->mem);
	(void)pthread_mutex_destroy(&c->lock); /* nobody holds it any more */
}

bool hp_child_run(const struct hp_job *job, int fd)
{
	enum hp_module_symbols symbols = HP_SYMBOLS_NONE;
	bool done = true;
	struct child c;

	if (!init(&c, job, fd))
		return false;
	hp_find_module(job, &c.mem, &c.found);
	if (c.found.status == HP_MODULE_OK)
		done = answer(&c, &symbols);
	else
		send_file(&c, HP_SYMBOLS_NONE);
	if (done)
		send_end(&c);
	done = done && !c.wire.failed;
	if (done)
		remember(&c, symbols);
	release(&c);
	return done;
}

bool hp_child_reply_missing(const struct hp_job *job, struct hp_wire *out)
{
	bool done = false;
	struct child c;

	if (!init(&c, job, -1))
		return false;
	if (hp_find_nothing(job, &c.mem, &c.found)) {
		send_file(&c, HP_SYMBOLS_NONE);
		send_end(&c);
		done = !c.wire.failed && !c.mem.failed;
	}
	if (done) {
		*out = (struct hp_wire){
			.fd = -1, .bytes = c.wire.bytes, .n = c.wire.n, .cap = c.wire.cap};
		c.wire.bytes = NULL;
	}
	release(&c);
	return done;
}

/* --- answering batches --- */

/*
 * What is missing of @f, or ""; what is found by its headers must lie inside.  Segments do not
 * say it: in a file with debug information alone they have no bytes.
 */
static const char *missing_part(const struct hp_elf *f)
{
	Elf_Scn *scn = NULL;
	bool has_sections = false;
	GElf_Shdr shdr;
	GElf_Ehdr ehdr;

	if (!gelf_getehdr(f->elf, &ehdr) || ehdr.e_shoff > f->image_len)
		return "truncated: its table of sections is beyond its end";
	while ((scn = elf_nextscn(f->elf, scn))) {
		has_sections = true;
		if (gelf_getshdr(scn, &shdr) && shdr.sh_type != SHT_NOBITS &&
		    (shdr.sh_offset > f->image_len || shdr.sh_size > f->image_len - shdr.sh_offset))
			return "truncated: sections reach beyond its end";
	}
	for (size_t i = 0; !has_sections && i < f->n_segments; i++)
		if (f->segment[i].offset + f->segment[i].file_len > f->image_len)
			return "truncated: segments reach beyond its end";
	return "";
}

/* Send the sections that have a place in memory. */
static void send_sections(struct child *c)
{
	const struct hp_elf *f = &c->found.elf;
	Elf_Scn *scn = NULL;
	GElf_Shdr shdr;
	size_t names;
	uint32_t n = 0;

	if (elf_getshdrstrndx(f->elf, &names) != 0)
		names = 0;
	do {
		scn = elf_nextscn(f->elf, scn);
		if (n % SECTIONS_PER_MESSAGE == 0) {
			hp_wire_begin(&c->wire, HP_WIRE_SECTIONS);
			hp_wire_u8(&c->wire, f->elf_class == ELFCLASS32 ? 4 : 8);
		}
		if (scn && gelf_getshdr(scn, &shdr) && (shdr.sh_flags & SHF_ALLOC)) {
			const char *name = elf_strptr(f->elf, names, shdr.sh_name);

			hp_wire_u64(&c->wire, shdr.sh_addr);
			hp_wire_u64(&c->wire, shdr.sh_size);
			hp_wire_text(&c->wire,
				     hp_slice_str(hp_textf(&c->mem, "%.200s", name ? name : "")));
		}
		n++;
		if (!scn || n % SECTIONS_PER_MESSAGE == 0)
			hp_wire_end(&c->wire);
	} while (scn);
}

/* Open the file that was named. */
static void open_named(struct child *c)
{
	static const struct hp_origin named = {HP_ORIGIN_NAMED, NULL, HP_NO_OWNER};
	struct hp_found *found = &c->found;
	const char *why = "";

	*found = hp_found_nothing;
	found->status = HP_MODULE_UNREADABLE;
	found->file = c->job->path;
	found->how = "named";
	if (hp_elf_open(&found->elf, c->job->path, &named, &c->mem, &why) == HP_ELF_OK)
		why = missing_part(&found->elf);
	if (*why)
		found->note = why;
	else
		found->status = HP_MODULE_OK;
}

/* Read @len bytes. False: whoever asks is gone. */
static bool read_all(int fd, void *to, size_t len)
{
	char *at = to;

	while (len) {
		ssize_t n = read(fd, at, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		at += n;
		len -= (size_t)n;
	}
	return true;
}

/* Read all of a batch, to which @head belongs, into c->places. */
static bool read_batch(struct child *c, int request_fd, const struct hp_child_batch *head)
{
	uint64_t *addr = calloc((size_t)head->n + 1, sizeof(*addr));
	bool done = addr && read_all(request_fd, addr, head->n * sizeof(*addr));

	free(c->places);
	c->places = calloc((size_t)head->n + 1, sizeof(*c->places));
	c->n_places = head->n;
	for (uint32_t i = 0; done && c->places && i < head->n; i++)
		c->places[i] = (struct hp_asked){addr[i], i};
	free(addr);
	return done && c->places;
}

static bool answer_batch(struct child *c, bool with_dwarf)
{
	struct hp_dwarf *dwarf = c->dwarf;
	bool done;

	if (!with_dwarf)
		c->dwarf = NULL;
	done = name_places(c);
	c->dwarf = dwarf;
	if (!done)
		return false;
	send_damage(c);
	send_end(c);
	return !c->wire.failed;
}

/* Answer what is asked until nobody asks. False: no memory. */
static bool answer_all(struct child *c, int request_fd)
{
	struct hp_child_batch head;
	bool has_tried = false;

	while (read_all(request_fd, &head, sizeof(head))) {
		if (head.n > HP_CHILD_BATCH_MAX || !read_batch(c, request_fd, &head))
			return false;
		hp_process_limit_cpu(hp_process_cpu_seconds(c->job->opts->cpu_seconds));
		if (!head.no_dwarf && !has_tried) {
			open_dwarf(c);
			has_tried = true;
		}
		if (!answer_batch(c, !head.no_dwarf))
			return false;
	}
	return true;
}

bool hp_child_serve(const struct hp_job *job, int fd, int request_fd)
{
	bool done = true;
	struct child c;

	if (!init(&c, job, fd))
		return false;
	c.bare = true;
	hp_process_limit_cpu(hp_process_cpu_seconds(job->opts->cpu_seconds));
	open_named(&c);
	if (c.found.status == HP_MODULE_OK) {
		find_debug(&c);
		done = read_symbols(&c);
	}
	if (done) {
		send_file(&c, c.symtab.kind);
		if (c.found.status == HP_MODULE_OK)
			send_sections(&c);
		send_end(&c);
	}
	if (done && c.found.status == HP_MODULE_OK)
		done = answer_all(&c, request_fd);
	release(&c);
	return done;
}
