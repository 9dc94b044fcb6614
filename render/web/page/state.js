/*
 * state.js - all that the page shows, and the only place where it changes.  Whoever else sets a member throws.
 *
 * Members: the choices of app.js, theme, minPercent (smallest box); of these are made: finder (a search of
 * core.js, or null), panes (of views.js), missing (the frame of a link is not here), hideError.
 * cursor is {k, node}: what the keyboard is at, in which pane; hover {k, box}: what the pointer is at.
 *
 *   set(change, how)   how: {paths: links of the panes' zooms, push: a new entry of the history,
 *                      loaded: it is from a link, scroll: "home" or "zoom"}
 *   watch(f)           f(changed, how) after each change; changed is a Set of members, and "views" where the panes
 *                      have other trees
 *   tell(how)          the same for all members
 *   zoomTo(k, node), zoomOut(), reset(), showFunction(row), setHidden(expression)
 *   pathOf(pane), marksOf(view), current() {k, box}, currentNode() {k, node}
 */
const state = (() => {
	'use strict';

	const SEARCH = ['profile', 'query', 'mode', 'ignoreCase', 'type'];
	const VIEWS = ['profile', 'type', 'order', 'widths', 'tree', 'func', 'flame', 'hide', 'collapse'];
	const values = {
		profile: null, type: 0, order: '', widths: '', tree: '', func: -1, flame: false, query: '', mode: '', ignoreCase: false,
		hide: '', collapse: false, theme: 'auto', minPercent: 0,
		finder: null, panes: [], missing: false, hideError: '', cursor: null, hover: null,
	};
	const state = {set, watch, tell, zoomTo, zoomOut, reset, showFunction, setHidden, pathOf, marksOf, current, currentNode};
	const watchers = [];
	let marks = new Map(); /* view -> marks of the search */

	for (const key of Object.keys(values))
		Object.defineProperty(state, key, {get: () => values[key], enumerable: true});

	function watch(f) {
		watchers.push(f);
	}

	function tell(how) {
		const changed = new Set(Object.keys(values)).add('views');
		watchers.forEach((f) => f(changed, how));
	}

	function set(change, how = {}) {
		const all = Object.assign({}, change);
		const any = (keys) => keys.some((k) => k in all);
		const paths = how.paths || (any(['tree', 'func']) ? [] : values.panes.map(pathOf));
		const keep = () => Object.assign(values, all);
		keep();
		if (any(SEARCH)) {
			marks = new Map();
			all.finder = values.query ? app.find(values.profile, values) : null;
		}
		if (any(VIEWS)) {
			marks = new Map();
			Object.assign(all, build(paths), {cursor: null, hover: null});
		}
		keep();
		const changed = new Set(Object.keys(all));
		if (any(VIEWS))
			changed.add('views');
		watchers.forEach((f) => f(changed, how));
	}

	/* The panes of the choices, each zoomed to what its link leads to. */
	function build(paths) {
		let missing = false;
		const panes = views.make(values).map((pane, k) => {
			const {node, exact} = paths[k] ? hprof.find(pane.view, paths[k]) : {node: pane.home, exact: true};
			missing = missing || !exact;
			return zoomed(pane, node < pane.view.end[pane.home] ? node : pane.home);
		});
		return {panes, missing};
	}

	function zoomed(pane, node) {
		return Object.freeze(Object.assign({}, pane, {zoom: Math.max(node, pane.home)}));
	}

	function pathOf(pane) {
		return pane.zoom === pane.home ? '' : hprof.path(pane.view, pane.zoom);
	}

	/* @quiet: the history does not need it. */
	function zoomTo(k, node, quiet) {
		const panes = values.panes.map((pane, i) => (i === k ? zoomed(pane, node) : pane));
		const cursor = values.cursor && values.cursor.k === k ? {k, node: panes[k].zoom} : values.cursor;
		set({panes, cursor, hover: null, missing: false}, {push: !quiet, scroll: 'zoom'});
	}

	function zoomOut() {
		const k = values.panes.findIndex((pane) => pane.zoom !== pane.home);
		if (k >= 0)
			zoomTo(k, values.panes[k].view.parent[values.panes[k].zoom]);
	}

	function reset() {
		const panes = values.panes.map((pane) => zoomed(pane, pane.home));
		set({panes, cursor: null, hover: null, missing: false}, {push: true, scroll: 'home'});
	}

	/* Callers and callees of the function of a row. */
	function showFunction(func) {
		if (func > 0)
			set({tree: 'around', func}, {push: true, scroll: 'home'});
	}

	/* An expression that takes too long is refused. */
	function setHidden(hide) {
		const hideError = (hide && hprof.search(values.profile, {pattern: hide}).error) || '';
		set(hideError ? {hideError} : {hide, hideError});
	}

	function marksOf(view) {
		const {finder} = values;
		if (!finder || !finder.hit)
			return null;
		if (!marks.has(view))
			marks.set(view, hprof.marks(finder, view));
		return marks.get(view);
	}

	function current() {
		const {panes, hover, cursor} = values;
		if (hover)
			return hover;
		const k = cursor ? cursor.k : Math.max(panes.findIndex((pane) => pane.zoom !== pane.home), 0);
		return panes[k] ? {k, box: {kind: 0, node: cursor ? cursor.node : panes[k].zoom}} : null;
	}

	function currentNode() {
		const at = current();
		return at && {k: at.k, node: at.box.kind === 2 ? at.box.parent : at.box.node};
	}

	return Object.freeze(state);
})();
