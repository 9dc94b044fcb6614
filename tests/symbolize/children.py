#!/usr/bin/env -S python3 -B
# children.py - processes that go wrong while they read a file: they cost names, and none is left.
import concurrent.futures
import json
import os
import re
import signal
import subprocess
import tempfile
import time

from support import (HERE, HPROF, SANITIZED, Report, build_with_library, hear_all, hprof, main, make_dump,
                     names_of, need, read, run, call_sites, sh, sums_up, want, write)

SOURCE = """#include <stdlib.h>
static void *volatile kept;
static inline __attribute__((always_inline)) void plum_inlined(int n) { kept = malloc(n); }
__attribute__((noinline)) void plum_two(int n) { plum_inlined(n); plum_inlined(n + 1); }
__attribute__((noinline)) void plum_one(int n) { plum_two(n); plum_two(n + 2); plum_inlined(n); }
int main(int argc, char **argv) { plum_one(argc); return atoi(argv[0]) + rand() + rand(); }
"""
OUTER = {"plum_one", "plum_two", "main"}
LIBDW = ("--symbolizer", "libdw")  # the reader whose calls misbehave.c stands for
LIMIT = 2  # seconds of processor time where a test sets the limit


class Plum:
    """A program with debug information, a dump of it, and what makes its readers go wrong."""

    def __init__(self, scratch):
        self.scratch = scratch
        source = write(scratch + "/plum.c", SOURCE)
        self.path = scratch + "/plum"
        sh("gcc", "-g", "-O1", "-fno-optimize-sibling-calls", "-o", self.path, source)
        self.dump = make_dump(scratch + "/plum.heap", read(self.path), self.path,
                              call_sites(self.path))
        self.library = scratch + "/misbehave.so"
        sh("gcc", "-O1", "-shared", "-fPIC", "-o", self.library, HERE + "/misbehave.c", "-ldl")
        # the same program many times, for several children at once
        self.many = scratch + "/many"
        text = read(self.dump).decode()
        head, maps = text.split("MAPPED_LIBRARIES:\n")
        head = re.sub(r"t\*: (\d+): (\d+)", lambda m: "t*: %d: %d" % (
            6 * int(m.group(1)), 6 * int(m.group(2))), head, count=1)
        for i in range(1, 6):
            sh("cp", self.path, self.path + str(i))
            shift = i << 32
            head = head.rstrip("\n") + "\n" + re.sub(
                r"0x(\w+)", lambda m, s=shift: "0x%x" % (int(m.group(1), 16) + s),
                text.split("[0: 0]\n", 1)[1].split("\nMAPPED")[0])
            maps += re.sub(r"^(\w+)-(\w+)(.*)", lambda m, s=shift, n=i: "%x-%x%s%d" % (
                int(m.group(1), 16) + s, int(m.group(2), 16) + s, m.group(3), n),
                text.split("MAPPED_LIBRARIES:\n")[1], flags=re.M)
        write(self.many, head + "\nMAPPED_LIBRARIES:\n" + maps)

    def env(self, how, after=0):
        return {"LD_PRELOAD": self.library, "MISBEHAVE": how, "MISBEHAVE_AFTER": str(after)}


def session(leader):
    """Processes of the session of @leader, but for itself: {pid: state}."""
    out = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            stat = read("/proc/%s/stat" % pid).decode("utf-8", "replace")
        except OSError:
            continue
        fields = stat.rpartition(")")[2].split()
        if int(fields[3]) == leader and int(pid) != leader:
            out[int(pid)] = fields[0]
    return out


def check_names(top, warnings, path, whole):
    """Symbol-table names are there and one warning names the file; DWARF's if @whole."""
    names = names_of(top)
    want(not sums_up(top), sums_up(top))
    want(OUTER <= names, "names that the symbol table knows are lost: %s" % sorted(names))
    want(whole == ("plum_inlined" in names), "names: %s" % sorted(names))
    want(len(warnings) == (not whole), "warnings: %s" % warnings)
    want(whole or warnings[0].startswith(path + ": "), "the file is not named: %s" % warnings)


def misbehaves(plum, how, word, after, seconds, rss=1 << 20):
    """Children that go wrong after @after DIEs: one warning with @word, within @seconds."""
    r = hprof("top", *LIBDW, "--json", plum.dump, scratch=plum.scratch, env=plum.env(how, after))
    want(not r.complaints, r.complaints)
    check_names(r.json(), r.warnings(), plum.path, False)
    want(re.search(word, r.warnings()[0]), r.warnings())
    want(r.seconds < seconds * (2 if SANITIZED else 1), "took %.1f s" % r.seconds)
    want(r.rss < rss, "a process took %d MiB" % (r.rss >> 10))


def harmless(plum):
    r = hprof("top", *LIBDW, "--json", plum.dump, scratch=plum.scratch, env=plum.env("none"))
    check_names(r.json(), r.warnings(), plum.path, True)
    r = hprof("top", *LIBDW, "--json", plum.dump, scratch=plum.scratch, env=plum.env("crash", 1000000))
    check_names(r.json(), r.warnings(), plum.path, True)


def named(plum):
    """The program given as BINARY is no other case: its symbol table still names."""
    r = hprof("top", *LIBDW, "--json", plum.path, plum.dump, scratch=plum.scratch, env=plum.env("crash"))
    check_names(r.json(), r.warnings(), plum.path, False)


