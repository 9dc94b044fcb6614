#!/usr/bin/env -S python3 -B
# files.py - finding the files of a profile, and refusing the wrong ones: a scenario per case.
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile

from support import (HPROF, PAGE, ROOT, SANITIZED, Report, Wrong, capture, has_jemalloc, hprof, main, module,
                     names_of, need, read, run, sections, sh, sums_up, want, write)

from wire import field  # noqa: E402

PEAR = """#include <stdlib.h>
void *volatile pear_kept;
__attribute__((noinline)) static void pear_local(void) { pear_kept = malloc(3000); }
__attribute__((noinline)) void pear_exported(void) { pear_local(); pear_kept = malloc(300); }
"""

# What is static is in .symtab only, what is inlined in DWARF only, what is exported everywhere.
# Each call has an address of its own; in another build hardly one of them follows a call.
APPLE = """#include <stdlib.h>
#include <unistd.h>
void pear_exported(void);
static void *volatile kept;
#ifdef SHIFTED
__attribute__((noinline)) int apple_more(int x) { return getpid() * x + SHIFTED; }
#endif
#ifdef LARGER
char apple_room[LARGER] __attribute__((section(".text#"))) = {1};
#endif
static inline __attribute__((always_inline)) void apple_inlined(int n) { kept = malloc(n * 10); }
__attribute__((noinline)) static void apple_local(void)
{
	apple_inlined(100); apple_inlined(200); apple_inlined(300); apple_inlined(400);
	apple_inlined(500); apple_inlined(600); apple_inlined(700); apple_inlined(800);
	apple_inlined(900); apple_inlined(110); apple_inlined(120); apple_inlined(130);
}
__attribute__((noinline)) void apple_exported(void) { apple_local(); kept = malloc(5000); }
int main(int argc, char **argv)
{
	apple_exported();
	pear_exported();
	if (argc > 1 && (argc > 2 ? rename(argv[1], argv[2]) : unlink(argv[1])) != 0)
		return 1;
#ifdef SHIFTED
	return apple_more(0) - SHIFTED;
#endif
	return 0;
}
"""

BY_KIND = {  # which names each kind of symbols knows
    "dwarf": {"apple_inlined", "apple_local", "apple_exported"},
    "symtab": {"apple_local", "apple_exported"},
    "dynsym": {"apple_exported"},
    "none": set(),
}
NOWHERE = "/nowhere/at/all"  # recorded folder of programs that this machine does not have


class Fruit:
    """The program and its library as they were built, and a dump of them."""

    def __init__(self, scratch):
        self.scratch = scratch
        self.folder = os.path.join(scratch, "built")
        self.n = 0
        pear_c = write(os.path.join(scratch, "pear.c"), PEAR)
        self.apple_c = write(os.path.join(scratch, "apple.c"), APPLE.replace(
            "#include <unistd.h>", "#include <stdio.h>\n#include <unistd.h>"))
        os.mkdir(self.folder)
        self.pear = os.path.join(self.folder, "libpear.so")
        sh("gcc", "-g", "-O1", "-fno-optimize-sibling-calls", "-fPIC", "-shared", "-o", self.pear,
           pear_c)
        self.apple = self.build("built/apple")
        self.shifted = self.build("shifted", "-DSHIFTED=7")
        self.larger = self.build("larger", "-DLARGER=20000")
        dump = capture(self.apple, os.path.join(scratch, "apple"), libs=self.folder)
        self.dump = read(dump).decode()
        want(self.folder + "/apple" in self.dump, "the dump does not tell of the program")

    def build(self, name, *options, out=None):
        out = out or os.path.join(self.scratch, name)
        sh("gcc", "-g", "-O1", "-fno-optimize-sibling-calls", "-rdynamic", *options, "-o", out,
           self.apple_c, "-L" + self.folder, "-lpear")
        return out

    def place(self):
        """A new empty folder."""
        self.n += 1
        path = os.path.join(self.scratch, "case%d" % self.n)
        os.mkdir(path)
        return path

    def recorded(self, folder, program="apple", deleted=False):
        """A dump as the program would have written if it had run from @folder."""
        text = self.dump.replace(self.folder + "/apple\n", "%s/%s%s\n" % (
            folder, program, " (deleted)" if deleted else ""))
        text = text.replace(self.folder + "/libpear.so", folder + "/libpear.so")
        for file in (program, "libpear.so"):
            path = "%s/%s" % (folder, file)
            if os.path.exists(path):  # its inode as well
                text = re.sub(r"\d+( +%s( \(deleted\))?\n)" % re.escape(path), r"%d\1" % os.stat(path).st_ino, text)
        return write(os.path.join(self.place(), "dump.heap"), text)

    def recorded_by(self, apple):
        """A dump of the program @apple, which lies in a folder with the library."""
        return capture(apple, os.path.join(self.place(), "dump"), libs=os.path.dirname(apple))

    def copy(self, folder, apple=None):
        """Program and library below @folder; @apple stands in for the program."""
        os.makedirs(folder, exist_ok=True)
        shutil.copy(apple or self.apple, folder + "/apple")
        shutil.copy(self.pear, folder + "/libpear.so")
        return folder + "/apple"

    def stripped(self, folder, link=None, keep_id=True):
        """A stripped program below @folder; its debug file's path and build ID."""
        debug = os.path.join(self.place(), "apple.debug")
        apple = self.copy(folder)
        if not keep_id:
            sh("gcc", "-g", "-O1", "-fno-optimize-sibling-calls", "-rdynamic", "-o", apple,
               self.apple_c, "-L" + self.folder, "-lpear", "-Wl,--build-id=none")
        found = re.search(r"Build ID: (\w+)", sh("readelf", "-n", apple))
        sh("objcopy", "--only-keep-debug", apple, debug)
        sh("strip", apple)
        if link:
            sh("objcopy", "--add-gnu-debuglink=" + debug, apple)
        return debug, found and found.group(1)


