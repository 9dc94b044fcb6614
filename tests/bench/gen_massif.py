#!/usr/bin/env python3
# gen_massif.py - write a made-up massif recording: a wanted size, number of trees, and distinct contexts.
"""A tree of contexts is made once; each snapshot has a part of it, as many as fill its share of the size.
Callees come first, as massif writes them: sites, each with its callers."""
import argparse
import random
import sys

TOP = "(heap allocation functions) malloc/new/new[], --alloc-fns, etc."


class Node:
    """A place, and those that call it."""
    __slots__ = ("text", "callers")

    def __init__(self, text):
        self.text, self.callers = text, []


def contexts(rnd, count, depth):
    """Sites with @count contexts below them in all, @depth deep at most."""
    names = ["ns::Worker<%d>::step_%d(unsigned long, char const*)" % (i % 97, i) for i in range(5000)]
    texts = ["0x%X: %s (file_%d.cc:%d)" % (0x400000 + 37 * i, rnd.choice(names), i % 300, i % 4000)
             for i in range(30000)]
    sites, made = [], 0
    while made < count:
        site = Node(rnd.choice(texts))
        sites.append(site)
        level, budget = [(site, 1)], rnd.randrange(20, 2000)
        while level and budget > 0:
            at = rnd.randrange(len(level))
            node, d = level[at]
            level[at] = level[-1]
            level.pop()
            for _ in range(rnd.choice((1, 1, 1, 1, 2, 3))):
                child = Node(rnd.choice(texts))
                node.callers.append(child)
                budget -= 1
                made += 1
                if d + 1 < depth:
                    level.append((child, d + 1))
    return sites


def write_node(rnd, node, depth, out):
    """Lines of @node and its callers into @out, callers after it; returns its bytes."""
    at = len(out)
    out.append("")
    total = 0
    for child in node.callers:
        total += write_node(rnd, child, depth + 1, out)
    if not node.callers or rnd.random() < 0.05:
        total += rnd.randrange(16, 100000)
    out[at] = "%sn%d: %d %s\n" % (" " * depth, len(node.callers), total, node.text)
    return total


def write_tree(rnd, sites, size):
    out, total, n, used = [""], 0, 0, 0
    for site in rnd.sample(sites, len(sites)):
        first = len(out)
        total += write_node(rnd, site, 1, out)
        n += 1
        used += sum(map(len, out[first:]))
        if used > size:
            break
    out[0] = "n%d: %d %s\n" % (n, total, TOP)
    return total, "".join(out)


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--megabytes", type=float, default=500)
    ap.add_argument("--trees", type=int, default=100)
    ap.add_argument("--contexts", type=int, default=200000)
    ap.add_argument("--depth", type=int, default=30)
    args = ap.parse_args()
    rnd = random.Random(1)
    sites = contexts(rnd, args.contexts, args.depth)
    sys.stdout.write("desc: --massif-out-file=made\ncmd: ./server --made\ntime_unit: i\n")
    for i in range(args.trees):
        total, tree = write_tree(rnd, sites, args.megabytes * 1e6 / args.trees)
        sys.stdout.write("#-----------\nsnapshot=%d\n#-----------\ntime=%d\nmem_heap_B=%d\nmem_heap_extra_B=0\n"
                         "mem_stacks_B=0\nheap_tree=%s\n%s" %
                         (i, i * 1000000, total, "peak" if i == args.trees // 2 else "detailed", tree))


if __name__ == "__main__":
    main()
