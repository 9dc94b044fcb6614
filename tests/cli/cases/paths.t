# a recorded path without a leading slash is a module like any other
$ hprof top --no-symbols testdata/gperftools/ok/relative.heap
inuse_space: total 6.0 MiB
        flat   flat%    sum%         cum    cum%  name
     4.0 MiB   66.7%   66.7%     4.0 MiB   66.7%  bench_main+0x1135
     2.0 MiB   33.3%  100.0%     2.0 MiB   33.3%  bench_main+0x1145
         0 B    0.0%  100.0%     6.0 MiB  100.0%  bench_main+0x11ef
         0 B    0.0%  100.0%     4.0 MiB   66.7%  bench_main+0x119f
         0 B    0.0%  100.0%     2.0 MiB   33.3%  bench_main+0x117f
$ hprof top --no-symbols testdata/gperftools/ok/relative-linux.heap
inuse_space: total 6.0 MiB
        flat   flat%    sum%         cum    cum%  name
     4.0 MiB   66.7%   66.7%     4.0 MiB   66.7%  bench_main+0x1135
     2.0 MiB   33.3%  100.0%     2.0 MiB   33.3%  bench_main+0x1145
         0 B    0.0%  100.0%     6.0 MiB  100.0%  bench_main+0x11ef
         0 B    0.0%  100.0%     4.0 MiB   66.7%  bench_main+0x119f
         0 B    0.0%  100.0%     2.0 MiB   33.3%  bench_main+0x117f
$ hprof tree --no-symbols testdata/gperftools/ok/relative.heap
inuse_space: total 6.0 MiB
         cum    cum%        flat  name
     6.0 MiB  100.0%              bench_main+0x11ef
     4.0 MiB   66.7%                bench_main+0x119f
     2.0 MiB   33.3%     2.0 MiB      bench_main+0x1135
     2.0 MiB   33.3%     2.0 MiB      bench_main+0x1145
     2.0 MiB   33.3%                bench_main+0x117f
                         2.0 MiB    bench_main+0x1135
$ hprof info --sysroot nothing -q testdata/gperftools/ok/relative.heap | sed -n '/^modules/,/tried/p'
modules
  bench_main
    status      missing, symbols: none, 0 of 5 addresses named
    note        nothing/bench_main: no such file; testdata/gperftools/ok/bench_main: no such file

warnings
  no file for "bench_main": its addresses stay without names; give BINARY, --sysroot or --path-map ("hprof info" tells what was tried)

# names of memory without a file stay what they are, with or without a slash
$ for m in '[heap]' '[stack]' '[vdso]' '[anon:dalvik-x]' 'anon_inode:i915.gem' '//anon' '/memfd:x (deleted)' '/dev/zero' '/SYSV00000000 (deleted)' anon '(deleted)' '/dev/shm/x' 'memfd:y' '<none>' './p' 'C.exe' 'server (deleted)'; do printf 'heap_v2/1\n@ 0x401101 0x401201\n  t*: 1: 16 [0: 0]\nMAPPED_LIBRARIES:\n00400000-00402000 r-xp 00000000 00:00 0 %s\n' "$m" >m.heap; hprof collapsed -q --no-symbols m.heap; done
[heap];[heap] 16
[stack];[stack] 16
[vdso];[vdso] 16
[anon:dalvik-x];[anon:dalvik-x] 16
anon_inode:i915.gem;anon_inode:i915.gem 16
//anon;//anon 16
/memfd:x;/memfd:x 16
/dev/zero;/dev/zero 16
/SYSV00000000;/SYSV00000000 16
anon;anon 16
(deleted);(deleted) 16
x+0x1200;x+0x1100 16
memfd:y;memfd:y 16
<none>;<none> 16
p+0x1200;p+0x1100 16
C.exe+0x1200;C.exe+0x1100 16
server+0x1200;server+0x1100 16

# BINARY is the program, and never a library of another name
$ printf 'heap_v2/1\n@ 0x401101 0x401201\n  t*: 1: 16 [0: 0]\nMAPPED_LIBRARIES:\n00400000-00402000 r-xp 00000000 00:00 0 /usr/lib/libc.so.6\n00800000-00802000 r-xp 00000000 00:00 0 /usr/lib/libfoo-1.2.so\n' >libs.heap; printf '\177ELF' >program; hprof top program libs.heap
hprof: libs.heap: cannot use program: no mapping of the profile is of a program ("hprof info" lists them); --binary MODULE=FILE names a library's file
[3]
$ hprof top --sysroot . -n 1 libs.heap
hprof: libs.heap: warning: no file for "/usr/lib/libc.so.6": its addresses stay without names; give BINARY, --sysroot or --path-map ("hprof info" tells what was tried)
inuse_space: total 16 B
        flat   flat%    sum%         cum    cum%  name
        16 B  100.0%  100.0%        16 B  100.0%  libc.so.6+0x1100
