/*
 * lines.c - line tables: the rows that hold given addresses, and the names of files.
 *
 * Rows of one sequence come by rising address, and so do the wanted addresses: each is
 * answered when the row after its own is met, and no row needs to be kept.
 */
#include "analyzer/symbolize/dwarf/lines.h"

#include <dwarf.h>
#include <stdlib.h>

#include "analyzer/base/column.h"
#include "analyzer/base/sort.h"
#include "analyzer/symbolize/text.h"

enum {
	NEAR_BEFORE = 4096, /* bytes between the beginnings of a sequence and of its range */
	NEAR_BEHIND = 256,
	OPCODES_BEFORE_ADDRESS = 8,
	ANSWERS_PER_ADDR = 256,
	MAX_FILES = 1 << 18,
	MAX_PATH_BYTES = 4096
};

struct header {
	struct hp_bytes program;
	struct hp_bytes tables; /* of directories and files */
	uint8_t offset_bytes, version;
	uint8_t min_length, max_ops, line_range, opcode_base;
	int8_t line_base;
	uint8_t operands[256]; /* of each standard opcode */
};

struct state { /* a row of the table that is being made */
	uint64_t addr;
	uint32_t op_index;
	uint32_t file, line, column, discriminator;
};

struct program {
	const struct hp_lines_in *in;
	struct header h;
	struct state now;
	struct state last; /* the row before; has_last says if there is one */
	bool has_last;
	uint64_t start;       /* of the sequence */
	uint32_t first, next; /* wanted addresses of this sequence: those answered, [first, next) */
	const uint64_t *want; /* [n_want] sorted */
	const uint64_t *range; /* [n_want] where the code begins that holds each; NULL: any */
	bool passed_over;      /* sequences were */
	uint32_t n_want;
	struct hp_source_line *out;
	struct hp_source_line *pending; /* [n_want] answers of a sequence that has not ended */
	uint32_t addr_step[256];        /* of each special opcode */
	uint32_t line_step[256];
	uint32_t missing; /* wanted addresses without an answer */
	uint64_t answers; /* that may still be given: odd sequences overlap */
};

/* The table at @offset of .debug_line, without its length; failed if it is not there. */
static struct hp_bytes table_at(const struct hp_dw_file *file, uint64_t offset,
				uint8_t *offset_bytes)
{
	struct hp_bytes b = hp_bytes_of(file->section[HP_DW_LINE], offset, file->swapped);
	uint64_t length = hp_bytes_u32(&b);

	*offset_bytes = 4;
	if (length == 0xffffffff) {
		*offset_bytes = 8;
		length = hp_bytes_u64(&b);
	}
	if (b.failed || length > hp_bytes_left(&b))
		hp_bytes_fail(&b);
	else
		b.end = b.at + length;
	return b;
}

uint64_t hp_lines_len(const struct hp_dw_file *file, uint64_t offset)
{
	uint8_t offset_bytes;
	struct hp_bytes b = table_at(file, offset, &offset_bytes);

	return hp_bytes_left(&b);
}

/* Read the header at @offset of .debug_line (DWARF 5, 6.2.4). */
static bool read_header(struct header *h, const struct hp_dw_file *file, uint64_t offset)
{
	uint8_t offset_bytes;
	struct hp_bytes b = table_at(file, offset, &offset_bytes);
	uint64_t length;

	*h = (struct header){.offset_bytes = offset_bytes};
	h->version = (uint8_t)hp_bytes_u16(&b);
	if (h->version < 2 || h->version > 5)
		return false;
	if (h->version >= 5)
		(void)hp_bytes_take(&b, 2); /* sizes of addresses and segment selectors */
	length = hp_bytes_word(&b, h->offset_bytes);
	h->program = b;
	(void)hp_bytes_take(&h->program, length); /* failure shows below */
	h->min_length = hp_bytes_u8(&b);
	h->max_ops = h->version >= 4 ? hp_bytes_u8(&b) : 1;
	(void)hp_bytes_u8(&b); /* default_is_stmt */
	h->line_base = (int8_t)hp_bytes_u8(&b);
	h->line_range = hp_bytes_u8(&b);
	h->opcode_base = hp_bytes_u8(&b);
	for (unsigned i = 1; i < h->opcode_base; i++)
		h->operands[i] = hp_bytes_u8(&b);
	h->tables = b;
	h->tables.end = h->program.failed ? b.end : h->program.at;
	return !b.failed && !h->program.failed && b.at <= h->program.at && h->line_range &&
	       h->opcode_base;
}

