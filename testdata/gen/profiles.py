#!/usr/bin/env python3
# profiles.py - write the made-up files of testdata/pprof: what writers do differently, and what is refused.
"""usage: profiles.py FOLDER     makes FOLDER/ok and FOLDER/bad"""
import gzip
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../tests"))
from wire import field as num, message as data, varint  # noqa: E402

HEAP = [("inuse_objects", "count"), ("inuse_space", "bytes")]
ALL = HEAP + [("alloc_objects", "count"), ("alloc_space", "bytes")]


class Profile:
    """Parts are appended in any order; dump() writes them in that of their fields, or strings first."""

    def __init__(self, types=HEAP, first=""):
        self.strings = [first]
        self.parts = []
        for name, unit in types:
            self.add(1, num(1, self.s(name)) + num(2, self.s(unit)))

    def s(self, text):
        if text not in self.strings:
            self.strings.append(text)
        return self.strings.index(text)

    def add(self, field, body):
        self.parts.append((field, data(field, body)))

    def set(self, field, n):
        self.parts.append((field, num(field, n)))

    def function(self, id, name, system="", file="", more=b""):
        self.add(5, num(1, id) + num(2, self.s(name)) + num(3, self.s(system)) + num(4, self.s(file)) + more)

    def mapping(self, id, start, limit, offset, file, build_id="", flags=False):
        body = num(1, id) + num(2, start) + num(3, limit) + num(4, offset) + num(5, self.s(file)) + num(6, self.s(build_id))
        self.add(3, body + (b"".join(num(f, 1) for f in (7, 8, 9, 10)) if flags else b""))

    def location(self, id, address, lines=(), mapping=0):
        body = num(1, id) + (num(2, mapping) if mapping else b"") + (num(3, address) if address else b"")
        for line in lines:
            function, number = line if isinstance(line, tuple) else (line, 0)
            body += data(4, num(1, function) + (num(2, number) if number else b""))
        self.add(4, body)

    def label(self, key, text=None, number=None, unit=""):
        body = num(1, self.s(key))
        body += num(2, self.s(text)) if text is not None else num(3, number) + num(4, self.s(unit))
        return data(3, body)

    def sample(self, stack, values, labels=b"", packed=True):
        if packed:
            body = data(1, b"".join(map(varint, stack))) + data(2, b"".join(map(varint, values)))
        else:
            body = b"".join(num(1, x) for x in stack) + b"".join(num(2, x) for x in values)
        self.add(2, body + labels)

    def dump(self, strings_first=False, strings=None):
        table = [(6, data(6, t if isinstance(t, bytes) else t.encode())) for t in (strings or self.strings)]
        parts = sorted(self.parts, key=lambda p: p[0])
        parts = table + parts if strings_first else parts + table
        return b"".join(body for _, body in sorted(parts, key=lambda p: 0 if p[0] == 6 and strings_first else p[0]))

    def dump_reversed(self):
        parts = self.parts + [(6, data(6, t.encode())) for t in self.strings]
        return b"".join(body for _, body in sorted(parts, key=lambda p: -p[0]))


def small(types=HEAP):
    """Two functions, three stacks."""
    p = Profile(types)
    p.function(1, "main", "", "main.c")
    p.function(2, "ns::make<int>(char)", "_ZN2ns4makeIiEEvc", "make.cc")
    p.location(1, 0x1010, [(1, 7)])
    p.location(2, 0x2020, [(2, 11), (1, 8)])
    p.sample([2, 1], [3, 300, 5, 500][:len(types)])
    p.sample([1], [1, 40, 1, 40][:len(types)])
    return p


