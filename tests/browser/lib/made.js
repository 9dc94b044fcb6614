/* made.js - trees that tests make: by hand, at random, very deep, very wide. */
'use strict';

const { random } = require('./corpora');

const SURE = 1.959963984540054; /* standard errors: HP_SIGNIFICANT_ERRORS of the library */

/*
 * The object of a data block.  @nodes: [depth, name, values of each type, values of the base, variances];
 * a name may be {row, full, file, mod, line}.  Names become rows in their order.
 */
function block(nodes, more) {
	const str = [''];
	const at = new Map([['', 0]]);
	const intern = (s) => {
		if (!at.has(s)) {
			at.set(s, str.length);
			str.push(s);
		}
		return at.get(s);
	};
	const key = (x) => JSON.stringify(x);
	const shapes = new Map();
	const rowNames = new Set();
	for (const n of nodes.slice(1)) {
		const x = typeof n[1] === 'string' ? {row: n[1], full: n[1]} : n[1];
		shapes.set(key(n[1]), x);
		rowNames.add(x.row);
	}
	const rows = ['all', ...[...rowNames].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))];
	const rowOf = new Map(rows.map((s, i) => [s, i]));
	const vars = {row: [0], full: [0], file: [0], mod: [0], line: [0], inl: [0]};
	const varOf = new Map();
	for (const [k, x] of shapes) {
		varOf.set(k, vars.row.length);
		vars.row.push(rowOf.get(x.row));
		vars.full.push(intern(x.full || ''));
		vars.file.push(intern(x.file || ''));
		vars.mod.push(intern(x.mod || ''));
		vars.line.push(x.line || 0);
		vars.inl.push(x.inl || 0);
	}
	const val = [0];
	const valAt = new Map([[0, 0]]);
	const number = (x) => {
		if (!valAt.has(x)) {
			valAt.set(x, val.length);
			val.push(x);
		}
		return valAt.get(x);
	};
	const types = (nodes[0][2] || [0]).length;
	const columns = (k) => Array.from({length: types}, (_, t) => nodes.map((n) => number((n[k] || [])[t] || 0)));
	const data = Object.assign({
		v: 1, title: 'made', tool: 'hprof', facts: [],
		types: types > 1 ? [{name: 'space', unit: 'bytes', pair: 1}, {name: 'objects', unit: 'count', pair: -1}]
			: [{name: 'space', unit: 'bytes', pair: -1}],
		type: 0, diff: false, widths: 'union', sampled: false, sure: SURE,
		layout: {width: 1200, min: 0.5, max: 5000, flame: false, order: 'size'},
		pal: [['#ffd8a8', '#5c3a10'], ['#a5d8ff', '#123a5c']], ink: ['#1f2328', '#e6edf3'],
		paper: ['#ffffff', '#16191d'],
		rows: {name: rows.map(intern), color: rows.map((s, i) => i % 2)},
		vars, d: nodes.map((n) => n[0]), n: nodes.map((n, i) => (i ? varOf.get(key(n[1])) : 0)), val, s: columns(2),
	}, more);
	if (data.diff) {
		data.b = columns(3);
		data.e = columns(4);
		data.diffpal = Array.from({length: 9}, (_, i) => ['#c0c0c' + i, '#30303' + i]);
	}
	data.types.forEach((t, i) => {
		t.total = nodes.reduce((sum, n) => sum + ((n[2] || [])[i] || 0), 0);
	});
	data.str = str;
	return data;
}

/* A random tree of @n nodes: @names different names, fractional values, some zero. */
function tree(n, names, seed, o) {
	const rnd = random(seed);
	const most = (o && o.depth) || 30;
	const nodes = [[0, '', [0, 0], [0, 0], [0, 0]]];
	let depth = 0;
	const value = () => (rnd() < 0.3 ? 0 : Math.floor(rnd() * rnd() * 1e6) / 8);
	for (let i = 1; i < n; i++) {
		depth = Math.max(1, Math.min(most, depth + 1 - (rnd() < 0.4 ? Math.floor(rnd() * 6) : 0)));
		const k = Math.floor(Math.pow(rnd(), 3) * names);
		const name = {row: 'ns::f' + k + '(int)', full: 'ns::f' + k + '(int)', file: '/src/' + (k % 7) + '.cc',
			mod: 'lib' + (k % 3) + '.so', line: 10 + (k % 5)};
		const w = value();
		nodes.push([depth, name, [w, w > 0 ? Math.ceil(rnd() * 9) : 0], [rnd() < 0.5 ? w : value(), 1], [rnd() * 100, 0]]);
	}
	return block(nodes, o && o.diff ? {diff: true} : {});
}

function chain(depth) {
	const nodes = [[0, '', [0]]];
	for (let i = 1; i <= depth; i++)
		nodes.push([i, 'f' + (i % 100), [i === depth ? 1000 : 0]]);
	return block(nodes);
}

function fan(n) {
	const nodes = [[0, '', [0]]];
	for (let i = 1; i <= n; i++)
		nodes.push([1, 'g' + String(i).padStart(6, '0'), [1 + (i % 7)]]);
	return block(nodes);
}

module.exports = { SURE, random, block, tree, chain, fan };
