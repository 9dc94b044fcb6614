# lines of newer writers and of unknown kinds are passed over and counted
$ hprof top --no-symbols -q testdata/jemalloc/ok/frag.heap
inuse_space: total 1.5 MiB (standard error 887.1 KiB)
        flat   flat%    sum%         cum    cum%  name
     1.0 MiB   66.7%   66.7%     1.0 MiB   66.7%  server+0x11ef
   512.5 KiB   33.3%  100.0%   512.5 KiB   33.3%  [no stack]
         0 B    0.0%  100.0%     1.0 MiB   66.7%  server+0x12ff
$ hprof info --no-symbols testdata/jemalloc/ok/frag.heap | grep '^not used'
not used         3 lines "f", 2 lines "frag_util"
$ hprof info --json --no-symbols testdata/jemalloc/ok/frag.heap | grep -o '"unused_lines":[^]]*]'
"unused_lines":[{"word":"f","lines":3},{"word":"frag_util","lines":2}]
$ sed -e '/f: 2000/s/f:/tcache_bytes:/' -e 's/^frag_util: 1/slabs: 17/' testdata/jemalloc/ok/frag.heap >new.heap; hprof top --no-symbols -n 1 new.heap; hprof info --no-symbols new.heap | grep '^not used'
hprof: new.heap: warning: line 7: lines of a kind that is not known, "tcache_bytes", are passed over
hprof: new.heap: warning: line 14: lines of a kind that is not known, "slabs", are passed over
hprof: new.heap: warning: sums are those of a jemalloc before 5.3 (or prof_unbias:false): stacks that mix object sizes are underestimated
inuse_space: total 1.5 MiB (standard error 887.1 KiB)
        flat   flat%    sum%         cum    cum%  name
     1.0 MiB   66.7%   66.7%     1.0 MiB   66.7%  server+0x11ef
... 2 more rows with 512.5 KiB flat (33.3%); -n 0 shows all
not used         1 line "tcache_bytes", 2 lines "f", 1 line "frag_util", 1 line "slabs"
$ sed 's/  t1: 2: 2112 .*/  t1: 2: x/' testdata/jemalloc/ok/frag.heap >bad.heap; hprof top --no-symbols bad.heap
hprof: bad.heap: line 10: found "  t1: 2: x", expected "t<thread>: <objects>: <bytes> [<objects>: <bytes>]"
[3]
$ printf 'heap profile: 3: 300 [3: 300] @ heapprofile\n  2: 200 [2: 200] @ 0x401136\n  age: 12 17\n  1: 100 [1: 100] @ 0x401150\n\nMAPPED_LIBRARIES:\n00400000-00402000 r-xp 00000000 08:01 99 /opt/app/server\n' >g.heap; hprof top --no-symbols g.heap
hprof: g.heap: warning: line 3: lines of a kind that is not known, "age", are passed over
inuse_space: total 300 B
        flat   flat%    sum%         cum    cum%  name
       200 B   66.7%   66.7%       200 B   66.7%  server+0x1135
       100 B   33.3%  100.0%       100 B   33.3%  server+0x114f
$ (printf -- '--- symbol\nbinary=/opt/app/server\n0x4011ef main\n---\n--- heap\n'; cat testdata/jemalloc/ok/frag.heap) >s.heap; hprof collapsed -q s.heap; hprof info s.heap | grep '^not used'
[no stack] 524800
server+0x12ff;main 1049633
not used         3 lines "f", 2 lines "frag_util"

# the head of a saved HTTP reply
$ (printf 'HTTP/1.1 302 Found\r\nLocation: /x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n'; cat testdata/jemalloc/ok/frag.heap) >http; hprof top -q --no-symbols http; gzip -c http | hprof collapsed -q --no-symbols -
inuse_space: total 1.5 MiB (standard error 887.1 KiB)
        flat   flat%    sum%         cum    cum%  name
     1.0 MiB   66.7%   66.7%     1.0 MiB   66.7%  server+0x11ef
   512.5 KiB   33.3%  100.0%   512.5 KiB   33.3%  [no stack]
         0 B    0.0%  100.0%     1.0 MiB   66.7%  server+0x12ff
[no stack] 524800
server+0x12ff;server+0x11ef 1049633
$ (printf 'HTTP/1.1 200 OK\r\n\r\n'; cat testdata/pprof/ok/threads.pb.gz) >http.pb.gz; hprof top --no-symbols http.pb.gz; (printf 'HTTP/1.1 200 OK\n\n'; zcat testdata/pprof/ok/threads.pb.gz) | hprof top --no-symbols -
inuse_space: total 352 B (standard error 13.3 KiB)
        flat   flat%    sum%         cum    cum%  name
       352 B  100.0%  100.0%       352 B  100.0%  work
         0 B    0.0%  100.0%       352 B  100.0%  main
