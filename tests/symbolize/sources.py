# sources.py - small programs with everything that makes naming an address hard, written out by a script.
"""
Nothing of this is ever run: the programs are compiled, linked and looked at.  Each language
has several files, so that link-time optimisation and dwz find something to share.
"""
import os

# --- C: no header is included, so that any target can be compiled for without its library ---

C_SHARED = r"""
typedef unsigned long word;
extern volatile word sink;
extern word table[64];
#define COLD __attribute__((cold, noinline))
#define KEEP __attribute__((noinline, used))
#define ALWAYS __attribute__((always_inline)) static inline
#define UNLIKELY(x) __builtin_expect(!!(x), 0)
#define STEP(x) ((x) * 2654435761u ^ ((x) >> 7))
#define TWICE(x) (STEP(x) + \
	STEP((x) + 1))
ALWAYS word leaf(word x)
{
	return STEP(x) + table[x & 63];
}
ALWAYS word middle(word x)
{
	word a = leaf(x) + leaf(x + 1); word b = leaf(a);
	if (UNLIKELY(a == b))
		return TWICE(a);
	return a ^ b;
}
ALWAYS word outer(word x, int n)
{
	word s = 0;
	for (int i = 0; i < n; i++)
		s += middle(x + (word)i) ^ middle(s);
	return s;
}
static inline word maybe(word x)
{
	return x > 10 ? leaf(x) : TWICE(x);
}
word across(word x, int n);
word exported(word x);
word strong_name(word x);
void give_up(const char *why, word x);
"""

C_MAIN = r"""
#include "shared.h"
volatile word sink;
word table[64];
struct node { struct node *next; word value; word (*act)(word); };

static KEEP word same_line(word x)
{
	return outer(x, 2) + outer(x + 1, 3) + maybe(x) + maybe(x + 3) + exported(x) + exported(x ^ 1) + leaf(x);
}

static COLD word failed(word x, const char *why)
{
	give_up(why, x);
	return middle(x) + sink;
}

static KEEP word hot_and_cold(struct node *n, word limit)
{
	word s = 0;
	while (n) {
		if (UNLIKELY(n->value > limit)) {
			sink = failed(n->value, "limit");
			s += TWICE(sink);
			if (sink == 7)
				return failed(s, "seven");
		}
		s += n->act ? n->act(n->value) : leaf(n->value);
		n = n->next;
	}
	return s;
}

static KEEP word jumps(const unsigned char *code, word x)
{
	static const void *const where[] = { &&add, &&mul, &&inl, &&end };
	goto *where[*code++ & 3];
add:
	x += table[x & 63];
	goto *where[*code++ & 3];
mul:
	x *= 31;
	goto *where[*code++ & 3];
inl:
	x = middle(x);
	goto *where[*code++ & 3];
end:
	return x;
}

#if defined __GNUC__ && !defined __clang__
static KEEP word nested(word x)
{
	word total = 0;
	__attribute__((noinline)) word within(word y)
	{
		__attribute__((noinline)) word deepest(word z)
		{
			total += leaf(z);
			return total ^ x;
		}
		return deepest(y) + deepest(y + 1);
	}
	word easy(word y) { return outer(y, 2) + total; }
	return within(x) + easy(x) + within(total);
}
#else
static KEEP word nested(word x) { return outer(x, 5); }
#endif

static word clone_me(word x, word mode, word scale) __attribute__((noinline));
static word clone_me(word x, word mode, word scale)
{
	word s = 0;
	for (word i = 0; i < x; i++)
		s += mode == 3 ? leaf(i) * scale : exported(i);
	return s;
}

static word split_me(struct node *n)
{
	if (!n)
		return 0;
	for (struct node *p = n; p; p = p->next) {
		sink += p->value;
		p->value = outer(p->value, 4);
		give_up("split", exported(p->value));
	}
	return n->value;
}

KEEP word uses_split(struct node *a, struct node *b) { return split_me(a) + 1; }
KEEP word uses_split_too(struct node *a, struct node *b)
{
	word x = split_me(b);
	return x + split_me(a);
}

word strong_name(word x) { return middle(x) + sink; }
extern word other_name(word x) __attribute__((alias("strong_name")));
extern word __under_name(word x) __attribute__((alias("strong_name"), weak));
static word hidden_impl(word x) __attribute__((used, noinline));
static word hidden_impl(word x) { return sink ^ leaf(x); }
extern word shown_impl(word x) __attribute__((alias("hidden_impl")));

__attribute__((constructor)) static void at_start(void) { table[1] = outer(sink, 3); }
__attribute__((destructor)) static void at_end(void) { sink = table[1]; }

static int compare(const void *a, const void *b)
{
	word x = *(const word *)a, y = *(const word *)b;
	return x < y ? -1 : x > y;
}

static void sort(word *v, unsigned n, int (*less)(const void *, const void *))
{
	for (unsigned i = 1; i < n; i++)
		for (unsigned k = i; k && less(&v[k], &v[k - 1]) < 0; k--) {
			word t = v[k];
			v[k] = v[k - 1];
			v[k - 1] = t;
		}
}

static KEEP word branches(word x)
{
	switch (x & 15) {
	case 0: return leaf(x);
	case 1: return middle(x);
	case 2: sort(table, 64, compare); break;
	case 3: { word t = outer(x, 2); { word u = middle(t); sink = u; } return t; }
	case 4: return exported(x) ? leaf(x) : middle(x);
	case 5: return across(x, 3);
	case 6: return maybe(x) + (x & 16 ? maybe(x + 1) : 0);
	default: return TWICE(TWICE(x));
	}
	return sink;
}

#ifdef WITH_IFUNC
static word fast_way(word x) { return leaf(x); }
static word slow_way(word x) { return outer(x, 9); }
static word (*choose(void))(word) { return sink ? fast_way : slow_way; }
word chosen(word x) __attribute__((ifunc("choose")));
#else
static KEEP word chosen(word x) { return x; }
#endif

extern word asm_sized(word), asm_bare(word), asm_local_user(word);

int main(int argc, char **argv)
{
	struct node b = { 0, (word)argc, exported }, a = { &b, 2, 0 };
	word x = same_line((word)argc) + hot_and_cold(&a, 100) + jumps((const unsigned char *)argv, 4);
	x += nested(x) + clone_me(x, 3, 7) + clone_me(x + 1, 3, 7) + uses_split(&a, &b) + uses_split_too(&a, &b);
	x += strong_name(x) + other_name(x) + __under_name(x) + shown_impl(x) + branches(x) + chosen(x);
	return (int)(x + across(x, 5) + asm_sized(x) + asm_bare(x) + asm_local_user(x));
}
"""

