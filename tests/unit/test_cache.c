/* test_cache.c - remembered answers: files, keys, merging, limits, damage, eviction. */
#include "tests/test.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "analyzer/symbolize/cache/cache.h"
#include "analyzer/symbolize/cache/key.h"

enum { ADDRS = 300 };

static char scratch[] = "/tmp/hprof-cache.XXXXXX";
static char dir[64]; /* of the test that runs */
static unsigned tests;

static int begin(void **state)
{
	(void)state;
	(void)snprintf(dir, sizeof(dir), "%s/%u", scratch, tests++);
	return mkdir(dir, 0700);
}

static const struct hp_cache_id some = {"binary id 01 size 1; debug none", "/bin/x",
					HP_SLICE_LIT("\x01")};

static const char *path_in(const char *name)
{
	static char path[256];

	(void)snprintf(path, sizeof(path), "%s/hprof%s%s", dir, *name ? "/" : "", name);
	return path;
}

/* The answers for address @addr, which say of which address they are: 0 to 3 frames. */
static uint32_t frames_of(uint64_t addr)
{
	return (uint32_t)(addr % 4);
}

static void add_answer(struct hp_cache_batch *b, uint64_t addr)
{
	struct hp_cache_frame frames[3];
	char text[4][64];

	for (uint32_t i = 0; i < frames_of(addr); i++) {
		struct hp_cache_func f;

		(void)snprintf(text[0], sizeof(text[0]), "f%llu_%u", (unsigned long long)addr / 8,
			       i);
		(void)snprintf(text[1], sizeof(text[1]), "f%llu_%u(int)",
			       (unsigned long long)addr / 8, i);
		(void)snprintf(text[2], sizeof(text[2]), "_Z%llu", (unsigned long long)addr / 8);
		(void)snprintf(text[3], sizeof(text[3]), "dir/%llu.cc",
			       (unsigned long long)addr % 7);
		f = (struct hp_cache_func){hp_slice_str(text[0]), hp_slice_str(text[1]),
					   hp_slice_str(text[2]), hp_slice_str(text[3])};
		frames[i] = (struct hp_cache_frame){hp_cache_batch_func(b, &f), (uint32_t)addr + i,
						    i, 7};
	}
	hp_cache_batch_add(b, addr, frames, frames_of(addr));
}

/* Whether @c knows @addr; fails when it knows something else than add_answer() told. */
static bool knows(struct hp_cache *c, uint64_t addr)
{
	char text[64];
	uint32_t row;
	uint32_t first;
	uint32_t n;

	row = hp_cache_row(c, addr);
	if (row == UINT32_MAX)
		return false;
	n = hp_image_frames(&c->image, row, &first);
	assert_int_equal(n, frames_of(addr));
	for (uint32_t i = 0; i < n; i++) {
		struct hp_cache_frame frame = hp_image_frame(&c->image, first + i);
		struct hp_cache_func f = hp_image_func(&c->image, frame.func);

		assert_int_equal(frame.line, (uint32_t)addr + i);
		assert_int_equal(frame.column, i);
		assert_int_equal(frame.discriminator, 7);
		(void)snprintf(text, sizeof(text), "f%llu_%u", (unsigned long long)addr / 8, i);
		assert_true(hp_slice_same(f.name, hp_slice_str(text)));
		(void)snprintf(text, sizeof(text), "f%llu_%u(int)", (unsigned long long)addr / 8,
			       i);
		assert_true(hp_slice_same(f.full, hp_slice_str(text)));
		(void)snprintf(text, sizeof(text), "_Z%llu", (unsigned long long)addr / 8);
		assert_true(hp_slice_same(f.linkage, hp_slice_str(text)));
		(void)snprintf(text, sizeof(text), "dir/%llu.cc", (unsigned long long)addr % 7);
		assert_true(hp_slice_same(f.file, hp_slice_str(text)));
	}
	return true;
}

