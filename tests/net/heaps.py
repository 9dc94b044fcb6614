# heaps.py - random programs, and random heap profiles of them in every format that is read.
"""A Program is modules and the places in them that call; a Profile is rows of a run of it: stacks of places
with values.  write() puts a Profile into one of FORMATS.  Everything follows from the random.Random passed in."""
import copy
import os
import re
import sys
import zlib

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from wire import message, number, varint  # noqa: E402

TYPES = ("inuse_objects", "inuse_space", "alloc_objects", "alloc_space")
FORMATS = ("jemalloc", "gperftools", "symbolized", "pprof", "massif")
NAMED = ("symbolized", "pprof", "massif")  # the names are in the file
TEXT = 0x1000  # where the code of a module begins, in the file and from its first byte in memory
SIZE = 0x100000
NAMES = ["main", "run", "Cache::get", "Cache::put", "std::vector<int>::push_back", "parse<int>", "parse<char>",
         "parse<long>", "Ring<unsigned long, short>::at",
         "web::Server::handle", "ns::(anonymous namespace)::helper", "read_config", "JSON::parse", "alloc_buffer",
         "core::ops::function::FnOnce::call_once", "tokio::runtime::park", "x", "_start", "PyObject_Call", "grow"]
FILES = ["", "src/main.cc", "src/cache.cc", "lib/cache.cc", "json.h", "/usr/include/c++/12/vector"]
HOSTILE = ["a;b", "tab\there", "<script>&amp;\"'", "\x1b[31mred", "caf\u00e9", "\u0085c1", "\u202ebidi", "100%s%n", "[unknown]",
           "a\\b", "{}[]", "x" * 300, "#comment", "-n", "name with  blanks"]

SPELLINGS = ("(int)", "(int)", "(char const*, void (*)(int)) const", "(int) [clone .isra.0]", "(int) [clone .constprop.0] [clone .isra.1]")


class Module:
    def __init__(self, path, build_id):
        self.path, self.build_id = path, build_id


class Place:
    """A call: offset in a module, and the calls inlined there as (name, file, line), innermost first."""

    def __init__(self, module, offset, chain):
        self.module, self.offset, self.chain = module, offset, chain


class Program:
    def __init__(self, modules, places):
        self.modules, self.places = modules, places


class Row:
    def __init__(self, stack, values, thread=None):
        self.stack, self.values, self.thread = stack, values, thread

    def copy(self):
        return Row(self.stack, list(self.values), self.thread)


class Profile:
    def __init__(self, program, rows, form, period, bases):
        self.program, self.rows, self.form, self.period, self.bases = program, rows, form, period, bases
        self.threads = {}       # id: name or ""
        self.types = TYPES      # those that are written, of pprof
        self.unmapped = set()   # modules that the map does not list
        self.lines = {}         # module: how its map is written, one of LINES
        self.moments = []       # of massif: rows of each snapshot; self.rows is the one at the peak
        self.with_files = False # the program and its libraries lie in a folder, to be named

    def copy(self):
        p = copy.copy(self)
        p.rows = [r.copy() for r in self.rows]
        p.moments = [[r.copy() for r in rows] for rows in self.moments]
        return p

    def total(self, name):
        """Of the rows as they are, without an estimate."""
        return sum(r.values[TYPES.index(name)] for r in self.rows)


# --- programs ---

def build_id(rng):
    return "%040x" % rng.getrandbits(160)


def draw_name(rng):
    roll = rng.random()
    if roll < 0.04:
        return rng.choice(HOSTILE)
    if roll < 0.5:
        return rng.choice(NAMES)
    return "f%d" % rng.randrange(30)


DWARF = {"parse<long>": "parse<long int>", "Ring<unsigned long, short>::at": "Ring<long unsigned int, short int>::at"}


def plain(name):
    """@name as the demangler spells it, where it may be as g++ writes it in DWARF."""
    return next((k for k, v in DWARF.items() if v == name), name)


def bare_name(name):
    """@name without what respell() adds to it."""
    name = plain(re.sub(r"( \[clone [.a-z0-9]*\])+$", "", name))
    for arguments in SPELLINGS[:3]:
        if name.endswith(arguments):
            name = name[:-len(arguments)]
            return name[5:] if name.startswith("void ") and name.endswith(">") else name
    return name


