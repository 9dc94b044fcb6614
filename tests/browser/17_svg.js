// What only the script of a picture has: its fields, marks of a search, keys, the clipboard, documents around it.
"use strict";
const fs = require("fs");
const path = require("path");
const graph = require("./lib/graph");
const { contrast } = require("./lib/color");
const { folded } = require("./lib/corpora");

const TINY = "tiny";
const open = (t, corpus = TINY, args = [], options = {}) => graph.open(t, t.flame(corpus, "svg", args), options);
const labels = async (g) => (await g.boxes()).map((b) => b.label).filter(Boolean);
const fills = (g) => g.page.$$eval("#hprof-frames > rect", (l) => l.map((r) => r.getAttribute("fill")));
const current = (g) => g.page.getAttribute("#hprof-current", "aria-label");
const field = (g) => g.page.$eval("#hprof-tools input[type=text]", (e) => e.value);

async function press(g, ...keys) {
	for (const key of keys)
		await g.page.keyboard.press(key);
	await g.settle();
	return current(g);
}

// A profile that is in no corpus, as a picture.
function draw(t, name, lines, args = []) {
	const profile = path.join(t.work, `${name}.prof`), out = path.join(t.work, `${name}.svg`);
	fs.writeFileSync(profile, folded(lines));
	t.hprof(["flame", ...args, profile, "-o", out]);
	return out;
}

async function plain(t) {
	const page = await t.open(t.flame(TINY, "svg"));
	t.eq(await page.$$eval("style, [style*=url]", (l) => l.length), 0, "style sheets");
	t.eq(await page.$$eval("[id]", (l) => l.map((e) => e.id).filter((s) => !/^hprof-[a-z]+$/.test(s))), [], "ids that may be those of others");
}

async function told(t) {
	const g = await open(t);
	await g.hover(await g.box("cache_put"));
	const text = await g.details();
	for (const part of ["name\ncache_put", "objects\n1,536", "4.0 KiB per object", "flat\n0 B", "85.7% of parent"])
		t.ok(text.includes(part), `details lack ${JSON.stringify(part)}: ${text}`);
	await g.away();
	t.ok((await g.details()).startsWith("name\nall"), "the details stay when the pointer is away");
	const narrow = await open(t, TINY, ["--minwidth", "300"]);
	await narrow.hover((await narrow.boxes()).find((b) => /other/.test(b.label)));
	t.ok(/too narrow to draw/.test(await narrow.details()), `of what is folded: ${await narrow.details()}`);
	const d = await open(t, "old..new");
	await d.hover(await d.box("gone"));
	t.ok(/before 4\.9 KiB \(5,000 bytes\), after 0 B, delta -4\.9 KiB, removed[^]*\(the larger of before and after\), 76\.9%/.test(await d.details()), `of what is gone: ${await d.details()}`);
	t.eq((await d.search("q|new")).text, "2 frames, before 1000 B, after 400 B, delta -600 B", "a search in a difference");
}

async function marks(t) {
	const g = await open(t);
	const before = await fills(g);
	await g.search("alloc");
	const now = await g.page.$$eval("#hprof-frames > rect", (l) => l.map((r) => [r.getAttribute("fill"), r.getAttribute("stroke-width") === "1.6"]));
	now.forEach(([fill, marked], i) => t.ok(!marked || fill === before[i], `a match is pale: ${fill}`));
	t.eq([now.filter((x) => x[1]).length, now.filter((x, i) => x[0] === before[i] && !x[1]).length], [3, 0], "matches, and what is neither marked nor pale");
	let least = Infinity;
	for (const colorScheme of ["light", "dark"]) {
		await g.page.emulateMedia({ colorScheme });
		await g.settle();
		for (const b of await g.boxes())
			if (b.label)
				least = Math.min(least, contrast(b.ink, b.fill));
	}
	t.ok(least >= 4.5, `contrast while something is marked: ${least}`);
	await g.page.emulateMedia({ colorScheme: "light" });
	await g.search("");
	t.eq(await fills(g), before, "the colours after all");
	return `least contrast ${least.toFixed(2)}`;
}