class Seen:
    """What hprof tells about a dump with some options."""

    def __init__(self, fruit, dump, *options, binary=None, path=NOWHERE + "/apple"):
        argv = [*options, *([binary] if binary else []), dump]
        self.path = path
        info = hprof("info", "--json", *argv, scratch=fruit.scratch)
        text = hprof("info", *argv, scratch=fruit.scratch)
        top = hprof("top", "--json", *argv, scratch=fruit.scratch)
        self.info, self.text, self.top = info.json(), text.out, top.json()
        for r in (info, text, top):
            want(not r.complaints, "sanitizer: %s" % r.complaints)
        want(not sums_up(self.top), sums_up(self.top))
        self.warnings = top.warnings()
        self.apple = module(self.info, path)
        self.names = names_of(self.top, path)

    def is_ok(self, symbols, file, how, **fields):
        """The program was found, and its names are those of @symbols."""
        self.has(status="ok", symbols=symbols, file=file, found_by=how, **fields)
        known = BY_KIND[symbols]
        want(self.names & BY_KIND["dwarf"] == known - self.outer(known),
             "names of %s: %s" % (symbols, sorted(self.names)))
        want(bool(known) or self.only_offsets(), "names out of nothing: %s" % self.names)
        return self

    def outer(self, known):
        """Names that only DWARF tells apart from their callers are in all other cases absent."""
        return set() if "apple_inlined" in known else {"apple_inlined"}

    def is_refused(self, status, file=None, word=None, rest=True):
        """The program has no names, and the warnings say why; the rest of the profile has."""
        self.has(status=status, symbols="none", file=file, resolved=0)
        want(self.only_offsets(), "names of a file that was refused: %s" % sorted(self.names))
        if word:
            told = [w for w in self.warnings if file in w and word in w]
            want(len(told) == 1, "warnings: %s" % self.warnings)
            want(file in self.text and word in self.text, "info does not tell: " + self.text)
        if rest:
            want(any(n.startswith("__libc_start") for n in names_of(self.top)),
                 "the rest has no names: %s" % sorted(names_of(self.top)))
        return self

    def has(self, **fields):
        for key, value in fields.items():
            want(self.apple.get(key) == value,
                 "%s: found %r, expected %r in %r" % (key, self.apple.get(key), value, self.apple))
        return self

    def only_offsets(self):
        base = os.path.basename(self.path)
        return self.names and all(re.fullmatch(re.escape(base) + r"\+0x[0-9a-f]+", n)
                                  for n in self.names)


CASES = []


def case(name):
    def keep(function):
        CASES.append((name, function))
        return function
    return keep


# --- where files are looked for ---

@case("recorded path")
def recorded_path(f):
    folder = f.place()
    apple = f.copy(folder)
    seen = Seen(f, f.recorded(folder), path=apple).is_ok("dwarf", apple, "recorded")
    want("pear_local" in names_of(seen.top), "no names of the library")
    want(seen.warnings == [], seen.warnings)
    want("debug_file" not in seen.apple and seen.apple["deleted"] is False, seen.apple)


@case("BINARY instead of a recorded path that is not there")
def binary(f):
    Seen(f, f.recorded(NOWHERE), binary=f.apple).is_ok("dwarf", f.apple, "binary")


@case("BINARY goes before a recorded path that is there")
def binary_first(f):
    folder = f.place()
    apple = f.copy(folder)
    Seen(f, f.recorded(folder), binary=f.apple, path=apple).is_ok("dwarf", f.apple, "binary")


@case("BINARY under another name")
def renamed_binary(f):
    other = shutil.copy(f.apple, f.place() + "/fig-2.bin")
    Seen(f, f.recorded(NOWHERE), binary=other).is_ok("dwarf", other, "binary")


@case("path with blanks")
def blanks(f):
    folder = f.place() + "/a  folder with blanks"
    apple = f.copy(folder)
    os.rename(apple, folder + "/apple pie")
    dump = capture(folder + "/apple pie", f.place() + "/dump", libs=folder)
    Seen(f, dump, path=folder + "/apple pie").is_ok("dwarf", folder + "/apple pie", "recorded")


@case("--path-map")
def path_map(f):
    folder = f.place()
    apple = f.copy(folder + "/here/all")
    dump = f.recorded(NOWHERE)
    for old, new in (("/nowhere/at", folder + "/here"), ("/nowhere/at/", folder + "/here/"),
                     (NOWHERE, folder + "/here/all"), (NOWHERE + "/apple", apple)):
        Seen(f, dump, "--path-map=%s=%s" % (old, new)).is_ok("dwarf", apple, "path-map")


@case("--path-map: the first that matches wins")
def path_map_first(f):
    folder = f.place()
    one, two = f.copy(folder + "/1"), f.copy(folder + "/2")
    maps = ["--path-map=/elsewhere=/x", "--path-map=%s=%s/1" % (NOWHERE, folder),
            "--path-map=%s=%s/2" % (NOWHERE, folder)]
    Seen(f, f.recorded(NOWHERE), *maps).is_ok("dwarf", one, "path-map")
    maps[1:] = reversed(maps[1:])
    Seen(f, f.recorded(NOWHERE), *maps).is_ok("dwarf", two, "path-map")


@case("--path-map: ends where a name of the path ends")
def path_map_boundary(f):
    folder = f.place()
    right = f.copy(folder + "/right/all")
    f.copy(folder + "/wrongt/all")
    maps = ["--path-map=/nowhere/a=%s/wrong" % folder, "--path-map=/nowhere/at=%s/right" % folder]
    Seen(f, f.recorded(NOWHERE), *maps).is_ok("dwarf", right, "path-map")


@case("--sysroot")
def sysroot(f):
    root = f.place()
    apple = f.copy(root + NOWHERE)
    for slashes in ("", "/", "//"):
        Seen(f, f.recorded(NOWHERE), "--sysroot=" + root + slashes).is_ok("dwarf", apple, "sysroot")


@case("--sysroot: absolute links in it stay in it")
def sysroot_links(f):
    root = f.place()
    apple = f.copy(root + "/opt/fruit-1.2")
    os.rename(apple, apple + "-1.2")
    os.symlink("/opt/fruit-1.2/apple-1.2", apple)
    os.makedirs(root + "/nowhere/at")
    os.symlink("/opt/fruit-1.2", root + NOWHERE)
    Seen(f, f.recorded(NOWHERE), "--sysroot=" + root).is_ok("dwarf", apple + "-1.2", "sysroot")


@case("--sysroot: links with .. do not lead out of it")
def sysroot_dots(f):
    root = f.place()
    os.makedirs(root + NOWHERE)
    os.symlink("../" * 30 + f.apple[1:], root + NOWHERE + "/apple")
    Seen(f, f.recorded(NOWHERE), "--sysroot=" + root).is_refused("missing", rest=False)
    inside = f.copy(root + f.folder)
    Seen(f, f.recorded(NOWHERE), "--sysroot=" + root).is_ok("dwarf", inside, "sysroot")


@case("--sysroot: the file of the host is not used")
def sysroot_not_host(f):
    folder = f.place()
    apple = f.copy(folder)
    seen = Seen(f, f.recorded(folder), "--sysroot=" + f.place(), path=apple)
    seen.is_refused("missing", rest=False)
    want(not any("libc_start" in n for n in names_of(seen.top)), "libc of the host was used")


