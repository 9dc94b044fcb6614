/* test_names.c - names of functions: what is shown of mangled ones, and that it is bounded. */
#include "tests/test.h"

#include <time.h>

#include "analyzer/base/callname.h"
#include "analyzer/base/lambda.h"
#include "analyzer/base/name.h"

struct name_case {
	const char *mangled, *brief, *full; /* NULL: as it stands in the column before */
};

/* clang-format off */
static const struct name_case cxx[] = {
	{"_Z3foov", "foo", "foo()"},
	{"_Z3elliz", "ell", "ell(int, ...)"},
	{"_Z3nulDn", "nul", "nul(decltype(nullptr))"},
	{"_Z4i128noDuDsDiwe", "i128", "i128(__int128, unsigned __int128, char8_t, char16_t, char32_t, wchar_t, long double)"},
	{"_ZL4initv", "init", "init()"},
	{"_ZN12_GLOBAL__N_13fooEi", "(anonymous namespace)::foo", "(anonymous namespace)::foo(int)"},
	{"_ZN3app12_GLOBAL__N_13Hid1mEv", "app::(anonymous namespace)::Hid::m", "app::(anonymous namespace)::Hid::m()"},
	{"_ZN3app2v13inlEv", "app::v1::inl", "app::v1::inl()"},
	/* constructors, destructors */
	{"_ZN3app4ItemC1Ev", "app::Item::Item", "app::Item::Item()"},
	{"_ZN3app4ItemC2EOS0_", "app::Item::Item", "app::Item::Item(app::Item&&)"},
	{"_ZN3app4ItemC2ERKS0_", "app::Item::Item", "app::Item::Item(app::Item const&)"},
	{"_ZN3app4ItemD0Ev", "app::Item::~Item", "app::Item::~Item()"},
	{"_ZN3app4ItemD2Ev", "app::Item::~Item", "app::Item::~Item()"},
	{"_ZNSaIcEC1Ev", "std::allocator<char>::allocator", "std::allocator<char>::allocator()"},
	/* operators */
	{"_Znwm", "operator new", "operator new(unsigned long)"},
	{"_Znam", "operator new[]", "operator new[](unsigned long)"},
	{"_ZdlPvm", "operator delete", "operator delete(void*, unsigned long)"},
	{"_ZN3app4ItemnwEmSt11align_val_t", "app::Item::operator new", "app::Item::operator new(unsigned long, std::align_val_t)"},
	{"_ZN3app4ItemnaEm", "app::Item::operator new[]", "app::Item::operator new[](unsigned long)"},
	{"_ZN3app4ItemdaEPv", "app::Item::operator delete[]", "app::Item::operator delete[](void*)"},
	{"_ZN3app4ItemclEic", "app::Item::operator()", "app::Item::operator()(int, char)"},
	{"_ZNK3app4ItemixEi", "app::Item::operator[]", "app::Item::operator[](int) const"},
	{"_ZN3app4ItemmmEv", "app::Item::operator--", "app::Item::operator--()"},
	{"_ZN3app4ItemppEi", "app::Item::operator++", "app::Item::operator++(int)"},
	{"_ZN3app4ItemptEv", "app::Item::operator->", "app::Item::operator->()"},
	{"_ZN3app4ItempmEi", "app::Item::operator->*", "app::Item::operator->*(int)"},
	{"_ZN3app4ItemcmEi", "app::Item::operator,", "app::Item::operator,(int)"},
	{"_ZNK3app4ItemltERKS0_", "app::Item::operator<", "app::Item::operator<(app::Item const&) const"},
	{"_ZN3app4ItemlsEi", "app::Item::operator<<", "app::Item::operator<<(int)"},
	{"_ZN3app4ItemaSERKS0_", "app::Item::operator=", "app::Item::operator=(app::Item const&)"},
	{"_Zli3_kme", "operator\"\" _km", "operator\"\" _km(long double)"},
	/* conversions */
	{"_ZNK3app4ItemcvbEv", "app::Item::operator bool", "app::Item::operator bool() const"},
	{"_ZN3app4ItemcvPKcEv", "app::Item::operator char const*", "app::Item::operator char const*()"},
	{"_ZNK3app4ItemcvSsEv", "app::Item::operator std::string", "app::Item::operator std::string() const"},
	{"_ZN3app4ItemcvPT_IiEEv", "app::Item::operator int*<int>", "app::Item::operator int*<int>()"},
	/* members with qualifiers */
	{"_ZNKR3app4Item2goEv", "app::Item::go", "app::Item::go() const &"},
	{"_ZNO3app4Item2goEv", "app::Item::go", "app::Item::go() &&"},
	{"_ZNV3app4Item3volEv", "app::Item::vol", "app::Item::vol() volatile"},
	/* arguments that are functions, members, arrays */
	{"_ZN3app2fpEPFicPFvlEEMNS_4ItemEKFicERA3_iPKPVKi", "app::fp", "app::fp(int (*)(char, void (*)(long)), int (app::Item::*)(char) const, int (&) [3], int const volatile* const*)"},
	{"_Z3runPFPFvvEiE", "run", "run(void (*(*)(int))())"},
	/* templates: their arguments stay, results and parameters go */
	{"_ZN3app4tmplIiEET_S1_", "app::tmpl<int>", "int app::tmpl<int>(int)"},
	{"_ZN3app4tmplISt6vectorIiSaIiEEEET_S4_", "app::tmpl<std::vector<int, std::allocator<int> > >", "std::vector<int, std::allocator<int> > app::tmpl<std::vector<int, std::allocator<int> > >(std::vector<int, std::allocator<int> >)"},
	{"_ZN3app4packIJEEEvDpT_", "app::pack<>", "void app::pack<>()"},
	{"_ZN3app4packIJicEEEvDpT_", "app::pack<int, char>", "void app::pack<int, char>(int, char)"},
	{"_ZN3app2ttISt6vectorEEvT_IJiEE", "app::tt<std::vector>", "void app::tt<std::vector>(std::vector<int>)"},
	{"_ZN3app7nontypeILin3ELc120ELb1EEEvv", "app::nontype<-3, (char)120, true>", "void app::nontype<-3, (char)120, true>()"},
	{"_ZN3app5callpIXadL_ZNS_6targetEiEEEEvv", "app::callp<&app::target>", "void app::callp<&app::target>()"},
	{"_ZN3app6deduceIiEEDTplfp_Li1EET_", "app::deduce<int>", "decltype ({parm#1}+(1)) app::deduce<int>(int)"},
	{"_ZN2ns3MapIiPFvvEE3getEi", "ns::Map<int, void (*)()>::get", "ns::Map<int, void (*)()>::get(int)"},
	{"_ZNSt8functionIFvicEEC2Ev", "std::function<void (int, char)>::function", "std::function<void (int, char)>::function()"},
	{"_ZNSt6vectorIN12_GLOBAL__N_13FooESaIS1_EE9push_backERKS1_", "std::vector<(anonymous namespace)::Foo, std::allocator<(anonymous namespace)::Foo> >::push_back", "std::vector<(anonymous namespace)::Foo, std::allocator<(anonymous namespace)::Foo> >::push_back((anonymous namespace)::Foo const&)"},
	/* ABI tags */
	{"_ZN3app6taggedB2v2Ev", "app::tagged[abi:v2]", "app::tagged[abi:v2]()"},
	{"_ZNK3Foo4nameB5cxx11Ei", "Foo::name[abi:cxx11]", "Foo::name[abi:cxx11](int) const"},
	/* lambdas and what is local to a function */
	{"_ZZ4mainENKUliE_clEi", "main::{lambda(int)#1}::operator()", "main::{lambda(int)#1}::operator()(int) const"},
	{"_ZZ4mainENKUliE0_clEi", "main::{lambda(int)#2}::operator()", "main::{lambda(int)#2}::operator()(int) const"},
	{"_ZZ1fvENKUliE_clEi", "f()::{lambda(int)#1}::operator()", "f()::{lambda(int)#1}::operator()(int) const"},
	{"_ZZZ1fvENKUliE_clEiENKUlcE_clEc", "f()::{lambda(int)#1}::operator()(int) const::{lambda(char)#1}::operator()", "f()::{lambda(int)#1}::operator()(int) const::{lambda(char)#1}::operator()(char) const"},
	{"_ZNK3app3genMUlT_E_clIiEEDaS0_", "app::gen::{lambda(auto:1)#1}::operator()<int>", "auto app::gen::{lambda(auto:1)#1}::operator()<int>(app::gen) const"},
	{"_ZZN3app5localEvEN1L1fEv", "app::local()::L::f", "app::local()::L::f()"},
	{"_ZZN3app4statEvE1s", "app::stat()::s", NULL},
	{"_ZZN3app4statEiE1s_0", "app::stat(int)::s", NULL},
	{"_ZN5boost6detail8function15functor_managerIZN3foo3barEvEUlvE_E6manageE", "boost::detail::function::functor_manager<foo::bar()::{lambda()#1}>::manage", NULL},
	{"_ZN3FooUt_1gEv", "Foo::{unnamed type#1}::g", "Foo::{unnamed type#1}::g()"},
	/* what the compiler makes */
	{"_ZGVZN3app4statEvE1s", "guard variable for app::stat()::s", NULL},
	{"_ZThn8_N3app4Both4sideEv", "non-virtual thunk to app::Both::side", "non-virtual thunk to app::Both::side()"},
	{"_ZThn8_NK3app4Both4sideEi", "non-virtual thunk to app::Both::side", "non-virtual thunk to app::Both::side(int) const"},
	{"_ZTv0_n32_NKR3app1V4sideEv", "virtual thunk to app::V::side", "virtual thunk to app::V::side() const &"},
	{"_ZTchn8_h8_N3app4Both5cloneEv", "covariant return thunk to app::Both::clone", "covariant return thunk to app::Both::clone()"},
	{"_ZThn8_N3app4BothclEi", "non-virtual thunk to app::Both::operator()", "non-virtual thunk to app::Both::operator()(int)"},
	{"_ZTWN3app3tlsE", "TLS wrapper function for app::tls", NULL},
	{"_ZTHN3app3tlsE", "TLS init function for app::tls", NULL},
	/* copies of functions */
	{"_Z3foov.part.0", "foo", "foo() [clone .part.0]"},
	{"_Z3fooi.cold", "foo", "foo(int) [clone .cold]"},
	{"_Z3foov.constprop.0.isra.1", "foo", "foo() [clone .constprop.0] [clone .isra.1]"},
	{"_ZN3app4ItemC2Ev.lto_priv.0", "app::Item::Item", "app::Item::Item() [clone .lto_priv.0]"},
};

