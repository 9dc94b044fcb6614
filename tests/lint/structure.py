#!/usr/bin/env python3
"""structure.py - who may use whom: structure.py [--test | --order FOLDER]

Prints each breach of these rules, and exits with 1 if there is one:
  layers   a folder includes only the folders below it (LAYERS)
  order    in the folders of ORDER, each file uses only files of lines before its own
  circles  no header includes itself by way of others, and no file (x.c with its x.h) uses itself by way
           of others, where using is including a header or naming what a .c file defines
  tags     no two files define a struct, enum or union of one name, if it is hp_* or in a header
  unused   what a header declares or defines by #define is used, and a function by more than its own file and
           tests
--test: check that each rule sees what breaks it.  --order: print a table for ORDER that fits.
"""
import collections
import fnmatch
import glob
import os
import re
import sys
import tempfile

LAYERS = {
    "hprof": "",
    "base": "hprof",
    "model": "hprof base",
    "symbolize": "hprof base model",
    "ops": "hprof base model",
    "formats": "hprof base model",
    "render": "hprof base model ops",
    "cli": "hprof base",
}

# Files from the bottom up.  What stands on one line does not use each other.
ORDER = {
    "analyzer/ops": """
        tree amount significance apportion by_thread compare prune stable_id
        view
        advice merge_modules bare filter table rounded breakdown
        choose_types info stem disambiguate row_tree calls flame shrunk timeline
        merge_frames
        apply_filters tree_builder
        analyse""",
    "analyzer/cli": """
        diag stop command
        options output_file
        progress user_dirs output_dir cmd_formats
        series
        arguments files cmd_cache
        inputs replace
        lending cmd_symbolize
        choose
        session
        show
        cmd_top cmd_tree cmd_flame cmd_report cmd_timeline cmd_diff cmd_collapsed cmd_json cmd_export cmd_info cmd_jeprof
        main""",
}

# Circles of files that are still there, each by patterns of its files; nothing may join them.
KNOWN = [
    "analyzer/symbolize/debug_file analyzer/symbolize/find",
    "analyzer/symbolize/dwarf* analyzer/symbolize/libdw/libdw",
]

# Functions that only tests call.
FOR_TESTS = {"hp_profile_valid"}

COMMENT_OR_TEXT = re.compile(r'/\*.*?\*/|"(?:\\.|[^"\\\n])*"', re.S)
INCLUDE = re.compile(r'^#include "([^"]+)"', re.M)
FUNCTION = re.compile(r'^(?!static|typedef|extern|[\s#/])[a-z][^;{}()=]*?\b(hp(?:rof)?_\w+)\([^;{}]*\)\s*\n\{', re.M)
OBJECT = re.compile(r'^(?!static|extern)(?:const |struct |char |\*)+.*?\b(hp_\w+)(?:\[\w*\])* = ', re.M)
TYPE = re.compile(r'\b(?:struct|enum|union) \w+')
NAME = re.compile(r'\b(?:hp|hprof|HP)_\w+')
MACRO = re.compile(r'^#define (HP_\w+)', re.M)
TAG = re.compile(r'^((?:struct|enum|union) \w+) \{', re.M)


def layer(path):
    if path == "analyzer/hprof.h":
        return "hprof"
    parts = path.split("/")
    return parts[1] if parts[0] == "analyzer" and len(parts) > 2 else parts[0]


def unit(path):
    """What a file and its header are together."""
    return path[:-2]


class Sources:
    def __init__(self, root):
        self.includes, self.tags, self.headers = {}, collections.defaultdict(set), {}
        self.uses = collections.defaultdict(dict)  # unit: {unit: what of it}
        names, self.defined_in, self.macros, self.objects = {}, {}, {}, set()
        self.named = collections.defaultdict(collections.Counter)  # name: how often in each file
        for path in sorted(p for d in ("analyzer", "formats", "render")
                           for p in glob.glob(os.path.join(root, d, "**/*.[ch]"), recursive=True)):
            with open(path, encoding="utf-8") as f:
                text = f.read()
            path = os.path.relpath(path, root)
            self.includes[path] = INCLUDE.findall(text)
            code = COMMENT_OR_TEXT.sub("", text)
            names[path] = collections.Counter(NAME.findall(TYPE.sub("", code)))
            for name, n in names[path].items():
                self.named[name][path] = n
            if path.endswith(".h"):
                self.macros.update((name, path) for name in MACRO.findall(code) if not name.endswith("_H"))
            for tag in TAG.findall(code):
                self.tags[tag].add(path)
            if path.endswith(".c"):
                objects = OBJECT.findall(code)
                self.objects.update(objects)
                self.defined_in.update((name, path) for name in FUNCTION.findall(code) + objects)
        for path, included in self.includes.items():
            of = self.uses[unit(path)]
            for header in included:
                of.setdefault(unit(header), "its header")
            for name in sorted(names[path]) if path.endswith(".c") else ():
                if name in self.defined_in:
                    of[unit(self.defined_in[name])] = name
            of.pop(unit(path), None)
        self.in_tests = set()
        for path in glob.glob(os.path.join(root, "tests/*/*.[ch]")):
            with open(path, encoding="utf-8") as f:
                self.in_tests.update(NAME.findall(f.read()))
        self.headers = {h: {i: "included" for i in included if i in self.includes}
                        for h, included in self.includes.items() if h.endswith(".h")}