async function nextMatch(t) {
	const g = await open(t);
	await g.search("alloc_page");
	const at = [];
	await g.page.focus("#hprof-tools input[type=text]");
	for (const key of ["Enter", "Enter", "Enter", "Shift+Enter"]) {
		await press(g, key);
		at.push(await g.page.getAttribute("#hprof-current", "x"));
	}
	t.ok(at[0] !== at[1] && at[0] === at[2] && at[1] === at[3], `matches in turn: ${at}`);
	await g.press("n");
	t.ok(/match 1 of 2 that are drawn/.test((await g.result()).text), (await g.result()).text);
	const w = await open(t, "wide");
	t.ok(/^1 frame, 1 B, 0\.0% of total/.test((await w.search("^leaf_50000$")).text), (await w.result()).text);
	await w.page.focus("#hprof-tools input[type=text]");
	t.ok((await press(w, "Enter")).startsWith("leaf_50000"), "what is folded is zoomed when it is the match");
}

async function fields(t) {
	const g = await open(t);
	t.eq((await g.search("ALLOC")).text, "no match", "another case");
	await g.page.click("#hprof-tools input[type=checkbox]");
	t.ok(/^4 frames/.test((await g.result()).text), `case ignored: ${(await g.result()).text}`);
	await g.mode("module");
	t.eq((await g.result()).text, "no match", "modules");
	await g.mode("any");
	t.ok(/^4 frames/.test((await g.result()).text), `any: ${(await g.result()).text}`);
	await g.search("ALL(oc)|x y&z#%");
	const link = await g.link(), text = (await g.result()).text;
	const h = await open(t, TINY, ["--width", "800"], { hash: link });
	t.eq([(await h.result()).text, await field(h), await h.link()], [text, "ALL(oc)|x y&z#%", link], `by ${link}`);
}

