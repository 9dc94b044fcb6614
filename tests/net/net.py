#!/usr/bin/env python3
"""net.py - random profiles under random command lines, and what must hold for all of them.

usage: net.py [--runner FILE] [--seed N] [--cases N] [--runs N] [--seconds N] [--rule NAME] [--again SEED] [--keep DIR]

A case follows from its seed: profiles, options, and the rules that are checked.  When one does not hold, its
name and the seed are printed, the profiles are made as small as they can be while it fails, and are kept with the
command lines.  "--again SEED" runs that case alone.
"""
import argparse
import json
import math
import os
import random
import re
import shutil
import sys
import tempfile
import time
import traceback

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import elf  # noqa: E402
import heaps  # noqa: E402
import readers  # noqa: E402
from tool import Failure, Tables, Tool  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TYPES_OF = {"massif": ("inuse_space",)}
RULES = []  # (name, number of profiles or 0 for any, weight, function, formats of the first one)


def rule(name, n, weight=1, forms=heaps.FORMATS):
    """Register the function below: it is called with a Case, and raises Failure(name, ...)."""
    def add(function):
        RULES.append((name, n, weight, function, forms))
        return function
    return add


def near(a, b, size=0.0, whole=0.0):
    """Whether two sums over values of @size in all are equal but for rounding; @whole: of so many integers."""
    return abs(a - b) <= 1e-9 * max(abs(a), abs(b), size) + 1e-6 + whole