... 1 more rows with 0 B flat (0.0%); -n 0 shows all
$ cp program libfoo-1.2.so; hprof top libfoo-1.2.so libs.heap
hprof: libs.heap: cannot use the file named for /usr/lib/libfoo-1.2.so: libfoo-1.2.so: not an ELF file
[3]

# a map that is not all there is said, with its share
$ hprof top --no-symbols -n 1 testdata/jemalloc/ok/partial-map.heap
hprof: testdata/jemalloc/ok/partial-map.heap: warning: 2 addresses with 100.0% of the bytes lie outside every mapping: the map section is incomplete (cut?), or their code was unloaded before it was written
inuse_space: total 1000.0 KiB
        flat   flat%    sum%         cum    cum%  name
  1000.0 KiB  100.0%  100.0%  1000.0 KiB  100.0%  [unknown] 0x7f0000101000
... 4 more rows with 0 B flat (0.0%); -n 0 shows all
$ hprof top --no-symbols --json testdata/jemalloc/ok/partial-map.heap | sed 's/.*"warnings"/"warnings"/'
hprof: testdata/jemalloc/ok/partial-map.heap: warning: 2 addresses with 100.0% of the bytes lie outside every mapping: the map section is incomplete (cut?), or their code was unloaded before it was written
{"schema":"hprof/top/1","sample_type":"inuse_space","unit":"bytes","total":1024000,"rows":[
{"name":"[unknown] 0x7f0000101000","flat":1024000,"cum":1024000},
{"name":"[unknown] 0x7f0000102000","flat":0,"cum":1024000},
{"name":"server+0x117f","module":"/opt/app/server","flat":0,"cum":1024000},
{"name":"server+0x1135","module":"/opt/app/server","flat":0,"cum":768000},
"warnings":["2 addresses with 100.0% of the bytes lie outside every mapping: the map section is incomplete (cut?), or their code was unloaded before it was written"]}
$ hprof info --no-symbols testdata/jemalloc/ok/partial-map.heap | grep -i outside
  2 addresses with 100.0% of the bytes lie outside every mapping: the map section is incomplete (cut?), or their code was unloaded before it was written
  100.0% of the bytes have no function name: their addresses are outside every mapping
$ hprof report --no-symbols testdata/jemalloc/ok/partial-map.heap | grep -c 'lie outside every mapping'
hprof: testdata/jemalloc/ok/partial-map.heap: warning: 2 addresses with 100.0% of the bytes lie outside every mapping: the map section is incomplete (cut?), or their code was unloaded before it was written
1
$ dump() { printf 'heap_v2/1\n'; while [ $# -gt 1 ]; do printf '@ %s\n  t*: 1: %d [0: 0]\n' "$1" "$2"; shift 2; done; printf 'MAPPED_LIBRARIES:\n%s\n' "$1"; }; map='00400000-00402000 r-xp 00000000 08:01 99 /opt/server'; for few in 49 50; do dump '0x401101 0x401201' $((1000 - few)) '0x7f0000001000 0x401201' $few "$map" >few.heap; hprof collapsed --no-symbols few.heap; done
server+0x1200;[unknown] 0x7f0000001000 49
server+0x1200;server+0x1100 951
hprof: few.heap: warning: 1 address with 5.0% of the bytes lies outside every mapping: the map section is incomplete (cut?), or their code was unloaded before it was written
server+0x1200;[unknown] 0x7f0000001000 50
server+0x1200;server+0x1100 950
$ dump() { printf 'heap_v2/1\n'; while [ $# -gt 1 ]; do printf '@ %s\n  t*: 1: %d [0: 0]\n' "$1" "$2"; shift 2; done; printf 'MAPPED_LIBRARIES:\n%s\n' "$1"; }; map='00400000-00402000 r-xp 00000000 08:01 99 /opt/server'; for stack in '0x401101 0xd08800000000000' '0x401101 0x1' '0x401101 0x7f0000001000' '0x401101 0x401201 0xd08800000000000 0x7f0000001000' '0x401101 0x7f0000001000 0x7f0000002000' '0x7f0000001000' '0x401101 0x7f0000001000 0x401201' '0x401101 0xfffffffffffffff0 0x401201'; do dump "$stack" 16 "$map" >stray.heap; echo "$stack"; hprof collapsed --no-symbols stray.heap 2>&1 | grep -v ';'; done
0x401101 0xd08800000000000
0x401101 0x1
0x401101 0x7f0000001000
0x401101 0x401201 0xd08800000000000 0x7f0000001000
0x401101 0x7f0000001000 0x7f0000002000
hprof: stray.heap: warning: 2 addresses with 100.0% of the bytes lie outside every mapping: the map section is incomplete (cut?), or their code was unloaded before it was written
0x7f0000001000
hprof: stray.heap: warning: 1 address with 100.0% of the bytes lies outside every mapping: the map section is incomplete (cut?), or their code was unloaded before it was written
[unknown] 0x7f0000001000 16
0x401101 0x7f0000001000 0x401201
hprof: stray.heap: warning: 1 address with 100.0% of the bytes lies outside every mapping: the map section is incomplete (cut?), or their code was unloaded before it was written
0x401101 0xfffffffffffffff0 0x401201
[1]

# a map that goes on to the stack is whole: what is outside was unloaded
$ head='heap_v2/1\n@ 0x7f0000001000 0x401201\n  t*: 3: 48 [0: 0]\n\nMAPPED_LIBRARIES:\n'; map='00400000-00402000 r-xp 00000000 08:01 99 /opt/server\n'; stack='7ffd00000000-7ffd00021000 rw-p 00000000 00:00 0 [stack]\n'; for end in "$stack" "" "$stack"7ffe; do printf "$head$map$end" >gone.heap; hprof collapsed --no-symbols gone.heap; done
hprof: gone.heap: warning: 1 address with 100.0% of the bytes lies outside every mapping: their code was unloaded before the map was written
server+0x1200;[unknown] 0x7f0000001000 48
hprof: gone.heap: warning: 1 address with 100.0% of the bytes lies outside every mapping: the map section is incomplete (cut?), or their code was unloaded before it was written
server+0x1200;[unknown] 0x7f0000001000 48
hprof: gone.heap: warning: line 8: the file ends inside the map section; libraries may be missing
hprof: gone.heap: warning: 1 address with 100.0% of the bytes lies outside every mapping: the map section is incomplete (cut?)
server+0x1200;[unknown] 0x7f0000001000 48

# lines that are none of a map, and a map that ends at once
$ printf 'heap_v2/1\n@ 0x100001234\n  t*: 3: 48 [0: 0]\n\nMAPPED_LIBRARIES:\n0000000100000000: /Users/x/app\n00007fff20000000: /usr/lib/libSystem.B.dylib\n' >mac.heap; hprof collapsed --no-symbols mac.heap; head -c 75 mac.heap >cut.heap; hprof collapsed --no-symbols cut.heap
hprof: mac.heap: warning: line 6: "0000000100000000: /Users/x/app" is no line of a memory map; skipped (and 1 more of this kind)
hprof: mac.heap: warning: 1 address with 100.0% of the bytes stays without names: no line of the map section tells a mapping (written on another system?)
[unknown] 0x100001234 48
hprof: cut.heap: warning: line 6: the file ends inside the map section; libraries may be missing
hprof: cut.heap: warning: 1 address with 100.0% of the bytes stays without names: the map section is incomplete (cut?)
[unknown] 0x100001234 48

# a map without any line, and none
$ printf 'heap_v2/1\n@ 0x7f0000001000 0x7f0000002000\n  t*: 3: 48 [0: 0]\n\nMAPPED_LIBRARIES:\n' >empty.heap; hprof top --no-symbols empty.heap; hprof top -q --no-symbols empty.heap
hprof: empty.heap: warning: 2 addresses with 100.0% of the bytes stay without names: the map section is empty (written where /proc was not there?)
inuse_space: total 48 B
        flat   flat%    sum%         cum    cum%  name
        48 B  100.0%  100.0%        48 B  100.0%  [unknown] 0x7f0000001000
         0 B    0.0%  100.0%        48 B  100.0%  [unknown] 0x7f0000002000
inuse_space: total 48 B
        flat   flat%    sum%         cum    cum%  name
        48 B  100.0%  100.0%        48 B  100.0%  [unknown] 0x7f0000001000
         0 B    0.0%  100.0%        48 B  100.0%  [unknown] 0x7f0000002000
$ printf 'heap profile: 1: 16 [1: 16] @ heapprofile\n1: 16 [1: 16] @ 0x7f0000001000\n\nMAPPED_LIBRARIES:\n' >empty.prof; hprof top --no-symbols empty.prof
hprof: empty.prof: warning: 1 address with 100.0% of the bytes stays without names: the map section is empty (written where /proc was not there?)
inuse_space: total 16 B
        flat   flat%    sum%         cum    cum%  name
        16 B  100.0%  100.0%        16 B  100.0%  [unknown] 0x7f0000001000
$ printf 'heap profile: 1: 16 [1: 16] @ heapprofile\n1: 16 [1: 16] @ 0x7f0000001000\n' >none.prof; hprof top --no-symbols none.prof
hprof: none.prof: warning: no MAPPED_LIBRARIES section (the file may be cut): addresses stay without names
inuse_space: total 16 B
        flat   flat%    sum%         cum    cum%  name
        16 B  100.0%  100.0%        16 B  100.0%  0x7f0000001000
