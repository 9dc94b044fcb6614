# help and version
$ hprof --version
hprof 0.1.0
$ hprof --help
hprof 0.1.0 - what is in a heap profile

usage: hprof COMMAND [OPTION...] [BINARY] PROFILE
       hprof [jeprof-style OPTION...] [BINARY] PROFILE...

PROFILE is a file, plain or packed, or - for standard input; FILE@WHEN is a moment of
a recording. BINARY, an ELF file, stands for the program; without it, it is found through the profile.

commands:
  top         table of flat and cumulative values, largest first
  tree        call tree from the roots, or from the allocation sites
  flame       flame graph: SVG and HTML to search and zoom in, PNG, PDF, or text
  report      all about a profile on one page (HTML) or several (PDF) to attach to a ticket
  timeline    totals and largest sites over time: table and graph, CSV, JSON, SVG, PNG
  diff        what changed between two profiles: before, after, delta
  collapsed   "root;...;leaf VALUE" lines for flamegraph.pl and its kin
  json        the whole symbolized profile as JSON
  export      the profile in a form that other programs read
  info        format, sampling, totals, threads, modules, warnings and hints
  symbolize   functions and lines of addresses of one ELF file, as addr2line or as JSON
  formats     the inputs and outputs that this build knows
  cache       what is remembered about symbolized files

"hprof COMMAND --help" lists the options of a command.
$ hprof diff --help
usage: hprof diff [OPTION...] [BINARY] BASE NEW

what changed between two profiles: before, after, delta

options:
      --inuse_space            bytes that are live (default)
      --inuse_objects          objects that are live
      --alloc_space            bytes ever allocated
      --alloc_objects          objects ever allocated
      --sample-index NAME      sample type by its name
      --functions              one row per function (default)
      --lines                  one row per source line
      --files                  one row per source file
      --addresses              one row per address
      --modules                one row per program or library
      --focus RE               keep stacks with a frame that matches
      --ignore RE              drop stacks with a frame that matches
      --hide RE                drop frames that match
      --show RE                drop frames that do not match
      --thread ID|RE           one thread by id, or those whose name matches
      --tagroot thread         a frame per thread at the root of each stack
      --prune RULE             cut allocator frames (default), or none: module|none
      --alloc-fn RE            functions of your own to cut like malloc
      --names STYLE            how functions are written: short|full|mangled
      --no-inlines             leave inlined functions out
      --sum                    add several profiles up
      --last                   of several profiles, take the last
      --at WHEN                of several profiles, take one: first, last or its number
      --base-binary FILE       the program that wrote the base
      --drop-negative          count a stack that shrank as 0
      --cum                    order by cum instead of flat
  -n, --rows N                 at most N rows; 0: all
      --unit UNIT              unit of bytes: auto|B|KiB|MiB|GiB
      --show_bytes             bytes without a larger unit
      --color WHEN             colour on a terminal: auto|always|never
      --json                   JSON instead of text
      --binary MODULE=FILE     FILE is what was mapped as MODULE, a path or its last name
      --force-binary           use files although they do not fit what was mapped
      --sysroot DIR            look for files below DIR, not on this host
      --path-map OLD=NEW       recorded paths that begin with OLD lie at NEW
      --debug-dir DIR          debug files by build ID or name
      --symbolizer READER      what reads DWARF: fast|libdw
      --workers N              read N files, or parts of one, at a time
      --debuginfod URL         server of debug files, besides those of DEBUGINFOD_URLS
      --no-debuginfod          ask no server, whatever DEBUGINFOD_URLS says
      --perf-map FILE          names of code made at run time: perf-PID.map
      --no-symbols             addresses only
      --no-cache               name every address afresh, and remember nothing
  -o, --output FILE            write to FILE
  -q, --quiet                  no warnings
  -v, --verbose                tell what takes how long
  -h, --help                   this text
$ hprof formats
inputs
  jemalloc         heap dump of jemalloc 4 and later ("heap_v2/")
  gperftools       heap profile of gperftools, jemalloc 3, Go ("heap profile:")
  massif           recording of valgrind's massif, and xtree reports in its syntax (.ms)
  xtree            xtree report of valgrind in callgrind's syntax: memory or leaks (.kcg)
  symbolized       heap profile with its symbols ("--- symbol"), as ClickHouse, jeprof and PHP's memprof write it
  pprof            profile.proto of pprof, Go and others, gzipped or plain

