/*
 * core_test.js - tests of the scripts in render/web that need no browser, with plain node: core.js against
 * sums made in the simplest way, links, keys and the state of the page.
 */
'use strict';
const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');
const zlib = require('node:zlib');
const hprof = require(path.join(__dirname, '../../render/web/core.js'));
const made = require('./lib/made');

const tests = [];
const check = (name, run) => tests.push([name, run]);

const HAND = () => made.block([
	[0, '', [0, 0]],
	[1, 'main', [10, 1]],
	[2, 'parse', [100.5, 2]],
	[3, 'alloc', [50.25, 5]],
	[2, 'main', [0.25, 1]],
	[3, 'alloc', [300, 3]],
	[2, 'parse', [7, 1]], /* again, with other callees */
	[3, 'free', [1, 1]],
	[1, 'idle', [0, 0]],
]);

const open = (data) => hprof.open(JSON.parse(JSON.stringify(data)));
const names = (v) => Array.from({length: v.n}, (_, i) => '.'.repeat(v.depth[i]) + hprof.name(v, i));

/* The merged tree by paths of names: Map from path to [own, inclusive]. */
function byPath(p, column) {
	const sums = new Map();
	const at = [];
	for (let i = 0; i < p.n; i++) {
		at[i] = i === 0 ? '' : at[p.parent[i]] + '/' + p.row[i];
		for (let k = i; k >= 0; k = p.parent[k]) {
			const s = sums.get(at[k]) || [0, 0];
			s[0] += k === i ? column[i] : 0;
			s[1] += column[i];
			sums.set(at[k], s);
		}
	}
	return sums;
}

function pathsOf(v) {
	const out = [];
	for (let i = 0; i < v.n; i++)
		out[i] = i === 0 ? '' : out[v.parent[i]] + '/' + v.row[i];
	return out;
}

check('equal siblings are one node, the heaviest comes first', () => {
	const v = hprof.merge(open(HAND()), {});
	assert.deepStrictEqual(names(v), ['all', '.main', '..main', '...alloc', '..parse', '...alloc', '...free', '.idle']);
	assert.deepStrictEqual([...v.own], [0, 10, 0.25, 300, 107.5, 50.25, 1, 0]);
	assert.deepStrictEqual([...v.weight], [469, 469, 300.25, 300, 158.75, 50.25, 1, 0]);
	assert.deepStrictEqual([...v.end], [8, 7, 4, 4, 7, 6, 7, 8]);
	assert.deepStrictEqual([...v.P], [0, 0, 10, 10.25, 310.25, 417.75, 468, 469, 469]);
	assert.strictEqual(v.total, 469);
});

check('order by name', () => {
	const v = hprof.merge(open(HAND()), {order: 'name'});
	assert.deepStrictEqual(names(v), ['all', '.idle', '.main', '..main', '...alloc', '..parse', '...alloc', '...free']);
});

check('integers of children and own value add up at every node', () => {
	for (let seed = 1; seed < 20; seed++) {
		const v = hprof.merge(open(made.tree(400, 12, seed)), {});
		for (let i = 0; i < v.n; i++) {
			let sum = hprof.selfOf(v, i);
			for (let c = i + 1; c < v.end[i]; c = v.end[c])
				sum += hprof.valueOf(v, c);
			assert.strictEqual(sum, hprof.valueOf(v, i));
		}
		assert.strictEqual(hprof.valueOf(v, 0), Math.floor(v.total + 0.5));
	}
});

check('merged sums are those of the paths of names', () => {
	for (let seed = 1; seed < 20; seed++) {
		const p = open(made.tree(300, 8, seed));
		const v = hprof.merge(p, {});
		const sums = byPath(p, hprof.column(p, 's', 0));
		assert.strictEqual(v.n, sums.size);
		pathsOf(v).forEach((k, i) => {
			assert.ok(Math.abs(v.own[i] - sums.get(k)[0]) < 1e-6);
			assert.ok(Math.abs(v.weight[i] - sums.get(k)[1]) < 1e-6);
			assert.ok(Math.abs(v.P[v.end[i]] - v.P[i] - v.weight[i]) < 1e-6);
		});
	}
});

check('a raw node is in the node of its path', () => {
	const p = open(made.tree(500, 8, 3));
	const v = hprof.merge(p, {});
	const where = new Map(pathsOf(v).map((k, i) => [k, i]));
	const at = [];
	for (let i = 0; i < p.n; i++) {
		at[i] = i === 0 ? '' : at[p.parent[i]] + '/' + p.row[i];
		assert.strictEqual(v.node[i], where.get(at[i]));
	}
});

check('hidden frames give their values to their callers', () => {
	const v = hprof.merge(open(HAND()), {hide: /^parse$/});
	assert.deepStrictEqual(names(v), ['all', '.main', '..main', '...alloc', '..alloc', '..free', '.idle']);
	assert.strictEqual(v.own[1], 117.5);
	assert.strictEqual(v.total, 469);
});

check('recursion is collapsed', () => {
	const v = hprof.merge(open(HAND()), {collapse: true});
	assert.deepStrictEqual(names(v), ['all', '.main', '..alloc', '..parse', '...alloc', '...free', '.idle']);
	assert.strictEqual(v.own[1], 10.25);
});

