# oracle.py - the same addresses given to hprof, to llvm-symbolizer and to addr2line.
import hashlib
import json
import os
import re
import struct
import subprocess
import tempfile
from collections import namedtuple

import elf
from peerlib import BASE_ENV, Failed, find_hprof, run

# Of one function that holds an address; "" and 0 where nothing is known.
Frame = namedtuple("Frame", "name link file line column inlined")


class Elf:
    """What the choice of addresses needs of an ELF file of any machine."""

    def __init__(self, path):
        with open(path, "rb") as f:
            self.image = f.read(64)
            if self.image[:4] != b"\x7fELF":
                raise Failed(path + " is no ELF file")
            self.wide = self.image[4] == 2
            self.order = "<" if self.image[5] == 1 else ">"
            self.type, self.machine = self._unpack("HH", 16)
            f.seek(self._unpack("Q", 40)[0] if self.wide else self._unpack("I", 32)[0])
            size, n, names = self._unpack("HHH", 58 if self.wide else 46)
            raw = f.read(size * n)
            form = self.order + ("IIQQQQ" if self.wide else "IIIIII")
            rows = [struct.unpack_from(form, raw, i * size) for i in range(n)]
            f.seek(rows[names][4])
            text = f.read(rows[names][5])
        self.sections = []  # (name, type, flags, address, size)
        for name, kind, flags, addr, _, length in rows:
            self.sections.append((text[name:text.index(b"\0", name)].decode(), kind, flags, addr, length))

    def _unpack(self, form, at):
        return struct.unpack_from(self.order + form, self.image, at)

    def code(self):
        """(address, size) of the sections with code that have bytes in the file, or had."""
        return [(addr, size) for _, _, flags, addr, size in self.sections if flags & 6 == 6 and size]


def spread(path, n, symbols=None):
    """Some @n addresses over all code of @path, and where each function of @symbols begins and ends."""
    code = Elf(path).code()
    total = sum(size for _, size in code)
    step = max(1, total // n)
    out, at = set(), 0
    for addr, size in code:
        out.update(range(addr + at, addr + size, step))
        at = (at - size) % step
    inside = lambda a: any(addr <= a < addr + size for addr, size in code)
    for start, end, _ in symbols.rows if symbols else ():
        out.update(a for a in (start, end - 1, end) if inside(a))
    return sorted(out)


def kept(folder, what, make):
    """The text that @make gives, remembered in @folder under all of @what."""
    path = os.path.join(folder, hashlib.sha256("\0".join(what).encode()).hexdigest()[:24] + ".out")
    try:
        with open(path) as f:
            return f.read()
    except OSError:
        pass
    text = make()
    # Several threads may make the same text at once: each writes a file of its own.
    with tempfile.NamedTemporaryFile("w", dir=folder, suffix=".tmp", delete=False) as f:
        f.write(text)
    os.rename(f.name, path)
    return text


def identity(path):
    st = os.stat(path)
    return "%s %d %d %d" % (path, st.st_ino, st.st_size, st.st_mtime_ns)


def as_text(addrs):
    return "".join("0x%x\n" % a for a in addrs)


def llvm(path, addrs, folder):
    """[[Frame]] of llvm-symbolizer, innermost first; names as linked."""
    argv = ["nice", "-n", "10", "llvm-symbolizer", "--obj=" + path, "--output-style=JSON", "--inlines",
            "--no-demangle"]
    text = kept(folder, ["llvm", identity(path), as_text(addrs)], lambda: run(argv, stdin=as_text(addrs)))
    out = []
    for line, a in zip(text.splitlines(), addrs):
        one = json.loads(line)
        if int(one["Address"], 16) != a:
            raise Failed("llvm-symbolizer answers %s for 0x%x" % (one["Address"], a))
        frames = [Frame(s["FunctionName"], s["FunctionName"], s["FileName"], s["Line"], s["Column"], True)
                  for s in one.get("Symbol", [])]
        if len(frames) == 1 and not frames[0].name and not frames[0].file:
            frames = []
        out.append(mark_inlined(frames))
    if len(out) != len(addrs):
        raise Failed("llvm-symbolizer answers %d of %d addresses" % (len(out), len(addrs)))
    return out


def mark_inlined(frames):
    return frames[:-1] + [frames[-1]._replace(inlined=False)] if frames else frames


def addr2line(path, addrs, folder):
    """[[Frame]] of GNU addr2line."""
    argv = ["nice", "-n", "10", "addr2line", "-a", "-f", "-i", "-e", path]
    text = kept(folder, ["addr2line", identity(path), as_text(addrs)], lambda: run(argv, stdin=as_text(addrs)))
    told = elf.addr2line_lines(text)
    return [mark_inlined([Frame(n, n, f, l, 0, True) for n, f, l in told.get(a, []) if n or f or l]) for a in addrs]


def outermost(path, addrs, folder):
    """{address: the function that was not inlined} by GNU addr2line."""
    return {a: f[-1].name for a, f in zip(addrs, addr2line(path, addrs, folder)) if f}


def hprof(path, addrs, args=(), home="/nonexistent"):
    """[[Frame]] of hprof, and what it says on standard error."""
    argv = ["nice", "-n", "10", find_hprof(), "symbolize", "--json", "--names", "full", *args, "-e", path]
    p = subprocess.run(argv, input=as_text(addrs), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                       env=dict(BASE_ENV, HOME=home, XDG_CACHE_HOME=home), errors="surrogateescape", timeout=900)
    if p.returncode:
        raise Failed("exit %d: %s\n%s" % (p.returncode, " ".join(argv), p.stderr[-600:]))
    out = []
    for line, a in zip(p.stdout.splitlines(), addrs):
        one = json.loads(line)
        if int(one["address"], 16) != a:
            raise Failed("hprof answers %s for 0x%x" % (one["address"], a))
        out.append([Frame(f["name"], f.get("linkage_name", ""), f.get("file", ""), f.get("line", 0),
                          f.get("column", 0), f["inlined"]) for f in one["frames"]])
    if len(out) != len(addrs):
        raise Failed("hprof answers %d of %d addresses" % (len(out), len(addrs)))
    return out, p.stderr


def shown(frames):
    return " < ".join("%s %s:%d%s" % (f.link or f.name or "?", os.path.basename(f.file) or "?", f.line,
                                     ":%d" % f.column if f.column else "") for f in frames) or "(nothing)"


UNDECORATED = re.compile(r"^(_Z|_R|___Z|_D)")


def mangled(name):
    return UNDECORATED.match(name) is not None