inputs that are recognised, and refused by their name
  empty            an empty file
  elf              an ELF file (a program, a library or a core dump)
  mach-o           a Mach-O file of macOS (programs are read as ELF files only)
  pe               a PE file of Windows (programs are read as ELF files only)
  class            a class file of Java
  gperftools-none  the reply of a gperftools build without sampling
  contention       a contention profile
  cpu              a gperftools CPU profile
  heap-checker     what gperftools' heap checker prints (the profile is the .heap file that it names)
  php-callgrind    a callgrind file of PHP's memprof (memprof_dump_pprof() writes one that is read)
  hprof-callgrind  a callgrind file that hprof wrote
  callgrind        a callgrind file of a CPU profiler
  heaptrack        a heaptrack recording
  hprof-json       JSON that hprof wrote
  speedscope       a speedscope file
  dhat             a DHAT file
  jemalloc-log     a prof_log file of jemalloc
  jemalloc-recent  a prof_recent file of jemalloc
  jemalloc-stats   the statistics of jemalloc, without allocation sites
  seastar          a sampled_memory_profile of Seastar (Redpanda), in JSON
  v8               a V8 heap snapshot
  memcheck         a valgrind memcheck report
  sanitizer        a LeakSanitizer report
  mtrace           an mtrace log
  tracemalloc      a snapshot of Python's tracemalloc
  memleak          a report of bcc's memleak
  mzfg             a flame graph of Materialize (.mzfg)
  memray           a memray recording
  java             a heap dump of Java (its objects, not its allocation sites)
  java-text        a heap profile of Java in text ("format = java")
  svg              a picture (SVG)
  html             a page (HTML)
  picture          a picture or document (PNG, GIF, JPEG, PDF)
  dot              a graph for graphviz
  folded           a file of folded stacks, which flame graphs are made from
  perf             a perf.data file
  packed           a file that was compressed twice (unpack it once)

outputs
  top              table of flat and cumulative values
  top-json         the table as JSON (hprof/top/1)
  jeprof-text      the same in the shape of "jeprof --text"
  collapsed        "root;...;leaf VALUE" lines for flamegraph.pl and its kin
  difffolded       "root;...;leaf BEFORE AFTER" lines for differential flame graphs
  json             the whole symbolized profile as JSON (hprof/profile/1)
  info             what the file is, as text
  info-json        what the file is, as JSON (hprof/info/1)
  tree             call tree, from the roots or from the allocation sites
  tree-json        the call tree as JSON (hprof/tree/1)
  timeline         values over time: a graph and a table
  timeline-json    values over time as JSON (hprof/timeline/1)
  timeline-csv     values over time as comma-separated values
  timeline-svg     values over time as a picture (SVG)
  timeline-png     values over time as a picture (PNG)
  flame-svg        flame graph as a picture that can be searched and zoomed (SVG)
  flame-html       flame graph and table of functions as a page that stands alone (HTML)
  report-html      all about a profile as a page that stands alone (HTML)
  report-pdf       all about a profile as pages (PDF)
  flame-png        flame graph as an image (PNG)
  flame-pdf        flame graphs and the largest functions as pages (PDF)
  flame-outlines   flame graph as a picture whose text is shapes (SVG)
  flame-text       flame graph as text for terminals
  symbolized       the profile with its symbols in one file, as jeprof reads it
  speedscope       a file of speedscope, with all sample types
  callgrind        a file of callgrind_annotate and KCachegrind, with all sample types
  dot              the call graph for graphviz
  dhat             a file of valgrind's DHAT, for dh_view.html and the Firefox Profiler
  csv              the table of top as comma-separated values
  markdown         the largest rows of top as a Markdown table
  tables           rows of all tables for databases, an object of JSON per line
  tables-dumps     of these, a row per profile
  tables-stacks    of these, a row per stack
  tables-samples   of these, a row per profile and stack
  tables-symbols   of these, a row per address and function
  pprof            profile.proto, gzipped, for pprof and what reads its files

# '_' and '-' are the same in names of options
$ hprof top --no_symbols --show-bytes --alloc-space --drop_negative -n 1 testdata/jemalloc/ok/j.pie.15104.0.f.heap
alloc_space: total 844331 B (standard error 12859 B)
        flat   flat%    sum%         cum    cum%  name
    613764 B   72.7%   72.7%    613764 B   72.7%  t.pie+0x11c7
