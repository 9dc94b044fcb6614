# made_work.py - malicious ELF files whose work grows beyond their size, and files that a program
# leads to: .dwo, .dwp, the one that it shares DWARF with.
import os
import struct
import zlib

import elfmade as e
from made import made
from support import write

MIB = 1 << 20


# --- work that grows with the square of the file ---

@made("1,000,000 blocks nested", "other", warns="the unit at 0x0 of .debug_info")
def deep(elf):
    elf.units[0].before = b"\7" * 1000000 + bytes(1000000)


@made("1,000,000 classes nested, C++", "all")
def deep_classes(elf):
    elf.abbrev = e.abbrevs(e.abbrev(50, 0x13, 1))
    elf.units[0].language = 0x04
    elf.units[0].before = e.uleb(50) * 1000000 + bytes(1000000)


@made("100,000 DIEs whose abbreviation has 100,000 attributes without bytes", "other")
def free_attributes(elf):
    elf.abbrev = e.abbrevs(e.uleb(50) + e.uleb(e.FUNC) + b"\0" + (
        e.uleb(e.HIGH) + e.uleb(0x21) + b"\1") * 100000 + b"\0\0")
    elf.units[0].before = e.uleb(50) * 100000


@made("the same before a DIE without an abbreviation", "other", warns="0x0 of .debug_info")
def free_attributes_damaged(elf):
    free_attributes(elf)
    elf.units[0].before += b"\x63"


@made("50,000 units whose abbreviation has 100,000 attributes without bytes", "any")
def free_unit_attributes(elf):
    elf.abbrev = e.abbrevs(e.uleb(50) + e.uleb(e.UNIT) + b"\0" + (
        e.uleb(0x3f) + e.uleb(0x19)) * 100000 + b"\0\0")
    unit = e.uleb(50)
    elf.info = (struct.pack("<IHIB", 7 + len(unit), 4, 0, 8) + unit) * 50000 + b"".join(
        u.bytes() for u in elf.units)


def small_units(elf, n, abbrev_offset=lambda i: 0, root=b"", lines=0):
    """@n units that claim all code and are asked before the true ones."""
    elf.info = b"".join(u.bytes() for u in elf.units)
    out = []
    for i in range(n):
        unit = root or e.uleb(50) + struct.pack("<QII", e.ONE + 1 + i % 64, e.FUNCTION, lines)
        out.append(struct.pack("<IHIB", 7 + len(unit), 4, abbrev_offset(i), 8) + unit)
    elf.info += b"".join(out)


CLAIM = e.abbrev(50, e.UNIT, 0, (e.LOW, e.ADDR), (e.HIGH, e.DATA4), (0x10, e.SEC_OFFSET))


@made("50,000 units that share a line table of 1 MiB", "any", warns="refers to others too often")
def shared_lines(elf):
    elf.lines[0].program = e.line_program(e.ONE, extra=b"\x01" * MIB)
    elf.retable()
    elf.abbrev = e.abbrevs(CLAIM)
    small_units(elf, 50000)


@made("50,000 units that share a line table of 200,000 files", "any")
def shared_files(elf):
    elf.lines[0].tables = b"\0" + b"f\0\0\0\0" * 200000 + b"\0"
    elf.retable()
    elf.abbrev = e.abbrevs(CLAIM)
    small_units(elf, 50000)


@made("50,000 units that use two tables of abbreviations of 1 MiB in turn", "any")
def tables_in_turn(elf):
    fill = b"".join(e.abbrev(100 + i, e.VARIABLE, 0, *[(e.NAME, e.STRP)] * 12)
                    for i in range(8000))
    first = e.abbrevs(CLAIM, fill)
    elf.abbrev = first + CLAIM + fill + CLAIM + b"\0"
    small_units(elf, 50000, lambda i: (i % 2) * len(first))


@made("100,000 units without ranges", "any")
def rangeless(elf):
    elf.abbrev = e.abbrevs(e.abbrev(50, e.UNIT, 0))
    small_units(elf, 100000, root=e.uleb(50))


@made("20 MiB of units of length 0", "all")
def empty_units(elf):
    elf.info = b"".join(u.bytes() for u in elf.units) + bytes(20 * MIB)


def calls(elf, n, origin, form=e.REF4):
    """@n inlined calls, nested, whose origins are where @origin says."""
    elf.abbrev = elf.abbrev[:-1] + e.abbrev(50, e.INLINED, 1, (e.ORIGIN, form), (e.LOW, e.ADDR),
                                            (e.HIGH, e.DATA8)) + b"\0"
    elf.units[0].inside = b"".join(
        e.uleb(50) + struct.pack("<IQQ", origin(i), e.ONE, 0x50) for i in range(n)) + b"\0" * n


