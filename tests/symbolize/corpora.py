# corpora.py - what Debian installs, 10,000 addresses each: frames, and the text that addr2line prints.
import glob
import os
import re
from collections import Counter

import compare
import elf
import oracle
from peerlib import find_hprof, run

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



# --- the text that addr2line prints ---

NOWHERE = ("??:0", "??:?", ":?")


def text_blocks(argv, path, addrs):
    """The lines about each address, names as linked."""
    out = []
    for line in run([*argv, "-a", "-f", "-i", "-e", path], stdin=oracle.as_text(addrs)).splitlines():
        if line.startswith("0x"):
            out.append([])
        else:
            out[-1].append(line)
    return out


DISCRIMINATOR = re.compile(r" \(discriminator \d+\)$")


def umpire_agrees(name, place, frame, own):
    """Whether llvm-symbolizer's @frame is the function @name at @place."""
    file, _, line = DISCRIMINATOR.sub("", place).rpartition(":")
    known = line.isdigit() and int(line) == frame.line or line == "?" and not frame.line
    return known and os.path.basename(file) == os.path.basename(frame.file) and \
        (compare.plain(name) == compare.plain(frame.name) or compare.bare(name) == compare.bare(frame.name) or
         {compare.plain(name), compare.plain(frame.name)} <= own)


def line_reasons(facts, addr, ours, theirs, third):
    """
    Why the lines about @addr differ; None if nothing explains it.  @third: what llvm-symbolizer
    says, which settles in which file of DWARF 5 an inlined function is, and which frame a
    symbol names: binutils 2.40 errs there.
    """
    own = {compare.plain(n) for n in facts.entry_names(addr)}
    if ours[0] == "??" and not own and (ours[1] in NOWHERE and not third or
                                        third and umpire_agrees("", ours[1], third[0]._replace(name=""), own)):
        return {"the nearest symbol, which ended before"}
    if len(ours) != len(theirs):
        return None
    reasons = set()
    for k in range(0, len(ours), 2):
        a, b = ours[k], theirs[k]
        if k and DISCRIMINATOR.sub("", theirs[k + 1]) == ours[k + 1] != theirs[k + 1]:
            reasons.add("the leaf's discriminator on callers")
        elif ours[k:k + 2] != theirs[k:k + 2] and len(third) * 2 == len(ours) and \
                umpire_agrees(a, ours[k + 1], third[k // 2], own if k + 2 == len(ours) else set()):
            reasons.add("llvm-symbolizer agrees with us")
            continue
        elif ours[k + 1] == "??:?" and theirs[k + 1].endswith(":?"):
            reasons.add("object file" if theirs[k + 1] != ":?" else "how an unknown place is written")
        elif ours[k + 1] != theirs[k + 1]:
            if ours[k + 1] not in NOWHERE or theirs[k + 1] not in NOWHERE:
                return None
            reasons.add("how an unknown place is written")
        if a == b or k + 2 < len(ours) and compare.bare(a) == compare.bare(b):
            continue
        if a.endswith("@plt") and facts.in_plt(addr):
            reasons.add("linkage stub")
        elif not own and a == "??":
            reasons.add("the nearest symbol, which ended before")
        elif own and k + 2 == len(ours) and compare.plain(a) in own and compare.plain(b) in own | {"??"}:
            reasons.add("another symbol of the same place")
        elif own and k + 2 == len(ours) and compare.mangled(a) and \
                compare.bare(compare.demangled(a)) == compare.bare(b):
            reasons.add("symbol's name")
        elif compare.unified(b, a) or compare.unified(a, b):
            reasons.add("unified")
        else:
            return None
    return reasons


def lines_group(report, work, args):
    """hprof symbolize in place of addr2line, -f -i, for what GCC made."""
    answers = os.path.join(work, "answers")
    os.makedirs(answers, exist_ok=True)
    for name, pattern, wants_dwarf in CORPORA:
        path = found(pattern)
        debug = debug_file(path) if path else None
        if not wants_dwarf or not debug:
            continue
        facts = compare.Facts([path, debug], path)
        addrs = oracle.spread(path, ADDRESSES)
        ours = text_blocks([find_hprof(), "symbolize"], path, addrs)
        theirs = text_blocks(["nice", "addr2line"], path, addrs)
        third = oracle.llvm(path, addrs, answers)
        counts, bad = Counter(), []
        for a, o, t, u in zip(addrs, ours, theirs, third):
            reasons = line_reasons(facts, a, o, t, u)
            if reasons is None:
                bad.append("0x%x\n  hprof:     %s\n  addr2line: %s" % (a, o, t))
            counts.update(reasons or ())
            counts["same"] += o == t
        if not len(addrs) == len(ours) == len(theirs):
            bad.append("%d addresses, %d and %d answers" % (len(addrs), len(ours), len(theirs)))
        report.check("lines/" + name, bad, ", ".join("%d %s" % (n, r) for r, n in counts.most_common()))
