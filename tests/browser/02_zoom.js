// A click zooms: the frame is as wide as the plot, its callers fill their rows, the rest is gone; Esc goes back.
"use strict";
const graph = require("./lib/graph");

const shape = (boxes) => boxes.map((b) => [b.label, b.x, b.y, b.w, b.h].map((v) => (typeof v === "number" ? Math.round(v * 10) / 10 : v)).join(" "));

async function zooms(t, ext) {
	const g = await graph.open(t, t.flame("tiny", ext));
	const before = await g.boxes();
	const plot = await g.plot();
	t.eq(before.filter((b) => b.label === "server_run").length, 1, "boxes of server_run at first");
	await g.zoom("server_run");
	const boxes = await g.boxes();
	const wide = (name) => {
		const b = boxes.find((x) => x.label === name);
		if (t.ok(b, `${name} is gone`)) {
			t.near(b.x, plot.x, 1, `${name}: left`);
			t.near(b.w, plot.w, 1.5, `${name}: width`);
		}
	};
	["server_run", "main", "all"].forEach(wide);
	for (const name of ["walk", "load_config"])
		t.ok(!boxes.some((b) => b.label === name), `${name} is still drawn`);
	for (const [name, from, share] of [["cache_put", 0, 6291456 / 7340032], ["parse_request", 6291456 / 7340032, 1048576 / 7340032]]) {
		const b = boxes.find((x) => x.label === name);
		if (!t.ok(b, `no ${name}`))
			continue;
		t.near(b.x, plot.x + plot.w * from, 1.5, `${name}: left`);
		t.near(b.w, plot.w * share, 1.5, `${name}: width`);
	}
	const text = await g.details();
	for (const part of ["server_run", "7.0 MiB (7,340,032 bytes)", "59.5%"])
		t.ok(text.includes(part), `details lack ${part}: ${text}`);
	const again = await g.box("cache_put");
	await g.click(again);
	await g.away();
	t.near((await g.box("cache_put")).w, plot.w, 1.5, "cache_put: width");
	t.ok((await g.details()).includes("6.0 MiB (6,291,456 bytes)"), `details of cache_put: ${await g.details()}`);
	await g.press("Escape");
	t.near((await g.box("server_run")).w, plot.w, 1.5, "after Esc server_run: width");
	await g.click(await g.box("main"));
	await g.away();
	t.near((await g.box("main")).w, plot.w, 1.5, "after a click on a caller: main");
	t.ok(await g.box("walk"), "after a click on a caller: walk is not there");
	await g.press("Escape");
	await g.away();
	t.eq(shape(await g.boxes()), shape(before), "the boxes after all");
	return `${before.length} boxes`;
}

async function manyTimes(t, ext) {
	const g = await graph.open(t, t.flame("real", ext));
	const first = shape(await g.boxes());
	let steps = 0;
	for (; steps < 12; steps++) {
		const plot = await g.plot();
		const widest = (await g.boxes()).filter((b) => b.label.length > 3 && b.w < plot.w - 2 && b.w > 60).sort((a, b) => b.w - a.w)[0];
		if (!widest)
			break;
		await g.click(widest);
		await g.away();
		for (const b of await g.boxes())
			if (b.x < plot.x - 1 || b.x + b.w > plot.x + plot.w + 1)
				t.problems.push(`step ${steps}: ${b.label} at ${b.x} is ${b.w} wide`);
	}
	await g.press("0");
	await g.away();
	t.eq(shape(await g.boxes()), first, "the boxes after all");
	return `${steps} steps`;
}

module.exports = ["svg", "html"].flatMap((ext) => [
	{ name: ext, run: (t) => zooms(t, ext) },
	{ name: `${ext}, far in and back`, run: (t) => manyTimes(t, ext) },
]);
