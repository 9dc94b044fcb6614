/*
 * misbehave.c - a library to preload: a process that reads DWARF goes wrong after a while.
 *
 * MISBEHAVE says how: crash, abort, exit, spin, sleep, garbage, zeros, nonsense, memory.
 * MISBEHAVE_AFTER says after how many DIEs, as --symbolizer libdw reads them by dwarf_tag(), or
 * units, after each of which --symbolizer fast tries a lock: those before work.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int dwarf_tag(void *die);

static void spin(void)
{
	for (volatile unsigned i = 0;; i++)
		;
}

static void sleep_on(void)
{
	for (;;)
		(void)pause();
}

/* Write a buffer, filled with @byte or (-1) at random, @times into every pipe; 0: for ever. */
static void write_garbage(int byte, unsigned times)
{
	static char text[1 << 16];
	struct stat st;

	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)(byte < 0 ? rand() : byte);
	for (unsigned n = 0; !times || n < times; n++)
		for (int fd = 0; fd < 64; fd++)
			if (fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode) &&
			    write(fd, text, sizeof(text)) < 0)
				_exit(1);
}

/* Take all memory that there is, without touching it, and let the process go on. */
static void take_memory(void)
{
	for (size_t n = (size_t)1 << 28; n >= 16; n /= 2)
		while (malloc(n))
			;
}

static void misbehave(const char *how)
{
	if (strcmp(how, "crash") == 0)
		(void)raise(SIGSEGV);
	if (strcmp(how, "abort") == 0)
		abort();
	if (strcmp(how, "exit") == 0)
		_exit(0);
	if (strcmp(how, "spin") == 0)
		spin();
	if (strcmp(how, "sleep") == 0)
		sleep_on();
	if (strcmp(how, "garbage") == 0)
		write_garbage(-1, 0);
	if (strcmp(how, "zeros") == 0)
		write_garbage(0, 0);
	if (strcmp(how, "nonsense") == 0)
		write_garbage(-1, 1);
	if (strcmp(how, "memory") == 0)
		take_memory();
}

static void count(void)
{
	static long calls;
	const char *how = getenv("MISBEHAVE");
	const char *after = getenv("MISBEHAVE_AFTER");

	if (how && calls++ == (after ? strtol(after, NULL, 10) : 0))
		misbehave(how);
}

int dwarf_tag(void *die)
{
	static int (*real)(void *);

	if (!real) {
		void *symbol = dlsym(RTLD_NEXT, "dwarf_tag");

		memcpy(&real, &symbol, sizeof(real));
	}
	count();
	return real(die);
}

int pthread_mutex_trylock(pthread_mutex_t *lock)
{
	count();
	return pthread_mutex_lock(lock);
}
