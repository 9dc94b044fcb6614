#!/bin/sh
# run.sh - all test suites, one after the other, or those that are named; tests/README.md has a table of them.
# run.sh [--long | --quick] [--list] [--build] [SUITE]...
#
# --long:  more of each, and suites that take hours
# --quick: what fails most often, below a minute: no more than a release build is needed
# --list:  print the name of each suite, and which build it needs
# --build: build what the named suites need, too
cd "$(dirname "$0")/.." || exit 1
logs=build/test-logs
mkdir -p $logs
. tests/suites.sh
long=
quick=
action=run
for arg in "$@"; do
	case $arg in
	--long) long=1 ;;
	--quick) quick=1 ;;
	--list) action=list ;;
	--build) wants_builds=1 ;;
	*) only="${only:- }$arg " ;;
	esac
done
export MAKEFLAGS= LC_ALL=C XDG_CACHE_HOME=/dev/null # nothing is remembered by the way
export LSAN_OPTIONS=print_suppressions=0:suppressions=$PWD/tests/lsan.supp
jobs=$(nproc)

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

# unit_tests FOLDER: the programs in it
unit_tests() {
	for t in tests/unit/test_*.c; do
		t=$(basename "$t" .c)
		"$1/$t" || echo "not ok - $t ended with $?"
	done
}

quick_plan() {
	build build-quick make -j"$jobs" BUILD=release quick-tests
	suite lint tests/lint/run.sh
	suite unit unit_tests build/release/tests
	suite cli tests/cli/run.py
}

full_plan() {
	build build-gcc make -j"$jobs" WERROR=1 CC=gcc BUILD=release all build/release/tests/runner
	build build-clang make -j"$jobs" WERROR=1 CC=clang BUILD=clang build/clang/hprof
	build build-asan make -j"$jobs" WERROR=1 CC=gcc BUILD=asan unit-tests build/asan/hprof
	suite lint tests/lint/run.sh
	suite awks tests/lint/awks.sh
	suite suites tests/lint/suites.sh
	suite packages tests/lint/packages.sh
	suite unit unit_tests build/asan/tests
	suite cli tests/cli/run.py
	suite cli-asan env HPROF=build/asan/hprof tests/cli/run.py
	suite cli-hostile tests/cli/hostile.py
	suite terminal tests/cli/terminal.py
	suite expected tests/cli/expected.py
	suite cost tests/cost/run.py
	suite points tests/cli/points.py
	suite library tests/cli/library.sh
	if [ -n "$long" ]; then
		suite replay build/asan/tests/replay_load -n 20000 -o 1 testdata/*/*/* testdata/foreign/*
		suite replay-cache build/asan/tests/replay_cache -n 200000 testdata/cache/*
		changes=4000
	else
		suite replay build/asan/tests/replay_load -n 20 -p 31 -o 1 testdata/*/*/* testdata/foreign/*
		suite replay-cache build/asan/tests/replay_cache -n 2000 testdata/cache/*
		changes=100
	fi
	if [ -n "$long" ]; then
		build build-runners make -j"$jobs" WERROR=1 CC=clang BUILD=clang build/clang/tests/runner
		build build-asan-clang make -j"$jobs" WERROR=1 CC=clang BUILD=asan-clang build/asan-clang/tests/runner
		suite net tests/net/net.py --seed 1 --runs 500000
		suite net-clang tests/net/net.py --runner build/clang/tests/runner --seed 1000000 --runs 400000
		suite net-asan tests/net/net.py --runner build/asan/tests/runner --seed 2000000 --runs 60000
		suite net-asan-clang tests/net/net.py --runner build/asan-clang/tests/runner --seed 3000000 --runs 60000
	else
		suite net tests/net/net.py --seed 7003000 --cases 1200
		suite net-asan tests/net/net.py --runner build/asan/tests/runner --seed 7007750 --cases 200
	fi
	suite seeds tests/fuzz/seeds.py build/fuzz/seeds
	suite replay-dwarf build/asan/tests/replay_dwarf -n $changes -p 997 build/fuzz/seeds/elf/*
	suite replay-symtab build/asan/tests/replay_symtab -n $changes -p 997 build/fuzz/seeds/elf/*
	suite replay-split build/asan/tests/replay_split -n $changes -p 997 build/fuzz/seeds/pair/*
	suite replay-lines build/asan/tests/replay_lines -n $changes -p 7 build/fuzz/seeds/lines/*
	suite replay-several build/asan/tests/replay_several -n $((changes / 25)) -p 4999 build/fuzz/seeds/several/*
	suite oom-wrapped tests/oom/wrapped.sh build/asan/libhprof.a
	suite oom build/asan/tests/oom ${long:+--long} testdata/jemalloc/ok/sysn.7523.0.f.heap
	suite oom-massif build/asan/tests/oom ${long:+--long} testdata/massif/ok/a_B_full.ms
	suite oom-xtree build/asan/tests/oom ${long:+--long} testdata/massif/ok/x_full.kcg
	suite oom-pprof build/asan/tests/oom ${long:+--long} testdata/pprof/ok/threads.pb.gz
	suite oom-hostile build/asan/tests/oom ${long:+--long} testdata/pprof/ok/hostile.pb.gz
	suite valgrind tests/cli/valgrind.sh
	suite symbolize-files tests/symbolize/files.py
	suite symbolize-fit tests/symbolize/fit.py
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
	suite browser tests/browser/all.sh pages
	suite web-core tests/browser/all.sh core
	suite web-same tests/browser/all.sh same
	suite readme tests/cli/readme.py
	suite pictures same_pictures
	if [ -n "$long" ]; then
		suite peers tests/peers/run.py --long
	else
		suite peers tests/peers/run.py --quick
	fi
	if [ -n "$long" ]; then
		build fuzz make fuzz FUZZ_SECONDS=3600
	fi
}

plan() {
	if [ -n "$quick" ]; then quick_plan; else full_plan; fi
}

if [ $action = list ]; then
	list_plan
	exit
fi
check_names || exit 2
[ -z "$wants_builds" ] || add_builds
plan
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]
