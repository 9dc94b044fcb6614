# the same heap of Go in both of its forms: values and errors are the same but for rounding
$ for t in inuse_space inuse_objects alloc_space alloc_objects; do for f in testdata/pprof/ok/go-sizes.pb.gz testdata/gperftools/ok/go-sizes.heap; do hprof top --$t $f | head -1; done; done
inuse_space: total 37.0 MiB (standard error 1.3 MiB)
inuse_space: total 37.0 MiB (standard error 1.3 MiB)
inuse_objects: total 26458 (standard error 4755)
inuse_objects: total 26472 (standard error 4755)
alloc_space: total 160.6 MiB (standard error 3.0 MiB)
alloc_space: total 160.6 MiB (standard error 3.0 MiB)
alloc_objects: total 74796 (standard error 4896)
alloc_objects: total 74817 (standard error 4896)
$ for f in testdata/pprof/ok/go-sizes.pb.gz testdata/gperftools/ok/go-sizes.heap; do hprof top -n 3 --json $f | tr ',{' '\n\n' | grep -E '_stderr|^"name' | sed 's/\([0-9]\)[.][0-9]*/\1/'; done | paste -sd' ' | fold -w 100 -s
"total_stderr":1327395 "name":"main.mixed" "flat_stderr":1194596 "cum_stderr":1194596} 
"name":"main.large" "flat_stderr":0 "cum_stderr":0} "name":"main.medium" "flat_stderr":485891 
"cum_stderr":485891}] "total_stderr":1327395 "name":"main.mixed" "flat_stderr":1194596 
"cum_stderr":1194596} "name":"main.large" "flat_stderr":0 "cum_stderr":0} "name":"main.medium" 
"flat_stderr":485891 "cum_stderr":485891}]

# errors of what is sampled: a difference says what is significant
$ hprof diff -n 3 testdata/pprof/ok/go-sizes.pb.gz testdata/pprof/ok/go.pb.gz
hprof: testdata/pprof/ok/go.pb.gz: warning: compared with "testdata/pprof/ok/go-sizes.pb.gz", which was sampled every 65536 bytes on average; this one was sampled every 512 bytes on average: differences between them may come from that
inuse_space: 37.0 MiB before, 2.1 MiB after, delta -34.9 MiB (standard error 1.3 MiB)
      before       after       delta   cum delta  sig  name
    22.4 MiB         0 B   -22.4 MiB   -22.4 MiB    *  main.mixed
     9.0 MiB         0 B    -9.0 MiB    -9.0 MiB    *  main.large
     3.6 MiB         0 B    -3.6 MiB    -3.6 MiB    *  main.medium
... 10 more rows with 2.0 MiB before, 2.1 MiB after, +118.4 KiB; -n 0 shows all that changed
$ hprof diff -n 3 --json testdata/pprof/ok/go-sizes.pb.gz testdata/pprof/ok/go-sizes.pb.gz | tr ',' '\n' | grep -c significant
3

# no period: nothing is known, and nothing is said of errors
$ for c in 'top --json' 'tree --json' 'json' 'export --to csv' 'export --to tables' 'export --to markdown' top tree; do hprof $c -q testdata/pprof/ok/small.pb.gz | grep -cE 'stderr":[^n]|tandard error '; done | paste -sd' '
0 0 0 0 0 0 0 0
$ for c in 'top --json' 'tree --json' 'export --to csv' 'export --to markdown' top tree; do hprof $c -q --base testdata/pprof/ok/bare.pb testdata/pprof/ok/small.pb.gz | sed 's/,significant//' | grep -cE 'stderr":[^n]|tandard error |signif|[|] sig|  sig|\*|,[01].$'; done | paste -sd' '
0 0 0 0 0 0
$ for b in '' '--base testdata/pprof/ok/bare.pb'; do for c in report flame; do hprof $c -q -o r.html $b testdata/pprof/ok/small.pb.gz; sed '/<script/,$d' r.html | grep -ciE 'standard error|~|>sig<'; done; done | paste -sd' '
0 0 0 0
$ hprof diff testdata/pprof/ok/bare.pb testdata/pprof/ok/small.pb.gz
inuse_space: 11 B before, 340 B after, delta +329 B
      before       after       delta   cum delta  name
         0 B       300 B      +300 B      +300 B  ns::make<int>
         0 B        40 B       +40 B      +340 B  main
         6 B         0 B        -6 B        -6 B  [unknown] 0x0
         5 B         0 B        -5 B        -5 B  [anon]
$ hprof info testdata/pprof/ok/small.pb.gz | grep sampling
sampling         not known

