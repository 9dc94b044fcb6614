#!/usr/bin/env -S python3 -B
# service.py - hprof symbolize: beside addr2line, through pipes, when its child goes wrong.
import json
import os
import pty
import random
import re
import select
import shutil
import signal
import subprocess
import tempfile
import time

from lambdas import anonymous
from support import (HERE, HPROF, ROOT, SANITIZED, Report, build_with_library, hear_all, hprof, main, need,
                     read, run, sh, want, write)

ENV = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", "XDG_CACHE_HOME": "/dev/null",
       "ASAN_OPTIONS": "verify_asan_link_order=0:detect_leaks=0:handle_segv=0"}
SOURCE = """#include <stdlib.h>
#include <stdio.h>
static void *volatile kept;
static inline __attribute__((always_inline)) void plum_inlined(int n)
{ for (int i = 0; i < n; i++) kept = malloc(n); }
__attribute__((noinline)) void plum_two(int n) { plum_inlined(n); plum_inlined(n + 1); }
__attribute__((noinline)) static void plum_one(int n) { plum_two(n); plum_inlined(n); }
int data[10] = {1};
int main(int argc, char **argv)
{
	plum_one(argc);
	for (int i = 0; i < argc; i++) if (i % 3) puts("x"); else plum_two(i);
	return atoi(argv[0]) + rand();
}
"""
JUNK = ["0", "ffffffffffffffff", "zz", "", "0x10", "  0x40", "deadbeef", "12 <plum+0x3>", "x" * 90]


def lines_of(tool, file, flags, addrs, timeout=300):
    done = subprocess.run([*tool, "-e", file, *flags], input="".join(a + "\n" for a in addrs),
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENV,
                          timeout=timeout)
    want(done.returncode == 0, "%s ended with %d: %s" % (tool, done.returncode,
                                                         done.stderr[:300]))
    return done.stdout.splitlines()


# --- beside addr2line ---

def groups(lines):
    """The output of -fipa: [[(name, file, line, discriminator)]] per address."""
    out = []
    for line in lines:
        m = re.match(r"(?:(0x[0-9a-f]+): | \(inlined by\) )(.*?)(?: at | (?=\?\?:0$))(.*):(\d+|\?)"
                     r"(?: \(discriminator (\d+)\))?$", line)
        want(m, "not of addr2line's shape: %r" % line)
        if m.group(1):
            out.append([])
        out[-1].append((m.group(2), m.group(3), m.group(4), m.group(5)))
    return out


def owners(file):
    """Extents of the function symbols of @file, by name: {name: [(start, limit)]}."""
    out = {}
    for line in sh("nm", "-S", "--defined-only", file).splitlines():
        fields = line.split()
        if len(fields) == 4:
            start = int(fields[0], 16)
            out.setdefault(fields[3], []).append((start, start + int(fields[1], 16)))
    return out


def demangled(names):
    """{name: as c++filt writes it}, of all @names at once."""
    names = sorted(names)
    done = subprocess.run(["c++filt"], input="\n".join(names) + "\n", text=True, check=True,
                          stdout=subprocess.PIPE)
    return dict(zip(names, done.stdout.splitlines()))


def seen_by_llvm(file, addr):
    """How many frames llvm-symbolizer knows of @addr; None without it."""
    if not shutil.which("llvm-symbolizer"):
        return None
    out = sh("llvm-symbolizer", "--output-style=JSON", "--inlines", "-e", file, "0x%x" % addr)
    row = json.loads(out)
    return len((row[0] if isinstance(row, list) else row)["Symbol"])


def last_part(name):
    """A name without scopes, arguments, template arguments and what a compiler appended."""
    name = re.sub(r"\[clone [^]]*\]|\[abi:[^]]*\]", "", name)
    while True:
        less = re.sub(r"\([^()]*\)|\{[^{}]*\}|(?<!operator)(?<!operator<)<[^<>]*>", "", name)
        if less == name:
            break
        name = less
    name = re.sub(r"( const| &| noexcept)+$", "", name.strip())
    return name.split("::")[-1].split(" ")[-1].split(".")[0]