@case("beside the profile")
def beside(f):
    dump = f.recorded(NOWHERE)
    apple = f.copy(os.path.dirname(dump))
    Seen(f, dump).is_ok("dwarf", apple, "beside")


@case("a recorded path that does not begin with a slash")
def relative_path(f):
    for name in ("apple", "./apple", "bin/apple"):
        dump = f.recorded(NOWHERE)
        text = read(dump).decode().replace(NOWHERE + "/apple", name)
        root, folder = f.place(), f.place()
        below = f.copy(root + "/" + os.path.dirname(name))
        mapped = f.copy(folder)

        def seen(*options, binary=None):
            return Seen(f, dump, *options, binary=binary, path=name)

        write(dump, text)
        seen().is_refused("missing")
        seen(binary=mapped).is_ok("dwarf", mapped, "binary")
        for module in {name, "apple"} - {"./apple"}:
            if "/" not in module or module == name:
                seen("--binary=%s=%s" % (module, mapped)).is_ok("dwarf", mapped, "binary")
        seen("--path-map=%s=%s" % (name, mapped)).is_ok("dwarf", mapped, "path-map")
        seen("--sysroot=" + root).has(status="ok", found_by="sysroot", symbols="dwarf")
        want(os.path.samefile(seen("--sysroot=" + root).apple["file"], below), "another file")
        beside = f.copy(os.path.dirname(dump))
        seen().is_ok("dwarf", beside, "beside")


@case("a map that tells ranges and names only")
def cooked_map(f):
    dump = f.recorded(NOWHERE)
    ranges, lines = {}, []
    for line in read(dump).decode().splitlines():
        m = re.match(r"([0-9a-f]+)-([0-9a-f]+) \S+ \S+ \S+ \S+ +(\S+)$", line)
        if not m:
            lines.append(line)
            continue
        start, limit, path = int(m[1], 16), int(m[2], 16), os.path.basename(m[3])
        old = ranges.get(path, (start, limit))
        ranges[path] = (min(start, old[0]), max(limit, old[1]))
    lines += ["  %08x-%08x: %s" % (*r, p) for p, r in ranges.items() if p in ("apple", "libpear.so")]
    write(dump, "\n".join(lines) + "\n")
    apple = f.copy(os.path.dirname(dump))
    Seen(f, dump, path="apple").is_ok("dwarf", apple, "beside")
    os.remove(apple)
    Seen(f, dump, binary=f.apple, path="apple").is_ok("dwarf", f.apple, "binary")
    want(module(Seen(f, dump, path="apple").info, "libpear.so")["status"] == "ok", "the library")


@case("BINARY is not taken for a library, however the profile lists its modules")
def never_library(f):
    dump = f.recorded(NOWHERE)
    lines = read(dump).decode().splitlines(True)
    write(dump, "".join(line for line in lines if not line.endswith("/apple\n")))
    r = hprof("top", f.apple, dump, scratch=f.scratch)
    want(r.code == 3 and "no mapping of the profile is of a program" in r.err, r.err)
    want("libc" not in r.err and "libpear" not in r.err, r.err)


@case("no file anywhere: offsets and no names")
def nowhere(f):
    seen = Seen(f, f.recorded(NOWHERE)).is_refused("missing")
    want("file" not in seen.apple, seen.apple)
    want("[vdso]" not in seen.text or "special" in seen.text, seen.text)


@case("a mapping without a file is special")
def special(f):
    dump = f.recorded(NOWHERE)
    text = read(dump).decode().replace(NOWHERE + "/apple", "[vdso]")
    Seen(f, write(dump, text), path="[vdso]").has(status="special", symbols="none", resolved=0)


# --- files with debug information alone ---

def debug_only(f, apple, tool):
    """The debug information of @apple in a file of its own, as @tool makes it."""
    out = f.place() + "/apple.debug"
    if tool == "eu-strip":
        sh("eu-strip", "-o", f.place() + "/rest", "-f", out, apple)
    else:
        sh(tool, "--only-keep-debug", apple, out)
    return out


@case("a file with debug information alone as BINARY: its layout and its build ID tell whether it fits")
def debug_as_binary(f):
    tools = [t for t in ("objcopy", "eu-strip", "llvm-objcopy") if shutil.which(t)]
    kinds = {"pie": [], "no-pie": ["-no-pie"], "no id": ["-Wl,--build-id=none"],
             "no separate code": ["-Wl,-z,noseparate-code"], "lld": ["-fuse-ld=lld"]}
    for kind, options in kinds.items():
        if kind == "lld" and not shutil.which("ld.lld"):
            continue
        folder = f.place()
        apple = f.build(kind, *options, out=folder + "/apple")
        shutil.copy(f.pear, folder)
        dump = f.recorded_by(apple)
        debug = [debug_only(f, apple, t) for t in tools if kind != "lld" or t != "objcopy"]
        larger = [debug_only(f, f.larger, t) for t in tools]
        os.rename(apple, folder + "/away")
        for d in debug:
            seen = Seen(f, dump, binary=d, path=apple).is_ok("dwarf", d, "binary")
            want([w for w in seen.warnings if "holds no code" in w and d in w], seen.warnings)
        Seen(f, dump, "--binary=apple=" + debug[0], path=apple).is_ok("dwarf", debug[0], "binary")
        for d in larger:
            r = hprof("top", d, dump, scratch=f.scratch)
            want(r.code == 3 and "the profile recorded code of" in r.err, "%s: %s" % (kind, r.err))


@case("--debug-dir without an index: a build ID is found wherever it lies below")
def walk_debug_dir(f):
    for sub in ("", "a", "b/c/d/e"):
        folder, dirs = f.place(), f.place()
        debug, _ = f.stripped(folder)
        os.makedirs(dirs + "/" + sub, exist_ok=True)
        os.makedirs(dirs + "/empty/folder")
        shutil.copy(f.shifted, dirs + "/apple.debug")  # another build, of the likeliest name
        write(dirs + "/a-text", "no ELF file")
        os.mkfifo(dirs + "/fifo")
        os.symlink("..", dirs + "/loop")
        at = os.path.normpath("%s/%s/some-name" % (dirs, sub))
        shutil.copy(debug, at)
        shutil.copy(debug, dirs + "/zzz")  # later in order, or deeper down it is not reached
        seen = Seen(f, f.recorded(folder), "--debug-dir=" + dirs, path=folder + "/apple")
        want(seen.apple["symbols"] == "dwarf" and seen.apple["debug_found_by"] == "build-id", seen.apple)
        first = min(at, dirs + "/zzz", key=lambda p: (p.count("/"), p))
        want(os.path.normpath(seen.apple["debug_file"]) == first, seen.apple["debug_file"])
        want(not seen.warnings, seen.warnings)


