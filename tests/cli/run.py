#!/usr/bin/env python3
"""run.py - command lines with what they print, from tests/cli/cases/*.t.

A case is a line "# name", then command lines "$ ..." each followed by what it prints on
standard output and standard error together, and by "[N]" when it exits with N other than 0.
One blank line before the next case is not part of the output; all others are.
A line of expected output that ends in " (re)" is a regular expression.  The commands run in a
scratch folder where "testdata" and "hprof" are at hand.  "--update" rewrites the files.
"""
import glob
import os
import re
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HPROF = os.path.abspath(os.environ.get("HPROF", os.path.join(ROOT, "build/hprof")))


def run(command, folder):
    env = {"LC_ALL": "C", "TZ": "UTC", "NO_COLOR": "1", "COLUMNS": "100", "HOME": folder,
           "LSAN_OPTIONS": "print_suppressions=0:suppressions=" + os.path.join(ROOT, "tests/lsan.supp"),
           "PATH": os.path.dirname(HPROF) + ":/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"}
    done = subprocess.run(["sh", "-c", command], cwd=folder, env=env, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, timeout=120)
    lines = done.stdout.decode("utf-8", "backslashreplace").splitlines()
    if done.returncode:
        lines.append("[%d]" % done.returncode)
    return lines


def parse(path):
    """Blocks of (name, command, expected lines); text outside of cases is kept."""
    blocks = []
    for line in open(path, encoding="utf-8").read().splitlines():
        if line.startswith("# "):
            if blocks and blocks[-1][2][-1:] == [""]:
                blocks[-1][2].pop()
            blocks.append(("name", line, []))
        elif line.startswith("$ "):
            blocks.append(("command", line[2:], []))
        elif blocks and blocks[-1][0] == "command":
            blocks[-1][2].append(line)
        elif line:
            sys.exit("%s: stray line %r" % (path, line))
    return blocks


def same(want, got):
    if len(want) != len(got):
        return False
    for w, g in zip(want, got):
        if w.endswith(" (re)"):
            if not re.fullmatch(w[:-5], g):
                return False
        elif w != g:
            return False
    return True


def main():
    update = "--update" in sys.argv
    passed = failed = 0
    for path in sorted(glob.glob(os.path.join(ROOT, "tests/cli/cases/*.t"))):
        out, name, ok = [], None, True
        with tempfile.TemporaryDirectory(prefix="hprof-cli.") as folder:
            os.symlink(os.path.join(ROOT, "testdata"), os.path.join(folder, "testdata"))
            blocks = parse(path) + [("name", "# end", [])]
            for kind, text, want in blocks:
                if kind == "name":
                    if name is not None:
                        print("%s - %s: %s" % ("ok" if ok else "not ok",
                                               os.path.basename(path), name))
                        passed, failed = passed + ok, failed + (not ok)
                    name, ok = text[2:], True
                    out += ([""] if out else []) + [text]
                    continue
                got = run(text, folder)
                if not same(want, got):
                    ok = False
                    print("    $ %s" % text)
                    print("\n".join(["    - " + w for w in want] + ["    + " + g for g in got]))
                out += ["$ " + text] + (want if same(want, got) else got)
        if update:
            with open(path, "w", encoding="utf-8") as f:
                f.write("\n".join(out[:-2]) + "\n")
    print("%d passed, %d failed" % (passed, failed))
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