/* --- the program --- */

static void reset(struct program *p)
{
	p->now = (struct state){.file = 1, .line = 1};
	p->has_last = false;
}

static void advance(struct program *p, uint64_t operations)
{
	const struct header *h = &p->h;

	if (h->max_ops <= 1) {
		p->now.addr += operations * h->min_length;
		return;
	}
	p->now.addr += (p->now.op_index + operations) / h->max_ops * h->min_length;
	p->now.op_index = (uint32_t)((p->now.op_index + operations) % h->max_ops);
}

static uint32_t first_from(const struct program *p, uint64_t addr)
{
	return hp_lower_bound_u64(p->want, p->n_want, addr);
}

/* The row before @addr owns the wanted addresses below @addr that are not answered yet. */
static void answer_below(struct program *p, uint64_t addr)
{
	for (; p->next < p->n_want && p->want[p->next] < addr && p->answers; p->answers--)
		p->pending[p->next++] = (struct hp_source_line){
			.sequence = p->start,
			.file = p->last.file,
			.line = p->last.line,
			.column = p->last.column,
			.discriminator = p->last.discriminator,
			.found = true,
		};
}

static void add_row(struct program *p)
{
	if (!p->has_last) {
		p->start = p->now.addr;
		p->first = p->next = first_from(p, p->start);
		p->has_last = true;
	} else if (p->next < p->n_want && p->want[p->next] < p->now.addr) {
		answer_below(p, p->now.addr);
	}
	p->last = p->now;
	p->now.discriminator = 0;
}

/*
 * The sequence is complete: what was answered in it counts if it is one of code.  Of those
 * that hold an address the first is meant, as of functions.
 */
static void end_sequence(struct program *p)
{
	if (!p->has_last)
		return;
	answer_below(p, p->now.addr);
	if (p->first < p->next && hp_extents_hold(p->in->text, p->in->n_text, p->start))
		for (uint32_t i = p->first; i < p->next; i++)
			if (!p->out[i].found) {
				p->out[i] = p->pending[i];
				p->missing--;
			}
}

/*
 * Whether the sequence that begins where the state is now will hold nothing that is wanted.  It
 * begins where its range does, or a little before it, in code that is not of the unit, or behind.
 */
static bool is_elsewhere(const struct program *p)
{
	uint64_t from = p->now.addr > NEAR_BEHIND ? p->now.addr - NEAR_BEHIND : 0;
	uint32_t i;

	if (!p->range || p->has_last)
		return false;
	i = hp_lower_bound_u64(p->range, p->n_want, from);
	return i == p->n_want || p->range[i] - from > NEAR_BEHIND + NEAR_BEFORE;
}

/*
 * Whether the bytes at @at begin a sequence, or nothing follows: some simple opcodes, such as
 * those that set a column, file or discriminator, and the address.
 */
static bool begins_sequence(const struct header *h, const uint8_t *at)
{
	struct hp_bytes b = {at, h->program.end, h->program.swapped, false};

	for (unsigned i = 0; i < OPCODES_BEFORE_ADDRESS && hp_bytes_left(&b); i++) {
		uint8_t opcode = hp_bytes_u8(&b);

		if (opcode == 0) {
			uint64_t len = hp_bytes_uleb(&b);
			uint8_t extended = hp_bytes_u8(&b);

			if (extended == DW_LNE_set_address)
				return true;
			if (extended != DW_LNE_set_discriminator || !hp_bytes_take(&b, len - 1))
				return false;
			continue;
		}
		if (opcode >= h->opcode_base || opcode == DW_LNS_fixed_advance_pc)
			return false;
		for (unsigned k = 0; k < h->operands[opcode]; k++)
			(void)hp_bytes_uleb(&b); /* failure shows in @b */
	}
	return !hp_bytes_left(&b) && !b.failed;
}

/* Go on behind the end of the sequence at hand, which is looked for by its bytes: 0, 1, 1. */
static void pass_sequence(struct program *p)
{
	struct hp_bytes *b = &p->h.program;
	const uint8_t *at = b->at;

	p->passed_over = true;
	while (b->end - at >= 3) {
		at = memchr(at, 0, (size_t)(b->end - at) - 2);
		if (!at)
			break;
		if (at[1] == 1 && at[2] == DW_LNE_end_sequence && begins_sequence(&p->h, at + 3)) {
			b->at = at + 3;
			reset(p);
			return;
		}
		at++;
	}
	b->at = b->end;
}

