/*
 * core.js - what the interactive pictures compute: merging, boxes, search, links, texts.  No DOM.
 *
 * Everything is a member of one object, hprof.  Trees are typed arrays in preorder, parents before
 * children; nothing recurses, and nothing here changes its arguments.
 *
 *   decode(text)          Promise of the data block's object; JSON, or packed (OUTPUTS.md)
 *   open(data)            profile: raw tree and names.  {n, depth, parent, end, variant, row (of each
 *                         raw node), rows, types, type, diff, widths, data}; throws on broken data
 *   merge(profile, {type, widths, order, hide: RegExp, collapse: bool, bottomUp: bool, at, row})
 *                         view: the merged tree.  {n, parent, end, depth, row, own, weight (inclusive),
 *                         now, base, variance (inclusive), P (n + 1 prefix sums of own), total,
 *                         node (raw node -> the node its own value is in, -1: left out), cut, ...}
 *                         at, row: Int32Array per raw node; raw i becomes child(node[at[i]], row[i]);
 *                         row -1: it is node[at[i]]; row -2: it is left out.  bottomUp: callers; cut
 *                         counts nodes that were left closed to bound the work.
 *   boxes(view, {zoom, width, min, max, rows, from, to})
 *                         {box: [{node, parent, kind, level, x, w, count, cut}], min, levels, cut}; kind 0
 *                         a frame, 1 an ancestor of the zoomed, 2 "(count others)": node -1 and value.
 *                         rows: levels below the zoomed node; from, to: only levels from <= level < to.
 *                         x and w in px.  cut, of a box: what is below it is left out, because of rows
 *                         or of max; of all: some box is cut.
 *   deeper(view, zoom, made)            levels that are left out below the boxes that boxes() made
 *   valueOf, selfOf(view, i)            integers that add up: of a node, of its own
 *   search(profile, {pattern, mode, ignoreCase, type})
 *                         mode name, file, module, any.  {error} or {empty: true} or {hit (per variant),
 *                         raw (per raw node: it matches), total, base}; totals of the full data
 *   searchIn(profile, search, view, node)  {now, base, ofNow, ofBase}: matching stacks below a node, and all
 *   marks(search, view)   {mark: Uint8Array per node, list: Int32Array of marked nodes}
 *   resultText(profile, search, view, zoom, frames)   the line below the search field
 *   compile(pattern, ignoreCase)        {re} or {error} or {empty: true}
 *   bytes, count(n), exact(type, n), value(type, n), both(type, n), percent(part, whole), tenth(n)
 *   cells(text), label(text, cells), nodeLabel(view, i, cells)   texts that fit; "" when none does;
 *   cut(text, cells), others(count)   nodeLabel has a mark of a change before it and the value behind it
 *   name(view, i), fill(view, i, dark), change(view, i)
 *   describe(view, i, zoom)             [[label, text], ...], a line each
 *   describeBox(view, box, zoom), boxName(view, box)   of folded ones too, and of kind 3: callers between
 *   speak(view, i, zoom)                one sentence for a screen reader
 *   path(view, i), find(view, list)     permalinks; find gives {node, exact}
 *   parseLink(text), formatLink(object)
 *   variants(view, i)     variants of the frames that were merged into a node
 */
