# a report in words
$ hprof report --no-symbols -o r.html testdata/jemalloc/ok/m.heap && grep -c '<script' r.html && grep '^<p class="verdict">' r.html | sed 's/<[^>]*>//g'
2
inuse_space amounts to 308.0 KiB in 3 objects, 102.7 KiB each on average. The place that holds most is rec+0x11ff, which allocated 224.0 KiB of it (72.7%), followed by libstdc++.so.6.0.30+0xa57b9 (26.0%) and libc.so.6+0x758cb (1.3%). Nothing was sampled: the values are exact. 24 of 24 addresses have no function name.

# of a difference
$ hprof report -q --no-symbols --base testdata/jemalloc/ok/redis.26831.1.i1.heap -o d.html testdata/jemalloc/ok/redis.26831.4.i4.heap; grep 'class="verdict">' d.html | sed 's/<[^>]*>//g'
inuse_space amounts to 88.9 MiB in 324,186 objects, 288 B each on average. Before, it amounted to 48.6 MiB: it grew by 40.3 MiB (83.1%), more than sampling explains. What grew most is redis-server+0x2c3a2f (+40.3 MiB). The place that holds most is redis-server+0x2c3a2f, which allocated 88.9 MiB of it (100.0%). Stacks first part below redis-server+0xd082f: redis-server+0xd020d and what it calls hold 62.2%, redis-server+0xd02a9 35.9%. These values are estimates from samples, one in 64.0 KiB on average. With a probability of 95%, the true change differs from the one shown by 5.6 MiB at most. 96 of 96 addresses have no function name.
$ grep -o '<section id="[^"]*"' d.html
<section id="hp-verdict"
<section id="hp-totals"
<section id="hp-top"
<section id="hp-changes"
<section id="hp-flame"
<section id="hp-functions"
<section id="hp-profile"
<section id="hp-threads"
<section id="hp-modules"
<section id="hp-warnings"

# what shrank counts 0: before and after stay what they are, and every view has the same delta
$ dump() { printf 'heap profile: 2: %s [2: %s] @ heapprofile\n1: %s [1: %s] @ 0x400010 0x400090\n1: %s [1: %s] @ 0x400020 0x400090\n\nMAPPED_LIBRARIES:\n00400000-00500000 r-xp 00000000 08:01 1 /opt/app\n' $(($1 + $2)) $(($1 + $2)) $1 $1 $2 $2; }; dump 100 50 > dn.old; dump 40 80 > dn.new; for c in top tree 'flame --text' 'flame --text --diff-width growth'; do echo "$c:"; hprof $c -q --no-symbols --drop-negative --base dn.old dn.new; done
top:
inuse_space: 150 B before, 120 B after, delta +30 B (what shrank counts 0)
      before       after       delta   cum delta  name
        50 B        80 B       +30 B       +30 B  app+0x1f
         0 B         0 B         0 B       +30 B  app+0x8f
... 1 more rows with 100 B before, 40 B after, 0 B, not grown
tree:
inuse_space: 150 B before, 120 B after, delta +30 B (what shrank counts 0)
      before       after       delta  flat delta  name
       150 B       120 B       +30 B              app+0x8f
        50 B        80 B       +30 B       +30 B    app+0x1f
       100 B        40 B         0 B                ... 1 more
flame --text:
inuse_space: before 150 B, after 120 B, delta +30 B (what shrank counts 0)
gperftools; width: the larger of before and after

▲ all  120 B                                                                   |
▲ app+0x8f  120 B                                                              |
app+0xf  40 B                              |▲ app+0x1f  80 B                   |
flame --text --diff-width growth:
inuse_space: before 150 B, after 120 B, delta +30 B (what shrank counts 0)
gperftools; width: growth

