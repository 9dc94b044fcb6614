#!/usr/bin/env python3
# gen_big.py - write, compile and link C++ of many templates and deep inlining: as much DWARF as is asked for.
"""A unit has some thousand functions: class templates over types of its own, small functions that are
inlined into each other some levels deep, and containers and algorithms of the standard library.  The
same arguments and the same compiler give the same bytes.

A compiler writes less than a megabyte of DWARF in a second.  So a large binary is linked from a few
units that were compiled and from copies of their object files: every name that a unit makes is inside
the namespace unitNNNN, and in a copy these eight bytes are others.  For the linker, and for whoever
reads the DWARF, a copy is one more unit, with addresses and names of its own."""
import argparse
import concurrent.futures
import hashlib
import os
import random
import subprocess
import sys
import tempfile

COMPILERS = {"gcc": "g++", "clang": "clang++"}
FLAGS = ("-std=c++17", "-O2", "-g", "-gdwarf-5", "-fPIE", "-w")
HEADERS = ("algorithm", "functional", "map", "memory", "string", "vector")
INTEGERS = ("int", "long", "short", "unsigned", "char")
MB = 1000000
MAX_UNITS = 10000  # four digits

CHAIN = """
struct Tag{i} {{ int a; long b; }};
template <class T, class Policy, int N> struct Node{i} {{
	T state;
	long seen;
	Node{i}<T, Policy, N - 1> next;
	INLINE long mix(long x) const {{ long y = x + N; return y ^ (long(state) >> {shift}); }}
	INLINE T pick(T a, T b) {{ T r = a; if (b > a) r = b; seen += {step}; return r; }}
	INLINE long walk(long x)
	{{
		long a = mix(x);
		state = pick(state, T(a));
		return next.walk(a + {step});
	}}
	__attribute__((noinline)) long run(long x)
	{{
		long sum = 0;
		for (long i = 0; i < (x & 15); i++)
			sum += walk(i) ^ seen;
		return sum + next.run(x * {odd});
	}}
}};
template <class T, class Policy> struct Node{i}<T, Policy, 0> {{
	T state;
	INLINE long walk(long x) {{ long r = x ^ long(state); return r; }}
	long run(long x) {{ return walk(x); }}
}};
__attribute__((noinline)) long use{i}(long x)
{{
	static Node{i}<{type}, Tag{i}, {depth}> n;
	auto twice = [&](long y) {{ return n.run(y) + n.mix(y); }};
	return twice(x) - twice(x + {step});
}}
"""
# What large C++ programs are full of; one of these weighs as much as a dozen of the chains.
STANDARD = """
struct Key{i} {{
	int a;
	long b;
	bool operator<(const Key{i} &o) const {{ return a < o.a || (a == o.a && b < o.b); }}
}};
__attribute__((noinline)) long fill{i}(std::map<Key{i}, std::vector<{type}>> &m,
				       std::vector<std::unique_ptr<Key{i}>> &v, long n)
{{
	for (long i = 0; i < n; i++) {{
		m[Key{i}{{int(i), n}}].push_back({type}(i));
		v.push_back(std::make_unique<Key{i}>());
	}}
	std::sort(v.begin(), v.end(), [](const auto &x, const auto &y) {{ return *x < *y; }});
	std::function<long(long)> f = [&](long x) {{ return x + long(m.size()) + {step}; }};
	return f(n) + use{i}(n);
}}
"""


def tag(number):
    return "unit%04d" % number


def source(number, families, seed):
    """Text of unit @number."""
    rnd = random.Random("%d/%d" % (seed, number))
    out = ["#include <%s>" % h for h in HEADERS]
    out += ["#define INLINE __attribute__((always_inline)) inline", "namespace %s {" % tag(number)]
    for i in range(families):
        fill = dict(i=i, type=rnd.choice(INTEGERS), depth=rnd.randrange(4, 13), shift=rnd.randrange(1, 8),
                    step=rnd.randrange(1, 99), odd=rnd.randrange(3, 999, 2))
        out.append(CHAIN.format(**fill))
        if i % 4 == 0:
            out.append(STANDARD.format(**fill))
    return "\n".join(out + ["}", ""])


def compile_in(folder, compiler, *args):
    """Run the compiler in @folder, whose name gets into no file."""
    subprocess.run([COMPILERS[compiler], "-ffile-prefix-map=%s=/made" % folder, *args], cwd=folder, check=True)


