/* versions.c - one program, two builds: -DINSERTED puts a function, and lines, before all others. */
#include <stdlib.h>
#include <string.h>

static void *volatile kept[4096];
static int n;

static void keep(void *p)
{
	kept[n++ % 4096] = p;
}

#ifdef INSERTED
__attribute__((noinline)) static unsigned inserted(unsigned x)
{
	char text[64];

	memset(text, (int)x, sizeof(text));
	for (unsigned i = 0; i < sizeof(text); i++)
		x = x * 31 + (unsigned)text[i];
	keep(malloc(3000 + x % 7));
	keep(malloc(3000 + x % 5));
	return x;
}
#endif

static inline __attribute__((always_inline)) void *wrapped(size_t size)
{
	return malloc(size);
}

__attribute__((noinline)) static void parse(int rounds)
{
	for (int i = 0; i < rounds; i++)
		keep(wrapped(2000));
}

__attribute__((noinline)) static void index_words(int rounds)
{
	for (int i = 0; i < rounds; i++) {
		keep(malloc(500));
		keep(wrapped(700));
	}
}

__attribute__((noinline)) static int descend(int depth)
{
	if (depth == 0) {
		keep(calloc(40, 100));
		return 1;
	}
	return descend(depth - 1) + 1;
}

int main(void)
{
#ifdef INSERTED
	for (unsigned i = 0; i < 20; i++)
		inserted(i);
#endif
	parse(300);
	index_words(400);
	for (int i = 0; i < 50; i++)
		descend(i % 7);
	return 0;
}
