// Without scripts the picture is there as it is, and nothing that would not answer is shown.
"use strict";
const fs = require("fs");
const path = require("path");
const { pathToFileURL } = require("url");
const { nameIn } = require("./lib/graph");

const OFF = { context: { javaScriptEnabled: false, viewport: { width: 1280, height: 500 } } };

/*
 * How many pixels of two PNG files differ by more than @step in a channel; both are given to a page,
 * which is a decoder that is at hand.
 */
async function differing(t, a, b, step = 8) {
	const page = await t.open("about:blank", { allow: { requests: () => true } });
	return page.evaluate(async ([x, y, limit]) => {
		const pixels = async (data) => {
			const bitmap = await createImageBitmap(await (await fetch(`data:image/png;base64,${data}`)).blob());
			const g = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
			g.drawImage(bitmap, 0, 0);
			return g.getImageData(0, 0, bitmap.width, bitmap.height);
		};
		const [p, q] = [await pixels(x), await pixels(y)];
		if (p.width !== q.width || p.height !== q.height)
			return { size: [p.width, p.height, q.width, q.height], count: -1 };
		let count = 0, ink = 0;
		for (let i = 0; i < p.data.length; i += 4) {
			count += [0, 1, 2].some((k) => Math.abs(p.data[i + k] - q.data[i + k]) > limit);
			ink += p.data[i] !== p.data[0] || p.data[i + 1] !== p.data[1] || p.data[i + 2] !== p.data[2];
		}
		return { count, ink };
	}, [a.toString("base64"), b.toString("base64"), step]);
}

async function same(t, a, b, what) {
	const r = await differing(t, a, b);
	t.eq(r.count, 0, `${what}: pixels that differ (${JSON.stringify(r)})`);
	t.ok(r.ink > 5000, `${what}: the picture is empty`);
}

// The picture that has no script is what the others have to look like.
async function svg(t) {
	for (const corpus of ["tiny", "old..new"]) {
		const golden = await t.open(t.flame(corpus, "svg", ["--no-script"]), OFF);
		const shown = await golden.screenshot();
		const page = await t.open(t.flame(corpus, "svg"), OFF);
		await same(t, await page.screenshot(), shown, `${corpus}, scripts off`);
		t.ok(!/search|reset|zoom/i.test(await page.evaluate(() => [...document.querySelectorAll("text, button, input")].map((e) => e.textContent).join(" "))),
			`${corpus}: controls are shown`);
		const holder = path.join(t.work, `holder-${corpus}.html`);
		fs.writeFileSync(holder, `<!DOCTYPE html><body style="margin:0"><img src="${pathToFileURL(t.flame(corpus, "svg")).href}">`);
		const img = await t.open(holder, { ...OFF, allow: { requests: (l) => l.length === 2 } });
		await same(t, await img.screenshot(), shown, `${corpus}, as an image`);
	}
}

async function html(t) {
	const page = await t.open(t.flame("tiny", "html"), OFF);
	const got = await page.evaluate(() => ({
		controls: [...document.querySelectorAll("button, input, select, canvas")].length,
		boxes: document.querySelectorAll("svg rect").length,
		labels: [...document.querySelectorAll("svg text")].map((e) => e.textContent),
		table: [...document.querySelectorAll("table")].map((e) => e.innerText).join("\n"),
		shown: document.querySelector("svg").getBoundingClientRect().width,
	}));
	t.eq(got.controls, 0, "controls without a script");
	t.ok(got.boxes >= 10 && got.shown > 600, `the picture: ${got.boxes} boxes, ${got.shown} px wide`);
	for (const name of ["main", "server_run", "cache_put"])
		t.ok(got.labels.map(nameIn).includes(name), `no label ${name}`);
	for (const name of ["main", "alloc_page", "alloc_buffer", "walk"])
		t.ok(got.table.includes(name), `not in the table: ${name}`);
	const large = await t.open(t.flame("real", "html"), OFF);
	const boxes = await large.evaluate(() => document.querySelectorAll("#hprof-frames > g").length);
	t.ok(boxes > 100 && boxes <= 300, `a large profile: ${boxes} boxes`);
}

module.exports = [{ name: "svg", run: svg }, { name: "html", run: html }];
