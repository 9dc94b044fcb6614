#!/usr/bin/env python3
# gen_dump.py - write a made-up dump of a wanted size, number of stacks, and sharing between them.
"""Kinds: repeats (few distinct stacks, written again and again), shared (stacks that have their
callers in common, as real ones), apart (stacks that share only main and what starts it); gperftools:
as repeats, in the form of gperftools."""
import argparse
import random
import sys

EXE, LIB = 0x555500000000, 0x7F1200000000
MAPS = """
MAPPED_LIBRARIES:
555500000000-555508000000 r-xp 00000000 08:01 1 /srv/app/server
7f1200000000-7f1200100000 r-xp 00000000 08:01 2 /srv/app/libjemalloc.so.2
7f1201000000-7f1209000000 r-xp 00000000 08:01 3 /srv/app/libworker.so
"""
LEAF = "0x%x 0x%x 0x%x " % (LIB + 0x1A30, LIB + 0x2D21, LIB + 0x5F24)


def addresses(rnd, n):
    """@n return addresses of a program and of a library of some size."""
    base = (EXE, LIB + 0x1000000)
    return ["0x%x" % (base[i & 1] + rnd.randrange(0x1000, 0x7FFF000)) for i in range(n)]


def path(rnd, pool, n):
    return " ".join(rnd.choices(pool, k=n))


def stacks(rnd, kind, count, depth):
    """Stack lines without their rows; leaf first, as jemalloc writes them."""
    pool = addresses(rnd, 40000)
    depth -= 3
    if kind == "apart":
        root = path(rnd, pool, 3)
        for _ in range(count):
            yield "@ %s%s %s\n" % (LEAF, path(rnd, pool, depth - 3), root)
        return
    a, b = depth // 3, depth // 4  # roots, then what they call, then the allocation sites
    roots = [path(rnd, pool, a) for _ in range(max(1, min(10, count)))]
    middle = [path(rnd, pool, b) + " " + roots[i % len(roots)] for i in range(max(1, count // 1000))]
    inner = [path(rnd, pool, b) + " " + middle[i % len(middle)] for i in range(max(1, count // 20))]
    for i in range(count):
        yield "@ %s%s %s\n" % (LEAF, path(rnd, pool, depth - a - 2 * b), inner[i % len(inner)])


def rows(rnd, kinds=997):
    """(text, numbers) of different rows below a stack."""
    out = []
    for i in range(kinds):
        n, size = rnd.randrange(1, 50), rnd.choice((16, 48, 112, 4096, 20480))
        num = (n, n * size, 2 * n, 2 * n * size)
        one = "%d: %d [%d: %d]\n" % num
        out.append(("  t*: " + one + "  t%d: " % (i % 7) + one, num))
    return out


def header(used):
    """A header whose totals are the sums of the rows that are @used."""
    total = "%d: %d [%d: %d]\n" % tuple(sum(n) for n in zip(*used))
    return "heap_v2/524288\n  t*: " + total


def write_gperftools(rnd, table, known, megabytes, out):
    lines = [stack.strip() + "\n" for stack in known]
    out.write("heap profile: 1: 1 [1: 1] @ heap_v2/524288\n")
    size, i = 0, 0
    while size < megabytes << 20:
        text = "".join("%d: %d [%d: %d] %s" % (*table[(k * 31 + i) % len(table)][1], line)
                       for k, line in enumerate(lines))
        out.write(text)
        size += len(text)
        i += 1


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("kind", choices=("repeats", "shared", "apart", "gperftools"))
    ap.add_argument("--stacks", type=int, default=20000)
    ap.add_argument("--depth", type=int, default=40)
    ap.add_argument("--megabytes", type=int, default=0, help="repeats: go on until the file has this size")
    ap.add_argument("--seed", type=int, default=1)
    args = ap.parse_args()
    rnd = random.Random(args.seed)
    table = rows(rnd)
    out = sys.stdout
    if args.kind == "gperftools":
        write_gperftools(rnd, table, stacks(rnd, "shared", args.stacks, args.depth), args.megabytes, out)
    elif args.kind != "repeats":
        out.write(header(table[i % len(table)][1] for i in range(args.stacks)))
        for i, line in enumerate(stacks(rnd, args.kind, args.stacks, args.depth)):
            out.write(line + table[i % len(table)][0])
    else:
        known = list(stacks(rnd, "shared", args.stacks, args.depth))
        size, passes = sum(map(len, known)), []
        while sum(n for _, n in passes) < args.megabytes << 20:
            which = [(i * 31 + len(passes)) % len(table) for i in range(len(known))]
            passes.append((which, size + sum(len(table[w][0]) for w in which)))
        out.write(header(table[w][1] for which, _ in passes for w in which))
        for which, _ in passes:
            out.write("".join(line + table[w][0] for line, w in zip(known, which)))
    out.write(MAPS)


if __name__ == "__main__":
    main()
