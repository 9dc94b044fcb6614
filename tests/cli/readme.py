#!/usr/bin/env python3
"""readme.py - runs the examples of README.md.

A block that is fenced as "sh" is an example: it is run by "sh -e" and must succeed.  A block
fenced as "text" that follows it directly is what the example prints, on standard output and
standard error together.  The two are compared with every number, size and address made alike
and blanks squeezed, since a sample differs from run to run; a line "..." stands for any lines.
A block fenced as "console" holds set-up commands of the checkout, which are not run: of
"make TARGET" it is checked that the target exists.

The examples run in one scratch folder, in order, with hprof on the PATH and these files:

    server                  testdata/gen/demo.cc, compiled with -O2 -g
    server.heap             its dump, one in 4 KiB sampled
    before.heap after.heap  dumps of a run with 20000 and one with 60000 requests
    remote/server.heap      a dump that was written by /srv/app/server
    image/                  a root folder with /srv/app/server
    stripped/ debug/        the server without symbols, and its debug file by build ID
    old/                    another build of the server, and before.heap written by it
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HPROF = os.path.abspath(os.environ.get("HPROF", os.path.join(ROOT, "build/hprof")))
FLAMEGRAPHS = ["/usr/share/perl5/Devel/NYTProf/flamegraph.pl"]

PREPARE = r"""
cp "$ROOT/testdata/gen/demo.cc" server.cc
mkdir -p remote image/srv/app stripped old debug/.build-id bin
compile() {
	g++ -g "-ffile-prefix-map=$PWD=/src" -Wl,--build-id "$@" server.cc
}
dump() { # TO BINARY REQUESTS
	LD_PRELOAD=libjemalloc.so.2 \
	MALLOC_CONF=prof:true,prof_final:true,lg_prof_sample:12,prof_prefix:dump "$2" $3
	mv dump.*.heap "$1"
}
compile -O2 -o server
compile -O1 -o old/server
dump server.heap ./server 60000
dump before.heap ./server 20000
dump after.heap ./server 60000
dump old/before.heap old/server 20000
sed "s,$PWD/server,/srv/app/server," server.heap > remote/server.heap
cp server image/srv/app/server
strip -o stripped/server server
id=$(readelf -n server | sed -n 's/.*Build ID: //p')
rest=${id#??}
mkdir "debug/.build-id/${id%$rest}"
objcopy --only-keep-debug server "debug/.build-id/${id%$rest}/$rest.debug"
"""


def blocks(text):
    """(fence, line number, lines) of each fenced block; 'gap' between two that are apart."""
    kind, start, lines = None, 0, []
    for number, line in enumerate(text.splitlines(), 1):
        if kind is None and line.startswith("```"):
            kind, start, lines = line[3:].strip(), number, []
        elif kind is not None and line == "```":
            yield kind, start, lines
            kind = None
        elif kind is not None:
            lines.append(line)
        elif line.strip():
            yield "gap", number, []
    if kind is not None:
        sys.exit("README.md:%d: a block without end" % start)


def alike(line):
    """The line without what differs from run to run."""
    line = re.sub(r"0x[0-9a-f]+", "X", line)
    line = re.sub(r"\b\d[\d.]*( (B|KiB|MiB|GiB))?(?![\w:])", "N", line)
    return " ".join(line.split())


def same(want, got):
    """Whether @got is @want, where a line "..." stands for any lines."""
    if not want:
        return not got
    if want[0] == "...":
        return any(same(want[1:], got[i:]) for i in range(len(got) + 1))
    return bool(got) and want[0] == got[0] and same(want[1:], got[1:])


def environment(folder):
    path = [os.path.join(folder, "bin"), os.path.dirname(HPROF), "/usr/local/bin", "/usr/bin",
            "/bin", "/usr/sbin", "/sbin"]
    return {"LC_ALL": "C", "TZ": "UTC", "NO_COLOR": "1", "COLUMNS": "100", "HOME": folder,
            "PATH": ":".join(path), "ROOT": ROOT}


def sh(script, folder):
    done = subprocess.run(["sh", "-e", "-c", script], cwd=folder, env=environment(folder),
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=300)
    return done.returncode, done.stdout.decode("utf-8", "backslashreplace").splitlines()


def run_example(lines, expected, folder):
    """None when all is well, or else what is wrong."""
    code, got = sh("\n".join(lines), folder)
    if code:
        return ["exit %d:" % code] + got
    if expected is None:
        return None
    if same([alike(x) for x in expected], [alike(x) for x in got]):
        return None
    return ["README shows:"] + expected + ["it prints:"] + got


def check_targets(lines):
    for line in lines:
        words = line.split()
        if words[:1] != ["make"] or subprocess.run(
                ["make", "-n"] + words[1:], cwd=ROOT, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL).returncode:
            return ["no such target: " + line]
    return None


def prepare(folder):
    code, out = sh(PREPARE, folder)
    if code:
        sys.exit("not ok - README: cannot prepare the examples\n" + "\n".join(out))
    for script in FLAMEGRAPHS:
        if os.path.exists(script) and not shutil.which("flamegraph.pl"):
            os.symlink(script, os.path.join(folder, "bin/flamegraph.pl"))


def main():
    counts = {"ok": 0, "not ok": 0, "SKIP": 0}
    every = list(blocks(open(os.path.join(ROOT, "README.md"), encoding="utf-8").read()))
    with tempfile.TemporaryDirectory(prefix="hprof-readme.") as folder:
        prepare(folder)
        have = shutil.which("flamegraph.pl", path=environment(folder)["PATH"])
        for i, (kind, number, lines) in enumerate(every):
            follows = every[i + 1] if i + 1 < len(every) else ("gap", 0, [])
            if kind not in ("sh", "console"):
                continue
            if kind == "console":
                wrong = check_targets(lines)
            elif not have and any("flamegraph.pl" in x for x in lines):
                print("SKIP - README.md:%d: no flamegraph.pl here" % number)
                counts["SKIP"] += 1
                continue
            else:
                wrong = run_example(lines, follows[2] if follows[0] == "text" else None, folder)
            word = "not ok" if wrong else "ok"
            counts[word] += 1
            print("%s - README.md:%d: %s" % (word, number, lines[0]))
            for line in wrong or []:
                print("    " + line)
    print("%d passed, %d failed, %d skipped" % tuple(counts[w] for w in ("ok", "not ok", "SKIP")))
    return 1 if counts["not ok"] or not counts["ok"] else 0


if __name__ == "__main__":
    sys.exit(main())
