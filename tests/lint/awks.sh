#!/bin/sh
# awks.sh - what is written in awk does the same under every awk, and fails where it cannot.
cd "$(dirname "$0")/../.." || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failed=0
parts=$(MAKEFLAGS='' make -s web-parts)

result() {
	if [ "$1" -eq 0 ]; then
		echo "ok - awks: $2"
	else
		echo "not ok - awks: $2"
		failed=1
	fi
}

# embed AWK: the sum of what embed.sh makes of all scripts and style sheets
embed() {
	# shellcheck disable=SC2086
	AWK=$1 render/web/embed.sh $parts >"$work/web.c" 2>"$work/err" || return 1
	sha256sum <"$work/web.c"
}

# refused NAME TEXT: embed.sh fails for a script of this text, and makes nothing that compiles
refused() {
	printf '%b' "$2" >"$work/input.js"
	AWK=$awk render/web/embed.sh "input=$work/input.js" >"$work/web.c" 2>"$work/err" &&
		echo "    it was embedded" && return 1
	grep -q '^embed.sh: ' "$work/err" && ! grep -q '^const struct hp_web' "$work/web.c"
}

first=
for awk in mawk gawk 'busybox awk' original-awk; do
	if ! command -v "${awk%% *}" >/dev/null; then
		[ "$awk" = original-awk ] || echo "SKIP - awks: $awk is not here"
		continue
	fi
	sum=$(embed "$awk")
	[ -n "$sum" ]
	result $? "$awk: embed.sh"
	cat "$work/err"
	if [ -n "$first" ]; then
		[ "$sum" = "$first_sum" ]
		result $? "$awk: embed.sh makes the bytes that it makes under $first"
	else
		first=$awk
		first_sum=$sum
	fi
	for case in 'empty|' 'nothing but a comment|/* a\n * b */\n' 'a comment without end|a();\n/* b\n' \
		'code behind a comment|/* a */ b();\n' 'code behind a comment of lines|/* a\n */ b();\n' \
		'a comment after //|a(); // b\n' 'a text of two lines|a(`b\n  c`);\n' \
		'a text that goes on|a("b\\\\\n  c");\n' 'the end of a script|a("</script");\n'; do
		refused "${case%%|*}" "${case#*|}"
		result $? "$awk: refused: ${case%%|*}"
	done
done

awk=false
refused "an awk that fails" 'a();\n'
result $? "refused: an awk that fails"
awk=true
refused "an awk that does nothing" 'a();\n'
result $? "refused: an awk that prints nothing"

# What is embedded is still a script.
# shellcheck disable=SC2086
if command -v node >/dev/null; then
	for part in $parts; do
		case $part in *.js) ;; *) continue ;; esac
		render/web/embed.sh "$part" | sed -n 's/^\(0x.*\),$/\1/p' | tr , '\n' | sed 's/^0x//' |
			tr a-f A-F | basenc --base16 -d -i >"$work/${part%%=*}.js"
		[ -s "$work/${part%%=*}.js" ] && node --check "$work/${part%%=*}.js"
		result $? "${part%%=*}: what is embedded can be read"
	done
else
	echo "SKIP - awks: node is missing: what is embedded can be read"
fi
[ $failed -eq 0 ]