def circles(graph):
    """The sets of nodes that reach each other, each sorted; by Tarjan's algorithm."""
    found, index, low, stack = [], {}, {}, []

    def visit(node):
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in graph.get(node, ()):
            if other not in index:
                visit(other)
            if other in stack:
                low[node] = min(low[node], low[other])
        if low[node] == index[node]:
            at = stack.index(node)
            if len(stack) - at > 1 or node in graph.get(node, ()):
                found.append(sorted(stack[at:]))
            del stack[at:]

    for node in graph:
        if node not in index:
            visit(node)
    return found


def one_circle(graph, members):
    """The shortest way from a member of a circle to itself, as text."""
    best = None
    for start in members:
        ways = [[start]]
        seen = {start}
        while ways:
            way = ways.pop(0)
            if start in graph[way[-1]]:
                best = min(best or way + [start], way + [start], key=len)
                break
            for other in graph[way[-1]]:
                if other in members and other not in seen:
                    seen.add(other)
                    ways.append(way + [other])
    return ", ".join("%s uses %s (%s)" % (a, b, graph[a][b]) for a, b in zip(best, best[1:]))


def check_layers(s):
    for path, included in s.includes.items():
        of = layer(path)
        for header in included:
            if layer(header) != of and layer(header) not in LAYERS.get(of, "").split():
                yield "%s: %s may not include %s" % (path, of, header)


def check_order(s, order):
    for folder, table in order.items():
        line_of = {name: n for n, line in enumerate(table.strip().split("\n")) for name in line.split()}
        here = {u: os.path.basename(u) for u in s.uses if os.path.dirname(u) == folder}
        for name in sorted(set(line_of) - set(here.values())):
            yield "%s/%s: stands in the table of structure.py, but is not there" % (folder, name)
        for u, name in sorted(here.items()):
            if name not in line_of:
                yield "%s: has no place in the table of structure.py" % u
                continue
            for other, why in sorted(s.uses[u].items()):
                if other in here and here[other] in line_of and line_of[here[other]] >= line_of[name]:
                    yield "%s uses %s (%s), which the table of structure.py has not before it" % (
                        u, here[other], why)


def check_circles(s, known):
    for members in circles(s.headers):
        yield "headers include each other: " + one_circle(s.headers, members)
    for members in circles(s.uses):
        if not any(all(any(fnmatch.fnmatch(m, p) for p in line.split()) for m in members) for line in known):
            yield "files use each other: " + one_circle(s.uses, members)


def check_tags(s):
    for tag, paths in sorted(s.tags.items()):
        if len(paths) > 1 and (" hp" in tag or any(p.endswith(".h") for p in paths)):
            yield "%s is defined in %s" % (tag, " and ".join(sorted(paths)))


def check_unused(s):
    for name, path in sorted(s.macros.items()):
        if sum(s.named[name].values()) == 1:
            yield "%s: nothing uses %s" % (path, name)
    for name, path in sorted(s.defined_in.items()):
        header = [h for h in s.named[name] if h.endswith(".h")]
        is_public = name.startswith("hprof_")
        if is_public or name in s.objects or name in FOR_TESTS or sum(s.named[name][h] for h in header) != 1:
            continue
        if sum(s.named[name].values()) <= 2:
            yield "%s: nothing but tests uses %s" % (path, name)
        elif set(s.named[name]) <= {path, *header} and name not in s.in_tests:
            yield "%s: %s is used here only, and could be static" % (path, name)


def check(root, order=None, known=()):
    s = Sources(root)
    return [*check_layers(s), *check_order(s, order or {}), *check_circles(s, known), *check_tags(s),
            *check_unused(s)]


def suggest(folder):
    """Levels of the files of @folder: each is above all that it uses."""
    s = Sources(".")
    here = {u for u in s.uses if os.path.dirname(u) == folder}
    level = {}

    def of(u, way=()):
        if u in way:
            sys.exit("%s is in a circle" % u)
        if u not in level:
            level[u] = 1 + max([of(o, way + (u,)) for o in s.uses[u] if o in here], default=0)
        return level[u]

    for u in here:
        of(u)
    for n in sorted(set(level.values())):
        print(" ".join(sorted(os.path.basename(u) for u in here if level[u] == n)))