def ok():
    yield "small.pb.gz", pack(small(ALL).dump())

    p = Profile([("objects", "count"), ("space", "bytes")])  # as of old; ids with gaps, unpacked, fields of tomorrow
    p.function(70, "leaf", "leaf", "", num(99, 5) + data(98, b"future"))
    p.function(9, "", "only_system")
    p.location(1 << 40, 0x99, [70])
    p.location(3, 0x33, [9])
    p.sample([1 << 40, 3], [2, 64], packed=False)
    p.sample([3], [-1, -16], packed=False)
    p.sample([], [1, 8])
    p.parts.append((77, data(77, b"whatever") + varint(76 << 3 | 5) + b"1234" + varint(75 << 3 | 1) + b"12345678"))
    yield "unusual.pb", p.dump(strings_first=True)

    p = Profile()  # addresses of files that nobody knows the place of; two files have the same address
    p.mapping(1, 0, (1 << 64) - 1, 0, "/srv/app/server", "00112233445566778899aabbccddeeff00112233")
    p.mapping(2, 0, (1 << 64) - 1, 0, "/srv/app/libplugin.so", "ffeeddccbbaa99887766554433221100ffeeddcc")
    p.location(1, 0x1234, mapping=1)
    p.location(2, 0x1234, mapping=2)
    p.sample([2, 1], [1, 1000])
    p.sample([1], [1, 24])
    yield "relative.pb.gz", pack(p.dump())

    p = Profile()  # nothing has a name, and one location not even an address
    p.mapping(1, 0x1000, 0x2000, 0, "")
    p.location(1, 0x1100, mapping=1)
    p.location(2, 0, mapping=1)
    p.location(3, 0)
    p.sample([1, 2], [1, 5])
    p.sample([3], [1, 6])
    yield "bare.pb", p.dump()

    p = Profile()  # the types come late, where nobody looks any more who asks what a file is
    for i in range(1, 200):
        p.function(i, "function%d" % i, "", "f.c")
        p.location(i, 16 * i, [(i, i)])
        p.sample([i, 1], [1, i])
    yield "late-types.pb.gz", pack(p.dump_reversed())

    p = Profile()  # one file, where two processes had it
    p.mapping(1, 0x400000, 0x410000, 0x1000, "/srv/app/server", "ab" * 20)
    p.mapping(2, 0x7F0000000000, 0x7F0000010000, 0x1000, "/srv/app/server", "ab" * 20)
    p.location(1, 0x400010, mapping=1)
    p.location(2, 0x7F0000000010, mapping=2)
    p.sample([1], [1, 10])
    p.sample([2], [1, 20])
    yield "processes.pb", p.dump()

    p = Profile()  # a file without its folder
    p.mapping(1, 0x400000, 0x500000, 0x1000, "server", "ab" * 20)
    p.location(1, 0x400010, mapping=1)
    p.location(2, 0x400020, mapping=1)
    p.sample([1], [1, 10])
    p.sample([2], [1, 20])
    yield "short-path.pb", p.dump()

    p = Profile()  # two processes in one file: what they had at one place overlaps
    p.mapping(1, 0x400000, 0x500000, 0, "/srv/app/one", "aa" * 20)
    p.mapping(2, 0x480000, 0x580000, 0x1000, "/srv/app/two", "bb" * 20)
    p.location(1, 0x490010, mapping=1)
    p.location(2, 0x490010, mapping=2)
    p.sample([1], [1, 10])
    p.sample([2], [1, 20])
    yield "overlap.pb.gz", pack(p.dump())

    p = Profile()  # the same with the kernel's page at the end of memory, and files without end
    p.mapping(1, 0x400000, 0x500000, 0, "/srv/app/one", "aa" * 20)
    p.mapping(2, (1 << 64) - 0xa00000, (1 << 64) - 0x9ff000, 0, "[vsyscall]")
    p.mapping(3, 0x480000, 0x580000, 0x1000, "/srv/app/two", "bb" * 20)
    p.mapping(4, 0x1000, (1 << 64) - 0x1000, 0, "/srv/app/three")
    p.location(1, 0x490010, mapping=1)
    p.location(2, 0x490010, mapping=3)
    p.location(3, 0x490010, mapping=4)
    p.sample([1], [1, 10])
    p.sample([2], [1, 20])
    p.sample([3], [1, 40])
    yield "overlap-end.pb", p.dump()

    p = Profile(ALL)
    p.function(1, "main")
    p.function(2, "work")
    p.location(1, 0x10, [1])
    p.location(2, 0x20, [2])
    for thread, name, n in (("1", "main", 1), ("2", "worker", 2), ("3", "worker", 3)):
        p.sample([2, 1], [n, n * 48, n, n * 48], p.label("bytes", number=48, unit="bytes") +
                 p.label("thread", thread) + p.label("thread_name", name) + p.label("other", "x"))
    p.sample([2, 1], [1, 64, 1, 64], p.label("bytes", number=64, unit="bytes") + p.label("thread", "pool-1"))
    p.sample([1], [0, 0, 1, 8])
    p.set(9, 1700000000000000000)
    p.add(11, num(1, p.s("space")) + num(2, p.s("bytes")))
    p.set(12, 524288)
    yield "threads.pb.gz", pack(p.dump())

    p = Profile()  # ids of threads that are texts or numbers, and names without an id
    p.function(1, "main")
    p.function(2, "work")
    p.location(1, 0x10, [1])
    p.location(2, 0x20, [2])
    for n, labels in enumerate((p.label("thread", "0x7f12") + p.label("thread_name", "worker"),
                                p.label("thread", "0x7f34") + p.label("thread_name", "worker"),
                                p.label("thread", "-5") + p.label("thread_name", "main"), p.label("thread", number=7),
                                p.label("thread", number=-5), p.label("thread_name", "main"), p.label("thread", "worker"),
                                p.label("thread", number=0), b"")):
        p.sample([1 + n % 2, 1], [1, 1 << n], labels)
    yield "thread-ids.pb", p.dump()

    p = Profile()  # text that must not reach a terminal
    p.function(1, "evil\x1b[31m</script>\";name", "", "a\nb.c")
    p.function(2, "x" * 5000)
    p.location(1, 0x10, [1])
    p.location(2, 0x20, [2])
    p.sample([1, 2], [1, 100])
    strings = [t.encode() for t in p.strings]
    strings[strings.index(b"a\nb.c")] = b"\xff\xfe.c"
    yield "hostile.pb.gz", pack(p.dump(strings=strings))

    p = small(HEAP + [("space", "bytes"), ("time", "seconds")])  # one type twice, one that is of no heap
    yield "types.pb.gz", pack(p.dump())

    p = small([("alloc_objects", "count"), ("alloc_space", "bytes")])  # nothing of what is in use
    yield "alloc-only.pb", p.dump()

    p = small([("a b", "bytes"), ("a;b", "bytes"), ("a_b", "bytes")])  # types that read alike without blanks
    p.sample([2], [1, 2, 4])
    yield "types-alike.pb", p.dump()

    yield "empty.pb.gz", pack(Profile(ALL).dump())
    yield "header.pb", (lambda p: (p.add(11, num(1, p.s("space")) + num(2, p.s("bytes"))), p.set(12, 4096), p)[-1])(Profile()).dump()


