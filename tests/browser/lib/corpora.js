// corpora.js - made-up profiles of known sums and shapes: the same bytes every time.
"use strict";
const fs = require("fs");
const path = require("path");

const MIB = 1 << 20;

// A generator of numbers in [0, 1) from a seed.
function random(seed) {
	let a = seed >>> 0;
	return () => {
		a = (a + 0x6d2b79f5) >>> 0;
		let t = a;
		t = Math.imul(t ^ (t >>> 15), t | 1);
		t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
		return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
	};
}

// Bytes that would end a field or a line, as hprof's own lines want them; s is a text or a Buffer.
function escaped(s) {
	const bytes = Buffer.isBuffer(s) ? s : Buffer.from(s, "utf8");
	let plain = true;
	for (const b of bytes)
		plain = plain && b >= 0x20 && b !== 0x5c && b !== 0x7f;
	if (plain)
		return bytes;
	const parts = [];
	for (const b of bytes)
		parts.push(b < 0x20 || b === 0x5c || b === 0x7f ? Buffer.from(`\\x${b.toString(16).padStart(2, "0")}`)
			: Buffer.from([b]));
	return Buffer.concat(parts);
}

const hex = (i) => (0x10000 + i).toString(16);
const padded = (i) => "0x" + hex(i).padStart(16, "0"); // as gperftools writes them

/*
 * A profile with names, from
 *	frames: [{ name, full, file, line, module, inlined: [the same] }]	inlined: innermost first
 *	stacks: [{ path: [indices, leaf first], inuse: [objects, bytes], alloc, threads: { id: inuse } }]
 *	period: bytes between samples; 0: everything is counted
 *	threads: { id: name }
 */
function symbolized({ frames, stacks, period = 0, threads = {}, binary = "/usr/bin/made" }) {
	const out = [Buffer.from("--- symbol\nbinary="), escaped(binary), Buffer.from("\n")];
	const text = (s) => out.push(Buffer.from(s));
	frames.forEach((f, i) => {
		text(`#0x${hex(i)}\t@0x${hex(i)}\t`);
		out.push(escaped(f.module || "/usr/bin/made"));
		text("\n");
		for (const g of [...(f.inlined || []), f]) {
			text(`#0x${hex(i)}\t${g.line || 0}\t`);
			out.push(escaped(g.file || ""), Buffer.from("\t"), escaped(g.name), Buffer.from("\t"),
				escaped(g.full || g.name), Buffer.from("\t\n"));
		}
	});
	text("---\n--- heap\n");
	out.push(Buffer.from(period || Object.keys(threads).length ? jemalloc(stacks, period || 1, threads) : counted(stacks)));
	return Buffer.concat(out);
}

const pair = (a, b) => `${a[0]}: ${a[1]} [${b[0]}: ${b[1]}]`;

function sum(stacks, of) {
	return stacks.reduce(([n, b], s) => [n + of(s)[0], b + of(s)[1]], [0, 0]);
}

const allocOf = (s) => s.alloc || s.inuse;

function counted(stacks) {
	const lines = [`heap profile: ${pair(sum(stacks, (s) => s.inuse), sum(stacks, allocOf))} @ heapprofile\n`];
	for (const s of stacks)
		lines.push(` ${pair(s.inuse, allocOf(s))} @ ${s.path.map(padded).join(" ")}\n`);
	return lines.join("");
}

function jemalloc(stacks, period, threads) {
	const lines = [`heap_v2/${period}\n  t*: ${pair(sum(stacks, (s) => s.inuse), sum(stacks, allocOf))}\n`];
	for (const [id, name] of Object.entries(threads)) {
		const own = stacks.map((s) => ({ inuse: (s.threads || {})[id] || [0, 0] }));
		lines.push(`  t${id}: ${pair(sum(own, (s) => s.inuse), sum(own, (s) => s.inuse))} ${name}\n`);
	}
	for (const s of stacks) {
		lines.push(`@ ${s.path.map(hex).join(" ")}\n  t*: ${pair(s.inuse, allocOf(s))}\n`);
		for (const [id, v] of Object.entries(s.threads || {}))
			lines.push(`  t${id}: ${pair(v, v)}\n`);
	}
	return lines.join("");
}