@case("--debug-dir without an index: too many files or too deep, the limit is told")
def walk_limits(f):
    folder = f.place()
    debug, _ = f.stripped(folder)
    dump = f.recorded(folder)
    deep, many = f.place(), f.place()
    for levels, found in ((16, True), (18, False)):
        at = deep + "/x" * levels
        os.makedirs(at, exist_ok=True)
        shutil.copy(debug, at)
        seen = Seen(f, dump, "--debug-dir=" + deep, path=folder + "/apple")
        want((seen.apple["symbols"] == "dwarf") == found, (levels, seen.apple))
        told = [w for w in seen.warnings if "too large to be searched" in w and deep in w]
        want(bool(told) != found, (levels, seen.warnings))
        shutil.rmtree(deep + "/x")
    for i in range(10000):
        open("%s/%05d" % (many, i), "w").close()
    shutil.copy(debug, many + "/0")
    Seen(f, dump, "--debug-dir=" + many, path=folder + "/apple").has(symbols="dwarf")
    os.rename(many + "/0", many + "/z")
    seen = Seen(f, dump, "--debug-dir=" + many, path=folder + "/apple").has(symbols="dynsym")
    want([w for w in seen.warnings if "10000 files" in w], seen.warnings)


# --- the program is missing, its build ID is recorded ---

def as_pprof(f, dump, build_ids):
    """What @dump tells of program and library as a pprof file; @build_ids: of path."""
    text = read(dump).decode()
    strings = ["", "inuse_space", "bytes"]
    maps = re.findall(r"^([0-9a-f]+)-([0-9a-f]+) r-xp ([0-9a-f]+) .* (\S*/(?:apple|libpear.so))$", text, re.M)
    rows, places, out = [], {}, field(1, field(1, 1) + field(2, 2))
    for stack in re.findall(r"^@((?: 0x[0-9a-f]+)+)$", text, re.M):
        at = [int(a, 16) for a in stack.split()]
        at = [a for a in at if any(int(m[0], 16) <= a < int(m[1], 16) for m in maps)]
        rows += [[places.setdefault(a, len(places) + 1) for a in at]] if at else []
    for row in rows:
        out += field(2, b"".join(field(1, i) for i in row) + field(2, 512 + len(row)))
    for i, m in enumerate(maps):
        numbers = [int(n, 16) for n in m[:3]]
        strings += [m[3], build_ids.get(m[3], "")]
        out += field(3, field(1, i + 1) + b"".join(field(k + 2, n) for k, n in enumerate(numbers))
                     + field(5, len(strings) - 2) + field(6, len(strings) - 1))
    for a, i in places.items():
        m = [k for k, m in enumerate(maps) if int(m[0], 16) <= a < int(m[1], 16)][0]
        out += field(4, field(1, i) + field(2, m + 1) + field(3, a))
    out += b"".join(field(6, t.encode()) for t in strings)
    return write(os.path.join(f.place(), "dump.pb"), out)


def gone(f, folder):
    """A profile with build IDs of a program that ran in @folder, and is not there any more; its debug file."""
    debug, build_id = f.stripped(folder)
    apple = folder + "/apple"
    dump = as_pprof(f, f.recorded(folder), {apple: build_id})
    os.remove(apple)
    return dump, debug, build_id, apple


@case("the program is missing: a debug file with the recorded build ID is found wherever it lies below --debug-dir")
def missing_by_id(f):
    for at in ("apple.debug", "a/b/c/another-name", ".build-id/%s/%s.debug", "usr/lib/debug/.build-id/%s/%s.debug"):
        dirs = f.place()
        dump, debug, build_id, apple = gone(f, f.place())
        there = "%s/%s" % (dirs, at % (build_id[:2], build_id[2:]) if "%" in at else at)
        write(dirs + "/0", read(f.shifted))  # another build
        os.makedirs(dirs + "/.build-id", exist_ok=True)
        Seen(f, dump, path=apple).has(status="missing", symbols="none").only_offsets()
        write(there, read(debug))
        seen = Seen(f, dump, "--debug-dir=" + dirs, path=apple).is_ok(
            "dwarf", there, "build-id", build_id=build_id, evidence=["build ID"])
        want(not [w for w in seen.warnings if "apple" in w], seen.warnings)
        sh("objcopy", "--strip-debug", there)
        Seen(f, dump, "--debug-dir=" + dirs, path=apple).is_ok("symtab", there, "build-id")


@case("program and library are missing: what one has seen below --debug-dir hides nothing from the other")
def missing_both(f):
    folder = f.place()
    dump, debug, build_id, apple = gone(f, folder)
    pear = folder + "/libpear.so"
    pear_id = re.search(r"Build ID: (\w+)", sh("readelf", "-n", pear)).group(1)
    for apple_id in ("ab" * 20, build_id):
        for at in ("a/z", "a/.build-id/%s/%s.debug" % (pear_id[:2], pear_id[2:])):
            dirs = f.place()
            dump = as_pprof(f, f.recorded(folder), {apple: apple_id, pear: pear_id})
            write(dirs + "/0", read(f.shifted))  # another build
            write(dirs + "/zz/apple", read(debug))
            write(dirs + "/" + at, read(f.pear))
            if os.path.exists(pear):
                os.remove(pear)
            info = hprof("info", "--json", "--workers=1", "--debug-dir=" + dirs, dump,
                         scratch=f.scratch).json()
            m = module(info, pear)
            want((m["status"], m.get("file")) == ("ok", dirs + "/" + at), m)
            m = module(info, apple)
            want(m["status"] == ("ok" if apple_id == build_id else "missing"), m)


@case("the program is missing: a library by its build ID, a whole file as well")
def missing_library(f):
    folder, dirs = f.place(), f.place()
    f.copy(folder)
    pear = folder + "/libpear.so"
    build_id = re.search(r"Build ID: (\w+)", sh("readelf", "-n", pear)).group(1)
    dump = as_pprof(f, f.recorded(folder), {pear: build_id.upper()})
    os.makedirs(dirs + "/lib")
    os.rename(pear, dirs + "/lib/pear")
    info = hprof("info", "--json", "--debug-dir=" + dirs, dump, scratch=f.scratch).json()
    m = module(info, pear)
    want((m["status"], m["file"], m["found_by"]) == ("ok", dirs + "/lib/pear", "build-id"), m)
    top = hprof("top", "--json", "--debug-dir=" + dirs, dump, scratch=f.scratch).json()
    want("pear_exported" in names_of(top, pear), names_of(top))


