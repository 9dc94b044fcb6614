#!/usr/bin/env -S python3 -B
# debuginfod.py - debug files from a real debuginfod on loopback, and from servers that misbehave.
import glob
import os
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import urllib.request

from files import Fruit
from support import (Report, Wrong, has_jemalloc, hprof, main, module, need, read, run, sh, want)

CASES = []
LIMIT_S = 2  # of silence, in most cases


def case(name):
    def keep(function):
        CASES.append((name, function))
        return function
    return keep


class Client:
    """hprof with a client's cache of its own."""

    def __init__(self, f, dump, **env):
        self.f, self.dump = f, dump
        self.cache = f.place()
        self.env = {"DEBUGINFOD_CACHE_PATH": self.cache, "DEBUGINFOD_TIMEOUT": str(LIMIT_S), **env}

    def info(self, *options, path=None):
        self.r = hprof("info", "--json", *options, self.dump, scratch=self.f.scratch,
                       env={k: v for k, v in self.env.items() if v is not None})
        self.warnings = [w for w in self.r.json()["warnings"] if "debuginfod" in w]
        return module(self.r.json(), path or self.apple())

    def apple(self):
        return re.search(r"(\S+/apple)$", read(self.dump).decode(), re.M).group(1)


def stripped(f):
    """A stripped program and library, a dump of them, the debug files and their build IDs."""
    folder, files = f.place(), f.place()
    debug, build_id = f.stripped(folder)
    shutil.copy(debug, files + "/apple.debug")
    pear = folder + "/libpear.so"
    sh("objcopy", "--only-keep-debug", pear, files + "/libpear.so.debug")
    sh("strip", pear)
    return f.recorded(folder), files, build_id


# --- servers ---

def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Debuginfod:
    """Debian's server over the files of a folder."""

    def __init__(self, f, files):
        self.log = open(f.place() + "/log", "w+b")
        self.port = free_port()
        self.url = "http://127.0.0.1:%d" % self.port
        env = {"PATH": os.environ["PATH"], "HOME": f.place(), "LC_ALL": "C"}
        self.process = subprocess.Popen(
            ["debuginfod", "-F", "-d", f.place() + "/db.sqlite", "-p", str(self.port), "-c", "1", files],
            stdout=self.log, stderr=self.log, stdin=subprocess.DEVNULL, env=env)
        self.wait()

    def wait(self):
        """Until it has looked at all files."""
        end = time.monotonic() + 60
        while time.monotonic() < end and self.process.poll() is None:
            try:
                with urllib.request.urlopen(self.url + "/metrics", timeout=10) as r:
                    text = r.read().decode()
                if re.search(r'thread_work_total\{role="traverse"\} [1-9]', text) and \
                        re.search(r'thread_work_pending\{role="scan"\} 0', text) and \
                        re.search(r'thread_busy\{role="scan"\} 0', text):
                    return
            except OSError:
                pass
            time.sleep(0.2)
        raise Wrong("debuginfod does not serve: " + read(self.log.name).decode()[-600:])

    def close(self):
        self.process.terminate()
        self.process.wait()
        self.log.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Odd:
    """A server that answers with @reply and then keeps the connection open, or closes it."""

    def __init__(self, reply=b"", close=False):
        self.reply, self.closes = reply, close
        self.asked = []
        self.open = []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = "http://127.0.0.1:%d" % self.socket.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                c, _ = self.socket.accept()
            except OSError:
                return
            self.asked.append(time.monotonic())
            self.open.append(c)
            try:
                if self.reply:
                    c.recv(65536)
                    c.sendall(self.reply)
                if self.closes:
                    c.close()
            except OSError:
                pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.shutdown(socket.SHUT_RDWR)  # or accept() would go on
        self.socket.close()
        for c in self.open:
            c.close()


