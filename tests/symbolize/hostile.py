#!/usr/bin/env -S python3 -B
# hostile.py [N [SEED]] - damaged and malicious ELF files: they may cost names, and nothing else.
import concurrent.futures
import os
import random
import shutil
import struct
import sys
import tempfile

import elfmade as e
import made_work  # noqa: F401 - adds to MADE
from made import MADE
from support import (SANITIZED, Report, Wrong, call_sites, hprof, main, make_dump, names_of, need,
                     read, run, sections, sh, sums_up, want, write)

SECONDS = 10              # at most, for any file
PROCESSES = 3             # at a time: the tool and two that it starts
RSS = (1 << 20) // PROCESSES  # KiB of each at most: 1 GiB for all of them
RECORDED = "/nowhere/fruit/prog"
MORE_TIME = 4 if SANITIZED else 1


def look(scratch, folder, dump, binary=None, warnings=None):
    """
    Names by "hprof top" with the files of @folder, after everything else was checked; what it
    warned of is added to @warnings.
    """
    argv = [*([binary] if binary else []), "--path-map=/nowhere/fruit=" + folder, dump]
    r = hprof("top", "--json", *argv, scratch=scratch, timeout=SECONDS * MORE_TIME + 5)
    want(not r.complaints, "sanitizer: %s" % "\n".join(r.complaints))
    want(r.seconds < SECONDS * MORE_TIME, "took %.1f s" % r.seconds)
    want(r.rss < RSS * MORE_TIME, "a process took %d MiB" % (r.rss >> 10))
    want(r.code == 0 or (binary and r.code == 3), "exit code %d: %s" % (r.code, r.err[:600]))
    bad = [w for w in r.warnings() if "crashed" in w or "took too" in w]
    want(not bad, "a child process failed: %s" % bad)
    if warnings is not None:
        warnings += r.warnings()
    if r.code == 3:
        return None
    top = r.json()
    problems = sums_up(top)
    want(not problems, problems)
    return top


# --- files made by hand ---

def check_made(scratch, i, stays, build, warns):
    folder = os.path.join(scratch, "made%d" % i)
    os.mkdir(folder)
    path = write(folder + "/prog", build(folder))
    dump = make_dump(folder + "/dump.heap", e.Elf().bytes(), RECORDED, e.addrs())
    warnings = []
    top = look(scratch, folder, dump, warnings=warnings)
    names, total = names_of(top), top["total"]
    plain = hprof("top", "--json", "--no-symbols", dump, scratch=scratch).json()
    want(abs(plain["total"] - total) < 1e-6 * total,
         "the total is %r, not %r" % (total, plain["total"]))
    expected = {"all": {"inner_one", "inner_two"}, "other": {"inner_two"},
                "symbols": {"one", "two"}, "any": set()}[stays]
    want(expected <= names, "lost names: has %s" % sorted(names))
    known = {"one", "two", "inner_one", "inner_two", "later", "[unnamed]", "x", "a"}
    odd = [n for n in names if n not in known and not n.startswith("prog+0x") and stays != "any"]
    want(not odd, "names out of nothing: %s" % odd)
    want(warns is None or [w for w in warnings if warns in w],
         "no warning has %r: %s" % (warns, warnings))
    want(stays != "all" or not [w for w in warnings if "cannot be read in full" in w], "warnings: %s" % warnings)
    want(stays not in ("other", "symbols") or len(warnings) <= 2, "warnings: %s" % warnings)
    look(scratch, folder, dump, binary=path)
    shutil.rmtree(folder)


# --- mutations of files that compilers made ---

PROGRAM = """#include <cstdlib>
#include <string>
#include <vector>
namespace fruit {
template<class T> struct Basket {
	std::vector<T> in;
	void add(T t) { in.push_back(t); }
	virtual size_t weigh() const { size_t n = 0; for (auto &x : in) n += sizeof(x); return n; }
};
}
static size_t shake(int n)
{
	return fruit::Basket<std::string>().weigh() + std::to_string(n).size();
}
int main(int argc, char **argv)
{
	fruit::Basket<std::string> b;
	for (int i = 0; i < argc; i++)
		b.add(argv[i] + std::to_string(i));
	auto more = [&](int n) { b.add("more"); return b.weigh() + shake(n); };
	return (int)(more(3) + b.weigh() + shake(argc));
}
"""
C_PROGRAM = """#include <stdlib.h>
#include <stdio.h>
static void *volatile kept;
static inline void one(int n) { kept = malloc(n); }
__attribute__((noinline)) static void two(int n) { one(n); one(n + 1); puts("two"); }
__attribute__((noinline)) int three(int n) { two(n); two(n + 2); one(n); return getchar(); }
int main(int argc, char **argv) { one(argc); return three(argc) + atoi(argv[0]) + rand(); }
"""
KINDS = [("gcc-4", "gcc -gdwarf-4 p.c"), ("gcc-5", "gcc -gdwarf-5 p.c"), ("g1", "gcc -g1 p.c"),
         ("clang-5", "clang -gdwarf-5 p.c"), ("c++", "g++ -g p.cc"),
         ("split", "gcc -g -gsplit-dwarf p.c"),
         ("stripped", "gcc -g p.c")]