inuse_space: total 352 B (standard error 13.3 KiB)
        flat   flat%    sum%         cum    cum%  name
       352 B  100.0%  100.0%       352 B  100.0%  work
         0 B    0.0%  100.0%       352 B  100.0%  main
$ printf 'HTTP/1.1 401 Unauthorized\r\n\r\n{"error":"no"}' >no; hprof top no
hprof: no: line 1: this is the reply of a server that had no profile to give, "HTTP/1.1 401 Unauthorized"
[3]
$ (printf 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1b3\r\n'; cat testdata/jemalloc/ok/frag.heap) >chunks; hprof top chunks
hprof: chunks: line 4: this HTTP reply is in chunks, which are not put together here: save it as "curl -o FILE" does, without --raw
[3]

# lines before a profile
$ (printf 'Defaulted container "app" out of: app, proxy\nUnable to use a TTY\n'; cat testdata/jemalloc/ok/m.heap) >banner; hprof top --no-symbols -n 1 banner; hprof info --json --no-symbols banner | grep -o '"warnings":[^]]*]'
hprof: banner: warning: 2 lines before the profile are passed over, beginning with 'Defaulted container "app" out of: app, proxy'
inuse_space: total 308.0 KiB
        flat   flat%    sum%         cum    cum%  name
   224.0 KiB   72.7%   72.7%   224.0 KiB   72.7%  rec+0x11ff
... 18 more rows with 84.0 KiB flat (27.3%); -n 0 shows all
"warnings":["2 lines before the profile are passed over, beginning with 'Defaulted container \"app\" out of: app, proxy'"]
$ (echo 'Fetching profile'; cat testdata/gperftools/ok/no-stacks.heap) >banner; hprof top --no-symbols banner; (echo '--'; cat testdata/massif/ok/a_B_full.ms) | hprof top -n 1 -; (echo; echo x; cat testdata/symbolized/ok/sym.prof) | hprof top -q -n 1 -
hprof: banner: warning: 1 line before the profile is passed over, beginning with "Fetching profile"
hprof: banner: warning: this writer does not record what was freed: there is no alloc_space and no alloc_objects
inuse_space: total 134.3 GiB (standard error 262.2 MiB)
        flat   flat%    sum%         cum    cum%  name
   134.3 GiB  100.0%  100.0%   134.3 GiB  100.0%  server+0x1135
hprof: standard input: warning: 1 line before the profile is passed over, beginning with "--"
inuse_space: total 790.6 KiB
        flat   flat%    sum%         cum    cum%  name
   781.2 KiB   98.8%   98.8%   781.2 KiB   98.8%  leaf_malloc
... 4 more rows with 9.4 KiB flat (1.2%); -n 0 shows all
inuse_space: total 500 B
        flat   flat%    sum%         cum    cum%  name
       200 B   40.0%   40.0%       300 B   60.0%  main
... 3 more rows with 300 B flat (60.0%); -n 0 shows all
$ (yes | head -n 300; cat testdata/jemalloc/ok/m.heap) >far; hprof top far
hprof: far: line 1: not a heap profile that is known: found "y", expected for example "heap_v2/524288" ("hprof formats" lists what is read)
[3]

# text in UTF-16, as PowerShell writes it
$ for e in LE BE; do (test $e = LE && printf '\377\376' || printf '\376\377'; iconv -t UTF-16$e testdata/jemalloc/ok/crlf.heap) >w$e; hprof json --no-symbols w$e >w.json; hprof json --no-symbols testdata/jemalloc/ok/crlf.heap | cmp - w.json; gzip -c w$e | hprof top --no-symbols -n 1 -; done
inuse_space: total 758.8 KiB (standard error 11.2 KiB)
        flat   flat%    sum%         cum    cum%  name
   565.6 KiB   74.5%   74.5%   565.6 KiB   74.5%  t.pie+0x11c7
... 20 more rows with 193.2 KiB flat (25.5%); -n 0 shows all
inuse_space: total 758.8 KiB (standard error 11.2 KiB)
        flat   flat%    sum%         cum    cum%  name
   565.6 KiB   74.5%   74.5%   565.6 KiB   74.5%  t.pie+0x11c7
... 20 more rows with 193.2 KiB flat (25.5%); -n 0 shows all
$ for e in LE BE; do iconv -t UTF-16$e testdata/jemalloc/ok/crlf.heap >u$e; hprof json --no-symbols u$e | cmp - w.json; (printf 'made on monday\n'; cat testdata/jemalloc/ok/crlf.heap) | iconv -t UTF-16$e | hprof top -q --no-symbols -n 1 -; done
inuse_space: total 758.8 KiB (standard error 11.2 KiB)
        flat   flat%    sum%         cum    cum%  name
   565.6 KiB   74.5%   74.5%   565.6 KiB   74.5%  t.pie+0x11c7
... 20 more rows with 193.2 KiB flat (25.5%); -n 0 shows all
inuse_space: total 758.8 KiB (standard error 11.2 KiB)
        flat   flat%    sum%         cum    cum%  name
   565.6 KiB   74.5%   74.5%   565.6 KiB   74.5%  t.pie+0x11c7
... 20 more rows with 193.2 KiB flat (25.5%); -n 0 shows all
$ (printf '\377\376'; iconv -f latin1 -t UTF-16LE testdata/pprof/ok/threads.pb.gz) >w; hprof top w
hprof: w: line 1: not a heap profile that is known: found "\x1f\xc2\x8b\x08\x00\x00\x00\x00\x00\x02\x03U\xc3\x8d\xc3\x8dN\xc2\x83@\x10..." in UTF-16 (what is no text does not survive PowerShell's ">"), expected for example "heap_v2/524288" ("hprof formats" lists what is read)
[3]

# text in UTF-32 is called by its name
$ for e in LE BE; do (test $e = LE && printf '\377\376\0\0' || printf '\0\0\376\377'; iconv -t UTF-32$e testdata/jemalloc/ok/m.heap) >w; hprof top w; iconv -t UTF-32$e testdata/jemalloc/ok/m.heap | hprof top -; done; iconv -f UTF-32 -t UTF-8 w | cmp - testdata/jemalloc/ok/m.heap
hprof: w: line 1: this is text in UTF-32, expected UTF-8 (iconv -f UTF-32 -t UTF-8 makes that)
hprof: standard input: line 1: this is text in UTF-32, expected UTF-8 (iconv -f UTF-32LE -t UTF-8 makes that)
hprof: w: line 1: this is text in UTF-32, expected UTF-8 (iconv -f UTF-32 -t UTF-8 makes that)
hprof: standard input: line 1: this is text in UTF-32, expected UTF-8 (iconv -f UTF-32BE -t UTF-8 makes that)

# what is no profile is shown legibly, or called by its name
$ printf '{\n  "alloc": "it",\n  "n": 1\n}\n' >x.json; hprof top x.json
hprof: x.json: line 1: not a heap profile that is known: found JSON, '{ "alloc": "it", "n": 1 }', expected for example "heap_v2/524288" ("hprof formats" lists what is read)
[3]
$ hprof json --no-symbols testdata/jemalloc/ok/m.heap | hprof top -; hprof info --json --no-symbols testdata/jemalloc/ok/m.heap | hprof top -; hprof timeline --json --no-symbols testdata/massif/ok/a_B_full.ms | hprof top -
hprof: standard input: line 1: this is JSON that hprof wrote, not a heap profile that can be read here
hprof: standard input: line 1: this is JSON that hprof wrote, not a heap profile that can be read here
hprof: standard input: line 1: this is JSON that hprof wrote, not a heap profile that can be read here
[3]
$ for e in svg html png pdf; do hprof flame --no-symbols -o x.$e testdata/jemalloc/ok/m.heap; hprof top x.$e; done
hprof: x.svg: line 1: this is a picture (SVG), not a heap profile that can be read here
hprof: x.html: line 1: this is a page (HTML), not a heap profile that can be read here
hprof: x.png: line 1: this is a picture or document (PNG, GIF, JPEG, PDF), not a heap profile that can be read here
hprof: x.pdf: line 1: this is a picture or document (PNG, GIF, JPEG, PDF), not a heap profile that can be read here
[3]
$ for e in folded speedscope callgrind dhat dot; do hprof export --to $e --no-symbols testdata/jemalloc/ok/m.heap | hprof top -; done
hprof: standard input: line 1: this is a file of folded stacks, which flame graphs are made from, not a heap profile that can be read here
hprof: standard input: line 1: this is a speedscope file, not a heap profile that can be read here
hprof: standard input: line 1: this is a callgrind file that hprof wrote, not a heap profile that can be read here
hprof: standard input: line 1: this is a DHAT file, not a heap profile that can be read here
hprof: standard input: line 1: this is a graph for graphviz, not a heap profile that can be read here
[3]
