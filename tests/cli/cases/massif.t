# the peak is shown when nothing is said
$ hprof top testdata/massif/ok/a_default.ms
inuse_space: total 790.6 KiB
        flat   flat%    sum%         cum    cum%  name
   781.2 KiB   98.8%   98.8%   781.2 KiB   98.8%  leaf_malloc
     9.4 KiB    1.2%  100.0%     9.4 KiB    1.2%  build_list
         0 B    0.0%  100.0%   790.6 KiB  100.0%  main
         0 B    0.0%  100.0%   781.2 KiB   98.8%  mid_b
         0 B    0.0%  100.0%   781.2 KiB   98.8%  peak
$ hprof info testdata/massif/ok/a_ms_stacks.ms
file             testdata/massif/ok/a_ms_stacks.ms
format           massif
writer           valgrind
sampling         none
command          ../prog
snapshots        76, 7 with a tree, time 0 ms to 878 ms
shown            snapshot 42 at 837 ms (flagged as the peak): heap 790.6 KiB, extra 1.6 KiB, stacks 528 B
stacks           7 (deepest: 4 frames)
allocator        0 frames cut from 0 stacks
inuse_space      790.6 KiB (809600 bytes, 809600 recorded)

hints
  the total is not the RSS: it is that of live objects alone, without the allocator's metadata, fragmentation and unused pages, thread stacks, mmap by others and what was allocated before profiling began
$ hprof tree testdata/massif/ok/a_allocfn.ms
inuse_space: total 790.6 KiB
         cum    cum%        flat  name
   790.6 KiB  100.0%              main
   781.2 KiB   98.8%                peak
                       781.2 KiB    mid_b
     9.4 KiB    1.2%     9.4 KiB    build_list
$ hprof collapsed testdata/massif/ok/a_jit.ms
hprof: testdata/massif/ok/a_jit.ms: warning: no snapshot is flagged as the peak: number 10 is shown, the largest that has a tree
main;??? 100000
$ hprof top testdata/massif/ok/a_spaces1.ms
inuse_space: total 790.6 KiB
        flat   flat%    sum%         cum    cum%  name
   790.6 KiB  100.0%  100.0%   790.6 KiB  100.0%  ??? (my prog)
         0 B    0.0%  100.0%   790.6 KiB  100.0%  (below main)
$ hprof info testdata/massif/ok/a_spaces1.ms | grep command
command          /srv/app/sp ace (x)/my prog a\x0ab

# any snapshot with a tree can be shown
$ hprof top --at 8 testdata/massif/ok/a_default.ms
inuse_space: total 9.3 KiB
        flat   flat%    sum%         cum    cum%  name
     9.3 KiB  100.0%  100.0%     9.3 KiB  100.0%  build_list
         0 B    0.0%  100.0%     9.3 KiB  100.0%  main
$ hprof top --at first -n 1 testdata/massif/ok/a_default.ms
hprof: testdata/massif/ok/a_default.ms: warning: snapshot 8 of 0 to 64 is the first that has a tree
inuse_space: total 9.3 KiB
        flat   flat%    sum%         cum    cum%  name
     9.3 KiB  100.0%  100.0%     9.3 KiB  100.0%  build_list
... 1 more rows with 0 B flat (0.0%); -n 0 shows all
$ hprof top --at last -n 1 testdata/massif/ok/a_default.ms
hprof: testdata/massif/ok/a_default.ms: warning: snapshot 63 of 0 to 64 is the last that has a tree
inuse_space: total 18.8 KiB
        flat   flat%    sum%         cum    cum%  name
    11.7 KiB   62.2%   62.2%    11.7 KiB   62.2%  build_list
... 10 more rows with 7.1 KiB flat (37.8%); -n 0 shows all
$ hprof top --at 150000i -n 1 testdata/massif/ok/a_default.ms
hprof: testdata/massif/ok/a_default.ms: warning: snapshot 10 at time 149511 is the last until then that has a tree
inuse_space: total 9.4 KiB
        flat   flat%    sum%         cum    cum%  name
     9.4 KiB   99.8%   99.8%     9.4 KiB   99.8%  build_list
