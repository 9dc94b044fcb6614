# elf.py - what the peers know about ELF files: symbols by nm, segments by readelf, frames by their tools.
import bisect
import json
import os
import re
import subprocess

from peerlib import BASE_ENV, run

CLONE = re.compile(r"(\.(cold|part|isra|constprop|llvm|lto_priv)(\.\d+)*)+$")
PAGE = 4096


def plain(name):
    """@name without symbol version and without what compilers append to copies."""
    at = name.find("@", 1)
    return CLONE.sub("", name[:at] if at > 0 else name)


class Symbols:
    """Function symbols of one file as nm prints them, for questions about one address."""

    def __init__(self, path, debug=None):
        self.rows = []  # (start, end, name)
        seen = set()
        for flags, file in ((["-S"], path), (["-S", "-D"], path), (["-S"], debug)):
            if not file:
                continue
            for line in run(["nm", *flags, "--defined-only", file], ok=(0, 1)).splitlines():
                self._add(line, seen)
        self.rows.sort()
        self.starts = sorted({s for s, _, _ in self.rows})
        self.first = [s for s, _, _ in self.rows]
        self.reach = []  # the furthest end of this row and those before it
        for _, end, _ in self.rows:
            self.reach.append(max(end, self.reach[-1] if self.reach else 0))
        self.by_start = {}
        for start, _, name in self.rows:
            self.by_start.setdefault(start, set()).add(name)
        self.sized = {s for s, e, _ in self.rows if e > s}
        self.plt = plt_ranges(path)

    def _add(self, line, seen):
        part = line.split(None, 3)
        if len(part) == 4 and part[2] in "tTwWi":
            start, size, name = int(part[0], 16), int(part[1], 16), part[3]
        else:
            part = line.split(None, 2)  # hand-written assembler: no size
            if len(part) != 3 or part[1] not in "tTwWi":
                return
            start, size, name = int(part[0], 16), 0, part[2]
        name = name.split("@")[0]
        if (start, name) not in seen:
            seen.add((start, name))
            self.rows.append((start, start + size, name))

    def _covering(self, addr):
        i = bisect.bisect_right(self.first, addr) - 1
        while i >= 0 and self.reach[i] > addr:
            if self.rows[i][1] > addr:
                yield self.rows[i]
            i -= 1

    def owners(self, addr):
        """Names of all symbols that own @addr; one without a size owns up to the next."""
        own = {n for _, _, n in self._covering(addr)}
        if own:
            return own
        i = bisect.bisect_right(self.starts, addr) - 1
        if i < 0:
            return set()
        below = self.starts[i]
        return set() if below in self.sized else set(self.by_start[below])

    def untyped(self, addr):
        """Names of the symbols without size that own @addr."""
        return set() if any(True for _ in self._covering(addr)) else self.owners(addr)

    def aliases(self, addr):
        """Names of every symbol that starts where one that owns @addr starts."""
        starts = {s for s, _, _ in self._covering(addr)}
        return {n for s in starts for n in self.by_start[s]} | self.owners(addr)

    def in_plt(self, addr):
        return any(lo <= addr < hi for lo, hi in self.plt)


def plt_ranges(path):
    out = []
    for line in run(["readelf", "-SW", path], ok=(0, 1)).splitlines():
        m = re.match(r"\s*\[\s*\d+\] (\.plt\S*)\s+\S+\s+([0-9a-f]+) [0-9a-f]+ ([0-9a-f]+)", line)
        if m:
            out.append((int(m.group(2), 16), int(m.group(2), 16) + int(m.group(3), 16)))
    return out


def first_load(path):
    """Address of the page at which the first PT_LOAD begins."""
    for line in run(["readelf", "-lW", path]).splitlines():
        part = line.split()
        if part and part[0] == "LOAD":
            return int(part[2], 16) & -PAGE
    raise ValueError("no PT_LOAD in " + path)


def build_id(path):
    m = re.search(r"Build ID: ([0-9a-f]+)", run(["readelf", "-nW", path]))
    return m.group(1) if m else None


def llvm_frames(path, addrs):
    """{address: [(function, file, line)]}, innermost first, names as linked."""
    text = "".join("0x%x\n" % a for a in addrs)
    out = {}
    for line in run(["llvm-symbolizer", "--obj=" + path, "--output-style=JSON", "--inlines",
                     "--no-demangle"], stdin=text).splitlines():
        one = json.loads(line)
        frames = [(s["FunctionName"], s["FileName"], s["Line"]) for s in one.get("Symbol", [])]
        if frames == [("", "", 0)]:
            frames = []
        out[int(one["Address"], 16)] = frames
    return out


def addr2line_frames(path, addrs):
    """The same by GNU addr2line; unknown is "" and 0."""
    text = "".join("0x%x\n" % a for a in addrs)
    return addr2line_lines(run(["addr2line", "-a", "-f", "-i", "-e", path], stdin=text))


def addr2line_lines(text):
    """{address: [(function, file, line)]} of what addr2line -a -f -i printed."""
    lines = text.splitlines()
    out, at = {}, None
    i = 0
    while i < len(lines):
        if re.match(r"0x[0-9a-f]{8,16}$", lines[i]):
            at = int(lines[i], 16)
            out[at] = []
            i += 1
            continue
        name = "" if lines[i] == "??" else lines[i]
        place = re.sub(r" \(discriminator \d+\)$", "", lines[i + 1])
        file, _, line = place.rpartition(":")
        out[at].append((name, "" if file == "??" else file, int(line) if line.isdigit() else 0))
        i += 2
    return out


def demangle(names):
    """{linked name: readable name} by GNU c++filt."""
    names = sorted(names)
    if not names:
        return {}
    p = subprocess.run(["c++filt"], input="\n".join(names) + "\n", stdout=subprocess.PIPE,
                       text=True, env=BASE_ENV, check=True)
    return dict(zip(names, p.stdout.splitlines()))


class Dump:
    """A dump read by the shortest possible code: stacks of addresses, and the map section."""

    def __init__(self, path):
        self.stacks, self.maps = [], []
        in_maps = False
        with open(path, errors="surrogateescape") as f:
            for line in f:
                if line.startswith("MAPPED_LIBRARIES:"):
                    in_maps = True
                elif in_maps:
                    self._map(line)
                elif line.startswith("@"):
                    self.stacks.append([int(a, 16) for a in line[1:].split()])

    def _map(self, line):
        part = line.rstrip("\n").split(None, 5)
        if len(part) < 5 or "-" not in part[0]:
            return
        lo, hi = (int(x, 16) for x in part[0].split("-"))
        name = part[5] if len(part) > 5 else ""
        if name.endswith(" (deleted)"):
            name = name[:-10]
        self.maps.append((lo, hi, part[1], int(part[2], 16), name))

    def place(self, pc, file_of=lambda p: p):
        """(module, address in its file): the kernel's and ld.so's rule, base + p_vaddr."""
        for i, (lo, hi, _, _, name) in enumerate(self.maps):
            if not lo <= pc < hi:
                continue
            file = file_of(name)
            if not name.startswith("/") or not file or not os.path.exists(file):
                return name, None
            while self.maps[i][4] == name and i and self.maps[i - 1][4] == name:
                i -= 1
            return name, pc - self.maps[i][0] + first_load_cached(file)
        return None, pc


_loads = {}


def first_load_cached(path):
    key = (path, os.stat(path).st_ino, os.stat(path).st_mtime_ns)
    if key not in _loads:
        _loads[key] = first_load(path)
    return _loads[key]
