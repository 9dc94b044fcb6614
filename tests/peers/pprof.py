# pprof.py - profile.proto, written and read: beside go tool pprof, a strict checker, addr2line and readelf.
import collections
import glob
import gzip
import os
import posixpath
import re
import subprocess
import sys

from peerlib import BASE_ENV, GEN, ROOT, build, capture_one, find_hprof, have, hprof, hprof_json, run

from wire import fields, numbers, signed  # noqa: E402

sys.path.insert(0, GEN)
import profiles  # noqa: E402  (the wire format, for files that are made here)

TESTDATA = os.path.join(ROOT, "testdata")
NO_TREE = ("a_heapno.ms", "vgdb_snap.ms")  # totals only: nothing to export


# --- reading the file, by itself ---

class Proto:
    """All parts as they stand in the file; problems with what the format and its stricter readers ask for."""

    def __init__(self, path):
        self.problems = []
        with open(path, "rb") as f:
            packed = f.read()
        self.want(packed[:4] == b"\x1f\x8b\x08\x00" and packed[4:8] == bytes(4), "gzip header %r" % packed[:10])
        self.strings, self.types, self.samples, self.mappings, self.locations, self.functions = [], [], [], [], [], []
        self.number, self.comments, self.period_type = collections.Counter(), [], {}
        for f, v in fields(gzip.decompress(packed)):
            if f == 6:
                self.strings.append(v.decode("utf-8"))
            elif f == 2:
                self.samples.append(self.sample(v))
            elif f == 4:
                parts = [(k, dict(fields(x)) if k == 4 else x) for k, x in fields(v)]
                loc = {k: x for k, x in parts if k != 4}
                loc["lines"] = [x for k, x in parts if k == 4]
                self.locations.append(loc)
            elif f in (1, 3, 5):
                {1: self.types, 3: self.mappings, 5: self.functions}[f].append(dict(fields(v)))
            elif f == 11:
                self.period_type = dict(fields(v))
            elif f == 13:
                self.comments.append(self.strings[v] if v < len(self.strings) else v)
            else:
                self.want(f not in self.number, "field %d twice" % f)
                self.number[f] = v
        self.check()

    def want(self, ok, problem):
        if not ok and len(self.problems) < 10:
            self.problems.append(problem)

    @staticmethod
    def sample(v):
        out = {"stack": [], "values": [], "labels": []}
        for f, x in fields(v):
            if f == 3:
                out["labels"].append(dict(fields(x)))
            else:
                out["stack" if f == 1 else "values"] += numbers(x)
        out["values"] = [signed(x) for x in out["values"]]
        return out

    def s(self, i):
        return self.strings[i] if i else ""

    def check(self):
        self.want(self.strings and self.strings[0] == "", "the first string is not empty")
        self.want(len(set(self.strings)) == len(self.strings), "a string is there twice")
        for what, table in (("mapping", self.mappings), ("location", self.locations), ("function", self.functions)):
            self.want([x.get(1) for x in table] == list(range(1, len(table) + 1)), "%s ids are not 1 to N" % what)
        for f in self.functions:
            self.want(f.get(2), "a function without a name")
        for m in self.mappings:
            self.want(m.get(2, 0) < m.get(3, 0), "an empty mapping")
        seen_names = collections.Counter()
        for loc in self.locations:
            m = self.mapping_of(loc)
            for x in loc["lines"]:
                self.want(0 < x.get(1, 0) <= len(self.functions), "location %d: no function" % loc[1])
                seen_names[x.get(1, 0)] += 1
            if m is None:
                continue
            self.want(m.get(2, 0) <= loc.get(3, 0) < m[3], "location %d is outside its mapping" % loc[1])
            self.want(not loc["lines"] or m.get(7), "names in a mapping without has_functions")
            self.want(len(loc["lines"]) < 2 or m.get(10), "inlined calls in a mapping without has_inline_frames")
            self.want(not any(x.get(2) for x in loc["lines"]) or m.get(9), "lines without has_line_numbers")
        self.want(len(seen_names) == len(self.functions), "a function that nobody uses")
        used, seen = set(), set()
        for s in self.samples:
            self.want(s["stack"], "a sample without a stack")
            self.want(len(s["values"]) == len(self.types) and any(s["values"]), "values %r" % s["values"])
            self.want(all(0 < x <= len(self.locations) for x in s["stack"]), "a stack without location")
            keys = [x.get(1, 0) for x in s["labels"]]
            self.want(all(keys) and len(set(keys)) == len(keys), "labels %r" % s["labels"])
            self.want(all(bool(x.get(2)) != bool(x.get(3)) for x in s["labels"]), "labels %r" % s["labels"])
            key = (tuple(s["stack"]), tuple(sorted(tuple(sorted(x.items())) for x in s["labels"])))
            self.want(key not in seen, "two samples of one stack and labels")
            seen.add(key)
            used.update(s["stack"])
        self.want(used == set(range(1, len(self.locations) + 1)), "a location that nobody uses")
        self.names = [self.s(t.get(1)) for t in self.types]
        order = ["alloc_objects", "alloc_space", "inuse_objects", "inuse_space"]
        usual = [n for n in self.names if n in order]
        self.want(usual == [n for n in order if n in usual] and self.names[:len(usual)] == usual, "types %r" % self.names)
        self.want(self.s(self.number[14]) in self.names, "the default type")
        self.want((self.s(self.period_type.get(1)), self.s(self.period_type.get(2))) == ("space", "bytes"), "period_type")

    def mapping_of(self, loc):
        return self.mappings[loc[2] - 1] if loc.get(2) else None

    def totals(self):
        return [sum(s["values"][i] for s in self.samples) for i in range(len(self.types))]

    def frames(self, loc, no_inlines=False):
        """[(function, file, line, address, module)], innermost first."""
        m = self.mapping_of(loc)
        module = posixpath.basename(self.s(m.get(5))) if m else ""
        lines = [(self.s(f.get(2)), self.s(f.get(4)), x.get(2, 0), loc.get(3, 0), module)
                 for x in loc["lines"] for f in [self.functions[x[1] - 1]]]
        return (lines[-1:] if no_inlines else lines) or [("", "", 0, loc.get(3, 0), module)]

    def rows(self, name, by="functions", no_inlines=False):
        """{name as go tool pprof writes it: (flat, cum)} of sample type @name."""
        t = self.names.index(name)
        out = collections.defaultdict(lambda: [0, 0])
        label = {loc[1]: [go_name(f, by) for f in self.frames(loc, no_inlines)] for loc in self.locations}
        for s in self.samples:
            stack = [n for x in s["stack"] for n in label[x]]
            out[stack[0]][0] += s["values"][t]
            for n in set(stack):
                out[n][1] += s["values"][t]
        return {n: tuple(v) for n, v in out.items() if any(v)}


