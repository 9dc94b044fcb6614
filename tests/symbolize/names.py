#!/usr/bin/env -S python3 -B
# names.py - functions that would read the same keep what tells them apart, in every output.
import json
import os
import re
import shutil
import tempfile

from support import (Report, capture, has_jemalloc, hprof, main, names_of, need, run, sh, sums_up,
                     want, write)

SHOP = {
    "one.cc": """#include <cstdlib>
#include <string>
void *volatile kept[256]; int n_kept;
#define N __attribute__((noinline))
#define KEEP(n) (kept[n_kept++] = malloc(n)); asm("")
namespace shop {
N void over(int) { KEEP(1000); }
N void over(char) { KEEP(2000); }
struct Cart {
	N void add(const std::string &) { KEEP(3000); }
	N void operator()(int) { KEEP(3100); }
	N void operator--() { KEEP(3200); }
	N operator bool() const { KEEP(3300); return true; }
	template <class T> N void put(T) { KEEP(3400); }
	N void *operator new[](size_t) { KEEP(3500); return kept[0]; }
};
}
namespace { N void hidden() { KEEP(4000); } }
N static void init() { KEEP(5000); }
N static void init(int) { KEEP(5050); }
void two(); extern "C" void lib_one(); extern "C" void lib_two(); extern "C" void cx(); extern "C" void cy();
int main()
{
	shop::over(1); shop::over('c');
	shop::Cart c; c.add("x"); c(1); --c; (bool)c; c.put(1); c.put(1.5); new shop::Cart[3];
	hidden(); init(); init(1); two(); lib_one(); lib_two(); cx(); cy();
	auto first = [](int n) N { KEEP(n); };
	auto second = [](int n) N { KEEP(n + 1); };
	first(6000); second(7000);
}
""",
    "two.cc": """#include <cstdlib>
extern void *volatile kept[256]; extern int n_kept;
#define N __attribute__((noinline))
#define KEEP(n) (kept[n_kept++] = malloc(n)); asm("")
namespace { N void hidden() { KEEP(4100); } }
N static void init() { KEEP(5100); }
void two() { hidden(); init(); asm(""); }
""",
}
LIB = """#include <stdlib.h>
static void *volatile kept;
__attribute__((noinline)) static void setup(void) { kept = malloc(8000); __asm__(""); }
void lib_%s(void) { setup(); __asm__(""); }
"""
UTIL = """#include <stdlib.h>
static void *volatile kept;
__attribute__((noinline)) static void grow(void) { kept = malloc(9000); __asm__(""); }
void c%s(void) { grow(); __asm__(""); }
"""
SHORT = {
    "shop::over(int)", "shop::over(char)", "shop::Cart::add", "shop::Cart::operator()",
    "shop::Cart::operator--", "shop::Cart::operator bool", "shop::Cart::put<int>",
    "shop::Cart::put<double>", "shop::Cart::operator new[]", "(anonymous namespace)::hidden (one.cc)",
    "(anonymous namespace)::hidden (two.cc)", "init (one.cc)", "init (two.cc)", "init(int)",
    "main::{lambda+5}::operator()", "main::{lambda+6}::operator()", "two",
    "setup (libone.c)", "setup (libtwo.c)", "grow (x/util.c)", "grow (y/util.c)", "cx", "main",
}
FULL = {
    "shop::over(int)", "shop::over(char)", "shop::Cart::operator bool() const",
    "void shop::Cart::put<int>(int)", "void shop::Cart::put<double>(double)",
    "shop::Cart::operator new[](unsigned long)", "(anonymous namespace)::hidden() (one.cc)",
    "(anonymous namespace)::hidden() (two.cc)", "init() (one.cc)", "init() (two.cc)", "init(int)",
    "main::{lambda+5}::operator()", "setup (libone.c)", "setup (libtwo.c)", "two()",
}
MANGLED = {
    "_ZN4shop4overEi", "_ZN4shop4overEc", "_ZN12_GLOBAL__N_16hiddenEv (one.cc)",
    "_ZN12_GLOBAL__N_16hiddenEv (two.cc)", "_ZL4initv (one.cc)", "_ZL4initv (two.cc)", "_ZL4initi",
    "_ZZ4mainENKUliE_clEi", "setup (libone.c)", "grow (x/util.c)",
}

