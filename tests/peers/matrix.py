# matrix.py - programs of many builds: each frame beside llvm-symbolizer, addr2line and nm.
import os
import re
import shutil

import elf
import frames
from peerlib import build, capture_one, find_file, have, hprof, hprof_json, run, rustc

FAMILIES = {
    "gcc": ("gcc", "g++"),
    "clang": ("clang", "clang++"),
}
PROGRAMS = (("c", "shapes.c"), ("c++", "widgets.cc"))
PEERS = ("llvm-symbolizer", "addr2line", "nm", "readelf", "c++filt", "objcopy", "strip")
LONG_FLAGS = ("-O1", "-O3", "-Os", "-O3 -flto", "-O2 -ffunction-sections -Wl,--gc-sections",
              "-O2 -gz=zlib", "-O2 -g1", "-O2 -gdwarf-2", "-O2 -gdwarf-3", "-O2 -gdwarf64 -gdwarf-5",
              "-O2 -fno-plt", "-O2 -Wl,-z,separate-code",
              "-O2 -Wl,-z,noseparate-code", "-O2 -fno-omit-frame-pointer")
FAMILY_FLAGS = {"clang": ("-O2 -gdwarf-aranges", "-O2 -gline-tables-only")}
BLIND = ("gdwarf64",)  # what GNU addr2line cannot read


def static_libs():
    lib = find_file("libjemalloc_pic.a") or find_file("libjemalloc.a")
    return [lib, "-lstdc++", "-lm", "-lpthread", "-ldl"] if lib else None


