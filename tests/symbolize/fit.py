#!/usr/bin/env -S python3 -B
# fit.py - whether a file is the one that ran: its layout, its calls, its inode and its times.
import os
import re
import shutil
import struct
import tempfile
import time

from support import (BASE, PAGE, Report, capture, has_jemalloc, hprof, main, module, names_of, need,
                     read, run, segments, sh, want, write)

CASES = []
MINUTE = 60
LONG_AGO = 1_600_000_000  # a time, in seconds
SYSTEM = "/nowhere/libsystem.so"


def case(name):
    def keep(function):
        CASES.append((name, function))
        return function
    return keep


# Every function calls; a number shifts what is behind it, and leaves the layout as it is.
PROGRAM = """
#include <stdlib.h>
void *volatile kept;
%s
__attribute__((noinline)) void one(void) { kept = malloc(1); kept = malloc(2); }
__attribute__((noinline)) void two(void) { kept = malloc(3); one(); }
__attribute__((noinline)) void three(void) { two(); kept = malloc(4); one(); }
__attribute__((noinline)) void four(void) { three(); two(); kept = malloc(5); one(); }
int main(void) { four(); return 0; }
"""
MORE = "__attribute__((noinline)) int more(int x) { for (int i = 0; i < x; i++) kept = 0; return x; }"
FILLER = """
__asm__(".text\\n.balign 4096\\nfiller: .rept %d\\n nop;nop;nop;nop;nop;nop;nop;nop\\n.endr\\n ret\\n");
"""
REST = '__asm__(".text\\n.balign 4096\\n.skip 16384\\n");\n'  # code behind the functions
OWN_MALLOC = "void *malloc(size_t n) { return (void *)n; }"
CALLED = ("one", "two", "three", "four", "main")


class Site:
    """A place with its own programs and dumps."""

    def __init__(self, scratch):
        self.scratch = scratch
        self.n = 0

    def place(self):
        self.n += 1
        path = os.path.join(self.scratch, "case%d" % self.n)
        os.mkdir(path)
        return path

    def build(self, path, *options, more="", gcc="gcc"):
        source = write(self.place() + "/program.c", PROGRAM % more + REST)
        sh(gcc, "-g", "-O1", "-fno-optimize-sibling-calls",
           "-fno-toplevel-reorder", *options, "-o", path, source)
        return path


def returns(path, objdump="objdump", functions=CALLED):
    """Addresses behind the calls of @functions in file @path."""
    out, inside, after = [], False, False
    for line in sh(objdump, "-d", "--no-show-raw-insn", path).splitlines():
        head = re.match(r"[0-9a-f]+ <([\w.]+)>:", line)
        m = re.match(r"\s+([0-9a-f]+):\s+(\S+)", line)
        if head:
            inside, after = head.group(1) in functions, False
        elif m and inside:
            if after:
                out.append(int(m.group(1), 16))
            after = re.match(r"(bnd\s+)?(callq?|blr?|brasl|basr)$", m.group(2)) is not None
    return out


def start_of(path, name, nm="nm"):
    for line in sh(nm, path).splitlines():
        if line.split()[-1] == name:
            return int(line.split()[0], 16)
    raise KeyError(name)


class Map:
    """One line of a memory map."""

    def __init__(self, start, length, perms, offset, path, device="00:00", inode=0):
        self.start, self.length, self.perms, self.offset = start, length, perms, offset
        self.path, self.device, self.inode = path, device, inode

    def line(self):
        return "%x-%x %sp %08x %s %d                       %s" % (
            self.start, self.start + self.length, self.perms, self.offset, self.device, self.inode,
            self.path)


