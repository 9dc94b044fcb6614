#!/usr/bin/env -S python3 -B
# cache.py - remembered answers: the same as fresh ones, whatever happens to the files.
import os
import random
import re
import shutil
import stat
import subprocess
import sys
import tempfile

from support import (HPROF, Report, SANITIZED, call_sites, hprof, main, make_dump, need, read, run,
                     sh, want, write)

# Many functions with inlined calls; each call is an address to name.
FIG = "#include <stdlib.h>\nvoid *volatile kept;\n" + "".join("""
static inline __attribute__((always_inline)) void fig_inlined%d(int n) { kept = malloc(n); }
__attribute__((noinline)) static void fig_local%d(void) { fig_inlined%d(10); free(kept); }
__attribute__((noinline)) void fig_exported%d(void) { fig_local%d(); kept = malloc(3); }
""" % (i, i, i, i, i) for i in range(40)) + "int main(void) { %s return 0; }\n" % " ".join(
    "fig_exported%d();" % i for i in range(40))
DAMAGES = 1000
SEED = 20


class Fig:
    """A program, and a dump with a stack for each of its calls."""

    def __init__(self, scratch):
        self.scratch, self.n = scratch, 0
        source = write(os.path.join(scratch, "fig.c"), FIG)
        self.program = os.path.join(scratch, "fig")
        sh("gcc", "-g", "-O1", "-fno-optimize-sibling-calls", "-rdynamic", "-o", self.program,
           source)
        self.calls = call_sites(self.program)
        self.dump = self.dump_of(self.program, self.calls)
        self.fresh = self.top(None, "--no-cache")

    def dump_of(self, program, calls):
        self.n += 1
        path = os.path.join(self.scratch, "dump%d.heap" % self.n)
        return make_dump(path, read(program), program, calls)

    def place(self):
        """A new folder of caches."""
        self.n += 1
        path = os.path.join(self.scratch, "cache%d" % self.n)
        os.mkdir(path)
        return path

    def run(self, cache, *argv, **kw):
        env = {"XDG_CACHE_HOME": cache} if cache else {}
        r = hprof(*argv, scratch=self.scratch, env=dict(env, **kw.pop("env", {})), **kw)
        want(not r.complaints, "sanitizer: %s" % r.complaints)
        return r

    def top(self, cache, *argv, dump=None, quiet=True, **kw):
        r = self.run(cache, "top", "--json", "--lines", "--names", "full", "--prune", "none",
                     *argv, dump or self.dump, **kw)
        want(r.code == 0, "exit code %d: %s" % (r.code, r.err))
        want(not quiet or not r.err, "standard error: " + r.err)
        return r.out

    def entries(self, cache):
        r = self.run(cache, "cache", "--json").json()
        want(r["schema"] == "hprof/cache/1", r)
        want(r["bytes"] == sum(e["bytes"] for e in r["entries"]), r)
        return r["entries"]


def files_of(cache):
    folder = os.path.join(cache, "hprof")
    return [os.path.join(folder, n) for n in sorted(os.listdir(folder))]


def the_file(cache):
    found = files_of(cache)
    want(len(found) == 1, "expected one file, found %s" % found)
    return found[0]


def same_answers(fig):
    cache = fig.place()
    want(fig.top(cache) == fig.fresh, "a run that remembers differs from one that does not")
    path = the_file(cache)
    before = read(path)
    want(re.fullmatch(r"[0-9a-f]{32}\.names", os.path.basename(path)), path)
    want(stat.S_IMODE(os.stat(path).st_mode) == 0o600, "mode of the file")
    want(stat.S_IMODE(os.stat(os.path.dirname(path)).st_mode) == 0o700, "mode of the folder")
    want(fig.top(cache) == fig.fresh, "a run that was remembered differs")
    want(read(path) == before, "a run without news writes")
    entry, = fig.entries(cache)
    want(entry["file"] == fig.program and entry["usable"] and entry["bytes"] == len(before) and
         entry["addresses"] == len(fig.calls), entry)
    want(entry["build_id"] in sh("readelf", "-n", fig.program), entry)
    shown = fig.run(cache, "cache").out
    want(fig.program in shown and "1 file, %d addresses" % len(fig.calls) in shown, shown)