def go_name(frame, by):
    name, file, line, addr, module = frame
    file = posixpath.normpath(file) if file else ""
    parts = ["%016x" % addr] if by == "addresses" and addr else []
    if by == "files":
        name = ""
    if name:
        parts.append(name)
    if by in ("lines", "addresses") and line:
        parts.append("%s:%d" % (file, line))
    elif by != "functions" and file:
        parts.append(file)
    elif not name:
        parts.append("[%s]" % module if module else "<unknown>")
    return " ".join(parts)


# --- go tool pprof ---

def go(*args, symbolize=False, **kw):
    return run(["go", "tool", "pprof", *([] if symbolize else ["-symbolize=none"]), *args], **kw)


def go_rows(path, name, *options):
    out, on = {}, False
    for line in go("-top", "-trim=false", "-unit=B", "-sample_index=" + name, *options, path).splitlines():
        m = re.match(r"\s*(-?\d+)B?\s+\S+%\s+\S+%\s+(-?\d+)B?\s+\S+%  (.*?)(?: \(inline\)| \(partial-inline\))?$", line)
        if on and m and (m.group(1) != "0" or m.group(2) != "0"):
            out[m.group(3)] = (int(m.group(1)), int(m.group(2)))
        on = on or line.strip().startswith("flat ")
    return out


