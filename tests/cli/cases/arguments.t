# the program and the profile, in any order
$ mkdir -p empty; printf 'int main(void) { return 0; }\n' >p.c; ${CC:-cc} -o prog p.c; hprof top -q --no-symbols -n 1 testdata/jemalloc/ok/m.heap prog; hprof collapsed -q --no-symbols testdata/jemalloc/ok/frag.heap prog; hprof --text -q --no-symbols testdata/jemalloc/ok/frag.heap prog | head -1
inuse_space: total 308.0 KiB
        flat   flat%    sum%         cum    cum%  name
   224.0 KiB   72.7%   72.7%   224.0 KiB   72.7%  rec+0x11ff
... 18 more rows with 84.0 KiB flat (27.3%); -n 0 shows all
[no stack] 524800
server+0x12ff;server+0x11ef 1049633
Total: 1.5 MB
$ hprof diff -q --no-symbols testdata/jemalloc/ok/frag.heap testdata/jemalloc/ok/frag.heap prog | head -1
inuse_space: 1.5 MiB before, 1.5 MiB after, delta 0 B (standard error 1.2 MiB)
$ cp prog other; hprof top prog testdata/jemalloc/ok/m.heap other; hprof top other prog
hprof: "prog" and "other" are ELF files: give the program alone, and others as --binary MODULE=FILE
hprof: "other" and "prog" are ELF files: give the program alone, and others as --binary MODULE=FILE
[2]
$ hprof top prog
hprof: "prog" is an ELF file: a PROFILE is missing behind it
[2]
$ hprof top testdata/jemalloc/ok/m.heap testdata/jemalloc/ok/frag.heap prog
hprof: 2 profiles are a series: --sum adds them up, --last takes the last, --at N another; to compare two: hprof diff BASE NEW
[2]

# programs of other systems
$ printf '\317\372\355\376\7\0\0\1' >mach; printf 'MZ\220\0\3\0\0\0' >w.exe; hprof top mach testdata/jemalloc/ok/m.heap; hprof tree testdata/jemalloc/ok/m.heap w.exe
hprof: mach: is a Mach-O file of macOS: only ELF files can be read
hprof: w.exe: is a PE file of Windows: only ELF files can be read
[3]

# a file to write without -o
$ hprof flame testdata/jemalloc/ok/m.heap y.svg; hprof report testdata/jemalloc/ok/m.heap new/r.html; hprof export --to csv testdata/jemalloc/ok/m.heap x.csv
hprof: "y.svg" does not exist: did you mean -o y.svg?
hprof: "new/r.html" does not exist: did you mean -o new/r.html?
hprof: "x.csv" does not exist: did you mean -o x.csv?
[2]
$ hprof flame -q --no-symbols -o y.svg testdata/jemalloc/ok/m.heap; hprof flame testdata/jemalloc/ok/m.heap y.svg; hprof flame y.svg
hprof: "y.svg" is no profile: did you mean -o y.svg?
hprof: y.svg: line 1: this is a picture (SVG), not a heap profile that can be read here
[3]
$ cp testdata/jemalloc/ok/frag.heap named.svg; hprof top -q --no-symbols --last named.svg testdata/jemalloc/ok/m.heap | head -1; hprof collapsed -q --no-symbols --sum named.svg testdata/jemalloc/ok/frag.heap
inuse_space: total 1.5 MiB (standard error 887.1 KiB)
[no stack] 1049600
server+0x12ff;server+0x11ef 2099265
$ hprof top testdata/jemalloc/ok/m.heap missing.heap; ls missing.heap y.svg
hprof: missing.heap: cannot open: No such file or directory
ls: cannot access 'missing.heap': No such file or directory
y.svg
[2]

# a folder in a difference
$ mkdir dumps; cp testdata/jemalloc/ok/redis.26831.*.heap dumps; hprof diff testdata/jemalloc/ok/m.heap dumps; hprof diff dumps testdata/jemalloc/ok/m.heap
hprof: dumps holds 5 profiles: --last takes the last of them, --at N another, --sum adds them up
hprof: dumps holds 5 profiles: --last takes the last of them, --at N another, --sum adds them up
[2]
$ hprof diff -q --no-symbols --at 3 testdata/jemalloc/ok/redis.26831.0.i0.heap dumps | head -1; hprof diff -q --no-symbols --at 0 dumps testdata/jemalloc/ok/redis.26831.0.i0.heap | head -1; hprof diff -q --no-symbols --last testdata/jemalloc/ok/redis.26831.0.i0.heap dumps | head -1; hprof diff -q --no-symbols --sum testdata/jemalloc/ok/redis.26831.0.i0.heap dumps | head -1
inuse_space: 38.9 MiB before, 67.4 MiB after, delta +28.5 MiB (standard error 2.5 MiB)
inuse_space: 38.9 MiB before, 38.9 MiB after, delta 0 B (standard error 2.2 MiB)
inuse_space: 38.9 MiB before, 88.9 MiB after, delta +50.0 MiB (standard error 2.8 MiB)
inuse_space: 38.9 MiB before, 301.7 MiB after, delta +262.7 MiB (standard error 4.5 MiB)

