# gperftools.py - profiles of gperftools and Go beside google-pprof and go tool pprof; symbolized ones in jeprof.
import os
import re
import shutil

from jeprof import TYPES, compare_rows, hprof_table, own_names, table
from peerlib import GEN, JEMALLOC, build, capture_one, find_file, have, hprof, hprof_json, run

TCMALLOC = "libtcmalloc.so.4"


def pprof_table(args, *options):
    return table(run(["google-pprof", "--text", "--show_bytes", "--nodecount=1000000", *options, *args]))


def heap_profile(prefix, exe):
    """The last dump of the heap profiler: at the end of the program."""
    run([exe], env={"LD_PRELOAD": TCMALLOC, "HEAPPROFILE": prefix})
    dumps = sorted(d for d in os.listdir(os.path.dirname(prefix)) if d.startswith(os.path.basename(prefix) + "."))
    return os.path.join(os.path.dirname(prefix), dumps[-1])


def totals_problems(exe, dump, types):
    out = []
    for t in types:
        want, _ = pprof_table([exe, dump], "--" + t)
        text, _ = hprof_table([exe, dump], "--" + t)
        exact = hprof_json("top", "--json", "--" + t, exe, dump)["total"]
        if want == 0:
            out.append("%s: the total of google-pprof is 0: nothing is compared" % t)
        if abs(text - want) > 1 or abs(exact - want) > 1:
            out.append("%s: %s and %.3f, google-pprof has %d" % (t, text, exact, want))
    return out


def rows_problems(exe, dump, t):
    bad, n = compare_rows(hprof_table([exe, dump], "--" + t)[1], pprof_table([exe, dump], "--" + t)[1],
                          own_names(dump, exe))
    return [b.replace("jeprof", "google-pprof") for b in bad], n


def by_address(rows):
    """{offset in its page: [flat, cum]} of rows by address."""
    out = {}
    for name, values in rows.items():
        row = out.setdefault(int(name.split()[0], 16) % 4096, [0, 0])
        row[0] += sum(v[0] for v in values)
        row[1] = max([row[1]] + [v[1] for v in values])
    return out


def addresses_problems(exe, dump, t):
    """
    For C++, where google-pprof cuts names at blanks and at template arguments.  It writes the
    addresses of callers less 1, as hprof does all of them, but the first of a stack as it is:
    these are the ones with flat, and cum of the same address as a caller's cannot be told apart.
    """
    ours = by_address(hprof_table([exe, dump], "--addresses", "--" + t)[1])
    theirs = by_address(pprof_table([exe, dump], "--addresses", "--" + t)[1])
    flat = {(a - 1) % 4096: v[0] for a, v in theirs.items() if v[0]}
    bad = ["flat at ...%03x: %r, google-pprof has %r" % (a, ours.get(a, [0])[0], flat.get(a))
           for a in sorted(set(flat) | {a for a, v in ours.items() if v[0]}) if ours.get(a, [0])[0] != flat.get(a)]
    callers = [a for a in theirs if not theirs[a][0]]
    bad += ["cum at ...%03x: %r, google-pprof has %r" % (a, ours.get(a), theirs[a])
            for a in callers if ours.get(a, [0, 0])[1] != theirs[a][1]]
    if len(flat) < 10 or len(callers) < 10:
        bad.append("google-pprof has only %d addresses with flat, %d callers" % (len(flat), len(callers)))
    return bad, len(theirs)


def profiler(report, work):
    for name, cc, source, flags in (("C", "cc", "shapes.c", ["-g", "-O1", "-pthread"]),
                                    ("C++", "c++", "widgets.cc", ["-g", "-O1", "-std=c++17", "-pthread"])):
        exe = build(cc, source, os.path.join(work, name, "prog"), *flags)
        dump = heap_profile(os.path.join(work, name, "heap"), exe)
        report.check("gperftools/profiler, %s/totals" % name, totals_problems(exe, dump, TYPES))
        for t in ("inuse_space", "alloc_objects"):
            bad, n = (rows_problems if name == "C" else addresses_problems)(exe, dump, t)
            report.check("gperftools/profiler, %s/rows of %s" % (name, t), bad, "%d rows" % n)


def line_of_the_call(report, work):
    exe = build("cc", "lines.c", os.path.join(work, "lines", "prog"), "-g", "-O0", "-fno-builtin-malloc")
    dump = heap_profile(os.path.join(work, "lines", "heap"), exe)
    with open(os.path.join(GEN, "lines.c"), encoding="ascii") as f:
        want = {i + 1 for i, line in enumerate(f) if "/* here */" in line}
    rows = hprof_json("top", "--json", "--lines", dump)["rows"]
    got = {r["line"]: r["flat"] for r in rows if r["name"] == "main" and r["flat"]}
    bad = [] if set(got) == want else ["lines %r, expected %r" % (sorted(got), sorted(want))]
    if sorted(got.values()) != [100000, 200000]:
        bad.append("values %r" % got)
    report.check("gperftools/the line of the call", bad)