static const struct name_case rust[] = {
	{"_ZN4core3fmt9Formatter3pad17h0123456789abcdefE", "core::fmt::Formatter::pad", "core::fmt::Formatter::pad::h0123456789abcdef"},
	{"_ZN50_$LT$shop..Apple$u20$as$u20$shop..weigh..Weigh$GT$5weigh17h0a1b2c3d4e5f6071E", "<shop::Apple as shop::weigh::Weigh>::weigh", "<shop::Apple as shop::weigh::Weigh>::weigh::h0a1b2c3d4e5f6071"},
	{"_ZN49_$LT$shop..Pear$u20$as$u20$shop..weigh..Weigh$GT$5weigh17h0a1b2c3d4e5f6072E", "<shop::Pear as shop::weigh::Weigh>::weigh", "<shop::Pear as shop::weigh::Weigh>::weigh::h0a1b2c3d4e5f6072"},
	{"_ZN71_$LT$Test$u20$$u2b$$u20$$u27$static$u20$as$u20$foo..Bar$LT$Test$GT$$GT$3bar17h930b740aa94f1d3aE", "<Test + 'static as foo::Bar<Test>>::bar", "<Test + 'static as foo::Bar<Test>>::bar::h930b740aa94f1d3a"},
	{"_ZN42_$LT$$RF$T$u20$as$u20$core..fmt..Debug$GT$3fmt17h05af221e174051e9E", "<&T as core::fmt::Debug>::fmt", "<&T as core::fmt::Debug>::fmt::h05af221e174051e9"},
	{"_ZN41_$LT$$u5b$T$u5d$$u20$as$u20$shop..Sum$GT$3sum17h05af221e174051e9E", "<[T] as shop::Sum>::sum", "<[T] as shop::Sum>::sum::h05af221e174051e9"},
	{"_ZN90_$LT$alloc..boxed..Box$LT$F$C$A$GT$$u20$as$u20$core..ops..function..FnOnce$LT$Args$GT$$GT$9call_once17h05af221e174051e9E", "<alloc::boxed::Box<F,A> as core::ops::function::FnOnce<Args>>::call_once", "<alloc::boxed::Box<F,A> as core::ops::function::FnOnce<Args>>::call_once::h05af221e174051e9"},
	{"_ZN5alloc3vec16Vec$LT$T$C$A$GT$4push17h05af221e174051e9E", "alloc::vec::Vec<T,A>::push", "alloc::vec::Vec<T,A>::push::h05af221e174051e9"},
	{"_ZN4shop4main28_$u7b$$u7b$closure$u7d$$u7d$17h05af221e174051e9E", "shop::main::{{closure}}", "shop::main::{{closure}}::h05af221e174051e9"},
	{"_ZN9backtrace3foo17hbb467fcdaea5d79bE.llvm.A5310EB9", "backtrace::foo", "backtrace::foo::hbb467fcdaea5d79b"},
	{"_RNvCs1234_7mycrate3foo", "mycrate::foo", NULL},
	{"_RNvC6_123foo3bar", "123foo::bar", NULL},
	{"_RNvNtCs1234_7mycrate3foo3bar", "mycrate::foo::bar", NULL},
	{"_RNvMCs1234_7mycrateNtB2_3Foo3bar", "<mycrate::Foo>::bar", NULL},
	{"_RNvMs0_NtCs1_4shop5innerINtB5_4ListhE4push", "<shop::inner::List<u8>>::push", NULL},
	{"_RNvXs_Cs1_4shopNtB4_5AppleNtB4_5Weigh5weigh", "<shop::Apple as shop::Weigh>::weigh", NULL},
	{"_RNvXs0_Cs1_4shopNtB5_4PearNtB5_5Weigh5weigh", "<shop::Pear as shop::Weigh>::weigh", NULL},
	{"_RNvYNtCs1234_7mycrate3FooNtB4_5Trait3bar", "<mycrate::Foo as mycrate::Trait>::bar", NULL},
	{"_RNCNvCs1234_7mycrate4main0B3_", "mycrate::main::{closure#0}", NULL},
	{"_RNCNCNvCs1234_7mycrate4main0s_0B5_", "mycrate::main::{closure#0}::{closure#1}", NULL},
	{"_RINvNtCs1_4core3ptr13drop_in_placeINtNtCs2_5alloc3vec3VechEECs3_4shop", "core::ptr::drop_in_place::<alloc::vec::Vec<u8>>", NULL},
	{"_RINvC4shop3getReE", "shop::get::<&str>", NULL},
	{"_RINvC4shop3getThlEE", "shop::get::<(u8, i32)>", NULL},
	{"_RINvC4shop3getAhj4_E", "shop::get::<[u8; 4]>", NULL},
	{"_RINvC4shop3getFUKCEuE", "shop::get::<unsafe extern \"C\" fn()>", NULL},
	{"_RINvC4shop3getDNtB2_5TraitEL_E", "shop::get::<dyn shop::Trait>", NULL},
	{"_RINvC4shop3getKln5_E", "shop::get::<-5>", NULL},
	{"_RINvC4shop3getKb1_E", "shop::get::<true>", NULL},
	{"_RNvC7mycrateu8gdel_5qa", "mycrate::g\xc3\xb6" "del", NULL},
	{"_RNvC3foo3bar.llvm.9D1C9369", "foo::bar", NULL},
};

