# no samples
$ printf 'heap_v2/524288\n  t*: 0: 0 [0: 0]\nMAPPED_LIBRARIES:\n' >none.heap; hprof info none.heap
file             none.heap
format           jemalloc
writer           jemalloc
sampling         one in 512.0 KiB on average (524288 bytes)
stacks           0 (deepest: 0 frames)
allocator        0 frames cut from 0 stacks
inuse_objects    0 (0 recorded)
inuse_space      0 B (0 bytes, 0 recorded)
alloc_objects    not recorded (the writer did not accumulate)
alloc_space      not recorded (the writer did not accumulate)

hints
  no samples: profiling was not active (prof_active:false?), or nothing of the 512.0 KiB between two samples has been allocated yet
$ hprof top none.heap
inuse_space: total 0 B
no samples: profiling was not active, or nothing was sampled yet

# all was freed
$ printf 'heap_v2/1\n@ 0x400101\n  t*: 0: 0 [3: 48]\nMAPPED_LIBRARIES:\n00400000-00401000 r-xp 00000000 08:01 11 /nonexistent/app\n' >freed.heap; hprof top --no-symbols freed.heap; hprof tree --no-symbols freed.heap; hprof diff --no-symbols freed.heap freed.heap; hprof report --no-symbols freed.heap -o freed.html; grep -o 'Nothing is live[^<]*allocated\.' freed.html; hprof top --no-symbols --alloc_space --focus nowhere freed.heap
inuse_space: total 0 B
nothing is live: all that was recorded was freed; --alloc_space shows what was allocated
inuse_space: total 0 B
nothing is live: all that was recorded was freed; --alloc_space shows what was allocated
inuse_space: 0 B before, 0 B after, delta 0 B
nothing is live: all that was recorded was freed; --alloc_space shows what was allocated
Nothing is live: all that was recorded was freed; --alloc_space shows what was allocated.
hprof: warning: --focus 'nowhere' matches no frame
alloc_space: total 0 B of 48 B
no stack is left by --focus, --ignore or --thread

# stacks of one frame
$ printf 'heap_v2/1\n@ 0x401001 0x400101\n  t*: 1: 16 [0: 0]\n@ 0x401001 0x400201\n  t*: 1: 16 [0: 0]\nMAPPED_LIBRARIES:\n00400000-00401000 r-xp 00000000 08:01 11 /nonexistent/app\n00401000-00402000 r-xp 00000000 08:01 11 /nonexistent/libjemalloc.so.2\n' >flat.heap; hprof info flat.heap
file             flat.heap
format           jemalloc
writer           jemalloc
sampling         one in 1 B on average (1 bytes)
stacks           2 (deepest: 2 frames)
allocator        2 frames cut from 2 stacks
inuse_objects    2 (2 recorded)
inuse_space      32 B (32 bytes, 32 recorded)
alloc_objects    not recorded (the writer did not accumulate)
alloc_space      not recorded (the writer did not accumulate)

modules
  /nonexistent/app
    status      missing, symbols: none, 0 of 2 addresses named
    note        /nonexistent/app: no such file; ./app: no such file
  /nonexistent/libjemalloc.so.2
    status      missing, symbols: none, 0 of 1 addresses named
    note        /nonexistent/libjemalloc.so.2: no such file; ./libjemalloc.so.2: no such file

warnings
  no file for "/nonexistent/app" (and 1 more): its addresses stay without names; give BINARY, --sysroot or --path-map ("hprof info" tells what was tried)

hints
  most stacks end after one or two frames: the allocator could not unwind; build it with --enable-prof-libunwind, or the program with -fno-omit-frame-pointer
  100.0% of the bytes have no function name; most are in "/nonexistent/app", which was not found or cannot be read: give it as BINARY, or its folder with --sysroot or --path-map
  the total is not the RSS: it is that of live objects alone, without the allocator's metadata, fragmentation and unused pages, thread stacks, mmap by others and what was allocated before profiling began

# bytes without names, and the file that would give them
$ mkdir empty; hprof info testdata/jemalloc/ok/redis.26831.0.i0.heap --sysroot empty | sed -n '/^hints/,$p'
hints
  100.0% of the bytes have no function name; most are in "/srv/bench1/redis/src/redis-server", which was not found or cannot be read: give it as BINARY, or its folder with --sysroot or --path-map
  21 of 21 stacks end at one address without a name in "/srv/bench1/redis/src/redis-server": an allocator inside a stripped program? its frames are cut only where they have names: give the unstripped program or its debug file
  the total is not the RSS: it is that of live objects alone, without the allocator's metadata, fragmentation and unused pages, thread stacks, mmap by others and what was allocated before profiling began (the process had 102.3 MiB of writable memory mapped)

# generated code
$ printf 'heap_v2/1\n@ 0x401001 0x400101 0x400301\n  t*: 1: 16 [0: 0]\nMAPPED_LIBRARIES:\n00400000-00401000 rwxp 00000000 00:00 0\n00401000-00402000 r-xp 00000000 08:01 11 /usr/lib/libjemalloc.so.2\n' >jit.heap; hprof info --json --sysroot empty jit.heap
{"schema":"hprof/info/1","format":"jemalloc","writer":"jemalloc","sampling_period":1,"sample_types":[{"name":"inuse_objects","unit":"count","total":1.0000001125351874,"recorded":1},{"name":"inuse_space","unit":"bytes","total":16.000001800563,"recorded":16}],"absent_sample_types":["alloc_objects","alloc_space"],"stacks":1,"max_depth":3,"cut_stacks":1,"cut_frames":1,"threads":[],"snapshots":[],"modules":[
{"path":"[anon]","status":"special","symbols":"none","deleted":false,"addresses":2,"resolved":0,"with_line":0},
{"path":"/usr/lib/libjemalloc.so.2","status":"missing","symbols":"none","deleted":false,"tried":["sysroot: empty/usr/lib/libjemalloc.so.2: no such file","beside: ./libjemalloc.so.2: no such file"],"note":"empty/usr/lib/libjemalloc.so.2: no such file; ./libjemalloc.so.2: no such file","addresses":1,"resolved":0,"with_line":0}],"warnings":["no file for \"/usr/lib/libjemalloc.so.2\": its addresses stay without names; give BINARY, --sysroot or --path-map (\"hprof info\" tells what was tried)"],"hints":["100.0% of the bytes have no function name; most are in \"[anon]\", memory without a file: if a program made code there, give its names with --perf-map","the total is not the RSS: it is that of live objects alone, without the allocator's metadata, fragmentation and unused pages, thread stacks, mmap by others and what was allocated before profiling began (the process had 4.0 KiB of writable memory mapped)"]}