def respell(rng, program):
    """Functions of C++ with their arguments, as where they are called, or without, as where all calls are inlined."""
    names = sorted({bare_name(c[0]) for p in program.places for c in p.chain})
    spelling = {n: rng.choice(SPELLINGS) for n in names if rng.random() < 0.4 and (n in NAMES or re.match(r"f\d+$", n))}
    dwarf = {n for n in names if n in DWARF and rng.random() < 0.5}
    mixed = rng.random() < 0.3  # one profile has both
    for p in program.places:
        for i, (name, file, line) in enumerate(p.chain):
            name = bare_name(name)
            if name in spelling and not (mixed and rng.random() < 0.5):
                name = ("void " if name.endswith(">") else "") + name + spelling[name]
            elif name in dwarf:
                name = DWARF[name]
            p.chain[i] = (name, file, line)


def draw_program(rng):
    many = rng.random() < 0.03
    modules = [Module("/opt/app/server", build_id(rng))]
    for i in range(rng.randrange(200) if many else rng.choice((0, 1, 1, 2, 3, 5))):
        folder = rng.choice(("/usr/lib", "/opt/app/plugins", "/opt/b"))
        modules.append(Module("%s/lib%d.so" % (folder, i if many else rng.randrange(4)), build_id(rng)))
    paths = set()
    modules = [m for m in modules if not (m.path in paths or paths.add(m.path))]
    places, used = [], set()
    for _ in range(rng.choice((1, 3, 8, 20, 40))):
        module = rng.randrange(len(modules))
        offset = TEXT + 16 * rng.randrange(2000) + 5
        if (module, offset) in used:
            continue
        used.add((module, offset))
        places.append(Place(module, offset, draw_chain(rng)))
    if rng.random() < 0.4:  # the allocator of most dumps, at their leaves
        modules.append(Module("/usr/lib/x86_64-linux-gnu/libjemalloc.so.2", build_id(rng)))
        places.append(Place(len(modules) - 1, TEXT + 0x105, [("malloc", "", 0)]))
    program = Program(modules, places)
    if rng.random() < 0.2:
        respell(rng, program)
    return program


def draw_chain(rng):
    n = rng.choice((1, 1, 1, 1, 2, 3))
    return [(draw_name(rng), rng.choice(FILES), rng.choice((0, 1, 10, 10, 77))) for _ in range(n)]


def rebuild(rng, old):
    """Another build of a program: other addresses, lines and build IDs; some code in another module."""
    program = Program([Module(m.path, build_id(rng) if rng.random() < 0.8 else m.build_id) for m in old.modules],
                      [Place(p.module, p.offset, list(p.chain)) for p in old.places])
    used = set()
    for p in program.places:
        if rng.random() < 0.2:
            p.module = rng.randrange(len(program.modules))
        moved = program.modules[p.module].build_id != old.modules[p.module].build_id
        while moved or (p.module, p.offset) in used:
            p.offset = TEXT + 16 * rng.randrange(2000) + 5
            if (p.module, p.offset) not in used:
                break
        used.add((p.module, p.offset))
        if moved:
            p.chain = [(name, file, line and line + 1) for name, file, line in p.chain]
    if rng.random() < 0.4:
        respell(rng, program)
    return program


# --- rows ---

def draw_values(rng, mode):
    def number():
        if mode in ("large", "huge"):  # what is huge fits 64 bits, the sum of two does not
            return rng.choice((1 << 40, (1 << 52) + 1, 3 << 30, rng.getrandbits(50)) + ((1 << 58) - 1,) * (mode == "huge"))
        return rng.choice((1, 1, 2, 3, rng.randrange(1, 50), rng.randrange(1, 3000)))

    size = rng.choice((8, 16, 48, 112, 4096, 65536, rng.randrange(1, 100000)))
    if mode in ("large", "huge"):
        size = rng.choice((1, 16))
    live = number() if rng.random() < 0.8 else 0
    ever = live + (number() if rng.random() < 0.7 else 0)
    values = [live, live * size, ever, ever * size]
    if mode == "signed" and rng.random() < 0.4:
        values = [-v for v in values]
    if mode == "zero" and rng.random() < 0.5:
        values = [0, 0, 0, 0]
    return values


def draw_stack(rng, program, deep):
    n = len(program.places)
    allocator = program.places[-1].chain[0][0] == "malloc"
    length = rng.choice((1, 2, 3, 3, 5, 8, 20))
    if deep and rng.random() < 0.2:
        length = rng.choice((100, 127, 128, 129, 255, 256, 300))
    stack = [rng.randrange(n - allocator) if n > allocator else 0 for _ in range(length)]
    if allocator and rng.random() < 0.9:
        stack.insert(0, n - 1)
    return tuple(stack)