TRAITS = """#[inline(never)]
fn black_box<T>(x: T) -> T {
    let y = unsafe { std::ptr::read_volatile(&x) };
    std::mem::forget(x);
    y
}
struct Apple; struct Pear;
trait Weigh { fn weigh(&self, n: usize) -> Vec<u8>; }
impl Weigh for Apple { #[inline(never)] fn weigh(&self, n: usize) -> Vec<u8> { Vec::with_capacity(n) } }
impl Weigh for Pear { #[inline(never)] fn weigh(&self, n: usize) -> Vec<u8> { Vec::with_capacity(n + 1) } }
mod inner { #[inline(never)] pub fn hold<T: Default + Clone>(n: usize) -> Vec<T> { vec![T::default(); n] } }
fn main() {
    std::mem::forget(black_box(Apple.weigh(black_box(10000))));
    std::mem::forget(black_box(Pear.weigh(black_box(20000))));
    std::mem::forget(black_box(inner::hold::<u8>(black_box(30000))));
    std::mem::forget(black_box(inner::hold::<u64>(black_box(4000))));
    let closure = |n: usize| -> Vec<u8> { Vec::with_capacity(n) };
    std::mem::forget(black_box(black_box(closure)(50000)));
}
"""


def build(folder):
    for name, text in SHOP.items():
        write(folder + "/" + name, text)
    objects = []
    for name in "one", "two":  # the sources of libraries are often recorded as relative paths
        sh("gcc", "-g", "-O1", "-fPIC", "-shared", "-ffile-prefix-map=%s=." % folder, "-o",
           "%s/lib%s.so" % (folder, name), write("%s/lib%s.c" % (folder, name), LIB % name))
    for name in "x", "y":
        objects.append("%s/%s.o" % (folder, name))
        sh("gcc", "-g", "-O1", "-c", "-o", objects[-1],
           write("%s/%s/util.c" % (folder, name), UTIL % name))
    sh("g++", "-g", "-O1", "-w", "-o", folder + "/shop", folder + "/one.cc", folder + "/two.cc",
       *objects, "-L" + folder, "-lone", "-ltwo", "-Wl,-rpath," + folder)
    return folder + "/shop"


class Shop:
    def __init__(self, scratch):
        self.scratch = scratch
        self.folder = scratch + "/built"
        os.mkdir(self.folder)
        self.dump = capture(build(self.folder), scratch + "/shop")
        with open(self.dump, encoding="utf-8") as f:
            text = f.read()
        self.twice = write(scratch + "/twice.heap", re.sub(
            r"(t\S+: )(\d+): (\d+)", lambda m: "%s%d: %d" % (
                m.group(1), 2 * int(m.group(2)), 2 * int(m.group(3))), text))

    def top(self, *argv):
        top = hprof("top", "--json", *argv, self.dump, scratch=self.scratch).json()
        want(not sums_up(top), sums_up(top))
        return top


def columnless(text):
    """Compilers do not agree on where in its line a lambda begins."""
    return re.sub(r"(\{lambda[+:]\d+):\d+\}", r"\1}", text)


def includes(names, expected, not_expected=()):
    names = {columnless(n) for n in names}
    want(expected <= names, "missing: %s\nof %s" % (sorted(expected - names), sorted(names)))
    want(not names & set(not_expected), "not told apart: %s" % sorted(names & set(not_expected)))


def distinct(names):
    names = list(names)
    want(len(names) == len(set(names)), "twice: %s" % sorted(n for n in names if names.count(n) > 1))


def bare(names):
    """As JSON has them: the file or module is a field of its own."""
    return {re.sub(r" \(\S*\.\w+\)$", "", n) for n in names}


