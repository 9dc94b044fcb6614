# a frame per thread at the root
$ hprof tree --no-symbols --tagroot thread -n 5 testdata/jemalloc/ok/j.pie.15104.0.f.heap
inuse_space: total 758.8 KiB (standard error 11.2 KiB)
         cum    cum%        flat  name
   359.6 KiB   47.4%              thread 0
   279.6 KiB   36.8%                t.pie+0x10f0
                                    libc.so.6+0x27304
                                    libc.so.6+0x27249
   112.0 KiB   14.8%   112.0 KiB      t.pie+0x12b5
   167.6 KiB   22.1%                  ... 3 more
    80.0 KiB   10.5%                ... 1 more
   199.6 KiB   26.3%              thread 1
                                  libc.so.6+0x1098eb
                                  libc.so.6+0x891f4
                                  t.pie+0x122d
                                  t.pie+0x11e5
                       199.6 KiB  t.pie+0x11c7
   199.6 KiB   26.3%              thread 2
                                  libc.so.6+0x1098eb
                                  libc.so.6+0x891f4
                                  t.pie+0x122d
                                  t.pie+0x11e5
                       199.6 KiB  t.pie+0x11c7
(-n 0 shows all)
$ hprof tree --no-symbols --tagroot=thread --bottom-up -n 3 testdata/jemalloc/ok/j.pie.15104.0.f.heap
inuse_space: total 758.8 KiB (standard error 11.2 KiB)
        flat   flat%   no caller  name
   565.6 KiB   74.5%              t.pie+0x11c7
                                  t.pie+0x11e5
   399.2 KiB   52.6%                t.pie+0x122d
                                    libc.so.6+0x891f4
                                    libc.so.6+0x1098eb
   199.6 KiB   26.3%   199.6 KiB      thread 1
   199.6 KiB   26.3%                  ... 1 more
   166.4 KiB   21.9%                ... 2 more
   193.2 KiB   25.5%              ... 3 more
(-n 0 shows all)
$ hprof collapsed --no-symbols --tagroot thread testdata/jemalloc/ok/sysn.7523.0.f.heap | cut -c 1-80
thread 0 (t.pie);ld-linux-x86-64.so.2+0x1ab9f;ld-linux-x86-64.so.2+0x4b03;ld-lin
thread 0 (t.pie);t.pie+0x10f0;libc.so.6+0x27304;libc.so.6+0x27249;t.pie+0x1285;t
thread 0 (t.pie);t.pie+0x10f0;libc.so.6+0x27304;libc.so.6+0x27249;t.pie+0x1299;t
thread 0 (t.pie);t.pie+0x10f0;libc.so.6+0x27304;libc.so.6+0x27249;t.pie+0x12b5 1
thread 1 (wrk-B);libc.so.6+0x1098eb;libc.so.6+0x891f4;t.pie+0x122d;t.pie+0x11e5;
thread 2 (worker A);libc.so.6+0x1098eb;libc.so.6+0x891f4;t.pie+0x122d;t.pie+0x11
$ hprof collapsed --no-symbols --tagroot thread testdata/jemalloc/ok/m.heap | cut -c 1-80
thread 0 (my thr);ld-linux-x86-64.so.2+0x1ab9f;ld-linux-x86-64.so.2+0x4b03;ld-li
thread 0 (my thr);rec+0x10c0;libc.so.6+0x27304;libc.so.6+0x27249;rec+0x11ff 2293
thread 0 (my thr);rec+0x10c0;libc.so.6+0x27304;libc.so.6+0x27249;rec+0x128d;libj
$ hprof top --no-symbols --cum --tagroot thread -n 6 testdata/jemalloc/ok/sysn.7523.0.f.heap
inuse_space: total 739.8 KiB (standard error 10.6 KiB)
        flat   flat%    sum%         cum    cum%  name
   547.8 KiB   74.0%   74.0%   547.8 KiB   74.0%  t.pie+0x11c7
         0 B    0.0%   74.0%   547.8 KiB   74.0%  t.pie+0x11e5
         0 B    0.0%   74.0%   395.1 KiB   53.4%  libc.so.6+0x891f4
         0 B    0.0%   74.0%   395.1 KiB   53.4%  libc.so.6+0x1098eb
         0 B    0.0%   74.0%   395.1 KiB   53.4%  t.pie+0x122d
         0 B    0.0%   74.0%   344.7 KiB   46.6%  thread 0 (t.pie)
