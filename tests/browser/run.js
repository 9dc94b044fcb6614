#!/usr/bin/env node
// run.js - the pictures and pages of hprof in a real browser, and its exports in the viewers they are for.
//
// usage: tests/browser/run.js [--only TEXT]... [--keep] [-v]
//
// Needs chromium, and npm for what package-lock.json names, which goes below build/browser; without
// them all is skipped.  HPROF names the tool (build/hprof), CHROMIUM the browser.  Nothing is judged by the
// clock: times are printed, and what is judged are counts and ratios of times that were taken together.
// To renew the lock file: npm install --package-lock-only --ignore-scripts --omit-lockfile-registry-resolved
"use strict";
const fs = require("fs");
const path = require("path");
const { Report, Skip } = require("./lib/report");
const { Server } = require("./lib/server");
const { Session } = require("./lib/session");
const tools = require("./lib/tools");

const TEST_LIMIT = 240000, ALL_LIMIT = 1500000; // against hanging only

function options(argv) {
	const o = { only: [], keep: false, verbose: false };
	for (let i = 0; i < argv.length; i++) {
		if (argv[i] === "--only" && i + 1 < argv.length)
			o.only.push(argv[++i]);
		else if (argv[i] === "--keep")
			o.keep = true;
		else if (argv[i] === "-v")
			o.verbose = true;
		else
			throw new Error(`unknown option ${argv[i]}`);
	}
	return o;
}

// Files NN_name.js, each with a list of { name, run(session) }.
function cases(only) {
	const files = fs.readdirSync(__dirname).filter((f) => /^\d\d_.*\.js$/.test(f)).sort();
	return files.flatMap((f) => require(path.join(__dirname, f)).map((c) => ({ ...c, name: `${path.basename(f, ".js")}: ${c.name}` })))
		.filter((c) => !only.length || only.some((text) => c.name.includes(text)));
}

function limited(promise, ms, what) {
	let timer;
	const late = new Promise((_, no) => (timer = setTimeout(() => no(new Error(what)), ms)));
	return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

async function runCase(c, report, world) {
	const s = new Session(world.browser, world.server, world.work);
	let figures, why;
	const begin = Date.now();
	try {
		figures = await limited(c.run(s), TEST_LIMIT, `no end after ${TEST_LIMIT / 1000} s`);
	} catch (e) {
		if (e instanceof Skip)
			why = e.message;
		else
			s.problems.push(e.stack.split("\n").slice(0, 12).join("\n"));
	}
	await limited(s.close(), 30000, "a page does not close").catch((e) => s.problems.push(String(e)));
	const took = `${((Date.now() - begin) / 1000).toFixed(1)} s`;
	if (s.problems.length)
		report.fail(c.name, s.problems);
	else if (why)
		report.skip(c.name, why);
	else
		report.pass(c.name, figures ? `${figures}; ${took}` : took);
}

// Where the tests put what they make: build/browser/out when it is kept, else a folder of this run.
function folder(keep) {
	const out = path.join(tools.PLACE, "out");
	if (!keep)
		return fs.mkdtempSync(path.join(tools.PLACE, "run-"));
	fs.rmSync(out, { recursive: true, force: true });
	fs.mkdirSync(out, { recursive: true });
	return out;
}

// Why nothing can be tested here, or null.
function missing() {
	if (!tools.chromium())
		return "no chromium";
	return tools.installPackages();
}

async function runAll(o, report) {
	const list = cases(o.only);
	const why = missing();
	if (why) {
		for (const c of list)
			report.skip(c.name, why);
		return;
	}
	const work = folder(o.keep);
	const server = await new Server(work).start();
	const browser = await tools.packageOf("playwright-core").chromium.launch({
		executablePath: tools.chromium(), args: ["--disable-gpu", "--no-first-run", "--font-render-hinting=none"], timeout: 60000,
	});
	console.log(`# ${browser.browserType().name()} ${browser.version()}, node ${process.version}`);
	const end = Date.now() + ALL_LIMIT;
	for (const c of list) {
		if (Date.now() > end)
			report.fail(c.name, ["no time is left"]);
		else
			await runCase(c, report, { browser, server, work });
	}
	await limited(browser.close(), 20000, "the browser does not end").catch((e) => report.fail("browser", [String(e)]));
	await server.stop();
	if (!o.keep)
		fs.rmSync(work, { recursive: true, force: true });
}

async function main() {
	const o = options(process.argv.slice(2));
	const report = new Report(o.verbose);
	if (!fs.existsSync(tools.HPROF))
		report.fail("the tool", [`no ${tools.HPROF}: run make, or set HPROF`]);
	else
		await runAll(o, report).catch((e) => report.fail("browser", [e.stack]));
	process.exit(report.close());
}

main();
