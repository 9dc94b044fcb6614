# massif.py - recordings of massif and xtree reports: beside a reader of their own, and ms_print.
"""The reader here is small and slow, and knows nothing of hprof: it takes a file apart by its grammar.  Its
trees are compared with those that ms_print shows, and hprof's stacks with its trees."""
import collections
import glob
import json
import os
import re
import signal
import subprocess
import time

from peerlib import BASE_ENV, GEN, ROOT, Failed, build, find_hprof, have, hprof, hprof_json, run

DATA = os.path.join(ROOT, "testdata", "massif")
WAITER = """
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
char *kept[100000];
__attribute__((noinline)) void step(int i) { kept[i] = malloc(5000); memset(kept[i], 1, 5000); }
int main(void) { for (int i = 0; i < 3000; i++) { step(i); usleep(10000); } return 0; }
"""
Snapshot = collections.namedtuple("Snapshot", "time heap extra stacks kind tree")


class Node:
    """A node of a tree: its place and bytes, and the nodes below, its callers."""

    def __init__(self, text, size, n):
        self.text, self.bytes, self.left, self.callers = text, size, n, []


def read_tree(lines, at):
    """(root, lines used) of the tree at line @at; None if the file ends inside."""
    root, path = None, []
    for i in range(at, len(lines)):
        m = re.match(r"( *)n(\d+): (\d+) (.*)$", lines[i], re.S)
        if not m or len(m.group(1)) != len(path):
            raise Failed("line %d: %r" % (i + 1, lines[i]))
        node = Node(m.group(4), int(m.group(3)), int(m.group(2)))
        if path:
            path[-1].callers.append(node)
            path[-1].left -= 1
        root = root or node
        path.append(node)
        while path and not path[-1].left:
            path.pop()
        if not path:
            return root, i + 1 - at
    return None


def read(path):
    """(command, unit, snapshots) of a recording; incomplete snapshots are left out."""
    with open(path, encoding="utf-8", errors="surrogateescape", newline="") as f:
        lines = [line.rstrip("\r") for line in f.read().split("\n")]
    start = next(i for i, line in enumerate(lines) if line.startswith("cmd:"))
    end = next(i for i, line in enumerate(lines) if line.startswith("time_unit:"))
    command = "\n".join(lines[start:end])[4:].strip()
    snapshots, at = [], end + 1
    while at + 8 <= len(lines) and lines[at].startswith("#-"):
        field = [line.split("=", 1)[1] for line in (lines[at + 1], *lines[at + 3:at + 8])]
        at += 8
        tree = None
        if field[5] in ("detailed", "peak"):
            got = read_tree(lines[:-1], at)  # the last line has no end: it may be cut
            if not got:
                break
            tree, used = got
            at += used
        elif field[5] != "empty":
            break
        snapshots.append(Snapshot(float(field[1]), *map(int, field[2:5]), field[5], tree))
    return command, lines[end].split(":", 1)[1].strip(), snapshots


def frame_of(text):
    """(function, file, line) of the place of a node."""
    below = re.match(r"in (\d+) place", text)
    if below and "below" in text:
        return ("[%s place%s below threshold]" % (below.group(1), "" if below.group(1) == "1" else "s"), "", 0)
    text = re.sub(r"^0x[0-9A-Fa-f]+: ", "", text)
    if text.endswith(")"):
        depth = 0
        for i in range(len(text) - 1, 0, -1):
            depth += (text[i] == ")") - (text[i] == "(")
            if depth == 0:
                break
        inside = text[i + 1:-1]
        if text[i - 1] == " " and inside.startswith("in "):
            name, where = text[:i - 1], inside[3:]
            return ("??? (%s)" % os.path.basename(where) if name == "???" and where != "???" else name, "", 0)
        place = re.match(r"(.+):(\d+)$", inside, re.S)
        if text[i - 1] == " " and place:
            return (text[:i - 1], place.group(1), int(place.group(2)))
    return (text, "", 0)