def tables(s, style, expected):
    top = s.top("--names", style)
    distinct((r["name"], r.get("file"), r.get("module")) for r in top["rows"])
    includes(names_of(top), bare(expected))
    text = hprof("top", "-n0", "--names", style, s.dump, scratch=s.scratch).out
    for name in expected:
        want(re.search("  %s$" % re.escape(name), columnless(text), re.M), "no row %s in\n%s" % (name, text))


def stacks(s, style, expected):
    lines = hprof("collapsed", "--names", style, s.dump, scratch=s.scratch).out.splitlines()
    frames = {f for line in lines for f in line.rpartition(" ")[0].split(";")}
    includes(frames, expected - {"two"}, {"init", "init()", "setup", "grow", "_ZL4initv"})
    want(all(re.fullmatch(r"[^;]+(;[^;]+)* \d+", line) for line in lines), lines)
    want(lines == sorted(lines), "not sorted")


def whole(s, style, expected):
    profile = hprof("json", "--names", style, s.dump, scratch=s.scratch).json()
    functions = profile["functions"]
    distinct((f["name"], f.get("file"), f.get("module")) for f in functions)
    includes({f["name"] for f in functions}, bare(expected))
    grow = sorted(f["file"][-9:] for f in functions if f["name"] == "grow")
    want(grow == ["/x/util.c", "/y/util.c"], grow)
    setup = sorted(profile["modules"][f["module"]]["path"][-10:] for f in functions
                   if f["name"] == "setup")
    want(setup == ["/libone.so", "/libtwo.so"], setup)


def differences(s, style, expected):
    d = hprof("diff", "--json", "--names", style, s.dump, s.dump, scratch=s.scratch).json()
    distinct((r["name"], r.get("file"), r.get("module")) for r in d["rows"])
    includes(names_of(d), bare(expected))
    text = hprof("diff", "-n0", "--names", style, s.dump, s.twice, scratch=s.scratch).out
    for name in expected:
        want(re.search("  %s$" % re.escape(name), columnless(text), re.M), "no row %s in\n%s" % (name, text))
    want(all(r["flat"] == 0 and r["base_cum"] > 0 for r in d["rows"]), d)


def two_builds(s):
    """Sources in another folder and other addresses: homonyms are matched all the same."""
    folder = s.scratch + "/other"
    os.mkdir(folder)
    with open(s.folder + "/one.cc", encoding="utf-8") as f:
        text = f.read()
    SHOP["one.cc"] = text.replace("int main()", "N int more() { asm(\"\"); return 1; }\nint main()")
    dump = capture(build(folder), s.scratch + "/other-shop")
    d = hprof("diff", "--json", s.dump, dump, scratch=s.scratch).json()
    own = {r["name"]: r for r in d["rows"] if columnless(r["name"]) in SHORT}
    includes(set(own), bare(SHORT) - {"init", "setup", "grow", "(anonymous namespace)::hidden"})
    for row in own.values():
        want(row["flat"] == 0 and row["base_cum"] > 0, "not matched: %s" % row)
    homonyms = [r for r in d["rows"] if re.match(r"(init|setup|grow|.*hidden)( \(\S+\))?$", r["name"])]
    distinct((r["name"], r.get("file")) for r in homonyms)
    want(len(homonyms) == 8, homonyms)
    for row in homonyms:
        want(row["flat"] == 0 and row["base_cum"] > 0, "not matched: %s" % row)
    text = hprof("diff", "-n0", s.dump, dump, scratch=s.scratch).out
    want("no difference" in text or "init" not in text, text)


def stripped(s):
    """Without debug information the module says which; one name in one module is one row."""
    folder = s.scratch + "/stripped"
    os.mkdir(folder)
    for name in "shop", "libone.so", "libtwo.so":
        shutil.copy(s.folder + "/" + name, folder)
        sh("strip", "-g", folder + "/" + name)
    top = s.top("--path-map", s.folder + "=" + folder)
    includes(names_of(top), {"setup", "shop::over(int)", "shop::over(char)", "shop::Cart::operator--",
                             "grow"})
    setup = sorted(r["module"][-10:] for r in top["rows"] if r["name"] == "setup")
    want(setup == ["/libone.so", "/libtwo.so"], setup)
    text = hprof("top", "-n0", "--path-map", s.folder + "=" + folder, s.dump, scratch=s.scratch).out
    want("  setup (libone.so)\n" in text and "  setup (libtwo.so)\n" in text, text)