@case("another build lies where the program was: the debug file with the recorded build ID is used")
def missing_replaced(f):
    dirs = f.place()
    dump, debug, build_id, apple = gone(f, f.place())
    shutil.copy(f.shifted, apple)
    Seen(f, dump, path=apple).has(status="mismatch", symbols="none").only_offsets()
    shutil.copy(debug, dirs)
    there = dirs + "/apple.debug"
    Seen(f, dump, "--debug-dir=" + dirs, path=apple).is_ok("dwarf", there, "build-id")
    Seen(f, dump, "--force-binary", "--debug-dir=" + dirs, path=apple).is_ok("dwarf", there, "build-id")


@case("the program is missing: a debug file of another build, or a build ID that is no number, names nothing")
def missing_refused(f):
    dirs = f.place()
    dump, debug, build_id, apple = gone(f, f.place())
    there = "%s/.build-id/%s/%s.debug" % (dirs, build_id[:2], build_id[2:])
    write(there, read(f.shifted))
    seen = Seen(f, dump, "--debug-dir=" + dirs, path=apple)
    seen.has(status="missing", symbols="none").only_offsets()
    want([w for w in seen.warnings if there in w and "another build ID" in w], seen.warnings)
    write(there, read(debug))
    for odd in ("", build_id[:2], build_id[:-1], build_id + "00", "zz" + build_id[2:], "../" + build_id, "ab" * 5000):
        dump = as_pprof(f, f.recorded(os.path.dirname(apple)), {apple: odd})
        Seen(f, dump, "--debug-dir=" + dirs, path=apple).has(symbols="none", resolved=0).only_offsets()


@case("the program is missing: debug files of the sysroot by build ID, and no file that a link leads out to")
def missing_sysroot(f):
    root, outside = f.place(), f.place()
    dump, debug, build_id, apple = gone(f, f.place())
    there = "%s/usr/lib/debug/.build-id/%s/%s.debug" % (root, build_id[:2], build_id[2:])
    write(there, read(debug))
    Seen(f, dump, "--sysroot=" + root, path=apple).is_ok("dwarf", there, "build-id")
    shutil.move(there, outside + "/apple.debug")
    os.symlink(outside + "/apple.debug", there)
    Seen(f, dump, "--sysroot=" + root, path=apple).has(status="missing", symbols="none")
    Seen(f, dump, "--sysroot=" + root, "--debug-dir=" + outside, path=apple).is_ok(
        "dwarf", outside + "/apple.debug", "build-id")


# --- what was found is not trusted ---

def stranger(path):
    """Give @path to another user; False: only root can."""
    if os.geteuid() != 0:
        return False
    os.chown(path, 65534, 65534)
    return True


@case("a link beside the profile: inside the folder it is followed, out of it only when named")
def links_beside(f):
    out = f.copy(f.place())
    for target, follows in (("apple-1.2", True), ("./bin/../apple-1.2", True), ("DIR/apple-1.2", True),
                            ("chain", True), ("bin/apple", True), (out, False), ("../X/apple", False),
                            ("leads", False), ("away/apple", False)):
        dump = f.recorded(NOWHERE)
        folder = os.path.dirname(dump)
        f.copy(folder + "/bin")
        shutil.copy(f.apple, folder + "/apple-1.2")
        os.symlink("apple-1.2", folder + "/chain")
        os.symlink(out, folder + "/leads")
        os.symlink(os.path.dirname(out), folder + "/away")
        target = target.replace("DIR", folder).replace("X", os.path.basename(os.path.dirname(out)))
        os.symlink(target, folder + "/apple")
        if follows:
            Seen(f, dump).is_ok("dwarf", folder + "/apple", "beside")
        else:
            Seen(f, dump).is_refused("unreadable", folder + "/apple", "link out of its folder")
            Seen(f, dump, binary=folder + "/apple").is_ok("dwarf", folder + "/apple", "binary")
            Seen(f, dump, "--binary=apple=" + folder + "/apple").is_ok(
                "dwarf", folder + "/apple", "binary")


@case("a program beside the profile that is another user's")
def owner_beside(f):
    dump = f.recorded(NOWHERE)
    apple = f.copy(os.path.dirname(dump))
    if stranger(apple):
        Seen(f, dump).is_refused("unreadable", apple, "owned by another user")
    Seen(f, dump, binary=apple).is_ok("dwarf", apple, "binary")
    os.remove(apple)
    os.mkfifo(apple)
    Seen(f, dump).is_refused("unreadable", apple, "not a regular file")


@case("a folder that was named: --path-map, --debug-dir: links inside, not out of it")
def links_named_folder(f):
    debug, build_id = f.stripped(f.place())
    folder, out = f.place(), f.place()
    shutil.copy(f.apple, out + "/apple")
    os.makedirs(folder + "/real")
    shutil.copy(f.apple, folder + "/real/apple")
    os.symlink("real", folder + "/in")
    os.symlink(out, folder + "/out")
    dump = f.recorded(NOWHERE)
    Seen(f, dump, "--path-map=/nowhere/at=" + folder, "--path-map=/nowhere=/x").is_refused("missing")
    Seen(f, dump, "--path-map=%s=%s/in" % (NOWHERE, folder)).is_ok("dwarf", folder + "/in/apple", "path-map")
    Seen(f, dump, "--path-map=/nowhere/at/all=%s/out" % folder).is_ok("dwarf", folder + "/out/apple", "path-map")
    os.symlink("out", folder + "/all")
    Seen(f, dump, "--path-map=/nowhere/at=%s" % folder).is_refused(
        "unreadable", folder + "/all/apple", "link out of its folder")
    for inside in (True, False):
        debug, build_id = f.stripped(here := f.place())
        dirs = f.place()
        os.makedirs("%s/.build-id/%s" % (dirs, build_id[:2]))
        at = "%s/.build-id/%s/%s.debug" % (dirs, build_id[:2], build_id[2:])
        if inside:
            shutil.copy(debug, dirs + "/apple.debug")
            os.symlink("../../apple.debug", at)
        else:
            os.symlink(debug, at)
        seen = Seen(f, f.recorded(here), "--debug-dir=" + dirs, path=here + "/apple")
        seen.has(symbols="dwarf" if inside else "dynsym")
        want(inside or any(at in w and "link out" in w for w in seen.warnings), seen.warnings)


