#!/usr/bin/env -S python3 -B
# jit.py - code that was made at run time: memory without a file, and the files that name it.
import glob
import os
import random
import re
import shutil
import subprocess
import tempfile

from support import (HPROF, JEMALLOC, Report, has_jemalloc, hprof, main, module, need, read, run,
                     sums_up, want, write, sh)

# Emits functions that call malloc, the call being their last instruction but one; or, with
# TAIL, their very last: the return address then lies behind the function.
SOURCE = r"""
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
typedef void *(*made)(void);
static unsigned char *at;
static made emit(FILE *map, unsigned size, const char *name)
{
	unsigned char *start = at;
	void *(*target)(size_t) = malloc;

	memcpy(at, "\x55\x48\x89\xe5\xbf", 5), at += 5;             /* push %rbp; mov; mov $size,%edi */
	memcpy(at, &size, 4), at += 4;
	memcpy(at, "\x48\xb8", 2), at += 2;                         /* movabs $malloc,%rax */
	memcpy(at, &target, 8), at += 8;
	memcpy(at, "\xff\xd0\x5d\xc3", 4), at += 4;                 /* call *%rax; pop %rbp; ret */
	fprintf(map, "%lx %lx %s\n", (unsigned long)start, (unsigned long)(at - start), name);
	return (made)(void *)start;
}
static void *kept[64];
int main(int argc, char **argv)
{
	FILE *map = fopen(argv[1], "w");
	int fd = memfd_create("made", 0), n = 0;
	void *page;
	made f[3];

	at = page = argc > 2 && ftruncate(fd, 4096) == 0
		? mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_SHARED, fd, 0)
		: mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	fprintf(map, "%lx 1000 stale name of the whole page\n", (unsigned long)page);
	f[0] = emit(map, 1000, "made_first");
	f[1] = emit(map, 20000, "made second; with (blanks)");
	f[2] = emit(map, 3000, "Third:*made /a/b.js:1:2");
	fclose(map);
	for (int i = 0; i < 30; i++)
		kept[n++] = f[i % 3]();
	return kept[0] == page;
}
"""
NAMES = {"made_first", "made second; with (blanks)", "Third:*made /a/b.js:1:2"}


class Made:
    def __init__(self, scratch):
        self.scratch, self.n = scratch, 0
        self.program = scratch + "/made"
        sh("gcc", "-g", "-O1", "-o", self.program, write(scratch + "/made.c", SOURCE))
        self.heap, self.map = self.capture()
        self.total = sum(int(line.rpartition(" ")[2]) for line in sh(
            HPROF, "collapsed", self.heap).splitlines())
        self.memfd, self.memfd_map = self.capture("memfd")
        self.anonymous = re.search(r"^(\w+)-(\w+) rwxp 00000000 00:00 0 *$", read(self.heap).decode(),
                                   re.M)
        want(self.anonymous, "no anonymous memory with code in the dump")

    def place(self):
        self.n += 1
        folder = "%s/%d" % (self.scratch, self.n)
        os.mkdir(folder)
        return folder

    def capture(self, *argv):
        folder = self.place()
        conf = "prof:true,prof_final:true,lg_prof_sample:0,prof_prefix:%s/made" % folder
        subprocess.run([self.program, folder + "/names", *argv], check=True,
                       env={"LD_PRELOAD": JEMALLOC, "MALLOC_CONF": conf})
        dump, = glob.glob(folder + "/made.*.f.heap")
        return dump, folder + "/names"

    def pid(self, dump=None):
        return os.path.basename(dump or self.heap).split(".")[1]

    def beside(self, name=None, pid=None, text=None):
        """The dump in a folder of its own, as @name, with the map of process @pid beside it."""
        folder = self.place()
        path = shutil.copy(self.heap, folder + "/" + (name or os.path.basename(self.heap)))
        write("%s/perf-%s.map" % (folder, pid or self.pid()), text or read(self.map))
        return path


def hprof_json(m, *argv, scratch=None):
    r = hprof(*argv, scratch=scratch or m.scratch)
    want(not r.complaints, r.complaints)
    return r.json()


def rows(m, *argv):
    top = hprof_json(m, "top", "--json", *argv)
    want(not sums_up(top), sums_up(top))
    return {r["name"]: r["flat"] for r in top["rows"]}, top["warnings"]


def anonymous(m, *argv, path="[anon]"):
    return module(hprof_json(m, "info", "--json", *argv), path)