▲ all  120 B                                                                   |
▲ app+0x8f  120 B                                                              |
▲ app+0x1f  80 B                                                               |
$ hprof report -q --no-symbols --drop-negative --no-script --base dn.old -o dn.html dn.new; sed 's/<[^>]*>/ /g' dn.html | grep -E 'amounts to|inuse_space|delta 0 B' | tr -s ' '; hprof flame -q --no-symbols --drop-negative --no-script --base dn.old -o dn.svg dn.new; grep -A 1 '<title>' dn.svg
 inuse_space amounts to 120 B in 2 objects, 60 B each on average. Before, it amounted to 150 B; what shrank counts 0, what grew adds up to +30 B. What grew most is app+0x1f (+30 B). The place that holds most is app+0x1f , which allocated 80 B of it (66.7%), followed by app+0xf (33.3%). Stacks first part below app+0x8f : app+0x1f and what it calls hold 66.7%, app+0xf 33.3%. Nothing was sampled: the values are exact. 3 of 3 addresses have no function name. 
 150 B 120 B +30 B inuse_space 
 inuse_space: before 150 B, after 120 B, delta +30 B (what shrank counts 0) 
 inuse_space: before 150 B, after 120 B, delta +30 B (what shrank counts 0) 
 inuse_space: before 150 B, after 120 B, delta +30 B (what shrank counts 0) 
before 100 B, after 40 B, delta 0 B app+0xf 40 B 
 120 B 120 120 inuse_space dn.new 
 150 B 150 150 inuse_space dn.old (base) 
<title>dn.new</title>
<desc>inuse_space: before 150 B, after 120 B, delta +30 B (what shrank counts 0)</desc>
--
<g data-w="180"><title>all
before 150 B, after 120 B, delta +30 B</title><rect x="10" y="76" width="1179.5" height="19" fill="#f7d2b4"/><rect x="10" y="91" width="1180" height="2" fill="#3b6fb6"/><rect x="10" y="93" width="944" height="2" fill="#c2600a"/><text x="13" y="88">▲ all  120 B</text></g>
<g data-w="180"><title>app+0x8f
before 150 B, after 120 B, delta +30 B</title><rect x="10" y="96" width="1179.5" height="19" fill="#f7d2b4"/><rect x="10" y="111" width="1180" height="2" fill="#3b6fb6"/><rect x="10" y="113" width="944" height="2" fill="#c2600a"/><text x="13" y="108">▲ app+0x8f  120 B</text></g>
<g data-w="100"><title>app+0xf
before 100 B, after 40 B, delta 0 B</title><rect x="10" y="116" width="655.06" height="19" fill="#e6e8eb"/><text x="13" y="128">app+0xf  40 B</text></g>
<g data-w="80"><title>app+0x1f
before 50 B, after 80 B, delta +30 B</title><rect x="665.56" y="116" width="523.94" height="19" fill="#f6c094"/><rect x="665.56" y="131" width="327.78" height="2" fill="#3b6fb6"/><rect x="665.56" y="133" width="524.44" height="2" fill="#c2600a"/><text x="668.56" y="128">▲ app+0x1f  80 B</text></g>

# the same profile twice
$ hprof report -q --no-symbols --base testdata/jemalloc/ok/m.heap -o e.html testdata/jemalloc/ok/m.heap; grep 'class="verdict">' e.html | sed 's/<[^>]*>//g'
inuse_space amounts to 308.0 KiB in 3 objects, 102.7 KiB each on average. Before, it amounted to 308.0 KiB: it did not change. The place that holds most is rec+0x11ff, which allocated 224.0 KiB of it (72.7%), followed by libstdc++.so.6.0.30+0xa57b9 (26.0%) and libc.so.6+0x758cb (1.3%). Nothing was sampled: the values are exact. 24 of 24 addresses have no function name.