def several(plum):
    """Six files, each of which crashes its reader: each is told, all keep their symbols."""
    r = hprof("top", *LIBDW, "--json", plum.many, scratch=plum.scratch, env=plum.env("crash", 3))
    top = r.json()
    want(OUTER <= names_of(top), names_of(top))
    want(len([n for n in names_of(top) if "+0x" in n]) == 0, names_of(top))
    want(len(r.warnings()) == 6 and any(plum.path in w for w in r.warnings()), r.warnings())
    r = hprof("info", *LIBDW, plum.many, scratch=plum.scratch, env=plum.env("crash", 3))
    want(r.out.count("note        reading it crashed") == 6, r.out)


# --- limits, through the library ---

def limited(plum, limits, how, word, seconds):
    """@how ends by a limit: not before it, and not long after."""
    env = dict(plum.env(how, 5), PATH="/usr/bin:/bin", LC_ALL="C",
               ASAN_OPTIONS="verify_asan_link_order=0:detect_leaks=0:handle_segv=0")
    begin = time.monotonic()
    done = subprocess.run([limits, str(LIMIT), plum.dump], env=env, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=60, start_new_session=True)
    took = time.monotonic() - begin
    want(done.returncode == 0, "exit code %d: %s" % (done.returncode, done.stderr[:600]))
    want(done.stdout.rstrip().endswith("children: none"), "children are left")
    lines = done.stdout.splitlines()
    warnings = [line[9:] for line in lines if line.startswith("warning: ")]
    check_names(json.loads("\n".join(lines[len(warnings):-1])), warnings, plum.path, False)
    want(re.search(word, warnings[0]), warnings)
    want(LIMIT * 0.8 < took < seconds, "took %.1f s" % took)


# --- signals ---

def signalled(plum, number, group, how):
    """A signal to hprof, or to all of its group, while children work: all of them end."""
    env = dict(plum.env(how, 5), PATH="/usr/bin:/bin", LC_ALL="C",
               ASAN_OPTIONS="verify_asan_link_order=0:detect_leaks=0")
    p = subprocess.Popen([HPROF, "top", *LIBDW, plum.many], env=env, stdout=subprocess.DEVNULL,
                         stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
                         start_new_session=True, preexec_fn=hear_all)
    begin = time.monotonic()
    while not session(p.pid) and p.poll() is None and time.monotonic() < begin + 10:
        time.sleep(0.02)
    time.sleep(0.1)
    children = session(p.pid)
    want(children and p.poll() is None, "no child was seen at work")
    (os.killpg if group else os.kill)(p.pid, number)
    try:
        code = p.wait(timeout=5)
    except subprocess.TimeoutExpired:
        os.killpg(p.pid, signal.SIGKILL)
        p.wait()
        want(False, "hprof did not end")
    end = time.monotonic() + 5
    while session(p.pid) and time.monotonic() < end:
        time.sleep(0.02)
    left = session(p.pid)
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    want(not left, "processes are left: %s" % left)
    want(code == -number, "hprof ended with %d" % code)


def no_zombies(plum):
    """After children that crashed, none is left, running or dead."""
    env = dict(plum.env("crash", 3), PATH="/usr/bin:/bin", LC_ALL="C",
               ASAN_OPTIONS="verify_asan_link_order=0:detect_leaks=0:handle_segv=0")
    p = subprocess.Popen([HPROF, "top", *LIBDW, plum.many], env=env, stdout=subprocess.DEVNULL,
                         stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
                         start_new_session=True)
    p.wait(timeout=30)
    want(not session(p.pid), "processes are left: %s" % session(p.pid))


CASES = [  # (name, how, what the warning says, seconds)
    ("crash", "crash", r"crashed \(signal 11\)", 5),
    ("abort", "abort", r"crashed \(signal 6\)", 5),
    ("exit without a word", "exit", r"^(?!.*memory)", 5),
    ("endless garbage", "garbage", r"", 10),
    ("endless zeros", "zeros", r"", 10),
]


def run_all():
    report = Report()
    if not need(report, "gcc", "objdump"):
        return report.close()
    with tempfile.TemporaryDirectory(prefix="hprof-children.") as scratch, \
            concurrent.futures.ThreadPoolExecutor(2) as pool:
        plum = Plum(os.path.realpath(scratch))
        limits = build_with_library("limits", plum.scratch)
        waiting = []
        if limits:
            waiting = [pool.submit(run, report, "limit: a child that " + name, limited, plum,
                                   limits, how, word, seconds)
                       for name, how, word, seconds in (("sleeps", "sleep", "too long", 25),
                                                        ("spins", "spin", "too long", 10))]
        else:
            report.skip("limits", "libhprof.a has not been built")
        run(report, "children that behave", harmless, plum)
        for name, how, word, seconds in CASES:
            for after in (0, 9):
                run(report, "%s after %d DIEs" % (name, after), misbehaves, plum, how, word, after,
                    seconds)
        if SANITIZED:
            report.skip("all memory", "a sanitizer's address space has no limit")
        else:
            for after in (0, 9):
                run(report, "all memory after %d DIEs" % after, misbehaves, plum, "memory",
                    "memory", after, 20)
        run(report, "crash, program named as BINARY", named, plum)
        run(report, "crash in each of six files", several, plum)
        run(report, "no process is left", no_zombies, plum)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL):
            for group in (False, True):
                for how in ("sleep", "spin"):
                    run(report, "%s to %s while children %s" % (
                        number.name, "the group" if group else "hprof", how), signalled, plum,
                        number, group, how)
        for w in waiting:
            w.result()
    return report.close()


if __name__ == "__main__":
    main(run_all)
