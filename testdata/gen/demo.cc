// demo.cc - a small cache server, simulated, that forgets to free one thing.
//
// usage: server [REQUESTS]		(default: 60000)
//
// Live at the end: the cache, which is bounded; the sessions, which come and go; the routes,
// which are read once; and one audit record per request, which nobody ever frees.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#define NOINLINE __attribute__((noinline))

namespace {

// The same numbers in every run.
class Random {
public:
	std::size_t below(std::size_t n)
	{
		state_ = state_ * 6364136223846793005u + 1442695040888963407u;
		return static_cast<std::size_t>(state_ >> 33) % n;
	}

private:
	std::uint64_t state_ = 42;
};

} // namespace

namespace web {

class Body {
public:
	NOINLINE explicit Body(std::size_t n) : bytes_(new char[n]), n_(n)
	{
		std::memset(bytes_.get(), 'x', n);
	}
	std::size_t size() const { return n_; }

private:
	std::unique_ptr<char[]> bytes_;
	std::size_t n_;
};

// Keeps the bodies that were used last, at most @capacity of them.
class Cache {
public:
	explicit Cache(std::size_t capacity) : capacity_(capacity) {}

	NOINLINE const Body &get(std::size_t key, std::size_t bytes)
	{
		auto found = where_.find(key);

		if (found == where_.end()) {
			insert(key, bytes);
			return *order_.front().body;
		}
		order_.splice(order_.begin(), order_, found->second);
		return *order_.front().body;
	}

private:
	struct Entry {
		std::size_t key;
		std::unique_ptr<Body> body;
	};

	NOINLINE void insert(std::size_t key, std::size_t bytes)
	{
		order_.push_front(Entry{key, std::make_unique<Body>(bytes)});
		where_[key] = order_.begin();
		if (order_.size() <= capacity_)
			return;
		where_.erase(order_.back().key);
		order_.pop_back();
	}

	std::size_t capacity_;
	std::list<Entry> order_;
	std::unordered_map<std::size_t, std::list<Entry>::iterator> where_;
};

struct Session {
	char buffer[2000];
};

// Who is logged in: the oldest session ends when a new one begins.
class Sessions {
public:
	explicit Sessions(std::size_t n) : all_(n) {}

	NOINLINE void login(std::size_t user)
	{
		all_[user % all_.size()].reset(new Session);
	}

private:
	std::vector<std::unique_ptr<Session>> all_;
};

struct AuditRecord {
	AuditRecord *next;
	char text[168];
};

// The leak: records are added for every request, and there is no code that takes one out.
class AuditLog {
public:
	NOINLINE void add_and_never_trim(std::size_t user)
	{
		newest_ = new AuditRecord{newest_, {}};
		newest_->text[0] = static_cast<char>('a' + user % 26);
	}

private:
	AuditRecord *newest_ = nullptr;
};

struct Route {
	char path[120];
	int handler;
};

NOINLINE Route *read_routes(std::size_t n)
{
	auto *routes = new Route[n];

	for (std::size_t i = 0; i < n; i++)
		std::snprintf(routes[i].path, sizeof(routes[i].path), "/api/v1/item/%zu", i);
	return routes;
}

class Server {
public:
	NOINLINE void handle_request()
	{
		std::size_t user = random_.below(5000);
		const Route &route = routes_[random_.below(n_routes)];

		if (random_.below(20) == 0)
			sessions_.login(user);
		render(route, cache_.get(random_.below(20000), 1024 + random_.below(3072)));
		audit_.add_and_never_trim(user);
	}
	std::size_t sent() const { return sent_; }

private:
	NOINLINE void render(const Route &route, const Body &body)
	{
		std::string page = "<title>" + std::string(route.path) + "</title>";

		page.append(body.size(), '.');
		sent_ += page.size();
	}

	static constexpr std::size_t n_routes = 3000;

	Random random_;
	Cache cache_{1500};
	Sessions sessions_{600};
	AuditLog audit_;
	std::unique_ptr<Route[]> routes_{read_routes(n_routes)};
	std::size_t sent_ = 0;
};

} // namespace web

int main(int argc, char **argv)
{
	auto *server = new web::Server; // never destroyed: it runs until the process ends
	long requests = argc > 1 ? std::strtol(argv[1], nullptr, 10) : 60000;

	for (long i = 0; i < requests; i++)
		server->handle_request();
	return server->sent() > 0 ? 0 : 1;
}