def go_folded(path, name):
    out, stack, value, on = collections.Counter(), [], 0, False
    lines = go("-traces", "-unit=B", "-sample_index=" + name, path).splitlines()
    for line in lines + ["-----------+"]:
        if line.startswith("-----------+"):
            if stack and value:
                out[";".join(reversed(stack))] += value
            stack, value, on = [], 0, True
            continue
        m = re.match(r"^( {13}|(.{10,}?) {3})(\S.*)$", line)
        if not on or not m or (not stack and re.match(r"^ *[^ :]+:  ", line)):
            continue
        if not stack and m.group(2):
            value = int(m.group(2).strip().rstrip("B") or 0)
        stack.append(re.sub(r" \(inline\)$", "", m.group(3)))
    return dict(out)


def differences(ours, theirs, who="go tool pprof", near=0):
    def far(a, b):
        return a is None or b is None or any(abs(x - y) > near for x, y in zip(a, b))
    return ["%s: %r, %s has %r" % (n, ours.get(n), who, theirs.get(n))
            for n in sorted(set(ours) | set(theirs)) if far(ours.get(n), theirs.get(n))]


# --- the cases ---

def export(dump, out, *options, env=None):
    hprof("export", "-q", "--to", "pprof", "-o", out, *options, env=env)
    return Proto(out)


def totals_problems(p, args):
    doc = hprof_json("info", "-q", "--json", *args)
    want = {t["name"]: round(t["total"]) for t in doc["sample_types"]}
    got = dict(zip(p.names, p.totals()))
    bad = [] if got == want else ["totals %r, hprof info has %r" % (got, want)]
    if doc["format"] != "pprof" and p.number[12] < 1:  # of other pprof files it may be unknown
        bad.append("no period")
    return bad


def hprof_rows(path, name, *options):
    return hprof_json("top", "-q", "--json", "--sample-index", name, *options, path)["rows"]


def named(p):
    return {p.s(f.get(2)) for f in p.functions}


def read_problems(p, path, name):
    """
    What hprof reads out of the file, beside Go.  Go puts functions of one name into one row, hprof
    tells those of several files or modules apart: their flat values are added up, and cum is
    compared where there is one.  Frames without a name are one row per module in Go.
    """
    bad = []
    for option, by in (("--functions", "functions"), ("--lines", "lines"), ("--files", "files")):
        theirs = go_rows(path, name, "-" + by)
        ours = collections.defaultdict(list)
        for r in hprof_rows(path, name, option):
            frame = (r["name"] if r["name"] in named(p) else "", r.get("file", ""), r.get("line", 0), 0, "")
            key = go_name(frame, by)
            if key != "<unknown>" and (round(r["flat"]) or round(r["cum"])):
                ours[key].append((round(r["flat"]), round(r["cum"])))
        for n, rows in ours.items():
            flat = sum(v[0] for v in rows)
            if n not in theirs or flat != theirs[n][0] or (len(rows) == 1 and rows[0][1] != theirs[n][1]):
                bad.append("%s %s: %r, go tool pprof has %r" % (by, n, rows, theirs.get(n)))
        bad += ["%s %s is missing" % (by, n) for n in theirs
                if n not in ours and not n.startswith("[") and n != "<unknown>"]
    return bad


def folded_problems(path, name):
    ours = collections.Counter()
    for line in hprof("collapsed", "-q", "--sample-index", name, path).splitlines():
        stack, value = line.rsplit(" ", 1)
        frames = [re.sub(r"^(?:(\S*)\+0x[0-9a-f]+|(\[anon\]))$", r"[\1\2]", f) for f in stack.split(";")]
        ours[";".join("<unknown>" if re.match(r"^(\[unknown\] )?0x[0-9a-f]+$", f) else f for f in frames)] += int(value)
    theirs = collections.Counter()
    for stack, value in go_folded(path, name).items():
        theirs[stack.replace("::", "\0").replace(":", ":").replace("\0", "::")] += value
    printed = [{re.sub(r"[ \x80-\x9f]", "", k): (v,) for k, v in x.items()} for x in (ours, theirs)]  # controls are blanks, or left out
    return differences(*printed)


