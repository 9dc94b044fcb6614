#!/bin/sh
# embed.sh - scripts and style sheets as C: their bytes, without comments and blanks, and the hash
# that a content security policy names them by.
#
# usage: embed.sh NAME=FILE[+FILE]... > web.c
set -e
LC_ALL=C
export LC_ALL
cd "$(dirname "$0")"

# Lines that are nothing but a comment, and blanks at the begin of others.  No text of the files
# goes on over the end of a line.
squeeze() {
	awk '
		{ sub(/^[ \t]+/, ""); if (!inside && !/^\/\*/) sub(/[ \t]*\/\*[^*]*\*\/$/, "") }
		inside || /^\/\*/ { inside = !/\*\/$/; next }
		length { print }
	' "$@"
}

# Of scripts also blanks beside signs, and ends of lines that a sign comes before.  Lines that may
# hold an expression or a text with marks inside stay as they are: what is between single quotes is
# text, and the rest is code.
tighten() {
	awk '
		/["`\/\\]/ { print; next }
		{
			n = split($0, part, "\047")
			if (n % 2 == 0) {
				print
				next
			}
			line = ""
			for (i = 1; i <= n; i++) {
				s = part[i]
				if (i % 2) {
					gsub(/ *[][=<>?:,;{}()&|*%] */, "&\001", s)
					gsub(/ *\001 */, "\001", s)
					gsub(/ +[][=<>?:,;{}()&|*%]/, "\001&", s)
					gsub(/\001 */, "", s)
				}
				line = line (i > 1 ? "\047" : "") s
			}
			gsub(/\]\]>/, "]] >", line) # would end what a script is inside of in an SVG
			if (line ~ /[{;,(]$/)
				printf "%s", line
			else
				print line
		}
	'
}

content() {
	case $1 in
	*.js) squeeze "$@" | tighten ;;
	*) squeeze "$@" ;;
	esac
}

echo '/* Made by embed.sh. */'
echo '#include "render/web.h"'
for part in "$@"; do
	name=${part%%=*}
	files=$(echo "${part#*=}" | tr + ' ')
	# shellcheck disable=SC2086
	if content $files | grep -q -e '<!--' -e ']]>' -e '</script'; then
		echo "embed.sh: $part: a script would end before its end" >&2
		exit 1
	fi
	# shellcheck disable=SC2086
	hash=$(content $files | sha256sum | cut -d' ' -f1 | tr a-f A-F | basenc --base16 -d | base64)
	echo "static const unsigned char ${name}_bytes[] = {"
	# shellcheck disable=SC2086
	content $files | od -An -v -tx1 | sed 's/ \(..\)/0x\1,/g'
	echo '};'
	echo "const struct hp_web hp_web_$name = {{(const char *)${name}_bytes, sizeof(${name}_bytes)}, \"sha256-$hash\"};"
done