static const struct name_case d[] = {
	{"_Dmain", "D main", NULL},
	{"_D4test3foo3barFZv", "test.foo.bar", "test.foo.bar()"},
	{"_D8demangle4testFAaPiZv", "demangle.test", "demangle.test(char[], int*)"},
	{"_D8demangle4testFHiAaZi", "demangle.test", "demangle.test(char[][int])"},
	{"_D8demangle4testMxFZv", "demangle.test", "demangle.test() const"},
	{"_D8demangle4testFDFiZvZv", "demangle.test", "demangle.test(void(int) delegate)"},
	{"_D4main3Foo6__ctorMFZC4main3Foo", "main.Foo.this", "main.Foo.this()"},
	{"_D4main3Foo6__dtorMFZv", "main.Foo.~this", "main.Foo.~this()"},
	{"_D6object6Object8toStringMFZAya", "object.Object.toString", "object.Object.toString()"},
	{"_D4main__T3addTiZQhFiiZi", "main.add!(int).add", "main.add!(int).add(int, int)"},
	{"_D4main3appFZ9__lambda1FiZi", "main.app().__lambda1", "main.app().__lambda1(int)"},
};

/* Not mangled, or not by rules that are known: they stay as they are. */
static const struct name_case others[] = {
	{"main", "main", NULL},
	{"foo.part.0", "foo.part.0", NULL},
	{"main.main", "main.main", NULL},
	{"main.(*T).Run", "main.(*T).Run", NULL},
	{"runtime.mallocgc", "runtime.mallocgc", NULL},
	{"$s4main3fooyyF", "$s4main3fooyyF", NULL},
	{"_Z", "_Z", NULL},
	{"_ZN", "_ZN", NULL},
	{"_R", "_R", NULL},
	{"_Rust", "_Rust", NULL},
	{"_D", "_D", NULL},
	{"_D99999999999999foo", "_D99999999999999foo", NULL},
	{"_DYNAMIC", "_DYNAMIC", NULL},
	{"_Zebra", "_Zebra", NULL},
	{"_ZN3foo20notahash17h05af22E", "_ZN3foo20notahash17h05af22E", NULL},
};
/* clang-format on */

