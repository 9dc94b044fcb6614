#!/usr/bin/env node
// bench.js - size and speed of pictures and pages in the browser, beside flamegraph.pl on the same data.
//
// usage: tests/browser/bench.js [--times N]
//
// Best of N (3).  What is wanted stands behind each figure; nothing here fails.
"use strict";
const fs = require("fs");
const path = require("path");
const graph = require("./lib/graph");
const timing = require("./lib/timing");
const tools = require("./lib/tools");
const { Server } = require("./lib/server");
const { Session } = require("./lib/session");

const MIB = 1048576;
const times = Number((process.argv.includes("--times") && process.argv[process.argv.indexOf("--times") + 1]) || 3);
const line = (name, what) => console.log(name.padEnd(34), what);
const ms = (v) => `${Math.round(v)} ms`;
const kb = (v) => (v < 1e6 ? `${(v / 1e3).toFixed(0)} KB` : `${(v / 1e6).toFixed(2)} MB`);

// The least of some runs of @run, which answers with a number, or with numbers by name.
async function best(run, n = times) {
	let least;
	for (let i = 0; i < n; i++) {
		const got = await run();
		if (typeof got === "number")
			least = Math.min(least === undefined ? Infinity : least, got);
		else
			least = Object.fromEntries(Object.entries(got).map(([k, v]) => [k, least ? Math.min(least[k], v) : v]));
	}
	return least;
}

// Ms of hprof for a picture, less what reading the profile takes.
async function generation(t, corpus, ext) {
	const out = path.join(t.work, `bench.${ext}`), file = t.corpus(corpus);
	const read = await best(async () => tools.must([tools.HPROF, "top", "-q", "-n", "1", file]).ms);
	const all = await best(async () => tools.must([tools.HPROF, "flame", "-q", file, "-o", out]).ms);
	return { all, own: Math.max(0, all - read), size: fs.statSync(out).size };
}

function dataOf(file) {
	const text = fs.readFileSync(file, "utf8");
	return (/id="hprof-data"[^>]*>([^<]*)</.exec(text) || [, ""])[1].length;
}

async function pages(t, corpus, nodes, wanted) {
	const file = t.flame(corpus, "html");
	const made = await generation(t, corpus, "html");
	const data = dataOf(file);
	line(`${corpus}.html`, `${kb(made.size)}, data ${(data * 0.75 / nodes).toFixed(2)} B a node packed, made in ${ms(made.own)} after reading`);
	const f = await best(async () => {
		const begin = Date.now();
		const g = await graph.open(t, file);
		const ready = Date.now() - begin;
		const zoom = await timing.pageZooms(g, 15);
		const search = await timing.pageSearch(g, "alloc");
		const heap = await timing.heap(g.page);
		await g.page.context().close();
		return { ready, frame: zoom.median, painted: zoom.painted, search, heap };
	});
	line("", `open ${ms(f.ready)}, zoom ${f.frame.toFixed(1)} ms of script, ${ms(f.painted)} to paint, search ${ms(f.search)}, heap ${Math.round(f.heap / MIB)} MiB` +
		`; wanted: ${wanted}`);
}

async function picture(t, corpus, folded) {
	const file = t.flame(corpus, "svg");
	const made = await generation(t, corpus, "svg");
	const boxes = (fs.readFileSync(file, "utf8").match(/<g data-w=/g) || []).length;
	const f = await best(async () => {
		const begin = Date.now();
		const g = await graph.open(t, file);
		const ready = Date.now() - begin;
		const zoom = await timing.svgZooms(g, 5);
		const search = Date.now();
		await g.page.fill("#hprof-tools input[type=text]", "alloc");
		await g.until(() => / of total/.test(document.querySelector("#hprof-status").textContent));
		const searched = Date.now() - search;
		await g.page.context().close();
		return { ready, script: zoom.script, painted: zoom.painted, search: searched };
	});
	line(`${corpus}.svg`, `${kb(made.size)}, ${boxes} boxes, made in ${ms(made.own)} after reading; wanted: 1.5 MB, 5000, 500 ms`);
	line("", `open ${ms(f.ready)}, zoom ${ms(f.script)} of script, ${ms(f.painted)} to paint, search ${ms(f.search)}; wanted: zoom 200 ms`);
	const pl = tools.flamegraphPl();
	if (!pl) {
		console.log("SKIP flamegraph.pl: it is not there");
		return;
	}
	const theirs = path.join(t.work, `${corpus}-flamegraph.svg`);
	const run = tools.must(["perl", pl], { input: folded });
	fs.writeFileSync(theirs, run.out);
	line("  flamegraph.pl", `${kb(run.out.length)}, made in ${ms(run.ms)}: ratio ${(made.all / run.ms).toFixed(3)}`);
	const z = await timing.flamegraphZooms(t, theirs, 1).catch((e) => line("", `does not open: ${e.message.split("\n")[0]}`));
	if (!z)
		return;
	line("", `open ${ms(z.load)}, zoom ${ms(z.script)} of script, ${ms(z.painted)} to paint`);
	line("  ratios", `open ${(f.ready / z.load).toFixed(2)}, zoom ${(f.painted / z.painted).toFixed(3)}`);
}

async function main() {
	const why = !tools.chromium() ? "no chromium" : tools.installPackages();
	if (why) {
		console.log(`SKIP browser: ${why}`);
		return;
	}
	const work = fs.mkdtempSync(path.join(tools.PLACE, "bench-"));
	const server = await new Server(work).start();
	const browser = await tools.packageOf("playwright-core").chromium.launch({ executablePath: tools.chromium(), args: ["--disable-gpu"] });
	const t = new Session(browser, server, work);
	try {
		const shell = fs.readFileSync(t.flame("tiny", "html"), "utf8");
		const scripts = (shell.match(/<script>[^]*?<\/script>|<style>[^]*?<\/style>/g) || []).reduce((sum, s) => sum + s.length, 0);
		line("script and style of a page", `${kb(scripts)} of ${kb(shell.length)}; wanted: 60 KB`);
		const folded = (corpus) => t.hprof(["collapsed", "-q", t.corpus(corpus)]).out;
		await pages(t, "real", 71491, "400 KB, open 1000 ms, zoom 16 ms, search 100 ms, heap 100 MiB, 2.5 B a node");
		await pages(t, "million", 1000000, "4 MB, open 3000 ms");
		await picture(t, "middle", folded("middle"));
		await picture(t, "real", folded("real"));
	} catch (e) {
		console.log(`FAIL browser: ${e.message}`);
	} finally {
		await browser.close();
		await server.stop();
		fs.rmSync(work, { recursive: true, force: true });
	}
}

main();