def compile_unit(compiler, number, families, seed, work):
    """The object file of unit @number, kept in @work; a tenth of a second when it is there."""
    text = source(number, families, seed)
    key = hashlib.sha256(repr((text, FLAGS, version(compiler))).encode()).hexdigest()[:16]
    obj = os.path.join(work, "%s-%s-%s.o" % (compiler, tag(number), key))
    if os.path.exists(obj):
        return obj
    with tempfile.TemporaryDirectory(dir=work) as d:
        name = tag(number) + ".cc"
        with open(os.path.join(d, name), "w") as f:
            f.write(text)
        compile_in(d, compiler, *FLAGS, "-c", name, "-o", "made.o")
        os.rename(os.path.join(d, "made.o"), obj)
    return obj


def version(compiler):
    return subprocess.run([COMPILERS[compiler], "--version"], stdout=subprocess.PIPE, check=True).stdout


def dwarf_bytes(path):
    """Sum of the sizes of the debug sections."""
    out = subprocess.run(["size", "-A", path], stdout=subprocess.PIPE, check=True, text=True).stdout
    rows = [line.split() for line in out.splitlines() if line.startswith((".debug", ".zdebug"))]
    return sum(int(r[1]) for r in rows)


def copy_unit(obj, was, number, folder):
    """Write the object file of unit @was as unit @number."""
    path = os.path.join(folder, tag(number) + ".o")
    with open(obj, "rb") as f, open(path, "wb") as g:
        g.write(f.read().replace(tag(was).encode(), tag(number).encode()))
    return path


def link(compiler, objects, out, work):
    with tempfile.TemporaryDirectory(dir=work) as d:
        with open(os.path.join(d, "main.cc"), "w") as f:
            f.write("int main() { return 0; }\n")
        with open(os.path.join(d, "objects"), "w") as f:
            f.write("\n".join(objects))
        compile_in(d, compiler, *FLAGS, "-pie", "-fuse-ld=lld", "-Wl,--build-id=sha1", "-Wl,--threads=1", "main.cc",
                   "@objects", "-o", "made")
        os.rename(os.path.join(d, "made"), out)


def build(compiler, out, megabytes, work, units=6, families=240, seed=1, jobs=2):
    """Link @out with about @megabytes of DWARF; returns the bytes it has."""
    work, out = os.path.abspath(work), os.path.abspath(out)
    os.makedirs(work, exist_ok=True)
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        first = compile_unit(compiler, 0, families, seed, work)
        units = max(1, min(units, round(megabytes * MB / dwarf_bytes(first))))
        objects = list(pool.map(lambda n: compile_unit(compiler, n, families, seed, work), range(units)))
    # The linker keeps one of each string and of each function that units share: measured, not reckoned.
    with tempfile.TemporaryDirectory(dir=work) as d:
        link(compiler, objects, os.path.join(d, "once"), work)
        once = dwarf_bytes(os.path.join(d, "once"))
        total = min(MAX_UNITS, max(units, round(megabytes * MB * units / once)))
        copies = [copy_unit(objects[n % units], n % units, n, d) for n in range(units, total)]
        link(compiler, objects + copies, out, work)
    return dwarf_bytes(out)


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--compiler", choices=sorted(COMPILERS), default="gcc")
    ap.add_argument("--megabytes", type=int, default=50, help="of DWARF, about; in millions of bytes")
    ap.add_argument("--units", type=int, default=6, help="how many are compiled; the rest are copies")
    ap.add_argument("--families", type=int, default=240, help="templates of one unit")
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--jobs", type=int, default=2)
    ap.add_argument("--source", type=int, metavar="N", help="print the source of unit N and end")
    ap.add_argument("--work", default="build/bench/objects", help="where object files are kept")
    ap.add_argument("out", nargs="?", default="build/bench/big")
    args = ap.parse_args()
    if args.source is not None:
        sys.stdout.write(source(args.source, args.families, args.seed))
        return 0
    if args.megabytes < 1 or not 0 < args.units <= MAX_UNITS:
        ap.error("sizes must be positive, and units at most %d" % MAX_UNITS)
    n = build(args.compiler, args.out, args.megabytes, args.work, args.units, args.families, args.seed, args.jobs)
    print("%s: %.1f MB of DWARF, %.1f MB in all" % (args.out, n / MB, os.path.getsize(args.out) / MB))
    return 0


if __name__ == "__main__":
    sys.exit(main())
