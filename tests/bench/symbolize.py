# symbolize.py - addresses of large binaries to frames: hprof beside llvm-symbolizer, addr2line and gimli.
"""What is compared: the same addresses on standard input, names demangled, inlined calls shown, nothing
remembered from before, the files in the page cache.  The frames that each program printed are counted, so
that one that answers less is seen to."""
import hashlib
import math
import os
import shutil
import subprocess
import sys

import addresses
import gen_big
from measure import MB, Run, best
from peerlib import GEN, Failed, capture_one, find_file, find_hprof, have, run, rustc

HERE = os.path.dirname(os.path.abspath(__file__))
LLVM, GNU, GIMLI, ELFUTILS = "llvm-symbolizer", "addr2line", "gimli", "eu-addr2line"
# Wanted: how many times a peer's time hprof is to be faster, with two workers and with one; the third number
# is the part of the peer's memory that it may take.
DWARF_GOALS = {LLVM: (15, 10, 1 / 3), GNU: (50, 35, None)}
TABLE_GOALS = {LLVM: (5, None, None)}
CRATE = """[package]
name = "gimli-addr2line"
version = "0.1.0"
edition = "2018"
[dependencies]
addr2line = "0.19"
clap = "3"
fallible-iterator = "0.2"
gimli = "0.27"
memmap2 = "0.5"
object = "0.30"
typed-arena = "2"
"""
CARGO = """[source.crates-io]
replace-with = "debian"
[source.debian]
directory = "%s"
"""
CEPH = "/usr/bin/ceph-osd"
REGISTRY = "/usr/share/cargo/registry"


class Bench:
    """Where things are kept, how often to run, and what was asked for."""

    def __init__(self, work, env, times, big=False, elfutils=False):
        root = os.path.dirname(os.path.dirname(HERE))
        self.kept = os.path.abspath(os.environ.get("HPROF_BENCH_DIR", os.path.join(root, "build", "bench")))
        self.work, self.env, self.times, self.big = work, env, times, big
        self.often = max(times, 10)  # runs of hprof, which are short
        os.makedirs(self.kept, exist_ok=True)
        self.gimli = build_gimli(self.kept)
        self.elfutils = elfutils

    def path(self, name):
        return os.path.join(self.work, name)


