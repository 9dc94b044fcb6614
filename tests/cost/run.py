#!/usr/bin/env -S python3 -B
"""
run.py - what work costs: ten times the records cost about ten times, and a small file never much.

User time of the tool and of all that it starts counts, the least of some runs, so that a busy
machine changes nothing.  A case that grows with the square of its records costs a hundred times.
"""
import os
import resource
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HPROF = os.path.abspath(os.environ.get("HPROF", os.path.join(ROOT, "build/hprof")))
RATIO = 30        # of ten times the records, at most: those of the square would be a hundred
ENOUGH_S = 0.3   # what takes less than this is not measured any more
LEAST_S = 0.02   # of a shorter run the kernel only guesses how much was user time
RUNS = 5


def cost(args, folder, code=0):
    """User seconds and KiB of one run."""
    env = {"PATH": os.environ["PATH"], "HOME": folder, "LC_ALL": "C", "XDG_CACHE_HOME": folder}
    p = subprocess.Popen([HPROF, *args], cwd=folder, env=env, stdin=subprocess.DEVNULL,
                         stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    err = p.stderr.read()
    _, status, used = os.wait4(p.pid, 0)
    p.returncode = os.waitstatus_to_exitcode(status)
    if p.returncode != code:
        raise AssertionError("exit code %d, expected %d: %s" % (p.returncode, code,
                                                                err[:300].decode("utf-8", "replace")))
    return used.ru_utime, used.ru_maxrss


def grows(folder, small, large):
    """What is wrong with the growth from the command line @small to @large, or None."""
    least = [1e9, 1e9]
    for _ in range(RUNS):
        for i, args in enumerate((small, large)):
            least[i] = min(least[i], cost(args, folder)[0])
        if least[1] < ENOUGH_S or least[1] <= RATIO * max(least[0], LEAST_S):
            return None
    return "ten times the records take %.3f s instead of %.3f s" % (least[1], least[0])


# --- inputs ---

def write(folder, name, parts):
    with open(os.path.join(folder, name), "wb") as f:
        for part in parts:
            f.write(part if isinstance(part, bytes) else part.encode())
    return name


def modules(n, slide=0, where="/nosuch"):
    base = 0x10000000 + slide
    yield "heap_v2/1\n"
    for i in range(n):
        yield "@ 0x%x\n  t*: 1: 64 [0: 0]\n" % (base + i * 0x2000 + 0x11)
    yield "MAPPED_LIBRARIES:\n"
    for i in range(n):
        yield "%x-%x r-xp 00000000 08:01 %d %s/lib%d.so\n" % (
            base + i * 0x2000, base + i * 0x2000 + 0x1000, i + 1, where, i)


def mappings_of_one(n, slide=0):
    """One module of many mappings."""
    base = 0x10000000 + slide
    yield "heap_v2/1\n@ 0x%x\n  t*: 1: 64 [0: 0]\nMAPPED_LIBRARIES:\n" % (base + 0x11)
    for i in range(n):
        yield "%x-%x r-xp %08x 08:01 5 /nosuch/lib.so\n" % (
            base + i * 0x2000, base + i * 0x2000 + 0x1000, i * 0x2000)


def stacks(n, depth=20):
    yield "heap_v2/1\n"
    for i in range(n):
        yield "@ %s\n  t*: 1: 64 [0: 0]\n" % " ".join(
            "0x%x" % (0x400000 + (i * 31 + k * k * 7) % 50000) for k in range(depth))
    yield "MAPPED_LIBRARIES:\n00400000-00500000 r-xp 00000000 08:01 5 /nosuch/app\n"


def deep(n):
    yield "heap_v2/1\n@"
    for i in range(n):
        yield " 0x%x" % (0x400000 + i * 16)
    yield "\n  t*: 1: 64 [0: 0]\nMAPPED_LIBRARIES:\n"


def without_addresses(n):
    yield "heap_v2/1\n"
    for i in range(n):
        yield "@\n  t*: 1: 64 [0: 0]\n"


def lines_of_other_kinds(n):
    yield "heap_v2/1\n@ 0x400011\n  t*: 1: 64 [0: 0]\n"
    for i in range(n):
        yield "  w%d: 1 2 3\n" % i


def jit(n):
    base = 0x7f0000000000
    yield "heap_v2/1\n"
    for i in range(0, n, 4):
        yield "@ 0x%x\n  t*: 1: 64 [0: 0]\n" % (base + i * 64 + 0x11)
    yield "MAPPED_LIBRARIES:\n%x-%x rwxp 00000000 00:00 0 \n" % (base, base + n * 64)


def perf_map(n):
    for i in range(n):
        yield "%x 40 Function%d\n" % (0x7f0000000000 + i * 64, i)


def varint(n):
    out = bytearray()
    while n > 127:
        out.append(n & 127 | 128)
        n >>= 7
    out.append(n)
    return bytes(out)


def field(number, content):
    return varint(number << 3 | 2) + varint(len(content)) + content


def pprof(samples):
    """A profile of one type, inuse_space, whose other fields are @samples."""
    yield field(1, varint(8) + varint(1) + varint(16) + varint(2))
    for text in (b"", b"inuse_space", b"bytes"):
        yield field(6, text)
    yield from samples


def samples_without_stacks(n):
    return pprof(field(2, field(2, varint(i % 100 + 1))) for i in range(n))


def modules_with_ids(n):
    def fields():
        for i in range(n):
            start = 0x10000000 + i * 0x2000
            yield field(3, b"".join(varint(k << 3) + varint(v) for k, v in (
                (1, i + 1), (2, start), (3, start + 0x1000), (5, 3 + 2 * i), (6, 4 + 2 * i))))
            yield field(4, b"".join(varint(k << 3) + varint(v) for k, v in (
                (1, i + 1), (2, i + 1), (3, start + 0x11))))
            yield field(2, field(1, varint(i + 1)) + field(2, varint(7)))
            yield field(6, b"/nosuch/lib%d.so" % i)
            yield field(6, b"%040x" % (i * 7 + 1))
    return pprof(fields())


def locations(n):
    def fields():
        for i in range(n):
            yield field(4, varint(8) + varint(i + 1) + varint(24) + varint(0x400000 + i * 16))
            yield field(2, field(1, varint(i + 1)) + field(2, varint(7)))
    return pprof(fields())


def one_stack(n):
    yield from pprof([field(4, varint(8) + varint(1) + varint(24) + varint(0x400000)),
                      field(2, field(1, varint(1) * n) + field(2, varint(7)))])


def of_one_name(n, addresses=False):
    """Functions of one name, each in a file of its own; or one function at many addresses of a module."""
    def message(*values):
        return b"".join(varint(k << 3) + varint(v) for k, v in values)

    def fields():
        yield field(6, b"f")
        if addresses:
            yield field(6, b"/nosuch/lib.so")
            yield field(6, b"%040x" % addresses)
            yield field(3, message((1, 1), (2, 0x10000000), (3, 0x20000000), (5, 4), (6, 5)))
            yield field(5, message((1, 1), (2, 3)))
        for i in range(n):
            if not addresses:
                yield field(6, b"src/%d.c" % i)
                yield field(5, message((1, i + 1), (2, 3), (4, i + 4)))
            line = field(4, message((1, 1 if addresses else i + 1), (2, 1 if addresses else i)))
            place = message((2, 1), (3, 0x10001000 + 16 * i + addresses)) if addresses else b""
            yield field(4, message((1, i + 1)) + place + line)
            yield field(2, field(1, varint(i + 1)) + field(2, varint(7)))
    return pprof(fields())


# --- cases ---

PLAIN = ["-q", "--no-symbols"]
MISSING = ["-q", "--no-cache"]
CASES = [  # what it is, how a file is made, records, command lines: FILE and OTHER stand for it
    ("modules", modules, 3000,
     [["top", *PLAIN, "FILE"], ["info", *PLAIN, "FILE"], ["json", *PLAIN, "FILE"],
      ["top", *PLAIN, "--modules", "FILE"], ["report", *PLAIN, "-o", "x.html", "FILE"],
      ["export", "--to", "pprof", *PLAIN, "-o", "x.pb.gz", "FILE"]]),
    ("modules that are not there", modules, 3000,
     [["top", *MISSING, "FILE"], ["info", *MISSING, "FILE"], ["diff", *MISSING, "FILE", "OTHER"],
      ["top", *MISSING, "--sysroot", ".", "--path-map", "/nosuch=/other", "FILE"]]),
    ("mappings of one module", mappings_of_one, 20000,
     [["top", *PLAIN, "FILE"], ["diff", *PLAIN, "FILE", "OTHER"]]),
    ("stacks", stacks, 5000,
     [["top", *PLAIN, "FILE"], ["tree", *PLAIN, "FILE"], ["flame", *PLAIN, "-o", "x.svg", "FILE"],
      ["diff", *PLAIN, "FILE", "FILE"]]),
    ("depth", deep, 100000,
     [["top", *PLAIN, "FILE"], ["tree", *PLAIN, "FILE"], ["flame", *PLAIN, "-o", "x.svg", "FILE"],
      ["collapsed", *PLAIN, "FILE"]]),
    ("stacks without addresses", without_addresses, 100000,
     [["top", *PLAIN, "FILE"], ["json", *PLAIN, "FILE"]]),
    ("samples without stacks", samples_without_stacks, 100000,
     [["top", *PLAIN, "FILE"], ["export", "--to", "pprof", *PLAIN, "-o", "x.pb.gz", "FILE"]]),
    ("locations", locations, 20000,
     [["top", *PLAIN, "FILE"], ["report", *PLAIN, "-o", "x.html", "FILE"]]),
    ("one stack of pprof", one_stack, 200000, [["top", *PLAIN, "FILE"], ["tree", *PLAIN, "FILE"]]),
    ("kinds of lines that are not used", lines_of_other_kinds, 20000, [["info", *PLAIN, "FILE"]]),
    ("functions of one name", of_one_name, 10000,
     [["top", *PLAIN, "FILE"], ["diff", *PLAIN, "FILE", "FILE"],
      ["export", "--to", "symbolized", *PLAIN, "-o", "x.sym", "FILE"]]),
    ("a perf map", jit, 20000, [["top", "-q", "--no-cache", "--perf-map", "MAP", "FILE"]]),
]
OTHERS = {modules: lambda n: modules(n, 0x100000000), mappings_of_one:
          lambda n: mappings_of_one(n, 0x100000000)}
DIFFS = [  # two profiles of many modules or places each
    ("modules of the same builds", modules, lambda n: modules(n, 0x100000000), 3000),
    ("modules of other builds", modules, lambda n: modules(n, 0x100000000, "/other"), 3000),
    ("one function of two builds", lambda n: of_one_name(n, 1), lambda n: of_one_name(n, 2), 3000, "--addresses"),
]


def growth_cases(folder):
    for what, make, n, lines in CASES:
        names = []
        for k in (n, 10 * n):
            write(folder, "file%d" % k, make(k))
            if make in OTHERS:
                write(folder, "other%d" % k, OTHERS[make](k))
            if make is jit:
                write(folder, "map%d" % k, perf_map(k))
            names.append({"FILE": "file%d" % k, "OTHER": "other%d" % k, "MAP": "map%d" % k})
        for line in lines:
            small, large = ([name.get(a, a) for a in line] for name in names)
            yield "%s: %s" % (what, " ".join(line)), lambda s=small, l=large: grows(folder, s, l)
    for what, make, other, n, *options in DIFFS:
        lines = []
        for k in (n, 10 * n):
            write(folder, "old%d" % k, make(k))
            write(folder, "new%d" % k, other(k))
            lines.append(["diff", *PLAIN, *options, "old%d" % k, "new%d" % k])
        yield "%s: diff" % what, lambda s=lines[0], l=lines[1]: grows(folder, s, l)


def bounded(folder, args, code, seconds, mib):
    """What is wrong with the cost of one run, or None."""
    for _ in range(RUNS):
        used, kib = cost(args, folder, code)
        if used < seconds and kib < mib << 10:
            return None
    return "took %.2f s and %d MiB, expected %.1f s and %d MiB" % (used, kib >> 10, seconds, mib)


SECTIONS = (".debug_info", ".debug_abbrev", ".debug_line", ".debug_str", ".symtab", ".dynsym",
            ".eh_frame", ".text")


def with_hole(path, to, section, size):
    """A copy of ELF file @path whose @section goes on with a hole of @size bytes."""
    d = bytearray(open(path, "rb").read())
    at = int.from_bytes(d[0x28:0x30], "little")
    n = int.from_bytes(d[0x3c:0x3e], "little")
    strings = int.from_bytes(d[0x3e:0x40], "little")

    def word(i, offset):
        return int.from_bytes(d[at + 64 * i + offset:at + 64 * i + offset + 8], "little")
    for i in range(n):
        name = int.from_bytes(d[at + 64 * i:at + 64 * i + 4], "little") + word(strings, 0x18)
        if bytes(d[name:d.index(0, name)]) != section.encode():
            continue
        content = bytes(d[word(i, 0x18):word(i, 0x18) + word(i, 0x20)])
        end = (len(d) + 4095) // 4096 * 4096
        d[at + 64 * i + 0x18:at + 64 * i + 0x20] = end.to_bytes(8, "little")
        d[at + 64 * i + 0x20:at + 64 * i + 0x28] = size.to_bytes(8, "little")
        with open(to, "wb") as f:
            f.write(d)
            f.seek(end)
            f.write(content)
            f.truncate(end + size)
        return
    raise AssertionError("no section " + section)


def hole_case(folder, section, addr):
    with_hole(os.path.join(folder, "prog"), os.path.join(folder, "hole"), section, 3 << 30)
    wrong = bounded(folder, ["symbolize", "--no-cache", "-e", "hole", "-f", addr], 0, 2, 300)
    os.remove(os.path.join(folder, "hole"))
    return wrong


def bound_cases(folder):
    write(folder, "prog.c", ["int work(int n) { return n * 3; }\n"
                             "int main(int n, char **v) { return work(n) + !v; }\n"])
    subprocess.run([os.environ.get("CC", "gcc"), "-g", "-no-pie", "-o", "prog", "prog.c"], cwd=folder,
                   check=True)
    listed = subprocess.run(["nm", "prog"], cwd=folder, check=True, stdout=subprocess.PIPE)
    addr = [line.split()[0].decode() for line in listed.stdout.splitlines()
            if line.endswith(b" work")][0]
    for section in SECTIONS:
        yield "%s with a hole of 3 GiB" % section, lambda s=section: hole_case(folder, s, addr)
    write(folder, "gone", modules(30000))
    yield "30,000 modules that are not there", \
        lambda: bounded(folder, ["top", *MISSING, "gone"], 0, 2, 400)
    write(folder, "ids", modules_with_ids(3000))
    os.mkdir(os.path.join(folder, "debug"))
    for i in range(500):
        shutil.copy(os.path.join(folder, "prog"), os.path.join(folder, "debug", str(i)))
    yield "3,000 build IDs that are not in a folder of 500 files", \
        lambda: bounded(folder, ["top", *MISSING, "--debug-dir", "debug", "ids"], 0, 1, 400)
    write(folder, "deep.pb", one_stack(5 << 20))
    write(folder, "deep.heap", ["heap_v2/1\n@", " 0x1" * (5 << 20), "\n  t*: 1: 1 [0: 0]\n"])
    for name in ("deep.pb", "deep.heap"):
        yield "a stack beyond the limit: " + name, \
            lambda n=name: bounded(folder, ["top", n], 3, 3, 400)


def main():
    passed = failed = 0
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with tempfile.TemporaryDirectory(prefix="hprof-cost.") as folder:
        for cases in (growth_cases, bound_cases):
            for name, check in cases(folder):
                try:
                    wrong = check()
                except AssertionError as e:
                    wrong = str(e)
                print("%s - cost: %s" % ("not ok" if wrong else "ok", name))
                if wrong:
                    print("    " + wrong)
                passed, failed = passed + (not wrong), failed + bool(wrong)
    print("%d passed, %d failed" % (passed, failed))
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
