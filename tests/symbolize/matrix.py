#!/usr/bin/env python3
# matrix.py - hprof symbolize beside llvm-symbolizer and its own second reader, on builds of every kind.
"""
Groups: matrix (programs of every compiler, DWARF version and kind of file), classes (each difference
that is allowed, on a minimal program), big (what Debian installs), lines (what addr2line prints of it).  HPROF names the tool to test
(build/hprof).  What was made and what the peers said is kept below --work, so that a second run takes
a fraction of the time.
"""
import argparse
import os
import shutil
import sys
import traceback
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "peers")]
sys.dont_write_bytecode = True

import builds  # noqa: E402
import classes  # noqa: E402
import compare  # noqa: E402
import corpora  # noqa: E402
import elf  # noqa: E402
import oracle  # noqa: E402
import peerlib  # noqa: E402

TOOLS = ("gcc", "g++", "clang", "clang++", "ld.lld", "ld.gold", "llvm-symbolizer", "addr2line", "nm", "readelf",
         "objdump", "objcopy", "strip", "c++filt", "dwz", "dwp", "llvm-dwp", "xz")
READERS = ("fast", "libdw")


class Run:
    """One go through many builds."""

    def __init__(self, report, work, long):
        self.report, self.long = report, long
        self.maker = builds.Maker(os.path.join(work, "builds"))
        self.answers = os.path.join(work, "answers")
        os.makedirs(self.answers, exist_ok=True)
        self.total = compare.Tally()
        self.tried = self.passed = 0

    def all(self, todo):
        with ThreadPoolExecutor(max(1, min(4, os.cpu_count() or 1))) as pool:
            for b, problems, note in pool.map(self.one, todo):
                self.report.check("matrix/" + builds.name(b), problems, note)

    def one(self, b):
        try:
            return (b,) + self._one(b)
        except Exception:
            return b, [traceback.format_exc(limit=5)], ""

    def _one(self, b):
        case = self.maker.case(b)
        symbols = elf.Symbols(case.symbols[0])
        facts = compare.Facts(case.symbols, case.oracle)
        addrs = oracle.spread(case.oracle, 4000 if self.long else 1200, symbols)
        theirs = oracle.llvm(case.oracle, addrs, self.answers)
        facts.second = lambda: oracle.outermost(case.oracle, addrs, self.answers)
        ours, said = oracle.hprof(case.file, addrs, case.args)
        other = ours
        if b.kind not in compare.NOT_BY_LIBDW:
            other, _ = oracle.hprof(case.file, addrs, [*case.args, "--symbolizer", "libdw"])
        if "icf" in b.kind:
            facts.other_reader = dict(zip(addrs, other))
        tally = compare.Tally()
        tally.add(facts, addrs, ours, theirs, builds.name(b))
        problems = list(tally.unexplained)
        tried, passed = compare.hidden(facts, addrs, ours, theirs, step=5 if self.long else 11)
        problems += passed
        if said:
            problems.append("says: " + said[:400])
        problems += self._depth(b, case, ours, tried)
        problems += ["0x%x: the readers differ\n  fast:  %s\n  libdw: %s" % (a, oracle.shown(o), oracle.shown(l))
                     for a, o, l in zip(addrs, ours, other) if o != l]
        self.total.merge(tally)
        self.tried += tried
        self.passed += len(passed)
        return problems, tally.told() + "; %d wrong answers found" % tried

    def _depth(self, b, case, ours, tried):
        """What has to be there, or the comparison compares nothing."""
        lines = sum(1 for o in ours if o and o[0].line)
        inlined = sum(1 for o in ours if len(o) > 1)
        out = []
        if case.mode == "dwarf" and lines * 5 < len(ours) and b.kind != "static":
            out.append("only %d of %d addresses have a line" % (lines, len(ours)))
        if case.mode == "dwarf" and not inlined and (b.language, b.opt) != ("c++", "O0"):
            out.append("no address lies in an inlined function")
        if case.mode == "symbols" and lines:
            out.append("%d addresses have lines, and there is no DWARF" % lines)
        if tried < 20:
            out.append("only %d wrong answers were tried" % tried)
        return out

    def close(self, shares):
        """The sums: how much each rule and class has, and that no class has grown."""
        t = self.total
        print("# %s" % t.told())
        print("# %.2f %% equal; %d of %d wrong answers would pass" %
              (100 * t.equal_share(), self.passed, self.tried))
        problems = []
        for reason, n in t.reasons.items():
            if reason in compare.CLASSES and n > compare.CLASSES[reason][1] * t.n:
                problems.append("%s: %d of %d, at most %g %% are expected" %
                                (reason, n, t.n, 100 * compare.CLASSES[reason][1]))
        if shares:
            self.report.check("matrix/shares of the classes", problems)


def matrix_group(report, work, args):
    run = Run(report, work, args.long)
    todo = list(builds.everything()) if args.long else builds.chosen()
    todo += list(builds.foreign(args.long))
    for b in list(todo):
        tool = builds.command(b, "plain")
        if not tool or peerlib.have(tool):
            report.skip("matrix/" + builds.name(b), "no compiler for it")
            todo.remove(b)
    if args.only:
        todo = [b for b in todo if args.only in builds.name(b)]
    run.all(todo)
    run.close(shares=not args.only)


GROUPS = {"matrix": matrix_group, "classes": classes.classes_group, "big": corpora.big_group,
          "lines": corpora.lines_group}


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--long", action="store_true", help="every build, all groups")
    ap.add_argument("--big", action="store_true", help="the group of what Debian installs")
    ap.add_argument("--group", action="append", choices=sorted(GROUPS), help="only this one; repeatable")
    ap.add_argument("--only", help="builds whose name has this text")
    ap.add_argument("--work", default=os.path.join(peerlib.ROOT, "build", "symbolize"), help="what is kept")
    ap.add_argument("--fresh", action="store_true", help="keep nothing of earlier runs")
    ap.add_argument("-v", "--verbose", action="store_true", help="every difference")
    args = ap.parse_args()
    report = peerlib.Report(args.verbose)
    missing = peerlib.have(*TOOLS)
    if not os.path.exists(peerlib.find_hprof()):
        report.check("the tools", "no %s: run make, or set HPROF" % peerlib.find_hprof())
        return report.close()
    if missing:
        report.skip("everything", missing + " is missing")
        return report.close()
    if args.fresh:
        shutil.rmtree(args.work, ignore_errors=True)
    os.makedirs(args.work, exist_ok=True)
    wanted = args.group or (["big"] if args.big else sorted(GROUPS) if args.long else ["matrix", "classes"])
    for g in wanted:
        clock = peerlib.Clock()
        try:
            GROUPS[g](report, args.work, args)
        except Exception:  # the other groups still have something to say
            report.check(g, traceback.format_exc(limit=6))
        print("# %s: %.0f s" % (g, clock.seconds()), flush=True)
    return report.close()


if __name__ == "__main__":
    sys.exit(main())
