# names come with the file
$ hprof top testdata/symbolized/ok/sym.prof
inuse_space: total 500 B
        flat   flat%    sum%         cum    cum%  name
       200 B   40.0%   40.0%       300 B   60.0%  main
       200 B   40.0%   80.0%       200 B   40.0%  malloc
       100 B   20.0%  100.0%       100 B   20.0%  Inner::go
         0 B    0.0%  100.0%       100 B   20.0%  Outer<int>::run
$ hprof top testdata/symbolized/ok/op.prof
inuse_space: total 100 B
        flat   flat%    sum%         cum    cum%  name
       100 B  100.0%  100.0%       100 B  100.0%  It::operator--
         0 B    0.0%  100.0%       100 B  100.0%  main
$ hprof info testdata/symbolized/ok/v.prof | head -9
file             testdata/symbolized/ok/v.prof
format           symbolized
writer           jemalloc
sampling         one in 512.0 KiB on average (524288 bytes)
stacks           1 (deepest: 3 frames)
allocator        0 frames cut from 0 stacks
inuse_objects    1 (1 recorded)
inuse_space      8.0 MiB (8388609 bytes, 8388608 recorded)
alloc_objects    not recorded (the writer did not accumulate)
$ printf -- '--- symbol\nbinary=/srv/x\n0x1000 outer(int)--A::operator--()--inner\n0x2000 B::operator----deep(char)\n0x3000 C::operator---last\n0x4000 D::operator-(D)--x\n---\n--- heap\nheap profile: 4: 40 [4: 40] @ heapprofile\n1: 10 [1: 10] @ 0x1000 0x9001\n1: 10 [1: 10] @ 0x2000 0x9001\n1: 10 [1: 10] @ 0x3000 0x9001\n1: 10 [1: 10] @ 0x4000 0x9001\n' >joints; hprof collapsed joints
0x9001;B::operator--;deep 10
0x9001;C::operator-;last 10
0x9001;D::operator-;x 10
0x9001;outer;A::operator--;inner 10
$ printf -- '--- symbol\n0x1001 f\n0x2001 main\n---\n--- heap\nheap profile: 1: 10 [1: 10] @ heapprofile\n1: 10 [1: 10] @ 0x1001 0x2001\n' >returns; hprof collapsed returns
main;f 10
$ printf -- '--- heap\nheap_v2/1024\n  t*: 1: 10 [0: 0]\n@ 0x1 0x2\n  t*: 1: 10 [0: 0]\n' >bare; hprof top -n 1 bare
hprof: bare: warning: no MAPPED_LIBRARIES section (the file may be cut): addresses stay without names
inuse_space: total 1.0 KiB (standard error 1.0 KiB)
        flat   flat%    sum%         cum    cum%  name
     1.0 KiB  100.0%  100.0%     1.0 KiB  100.0%  0x1
... 1 more rows with 0 B flat (0.0%); -n 0 shows all

# of PHP
$ hprof top --show_bytes testdata/symbolized/ok/php_memprof.prof
inuse_space: total 758054 B
        flat   flat%    sum%         cum    cum%  name
    591070 B   78.0%   78.0%    591070 B   78.0%  str_repeat
    100047 B   13.2%   91.2%    100047 B   13.2%  Shop\report
     57720 B    7.6%   98.8%     57720 B    7.6%  [no stack]
      8256 B    1.1%   99.9%    549006 B   72.4%  Shop\Cart::add
       585 B    0.1%  100.0%       585 B    0.1%  fopen
       320 B    0.0%  100.0%     50640 B    6.7%  array_map
        56 B    0.0%  100.0%    700334 B   92.4%  main /srv/app/cart.php
         0 B    0.0%  100.0%    549006 B   72.4%  Shop\fill
         0 B    0.0%  100.0%     50320 B    6.6%  Shop\{closure}
$ head -c 690 testdata/symbolized/ok/php_memprof.prof | hprof top -n 1 -
hprof: standard input: warning: the file ends inside a row, 280 bytes behind "--- profile"; what stands before it is used
inuse_space: total 739.7 KiB
        flat   flat%    sum%         cum    cum%  name
   577.2 KiB   78.0%   78.0%   577.2 KiB   78.0%  str_repeat
... 7 more rows with 162.5 KiB flat (22.0%); -n 0 shows all
$ (printf -- '--- symbol\n0x8 f\n---\n--- profile\n'; printf '\0\0\0\0\0\0\0\3\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\0\0\1\0\0\0\10') | hprof top -
inuse_space: total 64.0 KiB
        flat   flat%    sum%         cum    cum%  name
    64.0 KiB  100.0%  100.0%    64.0 KiB  100.0%  f
