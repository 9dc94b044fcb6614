/*
 * layout.js - where the boxes of the panes are, in rows of the screen from above.
 *
 *   update(width)      lay all panes out anew
 *   width, rows, rowPx; cut: levels are left out
 *   each(row, f)       f(pane, box) for each box of a row
 *   hit(x, row)        {k, box} or null
 *   find(k, node)      the box of a node, or null; folded(k, node): the one that it is folded in
 *   level(k, depth)    boxes of a level, from left to right
 *   rowOf(k, depth), top(k)   row of a level, and of where the pane begins
 */
const layout = (() => {
	'use strict';

	const MIN_PX = 1; /* narrower boxes are folded */
	const BOXES = 300000; /* of one layout */
	const size = {width: 0, rows: 1};
	let parts = []; /* of each pane: {pane, levels, top, cut, box, start}; start[level] is the first box of a level */

	function lay(pane) {
		const {width} = size;
		const min = Math.max(MIN_PX, state.minPercent / 100 * width);
		const r = hprof.boxes(pane.view, {zoom: pane.zoom, width, min, max: BOXES});
		const start = new Int32Array(r.levels + 2);
		for (const b of r.box)
			start[b.level + 1]++;
		for (let i = 0; i <= r.levels; i++)
			start[i + 1] += start[i];
		const fill = start.slice();
		const box = new Array(r.box.length);
		for (const b of r.box)
			box[fill[b.level]++] = b;
		return {pane, levels: r.levels, cut: r.cut, top: 0, start, box};
	}

	/* Callers are above callees. */
	function update(width) {
		size.width = width;
		parts = state.panes.map(lay);
		let rows = 0;
		for (const part of parts.slice().reverse()) {
			part.top = rows;
			rows += Math.max(part.levels - part.pane.lo, 0);
		}
		size.rows = Math.max(rows, 1);
	}

	function levelAt({pane, levels, top}, row) {
		const k = row - top;
		if (k < 0 || k >= levels - pane.lo)
			return -1;
		return pane.up ? levels - 1 - k : pane.lo + k;
	}

	function rowOf(k, depth) {
		const {pane, levels, top} = parts[k];
		return top + (pane.up ? levels - 1 - depth : depth - pane.lo);
	}

	function level(k, depth) {
		const {start, box, levels} = parts[k];
		return depth < levels ? box.slice(start[depth], start[depth + 1]) : [];
	}

	function each(row, f) {
		for (const part of parts) {
			const at = levelAt(part, row);
			for (let i = at < 0 ? 0 : part.start[at]; at >= 0 && i < part.start[at + 1]; i++)
				f(part.pane, part.box[i]);
		}
	}

	/* Boxes by their nodes, folded ones by their callers, when somebody asks for them. */
	function index(part) {
		if (!part.frames) {
			part.frames = new Map(part.box.filter((b) => b.kind !== 2).map((b) => [b.node, b]));
			part.others = new Map(part.box.filter((b) => b.kind === 2).map((b) => [b.parent, b]));
		}
		return part;
	}

	function find(k, node) {
		return index(parts[k]).frames.get(node) || null;
	}

	function folded(k, node) {
		return index(parts[k]).others.get(state.panes[k].view.parent[node]) || null;
	}

	function hit(x, row) {
		for (const [k, part] of parts.entries()) {
			const at = levelAt(part, row);
			let a = at < 0 ? 0 : part.start[at];
			let b = at < 0 ? 0 : part.start[at + 1];
			const end = b;
			while (a < b) {
				const mid = (a + b) >> 1;
				if (part.box[mid].x + part.box[mid].w <= x)
					a = mid + 1;
				else
					b = mid;
			}
			if (a < end && part.box[a].x <= x)
				return {k, box: part.box[a]};
		}
		return null;
	}

	return {
		update, each, hit, find, folded, level, rowOf, top: (k) => parts[k].top,
		get width() { return size.width; },
		get rows() { return size.rows; },
		get cut() { return parts.some((part) => part.cut); },
		get rowPx() { return state.profile.diff ? 21 : 18; }, /* in a difference there are two bars below the label */
	};
})();
