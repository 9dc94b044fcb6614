#!/usr/bin/env -S python3 -B
# named.py - files that are named for a module, files used by force, and shared debug files.
import os
import re
import shutil
import struct
import tempfile

from fit import returns
from files import BY_KIND, NOWHERE, Fruit, Seen, refuse_named
from support import (BASE, HPROF, PAGE, Report, capture, has_jemalloc, hprof, main, module, names_of, need, read,
                     run, segments, sh, want, write)

CASES = []
PEARS = {"pear_local", "pear_exported"}


def case(name):
    def keep(function):
        CASES.append((name, function))
        return function
    return keep


def pears(top):
    return {n for n in names_of(top) if n in PEARS}


# --- --binary ---

@case("--binary: a library by its path and by its base name")
def library(f):
    dump = f.recorded(NOWHERE)
    for name in (NOWHERE + "/libpear.so", "libpear.so"):
        seen = Seen(f, dump, "--binary=%s=%s" % (name, f.pear))
        m = module(seen.info, NOWHERE + "/libpear.so")
        want((m["status"], m["file"], m["found_by"]) == ("ok", f.pear, "binary"), m)
        want(m["with_line"] == m["resolved"] == m["addresses"], m)
        want(pears(seen.top) == PEARS, names_of(seen.top))
        want(seen.apple["status"] == "missing", seen.apple)


@case("--binary: the program, and several modules at once")
def several(f):
    Seen(f, f.recorded(NOWHERE), "--binary=apple=" + f.apple, "--binary", "libpear.so=" + f.pear).is_ok(
        "dwarf", f.apple, "binary")


@case("--binary goes before a file that is there")
def before_recorded(f):
    folder = f.place()
    f.copy(folder)
    seen = Seen(f, f.recorded(folder), "--binary=libpear.so=" + f.pear, path=folder + "/apple")
    want(module(seen.info, folder + "/libpear.so")["file"] == f.pear, seen.text)


@case("--binary: of several files for one module the one that fits")
def two_builds(f):
    seen = Seen(f, f.recorded(NOWHERE), "--binary=apple=" + f.shifted, "--binary=apple=" + f.apple)
    seen.is_ok("dwarf", f.apple, "binary")
    want([t for t in seen.apple["tried"] if f.shifted in t], seen.apple)


@case("--binary goes with --sysroot")
def with_sysroot(f):
    seen = Seen(f, f.recorded(NOWHERE), "--sysroot=" + f.place(), "--binary=apple=" + f.apple)
    seen.is_ok("dwarf", f.apple, "binary")
    want(not any("libc_start" in n for n in names_of(seen.top)), "libc of the host was used")


def fails(f, code, words, *argv):
    r = hprof("top", *argv, scratch=f.scratch, timeout=10)
    want(r.code == code, "exit code %d: %s" % (r.code, r.err))
    want(r.out == "" and r.err.count("\n") == 1, "it printed: %s%s" % (r.out, r.err))
    for word in words:
        want(word in r.err, "no %r in: %s" % (word, r.err))


@case("--binary of a module that is not in the profile: exit 3")
def no_such_module(f):
    dump = f.recorded(NOWHERE)
    fails(f, 3, ["libplum.so", f.pear], "--binary=libplum.so=" + f.pear, dump)
    fails(f, 3, ["/elsewhere/libpear.so"], "--binary=/elsewhere/libpear.so=" + f.pear, dump)
    fails(f, 3, ["[vdso]"], "--binary=[vdso]=" + f.pear, dump)


@case("--binary of a base name that two modules have: exit 3 and both paths")
def ambiguous(f):
    text = read(f.recorded(NOWHERE)).decode()
    lines = [line for line in text.splitlines() if NOWHERE + "/libpear.so" in line]
    move = int(lines[0].split("-")[0], 16) - 0x7e0000000000
    for line in lines:
        start, limit = (int(x, 16) - move for x in line.split()[0].split("-"))
        text += "%x-%x %s\n" % (start, limit, line.split(None, 1)[1].replace(NOWHERE, "/second"))
    dump = write(f.place() + "/dump.heap", text)
    fails(f, 3, [NOWHERE + "/libpear.so", "/second/libpear.so"], "--binary=libpear.so=" + f.pear, dump)
    seen = Seen(f, dump, "--binary=%s/libpear.so=%s" % (NOWHERE, f.pear))
    want(pears(seen.top) == PEARS, names_of(seen.top))


