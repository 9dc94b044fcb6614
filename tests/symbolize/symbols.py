#!/usr/bin/env -S python3 -B
# symbols.py - which symbol owns an address: stubs, packed tables, symbols in symbols, versions.
import bisect
import lzma
import os
import random
import re
import shutil
import struct
import tempfile

from files import BY_KIND, Fruit, Seen
from support import (BASE, Report, has_jemalloc, hprof, main, make_dump, need, read, run, sections,
                     segments, sh, want, write)

CASES = []


def case(name):
    def keep(function):
        CASES.append((name, function))
        return function
    return keep


def is_fixed(image):
    return struct.unpack_from("<H", image, 16)[0] == 2


def names_at(f, path, addrs):
    """Mangled names of @addrs of the 64-bit file at @path, by its symbols; None: no name."""
    image = read(path)
    base = 0 if is_fixed(image) else BASE
    dump = make_dump(f.place() + "/dump.heap", image, path, [a + 1 for a in addrs], base)
    r = hprof("top", "--json", "--addresses", "--prune=none", "--names=mangled", "--force-binary",
              dump, scratch=f.scratch)
    want(not r.complaints, r.complaints)
    names = {}
    for row in r.json()["rows"]:
        offset = re.fullmatch(re.escape(os.path.basename(path)) + r"\+0x[0-9a-f]+", row["name"])
        names[int(row["address"], 16)] = None if offset else row["name"]
    want(set(addrs) <= set(names), "addresses are missing: %s" % sorted(set(addrs) - set(names))[:5])
    return names


# --- stubs ---

CALLER = """#include <stdlib.h>
#include <stdio.h>
#include <string.h>
int main(int argc, char **argv)
{
	void *(*volatile make)(size_t) = malloc;
	char text[argc + 5];
	memcpy(text, argv[0], 3);
	puts(text);
	free(make((size_t)argc));
	return atoi(text) + (int)strlen(text + argc);
}
"""

BARE = """int one(int); int two(int);
int _start(int x) { return one(x) + two(x) + one(x + 1); }
"""


def labels(objdump, path):
    """Addresses of the stubs that objdump names, and the names."""
    return {int(a, 16): n for a, n in re.findall(r"^([0-9a-f]+) <([^>]+@plt)>:$",
                                                 sh(objdump, "-d", path), re.M)}


def stubs(f, how, objdump="objdump"):
    path = f.place() + "/caller"
    c = write(f.place() + "/caller.c", CALLER)
    sh(*how, "-O1", "-o", path, c)
    stubs_are(f, path, labels(objdump, path))


def stubs_are(f, path, expected):
    want(len(expected) > 2, "objdump tells of no stubs: %s" % expected)
    names = names_at(f, path, [a + i for a in expected for i in (0, 3, 7)])
    for a, name in expected.items():
        for i in (0, 3, 7):
            want(names[a + i] == name, "0x%x+%d: %s, expected %s" % (a, i, names[a + i], name))


LAYOUTS = [
    ("lazy", ["gcc"]),
    ("bound at start", ["gcc", "-Wl,-z,now"]),
    ("at a fixed address", ["gcc", "-no-pie"]),
    ("for indirect branch tracking", ["gcc", "-fcf-protection=full", "-Wl,-z,ibtplt"]),
    ("by lld", ["gcc", "-fuse-ld=lld"]),
    ("by gold", ["gcc", "-fuse-ld=gold"]),
]


@case("stubs of aarch64, plain and with branch protection")
def stubs_aarch64(f):
    stubs(f, ["aarch64-linux-gnu-gcc"], "aarch64-linux-gnu-objdump")
    stubs(f, ["aarch64-linux-gnu-gcc", "-Wl,-z,now"], "aarch64-linux-gnu-objdump")
    stubs(f, ["aarch64-linux-gnu-gcc", "-mbranch-protection=standard", "-Wl,-z,force-bti"],
          "aarch64-linux-gnu-objdump")