static void check(const struct name_case *cases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct name_case *c = &cases[i];
		const char *want = c->full ? c->full : c->brief;
		struct hp_arena mem = {0};
		struct hp_slice brief, full;

		hp_name_demangle(hp_slice_str(c->mangled), &mem, &brief, &full);
		if (!hp_slice_same(brief, hp_slice_str(c->brief)))
			fail_msg("%s: short is %.*s, not %s", c->mangled, (int)brief.len, brief.ptr,
				 c->brief);
		if (!hp_slice_same(full, hp_slice_str(want)))
			fail_msg("%s: full is %.*s, not %s", c->mangled, (int)full.len, full.ptr,
				 want);
		hp_arena_release(&mem);
	}
}

static void cxx_names(void **state)
{
	(void)state;
	check(cxx, HP_LEN(cxx));
}

static void rust_names(void **state)
{
	(void)state;
	check(rust, HP_LEN(rust));
}

static void d_names(void **state)
{
	(void)state;
	check(d, HP_LEN(d));
}

static void other_names(void **state)
{
	(void)state;
	check(others, HP_LEN(others));
}

static void copies(void **state)
{
	static const struct {
		const char *symbol, *original;
	} cases[] = {
		{"foo", "foo"},
		{"foo.part.0", "foo"},
		{"foo.cold", "foo"},
		{"foo.cold.3", "foo"},
		{"foo.constprop.0", "foo"},
		{"foo.isra.0", "foo"},
		{"foo.isra.0.part.1.cold", "foo"},
		{"foo.llvm.1234567890", "foo"},
		{"foo.lto_priv.0", "foo"},
		{"foo.lto_priv.0.lto_priv.1", "foo"},
		{"foo.1", "foo.1"}, /* a variable or function that is local to another */
		{"foo.partial", "foo.partial"},
		{"foo.colder.1", "foo.colder.1"},
		{"main.cold.start", "main.cold.start"}, /* Go */
		{".part.0", ".part.0"},
		{"_Z3foov.isra.0", "_Z3foov"},
	};

	(void)state;
	for (size_t i = 0; i < HP_LEN(cases); i++)
		if (!hp_slice_same(hp_name_original(hp_slice_str(cases[i].symbol)),
				   hp_slice_str(cases[i].original)))
			fail_msg("%s", cases[i].symbol);
	assert_true(
		hp_slice_same(hp_name_unversioned(HP_LIT("memcpy@@GLIBC_2.14")), HP_LIT("memcpy")));
	assert_true(
		hp_slice_same(hp_name_unversioned(HP_LIT("memcpy@GLIBC_2.2.5")), HP_LIT("memcpy")));
}

