/* shapes.c - C calls of many shapes: inlines, recursion, threads, a callback, realloc. */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SLOTS = 1 << 15 };

static void *volatile slot[SLOTS];
static unsigned used;

struct node {
	struct node *left, *right;
	uint64_t key;
};

static void keep(void *p)
{
	slot[__atomic_fetch_add(&used, 1, __ATOMIC_RELAXED) % SLOTS] = p;
}

__attribute__((noinline)) static void *get_block(size_t n)
{
	char *p = malloc(n);

	if (!p)
		abort();
	p[0] = 1;
	return p;
}

static inline __attribute__((always_inline)) void *get_record(size_t n)
{
	void *p = get_block(n + 16);

	keep(p);
	return p;
}

static inline __attribute__((always_inline)) void *get_row(size_t cells)
{
	return get_record(cells * sizeof(uint64_t));
}

__attribute__((noinline)) void fill_table(unsigned rows)
{
	for (unsigned i = 0; i < rows; i++) {
		uint64_t *row = get_row(8 + i % 24);

		row[1] = i;
	}
}

/* A tree built by real recursion: every level is a frame of its own. */
__attribute__((noinline)) static struct node *grow(unsigned depth, uint64_t key)
{
	struct node *n = calloc(1, sizeof(*n));

	if (!n)
		abort();
	n->key = key;
	if (depth) {
		n->left = grow(depth - 1, key * 2);
		n->right = grow(depth - 1, key * 2 + 1);
	}
	return n;
}

/* Two functions that call each other. */
__attribute__((noinline)) static unsigned even_step(unsigned n);
__attribute__((noinline)) static unsigned odd_step(unsigned n)
{
	unsigned r;

	keep(get_block(512));
	r = n ? even_step(n - 1) : 0;
	return r + 1;
}

__attribute__((noinline)) static unsigned even_step(unsigned n)
{
	unsigned r = n ? odd_step(n - 1) : 0;

	keep(get_block(1024));
	return r + 2;
}

/* The callback of a library: frames of libc between our own. */
static int by_first_byte(const void *a, const void *b)
{
	static unsigned calls;

	if (++calls % 64 == 0)
		keep(get_block(256));
	return *(const unsigned char *)a - *(const unsigned char *)b;
}

__attribute__((noinline)) static void sort_something(void)
{
	static unsigned char bytes[4000];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)(i * 7919 >> 3);
	qsort(bytes, sizeof(bytes), 1, by_first_byte);
}

__attribute__((noinline)) static void stretch(void)
{
	char *p = NULL;

	for (size_t n = 1000; n < 400000; n *= 2) {
		p = realloc(p, n);
		if (!p)
			abort();
		p[n - 1] = 1;
	}
	keep(p);
	keep(strdup("a string that libc allocates for its caller"));
}

static void *worker(void *name)
{
	pthread_setname_np(pthread_self(), name);
	for (unsigned i = 0; i < 200; i++)
		get_row(250);
	return NULL;
}

/* "unlink": remove the program's own file, as an upgrade under a running server does. */
int main(int argc, char **argv)
{
	static char names[2][16] = {"worker A", "wrk-B"};
	pthread_t thread[2];

	if (argc > 1 && strcmp(argv[1], "unlink") == 0 && unlink(argv[0]) != 0)
		return 1;
	fill_table(3000);
	keep(grow(9, 1));
	keep(get_block(even_step(31)));
	sort_something();
	stretch();
	for (int i = 0; i < 2; i++)
		pthread_create(&thread[i], NULL, worker, names[i]);
	for (int i = 0; i < 2; i++)
		pthread_join(thread[i], NULL);
	for (unsigned i = 0; i < 300; i++)
		free(slot[i]);
	return 0;
}
