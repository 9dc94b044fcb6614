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
hprof: series holds 5 profiles: --last takes the last of them, --at N another, --sum adds them up
[2]
$ hprof diff --no-symbols --last -n 1 series/redis.26831.0.i0.heap series
inuse_space: 38.9 MiB before, 57.9 MiB after, delta +19.0 MiB (standard error 2.4 MiB)
      before       after       delta   cum delta  sig  name
    38.9 MiB    57.9 MiB   +19.0 MiB   +19.0 MiB    *  redis-server+0x2c3a2f
... 67 more rows with 0 B before, 0 B after, 0 B; -n 0 shows all that changed
$ hprof top --no-symbols --last -n 1 --base series series/redis.26831.0.i0.heap
inuse_space: 57.9 MiB before, 38.9 MiB after, delta -19.0 MiB (standard error 2.4 MiB)
      before       after       delta   cum delta  sig  name
    57.9 MiB    38.9 MiB   -19.0 MiB   -19.0 MiB    *  redis-server+0x2c3a2f
... 67 more rows with 0 B before, 0 B after, 0 B; -n 0 shows all that changed
$ hprof top --no-symbols --base series series/redis.26831.0.i0.heap
hprof: 5 profiles are a series: --sum adds them up, --last takes the last, --at N another; to compare two: hprof diff BASE NEW
[2]

