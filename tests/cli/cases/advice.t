# advice fits the writer: allocations in all
$ hprof top --no-symbols --alloc_space testdata/jemalloc/ok/m.heap
hprof: testdata/jemalloc/ok/m.heap: no alloc_space in this file: the writer did not accumulate (run the program with prof_accum:true)
[3]
$ hprof top -q --no-symbols --alloc_space testdata/gperftools/ok/no-stacks.heap
hprof: testdata/gperftools/ok/no-stacks.heap: no alloc_space in this file: this writer does not record what was freed (samples of tcmalloc are of what is live; its heap profiler, HEAPPROFILE=FILE, records all)
[3]
$ hprof top --no-symbols --alloc_objects testdata/pprof/ok/late-types.pb.gz
hprof: testdata/pprof/ok/late-types.pb.gz: no sample type alloc_objects in this file, which has inuse_objects, inuse_space
[3]
$ hprof info --no-symbols testdata/gperftools/ok/no-stacks.heap | grep 'not recorded'
alloc_objects    not recorded (this writer does not record what was freed)
alloc_space      not recorded (this writer does not record what was freed)

# stacks of one frame
$ hprof info --no-symbols testdata/gperftools/ok/no-stacks.heap | sed -n '/^hints/,$p'
hints
  most stacks end after one or two frames: the allocator could not unwind; build the program with -fno-omit-frame-pointer, or run it with TCMALLOC_STACKTRACE_METHOD=libunwind where tcmalloc has that
  the total is not the RSS: it is that of live objects alone, without the allocator's metadata, fragmentation and unused pages, thread stacks, mmap by others and what was allocated before profiling began
$ printf 'heap_v2/1\n@ 0x401136\n  t*: 2: 32 [0: 0]\nMAPPED_LIBRARIES:\n00400000-00402000 r-xp 00000000 08:01 99 /opt/app/server\n' | hprof info --no-symbols - | grep 'most stacks'
  most stacks end after one or two frames: the allocator could not unwind; build it with --enable-prof-libunwind, or the program with -fno-omit-frame-pointer
$ printf 'heap profile: 2: 32 [2: 32] @ heap/1024\n2: 32 [2: 32] @ 0x401136\n#\t0x401135\tmain.f+0x1\t/a.go:3\n' | hprof info --no-symbols - | grep 'most stacks'
[1]
$ hprof info testdata/massif/ok/x_allocs.ms | grep 'most stacks'; hprof info testdata/massif/ok/x_full.kcg | grep 'most stacks'; hprof info testdata/pprof/ok/late-types.pb.gz | grep 'most stacks'
[1]

# no samples
$ printf 'heap_v2/524288\n  t*: 0: 0 [0: 0]\nMAPPED_LIBRARIES:\n' | hprof info --no-symbols - | grep 'no samples'
  no samples: profiling was not active (prof_active:false?), or nothing of the 512.0 KiB between two samples has been allocated yet
$ printf 'heap profile: 0: 0 [0: 0] @ heap_v2/524288\nMAPPED_LIBRARIES:\n' | hprof info --no-symbols - | grep 'no samples'
  no samples: sampling was off (TCMALLOC_SAMPLE_PARAMETER is 0?), or nothing of the 512.0 KiB between two samples has been allocated yet
$ printf 'heap profile: 0: 0 [0: 0] @ heapprofile\nMAPPED_LIBRARIES:\n' | hprof info --no-symbols - | grep 'no samples'
  no samples: the heap profiler had not begun (HEAPPROFILE, HeapProfilerStart()), or all was freed

# no map
$ printf 'heap_v2/1\n@ 0x401136 0x401150 0x401160\n  t*: 2: 32 [0: 0]\n' | hprof info - | grep 'no function name'
  100.0% of the bytes have no function name: the file has no map section: it is cut, or the program could not read /proc/self/maps

# sample types that are not there
$ hprof top --no-symbols --sample-index peak testdata/jemalloc/ok/m.heap
hprof: testdata/jemalloc/ok/m.heap: no sample type peak in this file, which has inuse_objects, inuse_space
[3]
$ hprof top --no-symbols --sample-index peak testdata/massif/ok/a_default.ms
hprof: testdata/massif/ok/a_default.ms: no sample type peak in this file, which has inuse_space
[3]
$ hprof top --no-symbols --inuse_objects --base testdata/massif/ok/a_default.ms testdata/jemalloc/ok/m.heap
hprof: testdata/jemalloc/ok/m.heap: warning: compared with "testdata/massif/ok/a_default.ms" of another format: massif, this one is jemalloc
hprof: testdata/massif/ok/a_default.ms: no sample type inuse_objects in this file, which has inuse_space
[3]

# profiles of other systems: no ELF file will be found
$ mkdir empty; printf 'heap_v2/1\n@ 0x100000101 0x7ff800000101\n  t*: 2: 32 [0: 0]\nMAPPED_LIBRARIES:\n0000000100000000-0000000100008000: /opt/app/server\n00007ff800000000-00007ff800008000: /usr/lib/system/libdyld.dylib\n' >mac.heap; hprof top --sysroot empty mac.heap; hprof info --sysroot empty mac.heap | sed -n '/^hints/,$p' | grep macOS
hprof: mac.heap: warning: no file for "/opt/app/server" (and 1 more): its addresses stay without names; the Mach-O files of macOS cannot be read ("hprof info" tells what helps)
inuse_space: total 32 B
        flat   flat%    sum%         cum    cum%  name
        32 B  100.0%  100.0%        32 B  100.0%  server+0x100
         0 B    0.0%  100.0%        32 B  100.0%  libdyld.dylib+0x100
  100.0% of the bytes have no function name; most are in "/opt/app/server": the Mach-O files of macOS cannot be read; "jeprof --raw" on that system writes a profile with names, which is read here
$ printf '\317\372\355\376\7\0\0\1\3\0\0\0' >server; hprof top --binary server=server mac.heap
hprof: mac.heap: cannot use the file named for /opt/app/server: server: a Mach-O file of macOS: only ELF files can be read
[3]
$ printf '\312\376\272\276\0\0\0\2\0\0\0\0' >fat; hprof symbolize -e fat 10
hprof: cannot use fat: a Mach-O file of macOS: only ELF files can be read
[3]
$ printf 'MZ\220\0\3\0\0\0\4\0' >server.exe; hprof symbolize -e server.exe 10; hprof top server.exe
hprof: cannot use server.exe: a PE file of Windows: only ELF files can be read
hprof: server.exe: line 1: this is a PE file of Windows (programs are read as ELF files only), not a heap profile that can be read here
[3]