def filtered(s):
    """Names do not depend on what is shown, and expressions are matched without the file."""
    for focus, shown, hidden in (("name:^init\\(\\)$", {"init (one.cc)", "init (two.cc)"}, {"init"}),
                                 ("file:two\\.cc$", {"init (two.cc)"}, {"init (one.cc)"})):
        out = hprof("top", "-n0", "--focus", focus, s.dump, scratch=s.scratch).out
        includes({line[50:].strip() for line in out.splitlines()}, shown, hidden)


def jeprof_style(s):
    out = hprof("--text", s.dump, scratch=s.scratch).out
    want(len(re.findall(r" setup$", out, re.M)) == 1, out)


def rust(s):
    source = write(s.scratch + "/traits.rs", TRAITS)
    os.environ["RUSTC_BOOTSTRAP"] = "1"
    for scheme in "legacy", "v0":
        program = "%s/traits-%s" % (s.scratch, scheme)
        sh("rustc", "-g", "-O", "-C", "codegen-units=1", "-C", "symbol-mangling-version=" + scheme,
           "-Z", "unstable-options", "-o", program, source)
        s2 = Shop.__new__(Shop)
        s2.scratch, s2.dump = s.scratch, capture(program, program)
        expected = {"<traits::%s as traits::Weigh>::weigh" % t for t in ("Apple", "Pear")}
        top = s2.top()
        distinct(r["name"] for r in top["rows"])
        includes(names_of(top), expected)
        hold = [n for n in names_of(top) if "inner::hold" in n]
        want(len(hold) == 2, "%s: %s" % (scheme, hold))
        full = names_of(s2.top("--names", "full"))
        want(len([n for n in full if "inner::hold" in n]) == 2, full)
        want(all(re.search(r"::h[0-9a-f]{16}$", n) for n in full if "inner::hold" in n) ==
             (scheme == "legacy"), full)
        want(any(n.startswith("_R" if scheme == "v0" else "_ZN") for n in
                 names_of(s2.top("--names", "mangled"))), "no mangled names")
        lines = hprof("collapsed", s2.dump, scratch=s.scratch).out
        for name in expected:
            want(name in lines, lines)