def build_gimli(kept):
    """The example program of Debian's crate addr2line, or None.  The sources are the package's own."""
    made = os.path.join(kept, "gimli", "target", "release", "gimli-addr2line")
    if os.path.exists(made):
        return made
    crate = [d for d in (os.listdir(REGISTRY) if os.path.isdir(REGISTRY) else []) if d.startswith("addr2line-")]
    cargo = "/usr/bin/cargo"
    if not crate or not os.path.exists(cargo) or not rustc():
        print("SKIP gimli: needs cargo, rustc, librust-addr2line-dev, librust-clap-3-dev, librust-cpp-demangle-dev, "
              "librust-memmap2-dev, librust-rustc-demangle-dev and librust-typed-arena-dev")
        return None
    home = os.path.join(kept, "gimli")
    for folder in ("src", ".cargo"):
        os.makedirs(os.path.join(home, folder), exist_ok=True)
    shutil.copy(os.path.join(REGISTRY, crate[0], "examples", "addr2line.rs"), os.path.join(home, "src", "main.rs"))
    for name, text in (("Cargo.toml", CRATE), (".cargo/config.toml", CARGO % REGISTRY)):
        with open(os.path.join(home, name), "w") as f:
            f.write(text)
    p = subprocess.run(["nice", cargo, "build", "--release", "--offline"], cwd=home, check=False, text=True,
                       env=dict(os.environ, RUSTC=rustc(), CARGO_HOME=os.path.join(home, "home")),
                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if p.returncode:
        print("SKIP gimli: it could not be built: %s" % p.stdout.strip().splitlines()[-1])
        return None
    return made


def big_binary(bench, compiler, megabytes):
    """A generated binary, made anew when the generator or the compiler changed; or None."""
    out = os.path.join(bench.kept, "%s-%d" % (compiler, megabytes))
    if have(gen_big.COMPILERS[compiler], "ld.lld", "size"):
        return None
    with open(gen_big.__file__, "rb") as f:
        key = hashlib.sha256(f.read() + gen_big.version(compiler)).hexdigest()
    try:
        with open(out + ".key") as f:
            if f.read() == key and os.path.exists(out):
                return out
    except OSError:
        pass
    print("# making %s, which takes minutes" % out, flush=True)
    subprocess.run(["nice", sys.executable, gen_big.__file__, "--compiler", compiler, "--megabytes", str(megabytes),
                    "--work", os.path.join(bench.kept, "objects"), out], check=True, stdout=subprocess.DEVNULL)
    with open(out + ".key", "w") as f:
        f.write(key)
    return out


def installed(path, with_debug=False):
    """@path, or None when it, or its package of debug information, is not there."""
    if not path or not os.path.exists(path) or (with_debug and not addresses.debug_file(path)):
        return None
    return path


def unpacked(bench, path):
    """One file of @path and its debug file with all sections unpacked, under a build ID of its own, so that no
    program finds the packed one; or None."""
    if not installed(path, True) or have("eu-elfcompress", "eu-unstrip"):
        return None
    debug = addresses.debug_file(path)
    out = os.path.join(bench.kept, "plain-" + os.path.basename(path))
    if os.path.exists(out) and os.path.getmtime(out) > max(os.path.getmtime(path), os.path.getmtime(debug)):
        return out
    inflated, merged = bench.path("inflated"), out + ".new"
    for cmd in (["eu-elfcompress", "-q", "-t", "none", "-o", inflated, debug],
                ["eu-unstrip", "--force", "-o", merged, path, inflated]):
        subprocess.run(cmd, check=True, stderr=subprocess.DEVNULL)
    os.remove(inflated)
    ident = bytes.fromhex(addresses.build_id(path))
    with open(merged, "r+b") as f:
        at = f.read(MB).index(ident)
        f.seek(at)
        f.write(bytes(255 - b for b in ident))
    os.rename(merged, out)
    return out


def warm(path):
    """Read the files once; returns the bytes of debug information."""
    debug = addresses.debug_file(path)
    for name in (path, debug):
        if name:
            with open(name, "rb") as f:
                while f.read(8 * MB):
                    pass
    return gen_big.dwarf_bytes(debug or path)


def frames_in(path, n_addresses, blank_lines):
    """Frames in an output of two lines a frame, and for each address one more, empty or the address."""
    with open(path, "rb") as f:
        lines = 0
        while True:
            block = f.read(MB)
            if not block:
                break
            lines += block.count(b"\n")
    return (lines - n_addresses) // 2 if blank_lines else lines // 2


def ours(*more):
    return [find_hprof(), "symbolize", "-a", "-f", "-i", "-C", *more]


def peers(bench, which):
    known = {LLVM: ["llvm-symbolizer", "--inlines", "--demangle", "--obj={}"],
             GNU: ["addr2line", "-a", "-f", "-i", "-C", "-e", "{}"],
             GIMLI: [bench.gimli, "-a", "-f", "-i", "-C", "-e", "{}"] if bench.gimli else None,
             ELFUTILS: ["eu-addr2line", "-a", "-f", "-i", "-C", "-e", "{}"]}
    for name in which:
        if known[name] and not have(known[name][0]):
            yield name, known[name]


def show(name, took, n_frames, rest=""):
    print("  %-24s %8.3f s %8.3f s CPU %8.1f MB %9d frames  %s" %
          (name, took.wall_s, took.cpu_s, took.peak / MB, n_frames, rest), flush=True)


def measure_ours(bench, path, name, n, more=(), times=None):
    out = bench.path("out")
    cmd = ours(*more, "-e", path)
    took = best(cmd, bench.env, times or bench.often, bench.path("in"), out)
    took.peak = max(took.peak, Run(cmd, bench.env, bench.path("in"), out, sampled=True).peak)
    show(name, took, frames_in(out, n, True))
    return took


def wanted(ratio, goal):
    return "%.1f" % ratio if goal is None else "%.1f (wanted %g)" % (ratio, goal)


def compare_peer(bench, path, n, name, cmd, two, one, goals):
    out = bench.path("out")
    cmd = [a.replace("{}", addresses.debug_file(path) or path) if name == GIMLI else a.replace("{}", path) for a in cmd]
    took = best(cmd, bench.env, bench.times, bench.path("in"), out)
    goal2, goal1, memory = goals.get(name, (None, None, None))
    rest = "times 2 workers: %s, 1 worker: %s, CPU of 1 worker: %.1f; memory " % (
        wanted(took.wall_s / two.wall_s, goal2), wanted(took.wall_s / one.wall_s, goal1), took.cpu_s / one.cpu_s)
    part = max(two.peak, one.peak) / took.peak
    rest += "%.2f" % part if memory is None else "%.2f (wanted %.2f)" % (part, memory)
    show(name, took, frames_in(out, n, True), rest)


def write_addresses(bench, path, work):
    """Addresses such as "c10000" in the input of the next runs; in another process, which keeps this one small."""
    with open(bench.path("in"), "w") as f:
        subprocess.run([sys.executable, addresses.__file__, work[0], work[1:], path], stdout=f, check=True)
    return int(work[1:])


def compare(bench, path, work, which, goals):
    n = write_addresses(bench, path, work)
    print("%s, %s" % (os.path.basename(path), work), flush=True)
    two = measure_ours(bench, path, "hprof, 2 workers", n, ("--workers", "2"))
    one = measure_ours(bench, path, "hprof, 1 worker", n, ("--workers", "1"))
    for name, cmd in peers(bench, which):
        try:
            compare_peer(bench, path, n, name, cmd, two, one, goals)
        except RuntimeError as e:
            print("  %-24s %s" % (name, e))
    return two, one


def modules(bench):
    """(file or None, [(addresses, peers)], goals, what it needs)."""
    usual, quick = (LLVM, GNU, GIMLI), (LLVM, GIMLI)
    more = (ELFUTILS,) if bench.elfutils else ()
    yield (unpacked(bench, CEPH), [("c1000", quick), ("u10000", quick), ("u50000", quick), ("c10000", usual + more)],
           DWARF_GOALS, "ceph-osd, ceph-osd-dbg and elfutils")
    # As it is installed: the debug sections are packed, and unpacking them is most of the work.
    yield installed(CEPH, True), [("c10000", usual)], {}, "ceph-osd and ceph-osd-dbg"
    for compiler in ("gcc", "clang"):
        yield big_binary(bench, compiler, 50), [("c3000", usual)], {}, compiler + ", lld and binutils"
    for compiler in ("gcc", "clang") if bench.big else ():
        yield (big_binary(bench, compiler, 1000), [("c1000", quick), ("u10000", quick), ("c10000", usual)],
               DWARF_GOALS, compiler + ", lld and binutils")
    yield installed("/usr/bin/python3.11", True), [("u10000", usual)], {}, "python3.11-dbg"
    yield installed(find_file("libc.so.6"), True), [("u10000", usual)], {}, "libc6-dbg"
    yield installed("/usr/bin/node"), [("c10000", usual)], TABLE_GOALS, "nodejs"
    yield installed(find_file("libLLVM-14.so.1")), [("c10000", quick)], TABLE_GOALS, "libllvm14"


def tables(bench):
    print("# addresses to frames: hprof symbolize beside its peers; each the best of up to %d runs" % bench.times)
    print("# memory: the peak of resident memory; of hprof with all of its processes together")
    print("# less than %.0f MB is not told apart: it is what starting a command from here takes" %
          (best(["true"], bench.env, 1).peak / MB))
    print("# load of the machine before: %.1f; where others work beside, CPU is what can be compared" % os.getloadavg()[0])
    for path, works, goals, needs in modules(bench):
        if not path:
            print("SKIP a file: needs %s" % needs)
            continue
        print("## %s: %.0f MB of debug sections" % (path, warm(path) / MB))
        for work, which in works:
            compare(bench, path, work, which, goals)


def growth(bench):
    """Ten and a hundred times the addresses: time and memory may grow as much, not more."""
    path = unpacked(bench, CEPH)
    if not path:
        print("SKIP growth: needs ceph-osd, ceph-osd-dbg and elfutils")
        return
    print("# growth: %s, addresses spread over its code; wanted: linear at most" % path)
    warm(path)
    before = None
    for count in (10000, 100000, 1000000):
        n = write_addresses(bench, path, "u%d" % count)
        took = measure_ours(bench, path, "u%d" % count, n, times=1 if count > 100000 else None)
        if before:
            print("    %-22s time times %.2f, CPU times %.2f, memory times %.2f (wanted 10 at most)" %
                  ("10 times as many:", took.wall_s / before.wall_s, took.cpu_s / before.cpu_s, took.peak / before.peak))
        before = took
    if bench.big and not have("llvm-symbolizer"):
        cmd = ["llvm-symbolizer", "--inlines", "--demangle", "--obj=" + path]
        out = bench.path("out")
        took = best(cmd, bench.env, 1, bench.path("in"), out)
        show(LLVM, took, frames_in(out, n, True), "times %.1f" % (took.wall_s / before.wall_s))


def against_jeprof(bench):
    """A capture of clang: libLLVM is the main module.  jeprof needs minutes for the large one."""
    print("# hprof top --no-cache beside jeprof --text, clang compiling C++")
    if have("jeprof", "clang++") or not find_file("libjemalloc.so.2"):
        print("SKIP captures of clang: needs jeprof, clang++ and libjemalloc.so.2")
        return
    exe = os.path.realpath(shutil.which("clang++"))
    for name, lg, goal in (("few stacks", 19, 1 / 30), ("many stacks", 10, 1 / 100)):
        argv = ["clang++", "-O1", "-c", os.path.join(GEN, "widgets.cc"), "-o", "/dev/null"]
        try:
            dump = capture_one(bench.path("clang-%d" % lg), argv, lg=lg, conf="prof_accum:true")
        except Failed as e:
            print("SKIP %s: %s" % (name, e))
            continue
        with open(dump, "rb") as f:
            stacks = sum(1 for text in f if text.startswith(b"@"))
        mine = best([find_hprof(), "top", "--no-cache", exe, dump], bench.env, bench.often)
        theirs = best(["jeprof", "--text", exe, dump], bench.env, 1)
        print("  %-12s %6d stacks: hprof %.3f s (%.3f s CPU), jeprof %.2f s (%.2f s CPU): 1/%.0f (wanted 1/%.0f)" %
              (name, stacks, mine.wall_s, mine.cpu_s, theirs.wall_s, theirs.cpu_s, theirs.wall_s / mine.wall_s,
               1 / goal), flush=True)


def write_profile(dump, path, found):
    """A dump of jemalloc with a stack for each address of @path, mapped at some place."""
    base = 0x7F0000000000
    st = os.stat(path)
    loads = []
    for text in run(["readelf", "-lW", path]).splitlines():
        part = text.split()
        if part and part[0] == "LOAD":
            offset, vaddr, _, size = (int(x, 16) for x in part[1:5])
            flags = "".join(part[6:-1])
            loads.append((vaddr & -4096, (vaddr + size + 4095) & -4096, offset & -4096, "E" in flags))
    with open(dump, "w") as f:
        f.write("heap_v2/524288\n  t*: %d: %d [0: 0]\n" % (len(found), 64 * len(found)))
        for a in found:
            f.write("@ 0x%x\n  t*: 1: 64 [0: 0]\n  t0: 1: 64 [0: 0]\n" % (base + a + 1))
        f.write("\nMAPPED_LIBRARIES:\n")
        for start, limit, offset, code in loads:
            f.write("%x-%x r-%sp %08x %02x:%02x %d %s\n" %
                    (base + start, base + limit, "x" if code else "-", offset, os.major(st.st_dev),
                     os.minor(st.st_dev), st.st_ino, path))


def remembered(bench):
    """What the names of a profile cost when all of them are in the cache."""
    path = unpacked(bench, CEPH)
    if not path:
        print("SKIP a warm cache: needs ceph-osd, ceph-osd-dbg and elfutils")
        return
    print("# hprof top of 10000 addresses of %s, a stack each" % path)
    for work in ("c10000", "u10000"):
        remembered_work(bench, path, work)


def fastest(commands, env, times):
    """Seconds of the fastest run of each of @commands, taken in turn: a busy moment meets all of them."""
    took = [math.inf] * len(commands)
    for _ in range(times):
        took = [min(before, best(cmd, env, 1).wall_s) for before, cmd in zip(took, commands)]
    return took


def remembered_work(bench, path, work):
    write_addresses(bench, path, work)
    dump = bench.path("profile.heap")
    with open(bench.path("in")) as f:
        write_profile(dump, path, [int(x, 16) for x in f])
    folder = bench.path("cache")
    env = dict(bench.env, XDG_CACHE_HOME=folder)
    top = [find_hprof(), "top", "--force-binary", dump]  # addresses all over the code follow no calls
    cold = best(top + ["--no-cache"], env, bench.often)
    best(top, env, 1)
    none, warmed = fastest((top + ["--no-symbols"], top), env, 5 * bench.often)
    shutil.rmtree(folder, ignore_errors=True)
    print("  %s: no symbols %.1f ms, warm cache %.1f ms, no cache %.1f ms: the warm cache adds %.1f ms (wanted 20), "
          "%.2f times as long as no symbols, 1/%.0f of what symbols cost without it" %
          (work, none * 1e3, warmed * 1e3, cold.wall_s * 1e3, (warmed - none) * 1e3, warmed / none,
           (cold.wall_s - none) / max(1e-4, warmed - none)), flush=True)


def symbolize(bench):
    if have("readelf", "nm", "size"):
        print("SKIP symbolize: no binutils")
        return
    tables(bench)
    growth(bench)
    remembered(bench)
    against_jeprof(bench)
