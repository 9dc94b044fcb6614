// What is left out of a picture is in "(n others)": sums hold, and the script makes the same boxes as hprof.
"use strict";
const path = require("path");
const { treeOf } = require("./lib/oracle");
const graph = require("./lib/graph");
const { boxesOf, linkBoxes, dataOf } = require("./lib/picture");
const tools = require("./lib/tools");

const folded = (t, corpus) => t.hprof(["collapsed", "-q", t.corpus(corpus)]).out.toString();

// Of every box: callees, others and what ends there are what it is; returns how many were looked at.
function sums(t, boxes, what) {
	let parents = 0, wrong = 0;
	for (const b of boxes) {
		const below = b.kids.reduce((sum, k) => sum + k.weight, 0);
		parents += b.kids.length > 0;
		if (below > b.weight || (b.others && b.kids.length))
			wrong++;
	}
	t.eq(wrong, 0, `${what}: boxes less than what they hold`);
	return parents;
}

// The same with what hprof collapsed says: totals, own values and numbers of callees, to the byte.
function against(t, boxes, tree, what) {
	let others = 0;
	for (const b of boxes) {
		const node = tree.get(b.others ? b.parent.path : b.path);
		if (!t.ok(node, `${what}: there is no ${b.path}`))
			continue;
		if (b.others) {
			const drawn = b.parent.kids.filter((k) => !k.others);
			const rest = [...node.kids].filter((k) => !drawn.some((d) => d.path === k));
			t.eq([b.others, b.weight], [rest.length, rest.reduce((s, k) => s + tree.get(k).total, 0)], `${what}: others of ${b.parent.path}`);
			others++;
			continue;
		}
		t.eq(b.weight, node.total, `${what}: ${b.path}`);
		if (b.kids.length && b.kids.some((k) => k.others))
			t.eq(b.weight - b.kids.reduce((s, k) => s + k.weight, 0), node.own, `${what}: what ends in ${b.path}`);
	}
	return others;
}

async function staticBoxes(t, corpus, args) {
	const page = await t.open(t.flame(corpus, "svg", ["--no-script", ...args]), { context: { viewport: { width: 1280, height: 800 } } });
	return linkBoxes(await boxesOf(page));
}

// Boxes that core.js makes of the data in a picture, as the picture has them.
async function scriptBoxes(svg, min, width) {
	const core = require(path.join(tools.ROOT, "render/web/core.js"));
	const profile = core.open(await dataOf(svg));
	const view = core.merge(profile, {});
	return core.boxes(view, { zoom: 0, width, min, max: 5000 }).box
		.map((b) => b.kind === 2 ? { others: b.count, weight: b.value, x: b.x, w: b.w, level: b.level }
			: { others: 0, name: core.name(view, b.node), weight: core.valueOf(view, b.node), x: b.x, w: b.w, level: b.level });
}

// With its script the picture looks at first as it does without.
async function redrawn(t) {
	let n = 0;
	for (const corpus of ["tiny", "middle", "old..new", "evil", "wide", "monday..tuesday"]) {
		const theirs = await boxesOf(await t.open(t.flame(corpus, "svg", ["--no-script"])));
		const g = await graph.open(t, t.flame(corpus, "svg"));
		const mine = await g.boxes();
		const flat = (l) => l.map((b) => [b.x, b.w, b.fill, b.hatched, b.text === undefined || b.labelBox !== undefined ? b.label : b.text]);
		const order = (a, b) => a[0] - b[0] || b[1] - a[1] || (a[4] < b[4] ? -1 : 1);
		const [a, b] = [flat(theirs).sort(order), flat(mine).sort(order)];
		t.eq(b.length, a.length, `${corpus}: boxes`);
		a.forEach((x, i) => {
			const y = b[i] || [];
			n++;
			t.ok(Math.abs(x[0] - y[0]) < 0.03 && Math.abs(x[1] - y[1]) < 0.03 && x[2] === y[2] && x[3] === y[3] && x[4] === y[4],
				`${corpus}: as it is ${JSON.stringify(x)}, with its script ${JSON.stringify(y)}`);
		});
	}
	return `${n} boxes`;
}

module.exports = [
	{ name: "the script draws the same picture", run: redrawn },
	{
		name: "sums, exact profile",
		async run(t) {
			const tree = treeOf(folded(t, "middle"));
			const figures = [];
			for (const min of ["0.5", "5"]) {
				const boxes = await staticBoxes(t, "middle", ["--minwidth", min]);
				sums(t, boxes, min);
				figures.push(`${min} px: ${boxes.length} boxes, ${against(t, boxes, tree, `${min} px`)} of others`);
			}
			return figures.join("; ");
		},
	},
	{
		name: "sums, sampled profile",
		async run(t) {
			const total = Math.round(tools.hprofJson(["top", "--json", "-q", t.corpus("real")]).total);
			const figures = [];
			for (const min of ["0.5", "5"]) {
				const boxes = await staticBoxes(t, "real", ["--minwidth", min]);
				t.eq(boxes.find((b) => !b.parent).weight, total, "total");
				figures.push(`${min} px: ${boxes.length} boxes, ${sums(t, boxes, min)} callers`);
				t.ok(boxes.length <= 5000, `${boxes.length} boxes`);
			}
			return figures.join("; ");
		},
	},
	{
		name: "the script makes the same boxes",
		async run(t) {
			let n = 0;
			for (const [corpus, min] of [["tiny", 0.5], ["middle", 0.5], ["middle", 5], ["real", 5], ["old..new", 0.5], ["wide", 0.5], ["evil", 0.5]]) {
				const theirs = await staticBoxes(t, corpus, ["--minwidth", String(min)]);
				const mine = await scriptBoxes(t.flame(corpus, "svg", ["--minwidth", String(min)]), min, 1180);
				const origin = theirs.find((b) => !b.parent).x;
				for (const b of theirs)
					b.x -= origin;
				for (const l of [theirs, mine])
					l.sort((a, b) => a.level - b.level || a.x - b.x || a.others - b.others);
				t.eq(theirs.length, mine.length, `${corpus} at ${min} px: boxes`);
				mine.forEach((b, i) => {
					const a = theirs[i];
					n++;
					t.ok(a && a.weight === b.weight && a.others === b.others && (b.others || a.name === b.name) && Math.abs(a.x - b.x) < 0.02,
						`${corpus} at ${min} px: hprof has ${JSON.stringify(a && [a.level, a.x, a.name, a.weight])}, the script ${JSON.stringify([b.level, b.x, b.name, b.weight])}`);
				});
			}
			return `${n} boxes`;
		},
	},
];
