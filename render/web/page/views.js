/*
 * views.js - the trees that the choices of the page ask for.
 *
 *   make(s)    panes: one, or callees and callers of a function, or none where it has no stacks.
 *              {view, home (node: the whole of the pane), zoom, up (the root is below), lo (first level drawn)}
 *   whole(s)   callees of the whole profile, for totals and for files that are saved
 */
const views = (() => {
	'use strict';

	const CALLERS = {nodes: 300000, steps: 4e6}; /* of a tree of callers: a second, or less */
	let last = {key: '', view: null};

	function optionsOf(s) {
		return {
			type: s.type, widths: s.widths, order: s.order, collapse: s.collapse, caps: CALLERS,
			hide: s.hide ? hprof.compile(s.hide, false).re : null,
		};
	}

	function whole(s) {
		const key = [s.type, s.widths, s.order, s.collapse, s.hide].join('\n');
		if (last.key !== key)
			last = {key, view: hprof.merge(s.profile, optionsOf(s))};
		return last.view;
	}

	/* Raw nodes that are outermost frames of row @f: 1, below these: 2, on the way to them: 3. */
	function kinds({n, parent, row}, f) {
		const kind = new Uint8Array(n);
		for (let i = 1; i < n; i++) {
			const up = kind[parent[i]];
			if (up === 1 || up === 2)
				kind[i] = 2;
			else if (row[i] === f)
				kind[i] = 1;
		}
		for (let i = n - 1; i > 0; i--)
			if ((kind[i] === 1 || kind[i] === 3) && kind[parent[i]] === 0)
				kind[parent[i]] = 3;
		return kind;
	}

	function calleesOf(p, f, kind, options) {
		const at = new Int32Array(p.n);
		const row = new Int32Array(p.n);
		for (let i = 1; i < p.n; i++) {
			at[i] = kind[i] === 2 ? p.parent[i] : 0;
			row[i] = kind[i] === 1 ? f : kind[i] === 2 ? p.row[i] : -2;
		}
		return hprof.merge(p, Object.assign({at, row}, options));
	}

	function callersOf(p, kind, options) {
		const row = new Int32Array(p.n);
		for (let i = 1; i < p.n; i++)
			row[i] = kind[i] === 0 ? -2 : kind[i] === 2 ? -1 : p.row[i];
		return hprof.merge(p, Object.assign({at: p.parent, row, bottomUp: true}, options));
	}

	function childOf(view, row) {
		for (let c = 1; c < view.n; c = view.end[c])
			if (view.row[c] === row)
				return c;
		return -1;
	}

	function pane(view, home, up, lo) {
		return {view, home, zoom: home, up, lo};
	}

	function around(s) {
		const p = s.profile;
		const kind = kinds(p, s.func);
		const callers = callersOf(p, kind, optionsOf(s));
		const callees = calleesOf(p, s.func, kind, optionsOf(s));
		const a = childOf(callers, s.func);
		const b = childOf(callees, s.func);
		callers.whole = callees.whole = p.diff ? hprof.valueOf(whole(s), 0) : hprof.round(p.types[s.type].total);
		return a > 0 && b > 0 ? [pane(callees, b, false, 1), pane(callers, a, true, 2)] : [];
	}

	function make(s) {
		if (s.tree === 'around')
			return around(s);
		if (s.tree === 'down')
			return [pane(whole(s), 0, s.flame, 0)];
		return [pane(hprof.merge(s.profile, Object.assign({bottomUp: true}, optionsOf(s))), 0, s.flame, 0)];
	}

	return {make, whole};
})();