def sampled(report, work):
    source = os.path.join(GEN, "sampled.cc")
    folder = os.path.join(work, "sampled")
    os.makedirs(folder, exist_ok=True)
    exe = os.path.join(folder, "prog")
    if not os.path.exists("/usr/include/gperftools/malloc_extension.h"):
        report.skip("gperftools/sampled", "no gperftools/malloc_extension.h (package libgoogle-perftools-dev)")
        return
    run(["c++", "-g", "-O0", source, "-o", exe, "-ltcmalloc"])
    run([exe, folder], env={"TCMALLOC_SAMPLE_PARAMETER": "4096"})
    for name in ("sample", "growth"):
        dump = os.path.join(folder, name + ".heap")
        report.check("gperftools/%s/totals" % name, totals_problems(exe, dump, ("inuse_space", "inuse_objects")))
        bad, n = rows_problems(exe, dump, "inuse_space")  # of plain names
        report.check("gperftools/%s/rows" % name, bad, "%d rows" % n)
    got = hprof_json("top", "--json", os.path.join(folder, "sample.heap"))
    info = hprof_json("info", "--json", os.path.join(folder, "sample.heap"))
    bad = [] if "alloc_space" in info["absent_sample_types"] else ["alloc_space is shown as data"]
    live = 8 * (3 << 20) + 20000 * (350 + 64 + 16)  # about: values of 200 to 499 bytes, keys, records
    if not abs(got["total"] - live) < 0.1 * live:
        bad.append("%.0f bytes, about %d are live" % (got["total"], live))
    report.check("gperftools/sample/about what is live", bad)


def go(report, work):
    if have("go"):
        report.skip("gperftools/go", "no go (package golang-go)")
        return
    folder = os.path.join(work, "go")
    os.makedirs(folder, exist_ok=True)
    exe, text, proto = (os.path.join(folder, n) for n in ("prog", "text", "proto"))
    env = {"HOME": folder, "GOCACHE": os.path.join(folder, "cache"), "GO111MODULE": "off"}
    run(["go", "build", "-o", exe, os.path.join(GEN, "heap.go")], env=env)
    # The first sample is drawn at the rate that the runtime starts with: 512 KiB would pass over all of main.grow at times.
    run([exe, text, proto], env={"GODEBUG": "memprofilerate=512"})
    for t in TYPES:
        out = run(["go", "tool", "pprof", "-top", "-nodecount=100000", "-nodefraction=0", "-unit=B", "-sample_index=" + t, proto], env=env)
        rows = {}
        for line in out.splitlines():
            m = re.match(r"\s*(\d+)B?\s+\S+%\s+\S+%\s+(\d+)B?\s+\S+%\s+(.*?)(?: \(inline\)| \(partial-inline\))?$", line)
            if m and (int(m.group(1)) or int(m.group(2))):
                rows[m.group(3)] = (int(m.group(1)), int(m.group(2)))
        doc = hprof_json("top", "--json", "--" + t, text)
        ours = {r["name"]: (round(r["flat"]), round(r["cum"])) for r in doc["rows"]
                if r["name"] != "runtime.goexit" and round(r["cum"])}
        bad = ["%s: %r, go tool pprof has %r" % (n, ours.get(n), rows.get(n)) for n in sorted(set(rows) | set(ours))
               if not near(ours.get(n), rows.get(n))]
        if len(rows) < 4 or "main.fill" not in rows:
            bad.append("go tool pprof has only %d rows" % len(rows))
        report.check("gperftools/go/" + t, bad, "%d rows" % len(rows))
    lines = hprof_json("top", "--json", "--lines", text)["rows"]
    with open(os.path.join(GEN, "heap.go"), encoding="ascii") as f:
        want = next(i + 1 for i, line in enumerate(f) if "&node{}" in line)
    report.check("gperftools/go/lines", [] if any(r["name"] == "main.grow" and r.get("line") == want for r in lines)
                 else ["no row of main.grow, line %d" % want])


def near(a, b):
    """Go scales to whole numbers before it writes protobuf, stack by stack."""
    return a is not None and b is not None and all(abs(x - y) <= max(20, 1e-4 * y) for x, y in zip(a, b))


def in_jeprof(report, work):
    """What export --to symbolized writes, read by jeprof: the totals it finds in the dump itself."""
    if have("jeprof") or not find_file(JEMALLOC):
        report.skip("gperftools/symbolized in jeprof", "no jeprof")
        return
    folder = os.path.join(work, "symbolized")
    exe = build("c++", "widgets.cc", os.path.join(folder, "prog"), "-g", "-O1", "-std=c++17", "-pthread")
    dump = capture_one(os.path.join(folder, "heap"), [exe], conf="prof_accum:true")
    alone = os.path.join(folder, "alone")
    hprof("export", "--to", "symbolized", "-o", alone, dump)
    bad = []
    for t in TYPES:
        want = table(run(["jeprof", "--text", "--show_bytes", "--" + t, exe, dump]))[0]
        total, rows = table(run(["jeprof", "--text", "--show_bytes", "--nodecount=100000", "--" + t, alone]))
        if total != want:
            bad.append("%s: %d, of the dump %d" % (t, total, want))
        names = {r["name"] for r in hprof_json("top", "--json", "--" + t, dump, "-n", "5")["rows"]}
        missing = [n for n in names if not any(n.split("<")[0].split("(")[0] in r for r in rows)]
        if missing:
            bad.append("%s: jeprof does not show %r" % (t, missing))
    report.check("gperftools/symbolized in jeprof", bad)
    before = {o: hprof("top", "--json", *o, dump) for o in ((), ("--lines",), ("--names", "full"), ("--alloc_space",))}
    shutil.move(exe, exe + ".away")
    report.check("gperftools/symbolized, without the program",
                 ["top %s differs" % " ".join(o) for o, text in before.items() if hprof("top", "--json", *o, alone) != text])


def run_group(report, work, _long=False):
    missing = have("google-pprof", "cc", "c++")
    work = os.path.join(work, "gperftools")
    os.makedirs(work, exist_ok=True)
    if missing or not find_file(TCMALLOC):
        report.skip("gperftools", "no %s" % (missing or TCMALLOC))
    else:
        profiler(report, work)
        line_of_the_call(report, work)
        sampled(report, work)
    go(report, work)
    in_jeprof(report, work)
