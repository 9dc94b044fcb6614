/*
 * symtab.c - which function symbol owns an address.
 *
 * Symbols of code are sorted by address, by radix; their names stay where they are.  Where
 * symbols lie inside others it is noted which of them goes on when an inner one ends, so that
 * a search never has to step over many, however a file nests them.
 */
#include "analyzer/symbolize/symtab.h"

#include <stdlib.h>

#include "analyzer/base/callname.h"
#include "analyzer/base/column.h"
#include "analyzer/base/name.h"
#include "analyzer/base/sort.h"

enum {
	MAX_ALIASES = 1024,  /* that are looked at for the best name at one address */
	COMPARED_MAX = 4096, /* bytes of names that are looked at to choose among aliases */
	LARGE_ROWS = 16384,  /* tables of fewer are sorted as a whole */
	PAGE = 4096,
	NEAR_BITS = 1 << 16,
	LONG_PAGES = 64, /* functions of more are near everything */
};

/* What the choice among aliases depends on. */
struct alias {
	struct hp_slice name; /* without version */
	unsigned underscores; /* at its beginning */
	uint8_t binding;      /* 2 global, 1 weak, 0 local */
	bool is_func;         /* typed as a function, not merely as a label */
	bool exported;        /* others can call it by this name */
};

static unsigned leading_underscores(struct hp_slice name)
{
	unsigned n = 0;

	while (n < name.len && n < COMPARED_MAX && name.ptr[n] == '_')
		n++;
	return n;
}

/* All but the name, which is somewhere else in memory. */
static struct alias load_kind(const struct hp_symtab *t, const struct hp_symrow *row)
{
	const struct hp_elf_symbols *from = &t->source[row->place / HP_ELF_ROWS].table;
	struct hp_elf_sym sym = hp_elf_sym(from, row->place % HP_ELF_ROWS);
	unsigned binding = ELF64_ST_BIND(sym.info);
	unsigned visibility = ELF64_ST_VISIBILITY(sym.other);

	return (struct alias){
		.binding = (uint8_t)(binding == STB_LOCAL  ? 0
				     : binding == STB_WEAK ? 1
							   : 2),
		.is_func = ELF64_ST_TYPE(sym.info) != STT_NOTYPE,
		.exported = from->dynamic && binding != STB_LOCAL && visibility != STV_HIDDEN &&
			    visibility != STV_INTERNAL,
	};
}

static struct alias load_alias(const struct hp_symtab *t, const struct hp_symrow *row)
{
	const struct hp_elf_symbols *from = &t->source[row->place / HP_ELF_ROWS].table;
	struct hp_elf_sym sym = hp_elf_sym(from, row->place % HP_ELF_ROWS);
	struct alias a = load_kind(t, row);

	a.name = hp_name_unversioned(hp_elf_name(from, sym.name));
	a.underscores = leading_underscores(a.name);
	return a;
}

static struct hp_slice compared(struct hp_slice name)
{
	if (name.len > COMPARED_MAX)
		name.len = COMPARED_MAX;
	return name;
}

/* Above 0 when @a is better than @b whatever their names, 0 when these decide. */
static int better_kind(const struct alias *a, const struct alias *b)
{
	if (a->exported != b->exported)
		return a->exported ? 1 : -1;
	if (a->is_func != b->is_func)
		return a->is_func ? 1 : -1;
	return (a->binding > b->binding) - (a->binding < b->binding);
}

/* Above 0 when @a is the better name of two aliases. */
static int preference(const struct alias *a, const struct alias *b)
{
	int kind = better_kind(a, b);

	if (kind != 0)
		return kind;
	if (a->underscores != b->underscores)
		return a->underscores < b->underscores ? 1 : -1;
	if (a->name.len != b->name.len)
		return a->name.len < b->name.len ? 1 : -1;
	return -hp_slice_cmp(compared(a->name), compared(b->name));
}

/* The first row of @s that starts beyond @addr. */
static uint32_t rows_up_to(const struct hp_symset *s, uint64_t addr)
{
	return hp_upper_bound(HP_SORT_BY(s->row, start), s->n, addr);
}

/* --- reading --- */

/* $x, $d, $a, $t: where an assembler switched between code and data. */
static bool is_mapping_symbol(const struct hp_elf_symbols *t, const struct hp_elf_sym *sym)
{
	const char *name = t->names.ptr + sym->name;
	size_t left = t->names.len - sym->name;

	return name[0] == '$' && left > 2 && name[1] && strchr("xdat", name[1]) &&
	       (!name[2] || name[2] == '.');
}

