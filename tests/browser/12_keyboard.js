// Everything can be done with keys, has a name, is told, and can be read.
"use strict";
const graph = require("./lib/graph");
const { contrast } = require("./lib/color");

// What the focus goes through, from the beginning of the document.
async function tabStops(page, most = 60) {
	const out = [];
	for (let i = 0; i < most; i++) {
		await page.keyboard.press("Tab");
		const at = await page.evaluate(() => {
			const e = document.activeElement;
			if (!e || e === document.body || e === document.documentElement)
				return null;
			const said = e.getAttribute("aria-label") || (e.labels && e.labels[0] && e.labels[0].textContent) || e.title || e.textContent || "";
			return { id: e.id, tag: e.tagName.toLowerCase(), name: said.trim().slice(0, 60), table: Boolean(e.closest("table")), graph: e.getAttribute("role") === "application" };
		});
		if (at === null && out.length)
			break;
		if (at)
			out.push(at);
	}
	return out;
}

async function reaches(t, ext) {
	const g = await graph.open(t, t.flame("tiny", ext));
	const stops = await tabStops(g.page);
	t.ok(stops.some((s) => s.graph), `the graph is not reached: ${JSON.stringify(stops)}`);
	t.ok(stops.some((s) => /search/i.test(s.id + s.name)), "the search is not reached");
	t.ok(ext === "svg" || stops.some((s) => s.table), "the table is not reached");
	t.eq(stops.filter((s) => !s.name).map((s) => `${s.tag}#${s.id}`), [], "what has no name");
	return `${stops.length} stops`;
}

async function moves(t, ext) {
	const g = await graph.open(t, t.flame("tiny", ext));
	const told = [];
	const press = async (key, name) => {
		await g.press(key);
		const text = await g.live();
		t.ok(text.startsWith(name), `${key}: told "${text}", want ${name}`);
		t.ok((await g.details()).includes(name), `${key}: the details do not tell of ${name}`);
		told.push(text);
	};
	await g.press("Home");
	await press("ArrowDown", "main");
	await press("ArrowDown", "server_run");
	await press("ArrowRight", "walk");
	await press("ArrowLeft", "server_run");
	await press("ArrowDown", "cache_put");
	await press("ArrowUp", "server_run");
	await g.press("Enter");
	await g.away();
	const plot = await g.plot();
	t.near((await g.box("server_run")).w, plot.w, 1.5, "after Enter: server_run");
	await g.press("Escape");
	t.ok((await g.box("server_run")).w < plot.w - 100, "after Escape: server_run");
	t.ok(/7\.0 MiB/.test(told[1]) && /59\.5%/.test(told[1]), `what is told has no numbers: ${told[1]}`);
	await g.page.keyboard.press("/");
	t.ok(await g.page.evaluate(() => /search/i.test(document.activeElement.getAttribute("aria-label"))), "/ does not go to the search");
	return `"${told[1]}"`;
}

// Of every label that is drawn, in both themes; of what is dimmed it is not asked.
async function readable(t, ext) {
	let least = Infinity, n = 0;
	for (const colorScheme of ["light", "dark"])
		for (const corpus of ["middle", "old..new", "monday..tuesday"]) {
			const g = await graph.open(t, t.flame(corpus, ext), { context: { colorScheme } });
			for (const b of await g.boxes()) {
				if (!b.label || !/^#[0-9a-f]{6}$/i.test(b.fill) || (b.alpha !== undefined && b.alpha < 1))
					continue;
				const c = contrast(b.ink, b.fill);
				least = Math.min(least, c);
				n++;
				t.ok(c >= 4.5, `${colorScheme}, ${corpus}: ${b.ink} on ${b.fill}: ${c.toFixed(2)}`);
			}
		}
	t.ok(n > 100, `only ${n} labels`);
	return `${n} labels, least contrast ${least.toFixed(2)}`;
}

// Text of the page itself, on what is behind it.
async function pageText(t) {
	let least = Infinity;
	for (const colorScheme of ["light", "dark"]) {
		const g = await graph.open(t, t.flame("tiny", "html"), { context: { colorScheme } });
		const pairs = await g.page.evaluate(() => {
			const hex = (c) => { const m = /rgba?\((\d+), (\d+), (\d+)(?:, ([\d.]+))?\)/.exec(c); return !m || m[4] === "0" ? null : "#" + m.slice(1, 4).map((v) => Number(v).toString(16).padStart(2, "0")).join(""); };
			const out = [];
			for (const e of document.querySelectorAll("body *")) {
				if (!e.innerText || ![...e.childNodes].some((k) => k.nodeType === 3 && k.textContent.trim()) || !e.checkVisibility() || e.closest("svg, .silent") || e.disabled)
					continue;
				let at = e, back = null;
				for (; at && !back; at = at.parentElement)
					back = hex(getComputedStyle(at).backgroundColor);
				out.push([hex(getComputedStyle(e).color), back || "#ffffff", e.tagName, e.innerText.slice(0, 30)]);
			}
			return out;
		});
		for (const [ink, paper, tag, text] of pairs) {
			const c = contrast(ink, paper);
			least = Math.min(least, c);
			t.ok(c >= 4.5, `${colorScheme}: ${tag} "${text}": ${ink} on ${paper}: ${c.toFixed(2)}`);
		}
	}
	return `least contrast ${least.toFixed(2)}`;
}

// Who wants no motion sees the end at once.
async function still(t, ext) {
	const g = await graph.open(t, t.flame("tiny", ext), { context: { reducedMotion: "reduce" } });
	const frames = async () => (ext === "html" ? (await g.drawn()).frames : 0);
	const before = await frames();
	const box = await g.box("server_run");
	await g.page.mouse.click(box.x + box.w / 2, box.y + box.h / 2);
	const first = await g.box("server_run");
	await g.page.waitForTimeout(400);
	t.eq((await g.box("server_run")).w, first.w, "width right after the click, and later");
	t.ok((await frames()) - before <= 4, `${(await frames()) - before} frames for one zoom`);
	t.eq(await g.page.evaluate(() => document.getAnimations().length), 0, "animations");
}

module.exports = [
	...["svg", "html"].flatMap((ext) => [
		{ name: `${ext}, Tab`, run: (t) => reaches(t, ext) },
		{ name: `${ext}, arrows`, run: (t) => moves(t, ext) },
		{ name: `${ext}, contrast of labels`, run: (t) => readable(t, ext) },
		{ name: `${ext}, no motion`, run: (t) => still(t, ext) },
	]),
	{ name: "html, contrast of text", run: pageText },
];
