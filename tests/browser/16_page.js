// What only the page has: callers, the table of functions, hidden frames, files that are saved, reports.
"use strict";
const fs = require("fs");
const path = require("path");
const graph = require("./lib/graph");
const corpora = require("./lib/corpora");

const PAGE = 8291456; // alloc_page, in two ways
const names = async (g) => (await g.boxes()).map((b) => b.label.split("  ")[0]);
const digits = (n) => n.toLocaleString("en-US");

async function tree(g, value) {
	await g.page.selectOption("#hp-tree", value);
	await g.settle();
}

async function around(t) {
	const g = await graph.open(t, t.flame("tiny", "html"));
	await g.page.click("#hp-table td.name button:text-is('alloc_page')");
	await g.settle();
	const list = await names(g);
	for (const name of ["alloc_page", "cache_put", "walk", "main"])
		t.ok(list.includes(name), `${name} is not drawn: ${list}`);
	for (const name of ["alloc_buffer", "load_config"])
		t.ok(!list.includes(name), `${name} has nothing to do with it`);
	const plot = await g.plot();
	t.near((await g.box("alloc_page  7.9 MiB (8,291,456 bytes)") || await g.box("alloc_page")).w, plot.w, 1.5, "width of the function");
	await g.away();
	const text = await g.details();
	t.ok(text.includes(digits(PAGE)) && text.includes("67.2% of total"), `details: ${text}`);
	await g.page.click("#hp-table td.name button:text-is('walk')");
	await g.settle();
	const walk = await names(g);
	t.eq([walk.filter((n) => n === "walk").length, walk.includes("alloc_page"), walk.includes("main"), walk.includes("cache_put")],
		[2, true, true, false], `callees of walk, and walk in itself: ${walk}`);
	await g.away();
	t.ok((await g.details()).includes("3,000,000"), `details of walk: ${await g.details()}`);
	await g.page.goBack();
	await g.settle();
	t.eq(await names(g), list, "one step back");
	const link = await g.link();
	const h = await graph.open(t, t.flame("tiny", "html"), { hash: link });
	t.eq(await names(h), list, `the same by ${link}`);
	await tree(h, "down");
	t.ok((await names(h)).includes("load_config") || (await names(h)).includes("server_run"), "back to callees");
	return link;
}

async function bottomUp(t) {
	const g = await graph.open(t, t.flame("tiny", "html"));
	await tree(g, "up");
	const boxes = (await g.boxes()).filter((b) => !b.hatched);
	const second = boxes.filter((b) => Math.abs(b.y - boxes[0].y - 18) < 1);
	const plot = await g.plot();
	t.near(second.reduce((a, b) => Math.max(a, b.x + b.w), 0), plot.x + plot.w, 3, "the sites fill the row");
	await g.hover(second[0]);
	t.ok((await g.details()).startsWith("alloc_page") && (await g.details()).includes(digits(PAGE)), "the largest site is the first");
	const r = await g.search("alloc");
	t.ok(r.text.includes(digits(corpora.TINY_ALLOC)), `search: ${r.text}`);
}

async function table(t) {
	const g = await graph.open(t, t.flame("middle", "html"));
	const top = JSON.parse(t.hprof(["top", "--json", t.corpus("middle")]).out);
	const rows = () => g.page.evaluate(() => [...document.querySelectorAll("#hp-table tbody tr")].map((r) => [...r.cells].map((c) => [c.textContent, c.title])));
	await g.until(() => document.querySelector("#hp-table tbody tr"));
	const shown = await rows();
	t.eq(shown.length, 50, "rows");
	const want = new Map(top.rows.map((r) => [r.name, r]));
	for (const r of shown) {
		const w = want.get(r[5][0]);
		if (!t.ok(w, `${r[5][0]} is not in hprof top`))
			continue;
		t.eq(r[0][1], `${digits(Math.floor(w.flat + 0.5))} bytes`, `${r[5][0]}: self`);
		t.eq(r[2][1], `${digits(Math.floor(w.cum + 0.5))} bytes`, `${r[5][0]}: total`);
	}
	await g.page.click("#hp-table th button:text-is('cum')");
	t.eq(await g.page.getAttribute("#hp-table th:nth-child(3)", "aria-sort"), "descending", "aria-sort");
	t.eq((await rows())[0][5][0], "main", "the largest total");
	await g.page.focus("#hp-table th:nth-child(6) button");
	await g.page.keyboard.press("Enter");
	t.eq(await g.page.getAttribute("#hp-table th:nth-child(6)", "aria-sort"), "ascending", "aria-sort of names");
	await g.page.fill("#hp-filter", "^main$");
	t.eq((await rows()).map((r) => r[5][0]), ["main"], "filtered");
	await g.page.fill("#hp-filter", "(");
	t.ok(await g.page.evaluate(() => document.querySelector("#hp-filter").classList.contains("bad")), "a filter that is no expression");
	await g.page.fill("#hp-filter", "");
	await g.page.click("#hp-more");
	t.eq((await rows()).length, 250, "more rows");
}