# a recording of valgrind is exact
$ hprof diff testdata/massif/ok/a_B_full.ms@1 testdata/massif/ok/a_B_full.ms@peak | head -3
inuse_space: 41.4 KiB before, 790.6 KiB after, delta +749.2 KiB
      before       after       delta   cum delta  name
         0 B   781.2 KiB  +781.2 KiB  +781.2 KiB  leaf_malloc
$ hprof tree --bottom-up --base testdata/massif/ok/a_B_full.ms@1 testdata/massif/ok/a_B_full.ms@peak | head -3
inuse_space: 41.4 KiB before, 790.6 KiB after, delta +749.2 KiB
      before       after       delta   no caller  name
         0 B   781.2 KiB  +781.2 KiB              leaf_malloc
$ hprof export --to markdown -n 1 --base testdata/massif/ok/a_B_full.ms@1 testdata/massif/ok/a_B_full.ms@peak
`inuse_space`: 41.4 KiB before, 790.6 KiB after, delta +749.2 KiB

| before | after | delta | cum delta | name |
| ---: | ---: | ---: | ---: | :--- |
| 0 B | 781.2 KiB | +781.2 KiB | +781.2 KiB | `leaf_malloc` |

5 more rows with 41.4 KiB before, 9.4 KiB after, -32.0 KiB.

# everything was recorded in one profile, samples in the other: the error is that of the other
$ printf 'heap profile: 1: 1000000 [1: 1000000] @ heapprofile\n1: 1000000 [1: 1000000] @ 0x10\n' > exact.heap; hprof diff -q --no-symbols -n 2 exact.heap testdata/gperftools/ok/go-sizes.heap
inuse_space: 976.6 KiB before, 37.0 MiB after, delta +36.1 MiB (standard error 1.3 MiB)
      before       after       delta   cum delta  sig  name
         0 B    22.4 MiB   +22.4 MiB   +22.4 MiB    *  main.mixed
         0 B     9.0 MiB    +9.0 MiB    +9.0 MiB    *  main.large
... 10 more rows with 976.6 KiB before, 5.6 MiB after, +4.6 MiB; -n 0 shows all that changed
$ hprof diff -q --no-symbols -n 2 exact.heap testdata/pprof/ok/small.pb.gz
inuse_space: 976.6 KiB before, 340 B after, delta -976.2 KiB
      before       after       delta   cum delta  name
   976.6 KiB         0 B  -976.6 KiB  -976.6 KiB  0x10
         0 B       300 B      +300 B      +300 B  ns::make<int>
... 1 more rows with 0 B before, 40 B after, +40 B; -n 0 shows all that changed

# a symbolized file keeps what is known of the errors
$ for f in testdata/pprof/ok/go-sizes.pb.gz testdata/gperftools/ok/go-sizes.heap testdata/pprof/ok/small.pb.gz; do hprof export --to symbolized -o a $f; hprof export --to symbolized -o b a; grep '^#=' b; hprof top --alloc_space b | head -1; hprof info b | grep sampling; done
#=	scaled	65536
alloc_space: total 160.6 MiB (standard error 3.0 MiB)
sampling         one in 64.0 KiB on average (65536 bytes); the writer has scaled the values
#=	one-size
alloc_space: total 160.6 MiB (standard error 3.0 MiB)
sampling         one in 64.0 KiB on average (65536 bytes)
#=	unknown
alloc_space: total 540 B
sampling         not known

# out and in again: the period comes along if it is one
$ hprof export --to pprof -o a.pb.gz testdata/gperftools/ok/go-sizes.heap; hprof info a.pb.gz | grep sampling; hprof top a.pb.gz | head -1
sampling         one in 64.0 KiB on average (65536 bytes); the writer has scaled the values
inuse_space: total 37.0 MiB (standard error 1.3 MiB)
$ hprof export --to pprof -o a.pb.gz testdata/pprof/ok/small.pb.gz; hprof info a.pb.gz | grep sampling
sampling         not known
$ hprof export --to pprof -o a.pb.gz --base testdata/pprof/ok/go.pb.gz testdata/pprof/ok/go-sizes.pb.gz; hprof info a.pb.gz | grep sampling
hprof: testdata/pprof/ok/go-sizes.pb.gz: warning: compared with "testdata/pprof/ok/go.pb.gz", which was sampled every 512 bytes on average; this one was sampled every 65536 bytes on average: differences between them may come from that
sampling         not known
$ hprof export --to pprof -o a.pb.gz testdata/massif/ok/a_B_full.ms; hprof info a.pb.gz | grep sampling; hprof export --to pprof --sum -q --no-symbols -o a.pb.gz testdata/pprof/ok/go.pb.gz testdata/pprof/ok/go-sizes.pb.gz; hprof info a.pb.gz | grep sampling
sampling         none
sampling         not known