/* Find the sections of @f whose symbols are no addresses, as they are not in memory. */
static bool find_unloaded(const struct hp_elf *f, struct hp_symsource *out)
{
	Elf_Scn *scn = NULL;
	size_t n;

	if (elf_getshdrnum(f->elf, &n) != 0 || n > SHN_LORESERVE)
		return true; /* those beyond have no number in a symbol */
	out->unloaded = calloc(n + 1, sizeof(*out->unloaded));
	if (!out->unloaded)
		return false;
	out->n_sections = (uint32_t)n;
	while ((scn = elf_nextscn(f->elf, scn))) {
		size_t i = elf_ndxscn(scn);
		GElf_Shdr shdr;

		if (i < n && gelf_getshdr(scn, &shdr))
			out->unloaded[i] = !(shdr.sh_flags & SHF_ALLOC);
	}
	return true;
}

/* Whether @sym, of source @from, can be the name of code of @f; then where it lies. */
static bool is_code(const struct hp_elf *f, const struct hp_symsource *from,
		    const struct hp_elf_sym *sym, struct hp_symrow *out)
{
	const struct hp_elf_symbols *t = &from->table;
	unsigned type = ELF64_ST_TYPE(sym->info);

	if (type != STT_FUNC && type != STT_GNU_IFUNC && type != STT_NOTYPE)
		return false;
	if (sym->section == SHN_UNDEF || sym->section == SHN_ABS || sym->section == SHN_COMMON ||
	    sym->name == 0 || sym->name >= t->names.len || sym->size > UINT64_MAX - sym->value)
		return false;
	if (sym->section < from->n_sections && from->unloaded[sym->section])
		return false; /* as the labels in .debug_info that GCC's LTO leaves behind */
	if (type == STT_NOTYPE && is_mapping_symbol(t, sym))
		return false;
	/* the lowest bit of a function of 32-bit ARM tells Thumb code */
	out->start = f->machine == EM_ARM ? sym->value & ~(uint64_t)1 : sym->value;
	out->len = sym->size > UINT32_MAX ? UINT32_MAX : (uint32_t)sym->size;
	return true;
}

/* Extents of code are those of @f: in a debug file they are the same. */
static bool has_code(const struct hp_elf *f, const struct hp_symsource *from)
{
	struct hp_symrow row;

	for (uint32_t i = 1; i < from->table.n; i++) {
		struct hp_elf_sym sym = hp_elf_sym(&from->table, i);

		if (is_code(f, from, &sym, &row) && hp_extents_hold(f->text, f->n_text, row.start))
			return true;
	}
	return false;
}

/* Find the table of type @type in @from; *@found if there are symbols of code in it. */
static int find_table(struct hp_symtab *t, const struct hp_elf *f, const struct hp_elf *from,
		      uint32_t type, bool *found)
{
	struct hp_symsource *source = &t->source[t->n_sources];
	Elf_Scn *scn = NULL;

	while ((scn = elf_nextscn(from->elf, scn)) && t->n_sources < HP_SYMTAB_SOURCES) {
		*source = (struct hp_symsource){.n_sections = 0};
		if (!hp_elf_symbols(from, scn, &source->table) ||
		    source->table.dynamic != (type == SHT_DYNSYM))
			continue;
		if (!find_unloaded(from, source))
			return HPROF_ENOMEM;
		t->n_sources++;
		*found = has_code(f, source);
		break; /* there are never two */
	}
	return HPROF_OK;
}

/* --- what is near the prefetched addresses --- */

static bool is_near(const struct hp_symtab *t, uint64_t page)
{
	uint64_t bit = page % NEAR_BITS;

	return t->near[bit / 64] >> bit % 64 & 1;
}

/* Whether a page of @row is near; a function may be long, few are. */
static bool row_is_near(const struct hp_symtab *t, const struct hp_symrow *row)
{
	uint64_t first = row->start / PAGE;
	uint64_t last = (row->start + row->len - (row->len > 0)) / PAGE;

	if (last - first > LONG_PAGES)
		return true;
	for (uint64_t page = first; page <= last; page++)
		if (is_near(t, page))
			return true;
	return false;
}

