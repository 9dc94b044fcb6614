#!/usr/bin/env -S python3 -B
"""hostile.py - characters that steer a terminal or turn a text round, against every output and message.

One table of characters; the outputs are those that "hprof formats" lists, so that a new one is in at
once, or fails for want of a command line.  Each text that a profile can have holds each character.
"""
import gzip
import json
import os
import re
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HPROF = os.path.abspath(os.environ.get("HPROF", os.path.join(ROOT, "build/hprof")))
sys.path.insert(0, os.path.join(ROOT, "tests"))

from wire import field  # noqa: E402

HOSTILE = ([chr(c) for c in range(1, 0x20)] + [chr(c) for c in range(0x7f, 0xa0)] +
           ["\u061c", "\u200e", "\u200f", "\u2028", "\u2029"] +
           [chr(c) for c in range(0x202a, 0x202f)] + [chr(c) for c in range(0x2066, 0x206a)])
RAW = [bytes([c]) for c in range(0x80, 0xa0)] + [b"\xff", b"\xc2", b"\xe2\x80"]  # no UTF-8
STRUCTURE = "\n\r\t"  # of outputs themselves: what matters is that no text begins a line
MARK = "Evil"  # behind each character

failed = passed = 0


def check(name, problems):
    global failed, passed
    print("%s - %s" % ("not ok" if problems else "ok", name))
    for p in problems[:8]:
        print("    %s" % p)
    failed += bool(problems)
    passed += not problems


# --- a profile whose every text is hostile ---

def profile(texts):
    """A pprof profile: function, file, module and thread are called by @texts, a sample for each."""
    table, out = [b""], b""

    def string(s):
        table.append(s)
        return len(table) - 1

    out += field(1, field(1, string(b"inuse_space")) + field(2, string(b"bytes")))
    for i, text in enumerate(texts, 1):
        name = [string(b"%s%d" % (kind, i) + text + MARK.encode()) for kind in
                (b"func", b"/src/file", b"/bin/module", b"thread")]
        label = field(1, string(b"thread")) + field(2, name[3])
        out += field(2, field(1, i) + field(2, 1000 + i) + field(3, label))
        out += field(3, field(1, i) + field(2, i * 0x10000) + field(3, (i + 1) * 0x10000) + field(5, name[2]) +
                     field(7, 1))
        out += field(4, field(1, i) + field(2, i) + field(3, i * 0x10000 + 16) + field(4, field(1, i) + field(2, 7)))
        out += field(5, field(1, i) + field(2, name[0]) + field(3, name[0]) + field(4, name[1]))
    return gzip.compress(out + b"".join(field(6, s) for s in table))


def strings(data):
    """The strings of a pprof profile."""
    def number(at):
        n = shift = 0
        while True:
            n |= (data[at] & 0x7f) << shift
            shift += 7
            at += 1
            if data[at - 1] < 0x80:
                return n, at

    at = 0
    while at < len(data):
        key, at = number(at)
        n, at = number(at)
        if key & 7 == 2:
            if key >> 3 == 6:
                yield data[at:at + n]
            at += n


# --- looking at what comes out ---

def bad_in(text, what):
    """Hostile characters of @text that are not how an output is built."""
    problems = []
    for c in sorted(set(text) & set(HOSTILE) - set(STRUCTURE)):
        problems.append("%s holds U+%04X raw: %r" % (what, ord(c), text[max(0, text.index(c) - 30):][:60]))
    for m in re.finditer(r"(?m)^\s*%s" % MARK, text.replace("\r", "\n")):
        problems.append("%s: a text begins a line: %r" % (what, text[max(0, m.start() - 40):m.end()]))
    return problems


def decode(data, what):
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError as e:
        return data.decode("utf-8", "replace"), ["%s is no UTF-8: %s" % (what, e)]


def run(*argv, cwd):
    env = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "COLUMNS": "200", "HOME": cwd,
           "XDG_CACHE_HOME": "/dev/null",
           "LSAN_OPTIONS": "print_suppressions=0:suppressions=" + os.path.join(ROOT, "tests/lsan.supp")}
    return subprocess.run([HPROF, *argv], cwd=cwd, env=env, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300)


def command_of(output, targets, commands):
    """The command line that writes @output, and the file it goes to; None: standard output."""
    special = {
        "jeprof-text": (["--text"], None),
        "difffolded": (["export", "--to", "difffolded", "--base", "base.pb"], None),
        "timeline-csv": (["timeline", "--csv"], None),
        "flame-text": (["flame", "--text"], None),
        "flame-outlines": (["flame", "--svg-outlines", "-o", "out.svg"], "out.svg"),
    }
    if output in special:
        return special[output]
    if output.startswith("tables"):
        return ["export", "--to", "tables", "-o", "out.ndjson"], "out.ndjson"
    if output in targets:
        return ["export", "--to", output], None
    if output in commands:
        return [output], None
    command, _, end = output.rpartition("-")
    if command in commands and end == "json":
        return [command, "--json"], None
    if command in commands:
        return [command, "-o", "out." + end], "out." + end
    return None, None


