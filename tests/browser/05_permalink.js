// The address behind "#" brings back frame, search and order, in another picture of the same profile too.
"use strict";
const graph = require("./lib/graph");

// A frame some levels down, and the path to it, in a picture.
async function descend(g, levels) {
	const plot = await g.plot();
	for (let i = 0; i < levels; i++) {
		const all = (await g.boxes()).filter((b) => b.label.length > 3 && !b.label.includes("..") && !b.label.includes("others") && b.w < plot.w - 2 && b.w > 80);
		const box = all.sort((a, b) => b.w - a.w)[0];
		if (!box)
			break;
		await g.click(box);
		await g.away();
	}
}

const isZoomed = async (g, name) => {
	const plot = await g.plot();
	const b = (await g.boxes()).filter((x) => x.label === name && Math.abs(x.w - plot.w) < 2);
	return b.length > 0;
};

async function sameView(t, ext) {
	const file = t.flame("middle", ext);
	const g = await graph.open(t, file);
	await descend(g, 4);
	await g.search("alloc|read");
	await g.order("name");
	const link = await g.link();
	for (const key of ["z=", "q=alloc", "o=name"])
		t.ok(link.includes(key), `the link lacks ${key}: ${link}`);
	const first = await g.name();
	const want = { details: await g.details(), result: await g.result(), boxes: (await g.boxes()).map((b) => `${b.label} ${b.x} ${b.y} ${b.w}`) };
	const h = await graph.open(t, file, { hash: link });
	t.eq(await h.details(), want.details, "details");
	t.eq(await h.result(), want.result, "result");
	t.eq((await h.boxes()).map((b) => `${b.label} ${b.x} ${b.y} ${b.w}`), want.boxes, "boxes");
	t.eq(await h.link(), link, "the link again");
	for (const args of [["--width", "800", "--minwidth", "5"], ["--min-percent", "1", "--order", "name"]]) {
		const other = await graph.open(t, t.flame("middle", ext, args), { hash: link });
		t.eq(await other.name(), first, `made with ${args.join(" ")}: what is zoomed`);
		t.eq((await other.result()).text, want.result.text, `made with ${args.join(" ")}: result`);
		t.eq(await other.notice(), "", `made with ${args.join(" ")}: notice`);
	}
	const twin = await graph.open(t, t.flame("middle", ext === "svg" ? "html" : "svg"), { hash: link });
	t.eq((await twin.result()).text, want.result.text, "page and picture: result");
	for (const key of ["o", "o", "i", "i", "k", "k", "k", "k"])
		await twin.press(key);
	await twin.settle();
	t.eq([await twin.link(), (await twin.result()).text], [link, want.result.text], "page and picture: the link after all keys");
	return `${first}, ${link.length} characters`;
}

async function unknown(t, ext) {
	const g = await graph.open(t, t.flame("tiny", ext));
	await g.zoom("server_run");
	await g.zoom("parse_request");
	const link = await g.link();
	t.ok(link.split(".").length >= 3, `the link has the path: ${link}`);
	const parts = link.replace("#z=", "").split(".");
	const gone = `#z=${[...parts.slice(0, -1), "1abcdefghij"].join(".")}`;
	const h = await graph.open(t, t.flame("tiny", ext), { hash: gone });
	t.ok(await isZoomed(h, "server_run"), "the caller of what is gone is not zoomed");
	t.ok((await h.notice()).length > 10, "no notice");
	for (const hash of ["#z=zzzzzzzzzzzzz", "#z=%", "#z=<script>&q=%F0%9F", "#m=nothing&o=x&t=y&z=", "#q=(", "#&&==&z"]) {
		const k = await graph.open(t, t.flame("tiny", ext), { hash });
		t.ok(await isZoomed(k, "all"), `${hash}: all is not shown`);
	}
}

async function history(t, ext) {
	const g = await graph.open(t, t.flame("tiny", ext));
	await g.zoom("server_run");
	await g.zoom("cache_put");
	const shows = (zoomed, not) => g.eventually(async () => (await isZoomed(g, zoomed)) && !(not && (await isZoomed(g, not))));
	await g.page.goBack();
	t.ok(await shows("server_run", "cache_put"), "one step back");
	await g.page.goBack();
	t.ok(await shows("all", "server_run"), "two steps back");
	await g.page.goForward();
	t.ok(await shows("server_run"), "a step forward");
	await g.page.evaluate((hash) => (location.hash = hash), await g.link());
	t.eq(await g.page.evaluate(() => document.readyState), "complete", "still there");
}

module.exports = ["svg", "html"].flatMap((ext) => [
	{ name: ext, run: (t) => sameView(t, ext) },
	{ name: `${ext}, what is not there`, run: (t) => unknown(t, ext) },
	{ name: `${ext}, back and forward`, run: (t) => history(t, ext) },
]);
