# readers.py - what other programs would read from the files that hprof exports; independent of its code.
import csv
import html
import io
import json
import os
import re
import sys
import zlib

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import wire  # noqa: E402


class Broken(Exception):
    """The file is not what its readers expect."""


def pprof(data):
    """Totals by sample type, and the rows {(names from the leaf): [value per type]}."""
    parts = {}
    for field, value in wire.fields(zlib.decompress(data, 31)):
        parts.setdefault(field, []).append(value)
    strings = [s.decode() for s in parts.get(6, [])]
    types = [strings[dict(wire.fields(t)).get(1, 0)] for t in parts.get(1, [])]
    totals = [0] * len(types)
    for sample in parts.get(2, []):
        values = []
        for field, value in wire.fields(sample):
            if field == 2:
                values += [wire.signed(v) for v in (wire.numbers(value) if isinstance(value, bytes) else [value])]
        if len(values) != len(types):
            raise Broken("%d values of %d types" % (len(values), len(types)))
        totals = [a + b for a, b in zip(totals, values)]
    return dict(zip(types, totals))


def folded(text):
    total = 0
    for line in text.splitlines():
        stack, _, value = line.rpartition(" ")
        if not stack or not re.fullmatch(r"-?\d+", value):
            raise Broken("line %r" % line)
        total += int(value)
    return total


def difffolded(text):
    before = after = 0
    for line in text.splitlines():
        match = re.fullmatch(r"(.+) (-?\d+) (-?\d+)", line)
        if not match:
            raise Broken("line %r" % line)
        before, after = before + int(match[2]), after + int(match[3])
    return before, after


def speedscope(text):
    data = json.loads(text)
    n = len(data["shared"]["frames"])
    totals = {}
    for p in data["profiles"]:
        if len(p["samples"]) != len(p["weights"]):
            raise Broken("samples and weights differ in number")
        if any(i < 0 or i >= n for s in p["samples"] for i in s):
            raise Broken("a frame that is not there")
        totals[p["name"]] = sum(p["weights"])
    return totals


def callgrind(text):
    events, sums, inclusive = None, None, False
    for line in text.splitlines():
        if line.startswith("events:"):
            events = line.split()[1:]
            sums = [0] * len(events)
        elif line.startswith("calls="):
            inclusive = True
        elif re.match(r"[+\-*\d]", line) and events:
            if not inclusive:
                costs = [int(x) for x in line.split()[1:]]
                costs = costs[-len(events):] if len(costs) > len(events) else costs
                sums = [a + b for a, b in zip(sums, costs + [0] * (len(events) - len(costs)))]
            inclusive = False
    if events is None:
        raise Broken("no events")
    return dict(zip(events, sums))


def dhat(text):
    data = json.loads(text)
    for p in data["pps"]:
        if any(f >= len(data["ftbl"]) for f in p["fs"]):
            raise Broken("a frame that is not there")
    return data


def table(text):
    """Rows of a CSV file, as dictionaries."""
    return list(csv.DictReader(io.StringIO(text, newline="")))


def script_data(text):
    """What the scripts of a page or a picture have, as it is with --no-compress."""
    data = re.search(r'<(?:script type="application/json"|metadata) id="hprof-data">(.*?)</', text, re.S)
    if not data:
        raise Broken("no data for scripts")
    return json.loads(data[1])


def page_types(text):
    """Sample types by their names."""
    return {t["name"]: t for t in script_data(text)["types"]}


def page_sums(text):
    """Sums over all nodes: {(sample type, kind): sum}; kinds are s, b, f and e."""
    data, out = script_data(text), {}
    for group in data["cols"]:
        for (kind, t), values in zip(group["of"], group["val"]):
            values = group["val"][values] if isinstance(values, int) else values
            out[data["types"][t]["name"], kind] = sum(values[i] for i in group["at"])
    return out


def page_tables(text):
    """Rows of all tables of a report, as lists of texts."""
    text = re.sub(r"<(script|style|svg)\b.*?</\1>", "", text, flags=re.S)
    rows = re.findall(r"<tr\b[^>]*>(.*?)</tr>", text, re.S)
    return [[html.unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in re.findall(r"<t[dh]\b[^>]*>(.*?)</t[dh]>", row, re.S)]
            for row in rows]
