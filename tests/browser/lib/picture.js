// picture.js - what the tests know of an SVG picture: where its boxes are and what they say.
"use strict";
const fs = require("fs");
const core = require("../../../render/web/core.js");

// Promise of the data in a picture or page, unfolded.
function dataOf(file) {
	const text = /<(metadata|script)[^>]* id="hprof-data"[^>]*>([^]*?)<\/\1>/.exec(fs.readFileSync(file, "utf8"))[2];
	return core.decode(unescaped(text));
}

const unescaped = (s) => s.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&quot;/g, '"').replace(/&#39;/g, "'").replace(/&amp;/g, "&");

/*
 * The boxes that are drawn: { name, text, label, weight, others, x, y, w, h, fill, hatched, stroke, labelBox }
 * in their order.  text is what follows the name in the title; x to h are pixels on the screen.
 */
function boxesOf(page) {
	return page.evaluate(() => {
		const round = (v) => Math.round(v * 100) / 100;
		return [...document.querySelectorAll("#hprof-frames > g")].map((g) => {
			const rects = [...g.querySelectorAll("rect")];
			const r = rects[0].getBoundingClientRect();
			const title = (g.querySelector("title") || { textContent: "" }).textContent;
			const at = title.indexOf("\n");
			const label = g.querySelector("text");
			const b = label && label.getBoundingClientRect();
			return {
				name: title.slice(0, at), text: title.slice(at + 1), label: label ? label.textContent : "",
				weight: Number(g.dataset.w), others: Number(g.dataset.others || 0),
				x: round(r.x), y: round(r.y), w: round(r.width), h: round(r.height),
				fill: rects[0].getAttribute("fill"), stroke: rects[0].getAttribute("stroke"),
				hatched: rects.some((x) => (x.getAttribute("fill") || "").startsWith("url(")),
				labelBox: b && { x: b.x, y: b.y, w: b.width, h: b.height },
			};
		});
	});
}

/*
 * Give every box its parent and its path: names from the root joined by ";", the root's own left out.
 * Rows are told apart by y, and in a row the parent is the one above (or below) that holds it.
 */
function linkBoxes(boxes) {
	const rows = new Map();
	for (const b of boxes) {
		b.kids = [];
		rows.set(b.y, [...(rows.get(b.y) || []), b]);
	}
	const levels = [...rows.keys()].sort((a, b) => a - b);
	const root = boxes.find((b) => b.name === "all");
	if (root && root.y === levels[levels.length - 1])
		levels.reverse(); // the root is at the bottom
	for (const y of levels)
		rows.get(y).sort((a, b) => a.x - b.x);
	levels.forEach((y, level) => {
		let at = 0;
		const above = level ? rows.get(levels[level - 1]) : [];
		for (const b of rows.get(y)) {
			b.level = level;
			while (at + 1 < above.length && above[at + 1].x <= b.x + b.w / 2)
				at++;
			b.parent = above[at] || null;
			if (b.parent)
				b.parent.kids.push(b);
			b.path = !b.parent ? "" : b.parent.path ? `${b.parent.path};${b.name}` : b.name;
		}
	});
	return boxes;
}

module.exports = { boxesOf, linkBoxes, dataOf, unescaped };