@case("--binary without MODULE or FILE: exit 2")
def bad_form(f):
    for value in ("libpear.so", "=x", ""):
        fails(f, 2, ["--binary", "MODULE=FILE"], "--binary=" + value, f.recorded(NOWHERE))


# --- files that cannot be used ---

def other_machine(f, path):
    sh("aarch64-linux-gnu-gcc", "-shared", "-fPIC", "-nostdlib", "-o", path,
       os.path.join(f.scratch, "pear.c"))


def another_build(f, path):
    text = read(os.path.join(f.scratch, "pear.c")).decode()
    c = write(f.place() + "/pear.c", text.replace("malloc(300)", "calloc(300, 7 + (int)(long)pear_kept)"))
    sh("gcc", "-g", "-O0", "-fPIC", "-shared", "-o", path, c)


def odd_library(f, kind, path):
    if kind == "another build":
        another_build(f, path)
    elif kind == "a larger build":
        text = read(os.path.join(f.scratch, "pear.c")).decode()
        c = write(f.place() + "/pear.c", text + 'char more[20000] __attribute__((section(".text#"))) = {1};')
        sh("gcc", "-g", "-O1", "-fPIC", "-shared", "-o", path, c)
    elif kind == "truncated":
        write(path, read(f.pear)[:0x1040])
    elif kind == "directory":
        os.mkdir(path)
    elif kind == "FIFO":
        os.mkfifo(path)
    elif kind == "text file":
        write(path, "a pear a day\n" * 2000)
    elif kind == "aarch64":
        other_machine(f, path)


ODD = {  # what the warning or error says of each
    "another build": "mismatch", "a larger build": "mismatch", "truncated": "unreadable",
    "directory": "unreadable", "FIFO": "unreadable", "text file": "unreadable", "aarch64": "mismatch",
}


def found_odd(f, kind, status):
    """Found by search: passed over with one warning, and the rest has names."""
    folder = f.place()
    apple = f.copy(folder)
    path = folder + "/libpear.so"
    os.remove(path)
    odd_library(f, kind, path)
    seen = Seen(f, f.recorded(folder), path=apple).is_ok("dwarf", apple, "recorded")
    m = module(seen.info, path)
    want((m["status"], m["resolved"]) == (status, 0), m)
    want(not pears(seen.top), "it was used: %s" % names_of(seen.top))
    want(len([w for w in seen.warnings if path in w]) == 1, seen.warnings)


def named_odd(f, kind):
    path = f.place() + "/libpear.so"
    odd_library(f, kind, path)
    dump = f.recorded(NOWHERE)
    fails(f, 3, [path, NOWHERE + "/libpear.so"], "--binary=libpear.so=" + path, dump)
    fails(f, 3, [path, NOWHERE + "/libpear.so"], "--binary=%s/libpear.so=%s" % (NOWHERE, path), dump)


@case("--binary without permission to read: exit 3")
def unreadable(f):
    user = 65534 if os.geteuid() == 0 else None
    home = f.place()
    pear = shutil.copy(f.pear, home + "/libpear.so")
    dump = shutil.copy(f.recorded(NOWHERE), home + "/dump.heap")
    os.chmod(pear, 0)
    os.chmod(f.scratch, 0o755)
    os.chmod(home, 0o777)
    tool = shutil.copy(HPROF, home + "/hprof")
    r = hprof("top", "--binary=libpear.so=" + pear, dump, scratch=home, user=user, tool=tool)
    want(r.code == 3 and pear in r.err and "Permission denied" in r.err, "%d: %s" % (r.code, r.err))


# --- --force-binary ---

@case("--force-binary: another build that was found is used, and a warning says so")
def force_found(f):
    folder = f.place()
    apple = f.copy(folder, f.shifted)
    seen = Seen(f, f.recorded(folder), "--force-binary", path=apple)
    seen.has(status="ok", symbols="dwarf", file=apple, found_by="recorded")
    want("follow a call" in seen.apple["note"] and "force" in seen.apple["note"], seen.apple)
    want(len(seen.warnings) == 1 and "not the file that ran" in seen.warnings[0] and
         "used by force" in seen.warnings[0] and "follow a call" in seen.warnings[0], seen.warnings)
    want(seen.names & BY_KIND["dwarf"], "no names: %s" % seen.names)