def nothing_is_read(fig):
    """With everything remembered the DWARF is not looked at: it may as well say something else."""
    cache, program = fig.place(), os.path.join(fig.place(), "fig")
    image = read(fig.program) + bytes(1 << 15)  # both ends of a file count
    write(program, image)
    dump = fig.dump_of(program, fig.calls)
    fresh = fig.top(cache, dump=dump)
    write(program, image.replace(b"fig_local7\0", b"fog_legal7\0"))
    os.utime(dump)  # or the program would be younger, and that is told
    want(fig.top(cache, dump=dump) == fresh, "remembered answers are not used")
    want("fog_legal7" in fig.top(cache, "--no-cache", dump=dump), "--no-cache has no effect")
    write(program, image[:-1] + b"\1")
    os.utime(dump)
    fig.top(cache, dump=dump)
    want(len(files_of(cache)) == 2, "the end of a file does not count")


def only_news_are_read(fig):
    cache = fig.place()
    part = fig.dump_of(fig.program, fig.calls[::3])
    fig.top(cache, dump=part)
    want(fig.entries(cache)[0]["addresses"] == len(fig.calls[::3]), "a part is not remembered")
    want(fig.top(cache) == fig.fresh, "old and new answers together differ")
    want(fig.entries(cache)[0]["addresses"] == len(fig.calls), "new answers are not added")
    want(fig.top(cache, dump=part) == fig.top(None, "--no-cache", dump=part), "a part differs")


def damaged(rnd, image, other, kind):
    """@image with one damage."""
    b, at = bytearray(image), rnd.randrange(len(image))
    if kind == 0:
        b[at] ^= 1 << rnd.randrange(8)
    elif kind == 1:
        del b[at:]
    elif kind == 2:
        b += rnd.randbytes(rnd.choice((1, 8, 4096)))
    elif kind == 3:
        size = rnd.choice((8, 512, 4096))
        b[at // size * size:at // size * size + size] = bytes(len(b[at // size * size:][:size]))
    elif kind == 4:
        b[at:at] = rnd.randbytes(rnd.choice((1, 4, 16)))
    elif kind == 5:
        del b[at:at + rnd.choice((1, 4, 16))]
    else:
        b = bytearray(other)
    return bytes(b)


def damage(fig, times):
    rnd, cache, foreign = random.Random(SEED), fig.place(), fig.place()
    fig.top(cache)
    path = the_file(cache)
    image = read(path)
    other = os.path.join(foreign, "other")
    sh("gcc", "-g", "-O2", "-fno-optimize-sibling-calls", "-rdynamic", "-o", other,
       os.path.join(fig.scratch, "fig.c"))
    fig.top(foreign, dump=fig.dump_of(other, call_sites(other)))
    other = read(the_file(foreign))
    replaced = 0
    for i in range(times):
        broken = damaged(rnd, image, other, i % 7)
        write(path, broken)
        want(fig.top(cache) == fig.fresh, "damage %d of seed %d gives other answers" % (i, SEED))
        replaced += read(path) == image
        want(len(files_of(cache)) == 1, "files are left behind: %s" % files_of(cache))
    want(replaced == times, "%d of %d damaged files were replaced" % (replaced, times))


def several_at_once(fig):
    cache = fig.place()
    env = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "XDG_CACHE_HOME": cache}
    for _ in range(5):
        shutil.rmtree(os.path.join(cache, "hprof"), ignore_errors=True)
        parts = [fig.dump_of(fig.program, fig.calls[i % 4::4]) for i in range(8)]
        expected = [fig.top(None, "--no-cache", dump=p) for p in parts]
        running = [subprocess.Popen([HPROF, "top", "--json", "--lines", "--names", "full",
                                     "--prune", "none", p], env=env, stdout=subprocess.PIPE,
                                    stderr=subprocess.PIPE, text=True) for p in parts]
        for p, wanted in zip(running, expected):
            out, err = p.communicate(timeout=120)
            want(p.returncode == 0 and not err, "exit code %d: %s" % (p.returncode, err))
            want(out == wanted, "one of several processes gives other answers")
        want(the_file(cache) and fig.entries(cache)[0]["usable"], "the file is damaged")
        want(fig.top(cache) == fig.fresh, "what several processes wrote gives other answers")