# Small trees of sources, each with what is said about it.
TESTS = [
    ("nothing is wrong", {"analyzer/ops/a.h": "", "analyzer/ops/b.c": '#include "analyzer/ops/a.h"\n'}, None),
    ("a folder includes one above it", {"formats/a.c": '#include "analyzer/cli/cli.h"\n'}, "formats may not include"),
    ("a folder below a folder, too", {"analyzer/symbolize/dwarf/a.c": '#include "render/render.h"\n'},
     "symbolize may not include"),
    ("headers include each other", {"analyzer/base/a.h": '#include "analyzer/base/b.h"\n',
                                    "analyzer/base/b.h": '#include "analyzer/base/c.h"\n',
                                    "analyzer/base/c.h": '#include "analyzer/base/a.h"\n'}, "headers include each other"),
    ("a header includes itself", {"render/a.h": '#include "render/a.h"\n'}, "headers include each other"),
    ("files include each other's headers", {"formats/a.c": '#include "formats/b.h"\n', "formats/a.h": "",
                                            "formats/b.c": '#include "formats/a.h"\n', "formats/b.h": ""},
     "files use each other"),
    ("functions call each other by one header", {
        "analyzer/cli/a.c": '#include "analyzer/cli/c.h"\nint hp_a(void)\n{\n\treturn hp_b();\n}\n',
        "analyzer/cli/b.c": '#include "analyzer/cli/c.h"\nint hp_b(void)\n{\n\treturn hp_a();\n}\n',
        "analyzer/cli/c.h": ""}, "files use each other"),
    ("calls in comments and texts are none", {
        "render/a.c": 'int hp_a(void)\n{\n\treturn hp_b();\n}\n',
        "render/b.c": '/* as hp_a() */\nint hp_b(void)\n{\n\treturn say("hp_a");\n}\n'}, None),
    ("types are no calls", {
        "render/a.c": 'int hp_a(struct hp_b *b)\n{\n\treturn b->n;\n}\n',
        "render/b.c": 'int hp_b(void)\n{\n\treturn hp_a(NULL);\n}\n'}, None),
    ("a file below uses one above", {"ordered/low.c": "int hp_low(void)\n{\n\treturn hp_high();\n}\n",
                                     "ordered/high.c": "int hp_high(void)\n{\n\treturn 0;\n}\n"}, "which the table of structure.py has not before it"),
    ("a file has no place", {"ordered/low.c": "", "ordered/high.c": "", "ordered/new.c": ""}, "has no place"),
    ("a place has no file", {"ordered/low.c": ""}, "is not there"),
    ("two headers define a tag", {"render/a.h": "struct hp_row {\n};\n", "analyzer/ops/b.h": "struct hp_row {\n};\n"},
     "struct hp_row is defined in"),
    ("a header and a file define a tag", {"render/a.h": "enum kind {\n};\n", "render/b.c": "enum kind {\n};\n"},
     "enum kind is defined in"),
    ("nothing uses a function", {"render/a.h": "int hp_a(void);\n", "render/a.c": "int hp_a(void)\n{\n}\n"},
     "nothing but tests uses hp_a"),
    ("only its own file uses a function", {
        "render/a.h": "int hp_a(void);\n", "render/a.c": "int hp_a(void)\n{\n\treturn hp_a();\n}\n"}, "could be static"),
    ("a test uses it, too", {
        "render/a.h": "int hp_a(void);\n", "render/a.c": "int hp_a(void)\n{\n\treturn hp_a();\n}\n",
        "tests/unit/test_a.c": "hp_a();\n"}, None),
    ("nothing uses a macro", {"render/a.h": "#define HP_A 1\n"}, "nothing uses HP_A"),
]


def self_test():
    failed = False
    for name, files, want in TESTS:
        with tempfile.TemporaryDirectory(prefix="hprof-structure.") as root:
            is_ordered = any(path.startswith("ordered/") for path in files)
            for path, text in files.items():
                path = os.path.join(root, path.replace("ordered/", "render/"))
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "w", encoding="utf-8") as f:
                    f.write(text)
            found = check(root, {"render": "low\nhigh"} if is_ordered else None)
        if bool(found) != bool(want) or want and not any(want in line for line in found):
            print("%s: found %r" % (name, found))
            failed = True
    return failed


def main():
    if sys.argv[1:] == ["--test"]:
        return self_test()
    if sys.argv[1:2] == ["--order"]:
        return suggest(sys.argv[2].rstrip("/"))
    found = check(".", ORDER, KNOWN)
    print("\n".join(found))
    return found != []


if __name__ == "__main__":
    sys.exit(main())
