# pictures.py - images and pages as other programs see them: poppler, and a decoder of PNG.
import html
import json
import os
import random
import re
import struct
import subprocess
import zlib

from peerlib import BASE_ENV, ROOT, find_hprof, have, hprof, hprof_json, run

MARK = (0xb3, 0x26, 0x1e)  # of the line where rows are cut
NO_FONTS = '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig></fontconfig>\n'
HOSTILE = [b"</script><img src=x onerror=alert(1)>", b"it's (a) \\ 'quoted' page=1 dest='x'",
           b"esc\x1b[31mred\x01", b"bad\xff\xfe utf8", "日本語::関数".encode(), "bidi\u202eevil".encode(),
           b"x" * 5000, b"std::vector<std::map<int, std::string>>::emplace_back(int&&)", b"a]]>b",
           b"\xef\xbf\xbe\xef\xbf\xbf end", b"__proto__", b"name with ... dots", "é".encode() * 300]


class Image:
    """A PNG of eight bits for each of red, green and blue, without filters."""

    def __init__(self, path):
        data, at, packed = open(path, "rb").read(), 8, b""
        if data[:8] != b"\x89PNG\r\n\x1a\n":
            raise ValueError("no PNG")
        self.kinds = []
        while at < len(data):
            size, kind = struct.unpack(">I4s", data[at:at + 8])
            body = data[at + 8:at + 8 + size]
            if zlib.crc32(kind + body) != struct.unpack(">I", data[at + 8 + size:at + 12 + size])[0]:
                raise ValueError("checksum of a chunk")
            self.kinds.append(kind)
            if kind == b"IHDR":
                self.width, self.height, *self.form = struct.unpack(">IIBBBBB", body)
            if kind == b"IDAT":
                packed += body
            at += 12 + size
        if self.form != [8, 2, 0, 0, 0] or self.kinds[0] != b"IHDR" or self.kinds[-1] != b"IEND":
            raise ValueError("form %r, chunks %r" % (self.form, self.kinds[:3]))
        self.stride = 1 + 3 * self.width
        self.rows = zlib.decompress(packed)
        if len(self.rows) != self.stride * self.height or any(self.rows[::self.stride]):
            raise ValueError("%d bytes of pixels" % len(self.rows))

    def pixel(self, x, y):
        at = y * self.stride + 1 + 3 * x
        return tuple(self.rows[at:at + 3])


def write_named(path, names, stacks):
    """A symbolized profile; @stacks: lists of indices of names, the root first, and bytes."""
    with open(path, "wb") as out:
        out.write(b"--- symbol\nbinary=/srv/app\n")
        for i, name in enumerate(names):
            out.write(b"0x%016x %s\n" % (0x1000 + 16 * i, name))
        out.write(b"---\n--- heap\nheap profile: 1: 8 [1: 8] @ heapprofile\n")
        for calls, size in stacks:
            out.write(b"1: %d [1: %d] @ %s\n" % (size, size, b" ".join(
                b"0x%x" % (0x1001 + 16 * i) for i in reversed(calls))))


def write_plain(path, stacks):
    """A dump of jemalloc with one thread; @stacks: addresses, the root first, and bytes."""
    total = sum(size for _, size in stacks)
    with open(path, "w", encoding="ascii") as out:
        row = "  t*: %d: %d [0: 0]\n  t0: %d: %d [0: 0]\n"
        out.write("heap_v2/1\n" + row % (len(stacks), total, len(stacks), total))
        for calls, size in stacks:
            out.write("@ %s\n" % " ".join("0x%x" % c for c in reversed(calls)) + row % (1, size, 1, size))
        out.write("\nMAPPED_LIBRARIES:\n400000-40000000 r-xp 00000000 08:01 1 /none/app\n")


