# a recording: a graph and a table
$ hprof timeline testdata/massif/ok/a_B_full.ms
792.3 KiB ^                                     #:::::
         |                                     #:::::
         |                                     #:::::
         |                                     #:::::
         |                               @:::::#:::::@::
         |                               @:::::#:::::@::
         |                               @:::::#:::::@::@::
         |                               @:::::#:::::@::@::
         |                         @:::::@:::::#:::::@::@::@::
         |                         @:::::@:::::#:::::@::@::@::
         |                         @:::::@:::::#:::::@::@::@::@::
         |                         @:::::@:::::#:::::@::@::@::@::
         |                   @:::::@:::::@:::::#:::::@::@::@::@::@::
         |                   @:::::@:::::@:::::#:::::@::@::@::@::@::
         |                   @:::::@:::::@:::::#:::::@::@::@::@::@::@::
         |                   @:::::@:::::@:::::#:::::@::@::@::@::@::@::
         |            @::::::@:::::@:::::@:::::#:::::@::@::@::@::@::@::@::
         |            @::::::@:::::@:::::@:::::#:::::@::@::@::@::@::@::@::
         |            @::::::@:::::@:::::@:::::#:::::@::@::@::@::@::@::@::@::
         |   @::      @::::::@:::::@:::::@:::::#:::::@::@::@::@::@::@::@::@::
       0 +-------------------------------------------------------------------->
          0 B                                                          1.7 MiB

