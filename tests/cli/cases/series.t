# several profiles are never added up silently
$ hprof tree --no-symbols testdata/jemalloc/ok/m.heap testdata/jemalloc/ok/warn.heap
hprof: 2 profiles are a series: --sum adds them up, --last takes the last, --at N another; to compare two: hprof diff BASE NEW
[2]
$ hprof info --no-symbols testdata/jemalloc/ok/redis.*.heap
hprof: 5 profiles are a series: --last takes the last of them, --at N another
[2]
$ hprof top --no-symbols testdata/jemalloc/ok/redis.*.heap
hprof: 5 profiles are a series: --sum adds them up, --last takes the last, --at N another; to compare two: hprof diff BASE NEW
[2]
$ hprof collapsed --no-symbols --sum --last testdata/jemalloc/ok/redis.*.heap
hprof: --sum adds all profiles up, --last and --at take one: give one of these
[2]

# one of a series
$ mkdir series && cp testdata/jemalloc/ok/redis.*.heap series && cd series && for i in 4 3 2 1 0; do touch -d "2024-01-01 0$i:00" redis.26831.$i.*; done; mv redis.26831.2.i2.heap redis.26831.11.i2.heap; ls
redis.26831.0.i0.heap
redis.26831.1.i1.heap
redis.26831.11.i2.heap
redis.26831.3.i3.heap
redis.26831.4.i4.heap
$ hprof top --no-symbols --last -n 1 series
inuse_space: total 57.9 MiB (standard error 1.9 MiB)
        flat   flat%    sum%         cum    cum%  name
    57.9 MiB  100.0%  100.0%    57.9 MiB  100.0%  redis-server+0x2c3a2f
... 67 more rows with 0 B flat (0.0%); -n 0 shows all
$ hprof top --no-symbols --at first -n 1 series/
inuse_space: total 38.9 MiB (standard error 1.5 MiB)
        flat   flat%    sum%         cum    cum%  name
    38.9 MiB  100.0%  100.0%    38.9 MiB  100.0%  redis-server+0x2c3a2f
... 67 more rows with 0 B flat (0.0%); -n 0 shows all
$ hprof info --no-symbols --at 1 series | head -1
file             series/redis.26831.1.i1.heap
$ hprof top --no-symbols -v --at 3 -n 1 series 2>&1 | grep -v ' s$'
hprof: number 0: series/redis.26831.0.i0.heap
hprof: number 1: series/redis.26831.1.i1.heap
hprof: number 2: series/redis.26831.3.i3.heap
hprof: number 3: series/redis.26831.4.i4.heap
hprof: number 4: series/redis.26831.11.i2.heap
inuse_space: total 88.9 MiB (standard error 2.3 MiB)
        flat   flat%    sum%         cum    cum%  name
    88.9 MiB  100.0%  100.0%    88.9 MiB  100.0%  redis-server+0x2c3a2f
... 79 more rows with 0 B flat (0.0%); -n 0 shows all
$ hprof top --no-symbols --at 5 series
hprof: --at: there is no profile number 5, they are counted from 0 to 4
[2]
$ hprof top --no-symbols --at peak -n 1 series
inuse_space: total 88.9 MiB (standard error 2.3 MiB)
        flat   flat%    sum%         cum    cum%  name
    88.9 MiB  100.0%  100.0%    88.9 MiB  100.0%  redis-server+0x2c3a2f
... 79 more rows with 0 B flat (0.0%); -n 0 shows all
$ hprof top --no-symbols series
hprof: 5 profiles are a series: --sum adds them up, --last takes the last, --at N another; to compare two: hprof diff BASE NEW
[2]
$ hprof top --no-symbols --sum -n 1 series
inuse_space: total 301.7 MiB (standard error 4.3 MiB)
        flat   flat%    sum%         cum    cum%  name
   301.7 MiB  100.0%  100.0%   301.7 MiB  100.0%  redis-server+0x2c3a2f