C_OTHER = r"""
#include "shared.h"
static word state;

static COLD void complain(const char *why, word x)
{
	state += x + (word)why[0];
	sink = middle(state);
}

void give_up(const char *why, word x)
{
	if (UNLIKELY(x == 0)) {
		complain(why, x);
		complain(why + 1, sink);
	}
	state ^= x;
}

static word step_one(word x) { return outer(x, 2) + state; }
static word step_two(word x) { return step_one(x) + step_one(x + 1); }

word exported(word x)
{
#define LINE(n) word v##n = leaf(x + n); if (v##n == sink) complain(#n, v##n);
	LINE(1) LINE(2)
	LINE(3) LINE(4) LINE(5)
	return v1 + v2 + v3 + v4 + v5;
}

word across(word x, int n)
{
	return n ? step_two(x) + across(step_one(x), n - 1) : exported(x);
}

/* identical code: folding by the linker gives both one place */
KEEP word twin_one(word x) { return x * 77 + table[3]; }
KEEP word twin_two(word x) { return x * 77 + table[3]; }

#line 500 "generated.y"
word from_grammar(word x)
{
	word s = middle(x);
#line 7 "another/place.l"
	s += leaf(s);
	return s + maybe(s);
}
#line 100 "other.c"
KEEP word unused_function(word x) { return from_grammar(x) + twin_one(x) + twin_two(x); }
"""

# Functions that are typed and sized, without a size, and local labels only; "nop" is known everywhere.
C_ASM = r"""
	.text
	.globl asm_sized
	.type asm_sized, %function
asm_sized:
	nop
	nop
	nop
	nop
	.size asm_sized, .-asm_sized
	nop
	nop
	nop
	nop
	.globl asm_bare
	.type asm_bare, %function
asm_bare:
	nop
	nop
	nop
	nop
	.globl asm_label
asm_label:
	nop
	nop
	nop
	nop
asm_local:
	nop
	nop
	nop
	nop
	.globl asm_local_user
	.type asm_local_user, %function
asm_local_user:
	nop
	nop
	nop
	nop
	.size asm_local_user, .-asm_local_user
	.section .note.GNU-stack,"",%progbits
"""