@case("a debug file by its link: neither a link out of the folder nor another user's")
def links_debug(f):
    for sub in ("", "/.debug"):
        for how in ("here", "link", "out", "owner"):
            folder = f.place()
            debug, _ = f.stripped(folder, link=True)
            os.makedirs(folder + sub, exist_ok=True)
            at = folder + sub + "/apple.debug"
            if how == "link":
                shutil.copy(debug, folder + sub + "/really")
                os.symlink("really", at)
            elif how == "out":
                os.symlink(debug, at)
            else:
                shutil.copy(debug, at)
                if how == "owner" and not stranger(at):
                    continue
            seen = Seen(f, f.recorded(folder), path=folder + "/apple")
            fine = how in ("here", "link")
            seen.has(symbols="dwarf" if fine else "dynsym")
            want(fine or any(at in w for w in seen.warnings), seen.warnings)


@case(".dwo files: missing ones are told with their places, not damaged; links out are not followed")
def split_files(f):
    def program(folder):
        apple = folder + "/apple"
        sh("gcc", "-g", "-gsplit-dwarf", "-O1", "-fno-optimize-sibling-calls", "-rdynamic", "-c",
           "-o", folder + "/apple.o", f.apple_c, cwd=folder)
        sh("gcc", "-rdynamic", "-o", apple, folder + "/apple.o", "-L" + f.folder, "-lpear")
        shutil.copy(f.pear, folder)
        return f.recorded_by(apple)

    for how in ("there", "inside", "missing", "out", "owner", "fifo"):
        folder, out = f.place(), f.place()
        dump = program(folder)
        dwo = folder + "/apple.dwo"
        if how in ("missing", "out", "inside", "fifo"):
            os.rename(dwo, out + "/apple.dwo")
        if how == "out":
            os.symlink(out + "/apple.dwo", dwo)
        if how == "fifo":
            os.mkfifo(dwo)
        if how == "inside":
            shutil.copy(out + "/apple.dwo", folder + "/other.dwo")
            os.symlink("other.dwo", dwo)
        if how == "owner" and not stranger(dwo):
            continue
        seen = Seen(f, dump, path=folder + "/apple")
        told = [w for w in seen.warnings if "debug information" in w]
        if how in ("there", "inside"):
            want("apple_inlined" in seen.names and not told, "%s: %s %s" % (how, seen.names, told))
            continue
        want("apple_inlined" not in seen.names, "%s: %s" % (how, seen.names))
        want(len(told) == 1 and "missing debug information" in told[0] and dwo in told[0], told)
        want("damaged" not in seen.text and dwo in seen.text, seen.text)


@case(".dwp files that are not to be read are missing, not damaged")
def packages(f):
    folder = f.place()
    apple = f.copy(folder)
    dump = f.recorded(folder)
    for how, word in (("fifo", "not a regular file"), ("folder", "a directory"), ("text", "no ELF file")):
        if how == "fifo":
            os.mkfifo(apple + ".dwp")
        elif how == "folder":
            os.mkdir(apple + ".dwp")
        else:
            write(apple + ".dwp", "an apple a day\n")
        seen = Seen(f, dump, path=apple)
        told = [w for w in seen.warnings if apple + ".dwp" in w]
        kind = "damaged" if how == "text" else "missing"
        want(len(told) == 1 and told[0].endswith(word + (" with debug sections that can be read" if
             how == "text" else "")) and kind + " debug information" in told[0], told)
        (os.rmdir if how == "folder" else os.remove)(apple + ".dwp")


@case("a file shared by dwz: missing is told with its places, a link out of a folder is not followed")
def shared_file(f):
    folder, out = f.place(), f.place()
    apple = f.copy(folder)
    shutil.copy(f.shifted, folder + "/shifted")
    sh("dwz", "-m", folder + "/shared.debug", "-M", "shared.debug", apple, folder + "/shifted")
    dump = f.recorded(folder)
    want("alt_file" in Seen(f, dump, path=apple).apple, "not found where it is")
    os.rename(folder + "/shared.debug", out + "/shared.debug")
    for link in (False, True):
        if link:
            os.symlink(out + "/shared.debug", folder + "/shared.debug")
        seen = Seen(f, dump, path=apple)
        told = [w for w in seen.warnings if "debug information" in w]
        want("alt_file" not in seen.apple and len(told) == 1, told)
        want("missing debug information" in told[0] and folder + "/shared.debug" in told[0], told)
        want(("link out" in told[0]) == link and "damaged" not in told[0], told)


# --- programs that were moved or deleted ---

@case("deleted while it ran: --sysroot, --path-map, BINARY")
def deleted(f):
    folder, root = f.place(), f.place()
    apple = f.copy(folder)
    dump = capture(apple, f.place() + "/dump", apple, libs=folder)
    want(apple + " (deleted)\n" in read(dump).decode(), "the dump does not say that it was deleted")
    Seen(f, dump, path=apple).is_refused("missing").has(deleted=True)
    below = f.copy(root + folder)
    for options, binary, file, how in (
            (["--sysroot=" + root], None, below, "sysroot"),
            (["--path-map=%s=%s" % (folder, f.folder)], None, f.apple, "path-map"),
            ([], f.apple, f.apple, "binary")):
        Seen(f, dump, *options, binary=binary, path=apple).is_ok("dwarf", file, how, deleted=True)


@case("moved while it ran: named by its new path, found by BINARY")
def moved(f):
    folder = f.place()
    apple = f.copy(folder)
    dump = capture(apple, f.place() + "/dump", apple, folder + "/moved", libs=folder)
    seen = Seen(f, dump, path=folder + "/moved").is_ok("dwarf", folder + "/moved", "recorded")
    seen.has(deleted=False)
    os.rename(folder + "/moved", folder + "/again")
    Seen(f, dump, path=folder + "/moved").is_refused("missing")
    Seen(f, dump, binary=folder + "/again", path=folder + "/moved").is_ok(
        "dwarf", folder + "/again", "binary")


@case("deleted, and another build is at its path: refused")
def replaced(f):
    folder = f.place()
    apple = f.copy(folder, f.shifted)
    Seen(f, f.recorded(folder, deleted=True), path=apple).is_refused(
        "mismatch", apple, "follow a call").has(deleted=True)


# --- symbols and separate debug files ---

@case("symbol table only; stripped: exported names only; static: none")
def kinds(f):
    folder = f.place()
    apple = f.copy(folder)
    sh("strip", "--strip-debug", apple)
    Seen(f, f.recorded(folder), path=apple).is_ok("symtab", apple, "recorded")
    sh("strip", apple)
    Seen(f, f.recorded(folder), path=apple).is_ok("dynsym", apple, "recorded")
    data = bytearray(read(apple))
    struct.pack_into("<Q", data, 40, 0)     # e_shoff
    struct.pack_into("<HH", data, 60, 0, 0)  # e_shnum, e_shstrndx
    write(apple, bytes(data))
    Seen(f, f.recorded(folder), path=apple).is_ok("none", apple, "recorded")


