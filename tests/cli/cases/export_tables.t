# the tables of one profile, with its rows in one stream
$ cp testdata/symbolized/ok/sym.prof s; touch -d @86400 s; hprof export --to tables s
{"table":"dumps","dump_id":"ce547a5f2a66e6ab6e6868704b2373f4","path":"s","time":86400,"format":"symbolized","writer":"gperftools","sampling_period":0,"snapshot":null,"exe":null,"exe_build_id":null,"inuse_space":500,"inuse_objects":5,"alloc_space":500,"alloc_objects":5}
{"table":"stacks","stack_id":"e14e01f1f6d0928fed82d535e95acaf0","depth":1,"frames":["main"],"modules":[null],"files":[null],"lines":[null],"locations":["843577cf4f2cec60bea182e2dff5791f","f7fe5d104d49b48ed54bd210ab9c2517"],"truncated":false}
{"table":"symbols","location_id":"843577cf4f2cec60bea182e2dff5791f","build_id":null,"module":null,"offset":"0x1000","inline_depth":0,"function":"operator new","linkage_name":null,"file":null,"line":null}
{"table":"symbols","location_id":"f7fe5d104d49b48ed54bd210ab9c2517","build_id":null,"module":null,"offset":"0x2001","inline_depth":0,"function":"main","linkage_name":null,"file":null,"line":null}
{"table":"samples","dump_id":"ce547a5f2a66e6ab6e6868704b2373f4","stack_id":"e14e01f1f6d0928fed82d535e95acaf0","thread":null,"thread_name":null,"inuse_space":100,"inuse_space_stderr":null,"inuse_space_recorded":100,"inuse_objects":1,"inuse_objects_stderr":null,"inuse_objects_recorded":1,"alloc_space":100,"alloc_space_stderr":null,"alloc_space_recorded":100,"alloc_objects":1,"alloc_objects_stderr":null,"alloc_objects_recorded":1}
{"table":"stacks","stack_id":"b591688b9601cbba71740bb7acac4220","depth":3,"frames":["Inner::go","Outer<int>::run","main"],"modules":[null,null,null],"files":[null,null,null],"lines":[null,null,null],"locations":["f18377718bc9d082189e676b7f697493","a846355a49fcfe54c9b83ab8edd0495f","f7fe5d104d49b48ed54bd210ab9c2517"],"truncated":false}
{"table":"symbols","location_id":"f18377718bc9d082189e676b7f697493","build_id":null,"module":null,"offset":"0x4000","inline_depth":0,"function":"malloc","linkage_name":null,"file":null,"line":null}
{"table":"symbols","location_id":"a846355a49fcfe54c9b83ab8edd0495f","build_id":null,"module":null,"offset":"0x3001","inline_depth":0,"function":"Inner::go","linkage_name":null,"file":null,"line":null}
{"table":"symbols","location_id":"a846355a49fcfe54c9b83ab8edd0495f","build_id":null,"module":null,"offset":"0x3001","inline_depth":1,"function":"Outer<int>::run","linkage_name":null,"file":null,"line":null}
{"table":"samples","dump_id":"ce547a5f2a66e6ab6e6868704b2373f4","stack_id":"b591688b9601cbba71740bb7acac4220","thread":null,"thread_name":null,"inuse_space":100,"inuse_space_stderr":null,"inuse_space_recorded":100,"inuse_objects":1,"inuse_objects_stderr":null,"inuse_objects_recorded":1,"alloc_space":100,"alloc_space_stderr":null,"alloc_space_recorded":100,"alloc_objects":1,"alloc_objects_stderr":null,"alloc_objects_recorded":1}
{"table":"stacks","stack_id":"3c55aa57c0acad427fb4d583ca236d4f","depth":1,"frames":["main"],"modules":[null],"files":[null],"lines":[null],"locations":["a846355a49fcfe54c9b83ab8edd0495f","f18377718bc9d082189e676b7f697493","f7fe5d104d49b48ed54bd210ab9c2517"],"truncated":false}
{"table":"samples","dump_id":"ce547a5f2a66e6ab6e6868704b2373f4","stack_id":"3c55aa57c0acad427fb4d583ca236d4f","thread":null,"thread_name":null,"inuse_space":100,"inuse_space_stderr":null,"inuse_space_recorded":100,"inuse_objects":1,"inuse_objects_stderr":null,"inuse_objects_recorded":1,"alloc_space":100,"alloc_space_stderr":null,"alloc_space_recorded":100,"alloc_objects":1,"alloc_objects_stderr":null,"alloc_objects_recorded":1}
{"table":"stacks","stack_id":"5c8cf83d872dbe9586db5cbeb952de70","depth":1,"frames":["malloc"],"modules":[null],"files":[null],"lines":[null],"locations":["f18377718bc9d082189e676b7f697493","f18377718bc9d082189e676b7f697493"],"truncated":false}
{"table":"samples","dump_id":"ce547a5f2a66e6ab6e6868704b2373f4","stack_id":"5c8cf83d872dbe9586db5cbeb952de70","thread":null,"thread_name":null,"inuse_space":100,"inuse_space_stderr":null,"inuse_space_recorded":100,"inuse_objects":1,"inuse_objects_stderr":null,"inuse_objects_recorded":1,"alloc_space":100,"alloc_space_stderr":null,"alloc_space_recorded":100,"alloc_objects":1,"alloc_objects_stderr":null,"alloc_objects_recorded":1}
{"table":"stacks","stack_id":"938824b95be3bde6489ceac04df3df4d","depth":1,"frames":["malloc"],"modules":[null],"files":[null],"lines":[null],"locations":["f18377718bc9d082189e676b7f697493"],"truncated":false}
{"table":"samples","dump_id":"ce547a5f2a66e6ab6e6868704b2373f4","stack_id":"938824b95be3bde6489ceac04df3df4d","thread":null,"thread_name":null,"inuse_space":100,"inuse_space_stderr":null,"inuse_space_recorded":100,"inuse_objects":1,"inuse_objects_stderr":null,"inuse_objects_recorded":1,"alloc_space":100,"alloc_space_stderr":null,"alloc_space_recorded":100,"alloc_objects":1,"alloc_objects_stderr":null,"alloc_objects_recorded":1}
$ hprof export --to tables --names mangled -o d s; ls d; head -n 1 d/dumps.ndjson d/samples.ndjson d/symbols.ndjson
dumps.ndjson
samples.ndjson
stacks.ndjson
symbols.ndjson
==> d/dumps.ndjson <==
{"dump_id":"ce547a5f2a66e6ab6e6868704b2373f4","path":"s","time":86400,"format":"symbolized","writer":"gperftools","sampling_period":0,"snapshot":null,"exe":null,"exe_build_id":null,"inuse_space":500,"inuse_objects":5,"alloc_space":500,"alloc_objects":5}

