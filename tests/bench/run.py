#!/usr/bin/env python3
# run.py - time and memory of hprof as ratios to peers that run beside it; nothing here fails by the clock.
"""Parts: captures (hprof top beside jeprof --text), parse (big dumps beside wc and cat), families (massif
beside ms_print, gperftools beside google-pprof, a series of dumps), pprof (profile.proto in go tool pprof), browser (pictures and pages beside
flamegraph.pl, as tests/browser/bench.js times them), symbolize (hprof symbolize beside llvm-symbolizer, addr2line and gimli).  HPROF names the tool (build/hprof),
HPROF_BENCH_DIR a folder for what takes long to make (build/bench).  Each figure is the best of some runs."""
import argparse
import gzip
import json
import math
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "peers"))
sys.dont_write_bytecode = True

import debian  # noqa: E402
import measure  # noqa: E402
import symbolize  # noqa: E402
from peerlib import BASE_ENV, find_hprof, have  # noqa: E402

MIB = 1 << 20
PARTS = ("captures", "parse", "families", "pprof", "browser", "symbolize")


def best(cmd, env, times=3, core=True):
    """The fastest of @times runs, on one core only when @core."""
    if core and not have("taskset"):
        cmd = ["taskset", "-c", "0", *cmd]
    return measure.best(cmd, env, times, enough_s=math.inf)


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
             (ours.wall_s, one.wall_s, one.peak / MIB, theirs.wall_s, ours.wall_s / theirs.wall_s))


def generate(path, *options, script="gen_dump.py"):
    with open(path, "w") as f:
        subprocess.run([sys.executable, os.path.join(HERE, script), *options], stdout=f, check=True)
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
         (size / 1e6, n, ours.wall_s, size / 1e6 / ours.wall_s, ours.peak / MIB,
          ours.wall_s / wc.wall_s, ours.wall_s / cat.wall_s))
    if n > 100000:
        line("", "%.0f bytes of memory for each distinct stack" % ((ours.peak - floor) / n))


def parse(work, env, times, stacks, megabytes):
    print("# hprof top --no-symbols; wanted on %d MB of repeats: 300 MB/s and less than 100 MB" % megabytes)
    dump = os.path.join(work, "made.heap")
    generate(dump, "shared", "--stacks", "10")
    floor = best([find_hprof(), "top", "--no-symbols", dump], env, times).peak
    slice_size = generate(dump, "shared", "--stacks", "7500")
    ours = best([find_hprof(), "top", dump], env, times)
    what = "hprof %.3f s" % ours.wall_s
    if have("jeprof"):
        print("SKIP jeprof on a slice: no jeprof")
    else:
        theirs = best(["jeprof", "--text", "/bin/true", dump], env, 1)
        what += ", jeprof %.2f s: ratio %.4f" % (theirs.wall_s, ours.wall_s / theirs.wall_s)
    line("a slice of %.1f MB" % (slice_size / 1e6), what)
    generate(dump, "repeats", "--megabytes", str(megabytes))
    parse_one("repeats", dump, env, times, floor)
    for kind in ("shared", "apart"):
        generate(dump, kind, "--stacks", str(stacks), "--depth", "60")
        parse_one(kind + ", depth 60", dump, env, min(times, 2), floor)


def beside(name, ours, theirs, env, times):
    if have(theirs[0]):
        print("SKIP %s: no %s" % (name, theirs[0]))
        return
    a, b = best(ours, env, times), best(theirs, env, 1)
    line(name, "hprof %.3f s, %s %.2f s: ratio %.4f" % (a.wall_s, theirs[0], b.wall_s, a.wall_s / b.wall_s))


def families(work, env, times, megabytes):
    print("# hprof top; wanted on %d MB: massif 150 MB/s and less than 200 MB, gperftools 200 MB/s" % megabytes)
    dump = os.path.join(work, "made")
    generate(dump, "--megabytes", "10", "--trees", "5", "--contexts", "20000", script="gen_massif.py")
    beside("massif, a slice of 10 MB", [find_hprof(), "timeline", "-v", dump], ["ms_print", dump], env, times)
    generate(dump, "--megabytes", str(megabytes), script="gen_massif.py")
    parse_one("massif", dump, env, times, 0)
    generate(dump, "gperftools", "--megabytes", "4", "--stacks", "5000")
    beside("gperftools, a slice of 4 MB", [find_hprof(), "top", dump], ["google-pprof", "--text", "/bin/true", dump],
           env, times)
    for stacks in (2000, 20000, 200000):
        generate(dump, "gperftools", "--megabytes", str(megabytes), "--stacks", str(stacks))
        parse_one("gperftools", dump, env, times, 0)
    os.remove(dump)
    print("# a series of dumps of one process, 2,000 stacks each; wanted: the time of each does not grow")
    folder = os.path.join(work, "series")
    os.mkdir(folder)
    generate(dump, "shared", "--stacks", "2000")
    for i in range(1000):
        shutil.copyfile(dump, os.path.join(folder, "jeprof.77.%d.i%d.heap" % (i, i)))
    for n in (100, 1000):
        files = [os.path.join(folder, "jeprof.77.%d.i%d.heap" % (i, i)) for i in range(n)]
        for command in ("timeline", "top --sum"):
            ours = best([find_hprof(), *command.split(), "--no-symbols", *files], env, times)
            line("%s of %d dumps" % (command, n), "%.2f s, %.2f ms for each, %.0f MiB resident" %
                 (ours.wall_s, 1000 * ours.wall_s / n, ours.peak / MIB))


