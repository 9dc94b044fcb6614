# made.py - malicious ELF files made by hand, each wrong in one way, and the names that must stay.
import struct
import zlib

import elfmade as e

# (name, kinds of names that stay, function that makes the file in a folder, a part of the warning
# that is due or None); kinds:
# "all": DWARF names of both units; "other": those of the unit that is not damaged;
# "symbols": the names of the symbol table; "any": names or offsets.

MADE = []


def made(name, stays, version=4, warns=None, folder=False):
    """@folder: the function is told where the file will lie, too: it may write others there."""
    def keep(function):
        def build(where):
            elf = e.Elf(version)
            data = function(elf, where) if folder else function(elf)
            return elf.bytes() if data is None else data
        MADE.append((name, stays, build, warns))
        return function
    return keep


def table(rows):
    """Decorate a function that is called with each of @rows: (name, stays, value...)."""
    def keep(function):
        for name, stays, *values in rows:
            made(name, stays)(lambda elf, v=values: function(elf, *v))
        return function
    return keep


@made("nothing wrong, DWARF 4", "all")
@made("nothing wrong, DWARF 5", "all", version=5)
def sound(elf):
    del elf


@table([("unit length %s" % name, stays, n) for name, stays, n in (
    ("0", "symbols", 0), ("1", "symbols", 1), ("3", "symbols", 3),
    ("of the header only", "symbols", 7),
    ("beyond the section", "symbols", 0x10000), ("reserved", "symbols", 0xfffffff0),
    ("2^63", "symbols", 1 << 63), ("2^64 - 1", "symbols", (1 << 64) - 1),
    ("2^64 - 12, back to itself", "symbols", (1 << 64) - 12))])
def unit_length(elf, n):
    elf.units[0].length = n


@made("second unit claims a length beyond the section", "any")
def second_length(elf):
    elf.units[1].length = 0x7fffffff


@made("a megabyte of units of length 0", "symbols")
def zero_units(elf):
    elf.info = bytes(1 << 20)


@made("unit version 0xffff", "symbols")
def unit_version(elf):
    elf.units[0].version = 0xffff


@table([("address size %d" % n, "any", n) for n in (0, 1, 3, 9, 255)])
def address_size(elf, n):
    elf.units[0].address_size = n


@table([("abbreviations at the end", "any", len(e.abbrevs())), 
        ("abbreviations far away", "any", 1 << 31),
        ("abbreviations from the middle", "any", 3)])
def abbrev_offset(elf, at):
    elf.units[0].abbrev_offset = at


@table([("abbreviation code %s" % name, "other", code) for name, code in (
    ("that is not in the table", b"\x63"), ("2^63", e.uleb(1 << 63)),
    ("2^64 and more", b"\xff" * 10 + b"\x7f"), ("of a megabyte", b"\x80" * (1 << 20) + b"\0"))])
def abbrev_code(elf, code):
    elf.units[0].before = code


@made("abbreviations without an end", "any")
def endless_abbrevs(elf):
    elf.abbrev = elf.abbrev[:-1]


@made("abbreviation whose attributes do not end", "any")
def endless_attributes(elf):
    elf.abbrev = elf.abbrev[:-1] + e.uleb(50) + e.uleb(e.VARIABLE) + b"\0" + b"\3\x08" * 100000


@made("100,000 abbreviations of one code", "any")
def same_abbrev(elf):
    elf.abbrev = e.COMMON[1] * 100000 + e.abbrevs()


@made("LEB128 run of a megabyte in the abbreviations", "any")
def leb_abbrev(elf):
    elf.abbrev = elf.abbrev[:-1] + b"\x80" * (1 << 20)


def attribute(elf, form, value, stays_at=e.NAME):
    """A variable with one attribute in front of the function of the first unit."""
    elf.abbrev = e.abbrevs(e.abbrev(50, e.VARIABLE, 0, (stays_at, form)))
    elf.units[0].before = e.uleb(50) + value