def pack(raw):
    return gzip.compress(raw, mtime=0)


def bad():
    raw = small().dump()
    yield "cut.pb", raw[:-9]
    yield "cut.pb.gz", pack(raw)[:-20]
    timed = small()
    timed.set(9, 1)
    yield "twice.pb", 2 * timed.dump()
    yield "twice.pb.gz", 2 * pack(timed.dump())
    yield "twice-no-time.pb", 2 * raw

    def variant(change, types=HEAP):
        p = small(types)
        change(p)
        return p.dump()

    yield "location-0.pb", variant(lambda p: p.sample([0], [1, 1]))
    yield "location-unknown.pb", variant(lambda p: p.sample([2, 9999], [1, 1]))
    yield "location-twice.pb", variant(lambda p: p.location(1, 0x99))
    yield "location-id-0.pb", variant(lambda p: p.location(0, 0x99))
    yield "location-mapping.pb", variant(lambda p: p.location(3, 0x99, mapping=4))
    yield "location-line.pb", variant(lambda p: p.add(4, num(1, 3) + num(4, 7)))
    yield "line-function-0.pb", variant(lambda p: p.location(3, 0x99, [0]))
    yield "line-function.pb", variant(lambda p: p.location(3, 0x99, [77]))
    yield "values-few.pb", variant(lambda p: p.sample([1], [1]))
    yield "values-many.pb", variant(lambda p: p.sample([1], [1, 2, 3]))
    yield "values-cut.pb", variant(lambda p: p.add(2, data(1, varint(1)) + data(2, b"\x01\x80")))
    yield "values-text.pb", variant(lambda p: p.add(2, varint(2 << 3 | 1) + b"12345678"))
    yield "mapping-id-0.pb", variant(lambda p: p.mapping(0, 1, 2, 0, "/x"))
    yield "mapping-twice.pb", variant(lambda p: (p.mapping(1, 1, 2, 0, "/x"), p.mapping(1, 3, 4, 0, "/y")))
    yield "mapping-string.pb", variant(lambda p: p.add(3, num(1, 1) + num(5, 500)))
    yield "function-id-0.pb", variant(lambda p: p.function(0, "f"))
    yield "function-twice.pb", variant(lambda p: p.function(2, "f"))
    yield "function-string.pb", variant(lambda p: p.add(5, num(1, 3) + num(2, -1)))
    yield "function-number.pb", variant(lambda p: p.add(5, num(1, 3) + data(2, b"name")))
    yield "function-cut.pb", variant(lambda p: p.add(5, num(1, 3) + varint(2 << 3 | 2) + varint(200)))
    yield "label-string.pb", variant(lambda p: p.sample([1], [1, 1], data(3, num(1, 400) + num(2, 1))))
    yield "label-number.pb", variant(lambda p: p.sample([1], [1, 1], num(3, 4)))
    yield "type-string.pb", (lambda p: (p.add(1, num(1, 900) + num(2, 2)), p)[-1])(Profile()).dump()
    yield "default-string.pb", variant(lambda p: p.set(14, 600))
    yield "comment-string.pb", variant(lambda p: p.set(13, 600))
    yield "comment-second.pb", variant(lambda p: p.add(13, varint(1) + varint(600)))
    yield "comment-cut.pb", variant(lambda p: p.add(13, b"\x01\x80"))
    yield "type-first.pb", (lambda p: (p.parts.insert(0, (1, data(1, num(1, -1) + num(2, 2)))), p)[-1])(Profile()).dump()
    yield "type-none.pb", small([]).dump()
    yield "string-first.pb", Profile(first="not empty").dump()
    yield "string-none.pb", b"".join(body for _, body in Profile().parts)
    yield "group.pb", variant(lambda p: p.parts.append((98, varint(98 << 3 | 3))))
    yield "sample-number.pb", variant(lambda p: p.parts.append((2, num(2, 1))))
    yield "cpu.pb.gz", pack(Profile([("samples", "count"), ("cpu", "nanoseconds")]).dump())
    yield "contentions.pb.gz", pack(Profile([("contentions", "count"), ("delay", "nanoseconds")]).dump())
    yield "goroutine.pb", Profile([("goroutine", "count")]).dump()


def main():
    folder = sys.argv[1]
    for kind, files in (("ok", ok()), ("bad", bad())):
        os.makedirs(os.path.join(folder, kind), exist_ok=True)
        for name, content in files:
            with open(os.path.join(folder, kind, name), "wb") as f:
                f.write(content)


if __name__ == "__main__":
    main()
