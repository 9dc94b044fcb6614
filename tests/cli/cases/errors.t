# no command, an unknown one, a profile instead of one
$ hprof
hprof: a command is missing ("hprof --help" lists them)
[2]
$ hprof frobnicate
hprof: unknown command "frobnicate" ("hprof --help" lists them; to see a profile: hprof top PROFILE)
[2]
$ hprof testdata/jemalloc/ok/m.heap
hprof: unknown command "testdata/jemalloc/ok/m.heap" ("hprof --help" lists them; to see a profile: hprof top PROFILE)
[2]

# options
$ hprof top --frob testdata/jemalloc/ok/m.heap
hprof: unknown option "--frob" ("hprof top --help" lists them)
[2]
$ hprof top --json=yes testdata/jemalloc/ok/m.heap
hprof: --json takes no argument
[2]
$ hprof top -n x testdata/jemalloc/ok/m.heap
hprof: -n, --rows: found "x", expected a number of rows, 0 for all
[2]
$ hprof top -n
hprof: -n needs an argument
[2]
$ hprof top --unit MB testdata/jemalloc/ok/m.heap
hprof: --unit: found "MB", expected auto|B|KiB|MiB|GiB
[2]
$ hprof top --names long testdata/jemalloc/ok/m.heap
hprof: --names: found "long", expected short|full|mangled
[2]
$ hprof top --path-map /a testdata/jemalloc/ok/m.heap
hprof: --path-map: found "/a", expected OLD=NEW
[2]
$ hprof top --no-symbols --focus '(' testdata/jemalloc/ok/m.heap
hprof: "(" is no regular expression: missing closing parenthesis at character 2; expected PCRE2 syntax
[2]
$ hprof top --no-symbols --alloc-fn '[' testdata/jemalloc/ok/m.heap
hprof: "[" is no regular expression: missing terminating ] for character class at character 2; expected PCRE2 syntax
[2]
$ hprof top --no-symbols --sample-index inuse testdata/jemalloc/ok/m.heap
hprof: testdata/jemalloc/ok/m.heap: no sample type inuse in this file, which has inuse_objects, inuse_space
[3]
$ hprof info --cum testdata/jemalloc/ok/m.heap
hprof: unknown option "--cum" ("hprof info --help" lists them)
[2]

# data that the writer did not record
$ hprof top --no-symbols --alloc_space testdata/jemalloc/ok/m.heap
hprof: testdata/jemalloc/ok/m.heap: no alloc_space in this file: the writer did not accumulate (run the program with prof_accum:true)
[3]

# arguments
$ hprof top
hprof: a PROFILE is missing ("hprof --help" shows the forms)
[2]
$ hprof diff testdata/jemalloc/ok/m.heap
hprof: diff compares two profiles, found 1: hprof diff [BINARY] BASE NEW
[2]
$ hprof diff - -
hprof: standard input ("-") can be read only once
[2]
$ hprof top --no-symbols testdata/jemalloc/ok/m.heap testdata/jemalloc/ok/m.heap
hprof: 2 profiles are a series: --sum adds them up, --last takes the last, --at N another; to compare two: hprof diff BASE NEW
[2]
$ hprof top "$(command -v ls)"
hprof: "/usr/bin/ls" is an ELF file: a PROFILE is missing behind it
[2]
$ hprof formats x
hprof: formats takes no arguments, found "x"
[2]

# files that cannot be read
$ hprof top missing.heap
hprof: missing.heap: cannot open: No such file or directory
[3]
$ hprof top testdata
hprof: testdata: no profile in this folder (-v tells what is in it)
[3]
$ : >empty; hprof top empty
hprof: empty: line 1: this is an empty file, not a heap profile that can be read here
[3]
$ hprof top testdata/jemalloc/bad/no-period.heap
hprof: testdata/jemalloc/bad/no-period.heap: line 1: found "heap_v2", expected "heap_v2/<sampling period in bytes>"
[3]
$ hprof top testdata/jemalloc/bad/version3.heap
hprof: testdata/jemalloc/bad/version3.heap: line 1: found "heap_v3/1024", expected "heap_v2/<sampling period in bytes>"
[3]
$ hprof top "$(command -v ls)" empty
hprof: empty: line 1: this is an empty file, not a heap profile that can be read here
[3]

