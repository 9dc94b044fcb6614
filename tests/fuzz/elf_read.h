/* elf_read.h - files for targets that read ELF, and addresses to ask them for. */
#ifndef HP_FUZZ_ELF_READ_H
#define HP_FUZZ_ELF_READ_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyzer/symbolize/elf_file.h"
#include "analyzer/base/name.h"

enum { READ_ADDRS = 128 };

static inline void must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "broken rule: %s\n", what);
	abort();
}

/* Touch every byte of @s, so that a sanitizer sees where it lies. */
static inline uint64_t touch(struct hp_slice s)
{
	uint64_t n = 0;

	must(s.len <= 4 * HP_NAME_MAX, "texts have a bound");
	for (size_t i = 0; i < s.len; i++)
		n += (unsigned char)s.ptr[i];
	return n;
}

/* --- files --- */

static char folder[64]; /* of this process, in memory */

static void remove_folder(void)
{
	static const char *const names[] = {"prog", "prog.dwp", "more.dwo", "prog-more.dwo", "alt"};
	char path[128];

	for (size_t i = 0; i < HP_LEN(names); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		(void)unlink(path);
	}
	(void)rmdir(folder);
}

static inline const char *in_folder(const char *name, char path[128])
{
	if (!folder[0]) {
		(void)snprintf(folder, sizeof(folder), "%s/hprof-fuzz.XXXXXX",
			       access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
		must(mkdtemp(folder) != NULL, "a folder can be made");
		(void)atexit(remove_folder);
	}
	(void)snprintf(path, 128, "%s/%s", folder, name);
	return path;
}

/* A new file: what is mapped of an older one of that name stays as it is. */
static inline void put_file(const char *name, const uint8_t *bytes, size_t len)
{
	char path[128];
	int fd;

	(void)unlink(in_folder(name, path));
	fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
	must(fd >= 0 && write(fd, bytes, len) == (ssize_t)len, "files can be written");
	close(fd);
}

static inline void drop_file(const char *name)
{
	char path[128];

	(void)unlink(in_folder(name, path));
}

/* --- addresses --- */

static int by_number(const void *pa, const void *pb)
{
	const uint64_t *a = pa;
	const uint64_t *b = pb;

	return (*a > *b) - (*a < *b);
}

/* Sorted addresses spread over the code of @f, its borders among them; how many. */
static inline uint32_t spread(const struct hp_elf *f, uint64_t addr[READ_ADDRS])
{
	size_t texts = f->n_text < 16 ? f->n_text : 16;
	uint32_t n = 0;
	uint32_t kept = 0;

	for (size_t t = 0; t < texts; t++) {
		uint64_t each = READ_ADDRS / texts;
		uint64_t len = f->text[t].limit - f->text[t].start;
		uint64_t step = len / each ? len / each : 1;

		for (uint64_t i = 0; i < each && i * step < len; i++)
			addr[n++] = f->text[t].start + i * step;
	}
	qsort(addr, n, sizeof(*addr), by_number);
	for (uint32_t i = 0; i < n; i++)
		if (!kept || addr[i] != addr[kept - 1])
			addr[kept++] = addr[i];
	return kept;
}

#endif