// Frames by name; at(name) is the index of it.
class Frames {
	constructor() {
		this.list = [];
		this.index = new Map();
	}

	at(name, more = {}) {
		if (!this.index.has(name)) {
			this.index.set(name, this.list.length);
			this.list.push({ name, ...more });
		}
		return this.index.get(name);
	}
}

// Lines "root;...;leaf BYTES [OBJECTS]" as a profile.
function folded(lines, options = {}) {
	const frames = new Frames();
	const stacks = lines.map(([names, bytes, objects = 1]) => ({
		path: names.split(";").map((n) => frames.at(n, { file: `/src/${n}.c`, line: 10 + n.length })).reverse(),
		inuse: [objects, bytes],
	}));
	return symbolized({ frames: frames.list, stacks, ...options });
}

/*
 * Ten frames below the whole, 12,345,678 bytes.  alloc_buffer is reached in two ways, walk calls
 * itself, and "alloc" is in the names of stacks of 9,345,678 bytes.
 */
const TINY = [
	["main;server_run;cache_put;alloc_page", 6291456, 1536],
	["main;server_run;parse_request;alloc_buffer", 1048576, 16],
	["main;load_config;alloc_buffer", 5646, 3],
	["main;walk;walk;alloc_page", 2000000, 500],
	["main;walk", 1000000, 250],
	["main", 2000000, 8],
];
const TINY_TOTAL = 12345678;
const TINY_ALLOC = 9345678;

const OLD = [["main;gone", 5000], ["main;p;q", 1000], ["main;a", 100]];
const NEW = [["main;p;q", 100], ["main;a", 200], ["main;new", 300]];

const NAMESPACES = ["net", "storage::engine", "proto", "cache", "util", "core::rt", "sql::exec", "json", "http::server",
	"alloc_track", "metrics", "image"];
const VERBS = ["read", "write", "parse", "build", "insert", "resize", "copy", "decode", "flush", "run", "visit", "alloc", "grow",
	"load", "append", "merge", "hash", "emit"];
const NOUNS = ["Block", "Row", "Buffer", "Page", "Node", "Table", "Frame", "Token", "Index", "Arena", "Session", "Tile", "Batch"];

function realName(i, rnd) {
	const verb = VERBS[i % VERBS.length];
	const noun = NOUNS[Math.floor(rnd() * NOUNS.length)];
	const ns = NAMESPACES[Math.floor(rnd() * NAMESPACES.length)];
	switch (i % 5) {
	case 0: return { name: `${verb}_${noun.toLowerCase()}_${i}`, ns };
	case 1: return { name: `${ns}::${noun}<${i}>::${verb}`, full: `${ns}::${noun}<${i}>::${verb}(unsigned long, char const*)`, ns };
	case 2: return { name: `${ns}::${verb}${noun}${i}`, full: `${ns}::${verb}${noun}${i}(std::map<int, std::string> const&)`, ns };
	case 3: return { name: `_Py${noun}_${verb}${i}`, ns };
	default: return { name: `<${ns}::${noun} as core::fmt::${verb}>::call_${i}`, ns };
	}
}

/*
 * A tree of @nodes calls of @names functions, @depth deep, as { frames, parent, frame }: few functions
 * call few others, so that names repeat as in real programs, and no two callees of a node are one.
 */