@made("inlined calls whose origins lie in one LEB128 run of 10 MiB", "other")
def origins_in_run(elf):
    u = elf.units[0]
    elf.abbrev = e.abbrevs(e.abbrev(51, e.VARIABLE, 0, (e.NAME, e.BLOCK)))
    u.before = e.uleb(51) + e.uleb(10 * MIB) + b"\x80" * (10 * MIB)
    calls(elf, 1000, lambda i: u.at_before() + 10 + 8 * i)


@made("names that lead into 30 MiB of text without an end", "any")
def endless_text(elf):
    elf.more[".debug_str"] = e.Section(1, b"x" * (30 * MIB))
    elf.abbrev = e.abbrevs(e.abbrev(51, e.FUNC, 0, (e.NAME, e.STRP)))
    u = elf.units[0]
    u.before = b"".join(e.uleb(51) + struct.pack("<I", 3 * i) for i in range(900))
    calls(elf, 900, lambda i: u.at_before() + 5 * i)


@made("names of 1 MiB", "any")
def long_names(elf):
    elf.units[0].abstract = lambda: b"\3" + b"n" * MIB + b"\0\1"


@made("names of 1 MiB in 30 namespaces of 1 MiB, C++", "any")
def long_scopes(elf):
    elf.more[".debug_str"] = e.Section(1, b"s" * MIB + b"\0")
    elf.abbrev = e.abbrevs(e.abbrev(51, 0x39, 1, (e.NAME, e.STRP)))
    u = elf.units[0]
    u.language = 0x04
    u.before = (e.uleb(51) + bytes(4)) * 30 + u.abstract() + b"\0" * 30
    u.origin = u.at_before() + 5 * 30


@made("paths of 64 KiB: folder, file and compiler's folder", "other", version=5)
def long_paths(elf):
    elf.more[".debug_line_str"] = e.Section(1, b"d" * 65535 + b"\0")
    elf.lines[0].tables = b"\1\1\x1f\1" + bytes(4) + b"\2\1\x1f\2\x0b" + e.uleb(5000) + (
        bytes(5)) * 5000
    elf.retable()


# --- other files ---

class Split:
    """A program whose first unit is split off, and what is written beside it."""

    def __init__(self, elf):
        self.elf, self.files, self.id = elf, {}, 0x1234
        self.name = b"x.dwo"
        elf.abbrev = e.abbrevs(
            e.abbrev(50, 0x4a, 0, (0x76, e.STRING), (0x10, e.SEC_OFFSET), (e.LOW, e.ADDR),
                     (e.HIGH, e.DATA8)),
            e.abbrev(51, e.UNIT, 1, (e.NAME, e.STRING)))
        self.units = 1

    def skeleton(self, dwo_id):
        body = e.uleb(50) + self.name + b"\0" + struct.pack("<IQQ", 0, e.ONE, e.FUNCTION)
        return struct.pack("<IHBBIQ", 16 + len(body), 5, 4, 8, 0, dwo_id) + body

    def rest(self, dwo_id):
        """The unit that was split off."""
        u = e.Unit("one", e.ONE, 0, 5)
        u.root = lambda: e.uleb(51) + b"one.c\0"
        u.header = lambda n: struct.pack("<IHBBIQ", n, 5, 5, 8, 0, dwo_id)
        return u.bytes()

    def dwo(self, dwo_id, more=None):
        elf = e.Elf(5)
        sections = {".debug_info.dwo": e.Section(1, self.rest(dwo_id)),
                    ".debug_abbrev.dwo": e.Section(1, self.elf.abbrev)}
        sections.update(more or {})
        elf.info = elf.line = elf.abbrev = b""
        elf.more = sections
        return elf.bytes()

    def bytes(self):
        skeletons = b"".join(self.skeleton(self.id + i) for i in range(self.units))
        u = self.elf.units[1]
        self.elf.info = skeletons + u.bytes()
        return self.elf.bytes()


def split(name, stays="other", warns=None):
    """A program with a split unit; the function changes the Split and writes files beside it."""
    def keep(function):
        def build(elf, folder):
            s = Split(elf)
            function(s, folder)
            return s.bytes()
        made("split unit: " + name, stays, version=5, warns=warns, folder=True)(build)
        return function
    return keep


