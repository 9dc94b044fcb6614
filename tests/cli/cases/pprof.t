# profiles of pprof: gzipped or plain, whatever the order of their parts
$ hprof top testdata/pprof/ok/small.pb.gz
inuse_space: total 340 B
        flat   flat%    sum%         cum    cum%  name
       300 B   88.2%   88.2%       300 B   88.2%  ns::make<int>
        40 B   11.8%  100.0%       340 B  100.0%  main
$ hprof top --lines --names full --alloc_objects testdata/pprof/ok/small.pb.gz
alloc_objects: total 6
        flat   flat%    sum%         cum    cum%  name
           5   83.3%   83.3%           5   83.3%  ns::make<int>(char) make.cc:11
           1   16.7%  100.0%           6  100.0%  main main.c:7
           0    0.0%  100.0%           5   83.3%  main main.c:8
$ gzip -dc testdata/pprof/ok/small.pb.gz | hprof collapsed -
main 40
main;main;ns::make<int> 300
$ hprof top testdata/pprof/ok/unusual.pb
hprof: testdata/pprof/ok/unusual.pb: warning: sample 2: values below zero (inuse_objects -1, inuse_space -16): counters of the writer ran under or over, or this is a difference; they are used as they are
inuse_space: total 56 B
        flat   flat%    sum%         cum    cum%  name
        64 B  114.3%  114.3%        64 B  114.3%  leaf
       -16 B  -28.6%   85.7%        48 B   85.7%  only_system
         8 B   14.3%  100.0%         8 B   14.3%  [no stack]
$ hprof info testdata/pprof/ok/unusual.pb | head -8
file             testdata/pprof/ok/unusual.pb
format           pprof
writer           unknown
sampling         not known
stacks           3 (deepest: 2 frames)
allocator        0 frames cut from 0 stacks
inuse_objects    2 (2 recorded)
inuse_space      56 B (56 bytes, 56 recorded)
$ hprof top testdata/pprof/ok/empty.pb.gz
inuse_space: total 0 B
no samples: profiling was not active, or nothing was sampled yet
$ hprof top testdata/pprof/ok/types.pb.gz
hprof: testdata/pprof/ok/types.pb.gz: warning: sample_type "space" means the same as one before it; it is left out
hprof: testdata/pprof/ok/types.pb.gz: warning: sample_type "time" is neither in bytes nor a count; it is left out
inuse_space: total 340 B
        flat   flat%    sum%         cum    cum%  name
       300 B   88.2%   88.2%       300 B   88.2%  ns::make<int>
        40 B   11.8%  100.0%       340 B  100.0%  main
$ hprof top --sample-index space testdata/pprof/ok/unusual.pb | head -1
hprof: testdata/pprof/ok/unusual.pb: warning: sample 2: values below zero (inuse_objects -1, inuse_space -16): counters of the writer ran under or over, or this is a difference; they are used as they are
inuse_space: total 56 B
$ hprof top -n 1 testdata/pprof/ok/late-types.pb.gz
inuse_space: total 19.4 KiB
        flat   flat%    sum%         cum    cum%  name
       199 B    1.0%    1.0%       199 B    1.0%  function199
... 198 more rows with 19.2 KiB flat (99.0%); -n 0 shows all

# of Go
$ hprof top testdata/pprof/ok/go.pb.gz
inuse_space: total 2.1 MiB (standard error 20.1 KiB)
        flat   flat%    sum%         cum    cum%  name
     1.1 MiB   53.7%   53.7%     1.1 MiB   53.7%  main.grow
  1000.0 KiB   46.1%   99.8%  1000.0 KiB   46.1%  main.inlined
     3.0 KiB    0.1%  100.0%  1003.0 KiB   46.3%  main.fill
       747 B    0.0%  100.0%       747 B    0.0%  runtime.malg
         0 B    0.0%  100.0%     2.1 MiB  100.0%  main.main
         0 B    0.0%  100.0%     2.1 MiB  100.0%  runtime.main
         0 B    0.0%  100.0%       747 B    0.0%  runtime.newproc.func1
         0 B    0.0%  100.0%       747 B    0.0%  runtime.newproc1
         0 B    0.0%  100.0%       747 B    0.0%  runtime.systemstack