def back_problems(args, path):
    """The file read by hprof, beside what it was made of: each stack was rounded, and so a row is near."""
    bad = []
    for option in ("--functions", "--lines", "--no-inlines", "--alloc_space"):
        if option == "--alloc_space" and "alloc_space" not in Proto(path).names:
            continue
        a, b = (hprof_json("top", "-q", "--json", option, *x) for x in (args, [path]))
        if round(a["total"]) != b["total"]:
            bad.append("%s: total %r, was %r" % (option, b["total"], a["total"]))
        rows = [{}, {}]
        for doc, out in ((a, rows[0]), (b, rows[1])):
            for r in doc["rows"]:
                key = "%s %s:%s %s" % (re.sub(r"(\+0x|^0x|^\[unknown\] 0x).*", r"\1", r["name"]), r.get("file"), r.get("line"), r.get("module"))
                flat, cum = out.get(key, (0, 0))
                out[key] = (flat + r["flat"], cum + r["cum"])
        rows = [{k: v for k, v in x.items() if v[1] >= 2} for x in rows]
        bad += ["%s %s" % (option, d) for d in differences(rows[1], rows[0], "the original", near=1 + len(a["rows"]))]
    return bad


def one_dump(report, work, name, args, go_top=True):
    path = os.path.join(work, "out.pb.gz")
    p = export(args[-1], path, *args)
    again = os.path.join(work, "again.pb.gz")
    export(args[-1], again, *args)
    with open(path, "rb") as a, open(again, "rb") as b:
        bad = [] if a.read() == b.read() else ["two runs differ"]
    bad += p.problems
    go("-raw", path)
    bad += totals_problems(p, args)
    report.check("pprof/%s/valid, totals" % name, bad, "%d samples" % len(p.samples))
    bad = []
    for t in p.names if go_top else []:
        for by, options in (("functions", ()), ("functions", ("-noinlines",)), ("lines", ()), ("files", ()), ("addresses", ())):
            bad += differences(p.rows(t, by, bool(options)), go_rows(path, t, "-" + by, *options))
    report.check("pprof/%s/rows in Go" % name, bad, "%d types" % len(p.names))
    bad = []
    for t in p.names if go_top else []:
        bad += read_problems(p, path, t) + folded_problems(path, t)
    bad += back_problems(args, path)
    report.check("pprof/%s/read back" % name, bad)


def testdata(report, work):
    for kind in ("jemalloc", "gperftools", "massif", "symbolized", "pprof"):
        for dump in sorted(glob.glob(os.path.join(TESTDATA, kind, "ok", "*"))):
            base = os.path.basename(dump)
            if base in NO_TREE:
                hprof("export", "--to", "pprof", "-o", os.path.join(work, "none"), dump, ok=(3,))
                continue
            one_dump(report, work, "%s/%s" % (kind, base), [dump], go_top=base != "hostile.pb.gz")


def programs(work):
    for name, cc, source, flags in (("C", "cc", "shapes.c", ["-g", "-O2", "-pthread"]),
                                    ("C++", "c++", "widgets.cc", ["-g", "-O2", "-std=c++17", "-pthread"])):
        exe = build(cc, source, os.path.join(work, name, "prog"), *flags)
        yield name, exe, capture_one(os.path.join(work, name, "heap"), [exe], conf="prof_accum:true")


def inlines(p, exe):
    """Lines of a location beside the order of addr2line -i, which tells inlined calls innermost first."""
    bad, several = [], 0
    start = {os.path.realpath(p.s(m.get(5))): m for m in p.mappings}.get(os.path.realpath(exe))
    if not start:
        return ["no mapping of the program"], 0
    exec_at = next(line.split() for line in run(["readelf", "-lW", exe]).splitlines() if " R E " in line)
    bias = start[2] - start.get(4, 0) - (int(exec_at[2], 16) - int(exec_at[1], 16))
    for loc in p.locations:
        if p.mapping_of(loc) is not start or len(loc["lines"]) < 2:
            continue
        several += 1
        out = run(["addr2line", "-a", "-f", "-i", "-e", exe, hex(loc[3] - bias)]).splitlines()[1:]
        want = [(out[i], int(re.search(r":(\d+)", out[i + 1]).group(1))) for i in range(0, len(out), 2)]
        got = [(p.s(p.functions[x[1] - 1].get(3)), x.get(2, 0)) for x in loc["lines"]]
        want = want[-len(got):]  # allocators were cut
        plain = [(a, b) for (a, _), (b, _) in zip(got, want) if re.match(r"[A-Za-z]\w*$", a)]
        if [line for _, line in got] != [line for _, line in want] or any(a != b for a, b in plain):
            bad.append("%x: %r, addr2line has %r" % (loc[3], got, want))
    return bad + ([] if several else ["no location has inlined calls"]), several