# --- C++ ---

CXX_SHARED = r"""
#include <string>

namespace shapes {
inline namespace v1 {
struct Shape {
	virtual ~Shape();
	virtual double area(double scale) const = 0;
	virtual Shape *clone() const = 0;
	static int count;
};
}
template <class T, int N> struct Ring {
	T value[N];
	T &operator[](int i) { return value[(unsigned)i % N]; }
	Ring &operator--() { for (auto &v : value) v -= T(1); return *this; }
	Ring operator--(int) { Ring old = *this; --*this; return old; }
	explicit operator bool() const { return value[0] != T(); }
	operator std::string() const { return std::to_string(value[0]) + "!"; }
	template <class F> T fold(F f, T start) const
	{
		for (const auto &v : value) start = [&](T x) { return f(x, start); }(v);
		return start;
	}
};
}
extern volatile int sink;
int run_shapes(int n);
int run_words(int n);
int overloaded(int), overloaded(double), overloaded(const char *, int);
"""

CXX_MAIN = r"""
#include <algorithm>
#include <functional>
#include <stdexcept>
#include <vector>
#include "shared.hh"
volatile int sink;

namespace {
struct Counter {
	int n = 0;
	__attribute__((noinline)) void operator()(int by) { n += by; sink = n; }
	static Counter &instance() { static Counter c; return c; }
	bool operator<(const Counter &o) const { return n < o.n; }
	bool operator==(const Counter &o) const { return n == o.n; }
};
template <class T> __attribute__((noinline)) T biggest(std::vector<T> v)
{
	std::sort(v.begin(), v.end(), [](const T &a, const T &b) { return b < a; });
	return v.empty() ? T() : v.front();
}
int helper(int x) { Counter::instance()(x); return x * 3; }
}

struct Thing {
	int v;
	explicit Thing(int x) : v(helper(x)) { if (x < 0) throw std::invalid_argument("negative"); }
	~Thing() { sink = sink + v; }
	Thing(const Thing &o) : v(o.v + 1) {}
	static int made(int x) { Thing t(x); return t.v; }
};

[[gnu::abi_tag("cxx20")]] __attribute__((noinline)) std::string tagged(int x) { return std::string(x & 31, 'x'); }

__attribute__((noinline)) static int lambdas(int n)
{
	auto outer = [n](int a) {
		auto inner = [a, n](int b) {
			auto third = [&](int c) { sink = c; return a * b * c + helper(n); };
			return third(b + 1) + third(a);
		};
		return inner(a + 1) + [&] { return inner(n) ^ n; }();
	};
	std::function<int(int)> f = outer;
	std::vector<std::function<int(int)>> all{f, [&](int x) { return f(x) + outer(x + 1); }};
	int s = 0;
	for (auto &g : all) s += g(n);
	return s;
}

__attribute__((noinline)) static int local_classes(int n)
{
	struct Local {
		int x;
		int twice() const { return x * 2 + helper(x); }
		static int of(int y) { struct Deep { int z; int get() { return helper(z); } } d{y}; return d.get(); }
	};
	std::vector<Local> v;
	for (int i = 0; i < n; i++) v.push_back(Local{i});
	return std::max_element(v.begin(), v.end(), [](const Local &a, const Local &b) { return a.twice() < b.twice(); })->x + Local::of(n);
}

__attribute__((noinline)) static int throwing(int n)
{
	try {
		Thing a(n), b(n - 10);
		if (n > 5) throw std::runtime_error("more than " + std::to_string(n));
		return a.v + b.v;
	} catch (const std::invalid_argument &e) {
		return helper((int)e.what()[0]);
	} catch (const std::exception &e) {
		sink = (int)std::string(e.what()).size();
		return -1;
	} catch (...) {
		throw;
	}
}

int main(int argc, char **)
{
	shapes::Ring<int, 4> ring{{1, 2, 3, 4}};
	--ring; ring--;
	std::string s = ring;
	if (ring) sink = ring.fold([](int a, int b) { return a + b + helper(a); }, 0);
	shapes::Ring<double, 3> reals{{1, 2, 3}};
	sink = (int)reals.fold([](double a, double b) { return a * b; }, 1.0) + (int)(--reals)[1];
	sink = biggest<int>({3, 1, 2}) + (int)biggest<double>({1.5, 2.5}) + (int)biggest<std::string>({"a", "b"}).size();
	sink = overloaded(1) + overloaded(2.0) + overloaded("three", 3) + Thing::made(argc);
	return lambdas(argc) + local_classes(argc) + throwing(argc) + run_shapes(argc) + run_words(argc) + (int)tagged(argc).size();
}
"""

