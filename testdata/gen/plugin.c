/* plugin.c - a library that is unloaded while its memory stays: -DPLUGIN makes it, else its user. */
#include <stdlib.h>

#ifdef PLUGIN

#define NOINLINE __attribute__((noinline))

static NOINLINE void *grow_table(int n)
{
	return malloc(4096 * (size_t)n);
}

NOINLINE void *plugin_load(int n)
{
	void *table = grow_table(n);

	__asm__ volatile("");
	return table;
}

#else

#include <dlfcn.h>
#include <stdio.h>

int mallctl(const char *, void *, size_t *, void *, size_t) __attribute__((weak));

static void *volatile kept[8];

static void dump(const char *file)
{
	if (!mallctl || mallctl("prof.dump", NULL, NULL, &file, sizeof(file)) != 0)
		exit(3);
}

int main(int argc, char **argv)
{
	void *plugin = argc == 4 ? dlopen(argv[1], RTLD_NOW) : NULL;
	void *(*load)(int) = NULL;

	if (!plugin) {
		fprintf(stderr, "plugin LIBRARY DUMP DUMP\n");
		return 2;
	}
	*(void **)&load = dlsym(plugin, "plugin_load");
	if (!load)
		return 2;
	kept[0] = load(3);
	kept[1] = load(5);
	dump(argv[2]);
	if (dlclose(plugin) != 0)
		return 2;
	kept[2] = malloc(70000);
	dump(argv[3]);
	return 0;
}

#endif
