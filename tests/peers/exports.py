# exports.py - every export is opened by the program it is made for, which finds hprof's own totals in it.
import collections
import csv
import html
import io
import json
import os
import re
import shutil
import subprocess
import xml.etree.ElementTree

from peerlib import (BASE_ENV, Failed, build, capture_one, find_flamegraph, find_hprof, have, hprof, hprof_json, run,
                     rustc)

TYPES = ("inuse_space", "inuse_objects", "alloc_space", "alloc_objects")
DH_VIEW = "/usr/libexec/valgrind/dh_view.js"
# The page's own code, without the page: its tree of program points, or what it throws.
DH_TREE = """
const fs = require("fs"), vm = require("vm");
vm.runInThisContext(fs.readFileSync(process.argv[1], "utf8").split("document.title")[0] + `
;globalThis.tree = (data) => {
	gData = data;
	gSelect = {childNodes: gSelectData.map(() => ({})), selectedIndex: 0};
	buildTree();
	return gRoot;
};`);
const root = tree(JSON.parse(fs.readFileSync(0, "utf8")));
console.log(JSON.stringify([root._totalBytes, root._totalBlocks, root._atTEndBytes, root._atTEndBlocks,
                            root._atTGmaxBytes]));
"""


def export(to, *args, **kw):
    return hprof("export", "-q", "--to", to, *args, **kw)


def totals(args):
    """Rounded total of each sample type."""
    found = {}
    for t in TYPES:
        found[t] = round(hprof_json("top", "-q", "--json", "--sample-index", t, *args)["total"])
    return found


def differs(what, got, want):
    return [] if got == want else ["%s: %s, hprof top says %s" % (what, got, want)]


def table(*args):
    return list(csv.DictReader(io.StringIO(export("csv", *args), newline="")))


# --- callgrind_annotate ---

def annotate(path, *args):
    """{function: numbers} and the totals, as callgrind_annotate prints them."""
    # it takes its own folder off the names of files, but not off those of called functions: be elsewhere
    p = subprocess.run(["callgrind_annotate", "--threshold=100", "--auto=no", *args, path], env=BASE_ENV, cwd="/",
                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="surrogateescape")
    if p.returncode or p.stderr:
        raise Failed("callgrind_annotate: exit %d, %s" % (p.returncode, p.stderr[:300]))
    cell = re.compile(r"\s*([\d,]+)(?: \(\s*[\d.]+%\))?(?= |$)")
    rows, total = collections.defaultdict(lambda: [0] * len(TYPES)), None
    for line in p.stdout.splitlines():
        numbers, at = [], 0
        while len(numbers) < len(TYPES):
            m = cell.match(line, at)
            if not m:
                break
            numbers.append(int(m[1].replace(",", "")))
            at = m.end()
        rest = line[at:].strip()
        if len(numbers) < len(TYPES) or not rest:
            continue
        if rest == "PROGRAM TOTALS":
            total = numbers
            continue
        name = rest.split(":", 1)[1].rsplit(" [", 1)[0]
        rows[name] = [a + b for a, b in zip(rows[name], numbers)]
    return rows, total


def callgrind(report, work, name, args, want):
    if have("callgrind_annotate"):
        report.skip(name + "/callgrind_annotate", "not here (package valgrind)")
        return
    path = os.path.join(work, "out.callgrind")
    export("callgrind", "-o", path, *args)
    with open(path, errors="replace") as f:
        events = [line.split()[1:] for line in f if line.startswith("events:")][0]
    own, total = annotate(path)
    bad = differs("totals", total, [want[e] for e in events])
    below, _ = annotate(path, "--inclusive=yes")
    for row in table("-n", "0", *args):
        label = row["name"]
        for what, rows, column in (("flat", own, "flat"), ("cum", below, "cum")):
            # names that need their file to be told apart have it in callgrind's
            found = sum(v[0] for k, v in rows.items() if k == label or k.startswith(label + " ("))
            same = sum(int(r[column]) for r in table_of(args) if r["name"] == label)
            if found != same:
                bad.append("%s of %s: %d, hprof says %d" % (what, label, found, same))
    report.check(name + "/callgrind_annotate", bad, "%d functions" % len(own))


def table_of(args, kept={}):
    key = tuple(args)
    if key not in kept:
        kept[key] = table(*args)
    return kept[key]


# --- pictures ---