LAMBDAS = {
    "user.cc": """#include <cstdlib>
#include <functional>
#include <utility>
#include "user.h"
#define N __attribute__((noinline))
#define KEEP(n) do { keep((n) * 100 + __LINE__ * 4096); asm(""); } while (0)
void *volatile kept[999]; int n_kept;
static inline __attribute__((always_inline)) void keep(int n) { kept[n_kept++] = malloc(n); }
template <class F> static inline __attribute__((always_inline)) void soft(F f, int n) { f(n); asm(""); }
template <class F> N static void hard(F f, int n) { f(n); asm(""); }
template <class F> N void open_hard(F f, int n) { f(n); asm(""); }
template <class F, class... A> N static void forward(F f, A &&...a) { f(std::forward<A>(a)...); asm(""); }
/* a call that cannot be inlined, of the lambda's own function */
template <class F> N static void call(const F &f, int n) { void (F::*volatile p)(int) const = &F::operator(); (f.*p)(n); asm(""); }
template <class F> static void all(F f, int n)
{
	soft(f, n); hard(f, n); open_hard(f, n); forward(f, n); call(f, n); f(n);
	std::function<void(int)> g = f;
	g(n);
	hard(std::pair<int, F>(1, f).second, n);
}
N static void local(int k)
{
	auto first = [](int n) { KEEP(n); };
	auto second = [k](int n) { KEEP(n + k); };
	auto outer = [k](int n) {
		auto inner = [n](int m) { KEEP(m + n); };
		all(inner, k);
	};
	auto any = [](auto n) { KEEP((int)n); };
	auto one = [](int n) N { KEEP(n); }; auto two = [](int n) N { KEEP(n + 1); };
	all(first, 1); all(second, 2); outer(3); any(1); any(2.5); one(1); two(2);
}
N static void local(char k) { all([k](int n) { KEEP(n + k); }, 1); }
namespace { N void hidden(int k) { all([](int n) { KEEP(n); }, k); } }
namespace deep { namespace { N void hidden(int k) { all([](int n) { KEEP(n); }, k); } } }
N void open(int k) { all([](int n) { KEEP(n); }, k); }
template <class T> N void shape(T k) {
	all([k](int n) { KEEP(n + (int)k); }, 1);
	all([k](int n) { KEEP(n + (int)k); }, 2);
}
struct Cart { N void add(int k) { all([this](int n) { KEEP(n); }, k); } };
namespace { struct Hidden { N void add(int k) { all([this](int n) { KEEP(n); }, k); } }; }
static auto global = [](int n) { KEEP(n); };
auto seen = [](int n) { KEEP(n); };
void quiet(int n), loud(int n);
int main()
{
	local(1); local('1'); hidden(1); deep::hidden(1); open(1); shape(2); Cart().add(1); Hidden().add(1); global(1); seen(1);
	auto a = [](int n) { KEEP(n); };
	auto b = [](int n) { KEEP(n + 1); };
	all(a, 1); all(b, 1); quiet(1); loud(1); shared(1);
}
""",
    "user.h": """void keep_shared(int);
static __attribute__((noinline)) void shared(int k)
{
	auto f = [k](int n) { keep_shared(n); asm(""); };
	f(k); void (decltype(f)::*volatile p)(int) const = &decltype(f)::operator(); (f.*p)(k); asm("");
}
""",
    "other.cc": """#include "user.h"
#include <cstdlib>
extern void *volatile kept[999]; extern int n_kept;
void keep_shared(int n) { kept[n_kept++] = malloc(n); asm(""); }
void loud(int n) { shared(n); asm(""); }
""",
    "quiet.cc": """#include <cstdlib>
extern void *volatile kept[999]; extern int n_kept;
#define N __attribute__((noinline))
static N void in(int k)
{
	auto a = [k](int n) N { kept[n_kept++] = malloc(70000 + n); asm(""); };
	auto b = [k](int n) N { kept[n_kept++] = malloc(90000 + n); asm(""); };
	a(k); b(k);
}
void quiet(int n) { in(n); asm(""); }
""",
}


def lambda_lines():
    """Line of user.cc to how many lambdas have their bodies there."""
    lines = LAMBDAS["user.cc"].splitlines()
    return {i: line.count("KEEP(") for i, line in enumerate(lines, 1)
            if "KEEP(" in line and not line.startswith("#")}


def build_lambdas(folder, compiler, level):
    os.makedirs(folder)
    for name, text in LAMBDAS.items():
        write(folder + "/" + name, text)
    flags = [compiler, "-std=c++17", "-w", level]
    sh(*flags, "-c", "-o", folder + "/quiet.o", folder + "/quiet.cc")
    sh("ar", "crs", folder + "/libquiet.a", folder + "/quiet.o")
    sh(*flags, "-g", "-o", folder + "/user", folder + "/user.cc", folder + "/other.cc",
       folder + "/libquiet.a")
    return folder + "/user"


def lambda_frames(profile):
    """(name, file, line, was it inlined) of all frames, innermost first, by stack."""
    functions = profile["functions"]
    for stack in profile["stacks"]:
        yield [(functions[f["function"]]["name"], os.path.basename(functions[f["function"]].get("file", "")),
                f.get("line", 0), f.get("inlined", False)) for f in stack["frames"] if "function" in f]


