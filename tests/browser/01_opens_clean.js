// Pictures and pages open from a file: one request, nothing in the console, well-formed, with the totals.
"use strict";
const fs = require("fs");
const tools = require("./lib/tools");
const { TINY_TOTAL } = require("./lib/corpora");

const EXACT = TINY_TOTAL.toLocaleString("en-US");
const SHORT = `${(TINY_TOTAL / 1048576).toFixed(1)} MiB`;

async function opens(t, ext) {
	for (const corpus of ["tiny", "old..new", "real"]) {
		const page = await t.open(t.flame(corpus, ext));
		if (corpus !== "tiny")
			continue;
		const text = await page.evaluate(() => (document.body || document.documentElement).textContent);
		t.ok(text.includes(EXACT), `${ext}: nowhere ${EXACT}`);
		t.ok(text.includes(SHORT), `${ext}: nowhere ${SHORT}`);
	}
}

module.exports = [
	{ name: "svg", run: (t) => opens(t, "svg") },
	{ name: "html", run: (t) => opens(t, "html") },
	{
		name: "svg is XML",
		async run(t) {
			const checkers = [["xmllint", ["--noout", "--nonet"]], ["xmlwf", []]].filter(([name]) => tools.find(name));
			t.ok(checkers.length > 0, "neither xmllint nor xmlwf is there");
			for (const corpus of ["tiny", "old..new", "old..deep", "real", "evil", "evilMassif", "wide", "deep"]) {
				const file = t.flame(corpus, "svg");
				for (const [name, args] of checkers) {
					const r = tools.run([name, ...args, file]);
					t.eq([r.code, `${r.out}${r.err}`], [0, ""], `${name} of ${corpus}`);
				}
				t.ok(!/(href|src)=|url\((?!#)|@import|https?:(?!\/\/www\.w3\.org\/2000\/svg")/.test(
					fs.readFileSync(file, "utf8").replace(/<script[^]*<\/script>/, "").replace(/<title>[^<]*<\/title>/g, "")
						.replace(/<text[^<]*<\/text>/g, "").replace(/<metadata[^<]*<\/metadata>/, "")), `${corpus}: it names something outside`);
			}
			return checkers.map(([name]) => name).join(", ");
		},
	},
];