def stacks_of(root):
    """Bytes of each stack that ends somewhere, innermost frame first, by depth-first search without recursion."""
    out, work = collections.Counter(), [(root, ())]
    while work:
        node, path = work.pop()
        own = node.bytes - sum(c.bytes for c in node.callers)
        if own < 0:
            raise Failed("the callers of %s have more bytes than it" % node.text)
        if own:
            out[path or (("[no stack]", "", 0),)] += own
        work += [(c, path + (one_spelling(frame_of(c.text)),)) for c in node.callers]
    return out


def one_spelling(frame):
    """Lambdas have other spellings in hprof: of a name with one, what stands in front of it counts."""
    name = frame[0]
    return ((re.split(r"[<({:]", name)[0] + " lambda" if "lambda(" in name else name),) + frame[1:]


def hprof_stacks(path, *options):
    doc = hprof_json("json", "--names", "full", "--prune", "none", *options, path)
    out = collections.Counter()
    for s in doc["stacks"]:
        frames = []
        for f in s["frames"]:
            func = doc["functions"][f["function"]]
            frames.append(one_spelling((func["name"], func.get("file", ""), f.get("line", 0))))
        out[tuple(frames)] += s["values"][0]
    return out


def check_recording(path):
    command, unit, snapshots = read(path)
    info = hprof_json("info", "--json", path, ok=(0,))
    bad = []
    if info["command"] != command:
        bad.append("command %r, expected %r" % (info["command"], command))
    if len(info["snapshots"]) != len(snapshots):
        return bad + ["%d snapshots, expected %d" % (len(info["snapshots"]), len(snapshots))]
    for i, (got, want) in enumerate(zip(info["snapshots"], snapshots)):
        got = (got["index"], got["time"], got["time_unit"], got["heap"], got["extra"], got["stacks_bytes"],
               got["detailed"], got["peak"])
        wanted = (i, want.time, unit, want.heap, want.extra, want.stacks, want.tree is not None,
                  want.kind == "peak")
        if got != wanted:
            bad.append("snapshot %d is %r, expected %r" % (i, got, wanted))
        if not want.tree:
            continue
        stacks = hprof_stacks(path, "--at", str(i))
        if stacks != stacks_of(want.tree):
            bad.append("snapshot %d: stacks differ: %r" % (i, list((stacks - stacks_of(want.tree)).items())[:2]))
        if sum(stacks.values()) != want.tree.bytes:
            bad.append("snapshot %d: %d bytes in stacks, %d in the tree" %
                       (i, sum(stacks.values()), want.tree.bytes))
        top = hprof_json("top", "--json", "--at", str(i), path)
        if top["total"] != want.tree.bytes or any(r["cum"] > top["total"] for r in top["rows"]):
            bad.append("snapshot %d: top has %r of %d" % (i, top["total"], want.tree.bytes))
    return bad


def rows_of_tree(root):
    """(bytes, place) of each node below the root, in the order of the file."""
    out, work = [], list(reversed(root.callers))
    while work:
        node = work.pop()
        out.append((node.bytes, node.text))
        work += reversed(node.callers)
    return out


def check_ms_print(path):
    """The trees of the reader are those that ms_print prints; so are the numbers of its table."""
    bad, rows, table, trees = [], [], [], {}
    text = run(["ms_print", "--threshold=0", path])
    _, _, snapshots = read(path)
    for line in text.split("\n"):
        m = re.match(r"[| ]*->[\d.]+% \(([\d,]+)B\) (.*)$", line)
        if m:
            rows.append((int(m.group(1).replace(",", "")), m.group(2)))
        m = re.match(r" *(\d+) +([\d,.]+) +([\d,]+) +([\d,]+) +([\d,]+) +([\d,]+)$", line)
        if m:
            rows = trees.setdefault(int(m.group(1)), [])
            table.append([float(f.replace(",", "")) for f in m.groups()])
    want = [[i, s.time, s.heap + s.extra + s.stacks, s.heap, s.extra, s.stacks] for i, s in enumerate(snapshots)]
    if table != want:
        bad.append("table differs: %r" % [x for x in zip(table, want) if x[0] != x[1]][:2])
    for i, s in enumerate(snapshots):
        wanted = [(b, t.split("#")[0]) for b, t in rows_of_tree(s.tree)] if s.tree else []
        got = [r for r in trees.get(i, []) if "ms_print's threshold" not in r[1]]
        if s.tree and s.heap and got != wanted:
            bad.append("tree %d differs: %r" % (i, [x for x in zip(got, wanted) if x[0] != x[1]][:2]))
    return bad


