#!/bin/sh
# embed.sh - scripts and style sheets as C: their bytes, without comments and indentation, and the
# hash that a content security policy names them by.
#
# usage: embed.sh NAME=FILE[+FILE]... > web.c
#
# Scripts become a block, so that their names are their own in whatever document they are.
#
# AWK names another awk than that of the PATH.  Every awk makes the same bytes; whatever cannot be
# embedded is an error, so that no page is ever built with a part of its scripts.
set -e
LC_ALL=C
export LC_ALL
cd "$(dirname "$0")"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM

fail() {
	echo "embed.sh: $*" >&2
	exit 1
}

# Leave out comments, indentation and empty lines, and put a line behind the one before it where
# that ends with a sign after which a line may be broken.  A comment is the whole of its lines, or the end
# of one; anything else is an error, since this does not know texts and expressions from code.
squeeze() {
	${AWK:-awk} '
		function wrong(what) {
			print "embed.sh: " FILENAME ":" FNR ": " what > "/dev/stderr"
			failed = 1
			exit 1
		}
		FNR == 1 && inside { wrong("the file before it ends within a comment") }
		{ sub(/^[ \t]+/, "") }
		!inside && !/^\/\*/ {
			sub(/[ \t]*\/\*[^*]*\*\/$/, "")
			if (/^\/\// || /[^:]\/\/ /)
				wrong("a comment after //, expected /* */")
			code = $0
			gsub(/\047[^\047]*\047/, "", code)
			if (/\\$/ || gsub(/`/, "", code) % 2)
				wrong("a text goes on in the next line")
		}
		inside || /^\/\*/ {
			end = index($0, "*/")
			if (end && end + 1 < length($0))
				wrong("code behind a comment")
			inside = !end
			next
		}
		/[{;,(]$/ { printf "%s", $0; next }
		length($0) > 0 { print }
		END {
			if (!failed && inside)
				wrong("the file ends within a comment")
			exit failed
		}
	' "$@"
}

echo '/* Made by embed.sh. */'
echo '#include "render/web.h"'
for part in "$@"; do
	name=${part%%=*}
	files=$(echo "${part#*=}" | tr + ' ')
	# shellcheck disable=SC2086
	squeeze $files >"$dir/text" || fail "$part: awk failed"
	[ -s "$dir/text" ] || fail "$part: nothing is left of it"
	case $files in *.js) printf '{\n%s\n}\n' "$(cat "$dir/text")" >"$dir/block" && mv "$dir/block" "$dir/text" ;; esac
	if grep -q -e '<!--' -e ']]>' -e '</script' "$dir/text"; then
		fail "$part: a script would end before its end"
	fi
	hash=$(sha256sum <"$dir/text" | cut -d' ' -f1 | tr a-f A-F | basenc --base16 -d | base64)
	[ ${#hash} -eq 44 ] || fail "$part: sha256sum, basenc or base64 failed"
	od -An -v -tx1 "$dir/text" >"$dir/bytes" || fail "$part: od failed"
	echo "static const unsigned char ${name}_bytes[] = {"
	sed 's/ \(..\)/0x\1,/g' "$dir/bytes"
	echo '};'
	echo "const struct hp_web hp_web_$name = {{(const char *)${name}_bytes, sizeof(${name}_bytes)}, \"sha256-$hash\"};"
done
