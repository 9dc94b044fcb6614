/* known.c - sites whose live objects are known exactly; "known sites" prints name, objects, bytes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* All sizes are size classes of jemalloc, so what is asked for is what is counted. */
enum {
	SMALL_SIZE = 32,
	SMALL_COUNT = 900000,
	PAGE_SIZE = 4096,
	PAGE_COUNT = 7000,
	MIX_SMALL_SIZE = 16,
	MIX_SMALL_COUNT = 600000,
	MIX_LARGE_SIZE = 65536,
	MIX_LARGE_COUNT = 300,
};

static void *volatile last;

__attribute__((noinline)) void site_small(void)
{
	for (int i = 0; i < SMALL_COUNT; i++)
		last = malloc(SMALL_SIZE);
}

__attribute__((noinline)) void site_page(void)
{
	for (int i = 0; i < PAGE_COUNT; i++)
		last = malloc(PAGE_SIZE);
}

__attribute__((noinline)) void site_mixed(void)
{
	const int each = MIX_SMALL_COUNT / MIX_LARGE_COUNT;

	for (int i = 0; i < MIX_SMALL_COUNT + MIX_LARGE_COUNT; i++)
		last = malloc(i % (each + 1) == each ? MIX_LARGE_SIZE : MIX_SMALL_SIZE);
}

static void print_site(const char *name, long objects, long bytes)
{
	printf("%s %ld %ld\n", name, objects, bytes);
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "sites") == 0) {
		print_site("site_small", SMALL_COUNT, (long)SMALL_COUNT * SMALL_SIZE);
		print_site("site_page", PAGE_COUNT, (long)PAGE_COUNT * PAGE_SIZE);
		print_site("site_mixed", MIX_SMALL_COUNT + MIX_LARGE_COUNT,
			   (long)MIX_SMALL_COUNT * MIX_SMALL_SIZE + (long)MIX_LARGE_COUNT * MIX_LARGE_SIZE);
		return 0;
	}
	site_small();
	site_page();
	site_mixed();
	return 0;
}
