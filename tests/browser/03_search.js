// A search tells what hprof top --focus has as its total, whatever is drawn.
"use strict";
const graph = require("./lib/graph");
const tools = require("./lib/tools");
const { TINY_TOTAL, TINY_ALLOC } = require("./lib/corpora");
const { matching } = require("./lib/oracle");

const focus = (t, corpus, re, part = "name") => {
	const r = tools.run([tools.HPROF, "top", "--json", "-q", "--focus", `${part}:${re}`, t.corpus(corpus)]);
	return r.code ? 0 : JSON.parse(r.out.toString()).total;
};
const grouped = (n) => Math.floor(n + 0.5).toLocaleString("en-US");
const percent = (part, whole) => `${((100 * part) / whole).toFixed(1)}%`;

// What every way of drawing has to tell of @corpus for each expression.
async function exact(t, ext, corpus, args, expressions) {
	const whole = tools.hprofJson(["top", "--json", "-q", t.corpus(corpus)]).total;
	const g = await graph.open(t, t.flame(corpus, ext, args));
	for (const re of expressions) {
		const want = focus(t, corpus, re);
		const r = await g.search(re);
		const place = `${corpus} ${args.join(" ")} /${re}/`;
		t.ok(want > 0, `${place}: matches nothing`);
		t.ok(!r.bad && r.text.includes(`${grouped(want)} bytes`), `${place}: hprof top says ${grouped(want)} bytes: ${r.text}`);
		t.ok(r.text.includes(`${percent(want, whole)} of total`), `${place}: want ${percent(want, whole)}: ${r.text}`);
	}
	return g;
}

async function tiny(t, ext) {
	t.eq(focus(t, "tiny", "alloc"), TINY_ALLOC, "hprof top --focus name:alloc");
	const g = await exact(t, ext, "tiny", [], ["alloc", "alloc_page", "walk", "main", "^(walk|load_config)$", "(?i)WALK"]);
	await exact(t, ext, "tiny", ["--minwidth", "300"], ["alloc", "load_config", "walk"]);
	const r = await g.search("alloc");
	t.ok(/\b4 frames\b/.test(r.text), `four boxes have alloc in their names: ${r.text}`);
	t.eq((await g.boxes()).filter((b) => b.outlined).map((b) => b.label).filter(Boolean).sort(), ["alloc_buffer", "alloc_page", "alloc_page"],
		"what is marked, of what has a label");
	await g.zoom("server_run");
	const folded = t.hprof(["collapsed", "-q", t.corpus("tiny")]).out.toString();
	for (const re of ["alloc", "parse|walk", "main"]) {
		const text = (await g.search(re)).text;
		const all = matching(folded, new RegExp(re)), here = matching(folded, new RegExp(re), "main;server_run");
		t.ok(text.includes(`${percent(all, TINY_TOTAL)} of total`), `zoomed, /${re}/: want ${percent(all, TINY_TOTAL)} of total: ${text}`);
		t.ok(text.includes(`(${percent(here, 7340032)} of view)`), `zoomed, /${re}/: want ${percent(here, 7340032)} of view: ${text}`);
	}
}

async function wrong(t, ext) {
	const g = await graph.open(t, t.flame("tiny", ext));
	const red = await g.search("(");
	t.ok(red.bad && red.text.length > 3, `( is not refused: ${JSON.stringify(red)}`);
	t.eq(await g.search("zzz"), { text: "no match", bad: false }, "zzz");
	t.eq(await g.search("bytes"), { text: "no match", bad: false }, "bytes");
	t.eq(await g.search("MiB|total|%"), { text: "no match", bad: false }, "words of the picture itself");
	t.eq(await g.search(""), { text: "", bad: false }, "nothing");
	const slow = Date.now();
	await g.search("(a+)+$|(.*)*x|((a|a)*)*b");
	return `an expression that explodes: ${Date.now() - slow} ms`;
}

async function parts(t, ext) {
	const g = await graph.open(t, t.flame("real", ext));
	const total = tools.hprofJson(["top", "--json", "-q", t.corpus("real")]).total;
	for (const [mode, re] of [["file", "storage/engine"], ["module", "libjson"], ["name", "storage::engine"]]) {
		await g.mode(mode);
		const want = focus(t, "real", re, mode);
		const r = await g.search(re);
		t.ok(want > 0 && want < total && r.text.includes(`${grouped(want)} bytes`), `${mode} /${re}/: want ${grouped(want)}: ${r.text}`);
	}
}

module.exports = ["svg", "html"].flatMap((ext) => [
	{ name: `${ext}, tiny`, run: (t) => tiny(t, ext) },
	{ name: `${ext}, what is no expression`, run: (t) => wrong(t, ext) },
	{
		name: `${ext}, large`,
		async run(t) {
			await exact(t, ext, "middle", [], ["alloc", "^_Py", "Buffer", "read|write"]);
			await exact(t, ext, "real", ["--minwidth", "5"], ["alloc", "<", "core::fmt", "^main$"]);
		},
	},
	{ name: `${ext}, files and modules`, run: (t) => parts(t, ext) },
]);