def graph_of(lines):
    """Rows of a graph as sets of columns that are not blank; the column of the peak."""
    top = next(i for i, line in enumerate(lines) if "^" in line)
    rows = []
    for line in lines[top:top + 20]:
        body = line[line.index("^" if "^" in line else "|") + 1:]
        rows.append(body)
    marks = {r.index("#") for r in rows if "#" in r}
    return rows, min(marks) if marks else None


def check_graph(path):
    """The peak is in the same column as ms_print's (of its width), and columns are as high, to one row."""
    theirs, their_peak = graph_of(run(["ms_print", path]).split("\n"))
    ours, our_peak = graph_of(hprof("timeline", path).split("\n"))
    width = 80 - 10 - 2
    bad = []
    if their_peak is not None and our_peak is not None and abs(our_peak - their_peak * width / 72) > 1.5:
        bad.append("the peak is in column %d of %d, ms_print's in %d of 72" % (our_peak, width, their_peak))

    def height(rows, x):
        return next((20 - i for i, r in enumerate(rows) if x < len(r) and r[x] != " "), 0)

    for x in range(72):
        h = height(theirs, x)
        near = [height(ours, min(width - 1, max(0, int(x * width / 72) + d))) for d in range(-2, 3)]
        if h and not min(near) - 1 <= h <= max(near) + 1:
            bad.append("column %d of ms_print is %d high, ours %r" % (x, h, near))
    return bad


def metrics_of(path):
    """Totals of an xtree report in either syntax, by the writer's names."""
    with open(path, encoding="utf-8", errors="surrogateescape") as f:
        text = f.read()
    if text.startswith("# callgrind"):
        events = re.search(r"^events: (.*)$", text, re.M).group(1).split()
        totals = re.search(r"^totals: (.*)$", text, re.M).group(1).split()
        return dict(zip(events, map(int, totals)))
    return {m.group(2): int(m.group(1)) for m in re.finditer(r"^n\d+: (\d+) (\w+) : ", text, re.M)}


def check_report(path):
    metrics, bad = metrics_of(path), []
    info = hprof_json("info", "--json", path)
    if info["snapshots"]:
        bad.append("it is shown as a recording")
    if len(info["sample_types"]) != len(metrics):
        bad.append("%d sample types, expected %d" % (len(info["sample_types"]), len(metrics)))
    for name, total in metrics.items():
        top = hprof_json("top", "--json", "--sample-index", name, path)
        if top["total"] != total or sum(r["flat"] for r in top["rows"]) != total:
            bad.append("%s is %r, expected %r" % (name, top["total"], total))
    return bad


def corpus(report):
    for path in sorted(glob.glob(os.path.join(DATA, "ok", "*.ms"))):
        name = "massif/" + os.path.basename(path)
        with open(path, encoding="utf-8", errors="surrogateescape") as f:
            is_report = f.readline().startswith("desc: xtree")
        if is_report:
            report.check(name, check_report(path))
            continue
        report.check(name, check_recording(path))
        if not have("ms_print") and "trunc" not in name and "spaces" not in name:
            report.check(name + "/ms_print", check_ms_print(path))
            if "vgdb" not in name and "pages" not in name:
                report.check(name + "/graph", check_graph(path))
    for path in sorted(glob.glob(os.path.join(DATA, "ok", "*.kcg"))):
        report.check("massif/" + os.path.basename(path), check_report(path))


def valgrind(out, program, *options, tool="massif"):
    files = "--%s-out-file=%s" % (tool, out) if tool == "massif" else "-q"
    run(["valgrind", "-q", "--tool=" + tool, files, *options, program], timeout=300)
    return out


