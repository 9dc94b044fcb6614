#!/usr/bin/env python3
"""readme.py - runs the examples of README.md.

A block that is fenced as "sh" is an example: it is run by "sh -e" and must succeed.  A block
fenced as "text" that follows it directly is what the example prints, on standard output and
standard error together.  The two are compared with every number, size and address made alike
and blanks squeezed, since a sample differs from run to run; a line "..." stands for any lines.
A block fenced as "console" holds set-up commands of the checkout, which are not run: of
"make TARGET" it is checked that the target exists.

The examples run in order, in the folder and with the PATH that the examples before them have
left, beginning in the checkout.  testdata/gen/demo.sh, which is what "make demo" runs, has made the
files that they use; nothing is added to these.
"""
import os
import re
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DEMO = os.path.join(ROOT, "testdata/gen/demo.sh")


def blocks(text):
    """(fence, line number, lines) of each fenced block; 'gap' between two that are apart."""
    kind, start, lines = None, 0, []
    for number, line in enumerate(text.splitlines(), 1):
        if kind is None and line.startswith("```"):
            kind, start, lines = line[3:].strip(), number, []
        elif kind is not None and line == "```":
            yield kind, start, lines
            kind = None
        elif kind is not None:
            lines.append(line)
        elif line.strip():
            yield "gap", number, []
    if kind is not None:
        sys.exit("README.md:%d: a block without end" % start)


def alike(line):
    """The line without what differs from run to run."""
    line = re.sub(r"0x[0-9a-f]+", "X", line)
    line = re.sub(r"\b\d[\d.]*( (B|KiB|MiB|GiB))?(?![\w:])", "N", line)
    return " ".join(line.split())


def same(want, got):
    """Whether @got is @want, where a line "..." stands for any lines."""
    if not want:
        return not got
    if want[0] == "...":
        return any(same(want[1:], got[i:]) for i in range(len(got) + 1))
    return bool(got) and want[0] == got[0] and same(want[1:], got[1:])


class Shell:
    """What is typed into one shell: each example begins where the one before it has ended."""

    def __init__(self, home):
        self.home, self.folder = home, ROOT
        self.path = ":".join(["/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"])

    def run(self, script):
        env = {"LC_ALL": "C", "TZ": "UTC", "NO_COLOR": "1", "COLUMNS": "100", "HOME": self.home,
               "PATH": self.path, "STATE": os.path.join(self.home, "state")}
        script += '\nprintf "%s\\n" "$PWD" "$PATH" > "$STATE"'
        done = subprocess.run(["sh", "-e", "-c", script], cwd=self.folder, env=env,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=300)
        if done.returncode == 0:
            with open(env["STATE"], encoding="utf-8") as f:
                self.folder, self.path = f.read().splitlines()
        return done.returncode, done.stdout.decode("utf-8", "backslashreplace").splitlines()

    def example(self, lines, expected):
        """None when all is well, or else what is wrong."""
        code, got = self.run("\n".join(lines))
        if code:
            return ["exit %d:" % code] + got
        if expected is None or same([alike(x) for x in expected], [alike(x) for x in got]):
            return None
        return ["README shows:"] + expected + ["it prints:"] + got


def check_targets(lines):
    for line in lines:
        words = line.split()
        if words[:1] != ["make"] or subprocess.run(
                ["make", "-n"] + words[1:], cwd=ROOT, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL).returncode:
            return ["no such target: " + line]
    return None


def make_demo():
    done = subprocess.run([DEMO], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300)
    if done.returncode:
        sys.exit("not ok - README: %s failed\n%s"
                 % (DEMO, done.stdout.decode("utf-8", "backslashreplace")))


def main():
    counts = {"ok": 0, "not ok": 0}
    every = list(blocks(open(os.path.join(ROOT, "README.md"), encoding="utf-8").read()))
    make_demo()
    with tempfile.TemporaryDirectory(prefix="hprof-readme.") as home:
        shell = Shell(home)
        for i, (kind, number, lines) in enumerate(every):
            follows = every[i + 1] if i + 1 < len(every) else ("gap", 0, [])
            if kind not in ("sh", "console"):
                continue
            if kind == "console":
                wrong = check_targets(lines)
            else:
                wrong = shell.example(lines, follows[2] if follows[0] == "text" else None)
            word = "not ok" if wrong else "ok"
            counts[word] += 1
            print("%s - README.md:%d: %s" % (word, number, lines[0]))
            for line in wrong or []:
                print("    " + line)
    print("%d passed, %d failed" % (counts["ok"], counts["not ok"]))
    return 1 if counts["not ok"] or not counts["ok"] else 0


if __name__ == "__main__":
    sys.exit(main())
