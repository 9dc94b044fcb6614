# builds.py - the points of the compiler matrix: how each is compiled, linked and treated afterwards.
"""
A build is made of a language, a family of compilers, a DWARF version, an optimisation, and a
kind: what is special about how it was linked, or what was done to the finished file.  Made
files are kept below a folder by the hash of all that goes into them.
"""
import hashlib
import os
import shutil
import subprocess
import threading
from collections import namedtuple

import sources
from peerlib import Failed, rustc

# language, family, dwarf (2 to 5; 0: the compiler's own), opt, kind, target ("": this machine)
Build = namedtuple("Build", "language family dwarf opt kind target")

# What is given to the tool, and to whom it is compared: @oracle has the same code at the same
# addresses.  @symbols: the files whose symbol tables count.  @mode: "dwarf", or "symbols" where
# no DWARF is left.
Case = namedtuple("Case", "file args oracle symbols mode")

OPTS = ("O0", "O2", "O3-flto")
DWARFS = (2, 3, 4, 5)
FAMILIES = {"c": ("gcc", "clang"), "c++": ("gcc", "clang"), "rust": ("rustc",)}
COMMANDS = {("c", "gcc"): "gcc", ("c++", "gcc"): "g++", ("c", "clang"): "clang", ("c++", "clang"): "clang++"}

# Machines of both byte orders and both sizes.  Debian has a whole GCC for some; the others take
# what clang and lld make of the C program, which needs no library.
GCC_TARGETS = ("aarch64-linux-gnu", "s390x-linux-gnu", "i686-linux-gnu")
CLANG_TARGETS = ("aarch64", "armv7", "i386", "mips", "mips64", "powerpc", "powerpc64", "powerpc64le",
                 "riscv64", "sparcv9")
NO_ASSEMBLER = ("sparcv9",)  # clang calls the machine's, which knows x86 only; and lld links none

# What a kind adds when compiling and linking.
FLAGS = {
    "plain": [],
    "gz": ["-gz=zlib"],
    "types": ["-fdebug-types-section"],
    "dwarf64": ["-gdwarf64"],
    "gc": ["-ffunction-sections", "-fdata-sections", "-Wl,--gc-sections"],
    "static": ["-static"],
    "no-pie": ["-fno-pie", "-no-pie"],
    "lld": ["-fuse-ld=lld"],
    "lld-icf": ["-fuse-ld=lld", "-ffunction-sections", "-Wl,--icf=all", "-Wl,--gc-sections"],
    "gold": ["-fuse-ld=gold"],
    "gold-icf": ["-fuse-ld=gold", "-ffunction-sections", "-Wl,--icf=all", "-Wl,--gc-sections"],
    "partition": ["-freorder-blocks-and-partition", "-freorder-functions", "-ffunction-sections"],
    "block-sections": ["-fbasic-block-sections=all"],
    "aranges": ["-gdwarf-aranges"],
    "split": ["-gsplit-dwarf"],
    "split-llvm": ["-gsplit-dwarf"],  # folders of their own, as the .dwo files are put away there
    "split-gnu": ["-gsplit-dwarf"],
    "rdynamic": ["-rdynamic"],
}
HELPERS = ("split-llvm", "split-gnu", "rdynamic")
COMPILED_AS = {"dwp-llvm": "split-llvm", "dwp-gnu": "split-gnu", "stripped": "rdynamic", "minidebug": "rdynamic"}
MADE_OF_PLAIN = ("zlib", "zstd", "zdebug", "dwz", "dwz-multi", "debuglink", "build-id", "no-aranges",
                 "stripped", "minidebug")
KINDS = tuple(k for k in FLAGS if k not in HELPERS) + ("g1", "dwp-llvm", "dwp-gnu") + MADE_OF_PLAIN
RUST_KINDS = ("plain", "static", "lld", "v0", "g1", "zlib", "zstd", "debuglink", "build-id", "stripped",
              "minidebug", "no-aranges")

CLANG_ONLY = ("block-sections", "aranges")
GCC_ONLY = ("partition", "no-aranges")


