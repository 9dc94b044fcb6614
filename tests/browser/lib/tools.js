// tools.js - running hprof and the programs beside it, and getting the packages of npm.
"use strict";
const { spawnSync } = require("child_process");
const fs = require("fs");
const path = require("path");

const ROOT = path.resolve(__dirname, "../../..");
const HERE = path.resolve(__dirname, "..");
const PLACE = path.join(ROOT, "build", "browser"); // packages of npm, and what the tests make
const HPROF = path.resolve(process.env.HPROF || path.join(ROOT, "build", "hprof"));
const MIB = 1 << 20;

const ENV = { PATH: process.env.PATH, HOME: process.env.HOME || "/", LC_ALL: "C", TZ: "UTC", XDG_CACHE_HOME: "/dev/null" };

function find(name) {
	for (const dir of (process.env.PATH || "").split(":")) {
		const file = path.join(dir, name);
		if (dir && fs.existsSync(file))
			return file;
	}
	return null;
}

function first(files) {
	return files.find((f) => f && fs.existsSync(f)) || null;
}

function flamegraphPl() {
	return first([find("flamegraph.pl"), "/usr/share/perl5/Devel/NYTProf/flamegraph.pl"]);
}

function dhView() {
	return first(["/usr/libexec/valgrind/dh_view.html", "/usr/lib/valgrind/dh_view.html"]);
}

function chromium() {
	return process.env.CHROMIUM || find("chromium") || find("chromium-browser");
}

// Run a program; { code, out: Buffer, err: text, ms }.
function run(argv, { env = {}, cwd, input, timeout = 120000 } = {}) {
	const begin = process.hrtime.bigint();
	const r = spawnSync(argv[0], argv.slice(1), {
		env: { ...ENV, ...env }, cwd, input, timeout, maxBuffer: 512 * MIB,
	});
	if (r.error)
		throw new Error(`${argv.join(" ")}: ${r.error.message}`);
	return { code: r.status, out: r.stdout, err: r.stderr.toString(), ms: Number(process.hrtime.bigint() - begin) / 1e6 };
}

// The same for a program that has to work.
function must(argv, opts) {
	const r = run(argv, opts);
	if (r.code !== 0)
		throw new Error(`${argv.join(" ")}: exit ${r.code}\n${r.err.slice(0, 2000)}`);
	return r;
}

function hprof(args, opts) {
	return must([HPROF, ...args], opts);
}

function hprofJson(args) {
	return JSON.parse(hprof(args).out.toString());
}

const BROKEN = ["EUSAGE", "EINTEGRITY", "EJSONPARSE", "EBADENGINE"]; // our files are wrong, not the network

/*
 * Install what package-lock.json names below build/browser, unless it is there.  Returns null, or
 * why it cannot be had; throws where the reason is in the tree.
 */
function installPackages() {
	const files = ["package.json", "package-lock.json"];
	const stamp = path.join(PLACE, "installed");
	const wanted = files.map((f) => fs.readFileSync(path.join(HERE, f), "utf8")).join("");
	if (fs.existsSync(stamp) && fs.readFileSync(stamp, "utf8") === wanted)
		return null;
	if (!find("npm"))
		return "no npm";
	fs.mkdirSync(PLACE, { recursive: true });
	for (const f of files)
		fs.copyFileSync(path.join(HERE, f), path.join(PLACE, f));
	fs.rmSync(stamp, { force: true });
	const r = spawnSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1",
		"--fetch-timeout=30000"], { cwd: PLACE, timeout: 180000, encoding: "utf8" });
	if (r.status === 0) {
		fs.writeFileSync(stamp, wanted);
		return null;
	}
	const words = `${r.stderr || ""}${r.error || ""}`;
	const code = (/npm (?:ERR!|error) code (\S+)/.exec(words) || [, "no answer"])[1];
	if (BROKEN.includes(code))
		throw new Error(`npm ci: ${words.slice(0, 1500)}`);
	return `npm could not fetch the packages: ${code}`;
}

// A package that installPackages() has installed.
function packageOf(name) {
	return require(require.resolve(name, { paths: [PLACE] }));
}

module.exports = { ROOT, HERE, PLACE, HPROF, find, flamegraphPl, dhView, chromium, run, must, hprof, hprofJson, installPackages, packageOf };