check('at and row move raw nodes, hide them or leave them out', () => {
	const p = open(HAND());
	const row = Int32Array.from(p.row);
	const at = Int32Array.from(p.parent);
	row[2] = -1; /* first parse is its caller */
	row[4] = -2; /* the inner main is not there, nor what is below */
	const v = hprof.merge(p, {at, row});
	assert.deepStrictEqual(names(v), ['all', '.main', '..alloc', '..parse', '...free', '.idle']);
	assert.strictEqual(v.own[1], 110.5);
	assert.strictEqual(v.total, 469 - 300.25);
	assert.strictEqual(v.node[5], -1);
});

check('callers: each own value once, below the function that has it', () => {
	const v = hprof.merge(open(HAND()), {bottomUp: true});
	assert.strictEqual(v.total, 469);
	assert.strictEqual(v.cut, 0);
	assert.deepStrictEqual(names(v), ['all', '.alloc', '..main', '...main', '..parse', '...main', '.parse', '..main', '.main', '..main',
		'.free', '..parse', '...main']);
	assert.deepStrictEqual([...v.weight].slice(1, 6), [350.25, 300, 300, 50.25, 50.25]);
});

check('callers: sums of random trees', () => {
	for (let seed = 1; seed < 20; seed++) {
		const p = open(made.tree(300, 8, seed));
		const v = hprof.merge(p, {bottomUp: true});
		const sums = new Map();
		const value = hprof.column(p, 's', 0);
		for (let i = 1; i < p.n; i++) {
			let key = '';
			for (let k = i; k > 0; k = p.parent[k]) {
				key += '/' + p.row[k];
				sums.set(key, (sums.get(key) || 0) + value[i]);
			}
		}
		pathsOf(v).forEach((k, i) => {
			if (i > 0)
				assert.ok(Math.abs(v.weight[i] - sums.get(k)) < 1e-6);
		});
		assert.strictEqual(v.n - 1, [...sums.keys()].filter((k) => pathsOf(v).includes(k)).length);
	}
});

check('callers: work is bounded, totals stay', () => {
	const p = open(made.tree(3000, 50, 5));
	const whole = hprof.merge(p, {bottomUp: true});
	const v = hprof.merge(p, {bottomUp: true, caps: {nodes: 500, steps: 1e9}});
	assert.ok(v.n < 1000 && v.cut > 0 && whole.cut === 0);
	assert.ok(Math.abs(v.total - whole.total) < 1e-6);
	const w = hprof.merge(p, {bottomUp: true, caps: {nodes: 1e6, steps: 10}});
	assert.ok(Math.abs(w.total - whole.total) < 1e-6);
});

const DIFF = () => made.block([
	[0, '', [0], [0], [0]],
	[1, 'main', [0], [0], [0]],
	[2, 'gone', [0], [5000], [4]],
	[2, 'p', [0], [0], [0]],
	[3, 'q', [100], [1000], [4]],
	[2, 'a', [200], [100], [4]],
	[2, 'new', [300], [0], [4]],
	[2, 'same', [50], [50], [4]],
	[2, 'noise', [51], [50], [4]],
], {diff: true});

check('widths of a difference', () => {
	const p = open(DIFF());
	const total = {union: 6601, new: 701, old: 6200, sum: 6901, growth: 401, shrink: 5900, churn: 6301};
	for (const widths of Object.keys(total))
		assert.strictEqual(hprof.merge(p, {widths}).total, total[widths], widths);
	const v = hprof.merge(p, {});
	assert.strictEqual(hprof.name(v, 2), 'gone');
	assert.strictEqual(v.weight[2], 5000);
});

check('colours of a difference', () => {
	const v = hprof.merge(open(DIFF()), {});
	const of = (s) => hprof.change(v, names(v).findIndex((n) => n.replace(/^\.+/, '') === s));
	assert.deepStrictEqual(['gone', 'q', 'p', 'a', 'new', 'same', 'noise', 'main'].map((s) => of(s).step), [0, 0, 0, 7, 8, 4, 4, 0]);
	assert.ok(of('gone').gone && of('new').fresh && of('noise').noise && !of('same').noise);
	assert.deepStrictEqual(['gone', 'a', 'same'].map((s) => of(s).mark), ['\u25bc', '\u25b2', '']);
	assert.strictEqual(hprof.nodeLabel(v, 2, 20), '\u25bc gone  0 B');
	assert.deepStrictEqual([10, 6, 5, 4].map((n) => hprof.nodeLabel(v, 2, n)), ['\u25bc gone', '\u25bc gone', '\u25bc g..', '']);
	const text = hprof.describe(v, 2, 0).map((r) => r.join(' ')).join('\n');
	assert.ok(text.includes('cum before 4.9 KiB (5,000 bytes), after 0 B, delta -4.9 KiB, removed'), text);
	assert.ok(text.includes('(the larger of before and after)'), text);
	for (const [how, words] of [['new', 'after'], ['old', 'before'], ['churn', 'growth + shrink']])
		assert.ok(hprof.describe(hprof.merge(open(DIFF()), {widths: how}), 1, 0).some((r) => r.join(' ').includes('(' + words + ')')), how);
});