def possible(b):
    """Whether the tools can make @b at all; what is excluded here is said why."""
    clang, lto = b.family == "clang", "flto" in b.opt
    if b.language == "rust":
        return b.kind in RUST_KINDS and b.dwarf == 0  # a stable rustc lets nobody choose
    if b.dwarf == 0 or b.kind == "v0":
        return False
    if b.kind in CLANG_ONLY and not clang or b.kind in GCC_ONLY and clang:
        return False
    if b.kind in ("split", "dwp-llvm", "dwp-gnu", "types"):
        if b.dwarf < 4 or lto:  # neither existed before; both compilers ignore it with -flto
            return False
    if b.kind == "dwp-gnu" and b.dwarf > 4:
        return False  # GNU dwp 2.40 crashes on DWARF 5
    if b.kind == "dwp-llvm" and b.dwarf == 5 and (b.language, b.family) == ("c++", "gcc"):
        return False  # llvm-dwp 14 does not end
    if b.kind == "dwarf64" and (b.dwarf < 3 or lto):
        return False
    if b.kind in ("dwz", "dwz-multi") and clang and b.dwarf > 4:
        return False  # dwz 0.15 knows no .debug_addr
    if b.kind == "dwz" and b.language == "c":
        return False  # dwz leaves alone what would not shrink
    if b.kind in ("lld", "lld-icf") and lto and not clang:
        return False  # lld cannot read GCC's intermediate code
    if b.kind in ("block-sections",) and lto:
        return False
    return True


def everything():
    """Every possible build for this machine."""
    for language, families in FAMILIES.items():
        for family in families:
            for dwarf in (0,) + DWARFS:
                for opt in OPTS:
                    for kind in KINDS + ("v0",):
                        b = Build(language, family, dwarf, opt, kind, "")
                        if possible(b):
                            yield b


def foreign(long):
    """Builds for other machines."""
    for target in GCC_TARGETS:
        for language in ("c", "c++"):
            for dwarf in DWARFS if long else (5,) if language == "c" else (4,):
                for opt in OPTS if long else ("O2",):
                    yield Build(language, "gcc", dwarf, opt, "plain", target)
        if long:
            for kind in ("zlib", "dwz-multi", "dwp-llvm", "debuglink", "minidebug", "stripped", "dwarf64"):
                yield Build("c", "gcc", 5, "O2", kind, target)
    for target in CLANG_TARGETS:
        if target in NO_ASSEMBLER:
            continue
        for dwarf in DWARFS if long else (5,):
            for opt in ("O0", "O2") if long else ("O2",):
                yield Build("c", "clang", dwarf, opt, "plain", target)
        if long:
            yield Build("c", "clang", 5, "O2", "dwp-llvm", target)


def pairs(b):
    """The pairs that a small choice of builds has to cover."""
    who = (b.language, b.family)
    yield who, "dwarf", b.dwarf
    yield who, "opt", b.opt
    yield b.family, "kind", b.kind
    yield "dwarf and opt", b.dwarf, b.opt
    yield "kind and dwarf", b.kind, b.dwarf == 5


def in_disorder(b):
    """A key that lets no compiler, version or kind come first."""
    return hashlib.sha256(name(b).encode()).digest()


def chosen():
    """A subset of everything() that covers each of its pairs; the cheap ones first."""
    todo = {}
    for b in everything():
        todo[b] = set(pairs(b))
    open_pairs = set().union(*todo.values())
    cost = {"c": 1.0, "c++": 4.0, "rust": 4.0}
    out = []
    while open_pairs:
        best = max(todo, key=lambda b: (len(todo[b] & open_pairs) / cost[b.language], in_disorder(b)))
        open_pairs -= todo.pop(best)
        out.append(best)
    return out


def name(b):
    parts = [b.target, b.language, b.family, "dwarf%d" % b.dwarf if b.dwarf else "", b.opt, b.kind]
    return "/".join(p for p in parts if p)


# --- making them ---

