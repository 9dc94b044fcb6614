#!/usr/bin/env python3
# run.py - hprof beside its peers, on programs that are built and captured here and now.
"""Groups: frames (llvm-symbolizer, addr2line, nm), jeprof, debian (python3, clang, ...), diff,
stats, collapsed, massif (ms_print), gperftools
(google-pprof, go tool pprof), pictures (poppler),
exports (callgrind_annotate, dot, flamegraph.pl, dh_view.js, sqlite3), pprof (profile.proto in go tool pprof), series (dumps of servers,
one after the other).  HPROF names the tool to test (build/hprof); --work keeps what is made."""
import argparse
import os
import shutil
import sys
import tempfile
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True

import collapsed  # noqa: E402
import debian  # noqa: E402
import differences  # noqa: E402
import exports  # noqa: E402
import gperftools  # noqa: E402
import jeprof  # noqa: E402
import massif  # noqa: E402
import matrix  # noqa: E402
import peerlib  # noqa: E402
import pictures  # noqa: E402
import pprof  # noqa: E402
import series  # noqa: E402
import stats  # noqa: E402

GROUPS = {"frames": matrix.run_group, "jeprof": jeprof.run_group, "debian": debian.run_group,
          "diff": differences.run_group, "stats": stats.run_group, "collapsed": collapsed.run_group,
          "massif": massif.run_group, "gperftools": gperftools.run_group,
          "pictures": pictures.run_group, "exports": exports.run_group,
          "pprof": pprof.run_group, "series": series.run_group}


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--quick", action="store_true", help="a few minutes (the default)")
    ap.add_argument("--long", action="store_true", help="more builds, more runs")
    ap.add_argument("--group", action="append", choices=sorted(GROUPS), help="only this one; repeatable")
    ap.add_argument("--work", help="folder to work in, kept; default: a temporary one")
    ap.add_argument("-v", "--verbose", action="store_true", help="every difference")
    args = ap.parse_args()
    report = peerlib.Report(args.verbose)
    if not os.path.exists(peerlib.find_hprof()):
        report.check("the tool", "no %s: run make, or set HPROF" % peerlib.find_hprof())
        return report.close()
    if not peerlib.allocates_profiles():
        for g in args.group or GROUPS:
            report.skip(g, "no %s (package libjemalloc2)" % peerlib.JEMALLOC)
        return report.close()
    work = args.work or tempfile.mkdtemp(prefix="hprof-peers-")
    os.makedirs(work, exist_ok=True)
    try:
        for g in args.group or GROUPS:
            clock = peerlib.Clock()
            try:
                GROUPS[g](report, work, args.long)
            except Exception:  # the other groups still have something to say
                report.check(g, traceback.format_exc(limit=6))
            print("# %s: %.0f s" % (g, clock.seconds()), flush=True)
    finally:
        if not args.work:
            shutil.rmtree(work, ignore_errors=True)
    return report.close()


if __name__ == "__main__":
    sys.exit(main())
