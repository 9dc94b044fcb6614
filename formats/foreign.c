/*
 * foreign.c - files that people hand to a heap-profile tool and that are not read here:
 * recognised, so that the refusal can call them by their name.
 */
#include "formats/format.h"

#include <strings.h>

#include "analyzer/base/binary.h"
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

static bool is_callgrind(struct hp_slice head)
{
	struct hp_slice line;

	if (hp_slice_starts(head, HP_LIT("# callgrind format")))
		return true;
	if (!hp_slice_starts(head, HP_LIT("version: ")) &&
	    !hp_slice_starts(head, HP_LIT("creator: ")) &&
	    !hp_slice_starts(head, HP_LIT("events:")))
		return false;
	while (hp_slice_line(&head, &line))
		if (hp_slice_starts(line, HP_LIT("events: ")))
			return true;
	return false;
}

static enum hp_match callgrind(struct hp_slice head)
{
	return is_callgrind(head) ? HP_MATCH_LIKELY : HP_MATCH_NO;
}

static enum hp_match hprof_callgrind(struct hp_slice head)
{
	return is_callgrind(head) && holds(head, 512, HP_LIT("\ncreator: hprof")) ? HP_MATCH_SURE
										  : HP_MATCH_NO;
}

/* memprof_dump_callgrind() of PHP's memprof: its events are sizes and numbers of blocks. */
static enum hp_match php_callgrind(struct hp_slice head)
{
	return is_callgrind(head) && (holds(head, head.len, HP_LIT("events: Memory")) ||
				      holds(head, head.len, HP_LIT("events: BlocksCount")))
		       ? HP_MATCH_SURE
		       : HP_MATCH_NO;
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
	if (!hp_format_is_json(head))
		return HP_MATCH_NO;
	return holds(head, head.len, key) ? HP_MATCH_SURE : HP_MATCH_NO;
}

bool hp_format_is_json(struct hp_slice head)
{
	while (head.len && strchr(" \t\r\n", head.ptr[0]) && head.ptr[0])
		head = hp_slice_from(head, 1);
	if (!head.len || (head.ptr[0] != '{' && head.ptr[0] != '['))
		return false;
	do
		head = hp_slice_from(head, 1);
	while (head.len && strchr(" \t\r\n", head.ptr[0]) && head.ptr[0]);
	return head.len && strchr("{[]}\"-0123456789tfn", head.ptr[0]) && head.ptr[0];
}

static enum hp_match hprof_json(struct hp_slice head)
{
	return json_with(head, HP_LIT("\"schema\":\"hprof/"));
}

static enum hp_match speedscope(struct hp_slice head)
{
	return json_with(head, HP_LIT("www.speedscope.app/file-format-schema"));
}

/* The members of Seastar's sampled_memory_profile, as Redpanda's /v1/debug shows them. */
static enum hp_match seastar(struct hp_slice head)
{
	return json_with(head, HP_LIT("\"allocation_sites\""));
}

static enum hp_match jemalloc_stats(struct hp_slice head)
{
	if (holds(head, head.len, HP_LIT("___ Begin jemalloc statistics ___")))
		return HP_MATCH_LIKELY;
	return holds(head, 64, HP_LIT("\"jemalloc\"")) ? json_with(head, HP_LIT("\"version\""))
						       : HP_MATCH_NO;
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

static enum hp_match heap_checker(struct hp_slice head)
{
	return holds(head, head.len, HP_LIT("Leak check ")) &&
			       holds(head, head.len, HP_LIT(" detected leaks of "))
		       ? HP_MATCH_LIKELY
		       : HP_MATCH_NO;
}

static enum hp_match memleak(struct hp_slice head)
{
	return holds(head, head.len, HP_LIT(" stacks with outstanding allocations:"))
		       ? HP_MATCH_LIKELY
		       : HP_MATCH_NO;
}

static enum hp_match mzfg(struct hp_slice head)
{
	return holds(head, 256, HP_LIT("mz_fg_version: ")) ? HP_MATCH_LIKELY : HP_MATCH_NO;
}

/* Of Java, by the same tool that shows heaps of C++: "--- heapz 1 ---", "format = java". */
static enum hp_match java_text(struct hp_slice head)
{
	return hp_slice_starts(head, HP_LIT("--- ")) && holds(head, 256, HP_LIT("\nformat = java"))
		       ? HP_MATCH_SURE
		       : HP_MATCH_NO;
}

/* --- pictures, pages, tables --- */

/* Without a byte-order mark, the head of XML, and comments. */
static struct hp_slice markup_of(struct hp_slice s)
{
	(void)hp_scan_text(&s, HP_LIT("\xef\xbb\xbf")); /* there or not */
	for (;;) {
		const char *end;
		bool comment;

		while (s.len && strchr(" \t\r\n", s.ptr[0]) && s.ptr[0])
			s = hp_slice_from(s, 1);
		comment = hp_slice_starts(s, HP_LIT("<!--"));
		if (!comment && !hp_slice_starts(s, HP_LIT("<?")))
			return s;
		end = comment ? memmem(s.ptr, s.len, "-->", 3) : memmem(s.ptr, s.len, "?>", 2);
		if (!end)
			return s;
		s = hp_slice_from(s, (size_t)(end - s.ptr) + (comment ? 3 : 2));
	}
}

static enum hp_match svg(struct hp_slice head)
{
	struct hp_slice s = markup_of(head);

	return hp_slice_starts(s, HP_LIT("<svg")) || hp_slice_starts(s, HP_LIT("<!DOCTYPE svg"))
		       ? HP_MATCH_SURE
		       : HP_MATCH_NO;
}

static enum hp_match html(struct hp_slice head)
{
	static const char doctype[] = "<!doctype html", root[] = "<html";
	struct hp_slice s = markup_of(head);