$ hprof info testdata/pprof/ok/go.pb.gz | sed '/^hints/,$d;/^$/d'
file             testdata/pprof/ok/go.pb.gz
format           pprof
writer           unknown
sampling         one in 512 B on average (512 bytes); the writer has scaled the values
stacks           23 (deepest: 10 frames)
allocator        0 frames cut from 0 stacks
alloc_objects    3719 (1779 recorded)
alloc_space      2.2 MiB (2271540 bytes, 1653741 recorded)
inuse_objects    3698 (1773 recorded)
inuse_space      2.1 MiB (2219368 bytes, 1603167 recorded)
modules
  /srv/hprof/heap-go/heap
    status      ok, symbols: inside, 47 of 47 addresses named
    addresses   47 with a line, 0 with a function only, 0 with the module only

# addresses without names: of files that nobody knows the place of, and of two processes
$ hprof top -q testdata/pprof/ok/relative.pb.gz
inuse_space: total 1.0 KiB
        flat   flat%    sum%         cum    cum%  name
      1000 B   97.7%   97.7%      1000 B   97.7%  libplugin.so+0x1234
        24 B    2.3%  100.0%     1.0 KiB  100.0%  server+0x1234
$ hprof info -q testdata/pprof/ok/relative.pb.gz | sed -n '/^modules/,/^warn/p'
modules
  /srv/app/server
    status      missing, symbols: none, 0 of 1 addresses named
    build ID    00112233445566778899aabbccddeeff00112233
    note        /srv/app/server: no such file; testdata/pprof/ok/server: no such file
  /srv/app/libplugin.so
    status      missing, symbols: none, 0 of 1 addresses named
    build ID    ffeeddccbbaa99887766554433221100ffeeddcc
    note        /srv/app/libplugin.so: no such file; testdata/pprof/ok/libplugin.so: no such file

warnings
$ hprof top -q testdata/pprof/ok/overlap.pb.gz
inuse_space: total 30 B
        flat   flat%    sum%         cum    cum%  name
        20 B   66.7%   66.7%        20 B   66.7%  two+0x11010
        10 B   33.3%  100.0%        10 B   33.3%  one+0x90010
$ hprof top -q testdata/pprof/ok/overlap-end.pb
inuse_space: total 70 B
        flat   flat%    sum%         cum    cum%  name
        40 B   57.1%   57.1%        40 B   57.1%  [unknown] 0x0
        20 B   28.6%   85.7%        20 B   28.6%  two+0x11010
        10 B   14.3%  100.0%        10 B   14.3%  one+0x90010
$ hprof top -q testdata/pprof/ok/processes.pb
inuse_space: total 30 B
        flat   flat%    sum%         cum    cum%  name
        30 B  100.0%  100.0%        30 B  100.0%  server+0x1010
$ hprof top -q testdata/pprof/ok/bare.pb
inuse_space: total 11 B
        flat   flat%    sum%         cum    cum%  name
         6 B   54.5%   54.5%         6 B   54.5%  [unknown] 0x0
         5 B   45.5%  100.0%         5 B   45.5%  [anon]
$ hprof info -q testdata/pprof/ok/bare.pb | sed -n '/^modules/,/^$/{/./p}'
modules
  [anon]
    status      special, symbols: none, 0 of 1 addresses named
$ hprof top -q testdata/pprof/ok/short-path.pb
inuse_space: total 30 B
        flat   flat%    sum%         cum    cum%  name
        20 B   66.7%   66.7%        20 B   66.7%  server+0x1020
        10 B   33.3%  100.0%        10 B   33.3%  server+0x1010
$ touch server; hprof info -q testdata/pprof/ok/short-path.pb | grep -m1 note; rm server
    note        testdata/pprof/ok/server: no such file

# threads and sizes
$ hprof top --thread worker testdata/pprof/ok/threads.pb.gz
inuse_space: total 240 B of 352 B (standard error 11.0 KiB)
        flat   flat%    sum%         cum    cum%  name
       240 B  100.0%  100.0%       240 B  100.0%  work
         0 B    0.0%  100.0%       240 B  100.0%  main
$ hprof top --thread 2 testdata/pprof/ok/threads.pb.gz | head -1
inuse_space: total 96 B of 352 B (standard error 6.9 KiB)
$ hprof top --thread pool-1 testdata/pprof/ok/threads.pb.gz | head -1
inuse_space: total 64 B of 352 B (standard error 5.7 KiB)
$ hprof info testdata/pprof/ok/threads.pb.gz | sed '/^hints/,$d;/^$/d'
file             testdata/pprof/ok/threads.pb.gz
format           pprof
writer           unknown
sampling         one in 512.0 KiB on average (524288 bytes); the writer has scaled the values
stacks           2 (deepest: 2 frames)
allocator        0 frames cut from 0 stacks
inuse_objects    7 (0 recorded)
inuse_space      352 B (352 bytes, 0 recorded)
alloc_objects    8 (0 recorded)
alloc_space      360 B (360 bytes, 0 recorded)
threads
        48 B  1  main
        96 B  2  worker
       144 B  3  worker
        64 B  pool-1  pool-1

