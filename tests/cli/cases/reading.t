# a dump, by its recorded addresses
$ hprof top --no-symbols --show_bytes testdata/jemalloc/ok/j.pie.15104.0.f.heap
inuse_space: total 776965 B (standard error 11482 B)
        flat   flat%    sum%         cum    cum%  name
    579166 B   74.5%   74.5%    579166 B   74.5%  t.pie+0x11c7
    114688 B   14.8%   89.3%    114688 B   14.8%  t.pie+0x12b5
     81920 B   10.5%   99.8%     81920 B   10.5%  libstdc++.so.6.0.30+0xa57b9
      1191 B    0.2%  100.0%      1191 B    0.2%  ld-linux-x86-64.so.2+0x10cb2
         0 B    0.0%  100.0%    579166 B   74.5%  t.pie+0x11e5
         0 B    0.0%  100.0%    408756 B   52.6%  libc.so.6+0x891f4
         0 B    0.0%  100.0%    408756 B   52.6%  libc.so.6+0x1098eb
         0 B    0.0%  100.0%    408756 B   52.6%  t.pie+0x122d
         0 B    0.0%  100.0%    286289 B   36.8%  libc.so.6+0x27249
         0 B    0.0%  100.0%    286289 B   36.8%  libc.so.6+0x27304
         0 B    0.0%  100.0%    286289 B   36.8%  t.pie+0x10f0
         0 B    0.0%  100.0%    104874 B   13.5%  t.pie+0x1285
         0 B    0.0%  100.0%     81920 B   10.5%  ld-linux-x86-64.so.2+0x4a1d
         0 B    0.0%  100.0%     81920 B   10.5%  ld-linux-x86-64.so.2+0x4b03
         0 B    0.0%  100.0%     81920 B   10.5%  ld-linux-x86-64.so.2+0x1ab9f
         0 B    0.0%  100.0%     65536 B    8.4%  t.pie+0x1254
         0 B    0.0%  100.0%     65536 B    8.4%  t.pie+0x1264
         0 B    0.0%  100.0%     65536 B    8.4%  t.pie+0x1299
         0 B    0.0%  100.0%      1191 B    0.2%  ld-linux-x86-64.so.2+0x1171d
         0 B    0.0%  100.0%      1191 B    0.2%  libc.so.6+0x89dae
         0 B    0.0%  100.0%      1191 B    0.2%  t.pie+0x1323

# the four sample types
$ for t in inuse_space inuse_objects alloc_space alloc_objects; do hprof top --no-symbols --show_bytes --$t -n 1 testdata/jemalloc/ok/j.pie.15104.0.f.heap; done
inuse_space: total 776965 B (standard error 11482 B)
        flat   flat%    sum%         cum    cum%  name
    579166 B   74.5%   74.5%    579166 B   74.5%  t.pie+0x11c7
... 20 more rows with 197799 B flat (25.5%); -n 0 shows all
inuse_objects: total 1038 (standard error 90)
        flat   flat%    sum%         cum    cum%  name
        1033   99.4%   99.4%        1033   99.4%  t.pie+0x11c7
... 20 more rows with 6 flat (0.6%); -n 0 shows all
alloc_space: total 844331 B (standard error 12859 B)
        flat   flat%    sum%         cum    cum%  name
    613764 B   72.7%   72.7%    613764 B   72.7%  t.pie+0x11c7
... 21 more rows with 230567 B flat (27.3%); -n 0 shows all
alloc_objects: total 1347 (standard error 104)
        flat   flat%    sum%         cum    cum%  name
        1341   99.5%   99.5%        1341   99.5%  t.pie+0x11c7
... 21 more rows with 7 flat (0.5%); -n 0 shows all

# the same from a file with commands, from DOS line ends, gzip, zstd and standard input
$ hprof top --no-symbols --unit B testdata/jemalloc/ok/j.pie.15104.0.f.heap >want
$ hprof top -q --no-symbols --unit B testdata/jemalloc/ok/warn.heap | cmp - want
$ hprof top --no-symbols --unit B testdata/jemalloc/ok/crlf.heap | cmp - want
$ hprof top --no-symbols --unit B testdata/jemalloc/ok/p.heap.gz | cmp - want
$ zstd -q -c testdata/jemalloc/ok/j.pie.15104.0.f.heap >x.zst; hprof top --no-symbols --unit B x.zst | cmp - want
$ hprof top --no-symbols --unit B - <testdata/jemalloc/ok/j.pie.15104.0.f.heap | cmp - want
$ gzip -c testdata/jemalloc/ok/j.pie.15104.0.f.heap | hprof top --no-symbols --unit B - | cmp - want