def named(m, *argv):
    names, warnings = rows(m, *argv)
    want(NAMES <= set(names), "names: %s" % sorted(names))
    want("[anon]" not in names and not warnings, "names %s, warnings %s" % (names, warnings))
    return names


def unnamed(m, *argv):
    names, warnings = rows(m, *argv)
    want("[anon]" in names and not NAMES & set(names), "names: %s" % sorted(names))
    return names, warnings


# --- cases: each is given the program with its dumps ---

def without(m):
    names, warnings = unnamed(m, m.heap)
    want(not warnings, warnings)
    want(not [n for n in names if n.startswith("[anon]+")], "names: %s" % names)
    a = anonymous(m, m.heap)
    want((a["status"], a["symbols"], a["resolved"], a["addresses"]) == ("special", "none", 0, 3), a)


def with_map(m):
    plain, _ = unnamed(m, m.heap)
    names = named(m, "--perf-map", m.map, m.heap)
    got = sum(names[n] for n in NAMES)
    want(abs(got - plain["[anon]"]) < 1e-6, "%s instead of %s" % (got, plain["[anon]"]))
    want(names["made second; with (blanks)"] > names["Third:*made /a/b.js:1:2"] >
         names["made_first"], names)
    a = anonymous(m, "--perf-map", m.map, m.heap)
    want((a["symbols"], a["resolved"], a["debug_file"], a["found_by"]) ==
         ("perf-map", 3, m.map, "perf-map"), a)


def in_memfd(m):
    names, _ = rows(m, m.memfd)
    want("/memfd:made" in names, names)
    named(m, "--perf-map", m.memfd_map, m.memfd)
    a = anonymous(m, "--perf-map", m.memfd_map, m.memfd, path="/memfd:made")
    want(a["symbols"] == "perf-map", a)


def outside(m):
    dump = m.place() + "/x.heap"
    write(dump, read(m.heap).decode().replace(m.anonymous.group() + "\n", ""))
    names, _ = rows(m, dump)
    want(len([n for n in names if n.startswith("[unknown] 0x")]) == 3, names)
    named(m, "--perf-map", m.map, dump)


def without_maps(m):
    dump = m.place() + "/x.heap"
    write(dump, read(m.heap).decode().split("MAPPED_LIBRARIES")[0])
    names, _ = rows(m, "--perf-map", m.map, dump)
    want(NAMES <= set(names), names)


def while_compiling(m):
    dump = m.place() + "/x.heap"
    write(dump, read(m.heap).decode().replace(m.anonymous.group(), m.anonymous.group().replace(
        " rwxp ", " rw-p ")))
    named(m, "--perf-map", m.map, dump)


def found_beside(m):
    path = m.beside()
    named(m, path)
    a = anonymous(m, path)
    want(a["found_by"] == "beside" and a["debug_file"].endswith("/perf-%s.map" % m.pid()), a)
    for name in ("massif.out.%s", "app-%s.heap.gz", "heap.%s", "%s-x", "a-b-%s.0001.heap"):
        path = m.beside(name=name % m.pid())
        named(m, path)


def relative(m):
    path = m.beside()
    top = hprof_json(m, "top", "--json", os.path.basename(path), scratch=os.path.dirname(path))
    want(NAMES <= {r["name"] for r in top["rows"]}, top)


def foreign(m):
    for pid in ("1" + m.pid(), m.pid()[1:], "0" + m.pid(), "1"):
        _, warnings = unnamed(m, m.beside(pid=pid))
        want(not warnings, warnings)
    for name in ("made%s.heap", "made_%s.heap", "x.1.2"):
        unnamed(m, m.beside(name=name % m.pid() if "%" in name else name))


def sequence(m):
    """Of prefix.PID.SEQ.iN.heap only the first number is one of a process."""
    for name in ("made.99999.%s.i4.heap", "made.99999.%s.f.heap", "7.99999.%s.m8.heap.zst"):
        unnamed(m, m.beside(name=name % m.pid()))
    path = m.beside(name="made-77.%s.12.u3.heap" % m.pid())
    write(os.path.dirname(path) + "/perf-77.map", b"0 ffffffffffffffff wrong\n")
    write(os.path.dirname(path) + "/perf-12.map", b"0 ffffffffffffffff wrong\n")
    named(m, path)


