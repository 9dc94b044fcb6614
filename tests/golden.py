#!/usr/bin/env python3
"""golden.py - what every command writes, as hashes: recorded with one build, compared with another.

golden.py record FILE [--runner R] [--quick] [--corpus DIR]
golden.py compare FILE [--runner R] [--old R] [--most N]

A record holds a hash of everything a command line wrote: exit status, both streams, and files.  Lines are all
commands and outputs over all profiles of testdata (and of --corpus), options over each of these, series and
differences, and the random lines of tests/net.  compare runs the lines of the record again; with --old, the
runner of the build that recorded it, it shows what is different.  Moving code must not change what it writes."""
import argparse
import concurrent.futures
import difflib
import glob
import hashlib
import json
import os
import random
import re
import shutil
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "tests", "net"))
import net  # noqa: E402
from tool import Failure, Tables, Tool  # noqa: E402

FIXED_TIME = 1700000000  # of every copied profile
WORKERS = os.cpu_count() or 1
OUTPUTS = [["top"], ["top", "--json"], ["top", "-v"], ["tree"], ["tree", "--json"], ["tree", "--bottom-up", "--depth", "5"], ["collapsed"], ["json"],
           ["info"], ["info", "--json"], ["flame"], ["flame", "--text"], ["flame", "-o", "x.svg"], ["flame", "-o", "x.png"], ["flame", "-o", "x.pdf"],
           ["flame", "-o", "x.html"], ["flame", "--svg-outlines", "-o", "x.svg"], ["flame", "--flame", "--order", "name", "--no-script"],
           ["report", "-o", "x.html"], ["report", "-o", "x.pdf"], ["timeline"], ["timeline", "--json"], ["timeline", "--csv"],
           ["timeline", "-o", "x.svg"], ["timeline", "-o", "x.png"], ["export", "--to", "tables", "-o", "x.d"],
           ["--text"], ["--collapsed"], ["--dot"], ["--callgrind"], ["--raw"], ["--lines"]]
TABLES = [["top", "--json"], ["collapsed"], ["tree"]]
OPTIONS = [["--sample-index", "alloc_space"], ["--inuse_objects"], ["--alloc_objects"], ["--lines"], ["--files"], ["--addresses"], ["--modules"],
           ["--names", "full"], ["--names", "mangled"], ["--no-inlines"], ["--cum", "-n", "7"], ["--prune", "none"], ["--focus", "main|run"],
           ["--ignore", "alloc|init", "--lines"], ["--hide", "^[m-z]"], ["--show", "a", "--names", "full"], ["--thread", "0"],
           ["--tagroot", "thread"], ["--unit", "KiB", "-n", "5"], ["-n", "0"], ["--at", "last"], ["--at", "1"], ["--alloc-fn", "^z?m?alloc"],
           ["--no-symbols"], ["-q", "--drop-negative"], ["--focus", "name:no such function"], ["--show_bytes"]]
SEVERAL = [[], ["--sum"], ["--last"], ["--at", "first"], ["--at", "2"], ["--lines", "--sum"], ["--modules", "--last"]]


class Recorder(Tool):
    """A tool that keeps a hash, and if wanted the text, of every line it runs."""

    def __init__(self, runner, folder, keep):
        Tool.__init__(self, runner, folder)
        self.lines, self.keep = [], keep

    def run(self, *args):
        for folder, _, names in os.walk(self.folder):
            if "/in" not in folder[len(self.folder):]:  # what a random case has just made
                for name in names:
                    os.utime(os.path.join(folder, name), (FIXED_TIME, FIXED_TIME), follow_symlinks=False)
        try:
            r = Tool.run(self, *args)
        except Failure as e:
            self.note(args, b"failure: " + e.text.encode("utf-8", "replace"), [])
            raise
        streams = [b"exit %d\n" % r.status, r.out, re.sub(rb"\d[\d.,]* (?=m?s\b)", b"N ", r.err) if "-v" in args else r.err]
        files = [p for p in sorted(glob.glob(os.path.join(self.folder, "x.*")) + glob.glob(os.path.join(self.folder, "x.*/*"))) if os.path.isfile(p)]
        self.note(args, b"".join(streams), files)
        for path in glob.glob(os.path.join(self.folder, "x.*/")):
            shutil.rmtree(path)
        return r

    def note(self, args, text, files):
        for path in files:
            with open(path, "rb") as f:
                text += b"\n== %s\n" % os.path.basename(path).encode() + f.read()
        text = text.replace(os.fsencode(self.folder), b"@")
        line = " ".join(str(a) for a in args).replace(self.folder, "@")
        self.lines.append((line, hashlib.sha1(text).hexdigest()[:16], text if self.keep else b""))


def copy_inputs(folder, corpus):
    """Copy all profiles below folder/in, each with one time; returns their names."""
    found = []
    for name, top in (("testdata", os.path.join(ROOT, "testdata")), ("corpus", corpus)):
        for path in sorted(glob.glob(os.path.join(top, "**"), recursive=True)) if top else []:
            relative = os.path.relpath(path, top)
            if os.path.isfile(path) and not re.match(r"(gen|pictures|src)/|.*\.(md|json|err)$", relative):
                to = os.path.join("in", name, relative)
                os.makedirs(os.path.join(folder, os.path.dirname(to)), exist_ok=True)
                shutil.copy(path, os.path.join(folder, to))
                os.utime(os.path.join(folder, to), (FIXED_TIME, FIXED_TIME))
                found.append(to)
    return found