# A client library that asks nobody: what it tells about its progress is given as C.
CLIENT = """
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
typedef int (*progress_fn)(void *, long, long);
static progress_fn progress;
static void *data;
void *debuginfod_begin(void) { return &data; }
void debuginfod_end(void *c) { (void)c; }
void debuginfod_set_progressfn(void *c, progress_fn fn) { (void)c; progress = fn; }
void debuginfod_set_user_data(void *c, void *d) { (void)c; data = d; }
void *debuginfod_get_user_data(void *c) { (void)c; return data; }
int debuginfod_find_debuginfo(void *c, const unsigned char *id, int len, char **path)
{
	char name[4096], *at = name + sprintf(name, "%%s/", getenv("DEBUGINFOD_CACHE_PATH"));
	FILE *to, *from = fopen("%s", "rb");
	long n = 0;
	int ch, stop = 0;

	(void)c;
	for (int i = 0; i < len; i++)
		at += sprintf(at, "%%02x", id[i]);
	mkdir(name, 0700);
	strcpy(at, "/debuginfo");
	%s
	return -ENOENT;
}
"""
FETCHES = """to = fopen(name, "wb");
	while ((ch = getc(from)) != EOF) {
		putc(ch, to);
		if (++n % 4096 == 0 && n < 5 * 4096) {
			fflush(to);
			usleep(700000);
		}
	}
	fclose(to);
	*path = strdup(name);
	return open(name, O_RDONLY);"""


def fake_client(f, body, source="/dev/null"):
    """A folder with a libdebuginfod.so.1 that does @body."""
    folder = f.place()
    with open(folder + "/client.c", "w") as c:
        c.write(CLIENT % (source, body))
    sh("gcc", "-shared", "-fPIC", "-o", folder + "/libdebuginfod.so.1", folder + "/client.c")
    return folder


# --- cases ---

@case("served: fetched, kept by the client, used offline afterwards")
def served(f):
    dump, files, build_id = stripped(f)
    c = Client(f, dump)
    want(c.info()["symbols"] == "dynsym" and not c.warnings, "names before a server was named")
    with Debuginfod(f, files) as server:
        m = c.info("--debuginfod=" + server.url)
        kept = "%s/%s/debuginfo" % (c.cache, build_id)
        want((m["symbols"], m["debug_file"], m["debug_found_by"]) == ("dwarf", kept, "debuginfod"), m)
        want(m["with_line"] > 10 and not c.warnings, "%s %s" % (m, c.warnings))
        want(read(kept) == read(files + "/apple.debug"), "the file was changed on its way")
    m = c.info()
    want((m["symbols"], m["debug_file"]) == ("dwarf", kept), m)
    m = c.info(path=c.apple().replace("apple", "libpear.so"))
    want((m["symbols"], m["debug_found_by"]) == ("dwarf", "debuginfod"), m)


@case("served: DEBUGINFOD_URLS, and the usual places of the client's cache")
def by_environment(f):
    dump, files, build_id = stripped(f)
    with Debuginfod(f, files) as server:
        for env, place in (({"XDG_CACHE_HOME": "X/a"}, "X/a/debuginfod_client"),
                           ({"HOME": "X", "XDG_CACHE_HOME": ""}, "X/.cache/debuginfod_client"),
                           ({"HOME": "X/old"}, "X/old/.debuginfod_client_cache")):
            home = f.place()
            os.makedirs(home + "/old/.debuginfod_client_cache")
            env = {k: v.replace("X", home) for k, v in env.items()}
            c = Client(f, dump, DEBUGINFOD_URLS=server.url, **env)
            c.env["DEBUGINFOD_CACHE_PATH"] = None
            want(c.info()["symbols"] == "dwarf", c.r.out)
            kept = "%s/%s/debuginfo" % (place.replace("X", home), build_id)
            want(os.path.exists(kept), "not kept at %s: %s" % (kept, glob.glob(home + "/**", recursive=True)))
            del c.env["DEBUGINFOD_URLS"]
            want(c.info()["debug_file"] == kept, "not used afterwards")