# a thread that is listed can be chosen by its id, whatever that is
$ hprof info testdata/pprof/ok/thread-ids.pb | sed -n '/^threads/,/^$/{/./p}'
threads
         1 B  0x7f12  worker
         2 B  0x7f34  worker
        20 B  -5  main
         8 B  7
        32 B  main  main
        64 B  worker  worker
       384 B  [other threads]
$ for id in 0x7f12 0x7f34 -5 7 main worker; do hprof top -n 1 --thread $id testdata/pprof/ok/thread-ids.pb | head -n 1; done
inuse_space: total 1 B of 511 B
inuse_space: total 2 B of 511 B
inuse_space: total 20 B of 511 B
inuse_space: total 8 B of 511 B
inuse_space: total 32 B of 511 B
inuse_space: total 64 B of 511 B
$ for names in '^worker$' 'mai.*' 0x7f 8; do hprof top -n 1 --thread $names testdata/pprof/ok/thread-ids.pb | head -n 1; done
inuse_space: total 67 B of 511 B
inuse_space: total 52 B of 511 B
hprof: testdata/pprof/ok/thread-ids.pb: no thread has the id or a name that matches "0x7f" ("hprof info" lists the threads)
hprof: testdata/pprof/ok/thread-ids.pb: no thread has the id or a name that matches "8" ("hprof info" lists the threads)
$ hprof top -n 1 --thread pool-1 --sum testdata/pprof/ok/thread-ids.pb testdata/pprof/ok/threads.pb.gz -q | head -n 1
inuse_space: total 64 B of 863 B
$ hprof export --to pprof -o ids.pb testdata/pprof/ok/thread-ids.pb; hprof info ids.pb | sed -n '/^threads/,/^$/{/./p}'; hprof top --tagroot thread --cum -n 9 ids.pb
threads
         1 B  0x7f12  worker
        20 B  -5  main
        64 B  worker  worker
         2 B  0x7f34  worker
         8 B  7
        32 B  main  main
       384 B  [other threads]
inuse_space: total 511 B
        flat   flat%    sum%         cum    cum%  name
       341 B   66.7%   66.7%       511 B  100.0%  main
         0 B    0.0%   66.7%       384 B   75.1%  [other threads]
       170 B   33.3%  100.0%       170 B   33.3%  work
         0 B    0.0%  100.0%        64 B   12.5%  thread worker
         0 B    0.0%  100.0%        32 B    6.3%  thread main
         0 B    0.0%  100.0%        20 B    3.9%  thread -5 (main)
         0 B    0.0%  100.0%         8 B    1.6%  thread 7
         0 B    0.0%  100.0%         2 B    0.4%  thread 0x7f34 (worker)
         0 B    0.0%  100.0%         1 B    0.2%  thread 0x7f12 (worker)