def outputs(cwd):
    text = run("formats", cwd=cwd).stdout.decode()
    return re.findall(r"(?m)^  (\S+)", text[text.index("\noutputs"):])


def check_outputs(cwd, texts, what):
    with open(cwd + "/x.pb", "wb") as f:
        f.write(profile(texts))
    with open(cwd + "/base.pb", "wb") as f:
        f.write(profile(texts[:1]))
    listed = run("export", "--help", cwd=cwd).stdout.decode()
    targets = set(re.findall(r"[\w-]+", listed[listed.index("what to write:"):].split("\n")[0]))
    commands = set(re.findall(r"(?m)^  (\w+) ", run("--help", cwd=cwd).stdout.decode()))
    for output in outputs(cwd):
        command, file = command_of(output, targets, commands)
        name = "%s: %s" % (output, what)
        if not command:
            check(name, ["no command line is known for this output: extend command_of()"])
            continue
        for more in ([], ["--lines"], ["--modules"], ["--files"], ["--tagroot", "thread"]):
            if more and (output.startswith(("info", "report", "timeline", "tables")) or
                         output in ("symbolized", "pprof", "speedscope", "callgrind", "dhat", "json",
                                    "jeprof-text", "dot")):
                continue
            inputs = ["base.pb", "x.pb"] if command[0] == "timeline" else ["x.pb"]
            r = run(*command, "--no-symbols", *more, *inputs, cwd=cwd)
            problems = bad_in(*[decode(r.stderr, "stderr")[0], "stderr"])
            if r.returncode != 0:
                problems.append("%s: exit %d: %s" % (" ".join(command + more), r.returncode, r.stderr))
                break
            data = open(os.path.join(cwd, file), "rb").read() if file else r.stdout
            if not data:
                problems.append("nothing was written")
            if output.endswith(("png", "pdf")):
                continue  # packed: what is drawn is seen by nobody's terminal
            if output == "pprof":
                for s in strings(gzip.decompress(data)):  # data for programs: as it was
                    problems += decode(s, output)[1]
                continue
            text, more_problems = decode(data, output)
            problems += more_problems + bad_in(text, "%s %s" % (output, " ".join(more)))
            if output.endswith("json") or output in ("speedscope", "dhat"):
                try:
                    json.loads(text)
                except ValueError as e:
                    problems.append("no JSON: %s" % e)
        check(name, problems)


def check_messages(cwd, texts):
    """Names of files and arguments, as far as they can be names, in everything that is told."""
    problems = []
    with open(cwd + "/good.heap", "w") as f:
        f.write("heap_v2/1\n@ 0x7f0000001000\n  t*: 1: 16 [0: 0]\nMAPPED_LIBRARIES:\n")
    for text in texts:
        raw = b"bad" + text + MARK.encode()
        name = os.fsdecode(raw)
        with open(os.path.join(os.fsencode(cwd), raw), "wb") as f:
            f.write(open(cwd + "/good.heap", "rb").read())
        for argv in (["top", name], ["top", "missing" + name], ["info", name], [name], ["top", "--" + name],
                     ["top", "--focus", "(" + name, "good.heap"], ["top", "--sysroot", name + "x", "good.heap"],
                     ["collapsed", "-o", "missing" + name + "/x", "good.heap"], ["top", "--at", name, "good.heap"],
                     ["top", "--binary", name + "=" + name, "good.heap"], ["top", "--perf-map", name + "x", "good.heap"],
                     ["flame", "-o", "out.svg", name], ["top", "-v", name], ["top", "good.heap", name],
                     ["export", "--to", name, "good.heap"], ["top", "--thread", name, "good.heap"],
                     ["top", "--unit", name, "good.heap"], ["symbolize", "-e", name, "0x1"],
                     ["symbolize", "-e", HPROF, name], ["diff", name, "missing" + name]):
            r = run(*argv, cwd=cwd)
            for stream, data in (("stdout", r.stdout), ("stderr", r.stderr)):
                problems += bad_in(decode(data, stream)[0], "%s of %r" % (stream, argv))
            if re.search(rb"[\x80-\xff]", text) and not problems:
                for data in (r.stderr, r.stdout):
                    if text in data and text in RAW:
                        problems.append("%r raw in %r" % (text, argv))
        os.remove(os.path.join(os.fsencode(cwd), raw))
    check("messages", problems)


def main():
    all_texts = [c.encode() for c in HOSTILE]
    with tempfile.TemporaryDirectory(prefix="hprof-hostile.") as cwd:
        check_outputs(cwd, all_texts, "controls, separators, directions")
        check_outputs(cwd, RAW, "bytes that are no UTF-8")
        check_messages(cwd, [t for t in all_texts + RAW if t != b"/"][::1 if "--long" in sys.argv else 5] +
                       [b"\x1b[31m", b"\n", b"\xc2\x9b31m", "\u202e".encode()])
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