CXX_OTHER = r"""
#include <algorithm>
#include <map>
#include <memory>
#include <vector>
#include "shared.hh"

namespace shapes {
Shape::~Shape() { count--; }
int Shape::count;
struct Named { virtual ~Named() {} virtual std::string name() const { return "named"; } int tag = 1; };
struct Base : virtual Named { virtual int weight() const { return tag; } };
struct Square : Shape, Base {
	double side;
	explicit Square(double s) : side(s) { count++; }
	double area(double scale) const override { return side * side * scale; }
	Square *clone() const override { return new Square(*this); }
	std::string name() const override { return "square of " + std::to_string(side); }
	int weight() const override { return (int)side + Base::weight(); }
};
struct Circle final : Shape {
	double r;
	explicit Circle(double x) : r(x) {}
	double area(double scale) const override { return 3.14 * r * r * scale; }
	Circle *clone() const override { return new Circle(*this); }
};
template <class... Args> std::unique_ptr<Shape> make(int kind, Args... args)
{
	if (kind & 1) return std::make_unique<Square>(args...);
	return std::make_unique<Circle>(args...);
}
}

__attribute__((noinline)) int use(const shapes::Base &b) { return b.weight() + (int)b.name().size(); }

int run_shapes(int n)
{
	std::vector<std::unique_ptr<shapes::Shape>> all;
	for (int i = 0; i < n; i++) all.push_back(shapes::make(i, (double)i));
	std::stable_sort(all.begin(), all.end(), [](const auto &a, const auto &b) { return a->area(1) < b->area(2); });
	double sum = 0;
	for (auto &s : all) {
		std::unique_ptr<shapes::Shape> c(s->clone());
		sum += c->area(0.5);
		if (auto *q = dynamic_cast<shapes::Square *>(c.get())) sum += use(*q);
	}
	return (int)sum;
}

int run_words(int n)
{
	std::map<std::string, std::vector<int>> index;
	for (int i = 0; i < n; i++) {
		std::string key = "w" + std::to_string(i % 7);
		index[key].push_back(i);
	}
	int s = 0;
	for (auto &[key, list] : index)
		s += std::count_if(list.begin(), list.end(), [&key = key](int v) { return v % 2 || key.size() > 2; });
	return s + (int)index.size();
}
"""

CXX_MORE = r"""
#include <cstddef>
int overloaded(int), overloaded(double), overloaded(const char *, int);
extern volatile int sink;
int overloaded(int x) { return x + sink; }
int overloaded(double x) { return (int)(x * 2) + overloaded((int)x); }
int overloaded(const char *s, int n) { return n ? s[0] + overloaded(s + 1, n - 1) : overloaded(2.5); }
extern "C" int plain_c(int x) { return overloaded(x) + overloaded((double)x); }
namespace a { namespace b { namespace { __attribute__((noinline, used)) int deep(int x) { return plain_c(x) * 2; } } int seen(int x) { return deep(x) + deep(x + 1); } } }
struct Matrix { double m[4]; Matrix operator*(const Matrix &o) const; Matrix operator-() const; double operator()(int i, int j) const { return m[i * 2 + j]; } };
Matrix Matrix::operator*(const Matrix &o) const { Matrix r{}; for (int i = 0; i < 4; i++) r.m[i] = (*this)(i / 2, 0) * o(0, i % 2) + (*this)(i / 2, 1) * o(1, i % 2); return r; }
Matrix Matrix::operator-() const { return Matrix{{-m[0], -m[1], -m[2], -m[3]}}; }
Matrix power(Matrix x, int n) { return n > 1 ? power(x * x, n / 2) : -x; }
void *operator new(std::size_t n, const char *where) { return sink ? ::operator new(n) : (void *)where; }
int *placed(int n) { return new ("here") int(n); }
"""

