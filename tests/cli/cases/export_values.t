# values below 0 in a file that is no difference: what has no sign comes in two halves
$ hprof export --to speedscope testdata/pprof/ok/unusual.pb | tail -n 9
hprof: testdata/pprof/ok/unusual.pb: warning: sample 2: values below zero (inuse_objects -1, inuse_space -16): counters of the writer ran under or over, or this is a difference; they are used as they are
[0,1],
[2]],"weights":[64,8],"startValue":0,"endValue":72},
{"type":"sampled","name":"inuse_space shrunk","unit":"bytes","samples":[
[0]],"weights":[16],"startValue":0,"endValue":16},
{"type":"sampled","name":"inuse_objects grown","unit":"none","samples":[
[0,1],
[2]],"weights":[2,1],"startValue":0,"endValue":3},
{"type":"sampled","name":"inuse_objects shrunk","unit":"none","samples":[
[0]],"weights":[1],"startValue":0,"endValue":1}]}
$ hprof export --to callgrind testdata/pprof/ok/unusual.pb | grep -E '^(events|summary|totals)'
hprof: testdata/pprof/ok/unusual.pb: warning: sample 2: values below zero (inuse_objects -1, inuse_space -16): counters of the writer ran under or over, or this is a difference; they are used as they are
events: inuse_space_grown inuse_space_shrunk inuse_objects_grown inuse_objects_shrunk
summary: 72 16 3 1
totals: 72 16 3 1
$ hprof export --to pprof -o a.pb.gz --base testdata/symbolized/ok/op.prof testdata/symbolized/ok/sym.prof; hprof export --to callgrind a.pb.gz | grep -E '^(events|totals)'; hprof export --to speedscope a.pb.gz | grep -oE '(inuse_space [a-z]*"|"endValue":[0-9]*)' | head -n 4
hprof: a.pb.gz: warning: sample 4: values below zero (alloc_objects -1, alloc_space -100, inuse_objects -1, inuse_space -100): counters of the writer ran under or over, or this is a difference; they are used as they are
events: inuse_space_grown inuse_space_shrunk alloc_objects_grown alloc_objects_shrunk alloc_space_grown alloc_space_shrunk inuse_objects_grown inuse_objects_shrunk
totals: 500 100 5 1 500 100 5 1
hprof: a.pb.gz: warning: sample 4: values below zero (alloc_objects -1, alloc_space -100, inuse_objects -1, inuse_space -100): counters of the writer ran under or over, or this is a difference; they are used as they are
inuse_space grown"
"endValue":500
inuse_space shrunk"
"endValue":100

# values that 64 bits do not hold become the nearest that they do; sums of what they hold are beyond them in pprof
$ printf 'heap_v2/1\n  t*: 3: 1 [0: 0]\n@ 0x10 0x30\n  t*: 1: 9223372036854775807 [0: 0]\n@ 0x20 0x30\n  t*: 2: 9223372036854775807 [0: 0]\n' >big; hprof export --to pprof -o big.pb.gz --no-symbols big; hprof top -q big.pb.gz | head -n 1
hprof: big: warning: the header promises 4 bytes in use, the stacks hold 18446744073709551616: the file is incomplete or damaged
hprof: big: warning: no MAPPED_LIBRARIES section (the file may be cut): addresses stay without names
hprof: big.pb.gz: warning: all inuse_space together, 18446744073709551616, are beyond the 64 bits in which pprof adds up
inuse_space: total 16.0 EiB
$ hprof export --to pprof -o big.pb.gz -q big; hprof export --to pprof -o sum.pb.gz --sum big big big 2>&1 | grep bits; hprof top -q sum.pb.gz | head -n 1
hprof: sum.pb.gz: warning: 2 values are beyond the 64 bits of pprof, the first in sample 1: inuse_space 27670116110564327424 is written as 9223372036854775807
inuse_space: total 16.0 EiB