@case("served: with a sysroot as well, which no file of the host is taken for")
def with_sysroot(f):
    dump, files, _ = stripped(f)
    root = f.place()
    apple = Client(f, dump).apple()
    os.makedirs(root + os.path.dirname(apple))
    shutil.copy(apple, root + apple)
    with Debuginfod(f, files) as server:
        m = Client(f, dump).info("--sysroot=" + root, "--debuginfod=" + server.url)
    want((m["symbols"], m["found_by"], m["debug_found_by"]) == ("dwarf", "sysroot", "debuginfod"), m)


@case("served: the file that debug files share")
def shared(f):
    folder, files = f.place(), f.place()
    apple = f.copy(folder)
    shutil.copy(f.shifted, folder + "/shifted")
    sh("dwz", "-m", files + "/shared.debug", "-M", "/not/here", apple, folder + "/shifted")
    c = Client(f, f.recorded(folder))
    want("alt_file" not in c.info(), "there is a shared file already")
    with Debuginfod(f, files) as server:
        m = c.info("--debuginfod=" + server.url)
    want(m.get("alt_found_by") == "debuginfod" and m["alt_file"].startswith(c.cache), m)
    want(c.info()["alt_file"] == m["alt_file"], "not used offline")


@case("a server that does not have it: silence, and the rest has names")
def absent(f):
    dump, _, _ = stripped(f)
    files = f.place()
    shutil.copy(f.shifted, files)
    with Debuginfod(f, files) as server:
        c = Client(f, dump)
        m = c.info("--debuginfod=" + server.url)
    want(m["symbols"] == "dynsym" and not c.warnings, "%s %s" % (m, c.warnings))
    want([t for t in m["tried"] if server.url in t and "not on the servers" in t], m["tried"])


def gives_up(f, server, words, limit_s=LIMIT_S, slack_s=4, **env):
    dump, _, _ = stripped(f)
    c = Client(f, dump, **env)
    begin = time.monotonic()
    m = c.info("--debuginfod=" + server.url)
    took = time.monotonic() - begin
    want(m["symbols"] == "dynsym" and m["resolved"] > 0, m)
    want(len(c.warnings) == 1, c.warnings)
    for word in (server.url, *words):
        want(word in c.warnings[0], c.warnings)
    want(took < limit_s + slack_s, "it took %.1f s" % took)
    return took


@case("a server that accepts and never answers: a short limit, one warning, asked once")
def hangs(f):
    with Odd() as server:
        took = gives_up(f, server, ["no data for %d s" % LIMIT_S])
        want(took > LIMIT_S, "it gave up after %.1f s" % took)
        late = [t - server.asked[0] for t in server.asked if t - server.asked[0] > LIMIT_S]
        want(not late, "asked again after %s s" % late)


@case("a server that never answers: 5 s when the user set no limit")
def hangs_by_default(f):
    with Odd() as server:
        took = gives_up(f, server, ["no data for 5 s"], limit_s=5, DEBUGINFOD_TIMEOUT=None)
        want(took > 5, "it gave up after %.1f s" % took)