def places(p, exe, dump):
    """Addresses, mappings and build IDs as the dump and the files have them."""
    bad, maps = [], []
    with open(dump) as f:
        text = f.read()
    calls = {int(a, 16) - 1 for line in re.findall(r"^@ (.*)$", text, re.M) for a in line.split()}
    for line in re.findall(r"^([0-9a-f]+-[0-9a-f]+) ..x. ([0-9a-f]+) \S+ \S+ +(/.*)$", text, re.M):
        start, limit = (int(x, 16) for x in line[0].split("-"))
        maps.append((start, limit, int(line[1], 16), line[2]))
    bad += ["address %x is not in the dump" % x[3] for x in p.locations if x.get(3) and x[3] not in calls]
    got = [(m.get(2, 0), m[3], m.get(4, 0), p.s(m.get(5))) for m in p.mappings]
    bad += ["mapping %r is not in the dump" % (m,) for m in got if m[3].startswith("/") and m not in maps]
    bad += ["mapping %r is missing" % (m,) for m in maps if m not in got]
    if os.path.realpath(got[0][3]) != os.path.realpath(exe):
        bad.append("the first mapping is %s" % got[0][3])
    used = {x.get(2) for x in p.locations}
    for m in p.mappings:
        want = re.search(r"Build ID: ([0-9a-f]+)", run(["readelf", "-n", p.s(m.get(5))], ok=(0, 1))) \
            if m[1] in used and os.path.exists(p.s(m.get(5))) else None
        if want and p.s(m.get(6)) != want.group(1):
            bad.append("build ID of %s: %s, readelf has %s" % (p.s(m.get(5)), p.s(m.get(6)), want.group(1)))
    if not p.s(p.mappings[0].get(6)):
        bad.append("the program has no build ID")
    return bad


def no_second_naming(work, p, path, args):
    """
    With the binaries there, and nothing forbidden, Go must not name anything anew, not even what
    has no name: libjemalloc is stripped, and Go would put exported symbols where their code is not.
    """
    whole = os.path.join(work, "whole.pb.gz")
    q = export(None, whole, "--prune", "none", *args)
    bad = []
    for x in (path, whole):
        quiet = [go("-top", "-trim=false", x, symbolize=s) for s in (False, True)]
        bad += [] if quiet[0] == quiet[1] else ["go tool pprof names addresses anew"]
    used = {x.get(2) for x in q.locations}
    bad += ["%s may be named anew" % q.s(m.get(5)) for m in q.mappings
            if m[1] in used and os.path.exists(q.s(m.get(5))) and not m.get(7)]
    templates = [n for n in named(p) if "<" in n and "::" in n]
    rows = go_rows(path, "inuse_space")
    bad += ["%s is not among the rows of Go" % n for n in templates if n not in rows and n in p.rows("inuse_space")]
    return bad, len(templates)


def to_gperftools(dump, out):
    """A dump of jemalloc with the values of all threads, as Go's reader of old formats takes it."""
    stack, lines, maps = None, [], False
    with open(dump) as f:
        period = f.readline().split("/")[1].strip()
        for line in f:
            maps = maps or line.startswith("MAPPED_LIBRARIES")
            if maps:
                lines.append(line.rstrip("\n"))
            elif line.startswith("@"):
                stack = line.strip()
            elif line.startswith("  t*:"):
                values = line[5:].strip()
                lines.append(values + " " + stack if stack else "heap profile: %s @ heap_v2/%s" % (values, period))
    with open(out, "w") as f:
        f.write("\n".join(lines).replace("MAPPED_LIBRARIES", "\nMAPPED_LIBRARIES") + "\n")


