# support.py - what the tests of this folder share: running hprof, making dumps.
import glob
import json
import os
import re
import shutil
import signal
import struct
import subprocess
import sys
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests"))
from report import Report  # noqa: E402,F401

HERE = os.path.join(ROOT, "tests", "symbolize")
HPROF = os.path.abspath(os.environ.get("HPROF", os.path.join(ROOT, "build", "hprof")))
JEMALLOC = "libjemalloc.so.2"
PAGE = 4096
BASE = 0x555500000000  # where hand-made dumps say that a position independent program lay

with open(HPROF, "rb") as tool:
    SANITIZED = b"__asan_init" in tool.read()


def hear_all():
    """What starts the tests may ignore some, as nohup does; programs inherit that."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


class Wrong(Exception):
    """What a case expected did not happen; the text says what did."""


def want(condition, text):
    if not condition:
        raise Wrong(text)


def run(report, name, case, *args):
    """Run one case: it returns nothing, or raises."""
    try:
        case(*args)
    except Wrong as e:
        report.check(name, [e])
    except subprocess.CalledProcessError as e:
        report.check(name, ["%s ended with %d: %s" % (" ".join(map(str, e.cmd)), e.returncode,
                                                      (e.stderr or "")[:600])])
    else:
        report.check(name, [])


def need(report, *programs):
    """Whether all of @programs are here; those that are not are told as skipped."""
    missing = [p for p in programs if not shutil.which(p)]
    for p in missing:
        report.skip("everything", p + " is missing")
    return not missing


def sh(*argv, cwd=None):
    """Output of a program that has to work."""
    done = subprocess.run([str(a) for a in argv], cwd=cwd, stdout=subprocess.PIPE, check=True,
                          stderr=subprocess.PIPE, text=True, env=dict(os.environ, LC_ALL="C"))
    return done.stdout


def write(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(data if isinstance(data, bytes) else data.encode())
    return path


def build_with_library(name, scratch):
    """Program @name of this folder, built with libhprof.a; None when that has not been built."""
    library = os.path.join(os.path.dirname(HPROF), "libhprof.a")
    if not os.path.exists(library):
        library = os.path.join(ROOT, "build", "release", "libhprof.a")
    if not os.path.exists(library):
        return None
    libs = re.search(r"^LIBS := (.*)$", read(ROOT + "/Makefile").decode(), re.M).group(1).split()
    sanitizers = ["-fsanitize=address,undefined"] if SANITIZED else []
    sh("gcc", "-std=c11", "-D_GNU_SOURCE", "-I" + ROOT, *sanitizers, "-o", scratch + "/" + name,
       "%s/%s.c" % (HERE, name), library, *libs)
    return scratch + "/" + name


def read(path):
    with open(path, "rb") as f:
        return f.read()


# --- running the tool ---

class Result:
    def __init__(self, code, out, err, rss, seconds, complaints):
        self.code, self.out, self.err, self.rss, self.seconds = code, out, err, rss, seconds
        self.complaints = complaints  # of sanitizers, also in child processes

    def warnings(self):
        return re.findall(r"^hprof: .*?: warning: (.*)$", self.err, re.M)

    def json(self):
        want(self.code == 0, "exit code %d: %s" % (self.code, self.err[:600]))
        return json.loads(self.out)


def hprof(*argv, scratch, env=None, timeout=60, user=None, tool=HPROF):
    """Run hprof. Sanitizers report into files: child processes have no standard error."""
    logs = os.path.join(scratch, "sanitizer", str(threading.get_ident()))
    os.makedirs(logs, exist_ok=True)
    shimmed = "LD_PRELOAD" in (env or {})
    options = "log_path=%s/log:exitcode=99:allocator_may_return_null=1:detect_leaks=%d:" \
              "verify_asan_link_order=0:handle_segv=%d" % (logs, not shimmed, not shimmed)
    e = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC", "NO_COLOR": "1",
         "COLUMNS": "200", "HOME": scratch, "XDG_CACHE_HOME": "/dev/null", "ASAN_OPTIONS": options,
         "UBSAN_OPTIONS": "log_path=%s/log:print_stacktrace=1" % logs}
    e.update(env or {})
    if user is not None and tool == HPROF:  # who may have no way to where it was built
        tool = os.path.join(scratch, "hprof-for-all")
        if not os.path.exists(tool):
            shutil.copy(HPROF, tool)
    out, err = (open(os.path.join(logs, n), "w+b") for n in ("out", "err"))
    begin = time.monotonic()
    with out, err:
        p = subprocess.Popen([tool, *map(str, argv)], stdin=subprocess.DEVNULL, stdout=out,
                             stderr=err, env=e, cwd=scratch, start_new_session=True, user=user)
        clock = threading.Timer(timeout, os.killpg, (p.pid, 9))
        clock.start()
        _, status, usage = os.wait4(p.pid, 0)  # the memory of children counts as well
        clock.cancel()
        p.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        text = [f.read().decode("utf-8", "backslashreplace") for f in (out, err)]
    complaints = []
    for path in glob.glob(glob.escape(logs) + "/log*"):
        complaints.append(read(path).decode("utf-8", "replace")[:1500])
        os.remove(path)
    return Result(p.returncode, *text, usage.ru_maxrss, time.monotonic() - begin, complaints)


def module(info, path):
    """The module of "info --json" whose recorded path is @path."""
    for m in info["modules"]:
        if m["path"] == path:
            return m
    raise Wrong("info knows no module %s, only %s" % (path, [m["path"] for m in info["modules"]]))


def names_of(top, path=None):
    """Names of the rows of "top --json" that lie in module @path, or of all rows."""
    return {r["name"] for r in top["rows"] if path is None or r.get("module") == path}


def sums_up(top):
    """What is wrong with the numbers of "top --json"."""
    total = sum(r["flat"] for r in top["rows"])
    problems = []
    if abs(total - top["total"]) > 1e-6 * max(1, abs(top["total"])):
        problems.append("rows add up to %r, the total is %r" % (total, top["total"]))
    for r in top["rows"]:
        if r["flat"] > r["cum"] * (1 + 1e-9) or r["cum"] > top["total"] * (1 + 1e-9):
            problems.append("row out of order: %r" % r)
    return problems


# --- real dumps ---

def has_jemalloc():
    done = subprocess.run(["true"], env={"LD_PRELOAD": JEMALLOC}, stderr=subprocess.PIPE)
    return not done.stderr


def capture(program, prefix, *argv, cwd=None, libs=None):
    """Run @program under jemalloc; the dump that it writes at its end."""
    conf = "prof:true,prof_final:true,lg_prof_sample:0,prof_prefix:" + prefix
    env = {"PATH": os.environ["PATH"], "LC_ALL": "C", "LD_PRELOAD": JEMALLOC, "MALLOC_CONF": conf}
    if libs:
        env["LD_LIBRARY_PATH"] = libs
    subprocess.run([program, *argv], check=True, cwd=cwd, env=env, stdout=subprocess.DEVNULL,
                   stderr=subprocess.PIPE, text=True)
    dumps = glob.glob(glob.escape(prefix) + ".*.f.heap")
    want(len(dumps) == 1, "no dump was written by " + program)
    return dumps[0]


# --- dumps made by hand ---

def segments(image):
    """(offset, address, length, flags) of each PT_LOAD of the 64-bit ELF file @image."""
    at, = struct.unpack_from("<Q", image, 32)
    size, n = struct.unpack_from("<HH", image, 54)
    out = []
    for i in range(n):
        kind, flags, offset, vaddr, _, length = struct.unpack_from("<IIQQQQ", image, at + i * size)
        if kind == 1 and length:
            out.append((offset, vaddr, length, flags))
    return out


def sections(image):
    """(name, type, offset, length) of each section that has bytes in the file."""
    at, = struct.unpack_from("<Q", image, 40)
    size, n, names = struct.unpack_from("<HHH", image, 58)
    rows = [struct.unpack_from("<IIQQQQ", image, at + i * size) for i in range(n)]
    out = []
    for name, kind, _, _, offset, length in rows:
        start = rows[names][4] + name
        text = image[start:image.index(b"\0", start)].decode()
        if kind not in (0, 8):
            out.append((text, kind, offset, length))
    return out


def call_sites(path):
    """Addresses in the file right behind its call instructions."""
    out, after = [], False
    for line in sh("objdump", "-d", "--no-show-raw-insn", path).splitlines():
        m = re.match(r"\s+([0-9a-f]+):\s+(.*)", line)
        if not m:
            continue
        if after:
            out.append(int(m.group(1), 16))
        after = re.match(r"(bnd |notrack )*call", m.group(2)) is not None
    return out


def make_dump(path, image, recorded, addrs, base=BASE):
    """Write a dump in which the program @image ran from @recorded, a stack per address."""
    lines = ["heap_v2/1024", "  t*: %d: %d [0: 0]" % (len(addrs), 1000 * len(addrs))]
    for a in addrs:
        lines += ["@ 0x%x" % (base + a), "  t*: 1: 1000 [0: 0]"]
    lines += ["", "MAPPED_LIBRARIES:"]
    for offset, vaddr, length, flags in segments(image):
        lines.append("%x-%x %s%s%sp %08x 08:01 4711                       %s" % (
            base + vaddr // PAGE * PAGE, base + -(-(vaddr + length) // PAGE) * PAGE,
            "r" if flags & 4 else "-", "w" if flags & 2 else "-", "x" if flags & 1 else "-",
            offset // PAGE * PAGE, recorded))
    return write(path, "\n".join(lines) + "\n")


def main(function):
    sys.stdout.reconfigure(errors="backslashreplace")
    sys.exit(function())
