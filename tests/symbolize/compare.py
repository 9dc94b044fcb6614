# compare.py - two answers for one address: equal, different for a reason with a name, or not explained.
"""
What counts as equal is said by RULES: the other side's way of naming the outermost function, and
names that it leaves unqualified.  Everything else that may differ is one of CLASSES.  A rule or a
class holds for one field of one frame, and only on evidence: a symbol that nm or readelf lists at
that place, a path in a table of the file.  mutants() shows that none of them hides a wrong answer.
"""
import bisect
import re
from collections import Counter

import elf
import frames as peer_frames
from lambdas import anonymous
from oracle import Elf, Frame, mangled, shown
from peerlib import run

RULES = {
    "clone": "llvm-symbolizer takes the symbol's name, with what the compiler appended to the copy",
    "unified": "GCC's name for all copies of a constructor, C4, or destructor, D4; the symbol is one of them",
    "alias": "several symbols begin there; we take the one that users call, it takes the last one listed",
    "symbol's name": "it has but the bare name of the DIE, as it reads the stripped file's symbols; "
                     "we take the whole name from the symbol in the debug file",
    "qualified": "a function without linkage name: we put its namespaces and classes before it",
    "lambda": "a template for a lambda without linkage name: the DIE has the lambda's signature, which others "
              "share; we put its place there, which is that of its own function",
}
# Each with the largest share of the addresses of the matrix that it may have: some three times
# of what was measured.
CLASSES = {
    "object file": ("no DWARF: it prints the file that the symbol table has for local symbols", 0.10),
    "label": ("a symbol without size inside a function that has one: the bytes are the function's", 0.03),
    "beyond its section": ("a symbol without size: it lets it reach into the sections that follow", 0.005),
    "linkage stub": ("an entry of .plt: we name it after the function it leads to", 0.01),
    "no symbol": ("its symbol table, the stripped file's, lacks the symbol that owns the bytes", 0.001),
    "data": ("it takes the name of data that lies among code; we name functions", 0.001),
    "descriptors": ("functions are known by descriptors in .opd, which we do not read", 0.001),
    "nameless": ("a DIE without any name: it has none, we take the symbol's", 0.001),
    "folded": ("identical code in one place: it takes the symbol that was kept, we DWARF's name", 0.001),
}
STUB = 16  # bytes of an entry of .plt, at most
# Kinds that the second reader cannot read: libdw 0.188 knows no packages of split units.
NOT_BY_LIBDW = ("dwp-llvm", "dwp-gnu")
SUFFIX = re.compile(r"(\.__part\.\d+|\.\d+)+$")


MORE = ("linkage stub", "no symbol", "nameless")  # where it has no answer at all, and readelf or objdump has ours


class Symbol:
    __slots__ = ("start", "end", "kind", "bind", "exported", "name", "of")

    def __init__(self, start, size, kind, bind, exported, name, of):
        self.start, self.end, self.kind, self.bind = start, start + size, kind, bind
        self.exported, self.name, self.of = exported, name, of

    @property
    def sized(self):
        return self.end > self.start


ROW = re.compile(r"\s*\d+: ([0-9a-f]+)\s+(0x[0-9a-f]+|\d+) (\w+|<OS specific>: 10)\s+(\w+)\s+(\w+)\s+"
                 r"(?:\[.*?\]\s+)?(\w+)(?: (\S+))?")
FUNCTIONS = ("FUNC", "IFUNC", "NOTYPE", "<OS specific>: 10")
MAPPING = re.compile(r"\$[xdat](\.|$)")