def raw_stacks(path):
    """{addresses: [values, number of samples]} of go tool pprof -raw."""
    text = go("-raw", path)
    addr = {m[0]: int(m[1], 16) for m in re.findall(r"^ +(\d+): (0x[0-9a-f]+)", text[text.index("\nLocations"):], re.M)}
    out = {}
    for values, stack in re.findall(r"^ *((?:-?\d+ *)+): ([\d ]+?) *$", text[:text.index("\nLocations")], re.M):
        key = tuple(addr[x] for x in stack.split())
        v, n = out.get(key, ([0] * len(values.split()), 0))
        out[key] = ([a + int(b) for a, b in zip(v, values.split())], n + 1)
    return out


def unsampling(work, dump):
    """Go scales each stack as hprof does, and cuts to whole numbers; hprof rounds each part of it."""
    text, ours, theirs = (os.path.join(work, n) for n in ("as.gperftools", "ours.pb.gz", "theirs.pb.gz"))
    to_gperftools(dump, text)
    go("-proto", "-output=" + theirs, text)
    export(dump, ours, "--no-symbols", "--prune", "none", dump)
    a, b = raw_stacks(ours), raw_stacks(theirs)
    bad = ["%d stacks, Go has %d" % (len(a), len(b))] if set(a) != set(b) else []
    for k in set(a) & set(b):
        if any(abs(x - y) > a[k][1] + b[k][1] - 1 for x, y in zip(a[k][0], b[k][0])):
            bad.append("%s: %r, Go has %r" % (" ".join(map(hex, k[:3])), a[k], b[k]))
    return bad, len(a)


def through_go(work, path):
    other = os.path.join(work, "through.pb.gz")
    go("-proto", "-output=" + other, path)
    return ["%s differs" % o for o in ("--functions", "--lines", "--addresses", "--alloc_objects")
            if hprof("top", "-q", "--json", o, path) != hprof("top", "-q", "--json", o, other)]


def split_problems(p, dump):
    """Threads and sizes of the samples add up, and are those of the dump."""
    t = p.names.index("inuse_objects")
    threads, sizes = collections.Counter(), set()
    for s in p.samples:
        label = {p.s(x[1]): p.s(x.get(2)) or x.get(3) for x in s["labels"]}
        threads[label.get("thread")] += s["values"][t]
        sizes.add(label.get("bytes"))
    want = {x["id"]: x["values"]["inuse_objects"] for x in hprof_json("info", "-q", "--json", dump)["threads"]}
    bad = [] if threads[None] <= 0.01 * sum(threads.values()) else ["%d objects of no thread" % threads[None]]
    bad += ["thread %s: %d, hprof info has %.1f" % (i, threads[i], n) for i, n in want.items()
            if abs(threads[i] - n) > 0.02 * n + len(p.samples)]
    return bad + ([] if len(sizes) > 3 else ["sizes %r" % sizes])


def without_names(p, path):
    """The same profile with mappings and build IDs, but no lines."""
    q = profiles.Profile(profiles.HEAP)
    for m in p.mappings:
        q.mapping(m[1], m.get(2, 0), m[3], m.get(4, 0), p.s(m.get(5)), p.s(m.get(6)))
    for loc in p.locations:
        q.location(loc[1], loc.get(3, 0), mapping=loc.get(2, 0))
    for s in p.samples:
        q.sample(s["stack"], [s["values"][p.names.index(n)] for n, _ in profiles.HEAP])
    with open(path, "wb") as f:
        f.write(profiles.pack(q.dump()))