# of a recording, with what happened over time
$ hprof report -q --no-symbols -o m.html testdata/massif/ok/a_default.ms; grep 'class="verdict">' m.html | sed 's/<[^>]*>//g'
inuse_space amounts to 790.6 KiB. The place that holds most is leaf_malloc, which allocated 781.2 KiB of it (98.8%), followed by build_list (1.2%). Nothing was sampled: the values are exact. Over 65 snapshots, numbers 0 to 64, it went from 0 B to 16.9 KiB; the largest was 792.3 KiB, at number 46. This page shows number 46. 
$ hprof report -q --no-symbols --at 10 -o m.html testdata/massif/ok/a_default.ms; grep 'class="verdict">' m.html | sed 's/<[^>]*>//g'
inuse_space amounts to 9.4 KiB. The place that holds most is build_list, which allocated 9.4 KiB of it (99.8%), followed by [1 place below threshold] (0.2%). Nothing was sampled: the values are exact. Over 65 snapshots, numbers 0 to 64, it went from 0 B to 16.9 KiB; the largest was 792.3 KiB, at number 46. This page shows number 10. 
$ grep -o '<section id="[^"]*"' m.html
<section id="hp-verdict"
<section id="hp-totals"
<section id="hp-time"
<section id="hp-top"
<section id="hp-flame"
<section id="hp-functions"
<section id="hp-profile"
<section id="hp-warnings"

# of a series: the last one, or another
$ hprof report -q --no-symbols -o s.html testdata/jemalloc/ok/redis.26831.*.heap; grep 'class="verdict">' s.html | sed 's/<[^>]*>//g'
inuse_space amounts to 88.9 MiB in 324,186 objects, 288 B each on average. The place that holds most is redis-server+0x2c3a2f, which allocated 88.9 MiB of it (100.0%). Stacks first part below redis-server+0xd082f: redis-server+0xd020d and what it calls hold 62.2%, redis-server+0xd02a9 35.9%. These values are estimates from samples, one in 64.0 KiB on average. With a probability of 95%, the true total differs from this one by 4.5 MiB (5.1%) at most. Over 5 profiles, numbers 0 to 4, it went from 38.9 MiB to 88.9 MiB; the largest was 88.9 MiB, at number 4 (redis.26831.4.i4.heap). This page shows number 4 (redis.26831.4.i4.heap). 96 of 96 addresses have no function name.
$ hprof report -q --no-symbols --at 1 -o s.html testdata/jemalloc/ok/redis.26831.*.heap; grep 'class="verdict">' s.html | sed 's/<[^>]*>//g'
inuse_space amounts to 48.6 MiB in 173,375 objects, 294 B each on average. The place that holds most is redis-server+0x2c3a2f, which allocated 48.6 MiB of it (100.0%). Stacks first part below redis-server+0xd082f: redis-server+0xd02a9 and what it calls hold 65.7%, redis-server+0xd020d 29.6%. These values are estimates from samples, one in 64.0 KiB on average. With a probability of 95%, the true total differs from this one by 3.3 MiB (6.9%) at most. Over 5 profiles, numbers 0 to 4, it went from 38.9 MiB to 88.9 MiB; the largest was 88.9 MiB, at number 4 (redis.26831.4.i4.heap). This page shows number 1 (redis.26831.1.i1.heap): the last one, number 4 (redis.26831.4.i4.heap), holds 88.9 MiB. 74 of 74 addresses have no function name.
$ hprof report -q --no-symbols --sum -o s.html testdata/jemalloc/ok/redis.26831.*.heap; grep -c 'id="hp-time"' s.html
0
[1]

# a recording without a tree
$ hprof report -q --no-symbols -o h.html testdata/massif/ok/a_heapno.ms; echo $?
hprof: testdata/massif/ok/a_heapno.ms: no snapshot has a tree, only totals were recorded: "hprof timeline" shows these
3

# recordings of several processes
$ hprof report -o x.html testdata/massif/ok/a_default.ms testdata/massif/ok/x_full.ms
hprof: testdata/massif/ok/a_default.ms and testdata/massif/ok/x_full.ms are not of one recording: their times cannot be compared; give recordings of one run, or dumps without them
[2]

