# frames.py - every frame that hprof prints, beside llvm-symbolizer, addr2line, nm and the dump itself.
import os
import posixpath
import re
from collections import Counter

import elf
from peerlib import hprof_json

HASH = re.compile(r"::h[0-9a-f]{16}$")  # of Rust's old names
CRATE = re.compile(r"(?<=\w)\[[0-9a-f]{6,16}\]")  # in what c++filt makes of the new ones
TYPED = re.compile(r"(?<=\d): [iu](size|\d+)(?=[\]>,])")  # and the type of a constant
_symbols = {}


def symbols_of(path, debug=None):
    st = os.stat(path)
    key = (path, debug, st.st_ino, st.st_mtime_ns)
    if key not in _symbols:
        _symbols[key] = elf.Symbols(path, debug)
    return _symbols[key]


class Profile:
    """`hprof json` of a dump, with stacks as lists of physical frames."""

    def __init__(self, args):
        self.doc = hprof_json("json", "--names", "full", "--prune", "none", *args)
        self.info = hprof_json("info", "--json", *args)
        self.modules = [m["path"] for m in self.doc["modules"]]
        self.functions = self.doc["functions"]
        self.problems = []
        self.stacks = []
        self.chain = {}  # (module path, address): [frame]
        for st in self.doc["stacks"]:
            self.stacks.append(self._split(st["frames"]))

    def _split(self, frames):
        out, chain = [], []
        for f in frames:
            chain.append(f)
            if f.get("inlined"):
                continue
            places = {(x.get("module"), x.get("address")) for x in chain}
            if len(places) != 1:
                self.problems.append("an inline chain has several addresses: %s" % chain)
            out.append(self._physical(chain))
            chain = []
        if chain:
            self.problems.append("a stack ends with an inlined frame: %s" % frames[-1])
        return out

    def _physical(self, chain):
        f = chain[0]
        module = self.modules[f["module"]] if "module" in f else None
        address = int(f["address"], 16) if "address" in f else None
        place = (module, address)
        told = [self._told(x) for x in chain]
        if self.chain.setdefault(place, told) != told:
            self.problems.append("%s+0x%x has two chains" % place)
        return place

    def _told(self, f):
        if "function" not in f:
            return {"name": None, "link": None, "file": "", "line": 0}
        fn = self.functions[f["function"]]
        return {"name": fn["name"], "link": fn.get("linkage_name"), "file": fn.get("file", ""),
                "line": f.get("line", 0)}

    def symbols_kind(self, path):
        for m in self.info["modules"]:
            if m["path"] == path:
                return m["symbols"]
        return "none"


def check_addresses(profile, dump, file_of):
    """The stacks of @profile are those of the dump: each address at its place, one subtracted once."""
    want, have = Counter(), Counter()
    for pcs in dump.stacks:
        chain = []
        for pc in pcs:
            module, addr = dump.place(pc - 1, file_of)
            chain.append((module, addr) if module and module.startswith("/") else pc - 1)
        want[tuple(chain)] += 1
    for st in profile.stacks:
        have[tuple(st)] += 1
    if len(want) == 0:
        return ["the dump has no stack"]
    comparable = [c for c in want if all(isinstance(p, tuple) and p[1] is not None for p in c)]
    if len(comparable) * 10 < len(want) * 9:
        return ["only %d of %d stacks lie in files wholly" % (len(comparable), len(want))]
    out = ["stack of the dump is not in the JSON: %s" % (c,) for c in comparable if c not in have]
    known = set(comparable)
    if len(comparable) == len(want):
        out += ["stack of the JSON is not in the dump: %s" % (c,) for c in have if c not in known]
    return out


def same_file(a, b):
    return a == b or (a and b and posixpath.normpath(a) == posixpath.normpath(b))


OPERATOR = re.compile(r"operator(\(\)|\[\]|<=>|<<=?|>>=?|->\*?|<=|>=|[-+*/%^&|~!=,]+|<|>|\"\" ?\w+| [\w: *&]+)")


SCOPE = re.compile(r"\)( const)?( \[clone [^]]*\])?::")


def closing(name, i):
    """Index of the parenthesis that closes the one at @i."""
    depth = 0
    for k in range(i, len(name)):
        depth += (name[k] == "(") - (name[k] == ")")
        if depth == 0:
            return k
    return len(name)