class Facts:
    """What readelf says about the symbols of one program."""

    def __init__(self, paths, program):
        self.code = Elf(program).code()
        self.rows, self.elsewhere, self.files, self.data = [], [], set(), {}
        self.descriptors = self._descriptors(program)
        seen = set()
        for path in paths:
            self._read(path, seen)
        taken = self.rows + self.elsewhere  # llvm-symbolizer takes places in .debug_info for addresses
        self.peer_at = {}  # what llvm-symbolizer reads: of a program with a debug file, the program's own
        for s in taken if len(paths) == 1 else [s for s in taken if s.of == paths[0]]:
            self.peer_at.setdefault(s.start, []).append(s)
        self.peer_starts = sorted(self.peer_at)
        self.rows.sort(key=lambda s: (s.start, s.end))
        self.second = dict  # gives {address: the outermost function by addr2line}
        self._second = None
        self.other_reader = {}  # hprof's second reader, where one place has several functions
        self._begins = None
        self.program = program
        self.starts = [s.start for s in self.rows]
        self.reach = []
        for s in self.rows:
            self.reach.append(max(s.end, self.reach[-1] if self.reach else 0))
        self.at, self.named = {}, {}
        for s in self.rows:
            self.at.setdefault(s.start, []).append(s)
            self.named.setdefault(s.name, []).append(s)
        self.plt = [(a, a + n) for name, _, _, a, n in Elf(program).sections if re.match(r"\.i?plt", name)]
        self.stubs = self._stubs(program)  # what objdump calls the places in .plt; "" where it has no name

    def _descriptors(self, program):
        """{address of a descriptor: entry} where functions are known by those."""
        e = Elf(program)
        for name, _, _, addr, size in e.sections:
            if name == ".opd" and e.wide:
                words = re.findall(r"[0-9a-f]{8}", " ".join(
                    l[13:48] for l in run(["readelf", "-x", ".opd", program]).splitlines() if l.startswith("  0x")))
                values = [int(a + b, 16) for a, b in zip(words[::2], words[1::2])]
                return {addr + 8 * i: v for i, v in enumerate(values)}
        return {}

    def _read(self, path, seen):
        dynamic = False
        loaded = [bool(flags & 2) for _, _, flags, *_ in Elf(path).sections]
        for line in run(["readelf", "-sW", path], ok=(0, 1)).splitlines():
            if line.startswith("Symbol table"):
                dynamic = ".dynsym" in line
            m = ROW.match(line)
            if not m:
                continue
            value, size, kind, bind, vis, section, name = m.groups()
            name = (name or "").split("@")[0]
            if kind == "FILE":
                self.files.add(name)
            if kind == "OBJECT" and section.isdigit():
                self.data[name] = self.data.get(name, ()) + ((int(value, 16), int(size, 0)),)
            if kind not in FUNCTIONS or not name or not section.isdigit():
                continue
            if int(section) < len(loaded) and not loaded[int(section)]:  # a place in .debug_info, of GCC's LTO
                self.elsewhere.append(Symbol(int(value, 16), 0, kind, bind, False, name, path))
                continue
            start = self.descriptors.get(int(value, 16), int(value, 16))
            if MAPPING.match(name) or not any(lo <= start < lo + n for lo, n in self.code):
                continue
            row = (start, int(size, 0), name, path)
            if row in seen and not dynamic:
                continue
            seen.add(row)
            exported = dynamic and bind != "LOCAL" and vis in ("DEFAULT", "PROTECTED")
            self.rows.append(Symbol(start, int(size, 0), kind, bind, exported, name, path))

    def covering(self, addr):
        """Sized symbols that own @addr."""
        i = bisect.bisect_right(self.starts, addr) - 1
        out = []
        while i >= 0 and self.reach[i] > addr:
            if self.rows[i].end > addr:
                out.append(self.rows[i])
            i -= 1
        return out

    def nearest(self, addr):
        """Symbols that begin at the last place at or below @addr where any does."""
        i = bisect.bisect_right(self.starts, addr) - 1
        return self.at[self.starts[i]] if i >= 0 else []

    def peer_nearest(self, addr):
        i = bisect.bisect_right(self.peer_starts, addr) - 1
        return self.peer_at[self.peer_starts[i]] if i >= 0 else []

    def by_addr2line(self, addr):
        """The outermost function by the other reader of DWARF; "" if it was not asked."""
        if self._second is None:
            self._second = self.second()
        return self._second.get(addr, "")

    def folded(self, addr):
        """Whether several functions of DWARF begin where the owner of @addr does."""
        if self._begins is None:
            text = run(["llvm-dwarfdump", "--debug-info", self.program], ok=(0, 1))
            self._begins = Counter(re.findall(r"DW_TAG_subprogram\n(?:\s+DW_AT_(?!low_pc).*\n(?:\s+\[.*\n)*)*"
                                              r"\s+DW_AT_low_pc\s+\(0x0*([0-9a-f]+)\)", text))
        return any(self._begins["%x" % s.start] > 1 for s in self.owners(addr))

    def section_of(self, addr):
        for lo, n in self.code:
            if lo <= addr < lo + n:
                return lo
        return None

    def owners(self, addr):
        """Symbols that own @addr; one without a size owns up to the next one or its section's end."""
        own = self.covering(addr)
        if own:
            return own
        near = self.nearest(addr)
        if not near or any(s.sized for s in near) or self.section_of(near[0].start) != self.section_of(addr):
            return []
        return near

    def entry_names(self, addr):
        """Every symbol that begins where one that owns @addr does."""
        return {s.name for s in self.entry_symbols(addr)}

    def entry_symbols(self, addr):
        starts = set()
        for o in self.owners(addr):
            starts.add(o.start)
            if plain(o.name) != o.name:  # a part of a function: those of the whole, too
                starts.update(w.start for w in self.named.get(COLD.sub("", o.name), ()))
        out = [s for start in starts for s in self.at[start]]
        if any(s.kind != "NOTYPE" for s in out):  # a label that happens to lie there is no name of it
            out = [s for s in out if s.kind != "NOTYPE" or s.sized]
        return out

    def _stubs(self, program):
        """[(start, end, name)] of the entries of .plt and its like, where objdump knows the machine's."""
        tool = {3: "objdump", 62: "objdump", 183: "aarch64-linux-gnu-objdump"}.get(Elf(program).machine)
        if not tool:
            return []
        out = []
        for lo, hi in self.plt:
            text = run([tool, "-d", "--start-address=%d" % lo, "--stop-address=%d" % hi, program], ok=(0, 1))
            labels = [(int(a, 16), name) for a, name in re.findall(r"^([0-9a-f]+) <(.*)>:$", text, re.M)]
            labels = [(a, self._callee(name)) for a, name in labels if lo <= a < hi]
            ends = [a for a, _ in labels[1:]] + [hi]
            out += [(a, min(end, a + STUB), name) for (a, name), end in zip(labels, ends) if name is not None]
        return out

    def is_data(self, name, addr):
        """Whether the object @name, which may have no size, lies at @addr or before it."""
        return any(a <= addr < a + size or a <= addr and not size for a, size in self.data.get(name, ()))

    def in_plt(self, addr):
        return any(lo <= addr < hi for lo, hi in self.plt)

    def _callee(self, label):
        """The names that the stub with the label @label of objdump can have; None if it does not say."""
        if re.search(r"@plt-0x[0-9a-f]+$", label):
            return ()  # what comes before the first
        m = re.fullmatch(r"(?:\*ABS\*\+0x([0-9a-f]+)|([^*+]+?)(?:@@?[A-Z][^@]*)?)@plt", label)
        if not m:
            return None
        if m.group(2):
            return (m.group(2) + "@plt",)
        return tuple(s.name + "@plt" for s in self.at.get(int(m.group(1), 16), ()))

    def stub(self, addr):
        """Names that the stub at @addr can have, () if none; None outside of stubs."""
        for lo, hi, name in self.stubs:
            if lo <= addr < hi:
                return name
        return None