/* What differs from build to build is no part of the stem; everything else is. */
static void builds_leave_no_trace_in_stems(void **state)
{
	static const struct {
		const char *full, *stem;
	} cases[] = {
		{"", ""},
		{"foo", "foo"},
		{"alloc::vec::from_elem::h89fb0c6bb8fdf971", "alloc::vec::from_elem"},
		{"f::h89fb0c6bb8fdf97", "f::h89fb0c6bb8fdf97"},     /* 15 digits */
		{"f::h89fb0c6bb8fdf971a", "f::h89fb0c6bb8fdf971a"}, /* 17 */
		{"f::H89fb0c6bb8fdf971", "f::H89fb0c6bb8fdf971"},
		{"f::h89fb0c6bb8fdf971::g", "f::h89fb0c6bb8fdf971::g"},
		{"::h89fb0c6bb8fdf971", "::h89fb0c6bb8fdf971"}, /* nothing would be left */
		{"f::h89fb0c6bb8fdf971.llvm.123", "f"},
		{"f::h89fb0c6bb8fdf971 [clone .cold]", "f"},
		{"<alloc[2ca3f97bd6f1e4d3]::vec::Vec<u8> as core[9]::Clone>::clone",
		 "<alloc::vec::Vec<u8> as core[9]::Clone>::clone"},
		{"a[2ca3f9]::b[77fedcba98765432]::c", "a::b::c"},
		{"a[2ca3f97bd6f1e4d34]::b", "a[2ca3f97bd6f1e4d34]::b"}, /* 17 digits */
		{"f(int [1024])", "f(int [1024])"},
		{"f(char[1024])", "f(char[1024])"},
		{"operator[]", "operator[]"},
		{"f(int) [clone .constprop.0]", "f(int)"},
		{"f(int) [clone .isra.0] [clone .part.1]", "f(int)"},
		{"f(int) [clone .llvm.1234567]", "f(int)"},
		{"f(int) [clone ._omp_fn.0]", "f(int) [clone ._omp_fn.0]"}, /* its own code */
		{"f.constprop.0.isra.1", "f"},
		{" [clone .cold]", " [clone .cold]"},
		{"]", "]"},
		{"[]", "[]"},
		{"x[", "x["},
		{"twice<main::{lambda+3:12}>", "twice<main::{lambda}>"},
		{"twice<main::{lambda@1b4c}>", "twice<main::{lambda}>"},
		{"{lambda:7}::operator()", "{lambda}::operator()"},
		{"f()::{lambda(int)#2}", "f()::{lambda(int)#2}"},
	};

	(void)state;
	for (size_t i = 0; i < HP_LEN(cases); i++) {
		char room[128];
		struct hp_slice stem = hp_name_stem(hp_slice_str(cases[i].full), room);

		if (!hp_slice_same(stem, hp_slice_str(cases[i].stem)))
			fail_msg("%s: %.*s", cases[i].full, (int)stem.len, stem.ptr);
	}
}

/* Integer types and numbers, as g++ writes them in DWARF and as its demangler does. */
static void plain_types(void **state)
{
	static const struct {
		const char *name, *plain;
	} cases[] = {
		{"f<long unsigned int, 7>", "f<unsigned long, 7>"},
		{"f<unsigned long, 7ul>", "f<unsigned long, 7>"},
		{"f<long long unsigned int>", "f<unsigned long long>"},
		{"f<long long int, short int>", "f<long long, short>"},
		{"f<short unsigned int, (unsigned short)3>", "f<unsigned short, 3>"},
		{"f<(short)-3>", "f<-3>"},
		{"f<unsigned>", "f<unsigned int>"},
		{"f<signed char, unsigned char, char>", "f<signed char, unsigned char, char>"},
		{"f<__int128 unsigned, __int128>", "f<unsigned __int128, __int128>"},
		{"f<long double>", "f<long double>"},
		{"S::operator long int", "S::operator long"},
		{"f<long int*, const long int&>", "f<long*, const long&>"},
		{"f<int [3]>", "f<int [3]>"},
		{"f<(Colour)1>", "f<(Colour)1>"},
		{"f<(E)2, (int)n>", "f<(E)2, (int)n>"},
		{"f<x7ul, 0xful, longest, int_t>", "f<x7ul, 0xful, longest, int_t>"},
		{"f<long  int>", "f<long  int>"},
		{"vector<long int, allocator<long int> >::push(long int)",
		 "vector<long, allocator<long> >::push(long)"},
		{"long long long", "long long long"},
		{"int", "int"},
		{"long ", "long "},
		{"(", "("},
		{"(int)", "(int)"},
		{"", ""},
	};

	(void)state;
	for (size_t i = 0; i < HP_LEN(cases); i++) {
		struct hp_slice name = hp_slice_str(cases[i].name);
		char *room = malloc(2 * name.len + 1);
		struct hp_slice plain = hp_name_plain_types(name, true, room);

		if (!hp_slice_same(plain, hp_slice_str(cases[i].plain)))
			fail_msg("%s: %.*s", cases[i].name, (int)plain.len, plain.ptr);
		if (strcmp(cases[i].name, "f<unsigned long, 7ul>") == 0) {
			plain = hp_name_plain_types(name, false, room);
			assert_true(hp_slice_same(plain, name));
		}
		free(room);
	}
}