# rows below zero are where most was allocated, too: the furthest below
$ (echo heap_v2/1; echo '  t*: 1: 1 [0: 0]'; for i in 1 2 3 4 5 6 7 8 9 10 11 12 13; do printf '@ 0x%x0\n  t*: -%d: -%d [0: 0]\n' $i $i ${i}000; done; printf '@ 0x10000\n  t*: 3: 50000 [0: 0]\n') > neg.heap; hprof report -q -o neg.html neg.heap; sed -n '/id="hp-top"/,/<.section>/p' neg.html | sed 's/<[^>]*>/ /g' | grep '[0-9]'
 13 functions are below zero, -88.9 KiB together; 3 of these, -5.9 KiB, are left out. 
  48.8 KiB   122.0%   122.0%   48.8 KiB   122.0%   0x10000      
  -3.9 KiB   -9.8%   112.2%   -3.9 KiB   -9.8%   0x40      
  -4.9 KiB   -12.2%   100.0%   -4.9 KiB   -12.2%   0x50      
  -5.9 KiB   -14.6%   85.4%   -5.9 KiB   -14.6%   0x60      
  -6.8 KiB   -17.1%   68.3%   -6.8 KiB   -17.1%   0x70      
  -7.8 KiB   -19.5%   48.8%   -7.8 KiB   -19.5%   0x80      
  -8.8 KiB   -22.0%   26.8%   -8.8 KiB   -22.0%   0x90      
  -9.8 KiB   -24.4%   2.4%   -9.8 KiB   -24.4%   0xa0      
  -10.7 KiB   -26.8%   -24.4%   -10.7 KiB   -26.8%   0xb0      
  -11.7 KiB   -29.3%   -53.7%   -11.7 KiB   -29.3%   0xc0      
  -12.7 KiB   -31.7%   -85.4%   -12.7 KiB   -31.7%   0xd0      
$ printf 'heap_v2/1\n  t*: 1: 1 [0: 0]\n@ 0x10\n  t*: -1: -100 [0: 0]\n@ 0x20\n  t*: -1: -300 [0: 0]\n' | hprof report -q -o below.html -; sed -n '/id="hp-top"/,/<.section>/p' below.html | sed 's/<[^>]*>/ /g' | grep '[0-9]'
 2 functions are below zero, -400 B together. 
  -100 B   -25.0%   -25.0%   -100 B   -25.0%   0x10      
  -300 B   -75.0%   -100.0%   -300 B   -75.0%   0x20      

# nothing is loaded, and nothing but the page's own script and style may run
$ grep -cE 'src=|href=|url\(|@import' r.html
0
[1]
$ grep -c "default-src 'none'; script-src 'sha256-[^']*'; style-src 'sha256-[^']*'; base-uri 'none'; form-action 'none'" r.html
1

# the hashes are those of what stands there
$ python3 -c "import re,hashlib,base64; t=open('r.html',encoding='utf-8').read(); h=lambda s: 'sha256-'+base64.b64encode(hashlib.sha256(s.encode()).digest()).decode(); print([h(s) in t.split('</head>')[0] for s in re.findall(r'<style>(.*?)</style>',t,re.S)+re.findall(r'<script>(.*?)</script>',t,re.S)])"
[True, True]

# without a script there is no data either
$ hprof flame --no-symbols --no-script -o f.html testdata/jemalloc/ok/m.heap && grep -c '<script' f.html
0
[1]

# what a report can be
$ hprof report -o x.txt testdata/jemalloc/ok/m.heap
hprof: -o x.txt: a report is a page, expected the end ".html" or ".pdf"
[2]
$ hprof report
hprof: a PROFILE is missing ("hprof --help" shows the forms)
[2]

# into a pipe everything is written
$ hprof report --no-symbols testdata/jemalloc/ok/m.heap | head -n 1; hprof flame --no-symbols --svg-outlines testdata/jemalloc/ok/m.heap | head -n 1; hprof export --no-symbols --to pprof -o - testdata/jemalloc/ok/m.heap | od -A n -t x1 -N 2
<!DOCTYPE html>
<?xml version="1.0" encoding="UTF-8"?>
 1f 8b