def relative(work, p, exe, dump):
    """The same profile with addresses of the file and no place in memory, as Rust's writer has them."""
    start = next(m for m in p.mappings if os.path.realpath(p.s(m.get(5))) == os.path.realpath(exe))
    exec_at = next(line.split() for line in run(["readelf", "-lW", exe]).splitlines() if " R E " in line)
    bias = start[2] - start.get(4, 0) - (int(exec_at[2], 16) - int(exec_at[1], 16))
    q = profiles.Profile(profiles.HEAP)
    q.mapping(1, 0, (1 << 64) - 1, 0, exe, p.s(start.get(6)))
    for loc in p.locations:
        mine = p.mapping_of(loc) is start
        q.location(loc[1], loc.get(3, 0) - (bias if mine else 0), mapping=1 if mine else 0)
    t = [p.names.index(n) for n, _ in profiles.HEAP]
    for s in p.samples:
        q.sample(s["stack"], [s["values"][i] for i in t])
    path = os.path.join(work, "relative.pb.gz")
    with open(path, "wb") as f:
        f.write(profiles.pack(q.dump()))
    rows = [{r["name"]: (r["flat"], r["cum"]) for r in hprof_json("top", "-q", "--json", "--prune", "none", x)["rows"]
             if r.get("module") and os.path.realpath(r["module"]) == os.path.realpath(exe)}
            for x in (path, os.path.join(work, "unnamed.pb.gz"))]
    bad = differences(rows[0], rows[1], "with mappings")
    return bad + ([] if len(rows[0]) > 5 else ["only %d names" % len(rows[0])])


def wrong_build(work, p, exe):
    """A file with another build ID is not used, whatever its mappings."""
    path = os.path.join(work, "without-names.pb.gz")
    without_names(p, path)
    with open(exe, "rb") as f:
        content = f.read()
    build_id = bytes.fromhex(re.search(r"Build ID: ([0-9a-f]+)", run(["readelf", "-n", exe])).group(1))
    os.rename(exe, exe + ".away")
    try:
        with open(exe, "wb") as f:
            f.write(content.replace(build_id, bytes(reversed(build_id))))
        doc = hprof_json("info", "--json", path)
    finally:
        os.rename(exe + ".away", exe)
    m = next(x for x in doc["modules"] if os.path.realpath(x["path"]) == os.path.realpath(exe))
    bad = [] if m["status"] == "mismatch" and any("build ID" in w for w in doc["warnings"]) else ["%r" % m]
    m = next(x for x in hprof_json("info", "--json", path)["modules"] if x["path"] == m["path"])
    return bad + ([] if m["status"] == "ok" and m["resolved"] == m["addresses"] else ["the right file: %r" % m])


def captured(report, work):
    for name, exe, dump in programs(work):
        one_dump(report, work, name, [exe, dump])
        path = os.path.join(work, name + ".pb.gz")
        p = export(dump, path, exe, dump)
        bad, n = inlines(p, exe)
        report.check("pprof/%s/inlined calls" % name, bad, "%d locations" % n)
        report.check("pprof/%s/addresses, mappings, build IDs" % name, places(p, exe, dump))
        bad, n = no_second_naming(work, p, path, [exe, dump])
        report.check("pprof/%s/Go names nothing anew" % name, bad, "%d templates" % n)
        bad, n = unsampling(work, dump)
        report.check("pprof/%s/unsampled as Go does" % name, bad, "%d stacks" % n)
        report.check("pprof/%s/through go tool pprof -proto" % name, through_go(work, path))
        report.check("pprof/%s/threads and sizes" % name, split_problems(p, dump))
        unnamed = os.path.join(work, "unnamed.pb.gz")
        q = export(dump, unnamed, "--no-symbols", "--prune", "none", dump)
        rows = [{r["name"]: (r["flat"], r["cum"]) for r in hprof_json("top", "-q", "--json", "--inuse_space", x)["rows"]}
                for x in (unnamed, path)]
        report.check("pprof/%s/named by hprof when read" % name,
                     differences(rows[0], rows[1], "with names", near=2 * len(p.samples)))
        report.check("pprof/%s/addresses of the file" % name, relative(work, q, exe, dump))
        report.check("pprof/%s/another build" % name, wrong_build(work, p, exe))


def converted(report, work):
    """Old profiles that Go has made new ones of: it moves where a program at a fixed address begins."""
    for name, flags in (("PIE", ["-pie", "-fPIE"]), ("fixed", ["-no-pie", "-fno-pie"])):
        exe = build("cc", "shapes.c", os.path.join(work, name, "prog"), "-g", "-O1", "-pthread", *flags)
        dump = capture_one(os.path.join(work, name, "heap"), [exe])
        text, path = os.path.join(work, "text"), os.path.join(work, "converted.pb.gz")
        to_gperftools(dump, text)
        go("-proto", "-output=" + path, text)
        rows = [{r["name"]: (r["flat"], r["cum"]) for r in hprof_json("top", "-q", "--json", x)["rows"]}
                for x in (path, dump)]
        report.check("pprof/%s/converted by Go" % name, differences(rows[0], rows[1], "the dump", near=200) +
                     ([] if "get_block" in rows[0] else ["no names"]))


