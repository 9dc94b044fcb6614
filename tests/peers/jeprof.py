# jeprof.py - totals and function rows beside jeprof's, for what jeprof gets right.
import os
import re

import elf
from peerlib import build, capture, capture_one, have, hprof, hprof_json, run

TYPES = ("inuse_space", "inuse_objects", "alloc_space", "alloc_objects")
ROW = re.compile(r"^\s*(-?\d+)\s+\S+%\s+\S+%\s+(-?\d+)\s+\S+%(?: (.*))?$")
BUILDS = (("gcc", ["-O2", "-gdwarf-4"]), ("gcc", ["-O0", "-gdwarf-5"]), ("gcc", ["-O2", "-no-pie"]),
          ("clang", ["-O2", "-gdwarf-4"]), ("clang", ["-O0", "-gdwarf-5"]))


def table(text):
    """(total, {name: (flat, cum)}) of a --show_bytes table; a name may come twice."""
    m = re.search(r"^Total: (-?\d+)", text, re.M)
    rows = {}
    for line in text.splitlines():
        r = ROW.match(line)
        if r:
            rows.setdefault(r.group(3) or "", []).append((int(r.group(1)), int(r.group(2))))
    return (int(m.group(1)) if m else 0), rows


def jeprof_table(args, *options):
    return table(run(["jeprof", "--text", "--show_bytes", "--nodecount=1000000", *options, *args]))


def hprof_table(args, *options):
    return table(hprof("--show_bytes", "--nodecount=0", *options, *args))


def near(a, b):
    return len(a) == len(b) and all(abs(x - y) <= 1 for p, q in zip(a, b) for x, y in zip(p, q))


def key(name):
    inline = name.endswith(" (inline)")
    name = re.sub(r"<[0-9a-f]+>$", "", name[:-9] if inline else name)
    return elf.plain(name) + (" (inline)" if inline else "")


def own_names(dump, exe):
    """Keys of the functions that lie in the program, inlined ones too."""
    doc = hprof_json("json", "--prune", "none", dump)
    at = [m["path"] for m in doc["modules"]].index(exe)
    out = set()
    for stack in doc["stacks"]:
        for f in stack["frames"]:
            if f.get("module") == at and "function" in f:
                name = elf.plain(doc["functions"][f["function"]]["name"])
                out.add(name + (" (inline)" if f.get("inlined") else ""))
    return out


def by_key(rows, own):
    out, rest = {}, [0, 0]
    for name, values in rows.items():
        k = key(name)
        if k in own:
            out.setdefault(k, []).extend(values)
        else:
            rest[0] += sum(flat for flat, _ in values)
            rest[1] += len(values)
    return {k: sorted(v) for k, v in out.items()}, rest


def compare_rows(ours, theirs, own):
    """
    Rows of the program's functions that differ; of all others, the sum of flat.  In libraries
    that have no _fini jeprof puts the innermost inlined function in place of the real one, and
    in those without symbols the nearest name below.
    """
    a, rest_a = by_key(ours, own)
    b, rest_b = by_key(theirs, own)
    out = ["row %s: %s, jeprof has %s" % (k, a.get(k), b.get(k))
           for k in sorted(set(a) | set(b)) if not near(a.get(k, []), b.get(k, []))]
    if abs(rest_a[0] - rest_b[0]) > max(rest_a[1], rest_b[1]):
        out.append("the libraries' flat adds up to %d, jeprof has %d" % (rest_a[0], rest_b[0]))
    if len(b) < 4:
        out.append("jeprof has only %d rows of the program" % len(b))
    return out, len(b)


def totals_problems(args, jargs=None):
    """The four totals, from the table and from the JSON, within one unit of jeprof's."""
    out = []
    for t in TYPES:
        want, _ = jeprof_table(jargs or args, "--" + t)
        text, _ = hprof_table(args, "--" + t)
        exact = hprof_json("top", "--json", "--" + t, *args)["total"]
        if want == 0:
            out.append("%s: jeprof's total is 0: nothing is compared" % t)
        if abs(text - want) > 1 or abs(exact - want) > 1:
            out.append("%s: %s and %.3f, jeprof has %d" % (t, text, exact, want))
    return out


def whole_programs(report, work):
    for i, (cc, flags) in enumerate(BUILDS):
        name = "jeprof/%s %s" % (cc, " ".join(flags))
        if have(cc):
            report.skip(name, "no " + cc)
            continue
        d = os.path.join(work, "b%d" % i)
        exe = build(cc, "shapes.c", os.path.join(d, "prog"), "-g", *flags)
        dump = capture_one(os.path.join(d, "heap"), [exe], conf="prof_accum:true")
        report.check(name + "/totals", totals_problems([exe, dump]))
        own = own_names(dump, exe)
        for t in ("inuse_space", "alloc_objects"):
            ours, theirs = hprof_table([exe, dump], "--" + t), jeprof_table([exe, dump], "--" + t)
            bad, n = compare_rows(ours[1], theirs[1], own)
            report.check("%s/rows of %s" % (name, t), bad, "%d rows" % n)


def differences(report, work):
    if have("gcc"):
        report.skip("jeprof/--base", "no gcc")
        return
    exe = build("gcc", "shapes.c", os.path.join(work, "base", "prog"), "-g", "-O2")
    dumps = capture(os.path.join(work, "base", "heap"), [exe], conf="prof_accum:true,lg_prof_interval:17")
    dumps = [d for d in dumps if re.search(r"\.[if]\d*\.heap$", d)]
    if len(dumps) < 3:
        report.check("jeprof/--base", "only %d interval dumps" % len(dumps))
        return
    own = own_names(dumps[-1], exe)
    pairs = ((dumps[0], dumps[-1]), (dumps[-1], dumps[len(dumps) // 2]))
    for k, (a, b) in enumerate(pairs):
        for drop in ([], ["--drop_negative"]):
            for t in ("inuse_space", "inuse_objects"):
                name = "jeprof/--base %s%s/%s" % ("forward" if k == 0 else "backward",
                                                  " --drop_negative" if drop else "", t)
                ours = hprof_table(["--base", a, exe, b], *drop, "--" + t)
                theirs = jeprof_table(["--base=" + a, exe, b], *drop, "--" + t)
                bad, n = compare_rows(ours[1], theirs[1], own)
                if abs(ours[0] - theirs[0]) > 1:
                    bad.append("total %d, jeprof has %d" % (ours[0], theirs[0]))
                report.check(name, bad, "%d rows" % n)
    ours = hprof_table(["--base", dumps[-1], dumps[-1]])
    rest = {n: v for n, v in ours[1].items() if v != [(0, 0)]}
    report.check("jeprof/--base of itself is nothing", ["%s" % rest] if rest or ours[0] else [])


def run_group(report, work, long):
    if have("jeprof"):
        report.skip("jeprof", "no jeprof (package libjemalloc-dev)")
        return
    work = os.path.join(work, "jeprof")
    whole_programs(report, work)
    differences(report, work)