... 2 more rows with 16 B flat (0.2%); -n 0 shows all
$ hprof top --at 0.8s -n 1 testdata/massif/ok/a_ms_stacks.ms
hprof: testdata/massif/ok/a_ms_stacks.ms: warning: snapshot 14 at time 115 is the last until then that has a tree
inuse_space: total 0 B
nothing was live at this snapshot
$ hprof top --at 1MiB -n 1 testdata/massif/ok/a_B_full.ms
hprof: testdata/massif/ok/a_B_full.ms: warning: snapshot 7 at time 979328 is the last until then that has a tree
inuse_space: total 790.6 KiB
        flat   flat%    sum%         cum    cum%  name
   781.2 KiB   98.8%   98.8%   781.2 KiB   98.8%  leaf_malloc
... 4 more rows with 9.4 KiB flat (1.2%); -n 0 shows all
$ hprof top testdata/massif/ok/a_B_full.ms@979328B -n 1
inuse_space: total 790.6 KiB
        flat   flat%    sum%         cum    cum%  name
   781.2 KiB   98.8%   98.8%   781.2 KiB   98.8%  leaf_malloc
... 4 more rows with 9.4 KiB flat (1.2%); -n 0 shows all
$ hprof json testdata/massif/ok/a_B_full.ms@1 | head -c 90
{"schema":"hprof/profile/1","sample_types":[{"name":"inuse_space","unit":"bytes","total":4
$ cp testdata/massif/ok/a_B_full.ms a.ms@2; hprof info a.ms@2 | grep shown
shown            snapshot 7 at 979328 B (flagged as the peak): heap 790.6 KiB, extra 1.6 KiB, stacks 0 B
$ hprof top --at 3 testdata/massif/ok/a_default.ms
hprof: testdata/massif/ok/a_default.ms: snapshot 3 has no tree, only its totals were recorded; the nearest with a tree is 8
[3]
$ hprof top --at 65 testdata/massif/ok/a_default.ms
hprof: testdata/massif/ok/a_default.ms: --at: there is no snapshot 65, they are counted from 0 to 64
[2]
$ hprof top --at 150ms testdata/massif/ok/a_default.ms
hprof: testdata/massif/ok/a_default.ms: --at 150ms: the times of this recording have the unit i
[2]
$ hprof top --at soon testdata/massif/ok/a_default.ms
hprof: testdata/massif/ok/a_default.ms: --at: found "soon", expected peak, first, last, the number of a snapshot, or a time with its unit, as 300ms or 5000000i
[2]
$ hprof top --at 1.5 testdata/massif/ok/a_default.ms
hprof: testdata/massif/ok/a_default.ms: --at: found "1.5", expected peak, first, last, the number of a snapshot, or a time with its unit, as 300ms or 5000000i
[2]
$ hprof top --at 3s --no-symbols testdata/jemalloc/ok/nomap.heap
hprof: testdata/jemalloc/ok/nomap.heap: --at 3s: this is no recording with a time of its own
[2]

# two moments of one recording
$ hprof diff testdata/massif/ok/a_B_full.ms@1 testdata/massif/ok/a_B_full.ms@peak
inuse_space: 41.4 KiB before, 790.6 KiB after, delta +749.2 KiB
      before       after       delta   cum delta  name
         0 B   781.2 KiB  +781.2 KiB  +781.2 KiB  leaf_malloc
    32.0 KiB         0 B   -32.0 KiB   -32.0 KiB  grow
         0 B         0 B         0 B  +781.2 KiB  mid_b
         0 B         0 B         0 B  +781.2 KiB  peak
         0 B         0 B         0 B  +749.2 KiB  main
... 1 more rows with 9.4 KiB before, 9.4 KiB after, 0 B, unchanged
$ hprof top --base testdata/massif/ok/a_B_full.ms@6 --at 7 testdata/massif/ok/a_B_full.ms
inuse_space: 634.4 KiB before, 790.6 KiB after, delta +156.2 KiB
      before       after       delta   cum delta  name
   625.0 KiB   781.2 KiB  +156.2 KiB  +156.2 KiB  leaf_malloc
         0 B         0 B         0 B  +156.2 KiB  main
         0 B         0 B         0 B  +156.2 KiB  mid_b
         0 B         0 B         0 B  +156.2 KiB  peak
... 1 more rows with 9.4 KiB before, 9.4 KiB after, 0 B, unchanged
$ hprof tree --base testdata/massif/ok/a_B_full.ms@3 testdata/massif/ok/a_B_full.ms@4
inuse_space: 165.6 KiB before, 321.9 KiB after, delta +156.2 KiB
      before       after       delta  flat delta  name
   165.6 KiB   321.9 KiB  +156.2 KiB              main
   156.2 KiB   312.5 KiB  +156.2 KiB                peak
                                                    mid_b
                                      +156.2 KiB    leaf_malloc
     9.4 KiB     9.4 KiB         0 B                ... 1 more

# --at is of each base that has moments, and takes one of a folder of bases
$ M=testdata/massif/ok; for b in "--base $M/a_default.ms" "--base $M/a_spaces1.ms" "--base $M/a_default.ms --base $M/a_spaces1.ms"; do for at in last peak; do hprof top -q --no-symbols --at $at $b $M/a_jit.ms | head -n 1; done; done
inuse_space: 18.8 KiB before, 97.7 KiB after, delta +78.8 KiB
inuse_space: 790.6 KiB before, 97.7 KiB after, delta -693.0 KiB
inuse_space: 18.8 KiB before, 97.7 KiB after, delta +78.8 KiB
inuse_space: 790.6 KiB before, 97.7 KiB after, delta -693.0 KiB
inuse_space: 37.7 KiB before (2 profiles added up), 97.7 KiB after, delta +60.0 KiB
inuse_space: 1.5 MiB before (2 profiles added up), 97.7 KiB after, delta -1.4 MiB
$ mkdir dumps; cp testdata/jemalloc/ok/redis.*.heap dumps; for at in first peak last; do hprof top -q --no-symbols --at $at --base dumps testdata/jemalloc/ok/redis.26831.0.i0.heap | head -n 1; done
inuse_space: 38.9 MiB before, 38.9 MiB after, delta 0 B (standard error 2.2 MiB)
inuse_space: 88.9 MiB before, 38.9 MiB after, delta -50.0 MiB (standard error 2.8 MiB)
inuse_space: 88.9 MiB before, 38.9 MiB after, delta -50.0 MiB (standard error 2.8 MiB)

# recordings of several runs: no moment can be chosen of these, and the advice does not say so
$ mkdir runs; cp testdata/massif/ok/a_default.ms runs/1.ms; cp testdata/massif/ok/a_jit.ms runs/2.ms; for c in top info 'diff testdata/massif/ok/a_jit.ms' 'top --last' 'top -q --sum -n 1'; do hprof $c --no-symbols runs; done
hprof: runs/1.ms and runs/2.ms are not of one recording: name one of them, or --sum adds up the peak of each; to compare two: hprof diff BASE NEW
hprof: runs/1.ms and runs/2.ms are not of one recording: name one of them
hprof: runs/1.ms and runs/2.ms are not of one recording: name one of them, or --sum adds up the peak of each
hprof: runs/1.ms and runs/2.ms are not of one recording: choose one of the files
inuse_space: total 888.3 KiB
        flat   flat%    sum%         cum    cum%  name
   781.2 KiB   88.0%   88.0%   781.2 KiB   88.0%  leaf_malloc
... 5 more rows with 107.0 KiB flat (12.0%); -n 0 shows all

# recordings among dumps, in a folder: over time the fewer are named and passed over
$ mkdir mix; cp testdata/jemalloc/ok/redis.26831.[01].* testdata/massif/ok/a_jit.ms mix; hprof timeline -q --no-symbols mix | tail -n 5; hprof report -q --no-symbols --no-script -o mix.html mix; sed 's/<[^>]*>//g' mix.html | grep -o 'Over 2.*at number 1\|mix/a_jit.ms was.*'; rm mix/*.1.i1.heap; hprof timeline -q --no-symbols mix | tail -n 3; hprof timeline -q --no-symbols testdata/jemalloc/ok/redis.26831.0.* testdata/massif/ok/a_jit.ms
hprof: mix/a_jit.ms: this is a recording: its times cannot be compared with dumps
largest: 48.6 MiB at number 1 (#)

    n inuse_space        delta  file
    0    38.9 MiB               redis.26831.0.i0.heap
    1    48.6 MiB     +9.6 MiB  redis.26831.1.i1.heap
hprof: mix/a_jit.ms: this is a recording: its times cannot be compared with dumps
Over 2 profiles, numbers 0 to 1, it went from 38.9 MiB to 48.6 MiB; the largest was 48.6 MiB, at number 1
mix/a_jit.ms was left out: this is a recording: its times cannot be compared with dumps
hprof: mix/redis.26831.0.i0.heap: this is no recording: it has no time among those of the others
    8          136719    78.1 KiB        64 B         0 B    78.2 KiB  detailed
    9          136771    87.9 KiB        72 B         0 B    88.0 KiB  detailed
   10          136823    97.7 KiB        80 B         0 B    97.7 KiB  detailed
hprof: testdata/jemalloc/ok/redis.26831.0.i0.heap and testdata/massif/ok/a_jit.ms are not of one recording: their times cannot be compared; give recordings of one run, or dumps without them
[2]

# files of one recording are one
$ hprof top testdata/massif/ok/vgdb_det.ms testdata/massif/ok/vgdb_snap.ms
hprof: testdata/massif/ok/vgdb_det.ms: warning: no snapshot is flagged as the peak: number 0 is shown, the largest that has a tree
inuse_space: total 1.3 MiB
        flat   flat%    sum%         cum    cum%  name
     1.3 MiB   99.7%   99.7%     1.3 MiB   99.7%  step
     4.0 KiB    0.3%  100.0%     4.0 KiB    0.3%  [1 place below threshold]
         0 B    0.0%  100.0%     1.3 MiB   99.7%  main
$ hprof top --at last testdata/massif/ok/vgdb_snap.ms testdata/massif/ok/vgdb_det.ms
hprof: testdata/massif/ok/vgdb_det.ms: warning: snapshot 0 of 0 to 1 is the last that has a tree
inuse_space: total 1.3 MiB
        flat   flat%    sum%         cum    cum%  name
     1.3 MiB   99.7%   99.7%     1.3 MiB   99.7%  step
     4.0 KiB    0.3%  100.0%     4.0 KiB    0.3%  [1 place below threshold]
         0 B    0.0%  100.0%     1.3 MiB   99.7%  main
$ hprof top testdata/massif/ok/vgdb_det.ms testdata/massif/ok/a_default.ms
hprof: testdata/massif/ok/vgdb_det.ms and testdata/massif/ok/a_default.ms are not of one recording: name one of them, or --sum adds up the peak of each; to compare two: hprof diff BASE NEW
[2]
$ hprof top --last testdata/massif/ok/vgdb_det.ms testdata/massif/ok/a_default.ms 2>&1 | grep -o 'are not of .*'
are not of one recording: choose one of the files

# what is not there is said
$ hprof top testdata/massif/ok/a_heapno.ms
hprof: testdata/massif/ok/a_heapno.ms: no snapshot has a tree, only totals were recorded: "hprof timeline" shows these
[3]
$ hprof info testdata/massif/ok/a_heapno.ms
file             testdata/massif/ok/a_heapno.ms
format           massif
writer           valgrind
sampling         none
command          ../prog
snapshots        80, 0 with a tree, time 0 i to 998151 i
stacks           0 (deepest: 0 frames)
allocator        0 frames cut from 0 stacks
inuse_space      0 B (0 bytes, 0 recorded)

hints
  no snapshot has a tree, as with --heap=no: "hprof timeline" shows the totals
$ hprof top testdata/massif/ok/trunc_mid.ms
hprof: testdata/massif/ok/trunc_mid.ms: warning: line 290: the file ends inside snapshot 33; the 33 complete ones before it are used
hprof: testdata/massif/ok/trunc_mid.ms: warning: no snapshot is flagged as the peak: number 10 is shown, the largest that has a tree
inuse_space: total 9.4 KiB
        flat   flat%    sum%         cum    cum%  name
     9.4 KiB   99.8%   99.8%     9.4 KiB   99.8%  build_list
        16 B    0.2%  100.0%        16 B    0.2%  [1 place below threshold]
         0 B    0.0%  100.0%     9.4 KiB   99.8%  main
$ hprof top testdata/massif/bad/trunc_hdr.ms
hprof: testdata/massif/bad/trunc_hdr.ms: line 3: the file ends before its first snapshot, as it does when the program was killed or the disk was full
[3]
$ hprof top --inuse_objects testdata/massif/ok/a_default.ms
hprof: testdata/massif/ok/a_default.ms: no sample type inuse_objects in this file, which has inuse_space
[3]
$ head -c 700 testdata/massif/ok/a_default.ms | hprof timeline --csv - 2>&1 | tail -3
2,137284,i,1584,264,0,1848,0,0,"standard input"
3,139204,i,3120,520,0,3640,0,0,"standard input"
4,141124,i,4656,776,0,5432,0,0,"standard input"
$ sed 's/mem_heap_B=1584/mem_heap_B=many/' testdata/massif/ok/a_default.ms | hprof top -
hprof: standard input: line 24: found "mem_heap_B=many", expected a number of less than 2^64 behind the "="
[3]
$ sed '/n1: 9552/s/^ //' testdata/massif/ok/a_default.ms | hprof top -
hprof: standard input: line 77: found "n1: 9552 0x109363: build_list (prog.c:14)", expected "n<callers>: <bytes> <place>", indented by its level
[3]
$ sed 's/^  n0: 9552/  n0: 99999/' testdata/massif/ok/a_default.ms | hprof top --at 8 -
hprof: standard input: warning: line 78: the callers of a place have more bytes than the place itself; theirs are used (and 1 more of this kind)
inuse_space: total 97.7 KiB
        flat   flat%    sum%         cum    cum%  name
    97.7 KiB  100.0%  100.0%    97.7 KiB  100.0%  build_list
         0 B    0.0%  100.0%    97.7 KiB  100.0%  main
$ sed 's/time_unit: i/time_unit: weeks/' testdata/massif/ok/a_default.ms | hprof top -
hprof: standard input: line 3: found "time_unit: weeks", expected "time_unit: " and i, ms, s or B
[3]
$ hprof top --no-symbols /bin/true testdata/massif/ok/a_default.ms -n 1
inuse_space: total 790.6 KiB
        flat   flat%    sum%         cum    cum%  name
   781.2 KiB   98.8%   98.8%   781.2 KiB   98.8%  leaf_malloc
... 4 more rows with 9.4 KiB flat (1.2%); -n 0 shows all

# reports are no recordings: each event is a sample type
$ hprof info testdata/massif/ok/x_full.ms | head -12
file             testdata/massif/ok/x_full.ms
format           massif
writer           valgrind
sampling         none
stacks           20 (deepest: 6 frames)
allocator        4 frames cut from 2 stacks
inuse_space      14.8 KiB (15192 bytes, 15192 recorded)
inuse_objects    257 (257 recorded)
alloc_space      949.0 KiB (971771 bytes, 971771 recorded)
alloc_objects    631 (631 recorded)
free_space       934.2 KiB (956579 bytes, 956579 recorded)
free_objects     374 (374 recorded)
$ hprof top --sample-index free_space testdata/massif/ok/x_full.ms
free_space: total 934.2 KiB
        flat   flat%    sum%         cum    cum%  name
   781.2 KiB   83.6%   83.6%   781.2 KiB   83.6%  peak
   127.9 KiB   13.7%   97.3%   127.9 KiB   13.7%  grow
    15.5 KiB    1.7%   99.0%    15.5 KiB    1.7%  temporaries
     5.5 KiB    0.6%   99.6%     5.5 KiB    0.6%  aligned
     4.0 KiB    0.4%  100.0%     4.0 KiB    0.4%  __run_exit_handlers
         0 B    0.0%  100.0%   930.2 KiB   99.6%  main
         0 B    0.0%  100.0%     4.0 KiB    0.4%  (below main)
         0 B    0.0%  100.0%     4.0 KiB    0.4%  exit
$ hprof top --sample-index totFdB -n 1 testdata/massif/ok/x_full.kcg
free_space: total 934.2 KiB
        flat   flat%    sum%         cum    cum%  name
   781.2 KiB   83.6%   83.6%   781.2 KiB   83.6%  peak
... 10 more rows with 152.9 KiB flat (16.4%); -n 0 shows all
$ hprof timeline testdata/massif/ok/x_allocs.ms
hprof: testdata/massif/ok/x_allocs.ms: this file holds one moment: a timeline needs a recording, or several profiles
[3]
$ head -c 5000 testdata/massif/ok/x_full.ms | hprof info - | head -10
file             standard input
format           massif
writer           valgrind
sampling         none
stacks           6 (deepest: 3 frames)
allocator        0 frames cut from 0 stacks
inuse_space      14.8 KiB (15192 bytes, 15192 recorded)
inuse_objects    257 (257 recorded)

warnings
$ head -c 3000 testdata/massif/ok/x_full.kcg | hprof top - -n 1
hprof: standard input: warning: line 289: the file ends without its totals; the stacks before are used
inuse_space: total 14.8 KiB
        flat   flat%    sum%         cum    cum%  name
    11.7 KiB   79.0%   79.0%    11.7 KiB   79.0%  build_list
... 4 more rows with 3.1 KiB flat (21.0%); -n 0 shows all
$ sed 's/^totals: 15192/totals: 15193/' testdata/massif/ok/x_full.kcg | hprof top - -n 1
hprof: standard input: warning: the stacks have 15192 curB, the last line says 15193
inuse_space: total 14.8 KiB
        flat   flat%    sum%         cum    cum%  name
    11.7 KiB   79.0%   79.0%    11.7 KiB   79.0%  build_list
... 4 more rows with 3.1 KiB flat (21.0%); -n 0 shows all
$ sed 's/^fn=(3)$/fn=(33)/' testdata/massif/ok/x_full.kcg | hprof top -
hprof: standard input: line 34: found "fn=(33)", expected a name behind the number, which is new
[3]
$ sed 's/^creator.*//' testdata/massif/ok/x_full.kcg | hprof top -
hprof: standard input: line 1: this is a callgrind file of a CPU profiler, not a heap profile that can be read here
[3]

# other writers: the header last, times with fractions
$ printf '#-----------\nsnapshot=0\n#-----------\ntime=0.25\nmem_heap_B=100\nmem_heap_extra_B=0\nmem_stacks_B=0\nheap_tree=detailed\nn1: 100 (heap allocation functions) malloc/new/new[], --alloc-fns, etc.\n n0: 60 0x1F: f(int) (a b.c:3)\ndesc: heaptrack\ncmd: ./prog\ntime_unit: s\n' >last.ms; hprof top last.ms; hprof info last.ms | grep -E 'writer|snapshots'
inuse_space: total 100 B
        flat   flat%    sum%         cum    cum%  name
        60 B   60.0%   60.0%        60 B   60.0%  f
        40 B   40.0%  100.0%        40 B   40.0%  [no stack]
writer           heaptrack
snapshots        1, 1 with a tree, time 0.25 s to 0.25 s
$ sed 's/$/\r/' testdata/massif/ok/a_default.ms | hprof top - -n 1
inuse_space: total 790.6 KiB
        flat   flat%    sum%         cum    cum%  name
   781.2 KiB   98.8%   98.8%   781.2 KiB   98.8%  leaf_malloc
... 4 more rows with 9.4 KiB flat (1.2%); -n 0 shows all

# names stay whole
$ printf 'desc: (none)\ncmd: ./p\ntime_unit: i\n#-----------\nsnapshot=0\n#-----------\ntime=5\nmem_heap_B=10\nmem_heap_extra_B=0\nmem_stacks_B=0\nheap_tree=peak\nn1: 10 (heap allocation functions)\n n1: 10 0x10: main::{lambda()#1}::operator()() const (a.cc:1)\n  n1: 10 0x10: std::vector<int> ns::make<int>(int) (b (1).h:22)\n   n1: 10 0x20: A::operator[](unsigned long) (in /opt/x (y)/lib z.so)\n    n1: 10 0x30: memcpy@@GLIBC_2.14 (m.S:1)\n     n0: 10 0x30: memcpy@@GLIBC_2.14 (m.S:1)\n' >names.ms; hprof tree names.ms; hprof tree --names full --lines names.ms; hprof top --modules names.ms; hprof collapsed --no-inlines names.ms
inuse_space: total 10 B
         cum    cum%        flat  name
        10 B  100.0%              memcpy (2 times)
                                  A::operator[]
                                  ns::make<int>
                            10 B  main::{lambda()#1}::operator()
inuse_space: total 10 B
         cum    cum%        flat  name
        10 B  100.0%              memcpy@@GLIBC_2.14 m.S:1 (2 times)
                                  A::operator[](unsigned long)
                                  std::vector<int> ns::make<int>(int) b (1).h:22
                            10 B  main::{lambda()#1}::operator()() const a.cc:1
inuse_space: total 10 B
        flat   flat%    sum%         cum    cum%  name
        10 B  100.0%  100.0%        10 B  100.0%  [unknown]
         0 B    0.0%  100.0%        10 B  100.0%  /opt/x (y)/lib z.so
memcpy;memcpy;A::operator[];ns::make<int> 10

# a report of nothing
$ printf 'desc: xtree.produce_report\ncmd: x\ntime_unit: ms\n#-----------\nsnapshot=0\n#-----------\ntime=1\nmem_heap_B=0\nmem_heap_extra_B=0\nmem_stacks_B=0\nheap_tree=empty\n' | hprof top -
hprof: standard input: line 11: the report has no tree: nothing was recorded
[3]

# moments that two things choose, or none can
$ hprof top testdata/massif/ok/a_B_full.ms@3 testdata/massif/ok/a_B_full.ms@4
hprof: 2 profiles are a series: --sum adds them up, --last takes the last, --at N another; to compare two: hprof diff BASE NEW
[2]
$ hprof top --at 5 testdata/massif/ok/a_B_full.ms@4
hprof: testdata/massif/ok/a_B_full.ms@4 and --at choose a moment each: give one of these
[2]
$ hprof timeline testdata/massif/ok/a_B_full.ms@4
hprof: testdata/massif/ok/a_B_full.ms@4 is one moment: a timeline needs the whole, testdata/massif/ok/a_B_full.ms
[2]
$ hprof top --sum -n 1 testdata/massif/ok/a_B_full.ms@3 testdata/massif/ok/a_B_full.ms@4
inuse_space: total 487.5 KiB
        flat   flat%    sum%         cum    cum%  name
   468.8 KiB   96.2%   96.2%   468.8 KiB   96.2%  leaf_malloc
... 4 more rows with 18.8 KiB flat (3.8%); -n 0 shows all
$ hprof top nothere.ms@3 testdata/massif/ok/a_B_full.ms@4
hprof: nothere.ms@3: cannot open: No such file or directory
[3]