/* Remember the answers for @n addresses from @from on, every second one. */
static int remember(const struct hp_cache_id *id, uint64_t from, uint32_t n,
		    const struct hp_folder_limits *limits)
{
	struct hp_cache_batch batch[2] = {0};
	struct hp_cache c;
	int r;

	if (!hp_cache_open(&c, dir, id))
		return HPROF_EFILE;
	if (limits)
		c.limits = *limits;
	for (uint32_t i = 0; i < n; i++) /* not in order, some twice */
		add_answer(&batch[i % 2], from + 2 * ((i * 7) % n));
	add_answer(&batch[1], from);
	r = hp_cache_save(&c, 3, batch, 2, NULL);
	hp_cache_batch_release(&batch[0]);
	hp_cache_batch_release(&batch[1]);
	hp_cache_close(&c);
	return r;
}

static uint32_t count_known(const struct hp_cache_id *id, uint64_t from, uint32_t n)
{
	struct hp_cache c;
	uint32_t known = 0;

	assert_true(hp_cache_open(&c, dir, id));
	for (uint32_t i = 0; i < n; i++)
		known += knows(&c, from + 2 * i);
	hp_cache_close(&c);
	return known;
}

static void answers_come_back(void **state)
{
	struct hp_cache c;
	struct stat st;

	(void)state;
	assert_int_equal(count_known(&some, 1000, ADDRS), 0);
	assert_int_equal(access(path_in(""), F_OK), -1); /* nothing was to be written */
	assert_int_equal(remember(&some, 1000, ADDRS, NULL), 0);
	assert_int_equal(count_known(&some, 1000, ADDRS), ADDRS);
	assert_int_equal(count_known(&some, 1001, ADDRS), 0);
	assert_true(hp_cache_open(&c, dir, &some));
	assert_int_equal(c.image.symbols, 3);
	assert_true(hp_slice_same(c.image.path, HP_LIT("/bin/x")));
	assert_true(hp_slice_same(c.image.build_id, HP_LIT("\x01")));
	for (uint64_t a = 1000 + 2 * ADDRS; a >= 1000; a -= 2) /* in the other order, too */
		assert_int_equal(knows(&c, a), a < 1000 + 2 * ADDRS);
	assert_false(knows(&c, 0));
	assert_false(knows(&c, UINT64_MAX));
	assert_int_equal(stat(path_in(c.name), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	hp_cache_close(&c);
	assert_int_equal(stat(path_in(""), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
}

static void old_and_new_answers_are_merged(void **state)
{
	struct hp_cache_batch b = {0};
	struct hp_cache late;

	(void)state;
	assert_int_equal(remember(&some, 1000, ADDRS, NULL), 0);
	assert_true(hp_cache_open(&late, dir, &some)); /* it will not see what comes next... */
	assert_int_equal(remember(&some, 1001, ADDRS, NULL), 0);
	assert_int_equal(remember(&some, 900, 10, NULL), 0);
	add_answer(&b, 5001);
	assert_int_equal(hp_cache_save(&late, 3, &b, 1, NULL), 0); /* ...and does not lose it */
	hp_cache_batch_release(&b);
	hp_cache_close(&late);
	assert_int_equal(count_known(&some, 1000, ADDRS), ADDRS);
	assert_int_equal(count_known(&some, 1001, ADDRS), ADDRS);
	assert_int_equal(count_known(&some, 900, 10), 10);
	assert_int_equal(count_known(&some, 5001, 1), 1);
}

static void failed_batches_are_not_written(void **state)
{
	struct hp_cache_batch b = {0};
	const struct hp_cache_frame wrong = {.func = 9};
	struct hp_cache c;

	(void)state;
	assert_true(hp_cache_open(&c, dir, &some));
	add_answer(&b, 1);
	hp_cache_batch_add(&b, 2, &wrong, 1);
	assert_true(b.failed);
	assert_int_equal(hp_cache_save(&c, 3, &b, 1, NULL), HPROF_EINVAL);
	hp_cache_batch_release(&b);
	assert_int_equal(hp_cache_save(&c, 3, &b, 1, NULL), 0); /* nothing to write */
	hp_cache_close(&c);
	assert_int_equal(count_known(&some, 1, 1), 0);
}

static void keys_are_kept_apart(void **state)
{
	struct hp_cache_id other = some;
	char from[256];
	struct hp_cache a;
	struct hp_cache b;

	(void)state;
	other.key = "binary id 01 size 1; debug id 01 size 2";
	assert_int_equal(remember(&some, 1000, 10, NULL), 0);
	assert_int_equal(count_known(&other, 1000, 10), 0);
	assert_int_equal(remember(&other, 2000, 10, NULL), 0);
	assert_int_equal(count_known(&some, 2000, 10), 0);
	assert_true(hp_cache_open(&a, dir, &some));
	assert_true(hp_cache_open(&b, dir, &other));
	(void)snprintf(from, sizeof(from), "%s", path_in(b.name));
	assert_int_equal(rename(from, path_in(a.name)), 0); /* a sound file in the wrong place */
	hp_cache_close(&a);
	hp_cache_close(&b);
	assert_int_equal(count_known(&some, 2000, 10), 0);
	assert_int_equal(count_known(&some, 1000, 10), 0);
	assert_int_equal(remember(&some, 1000, 10, NULL), 0);
	assert_int_equal(count_known(&some, 1000, 10), 10);
	other.key = "";
	assert_false(hp_cache_open(&a, dir, &other));
	assert_false(hp_cache_open(&a, NULL, &some));
}

/* A file that stands for an ELF file: what the key looks at. */
static struct hp_elf elf_of(const char *path, struct hp_slice id)
{
	static const uint8_t image[101];
	struct hp_elf f = {.path = path, .build_id = id, .image = image, .image_len = 100};

	f.fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_true(f.fd >= 0);
	return f;
}

static void every_file_counts_in_the_key(void **state)
{
	struct hp_arena mem = {0};
	char text[4][128];
	struct hp_elf a, b, c;
	uint8_t changed[101] = {[100] = 1};
	const char *keys[14];
	size_t n = 0;

	(void)state;
	for (int i = 0; i < 4; i++)
		(void)snprintf(text[i], sizeof(text[i]), "%s/file%d", dir, i);
	a = elf_of(text[0], HP_LIT("ab"));
	b = elf_of(text[1], HP_LIT("ab"));
	c = elf_of(text[2], HP_LIT(""));
	struct hp_cache_files files = {.binary = &a};
	keys[n++] = hp_cache_key(&files, &mem);
	files.debug = &b;
	keys[n++] = hp_cache_key(&files, &mem);
	b.image_len++;
	keys[n++] = hp_cache_key(&files, &mem);
	b.image = changed;
	keys[n++] = hp_cache_key(&files, &mem);
	files.others[files.n_others++] = text[1];
	keys[n++] = hp_cache_key(&files, &mem);
	files.others[files.n_others++] = text[2];
	keys[n++] = hp_cache_key(&files, &mem);
	files.others[0] = text[2];
	files.others[1] = text[1];
	keys[n++] = hp_cache_key(&files, &mem);
	files.others[1] = text[3]; /* not there */
	keys[n++] = hp_cache_key(&files, &mem);
	files.reader = HPROF_DWARF_LIBDW;
	keys[n++] = hp_cache_key(&files, &mem);
	files.binary = &c;
	keys[n++] = hp_cache_key(&files, &mem);
	assert_int_equal(write(c.fd, "x", 1), 1);
	keys[n++] = hp_cache_key(&files, &mem);
	assert_int_equal(futimens(c.fd, (struct timespec[2]){{1, 1}, {1, 1}}), 0);
	keys[n++] = hp_cache_key(&files, &mem);
	assert_int_equal(futimens(c.fd, (struct timespec[2]){{1, 1}, {1, 2}}), 0);
	keys[n++] = hp_cache_key(&files, &mem);
	for (size_t i = 0; i < n; i++) {
		assert_true(*keys[i]);
		for (size_t k = 0; k < i; k++)
			if (strcmp(keys[i], keys[k]) == 0)
				fail_msg("keys %zu and %zu: %s", i, k, keys[i]);
	}
	close(a.fd);
	close(b.fd);
	close(c.fd);
	hp_arena_release(&mem);
}

static char *read_all(const char *path, size_t *len)
{
	FILE *f = fopen(path, "rb");
	char *bytes = malloc(1 << 22);

	assert_non_null(f);
	assert_non_null(bytes);
	*len = fread(bytes, 1, 1 << 22, f);
	fclose(f);
	return bytes;
}

static void write_file(const char *path, const char *bytes, size_t len)
{
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

static uint64_t random_state = 0x9e3779b97f4a7c15u;

static uint64_t next_random(void)
{
	random_state ^= random_state >> 12;
	random_state ^= random_state << 25;
	random_state ^= random_state >> 27;
	return random_state * UINT64_C(0x2545f4914f6cdd1d);
}

/* One damage of those that disks, crashes and editors do; the new length. */
static size_t damage(char *b, size_t len, unsigned kind, const char *other, size_t other_len)
{
	size_t at = next_random() % len;
	size_t n = 1 + next_random() % 4096;

	switch (kind % 6) {
	case 0:
		b[at] = (char)(b[at] ^ (1 << next_random() % 8));
		return len;
	case 1:
		return at;
	case 2: /* there is room for it */
		memset(b + len, (int)next_random(), n);
		return len + n;
	case 3:
		memset(b + at, 0, n < len - at ? n : len - at);
		return len;
	case 4:
		memmove(b + at / 2, b + at, len - at);
		return len;
	default:
		memcpy(b, other, other_len);
		return other_len;
	}
}

static void damaged_files_count_as_absent(void **state)
{
	struct hp_cache_id other = some;
	struct hp_cache c;
	char path[2][256];
	char *bytes[2];
	size_t len[2];
	char *copy = malloc(1 << 22);

	(void)state;
	assert_non_null(copy);
	other.key = "another";
	for (int i = 0; i < 2; i++) {
		assert_int_equal(remember(i ? &other : &some, 1000, ADDRS, NULL), 0);
		assert_true(hp_cache_open(&c, dir, i ? &other : &some));
		(void)snprintf(path[i], sizeof(path[i]), "%s", path_in(c.name));
		hp_cache_close(&c);
		bytes[i] = read_all(path[i], &len[i]);
	}
	for (unsigned i = 0; i < 1000; i++) {
		size_t n;

		memcpy(copy, bytes[0], len[0]);
		n = damage(copy, len[0], i, bytes[1], len[1]);
		if (n == len[0] && memcmp(copy, bytes[0], n) == 0)
			continue; /* zeros where there were zeros */
		write_file(path[0], copy, n);
		if (count_known(&some, 1000, ADDRS) != 0)
			fail_msg("damage %u was not seen", i);
		if (i % 100 == 0) { /* it is replaced */
			assert_int_equal(remember(&some, 1000, ADDRS, NULL), 0);
			assert_int_equal(count_known(&some, 1000, ADDRS), ADDRS);
		}
	}
	for (size_t n = 0; n < len[0]; n++) { /* every prefix */
		struct hp_image m;
		char *exact = malloc(n ? n : 1);

		assert_non_null(exact);
		memcpy(exact, bytes[0], n);
		assert_false(hp_image_read(&m, exact, n));
		free(exact);
	}
	free(bytes[0]);
	free(bytes[1]);
	free(copy);
}

/* Sound checksums over numbers that are not. */
static void wrong_numbers_are_refused(void **state)
{
	uint32_t refused = 0;
	struct hp_cache c;
	struct hp_image m;
	char *bytes;
	size_t len;

	(void)state;
	assert_int_equal(remember(&some, 1000, 3, NULL), 0);
	assert_true(hp_cache_open(&c, dir, &some));
	bytes = read_all(path_in(c.name), &len);
	hp_cache_close(&c);
	assert_true(hp_image_read(&m, bytes, len));
	for (size_t at = 0; at + 4 <= len - 8; at += 4) {
		static const uint32_t values[] = {0, 1, 0x7fffffff, 0x80000000, 0xffffffff};

		for (size_t k = 0; k < HP_LEN(values); k++) {
			char *copy = malloc(len);
			uint64_t sum;

			assert_non_null(copy);
			memcpy(copy, bytes, len);
			memcpy(copy + at, &values[k], 4);
			sum = hp_image_checksum(copy, len - 8);
			memcpy(copy + len - 8, &sum, 8);
			refused += !hp_image_read(&m, copy, len);
			for (uint32_t i = 0; i < m.n_frames; i++) /* all can be read */
				(void)hp_image_func(&m, hp_image_frame(&m, i).func);
			free(copy);
		}
	}
	assert_true(refused > 100);
	free(bytes);
}

static uint64_t size_of(const char *name)
{
	struct stat st;

	assert_int_equal(stat(path_in(name), &st), 0);
	return (uint64_t)st.st_size;
}

static void one_file_has_a_limit(void **state)
{
	enum { MANY = 4000, SPARE = 120000 };
	struct hp_folder_limits limits = hp_folder_defaults;
	struct hp_cache_batch b = {0};
	char name[HP_FOLDER_NAME_MAX];
	struct hp_cache c;
	uint32_t known;

	(void)state;
	hp_folder_name(name, hp_slice_str(some.key));
	assert_int_equal(remember(&some, 1000, MANY, NULL), 0);
	assert_int_equal(count_known(&some, 1000, MANY), MANY);
	limits.file_bytes = size_of(name) + SPARE;
	assert_true(hp_cache_open(&c, dir, &some));
	c.limits = limits;
	for (uint32_t i = 0; i < 10; i++)
		assert_true(knows(&c, 1000 + 2 * i));
	for (uint32_t i = 0; i < MANY; i++)
		add_answer(&b, 100000 + 2 * i);
	assert_int_equal(hp_cache_save(&c, 3, &b, 1, NULL), 0);
	assert_true(size_of(name) <= limits.file_bytes);
	hp_cache_batch_release(&b);
	hp_cache_close(&c);
	assert_int_equal(count_known(&some, 100000, MANY), MANY); /* the new ones */
	assert_int_equal(count_known(&some, 1000, MANY), 10);     /* and those that were used */
	assert_int_equal(remember(&some, 200001, 10 * MANY, &limits), 0);
	known = count_known(&some, 200001, 10 * MANY);
	assert_in_range(known, 100, 10 * MANY - 1); /* as many as fit */
	assert_true(size_of(name) <= limits.file_bytes);
	limits.file_bytes = 100;
	assert_int_equal(remember(&some, 900001, 10, &limits), HPROF_ELIMIT);
	assert_int_equal(count_known(&some, 200001, 10 * MANY), known);
}

static void set_age(const char *name, time_t seconds)
{
	struct timespec t = {time(NULL) - seconds, 0};

	assert_int_equal(
		utimensat(AT_FDCWD, path_in(name), (struct timespec[2]){t, t}, AT_SYMLINK_NOFOLLOW),
		0);
}

static bool is_there(const char *name)
{
	struct stat st;

	return lstat(path_in(name), &st) == 0;
}

static void the_folder_has_a_limit(void **state)
{
	static const char *const foreign[] = {
		"0123456789abcdef0123456789abcdef",
		"0123456789abcdef0123456789abcdef.names.",
		"0123456789abcdef0123456789abcdef.names.0123456789abcdef0",
		"0123456789abcdef0123456789abcdef.names.0123456789abcdeF",
		"0123456789ABCDEF0123456789abcdef.names",
		"x.names",
		"notes.txt",
		".names",
	};
	static const char stale[] = "00000000000000000000000000000001.names.0123456789abcdef";
	static const char fresh[] = "00000000000000000000000000000002.names.0123456789abcdef";
	static const char folder[] = "00000000000000000000000000000003.names";
	static const char link[] = "00000000000000000000000000000004.names";
	struct hp_folder_limits limits = {.file_bytes = 1 << 20, .bytes = 1 << 20, .files = 9};
	const struct hp_folder_limits few = {.file_bytes = 1 << 20, .bytes = 1 << 30, .files = 2};
	char names[4][HP_FOLDER_NAME_MAX];
	struct hp_cache_id id = some;
	char key[16];

	(void)state;
	id.key = key;
	for (int i = 0; i < 4; i++) {
		(void)snprintf(key, sizeof(key), "key %d", i);
		hp_folder_name(names[i], hp_slice_str(key));
		if (i == 3) {
			for (size_t k = 0; k < HP_LEN(foreign); k++)
				write_file(path_in(foreign[k]), "mine", 4);
			write_file(path_in(stale), "half", 4);
			set_age(stale, 3700);
			write_file(path_in(fresh), "half", 4);
			set_age(fresh, 3000);
			assert_int_equal(mkdir(path_in(folder), 0700), 0);
			assert_int_equal(symlink("notes.txt", path_in(link)), 0);
			for (int k = 0; k < 3; k++)
				set_age(names[k], 1000 + 1000 * k);
			/* reading makes it the one that was used last */
			assert_int_equal(
				count_known(&(struct hp_cache_id){"key 2", "", {0}}, 1000, ADDRS),
				ADDRS);
		}
		assert_int_equal(remember(&id, 1000, ADDRS, &limits), 0);
		limits.bytes = 3 * size_of(names[0]) + 100;
	}
	assert_true(is_there(names[3]));
	assert_true(is_there(names[2]));
	assert_true(is_there(names[0]));
	assert_false(is_there(names[1]));
	assert_false(is_there(stale));
	assert_true(is_there(fresh));
	assert_true(is_there(folder));
	assert_true(is_there(link));
	for (size_t k = 0; k < HP_LEN(foreign); k++)
		if (!is_there(foreign[k]))
			fail_msg("%s is gone", foreign[k]);
	set_age(fresh, 4000);
	set_age(names[0], 2000);
	assert_int_equal(remember(&id, 5000, 1, &few), 0);
	assert_true(is_there(names[3]));
	assert_true(is_there(names[2]));
	assert_false(is_there(names[0]));
	assert_false(is_there(fresh));
}

static void use_is_noted_once_a_minute(void **state)
{
	char name[HP_FOLDER_NAME_MAX];
	struct stat before;
	struct stat after;

	(void)state;
	hp_folder_name(name, hp_slice_str(some.key));
	assert_int_equal(remember(&some, 1000, 10, NULL), 0);
	set_age(name, 30);
	assert_int_equal(stat(path_in(name), &before), 0);
	assert_int_equal(count_known(&some, 1000, 10), 10);
	assert_int_equal(stat(path_in(name), &after), 0);
	assert_true(after.st_mtime == before.st_mtime);
	set_age(name, 90);
	assert_int_equal(count_known(&some, 1000, 10), 10);
	assert_int_equal(stat(path_in(name), &after), 0);
	assert_true(after.st_mtime >= time(NULL) - 5);
}

static void what_is_no_plain_file_is_left_alone(void **state)
{
	char name[HP_FOLDER_NAME_MAX];
	char aside[256];

	(void)state;
	hp_folder_name(name, hp_slice_str(some.key));
	assert_int_equal(remember(&some, 1000, 10, NULL), 0);
	(void)snprintf(aside, sizeof(aside), "%s", path_in("aside"));
	assert_int_equal(rename(path_in(name), aside), 0);
	assert_int_equal(symlink("aside", path_in(name)), 0);
	assert_int_equal(count_known(&some, 1000, 10), 0);
	assert_int_equal(unlink(path_in(name)), 0);
	assert_int_equal(mkfifo(path_in(name), 0600), 0); /* must not be waited for */
	assert_int_equal(count_known(&some, 1000, 10), 0);
	assert_int_equal(remember(&some, 1000, 10, NULL), 0); /* replaced */
	assert_int_equal(count_known(&some, 1000, 10), 10);
	assert_int_equal(unlink(path_in(name)), 0);
	assert_int_equal(mkdir(path_in(name), 0700), 0);
	assert_int_equal(count_known(&some, 1000, 10), 0);
	assert_int_equal(remember(&some, 1000, 10, NULL), HPROF_EIO);
	assert_false(is_there("x"));
}

static void folders_that_are_not_private_are_not_used(void **state)
{
	struct hprof_error err = HPROF_ERROR_INIT;
	struct hp_cache c;
	uint64_t files = 9;
	uint64_t bytes = 9;

	(void)state;
	assert_int_equal(hprof_cache_clear(dir, &files, &bytes, &err), 0);
	assert_true(files == 0 && bytes == 0);
	assert_int_equal(mkdir(path_in(""), 0700), 0);
	assert_int_equal(chmod(path_in(""), 0770), 0);
	assert_false(hp_cache_open(&c, dir, &some));
	assert_int_equal(hprof_cache_usable(dir, &err), HPROF_EFILE);
	assert_non_null(strstr(err.message, "other users can write"));
	assert_int_equal(hprof_cache_clear(dir, &files, &bytes, NULL), HPROF_EFILE);
	assert_int_equal(chmod(path_in(""), 0700), 0);
	assert_int_equal(hprof_cache_usable(dir, NULL), 0);
	if (geteuid() == 0) {
		err = (struct hprof_error)HPROF_ERROR_INIT;
		assert_int_equal(chown(path_in(""), 12345, (gid_t)-1), 0);
		assert_false(hp_cache_open(&c, dir, &some));
		assert_int_equal(hprof_cache_usable(dir, &err), HPROF_EFILE);
		assert_non_null(strstr(err.message, "another user"));
		assert_int_equal(rmdir(path_in("")), 0);
		assert_int_equal(chown(dir, 12345, (gid_t)-1), 0);
		assert_int_equal(hprof_cache_usable(dir, NULL), HPROF_EFILE);
		assert_int_equal(remember(&some, 1, 1, NULL), HPROF_EIO);
		assert_false(is_there(""));
		assert_int_equal(mkdir(path_in(""), 0700), 0);
	}
	assert_int_equal(rmdir(path_in("")), 0);
	write_file(path_in(""), "a file", 6);
	assert_false(hp_cache_open(&c, dir, &some));
	assert_int_equal(unlink(path_in("")), 0);
	assert_int_equal(symlink("/tmp", path_in("")), 0);
	assert_false(hp_cache_open(&c, dir, &some));
}

struct seen {
	uint64_t n, usable, addresses, bytes;
	char file[64], build_id[64];
};

static void see(void *ctx, const struct hprof_cache_entry *e)
{
	struct seen *s = ctx;

	s->n++;
	s->usable += e->usable;
	s->addresses += e->addresses;
	s->bytes += e->bytes;
	if (e->usable) {
		(void)snprintf(s->file, sizeof(s->file), "%s", e->file);
		(void)snprintf(s->build_id, sizeof(s->build_id), "%s", e->build_id);
	}
}

static void entries_are_listed_and_cleared(void **state)
{
	struct seen s = {0};
	uint64_t files = 0;
	uint64_t bytes = 0;

	(void)state;
	assert_int_equal(hprof_cache_list(dir, see, &s, NULL), 0);
	assert_int_equal(s.n, 0);
	assert_false(is_there("")); /* looking makes nothing */
	assert_int_equal(remember(&some, 1000, 10, NULL), 0);
	write_file(path_in("00000000000000000000000000000001.names"), "damaged", 7);
	write_file(path_in("notes.txt"), "mine", 4);
	assert_int_equal(hprof_cache_list(dir, see, &s, NULL), 0);
	assert_int_equal(s.n, 2);
	assert_int_equal(s.usable, 1);
	assert_int_equal(s.addresses, 10);
	assert_string_equal(s.file, "/bin/x");
	assert_string_equal(s.build_id, "01");
	assert_int_equal(hprof_cache_clear(dir, &files, &bytes, NULL), 0);
	assert_int_equal(files, 2);
	assert_int_equal(bytes, s.bytes);
	assert_true(is_there("notes.txt"));
	s.n = 0;
	assert_int_equal(hprof_cache_list(dir, see, &s, NULL), 0);
	assert_int_equal(s.n, 0);
}

static void processes_do_not_disturb_each_other(void **state)
{
	enum { PROCESSES = 8, ROUNDS = 20 };
	pid_t pid[PROCESSES];
	int status;

	(void)state;
	for (uint32_t i = 0; i < PROCESSES; i++) {
		pid[i] = fork();
		assert_true(pid[i] >= 0);
		if (pid[i] == 0) {
			int wrong = 0;

			for (uint32_t k = 0; k < ROUNDS; k++)
				wrong |= remember(&some, 1000 + 100 * i + 13 * k, ADDRS, NULL);
			_exit(wrong != 0);
		}
	}
	for (uint32_t i = 0; i < PROCESSES; i++) {
		assert_int_equal(waitpid(pid[i], &status, 0), pid[i]);
		assert_int_equal(status, 0);
	}
	assert_true(count_known(&some, 1000, 1000) >= ADDRS);
	assert_int_equal(remember(&some, 1000, ADDRS, NULL), 0);
	assert_int_equal(count_known(&some, 1000, ADDRS), ADDRS);
}

static void ten_thousand_answers_take_milliseconds(void **state)
{
	enum { MANY = 10000 };
	struct timespec a;
	struct timespec b;
	struct hp_cache c;
	uint32_t frames = 0;
	uint32_t row;
	uint32_t first;
	uint32_t n;
	double ms;

	(void)state;
	assert_int_equal(remember(&some, 1000, MANY, NULL), 0);
	(void)clock_gettime(CLOCK_MONOTONIC, &a);
	assert_true(hp_cache_open(&c, dir, &some));
	for (uint32_t i = 0; i < MANY; i++) {
		row = hp_cache_row(&c, 1000 + 2 * i);
		assert_true(row != UINT32_MAX);
		n = hp_image_frames(&c.image, row, &first);
		for (uint32_t k = 0; k < n; k++)
			frames += hp_image_func(&c.image, hp_image_frame(&c.image, first + k).func)
					  .name.len > 0;
	}
	(void)clock_gettime(CLOCK_MONOTONIC, &b);
	hp_cache_close(&c);
	ms = (double)(b.tv_sec - a.tv_sec) * 1e3 + (double)(b.tv_nsec - a.tv_nsec) / 1e6;
	print_message("# %d answers, %u frames: %.2f ms\n", MANY, frames, ms);
	assert_true(frames > MANY / 2);
	assert_true(ms < 500); /* a hundred times what it takes: sanitizers, busy machines */
}

static int make_scratch(void **state)
{
	(void)state;
	return mkdtemp(scratch) ? 0 : -1;
}

static int remove_scratch(void **state)
{
	char command[64];

	(void)state;
	(void)snprintf(command, sizeof(command), "rm -rf %s", scratch);
	return system(command);
}

#define CASE(f) cmocka_unit_test_setup(f, begin)

int main(void)
{
	const struct CMUnitTest cases[] = {
		CASE(answers_come_back),
		CASE(old_and_new_answers_are_merged),
		CASE(failed_batches_are_not_written),
		CASE(keys_are_kept_apart),
		CASE(every_file_counts_in_the_key),
		CASE(damaged_files_count_as_absent),
		CASE(wrong_numbers_are_refused),
		CASE(one_file_has_a_limit),
		CASE(the_folder_has_a_limit),
		CASE(use_is_noted_once_a_minute),
		CASE(what_is_no_plain_file_is_left_alone),
		CASE(folders_that_are_not_private_are_not_used),
		CASE(entries_are_listed_and_cleared),
		CASE(processes_do_not_disturb_each_other),
		CASE(ten_thousand_answers_take_milliseconds),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(cases, make_scratch, remove_scratch);
}