class Maker:
    """Makes builds below @folder, each of the same content once."""

    def __init__(self, folder):
        self.folder = folder
        self.locks = {}
        self.lock = threading.Lock()
        self.versions = {}
        os.makedirs(folder, exist_ok=True)

    def run(self, argv, cwd, timeout=900):
        p = subprocess.run(["nice", "-n", "10", *argv], cwd=cwd, stdin=subprocess.DEVNULL, timeout=timeout,
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
                           env=dict(os.environ, LC_ALL="C"))
        if p.returncode:
            raise Failed("exit %d: %s\n%s" % (p.returncode, " ".join(argv), p.stdout[-900:]))
        return p.stdout

    def _version(self, tool):
        with self.lock:
            if tool not in self.versions:
                self.versions[tool] = self.run([tool, "--version"], "/")
        return self.versions[tool]

    def once(self, what, make):
        """The folder for @what, a list of texts, filled by @make when it does not exist yet."""
        key = hashlib.sha256("\0".join(what).encode()).hexdigest()[:20]
        path = os.path.join(self.folder, key)
        with self.lock:
            lock = self.locks.setdefault(key, threading.Lock())
        with lock:
            if not os.path.exists(os.path.join(path, "made")):
                shutil.rmtree(path, ignore_errors=True)
                os.makedirs(path)
                make(path)
                with open(os.path.join(path, "made"), "w") as f:
                    f.write("\n".join(what))
        return path

    def compiled(self, b, kind):
        """The folder with "prog", compiled and linked as @kind."""
        argv = [command(b, kind)] + flags(b, kind)
        texts = [t for f in sources.FILES[b.language].items() for t in f]

        def make(d):
            sources.write(b.language, d)
            if b.family == "clang" and b.target:
                self._freestanding(argv, b, d)
                return
            self.run(argv + sources.units(b.language) + ["-o", "prog"], d)
        return self.once(["compiled", kind, *argv, self._version(argv[0]), *texts], make)

    def _freestanding(self, argv, b, d):
        objects = []
        for unit in sources.units(b.language):
            objects.append(unit.split(".")[0] + ".o")
            self.run(argv + ["-c", "-ffreestanding", unit, "-o", objects[-1]], d)
        self.run(["ld.lld", "-e", "main", *objects, "-o", "prog"], d)

    def case(self, b):
        kind = COMPILED_AS.get(b.kind, b.kind if b.kind not in MADE_OF_PLAIN else "plain")
        base = os.path.join(self.compiled(b, kind), "prog")
        after = AFTER.get(b.kind)
        if not after:
            return Case(base, [], base, [base], "dwarf")
        prefix = b.target + "-" if b.family == "gcc" and b.target else ""
        tools = Tools(self, prefix)
        d = self.once(["after", b.kind, base, AFTER_VERSION], lambda d: after(tools, base, d))
        return case_after(b.kind, d, base)


class Tools:
    def __init__(self, maker, prefix):
        self.maker, self.prefix = maker, prefix

    def __call__(self, cwd, tool, *args, timeout=120):
        return self.maker.run([self.prefix + tool, *args], cwd, timeout)

    def plain(self, cwd, tool, *args, timeout=120):
        return self.maker.run([tool, *args], cwd, timeout)


def command(b, kind):
    if b.language == "rust":
        return rustc()
    tool = COMMANDS[b.language, b.family]
    return "%s-%s" % (b.target, tool) if b.target and b.family == "gcc" else tool


def flags(b, kind):
    if b.language == "rust":
        return rust_flags(b, kind)
    out = ["-g", "-gdwarf-%d" % b.dwarf, "-w"]
    if kind == "g1":
        out = ["-gdwarf-%d" % b.dwarf] + (["-g1"] if b.family == "gcc" else ["-gline-tables-only"])
    out += {"O0": ["-O0"], "O2": ["-O2"], "O3-flto": ["-O3", "-flto"]}[b.opt]
    if b.language == "c++":
        out.append("-std=c++17")
    if b.family == "clang" and b.target:
        return ["--target=%s-linux-gnu" % b.target] + out + FLAGS.get(kind, [])
    out.append("-Wl,--build-id=sha1")
    if b.family == "clang" and "flto" in b.opt and not any("fuse-ld" in f for f in FLAGS.get(kind, [])):
        out.append("-fuse-ld=lld")
    if b.language == "c" and kind not in ("lld-icf", "gold-icf", "block-sections"):
        out.append("-DWITH_IFUNC")
    return out + FLAGS.get(kind, [])


def rust_flags(b, kind):
    out = ["-C", "debuginfo=%d" % (1 if kind == "g1" else 2), "-C", "codegen-units=2",
           "-C", "link-arg=-Wl,--build-id=sha1"]
    out += {"O0": ["-C", "opt-level=0"], "O2": ["-C", "opt-level=2"],
            "O3-flto": ["-C", "opt-level=3", "-C", "lto=fat"]}[b.opt]
    more = {"static": ["-C", "target-feature=+crt-static"], "lld": ["-C", "link-arg=-fuse-ld=lld"],
            "v0": ["-C", "symbol-mangling-version=v0"], "rdynamic": ["-C", "link-arg=-rdynamic"]}
    return out + more.get(kind, [])


# --- what is done to finished files: function(tools, base, folder) ---

AFTER_VERSION = "2"  # to be raised when one of these changes


