/* symtab.c - which function symbol owns an address. */
#include "analyzer/symbolize/symtab.h"

#include <stdlib.h>

#include "analyzer/base/column.h"
#include "analyzer/symbolize/name.h"

static unsigned leading_underscores(struct hp_slice name)
{
	unsigned n = 0;

	while (n < name.len && name.ptr[n] == '_')
		n++;
	return n;
}

/* Above 0 when @a is the better name of two aliases. */
static int preference(const struct hp_symbol *a, const struct hp_symbol *b)
{
	unsigned ua = leading_underscores(a->name);
	unsigned ub = leading_underscores(b->name);

	if (a->exported != b->exported)
		return a->exported ? 1 : -1;
	if (a->is_func != b->is_func)
		return a->is_func ? 1 : -1;
	if (a->binding != b->binding)
		return a->binding > b->binding ? 1 : -1;
	if (ua != ub)
		return ua < ub ? 1 : -1;
	if (a->name.len != b->name.len)
		return a->name.len < b->name.len ? 1 : -1;
	return -hp_slice_cmp(a->name, b->name);
}

/* By address; then the wider first, so that looking backwards meets the innermost first. */
static int by_place(const void *pa, const void *pb)
{
	const struct hp_symbol *a = pa;
	const struct hp_symbol *b = pb;

	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	if (a->limit != b->limit)
		return a->limit > b->limit ? -1 : 1;
	return preference(a, b);
}

