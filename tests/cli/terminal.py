#!/usr/bin/env python3
"""terminal.py - what is no text is refused on a terminal, and says which file to name; a file is written all the same."""
import os
import pty
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HPROF = os.path.abspath(os.environ.get("HPROF", os.path.join(ROOT, "build/hprof")))
DUMP = os.path.join(ROOT, "testdata/jemalloc/ok/m.heap")
PAGE = "a report is a page, nothing for a terminal: name a file with -o FILE.html or -o FILE.pdf"
PPROF = "--to pprof is nothing for a terminal: name a file with -o"
CASES = (
    (["report", DUMP], PAGE),
    (["report", "--sum", "--base", DUMP, DUMP, DUMP], PAGE),
    (["flame", "--svg-outlines", DUMP], "--svg-outlines is a picture, nothing for a terminal: name a file with -o FILE.svg"),
    (["export", "--to", "pprof", DUMP], PPROF),
    (["export", "--to", "pprof", "-o", "-", DUMP], PPROF),
    (["report", "--no-symbols", "-o", "x.html", DUMP], None),
    (["report", "--no-symbols", "-o", "x.pdf", DUMP], None),
    (["flame", "--no-symbols", "--svg-outlines", "-o", "x.svg", DUMP], None),
)


def run(args, folder):
    """Exit status, standard output and standard error, the first of which is a terminal."""
    ours, theirs = pty.openpty()
    with subprocess.Popen([HPROF] + args, cwd=folder, stdin=subprocess.DEVNULL, stdout=theirs, stderr=subprocess.PIPE) as p:
        os.close(theirs)
        err = p.stderr.read().decode()
    out = b""
    try:
        while True:
            more = os.read(ours, 65536)
            if not more:
                break
            out += more
    except OSError:  # the other side is closed
        pass
    os.close(ours)
    return p.returncode, out, err


def main():
    try:
        for end in pty.openpty():
            os.close(end)
    except OSError as e:
        print("SKIP terminal: there are no pseudo-terminals here (%s)" % e)
        return 0
    failed = 0
    with tempfile.TemporaryDirectory(prefix="hprof-terminal.") as folder:
        for args, refusal in CASES:
            status, out, err = run(args, folder)
            name = " ".join(os.path.basename(a) for a in args)
            if refusal:
                good = (status, out, err) == (2, b"", "hprof: %s\n" % refusal)
            else:
                good = (status, out) == (0, b"") and os.path.getsize(os.path.join(folder, args[args.index("-o") + 1])) > 0
            print("%s - terminal: %s" % ("ok" if good else "not ok", name))
            if not good:
                print("    status %d, %d bytes, says %r" % (status, len(out), err))
            failed += not good
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
