# elfmade.py - a small ELF file with DWARF, written byte by byte: any part of it can be wrong.
import os
import struct
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from wire import varint as uleb  # noqa: E402

TEXT = 0x1000     # of the code, in the file and in memory
CALLS = 16        # call instructions per function, the first half of them inlined
FUNCTION = 0x80   # bytes of each function
CALL = b"\xe8\0\0\0\0"
ONE, TWO = TEXT, TEXT + FUNCTION


def addrs():
    """Return addresses in the functions "one" and "two"."""
    return [f + 5 * (i + 1) for f in (ONE, TWO) for i in range(CALLS)]


# --- .debug_abbrev ---

def abbrev(code, tag, children, *attributes):
    """@attributes: (name, form) pairs."""
    out = uleb(code) + uleb(tag) + bytes([children])
    for name, form in attributes:
        out += uleb(name) + uleb(form)
    return out + b"\0\0"


ADDR, DATA2, DATA4, DATA8, STRING, BLOCK, DATA1 = 0x01, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0b
STRP, REF4, INDIRECT, SEC_OFFSET, EXPRLOC = 0x0e, 0x13, 0x16, 0x17, 0x18
STRX, LINE_STRP = 0x1a, 0x1f
REF_ADDR, REF_SIG8 = 0x10, 0x20
NAME, SIBLING, LOCATION, LOW, HIGH, RANGES = 0x03, 0x01, 0x02, 0x11, 0x12, 0x55
UNIT, FUNC, INLINED, BLOCK_TAG, VARIABLE = 0x11, 0x2e, 0x1d, 0x0b, 0x34
ORIGIN, SPECIFICATION, LINKAGE = 0x31, 0x47, 0x6e
COMMON = {  # the abbreviations that every unit uses
    1: abbrev(1, UNIT, 1, (NAME, STRING), (0x1b, STRING), (0x13, DATA2), (LOW, ADDR), (HIGH, DATA8),
              (0x10, SEC_OFFSET)),
    2: abbrev(2, FUNC, 1, (NAME, STRING), (LOW, ADDR), (HIGH, DATA8)),
    3: abbrev(3, FUNC, 0, (NAME, STRING), (0x20, DATA1)),
    4: abbrev(4, INLINED, 0, (ORIGIN, REF4), (LOW, ADDR), (HIGH, DATA8), (0x58, DATA1),
              (0x59, DATA1)),
    5: abbrev(5, FUNC, 1, (SIBLING, REF4), (NAME, STRING), (LOW, ADDR), (HIGH, DATA8)),
    6: abbrev(6, FUNC, 0, (ORIGIN, REF4)),
    7: abbrev(7, BLOCK_TAG, 1),
    8: abbrev(8, FUNC, 0, (SPECIFICATION, REF4)),
}


def abbrevs(*more):
    return b"".join(COMMON.values()) + b"".join(more) + b"\0"


# --- .debug_info ---