COLD = re.compile(r"\.cold(\.\d+)?$")
_demangled = {}


def demangled(name):
    if name not in _demangled:
        _demangled.update(elf.demangle([elf.CLONE.sub("", name)]))
        _demangled[name] = _demangled[elf.CLONE.sub("", name)]
    return _demangled[name]


def plain(name):
    return SUFFIX.sub("", elf.plain(name))


def same_function(a, b):
    """Whether two linked names are of copies of one function."""
    return plain(a) == plain(b)


UNIFIED = re.compile(r"(?<=[CD])4(?=E|I)")


def unified(ours, theirs):
    """Whether @ours is the constructor of which @theirs is one copy."""
    parts = UNIFIED.split(ours)
    if len(parts) < 2:
        return False
    return re.fullmatch("[0-5]".join(re.escape(p) for p in parts), elf.plain(theirs)) is not None


def preferred(symbols):
    """The one of several symbols of one place that users call."""
    binding = {"LOCAL": 0, "WEAK": 1}
    rank = lambda s: (s.exported, s.kind != "NOTYPE", binding.get(s.bind, 2),
                      len(s.name.lstrip("_")) - len(s.name), -len(s.name), [-b for b in s.name.encode()])
    return max(symbols, key=rank).name


def linked(f):
    """The name of @f in symbol tables."""
    return f.link or f.name