@table([(name, "other", form, value) for name, form, value in (
    ("block of 2^32 - 1 bytes", 0x04, b"\xff" * 4), 
    ("block of 2^63 bytes", e.BLOCK, e.uleb(1 << 63)),
    ("block of 2^64 - 1 bytes", e.BLOCK, e.uleb((1 << 64) - 1)),
    ("expression of 2^63 bytes", e.EXPRLOC, e.uleb(1 << 63)),
    ("form that nobody knows", 0x7f, b"abcd"), ("form 2^32", 1 << 32, b"abcd"),
    ("indirect form of an indirect form", e.INDIRECT, e.uleb(e.INDIRECT) * 5 + b"\x0b\0"),
    ("half a million indirect forms", e.INDIRECT, e.uleb(e.INDIRECT) * 500000 + b"\x0b\0"),
    ("LEB128 run of a megabyte as a value", 0x0f, b"\x80" * (1 << 20) + b"\0"))])
def forms(elf, form, value):
    attribute(elf, form, value)


@table([("%s far past the end" % name, "other", form, value) for name, form, value in (
    ("string offset", e.STRP, b"\xf0\xff\xff\x7f"), ("string index", e.STRX, e.uleb(1 << 40)),
    ("line string offset", e.LINE_STRP, b"\xf0\xff\xff\x7f"))])
def strings(elf, form, value):
    elf.more[".debug_str"] = e.Section(1, b"abc\0", flags=0x30, entry=1)
    attribute(elf, form, value)


@made("string section without an end", "other")
def open_string(elf):
    elf.more[".debug_str"] = e.Section(1, b"x" * 100)
    attribute(elf, e.STRP, struct.pack("<I", 0))


@made("function names past the end of the strings", "symbols")
def name_past_end(elf):
    by_offset = e.abbrev(3, e.FUNC, 0, (e.NAME, e.STRP), (0x20, e.DATA1))
    elf.abbrev = e.abbrevs().replace(e.COMMON[3], by_offset)
    for u in elf.units:
        u.abstract = lambda: b"\3" + struct.pack("<I", 1 << 30) + b"\1"


def loop(elf, *links):
    """Functions in front, each of which says it was made from the one that @links tells."""
    u = elf.units[0]
    places = [u.at_before() + 5 * i for i in range(len(links))]
    u.before = b"".join(bytes([code]) + struct.pack("<I", places[to]) for code, to in links)
    u.origin = places[0]


@table([("abstract_origin of itself", "other", (6, 0)),
        ("abstract_origin in a circle of two", "other", (6, 1), (6, 0)),
        ("abstract_origin and specification in a circle", "other", (6, 1), (8, 2), (6, 0)),
        ("abstract_origin in a chain of 100,000", "other", *((6, i + 1) for i in range(99999)),
         (6, 0))])
def origin_loop(elf, *links):
    loop(elf, *links)


@table([("abstract_origin %s" % name, "other", at) for name, at in (
    ("past the end of the unit", 1 << 20), ("past everything", 0xffffffff),
    ("in the header of its unit", 2), ("in the middle of a name", 20))])
def origin_outside(elf, at):
    elf.units[0].origin = at


@made("abstract_origin of itself as an inlined call", "other")
def origin_self(elf):
    u = elf.units[0]
    u.origin = u.at_function() + 1 + len("one") + 1 + 16


@made("abstract_origin by a signature that nobody has", "other")
def origin_signature(elf):
    elf.abbrev = e.abbrevs(e.abbrev(50, e.INLINED, 0, (e.ORIGIN, e.REF_SIG8), (e.LOW, e.ADDR),
                                    (e.HIGH, e.DATA8)))
    elf.units[0].inside = e.uleb(50) + b"\x77" * 8 + struct.pack("<QQ", e.ONE, 50)


@made("abstract_origin far outside by section offset", "other")
def origin_ref_addr(elf):
    elf.abbrev = e.abbrevs(e.abbrev(50, e.INLINED, 0, (e.ORIGIN, e.REF_ADDR), (e.LOW, e.ADDR),
                                    (e.HIGH, e.DATA8)))
    elf.units[0].inside = e.uleb(50) + b"\xff\xff\xff\x7f" + struct.pack("<QQ", e.ONE, 50)


