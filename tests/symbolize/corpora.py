# corpora.py - what Debian installs, 10,000 addresses each.
import glob
import os

import compare
import elf
import oracle

ADDRESSES = 10000
LEAST = 0.999  # of the addresses have to be equal where a debug package is installed
LIB = "/usr/lib/x86_64-linux-gnu/"
DEBUG = "/usr/lib/debug/.build-id/"
# name, the program, whether its DWARF is wanted
CORPORA = (
    ("ceph-osd", "/usr/bin/ceph-osd", True),
    ("libc", LIB + "libc.so.6", True),
    ("libstdc++", LIB + "debug/libstdc++.so.6", True),
    ("python3.11", "/usr/bin/python3.11", True),
    ("node", "/usr/bin/node", False),
    ("libLLVM-14", LIB + "libLLVM-14.so.1", False),
)


def found(pattern):
    paths = sorted(glob.glob(pattern))
    return os.path.realpath(paths[0]) if paths else None


def debug_file(path):
    bid = elf.build_id(path)
    file = DEBUG + bid[:2] + "/" + bid[2:] + ".debug" if bid else ""
    return file if os.path.exists(file) else None


def big_group(report, work, args):
    answers = os.path.join(work, "answers")
    os.makedirs(answers, exist_ok=True)
    table = []
    for name, pattern, wants_dwarf in CORPORA:
        path = found(pattern)
        debug = debug_file(path) if path else None
        if path and not debug and any(n == ".debug_info" for n, *_ in oracle.Elf(path).sections):
            debug = path
        if not path or wants_dwarf and not debug:
            report.skip("big/" + name, "no %s with its debug package" % pattern)
            continue
        table.append(big_one(report, name, path, debug, wants_dwarf, answers))
    print("# %-12s %9s %9s %9s %9s  %s" % ("file", "addresses", "exact", "by rule", "equal", "classes"))
    for row in table:
        print("# %-12s %9d %9d %9d %8.2f%%  %s" % row)


def big_one(report, name, path, debug, wants_dwarf, answers):
    facts = compare.Facts([path, debug] if debug and debug != path else [path], path)
    addrs = oracle.spread(path, ADDRESSES)
    theirs = oracle.llvm(path, addrs, answers)
    facts.second = lambda: oracle.outermost(debug or path, addrs, answers)
    ours, said = oracle.hprof(path, addrs)
    tally = compare.Tally()
    tally.add(facts, addrs, ours, theirs, name)
    tried, passed = compare.hidden(facts, addrs, ours, theirs, step=11)
    problems = tally.unexplained + passed
    if said:
        problems.append("says: " + said[:300])
    if wants_dwarf and tally.equal_share() < LEAST:
        problems.append("%.3f %% are equal, wanted are %g %%" % (100 * tally.equal_share(), 100 * LEAST))
    other, _ = oracle.hprof(path, addrs, ["--symbolizer", "libdw"])
    problems += ["0x%x: the readers differ\n  fast:  %s\n  libdw: %s" % (a, oracle.shown(o), oracle.shown(l))
                 for a, o, l in zip(addrs, ours, other) if o != l]
    report.check("big/" + name, problems, tally.told() + "; %d wrong answers found" % tried)
    classes = ", ".join("%d %s" % (n, r) for r, n in tally.reasons.most_common() if r in compare.CLASSES)
    return name, tally.n, tally.exact, tally.by_rule, 100 * tally.equal_share(), \
        "%s%s%d unexplained" % (classes, "; " if classes else "", len(tally.unexplained))