def random_profile(path, base=None):
    rng = random.Random(7)
    names = [b"web::Handler%d::run_and_keep" % i for i in range(60)]
    stacks = []
    for _ in range(300):
        calls = [0] + [rng.randrange(1, 8) + 8 * k for k in range(rng.randrange(1, 7))]
        stacks.append((calls, rng.randrange(1, 9000) ** 2 // 100 + 1))
    write_named(path, names, stacks)
    if base:
        write_named(base, names, [(c, s * rng.choice((0, 1, 1, 2, 5)) + 1) for c, s in stacks[::2]])


def svg_boxes(text):
    """Place and colour of the boxes of flame-svg."""
    pattern = (r'<g data-w="[^"]*"[^>]*><title>(.*?)</title><rect x="([\d.]+)" y="([\d.]+)" '
               r'width="([\d.]+)" height="([\d.]+)" fill="#([0-9a-f]{6})"')
    for m in re.finditer(pattern, text, re.S):
        yield (m[1],) + tuple(float(v) for v in m.groups()[1:5]) + (bytes.fromhex(m[6]),)


def same_boxes(report, name, args, scale, work):
    """What SVG and PNG show of every box: its colour at its corners, and paper above the first."""
    svg, png = os.path.join(work, "a.svg"), os.path.join(work, "a.png")
    hprof("flame", "--no-script", "-o", svg, *args)
    hprof("flame", "--scale", str(scale), "-o", png, *args)
    image, bad, seen = Image(png), [], 0
    for title, x, y, width, height, fill in svg_boxes(open(svg, encoding="utf-8").read()):
        if width < 6 or "others" in title or re.search(", (removed|new)$", title):  # lines are in these
            continue
        seen += 1
        for px in (x + 1.5, x + width - 1.5):
            found = image.pixel(int(px * scale), int((y + 1.5) * scale))
            if max(abs(a - b) for a, b in zip(found, fill)) > 1:
                bad.append("%s at %.1f, %.1f: %r in the PNG, %r in the SVG" % (title, px, y, found, tuple(fill)))
    if seen < 20:
        bad.append("only %d boxes" % seen)
    report.check(name + "/boxes as in the SVG", bad, "%d boxes" % seen)


def pdf_text(path, *args):
    return run(["pdftotext", *args, path, "-"])


def pdf_pages(path):
    return int(re.search(r"^Pages: +(\d+)", run(["pdfinfo", path]), re.M)[1])


def outline(path):
    """(page, title) of each line of the table of contents."""
    text = run(["pdftohtml", "-xml", "-i", "-stdout", path])
    return [(int(p), html.unescape(t)) for p, t in re.findall(r'<item page="(\d+)">(.*?)</item>', text)]


def squeezed(text):
    return re.sub(r"\s+", "", text)


def pages(report, name, args, work):
    pdf = os.path.join(work, "a.pdf")
    hprof("flame", "-o", pdf, *args)
    bad = []
    info = run(["pdfinfo", pdf])
    doc = hprof_json("top", "--json", *args)
    if not re.search(r"Page size: +1190\.55 x 841\.89 pts \(A3\)", info) or "CreationDate" in info:
        bad.append(info)
    text = squeezed(pdf_text(pdf, "-f", "1", "-l", "1"))
    for row in doc["rows"][:40]:
        if squeezed(row["name"]) not in text:
            bad.append("%s is not on the first page" % row["name"])
    graph = squeezed(pdf_text(pdf, "-f", "2", "-l", "2"))
    wide = [r for r in doc["rows"] if r["cum"] > 0.5 * doc["total"]]
    bad += ["%s is not in the graph" % r["name"] for r in wide if squeezed(r["name"]) not in graph]
    report.check(name + "/pages", bad, "%d rows" % len(doc["rows"]))
    lines = outline(pdf)
    flat = [r["name"] for r in doc["rows"] if r["flat"] > 0][:20]
    wanted = [t for p, t in lines if p > 1 and "Flame graph" not in t][:len(flat)]
    bad = ["%r, expected %s" % (t, n) for t, n in zip(wanted, flat) if squeezed(n) not in squeezed(t)]
    if not wanted or len(wanted) != len(flat) or max(p for p, _ in lines) > pdf_pages(pdf):
        bad.append("%d lines: %r" % (len(lines), lines[:4]))
    report.check(name + "/table of contents", bad, "%d lines" % len(lines))


def hostile(report, work):
    path, pdf = os.path.join(work, "hostile.prof"), os.path.join(work, "hostile.pdf")
    write_named(path, HOSTILE, [(list(range(i + 1)), 100 * i) for i in range(1, len(HOSTILE))])
    shown = ["</script><img src=x onerror=alert(1)>", "it's (a) \\ 'quoted' page=1 dest='x'",
             "esc\\x1b[31mred\\x01", "bad\\xff\\xfe utf8", "日本語::関数", "bidi\\u202eevil", "x" * 40, "a]]>b",
             "\\ufffe\\uffff end", "__proto__", "name with ... dots", "é" * 10]
    config = os.path.join(work, "empty.conf")
    open(config, "w", encoding="ascii").write(NO_FONTS)
    for name, env in (("fonts", {}), ("no fonts", {"FONTCONFIG_FILE": config})):
        p = subprocess.run([find_hprof(), "flame", "-o", pdf, path], env={**BASE_ENV, **env},
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        bad = ["exit %d: %s" % (p.returncode, p.stderr)] if p.returncode else []
        if p.stderr.count("no fonts found") != (name == "no fonts"):
            bad.append("said %r" % p.stderr)
        text = squeezed(pdf_text(pdf, "-f", "2", "-l", "2"))
        bad += ["%s is not in the text" % s for s in shown if squeezed(s) not in text]
        titles = squeezed("\n".join(t for _, t in outline(pdf)))
        bad += ["%s is not in the table of contents" % s for s in shown[1:] if squeezed(s) not in titles]
        report.check("hostile names/" + name, bad)


def deep(report, work):
    path, png, pdf = (os.path.join(work, f) for f in ("deep.heap", "deep.png", "deep.pdf"))
    write_plain(path, [([0x400011 + 16 * k for k in range(20000)], 4096)])
    args = ["-q", "--no-symbols"]
    bad = []
    for flame in ([], ["--flame"]):
        hprof("flame", *args, *flame, "-o", png, path)
        image = Image(png)
        column = [image.pixel(image.width // 3, y) for y in range(image.height)]
        red = [y for y, c in enumerate(column) if c == MARK]
        at = 150 if flame else image.height - 70
        if image.height > 32767 or image.height < 32000 or not red or max(abs(y - at) for y in red) > 10:
            bad.append("%d rows of pixels, red ones: %r" % (image.height, red))
    hprof("flame", *args, "-o", pdf, path)
    text = pdf_text(pdf)
    if text.count("19000 rows more are not drawn") != 2 or pdf_pages(pdf) != 1 + 2 * 19:
        bad.append("%d pages, says %r" % (pdf_pages(pdf), re.findall(r".*not drawn", text)))
    drawn = set(re.findall(r"app\+0x[0-9a-f]+", text))
    if len(drawn) < 1000:
        bad.append("%d functions" % len(drawn))
    report.check("20,000 rows", bad)


def wide(report, work):
    path, png, pdf = (os.path.join(work, f) for f in ("wide.heap", "wide.png", "wide.pdf"))
    write_plain(path, [([0x400011, 0x400021 + 16 * k], 100 + k % 7) for k in range(50000)])
    hprof("flame", "-q", "--no-symbols", "-o", png, path)
    hprof("flame", "-q", "--no-symbols", "-o", pdf, path)
    bad = [] if "(50000 others)" in pdf_text(pdf) else ["the others are not told"]
    image = Image(png)
    row = {image.pixel(x, int((76 + 2 * 17 + 8) * 2)) for x in range(1000, 2300)}
    if len(row) < 3 or (0xe1, 0xe4, 0xe8) not in row:
        bad.append("no hatched box: %r" % sorted(row)[:4])
    report.check("50,000 siblings", bad)


def html_parts(path):
    """Title, (texts, short cells) of each section of a report but the flame graph's."""
    parts = {}
    text = re.sub(r"<svg.*?</svg>", "", open(path, encoding="utf-8").read(), flags=re.S)
    for name, title, inside in re.findall(r'<section id="([^"]*)"><h2>(.*?)</h2>(.*?)</section>', text, re.S):
        if name in ("hp-flame", "hp-functions"):
            continue
        parts[html.unescape(title)] = [
            [html.unescape(re.sub("<[^>]*>", "", s)) for s in re.findall(r"<(?:%s)\b[^>]*>(.*?)</(?:%s)>" % (tags, tags), inside, re.S)]
            for tags in ("p|li", "td|th")]
    return parts


def whole_report(report, work):
    """A PDF says what the page says, section by section; both say of each profile what info says."""
    pdf, page = os.path.join(work, "report.pdf"), os.path.join(work, "report.html")
    data = os.path.join(ROOT, "testdata")
    series = [os.path.join(data, "jemalloc/ok/redis.26831.%d.i%d.heap" % (i, i)) for i in range(5)]
    threads = os.path.join(data, "jemalloc/ok/sysn.7523.0.f.heap")
    other = os.path.join(data, "gperftools/ok/sample.heap")
    massif = os.path.join(data, "massif/ok/a_B_full.ms")
    below = os.path.join(data, "gperftools/below/x.0002.heap")
    cases = [(series, series[-1:]), ([threads], [threads]), ([massif], [massif]), ([below], [below]), (["--sum", threads, other, series[0]],
             [threads, other, series[0]]), (["--base", series[1], other], [series[1], other])]
    for args, files in cases:
        bad = []
        for out in (pdf, page):
            hprof("report", "-q", "--no-symbols", "-o", out, *args)
        parts, text, titles = html_parts(page), squeezed(pdf_text(pdf)), dict((t, p) for p, t in outline(pdf))
        if not {"In short", "Totals"} < set(parts) or not {"The profile", "The profiles"} & set(parts):
            bad.append("sections: %r" % sorted(parts))
        for title, (words, cells) in parts.items():
            if title not in titles:
                bad.append("no %s in the table of contents" % title)
            bad += ["%s: %r is not in the PDF" % (title, s) for s in words + [c for c in cells if len(c) < 40]
                    if squeezed(s) not in text]
        if not any(words for words, cells in parts.values()):
            bad.append("no words")
        if files == [below] and "-878.9 KiB" not in parts["Where most was allocated"][1]:
            bad.append("no row below zero")
        cells = set(c for words, cells in parts.values() for c in cells)
        for name in files:
            info = json.loads(hprof("info", "--json", "--no-symbols", name))
            facts = [info["format"], info["writer"], format(info["stacks"], ","), format(info["max_depth"], ",")]
            facts += [format(round(t[k]), ",") for t in info["sample_types"] for k in ("total", "recorded")]
            facts += [m["path"] for m in info["modules"]] + [format(m["addresses"], ",") for m in info["modules"]]
            facts += [(t["id"] + " " + t.get("name", "")).strip() for t in info["threads"]][:1]
            bad += ["%s: %r is not on the page" % (name, fact) for fact in facts if fact not in cells]
        if "Over time" in parts and "overtime" not in squeezed(pdf_text(pdf, "-f", str(titles.get("Chart over time", 1)))):
            bad.append("no chart")
        report.check("report of " + " ".join(os.path.basename(a) for a in args)[:60], bad)


def outlines(report, name, args, work):
    svg = os.path.join(work, "o.svg")
    hprof("flame", "--svg-outlines", "-o", svg, *args)
    text = open(svg, encoding="utf-8").read()
    bad = []
    if "<text" in text or "<symbol" not in text and "<g id=\"glyph" not in text:
        bad.append("text is not shapes")
    if not re.search(r'<svg [^>]*width="1200(px)?" height="\d+(px)?"', text):
        bad.append(text[:200])
    if not have("xmllint"):
        run(["xmllint", "--noout", svg])
    report.check(name + "/outlines", bad)


def run_group(report, work, long):
    del long
    work = os.path.join(work, "pictures")
    os.makedirs(work, exist_ok=True)
    named, base = os.path.join(work, "named.prof"), os.path.join(work, "base.prof")
    random_profile(named, base)
    for scale in (1, 2, 4):
        same_boxes(report, "named, scale %d" % scale, [named], scale, work)
    same_boxes(report, "named, flame", ["--flame", named], 2, work)
    same_boxes(report, "difference", ["--base", base, named], 2, work)
    outlines(report, "named", [named], work)
    missing = have("pdftotext", "pdfinfo", "pdftohtml")
    if missing:
        report.skip("pages", "no %s (package poppler-utils)" % missing)
        return
    pages(report, "named", [named], work)
    whole_report(report, work)
    hostile(report, work)
    deep(report, work)
    wide(report, work)