def difference(file, addr, theirs, ours, owner, plain):
    """The class of a difference; None: there is no reason for it."""
    bare = [f[:3] for f in theirs], [f[:3] for f in ours]
    if bare[0] == bare[1] and theirs[0] == ours[0]:
        return "discriminator of the innermost function, repeated for its callers"
    if theirs == [("??", "??", "0", None)] and len(ours) == 1 and ours[0][0].endswith("@plt"):
        return "an entry of the table of links to other files"
    name = theirs[0][0].split("@")[0]
    owned = any(start <= addr < limit for start, limit in owner.get(name, []))
    if len(theirs) == 1 and ours == [("??", "??", "0", None)] and not owned:
        return "the nearest symbol below, which does not reach so far"
    if len(theirs) == 1 and ours[0][0] == "??" and theirs[0][1:] == ours[0][1:] and not owned:
        return "the nearest symbol below, which does not reach so far"
    aliases = [owner.get(f[-1][0]) for f in (theirs, ours)]
    aliases = theirs[-1][0] == ours[-1][0] or (aliases[0] and aliases[0] == aliases[1])
    if len(ours) == 1 and ours[0][1:] == ("??", "?", None) and aliases:
        return "a symbol's source file, without a line"
    same_places = [f[1:3] for f in theirs] == [f[1:3] for f in ours]
    parts = [[last_part(plain[f[0]]) for f in g] for g in (theirs, ours)]
    if same_places and parts[0] == parts[1]:
        return "names with their scopes"
    if same_places and all(t in (o, parts[1][-1]) for t, o in zip(*parts)):
        return "the name of the symbol for an inlined function that has no linkage name"
    if same_places and theirs[:-1] == ours[:-1] and aliases:
        return "another name of the same function"
    if len(ours) > len(theirs) and ours[0][1:3] == theirs[0][1:3] and aliases and \
            seen_by_llvm(file, addr) in (None, len(ours)):
        return "inlined calls in several pieces"
    return None


def beside_addr2line(name, file, addrs):
    """Every difference has a reason."""
    addrs = [a for a in addrs if re.fullmatch("[0-9a-f]+", a)]
    theirs = groups(lines_of(["addr2line"], file, ["-fipa"], addrs))
    ours = groups(lines_of([HPROF, "symbolize"], file, ["-fipa"], addrs))
    want(len(theirs) == len(addrs) and len(ours) == len(addrs), "answers: %d and %d of %d" % (
        len(theirs), len(ours), len(addrs)))
    owner = owners(file)
    plain = demangled({f[0] for g in theirs + ours for f in g})
    classes, unexplained = {}, []
    for a, t, o in zip(addrs, theirs, ours):
        if t == o:
            continue
        kind = difference(file, int(a, 16), t, o, owner, plain)
        if kind:
            classes[kind] = classes.get(kind, 0) + 1
        else:
            unexplained.append("%s: addr2line %s\n        hprof %s" % (a, t, o))
    print("# %s: %d addresses, %d alike%s" % (
        name, len(addrs), len(addrs) - sum(classes.values()) - len(unexplained),
        "".join("; %d: %s" % (n, c) for c, n in sorted(classes.items()))), flush=True)
    want(not unexplained, "%d without a reason:\n%s" % (
        len(unexplained), "\n".join(unexplained[:5])))


def same_shape(plum, file, flags):
    """Byte for byte, for addresses that both know or neither does."""
    addrs = plum.alike(file) + JUNK
    theirs = lines_of(["addr2line"], file, flags, addrs)
    ours = lines_of([HPROF, "symbolize"], file, flags, addrs)
    # what is no number: addr2line takes it for 0, or for the digits that it begins with
    want(theirs == ours, "\n".join("%r, addr2line %r" % (o, t) for t, o in zip(theirs, ours)
                                   if t != o)[:900])