@case("--force-binary: another build that was named is used")
def force_named(f):
    folder = f.place()
    apple = f.copy(folder)
    for build in (f.shifted, f.larger):
        seen = Seen(f, f.recorded(folder), "--force-binary", binary=build, path=apple)
        seen.has(status="ok", file=build, found_by="binary")
        want("although it does not fit" in seen.apple["note"] and seen.warnings == [], seen.warnings)


@case("--force-binary: what was named is used without a word, what was found beside it with a warning")
def force_both(f):
    folder = f.place()
    f.copy(folder)
    pear = shutil.copy(f.shifted, folder + "/libpear.so")
    dump = f.recorded(folder)
    seen = Seen(f, dump, "--force-binary", binary=f.shifted, path=folder + "/apple")
    want(len(seen.warnings) == 1 and pear in seen.warnings[0] and "by force" in seen.warnings[0], seen.warnings)
    for option in ("--binary=libpear.so=" + pear, "--path-map=%s=%s" % (folder, folder)):
        seen = Seen(f, dump, "--force-binary", option, binary=f.shifted, path=folder + "/apple")
        want(seen.warnings == [], seen.warnings)


@case("--force-binary: a file with no function at any address is said to be of no use")
def force_useless(f):
    folder = f.place()
    source = write(folder + "/none.s", ".globl _start\n.type _start,@function\n_start: ret\n.size _start,1\n"
                                       ".space 65536\n")
    sh("gcc", "-nostdlib", "-o", folder + "/none", source)
    seen = Seen(f, f.recorded(NOWHERE), "--force-binary", binary=folder + "/none", path=NOWHERE + "/apple")
    want(any("lies in a function of it" in w for w in seen.warnings), seen.warnings)


@case("--force-binary: a file that fits goes first")
def force_fitting(f):
    folder, root = f.place(), f.place()
    f.copy(folder, f.shifted)
    right = f.copy(root + NOWHERE)
    seen = Seen(f, f.recorded(NOWHERE), "--force-binary", "--path-map=%s=%s" % (NOWHERE, folder),
                "--sysroot=" + root)
    seen.is_ok("dwarf", right, "sysroot")


@case("--force-binary: what is no program stays refused")
def force_nothing(f):
    path = write(f.place() + "/apple", "an apple a day\n")
    dump = f.recorded(NOWHERE)
    fails(f, 3, [path], "--force-binary", "--binary=apple=" + path, dump)
    cut = write(f.place() + "/apple", read(f.apple)[:4200])
    fails(f, 3, [cut, "truncated"], "--force-binary", cut, dump)


@case("--force-binary: code of another machine")
def force_machine(f):
    path = f.place() + "/libpear.so"
    other_machine(f, path)
    seen = Seen(f, f.recorded(NOWHERE), "--force-binary", "--binary=libpear.so=" + path)
    m = module(seen.info, NOWHERE + "/libpear.so")
    want((m["status"], m["file"]) == ("ok", path), m)


# --- mappings ---

class Split:
    """A dump of a program with several pages of code, whose mapping can be cut to pieces."""

    def __init__(self, f):
        self.folder = f.place()
        self.apple = f.copy(self.folder, f.larger)
        self.text = read(f.recorded_by(self.apple)).decode()
        self.line = re.search(r"^.* r-xp .* %s$" % re.escape(self.apple), self.text, re.M).group(0)
        span, _, offset, self.rest = self.line.split(None, 3)
        self.start, self.limit = (int(x, 16) for x in span.split("-"))
        self.offset = int(offset, 16)
        self.pages = (self.limit - self.start) // PAGE
        want(self.pages > 4, "only %d pages of code" % self.pages)

    def piece(self, first, limit, perms="r-xp", rest=None):
        at = self.start + first * PAGE
        return "%x-%x %s %08x %s\n" % (at, self.start + limit * PAGE, perms,
                                       0 if rest == "" else self.offset + first * PAGE,
                                       "00:00 0" if rest == "" else self.rest)

    def seen(self, f, *pieces):
        text = self.text.replace(self.line + "\n", "".join(pieces))
        return Seen(f, write(f.place() + "/dump.heap", text), path=self.apple)


