#!/usr/bin/env python3
# run.py - time and memory of hprof as ratios to peers that run beside it; nothing here fails by the clock.
"""Parts: captures (hprof top beside jeprof --text), parse (big dumps beside wc and cat).
HPROF names the tool (build/hprof).  Each figure is the best of some runs on one core."""
import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "peers"))
sys.dont_write_bytecode = True

import debian  # noqa: E402
from peerlib import BASE_ENV, find_hprof, have  # noqa: E402

MIB = 1 << 20


class Run:
    """Seconds, and the greatest resident set, of one command; its output is thrown away."""

    def __init__(self, cmd, env, core=True):
        if core and not have("taskset"):
            cmd = ["taskset", "-c", "0", *cmd]
        start = time.monotonic()
        p = subprocess.Popen(cmd, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(p.pid, 0)
        p.returncode = os.waitstatus_to_exitcode(status)
        self.seconds = time.monotonic() - start
        self.rss = usage.ru_maxrss * 1024
        self.ok = p.returncode == 0


def best(cmd, env, times=3, core=True):
    runs = [Run(cmd, env, core) for _ in range(times)]
    if not all(r.ok for r in runs):
        raise RuntimeError("failed: " + " ".join(cmd))
    return min(runs, key=lambda r: r.seconds)


def line(name, what):
    print("%-34s %s" % (name, what), flush=True)


def captures(work, env, times):
    """Five programs of Debian: everything from the file to the table, nothing remembered."""
    print("# hprof top beside jeprof --text --show_bytes; wanted: less than 0.1 of its time")
    if have("jeprof"):
        print("SKIP captures: no jeprof")
        return
    for name, argv, lg, _ in debian.PROGRAMS:
        if have(argv[0]):
            print("SKIP %s: it is not installed" % name)
            continue
        dump = debian.capture_program(work, name, argv, lg)
        exe = shutil.which(argv[0])
        ours = best([find_hprof(), "top", exe, dump], env, times, core=False)
        one = best([find_hprof(), "top", exe, dump], env, times)
        theirs = best(["jeprof", "--text", "--show_bytes", exe, dump], env, 1, core=False)
        line(name, "hprof %.3f s (%.3f s on one core, %.0f MiB), jeprof %.2f s: ratio %.4f" %
             (ours.seconds, one.seconds, one.rss / MIB, theirs.seconds, ours.seconds / theirs.seconds))


def generate(path, *options):
    with open(path, "w") as f:
        subprocess.run([sys.executable, os.path.join(HERE, "gen_dump.py"), *options], stdout=f, check=True)
    return os.path.getsize(path)


def count_stacks(dump, env):
    out = subprocess.run([find_hprof(), "info", "--json", "--no-symbols", dump], env=env, check=True,
                         stdout=subprocess.PIPE).stdout
    return json.loads(out)["stacks"]


def parse_one(name, dump, env, times, floor):
    size = os.path.getsize(dump)
    ours = best([find_hprof(), "top", "--no-symbols", dump], env, times)
    wc = best(["wc", "-l", dump], env, times)
    cat = best(["cat", dump], env, times)
    n = count_stacks(dump, env)
    line(name, "%.0f MB, %d stacks: %.2f s, %.0f MB/s, %.1f MiB resident; %.1f times wc -l, %.1f times cat" %
         (size / 1e6, n, ours.seconds, size / 1e6 / ours.seconds, ours.rss / MIB,
          ours.seconds / wc.seconds, ours.seconds / cat.seconds))
    if n > 100000:
        line("", "%.0f bytes of memory for each distinct stack" % ((ours.rss - floor) / n))


def parse(work, env, times, stacks, megabytes):
    print("# hprof top --no-symbols; wanted on %d MB of repeats: 300 MB/s and less than 100 MB" % megabytes)
    dump = os.path.join(work, "made.heap")
    generate(dump, "shared", "--stacks", "10")
    floor = best([find_hprof(), "top", "--no-symbols", dump], env, times).rss
    slice_size = generate(dump, "shared", "--stacks", "7500")
    ours = best([find_hprof(), "top", dump], env, times)
    what = "hprof %.3f s" % ours.seconds
    if have("jeprof"):
        print("SKIP jeprof on a slice: no jeprof")
    else:
        theirs = best(["jeprof", "--text", "/bin/true", dump], env, 1)
        what += ", jeprof %.2f s: ratio %.4f" % (theirs.seconds, ours.seconds / theirs.seconds)
    line("a slice of %.1f MB" % (slice_size / 1e6), what)
    generate(dump, "repeats", "--megabytes", str(megabytes))
    parse_one("repeats", dump, env, times, floor)
    for kind in ("shared", "apart"):
        generate(dump, kind, "--stacks", str(stacks), "--depth", "60")
        parse_one(kind + ", depth 60", dump, env, min(times, 2), floor)


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--part", action="append", choices=("captures", "parse"))
    ap.add_argument("--times", type=int, default=3, help="runs of which the best counts")
    ap.add_argument("--stacks", type=int, default=1000000, help="distinct stacks of the greatest dumps")
    ap.add_argument("--megabytes", type=int, default=500, help="size of the dump of repeats")
    ap.add_argument("--work", help="folder for some 2 GB; default: a temporary one")
    args = ap.parse_args()
    if not os.path.exists(find_hprof()):
        print("no %s: run make, or set HPROF" % find_hprof())
        return 1
    work = tempfile.mkdtemp(prefix="hprof-bench-", dir=args.work)
    env = dict(BASE_ENV, XDG_CACHE_HOME=os.path.join(work, "nothing"), HOME=work)
    try:
        for part in args.part or ("captures", "parse"):
            if part == "captures":
                captures(work, env, args.times)
            else:
                parse(work, env, args.times, args.stacks, args.megabytes)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
