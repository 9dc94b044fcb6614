// Served with the policies of others: no style or image is refused, and what is shown is whole.
"use strict";
const path = require("path");
const { boxesOf } = require("./lib/picture");

// Only that a script was not run may be told.
const SCRIPT = /script/i, OTHER = /style|image|font|stylesheet|connect|object/i;
const onlyScripts = (l) => l.every((text) => SCRIPT.test(text) && !OTHER.test(text.replace(/'[^']*'|default-src[^;]*|script-src-elem/g, "")));

async function serve(t, policy, file) {
	return t.open(t.server.url(policy, path.basename(file)), { allow: { console: onlyScripts, requests: (l) => l.length === 1 } });
}

function inside(t, boxes, what) {
	let labels = 0;
	for (const b of boxes) {
		if (!b.labelBox)
			continue;
		labels++;
		t.ok(b.labelBox.x >= b.x - 0.5 && b.labelBox.x + b.labelBox.w <= b.x + b.w + 1 && b.labelBox.y >= b.y - 2 && b.labelBox.y + b.labelBox.h <= b.y + b.h + 2,
			`${what}: the label ${b.label} (${JSON.stringify(b.labelBox)}) leaves its box ${JSON.stringify([b.x, b.y, b.w, b.h])}`);
	}
	return labels;
}

async function svg(t) {
	let labels = 0;
	for (const policy of ["jenkins", "self", "github"])
		for (const corpus of ["tiny", "old..new", "middle"]) {
			const page = await serve(t, policy, t.flame(corpus, "svg"));
			const boxes = await boxesOf(page);
			const what = `${policy}, ${corpus}`;
			labels += inside(t, boxes, what);
			t.ok(boxes.length > 5 && boxes.every((b) => /^#[0-9a-f]{6}$/.test(b.fill) && b.fill !== "#000000"), `${what}: boxes without a colour`);
			const computed = await page.evaluate(() => [...document.querySelectorAll("#hprof-frames > g > rect")].slice(0, 200).map((r) => getComputedStyle(r).fill));
			t.ok(computed.every((c) => c !== "rgb(0, 0, 0)"), `${what}: black boxes`);
			const size = await page.evaluate(() => getComputedStyle(document.querySelector("#hprof-frames text")).fontSize);
			t.eq(size, "12px", `${what}: size of labels`);
			t.ok(page.seen.console.length > 0, `${what}: no script was refused, so the policy was not in force`);
		}
	return `${labels} labels`;
}

async function html(t) {
	for (const policy of ["jenkins", "self"]) {
		const page = await t.open(t.server.url(policy, path.basename(t.flame("tiny", "html"))), {
			// The page's own style sheet and script are refused, and nothing else is asked for.
			allow: { console: (l) => l.length > 0 && l.every((text) => /inline style|inline script|script execution|sandboxed|Content Security Policy/i.test(text)) },
		});
		const got = await page.evaluate(() => ({
			text: document.body.innerText, table: document.querySelectorAll("table tr").length,
			boxes: document.querySelectorAll("svg rect").length,
			fills: [...document.querySelectorAll("svg rect")].map((r) => getComputedStyle(r).fill),
			data: [...document.querySelectorAll("script")].map((s) => s.getBoundingClientRect().height),
		}));
		t.ok(got.table > 3 && got.boxes > 9, `${policy}: ${got.table} rows, ${got.boxes} boxes`);
		t.ok(got.fills.every((f) => f !== "rgb(0, 0, 0)"), `${policy}: black boxes`);
		t.ok(got.text.includes("alloc_page") && !got.text.includes('"v":1'), `${policy}: the text is not readable`);
	}
}

async function works(t) {
	const graph = require("./lib/graph");
	for (const ext of ["svg", "html"]) {
		const file = path.basename(t.flame("tiny", ext));
		const g = await graph.open(t, t.server.url("none", file));
		await g.zoom("server_run");
		t.eq(t.server.asked.filter((u) => u.includes(file) && u.startsWith("/none")).length, 1, `${ext}: requests that the server saw`);
	}
}

module.exports = [{ name: "svg", run: svg }, { name: "html", run: html }, { name: "served without a policy", run: works }];