def dot(report, work, name, args, base):
    if have("dot"):
        report.skip(name + "/dot", "not here (package graphviz)")
        return
    rows = table_of(args)
    for case, more, count in (("graph", ["-n", "0"], len(rows)), ("10 nodes", ["-n", "10"], min(10, len(rows))),
                              ("lines", ["--lines", "-n", "0"], None), ("difference", ["--base", base], None)):
        text = export("dot", *more, *args)
        p = subprocess.run(["dot", "-Tsvg"], input=text, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                           errors="surrogateescape", env=BASE_ENV)
        bad = ["exit %d, said: %s" % (p.returncode, p.stderr[:300])] if p.returncode or p.stderr else []
        svg = xml.etree.ElementTree.fromstring(p.stdout)
        nodes = [g for g in svg.iter("{http://www.w3.org/2000/svg}g") if g.get("class") == "node"]
        if count is not None and len(nodes) != count:
            bad.append("%d nodes, expected %d" % (len(nodes), count))
        shown = "".join(svg.itertext())
        if case == "graph":
            bad += ["%s is not in the picture" % r["name"] for r in rows if r["name"] not in shown and
                    len(r["name"]) < 100]
        if case == "10 nodes" and len(rows) > 10 and "10 of %d rows" % len(rows) not in shown:
            bad.append("nothing tells what was left out")
        report.check("%s/dot, %s" % (name, case), bad, "%d nodes" % len(nodes))


def flamegraph(report, name, args, base):
    script = find_flamegraph()
    if not script or have("perl"):
        report.skip(name + "/flamegraph.pl", "no flamegraph.pl (package libdevel-nytprof-perl)")
        return
    for to, more in (("folded", []), ("difffolded", ["--base", base])):
        text = export(to, *more, *args)
        p = subprocess.run(["perl", script], input=text, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                           errors="surrogateescape", env=BASE_ENV)
        bad = ["exit %d, said: %s" % (p.returncode, p.stderr[:300])] if p.returncode or p.stderr else []
        xml.etree.ElementTree.fromstring(p.stdout)
        if to == "difffolded":
            doc = hprof_json("diff", "-q", "--json", base, args[-1])
            before = sum(int(line.rsplit(" ", 2)[1]) for line in text.splitlines())
            after = sum(int(line.rsplit(" ", 1)[1]) for line in text.splitlines())
            bad += differs("before", before, round(doc["base_total"]))
            bad += differs("after", after, round(doc["base_total"] + doc["total"]))
        report.check("%s/%s | flamegraph.pl" % (name, to), bad)


# --- JSON ---

def check_speedscope(doc):
    """What the schema asks for."""
    frames = doc["shared"]["frames"]
    bad = [] if doc["$schema"] == "https://www.speedscope.app/file-format-schema.json" else ["wrong schema"]
    for f in frames:
        if not isinstance(f["name"], str) or not set(f) <= {"name", "file", "line", "col"}:
            bad.append("frame %r" % f)
    for p in doc["profiles"]:
        if p["type"] != "sampled" or p["unit"] not in ("bytes", "none") or p["startValue"] != 0:
            bad.append("profile %s" % p["name"])
        if len(p["samples"]) != len(p["weights"]) or sum(p["weights"]) != p["endValue"]:
            bad.append("weights of %s do not add up" % p["name"])
        if any(type(w) is not int or w <= 0 for w in p["weights"]):
            bad.append("weights of %s" % p["name"])
        if any(not s or min(s) < 0 or max(s) >= len(frames) for s in p["samples"]):
            bad.append("samples of %s" % p["name"])
        if len(set(map(tuple, p["samples"]))) != len(p["samples"]):
            bad.append("a stack of %s comes twice" % p["name"])
    return bad


def speedscope(report, name, args, base, want):
    doc = json.loads(export("speedscope", *args))
    bad = check_speedscope(doc)
    bad += differs("totals", {p["name"]: p["endValue"] for p in doc["profiles"]}, want)
    first = json.loads(export("speedscope", "--alloc_objects", *args))["profiles"][0]["name"]
    if doc["activeProfileIndex"] != 0 or first != "alloc_objects":
        bad.append("the chosen type is not the first: %s" % first)
    lines = {(r["name"], r["file"], r["line"]) for t in TYPES for r in table("--lines", "--sample-index", t, *args)}
    found = {(f["name"], f.get("file", ""), str(f.get("line", "")))
             for f in json.loads(export("speedscope", "--lines", *args))["shared"]["frames"]}
    bad += ["frame %s %s:%s is no row" % f for f in sorted(found - lines) if not f[0].endswith(")")][:3]
    report.check(name + "/speedscope", bad, "%d frames" % len(doc["shared"]["frames"]))
    doc = json.loads(export("speedscope", "--base", base, *args))
    bad = check_speedscope(doc)
    ends = {p["name"]: p["endValue"] for p in doc["profiles"]}
    for t in TYPES:
        d = hprof_json("diff", "-q", "--json", "--sample-index", t, base, args[-1])
        bad += differs(t, ends[t + " grown"] - ends[t + " shrunk"], round(d["total"]))
    report.check(name + "/speedscope, difference", bad)