class Unit:
    """One unit: a function with an inlined call over the first half of its calls."""

    def __init__(self, name, low, line_offset=0, version=4):
        self.name, self.low, self.version = name, low, version
        self.line_offset = line_offset
        self.language = 0xc  # C99
        self.abbrev_offset, self.address_size = 0, 8
        self.length = None   # what the header claims instead of the truth
        self.before = b""    # DIEs in front of the abstract function
        self.inside = b""    # DIEs in the function, behind the inlined call
        self.after = b""     # DIEs behind the function
        self.origin = None   # what the inlined call refers to
        self.sibling = None  # of the function
        self.end = b"\0"     # of the children of the unit

    def header(self, n):
        kind = b""
        length = struct.pack("<I", n if self.length is None else self.length & 0xffffffff)
        if self.length is not None and self.length > 0xffffffff:
            length = b"\xff" * 4 + struct.pack("<Q", self.length)
        if self.version >= 5:
            kind = struct.pack("<BBI", 1, self.address_size, self.abbrev_offset)
        else:
            kind = struct.pack("<IB", self.abbrev_offset, self.address_size)
        return length + struct.pack("<H", self.version) + kind

    def root(self):
        return b"\1" + self.name.encode() + b".c\0/src\0" + struct.pack(
            "<HQQI", self.language, self.low, FUNCTION, self.line_offset)

    def at_before(self):
        """Offset in the unit of self.before."""
        return len(self.header(0)) + len(self.root())

    def at_function(self):
        return self.at_before() + len(self.before) + len(self.abstract())

    def abstract(self):
        return b"\3inner_" + self.name.encode() + b"\0\1"

    def bytes(self):
        origin = self.at_before() + len(self.before) if self.origin is None else self.origin
        function = b"\2" if self.sibling is None else b"\5" + struct.pack("<I", self.sibling)
        function += self.name.encode() + b"\0" + struct.pack("<QQ", self.low, FUNCTION)
        inlined = b"\4" + struct.pack("<IQQBB", origin, self.low, 5 * CALLS // 2 + 1, 1, 7)
        body = self.root() + self.before + self.abstract() + function + inlined + self.inside + \
            b"\0" + self.after + self.end
        return self.header(len(self.header(0)) - 4 + len(body)) + body


# --- .debug_line ---

def line_program(low, rows=CALLS, extra=b""):
    """Opcodes that give each call a line of its own."""
    out = b"\0\x09\x02" + struct.pack("<Q", low) + extra
    for i in range(rows):
        out += b"\x03\x01\x01\x02\x05"  # advance_line 1, copy, advance_pc 5
    return out + b"\x02" + uleb(FUNCTION - 5 * rows) + b"\0\1\1"


class Lines:
    """One line table."""

    def __init__(self, low, version=4):
        self.version, self.program = version, line_program(low)
        self.min_length, self.max_ops, self.line_base, self.line_range = 1, 1, -5, 14
        self.opcode_base, self.operands = 13, b"\0\1\1\1\1\0\0\0\1\0\0\1"
        self.tables = b"\0unit.c\0\0\0\0\0"  # no folders, one file
        if version >= 5:
            self.tables = b"\1\1\x08\1/src\0" + b"\2\1\x08\2\x0b\2unit.c\0\0unit.c\0\0"
        self.length = self.header_length = None

    def bytes(self):
        rest = struct.pack("<BB", self.min_length, self.max_ops) + struct.pack(
            "<BbBB", 1, self.line_base, self.line_range, self.opcode_base)
        rest += self.operands + self.tables
        sizes = b"\x08\0" if self.version >= 5 else b""
        header_length = len(rest) if self.header_length is None else self.header_length
        body = struct.pack("<H", self.version) + sizes + struct.pack("<I", header_length) + rest + \
            self.program
        return struct.pack("<I", len(body) if self.length is None else self.length) + body


# --- the file ---

class Section:
    def __init__(self, kind, data, flags=0, link=0, entry=0, info=0):
        self.kind, self.data, self.flags, self.link = kind, data, flags, link
        self.entry, self.info = entry, info
        self.offset = self.size = None  # what the header claims instead of the truth
        self.addr = 0


def symbol(name, value, size, info=0x12, section=1):
    return struct.pack("<IBBHQQ", name, info, 0, section, value, size)


class Elf:
    """An executable whose code are the functions "one" and "two", each a unit of its own."""

    def __init__(self, version=4):
        self.lines = [Lines(ONE, version), Lines(TWO, version)]
        self.units = [Unit("one", ONE, 0, version),
                      Unit("two", TWO, len(self.lines[0].bytes()), version)]
        self.abbrev = abbrevs()
        function = CALL * CALLS + b"\xc3"
        self.text = function.ljust(FUNCTION, b"\x90") * 2
        self.info = self.line = None  # instead of what the units and tables make
        self.more = {}                # further sections
        self.change = {}              # name: function that changes the section
        self.header = {}              # offset in the ELF header: (form, value)
        self.segments = None          # instead of the one
        self.symbols = symbol(0, 0, 0, 0, 0) + symbol(1, ONE, FUNCTION) + symbol(5, TWO, FUNCTION)
        self.strings = b"\0one\0two\0"

    def retable(self):
        """Line tables have changed in size: tell the units."""
        self.units[1].line_offset = len(self.lines[0].bytes())
        return self

    def all_sections(self):
        info, line = self.info, self.line
        if info is None:
            info = b"".join(u.bytes() for u in self.units)
        if line is None:
            line = b"".join(t.bytes() for t in self.lines)
        s = {"": Section(0, b""), ".text": Section(1, self.text, flags=6)}
        s[".text"].addr = TEXT
        s[".symtab"] = Section(2, self.symbols, link=3, entry=24, info=1)
        s[".strtab"] = Section(3, self.strings)
        for name, data in ((".debug_info", info), (".debug_abbrev", self.abbrev),
                           (".debug_line", line)):
            s[name] = data if isinstance(data, Section) else Section(1, data)
        s.update(self.more)
        names = b"".join(n.encode() + b"\0" for n in s) + b".shstrtab\0"
        s[".shstrtab"] = Section(3, names)
        for name, change in self.change.items():
            change(s[name])
        return s

    def bytes(self):
        s = self.all_sections()
        segments = self.segments or [(1, 5, 0, 0, TEXT + len(self.text))]
        programs = b"".join(struct.pack("<IIQQQQQQ", kind, flags, offset, vaddr, vaddr, size, size,
                                        4096) for kind, flags, offset, vaddr, size in segments)
        out = bytearray((b"\0" * 64 + programs).ljust(TEXT, b"\0"))
        headers = bytearray()
        name_at = 0
        for name, sec in s.items():
            at = len(out)
            out += sec.data
            headers += struct.pack("<IIQQQQIIQQ", name_at, sec.kind, sec.flags, sec.addr,
                                   at if sec.offset is None else sec.offset,
                                   len(sec.data) if sec.size is None else sec.size,
                                   sec.link, sec.info, 1, sec.entry)
            name_at += len(name) + 1
        out[0:64] = struct.pack("<16sHHIQQQIHHHHHH", b"\x7fELF\2\1\1", 3, 62, 1, TEXT, 64, len(out),
                                0, 64, 56, len(segments), 64, min(len(s), 0xfeff), len(s) - 1)
        for at, (form, value) in self.header.items():
            struct.pack_into(form, out, at, value)
        return bytes(out + headers)