/* A template name of some thousand characters is an everyday thing. */
static void long_cxx_name(void **state)
{
	char mangled[4096] = "_Z1f", brief[] = "f", want[8192] = "f(";
	struct hp_arena mem = {0};
	struct hp_slice name, full;

	(void)state;
	for (int i = 0; i < 150; i++) {
		char part[64];

		(void)snprintf(part, sizeof(part), "16Quite_long_%04d_", i);
		strcat(mangled, part);
		(void)snprintf(part, sizeof(part), "%sQuite_long_%04d_", i ? ", " : "", i);
		strcat(want, part);
	}
	strcat(want, ")");
	hp_name_demangle(hp_slice_str(mangled), &mem, &name, &full);
	assert_true(hp_slice_same(name, hp_slice_str(brief)));
	assert_true(hp_slice_same(full, hp_slice_str(want)));
	hp_arena_release(&mem);
}

/* --- names that are made to hurt --- */

/* @start, then @n times @more, then @n_end times @end and @last. */
static char *repeat(const char *start, const char *more, size_t n, const char *end, size_t n_end,
		    const char *last)
{
	char *s = malloc(strlen(start) + n * strlen(more) + n_end * strlen(end) + strlen(last) + 1);
	char *at = s;

	assert_non_null(s);
	at = stpcpy(at, start);
	for (size_t i = 0; i < n; i++)
		at = stpcpy(at, more);
	for (size_t i = 0; i < n_end; i++)
		at = stpcpy(at, end);
	strcpy(at, last);
	return s;
}

