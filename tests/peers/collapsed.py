# collapsed.py - folded stacks: the same bytes every time, and flamegraph.pl takes them as they are.
import os
import subprocess

from peerlib import (BASE_ENV, build, capture_one, find_flamegraph, find_hprof, have, hprof, hprof_json, run,
                     rustc)


def own_locale(work, name, charset):
    """A locale made for this test below @work, or None where its source is not installed."""
    if have("localedef") or not os.path.exists("/usr/share/i18n/locales/" + name):
        return None
    run(["localedef", "-i", name, "-f", charset, os.path.join(work, "%s.%s" % (name, charset))], ok=(0, 1))
    return os.path.join(work, "%s.%s" % (name, charset))


def takes_locale(env):
    out = subprocess.run(["locale", "decimal_point"], env={**BASE_ENV, **env}, stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, text=True)
    return out.stdout.strip() == ","


def same_bytes(report, work, name, args):
    first = hprof("collapsed", *args, text=False)
    runs = [hprof("collapsed", *args, text=False) for _ in range(2)]
    report.check(name + "/three runs, same bytes",
                 ["run %d differs" % (i + 2) for i, r in enumerate(runs) if r != first] +
                 ([] if first.count(b"\n") > 5 else ["only %d lines" % first.count(b"\n")]))
    want = hprof("top", *args, text=False)
    for locale, env in (("C.UTF-8", {"LC_ALL": "C.UTF-8"}),
                        ("de_DE", {"LC_ALL": "de_DE.UTF-8", "LOCPATH": work})):
        case = "%s/locale %s" % (name, locale)
        if locale == "de_DE":
            if not takes_locale(env) and not (own_locale(work, "de_DE", "UTF-8") and takes_locale(env)):
                report.skip(case, "no German locale, nor its source (package locales)")
                continue
        bad = []
        if hprof("collapsed", *args, env=env, text=False) != first:
            bad.append("collapsed differs")
        if hprof("top", *args, env=env, text=False) != want:
            bad.append("top differs")
        report.check(case, bad)


def grammar(report, name, args):
    text = hprof("collapsed", *args)
    bad, total, keys = [], 0, []
    for line in text.splitlines():
        stack, _, value = line.rpartition(" ")
        keys.append(stack)
        if not value.isdigit() or value == "0" or not stack or any(not f for f in stack.split(";")):
            bad.append("line %s" % line)
            continue
        total += int(value)
    doc = hprof_json("top", "--json", *args)
    if total != round(doc["total"]):
        bad.append("values add up to %d, the total is %r" % (total, doc["total"]))
    if len(set(keys)) != len(keys):
        bad.append("a stack comes twice")
    lines = text.encode(errors="surrogateescape").splitlines()
    if lines != sorted(lines):
        bad.append("the lines are not sorted")
    report.check(name + "/adds up to the total", bad, "%d lines" % len(keys))


def flamegraph(report, work, name, exe, dump, functions):
    script = find_flamegraph()
    if not script or have("perl"):
        report.skip(name + "/flamegraph.pl", "no flamegraph.pl (package libdevel-nytprof-perl)")
        return
    for how, cmd in (("collapsed", ["collapsed", exe, dump]), ("--collapsed", ["--collapsed", exe, dump]),
                     ("--collapsed without BINARY", ["--collapsed", dump])):
        svg = os.path.join(work, "out.svg")
        line = '"$HPROF" %s | perl "$FLAME" > "$SVG"' % " ".join("'%s'" % c for c in cmd)
        p = subprocess.run(["sh", "-c", line], stderr=subprocess.PIPE, text=True,
                           env={**BASE_ENV, "HPROF": find_hprof(), "FLAME": script, "SVG": svg})
        bad = ["said: " + p.stderr[:300]] if p.stderr else []
        with open(svg, errors="replace") as f:
            text = f.read()
        if p.returncode or "</svg>" not in text:
            bad.append("exit %d, no picture" % p.returncode)
        bad += ["%s is not in the picture" % f for f in functions if "<title>" + f not in text]
        report.check("%s/%s | flamegraph.pl" % (name, how), bad)


def run_group(report, work, long):
    work = os.path.join(work, "collapsed")
    os.makedirs(work, exist_ok=True)
    for lang, compiler, source, functions in (
            ("c", "gcc", "shapes.c", ["fill_table", "grow", "get_row"]),
            ("c++", "g++", "widgets.cc", ["shop::Counter::operator--(int)", "main"]),
            ("rust", rustc(), "traits.rs", ["traits::main"])):
        name = "collapsed/" + lang
        if not compiler or have(compiler):
            report.skip(name, "no compiler for " + source)
            continue
        exe = build(compiler, source, os.path.join(work, "prog-" + lang), "-g",
                    *([] if lang == "rust" else ["-O2"]))
        dump = capture_one(os.path.join(work, "heap-" + lang.replace("+", "p")), [exe], conf="prof_accum:true")
        same_bytes(report, work, name, [exe, dump])
        for t in ("inuse_space", "alloc_objects"):
            grammar(report, "%s/%s" % (name, t), ["--" + t, exe, dump])
        flamegraph(report, work, name, exe, dump, functions)