check('steps of a change', () => {
	const cases = [[100, 100, 0, 4], [101, 100, 0, 5], [142, 100, 0, 6], [199, 100, 0, 6], [200, 100, 0, 7], [399, 100, 0, 7], [400, 100, 0, 8],
		[1, 0, 0, 8], [0, 1, 0, 0], [100, 400, 0, 0], [100, 200, 0, 1], [100, 142, 0, 2], [100, 101, 0, 3], [103, 100, 4, 4], [104, 100, 4, 5],
		[97, 100, 4, 4], [96, 100, 4, 3], [made.SURE, 0, 1, 4], [made.SURE + 1e-12, 0, 1, 8], [3 * made.SURE, 6 * made.SURE, 9, 4], [-5, 10, 0, 0]];
	for (const [now, base, variance, step] of cases) {
		const p = open(made.block([[0, '', [0], [0], [0]], [1, 'a', [now], [base], [variance]]], {diff: true}));
		assert.strictEqual(hprof.change(hprof.merge(p, {}), 0).step, step, [now, base, variance].join());
	}
});

check('too many boxes: the smallest width is doubled', () => {
	const r = hprof.boxes(hprof.merge(open(made.fan(50000)), {}), {min: 0.01, max: 40});
	assert.deepStrictEqual([r.min, r.box.length], [0.08, 2]);
});

check('negative weights are nothing, but their values stay', () => {
	const v = hprof.merge(open(made.block([[0, '', [0]], [1, 'a', [-5]], [1, 'b', [10]]])), {});
	assert.strictEqual(v.total, 10);
	assert.strictEqual(v.now[0], 5);
});

function checkBoxes(v, o) {
	const r = hprof.boxes(v, o);
	const below = r.box.filter((b) => b.kind !== 1);
	const sum = new Map();
	assert.ok(below.length <= o.max);
	for (const b of r.box) {
		if (b.kind === 1) {
			assert.ok(b.x === 0 && b.w === o.width);
			continue;
		}
		assert.ok(b.x >= -1e-6 && b.x + b.w <= o.width + 1e-6);
		if (b.node !== o.zoom) {
			const s = sum.get(b.parent) || {value: 0, x: -1, w: 0, n: 0, kinds: []};
			s.value += b.kind === 2 ? b.value : hprof.valueOf(v, b.node);
			s.n += b.count;
			s.kinds.push(b.kind);
			assert.ok(s.x < 0 || Math.abs(b.x - s.x) < 1e-6, 'siblings without a gap');
			s.x = b.x + b.w;
			sum.set(b.parent, s);
			assert.ok(b.kind === 2 || b.w >= r.min);
		}
	}
	for (const [p, s] of sum) {
		let kids = 0;
		for (let c = p + 1; c < v.end[p]; c = v.end[c])
			kids++;
		assert.ok(s.kinds.slice(0, -1).every((k) => k === 0), 'the others come last');
		if (s.n === kids)
			assert.strictEqual(s.value + hprof.selfOf(v, p), hprof.valueOf(v, p));
	}
	const drawn = new Map(r.box.map((b) => [b.kind === 2 ? 'o' + b.parent : b.node, b]));
	for (const b of below)
		if (b.node !== o.zoom)
			assert.ok(b.x >= drawn.get(b.parent).x - 1e-6 &&
				b.x + b.w <= drawn.get(b.parent).x + drawn.get(b.parent).w + 1e-6, 'below its parent');
	return r;
}

check('boxes: no gaps, nothing lost, folded at the right end', () => {
	for (let seed = 1; seed < 30; seed++) {
		for (const order of ['size', 'name']) {
			const v = hprof.merge(open(made.tree(600, 20, seed)), {order});
			for (const zoom of [0, 1, 5, v.n >> 1]) {
				checkBoxes(v, {zoom, width: 1200, min: 0.5, max: 5000});
				checkBoxes(v, {zoom, width: 300, min: 20, max: 5000});
				checkBoxes(v, {zoom, width: 300, min: 0.01, max: 40});
			}
		}
	}
});

check('boxes: by hand', () => {
	const v = hprof.merge(open(HAND()), {});
	const r = hprof.boxes(v, {zoom: 4, width: 158.75, min: 2, max: 100});
	assert.deepStrictEqual(r.box.map((b) => [b.kind, b.node, b.level, b.x, b.w]), [
		[1, 0, 0, 0, 158.75], [1, 1, 1, 0, 158.75], [0, 4, 2, 0, 158.75], [0, 5, 3, 0, 50.25], [2, -1, 3, 50.25, 1]]);
	assert.strictEqual(r.box[4].count, 1);
	assert.strictEqual(r.levels, 4);
});

check('boxes: as many rows as asked for', () => {
	const v = hprof.merge(open(HAND()), {});
	const r = hprof.boxes(v, {rows: 1});
	assert.deepStrictEqual(r.box.map((b) => [b.node, b.cut]), [[0, false], [1, true]]); /* idle is nothing */
	assert.deepStrictEqual([r.levels, r.cut, hprof.deeper(v, 0, r)], [2, 1, 2]);
	const all = hprof.boxes(v, {rows: 3});
	assert.deepStrictEqual([all.cut, hprof.deeper(v, 0, all)], [0, 0]);
});

check('files and modules: calls within one are none', () => {
	const v = hprof.merge(open(Object.assign(HAND(), {runs: true})), {});
	assert.deepStrictEqual(names(v), ['all', '.main', '..alloc', '..parse', '...alloc', '...free', '.idle']);
});

check('labels have the value behind them where it fits', () => {
	const v = hprof.merge(open(HAND()), {});
	assert.deepStrictEqual([12, 11, 5, 4].map((n) => hprof.nodeLabel(v, 1, n)), ['main  469 B', 'main  469 B', 'main', 'main']);
	assert.deepStrictEqual([1, 2].map(hprof.others), ['(1 other)', '(2 others)']);
});

