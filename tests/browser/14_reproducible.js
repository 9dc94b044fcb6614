// The same bytes whatever the environment, and the same colours in different profiles.
"use strict";
const fs = require("fs");
const path = require("path");
const { boxesOf } = require("./lib/picture");
const tools = require("./lib/tools");

const ENVIRONMENTS = [
	{ LC_ALL: "C", TZ: "UTC", HOME: "/" },
	{ LC_ALL: "de_DE.UTF-8", TZ: "Asia/Kathmandu", HOME: "/nonexistent", PERL_HASH_SEED: "7", COLUMNS: "40", NO_COLOR: "1" },
	{ LC_ALL: "tr_TR.UTF-8", LANG: "tr_TR.UTF-8", TZ: "America/Caracas", HOME: "/tmp", USER: "somebody", MALLOC_PERTURB_: "85" },
];

// The picture of @corpus in each environment, and from different folders.
function made(t, corpus, ext, more = {}) {
	const file = t.corpus(corpus);
	return ENVIRONMENTS.map((env, i) => {
		const out = path.join(t.work, `same-${i}-${corpus}.${ext}`);
		t.hprof(["flame", "-q", i === 1 ? path.relative("/", file) : file, "-o", out], { env: { ...env, ...more }, cwd: i === 1 ? "/" : t.work });
		return fs.readFileSync(out);
	});
}

function same(t, ext, more) {
	const sizes = [];
	for (const corpus of ["tiny", "middle", "evil", ...(ext === "svg" || ext === "html" ? ["real"] : [])]) {
		const [first, ...others] = made(t, corpus, ext, more);
		others.forEach((b, i) => t.ok(b.equals(first), `${corpus}.${ext}: environment ${i + 1} makes other bytes`));
		sizes.push(`${corpus} ${first.length}`);
	}
	return `bytes: ${sizes.join(", ")}`;
}

async function colours(t) {
	const fills = async (corpus) => {
		const out = new Map();
		for (const b of await boxesOf(await t.open(t.flame(corpus, "svg", ["--no-script"]))))
			out.set(b.name, [...(out.get(b.name) || []), b.fill]);
		return out;
	};
	const a = await fills("monday"), b = await fills("tuesday");
	let common = 0;
	for (const [name, list] of a) {
		t.ok(new Set(list).size === 1, `${name} has several colours in one picture`);
		if (!b.has(name))
			continue;
		common++;
		t.eq(b.get(name)[0], list[0], `the colour of ${name}`);
	}
	t.ok(common > 100, `only ${common} functions in both`);
	const distinct = new Set([...a.values()].map((l) => l[0])).size;
	t.ok(distinct > 10, `only ${distinct} colours`);
	return `${common} functions in both, ${distinct} colours`;
}

module.exports = [
	{ name: "svg", run: async (t) => same(t, "svg") },
	{ name: "html", run: async (t) => same(t, "html") },
	{ name: "png", run: async (t) => same(t, "png") },
	{ name: "pdf", run: async (t) => same(t, "pdf", { SOURCE_DATE_EPOCH: "1700000000" }) },
	{ name: "colours", run: colours },
];