def names_at_32(f, path, addrs):
    """The same for a 32-bit file, whose mappings are written from readelf's list."""
    lines = ["heap_v2/1024", "  t*: 1: 1000 [0: 0]"]
    for a in addrs:
        lines += ["@ 0x%x" % (a + 1 + 0x10000000), "  t*: 1: 1000 [0: 0]"]
    lines += ["", "MAPPED_LIBRARIES:"]
    for offset, vaddr, size in re.findall(r"LOAD +0x(\w+) 0x(\w+) 0x\w+ 0x(\w+) \w+ R E",
                                          sh("readelf", "-lW", path)):
        start = int(vaddr, 16) // 4096 * 4096
        end = -(-(int(vaddr, 16) + int(size, 16)) // 4096) * 4096
        lines.append("%x-%x r-xp %08x 08:01 4711   %s" % (
            start + 0x10000000, end + 0x10000000, int(offset, 16) // 4096 * 4096, path))
    dump = write(f.place() + "/dump.heap", "\n".join(lines) + "\n")
    r = hprof("top", "--json", "--addresses", "--prune=none", "--names=mangled", "--force-binary",
              dump, scratch=f.scratch)
    return {int(row["address"], 16): row["name"] for row in r.json()["rows"]}


@case("stubs of i386, with and without position independence")
def stubs_i386(f):
    folder = f.place()
    c = write(folder + "/bare.c", BARE)
    lib_c = write(folder + "/lib.c", "int one(int x) { return x; } int two(int x) { return -x; }")
    clang = ["clang", "-target", "i386-linux-gnu", "-O1", "-nostdlib", "-fno-pic", "-c", "-o"]
    for linker in (["ld", "-m", "elf_i386"], ["ld.lld", "-m", "elf_i386"]):
        for options in ([], ["-shared"]):
            pic = ["-fPIC"] if options else []
            sh(*clang, folder + "/lib.o", *pic, lib_c)
            sh(*linker, "-shared", "-o", folder + "/lib.so", folder + "/lib.o")
            sh(*clang, folder + "/bare.o", *pic, c)
            path = f.place() + "/bare"
            sh(*linker, *options, "-o", path, folder + "/bare.o", folder + "/lib.so")
            expected = labels("objdump", path)
            if linker[0] == "ld.lld" and options:
                # objdump 2.40 does not decode these: their order is that of the relocations
                at = int(re.search(r" \.plt +PROGBITS +(\w+)", sh("readelf", "-SW", path)).group(1), 16)
                calls = re.findall(r"R_386_JUMP_SLOT\s+\w+\s+(\w+)", sh("readelf", "-rW", path))
                expected = {at + 16 * (i + 1): n + "@plt" for i, n in enumerate(calls)}
            want(set(expected.values()) == {"one@plt", "two@plt"}, expected)
            names = names_at_32(f, path, list(expected))
            want(names == expected, "%s %s: %s, expected %s" % (linker, options, names, expected))


@case("stubs of indirect functions: the name of the resolver")
def stubs_ifunc(f):
    path = f.place() + "/caller"
    sh("gcc", "-O1", "-static", "-o", path, write(f.place() + "/caller.c", CALLER))
    at = {}
    for line in sh("nm", path).splitlines():
        m = re.match(r"([0-9a-f]+) [iIwWtT] (\S+)", line)
        if m:
            at.setdefault(int(m.group(1), 16), set()).add(m.group(2))
    stub = {}
    relocations = {int(a, 16): int(r, 16) for a, r in re.findall(
        r"^([0-9a-f]+)\s+\w+\s+R_X86_64_IRELATIVE?\s+([0-9a-f]+)", sh("readelf", "-rW", path), re.M)}
    for a, slot in re.findall(r"^ +([0-9a-f]+):.*jmp +\*0x[0-9a-f]+\(%rip\) +# ([0-9a-f]+)",
                              sh("objdump", "-d", "-j.plt", path), re.M):
        stub[int(a, 16)] = relocations[int(slot, 16)]
    want(len(stub) > 5, "no stubs in a static program: %s" % stub)
    names = names_at(f, path, list(stub))
    for a, resolver in stub.items():
        want(names[a] and names[a].endswith("@plt") and names[a][:-4] in at[resolver],
             "0x%x: %s, expected one of %s" % (a, names[a], at[resolver]))


@case("stubs of C++ functions are demangled")
def stubs_cxx(f):
    path = f.place() + "/caller"
    sh("g++", "-O1", "-o", path, write(f.place() + "/caller.cc", """#include <stdexcept>
int main(int argc, char **) { throw std::out_of_range(argc > 3 ? "a" : "b"); }
"""))
    image = read(path)
    plt = [a for a, n in labels("objdump", path).items() if "out_of_range" in n]
    want(plt, "no stub")
    dump = make_dump(f.place() + "/dump.heap", image, path, [a + 1 for a in plt])
    for style, name in (("short", "std::out_of_range::out_of_range@plt"),
                        ("full", "std::out_of_range::out_of_range(char const*)@plt"),
                        ("mangled", "_ZNSt12out_of_rangeC1EPKc@plt")):
        r = hprof("top", "--json", "--force-binary", "--names=" + style, dump, scratch=f.scratch)
        names = {row["name"] for row in r.json()["rows"]}
        want(name in names, "%s: %s" % (style, names))


# --- .gnu_debugdata ---

def mini(f, folder, packed=None):
    """A stripped program whose local functions are in .gnu_debugdata, as Fedora makes it."""
    apple = f.copy(folder)
    dynamic = {line.split()[0] for line in sh("nm", "-D", "-P", "--defined-only", apple).splitlines()}
    functions = {line.split()[0] for line in sh("nm", "-P", "--defined-only", apple).splitlines()
                 if line.split()[1] in "Tt"}
    keep = write(f.place() + "/keep", "\n".join(sorted(functions - dynamic)) + "\n")
    small = f.place() + "/mini"
    sh("objcopy", "--only-keep-debug", apple, small)
    sh("objcopy", "-S", "--keep-symbols=" + keep, small)
    data = packed(read(small)) if packed else lzma.compress(read(small))
    sh("strip", apple)
    sh("objcopy", "--add-section", ".gnu_debugdata=" + write(small + ".xz", data), apple)
    return apple


@case(".gnu_debugdata: local functions have names")
def minidebug(f):
    folder = f.place()
    apple = mini(f, folder)
    seen = Seen(f, f.recorded(folder), path=apple)
    seen.has(status="ok", symbols="minidebug", file=apple)
    want(seen.names & BY_KIND["dwarf"] == BY_KIND["symtab"], seen.names)


@case(".gnu_debugdata: damaged, of another format, or a bomb: without")
def minidebug_bad(f):
    def damaged(data):
        data = bytearray(lzma.compress(data))
        data[len(data) // 2] ^= 0xff
        return bytes(data)
    for packed in (damaged, lambda _: b"\x7fELF" * 40, lambda _: b"",
                   lambda d: lzma.compress(d)[:100], lambda _: lzma.compress(b"\0" * (64 << 20)),
                   lambda d: lzma.compress(d, format=lzma.FORMAT_ALONE),
                   lambda d: lzma.compress(d[:18] + b"\xb7" + d[19:])):
        folder = f.place()
        apple = mini(f, folder, packed)
        dump = f.recorded(folder)
        Seen(f, dump, path=apple).is_ok("dynsym", apple, "recorded")
        r = hprof("top", dump, scratch=f.scratch)
        want(r.rss < 700 << 10 and r.seconds < 20, "%d KiB, %.1f s" % (r.rss, r.seconds))


@case(".gnu_debugdata: not asked where there is a symbol table")
def minidebug_last(f):
    folder = f.place()
    apple = mini(f, folder)
    debug = f.place()
    f.stripped(debug)  # the same build: the same build ID
    plain = shutil.copy(f.apple, folder + "/apple.debug")
    sh("objcopy", "--only-keep-debug", "--strip-debug", plain)
    build_id = re.search(r"Build ID: (\w+)", sh("readelf", "-n", apple)).group(1)
    tree = f.place()
    write("%s/.build-id/%s/%s.debug" % (tree, build_id[:2], build_id[2:]), read(f.apple))
    Seen(f, f.recorded(folder), "--debug-dir=" + tree, path=apple).has(symbols="dwarf")


# --- owners ---

NESTED = """	.text
	.globl	_start
	.type	_start, @function
_start:	.fill	16, 1, 0x90
	.type	inner, @function
inner:	.fill	8, 1, 0x90
	.size	inner, .-inner
	.fill	8, 1, 0x90
	.type	last, @function
last:	.fill	8, 1, 0x90
	.size	last, .-last
	.fill	8, 1, 0x90
	.size	_start, .-_start
	.fill	16, 1, 0xcc
label:	.fill	16, 1, 0x90
	.type	crossing, @function
crossing: .fill	16, 1, 0x90
	.type	crossed, @function
crossed: .fill	8, 1, 0x90
	.size	crossing, .-crossing
	.fill	8, 1, 0x90
	.size	crossed, .-crossed
	.fill	16, 1, 0xcc
	.weak	weak_alias
	.globl	__global_alias
	.globl	global_alias
	.type	local_alias, @function
	.type	weak_alias, @function
	.type	__global_alias, @function
	.type	global_alias, @function
local_alias: weak_alias: __global_alias: global_alias:
	.fill	16, 1, 0x90
	.size	local_alias, 16
	.size	weak_alias, 16
	.size	__global_alias, 16
	.size	global_alias, 16
"""


@case("symbols in symbols, across each other, without a size; aliases")
def owners(f):
    folder = f.place()
    path = folder + "/nested"
    sh("gcc", "-nostdlib", "-static", "-Wl,-Ttext=0x401000", "-o", path,
       write(folder + "/nested.s", NESTED))
    base = 0x401000
    expected = ["_start"] * 16 + ["inner"] * 8 + ["_start"] * 8 + ["last"] * 8 + ["_start"] * 8
    expected += [None] * 16 + ["label"] * 16 + ["crossing"] * 16 + ["crossed"] * 16 + [None] * 16
    expected += ["global_alias"] * 16
    names = names_at(f, path, list(range(base, base + len(expected))))
    for i, name in enumerate(expected):
        want(names[base + i] == name, "+%d: %s, expected %s" % (i, names[base + i], name))


def symbols_of(path):
    """(start, limit, names) of the symbols of code with a size, by nm."""
    by_place = {}
    for option in ([], ["-D"]):
        for line in sh("nm", "-S", "--defined-only", *option, path).splitlines():
            m = re.match(r"([0-9a-f]+) ([0-9a-f]+) [tTwWiI] (\S+)", line)
            if m and int(m.group(2), 16):
                key = int(m.group(1), 16), int(m.group(1), 16) + int(m.group(2), 16)
                by_place.setdefault(key, set()).add(m.group(3).split("@")[0])
    return sorted((s, e, n) for (s, e), n in by_place.items())


def as_nm(f, path, n=3000):
    """@n addresses all over the code have the names that nm tells."""
    code = [(v, v + size) for _, v, size, flags in segments(read(path)) if flags & 1]
    rows = symbols_of(path)
    starts = [s for s, _, _ in rows]
    rnd = random.Random(11)
    addrs = sorted({rnd.randrange(*code[0]) for _ in range(n)} | {s for s in rnd.sample(starts, min(200, len(starts)))})
    names = names_at(f, path, addrs)
    seen = wrong = 0
    for a in addrs:
        i = bisect.bisect_right(starts, a) - 1
        while i >= 0 and not rows[i][0] <= a < rows[i][1] and a - rows[i][0] < 1 << 22:
            i -= 1
        owner = rows[i] if i >= 0 and rows[i][0] <= a < rows[i][1] else None
        if owner:
            seen += 1
            wrong += names[a] not in owner[2]
            want(wrong < 1, "0x%x: %s, expected one of %s" % (a, names[a], owner[2]))
    want(seen > n // 10, "only %d addresses are in a symbol" % seen)


@case("names as nm tells them: dynamic and whole tables, of a few and many symbols")
def like_nm(f):
    for pattern in ("libLLVM-14.so.1", "libstdc++.so.6", "libc.so.6", "libz.so.1"):
        source = "/usr/lib/x86_64-linux-gnu/" + pattern
        if os.path.exists(source):
            path = shutil.copy(os.path.realpath(source), f.place() + "/library")
            sh("objcopy", "--remove-section=.gnu_debuglink", "--remove-section=.note.gnu.build-id", path)
            as_nm(f, path)
    path = f.place() + "/static"
    sh("gcc", "-O1", "-static", "-o", path, write(f.place() + "/caller.c", CALLER))
    as_nm(f, path)


@case("aarch64: mapping symbols are no names")
def mapping_symbols(f):
    path = f.place() + "/static"
    sh("aarch64-linux-gnu-gcc", "-O1", "-static", "-o", path, write(f.place() + "/caller.c", CALLER))
    want(re.search(r" \$[xd]\b", sh("nm", "--special-syms", path)), "there are no mapping symbols")
    as_nm(f, path)
    image = read(path)
    code = [(v, v + size) for _, v, size, flags in segments(image) if flags & 1][0]
    names = names_at(f, path, list(range(code[0], code[1], 64)))
    odd = [n for n in names.values() if n and n.startswith("$")]
    want(not odd, odd)


@case("labels of sections that are not in memory are no names of code")
def labels_elsewhere(f):
    source = """	.text
	.globl f
	.type f, @function
f:	ret
	.size f, 1
	.fill 63, 1, 0x90
	.section .elsewhere, "", @progbits
	.skip %d
elsewhere:
	.long 0
"""
    path = f.place() + "/libelsewhere.so"
    at = 0
    for _ in range(2):  # the label is to have the number of an address behind f
        sh("gcc", "-shared", "-nostdlib", "-o", path, write(os.path.dirname(path) + "/f.s", source % (at + 16)))
        at = int(re.search(r"^([0-9a-f]+) T f$", sh("nm", path), re.M).group(1), 16)
    want(re.search(r"^0*%x \w elsewhere$" % (at + 16), sh("nm", path), re.M), sh("nm", path))
    want(names_at(f, path, [at, at + 20]) == {at: "f", at + 20: None}, names_at(f, path, [at, at + 20]))


@case("versions are cut from names")
def versions(f):
    folder = f.place()
    path = folder + "/libversions.so"
    c = write(folder + "/v.c", """__attribute__((symver("grow@V1"))) int grow_1(int x) { return x + 1; }
__attribute__((symver("grow@@V2"))) int grow_2(int x) { return x + 2; }
""")
    script = write(folder + "/v.map", "V1 { local: *; }; V2 { global: grow; } V1;")
    sh("gcc", "-O1", "-shared", "-fPIC", "-Wl,--version-script=" + script, "-o", path, c)
    at = [int(a, 16) for a in re.findall(r"^([0-9a-f]+) \w grow@", sh("nm", path), re.M)]
    want(len(at) == 2, "no versions: " + sh("nm", path))
    want(set(names_at(f, path, at).values()) <= {"grow", "grow_1", "grow_2"}, names_at(f, path, at))
    want("grow" in names_at(f, path, at).values(), names_at(f, path, at))


@case("tables with odd sizes, offsets and rows: nothing is read beyond them")
def odd_tables(f):
    plain = f.place() + "/apple"
    shutil.copy(f.apple, plain)
    sh("strip", "--strip-debug", plain)
    image = read(plain)
    table = struct.unpack_from("<Q", image, 40)[0]
    n = struct.unpack_from("<H", image, 60)[0]
    kinds = {i: struct.unpack_from("<I", image, table + 64 * i + 4)[0] for i in range(n)}
    rnd = random.Random(5)
    places = [table + 64 * i + field for i, kind in kinds.items() if kind in (2, 3, 4, 11)
              for field in (4, 16, 24, 32, 40, 44, 56)]
    for name, kind, offset, length in sections(image):
        if name in (".symtab", ".dynsym", ".rela.plt", ".rela.dyn", ".plt", ".strtab"):
            places += [offset + rnd.randrange(max(1, length - 8)) for _ in range(3)]
    dump = f.recorded("/nowhere")
    for i, at in enumerate(places):
        for value in (0xffffffff, rnd.getrandbits(32)):
            data = bytearray(image)
            struct.pack_into("<I", data, at, value)
            path = write(f.place() + "/apple", bytes(data))
            r = hprof("top", "--force-binary", "--binary=apple=" + path, dump, scratch=f.scratch,
                      timeout=20)
            want(r.code in (0, 3) and not r.complaints, "%d at %d: %s %s" % (value, at, r.err, r.complaints))
            want("crashed" not in r.err and "too long" not in r.err, "%d at %d: %s" % (value, at, r.err))
            shutil.rmtree(os.path.dirname(path))


def run_all():
    report = Report()
    if not need(report, "gcc", "g++", "clang", "ld.lld", "ld.gold", "objcopy", "strip", "readelf",
                "aarch64-linux-gnu-gcc"):
        return report.close()
    if not has_jemalloc():
        report.skip("everything", "libjemalloc.so.2 is missing")
        return report.close()
    with tempfile.TemporaryDirectory(prefix="hprof-symbols.") as scratch:
        f = Fruit(os.path.realpath(scratch))
        for name, how in LAYOUTS:
            run(report, "stubs of x86-64, " + name, stubs, f, how)
        for name, function in CASES:
            run(report, name, function, f)
    return report.close()


if __name__ == "__main__":
    main(run_all)