/*
 * Whether symbol @i of @from is one of those with, or without, a size, of a type that code has,
 * and near if need be: what most are not, by the bytes that usual files have.
 */
static inline bool may_count(const struct hp_symtab *t, const struct hp_elf_symbols *from,
			     uint32_t i, bool sized, bool near)
{
	const unsigned types = 1u << STT_FUNC | 1u << STT_GNU_IFUNC | 1u << STT_NOTYPE;
	Elf64_Sym sym;
	uint64_t first;

	if (!from->coding.wide || from->coding.swapped)
		return true; /* it will be looked at with care */
	memcpy(&sym, from->bytes + (size_t)i * sizeof(sym), sizeof(sym));
	if ((sym.st_size > 0) != sized || !(types >> (sym.st_info & 0xf) & 1))
		return false;
	first = sym.st_value / PAGE;
	return !near || sym.st_size > PAGE || is_near(t, first) || is_near(t, first + 1);
}

/* Add the symbols of source number @number to @to: those with a size, all or the near, or without.
 */
static bool add_symbols(const struct hp_symtab *t, uint32_t number, struct hp_symset *to,
			bool sized, bool near)
{
	const struct hp_symsource *from = &t->source[number];
	const struct hp_elf *f = t->elf;
	const struct hp_extent *text = NULL;
	struct hp_symrow row;

	if (sized && !near)
		HP_COLUMN_EXPECT(to->row, to->n + from->table.n, to->cap);
	for (uint32_t i = 1; i < from->table.n; i++) {
		struct hp_elf_sym sym;

		if (!may_count(t, &from->table, i, sized, near))
			continue;
		sym = hp_elf_sym(&from->table, i);
		if ((sym.size > 0) != sized || !is_code(f, from, &sym, &row) ||
		    (near && !row_is_near(t, &row)))
			continue;
		if (!text || row.start < text->start || row.start >= text->limit)
			text = hp_extent_of(f->text, f->n_text, row.start);
		if (!text)
			continue;
		row.place = number * HP_ELF_ROWS + i;
		if (!HP_COLUMN_ROOM(to->row, to->n, to->cap))
			return false;
		to->row[to->n++] = row;
	}
	return true;
}

/* --- sorting --- */

/* By start; rows that start together stay in their order. */
static bool sort_by_start(struct hp_symset *s)
{
	struct hp_symrow *spare, *sorted;

	if (hp_is_sorted(HP_SORT_BY(s->row, start), s->n))
		return true;
	spare = malloc(s->n * sizeof(*spare));
	if (!spare)
		return false;
	sorted = hp_radix_sort(HP_SORT_BY(s->row, start), spare, s->n);
	free(sorted == spare ? s->row : spare);
	s->row = sorted;
	s->cap = s->n; /* the spare had room for no more */
	return true;
}

static int wider_first(const void *pa, const void *pb)
{
	const struct hp_symrow *a = pa;
	const struct hp_symrow *b = pb;

	if (a->len != b->len)
		return a->len > b->len ? -1 : 1;
	return (a->place > b->place) - (a->place < b->place);
}

static bool sort_set(struct hp_symset *s)
{
	if (!sort_by_start(s))
		return false;
	for (uint32_t i = 0, next; i < s->n; i = next) {
		bool same = true;

		for (next = i + 1; next < s->n && s->row[next].start == s->row[i].start; next++)
			same = same && s->row[next].len == s->row[i].len;
		if (!same)
			qsort(s->row + i, next - i, sizeof(*s->row), wider_first);
	}
	return true;
}

/* --- symbols inside others --- */

static uint64_t limit_of(const struct hp_symrow *row)
{
	return row->start + row->len;
}

/* Those of the open symbols that end at @addr or before: note which one goes on. */
static bool close_up_to(struct hp_symbols *t, uint32_t *open, uint32_t *n, uint64_t addr)
{
	const struct hp_symrow *row = t->sized.row;

	while (*n && limit_of(&row[open[*n - 1]]) <= addr) {
		uint64_t limit = limit_of(&row[open[--*n]]);

		while (*n && limit_of(&row[open[*n - 1]]) <= limit)
			--*n;
		if (*n == 0)
			continue;
		if (!HP_COLUMN_ROOM(t->rest, t->n_rests, t->cap_rests))
			return false;
		t->rest[t->n_rests++] = (struct hp_symrest){limit, open[*n - 1]};
	}
	return true;
}