const hprof = (() => {
	'use strict';

	const LABEL_MAX = 4096; /* characters of a name that a label is made of */
	const SEARCH_MS = 1000; /* of one search over all names */
	const SLOW_MS = 20; /* of one name: the expression explodes */
	const BU_NODES = 1 << 20; /* nodes of a tree of callers */
	const BU_STEPS = 12e6; /* and steps to make it */
	const PATH_MAX = 24; /* hashes in a link */
	const WIDEST_FOLDED = 16; /* px: where too many boxes are wider, the deepest levels go */

	/* ---- reading ---- */

	/* Digits to the base of 85: five are four bytes, n + 1 at the end n bytes. */
	const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%()*+-./:=?@[]^_{|}~';

	function fromBase85(text) {
		const value = new Uint8Array(128).fill(255);
		for (let i = 0; i < 85; i++)
			value[DIGITS.charCodeAt(i)] = i;
		const full = Math.floor(text.length / 5);
		const rest = text.length % 5;
		const out = new Uint8Array(4 * full + Math.max(0, rest - 1));
		let bad = 0;
		for (let i = 0, at = 0; i < text.length; i += 5) {
			let v = 0;
			for (let k = 0; k < 5; k++) {
				const c = i + k < text.length ? value[text.charCodeAt(i + k) & 127] : 84;
				bad |= c & 128;
				v = v * 85 + c;
			}
			for (let shift = 24; shift >= 0 && at < out.length; shift -= 8)
				out[at++] = (v / 2 ** shift) & 255;
		}
		must(!bad, 'digits');
		return out;
	}

	/* JSON; where a list is {len, bytes}, its numbers are behind a zero after the JSON, byte by byte. */
	function readLists(bytes) {
		const end = bytes.indexOf(0);
		const data = JSON.parse(new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end)));
		let at = end + 1;
		const list = (l) => {
			if (Array.isArray(l) || end < 0)
				return l;
			must(l && l.len >= 0 && l.bytes >= 1 && l.bytes <= 4 && at + l.len * l.bytes <= bytes.length, 'lists');
			const out = new Int32Array(l.len);
			for (let shift = 0; shift < 8 * l.bytes; shift += 8)
				for (let i = 0; i < l.len; i++)
					out[i] |= bytes[at++] << shift;
			return out;
		};
		for (const key of ['d', 'n', 'calls'])
			data[key] = list(data[key]);
		for (const group of data.cols)
			group.at = list(group.at);
		return data;
	}

	async function decode(text) {
		const s = text.trim();

		if (s[0] === '{')
			return unfold(JSON.parse(s));
		if (typeof DecompressionStream === 'undefined')
			throw new Error('this browser cannot unpack the data of the picture');
		const stream = new Blob([fromBase85(s.replace(/\s+/g, ''))]).stream().pipeThrough(new DecompressionStream('deflate'));
		return unfold(readLists(new Uint8Array(await new Response(stream).arrayBuffer())));
	}

	function must(ok, what) {
		if (!ok)
			throw new Error('the data of the picture is damaged: ' + what);
	}

	/* @list as an Int32Array of numbers in [0, limit). */
	function indices(list, n, limit, what) {
		must((Array.isArray(list) || list instanceof Int32Array) && list.length === n, what);
		const out = Int32Array.from(list);
		let bad = 0;
		for (let i = 0; i < n; i++)
			bad |= out[i] < 0 || out[i] >= limit ? 1 : 0;
		must(!bad, what);
		return out;
	}

	/* A list of which each number is the difference to the one before. */
	function addSteps(list) {
		let last = 0;
		return list.map((step) => (last += step));
	}

	/*
	 * What is short in a file, at length: depths of levels that end, variants of who calls whom.  The
	 * values stay as they are: column() reads them.
	 */
	function unfold(data) {
		must(data && data.v === 2, 'unknown version');
		must(data.d && data.n && data.calls && data.d.length === data.n.length, 'no tree');
		const n = data.d.length + 1;
		const d = new Int32Array(n);
		const v = new Int32Array(n);
		const path = new Int32Array(n + 1); /* variants from the root */
		const callees = new Map(); /* of a variant, those that were seen */
		let used = 0;
		for (let i = 1; i < n; i++) {
			d[i] = d[i - 1] + 1 - data.d[i - 1];
			must(d[i] > 0, 'order');
			const caller = path[d[i] - 1];
			let known = callees.get(caller);
			if (!known)
				callees.set(caller, known = []);
			const place = data.n[i - 1];
			must(place >= 0 && place <= known.length && (place > 0 || used < data.calls.length), 'calls');
			if (place === 0)
				known.push(data.calls[used++]);
			v[i] = known[place === 0 ? known.length - 1 : place - 1];
			path[d[i]] = v[i];
		}
		const vars = {};
		for (const key of Object.keys(data.vars))
			vars[key] = addSteps(data.vars[key]);
		return Object.assign({}, data, {
			v: 1, d, n: v, calls: null, vars, rows: {name: addSteps(data.rows.name), color: data.rows.color},
		});
	}

	function open(data) {
		must(data && data.v === 1, 'unknown version');
		must(data.d && data.d.length > 0, 'no tree');
		must(data.sure > 0, 'no sure');
		const n = data.d.length;
		const rowCount = data.rows.name.length;
		const varCount = data.vars.row.length;
		const depth = indices(data.d, n, n, 'depth');
		const variant = indices(data.n, n, varCount, 'variant');
		const varRow = indices(data.vars.row, varCount, rowCount, 'row');
		const rowName = indices(data.rows.name, rowCount, data.str.length, 'name');
		const parent = new Int32Array(n);
		const end = new Int32Array(n);
		const row = new Int32Array(n);
		const last = new Int32Array(n + 1);
		must(depth[0] === 0, 'root');
		parent[0] = -1;
		row[0] = varRow[variant[0]];
		for (let i = 1; i < n; i++) {
			const d = depth[i];
			must(d > 0 && d <= depth[i - 1] + 1, 'order');
			parent[i] = last[d - 1];
			last[d] = i;
			row[i] = varRow[variant[i]];
		}
		for (let i = n - 1; i >= 0; i--) {
			if (end[i] === 0)
				end[i] = i + 1;
			if (i > 0 && end[parent[i]] < end[i])
				end[parent[i]] = end[i];
		}
		return {
			data, n, depth, parent, end, row, variant, rowName, varRow,
			rows: rowCount, types: data.types, type: data.type || 0, diff: !!data.diff, drop: !!data.drop,
			widths: data.widths || 'union', runs: !!data.runs, order: (data.layout && data.layout.order) || 'size',
			columns: {},
		};
	}

	/* The table and the indices that hold column key of a type: {val, at}; null: there are none. */
	function packed(data, key, type) {
		if (data[key])
			return data[key][type] ? {val: data.val, at: data[key][type]} : null;
		for (const group of data.cols || []) {
			let k = group.of.findIndex((of) => of[0] === key && of[1] === type);
			if (k < 0)
				continue;
			if (typeof group.val[k] === 'number')
				k = group.val[k]; /* the same as an earlier one */
			return {val: group.val[k], at: group.at};
		}
		return null;
	}

	/*
	 * Own values of raw nodes: key s (now), b (base), f (what the change counts from) or e (variance) of a
	 * type.  Null: there are none.
	 */
	function column(p, key, type) {
		const id = key + type;
		if (p.columns[id])
			return p.columns[id];
		const found = packed(p.data, key, type);
		if (!found)
			return null;
		const val = Float64Array.from(found.val);
		const at = indices(found.at, p.n, val.length, 'value');
		const out = new Float64Array(p.n);
		for (let i = 0; i < p.n; i++)
			out[i] = val[at[i]];
		p.columns[id] = out;
		return out;
	}

	/* The column that changes of a difference count from: that of before, unless what shrank counts 0. */
	function fromKey(p) {
		return p.drop ? 'f' : 'b';
	}

	function str(p, i) {
		return String(p.data.str[i] || '');
	}

	/* ---- merging ---- */

	/* A set of (parent, row) pairs; child() gives the node of one, a new one when there is none. */
	function makeTree(most) {
		let bits = 4;
		while ((1 << bits) < most * 2 && bits < 30)
			bits++;
		const mask = (1 << bits) - 1;
		const slot = new Int32Array(mask + 1);
		const parent = new Int32Array(most);
		const row = new Int32Array(most);
		const t = {n: 1, parent, row, child: null};
		parent[0] = -1;
		t.child = (up, r) => {
			let h = Math.imul(up, 0x9e3779b1) ^ Math.imul(r, 0x85ebca6b);
			h = (h ^ (h >>> 15)) & mask;
			for (;;) {
				const k = slot[h];
				if (k === 0)
					break;
				if (parent[k] === up && row[k] === r)
					return k;
				h = (h + 1) & mask;
			}
			const k = t.n++;
			slot[h] = k;
			parent[k] = up;
			row[k] = r;
			return k;
		};
		return t;
	}

	/* Which variants a regular expression hides, by full name. */
	function hiddenVariants(p, re) {
		const full = p.data.vars.full;
		const known = new Map();
		const out = new Uint8Array(p.varRow.length);
		for (let v = 0; v < out.length; v++) {
			const s = full[v];
			if (!s)
				continue;
			if (!known.has(s))
				known.set(s, re.test(str(p, s)) ? 1 : 0);
			out[v] = known.get(s);
		}
		return out;
	}

	/* The merged tree without values: {n, parent, row, node}. */
	function shape(p, o) {
		const tree = makeTree(p.n);
		const node = new Int32Array(p.n);
		const at = o.at || p.parent;
		const rows = o.row || p.row;
		const hidden = o.hide ? hiddenVariants(p, o.hide) : null;
		tree.row[0] = p.row[0];
		for (let i = 1; i < p.n; i++) {
			const up = node[at[i]];
			const r = rows[i];
			if (up < 0 || r === -2)
				node[i] = -1;
			else if (r === -1 || (hidden && hidden[p.variant[i]]))
				node[i] = up;
			else if ((o.collapse || p.runs) && tree.row[up] === r)
				node[i] = up;
			else
				node[i] = tree.child(up, r);
		}
		return {n: tree.n, parent: tree.parent, row: tree.row, node, cut: 0};
	}

	/* Which nodes of @down have a value of any type. */
	function nodesWithValues(p, down) {
		const has = new Uint8Array(down.n);
		for (const key of ['s', 'b']) {
			for (let t = 0; t < p.types.length; t++) {
				const v = column(p, key, t);
				for (let i = 0; v && i < p.n; i++)
					if (v[i] !== 0 && down.node[i] >= 0)
						has[down.node[i]] = 1;
			}
		}
		return has;
	}

	/* A heap of node numbers, the heaviest first; equal ones in order of their number. */
	function makeHeap(weight) {
		const list = [];
		const before = (a, b) => weight[a] > weight[b] || (weight[a] === weight[b] && a < b);
		return {
			list,
			push(k) {
				let i = list.length;
				list.push(k);
				while (i > 0) {
					const up = (i - 1) >> 1;
					if (!before(k, list[up]))
						break;
					list[i] = list[up];
					i = up;
				}
				list[i] = k;
			},
			pop() {
				const top = list[0];
				const k = list.pop();
				const n = list.length;
				let i = 0;
				if (n === 0)
					return top;
				for (;;) {
					let c = 2 * i + 1;
					if (c >= n)
						break;
					if (c + 1 < n && before(list[c + 1], list[c]))
						c++;
					if (!before(list[c], k))
						break;
					list[i] = list[c];
					i = c;
				}
				list[i] = k;
				return top;
			},
		};
	}

	/*
	 * The tree of callers of the tree @down: below the root the functions that own values, below each its
	 * callers.  The heaviest nodes are opened first; what is still closed when nodes or steps run out
	 * keeps the values of all its callers, and is counted in cut.
	 */
	function invert(p, down, type, caps) {
		const most = (caps && caps.nodes) || BU_NODES;
		const steps = (caps && caps.steps) || BU_STEPS;
		const has = nodesWithValues(p, down);
		const now = column(p, 's', type);
		const base = column(p, 'b', type);
		const load = new Float64Array(down.n);
		const parent = [-1];
		const row = [down.row[0]];
		const weight = [Infinity];
		const first = [-1];
		const next = new Int32Array(down.n).fill(-1);
		const place = new Int32Array(down.n); /* where in @down an item stands */
		const final = new Int32Array(down.n).fill(-1);
		const known = new Int32Array(p.rows).fill(-1); /* child of the open node by row */
		const mine = new Int32Array(p.rows).fill(-1);
		const heap = makeHeap(weight);
		let used = 0;
		for (let i = 0; i < p.n; i++)
			if (down.node[i] >= 0)
				load[down.node[i]] += Math.abs(now[i]) + (base ? Math.abs(base[i]) : 0);
		for (let k = down.n - 1; k >= 0; k--) {
			if (!has[k])
				continue;
			place[k] = k;
			next[k] = first[0];
			first[0] = k;
		}
		heap.push(0);
		while (heap.list.length > 0 && used < steps && parent.length < most) {
			const b = heap.pop();
			const born = parent.length;
			for (let k = first[b], after; k >= 0; k = after) {
				const up = b === 0 ? place[k] : down.parent[place[k]];
				after = next[k];
				used++;
				if (up === 0) {
					final[k] = b;
					continue;
				}
				const r = down.row[up];
				if (mine[r] !== b) {
					mine[r] = b;
					known[r] = parent.length;
					parent.push(b);
					row.push(r);
					weight.push(0);
					first.push(-1);
				}
				const c = known[r];
				place[k] = up;
				next[k] = first[c];
				first[c] = k;
				weight[c] += load[k];
			}
			first[b] = -1;
			for (let c = born; c < parent.length; c++)
				heap.push(c);
		}
		let cut = 0;
		for (const b of heap.list) {
			let more = false;
			for (let k = first[b]; k >= 0; k = next[k]) {
				final[k] = b;
				more = more || b === 0 || down.parent[place[k]] !== 0;
			}
			cut += more ? 1 : 0;
		}
		const node = new Int32Array(p.n);
		for (let i = 0; i < p.n; i++)
			node[i] = down.node[i] < 0 ? -1 : Math.max(final[down.node[i]], 0);
		return {n: parent.length, parent: Int32Array.from(parent), row: Int32Array.from(row), node, cut};
	}

	function sumOwn(tree, values) {
		const out = new Float64Array(tree.n);
		const node = tree.node;
		for (let i = 0; values && i < node.length; i++)
			if (node[i] >= 0)
				out[node[i]] += values[i];
		return out;
	}

	/* Inclusive sums; parents come before children. */
	function inclusive(own, parent, n) {
		const out = Float64Array.from(own);
		for (let i = n - 1; i > 0; i--)
			out[parent[i]] += out[i];
		return out;
	}

	const WIDTHS = {
		union: (now, base) => Math.max(now, base),
		new: (now) => now,
		old: (now, base) => base,
		sum: (now, base) => now + base,
		growth: (now, base, from) => now - from,
		shrink: (now, base, from) => from - now,
		churn: (now, base, from) => Math.abs(now - from),
	};

	/* What a width means, in the words of the line of facts. */
	const WIDTH_NAMES = {
		union: 'the larger of before and after', new: 'after', old: 'before', sum: 'before + after',
		growth: 'growth', shrink: 'shrink', churn: 'growth + shrink',
	};

	function ownWeights(now, base, from, widths, n) {
		const out = new Float64Array(n);
		const f = base ? WIDTHS[widths] || WIDTHS.union : WIDTHS.new;
		for (let i = 0; i < n; i++) {
			const w = f(now[i], base ? base[i] : 0, from ? from[i] : 0);
			out[i] = w > 0 ? w : 0;
		}
		return out;
	}

	/* Sort list[from, to); short runs by insertion, which is the common case. */
	function sortRun(list, from, to, before) {
		if (to - from > 24) {
			list.subarray(from, to).sort((a, b) => (before(a, b) ? -1 : 1));
			return;
		}
		for (let i = from + 1; i < to; i++) {
			const k = list[i];
			let j = i;
			for (; j > from && before(k, list[j - 1]); j--)
				list[j] = list[j - 1];
			list[j] = k;
		}
	}

	/* The new number of each node when children are sorted and numbered in preorder. */
	function preorder(tree, weight, order) {
		const n = tree.n;
		const {parent, row} = tree;
		const start = new Int32Array(n + 1);
		const kids = new Int32Array(n);
		const size = new Int32Array(n).fill(1);
		const to = new Int32Array(n);
		const byName = (a, b) => row[a] < row[b];
		const bySize = (a, b) => weight[a] > weight[b] || (weight[a] === weight[b] && row[a] < row[b]);
		for (let i = n - 1; i > 0; i--) {
			size[parent[i]] += size[i];
			start[parent[i] + 1]++;
		}
		for (let i = 0; i < n; i++)
			start[i + 1] += start[i];
		const fill = start.slice(0, n);
		for (let i = 1; i < n; i++)
			kids[fill[parent[i]]++] = i;
		for (let i = 0; i < n; i++) {
			let at = to[i] + 1;
			if (start[i + 1] - start[i] > 1)
				sortRun(kids, start[i], start[i + 1], order === 'name' ? byName : bySize);
			for (let k = start[i]; k < start[i + 1]; k++) {
				to[kids[k]] = at;
				at += size[kids[k]];
			}
		}
		return {to, size};
	}

	function permute(list, to, n) {
		const out = new list.constructor(n);
		for (let i = 0; i < n; i++)
			out[to[i]] = list[i];
		return out;
	}

	function prefix(own, n) {
		const out = new Float64Array(n + 1);
		for (let i = 0; i < n; i++)
			out[i + 1] = out[i] + own[i];
		return out;
	}

	function merge(p, options) {
		const o = Object.assign({type: p.type, widths: p.widths, order: p.order}, options);
		const down = shape(p, o);
		const tree = o.bottomUp ? invert(p, down, o.type, o.caps) : down;
		const n = tree.n;
		const nowOwn = sumOwn(tree, column(p, 's', o.type));
		const baseOwn = p.diff ? sumOwn(tree, column(p, 'b', o.type)) : null;
		const fromOwn = p.diff ? (p.drop ? sumOwn(tree, column(p, 'f', o.type)) : baseOwn) : null;
		const ownRaw = ownWeights(nowOwn, baseOwn, fromOwn, o.widths, n);
		const weightRaw = inclusive(ownRaw, tree.parent, n);
		const nowRaw = inclusive(nowOwn, tree.parent, n);
		const {to, size} = preorder(tree, weightRaw, o.order);
		const parent = new Int32Array(n);
		const end = new Int32Array(n);
		const depth = new Int32Array(n);
		const node = new Int32Array(p.n);
		parent[0] = -1;
		end[0] = n;
		for (let i = 1; i < n; i++) {
			parent[to[i]] = to[tree.parent[i]];
			end[to[i]] = to[i] + size[i];
		}
		for (let i = 1; i < n; i++)
			depth[i] = depth[parent[i]] + 1;
		for (let i = 0; i < p.n; i++)
			node[i] = tree.node[i] < 0 ? -1 : to[tree.node[i]];
		const own = permute(ownRaw, to, n);
		const P = prefix(own, n);
		return {
			profile: p, type: o.type, widths: o.widths, order: o.order, bottomUp: !!o.bottomUp,
			diff: p.diff, cut: tree.cut, n, parent, end, depth, node, row: permute(tree.row, to, n),
			own, weight: permute(weightRaw, to, n), now: permute(nowRaw, to, n),
			base: baseOwn ? permute(inclusive(baseOwn, tree.parent, n), to, n) : null,
			from: fromOwn ? permute(inclusive(fromOwn, tree.parent, n), to, n) : null,
			variance: p.diff ? permute(inclusive(sumOwn(tree, column(p, 'e', o.type)), tree.parent, n), to, n)
				: null,
			P, total: P[n], lazy: {},
		};
	}

	/* ---- integers ---- */

	function round(x) {
		return Math.floor(x + 0.5);
	}

	function valueOf(v, i) {
		return round(v.P[v.end[i]]) - round(v.P[i]);
	}

	function selfOf(v, i) {
		return round(v.P[i + 1]) - round(v.P[i]);
	}

	/* Prefix sums of another column ("s" or "b" of a type) over the nodes of a view. */
	function sumsOf(v, key, type) {
		const id = key + type;
		if (!(id in v.lazy)) {
			const values = column(v.profile, key, type);
			v.lazy[id] = values ? prefix(sumOwn(v, values), v.n) : null;
		}
		return v.lazy[id];
	}

	function rangeOf(sums, from, to) {
		return sums ? round(sums[to]) - round(sums[from]) : 0;
	}

	function nowOf(v, i) {
		return rangeOf(sumsOf(v, 's', v.type), i, v.end[i]);
	}

	function baseOf(v, i) {
		return rangeOf(sumsOf(v, 'b', v.type), i, v.end[i]);
	}

	function fromOf(v, i) {
		return rangeOf(sumsOf(v, fromKey(v.profile), v.type), i, v.end[i]);
	}

	/* ---- boxes ---- */

	/* Pixels of a unit of weight. */
	function scaleOf(v, zoom, width) {
		const span = v.P[v.end[zoom]] - v.P[zoom];
		return span > 0 ? width / span : 0;
	}

	/*
	 * One walk with a fixed smallest width.  A node's x is its prefix sum less what lies to the left of its
	 * place without being drawn there: the own values of its ancestors, which are at the right of
	 * their children, and folded siblings.  Null: more than max boxes.
	 */
	function walk(v, o, min, levelLimit) {
		const {P, end} = v;
		const z = o.zoom;
		const scale = scaleOf(v, z, o.width);
		const box = [];
		const stackNode = [];
		const stackShift = [];
		const waiting = [];
		let levels = v.depth[z] + 1;
		let below = 0;
		let cut = 0;
		for (let a = v.parent[z]; a >= 0; a = v.parent[a])
			if (v.depth[a] >= o.from && v.depth[a] < o.to)
				box.push({node: a, parent: v.parent[a], kind: 1, level: v.depth[a], x: 0, w: o.width, count: 1, cut: false});
		box.reverse();
		stackNode.push(z);
		stackShift.push(0);
		while (stackNode.length > 0) {
			const i = stackNode.pop();
			const shift = stackShift.pop();
			if (i < 0) {
				box.push(waiting.pop());
				continue;
			}
			const level = v.depth[i];
			if (level + 1 > levels)
				levels = level + 1;
			const ends = level + 1 >= levelLimit && end[i] > i + 1;
			if (level >= o.from && level < o.to)
				box.push({
					node: i, parent: v.parent[i], kind: 0, level, x: (P[i] - P[z] - shift) * scale,
					w: i === z ? o.width : (P[end[i]] - P[i]) * scale, count: 1, cut: ends,
				});
			if (++below > o.max)
				return null;
			cut |= ends ? 1 : 0;
			if (ends || end[i] === i + 1 || level + 1 >= o.to)
				continue;
			const mark = stackNode.length;
			let gone = shift + v.own[i];
			let folded = 0;
			let first = -1;
			let last = -1;
			let value = 0;
			let weight = 0;
			for (let c = i + 1; c < end[i]; c = end[c]) {
				const w = P[end[c]] - P[c];
				if (w * scale >= min) {
					stackNode.push(c);
					stackShift.push(gone);
					continue;
				}
				gone += w;
				weight += w;
				value += valueOf(v, c);
				last = c;
				if (folded++ === 0)
					first = c;
			}
			if (folded > 0 && weight * scale >= 0.1) {
				const x = (P[end[i]] - P[z] - gone) * scale; /* behind what is drawn */
				if (level + 2 > levels)
					levels = level + 2;
				if (level + 1 >= o.from) {
					stackNode.push(-1);
					stackShift.push(0);
					waiting.push({node: -1, parent: i, kind: 2, level: level + 1, x, w: weight * scale,
						count: folded, cut: false, value, first, last});
				}
				if (++below > o.max)
					return null;
			}
			reverse(stackNode, mark);
			reverse(stackShift, mark);
		}
		return {box, min, levels, cut};
	}

	function reverse(list, from) {
		for (let a = from, b = list.length - 1; a < b; a++, b--) {
			const t = list[a];
			list[a] = list[b];
			list[b] = t;
		}
	}

	function boxes(v, options) {
		const o = Object.assign({zoom: 0, width: 1200, min: 0.5, max: 5000, rows: Infinity, from: 0, to: Infinity}, options);
		const limit = v.depth[o.zoom] + 1 + o.rows;
		let min = o.min > 0 ? o.min : 0.01;
		o.max = Math.max(o.max, 1);
		let r = walk(v, o, min, limit);
		while (!r && min * 2 <= WIDEST_FOLDED) {
			min *= 2;
			r = walk(v, o, min, limit);
		}
		/* many even so: fewer and fewer levels */
		for (let n = Math.min(o.rows, o.max) >> 1; !r; n = n >> 1)
			r = walk(v, o, min, v.depth[o.zoom] + 1 + n);
		r.scale = scaleOf(v, o.zoom, o.width);
		return r;
	}

	function deeper(v, zoom, made) {
		let last = 0;
		for (let i = zoom; made.cut && i < v.end[zoom]; i++)
			if (v.depth[i] > last && (v.P[v.end[i]] - v.P[i]) * made.scale >= made.min)
				last = v.depth[i];
		return made.cut ? Math.max(last + 1 - made.levels, 0) : 0;
	}

	/* ---- expressions ---- */

	const CLASSES = {
		alpha: 'a-zA-Z', digit: '0-9', alnum: 'a-zA-Z0-9', upper: 'A-Z', lower: 'a-z', space: '\\t-\\r ',
		word: '\\w', xdigit: '0-9a-fA-F', punct: '!-\\/:-@\\[-`{-~', blank: ' \\t',
	};

	/*
	 * The Perl-like syntax of the command line in that of the browser, which is strict with the flag u:
	 * what means something else there is refused and never read as something it does not mean.
	 */
	function translate(pattern) {
		let out = '';
		let inside = false;
		for (let i = 0; i < pattern.length; i++) {
			const c = pattern[i];
			const next = pattern[i + 1];
			if (c === '\\') {
				if (next === undefined)
					return out + c;
				i++;
				if (!inside && /[AZz]/.test(next))
					out += next === 'A' ? '^' : '$';
				else if (next === 's' || (next === 'S' && !inside)) /* blanks of ASCII only */
					out += inside ? CLASSES.space : (next === 's' ? '[' : '[^') + CLASSES.space + ']';
				else if (/[A-Za-z0-9^$\\.*+?()[\]{}|/]/.test(next) || (inside && next === '-'))
					out += c + next;
				else
					out += next;
			} else if (inside) {
				const name = c === '[' ? /^\[:(\^?\w*):\]/.exec(pattern.slice(i)) : null;
				if (name) {
					if (!Object.hasOwn(CLASSES, name[1]))
						throw new SyntaxError('unknown class [:' + name[1] + ':]');
					out += CLASSES[name[1]];
					i += name[0].length - 1;
				} else {
					out += c === '[' ? '\\[' : c;
					inside = c !== ']';
				}
			} else if (c === '[') {
				inside = true;
				out += c;
				if (pattern[i + 1] === '^')
					out += pattern[++i];
				if (pattern[i + 1] === ']') {
					out += '\\]';
					i++;
				}
			} else if (c === '{' && !/^\{\d+(,\d*)?\}/.test(pattern.slice(i, i + 24))) {
				out += '\\{';
			} else if (c === '{') {
				const end = pattern.indexOf('}', i);
				out += pattern.slice(i, end + 1);
				i = end;
			} else {
				out += c === '}' || c === ']' ? '\\' + c : c;
			}
		}
		return out;
	}

	function compile(pattern, ignoreCase) {
		let text = String(pattern);
		let flags = ignoreCase ? 'iu' : 'u';
		if (text.startsWith('(?i)')) {
			text = text.slice(4);
			flags = 'iu';
		}
		if (text === '')
			return {empty: true};
		try {
			return {re: new RegExp(translate(text), flags), risky: isRisky(text)};
		} catch (e) {
			return {error: 'not a regular expression: ' +
				String(e.message).replace(/^Invalid regular expression: /, '').replace(/^.*\/\w*: /, '')};
		}
	}

	/* Repetitions within or behind each other, and of alternatives, may take time without end. */
	function isRisky(text) {
		return (text.match(/[*+?{]/g) || []).length > 1 || /\)[*+?{]|\\\d/.test(text);
	}

	function clock() {
		return typeof performance !== 'undefined' ? performance.now() : Date.now();
	}

	/*
	 * Whether @re matches @s; null: it takes too long.  A match cannot be stopped from outside, so an
	 * expression that may explode tries the beginnings of the text first, each a bit longer.
	 */
	function test(compiled, s) {
		if (!compiled.risky)
			return compiled.re.test(s);
		let slow = 0;
		for (let len = 12; len < s.length; len += len < 40 ? 2 : len >> 2) {
			const before = clock();
			compiled.re.test(s.slice(0, len));
			slow = clock() - before > SLOW_MS ? slow + 1 : 0;
			if (slow > 1)
				return null;
			if (slow === 1)
				len -= len < 42 ? 2 : 0; /* once may be an accident */
		}
		return compiled.re.test(s);
	}

	const TOO_SLOW = 'the expression takes too long; make it simpler';

	/* Match each distinct text of the lists once; hits per string, or {error}. */
	function matchTexts(p, compiled, lists) {
		const state = new Int8Array(p.data.str.length); /* 0 not looked at, 1 no, 2 yes */
		const started = clock();
		let looked = 0;
		state[0] = 1;
		for (const list of lists) {
			for (let v = 0; v < list.length; v++) {
				const s = list[v];
				if (!(s > 0) || state[s] !== 0)
					continue;
				const text = str(p, s);
				const r = test(compiled, text);
				looked += text.length;
				if (r === null || (looked > 4096 && clock() - started > SEARCH_MS))
					return {error: TOO_SLOW};
				if (looked > 4096)
					looked = 0;
				state[s] = r ? 2 : 1;
			}
		}
		return {state};
	}

	/* ---- search ---- */

	const MODES = {name: ['full'], file: ['file'], module: ['mod'], any: ['full', 'file', 'mod']};

	function search(p, options) {
		const o = Object.assign({pattern: '', mode: 'name', ignoreCase: false, type: p.type}, options);
		const compiled = compile(o.pattern, o.ignoreCase);
		if (!compiled.re)
			return compiled;
		const lists = (MODES[o.mode] || MODES.name).map((key) => p.data.vars[key] || []);
		const found = matchTexts(p, compiled, lists);
		if (found.error)
			return found;
		const hit = new Uint8Array(p.varRow.length);
		for (const list of lists)
			for (let v = 0; v < hit.length; v++)
				if (found.state[list[v] || 0] === 2)
					hit[v] = 1;
		const raw = new Uint8Array(p.n);
		const inside = new Uint8Array(p.n); /* the stack of this node has a matching frame */
		for (let i = 1, until = 0; i < p.n; i++) {
			raw[i] = hit[p.variant[i]];
			if (raw[i] && i >= until)
				until = p.end[i];
			inside[i] = i < until ? 1 : 0;
		}
		const now = column(p, 's', o.type);
		const base = p.diff ? column(p, 'b', o.type) : null;
		const from = p.diff ? column(p, fromKey(p), o.type) : null;
		let total = 0;
		let old = 0;
		let less = 0;
		for (let i = 1; i < p.n; i++) {
			if (!inside[i])
				continue;
			total += now[i];
			old += base ? base[i] : 0;
			less += from ? from[i] : 0;
		}
		return {hit, raw, inside, type: o.type, total, base: old, from: less};
	}

	function searchIn(p, s, v, node) {
		const now = column(p, 's', s.type);
		const base = p.diff ? column(p, 'b', s.type) : null;
		const r = {now: 0, base: 0, ofNow: 0, ofBase: 0};
		for (let i = 0; i < p.n; i++) {
			const k = v.node[i];
			if (k < node || k >= v.end[node])
				continue;
			r.ofNow += now[i];
			r.ofBase += base ? base[i] : 0;
			if (!s.inside[i])
				continue;
			r.now += now[i];
			r.base += base ? base[i] : 0;
		}
		return r;
	}

	/*
	 * The nodes of a view that stand for a matching frame.  In a tree of callers and where raw nodes
	 * were moved, that is any node of a row that has a matching variant.
	 */
	function marks(s, v) {
		const p = v.profile;
		const mark = new Uint8Array(v.n);
		if (v.bottomUp) {
			const rows = new Uint8Array(p.rows);
			for (let k = 0; k < p.varRow.length; k++)
				rows[p.varRow[k]] |= s.hit[k];
			for (let i = 1; i < v.n; i++)
				mark[i] = rows[v.row[i]];
		} else {
			for (let i = 1; i < p.n; i++)
				if (s.raw[i] && v.node[i] > 0 && v.row[v.node[i]] === p.row[i])
					mark[v.node[i]] = 1;
		}
		let n = 0;
		for (let i = 0; i < v.n; i++)
			n += mark[i];
		const list = new Int32Array(n);
		for (let i = 0, k = 0; i < v.n; i++)
			if (mark[i])
				list[k++] = i;
		return {mark, list};
	}

	function resultText(p, s, v, zoom, frames) {
		if (s.error)
			return s.error;
		if (s.empty)
			return '';
		if (frames === 0 && s.total === 0 && s.base === 0)
			return 'no match';
		const parts = [count(frames) + (frames === 1 ? ' frame' : ' frames')];
		const whole = sumsOf(v, 's', s.type)[v.n];
		if (p.diff) {
			const d = round(s.total) - round(s.from);
			parts.push('before ' + both(s.type, round(s.base), p), 'after ' + both(s.type, round(s.total), p),
				'delta ' + signed(s.type, d, p));
		} else {
			let share = percent(s.total, whole) + ' of total';
			if (zoom > 0) {
				const r = searchIn(p, s, v, zoom);
				share += ' (' + percent(r.now, r.ofNow) + ' of view)';
			}
			parts.push(both(s.type, round(s.total), p), share);
		}
		return parts.join(', ');
	}

	/* ---- numbers ---- */

	const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];

	/* One decimal; a tie goes to the even digit, as printf does. */
	function tenth(x) {
		const a = Math.abs(x);
		if (a >= 1e15)
			return String(x);
		let s = a.toFixed(1);
		if ((a * 4) % 2 === 1) {
			const tens = Math.floor(a * 10);
			s = ((tens % 2 === 0 ? tens : tens + 1) / 10).toFixed(1);
		}
		return (x < 0 && Number(s) !== 0 ? '-' : '') + s;
	}

	function count(n) {
		const r = round(Math.abs(n));
		const s = r < 1e21 ? r.toFixed(0) : String(r);
		return (n < 0 && r !== 0 ? '-' : '') + s.replace(/\B(?=(\d{3})+$)/g, ',');
	}

	function bytes(n) {
		let i = 0;
		let x = n;
		/* 1023.95 would be printed as 1024.0 of the smaller unit */
		while (i + 1 < UNITS.length && Math.abs(x) >= (i ? 1023.95 : 1023.5)) {
			x /= 1024;
			i++;
		}
		return (i ? tenth(x) : count(x).replace(/,/g, '')) + ' ' + UNITS[i];
	}

	function isBytes(p, type) {
		return !p.types[type] || p.types[type].unit === 'bytes';
	}

	function value(type, n, p) {
		return isBytes(p, type) ? bytes(n) : count(n);
	}

	function exact(type, n, p) {
		return isBytes(p, type) ? count(n) + (Math.abs(n) === 1 ? ' byte' : ' bytes') : count(n);
	}

	function both(type, n, p) {
		const short = value(type, n, p);
		return isBytes(p, type) && !short.endsWith(' B') ? short + ' (' + exact(type, n, p) + ')' : short;
	}

	function signed(type, n, p) {
		return (n > 0 ? '+' : '') + value(type, n, p);
	}

	/* As hp_format_percent() of the library writes it. */
	function percent(part, whole) {
		if (!(whole !== 0))
			return '-';
		const x = (100 * part) / whole;
		return tenth(Math.abs(x) < 0.05 ? Math.abs(x) : x) + '%';
	}

	/* ---- labels ---- */

	function isWide(c) {
		return c >= 0x1100 && (c <= 0x115f || (c >= 0x2e80 && c <= 0xa4cf) || (c >= 0xac00 && c <= 0xd7a3) ||
			(c >= 0xf900 && c <= 0xfaff) || (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) ||
			(c >= 0xffe0 && c <= 0xffe6) || (c >= 0x1f300 && c <= 0x1faff) || (c >= 0x20000 && c <= 0x3fffd));
	}

	function cells(text) {
		let n = 0;
		for (const c of text)
			n += isWide(c.codePointAt(0)) ? 2 : 1;
		return n;
	}

	/* @text without its groups in @open and @close that @keep does not want. */
	function dropGroups(text, open, close, keep) {
		let out = '';
		let depth = 0;
		let from = 0;
		for (let i = 0; i < text.length; i++) {
			const c = text[i];
			if (depth === 0 && c === open && !keep(text, i)) {
				out += text.slice(from, i);
				from = i;
				depth = 1;
			} else if (depth > 0 && c === open) {
				depth++;
			} else if (depth > 0 && c === close && !(c === '>' && text[i - 1] === '-') && --depth === 0) {
				from = i + 1;
			}
		}
		return out + text.slice(from); /* a group without an end stays */
	}

	function keepRound(text, i) {
		return i === 0 || /operator\s*$/.test(text.slice(Math.max(0, i - 12), i)) ||
			text.startsWith('(anonymous', i) || text[i - 1] === ' ' && text[i + 1] !== ')';
	}

	function keepAngle(text, i) {
		return i === 0 || !/[\w:$]/.test(text[i - 1]) || /operator<?$/.test(text.slice(Math.max(0, i - 12), i));
	}

	function leadingGone(text) {
		const out = [];
		let depth = 0;
		for (let i = 1; i < text.length - 1; i++) {
			const c = text[i];
			if (c === '(' || c === '<' || c === '{' || c === '[')
				depth++;
			else if (c === ')' || c === '}' || c === ']' || (c === '>' && text[i - 1] !== '-'))
				depth = Math.max(0, depth - 1);
			else if (depth === 0 && c === ':' && text[i - 1] === ':')
				out.push('..' + text.slice(i + 1));
			else if (depth === 0 && c === '/')
				out.push('..' + text.slice(i + 1));
		}
		return out;
	}

	/* The beginning of @text and dots, in @room cells; "" when no character has room. */
	function cut(text, room) {
		let out = '';
		let used = 2;
		for (const c of text) {
			used += isWide(c.codePointAt(0)) ? 2 : 1;
			if (used > room)
				break;
			out += c;
		}
		return out === '' ? '' : out + '..';
	}

	/* @text in at most @room cells, or "". */
	function label(text, room) {
		const most = Math.floor(room);
		if (most < 3)
			return '';
		let s = text.length > LABEL_MAX ? text.slice(0, LABEL_MAX).replace(/[\ud800-\udbff]$/, '') : text;
		if (cells(s) <= most)
			return s;
		s = dropGroups(s, '(', ')', keepRound).replace(/ const$/, '');
		if (cells(s) <= most)
			return s;
		s = dropGroups(s, '<', '>', keepAngle);
		if (cells(s) <= most)
			return s;
		const shorter = leadingGone(s);
		for (const t of shorter)
			if (cells(t) <= most)
				return t;
		if (shorter.length > 0)
			s = shorter[shorter.length - 1].slice(2); /* its last part alone, without dots */
		if (cells(s) <= most)
			return s;
		return cut(s, most);
	}

	function name(v, i) {
		return str(v.profile, v.profile.rowName[v.row[i]]);
	}

	/* As it is called; the value behind it where the whole name and that have room. */
	function nodeLabel(v, i, room) {
		const mark = v.diff ? change(v, i).mark : '';
		const most = Math.floor(mark === '' ? room : room - 2);
		const text = name(v, i);
		const s = label(text, most);
		if (s === '')
			return '';
		const n = v.diff ? nowOf(v, i) : valueOf(v, i);
		const more = '  ' + (i === 0 ? both : value)(v.type, n, v.profile);
		return (mark === '' ? '' : mark + ' ') + s + (s === text && cells(s) + more.length <= most ? more : '');
	}

	function others(n) {
		return '(' + n + (n === 1 ? ' other)' : ' others)');
	}

	/* ---- colours ---- */

	/* As hp_is_significant() of the library, with the constant that it has put into the data. */
	function isSignificant(p, delta, variance) {
		return Math.abs(delta) > p.data.sure * Math.sqrt(variance);
	}

	/*
	 * How a node changed: step 0 (shrank most) to 8 (grew most), 4 is "as it was" or within what sampling
	 * lets expect; mark; fresh: there was nothing, gone: there is nothing; noise: too small a change.
	 */
	function change(v, i) {
		const now = v.now[i];
		const base = v.base ? v.base[i] : now;
		const from = v.from ? v.from[i] : now;
		const delta = now - from;
		const variance = v.variance ? v.variance[i] : 0;
		const fresh = base <= 0 && now > 0;
		const gone = now <= 0 && base > 0;
		const noise = delta !== 0 && !isSignificant(v.profile, delta, variance);
		const r = {step: 4, mark: '', fresh, gone, noise, delta};
		if (delta === 0 || noise)
			return r;
		const large = delta > 0 ? now : from;
		const small = delta > 0 ? from : now;
		const steps = small <= 0 || large >= 4 * small ? 4 : large >= 2 * small ? 3 : large * large >= 2 * small * small ? 2 : 1;
		r.step = delta > 0 ? 4 + steps : 4 - steps;
		r.mark = delta > 0 ? '\u25b2' : '\u25bc';
		return r;
	}

	/* The colour of its box: by its name, or by its change. */
	function fill(v, i, dark) {
		const {pal, diffpal, rows} = v.profile.data;
		return (v.diff ? diffpal[change(v, i).step] : pal[rows.color[v.row[i]]])[dark ? 1 : 0];
	}

	/* ---- details ---- */

	/* The variants that were merged into a node, in order of appearance. */
	function variants(v, i) {
		const p = v.profile;
		const seen = new Set();
		if (v.bottomUp) {
			for (let k = 0; k < p.varRow.length; k++)
				if (p.varRow[k] === v.row[i])
					seen.add(k);
			return [...seen];
		}
		if (!v.lazy.first) {
			const first = new Int32Array(v.n).fill(-1);
			const next = new Int32Array(p.n).fill(-1);
			for (let k = p.n - 1; k >= 0; k--) {
				const at = v.node[k];
				if (at < 0 || p.row[k] !== v.row[at])
					continue;
				next[k] = first[at];
				first[at] = k;
			}
			v.lazy.first = first;
			v.lazy.next = next;
		}
		for (let k = v.lazy.first[i]; k >= 0; k = v.lazy.next[k])
			seen.add(p.variant[k]);
		return [...seen];
	}

	/* Distinct texts of the variants, at most three. */
	function texts(list, f) {
		const set = new Set(list.map(f).filter((s) => s !== ''));
		const all = [...set];
		const rest = all.length - 3;
		return rest > 0 ? all.slice(0, 3).join(', ') + ' and ' + count(rest) + ' more' : all.join(', ');
	}

	/* The type that counts the objects of @type, or whose objects @type counts; -1: none. */
	function pairOf(p, type) {
		const pair = p.types[type].pair;
		if (pair !== undefined && pair >= 0)
			return pair;
		return p.types.findIndex((t) => t.pair === type);
	}

	/* What shares of the total are of: a view of one function's stacks says it in whole. */
	function wholeOf(v) {
		return v.whole === undefined ? valueOf(v, 0) : v.whole;
	}

	function shares(v, i, zoom, n) {
		const s = [percent(n, wholeOf(v)) + ' of total'];
		if (i > 0)
			s.push(percent(n, valueOf(v, v.parent[i])) + ' of parent');
		if (zoom > 0 && i >= zoom && i < v.end[zoom])
			s.push(percent(n, valueOf(v, zoom)) + ' of view');
		return s.join(', ');
	}

	function changeText(p, type, base, now, from) {
		const d = now - from;
		let s = 'before ' + both(type, base, p) + ', after ' + both(type, now, p) + ', delta ' + signed(type, d, p);
		if (base > 0 && now > 0 && d !== 0)
			s += ' (' + (d > 0 ? '+' : '') + percent(d, base) + ')';
		if (base <= 0 && now > 0)
			s += ', new';
		if (now <= 0 && base > 0)
			s += ', removed';
		return s;
	}

	/* Changes of a type over nodes from <= k < to. */
	function changesIn(v, type, from, to) {
		return changeText(v.profile, type, ...['b', 's', fromKey(v.profile)].map((key) => rangeOf(sumsOf(v, key, type), from, to)));
	}

	function describe(v, i, zoom) {
		const p = v.profile;
		const t = p.data.vars;
		const list = variants(v, i);
		const full = texts(list, (k) => str(p, t.full[k] || 0));
		const place = i === 0 ? [] : [
			texts(list, (k) => str(p, t.file[k] || 0) + (t.file[k] && t.line[k] ? ':' + t.line[k] : '')),
			texts(list, (k) => str(p, t.mod[k] || 0)), list.every((k) => t.inl && t.inl[k]) ? 'inlined into its caller' : '',
		];
		const notes = [
			v.diff && change(v, i).noise ? 'the change is within what sampling lets expect' : '',
			p.data.sampled ? 'values are estimates from samples' : '',
		];
		const join = (parts, between) => parts.filter((s) => s !== '').join(between);
		const all = both(v.type, valueOf(v, i), p);
		const own = selfOf(v, i);
		return [
			['name', i === 0 || full === '' ? name(v, i) : full], ['place', join(place, ' \u00b7 ')],
			['cum', v.diff ? changesIn(v, v.type, i, v.end[i]) : all + ', ' + shares(v, i, zoom, valueOf(v, i))],
			['flat', v.diff ? changesIn(v, v.type, i, i + 1) : both(v.type, own, p) + ', ' + percent(own, wholeOf(v)) + ' of total'],
			['width', v.diff ? all + ' (' + WIDTH_NAMES[v.widths] + '), ' + shares(v, i, zoom, valueOf(v, i)) : ''],
			describeObjects(v, i), ['note', join(notes, '; ')],
		].filter(([, s]) => s !== '');
	}

	/* Objects of bytes or bytes of objects, and what one has. */
	function describeObjects(v, i) {
		const p = v.profile;
		const other = pairOf(p, v.type);
		if (other < 0)
			return ['', ''];
		const n = rangeOf(sumsOf(v, 's', other), i, v.end[i]);
		const own = nowOf(v, i);
		const isObjects = !isBytes(p, other);
		const objects = isObjects ? n : own;
		const size = isObjects ? own : n;
		const each = objects > 0 && size >= 0 && isObjects !== isBytes(p, other) ? ', ' + bytes(size / objects) + ' per object' : '';
		return [isObjects ? 'objects' : 'bytes', (v.diff ? changesIn(v, other, i, v.end[i]) : both(other, n, p)) + each];
	}

	function boxName(v, b) {
		if (b.kind === 2)
			return others(b.count);
		return b.kind === 3 ? '(' + count(b.count) + ' callers between)' : name(v, b.node);
	}

	function describeBox(v, b, zoom) {
		if (b.kind === 3)
			return [['name', boxName(v, b)], ['', 'callers of the zoomed frame that are not drawn']];
		if (b.kind < 2)
			return describe(v, b.node, zoom);
		return [
			['name', boxName(v, b)], ['cum', both(v.type, b.value, v.profile) + ', ' + shares(v, b.first, zoom, b.value)],
			['', count(b.count) + (b.count === 1 ? ' callee' : ' callees') + ' of ' + name(v, b.parent) +
				', too narrow to draw; zoom to see more'],
		];
	}

	function speak(v, i, zoom) {
		const p = v.profile;
		const parts = [name(v, i), value(v.type, valueOf(v, i), p), percent(valueOf(v, i), wholeOf(v)) + ' of total'];
		if (v.diff)
			parts[1] = changeText(p, v.type, baseOf(v, i), nowOf(v, i), fromOf(v, i));
		if (zoom > 0 && i > zoom)
			parts.push(percent(valueOf(v, i), valueOf(v, zoom)) + ' of view');
		let kids = 0;
		for (let c = i + 1; c < v.end[i]; c = v.end[c])
			kids++;
		parts.push(kids === 0 ? (v.bottomUp ? 'no callers' : 'calls nothing')
			: count(kids) + (v.bottomUp ? (kids === 1 ? ' caller' : ' callers') : (kids === 1 ? ' child' : ' children')));
		return parts.join(', ');
	}

	/* ---- links ---- */

	function rowBytes(p) {
		if (!p.utf8) {
			const coder = new TextEncoder();
			p.utf8 = Array.from(p.rowName, (s) => coder.encode(str(p, s)));
		}
		return p.utf8;
	}

	/* FNV-1a of 64 bits in two halves: [high, low] goes on over @text and a byte 0. */
	function goOn(h, text) {
		let hi = h[0];
		let lo = h[1];
		for (let i = 0; i <= text.length; i++) {
			lo = (lo ^ (i < text.length ? text[i] : 0)) >>> 0;
			const product = lo * 435; /* the prime is 2^40 + 435 */
			const low = product >>> 0;
			hi = (Math.imul(hi, 435) + (lo << 8) + (product - low) / 4294967296) >>> 0;
			lo = low;
		}
		h[0] = hi;
		h[1] = lo;
	}

	function start36() {
		return [0xcbf29ce4, 0x84222325];
	}

	function base36(h) {
		return ((BigInt(h[0]) << 32n) | BigInt(h[1])).toString(36);
	}

	/* Hashes of the path from the root's child down to @i. */
	function allHashes(v, i) {
		const list = [];
		const out = [];
		const text = rowBytes(v.profile);
		const h = start36();
		for (let k = i; k > 0; k = v.parent[k])
			list.push(k);
		for (let k = list.length - 1; k >= 0; k--) {
			goOn(h, text[v.row[list[k]]]);
			out.push(base36(h));
		}
		return out;
	}

	/* The value of z in a link: hashes joined by "."; of a long path the last ones and some before. */
	function path(v, i) {
		const all = allHashes(v, i);
		if (all.length <= PATH_MAX)
			return all.join('.');
		const near = all.slice(-PATH_MAX / 2);
		const far = all.length - near.length;
		const out = [];
		for (let k = 1; k <= PATH_MAX / 2; k++)
			out.push(all[Math.floor((k * far) / (PATH_MAX / 2)) - 1]);
		return out.concat(near).join('.');
	}

	/* The node that the last hash of @list that exists means; exact: it was the very last. */
	function find(v, list) {
		const wanted = new Map();
		const text = rowBytes(v.profile);
		const parts = String(list).split('.').filter((s) => /^[0-9a-z]{1,13}$/.test(s)).slice(-1000);
		parts.forEach((s, k) => wanted.set(s, k));
		if (parts.length === 0)
			return {node: 0, exact: String(list) === ''};
		const lows = new Set();
		for (const s of parts) {
			let x = 0n;
			for (const c of s)
				x = x * 36n + BigInt(parseInt(c, 36));
			lows.add(Number(x & 0xffffffffn));
		}
		const hi = new Uint32Array(v.n);
		const lo = new Uint32Array(v.n);
		const h = start36();
		let best = -1;
		let node = 0;
		hi[0] = h[0];
		lo[0] = h[1];
		for (let i = 1; i < v.n; i++) {
			h[0] = hi[v.parent[i]];
			h[1] = lo[v.parent[i]];
			goOn(h, text[v.row[i]]);
			hi[i] = h[0];
			lo[i] = h[1];
			if (!lows.has(h[1]))
				continue;
			const k = wanted.get(base36(h));
			if (k !== undefined && k > best) {
				best = k;
				node = i;
				if (best === parts.length - 1)
					break;
			}
		}
		return {node, exact: best === parts.length - 1};
	}

	function parseLink(text) {
		const out = {};
		for (const part of String(text).replace(/^#/, '').split('&')) {
			const at = part.indexOf('=');
			if (at < 1)
				continue;
			let s = part.slice(at + 1);
			try {
				s = decodeURIComponent(s);
			} catch (e) {
				/* as it is */
			}
			if (/^[a-z]{1,8}$/.test(part.slice(0, at)))
				out[part.slice(0, at)] = s;
		}
		return out;
	}

	function formatLink(o) {
		const parts = [];
		for (const k of Object.keys(o))
			if (o[k] !== undefined && o[k] !== null && o[k] !== '')
				parts.push(k + '=' + encodeURIComponent(o[k]));
		return parts.join('&');
	}

	return {
		decode, open, column, merge, boxes, deeper, valueOf, selfOf, nowOf, baseOf, search, searchIn, marks, resultText,
		compile, test, bytes, count, value, exact, both, signed, percent, tenth, cells, label, cut, nodeLabel, others,
		name, fill, change, variants, describe, boxName, describeBox, speak, path, find, parseLink, formatLink, round,
	};
})();

if (typeof module !== 'undefined')
	module.exports = hprof;
