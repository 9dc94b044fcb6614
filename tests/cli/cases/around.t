# lines of newer writers and of unknown kinds are passed over and counted
$ hprof top --no-symbols -q testdata/jemalloc/ok/frag.heap
inuse_space: total 1.5 MiB (standard error 887.1 KiB)
        flat   flat%    sum%         cum    cum%  name
     1.0 MiB   66.7%   66.7%     1.0 MiB   66.7%  server+0x11ef
   512.5 KiB   33.3%  100.0%   512.5 KiB   33.3%  [no stack]
         0 B    0.0%  100.0%     1.0 MiB   66.7%  server+0x12ff
$ hprof info --no-symbols testdata/jemalloc/ok/frag.heap | grep '^not used'
not used         3 lines "f", 2 lines "frag_util"
$ hprof info --json --no-symbols testdata/jemalloc/ok/frag.heap | grep -o '"unused_lines":[^]]*]'
"unused_lines":[{"word":"f","lines":3},{"word":"frag_util","lines":2}]
$ sed -e '/f: 2000/s/f:/tcache_bytes:/' -e 's/^frag_util: 1/slabs: 17/' testdata/jemalloc/ok/frag.heap >new.heap; hprof top --no-symbols -n 1 new.heap; hprof info --no-symbols new.heap | grep '^not used'
hprof: new.heap: warning: line 7: lines of a kind that is not known, "tcache_bytes", are passed over
hprof: new.heap: warning: line 14: lines of a kind that is not known, "slabs", are passed over
hprof: new.heap: warning: sums are those of a jemalloc before 5.3 (or prof_unbias:false): stacks that mix object sizes are underestimated
inuse_space: total 1.5 MiB (standard error 887.1 KiB)
        flat   flat%    sum%         cum    cum%  name
     1.0 MiB   66.7%   66.7%     1.0 MiB   66.7%  server+0x11ef
... 2 more rows with 512.5 KiB flat (33.3%); -n 0 shows all
not used         1 line "tcache_bytes", 2 lines "f", 1 line "frag_util", 1 line "slabs"
$ sed 's/  t1: 2: 2112 .*/  t1: 2: x/' testdata/jemalloc/ok/frag.heap >bad.heap; hprof top --no-symbols bad.heap
hprof: bad.heap: line 10: found "  t1: 2: x", expected "t<thread>: <objects>: <bytes> [<objects>: <bytes>]"
[3]
$ printf 'heap profile: 3: 300 [3: 300] @ heapprofile\n  2: 200 [2: 200] @ 0x401136\n  age: 12 17\n  1: 100 [1: 100] @ 0x401150\n\nMAPPED_LIBRARIES:\n00400000-00402000 r-xp 00000000 08:01 99 /opt/app/server\n' >g.heap; hprof top --no-symbols g.heap
hprof: g.heap: warning: line 3: lines of a kind that is not known, "age", are passed over
inuse_space: total 300 B
        flat   flat%    sum%         cum    cum%  name
       200 B   66.7%   66.7%       200 B   66.7%  server+0x1135
       100 B   33.3%  100.0%       100 B   33.3%  server+0x114f
$ (printf -- '--- symbol\nbinary=/opt/app/server\n0x4011ef main\n---\n--- heap\n'; cat testdata/jemalloc/ok/frag.heap) >s.heap; hprof collapsed -q s.heap; hprof info s.heap | grep '^not used'
[no stack] 524800
server+0x12ff;main 1049633
not used         3 lines "f", 2 lines "frag_util"