# commands before the header are told
$ hprof top --no-symbols -n 1 testdata/jemalloc/ok/warn.heap
hprof: testdata/jemalloc/ok/warn.heap: warning: the writer warns: "hello there"
hprof: testdata/jemalloc/ok/warn.heap: warning: line 2: unknown command "%foo bar" is ignored
inuse_space: total 758.8 KiB (standard error 11.2 KiB)
        flat   flat%    sum%         cum    cum%  name
   565.6 KiB   74.5%   74.5%   565.6 KiB   74.5%  t.pie+0x11c7
... 20 more rows with 193.2 KiB flat (25.5%); -n 0 shows all

# without a map section addresses stay, with one warning
$ hprof collapsed testdata/jemalloc/ok/nomap.heap | head -3
hprof: testdata/jemalloc/ok/nomap.heap: warning: no MAPPED_LIBRARIES section (the file may be cut): addresses stay without names
0x555d909c80f1;0x7f8c61645305;0x7f8c6164524a;0x555d909c8286;0x555d909c81e6;0x555d909c81c8;0x7f8c61822045;0x7f8c61895f24;0x7f8c618a2d21;0x7f8c618a2630 104874
0x555d909c80f1;0x7f8c61645305;0x7f8c6164524a;0x555d909c829a;0x555d909c8255;0x555d909c8255;0x555d909c8255;0x555d909c8255;0x555d909c8255;0x555d909c8265;0x555d909c81e6;0x555d909c81c8;0x7f8c61822045;0x7f8c61895f24;0x7f8c618a2d21;0x7f8c618a2630 65536
0x555d909c80f1;0x7f8c61645305;0x7f8c6164524a;0x555d909c82b6;0x7f8c6181df07;0x7f8c61895f24;0x7f8c618a2d21;0x7f8c618a2630 114688
$ hprof top --json testdata/jemalloc/ok/nomap.heap 2>warnings | grep -c '"name":"0x'; wc -l <warnings
28
1

# a sampling period of 0 means unscaled
$ hprof top --no-symbols --unit B -n 1 testdata/jemalloc/ok/period0.heap
hprof: testdata/jemalloc/ok/period0.heap: warning: line 1: sampling period 0; values are shown as recorded, without scaling
inuse_space: total 675257 B
        flat   flat%    sum%         cum    cum%  name
    478331 B   70.8%   70.8%    478331 B   70.8%  t.pie+0x11c7
... 20 more rows with 196926 B flat (29.2%); -n 0 shows all

# threads by id, by name, and those that are not there
$ hprof top --no-symbols --unit B -n 1 --thread 2 testdata/jemalloc/ok/sysn.7523.0.f.heap
inuse_space: total 204378 B of 757542 B (standard error 3820 B)
        flat   flat%    sum%         cum    cum%  name
    204378 B  100.0%  100.0%    204378 B  100.0%  t.pie+0x11c7
... 4 more rows with 0 B flat (0.0%); -n 0 shows all
$ hprof top --no-symbols --unit B -n 1 --thread '^wrk' testdata/jemalloc/ok/sysn.7523.0.f.heap
inuse_space: total 200201 B of 757542 B (standard error 3778 B)
        flat   flat%    sum%         cum    cum%  name
    200201 B  100.0%  100.0%    200201 B  100.0%  t.pie+0x11c7
... 4 more rows with 0 B flat (0.0%); -n 0 shows all
$ hprof top --no-symbols --thread 77 testdata/jemalloc/ok/sysn.7523.0.f.heap
hprof: testdata/jemalloc/ok/sysn.7523.0.f.heap: no thread has the id or a name that matches "77" ("hprof info" lists the threads)
[3]
$ hprof top --no-symbols --thread zz testdata/jemalloc/ok/sysn.7523.0.f.heap
hprof: testdata/jemalloc/ok/sysn.7523.0.f.heap: no thread has the id or a name that matches "zz" ("hprof info" lists the threads)
[3]

# a difference of two dumps of one process
$ hprof diff --no-symbols -n 4 testdata/jemalloc/ok/redis.26831.0.i0.heap testdata/jemalloc/ok/redis.26831.4.i4.heap
inuse_space: 38.9 MiB before, 88.9 MiB after, delta +50.0 MiB (standard error 2.8 MiB)
      before       after       delta   cum delta  sig  name
    38.9 MiB    88.9 MiB   +50.0 MiB   +50.0 MiB    *  redis-server+0x2c3a2f
         0 B         0 B         0 B   +50.5 MiB    *  redis-server+0xd082f
         0 B         0 B         0 B   +50.5 MiB    *  redis-server+0x1e23f4
         0 B         0 B         0 B   +50.4 MiB    *  redis-server+0xa914b