def draw_rows(rng, program, form):
    mode = rng.choice(("plain", "plain", "plain", "zero", "huge", "signed", "cancel"))
    if form == "massif" and mode in ("signed", "cancel"):
        mode = "plain"
    if form in ("massif", "jemalloc") and mode == "huge":  # these write sums, in 64 bits
        mode = "large"
    deep = rng.random() < 0.15 and form not in ("massif",)
    rows = []
    for _ in range(rng.choice((0, 1, 2, 5, 10, 20, 40))):
        stack = () if rng.random() < 0.03 else draw_stack(rng, program, deep)
        rows.append(Row(stack, draw_values(rng, mode)))
        if rng.random() < 0.15:  # again, and the caller alone
            rows.append(Row(rng.choice(rows).stack, draw_values(rng, mode)))
        if mode == "cancel" and rng.random() < 0.5:
            rows.append(Row(rows[-1].stack, [-v for v in rows[-1].values]))
    rng.shuffle(rows)
    return rows


def draw_bases(rng, program):
    slots = rng.sample(range(2000), len(program.modules))
    return [0x550000000000 + 0x200000 * slots[0]] + [0x7f0000000000 + 0x200000 * s for s in slots[1:]]


def add_threads(rng, p):
    ids = [str(i) for i in range(rng.randrange(1, 5))]
    if p.form == "pprof":  # whatever its writer calls them; a name without an id is one
        ids = [rng.choice((i, i, "0x7f%s" % i, "-%s" % i, "worker", "1%s (a.b)+" % i, "18446744073709551%s" % i)) for i in ids]
    p.threads = {i: rng.choice(("", "", "main", "worker", "pool-%s" % i)) for i in ids}
    for r in p.rows:
        r.thread = rng.choice(ids)
    if p.form == "jemalloc":  # there a stack has a row for each thread
        p.rows = merge_rows(p.rows)


def merge_rows(rows):
    known = {}
    for r in rows:
        key = (r.stack, r.thread)
        if key in known:
            known[key].values = [a + b for a, b in zip(known[key].values, r.values)]
        else:
            known[key] = r
    return list(known.values())