def index(slots, rows, hashes=None, units=1, columns=(1, 3), version=5, offsets=None):
    """.debug_cu_index."""
    out = struct.pack("<HHIII", version, 0, len(columns), units, slots)
    out += hashes if hashes is not None else struct.pack("<Q", 0x1234) * min(slots, 1 << 16)
    out += rows
    out += struct.pack("<%dI" % len(columns), *columns)
    return out + (offsets if offsets is not None else bytes(4 * len(columns) * units) * 2)


@split("whole", "all")
def whole(s, folder):
    write(folder + "/x.dwo", s.dwo(s.id))


@split("missing", warns="x.dwo was not found")
def missing(s, folder):
    del s, folder


@split("of another id", warns="does not hold the unit 0x1234")
def wrong_id(s, folder):
    write(folder + "/x.dwo", s.dwo(0x4321))


@split("a FIFO", warns="x.dwo")
def fifo(s, folder):
    if not os.path.exists(folder + "/x.dwo"):
        os.mkfifo(folder + "/x.dwo")
    del s


@split("a folder", warns="x.dwo")
def is_folder(s, folder):
    os.makedirs(folder + "/x.dwo", exist_ok=True)
    del s


@split("the program itself", warns="prog does not hold the unit")
def itself(s, folder):
    s.name = b"prog"
    del folder


@split("a text", warns="no ELF file with debug sections")
def is_text(s, folder):
    write(folder + "/x.dwo", b"nothing of the kind\n" * 100)


@split("a name of 1 MiB", warns="split off")
def long_name(s, folder):
    s.name = b"n" * MIB
    del folder


@split("3,000 units that are not in one .dwo of 60 MiB, packed", "other", warns="2999 more")
def unpacked_again(s, folder):
    text = struct.pack("<IIQQ", 1, 0, 60 * MIB, 1) + zlib.compress(bytes(60 * MIB), 9)
    write(folder + "/x.dwo", s.dwo(1, {".debug_str.dwo": e.Section(1, text, flags=0x800)}))
    s.id, s.units = 0x5000, 3000


for text, slots, rows, more in (
        ("0 slots", 0, b"", {}), ("3 slots", 3, struct.pack("<3I", 1, 1, 1), {}),
        ("2^31 slots", 1 << 31, b"\1\0\0\0" * 100, {}),
        ("2^32 - 1 slots", (1 << 32) - 1, b"\1\0\0\0" * 100, {}),
        ("a row past the end", 1, struct.pack("<I", 77), {}),
        ("row 2^32 - 1", 1, struct.pack("<I", 0xffffffff), {}),
        ("2^32 - 1 units", 1, struct.pack("<I", 1), {"units": 1, "offsets": b"\xff" * 16}),
        ("no columns", 1, struct.pack("<I", 1), {"columns": ()}),
        ("columns that nobody knows", 1, struct.pack("<I", 1), {"columns": (99, 0xffffffff)}),
        ("offsets far away", 1, struct.pack("<I", 1), {"offsets": b"\xf0\xff\xff\x7f" * 2}),
        ("version 99", 1, struct.pack("<I", 1), {"version": 99})):
    def package(s, folder, slots=slots, rows=rows, more=more):
        table = e.Section(1, index(slots, rows, **more))
        write(folder + "/prog.dwp", s.dwo(s.id, {".debug_cu_index": table}))
    split("package with an index of " + text, "other", warns="split off")(package)


@split("package with an index full of others", "any", warns="more units")
def full_index(s, folder):
    slots = 1 << 16
    table = index(slots, b"\1\0\0\0" * slots, struct.pack("<Q", 5) * slots)
    write(folder + "/prog.dwp", s.dwo(s.id, {".debug_cu_index": e.Section(1, table)}))
    s.units = 20000


@split("package that is in order", "all")
def sound_package(s, folder):
    table = e.Section(1, index(1, struct.pack("<I", 1)))
    write(folder + "/prog.dwp", s.dwo(s.id, {".debug_cu_index": table}))


def alt(name, stays="other", warns=None):
    """The origin of the first unit's call is in another file."""
    def keep(function):
        def build(elf, folder):
            elf.abbrev = e.abbrevs(e.abbrev(50, e.INLINED, 0, (e.ORIGIN, 0x1f20), (e.LOW, e.ADDR),
                                            (e.HIGH, e.DATA8)))
            elf.units[0].inside = e.uleb(50) + struct.pack(
                "<IQQ", elf.units[0].at_before(), e.ONE, 60)
            elf.more[".gnu_debugaltlink"] = e.Section(1, b"alt\0" + b"\x12\x34" * 10)
            return function(elf, folder)
        made("shared DWARF: " + name, stays, warns=warns, folder=True)(build)
        return function
    return keep