@case("a server that stops in the middle of a file")
def stalls(f):
    with Odd(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n\x7fELF") as server:
        gives_up(f, server, [], slack_s=5)


@case("a silent server costs the same with a client that tells of its progress in any other way")
def other_clients(f):
    clients = (
        ("never", "sleep(60);"),
        ("counts up fast", "while (!stop) { n += 1000; if (progress) stop = progress(c, n, 0);"
         " usleep(20000); if (n > 3000000) return -ETIME; } return -ETIME;"),
        ("claims a size", "while (n++ < 600) { if (progress) progress(c, n * 4096, 1 << 20);"
         " usleep(100000); }"),
        ("catches signals, ignores the callback", "for (n = 0; n < 600; n++) usleep(100000);"))
    with Odd() as server:
        for limit_s, timeout in ((5, None), (LIMIT_S, str(LIMIT_S))):
            for name, body in clients if limit_s == LIMIT_S else clients[:2]:
                took = gives_up(f, server, ["no data for %d s" % limit_s], limit_s=limit_s,
                                DEBUGINFOD_TIMEOUT=timeout,
                                LD_LIBRARY_PATH=fake_client(f, body))
                want(took > limit_s, "%s: it gave up after %.1f s" % (name, took))


@case("a transfer that goes on is waited for, longer than silence is borne")
def slow(f):
    dump, files, _ = stripped(f)
    c = Client(f, dump, LD_LIBRARY_PATH=fake_client(f, FETCHES, files + "/apple.debug"))
    begin = time.monotonic()
    m = c.info("--debuginfod=http://127.0.0.1:1")
    want(m["symbols"] == "dwarf" and "no data" not in c.r.out, c.r.out)
    want(time.monotonic() - begin > LIMIT_S, "the transfer was too quick to show anything")


@case("a transfer without end is given up after DEBUGINFOD_MAXTIME")
def endless(f):
    body = 'to = fopen(name, "wb"); for (;;) { putc(0, to); fflush(to); usleep(200000); }'
    with Odd() as server:
        gives_up(f, server, ["not finished after 3 s"], limit_s=3, DEBUGINFOD_MAXTIME="3",
                 LD_LIBRARY_PATH=fake_client(f, body))


@case("a client that crashes costs its own answer")
def crashes(f):
    with Odd() as server:
        gives_up(f, server, ["ended without an answer"], limit_s=0,
                 LD_LIBRARY_PATH=fake_client(f, "abort();"))


@case("a silent server is waited for once, however many profiles and bases there are")
def several(f):
    dump, _, _ = stripped(f)
    other, _, _ = stripped(f)
    with Odd() as server:
        env = {"DEBUGINFOD_CACHE_PATH": f.place(), "DEBUGINFOD_TIMEOUT": "2",
               "DEBUGINFOD_URLS": server.url}
        begin = time.monotonic()
        r = hprof("diff", dump, other, scratch=f.scratch, env=env)
        took = time.monotonic() - begin
    want(r.code == 0 and r.err.count("no data for 2 s") == 1, r.err)
    want(r.err.count("DEBUGINFOD_URLS") == 1, r.err)
    want(took < 2 + 4, "it took %.1f s" % took)


@case("DEBUGINFOD_URLS: said once, not with a sysroot, and turned off by --no-debuginfod")
def usual(f):
    dump, _, _ = stripped(f)
    root = f.place()
    apple = Client(f, dump).apple()
    shutil.copytree(os.path.dirname(apple), root + os.path.dirname(apple))
    with Odd(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
             close=True) as server:
        urls = server.url + " " + server.url + "/second"
        env = {"DEBUGINFOD_CACHE_PATH": f.place(), "DEBUGINFOD_URLS": urls}

        def notes(*argv, **more):
            server.asked.clear()
            e = dict(env, DEBUGINFOD_CACHE_PATH=f.place(), **more)
            r = hprof(*argv, scratch=f.scratch, env=e)
            want(r.code == 0, r.err)
            told = [line for line in r.err.splitlines() if line.startswith("hprof: note: ")]
            return told, len(server.asked)

        told, asked = notes("top", dump)
        want(asked and len(told) == 1, (told, asked))
        want(urls in told[0] and "--no-debuginfod" in told[0], told)
        told, asked = notes("symbolize", "-e", apple, "0x1000", "0x1001")
        want(asked and len(told) == 1 and "--no-debuginfod" in told[0], (told, asked))
        for quiet in (["-q"], ["--quiet"]):
            told, asked = notes("top", *quiet, dump)
            want(asked and not told, (quiet, told, asked))
        for off in (["--no-debuginfod"], ["--no_debuginfod"], ["--sysroot=" + root]):
            told, asked = notes("top", *off, dump)
            want(not asked and not told, (off, told, asked))
        told, asked = notes("symbolize", "--no-debuginfod", "-e", apple, "0x1000")
        want(not asked and not told, (told, asked))
        told, asked = notes("top", "--sysroot=" + root, "--debuginfod=" + server.url, dump)
        want(asked and not told, (told, asked))  # named here: nothing to be said
        told, asked = notes("top", "--debuginfod=" + server.url, dump, DEBUGINFOD_URLS="")
        want(asked and not told, (told, asked))
        told, asked = notes("top", dump, DEBUGINFOD_URLS="  ")
        want(not asked and not told, (told, asked))
        told, asked = notes("top", "--no-symbols", dump)
        want(not asked and not told, (told, asked))
    r = hprof("top", "--no-debuginfod", "--debuginfod=http://127.0.0.1:1", dump, scratch=f.scratch)
    want(r.code == 2, "%d %s" % (r.code, r.err))


@case("nobody listens: told at once")
def closed(f):
    with Odd() as server:
        pass
    gives_up(f, server, ["Connection refused"], limit_s=0)


@case("hprof symbolize: a refused debug file and a server that is not there, a warning each")
def addresses(f):
    dump, _, build_id = stripped(f)
    dirs = f.place()
    os.makedirs("%s/.build-id/%s" % (dirs, build_id[:2]))
    shutil.copy(f.shifted, "%s/.build-id/%s/%s.debug" % (dirs, build_id[:2], build_id[2:]))
    c = Client(f, dump)
    with Odd() as server:
        pass
    r = hprof("symbolize", "--debug-dir", dirs, "--debuginfod=" + server.url, "-e", c.apple(),
              "0x1000", scratch=f.scratch, env=c.env)
    want(r.code == 0, "exit code %d: %s" % (r.code, r.err))
    want("another build ID" in r.err and "Connection refused" in r.err, r.err)


@case("a server that is no HTTP server: the rest has names")
def nonsense(f):
    dump, _, _ = stripped(f)
    with Odd(b"220 smtp.example.org ESMTP\r\n", close=True) as server:
        m = Client(f, dump).info("--debuginfod=" + server.url)
    want(m["symbols"] == "dynsym" and m["resolved"] > 0, m)


@case("a file with another build ID is refused, and named")
def other_file(f):
    dump, _, build_id = stripped(f)
    body = read(f.shifted)
    with Odd(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (
            len(body), body), close=True) as server:
        c = Client(f, dump)
        m = c.info("--debuginfod=" + server.url)
    want(m["symbols"] == "dynsym" and "debug_file" not in m, m)
    told = [w for w in c.r.json()["warnings"] if build_id in w and "another build ID" in w]
    want(len(told) == 1, c.r.json()["warnings"])


@case("no server is asked unless one is named")
def silent(f):
    dump, _, _ = stripped(f)
    with Odd() as server:
        c = Client(f, dump, DEBUGINFOD_URLS="")
        want(c.info()["symbols"] == "dynsym" and not c.warnings, c.warnings)
        want(c.info("--debuginfod=")["symbols"] == "dynsym" and not c.warnings, c.warnings)
        hprof("info", "--no-symbols", "--debuginfod=" + server.url, dump, scratch=f.scratch)
        want(not server.asked, "a server was asked")


@case("no folder for the client's cache: told, and the rest has names")
def homeless(f):
    dump, files, _ = stripped(f)
    with Debuginfod(f, files) as server:
        for env in ({"HOME": "", "XDG_CACHE_HOME": ""}, {"XDG_CACHE_HOME": "/dev/null"},
                    {"HOME": "/proc/1", "XDG_CACHE_HOME": ""}):
            c = Client(f, dump, DEBUGINFOD_URLS=server.url, **env)
            c.env["DEBUGINFOD_CACHE_PATH"] = None
            m = c.info()
            want(m["symbols"] == "dynsym", m)
            want(len(c.warnings) == 1 and "DEBUGINFOD_CACHE_PATH" in c.warnings[0], c.warnings)


def run_all():
    report = Report()
    if not need(report, "gcc", "objcopy", "strip", "readelf", "dwz", "debuginfod"):
        return report.close()
    if not has_jemalloc():
        report.skip("everything", "libjemalloc.so.2 is missing")
        return report.close()
    with tempfile.TemporaryDirectory(prefix="hprof-debuginfod.") as scratch:
        f = Fruit(os.path.realpath(scratch))
        for name, function in CASES:
            run(report, name, function, f)
    return report.close()


if __name__ == "__main__":
    main(run_all)