/* Types each of which holds the one before it twice: 2^40 characters when written out. */
static char *doubling_cxx(void)
{
	static const char digit[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	char *s = malloc(1024), *at = s + sprintf(s, "_Z1f1aIiiES_IS0_S0_E");

	for (int i = 1; i < 36; i++)
		at += sprintf(at, "S_IS%c_S%c_E", digit[i], digit[i]);
	return s;
}

static char *doubling_rust(void)
{
	char *s = malloc(8192), *at = s + sprintf(s, "_RINvC1a1f");
	size_t last = (size_t)(at - s) - 2;

	at += sprintf(at, "ThhE");
	for (int i = 0; i < 40; i++) {
		size_t here = (size_t)(at - s) - 2;
		char ref[8] = "";

		/* base 62 with an offset of 1; two digits do */
		(void)snprintf(ref, sizeof(ref), "%c%c_", "0123456789abcdef"[(last - 1) / 62 % 16],
			       "0123456789abcdefghijklmnopqrstuvwxyz"
			       "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[(last - 1) % 62]);
		at += sprintf(at, "TB%sB%sE", ref, ref);
		last = here;
	}
	strcpy(at, "E");
	return s;
}

static char *doubling_d(void)
{
	char *s = malloc(1024), *at = s + sprintf(s, "_D4main1fFHiiHQeQg");

	for (int i = 0; i < 40; i++)
		at += sprintf(at, "HQgQi");
	strcpy(at, "Zv");
	return s;
}

static void hostile_names(void **state)
{
	char *names[] = {
		doubling_cxx(),
		doubling_rust(),
		doubling_d(),
		repeat("_Z1f", "P", 65000, "", 0, "i"),
		repeat("_Z1f", "P", 8000, "", 0, "i"),
		repeat("_Z1f", "PFi", 2000, "E", 2000, "v"),
		repeat("_Z1f", "1aI", 2000, "E", 2000, ""),
		repeat("_Z", "Z1f", 1600, "vE1x", 1600, ""),
		repeat("_Z1fIXng", "ng", 4000, "", 0, "Li1EEEvv"),
		repeat("_Z1fI", "J", 4000, "E", 4000, "Evv"),
		repeat("_Z1fI", "iT_", 2700, "", 0, "Evv"),
		repeat("_Z1fI", "sp", 4000, "", 0, "T_Evv"),
		repeat("_Z1f", "DTng", 1600, "Li1EE", 1, ""),
		repeat("_Z", "cv", 4000, "", 0, "iv"),
		repeat("_ZN", "1a", 4000, "", 0, "Ev"),
		repeat("_ZT", "c0_h", 2000, "", 0, "1fv"),
		repeat("_ZN", "1a", 32000, "", 0, "17h05af221e174051e9E"),
		repeat("_ZN60000", "$u20$", 12000, "", 0, "17h05af221e174051e9E"),
		repeat("_RINvC1a1f", "R", 65000, "", 0, "hE"),
		repeat("_R", "NvMC1a", 9000, "", 0, "1f"),
		repeat("_D4main1fF", "P", 65000, "", 0, "iZv"),
		repeat("_D4main1fF", "P", 4000, "", 0, "iZv"),
		repeat("_D4main1f", "FDF", 20000, "", 0, ""),
		repeat("_D4main1f", "FDF", 1300, "", 0, ""),
		repeat("_D", "__T1a", 13000, "", 0, ""),
		repeat("_D", "__T1a", 800, "", 0, ""),
		repeat("_D", "4main", 13000, "", 0, "FZv"),
	};
	struct timespec begin, end;

	(void)state;
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begin);
	for (size_t i = 0; i < HP_LEN(names); i++) {
		struct hp_arena mem = {0};
		struct hp_slice brief, full;

		assert_non_null(names[i]);
		hp_name_demangle(hp_slice_str(names[i]), &mem, &brief, &full);
		if (brief.len == 0 || brief.len > HP_NAME_MAX || full.len > HP_NAME_MAX)
			fail_msg("%.60s...: %zu and %zu bytes", names[i], brief.len, full.len);
		if (mem.used > 8 * HP_NAME_MAX)
			fail_msg("%.60s...: %zu bytes of memory", names[i], mem.used);
		hp_arena_release(&mem);
		free(names[i]);
	}
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
	if (end.tv_sec - begin.tv_sec > 5)
		fail_msg("%ld s of processor time", (long)(end.tv_sec - begin.tv_sec));
}

/* The doubling names are as meant: the demanglers do take them apart, up to the limit. */
static void doubling_is_cut(void **state)
{
	char *names[] = {doubling_cxx(), doubling_rust()};

	(void)state;
	for (size_t i = 0; i < HP_LEN(names); i++) {
		struct hp_arena mem = {0};
		struct hp_slice brief, full;

		hp_name_demangle(hp_slice_str(names[i]), &mem, &brief, &full);
		assert_int_equal(full.len, HP_NAME_MAX);
		assert_true(hp_slice_ends(full, HP_LIT("...")));
		hp_arena_release(&mem);
		free(names[i]);
	}
}

static void same_text(struct hp_slice is, const char *want)
{
	if (!hp_slice_same(is, hp_slice_str(want)))
		fail_msg("it is %.*s, not %s", (int)is.len, is.ptr, want);
}

/* Demanglers, compilers and DWARF spell lambdas in different ways. */
static void lambdas_of_others(void **state)
{
	static const struct {
		const char *name, *usual;
	} cases[] = {
		{"main::'lambda'(int)::operator()(int) const",
		 "main::{lambda(int)#1}::operator()(int) const"},
		{"main::'lambda0'(int)::operator()(int) const",
		 "main::{lambda(int)#2}::operator()(int) const"},
		{"f()::'lambda12'(void (*)(int))::operator()(void (*)(int)) const",
		 "f()::{lambda(void (*)(int))#14}::operator()(void (*)(int)) const"},
		{"f()::'lambda'()::operator()() const::'lambda'(char)::operator()(char) const",
		 "f()::{lambda()#1}::operator()() const::{lambda(char)#1}::operator()(char) const"},
		{"void twice<main::'lambda1'(auto)>(main::'lambda1'(auto))",
		 "void twice<main::{lambda(auto)#3}>(main::{lambda(auto)#3})"},
		{"main::'$_7'::operator()(int) const", "main::$_7::operator()(int) const"},
		{"twice<main()::<lambda(int)> >", "twice<main::{lambda(int)}>"},
		{"main()::<lambda(int)>", "main::{lambda(int)}"},
		{"g<const A::f(int) const::<lambda()>&, int>", "g<const A::f::{lambda()}&, int>"},
		{"g<f()::<lambda(int)>::<lambda(char)> >",
		 "g<f::{lambda(int)}::operator()::{lambda(char)}>"},
		{"g<(anonymous namespace)::<lambda()>, std::pair<int, h(T*)::<lambda(T)> > >",
		 "g<(anonymous namespace)::{lambda()}, std::pair<int, h::{lambda(T)}> >"},
		{"h<g<f()::<lambda()>, void()>::run(a<b>)::<lambda(int)>, void>",
		 "h<g<f::{lambda()}, void()>::run::{lambda(int)}, void>"},
		{"main::{lambda(int)#2}::operator()", "main::{lambda(int)#2}::operator()"},
		/* not understood, so left alone */
		{"main::'lambda", "main::'lambda"},
		{"main::'lambda'", "main::'lambda'"},
		{"main::'lambda'(int", "main::'lambda'(int"},
		{"main::'lambdas'(int)", "main::'lambdas'(int)"},
		{"'$_", "'$_"},
		{"'$_7", "'$_7"},
		{"f<<lambda(", "f<<lambda("},
		{"f<<lambda()", "f<<lambda()"},
		{"it's 'lambda calculus'", "it's 'lambda calculus'"},
		{"", ""},
	};

	(void)state;
	for (size_t i = 0; i < HP_LEN(cases); i++) {
		struct hp_arena mem = {0};

		same_text(hp_lambda_usual(hp_slice_str(cases[i].name), &mem), cases[i].usual);
		hp_arena_release(&mem);
	}
}

/* Arguments of templates as g++ spells them: where they are, and those with lambdas. */
static void arguments_of_templates(void **state)
{
	static const struct {
		const char *name, *arguments, *first, *second;
	} cases[] = {
		{"f", "", "", ""},
		{"", "", "", ""},
		{">", "", "", ""},
		{"a>", "", "", ""},
		{"f<>", "", "", ""},
		{"f<int>", "int", "", ""},
		{"tuple<main()::<lambda(int, char)> >", "main()::<lambda(int, char)> ",
		 "main()::<lambda(int, char)> ", ""},
		{"T<0, g<A, f()::<lambda()> >, void (C::*)(D, E), f()::<lambda()>*>",
		 "0, g<A, f()::<lambda()> >, void (C::*)(D, E), f()::<lambda()>*",
		 " g<A, f()::<lambda()> >", " f()::<lambda()>*"},
		{"mixed<, f()::<lambda()> >", ", f()::<lambda()> ", " f()::<lambda()> ", ""},
		{"g<A>::h<B, C>", "B, C", "", ""},
		{"g<A>::h", "", "", ""},
		{"f<))>, 1>", "", "", ""},
	};

	(void)state;
	for (size_t i = 0; i < HP_LEN(cases); i++) {
		struct hp_slice found = hp_template_arguments(hp_slice_str(cases[i].name));

		same_text(found, cases[i].arguments);
		same_text(hp_template_next(&found), cases[i].first);
		same_text(hp_template_next(&found), cases[i].second);
	}
	assert_true(hp_template_argument_is(HP_LIT(" const main()::<lambda()>& "), HP_LIT("")));
	assert_true(hp_template_argument_is(HP_LIT("main()::<lambda()>* const"), HP_LIT("")));
	assert_false(hp_template_argument_is(HP_LIT("A<main()::<lambda()> >"), HP_LIT("")));
	assert_true(hp_template_argument_is(HP_LIT("n::A<f()::<lambda()> >*"),
					    HP_LIT("A<f()::<lambda()> >")));
	assert_false(hp_template_argument_is(HP_LIT("n::BA<f()::<lambda()> >"),
					     HP_LIT("A<f()::<lambda()> >")));
	assert_false(hp_template_argument_is(HP_LIT("B<A<f()::<lambda()> > >"),
					     HP_LIT("A<f()::<lambda()> >")));
	assert_false(hp_template_argument_is(HP_LIT(" const"), HP_LIT("A")));
}

/* Where DWARF has lambdas in the arguments of templates, their places take the place of types. */
static void lambdas_have_places(void **state)
{
	const struct hp_slice two[] = {HP_SLICE_LIT("main::{lambda+3:12}"), HP_SLICE_LIT("X")};
	struct hp_slice name =
		HP_LIT("t<const main()::<lambda(int)>&, f()::<lambda()>::<lambda()> >");
	const struct hp_slice deep =
		HP_LIT("h<g<f()::<lambda()>, void()>::run(a<b>)::<lambda(int)>, f()::<lambda()> >");
	struct hp_arena mem = {0};

	(void)state;
	same_text(hp_lambda_text(45, 12, 42, &mem), "{lambda+3:12}");
	same_text(hp_lambda_text(40, 7, 42, &mem), "{lambda-2:7}");
	same_text(hp_lambda_text(42, 0, 42, &mem), "{lambda+0}");
	same_text(hp_lambda_text(42, 5, 0, &mem), "{lambda:42:5}");
	same_text(hp_lambda_text(UINT32_MAX, UINT32_MAX, 1, &mem),
		  "{lambda+4294967294:4294967295}");
	same_text(hp_lambda_text(0, 5, 7, &mem), "{lambda}");
	assert_int_equal(hp_lambdas_in(name), 2);
	same_text(hp_lambdas_put(name, two, 2, &mem), "t<const main::{lambda+3:12}&, X>");
	/* as many as there are, or none: a wrong one would be another function */
	same_text(hp_lambdas_put(name, two, 1, &mem),
		  "t<const main::{lambda(int)}&, f::{lambda()}::operator()::{lambda()}>");
	assert_int_equal(hp_lambdas_in(deep), 2);
	same_text(hp_lambdas_put(deep, two, 2, &mem), "h<main::{lambda+3:12}, X>");
	same_text(hp_lambdas_mark(deep, 16, &mem),
		  "h<g<f::{lambda@10}, void()>::run::{lambda@10}, f::{lambda@10}>");
	same_text(hp_lambdas_mark(name, 0x1b4c, &mem),
		  "t<const main::{lambda@1b4c}&, f::{lambda()}::operator()::{lambda@1b4c}>");
	assert_true(hp_lambda_is_marked(HP_LIT("t<main::{lambda@1b4c}>::f")));
	assert_true(hp_lambda_is_placed(HP_LIT("t<main::{lambda@1b4c}>::f")));
	assert_false(hp_lambda_is_marked(HP_LIT("t<main::{lambda+1:2}>::f")));
	assert_false(hp_lambda_is_placed(HP_LIT("t<main::{lambda@1x}>::f")));
	assert_true(hp_lambda_is_placed(HP_LIT("t<main::{lambda(int)#1}, {lambda+3:12}>")));
	assert_true(hp_lambda_is_placed(HP_LIT("{lambda:42}::operator()")));
	assert_false(hp_lambda_is_placed(HP_LIT("main::{lambda}::operator()")));
	assert_false(hp_lambda_is_placed(HP_LIT("main::{lambda(int)#1}")));
	assert_false(hp_lambda_is_placed(HP_LIT("main::{lambda+")));
	same_text(hp_lambda_of_call(HP_LIT("f()::{lambda()#2}::operator()<int>")),
		  "f()::{lambda()#2}");
	same_text(hp_lambda_of_call(HP_LIT("f()")), "");
	hp_arena_release(&mem);
}

RUN(cmocka_unit_test(cxx_names), cmocka_unit_test(rust_names), cmocka_unit_test(d_names),
    cmocka_unit_test(other_names), cmocka_unit_test(copies),
    cmocka_unit_test(builds_leave_no_trace_in_stems), cmocka_unit_test(plain_types),
    cmocka_unit_test(long_cxx_name), cmocka_unit_test(hostile_names),
    cmocka_unit_test(doubling_is_cut), cmocka_unit_test(lambdas_of_others),
    cmocka_unit_test(lambdas_have_places), cmocka_unit_test(arguments_of_templates))