PARTS = (".debug", ".symtab", ".strtab", ".dynsym", ".gnu_debuglink", ".note.gnu.build-id")
CORE = (".debug_info", ".debug_abbrev", ".debug_line")
SPECIAL = [0, 1, 0x7f, 0x80, 0xff]


class Sample:
    """A sound program, its dump, and the files that may be damaged."""

    def __init__(self, scratch, name, command):
        self.name, self.folder = name, os.path.join(scratch, name)
        write(self.folder + "/p.cc", PROGRAM)
        write(self.folder + "/p.c", C_PROGRAM)
        # without its folder: the .dwo files that lie beside the program are the ones to read
        sh(*command.split(), "-O2", "-fdebug-prefix-map=%s=." % self.folder, "-o", "prog",
           cwd=self.folder)
        path = self.folder + "/prog"
        self.dump = make_dump(self.folder + "/dump.heap", read(path), RECORDED, call_sites(path))
        if name == "stripped":
            sh("objcopy", "--only-keep-debug", "prog", "prog.debug", cwd=self.folder)
            sh("strip", "prog", cwd=self.folder)
            sh("objcopy", "--add-gnu-debuglink=prog.debug", "prog", cwd=self.folder)
        self.files = {n: read(self.folder + "/" + n) for n in os.listdir(self.folder)
                      if n == "prog" or n.endswith((".debug", ".dwo"))}
        self.parts = {n: [s for s in sections(d) if s[3] and s[0].startswith(PARTS)]
                      for n, d in self.files.items()}
        top = look(scratch, self.folder, self.dump)
        self.total = top["total"]
        want([n for n in names_of(top) if n == "one" or "fruit::Basket" in n],
             "no inlined function of %s: %s" % (name, sorted(names_of(top))))


def damage_headers(rng, d):
    at, = struct.unpack_from("<Q", d, 40)
    n, = struct.unpack_from("<H", d, 60)
    base = rng.choice([0, 64, at])
    span = {0: 64, 64: 56 * 12, at: 64 * n}[base]
    for _ in range(rng.randint(1, 3)):
        d[min(base + rng.randrange(span), len(d) - 1)] = rng.choice(SPECIAL + [rng.randrange(256)])


def damage_section(rng, d, parts):
    for _ in range(rng.choice([1, 1, 2, 5, 20, 200])):
        core = [s for s in parts if s[0].split(".dwo")[0] in CORE]
        _, _, at, size = rng.choice(core if core and rng.random() < 0.4 else parts)
        at += rng.randrange(size)
        n = min(rng.choice([1, 1, 2, 4, 8]), len(d) - at)
        d[at:at + n] = rng.choice([bytes(n), b"\xff" * n, rng.randbytes(n), b"\x80" * n,
                                   bytes([d[at] ^ 1 << rng.randrange(8)]) + d[at + 1:at + n]])


def damage(rng, sample):
    """Damaged copies of the files of @sample: {name: bytes}, and how."""
    files = {n: bytearray(d) for n, d in sample.files.items()}
    name = rng.choice(sorted(files))
    how = rng.random()
    if how < 0.15:
        damage_headers(rng, files[name])
    elif how < 0.22:
        del files[name][rng.randrange(len(files[name])):]
    else:
        damage_section(rng, files[name], sample.parts[name])
    return files


def check_mutation(scratch, seed, i, samples):
    """None, or what went wrong; the damaged files are left behind then if HPROF_KEEP is set."""
    rng = random.Random("%d %d" % (seed, i))
    sample = rng.choice(samples)
    folder = os.path.join(scratch, "mutation%d" % i)
    binary = folder + "/prog" if rng.random() < 0.2 else None
    for name, data in damage(rng, sample).items():
        write(folder + "/" + name, bytes(data))
    try:
        top = look(scratch, folder, sample.dump, binary)
        want(top is None or abs(top["total"] - sample.total) < 1e-6 * sample.total,
             "the total is %r, not %r" % (top and top["total"], sample.total))
    except Wrong as wrong:
        keep = os.environ.get("HPROF_KEEP")
        if keep:
            shutil.copytree(folder, os.path.join(keep, "seed%d-%d" % (seed, i)), dirs_exist_ok=True)
            shutil.copy(sample.dump, os.path.join(keep, "seed%d-%d" % (seed, i)))
        return "mutation %d of %s: %s" % (i, sample.name, wrong)
    finally:
        shutil.rmtree(folder)
    return None


def run_all():
    report = Report()
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 20240229
    if not need(report, "gcc", "g++", "objcopy", "objdump", "strip"):
        return report.close()
    with tempfile.TemporaryDirectory(prefix="hprof-hostile.") as scratch, \
            concurrent.futures.ThreadPoolExecutor(2) as pool:
        scratch = os.path.realpath(scratch)
        list(pool.map(lambda k: run(report, "made by hand: " + MADE[k][0], check_made, scratch, k,
                                    *MADE[k][1:]), range(len(MADE))))
        samples = []
        for name, command in KINDS:
            if shutil.which(command.split()[0]):
                samples.append(Sample(scratch, name, command))
            else:
                report.skip("mutations of " + name, command.split()[0] + " is missing")
        bad = pool.map(lambda i: check_mutation(scratch, seed, i, samples), range(n))
        report.check("%d mutations, seed %d" % (n, seed), [b for b in bad if b])
    return report.close()


if __name__ == "__main__":
    main(run_all)
