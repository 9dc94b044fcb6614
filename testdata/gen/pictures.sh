#!/bin/sh
# pictures.sh - the pictures of the README, from dumps of testdata: pictures.sh DIR
set -e
dir=$1
cd "$(dirname "$0")/../.."
hprof=${HPROF:-build/hprof}

$hprof flame -q --no-script --width 1000 --min-percent 1 --alloc-fn '^_?Py(Object|Mem)_' \
	--title 'CPython: syntax trees, words and texts of its modules' \
	-o "$dir/flame.svg" testdata/symbolized/ok/cpython.1.prof.xz
$hprof flame -q --no-script --width 1000 --min-percent 1 --title "CPython: after twice as many modules, without their texts" --alloc-fn "^_?Py(Object|Mem)_" \
	--base testdata/symbolized/ok/cpython.0.prof.xz \
	-o "$dir/difference.svg" testdata/symbolized/ok/cpython.1.prof.xz