... 21 more rows with 230567 B flat (27.3%); -n 0 shows all
$ hprof top --no-symbols --sample_index=alloc_objects -n 1 testdata/jemalloc/ok/j.pie.15104.0.f.heap
alloc_objects: total 1347 (standard error 104)
        flat   flat%    sum%         cum    cum%  name
        1341   99.5%   99.5%        1341   99.5%  t.pie+0x11c7
... 21 more rows with 7 flat (0.5%); -n 0 shows all

# granularities
$ hprof top --no-symbols --modules --unit B testdata/jemalloc/ok/j.pie.15104.0.f.heap
inuse_space: total 776965 B (standard error 11482 B)
        flat   flat%    sum%         cum    cum%  name
    693854 B   89.3%   89.3%    695045 B   89.5%  /srv/hprof/tests/t.pie
     81920 B   10.5%   99.8%     81920 B   10.5%  /usr/lib/x86_64-linux-gnu/libstdc++.so.6.0.30
      1191 B    0.2%  100.0%     83111 B   10.7%  /usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2
         0 B    0.0%  100.0%    695045 B   89.5%  /usr/lib/x86_64-linux-gnu/libc.so.6
$ hprof top --no-symbols --addresses --unit B -n 2 testdata/jemalloc/ok/j.pie.15104.0.f.heap
inuse_space: total 776965 B (standard error 11482 B)
        flat   flat%    sum%         cum    cum%  name
    579166 B   74.5%   74.5%    579166 B   74.5%  t.pie+0x11c7
    114688 B   14.8%   89.3%    114688 B   14.8%  t.pie+0x12b5
... 19 more rows with 83111 B flat (10.7%); -n 0 shows all
$ hprof top --no-symbols --files --unit B testdata/jemalloc/ok/j.pie.15104.0.f.heap
inuse_space: total 776965 B (standard error 11482 B)
        flat   flat%    sum%         cum    cum%  name
    693854 B   89.3%   89.3%    695045 B   89.5%  t.pie
     81920 B   10.5%   99.8%     81920 B   10.5%  libstdc++.so.6.0.30
      1191 B    0.2%  100.0%     83111 B   10.7%  ld-linux-x86-64.so.2
         0 B    0.0%  100.0%    695045 B   89.5%  libc.so.6

# filters by module
$ hprof top --no-symbols --unit B -n 1 --focus module:libstdc testdata/jemalloc/ok/j.pie.15104.0.f.heap
inuse_space: total 81920 B of 776965 B
        flat   flat%    sum%         cum    cum%  name
     81920 B  100.0%  100.0%     81920 B  100.0%  libstdc++.so.6.0.30+0xa57b9
... 3 more rows with 0 B flat (0.0%); -n 0 shows all
$ hprof top --no-symbols --unit B -n 1 --ignore module:libstdc testdata/jemalloc/ok/j.pie.15104.0.f.heap
inuse_space: total 695045 B of 776965 B (standard error 11482 B)
        flat   flat%    sum%         cum    cum%  name
    579166 B   83.3%   83.3%    579166 B   83.3%  t.pie+0x11c7
