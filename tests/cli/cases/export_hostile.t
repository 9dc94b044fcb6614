# names that could mean something to a reader
$ python3 -c 'names = [b"a\"b\\c", b"evil</script><b>", b"=1+1", b"@x", b"-y", b"+z", b"a|b`c", b"a\xff\xfe\x80b", b"tab\there\x1b[31m", b"x" * 5000, b"semi;colon", b"{rec|ord}", b"&amp;&#65;", b"(1) num", b"\\N\\l", b"\xe4\xbd\xa0", b"a,b", b"# c"]; n = len(names); open("h.prof", "wb").write(b"--- symbol\nbinary=/srv/x\n" + b"".join(b"0x%x %s\n" % (4097 + i * 256, name) for i, name in enumerate(names)) + b"---\n--- heap\nheap profile: 1: 10 [1: 10] @ heapprofile\n" + b"".join(b"1: %d [2: %d] @ 0x%x 0x%x\n" % (10 + i, 30 + i, 4097 + i * 256, 4097 + (i * 7 + 3) % n * 256) for i in range(n)))'; hprof top --show_bytes -n 0 h.prof | cut -c1-80
inuse_space: total 333 B
        flat   flat%    sum%         cum    cum%  name
        27 B    8.1%    8.1%        39 B   11.7%  # c
        26 B    7.8%   15.9%        43 B   12.9%  a,b
        25 B    7.5%   23.4%        47 B   14.1%  你
        24 B    7.2%   30.6%        51 B   15.3%  \N\l
        23 B    6.9%   37.5%        37 B   11.1%  (1) num
        22 B    6.6%   44.1%        41 B   12.3%  &amp;&#65;
        21 B    6.3%   50.5%        45 B   13.5%  {rec|ord}
        20 B    6.0%   56.5%        31 B    9.3%  semi;colon
        19 B    5.7%   62.2%        35 B   10.5%  xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
        18 B    5.4%   67.6%        39 B   11.7%  tab\x09here\x1b[31m
        17 B    5.1%   72.7%        43 B   12.9%  a\xff\xfe\x80b
        16 B    4.8%   77.5%        29 B    8.7%  a|b`c
        15 B    4.5%   82.0%        33 B    9.9%  +z
        14 B    4.2%   86.2%        37 B   11.1%  -y
        13 B    3.9%   90.1%        23 B    6.9%  @x
        12 B    3.6%   93.7%        27 B    8.1%  =1+1
        11 B    3.3%   97.0%        31 B    9.3%  evil</script><b>
        10 B    3.0%  100.0%        35 B   10.5%  a"b\c
$ hprof export --to csv h.prof | tr -d '\r' | cut -c1-60
name,address,file,line,module,flat,flat_stderr,cum,cum_stder
"# c",,"",,"",27,,39,
"a,b",,"",,"",26,,43,
"你",,"",,"",25,,47,
"\N\l",,"",,"",24,,51,
"(1) num",,"",,"",23,,37,
"&amp;&#65;",,"",,"",22,,41,
"{rec|ord}",,"",,"",21,,45,
"semi;colon",,"",,"",20,,31,
"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
"tab\x09here\x1b[31m",,"",,"",18,,39,
"a\xff\xfe\x80b",,"",,"",17,,43,
"a|b`c",,"",,"",16,,29,
"'+z",,"",,"",15,,33,
"'-y",,"",,"",14,,37,
"'@x",,"",,"",13,,23,
"'=1+1",,"",,"",12,,27,
"evil</script><b>",,"",,"",11,,31,
"a""b\c",,"",,"",10,,35,
$ hprof export --to markdown -n 0 h.prof | cut -c1-90
`inuse_space`: total 333 B

| flat | flat% | sum% | cum | cum% | name |
| ---: | ---: | ---: | ---: | ---: | :--- |
| 27 B | 8.1% | 8.1% | 39 B | 11.7% | `# c` |
| 26 B | 7.8% | 15.9% | 43 B | 12.9% | `a,b` |
| 25 B | 7.5% | 23.4% | 47 B | 14.1% | `你` |
| 24 B | 7.2% | 30.6% | 51 B | 15.3% | &#92;N&#92;l |
| 23 B | 6.9% | 37.5% | 37 B | 11.1% | `(1) num` |
| 22 B | 6.6% | 44.1% | 41 B | 12.3% | `&amp;&#65;` |
| 21 B | 6.3% | 50.5% | 45 B | 13.5% | &#123;rec&#124;ord&#125; |
| 20 B | 6.0% | 56.5% | 31 B | 9.3% | `semi;colon` |
| 19 B | 5.7% | 62.2% | 35 B | 10.5% | `xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
| 18 B | 5.4% | 67.6% | 39 B | 11.7% | `tab\x09here\x1b[31m` |
| 17 B | 5.1% | 72.7% | 43 B | 12.9% | `a\xff\xfe\x80b` |
| 16 B | 4.8% | 77.5% | 29 B | 8.7% | a&#124;b&#96;c |
| 15 B | 4.5% | 82.0% | 33 B | 9.9% | `+z` |
| 14 B | 4.2% | 86.2% | 37 B | 11.1% | `-y` |
| 13 B | 3.9% | 90.1% | 23 B | 6.9% | `@x` |
| 12 B | 3.6% | 93.7% | 27 B | 8.1% | `=1+1` |
| 11 B | 3.3% | 97.0% | 31 B | 9.3% | `evil</script><b>` |
| 10 B | 3.0% | 100.0% | 35 B | 10.5% | a&#34;b&#92;c |
$ hprof export --to dot -n 0 h.prof | grep '^n' | cut -c1-60
node [shape=box style=filled color="#555555" fontname="Helve
n0 [label="\\N\\l\n24 B (7.2%)\nof 51 B (15.3%)" tooltip="\\
n1 [label="你\n25 B (7.5%)\nof 47 B (14.1%)" tooltip="你" 
n2 [label="{rec|ord}\n21 B (6.3%)\nof 45 B (13.5%)" tooltip=
n3 [label="a,b\n26 B (7.8%)\nof 43 B (12.9%)" tooltip="a,b" 
n4 [label="a\\xff\\xfe\\x80b\n17 B (5.1%)\nof 43 B (12.9%)" 
n5 [label="&amp;amp;&amp;#65;\n22 B (6.6%)\nof 41 B (12.3%)"
n6 [label="# c\n27 B (8.1%)\nof 39 B (11.7%)" tooltip="# c" 
n7 [label="tab\\x09here\\x1b[31m\n18 B (5.4%)\nof 39 B (11.7
n8 [label="(1) num\n23 B (6.9%)\nof 37 B (11.1%)" tooltip="(
n9 [label="-y\n14 B (4.2%)\nof 37 B (11.1%)" tooltip="-y" fo
n10 [label="a\"b\\c\n10 B (3.0%)\nof 35 B (10.5%)" tooltip="
n11 [label="xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
n12 [label="+z\n15 B (4.5%)\nof 33 B (9.9%)" tooltip="+z" fo
n13 [label="evil</script><b>\n11 B (3.3%)\nof 31 B (9.3%)" t
n14 [label="semi;colon\n20 B (6.0%)\nof 31 B (9.3%)" tooltip
n15 [label="a|b`c\n16 B (4.8%)\nof 29 B (8.7%)" tooltip="a|b
n16 [label="=1+1\n12 B (3.6%)\nof 27 B (8.1%)" tooltip="=1+1
n17 [label="@x\n13 B (3.9%)\nof 23 B (6.9%)" tooltip="@x" fo
n0 -> n6 [label=" 27 B" weight=53 penwidth=4.6 color="#55555
n1 -> n5 [label=" 22 B" weight=44 penwidth=4.3 color="#55555
n2 -> n0 [label=" 24 B" weight=48 penwidth=4.4 color="#55555
n3 -> n4 [label=" 17 B" weight=34 penwidth=3.9 color="#55555
n4 -> n3 [label=" 26 B" weight=51 penwidth=4.6 color="#55555
n5 -> n11 [label=" 19 B" weight=38 penwidth=4.1 color="#5555
n6 -> n16 [label=" 12 B" weight=24 penwidth=3.4 color="#5555
n7 -> n2 [label=" 21 B" weight=42 penwidth=4.2 color="#55555
n8 -> n9 [label=" 14 B" weight=28 penwidth=3.6 color="#55555
n9 -> n8 [label=" 23 B" weight=46 penwidth=4.4 color="#55555
n10 -> n1 [label=" 25 B" weight=50 penwidth=4.5 color="#5555
n11 -> n15 [label=" 16 B" weight=32 penwidth=3.8 color="#555
n12 -> n7 [label=" 18 B" weight=36 penwidth=4.0 color="#5555
n13 -> n14 [label=" 20 B" weight=40 penwidth=4.1 color="#555
n14 -> n13 [label=" 11 B" weight=22 penwidth=3.3 color="#555
n15 -> n17 [label=" 13 B" weight=26 penwidth=3.5 color="#555
n16 -> n12 [label=" 15 B" weight=30 penwidth=3.7 color="#555
n17 -> n10 [label=" 10 B" weight=20 penwidth=3.2 color="#555
$ hprof export --to callgrind h.prof | grep '^c*fn=([0-9]*) ' | cut -c1-60
fn=(1) @x
cfn=(2) a"b\c
cfn=(17) 你
fn=(3) semi;colon
cfn=(4) evil</script><b>
fn=(5) # c
cfn=(6) =1+1
cfn=(10) +z
fn=(7) a|b`c
fn=(8) (1) num
cfn=(9) -y
cfn=(14) tab\x09here\x1b[31m
fn=(11) xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
fn=(12) a,b
cfn=(13) a\xff\xfe\x80b
cfn=(16) {rec|ord}
fn=(15) &amp;&#65;
cfn=(18) \N\l
fn=(19) [root]
$ for t in speedscope dhat; do hprof export --to $t h.prof | python3 -c 'import json, sys; d = json.load(sys.stdin); print([f["name"] if type(f) is dict else f for f in d.get("ftbl") or d["shared"]["frames"]].__repr__()[:700].replace("x" * 100, ""))'; done
['@x', 'a"b\\c', 'semi;colon', 'evil</script><b>', '# c', '=1+1', 'a|b`c', '(1) num', '-y', '+z', 'x
['[root]', '0x1301: @x (???:0:0)', '0x1001: a"b\\c (???:0:0)', '0x1a01: semi;colon (???:0:0)', '0x1101: evil</script><b> (???:0:0)', '0x2101: # c (???:0:0)', '0x1201: =1+1 (???:0:0)', '0x1601: a|b`c (???:0:0)', '0x1d01: (1) num (???:0:0)', '0x1401: -y (???:0:0)', '0x1501: +z (???:0:0)', '0x1901: xxx
$ hprof export --to folded h.prof | sed "s/^/  /" | cut -c1-60
  # c;=1+1 12
  &amp:&#65:;xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
  (1) num;-y 14
  +z;tab here [31m 18
  -y;(1) num 23
  =1+1;+z 15
  @x;a"b\c 10
  \N\l;# c 27
  a"b\c;你 25
  a,b;a���b 17
  a|b`c;@x 13
  a���b;a,b 26
  evil</script><b>;semi:colon 20
  semi:colon;evil</script><b> 11
  tab here [31m;{rec|ord} 21
  xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
  {rec|ord};\N\l 24
  你;&amp:&#65: 22
$ hprof export --to tables h.prof | python3 -c 'import json, sys; print(len([json.loads(l) for l in sys.stdin]))'
55
$ hprof timeline --csv -n 3 --focus '^[=@+]' h.prof h.prof | tr -d '\r' | head -1
index,time,time_unit,heap,extra,stacks,total,detailed,peak,profile,"tab\x09here\x1b[31m","'+z","'@x"