@table([("sibling %s" % name, "other", at) for name, at in (
    ("that goes back to the unit", 11), ("of offset 0", 0), ("that is itself", None),
    ("past the end of the unit", 1 << 20), ("2^32 - 1", 0xffffffff))])
def sibling(elf, at):
    u = elf.units[0]
    u.sibling = u.at_function() if at is None else at
    u.after = b"\3later\0\1"


@made("two siblings that point at each other", "other")
def sibling_pair(elf):
    u = elf.units[0]
    first = u.at_before()
    size = 1 + 4 + 2 + 16 + 1
    u.before = b"".join(b"\5" + struct.pack("<I", to) + b"a\0" + struct.pack("<QQ", 0, 0) + b"\0"
                        for to in (first + size, first))


@made("100,000 blocks nested", "any")
def nested(elf):
    elf.units[0].before = b"\7" * 100000


@made("half a million functions nested, without an end", "any")
def nested_functions(elf):
    elf.units[0].inside = b"\2x\0" + struct.pack("<QQ", e.ONE, 0x50)
    elf.units[0].inside *= 50000
    elf.units[0].end = b""


@made("a unit of nothing but ends", "other")
def only_ends(elf):
    elf.units[0].before = b"\0" * 100000


@table([("line program: advance_pc 0 a million times", "all", b"\x02\0" * 1000000),
        ("line program: copy a million times", "all", b"\x01" * 1000000),
        ("line program: special opcodes, a million", "all", b"\x0d" * 1000000),
        ("line program: advance_pc by 2^64 - 1", "all", b"\x02" + b"\xff" * 9 + b"\x01\x01"),
        ("line program: LEB128 run of a megabyte", "all", b"\x02" + b"\x80" * (1 << 20) + b"\0"),
        ("line program: extended opcode of length 0", "all", b"\0\0"),
        ("line program: extended opcode of length 2^63", "all", b"\0" + e.uleb(1 << 63)),
        ("line program: address of 255 bytes", "all", b"\0\xff\x01\x02" + bytes(254)),
        ("line program: lines go below 0", "all", b"\x03" + b"\x80\x80\x80\x80\x78\x01"),
        ("line program: file 2^63", "all", b"\x04" + e.uleb(1 << 63) + b"\x01"),
        ("line program: 100,000 sequences", "all", (b"\0\x01\x01" + b"\0\x09\x02" + struct.pack(
            "<Q", e.ONE) + b"\x01\x02\x01") * 100000)])
def line_programs(elf, extra):
    elf.lines[0].program = e.line_program(e.ONE, extra=extra)
    elf.retable()


@table([("line table: %s" % name, "all", field, value) for name, field, value in (
    ("opcode_base 0", "opcode_base", 0), ("opcode_base 1", "opcode_base", 1),
    ("opcode_base 255", "opcode_base", 255), ("line_range 0", "line_range", 0),
    ("max_ops 0", "max_ops", 0), ("max_ops 255", "max_ops", 255), ("min_length 0", "min_length", 0),
    ("min_length 255", "min_length", 255), ("version 1", "version", 1),
    ("version 99", "version", 99),
    ("length 0", "length", 0), ("length 2^32 - 16", "length", 0xfffffff0),
    ("header length 0", "header_length", 0), 
    ("header length 2^32 - 1", "header_length", 0xffffffff),
    ("folder without an end", "tables", b"x" * 5000), ("no folders, no files", "tables", b"\0\0"),
    ("50,000 files", "tables", b"\0" + b"f\0\0\0\0" * 50000 + b"\0"),
    ("operands of 255", "operands", b"\xff" * 12))])
def line_tables(elf, field, value):
    setattr(elf.lines[0], field, value)
    elf.retable()


@made("line table: offset past the end", "all")
def line_offset(elf):
    elf.units[0].line_offset = 0x7fffffff