# --- Rust ---

RUST = r"""
use std::collections::{BTreeMap, HashMap};
use std::fmt;

pub trait Source { fn produce(&mut self, n: usize) -> Vec<u8>; fn name(&self) -> String { "source".to_string() } }
pub struct Disk { at: usize }
pub struct Net<T> { queue: Vec<T> }

impl Source for Disk {
    fn produce(&mut self, n: usize) -> Vec<u8> {
        self.at += n;
        (0..n).map(|i| (i * self.at) as u8).filter(|b| b % 3 != 0).collect()
    }
}
impl<T: Clone + Into<u64>> Source for Net<T> {
    fn produce(&mut self, n: usize) -> Vec<u8> {
        self.queue.iter().cycle().take(n).map(|q| { let v: u64 = q.clone().into(); (v & 0xff) as u8 }).collect()
    }
    fn name(&self) -> String { format!("net of {}", self.queue.len()) }
}
impl fmt::Display for Disk { fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result { write!(f, "disk at {}", self.at) } }

#[derive(Debug, Clone, PartialEq)]
pub enum Token { Word(String), Number(i64), End }

mod inner {
    pub mod deeper {
        #[inline(always)] pub fn twice(x: u64) -> u64 { x.wrapping_mul(2) ^ super::half(x) }
        #[inline(never)] pub fn many(n: u64) -> u64 { (0..n).map(twice).fold(0, |a, b| a ^ b.rotate_left(3)) }
    }
    #[inline] pub fn half(x: u64) -> u64 { x / 2 + 1 }
}

#[inline(never)]
fn tokens(text: &str) -> Vec<Token> {
    let mut out: Vec<Token> = text.split_whitespace().map(|w| match w.parse::<i64>() {
        Ok(n) => Token::Number(n),
        Err(_) => Token::Word(w.to_uppercase()),
    }).collect();
    out.push(Token::End);
    out
}

#[inline(never)]
fn count<'a>(list: &'a [Token]) -> HashMap<String, usize> {
    let mut m = HashMap::new();
    for t in list { *m.entry(format!("{:?}", t)).or_insert(0) += 1; }
    m
}

#[inline(never)]
fn apply<F: Fn(u64) -> Box<dyn Fn(u64) -> u64>>(f: F, x: u64) -> u64 { f(x)(x + 1) }

#[inline(never)]
fn sorted(mut v: Vec<(u64, String)>) -> BTreeMap<u64, String> {
    v.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    v.into_iter().collect()
}

fn main() {
    let n = std::env::args().count();
    let mut all: Vec<Box<dyn Source>> = vec![Box::new(Disk { at: n }), Box::new(Net { queue: vec![1u32, 2, 3] }), Box::new(Net { queue: vec![1u8] })];
    let mut total = 0;
    for s in all.iter_mut() { total += s.produce(n * 10).len() + s.name().len(); }
    let t = tokens("one 2 three 4");
    let c = count(&t);
    let x = apply(|a| Box::new(move |b| inner::deeper::many(a + b) + inner::deeper::twice(b)), n as u64);
    let s = sorted((0..n as u64).map(|i| (i, format!("{}", i))).collect());
    println!("{} {} {} {} {}", total, c.len(), x, s.len(), Disk { at: 3 });
}
"""

FILES = {
    "c": {"shared.h": C_SHARED, "main.c": C_MAIN, "other.c": C_OTHER, "asm.s": C_ASM},
    "c++": {"shared.hh": CXX_SHARED, "main.cc": CXX_MAIN, "other.cc": CXX_OTHER, "more.cc": CXX_MORE},
    "rust": {"main.rs": RUST},
}


def units(language):
    """The files that are compiled, in order."""
    return [n for n in FILES[language] if not n.startswith("shared.")]


def write(language, folder):
    """Write the files of @language below @folder."""
    os.makedirs(folder, exist_ok=True)
    for name, text in FILES[language].items():
        with open(os.path.join(folder, name), "w") as f:
            f.write(text.lstrip("\n"))