... 16 more rows with 115879 B flat (16.7%); -n 0 shows all
$ hprof collapsed --no-symbols --hide 'module:lib(c|stdc)' testdata/jemalloc/ok/j.pie.15104.0.f.heap
ld-linux-x86-64.so.2+0x1ab9f;ld-linux-x86-64.so.2+0x4b03;ld-linux-x86-64.so.2+0x4a1d 81920
t.pie+0x10f0;t.pie+0x1285;t.pie+0x11e5;t.pie+0x11c7 104874
t.pie+0x10f0;t.pie+0x1299;t.pie+0x1254;t.pie+0x1254;t.pie+0x1254;t.pie+0x1254;t.pie+0x1254;t.pie+0x1264;t.pie+0x11e5;t.pie+0x11c7 65536
t.pie+0x10f0;t.pie+0x12b5 114688
t.pie+0x10f0;t.pie+0x1323;ld-linux-x86-64.so.2+0x1171d;ld-linux-x86-64.so.2+0x10cb2 1191
t.pie+0x122d;t.pie+0x11e5;t.pie+0x11c7 408756
$ hprof collapsed --no-symbols --show 'module:t.pie' testdata/jemalloc/ok/j.pie.15104.0.f.heap
[hidden] 81920
t.pie+0x10f0;t.pie+0x1285;t.pie+0x11e5;t.pie+0x11c7 104874
t.pie+0x10f0;t.pie+0x1299;t.pie+0x1254;t.pie+0x1254;t.pie+0x1254;t.pie+0x1254;t.pie+0x1254;t.pie+0x1264;t.pie+0x11e5;t.pie+0x11c7 65536
t.pie+0x10f0;t.pie+0x12b5 114688
t.pie+0x10f0;t.pie+0x1323 1191
t.pie+0x122d;t.pie+0x11e5;t.pie+0x11c7 408756
$ hprof top --no-symbols --unit B --focus 5d9 testdata/jemalloc/ok/j.pie.15104.0.f.heap
hprof: warning: --focus '5d9' matches no frame
inuse_space: total 0 B of 776965 B
no stack is left by --focus, --ignore or --thread

# nothing cut
$ hprof collapsed --no-symbols --prune none testdata/jemalloc/ok/m.heap
ld-linux-x86-64.so.2+0x1ab9f;ld-linux-x86-64.so.2+0x4b03;ld-linux-x86-64.so.2+0x4a1d;libstdc++.so.6.0.30+0xa57b9;libjemalloc.so.2+0x22ed8;libjemalloc.so.2+0x95f23;libjemalloc.so.2+0xa2d20;libjemalloc.so.2+0xa262f 81920
rec+0x10c0;libc.so.6+0x27304;libc.so.6+0x27249;rec+0x11ff;libjemalloc.so.2+0x22044;libjemalloc.so.2+0x95f23;libjemalloc.so.2+0xa2d20;libjemalloc.so.2+0xa262f 229376
rec+0x10c0;libc.so.6+0x27304;libc.so.6+0x27249;rec+0x128d;libjemalloc.so.2+0x7de5f;libjemalloc.so.2+0x4cb4c;libjemalloc.so.2+0xc53e;libjemalloc.so.2+0x3e196;rec+0x11ae;libc.so.6+0x76608;libc.so.6+0x8163d;libc.so.6+0x82477;libc.so.6+0x8309f;libc.so.6+0x758cb;libjemalloc.so.2+0x22044;libjemalloc.so.2+0x95f23;libjemalloc.so.2+0xa2d20;libjemalloc.so.2+0xa262f 4096

# an allocator that no function is: a slip
$ hprof top --unit B --alloc-fn '^make_all$' --alloc-fn zmaloc testdata/massif/ok/a_B_full.ms > /dev/null
hprof: warning: --alloc-fn '^make_all$' matches no function
hprof: warning: --alloc-fn 'zmaloc' matches no function

# the order and number of rows
$ hprof top --no-symbols --unit B --cum -n 3 testdata/jemalloc/ok/j.pie.15104.0.f.heap
inuse_space: total 776965 B (standard error 11482 B)
        flat   flat%    sum%         cum    cum%  name
    579166 B   74.5%   74.5%    579166 B   74.5%  t.pie+0x11c7
         0 B    0.0%   74.5%    579166 B   74.5%  t.pie+0x11e5
         0 B    0.0%   74.5%    408756 B   52.6%  libc.so.6+0x891f4
... 18 more rows with 197799 B flat (25.5%); -n 0 shows all