# of several profiles: hints name modules of the right profile, however many each has
$ map() { printf 'heap_v2/%s\n@ 0x%s\n  t*: 1: %s [0: 0]\nMAPPED_LIBRARIES:\n' $1 $2 $3; for i in $(seq $4); do printf '%x000-%x000 r-xp 00000000 08:01 %d /nowhere/lib%s%d.so\n' $((i * 16)) $((i * 16 + 8)) $i $5 $i; done; }; map 1 10010 100 1 a > sum-a; map 1 2b0010 5000 43 b > sum-b; map 65536 170010 700000 23 c > sum-c
$ for n in 'a b' 'b a' 'a b c'; do set -- $n; hprof report -q --sum -o s.html $(printf 'sum-%s ' $n); grep -o '<li>[^:]*of the bytes have no function name; most are in [^,]*' s.html; done
<li>100.0% of the bytes have no function name; most are in &quot;/nowhere/libb43.so&quot;
<li>100.0% of the bytes have no function name; most are in &quot;/nowhere/libb43.so&quot;
<li>100.0% of the bytes have no function name; most are in &quot;/nowhere/libc23.so&quot;

# facts of the picture and the exports are those of all
$ hprof flame -q --no-symbols --sum -o s.svg sum-a sum-c sum-b; grep -o '>sum-a and[^<]*\|>jemalloc[^<]*' s.svg; hprof flame -q --no-symbols --base sum-c -o s.svg sum-a; grep -o '>jemalloc[^<]*' s.svg
>sum-a and 2 more
>sum-a and 2 more
>jemalloc, not sampled; jemalloc, sampled: one in 64.0 KiB on average, standard error 3.3 KiB
>jemalloc, not sampled; jemalloc, sampled: one in 64.0 KiB on average, standard error 3.3 KiB; width: the larger of before and after
$ hprof export -q --no-symbols --to pprof --sum -o s.pb sum-a sum-c sum-b; hprof info --json -q --no-symbols s.pb | grep -o '"sampling_period":[0-9]*\|"path":"[^"]*"'
"sampling_period":0
"path":"/nowhere/liba1.so"
"path":"/nowhere/libc23.so"
"path":"/nowhere/libb43.so"
$ for o in callgrind dhat speedscope; do hprof export -q --no-symbols --to $o --sum -o s.out sum-a sum-c sum-b; grep -m 1 -ao 'cmd:.*\|"cmd":"[^"]*"\|"name":"sum[^"]*"' s.out; done
cmd: sum-a and 2 more
"cmd":"sum-a and 2 more"
"name":"sum-a and 2 more"

# a series whose last profile is empty, or next to nothing: the largest, with the reason
$ { echo 'heap() { printf "heap_v2/1\n  t*: 1: %s [0: 0]\n@ 0x1000 0x2000\n  t*: 1: %s [0: 0]\nMAPPED_LIBRARIES:\n" $1 $1; }'; echo 'show() { hprof report --no-symbols -o e.html "$@" 2>&1 | grep -v warning; grep -o "amounts to <b>[^<]*\|No samples" e.html; grep -o "Over [0-9]* profiles.*" e.html | sed "s/<[^>]*>//g"; }'; echo 'part() { sed -n "/id=\"$2\"/,/<\/section>/s/<[^>]*>/ /gp" $1 | tr -s " "; }'; } > tools.sh
$ . ./tools.sh; mkdir end; heap 100 > end/p.3.0.i0.heap; heap 9000 > end/p.3.1.i1.heap; heap 700 > end/p.3.2.i2.heap; printf 'heap_v2/1\n  t*: 0: 0 [0: 0]\n\nMAPPED_LIBRARIES:\n' > end/p.3.3.f.heap; show end; part e.html hp-time | grep '\.heap [^ ]'; show --last end; show --at 1 end
hprof: note: the report shows the largest profile, end/p.3.1.i1.heap: the last one, end/p.3.3.f.heap, is empty (--last shows that)
amounts to <b>8.8 KiB
Over 4 profiles, numbers 0 to 3, it went from 100 B to 0 B; the largest was 8.8 KiB, at number 1 (p.3.1.i1.heap). This page shows number 1 (p.3.1.i1.heap), the largest: the last one, number 3 (p.3.3.f.heap), is empty. 
 end/p.3.0.i0.heap and 3 more 
 end/p.3.0.i0.heap and 3 more 
 0 first 100 B p.3.0.i0.heap [unknown] 0x1000 100 B 
 1 largest, shown here 8.8 KiB p.3.1.i1.heap [unknown] 0x1000 8.8 KiB 