def dhat(report, name, args, want):
    text = export("dhat", *args)
    doc = json.loads(text)
    bad = []
    stacks = [tuple(p["fs"]) for p in doc["pps"]]
    if len(set(stacks)) != len(stacks):
        bad.append("a stack comes twice")
    if doc["ftbl"][0] != "[root]" or len(set(doc["ftbl"])) != len(doc["ftbl"]):
        bad.append("frames are not distinct")
    # what the Firefox Profiler takes apart
    plain = re.compile(r"^0x([0-9a-f]+): (.+) \((.+):(\d+):(\d+)\)$")
    bad += ["frame %s" % f for f in doc["ftbl"][1:] if not plain.match(f) and not f.startswith("[")][:3]
    sums = [sum(p[k] for p in doc["pps"]) for k in ("tb", "tbk", "eb", "ebk", "gb")]
    expected = [want[t] for t in ("alloc_space", "alloc_objects", "inuse_space", "inuse_objects", "inuse_space")]
    bad += differs("sums", sums, expected)
    report.check(name + "/dhat", bad, "%d points" % len(stacks))
    if have("node") or not os.path.exists(DH_VIEW):
        report.skip(name + "/dh_view", "no node, or no %s (package valgrind)" % DH_VIEW)
        return
    shown = run(["node", "-e", DH_TREE, DH_VIEW], stdin=text)
    report.check(name + "/dh_view", differs("its tree", json.loads(shown), expected))


# --- tables ---

def csv_and_markdown(report, name, args, want):
    bad = []
    for t in TYPES:
        rows = table("--sample-index", t, *args)
        bad += differs("csv, " + t, sum(int(r["flat"]) for r in rows), want[t])
    doc = {(r["name"], r.get("file", ""), r.get("module", "")): r
           for r in hprof_json("top", "-q", "--json", *args)["rows"]}
    rows = table_of(args)
    for r in rows:
        other = doc.get((r["name"], r["file"], r["module"]))
        if other is None:
            bad.append("%s is no row of top" % r["name"])
        elif abs(int(r["cum"]) - other["cum"]) > len(rows) + 10:
            bad.append("cum of %s: %s, top says %s" % (r["name"], r["cum"], other["cum"]))
    report.check(name + "/csv", bad, "%d rows" % len(rows))
    text = export("markdown", "-n", "0", "--show_bytes", *args).splitlines()
    cells = [line.split(" | ") for line in text[4:] if line.startswith("| ")]
    names = [html.unescape(c[5].rsplit(" |", 1)[0].strip("`")) for c in cells]
    bad = differs("rows", len(cells), len(hprof_json("top", "-q", "--json", *args)["rows"]))
    bad += ["%s is not in the table" % r["name"] for r in rows if r["name"] not in "\n".join(names)][:3]
    report.check(name + "/markdown", bad)


def sqlite(report, work, name, folder, dumps):
    if have("sqlite3"):
        report.skip(name + "/sqlite3", "not here (package sqlite3)")
        return
    script = ".mode ascii\n.separator \"\\037\" \"\\n\"\n"
    for t in ("dumps", "stacks", "samples", "symbols"):
        script += "create table %s_raw(line);\n.import %s/%s.ndjson %s_raw\n" % (t, folder, t, t)
    script += """.mode list
.separator "|" "\\n"
create table samples as select line->>'dump_id' d, line->>'stack_id' s, line->>'inuse_space' v from samples_raw;
create table stacks as select line->>'stack_id' s, line->>'$.frames[0]' leaf, line->'locations' l from stacks_raw;
create unique index once on stacks(s);
select 'total', line->>'path', line->>'inuse_space', (select sum(v) from samples where d = line->>'dump_id'
 and s in (select s from stacks)) from dumps_raw;
select 'loose', count(*) from stacks, json_each(l) where value not in (select line->>'location_id' from symbols_raw);
select 'leaf', leaf, sum(v) from samples join stacks using(s) where d = (select line->>'dump_id' from dumps_raw limit 1)
 group by leaf;
"""
    p = subprocess.run(["sqlite3", ":memory:"], input=script, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                       errors="surrogateescape", env=BASE_ENV, cwd=work)
    bad = ["said: " + p.stderr[:300]] if p.stderr else []
    leaves = {}
    for line in p.stdout.splitlines():
        cell = line.split("|")
        if cell[0] == "total":
            want = round(hprof_json("top", "-q", "--json", cell[1])["total"])
            bad += differs(cell[1], [int(cell[2]), int(cell[3])], [want, want])
        elif cell[0] == "loose":
            bad += differs("locations without symbols", cell[1], "0")
        else:
            leaves["|".join(cell[1:-1])] = int(cell[-1])
    top = hprof_json("top", "-q", "--json", dumps[0])["rows"]
    largest = max(top, key=lambda r: r["flat"])
    got = leaves.get(largest["name"], 0)
    if abs(got - largest["flat"]) > len(top) + 10:
        bad.append("the largest, %s: %d, hprof top says %s" % (largest["name"], got, largest["flat"]))
    if p.stdout.count("total|") != len(dumps):
        bad.append("%d dumps, expected %d" % (p.stdout.count("total|"), len(dumps)))
    report.check(name + "/sqlite3", bad)


