#!/bin/sh
# embed.sh - scripts and style sheets as C: their bytes, without comments and indentation, and the
# hash that a content security policy names them by.
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

echo '/* Made by embed.sh. */'
echo '#include "render/web.h"'
for part in "$@"; do
	name=${part%%=*}
	files=$(echo "${part#*=}" | tr + ' ')
	# shellcheck disable=SC2086
	hash=$(squeeze $files | sha256sum | cut -d' ' -f1 | tr a-f A-F | basenc --base16 -d | base64)
	echo "static const unsigned char ${name}_bytes[] = {"
	# shellcheck disable=SC2086
	squeeze $files | od -An -v -tx1 | sed 's/ \(..\)/0x\1,/g'
	echo '};'
	echo "const struct hp_web hp_web_$name = {{(const char *)${name}_bytes, sizeof(${name}_bytes)}, \"sha256-$hash\"};"
done
