/*
 * same_test.js - the program and core.js draw the same: every box of static pictures, made with many
 * options of many profiles, is compared with what core.js makes of the data inside.  Plain node.
 */
'use strict';
const assert = require('node:assert');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const corpora = require('./lib/corpora');
const {dataOf, unescaped: text} = require('./lib/picture');
const tools = require('./lib/tools');
const core = require('../../render/web/core.js');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hprof-same-'));
process.on('exit', () => fs.rmSync(folder, {recursive: true, force: true}));

function file(name, bytes) {
	const at = path.join(folder, name);
	fs.writeFileSync(at, bytes);
	return at;
}

/* A profile of @nodes calls; @period of 0: everything is counted, else values are estimates. */
function profileOf(name, nodes, seed, period) {
	return file(name, corpora.sampled(corpora.tree({nodes, names: 425, depth: 60, seed}), period));
}

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
		const look = other ? {fill: data.others[0], fresh: false, gone: true} : Object.assign({fill: core.fill(v, x.node, false)}, core.change(v, x.node));
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

/* The constant of hp_is_significant(), as the library has it. */
const SURE = Number(/HP_SIGNIFICANT_ERRORS ([\d.]+)/.exec(
	fs.readFileSync(path.join(tools.ROOT, 'analyzer/ops/significance.h'), 'utf8'))[1]);

async function compare(svgFile) {
	const svg = fs.readFileSync(svgFile, 'utf8');
	const order = (x, y) => x.y - y.y || (near(x.x, y.x) ? x.w - y.w : x.x - y.x);
	const have = drawn(svg).sort(order);
	const data = await dataOf(svgFile);
	const want = expected(data).sort(order);
	assert.strictEqual(data.sure, SURE);
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
	const at = path.join(tools.ROOT, 'testdata', kind, 'ok');
	return fs.readdirSync(at).sort().map((s) => path.join(at, s)).filter((s) => fs.statSync(s).isFile());
};

const OPTIONS = [[], ['--order', 'name'], ['--flame'], ['--minwidth', '40'], ['--lines'], ['--files'], ['--modules'], ['--addresses'],
	['--alloc_space'], ['--inuse_objects'], ['--width', '300'], ['--prune', 'none', '--no-compress']];
const WIDTHS = ['union', 'new', 'old', 'sum', 'growth', 'shrink', 'churn'];

let boxes = 0;
let pictures = 0;