# the largest of a series is that of the sample type that is shown
$ peak() { printf 'heap profile: %s: %s [%s: %s] @ heapprofile\n %s: %s [%s: %s] @ 0x10 0x20\n' $1 $2 $3 $4 $1 $2 $3 $4; }; mkdir peak; peak 50 5000 60 6000 > peak/a.0001.heap; peak 80 4000 500 90000 > peak/a.0002.heap
$ for t in inuse_space inuse_objects alloc_space; do hprof top -q --no-symbols --$t --at peak -n 1 peak | head -n 1; hprof flame -q --text --no-symbols --$t --at peak peak | head -n 1; hprof timeline -q --no-symbols --$t peak | grep largest; done
inuse_space: total 4.9 KiB
inuse_space: total 4.9 KiB (5,000 bytes)
largest: 4.9 KiB at number 0 (#)
inuse_objects: total 80
inuse_objects: total 80
largest: 80 at number 1 (#)
alloc_space: total 87.9 KiB
alloc_space: total 87.9 KiB (90,000 bytes)
largest: 87.9 KiB at number 1 (#)

# by the times of the files where names do not tell
$ rm -rf untold && cp -r series untold && cd untold && for i in 4 3 2 1 0; do mv redis.26831.$i.* $i.heap 2>/dev/null || mv redis.26831.11.i2.heap 2.heap; touch -d "2024-01-01 0$i:00" $i.heap; done; mv 4.heap a.heap; hprof timeline -q --no-symbols --csv . | cut -d, -f10 | uniq; hprof info --no-symbols --last . | head -1; hprof info --no-symbols -v --at 0 . 2>&1 | grep ordered
profile
"0.heap"
"1.heap"
"2.heap"
"3.heap"
"a.heap"
file             ./a.heap
hprof: ordered by the times of the files

# dumps with numbers keep their order whatever else is there: that is placed by its time
$ echo 'echo $(hprof timeline -q --no-symbols --csv "$@" | cut -d, -f10 | uniq | grep -o "[0-9a-z.]*heap")' > order; rm -rf stray && mkdir stray; for i in 1 3 5 7; do cp testdata/jemalloc/ok/m.heap stray/m.7.$i.m$i.heap; touch -d "2024-01-01 0$i:00" stray/m.7.$i.m$i.heap; done; cp testdata/jemalloc/ok/m.heap stray/baseline.heap
$ for at in 0 4 9; do touch -d "2024-01-01 0$at:00" stray/baseline.heap; sh order stray; done; hprof timeline --no-symbols -v stray 2>&1 | grep 'has no number'
baseline.heap m.7.1.m1.heap m.7.3.m3.heap m.7.5.m5.heap m.7.7.m7.heap
m.7.1.m1.heap m.7.3.m3.heap baseline.heap m.7.5.m5.heap m.7.7.m7.heap
m.7.1.m1.heap m.7.3.m3.heap m.7.5.m5.heap m.7.7.m7.heap baseline.heap
hprof: the file whose name has no number is placed by time

# files of one time: as they are given, in a folder by name
$ touch -d 2024-01-01 stray/*; cp -p stray/baseline.heap stray/z.heap; sh order stray; sh order stray/m.7.[13]* stray/baseline.heap stray/z.heap stray/m.7.[57]*
baseline.heap m.7.1.m1.heap m.7.3.m3.heap m.7.5.m5.heap m.7.7.m7.heap z.heap
m.7.1.m1.heap m.7.3.m3.heap baseline.heap z.heap m.7.5.m5.heap m.7.7.m7.heap

# a copy that lost its times: what has no number is before or behind by its name, and a note says so where the order matters
$ for i in 1 3 5 7; do touch -d "2024-01-01 0$((9 - i)):00" stray/m.7.$i.*; done; touch -d "2024-01-01 23:00" stray/baseline.heap; touch -d "2024-01-01 00:01" stray/z.heap; sh order stray; rm stray/z.heap; sh order stray; sh order stray/m*
baseline.heap m.7.1.m1.heap m.7.3.m3.heap m.7.5.m5.heap m.7.7.m7.heap z.heap
baseline.heap m.7.1.m1.heap m.7.3.m3.heap m.7.5.m5.heap m.7.7.m7.heap
m.7.1.m1.heap m.7.3.m3.heap m.7.5.m5.heap m.7.7.m7.heap
$ for c in timeline 'info --last' 'top --sum' 'report -o stray.html'; do echo "$c:"; hprof $c --no-symbols stray 2>&1 | grep -E '^file|note|by time'; done; grep -o 'm.7.7.m7.heap' stray.html | head -n 1; hprof timeline --no-symbols stray/m* 2>&1 | grep note
timeline:
hprof: note: the times of the files contradict the numbers in their names: dumps are in the order of the numbers, the file whose name has no number is before or behind them by name
info --last:
hprof: note: the times of the files contradict the numbers in their names: dumps are in the order of the numbers, the file whose name has no number is before or behind them by name
file             stray/m.7.7.m7.heap
top --sum:
report -o stray.html:
hprof: note: the times of the files contradict the numbers in their names: dumps are in the order of the numbers, the file whose name has no number is before or behind them by name
m.7.7.m7.heap
[1]

# two processes and what belongs to none
$ rm -f stray/m*; for f in m.7.1.f:4 m.7.2.f:6 m.8.1.f:1 m.8.2.f:3 baseline:5; do cp testdata/jemalloc/ok/m.heap stray/${f%:*}.heap; touch -d "2024-01-01 0${f#*:}:00" stray/${f%:*}.heap; done; sh order stray; touch -d "2024-01-01 09:00" stray/m.8.1.f.heap; sh order stray
m.8.1.f.heap m.8.2.f.heap m.7.1.f.heap baseline.heap m.7.2.f.heap
baseline.heap m.8.1.f.heap m.8.2.f.heap m.7.1.f.heap m.7.2.f.heap

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
hprof: mixed/text: passed over: not a heap profile that is known: found something else, expected for example "heap_v2/524288" ("hprof formats" lists what is read)
inuse_space: total 308.0 KiB
        flat   flat%    sum%         cum    cum%  name
   224.0 KiB   72.7%   72.7%   224.0 KiB   72.7%  rec+0x11ff
... 18 more rows with 84.0 KiB flat (27.3%); -n 0 shows all
$ cp testdata/jemalloc/ok/m.heap "empty/$(printf 'a\033b').1.heap"
$ hprof top --no-symbols empty
hprof: empty/a?b.1.heap: warning: passed over: its name holds control characters
hprof: empty: no profile in this folder (-v tells what is in it)
[3]

# a message about a file that was found says nothing of what stands in it, be it a link; of a file that was named it does
$ mkdir found; cp testdata/jemalloc/ok/m.heap found/p.7.1.i1.heap; printf 'root:SECRET, expected "x":0\n' > shadow; for n in a.txt p.7.2.i2.heap; do ln -s ../shadow found/$n; done; printf "SECRET 'a' \"b\"\n" > found/b; printf '{"SECRET": 1}' > found/c; printf 'HTTP/1.0 404 SECRET\r\n\r\nx' > found/d; printf 'heap_v2/1\n  t*: 1: 1 [0: 0]\n@ 0x10 SECRET\n' > found/p.7.3.i3.heap
$ hprof top -n 1 --sum -v --no-symbols found 2>&1 | grep -E 'passed over|found/p.*line|SECRET'
hprof: found/a.txt: passed over: not a heap profile that is known: found something else, expected for example "heap_v2/524288" ("hprof formats" lists what is read)
hprof: found/b: passed over: not a heap profile that is known: found something else, expected for example "heap_v2/524288" ("hprof formats" lists what is read)
hprof: found/c: passed over: not a heap profile that is known: found something else, expected for example "heap_v2/524288" ("hprof formats" lists what is read)
hprof: found/d: passed over: this is the reply of a server that had no profile to give, "..."
hprof: found/p.7.2.i2.heap: line 1: not a heap profile that is known: found something else, expected for example "heap_v2/524288" ("hprof formats" lists what is read)
hprof: found/p.7.3.i3.heap: line 3: found something else, expected "@ <address> ...", hexadecimal, at most 64 bits
$ hprof report -q --sum --no-symbols -o found.html found 2>/dev/null; grep -c 'was left out' found.html; grep -c SECRET found.html
2
0
[1]
$ hprof top found/a.txt
hprof: found/a.txt: line 1: not a heap profile that is known: found 'root:SECRET, expected "x":0', expected for example "heap_v2/524288" ("hprof formats" lists what is read)
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

# comments alone are no profile
$ mkdir commented; cp testdata/jemalloc/ok/m.heap commented; printf '#!/bin/sh\n# run it\n\n#' >commented/run; printf '# Dumps of monday\n' >commented/README.md; hprof top --no-symbols -q -n 1 commented; hprof top commented/README.md
inuse_space: total 308.0 KiB
        flat   flat%    sum%         cum    cum%  name
   224.0 KiB   72.7%   72.7%   224.0 KiB   72.7%  rec+0x11ff
... 18 more rows with 84.0 KiB flat (27.3%); -n 0 shows all
hprof: commented/README.md: line 1: not a heap profile that is known: found "# Dumps of monday", expected for example "heap_v2/524288" ("hprof formats" lists what is read)
[3]

# a file of a folder that cannot be read is named, the others are shown, and the exit status is 3
$ row() { printf 'heap_v2/1\n  t*: %s: %s [0: 0]\n@ 0x1000 0x2000\n  t*: %s: %s [0: 0]\nMAPPED_LIBRARIES:\n' $1 $2 $1 $2; }; rm -rf torn; mkdir torn; row 1 100 > torn/p.7.0.i0.heap; row 3 300 > torn/p.7.1.i1.heap; { row 2 200 | head -n 4; echo '  t*: two: 200'; } > torn/p.7.2.i2.heap; row 4 400 > torn/p.7.3.i3.heap; : > torn/p.7.4.f.heap; echo plain > torn/notes.txt; hprof timeline -q torn
hprof: torn/p.7.4.f.heap: line 1: this is an empty file, not a heap profile that can be read here
hprof: torn/p.7.2.i2.heap: line 5: found something else, expected "t<thread>: <objects>: <bytes> [<objects>: <bytes>]"
   400 B ^                                                                   #
         |                                                                   #
         |                                                                   #
         |                                                                   #
         |                                                                   #
         |                      :::::::::::::::::::::::::::::::::::::::::::::#
         |                      :::::::::::::::::::::::::::::::::::::::::::::#
         |                      :::::::::::::::::::::::::::::::::::::::::::::#
         |                      :::::::::::::::::::::::::::::::::::::::::::::#
         |                      :::::::::::::::::::::::::::::::::::::::::::::#
         |                      :::::::::::::::::::::::::::::::::::::::::::::#
         |                      :::::::::::::::::::::::::::::::::::::::::::::#
         |                      :::::::::::::::::::::::::::::::::::::::::::::#
         |                      :::::::::::::::::::::::::::::::::::::::::::::#
         |                      :::::::::::::::::::::::::::::::::::::::::::::#
         |:::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::#
         |:::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::#
         |:::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::#
         |:::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::#
         |:::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::#
       0 +-------------------------------------------------------------------->
          0                                                                  3

profiles: 3
largest: 400 B at number 3 (#)

    n inuse_space        delta  file
    0       100 B               p.7.0.i0.heap
    1       300 B       +200 B  p.7.1.i1.heap
    3       400 B       +100 B  p.7.3.i3.heap
[3]
$ hprof timeline -q --json torn 2> /dev/null | python3 -c "import json,sys; t=json.load(sys.stdin); print([(p['index'], p['time'], p['total']) for p in t['points']], t['largest'], len(t['warnings']), t['warnings'][0])"; hprof timeline -q --csv torn 2> /dev/null | cut -d, -f1 | uniq; for i in 0 1 3; do hprof top -q --no-symbols --at $i torn 2> /dev/null | head -n 1; done
[(0, 0, 100), (1, 1, 300), (3, 3, 400)] 3 2 torn/p.7.4.f.heap was left out, it cannot be read: line 1: this is an empty file, not a heap profile that can be read here
index
0
1
3
inuse_space: total 100 B
inuse_space: total 300 B
inuse_space: total 400 B
$ hprof report -q --no-symbols -o torn.html torn; grep -c 'torn/p.7.[24].*was left out' torn.html; sed 's/<[^>]*>//g' torn.html | grep -o 'numbers 0 to 3\|at number 3\|shows number 3'
hprof: torn/p.7.4.f.heap: line 1: this is an empty file, not a heap profile that can be read here
hprof: torn/p.7.2.i2.heap: line 5: found something else, expected "t<thread>: <objects>: <bytes> [<objects>: <bytes>]"
2
numbers 0 to 3
at number 3
shows number 3
$ for at in --sum --last '--at first' '--at 1' '--at 3' '--at peak' '--at 2'; do echo "$at:"; hprof top -q --no-symbols $at torn 2>&1 | grep -v 'p.7.4' | head -n 2; hprof top -q --no-symbols $at torn > /dev/null 2>&1; echo $?; done
--sum:
hprof: torn/p.7.2.i2.heap: line 5: found something else, expected "t<thread>: <objects>: <bytes> [<objects>: <bytes>]"
inuse_space: total 800 B
3
--last:
inuse_space: total 400 B
        flat   flat%    sum%         cum    cum%  name
3
--at first:
inuse_space: total 100 B
        flat   flat%    sum%         cum    cum%  name
3
--at 1:
inuse_space: total 300 B
        flat   flat%    sum%         cum    cum%  name
3
--at 3:
inuse_space: total 400 B
        flat   flat%    sum%         cum    cum%  name
3
--at peak:
hprof: torn/p.7.2.i2.heap: line 5: found something else, expected "t<thread>: <objects>: <bytes> [<objects>: <bytes>]"
inuse_space: total 400 B
3
--at 2:
hprof: torn/p.7.2.i2.heap: line 5: found something else, expected "t<thread>: <objects>: <bytes> [<objects>: <bytes>]"
3
$ for at in 1 2 3 5; do hprof report -q --no-symbols --at $at -o at.html torn 2>&1 | grep -v 'torn/'; grep -o 'amounts to <b>[^<]*' at.html; rm -f at.html; done
amounts to <b>300 B
hprof: --at 2: this profile cannot be read
grep: at.html: No such file or directory
amounts to <b>400 B
hprof: --at: there is no profile number 5, they are counted from 0 to 3
grep: at.html: No such file or directory
$ cp torn/p.7.2.i2.heap torn/p.7.9.i9.heap; cp torn/p.7.2.i2.heap torn/p.6.0.i0.heap; touch -d @1 torn/p.6.0.i0.heap; for at in last first 0 5; do hprof top -q --no-symbols --at $at torn 2>&1 | grep -v p.7.4 | head -n 2; done; rm torn/p.7.9* torn/p.6*
hprof: torn/p.7.9.i9.heap: line 5: found something else, expected "t<thread>: <objects>: <bytes> [<objects>: <bytes>]"
inuse_space: total 400 B
hprof: torn/p.6.0.i0.heap: line 5: found something else, expected "t<thread>: <objects>: <bytes> [<objects>: <bytes>]"
inuse_space: total 100 B
hprof: torn/p.6.0.i0.heap: line 5: found something else, expected "t<thread>: <objects>: <bytes> [<objects>: <bytes>]"
hprof: torn/p.7.9.i9.heap: line 5: found something else, expected "t<thread>: <objects>: <bytes> [<objects>: <bytes>]"
$ hprof export -q --to tables torn 2> /dev/null | grep -o '"table":"dumps".*"path":"[^"]*'; hprof top -q --no-symbols --base torn --sum torn/p.7.0.i0.heap 2> /dev/null | head -n 1; hprof top -q --no-symbols --base torn/p.7.0.i0.heap --last torn 2> /dev/null | head -n 1
"table":"dumps","dump_id":"1b3eb2b9071046dc91c58193494c3823","path":"torn/p.7.0.i0.heap
"table":"dumps","dump_id":"abfbbc40f3cc84fbb4fd90fe3b10cbc3","path":"torn/p.7.1.i1.heap
"table":"dumps","dump_id":"8ebd608da361d36dd6e49526325faa67","path":"torn/p.7.3.i3.heap
inuse_space: 800 B before (3 profiles added up), 100 B after, delta -700 B
inuse_space: 100 B before, 400 B after, delta +300 B

# one that was named ends it, and so does a folder of which nothing can be read
$ hprof timeline -q torn/p.7.0.i0.heap torn/p.7.2.i2.heap torn/p.7.3.i3.heap
hprof: torn/p.7.2.i2.heap: line 5: found "  t*: two: 200", expected "t<thread>: <objects>: <bytes> [<objects>: <bytes>]"
[3]
$ hprof report -q -o torn2.html torn torn/p.7.2.i2.heap 2>&1 | tail -n 1; ls torn2.html
hprof: torn/p.7.2.i2.heap: line 5: found "  t*: two: 200", expected "t<thread>: <objects>: <bytes> [<objects>: <bytes>]"
ls: cannot access 'torn2.html': No such file or directory
[2]
$ rm torn/p.7.[013]*; hprof report -q -o torn2.html torn; ls torn2.html; rm torn/p.7.2*; hprof timeline torn; hprof top -q --base torn testdata/jemalloc/ok/m.heap
hprof: torn/p.7.4.f.heap: line 1: this is an empty file, not a heap profile that can be read here
hprof: torn/p.7.2.i2.heap: line 5: found something else, expected "t<thread>: <objects>: <bytes> [<objects>: <bytes>]"
ls: cannot access 'torn2.html': No such file or directory
hprof: torn/p.7.4.f.heap: line 1: this is an empty file, not a heap profile that can be read here
hprof: torn: no profile in this folder can be read
hprof: torn/p.7.4.f.heap: line 1: this is an empty file, not a heap profile that can be read here
hprof: torn: no profile in this folder can be read
[3]

# several bases are added up, and the header says so; diff has its base already
$ hprof top --no-symbols -n 1 --base testdata/jemalloc/ok/warn.heap --base testdata/jemalloc/ok/m.heap testdata/jemalloc/ok/m.heap
hprof: testdata/jemalloc/ok/m.heap: warning: compared with "testdata/jemalloc/ok/warn.heap", which was sampled every 1024 bytes on average; this one was not sampled: differences between them may come from that
hprof: testdata/jemalloc/ok/warn.heap: warning: the writer warns: "hello there"
hprof: testdata/jemalloc/ok/warn.heap: warning: line 2: unknown command "%foo bar" is ignored
inuse_space: 1.0 MiB before (2 profiles added up), 308.0 KiB after, delta -758.8 KiB (standard error 11.2 KiB)
      before       after       delta   cum delta  sig  name
   565.6 KiB         0 B  -565.6 KiB  -565.6 KiB    *  t.pie+0x11c7
... 33 more rows with 501.2 KiB before, 308.0 KiB after, -193.2 KiB; -n 0 shows all that changed
$ hprof diff --no-symbols --base testdata/jemalloc/ok/m.heap testdata/jemalloc/ok/m.heap testdata/jemalloc/ok/warn.heap
hprof: diff has its base among its arguments: hprof diff [BINARY] BASE NEW, without --base
[2]
$ hprof diff --help | grep base
      --base-binary FILE       the program that wrote the base

# what makes two profiles incomparable is a warning
$ hprof diff --no-symbols -n 1 testdata/massif/ok/a_default.ms testdata/jemalloc/ok/m.heap
hprof: testdata/jemalloc/ok/m.heap: warning: compared with "testdata/massif/ok/a_default.ms" of another format: massif, this one is jemalloc
inuse_space: 790.6 KiB before, 308.0 KiB after, delta -482.6 KiB
      before       after       delta   cum delta  name
   781.2 KiB         0 B  -781.2 KiB  -781.2 KiB  leaf_malloc
... 23 more rows with 9.4 KiB before, 308.0 KiB after, +298.6 KiB; -n 0 shows all that changed
$ hprof diff --no-symbols -n 1 testdata/gperftools/ok/sample.heap testdata/jemalloc/ok/redis.26831.0.i0.heap
hprof: testdata/jemalloc/ok/redis.26831.0.i0.heap: warning: compared with "testdata/gperftools/ok/sample.heap" of another format: gperftools, this one is jemalloc
hprof: testdata/jemalloc/ok/redis.26831.0.i0.heap: warning: compared with "testdata/gperftools/ok/sample.heap", which was sampled every 4096 bytes on average; this one was sampled every 65536 bytes on average: differences between them may come from that
hprof: testdata/gperftools/ok/sample.heap: warning: this writer does not record what was freed: there is no alloc_space and no alloc_objects
inuse_space: 1.5 MiB before, 38.9 MiB after, delta +37.5 MiB (standard error 1.5 MiB)
      before       after       delta   cum delta  sig  name
         0 B    38.9 MiB   +38.9 MiB   +38.9 MiB    *  redis-server+0x2c3a2f
... 80 more rows with 1.5 MiB before, 0 B after, -1.5 MiB; -n 0 shows all that changed
$ cp testdata/jemalloc/ok/m.heap 1.heap; cp testdata/jemalloc/ok/m.heap 2.heap; cp testdata/jemalloc/ok/warn.heap 3.heap; touch -d @1 1.heap; touch -d @2 2.heap; touch -d @3 3.heap; for c in 'timeline --csv' 'report -o r.html'; do hprof $c --no-symbols 1.heap 2.heap 3.heap 2>&1 | grep compared; done
hprof: 3.heap: warning: compared with "2.heap", which was not sampled; this one was sampled every 1024 bytes on average: differences between them may come from that
hprof: 3.heap: warning: compared with "2.heap", which was not sampled; this one was sampled every 1024 bytes on average: differences between them may come from that
$ hprof top --no-symbols -n 1 --sum testdata/jemalloc/ok/m.heap testdata/jemalloc/ok/redis.26831.0.i0.heap
hprof: testdata/jemalloc/ok/m.heap: warning: added to "testdata/jemalloc/ok/redis.26831.0.i0.heap", which was sampled every 65536 bytes on average; this one was not sampled: differences between them may come from that
inuse_space: total 39.2 MiB (standard error 1.5 MiB)
        flat   flat%    sum%         cum    cum%  name
    38.9 MiB   99.2%   99.2%    38.9 MiB   99.2%  redis-server+0x2c3a2f
... 84 more rows with 308.0 KiB flat (0.8%); -n 0 shows all
$ hprof diff --no-symbols --json -n 1 testdata/massif/ok/a_default.ms testdata/jemalloc/ok/m.heap 2>/dev/null | grep -o '"warnings".*'
"warnings":["compared with \"testdata/massif/ok/a_default.ms\" of another format: massif, this one is jemalloc"]}
$ hprof report -q --no-symbols -o r.html --base testdata/massif/ok/a_default.ms testdata/jemalloc/ok/m.heap && grep -o 'compared with.*another format: massif' r.html
compared with &quot;testdata/massif/ok/a_default.ms&quot; of another format: massif
$ hprof diff -q --no-symbols -n 1 testdata/massif/ok/a_default.ms testdata/jemalloc/ok/m.heap
inuse_space: 790.6 KiB before, 308.0 KiB after, delta -482.6 KiB
      before       after       delta   cum delta  name
   781.2 KiB         0 B  -781.2 KiB  -781.2 KiB  leaf_malloc
... 23 more rows with 9.4 KiB before, 308.0 KiB after, +298.6 KiB; -n 0 shows all that changed
$ hprof diff --no-symbols -n 1 testdata/jemalloc/ok/redis.26831.0.i0.heap testdata/jemalloc/ok/redis.26831.1.i1.heap
inuse_space: 38.9 MiB before, 48.6 MiB after, delta +9.6 MiB (standard error 2.3 MiB)
      before       after       delta   cum delta  sig  name
    38.9 MiB    48.6 MiB    +9.6 MiB    +9.6 MiB    *  redis-server+0x2c3a2f
... 67 more rows with 0 B before, 0 B after, 0 B; -n 0 shows all that changed

# process 1 of two containers without address randomization: one number in two folders tells no process
$ mkdir pod1 pod2; for at in 7ffff7e 7f3a000; do L="heap_v2/1\n@ 0x${at}81235 0x550000000101\n  t*: 1: %s [0: 0]\nMAPPED_LIBRARIES:\n550000000000-550000010000 r-xp 00000000 08:01 1 /srv/app\n${at}00000-${at}10000 r-xp 00001000 08:01 2 /lib/libc.so.6\n"; P="${at}80000-${at}82000 r-xp 00000000 08:01 3 /opt/plugin.so\n"; printf "$L$P" 100 > pod1/app.1.0.i0.heap; printf "$L" 130 > pod2/app.1.1.i1.heap; hprof collapsed -q --no-symbols --base pod1/app.1.0.i0.heap pod2/app.1.1.i1.heap; done
app+0x100;[unknown] 0x7ffff7e81235 130
app+0x100;plugin.so+0x1234 -100
app+0x100;plugin.so+0x1234 30

# the sample type is one that all have, whatever their order
$ cp testdata/pprof/ok/alloc-only.pb a.pb; cp testdata/pprof/ok/small.pb.gz b.pb.gz; cp testdata/massif/ok/a_default.ms m.ms; touch -d @86400 a.pb b.pb.gz; for order in 'a.pb b.pb.gz' 'b.pb.gz a.pb'; do hprof top -q --sum $order | head -n 1; hprof diff -q $order | head -n 1; hprof flame --text -q --base $order | head -n 1; hprof timeline -q --csv $order; done
alloc_space: total 880 B
alloc_space: 340 B before, 540 B after, delta +200 B
alloc_space: before 340 B, after 540 B, delta +200 B (growth 200 B, shrink 0 B)
index,time,time_unit,heap,extra,stacks,total,detailed,peak,profile
0,0,,340,0,0,340,1,0,"a.pb"
1,1,,540,0,0,540,1,0,"b.pb.gz"
alloc_space: total 880 B
alloc_space: 540 B before, 340 B after, delta -200 B
alloc_space: before 540 B, after 340 B, delta -200 B (growth 0 B, shrink 200 B)
index,time,time_unit,heap,extra,stacks,total,detailed,peak,profile
0,0,,540,0,0,540,1,0,"b.pb.gz"
1,1,,340,0,0,340,1,0,"a.pb"
$ hprof top --sum b.pb.gz m.ms a.pb
hprof: b.pb.gz: warning: added to "m.ms" of another format: massif, this one is pprof
hprof: a.pb: no sample type is in all profiles: this one has alloc_objects, alloc_space, "b.pb.gz" has inuse_objects, inuse_space, alloc_objects, alloc_space
[3]
$ hprof top --sum a.pb b.pb.gz m.ms
hprof: a.pb: warning: added to "m.ms" of another format: massif, this one is pprof
hprof: m.ms: no sample type is in all profiles: this one has inuse_space, "a.pb" has alloc_objects, alloc_space
[3]
$ hprof diff --inuse_space b.pb.gz a.pb
hprof: a.pb: no sample type inuse_space in this file, which has alloc_objects, alloc_space
[3]

# a library that was unloaded is that of the dump before
$ H='heap_v2/1\n@ 0x7f0000101235 0x550000000101\n  t*: 1: %s [0: 0]\nMAPPED_LIBRARIES:\n550000000000-550000010000 r-xp 00000000 08:01 1 /srv/app\n7f0000000000-7f0000010000 r-xp 00001000 08:01 2 /lib/libc.so.6\n'; P='7f0000100000-7f0000102000 r-xp 00000000 08:01 3 /opt/plugin.so\n'; printf "$H$P" 100 > app.7.0.i0.heap; printf "$H" 130 > app.7.1.i1.heap; printf "$H" 130 > app.8.0.i0.heap
$ hprof diff --no-symbols app.7.0.i0.heap app.7.1.i1.heap
inuse_space: 100 B before, 130 B after, delta +30 B
      before       after       delta   cum delta  name
       100 B       130 B       +30 B       +30 B  plugin.so+0x1234
         0 B         0 B         0 B       +30 B  app+0x100
$ hprof collapsed --no-symbols --sum app.7.0.i0.heap app.7.1.i1.heap
app+0x100;plugin.so+0x1234 230
$ for at in 0 1 last peak; do hprof collapsed --no-symbols --at $at app.7.0.i0.heap app.7.1.i1.heap; done
app+0x100;plugin.so+0x1234 100
app+0x100;plugin.so+0x1234 130
app+0x100;plugin.so+0x1234 130
app+0x100;plugin.so+0x1234 130
$ mkdir process && gzip -c app.7.0.i0.heap > process/app.7.0.i0.heap.gz && cp app.7.1.i1.heap app.8.0.i0.heap process && touch -d 2024-01-01 process/app.8.* && hprof collapsed -q --no-symbols --at 2 process && hprof collapsed -q --no-symbols --base process --last app.7.1.i1.heap && hprof collapsed -q --no-symbols --at 0 process
app+0x100;plugin.so+0x1234 130
app+0x100;[unknown] 0x7f0000101235 130
$ rm process/app.7.0.i0.heap.gz && printf 'heap_v2/1\nMAPPED_LIBRARIES:\n%s' 'x' > process/app.7.0.i0.heap && hprof collapsed --no-symbols --last process/app.7.0.i0.heap process/app.7.1.i1.heap
hprof: process/app.7.1.i1.heap: warning: 1 address with 100.0% of the bytes lies outside every mapping: the map section is incomplete (cut?), or their code was unloaded before it was written
app+0x100;[unknown] 0x7f0000101235 130
$ cp app.7.0.i0.heap before; cp app.7.1.i1.heap after; touch -d 2024-01-01 before; hprof collapsed --no-symbols --sum before after; hprof collapsed --no-symbols --at 1 before after
hprof: after: warning: addresses that no mapping covers lie in "/opt/plugin.so" of "before": nothing tells that both are of one process, so they stay without names (PREFIX.PID.NUMBER.heap would tell)
hprof: after: warning: 1 address with 100.0% of the bytes lies outside every mapping: the map section is incomplete (cut?), or their code was unloaded before it was written
app+0x100;[unknown] 0x7f0000101235 130
app+0x100;plugin.so+0x1234 100
hprof: after: warning: addresses that no mapping covers lie in "/opt/plugin.so" of "before": nothing tells that both are of one process, so they stay without names (PREFIX.PID.NUMBER.heap would tell)
hprof: after: warning: 1 address with 100.0% of the bytes lies outside every mapping: the map section is incomplete (cut?), or their code was unloaded before it was written
app+0x100;[unknown] 0x7f0000101235 130
$ sed -i 's/0: 0/2: 400/' before after; touch -d 2024-01-01 before; hprof collapsed --no-symbols --sum before after; hprof collapsed -q --no-symbols --last after before
hprof: after: warning: where "/opt/plugin.so" lay is taken from "before": no process is told by the names of the files, but all that one allocated is in the other
app+0x100;plugin.so+0x1234 230
app+0x100;plugin.so+0x1234 130
$ hprof collapsed --no-symbols --base app.7.0.i0.heap app.8.0.i0.heap
hprof: app.8.0.i0.heap: warning: 1 address with 100.0% of the bytes lies outside every mapping: the map section is incomplete (cut?), or their code was unloaded before it was written
app+0x100;[unknown] 0x7f0000101235 130
app+0x100;plugin.so+0x1234 -100
$ hprof collapsed --no-symbols app.7.1.i1.heap
hprof: app.7.1.i1.heap: warning: 1 address with 100.0% of the bytes lies outside every mapping: the map section is incomplete (cut?), or their code was unloaded before it was written
app+0x100;[unknown] 0x7f0000101235 130
$ sed 's/3 .opt.plugin/4 \/opt\/other/; s/1: 100/1: 130/' app.7.0.i0.heap > app.7.2.i2.heap; hprof collapsed --no-symbols --base app.7.0.i0.heap app.7.2.i2.heap; hprof collapsed --no-symbols --last app.7.0.i0.heap app.7.1.i1.heap app.7.2.i2.heap
hprof: app.7.2.i2.heap: warning: "/opt/other.so" lies where "/opt/plugin.so" was in "app.7.0.i0.heap": stacks that are older, or were there before, have its names, although they may be of the other
app+0x100;other.so+0x1234 130
app+0x100;plugin.so+0x1234 -100
hprof: app.7.2.i2.heap: warning: "/opt/other.so" lies where "/opt/plugin.so" was in "app.7.0.i0.heap": stacks that are older, or were there before, have its names, although they may be of the other
app+0x100;other.so+0x1234 130

# a program at another path in each profile has its short name; two of one name in one profile have their paths
$ dump() { printf 'heap_v2/1\n  t*: 1: 1 [0: 0]\n@ 0x%s010\n  t*: 1: %d [0: 0]\n@ 0x902010\n  t*: 1: 64 [0: 0]\n\nMAPPED_LIBRARIES:\n%s000-%s800 r-xp 00001000 fe:00 1 %s\n900000-904000 r-xp 00000000 fe:00 2 %s\n' $1 $2 $1 $1 $3 $4; }; dump 403 100 /srv/v1/server /usr/lib/libz.so > v1.heap; dump 503 300 /srv/v2/server /usr/lib/libz.so > v2.heap; dump 503 500 /srv/v2/server /srv/lib/server > both.heap
$ hprof diff -q --no-symbols v1.heap v2.heap
inuse_space: 164 B before, 364 B after, delta +200 B
      before       after       delta   cum delta  name
         0 B       300 B      +300 B      +300 B  server+0x100f
       100 B         0 B      -100 B      -100 B  server#2+0x100f
... 1 more rows with 64 B before, 64 B after, 0 B, unchanged
$ hprof diff -q --no-symbols --modules v1.heap v2.heap
inuse_space: 164 B before, 364 B after, delta +200 B
      before       after       delta   cum delta  name
       100 B       300 B      +200 B      +200 B  /srv/v2/server
... 1 more rows with 64 B before, 64 B after, 0 B, unchanged
$ hprof diff -q --no-symbols v1.heap both.heap
inuse_space: 164 B before, 564 B after, delta +400 B
      before       after       delta   cum delta  name
         0 B       500 B      +500 B      +500 B  /srv/v2/server+0x100f
       100 B         0 B      -100 B      -100 B  /srv/v1/server+0x100f
         0 B        64 B       +64 B       +64 B  /srv/lib/server+0x200f
        64 B         0 B       -64 B       -64 B  libz.so+0x200f
$ hprof top -q --no-symbols both.heap
inuse_space: total 564 B
        flat   flat%    sum%         cum    cum%  name
       500 B   88.7%   88.7%       500 B   88.7%  /srv/v2/server+0x100f
        64 B   11.3%  100.0%        64 B   11.3%  /srv/lib/server+0x200f
