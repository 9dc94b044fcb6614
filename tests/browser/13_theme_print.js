// Light and dark, paper, dense screens, small and large windows.
"use strict";
const fs = require("fs");
const path = require("path");
const graph = require("./lib/graph");
const tools = require("./lib/tools");
const { Skip } = require("./lib/report");

const light = (hex) => [1, 3, 5].reduce((s, i) => s + parseInt(hex.slice(i, i + 2), 16), 0) / 3;

async function theme(t, ext) {
	const g = await graph.open(t, t.flame("tiny", ext), { context: { colorScheme: "light" } });
	const before = (await g.box("server_run")).fill, asked = g.page.seen.requests.length;
	await g.zoom("server_run");
	await g.page.emulateMedia({ colorScheme: "dark" });
	await g.eventually(async () => (await g.box("server_run")).fill !== before);
	const b = await g.box("server_run");
	t.ok(light(b.fill) < light(before) - 40, `the colour stays: ${before}, ${b.fill}`);
	t.near(b.w, (await g.plot()).w, 1.5, "the zoom is lost: width");
	await g.page.emulateMedia({ colorScheme: "light" });
	await g.eventually(async () => (await g.box("server_run")).fill === before);
	t.eq((await g.box("server_run")).fill, before, "the colour after all");
	t.eq(g.page.seen.requests.length, asked, "requests");
	await g.page.emulateMedia({ forcedColors: "active" });
	await g.settle();
	t.ok(await g.box("server_run"), "with forced colours the box is gone");
}

async function dense(t) {
	const sizes = [];
	for (const deviceScaleFactor of [1, 2]) {
		const g = await graph.open(t, t.flame("tiny", "html"), { context: { deviceScaleFactor } });
		sizes.push(await g.page.evaluate(() => {
			const c = document.querySelector("#hp-graph canvas");
			return [c.width, c.height, c.clientWidth, c.clientHeight];
		}));
	}
	const [a, b] = sizes;
	t.eq(b, [2 * a[0], 2 * a[1], a[2], a[3]], "pixels and size with two dots for one");
}

async function windows(t, ext) {
	const g = await graph.open(t, t.flame("tiny", ext));
	await g.zoom("server_run");
	const details = await g.details();
	for (const [width, height] of [[700, 500], [2560, 1300], [390, 700], [1280, 800]]) {
		await g.page.setViewportSize({ width, height });
		t.ok(await g.eventually(async () => Math.abs(((await g.box("server_run")) || { w: 0 }).w - (await g.plot()).w) < 1.5), `${width}: the zoom is lost`);
		const plot = await g.plot();
		if (ext === "html")
			t.ok(plot.w > width * 0.5 && plot.w <= width, `${width}: the plot is ${plot.w} wide`);
		t.eq(await g.details(), details, `${width}: details`);
		const r = await g.page.locator(ext === "html" ? "#hp-details" : "#hprof-details").boundingBox();
		t.ok(r && r.y >= 0 && r.y + r.height <= height + 1, `${width}: the details are outside of the window: ${JSON.stringify(r)}`);
		if (ext === "html") {
			t.ok(r.x + r.width <= width + 1, `${width}: the details are too wide: ${JSON.stringify(r)}`);
			t.ok(await g.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth + 1), `${width}: the page has to be moved sideways`);
		}
	}
}

// Paper has lines and letters, not a picture of them.
async function paper(t, ext) {
	if (!tools.find("pdftotext") || !tools.find("pdfimages"))
		throw new Skip("no pdftotext, pdfimages");
	const g = await graph.open(t, t.flame("tiny", ext));
	await g.zoom("server_run");
	const file = path.join(t.work, `print-${ext}.pdf`);
	fs.writeFileSync(file, await g.page.pdf({ format: "A4", landscape: true, printBackground: true }));
	const text = tools.must(["pdftotext", "-layout", file, "-"]).out.toString();
	for (const name of ["server_run", "cache_put", "parse_request"])
		t.ok(text.includes(name), `not on paper: ${name}`);
	t.ok(!text.includes('"v":1'), "the data is on paper");
	const images = tools.must(["pdfimages", "-list", file]).out.toString().trim().split("\n").slice(2);
	t.eq(images.filter((l) => Number(l.trim().split(/\s+/)[3]) > 64), [], "images on paper");
	return `${Math.round(fs.statSync(file).size / 1024)} KiB`;
}

module.exports = [
	...["svg", "html"].flatMap((ext) => [
		{ name: `${ext}, light and dark`, run: (t) => theme(t, ext) },
		{ name: `${ext}, sizes of windows`, run: (t) => windows(t, ext) },
		{ name: `${ext}, paper`, run: (t) => paper(t, ext) },
	]),
	{ name: "html, dense screen", run: dense },
];