async function hidden(t) {
	const g = await graph.open(t, t.flame("tiny", "html"));
	const before = await g.search("walk|alloc_page");
	await g.page.click("summary:text-is('View')");
	await g.page.check("#hp-collapse");
	t.eq((await names(g)).filter((n) => n === "walk").length, 1, "recursion as one box");
	await g.page.fill("#hp-hide", "^walk$");
	await g.eventually(async () => !(await names(g)).includes("walk"));
	const list = await names(g);
	t.ok(!list.includes("walk") && list.includes("alloc_page"), `hidden: ${list}`);
	const after = await g.search("walk|alloc_page");
	t.eq(after.text.replace(/^\S+ frames?/, ""), before.text.replace(/^\S+ frames?/, ""), "the total of a search");
	await g.page.keyboard.press("Escape");
	await g.press("Home");
	await g.away();
	t.ok((await g.details()).includes(digits(corpora.TINY_TOTAL)), "the total of all");
	await g.page.click("summary:text-is('View')");
	await g.page.fill("#hp-hide", "(");
	const refused = () => g.page.evaluate(() => document.querySelector("#hp-hide").classList.contains("bad"));
	t.ok(await g.eventually(refused), "what is no expression");
}

// What the menu of a box and the keys of the graph do.
async function menuAndKeys(t) {
	const g = await graph.open(t, t.flame("tiny", "html"));
	const value = (id) => g.page.inputValue(id);
	const choose = async (name, item) => {
		await g.click(await g.box(name), { button: "right" });
		await g.page.click(`#hp-menu button:text-is('${item}')`);
		await g.settle();
		t.ok(await g.page.isHidden("#hp-menu"), `${item}: the menu stays`);
	};
	await choose("walk", "Find all of the function");
	t.eq([await value("#hp-search"), /^2 frames/.test((await g.result()).text)], ["^walk$", true], "find");
	await g.page.focus("#hp-search");
	await g.page.keyboard.press("Escape");
	t.eq([await value("#hp-search"), (await g.result()).text], ["", ""], "Escape in the search");
	await choose("cache_put", "Zoom to this");
	t.near((await g.box("cache_put")).w, (await g.plot()).w, 1.5, "zoom: width");
	await g.press("0");
	await choose("walk", "Hide the function");
	t.eq([await value("#hp-hide"), (await names(g)).includes("walk")], ["^walk$", false], "hide");
	t.ok(/h=%5Ewalk%24/.test(await g.link()), `the link of what is hidden: ${await g.link()}`);
	await g.press("Home");
	await g.press("ArrowDown");
	await g.press("ContextMenu");
	t.ok(await g.page.isVisible("#hp-menu"), "no menu by the key");
	await g.page.keyboard.press("ArrowDown");
	await g.page.keyboard.press("ArrowDown");
	await g.page.keyboard.press("Enter");
	await g.settle();
	t.eq(await value("#hp-search"), "^main$", "the third of the menu by keys");
	await g.press("f");
	t.eq([await value("#hp-tree"), /t=around&f=main/.test(await g.link())], ["around", true], "f");
	await g.press("t");
	await g.press("t");
	t.eq([await value("#hp-tree"), /t=up/.test(await g.link())], ["up", true], "t, twice");
	for (const [id, key] of [["type", "m"], ["order", "o"], ["mode", "k"]]) {
		const before = await value(`#hp-${id}`);
		await g.press(key);
		t.ok((await value(`#hp-${id}`)) !== before, `${key}: nothing changes`);
	}
	await g.press("i");
	t.eq(await g.page.getAttribute("#hp-case", "aria-pressed"), "true", "i");
}

// The theme of the page and the smallest box are choices of the page alone.
async function looks(t) {
	const g = await graph.open(t, t.flame("middle", "html"));
	const look = async () => [await g.page.evaluate(() => getComputedStyle(document.body).backgroundColor), (await g.boxes())[0].fill];
	const light = await look();
	await g.page.click("summary:text-is('View')");
	await g.page.selectOption("#hp-theme", "dark");
	const dark = await look();
	t.ok(light[0] === "rgb(255, 255, 255)" && dark[0] === "rgb(22, 25, 29)" && light[1] !== dark[1], `light ${light}, dark ${dark}`);
	await g.page.emulateMedia({ colorScheme: "dark" });
	await g.page.selectOption("#hp-theme", "light");
	t.eq(await look(), light, "light where the system is dark");
	await g.page.selectOption("#hp-theme", "auto");
	t.eq(await look(), dark, "as the system is");
	const boxes = (await g.boxes()).length;
	await g.page.fill("#hp-min", "5");
	await g.settle();
	const fewer = (await g.boxes()).length;
	t.ok(fewer > 2 && fewer < boxes, `boxes: ${boxes}, of 5% and more: ${fewer}`);
}