def differences_of_two(report, work):
    dumps = [os.path.join(TESTDATA, "jemalloc", "ok", "redis.26831.%d.i%d.heap" % (i, i)) for i in (1, 4)]
    p = export(None, os.path.join(work, "d.pb.gz"), "--base", dumps[0], dumps[1])
    bad = list(p.problems)
    single = [export(d, os.path.join(work, "x.pb.gz"), d).totals() for d in dumps]
    if any(abs(c - (b - a)) > 1 for a, b, c in zip(*single, p.totals())):
        bad.append("totals %r, of the files %r" % (p.totals(), single))
    for t in p.names:
        bad += differences(p.rows(t), go_rows(os.path.join(work, "d.pb.gz"), t))
    if not any(v < 0 for s in p.samples for v in s["values"]):
        bad.append("nothing shrank")
    report.check("pprof/difference", bad)
    q = export(None, os.path.join(work, "s.pb.gz"), "--sum", *dumps)
    bad = q.problems + (["totals %r, of the files %r" % (q.totals(), single)]
                        if any(abs(c - (b + a)) > 1 for a, b, c in zip(*single, q.totals())) else [])
    report.check("pprof/sum", bad)


def times(report, work):
    dump = os.path.join(TESTDATA, "jemalloc", "ok", "p.heap.gz")
    out, bad = os.path.join(work, "t.pb.gz"), []
    if export(dump, out, dump).number[9] != os.stat(dump).st_mtime_ns:
        bad.append("not the time of the file")
    if export(dump, out, dump, env={"SOURCE_DATE_EPOCH": "1700000000"}).number[9] != 1700000000 * 10 ** 9:
        bad.append("SOURCE_DATE_EPOCH")
    if export(dump, out, dump, env={"SOURCE_DATE_EPOCH": "yesterday"}).number[9] != os.stat(dump).st_mtime_ns:
        bad.append("a SOURCE_DATE_EPOCH that is no number")
    with open(dump, "rb") as f:
        hprof("export", "-q", "--to", "pprof", "-o", out, "-", stdin=f.read(), text=False)
    if Proto(out).number[9]:
        bad.append("standard input has a time")
    made = os.path.join(TESTDATA, "pprof", "ok", "threads.pb.gz")
    if export(made, out, made).number[9] != 1700000000 * 10 ** 9:
        bad.append("not the time of the profile that was read")
    report.check("pprof/time", bad)


# What Go takes and hprof does not: it is of no heap, or says less than it seems to.
GO_TAKES = ("cpu.pb.gz", "contentions.pb.gz", "goroutine.pb", "comment-string.pb", "default-string.pb",
            "twice-no-time.pb", "mapping-twice.pb", "location-mapping.pb")


def refusals(report, work):
    bad = []
    for path in sorted(glob.glob(os.path.join(TESTDATA, "pprof", "bad", "*"))):
        name = os.path.basename(path)
        p = subprocess.run([find_hprof(), "top", path], env=BASE_ENV, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if p.returncode != 3 or p.stdout or p.stderr.count("\n") != 1:
            bad.append("%s: exit %d, %s" % (name, p.returncode, p.stderr))
        theirs = subprocess.run(["go", "tool", "pprof", "-symbolize=none", "-raw", path], env=BASE_ENV,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if theirs.returncode == 0 and name not in GO_TAKES:
            bad.append("%s: go tool pprof takes it" % name)
    report.check("pprof/refused", bad)


def run_group(report, work, _long=False):
    missing = have("go", "addr2line", "readelf", "cc", "c++")
    work = os.path.join(work, "pprof")
    os.makedirs(work, exist_ok=True)
    if missing:
        report.skip("pprof", "no %s" % missing)
        return
    testdata(report, work)
    refusals(report, work)
    times(report, work)
    differences_of_two(report, work)
    captured(report, work)
    converted(report, work)
