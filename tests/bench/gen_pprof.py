#!/usr/bin/env python3
# gen_pprof.py - write a large profile.proto: random walks through a call graph, of many functions.
"""Each function calls a few others, one of them most of the time, so that stacks part from each other at
any depth, as those of programs do.  The same arguments give the same bytes."""
import argparse
import os
import random
import sys
import zlib

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from wire import message, number, varint  # noqa: E402


class Strings:
    def __init__(self):
        self.known = {"": 0}

    def id(self, text):
        return self.known.setdefault(text, len(self.known))


def make(out, stacks, depth, functions, often, seed):
    rng = random.Random(seed)
    strings = Strings()
    names = [varint(i + 1) for i in range(functions)]
    calls = [[rng.randrange(functions) for _ in range(rng.randint(1, 4))] for _ in range(functions)]

    pack = zlib.compressobj(1, zlib.DEFLATED, 31)
    put = lambda *parts: out.write(pack.compress(b"".join(parts)))  # noqa: E731
    types = [("alloc_objects", "count"), ("alloc_space", "bytes"), ("inuse_objects", "count"), ("inuse_space", "bytes")]
    for name, unit in types:
        put(message(1, number(1, strings.id(name)), number(2, strings.id(unit))))
    label = number(1, strings.id("bytes")), strings.id("bytes")
    seen = set()
    while len(seen) < stacks:
        at = rng.randrange(8)
        walk = []
        for _ in range(depth + rng.randint(-5, 5)):
            walk.append(at)
            to = calls[at]
            at = to[0] if rng.random() < often else to[rng.randrange(len(to))]
        walk = tuple(reversed(walk))
        if walk in seen:
            continue
        seen.add(walk)
        size = 1 << rng.randint(4, 16)
        n = rng.randint(1, 1000)
        values = b"".join(map(varint, (3 * n, 3 * n * size, n, n * size)))
        put(message(2, message(1, b"".join(names[f] for f in walk)), message(2, values),
                    message(3, label[0], number(3, size), number(4, label[1]))))
    put(message(3, number(1, 1), number(2, 0x400000), number(3, 0x4000000), number(5, strings.id("/srv/app/server")),
                *(number(f, 1) for f in (7, 8, 9, 10))))
    for i in range(functions):
        put(message(4, number(1, i + 1), number(2, 1), number(3, 0x400000 + 64 * i),
                    message(4, number(1, i + 1), number(2, 10 + i % 900))))
    for i in range(functions):
        name = strings.id("app::module%02d::function_%d" % (i % 97, i))
        put(message(5, number(1, i + 1), number(2, name), number(3, name),
                    number(4, strings.id("/srv/app/src/module%02d.cc" % (i % 97)))))
    put(message(11, number(1, strings.id("space")), number(2, strings.id("bytes"))), number(12, 524288),
        number(14, strings.id("inuse_space")))
    for text in strings.known:
        put(message(6, text.encode()))
    out.write(pack.flush())


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--stacks", type=int, default=300000)
    ap.add_argument("--depth", type=int, default=40)
    ap.add_argument("--functions", type=int, default=50000)
    ap.add_argument("--often", type=float, default=0.9, help="how often the first of several calls is made")
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("file")
    o = ap.parse_args()
    with open(o.file, "wb") as out:
        make(out, o.stacks, o.depth, o.functions, o.often, o.seed)


if __name__ == "__main__":
    sys.exit(main())