async function save(t, g, item) {
	await g.page.click("summary:text-is('Save')");
	const [d] = await Promise.all([g.page.waitForEvent("download"), g.page.click(`button:text-is('${item}')`)]);
	const out = path.join(t.work, `saved-${d.suggestedFilename()}`);
	await d.saveAs(out);
	return fs.readFileSync(out);
}

async function files(t) {
	const g = await graph.open(t, t.flame("tiny", "html"), { context: { acceptDownloads: true } });
	const folded = (await save(t, g, "Stacks as text (folded)")).toString().trim().split("\n");
	t.eq(folded.map((l) => Number(l.split(" ").pop())).reduce((a, b) => a + b), corpora.TINY_TOTAL, "sum of the stacks");
	t.ok(folded.includes("main;server_run;cache_put;alloc_page 6291456"), `a stack: ${folded[0]}`);
	const tsv = (await save(t, g, "Table as text (TSV)")).toString().trim().split("\n").map((l) => l.split("\t"));
	const row = tsv.find((r) => r.includes("alloc_page"));
	t.eq(row && row.slice(0, 2), [String(PAGE), String(PAGE)], "a row of the table");
	const svg = (await save(t, g, "Picture as SVG")).toString();
	t.ok(svg.startsWith("<?xml") && svg.includes(">main") && !svg.includes("<script"), "the picture");
	const png = await save(t, g, "Picture as PNG");
	t.eq(png.subarray(1, 4).toString(), "PNG", "the picture in dots");
	const d = await graph.open(t, t.flame("old..new", "html"), { context: { acceptDownloads: true } });
	const both = (await save(t, d, "Stacks as text (folded)")).toString().trim().split("\n").sort();
	t.eq(both, ["main;a 100 200", "main;gone 5000 0", "main;new 0 300", "main;p;q 1000 100"], "old and new of each stack");
}

async function hostileFiles(t) {
	const g = await graph.open(t, t.flame("evil", "html"), { context: { acceptDownloads: true } });
	const svg = (await save(t, g, "Picture as SVG")).toString();
	t.ok(!/<(script|img|svg onload)/i.test(svg.slice(10)), "markup in the picture");
	for (const line of (await save(t, g, "Stacks as text (folded)")).toString().trim().split("\n"))
		t.ok(/ \d+$/.test(line), `a line without a number: ${line.slice(0, 80)}`);
	const tsv = (await save(t, g, "Table as text (TSV)")).toString().trim().split("\n").map((l) => l.split("\t").length);
	t.ok(tsv.every((n) => n === tsv[0]), "rows of different length");
}

async function report(t) {
	const out = path.join(t.work, "report.html");
	t.hprof(["report", "--base", t.corpus("old"), t.corpus("new"), "-o", out]);
	for (const javaScriptEnabled of [true, false]) {
		const page = await t.open(out, { context: { javaScriptEnabled } });
		if (javaScriptEnabled)
			await page.waitForSelector("html[data-ready]");
		const got = await page.evaluate(() => ({
			sections: [...document.querySelectorAll("section")].map((s) => s.id),
			verdict: document.querySelector(".verdict").textContent,
			total: document.querySelector("#hp-total").textContent,
		}));
		t.eq(got.sections.slice(0, 6), ["hp-verdict", "hp-totals", "hp-top", "hp-changes", "hp-flame", "hp-functions"], "sections");
		t.ok(/600 B/.test(got.verdict) && /6\.0 KiB/.test(got.verdict) && /gone/.test(got.verdict), `in short: ${got.verdict}`);
		t.ok(/growth 400 B/.test(got.total) && /shrink 5\.8 KiB/.test(got.total), `totals: ${got.total}`);
	}
	const days = path.join(t.work, "report-days.html");
	t.hprof(["report", "--base", t.corpus("monday"), t.corpus("tuesday"), "-o", days]);
	const totals = await (await t.open(days)).evaluate(() => [...document.querySelectorAll("#hp-totals tbody tr")]
		.map((r) => [...r.cells].map((c) => c.textContent)).filter((r) => /objects/.test(r[4])).map((r) => r.slice(0, 3).map((s) => Number(s.replace(/[,+]/g, "")))));
	t.ok(totals.length === 2 && totals.every(([old, now, change]) => old + change === now), `totals of objects: ${JSON.stringify(totals)}`);
	const evil = path.join(t.work, "report-evil.html");
	t.hprof(["report", t.corpus("evilMassif"), "-o", evil]);
	const page = await t.open(evil);
	await page.waitForSelector("html[data-ready]");
	t.eq(await page.evaluate(() => [typeof window.PWN, document.querySelectorAll("img").length, document.scripts.length]), ["undefined", 0, 2], "hostile names");
}