check('boxes: only the levels asked for', () => {
	const v = hprof.merge(open(made.tree(600, 20, 4)), {});
	const all = hprof.boxes(v, {max: 1e6}).box.filter((b) => b.level >= 3 && b.level < 6);
	assert.deepStrictEqual(hprof.boxes(v, {max: 1e6, from: 3, to: 6}).box, all);
});

check('a chain of 100,000 frames', () => {
	const p = open(made.chain(100000));
	const v = hprof.merge(p, {});
	assert.strictEqual(v.n, 100001);
	const r = hprof.boxes(v, {});
	assert.ok(r.cut && r.box.length <= 5000 && r.box.length >= 2500);
	assert.strictEqual(hprof.boxes(v, {max: Infinity}).box.length, 100001);
	assert.ok(hprof.boxes(v, {zoom: 100000, from: 99990}).box.length === 11);
	const z = hprof.path(v, 100000);
	assert.ok(z.length < 400);
	assert.deepStrictEqual(hprof.find(v, z), {node: 100000, exact: true});
	const s = hprof.search(p, {pattern: '^f7$'});
	assert.strictEqual(s.total, 1000);
	assert.strictEqual(hprof.marks(s, v).list.length, 1000);
	const up = hprof.merge(p, {bottomUp: true});
	assert.strictEqual(up.total, 1000);
	assert.strictEqual(up.n, 100001);
});

check('a chain with a value at every frame, from below', () => {
	const data = made.chain(100000);
	data.s[0] = data.s[0].map((x, i) => (i ? data.val.length - 1 : 0));
	const v = hprof.merge(open(data), {bottomUp: true});
	assert.strictEqual(v.total, 1e8);
	assert.ok(v.cut > 0);
});

check('50,000 siblings', () => {
	const v = hprof.merge(open(made.fan(50000)), {});
	const r = checkBoxes(v, {zoom: 0, width: 1200, min: 0.5, max: 5000});
	assert.deepStrictEqual(r.box.map((b) => [b.kind, b.count, Math.round(b.w)]), [[0, 1, 1200], [2, 50000, 1200]]);
	assert.strictEqual(r.box[1].value, hprof.valueOf(v, 0));
	const s = hprof.boxes(v, {min: 0.001, max: 60000});
	assert.strictEqual(s.box.length, 50001);
	for (let i = 2; i < s.box.length; i++) /* seven widths, heaviest first, then by name */
		assert.ok(v.weight[i - 1] > v.weight[i] || (v.weight[i - 1] === v.weight[i] && v.row[i - 1] < v.row[i]));
});

check('a million nodes', () => {
	const n = 1000000;
	const data = made.block([[0, '', [0]], [1, 'a', [1]], [1, 'b', [2]]]);
	const rnd = made.random(9);
	data.d = [0];
	data.n = [0];
	data.s = [[0]];
	for (let i = 1, d = 0; i < n; i++) {
		d = Math.max(1, Math.min(80, d + 1 - (rnd() < 0.3 ? Math.floor(rnd() * 8) : 0)));
		data.d.push(d);
		data.n.push(1 + (i & 1));
		data.s[0].push(i % 3);
	}
	const started = process.hrtime.bigint();
	const p = hprof.open(data);
	const v = hprof.merge(p, {});
	const ms = Number(process.hrtime.bigint() - started) / 1e6;
	assert.strictEqual(v.total, data.s[0].reduce((a, b) => a + data.val[b], 0));
	assert.ok(ms < 3000, ms + ' ms'); /* five times the aim: other programs run too */
});

check('search: totals are those of stacks with a matching frame', () => {
	for (let seed = 1; seed < 30; seed++) {
		const p = open(made.tree(500, 15, seed));
		const value = hprof.column(p, 's', 0);
		const full = (i) => p.data.str[p.data.vars.full[p.variant[i]]];
		for (const pattern of ['f1', 'f[37]\\(', '::f0', 'nothing', '(?i)NS::F4']) {
			const re = new RegExp(pattern.replace('(?i)', ''), pattern.startsWith('(?i)') ? 'i' : '');
			const s = hprof.search(p, {pattern});
			let total = 0;
			for (let i = 1; i < p.n; i++) {
				let found = false;
				for (let k = i; k > 0; k = p.parent[k])
					found = found || re.test(full(k));
				total += found ? value[i] : 0;
			}
			assert.strictEqual(s.total, total);
			const v = hprof.merge(p, {});
			const marked = hprof.marks(s, v);
			for (let i = 1; i < v.n; i++)
				assert.strictEqual(marked.mark[i] === 1, re.test(hprof.name(v, i)));
			for (const options of [{collapse: true}, {hide: /f2/}, {bottomUp: true}, {order: 'name'}]) {
				const w = hprof.merge(p, options);
				const r = hprof.searchIn(p, s, w, 0);
				assert.ok(Math.abs(r.now - total) < 1e-6 && Math.abs(r.ofNow - v.total) < 1e-6);
			}
		}
	}
});

