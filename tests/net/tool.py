# tool.py - run hprof, and learn from it what commands, outputs and options there are.
import glob
import json
import os
import re
import signal
import subprocess

SUPPRESSIONS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lsan.supp")
SANITIZER = re.compile(rb"AddressSanitizer|LeakSanitizer|runtime error:|==\d+==ERROR")


LEFT_OUT = re.compile(rb": this is (a recording|no recording): ")  # a file of a folder: the others are shown


class Failure(Exception):
    """A rule that does not hold: its name, and what was found."""

    def __init__(self, rule, text):
        Exception.__init__(self, "%s: %s" % (rule, text))
        self.rule, self.text = rule, text


class Run:
    def __init__(self, args, status, out, err):
        self.args, self.status, self.out, self.err = args, status, out, err

    def text(self):
        return self.out.decode("utf-8", "surrogateescape")

    def json(self):
        try:
            return json.loads(self.out.decode("utf-8"))
        except ValueError as e:
            raise Failure("JSON parses", "%s: %s" % (" ".join(self.args), e)) from e

    def reason(self):
        return self.err.decode("utf-8", "replace").strip().replace("\n", " | ")[:600]


class Tool:
    """Command lines of one build, run one after the other in @folder by build/*/tests/runner."""

    def __init__(self, runner, folder):
        env = {"LC_ALL": "C.UTF-8", "TZ": "UTC", "HOME": folder, "XDG_CACHE_HOME": "/dev/null", "PATH": "/usr/bin:/bin", "NO_COLOR": "1",
               "ASAN_OPTIONS": "abort_on_error=0:exitcode=99", "UBSAN_OPTIONS": "print_stacktrace=1:exitcode=99",
               "LSAN_OPTIONS": "print_suppressions=0:suppressions=" + SUPPRESSIONS}
        self.runner = subprocess.Popen([runner], cwd=folder, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.folder, self.runs, self.drawn = folder, 0, set()

    def run(self, *args):
        """Run "hprof @args"; any end but an exit status that people are promised is a failure."""
        args = [str(a) for a in args]
        for name in glob.glob(os.path.join(self.folder, "x.*")):  # of the line before: a profile is not replaced
            if os.path.isfile(name):
                os.unlink(name)
        words = [b"hprof"] + [os.fsencode(a) for a in args]
        self.runner.stdin.write(b"%d\n" % len(words) + b"".join(w + b"\0" for w in words))
        self.runner.stdin.flush()
        line = self.runner.stdout.readline().split()
        if len(line) != 5:
            raise SystemExit("net: the runner ended, at: hprof %s" % " ".join(args))
        status, sig, n_out, n_err = (int(x) for x in line[:4])
        out, err = self.runner.stdout.read(n_out), self.runner.stdout.read(n_err)
        self.runs += 1
        if line[4] != b"-":
            self.drawn.update(line[4].decode().split(","))
        r = Run(args, status, out, err)
        if sig == signal.SIGALRM:
            raise Failure("ends in time", "hprof %s" % " ".join(args))
        if sig:
            raise Failure("never crashes", "hprof %s: signal %d: %s" % (" ".join(args), sig, r.reason()))
        if SANITIZER.search(err):
            raise Failure("sanitizers are silent", "hprof %s: %s" % (" ".join(args), err.decode("utf-8", "replace")[:3000]))
        if status not in (0, 2, 3, 4):
            raise Failure("exit status 0, 2, 3 or 4", "hprof %s: %d: %s" % (" ".join(args), status, r.reason()))
        if status and (out and not LEFT_OUT.search(err) or not err.strip()):
            raise Failure("a failure says why and writes nothing", "hprof %s: status %d, %d bytes written, says %r" % (
                " ".join(args), status, len(out), r.reason()))
        return r

    def good(self, *args):
        """The same for a line that must succeed."""
        r = self.run(*args)
        if r.status:
            raise Failure("works", "hprof %s: %d: %s" % (" ".join(r.args), r.status, r.reason()))
        return r

    def close(self):
        self.runner.stdin.close()
        self.runner.wait()


class Option:
    def __init__(self, letter, name, arg, text):
        self.letter, self.name, self.arg, self.text = letter, name, arg, text


class Tables:
    """Commands, their options and the outputs, as the tool itself lists them."""

    def __init__(self, tool):
        head = tool.good("--help").text().split("commands:")[1]
        self.commands = {}
        for name in re.findall(r"^  ([a-z]+)  +\S", head, re.M):
            self.commands[name] = self.options(tool.good(name, "--help").text())
        outputs = tool.good("formats").text().split("\noutputs\n")[1]
        self.outputs = re.findall(r"^  ([a-z-]+)  +\S", outputs, re.M)
        self.formats = re.findall(r"^  ([a-z-]+)  +\S", tool.good("formats").text().split("\n\n")[0], re.M)
        to = next(o for o in self.commands["export"] if o.name == "to")
        self.targets = re.findall(r"[a-z]+", to.text.split(":")[1])
        self.granularities = ["--" + o.name for o in self.commands["top"] if o.text.startswith("one row per ")]
        if len(self.commands) < 10 or len(self.outputs) < 30 or len(self.targets) < 10 or len(self.granularities) < 5:
            raise SystemExit("net: the lists of commands, outputs, targets or granularities are not read right")

    @staticmethod
    def options(text):
        found = re.findall(r"^ +(?:-(\w), |)    --([a-z_-]+)(?: ([A-Z=|]+)|)  +(\S.*)$|^ +-(\w), --([a-z_-]+)(?: ([A-Z=|]+)|)  +(\S.*)$",
                           text, re.M)
        return [Option(a[0] or a[4], a[1] or a[5], a[2] or a[6], a[3] or a[7]) for a in found]