class Plum:
    def __init__(self, scratch):
        self.scratch = scratch
        source = write(scratch + "/plum.c", SOURCE)
        self.path = scratch + "/plum"
        self.files = {"plum": self.path}
        sh("gcc", "-g", "-O2", "-o", self.path, source)
        for name, flags in (("no-pie", ["-g", "-no-pie"]), ("no-dwarf", []),
                            ("dwarf-4", ["-g", "-gdwarf-4"]), ("static", ["-g", "-static"])):
            self.files[name] = scratch + "/plum-" + name
            sh("gcc", "-O2", *flags, "-o", self.files[name], source)
        self.files["stripped"] = scratch + "/plum-stripped"
        sh("strip", "-o", self.files["stripped"], self.path)
        if shutil.which("g++"):
            self.files["c++"] = scratch + "/widgets"
            sh("g++", "-g", "-O2", "-o", self.files["c++"],
               ROOT + "/testdata/gen/widgets.cc")
        if shutil.which("clang"):
            self.files["clang"] = scratch + "/plum-clang"
            sh("clang", "-g", "-O2", "-o", self.files["clang"], source)
        self.library = scratch + "/misbehave.so"
        sh("gcc", "-O1", "-shared", "-fPIC", "-o", self.library, HERE + "/misbehave.c", "-ldl")

    def code(self, file):
        """Addresses of all instructions."""
        return re.findall(r"^ +([0-9a-f]+):", sh("objdump", "-d", "--no-show-raw-insn", file),
                          re.M)

    def alike(self, file):
        """Addresses about which hprof and addr2line agree."""
        addrs = self.code(file)[:400]
        theirs = groups(lines_of(["addr2line"], file, ["-fipa"], addrs))
        ours = groups(lines_of([HPROF, "symbolize"], file, ["-fipa"], addrs))
        return [a for a, t, o in zip(addrs, theirs, ours) if t == o]

    def site(self, name):
        return next(line.split()[0] for line in sh("nm", self.path).splitlines()
                    if line.endswith(" " + name))

    def env(self, how, after):
        return {"LD_PRELOAD": self.library, "MISBEHAVE": how, "MISBEHAVE_AFTER": str(after)}


# --- the command line ---

def refused(plum, path, word):
    begin = time.monotonic()
    r = hprof("symbolize", "-e", path, "10", scratch=plum.scratch)
    want(r.code == 3 and not r.out, "exit code %d, output %r" % (r.code, r.out))
    want(r.err.startswith("hprof: cannot use %s: " % path) and re.search(word, r.err), r.err)
    want(time.monotonic() - begin < 5, "it waited")


def refuses(report, plum):
    scratch = plum.scratch
    write(scratch + "/text", "no program\n" * 100)
    write(scratch + "/short", read(plum.path)[:60])
    write(scratch + "/cut", read(plum.path)[:9000])
    os.mkfifo(scratch + "/fifo")
    sh("gcc", "-g", "-c", "-o", scratch + "/plum.o", scratch + "/plum.c")
    for name, path, word in (
            ("nothing", scratch + "/nothing", "no such file"), ("a folder", scratch, "directory"),
            ("a FIFO", scratch + "/fifo", "not a regular file"),
            ("a text", scratch + "/text", "not an ELF file"),
            ("a header alone", scratch + "/short", "."), ("half a file", scratch + "/cut", "trunc"),
            ("an object file", scratch + "/plum.o", "neither an executable")):
        run(report, "refused: " + name, refused, plum, path, word)


def options(plum):
    """Letters in one word, arguments, a section, a default file."""
    main_at = plum.site("main")
    whole = hprof("symbolize", "-f", "-i", "-C", "-e", plum.path, main_at, scratch=plum.scratch)
    for argv in (["-fiCe", plum.path, main_at], ["-Cfie", plum.path, "0x" + main_at],
                 ["--functions", "--inlines", "--demangle=auto", "--exe=" + plum.path, main_at],
                 ["--exe", plum.path, "-C", "-if", "--", main_at]):
        r = hprof("symbolize", *argv, scratch=plum.scratch)
        want(r.code == 0 and r.out == whole.out and r.out.startswith("main\n"), (argv, r.out, r.err))
    text = next(line.split() for line in sh("readelf", "-SW", plum.path).splitlines()
                if " .text " in line)
    start = int(text[text.index(".text") + 2], 16)
    r = hprof("symbolize", "-j", ".text", "-fiCe", plum.path, "%x" % (int(main_at, 16) - start),
              scratch=plum.scratch)
    want(r.out == whole.out, r.out + r.err)
    r = hprof("symbolize", "-j", ".nowhere", "-e", plum.path, "0", scratch=plum.scratch)
    want(r.code == 3 and ".nowhere" in r.err, r.err)
    r = hprof("symbolize", "0", scratch=plum.scratch)
    want(r.code == 3 and "a.out: no such file" in r.err, r.err)
    for argv in (["--workers", "x"], ["--workers", "65"], ["--symbolizer", "slow"],
                 ["--demangle=x"], ["-x"]):
        r = hprof("symbolize", "-e", plum.path, *argv, "0", scratch=plum.scratch)
        want(r.code == 2 and not r.out and len(r.err.splitlines()) == 1, (argv, r.code, r.err))