@case(".gnu_debuglink: in the folder, in .debug, under --debug-dir")
def debuglink(f):
    folder, tree = f.place(), f.place()
    debug, _ = f.stripped(folder, link=True)
    apple = folder + "/apple"
    dump = f.recorded(folder)
    Seen(f, dump, path=apple).is_ok("dynsym", apple, "recorded")
    for place, options in ((folder, []), (folder + "/.debug", []),
                           (tree, ["--debug-dir=" + tree]),
                           (tree + folder, ["--debug-dir=" + tree])):
        os.makedirs(place, exist_ok=True)
        there = shutil.copy(debug, place)
        Seen(f, dump, *options, path=apple).is_ok("dwarf", apple, "recorded", debug_file=there)
        os.remove(there)


@case(".gnu_debuglink with another checksum: refused")
def wrong_crc(f):
    folder = f.place()
    debug, build_id = f.stripped(folder, link=True, keep_id=False)
    apple = folder + "/apple"
    dump = f.recorded_by(apple)
    want(build_id is None, "the program has a build ID")
    there = shutil.copy(debug, folder)
    Seen(f, dump, path=apple).is_ok("dwarf", apple, "recorded", debug_file=there)
    write(there, read(debug) + b"x")
    seen = Seen(f, dump, path=apple).is_ok("dynsym", apple, "recorded", debug_file=None)
    want([w for w in seen.warnings if there in w and "checksum" in w], seen.warnings)