def but_for_name(f):
    return f._replace(name="", link="")


def same_answer(a, b):
    key = lambda frames: [(linked(f), f.file, f.line, f.column, f.inlined) for f in frames]
    return key(a) == key(b)


def bare(name):
    """The last part of @name, without what it is a template of and what it returns."""
    part = peer_frames.last_part(name)
    op = peer_frames.OPERATOR.match(part)
    if op:
        return op.group(0)
    depth = 0
    for i, c in enumerate(part):
        depth += (c in "<({[") - (c in ">)}]")
        if c == " " and depth == 0:
            part = part[i + 1:]
            return bare(part)
    return peer_frames.no_template(part)


def outer_reason(facts, addr, ours, theirs, in_assembler):
    """Why the outermost name of the other side may be another than ours; None if nothing says so."""
    own = facts.entry_names(addr)
    near = facts.peer_nearest(addr)
    theirs = theirs.split("@")[0]
    if theirs not in {s.name for s in near}:  # it is the DIE's name
        if not theirs:
            return "nameless" if ours in own else None
        if mangled(ours) and not mangled(theirs):
            known = any(same_function(ours, n) for n in own)
            return "symbol's name" if known and bare(demangled(ours)) == bare(theirs) else None
        if in_assembler and theirs in own and ours in own:
            return "alias"  # the assembler writes a DIE for each of them
        return "alias" if theirs in map(plain, own) and callable_alias(facts, addr, ours) else None
    if theirs in own:
        if plain(theirs) == ours:
            return "clone"
        if unified(ours, theirs):
            return "unified"
        if facts.descriptors and ours in own:
            return "descriptors"
        if callable_alias(facts, addr, ours) or mangled(ours) and any(same_function(ours, n) for n in own):
            return "alias"
    elif all(not s.sized for s in near if s.name == theirs) and any(same_function(ours, n) for n in own):
        return "label"
    return None


def callable_alias(facts, addr, name):
    """Whether @name is what users call the function at @addr; where nobody else can, DWARF's name for it."""
    entry = facts.entry_symbols(addr)
    if any(s.bind != "LOCAL" for s in entry):
        return name == preferred(entry)
    return name in {plain(s.name) for s in entry} and plain(facts.by_addr2line(addr)) == name


BARE = Frame("", "", "", 0, 0, False)


