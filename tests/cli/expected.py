#!/usr/bin/env python3
"""expected.py - every dump of testdata/jemalloc and testdata/gperftools against the numbers of an
independent reader (expected.json in each: jeprof's formula per row in double, then summed)."""
import json
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HPROF = os.path.abspath(os.environ.get("HPROF", os.path.join(ROOT, "build/hprof")))
TYPES = ("inuse_objects", "inuse_space", "alloc_objects", "alloc_space")


def hprof(*args):
    done = subprocess.run([HPROF, *args], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return done.returncode, done.stdout


def near(a, b):
    return abs(a - b) <= 1e-9 * max(1, abs(a), abs(b))


def problems(path, want):
    code, out = hprof("info", "--json", "--no-symbols", path)
    if want.get("refused"):
        return [] if code == 3 else ["not refused: exit %d" % code]
    if code:
        return ["exit %d" % code]
    info = json.loads(out)
    bad = []
    for key in ("sampling_period", "stacks"):
        if info[key] != want.get(key, info[key]):
            bad.append("%s is %r, expected %r" % (key, info[key], want[key]))
    types = {t["name"]: t for t in info["sample_types"]}
    for name in TYPES:
        got = types.get(name, {"total": 0, "recorded": 0})
        if not near(got["total"], want[name]):
            bad.append("%s is %r, expected %r" % (name, got["total"], want[name]))
        recorded = want.get("recorded", {}).get(name, got["recorded"])
        if got["recorded"] != recorded:
            bad.append("recorded %s is %r" % (name, got["recorded"]))
        if (name in types) != (name.startswith("inuse") or want[name] > 0):
            bad.append("%s should %sbe there" % (name, "not " if name in types else ""))
    threads = {t["id"]: t.get("name", "") for t in info["threads"]}
    if threads != want.get("threads", {}):
        bad.append("threads are %r, expected %r" % (threads, want.get("threads")))
    for name in types:
        code, out = hprof("top", "--json", "--no-symbols", "--sample-index", name, path)
        top = json.loads(out)
        if not near(top["total"], want[name]):
            bad.append("top: %s is %r" % (name, top["total"]))
        if not near(sum(r["flat"] for r in top["rows"]), top["total"]):
            bad.append("top: rows of %s do not add up" % name)
        code, out = hprof("collapsed", "--no-symbols", "--sample-index", name, path)
        total = sum(int(line.rsplit(b" ", 1)[1]) for line in out.splitlines())
        if total != round(want[name]):
            bad.append("collapsed: %s is %d" % (name, total))
    return bad


def main():
    failed = passed = 0
    for kind in ("jemalloc", "gperftools"):
        folder = os.path.join(ROOT, "testdata", kind)
        for name, want in sorted(json.load(open(os.path.join(folder, "expected.json"))).items()):
            bad = problems(os.path.join(folder, name), want)
            print("%s - expected: %s/%s" % ("not ok" if bad else "ok", kind, name))
            for line in bad:
                print("    " + line)
            failed, passed = failed + bool(bad), passed + (not bad)
    print("%d passed, %d failed" % (passed, failed))
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