# lines in the style of jeprof
$ hprof --text --no-symbols --show_bytes testdata/jemalloc/ok/m.heap
Total: 315392 B
  229376  72.7%  72.7%   229376  72.7% rec+0x11ff
   81920  26.0%  98.7%    81920  26.0% libstdc++.so.6.0.30+0xa57b9
    4096   1.3% 100.0%     4096   1.3% libc.so.6+0x758cb
       0   0.0% 100.0%    81920  26.0% ld-linux-x86-64.so.2+0x4a1d
       0   0.0% 100.0%    81920  26.0% ld-linux-x86-64.so.2+0x4b03
       0   0.0% 100.0%    81920  26.0% ld-linux-x86-64.so.2+0x1ab9f
       0   0.0% 100.0%   233472  74.0% libc.so.6+0x27249
       0   0.0% 100.0%   233472  74.0% libc.so.6+0x27304
       0   0.0% 100.0%     4096   1.3% libc.so.6+0x76608
       0   0.0% 100.0%     4096   1.3% libc.so.6+0x8163d
       0   0.0% 100.0%     4096   1.3% libc.so.6+0x82477
       0   0.0% 100.0%     4096   1.3% libc.so.6+0x8309f
       0   0.0% 100.0%     4096   1.3% libjemalloc.so.2+0xc53e
       0   0.0% 100.0%     4096   1.3% libjemalloc.so.2+0x3e196
       0   0.0% 100.0%     4096   1.3% libjemalloc.so.2+0x4cb4c
       0   0.0% 100.0%     4096   1.3% libjemalloc.so.2+0x7de5f
       0   0.0% 100.0%   233472  74.0% rec+0x10c0
       0   0.0% 100.0%     4096   1.3% rec+0x11ae
       0   0.0% 100.0%     4096   1.3% rec+0x128d
$ hprof --no-symbols testdata/jemalloc/ok/m.heap
Total: 0.3 MB
     0.2  72.7%  72.7%      0.2  72.7% rec+0x11ff
     0.1  26.0%  98.7%      0.1  26.0% libstdc++.so.6.0.30+0xa57b9
     0.0   1.3% 100.0%      0.0   1.3% libc.so.6+0x758cb
     0.0   0.0% 100.0%      0.1  26.0% ld-linux-x86-64.so.2+0x4a1d
     0.0   0.0% 100.0%      0.1  26.0% ld-linux-x86-64.so.2+0x4b03
     0.0   0.0% 100.0%      0.1  26.0% ld-linux-x86-64.so.2+0x1ab9f
     0.0   0.0% 100.0%      0.2  74.0% libc.so.6+0x27249
     0.0   0.0% 100.0%      0.2  74.0% libc.so.6+0x27304
     0.0   0.0% 100.0%      0.0   1.3% libc.so.6+0x76608
     0.0   0.0% 100.0%      0.0   1.3% libc.so.6+0x8163d
     0.0   0.0% 100.0%      0.0   1.3% libc.so.6+0x82477
     0.0   0.0% 100.0%      0.0   1.3% libc.so.6+0x8309f
     0.0   0.0% 100.0%      0.0   1.3% libjemalloc.so.2+0xc53e
     0.0   0.0% 100.0%      0.0   1.3% libjemalloc.so.2+0x3e196
     0.0   0.0% 100.0%      0.0   1.3% libjemalloc.so.2+0x4cb4c
     0.0   0.0% 100.0%      0.0   1.3% libjemalloc.so.2+0x7de5f
     0.0   0.0% 100.0%      0.2  74.0% rec+0x10c0
     0.0   0.0% 100.0%      0.0   1.3% rec+0x11ae
     0.0   0.0% 100.0%      0.0   1.3% rec+0x128d
$ hprof --inuse_objects --no-symbols testdata/jemalloc/ok/m.heap
Total: 3 objects
       1  33.3%  33.3%        1  33.3% libc.so.6+0x758cb
       1  33.3%  66.7%        1  33.3% libstdc++.so.6.0.30+0xa57b9
       1  33.3% 100.0%        1  33.3% rec+0x11ff
       0   0.0% 100.0%        1  33.3% ld-linux-x86-64.so.2+0x4a1d
       0   0.0% 100.0%        1  33.3% ld-linux-x86-64.so.2+0x4b03
       0   0.0% 100.0%        1  33.3% ld-linux-x86-64.so.2+0x1ab9f
       0   0.0% 100.0%        2  66.7% libc.so.6+0x27249
       0   0.0% 100.0%        2  66.7% libc.so.6+0x27304
       0   0.0% 100.0%        1  33.3% libc.so.6+0x76608
       0   0.0% 100.0%        1  33.3% libc.so.6+0x8163d
       0   0.0% 100.0%        1  33.3% libc.so.6+0x82477
       0   0.0% 100.0%        1  33.3% libc.so.6+0x8309f
       0   0.0% 100.0%        1  33.3% libjemalloc.so.2+0xc53e
       0   0.0% 100.0%        1  33.3% libjemalloc.so.2+0x3e196
       0   0.0% 100.0%        1  33.3% libjemalloc.so.2+0x4cb4c
       0   0.0% 100.0%        1  33.3% libjemalloc.so.2+0x7de5f
       0   0.0% 100.0%        2  66.7% rec+0x10c0
       0   0.0% 100.0%        1  33.3% rec+0x11ae
       0   0.0% 100.0%        1  33.3% rec+0x128d