def with_id(elf):
    note = struct.pack("<III", 4, 20, 3) + b"GNU\0" + b"\x12\x34" * 10
    elf.more[".note.gnu.build-id"] = e.Section(7, note)
    return elf.bytes()


@alt("the file that it is in")
def alt_itself(elf, folder):
    data = with_id(elf)
    write(folder + "/alt", data)
    return data


@alt("a file that leads back")
def alt_back(elf, folder):
    other = e.Elf()
    other.more[".gnu_debugaltlink"] = e.Section(1, b"prog\0" + b"\x12\x34" * 10)
    other.abbrev = elf.abbrev
    other.units[0].inside = elf.units[0].inside
    write(folder + "/alt", with_id(other))
    return with_id(elf)


@alt("a file that is missing", warns=".gnu_debugaltlink")
def alt_missing(elf, folder):
    del folder
    return elf.bytes()


@alt("a FIFO", warns=".gnu_debugaltlink")
def alt_fifo(elf, folder):
    if not os.path.exists(folder + "/alt"):
        os.mkfifo(folder + "/alt")
    return elf.bytes()


# --- small files that unpack to much, of which more is made ---

def packed(elf, name, head, unit, times, tail):
    """Section @name, compressed: @head, @unit many times, @tail; never whole in memory."""
    pack = zlib.compressobj(6)
    at_once = unit * 1000
    text = [pack.compress(head)]
    text += [pack.compress(at_once) for _ in range(times // 1000)]
    text += [pack.compress(tail), pack.flush()]
    n = len(head) + len(at_once) * (times // 1000) + len(tail)

    def change(s):
        s.data, s.flags = struct.pack("<IIQQ", 1, 0, n, 1) + b"".join(text), 0x800
    elf.change[name] = change


def packed_before(elf, unit, times):
    """.debug_info, compressed, with DIEs @unit many times at the begin of the first unit."""
    u = elf.units[0]
    more = len(unit) * (times // 1000 * 1000)
    at = u.at_before()
    u.length = len(u.bytes()) - 4 + more
    u.origin = at + more
    data = u.bytes() + elf.units[1].bytes()
    packed(elf, ".debug_info", data[:at], unit, times, data[at:])


@made("60 MB of units of 12 bytes, packed", "any")
def packed_units(elf):
    unit = struct.pack("<IHIBB", 8, 4, 0, 8, 50)
    elf.abbrev = e.abbrevs(e.abbrev(50, e.UNIT, 0))
    packed(elf, ".debug_info", b"".join(u.bytes() for u in elf.units), unit, 5000000, b"")


@made("60 MB of abbreviations, packed", "all")
def packed_abbrevs(elf):
    packed(elf, ".debug_abbrev", elf.abbrev[:-1],
           b"\x80\x01" + e.uleb(e.VARIABLE) + b"\0" + b"\3\x08" * 26 + b"\0\0", 1000000, b"\0")


@made("60 MB of classes of 2 bytes, C++, packed", "all")
def packed_classes(elf):
    elf.abbrev = e.abbrevs(e.abbrev(50, 0x13, 1))
    elf.units[0].language = 0x04
    packed_before(elf, e.uleb(50) + b"\0", 30000000)


@made("60 MB of files in a line table, packed", "all", warns="0x0 of .debug_line")
def packed_files(elf):
    table = elf.lines[0]
    files, times = b"f\0\0\0\0", 12000000
    table.tables = b"\0" + files + b"\0"
    at = table.bytes().index(files)
    more = len(files) * (times - 1)
    table.length = len(table.bytes()) - 4 + more
    table.header_length = struct.unpack_from("<I", table.bytes(), 6)[0] + more
    data = b"".join(t.bytes() for t in elf.lines)
    elf.units[1].line_offset = len(table.bytes()) + more
    packed(elf, ".debug_line", data[:at], files, times, data[at + len(files):])


@made("60 MB of functions over other code, packed", "other", warns="0x0 of .debug_info")
def packed_functions(elf):
    elf.abbrev = e.abbrevs(e.abbrev(50, e.FUNC, 0, (e.RANGES, e.DATA1)))
    elf.more[".debug_ranges"] = e.Section(1, struct.pack("<QQ", 4, 5) * 60 + bytes(16))
    packed_before(elf, e.uleb(50) + b"\0", 30000000)
