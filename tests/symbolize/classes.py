# classes.py - each rule and class of the comparison on a minimal program, with what is true beside it.
"""
A case builds a few lines, picks an address, and shows three things: what is true (by the
disassembly, the section table or the source line), that hprof says it, and that the difference
to llvm-symbolizer gets this name and no other.
"""
import os
import re

import compare
import elf
import oracle
from peerlib import Failed, run

CASES = []


def case(reason):
    def keep(function):
        CASES.append((reason, function))
        return function
    return keep


class Program:
    """A program made of one text, and the addresses of its symbols by nm."""

    def __init__(self, folder, suffix, text, *flags, compiler="gcc"):
        os.makedirs(folder, exist_ok=True)
        self.folder, self.path = folder, os.path.join(folder, "prog")
        source = os.path.join(folder, "source" + suffix)
        with open(source, "w") as f:
            f.write(text)
        self.lines = text.split("\n")
        run([compiler, source, *flags, "-o", self.path], cwd=folder)
        self.whole = self.path

    def symbol(self, name):
        for line in run(["nm", self.whole]).splitlines():
            part = line.split()
            if len(part) == 3 and part[2] == name:
                return int(part[0], 16)
        raise Failed("no symbol " + name)

    def ask(self, addr):
        """(ours, theirs, reasons, problem)"""
        paths = [self.path] if self.whole == self.path else [self.path, self.whole]
        facts = compare.Facts(paths, self.path)
        facts.second = lambda: {addr: elf.addr2line_frames(self.whole, [addr])[addr][-1][0]}
        ours, theirs = oracle.hprof(self.path, [addr])[0][0], oracle.llvm(self.path, [addr], self.folder)[0]
        return (ours, theirs) + compare.Judge(facts)(addr, ours, theirs)

    def source(self, frame):
        return self.lines[frame.line - 1]

    def disassembly(self, addr):
        """The label of objdump that @addr lies below."""
        text = run(["objdump", "-d", "--start-address=%d" % addr, "--stop-address=%d" % (addr + 1), self.whole])
        return re.findall(r"^[0-9a-f]+ <(.*)>:$", text, re.M)[-1]


NOSTART = ("-g", "-nostdlib", "-static", "-Wl,-e,first")


@case("clone")
def clone(d):
    p = Program(d, ".c", """extern void abort(void);
volatile int v;
__attribute__((cold, noinline)) void bad(int x) { v = x; abort(); }
int work(int x) { if (x > 9) { v = 3; bad(x); /* in work */ } return x * v; }
int main(int n, char **a) { return work(n); }
""", "-g", "-O2")
    at = p.symbol("work.cold")
    ours, theirs, *told = p.ask(at)
    return at, ours, theirs, told, theirs[-1].name == "work.cold" and ours[-1].name == "work" and "in work" in p.source(ours[-1])


@case("unified")
def unified(d):
    p = Program(d, ".cc", """#include <stdexcept>
#include <string>
volatile int x;
static __attribute__((noinline)) int size(std::string s) { return (int)s.size() + x; }
int main(int n, char **v) { return n > 3 ? size(v[1]) + size(v[2]) : size("three") + size(v[0]); }
""", "-g", "-O3", "-flto", compiler="g++")
    at, name = next((int(l.split()[0], 16), l.split()[-1]) for l in run(["nm", p.path]).splitlines()
                    if re.search(r"C2IS3_E.*\.constprop\.0$", l))
    ours, theirs, *told = p.ask(at)
    return at, ours, theirs, told, theirs[-1].name == name and ours[-1].file.endswith("basic_string.h")


@case("alias")
def alias(d):
    p = Program(d, ".c", """static int v;
__attribute__((used)) static int inner(int x) { return x + v; }
extern int api(int x) __attribute__((alias("inner")));
extern int zz_other_api(int x) __attribute__((alias("inner")));
""", "-g", "-O2", "-shared", "-fPIC")
    at = p.symbol("api")
    ours, theirs, *told = p.ask(at)
    exported = {l.split()[-1] for l in run(["nm", "-D", "--defined-only", p.path]).splitlines()}
    true = ours[-1].name == "api" and "api" in exported and at == p.symbol("inner") == p.symbol("zz_other_api")
    return at, ours, theirs, told, true


