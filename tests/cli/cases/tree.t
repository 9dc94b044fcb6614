# the call tree from the roots
$ hprof tree --no-symbols --show_bytes -n 4 testdata/jemalloc/ok/redis.26831.4.i4.heap
inuse_space: total 93205307 B (standard error 2422585 B)
         cum    cum%        flat  name
  93205307 B  100.0%              redis-server+0x8b0a0
                                  libc.so.6+0x27304
                                  libc.so.6+0x27249
  92278728 B   99.0%                redis-server+0x89725
                                    redis-server+0x95760
  91389467 B   98.1%                  redis-server+0x1e23f4
                                      redis-server+0xd082f
  57937437 B   62.2%                    redis-server+0xd020d
                                        redis-server+0xab093
  57937437 B   62.2%                      ... 2 more
  33452030 B   35.9%                    ... 1 more
    889261 B    1.0%                  ... 1 more
    926579 B    1.0%                ... 3 more
(-n 0 shows all)

# from the allocation sites
$ hprof tree --no-symbols --bottom-up -n 3 testdata/jemalloc/ok/j.pie.15104.0.f.heap
inuse_space: total 758.8 KiB (standard error 11.2 KiB)
        flat   flat%   no caller  name
   565.6 KiB   74.5%              t.pie+0x11c7
                                  t.pie+0x11e5
   399.2 KiB   52.6%                t.pie+0x122d
                                    libc.so.6+0x891f4
                       399.2 KiB    libc.so.6+0x1098eb
   166.4 KiB   21.9%                ... 2 more
   112.0 KiB   14.8%              t.pie+0x12b5
                                  libc.so.6+0x27249
                                  libc.so.6+0x27304
                       112.0 KiB  t.pie+0x10f0
    81.2 KiB   10.7%              ... 2 more
(-n 0 shows all)
$ hprof tree --no-symbols --bottom-up --depth 1 --modules testdata/jemalloc/ok/j.pie.15104.0.f.heap
inuse_space: total 758.8 KiB (standard error 11.2 KiB)
        flat   flat%   no caller  name
   677.6 KiB   89.3%              /srv/hprof/tests/t.pie
   677.6 KiB   89.3%                ... 1 more
    80.0 KiB   10.5%              /usr/lib/x86_64-linux-gnu/libstdc++.so.6.0.30
    80.0 KiB   10.5%                ... 1 more
     1.2 KiB    0.2%              /usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2
     1.2 KiB    0.2%                ... 1 more

# thresholds
$ hprof tree --no-symbols --min-percent 12.5 --depth 4 testdata/jemalloc/ok/j.pie.15104.0.f.heap
inuse_space: total 758.8 KiB (standard error 11.2 KiB)
         cum    cum%        flat  name
   399.2 KiB   52.6%              libc.so.6+0x1098eb
                                  libc.so.6+0x891f4
                                  t.pie+0x122d
                                  t.pie+0x11e5
   399.2 KiB   52.6%                ... 1 more
   279.6 KiB   36.8%              t.pie+0x10f0
                                  libc.so.6+0x27304
                                  libc.so.6+0x27249
   112.0 KiB   14.8%   112.0 KiB    t.pie+0x12b5
   102.4 KiB   13.5%                t.pie+0x1285
   102.4 KiB   13.5%                  ... 1 more
    65.2 KiB    8.6%                ... 2 more
    80.0 KiB   10.5%              ... 1 more
$ hprof tree --min-percent 100.1 testdata/jemalloc/ok/m.heap
hprof: --min-percent: found "100.1", expected a number from 0 to 100
[2]
$ hprof tree --min-percent=-1 testdata/jemalloc/ok/m.heap
hprof: --min-percent: found "-1", expected a number from 0 to 100
[2]
$ hprof tree --min-percent 1e3 testdata/jemalloc/ok/m.heap
hprof: --min-percent: found "1e3", expected a number from 0 to 100
[2]
$ hprof tree --depth x testdata/jemalloc/ok/m.heap
hprof: --depth: found "x", expected a number of frames, 0 for all
[2]
$ hprof top --bottom-up testdata/jemalloc/ok/m.heap
hprof: unknown option "--bottom-up" ("hprof top --help" lists them)
[2]

