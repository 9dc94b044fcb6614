# stacks for flame graphs, one value or two
$ hprof collapsed testdata/symbolized/ok/sym.prof >c; hprof export --to folded testdata/symbolized/ok/sym.prof | cmp - c
$ hprof export --to difffolded --base testdata/jemalloc/ok/redis.26831.0.i0.heap testdata/jemalloc/ok/redis.26831.4.i4.heap --no-symbols --modules
redis-server;libc.so.6;libc.so.6;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server 728902 728902
redis-server;libc.so.6;libc.so.6;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server 65564 65564
redis-server;libc.so.6;libc.so.6;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server 1457742 889261
redis-server;libc.so.6;libc.so.6;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server 65548 65548
redis-server;libc.so.6;libc.so.6;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server 655440 655440
redis-server;libc.so.6;libc.so.6;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server 32954112 33019969
redis-server;libc.so.6;libc.so.6;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server 2783367 54558569
redis-server;libc.so.6;libc.so.6;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server 852124 1709194
redis-server;libc.so.6;libc.so.6;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server 721028 988395
redis-server;libc.so.6;libc.so.6;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server;redis-server 524465 524465
$ hprof export --to difffolded --base testdata/jemalloc/ok/redis.26831.0.i0.heap testdata/jemalloc/ok/redis.26831.4.i4.heap --no-symbols | awk '{ b += $(NF - 1); a += $NF } END { print b, a }'; hprof diff --json --no-symbols testdata/jemalloc/ok/redis.26831.0.i0.heap testdata/jemalloc/ok/redis.26831.4.i4.heap | python3 -c 'import json, sys; d = json.load(sys.stdin); print(round(d["base_total"]), round(d["base_total"] + d["total"]))'
40808292 93205307
40808292 93205307

