# debian.py - captures of everyday programs under jemalloc: totals, leaf frames, names that own their address.
import os
import re
import shutil

import frames
from jeprof import TYPES, jeprof_table, totals_problems
from peerlib import GEN, capture_one, have, hprof_json

PYTHON = """
import json, re, collections, argparse, unittest, xml.dom.minidom, decimal, email.parser
rows = [json.loads(json.dumps({"id": i, "name": "row %d" % i, "tags": ["a%d" % (i + k) for k in range(9)]}))
        for i in range(4000)]
words = collections.Counter(re.findall(r"[a-z]+\\d*", " ".join(json.dumps(r) for r in rows)))
tree = xml.dom.minidom.parseString("<r>%s</r>" % "".join("<e n='%d'>text</e>" % i for i in range(2000)))
big = {k: [str(v)] * 20 for k, v in words.items()}
"""
NODE = """
const rows = [];
for (let i = 0; i < 20000; i++) rows.push(Buffer.from('row ' + i + 'x'.repeat(i % 5000)));
const parsed = JSON.parse(JSON.stringify(rows.slice(0, 300)));
const re = rows.map((r, i) => new RegExp('a{1,' + (i % 50 + 1) + '}b' + (i % 100))).filter(r => r.test('aab3'));
console.log(parsed.length + re.length);
"""
PERL = """
use POSIX; use Data::Dumper; use List::Util qw(sum); use Storable qw(dclone);
my %h; for my $i (1 .. 20000) { $h{"key $i"} = [map { "v$_" } 1 .. $i % 9]; }
my $copy = dclone(\\%h); my @s = sort { $a cmp $b } keys %$copy;
my $text = Dumper({map { $_ => $h{$_} } @s[0 .. 500]});
my @m = $text =~ /(v\\d+)/g; our @keep = (\\%h, $copy, \\@m, $text);
"""
SQL = """
create table t(id integer primary key, name text, value real);
with recursive c(x) as (select 1 union all select x+1 from c where x < 30000)
  insert into t select x, 'name number ' || x, x * 1.5 from c;
create index ti on t(name);
create temp table u as select a.id, b.name from t a join t b on b.id = a.id * 7 % 30000 order by b.name;
select count(*), group_concat(substr(name, 1, 3)) from u where name like '%9%';
create view v as select name, count(*) n from t group by value % 100;
select n from v order by n limit 3;
"""
# name, what to run (%d: a folder), lg_prof_sample, least number of stacks
PROGRAMS = (
    ("python3", ["/usr/bin/python3", "-c", PYTHON], 14, 150),
    ("clang", ["clang++", "-O1", "-c", os.path.join(GEN, "widgets.cc"), "-o", "/dev/null"], 18, 150),
    ("node", ["node", "-e", NODE], 14, 80),
    ("perl", ["perl", "-e", PERL], 12, 80),
    ("sqlite3", ["sqlite3", ":memory:"], 9, 80),
)
ALLOCATOR_MODULE = re.compile(r"(^|/)lib(jemalloc|tcmalloc|mimalloc)[^/]*\.so|/vgpreload_")
ALLOCATOR_NAME = re.compile(
    r"^(_*(libc_)?(malloc|calloc|realloc|reallocarray|memalign|valloc|pvalloc|free|cfree)"
    r"|posix_memalign|aligned_alloc|malloc_usable_size|operator (new|delete).*"
    r"|(je|_rjem|jet)_.*|prof_(backtrace|tctx|alloc).*|imalloc.*|fallback_impl.*|newImpl.*"
    r"|tc_.*|__rust_alloc.*|__rg_.*|__rdl_.*|alloc::alloc::.*"
    r"|(std::__new_allocator|__gnu_cxx::new_allocator|std::allocator)<.*>::allocate)(\(|$)")


