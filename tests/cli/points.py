#!/usr/bin/env python3
"""points.py - each point of "hprof timeline" is "hprof top" of the dump it stands for: a real series
of testdata, and changes of it with rows of 0, for every granularity, filter, type and output."""
import csv
import glob
import io
import json
import os
import re
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HPROF = os.path.abspath(os.environ.get("HPROF", os.path.join(ROOT, "build/hprof")))
GRANULARITIES = ("--functions", "--lines", "--files", "--addresses", "--modules")
FILTERS = ([], ["--prune", "none"], ["--prune", "none", "--focus", "0x2c[0-9a-f]*|0x2a"],
           ["--prune", "none", "--ignore", "0x2c8"], ["--prune", "none", "--hide", "jemalloc"])
TYPES = ("inuse_space", "alloc_objects")


def hprof(*args):
    done = subprocess.run([HPROF, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode:
        raise SystemExit("%s: exit %d: %s" % (args, done.returncode, done.stderr.decode()))
    return done.stdout.decode()


def near(a, b):
    return abs(a - b) <= 1e-9 * max(1, abs(a), abs(b))


def key_of(row):
    return tuple(str(row.get(k)) for k in ("name", "file", "line", "module", "address"))


def largest_texts(text):
    """Of timeline -v, the texts of each point: its total, and those of the sites below it."""
    points = []
    for line in text[text.index("  file\n") + 7:].splitlines():
        site = re.match(r" +\S+% +(\S+ \S+|\S+)  \S", line)
        if site:
            points[-1].append(site.group(1))
        else:
            points.append([re.match(r" +\d+ +(\S+(?: [KMG]?i?B)?)", line).group(1)])
    return points


def problems(files, options):
    timeline = json.loads(hprof("timeline", "--json", "-n", "1000000", *options, *files))
    table = list(csv.reader(io.StringIO(hprof("timeline", "--csv", "-n", "1000000", *options, *files))))
    text = largest_texts(hprof("timeline", "-v", *options, *files))
    bad = []
    for point, cells, shown, path in zip(timeline["points"], table[1:], text, files):
        top = json.loads(hprof("top", "--json", *options, path))
        rows = {key_of(r): r["flat"] for r in top["rows"] if r["flat"] != 0}
        sites = {key_of(s): v for s, v in zip(timeline["sites"], point["sites"]) if v != 0}
        if not near(point["total"], top["total"]):
            bad.append("%s: total %r, top has %r" % (path, point["total"], top["total"]))
        if not near(float(cells[6]), top["total"]):
            bad.append("%s: total %s in CSV, top has %r" % (path, cells[6], top["total"]))
        if rows.keys() != sites.keys() or not all(near(rows[k], sites[k]) for k in rows):
            bad.append("%s: sites are not the rows of top" % path)
        if not all(near(float(a), b) for a, b in zip(cells[10:], point["sites"])):
            bad.append("%s: sites of CSV and JSON differ" % path)
        lines = hprof("top", *options, path).splitlines()
        want = re.search(r": total (\S+)", lines[0]).group(1)
        if shown[0].split()[0] != want:
            bad.append("%s: -v has %s, top %s" % (path, shown[0], want))
        if len(shown) != 1 + min(5, len(rows)):
            bad.append("%s: -v has %d sites, top %d rows" % (path, len(shown) - 1, len(rows)))
    return bad


def changed(files, folder, keeps):
    """Copies in which the rows that @keeps does not choose are 0."""
    out = []
    for i, path in enumerate(files):
        n, lines = 0, open(path, encoding="latin-1").read().split("\n")
        for k, line in enumerate(lines):
            if line.startswith("  t*:") and k > 3:
                n += 1
                if not keeps(n, i):
                    lines[k] = "  t*: 0: 0 [0: 0]"
        out.append(os.path.join(folder, os.path.basename(path)))
        with open(out[-1], "w", encoding="latin-1") as f:
            f.write("\n".join(lines))
    return out


def main():
    files = sorted(glob.glob(os.path.join(ROOT, "testdata/jemalloc/ok/redis.*.heap")))
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        kinds = {"real": files}
        for name, keeps in (("late", lambda n, i: n > 12), ("some", lambda n, i: n % 3 == i % 3)):
            os.mkdir(os.path.join(folder, name))
            kinds[name] = changed(files, os.path.join(folder, name), keeps)
        for name, series in kinds.items():
            for granularity in GRANULARITIES:
                for n, chosen in enumerate(FILTERS):
                    kind = TYPES[n % len(TYPES)]
                    options = ["--no-symbols", granularity, *chosen, "--sample-index", kind]
                    bad = problems(series, options)
                    print("%s - points: %s %s" % ("not ok" if bad else "ok", name, " ".join(options)))
                    for line in bad:
                        print("    " + line)
                    failed += bool(bad)
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