static void run_extended(struct program *p)
{
	struct hp_bytes *b = &p->h.program;
	uint64_t len = hp_bytes_uleb(b);
	const uint8_t *at = hp_bytes_take(b, len);
	struct hp_bytes body = {at, at ? at + len : NULL, b->swapped, !at};

	switch (len ? hp_bytes_u8(&body) : 0) {
	case DW_LNE_end_sequence:
		end_sequence(p);
		reset(p);
		break;
	case DW_LNE_set_address:
		p->now.addr = hp_bytes_word(&body, hp_bytes_left(&body));
		p->now.op_index = 0;
		if (body.failed)
			hp_bytes_fail(b);
		else if (is_elsewhere(p))
			pass_sequence(p);
		break;
	case DW_LNE_set_discriminator:
		p->now.discriminator = (uint32_t)hp_bytes_uleb(&body);
		break;
	default: /* what vendors add: nothing that is needed here */
		break;
	}
}

static void run_standard(struct program *p, uint8_t opcode)
{
	struct hp_bytes *b = &p->h.program;

	switch (opcode) {
	case DW_LNS_copy:
		add_row(p);
		break;
	case DW_LNS_advance_pc:
		advance(p, hp_bytes_uleb(b));
		break;
	case DW_LNS_advance_line:
		p->now.line += (uint32_t)hp_bytes_sleb(b);
		break;
	case DW_LNS_set_file:
		p->now.file = (uint32_t)hp_bytes_uleb(b);
		break;
	case DW_LNS_set_column:
		p->now.column = (uint32_t)hp_bytes_uleb(b);
		break;
	case DW_LNS_negate_stmt:
	case DW_LNS_set_basic_block:
	case DW_LNS_set_prologue_end:
	case DW_LNS_set_epilogue_begin:
		break;
	case DW_LNS_const_add_pc:
		advance(p, (255u - p->h.opcode_base) / p->h.line_range);
		break;
	case DW_LNS_fixed_advance_pc:
		p->now.addr += hp_bytes_u16(b);
		p->now.op_index = 0;
		break;
	default:
		for (unsigned i = 0; i < p->h.operands[opcode]; i++)
			(void)hp_bytes_uleb(b); /* failure shows in @b */
	}
}

/* A row of the sequence at hand, with @line, that answers nothing. */
static inline void pass_row(struct program *p, uint32_t line)
{
	p->last.line = line;
	p->last.file = p->now.file;
	p->last.column = p->now.column;
	p->last.discriminator = p->now.discriminator;
	p->now.discriminator = 0;
}

/* Whether what follows opcode 0 sets a discriminator below 128, the one that is frequent. */
static inline bool is_small_discriminator(const struct hp_bytes *b)
{
	return hp_bytes_left(b) >= 3 && b->at[0] == 2 && b->at[1] == DW_LNE_set_discriminator &&
	       b->at[2] < 0x80;
}

/*
 * Run opcodes that only move the state, as most do, until one that does more: it has been
 * read and is returned, -1 at the end.  A special one has moved the state, but its row is to be
 * added.  Only where one instruction is one operation.
 */
static int run_plain(struct program *p)
{
	struct hp_bytes b = p->h.program; /* these live in registers */
	uint64_t addr = p->now.addr;
	uint32_t line = p->now.line;
	uint64_t next = p->has_last && p->next < p->n_want ? p->want[p->next] : UINT64_MAX;
	const int base = p->h.opcode_base;
	int stop = -1;

	while (stop < 0 && hp_bytes_left(&b)) {
		int opcode = hp_bytes_u8(&b);

		if (opcode >= base) {
			addr += p->addr_step[opcode];
			line += p->line_step[opcode];
			if (addr <= next && p->has_last)
				pass_row(p, line);
			else
				stop = opcode;
		} else if (opcode == DW_LNS_set_column) {
			p->now.column = (uint32_t)hp_bytes_uleb(&b);
		} else if (opcode == DW_LNS_copy && addr <= next && p->has_last) {
			pass_row(p, line);
		} else if (opcode == DW_LNS_advance_line) {
			line += (uint32_t)hp_bytes_sleb(&b);
		} else if (opcode == DW_LNS_set_file) {
			p->now.file = (uint32_t)hp_bytes_uleb(&b);
		} else if (opcode == DW_LNS_const_add_pc) {
			addr += p->addr_step[255];
		} else if (opcode == 0 && is_small_discriminator(&b)) {
			p->now.discriminator = b.at[2];
			b.at += 3;
		} else if (opcode != DW_LNS_negate_stmt) {
			stop = opcode;
		}
	}
	p->h.program = b;
	p->now.addr = addr;
	p->now.line = line;
	return stop;
}