function tree({ nodes, names, depth, seed }) {
	const rnd = random(seed);
	const frames = [{ name: "main", file: "/src/main.c", line: 7, module: "/usr/bin/server" }];
	for (let i = 1; i < names; i++) {
		const { ns, ...name } = realName(i, rnd);
		frames.push({ ...name, file: `/src/${ns.replace(/::/g, "/")}/file_${i % 37}.cc`, line: 1 + (i * 7) % 900,
			module: `/usr/lib/lib${ns.split("::")[0]}.so` });
	}
	const parent = new Int32Array(nodes), frame = new Int32Array(nodes), level = new Int32Array(nodes);
	const taken = new Set(), key = (p, f) => p * names + f;
	parent[0] = -1;
	let n = 1;
	const add = (p, f) => {
		if (n === nodes || taken.has(key(p, f)))
			return -1;
		taken.add(key(p, f));
		parent[n] = p, frame[n] = f, level[n] = level[p] + 1;
		return n++;
	};
	for (let chain = 0; chain < 3; chain++) // as of an interpreter
		for (let d = 1, at = 0; d <= depth && at >= 0; d++)
			at = add(at, 1 + (d * 3 + chain * 5) % 9 + (d === 1 ? 20 * (chain + 1) : 0));
	while (n < nodes) {
		const recent = Math.max(0, n - 400);
		const p = rnd() < 0.7 ? recent + Math.floor(rnd() * (n - recent)) : Math.floor(rnd() * n);
		if (level[p] >= depth)
			continue;
		const callee = Math.floor(Math.pow(rnd(), 3) * 40);
		add(p, 1 + ((frame[p] * 131 + callee * 977) % (names - 1)));
	}
	return { frames, parent, frame, level, rnd };
}

function pathOf(t, i) {
	const out = [];
	for (; i >= 0; i = t.parent[i])
		out.push(t.frame[i]);
	return out;
}

// Of which nodes stacks end: all leaves, and some others.
function ends(t) {
	const calls = new Uint8Array(t.parent.length);
	for (let i = 1; i < calls.length; i++)
		calls[t.parent[i]] = 1;
	return calls.map((c) => (!c || t.rnd() < 0.06 ? 1 : 0));
}

// Sizes as allocators have them: four classes for each power of two.
function sizeClass(x) {
	const k = Math.floor(x * 48);
	return (4 + (k & 3)) << (2 + (k >> 2));
}

// @skip numbers are left out first: the same calls with other values.
function sampled(t, period, skip = 0) {
	for (; skip > 0; skip--)
		t.rnd();
	const end = ends(t), stacks = [];
	for (let i = 0; i < end.length; i++) {
		if (!end[i])
			continue;
		const n = 1 + Math.floor(Math.pow(t.rnd(), 8) * 60), size = sizeClass(t.rnd() * t.rnd());
		const ever = n * (1 + Math.floor(Math.pow(t.rnd(), 6) * 8));
		stacks.push({ path: pathOf(t, i), inuse: [n, n * size], alloc: [ever, ever * size] });
	}
	return symbolized({ frames: t.frames, stacks, period });
}

// Names that break what does not expect them; bytes where they are no text.
const EVIL = [
	"</script><img src=x onerror=window.PWN=1>",
	"</metadata></svg><script>window.PWN=1</script>",
	"<!--", "-->", "--><script>window.PWN=2</script>", "]]>", "<![CDATA[", "<?xml version='1.0'?>", "<!DOCTYPE x>",
	"\"'><b>`", "' onload='window.PWN=3", "\" onload=\"window.PWN=3", "&lt;&amp;&#0;&bogus;", "javascript:window.PWN=4",
	"${window.PWN=5}", "`+(window.PWN=5)+`", "\\\");window.PWN=6;//", "\\u003cscript\\u003e", "*/window.PWN=7;/*",
	"esc\x1b[31mred", "one\x01two", "del\x7f", "nul\x00byte", "tab\there", "line\nfeed", "cr\rreturn", "c1\u0085\u009b",
	"sep\u2028para\u2029", "bidi\u202Etxt.exe\u202C", "iso\u2066x\u2069", "bom\uFEFFbom", "non\uFFFE\uFFFFchar",
	Buffer.from([0x62, 0x61, 0x64, 0xff, 0xfe, 0x80, 0xc3]), Buffer.from([0x73, 0x75, 0x72, 0xed, 0xa0, 0x80, 0x78]),
	Buffer.from([0x6f, 0x76, 0x65, 0x72, 0xc0, 0xaf]), Buffer.from([0xf4, 0x90, 0x80, 0x80, 0x62, 0x69, 0x67]),
	"__proto__", "constructor", "toString", "hasOwnProperty", "null", "undefined", "NaN", "0", "-1", " ", "  two  blanks  ",
	";", "a;b c", "100%s%n%d", "../../etc/passwd", "\u{1F4A9}", "\u4E2D\u6587\u5B57\u7B26", "e\u0301\u0302\u0303", "\u200B", "x".repeat(5000),
	"ns::" + "T<".repeat(400) + "int" + ">".repeat(400) + "::f", "(".repeat(300), ")".repeat(300), "[a-", "(?i)", "^$", "operator--",
	"operator<<", "operator()", "operator new[]", "~T", "{lambda(auto:1)}", "{closure#0}", "all", "(2 others)",
];