async function keys(t) {
	const g = await open(t);
	await g.press("Home");
	t.ok((await press(g, "ArrowUp", "ArrowLeft")).startsWith("all"), "from the root there is no way up");
	const dialogs = () => g.page.$$eval("[role=dialog]", (l) => l.length);
	await press(g, "?");
	t.eq(await dialogs(), 1, "help");
	await press(g, "Escape");
	t.eq(await dialogs(), 0, "help after Escape");
	for (const key of ["Control+f", "/"]) {
		await press(g, key);
		t.eq(await g.page.evaluate(() => document.activeElement.localName), "input", `after ${key}`);
		await press(g, "Escape", "Escape");
	}
	await press(g, "/");
	await g.page.keyboard.type("0nNc?/");
	t.eq(await field(g), "0nNc?/", "keys of the graph in the field");
	await press(g, "Escape", "Escape");
	t.eq(await g.page.evaluate(() => document.activeElement.id), "hprof-frames", "back in the graph");
	await press(g, "o", "m", "k", "i");
	t.ok(/^#k=file&i=1&m=\w+_objects&o=name$/.test(await g.link()), `by keys: ${await g.link()}`);
	t.eq([await g.page.$$eval("#hprof-frames [tabindex]", (l) => l.length), await g.page.getAttribute("#hprof-frames", "aria-activedescendant")],
		[0, "hprof-current"], "the graph is one stop");
	t.eq(await g.page.$$eval("[role=status][aria-live=polite]", (l) => l.length), 1, "what is read aloud");
}

async function upwards(t) {
	const g = await open(t, TINY, ["--flame"]);
	const y = async (name) => (await g.box(name)).y;
	t.ok((await y("all")) > (await y("main")) && (await y("main")) > (await y("server_run")), "the root is below");
	t.ok((await press(g, "ArrowUp")).startsWith("main"), "arrows go where they point");
	const root = await y("all");
	await g.zoom("server_run");
	t.eq(await y("all"), root, "the root stays where it is");
}

async function copies(t) {
	const g = await open(t);
	await g.page.context().grantPermissions(["clipboard-read", "clipboard-write"]).catch(() => {});
	await press(g, "ArrowDown", "c");
	t.ok(await g.eventually(async () => /^copied: main|^copy it with Ctrl-C/.test((await g.result()).text)), `copied: ${(await g.result()).text}`);
	if ((await g.result()).text.startsWith("copy it"))
		t.eq(await g.page.evaluate(() => document.activeElement.value), "main", "what is selected");
}

// A long way down callers share a row, and the controls stay in the window.
async function farDown(t) {
	const names = Array.from({ length: 20000 }, (_, i) => `f${i % 50}`);
	const g = await graph.open(t, draw(t, "far", [[names.join(";"), 1000], [names.slice(0, 10).join(";"), 5]]));
	const before = (await g.boxes()).length;
	await g.search("f49");
	await g.page.focus("#hprof-tools input[type=text]");
	await press(g, "Shift+Enter");
	const seen = await g.page.evaluate(() => [document.querySelector("#hprof-current").getBoundingClientRect().y, innerHeight]);
	t.ok(seen[0] > 0 && seen[0] < seen[1], `the last match is at ${seen}`);
	await g.press("Enter");
	t.ok((await labels(g)).some((s) => /callers between/.test(s)), "callers far above");
	t.ok((await g.boxes()).length <= 1100, "boxes");
	const tools = await g.page.$eval("#hprof-tools", (e) => e.getBoundingClientRect().top);
	t.ok(tools >= -1 && tools < 200, `controls are at ${tools}`);
	await g.press("0");
	t.eq((await g.boxes()).length, before, "boxes after all");
}

// Pictures are put into pages, which have keys and an address of their own.
async function around(t) {
	const svg = fs.readFileSync(t.flame(TINY, "svg"));
	t.server.extra.set("in.svg", { type: "image/svg+xml", body: svg });
	for (const tag of ["<object type=image/svg+xml data=in.svg></object>", "<iframe src=in.svg width=1250 height=500></iframe>"]) {
		t.server.extra.set("around.html", { type: "text/html", body: `<!DOCTYPE html>${tag}` });
		const page = await t.open(t.server.url("none", "around.html"), { allow: { requests: (l) => l.length === 2 } });
		const frame = page.frames().find((f) => f.url().endsWith("in.svg"));
		await frame.waitForSelector("#hprof-tools");
		await frame.fill("#hprof-tools input[type=text]", "alloc");
		await frame.waitForFunction(() => /^4 frames, 8\.9 MiB/.test(document.querySelector("#hprof-status").textContent));
	}
	t.server.extra.set("inline.html", { type: "text/html; charset=utf-8",
		body: `<!DOCTYPE html><p>Text</p><input id=mine>${`<div>${svg.toString().replace(/^<\?xml.*\n/, "")}</div>`.repeat(2)}` });
	const page = await t.open(t.server.url("none", "inline.html"));
	await page.waitForSelector("div:nth-of-type(2) #hprof-tools");
	await page.fill("#mine", "/0n?");
	await page.keyboard.press("c");
	t.eq(await page.inputValue("#mine"), "/0n?c", "keys of a field of the page");
	await page.click("#hprof-frames > rect >> nth=2");
	const told = await page.$$eval("#hprof-details", (l) => l.map((e) => e.textContent.includes("server_run")));
	t.eq(told, [true, false], "a click zooms, in one of two pictures");
	t.eq(await page.evaluate(() => location.hash), "", "the address is the page's own");
	const strict = await t.open(t.server.url("scripts", path.basename(t.flame(TINY, "svg"))));
	await strict.waitForSelector("#hprof-tools");
}

module.exports = [
	{ name: "what the document has", run: plain },
	{ name: "details", run: told },
	{ name: "matches are marked", run: marks },
	{ name: "next and previous match", run: nextMatch },
	{ name: "fields of the search, in a link too", run: fields },
	{ name: "keys", run: keys },
	{ name: "the root below", run: upwards },
	{ name: "copying a name", run: copies },
	{ name: "20,000 rows down", run: farDown },
	{ name: "in other documents", run: around },
];
