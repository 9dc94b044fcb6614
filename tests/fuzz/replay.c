/*
 * replay.c - the fuzz target without a fuzzer: each file given, every prefix of it (or every Pth),
 * and N random changes of it; "replay -n N -p P -s SEED -o 1 FILE...".  Each input is a copy of
 * exactly its size, so that reading past its end is seen.  -o 1: every output has to be written
 * once.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

/* Of targets that write outputs: a result for each, whether it was written; 0 if all were. */
__attribute__((weak)) int fuzz_report(void);

/* Of targets that know their format. */
__attribute__((weak)) size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t len, size_t cap,
						     unsigned seed);

static uint64_t state;

/* xorshift64*: the same sequence everywhere. */
static uint64_t next(void)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return state * UINT64_C(0x2545f4914f6cdd1d);
}

static void run(const uint8_t *bytes, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);

	if (!copy)
		abort();
	memcpy(copy, bytes, len);
	LLVMFuzzerTestOneInput(copy, len);
	free(copy);
}

/*
 * One to four changes: a byte, a deletion, a doubled run, a number in place of a digit; mostly
 * those of the target itself, if it has some.
 */
static size_t mutate(uint8_t *b, size_t len, size_t cap)
{
	static const char *const words[] = {
		"18446744073709551615", "0", "-1", "@", "\n", "t*:", "0xffffffffffffffff",
		"MAPPED_LIBRARIES:",    "]", " "};

	if (LLVMFuzzerCustomMutator && next() % 8)
		return LLVMFuzzerCustomMutator(b, len, cap, (unsigned)next());
	for (uint64_t n = 1 + next() % 4; n > 0 && len > 0; n--) {
		size_t at = next() % len, size = 1 + next() % 32;
		const char *word = words[next() % (sizeof(words) / sizeof(words[0]))];
		size_t word_len = strlen(word);

		if (size > len - at)
			size = len - at;
		switch (next() % 4) {
		case 0:
			b[at] = (uint8_t)next();
			break;
		case 1:
			memmove(b + at, b + at + size, len - at - size);
			len -= size;
			break;
		case 2:
			if (len + size > cap)
				break;
			memmove(b + at + size, b + at, len - at);
			len += size;
			break;
		default:
			if (len + word_len > cap)
				break;
			memmove(b + at + word_len, b + at, len - at);
			memcpy(b + at, word, word_len);
			len += word_len;
			break;
		}
	}
	return len;
}

static uint8_t *read_file(const char *path, size_t *len)
{
	FILE *f = fopen(path, "rb");
	uint8_t *bytes = malloc(1 << 20);

	if (!f || !bytes) {
		perror(path);
		exit(1);
	}
	*len = fread(bytes, 1, 1 << 20, f);
	if (ferror(f)) {
		perror(path);
		exit(1);
	}
	fclose(f);
	return bytes;
}

int main(int argc, char **argv)
{
	unsigned long changes = 0, stride = 1;
	size_t inputs = 0;
	bool all_outputs = false;
	int i = 1;

	state = 1;
	for (; i + 1 < argc && argv[i][0] == '-'; i += 2) {
		if (strcmp(argv[i], "-n") == 0)
			changes = strtoul(argv[i + 1], NULL, 10);
		else if (strcmp(argv[i], "-p") == 0)
			stride = strtoul(argv[i + 1], NULL, 10);
		else if (strcmp(argv[i], "-o") == 0)
			all_outputs = true;
		else
			state = strtoul(argv[i + 1], NULL, 10) | 1;
	}
	for (; i < argc; i++) {
		size_t len;
		uint8_t *bytes = read_file(argv[i], &len), *copy = malloc(len + 4096);

		if (!copy)
			abort();
		for (size_t n = 0; n <= len; n += stride ? stride : 1, inputs++)
			run(bytes, n);
		run(bytes, len);
		for (unsigned long n = 0; n < changes; n++, inputs++) {
			memcpy(copy, bytes, len);
			run(copy, mutate(copy, len, len + 4096));
		}
		free(copy);
		free(bytes);
	}
	printf("ok - %zu inputs\n", inputs);
	return all_outputs && fuzz_report && fuzz_report();
}