class Judge:
    """The differences between two sides of one program."""

    def __init__(self, facts):
        self.facts = facts

    def __call__(self, addr, ours, theirs):
        """(reasons, problem): names of RULES and CLASSES, and what none of them explains or ""."""
        reasons = set()
        if not self._owned(addr, ours):
            if not ours or self.facts.in_plt(addr) or self.facts.by_addr2line(addr) != linked(ours[-1]):
                return (), "no symbol of that name owns it"
            reasons.add("folded")
        if same_answer(ours, theirs):
            return (), ""
        if [f.inlined for f in ours] != [True] * (len(ours) - 1) + [False] * bool(ours):
            return (), "the marks of inlined frames"
        if not ours or not theirs or self.facts.in_plt(addr):
            return self._one_sided(addr, ours, theirs)
        if len(ours) != len(theirs):
            return self._one_of_several(addr, ours, "%d frames, not %d" % (len(ours), len(theirs)))
        for k, (f, t) in enumerate(zip(ours, theirs)):
            if not self._frame(addr, f, t, k == len(ours) - 1, len(ours) == 1, reasons):
                return self._one_of_several(addr, ours, "frame %d" % k)
        return tuple(sorted(reasons)), ""

    def _one_of_several(self, addr, ours, problem):
        """Where DWARF has several functions, each side may take another; both our readers take one."""
        if ours == self.facts.other_reader.get(addr) and self.facts.folded(addr):
            return ("folded",), ""
        return (), problem

    def _owned(self, addr, ours):
        """Whether readelf, too, says that the outermost function owns @addr, where it says anything."""
        stub = self.facts.stub(addr)
        if stub == () and ours and ours[0].name in {s.name for s in self.facts.owners(addr)}:
            return True
        if stub is not None:
            return ours == [] if not stub else \
                len(ours) == 1 and but_for_name(ours[0]) == BARE and linked(ours[0]) in stub
        if not ours:
            return not any(s.kind != "NOTYPE" for s in self.facts.owners(addr))
        name, own = linked(ours[-1]), self.facts.entry_names(addr)
        if name.endswith("@plt") and self.facts.in_plt(addr):  # of a program without dynamic relocations
            return len(ours) == 1 and name[:-4] in self.facts.named and but_for_name(ours[-1]) == BARE
        if not own:
            return not self.facts.in_plt(addr) and ours[-1].file != ""
        if not ours[-1].link and bare(name) in map(plain, own):
            return True
        return any(same_function(name, n) or unified(name, n) for n in own)

    def _frame(self, addr, f, t, outermost, alone, reasons):
        if f.line != t.line or f.column != t.column:
            return False
        if not peer_frames.same_file(f.file, t.file):
            if not (alone and not f.file and not t.line and t.file in self.facts.files):
                return False
            reasons.add("object file")
        name = linked(f)
        if name == t.name or "@" in t.name and name == t.name.split("@")[0]:
            return True
        if outermost and "folded" in reasons:
            return t.name.split("@")[0] in {s.name for s in self.facts.owners(addr) if s.sized}
        why = outer_reason(self.facts, addr, name, t.name, f.file.endswith((".S", ".s"))) if outermost else None
        if outermost and not f.link and not f.name and t.name in {s.name for s in self.facts.elsewhere}:
            why = "label"
        if not why and not f.link and not mangled(t.name) and f.name.endswith(t.name) and \
                bare(f.name) == bare(t.name):
            why = "qualified"
        if not why and not f.link and "<lambda(" in t.name and \
                re.search(r"(^|::)%s$" % re.escape(anonymous(t.name)), anonymous(f.name)):
            why = "lambda"
        if why:
            reasons.add(why)
        return bool(why)

    def _one_sided(self, addr, ours, theirs):
        facts = self.facts
        if facts.stub(addr) or ours and facts.in_plt(addr):
            return ("linkage stub",), ""
        if not ours:
            near = facts.peer_nearest(addr)
            if len(theirs) == 1 and not theirs[0].line and theirs[0].name in {s.name for s in facts.elsewhere}:
                return ("label",), ""
            if len(theirs) == 1 and not theirs[0].line and theirs[0].name in {s.name for s in near if not s.sized} \
                    and facts.section_of(near[0].start) != facts.section_of(addr):
                return ("beyond its section",), ""
            if len(theirs) == 1 and not theirs[0].line and facts.is_data(theirs[0].name, addr):
                return ("data",), ""
            return (), "nothing is known"
        if len(ours) == 1 and but_for_name(ours[0]) == BARE:
            near = {s.name for s in facts.peer_nearest(addr)}
            own = [s for s in facts.owners(addr) if s.kind == "NOTYPE" or s.name not in near]
            if linked(ours[0]) in {s.name for s in own}:
                return ("no symbol",), ""
        return (), "it knows nothing"


# --- wrong answers, to show that they are found ---

