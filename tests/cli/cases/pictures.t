# flame graphs as images and pages
$ hprof flame --no-symbols -o a.png testdata/jemalloc/ok/redis.26831.4.i4.heap && head -c 24 a.png | od -A d -t x1
0000000 89 50 4e 47 0d 0a 1a 0a 00 00 00 0d 49 48 44 52
0000016 00 00 09 60 00 00 04 2e
0000024
$ hprof flame --no-symbols --width 400 --scale 1 -o b.png testdata/jemalloc/ok/redis.26831.4.i4.heap && head -c 24 b.png | od -A d -t x1 | sed -n 2p
0000016 00 00 01 90 00 00 02 17
$ hprof flame --no-symbols -o a.pdf testdata/jemalloc/ok/redis.26831.4.i4.heap && head -c 5 a.pdf | od -c | head -1
0000000   %   P   D   F   -
$ hprof flame --no-symbols --svg-outlines testdata/jemalloc/ok/redis.26831.4.i4.heap > a.svg && grep -c '<text' a.svg; grep -o '<svg .* viewBox="[^"]*"' a.svg
0
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="1200px" height="535px" viewBox="0 0 1200 535"
$ hprof timeline testdata/massif/ok/a_B_full.ms --scale 3 -o t.png && head -c 24 t.png | od -A d -t x1 | sed -n 2p
0000016 00 00 0b b8 00 00 07 1a

# a report as pages
$ hprof report --no-symbols -o r.pdf testdata/massif/ok/a_B_full.ms && head -c 5 r.pdf | od -c | head -1
0000000   %   P   D   F   -
$ hprof report --no-symbols -o r.doc testdata/massif/ok/a_B_full.ms
hprof: -o r.doc: a report is a page, expected the end ".html" or ".pdf"
[2]
$ hprof flame --no-symbols --text -o r.svg testdata/massif/ok/a_B_full.ms; ls r.svg 2> /dev/null
hprof: -o r.svg: --text writes text, no picture
[2]

# the same bytes whatever the environment; a PDF has no date
$ for e in png pdf svg; do hprof flame --no-symbols --svg-outlines -o 1.$e testdata/jemalloc/ok/m.heap 2> /dev/null || hprof flame --no-symbols -o 1.$e testdata/jemalloc/ok/m.heap; done; sleep 1; export TZ=Asia/Tokyo LC_ALL=de_DE.UTF-8 SOURCE_DATE_EPOCH=1000; for e in png pdf; do hprof flame --no-symbols -o 2.$e testdata/jemalloc/ok/m.heap; done; hprof flame --no-symbols --svg-outlines -o 2.svg testdata/jemalloc/ok/m.heap; for e in png pdf svg; do cmp 1.$e 2.$e; done; grep -a -c Date 1.pdf
0
[1]

# no fonts: cairo has its own, and a warning says so
$ echo '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig></fontconfig>' > empty.conf
$ FONTCONFIG_FILE=$PWD/empty.conf hprof flame --no-symbols -o n.png testdata/jemalloc/ok/m.heap; head -c 4 n.png | od -c | head -1
hprof: n.png: warning: no fonts found: text is drawn with cairo's own, which has no letters but those of ASCII
0000000 211   P   N   G
$ FONTCONFIG_FILE=$PWD/empty.conf hprof flame --no-symbols -o n.pdf testdata/jemalloc/ok/m.heap
hprof: n.pdf: warning: no fonts found: text is drawn with cairo's own, which has no letters but those of ASCII
$ FONTCONFIG_FILE=$PWD/empty.conf hprof flame -q --no-symbols -o n.pdf testdata/jemalloc/ok/m.heap
$ FONTCONFIG_FILE=/nonexistent hprof flame --no-symbols -o n.png testdata/jemalloc/ok/m.heap 2> /dev/null && head -c 4 n.png | od -c | head -1
0000000 211   P   N   G
$ FONTCONFIG_FILE=$PWD/empty.conf hprof flame --no-symbols -o n.svg testdata/jemalloc/ok/m.heap; hprof flame --no-symbols -o m.svg testdata/jemalloc/ok/m.heap; cmp m.svg n.svg

# output that cannot be written
$ for e in png pdf svg; do ln -s /dev/full full.$e; hprof flame --no-symbols -o full.$e testdata/jemalloc/ok/m.heap; echo $?; done; hprof flame --no-symbols --svg-outlines -o full.svg testdata/jemalloc/ok/m.heap
hprof: full.png: cannot write output: No space left on device
4
hprof: full.pdf: cannot write output: No space left on device
4
hprof: full.svg: cannot write output: No space left on device
4
hprof: full.svg: cannot write output: No space left on device
[4]
$ echo kept > k.svg; (ulimit -f 8; hprof flame --no-symbols -o k.svg testdata/jemalloc/ok/m.heap); echo $?; cat k.svg; ls -A | grep -c '^[.]hprof'
hprof: k.svg: cannot write output: File too large
4
kept
0
[1]

# options that make no sense
$ hprof flame --svg-outlines -o x.png testdata/jemalloc/ok/m.heap
hprof: -o x.png: its end says what is drawn, expected one of .svg
[2]
$ hprof flame --svg-outlines --text testdata/jemalloc/ok/m.heap
hprof: --text and --svg-outlines: give one of these
[2]
$ hprof flame --scale 5 -o x.png testdata/jemalloc/ok/m.heap
hprof: --scale: found "5", expected a number from 1 to 4
[2]
$ for o in "--scale 0" "--width 0" "--diff-width union" "--diff-width churn"; do hprof flame $o -o y.svg testdata/jemalloc/ok/m.heap; echo $?; done; ls y.svg
hprof: --scale: found "0", expected a number from 1 to 4
2
hprof: --width: found "0", expected a number of pixels up to 20000
2
hprof: --diff-width: there is no difference without --base FILE
2
hprof: --diff-width: there is no difference without --base FILE
2
ls: cannot access 'y.svg': No such file or directory
[2]
$ hprof flame --width 20000 -o x.png testdata/jemalloc/ok/m.heap
hprof: --width 20000 is 40000 pixels of a PNG, expected 32767 at most (--scale 1 has fewer)
[2]
$ hprof flame --width 100 -o x.pdf testdata/jemalloc/ok/m.heap
hprof: --width: found 100, expected 300 to 20000 pixels
[2]
$ hprof flame -o x.jpg testdata/jemalloc/ok/m.heap
hprof: -o x.jpg: its end says what is drawn, expected one of .svg, .html, .png, .pdf
[2]
$ hprof top --scale 2 testdata/jemalloc/ok/m.heap
hprof: unknown option "--scale" ("hprof top --help" lists them)
[2]
$ hprof flame --no-symbols --width 300 -o x.pdf testdata/jemalloc/ok/m.heap && ls x.*
x.pdf

# values below zero have no width, and the picture says so
$ hprof flame -q --text testdata/pprof/ok/unusual.pb | head -4
inuse_space: total 56 B
pprof; what is below zero, -16 B in all, has no width

all  72 B                                                                      |