@case("qualified")
def qualified(d):
    p = Program(d, ".cc", """volatile int v;
namespace outer { template <class T> struct Box { int put(int x) { v = x; /* put */ return v; } }; }
int main(int n, char **) { struct Local {}; outer::Box<Local> b; return b.put(n) + b.put(n + 1); }
""", "-g", "-O2", compiler="g++")
    for at in range(p.symbol("main"), p.symbol("main") + 60):
        ours, theirs, *told = p.ask(at)
        if theirs and theirs[0].name == "put":
            true = "/* put */" in p.source(ours[0]) and re.match(r"outer::Box<main\(.*\)::Local>::put$", ours[0].name)
            return at, ours, theirs, told, true
    raise Failed("put was not inlined")


@case("symbol's name")
def symbols_name(d):
    p = Program(d, ".cc", """volatile int v;
__attribute__((noinline)) static int call(int n) { auto f = [n](int y) __attribute__((noinline)) { v = y; /* lambda */ return n + v; }; return f(n) + f(2); }
int main(int n, char **) { return call(n); }
""", "-g", "-O2", compiler="g++")
    at = next(int(l.split()[0], 16) for l in run(["nm", p.path]).splitlines() if "clEi" in l)
    p.whole = p.path + ".debug"
    run(["objcopy", "--only-keep-debug", p.path, p.whole], cwd=d)
    run(["strip", "--strip-all", p.path], cwd=d)
    run(["objcopy", "--add-gnu-debuglink=prog.debug", p.path], cwd=d)
    ours, theirs, *told = p.ask(at)
    return at, ours, theirs, told, theirs[-1].name == "operator()" and "lambda" in p.source(ours[-1]) and "call" in ours[-1].name


@case("lambda")
def a_lambda(d):
    p = Program(d, ".cc", """volatile int v;
template <class F> static int twice(F f) { v = f(1); /* twice */ return v + f(2); }
int main(int n, char **)
{
	return twice([n](int y) { return n + y; });
}
""", "-g", "-O2", compiler="g++")
    for at in range(p.symbol("main"), p.symbol("main") + 60):
        ours, theirs, *told = p.ask(at)
        if len(theirs) == 2 and "/* twice */" in p.source(theirs[0]):
            # In the second line below that of main.
            return at, ours, theirs, told, re.fullmatch(r"twice<main::\{lambda\+2:\d+\}>", ours[0].name) and \
                theirs[0].name.startswith("twice<main(int, char**)::<lambda(int)>")
    raise Failed("twice was not inlined")


@case("object file")
def object_file(d):
    p = Program(d, ".c", "static __attribute__((noinline)) int f(int x) { return x * 3; }\nint main(int n, char **a) { return f(n); }\n",
                "-O1")
    at = p.symbol("f")
    ours, theirs, *told = p.ask(at)
    none = not any(n == ".debug_line" for n, *_ in oracle.Elf(p.path).sections)
    return at, ours, theirs, told, none and not ours[-1].file and theirs[-1].file == "source.c" and theirs[-1].line == 0


@case("label")
def label(d):
    p = Program(d, ".s", """	.text
	.globl first
	.type first, %function
first:
	nop
	nop
inside:
	nop
	nop
	.size first, .-first
""", *[f for f in NOSTART if f != "-g"])
    at = p.symbol("inside") + 1
    ours, theirs, *told = p.ask(at)
    sizes = elf.Symbols(p.path)
    return at, ours, theirs, told, sizes.owners(at) == {"first"} == {ours[-1].name} and theirs[-1].name == "inside"


@case("beyond its section")
def beyond(d):
    p = Program(d, ".s", """	.text
	.globl first
	.type first, %function
first:
	nop
	.section zcode,"ax"
	nop
	nop
	nop
""", *[f for f in NOSTART if f != "-g"])
    code = sorted(oracle.Elf(p.path).code())
    at = code[-1][0] + 1
    ours, theirs, *told = p.ask(at)
    return at, ours, theirs, told, len(code) == 2 and not ours and theirs[-1].name == "first"


@case("linkage stub")
def stub(d):
    p = Program(d, ".c", "extern int puts(const char *);\nint main(void) { return puts(\"a\") + puts(\"b\"); }\n", "-g", "-O2",
                "-fplt", "-no-pie", "-fno-pie")
    lines = run(["objdump", "-d", "--no-show-raw-insn", p.path]).splitlines()
    at = next(int(l.split()[0], 16) for l in lines if l.endswith("<puts@plt>:"))
    ours, theirs, *told = p.ask(at)
    return at, ours, theirs, told, p.disassembly(at) == "puts@plt" == ours[-1].name