def line_tables_5(name, tables):
    @made("line table of DWARF 5: " + name, "all", version=5)
    def build(elf):
        elf.lines[0].tables = tables
        elf.retable()


for count in (1 << 20, 1 << 32, 1 << 63, (1 << 64) - 1):
    text = "%d" % count if count < 1 << 32 else "2^%d" % count.bit_length()
    line_tables_5("%s folders" % text, b"\1\1\x08" + e.uleb(count) + b"/src\0")
    line_tables_5("%s files" % text, b"\1\1\x08\1/\0\2\1\x08\2\x0b" + e.uleb(count) + b"f\0\0")
    line_tables_5("%s folders without fields" % text, b"\0" + e.uleb(count) + b"\1\1\x08\1f\0")
    line_tables_5("%s files without fields" % text, b"\1\1\x08\1/\0" + b"\0" + e.uleb(count))
line_tables_5("255 fields of a form that nobody knows", b"\xff" + b"\1\x7f" * 255 + b"\xff")


def deflated(n):
    """A zlib stream of @n zeros, in parts of 16 MiB, made without making the zeros."""
    part = 1 << 24
    pack = zlib.compressobj(9, zlib.DEFLATED, -15)
    start = pack.compress(bytes(part)) + pack.flush(zlib.Z_FULL_FLUSH)
    return b"\x78\xda" + start * (n // part) + b"\3\0" + struct.pack(">HH", n % 65521, 1)


def compressed(elf, name, kind, claim, data):
    def change(s):
        s.flags |= 0x800
        s.data = struct.pack("<IIQQ", kind, 0, claim, 1) + data
    elf.change[name] = change


@table([("compressed %s that claims %s" % (name, text), "any", name, kind, claim)
        for name in (".debug_info", ".debug_line", ".debug_abbrev")
        for text, kind, claim in (("5 TB", 1, 5 << 40), ("2^64 - 1 bytes", 1, (1 << 64) - 1),
                                  ("no bytes", 1, 0), ("an unknown kind", 77, 1000),
                                  ("5 TB of zstd", 2, 5 << 40))])
def claims(elf, name, kind, claim):
    compressed(elf, name, kind, claim, zlib.compress(bytes(1000)))


@table([("compressed %s of %d GiB in truth" % (name, n), "symbols", name, n << 30)
        for name, n in ((".debug_info", 2), (".debug_info", 6), (".debug_line", 2),
                        (".debug_str", 2))])
def bomb(elf, name, n):
    elf.more.setdefault(".debug_str", e.Section(1, b"abc\0"))
    compressed(elf, name, 1, n, deflated(n))


@made("old compression that claims 2^62 bytes", "any")
def old_compressed(elf):
    elf.info = b""
    data = b"ZLIB" + struct.pack(">Q", 1 << 62) + zlib.compress(b"x")
    elf.more[".zdebug_info"] = e.Section(1, data)


@made("all sections are one", "any")
def overlapping(elf):
    for name in (".debug_info", ".debug_abbrev", ".debug_line", ".symtab", ".strtab", ".shstrtab"):
        def change(s, size=0x400):
            s.offset, s.size = e.TEXT, size
        if name != ".shstrtab":
            elf.change[name] = change


@table([("%s %s" % (name, text), "any", name, offset, size)
        for name in (".debug_info", ".debug_abbrev", ".debug_line", ".symtab", ".strtab",
                     ".shstrtab")
        for text, offset, size in (
            ("past the end", 1 << 40, None), ("longer than the file", None, 1 << 40),
            ("of 2^64 - 1 bytes", None, (1 << 64) - 1), ("over the headers", 0, 4096))])
def places(elf, name, offset, size):
    def change(s):
        s.offset, s.size = offset, size
    elf.change[name] = change


@table([("symbols: %s" % name, "all", field, value) for name, field, value in (
    ("entries of 0 bytes", "entry", 0), ("entries of 1 byte", "entry", 1),
    ("entries of 2^63 bytes", "entry", 1 << 63), ("link to nowhere", "link", 9999),
    ("link to themselves", "link", 2), ("link to the code", "link", 1),
    ("half an entry", "size", 60))])
def symbol_table(elf, field, value):
    elf.change[".symtab"] = lambda s: setattr(s, field, value)


@table([("symbols: %s" % name, "other", e.symbol(*values)) for name, values in (
    ("name past the end", (1 << 30, e.ONE, 128)), ("of 2^64 - 1 bytes", (1, e.ONE, (1 << 64) - 1)),
    ("at 2^64 - 1", (1, (1 << 64) - 1, 10)), ("of section 0xff00", (1, e.ONE, 128, 0x12, 0xff00)))])
def odd_symbols(elf, symbol):
    elf.symbols += symbol


@made("symbols: 100,000 that hold each other", "any")
def nested_symbols(elf):
    elf.symbols += b"".join(e.symbol(1, e.ONE, i + 1) for i in range(100000))


@made("symbols: names without an end", "any")
def open_names(elf):
    elf.strings = b"\0one\0two"


@table([("ELF header: %s" % name, "any", at, form, value) for name, at, form, value in (
    ("sections far away", 40, "<Q", 1 << 60), ("segments far away", 32, "<Q", 1 << 60),
    ("65,535 sections", 60, "<H", 0xffff), ("no sections, as if there were more", 60, "<H", 0),
    ("65,535 segments", 56, "<H", 0xffff), ("segments of 0 bytes", 54, "<H", 0),
    ("sections of 0 bytes", 58, "<H", 0), ("names far away", 62, "<H", 0xfffe),
    ("names in an escape", 62, "<H", 0xffff))])
def elf_header(elf, at, form, value):
    elf.header[at] = (form, value)


@made("60 segments that hold each other", "any")
def many_segments(elf):
    elf.segments = [(1, 5, 0, 0, e.TEXT + len(elf.text))] * 60


@made("segment that wraps around", "any")
def wrapping_segment(elf):
    elf.segments = [(1, 5, 0, 0, e.TEXT + len(elf.text)), (1, 5, 4096, (1 << 64) - 4096, 1 << 63)]


@made("20,000 abbreviations, codes of three bytes", "all")
def long_codes(elf):
    elf.abbrev = e.abbrevs(*(e.abbrev(code, e.VARIABLE, 0, (0x1c, e.DATA4)) for code in range(9, 20000)))
    elf.units[0].before = (e.uleb(16400) + bytes(4)) * 1000


# Work that grows with the square of the file.

@made("80,000 units that claim all code and hold nothing", "any")
def claiming_units(elf):
    elf.abbrev = e.abbrevs(e.abbrev(50, e.UNIT, 0, (e.LOW, e.ADDR), (e.HIGH, e.DATA4)))
    elf.info = b"".join(u.bytes() for u in elf.units)
    for low in (e.ONE, e.TWO):  # narrower than the true ones, so they are asked first
        unit = e.uleb(50) + struct.pack("<QI", low + 1, e.FUNCTION - 1)
        elf.info += (struct.pack("<IHIB", 7 + len(unit), 4, 0, 8) + unit) * 40000


@made("20,000 functions that share 50,000 ranges", "any")
def shared_ranges(elf):
    elf.abbrev = e.abbrevs(e.abbrev(50, e.FUNC, 0, (e.RANGES, e.SEC_OFFSET)))
    elf.more[".debug_ranges"] = e.Section(1, struct.pack("<QQ", 0, 1) * 50000 + bytes(16))
    elf.units[0].before = (e.uleb(50) + bytes(4)) * 20000


@made("60,000 sections of code, 300,000 symbols without a size", "any")
def unsized_symbols(elf):
    for i in range(60000):
        s = elf.more[".t%d" % i] = e.Section(1, b"", flags=6)
        s.addr, s.size, s.offset = e.TEXT, 2 * e.FUNCTION, e.TEXT
    elf.symbols += b"".join(e.symbol(1, e.ONE + i % 128, 0) for i in range(300000))