static void run_special(struct program *p, unsigned opcode)
{
	const struct header *h = &p->h;
	unsigned special = opcode - h->opcode_base;

	advance(p, special / h->line_range);
	p->now.line += (uint32_t)(h->line_base + (int)(special % h->line_range));
	add_row(p);
}

/* Every step takes at least one byte, so this ends. */
static void run(struct program *p)
{
	struct header *h = &p->h;
	/* short tables of standard opcodes number the rest differently */
	bool simple = h->max_ops <= 1 && h->opcode_base > DW_LNS_const_add_pc;

	for (unsigned i = h->opcode_base; i < 256; i++) {
		unsigned special = i - h->opcode_base;

		p->addr_step[i] = special / h->line_range * h->min_length;
		p->line_step[i] = (uint32_t)(h->line_base + (int)(special % h->line_range));
	}
	while (hp_bytes_left(&h->program) && p->answers && p->missing) {
		int opcode = simple ? run_plain(p) : hp_bytes_u8(&h->program);

		if (opcode >= h->opcode_base && simple)
			add_row(p);
		else if (opcode >= h->opcode_base)
			run_special(p, (unsigned)opcode);
		else if (opcode == 0)
			run_extended(p);
		else if (opcode > 0)
			run_standard(p, (uint8_t)opcode);
	}
}

bool hp_lines_read(const struct hp_lines_in *in, uint64_t offset, const uint64_t *addr,
		   const uint64_t *start, uint32_t n, struct hp_source_line *out)
{
	struct program p = {
		.in = in, .want = addr, .range = start, .n_want = n, .missing = n, .out = out};
	struct hp_bytes whole;

	if (!read_header(&p.h, in->file, offset))
		return false;
	p.pending = calloc((size_t)n + 1, sizeof(*p.pending));
	if (!p.pending)
		return false;
	p.answers = (uint64_t)ANSWERS_PER_ADDR * (n + 1);
	whole = p.h.program;
	reset(&p);
	run(&p);
	if (p.passed_over && p.missing) { /* they may be where nobody expects them */
		p.h.program = whole;
		p.range = NULL;
		reset(&p);
		run(&p);
	}
	free(p.pending);
	return true;
}

/* --- files --- */

static bool add_dir(struct hp_line_files *f, const struct hp_dw_value *name)
{
	if (f->n_dirs >= MAX_FILES || !HP_COLUMN_ROOM(f->dir, f->n_dirs, f->cap_dirs))
		return false;
	f->dir[f->n_dirs++] = *name;
	return true;
}

static bool add_file(struct hp_line_files *f, const struct hp_dw_value *name, uint64_t dir)
{
	if (f->n >= MAX_FILES || !HP_COLUMN_ROOM(f->row, f->n, f->cap))
		return false;
	f->row[f->n++] = (struct hp_line_file){*name, dir, NULL};
	return true;
}

static struct hp_dw_value text_value(struct hp_slice s)
{
	return (struct hp_dw_value){.bytes = s.ptr, .n = s.len, .form = DW_FORM_string};
}

/* Directories and files before DWARF 5: lists of strings that end with an empty one. */
static bool load_old(struct hp_line_files *f, struct hp_bytes *b)
{
	struct hp_dw_value name = text_value(f->cu->comp_dir);

	if (!add_dir(f, &name) || !add_file(f, &(struct hp_dw_value){.form = 0}, 0))
		return false;
	for (;;) {
		name = text_value(hp_bytes_string(b));
		if (b->failed || !name.n)
			break;
		if (!add_dir(f, &name))
			return false;
	}
	while (!b->failed) {
		uint64_t dir;

		name = text_value(hp_bytes_string(b));
		dir = name.n ? hp_bytes_uleb(b) : 0;
		if (b->failed || !name.n)
			break;
		(void)hp_bytes_uleb(b); /* time of change */
		(void)hp_bytes_uleb(b); /* length */
		if (!add_file(f, &name, dir))
			return false;
	}
	return !b->failed;
}

