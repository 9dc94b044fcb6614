#!/usr/bin/env -S python3 -B
# seeds.py FOLDER - small ELF files of many kinds, for the targets that read ELF to begin with.
#
# FOLDER/elf has programs, FOLDER/pair two files each (see fuzz_split.c), FOLDER/lines line tables
# (see fuzz_lines.c), FOLDER/several two or three profiles each (see fuzz_several.c).  What cannot be built here is told and left out.
import os
import shutil
import struct
import subprocess
import sys
import tempfile

TESTDATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../testdata")
MOST = 40000  # bytes of a seed: small files are changed in more interesting ways

C = """
struct s { int a; struct { int b; } c; };
static volatile int sink;
static inline __attribute__((always_inline)) int add(int a, int b) { sink = a; return a * b + sink; }
static inline __attribute__((always_inline)) int twice(struct s *s) { return add(s->a, s->c.b) * 2; }
__attribute__((noinline)) int work(struct s *s, int n)
{
	for (int i = 0; i < n; i++) {
		int k = twice(s);
		if (k > 3) { int z = add(k, i); sink = z; }
		if (__builtin_expect(k == 77, 0)) sink = sink + 5;
	}
	return sink;
}
int other(int);
void _start(void) { struct s s = {1, {2}}; work(&s, 3); other(4); for (;;) ; }
"""
MORE = """
extern volatile int more;
volatile int more;
int other(int n) { while (n--) more = n * more; return more; }
"""
CXX = """
extern "C" { extern volatile int more; }
namespace fruit {
template<class T> struct Basket {
	T t;
	struct Inner { int weigh(int n) { return n * more; } };
	int add(T x) { Inner i; auto f = [&](int n) { return i.weigh(n) + x; }; return f(3) + t; }
};
namespace { struct Hidden { static int operator()(int a, int) { return a + more; } }; }
}
extern "C" int other(int n)
{
	fruit::Basket<int> b = {n};
	struct Local { int go(int n) { more = n; return n + more; } } l;
	return b.add(n) + l.go(n) + fruit::Hidden()(n, 2);
}
extern "C" { volatile int more; }
""".replace("static int operator()", "int operator()")
RUST = """
#![no_std]
#![crate_type = "staticlib"]
#[panic_handler] fn panic(_: &core::panic::PanicInfo) -> ! { loop {} }
pub trait Fruit { fn weigh(&self) -> i32; }
pub struct Apple(i32);
impl Fruit for Apple { #[inline(always)] fn weigh(&self) -> i32 { self.0.wrapping_mul(3) } }
#[inline(never)] fn add<T: Fruit>(t: &T, n: i32) -> i32 { (0..n).map(|i| t.weigh() ^ i).fold(0, |a, b| a ^ b) }
#[no_mangle] pub extern "C" fn other(n: i32) -> i32 { add(&Apple(n), n) }
"""
LINK = "-nostdlib -nostartfiles -static -Wl,-z,noseparate-code,-z,norelro,--build-id -fuse-ld=bfd"
BASE = "-O2 -fno-asynchronous-unwind-tables -fno-stack-protector -fno-pic -no-pie"


class Missing(Exception):
    pass


def sh(command, cwd):
    argv = command.split()
    if not shutil.which(argv[0]):
        raise Missing(argv[0] + " is missing")
    done = subprocess.run(argv, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True)
    if done.returncode:
        raise Missing("%s: %s" % (command, done.stdout.strip()[:200]))


def read(path):
    with open(path, "rb") as f:
        return f.read()


# name, compiler and options, sources, what is done to prog afterwards
PROGRAMS = [("%s-%d" % (cc, v), "%s -gdwarf-%d" % (cc, v), "c.c more.c", "")
            for cc in ("gcc", "clang") for v in (2, 3, 4, 5)]