class Matrix:
    def __init__(self, report, work, long):
        self.report, self.work, self.long = report, os.path.join(work, "matrix"), long
        os.makedirs(self.work, exist_ok=True)
        self.n = 0

    def folder(self):
        self.n += 1
        path = os.path.join(self.work, "%03d" % self.n)
        os.makedirs(path)
        return path

    def case(self, name, compiler, source, flags, static=False, peers=("llvm", "addr2line")):
        """Build, run, compare; the folder and dump for what builds on it."""
        if have(compiler):
            self.report.skip(name, "no " + compiler)
            return
        libs = static_libs() if static else []
        if libs is None:
            self.report.skip(name, "no libjemalloc_pic.a (libjemalloc-dev)")
            return
        d = self.folder()
        exe = build(compiler, source, os.path.join(d, "prog"), "-g", *flags, *libs)
        dump = capture_one(os.path.join(d, "heap"), [exe], preload=not static, conf="prof_accum:true")
        frames.compare(self.report, name, [], dump, exe, clang="clang" in compiler, peers=peers)

    def compilers(self):
        for family, (cc, cxx) in FAMILIES.items():
            for dwarf in ("-gdwarf-4", "-gdwarf-5"):
                for opt in ("-O0", "-O2"):
                    for lang, source in PROGRAMS:
                        compiler = cc if lang == "c" else cxx
                        for static in (False, True):
                            name = "frames/%s/%s/%s%s%s" % (lang, family, dwarf[2:], opt,
                                                           "/static" if static else "")
                            self.case(name, compiler, source, [dwarf, opt], static)
            if self.long:
                self.long_flags(family, cc, cxx)

    def long_flags(self, family, cc, cxx):
        for text in LONG_FLAGS + FAMILY_FLAGS.get(family, ()):
            name = text.replace(" ", "")
            if family == "clang" and "flto" in text:
                text += " -fuse-ld=lld"
            peers = ("llvm",) if any(b in text for b in BLIND) else ("llvm", "addr2line")
            for lang, source in PROGRAMS:
                self.case("frames/%s/%s/%s" % (lang, family, name), cc if lang == "c" else cxx,
                          source, text.split(), peers=peers)

    # --- where files are ---

    def built(self, name, flags=("-O2",), place="prog", compiler="gcc", source="shapes.c", args=()):
        """A captured program, kept twice: as it ran, and whole, as `oracle`."""
        if have(compiler):
            self.report.skip(name, "no " + compiler)
            return None
        d = self.folder()
        exe = build(compiler, source, os.path.join(d, place), "-g", *flags)
        oracle = os.path.join(d, "oracle")
        shutil.copy(exe, oracle)
        dump = capture_one(os.path.join(d, "heap"), [exe, *args])
        return d, exe, oracle, dump

    def layouts(self):
        for family, (cc, cxx) in FAMILIES.items():
            for name, flags in (("lld", ["-fuse-ld=lld"]), ("no-pie", ["-no-pie"]),
                                ("lld-no-pie", ["-fuse-ld=lld", "-no-pie"])):
                if "lld" in name and have("ld.lld"):
                    self.report.skip("layout/%s/%s" % (family, name), "no ld.lld")
                    continue
                if name.endswith("no-pie") and family == "clang":
                    flags = flags + ["-fno-pie"]
                for lang, source in PROGRAMS:
                    self.case("layout/%s/%s/%s" % (lang, family, name),
                              cc if lang == "c" else cxx, source, ["-O2", *flags])
        for lang, source in PROGRAMS:
            name = "layout/%s/blanks in the path" % lang
            b = self.built(name, place="a folder/my prog", source=source,
                           compiler="gcc" if lang == "c" else "g++")
            if b:
                frames.compare(self.report, name, [], b[3], b[1])

    def separate_debug(self):
        for lang, source in PROGRAMS:
            for family in FAMILIES:
                compiler = FAMILIES[family][lang != "c"]
                self._debuglink("debug/%s/%s/debuglink" % (lang, family), compiler, source)
                self._by_build_id("debug/%s/%s/by build ID" % (lang, family), compiler, source)

    def _split(self, exe, debug):
        os.makedirs(os.path.dirname(debug), exist_ok=True)
        run(["objcopy", "--only-keep-debug", exe, debug])
        run(["strip", "--strip-all", exe])

    def _debuglink(self, name, compiler, source):
        b = self.built(name, ["-O2", "-Wl,--build-id=none"], compiler=compiler, source=source)
        if not b:
            return
        d, exe, oracle, dump = b
        self._split(exe, exe + ".debug")
        run(["objcopy", "--add-gnu-debuglink=" + exe + ".debug", exe])
        frames.compare(self.report, name, [], dump, exe, oracle, clang="clang" in compiler)
        with open(exe + ".debug", "r+b") as f:  # another CRC: the file must not be used
            f.seek(0, 2)
            f.write(b"changed")
        self._nothing(name + ", wrong CRC refused", [], dump, exe, symbols=("dynsym", "none"))

    def _by_build_id(self, name, compiler, source):
        b = self.built(name, ["-O2", "-Wl,--build-id=sha1"], compiler=compiler, source=source)
        if not b:
            return
        d, exe, oracle, dump = b
        bid = elf.build_id(exe)
        debug = os.path.join(d, "dbg", ".build-id", bid[:2], bid[2:] + ".debug")
        self._split(exe, debug)
        args = ["--debug-dir", os.path.join(d, "dbg")]
        frames.compare(self.report, name, args, dump, exe, oracle, clang="clang" in compiler)
        self._nothing(name + ", without --debug-dir", [], dump, exe, symbols=("dynsym", "none"))

    def moved(self):
        for lang, source in PROGRAMS:
            compiler = "gcc" if lang == "c" else "g++"
            for how in ("BINARY", "--path-map", "--sysroot"):
                name = "moved/%s/%s" % (lang, how)
                b = self.built(name, compiler=compiler, source=source)
                if b:
                    self._moved_case(name, how, *b)
        name = "moved/c/removed while it ran, --path-map"
        b = self.built(name, args=["unlink"])
        if b:
            d, exe, oracle, dump = b
            self._marked_deleted(name, exe, dump)
            frames.compare(self.report, name, ["--path-map", "%s=%s" % (exe, oracle)], dump, exe, oracle)
            self._nothing("moved/c/removed while it ran, no file", [], dump, exe)

    def _moved_case(self, name, how, d, exe, oracle, dump):
        os.remove(exe)
        away = os.path.join(d, "elsewhere", "else")
        os.makedirs(os.path.dirname(away))
        if how == "BINARY":
            shutil.copy(oracle, away)
            frames.compare(self.report, name, [away], dump, exe, oracle)
        elif how == "--path-map":
            shutil.copy(oracle, os.path.join(os.path.dirname(away), os.path.basename(exe)))
            frames.compare(self.report, name, ["--path-map", "%s=%s" % (d, os.path.dirname(away))],
                           dump, exe, oracle)
            self._nothing(name + ", not given", [], dump, exe)
        else:
            self._sysroot(name, d, exe, oracle, dump)

    def _sysroot(self, name, d, exe, oracle, dump):
        root = os.path.join(d, "root")
        lo = {m for _, _, _, _, m in elf.Dump(dump).maps if m.startswith("/")}
        for path in sorted(lo):
            to = root + path
            os.makedirs(os.path.dirname(to), exist_ok=True)
            shutil.copy(oracle if path == exe else path, to)
        args = ["--sysroot", root]
        # the libraries of the host have debug files that must not be used: the program only
        prof = frames.Profile([*args, dump])
        classes = {"label": 0, "object file": 0, "nearest": 0, "no inlines": 0, "by clang": set()}
        bad, n = frames.check_llvm(prof, exe, oracle, None, classes)
        bad += frames.check_addresses(prof, elf.Dump(dump), lambda p: root + p)
        owned, _ = frames.check_owned(prof, lambda p: root + p)
        for m in prof.info["modules"]:
            for key in ("file", "debug_file"):
                if m.get(key) and not m[key].startswith(root):
                    bad.append("%s of the host was used: %s" % (key, m[key]))
        if n < 5:
            bad.append("only %d addresses" % n)
        self.report.check(name, prof.problems + bad + owned, "%d addresses of the program" % n)
        shutil.rmtree(root)
        os.makedirs(root)
        self._nothing(name + ", empty", args, dump, exe)

    def _marked_deleted(self, name, exe, dump):
        with open(dump) as f:
            if (exe + " (deleted)\n") not in f.read():
                self.report.check(name + ", premise", "the dump does not say (deleted)")

    def _nothing(self, name, args, dump, exe, symbols=("none",)):
        """No name is invented for @exe: its rows are module+0xoffset, and it keeps its bytes."""
        prof = frames.Profile([*args, dump])
        bad = list(prof.problems)
        own = [(a, c) for (m, a), c in prof.chain.items() if m == exe]
        if not own:
            bad.append("no frame lies in the program")
        bad += ["0x%x is called %s" % (a or 0, frames.brief(c)) for a, c in own if c[0]["name"]]
        if prof.symbols_kind(exe) not in symbols:
            bad.append("info says symbols: %s" % prof.symbols_kind(exe))
        doc = hprof_json("top", "--json", *args, dump)
        rows = [r["name"] for r in doc["rows"] if r.get("module") == exe]
        pattern = re.compile(re.escape(os.path.basename(exe)) + r"\+0x[0-9a-f]+$")
        bad += ["row %s is not module+0xoffset" % r for r in rows if not pattern.match(r)]
        if not rows:
            bad.append("no row of the program")
        with_names = hprof_json("top", "--json", dump)["total"]
        if doc["total"] != with_names or not doc["total"]:
            bad.append("total %s, was %s" % (doc["total"], with_names))
        self.report.check(name, bad, "%d rows" % len(rows))

    def replaced(self):
        """Another program lies at the recorded path: it must not give its names."""
        name = "moved/c/replaced by another program"
        b = self.built(name)
        if not b:
            return
        d, exe, _, dump = b
        build("gcc", "known.c", exe, "-g", "-O2")
        prof = frames.Profile([dump])
        bad = ["0x%x is called %s" % (a or 0, frames.brief(c)) for (m, a), c in prof.chain.items()
               if m == exe and c[0]["name"]]
        if not prof.doc["warnings"]:
            bad.append("no warning")
        self.report.check(name, bad)

    # --- Rust ---

    def rust(self):
        compiler = rustc()
        for opt in ("0", "2"):
            for scheme in ("legacy", "v0"):
                name = "frames/rust/%s/O%s" % (scheme, opt)
                if not compiler:
                    self.report.skip(name, "no rustc")
                    continue
                d = self.folder()
                flags = ["-g", "-C", "opt-level=" + opt]
                if scheme == "v0":
                    flags += ["-C", "symbol-mangling-version=v0"]
                exe = build(compiler, "traits.rs", os.path.join(d, "prog"), *flags)
                dump = capture_one(os.path.join(d, "heap"), [exe])
                frames.compare(self.report, name, [], dump, exe)
                self._impls(name + "/impls apart", dump, exe)

    def _impls(self, name, dump, exe):
        for style in ("short", "full"):
            rows = {r["name"]: r["cum"] for r in
                    hprof_json("top", "--json", "--names", style, dump)["rows"]}
            bad = []
            for impl in ("Disk", "Net"):
                hit = [n for n in rows if re.search(r"%s.* as .*Source>::produce" % impl, n)]
                if len(hit) != 1 or not rows[hit[0]] > 0:
                    bad.append("%s::produce: rows %s" % (impl, hit))
            self.report.check("%s/%s" % (name, style), bad)


def absent_peer(report, group):
    missing = have(*PEERS)
    if missing:
        report.skip(group, "no " + missing)
    return missing


def run_group(report, work, long):
    if absent_peer(report, "frames"):
        return
    m = Matrix(report, work, long)
    for part in (m.compilers, m.layouts, m.separate_debug, m.moved, m.replaced, m.rust):
        part()
    out = hprof("formats")
    report.check("formats names jemalloc", [] if "jemalloc" in out else "it does not")