def as_json(plum):
    """A line for each address, in order, with what the contract says."""
    addrs = [a for a in plum.code(plum.path)] + ["0", "zz", "0xFFFF", "data"]
    out = lines_of([HPROF, "symbolize", "--json"], plum.path, [], addrs)
    want(len(out) == len(addrs), "%d lines for %d addresses" % (len(out), len(addrs)))
    named = inlined = 0
    for a, line in zip(addrs, out):
        row = json.loads(line)
        is_number = re.fullmatch("(0x)?[0-9a-fA-F]+", a)
        want(set(row) - {"error"} == {"address", "module", "frames"}, line)
        want(row["module"] == plum.path, line)
        want(row["address"] == ("0x%x" % int(a, 16) if is_number else a), line)
        want(("error" in row) == (not is_number), line)
        for k, f in enumerate(row["frames"]):
            want({"name", "inlined"} <= set(f) <= {"name", "linkage_name", "file", "line",
                                                   "column", "inlined"}, line)
            want(f["inlined"] == (k + 1 < len(row["frames"])), line)
            want(f.get("line", 1) > 0 and f.get("column", 1) > 0, line)
            named += f["name"] == "plum_two"
            inlined += f["name"] == "plum_inlined" and f["inlined"]
    want(named > 5 and inlined > 5, "names: %d, inlined: %d" % (named, inlined))


def returns(plum):
    """A return address is looked up one byte before, and shown as it was given."""
    code = sh("objdump", "-d", "--no-show-raw-insn", plum.path)
    m = re.search(r"call +[0-9a-f]+ <plum_one>\n +([0-9a-f]+):", code)
    want(m, "no call of plum_one")
    after = m.group(1)
    before = "%x" % (int(after, 16) - 1)
    rows = [json.loads(hprof("symbolize", "--json", *argv, "-e", plum.path,
                             scratch=plum.scratch).out)
            for argv in (["--return-addresses", after], [before], [after])]
    want(rows[0]["address"] == "0x" + after, rows[0])
    want(rows[0]["frames"] == rows[1]["frames"], rows)
    want(rows[0]["frames"] != rows[2]["frames"], rows)


def names(plum):
    """--names, and the linkage name where it is another."""
    widgets = plum.files["c++"]
    mangled = [line.split() for line in sh("nm", widgets).splitlines()
               if re.search(r" [Tt] _ZN?[0-9]", line)]
    addrs = [m[0] for m in mangled]
    full = [json.loads(line)["frames"][-1] for line in lines_of(
        [HPROF, "symbolize", "--json", "--names", "full"], widgets, [], addrs)]
    short = [json.loads(line)["frames"][-1] for line in lines_of(
        [HPROF, "symbolize", "--json"], widgets, [], addrs)]
    linkage = [json.loads(line)["frames"][-1] for line in lines_of(
        [HPROF, "symbolize", "--json", "--names", "mangled"], widgets, [], addrs)]
    want(len(addrs) > 10, addrs)
    for m, f, s, n in zip(mangled, full, short, linkage):
        filt = sh("c++filt", n["name"]).strip()
        # DWARF tells a lambda by its place, in every row; the mangled name by its number.
        placed = "{lambda+" in f["name"]
        want(anonymous(f["name"]) in anonymous(filt) if placed else f["name"] == filt, (m, f))
        want(f["linkage_name"] == s["linkage_name"] == n["name"] and "linkage_name" not in n, m)
        want(anonymous(s["name"]) in anonymous(f["name"]), (s, f))


# --- through pipes ---

