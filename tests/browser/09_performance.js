// How much is done for what is seen: counts, and ratios of times taken together.  Times are only printed.
"use strict";
const fs = require("fs");
const path = require("path");
const graph = require("./lib/graph");
const timing = require("./lib/timing");
const tools = require("./lib/tools");
const { Skip } = require("./lib/report");

const BOXES = 5000; // that a picture may have at a time
const ms = (v) => `${Math.round(v)} ms`;

async function page(t) {
	const begin = Date.now();
	const g = await graph.open(t, t.flame("real", "html"));
	const ready = Date.now() - begin;
	const all = await g.drawn();
	const frames = await timing.pageZooms(g, 15);
	const search = await timing.pageSearch(g, "alloc");
	const after = await g.drawn();
	const screen = (all.height / 18 + 2) * all.width; // a box is a pixel wide at least
	t.ok(all.fills < 40000 && frames.fills.every((n) => n < 3 * BOXES), `rectangles for a frame: ${frames.fills}`);
	t.ok(after.frames - all.frames < 15 * 20, `${after.frames - all.frames} frames for 15 zooms`);
	t.ok(screen > 0, "no canvas");
	return `open ${ms(ready)}, frame ${frames.median.toFixed(1)} ms of 15, most ${Math.max(...frames.fills)} rectangles, search ${ms(search)}, ` +
		`heap ${Math.round((await timing.heap(g.page)) / 1048576)} MiB`;
}

async function million(t) {
	const small = await graph.open(t, t.flame("middle", "html"));
	const few = await timing.pageZooms(small, 9);
	await small.page.context().close();
	const file = t.flame("million", "html");
	const begin = Date.now();
	const g = await graph.open(t, file);
	const ready = Date.now() - begin;
	const many = await timing.pageZooms(g, 9);
	t.ok(many.median < 40 * Math.max(few.median, 1), `a frame of 1,000,000 nodes takes ${many.median} ms, one of 10,000 ${few.median} ms`);
	return `${(fs.statSync(file).size / 1e6).toFixed(1)} MB, open ${ms(ready)}, frame ${many.median.toFixed(1)} ms, of 10,000 nodes ${few.median.toFixed(1)} ms`;
}

async function picture(t) {
	const file = t.flame("real", "svg");
	const begin = Date.now();
	const g = await graph.open(t, file);
	const ready = Date.now() - begin;
	const zoom = await timing.svgZooms(g, 5);
	t.ok(fs.statSync(file).size <= 1.5e6 * 1.2, `${fs.statSync(file).size} bytes`);
	const boxes = await g.boxes();
	t.ok(boxes.length <= BOXES && zoom.elements.every((n) => n < 3 * BOXES), `${boxes.length} boxes; elements: ${zoom.elements}`);
	t.eq(boxes.filter((b) => b.w < 0.45 && !b.hatched).length, 0, "boxes that nobody can see");
	return `${(fs.statSync(file).size / 1e6).toFixed(2)} MB, open ${ms(ready)}, zoom ${ms(zoom.script)} of script, ${ms(zoom.painted)} to paint, ` +
		`${Math.max(...zoom.elements)} elements`;
}

// The same profile drawn by flamegraph.pl: a zoom costs it at least as much.
async function beside(t) {
	const pl = tools.flamegraphPl();
	if (!pl)
		throw new Skip("no flamegraph.pl");
	const theirs = path.join(t.work, "theirs.svg");
	fs.writeFileSync(theirs, tools.must(["perl", pl], { input: t.hprof(["collapsed", "-q", t.corpus("middle")]).out }).out);
	const g = await graph.open(t, t.flame("middle", "svg"));
	const ours = await timing.svgZooms(g, 3);
	const other = await timing.flamegraphZooms(t, theirs, 1);
	const ratio = ours.script / other.script;
	t.ok(ratio < 0.5, `a zoom takes ${ms(ours.script)}, that of flamegraph.pl ${ms(other.script)}`);
	return `zoom ${ms(ours.script)} of script, flamegraph.pl ${ms(other.script)}: ratio ${ratio.toFixed(3)}`;
}

module.exports = [
	{ name: "html, 71,000 nodes", run: page },
	{ name: "html, 1,000,000 nodes", run: million },
	{ name: "svg, 71,000 nodes", run: picture },
	{ name: "svg beside flamegraph.pl", run: beside },
];
