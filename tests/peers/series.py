# series.py - dumps of servers under load, one after the other: the rules of random profiles hold for them as well.
"""redis-server and mariadbd as Debian builds them, and two builds of the server of testdata/gen; each writes some ten
dumps while it works.  tests/net/net.py has the rules; "top" of each dump is compared with what jemalloc wrote."""
import glob
import os
import random
import re
import shutil
import subprocess
import sys
import time

import peerlib

sys.path.insert(0, os.path.join(peerlib.ROOT, "tests", "net"))

import net  # noqa: E402
import tool  # noqa: E402

RUNNER = os.path.join(peerlib.ROOT, "build/release/tests/runner")
REDIS = [["-n", "40000", "-r", "20000", "-d", "300", "-t", "set,lpush,hset,zadd"],
         ["-n", "20000", "-r", "20000", "-d", "900", "-t", "set,incr,sadd"]]
SQL = """create database t; use t;
create table a (id int primary key auto_increment, k int, v varchar(200), key(k)) engine=innodb;
insert into a (k, v) select seq, repeat('x', 100) from seq_1_to_20000;
insert into a (k, v) select k + 1, repeat('y', 150) from a;
select count(*), sum(k) from a group by v limit 1;
select * from a order by v desc, k limit 3;
create table b engine=aria as select * from a;
create table c engine=myisam as select k, group_concat(v) as g from a group by k limit 2000;
drop table b;
select a.k, c.g from a join c on a.k = c.k order by 1 desc limit 5;
"""


def dumps_of(prefix):
    return sorted(glob.glob(glob.escape(prefix) + ".*.heap"), key=peerlib.dump_order)


def settings(prefix, sample, interval):
    return "prof:true,prof_accum:true,prof_final:true,lg_prof_sample:%d,lg_prof_interval:%d,prof_prefix:%s" % (sample, interval, prefix)


class Server:
    """A server that runs until it is told to stop by @stop; what it says goes to a file in @folder."""

    def __init__(self, folder, argv, env, stop, program=None):
        e = dict(peerlib.BASE_ENV)
        e.update(env)
        self.stop = stop
        with open(os.path.join(folder, "said"), "wb") as said:
            self.process = subprocess.Popen(argv, executable=shutil.which(program or argv[0]), env=e, cwd=folder, stdin=subprocess.DEVNULL, stdout=said, stderr=said)

    def wait_for(self, *argv):
        for _ in range(300):
            if subprocess.run(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=peerlib.BASE_ENV).returncode == 0:
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        raise peerlib.Failed("%s does not answer" % " ".join(argv))

    def close(self):
        subprocess.run(self.stop, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=peerlib.BASE_ENV)
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise


def redis(folder):
    at = os.path.join(folder, "s")
    # which server it is, the program finds in its name
    server = Server(folder, ["redis-server", "--port", "0", "--unixsocket", at, "--save", "", "--appendonly", "no"],
                    {"MALLOC_CONF": settings(os.path.join(folder, "redis"), 14, 24)}, ["redis-cli", "-s", at, "shutdown", "nosave"], "redis-check-rdb")
    try:
        server.wait_for("redis-cli", "-s", at, "ping")
        for load in REDIS:
            peerlib.run(["redis-benchmark", "-s", at, "-q"] + load)
            peerlib.run(["redis-cli", "-s", at, "flushall"])
    finally:
        server.close()
    return dumps_of(os.path.join(folder, "redis"))


def mariadb(folder):
    data, at = os.path.join(folder, "data"), os.path.join(folder, "s")
    peerlib.run(["mariadb-install-db", "--no-defaults", "--user=root", "--datadir=" + data, "--skip-test-db",
                 "--auth-root-authentication-method=normal"])
    server = Server(folder, ["/usr/sbin/mariadbd", "--no-defaults", "--user=root", "--datadir=" + data, "--skip-networking",
                             "--socket=" + at, "--innodb-buffer-pool-size=16M", "--pid-file=" + os.path.join(folder, "pid")],
                    {"LD_PRELOAD": peerlib.JEMALLOC, "MALLOC_CONF": settings(os.path.join(folder, "mariadb"), 15, 24)},
                    ["mariadb", "--no-defaults", "-S", at, "-e", "shutdown"])
    try:
        server.wait_for("mariadb", "--no-defaults", "-S", at, "-e", "select 1")
        peerlib.run(["mariadb", "--no-defaults", "-S", at], stdin=SQL)
    finally:
        server.close()
    return dumps_of(os.path.join(folder, "mariadb"))


def build_of(level):
    def make(folder):
        program = peerlib.build("g++", "demo.cc", os.path.join(folder, "server"), level, "-g")
        peerlib.run([program], env={"LD_PRELOAD": peerlib.JEMALLOC, "MALLOC_CONF": settings(os.path.join(folder, "server"), 12, 24)})
        return dumps_of(os.path.join(folder, "server"))
    return make


SERIES = {"redis": (redis, ("redis-check-rdb", "redis-benchmark")), "mariadb": (mariadb, ("mariadb-install-db", "mariadb")),
          "server": (build_of("-O2"), ("g++",)), "server-O0": (build_of("-O0"), ("g++",))}