@case("code that was split by mprotect, or has a part replaced by other memory")
def split_code(f):
    s = Split(f)
    n = s.pages
    for pieces in ([s.piece(0, n)],
                   [s.piece(0, 1), s.piece(1, n)],
                   [s.piece(0, 2), s.piece(2, 3, "rwxp"), s.piece(3, n)],
                   [s.piece(0, 2), s.piece(2, 3, "r--p"), s.piece(3, n)],
                   [s.piece(0, 2), s.piece(2, 3, "rw-p"), s.piece(3, 4, "---p"), s.piece(4, n)],
                   [s.piece(0, 2), s.piece(2, 4, rest=""), s.piece(4, n)],
                   [s.piece(0, 2), s.piece(4, n)]):
        seen = s.seen(f, *pieces)
        seen.has(status="ok", symbols="dwarf")
        want(seen.warnings == [], "%s: %s" % (pieces, seen.warnings))
        want(BY_KIND["dwarf"] & seen.names, "%s: %s" % (pieces, seen.names))


@case("code that was mapped in part, or beyond its end: refused")
def cut_code(f):
    s = Split(f)
    n = s.pages
    for pieces in ([s.piece(0, n - 1)], [s.piece(0, 2), s.piece(2, n - 1, "r--p")],
                   [s.piece(0, n + 1)], [s.piece(0, 2), s.piece(3, n + 1)]):
        seen = s.seen(f, *pieces)
        want(seen.apple["status"] == "mismatch", "%s: %s" % (pieces, seen.apple))


