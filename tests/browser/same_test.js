/*
 * same_test.js - the program and core.js draw the same: every box of static pictures, made with many
 * options of many profiles, is compared with what core.js makes of the data inside.  Plain node.
 */
'use strict';
const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');
const b = require('./browser.js');
const made = require('./made.js');
const core = require('../../render/web/core.js');

const text = (s) => s.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&quot;/g, '"').replace(/&#0?39;|&apos;/g, "'")
	.replace(/&#x?9;|&#10;/g, ' ').replace(/&amp;/g, '&');
const near = (x, y) => Math.abs(x - y) < 0.011;
/* Below 1024 bytes the exact number says the same again. */
const short = (s) => s.replace(/ \([\d,]+ bytes?\)/, '');

/* Boxes of the file, in its order. */
function drawn(file) {
	const out = [];
	for (const m of file.matchAll(/<g data-w="([-\d]+)"([^>]*)><title>([^]*?)<\/title>([^]*?)<\/g>\n/g)) {
		const rect = /<rect x="([-\d.]+)" y="([-\d.]+)" width="([-\d.]+)" height="[-\d.]+" fill="(#\w+)"([^>]*)/.exec(m[4]);
		const label = /<text[^>]*>([^]*?)<\/text>/.exec(m[4]);
		out.push({
			value: Number(m[1]), others: Number((/data-others="(\d+)"/.exec(m[2]) || [0, 0])[1]), name: text(m[3].split('\n')[0]),
			x: Number(rect[1]), y: Number(rect[2]), w: Number(rect[3]), fill: rect[4], stroke: /stroke="/.test(rect[5]),
			hatched: m[4].includes('url(#hprof-hatch)'), label: label ? text(label[1]) : '',
			bars: [...m[4].matchAll(/<rect [^>]*height="2"/g)].length,
		});
	}
	return out;
}

function expected(data) {
	const p = core.open(data);
	const v = core.merge(p, {});
	const l = data.layout;
	const made = core.boxes(v, {width: l.width, min: l.min, max: l.max, rows: l.rows});
	return made.box.map((x) => {
		const other = x.kind === 2;
		const look = other ? {fill: data.others[0], fresh: false, gone: true} : core.look(v, x.node, false);
		const room = Math.floor((x.w - 6) / 7.44);
		const name = other ? core.others(x.count) : core.name(v, x.node);
		return {
			value: other ? x.value : core.valueOf(v, x.node), others: other ? x.count : 0, name,
			x: 10 + x.x, y: l.top + l.row * (l.flame ? made.levels - 1 - x.level : x.level), w: x.w - (x.w > 2 ? 0.5 : 0),
			fill: look.fill, stroke: look.fresh || x.cut, hatched: look.gone,
			label: other ? core.label(name, room) : core.nodeLabel(v, x.node, room),
			bars: other || x.w < 2 || core.change(v, x.node).step === 4 ? 0 : (v.base[x.node] > 0 ? 1 : 0) + (v.now[x.node] > 0 ? 1 : 0),
		};
	});
}

async function compare(file) {
	const svg = fs.readFileSync(file, 'utf8');
	const order = (x, y) => x.y - y.y || (near(x.x, y.x) ? x.w - y.w : x.x - y.x);
	const have = drawn(svg).sort(order);
	const want = expected(await b.dataOf(svg)).sort(order);
	assert.strictEqual(have.length, want.length);
	have.forEach((x, i) => {
		const y = want[i];
		const what = JSON.stringify([x, y]);
		assert.ok(near(x.x, y.x) && near(x.y, y.y) && near(x.w, y.w), what);
		for (const k of ['value', 'others', 'name', 'fill', 'stroke', 'hatched', 'bars'])
			assert.strictEqual(x[k], y[k], k + ' ' + what);
		assert.strictEqual(short(x.label), short(y.label), what);
	});
	return have.length;
}

const testdata = (kind) => {
	const at = path.join(b.TOP, 'testdata', kind, 'ok');
	return fs.readdirSync(at).sort().map((s) => path.join(at, s)).filter((s) => fs.statSync(s).isFile());
};

const OPTIONS = [[], ['--order', 'name'], ['--flame'], ['--minwidth', '40'], ['--lines'], ['--files'], ['--modules'], ['--addresses'],
	['--alloc_space'], ['--inuse_objects'], ['--width', '300'], ['--prune', 'none', '--no-compress']];
const WIDTHS = ['union', 'new', 'old', 'sum', 'growth', 'shrink', 'churn'];

let boxes = 0;
let pictures = 0;

async function draw(profiles, options) {
	const to = path.join(b.folder, 'x.svg');
	try {
		b.hprof('flame', '-q', '--no-symbols', '-o', to, ...options, ...profiles);
	} catch (e) {
		if (e.status === 3 || e.status === 2) /* no such type in this one, or nothing in it */
			return;
		throw e;
	}
	pictures++;
	boxes += await compare(to);
}

const tests = [];
const all = async (profiles, list) => {
	for (const options of list)
		await draw(profiles, options);
};
for (const kind of ['jemalloc', 'gperftools', 'massif', 'symbolized'])
	for (const file of testdata(kind))
		tests.push([kind + ' ' + path.basename(file), () => all([file], OPTIONS)]);

const pairs = [['redis.26831.0.i0.heap', 'redis.26831.4.i4.heap'], ['j.pie.15104.0.f.heap', 'j.nopie.15107.0.f.heap']];
for (const [old, now] of pairs) {
	const at = (s) => testdata('jemalloc').find((x) => path.basename(x) === s);
	if (at(old) && at(now))
		tests.push(['difference ' + old + ' ' + now, () => all([at(now)], WIDTHS.map((w) => ['--base', at(old), '--diff-width', w]))]);
}
for (let seed = 1; seed < 6; seed++) {
	const make = (s) => b.file(s + '.prof', b.interpreter(4000, made.random(s)));
	tests.push(['made ' + seed, () => all([make(seed)], OPTIONS)]);
	tests.push(['difference made ' + seed, () => all([make(seed)], WIDTHS.map((w) => ['--base', make(seed + 1), '--diff-width', w]))]);
}
tests.push(['search has the totals of hprof top --focus', async () => {
	for (let seed = 1; seed < 4; seed++) {
		const profile = b.file('search.prof', b.interpreter(4000, made.random(seed)));
		const to = path.join(b.folder, 'search.svg');
		b.hprof('flame', '-q', '-o', to, profile);
		const p = core.open(await b.dataOf(fs.readFileSync(to, 'utf8')));
		for (const pattern of ['_Py', 'function_1', '^module3::', '[1-3]+\\(', '(?i)PYEVAL', 'e{2}', 'long\\)$', 'x|_4', 'module\\d*::function_2', 'nothing']) {
			const top = JSON.parse(b.hprof('top', '-q', '--json', '--focus', 'name:' + pattern, profile));
			assert.strictEqual(core.round(core.search(p, {pattern}).total), Math.round(top.total), pattern);
		}
	}
}]);
tests.push(['deep', async () => {
	const names = Array.from({length: 3000}, (_, i) => 'f' + (i % 50));
	await draw([b.file('deep.prof', b.heap([[names, 1000, 1], [names.slice(0, 10), 5, 1]]))], []);
}]);
tests.push(['71,490 calls', () => draw([b.file('real.prof', b.interpreter(71490, made.random(5)))], [])]);

(async () => {
	for (const [name, run] of tests) {
		try {
			await run();
			console.log('ok - same: ' + name);
		} catch (e) {
			process.exitCode = 1;
			console.log('not ok - same: ' + name + '\n    ' + String(e.stack).replace(/\n/g, '\n    '));
		}
	}
	console.log('# ' + pictures + ' pictures, ' + boxes + ' boxes');
})();