class Case:
    """Profiles in files, and how one rule looks at them: draws must depend on the seed alone."""

    def __init__(self, tool, tables, seed, made):
        self.tool, self.tables, self.seed, self.made = tool, tables, seed, made
        self.rng = random.Random("options %d" % seed)
        self.paths, self.types, self.forms = [], {}, [p.form for p in made]
        for i, p in enumerate(made):
            path = "p%d.heap" % i
            self.save(path, heaps.write(p))
            self.paths.append(path)
        self.naming = ["--no-symbols"] if not made or not made[0].with_files else self.make_files()

    def save(self, path, data):
        path = os.path.join(self.tool.folder, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(data)

    def make_files(self):
        """The programs and libraries themselves, for formats that record addresses only."""
        self.folder("root")
        for program in {id(p.program): p.program for p in self.made}.values():
            for i, m in enumerate(program.modules):
                self.save("root" + m.path, elf.write(program, i))
        return ["--sysroot", "root"]

    def shuffled(self):
        """The first profile with its rows in another order, in a file; None: its rows have an order."""
        p = self.made[0].copy()
        if p.form == "massif":
            return None
        random.Random(self.seed).shuffle(p.rows)
        self.save("shuffled.heap", heaps.write(p))
        return "shuffled.heap"

    def modules(self):
        return {m.path for p in self.made for m in p.program.modules}

    def is_mapped(self):
        """Whether each profile by itself knows all modules: of one process, others may tell more."""
        return not any(p.unmapped for p in self.made)

    def nonnegative(self):
        return all(v >= 0 for p in self.made for r in p.rows for v in r.values)

    # --- what is looked at ---

    def sample_type(self):
        common = [t for t in heaps.TYPES if all(self.has_type(q, t) for q in self.paths)]
        return ["--sample-index", self.rng.choice(common)] if common and self.rng.random() < 0.5 else []

    def has_type(self, path, name):
        if path not in self.types:
            info = self.tool.good("info", "--json", "-q", "--no-symbols", path).json()
            self.types[path] = {t["name"] for t in info["sample_types"]}
        return name in self.types[path]

    def all_have(self, name):
        return all(self.has_type(p, name) for p in self.paths)

    def granularity(self):
        return [self.rng.choice(self.tables.granularities)] if self.rng.random() < 0.7 else []

    def expression(self):
        p = self.rng.choice(self.made)
        place = self.rng.choice(p.program.places)
        name, file, _ = self.rng.choice(place.chain)
        path = p.program.modules[place.module].path
        return self.rng.choice((
            re.escape(name), "name:" + re.escape(name), "^" + re.escape(name[:3]), "module:" + re.escape(path),
            "module:" + re.escape(os.path.basename(path)) + "$", "file:" + re.escape(file or "cache"), "file:cache", ".", "f1", "nothing here",
            "lib", r"\d", "server", "module:" + re.escape(path) + "$", "module:server"))

    def filters(self, kinds=("focus", "ignore", "hide", "show")):
        out = []
        while self.rng.random() < 0.4 and len(out) < 6:
            out += ["--" + self.rng.choice(kinds), self.expression()]
        return out

    def style(self):
        """How frames are made and named: it changes rows, never totals."""
        out = self.granularity()
        if self.rng.random() < 0.15:
            out.append("--no-inlines")
        if self.rng.random() < 0.3:
            out += ["--prune", "none"]
        if self.rng.random() < 0.2:
            out += ["--names", self.rng.choice(("short", "full", "mangled"))]
        if self.rng.random() < 0.1:
            out += ["--alloc-fn", self.expression()]
        return out

    def view(self, filters=True):
        return self.sample_type() + self.style() + (self.filters() if filters else []) + self.naming

    def live_view(self):
        """A view of a sample type that all profiles have; None: they have nothing in common."""
        if not self.all_have("inuse_space"):
            return None
        view = self.view() if self.is_mapped() else self.naming + ["--prune", "none"]
        return view if "--sample-index" in view else view + ["--sample-index", "inuse_space"]

    # --- runs ---

    def top(self, *args):
        return self.tool.good("top", "--json", "-q", *args).json()

    def rows(self, top):
        """Flat values by name: two rows may share one where something else tells them apart."""
        out = {}
        for r in top["rows"]:
            at = out.setdefault(r["name"], [0.0, 0.0])
            at[0] += r["flat"]
            at[1] += r.get("base_flat", 0)
        return out

    def folder(self, name):
        path = os.path.join(self.tool.folder, name)
        shutil.rmtree(path, ignore_errors=True)
        return path


def size_of(rows):
    return sum(abs(v) for r in rows.values() for v in r)


def same_rows(name, got, want, words, size=0.0):
    """@got and @want are {row: value}; rows of 0 may be there or not."""
    size = max(size, sum(map(abs, got.values())), sum(map(abs, want.values())))
    for key in sorted(set(got) | set(want), key=str):
        if not near(got.get(key, 0), want.get(key, 0), size):
            raise Failure(name, "%s: row %r is %r, expected %r" % (words, key, got.get(key), want.get(key)))


def line(*args):
    return "hprof " + " ".join(repr(a) if re.search(r"[^\w./=:-]", a) else a for a in args)


# --- rules about one profile ---

@rule("views have the total of info", 1, 2)
def totals_of_info(c):
    info = {t["name"]: t["total"] for t in c.tool.good("info", "--json", "-q", "--no-symbols", c.paths[0]).json()["sample_types"]}
    for name in info:
        view = ["--sample-index", name] + c.style() + c.naming + [c.paths[0]]
        top = c.top(*view)
        if not near(top["total"], info[name], size_of(c.rows(top))):
            raise Failure("views have the total of info", "%s: %r, info says %r" % (line("top", *view), top["total"], info[name]))
    data = c.tool.good("json", "-q", "--no-symbols", c.paths[0]).json()
    for i, t in enumerate(data["sample_types"]):
        values = [s["values"][i] for s in data["stacks"]]
        want = info[t["name"]]
        if not near(sum(values), want, sum(map(abs, values))) or not near(t["total"], want, sum(map(abs, values))):
            raise Failure("views have the total of info", "json: %s is %r in %r, info says %r" % (
                t["name"], t["total"], sum(values), want))


@rule("the total is that of the file", 1, 2)
def totals_of_file(c):
    p = c.made[0]
    info = {t["name"]: t for t in c.tool.good("info", "--json", "-q", "--no-symbols", c.paths[0]).json()["sample_types"]}
    for name in info:
        want = p.total(name)
        if p.form == "massif":
            want = sum(max(r.values[1], 0) for r in p.rows)
        exact = p.form in ("massif", "pprof") or p.period == 0
        found = info[name]["total"] if exact else info[name].get("recorded", want)
        if abs(want) < 1 << 53 and not near(found, want, sum(abs(r.values[heaps.TYPES.index(name)]) for r in p.rows)):
            raise Failure("the total is that of the file", "%s is %r, the rows of the file add up to %r" % (name, found, want))
    sampled = p.form in ("gperftools", "symbolized") and p.period
    if sampled and all(r.values[:2] == r.values[2:] for r in heaps.merge_rows([r.copy() for r in p.rows])):
        return  # such a writer repeats what is live
    for t in TYPES_OF.get(p.form, p.types):
        if any(r.values[heaps.TYPES.index(t)] for r in p.rows) and t not in info:
            raise Failure("the total is that of the file", "%s is missing" % t)


def check_sums(c, args):
    top, known = c.top(*args), set()
    for r in top["rows"]:
        key = (r["name"], r.get("file"), r.get("line"), r.get("module"), r.get("address"))
        if key in known:
            raise Failure("no two rows read alike", "%s: %r" % (line("top", *args), key))
        known.add(key)
    flat = [r["flat"] for r in top["rows"]]
    size = sum(map(abs, flat))
    before = sum(abs(r.get("base_flat", 0)) for r in top["rows"])  # what nearly cancels is rounded, too
    if not near(sum(flat), top["total"], size + before):
        raise Failure("rows sum to the total", "%s: %r of %r" % (line("top", *args), sum(flat), top["total"]))
    if "base_total" in top and not near(sum(r["base_flat"] for r in top["rows"]), top["base_total"],
                                        sum(abs(r["base_flat"]) for r in top["rows"])):
        raise Failure("rows sum to the total", "%s: the base" % line("top", *args))
    return top


def check_tree(c, args, top):
    for more in ((), ("--bottom-up",)):
        tree = c.tool.good("tree", "--json", "-q", *more, *args).json()
        nodes = tree["nodes"]
        below = [0.0] * len(nodes)
        size = sum(abs(n["flat"]) for n in nodes) + abs(top["total"])
        roots = 0.0
        for n in nodes:
            if "parent" in n:
                below[n["parent"]] += n["cum"]
            else:
                roots += n["cum"]
        if not near(tree["total"], top["total"], size) or not near(roots, tree["total"], size):
            raise Failure("the tree has the total of top", "%s: %r, its roots %r, top %r" % (
                line("tree", *more, *args), tree["total"], roots, top["total"]))
        for i, n in enumerate(nodes):
            if not more and not near(n["flat"] + below[i], n["cum"], size):
                raise Failure("children and self sum to the parent", "%s: node %d" % (line("tree", *more, *args), i))
    return tree


def expected_flats(top):
    out = {}
    for r in top["rows"]:
        out[r["name"]] = out.get(r["name"], 0) + r["flat"]
    return out


@rule("rows sum to totals", 1, 2)
def sums(c):
    args = c.view() + [c.paths[0]]
    check_tree(c, args, check_sums(c, args))


@rule("all outputs of one view agree", 1, 4)
def outputs_agree(c):
    args = c.view() + [c.paths[0]]
    check_outputs(c, args, None)


def check_outputs(c, args, base):
    base_args = ["--base", base] if base else []
    args = base_args + args
    top = check_sums(c, args)
    check_tree(c, args, top)
    total, size = top["total"], sum(abs(r["flat"]) for r in top["rows"]) + abs(top.get("base_total", 0))
    name = "all outputs of one view agree"

    def must(what, found, want=total, whole=1.0):
        if not near(found, want, size, whole):
            raise Failure(name, "%s: %r, top has %r" % (what, found, want))

    data = c.tool.good("json", "-q", *args).json()
    at = [t["name"] for t in data["sample_types"]].index(top["sample_type"])
    must(line("json", *args), sum(s["values"][at] for s in data["stacks"]), whole=0)
    for target in c.tables.targets:
        if target == "tables":
            check_tables(c, args, top, name)
            continue
        quiet = [] if target == "pprof" else ["-q"]
        r = c.tool.run("export", "--to", target, *quiet, *args)
        if r.status == 2 or (target == "pprof" and b"beyond the 64 bits of pprof" in r.err):
            continue  # this target does not take one of the options, or cannot hold the values and says so
        if r.status:
            raise Failure("works", "%s: %s" % (line(*r.args), r.reason()))
        try:
            check_export(c, target, r, top, must)
        except (readers.Broken, ValueError, KeyError, IndexError) as e:
            raise Failure("exports can be read", "%s: %r" % (line(*r.args), e)) from e
    for output in ("x.svg", "x.html"):
        if c.rng.random() < 0.3:
            c.tool.good("flame", "-q", "-o", output, *args)
    if c.rng.random() < 0.3:
        must(line("flame", *args), flame_total(c.tool.good("flame", "--text", "-q", *args).text(), total), whole=2)
    if c.rng.random() < 0.1:
        c.tool.run("report", "-q", "-o", c.rng.choice(("x.html", "x.pdf")), *args)
    if c.rng.random() < 0.02:
        c.tool.run("flame", "-q", "-o", c.rng.choice(("x.png", "x.pdf")), *args)


def flame_total(text, total):
    """By the bytes in the head: of one profile, or of the base and the new one."""
    found = [int(x.replace(",", "")) for x in re.findall(r"([+-]?[\d,]+) (?:bytes\)|B\b)", text.split("\n")[0])]
    return found[1] - found[0] if len(found) > 1 else found[0] if found else total


def of_type(found, kind, mark):
    """Of values that cannot be negative: one column, or one of what grew and one of what shrank."""
    return found.get(kind, 0) + found.get(kind + mark + "grown", 0) - found.get(kind + mark + "shrunk", 0)


def check_export(c, target, r, top, must):
    what, kind = line(*r.args), top["sample_type"]
    if target == "folded":
        must(what, readers.folded(r.text()))
        if c.tool.good("collapsed", *r.args[3:]).out != r.out:
            raise Failure("collapsed is the export to folded", what)
    elif target == "difffolded":
        before, after = readers.difffolded(r.text())
        must(what, after - before, whole=2)
    elif target == "speedscope":
        must(what, of_type(readers.speedscope(r.text()), kind, " "), whole=2)
    elif target == "callgrind":
        must(what, of_type(readers.callgrind(r.text()), kind, "_"), whole=2)
    elif target == "dhat":
        readers.dhat(r.text())
    elif target == "csv":
        must(what, sum(float(x["flat"]) for x in readers.table(r.text())))
    elif target == "pprof":
        must(what, readers.pprof(r.out).get(kind, 0))


def check_tables(c, args, top, name):
    folder = c.folder("tables")
    r = c.tool.run("export", "--to", "tables", "-q", "-o", "tables", *args)
    if r.status:
        return
    samples = [json.loads(l) for l in open(os.path.join(folder, "samples.ndjson"), encoding="utf-8")]
    found = sum(s.get(top["sample_type"]) or 0 for s in samples)
    if not near(found, top["total"], sum(abs(s.get(top["sample_type"]) or 0) for s in samples), 1):
        raise Failure(name, "%s: %r, top has %r" % (line(*r.args), found, top["total"]))
    stacks = {json.loads(l)["stack_id"] for l in open(os.path.join(folder, "stacks.ndjson"), encoding="utf-8")}
    if any(s["stack_id"] not in stacks for s in samples):
        raise Failure("exports can be read", "%s: a stack of a sample is missing" % line(*r.args))


@rule("focus and ignore make up all", 1, 2)
def halves(c):
    view, e = c.sample_type() + c.style() + c.naming, c.expression()
    every = c.top(*view, c.paths[0])
    with_, without = c.top("--focus", e, *view, c.paths[0]), c.top("--ignore", e, *view, c.paths[0])
    size = size_of(c.rows(every)) + size_of(c.rows(with_)) + size_of(c.rows(without))
    if not near(with_["total"] + without["total"], every["total"], size):
        raise Failure("focus and ignore make up all", "%s: %r and %r of %r" % (
            line("--focus", e, *view), with_["total"], without["total"], every["total"]))
    parts = c.rows(with_)
    for key, value in c.rows(without).items():
        parts[key] = [parts.get(key, [0])[0] + value[0]]
    same_rows("focus and ignore make up all", {k: v[0] for k, v in parts.items()}, {k: v[0] for k, v in c.rows(every).items()},
              line("--focus", e, *view), size)


@rule("threads sum to all", 1, 2, ("jemalloc", "pprof"))
def threads(c):
    view = c.view() + [c.paths[0]]
    info = c.tool.good("info", "--json", "-q", "--no-symbols", c.paths[0]).json()
    if not info["threads"] or (c.forms[0] == "jemalloc" and not c.nonnegative()):
        return  # with counters below zero the rest of a stack is that of no thread
    every, sums_, total = c.top(*view), {}, 0.0
    for t in info["threads"]:
        part = c.top("--thread", t["id"], *view)
        total += part["total"]
        for key, value in c.rows(part).items():
            sums_[key] = sums_.get(key, 0) + value[0]
    size = size_of(c.rows(every)) + sum(map(abs, sums_.values()))
    if not near(total, every["total"], size):
        raise Failure("threads sum to all", "%s: %r of %r" % (line("top", *view), total, every["total"]))
    # With functions that only one thread calls, others read shorter.
    sums_, rows = (by_bare_name(c, r, view) for r in (sums_, {k: v[0] for k, v in c.rows(every).items()}))
    same_rows("threads sum to all", sums_, rows, line("top", *view), size)
    view = c.sample_type() + c.style() + c.naming + [c.paths[0]]  # filters look at the frames of threads as well
    every = c.top(*view)
    rooted = check_sums(c, ["--tagroot", "thread"] + view)
    tree = check_tree(c, ["--tagroot", "thread"] + view, rooted)
    if not near(rooted["total"], every["total"], size_of(c.rows(every))):
        raise Failure("threads sum to all", "%s --tagroot thread: %r of %r" % (line("top", *view), rooted["total"], every["total"]))
    if c.nonnegative() and any(n["cum"] < -1e-6 * size for n in tree["nodes"]):
        raise Failure("no thread is below zero", line("tree", "--tagroot", "thread", *view))


@rule("the order of rows changes nothing", 1, 2)
def order(c):
    if not c.shuffled():
        return
    view = c.view()
    a, b = c.top(*view, c.paths[0]), c.top(*view, "shuffled.heap")
    size = size_of(c.rows(a))

    def keyed(top):
        out = {}
        for r in top["rows"]:
            if max(abs(r["flat"]), abs(r["cum"])) < 1e-9 * size:
                continue  # it cancels but for rounding, and is left out where it cancels altogether
            for k in ("flat", "cum", "flat_stderr", "cum_stderr"):
                key = (r["name"], r.get("file"), r.get("line"), r.get("module"), k)
                out[key] = out.get(key, 0) + r.get(k, 0)
        return out

    same_rows("the order of rows changes nothing", keyed(b), keyed(a), line("top", *view), size)
    x = c.tool.good("info", "--json", "-q", "--no-symbols", c.paths[0]).json()
    y = c.tool.good("info", "--json", "-q", "--no-symbols", "shuffled.heap").json()
    for key in ("stacks", "max_depth", "sampling_period", "absent_sample_types"):
        if x[key] != y[key]:
            raise Failure("the order of rows changes nothing", "info: %s is %r, and %r" % (key, x[key], y[key]))
    same_rows("the order of rows changes nothing", {t["name"]: t["total"] for t in y["sample_types"]},
              {t["name"]: t["total"] for t in x["sample_types"]}, "info", size)


def read_back(c, target, path):
    how = ["--prune", "none"] if target == "pprof" else ["-q"]
    r = c.tool.run("export", "--to", target, "-o", path, *how, *c.naming, c.paths[0])
    if b"beyond the 64 bits of pprof" in r.err:
        return None
    if r.status:
        if c.forms[0] == "massif" or (c.forms[0] == "pprof" and not c.all_have("inuse_space")):
            return None
        raise Failure("works", "%s: %s" % (line(*r.args), r.reason()))
    return c.tool.good("info", "--json", "-q", "--no-symbols", path).json()


@rule("exports read back the same", 1, 3)
def round_trip(c):
    for target, path in (("symbolized", "back.prof"), ("pprof", "back.pb.gz")):
        found = read_back(c, target, path)
        if not found:
            continue
        info = c.tool.good("info", "--json", "-q", "--no-symbols", c.paths[0]).json()
        want = {t["name"]: t["total"] for t in info["sample_types"] if t["name"] in heaps.TYPES}
        got = {t["name"]: t["total"] for t in found["sample_types"]}
        for name, value in want.items():
            if abs(value) < 1 << 52 and not near(got.get(name, 0), value, 0, 1):
                raise Failure("exports read back the same", "%s: %s is %r, and was %r" % (target, name, got.get(name), value))
        if target == "symbolized" or c.rng.random() < 0.3:
            check_rows_back(c, target, path)


def check_rows_back(c, target, path):
    style = ["--prune", "none"] + c.granularity() + ["--sample-index", "inuse_space" if c.all_have("inuse_space") else "alloc_space"]
    if "--addresses" in style and target == "symbolized":
        style.remove("--addresses")
    a, b = c.top(*style, *c.naming, c.paths[0]), c.top(*style, "--no-symbols", path)
    for r in a["rows"] + b["rows"] if target == "pprof" else ():  # there an empty map is none
        r["name"] = r["name"].replace("[unknown] 0x", "0x")
    size = size_of(c.rows(a))
    want, got = ({k: v[0] for k, v in c.rows(x).items()} for x in (a, b))
    if target == "pprof" and any(p.with_files for p in c.made):  # of a symbol "f(int)" no short name is told
        want, got = by_bare_name(c, want, style), by_bare_name(c, got, style)
    for key in set(want) | set(got):
        if not near(got.get(key, 0), want.get(key, 0), size, 40):
            raise Failure("exports read back the same", "%s: %s: row %r is %r, and was %r" % (
                target, line("top", *style), key, got.get(key), want.get(key)))


def plain_names(c, p):
    """Leave nothing in names that is changed before it is shown."""
    for place in p.program.places:
        place.chain = [(re.sub(r"[^A-Za-z_0-9]", "_", n)[:40], f, l) for n, f, l in place.chain]
    c.save(c.paths[c.made.index(p)], heaps.write(p))


def matches(expression, frame):
    """Whether a frame, (name, file, line, module), is meant by an expression of --focus and its kin."""
    name, file, _, module = frame
    kind, _, text = expression.partition(":")
    if kind not in ("name", "file", "module") or expression.startswith("^"):
        kind, text = "", expression
    texts = {"name": [name], "file": [file], "module": [module]}.get(kind, [name, file, module])
    return any(t and re.search(text, t) for t in texts)


def true_rows(p, name, option, expression):
    """Flat and cum by function, computed from what the profile was made of."""
    at, flat, cum = heaps.TYPES.index(name), {}, {}
    for r in p.rows:
        frames = [f + (p.program.modules[p.program.places[i].module].path,) for i in r.stack for f in p.program.places[i].chain]
        frames = frames or [("[no stack]", "", 0, "")]
        found = [matches(expression, f) for f in frames] if expression else []
        if (option == "--focus" and not any(found)) or (option == "--ignore" and any(found)):
            continue
        names = [f[0] for f in frames]
        if option in ("--hide", "--show"):
            names = [f[0] for f, is_found in zip(frames, found) if is_found == (option == "--show")] or ["[hidden]"]
        flat[names[0]] = flat.get(names[0], 0) + r.values[at]
        for n in set(names):
            cum[n] = cum.get(n, 0) + r.values[at]
    return flat, cum


def files_of(made):
    """{name: files of the functions of that name}."""
    files = {}
    for p in made:
        for place in p.program.places:
            for name, file, _ in place.chain:
                files.setdefault(name, set()).add(file)
    return files


def check_truth(c, more, signs):
    """Compare top with the rows of all profiles, each added with its sign."""
    for p in c.made:
        plain_names(c, p)
    option, expression = c.rng.choice((("--focus", 1), ("--ignore", 1), ("--hide", 1), ("--show", 1), (None, 0)))
    expression = c.expression() if expression else None
    flat, cum, size = {}, {}, 0
    for p, sign in zip(c.made, signs):
        for into, rows in zip((flat, cum), true_rows(p, "inuse_space", option, expression)):
            for key, value in rows.items():
                into[key] = into.get(key, 0) + sign * value
                size += abs(value)
    view = ["--prune", "none", "--no-symbols", "--sample-index", "inuse_space"] + ([option, expression] if option else [])
    top = c.top(*view, *more)
    flats, cums = {}, {}
    for r in top["rows"]:
        name = re.sub(r" \(.*\)$", "", r["name"])  # what tells functions of one name apart
        flats[name] = flats.get(name, 0) + r["flat"]
        cums[name] = r["cum"] if name not in cums else None  # two of one name may pass through one stack
    same_rows("rows are those of the file", flats, flat, "flat of " + line("top", *view, *more), size)
    # Of functions of one name, rows that add up to 0 are not listed: what the others say is not all.
    several = {n for n, files in files_of(c.made).items() if len(files) > 1}
    one = {k: v for k, v in cums.items() if v is not None and k not in several}
    same_rows("rows are those of the file", one, {k: v for k, v in cum.items() if k in one}, "cum of " + line("top", *view, *more), size)


@rule("rows are those of the file", 1, 2, ("pprof",))
def truth(c):
    if c.all_have("inuse_space"):
        check_truth(c, c.paths, (1,))


@rule("sums and differences are those of the files", 2, 3, ("pprof",))
def truth_of_two(c):
    if not c.all_have("inuse_space") or c.forms != ["pprof", "pprof"]:
        return
    if c.rng.random() < 0.5:
        check_truth(c, ["--sum"] + c.paths, (1, 1))
    else:
        check_truth(c, ["--base"] + c.paths, (-1, 1))


# --- rules about several ---

def add_up(c, view, paths):
    total, parts, size = 0.0, {}, 0.0
    for path in paths:
        top = c.top(*view, path)
        total += top["total"]
        for key, value in c.rows(top).items():
            parts[key] = parts.get(key, 0) + value[0]
            size += abs(value[0])
    return total, parts, size


def by_bare_name(c, rows, view, by_folder=True):
    """Values without what was added to names that would read alike in this view; modules without their folders."""
    out, modules = {}, c.modules()
    if "--modules" in view and not by_folder:
        rows = {os.path.basename(k): sum(v for o, v in rows.items() if os.path.basename(o) == os.path.basename(k)) for k in rows}
    if "--modules" in view:
        return rows
    for key, value in rows.items():
        bare = heaps.bare_name(re.sub(r" \([^()]*(, [^()]*)?\)$|#\d+(?=$|\+0x)", "", key))
        bare = os.path.basename(bare) if "--files" not in view or bare in modules else bare
        out[bare] = out.get(bare, 0) + value
    return out


@rule("a sum is the sum of its parts", 2, 3)
def sum_of_parts(c):
    view = c.live_view()
    if not view:
        return
    total, parts, size = add_up(c, view, c.paths)
    every = check_sums(c, ["--sum"] + view + c.paths)
    if not near(every["total"], total, size):
        raise Failure("a sum is the sum of its parts", "%s: %r of %r" % (line("top", "--sum", *view), every["total"], total))
    if c.is_mapped():
        same_rows("a sum is the sum of its parts", by_bare_name(c, {k: v[0] for k, v in c.rows(every).items()}, view), by_bare_name(c, parts, view),
                  line("top", "--sum", *view), size)
    data = c.tool.good("json", "-q", "--sum", *view, *c.paths).json()
    at = [t["name"] for t in data["sample_types"]].index(every["sample_type"])
    found = sum(s["values"][at] for s in data["stacks"])
    if not near(found, total, size):
        raise Failure("json and top agree about a sum", "%s: %r, top has %r" % (line("json", "--sum", *view), found, total))
    check_tree(c, ["--sum"] + view + c.paths, every)


@rule("a difference is new less old", 2, 3)
def difference(c):
    view = c.live_view()
    if not view:
        return
    old, new = c.top(*view, c.paths[0]), c.top(*view, c.paths[1])
    diff = check_sums(c, view + ["--base", c.paths[0], c.paths[1]])
    size = size_of(c.rows(old)) + size_of(c.rows(new))
    if not near(diff["total"], new["total"] - old["total"], size) or not near(diff["base_total"], old["total"], size):
        raise Failure("a difference is new less old", "%s: %r with a base of %r, from %r and %r" % (
            line("top", *view), diff["total"], diff["base_total"], old["total"], new["total"]))
    found, want = {}, {}
    for k, v in c.rows(diff).items():
        found[k] = v[0]
    for k, v in c.rows(new).items():
        want[k] = want.get(k, 0) + v[0]
    for k, v in c.rows(old).items():
        want[k] = want.get(k, 0) - v[0]
    if c.is_mapped():
        same_rows("a difference is new less old", by_bare_name(c, found, view, False), by_bare_name(c, want, view, False), line("top", "--base", *view), size)
        same_rows("a difference is new less old", by_bare_name(c, {k: v[1] for k, v in c.rows(diff).items()}, view, False),
                  by_bare_name(c, {k: v[0] for k, v in c.rows(old).items()}, view, False), "the base of " + line("top", "--base", *view), size)
    again = c.tool.good("diff", "--json", "-q", *view, *c.paths[:2]).json()
    again.pop("warnings"), diff.pop("warnings")
    if again != diff:
        raise Failure("diff is top with a base", line("diff", *view))


def spellings(p):
    """{name without arguments: names, modules and files of its functions}, where they are as in the files."""
    out = {}
    for place in p.program.places:
        for name, file, _ in place.chain:
            names, modules, files = out.setdefault(heaps.bare_name(name), (set(), set(), set()))
            names.add(name.split(" [clone")[0])
            modules.add(p.program.modules[place.module].path)
            files.add(file)
    return out


@rule("a function is one row, with arguments and without", 2, 1, heaps.NAMED)
def one_function(c):
    if not c.all_have("inuse_space") or any(f not in heaps.NAMED for f in c.forms):
        return
    view = ["--no-symbols", "--prune", "none", "--sample-index", "inuse_space"] + c.filters() + c.rng.choice((["--sum"], ["--base"])) + c.paths
    old, new = (spellings(p) for p in c.made)
    names = [r["name"] for r in c.top(*view)["rows"]]
    for bare in set(old) & set(new):
        (x, m, f), (y, n, g) = old[bare], new[bare]
        if len(x) > 1 or len(y) > 1 or len(m | n) > 1 or len(f | g) > 1 or (x != y and bare not in set(map(heaps.plain, x | y))):
            continue
        rows = [n for n in names if heaps.bare_name(n) == bare]
        if len(rows) > 1:
            raise Failure("a function is one row, with arguments and without", "%s: %r" % (line("top", *view), rows))


def other_map(c, name, change):
    """@change of the map alone of the later of two dumps of a process changes no row."""
    old, new = c.made[0].copy(), c.made[0].copy()
    old.unmapped, new.unmapped = set(), set()
    c.rng.shuffle(new.rows)
    del new.rows[:len(new.rows) // 3]
    c.save("s.7.1.i1.heap", heaps.write(old))
    c.save("s.7.2.i2.heap", heaps.write(new))
    change(new)
    c.save("u.7.2.i2.heap", heaps.write(new))
    view = c.style() + c.filters() + c.naming
    for several in (["--base", "s.7.1.i1.heap"], ["--sum", "s.7.1.i1.heap"]):
        plain, other = c.top(*view, *several, "s.7.2.i2.heap"), c.top(*view, *several, "u.7.2.i2.heap")
        if plain["rows"] != other["rows"] or plain["total"] != other["total"]:
            raise Failure(name, line("top", *view, *several, "u.7.2.i2.heap"))


@rule("an unloaded library is that of other dumps", 2, 1, ("jemalloc", "gperftools"))
def unloaded(c):
    def change(p):
        p.unmapped = {c.rng.randrange(1, len(p.program.modules))}
    if len(c.made[0].program.modules) > 1:
        other_map(c, "an unloaded library is that of other dumps", change)


@rule("one process is one build, however its map is written", 1, 2, ("jemalloc", "gperftools"))
def map_lines(c):
    def change(p):
        p.lines = {i: c.rng.choice(heaps.LINES) for i in range(len(p.program.modules))}
    other_map(c, "one process is one build, however its map is written", change)


@rule("a dump of a process is the same however it is chosen", 1, 2, ("jemalloc", "gperftools"))
def process(c):
    """Dumps of one process that loads and unloads libraries, two of them at one place."""
    p, paths = c.made[0].copy(), []
    libraries = list(range(1, len(p.program.modules)))
    if not libraries:
        return
    p.bases = list(p.bases)
    twins = c.rng.sample(libraries, 2) if len(libraries) > 1 and c.rng.random() < 0.5 else []
    for twin in twins:
        p.bases[twin] = p.bases[twins[0]]
    folder = os.path.basename(c.folder("process"))
    for i in range(c.rng.randrange(2, 5)):
        q = p.copy()
        q.rows = heaps.merge_rows([r for r in q.rows if c.rng.random() < 0.8])
        if any(abs(v) >= 1 << 63 for r in q.rows for v in r.values):
            return  # no writer holds such sums
        q.unmapped = {c.rng.choice(twins)} if twins else {m for m in libraries if c.rng.random() < 0.3}
        paths.append("%s/s.7.%d.i%d.heap" % (folder, i, i))
        c.save(paths[-1], heaps.write(q))
    name, view = "a dump of a process is the same however it is chosen", c.naming + ["--prune", "none"]
    over = c.tool.good("timeline", "--json", "-q", "-n", "1000", *view, folder).json()
    total, parts, size = 0.0, {}, 0.0
    for i, point in enumerate(over["points"]):
        top = c.top("--at", str(i), *view, *(paths if c.rng.random() < 0.5 else [folder]))
        rows = by_bare_name(c, {k: v[0] for k, v in c.rows(top).items()}, view)
        sites = {}
        for site, value in zip(over["sites"], point.get("sites", [])):
            sites[site["name"]] = sites.get(site["name"], 0) + value
        sites, words = by_bare_name(c, sites, view), line("top", "--at", str(i), *view)
        if not near(point["total"], top["total"], size_of(c.rows(top))):
            raise Failure(name, "%s: %r, the timeline has %r" % (words, top["total"], point["total"]))
        same_rows(name, {k: v for k, v in rows.items() if v > 0 and k in sites},
                  {k: v for k, v in sites.items() if v > 0 and rows.get(k, 0) > 0}, words, size_of(c.rows(top)))
        if any(v > 0 and not near(sites.get(k, 0), v, size_of(c.rows(top))) for k, v in rows.items()):
            raise Failure(name, "%s: %r, the timeline has %r" % (words, rows, sites))
        total, size = total + top["total"], size + size_of(c.rows(top))
        for key, value in rows.items():
            parts[key] = parts.get(key, 0) + value
    if c.top("--last", *view, folder)["rows"] != top["rows"]:
        raise Failure(name, line("top", "--last", *view, folder))
    every = c.top("--sum", *view, *c.rng.sample(paths, len(paths)))
    if not near(every["total"], total, size):
        raise Failure(name, "%s: %r of %r" % (line("top", "--sum", *view), every["total"], total))
    same_rows(name, by_bare_name(c, {k: v[0] for k, v in c.rows(every).items()}, view), parts, line("top", "--sum", *view), size)


@rule("outputs of a difference agree", 2, 2)
def difference_outputs(c):
    view = c.live_view()
    if view:
        check_outputs(c, view + [c.paths[1]], c.paths[0])


@rule("outputs of a sum agree", 2, 2)
def sum_outputs(c):
    view = c.live_view()
    if view:
        check_outputs(c, view + ["--sum"] + c.paths, None)


@rule("a point of a timeline is top of its dump", 3, 3)
def timeline(c):
    view = c.live_view()
    if not view or "massif" in c.forms:
        return
    check_points(c, view)
    for more in (["-v"], ["--csv"], ["-o", "x.svg"]):
        c.tool.good("timeline", "-q", *more, *view, *c.paths)


def check_points(c, view):
    over = c.tool.good("timeline", "--json", "-q", "-n", "1000", *view, *c.paths).json()
    tops = {os.path.basename(p): c.top(*view, p) for p in c.paths}
    names = [s["name"] for s in over["sites"]]
    for point in over["points"]:
        top = tops[os.path.basename(point["profile"])]
        rows = c.rows(top)
        if not near(point["total"], top["total"], size_of(rows)):
            raise Failure("a point of a timeline is top of its dump", "%s: %s: %r, top has %r" % (
                line("timeline", *view), point["profile"], point["total"], top["total"]))
        sites = {}
        for name, value in zip(names, point.get("sites", [])):
            sites[name] = sites.get(name, 0) + value
        want = {k: v[0] for k, v in rows.items()}
        shown = by_bare_name(c, sites, view)
        for key, value in by_bare_name(c, want, view).items():
            if value > 0 and c.is_mapped() and not near(shown.get(key, 0), value, size_of(rows)):
                raise Failure("a point of a timeline is top of its dump", "%s: %s: row %r is %r, top has %r" % (
                    line("timeline", *view), point["profile"], key, shown.get(key), value))


@rule("a snapshot of a recording is top of it", 1, 1, ("massif",))
def snapshots(c):
    style = c.style() + c.filters() + c.naming
    over = c.tool.good("timeline", "--json", "-q", "-n", "1000", *style, c.paths[0]).json()
    names = [s["name"] for s in over["sites"]]
    filtered = "--focus" in style or "--ignore" in style
    for point in over["points"]:
        if "sites" not in point and not filtered:
            continue
        top = c.top("--at", str(point["index"]), *style, c.paths[0])
        whole = point["total"] if filtered else point["heap"]
        if not near(whole, top["total"], point["heap"]):
            raise Failure("a snapshot of a recording is top of it", "%s: number %d is %r, top has %r" % (
                line("timeline", *style), point["index"], whole, top["total"]))
        want = {k: v[0] for k, v in c.rows(top).items()}
        got = {}
        for name, value in zip(names, point["sites"]):
            got[name] = got.get(name, 0) + value
        same_rows("a snapshot of a recording is top of it", got, want, line("timeline", *style), point["heap"])


@rule("a folder stands for its profiles", 3)
def folders(c):
    view = c.live_view()
    if not view or "massif" in c.forms:
        return
    c.folder("dumps")
    for path in c.paths:
        with open(os.path.join(c.tool.folder, path), "rb") as f:
            c.save(os.path.join("dumps", os.path.basename(path)), f.read())
    for choice in (["--sum"], ["--last"], ["--at", "0"]):
        a, b = c.top(*choice, *view, "dumps"), c.top(*choice, *view, *c.paths)
        same_rows("a folder stands for its profiles", expected_flats(a), expected_flats(b), line("top", *choice, *view))
        if not near(a["total"], b["total"], size_of(c.rows(b))):
            raise Failure("a folder stands for its profiles", line("top", *choice, *view))
    a, b = (c.tool.good("timeline", "--json", "-q", *view, *of).json() for of in (["dumps"], c.paths))
    if [p["total"] for p in a["points"]] != [p["total"] for p in b["points"]]:
        raise Failure("a folder stands for its profiles", line("timeline", *view))


@rule("the profile that is chosen is the one shown", 3)
def choice(c):
    view = c.live_view()
    if not view or "massif" in c.forms:
        return
    at = c.rng.randrange(len(c.paths))
    found = c.top("--at", str(at), *view, *c.paths)
    want = c.top(*view, c.paths[at])
    if (c.is_mapped() and found["rows"] != want["rows"]) or not near(found["total"], want["total"], size_of(c.rows(want))):
        raise Failure("the profile that is chosen is the one shown", line("top", "--at", str(at), *view))


@rule("the peak is the largest of the timeline", 3)
def peak(c):
    types = [t for t in heaps.TYPES if all(c.has_type(p, t) for p in c.paths)]
    if not types or "massif" in c.forms:
        return
    view = ["--sample-index", c.rng.choice(types)] + c.naming
    over = c.tool.good("timeline", "--json", "-q", *view, *c.paths).json()
    largest = next(p for p in over["points"] if p["index"] == over["largest"])
    for command in ("top", "tree"):
        found = c.tool.good(command, "--json", "-q", "--at", "peak", *view, *c.paths).json()
        if not near(found["total"], largest["total"], max(abs(p["total"]) for p in over["points"])):
            raise Failure("the peak is the largest of the timeline", "%s: %r, the timeline has %r" % (
                line(command, "--at", "peak", *view), found["total"], largest["total"]))


# --- any line ---

DRAWS = {  # what stands for an argument of an option; a new kind of argument is drawn here
    "NAME": lambda c: c.rng.choice(heaps.TYPES + ("nothing",)),
    "RE": lambda c: c.expression() if c.rng.random() < 0.9 else "(",
    "ID|RE": lambda c: c.rng.choice(("0", "1", "main", "worker", "99", "(")),
    "FILE": lambda c: c.rng.choice(c.paths + ["missing", "x.svg"]),
    "WHEN": lambda c: c.rng.choice(("first", "last", "peak", "0", "1", "9", "100i", "auto", "always", "x")),
    "N": lambda c: c.rng.choice(("0", "1", "2", "3", "40", "x", "99999999999")),
    "P": lambda c: c.rng.choice(("0", "1", "50", "100", "101")),
    "PX": lambda c: c.rng.choice(("1", "100", "1200", "0", "x")),
    "TEXT": lambda c: c.rng.choice(("", "title", "<&>")),
    "DIR": lambda c: c.rng.choice((".", "missing")),
    "URL": lambda c: "http://localhost:9",
    "MODULE=FILE": lambda c: "server=" + c.rng.choice(c.paths),
    "OLD=NEW": lambda c: c.rng.choice(("/opt=/nowhere", "=", "x")),
}
ALWAYS = {"symbolize": ["-e", "p0.heap", "10"]}  # what a command cannot do without


def draw_option(c, command, o):
    words = "--" + o.name if not o.letter or c.rng.random() < 0.7 else "-" + o.letter
    if o.name == "to":
        return [words, c.rng.choice(c.tables.targets)]
    if o.name == "output":
        return [words, c.rng.choice(("x.svg", "x.html", "x.json", "x.csv", "x", "/dev/null", "missing/x"))]
    if not o.arg:
        return [words]
    choices = re.search(r"(?:^|[ :])((?:\w+\|)+\w+)$", o.text)
    if choices:
        return [words, c.rng.choice(choices[1].split("|"))]
    if o.name == "tagroot":
        return [words, "thread"]
    draw = DRAWS.get(o.arg)
    if not draw:
        raise Failure("the net knows every option", "hprof %s --%s %s: add its argument to DRAWS in tests/net/net.py" % (
            command, o.name, o.arg))
    return [words, draw(c)]


@rule("any line ends well", 0, 6)
def any_line(c):
    command = c.rng.choice(list(c.tables.commands))
    args = [command] + ALWAYS.get(command, [])
    options = [o for o in c.tables.commands[command] if o.name not in ("clear", "help", "debuginfod")]
    for _ in range(c.rng.choice((0, 1, 2, 3, 6))):
        if options:
            args += draw_option(c, command, c.rng.choice(options))
    if "--to" not in args and command == "export":
        args += ["--to", c.rng.choice(c.tables.targets)]
    if command not in ("formats", "cache", "symbolize"):
        args += c.paths if c.rng.random() < 0.9 else [c.rng.choice((".", "missing", "p0.heap"))]
    r = c.tool.run(*args)
    if r.status == 0 and "--json" in args and "-o" not in args and "--output" not in args and r.out and command != "symbolize":
        r.json()


@rule("jeprof's lines end well", 0)
def jeprof_line(c):
    args = [c.rng.choice(("--text", "--collapsed", "--dot", "--callgrind", "--raw", "--lines", "--inuse_objects", "--cum"))]
    if len(c.paths) > 1 and c.rng.random() < 0.5:
        args += ["--base=" + c.paths[0], c.paths[1]]
    else:
        args += c.paths
    c.tool.run("--no-symbols", *args) if c.rng.random() < 0.9 else c.tool.run(*args)


@rule("pages and infos are drawn", 0, 2)
def pages(c):
    view = c.live_view() or c.naming
    several = len(c.paths) > 1
    args = view + (c.rng.choice((["--sum"], ["--last"], ["--base", c.paths[0]], [])) if several else []) + c.paths
    r = c.tool.run("report", "-q", "-o", c.rng.choice(("x.html", "x.html", "x.html", "x.pdf")), *args)
    if r.status == 0:
        c.tool.good("info", "-q", *c.naming, c.paths[-1])
    if c.rng.random() < 0.3:
        c.tool.run("flame", "-q", "-o", c.rng.choice(("x.png", "x.pdf", "x.html")), *args)
    if c.rng.random() < 0.3:
        c.tool.run("flame", "-q", "--svg-outlines", "-o", "x.svg", *args)
    if c.rng.random() < 0.5:
        c.tool.run("timeline", "-q", "-o", "x.png", *view, *c.paths)
    if c.rng.random() < 0.2:
        c.tool.run("export", "--to", "tables", "-q", *c.naming, *c.paths)


@rule("a page has the facts of info", 2, 1)
def facts(c):
    if not c.all_have("inuse_space"):
        return
    how = c.rng.choice((["--sum"] + c.paths, ["--base"] + c.paths))
    c.tool.good("report", "-q", "--sample-index", "inuse_space", "--no-symbols", "-o", "x.html", *how)
    with open(os.path.join(c.tool.folder, "x.html"), encoding="utf-8") as f:
        rows = readers.page_tables(f.read())
    for path in c.paths:
        info = c.tool.good("info", "--json", "-q", "--no-symbols", path).json()
        path = os.path.basename(path)
        mine = [r for r in rows if path in r or path + " (base)" in r]

        def must(what, *cells):
            if not any(all(cell in r for cell in cells) for r in mine):
                raise Failure("a page has the facts of info", "%s: %s of %s: no row with %r" % (line("report", *how), what, path, cells))

        must("stacks", str(info["stacks"]), str(info["max_depth"]), info["format"])
        for t in info["sample_types"]:
            if abs(t["total"]) < 1 << 50:
                whole = t["total"] if t["total"] % 1 != 0.5 else math.floor(t["total"] + 0.5)
                must("totals", t["name"], "{:,.0f}".format(whole if abs(whole) > 0.5 else 0))
        for t in info["threads"]:
            if t["values"].get("inuse_space"):
                must("threads", " ".join(x for x in (t["id"], t.get("name", "")) if x))
        for m in info["modules"] if c.is_mapped() else ():
            if not any(m["path"] in r and r[0] == str(m["addresses"]) and (path in r[-1] or r[-1] == "all") for r in rows):
                raise Failure("a page has the facts of info", "%s: %s has %d addresses in %s" % (
                    line("report", *how), path, m["addresses"], m["path"]))


@rule("a page has all sample types", 2, 1)
def types_of_pages(c):
    if "massif" in c.forms or not c.all_have("inuse_space"):
        return
    infos = [{t["name"]: t["total"] for t in c.tool.good("info", "--json", "-q", "--no-symbols", p).json()["sample_types"]}
             for p in c.paths]
    common = [name for name in infos[0] if name in infos[1]]
    how = c.rng.choice((c.paths[:1], ["--sum"] + c.paths, ["--base"] + c.paths))
    args = [c.rng.choice(("flame", "report")), "-q", "--no-symbols", "--no-compress", "--sample-index", c.rng.choice(common)]
    c.tool.good(*args, "-o", "x.html", *how)
    with open(os.path.join(c.tool.folder, "x.html"), encoding="utf-8") as f:
        found = readers.page_types(f.read())
    want = {name: (infos[0][name], None) for name in infos[0]} if len(how) == 1 else {
        name: (infos[0][name] + infos[1][name], None) if how[0] == "--sum" else (infos[1][name], infos[0][name]) for name in common}
    if sorted(found) != sorted(want):
        raise Failure("a page has all sample types", "%s: %r, info has %r" % (line(*args, *how), sorted(found), sorted(want)))
    for name, (now, base) in want.items():
        t = found[name]
        size = sum(abs(v) for p in c.made for r in p.rows for v in r.values)
        if not near(t["total"], now, size) or (base is None) != ("base_total" not in t) or (
                base is not None and not near(t["base_total"], base, size)):
            raise Failure("a page has all sample types", "%s: %s is %r, info has %r" % (line(*args, *how), name, t, (now, base)))


@rule("what shrank counts 0 in every view", 2, 2)
def drop_negative(c):
    view = c.live_view()
    if not view:
        return
    name, args = "what shrank counts 0 in every view", ["--drop-negative", "--base", c.paths[0], *view, c.paths[1]]
    old, new = c.top(*view, c.paths[0]), c.top(*view, c.paths[1])
    top = check_sums(c, args)
    size = size_of(c.rows(old)) + size_of(c.rows(new))

    def must(what, found, want, whole=0.0):
        if not near(found, want, size, whole):
            raise Failure(name, "%s: %r, top has %r" % (what, found, want))

    if any(r["flat"] < 0 for r in top["rows"]):
        raise Failure(name, "%s: a row below 0" % line("top", *args))
    must(line("tree", *args), c.tool.good("tree", "--json", "-q", *args).json()["total"], top["total"])
    widths = c.rng.choice(("union", "new", "old", "sum", "growth", "shrink", "churn"))
    head = c.tool.good("flame", "--text", "-q", "--diff-width", widths, *args).text().split("\n")[0]
    found = [int(x.replace(",", "")) for x in re.findall(r"(?:before|after) (?:[^(,]*\()?(-?[\d,]*\d)(?: bytes\)| B|,)", head)]
    if len(found) == 2:
        must(line("flame", *args) + ": before", found[0], old["total"], 1)
        must(line("flame", *args) + ": after", found[1], new["total"], 1)
    elif "(what shrank counts 0)" not in head:
        raise Failure(name, "%s: %r" % (line("flame", *args), head))
    for command, output in (("flame", "x.svg"), ("flame", "x.html"), ("report", "x.html")):
        c.tool.good(command, "-q", "--no-compress", "-o", output, *args)
        with open(os.path.join(c.tool.folder, output), encoding="utf-8") as f:
            text = f.read()
        what, sums, types = line(command, "-o", output, *args), readers.page_sums(text), readers.page_types(text)
        kind = top["sample_type"]
        must(what + ": before", sums[kind, "b"], old["total"])
        must(what + ": after", sums[kind, "s"], new["total"])
        must(what + ": delta", sums[kind, "s"] - sums[kind, "f"], top["total"])
        for t in types:
            must(what + ": total of " + t, sums[t, "s"], types[t]["total"])
            must(what + ": base of " + t, sums[t, "b"], types[t]["base_total"])


@rule("the same line writes the same bytes", 0)
def same_bytes(c):
    command = c.rng.choice(("top", "tree", "collapsed", "json", "flame", "info"))
    view = c.live_view() or []
    args = [command] + view + (["--sum"] if len(c.paths) > 1 and command != "info" else []) + (
        c.paths if command != "info" else c.paths[:1])
    if command == "info":
        args = [command, "--no-symbols", c.paths[0]]
    a, b = c.tool.run(*args), c.tool.run(*args)
    if (a.status, a.out, a.err) != (b.status, b.out, b.err):
        raise Failure("the same line writes the same bytes", line(*args))


# --- cases ---

def draw_case(seed):
    """The profiles of a case, and the rule that looks at them."""
    rng = random.Random("profiles %d" % seed)
    name, n, _, function, forms = rng.choices(RULES, [r[2] for r in RULES])[0]
    count = n if n != 3 else rng.randrange(2, 5)
    count = count or rng.choice((1, 1, 2, 3))
    made = [heaps.draw_profile(rng, form=rng.choice(forms))]
    made[0].with_files = rng.random() < 0.04 and made[0].form in ("jemalloc", "gperftools")
    while len(made) < count:
        made.append(heaps.draw_next(rng, made[-1]))
    return name, function, made


def check(tool, tables, seed, function, made):
    """None, or the Failure."""
    try:
        function(Case(tool, tables, seed, made))
    except Failure as e:
        return e
    return None


def smaller(made):
    """Copies of the profiles, each with a part left out, the largest parts first."""
    for i, p in enumerate(made):
        n = len(p.rows)
        step = n
        while step:
            for at in range(0, n, step):
                q = p.copy()
                del q.rows[at:at + step]
                if q.form == "massif":
                    q.moments = [q.rows]
                    if not q.rows:
                        continue
                yield made[:i] + [q] + made[i + 1:]
            step //= 2
        for k, r in enumerate(p.rows):
            if len(r.stack) > 1:
                for cut in (r.stack[:len(r.stack) // 2], r.stack[len(r.stack) // 2:], r.stack[1:], r.stack[:-1]):
                    q = p.copy()
                    q.rows[k].stack = cut
                    if q.form == "massif":
                        q.moments = [q.rows]
                    yield made[:i] + [q] + made[i + 1:]


def shrink(tool, tables, seed, function, made, failure, limit_s=20):
    end = time.monotonic() + limit_s
    again = True
    while again and time.monotonic() < end:
        again = False
        for less in smaller(made):
            if time.monotonic() > end:
                break
            try:
                found = check(tool, tables, seed, function, less)
            except Exception:  # a profile that the generator itself would not have made
                continue
            if found and found.rule == failure.rule:
                made, failure, again = less, found, True
                break
    return made, failure


def undrawn(tool, tables):
    """Outputs that were never drawn, although some more pages were for their sake."""
    for seed in range(300):
        missing = [x for x in tables.outputs if x not in tool.drawn]
        if not missing:
            break
        rng = random.Random("pages %d" % seed)
        made = [heaps.draw_profile(rng, form="jemalloc")]
        made.append(heaps.draw_next(rng, made[0]))
        check(tool, tables, seed, pages, made)
    return missing


def report(tool, tables, seed, name, function, made, failure, keep):
    made, failure = shrink(tool, tables, seed, function, [p.copy() for p in made], failure)
    folder = os.path.join(keep, str(seed))
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    for i, p in enumerate(made):
        with open(os.path.join(folder, "p%d.heap" % i), "wb") as f:
            f.write(heaps.write(p))
    with open(os.path.join(folder, "README"), "w", encoding="utf-8", errors="backslashreplace") as f:
        f.write("rule: %s\n%s\nformats: %s\n" % (failure.rule, failure.text, ", ".join(p.form for p in made)))
    print("not ok - net: %s (seed %d, files in %s)\n    %s" % (failure.rule, seed, folder, failure.text[:1500]), flush=True)


def main():
    ap = argparse.ArgumentParser(description="random profiles under random command lines")
    ap.add_argument("--runner", default=os.path.join(ROOT, "build/release/tests/runner"))
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--cases", type=int, default=300)
    ap.add_argument("--runs", type=int, help="go on until so many command lines were run")
    ap.add_argument("--seconds", type=float, help="or until this time has passed")
    ap.add_argument("--rule", help="only rules with this in their names")
    ap.add_argument("--again", type=int, metavar="SEED")
    ap.add_argument("--keep", default=os.path.join(ROOT, "build/net"))
    ap.add_argument("--most", type=int, default=20, help="stop after so many failures")
    o = ap.parse_args()
    if o.rule:
        RULES[:] = [r for r in RULES if o.rule in r[0]]
        if not RULES:
            ap.error("no rule has %r in its name" % o.rule)
    with tempfile.TemporaryDirectory(prefix="hprof-net.") as folder:
        return run(o, Tool(os.path.abspath(o.runner), folder))


def run(o, tool):
    tables = Tables(tool)
    begin, cases, failed, counts = time.monotonic(), 0, {}, {}
    seed = o.seed if o.again is None else o.again
    while True:
        if o.again is not None and cases == 1:
            break
        if o.runs or o.seconds:
            if (o.runs and tool.runs >= o.runs) or (o.seconds and time.monotonic() - begin > o.seconds):
                break
        elif cases == o.cases:
            break
        name, function, made = draw_case(seed)
        counts[name] = counts.get(name, 0) + 1
        try:
            failure = check(tool, tables, seed, function, made)
        except Exception:
            print("not ok - net: seed %d, %s\n%s" % (seed, name, traceback.format_exc()), flush=True)
            failure, failed[name] = None, failed.get(name, 0) + 1
        if failure:
            failed[name] = failed.get(name, 0) + 1
            report(tool, tables, seed, name, function, made, failure, o.keep)
            if sum(failed.values()) >= o.most:
                break
        seed, cases = seed + 1, cases + 1
    if not failed:
        for name in sorted(counts):
            print("ok - net: %s (%d cases)" % (name, counts[name]))
    if o.again is None and not o.rule and cases >= 1000:  # of fewer, chance leaves some out
        missing = undrawn(tool, tables)
        print("ok - net: every output was drawn" if not missing else "not ok - net: outputs that no line draws: " + ", ".join(missing))
        failed.update({"outputs": 1} if missing else {})
    print("# %d cases, %d command lines, %.0f s, from seed %d" % (cases, tool.runs, time.monotonic() - begin, o.seed))
    tool.close()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