check('search: of view counts what is below the zoomed node', () => {
	const p = open(HAND());
	const v = hprof.merge(p, {});
	const s = hprof.search(p, {pattern: 'alloc'});
	assert.strictEqual(s.total, 350.25);
	assert.deepStrictEqual(hprof.searchIn(p, s, v, 4), {now: 50.25, base: 0, ofNow: 158.75, ofBase: 0});
	assert.strictEqual(hprof.resultText(p, s, v, 4, 2), '2 frames, 350 B, 74.7% of total (31.7% of view)');
	const none = hprof.search(p, {pattern: 'zzz'});
	assert.strictEqual(hprof.resultText(p, none, v, 0, 0), 'no match');
	assert.strictEqual(hprof.search(p, {pattern: 'ALLOC'}).total, 0);
	assert.strictEqual(hprof.search(p, {pattern: 'ALLOC', ignoreCase: true}).total, 350.25);
	assert.strictEqual(hprof.search(p, {pattern: '(?i)ALLOC'}).total, 350.25);
	assert.strictEqual(hprof.search(p, {pattern: '^main$'}).total, 469); /* recursion counts once */
	assert.strictEqual(hprof.search(p, {pattern: 'bytes'}).total, 0);
});

check('search: file, module, any; addresses have no name', () => {
	const p = open(made.block([
		[0, '', [0]],
		[1, {row: 'a', full: 'a', file: '/x.c', mod: 'liba.so'}, [1]],
		[1, {row: '0x7f01', full: '', file: '', mod: 'libb.so'}, [2]],
	]));
	const total = (pattern, mode) => hprof.search(p, {pattern, mode}).total;
	assert.deepStrictEqual([total('x\\.c', 'file'), total('x\\.c', 'name'), total('lib', 'module'), total('libb|^a$', 'any')], [1, 0, 3, 3]);
	assert.strictEqual(total('0x7f01', 'name'), 0);
	assert.strictEqual(total('', 'name'), undefined);
});

check('expressions: errors have a text, nothing throws', () => {
	for (const bad of ['(', '[', 'a**', '*', '\\', '(?i)(', '[z-a]', '\\h', 'a++', '[[:nothing:]]', '[[:^alpha:]]', '[[:constructor:]]']) {
		const r = hprof.compile(bad, false);
		assert.ok(typeof r.error === 'string' && r.error.length > 10 && !r.re, bad);
	}
	assert.ok(hprof.compile('', false).empty && hprof.compile('(?i)', false).empty);
});

check('expressions: as on the command line', () => {
	const match = (pattern, text) => hprof.compile(pattern, false).re.test(text);
	assert.ok(match('{lambda', 'f::{lambda()#1}') && match('a{2}', 'aa') && !match('a{2}', 'a{2}'));
	assert.ok(match('operator\\<\\<', 'operator<<') && match('a\\:\\:b', 'a::b') && match('x]', 'x]') && match('a}', 'a}'));
	assert.ok(match('[]a]', ']') && match('[^]a]', 'b') && !match('[^]a]', ']') && match('[[:digit:]]+$', 'a12'));
	assert.ok(match('[a[]', '[') && match('[\\-x]', '-') && match('\\Aab\\z', 'ab') && match('a\\-b', 'a-b'));
	assert.ok(match('^.$', '\u{1f600}') && match('a,{', 'a,{') && match('[\\]]', ']') && match('\\.', '.') && !match('\\.', 'x'));
	assert.ok(match('a\\sb[\\s]', 'a b\t') && !match('\\s|[\\s]|[[:space:]]', '\u00a0\ufeff') && match('^\\S$', '\u00a0') && match('b\\Z', 'ab'));
});

check('expressions without end are given up', () => {
	const long = 'a'.repeat(3000);
	const p = open(made.block([[0, '', [0]], [1, long, [1]], [1, 'a'.repeat(40), [1]]]));
	for (const pattern of ['(a+)+$b', '(a|a)*b', '(.*)*x', 'a*a*a*a*a*b', '(a|aa)+$b']) {
		const started = Date.now();
		const r = hprof.search(p, {pattern});
		assert.ok(r.error && /too long/.test(r.error), pattern);
		assert.ok(Date.now() - started < 5000, pattern);
	}
	assert.strictEqual(hprof.search(p, {pattern: 'a+.*a+$'}).total, 2);
});

check('all of a long name is looked at', () => {
	const name = 'x'.repeat(5000) + 'tail';
	const p = open(made.block([[0, '', [0]], [1, name, [7]]]));
	assert.strictEqual(hprof.search(p, {pattern: 'xtail$'}).total, 7);
	assert.strictEqual(hprof.merge(p, {hide: /xtail$/}).n, 1);
});

check('numbers', () => {
	assert.deepStrictEqual([0, 1, 1023, 1023.6, 1024, 1048524, 1048525, 17589696, -17589696, 2359296, 2411724.8, 5e15].map(hprof.bytes),
		['0 B', '1 B', '1023 B', '1.0 KiB', '1.0 KiB', '1023.9 KiB', '1.0 MiB', '16.8 MiB', '-16.8 MiB', '2.2 MiB', '2.3 MiB', '4.4 PiB']);
	assert.deepStrictEqual([0, 999, 1000, 1234567, -1234567, 2 ** 53].map(hprof.count),
		['0', '999', '1,000', '1,234,567', '-1,234,567', '9,007,199,254,740,992']);
	assert.deepStrictEqual([[1, 3], [0, 3], [1, 5000], [3, 3], [1, 0], [-1, 4]].map((x) => hprof.percent(x[0], x[1])),
		['33.3%', '0.0%', '0.0%', '100.0%', '-', '-25.0%']);
	const p = {types: [{unit: 'bytes'}, {unit: 'count'}]};
	assert.deepStrictEqual([[0, 17589696], [0, 5], [0, 1], [1, 1500]].map((x) => hprof.both(x[0], x[1], p)),
		['16.8 MiB (17,589,696 bytes)', '5 B', '1 B', '1,500']);
});

