/*
 * browser.js - a browser without a window for tests of pictures and pages, and profiles to draw.
 *
 * Needs Chromium, and playwright-core where run.js puts it; a suite says SKIP without them.
 */
'use strict';
const {execFileSync} = require('node:child_process');
const fs = require('node:fs');
const http = require('node:http');
const os = require('node:os');
const path = require('node:path');
const core = require('../../render/web/core.js');

const TOP = path.join(__dirname, '../..');
const HPROF = path.resolve(TOP, process.env.HPROF || 'build/hprof');
const CHROMIUM = process.env.CHROMIUM || '/usr/bin/chromium';
/* Times are asked for with so much patience: machines that build and test at once are slow. */
const PATIENCE = Number(process.env.PATIENCE || 3);

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hprof-browser-'));
process.on('exit', () => fs.rmSync(folder, {recursive: true, force: true}));

function file(name, bytes) {
	const at = path.join(folder, name);
	fs.writeFileSync(at, bytes);
	return at;
}

function hprof(...args) {
	return execFileSync(HPROF, args, {
		env: {PATH: process.env.PATH, LC_ALL: 'C', XDG_CACHE_HOME: '/dev/null', HOME: folder}, maxBuffer: 1 << 28,
		stdio: ['ignore', 'pipe', 'pipe'],
	}).toString();
}

/*
 * A profile with names and exact values: @stacks are [names from the root to the leaf, bytes, objects].
 * Names are strings or buffers.
 */
function heap(stacks) {
	const at = new Map();
	const lines = [];
	const symbol = [Buffer.from('--- symbol\nbinary=/srv/made\n')];
	const address = (name) => {
		const key = Buffer.from(name).toString('latin1');
		if (!at.has(key)) {
			const a = '0x' + (0x555500001000 + at.size * 16).toString(16).padStart(16, '0');
			at.set(key, a);
			symbol.push(Buffer.from(a + ' '), Buffer.from(name), Buffer.from('\n'));
		}
		return at.get(key);
	};
	let bytes = 0;
	let objects = 0;
	for (const [names, size, count] of stacks) {
		const pc = names.map(address).map((a, i) => (i === names.length - 1 ? a : '0x' + (BigInt(a) + 1n).toString(16)));
		const n = count || 1;
		bytes += size;
		objects += n;
		lines.push(' ' + n + ': ' + size + ' [' + n + ': ' + size + '] @ ' + pc.reverse().join(' '));
	}
	const head = '---\n--- heap\nheap profile: ' + objects + ': ' + bytes + ' [' + objects + ': ' + bytes + '] @ heapprofile\n';
	return Buffer.concat([...symbol, Buffer.from(head + lines.join('\n') + '\n')]);
}

/* A profile with @nodes calls, the shape of an interpreter's: deep, few names, many stacks. */
function interpreter(nodes, random) {
	const kids = [[]];
	const parent = [-1];
	const name = [''];
	const stacks = [];
	while (parent.length < nodes) {
		let at = 0;
		while (kids[at].length > 0 && random() < 0.95)
			at = kids[at][Math.floor(kids[at].length * Math.pow(random(), 3))];
		for (let n = 1 + Math.floor(-Math.log(1 - random()) * 2.2); n > 0; n--) {
			const i = parent.length;
			const f = Math.floor(1129 * Math.pow(random(), 3));
			parent.push(at);
			name.push(f < 5 ? '_PyEval_' + f : 'module' + (f % 37) + '::function_' + f + '(PyObject*, long)');
			kids.push([]);
			kids[at].push(i);
			at = i;
		}
		const names = [];
		for (let k = at; k > 0; k = parent[k])
			names.unshift(name[k]);
		stacks.push([names, 16 * (1 + Math.floor(200 / (0.02 + random()))), 1 + Math.floor(random() * 9)]);
	}
	return heap(stacks);
}

/* Promise of the data in an SVG or HTML file. */
function dataOf(text) {
	return core.decode(/<(metadata|script)[^>]* id="hprof-data"[^>]*>([^]*?)<\/\1>/.exec(text)[2]);
}

/* Everything that would tell of trouble is kept: errors, dialogs, requests. */
async function newPage(browser, options) {
	const context = await browser.newContext(Object.assign({viewport: {width: 1280, height: 900}}, options));
	const page = await context.newPage();
	const log = {errors: [], requests: [], console: []};
	page.setDefaultTimeout(20000 * PATIENCE);
	page.on('pageerror', (e) => log.errors.push(String(e.stack || e)));
	page.on('console', (m) => {
		log.console.push(m.text());
		if (m.type() === 'error')
			log.errors.push(m.text());
	});
	page.on('dialog', (d) => {
		log.errors.push('dialog ' + d.message());
		d.dismiss();
	});
	page.on('request', (r) => log.requests.push(r.url()));
	return {page, context, log};
}

/* Serve @files, name to [type, bytes], with @headers; returns {url, close}. */
async function serve(files, headers) {
	const server = http.createServer((request, response) => {
		const found = files[decodeURI(request.url.slice(1))];
		response.writeHead(found ? 200 : 204, Object.assign({'Content-Type': found ? found[0] : 'text/plain'}, headers));
		response.end(found ? found[1] : '');
	});
	await new Promise((done) => server.listen(0, '127.0.0.1', done));
	return {url: 'http://127.0.0.1:' + server.address().port + '/', close: () => server.close()};
}

/* Contrast of two colours "#rrggbb", as WCAG 2 has it. */
function contrast(a, b) {
	const light = (color) => {
		const part = [1, 3, 5].map((i) => parseInt(color.slice(i, i + 2), 16) / 255)
			.map((v) => (v <= 0.04045 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4)));
		return 0.2126 * part[0] + 0.7152 * part[1] + 0.0722 * part[2];
	};
	const [x, y] = [light(a), light(b)].sort((p, q) => q - p);
	return (x + 0.05) / (y + 0.05);
}

/* Run [name, function of the browser] one after the other; says "ok" and "not ok". */
async function run(suite, tests) {
	let playwright;
	try {
		playwright = require(require.resolve('playwright-core', {paths: [path.join(TOP, 'build/browser'), __dirname]}));
	} catch (e) {
		console.log('SKIP ' + suite + ': no playwright-core; tests/browser/run.js installs it');
		return;
	}
	if (!fs.existsSync(CHROMIUM)) {
		console.log('SKIP ' + suite + ': no ' + CHROMIUM);
		return;
	}
	const only = process.argv[2];
	const browser = await playwright.chromium.launch({
		executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
	});
	let failed = 0;
	for (const [name, test] of tests) {
		if (only && !name.includes(only))
			continue;
		try {
			await test(browser);
			console.log('ok - ' + suite + ': ' + name);
		} catch (e) {
			failed++;
			console.log('not ok - ' + suite + ': ' + name + '\n    ' + String(e.stack).replace(/\n/g, '\n    '));
		}
		for (const context of browser.contexts())
			await context.close();
	}
	await browser.close();
	process.exitCode = failed ? 1 : 0;
}

module.exports = {TOP, PATIENCE, folder, file, hprof, heap, interpreter, dataOf, newPage, serve, contrast, run};