PROGRAMS += [
    ("gcc-64bit", "gcc -gdwarf-5 -gdwarf64", "c.c more.c", ""),
    ("gcc-64bit-4", "gcc -gdwarf-4 -gdwarf64", "c.c more.c", ""),
    ("clang-64bit", "clang -gdwarf-5 -gdwarf64", "c.c more.c", ""),
    ("gcc-cxx", "gcc -g", "c.c cxx.cc", ""),
    ("clang-cxx", "clang -g", "c.c cxx.cc", ""),
    ("clang-cxx-4", "clang -gdwarf-4", "c.c cxx.cc", ""),
    ("gcc-types", "gcc -gdwarf-4 -fdebug-types-section", "c.c cxx.cc", ""),
    ("gcc-types-5", "gcc -gdwarf-5 -fdebug-types-section", "c.c cxx.cc", ""),
    ("gcc-lto", "gcc -g -flto", "c.c cxx.cc", ""),
    ("gcc-sections", "gcc -g -ffunction-sections -freorder-blocks-and-partition", "c.c more.c", ""),
    ("gcc-g1", "gcc -g1", "c.c more.c", ""),
    ("clang-lines", "clang -gline-tables-only", "c.c more.c", ""),
    ("gcc-strict", "gcc -gdwarf-4 -gstrict-dwarf", "c.c more.c", ""),
    ("gcc-32", "gcc -g -m32", "c.c more.c", ""),
    ("clang-aarch64", "clang --target=aarch64-linux-gnu -gdwarf-5", "c.c more.c", ""),
    ("gcc-aarch64", "aarch64-linux-gnu-gcc -g", "c.c more.c", ""),
    ("gcc-s390x", "s390x-linux-gnu-gcc -g", "c.c more.c", ""),
    ("gcc-zlib", "gcc -g -gz", "c.c more.c", ""),
    ("gcc-zdebug", "gcc -g", "c.c more.c", "objcopy --compress-debug-sections=zlib-gnu prog"),
    ("gcc-zstd", "gcc -g", "c.c more.c", "objcopy --compress-debug-sections=zstd prog"),
    ("clang-stripped", "clang -g", "c.c more.c", "strip -g prog"),
    ("rust", "gcc -g", "c.c librust.a", ""),
]
PAIRS = [  # name, kind (fuzz_split.c), options, what makes the other file, what it is called
    ("gcc-dwo-4", 0, "gcc -gdwarf-4 -gsplit-dwarf", "", "prog-more.dwo"),
    ("gcc-dwo-5", 0, "gcc -gdwarf-5 -gsplit-dwarf", "", "prog-more.dwo"),
    ("clang-dwo-4", 0, "clang -gdwarf-4 -gsplit-dwarf", "", "more.dwo"),
    ("clang-dwo-5", 0, "clang -gdwarf-5 -gsplit-dwarf", "", "more.dwo"),
    ("clang-dwp-4", 1, "clang -gdwarf-4 -gsplit-dwarf", "llvm-dwp -e prog -o prog.dwp",
     "prog.dwp"),
    ("clang-dwp-5", 1, "clang -gdwarf-5 -gsplit-dwarf", "llvm-dwp -e prog -o prog.dwp",
     "prog.dwp"),
    ("gcc-dwp-4", 1, "gcc -gdwarf-4 -gsplit-dwarf", "llvm-dwp -e prog -o prog.dwp", "prog.dwp"),
    ("dwz-4", 2, "gcc -gdwarf-4", "dwz -m alt prog prog2", "alt"),
    ("dwz-5", 2, "gcc -gdwarf-5", "dwz -5 -m alt prog prog2", "alt"),
]


def flags(compiler):
    """Options that @compiler needs to make a small program."""
    own = BASE + " " + LINK
    return own.replace("bfd", "lld") if "--target=" in compiler else own


def build(folder, compiler, sources, after):
    write_sources(folder)
    if "librust.a" in sources:
        sh("rustc -g -C opt-level=2 -C panic=abort rust.rs -o librust.a", folder)
    sh("%s %s -o prog %s%s" % (compiler, flags(compiler), sources,
                               " -Wl,--gc-sections" if "librust.a" in sources else ""), folder)
    if after:
        sh(after, folder)


def write_sources(folder):
    for name, text in (("c.c", C), ("more.c", MORE), ("cxx.cc", CXX), ("rust.rs", RUST)):
        with open(os.path.join(folder, name), "w") as f:
            f.write(text)


def keep(path, data):
    if len(data) > MOST:
        raise Missing("it has %d bytes" % len(data))
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(data)


