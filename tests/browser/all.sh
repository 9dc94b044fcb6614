#!/bin/sh
# all.sh - all that looks at pictures and pages: all.sh [core] [same] [pages]
# Without node, every file of tests that is left out is named.
cd "$(dirname "$0")/../.." || exit 1
failed=0

# node_test FILE...
node_test() {
	if command -v node >/dev/null; then
		node "$1" || failed=1
		return
	fi
	for file in "$@"; do
		case $file in */run.js) continue ;; esac
		name=${file##*/}
		echo "SKIP browser: ${name%.js} (no node)"
	done
}

for part in ${*:-core same pages}; do
	case $part in
	core) node_test tests/browser/core_test.js ;;
	same) node_test tests/browser/same_test.js ;;
	pages) node_test tests/browser/run.js tests/browser/[0-9]*.js ;;
	*)
		echo "all.sh: unknown part \"$part\", expected core, same or pages" >&2
		exit 2
		;;
	esac
done
exit $failed