def mutants(facts, addr, ours, others):
    """(what was done, wrong answer) made of @ours; @others: answers for other addresses."""
    if not ours:
        for o in others:
            if o:
                yield "another's answer", o
        return
    k = addr % len(ours)
    f = ours[k]
    put = lambda g: ours[:k] + [g] + ours[k + 1:]
    yield "line + 1", put(f._replace(line=f.line + 1))
    yield "no line", put(f._replace(line=0))
    yield "column + 1", put(f._replace(column=f.column + 1))
    yield "no file", put(f._replace(file=""))
    yield "another file", put(f._replace(file="/usr/include/stdio.h"))
    yield "nothing", []
    yield "a frame twice", ours[:k] + [f._replace(inlined=True)] + ours[k:]
    if len(ours) > 1:
        yield "innermost lost", ours[1:]
        yield "outermost lost", ours[:-2] + [ours[-2]._replace(inlined=False)]
        yield "mark lost", [ours[0]._replace(inlined=False)] + ours[1:]
        swapped = [ours[1]._replace(inlined=True), ours[0]._replace(inlined=len(ours) > 2)]
        yield "two frames swapped", swapped + ours[2:]
    yield "no name", put(f._replace(name="", link=""))
    for name in neighbours(facts, addr, f):
        named = lambda g: g._replace(name=name, link=name if g.link else "")
        yield "a neighbour's name", put(named(f))
        yield "a neighbour's outermost name", ours[:-1] + [named(ours[-1])]
    for o in others:
        yield "another's answer", o


def neighbours(facts, addr, f):
    """The next function's name and the one before, if they are not also this one's."""
    i = bisect.bisect_right(facts.starts, addr)
    own = {plain(n) for n in facts.entry_names(addr)} | {plain(linked(f))}
    for j in (i, i - 1, i - 2):
        if 0 <= j < len(facts.rows) and plain(facts.rows[j].name) not in own:
            yield facts.rows[j].name


def right_after_all(facts, addr, wrong, ours):
    """Whether @wrong says the same as @ours but for which of its symbols names the outermost function."""
    if len(wrong) != len(ours) or not ours or wrong[:-1] != ours[:-1]:
        return False
    names = {plain(n) for n in facts.entry_names(addr)}
    a, b = wrong[-1], ours[-1]
    return but_for_name(a) == but_for_name(b) and {plain(linked(a)), plain(linked(b))} <= names


def hidden(facts, addrs, ours, theirs, step=1):
    """(how many wrong answers were tried, those that @judge would accept)."""
    judge = Judge(facts)
    tried, out = 0, []
    for i in range(0, len(addrs), step):
        a, o, t = addrs[i], ours[i], theirs[i]
        if judge(a, o, t)[1]:
            continue
        others = [ours[j] for j in (i - 1, (i + 7) % len(ours)) if ours[j] != o]
        for what, wrong in mutants(facts, a, o, others):
            if not wrong and (not t or facts.in_plt(a)) and not facts.owners(a) and not facts.stub(a):
                continue  # nobody says anything of such an address
            if same_answer(wrong, o) or right_after_all(facts, a, wrong, o):
                continue
            tried += 1
            if not judge(a, wrong, t)[1]:
                out.append("0x%x: %s would pass: %s for %s / %s" % (a, what, shown(wrong), shown(o), shown(t)))
    return tried, out


class Tally:
    """Counts of one or of several programs."""

    def __init__(self):
        self.n = self.exact = self.by_rule = 0
        self.reasons = Counter()
        self.unexplained = []

    def add(self, facts, addrs, ours, theirs, where):
        judge = Judge(facts)
        for a, o, t in zip(addrs, ours, theirs):
            self.n += 1
            reasons, problem = judge(a, o, t)
            if problem:
                self.unexplained.append("%s 0x%x: %s\n  hprof: %s\n  peer:  %s" %
                                        (where, a, problem, shown(o), shown(t)))
            elif not reasons:
                self.exact += 1
            else:
                self.by_rule += all(r in RULES for r in reasons)
                self.reasons.update(reasons)

    def merge(self, other):
        self.n += other.n
        self.exact += other.exact
        self.by_rule += other.by_rule
        self.reasons.update(other.reasons)
        self.unexplained += other.unexplained

    def equal_share(self):
        """Of the addresses of which the other side can know something."""
        n = self.n - sum(self.reasons[r] for r in MORE)
        return (self.exact + self.by_rule) / n if n else 0.0

    def told(self):
        more = ", ".join("%d %s" % (c, r) for r, c in self.reasons.most_common())
        return "%d addresses, %d exact, %d by rule%s" % \
            (self.n, self.exact, self.by_rule, "; " + more if more else "")