... 14 more rows with 192.0 KiB flat (26.0%); -n 0 shows all
$ hprof top --no-symbols --modules --cum --tagroot thread testdata/jemalloc/ok/sysn.7523.0.f.heap
inuse_space: total 739.8 KiB (standard error 10.6 KiB)
        flat   flat%    sum%         cum    cum%  name
   659.8 KiB   89.2%   89.2%   659.8 KiB   89.2%  /srv/hprof/tests/t.pie
         0 B    0.0%   89.2%   659.8 KiB   89.2%  /usr/lib/x86_64-linux-gnu/libc.so.6
         0 B    0.0%   89.2%   344.7 KiB   46.6%  thread 0 (t.pie)
         0 B    0.0%   89.2%   199.6 KiB   27.0%  thread 2 (worker A)
         0 B    0.0%   89.2%   195.5 KiB   26.4%  thread 1 (wrk-B)
    80.0 KiB   10.8%  100.0%    80.0 KiB   10.8%  /usr/lib/x86_64-linux-gnu/libstdc++.so.6.0.30
         0 B    0.0%  100.0%    80.0 KiB   10.8%  /usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2
$ hprof json --no-symbols --tagroot thread testdata/jemalloc/ok/sysn.7523.0.f.heap | python3 -c 'import json, sys; d = json.load(sys.stdin); [print(d["functions"][s["frames"][-1]["function"]]["name"], s["thread"], round(s["values"][1])) for s in d["stacks"]]'
thread 0 (t.pie) t.pie 114688
thread 0 (t.pie) t.pie 65536
thread 0 (t.pie) t.pie 90819
thread 0 (t.pie) t.pie 81920
thread 1 (wrk-B) wrk-B 200201
thread 2 (worker A) worker A 204378