def debug_file_later(fig):
    cache, place = fig.place(), fig.place()
    program = os.path.join(place, "fig")
    sh("objcopy", "--strip-all", fig.program, program)
    dump = fig.dump_of(program, fig.calls)
    debug = os.path.join(place, "debug")
    build_id = re.search(r"Build ID: (\w+)", sh("readelf", "-n", program)).group(1)
    for _ in range(2):
        out = fig.top(cache, "--debug-dir", place, dump=dump)
        want("fig_exported3" in out and "fig_inlined3" not in out, "names of a stripped file: " + out)
    debug = os.path.join(place, ".build-id", build_id[:2], build_id[2:] + ".debug")
    os.makedirs(os.path.dirname(debug))
    sh("objcopy", "--only-keep-debug", fig.program, debug)
    for _ in range(2):
        out = fig.top(cache, "--debug-dir", place, dump=dump)
        want("fig_inlined3" in out and "fig.c" in out, "the debug file is not used: " + out)
        want(fig.run(cache, "info", "--json", "--debug-dir", place, dump).json()
             ["modules"][0]["symbols"] == "dwarf", "info tells of other symbols")
    want(len(fig.entries(cache)) == 2, "each has a file")
    os.remove(debug)
    want("fig_inlined3" not in fig.top(cache, "--debug-dir", place, dump=dump),
         "answers of a file that is gone")


def damage_is_not_remembered(fig):
    cache, program = fig.place(), os.path.join(fig.place(), "fig")
    image = bytearray(read(fig.program))
    lines = sh("readelf", "-SW", fig.program)
    offset, length = re.search(r"\.debug_abbrev\s+PROGBITS\s+\w+ (\w+) (\w+)", lines).groups()
    offset, length = int(offset, 16), int(length, 16)
    image[offset:offset + length] = b"\xff" * length
    write(program, bytes(image))
    os.chmod(program, 0o755)
    dump = fig.dump_of(program, fig.calls)
    first = fig.run(cache, "top", dump)
    want(any("damaged" in w for w in first.warnings()), "no warning: " + first.err)
    want(not os.path.exists(os.path.join(cache, "hprof")), "it is remembered")
    want(fig.run(cache, "top", dump).warnings() == first.warnings(), "the warning is told once")


def homes(fig):
    """Where the cache is, and what -v says when it is nowhere."""
    home = fig.place()

    def told(env, expected, **kw):
        r = fig.run(None, "top", "-v", fig.dump, env=env, **kw)
        want(r.code == 0, "exit code %d: %s" % (r.code, r.err))
        lines = [x for x in r.err.splitlines() if "remembered" in x]
        want(len(lines) == (expected is not None) and (not lines or expected in lines[0]),
             "expected %r, found %r" % (expected, lines))
        env = dict(env, XDG_CACHE_HOME=env.get("XDG_CACHE_HOME", ""))
        want(fig.top(None, env=env, **kw) == fig.fresh, "other answers with %s" % env)

    told({"XDG_CACHE_HOME": "", "HOME": home}, None)
    want(len(files_of(os.path.join(home, ".cache"))) == 1, "$HOME/.cache is not used")
    told({"XDG_CACHE_HOME": "relative", "HOME": home}, None)
    want(not os.path.exists(os.path.join(fig.scratch, "relative")), "a relative path was used")
    told({"XDG_CACHE_HOME": "", "HOME": ""}, "neither XDG_CACHE_HOME nor HOME")
    told({"XDG_CACHE_HOME": "/dev/null"}, "Not a directory")
    told({"XDG_CACHE_HOME": "/nowhere/at/all"}, "No such file")
    want(fig.run(None, "cache", env={"XDG_CACHE_HOME": "", "HOME": ""}).code == 0, "hprof cache")
    want("0 files" in fig.run("/nowhere/at/all", "cache").out, "hprof cache without a folder")
    want(fig.run("/nowhere/at/all", "cache", "--json").json()["entries"] == [], "and as JSON")
    want(fig.run("/nowhere/at/all", "cache", "--clear").code == 0, "hprof cache --clear")