static bool note_rests(struct hp_symbols *t)
{
	uint32_t *open = malloc((size_t)(t->sized.n + 1) * sizeof(*open)); /* the innermost last */
	const struct hp_symrow *row = t->sized.row;
	bool done = open != NULL;
	uint32_t n = 0;

	for (uint32_t i = 0; done && i < t->sized.n; i++) {
		if (i && row[i].start == row[i - 1].start && row[i].len == row[i - 1].len)
			continue; /* an alias */
		done = close_up_to(t, open, &n, row[i].start);
		open[n++] = i;
	}
	done = done && close_up_to(t, open, &n, UINT64_MAX);
	free(open);
	return done;
}

/* --- making them --- */

static void release_symbols(struct hp_symbols *s)
{
	free(s->sized.row);
	free(s->unsized.row);
	free(s->rest);
	*s = (struct hp_symbols){.n_rests = 0};
}

static bool make_set(const struct hp_symtab *t, struct hp_symset *out, bool sized, bool near)
{
	bool done = true;

	for (uint32_t i = 0; done && i < t->n_sources; i++)
		done = add_symbols(t, i, out, sized, near);
	return done && sort_set(out);
}

static bool make_all(const struct hp_symtab *t, struct hp_symbols *out)
{
	bool done = make_set(t, &out->unsized, false, false) &&
		    make_set(t, &out->sized, true, false) && note_rests(out);

	if (!done)
		release_symbols(out);
	return done;
}

/* Whether all pages from that of @from to that of @to are near; many are not looked at. */
static bool span_is_near(const struct hp_symtab *t, uint64_t from, uint64_t to)
{
	if (to / PAGE - from / PAGE > LONG_PAGES)
		return false;
	for (uint64_t page = from / PAGE; page <= to / PAGE; page++)
		if (!is_near(t, page))
			return false;
	return true;
}

static void mark_near(struct hp_symtab *t, uint64_t page)
{
	t->near[page % NEAR_BITS / 64] |= UINT64_C(1) << page % 64;
}

/*
 * Mark the pages of @addr, and those from the symbol without a size that may own it up to there:
 * whether it does depends on what begins between.
 */
static void mark_address(struct hp_symtab *t, uint64_t addr)
{
	const struct hp_symset *unsized = &t->some.unsized;
	uint32_t i = rows_up_to(unsized, addr);
	uint64_t start = i ? unsized->row[i - 1].start : addr;

	if (addr / PAGE - start / PAGE > LONG_PAGES)
		start = addr;
	for (uint64_t page = start / PAGE; page <= addr / PAGE; page++)
		mark_near(t, page);
}

/* All symbols; none when there is no memory. */
static const struct hp_symbols *all_of(struct hp_symtab *t)
{
	if (!atomic_load_explicit(&t->has_all, memory_order_acquire)) {
		(void)pthread_mutex_lock(&t->lock); /* cannot fail: initialised, not held */
		if (!atomic_load(&t->has_all)) {
			if (!make_all(t, &t->all))
				atomic_store(&t->no_memory, true);
			atomic_store_explicit(&t->has_all, true, memory_order_release);
		}
		(void)pthread_mutex_unlock(&t->lock);
	}
	return &t->all;
}

/* Those that decide what owns @addr, but for what symbols without a size leave open. */
static const struct hp_symbols *symbols_at(struct hp_symtab *t, uint64_t addr)
{
	return t->near && is_near(t, addr / PAGE) ? &t->some : all_of(t);
}

/* --- looking up --- */

/*
 * The best name of the rows of @s from @i down that start where it does, and unless @any_len
 * end there as well; to be compared with @best.
 */
static struct alias best_of(const struct hp_symtab *t, const struct hp_symset *s, uint32_t i,
			    bool any_len, struct alias best)
{
	const struct hp_symrow *last = s->row + i;
	struct alias kind[MAX_ALIASES];
	uint32_t top = 0;
	uint32_t n;

	for (n = 0; n < MAX_ALIASES && n <= i; n++) {
		if (last[-(ptrdiff_t)n].start != last->start ||
		    (!any_len && last[-(ptrdiff_t)n].len != last->len))
			break;
		kind[n] = load_kind(t, last - n);
		if (better_kind(&kind[n], &kind[top]) > 0)
			top = n;
	}
	/* the best one first: of most others the names need not be looked at then */
	for (uint32_t k = 0; k < n; k++) {
		uint32_t at = k == 0 ? top : k - (k <= top);
		struct alias a;

		if (best.name.len && better_kind(&kind[at], &best) < 0)
			continue;
		a = load_alias(t, last - at);
		if (a.name.len && (!best.name.len || preference(&a, &best) > 0))
			best = a;
	}
	return best;
}

