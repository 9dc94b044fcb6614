# differences.py - two runs under ASLR, and two builds of one program: every unchanged site is matched.
import os
import re
import shutil

import elf
from peerlib import GEN, build, capture, capture_one, have, hprof_json, run, rustc

BARE = re.compile(r"^(0x[0-9a-f]+|[0-9a-f]{8,16})$")


def sums(doc):
    """A difference's totals are the sums of its rows."""
    out = []
    for total, column in (("total", "flat"), ("base_total", "base_flat")):
        want = sum(r[column] for r in doc["rows"])
        if abs(doc[total] - want) > 1e-6 * max(1, abs(doc["base_total"])):
            out.append("%s is %r, the rows' %s adds up to %r" % (total, doc[total], column, want))
    out += ["row %s is a bare address" % r["name"] for r in doc["rows"] if BARE.match(r["name"])]
    if len(doc["rows"]) < 5:
        out.append("only %d rows" % len(doc["rows"]))
    return out


def moved(a, b):
    """Whether the two runs really had their modules at different addresses."""
    where = [{m: lo for lo, _, _, _, m in reversed(elf.Dump(d).maps)} for d in (a, b)]
    same = [m for m in where[0] if m.startswith("/") and where[1].get(m) == where[0][m]]
    return ["%s was not moved" % m for m in same]


def unchanged(doc, but=None):
    """With every allocation recorded, equal runs differ in nothing."""
    out = []
    for r in doc["rows"]:
        if but and but.search(r["name"]):
            continue
        if r["flat"] or r["cum"]:
            out.append("row %s: flat %+.1f cum %+.1f, before %.1f %.1f" %
                       (r["name"], r["flat"], r["cum"], r["base_flat"], r["base_cum"]))
    return out


def aslr(report, work):
    programs = [("c", "gcc", "shapes.c"), ("c++", "g++", "widgets.cc"), ("c++ by clang", "clang++", "widgets.cc"),
                ("rust", rustc(), "traits.rs")]
    for k, (lang, compiler, source) in enumerate(programs):
        name = "diff/aslr/" + lang
        if not compiler or have(compiler):
            report.skip(name, "no compiler for " + source)
            continue
        d = os.path.join(work, "aslr%d" % k)
        flags = ["-g", "-O"] if source.endswith(".rs") else ["-g", "-O2", "-fPIE", "-pie"]
        exe = build(compiler, source, os.path.join(d, "prog"), *flags)
        # every allocation recorded: the runs are equal to the byte but for addresses
        a, b = (capture_one(os.path.join(d, "all" + x), [exe], lg=0) for x in "ab")
        report.check(name + "/premise", moved(a, b))
        for how in ("--functions", "--lines", "--addresses", "--files", "--modules"):
            doc = hprof_json("diff", "--json", how, a, b)
            bad = unchanged(doc)
            bad += [p for p in sums(doc) if how not in ("--files", "--modules") or "only" not in p]
            if not doc["base_total"] > 0:
                bad.append("base_total is %r" % doc["base_total"])
            report.check("%s/%s" % (name, how), bad, "%d rows" % len(doc["rows"]))
        a, b = (capture_one(os.path.join(d, "some" + x), [exe], lg=10) for x in "ab")
        doc = hprof_json("diff", "--json", a, b)
        one, two = (hprof_json("top", "--json", x) for x in (a, b))
        bad = sums(doc)
        for r in doc["rows"]:
            before = next((x for x in one["rows"] if x["name"] == r["name"]), None)
            if abs((before["flat"] if before else 0) - r["base_flat"]) > 1e-9 * doc["base_total"]:
                bad.append("base_flat of %s is %r, top of the base has %r" % (r["name"], r["base_flat"], before))
        delta = two["total"] - one["total"]
        if abs(doc["total"] - delta) > 1e-6 * two["total"] or not two["total"]:
            bad.append("total %r, the totals differ by %r" % (doc["total"], delta))
        big = [r for r in one["rows"] if r["flat"] > one["total"] / 20]
        for r in big:
            hit = [x for x in doc["rows"] if x["name"] == r["name"]]
            if len(hit) != 1 or hit[0]["flat"] + hit[0]["base_flat"] <= 0:
                bad.append("site %s of both runs: %s" % (r["name"], hit))
        report.check(name + "/sampled", bad, "%d rows" % len(doc["rows"]))


def two_builds(report, work):
    """The second build has a function, and lines, before all others; both were run from one path."""
    for cc in ("gcc", "clang"):
        for flags in (["-O2", "-g"], ["-O0", "-g"], ["-O2"]):
            name = "diff/two builds/%s %s" % (cc, " ".join(flags))
            if have(cc):
                report.skip(name, "no " + cc)
                continue
            d = os.path.join(work, "builds-%s%s" % (cc, "".join(flags)))
            exe = build(cc, "versions.c", os.path.join(d, "prog"), *flags)
            a = capture_one(os.path.join(d, "old"), [exe], lg=0)
            old = os.path.join(d, "prog.old")
            shutil.move(exe, old)
            build(cc, "versions.c", exe, "-DINSERTED", *flags)
            b = capture_one(os.path.join(d, "new"), [exe], lg=0)
            _builds_case(report, name, ["--base-binary", old, exe, a, b], flags)
            os.makedirs(os.path.join(d, "away"))
            new = shutil.move(exe, os.path.join(d, "away", "renamed"))
            _builds_case(report, name + ", both elsewhere", ["--base-binary", old, new, a, b], flags)