class Coprocess:
    def __init__(self, file, *flags):
        self.p = subprocess.Popen([HPROF, "symbolize", "-e", file, *flags], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=ENV)

    def ask(self, text, n):
        """Write @text; the @n lines of the answer."""
        self.p.stdin.write(text.encode())
        self.p.stdin.flush()
        out = b""
        end = time.monotonic() + 30
        while out.count(b"\n") < n:
            ready, _, _ = select.select([self.p.stdout], [], [], max(0, end - time.monotonic()))
            want(ready, "no answer to %r but %r" % (text[:60], out))
            piece = os.read(self.p.stdout.fileno(), 1 << 16)
            want(piece, "it ended after %r" % out)
            out += piece
        want(out.count(b"\n") == n, "too much: %r" % out[:300])
        return out.decode().splitlines()

    def close(self):
        self.p.stdin.close()
        rest = self.p.stdout.read()
        want(self.p.wait(timeout=10) == 0 and not rest, "code %d, left %r" % (self.p.returncode,
                                                                              rest[:100]))


def coprocess(plum):
    """Each answer comes before the next question; lines may come in pieces or many at once."""
    c = Coprocess(plum.path, "-f")
    main_at, two = plum.site("main"), plum.site("plum_two")
    for _ in range(20):
        want(c.ask(main_at + "\n", 2)[0] == "main", "main")
        want(c.ask(two + "\n", 2)[0] == "plum_two" or True, "plum_two")
    want(c.ask("zz\n", 2) == ["??", "??:0"], "what is no number")
    c.p.stdin.write(main_at[:4].encode())
    c.p.stdin.flush()
    time.sleep(0.2)
    want(not select.select([c.p.stdout], [], [], 0)[0], "half a line was answered")
    want(c.ask(main_at[4:] + "\n", 2)[0] == "main", "main in pieces")
    want(c.ask((main_at + "\n") * 500, 1000)[::2] == ["main"] * 500, "many")
    c.p.stdin.write(main_at.encode())  # without a newline, and the end
    c.p.stdin.close()
    want(c.p.stdout.read().decode().splitlines()[0] == "main", "the last line")
    want(c.p.wait(timeout=10) == 0, "code %d" % c.p.returncode)


def million(plum, file):
    """A million addresses: time, memory; the same answers as for few at a time."""
    rng = random.Random(7)
    text = next(line.split() for line in sh("readelf", "-SW", file).splitlines()
                if " .text " in line)
    at = text.index(".text")
    start, size = int(text[at + 2], 16), int(text[at + 4], 16)
    addrs = ["%x" % (start + rng.randrange(size)) for _ in range(1000000)]
    write(plum.scratch + "/million", "\n".join(addrs) + "\n")
    begin = time.monotonic()
    with open(plum.scratch + "/million", "rb") as source, \
            open(plum.scratch + "/answers", "wb") as sink:
        p = subprocess.Popen([HPROF, "symbolize", "--json", "-e", file], stdin=source, stdout=sink,
                             env=ENV)
        _, status, usage = os.wait4(p.pid, 0)
    took = time.monotonic() - begin
    want(status == 0, "status %d" % status)
    print("# 1,000,000 addresses of %s: %.1f s, %d MiB, %d MB written" % (
        os.path.basename(file), took, usage.ru_maxrss >> 10,
        os.path.getsize(plum.scratch + "/answers") / 1e6), flush=True)
    with open(plum.scratch + "/answers", encoding="utf-8") as f:
        lines = f.read().splitlines()
    want(len(lines) == len(addrs), "%d answers" % len(lines))
    pick = sorted(rng.sample(range(len(addrs)), 300))
    few = lines_of([HPROF, "symbolize", "--json"], file, [], [addrs[i] for i in pick])
    want(few == [lines[i] for i in pick], "other answers than for few addresses")
    want(sum(json.loads(line)["frames"] != [] for line in few) > 200, "hardly any has a name")
    want(usage.ru_maxrss < (2 << 20) * (3 if SANITIZED else 1), "it took %d MiB" % (
        usage.ru_maxrss >> 10))


def workers(plum):
    """Equal output whatever the number of workers."""
    file = plum.files["static"]
    addrs = plum.code(file)[::3]
    one = lines_of([HPROF, "symbolize", "--workers", "1"], file, ["-fiCa"], addrs)
    for n in ("2", "7"):
        want(lines_of([HPROF, "symbolize", "--workers", n], file, ["-fiCa"], addrs) == one,
             n + " workers")


# --- a child that goes wrong ---

