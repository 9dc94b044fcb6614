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
MODE_asan := -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
MODE_fuzz := -O1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
ALL_CFLAGS := -std=c11 -D_GNU_SOURCE -I. -fPIC -fvisibility=hidden $(WARN) $(CFLAGS) $(MODE_$(BUILD))
LIBS := -lpcre2-8 -lz -lzstd -ldw -lelf -liberty -lm

LIB_SRC := $(sort $(wildcard analyzer/base/*.c analyzer/model/*.c analyzer/symbolize/*.c \
	analyzer/ops/*.c formats/*.c render/*.c))
CLI_SRC := $(sort $(wildcard analyzer/cli/*.c))
LIB_OBJ := $(LIB_SRC:%.c=$O/%.o)
CLI_OBJ := $(CLI_SRC:%.c=$O/%.o)

.PHONY: all
all: build/hprof ## build the tool, at build/hprof

build/hprof: $O/hprof
	@cp -f $< $@

$O/hprof: $(CLI_OBJ) $O/libhprof.a
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $(CLI_OBJ) $O/libhprof.a $(LIBS)

$O/libhprof.a: $(LIB_OBJ)
	$(Q)rm -f $@ && $(AR) rcs $@ $(LIB_OBJ)

$O/%.o: %.c $O/flags
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# Rebuild when the compiler or its flags change.
$O/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(CC) $(ALL_CFLAGS)' | cmp -s - $@ || echo '$(CC) $(ALL_CFLAGS)' > $@
.PHONY: FORCE
FORCE:

-include $(LIB_OBJ:.o=.d) $(CLI_OBJ:.o=.d)

ifneq ($(V),1)
Q := @
endif