def recordings(report, work):
    shapes = build("cc", "shapes.c", os.path.join(work, "shapes"), "-g", "-O1", "-pthread")
    widgets = build("c++", "widgets.cc", os.path.join(work, "widgets"), "-g", "-O2", "-std=c++17", "-pthread")
    stripped = os.path.join(work, "my (odd) program")
    run(["strip", "-o", stripped, shapes])
    for name, program, options in (
            ("C", shapes, []), ("C++", widgets, []), ("stripped", stripped, []),
            ("pages", shapes, ["--pages-as-heap=yes"]), ("depth=2", widgets, ["--depth=2"]),
            ("bytes", shapes, ["--time-unit=B", "--detailed-freq=1", "--threshold=0"]),
            ("stacks", shapes, ["--stacks=yes", "--time-unit=ms"]), ("heap=no", shapes, ["--heap=no", "--stacks=yes"]),
            ("alloc-fn", widgets, ["--alloc-fn=main", "--peak-inaccuracy=0.0"]),
            ("full paths", widgets, ["--fullpath-after="]), ("many", widgets, ["--max-snapshots=1000", "--detailed-freq=2"])):
        out = valgrind(os.path.join(work, "live.ms"), program, *options)
        report.check("massif/live/" + name, check_recording(out) + check_ms_print(out))
    for name, tool, options in (("allocs", "memcheck", ["--xtree-memory=allocs"]), ("full", "memcheck", ["--xtree-memory=full"])):
        for end in ("ms", "kcg"):
            out = os.path.join(work, "report." + end)
            valgrind(None, widgets, *options, "--xtree-memory-file=" + out, tool=tool)
            report.check("massif/live/xtree %s.%s" % (name, end), check_report(out))
    out = os.path.join(work, "leak.kcg")
    valgrind(None, shapes, "--leak-check=full", "--show-leak-kinds=all", "--xtree-leak=yes",
             "--xtree-leak-file=" + out, tool="memcheck")
    report.check("massif/live/xtree leak", check_report(out))


def in_a_running_program(report, work):
    """Snapshots that are asked for through vgdb: a file each, of one process."""
    source, program = os.path.join(work, "waiter.c"), os.path.join(work, "waiter")
    with open(source, "w", encoding="ascii") as f:
        f.write(WAITER)
    run(["cc", "-g", "-o", program, source])
    process = subprocess.Popen(["valgrind", "-q", "--tool=massif", "--massif-out-file=" + os.path.join(work, "w.ms"),
                                "--vgdb=yes", program], env=BASE_ENV, stderr=subprocess.DEVNULL)
    files = [os.path.join(work, "at%d.ms" % i) for i in range(3)]
    try:
        for i, path in enumerate(files):
            time.sleep(2)
            run(["vgdb", "--pid=%d" % process.pid, "--wait=10", "snapshot" if i == 1 else "detailed_snapshot", path])
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    for path in files:
        report.check("massif/vgdb/" + os.path.basename(path), check_recording(path))
    bad = []
    doc = json.loads(hprof("timeline", "--json", files[2], files[0], files[1]))
    times = [read(p)[2][0].time for p in files]
    if [p["time"] for p in doc["points"]] != sorted(times) or len(set(times)) != 3:
        bad.append("times are %r" % [p["time"] for p in doc["points"]])
    top = hprof_json("top", "--json", *files, "--at", "last")
    if top["total"] != read(files[2])[2][0].heap:
        bad.append("the last has %r bytes" % top["total"])
    diff = hprof_json("diff", "--json", files[0], files[2])
    if diff["total"] != read(files[2])[2][0].heap - read(files[0])[2][0].heap:
        bad.append("the difference has %r bytes" % diff["total"])
    report.check("massif/vgdb/one timeline", bad)


def run_group(report, work, _long=False):
    corpus(report)
    missing = have("valgrind", "ms_print", "cc", "c++", "strip")
    if missing or not os.path.exists(find_hprof()) or not os.path.isdir(GEN):
        report.skip("massif/live", "no %s" % missing)
        return
    recordings(report, work)
    if have("vgdb"):
        report.skip("massif/vgdb", "no vgdb")
    else:
        in_a_running_program(report, work)
