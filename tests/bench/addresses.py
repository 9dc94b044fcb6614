#!/usr/bin/env python3
# addresses.py - choose addresses inside the code of an ELF file, one a line; the same ones every time.
"""Kinds: c (clustered, as the call sites of a heap profile are: 300 places in the code, at each the calls
of a function and, when it has too few, of those behind it), u (uniform over the section).  A call site is
written as the last byte of the call, which is a return address minus 1.  The order is a shuffled one."""
import argparse
import bisect
import os
import random
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "peers"))
sys.dont_write_bytecode = True

from elf import build_id  # noqa: E402
from peerlib import run  # noqa: E402

PLACES = 300
# call rel32; call [rip + x]; call a register.  Bytes, not instructions: what matters is that most are calls.
CALLS = re.compile(rb"\xe8[\x00-\xff]{3}[\x00\xff]|\xff\x15[\x00-\xff]{4}|\x41?\xff[\xd0-\xd7]")


class Text:
    """The largest section of code: its address, and its bytes."""

    def __init__(self, path):
        best = (0, 0, 0)
        for line in run(["readelf", "-SW", path]).splitlines():
            m = re.match(r"\s*\[\s*\d+\] \S+\s+PROGBITS\s+([0-9a-f]+) ([0-9a-f]+) ([0-9a-f]+) \d+\s+AX", line)
            if m:
                addr, offset, size = (int(x, 16) for x in m.groups())
                best = max(best, (size, addr, offset))
        self.size, self.start, offset = best
        if not self.size:
            raise ValueError("no section of code in " + path)
        with open(path, "rb") as f:
            f.seek(offset)
            self.bytes = f.read(self.size)

    def calls(self):
        """Addresses of the last bytes of calls, ascending."""
        out = []
        for m in CALLS.finditer(self.bytes):
            last = self.start + m.end() - 1
            if m.group()[0] == 0xE8 and not self.holds(last + 1 + int.from_bytes(m.group()[1:], "little", signed=True)):
                continue
            out.append(last)
        return out

    def holds(self, addr):
        return self.start <= addr < self.start + self.size


def debug_file(path):
    """Debian's file of debug information for @path, or None."""
    ident = build_id(path) or ""
    debug = "/usr/lib/debug/.build-id/%s/%s.debug" % (ident[:2], ident[2:])
    return debug if os.path.exists(debug) else None


def function_starts(path, text):
    """Where the functions of the symbol table begin; of the exported ones where there is no table."""
    starts = set()
    for cmd in (["nm", debug_file(path) or path], ["nm", "-D", path]):
        out = subprocess.run(cmd, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False).stdout
        for line in out.splitlines():
            part = line.split(None, 2)
            if len(part) == 3 and part[1] in b"tTwW":
                starts.add(int(part[0], 16))
        starts = {s for s in starts if text.holds(s)}
        if starts:
            return sorted(starts)
    raise ValueError("no symbols of functions in " + path)


def clustered(path, count, rnd):
    text = Text(path)
    calls = text.calls()
    starts = function_starts(path, text)
    if count > len(calls) // 2:
        raise ValueError("%s has only %d calls" % (path, len(calls)))
    chosen = set()
    rnd.shuffle(starts)
    for i, start in enumerate(starts):
        if len(chosen) >= count:
            break
        share = -(-(count - len(chosen)) // max(1, PLACES - i))
        at = bisect.bisect_left(calls, start)
        chosen.update(calls[at:at + share])
    out = sorted(chosen)
    rnd.shuffle(out)
    return out[:count]


def uniform(path, count, rnd):
    text = Text(path)
    return [text.start + i for i in rnd.sample(range(text.size), count)]


def choose(path, kind, count, seed=1):
    rnd = random.Random("%d/%s/%d" % (seed, kind, count))
    return (clustered if kind == "c" else uniform)(path, count, rnd)


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("kind", choices=("c", "u"))
    ap.add_argument("count", type=int)
    ap.add_argument("file")
    ap.add_argument("--seed", type=int, default=1)
    args = ap.parse_args()
    try:
        found = choose(args.file, args.kind, args.count, args.seed)
    except ValueError as e:
        print("addresses.py: %s" % e, file=sys.stderr)
        return 1
    sys.stdout.write("".join("0x%x\n" % a for a in found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