check('labels are shortened in order', () => {
	const s = 'std::vector<int, std::allocator<int> >::push_back(int const&) const';
	const at = (n) => hprof.label(s, n);
	assert.deepStrictEqual([100, 62, 22, 20, 11, 10, 8, 5, 3, 2].map(at), [s, 'std::vector<int, std::allocator<int> >::push_back',
		'std::vector::push_back', '..vector::push_back', '..push_back', 'push_back', 'push_b..', 'pus..', 'p..', '']);
	assert.strictEqual(hprof.label('ns::A::operator()(int)', 19), 'ns::A::operator()');
	assert.strictEqual(hprof.label('(anonymous namespace)::f(int)', 26), '(anonymous namespace)::f');
	assert.strictEqual(hprof.label('<alloc::Vec<T> as Clone>::clone', 9), '..clone');
	assert.strictEqual(hprof.label('a->b(c->d, e)', 5), 'a->b');
	assert.strictEqual(hprof.label('', 9), '');
});

check('labels never cut a character and always fit', () => {
	const texts = ['日本語の関数名', '\u{1f600}\u{1f601}\u{1f602}\u{1f603}', 'ns::日本<語>::関数(数)', 'é́é́é́é́', 'x'.repeat(5000),
		'\u{1f600}'.repeat(5000), '<'.repeat(50), '('.repeat(50), '>>>>:::::((((', 'operator<', 'operator<<', 'a<b<c', '::::', '////////'];
	for (const t of texts) {
		for (let n = 0; n < 60; n++) {
			const s = hprof.label(t, n);
			assert.ok(hprof.cells(s) <= n || s === '');
			assert.ok(s.isWellFormed ? s.isWellFormed() : true);
			assert.ok(n < 3 ? s === '' : true);
		}
	}
});

function fnv(rows) {
	let h = 0xcbf29ce484222325n;
	for (const s of rows)
		for (const b of [...Buffer.from(s), 0])
			h = BigInt.asUintN(64, (h ^ BigInt(b)) * 0x100000001b3n);
	return h.toString(36);
}

const hash = (v, i) => hprof.path(v, i).split('.').pop();

check('hashes are FNV-1a of 64 bits', () => {
	const v = hprof.merge(open(HAND()), {});
	assert.strictEqual(hash(v, 3), fnv(['main', 'main', 'alloc']));
	assert.strictEqual(hprof.path(v, 3), [fnv(['main']), fnv(['main', 'main']), fnv(['main', 'main', 'alloc'])].join('.'));
	assert.strictEqual(hprof.path(v, 0), '');
	const w = hprof.merge(open(made.block([[0, '', [0]], [1, 'äöü日本\u{1f600}', [1]]])), {});
	assert.strictEqual(hash(w, 1), fnv(['äöü日本\u{1f600}']));
});

check('links lead to the node, or to the nearest that exists', () => {
	const p = open(made.tree(3000, 10, 11));
	const v = hprof.merge(p, {});
	const w = hprof.merge(p, {order: 'name'});
	for (let i = 0; i < v.n; i += 37) {
		assert.deepStrictEqual(hprof.find(v, hprof.path(v, i)), {node: i, exact: true});
		const other = hprof.find(w, hprof.path(v, i));
		assert.strictEqual(hprof.path(w, other.node), hprof.path(v, i));
		assert.deepStrictEqual(hprof.find(v, hash(v, i)), {node: i, exact: true});
	}
	assert.deepStrictEqual(hprof.find(v, hprof.path(v, 5) + '.zzz'), {node: 5, exact: false});
	for (const bad of ['zzz', '.', '$$$', '__proto__', 'zzzzzzzzzzzzzzzzzzzz'])
		assert.deepStrictEqual(hprof.find(v, bad), {node: 0, exact: false});
});

check('the text of a link', () => {
	const o = {z: 'a.b', q: 'x&y=z#% ü', m: 'inuse_space'};
	assert.deepStrictEqual(hprof.parseLink('#' + hprof.formatLink(o)), o);
	assert.deepStrictEqual(hprof.parseLink('#q=%zz&&=&x'), {q: '%zz'});
	assert.strictEqual(Object.getPrototypeOf(hprof.parseLink('#__proto__=1')), Object.prototype);
});

check('details', () => {
	const data = made.block([
		[0, '', [0, 0]],
		[1, {row: 'f', full: 'ns::f(int)', file: '/a.c', line: 7, mod: 'x'}, [2000000, 10]],
		[2, {row: 'g', full: 'g(long)', file: '/b.c', line: 8, mod: 'y', inl: 1}, [1000000, 40]],
		[2, {row: 'g', full: 'g(int)', file: '/b.c', line: 9, mod: 'y', inl: 1}, [0, 0]],
	], {sampled: true});
	const p = open(data);
	const v = hprof.merge(p, {});
	assert.deepStrictEqual(hprof.describe(v, 2, 1), [
		['name', 'g(long), g(int)'], ['place', '/b.c:8, /b.c:9 \u00b7 y \u00b7 inlined into its caller'],
		['cum', '976.6 KiB (1,000,000 bytes), 33.3% of total, 33.3% of parent, 33.3% of view'],
		['flat', '976.6 KiB (1,000,000 bytes), 33.3% of total'], ['objects', '40, 24.4 KiB per object'],
		['note', 'values are estimates from samples']]);
	const w = hprof.merge(p, {type: 1});
	assert.deepStrictEqual(hprof.describe(w, 0, 0).slice(1, 4), [['cum', '50, 100.0% of total'], ['flat', '0, 0.0% of total'],
		['bytes', '2.9 MiB (3,000,000 bytes), 58.6 KiB per object']]);
	assert.strictEqual(hprof.speak(v, 1, 0), 'f, 2.9 MiB, 100.0% of total, 1 child');
});