def ambiguous(m):
    path = m.beside(name="made-77.%s.heap" % m.pid())
    write(os.path.dirname(path) + "/perf-77.map", b"0 ffffffffffffffff wrong\n")
    _, warnings = unnamed(m, path)
    want(len(warnings) == 1 and "perf-77.map" in warnings[0] and "--perf-map" in warnings[0],
         warnings)


def in_tmp(m):
    """A file where perf keeps them is nobody's business until it is named."""
    path = "/tmp/perf-%s.map" % m.pid()
    if os.path.exists(path):
        return
    try:
        shutil.copy(m.map, path)
        unnamed(m, m.heap)
    finally:
        os.remove(path)


def named_unusable(m):
    folder = m.place()
    os.mkdir(folder + "/dir")
    write(folder + "/text", "Dear reader,\nthis is a letter.\n")
    write(folder + "/elf", read(m.program))
    write(folder + "/cut.gz", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xff\xff\xff\xff")
    write(folder + "/long", b"1" * (3 << 20))
    for path, reason in ((folder + "/none", "No such file"), (folder + "/dir", "folder"),
                         (folder + "/text", "START SIZE NAME"), (folder + "/elf", ""),
                         (folder + "/cut.gz", "gzip"), (folder + "/long", "longer"),
                         ("-", "standard input")):
        for command in ("top", "info", "collapsed", "json"):
            r = hprof(command, "--perf-map", path, m.heap, scratch=m.scratch)
            want(r.code == 3 and not r.out, "%s %s: exit code %d" % (command, path, r.code))
            want(path in r.err and reason in r.err, "%s: %s" % (path, r.err))


def found_unusable(m):
    for text, reason in (("Dear reader\n", "START SIZE NAME"), (b"\x1f\x8b\x08" + b"\xff" * 30, "gzip")):
        _, warnings = unnamed(m, m.beside(text=text))
        want(any("perf-%s.map" % m.pid() in w and reason in w for w in warnings), warnings)
    path = m.beside()
    os.remove(os.path.dirname(path) + "/perf-%s.map" % m.pid())
    os.mkfifo(os.path.dirname(path) + "/perf-%s.map" % m.pid())
    _, warnings = unnamed(m, path)
    want(not warnings, warnings)


def found_is_not_trusted(m):
    """Nothing of a file that was found is in a message, and links lead nowhere else."""
    secret = "SECRET=0123 first line\n"
    path = m.beside(text=secret)
    _, warnings = unnamed(m, path)
    want(warnings and not any("SECRET" in w for w in warnings), warnings)
    r = hprof("top", "--perf-map", write(m.place() + "/map", secret + "1 1 x\n"), m.heap,
              scratch=m.scratch)
    want("SECRET" in r.err, r.err)  # it was named

    def linked(target):
        path = m.beside(text="1 1 x\n")
        link = os.path.dirname(path) + "/perf-%s.map" % m.pid()
        os.remove(link)
        os.symlink(target, link)
        return path, link

    path, link = linked(m.map)
    _, warnings = unnamed(m, path)
    want(len(warnings) == 1 and link in warnings[0] and "link out of its folder" in warnings[0], warnings)
    want(rows(m, "--perf-map", link, path)[0] == rows(m, "--perf-map", m.map, m.heap)[0], "a named link")
    path, link = linked("perf-%s.map" % m.pid())
    _, warnings = unnamed(m, path)
    want(len(warnings) == 1 and link in warnings[0] and "Too many levels" in warnings[0], warnings)
    path, link = linked("other")
    shutil.copy(m.map, os.path.dirname(path) + "/other")
    want(rows(m, path)[0] == rows(m, "--perf-map", m.map, m.heap)[0], "a link in the folder")
    if os.geteuid() == 0:
        path = m.beside()
        os.chown(os.path.dirname(path) + "/perf-%s.map" % m.pid(), 65534, 65534)
        _, warnings = unnamed(m, path)
        want(len(warnings) == 1 and "owned by another user" in warnings[0], warnings)
    fifo = m.place() + "/fifo"
    os.mkfifo(fifo)  # nobody writes to it
    r = hprof("top", "--perf-map", fifo, m.heap, scratch=m.scratch, timeout=20)
    want(r.code == 0 and "names none of the addresses" in r.err, "%d %s" % (r.code, r.err))


def malformed(m):
    lines = read(m.map).decode().splitlines()
    bad = ["xyz", "12 34", "12  ", "-1 5 negative", "12345678901234567 1 large", "0x 1 x",
           "ffffffffffffffff 2 wraps"]
    text = "\r\n".join(["", "   "] + [line for pair in zip(bad, lines + lines[1:] * 2) for line in pair]) + "\r\n"
    path = m.place() + "/map"
    write(path, text)
    names, warnings = rows(m, "--perf-map", path, m.heap)
    want(NAMES <= set(names), names)
    want(len(warnings) == 1 and "line 3: " in warnings[0] and '"xyz"' in warnings[0], warnings)
    r = hprof("top", "--perf-map", path, m.heap, scratch=m.scratch)
    want("(and %d more of this kind)" % (len(bad) - 1) in r.err, r.err)


def later_wins(m):
    lines = read(m.map).decode().splitlines()
    first = [line for line in lines if line.endswith("made_first")][0]
    path = m.place() + "/map"
    write(path, "\n".join(lines + [first.replace("made_first", "reused")]))  # no line end
    names, _ = rows(m, "--perf-map", path, m.heap)
    want("reused" in names and "made_first" not in names, names)
    write(path, "\n".join([lines[-1], lines[0]]) + "\n")
    names, _ = rows(m, "--perf-map", path, m.heap)
    want("stale name of the whole page" in names and not NAMES & set(names), names)
    write(path, first.replace("made_first", "given last") + "\n")
    names, _ = rows(m, "--perf-map", m.map, "--perf-map", path, m.heap)
    want("given last" in names and "made_first" not in names and NAMES - {"made_first"} <= set(names),
         names)


def sizes(m):
    """pc - 1 counts, and an end is behind a function: the return address itself is not asked for."""
    start, size, _ = [line for line in read(m.map).decode().splitlines()
                      if line.endswith("made_first")][0].split()
    call = int(start, 16) + int(size, 16) - 2  # return address of the call
    path = m.place() + "/map"
    for at, length, hit in ((call - 1, 1, True), (call - 1, 0, True), (call - 2, 1, False),
                            (call, 2, False), (call - 20, 20, True), (call - 20, 0, False),
                            (0, (1 << 64) - 1, True)):
        write(path, "0x%x 0x%X it\n" % (at, length))
        names, _ = rows(m, "--perf-map", path, m.heap)
        want(("it" in names) == hit, "%x %x: %s" % (at - call, length, names))


def other_process(m):
    names, warnings = rows(m, "--perf-map", m.map, "--no-symbols", m.heap)
    want("[anon]" in names and not warnings, (names, warnings))
    path = m.place() + "/map"
    write(path, "10 20 elsewhere\n")
    _, warnings = unnamed(m, "--perf-map", path, m.heap)
    want(len(warnings) == 1 and "another process" in warnings[0], warnings)


def all_outputs(m):
    r = hprof("collapsed", "--perf-map", m.map, m.heap, scratch=m.scratch)
    want("made second: with (blanks) " in r.out and ";made second" not in r.out.replace("main;", ""),
         r.out)
    names = {f["name"] for f in hprof_json(m, "json", "--perf-map", m.map, m.heap)["functions"]}
    want(NAMES <= names, names)
    d = hprof_json(m, "diff", "--json", "--perf-map", m.map, m.heap, m.heap)
    want(NAMES <= {r["name"] for r in d["rows"]}, d)
    r = hprof("top", "--addresses", m.heap, scratch=m.scratch)
    start = int(m.anonymous.group(1), 16)
    found = {int(a, 16) for a in re.findall(r"0x(\w+) \[anon\]$", r.out, re.M)}
    want(len(found) == 3 and all(start <= a < start + 4096 for a in found), r.out)
    r = hprof("collapsed", "--addresses", m.heap, scratch=m.scratch)
    want(len(re.findall(r"0x\w+ \[anon\] ", r.out)) == 3, r.out)


def large(m):
    """A long map of lines that all hold the same addresses: time and memory stay small."""
    path = m.place() + "/map"
    line = "%x %x n" % (int(m.anonymous.group(1), 16), 4096)
    write(path, "".join("%s%d\n" % (line, i % 5000) for i in range(1000000)))
    r = hprof("top", "--perf-map", path, m.heap, scratch=m.scratch)
    want(r.code == 0 and "n4999" in r.out, r.err)
    want(r.seconds < 10 and r.rss < 600 << 10, "%.1f s, %d KiB" % (r.seconds, r.rss))


def mutated(m):
    """Bytes changed at random: names may be lost, nothing else happens."""
    rng = random.Random(7)
    text = read(m.map) * 3
    path = m.place() + "/map"
    for _ in range(150):
        data = bytearray(text)
        for _ in range(rng.randrange(1, 30)):
            data[rng.randrange(len(data))] = rng.choice(b"\0\r\n\t -0fx\x7f\xff\x1b;")
        write(path, bytes(data[:rng.randrange(len(data))]))
        r = hprof("collapsed", "--perf-map", path, m.heap, scratch=m.scratch)
        want(r.code in (0, 3) and not r.complaints, "exit code %d: %s" % (r.code, r.complaints))
        want(not re.search(r"[\0-\x09\x0b-\x1f\x7f]", r.out), "controls in %r" % r.out)
        want(r.code or sum(int(line.rpartition(" ")[2]) for line in r.out.splitlines()) == m.total,
             "another total: " + r.out)


REGEXP = """const text = 'ab'.repeat(20000);
let hits = 0;
for (let i = 0; i < 40; i++) hits += /^(?:a|b)*c$/.exec(text) ? 1 : 0;
"""


def node(m):
    """V8 compiles a regular expression; what it makes calls the engine for more room."""
    folder = m.place()
    conf = "prof:true,prof_accum:true,prof_final:true,lg_prof_sample:12,prof_prefix:" + folder + "/node"
    p = subprocess.Popen(["node", "--perf-basic-prof", "--no-regexp-tier-up",
                          write(folder + "/re.js", REGEXP)], stdout=subprocess.DEVNULL, cwd=folder,
                         env={"PATH": os.environ["PATH"], "LD_PRELOAD": JEMALLOC, "MALLOC_CONF": conf})
    want(p.wait(60) == 0, "node ended with %d" % p.returncode)
    dump = glob.glob(folder + "/node.%d.*.f.heap" % p.pid)
    written = "/tmp/perf-%d.map" % p.pid
    want(dump and os.path.exists(written), "no dump, or no map")
    name = r"RegExp:\^\(\?:a\|b\)\*c\$;v8::internal::NativeRegExpMacroAssembler::GrowStack;"
    r = hprof("collapsed", "--alloc_space", dump[0], scratch=m.scratch)
    want(not re.search(name, r.out), "named without a map: " + r.out[:2000])
    r = hprof("collapsed", "--alloc_space", "--perf-map", written, dump[0], scratch=m.scratch)
    want(re.search("^" + name, r.out, re.M), r.out[-3000:])
    shutil.move(written, folder)
    r = hprof("collapsed", "--alloc_space", dump[0], scratch=m.scratch)
    want(re.search("^" + name, r.out, re.M), "beside: " + r.out[-3000:])


CASES = (
    ("without a map memory keeps its own name", without),
    ("--perf-map names it", with_map),
    ("so it does in a memfd", in_memfd),
    ("and outside of all mappings", outside),
    ("and without a map section", without_maps),
    ("and where the right to execute was taken away for a while", while_compiling),
    ("perf-PID.map beside the profile", found_beside),
    ("beside a profile in the current folder", relative),
    ("perf-PID.map of another process beside it: not used", foreign),
    ("a sequence number is no PID", sequence),
    ("two maps that may be meant: none, and a warning", ambiguous),
    ("a map in /tmp is not used by itself", in_tmp),
    ("named and unusable: exit 3", named_unusable),
    ("found and unusable: a warning", found_unusable),
    ("found: neither links out of the folder nor another user's, nothing of it is told",
     found_is_not_trusted),
    ("lines that are none, CR LF", malformed),
    ("later lines and later files win", later_wins),
    ("sizes, ends, return addresses", sizes),
    ("names no address: told", other_process),
    ("every output", all_outputs),
    ("bytes changed at random", mutated),
    ("a million lines over the same addresses", large),
)


def run_all():
    report = Report()
    if not need(report, "gcc"):
        return report.close()
    if not has_jemalloc() or os.uname().machine != "x86_64":
        report.skip("everything", "libjemalloc.so.2 is missing, or this is no x86-64")
        return report.close()
    with tempfile.TemporaryDirectory(prefix="hprof-jit.") as scratch:
        m = Made(os.path.realpath(scratch))
        for name, case in CASES:
            run(report, name, case, m)
        if shutil.which("node"):
            run(report, "node", node, m)
        else:
            report.skip("node", "it is not installed")
    return report.close()


if __name__ == "__main__":
    main(run_all)