# a difference
$ hprof tree --no-symbols -n 3 --base testdata/jemalloc/ok/redis.26831.1.i1.heap testdata/jemalloc/ok/redis.26831.2.i2.heap
inuse_space: 48.6 MiB before, 57.9 MiB after, delta +9.4 MiB (standard error 2.5 MiB)
      before       after       delta  flat delta  sig  name
    48.6 MiB    57.9 MiB    +9.4 MiB                *  redis-server+0x8b0a0
                                                       libc.so.6+0x27304
                                                       libc.so.6+0x27249
    47.7 MiB    57.0 MiB    +9.4 MiB                *    redis-server+0x89725
                                                         redis-server+0x95760
    46.3 MiB    55.7 MiB    +9.4 MiB                *      redis-server+0x1e23f4
                                                           redis-server+0xd082f
    46.3 MiB    55.7 MiB    +9.4 MiB                *        ... 2 more
     1.4 MiB     1.4 MiB         0 B                       ... 1 more
   904.9 KiB   904.9 KiB         0 B                     ... 3 more
(-n 0 shows all)
$ hprof tree --no-symbols --base testdata/jemalloc/ok/m.heap testdata/jemalloc/ok/m.heap
inuse_space: 308.0 KiB before, 308.0 KiB after, delta 0 B
no difference

# nothing is left
$ hprof tree --no-symbols --focus nothing testdata/jemalloc/ok/m.heap
hprof: warning: --focus 'nothing' matches no frame
inuse_space: total 0 B of 308.0 KiB
no stack is left by --focus, --ignore or --thread