# totals are the same
$ for f in testdata/jemalloc/ok/*.heap; do for t in inuse_space inuse_objects; do a=$(hprof collapsed -q --no-symbols --$t $f | awk '{ n += $NF } END { print n }'); b=$(hprof collapsed -q --no-symbols --$t --tagroot thread $f | awk '{ n += $NF } END { print n }'); [ "$a" = "$b" ] || echo "$f $t $a $b"; done; done

# their frames are frames
$ hprof tree --no-symbols --tagroot thread --focus 'name:^thread 2 ' testdata/jemalloc/ok/sysn.7523.0.f.heap
inuse_space: total 199.6 KiB of 739.8 KiB (standard error 3.7 KiB)
         cum    cum%        flat  name
   199.6 KiB  100.0%              thread 2 (worker A)
                                  libc.so.6+0x1098eb
                                  libc.so.6+0x891f4
                                  t.pie+0x122d
                                  t.pie+0x11e5
                       199.6 KiB  t.pie+0x11c7
$ hprof tree --no-symbols --tagroot thread --thread wrk -n 3 testdata/jemalloc/ok/sysn.7523.0.f.heap
inuse_space: total 195.5 KiB of 739.8 KiB (standard error 3.7 KiB)
         cum    cum%        flat  name
   195.5 KiB  100.0%              thread 1 (wrk-B)
                                  libc.so.6+0x1098eb
                                  libc.so.6+0x891f4
                                  t.pie+0x122d
                                  t.pie+0x11e5
                       195.5 KiB  t.pie+0x11c7
$ hprof top --no-symbols --tagroot thread --hide '^thread' -n 2 testdata/jemalloc/ok/j.pie.15104.0.f.heap
inuse_space: total 758.8 KiB (standard error 11.2 KiB)
        flat   flat%    sum%         cum    cum%  name
   565.6 KiB   74.5%   74.5%   565.6 KiB   74.5%  t.pie+0x11c7
   112.0 KiB   14.8%   89.3%   112.0 KiB   14.8%  t.pie+0x12b5
... 19 more rows with 81.2 KiB flat (10.7%); -n 0 shows all

# of several profiles
$ hprof top --no-symbols --cum --tagroot thread --sum -n 1 testdata/jemalloc/ok/redis.26831.3.i3.heap testdata/jemalloc/ok/redis.26831.4.i4.heap
inuse_space: total 156.3 MiB (standard error 3.1 MiB)
        flat   flat%    sum%         cum    cum%  name
   156.3 MiB  100.0%  100.0%   156.3 MiB  100.0%  redis-server+0x2c3a2f
... 81 more rows with 0 B flat (0.0%); -n 0 shows all
$ hprof diff --no-symbols --cum --tagroot thread -n 3 testdata/jemalloc/ok/redis.26831.1.i1.heap testdata/jemalloc/ok/redis.26831.2.i2.heap
inuse_space: 48.6 MiB before, 57.9 MiB after, delta +9.4 MiB (standard error 2.5 MiB)
      before       after       delta   cum delta  sig  name
         0 B         0 B         0 B    +9.4 MiB    *  redis-server+0x92549
         0 B         0 B         0 B    +9.4 MiB    *  redis-server+0xa914b
         0 B         0 B         0 B    +9.4 MiB    *  redis-server+0xab093
... 66 more rows with 48.6 MiB before, 57.9 MiB after, +9.4 MiB; -n 0 shows all that changed
$ hprof collapsed --no-symbols --tagroot thread --base testdata/jemalloc/ok/j.pie.15104.0.f.heap testdata/jemalloc/ok/j.pie.15104.0.f.heap

# what has no threads, and what is no tag
$ hprof tree --tagroot thread --no-symbols testdata/gperftools/ok/sample.heap
hprof: testdata/gperftools/ok/sample.heap: warning: this writer does not record what was freed: there is no alloc_space and no alloc_objects
hprof: testdata/gperftools/ok/sample.heap: no threads in this file: heap dumps of jemalloc have them (heap_v2), and pprof profiles with labels of threads
[3]
$ hprof tree --no-symbols --tagroot thread --base testdata/gperftools/ok/sample.heap testdata/jemalloc/ok/m.heap
hprof: testdata/jemalloc/ok/m.heap: warning: compared with "testdata/gperftools/ok/sample.heap" of another format: gperftools, this one is jemalloc
hprof: testdata/jemalloc/ok/m.heap: warning: compared with "testdata/gperftools/ok/sample.heap", which was sampled every 4096 bytes on average; this one was not sampled: differences between them may come from that
hprof: testdata/gperftools/ok/sample.heap: warning: this writer does not record what was freed: there is no alloc_space and no alloc_objects
hprof: testdata/gperftools/ok/sample.heap: no threads in this file: heap dumps of jemalloc have them (heap_v2), and pprof profiles with labels of threads
[3]
$ hprof tree --tagroot cpu --no-symbols testdata/jemalloc/ok/m.heap
hprof: --tagroot: found "cpu", expected thread
[2]
$ hprof tree --tagroot thread,cpu --no-symbols testdata/jemalloc/ok/m.heap
hprof: --tagroot: found "thread,cpu", expected thread
[2]
$ hprof tree --tagroot
hprof: --tagroot needs an argument
[2]
$ hprof timeline --tagroot thread --no-symbols testdata/jemalloc/ok/m.heap
hprof: unknown option "--tagroot" ("hprof timeline --help" lists them)
[2]
$ hprof export --to symbolized --tagroot thread --no-symbols testdata/jemalloc/ok/m.heap
hprof: --to symbolized takes no --tagroot: its stacks have threads beside them
[2]
$ hprof export --to tables --tagroot thread --no-symbols testdata/jemalloc/ok/m.heap
hprof: --to tables takes no --tagroot: its stacks have threads beside them
[2]
$ hprof export --to folded --no-symbols --tagroot thread testdata/jemalloc/ok/m.heap | cut -c 1-40
thread 0 (my thr);ld-linux-x86-64.so.2+0
thread 0 (my thr);rec+0x10c0;libc.so.6+0
thread 0 (my thr);rec+0x10c0;libc.so.6+0
$ hprof flame --no-symbols --text --tagroot thread testdata/jemalloc/ok/sysn.7523.0.f.heap | head -5
inuse_space: total 739.8 KiB (757,542 bytes)
jemalloc, sampled: one in 1.0 KiB on average, standard error 10.6 KiB

all  739.8 KiB (757,542 bytes)                                                 |
thread 0 (t.pie)  344.7 KiB         |thread 2 (worker A)  |thread 1 (wrk-B)    |

# in reports: of one profile, of a series; over time there are no frames of threads
$ hprof report -q --tagroot thread -o r.html testdata/pprof/ok/threads.pb.gz; grep -c 'thread 2 (worker)' r.html; rm r.html
4
$ hprof report -q --no-symbols --tagroot thread -o r.html testdata/jemalloc/ok/redis.26831.*; grep -c 'thread 0' r.html; rm r.html
4
$ hprof report -q --tagroot thread -o r.html testdata/massif/ok/a_default.ms
hprof: testdata/massif/ok/a_default.ms: no threads in this file: heap dumps of jemalloc have them (heap_v2), and pprof profiles with labels of threads
[3]

# the table of threads is of the sample type that was asked for, and adds up to its total
$ for t in '' --inuse_objects --alloc_space '--sample-index alloc_objects'; do hprof info $t testdata/pprof/ok/threads.pb.gz | sed -n '/^threads/,/^$/p' | sed '/^$/d'; done
threads
        48 B  1  main
        96 B  2  worker
       144 B  3  worker
        64 B  pool-1  pool-1
threads, inuse_objects
           1  1  main
           2  2  worker
           3  3  worker
           1  pool-1  pool-1
threads, alloc_space
        48 B  1  main
        96 B  2  worker
       144 B  3  worker
        64 B  pool-1  pool-1
         8 B  [other threads]
threads, alloc_objects
           1  1  main
           2  2  worker
           3  3  worker
           1  pool-1  pool-1
           1  [other threads]
$ printf 'heap_v2/4096\n  t*: 1: 1 [0: 0]\n  t1: 1: 1 [0: 0] a\n  t2: 1: 1 [0: 0]\n@ 0x11 0x2\n  t*: 10: 1000 [20: 2000]\n  t1: 4: 400 [8: 800]\n  t2: 3: 300 [9: 900]\n@ 0x21 0x2\n  t*: 3: 300 [0: 0]\n  t1: 5: 500 [0: 0]\n  t2: 1: 100 [0: 0]\n@ 0x31 0x2\n  t*: 10: 1000 [0: 0]\n  t1: 4: 100 [0: 0]\n  t2: 6: 900 [0: 0]\n' >raced.heap; for t in --inuse_space --alloc_space; do hprof info -q --no-symbols --show_bytes $t raced.heap | sed -n '/^threads/,/^$/p' | sed '/^$/d'; for i in 1 2; do hprof top -q --no-symbols --show_bytes -n 1 --thread $i $t raced.heap | head -1; done; hprof tree -q --no-symbols --show_bytes --tagroot thread --depth 1 $t raced.heap | grep -v more; done
threads
     43384 B  1  a
     39540 B  2
     12439 B  [other threads]
inuse_space: total 43384 B of 95363 B (standard error 13320 B)
inuse_space: total 39540 B of 95363 B (standard error 12737 B)
inuse_space: total 95363 B (standard error 19764 B)
         cum    cum%        flat  name
     43384 B   45.5%              thread 1 (a)
     39540 B   41.5%              thread 2
     12439 B   13.0%              [other threads]
threads, alloc_space
     33170 B  1  a
     37316 B  2
     12439 B  [other threads]
alloc_space: total 33170 B of 82924 B (standard error 11656 B)
alloc_space: total 37316 B of 82924 B (standard error 12363 B)
alloc_space: total 82924 B (standard error 18430 B)
         cum    cum%        flat  name
     37316 B   45.0%              thread 2
     33170 B   40.0%              thread 1 (a)
     12438 B   15.0%              [other threads]