// Every name as function, file, module and thread.
function evil() {
	const frames = [{ name: "main", file: "/src/main.c", line: 1 }];
	const stacks = EVIL.map((name, i) => {
		frames.push({ name, full: name, file: name, line: i + 1, module: name });
		return { path: [i + 1, 0], inuse: [1 + i, 4096 * (EVIL.length - i)], threads: { 1: [1 + i, 4096 * (EVIL.length - i)] } };
	});
	stacks.push({ path: frames.map((_, i) => frames.length - 1 - i), inuse: [1, 8192] });
	return symbolized({ frames, stacks, threads: { 1: "</script><img src=x onerror=window.PWN=8>" },
		binary: "</title><script>window.PWN=9</script>" });
}

// The command line, function and file of a recording.
function evilMassif() {
	const lines = ["desc: </desc><script>window.PWN=1</script>", "cmd: ./x </script><img src=x onerror=window.PWN=1> ]]> -->",
		"time_unit: i", "#-----------", "snapshot=0", "#-----------", "time=1", "mem_heap_B=3000", "mem_heap_extra_B=0",
		"mem_stacks_B=0", "heap_tree=peak", "n2: 3000 (heap allocation functions) malloc/new/new[], --alloc-fns, etc.",
		" n0: 1000 0x1000: </script><img src=x onerror=window.PWN=2> (</script><img src=x onerror=window.PWN=3>:1)",
		" n0: 2000 0x2000: ]]> (in /lib/<svg onload=window.PWN=4>)"];
	return Buffer.from(lines.join("\n") + "\n");
}

function deep() {
	const frames = [{ name: "main" }];
	for (let i = 1; i < 20000; i++)
		frames.push({ name: `level_${i}` });
	const path = frames.map((_, i) => frames.length - 1 - i);
	return symbolized({ frames, stacks: [
		{ path, inuse: [1, 4 * MIB] }, { path: path.slice(10000), inuse: [1, 2 * MIB] }, { path: path.slice(19999), inuse: [1, MIB] }] });
}

function wide() {
	const frames = [{ name: "main" }], stacks = [];
	for (let i = 1; i <= 50000; i++) {
		frames.push({ name: `leaf_${i}` });
		stacks.push({ path: [i, 0], inuse: [1, i <= 20 ? 1 << 20 : 50001 - i] });
	}
	return symbolized({ frames, stacks });
}

const MAKERS = {
	tiny: () => folded(TINY),
	old: () => folded(OLD),
	new: () => folded(NEW),
	same: () => folded(OLD),
	real: () => sampled(tree({ nodes: 71491, names: 1129, depth: 233, seed: 1 }), 524288),
	middle: () => sampled(tree({ nodes: 10003, names: 425, depth: 60, seed: 2 }), 0),
	monday: () => sampled(tree({ nodes: 10003, names: 425, depth: 60, seed: 4 }), 65536),
	tuesday: () => sampled(tree({ nodes: 10003, names: 425, depth: 60, seed: 4 }), 65536, 1),
	million: () => sampled(tree({ nodes: 1000000, names: 20000, depth: 14, seed: 3 }), 65536),
	evil,
	evilMassif,
	deep,
	wide,
};

// The file of a corpus in folder @dir, made when it is not there.
function file(name, dir) {
	const out = path.join(dir, `${name}.${name === "evilMassif" ? "massif" : "prof"}`);
	if (!MAKERS[name])
		throw new Error(`no corpus ${name}`);
	if (!fs.existsSync(out))
		fs.writeFileSync(out, MAKERS[name]());
	return out;
}

module.exports = { file, folded, symbolized, random, tree, sampled, MAKERS, TINY, TINY_TOTAL, TINY_ALLOC, EVIL, OLD, NEW };