# colour and JSON
$ hprof tree --no-symbols --color always -n 1 testdata/jemalloc/ok/m.heap | cat -v
inuse_space: total 308.0 KiB
^[[1m         cum    cum%        flat  name^[[0m
   228.0 KiB   74.0%              rec+0x10c0
                                  libc.so.6+0x27304
                                  libc.so.6+0x27249
   228.0 KiB   74.0%                ... 2 more
    80.0 KiB   26.0%              ... 1 more
(-n 0 shows all)
$ hprof tree --no-symbols --json testdata/jemalloc/ok/m.heap
{"schema":"hprof/tree/1","sample_type":"inuse_space","unit":"bytes","bottom_up":false,"total":315392,"nodes":[
{"depth":1,"name":"rec+0x10c0","module":"/srv/hprof/tests/rec","flat":0,"cum":233472},
{"parent":0,"depth":2,"name":"libc.so.6+0x27304","module":"/usr/lib/x86_64-linux-gnu/libc.so.6","flat":0,"cum":233472},
{"parent":1,"depth":3,"name":"libc.so.6+0x27249","module":"/usr/lib/x86_64-linux-gnu/libc.so.6","flat":0,"cum":233472},
{"parent":2,"depth":4,"name":"rec+0x11ff","module":"/srv/hprof/tests/rec","flat":229376,"cum":229376},
{"parent":2,"depth":4,"name":"rec+0x128d","module":"/srv/hprof/tests/rec","flat":0,"cum":4096},
{"parent":4,"depth":5,"name":"libjemalloc.so.2+0x7de5f","module":"/usr/lib/x86_64-linux-gnu/libjemalloc.so.2","flat":0,"cum":4096},
{"parent":5,"depth":6,"name":"libjemalloc.so.2+0x4cb4c","module":"/usr/lib/x86_64-linux-gnu/libjemalloc.so.2","flat":0,"cum":4096},
{"parent":6,"depth":7,"name":"libjemalloc.so.2+0xc53e","module":"/usr/lib/x86_64-linux-gnu/libjemalloc.so.2","flat":0,"cum":4096},
{"parent":7,"depth":8,"name":"libjemalloc.so.2+0x3e196","module":"/usr/lib/x86_64-linux-gnu/libjemalloc.so.2","flat":0,"cum":4096},
{"parent":8,"depth":9,"name":"rec+0x11ae","module":"/srv/hprof/tests/rec","flat":0,"cum":4096},
{"parent":9,"depth":10,"name":"libc.so.6+0x76608","module":"/usr/lib/x86_64-linux-gnu/libc.so.6","flat":0,"cum":4096},
{"parent":10,"depth":11,"name":"libc.so.6+0x8163d","module":"/usr/lib/x86_64-linux-gnu/libc.so.6","flat":0,"cum":4096},
{"parent":11,"depth":12,"name":"libc.so.6+0x82477","module":"/usr/lib/x86_64-linux-gnu/libc.so.6","flat":0,"cum":4096},
{"parent":12,"depth":13,"name":"libc.so.6+0x8309f","module":"/usr/lib/x86_64-linux-gnu/libc.so.6","flat":0,"cum":4096},
{"parent":13,"depth":14,"name":"libc.so.6+0x758cb","module":"/usr/lib/x86_64-linux-gnu/libc.so.6","flat":4096,"cum":4096},
{"depth":1,"name":"ld-linux-x86-64.so.2+0x1ab9f","module":"/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2","flat":0,"cum":81920},
{"parent":15,"depth":2,"name":"ld-linux-x86-64.so.2+0x4b03","module":"/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2","flat":0,"cum":81920},
{"parent":16,"depth":3,"name":"ld-linux-x86-64.so.2+0x4a1d","module":"/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2","flat":0,"cum":81920},
{"parent":17,"depth":4,"name":"libstdc++.so.6.0.30+0xa57b9","module":"/usr/lib/x86_64-linux-gnu/libstdc++.so.6.0.30","flat":81920,"cum":81920}],"warnings":[]}
$ hprof tree --no-symbols --json --modules -n 1 --bottom-up --base testdata/jemalloc/ok/tiny.true.15719.0.f.heap testdata/jemalloc/ok/j.pie.15104.0.f.heap
hprof: testdata/jemalloc/ok/j.pie.15104.0.f.heap: warning: compared with "testdata/jemalloc/ok/tiny.true.15719.0.f.heap", which was not sampled; this one was sampled every 1024 bytes on average: differences between them may come from that
{"schema":"hprof/tree/1","sample_type":"inuse_space","unit":"bytes","bottom_up":true,"total":-104955.19103023526,"total_stderr":11481.782315601246,"base_total":881920.3594846706,"hidden":3,"hidden_cum":695045.1684544353,"hidden_base_cum":81920,"nodes":[
{"depth":1,"name":"/srv/hprof/tests/tiny","module":"/srv/hprof/tests/tiny","flat":0,"flat_stderr":0,"cum":-800000.3594846706,"cum_stderr":0,"base_flat":0,"base_cum":800000.3594846706},
{"parent":0,"depth":2,"name":"/usr/lib/x86_64-linux-gnu/libc.so.6","module":"/usr/lib/x86_64-linux-gnu/libc.so.6","flat":0,"flat_stderr":0,"cum":-800000.3594846706,"cum_stderr":0,"base_flat":0,"base_cum":800000.3594846706},
{"parent":1,"depth":3,"name":"/srv/hprof/tests/tiny","module":"/srv/hprof/tests/tiny","flat":-800000.3594846706,"flat_stderr":0,"cum":-800000.3594846706,"cum_stderr":0,"base_flat":800000.3594846706,"base_cum":800000.3594846706}],"warnings":["compared with \"testdata/jemalloc/ok/tiny.true.15719.0.f.heap\", which was not sampled; this one was sampled every 1024 bytes on average: differences between them may come from that"]}
