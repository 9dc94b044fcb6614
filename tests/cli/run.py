#!/usr/bin/env python3
"""run.py - command lines with what they print, from tests/cli/cases/*.t:
run.py [--update] [FILE[:CASE]]...

A case is a line "# name", then command lines "$ ..." each followed by what it prints on
standard output and standard error together, and by "[N]" when it exits with N other than 0.
One blank line before the next case is not part of the output; all others are.
A line of expected output that ends in " (re)" is a regular expression.  The commands of a file
run in one scratch folder, where "testdata" and "hprof" are found.

FILE is "top.t" or "top", CASE the name of a case or a pattern as "*sum*"; without any, all cases
of all files run.  The commands before a chosen case run too, for the files that they leave, but
are not judged.  --update rewrites the expected output of the cases that run.
"""
import fnmatch
import glob
import os
import re
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CASES = os.path.join(ROOT, "tests/cli/cases/*.t")
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


def cases_of(path):
    """The cases of a file, as (name, [(command, expected lines)])."""
    cases = []
    for kind, text, want in parse(path):
        if kind == "name":
            cases.append((text[2:], []))
        else:
            cases[-1][1].append((text, want))
    return cases


def choose(args):
    """{path: names of the cases that run}; SystemExit(2) where an argument names none."""
    chosen = {}
    for arg in args or [os.path.basename(path) for path in glob.glob(CASES)]:
        file, _, pattern = arg.partition(":")
        path = CASES.replace("*.t", re.sub(r"\.t$", "", os.path.basename(file)) + ".t")
        if not os.path.exists(path):
            print("run.py: no file of cases is called \"%s\"; see tests/cli/cases" % file, file=sys.stderr)
            sys.exit(2)
        names = [name for name, _ in cases_of(path)]
        found = [name for name in names if not pattern or name == pattern or fnmatch.fnmatchcase(name, pattern)]
        if not found:
            print("run.py: no case of %s is called \"%s\"; there are:" % (file, pattern), file=sys.stderr)
            print("\n".join("  " + name for name in names), file=sys.stderr)
            sys.exit(2)
        chosen.setdefault(path, set()).update(found)
    return chosen


def run_case(commands, folder):
    """What the commands print in place of what is expected, and whether that is right."""
    out, ok = [], True
    for command, want in commands:
        got = run(command, folder)
        if same(want, got):
            got = want
        else:
            ok = False
            print("    $ %s" % command)
            print("\n".join(["    - " + w for w in want] + ["    + " + g for g in got]))
        out += ["$ " + command] + got
    return out, ok


def run_file(path, names):
    """The file as it should be, and whether each case that ran is right."""
    out, results = [], []
    cases = cases_of(path)
    last = max(i for i, case in enumerate(cases) if case[0] in names)
    with tempfile.TemporaryDirectory(prefix="hprof-cli.") as folder:
        os.symlink(os.path.join(ROOT, "testdata"), os.path.join(folder, "testdata"))
        for i, (name, commands) in enumerate(cases):
            if name in names:
                lines, ok = run_case(commands, folder)
                print("%s - %s: %s" % ("ok" if ok else "not ok", os.path.basename(path), name))
                results.append(ok)
            else:
                lines = [line for command, want in commands for line in ["$ " + command] + want]
                for command, _ in commands if i < last else ():
                    run(command, folder)
            out += ["# " + name] + lines + [""]
    return out[:-1], results


def main():
    args = sys.argv[1:]
    update = "--update" in args
    results = []
    for path, names in sorted(choose([arg for arg in args if arg != "--update"]).items()):
        out, right = run_file(path, names)
        results += right
        if update:
            with open(path, "w", encoding="utf-8") as f:
                f.write("\n".join(out) + "\n")
    print("%d passed, %d failed" % (results.count(True), results.count(False)))
    return not all(results)


if __name__ == "__main__":
    sys.exit(main())