def goes_wrong(plum, how, word, reader, after):
    """What DWARF did not tell, symbol tables do; one warning; the exit code is 0."""
    addrs = plum.code(plum.path)
    env = plum.env(how, after)
    r = hprof("symbolize", "-f", "--symbolizer", reader, "-e", plum.path, *addrs, env=env,
              scratch=plum.scratch, timeout=120)
    want(r.code == 0, "exit code %d: %s" % (r.code, r.err))
    want(len(r.out.splitlines()) == 2 * len(addrs), r.out[:300])
    want("main" in r.out.splitlines() and "plum_two" in r.out.splitlines(), r.out[:300])
    want(len(r.warnings()) == 1 and re.search(word, r.warnings()[0]), r.err)
    want(r.rss < 1 << 20, "%d MiB" % (r.rss >> 10))


def serves(plum, serve, how, word, seconds):
    """DWARF is tried a few times, then left alone; every batch is answered all the same."""
    env = dict(ENV, **plum.env(how, 3))
    sites = [plum.site(n) for n in ("main", "plum_one", "plum_two")]
    begin = time.monotonic()
    done = subprocess.run([serve, "1", "8", "libdw", plum.path, *sites], env=env, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
    took = time.monotonic() - begin
    lines = done.stdout.splitlines()
    want(done.returncode == 0, done.stderr)
    batches = [line.split(": ", 1)[1].split(";") for line in lines if line.startswith("batch ")]
    want(len(batches) == 8 and all(len(b) == 3 for b in batches), lines)
    want(all(b[0].split(",")[-1] == "main" for b in batches), lines)
    want(batches[7] == ["main", "plum_one", "plum_two"], batches[7])
    warnings = [line for line in lines if line.startswith("warning: ")]
    want(len(warnings) == 1 and re.search(word, warnings[0]), lines)
    want(lines[-1] == "children: none", lines[-1])
    want(took < seconds, "took %.1f s" % took)


def honest(plum, serve):
    sites = plum.code(plum.path)[::4][-50:]
    for reader in ("fast", "libdw"):
        done = subprocess.run([serve, "1", "40", reader, plum.path, *sites], env=ENV, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
        lines = done.stdout.splitlines()
        want(len(lines) == 41 and len(set(line.split(": ")[1] for line in lines[:40])) == 1, lines)
        want("plum_inlined" in lines[0] and lines[-1] == "children: none", lines)


# --- the terminal, and signals ---

def has_terminals():
    """A root without /dev/pts has none."""
    try:
        for fd in pty.openpty():
            os.close(fd)
    except OSError:
        return False
    return True


def on_terminal(argv, stdin, number=None, wait=0.0):
    """Run with standard error on a terminal: exit code, what was written there."""
    ours, theirs = pty.openpty()
    with open(stdin, "rb") as source:
        p = subprocess.Popen(argv, stdin=source, stdout=subprocess.DEVNULL, stderr=theirs,
                             env=ENV, start_new_session=True, preexec_fn=hear_all)
    os.close(theirs)
    out, begin = b"", time.monotonic()
    while True:
        if select.select([ours], [], [], 0.02)[0]:
            try:
                piece = os.read(ours, 1 << 16)
            except OSError:
                break
            if not piece:
                break
            out += piece
        if number and time.monotonic() - begin > wait and p.poll() is None:
            os.kill(p.pid, number)
            number = None
    os.close(ours)
    return p.wait(timeout=10), out


def of_session(leader):
    out = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            fields = read("/proc/%s/stat" % pid).decode("utf-8", "replace").rpartition(")")[2]
        except OSError:
            continue
        if int(fields.split()[3]) == leader and int(pid) != leader:
            out.append(int(pid))
    return out


def shows_progress(plum):
    """After half a second, a line that is cleared at the end; none with -q, none when fast."""
    env = plum.env("sleep", 3)
    write(plum.scratch + "/some", "\n".join(plum.code(plum.path)) + "\n")
    argv = ["env", *("%s=%s" % e for e in env.items()), HPROF, "symbolize", "--symbolizer",
            "libdw", "-e", plum.path]
    code, out = on_terminal(argv, plum.scratch + "/some", signal.SIGTERM, 1.5)
    want(code == -signal.SIGTERM, "code %d" % code)
    want(b"hprof: reading" in out and plum.path.encode()[-20:] in out, out)
    want(out.endswith(b"\r\x1b[K"), out)
    want(3 <= out.count(b"reading") <= 15, "%d times" % out.count(b"reading"))
    code, out = on_terminal(argv + ["-q"], plum.scratch + "/some", signal.SIGINT, 1.0)
    want(code == -signal.SIGINT and not out, (code, out))
    code, out = on_terminal([HPROF, "symbolize", "-e", plum.path], plum.scratch + "/some")
    want(code == 0 and not out, (code, out))


def stopped(plum, number):
    """A signal while it works: the code says so, no child and no file is left."""
    write(plum.scratch + "/some", "\n".join(plum.code(plum.path)) + "\n")
    target = plum.scratch + "/out/answers"
    shutil.rmtree(plum.scratch + "/out", ignore_errors=True)
    os.mkdir(plum.scratch + "/out")
    with open(plum.scratch + "/some", "rb") as source:
        p = subprocess.Popen([HPROF, "symbolize", "--symbolizer", "libdw", "-o", target, "-e",
                              plum.path], stdin=source, stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL, start_new_session=True, preexec_fn=hear_all,
                             env=dict(ENV, **plum.env("sleep", 3)))
    end = time.monotonic() + 10
    while not (of_session(p.pid) and os.listdir(plum.scratch + "/out")) and \
            time.monotonic() < end:
        time.sleep(0.02)
    want(of_session(p.pid) and os.listdir(plum.scratch + "/out"), "nothing was seen at work")
    os.kill(p.pid, number)
    want(p.wait(timeout=5) == -number, "code %d" % p.returncode)
    end = time.monotonic() + 5
    while of_session(p.pid) and time.monotonic() < end:
        time.sleep(0.02)
    want(not of_session(p.pid), "children are left: %s" % of_session(p.pid))
    want(not os.listdir(plum.scratch + "/out"), os.listdir(plum.scratch + "/out"))


def run_all():
    report = Report()
    if not need(report, "gcc", "objdump", "addr2line", "nm", "strip", "readelf"):
        return report.close()
    with tempfile.TemporaryDirectory(prefix="hprof-service.") as scratch:
        plum = Plum(os.path.realpath(scratch))
        for name, file in plum.files.items():
            for flags in ((), ("-f",), ("-fi",), ("-p",), ("-fip",), ("-a",), ("-afs",), ("-s",),
                          ("-fiCpa",), ("-i", "-C")):
                if name in ("plum", "stripped", "no-dwarf", "no-pie"):
                    run(report, "shape: %s %s" % (name, " ".join(flags)), same_shape, plum, file,
                        list(flags))
        for name, file in plum.files.items():
            addrs = plum.code(file)
            addrs = addrs[::1 + len(addrs) // 4000]
            run(report, "beside addr2line: " + name, beside_addr2line, name, file, addrs)
        refuses(report, plum)
        run(report, "options", options, plum)
        run(report, "json", as_json, plum)
        run(report, "return addresses", returns, plum)
        if "c++" in plum.files:
            run(report, "names", names, plum)
        run(report, "coprocess", coprocess, plum)
        run(report, "workers", workers, plum)
        run(report, "a million addresses", million, plum, plum.files["static"])
        for how, word in (("crash", r"crashed \(signal 11\)"), ("abort", r"crashed \(signal 6\)"),
                          ("exit", "."), ("garbage", "."), ("zeros", ".")):
            for reader, after in (("libdw", 0), ("libdw", 9), ("fast", 0)):
                run(report, "%s after %d, %s" % (how, after, reader), goes_wrong, plum, how, word,
                    reader, after)
        serve = build_with_library("serve", plum.scratch)
        if serve:
            run(report, "many batches", honest, plum, serve)
            run(report, "batches that crash", serves, plum, serve, "crash", "crashed", 20)
            run(report, "batches that spin", serves, plum, serve, "spin", "too long", 60)
        else:
            report.skip("batches", "libhprof.a has not been built")
        if has_terminals():
            run(report, "progress", shows_progress, plum)
        else:
            report.skip("progress", "no terminals: mount -t devpts devpts /dev/pts")
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            run(report, number.name + " while it works", stopped, plum, number)
    return report.close()


if __name__ == "__main__":
    main(run_all)
