// The exports, in the programs that they are for.
"use strict";
const fs = require("fs");
const path = require("path");
const tools = require("./lib/tools");
const { Skip } = require("./lib/report");
const viewers = require("./lib/viewers");

function collapsed(t, corpus, args = []) {
	const out = path.join(t.work, `${corpus}.folded`);
	t.hprof(["collapsed", "-q", ...args, t.corpus(corpus), "-o", out]);
	return out;
}

function sumOf(folded) {
	return fs.readFileSync(folded, "utf8").trimEnd().split("\n")
		.reduce((sum, l) => sum + Number(l.slice(l.lastIndexOf(" ") + 1)), 0);
}

const total = (t, corpus) => Math.round(tools.hprofJson(["top", "--json", "-q", t.corpus(corpus)]).total);

module.exports = [
	{
		name: "folded stacks in speedscope",
		async run(t) {
			for (const corpus of ["tiny", "middle", "evil"]) {
				const { doc } = await viewers.throughSpeedscope(t, collapsed(t, corpus));
				t.eq(viewers.speedscopeTotals(doc).map((p) => p.total), [total(t, corpus)], corpus);
			}
		},
	},
	{
		name: "folded stacks in flamegraph.pl",
		async run(t) {
			const pl = tools.flamegraphPl();
			if (!pl)
				throw new Skip("no flamegraph.pl");
			const file = collapsed(t, "tiny");
			const svg = tools.must(["perl", pl, "--minwidth", "0", file]).out.toString();
			const root = /<title>all \(([0-9,]+) samples, 100%\)<\/title>/.exec(svg);
			t.eq(root && Number(root[1].replace(/,/g, "")), total(t, "tiny"), "total");
			t.eq(sumOf(file), total(t, "tiny"), "sum of the lines");
		},
	},
];
