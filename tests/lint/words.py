#!/usr/bin/env python3
"""words.py - comments that still have a word of words.txt, where they are more than it allows: words.py [--lower] [FILE]"""
import glob
import os
import re
import sys

LIST = os.path.join(os.path.dirname(os.path.abspath(__file__)), "words.txt")


def comments():
    """(place, comment on one line) of all C sources of the library and the tool."""
    for path in sorted(p for d in ("analyzer", "formats", "render")
                       for p in glob.glob(d + "/**/*.[ch]", recursive=True)):
        with open(path, encoding="utf-8") as f:
            text = f.read()
        for found in re.finditer(r'"(?:\\.|[^"\\\n])*"|(/\*.*?\*/)', text, re.S):
            if found[1]:
                yield ("%s:%d" % (path, text.count("\n", 0, found.start()) + 1),
                       re.sub(r"\s*\n[\s*]*(?!/)", " ", found[1]).replace(" * /", " */"))


def main():
    path = ([arg for arg in sys.argv[1:] if arg != "--lower"] or [LIST])[0]
    with open(path, encoding="utf-8") as f:
        lines = f.read().splitlines()
    known, failed = list(comments()), False
    for n, line in enumerate(lines):
        if line.startswith("#"):
            continue
        most, word = line.split(" ", 1)
        found = [place for place, text in known if re.search(word, text, re.I)]
        if "--lower" in sys.argv:
            lines[n] = "%d %s" % (min(len(found), int(most)), word)
        elif len(found) > int(most):
            print("%d comments with %s, where %s are allowed: say it in other words\n    %s" % (
                len(found), word, most, " ".join(found[:80])))
            failed = True
    if "--lower" in sys.argv:
        with open(path, "w", encoding="utf-8") as f:
            f.write("\n".join(lines) + "\n")
    return failed


if __name__ == "__main__":
    sys.exit(main())
