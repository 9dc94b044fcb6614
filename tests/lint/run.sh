#!/bin/sh
# run.sh - rules that need no running program: layers, headers, words, format, documents.
cd "$(dirname "$0")/../.." || exit 1
sources=$(find analyzer formats render -name '*.[ch]' | sort)
headers=$(printf '%s\n' $sources | grep '\.h$')
tests=$(ls tests/*.h tests/*/*.c)
passed=0
failed=0

# report NAME STATUS OUTPUT
report() {
	if [ "$2" -eq 0 ]; then
		echo "ok - lint: $1"
		passed=$((passed + 1))
	else
		echo "not ok - lint: $1"
		printf '%s\n' "$3" | sed 's/^/    /'
		failed=$((failed + 1))
	fi
}

# none NAME PATTERN FILE...: no line of the files matches
none() {
	name=$1
	pattern=$2
	shift 2
	found=$(grep -nE "$pattern" "$@" /dev/null)
	[ -z "$found" ]
	report "$name" $? "$found"
}

out=$(tests/lint/structure.py)
report "layers, order of files, no circles, each type is defined once" $? "$out"
out=$(tests/lint/structure.py --test)
report "these rules can fail" $? "$out"
out=$(tests/lint/words.py)
report "words of comments" $? "$out"
list=$(mktemp)
printf '0 \\bthe\\b\n' >"$list"
! tests/lint/words.py "$list" >/dev/null && tests/lint/words.py --lower "$list" && grep -q '^0 ' "$list"
report "words of comments: the rule can fail, and a limit only falls" $? "the word \"the\" was not seen"
rm "$list"

out=$(for h in $headers; do
	printf '#include "%s"\n' "$h" |
		cc -std=c11 -D_GNU_SOURCE -I. -Wall -Wextra -Werror -fsyntax-only -x c - 2>&1 ||
		echo "$h"
done)
[ -z "$out" ]
report "every header compiles alone" $? "$out"

out=$(printf '#include "analyzer/hprof.h"\n' |
	c++ -std=c++11 -I. -Wall -Wextra -Wpedantic -Werror -fsyntax-only -x c++ - 2>&1)
report "hprof.h is C++ too" $? "$out"

compiles() { # what it reads is analyzer/cli/options.c
	cc -std=c11 -D_GNU_SOURCE -I. -fsyntax-only -x c - 2>&1
}
out=$(compiles <analyzer/cli/options.c) && ! sed 's/FLAG(quiet)/FLAG(title)/' analyzer/cli/options.c | compiles >/dev/null
report "a row of options compiles only with a member of its type" $? "${out:-a flag may be a text}"

none "no banned functions" \
	'(^|[^a-z_>.])(strcpy|strcat|sprintf|vsprintf|gets|strtok|atoi|atol|atof|sscanf|alloca|localtime|gmtime|tmpnam|mktemp)\(' \
	$sources
none "the library neither prints nor ends the program" \
	'(^|[^a-z_>.])(printf|fprintf|puts|perror|exit|abort)\(' \
	$(ls analyzer/base/*.c analyzer/model/*.c analyzer/ops/*.c formats/*.c render/*.c)
none "comments are /* */" '(^|[^:"])//( |$)' $sources
none "no blanks at the end of lines" '[ 	]+$' $sources $tests Makefile
none "scripts never make markup or code of text, and ask nobody for anything" \
	'(innerHTML|outerHTML|insertAdjacentHTML|srcdoc|cssText|DOMParser|document\.write|(^|[^A-Za-z])eval\(|(^|[^A-Za-z])Function\(|setAttribute\(.(style|on)|XMLHttpRequest|(^|[^A-Za-z])fetch\(|(^|[^A-Za-z])import\(|WebSocket|sendBeacon)' \
	render/web/*.js render/web/page/*.js
none "scripts and style sheets cannot end their element" '(</|\]\]>|<!--)' render/web/*.js render/web/page/*.js render/web/*.css
none "no blanks at the end of lines of scripts" '[ 	]+$' render/web/*.* render/web/page/*.js tests/browser/*.js

none "nothing left to do in comments" '(TODO|FIXME)' \
	$sources $tests $(git ls-files '*.md' '*.sh' '*.py' '*.js' Makefile .ci 2>/dev/null |
		grep -v '^tests/lint/')

if command -v node >/dev/null; then
	out=$(for f in render/web/*.js render/web/page/*.js tests/browser/*.js; do node --check "$f" 2>&1; done)
	[ -z "$out" ]
	report "scripts can be read" $? "$out"
else
	report "scripts can be read" 1 "node is missing"
fi

# Each version of clang-format lays some lines out otherwise: that of the code is 14.
version=$(clang-format --version 2>/dev/null | sed -n 's/.*version \([0-9]*\).*/\1/p')
case $version in
14)
	out=$(clang-format --dry-run -Werror $sources $tests 2>&1 | head -20)
	[ -z "$out" ]
	report "format" $? "$out"
	;;
'') report "format" 1 "clang-format is missing" ;;
*) echo "SKIP - lint: format (clang-format $version, the code is laid out by 14)" ;;
esac

out=$(for f in $(sed -n 's/^	FOREIGN("\([^"]*\)".*/\1/p' formats/foreign.c) jemalloc; do
	grep -q "\`$f\`" formats/FORMATS.md || echo "formats/FORMATS.md says nothing of \`$f\`"
done
for f in $(sed -n 's/^	{"\([a-z-]*\)", .*, true},$/\1/p' render/*.c); do
	grep -q "\`$f\`" render/OUTPUTS.md || echo "render/OUTPUTS.md says nothing of \`$f\`"
done)
[ -z "$out" ]
report "documents tell of every format and output" $? "$out"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