	return (s.len >= sizeof(doctype) - 1 &&
		strncasecmp(s.ptr, doctype, sizeof(doctype) - 1) == 0) ||
			       (s.len >= sizeof(root) - 1 &&
				strncasecmp(s.ptr, root, sizeof(root) - 1) == 0)
		       ? HP_MATCH_SURE
		       : HP_MATCH_NO;
}

static enum hp_match picture(struct hp_slice head)
{
	return hp_slice_starts(head, HP_LIT("\x89PNG\r\n")) ||
			       hp_slice_starts(head, HP_LIT("%PDF-")) ||
			       hp_slice_starts(head, HP_LIT("GIF8")) ||
			       hp_slice_starts(head, HP_LIT("\xff\xd8\xff"))
		       ? HP_MATCH_SURE
		       : HP_MATCH_NO;
}

static enum hp_match graph(struct hp_slice head)
{
	return hp_slice_starts(head, HP_LIT("digraph ")) ? HP_MATCH_LIKELY : HP_MATCH_NO;
}

/* Lines "outer;...;inner <value>", all that are whole. */
static enum hp_match folded(struct hp_slice head)
{
	struct hp_slice line;
	bool joined = false;
	size_t n = 0;

	for (; hp_slice_line(&head, &line); n++) {
		size_t digits = 0;

		if (!head.len && n) /* it may be cut */
			break;
		while (line.len && line.ptr[line.len - 1] == '\r')
			line.len--;
		while (digits < line.len && line.ptr[line.len - 1 - digits] >= '0' &&
		       line.ptr[line.len - 1 - digits] <= '9')
			digits++;
		if (!digits || digits + 2 > line.len || line.ptr[line.len - 1 - digits] != ' ')
			return HP_MATCH_NO;
		joined |= memchr(line.ptr, ';', line.len) != NULL;
	}
	return joined ? HP_MATCH_MAYBE : HP_MATCH_NO;
}

/* --- programs of other systems --- */

static enum hp_match macho(struct hp_slice head)
{
	return hp_is_macho(head) ? HP_MATCH_SURE : HP_MATCH_NO;
}

static enum hp_match windows(struct hp_slice head)
{
	return hp_is_pe(head) ? HP_MATCH_SURE : HP_MATCH_NO;
}

static enum hp_match java_class(struct hp_slice head)
{
	return hp_slice_starts(head, HP_LIT("\xca\xfe\xba\xbe")) && !hp_is_macho(head)
		       ? HP_MATCH_SURE
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
	FOREIGN("mach-o", "a Mach-O file of macOS (programs are read as ELF files only)", macho),
	FOREIGN("pe", "a PE file of Windows (programs are read as ELF files only)", windows),
	FOREIGN("class", "a class file of Java", java_class),
	FOREIGN("gperftools-none", "the reply of a gperftools build without sampling", unsampled),
	FOREIGN("contention", "a contention profile", contention),
	FOREIGN("cpu", "a gperftools CPU profile", cpu_profile),
	FOREIGN("heap-checker",
		"what gperftools' heap checker prints (the profile is the .heap file that it "
		"names)",
		heap_checker),
	FOREIGN("php-callgrind",
		"a callgrind file of PHP's memprof (memprof_dump_pprof() writes one that is read)",
		php_callgrind),
	FOREIGN("hprof-callgrind", "a callgrind file that hprof wrote", hprof_callgrind),
	FOREIGN("callgrind", "a callgrind file of a CPU profiler", callgrind),
	FOREIGN("heaptrack", "a heaptrack recording", heaptrack),
	FOREIGN("hprof-json", "JSON that hprof wrote", hprof_json),
	FOREIGN("speedscope", "a speedscope file", speedscope),
	FOREIGN("dhat", "a DHAT file", dhat),
	FOREIGN("jemalloc-log", "a prof_log file of jemalloc", prof_log),
	FOREIGN("jemalloc-recent", "a prof_recent file of jemalloc", prof_recent),
	FOREIGN("jemalloc-stats", "the statistics of jemalloc, without allocation sites",
		jemalloc_stats),
	FOREIGN("seastar", "a sampled_memory_profile of Seastar (Redpanda), in JSON", seastar),
	FOREIGN("v8", "a V8 heap snapshot", v8_snapshot),
	FOREIGN("memcheck", "a valgrind memcheck report", memcheck),
	FOREIGN("sanitizer", "a LeakSanitizer report", sanitizer),
	FOREIGN("mtrace", "an mtrace log", mtrace),
	FOREIGN("tracemalloc", "a snapshot of Python's tracemalloc", tracemalloc),
	FOREIGN("memleak", "a report of bcc's memleak", memleak),
	FOREIGN("mzfg", "a flame graph of Materialize (.mzfg)", mzfg),
	FOREIGN("memray", "a memray recording", memray),
	FOREIGN("java", "a heap dump of Java (its objects, not its allocation sites)", java),
	FOREIGN("java-text", "a heap profile of Java in text (\"format = java\")", java_text),
	FOREIGN("svg", "a picture (SVG)", svg),
	FOREIGN("html", "a page (HTML)", html),
	FOREIGN("picture", "a picture or document (PNG, GIF, JPEG, PDF)", picture),
	FOREIGN("dot", "a graph for graphviz", graph),
	FOREIGN("folded", "a file of folded stacks, which flame graphs are made from", folded),
	FOREIGN("perf", "a perf.data file", perf_data),
	FOREIGN("packed", "a file that was compressed twice (unpack it once)", packed_twice),
	{{NULL, NULL, false}, NULL, NULL},
};