/* The first row of @s that starts beyond @addr. */
static uint32_t rows_up_to(const struct hp_symset *s, uint64_t addr)
{
	uint32_t low = 0;
	uint32_t high = s->n;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (s->row[mid].start <= addr)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* $x, $d, $a, $t: where an assembler switched between code and data. */
static bool is_mapping_symbol(const char *name)
{
	return name[0] == '$' && name[1] && strchr("xdat", name[1]) && (!name[2] || name[2] == '.');
}

static bool to_symbol(const struct hp_elf *f, const GElf_Sym *sym, const char *name,
		      struct hp_symbol *out)
{
	unsigned type = GELF_ST_TYPE(sym->st_info);
	unsigned binding = GELF_ST_BIND(sym->st_info);
	unsigned visibility = GELF_ST_VISIBILITY(sym->st_other);

	if (type != STT_FUNC && type != STT_GNU_IFUNC && type != STT_NOTYPE)
		return false;
	if (sym->st_shndx == SHN_UNDEF || sym->st_shndx == SHN_ABS || sym->st_shndx == SHN_COMMON ||
	    !name || !*name || is_mapping_symbol(name))
		return false;
	if (!hp_extents_hold(f->text, f->n_text, sym->st_value) ||
	    sym->st_size > UINT64_MAX - sym->st_value)
		return false;
	*out = (struct hp_symbol){
		.start = sym->st_value,
		.limit = sym->st_value + sym->st_size,
		.name = hp_name_unversioned(hp_slice_str(name)),
		.binding = (uint8_t)(binding == STB_LOCAL  ? 0
				     : binding == STB_WEAK ? 1
							   : 2),
		.is_func = type != STT_NOTYPE,
		.exported = binding != STB_LOCAL && visibility != STV_HIDDEN &&
			    visibility != STV_INTERNAL,
	};
	return true;
}

/*
 * Add the symbols of the table of type @type in @from.  Extents of code are those of @f: in
 * a debug file they are the same.
 */
static int read_table(struct hp_symtab *t, const struct hp_elf *f, const struct hp_elf *from,
		      uint32_t type, bool *found)
{
	Elf_Scn *scn = NULL;

	while ((scn = elf_nextscn(from->elf, scn))) {
		Elf_Data *data;
		GElf_Shdr shdr;
		GElf_Sym sym;

		if (!gelf_getshdr(scn, &shdr) || shdr.sh_type != type)
			continue;
		data = elf_getdata(scn, NULL);
		for (int i = 1; data && gelf_getsym(data, i, &sym); i++) {
			const char *name = elf_strptr(from->elf, shdr.sh_link, sym.st_name);
			struct hp_symset *set = sym.st_size ? &t->sized : &t->unsized;
			struct hp_symbol s;

			if (!to_symbol(f, &sym, name, &s))
				continue;
			*found = true;
			s.exported = s.exported && type == SHT_DYNSYM;
			if (!HP_COLUMN_ROOM(set->row, set->n, set->cap))
				return HPROF_ENOMEM;
			set->row[set->n++] = s;
		}
	}
	return HPROF_OK;
}

static uint64_t next_start(const struct hp_symset *s, uint64_t addr)
{
	uint32_t i = rows_up_to(s, addr);

	return i < s->n ? s->row[i].start : UINT64_MAX;
}

/* An unsized symbol reaches to the next symbol, or to the end of its section. */
static void bound_unsized(struct hp_symtab *t, const struct hp_elf *f)
{
	for (uint32_t i = 0; i < t->unsized.n; i++) {
		struct hp_symbol *s = &t->unsized.row[i];
		uint64_t sized = next_start(&t->sized, s->start);
		const struct hp_extent *text = hp_extent_of(f->text, f->n_text, s->start);

		s->limit = next_start(&t->unsized, s->start);
		if (sized < s->limit)
			s->limit = sized;
		if (text && text->limit < s->limit)
			s->limit = text->limit;
	}
}

static bool link_wider(struct hp_symset *s)
{
	s->wider = calloc((size_t)s->n + 1, sizeof(*s->wider));
	if (!s->wider)
		return false;
	for (uint32_t i = 0; i < s->n; i++) {
		uint32_t j = i ? i - 1 : HP_NONE;

		while (j != HP_NONE && s->row[j].limit <= s->row[i].limit)
			j = s->wider[j];
		s->wider[i] = j;
	}
	return true;
}

static void sort(struct hp_symset *s)
{
	if (s->n > 1)
		qsort(s->row, s->n, sizeof(*s->row), by_place);
}

int hp_symtab_read(struct hp_symtab *t, const struct hp_elf *f, const struct hp_elf *d)
{
	bool has_symtab = false;
	bool has_dynsym = false;

	*t = (struct hp_symtab){0};
	if (read_table(t, f, f, SHT_DYNSYM, &has_dynsym) < 0 ||
	    read_table(t, f, f, SHT_SYMTAB, &has_symtab) < 0)
		return HPROF_ENOMEM;
	if (d && !has_symtab && read_table(t, f, d, SHT_SYMTAB, &has_symtab) < 0)
		return HPROF_ENOMEM;
	sort(&t->sized);
	sort(&t->unsized);
	bound_unsized(t, f);
	sort(&t->unsized);
	if (!link_wider(&t->sized) || !link_wider(&t->unsized))
		return HPROF_ENOMEM;
	t->kind = has_symtab ? HP_SYMBOLS_SYMTAB : has_dynsym ? HP_SYMBOLS_DYNSYM : HP_SYMBOLS_NONE;
	return HPROF_OK;
}

void hp_symtab_release(struct hp_symtab *t)
{
	free(t->sized.row);
	free(t->sized.wider);
	free(t->unsized.row);
	free(t->unsized.wider);
	*t = (struct hp_symtab){0};
}

static const struct hp_symbol *owner(const struct hp_symset *s, uint64_t addr)
{
	uint32_t i = rows_up_to(s, addr);

	i = i ? i - 1 : HP_NONE;
	while (i != HP_NONE && s->row[i].limit <= addr)
		i = s->wider[i];
	return i == HP_NONE ? NULL : &s->row[i];
}

const struct hp_symbol *hp_symtab_owner(const struct hp_symtab *t, uint64_t addr)
{
	const struct hp_symbol *sized = owner(&t->sized, addr);

	return sized ? sized : owner(&t->unsized, addr);
}

static const struct hp_symbol *best_at(const struct hp_symset *s, uint64_t addr,
				       const struct hp_symbol *best)
{
	for (uint32_t i = rows_up_to(s, addr); i-- > 0 && s->row[i].start == addr;)
		if (!best || preference(&s->row[i], best) > 0)
			best = &s->row[i];
	return best;
}

const struct hp_symbol *hp_symtab_entry(const struct hp_symtab *t, uint64_t addr)
{
	return best_at(&t->unsized, addr, best_at(&t->sized, addr, NULL));
}

static bool has(const struct hp_symset *s, uint64_t addr, struct hp_slice name)
{
	for (uint32_t i = rows_up_to(s, addr); i-- > 0 && s->row[i].start == addr;)
		if (hp_slice_same(s->row[i].name, name))
			return true;
	return false;
}

bool hp_symtab_has(const struct hp_symtab *t, uint64_t addr, struct hp_slice name)
{
	return has(&t->sized, addr, name) || has(&t->unsized, addr, name);
}
