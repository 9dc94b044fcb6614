#!/usr/bin/env -S python3 -B
# series.py - many dumps of one process, named at once: the same names as of each by itself; and
# dumps of several builds of one program: functions that compilers name otherwise are the same.
import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HPROF = os.path.abspath(os.environ.get("HPROF", os.path.join(ROOT, "build/hprof")))


def rows(*args):
    done = subprocess.run([HPROF, "top", "--json", "--no-cache", "--lines", *args],
                          stdout=subprocess.PIPE, check=True)
    return {(r["name"], r.get("file"), r.get("line"), r.get("module")): (r["flat"], r["cum"])
            for r in json.loads(done.stdout)["rows"]}


def near(a, b):
    return abs(a - b) <= 1e-6 * max(1, abs(a), abs(b))


LOCAL = """
#include <stdlib.h>
struct Buf { int n; };
static void *make(Buf b) { void *volatile p = malloc(b.n); return p; }
static void *build(Buf b) { void *volatile p = make(b); return p; }
static __attribute__((noinline)) void *copied(Buf *b, int unused) { void *volatile p = malloc(b->n); return p; }
namespace {
struct Pool { void *get(int n) const { void *volatile p = malloc(n); return p; } };
template <class T> void *put(T n) { void *volatile p = malloc(n); return p; }
template <class T, class U> void *fill(T n) { void *volatile p = malloc(n); return p; }
struct Call { void *operator()(int n) & { void *volatile p = malloc(n); return p; } };
}
static void *one(int n) { void *volatile p = malloc(n); return p; }
static void *one(short n) { void *volatile p = malloc(n + 1); return p; }
void *(*volatile called)(Buf) = make;
int main() {
    Pool pool; Call call; Buf b = {500};
    for (int i = 0; i < 500; i++) {
        build({300}); called({350}); copied(&b, 3); pool.get(700); put(900); fill<unsigned long, short>(800); call(1100); one(200); one((short)250);
    }
}
"""
ROWS = ("make", "copied", "(anonymous namespace)::Pool::get", "(anonymous namespace)::put<int>",
        "(anonymous namespace)::fill<unsigned long, short>", "(anonymous namespace)::Call::operator()", "one", "one(int)", "one(short)")


def run(folder, program):
    prefix = os.path.join(folder, program + ".d")
    env = dict(os.environ, LD_PRELOAD="libjemalloc.so.2",
               MALLOC_CONF="prof:true,prof_final:true,lg_prof_sample:0,prof_prefix:" + prefix)
    subprocess.run([os.path.join(folder, program)], env=env, stderr=subprocess.DEVNULL, check=True)
    return glob.glob(prefix + "*.heap")[0]


def flats(*args):
    """Flat by name, without the arguments of names in which they tell nothing apart."""
    out = {}
    for (name, _, _, _), (flat, _) in rows("-q", "--functions", *args).items():
        bare = next((n for n in ROWS if name.startswith(n + "(") and not name.startswith("one(")), name)
        out[bare] = out.get(bare, 0) + flat
        out["rows of " + bare] = out.get("rows of " + bare, 0) + 1
    return out


def check_builds():
    """A function local to a file that one build calls, and another inlines or copies, is one row of both."""
    folder, failed = tempfile.mkdtemp(prefix="hprof-builds."), 0
    with open(os.path.join(folder, "local.cc"), "w") as f:
        f.write(LOCAL)
    for name, options in (("O0", ("-g", "-O0")), ("O2", ("-g", "-O2")), ("O3", ("-g", "-O3"))):
        subprocess.run(["g++", *options, "-o", name, "local.cc"], cwd=folder, check=True)
    subprocess.run(["strip", "-g", "-o", "stripped", "O2"], cwd=folder, check=True)
    dumps = {name: run(folder, name) for name in ("O0", "O2", "O3", "stripped")}
    alone = {name: flats(dump) for name, dump in dumps.items()}
    for a, b in (("O0", "O2"), ("O2", "O0"), ("O0", "O3"), ("O2", "stripped"), ("O0", "stripped")):
        both = flats("--sum", dumps[a], dumps[b])
        wrong = [n for n in ROWS if not near(both.get(n, 0), alone[a].get(n, 0) + alone[b].get(n, 0))
                 or both.get("rows of " + n, 1) != 1]
        wrong += [n for n in ROWS[:6] if n not in both or alone[a].get("rows of " + n, 1) != 1]
        print("%s - series: functions local to a file, of builds %s and %s" % ("not ok" if wrong else "ok", a, b))
        for n in wrong:
            print("    %s: %r of %r" % (n, both.get(n), sorted(both)))
        failed += bool(wrong)
    shutil.rmtree(folder)
    return failed


def main():
    folder = tempfile.mkdtemp(prefix="hprof-series.")
    server, dumps = os.path.join(folder, "server"), os.path.join(folder, "dumps")
    os.mkdir(dumps)
    subprocess.run(["g++", "-g", "-O2", "-o", server, ROOT + "/testdata/gen/demo.cc"], check=True)
    env = dict(os.environ, LD_PRELOAD="libjemalloc.so.2",
               MALLOC_CONF="prof:true,prof_final:true,lg_prof_sample:10,lg_prof_interval:22,"
                           "prof_prefix:%s/d" % dumps)
    for requests in ("20000", "40000"):
        subprocess.run([server, requests], env=env, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, check=True)
    files = glob.glob(dumps + "/*.heap")
    files = sorted(files, key=os.path.getmtime)[::len(files) // 10 + 1]
    want = {}
    for f in files:
        for key, (flat, cum) in rows(f).items():
            had = want.get(key, (0, 0))
            want[key] = (had[0] + flat, had[1] + cum)
    got = rows("-q", "--sum", *files)
    ok = len(files) > 3 and len(want) > 10 and any(k[2] for k in want) and set(got) == set(want)
    ok = ok and all(near(a, b) for k in want for a, b in zip(want[k], got[k]))
    print("%s - series: %d dumps of 2 processes, %d rows" % ("ok" if ok else "not ok", len(files),
                                                             len(got)))
    for k in set(got) ^ set(want):
        print("    only in one:", k)
    shutil.rmtree(folder)
    return bool(check_builds()) or not ok


sys.exit(main())
