# memory without a file is one row by its own name
$ printf 'heap_v2/1\n@ 0x400101 0x400301\n  t*: 1: 16 [0: 0]\n@ 0x400201 0x7fff0101\n  t*: 1: 32 [0: 0]\n@ 0x990001\n  t*: 1: 48 [0: 0]\nMAPPED_LIBRARIES:\n00400000-00401000 rwxp 00000000 00:00 0\n7fff0000-7fff1000 r-xp 00000000 00:00 0 [vdso]\n' >jit.4711.0.f.heap; hprof top jit.4711.0.f.heap
hprof: jit.4711.0.f.heap: warning: 1 address with 50.0% of the bytes lies outside every mapping: the map section is incomplete (cut?), or their code was unloaded before it was written
inuse_space: total 96 B
        flat   flat%    sum%         cum    cum%  name
        48 B   50.0%   50.0%        48 B   50.0%  [anon]
        48 B   50.0%  100.0%        48 B   50.0%  [unknown] 0x990001
         0 B    0.0%  100.0%        32 B   33.3%  [vdso]
$ hprof collapsed jit.4711.0.f.heap
hprof: jit.4711.0.f.heap: warning: 1 address with 50.0% of the bytes lies outside every mapping: the map section is incomplete (cut?), or their code was unloaded before it was written
[anon];[anon] 16
[unknown] 0x990001 48
[vdso];[anon] 32
$ hprof top --addresses jit.4711.0.f.heap
hprof: jit.4711.0.f.heap: warning: 1 address with 50.0% of the bytes lies outside every mapping: the map section is incomplete (cut?), or their code was unloaded before it was written
inuse_space: total 96 B
        flat   flat%    sum%         cum    cum%  name
        48 B   50.0%   50.0%        48 B   50.0%  [unknown] 0x990001
        32 B   33.3%   83.3%        32 B   33.3%  0x400200 [anon]
        16 B   16.7%  100.0%        16 B   16.7%  0x400100 [anon]
         0 B    0.0%  100.0%        32 B   33.3%  0x100 [vdso]
         0 B    0.0%  100.0%        16 B   16.7%  0x400300 [anon]
$ hprof top --modules jit.4711.0.f.heap
hprof: jit.4711.0.f.heap: warning: 1 address with 50.0% of the bytes lies outside every mapping: the map section is incomplete (cut?), or their code was unloaded before it was written
inuse_space: total 96 B
        flat   flat%    sum%         cum    cum%  name
        48 B   50.0%   50.0%        48 B   50.0%  [anon]
        48 B   50.0%  100.0%        48 B   50.0%  [unknown]
         0 B    0.0%  100.0%        32 B   33.3%  [vdso]

# --perf-map names what was made at run time, also outside of all mappings
$ printf '400100 80 made()\r\n0x400200 10 one; two\n400300 10 caller\n990000 8 freed since\n' >map; hprof top --perf-map map jit.4711.0.f.heap
inuse_space: total 96 B
        flat   flat%    sum%         cum    cum%  name
        48 B   50.0%   50.0%        48 B   50.0%  freed since
        32 B   33.3%   83.3%        32 B   33.3%  one; two
        16 B   16.7%  100.0%        16 B   16.7%  made()
         0 B    0.0%  100.0%        32 B   33.3%  [vdso]
         0 B    0.0%  100.0%        16 B   16.7%  caller
$ hprof collapsed --perf-map map jit.4711.0.f.heap
[vdso];one: two 32
caller;made() 16
freed since 48
$ hprof info --perf-map map jit.4711.0.f.heap | sed -n '/^modules/,/status *special, symbols: none/p'
modules
  [anon]
    status      special, symbols: perf-map, 3 of 3 addresses named
    addresses   0 with a line, 3 with a function only, 0 with the module only
    debug file  map
    found by    perf-map
  [vdso]
    status      special, symbols: none, 0 of 1 addresses named

# beside the profile, of its own process only
$ mkdir other own; cp jit.4711.0.f.heap other; cp map other/perf-471.map; cp map other/perf-4712.map; hprof collapsed other/jit.4711.0.f.heap
hprof: other/jit.4711.0.f.heap: warning: 1 address with 50.0% of the bytes lies outside every mapping: the map section is incomplete (cut?), or their code was unloaded before it was written
[anon];[anon] 16
[unknown] 0x990001 48
[vdso];[anon] 32
$ cp jit.4711.0.f.heap own; cp map own/perf-4711.map; hprof collapsed own/jit.4711.0.f.heap
[vdso];one: two 32
caller;made() 16
freed since 48

# a line that is none, a file that is none
$ (cat map; echo oops; echo '400400 zz z') >odd; hprof collapsed --perf-map odd jit.4711.0.f.heap
hprof: jit.4711.0.f.heap: warning: "odd": line 5: found "oops", expected START SIZE NAME with hexadecimal numbers; skipped (and 1 more of this kind)
[vdso];one: two 32
caller;made() 16
freed since 48
$ echo nothing >none; hprof top --perf-map none jit.4711.0.f.heap
hprof: jit.4711.0.f.heap: cannot use perf map "none": no line of it reads START SIZE NAME
[3]
$ hprof top --perf-map absent jit.4711.0.f.heap
hprof: jit.4711.0.f.heap: cannot use perf map "absent": cannot open: No such file or directory
[3]
