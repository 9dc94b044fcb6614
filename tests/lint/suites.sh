#!/bin/sh
# suites.sh - a suite that tests nothing, or dies, is a failure: the rules of tests/suites.sh, and that
# what runs the tests names files that are there.
cd "$(dirname "$0")/../.." || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
bad=0

result() {
	if [ "$1" -eq 0 ]; then
		echo "ok - suites: $2"
	else
		echo "not ok - suites: $2"
		bad=1
	fi
}

# counts NAME WANTED KIND COMMAND...: the command as a suite, or a build, is counted so
counts() {
	name=$1
	wanted=$2
	shift 2
	got=$(
		logs=$work
		. tests/suites.sh
		"$1" inner sh -c "$2" >"$work/shown"
		echo "$passed $failed $skipped"
	)
	[ "$got" = "$wanted" ] || { echo "    passed, failed, skipped: $got, expected $wanted" && false; }
	result $? "$name"
}

counts "results are counted" "2 1 1" suite 'echo "ok - a"; echo "PASS b"; echo "not ok - c"; echo "SKIP - d"; exit 1'
counts "nothing printed is a failure" "0 1 0" suite 'true'
counts "talk is no result" "0 1 0" suite 'echo "okay, nothing to do"; echo "all is ok"'
counts "a skipped test is a result" "0 0 1" suite 'echo "SKIP - no compiler"'
counts "a status without a failed test is a failure" "1 1 0" suite 'echo "ok - a"; exit 3'
counts "a signal is a failure" "1 1 0" suite 'echo "ok - a"; kill -SEGV $$'
counts "a failed test with status 0 is a failure" "0 1 0" suite 'echo "not ok - a"'
counts "a command that is not there is a failure" "0 1 0" suite 'no-such-command-here'
counts "a build may be silent" "1 0 0" build 'true'
counts "a build that fails is a failure" "0 1 0" build 'echo "ok - a"; exit 2'

got=$(
	logs=$work
	. tests/suites.sh
	only=" two "
	suite one echo "ok - one"
	suite two echo "ok - two"
	echo "$passed"
)
case $got in "two: "*1) ;; *) false ;; esac
result $? "only the suites that are named run"