$ hprof --collapsed --no-symbols testdata/jemalloc/ok/m.heap
ld-linux-x86-64.so.2+0x1ab9f;ld-linux-x86-64.so.2+0x4b03;ld-linux-x86-64.so.2+0x4a1d;libstdc++.so.6.0.30+0xa57b9 81920
rec+0x10c0;libc.so.6+0x27304;libc.so.6+0x27249;rec+0x11ff 229376
rec+0x10c0;libc.so.6+0x27304;libc.so.6+0x27249;rec+0x128d;libjemalloc.so.2+0x7de5f;libjemalloc.so.2+0x4cb4c;libjemalloc.so.2+0xc53e;libjemalloc.so.2+0x3e196;rec+0x11ae;libc.so.6+0x76608;libc.so.6+0x8163d;libc.so.6+0x82477;libc.so.6+0x8309f;libc.so.6+0x758cb 4096
$ hprof --no-symbols --nodecount=1 testdata/jemalloc/ok/m.heap testdata/jemalloc/ok/m.heap
hprof: note: 2 profiles are added up, as jeprof does
Total: 0.6 MB
     0.4  72.7%  72.7%      0.4  72.7% rec+0x11ff
$ hprof --svg testdata/jemalloc/ok/m.heap
hprof: unknown option "--svg" ("hprof --help" lists them)
[2]

# several profiles are added up when that is said
$ hprof top --no-symbols --sum --unit B -n 1 testdata/jemalloc/ok/m.heap testdata/jemalloc/ok/m.heap
inuse_space: total 630784 B
        flat   flat%    sum%         cum    cum%  name
    458752 B   72.7%   72.7%    458752 B   72.7%  rec+0x11ff
... 18 more rows with 172032 B flat (27.3%); -n 0 shows all