# commands that are not there
$ hprof help tp
hprof: unknown command "tp": did you mean "top"? ("hprof --help" lists them)
[2]
$ hprof help top tree
hprof: help is for one command: "hprof help top"
[2]
$ hprof tpo
hprof: unknown command "tpo": did you mean "top"? ("hprof --help" lists them)
[2]
$ hprof help TREE
hprof: unknown command "TREE": did you mean "tree"? ("hprof --help" lists them)
[2]
$ hprof flamegraph x
hprof: unknown command "flamegraph": did you mean "flame"? ("hprof --help" lists them)
[2]
$ hprof --help inf
hprof: unknown command "inf": did you mean "info"? ("hprof --help" lists them)
[2]
$ hprof help frobnicate
hprof: unknown command "frobnicate" ("hprof --help" lists them; to see a profile: hprof top PROFILE)
[2]
$ hprof help top | head -1; hprof help | head -1; hprof help help | head -1; hprof help --json | head -1
usage: hprof top [OPTION...] [BINARY] PROFILE
hprof 0.1.0 - what is in a heap profile
hprof 0.1.0 - what is in a heap profile
hprof 0.1.0 - what is in a heap profile

# long options with one dash
$ hprof top -nodecount=5 testdata/jemalloc/ok/m.heap
hprof: unknown option "-nodecount=5": options of several letters have two dashes, --nodecount=5 ("hprof top --help" lists them)
[2]
$ hprof top -sample_index=alloc_space testdata/jemalloc/ok/m.heap
hprof: unknown option "-sample_index=alloc_space": options of several letters have two dashes, --sample_index=alloc_space ("hprof top --help" lists them)
[2]
$ hprof -text testdata/jemalloc/ok/m.heap
hprof: unknown option "-text": options of several letters have two dashes, --text ("hprof --help" lists them)
[2]
$ hprof flame -output x.svg testdata/jemalloc/ok/m.heap
hprof: unknown option "-output": options of several letters have two dashes, --output ("hprof flame --help" lists them)
[2]
$ hprof top -nosuch testdata/jemalloc/ok/m.heap
hprof: -n, --rows: found "osuch", expected a number of rows, 0 for all
[2]
$ hprof top --no-symbols -qn1 testdata/jemalloc/ok/m.heap; hprof top --no-symbols -q -n 1 testdata/jemalloc/ok/m.heap -o x; wc -l <x; hprof symbolize -fie prog 0
inuse_space: total 308.0 KiB
        flat   flat%    sum%         cum    cum%  name
   224.0 KiB   72.7%   72.7%   224.0 KiB   72.7%  rec+0x11ff
... 18 more rows with 84.0 KiB flat (27.3%); -n 0 shows all
4
??
??:0

# expressions that match nothing
$ hprof top -n 1 --no-symbols --ignore 'file:server\.cc' --hide nothing testdata/jemalloc/ok/m.heap
hprof: warning: --ignore 'file:server\.cc' matches no frame
hprof: warning: --hide 'nothing' matches no frame
inuse_space: total 308.0 KiB of 308.0 KiB
        flat   flat%    sum%         cum    cum%  name
   224.0 KiB   72.7%   72.7%   224.0 KiB   72.7%  rec+0x11ff
... 18 more rows with 84.0 KiB flat (27.3%); -n 0 shows all
$ hprof top -n 1 --no-symbols --ignore libc --focus rec testdata/jemalloc/ok/m.heap
inuse_space: total 0 B of 308.0 KiB
no stack is left by --focus, --ignore or --thread
$ hprof top --json --no-symbols --show "it's" --focus rec --focus '"no"' testdata/jemalloc/ok/m.heap; hprof tree -q --no-symbols --focus nothing testdata/jemalloc/ok/m.heap
hprof: warning: --focus '"no"' matches no frame
hprof: warning: --show 'it's' matches no frame
{"schema":"hprof/top/1","sample_type":"inuse_space","unit":"bytes","total":0,"unfiltered_total":315392,"rows":[],"warnings":["--focus '\"no\"' matches no frame","--show 'it's' matches no frame"]}
inuse_space: total 0 B of 308.0 KiB
no stack is left by --focus, --ignore or --thread
$ hprof diff --no-symbols --focus nothing testdata/jemalloc/ok/m.heap testdata/jemalloc/ok/frag.heap 2>&1 | grep matches
hprof: warning: --focus 'nothing' matches no frame

# a file that is not there makes no series
$ hprof top --no-symbols testdata/jemalloc/ok/m.heap y.txt
hprof: y.txt: cannot open: No such file or directory
[3]
$ hprof collapsed --no-symbols nosuch.heap testdata/jemalloc/ok/m.heap
hprof: nosuch.heap: cannot open: No such file or directory
[3]
$ hprof info --no-symbols testdata/jemalloc/ok/m.heap nosuch.heap
hprof: nosuch.heap: cannot open: No such file or directory
[3]