/* The last of the rows that start at @addr; HP_NONE if there is none. */
static uint32_t last_at(const struct hp_symset *s, uint64_t addr)
{
	uint32_t n = rows_up_to(s, addr);

	return n && s->row[n - 1].start == addr ? n - 1 : HP_NONE;
}

/* The last of the rests that start at @addr or before; NULL if none does. */
static const struct hp_symrest *find_rest(const struct hp_symbols *t, uint64_t addr)
{
	uint32_t low = hp_upper_bound(HP_SORT_BY(t->rest, start), t->n_rests, addr);

	return low ? &t->rest[low - 1] : NULL;
}

/* The row of t->sized that owns @addr, the last of its aliases; HP_NONE if none does. */
static uint32_t sized_owner(const struct hp_symbols *t, uint64_t addr)
{
	const struct hp_symset *s = &t->sized;
	uint32_t n = rows_up_to(s, addr);
	const struct hp_symrest *rest;
	uint32_t i;

	if (n == 0)
		return HP_NONE;
	if (addr < limit_of(&s->row[n - 1]))
		return n - 1;
	rest = find_rest(t, addr);
	if (!rest || rest->start < limit_of(&s->row[n - 1]) || addr >= limit_of(&s->row[rest->row]))
		return HP_NONE;
	for (i = rest->row; i + 1 < s->n && s->row[i + 1].start == s->row[i].start &&
			    s->row[i + 1].len == s->row[i].len;)
		i++;
	return i;
}

/*
 * The row of s->unsized that owns @addr: it reaches to the next symbol, or to the end of its
 * section.  HP_NONE if none does.
 */
static uint32_t unsized_owner(const struct hp_elf *f, const struct hp_symbols *s, uint64_t addr)
{
	uint32_t i = rows_up_to(&s->unsized, addr);
	uint32_t k = rows_up_to(&s->sized, addr);
	const struct hp_extent *text;
	uint64_t start;

	if (i == 0)
		return HP_NONE;
	start = s->unsized.row[i - 1].start;
	/* where a sized one begins as well, that one says what belongs to the place */
	if (k && s->sized.row[k - 1].start >= start)
		return HP_NONE;
	text = hp_extent_of(f->text, f->n_text, start);
	return text && addr < text->limit ? i - 1 : HP_NONE;
}

static struct hp_slice name_of_entry(void *ctx, uint64_t addr)
{
	bool callable;

	return hp_symtab_entry(ctx, addr, &callable);
}

/* The stub that holds @addr. */
static struct hp_slice stub_at(struct hp_symtab *t, uint64_t addr)
{
	if (!atomic_load_explicit(&t->has_plt, memory_order_acquire)) {
		(void)all_of(t); /* it names some stubs, and takes the lock as well */
		(void)pthread_mutex_lock(&t->lock);
		if (!atomic_load(&t->has_plt)) {
			if (hp_plt_read(&t->plt, t->elf, name_of_entry, t, &t->mem) < 0)
				atomic_store(&t->no_memory, true);
			atomic_store_explicit(&t->has_plt, true, memory_order_release);
		}
		(void)pthread_mutex_unlock(&t->lock);
	}
	return hp_plt_name(&t->plt, addr);
}

struct hp_slice hp_symtab_owner(struct hp_symtab *t, uint64_t addr)
{
	const struct alias none = {.name.len = 0};
	const struct hp_symbols *s = symbols_at(t, addr);
	uint32_t row = sized_owner(s, addr);
	struct hp_slice stub;

	if (row != HP_NONE)
		return best_of(t, &s->sized, row, false, none).name;
	if (hp_plt_covers(&t->plt, addr)) {
		stub = stub_at(t, addr);
		if (stub.len)
			return stub;
	}
	row = unsized_owner(t->elf, s, addr);
	if (row != HP_NONE && s == &t->some &&
	    !span_is_near(t, s->unsized.row[row].start, addr)) { /* others may begin behind it */
		s = all_of(t);
		row = unsized_owner(t->elf, s, addr);
	}
	return row == HP_NONE ? none.name : best_of(t, &s->unsized, row, true, none).name;
}

