# suites.sh - how run.sh chooses and runs suites and counts their results; sourced by it.
#
# A suite prints a line per result: "ok ..." or "PASS ...", "not ok ..." or "FAIL ...", "SKIP ...".
# One that prints none has tested nothing, and fails.  A build only has to succeed.
passed=0
failed=0
skipped=0
only= # names of the suites that run, each between blanks; empty: all
wants_builds=

# is_wanted NAME
is_wanted() {
	case $only in
	'' | *" $1 "*) return 0 ;;
	esac
	return 1
}

# log_of NAME COMMAND...: run it; its output is in $log, its status in $status
log_of() {
	log=$logs/$1
	printf '%s: ' "$1"
	shift
	begin=$(date +%s)
	"$@" >"$log" 2>&1 </dev/null
	status=$?
	took=$(($(date +%s) - begin))
}

# show_failure: what went wrong, by the lines that say so and by the last ones
show_failure() {
	grep -E -A 12 '^(not ok|FAIL)\b' "$log" | head -60
	tail -n 30 "$log"
}

# build NAME COMMAND...: something that is made
build() {
	is_wanted "$1" || return 0
	log_of "$@"
	if [ $status -eq 0 ]; then
		passed=$((passed + 1))
		echo "built, $took s"
	else
		failed=$((failed + 1))
		echo "not built, $took s"
		show_failure
	fi
}

# suite NAME COMMAND...: something that prints results
suite() {
	is_wanted "$1" || return 0
	log_of "$@"
	p=$(grep -cE '^(ok|PASS)\b' "$log")
	f=$(grep -cE '^(not ok|FAIL)\b' "$log")
	s=$(grep -cE '^SKIP\b' "$log")
	why=
	if [ "$f" -eq 0 ] && [ $status -ne 0 ]; then
		f=1
		why="it ended with $status, without a test that failed"
	elif [ $((p + f + s)) -eq 0 ]; then
		f=1
		why="it printed no result"
	fi
	passed=$((passed + p))
	failed=$((failed + f))
	skipped=$((skipped + s))
	echo "$p passed, $f failed, $s skipped, $took s"
	[ -z "$why" ] || echo "not ok - $1: $why"
	grep -E '^SKIP\b' "$log"
	[ "$f" -eq 0 ] || show_failure
}

# build_of COMMAND...: the name of the build whose programs the command runs
build_of() {
	case " $* " in
	*" tests/lint/"* | *" tests/fuzz/seeds.py "* | *"all.sh core "*) echo - ;;
	*build/asan-clang/*) echo build-asan-clang ;;
	*build/clang/*) echo build-runners ;;
	*build/asan/*) echo build-asan ;;
	*) echo build-gcc ;;
	esac
}

# list_plan: the suites of plan(), one a line, with the build that each needs
list_plan() (
	build() { echo "$1 -"; }
	suite() {
		name=$1
		shift
		echo "$name $(build_of "$@")"
	}
	plan
)

# check_names: whether all names in $only are suites
check_names() {
	[ -n "$only" ] || return 0
	names=" $(list_plan | sed 's/ .*//' | tr '\n' ' ')"
	unknown=0
	for name in $only; do
		case $names in
		*" $name "*) ;;
		*)
			echo "run.sh: no suite is called \"$name\"; --list names all, and with --long those of --long too" >&2
			unknown=1
			;;
		esac
	done
	return $unknown
}

# add_builds: the builds that the suites in $only need run as well
add_builds() {
	for name in $only; do
		needed=$(list_plan | sed -n "s/^$name \(build.*\)/\1/p")
		only="$only${needed:+$needed }"
	done
}
