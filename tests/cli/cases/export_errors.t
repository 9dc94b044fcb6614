# what a target cannot follow
$ hprof export --to dhat --base x testdata/symbolized/ok/sym.prof
hprof: --to dhat takes no --base: it cannot show a difference
[2]
$ hprof export --to callgrind --lines testdata/symbolized/ok/sym.prof
hprof: --to callgrind takes no --lines, --files, --addresses or --modules: it has functions, files and lines
[2]
$ hprof export --to difffolded testdata/symbolized/ok/sym.prof
hprof: --to difffolded compares two profiles: --base FILE is missing
[2]
$ hprof export --to difffolded --base testdata/symbolized/ok/op.prof --drop-negative testdata/symbolized/ok/sym.prof
hprof: --to difffolded takes no --drop-negative: it has both values
[2]
$ hprof export --to symbolized --sum testdata/symbolized/ok/sym.prof
hprof: --to symbolized takes no --sum: it does not add profiles up
[2]
$ hprof export --to tables --base y testdata/symbolized/ok/sym.prof
hprof: --to tables takes no --base: it cannot show a difference
[2]
$ hprof export --to tables --sum testdata/symbolized/ok/sym.prof
hprof: --to tables takes no --sum: it does not add profiles up
[2]
$ hprof export --to tables --alloc_space testdata/symbolized/ok/sym.prof
hprof: --to tables takes no choice of a sample type: it has all that it can hold
[2]
$ hprof export --to csv --unit KiB testdata/symbolized/ok/sym.prof
hprof: --to csv takes no --unit: it has plain bytes
[2]
$ hprof export --to folded -n 3 testdata/symbolized/ok/sym.prof
hprof: --to folded takes no -n: it has all stacks
[2]
$ hprof export --to dot --cum testdata/symbolized/ok/sym.prof
hprof: --to dot takes no --cum: it has no such order
[2]
$ hprof export --to speedscope testdata/symbolized/ok/sym.prof testdata/symbolized/ok/op.prof
hprof: 2 profiles are a series: --sum adds them up, --last takes the last, --at N another; to compare two: hprof diff BASE NEW
[2]
$ hprof export --to csv --sample-index peak_space testdata/symbolized/ok/sym.prof
hprof: testdata/symbolized/ok/sym.prof: no sample type peak_space in this file, which has inuse_objects, inuse_space, alloc_objects, alloc_space
[3]
$ hprof export --to csv --drop-negative --base testdata/symbolized/ok/sym.prof testdata/symbolized/ok/op.prof | tr -d '\r'
name,address,file,line,module,flat,flat_stderr,cum,cum_stderr,base_flat,base_cum,significant
"It::operator--",,"",,"",100,,100,,0,0,
"main",,"",,"",0,,100,,200,300,
"Inner::go",,"",,"",0,,0,,100,100,
"Outer<int>::run",,"",,"",0,,0,,0,100,
"malloc",,"",,"",0,,0,,200,200,
$ hprof export --help | grep -- --to
usage: hprof export --to FORMAT [OPTION...] [BINARY] PROFILE...
      --to FORMAT              what to write: symbolized, folded, difffolded, speedscope, callgrind, dhat, dot, csv, markdown, pprof, tables

# sample types that a file with symbols has no numbers for
$ hprof export --to symbolized testdata/pprof/ok/types-alike.pb
hprof: testdata/pprof/ok/types-alike.pb: --to symbolized holds inuse_* and alloc_* alone, this file has a b, a;b, a_b
[3]
$ hprof export --to symbolized testdata/massif/ok/x_full.ms | grep '^heap profile'
hprof: warning: left out: free_space, free_objects (--to symbolized holds inuse_* and alloc_* alone)
heap profile: 257: 15192 [631: 971771] @ heapprofile
$ hprof export --to symbolized --alloc_space testdata/symbolized/ok/sym.prof
hprof: --to symbolized takes no choice of a sample type: it has all that it can hold
[2]