def pprof(work, env, times, stacks):
    print("# profile.proto of %d stacks of some 40 frames; wanted: top in 1 s and 300 MiB" % stacks)
    path = os.path.join(work, "made.pb.gz")
    subprocess.run([sys.executable, os.path.join(HERE, "gen_pprof.py"), "--stacks", str(stacks), path], check=True)
    ours = best([find_hprof(), "top", path], env, times)
    line("top", "%.2f s (%.2f s of processor time), %.0f MiB resident; the file has %.1f MiB" %
         (ours.wall_s, ours.cpu_s, ours.peak / MIB, os.path.getsize(path) / MIB))
    if have("go"):
        print("SKIP the same in Go: no go (package golang-go)")
    else:
        theirs = best(["go", "tool", "pprof", "-symbolize=none", "-top", path], env, 1)
        line("top in Go", "go tool pprof %.2f s, %.0f MiB: ratio of time %.4f, of memory %.4f" %
             (theirs.wall_s, theirs.peak / MIB, ours.wall_s / theirs.wall_s, ours.peak / theirs.peak))
    out = os.path.join(work, "out.pb.gz")
    wrote = best([find_hprof(), "export", "--to", "pprof", "-o", out, path], env, times)
    size = os.path.getsize(out)
    with gzip.open(out) as f:
        raw = len(f.read())
    line("read and written again", "%.2f s, %.0f MiB resident; writes %.0f MB/s; %.1f MiB, unpacked %.1f MiB" %
         (wrote.wall_s, wrote.peak / MIB, raw / 1e6 / max(wrote.wall_s - ours.wall_s, 1e-3), size / MIB, raw / MIB))
    if not have("go"):
        theirs = best(["go", "tool", "pprof", "-symbolize=none", "-proto", "-output=" + out, path], env, 1)
        line("the same in Go", "go tool pprof -proto %.2f s, %.0f MiB; %.1f MiB: ratio of time %.4f, of size %.4f" %
             (theirs.wall_s, theirs.peak / MIB, os.path.getsize(out) / MIB, wrote.wall_s / theirs.wall_s,
              size / os.path.getsize(out)))


def browser(times):
    print("# hprof flame in the browser: 71,000 and 1,000,000 calls", flush=True)
    script = os.path.join(os.path.dirname(HERE), "browser", "bench.js")
    if have("node"):
        print("SKIP browser: no node")
        return
    subprocess.run(["node", script, "--times", str(times)], check=False)


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--part", action="append", choices=PARTS)
    ap.add_argument("--times", type=int, default=3, help="runs of which the best counts")
    ap.add_argument("--stacks", type=int, default=1000000, help="distinct stacks of the greatest dumps")
    ap.add_argument("--megabytes", type=int, default=500, help="size of the dump of repeats")
    ap.add_argument("--big", action="store_true", help="symbolize: two binaries of 1 GB of DWARF as well; "
                    "making them takes some ten minutes, the peers some more")
    ap.add_argument("--elfutils", action="store_true", help="symbolize: eu-addr2line as well, for ten minutes")
    ap.add_argument("--work", help="folder for some 2 GB; default: a temporary one")
    args = ap.parse_args()
    if not os.path.exists(find_hprof()):
        print("no %s: run make, or set HPROF" % find_hprof())
        return 1
    work = tempfile.mkdtemp(prefix="hprof-bench-", dir=args.work)
    env = dict(BASE_ENV, XDG_CACHE_HOME=os.path.join(work, "nothing"), HOME=work)
    try:
        for part in args.part or PARTS:
            if part == "captures":
                captures(work, env, args.times)
            elif part == "families":
                families(work, env, args.times, args.megabytes)
            elif part == "pprof":
                pprof(work, env, args.times, 300000)
            elif part == "browser":
                browser(args.times)
            elif part == "symbolize":
                symbolize.symbolize(symbolize.Bench(work, env, args.times, args.big, args.elfutils))
            else:
                parse(work, env, args.times, args.stacks, args.megabytes)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
