#!/bin/sh
# demo.sh - run a small C++ program under jemalloc's heap profiler and look at its dump.
# Everything it writes is below build/demo.
cd "$(dirname "$0")/../.." || exit 1
out=build/demo

fail() {
	echo "demo: $*" >&2
	exit 1
}

# Show a command line, then run it.
show() {
	printf '\n$ %s\n' "$*"
	sh -c "$*" || fail "that command failed"
}

[ -x build/hprof ] || fail "build/hprof is missing: run \"make\" first"
# jemalloc copies the memory map into its dump; without it no address has a name.
[ -r /proc/self/maps ] || fail "/proc is not mounted: mount -t proc proc /proc"

mkdir -p $out && rm -f $out/*.heap $out/*.svg || exit 1
cat <<'END'
A small cache server, compiled, then run under jemalloc with heap profiling on. It forgets to
free something. One in 4 KiB (2^12 bytes) of what it allocates is recorded.
END
show g++ -O2 -g -o $out/server testdata/gen/demo.cc
show LD_PRELOAD=libjemalloc.so.2 \
	MALLOC_CONF=prof:true,prof_final:true,lg_prof_sample:12,lg_prof_interval:24,prof_prefix:$out/server \
	$out/server
set -- $out/*.f.heap
[ -f "$1" ] || fail "no dump was written: is libjemalloc2 installed, and built with profiling?"
dump=$1

printf '\nWhat was still allocated at the end, by function:\n'
show build/hprof top -n 6 "$dump"
printf '\nThe same as one line per stack, the input of flamegraph.pl and its kin:\n'
show "build/hprof collapsed $dump | head -n 6"
printf '\nThe same as a flame graph, to be searched and zoomed in a browser:\n'
show build/hprof flame -o $out/server.svg "$dump"
printf '\nHow it grew: there was a dump for every 16 MiB (2^24 bytes) allocated, and one at the end:\n'
show "build/hprof timeline -o $out/timeline.svg $out/*.heap"
cat <<END

To go on:
  $out/server.svg, $out/timeline.svg   the drawings: a browser shows them
  build/hprof top --lines $dump       by source line
  build/hprof top --cum $dump         who called for it
  build/hprof info $dump              what the file is and what may be wrong with it
  build/hprof --help                  all commands; README.md tells how to profile your own program
END