struct hp_slice hp_symtab_entry(struct hp_symtab *t, uint64_t addr, bool *callable)
{
	const struct hp_symbols *s = symbols_at(t, addr);
	uint32_t sized = last_at(&s->sized, addr);
	uint32_t unsized = last_at(&s->unsized, addr);
	struct alias best = {.name.len = 0};

	if (sized != HP_NONE)
		best = best_of(t, &s->sized, sized, true, best);
	if (unsized != HP_NONE)
		best = best_of(t, &s->unsized, unsized, true, best);
	*callable = best.is_func && best.binding != 0;
	return best.name;
}

static bool has(const struct hp_symtab *t, const struct hp_symset *s, uint64_t addr,
		struct hp_slice name)
{
	uint32_t i = last_at(s, addr);

	for (uint32_t k = 0; i != HP_NONE && k < MAX_ALIASES && k <= i; k++) {
		if (s->row[i - k].start != addr)
			break;
		if (hp_slice_same(load_alias(t, &s->row[i - k]).name, name))
			return true;
	}
	return false;
}

bool hp_symtab_has(struct hp_symtab *t, uint64_t addr, struct hp_slice name)
{
	const struct hp_symbols *s = symbols_at(t, addr);

	return has(t, &s->sized, addr, name) || has(t, &s->unsized, addr, name);
}

/* --- all of it --- */

static int find_tables(struct hp_symtab *t, const struct hp_elf *f, const struct hp_elf *d)
{
	bool has_dynsym = false;
	bool has_symtab = false;
	bool has_mini = false;

	if (find_table(t, f, f, SHT_DYNSYM, &has_dynsym) < 0 ||
	    find_table(t, f, f, SHT_SYMTAB, &has_symtab) < 0)
		return HPROF_ENOMEM;
	if (d && !has_symtab && find_table(t, f, d, SHT_SYMTAB, &has_symtab) < 0)
		return HPROF_ENOMEM;
	if (!has_symtab && hp_minidebug_open(&t->mini, f) &&
	    find_table(t, f, &t->mini.elf, SHT_SYMTAB, &has_mini) < 0)
		return HPROF_ENOMEM;
	t->kind = has_symtab   ? HP_SYMBOLS_SYMTAB
		  : has_mini   ? HP_SYMBOLS_MINIDEBUG
		  : has_dynsym ? HP_SYMBOLS_DYNSYM
			       : HP_SYMBOLS_NONE;
	return HPROF_OK;
}

int hp_symtab_open(struct hp_symtab *t, const struct hp_elf *f, const struct hp_elf *d)
{
	*t = (struct hp_symtab){.elf = f, .mini.elf.fd = -1};
	if (pthread_mutex_init(&t->lock, NULL) != 0)
		return HPROF_ENOMEM;
	hp_plt_find(&t->plt, f);
	return find_tables(t, f, d);
}

int hp_symtab_prefetch(struct hp_symtab *t, const uint64_t *addr, uint32_t n)
{
	uint64_t rows = 0;

	for (uint32_t i = 0; i < t->n_sources; i++)
		rows += t->source[i].table.n;
	if (t->near || atomic_load(&t->has_all) || rows < LARGE_ROWS)
		return HPROF_OK;
	t->near = calloc(NEAR_BITS / 64, sizeof(*t->near));
	if (!t->near)
		return HPROF_ENOMEM;
	if (!make_set(t, &t->some.unsized, false, false))
		return HPROF_ENOMEM;
	for (uint32_t i = 0; i < n; i++)
		mark_address(t, addr[i]);
	return make_set(t, &t->some.sized, true, true) && note_rests(&t->some) ? HPROF_OK
									       : HPROF_ENOMEM;
}

void hp_symtab_release(struct hp_symtab *t)
{
	if (!t->elf)
		return; /* it was never opened */
	for (uint32_t i = 0; i < t->n_sources; i++)
		free(t->source[i].unloaded);
	release_symbols(&t->some);
	release_symbols(&t->all);
	free(t->near);
	hp_plt_release(&t->plt);
	hp_arena_release(&t->mem);
	hp_minidebug_release(&t->mini);
	(void)pthread_mutex_destroy(&t->lock); /* nobody holds it any more */
	*t = (struct hp_symtab){.mini.elf.fd = -1};
}
