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

const TYPES = ["inuse_space", "inuse_objects", "alloc_space", "alloc_objects"];

function totals(t, corpus) {
	return Object.fromEntries(TYPES.map((type) => [type, Math.round(tools.hprofJson(["top", "--json", "-q", "--sample-index", type, t.corpus(corpus)]).total)]));
}

function exported(t, corpus, to, args = []) {
	const out = path.join(t.work, `${corpus}.${to}.json`);
	t.hprof(["export", "-q", "--to", to, ...args, t.corpus(corpus), "-o", out]);
	return out;
}

// Every sample type, frame by frame after speedscope has read and saved it; and what it shows.
async function speedscope(t) {
	for (const corpus of ["tiny", "middle", "evil", "real"]) {
		const file = exported(t, corpus, "speedscope");
		const { page, doc } = await viewers.throughSpeedscope(t, file);
		const got = Object.fromEntries(viewers.speedscopeTotals(doc).map((p) => [p.name, p.total]));
		t.eq(got, Object.fromEntries(Object.keys(got).map((k) => [k, totals(t, corpus)[k]])), corpus);
		t.eq(Object.keys(got).sort(), [...TYPES].sort(), `${corpus}: sample types`);
		t.ok(doc.profiles.every((p) => p.unit === (p.name.endsWith("space") ? "bytes" : "none")), `${corpus}: units`);
		const sent = JSON.parse(fs.readFileSync(file, "utf8"));
		const names = (d) => [...new Set(d.shared.frames.map((f) => f.name))].sort(); // it saves those of each profile
		t.eq(names(doc), names(sent), `${corpus}: names`);
		if (corpus !== "tiny")
			continue;
		await page.getByText("Sandwich").click();
		await page.waitForFunction(() => / ?MB/.test(document.body.innerText)); // it draws the table later
		const text = await page.evaluate(() => document.body.innerText);
		t.ok(/11\.77 ?MB/.test(text) && text.includes("alloc_page"), `it shows no megabytes: ${text.slice(0, 400)}`);
	}
}

// The root of DHAT's own page: "Total: 12,345,678 bytes (100%...) in 2,313 blocks (...".
async function dhat(t) {
	if (!tools.dhView())
		throw new Skip("no dh_view.html of valgrind");
	for (const corpus of ["tiny", "middle", "evil"]) {
		const { page, text } = await viewers.throughDhat(t, exported(t, corpus, "dhat"));
		const all = totals(t, corpus);
		const found = /Total:\s+([\d,]+) bytes \([^)]*\) in ([\d,]+) blocks/.exec(text);
		t.eq(found && found.slice(1).map((s) => Number(s.replace(/,/g, ""))), [all.alloc_space, all.alloc_objects], `${corpus}: total`);
		const end = /At t-end:\s+([\d,]+) bytes \([^)]*\) in ([\d,]+) blocks/.exec(text);
		t.eq(end && end.slice(1).map((s) => Number(s.replace(/,/g, ""))), [all.inuse_space, all.inuse_objects], `${corpus}: at the end`);
		t.eq(await page.evaluate(() => typeof window.PWN), "undefined", `${corpus}: a name became code`);
	}
}

// Pictures where there are no fonts, or no configuration of them.
async function fonts(t) {
	const empty = path.join(t.work, "fonts.conf");
	fs.writeFileSync(empty, `<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">\n<fontconfig><cachedir>${t.work}/fonts</cachedir></fontconfig>\n`);
	const figures = [];
	for (const [what, conf] of [["no fonts", empty], ["no configuration", "/nonexistent"]])
		for (const ext of ["svg", "html", "png", "pdf"]) {
			const out = path.join(t.work, `fonts-${what.replace(" ", "-")}.${ext}`);
			const r = tools.run([tools.HPROF, "flame", t.corpus("tiny"), "-o", out], { env: { FONTCONFIG_FILE: conf } });
			t.eq(r.code, 0, `${what}, ${ext}: exit`);
			t.ok(r.err.split("\n").filter((l) => l.startsWith("hprof:")).length <= 1, `${what}, ${ext}: ${r.err}`);
			if (ext === "svg" || ext === "html")
				t.ok(fs.readFileSync(out).equals(fs.readFileSync(t.flame("tiny", ext))), `${what}, ${ext}: other bytes`);
			if (ext === "pdf" && tools.find("pdftotext") && what === "no fonts")
				figures.push(`PDF without fonts: ${fs.statSync(out).size} bytes`);
			if (ext === "png")
				t.ok(fs.statSync(out).size > 5000, `${what}: the PNG is empty`);
		}
	return figures.join(", ");
}

async function rsvg(t) {
	if (!tools.find("rsvg-convert"))
		throw new Skip("no rsvg-convert");
	for (const corpus of ["tiny", "old..new", "evil", "middle"]) {
		const both = [[], ["--no-script"]].map((args) => tools.must(["rsvg-convert", "--unlimited", t.flame(corpus, "svg", args)]));
		t.ok(both[0].out.equals(both[1].out), `${corpus}: the data and the script change what is drawn`);
		t.ok(both[0].out.length > 10000, `${corpus}: ${both[0].out.length} bytes`);
		t.eq(both[0].err, "", `${corpus}: what it says`);
	}
}

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
	{ name: "speedscope's own format", run: speedscope },
	{ name: "DHAT's page", run: dhat },
	{ name: "no fonts", run: fonts },
	{ name: "rsvg-convert", run: rsvg },
];