enum { MAX_FIELDS = 255 };

struct entry_format {
	uint64_t content[MAX_FIELDS], form[MAX_FIELDS];
	unsigned n;
};

/* Every field of an entry takes a byte at least: forms without any are a failure. */
static void read_format(struct hp_bytes *b, struct entry_format *e)
{
	e->n = hp_bytes_u8(b);
	for (unsigned i = 0; i < e->n; i++) {
		e->content[i] = hp_bytes_uleb(b);
		e->form[i] = hp_bytes_uleb(b);
		if (e->form[i] == DW_FORM_flag_present || e->form[i] == DW_FORM_implicit_const)
			hp_bytes_fail(b);
	}
}

/* One entry of a table whose entries have format @e. */
static void read_entry(struct hp_bytes *b, const struct entry_format *e,
		       const struct hp_dw_unit *unit, struct hp_line_file *out)
{
	*out = (struct hp_line_file){.dir = 0};
	for (unsigned i = 0; i < e->n && !b->failed; i++) {
		unsigned form = e->form[i] <= UINT16_MAX ? (unsigned)e->form[i] : 0;
		struct hp_dw_value v = hp_dw_read(b, form, 0, unit);

		if (e->content[i] == DW_LNCT_path)
			out->name = v;
		else if (e->content[i] == DW_LNCT_directory_index)
			(void)hp_dw_number(hp_dw_word(&v), &out->dir); /* stays 0 */
	}
}

/*
 * A table of entries: their number is a claim, and an entry takes at least a byte or there is
 * nothing in it worth to be read.
 */
static bool load_table(struct hp_line_files *f, struct hp_bytes *b, const struct hp_dw_unit *unit,
		       bool dirs)
{
	struct entry_format e;
	struct hp_line_file row;
	uint64_t n;

	read_format(b, &e);
	n = hp_bytes_uleb(b);
	for (uint64_t i = 0; i < n && !b->failed; i++) {
		const uint8_t *before = b->at;

		read_entry(b, &e, unit, &row);
		if (b->at == before || b->failed)
			break;
		if (dirs ? !add_dir(f, &row.name) : !add_file(f, &row.name, row.dir))
			return false;
	}
	return !b->failed;
}

bool hp_line_files_load(struct hp_line_files *f, const struct hp_dw_cu *cu)
{
	struct hp_dw_unit unit = cu->unit;
	struct header h;

	f->cu = cu;
	f->n = 0;
	f->n_dirs = 0;
	if (!read_header(&h, cu->file, cu->lines))
		return false;
	if (h.version < 5)
		return load_old(f, &h.tables);
	unit.offset_bytes = h.offset_bytes;
	return load_table(f, &h.tables, &unit, true) && load_table(f, &h.tables, &unit, false);
}

static const char *join(struct hp_arena *mem, struct hp_slice dir, const char *rest)
{
	return hp_textf(mem, "%.*s/%s", (int)dir.len, dir.ptr, rest);
}

struct hp_slice hp_line_file_path(struct hp_line_files *f, uint64_t i, struct hp_arena *mem)
{
	struct hp_slice dir = {NULL, 0};
	struct hp_line_file *row;
	struct hp_slice name;
	const char *path;

	if (i >= f->n)
		return (struct hp_slice){NULL, 0};
	row = &f->row[i];
	if (row->path)
		return hp_slice_str(row->path);
	name = hp_dw_text(f->cu, &row->name);
	if (!name.len || name.len > MAX_PATH_BYTES)
		return (struct hp_slice){NULL, 0};
	path = hp_arena_string(mem, name);
	if (row->dir < f->n_dirs)
		dir = hp_dw_text(f->cu, &f->dir[row->dir]);
	if (path[0] != '/' && dir.len && dir.len <= MAX_PATH_BYTES)
		path = join(mem, dir, path);
	if (path[0] != '/' && f->cu->comp_dir.len && f->cu->comp_dir.len <= MAX_PATH_BYTES)
		path = join(mem, f->cu->comp_dir, path);
	row->path = path;
	return hp_slice_str(path);
}

void hp_line_files_release(struct hp_line_files *f)
{
	free(f->dir);
	free(f->row);
	*f = (struct hp_line_files){.n = 0};
}