# what is wrong is said with the name of its field
$ for f in testdata/pprof/bad/*; do hprof top $f; done
hprof: testdata/pprof/bad/comment-cut.pb: offset 191: comment is no number
hprof: testdata/pprof/bad/comment-second.pb: offset 0: comment: no string 600, there are 10
hprof: testdata/pprof/bad/comment-string.pb: offset 0: comment: no string 600, there are 10
hprof: testdata/pprof/bad/contentions.pb.gz: offset 0: this is a profile of "contentions" in "count", "delay" in "nanoseconds", not of a heap: no sample_type is in bytes
hprof: testdata/pprof/bad/cpu.pb.gz: offset 0: this is a profile of "samples" in "count", "cpu" in "nanoseconds", not of a heap: no sample_type is in bytes
hprof: testdata/pprof/bad/cut.pb: offset 76: function 2: filename: no string 9, there are 9
hprof: testdata/pprof/bad/cut.pb.gz: offset 171: the compressed data end too early
hprof: testdata/pprof/bad/default-string.pb: offset 0: default_sample_type: no string 600, there are 10
hprof: testdata/pprof/bad/function-cut.pb: offset 86: function 3: name is cut or damaged
hprof: testdata/pprof/bad/function-id-0.pb: offset 86: function 3: id is 0
hprof: testdata/pprof/bad/function-number.pb: offset 86: function 3: name is no number
hprof: testdata/pprof/bad/function-string.pb: offset 86: function 3: name: no string -1, there are 10
hprof: testdata/pprof/bad/function-twice.pb: offset 86: function 3: id 2 is there a second time
hprof: testdata/pprof/bad/goroutine.pb: offset 0: this is a profile of "goroutine" in "count", not of a heap: no sample_type is in bytes
hprof: testdata/pprof/bad/group.pb: offset 191: field number 98 makes no sense: the file is damaged here or before
hprof: testdata/pprof/bad/label-number.pb: offset 34: sample 3: label is no message
hprof: testdata/pprof/bad/label-string.pb: offset 43: label of sample 3: key: no string 400, there are 10
hprof: testdata/pprof/bad/line-function-0.pb: offset 73: location 3: function_id 0: no such function
hprof: testdata/pprof/bad/line-function.pb: offset 73: location 3: function_id 77: no such function
hprof: testdata/pprof/bad/location-0.pb: offset 34: sample 3: location_id 0: no such location
hprof: testdata/pprof/bad/location-id-0.pb: offset 66: location 3: id is 0
hprof: testdata/pprof/bad/location-line.pb: offset 66: location 3: line is no message
hprof: testdata/pprof/bad/location-mapping.pb: offset 66: location 3: mapping_id 4: no such mapping
hprof: testdata/pprof/bad/location-twice.pb: offset 66: location 3: id 1 is there a second time
hprof: testdata/pprof/bad/location-unknown.pb: offset 34: sample 3: location_id 9999: no such location
hprof: testdata/pprof/bad/mapping-id-0.pb: offset 34: mapping 1: id is 0
hprof: testdata/pprof/bad/mapping-string.pb: offset 34: mapping 1: filename: no string 500, there are 10
hprof: testdata/pprof/bad/mapping-twice.pb: offset 48: mapping 2: id 1 is there a second time
hprof: testdata/pprof/bad/sample-number.pb: offset 32: sample is no message
hprof: testdata/pprof/bad/string-first.pb: offset 14: string_table: the first one is not ""
hprof: testdata/pprof/bad/string-none.pb: offset 0: string_table is missing
hprof: testdata/pprof/bad/twice-no-time.pb: offset 257: function 3: id 1 is there a second time
hprof: testdata/pprof/bad/twice.pb: offset 384: time_nanos is there a second time: these are several profiles, one behind the other
hprof: testdata/pprof/bad/twice.pb.gz: offset 384: time_nanos is there a second time: these are several profiles, one behind the other
hprof: testdata/pprof/bad/type-first.pb: offset 2: sample_type 1: type: no string -1, there are 5
hprof: testdata/pprof/bad/type-none.pb: offset 0: sample_type is missing
hprof: testdata/pprof/bad/type-string.pb: offset 14: sample_type 3: type: no string 900, there are 5
hprof: testdata/pprof/bad/values-cut.pb: offset 34: sample 3: value ends inside of a number
hprof: testdata/pprof/bad/values-few.pb: offset 34: sample 3: value: found 1, expected 2, one for each sample_type
hprof: testdata/pprof/bad/values-many.pb: offset 34: sample 3: value: found 3, expected 2, one for each sample_type
hprof: testdata/pprof/bad/values-text.pb: offset 34: sample 3: value is no number
[3]
$ printf 'heap profile' | gzip -c >text.pb.gz; hprof top text.pb.gz
hprof: text.pb.gz: line 1: not a heap profile that is known: found "heap profile", expected for example "heap_v2/524288" ("hprof formats" lists what is read)
[3]
$ head -c 20 testdata/pprof/ok/small.pb.gz >begun.pb.gz; hprof top begun.pb.gz
hprof: begun.pb.gz: line 1: the compressed data end before anything can be unpacked, expected a heap profile
[3]

# out and in again
$ hprof export --to pprof -o a.pb.gz testdata/pprof/ok/threads.pb.gz; hprof export --to pprof a.pb.gz >b.pb.gz; hprof json a.pb.gz >a; hprof json b.pb.gz >b; cmp a b; hprof collapsed a.pb.gz
main;work 352
$ hprof export -q --no-symbols --to pprof -o a.pb.gz testdata/jemalloc/ok/m.heap; hprof info -q a.pb.gz | head -6; hprof top -q --no-symbols -n 3 a.pb.gz
file             a.pb.gz
format           pprof
writer           hprof
sampling         none
stacks           3 (deepest: 14 frames)
allocator        0 frames cut from 0 stacks
inuse_space: total 308.0 KiB
        flat   flat%    sum%         cum    cum%  name
   224.0 KiB   72.7%   72.7%   224.0 KiB   72.7%  rec+0x11ff
    80.0 KiB   26.0%   98.7%    80.0 KiB   26.0%  libstdc++.so.6.0.30+0xa57b9
     4.0 KiB    1.3%  100.0%     4.0 KiB    1.3%  libc.so.6+0x758cb
... 16 more rows with 0 B flat (0.0%); -n 0 shows all
$ hprof export -q --no-symbols --prune none --to pprof -o a.pb.gz testdata/jemalloc/ok/m.heap; hprof info -q a.pb.gz | sed -n 5,6p
stacks           3 (deepest: 18 frames)
allocator        12 frames cut from 3 stacks
$ hprof export -q --no-symbols --to pprof -o a.pb.gz --base testdata/jemalloc/ok/redis.26831.1.i1.heap testdata/jemalloc/ok/redis.26831.4.i4.heap; hprof top -q --no-symbols -n 2 a.pb.gz
inuse_space: total 40.3 MiB
        flat   flat%    sum%         cum    cum%  name
    40.3 MiB  100.0%  100.0%    40.3 MiB  100.0%  redis-server+0x2c3a2f
         0 B    0.0%  100.0%    40.9 MiB  101.3%  redis-server+0xa914b
... 46 more rows with 0 B flat (0.0%); -n 0 shows all
$ hprof diff -q --no-symbols -n 2 testdata/jemalloc/ok/redis.26831.1.i1.heap testdata/jemalloc/ok/redis.26831.4.i4.heap
inuse_space: 48.6 MiB before, 88.9 MiB after, delta +40.3 MiB (standard error 2.9 MiB)
      before       after       delta   cum delta  sig  name
    48.6 MiB    88.9 MiB   +40.3 MiB   +40.3 MiB    *  redis-server+0x2c3a2f
         0 B         0 B         0 B   +40.9 MiB    *  redis-server+0xa914b
... 79 more rows with 0 B before, 0 B after, 0 B; -n 0 shows all that changed
$ hprof export -q --no-symbols --sum --to pprof -o a.pb.gz testdata/jemalloc/ok/redis.26831.*.heap; hprof top -q --no-symbols -n 1 a.pb.gz | head -1
inuse_space: total 301.7 MiB (standard error 4.2 MiB)
$ hprof export -q --no-symbols --thread 1 --to pprof -o a.pb.gz testdata/jemalloc/ok/p.heap.gz; hprof info -q --no-symbols a.pb.gz | sed -n 7,13p
alloc_objects    49 (48 recorded)
alloc_space      199.6 KiB (204378 bytes, 200953 recorded)
inuse_objects    49 (48 recorded)
inuse_space      199.6 KiB (204378 bytes, 200953 recorded)

threads
   199.6 KiB  1
$ hprof export -q --alloc_space --focus x --to pprof -o a.pb.gz testdata/massif/ok/x_full.ms; hprof info -q a.pb.gz | sed -n 7,12p
alloc_objects    1 (1 recorded)
alloc_space      4.0 KiB (4096 bytes, 4096 recorded)
inuse_objects    0 (0 recorded)
inuse_space      0 B (0 bytes, 0 recorded)
free_space       4.0 KiB (4096 bytes, 4096 recorded)
free_objects     1 (1 recorded)
$ hprof export --to pprof testdata/massif/ok/a_heapno.ms
hprof: testdata/massif/ok/a_heapno.ms: no snapshot has a tree, only totals were recorded: "hprof timeline" shows these
[3]
$ hprof export --to pprof -o /dev/full testdata/pprof/ok/small.pb.gz
hprof: /dev/full: cannot write output: No space left on device
[4]

# a C1 control is a blank in folded stacks, and escaped in tables
$ hprof collapsed testdata/pprof/ok/c1.pb
x 31mred 100
$ hprof top testdata/pprof/ok/c1.pb
inuse_space: total 100 B
        flat   flat%    sum%         cum    cum%  name
       100 B  100.0%  100.0%       100 B  100.0%  x\xc2\x9b31mred
$ hprof top --json testdata/pprof/ok/c1.pb
{"schema":"hprof/top/1","sample_type":"inuse_space","unit":"bytes","total":100,"rows":[
{"name":"x\u009b31mred","file":"f\u009b1m.c","module":"/opt/a\u009bpp","flat":100,"cum":100}],"warnings":[]}
