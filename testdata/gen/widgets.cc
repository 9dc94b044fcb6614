// widgets.cc - C++ calls of many shapes: templates, lambdas, overloads, operators, containers.
#include <algorithm>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#define NOINLINE __attribute__((noinline))

namespace {

std::vector<void *> &attic()
{
	static auto *all = new std::vector<void *>;
	return *all;
}

template <class T> NOINLINE T *store(T *p)
{
	attic().push_back(p);
	return p;
}

struct Hidden {
	NOINLINE static char *buffer(std::size_t n) { return store(new char[n]); }
};

NOINLINE void anonymous_work(int rounds)
{
	for (int i = 0; i < rounds; i++)
		Hidden::buffer(300 + static_cast<std::size_t>(i) % 100)[0] = 1;
}

} // namespace

namespace shop {

struct Item {
	std::string name;
	std::vector<int> parts;
};

template <class T, std::size_t N> struct Ring {
	std::unique_ptr<T[]> cell[N];
	std::size_t next = 0;

	NOINLINE void push(std::size_t n) { cell[next++ % N].reset(new T[n]()); }
};

struct Counter {
	long *value = nullptr;

	NOINLINE Counter &operator--()
	{
		value = store(new long[64]);
		return *this;
	}
	NOINLINE Counter operator--(int)
	{
		Counter old = *this;
		value = store(new long[128]);
		return old;
	}
	NOINLINE long operator()(int n) const { return store(new long[static_cast<std::size_t>(n)])[0] = n; }
	NOINLINE bool operator<(const Counter &o) const { return store(new long[33]) < o.value; }
	NOINLINE explicit operator bool() const { return store(new char[2000]) != nullptr; }
	NOINLINE static void *operator new(std::size_t n) { return ::operator new(n + 4000); }
	NOINLINE static void operator delete(void *p) { ::operator delete(p); }
};

NOINLINE void add(std::map<std::string, Item> &m, int i)
{
	Item &it = m["an article with a name of some length, number " + std::to_string(i)];
	it.name = std::string(100, 'x');
	it.parts.resize(50);
}

NOINLINE void add(std::vector<std::string> &v, const char *text)
{
	v.push_back(std::string(text) + " which is too long for the small buffer");
}

NOINLINE void add(std::vector<std::string> &v, int count)
{
	for (int i = 0; i < count; i++)
		add(v, "a string");
}

struct Visitor {
	virtual ~Visitor() = default;
	virtual void visit(int n) = 0;
};

template <class F> struct Calling final : Visitor {
	F f;
	explicit Calling(F g) : f(std::move(g)) {}
	NOINLINE void visit(int n) override { f(n); }
};

template <class F> NOINLINE std::unique_ptr<Visitor> visitor(F f)
{
	return std::unique_ptr<Visitor>(new Calling<F>(std::move(f)));
}

} // namespace shop

static NOINLINE void lambdas(std::vector<std::string> &out)
{
	auto grow = [&out](int n) {
		for (int i = 0; i < n; i++)
			out.emplace_back(std::size_t(64) + std::size_t(i) % 8, 'y');
	};
	auto nested = [&grow](int n) {
		auto inner = [&grow](int m) { grow(m / 2); };
		inner(n);
		store(new int[500]);
	};
	std::function<void(int)> any = nested;

	any(400);
	shop::visitor(grow)->visit(200);
	shop::visitor([](auto n) { store(new decltype(n)[777]); })->visit(3);
}

static NOINLINE void algorithms()
{
	std::vector<std::string> words;
	for (int i = 0; i < 400; i++)
		words.push_back("word " + std::to_string(i * 7919 % 400) + " with a tail of thirty-odd bytes");
	std::sort(words.begin(), words.end(), [](const std::string &a, const std::string &b) {
		std::string x = a + "!", y = b + "!";
		return x < y;
	});
	std::stable_sort(words.begin(), words.end());
	store(new std::vector<std::string>(words));
}

int main()
{
	auto &items = *new std::map<std::string, shop::Item>;
	auto &texts = *new std::vector<std::string>;
	auto &ring = *new shop::Ring<double, 16>;
	auto *c = new shop::Counter;

	for (int i = 0; i < 800; i++)
		shop::add(items, i);
	shop::add(texts, 1500);
	for (std::size_t i = 0; i < 64; i++)
		ring.push(100 + i);
	for (int i = 0; i < 40; i++) {
		--*c;
		(*c)--;
		(*c)(200);
		(void)(*c < shop::Counter());
		if (!*c)
			return 1;
	}
	anonymous_work(300);
	lambdas(texts);
	algorithms();
	return 0;
}