def one_name_each(profile, style):
    """Every lambda has one name, no two share one, and templates tell of it by the same."""
    names, inlined, where = {}, {}, lambda_lines()
    for frames in lambda_frames(profile):
        for i, (name, file, line, inline) in enumerate(frames):
            if file != "user.cc" or line not in where or not re.search(r"operator\(\)|clE|clI", name):
                continue
            lambda_name = re.sub(r"operator\(\)(<\w+>)?(\(\w*\)( const)?)?$", "", name)
            if style == "full": # of those with a linkage name
                lambda_name = re.sub(r"^(void|auto) ", "", lambda_name)
            names.setdefault(line, set()).add(lambda_name)
            inlined.setdefault(line, set()).add(inline)
            caller = re.fullmatch(r"(?:soft|hard|open_hard|call)<(.*)>", frames[i + 1][0])
            if style == "short" and caller:
                want(caller.group(1) + "::" == lambda_name, "%s calls %s" % (frames[i + 1][0], name))
    want(set(names) == set(where), "lines %s without a lambda" % sorted(set(where) - set(names)))
    for line, of in names.items():
        # instances of one template differ, as "::shape<int>", and so do calls of one "auto"
        want(len(of) == where[line] or style == "mangled" and "auto n" in LAMBDAS["user.cc"].splitlines()[line - 1],
             "line %d has %d lambdas: %s" % (line, where[line], sorted(of)))
    every = [n for of in names.values() for n in of]
    distinct(every)
    return names, inlined


def lambdas(scratch, compiler, level):
    dump = capture(build_lambdas("%s/lambdas%s-%s" % (scratch, level, compiler), compiler, level),
                   "%s/lambdas%s-%s.dump" % (scratch, level, compiler))
    for reader in "fast", "libdw":
        for style in "short", "full", "mangled":
            profile = hprof("json", "--no-cache", "--symbolizer", reader, "--names", style, dump,
                            scratch=scratch).json()
            names, inlined = one_name_each(profile, style)
            want(level == "-O0" or sum(len(of) == 2 for of in inlined.values()) > 5,
                 "too few lambdas are both inlined and called: %s" % inlined)
            want(style != "short" or not any("<lambda" in n for of in names.values() for n in of), names)
            quiet = {frames[0][0] for frames in lambda_frames(profile)
                     if any(re.fullmatch(r"quiet(\(int\))?|_Z5quieti", f[0]) for f in frames)}
            want(len(quiet) == 2, "without debug information: %s" % quiet)
            want(not quiet & {n + "operator()" for of in names.values() for n in of}, quiet)
            shared = {f[0] for frames in lambda_frames(profile) for f in frames
                      if f[1] == "user.h" and f[2] == 4}
            # clang numbers the lambdas of a file, so that the copies of a header differ
            want(len(shared) == 1 or style == "mangled" or compiler == "clang++", shared)
    text = hprof("top", "-n0", dump, scratch=scratch).out
    want("<lambda" not in text and "{lambda}" not in text, text)