@case("too little memory for a file is told as that, not as damage of the file")
def little_memory(f):
    if SANITIZED:  # needs terabytes of addresses
        return
    folder = f.place()
    f.copy(folder)
    apple = folder + "/apple"
    dump = f.recorded_by(apple)
    os.truncate(apple, 1 << 30)  # a hole that nobody reads
    for argv in (["info", "--no-cache", dump], ["top", "--no-cache", apple, dump],
                 ["symbolize", "-f", "-e", apple, "0x1000"]):
        done = subprocess.run(["sh", "-c", "ulimit -v 200000; exec \"$@\"", "sh", HPROF, *argv],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        want("too little memory" in done.stdout and "damaged" not in done.stdout, done.stdout)


@case("names that stand in files forge no line: of debug links, shared and split DWARF")
def names_in_files(f):
    forged = "forged"
    name = ("apple\n    %s      ok\r\n    evidence    build ID" % forged).encode()
    folder = f.place()
    apple = folder + "/apple"
    f.stripped(folder, keep_id=False)
    link = write(folder + "/link", name + bytes(4 - len(name) % 4) + b"\1\2\3\4")
    plain, split = folder + "/plain", folder + "/split"
    shutil.copy(f.apple, plain)
    sh("objcopy", "--add-section=.gnu_debuglink=" + link, apple)
    sh("objcopy", "--add-section=.gnu_debugaltlink=" + write(folder + "/alt", name + b"\0\1\2\3\4"), plain)
    odd = folder.encode() + b"/odd\n    %s\r\n.o" % forged.encode()
    sh("gcc", "-g", "-gsplit-dwarf", "-rdynamic", "-c", "-o", os.fsdecode(odd), f.apple_c, cwd=folder)
    os.remove(odd[:-2] + b".dwo")
    sh("gcc", "-rdynamic", "-o", split, os.fsdecode(odd), "-L" + f.folder, "-lpear")
    for path in (apple, plain, split):
        dump = f.recorded_by(path)
        out = hprof("info", "--no-cache", dump, scratch=f.scratch)
        want(forged in out.out, "%s: the name is not told: %s" % (path, out.out))
        want(not re.search("^ *(tried *)?" + forged, out.out, re.M), out.out)
        m = module(hprof("info", "--json", "--no-cache", dump, scratch=f.scratch).json(), path)
        want(all(re.match(r"[\w-]+: ", t) for t in m.get("tried", ())), m)
        told = [t for t in m.get("tried", []) + [m.get("note", "")] if forged in t]
        want(told and not any("\n" in t or "\r" in t for t in told), m)
        top = hprof("top", "--no-cache", dump, scratch=f.scratch)
        want(not re.search("^ *" + forged, top.err, re.M), top.err)


@case("--debug-dir by build ID")
def by_build_id(f):
    folder, tree = f.place(), f.place()
    debug, build_id = f.stripped(folder)
    apple = folder + "/apple"
    there = "%s/.build-id/%s/%s.debug" % (tree, build_id[:2], build_id[2:])
    write(there, read(debug))
    Seen(f, f.recorded(folder), "--debug-dir=" + tree, path=apple).is_ok(
        "dwarf", apple, "recorded", debug_file=there, build_id=build_id)


@case("a file without symbols: a warning says what gives its addresses names")
def without_symbols(f):
    folder, tree = f.place(), f.place()
    debug, _ = f.stripped(folder)
    apple = folder + "/apple"

    def told(*options):
        return [w for w in Seen(f, f.recorded(folder), *options, path=apple).warnings if "is stripped" in w]
    want(not told(), "its exported functions are names")
    elf = bytearray(read(apple))
    struct.pack_into("<Q", elf, 0x28, 0)  # e_shoff
    struct.pack_into("<HH", elf, 0x3c, 0, 0)  # e_shnum, e_shstrndx
    write(apple, bytes(elf))
    Seen(f, f.recorded(folder), path=apple).has(symbols="none")
    want([w for w in told() if apple in w and "--debug-dir" in w], told())
    write(tree + "/apple.debug", read(debug))
    want(not told("--debug-dir=" + tree), told("--debug-dir=" + tree))


@case("debug file with another build ID: refused")
def wrong_build_id(f):
    folder, tree = f.place(), f.place()
    _, build_id = f.stripped(folder)
    apple = folder + "/apple"
    there = "%s/.build-id/%s/%s.debug" % (tree, build_id[:2], build_id[2:])
    write(there, read(f.shifted))
    seen = Seen(f, f.recorded(folder), "--debug-dir=" + tree, path=apple)
    seen.is_ok("dynsym", apple, "recorded", debug_file=None)
    want([w for w in seen.warnings if there in w and "build ID" in w], seen.warnings)
    want(there in seen.text, "info does not tell of it")


# --- files that are not the ones that ran ---

def refuse_named(f, command, file, dump, *words):
    """@file behind @command ends with 3, and a message of one line with all @words."""
    r = hprof(*command, file, *[dump] * (2 if command[0] == "diff" else 1), scratch=f.scratch,
              timeout=10)
    want(r.code == 3, "hprof %s ended with %d: %s" % (" ".join(command), r.code, r.err))
    want(r.out == "" and r.err.count("\n") == 1, "it printed: %s%s" % (r.out, r.err))
    for word in (file, *words):
        want(word in r.err, "no %r in: %s" % (word, r.err))


@case("another build at the same path, code as large: refused")
def other_build(f):
    folder = f.place()
    apple = f.copy(folder, f.shifted)
    seen = Seen(f, f.recorded(folder), path=apple).is_refused("mismatch", apple, "follow a call")
    want(re.search(r"\d+ of \d+ recorded return addresses follow a call", seen.warnings[0]),
         seen.warnings)
    want("pear_local" in names_of(seen.top), "no names of the library")


@case("another build at the same path, code larger: refused")
def larger_build(f):
    folder = f.place()
    apple = f.copy(folder, f.larger)
    seen = Seen(f, f.recorded(folder), path=apple).is_refused("mismatch", apple, "recorded code")
    want(re.search(r"recorded code of 0x\w+ bytes from offset 0x\w+ at 0x\w+, the file has 0x\w+",
                   seen.warnings[0]), seen.warnings)
    want("pear_local" in names_of(seen.top), "no names of the library")


@case("another build as BINARY: exit 3 and both sides")
def other_build_named(f):
    folder = f.place()
    apple = f.copy(folder)
    dump = f.recorded(folder)
    for command in (["top"], ["info"], ["diff", "--base-binary"]):
        refuse_named(f, command, f.shifted, dump, apple, "return addresses")
        refuse_named(f, command, f.larger, dump, apple, "recorded code of 0x", "the file has 0x")


@case("another build in front: the search goes on to the right one")
def search_goes_on(f):
    folder, root = f.place(), f.place()
    wrong = f.copy(folder, f.shifted)
    right = f.copy(root + NOWHERE)
    seen = Seen(f, f.recorded(NOWHERE), "--path-map=%s=%s" % (NOWHERE, folder), "--sysroot=" + root)
    seen.is_ok("dwarf", right, "sysroot")
    want(wrong in seen.text, seen.apple)


def patched(f, at, form, value):
    data = bytearray(read(f.apple))
    struct.pack_into(form, data, at, value)
    return bytes(data)


def odd_file(f, kind, path):
    """Make @path a file of @kind."""
    if kind == "FIFO":
        os.mkfifo(path)
    elif kind == "directory":
        os.mkdir(path)
    elif kind == "link to itself":
        os.symlink(path, path)
    elif kind == "empty file":
        write(path, b"")
    elif kind == "text file":
        write(path, "an apple a day\n" * 1000)
    elif kind == "object file":
        sh("gcc", "-c", "-o", path, f.apple_c)
    elif kind == "truncated in the code":
        write(path, read(f.apple)[:PAGE + 100])
    elif kind == "truncated in the ELF header":
        write(path, read(f.apple)[:40])
    elif kind == "other architecture":
        write(path, patched(f, 18, "<H", 183))  # e_machine: aarch64
    elif kind == "32-bit":
        write(path, patched(f, 4, "<B", 1))     # EI_CLASS
    elif kind == "other byte order":
        write(path, patched(f, 5, "<B", 2))     # EI_DATA


ODD = [("FIFO", "unreadable"), ("directory", "unreadable"), ("link to itself", "unreadable"),
       ("empty file", "unreadable"), ("text file", "unreadable"), ("object file", "unreadable"),
       ("truncated in the code", "unreadable"), ("truncated in the ELF header", "unreadable"),
       ("other architecture", "mismatch"), ("32-bit", None), ("other byte order", None)]


def found_odd(f, kind, status):
    folder = f.place()
    path = folder + "/apple"
    odd_file(f, kind, path)
    seen = Seen(f, f.recorded(folder), path=path)
    seen.is_refused(status or seen.apple["status"], path, "")
    want(seen.apple["status"] in ("unreadable", "mismatch"), seen.apple)


def named_odd(f, kind):
    path = f.place() + "/apple"
    odd_file(f, kind, path)
    refuse_named(f, ["top"], path, f.recorded(NOWHERE))


def base_odd(f, kind):
    path = f.place() + "/apple"
    odd_file(f, kind, path)
    refuse_named(f, ["diff", "--base-binary"], path, f.recorded(NOWHERE), NOWHERE + "/apple")


@case("library of another architecture: refused")
def other_library(f):
    folder = f.place()
    apple = f.copy(folder)
    data = bytearray(read(f.pear))
    struct.pack_into("<H", data, 18, 183)
    write(folder + "/libpear.so", bytes(data))
    seen = Seen(f, f.recorded(folder), path=apple).is_ok("dwarf", apple, "recorded")
    want(module(seen.info, folder + "/libpear.so")["status"] == "mismatch", seen.text)
    want(not any(n.startswith("pear") for n in names_of(seen.top)), "it was used")


def unreadable(f):
    """Root may read everything: then the tool runs as somebody else."""
    user = 65534 if os.geteuid() == 0 else None
    folder = f.place()
    path = f.copy(folder)
    dump = f.recorded(folder)
    os.chmod(path, 0)
    os.chmod(f.scratch, 0o755)
    home = f.place()
    os.chmod(home, 0o777)
    tool = shutil.copy(HPROF, home + "/hprof")
    r = hprof("info", "--json", dump, scratch=home, user=user, tool=tool)
    m = module(r.json(), path)
    want(m["status"] == "unreadable" and m["resolved"] == 0, m)
    want([w for w in r.json()["warnings"] if path in str(w) and "Permission denied" in str(w)],
         "warnings: %s" % r.json()["warnings"])
    r = hprof("diff", "--base-binary", path, dump, dump, scratch=home, user=user, tool=tool)
    want(r.code == 3 and "Permission denied" in r.err, "exit code %d: %s" % (r.code, r.err))


def run_all():
    report = Report()
    if not need(report, "gcc", "objcopy", "strip", "readelf"):
        return report.close()
    if not has_jemalloc():
        report.skip("everything", "libjemalloc.so.2 is missing")
        return report.close()
    with tempfile.TemporaryDirectory(prefix="hprof-files.") as scratch:
        scratch = os.path.realpath(scratch)
        f = Fruit(scratch)
        for name, function in CASES:
            run(report, name, function, f)
        for kind, status in ODD:
            run(report, kind + " where the program was: not used", found_odd, f, kind, status)
            run(report, kind + " as BINARY: exit 3", named_odd, f, kind)
            run(report, kind + " as --base-binary: exit 3", base_odd, f, kind)
        run(report, "file without permission to read", unreadable, f)
    return report.close()


if __name__ == "__main__":
    main(run_all)