No samples
No samples
Over 4 profiles, numbers 0 to 3, it went from 100 B to 0 B; the largest was 8.8 KiB, at number 1 (p.3.1.i1.heap). This page shows number 3 (p.3.3.f.heap). 
amounts to <b>8.8 KiB
Over 4 profiles, numbers 0 to 3, it went from 100 B to 0 B; the largest was 8.8 KiB, at number 1 (p.3.1.i1.heap). This page shows number 1 (p.3.1.i1.heap), the largest: the last one, number 3 (p.3.3.f.heap), is empty. 
$ . ./tools.sh; rm end/p.3.3*; show end; rm end/p.3.1*; show end; heap 899 > end/p.3.4.i4.heap; heap 90 > end/p.3.5.i5.heap; show end; heap 89 > end/p.3.5.i5.heap; show end; show -q end
hprof: note: the report shows the largest profile, end/p.3.1.i1.heap: the last one, end/p.3.2.i2.heap, holds 7.8% of it (--last shows that)
amounts to <b>8.8 KiB
Over 3 profiles, numbers 0 to 2, it went from 100 B to 700 B; the largest was 8.8 KiB, at number 1 (p.3.1.i1.heap). This page shows number 1 (p.3.1.i1.heap), the largest: the last one, number 2 (p.3.2.i2.heap), holds 700 B, 7.8% of that. 
amounts to <b>700 B
Over 2 profiles, numbers 0 to 1, it went from 100 B to 700 B; the largest was 700 B, at number 1 (p.3.2.i2.heap). This page shows number 1 (p.3.2.i2.heap). 
amounts to <b>90 B
Over 4 profiles, numbers 0 to 3, it went from 100 B to 90 B; the largest was 899 B, at number 2 (p.3.4.i4.heap). This page shows number 3 (p.3.5.i5.heap). 
hprof: note: the report shows the largest profile, end/p.3.4.i4.heap: the last one, end/p.3.5.i5.heap, holds 9.9% of it (--last shows that)
amounts to <b>899 B
Over 4 profiles, numbers 0 to 3, it went from 100 B to 89 B; the largest was 899 B, at number 2 (p.3.4.i4.heap). This page shows number 2 (p.3.4.i4.heap), the largest: the last one, number 3 (p.3.5.i5.heap), holds 89 B, 9.9% of that. 
amounts to <b>899 B
Over 4 profiles, numbers 0 to 3, it went from 100 B to 89 B; the largest was 899 B, at number 2 (p.3.4.i4.heap). This page shows number 2 (p.3.4.i4.heap), the largest: the last one, number 3 (p.3.5.i5.heap), holds 89 B, 9.9% of that. 