... 77 more rows with 0 B before, 0 B after, 0 B; -n 0 shows all that changed
$ hprof top --no-symbols -n 2 --base testdata/jemalloc/ok/redis.26831.0.i0.heap testdata/jemalloc/ok/redis.26831.4.i4.heap
inuse_space: 38.9 MiB before, 88.9 MiB after, delta +50.0 MiB (standard error 2.8 MiB)
      before       after       delta   cum delta  sig  name
    38.9 MiB    88.9 MiB   +50.0 MiB   +50.0 MiB    *  redis-server+0x2c3a2f
         0 B         0 B         0 B   +50.5 MiB    *  redis-server+0xd082f
... 79 more rows with 0 B before, 0 B after, 0 B; -n 0 shows all that changed
$ hprof --base testdata/jemalloc/ok/redis.26831.0.i0.heap testdata/jemalloc/ok/redis.26831.4.i4.heap --no-symbols --nodecount=2
Total: 50.0 MB
    50.0 100.0% 100.0%     50.0 100.0% redis-server+0x2c3a2f
     0.0   0.0% 100.0%     50.0 100.0% libc.so.6+0x27249

# a dump against itself
$ hprof diff --no-symbols testdata/jemalloc/ok/m.heap testdata/jemalloc/ok/m.heap
inuse_space: 308.0 KiB before, 308.0 KiB after, delta 0 B
no difference
... 19 more rows with 308.0 KiB before, 308.0 KiB after, 0 B, unchanged

# what info says of a file is of all of its threads
$ for t in 0 1; do hprof info --no-symbols --thread $t testdata/jemalloc/ok/j.pie.15104.0.f.heap | grep -E '^(stacks|allocator|inuse_space)'; done; hprof report -q --no-symbols --no-script --thread 1 -o thread.html testdata/jemalloc/ok/j.pie.15104.0.f.heap; sed 's/<[^>]*>/ /g' thread.html | grep -A 1 'allocator frames cut' | tr -s ' '
stacks           7 (deepest: 16 frames)
allocator        28 frames cut from 7 stacks
inuse_space      758.8 KiB (776965 bytes, 675257 recorded)
stacks           7 (deepest: 16 frames)
allocator        28 frames cut from 7 stacks
inuse_space      758.8 KiB (776965 bytes, 675257 recorded)
 allocator frames cut 28 
 

# one thread of one dump, by its name
$ hprof info --no-symbols testdata/jemalloc/ok/m.heap
file             testdata/jemalloc/ok/m.heap
format           jemalloc
writer           jemalloc
sampling         one in 1 B on average (1 bytes)
stacks           3 (deepest: 18 frames)
allocator        12 frames cut from 3 stacks
inuse_objects    3 (3 recorded)
inuse_space      308.0 KiB (315392 bytes, 315392 recorded)
alloc_objects    not recorded (the writer did not accumulate)
alloc_space      not recorded (the writer did not accumulate)

threads
   308.0 KiB  0  my thr

modules
  /srv/hprof/tests/rec
    status      unread, symbols: none, 0 of 4 addresses named
  /usr/lib/x86_64-linux-gnu/libstdc++.so.6.0.30
    status      unread, symbols: none, 0 of 1 addresses named
  /usr/lib/x86_64-linux-gnu/libc.so.6
    status      unread, symbols: none, 0 of 7 addresses named
  /usr/lib/x86_64-linux-gnu/libjemalloc.so.2
    status      unread, symbols: none, 0 of 9 addresses named
  /usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2
    status      unread, symbols: none, 0 of 3 addresses named

hints
  the total is not the RSS: it is that of live objects alone, without the allocator's metadata, fragmentation and unused pages, thread stacks, mmap by others and what was allocated before profiling began (the process had 10.4 MiB of writable memory mapped)

# profiles of gperftools and of Go
$ hprof top --no-symbols --unit B -n 2 testdata/gperftools/ok/mt.0001.heap
inuse_space: total 300000 B
        flat   flat%    sum%         cum    cum%  name
    200000 B   66.7%   66.7%    200000 B   66.7%  mt+0x1163
    100000 B   33.3%  100.0%    100000 B   33.3%  mt+0x1146
... 5 more rows with 0 B flat (0.0%); -n 0 shows all
$ hprof top --no-symbols testdata/gperftools/ok/go.heap
inuse_space: total 1.0 MiB (standard error 724.1 KiB)
        flat   flat%    sum%         cum    cum%  name
     1.0 MiB  100.0%  100.0%     1.0 MiB  100.0%  main.grow
         0 B    0.0%  100.0%   512.0 KiB   50.0%  main.main
$ hprof top --no-symbols --alloc_space testdata/gperftools/ok/sample.heap
hprof: testdata/gperftools/ok/sample.heap: warning: this writer does not record what was freed: there is no alloc_space and no alloc_objects
hprof: testdata/gperftools/ok/sample.heap: no alloc_space in this file: this writer does not record what was freed (samples of tcmalloc are of what is live; its heap profiler, HEAPPROFILE=FILE, records all)
[3]