snapshots: 17, 17 with a tree (@)
flagged as the peak: 792.3 KiB at number 7 (#)

    n        time (B)        heap       extra      stacks       total
    0               0         0 B         0 B         0 B         0 B  detailed
    1           80936    41.4 KiB     1.6 KiB         0 B    42.9 KiB  detailed
    2          179248     9.4 KiB     1.6 KiB         0 B    10.9 KiB  detailed
    3          339264   165.6 KiB     1.6 KiB         0 B   167.2 KiB  detailed
    4          499280   321.9 KiB     1.6 KiB         0 B   323.5 KiB  detailed
    5          659296   478.1 KiB     1.6 KiB         0 B   479.7 KiB  detailed
    6          819312   634.4 KiB     1.6 KiB         0 B   636.0 KiB  detailed
    7          979328   790.6 KiB     1.6 KiB         0 B   792.3 KiB  peak
    8         1139344   634.4 KiB     1.6 KiB         0 B   636.0 KiB  detailed
    9         1219352   556.2 KiB     1.6 KiB         0 B   557.9 KiB  detailed
   10         1299360   478.1 KiB     1.6 KiB         0 B   479.7 KiB  detailed
   11         1379368   400.0 KiB     1.6 KiB         0 B   401.6 KiB  detailed
   12         1459376   321.9 KiB     1.6 KiB         0 B   323.5 KiB  detailed
   13         1539384   243.8 KiB     1.6 KiB         0 B   245.3 KiB  detailed
   14         1619392   165.6 KiB     1.6 KiB         0 B   167.2 KiB  detailed
   15         1699400    87.5 KiB     1.6 KiB         0 B    89.1 KiB  detailed
   16         1779408     9.4 KiB     1.6 KiB         0 B    10.9 KiB  detailed
$ hprof timeline -q -v testdata/massif/ok/trunc_mid.ms 2>/dev/null | tail -32 | head -12
    7          145924     8.3 KiB     1.4 KiB         0 B     9.7 KiB
    8          147244     9.3 KiB     1.6 KiB         0 B    10.9 KiB  detailed
       100.0%     9.3 KiB  build_list
    9          148063     9.4 KiB     1.6 KiB         0 B    11.0 KiB
   10          149511     9.4 KiB     1.6 KiB         0 B    11.0 KiB  detailed
        99.8%     9.4 KiB  build_list
         0.2%        16 B  [1 place below threshold]
   11          150663     9.4 KiB     1.6 KiB         0 B    10.9 KiB
   12          151824     9.4 KiB     1.6 KiB         0 B    10.9 KiB
   13          152988     9.4 KiB     1.6 KiB         0 B    10.9 KiB
   14          154152     9.4 KiB     1.6 KiB         0 B    10.9 KiB
   15          155192     9.4 KiB     1.6 KiB         0 B    10.9 KiB  detailed
$ hprof timeline testdata/massif/ok/a_heapno.ms | head -25
 7.3 KiB ^  #
         |  #
         |  #
         |  #
         |  #
         |  #
         |  #
         |  #:
         |  #:
         |  #:
         |  #:
         |  #:
         |  #:
         |  #:
         |  #:
         |  #:::::  :                                                        :
         |  #:::::::: :                                                      :
         |  #:::::::: :                                                      :
         |  #:::::::: :                                                      :
         |::#:::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::
       0 +-------------------------------------------------------------------->
          0 i                                                         998.2 ki

snapshots: 80, 0 with a tree (@)
largest: 7.3 KiB at number 6 (#), none is flagged as the peak
$ hprof timeline testdata/massif/ok/vgdb_det.ms testdata/massif/ok/vgdb_snap.ms | tail -5
largest: 1.3 MiB at number 0 (#), none is flagged as the peak

    n        time (i)        heap       extra      stacks       total
    0         2240341     1.3 MiB       512 B         0 B     1.3 MiB  detailed
    1         2240858     1.3 MiB       512 B         0 B     1.3 MiB
$ hprof timeline testdata/massif/ok/vgdb_det.ms testdata/massif/ok/a_default.ms 2>&1 | grep -o 'are not of .*'
are not of one recording: their times cannot be compared; give recordings of one run, or dumps without them

# a series of profiles
$ hprof timeline --no-symbols testdata/jemalloc/ok/redis.*.heap | tail -9
profiles: 5
largest: 88.9 MiB at number 4 (#)

    n inuse_space        delta  file
    0    38.9 MiB               redis.26831.0.i0.heap
    1    48.6 MiB     +9.6 MiB  redis.26831.1.i1.heap
    2    57.9 MiB     +9.4 MiB  redis.26831.2.i2.heap
    3    67.4 MiB     +9.4 MiB  redis.26831.3.i3.heap
    4    88.9 MiB    +21.5 MiB  redis.26831.4.i4.heap
$ hprof timeline --no-symbols --focus nothing testdata/jemalloc/ok/redis.*.heap | tail -9
hprof: warning: --focus 'nothing' matches no frame
profiles: 5
largest: 0 B at number 0 (#)

    n inuse_space        delta  file
    0         0 B               redis.26831.0.i0.heap
    1         0 B          0 B  redis.26831.1.i1.heap
    2         0 B          0 B  redis.26831.2.i2.heap
    3         0 B          0 B  redis.26831.3.i3.heap
    4         0 B          0 B  redis.26831.4.i4.heap
$ hprof timeline --no-symbols testdata/jemalloc/ok/sysn.7523.0.f.heap | tail -5
hprof: testdata/jemalloc/ok/sysn.7523.0.f.heap: this file holds one moment: a timeline needs a recording, or several profiles

# other forms
$ hprof timeline --csv -n 2 testdata/massif/ok/a_B_full.ms | tr -d '\r'
index,time,time_unit,heap,extra,stacks,total,detailed,peak,profile,"leaf_malloc","grow"
0,0,B,0,0,0,0,1,0,"a_B_full.ms",0,0
1,80936,B,42368,1608,0,43976,1,0,"a_B_full.ms",0,32768
2,179248,B,9600,1600,0,11200,1,0,"a_B_full.ms",0,0
3,339264,B,169600,1616,0,171216,1,0,"a_B_full.ms",160000,0
4,499280,B,329600,1632,0,331232,1,0,"a_B_full.ms",320000,0
5,659296,B,489600,1648,0,491248,1,0,"a_B_full.ms",480000,0
6,819312,B,649600,1664,0,651264,1,0,"a_B_full.ms",640000,0
7,979328,B,809600,1680,0,811280,1,1,"a_B_full.ms",800000,0
8,1139344,B,649600,1664,0,651264,1,0,"a_B_full.ms",640000,0
9,1219352,B,569600,1656,0,571256,1,0,"a_B_full.ms",560000,0
10,1299360,B,489600,1648,0,491248,1,0,"a_B_full.ms",480000,0
11,1379368,B,409600,1640,0,411240,1,0,"a_B_full.ms",400000,0
12,1459376,B,329600,1632,0,331232,1,0,"a_B_full.ms",320000,0
13,1539384,B,249600,1624,0,251224,1,0,"a_B_full.ms",240000,0
14,1619392,B,169600,1616,0,171216,1,0,"a_B_full.ms",160000,0
15,1699400,B,89600,1608,0,91208,1,0,"a_B_full.ms",80000,0
16,1779408,B,9600,1600,0,11200,1,0,"a_B_full.ms",0,0
$ hprof timeline --csv --lines -n 2 testdata/massif/ok/a_B_full.ms | head -1 | tr -d '\r'
index,time,time_unit,heap,extra,stacks,total,detailed,peak,profile,"leaf_malloc prog.c:10","grow prog.c:17"
$ hprof timeline --json -n 1 testdata/massif/ok/vgdb_det.ms
{"schema":"hprof/timeline/1","sample_type":"inuse_space","unit":"bytes","time_unit":"i","largest":0,"sites":[
{"name":"step","file":"longrun.c"}],"points":[
{"index":0,"time":2240341,"time_unit":"i","heap":1369096,"extra":512,"stacks_bytes":0,"detailed":true,"peak":false,"total":1369608,"profile":"vgdb_det.ms","sites":[1365000]}],"warnings":[]}
$ hprof timeline --json --no-symbols -n 1 testdata/jemalloc/ok/redis.*.heap | head -c 700
{"schema":"hprof/timeline/1","sample_type":"inuse_space","unit":"bytes","largest":4,"sites":[
{"name":"redis-server+0x2c3a2f","module":"/srv/bench1/redis/src/redis-server"}],"points":[
{"index":0,"time":0,"heap":40808292.298848554,"detailed":true,"total":40808292.298848554,"profile":"redis.26831.0.i0.heap","sites":[40808292.298848554]},
{"index":1,"time":1,"heap":50915497.16478579,"detailed":true,"total":50915497.16478579,"profile":"redis.26831.1.i1.heap","sites":[50915497.16478579]},
{"index":2,"time":2,"heap":60743598.76598698,"detailed":true,"total":60743598.76598698,"profile":"redis.26831.2.i2.heap","sites":[60743598.76598698]},
{"index":3,"time":3,"heap":70641469.26829863,"detailed":tru
$ hprof timeline testdata/massif/ok/a_B_full.ms -o a.svg && head -c 300 a.svg && grep -c polygon a.svg
<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" width="1000" height="606" viewBox="0 0 1000 606" font-family="sans-serif" font-size="12" role="img">
<title>../prog</title>
<style>@media (prefers-color-scheme: dark) { .f0 { fill: #16191d } .s0 { stroke: #16191d } .f1 { 26
$ hprof timeline testdata/massif/ok/a_B_full.ms -o a.png && head -c 8 a.png | od -c | head -1
0000000 211   P   N   G  \r  \n 032  \n
$ hprof timeline testdata/massif/ok/a_B_full.ms -o /dev/full
hprof: /dev/full: cannot write output: No space left on device
[4]
$ hprof timeline testdata/massif/ok/a_B_full.ms -o nowhere/a.png
hprof: nowhere/a.png: cannot create a file beside it: No such file or directory
[4]
$ hprof timeline --csv --json testdata/massif/ok/a_B_full.ms
hprof: --csv and --json: give one of these
[2]
$ hprof timeline
hprof: a PROFILE is missing ("hprof --help" shows the forms)
[2]

# dumps of one process in its order, however they are given
$ cp testdata/jemalloc/ok/redis.26831.[0-3]*.heap .; mv redis.26831.3.i3.heap redis.26831.10.i10.heap; hprof timeline --csv --no-symbols redis.26831.2.i2.heap redis.26831.10.i10.heap redis.26831.0.i0.heap redis.26831.1.i1.heap
index,time,time_unit,heap,extra,stacks,total,detailed,peak,profile
0,0,,40808292.2988486,0,0,40808292.2988486,1,0,"redis.26831.0.i0.heap"
1,1,,50915497.1647858,0,0,50915497.1647858,1,0,"redis.26831.1.i1.heap"
2,2,,60743598.765987,0,0,60743598.765987,1,0,"redis.26831.2.i2.heap"
3,3,,70641469.2682986,0,0,70641469.2682986,1,0,"redis.26831.10.i10.heap"

# a name that asks for something else
$ hprof timeline -o x.pdf testdata/massif/ok/a_B_full.ms; hprof timeline --csv -o x.svg testdata/massif/ok/a_B_full.ms; hprof timeline --json -o x.png testdata/massif/ok/a_B_full.ms; ls
hprof: -o x.pdf: found ".pdf", expected .svg, .png, .csv or .json
hprof: -o x.svg: what the name ends in is not --csv
hprof: -o x.png: what the name ends in is not --json
a.png
a.svg
redis.26831.0.i0.heap
redis.26831.1.i1.heap
redis.26831.10.i10.heap
redis.26831.2.i2.heap
testdata

# values below 0: their sum counts at each moment, and what is below 0 is said and drawn
$ hprof timeline -q -v --no-symbols testdata/gperftools/below/x.000*.heap 2>/dev/null | tail -15
profiles: 3
largest: 585.9 KiB at number 0 (#)
below zero, and not in the graph: 1, the least is -390.6 KiB at number 1

    n inuse_space        delta  file
    0   585.9 KiB               x.0001.heap
       150.0%   878.9 KiB  a+0x10
       -50.0%  -293.0 KiB  a+0x1010
    1  -390.6 KiB   -976.6 KiB  x.0002.heap
      -225.0%  -878.9 KiB  a+0x1010
       125.0%   488.3 KiB  a+0x10
    2   293.0 KiB   +683.6 KiB  x.0003.heap
       133.3%   390.6 KiB  a+0x1010
       -66.7%  -195.3 KiB  a+0x10
        33.3%    97.7 KiB  a+0x2010
$ hprof timeline -q -v --no-symbols --modules --inuse_objects testdata/gperftools/below/x.000*.heap 2>/dev/null | tail -10
largest: 6 at number 0 (#)
below zero, and not in the graph: 1, the least is -4 at number 1

    n inuse_objects        delta  file
    0           6               x.0001.heap
       100.0%           6  /srv/below/a
    1          -4          -10  x.0002.heap
      -100.0%          -4  /srv/below/a
    2           3           +7  x.0003.heap
       100.0%           3  /srv/below/a
$ hprof timeline -q --json --no-symbols testdata/gperftools/below/x.000*.heap
{"schema":"hprof/timeline/1","sample_type":"inuse_space","unit":"bytes","largest":0,"sites":[
{"name":"a+0x10","module":"/srv/below/a"},
{"name":"a+0x1010","module":"/srv/below/a"},
{"name":"a+0x2010","module":"/srv/below/a"}],"points":[
{"index":0,"time":0,"heap":600000,"detailed":true,"total":600000,"profile":"x.0001.heap","sites":[900000,-300000,0]},
{"index":1,"time":1,"heap":-400000,"detailed":true,"total":-400000,"profile":"x.0002.heap","sites":[500000,-900000,0]},
{"index":2,"time":2,"heap":299999,"detailed":true,"total":299999,"profile":"x.0003.heap","sites":[-200000,400000,99999]}],"warnings":["line 3: values below zero (inuse_objects -3, inuse_space -300000): counters of the writer ran under or over, or this is a difference; they are used as they are","line 3: values below zero (inuse_objects -9, inuse_space -900000): counters of the writer ran under or over, or this is a difference; they are used as they are","line 2: values below zero (inuse_objects -2, inuse_space -200000): counters of the writer ran under or over, or this is a difference; they are used as they are"]}
$ hprof timeline -q --no-symbols -o below.svg testdata/gperftools/below/x.000*.heap && grep -o '<text[^<]*' below.svg | sed 's/fill.*>/>/' && grep '<poly' below.svg | sed -n 5,12p
<text x="84" y="22" >testdata/gperftools/below/x.0001.heap and 2 more
<text x="84" y="40" >inuse_space over time, 3 profiles; some values are below 0
<text x="76" y="376.5" text-anchor="end" >-500.0 KiB
<text x="76" y="268.5" text-anchor="end" >0 B
<text x="76" y="160.5" text-anchor="end" >500.0 KiB
<text x="84.5" y="474" text-anchor="middle" >0
<text x="530.5" y="474" text-anchor="middle" >1
<text x="976.5" y="474" text-anchor="middle" >2
<text x="530" y="494" text-anchor="middle" >profiles, in their order
<text x="84" y="66" >largest 585.9 KiB
<text x="184" y="518" text-anchor="end" >585.9 KiB
<text x="196" y="518" >total, with all that is in no colour (values are the largest of each)
<text x="184" y="538" text-anchor="end" >97.7 KiB
<text x="196" y="538" >a+0x2010
<text x="184" y="558" text-anchor="end" >-878.9 KiB
<text x="196" y="558" >a+0x1010
<text x="184" y="578" text-anchor="end" >878.9 KiB
<text x="196" y="578" >a+0x10
<polygon fill="#e1e4e8" class="f4" points="84,137.3 530,348.4 976,200.7 976,264 84,264"/>
<polygon fill="#2f6db5" class="f7" points="84,74 530,158.4 976,264 976,264 530,264 84,264"/>
<polygon fill="#2f6db5" class="f7" points="84,264 530,264 976,306.2 976,264 530,264 84,264"/>
<polygon fill="#e08a2c" class="f8" points="84,74 530,158.4 976,179.6 976,264 530,158.4 84,74"/>
<polygon fill="#e08a2c" class="f8" points="84,327.3 530,454 976,306.2 976,306.2 530,264 84,264"/>
<polygon fill="#3d9a57" class="f9" points="84,74 530,158.4 976,158.4 976,179.6 530,158.4 84,74"/>
<polyline fill="none" stroke="#57606a" class="s5" stroke-width="1.5" points="84,137.3 530,348.4 976,200.7"/>
<polyline fill="none" stroke="#57606a" class="s5" stroke-width="1" points="84,264.5 976,264.5"/>
$ hprof timeline -q --no-symbols --alloc_objects -o objects.svg testdata/jemalloc/ok/redis.*.heap && grep -o '<text[^<]*' objects.svg | sed 's/fill.*>/>/'
<text x="84" y="22" >testdata/jemalloc/ok/redis.26831.0.i0.heap and 4 more
<text x="84" y="40" >alloc_objects over time, 5 profiles
<text x="76" y="458.5" text-anchor="end" >0
<text x="76" y="314.5" text-anchor="end" >500000
<text x="76" y="170.5" text-anchor="end" >1000000
<text x="84.5" y="474" text-anchor="middle" >0
<text x="307.5" y="474" text-anchor="middle" >1
<text x="530.5" y="474" text-anchor="middle" >2
<text x="753.5" y="474" text-anchor="middle" >3
<text x="976.5" y="474" text-anchor="middle" >4
<text x="530" y="494" text-anchor="middle" >profiles, in their order
<text x="976" y="66" text-anchor="end" >largest 1320735
<text x="184" y="518" text-anchor="end" >1320735
<text x="196" y="518" >total, with all that is in no colour (values are the largest of each)
<text x="184" y="538" text-anchor="end" >1320735
<text x="196" y="538" >redis-server+0x2c3a2f
$ printf 'desc: x\ncmd: x\ntime_unit: i\n#-----------\nsnapshot=0\n#-----------\ntime=0\nmem_heap_B=5000\nmem_heap_extra_B=0\nmem_stacks_B=0\nheap_tree=detailed\nn0: 5000 0x1: f (x.c:1)\n' >one.ms; hprof timeline -q -o one.svg one.ms && grep -o '<text[^<]*' one.svg | sed 's/fill.*>/>/' | head -3 && grep '<polygon' one.svg
<text x="84" y="22" >x
<text x="84" y="40" >inuse_space over time, 1 snapshot
<text x="76" y="458.5" text-anchor="end" >0 B
<polygon fill="#ffffff" class="f0" points="0,0 1000,0 1000,566 0,566"/>
<polygon fill="#e1e4e8" class="f4" points="524,74 536,74 536,454 524,454"/>
<polygon fill="#2f6db5" class="f7" points="524,74 536,74 536,454 524,454"/>
<polygon fill="#57606a" class="f5" points="527,460 530,455 533,460"/>
<polygon fill="#e1e4e8" class="f4" points="84,508 96,508 96,520 84,520"/>
<polygon fill="#2f6db5" class="f7" points="84,528 96,528 96,540 84,540"/>
$ printf 'desc: x\ncmd: x\ntime_unit: i\n#-----------\nsnapshot=0\n#-----------\ntime=0\nmem_heap_B=0\nmem_heap_extra_B=0\nmem_stacks_B=0\nheap_tree=empty\n' >none.ms; hprof timeline -q -o none.svg none.ms; grep -ic nan none.svg; grep -o '<text[^<]*' none.svg | sed 's/fill.*>/>/'
0
<text x="84" y="22" >x
<text x="84" y="40" >inuse_space over time, 1 snapshot
<text x="76" y="458.5" text-anchor="end" >0 B
<text x="530.5" y="474" text-anchor="middle" >0 i
<text x="530" y="494" text-anchor="middle" >instructions executed
<text x="530" y="66" text-anchor="middle" >largest 0 B
<text x="184" y="518" text-anchor="end" >0 B
<text x="196" y="518" >total, with all that is in no colour (values are the largest of each)

# times of files that 64 bits of nanoseconds do not hold, and times before 1970
$ for i in 1 2 3; do cp testdata/gperftools/below/x.000$i.heap $i.heap; done; touch -d 2300-01-01T00:00:00Z 1.heap; touch -d 1960-01-01T00:00:00Z 2.heap; hprof timeline -q --csv --no-symbols 1.heap 2.heap 3.heap; hprof top -q --last --no-symbols 1.heap 2.heap 3.heap | head -1
index,time,time_unit,heap,extra,stacks,total,detailed,peak,profile
0,0,,-400000,0,0,-400000,1,0,"2.heap"
1,1,,299999,0,0,299999,1,0,"3.heap"
2,2,,600000,0,0,600000,1,0,"1.heap"
inuse_space: total 585.9 KiB
$ for i in 1 2; do hprof export -q --to tables --no-symbols $i.heap | grep -o '"time":[^,]*'; done; hprof export -q --to pprof -o 2.pb.gz --no-symbols 2.heap && hprof export -q --to tables --no-symbols 2.pb.gz | grep -o '"time":[^,]*'
"time":null
"time":-315619200
"time":-315619200

# the end of a name says what is written
$ for e in csv json txt; do hprof timeline -q -o x.$e testdata/massif/ok/vgdb_det.ms && head -c 20 x.$e; echo; done; hprof timeline --csv -o x.json testdata/massif/ok/vgdb_det.ms; hprof timeline --csv -o x.csv -q testdata/massif/ok/vgdb_det.ms; hprof top -o x.svg testdata/massif/ok/vgdb_det.ms
index,time,time_unit
{"schema":"hprof/tim
 1.3 MiB ^#:::::::::
hprof: -o x.json: what the name ends in is not --csv
hprof: -o x.svg: this command writes text; "hprof flame", "hprof timeline" and "hprof report" draw
[2]
$ hprof top --last --at 0 testdata/jemalloc/ok/m.heap testdata/jemalloc/ok/m.heap; hprof report --text testdata/jemalloc/ok/m.heap -o x.html
hprof: --last and --at take one of several profiles: give one of these
hprof: unknown option "--text" ("hprof report --help" lists them)
[2]

# filters choose from trees: moments without one are left out, and keep their numbers
$ f=testdata/massif/ok/a_default.ms; hprof timeline --focus leaf $f | sed -n '/^snapshots/,$p'; hprof timeline --csv -n 1 --ignore leaf $f; hprof timeline --json --focus leaf $f | grep -o '"largest":[0-9]*'
snapshots: 10 with a tree (@); 55 without one are left out, as filters choose from trees
largest: 781.2 KiB at number 46 (#)

    n        time (i)        heap       extra      stacks       total
    8          147244         0 B         0 B         0 B         0 B  detailed
   10          149511         0 B         0 B         0 B         0 B  detailed
   15          155192         0 B         0 B         0 B         0 B  detailed
   22          163933         0 B         0 B         0 B         0 B  detailed
   30          173771         0 B         0 B         0 B         0 B  detailed
   34          178661         0 B         0 B         0 B         0 B  detailed
   36          180765         0 B         0 B         0 B         0 B  detailed
   46          981545   781.2 KiB         0 B         0 B   781.2 KiB  peak
   53          988074     2.9 KiB         0 B         0 B     2.9 KiB  detailed
   63          993529     2.9 KiB         0 B         0 B     2.9 KiB  detailed
index,time,time_unit,heap,extra,stacks,total,detailed,peak,profile,"grow"
8,147244,i,9552,0,0,9552,1,0,"a_default.ms",0
10,149511,i,9616,0,0,9616,1,0,"a_default.ms",0
15,155192,i,9600,0,0,9600,1,0,"a_default.ms",0
22,163933,i,9600,0,0,9600,1,0,"a_default.ms",0
30,173771,i,9600,0,0,9600,1,0,"a_default.ms",0
34,178661,i,9600,0,0,9600,1,0,"a_default.ms",0
36,180765,i,75136,0,0,75136,1,0,"a_default.ms",65536
46,981545,i,9600,0,0,9600,1,1,"a_default.ms",0
53,988074,i,12192,0,0,12192,1,0,"a_default.ms",0
63,993529,i,16288,0,0,16288,1,0,"a_default.ms",0
"largest":46
$ sed 's/heap_tree=.*/heap_tree=empty/; /^ *n[0-9]/d' testdata/massif/ok/a_default.ms >bare.ms; hprof timeline --focus leaf bare.ms
hprof: warning: --focus 'leaf' matches no frame
hprof: bare.ms: no snapshot has a tree: what --focus, --ignore or --thread leave is not known
[3]

# profiles of several processes are told where their names do not tell them, and only there
$ dump() { printf 'heap_v2/1\n@ 0x550000000101\n  t*: 1: 100 [0: 0]\nMAPPED_LIBRARIES:\n%s-%s r-xp 00000000 08:01 1 /srv/app\n' $1 $2; }; dump 550000000000 550000010000 >app.7.0.i0.heap; cp app.7.0.i0.heap app.7.1.i1.heap; dump 550000000000 560000000000 >more; dump 540000000000 560000000000 >before; cp before app.8.0.i0.heap; touch -d 2024-01-01 before more
$ hprof timeline --csv --no-symbols more app.7.*.heap >/dev/null; hprof timeline --csv --no-symbols app.7.*.heap before >/dev/null; hprof report --no-symbols -o r.html before more; hprof timeline --csv --no-symbols app.*.heap >/dev/null; hprof timeline -q --csv --no-symbols before more >/dev/null; hprof diff --no-symbols before more >/dev/null
hprof: note: 2 of 3 profiles are of another process than before: the program lies elsewhere in memory
hprof: note: 1 of 2 profiles is of another process than before: the program lies elsewhere in memory
hprof: note: these are dumps of 2 processes: each in its order, the oldest first
