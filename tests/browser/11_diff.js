// A difference shows what is gone, what is new, and sums that agree.
"use strict";
const { boxesOf, linkBoxes } = require("./lib/picture");
const graph = require("./lib/graph");

const byName = (boxes) => Object.fromEntries(boxes.filter((b) => b.name).map((b) => [b.name, b]));

async function staticBoxes(t, corpus, args = []) {
	const page = await t.open(t.flame(corpus, "svg", ["--no-script", ...args]));
	return { page, boxes: linkBoxes(await boxesOf(page)) };
}

const brief = (b) => JSON.stringify([b.name, b.text, b.label, b.fill, b.stroke, b.hatched]);

// Orange or blue, by which of red and blue is more; grey otherwise.
function tint(fill) {
	const [r, , b] = [1, 3, 5].map((i) => parseInt(fill.slice(i, i + 2), 16));
	return r - b > 12 ? "grew" : b - r > 12 ? "shrank" : "same";
}

async function truth(t) {
	const { page, boxes } = await staticBoxes(t, "old..new");
	const b = byName(boxes);
	// gone 5000 and q 1000 as before, a 200 and new 300 as now
	t.eq(Object.fromEntries(Object.entries(b).map(([k, v]) => [k, v.weight])),
		{ all: 6500, main: 6500, gone: 5000, p: 1000, q: 1000, new: 300, a: 200 }, "widths of the union");
	t.ok(b.gone.hatched && b.gone.text.includes("removed"), `gone: ${brief(b.gone)}`);
	t.ok(b.new.stroke && !b.new.hatched && b.new.text.includes("new"), `new: ${brief(b.new)}`);
	t.ok(!b.a.hatched && !b.a.stroke, "a is hatched or outlined");
	t.near(b.gone.w / b.main.w, 5000 / 6500, 0.002, "gone in main");
	t.eq(Object.fromEntries(["all", "main", "gone", "p", "q", "a", "new"].map((k) => [k, tint(b[k].fill)])),
		{ all: "shrank", main: "shrank", gone: "shrank", p: "shrank", q: "shrank", a: "grew", new: "grew" }, "colours");
	t.ok(b.gone.label.startsWith("\u25bc") && b.new.label.startsWith("\u25b2"), `marks: ${b.gone.label}, ${b.new.label}`);
	const text = await page.evaluate(() => [...document.querySelectorAll("text")].slice(0, 4).map((e) => e.textContent).join("\n"));
	for (const want of ["before 6.0 KiB (6,100 bytes)", "after 600 B", "growth 400 B", "shrink 5.8 KiB"])
		t.ok(text.includes(want), `the header lacks "${want}": ${text}`);
}

async function mirror(t) {
	const a = byName((await staticBoxes(t, "old..new")).boxes), b = byName((await staticBoxes(t, "new..old")).boxes);
	const turned = { grew: "shrank", shrank: "grew", same: "same" };
	t.eq(Object.keys(b).sort(), Object.keys(a).sort(), "boxes");
	for (const [k, v] of Object.entries(a)) {
		const w = b[k];
		t.eq([w.weight, w.x, w.w, w.y], [v.weight, v.x, v.w, v.y], `${k}: place`);
		t.eq(tint(w.fill), turned[tint(v.fill)], `${k}: colour`);
	}
	t.ok(b.gone.stroke && !b.gone.hatched && b.new.hatched, "what was gone is new, and the other way round");
	const same = await staticBoxes(t, "old..same");
	for (const x of same.boxes)
		t.ok(tint(x.fill) === "same" && !x.hatched && !x.stroke && !/[\u25b2\u25bc]/.test(x.label), `the same twice: ${brief(x)}`);
	const large = (await staticBoxes(t, "monday..monday")).boxes.filter((x) => !x.others);
	t.eq(large.filter((x) => tint(x.fill) !== "same").length, 0, "a large one twice: boxes with a colour");
}

async function widths(t) {
	const want = { new: { main: 600, new: 300, a: 200, q: 100 }, old: { main: 6100, gone: 5000, q: 1000, a: 100 },
		sum: { main: 6700, gone: 5000, q: 1100, a: 300, new: 300 }, growth: { main: 400, new: 300, a: 100 },
		shrink: { main: 5900, gone: 5000, q: 900 }, churn: { main: 6300, gone: 5000, q: 900, a: 100, new: 300 } };
	for (const [how, sizes] of Object.entries(want)) {
		const b = byName((await staticBoxes(t, "old..new", ["--diff-width", how])).boxes);
		for (const k of ["main", "gone", "q", "a", "new"])
			t.eq(b[k] ? b[k].weight : undefined, sizes[k], `${how}: ${k}`);
	}
}

async function living(t, ext) {
	const g = await graph.open(t, t.flame("old..new", ext));
	const found = (await g.boxes()).filter((b) => b.label === "gone");
	t.eq(found.length, 1, "boxes of gone");
	t.ok(found.length && found[0].hatched, "gone is not hatched");
	t.ok(found.length && tint(found[0].fill) === "shrank", "gone has not the colour of what shrank");
	await g.hover(found[0]);
	const text = await g.details();
	for (const want of ["before 4.9 KiB (5,000 bytes), after 0 B, delta -4.9 KiB", "removed"])
		t.ok(text.includes(want), `details of gone lack "${want}": ${text}`);
	await g.away();
	const r = await g.search("a|gone");
	t.ok(/6\.0 KiB|5\.\d KiB/.test(r.text) && /, before .*, after .*, delta /.test(r.text), `search: ${r.text}`);
	const all = await g.page.evaluate(() => (document.body || document.documentElement).textContent);
	for (const want of ["6,100", "600 B", "400 B", ext === "svg" ? "shrink 5.8 KiB" : "5,900"])
		t.ok(all.includes(want), `nowhere "${want}"`);
}

module.exports = [
	{ name: "what is gone and what is new", run: truth },
	{ name: "swapped, and twice the same", run: mirror },
	{ name: "widths", run: widths },
	{ name: "svg", run: (t) => living(t, "svg") },
	{ name: "html", run: (t) => living(t, "html") },
];