# files of other kinds are called by their names
$ for f in testdata/foreign/*; do hprof top $f; done
hprof: testdata/foreign/php-memprof.callgrind: line 1: this is a callgrind file of PHP's memprof (memprof_dump_pprof() writes one that is read), not a heap profile that can be read here
hprof: testdata/foreign/plog.7502.0.json: line 1: this is a prof_log file of jemalloc, not a heap profile that can be read here
hprof: testdata/foreign/raw.prof: line 23: found "--- profile", expected "--- heap": this is a symbolized CPU profile, not one of a heap
[3]
$ hprof top /bin/ls /bin/ls
hprof: "/bin/ls" and "/bin/ls" are ELF files: give the program alone, and others as --binary MODULE=FILE
[2]
$ gzip -c testdata/foreign/plog.7502.0.json | gzip -c >twice.gz; hprof top twice.gz
hprof: twice.gz: line 1: this is a file that was compressed twice (unpack it once), not a heap profile that can be read here
[3]
$ printf 'hello\033[31m\nworld\n' >junk; hprof top junk
hprof: junk: line 1: not a heap profile that is known: found "hello\x1b[31m", expected for example "heap_v2/524288" ("hprof formats" lists what is read)
[3]
$ printf '\200\5\225/\5\0\0\0\0\0\0\214\13tracemalloc\224\214\10Snapshot' | hprof top -
hprof: standard input: line 1: this is a snapshot of Python's tracemalloc, not a heap profile that can be read here
[3]
$ printf 'memray\0\1\2' | hprof top -
hprof: standard input: line 1: this is a memray recording, not a heap profile that can be read here
[3]
$ printf 'JAVA PROFILE 1.0.2\0' | hprof top -
hprof: standard input: line 1: this is a heap dump of Java (its objects, not its allocation sites), not a heap profile that can be read here
[3]

# a dump cut among its stacks, in a row, and inside gzip
$ head -c 1600 testdata/jemalloc/ok/j.nopie.15107.0.f.heap >cut; hprof top --no-symbols -n 1 cut
hprof: cut: warning: line 31: the file ends inside the map section; libraries may be missing
hprof: cut: warning: 29 addresses with 100.0% of the bytes lie outside every mapping: the map section is incomplete (cut?)
inuse_space: total 731.7 KiB (standard error 10.5 KiB)
        flat   flat%    sum%         cum    cum%  name
   731.7 KiB  100.0%  100.0%   731.7 KiB  100.0%  [unknown] 0x7f64cc4a2630
... 27 more rows with 0 B flat (0.0%); -n 0 shows all
$ head -n 12 testdata/jemalloc/ok/j.nopie.15107.0.f.heap >cut; hprof top --no-symbols -n 1 cut
hprof: cut: warning: the header promises 749390 bytes in use, the stacks hold 510913: the file is incomplete or damaged
hprof: cut: warning: no MAPPED_LIBRARIES section (the file may be cut): addresses stay without names
inuse_space: total 498.9 KiB (standard error 5.2 KiB)
        flat   flat%    sum%         cum    cum%  name
   498.9 KiB  100.0%  100.0%   498.9 KiB  100.0%  0x7f64cc4a2630
... 13 more rows with 0 B flat (0.0%); -n 0 shows all
$ head -c 700 testdata/jemalloc/ok/p.heap.gz >cut.gz; hprof top --no-symbols -n 1 cut.gz
hprof: cut.gz: warning: line 53: the file ends inside the map section; libraries may be missing
hprof: cut.gz: warning: the compressed data end too early, after line 53; what came before is used
hprof: cut.gz: warning: 17 addresses with 100.0% of the bytes lie outside every mapping: the map section is incomplete (cut?)
inuse_space: total 758.8 KiB (standard error 11.2 KiB)
        flat   flat%    sum%         cum    cum%  name
   758.8 KiB  100.0%  100.0%   758.8 KiB  100.0%  [unknown] 0x7f8c618a2630
... 27 more rows with 0 B flat (0.0%); -n 0 shows all
$ head -c 300 testdata/jemalloc/ok/p.heap.gz >cut.gz; printf 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' >>cut.gz; hprof top --no-symbols -n 1 cut.gz
hprof: cut.gz: offset 0: damaged gzip data (invalid distance too far back)
[3]

# output that cannot be written leaves what was there
$ echo old >kept; hprof top --no-symbols -o nofolder/x testdata/jemalloc/ok/m.heap
hprof: nofolder/x: cannot create a file beside it: No such file or directory
[4]
$ hprof collapsed --no-symbols -o kept missing.heap; cat kept
hprof: missing.heap: cannot open: No such file or directory
old
$ hprof top --no-symbols testdata/jemalloc/ok/m.heap >/dev/full
hprof: cannot write output: No space left on device
[4]
$ hprof top --no-symbols -o /dev/full testdata/jemalloc/ok/m.heap
hprof: /dev/full: cannot write output: No space left on device
[4]
$ hprof --help >/dev/full
hprof: cannot write output: No space left on device
[4]
$ hprof collapsed --no-symbols -o kept testdata/jemalloc/ok/m.heap; cut -c 1-20 kept; ls
ld-linux-x86-64.so.2
rec+0x10c0;libc.so.6
rec+0x10c0;libc.so.6
cut
cut.gz
empty
junk
kept
testdata
twice.gz

# output to a link replaces what it points at
$ ln -s kept link; hprof collapsed --no-symbols -o link testdata/jemalloc/ok/m.heap; test -L link && wc -l <kept
3

# output to a link that points at nothing makes what it points at, wherever that is
$ mkdir -p out; ln -s later dangling; hprof collapsed --no-symbols -o dangling testdata/jemalloc/ok/m.heap; readlink dangling; wc -l <later
later
3
$ ln -s ../out/far out/one; ln -s out/one two; hprof collapsed --no-symbols -o two testdata/jemalloc/ok/m.heap; readlink two out/one; wc -l <out/far; ls -A out
out/one
../out/far
3
far
one
$ ln -s "$PWD/out/absolute" three; hprof collapsed --no-symbols -o three testdata/jemalloc/ok/m.heap; test -L three && wc -l <out/absolute
3
$ ln -s nowhere/x broken; hprof collapsed --no-symbols -o broken testdata/jemalloc/ok/m.heap; readlink broken
hprof: broken: is a link into a folder that is not there
nowhere/x
$ hprof collapsed --no-symbols -o nowhere/x testdata/jemalloc/ok/m.heap
hprof: nowhere/x: cannot create a file beside it: No such file or directory
[4]
$ ln -s loop loop; hprof collapsed --no-symbols -o loop testdata/jemalloc/ok/m.heap; readlink loop
hprof: loop: cannot write: Too many levels of symbolic links
loop
$ ln -s out folder; hprof collapsed --no-symbols -o folder testdata/jemalloc/ok/m.heap; readlink folder
hprof: folder: cannot write: Is a directory
out
$ ln -s tables into; hprof export --no-symbols --to tables -o into testdata/jemalloc/ok/m.heap; readlink into; ls tables | wc -l
tables
4
$ mkdir vacant; ln -s vacant in-vacant; hprof export --no-symbols --to tables -o in-vacant testdata/jemalloc/ok/m.heap; readlink in-vacant; ls vacant | wc -l
vacant
4
$ rm -rf out later dangling two three broken loop folder into tables vacant in-vacant

# a low limit of open files is called by its name, and says what to do
$ mkdir -p root/srv/hprof/tests root/usr/lib/x86_64-linux-gnu; echo | tee root/srv/hprof/tests/rec > root/usr/lib/x86_64-linux-gnu/libjemalloc.so.2
$ ulimit -n 5; hprof top -n 1 --no-cache --sysroot root testdata/jemalloc/ok/m.heap
hprof: testdata/jemalloc/ok/m.heap: warning: /srv/hprof/tests/rec: reading it had too few open files (raise the limit: ulimit -n); its names are incomplete (and 1 more of this kind)
hprof: testdata/jemalloc/ok/m.heap: warning: no file for "/usr/lib/x86_64-linux-gnu/libc.so.6" (and 2 more): its addresses stay without names; give BINARY, --sysroot or --path-map ("hprof info" tells what was tried)
inuse_space: total 308.0 KiB
        flat   flat%    sum%         cum    cum%  name
   224.0 KiB   72.7%   72.7%   224.0 KiB   72.7%  rec+0x11ff
... 18 more rows with 84.0 KiB flat (27.3%); -n 0 shows all
$ ulimit -n 4; hprof top --no-cache --sysroot root testdata/jemalloc/ok/m.heap
hprof: testdata/jemalloc/ok/m.heap: cannot make a pipe: too many open files for one process: raise the limit (ulimit -n)
[4]
$ ulimit -n 4; hprof symbolize --no-cache -e testdata/jemalloc/ok/m.heap 0x1000
hprof: cannot make a pipe: too many open files for one process: raise the limit (ulimit -n)
[4]
$ ulimit -n 16; hprof top -n 1 --no-cache --sysroot . testdata/jemalloc/ok/m.heap
hprof: testdata/jemalloc/ok/m.heap: warning: no file for "/usr/lib/x86_64-linux-gnu/libjemalloc.so.2" (and 4 more): its addresses stay without names; give BINARY, --sysroot or --path-map ("hprof info" tells what was tried)
inuse_space: total 308.0 KiB
        flat   flat%    sum%         cum    cum%  name
   224.0 KiB   72.7%   72.7%   224.0 KiB   72.7%  rec+0x11ff
... 18 more rows with 84.0 KiB flat (27.3%); -n 0 shows all

# folders that are not there are told
$ hprof top -n 1 --no-symbols --sysroot nowhere --debug-dir nowhere2 testdata/jemalloc/ok/m.heap
hprof: warning: --sysroot nowhere: no such folder
hprof: warning: --debug-dir nowhere2: no such folder
inuse_space: total 308.0 KiB
        flat   flat%    sum%         cum    cum%  name
   224.0 KiB   72.7%   72.7%   224.0 KiB   72.7%  rec+0x11ff
... 18 more rows with 84.0 KiB flat (27.3%); -n 0 shows all

# bytes behind compressed data, and compressed data that end at once
$ (gzip -c testdata/jemalloc/ok/m.heap; echo junk) >junk.gz; hprof top --no-symbols -n 1 junk.gz
hprof: junk.gz: warning: other bytes follow the compressed data; they are left out
inuse_space: total 308.0 KiB
        flat   flat%    sum%         cum    cum%  name
   224.0 KiB   72.7%   72.7%   224.0 KiB   72.7%  rec+0x11ff
... 18 more rows with 84.0 KiB flat (27.3%); -n 0 shows all
$ (zstd -qc testdata/jemalloc/ok/m.heap; echo junk) >junk.zst; hprof top --no-symbols -n 1 junk.zst
hprof: junk.zst: warning: other bytes follow the compressed data; they are left out
inuse_space: total 308.0 KiB
        flat   flat%    sum%         cum    cum%  name
   224.0 KiB   72.7%   72.7%   224.0 KiB   72.7%  rec+0x11ff
... 18 more rows with 84.0 KiB flat (27.3%); -n 0 shows all
$ (gzip -c testdata/jemalloc/ok/m.heap; head -c 100 /dev/zero) >zero.gz; hprof top --no-symbols -n 1 zero.gz
inuse_space: total 308.0 KiB
        flat   flat%    sum%         cum    cum%  name
   224.0 KiB   72.7%   72.7%   224.0 KiB   72.7%  rec+0x11ff
... 18 more rows with 84.0 KiB flat (27.3%); -n 0 shows all
$ zstd -qc testdata/jemalloc/ok/m.heap | head -c 100 >cut.zst; hprof top --no-symbols cut.zst
hprof: cut.zst: line 1: the compressed data end before anything can be unpacked, expected a heap profile
[3]

# a FIFO in the place of BINARY is not waited for
$ mkfifo fifo; hprof top fifo testdata/jemalloc/ok/m.heap
hprof: fifo: is no regular file, expected BINARY, an ELF file
[3]
$ hprof --text fifo testdata/jemalloc/ok/m.heap
hprof: fifo: is no regular file, expected BINARY, an ELF file
[3]
$ gzip -c testdata/jemalloc/ok/m.heap | hprof --text --no-symbols /dev/fd/0 testdata/jemalloc/ok/m.heap | head -n 1
hprof: note: 2 profiles are added up, as jeprof does
Total: 0.6 MB
$ gzip -c testdata/jemalloc/ok/m.heap >fifo & hprof top --no-symbols -n 1 fifo
inuse_space: total 308.0 KiB
        flat   flat%    sum%         cum    cum%  name
   224.0 KiB   72.7%   72.7%   224.0 KiB   72.7%  rec+0x11ff
... 18 more rows with 84.0 KiB flat (27.3%); -n 0 shows all

# names in a dump cannot steer a terminal
$ printf 'heap_v2/1\n@ 0x400101\n  t*: 1: 16 [0: 0]\n  t1: 1: 16 [0: 0] a\033[31mb\nMAPPED_LIBRARIES:\n00400000-00401000 r-xp 00000000 08:01 11 /srv/a\033[31mpp\n' >esc.heap; hprof top esc.heap; hprof top "$(command -v ls)" esc.heap; hprof info esc.heap | sed -n '/^threads/,/^warn/p'; hprof collapsed --modules -q esc.heap | cat -v
hprof: esc.heap: warning: no file for "/srv/a\x1b[31mpp": its addresses stay without names; give BINARY, --sysroot or --path-map ("hprof info" tells what was tried)
inuse_space: total 16 B
        flat   flat%    sum%         cum    cum%  name
        16 B  100.0%  100.0%        16 B  100.0%  a\x1b[31mpp+0x100
hprof: esc\.heap: cannot use the file named for /srv/a\?\[31mpp: /usr/bin/ls: .* \(--force-binary uses it all the same\) (re)
threads
        16 B  1  a\x1b[31mb

modules
  /srv/a\x1b[31mpp
    status      missing, symbols: none, 0 of 1 addresses named
    note        /srv/a?[31mpp: no such file; ./a?[31mpp: no such file

warnings
a [31mpp 16

# symbolize: files, and numbers
$ hprof symbolize -e testdata/jemalloc/ok/m.heap 10
hprof: cannot use testdata/jemalloc/ok/m.heap: not an ELF file
[3]
$ hprof symbolize -e testdata 10
hprof: cannot use testdata: a directory
[3]
$ hprof symbolize -e build/nowhere --json 10
hprof: cannot use build/nowhere: no such file
[3]
$ hprof symbolize --demangle=perl 10
hprof: -C, --demangle: found "perl", expected none|auto|gnu-v3|java|gnat|dlang|rust
[2]
$ hprof symbolize -fie
hprof: -fie needs an argument
[2]
$ hprof top --workers many testdata/jemalloc/ok/m.heap
hprof: --workers: found "many", expected a number from 1 to 64, 0 for one per processor
[2]
$ hprof top --symbolizer slow testdata/jemalloc/ok/m.heap
hprof: --symbolizer: found "slow", expected fast|libdw
[2]

# a profile is not replaced by what was to be written somewhere else
$ cp testdata/jemalloc/ok/m.heap a.heap; cp a.heap b.heap; hprof top -o a.heap a.heap; hprof top -o a.heap b.heap; hprof diff -o b.heap b.heap a.heap; hprof export --to pprof -o a.heap b.heap; cmp a.heap testdata/jemalloc/ok/m.heap; cmp b.heap a.heap; for i in 1 2; do hprof export -q --no-symbols --to symbolized -o c.sym b.heap; hprof top -q --no-symbols -o c.txt b.heap; done
hprof: -o a.heap: this file is read, too: name another
hprof: -o a.heap: this is a profile (jemalloc): name another file, or remove it first
hprof: -o b.heap: this file is read, too: name another
hprof: -o a.heap: this is a profile (jemalloc): name another file, or remove it first

# no profile, but something on standard input
$ hprof top <testdata/jemalloc/ok/m.heap
hprof: a PROFILE is missing ("-" reads standard input)
[2]
$ cat testdata/jemalloc/ok/m.heap | hprof flame -o x.svg /bin/true
hprof: "/bin/true" is an ELF file: a PROFILE is missing behind it ("-" reads standard input)
[2]

# nor any other file that is read, nor one that may be found where names are looked for
$ cp testdata/jemalloc/ok/m.heap x.heap; cp x.heap y.heap; cp /bin/true prog; ln prog hard; echo 401000 10 f >my.map; echo 0x1139 >list; cp prog prog.before
$ hprof top -o prog --binary app=prog x.heap
hprof: -o prog: this file is read, too: name another
[2]
$ hprof top -o hard --path-map /srv/app=prog x.heap
hprof: -o hard: this file is read, too: name another
[2]
$ hprof diff -o prog --base-binary prog x.heap y.heap
hprof: -o prog: this file is read, too: name another
[2]
$ hprof top -o my.map --perf-map my.map x.heap
hprof: -o my.map: this file is read, too: name another
[2]
$ hprof top -o x.heap - <x.heap
hprof: -o x.heap: this file is read, too: name another
[2]
$ hprof symbolize -e prog -o prog 0x1139
hprof: -o prog: this file is read, too: name another
[2]
$ hprof symbolize -e prog -o list <list
hprof: -o list: this file is read, too: name another
[2]
$ hprof symbolize -e prog -o x.heap 0x1139
hprof: -o x.heap: this is a profile (jemalloc): name another file, or remove it first
[2]
$ hprof top -o prog x.heap
hprof: -o prog: this is an ELF file: name another file, or remove it first
[2]
$ cp my.map perf-4711.map; hprof top -o perf-4711.map x.heap
hprof: -o perf-4711.map: this is a perf map: name another file, or remove it first
[2]
$ cmp prog prog.before; cmp x.heap y.heap; cat my.map perf-4711.map list
401000 10 f
401000 10 f
0x1139