# no room on the device
$ for t in symbolized folded speedscope callgrind dhat dot csv markdown tables; do hprof export --to $t -o /dev/full testdata/symbolized/ok/sym.prof; echo $?; done
hprof: /dev/full: cannot write output: No space left on device
4
hprof: /dev/full: cannot write output: No space left on device
4
hprof: /dev/full: cannot write output: No space left on device
4
hprof: /dev/full: cannot write output: No space left on device
4
hprof: /dev/full: cannot write output: No space left on device
4
hprof: /dev/full: cannot write output: No space left on device
4
hprof: /dev/full: cannot write output: No space left on device
4
hprof: /dev/full: cannot write output: No space left on device
4
hprof: /dev/full: cannot write output: No space left on device
4
$ hprof export --to difffolded -o /dev/full --base testdata/symbolized/ok/op.prof testdata/symbolized/ok/sym.prof
hprof: /dev/full: cannot write output: No space left on device
[4]

# no half files
$ for t in folded speedscope callgrind dhat dot csv markdown; do (trap '' XFSZ; ulimit -f 1; hprof export --to $t --no-symbols -o out.$t testdata/jemalloc/ok/p.heap.gz; echo $?); done; ls -A
hprof: out.folded: cannot write output: File too large
4
hprof: out.speedscope: cannot write output: File too large
4
hprof: out.callgrind: cannot write output: File too large
4
hprof: out.dhat: cannot write output: File too large
4
hprof: out.dot: cannot write output: File too large
4
hprof: out.csv: cannot write output: File too large
4
hprof: out.markdown: cannot write output: File too large
4
testdata
$ (trap '' XFSZ; ulimit -f 1; hprof export --to tables --no-symbols -o out testdata/jemalloc/ok/p.heap.gz); ls -A
hprof: out: cannot write output: File too large
testdata

# a folder appears as a whole, in place of an empty one or none
$ hprof export --to tables -o made/ testdata/symbolized/ok/sym.prof; ls -A . made
.:
made
testdata

made:
dumps.ndjson
samples.ndjson
stacks.ndjson
symbols.ndjson
$ hprof export --to tables -o made testdata/symbolized/ok/sym.prof
hprof: -o made: is a folder with files in it, expected an empty or a new one
[2]
$ ls -A; mkdir empty; chmod 700 empty; umask 022; hprof export --to tables -o empty testdata/symbolized/ok/sym.prof; ls empty; stat -c %a empty
made
testdata
dumps.ndjson
samples.ndjson
stacks.ndjson
symbols.ndjson
755
$ hprof export --to tables -o no/where testdata/symbolized/ok/sym.prof
hprof: no/where: cannot create a folder beside it: No such file or directory
[4]
$ echo >file; hprof export --to tables -o file testdata/symbolized/ok/sym.prof
hprof: -o file: is a file, expected a folder to make
[2]
$ hprof export --to tables -o one.jsonl testdata/symbolized/ok/sym.prof; wc -l <one.jsonl; hprof export --to tables -o - testdata/symbolized/ok/sym.prof | cmp - one.jsonl; rm -r made empty file one.jsonl
16
$ mkfifo pipe; hprof export --to tables -o pipe testdata/symbolized/ok/sym.prof & wc -l <pipe; rm pipe
16
$ (echo heap_v2/1; echo '  t*: 200000: 20000000 [0: 0]'; seq 1 200000 | sed 's/.*/@ 0x& 0x5\n  t*: 1: 100 [0: 0]/') >big; hprof export -q --to tables -o slow big & p=$!; until [ -f .hprof.*/dumps.ndjson ] || ! kill -0 $p; do :; done; kill $p; wait $p; echo $?; ls -A | grep -c 'hprof\|slow'
Terminated
143
0
[1]

# a file that must not be written is not replaced, though its folder would let it be
$ d=$(mktemp -d); cp "$(command -v hprof)" testdata/pprof/ok/small.pb.gz $d; cd $d; chmod 777 .; echo old >out; chmod 444 out; user=; if [ $(id -u) = 0 ]; then user="setpriv --reuid 65534 --clear-groups"; fi; $user ./hprof export --to csv -o out small.pb.gz; echo $?; cat out; ls | tr '\n' ' '; rm -r $d
hprof: out: cannot write: Permission denied
4
old
hprof out small.pb.gz 