def folders_of_others(fig):
    """Needs root, who may give folders away."""
    cache = fig.place()
    fig.top(cache)
    folder = os.path.join(cache, "hprof")
    for path in (fig.scratch, cache):
        os.chmod(path, 0o755)
    os.chmod(folder, 0o700)
    want(fig.top(cache, user=65534) == fig.fresh, "another user gets other answers")
    os.chmod(folder, 0o755)
    before = read(the_file(cache))
    r = fig.run(cache, "top", "-v", fig.dump, user=65534)
    want("belongs to another user" in r.err, r.err)
    want(read(the_file(cache)) == before, "it was written to")
    os.chown(folder, 65534, 65534)
    want(fig.top(cache) == fig.fresh, "root gets other answers")
    want("belongs to another user" in fig.run(cache, "top", "-v", fig.dump).err, "root uses it")
    want(fig.run(cache, "cache").code == 3, "root lists it")
    want(read(the_file(cache)) == before, "root wrote to it")
    # now it is one's own folder, but for reading only
    os.chmod(folder, 0o500)
    os.chown(the_file(cache), 65534, 65534)
    want(fig.top(cache, user=65534) == fig.fresh, "a read-only folder gives other answers")
    want("cannot write into" in fig.run(cache, "top", "-v", fig.dump, user=65534).err, "-v")
    write(the_file(cache), b"damaged")
    want(fig.top(cache, user=65534) == fig.fresh, "a damaged file gives other answers")
    want(read(the_file(cache)) == b"damaged", "it was written to")


def without_memory(fig):
    """Each allocation fails once while answers are taken over from the cache."""
    builds = os.path.join(os.path.dirname(HPROF), "tests"), "build/asan/tests", "build/release/tests"
    tools = [os.path.join(b, "oom") for b in builds if os.path.exists(os.path.join(b, "oom"))]
    if not tools:
        return
    cache = fig.place()
    r = subprocess.run([tools[0], "--names", fig.dump_of(fig.program, fig.calls[:20]), cache], text=True,
                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=600)
    want(r.returncode == 0 and r.stdout.startswith("ok - "), r.stdout)
    want(fig.entries(cache)[0]["addresses"] == 20, "nothing was remembered")


def damage_at_the_end(fig):
    """The child sees answers, the parent finds that they are damaged: all is read again."""
    cache = fig.place()
    fig.top(cache)
    path = the_file(cache)
    image = bytearray(read(path))
    image[-9] ^= 1  # behind everything that is looked at first
    write(path, bytes(image))
    want(fig.top(cache) == fig.fresh, "damage that only the parent sees gives other answers")
    image[-9] ^= 1
    want(read(path) == image, "the damaged file is not replaced")


def clear(fig):
    cache = fig.place()
    fig.top(cache)
    size = len(read(the_file(cache)))
    kept = write(os.path.join(cache, "hprof", "notes.txt"), "mine")
    r = fig.run(cache, "cache", "--clear", "--json").json()
    want(r["removed_files"] == 1 and r["removed_bytes"] == size, r)
    want(files_of(cache) == [kept], files_of(cache))
    want(fig.top(cache) == fig.fresh and len(files_of(cache)) == 2, "it does not begin anew")
    want("removed 1 file," in fig.run(cache, "cache", "--clear").out, "told as text")
    want(fig.run(cache, "cache", "extra").code == 2, "an argument too many")


def everything():
    report = Report()
    if not need(report, "gcc", "objcopy", "readelf", "objdump"):
        return report.close()
    times = DAMAGES if not SANITIZED else 100
    with tempfile.TemporaryDirectory(prefix="hprof-cache.") as scratch:
        os.chmod(scratch, 0o755)
        fig = Fig(scratch)
        for name, case, *args in (
                ("remembered answers are the same", same_answers),
                ("what is remembered is not read again", nothing_is_read),
                ("new addresses are added", only_news_are_read),
                ("damaged %d times, seed %d" % (times, SEED), damage, times),
                ("eight processes at once", several_at_once),
                ("a debug file that is installed later", debug_file_later),
                ("names from damaged files are not remembered", damage_is_not_remembered),
                ("damage that only the parent sees", damage_at_the_end),
                ("every allocation fails in turn", without_memory),
                ("homes", homes),
                ("hprof cache --clear", clear)):
            run(report, name, case, fig, *args)
        if os.geteuid() == 0:
            run(report, "folders of others, and read-only ones", folders_of_others, fig)
        else:
            report.skip("folders of others", "only root can give folders away")
    return report.close()


if __name__ == "__main__":
    main(everything)