# a series with values below zero: what tells most is farthest from 0
$ . ./tools.sh; negative() { rm -rf below; mkdir below; n=0; for i; do heap $i > below/p.3.$n.i$n.heap; n=$((n + 1)); done; show below; }; for totals in "0 -5000" "-1 -5000" "100 -5000" "-5000 0" "-5000 1" "-5000 -1" "5000 -1"; do echo "$totals:"; negative $totals; done
0 -5000:
amounts to <b>-4.9 KiB
Over 2 profiles, numbers 0 to 1, it went from 0 B to -4.9 KiB; the largest was 0 B, at number 0 (p.3.0.i0.heap). This page shows number 1 (p.3.1.i1.heap). 
-1 -5000:
amounts to <b>-4.9 KiB
Over 2 profiles, numbers 0 to 1, it went from -2 B to -4.9 KiB; the largest was -2 B, at number 0 (p.3.0.i0.heap). This page shows number 1 (p.3.1.i1.heap). 
100 -5000:
amounts to <b>-4.9 KiB
Over 2 profiles, numbers 0 to 1, it went from 100 B to -4.9 KiB; the largest was 100 B, at number 0 (p.3.0.i0.heap). This page shows number 1 (p.3.1.i1.heap). 
-5000 0:
hprof: note: the report shows the profile farthest below zero, below/p.3.0.i0.heap: the last one, below/p.3.1.i1.heap, is empty (--last shows that)
amounts to <b>-4.9 KiB
Over 2 profiles, numbers 0 to 1, it went from -4.9 KiB to 0 B; the largest was 0 B, at number 1 (p.3.1.i1.heap). This page shows number 0 (p.3.0.i0.heap): the last one, number 1 (p.3.1.i1.heap), is empty. 
-5000 1:
hprof: note: the report shows the profile farthest below zero, below/p.3.0.i0.heap: the last one, below/p.3.1.i1.heap, is next to nothing beside it (--last shows that)
amounts to <b>-4.9 KiB
Over 2 profiles, numbers 0 to 1, it went from -4.9 KiB to 2 B; the largest was 2 B, at number 1 (p.3.1.i1.heap). This page shows number 0 (p.3.0.i0.heap): the last one, number 1 (p.3.1.i1.heap), holds 2 B. 
-5000 -1:
hprof: note: the report shows the profile farthest below zero, below/p.3.0.i0.heap: the last one, below/p.3.1.i1.heap, holds 0.0% of it (--last shows that)
amounts to <b>-4.9 KiB
Over 2 profiles, numbers 0 to 1, it went from -4.9 KiB to -2 B; the largest was -2 B, at number 1 (p.3.1.i1.heap). This page shows number 0 (p.3.0.i0.heap): the last one, number 1 (p.3.1.i1.heap), holds -2 B. 
5000 -1:
hprof: note: the report shows the largest profile, below/p.3.0.i0.heap: the last one, below/p.3.1.i1.heap, is next to nothing beside it (--last shows that)
amounts to <b>4.9 KiB
Over 2 profiles, numbers 0 to 1, it went from 4.9 KiB to -2 B; the largest was 4.9 KiB, at number 0 (p.3.0.i0.heap). This page shows number 0 (p.3.0.i0.heap), the largest: the last one, number 1 (p.3.1.i1.heap), holds -2 B. 

# facts of several profiles, and of a base: those of each
$ . ./tools.sh; d=testdata/jemalloc/ok; hprof report -q --no-symbols --sum -o s.html $d/sysn.7523.0.f.heap $d/redis.26831.0.i0.heap testdata/gperftools/ok/sample.heap; for p in hp-profile hp-threads hp-modules; do part s.html $p; done | grep .....
 The profiles 
 stacks deepest cut file format writer sampling shown, command 
 5 16 20 sysn.7523.0.f.heap jemalloc jemalloc one in 1.0 KiB on average 
 21 24 0 redis.26831.0.i0.heap jemalloc jemalloc one in 64.0 KiB on average 
 5 8 7 sample.heap gperftools gperftools one in 4.0 KiB on average 
 deepest: frames of the deepest stack; cut: frames of allocators that were cut. 
 total exactly recorded sample type file 
 908 908 182 inuse_objects sysn.7523.0.f.heap 
 739.8 KiB 757,542 669,379 inuse_space sysn.7523.0.f.heap 
 172,050 172,050 602 inuse_objects redis.26831.0.i0.heap 
 38.9 MiB 40,808,292 2,036,139 inuse_space redis.26831.0.i0.heap 
 381,924 381,924 1,002 alloc_objects redis.26831.0.i0.heap 
 64.5 MiB 67,658,869 3,136,894 alloc_space redis.26831.0.i0.heap 
 14,852 14,852 214 inuse_objects sample.heap 
 1.5 MiB 1,530,347 668,594 inuse_space sample.heap 
 Threads 
 value share thread file 
 38.9 MiB 100.0% 0 redis.26831.0.i0.heap 
 344.7 KiB 46.6% 0 t.pie sysn.7523.0.f.heap 
 199.6 KiB 27.0% 2 worker A sysn.7523.0.f.heap 
 195.5 KiB 26.4% 1 wrk-B sysn.7523.0.f.heap 
 Modules, and how their addresses were named 
 addresses named with a line status symbols module build ID, note files 
 72 0 0 unread none /srv/bench1/redis/src/redis-server redis.26831.0.i0.heap 
 11 0 0 unread none /srv/hprof/tests/s sample.heap 
 9 0 0 unread none /srv/hprof/tests/t.pie sysn.7523.0.f.heap 
 3 0 0 unread none /usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2 sysn.7523.0.f.heap 
 4 0 0 unread none /usr/lib/x86_64-linux-gnu/libc.so.6 sysn.7523.0.f.heap 
 2 0 0 unread none /usr/lib/x86_64-linux-gnu/libc.so.6 redis.26831.0.i0.heap, sample.heap 
 6 0 0 unread none /usr/lib/x86_64-linux-gnu/libjemalloc.so.2 sysn.7523.0.f.heap 
 1 0 0 unread none /usr/lib/x86_64-linux-gnu/libstdc++.so.6.0.30 sysn.7523.0.f.heap 
 2 0 0 unread none /usr/lib/x86_64-linux-gnu/libstdc++.so.6.0.30 sample.heap 
 3 0 0 unread none /usr/lib/x86_64-linux-gnu/libtcmalloc.so.4.5.10 sample.heap 
