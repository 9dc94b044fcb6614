# elf.py - the smallest ELF file that names the places of one module of a random program.
"""Code with a call before each place, a symbol for each function, and a build ID."""
import struct

import heaps

CALL = b"\xe8\0\0\0\0"


def align(data, n):
    return data + bytes(-len(data) % n)


def section(name, kind, flags, addr, offset, size, link=0, info=0, entry=0):
    return struct.pack("<IIQQQQIIQQ", name, kind, flags, addr, offset, size, link, info, 8, entry)


def write(program, module):
    """The file of module number @module of @program, as bytes; places have their outermost names."""
    places = sorted((p for p in program.places if p.module == module), key=lambda p: p.offset)
    text = bytearray(heaps.SIZE - heaps.TEXT)
    symbols, names = [bytes(24)], b"\0"
    for p in places:
        at = p.offset - heaps.TEXT
        text[at - 5:at] = CALL  # stacks record the address behind the call
        names += (b"" if not p.chain else heaps.flat_name(p.chain[-1][0]).encode()) + b"\0"
        start = p.offset - 5
        symbols.append(struct.pack("<IBBHQQ", names.rindex(b"\0", 0, len(names) - 1) + 1, 0x12, 0, 2, start, 12))
    note = struct.pack("<III", 4, 20, 3) + b"GNU\0" + bytes.fromhex(program.modules[module].build_id)
    body = align(bytes(64 + 3 * 56), 16)
    note_at = len(body)
    body = (body + note).ljust(heaps.TEXT, b"\0")
    body += bytes(text)
    symtab_at, symtab = len(body), b"".join(symbols)
    strtab_at = symtab_at + len(symtab)
    shstr = b"\0.note.gnu.build-id\0.text\0.symtab\0.strtab\0.shstrtab\0"
    shstr_at = strtab_at + len(names)
    body = align(body + symtab + names + shstr, 8)

    def name(n):
        return shstr.index(b"\0" + n + b"\0") + 1

    table = bytes(64)
    table += section(name(b".note.gnu.build-id"), 7, 2, note_at, note_at, len(note))
    table += section(name(b".text"), 1, 6, heaps.TEXT, heaps.TEXT, len(text))
    table += section(name(b".symtab"), 2, 0, 0, symtab_at, len(symtab), 4, 1, 24)
    table += section(name(b".strtab"), 3, 0, 0, strtab_at, len(names))
    table += section(name(b".shstrtab"), 3, 0, 0, shstr_at, len(shstr))
    head = b"\x7fELF\2\1\1" + bytes(9) + struct.pack("<HHIQQQIHHHHHH", 3, 62, 1, 0, 64, len(body), 0, 64, 56, 3, 64, 6, 5)
    loads = struct.pack("<IIQQQQQQ", 1, 4, 0, 0, 0, heaps.TEXT, heaps.TEXT, 0x1000)
    loads += struct.pack("<IIQQQQQQ", 1, 5, heaps.TEXT, heaps.TEXT, heaps.TEXT, len(text), len(text), 0x1000)
    loads += struct.pack("<IIQQQQQQ", 4, 4, note_at, note_at, note_at, len(note), len(note), 4)
    return head + loads + body[len(head + loads):] + table