class RealCase(net.Case):
    """Dumps that a program wrote."""

    def __init__(self, runner, tables, seed, paths, naming):
        net.Case.__init__(self, runner, tables, seed, [])
        self.paths, self.forms, self.naming = list(paths), ["jemalloc"] * len(paths), naming
        top = self.top(*self.naming, self.paths[0])
        self.names = [r["name"] for r in top["rows"]] or ["main"]
        self.known = {r["module"] for r in self.top("--modules", *self.naming, self.paths[0])["rows"] if "module" in r}

    def expression(self):
        name, module = self.rng.choice(self.names), os.path.basename(self.rng.choice(sorted(self.known) or ["x"]))
        return self.rng.choice((re.escape(name), "name:" + re.escape(name), "module:" + re.escape(module), "file:cc", "file:c$", ".", "alloc",
                                "std::", "nothing here"))

    def shuffled(self):
        text = open(self.paths[0], encoding="utf-8", errors="surrogateescape").read()
        head, *blocks = re.split(r"(?m)^(?=@ )", text.split("\nMAPPED_LIBRARIES:")[0] + "\n")
        random.Random(self.seed).shuffle(blocks)
        tail = "\nMAPPED_LIBRARIES:" + text.split("\nMAPPED_LIBRARIES:")[1]
        blocks = [b.rstrip("\n") + "\n" for b in blocks]
        self.save("shuffled.heap", (head + "".join(blocks) + tail).encode("utf-8", "surrogateescape"))
        return "shuffled.heap"

    def modules(self):
        return self.known

    def nonnegative(self):
        return True


def check_recorded(hprof, path):
    """What "info" says was recorded is what the rows of the file add up to."""
    rows, above = [0, 0, 0, 0], True
    for line in open(path, encoding="utf-8", errors="replace"):
        if line.startswith("MAPPED"):
            break
        above = above and not line.startswith("@")
        if not above and line.lstrip().startswith("t*:"):
            rows = [a + int(b) for a, b in zip(rows, re.findall(r"\d+", line))]
    info = hprof.good("info", "--json", "-q", "--no-symbols", path).json()
    found = {t["name"]: t["recorded"] for t in info["sample_types"]}
    want = dict(zip(net.heaps.TYPES, rows))
    return ["%s: %s is %r, its rows add up to %d" % (os.path.basename(path), t, found.get(t), want[t])
            for t in want if want[t] and found.get(t) != want[t]]


def pick(rng, all_series, n):
    """Dumps for a rule: of one series, or of two builds."""
    series = all_series[rng.choice(sorted(all_series))]
    if n == 1:
        return [rng.choice(series)]
    if n == 2 and "server-O0" in all_series and "server" in all_series and rng.random() < 0.3:
        return [rng.choice(all_series["server"]), rng.choice(all_series["server-O0"])]
    count = 2 if n in (0, 2) else rng.randrange(2, 6)
    first = rng.randrange(max(1, len(series) - count + 1))
    return series[first:first + count]


def check_rules(report, hprof, all_series, cases):
    tables, failed = tool.Tables(hprof), {}
    # of dumps that the net draws itself
    made = (net.totals_of_file, net.unloaded, net.map_lines, net.process, net.any_line, net.jeprof_line)
    rules = [r for r in net.RULES if "jemalloc" in r[4] and r[3] not in made]
    for seed in range(cases * len(rules)):
        name, n, _, function, _ = rules[seed % len(rules)]
        rng = random.Random("series %d" % seed)
        paths = pick(rng, all_series, n)
        try:
            function(RealCase(hprof, tables, seed, paths, rng.choice(([], ["--no-symbols"]))))
        except tool.Failure as e:
            failed.setdefault(name, []).append("%s: %s" % (", ".join(os.path.basename(p) for p in paths), e))
    for name, *_ in rules:
        report.check("series/%s" % name, failed.get(name), "%d cases" % cases)


def check_timelines(report, hprof, all_series):
    """Every point of every series, by each granularity."""
    granularities = tool.Tables(hprof).granularities
    for name, paths in all_series.items():
        problems = []
        for g in granularities:
            case = RealCase(hprof, None, 0, paths, [])
            try:
                net.check_points(case, [g, "--sample-index", "inuse_space"] + case.naming)
            except tool.Failure as e:
                problems.append("%s: %s" % (g, e))
        report.check("series/%s/timeline" % name, problems, "%d dumps" % len(paths))


def run_group(report, work, is_long):
    if not os.path.exists(RUNNER):
        report.check("series", "no %s: make %s" % (RUNNER, os.path.relpath(RUNNER, peerlib.ROOT)))
        return
    all_series = {}
    for name, (make, needs) in SERIES.items():
        absent = peerlib.have(*needs)
        if absent:
            report.skip("series/" + name, "no %s" % absent)
            continue
        folder = os.path.join(work, "series", name)
        os.makedirs(folder, exist_ok=True)
        dumps = make(folder)
        report.check("series/%s/dumps" % name, [] if len(dumps) >= 8 else "only %d dumps" % len(dumps), "%d dumps" % len(dumps))
        all_series[name] = dumps
    if not all_series:
        return
    hprof = tool.Tool(RUNNER, work)
    for name, dumps in all_series.items():
        report.check("series/%s/recorded" % name, [p for d in dumps for p in check_recorded(hprof, d)])
    check_timelines(report, hprof, all_series)
    check_rules(report, hprof, all_series, 40 if is_long else 4)
    hprof.close()