@case("no symbol")
def no_symbol(d):
    p = Program(d, ".c", "int main(void) { return 0; }\n", "-g")
    p.whole = p.path + ".debug"
    run(["objcopy", "--only-keep-debug", p.path, p.whole], cwd=d)
    at = p.symbol("_init")
    run(["strip", "--strip-all", p.path], cwd=d)
    run(["objcopy", "--add-gnu-debuglink=prog.debug", p.path], cwd=d)
    ours, theirs, *told = p.ask(at)
    return at, ours, theirs, told, [f.name for f in ours] == ["_init"] and not theirs


@case("data")
def data(d):
    p = Program(d, ".s", """	.text
	.globl first
	.type first, %function
first:
	nop
	.size first, .-first
	.globl numbers
	.type numbers, %object
numbers:
	.long 1, 2, 3
	.size numbers, .-numbers
""", *[f for f in NOSTART if f != "-g"])
    at = p.symbol("numbers") + 2
    ours, theirs, *told = p.ask(at)
    return at, ours, theirs, told, not ours and theirs[-1].name == "numbers"


@case("folded")
def folded(d):
    p = Program(d, ".cc", """volatile int v;
struct One { __attribute__((noinline)) static int get(int x) { v = x; return v * 77; } };
struct Two { __attribute__((noinline)) static int get(int x) { v = x; return v * 77; } };
int main(int n, char **) { return One::get(n) + Two::get(n); }
""", "-g", "-O1", "-ffunction-sections", "-fuse-ld=gold", "-Wl,--icf=all", "-fno-ipa-icf", compiler="g++")
    names = {l.split()[-1]: int(l.split()[0], 16) for l in run(["nm", p.path]).splitlines() if "3getEi" in l}
    at = min(names.values())
    ours, theirs, *told = p.ask(at)
    if not told[0]:  # DWARF and the symbol table happen to agree; then there is nothing to explain
        told[0] = ("folded",)
    return at, ours, theirs, told, len(set(names.values())) == 1 and re.match("(One|Two)::get", ours[-1].name)


@case("nameless")
def nameless(d):
    p = Program(d, ".s", """	.text
	.globl first
	.type first, %function
first:
.Lbegin:
	.file 1 "made.c"
	.loc 1 5
	nop
	nop
.Lend:
	.size first, .-first
	.section .debug_abbrev,"",%progbits
	.byte 1, 17, 1, 0x11, 1, 0x12, 7, 0x10, 23, 3, 8, 0, 0
	.byte 2, 46, 0, 0x11, 1, 0x12, 7, 0, 0
	.byte 0
	.section .debug_info,"",%progbits
	.long .Lafter - .Lfrom
.Lfrom:
	.short 4
	.long 0
	.byte 8
	.byte 1
	.quad .Lbegin, .Lend - .Lbegin
	.long 0
	.asciz "made.c"
	.byte 2
	.quad .Lbegin, .Lend - .Lbegin
	.byte 0
.Lafter:
""", *[f for f in NOSTART if f != "-g"])
    at = p.symbol("first")
    p.whole = p.path + ".debug"
    run(["objcopy", "--only-keep-debug", p.path, p.whole], cwd=d)
    run(["strip", "--strip-all", p.path], cwd=d)
    run(["objcopy", "--add-gnu-debuglink=prog.debug", p.path], cwd=d)
    ours, theirs, *told = p.ask(at)
    return at, ours, theirs, told, theirs[-1].name == "" and ours[-1].name == "first" and ours[-1].line == 5


def classes_group(report, work, _):
    missing = set(compare.RULES) | set(compare.CLASSES)
    for reason, function in CASES:
        missing.discard(reason)
        name = "classes/" + reason
        d = os.path.join(work, "classes", function.__name__)
        try:
            at, ours, theirs, (reasons, problem), true = function(d)
        except Failed as e:
            report.check(name, str(e))
            continue
        bad = []
        seen = "0x%x\n  hprof: %s\n  peer:  %s" % (at, oracle.shown(ours), oracle.shown(theirs))
        if problem or reason not in reasons:
            bad.append("told as %s %s: %s" % (", ".join(reasons) or "equal", problem, seen))
        if not true:
            bad.append("what is true was not shown: " + seen)
        report.check(name, bad, oracle.shown(ours)[:60] + " / " + oracle.shown(theirs)[:60])
    missing.discard("descriptors")  # only the whole build for powerpc64 has them
    report.check("classes/each has a case", ["%s has none" % r for r in sorted(missing)])