@case("pages of 4, 16 and 64 KiB")
def page_sizes(f):
    for compiler, machine_page in (("gcc", 4096), ("aarch64-linux-gnu-gcc", 65536)):
        path = f.place() + "/program"
        c = write(f.place() + "/p.c", "int twice(int x) { return 2 * x; }\n"
                  "int main(int c, char **v) { return twice(c); }\n")
        sh(compiler, "-g", "-O0", "-Wl,-z,separate-code" if machine_page == 4096 else "-g", "-o", path, c)
        image = read(path)
        at = returns(path, compiler.replace("gcc", "objdump"), ["main"])[0]
        for page in (4096, 16384, 65536):
            if page > machine_page:
                continue
            lines = ["heap_v2/1", "@ 0x%x" % (BASE + at), "  t*: 1: 16 [0: 0]", "MAPPED_LIBRARIES:"]
            for offset, vaddr, length, flags in segments(image):
                lines.append("%x-%x %s%s%sp %08x 08:01 4711   %s" % (
                    BASE + vaddr // page * page, BASE + -(-(vaddr + length) // page) * page,
                    "r" if flags & 4 else "-", "w" if flags & 2 else "-", "x" if flags & 1 else "-",
                    offset // page * page, path))
            seen = Seen(f, write(f.place() + "/dump.heap", "\n".join(lines) + "\n"), path=path)
            seen.has(status="ok", symbols="dwarf", resolved=1, with_line=1)
            want(seen.names == {"main"}, "%d: %s" % (page, seen.names))


# --- debug files ---

@case("--sysroot: links to debug files stay in it")
def debug_links(f):
    root = f.place()
    debug, build_id = f.stripped(root + NOWHERE)
    there = "%s/usr/lib/debug/.build-id/%s/%s.debug" % (root, build_id[:2], build_id[2:])
    write(root + "/opt/apple.debug", read(debug))
    os.makedirs(os.path.dirname(there))
    os.symlink("/opt/apple.debug", there)
    seen = Seen(f, f.recorded(NOWHERE), "--sysroot=" + root)
    seen.is_ok("dwarf", root + NOWHERE + "/apple", "sysroot", debug_file=root + "/opt/apple.debug",
               debug_found_by="build-id")
    os.remove(there)
    os.symlink("../" * 30 + debug[1:], there)  # a file of the host
    Seen(f, f.recorded(NOWHERE), "--sysroot=" + root).is_ok(
        "dynsym", root + NOWHERE + "/apple", "sysroot", debug_file=None)


def shared(f, folder, link):
    """Two programs below @folder whose debug information is partly in the file @link."""
    apple = f.copy(folder)
    shutil.copy(f.shifted, folder + "/shifted")
    os.makedirs(os.path.dirname(folder + link), exist_ok=True)
    sh("dwz", "-m", folder + link, "-M", link, apple, folder + "/shifted")
    want("debugaltlink" in sh("readelf", "-SW", apple), "dwz shared nothing")
    return apple


@case(".gnu_debugaltlink: by path map, in a sysroot, by build ID; nothing of the host with a sysroot")
def altlink(f):
    root, tree = f.place(), f.place()
    link = f.place() + "/shared.dwz"
    apple = shared(f, root, link)
    os.rename(root + "/apple", root + "/apple.built")
    os.makedirs(root + NOWHERE)
    apple = shutil.move(root + "/apple.built", root + NOWHERE + "/apple")
    dump = f.recorded(NOWHERE)
    alt = root + link
    build_id = re.search(r"Build ID: (\w+)", sh("readelf", "-n", alt)).group(1)
    by_root = ["--sysroot=" + root]
    Seen(f, dump, *by_root).is_ok("dwarf", apple, "sysroot", alt_file=alt, alt_found_by="altlink")
    away = shutil.move(alt, tree + "/moved.dwz")
    # the host has a file at the very path, which is not to be used
    shutil.copy(away, link)
    seen = Seen(f, dump, *by_root)
    want("alt_file" not in seen.apple, "used: %r" % seen.apple)
    Seen(f, dump, "--path-map=%s=%s" % (NOWHERE, root + NOWHERE)).is_ok(
        "dwarf", apple, "path-map", alt_file=link, alt_found_by="altlink")
    os.remove(link)
    Seen(f, dump, *by_root, "--path-map=%s=%s" % (link, away)).is_ok(
        "dwarf", apple, "sysroot", alt_file=away, alt_found_by="altlink")
    there = write("%s/.build-id/%s/%s.debug" % (tree, build_id[:2], build_id[2:]), read(away))
    Seen(f, dump, *by_root, "--debug-dir=" + tree).is_ok(
        "dwarf", apple, "sysroot", alt_file=there, alt_found_by="build-id")
    data = bytearray(read(there))
    at = bytes(data).index(bytes.fromhex(build_id))
    struct.pack_into("<B", data, at, data[at] ^ 1)
    write(there, bytes(data))
    seen = Seen(f, dump, *by_root, "--debug-dir=" + tree)
    want("alt_file" not in seen.apple, "another build ID was used: %r" % seen.apple)


@case("info: what was tried, and how many addresses got a line")
def tried(f):
    folder, tree = f.place(), f.place()
    _, build_id = f.stripped(folder)
    wrong = write("%s/.build-id/%s/%s.debug" % (tree, build_id[:2], build_id[2:]), read(f.shifted))
    seen = Seen(f, f.recorded(folder), "--debug-dir=" + tree, path=folder + "/apple")
    m = seen.apple
    want(m["with_line"] == 0 and 0 < m["resolved"] < m["addresses"], m)
    want(m["tried"][0].startswith("build-id: %s: has another build ID" % wrong), m["tried"])
    want("tried       build-id: " + wrong in seen.text, seen.text)
    want(re.search(r"addresses   0 with a line, %d with a function only, %d with the module only" % (
        m["resolved"], m["addresses"] - m["resolved"]), seen.text), seen.text)


def run_all():
    report = Report()
    if not need(report, "gcc", "objcopy", "strip", "readelf", "dwz", "aarch64-linux-gnu-gcc"):
        return report.close()
    if not has_jemalloc():
        report.skip("everything", "libjemalloc.so.2 is missing")
        return report.close()
    with tempfile.TemporaryDirectory(prefix="hprof-named.") as scratch:
        f = Fruit(os.path.realpath(scratch))
        for name, function in CASES:
            run(report, name, function, f)
        for kind, status in ODD.items():
            run(report, kind + " where a library was: not used", found_odd, f, kind, status)
            run(report, kind + " by --binary: exit 3", named_odd, f, kind)
    return report.close()


if __name__ == "__main__":
    main(run_all)