def last_part(name):
    """The unqualified name: of "a::b<c::d>::e(f) const", "e"."""
    depth, start, i = 0, 0, 0
    while i < len(name):
        c = name[i]
        op = OPERATOR.match(name, i) if c == "o" and depth == 0 and (i == 0 or name[i - 1] in ": ") else None
        if op:
            start, i = i, op.end()
            continue
        if c == "(" and depth == 0 and not SCOPE.match(name, closing(name, i)):
            return name[start:i]
        if c in "<({[":
            depth += 1
        elif c in ">)}]":
            depth -= 1
        elif depth == 0 and name.startswith("::", i):
            start = i + 2
        i += 1
    return name[start:]


def no_template(name):
    return name if name.startswith("operator") else name.split("<")[0]


LAMBDA = re.compile(r"Ul.*E\d*_")  # its type in a linkage name


def names_agree(told, peer, alias, bare=False):
    """Whether hprof's function and the peer's name are one; @bare: the peer does not qualify."""
    link = told["link"] or told["name"]
    if not peer or not link:
        return not peer and not link
    if elf.plain(link) == elf.plain(peer) or elf.plain(told["name"]) == elf.plain(peer):
        return True
    plain_alias = {elf.plain(a) for a in alias}
    if elf.plain(link) in plain_alias and elf.plain(peer) in plain_alias:
        return True
    # calls of a lambda that were inlined: the peer prints the bare name, we that of the lambda
    if (LAMBDA.search(link) or "{lambda" in told["name"]) and (
            peer.startswith("operator()") or LAMBDA.search(peer) or "lambda" in peer):
        return True
    # a function without linkage name: the peer prints the bare name, we qualify it
    return (bare or not told["link"]) and not peer.startswith(("_Z", "_R")) and \
        no_template(last_part(told["name"])) == no_template(peer)


def check_llvm(profile, module, oracle, debug, classes):
    """
    Every chain of @module beside llvm-symbolizer's: length, names, files, lines.
    @classes counts the differences that are the peer's: it passes over symbols without type
    (assembler labels) and prints a symbol's object file as if it were its source.
    """
    places = sorted(a for m, a in profile.chain if m == module and a is not None)
    peer = elf.llvm_frames(oracle, places)
    syms = symbols_of(oracle, debug)
    out = []
    for a in places:
        theirs = peer.get(a, [])
        named = [f for f in profile.chain[(module, a)] if f["name"]]
        at = "%s+0x%x" % (os.path.basename(module), a)
        if not theirs and len(named) == 1 and not named[0]["file"] and \
                (named[0]["name"] in syms.untyped(a) or syms.in_plt(a)):
            classes["label"] += 1
            continue
        if len(named) != len(theirs):
            out.append("%s: %d frames, llvm-symbolizer has %d: %s / %s" %
                       (at, len(named), len(theirs), brief(named), theirs))
            continue
        for k, (f, t) in enumerate(zip(named, theirs)):
            where = "%s frame %d:" % (at, k)
            alias = syms.aliases(a) if k == len(named) - 1 else ()
            if not names_agree(f, t[0], alias):
                out.append("%s name %s, llvm-symbolizer has %s" % (where, brief([f]), t[0]))
            if not f["file"] and t[2] == 0 and t[1] and ("/" not in t[1] or t[1].endswith(".o")):
                classes["object file"] += 1
            elif not same_file(f["file"], t[1]):
                out.append("%s file '%s', llvm-symbolizer has '%s'" % (where, f["file"], t[1]))
            if f["line"] != t[2]:
                out.append("%s line %d, llvm-symbolizer has %d" % (where, f["line"], t[2]))
    return out, len(places)


def brief(frames):
    return " < ".join("%s:%d" % (f["link"] or f["name"], f["line"]) for f in frames)


def check_addr2line(profile, module, oracle, debug, classes):
    """
    The outermost function and line beside GNU addr2line's.  Its own errors, counted in @classes:
    it takes the nearest symbol below, whatever its size, and misses inlines in what clang writes.
    """
    places = sorted(a for m, a in profile.chain if m == module and a is not None)
    peer = elf.addr2line_frames(debug or oracle, places)
    syms = symbols_of(oracle, debug)
    out = []
    for a in places:
        chain = profile.chain[(module, a)]
        theirs = peer.get(a) or [("", "", 0)]
        f, (name, _, line) = chain[-1], theirs[-1]
        at = "%s+0x%x" % (os.path.basename(module), a)
        if not f["file"] and name and name not in syms.owners(a):
            classes["nearest"] += 1
        elif not names_agree(f, name, syms.aliases(a), bare=True):
            out.append("%s: outermost %s, addr2line has %s" % (at, brief([f]), name))
        elif f["line"] != line:
            if len(theirs) < len(chain) and line == chain[0]["line"] and \
                    module in classes["by clang"]:
                classes["no inlines"] += 1
                continue
            out.append("%s: outermost line %d of %s, addr2line has %d" % (at, f["line"], name, line))
    return out