$ (printf -- '--- symbol\n0x8 f\n---\n--- profile\n'; printf '\0\0\0\0\3\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0\1') | hprof top -
hprof: standard input: line 5: 24 bytes behind "--- profile": found a stack of 16777216 addresses, expected at most 1048576
[3]
$ (printf -- '--- symbol\n0x8 f\n---\n--- profile\n'; printf '\0\0\0\0\3\0\0\0\0\0\0\0\144\0\0\0\0\0\0\0\1\0\0\0') | hprof top -
hprof: standard input: line 4: found "--- profile", expected "--- heap": this is a symbolized CPU profile, not one of a heap
[3]

# what is wrong is said
$ printf -- '--- symbol\n0x1000 f\n---\n' | hprof top -
hprof: standard input: line 3: the file ends before its profile, expected "--- heap"
[3]
$ printf -- '--- symbol\n0x1000 f\n---\n--- heap\n' | hprof top -
hprof: standard input: line 4: the file ends before its profile, expected "heap_v2/" or "heap profile:"
[3]
$ printf -- '--- symbol\n0x1000 f\n---\n--- contention\ncycles/second = 1\n' | hprof top -
hprof: standard input: line 4: found "--- contention", expected "--- heap": this is a symbolized profile of another kind
[3]
$ printf -- '--- symbol\n0x1000 f\n---\n--- heap\nnothing\n' | hprof top -
hprof: standard input: line 5: found "nothing", expected "heap_v2/<period>" or "heap profile:"
[3]
$ printf -- '--- symbol\n0xfffffffffffffffff f\n---\n--- heap\nheap_v2/1\n' | hprof top -
hprof: standard input: line 2: found no "0x<address> <function>" of at most 64 bits
[3]

