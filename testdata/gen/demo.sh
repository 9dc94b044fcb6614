#!/bin/sh
# demo.sh - run a small C++ program under jemalloc's heap profiler, look at its dump, and leave the files
# that the examples of README.md use.  All of it is in build/demo, which is made anew:
#
#     server                   demo.cc, compiled with -O2 -g
#     server.heap              its dump at the end, one in 4 KiB sampled
#     growth/                  the dumps of that run, one per 16 MiB allocated, and the last one
#     before.heap after.heap   dumps of a run with 20000 and one with 60000 requests
#     remote/server.heap       a dump that looks as if /srv/app/server had written it
#     image/                   a root folder with /srv/app/server
#     stripped/ debug/         the server without symbols, and its debug file by build ID
#     old/                     another build of the server, and a dump that it wrote
#     server.svg timeline.svg  the pictures
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

# dump TO PROGRAM REQUESTS: run the program, and keep its dump at the end
dump() {
	LD_PRELOAD=libjemalloc.so.2 \
		MALLOC_CONF=prof:true,prof_final:true,lg_prof_sample:12,prof_prefix:$out/dump "$2" "$3" &&
		mv $out/dump.*.f.heap "$1" || fail "$2 has not written a dump"
}

[ -x build/hprof ] || fail "build/hprof is missing: run \"make\" first"
# jemalloc copies the memory map into its dump; without it no address has a name.
[ -r /proc/self/maps ] || fail "/proc is not mounted: mount -t proc proc /proc"

rm -rf $out && mkdir -p $out/growth || exit 1
cat <<'END'
A small cache server, compiled, then run under jemalloc with heap profiling on. It forgets to
free something. One in 4 KiB (2^12 bytes) of what it allocates is recorded.
END
show g++ -O2 -g -Wl,--build-id -o $out/server testdata/gen/demo.cc
show LD_PRELOAD=libjemalloc.so.2 \
	MALLOC_CONF=prof:true,prof_final:true,lg_prof_sample:12,lg_prof_interval:24,prof_prefix:$out/growth/server \
	$out/server
set -- $out/growth/*.f.heap
[ -f "$1" ] || fail "no dump was written: is libjemalloc2 installed, and built with profiling?"
dump=$out/server.heap
cp "$1" $dump || exit 1

printf '\nWhat was still allocated at the end, by function:\n'
show build/hprof top -n 6 $dump
printf '\nThe same as one line per stack, the input of flamegraph.pl and its kin:\n'
show "build/hprof collapsed $dump | head -n 6"
printf '\nThe same as a flame graph, to be searched and zoomed in a browser:\n'
show build/hprof flame -o $out/server.svg $dump
printf '\nHow it grew: there was a dump for every 16 MiB (2^24 bytes) allocated, and one at the end:\n'
show build/hprof timeline -o $out/timeline.svg $out/growth

printf '\nMore dumps and programs, for the examples of README.md ...\n'
dump $out/before.heap $out/server 20000
dump $out/after.heap $out/server 60000
mkdir -p $out/old $out/remote $out/image/srv/app $out/stripped || exit 1
g++ -O1 -g -Wl,--build-id -o $out/old/server testdata/gen/demo.cc || fail "the old server cannot be compiled"
dump $out/old/before.heap $out/old/server 20000
sed "s,$PWD/$out/server,/srv/app/server," $dump >$out/remote/server.heap
cp -p $out/server $out/image/srv/app/server # with its time: the program is older than the dump
strip -p -o $out/stripped/server $out/server || fail "strip failed"
id=$(readelf -n $out/server | sed -n 's/.*Build ID: //p')
rest=${id#??}
[ ${#rest} -gt 2 ] || fail "$out/server has no build ID"
debug=$out/debug/.build-id/${id%"$rest"}
mkdir -p "$debug" && objcopy --only-keep-debug $out/server "$debug/$rest.debug" || fail "objcopy failed"

cat <<END

To go on, README.md has examples that can be typed as they stand, after

  export PATH=\$PWD/build:\$PATH
  cd $out

  hprof top --lines server.heap       by source line
  hprof top --cum server.heap         who called for it
  hprof info server.heap              what the file is and what may be wrong with it
  hprof --help                        all commands

server.svg and timeline.svg there are the drawings: a browser shows them.
END
