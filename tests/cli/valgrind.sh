#!/bin/sh
# valgrind.sh - the tool under valgrind: no error, no leak, and the exit code that it has to have.
# HPROF names the tool (build/hprof).
cd "$(dirname "$0")/../.." || exit 1
hprof=${HPROF:-build/hprof}
dump=testdata/jemalloc/ok/sysn.7523.0.f.heap
failed=0

# run CODE ARGUMENT...
run() {
	code=$1
	shift
	if ! command -v valgrind >/dev/null; then
		echo "SKIP - valgrind: $* (no valgrind)"
		return
	fi
	said=$(valgrind -q --error-exitcode=99 --leak-check=full --trace-children=no \
		--errors-for-leak-kinds=definite,indirect "$hprof" "$@" 2>&1 >/dev/null)
	status=$?
	if [ ! -x "$hprof" ]; then
		echo "not ok - valgrind: $*: no $hprof"
	elif [ $status -ne "$code" ]; then
		echo "not ok - valgrind: $*: exit $status, expected $code"
		printf '%s\n' "$said"
	else
		echo "ok - valgrind: $*"
		return
	fi
	failed=1
}

run 0 top $dump
run 0 top --json --thread 2 $dump
run 0 json $dump
run 0 info $dump
run 0 collapsed --lines $dump
run 0 diff $dump testdata/jemalloc/ok/j.pie.15104.0.f.heap
run 3 top testdata/jemalloc/bad/no-period.heap
run 2 top --focus '(' $dump
exit $failed
