#!/bin/sh
# run.sh - all test suites, one after the other; --long: more of each.
# Every suite prints lines "ok ..." and "not ok ..."; they are counted here.
cd "$(dirname "$0")/.." || exit 1
long=$1
logs=build/test-logs
mkdir -p $logs
passed=0
failed=0
skipped=0
export MAKEFLAGS= LC_ALL=C XDG_CACHE_HOME=/dev/null # nothing is remembered by the way
export LSAN_OPTIONS=print_suppressions=0:suppressions=$PWD/tests/lsan.supp

# suite NAME COMMAND...
suite() {
	name=$1
	shift
	begin=$(date +%s)
	"$@" > "$logs/$name" 2>&1
	status=$?
	p=$(grep -cE '^(ok|PASS)\b' "$logs/$name")
	f=$(grep -cE '^(not ok|FAIL)\b' "$logs/$name")
	s=$(grep -cE '^SKIP\b' "$logs/$name")
	if [ $status -ne 0 ] && [ "$f" -eq 0 ]; then
		f=1
	fi
	if [ $status -eq 0 ] && [ "$p" -eq 0 ] && [ "$f" -eq 0 ] && [ "$s" -eq 0 ]; then
		p=1
	fi
	passed=$((passed + p))
	failed=$((failed + f))
	skipped=$((skipped + s))
	echo "$name: $p passed, $f failed, $s skipped, $(($(date +%s) - begin)) s"
	grep -E '^SKIP\b' "$logs/$name"
	if [ "$f" -ne 0 ]; then
		grep -E -A 12 '^(not ok|FAIL)\b' "$logs/$name" | head -60
		tail -n 30 "$logs/$name"
	fi
}

jobs=$(nproc)
valgrind_runs() {
	dump=testdata/jemalloc/ok/sysn.7523.0.f.heap
	for line in "top $dump" "top --json --thread 2 $dump" "json $dump" "info $dump" \
		"collapsed --lines $dump" "diff $dump testdata/jemalloc/ok/j.pie.15104.0.f.heap" \
		"top testdata/jemalloc/bad/no-period.heap" "top --focus ( $dump"; do
		# shellcheck disable=SC2086
		valgrind -q --error-exitcode=99 --leak-check=full --trace-children=no \
			--errors-for-leak-kinds=definite,indirect build/hprof $line > /dev/null 2> $logs/vg
		if [ $? -eq 99 ]; then
			echo "not ok - valgrind: $line"
			cat $logs/vg
		else
			echo "ok - valgrind: $line"
		fi
	done
}

browser_tests() {
	if command -v node >/dev/null; then
		tests/browser/run.js
	else
		echo "SKIP browser (no node)"
	fi
}

# The pictures in the README are those that this build draws.
same_pictures() {
	mkdir -p build/pictures
	testdata/gen/pictures.sh build/pictures
	for p in testdata/pictures/*.svg; do
		if cmp "$p" "build/pictures/${p##*/}"; then
			echo "ok - $p"
		else
			echo "not ok - $p is drawn otherwise now: make pictures"
		fi
	done
}

unit_tests() {
	for t in tests/unit/test_*.c; do
		t=$(basename "$t" .c)
		"build/asan/tests/$t" || echo "not ok - $t ended with $?"
	done
}

suite build-gcc make -j"$jobs" WERROR=1 CC=gcc BUILD=release all
suite build-clang make -j"$jobs" WERROR=1 CC=clang BUILD=clang build/clang/hprof
suite build-asan make -j"$jobs" WERROR=1 CC=gcc BUILD=asan unit-tests build/asan/hprof
suite lint tests/lint/run.sh
suite awks tests/lint/awks.sh
suite unit unit_tests
suite cli tests/cli/run.py
suite cli-asan env HPROF=build/asan/hprof tests/cli/run.py
suite expected tests/cli/expected.py
suite points tests/cli/points.py
suite library tests/cli/library.sh
if [ -n "$long" ]; then
	suite replay build/asan/tests/replay_load -n 20000 testdata/*/*/* testdata/foreign/*
	suite replay-cache build/asan/tests/replay_cache -n 200000 testdata/cache/*
	changes=4000
else
	suite replay build/asan/tests/replay_load -n 60 -p 31 testdata/*/*/* testdata/foreign/*
	suite replay-cache build/asan/tests/replay_cache -n 2000 testdata/cache/*
	changes=100
fi
suite seeds tests/fuzz/seeds.py build/fuzz/seeds
suite replay-dwarf build/asan/tests/replay_dwarf -n $changes -p 997 build/fuzz/seeds/elf/*
suite replay-symtab build/asan/tests/replay_symtab -n $changes -p 997 build/fuzz/seeds/elf/*
suite replay-split build/asan/tests/replay_split -n $changes -p 997 build/fuzz/seeds/pair/*
suite replay-lines build/asan/tests/replay_lines -n $changes -p 7 build/fuzz/seeds/lines/*
suite oom build/asan/tests/oom testdata/jemalloc/ok/sysn.7523.0.f.heap
suite oom-massif build/asan/tests/oom testdata/massif/ok/a_B_full.ms
suite oom-xtree build/asan/tests/oom testdata/massif/ok/x_full.kcg
suite oom-pprof build/asan/tests/oom testdata/pprof/ok/threads.pb.gz
suite valgrind valgrind_runs
suite symbolize-files tests/symbolize/files.py
suite symbolize-named tests/symbolize/named.py
suite symbolize-symbols tests/symbolize/symbols.py
suite symbolize-debuginfod tests/symbolize/debuginfod.py
suite symbolize-hostile tests/symbolize/hostile.py
suite symbolize-children tests/symbolize/children.py
suite symbolize-service tests/symbolize/service.py
suite symbolize-cache tests/symbolize/cache.py
suite symbolize-cache-asan env HPROF=build/asan/hprof tests/symbolize/cache.py
suite symbolize-jit tests/symbolize/jit.py
suite symbolize-names tests/symbolize/names.py
suite symbolize-series tests/symbolize/series.py
if [ -n "$long" ]; then
	suite symbolize-matrix nice tests/symbolize/matrix.py --long
else
	suite symbolize-matrix nice tests/symbolize/matrix.py
fi
suite browser browser_tests
suite web-core node tests/browser/core_test.js
suite web-same node tests/browser/same_test.js
suite readme tests/cli/readme.py
suite pictures same_pictures
if [ -n "$long" ]; then
	suite peers tests/peers/run.py --long
else
	suite peers tests/peers/run.py --quick
fi
if [ -n "$long" ]; then
	suite fuzz make fuzz FUZZ_RUNS=5000000
fi

echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]