def section(data, wanted):
    """Contents of the section of the 64-bit little-endian ELF file; b"" if it has none."""
    at, = struct.unpack_from("<Q", data, 40)
    size, n, names = struct.unpack_from("<HHH", data, 58)
    rows = [struct.unpack_from("<IIQQQQ", data, at + i * size) for i in range(n)]
    for name, _, _, _, offset, length in rows:
        start = rows[names][4] + name
        if data[start:data.index(b"\0", start)] == wanted:
            return data[offset:offset + length]
    return b""


def make_program(out, folder, row):
    name, compiler, sources, after = row
    build(folder, compiler, sources, after)
    data = read(folder + "/prog")
    keep("%s/elf/%s" % (out, name), data)
    if data[4:6] == b"\2\1" and section(data, b".debug_line")[:1]:
        lines, texts = section(data, b".debug_line"), section(data, b".debug_line_str")
        keep("%s/lines/%s" % (out, name), struct.pack("<BH", 0, len(lines)) + lines + texts)


def make_pair(out, folder, row):
    name, kind, compiler, after, other = row
    build(folder, compiler, "c.c more.c", "")
    if kind == 2:
        shutil.copy(folder + "/prog", folder + "/prog2")
    if after:
        sh(after, folder)
    if not os.path.exists(folder + "/" + other):
        found = [n for n in os.listdir(folder) if n.endswith(".dwo") and "more" in n]
        if not found:
            raise Missing("it has no " + other)
        other = found[0]
    first = read(folder + "/prog")
    keep("%s/pair/%s" % (out, name),
         struct.pack("<BI", kind, len(first)) + first + read(folder + "/" + other))


# Profiles of one process, of two, of other formats, and such as no sum makes sense of.
SEVERAL = [
    ("redis", "jemalloc/ok/redis.26831.0.i0.heap", "jemalloc/ok/redis.26831.3.i3.heap",
     "jemalloc/ok/redis.26831.4.i4.heap"),
    ("builds", "jemalloc/ok/j.pie.15104.0.f.heap", "jemalloc/ok/j.nopie.15107.0.f.heap"),
    ("threads", "jemalloc/ok/mix.true.16034.0.f.heap", "jemalloc/ok/mix.false.16206.0.f.heap"),
    ("maps", "jemalloc/ok/nomap.heap", "jemalloc/ok/frag.heap", "jemalloc/ok/p.heap.gz"),
    ("gperftools", "gperftools/ok/tc.pie.0001.heap", "gperftools/ok/growth.heap"),
    ("go", "gperftools/ok/go.heap", "pprof/ok/go.pb.gz", "pprof/ok/types.pb.gz"),
    ("pprof", "pprof/ok/threads.pb.gz", "pprof/ok/threads.pb.gz", "pprof/ok/small.pb.gz"),
    ("types", "pprof/ok/types.pb.gz", "jemalloc/ok/frag.heap"),
    ("massif", "massif/ok/vgdb_det.ms", "massif/ok/vgdb_snap.ms"),
    ("moments", "massif/ok/a_jit.ms", "massif/ok/a_jit.ms"),
    ("xtrees", "massif/ok/x_full.kcg", "massif/ok/x_allocs.ms", "massif/ok/vgdb_xt.ms"),
    ("formats", "jemalloc/ok/m.heap", "massif/ok/vgdb_xt.ms", "pprof/ok/unusual.pb"),
    ("empty", "pprof/ok/empty.pb.gz", "jemalloc/ok/frag.heap", "pprof/ok/header.pb"),
]


def make_several(out, _, row):
    name, parts = row[0], [read("%s/%s" % (TESTDATA, path)) for path in row[1:]]
    sizes = b"".join(struct.pack("<I", len(part))[:3] for part in parts[:2])
    for choice in (0, 0x40, 7, 0xff):
        keep("%s/several/%s-%d" % (out, name, choice), bytes([choice]) + sizes + b"".join(parts))


def main():
    out = os.path.abspath(sys.argv[1])
    made = 0
    for rows, make in ((PROGRAMS, make_program), (PAIRS, make_pair), (SEVERAL, make_several)):
        for row in rows:
            with tempfile.TemporaryDirectory(prefix="hprof-seeds.") as folder:
                try:
                    make(out, folder, row)
                    made += 1
                except Missing as why:
                    print("SKIP seed %s: %s" % (row[0], why))
    print("ok - %d seeds" % made if made else "not ok - no seed could be made")
    return 0 if made else 1


if __name__ == "__main__":
    sys.exit(main())
