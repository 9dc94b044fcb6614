# hprof - offline heap-profile analysis
BUILD ?= release
O := build/$(BUILD)
CFLAGS ?= -O2 -g
PREFIX ?= /usr/local
DESTDIR ?=
VERSION := $(shell sed -n 's/^\#define HPROF_VERSION "\(.*\)"/\1/p' analyzer/hprof.h)

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes \
	-Wmissing-prototypes -Wvla -Wformat=2 -Wwrite-strings -Wundef -Wcast-qual \
	-Wimplicit-fallthrough -Wdouble-promotion
ifeq ($(WERROR),1)
WARN += -Werror
endif
MODE_release := -D_FORTIFY_SOURCE=2 -fstack-protector-strong
MODE_debug := -O0
MODE_asan := -O1 -DHP_CHECKED -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
MODE_asan-clang := $(MODE_asan)
MODE_fuzz := -O1 -DHP_CHECKED -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
ALL_CFLAGS := -std=c11 -D_GNU_SOURCE -I. -fPIC -fvisibility=hidden $(WARN) $(CFLAGS) $(MODE_$(BUILD))
LIBS := -lpcre2-8 -lz -lbz2 -llzma -lzstd -ldeflate -ldw -lelf -liberty -lm

LIB_SRC := $(sort $(wildcard analyzer/base/*.c analyzer/model/*.c analyzer/symbolize/*.c \
	analyzer/symbolize/*/*.c 	analyzer/ops/*.c formats/*.c render/*.c))
CLI_SRC := $(sort $(wildcard analyzer/cli/*.c))
LIB_OBJ := $(LIB_SRC:%.c=$O/%.o) $O/web.o
CLI_OBJ := $(CLI_SRC:%.c=$O/%.o)

ifneq ($(V),1)
Q := @
endif

.PHONY: all
all: build/hprof ## build the tool, at build/hprof

build/hprof: $O/hprof
	@cp -f $< $@

$O/hprof: $(CLI_OBJ) $O/libhprof.a
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $(CLI_OBJ) $O/libhprof.a $(LIBS)

$O/libhprof.a: $(LIB_OBJ)
	$(Q)rm -f $@ && $(AR) rcs $@ $(LIB_OBJ)

$O/%.o: %.c $O/flags | $O/headers
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# Scripts and style sheets that pictures and pages carry.
WEB_PAGE := core.js app.js page/views.js page/state.js page/layout.js page/canvas.js page/words.js \
	page/move.js page/menu.js page/table.js page/save.js page/controls.js page/link.js page/main.js
WEB := svg_js=core.js+app.js+svg.js page_js=$(subst $() ,+,$(strip $(WEB_PAGE))) page_css=page.css

$O/web.c: render/web/embed.sh $(wildcard render/web/*.* render/web/page/*.js) Makefile
	@mkdir -p $(@D)
	$(Q)render/web/embed.sh $(WEB) > $@.new && mv $@.new $@

.PHONY: web-parts
web-parts:
	@echo $(WEB)

$O/web.o: $O/web.c $O/flags
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# Rebuild when the compiler or its flags change.
$O/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(CC) $(ALL_CFLAGS)' | cmp -s - $@ || echo '$(CC) $(ALL_CFLAGS)' > $@
.PHONY: FORCE
FORCE:

# Whether the compiler finds the headers of other libraries; if not, which packages have them.
$O/headers: $O/flags
	@sed -n 's/^\(#include <.*>\).*/\1/p' $(LIB_SRC) $(CLI_SRC) | sort -u | \
		$(CC) $(ALL_CFLAGS) -DPCRE2_CODE_UNIT_WIDTH=8 -fsyntax-only -x c - 2> $@.log || \
		{ grep -m 1 -i -E 'error|not found' $@.log; .ci/deps --ask build; exit 1; }
	@mv $@.log $@

-include $(LIB_OBJ:.o=.d) $(CLI_OBJ:.o=.d)


# --- tests ---

TEST_SRC := $(sort $(wildcard tests/unit/test_*.c))
TEST_BIN := $(TEST_SRC:tests/unit/%.c=$O/tests/%)

$O/tests/%: tests/unit/%.c $O/libhprof.a $O/flags
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -MMD -MP -o $@ $< $O/libhprof.a -lcmocka -ljansson $(LIBS)
-include $(TEST_BIN:%=%.d)

# Targets of fuzzing, and what each begins with besides its own corpus.
FUZZ := $(patsubst tests/fuzz/%.c,%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
SEEDS_fuzz_load := testdata/jemalloc/ok testdata/jemalloc/bad testdata/gperftools/ok \
	testdata/massif/ok testdata/massif/bad testdata/symbolized/ok \
	testdata/pprof/ok testdata/pprof/bad
SEEDS_fuzz_cache := testdata/cache
SEEDS_fuzz_dwarf := build/fuzz/seeds/elf
SEEDS_fuzz_symtab := build/fuzz/seeds/elf
SEEDS_fuzz_split := build/fuzz/seeds/pair
SEEDS_fuzz_lines := build/fuzz/seeds/lines
SEEDS_fuzz_several := build/fuzz/seeds/several

$O/tests/replay_%: tests/fuzz/replay.c tests/fuzz/fuzz_%.c $(wildcard tests/fuzz/*.h) $O/libhprof.a $O/flags
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $(filter %.c,$^) $O/libhprof.a $(LIBS)

# What allocates: oom.c makes each of them fail.
WRAPPED := malloc calloc realloc reallocarray strdup strndup asprintf vasprintf realpath opendir fdopendir fopen scandir

$O/tests/oom: tests/oom/oom.c $O/libhprof.a $O/flags
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ tests/oom/oom.c $O/libhprof.a $(LIBS) \
		$(WRAPPED:%=-Wl,--wrap=%)

# The tool, with its main() renamed, in a program that runs many command lines.
$O/tests/runner: tests/net/runner.c $(CLI_OBJ) $O/libhprof.a $O/flags
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -Wno-missing-prototypes -Dmain=hp_cli_main -c -o $O/tests/cli_main.o analyzer/cli/main.c
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ tests/net/runner.c $O/tests/cli_main.o $(filter-out %/main.o,$(CLI_OBJ)) \
		$O/libhprof.a $(LIBS) -Wl,--wrap=hprof_render

.PHONY: fuzz-library
fuzz-library:
	$(Q)$(MAKE) --no-print-directory BUILD=fuzz CC=clang build/fuzz/libhprof.a

build/fuzz/fuzz_%: tests/fuzz/fuzz_%.c fuzz-library
	$(Q)clang -std=c11 -D_GNU_SOURCE -I. -O1 -g -fsanitize=fuzzer,address,undefined \
		-fno-sanitize-recover=all -o $@ $< build/fuzz/libhprof.a $(LIBS)

.PHONY: unit-tests
unit-tests: $(TEST_BIN) $(FUZZ:fuzz_%=$O/tests/replay_%) $O/tests/oom $O/tests/runner

.PHONY: quick-tests
quick-tests: all $(TEST_BIN)

.PHONY: check
check: ## run all tests (installs what they need where it may); T="unit cli": these suites alone
	@.ci/deps build check
	@.ci/deps browser || echo "deps: the tests that need these are skipped" >&2
	@tests/run.sh $(if $T,--build $T)

.PHONY: check-quick
check-quick: ## below a minute after a build: rules of the code, unit tests, command lines
	@.ci/deps build check
	@tests/run.sh --quick

.PHONY: check-browser
check-browser: all ## the pictures and pages in a real browser, the exports in their viewers
	@.ci/deps browser || echo "deps: the tests that need these are skipped" >&2
	@tests/browser/all.sh

.PHONY: check-long
check-long: ## the tests that take hours: more runs, longer fuzzing
	@.ci/deps build check browser bench
	@tests/run.sh --long

.PHONY: lint
lint: ## layers, banned functions, format, headers, words
	@tests/lint/run.sh

FUZZ_SECONDS ?= 600
.PHONY: fuzz
fuzz: $(FUZZ:%=run-%) ## fuzz the readers with libFuzzer, FUZZ_SECONDS each

run-fuzz_%: build/fuzz/fuzz_% build/fuzz/seeds
	@mkdir -p build/fuzz/corpus/$(<F)
	LSAN_OPTIONS=print_suppressions=0:suppressions=tests/lsan.supp $< -max_total_time=$(FUZZ_SECONDS) \
		-max_len=16384 -timeout=120 -rss_limit_mb=2048 \
		build/fuzz/corpus/$(<F) $(SEEDS_$(<F))

# Small programs of many kinds: made anew when the script is.
build/fuzz/seeds: tests/fuzz/seeds.py
	$(Q)tests/fuzz/seeds.py $@ && touch $@

.PHONY: bench
bench: all ## time and memory beside the peers, as ratios; BIG=1: also on 1 GB of debug information
	@.ci/deps build check browser $(if $(BIG),bench)
	@tests/bench/run.py $(if $(BIG),--big)

# --- use ---

.PHONY: demo
demo: ## install what is missing, build, and look at a first real profile
	@.ci/deps build demo
	@echo 'building build/hprof ...'
	@$(MAKE) --no-print-directory $(if $(filter -j% --jobserver%,$(MAKEFLAGS)),,-j$(shell nproc || echo 1)) all
	@testdata/gen/demo.sh

.PHONY: pictures
pictures: all ## draw the pictures of the README anew
	@testdata/gen/pictures.sh testdata/pictures

.PHONY: format
format: ## lay out the code
	clang-format -i $(LIB_SRC) $(CLI_SRC) $(wildcard analyzer/*.h analyzer/*/*.h analyzer/*/*/*.h formats/*.h render/*.h \
		tests/*/*.c tests/*.h)

.PHONY: install
install: all $O/libhprof.so ## install the tool, the library and its header below PREFIX
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/lib/pkgconfig $(DESTDIR)$(PREFIX)/include
	install build/hprof $(DESTDIR)$(PREFIX)/bin/hprof
	install -m 644 analyzer/hprof.h $(DESTDIR)$(PREFIX)/include/hprof.h
	install -m 644 $O/libhprof.a $(DESTDIR)$(PREFIX)/lib/libhprof.a
	install $O/libhprof.so $(DESTDIR)$(PREFIX)/lib/libhprof.so.0
	ln -sf libhprof.so.0 $(DESTDIR)$(PREFIX)/lib/libhprof.so
	printf 'prefix=%s\nlibdir=$${prefix}/lib\nincludedir=$${prefix}/include\n\nName: hprof\nDescription: heap profiles, read and analysed\nVersion: %s\nCflags: -I$${includedir}\nLibs: -L$${libdir} -lhprof\nLibs.private: %s\n' \
		'$(PREFIX)' '$(VERSION)' '$(LIBS)' > $(DESTDIR)$(PREFIX)/lib/pkgconfig/hprof.pc

$O/libhprof.so: $(LIB_OBJ) Makefile
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -shared -Wl,-soname,libhprof.so.0 -Wl,--exclude-libs,ALL -o $@ $(LIB_OBJ) $(LIBS)

.PHONY: uninstall
uninstall: ## remove what install put there
	rm -f $(DESTDIR)$(PREFIX)/bin/hprof $(DESTDIR)$(PREFIX)/include/hprof.h \
		$(DESTDIR)$(PREFIX)/lib/libhprof.a $(DESTDIR)$(PREFIX)/lib/libhprof.so \
		$(DESTDIR)$(PREFIX)/lib/libhprof.so.0 $(DESTDIR)$(PREFIX)/lib/pkgconfig/hprof.pc

.PHONY: clean
clean: ## remove everything that was built
	rm -rf build

.PHONY: help
help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1\t\2/p' Makefile | expand -t 16