==> d/samples.ndjson <==
{"dump_id":"ce547a5f2a66e6ab6e6868704b2373f4","stack_id":"e14e01f1f6d0928fed82d535e95acaf0","thread":null,"thread_name":null,"inuse_space":100,"inuse_space_stderr":null,"inuse_space_recorded":100,"inuse_objects":1,"inuse_objects_stderr":null,"inuse_objects_recorded":1,"alloc_space":100,"alloc_space_stderr":null,"alloc_space_recorded":100,"alloc_objects":1,"alloc_objects_stderr":null,"alloc_objects_recorded":1}

==> d/symbols.ndjson <==
{"location_id":"843577cf4f2cec60bea182e2dff5791f","build_id":null,"module":null,"offset":"0x1000","inline_depth":0,"function":"operator new(unsigned long)","linkage_name":null,"file":null,"line":null}

# addresses of a module, wherever it was loaded
$ dump() { printf 'heap_v2/1\n  t*: 2: 200 [0: 0]\n  t0: 2: 200 [0: 0]\n@ 0x%x10 0x%x20\n  t*: 1: 150 [0: 0]\n  t0: 1: 150 [0: 0]\n@ 0x%x30 0x%x20\n  t*: 1: 50 [0: 0]\n  t0: 1: 50 [0: 0]\n\nMAPPED_LIBRARIES:\n%x00-%xff r-xp 00002000 08:01 1 /srv/prog\n' $1 $1 $1 $1 $1 $(($1 + 1)); }; dump 4096 >a; dump 8192 >b; touch -d @86400 a b; hprof export -q --to tables -o ab a b; hprof export -q --to tables -o only a; cat ab/*.ndjson
{"dump_id":"8fdc6a69118cf69e9c5b941bd78d0de9","path":"a","time":86400,"format":"jemalloc","writer":"jemalloc","sampling_period":1,"snapshot":null,"exe":"/srv/prog","exe_build_id":null,"inuse_space":200,"inuse_objects":2,"alloc_space":null,"alloc_objects":null}
{"dump_id":"1d31ea591091fd07fee393c4a1e9cbdb","path":"b","time":86400,"format":"jemalloc","writer":"jemalloc","sampling_period":1,"snapshot":null,"exe":"/srv/prog","exe_build_id":null,"inuse_space":200,"inuse_objects":2,"alloc_space":null,"alloc_objects":null}
{"dump_id":"8fdc6a69118cf69e9c5b941bd78d0de9","stack_id":"194b0db8411813a52c5d174faca641b2","thread":"0","thread_name":null,"inuse_space":150,"inuse_space_stderr":null,"inuse_space_recorded":150,"inuse_objects":1,"inuse_objects_stderr":null,"inuse_objects_recorded":1,"alloc_space":null,"alloc_space_stderr":null,"alloc_space_recorded":null,"alloc_objects":null,"alloc_objects_stderr":null,"alloc_objects_recorded":null}
{"dump_id":"8fdc6a69118cf69e9c5b941bd78d0de9","stack_id":"c0310ce2e2ed2480b5f9f92345e74a15","thread":"0","thread_name":null,"inuse_space":50,"inuse_space_stderr":null,"inuse_space_recorded":50,"inuse_objects":1,"inuse_objects_stderr":null,"inuse_objects_recorded":1,"alloc_space":null,"alloc_space_stderr":null,"alloc_space_recorded":null,"alloc_objects":null,"alloc_objects_stderr":null,"alloc_objects_recorded":null}
{"dump_id":"1d31ea591091fd07fee393c4a1e9cbdb","stack_id":"194b0db8411813a52c5d174faca641b2","thread":"0","thread_name":null,"inuse_space":150,"inuse_space_stderr":null,"inuse_space_recorded":150,"inuse_objects":1,"inuse_objects_stderr":null,"inuse_objects_recorded":1,"alloc_space":null,"alloc_space_stderr":null,"alloc_space_recorded":null,"alloc_objects":null,"alloc_objects_stderr":null,"alloc_objects_recorded":null}
{"dump_id":"1d31ea591091fd07fee393c4a1e9cbdb","stack_id":"c0310ce2e2ed2480b5f9f92345e74a15","thread":"0","thread_name":null,"inuse_space":50,"inuse_space_stderr":null,"inuse_space_recorded":50,"inuse_objects":1,"inuse_objects_stderr":null,"inuse_objects_recorded":1,"alloc_space":null,"alloc_space_stderr":null,"alloc_space_recorded":null,"alloc_objects":null,"alloc_objects_stderr":null,"alloc_objects_recorded":null}
{"stack_id":"194b0db8411813a52c5d174faca641b2","depth":2,"frames":["prog+0x200f","prog+0x201f"],"modules":["/srv/prog","/srv/prog"],"files":[null,null],"lines":[null,null],"locations":["c77682a1755db6a578b831de2113d12b","36fba33b61b9c11a2eeaa50be2703dc8"],"truncated":false}
{"stack_id":"c0310ce2e2ed2480b5f9f92345e74a15","depth":2,"frames":["prog+0x202f","prog+0x201f"],"modules":["/srv/prog","/srv/prog"],"files":[null,null],"lines":[null,null],"locations":["3ea5ff1f7dd197d559185b9ea2bcba81","36fba33b61b9c11a2eeaa50be2703dc8"],"truncated":false}
{"location_id":"c77682a1755db6a578b831de2113d12b","build_id":null,"module":"/srv/prog","offset":"0x200f","inline_depth":0,"function":null,"linkage_name":null,"file":null,"line":null}
{"location_id":"36fba33b61b9c11a2eeaa50be2703dc8","build_id":null,"module":"/srv/prog","offset":"0x201f","inline_depth":0,"function":null,"linkage_name":null,"file":null,"line":null}
{"location_id":"3ea5ff1f7dd197d559185b9ea2bcba81","build_id":null,"module":"/srv/prog","offset":"0x202f","inline_depth":0,"function":null,"linkage_name":null,"file":null,"line":null}
$ for f in stacks symbols; do cmp ab/$f.ndjson only/$f.ndjson; done; head -n 2 ab/samples.ndjson | cmp - only/samples.ndjson

# a part of the profile
$ hprof export --to tables --focus Inner s | cut -c1-60
{"table":"dumps","dump_id":"ce547a5f2a66e6ab6e6868704b2373f4
{"table":"stacks","stack_id":"b591688b9601cbba71740bb7acac42
{"table":"symbols","location_id":"f18377718bc9d082189e676b7f
{"table":"symbols","location_id":"a846355a49fcfe54c9b83ab8ed
{"table":"symbols","location_id":"a846355a49fcfe54c9b83ab8ed
{"table":"symbols","location_id":"f7fe5d104d49b48ed54bd210ab
{"table":"samples","dump_id":"ce547a5f2a66e6ab6e6868704b2373
$ hprof export --to tables --focus Inner --hide 'Inner|malloc' s | grep -c '"samples"'; hprof export --to tables --hide 'Inner|malloc' s | grep -c '"samples"'
1
5
$ hprof export --to tables --thread 1 -q --no-symbols testdata/jemalloc/ok/sysn.7523.0.f.heap | grep '"samples"' | grep -o '"thread[^,]*,"thread_name[^,]*,"inuse_space":[0-9]*'
"thread":"1","thread_name":"wrk-B","inuse_space":200201

# sums are those of top
$ both() { hprof top --json -q --no-symbols "$@" >top.$i && hprof export -q --no-symbols --to tables "$@" >rows.$i && i=$((i + 1)); }; i=0; cd testdata; set -- jemalloc/ok/[mrt]*.heap gperftools/ok/* massif/ok/a_[!h]* massif/ok/x_full.kcg; cd ..; for f; do both testdata/$f; done; for o in --focus=main --ignore=main; do for f in jemalloc/ok/j.pie.15104.0.f.heap gperftools/ok/go.heap massif/ok/a_default.ms; do both $o testdata/$f; done; done; both --thread=0 testdata/jemalloc/ok/sysn.7523.0.f.heap; test $i -gt 25 && python3 -c 'import json, sys; load = lambda i: (json.load(open("top.%d" % i)), [json.loads(l) for l in open("rows.%d" % i)]); pick = lambda rows, t, k: [r[k] for r in rows if r["table"] == t]; bad = lambda want, rows: not (len(pick(rows, "dumps", "dump_id")) == 1 and sum(pick(rows, "samples", want["sample_type"])) == round(want["total"]) == pick(rows, "dumps", want["sample_type"])[0] and set(pick(rows, "stacks", "stack_id")) == set(pick(rows, "samples", "stack_id")) and set(pick(rows, "symbols", "location_id")) == set(sum(pick(rows, "stacks", "locations"), []))); print([i for i in range(int(sys.argv[1])) if bad(*load(i))])' $i
[]

# sample types have columns and events of their own, whatever they are called
$ hprof export --to tables testdata/pprof/ok/types-alike.pb | sed -n 's/.*"alloc_objects":null,//p' | head -n 1
"a_b_2":5,"a_b_3":342,"a_b":10}
$ hprof export --to tables testdata/pprof/ok/types-alike.pb | sed -n 's/.*"alloc_objects_recorded":null,//p' | head -n 1
"a_b_2":1,"a_b_2_stderr":null,"a_b_2_recorded":1,"a_b_3":40,"a_b_3_stderr":null,"a_b_3_recorded":40,"a_b":1,"a_b_stderr":null,"a_b_recorded":1}
$ hprof export --to callgrind testdata/pprof/ok/types-alike.pb | grep -E '^(events|totals)'; hprof export --to callgrind --base testdata/pprof/ok/types-alike.pb testdata/pprof/ok/types-alike.pb | grep events
events: a_b a_b_2 a_b_3
totals: 10 5 342
events: a_b_grown a_b_shrunk a_b_2_grown a_b_2_shrunk a_b_3_grown a_b_3_shrunk
$ python3 -c 'import sys; names = b"time inuse_space_stderr x x_stderr inuse_space".split() + [b"x" * 100 + b"A", b"x" * 100 + b"B"]; f = lambda n, *p: bytes([n << 3 | 2]) + bytes([len(b"".join(p))]) + b"".join(p); sys.stdout.buffer.write(b"".join(f(1, bytes([8, i + 2, 16, 1])) for i in range(7)) + f(2, f(2, bytes(range(1, 8)))) + b"".join(f(6, s) for s in [b"", b"bytes"] + names))' >taken.pb; hprof export -q --to tables taken.pb | sed -n 's/.*"alloc_objects":null,//p' | tr , '\n'
"time_2":1
"inuse_space_stderr_2":2
"x":3
"x_stderr_2":4
"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx":6
"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx_2":7}
"alloc_objects_stderr":null
"alloc_objects_recorded":null
"time_2":1
"time_2_stderr":null
"time_2_recorded":1
"inuse_space_stderr_2":2
"inuse_space_stderr_2_stderr":null
"inuse_space_stderr_2_recorded":2
"x":3
"x_stderr":null
"x_recorded":3
"x_stderr_2":4
"x_stderr_2_stderr":null
"x_stderr_2_recorded":4
"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx":6
"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx_stderr":null
"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx_recorded":6
"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx_2":7
"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx_2_stderr":null
"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx_2_recorded":7}

# moments of a recording
$ for w in peak last 8; do hprof export --to tables --at $w testdata/massif/ok/a_default.ms | grep -o '"snapshot":[0-9]*,\|^{"table":"dumps".*"inuse_space":[0-9]*' | sed 's/.*"snapshot"/"snapshot"/' ; done
"snapshot":46,"exe":"../prog","exe_build_id":null,"inuse_space":809600
hprof: testdata/massif/ok/a_default.ms: warning: snapshot 63 of 0 to 64 is the last that has a tree
"snapshot":63,"exe":"../prog","exe_build_id":null,"inuse_space":19288
"snapshot":8,"exe":"../prog","exe_build_id":null,"inuse_space":9552

# the time that SOURCE_DATE_EPOCH says, in a stream and in a folder, of each profile
$ rm -rf dumps; mkdir dumps; cp testdata/jemalloc/ok/redis.26831.1.i1.heap testdata/jemalloc/ok/redis.26831.4.i4.heap dumps; touch -d @86400 dumps/*; for t in 1700000000 0 "" yesterday; do rm -rf out; export SOURCE_DATE_EPOCH="$t"; hprof export -q --no-symbols --to tables -o out dumps; hprof export -q --no-symbols --to tables dumps > all; for f in out/dumps.ndjson all; do grep -o '"path":[^,]*,"time":[^,]*' $f; done; done
"path":"dumps/redis.26831.1.i1.heap","time":1700000000
"path":"dumps/redis.26831.4.i4.heap","time":1700000000
"path":"dumps/redis.26831.1.i1.heap","time":1700000000
"path":"dumps/redis.26831.4.i4.heap","time":1700000000
"path":"dumps/redis.26831.1.i1.heap","time":0
"path":"dumps/redis.26831.4.i4.heap","time":0
"path":"dumps/redis.26831.1.i1.heap","time":0
"path":"dumps/redis.26831.4.i4.heap","time":0
"path":"dumps/redis.26831.1.i1.heap","time":86400
"path":"dumps/redis.26831.4.i4.heap","time":86400
"path":"dumps/redis.26831.1.i1.heap","time":86400
"path":"dumps/redis.26831.4.i4.heap","time":86400
"path":"dumps/redis.26831.1.i1.heap","time":86400
"path":"dumps/redis.26831.4.i4.heap","time":86400
"path":"dumps/redis.26831.1.i1.heap","time":86400
"path":"dumps/redis.26831.4.i4.heap","time":86400