/* As a file has it: steps in place of numbers, callees by their callers, values in one table. */
function folded(data) {
	const steps = (list) => list.map((v, i) => v - (i > 0 ? list[i - 1] : 0));
	const known = {};
	const path = [];
	const out = Object.assign({}, data, {v: 2, d: [], n: [], calls: [], vars: {}, rows: Object.assign({}, data.rows, {name: steps(data.rows.name)})});
	for (const key of Object.keys(data.vars))
		out.vars[key] = steps(data.vars[key]);
	data.d.forEach((depth, i) => {
		path[depth] = data.n[i];
		if (i === 0)
			return;
		const list = known[path[depth - 1]] || (known[path[depth - 1]] = []);
		const place = list.indexOf(data.n[i]);
		out.d.push(data.d[i - 1] + 1 - depth);
		out.n.push(place + 1);
		if (place >= 0)
			return;
		out.calls.push(data.n[i]);
		list.push(data.n[i]);
	});
	out.cols = data.s.map((at, type) => ({of: [['s', type]], val: [data.val], at}));
	delete out.s;
	delete out.val;
	return out;
}

/* Four bytes as five digits, by long division of a number without limit. */
function base85(bytes) {
	const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%()*+-./:=?@[]^_{|}~';
	let out = '';
	for (let i = 0; i < bytes.length; i += 4) {
		const four = Buffer.alloc(4);
		const n = bytes.copy(four, 0, i);
		let v = BigInt('0x' + four.toString('hex'));
		let five = '';
		for (let k = 0; k < 5; k++, v /= 85n)
			five = digits[Number(v % 85n)] + five;
		out += five.slice(0, n + 1) + (i % 80 === 76 ? '\n' : '');
	}
	return '\n' + out + '\n';
}

function inPlanes(data) {
	const parts = [];
	const put = (list) => {
		const bytes = Math.max(...list, 0) > 255 ? 2 : 1;
		for (let b = 0; b < bytes; b++)
			parts.push(Buffer.from(list.map((v) => v >> (8 * b) & 255)));
		return {len: list.length, bytes};
	};
	for (const key of ['d', 'n', 'calls'])
		data[key] = put(data[key]);
	for (const group of data.cols)
		group.at = put(group.at);
	return Buffer.concat([Buffer.from(JSON.stringify(data) + '\n\0'), ...parts]);
}

check('data: JSON and packed JSON', async () => {
	const text = JSON.stringify(folded(HAND()));
	const packed = base85(zlib.deflateSync(text));
	const planes = base85(zlib.deflateSync(inPlanes(folded(HAND()))));
	const want = hprof.merge(hprof.open(HAND()), {});
	for (const form of [text, packed, planes]) {
		const p = hprof.open(await hprof.decode(form));
		const v = hprof.merge(p, {});
		for (const key of ['parent', 'row', 'now', 'P'])
			assert.deepStrictEqual(v[key], want[key]);
		assert.deepStrictEqual(Array.from(p.rowName), HAND().rows.name);
		assert.deepStrictEqual(p.data.vars, HAND().vars);
	}
	const bad = folded(HAND());
	bad.n[0] = 7;
	await assert.rejects(async () => hprof.open(await hprof.decode(JSON.stringify(bad))), /damaged/);
	await assert.rejects(hprof.decode('AAAA'));
	await assert.rejects(hprof.decode('{'));
});

check('damaged data is refused with a message', () => {
	const spoil = [(d) => (d.v = 2), (d) => (d.d[3] = 9), (d) => (d.d[2] = 0), (d) => (d.n[1] = 99), (d) => (d.n[1] = -1), (d) => d.s[0].pop(),
		(d) => (d.s[0][1] = 1000), (d) => (d.vars.row[1] = 77), (d) => (d.rows.name[1] = 1e9), (d) => (d.d = [])];
	for (const f of spoil) {
		const data = HAND();
		f(data);
		assert.throws(() => hprof.merge(hprof.open(data), {}), /damaged/);
	}
});

/* ---- app.js and page/ ---- */

const ROOT = path.join(__dirname, '../..');
const PAGE = /^WEB_PAGE := ((?:.*\\\n)*.*)$/m.exec(fs.readFileSync(path.join(ROOT, 'Makefile'), 'utf8'))[1].split(/[\s\\]+/);
const source = (file) => fs.readFileSync(path.join(ROOT, 'render/web', file), 'utf8');
const load = (names) => new Function('hprof', PAGE.filter((f) => names.includes(path.basename(f, '.js'))).map(source).join('\n') +
	'\nreturn {' + names + '};')(hprof);