$ . ./tools.sh; d=testdata/jemalloc/ok; hprof report -q --no-symbols --inuse_objects --base $d/sysn.7523.0.f.heap -o s.html $d/redis.26831.0.i0.heap; part s.html hp-threads | grep heap; part s.html hp-profile | grep -c '(base)'
 172,050 100.0% 0 redis.26831.0.i0.heap 
 812 89.4% 0 t.pie sysn.7523.0.f.heap (base) 
 49 5.4% 2 worker A sysn.7523.0.f.heap (base) 
 48 5.3% 1 wrk-B sysn.7523.0.f.heap (base) 
3
$ . ./tools.sh; d=testdata/jemalloc/ok; mkdir twin; cp $d/m.heap twin/m.heap; hprof report -q --no-symbols --sum -o s.html $d/m.heap twin/m.heap; part s.html hp-modules | grep all; part s.html hp-profile | grep -o '[^ ]*m.heap'
 4 0 0 unread none /srv/hprof/tests/rec all 
 3 0 0 unread none /usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2 all 
 7 0 0 unread none /usr/lib/x86_64-linux-gnu/libc.so.6 all 
 9 0 0 unread none /usr/lib/x86_64-linux-gnu/libjemalloc.so.2 all 
 1 0 0 unread none /usr/lib/x86_64-linux-gnu/libstdc++.so.6.0.30 all 
testdata/jemalloc/ok/m.heap
twin/m.heap
testdata/jemalloc/ok/m.heap
testdata/jemalloc/ok/m.heap
twin/m.heap
twin/m.heap

# values below zero: they are said, and nothing is drawn of no size
$ for i in 1 2; do hprof report -q --no-symbols -o below.html testdata/gperftools/below/x.000$i.heap && grep -o 'amounts to.*difference\.' below.html; hprof flame -q --no-symbols -o below.svg testdata/gperftools/below/x.000$i.heap && grep -o 'what is below zero[^<"]*' below.svg | head -1; grep -ciE 'nan|width="-' below.svg || true; done
amounts to <b>585.9 KiB</b> in 6 objects, 97.7 KiB each on average. -293.0 KiB of it is below zero: counters of the writer ran under or over, or the file is a difference.
what is below zero, -293.0 KiB in all, has no width
0
amounts to <b>-390.6 KiB</b>. -878.9 KiB of it is below zero: counters of the writer ran under or over, or the file is a difference.
what is below zero, -878.9 KiB in all, has no width
0

# a sum of profiles, with objects and without
$ for o in testdata/jemalloc/ok/m.heap testdata/massif/ok/a_default.ms; do hprof report -q --no-symbols --sum -o sum.html testdata/jemalloc/ok/m.heap $o; sed 's/<[^>]*>/ /g' sum.html | grep -o 'the sum of 2 profiles.*holds most'; done
the sum of 2 profiles, in 6 objects, 102.7 KiB each on average. The place that holds most
the sum of 2 profiles. The place that holds most