def draw_profile(rng, program=None, form=None, bases=None):
    program = program or draw_program(rng)
    form = form or rng.choice(FORMATS)
    period = rng.choice((0, 1, 4096, 524288)) if form != "massif" else 0
    p = Profile(program, draw_rows(rng, program, form), form, period, bases or draw_bases(rng, program))
    if form in ("jemalloc", "pprof") and rng.random() < 0.5:
        add_threads(rng, p)
    if form == "pprof":
        p.types = rng.choice((TYPES, TYPES, TYPES[:2], ("inuse_space",), TYPES[::-1], TYPES[2:]))
    if form == "massif":
        p.rows = [r for r in p.rows if r.stack] or [Row(draw_stack(rng, program, False), [1, 8, 1, 8])]
        p.moments = [p.rows]
        for _ in range(rng.randrange(4)):
            p.moments.append([Row(r.stack, [v // 2 for v in r.values]) for r in p.rows if rng.random() < 0.7])
    if form in ("jemalloc", "gperftools") and rng.random() < 0.1:
        p.unmapped = {rng.randrange(len(program.modules))}
    return p


RELATIONS = ("same", "same", "aslr", "rebuilt", "rebuilt", "unloaded", "format", "types", "other")


def draw_next(rng, p):
    """A profile of the same program at another time, of another run of it, or of another build."""
    how = rng.choice(RELATIONS)
    form, program, bases = p.form, p.program, p.bases
    if how == "other":
        return draw_profile(rng)
    if how == "format":
        form = rng.choice(FORMATS)
    if how == "rebuilt":
        program = rebuild(rng, program)
    if how == "rebuilt" and (p.with_files or rng.random() < 0.2):  # deployed beside the old one
        for m in program.modules:  # an equal build under another path would be the same module
            m.path, m.build_id = "/srv/next" + m.path, build_id(rng)
    if how in ("aslr", "rebuilt"):
        bases = draw_bases(rng, program)
    q = draw_profile(rng, program, form, bases)
    q.with_files = p.with_files
    if form == p.form:
        q.period = p.period
        q.types = p.types if how != "types" else q.types
    if how == "unloaded" and len(program.modules) > 1 and form in ("jemalloc", "gperftools"):
        q.unmapped = {rng.randrange(1, len(program.modules))}
    if how in ("same", "unloaded") and rng.random() < 0.8:  # most stacks live on
        q.rows = [r.copy() for r in p.rows if rng.random() < 0.8] + q.rows[:len(q.rows) // 3]
        for r in q.rows:
            r.thread = r.thread if r.thread in q.threads else next(iter(q.threads), None)
        if form == "jemalloc":
            q.rows = merge_rows(q.rows)
        if form == "massif":
            q.rows = [r for r in q.rows if r.stack] or [Row(draw_stack(rng, program, False), [1, 8, 1, 8])]
            q.moments = [q.rows]
    return q


# --- writing ---

def address(p, place):
    at = p.program.places[place]
    return p.bases[at.module] + at.offset


def addresses(p, stack):
    return " ".join("0x%x" % address(p, i) for i in stack)


LINES = ("split", "patched", "code", "protected", "again")


def map_lines(base, of, how):
    """The image at @base as the kernel shows it: whole, or after changes that a process makes while it runs."""
    def line(start, end, perms, at=0):
        return "%x-%x %s %08x %s" % (base + at + start, base + at + end, perms, start, of)
    if how == "split":
        return [line(0, TEXT, "r--p"), line(TEXT, SIZE // 2, "r-xp"), line(SIZE // 2, SIZE, "r-xp")]
    if how == "patched":  # a page of code is writable
        return [line(0, TEXT, "r--p"), line(TEXT, TEXT * 3, "r-xp"), line(TEXT * 3, TEXT * 4, "rwxp"), line(TEXT * 4, SIZE, "r-xp")]
    if how == "code":
        return [line(TEXT, SIZE, "r-xp")]
    if how == "protected":  # its first page is not to be read
        return [line(0, TEXT // 2, "---p"), line(TEXT // 2, TEXT, "r--p"), line(TEXT, SIZE, "r-xp")]
    lines = [line(0, TEXT, "r--p"), line(TEXT, SIZE, "r-xp")]
    return lines + [line(TEXT, TEXT * 2, "r-xp", SIZE)] if how == "again" else lines


def maps(p):
    lines = ["MAPPED_LIBRARIES:"]
    for i in sorted(range(len(p.bases)), key=lambda i: p.bases[i]):
        if i in p.unmapped:
            continue
        base, path = p.bases[i], p.program.modules[i].path
        lines += map_lines(base, "08:01 %d %s" % (100 + i, path), p.lines.get(i))
    return "\n".join(lines) + "\n"


def pair(values, at=0):
    return "%d: %d [%d: %d]" % (values[at], values[at + 1], values[at + 2], values[at + 3])


def wrapped(values):
    """As a writer prints counters that ran below zero."""
    return [v % (1 << 64) for v in values]


def write_jemalloc(p):
    out = ["heap_v2/%d" % p.period]
    sums = [sum(r.values[i] for r in p.rows) for i in range(4)]
    out.append("  t*: " + pair(wrapped(sums)))
    for i, name in p.threads.items():
        of = [sum(r.values[k] for r in p.rows if r.thread == i) for k in range(4)]
        out.append("  t%s: %s %s" % (i, pair(wrapped(of)), name))
    if not p.threads:
        for r in p.rows:
            out += ["@ " + addresses(p, r.stack), "  t*: " + pair(wrapped(r.values))]
    stacks = {}
    for r in p.rows if p.threads else ():
        stacks.setdefault(r.stack, []).append(r)
    for stack, rows in stacks.items():
        out += ["@ " + addresses(p, stack), "  t*: " + pair(wrapped([sum(r.values[i] for r in rows) for i in range(4)]))]
        out += ["  t%s: %s" % (r.thread, pair(wrapped(r.values))) for r in rows]
    return ("\n".join(out) + "\n\n" + maps(p)).encode()


def gperftools_rows(p):
    kind = "heap_v2/%d" % p.period if p.period else "heapprofile"
    sums = [sum(r.values[i] for r in p.rows) for i in range(4)]
    out = ["heap profile: %s @ %s" % (pair(sums), kind)]
    out += ["%s @ %s" % (pair(r.values), addresses(p, r.stack)) for r in p.rows]
    return "\n".join(out) + "\n"


def write_gperftools(p):
    return (gperftools_rows(p) + "\n" + maps(p)).encode()


def flat_name(name):
    """As a line of text can hold it."""
    return "".join(c if c >= " " and c not in "\x7f\u0085" else "?" for c in name).replace("--", "-") or "?"


def write_symbolized(p):
    out = ["--- symbol", "binary=" + p.program.modules[0].path]
    for i, place in enumerate(p.program.places):
        out.append("0x%016x %s" % (address(p, i), "--".join(flat_name(c[0]) for c in reversed(place.chain))))
    return ("\n".join(out) + "\n---\n--- heap\n" + gperftools_rows(p) + "\n" + maps(p)).encode()


def tree_lines(p, rows):
    """Of massif: the allocation first, its callers below it."""
    root = {"value": 0, "callers": {}}
    for r in rows:
        value = r.values[1]
        if value <= 0:
            continue
        root["value"] += value
        at = root
        for place in r.stack:
            at = at["callers"].setdefault(place, {"value": 0, "callers": {}})
            at["value"] += value

    def put(node, level, text):
        yield "%sn%d: %d %s" % (" " * level, len(node["callers"]), node["value"], text)
        for place, below in sorted(node["callers"].items(), key=lambda c: (-c[1]["value"], c[0])):
            name, file, line = p.program.places[place].chain[0]
            where = "%s:%d" % (file.split("/")[-1], line) if file else "in " + p.program.modules[
                p.program.places[place].module].path
            yield from put(below, level + 1, "0x%X: %s (%s)" % (address(p, place), flat_name(name), where))

    return list(put(root, 0, "(heap allocation functions) malloc/new/new[], --alloc-fns, etc."))


def write_massif(p):
    out = ["desc: --detailed-freq=1", "cmd: ./server", "time_unit: i"]
    for i, rows in enumerate(reversed(p.moments)):
        heap = sum(max(r.values[1], 0) for r in rows)
        kind = "peak" if rows is p.moments[0] else "detailed"
        out += ["#-----------", "snapshot=%d" % i, "#-----------", "time=%d" % (1000 * i), "mem_heap_B=%d" % heap,
                "mem_heap_extra_B=8", "mem_stacks_B=0", "heap_tree=" + kind] + tree_lines(p, rows)
        if heap % 2:  # some have no tree
            out += ["#-----------", "snapshot=%d" % (100 + i), "#-----------", "time=%d" % (1000 * i + 1),
                    "mem_heap_B=%d" % (heap // 2), "mem_heap_extra_B=8", "mem_stacks_B=0", "heap_tree=empty"]
    return ("\n".join(out) + "\n").encode()


def write_pprof(p):
    strings = {"": 0}

    def text(s):
        return strings.setdefault(s, len(strings))

    out, functions = [], {}
    for name in p.types:
        out.append(message(1, number(1, text(name)), number(2, text("bytes" if "space" in name else "count"))))
    for r in p.rows:
        values = b"".join(varint(r.values[TYPES.index(t)]) for t in p.types)
        labels = []
        if r.thread is not None and re.fullmatch("-?[1-9]", r.thread) and len(r.stack) % 2:
            labels.append(message(3, number(1, text("thread")), number(3, int(r.thread))))
        elif r.thread is not None and r.thread != p.threads[r.thread]:
            labels.append(message(3, number(1, text("thread")), number(2, text(r.thread))))
        if r.thread is not None and p.threads[r.thread]:
            labels.append(message(3, number(1, text("thread_name")), number(2, text(p.threads[r.thread]))))
        out.append(message(2, message(1, *(varint(i + 1) for i in r.stack)), message(2, values), *labels))
    for i, m in enumerate(p.program.modules):
        out.append(message(3, number(1, i + 1), number(2, p.bases[i] + TEXT), number(3, p.bases[i] + SIZE), number(4, TEXT),
                           number(5, text(m.path)), number(6, text(m.build_id)), number(7, 1)))
    for i, place in enumerate(p.program.places):
        lines = []
        for name, file, line in place.chain:
            f = functions.setdefault((name, file), len(functions) + 1)
            lines.append(message(4, number(1, f), number(2, line)))
        out.append(message(4, number(1, i + 1), number(2, place.module + 1), number(3, address(p, i)), *lines))
    for (name, file), i in functions.items():
        out.append(message(5, number(1, i), number(2, text(name)), number(3, text(name)), number(4, text(file))))
    if p.period:
        out += [message(11, number(1, text("space")), number(2, text("bytes"))), number(12, p.period)]
    table = [message(6, s.encode()) for s in strings]
    pack = zlib.compressobj(1, zlib.DEFLATED, 31)
    return pack.compress(b"".join(out + table)) + pack.flush()


WRITERS = {"jemalloc": write_jemalloc, "gperftools": write_gperftools, "symbolized": write_symbolized,
           "pprof": write_pprof, "massif": write_massif}


def write(p):
    return WRITERS[p.form](p)