function opened() {
	const p = open(HAND());
	p.types.push({name: 'objects', unit: 'count', pair: -1});
	return p;
}

check('a link brings the choices back, and what is no choice changes nothing', () => {
	const {app} = load(['app']);
	const p = opened();
	const usual = app.defaults(p);
	assert.strictEqual(app.writeLink(p, usual, ''), '');
	assert.deepStrictEqual(app.readLink(p, ''), {choices: usual, zoom: ''});
	const choices = {
		type: 1, order: 'name', widths: 'churn', tree: 'around', func: p.rowName.findIndex((s) => p.data.str[s] === 'alloc'), flame: true,
		query: 'a|b&c=#%', mode: 'module', ignoreCase: true, hide: '^x$', collapse: true,
	};
	const text = app.writeLink(p, choices, '1a.2b');
	assert.strictEqual(text, 'z=1a.2b&q=a%7Cb%26c%3D%23%25&k=module&i=1&m=objects&o=name&t=around&f=alloc&d=flame&w=churn&h=%5Ex%24&r=1');
	assert.deepStrictEqual(app.readLink(p, '#' + text), {choices, zoom: '1a.2b'});
	assert.strictEqual(app.writeLink(p, {type: 0, order: 'name', query: ''}, ''), 'o=name', 'a picture has no tree');
	for (const nonsense of ['m=none&o=x&t=y&w=1&k=all', 't=around', 't=around&f=nobody', 'f=alloc', 'h=(', '&&=&x'])
		assert.deepStrictEqual(app.readLink(p, '#' + nonsense), {choices: usual, zoom: ''}, nonsense);
});

check('links of earlier pictures have the mode as f', () => {
	const {app} = load(['app']);
	const p = opened();
	assert.strictEqual(app.readLink(p, '#q=x&f=file').choices.mode, 'file');
	assert.strictEqual(app.readLink(p, '#k=any&f=file').choices.mode, 'any');
	const {choices} = app.readLink(p, '#t=around&f=alloc');
	assert.deepStrictEqual([choices.mode, choices.tree, choices.func > 0], ['name', 'around', true]);
});

check('a letter is the key of what it is in a link', () => {
	const {app} = load(['app']);
	const press = (key, more) => app.actionOf(Object.assign({key}, more));
	assert.deepStrictEqual([...'kimotf'].map((key) => press(key)), ['mode', 'ignoreCase', 'type', 'order', 'tree', 'around']);
	assert.deepStrictEqual([press('f', {ctrlKey: true}), press('F', {metaKey: true}), press('f', {altKey: true})], ['search', 'search', undefined]);
	assert.deepStrictEqual([press('toString'), press('c', {ctrlKey: true}), press('c', {isComposing: true})], [undefined, undefined, undefined]);
	assert.deepStrictEqual([app.next([3, 5, 9], 5, 1), app.next([3, 5, 9], 9, 1), app.next([3, 5, 9], 3, -1), app.next([3, 5, 9], 4, -1)], [2, 0, 2, 0]);
});

check('the state of the page changes by set() only, and tells of it', () => {
	const {state, app} = load(['app', 'views', 'state']);
	const told = [];
	state.set(Object.assign(app.defaults(opened()), {profile: opened()}));
	state.watch((changed, how) => told.push([[...changed].sort().join(' '), how.push]));
	for (const key of Object.keys(state))
		assert.throws(() => (state[key] = null), TypeError, key);
	assert.throws(() => (state.panes[0].zoom = 1), TypeError);
	state.zoomTo(0, 2);
	state.set({query: 'alloc'});
	state.set({order: 'name'});
	assert.deepStrictEqual(told, [
		['cursor hover missing panes', true], ['finder query', undefined], ['cursor hover missing order panes views', undefined],
	]);
	assert.strictEqual(state.marksOf(state.panes[0].view).list.length, 2);
	assert.strictEqual(hprof.name(state.panes[0].view, state.panes[0].zoom), 'main', 'the frame stays zoomed in another order');
	state.setHidden('(');
	assert.deepStrictEqual([state.hide, state.hideError.length > 0, told.length], ['', true, 4]);
	state.showFunction(state.profile.row[3]);
	assert.deepStrictEqual([state.panes.length, state.panes[1].up, told[4][1]], [2, true, true]);
});

check('a module of the page names only those before it', () => {
	const nameOf = (text) => (/^const (\w+) = \(/m.exec(text) || [])[1];
	const texts = PAGE.map((f) => source(f).replace(/\/\*[^]*?\*\/|'[^'\n]*'/g, ''));
	assert.deepStrictEqual(texts.map(nameOf).filter(Boolean).length, PAGE.length - 1, 'all but the last have names');
	texts.forEach((text, i) => {
		const later = texts.slice(i + 1).map(nameOf).filter((name) => name && new RegExp('(?<![.\\w])' + name + '\\.').test(text));
		assert.deepStrictEqual(later, [], PAGE[i]);
		const free = text.match(/^(let|var|const|function|class)\b.*/gm) || [];
		assert.ok(free.length <= 1, PAGE[i] + ': ' + free);
	});
});

(async () => {
	let failed = 0;
	for (const [name, run] of tests) {
		try {
			await run();
			console.log('ok - core: ' + name);
		} catch (e) {
			failed++;
			console.log('not ok - core: ' + name + '\n    ' + String(e.stack).replace(/\n/g, '\n    '));
		}
	}
	process.exitCode = failed ? 1 : 0;
})();