# out and in again: nothing is lost
$ mkdir root; for f in testdata/jemalloc/ok/* testdata/gperftools/ok/* testdata/symbolized/ok/* testdata/massif/ok/[ax]_[!h]*; do hprof export -q --sysroot root --to symbolized -o out.sym $f || continue; for o in "" --lines "--names full" "--names mangled" --addresses --modules --no-inlines "--prune none"; do hprof top --sysroot root --json $o $f >a 2>/dev/null; hprof top --sysroot root --json $o out.sym >b 2>/dev/null; cmp -s a b || echo $f $o; done; done
$ hprof export --no-symbols --to symbolized testdata/jemalloc/ok/sysn.7523.0.f.heap >s; hprof info --json --no-symbols s | grep -o '"name":"w[^"]*"'
"name":"wrk-B"
"name":"worker A"
$ hprof export --no-symbols --to symbolized testdata/jemalloc/ok/nomap.heap | head -4
hprof: testdata/jemalloc/ok/nomap.heap: warning: no MAPPED_LIBRARIES section (the file may be cut): addresses stay without names
--- symbol
#!	no MAPPED_LIBRARIES section (the file may be cut): addresses stay without names
#0x555d909c80f1	@0x555d909c80f1
#0x7f8c61645305	@0x7f8c61645305
$ hprof export --to symbolized --focus x testdata/jemalloc/ok/nomap.heap
hprof: --to symbolized takes no --focus, --ignore, --hide, --show or --thread: it has the whole profile
[2]
$ hprof export --to nothing testdata/jemalloc/ok/nomap.heap
hprof: --to: found "nothing", expected one of: symbolized, folded, difffolded, speedscope, callgrind, dhat, dot, csv, markdown, pprof, tables
[2]
$ hprof export testdata/jemalloc/ok/nomap.heap
hprof: --to FORMAT is missing, one of: symbolized, folded, difffolded, speedscope, callgrind, dhat, dot, csv, markdown, pprof, tables
[2]

# mangled names are demangled, wherever they stand
$ printf '%s\n' '--- symbol' 'binary=/srv/app' '0x10 _ZN3foo3barEi--_RNvCs1234_7mycrate3baz' '---' '--- heap' 'heap_v2/1' '@ 0x10' '  t*: 1: 100 [0: 0]' > mangled.prof
$ printf '%s\n' 'desc: x' 'cmd: x' 'time_unit: i' '#-----------' 'snapshot=0' '#-----------' 'time=1' 'mem_heap_B=100' 'mem_heap_extra_B=0' 'mem_stacks_B=0' 'heap_tree=detailed' 'n1: 100 (heap allocation functions) malloc/new/new[], --alloc-fns, etc.' ' n0: 100 0x1: _ZN3foo3barEi (foo.cc:3)' > mangled.ms
$ hprof collapsed mangled.prof
foo::bar;mycrate::baz 100
$ hprof collapsed --names full mangled.prof
foo::bar(int);mycrate::baz 100
$ hprof collapsed --names mangled mangled.prof
_ZN3foo3barEi;_RNvCs1234_7mycrate3baz 100
$ hprof collapsed --names full mangled.ms
foo::bar(int) 100
$ hprof collapsed --names mangled mangled.ms
_ZN3foo3barEi 100
$ hprof json mangled.ms | grep linkage_name
{"name":"foo::bar","linkage_name":"_ZN3foo3barEi","file":"foo.cc"}],"stacks":[
$ hprof export --to symbolized -o again.prof mangled.ms && hprof collapsed --names mangled again.prof
_ZN3foo3barEi 100

# addresses outside of all mappings are rows of before, in pprof itself, too
$ printf 'heap_v2/1\n  t*: 7: 700 [0: 0]\n@ 0x0 0x400010 0x7f0000101000\n  t*: 3: 300 [0: 0]\n@ 0x1 0x400010 0x7f0000101001\n  t*: 4: 400 [0: 0]\n\nMAPPED_LIBRARIES:\n00400000-00500000 r-xp 00000000 08:01 1 /opt/app\n' >part.heap; cp testdata/symbolized/ok/sym.prof named.heap; cp testdata/jemalloc/ok/nomap.heap .; for f in part named nomap; do hprof top -q -n 0 --addresses --no-symbols $f.heap >$f.top; for t in pprof symbolized; do hprof export -q --no-symbols --to $t -o $f.$t $f.heap; hprof top -q -n 0 --addresses --no-symbols $f.$t | diff $f.top -; done; hprof export -q --to symbolized -o $f.again $f.pprof; hprof top -q -n 0 --addresses --no-symbols $f.again | diff $f.top -; done; hprof diff -q --no-symbols part.heap part.pprof; cat part.top
inuse_space: 700 B before, 700 B after, delta 0 B
no difference
... 5 more rows with 700 B before, 700 B after, 0 B, unchanged
inuse_space: total 700 B
        flat   flat%    sum%         cum    cum%  name
       400 B   57.1%   57.1%       400 B   57.1%  [unknown] 0x1
       300 B   42.9%  100.0%       300 B   42.9%  [unknown] 0x0
         0 B    0.0%  100.0%       700 B  100.0%  app+0xf
         0 B    0.0%  100.0%       400 B   57.1%  [unknown] 0x7f0000101001
         0 B    0.0%  100.0%       300 B   42.9%  [unknown] 0x7f0000101000
$ hprof export -q --to symbolized testdata/pprof/ok/relative.pb.gz >relative.sym; hprof export -q --to pprof --no-symbols -o relative.pb relative.sym; hprof diff -q --no-symbols testdata/pprof/ok/relative.pb.gz relative.pb; hprof top -q --addresses --no-symbols relative.pb
inuse_space: 1.0 KiB before, 1.0 KiB after, delta 0 B
no difference
... 2 more rows with 1.0 KiB before, 1.0 KiB after, 0 B, unchanged
inuse_space: total 1.0 KiB
        flat   flat%    sum%         cum    cum%  name
      1000 B   97.7%   97.7%      1000 B   97.7%  libplugin.so+0x1234
        24 B    2.3%  100.0%     1.0 KiB  100.0%  server+0x1234

# through pprof, which has addresses of calls: stacks have the addresses of before, and functions are those of before
$ for f in sysn.7523.0.f j.pie.15104.0.f nomap; do for t in pprof symbolized; do hprof export -q --no-symbols --to $t -o $f.$t testdata/jemalloc/ok/$f.heap; done; hprof export -q --no-symbols --to symbolized -o again.sym $f.pprof; sed -n 's/.*@ 0/0/p' again.sym | tr ' ' '\n' | sort -u >a; sed -n 's/.*@ 0/0/p' $f.symbolized | tr ' ' '\n' | sort -u >b; test -s a && comm -23 a b | wc -l; done
0
0
0
$ printf '%s\n' '--- symbol' '0x10 _ZN3foo3barEi' '0x20 _ZN3foo3barEPKc--_Z1gILi1EEvv' '0x2f main' '---' '--- heap' 'heap_v2/1' '@ 0x10 0x30' '  t*: 1: 100 [0: 0]' '@ 0x20 0x30' '  t*: 1: 50 [0: 0]' > through.prof; hprof export --to pprof -q -o through.pb through.prof
$ hprof collapsed --names full through.pb
main;foo::bar(char const*);void g<1>() 50
main;foo::bar(int) 100
$ hprof diff -q through.prof through.pb
inuse_space: 150 B before, 150 B after, delta 0 B
no difference
... 4 more rows with 150 B before, 150 B after, 0 B, unchanged
$ hprof diff -q through.pb through.prof
inuse_space: 150 B before, 150 B after, delta 0 B
no difference
... 4 more rows with 150 B before, 150 B after, 0 B, unchanged
