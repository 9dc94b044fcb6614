// sampled.cc - what gperftools knows while a program runs: its samples, and where the heap grew.
//
// usage: sampled FOLDER		writes FOLDER/sample.heap and FOLDER/growth.heap
#include <gperftools/malloc_extension.h>

#include <cstdio>
#include <string>
#include <vector>

namespace store {
struct Record {
	std::string key, value;
};

template <class T> struct Table {
	std::vector<T *> rows;

	__attribute__((noinline)) void insert(const std::string &key)
	{
		rows.push_back(new T{key, std::string(200 + rows.size() % 300, 'v')});
	}
};

__attribute__((noinline)) char *reserve(size_t n)
{
	char *p = new char[n];

	p[0] = p[n - 1] = 1;
	return p;
}
} // namespace store

static bool write_file(const std::string &path, const std::string &text)
{
	FILE *f = fopen(path.c_str(), "w");
	bool done = f && fwrite(text.data(), 1, text.size(), f) == text.size();

	return f && fclose(f) == 0 && done;
}

int main(int argc, char **argv)
{
	store::Table<store::Record> table;
	std::string text, folder = argc > 1 ? argv[1] : ".";
	std::vector<char *> blocks;

	for (int i = 0; i < 20000; i++)
		table.insert("a key that is too long for the object itself " + std::to_string(i));
	for (int i = 0; i < 8; i++)
		blocks.push_back(store::reserve(3 << 20));
	MallocExtension::instance()->GetHeapSample(&text);
	if (!write_file(folder + "/sample.heap", text))
		return 1;
	text.clear();
	MallocExtension::instance()->GetHeapGrowthStacks(&text);
	return write_file(folder + "/growth.heap", text) ? 0 : 1;
}