# JSON
$ hprof top --no-symbols --json -n 2 testdata/jemalloc/ok/j.pie.15104.0.f.heap
{"schema":"hprof/top/1","sample_type":"inuse_space","unit":"bytes","total":776965.1684544353,"total_stderr":11481.782315601246,"rows":[
{"name":"t.pie+0x11c7","module":"/srv/hprof/tests/t.pie","flat":579165.952159398,"flat_stderr":11436.395221533428,"cum":579165.952159398,"cum_stderr":11436.395221533428},
{"name":"t.pie+0x12b5","module":"/srv/hprof/tests/t.pie","flat":114688,"flat_stderr":0,"cum":114688,"cum_stderr":0}],"warnings":[]}
$ hprof diff --no-symbols --json -n 1 testdata/jemalloc/ok/redis.26831.0.i0.heap testdata/jemalloc/ok/redis.26831.1.i1.heap
{"schema":"hprof/top/1","sample_type":"inuse_space","unit":"bytes","total":10107204.865937233,"total_stderr":2404893.8972979356,"base_total":40808292.298848554,"rows":[
{"name":"redis-server+0x2c3a2f","module":"/srv/bench1/redis/src/redis-server","flat":10107204.865937233,"flat_stderr":2404893.8972979356,"cum":10107204.865937233,"cum_stderr":2404893.8972979356,"base_flat":40808292.29884854,"base_cum":40808292.29884854,"significant":true}],"warnings":[]}
$ hprof json --no-symbols testdata/jemalloc/ok/m.heap
{"schema":"hprof/profile/1","sample_types":[{"name":"inuse_objects","unit":"count","total":3},{"name":"inuse_space","unit":"bytes","total":315392}],"modules":[
{"path":"/srv/hprof/tests/rec"},
{"path":"[anon]"},
{"path":"/usr/lib/x86_64-linux-gnu/libstdc++.so.6.0.30"},
{"path":"/usr/lib/x86_64-linux-gnu/libc.so.6"},
{"path":"/usr/lib/x86_64-linux-gnu/libjemalloc.so.2"},
{"path":"/usr/lib/x86_64-linux-gnu/libgcc_s.so.1"},
{"path":"/usr/lib/x86_64-linux-gnu/libm.so.6"},
{"path":"[vvar]"},
{"path":"[vvar_vclock]"},
{"path":"[vdso]"},
{"path":"/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2"},
{"path":"[stack]"},
{"path":"[vsyscall]"}],"functions":[],"stacks":[
{"frames":[{"module":0,"address":"0x11ff"},{"module":3,"address":"0x27249"},{"module":3,"address":"0x27304"},{"module":0,"address":"0x10c0"}],"values":[1,229376],"thread":"my thr"},
{"frames":[{"module":3,"address":"0x758cb"},{"module":3,"address":"0x8309f"},{"module":3,"address":"0x82477"},{"module":3,"address":"0x8163d"},{"module":3,"address":"0x76608"},{"module":0,"address":"0x11ae"},{"module":4,"address":"0x3e196"},{"module":4,"address":"0xc53e"},{"module":4,"address":"0x4cb4c"},{"module":4,"address":"0x7de5f"},{"module":0,"address":"0x128d"},{"module":3,"address":"0x27249"},{"module":3,"address":"0x27304"},{"module":0,"address":"0x10c0"}],"values":[1,4096],"thread":"my thr"},
{"frames":[{"module":2,"address":"0xa57b9"},{"module":10,"address":"0x4a1d"},{"module":10,"address":"0x4b03"},{"module":10,"address":"0x1ab9f"}],"values":[1,81920],"thread":"my thr"}],"warnings":[]}
$ hprof info --no-symbols --json testdata/jemalloc/ok/sysn.7523.0.f.heap
{"schema":"hprof/info/1","format":"jemalloc","writer":"jemalloc","sampling_period":1024,"sample_types":[{"name":"inuse_objects","unit":"count","total":908.3506357730971,"recorded":182},{"name":"inuse_space","unit":"bytes","total":757542.1368174708,"recorded":669379}],"absent_sample_types":["alloc_objects","alloc_space"],"stacks":5,"max_depth":16,"cut_stacks":5,"cut_frames":20,"threads":[
{"id":"0","name":"t.pie","values":{"inuse_objects":811.7320980660456,"inuse_space":352962.68906020245}},
{"id":"1","name":"wrk-B","values":{"inuse_objects":47.8000192444421,"inuse_space":200201.23331049533}},
{"id":"2","name":"worker A","values":{"inuse_objects":48.81851846260938,"inuse_space":204378.214446773}}],"snapshots":[],"modules":[
{"path":"/srv/hprof/tests/t.pie","status":"unread","symbols":"none","deleted":false,"addresses":9,"resolved":0,"with_line":0},
{"path":"/usr/lib/x86_64-linux-gnu/libstdc++.so.6.0.30","status":"unread","symbols":"none","deleted":false,"addresses":1,"resolved":0,"with_line":0},
{"path":"/usr/lib/x86_64-linux-gnu/libc.so.6","status":"unread","symbols":"none","deleted":false,"addresses":4,"resolved":0,"with_line":0},
{"path":"/usr/lib/x86_64-linux-gnu/libjemalloc.so.2","status":"unread","symbols":"none","deleted":false,"addresses":6,"resolved":0,"with_line":0},
{"path":"/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2","status":"unread","symbols":"none","deleted":false,"addresses":3,"resolved":0,"with_line":0}],"warnings":[],"hints":["the total is not the RSS: it is that of live objects alone, without the allocator's metadata, fragmentation and unused pages, thread stacks, mmap by others and what was allocated before profiling began (the process had 33.7 MiB of writable memory mapped)"]}
$ hprof top --no-symbols --json --focus nothing testdata/jemalloc/ok/m.heap
hprof: warning: --focus 'nothing' matches no frame
{"schema":"hprof/top/1","sample_type":"inuse_space","unit":"bytes","total":0,"unfiltered_total":315392,"rows":[],"warnings":["--focus 'nothing' matches no frame"]}

# colour only when asked for
$ hprof top --no-symbols --color always -n 1 testdata/jemalloc/ok/m.heap | cat -v
inuse_space: total 308.0 KiB
^[[1m        flat   flat%    sum%         cum    cum%  name^[[0m
   224.0 KiB   72.7%   72.7%   224.0 KiB   72.7%  rec+0x11ff
... 18 more rows with 84.0 KiB flat (27.3%); -n 0 shows all
