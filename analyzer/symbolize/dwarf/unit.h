/* unit.h - units of .debug_info: their headers, their own DIE, and values of attributes. */
#ifndef HP_DWARF_UNIT_H
#define HP_DWARF_UNIT_H

#include "analyzer/symbolize/dwarf/bytes.h"
#include "analyzer/symbolize/dwarf/section.h"

enum { HP_DW_TEXT_MAX = 1 << 16 }; /* bytes of a name or a path; more is cut */

/* The header of a unit (DWARF 5, 7.5.1). Offsets are within their sections. */
struct hp_dw_unit {
	uint64_t offset, limit; /* of the whole unit, [offset, limit) */
	uint64_t die;           /* of its own DIE */
	uint64_t abbrevs;       /* of its table of abbreviations */
	uint64_t dwo_id;        /* 0 if the header has none */
	uint8_t version, offset_bytes, address_bytes;
	uint8_t type; /* DW_UT_* */
};

/*
 * A unit that is being read: what its DIE says that is needed to understand the others.
 * A split unit has its DIEs in one file, its addresses and lines in that of its skeleton.
 */
struct hp_dw_cu {
	struct hp_dw_unit unit;
	const struct hp_dw_file *file;
	const struct hp_dw_cu *skeleton; /* of a split unit; else NULL */
	uint64_t str_offsets_base, addr_base, rnglists_base;
	uint64_t ranges_base; /* of the split unit, told by the skeleton (GNU extension) */
	uint64_t low_pc;      /* what lists of ranges begin with as their base */
	uint64_t lines;       /* offset of its line table */
	uint64_t dwo_id;
	bool has_lines;
	uint16_t language;
	struct hp_slice comp_dir, dwo_name;
};

/* The value of an attribute as it is stored. Zero-initialised: none (form is 0). */
struct hp_dw_value {
	uint64_t n;        /* number, offset, index or address; length of @bytes */
	const char *bytes; /* of a string or a block that is stored right here */
	uint16_t form;     /* DW_FORM_* */
};

/* The same without bytes. */
struct hp_dw_word {
	uint64_t n;
	uint16_t form;
};

/* Where the code of a DIE is. */
struct hp_dw_pcs {
	struct hp_dw_word low, high, ranges;
};

/* Read the header at @offset of .debug_info of @file.  False: it is damaged. */
bool hp_dw_unit_read(const struct hp_dw_file *file, uint64_t offset, struct hp_dw_unit *out);

/* Read all headers of @file.  False: no memory; damage ends the list before the section. */
bool hp_dw_units_read(struct hp_dw_file *file, bool *damaged);

/* The unit of @file, whose units have been read, that holds @offset; NULL if none. */
const struct hp_dw_unit *hp_dw_unit_at(const struct hp_dw_file *file, uint64_t offset);

/*
 * Read what the DIE of @unit says into @cu (whose bases may be preset, as a package of split
 * units does) and where its code is into @pcs.  @skeleton: for a split unit.  *@budget bounds
 * the bytes of abbreviations that are passed over.  False: it is damaged.
 */
bool hp_dw_cu_read(struct hp_dw_cu *cu, const struct hp_dw_file *file,
		   const struct hp_dw_unit *unit, const struct hp_dw_cu *skeleton,
		   struct hp_dw_pcs *pcs, uint64_t *budget);

/* The bytes of @unit from @offset of the section on. */
struct hp_bytes hp_dw_unit_bytes(const struct hp_dw_file *file, const struct hp_dw_unit *unit,
				 uint64_t offset);

/* Bytes that values of @form have in @unit; -1 if that differs from value to value. */
int hp_dw_form_len(unsigned form, const struct hp_dw_unit *unit);

/* Pass over a value of @form.  A form that is not known is a failure. */
void hp_dw_skip(struct hp_bytes *b, unsigned form, const struct hp_dw_unit *unit);

/* Read a value of @form; @implicit is what the abbreviation holds for it. */
struct hp_dw_value hp_dw_read(struct hp_bytes *b, unsigned form, int64_t implicit,
			      const struct hp_dw_unit *unit);

static inline struct hp_dw_word hp_dw_word(const struct hp_dw_value *v)
{
	return (struct hp_dw_word){v->n, v->form};
}

/* Meanings of values; false, or an empty text, if @v is of no such kind or leads nowhere. */
struct hp_slice hp_dw_text(const struct hp_dw_cu *cu, const struct hp_dw_value *v);
bool hp_dw_address(const struct hp_dw_cu *cu, struct hp_dw_word v, uint64_t *out);
bool hp_dw_number(struct hp_dw_word v, uint64_t *out);

/* The DIE that @v refers to: an offset in .debug_info of *@file. */
bool hp_dw_reference(const struct hp_dw_cu *cu, struct hp_dw_word v, const struct hp_dw_file **file,
		     uint64_t *offset);

#endif
