# peerlib.py - what all groups of peer tests share: running tools, building and capturing.
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests"))
from report import Report  # noqa: E402,F401
GEN = os.path.join(ROOT, "testdata", "gen")
JEMALLOC = "libjemalloc.so.2"
LIBDIRS = ("/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib")
ENV_KEPT = ("PATH", "HOME", "TMPDIR", "RUSTUP_HOME", "CARGO_HOME")
BASE_ENV = {k: os.environ[k] for k in ENV_KEPT if k in os.environ}
BASE_ENV.update(LC_ALL="C", TZ="UTC", NO_COLOR="1", COLUMNS="100")


def find_hprof():
    return os.path.abspath(os.environ.get("HPROF", os.path.join(ROOT, "build", "hprof")))


def find_file(name):
    """First file of that name in the usual library folders, or None."""
    for d in LIBDIRS:
        path = os.path.join(d, name)
        if os.path.exists(path):
            return path
    return None


def find_flamegraph():
    for path in (shutil.which("flamegraph.pl"), "/usr/share/perl5/Devel/NYTProf/flamegraph.pl"):
        if path and os.path.exists(path):
            return path
    return None


class Failed(Exception):
    """A program that had to work did not."""


def run(cmd, env=None, cwd=None, stdin=None, ok=(0,), timeout=900, text=True):
    """Output of @cmd; Failed when its exit code is not in @ok."""
    e = dict(BASE_ENV)
    e.update(env or {})
    p = subprocess.run(cmd, env=e, cwd=cwd, input=stdin, timeout=timeout,
                       stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                       text=text, errors="surrogateescape" if text else None)
    if p.returncode not in ok:
        err = p.stderr if text else p.stderr.decode(errors="replace")
        raise Failed("exit %d: %s\n%s" % (p.returncode, " ".join(cmd), err[-600:]))
    return p.stdout


def hprof(*args, **kw):
    return run([find_hprof()] + list(args), **kw)


def hprof_json(*args, **kw):
    return json.loads(hprof(*args, **kw))


def have(*tools):
    """First of @tools that is absent, or None."""
    for t in tools:
        if not shutil.which(t):
            return t
    return None


def rustc():
    """Debian's compiler first: its DWARF is what Debian's LLVM can read."""
    for path in ("/usr/bin/rustc", shutil.which("rustc")):
        if have("cc"):
            return None  # it links through cc
        if path and os.path.exists(path):
            return path
    return None


def build(compiler, source, out, *flags):
    """Compile testdata/gen/@source into @out; libraries follow the source."""
    libs = [f for f in flags if f.startswith("-l") or f.endswith((".a", ".o", ".so"))]
    rest = [f for f in flags if f not in libs]
    os.makedirs(os.path.dirname(out), exist_ok=True)
    run([compiler, *rest, os.path.join(GEN, source), "-o", out, *libs])
    return out


def capture(prefix, argv, lg=10, conf="", preload=True, cwd=None, env=None, stdin=None):
    """Run @argv under jemalloc; the dumps, in the order they were written."""
    for old in glob.glob(glob.escape(prefix) + ".*.heap"):
        os.remove(old)
    settings = "prof:true,prof_final:true,prof_prefix:%s,lg_prof_sample:%d" % (prefix, lg)
    e = dict(env or {})
    e["MALLOC_CONF"] = settings + ("," + conf if conf else "")
    if preload:
        e["LD_PRELOAD"] = JEMALLOC
    run(argv, env=e, cwd=cwd, stdin=stdin)
    dumps = glob.glob(glob.escape(prefix) + ".*.heap")
    if not dumps:
        raise Failed("no dump was written by %s" % " ".join(argv))
    return sorted(dumps, key=dump_order)


def capture_one(prefix, argv, **kw):
    """The largest final dump: a program that starts others leaves one of each."""
    finals = [d for d in capture(prefix, argv, **kw) if d.endswith(".f.heap")]
    return max(finals, key=os.path.getsize)


def dump_order(path):
    m = re.search(r"\.(\d+)\.(\d+)\.[a-z]\d*\.heap$", path)
    return (int(m.group(1)), int(m.group(2))) if m else (0, 0)


def allocates_profiles():
    """Whether libjemalloc is here and built with profiling."""
    return find_file(JEMALLOC) is not None


class Clock:
    def __init__(self):
        self.start = time.monotonic()

    def seconds(self):
        return time.monotonic() - self.start