# speedscope
$ hprof export --to speedscope testdata/symbolized/ok/sym.prof
{"$schema":"https://www.speedscope.app/file-format-schema.json","exporter":"hprof 0.1.0","name":"sym.prof","activeProfileIndex":0,"shared":{"frames":[
{"name":"main"},
{"name":"Outer<int>::run"},
{"name":"Inner::go"},
{"name":"malloc"}]},"profiles":[
{"type":"sampled","name":"inuse_space","unit":"bytes","samples":[
[0],
[0,1,2],
[3]],"weights":[200,100,200],"startValue":0,"endValue":500},
{"type":"sampled","name":"inuse_objects","unit":"none","samples":[
[0],
[0,1,2],
[3]],"weights":[2,1,2],"startValue":0,"endValue":5},
{"type":"sampled","name":"alloc_objects","unit":"none","samples":[
[0],
[0,1,2],
[3]],"weights":[2,1,2],"startValue":0,"endValue":5},
{"type":"sampled","name":"alloc_space","unit":"bytes","samples":[
[0],
[0,1,2],
[3]],"weights":[200,100,200],"startValue":0,"endValue":500}]}
$ hprof export --to speedscope --lines --alloc_space testdata/massif/ok/a_default.ms | head -3
hprof: testdata/massif/ok/a_default.ms: no sample type alloc_space in this file, which has inuse_space
$ hprof export --to speedscope --lines testdata/massif/ok/a_default.ms | head -3
{"$schema":"https://www.speedscope.app/file-format-schema.json","exporter":"hprof 0.1.0","name":"a_default.ms","activeProfileIndex":0,"shared":{"frames":[
{"name":"main","file":"prog.c","line":24},
{"name":"build_list","file":"prog.c","line":14},
$ hprof export --to speedscope --base testdata/symbolized/ok/op.prof testdata/symbolized/ok/sym.prof --inuse_objects
{"$schema":"https://www.speedscope.app/file-format-schema.json","exporter":"hprof 0.1.0","name":"sym.prof","activeProfileIndex":0,"shared":{"frames":[
{"name":"main"},
{"name":"Outer<int>::run"},
{"name":"Inner::go"},
{"name":"It::operator--"},
{"name":"malloc"}]},"profiles":[
{"type":"sampled","name":"inuse_objects grown","unit":"none","samples":[
[0],
[0,1,2],
[4]],"weights":[2,1,2],"startValue":0,"endValue":5},
{"type":"sampled","name":"inuse_objects shrunk","unit":"none","samples":[
[0,3]],"weights":[1],"startValue":0,"endValue":1},
{"type":"sampled","name":"inuse_space grown","unit":"bytes","samples":[
[0],
[0,1,2],
[4]],"weights":[200,100,200],"startValue":0,"endValue":500},
{"type":"sampled","name":"inuse_space shrunk","unit":"bytes","samples":[
[0,3]],"weights":[100],"startValue":0,"endValue":100},
{"type":"sampled","name":"alloc_objects grown","unit":"none","samples":[
[0],
[0,1,2],
[4]],"weights":[2,1,2],"startValue":0,"endValue":5},
{"type":"sampled","name":"alloc_objects shrunk","unit":"none","samples":[
[0,3]],"weights":[1],"startValue":0,"endValue":1},
{"type":"sampled","name":"alloc_space grown","unit":"bytes","samples":[
[0],
[0,1,2],
[4]],"weights":[200,100,200],"startValue":0,"endValue":500},
{"type":"sampled","name":"alloc_space shrunk","unit":"bytes","samples":[
[0,3]],"weights":[100],"startValue":0,"endValue":100}]}
$ hprof export --to speedscope --files testdata/massif/ok/a_default.ms | head -5
{"$schema":"https://www.speedscope.app/file-format-schema.json","exporter":"hprof 0.1.0","name":"a_default.ms","activeProfileIndex":0,"shared":{"frames":[
{"name":"prog.c","file":"prog.c"}]},"profiles":[
{"type":"sampled","name":"inuse_space","unit":"bytes","samples":[
[0]],"weights":[809600],"startValue":0,"endValue":809600}]}

# callgrind
$ hprof export --to callgrind testdata/symbolized/ok/sym.prof | tail -n +2
version: 1
creator: hprof 0.1.0
cmd: sym.prof
positions: line
events: inuse_space inuse_objects alloc_objects alloc_space
summary: 500 5 5 500

ob=(1) ???
fl=(1) ???
fn=(1) main
0 200 2 2 200
cob=(1)
cfi=(1)
cfn=(3) Outer<int>::run
calls=1 0
0 100 1 1 100

ob=(1)
fl=(1)
fn=(2) Inner::go
0 100 1 1 100

ob=(1)
fl=(1)
fn=(3)
cob=(1)
cfi=(1)
cfn=(2)
calls=1 0
0 100 1 1 100

ob=(1)
fl=(1)
fn=(4) malloc
0 200 2 2 200

ob=(1)
fl=(1)
fn=(5) [root]
cob=(1)
cfi=(1)
cfn=(1)
calls=1 0
0 300 3 3 300
cob=(1)
cfi=(1)
cfn=(4)
calls=2 0
0 200 2 2 200

totals: 500 5 5 500
$ hprof export --to callgrind --base testdata/symbolized/ok/op.prof testdata/symbolized/ok/sym.prof | grep -E '^(events|summary|totals)'
events: inuse_space_grown inuse_space_shrunk inuse_objects_grown inuse_objects_shrunk alloc_objects_grown alloc_objects_shrunk alloc_space_grown alloc_space_shrunk
summary: 500 100 5 1 5 1 500 100
totals: 500 100 5 1 5 1 500 100
$ hprof export --to callgrind testdata/massif/ok/a_default.ms | sed -n 2,24p
version: 1
creator: hprof 0.1.0
cmd: a_default.ms
positions: line
events: inuse_space
summary: 809600

ob=(1) ???
fl=(8) prog.c
fn=(1) build_list
14 9600

ob=(1)
fl=(8)
fn=(2) main
cob=(1)
cfi=(8)
cfn=(1)
calls=1 0
24 9600
cob=(1)
cfi=(8)
cfn=(5) peak

# DHAT
$ hprof export --to dhat testdata/symbolized/ok/sym.prof
{"dhatFileVersion":2,"mode":"heap","verb":"Allocated","tu":"instrs","Mtu":"Minstr","bklt":true,"bkacc":false,"tuth":-1,"cmd":"sym.prof","pid":0,"te":0,"tg":0,"pps":[
{"tb":200,"tbk":2,"mb":200,"mbk":2,"gb":200,"gbk":2,"eb":200,"ebk":2,"tl":0,"fs":[1]},
{"tb":100,"tbk":1,"mb":100,"mbk":1,"gb":100,"gbk":1,"eb":100,"ebk":1,"tl":0,"fs":[3,2,1]},
{"tb":100,"tbk":1,"mb":100,"mbk":1,"gb":100,"gbk":1,"eb":100,"ebk":1,"tl":0,"fs":[4]},
{"tb":100,"tbk":1,"mb":100,"mbk":1,"gb":100,"gbk":1,"eb":100,"ebk":1,"tl":0,"fs":[5]}],"ftbl":[
"[root]",
"0x2001: main (???:0:0)",
"0x3001: Outer<int>::run (???:0:0)",
"0x3001: Inner::go (???:0:0)",
"0x4001: malloc (???:0:0)",
"0x4000: malloc (???:0:0)"]}
$ hprof export --to dhat testdata/massif/ok/a_default.ms | tail -n 4
"0x1093a5: main (prog.c:24:0)",
"0x109244: peak (prog.c:18:0)",
"0x109222: mid_b (prog.c:12:0)",
"0x1091ff: leaf_malloc (prog.c:10:0)"]}

# dot
$ hprof export --to dot testdata/symbolized/ok/sym.prof
digraph hprof {
graph [labelloc=t labeljust=l fontname="Helvetica" fontsize=14]
node [shape=box style=filled color="#555555" fontname="Helvetica"]
edge [fontname="Helvetica" fontsize=10]
label="inuse_space: total 500 B\l"
n0 [label="main\n200 B (40.0%)\nof 300 B (60.0%)" tooltip="main" fontsize=24.0 fillcolor="#f4a261"]
n1 [label="malloc\n200 B (40.0%)" tooltip="malloc" fontsize=24.0 fillcolor="#f6b37d"]
n2 [label="Inner::go\n100 B (20.0%)" tooltip="Inner::go" fontsize=19.6 fillcolor="#f8c9a3"]
n3 [label="Outer<int>::run\n0 B (0.0%)\nof 100 B (20.0%)" tooltip="Outer<int>::run" fontsize=9.0 fillcolor="#f8c9a3"]
n0 -> n3 [label=" 100 B" weight=34 penwidth=3.9 color="#555555"]
n3 -> n2 [label=" 100 B" weight=34 penwidth=3.9 color="#555555"]
}
$ hprof export --to dot -n 2 testdata/symbolized/ok/sym.prof | grep -E 'rows|->'
label="inuse_space: total 500 B\l2 of 4 rows; 100 B flat in the others\l"
$ hprof export --to dot --show_bytes --base testdata/symbolized/ok/op.prof testdata/symbolized/ok/sym.prof | grep -E '^(label|n)'
node [shape=box style=filled color="#555555" fontname="Helvetica"]
label="inuse_space: 100 B before, 500 B after, delta +400 B\l"
n0 [label="main\n+200 B (50.0%)" tooltip="main" fontsize=24.0 fillcolor="#f4a261"]
n1 [label="malloc\n+200 B (50.0%)" tooltip="malloc" fontsize=24.0 fillcolor="#f4a261"]
n2 [label="Inner::go\n+100 B (25.0%)" tooltip="Inner::go" fontsize=19.6 fillcolor="#f7bd8f"]
n3 [label="It::operator--\n-100 B (-25.0%)" tooltip="It::operator--" fontsize=19.6 fillcolor="#a4c9ed"]
n4 [label="Outer<int>::run\n0 B (0.0%)\nof +100 B (25.0%)" tooltip="Outer<int>::run" fontsize=9.0 fillcolor="#f7bd8f"]
n0 -> n3 [label=" -100 B" weight=50 penwidth=4.5 color="#1f5f99"]
n0 -> n4 [label=" +100 B" weight=50 penwidth=4.5 color="#b35a00"]
n4 -> n2 [label=" +100 B" weight=50 penwidth=4.5 color="#b35a00"]

# comma-separated values
$ hprof export --to csv testdata/symbolized/ok/sym.prof | tr -d '\r'
name,address,file,line,module,flat,flat_stderr,cum,cum_stderr
"main",,"",,"",200,,300,
"malloc",,"",,"",200,,200,
"Inner::go",,"",,"",100,,100,
"Outer<int>::run",,"",,"",0,,100,
$ hprof export --to csv --cum -n 2 --inuse_objects testdata/symbolized/ok/sym.prof | od -c | head -5
0000000   n   a   m   e   ,   a   d   d   r   e   s   s   ,   f   i   l
0000020   e   ,   l   i   n   e   ,   m   o   d   u   l   e   ,   f   l
0000040   a   t   ,   f   l   a   t   _   s   t   d   e   r   r   ,   c
0000060   u   m   ,   c   u   m   _   s   t   d   e   r   r  \r  \n   "
0000100   m   a   i   n   "   ,   ,   "   "   ,   ,   "   "   ,   2   ,
$ hprof export --to csv --base testdata/symbolized/ok/op.prof testdata/symbolized/ok/sym.prof | tr -d '\r'
name,address,file,line,module,flat,flat_stderr,cum,cum_stderr,base_flat,base_cum,significant
"main",,"",,"",200,,200,,0,100,
"malloc",,"",,"",200,,200,,0,0,
"Inner::go",,"",,"",100,,100,,0,0,
"It::operator--",,"",,"",-100,,-100,,100,100,
"Outer<int>::run",,"",,"",0,,100,,0,0,
$ hprof export --to csv --lines testdata/massif/ok/a_default.ms | tr -d '\r' | head -4
name,address,file,line,module,flat,flat_stderr,cum,cum_stderr
"leaf_malloc",,"prog.c",10,"",800000,,800000,
"build_list",,"prog.c",14,"",9600,,9600,
"main",,"prog.c",24,"",0,,809600,
$ hprof export --to csv --addresses -n 2 --no-symbols testdata/jemalloc/ok/redis.26831.4.i4.heap | tr -d '\r'
name,address,file,line,module,flat,flat_stderr,cum,cum_stderr
"redis-server+0x2c3a2f",0x2c3a2f,"",,"/srv/bench1/redis/src/redis-server",93205307,2422585.42862634,93205307,2422585.42862634
"libc.so.6+0x27249",0x27249,"",,"/usr/lib/x86_64-linux-gnu/libc.so.6",0,0,93205307,2422585.42862634

# Markdown
$ hprof export --to markdown testdata/symbolized/ok/sym.prof
`inuse_space`: total 500 B

| flat | flat% | sum% | cum | cum% | name |
| ---: | ---: | ---: | ---: | ---: | :--- |
| 200 B | 40.0% | 40.0% | 300 B | 60.0% | `main` |
| 200 B | 40.0% | 80.0% | 200 B | 40.0% | `malloc` |
| 100 B | 20.0% | 100.0% | 100 B | 20.0% | `Inner::go` |
| 0 B | 0.0% | 100.0% | 100 B | 20.0% | `Outer<int>::run` |
$ hprof export --to markdown -n 1 --unit KiB testdata/symbolized/ok/sym.prof
`inuse_space`: total 0.5 KiB

| flat | flat% | sum% | cum | cum% | name |
| ---: | ---: | ---: | ---: | ---: | :--- |
| 0.2 KiB | 40.0% | 40.0% | 0.3 KiB | 60.0% | `main` |

3 more rows with 0.3 KiB flat (60.0%).
$ hprof export --to markdown -n 2 --base testdata/symbolized/ok/op.prof testdata/symbolized/ok/sym.prof
`inuse_space`: 100 B before, 500 B after, delta +400 B

| before | after | delta | cum delta | name |
| ---: | ---: | ---: | ---: | :--- |
| 0 B | 200 B | +200 B | +200 B | `main` |
| 0 B | 200 B | +200 B | +200 B | `malloc` |

3 more rows with 100 B before, 100 B after, 0 B.
$ hprof export --to markdown --focus nothing testdata/symbolized/ok/sym.prof
hprof: warning: --focus 'nothing' matches no frame
`inuse_space`: total 0 B of 500 B

no stack is left by --focus, --ignore or --thread
$ hprof export --to markdown --base testdata/symbolized/ok/sym.prof testdata/symbolized/ok/sym.prof
`inuse_space`: 500 B before, 500 B after, delta 0 B

no difference

4 more rows with 500 B before, 500 B after, 0 B, unchanged.

# totals of all that are numbers
$ i=0; for f in testdata/jemalloc/ok/[mrt]*.heap testdata/gperftools/ok/* testdata/massif/ok/a_[!h]*; do hprof top --json -q --no-symbols $f >top.$i; for t in csv callgrind speedscope dhat folded; do hprof export -q --no-symbols --to $t -o $t.$i $f; done; i=$((i + 1)); done; test $i -gt 25 && python3 -c 'import csv, json, sys; total = {"csv": lambda f: sum(int(r["flat"]) for r in csv.DictReader(f)), "callgrind": lambda f: int([l for l in f if l.startswith("totals:")][0].split()[1]), "speedscope": lambda f: [sum(p["weights"]) if sum(p["weights"]) == p["endValue"] else 0 for p in json.load(f)["profiles"]][0], "folded": lambda f: sum(int(l.rsplit(" ", 1)[1]) for l in f), "dhat": lambda f: sum(p["eb"] for p in json.load(f)["pps"])}; print([(i, t) for i in range(int(sys.argv[1])) for t in total if total[t](open("%s.%d" % (t, i), newline="")) != round(json.load(open("top.%d" % i))["total"])])' $i
[]

# nothing in it
$ printf 'heap_v2/1024\n  t*: 0: 0 [0: 0]\n\nMAPPED_LIBRARIES:\n' >none; for t in folded speedscope callgrind dhat dot csv markdown tables; do echo "-- $t"; hprof export -q --to $t none | sed "s/^# //" | sed 's/"time":[0-9.]*/"time":T/; s/\r//'; done
-- folded
-- speedscope
{"$schema":"https://www.speedscope.app/file-format-schema.json","exporter":"hprof 0.1.0","name":"none","activeProfileIndex":0,"shared":{"frames":[]},"profiles":[
{"type":"sampled","name":"inuse_space","unit":"bytes","samples":[],"weights":[],"startValue":0,"endValue":0},
{"type":"sampled","name":"inuse_objects","unit":"none","samples":[],"weights":[],"startValue":0,"endValue":0}]}
-- callgrind
callgrind format
version: 1
creator: hprof 0.1.0
cmd: none
positions: line
events: inuse_space inuse_objects
summary: 0 0

totals: 0 0
-- dhat
{"dhatFileVersion":2,"mode":"heap","verb":"Allocated","tu":"instrs","Mtu":"Minstr","bklt":true,"bkacc":false,"tuth":-1,"cmd":"none","pid":0,"te":0,"tg":0,"pps":[],"ftbl":[
"[root]"]}
-- dot
digraph hprof {
graph [labelloc=t labeljust=l fontname="Helvetica" fontsize=14]
node [shape=box style=filled color="#555555" fontname="Helvetica"]
edge [fontname="Helvetica" fontsize=10]
label="inuse_space: total 0 B\l"
}
-- csv
name,address,file,line,module,flat,flat_stderr,cum,cum_stderr
-- markdown
`inuse_space`: total 0 B

no samples: profiling was not active, or nothing was sampled yet
-- tables
{"table":"dumps","dump_id":"8aa7f2443d64490526fe4b9bd294292d","path":"none","time":T,"format":"jemalloc","writer":"jemalloc","sampling_period":1024,"snapshot":null,"exe":null,"exe_build_id":null,"inuse_space":0,"inuse_objects":0,"alloc_space":null,"alloc_objects":null}

# the same bytes every time
$ for t in folded speedscope callgrind dhat dot csv markdown tables; do hprof export --to $t --no-symbols testdata/jemalloc/ok/m.heap >a; hprof export --to $t --no-symbols testdata/jemalloc/ok/m.heap >b; cmp a b; done

# lines in the style of jeprof
$ hprof --dot -q --nodecount=2 testdata/massif/ok/a_B_full.ms | head -n 6
digraph hprof {
graph [labelloc=t labeljust=l fontname="Helvetica" fontsize=14]
node [shape=box style=filled color="#555555" fontname="Helvetica"]
edge [fontname="Helvetica" fontsize=10]
label="inuse_space: total 790.6 KiB\l2 of 5 rows; 9.4 KiB flat in the others\l"
n0 [label="main\n0 B (0.0%)\nof 790.6 KiB (100.0%)" tooltip="main" fontsize=9.0 fillcolor="#f4a261"]
$ hprof --callgrind -q testdata/massif/ok/a_B_full.ms | sed -n 2,7p
version: 1
creator: hprof 0.1.0
cmd: a_B_full.ms
positions: line
events: inuse_space
summary: 809600
$ hprof --raw -q testdata/massif/ok/a_B_full.ms | head -n 5
--- symbol
#=	types	inuse_space
0x0000000000109363 build_list
0x0000000000109364 build_list
#0x109364	@0x109363
$ hprof --raw --focus x testdata/massif/ok/a_B_full.ms
hprof: --raw has the whole profile: nothing can be left out or subtracted
[2]
$ hprof --raw testdata/massif/ok/a_B_full.ms testdata/massif/ok/a_default.ms
hprof: testdata/massif/ok/a_B_full.ms and testdata/massif/ok/a_default.ms are not of one recording: name one of them
[2]