# Lambdas deep in the arguments of templates.  Each stands in a line of its own, marked by /* it */.
NESTED = """#include <cstdlib>
#include <functional>
#include <future>
#include <memory>
#include <thread>
#include <utility>
#define N __attribute__((noinline))
void *volatile kept;
static N void *grab(size_t n) { kept = malloc(n); return kept; }
template <class T> struct Outer { struct Inner { T t; N void go() { t(); asm(""); } } in; };
template <class T> struct Use { T t; N void go() { t.go(); asm(""); } };
template <class F> struct Member { void (F::*p)() const; N void go(const F &f) { (f.*p)(); asm(""); } };
template <class S> struct Sign; template <class R, class A> struct Sign<R(A)> { R r; A a; N void go() { r(); a(); asm(""); } };
template <template <class> class X, class F> N void wrapped(X<F> x) { x.t(); asm(""); }
template <class... P, class F> N void mixed(F f, P... p) { f(); (p(), ...); asm(""); }
template <class T> struct Hold { T t; void operator()() { t(); } };
template <class A, int n, class B = Hold<A>> struct Both { A a; B b; N void go() { a(); b(); asm(""); } };
/* g++ does not tell the arguments of these: their first declaration gives them no names.  Those of Duo nothing else tells. */
template <class, class = int> struct Bare;
template <class...> struct Pack;
template <class, class> struct Duo;
template <class A, class B> struct Bare { A a; N void go() { a(); asm(""); } void soft() { a(); asm(""); } };
template <class A> struct Pack<A> { A a; N void go() { a(); asm(""); } void soft() { a(); asm(""); } };
template <class A, class B> struct Duo { A a; B b; N void go() { a(); b(); asm(""); } void soft() { a(); asm(""); } };
int main()
{
	std::thread([] { grab(1000); } /* it */).join();
	std::thread([] { grab(2000); } /* it */).join();
	std::async(std::launch::async, [] { grab(3000); return 0; } /* it */).get();
	std::async(std::launch::async, [] { grab(4000); return 0; } /* it */).get();
	std::async(std::launch::deferred, [] { grab(5000); return 0; } /* it */).get();
	std::packaged_task<void()> task([] { grab(6000); } /* it */); task();
	std::make_shared<std::function<void()>>([] { grab(7000); } /* it */)->operator()();
	auto a = [] { grab(8000); }; /* it */
	auto b = [] { grab(9000); }; /* it */
	using A = decltype(a); using B = decltype(b);
	Use<Outer<A>::Inner>{{a}}.go(); Use<Outer<B>::Inner>{{b}}.go();
	Member<A>{&A::operator()}.go(a); Member<B>{&B::operator()}.go(b);
	Use<Outer<Both<A, 3>>::Inner>{{{a, {a}}}}.t.t.go();
	Sign<A(B)>{a, b}.go(); Sign<B(A)>{b, a}.go();
	wrapped(Hold<A>{a}); wrapped(Hold<B>{b});
	mixed(a); mixed(b); mixed(a, b); mixed(b, a); mixed(a, b, a);
	Both<A, 3>{a, {a}}.go(); Both<B, 3>{b, {b}}.go(); Both<A, 3, B>{a, b}.go();
	Bare<A>{a}.go(); Bare<B>{b}.go(); Duo<A, B>{a, b}.go(); Duo<B, A>{b, a}.go(); Duo<A, B>{a, b}.soft(); Duo<B, A>{b, a}.soft();
	Bare<A>{a}.soft(); Bare<B>{b}.soft(); Pack<A>{a}.go(); Pack<B>{b}.go(); Pack<A>{a}.soft(); Pack<B>{b}.soft();
}
"""


def spelled(name):
    """The lambdas of main in @name, as they are spelled."""
    return re.findall(r"main(?:\(\))?::(\{lambda[^{}]*\}|\$_\d+)", name)


def nested_lambdas(scratch, compiler, level):
    """In arguments of templates a lambda has the name of its own function, and no two share a row."""
    folder = "%s/nested%s-%s" % (scratch, level, compiler)
    os.mkdir(folder)
    source, program = write(folder + "/nested.cc", NESTED), folder + "/nested"
    sh(compiler, "-std=c++17", "-w", "-g", level, *(["-fno-ipa-icf"] if compiler == "g++" else []), "-pthread", "-o", program, source)
    code = sh("objdump", "-d", "-j", ".text", "--no-show-raw-insn", program)
    addrs = re.findall(r"^ +([0-9a-f]+):", code, re.M)
    answers = []
    for reader in "fast", "libdw":
        out = hprof("symbolize", "--json", "--symbolizer", reader, "-e", program, *addrs, scratch=scratch).out
        answers.append([json.loads(line)["frames"] for line in out.splitlines()])
    want(answers[0] == answers[1], "the readers differ: %s" % [pair for pair in zip(*answers) if pair[0] != pair[1]][:1])
    own, linkage, told, unknown = {}, {}, set(), set()
    lines = [i for i, line in enumerate(NESTED.splitlines(), 1) if "/* it */" in line]
    for frames in answers[0]:
        for f in frames:
            if re.search(r"(\}|\$_\d+)::operator\(\)$", f["name"]) and f.get("line") in lines and \
                    len(spelled(f["name"])) == 1:
                own.setdefault(f["line"], set()).update(spelled(f["name"]))
            if f["name"].startswith("Duo<"):
                unknown.add(f["name"])
            else:
                told |= set(spelled(f["name"]))
            if "linkage_name" in f:
                linkage.setdefault(f["name"], set()).add(tuple(re.findall(
                    r"4mainE(UlvE\d*_|\d\$_\d+)", f["linkage_name"])))
    want(sorted(own) == lines, "lines of lambdas: %s, found %s" % (lines, own))
    want(all(len(n) == 1 for n in own.values()), "several names: %s" % own)
    distinct(n for of in own.values() for n in of)
    want(told == {n for of in own.values() for n in of}, "told by others: %s of %s" % (told, own))
    several = {n: of for n, of in linkage.items() if len(of) > 1}
    want(not several, "one name for functions of several lambdas: %s" % several)
    want(len({n for n in unknown if n.endswith("::go")}) == 2, unknown)
    if compiler == "g++": # inlined calls have no linkage name
        want(all(re.search("@" if level == "-O2" and n.endswith("::soft") else "#", n) for n in unknown), unknown)
        want(level == "-O0" or len({n for n in unknown if n.endswith("::soft")}) == 2, unknown)