def compress(how):
    return lambda t, base, d: t.plain(d, "objcopy", "--compress-debug-sections=" + how, base, "prog") \
        if not t.prefix else t(d, "objcopy", "--compress-debug-sections=" + how, base, "prog")


def dwz_single(t, base, d):
    t.plain(d, "dwz", "-o", "prog", base)


def dwz_multi(t, base, d):
    for n in ("prog", "again"):
        shutil.copy(base, os.path.join(d, n))
    t.plain(d, "dwz", "-m", "common.debug", "prog", "again")


def debuglink(t, base, d):
    t(d, "objcopy", "--only-keep-debug", base, "prog.debug")
    t(d, "objcopy", "--strip-all", "--remove-section=.note.gnu.build-id", "--add-gnu-debuglink=prog.debug",
      base, "prog")


def by_build_id(t, base, d):
    bid = build_id_of(t.plain(d, "readelf", "-nW", base))
    to = os.path.join(d, "debug", ".build-id", bid[:2])
    os.makedirs(to)
    t(d, "objcopy", "--only-keep-debug", base, os.path.join(to, bid[2:] + ".debug"))
    t(d, "strip", "--strip-all", "-o", "prog", base)


def build_id_of(notes):
    for line in notes.splitlines():
        if "Build ID:" in line:
            return line.split(":")[1].strip()
    raise Failed("no build ID")


def no_aranges(t, base, d):
    t(d, "objcopy", "--remove-section=.debug_aranges", base, "prog")


def stripped(t, base, d):
    t(d, "strip", "--strip-all", "-o", "prog", base)


def minidebug(t, base, d):
    """As the manual of gdb tells to make it: what .dynsym lacks, functions only, packed by xz."""
    dynamic = {l.split()[0] for l in t(d, "nm", "-D", base, "--format=posix", "--defined-only").splitlines()}
    dynamic = {n.split("@")[0] for n in dynamic}
    functions = [l.split()[0] for l in t(d, "nm", base, "--format=posix", "--defined-only").splitlines()
                 if l.split()[1] in "TtD"]
    with open(os.path.join(d, "keep"), "w") as f:
        f.writelines(n + "\n" for n in sorted(set(functions) - dynamic))
    t(d, "objcopy", "--only-keep-debug", base, "debug")
    t(d, "objcopy", "-S", "--remove-section=.gdb_index", "--remove-section=.comment",
      "--keep-symbols=keep", "debug", "mini")
    t(d, "strip", "--strip-all", "-R", ".comment", "-o", "prog", base)
    t.plain(d, "xz", "-k", "mini")
    t(d, "objcopy", "--add-section", ".gnu_debugdata=mini.xz", "prog")
    t(d, "strip", "--strip-debug", "-o", "symbols", base)  # for llvm-symbolizer, which reads no xz


def dwp(tool, *args):
    def make(t, base, d):
        """The package beside a copy of the program; the .dwo files go where nobody looks for them."""
        here = os.path.dirname(base)
        away = os.path.join(here, "away")
        if not os.path.exists(away):
            os.mkdir(away)
            t.plain(here, tool, "-e", base, "-o", os.path.join(away, "prog.dwp"), timeout=60)
            for n in os.listdir(here):
                if n.endswith(".dwo"):
                    shutil.move(os.path.join(here, n), away)
        shutil.copy(base, os.path.join(d, "prog"))
        shutil.copy(os.path.join(away, "prog.dwp"), d)
    return make


AFTER = {
    "zlib": compress("zlib"), "zstd": compress("zstd"), "zdebug": compress("zlib-gnu"),
    "dwz": dwz_single, "dwz-multi": dwz_multi, "debuglink": debuglink, "build-id": by_build_id,
    "no-aranges": no_aranges, "stripped": stripped, "minidebug": minidebug,
    "dwp-llvm": dwp("llvm-dwp"), "dwp-gnu": dwp("dwp"),
}


def case_after(kind, d, base):
    prog = os.path.join(d, "prog")
    if kind == "build-id":
        return Case(prog, ["--debug-dir", os.path.join(d, "debug")], base, [base], "dwarf")
    if kind == "stripped":
        return Case(prog, [], prog, [prog], "symbols")
    if kind == "minidebug":
        return Case(prog, [], os.path.join(d, "symbols"), [os.path.join(d, "symbols")], "symbols")
    if kind.startswith("dwp"):
        return Case(prog, [], prog, [prog], "dwarf")
    return Case(prog, [], base, [base], "dwarf")