def draw_lines(inputs, targets):
    outputs = OUTPUTS + [["export", "--to", t] for t in targets]
    for i, path in enumerate(inputs):
        for out in outputs:
            yield out + [path]
        for k, option in enumerate(OPTIONS):
            yield TABLES[(i + k) % len(TABLES)] + option + [path]
    chosen = [p for p in inputs if re.search(r"testdata/(jemalloc/ok/(sysn|threads)|massif/ok/a_B|pprof/ok/(threads|go)|gperftools/ok/(mt|tc)|symbolized)", p)]
    for path in chosen[:9]:
        for out in outputs:
            for option in OPTIONS:
                yield out + option + [path]
    folders = sorted({os.path.dirname(p) for p in inputs if "/ok/" in p or "corpus" in p})
    for folder in folders:
        rng = random.Random(folder)
        several = [p for p in inputs if os.path.dirname(p) == folder]
        pairs = list(zip(several, several[1:]))
        for a, b in rng.sample(pairs, min(len(pairs), 6)):
            yield ["diff", a, b]
            yield ["diff", "--json", "--lines", a, b]
            for out in outputs:
                yield out + ["--base", a, b]
        series = sorted(p for p in several if re.search(r"\.i?\d+\.[a-z]?\d*\.?heap$", p))[:6] or several[:4]
        for out in outputs:
            for option in SEVERAL:
                yield out + option + series
        for out in outputs[:12]:
            yield out + ["--last", folder]
    yield ["--help"]
    yield ["formats"]
    for command in ["top", "tree", "flame", "report", "timeline", "diff", "collapsed", "json", "export", "info", "formats", "cache", "symbolize"]:
        yield [command, "--help"]
        yield [command]
        yield [command, "--no-such-option"]
        yield [command, "no such file"]


def run_part(runner, corpus, quick, part, keep):
    """Run every WORKERS-th line; returns [(line, hash, text)]."""
    with tempfile.TemporaryDirectory(prefix="hprof-golden.") as folder:
        inputs = copy_inputs(folder, corpus)
        tool = Recorder(os.path.abspath(runner), folder, keep)
        tables = Tables(tool)
        step = WORKERS * (8 if quick else 1)
        for i, words in enumerate(draw_lines(inputs, tables.targets)):
            if i % step == part and (keep is True or not keep or " ".join(words) in keep):
                try:
                    tool.run(*words)
                except Failure:
                    pass
        for seed in range(0 if keep else part, 100 if quick else 800, WORKERS):
            name, function, made = net.draw_case(seed)
            before = len(tool.lines)
            net.check(tool, tables, seed, function, made)
            tool.lines[before:] = [("net %d.%d %s" % (seed, k, x[0]), x[1], x[2]) for k, x in enumerate(tool.lines[before:])]
            for path in glob.glob(os.path.join(folder, "*")):
                if os.path.isfile(path):
                    os.unlink(path)
        tool.close()
        return tool.lines


def run_all(runner, corpus, quick, keep=None):
    with concurrent.futures.ProcessPoolExecutor(WORKERS) as pool:
        parts = [pool.submit(run_part, runner, corpus, quick, k, keep) for k in range(WORKERS)]
        return [line for p in parts for line in p.result()]


def show(line, old, new, most=30):
    print("== %s" % line)
    if old is None or new is None:
        return
    a, b = (x.decode("utf-8", "backslashreplace").splitlines() for x in (old, new))
    for i, text in enumerate(difflib.unified_diff(a, b, "before", "after", n=0, lineterm="")):
        if i == most:
            print("   ...")
            break
        print("   " + text[:300])


def compare(o):
    with open(o.file) as f:
        was = json.load(f)
    now = {x[0]: x[1] for x in run_all(o.runner, was["corpus"], was["quick"])}
    lines = was["lines"]
    different = sorted(k for k in lines if now.get(k) != lines[k]) + sorted(k for k in now if k not in lines)
    shown = different[:o.most]
    texts = [{}, {}]
    if o.old and shown:
        for i, runner in enumerate((o.old, o.runner)):
            texts[i] = {x[0]: x[2] for x in run_all(runner, was["corpus"], False, keep=set(shown))}
    for line in shown:
        show(line, texts[0].get(line), texts[1].get(line))
    for line in different[o.most:]:
        print("== %s" % line)
    print("%d lines, %d different" % (len(lines), len(different)))
    return 1 if different else 0


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("what", choices=["record", "compare"])
    ap.add_argument("file")
    ap.add_argument("--runner", default=os.path.join(ROOT, "build/release/tests/runner"))
    ap.add_argument("--old", help="compare: the runner of the build that recorded")
    ap.add_argument("--corpus", help="record: a folder of more profiles")
    ap.add_argument("--quick", action="store_true", help="record: an eighth of the lines")
    ap.add_argument("--most", type=int, default=40, help="compare: show the text of so many")
    o = ap.parse_args()
    if o.what == "compare":
        return compare(o)
    lines = {x[0]: x[1] for x in run_all(o.runner, o.corpus, o.quick)}
    with open(o.file, "w") as f:
        json.dump({"corpus": o.corpus, "quick": o.quick, "lines": lines}, f, indent=0, sort_keys=True)
    print("%d lines recorded" % len(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
