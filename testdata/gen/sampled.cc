// sampled.cc - what gperftools knows while a program runs: its samples, and where the heap grew.
//
// usage: sampled FOLDER		writes FOLDER/sample.heap and FOLDER/growth.heap
#include <gperftools/malloc_extension.h>

#include <cstdio>
#include <string>

struct record {
	char *key, *value;
};

static record *rows[20000];

static char *reserve(size_t n)
{
	char *p = new char[n];

	p[0] = p[n - 1] = 1;
	return p;
}

static record *insert(int i)
{
	return new record{reserve(64), reserve(200 + i % 300)};
}

/* The first 16 MiB are not sampled: the allocator reads the sampling rate behind them. */
static void warm_up()
{
	for (int i = 0; i < 40; i++)
		delete[] reserve(1 << 20);
}

static bool write_file(const std::string &path, const std::string &text)
{
	FILE *f = fopen(path.c_str(), "w");
	bool done = f && fwrite(text.data(), 1, text.size(), f) == text.size();

	return f && fclose(f) == 0 && done;
}

int main(int argc, char **argv)
{
	std::string folder = argc > 1 ? argv[1] : ".";
	static char *blocks[8];

	warm_up();
	for (int i = 0; i < 20000; i++)
		rows[i] = insert(i);
	for (int i = 0; i < 8; i++)
		blocks[i] = reserve(3 << 20);
	{ /* first, and alone: the texts grow the heap, too */
		std::string text;

		MallocExtension::instance()->GetHeapGrowthStacks(&text);
		if (!write_file(folder + "/growth.heap", text))
			return 1;
	}
	std::string text;
	MallocExtension::instance()->GetHeapSample(&text);
	return write_file(folder + "/sample.heap", text) ? 0 : 1;
}