// Where what shrank counts 0, before and after stay what they are, in the scripts as without them.
async function dropped(t) {
	const g = await graph.open(t, t.flame("old..new", "html", ["--drop-negative"]));
	const still = await t.open(t.flame("old..new", "html", ["--drop-negative"]), { context: { javaScriptEnabled: false } });
	const want = [/before 6\.0 KiB \(6,100 bytes\), after 600 B, delta \+400 B \(what shrank counts 0\)/, /inuse_space/];
	for (const text of [await g.page.textContent("#hp-total"), await still.textContent("#hp-total")])
		t.ok(want.every((re) => re.test(text)), `totals: ${text}`);
	const rows = await g.page.evaluate(() => [...document.querySelectorAll("#hp-table tbody tr")].map((r) => [...r.cells].map((c) => c.textContent)));
	const row = (name) => rows.find((r) => r.includes(name));
	t.ok(/^4\.9 KiB/.test(row("gone")[0]) && row("gone")[1] === "0 B" && row("gone")[2] === "0 B", `what is gone: ${row("gone")}`);
	t.ok(row("new")[0] === "0 B" && row("new")[1] === "300 B" && row("new")[2] === "+300 B", `what is new: ${row("new")}`);
	await g.hover(await g.box("gone"));
	t.ok(/after 0 B, delta 0 B, removed/.test(await g.details()), `details: ${await g.details()}`);
	await g.away();
	t.ok(/after 600 B, delta \+400 B/.test(await g.details()), `details of all: ${await g.details()}`);
	t.ok(/after 0 B, delta 0 B/.test((await g.search("gone")).text), "a search");
}

// What info says of each sample type of a profile, by name.
function infoOf(t, corpus) {
	const info = JSON.parse(t.hprof(["info", "--json", "-q", "--no-symbols", t.corpus(corpus)]).out);
	return Object.fromEntries(info.sample_types.map((type) => [type.name, Math.floor(type.total + 0.5)]));
}

// Each sample type can be chosen, and has the total that info has of it.
async function types(t) {
	const monday = infoOf(t, "monday"), tuesday = infoOf(t, "tuesday");
	const names = Object.keys(tuesday);
	t.eq([...names].sort(), ["alloc_objects", "alloc_space", "inuse_objects", "inuse_space"], "sample types of info");
	const pages = [
		["one profile", ["flame", t.corpus("tuesday")], (n) => [tuesday[n]]],
		["a report", ["report", t.corpus("tuesday")], (n) => [tuesday[n]]],
		["a sum", ["flame", "--sum", t.corpus("monday"), t.corpus("tuesday")], (n) => [monday[n] + tuesday[n]]],
		["a difference", ["flame", "--base", t.corpus("monday"), t.corpus("tuesday")], (n) => [monday[n], tuesday[n]]],
	];
	for (const [what, args, want] of pages) {
		const out = path.join(t.work, `types-${what.replace(/ /g, "-")}.html`);
		t.hprof([...args, "-q", "--no-symbols", "-o", out]);
		const g = await graph.open(t, out);
		const options = await g.page.$$eval("#hp-type option", (list) => list.map((o) => [o.textContent, o.value]));
		t.eq(options.map((o) => o[0]).sort(), [...names].sort(), `${what}: sample types`);
		for (const [name, value] of options) {
			await g.page.selectOption("#hp-type", value);
			await g.settle();
			const text = await g.page.textContent("#hp-total");
			const found = (text.match(/[\d,]{5,}/g) || []).map((s) => Number(s.replace(/,/g, "")));
			t.ok(text.includes(name) && want(name).every((n, i) => Math.abs(found[i] - n) <= 1), `${what}, ${name}: ${text}, info has ${want(name)}`);
		}
	}
}

module.exports = [
	{ name: "callers and callees of a function", run: around },
	{ name: "callers, bottom-up", run: bottomUp },
	{ name: "table", run: table },
	{ name: "hidden frames, recursion", run: hidden },
	{ name: "menu of a box, keys", run: menuAndKeys },
	{ name: "theme, smallest box", run: looks },
	{ name: "files", run: files },
	{ name: "files of hostile names", run: hostileFiles },
	{ name: "report", run: report },
	{ name: "every sample type", run: types },
	{ name: "what shrank counts 0", run: dropped },
];