def image_maps(program, recorded, base=BASE, device="00:00", inode=0):
    """How a loader maps @program, a 64-bit file."""
    out = []
    for offset, vaddr, length, flags in segments(read(program)):
        start = base + vaddr // PAGE * PAGE
        perms = "".join(c if flags & bit else "-" for c, bit in (("r", 4), ("w", 2), ("x", 1)))
        limit = base + -(-(vaddr + length) // PAGE) * PAGE
        out.append(Map(start, limit - start, perms, offset // PAGE * PAGE, recorded, device, inode))
    return out


def dump(path, addrs, maps, at=None):
    lines = ["heap_v2/1", "  t*: %d: %d [0: 0]" % (len(addrs), 1000 * len(addrs))]
    for a in addrs:
        lines += ["@ 0x%x" % a, "  t*: 1: 1000 [0: 0]"]
    lines += ["", "MAPPED_LIBRARIES:"] + [m.line() for m in sorted(maps, key=lambda m: m.start)]
    write(path, "\n".join(lines) + "\n")
    if at is not None:
        os.utime(path, (at, at))
    return path


def device_of(path):
    """Device and inode of the file @path as memory maps show them."""
    st = os.stat(path)
    return "%02x:%02x" % (os.major(st.st_dev), os.minor(st.st_dev)), st.st_ino


class Seen:
    def __init__(self, site, recorded, argv, *options):
        r = hprof("info", "--json", "--no-cache", *options, *argv, scratch=site.scratch)
        top = hprof("top", "--json", "--no-cache", *options, *argv, scratch=site.scratch)
        want(not r.complaints and not top.complaints, "sanitizer: %s" % r.complaints)
        self.info, self.top = r.json(), top.json()
        self.module = module(self.info, recorded)
        self.names = names_of(self.top)
        self.warnings = [str(w) for w in self.info["warnings"]]

    def is_ok(self, names=(), warned=None, strays=0):
        """@strays: addresses that have no names, since they follow no call."""
        m = self.module
        want(m["status"] == "ok" and m["resolved"] == m["addresses"] - strays, "%r %s" % (m, self.warnings))
        if strays:
            warned = ["%d of %d addresses" % (strays, m["addresses"])] + (warned or [])
        want(set(names) <= self.names, "%s are not among %s" % (names, self.names))
        told = [w for w in self.warnings if self.module["path"] in w]
        if warned is None:
            want(not told, told)
        for word in warned or []:
            want(any(word in w for w in told), "no %r in %s" % (word, told))
        return self

    def is_refused(self, *words):
        m = self.module
        want(m["status"] == "mismatch" and m["resolved"] == 0, "%r %s" % (m, self.warnings))
        base = os.path.basename(m["path"])
        want(all(n.startswith((base + "+0x", "[")) for n in self.names), self.names)
        for word in words:
            want(any(word in w for w in self.warnings), "no %r in %s" % (word, self.warnings))
        return self

    def evidence(self, word):
        want(any(word in e for e in self.module.get("evidence", ())), self.module)
        return self


# --- code that is mapped again ---

def again(site, options, again_at, before=0, behind=0, fixed=False):
    """
    A dump of a program that has mapped its functions again at @again_at, with so many pages
    @before and @behind them.
    """
    program = site.build(site.place() + "/program", *options, more=FILLER % 8192)
    base = 0 if fixed else BASE
    maps = image_maps(program, program, base)
    text = max((m for m in maps if "x" in m.perms), key=lambda m: m.length)
    sites = [a + base for a in returns(program)]
    offsets = [a - text.start + text.offset for a in sites]
    first = min(offsets) // PAGE * PAGE - before * PAGE
    part = Map(again_at, (max(offsets) - first) // PAGE * PAGE + PAGE * (1 + behind), "r-x", first, program)
    return program, maps, part, sites, [o - first + again_at for o in offsets]


@case("a part of the code is mapped again: behind it, before it, and what it calls has names")
def mapped_again(site):
    for options, fixed in ((["-pie"], False), (["-no-pie"], True), (["-fuse-ld=lld", "-pie"], False)):
        if "-fuse-ld=lld" in options and not shutil.which("ld.lld"):
            continue
        for at in (0x7f0000000000, 0x10000):
            for before, behind in ((0, 0), (3, 1), (0, 2)):
                program, maps, part, sites, copies = again(site, options, at, before, behind, fixed)
                path = dump(site.place() + "/d.heap", sites + copies, maps + [part])
                seen = Seen(site, program, [path]).is_ok(CALLED)
                want(seen.module["addresses"] == len(set(sites + copies)), seen.module)
                named = Seen(site, program, [program, path]).is_ok(CALLED)
                want(named.module["found_by"] == "binary", named.module)


@case("code that is mapped again counts from where the file has it, without the file too")
def same_offsets(site):
    for options, at in ((["-pie"], 0x7f0000000000), (["-pie"], 0x10000), (["-no-pie"], 0x7f0000000000)):
        program, maps, part, sites, copies = again(site, options, at, 1, fixed="-no-pie" in options)
        for m in maps + [part]:
            m.path = "/nowhere/program"
        tops = [Seen(site, "/nowhere/program", [dump(site.place() + "/d.heap", a, maps + [part])])
                for a in (copies, sites, sites + copies)]
        want(len(tops[0].names) == len(set(sites)), tops[0].names)
        want(tops[0].names == tops[1].names == tops[2].names, [t.names for t in tops])


@case("code that is mapped again does not excuse a file whose code has another length")
def again_of_another(site):
    program, maps, part, sites, _ = again(site, ["-pie"], 0x7f0000000000)
    for m in maps:
        if "x" in m.perms:
            m.length += PAGE * 2
    part.length = PAGE
    path = dump(site.place() + "/d.heap", sites, maps + [part])
    Seen(site, program, [path]).is_refused("recorded code of 0x")


@case("a second image of another file at the same path: its addresses have no names")
def two_images(site):
    program = site.build(site.place() + "/plugin", "-pie")
    maps = image_maps(program, program, BASE, "08:01", 4711)
    old = image_maps(program, program, BASE + 0x1000000, "08:01", 4710)
    for m in old:
        if "x" in m.perms:
            m.length -= PAGE if m.length > PAGE else 0
    sites = [BASE + a for a in returns(program)]
    path = dump(site.place() + "/d.heap", sites + [sites[0] + 0x1000000], maps + old)
    seen = Seen(site, program, [path])
    want(seen.module["status"] == "ok" and set(CALLED) <= seen.names, seen.module)
    want(seen.module["resolved"] in (len(sites), len(sites) + 1), seen.module)


@case("parts whose addresses follow no calls stay without names, the rest has them")
def wrong_part(site):
    program, maps, part, sites, copies = again(site, ["-pie"], 0x7f0000000000)
    path = dump(site.place() + "/d.heap", sites + [c + 1 for c in copies[:2]], maps + [part])
    seen = Seen(site, program, [path])
    want(seen.module["status"] == "ok" and seen.module["resolved"] == len(sites), seen.module)


# --- code that was moved to memory without a file ---

def moved(site, before=1, pieces=1, path="", gap=0, perms="r-x"):
    """A dump of a program whose code, but for @before pages, was moved to anonymous memory."""
    program = site.build(site.place() + "/program", "-pie", more=FILLER % 8192)
    maps = image_maps(program, program)
    text = max((m for m in maps if "x" in m.perms), key=lambda m: m.length)
    end = text.length - PAGE
    maps.remove(text)
    if before:
        maps.append(Map(text.start, before * PAGE, "r-x", text.offset, program))
    at = text.start + before * PAGE
    rest = text.start + end - at
    for i in range(pieces):
        length = rest // pieces // PAGE * PAGE if i + 1 < pieces else text.start + end - at
        maps.append(Map(at, length, perms, 0, path))
        at += length
    maps.append(Map(text.start + end, PAGE, "r-x", text.offset + end + gap, program))
    inside = [BASE + a for a in returns(program)]
    inside = [a for a in inside if text.start + before * PAGE <= a < text.start + end]
    return program, maps, inside


@case("code moved to huge pages: whole, in pieces, under the names that kernels give")
def moved_code(site):
    for before, pieces, path in ((0, 1, ""), (1, 1, ""), (0, 3, ""), (1, 2, "[anon:.text]"),
                                 (0, 1, "/anon_hugepage (deleted)")):
        program, maps, inside = moved(site, before, pieces, path)
        want(before or inside, "nothing was moved")
        addrs = [BASE + a for a in returns(program)]
        seen = Seen(site, program, [dump(site.place() + "/d.heap", addrs, maps)]).is_ok(CALLED)
        want(not any("anon" in n for n in seen.names), seen.names)


@case("anonymous code beside a file is not the file's where the distances differ")
def not_moved(site):
    for options in ({"gap": PAGE}, {"gap": -PAGE}, {"perms": "rw-"}, {"path": "[heap]"}):
        program, maps, _ = moved(site, 0, **options)
        addrs = [BASE + a for a in returns(program)]
        path = dump(site.place() + "/d.heap", addrs, maps)
        r = hprof("top", "--json", "--no-cache", path, scratch=site.scratch)
        want(not set(CALLED) & names_of(r.json()), "%s: %s" % (options, names_of(r.json())))
    program, maps, inside = moved(site, 0)
    for m in maps:  # the neighbour behind is another file
        if m.start > max(inside):
            m.path = "/nowhere/other"
    r = hprof("top", "--json", "--no-cache", dump(site.place() + "/d.heap", inside, maps),
              scratch=site.scratch)
    want(names_of(r.json()) == {"[anon]"}, names_of(r.json()))


LINKERS = (("bfd", "-Wl,-z,separate-code"), ("bfd", "-Wl,-z,noseparate-code"), ("lld",), ("lld", "-Wl,-z,separate-code"),
           ("lld", "-Wl,--no-rosegment"), ("lld", "-Wl,-z,max-page-size=0x200000"), ("gold",), ("gold", "-Wl,--rosegment"))


def layouts(site):
    """Programs and libraries as linkers lay them out, with several pages of code."""
    for linker, *options in LINKERS:
        for kind in (["-pie"], ["-no-pie"], ["-shared", "-fPIC"]):
            if shutil.which("ld." + linker):
                path = site.build(site.place() + "/program", *kind, "-fuse-ld=" + linker, *options, more=FILLER % 2048)
                yield path, 0 if kind == ["-no-pie"] else BASE, [linker] + options + kind


def text_of(program, maps, base):
    """The mapping that holds main() and the functions."""
    return next(m for m in maps if m.start <= base + start_of(program, "main") < m.start + m.length)


def without_text(program, base):
    """The addresses of a program, the mapping of its text, where that ends, and the other mappings."""
    maps = image_maps(program, program, base)
    text = text_of(program, maps, base)
    return [base + a for a in returns(program)], text, text.start + text.length, [m for m in maps if m != text]


def anonymous(start, limit):
    return Map(start, limit - start, "rwx", 0, "")


@case("moved code of each linker: all of a segment, its first pages, its last, some between, most of it")
def moved_of_linkers(site):
    for program, base, how in layouts(site):
        addrs, text, limit, rest = without_text(program, base)
        for first, last in ((0, 0), (0, PAGE), (PAGE, 0), (PAGE, PAGE), (0, text.length - PAGE), (text.length - PAGE, 0)):
            parts = [anonymous(text.start + first, limit - last)]
            if first:
                parts.append(Map(text.start, first, "r-x", text.offset, program))
            if last:
                parts.append(Map(limit - last, last, "r-x", text.offset + text.length - last, program))
            path = dump(site.place() + "/d.heap", addrs, rest + parts)
            seen = Seen(site, program, [path]).is_ok(CALLED)
            want("[anon]" not in seen.names, "%s: %s" % (how, seen.names))
            if "-shared" not in how:
                Seen(site, program, [program, path]).is_ok(CALLED)


@case("anonymous code that does not fill what is missing of a segment is not the file's")
def not_filled(site):
    for program, base, how in layouts(site):
        inside, text, limit, rest = without_text(program, base)
        other = "/nowhere/other"
        for name, parts in {
                "shorter": [anonymous(text.start, limit - PAGE)],
                "later": [anonymous(text.start + PAGE, limit)],
                "a hole": [anonymous(text.start, text.start + PAGE), anonymous(text.start + 2 * PAGE, limit)],
                "another file": [anonymous(text.start, limit - PAGE), Map(limit - PAGE, PAGE, "r-x", 0, other)],
                "other permissions": [Map(text.start, text.length, "rw-", 0, "")],
        }.items():
            path = dump(site.place() + "/d.heap", inside, rest + parts)
            names = names_of(hprof("top", "--json", "--no-cache", path, scratch=site.scratch).json())
            want(not set(CALLED) & names, "%s, %s: %s" % (name, how, names))
        moved_up = [Map(m.start + (m.start > text.start) * PAGE, m.length, m.perms, m.offset, m.path) for m in rest]
        moved_up.append(anonymous(text.start, limit + PAGE))
        path = dump(site.place() + "/d.heap", inside, moved_up)
        names = names_of(hprof("top", "--json", "--no-cache", path, scratch=site.scratch).json())
        want(not set(CALLED) & names, "longer, %s: %s" % (how, names))


@case("anonymous code beside whole files, between two of them, and in a gap, stays what it is")
def beside_files(site):
    for program, base, how in layouts(site):
        addrs = [base + a for a in returns(program)]
        maps = image_maps(program, program, base)
        end = max(m.start + m.length for m in maps)
        beside = image_maps(program, "/nowhere/other", end + 2 * PAGE) if base else []
        free = [anonymous(end, end + 2 * PAGE), anonymous(min(m.start for m in maps) - PAGE, min(m.start for m in maps))]
        ordered = sorted(maps, key=lambda m: m.start)
        for a, b in zip(ordered, ordered[1:]):
            if a.start + a.length < b.start:
                free.append(anonymous(a.start + a.length, b.start))
        path = dump(site.place() + "/d.heap", addrs + [m.start + 8 for m in free], maps + beside + free)
        seen = Seen(site, program, [path])
        want(seen.module["status"] == "ok" and seen.module["addresses"] == len(addrs), "%s %s" % (how, seen.module))
        want(module(seen.info, "[anon]")["addresses"] == len(free), "%s %s" % (how, seen.info))


@case("a library and a program whose code was moved, in two dumps and in a map that another file has a part in")
def moved_twice(site):
    for linker in ("lld", "gold", "bfd"):
        if not shutil.which("ld." + linker):
            continue
        files = [site.build(site.place() + "/program", "-pie", "-fuse-ld=" + linker),
                 site.build(site.place() + "/libown.so", "-shared", "-fPIC", "-fuse-ld=" + linker)]
        maps, addrs = [], []
        for path, base in zip(files, (BASE, BASE + 0x10000000)):
            own = image_maps(path, path, base, *device_of(path))
            text = text_of(path, own, base)
            maps += [m for m in own if m != text] + [anonymous(text.start, text.start + text.length)]
            addrs += [base + a for a in returns(path)]
        now = os.stat(files[0]).st_ctime
        folder = site.place()
        dumps = [dump(folder + "/d.7.%d.i%d.heap" % (i, i), addrs, maps, now + i) for i in (1, 2)]
        for path in files:
            Seen(site, path, dumps[:1]).is_ok(CALLED)
        r = hprof("top", "--sum", "--json", "--no-cache", *dumps, scratch=site.scratch)
        want("[anon]" not in names_of(r.json()) and set(CALLED) <= names_of(r.json()), r.out)
        if linker == "bfd":  # the map alone tells it: the file goes on behind the code
            continue
        for m in maps:
            if "w" in m.perms and m.path == files[0]:
                m.path = "/nowhere/other"
        r = hprof("top", "--json", "--no-cache", dump(folder + "/d.heap", addrs, maps), scratch=site.scratch)
        want("[anon]" in names_of(r.json()), "%s: %s" % (linker, names_of(r.json())))


@case("a map of many pieces of anonymous code, in a file of many segments, is soon looked through")
def moved_in_vain(site):
    n, program = 20000, site.place() + "/program"
    rows = [(1, 4, 0, 0, PAGE)] + [(1, 5, PAGE, PAGE, 4 * n * PAGE + PAGE)] * 300
    head = struct.pack("<16sHHIQQQIHHHHHH", b"\x7fELF\2\1\1", 3, 62, 1, 0, 64, 0, 0, 64, 56, len(rows), 64, 0, 0)
    write(program, head + b"".join(struct.pack("<IIQQQQQQ", *r[:3], r[3], r[3], r[4], r[4], PAGE) for r in rows))
    maps = [Map(BASE, PAGE, "r--", 0, program)]
    for at in range(PAGE, 4 * n * PAGE, 4 * PAGE):
        maps += [anonymous(BASE + at, BASE + at + PAGE), Map(BASE + at + 2 * PAGE, PAGE, "r-x", at + 2 * PAGE, program)]
    path = dump(site.place() + "/d.heap", [BASE + PAGE + 16], maps)
    r = hprof("top", "--json", "--no-cache", path, scratch=site.scratch)
    want(r.seconds < 30 and names_of(r.json()) == {"[anon]"}, "%s s, %s" % (r.seconds, names_of(r.json())))


MOVER = r"""
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
void *volatile kept;
#define MOVED __attribute__((noinline, section(".text.moved")))
__asm__(".section .text.moved,\"ax\",@progbits\n.balign 4096\nfirst:\n");
extern char first[], last[];
MOVED void large(void) { kept = malloc(50000); kept = malloc(60000); }
MOVED void larger(void) { large(); kept = malloc(70000); }
__asm__(".section .text.moved,\"ax\",@progbits\n.balign 4096\nlast: nop\n");
int main(int argc, char **argv)
{
	size_t n = last - first;
	char *copy = malloc(n);
	int fd = open("/proc/self/exe", O_RDONLY);

	if (argc > 2) /* a part of the file, anywhere */
		kept = mmap(NULL, n, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, strtol(argv[2], NULL, 0));
	if (argv[1][0] == 'm') { /* the pages of two functions to memory without a file */
		memcpy(copy, first, n);
		kept = mmap(first, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
		memcpy(first, copy, n);
		if (mprotect(first, n, PROT_READ | PROT_EXEC) != 0)
			return 1;
	}
	larger();
	return kept == NULL;
}
"""


@case("programs that move their code, map it again, or both: each address has a name")
def movers(site):
    for options in (["-pie"], ["-no-pie"]):
        source = write(site.place() + "/mover.c", MOVER)
        program = site.place() + "/mover"
        sh("gcc", "-g", "-O1", "-fno-optimize-sibling-calls", "-fno-toplevel-reorder", *options,
           "-o", program, source)
        image = read(program)
        text = next(s for s in segments(image) if s[3] & 1)
        first = str(start_of(program, "first") - text[1] + text[0])
        for argv in (["m"], ["-", first], ["m", first]):
            heap = capture(program, site.place() + "/d", *argv)
            maps = read(heap).decode()
            want(len(re.findall(r" r-xp .*/mover$", maps, re.M)) == 1 + (argv[0] == "m") + len(argv) - 1,
                 maps)
            seen = Seen(site, program, [heap]).is_ok(("large", "larger", "main"))
            want("[anon]" not in seen.names, seen.names)
            Seen(site, program, [program, heap]).is_ok(("large", "larger", "main"))


# --- few addresses ---

@case("one or two addresses: names only if each follows a call")
def few(site):
    program = site.build(site.place() + "/program", "-pie")
    sites = [BASE + a for a in returns(program)]
    maps = image_maps(program, program)
    for good in ([sites[0]], [sites[0], sites[3]]):
        Seen(site, program, [dump(site.place() + "/d.heap", good, maps)]).is_ok().evidence("follow a call")
    for bad in ([sites[0] + 1], [sites[0], sites[3] + 1], [sites[0] + 1, sites[3] + 1],
                [sites[0], sites[1], sites[3] + 1]):
        Seen(site, program, [dump(site.place() + "/d.heap", bad, maps)]).is_refused("follow a call")


@case("of many addresses some may follow no call: they alone have no names")
def many(site):
    program = site.build(site.place() + "/program", "-pie")
    sites = [BASE + a for a in returns(program)]
    maps = image_maps(program, program)
    want(len(sites) >= 10, sites)
    path = dump(site.place() + "/d.heap", sites + [sites[4] + 1], maps)
    seen = Seen(site, program, [path]).is_ok(CALLED, strays=1)
    want("program+0x%x" % (sites[4] - BASE) in seen.names, seen.names)
    want(seen.top["total"] == sum(r["flat"] for r in seen.top["rows"]), seen.top)
    Seen(site, program, [path], "--force-binary").is_ok(CALLED, strays=1)  # the file fits
    Seen(site, program, [program, path], "--force-binary").is_ok(CALLED)
    for _ in range(2):  # read, then remembered
        r = hprof("top", "--json", path, scratch=site.scratch, env={"XDG_CACHE_HOME": site.scratch})
        want(names_of(r.json()) == seen.names, names_of(r.json()))
    other = dump(site.place() + "/other.heap", sites, maps)
    r = hprof("top", "--json", "--sum", "--no-cache", other, path, scratch=site.scratch)
    want(names_of(r.json()) == seen.names and r.err.count("follows no call") == 1, r.err)
    path = dump(site.place() + "/d.heap", [s + 1 for s in sites[:6]] + sites[6:], maps)
    Seen(site, program, [path]).is_refused("follow a call")


SIGNALLED = """
#include <signal.h>
#include <stdlib.h>
#include <sys/time.h>
void *volatile kept;
volatile long turns;
static void handler(int signal) { kept = malloc(50000 + signal); }
__attribute__((noinline)) void spin(void) { while (!kept) turns++; turns++; }
int main(void)
{
	struct itimerval soon = {.it_value = {.tv_usec = 1000}};

	signal(SIGALRM, handler);
	setitimer(ITIMER_REAL, &soon, NULL);
	spin();
	return 0;
}
"""


@case("where a signal came no call is before the address: it has its name")
def signalled(site):
    program = site.place() + "/program"
    sh("gcc", "-g", "-O1", "-o", program, write(site.place() + "/program.c", SIGNALLED))
    heap = capture(program, site.place() + "/d")
    Seen(site, program, [heap]).is_ok(("handler", "spin", "main"))


RESTORE = """
__asm__(".text\\nfirst: nop\\n.globl restore\\n.type restore, @function\\n"
	"restore: mov $15, %rax\\nsyscall\\n.size restore, . - restore\\n");
"""


@case("what a signal handler returns to has its own name, not that of the bytes before it")
def restored(site):
    if os.uname().machine != "x86_64":
        return
    program = site.build(site.place() + "/program", "-pie", more=RESTORE)
    at = start_of(program, "restore")
    path = dump(site.place() + "/d.heap", [BASE + a for a in returns(program) + [at]], image_maps(program, program))
    for options in ([], ["--force-binary"]):
        seen = Seen(site, program, [path], *options).is_ok(CALLED + ("restore",))
        want("first" not in seen.names, seen.names)
    cached = {"XDG_CACHE_HOME": site.place()}
    for _ in range(2):  # read, then remembered
        r = hprof("top", "--json", path, scratch=site.scratch, env=cached)
        want("restore" in names_of(r.json()), names_of(r.json()))


@case("a writer whose innermost addresses are those of the calls: they have their names")
def exact_leaves(site):
    program = site.build(site.place() + "/program", "-pie")
    sites = [BASE + a for a in returns(program)]
    stacks = [(s + 1, sites[0], sites[1]) for s in sites[2:4]] + [(s,) for s in sites[4:]]
    for strays, used in ((2, stacks), (0, stacks[:3])):
        path = dump(site.place() + "/d.heap", [], image_maps(program, program))
        rows = "".join("@ %s\n  t*: 1: 1000 [0: 0]\n" % " ".join("0x%x" % a for a in s) for s in used)
        rows += "@ %s\n  t*: 1: 1000 [0: 0]\n" % " ".join("0x%x" % a for a in [used[-1][0]] + sites)
        write(path, read(path).decode().replace("\nMAPPED", rows + "\nMAPPED"))
        Seen(site, program, [path]).is_ok((), strays=strays)


@case("code of the compiler's own files is never a caller, in no build and by no force")
def crt(site):
    program = site.build(site.place() + "/program", "-pie")
    stripped = site.place() + "/program"
    debug = site.place() + "/program.debug"
    maps = image_maps(program, program)
    for name in ("frame_dummy", "register_tm_clones", "deregister_tm_clones", "__do_global_dtors_aux"):
        addr = BASE + start_of(program, name) + 2
        for others in ([], [BASE + a for a in returns(program)]):
            path = dump(site.place() + "/d.heap", [addr] + others, maps)
            Seen(site, program, [path]).is_refused()
            if name != "__do_global_dtors_aux":
                forced = Seen(site, program, [path], "--force-binary")
                want(name not in forced.names, forced.names)
    sh("objcopy", "--only-keep-debug", program, debug)
    sh("strip", "-o", stripped, program)
    sh("objcopy", "--add-gnu-debuglink=" + debug, stripped)
    maps = image_maps(stripped, stripped)
    path = dump(site.place() + "/d.heap", [addr] + others, maps)
    Seen(site, stripped, [path], "--debug-dir=" + os.path.dirname(debug)).is_refused(name)


@case("arm64: calls are known, and checked")
def arm64(site):
    program = site.build(site.place() + "/program", "-nostdlib", "-Wl,-e,main", more=OWN_MALLOC,
                         gcc="aarch64-linux-gnu-gcc")
    sites = returns(program, "aarch64-linux-gnu-objdump")
    maps = image_maps(program, program, 0)
    want(len(sites) >= 7, sites)
    seen = Seen(site, program, [dump(site.place() + "/d.heap", sites, maps)]).is_ok(("main", "four"))
    seen.evidence("%d of %d return addresses follow a call" % (len(sites), len(sites)))
    Seen(site, program, [dump(site.place() + "/d.heap", sites[:1], maps)]).is_ok()
    for off in (4, 2):
        Seen(site, program, [dump(site.place() + "/d.heap", [sites[0] + off], maps)]).is_refused("follow a call")
        path = dump(site.place() + "/d.heap", [s + off for s in sites], maps)
        Seen(site, program, [path]).is_refused("follow a call")


@case("a machine whose calls are not known: few addresses have names, with a warning")
def s390x(site):
    program = site.build(site.place() + "/program", "-nostdlib", "-Wl,-e,main", more=OWN_MALLOC,
                         gcc="s390x-linux-gnu-gcc")
    sites = returns(program, "s390x-linux-gnu-objdump")
    want(len(sites) >= 7, sites)
    maps = []
    for line in sh("readelf", "-lW", program).splitlines():
        m = re.match(r"\s+LOAD\s+0x(\w+) 0x(\w+) 0x\w+ 0x(\w+) 0x\w+ (...) ", line)
        if m:
            offset, vaddr, length = (int(x, 16) for x in m.groups()[:3])
            start = vaddr // PAGE * PAGE
            perms = "".join(c if c.upper() in m.group(4).replace("E", "X") else "-" for c in "rwx")
            maps.append(Map(start, -(-(vaddr + length) // PAGE) * PAGE - start, perms,
                            offset // PAGE * PAGE, program))
    path = dump(site.place() + "/d.heap", sites, maps)
    Seen(site, program, [path]).is_ok(("main", "four"))
    for n in (1, 2):
        path = dump(site.place() + "/d.heap", sites[:n], maps)
        Seen(site, program, [path]).is_ok(warned=["too few addresses"])
    device, inode = device_of(program)
    for m in maps:
        m.device, m.inode = device, inode
    path = dump(site.place() + "/d.heap", sites[:2], maps)
    Seen(site, program, [path]).is_ok().evidence("as recorded")


# --- device, inode and times ---

class Ran:
    """A program that ran once: a file, and a dump with device and inode of it or others."""

    def __init__(self, site):
        self.site = site
        self.program = site.build(site.place() + "/program", "-pie")
        self.sites = [BASE + a for a in returns(self.program)]

    def seen(self, dump_at, device=None, inode=None, file=None, named=False, maps=(), options=(),
             deleted=False):
        """@dump_at: seconds before now; @device, @inode: instead of those of the file."""
        own = device_of(self.program)
        recorded = image_maps(self.program, self.program + (" (deleted)" if deleted else ""), BASE,
                              device or own[0], own[1] if inode is None else inode)
        now = os.stat(self.program).st_ctime
        path = dump(self.site.place() + "/d.heap", self.sites, recorded + list(maps), now - dump_at)
        argv = [file or self.program] if named else []
        return Seen(self.site, self.program, argv + [path], *options)

    def touch(self, ago):
        """Set the time of the contents, as cp -p and package managers do: @ago before the last change."""
        now = os.stat(self.program).st_ctime
        os.utime(self.program, (now - ago, now - ago))
        return self


@case("the same file, older than the dump: it is the one")
def same_file(site):
    Ran(site).seen(-MINUTE).is_ok(CALLED).evidence("as recorded")
    ran = Ran(site).touch(500 * MINUTE)
    time.sleep(0.2)
    os.chmod(ran.program, 0o700)  # most likely the contents are the same
    ran.seen(0.1).is_ok(CALLED).evidence("overwritten after the dump")


@case("the same file, written after the dump: names, and a warning with both times")
def same_file_written(site):
    ran = Ran(site)
    born = os.stat(ran.program).st_ctime
    os.utime(ran.program, (born + 3600, born + 3600))
    ran.seen(-30 * MINUTE).is_ok(CALLED, warned=["may be another build", "after the dump", "UTC"])
    ran.sites.append(ran.sites[3] + 1)  # two things speak against it
    ran.seen(-30 * MINUTE).is_refused("follow a call")
    ran.seen(-90 * MINUTE).is_ok(strays=1)


@case("written in the second of the dump: the warning has milliseconds")
def same_second(site):
    ran = Ran(site)
    second = int(os.stat(ran.program).st_ctime) + 3600
    os.utime(ran.program, (second + 0.7505, second + 0.7505))
    now = os.stat(ran.program).st_ctime
    ran.seen(now - second - 0.2505).is_ok(CALLED, warned=[".750 UTC, after the dump", ".250 UTC)"])


@case("the inode is used again: the file was made after the dump")
def used_again(site):
    ran = Ran(site)
    ran.seen(10 * MINUTE).is_refused("not the file that ran", "its number is used again: made", "after the dump")
    ran.seen(10 * MINUTE, options=["--force-binary"]).is_ok(
        CALLED, warned=["not the file that ran", "its number is used again", "used by force"])


@case("another inode of the same device, written after the dump: refused, named or found")
def rebuilt(site):
    ran = Ran(site)
    own = os.stat(ran.program).st_ino
    for inode in (own + 1, 12, 2 ** 40):
        ran.seen(10 * MINUTE, inode=inode).is_refused("inode %d " % inode, "inode %d " % own,
                                                      "after the dump", "UTC")
        seen = ran.seen(10 * MINUTE, inode=inode, options=["--force-binary"]).is_ok(
            CALLED, warned=["inode %d " % inode, "inode %d " % own, "used by force"])
        want("force" in seen.module["evidence"], seen.module)
    path = dump(site.place() + "/d.heap", ran.sites,
                image_maps(ran.program, ran.program, BASE, device_of(ran.program)[0], 77), LONG_AGO)
    link = site.place() + "/link"
    os.symlink(ran.program, link)
    for argv in ([ran.program, path], ["--binary=program=" + ran.program, path], [link, path],
                 ["--base-binary=" + ran.program, "--base=" + path, path]):
        r = hprof("top", *argv, scratch=site.scratch)
        want(r.code == 3 and "inode 77 " in r.err and "inode %d " % own in r.err, "%d %s" % (r.code, r.err))
    r = hprof("top", "--force-binary", ran.program, path, scratch=site.scratch)
    want(r.code == 0 and "four" in r.out and r.err == "", r.err)


@case("another inode, brought back or upgraded: names if every address follows a call")
def brought_back(site):
    ran = Ran(site).touch(600 * MINUTE)
    ran.seen(10 * MINUTE, inode=12).is_ok(CALLED).evidence("there since")
    ran.sites.append(ran.sites[3] + 1)
    ran.seen(10 * MINUTE, inode=12).is_ok(CALLED, ["inode 12 ", "there since", "after the dump"], strays=1)
    ran.sites += [ran.sites[4] + 1, ran.sites[5] + 1]
    ran.seen(10 * MINUTE, inode=12).is_refused("follow a call")


@case("another inode, brought back on the host where it ran: names, and a warning with both sides")
def brought_back_here(site):
    ran = Ran(site).touch(600 * MINUTE)
    lib = site.build(site.place() + "/libother.so", "-shared", "-fPIC")
    beside = image_maps(lib, lib, BASE + (1 << 30), *device_of(lib))
    ran.seen(10 * MINUTE, inode=12, maps=beside).is_ok(CALLED, warned=["inode 12 ", "there since", "after the dump"])


@case("another inode, and nothing was changed since the dump: another file system, no word")
def other_system(site):
    Ran(site).seen(-10 * MINUTE, inode=12).is_ok(CALLED)


@case("another inode, older than the dump, on the host where it ran: moved into its place, a warning with both sides")
def moved_here(site):
    ran = Ran(site)
    lib = site.build(site.place() + "/libother.so", "-shared", "-fPIC")
    beside = image_maps(lib, lib, BASE + (1 << 30), *device_of(lib))
    own = device_of(ran.program)[1]
    ran.seen(-10 * MINUTE, inode=12, maps=beside).is_ok(CALLED, warned=["inode 12 ", "inode %d " % own])
    ran.sites += [ran.sites[3] + 1, ran.sites[4] + 1]
    ran.seen(-10 * MINUTE, inode=12, maps=beside).is_refused("follow a call")


@case("replaced while it ran: the file of today is older than the dump, and not the one that was deleted")
def replaced(site):
    ran = Ran(site)
    ran.seen(-10 * MINUTE, inode=12, deleted=True).is_ok(CALLED, warned=["inode 12 ", "deleted"])
    ran.sites += [ran.sites[3] + 1, ran.sites[4] + 1]
    ran.seen(-10 * MINUTE, inode=12, deleted=True).is_refused("follow a call")


@case("another device: no word of an older file, a warning of a younger one")
def other_device(site):
    ran = Ran(site)
    for device in ("fd:77", "00:2f", "103:05"):
        ran.seen(-10 * MINUTE, device=device, inode=12).is_ok(CALLED)
        ran.seen(10 * MINUTE, device=device, inode=12).is_ok(CALLED, warned=["after the dump", device])


@case("neither device nor inode: a warning of a younger file only")
def no_identity(site):
    ran = Ran(site)
    ran.seen(-10 * MINUTE, device="00:00", inode=0).is_ok(CALLED)
    ran.seen(10 * MINUTE, device="00:00", inode=0).is_ok(CALLED, warned=["after the dump"])


@case("a copy in another place has an inode of its own")
def copies(site):
    ran = Ran(site)
    copy = shutil.copy2(ran.program, site.place() + "/copy")
    now = os.stat(copy).st_ctime
    os.utime(copy, (now - 3600, now - 3600))
    ran.seen(-MINUTE, file=copy, named=True).is_ok(CALLED)
    ran.seen(30 * MINUTE, file=copy, named=True).is_ok(CALLED)
    os.utime(copy, (now, now))
    ran.seen(30 * MINUTE, file=copy, named=True).is_ok(CALLED)
    root = site.place()
    os.makedirs(root + os.path.dirname(ran.program))
    inside = shutil.copy2(copy, root + ran.program)
    ran.seen(-MINUTE, inode=99, options=["--sysroot=" + root]).is_ok(CALLED)
    want(os.path.exists(inside), inside)


@case("the process saw other file systems: no other file of it is the one of today")
def elsewhere(site):
    ran = Ran(site)
    other = site.build(site.place() + "/libother.so", "-shared", "-fPIC")
    device, inode = device_of(other)
    os.utime(other, (LONG_AGO, LONG_AGO))
    def beside(number):
        return image_maps(other, other, BASE + 0x40000000, device, number)
    ran.seen(10 * MINUTE, inode=12, maps=beside(inode)).is_refused("after the dump")
    # @other was changed after the dump as well: that tells nothing of the place
    ran.seen(10 * MINUTE, inode=12, maps=beside(inode + 5)).is_refused("after the dump")
    os.utime(ran.program)
    written = os.stat(ran.program).st_mtime
    os.utime(ran.program, (written + 7200, written + 7200))
    ran.seen(-3600, inode=12, maps=beside(inode + 5)).is_ok(CALLED, warned=["after the dump"])
    ran.seen(-3600, inode=12, maps=beside(inode)).is_refused("after the dump")


@case("a dump without a time speaks of no time")
def no_time(site):
    ran = Ran(site)
    path = dump(site.place() + "/d.heap", ran.sites,
                image_maps(ran.program, ran.program, BASE, device_of(ran.program)[0], 77), LONG_AGO)
    os.utime(path, (1, 1))  # of an archive without times
    Seen(site, ran.program, [path]).is_ok(CALLED)


@case("whole seconds: a dump whose time was cut is not older than a file of that second")
def whole_seconds(site):
    ran = Ran(site)
    os.utime(ran.program, ns=(LONG_AGO * 10 ** 9 + 5 * 10 ** 8,) * 2)
    maps = image_maps(ran.program, ran.program)
    for ns, warned in ((LONG_AGO * 10 ** 9, None), (LONG_AGO * 10 ** 9 + 1, ["after the dump"]),
                       ((LONG_AGO - 1) * 10 ** 9, ["after the dump"])):
        path = dump(site.place() + "/d.heap", ran.sites, maps)
        os.utime(path, ns=(ns, ns))
        Seen(site, ran.program, [path]).is_ok(CALLED, warned=warned)


def profile(site, program, name):
    prefix = site.place() + "/" + name
    return capture(program, prefix)


@case("profile, build, profile, diff: the old dump is not named by the new build")
def in_place(site):
    for again in ("build", "copy"):
        program = site.place() + "/program"
        site.build(program)
        old = profile(site, program, "old")
        if again == "build":
            site.build(program, more=MORE)
        else:
            os.replace(site.build(site.place() + "/new", more=MORE), program)
        new = profile(site, program, "new")
        Seen(site, program, [new]).is_ok(CALLED)
        r = hprof("info", "--json", "--no-cache", old, scratch=site.scratch).json()
        want(module(r, program)["status"] == "mismatch", module(r, program))
        r = hprof("diff", "--no-cache", "--json", old, new, scratch=site.scratch)
        j = r.json()
        want("after the dump" in r.err and program in r.err, r.err)
        lost = {n["name"] for n in j["rows"] if n["base_cum"] and n.get("module") == program}
        want(lost and all(re.search(r"program(#2)?\+0x", n) for n in lost), lost)
        found = {n["name"] for n in j["rows"] if n["cum"] and n.get("module") == program}
        want(set(CALLED) <= found, found)
        r = hprof("diff", "--base-binary=" + program, old, new, scratch=site.scratch)
        want(r.code == 3 and "after the dump" in r.err, "%d %s" % (r.code, r.err))


@case("a series at one place in memory: each dump is judged by its own time")
def own_times(site):
    program = site.build(site.place() + "/program", "-no-pie")
    sites = returns(program)
    maps = image_maps(program, program, 0, *device_of(program))
    now = os.stat(program).st_ctime
    folder = site.place()
    early = [dump(folder + "/d.7.%d.i%d.heap" % (i, i), sites, maps, now - 100 + i) for i in range(3)]
    late = [dump(folder + "/d.7.%d.i%d.heap" % (i, i), sites, maps, now + 100 + i) for i in range(3, 6)]
    r = hprof("top", "--sum", "--json", "--no-cache", *early, *late, scratch=site.scratch).json()
    flat = {n["name"]: n["flat"] for n in r["rows"]}
    calls = len(sites)
    want(sum(v for n, v in flat.items() if n in CALLED) == 3 * 1000 * calls, flat)
    want(sum(v for n, v in flat.items() if "program+0x" in n) == 3 * 1000 * calls, flat)


@case("what is remembered by force or of one dump is not believed of another")
def remembered(site):
    ran = Ran(site)
    own = device_of(ran.program)
    cache = site.place()
    addr = BASE + start_of(ran.program, "frame_dummy") + 2
    maps = image_maps(ran.program, ran.program, BASE, *own)
    good = dump(site.place() + "/good.heap", ran.sites, maps)
    bad = dump(site.place() + "/bad.heap", ran.sites + [addr], maps)
    old = dump(site.place() + "/old.heap", ran.sites, maps, LONG_AGO)
    env = {"XDG_CACHE_HOME": cache}
    for options in ([], ["--force-binary"]):
        for _ in range(2):
            for path, status in ((bad, "mismatch"), (old, "mismatch"), (good, "ok")):
                r = hprof("info", "--json", *options, path, scratch=site.scratch, env=env).json()
                if not options:
                    want(module(r, ran.program)["status"] == status, module(r, ran.program))
                top = hprof("top", "--json", *options, path, scratch=site.scratch, env=env).json()
                want("frame_dummy" not in names_of(top), names_of(top))
    for path, status in ((bad, "mismatch"), (old, "mismatch"), (good, "ok")):
        r = hprof("info", "--json", path, scratch=site.scratch, env=env).json()
        want(module(r, ran.program)["status"] == status, module(r, ran.program))


def run_all():
    report = Report()
    if not need(report, "gcc", "objcopy", "strip", "readelf", "objdump", "nm"):
        return report.close()
    with tempfile.TemporaryDirectory(prefix="hprof-fit.") as scratch:
        site = Site(os.path.realpath(scratch))
        for name, function in CASES:
            cross = {arm64: "aarch64-linux-gnu-gcc", s390x: "s390x-linux-gnu-gcc"}.get(function)
            if cross and not shutil.which(cross):
                report.skip(name, cross + " is missing")
            elif function in (in_place, movers, signalled) and not has_jemalloc():
                report.skip(name, "libjemalloc.so.2 is missing")
            else:
                run(report, name, function, site)
    return report.close()


if __name__ == "__main__":
    main(run_all)
