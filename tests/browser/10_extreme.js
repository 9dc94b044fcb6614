// Very deep and very wide trees: everything ends, says what it leaves out, and can be reached.
"use strict";
const fs = require("fs");
const graph = require("./lib/graph");
const { boxesOf, linkBoxes } = require("./lib/picture");
const tools = require("./lib/tools");
const { Skip } = require("./lib/report");

async function deepPicture(t) {
	const page = await t.open(t.flame("deep", "svg", ["--no-script"]));
	const boxes = await boxesOf(page);
	t.ok(boxes.length > 900 && boxes.length <= 5000, `${boxes.length} boxes`);
	const text = await page.evaluate(() => [...document.querySelectorAll("text[id]")].map((e) => e.textContent).join(" "));
	const cut = /([\d,]+) rows more/.exec(text);
	t.ok(cut && Number(cut[1].replace(/,/g, "")) + new Set(boxes.map((b) => b.y)).size >= 20000, `rows that are cut: ${text}`);
	return cut && cut[0];
}

async function widePicture(t) {
	const boxes = linkBoxes(await boxesOf(await t.open(t.flame("wide", "svg", ["--no-script"]))));
	const others = boxes.filter((b) => b.others);
	t.eq(boxes.length, 23, "boxes");
	t.eq(others.map((b) => [b.others, b.weight]), [[49980, 49980 * 49981 / 2]], "others");
	t.ok(boxes.every((b) => b.w >= 0.5), "a box is narrower than what was asked for");
	t.ok(others[0] && others[0].hatched && others[0].label === "(49,980 others)" || others[0].label === "(49980 others)", `others: ${others[0] && others[0].label}`);
}

async function deepPage(t) {
	const g = await graph.open(t, t.flame("deep", "html"));
	const size = () => g.page.evaluate(() => {
		const c = document.querySelector("#hp-graph canvas"), box = document.querySelector("#hp-graph");
		return { canvas: c.height, css: c.clientHeight, window: innerHeight, scroll: box.scrollHeight, top: box.scrollTop, inner: box.clientHeight };
	});
	const s = await size();
	t.ok(s.css <= s.window, `the canvas is ${s.css} px high, the window ${s.window}`);
	t.ok(s.scroll > 100000, `only ${s.scroll} px to scroll`);
	t.ok((await g.boxes()).length < 200, "more is drawn than is seen");
	await g.page.evaluate(() => {
		const box = document.querySelector("#hp-graph");
		box.scrollTop = box.scrollHeight;
	});
	await g.settle();
	await g.settle();
	const labels = (await g.boxes()).map((b) => b.label);
	t.ok(labels.includes("level_19999"), `the last row is not reached: ${labels.slice(-2)}`);
	await g.zoom("level_19990");
	t.ok((await g.details()).includes("level_19990"), "a frame far down cannot be zoomed");
	await g.press("Escape");
	await g.press("0");
	const r = await g.search("level_1999\\d");
	t.ok(/\b10 frames/.test(r.text), `search: ${r.text}`);
	return `${s.scroll} px to scroll, canvas ${s.css} px`;
}

async function widePage(t) {
	const g = await graph.open(t, t.flame("wide", "html"));
	const boxes = await g.boxes();
	t.ok(boxes.length < 100, `${boxes.length} boxes`);
	const others = boxes.find((b) => /others\)/.test(b.label));
	t.ok(others && others.hatched, "no others");
	if (others) {
		await g.hover(others);
		const text = await g.details();
		t.ok(/49,980/.test(text) && /1\.2 GiB|1\.1 GiB|1,249,000,100|GiB/.test(text), `details of the others: ${text}`);
		await g.click(others);
		t.ok((await g.boxes()).length > 2, "a click on the others empties the picture");
	}
	const r = await g.search("leaf_4999\\d$");
	t.ok(/\b10 frames/.test(r.text), `search for what is folded: ${r.text}`);
}

// The pictures of cairo: whatever is cut, they say so, and open.
async function still(t, ext) {
	for (const corpus of ["deep", "wide"]) {
		const file = t.flame(corpus, ext);
		t.ok(fs.statSync(file).size > 1000, `${corpus}.${ext} is empty`);
		if (ext === "png") {
			const head = fs.readFileSync(file).subarray(16, 24);
			t.ok(head.readUInt32BE(4) <= 32767, `${corpus}: ${head.readUInt32BE(4)} rows of pixels`);
		} else if (tools.find("pdftotext")) {
			const text = tools.must(["pdftotext", file, "-"]).out.toString();
			t.ok(text.includes("main"), `${corpus}: no text main in the PDF`);
			t.ok(corpus !== "deep" || /rows|cut|page/i.test(text), "the PDF says nothing of rows that are cut");
		} else {
			throw new Skip("no pdftotext");
		}
	}
}

async function deepLiving(t) {
	const g = await graph.open(t, t.flame("deep", "svg"));
	const r = await g.search("level_1999\\d");
	t.ok(/\b10 frames/.test(r.text), `search: ${r.text}`);
	await g.zoom("level_900");
	t.ok((await g.boxes()).some((b) => b.name === "level_950" || b.label === "level_950"), "what is below a zoomed frame is not drawn");
	await g.press("Escape");
	const w = await graph.open(t, t.flame("wide", "svg"));
	t.ok((await w.boxes()).length < 100, "boxes of the wide one");
}

module.exports = [
	{ name: "deep, svg as it is", run: deepPicture },
	{ name: "wide, svg as it is", run: widePicture },
	{ name: "deep and wide, svg", run: deepLiving },
	{ name: "deep, html", run: deepPage },
	{ name: "wide, html", run: widePage },
	{ name: "png", run: (t) => still(t, "png") },
	{ name: "pdf", run: (t) => still(t, "pdf") },
];