... 80 more rows with 0 B flat (0.0%); -n 0 shows all
$ hprof tree --no-symbols --sum -n 1 series/*
inuse_space: total 301.7 MiB (standard error 4.3 MiB)
         cum    cum%        flat  name
   301.7 MiB  100.0%              redis-server+0x8b0a0
                                  libc.so.6+0x27304
                                  libc.so.6+0x27249
   301.7 MiB  100.0%                ... 4 more
(-n 0 shows all)
$ hprof diff --no-symbols series/redis.26831.0.i0.heap series
hprof: 5 profiles are a series: --sum adds them up, --last takes the last, --at N another; to compare two: hprof diff BASE NEW
[2]
$ hprof diff --no-symbols --last -n 1 series/redis.26831.0.i0.heap series
inuse_space: 38.9 MiB before, 57.9 MiB after, difference +19.0 MiB (standard error 2.4 MiB)
      before       after       delta   cum delta  sig  name
    38.9 MiB    57.9 MiB   +19.0 MiB   +19.0 MiB    *  redis-server+0x2c3a2f
... 67 more rows with 0 B before, 0 B after, 0 B; -n 0 shows all that changed
$ hprof top --no-symbols --last -n 1 --base series series/redis.26831.0.i0.heap
inuse_space: 57.9 MiB before, 38.9 MiB after, difference -19.0 MiB (standard error 2.4 MiB)
      before       after       delta   cum delta  sig  name
    57.9 MiB    38.9 MiB   -19.0 MiB   -19.0 MiB    *  redis-server+0x2c3a2f
... 67 more rows with 0 B before, 0 B after, 0 B; -n 0 shows all that changed
$ hprof top --no-symbols --base series series/redis.26831.0.i0.heap
hprof: 5 profiles are a series: --sum adds them up, --last takes the last, --at N another; to compare two: hprof diff BASE NEW
[2]

# by the times of the files where names do not tell
$ cd series && mv redis.26831.0.i0.heap zero.heap && hprof info --no-symbols --last . | head -1
file             ./redis.26831.4.i4.heap

# folders hold other things
$ mkdir mixed mixed/folder empty && echo text > mixed/text && : > mixed/nothing && ln -s nowhere mixed/gone && mkfifo mixed/pipe && cp /usr/bin/true mixed/program && gzip -c testdata/jemalloc/ok/m.heap > mixed/packed && cp testdata/jemalloc/ok/m.heap mixed/.hidden
$ hprof top --no-symbols -n 1 mixed
inuse_space: total 308.0 KiB
        flat   flat%    sum%         cum    cum%  name
   224.0 KiB   72.7%   72.7%   224.0 KiB   72.7%  rec+0x11ff
... 18 more rows with 84.0 KiB flat (27.3%); -n 0 shows all
$ hprof top --no-symbols -v -n 1 mixed 2>&1 | grep -v ' s$'
hprof: mixed/folder: passed over: is no regular file
hprof: mixed/gone: passed over: No such file or directory
hprof: mixed/nothing: passed over: this is an empty file, not a heap profile that can be read here
hprof: mixed/pipe: passed over: is no regular file
hprof: mixed/program: passed over: this is an ELF file (a program, a library or a core dump), not a heap profile that can be read here
hprof: mixed/text: passed over: not a heap profile that is known: found "text", expected for example "heap_v2/524288" ("hprof formats" lists what is read)
inuse_space: total 308.0 KiB
        flat   flat%    sum%         cum    cum%  name
   224.0 KiB   72.7%   72.7%   224.0 KiB   72.7%  rec+0x11ff
... 18 more rows with 84.0 KiB flat (27.3%); -n 0 shows all
$ cp testdata/jemalloc/ok/m.heap "empty/$(printf 'a\033b').1.heap"
$ hprof top --no-symbols empty
hprof: empty/a?b.1.heap: warning: passed over: its name holds control characters
hprof: empty: no profile in this folder (-v tells what is in it)
[3]

# dumps of several processes
$ mkdir two && cp testdata/jemalloc/ok/m.heap two/m.7.1.f.heap && cp testdata/jemalloc/ok/m.heap two/m.8.0.f.heap && touch -d 2024-01-02 two/m.7.1.f.heap && touch -d 2024-01-01 two/m.8.0.f.heap
$ hprof info --no-symbols --last two | head -1
hprof: note: these are dumps of 2 processes: each in its order, the oldest first
file             two/m.7.1.f.heap
$ hprof top --no-symbols --sum -n 1 two
hprof: note: these are dumps of 2 processes: each in its order, the oldest first
inuse_space: total 616.0 KiB
        flat   flat%    sum%         cum    cum%  name
   448.0 KiB   72.7%   72.7%   448.0 KiB   72.7%  rec+0x11ff
... 18 more rows with 168.0 KiB flat (27.3%); -n 0 shows all
$ hprof top --no-symbols -q --sum -n 1 two
inuse_space: total 616.0 KiB
        flat   flat%    sum%         cum    cum%  name
   448.0 KiB   72.7%   72.7%   448.0 KiB   72.7%  rec+0x11ff
... 18 more rows with 168.0 KiB flat (27.3%); -n 0 shows all