MOVED = """#include <cstdlib>
void *volatile kept[99]; int n_kept;
#define KEEP(n) kept[n_kept++] = malloc(n); asm("")
static __attribute__((noinline)) void alone() {
	%s
	auto a = [](int n) { KEEP(n); }; a(10000);
}
static __attribute__((noinline)) void both() {
	%s
	auto a = [](int n) { KEEP(n); }; a(20000);
	auto b = [](int n) { KEEP(n + 1); }; b(30000);
}
int main() { alone(); both(); }
"""


def moved_lambdas(scratch):
    """The only lambda of a function is itself wherever it moves to; several are known by their places."""
    dumps = []
    for i, more in enumerate(("", "asm(\"nop\");\n")):
        folder = "%s/moved%d" % (scratch, i)
        os.mkdir(folder)
        write(folder + "/moved.cc", MOVED % (more, more))
        sh("g++", "-g", "-O2", "-fno-ipa-icf", "-o", folder + "/moved", folder + "/moved.cc")
        dumps.append(capture(folder + "/moved", folder + "/dump"))
    rows = hprof("diff", "--json", "--no-cache", *dumps, scratch=scratch).json()["rows"]
    own = {columnless(r["name"]): r for r in rows if "lambda" in r["name"]}
    want(set(own) == {"alone::{lambda}::operator()"} | {
        "both::{lambda+%d}::operator()" % n for n in (2, 3, 4)}, sorted(own))
    alone = own["alone::{lambda}::operator()"]
    want(alone["cum"] == 0 and alone["base_cum"] > 0, alone)


def run_all():
    report = Report()
    if not need(report, "gcc", "g++", "strip"):
        return report.close()
    if not has_jemalloc():
        report.skip("everything", "libjemalloc.so.2 is missing")
        return report.close()
    with tempfile.TemporaryDirectory(prefix="hprof-names.") as scratch:
        for compiler in "g++", "clang++":
            for level in ("-O0", "-O2") if shutil.which(compiler) else ():
                run(report, "lambdas of %s %s" % (compiler, level), lambdas, os.path.realpath(scratch),
                    compiler, level)
            for level in ("-O0", "-O2") if shutil.which(compiler) else ():
                run(report, "lambdas in templates of %s %s" % (compiler, level), nested_lambdas,
                    os.path.realpath(scratch), compiler, level)
        run(report, "lambdas that moved", moved_lambdas, os.path.realpath(scratch))
        s = Shop(os.path.realpath(scratch))
        for style, expected in ("short", SHORT), ("full", FULL), ("mangled", MANGLED):
            run(report, "top, names " + style, tables, s, style, expected)
            run(report, "collapsed, names " + style, stacks, s, style, expected)
            run(report, "diff, names " + style, differences, s, style, expected)
            run(report, "json, names " + style, whole, s, style, expected)
        run(report, "two builds", two_builds, s)
        run(report, "without debug information", stripped, s)
        run(report, "filters", filtered, s)
        run(report, "jeprof-style lines add up by name", jeprof_style, s)
        if shutil.which("rustc"):
            run(report, "Rust", rust, s)
        else:
            report.skip("Rust", "rustc is missing")
    return report.close()


if __name__ == "__main__":
    main(run_all)