def leaf_problems(dump, *args):
    """Leaf frames, at the innermost inline level, that are an allocator's."""
    doc = hprof_json("json", "--names", "full", *args, dump)
    out, leaves, alone = set(), 0, 0
    for st in doc["stacks"]:
        if not st["frames"]:
            continue
        f = st["frames"][0]
        module = doc["modules"][f["module"]]["path"] if "module" in f else ""
        name = doc["functions"][f["function"]]["name"] if "function" in f else ""
        leaves += 1
        bad = ALLOCATOR_MODULE.search(module) or ALLOCATOR_NAME.match(name)
        if bad and len(st["frames"]) == 1:
            alone += 1  # nothing but the allocator: its outermost frame stays
        elif bad:
            out.add("leaf frame %s of %s" % (name or f.get("address"), module))
    if alone * 20 > leaves:
        out.add("%d of %d stacks are nothing but the allocator" % (alone, leaves))
    return sorted(out), leaves


def without_maps(dump):
    """A copy that ends before the maps: jeprof's totals need none, and its names cost minutes."""
    path = dump + ".nomap"
    with open(dump, errors="surrogateescape") as f, \
            open(path, "w", errors="surrogateescape") as g:
        for line in f:
            if line.startswith("MAPPED_LIBRARIES:"):
                break
            g.write(line)
    return path


def capture_program(work, name, argv, lg):
    stdin = SQL if name == "sqlite3" else None
    return capture_one(os.path.join(work, name), argv, lg=lg, conf="prof_accum:true", stdin=stdin)


def one(report, work, long, name, argv, lg, least):
    dump = capture_program(work, name, argv, lg)
    info = hprof_json("info", "--json", dump)
    n = info["stacks"]
    report.check("debian/%s/stacks" % name,
                 ["only %d stacks, %d wanted" % (n, least)] if n < least else [],
                 "%d stacks, %d modules" % (n, len(info["modules"])))
    if have("jeprof"):
        report.skip("debian/%s/totals" % name, "no jeprof")
    else:
        exe = shutil.which(argv[0])
        bad = totals_problems([dump], [exe, without_maps(dump)])
        report.check("debian/%s/totals" % name, bad)
        if long:
            want = jeprof_table([exe, dump])[0]
            have_ = hprof_json("top", "--json", dump)["total"]
            report.check("debian/%s/total with maps" % name,
                         [] if abs(want - have_) <= 1 else "%s, jeprof has %s" % (have_, want))
    bad, leaves = leaf_problems(dump)
    report.check("debian/%s/no allocator on top" % name, bad, "%d leaf frames" % leaves)
    sums = []
    for t in TYPES:
        doc = hprof_json("top", "--json", "--" + t, dump)
        s = sum(r["flat"] for r in doc["rows"])
        if abs(s - doc["total"]) > 1e-6 * max(1, abs(doc["total"])):
            sums.append("%s: rows add up to %r, total %r" % (t, s, doc["total"]))
    report.check("debian/%s/rows add up" % name, sums)
    if have("nm", "readelf"):
        report.skip("debian/%s/symbols own their addresses" % name, "no " + have("nm", "readelf"))
        return
    prof = frames.Profile([dump])
    debug = {m["path"]: m.get("debug_file") for m in prof.info["modules"]}
    bad, owned = frames.check_owned(prof, lambda p: p, debug.get)
    if not owned:
        bad.append("no name comes from a symbol table alone: nothing was compared")
    report.check("debian/%s/symbols own their addresses" % name, prof.problems + bad,
                 "%d names" % owned)
    llvm_frames(report, name, prof)


def llvm_frames(report, name, prof):
    if have("llvm-symbolizer"):
        report.skip("debian/%s/frames" % name, "no llvm-symbolizer")
        return
    classes = {"label": 0, "object file": 0, "nearest": 0, "no inlines": 0, "by clang": set()}
    bad, total = [], 0
    for m in sorted({m for m, a in prof.chain if m and m.startswith("/") and a is not None}):
        more, n = frames.check_llvm(prof, m, m, frames.elf_debug(prof, m), classes)
        bad += more
        total += n
    told = ", ".join("%d %s" % (v, k) for k, v in classes.items() if k != "by clang" and v)
    report.check("debian/%s/frames as llvm-symbolizer's" % name, bad, "%d addresses; %s" % (total, told))


def run_group(report, work, long):
    work = os.path.join(work, "debian")
    os.makedirs(work, exist_ok=True)
    for name, argv, lg, least in PROGRAMS:
        if have(argv[0]):
            report.skip("debian/" + name, "no " + argv[0])
            continue
        one(report, work, long, name, argv, lg, least)