def check_owned(profile, file_of, debug_of=lambda p: None, kinds=("symtab", "dynsym")):
    """Every name taken from a symbol table belongs to a symbol that owns the address."""
    out, n = [], 0
    for (module, a), chain in sorted(profile.chain.items(), key=str):
        if not module or not module.startswith("/") or a is None or not chain[-1]["name"]:
            continue
        file = file_of(module)
        if not file or not os.path.exists(file):
            out.append("%s+0x%x has a name, %s, and no file" % (module, a, chain[-1]["name"]))
            continue
        if profile.symbols_kind(module) not in kinds and chain[-1]["file"]:
            continue
        n += 1
        syms = symbols_of(file, debug_of(module))
        name = chain[-1]["link"] or chain[-1]["name"]
        own = syms.owners(a)
        if name.endswith("@plt"):
            if not syms.in_plt(a):
                out.append("%s+0x%x: %s, but it is in no .plt" % (module, a, name))
        elif elf.plain(name) not in {elf.plain(o) for o in own}:
            out.append("%s+0x%x: %s does not own it; nm says %s" % (module, a, name, sorted(own)))
    return out, n


def check_readable(profile):
    """Full names are what c++filt makes of the linked ones."""
    linked = {f["linkage_name"]: f["name"] for f in profile.functions
              if f.get("linkage_name", "").startswith(("_Z", "_R"))}
    want = elf.demangle(elf.CLONE.sub("", n) for n in linked)
    out = []
    for link, name in sorted(linked.items()):
        if LAMBDA.search(link):  # named by its place, as inlined calls of it are
            continue
        good = want[elf.CLONE.sub("", link)]
        if link.startswith("_R"):
            good = TYPED.sub("", CRATE.sub("", good))
        if HASH.sub("", name) != HASH.sub("", good):
            out.append("%s is written %s, c++filt writes %s" % (link, name, good))
    return out


def compare(report, name, args, dump_path, exe, oracle=None, file_of=None, clang=False,
            min_frames=20, peers=("llvm", "addr2line")):
    """
    All checks of one capture.  @exe: the program's path in the dump; @oracle: the file that has
    its names; @file_of: where the file of a recorded path lies now.
    """
    recorded = file_of or (lambda p: p)
    names_of = lambda p: oracle if p == exe and oracle else recorded(p)
    prof = Profile([*args, dump_path])
    problems = list(prof.problems)
    problems += check_addresses(prof, elf.Dump(dump_path), names_of)
    modules = sorted({m for m, a in prof.chain if m and m.startswith("/") and a is not None})
    if exe not in modules:
        problems.append("no frame lies in %s" % exe)
    classes = {"label": 0, "object file": 0, "nearest": 0, "no inlines": 0,
               "by clang": {exe} if clang else set()}
    total = 0
    for m in modules:
        debug = elf_debug(prof, m) if m != exe else None
        bad, n = check_llvm(prof, m, names_of(m), debug, classes)
        problems += bad
        total += n
        if "addr2line" in peers and (m == exe or prof.symbols_kind(m) == "dwarf"):
            problems += check_addr2line(prof, m, names_of(m), debug, classes)
    problems += check_readable(prof)
    bad, owned = check_owned(prof, names_of, lambda p: elf_debug(prof, p) if p != exe else None)
    problems += bad
    if total < min_frames:
        problems.append("only %d addresses: the capture is too small to show anything" % total)
    told = ", ".join("%d %s" % (v, k) for k, v in classes.items() if k != "by clang" and v)
    report.check(name, problems, "%d addresses, %d by symbol alone%s" %
                 (total, owned, "; the peer's: " + told if told else ""))
    return prof


def elf_debug(profile, module):
    for m in profile.info["modules"]:
        if m["path"] == module:
            return m.get("debug_file")
    return None
