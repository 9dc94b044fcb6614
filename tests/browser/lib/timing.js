// timing.js - how long things take in a page, and what is drawn meanwhile.
"use strict";

const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];

/*
 * Zoom in and out again @times, each to a frame that is wide and not zoomed; { median, painted: ms of
 * script and until it is painted, fills: rectangles of each frame }.
 */
async function pageZooms(g, times) {
	const script = [], painted = [], fills = [];
	for (let i = 0; i < times; i++) {
		const plot = await g.plot();
		const box = (await g.boxes()).filter((b) => b.w > 30 && b.w < plot.w - 2 && !b.label.includes("other")).sort((a, b) => b.w - a.w)[0];
		const out = !box || i % 5 === 4;
		const r = await g.page.evaluate(async ({ x, y }) => {
			const target = x === undefined ? document.querySelector("#hp-graph") : document.elementFromPoint(x, y);
			const kept = window.testDrawn, before = kept.fills, frames = kept.frames;
			const begin = performance.now();
			if (x === undefined)
				document.querySelector("#hp-reset").click();
			else
				target.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, clientX: x, clientY: y, view: window }));
			const sync = performance.now() - begin;
			await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
			return { sync, all: performance.now() - begin, fills: (kept.fills - before) / Math.max(1, kept.frames - frames) };
		}, out ? {} : { x: box.x + box.w / 2, y: box.y + box.h / 2 });
		script.push(r.sync);
		painted.push(r.all);
		fills.push(Math.round(r.fills));
		await g.settle();
	}
	return { median: median(script), painted: median(painted), fills };
}

// Ms until the result of a search is told, the wait for more keys included.
function pageSearch(g, text) {
	return g.page.evaluate(async (re) => {
		const field = document.querySelector("#hp-search"), result = document.querySelector("#hp-result");
		const begin = performance.now();
		field.value = re;
		field.dispatchEvent(new Event("input", { bubbles: true }));
		while (!/ of total/.test(result.textContent) && performance.now() - begin < 10000)
			await new Promise((done) => setTimeout(done, 5));
		return performance.now() - begin;
	}, text);
}

// Bytes of the heap of scripts, and of the arrays of numbers beside it.
async function heap(page) {
	const client = await page.context().newCDPSession(page);
	await client.send("HeapProfiler.collectGarbage");
	const { usedSize, backingStorageSize = 0 } = await client.send("Runtime.getHeapUsage");
	return usedSize + backingStorageSize;
}

// Click the element at a box; ms of script, and until it is painted.
function clickAt(page, x, y) {
	return page.evaluate(async ([cx, cy]) => {
		const target = document.elementFromPoint(cx, cy);
		const begin = performance.now();
		target.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, clientX: cx, clientY: cy, view: window }));
		const sync = performance.now() - begin;
		await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
		return { sync, all: performance.now() - begin, elements: document.getElementsByTagName("*").length };
	}, [x, y]);
}

async function svgZooms(g, times) {
	const script = [], painted = [], elements = [];
	for (let i = 0; i < times; i++) {
		const plot = await g.plot();
		const box = (await g.boxes()).filter((b) => b.w > 30 && b.w < plot.w - 2 && !b.others && b.y + b.h < 780).sort((a, b) => b.w - a.w)[0];
		if (!box)
			break;
		const r = await clickAt(g.page, box.x + box.w / 2, box.y + box.h / 2);
		script.push(r.sync);
		painted.push(r.all);
		elements.push(r.elements);
		await g.settle();
	}
	return { script: median(script), painted: median(painted), elements };
}

// The same in a picture of flamegraph.pl, which is as large as its frames are many; throws when it does not open.
async function flamegraphZooms(t, file, times) {
	const begin = Date.now();
	const page = await t.open(file, { timeout: 90000 });
	const load = Date.now() - begin;
	const script = [], painted = [];
	for (let i = 0; i < times; i++) {
		const at = await page.evaluate(() => {
			const all = [...document.querySelectorAll("#frames > g, g.func_g")].map((g) => [g, g.querySelector("rect")]).filter(([, r]) => r);
			const whole = Math.max(...all.map(([, r]) => r.width.baseVal.value));
			const [g] = all.filter(([, r]) => r.width.baseVal.value < whole - 20).sort((a, b) => b[1].width.baseVal.value - a[1].width.baseVal.value)[0];
			g.scrollIntoView();
			const r = g.querySelector("rect").getBoundingClientRect();
			return [r.x + r.width / 2, r.y + r.height / 2];
		});
		const r = await clickAt(page, at[0], at[1]);
		script.push(r.sync);
		painted.push(r.all);
	}
	return { load, script: median(script), painted: median(painted), elements: await page.evaluate(() => document.getElementsByTagName("*").length) };
}

module.exports = { pageZooms, pageSearch, heap, svgZooms, flamegraphZooms, median };