def _builds_case(report, name, args, flags):
    for how in ["--functions"] + (["--lines"] if "-g" in flags and "-O0" not in flags else []):
        doc = hprof_json("diff", "--json", how, *args)
        # main's own line numbers moved; what it and its callees allocate did not
        new = re.compile(r"^(inserted|main|__libc_start|_start|libc\.so|.*\+0x)|versions\.c")
        bad = sums(doc)
        if how == "--functions":
            bad += unchanged(doc, new)
            names = {elf.plain(r["name"]): r for r in doc["rows"]}
            for site in ("parse", "index_words", "descend"):
                if names.get(site, {}).get("base_cum", 0) <= 0:
                    bad.append("no row of %s with a base: %s" % (site, names.get(site)))
            one = names.get("inserted")
            grown = 40 * 3072
            if not one or one["flat"] != grown or one["base_flat"] != 0:
                bad.append("row of inserted, %d bytes of new memory: %s" % (grown, one))
            if doc["total"] != grown:
                bad.append("total %r, only %d bytes are new" % (doc["total"], grown))
        report.check("%s/%s" % (name, how), bad, "%d rows" % len(doc["rows"]))


def stem(name):
    """The name of a Rust function without the hashes of one build."""
    return re.sub(r"::h[0-9a-f]{16}$|\[[0-9a-f]{4,16}\]", "", name)


def rust_builds(report, work):
    """Builds of Rust differ in the hashes of all names; a function is one row all the same."""
    if not rustc():
        return report.skip("diff/two builds/rust", "no compiler for traits.rs")
    for scheme in "legacy", "v0":
        for opt in "-O", "-Copt-level=0":
            name = "diff/two builds/rust %s %s" % (scheme, opt)
            dumps, programs = [], []
            for which in "old", "new":
                d = os.path.join(work, "rust-%s%s" % (scheme, opt), which)
                os.makedirs(d)
                programs.append(os.path.join(d, "prog"))
                # the variable permits to choose how names are mangled
                run([rustc(), "-g", opt, "-Cmetadata=" + which, "-Csymbol-mangling-version=" + scheme,
                     "-Zunstable-options", "-o", programs[-1], os.path.join(GEN, "traits.rs")],
                    env={"RUSTC_BOOTSTRAP": "1"})
                dumps.append(capture_one(os.path.join(d, "dump"), [programs[-1]], lg=0))
            for style in "short", "full":
                docs = [hprof_json("top", "--json", "--names", "full", e, x) for e, x in zip(programs, dumps)]
                own = [{r["name"] for r in doc["rows"] if re.search(r"\bprog\b|^traits", r["name"]) or
                        "traits.rs" in r.get("file", "")} for doc in docs]
                doc = hprof_json("diff", "--json", "--names", style, "--base-binary", programs[0], programs[1], *dumps)
                bad = sums(doc) + unchanged(doc)
                if {stem(n) for n in own[0]} != {stem(n) for n in own[1]} or not own[0]:
                    bad.append("the builds have other functions: %s" % sorted(own[0] ^ own[1]))
                if scheme == "legacy" and own[0] == own[1]:
                    bad.append("the builds have the same hashes: %s" % sorted(own[0])[:3])
                rows = [stem(r["name"]) for r in doc["rows"]]
                if style == "full":
                    bad += ["%s is several rows" % n for n in {stem(n) for n in own[0]} if rows.count(n) != 1]
                report.check("%s/%s" % (name, style), bad, "%d rows" % len(rows))


def unloaded(report, work):
    """A library that is gone from the second dump keeps the names of its functions in views of both."""
    if have("gcc"):
        return report.skip("diff/unloaded", "no gcc")
    d = os.path.join(work, "unloaded")
    library = build("gcc", "plugin.c", os.path.join(d, "libplugin.so"), "-DPLUGIN", "-g", "-O1", "-fPIC", "-shared")
    exe = build("gcc", "plugin.c", os.path.join(d, "prog"), "-g", "-O1")
    with_it, without = os.path.join(d, "run.4711.1.m1.heap"), os.path.join(d, "run.4711.2.m2.heap")
    capture(os.path.join(d, "final"), [exe, library, with_it, without], lg=0)
    listed = [any(m == library for _, _, _, _, m in elf.Dump(x).maps) for x in (with_it, without)]
    report.check("diff/unloaded/premise", [] if listed == [True, False] else ["the library is mapped: %s" % listed])
    for name, args, left in (("diff", ["diff", with_it, without], lambda r: r["base_flat"]),
                             ("back", ["diff", without, with_it], lambda r: r["base_flat"]),
                             ("sum", ["top", "--sum", with_it, without], lambda r: r["flat"] / 2)):
        doc = hprof_json(args[0], "--json", *args[1:])
        own = {r["name"]: r for r in doc["rows"] if r["name"] in ("grow_table", "plugin_load") or "libplugin" in r["name"]}
        bad = sums(doc) if args[0] == "diff" else []
        if set(own) != {"grow_table", "plugin_load"}:
            bad.append("rows of the library: %s" % sorted(own))
        elif left(own["grow_table"]) < 8 * 4096:  # sizes of classes
            bad.append("grow_table: %s" % own["grow_table"])
        elif args[0] == "diff" and any(r["flat"] or r["cum"] for r in own.values()):
            bad.append("not matched: %s" % own)
        report.check("diff/unloaded/" + name, bad, "%d rows" % len(doc["rows"]))


def run_group(report, work, long):
    work = os.path.join(work, "diff")
    aslr(report, work)
    two_builds(report, work)
    rust_builds(report, work)
    unloaded(report, work)