got=$(tests/run.sh lint no-such-suite other-one 2>&1)
[ $? -eq 2 ] && [ "$(printf '%s\n' "$got" | grep -c 'no suite is called "[no]')" -eq 2 ] && [ "${got#*lint:}" = "$got" ]
result $? "an unknown suite among others is an error, and none runs"
got=$(
	plan() {
		build build-asan true
		suite one build/asan/tests/one
		suite two tests/lint/two
	}
	. tests/suites.sh
	list_plan | tr '\n' ' '
	only=" one two "
	add_builds
	echo "$only"
)
[ "$got" = "build-asan - one build-asan two -  one two build-asan " ]
result $? "the build that a suite needs is known by its programs"

# rows_differ FILE: the rows of its table that are not the suites of run.sh, in their order
rows_differ() {
	sed -n 's/^| `\([a-z-]*\)` | \([a-z-]*\) | .*/\1 \2/p' "$1" >"$work/rows"
	tests/run.sh --list --long | grep -v '^build' | diff "$work/rows" -
}
rows_differ tests/README.md >"$work/differ"
result $? "tests/README.md has a row for each suite, with its build"
sed 's/^/    /' "$work/differ"
sed 's/^| `unit` | build-asan/| `unit` | build-gcc/' tests/README.md >"$work/README.md"
grep -v '^| `cli` |' tests/README.md >"$work/README2.md"
! rows_differ "$work/README.md" >/dev/null && ! rows_differ "$work/README2.md" >/dev/null
result $? "a row that is wrong or missing is seen"

# valgrind_says NAME STATUS PATTERN: with the programs of $work/bin first, valgrind.sh ends with that
# status, and all its results match
valgrind_says() {
	got=$(PATH=$work/bin:$PATH HPROF=$hprof tests/cli/valgrind.sh 2>&1)
	status=$?
	[ $status -eq "$2" ] && ! printf '%s\n' "$got" | grep -vE "$3" | grep -E '^(ok|not ok|SKIP)'
	result $? "valgrind: $1"
}

mkdir "$work/bin" "$work/empty"
printf '#!/bin/sh\nexit 0\n' >"$work/hprof"
chmod +x "$work/hprof"
hprof=$work/hprof
cp "$work/hprof" "$work/bin/valgrind"
valgrind_says "status 0 where the program has to fail" 1 '^(ok - valgrind: (top|json|info|collapsed|diff) |not ok - valgrind: top .*(bad|focus))'
for status in 99 127 139; do
	printf '#!/bin/sh\nexit %s\n' $status >"$work/bin/valgrind"
	valgrind_says "status $status" 1 '^not ok - valgrind: '
done
hprof=$work/none
valgrind_says "without the program" 1 '^not ok - valgrind: '
hprof=$work/hprof
for tool in sh cat dirname env; do
	ln -s "$(command -v $tool)" "$work/empty/$tool"
done
got=$(PATH=$work/empty HPROF=$hprof tests/cli/valgrind.sh 2>&1)
[ $? -eq 0 ] && [ -n "$got" ] && ! printf '%s\n' "$got" | grep -v '^SKIP - valgrind: .*no valgrind'
result $? "valgrind: without valgrind each run is skipped by name"
got=$(PATH=$work/empty tests/browser/all.sh 2>&1)
[ $? -eq 0 ] && [ "$(printf '%s\n' "$got" | grep -c '^SKIP .*no node')" -eq \
	"$(ls tests/browser/[0-9]*.js tests/browser/*_test.js | wc -l)" ]
result $? "browser: without node each file of tests is skipped by name"

# Cases of command lines: two that fail, in a copy of what runs them.
mkdir -p "$work/tests/cli/cases" "$work/testdata"
cp tests/cli/run.py "$work/tests/cli"
printf '# one\n$ echo 1 > file; echo 2\nx\n\n# two\n$ cat file\ny\n' >"$work/tests/cli/cases/a.t"
cases() {
	got=$("$work/tests/cli/run.py" "$@" 2>&1)
	status=$?
}
cases
[ $status -eq 1 ] && [ "$(printf '%s\n' "$got" | grep -c '^not ok - a.t: ')" -eq 2 ]
result $? "cases that print something else fail"
cases --update a.t:two
[ "$(grep -c '^[xy12]$' "$work/tests/cli/cases/a.t")" -eq 2 ] && grep -q '^1$' "$work/tests/cli/cases/a.t" &&
	grep -q '^x$' "$work/tests/cli/cases/a.t"
result $? "--update rewrites the chosen case, and no other"
cases a:two
[ $status -eq 0 ] && [ "$(printf '%s\n' "$got" | grep -c '^ok - ')" -eq 1 ]
result $? "a chosen case finds what those before it left, and runs alone"
for wrong in b.t a.t:three; do
	cases a.t:two $wrong
	[ $status -eq 2 ] && case $got in *'ok - '*) false ;; esac
	result $? "$wrong: a file or case that is not there is an error, and none runs"
done

printf '#include "tests/test.h"\n%s\n%s\nRUN(cmocka_unit_test(good), cmocka_unit_test(bad))\n' \
	'static void good(void **s) { (void)s; }' 'static void bad(void **s) { (void)s; fail(); }' >"$work/test.c"
cc -std=c11 -D_GNU_SOURCE -O1 -I. -o "$work/test" "$work/test.c" -lcmocka 2>"$work/err" || cat "$work/err"
"$work/test" >/dev/null 2>&1
[ $? -eq 1 ] && [ "$("$work/test" 'g*d' 2>&1 | grep -c '^ok')" -eq 1 ] && "$work/test" good >/dev/null 2>&1
result $? "unit tests are chosen by name"
"$work/test" none >/dev/null 2>&1
[ $? -eq 2 ]
result $? "a unit test that is not there is an error"

# missing_paths FILE...: paths named in them that are not there; of "dir/name_%.c" the folder
missing_paths() {
	sed 's/#.*//' "$@" |
		grep -oE '(^|[ 	"=(])(tests|testdata|analyzer|formats|render|\.ci)/[]A-Za-z0-9_./*%[-]+' |
		sed 's/^[ 	"=(]//; s,/[^/]*%.*,,' | sort -u | while read -r path; do
		# shellcheck disable=SC2086
		ls -d $path >/dev/null 2>&1 || echo "$path"
	done
}

out=$(missing_paths Makefile .ci/run tests/run.sh tests/browser/all.sh)
[ -z "$out" ]
result $? "every path in the Makefile and in what runs tests exists"
[ -z "$out" ] || printf '%s\n' "$out" | sed 's/^/    no such file: /'
printf 'all:\n\ttests/not_there.sh\n\t@node tests/browser/not_there_test.js tests/*/none_*.py tests/run.sh\n' >"$work/Makefile"
[ "$(missing_paths "$work/Makefile" | tr '\n' ' ')" = "tests/*/none_*.py tests/browser/not_there_test.js tests/not_there.sh " ]
result $? "a path that does not exist is seen"
exit $bad