async function draw(profiles, options) {
	const to = path.join(folder, 'x.svg');
	const r = tools.run([tools.HPROF, 'flame', '-q', '--no-symbols', '-o', to, ...options, ...profiles]);
	if (r.code === 3 || r.code === 2) /* no such type in this one, or nothing in it */
		return;
	assert.strictEqual(r.code, 0, r.err);
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

const differences = (base) => WIDTHS.flatMap((w) => [[], ['--drop-negative']].map((drop) => ['--base', base, '--diff-width', w, ...drop]));
const pairs = [['redis.26831.0.i0.heap', 'redis.26831.4.i4.heap'], ['j.pie.15104.0.f.heap', 'j.nopie.15107.0.f.heap']];
for (const [old, now] of pairs) {
	const at = (s) => testdata('jemalloc').find((x) => path.basename(x) === s);
	if (at(old) && at(now))
		tests.push(['difference ' + old + ' ' + now, () => all([at(now)], differences(at(old)))]);
}
/* Grey is what sampling explains, where that is known. */
for (const [kind, old, now] of [['pprof', 'go.pb.gz', 'go-sizes.pb.gz'], ['pprof', 'bare.pb', 'small.pb.gz'], ['massif', 'a_B_full.ms', 'a_default.ms']]) {
	const at = (s) => testdata(kind).find((x) => path.basename(x) === s);
	tests.push(['difference ' + old + ' ' + now, () => all([at(now)], differences(at(old)))]);
}
for (let seed = 1; seed < 5; seed++) {
	const make = (s) => profileOf(s + '.prof', 4000, s, seed % 2 ? 0 : 65536);
	tests.push(['made ' + seed, () => all([make(seed)], OPTIONS)]);
	tests.push(['difference made ' + seed, () => all([make(seed)], differences(make(seed + 1)))]);
}

/* Expressions that a search and --focus have to understand alike; part and pattern. */
const EXPRESSIONS = [['name', '_Py'], ['name', 'function_1'], ['name', '::'], ['name', '[1-3]+\\('], ['name', '(?i)BUFFER'], ['name', 'e{2}'],
	['name', 'long\\)?,'], ['name', 'x|_4'], ['name', '<.*>'], ['name', '^main$'], ['name', 'const&?\\)$'], ['name', '\\bread'], ['name', '\\s'],
	['name', '[[:upper:]]'], ['name', '^.{5}$'], ['name', 'nothing'], ['file', 'engine'], ['module', 'lib[jp]'], ['any', 'sql|main']];

/* Search totals in the data of a picture are those of hprof top, whatever the picture is of. */
async function searches(profile, options) {
	const to = path.join(folder, 'search.svg');
	tools.hprof(['flame', '-q', '-o', to, '--minwidth', '20', ...options, profile]);
	const p = core.open(await dataOf(to));
	for (const [mode, pattern] of EXPRESSIONS) {
		const r = tools.run([tools.HPROF, 'top', '-q', '--json', ...options, '--focus', (mode === 'any' ? '' : mode + ':') + pattern, profile]);
		const total = r.code === 0 ? JSON.parse(r.out.toString()).total : 0;
		const found = core.search(p, {pattern, mode});
		assert.strictEqual(core.round(found.total), Math.floor(total + 0.5), [path.basename(profile), ...options, mode, pattern].join(' '));
	}
}

/* Functions of one name, templates, inlined frames, letters of others, and threads that are named like functions. */
function various() {
	const inlined = [{name: 'push_back', full: 'std::vector<int>::push_back(int const&)', file: '/usr/include/vector', line: 3}];
	const frames = [{name: 'main', file: '/src/main.c', line: 1},
		{name: 'f', full: 'ns::f(int)', file: '/src/f.cc', line: 2}, {name: 'f', full: 'ns::f(std::string const&)', file: '/src/f.cc', line: 9},
		{name: 'grow', full: 'grow<long, (char)3>(long)', file: '/src/g.cc', line: 4, inlined}, {name: 'na\u00efve', file: '/src/\u00e9.rs', line: 5},
		{name: 'engine_read', full: 'engine_read(long, int)', file: '/src/engine/r.c', line: 1, module: '/usr/lib/libproto.so'}];
	const own = (id, n, size) => ({path: [], inuse: [n, n * size], threads: {[id]: [n, n * size]}});
	const stacks = [[[1, 0], 1, 3, 48], [[2, 0], 1, 7, 80], [[3, 2, 0], 2, 5, 112], [[4, 0], 2, 2, 1040], [[5, 3, 1, 0], 1, 11, 33]]
		.map(([path, id, n, size]) => Object.assign(own(id, n, size), {path}));
	return corpora.symbolized({frames, stacks, period: 4096, threads: {1: 'main', 2: 'reader sql'}});
}

const KINDS = [[], ['--names', 'full'], ['--names', 'mangled'], ['--lines'], ['--files'], ['--modules'], ['--addresses'], ['--tagroot', 'thread'],
	['--no-inlines'], ['--prune', 'none'], ['--alloc_space']];
tests.push(['search has the totals of hprof top --focus', async () => {
	for (const options of KINDS)
		await searches(file('various.prof', various()), options);
	for (let seed = 1; seed < 3; seed++)
		await searches(profileOf('search.prof', 4000, seed, seed === 1 ? 0 : 524288), []);
}]);
tests.push(['deep', async () => {
	const names = Array.from({length: 3000}, (_, i) => 'f' + (i % 50));
	await draw([file('deep.prof', corpora.folded([[names.join(';'), 1000], [names.slice(0, 10).join(';'), 5]]))], []);
}]);
tests.push(['more wide boxes than a picture may have', async () => {
	const towers = Array.from({length: 40}, (_, i) => [Array.from({length: 300}, (x, k) => `t${i}_${k}`).join(';'), 1000 + i]);
	const before = boxes;
	await draw([file('towers.prof', corpora.folded(towers))], []);
	assert.ok(boxes - before > 2000, `only ${boxes - before} boxes`);
}]);
tests.push(['71,491 calls', () => draw([corpora.file('real', folder)], [])]);

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