def rows_of(folder, name):
    with open(os.path.join(folder, name + ".ndjson"), errors="surrogateescape") as f:
        return [json.loads(line) for line in f]


def same_identities(report, work, name, exe):
    """Two runs of one program, and one of a copy elsewhere, in exports of their own."""
    copy = os.path.join(work, "elsewhere", os.path.basename(exe))
    os.makedirs(os.path.dirname(copy), exist_ok=True)
    shutil.copy(exe, copy)
    ids = []
    for i, program in enumerate((exe, exe, copy)):
        dump = capture_one(os.path.join(work, "run%d" % i), [program], lg=0)
        folder = os.path.join(work, "run%d.tables" % i)
        shutil.rmtree(folder, ignore_errors=True)
        export("tables", "-o", folder, dump)
        ids.append({r["stack_id"]: (r["frames"], r["lines"]) for r in rows_of(folder, "stacks")})
    bad = ["%d stacks" % len(ids[0])] if len(ids[0]) < 5 else []
    for i in (1, 2):
        if ids[i] != ids[0]:
            bad.append("run %d: %d stacks, %d of them as in the first" %
                       (i, len(ids[i]), len(ids[i].keys() & ids[0].keys())))
    report.check(name + "/stack ids over runs and places", bad, "%d stacks" % len(ids[0]))


def tables(report, work, name, dumps):
    folder = os.path.join(work, "tables")
    shutil.rmtree(folder, ignore_errors=True)
    export("tables", "-o", folder, *dumps)
    sqlite(report, work, name, folder, dumps)
    alone = os.path.join(work, "alone")
    bad = []
    for i, dump in enumerate(dumps):  # what one export says is what exports of their own say
        shutil.rmtree(alone, ignore_errors=True)
        export("tables", "-o", alone, dump)
        key = rows_of(alone, "dumps")[0]["dump_id"]
        if rows_of(alone, "samples") != [r for r in rows_of(folder, "samples") if r["dump_id"] == key]:
            bad.append("samples of %s differ" % dump)
        shared = {r["stack_id"] for r in rows_of(folder, "stacks")}
        bad += ["stack %s" % r["stack_id"] for r in rows_of(alone, "stacks") if r["stack_id"] not in shared][:3]
    report.check(name + "/tables, together and apart", bad)


def run_group(report, work, long):
    work = os.path.join(work, "exports")
    os.makedirs(work, exist_ok=True)
    dumps = []
    for lang, compiler, source in (("c", "gcc", "shapes.c"), ("c++", "g++", "widgets.cc"),
                                   ("rust", rustc(), "traits.rs")):
        name = "exports/" + lang
        if not compiler or have(compiler):
            report.skip(name, "no compiler for " + source)
            continue
        exe = build(compiler, source, os.path.join(work, "prog-" + lang), "-g", *([] if lang == "rust" else ["-O2"]))
        prefix = os.path.join(work, "heap-" + lang.replace("+", "p"))
        dump = capture_one(prefix, [exe], conf="prof_accum:true")
        base = capture_one(prefix + "-base", [exe], lg=14, conf="prof_accum:true")
        dumps.append(dump)
        args = [dump]
        want = totals(args)
        callgrind(report, work, name, args, want)
        dot(report, work, name, args, base)
        flamegraph(report, name, args, base)
        speedscope(report, name, args, base, want)
        dhat(report, name, args, want)
        csv_and_markdown(report, name, args, want)
        same_identities(report, work, name, exe)
    if len(dumps) > 1:
        tables(report, work, "exports", dumps)
    python = shutil.which("python3", path="/usr/bin")
    if python:  # recursion, inlined functions of many files, addresses without names
        dump = capture_one(os.path.join(work, "heap-python"), [python, "-c", "import json, unittest, email"], lg=12,
                           conf="prof_accum:true")
        want = totals([dump])
        callgrind(report, work, "exports/python3", [dump], want)
        dhat(report, "exports/python3", [dump], want)
        csv_and_markdown(report, "exports/python3", [dump], want)
