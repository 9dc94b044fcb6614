#!/usr/bin/env -S python3 -B
# series.py - many dumps of one process, named at once: the same names as of each by itself.
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
    return not ok


sys.exit(main())
