/*
 * foreign.c - files that people hand to a heap-profile tool and that are not read here:
 * recognised, so that the refusal can call them by their name.
 */
#include "formats/format.h"

#include "analyzer/base/scan.h"
#include "analyzer/base/unpack.h"

static enum hp_match starts(struct hp_slice head, struct hp_slice magic)
{
	return hp_slice_starts(head, magic) ? HP_MATCH_SURE : HP_MATCH_NO;
}

/* Whether @word stands in the first @n bytes. */
static bool holds(struct hp_slice head, size_t n, struct hp_slice word)
{
	if (n > head.len)
		n = head.len;
	return word.len <= n && memmem(head.ptr, n, word.ptr, word.len) != NULL;
}

static enum hp_match empty(struct hp_slice head)
{
	return head.len == 0 ? HP_MATCH_SURE : HP_MATCH_NO;
}

static enum hp_match elf(struct hp_slice head)
{
	return starts(head, HP_LIT("\177ELF"));
}

static enum hp_match unsampled(struct hp_slice head)
{
	return starts(head, HP_LIT("This malloc implementation does not support sampling"));
}

static enum hp_match contention(struct hp_slice head)
{
	if (hp_slice_starts(head, HP_LIT("--- contention")) ||
	    hp_slice_starts(head, HP_LIT("--- Stacks:")))
		return HP_MATCH_SURE;
	return HP_MATCH_NO;
}

static enum hp_match callgrind(struct hp_slice head)
{
	return hp_slice_starts(head, HP_LIT("# callgrind format")) ? HP_MATCH_LIKELY : HP_MATCH_NO;
}

static enum hp_match heaptrack(struct hp_slice head)
{
	struct hp_slice s = head;
	uint64_t version;

	if (!hp_scan_text(&s, HP_LIT("v ")) || !hp_scan_hex(&s, &version))
		return HP_MATCH_NO;
	return s.len && (*s.ptr == ' ' || *s.ptr == '\n') ? HP_MATCH_LIKELY : HP_MATCH_NO;
}

static enum hp_match json_with(struct hp_slice head, struct hp_slice key)
{
	if (!head.len || (head.ptr[0] != '{' && head.ptr[0] != '['))
		return HP_MATCH_NO;
	return holds(head, head.len, key) ? HP_MATCH_SURE : HP_MATCH_NO;
}

static enum hp_match dhat(struct hp_slice head)
{
	return json_with(head, HP_LIT("\"dhatFileVersion\""));
}

static enum hp_match prof_log(struct hp_slice head)
{
	return json_with(head, HP_LIT("\"lg_sample_rate\""));
}

static enum hp_match prof_recent(struct hp_slice head)
{
	return json_with(head, HP_LIT("\"recent_alloc_max\""));
}

static enum hp_match v8_snapshot(struct hp_slice head)
{
	return json_with(head, HP_LIT("\"snapshot\""));
}

static enum hp_match memcheck(struct hp_slice head)
{
	if (hp_slice_starts(head, HP_LIT("<?xml")) && holds(head, 512, HP_LIT("<valgrindoutput>")))
		return HP_MATCH_SURE;
	if (hp_slice_starts(head, HP_LIT("==")) && holds(head, 256, HP_LIT("Memcheck")))
		return HP_MATCH_SURE;
	return HP_MATCH_NO;
}

static enum hp_match sanitizer(struct hp_slice head)
{
	return holds(head, head.len, HP_LIT("ERROR: LeakSanitizer:")) ? HP_MATCH_LIKELY
								      : HP_MATCH_NO;
}

static enum hp_match mtrace(struct hp_slice head)
{
	return starts(head, HP_LIT("= Start\n"));
}

static enum hp_match perf_data(struct hp_slice head)
{
	return starts(head, HP_LIT("PERFILE2"));
}

static enum hp_match packed_twice(struct hp_slice head)
{
	return hp_unpacker_of(head) ? HP_MATCH_SURE : HP_MATCH_NO;
}

/*
 * A CPU profile of gperftools begins with machine words 0, 3, 0, the period in microseconds
 * and 0, of 4 or 8 bytes in either byte order.
 */
static enum hp_match cpu_profile(struct hp_slice head)
{
	for (size_t width = 4; width <= 8; width += 4) {
		size_t threes = 0, zeros = 0;

		if (head.len < 5 * width)
			continue;
		for (size_t i = 0; i < 3 * width; i++) {
			threes += head.ptr[i] == 3;
			zeros += head.ptr[i] == 0;
		}
		if (threes == 1 && zeros == 3 * width - 1 &&
		    (head.ptr[width] == 3 || head.ptr[2 * width - 1] == 3))
			return HP_MATCH_SURE;
	}
	return HP_MATCH_NO;
}

/* Snapshot.dump() of Python's tracemalloc: a pickle whose first name is that of the module. */
static enum hp_match tracemalloc(struct hp_slice head)
{
	if (head.len && (unsigned char)head.ptr[0] == 0x80 &&
	    holds(head, 64, HP_LIT("tracemalloc")))
		return HP_MATCH_SURE;
	return HP_MATCH_NO;
}

static enum hp_match memray(struct hp_slice head)
{
	return starts(head, HP_LIT("memray\0"));
}

static enum hp_match java(struct hp_slice head)
{
	return starts(head, HP_LIT("JAVA PROFILE 1.0"));
}

#define FOREIGN(name, summary, probe)                                                              \
	{                                                                                          \
		{(name), (summary), false}, (probe), NULL                                          \
	}

const struct hp_format hp_foreign_formats[] = {
	FOREIGN("empty", "an empty file", empty),
	FOREIGN("elf", "an ELF file (a program, a library or a core dump)", elf),
	FOREIGN("gperftools-none", "the reply of a gperftools build without sampling", unsampled),
	FOREIGN("contention", "a contention profile", contention),
	FOREIGN("cpu", "a gperftools CPU profile", cpu_profile),
	FOREIGN("callgrind", "a callgrind file of a CPU profiler", callgrind),
	FOREIGN("heaptrack", "a heaptrack recording", heaptrack),
	FOREIGN("dhat", "a DHAT file", dhat),
	FOREIGN("jemalloc-log", "a prof_log file of jemalloc", prof_log),
	FOREIGN("jemalloc-recent", "a prof_recent file of jemalloc", prof_recent),
	FOREIGN("v8", "a V8 heap snapshot", v8_snapshot),
	FOREIGN("memcheck", "a valgrind memcheck report", memcheck),
	FOREIGN("sanitizer", "a LeakSanitizer report", sanitizer),
	FOREIGN("mtrace", "an mtrace log", mtrace),
	FOREIGN("tracemalloc", "a snapshot of Python's tracemalloc", tracemalloc),
	FOREIGN("memray", "a memray recording", memray),
	FOREIGN("java", "a heap dump of Java (its objects, not its allocation sites)", java),
	FOREIGN("perf", "a perf.data file", perf_data),
	FOREIGN("packed", "a file that was compressed twice (unpack it once)", packed_twice),
	{{NULL, NULL, false}, NULL, NULL},
};
