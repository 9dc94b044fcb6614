/*
 * move.js - the frame that the keyboard moves.
 *
 *   here()         {k, node}: where it is, or would begin
 *   down(), up(), left(), right()   where the keys point
 *   step(1 or -1)  to the next match that is drawn, or else the next at all
 */
const move = (() => {
	'use strict';

	function here() {
		return state.cursor || {k: 0, node: state.panes[0].zoom};
	}

	function to(k, node) {
		state.set({cursor: {k, node}, hover: null});
	}

	function inwards() {
		const {k, node} = here();
		const v = state.panes[k].view;
		let best = -1;
		for (let c = node + 1; c < v.end[node]; c = v.end[c])
			if (best < 0 || v.weight[c] > v.weight[best])
				best = c;
		if (best > 0 && !layout.find(k, best))
			state.zoomTo(k, node);
		if (best > 0 && layout.find(k, best))
			to(k, best);
		else
			words.say('no callee that could be drawn');
	}

	/* From the function itself, between callers and callees. */
	function outwards() {
		const {k, node} = here();
		const {panes} = state;
		if (node > panes[k].home)
			to(k, panes[k].view.parent[node]);
		else if (panes.length === 2)
			to(1 - k, panes[1 - k].home);
	}

	/* The call before @node of the same caller; -1: none. */
	function before(view, node) {
		let last = -1;
		for (let c = view.parent[node] + 1; c < node; c = view.end[c])
			last = c;
		return last;
	}

	/* The neighbour: of the same caller, folded or not; then what is drawn next on the level. */
	function aside(direction) {
		const {k, node} = here();
		const {view, zoom} = state.panes[k];
		const up = view.parent[node];
		if (node <= zoom)
			return;
		const next = direction < 0 ? before(view, node) : view.end[node] < view.end[up] ? view.end[node] : -1;
		if (next >= 0) {
			to(k, next);
			return;
		}
		const others = layout.level(k, view.depth[node]).filter((b) => b.kind === 0 && b.parent !== up);
		const other = direction > 0 ? others.find((b) => b.node > node) : others.filter((b) => b.node < node).pop();
		if (other)
			to(k, other.node);
	}

	function goesUp() {
		return state.panes[here().k].up;
	}

	function step(direction) {
		const pane = state.panes[0];
		const hits = pane && state.marksOf(pane.view);
		if (!hits || !hits.list.length)
			return;
		const {view, zoom} = pane;
		const {cursor} = state;
		const start = cursor && cursor.k === 0 ? cursor.node : direction > 0 ? zoom - 1 : view.n;
		let list = hits.list.filter((i) => i >= zoom && i < view.end[zoom] && layout.find(0, i));
		if (!list.length) {
			state.zoomTo(0, pane.home);
			list = hits.list;
		}
		const node = list[app.next(list, start, direction)];
		if (!layout.find(0, node))
			state.zoomTo(0, node, true);
		to(0, node);
	}

	return {
		here, step,
		down: () => (goesUp() ? outwards() : inwards()),
		up: () => (goesUp() ? inwards() : outwards()),
		left: () => aside(-1),
		right: () => aside(1),
	};
})();
