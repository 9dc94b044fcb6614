// oracle.js - the call tree once more, from folded stacks, to hold the pictures against.
"use strict";

/*
 * Lines "root;...;leaf VALUE" as a Map from path to { name, own, total, kids }; the path of the whole
 * is "".  A path is names joined by ";": collapsed has no ";" in names.
 */
function treeOf(text) {
	const nodes = new Map([["", { name: "all", own: 0, total: 0, kids: new Set() }]]);
	for (const line of text.split("\n")) {
		const at = line.lastIndexOf(" ");
		if (at < 0)
			continue;
		const value = Number(line.slice(at + 1));
		let path = "";
		nodes.get("").total += value;
		for (const name of line.slice(0, at).split(";")) {
			const up = path;
			path = path ? `${path};${name}` : name;
			if (!nodes.has(path)) {
				nodes.set(path, { name, own: 0, total: 0, kids: new Set() });
				nodes.get(up).kids.add(path);
			}
			nodes.get(path).total += value;
		}
		nodes.get(path).own += value;
	}
	return nodes;
}

/*
 * What stacks with a frame of a matching name add up to, each counted once; below @under when it is
 * given.
 */
function matching(text, re, under = "") {
	let sum = 0;
	for (const line of text.split("\n")) {
		const at = line.lastIndexOf(" "), stack = line.slice(0, at);
		if (at >= 0 && (!under || stack === under || stack.startsWith(`${under};`)) && stack.split(";").some((n) => re.test(n)))
			sum += Number(line.slice(at + 1));
	}
	return sum;
}

module.exports = { treeOf, matching };
