/*
 * page.js - the page: a flame graph on a canvas, its controls, a table of functions, files to save.
 *
 * The page is complete without it: this replaces the picture and the table that stand in it by ones
 * that answer.  All numbers and texts come from core.js.  Names are put in as text only.
 */
(() => {
	'use strict';

	let rowPx = 18; /* of a level; in a difference there are two bars below the label */
	const MIN_PX = 1; /* narrower boxes are folded */
	const BOXES = 300000; /* of one layout */
	const SPACE_PX = 15e6; /* browsers make no higher elements */
	const FONT_PX = 12;
	const TABLE_ROWS = 50;
	const MORE_ROWS = 200;
	const PNG_PX = 32000; /* most of a canvas in one direction */
	const PNG_AREA = 120e6;
	const PAPER_ROWS = 400;
	const PART_ROWS = 12; /* of a printed picture that stay together */
	const CALLERS = {nodes: 300000, steps: 4e6}; /* of a tree of callers: a second, or less */
	const SVG_NS = 'http://www.w3.org/2000/svg';
	const MONO = 'ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace';

	/* ---- elements ---- */

	function put(node, props, ...kids) {
		for (const [k, v] of Object.entries(props || {})) {
			if (k === 'text')
				node.textContent = v;
			else if (k.startsWith('on'))
				node.addEventListener(k.slice(2), v);
			else if (v === true)
				node.setAttribute(k, '');
			else if (v !== false && v !== null && v !== undefined)
				node.setAttribute(k, v);
		}
		for (const kid of kids)
			if (kid)
				node.append(kid);
		return node;
	}

	function el(tag, props, ...kids) {
		return put(document.createElement(tag), props, ...kids);
	}

	function svgEl(tag, props, ...kids) {
		return put(document.createElementNS(SVG_NS, tag), props, ...kids);
	}

	function choice(id, label, items, value, change) {
		const select = el('select', {id, onchange: () => change(select.value)});
		for (const [v, text] of items)
			select.append(el('option', {value: v, text}));
		select.value = value;
		return el('label', {}, label, select);
	}

	function check(id, label, title, change) {
		const box = el('input', {id, type: 'checkbox', onchange: () => change(box.checked)});
		return el('label', {title}, box, label);
	}

	function toggle(id, text, title, change) {
		const button = el('button', {
			id, type: 'button', text, title, 'aria-label': title, 'aria-pressed': 'false',
			onclick: () => {
				setPressed(button, button.getAttribute('aria-pressed') !== 'true');
				change(button.getAttribute('aria-pressed') === 'true');
			},
		});
		return button;
	}

	function setPressed(button, on) {
		button.setAttribute('aria-pressed', on ? 'true' : 'false');
	}

	function byId(id) {
		return document.getElementById(id);
	}

	/* ---- what is shown ---- */

	let prof; /* of core.js */
	let panes = []; /* one; or callers and callees of a function */
	let finder = null; /* the search; null: none */
	let pending = false; /* a drawing is */
	const marks = new Map(); /* view -> marks of the search */
	const state = {
		type: 0, order: 'size', widths: 'union', tree: 'down', func: -1, flame: false, theme: 'auto',
		query: '', mode: 'name', ignoreCase: false, hide: '', collapse: false, minPercent: 0,
		zoom: ['', ''], /* of each pane: hashes of the path */
	};
	const graph = {width: 0, height: 0, rows: 0, dpr: 1, stretch: 1, charPx: 7.2, hatch: {}};
	let hover = null; /* {pane, box} below the pointer */
	let cursor = null; /* {pane, node} of the keyboard */
	let ui = {};

	const darkQuery = matchMedia('(prefers-color-scheme: dark)');
	const forcedQuery = matchMedia('(forced-colors: active)');

	function isDark() {
		return state.theme === 'auto' ? darkQuery.matches : state.theme === 'dark';
	}

	function rowName(row) {
		return prof.data.str[prof.data.rows.name[row]] || '';
	}

	/* ---- views ---- */

	/* Raw nodes that are outermost frames of row @f: 1, below these: 2, on the way to them: 3. */
	function around(f) {
		const {n, parent, row} = prof;
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

	function mergeOptions() {
		const hide = state.hide ? hprof.compile(state.hide, false) : {};
		return {
			type: state.type, widths: state.widths, order: state.order, collapse: state.collapse,
			hide: hide.re || null,
		};
	}

	function calleesOf(f, kind, options) {
		const at = new Int32Array(prof.n);
		const row = new Int32Array(prof.n);
		for (let i = 1; i < prof.n; i++) {
			at[i] = kind[i] === 2 ? prof.parent[i] : 0;
			row[i] = kind[i] === 1 ? f : kind[i] === 2 ? prof.row[i] : -2;
		}
		return hprof.merge(prof, Object.assign({}, options, {at, row}));
	}

	function callersOf(f, kind, options) {
		const at = prof.parent;
		const row = new Int32Array(prof.n);
		for (let i = 1; i < prof.n; i++)
			row[i] = kind[i] === 0 ? -2 : kind[i] === 2 ? -1 : prof.row[i];
		return hprof.merge(prof, Object.assign({}, options, {at, row, bottomUp: true, caps: CALLERS}));
	}

	function childOf(view, node, row) {
		for (let c = node + 1; c < view.end[node]; c = view.end[c])
			if (view.row[c] === row)
				return c;
		return -1;
	}

	function makePane(view, home, up) {
		return {view, home, zoom: home, up, lo: home > 0 ? 1 : 0, top: 0, levels: 0, start: null, box: null};
	}

	function build() {
		const options = mergeOptions();
		marks.clear();
		if (state.tree === 'around' && state.func > 0) {
			const kind = around(state.func);
			const callers = callersOf(state.func, kind, options);
			const callees = calleesOf(state.func, kind, options);
			const a = childOf(callers, 0, state.func);
			const b = childOf(callees, 0, state.func);
			callers.whole = callees.whole = hprof.round(prof.types[state.type].total);
			if (prof.diff)
				callers.whole = callees.whole = hprof.valueOf(mainView(true), 0);
			panes = a > 0 && b > 0 ? [makePane(callees, b, false), makePane(callers, a, true)] : [];
			if (panes.length)
				panes[1].lo = 2;
		} else {
			const view = hprof.merge(prof, Object.assign(options, {bottomUp: state.tree === 'up', caps: CALLERS}));
			panes = [makePane(view, 0, state.flame)];
		}
		panes.forEach((pane, i) => {
			const link = state.zoom[i];
			const found = link ? hprof.find(pane.view, link) : {node: pane.home, exact: true};
			pane.zoom = found.node >= pane.home && found.node < pane.view.end[pane.home] ? found.node : pane.home;
			if (!found.exact) {
				notice('The linked frame is not in this profile: its nearest caller that exists is shown.');
				state.zoom[i] = pane.zoom === pane.home ? '' : hprof.path(pane.view, pane.zoom);
			}
		});
		cursor = null;
		hover = null;
	}

	/* ---- layout ---- */

	/* Boxes by level, from left to right: @start[level] is the first of a level. */
	function layoutPane(pane, width) {
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
		pane.start = start;
		pane.box = box;
		pane.levels = r.levels;
		pane.cut = r.cut;
		pane.min = r.min;
	}

	function layout() {
		const width = graph.width;
		let rows = 0;
		for (const pane of panes)
			layoutPane(pane, width);
		if (panes.length === 2) {
			panes[1].top = 0;
			rows = Math.max(panes[1].levels - panes[1].lo, 0);
			panes[0].top = rows;
			rows += panes[0].levels - panes[0].lo;
		} else if (panes.length === 1) {
			panes[0].top = 0;
			rows = panes[0].levels;
		}
		graph.rows = Math.max(rows, 1);
		const high = graph.rows * rowPx;
		graph.stretch = Math.max(1, high / SPACE_PX);
		ui.space.style.height = Math.ceil(high / graph.stretch) + 'px';
	}

	function levelAt(pane, screenRow) {
		const k = screenRow - pane.top;
		const count = pane.levels - pane.lo;
		if (k < 0 || k >= count)
			return -1;
		return pane.up ? pane.levels - 1 - k : pane.lo + k;
	}

	function screenRow(pane, level) {
		return pane.top + (pane.up ? pane.levels - 1 - level : level - pane.lo);
	}

	function scrollTop() {
		return ui.graph.scrollTop * graph.stretch;
	}

	function findBox(pane, node) {
		const level = pane.view.depth[node];
		if (!pane.start || level >= pane.levels)
			return null;
		for (let i = pane.start[level]; i < pane.start[level + 1]; i++)
			if (pane.box[i].node === node)
				return pane.box[i];
		return null;
	}

	/* The box that @node is in when it is folded. */
	function foldedBox(pane, node) {
		const level = pane.view.depth[node];
		for (let i = pane.start[level]; level < pane.levels && i < pane.start[level + 1]; i++)
			if (pane.box[i].kind === 2 && pane.box[i].parent === pane.view.parent[node])
				return pane.box[i];
		return null;
	}

	function hit(x, y) {
		const row = Math.floor((y + scrollTop()) / rowPx);
		for (const pane of panes) {
			const level = levelAt(pane, row);
			if (level < 0)
				continue;
			let a = pane.start[level];
			let b = pane.start[level + 1];
			while (a < b) {
				const mid = (a + b) >> 1;
				if (pane.box[mid].x + pane.box[mid].w <= x)
					a = mid + 1;
				else
					b = mid;
			}
			const box = pane.box[a];
			if (a < pane.start[level + 1] && box.x <= x)
				return {pane, box};
		}
		return null;
	}

	/* ---- painting ---- */

	function theme(dark) {
		const k = dark ? 1 : 0;
		return {
			dark, paper: prof.data.paper[k], ink: prof.data.ink[k],
			others: (prof.data.others || ['#e3e6ea', '#343a42'])[k],
			old: (prof.data.old || prof.data.ink)[k], fresh: (prof.data.new || prof.data.ink)[k],
			stripe: dark ? '#545c66' : '#b9c0c8', mark: dark ? '#ff8ac4' : '#b3005e',
		};
	}

	function marksOf(pane) {
		if (!finder || finder.error || finder.empty)
			return null;
		if (!marks.has(pane.view))
			marks.set(pane.view, hprof.marks(finder, pane.view));
		return marks.get(pane.view);
	}

	function hatch(g, look) {
		const key = look.stripe;
		if (!graph.hatch[key]) {
			const tile = el('canvas', {width: 8, height: 8});
			const t = tile.getContext('2d');
			t.strokeStyle = key;
			t.lineWidth = 1;
			for (const k of [-4, 4, 12]) {
				t.beginPath();
				t.moveTo(k - 4, 8);
				t.lineTo(k + 4, 0);
				t.stroke();
			}
			graph.hatch[key] = g.createPattern(tile, 'repeat');
		}
		return graph.hatch[key];
	}

	/*
	 * How a box looks: {fill, text, hatched, outline, marked, dim, now, base}.  now and base are shares of
	 * its width, in a difference only.
	 */
	function lookOf(pane, b, look, chars) {
		const v = pane.view;
		const hits = marksOf(pane);
		if (b.kind === 2) {
			const text = '(' + hprof.count(b.count) + (b.count === 1 ? ' other)' : ' others)');
			return {fill: look.others, text: text.length <= chars ? text : '', hatched: true, dim: false, marked: false};
		}
		const i = b.node;
		const out = {
			fill: v.diff ? hprof.diffColor(v, i, look.dark) : hprof.color(prof, v.row[i], look.dark),
			text: chars >= 3 ? hprof.nodeLabel(v, i, chars) : '',
			hatched: false, outline: false, marked: !!hits && hits.mark[i] === 1, dim: !!hits && hits.mark[i] !== 1,
		};
		if (v.diff) {
			const now = Math.max(v.now[i], 0);
			const base = Math.max(v.base[i], 0);
			const most = Math.max(now, base);
			out.hatched = base > 0 && now === 0;
			out.outline = base === 0 && now > 0;
			out.now = most > 0 ? now / most : 0;
			out.base = most > 0 ? base / most : 0;
		}
		return out;
	}

	function paintBox(g, pane, b, y, look) {
		const x = b.x;
		const w = Math.max(b.w - (b.w > 3 ? 1 : 0), 0.5);
		const h = rowPx - 1;
		const chars = Math.floor((b.w - 6) / graph.charPx);
		const l = lookOf(pane, b, look, chars);
		g.globalAlpha = l.dim ? 0.3 : 1;
		g.fillStyle = l.fill;
		g.fillRect(x, y, w, h);
		if (l.hatched && w > 3) {
			g.fillStyle = hatch(g, look);
			g.fillRect(x, y, w, h);
		}
		g.globalAlpha = 1;
		if (l.now !== undefined && w > 16) {
			g.fillStyle = look.old;
			g.fillRect(x, y + h - 4, w * l.base, 2);
			g.fillStyle = look.fresh;
			g.fillRect(x, y + h - 2, w * l.now, 2);
		}
		if ((l.outline && w > 6) || (l.marked && w > 4)) {
			g.strokeStyle = l.marked ? look.mark : look.ink;
			g.lineWidth = l.marked ? 2 : 1.5;
			g.strokeRect(x + 1, y + 1, w - 2, h - 2);
		} else if (l.marked) {
			g.fillStyle = look.mark;
			g.fillRect(x, y, w, h);
		}
		if (l.text) {
			if (l.hatched && b.kind !== 2) {
				g.fillStyle = l.fill;
				g.fillRect(x + 2, y + 2, Math.min(l.text.length * graph.charPx + 3, w - 3), 13);
			}
			g.fillStyle = look.ink;
			g.fillText(l.text, x + 3, y + 12.5);
		}
	}

	/* Levels of the screen from @first to before @last, the first of them at @y px. */
	function paintRows(g, first, last, y, look) {
		g.font = FONT_PX + 'px ' + MONO;
		g.textBaseline = 'alphabetic';
		for (let r = first; r < last; r++) {
			for (const pane of panes) {
				const level = levelAt(pane, r);
				if (level < 0)
					continue;
				for (let i = pane.start[level]; i < pane.start[level + 1]; i++)
					paintBox(g, pane, pane.box[i], y + (r - first) * rowPx, look);
			}
		}
	}

	function draw() {
		pending = false;
		const g = ui.canvas.getContext('2d', {alpha: false});
		const look = theme(isDark());
		const top = scrollTop();
		const first = Math.floor(top / rowPx);
		const last = Math.min(graph.rows, Math.ceil((top + graph.height) / rowPx));
		g.setTransform(graph.dpr, 0, 0, graph.dpr, 0, 0);
		g.fillStyle = look.paper;
		g.fillRect(0, 0, graph.width, graph.height);
		paintRows(g, first, last, first * rowPx - top, look);
		placeBoxes();
	}

	function redraw() {
		if (pending)
			return;
		pending = true;
		requestAnimationFrame(() => {
			if (pending)
				draw();
		});
	}

	/* Put a frame around what the pointer or the keyboard is at. */
	function placeBox(frame, pane, box) {
		if (!pane || !box || box.level < pane.lo) {
			frame.hidden = true;
			return;
		}
		const y = screenRow(pane, box.level) * rowPx - scrollTop();
		frame.hidden = y <= -rowPx || y >= graph.height;
		frame.style.transform = 'translate(' + box.x.toFixed(1) + 'px,' + (y - 1).toFixed(1) + 'px)';
		frame.style.width = Math.max(box.w, 3).toFixed(1) + 'px';
		frame.style.height = rowPx + 1 + 'px';
	}

	function placeBoxes() {
		placeBox(ui.hover, hover && hover.pane, hover && hover.box);
		placeBox(ui.cursor, cursor && cursor.pane, cursor &&
			(findBox(cursor.pane, cursor.node) || foldedBox(cursor.pane, cursor.node)));
	}

	/* The canvas is as large as what is seen of the graph. */
	function resize() {
		const dpr = window.devicePixelRatio || 1;
		const width = ui.space.clientWidth;
		const rowsBefore = graph.rows;
		if (width !== graph.width || !panes.length || !panes[0].start) {
			graph.width = width;
			layout();
		}
		graph.dpr = dpr;
		const height = Math.max(ui.graph.clientHeight, rowPx);
		if (ui.space.clientWidth !== graph.width && rowsBefore !== graph.rows) {
			graph.width = ui.space.clientWidth;
			layout();
		}
		graph.height = height;
		const w = Math.max(Math.round(graph.width * dpr), 1);
		const h = Math.max(Math.round(height * dpr), 1);
		if (ui.canvas.width !== w || ui.canvas.height !== h) {
			ui.canvas.width = w;
			ui.canvas.height = h;
			graph.hatch = {};
		}
		ui.canvas.style.height = height + 'px';
		measure();
		redraw();
	}

	/* The canvas is empty after a change of its size: no frame may show that. */
	function onResize() {
		resize();
		draw();
	}

	function measure() {
		const g = ui.canvas.getContext('2d', {alpha: false});
		g.font = FONT_PX + 'px ' + MONO;
		graph.charPx = Math.max(g.measureText('MMMMMMMMMMMMMMMMMMMM').width / 20, 4);
	}

	function relayout() {
		layout();
		resize();
		showPath();
		showDetails();
		showResult();
	}

	function rebuild(keepScroll) {
		build();
		relayout();
		if (!keepScroll)
			scrollHome();
		saveLink(false);
		showChoice();
		showTotal();
	}

	function scrollHome() {
		let y = 0;
		if (panes.length === 2)
			y = Math.max(0, panes[0].top * rowPx - graph.height / 2);
		else if (panes.length && panes[0].up)
			y = graph.rows * rowPx;
		ui.graph.scrollTop = y / graph.stretch;
		redraw();
	}

	function scrollTo(pane, node) {
		const y = screenRow(pane, pane.view.depth[node]) * rowPx;
		const top = scrollTop();
		if (y < top)
			ui.graph.scrollTop = Math.max(0, y - rowPx) / graph.stretch;
		else if (y + rowPx > top + graph.height)
			ui.graph.scrollTop = (y + 2 * rowPx - graph.height) / graph.stretch;
	}

	/* ---- zoom ---- */

	function zoomTo(pane, node, quiet) {
		const k = panes.indexOf(pane);
		if (k < 0)
			return;
		pane.zoom = Math.max(node, pane.home);
		state.zoom[k] = pane.zoom === pane.home ? '' : hprof.path(pane.view, pane.zoom);
		if (cursor && cursor.pane === pane)
			cursor = {pane, node: pane.zoom};
		hover = null;
		notice('');
		relayout();
		if (pane.up || panes.length === 2)
			scrollHome();
		else
			scrollTo(pane, pane.zoom);
		draw();
		if (!quiet)
			saveLink(true);
		if (!ui.popup.hidden)
			closePopup();
	}

	function zoomOut() {
		const pane = panes.find((p) => p.zoom !== p.home);
		if (pane)
			zoomTo(pane, pane.view.parent[pane.zoom]);
	}

	function reset() {
		state.zoom = ['', ''];
		for (const pane of panes)
			pane.zoom = pane.home;
		cursor = null;
		notice('');
		relayout();
		scrollHome();
		draw();
		saveLink(true);
	}

	function activate(at) {
		if (!at)
			return;
		if (at.box && at.box.kind === 2)
			zoomTo(at.pane, at.box.parent);
		else
			zoomTo(at.pane, at.box ? at.box.node : at.node);
	}

	/* ---- words ---- */

	function notice(text) {
		ui.notice.textContent = text;
		ui.notice.hidden = !text;
	}

	function showPath() {
		const pane = panes.find((p) => p.zoom !== p.home) || panes[0];
		const zoomed = !!pane && pane.zoom !== pane.home;
		let text = 'Click a box to zoom in, right-click for more; ? shows the keys.';
		if (!pane)
			text = 'Nothing to show: the function has no stacks here.';
		else if (zoomed || state.tree !== 'down') {
			const names = [];
			for (let i = pane.zoom; i > 0 && names.length < 40; i = pane.view.parent[i])
				names.push(rowName(pane.view.row[i]).slice(0, 200));
			names.push(state.tree === 'around' ? 'callers and callees' : state.tree === 'up' ? 'callers of all' : 'all');
			text = names.reverse().join(' › ');
		}
		ui.here.textContent = text;
		ui.here.title = zoomed ? text : '';
		ui.out.disabled = !zoomed;
		ui.reset.disabled = !zoomed;
		ui.cut.textContent = panes.some((p) => p.view.cut)
			? 'The smallest callers are left out: “Around one function” shows those of one.'
			: panes.some((p) => p.cut) ? 'The last rows are left out: zoom in to see them.' : '';
	}

	/* What all of it is; in a difference four numbers that add up. */
	function showTotal() {
		const type = state.type;
		const t = prof.types[type];
		const both = (n) => hprof.both(type, n, prof);
		const about = t.stderr > 0 ? ', standard error ' + hprof.value(type, t.stderr, prof) : '';
		if (!prof.diff) {
			const pair = t.pair >= 0 ? ' in ' + hprof.count(prof.types[t.pair].total) + ' objects' : '';
			ui.total.replaceChildren(el('b', {text: t.name}), ' ' + both(hprof.round(t.total)) + pair + about);
			return;
		}
		const old = hprof.round(t.base_total);
		const fresh = hprof.round(t.total);
		const head = (d) => [el('b', {text: t.name}), ' before ' + both(old) + ', after ' + both(fresh) + ', delta ' +
			hprof.signed(type, d, prof) + about];
		if (prof.drop) {
			const from = hprof.column(prof, 'f', type).reduce((sum, x) => sum + x, 0);
			ui.total.replaceChildren(...head(fresh - hprof.round(from)), ' (what shrank counts 0)');
			return;
		}
		const v = mainView();
		const change = new Float64Array(v.n);
		const now = hprof.column(prof, 's', type);
		const base = hprof.column(prof, 'b', type);
		let less = 0;
		for (let i = 0; i < prof.n; i++)
			change[v.node[i]] += now[i] - base[i];
		for (let i = 0; i < v.n; i++)
			less += change[i] < 0 ? -change[i] : 0;
		const shrink = hprof.round(less);
		ui.total.replaceChildren(...head(fresh - old), '. ',
		el('span', {class: 'grew', text: '▲ growth ' + both(fresh - old + shrink)}), ', ',
		el('span', {class: 'shrank', text: '▼ shrink ' + both(shrink)}), ', by stack.');
	}

	function othersText(pane, b) {
		const v = pane.view;
		return [
			['', hprof.count(b.count) + (b.count === 1 ? ' callee' : ' callees') + ' of ' + rowName(v.row[b.parent]) +
				', each too small to be drawn: together ' + hprof.both(v.type, b.value === undefined ? 0 : b.value, prof)],
		];
	}

	function current() {
		if (hover)
			return hover;
		if (cursor)
			return {pane: cursor.pane, box: {kind: 0, node: cursor.node}};
		const pane = panes.find((p) => p.zoom !== p.home) || panes[0];
		return pane ? {pane, box: {kind: 0, node: pane.zoom}} : null;
	}

	function showDetails() {
		const at = current();
		const d = ui.details;
		d.name.textContent = '';
		d.numbers.textContent = '';
		d.place.textContent = '';
		if (!at)
			return;
		if (at.box.kind === 2) {
			d.name.textContent = '(' + hprof.count(at.box.count) + ' others)';
			d.numbers.textContent = othersText(at.pane, at.box)[0][1];
			d.place.textContent = 'Click to zoom to their caller.';
			return;
		}
		const list = hprof.describe(at.pane.view, at.box.node, at.pane.zoom);
		d.name.textContent = fullName(at.pane.view, at.box.node);
		const places = ['file', 'module', 'inlined', 'note', 'estimate'];
		const numbers = list.filter(([k]) => k !== 'name' && !places.includes(k));
		const place = list.filter(([k]) => places.includes(k));
		d.numbers.textContent = numbers.map(([k, t]) => (k ? k + ' ' : '') + t).join('  ·  ');
		d.place.textContent = place.map(([k, t]) => (k === 'inlined' ? k + ' ' + t : t)).join('  ·  ');
	}

	function fullName(view, node) {
		return hprof.name(view, node);
	}

	function say(text) {
		ui.live.textContent = text;
	}

	function showResult() {
		const r = ui.result;
		r.classList.toggle('bad', false);
		ui.query.classList.toggle('bad', false);
		ui.query.removeAttribute('aria-invalid');
		ui.next.disabled = true;
		ui.previous.disabled = true;
		if (!finder || finder.empty) {
			r.textContent = '';
			return;
		}
		if (finder.error) {
			r.textContent = finder.error;
			r.classList.toggle('bad', true);
			ui.query.classList.toggle('bad', true);
			ui.query.setAttribute('aria-invalid', 'true');
			return;
		}
		const pane = panes[0];
		if (!pane)
			return;
		const list = marksOf(pane);
		const inMain = state.tree !== 'around';
		const zoom = inMain && state.tree === 'down' ? pane.zoom : 0;
		r.textContent = hprof.resultText(prof, finder, mainView(), zoom, frameCount());
		ui.next.disabled = list.list.length === 0;
		ui.previous.disabled = list.list.length === 0;
	}

	/* ---- search ---- */

	let main = {key: '', view: null};

	/* Callees of the whole profile, for totals in the view and for files that are saved. */
	function mainView(ownOnly) {
		if (!ownOnly && panes.length === 1 && state.tree === 'down')
			return panes[0].view;
		const key = [state.type, state.widths, state.order, state.hide, state.collapse].join('\n');
		if (main.key !== key)
			main = {key, view: hprof.merge(prof, mergeOptions())};
		return main.view;
	}

	function frameCount() {
		const pane = panes[0];
		if (state.tree === 'down' && pane)
			return marksOf(pane).list.length;
		return hprof.marks(finder, mainView()).list.length;
	}

	function search() {
		marks.clear();
		finder = state.query
			? hprof.search(prof, {
				pattern: state.query, mode: state.mode, ignoreCase: state.ignoreCase, type: state.type,
			})
			: null;
		showResult();
		redraw();
	}

	/* The next match that is drawn, or else the next at all. */
	function step(direction) {
		const pane = panes[0];
		const hits = pane && marksOf(pane);
		if (!hits || !hits.list.length)
			return;
		const {view, zoom} = pane;
		let inside = Array.from(hits.list).filter((i) => i >= zoom && i < view.end[zoom] && findBox(pane, i));
		if (!inside.length) {
			zoomTo(pane, pane.home);
			inside = Array.from(hits.list);
		}
		const here = cursor && cursor.pane === pane ? cursor.node : direction > 0 ? zoom - 1 : view.n;
		const next = direction > 0
			? inside.find((i) => i > here)
			: inside.filter((i) => i < here).pop();
		const node = next !== undefined ? next : direction > 0 ? inside[0] : inside[inside.length - 1];
		if (!findBox(pane, node))
			zoomTo(pane, node, true);
		moveCursor(pane, node);
	}

	/* ---- the keyboard ---- */

	function moveCursor(pane, node) {
		cursor = {pane, node};
		hover = null;
		scrollTo(pane, node);
		draw();
		ui.cursor.scrollIntoView({block: 'nearest'});
		showDetails();
		const text = hprof.speak(pane.view, node, pane.zoom);
		ui.cursor.setAttribute('aria-label', text);
		ui.graph.setAttribute('aria-activedescendant', 'hp-cursor');
		say(text);
	}

	function ensureCursor() {
		if (!cursor && panes.length)
			cursor = {pane: panes[0], node: panes[0].zoom};
		return cursor;
	}

	function moveIn() {
		const c = ensureCursor();
		const v = c.pane.view;
		let best = -1;
		for (let k = c.node + 1; k < v.end[c.node]; k = v.end[k])
			if (best < 0 || v.weight[k] > v.weight[best])
				best = k;
		if (best > 0 && !findBox(c.pane, best))
			zoomTo(c.pane, c.node);
		if (best > 0 && findBox(c.pane, best))
			moveCursor(c.pane, best);
		else
			say('no callee that could be drawn');
	}

	function moveOut() {
		const c = ensureCursor();
		const up = c.pane.view.parent[c.node];
		if (c.node > c.pane.home)
			moveCursor(c.pane, up);
		else if (panes.length === 2)
			moveCursor(panes[1 - panes.indexOf(c.pane)], panes[1 - panes.indexOf(c.pane)].home);
	}

	/* The call before @node of the same caller; -1: none. */
	function before(view, node) {
		let last = -1;
		for (let c = view.parent[node] + 1; c < node; c = view.end[c])
			last = c;
		return last;
	}

	/* The neighbour: of the same caller, folded or not; then what is drawn next on the level. */
	function moveAside(direction) {
		const c = ensureCursor();
		const v = c.pane.view;
		const up = v.parent[c.node];
		const level = v.depth[c.node];
		if (c.node <= c.pane.zoom)
			return;
		const next = direction < 0 ? before(v, c.node) : v.end[c.node] < v.end[up] ? v.end[c.node] : -1;
		if (next >= 0) {
			moveCursor(c.pane, next);
			return;
		}
		const boxes = c.pane.box.slice(c.pane.start[level], c.pane.start[level + 1]).filter((b) => b.kind === 0);
		const other = direction > 0
			? boxes.find((b) => b.node > c.node && b.parent !== up)
			: boxes.filter((b) => b.node < c.node && b.parent !== up).pop();
		if (other)
			moveCursor(c.pane, other.node);
	}

	function goesUp() {
		return cursor ? cursor.pane.up : panes.length > 0 && panes[0].up;
	}

	const graphKeys = {
		ArrowDown: () => (goesUp() ? moveOut() : moveIn()),
		ArrowUp: () => (goesUp() ? moveIn() : moveOut()),
		ArrowLeft: () => moveAside(-1),
		ArrowRight: () => moveAside(1),
		Enter: () => activate(ensureCursor()),
		Backspace: zoomOut,
		Home: reset,
		c: () => copyName(),
		C: () => copyStack(),
		f: () => showFunction(ensureCursor().pane.view.row[ensureCursor().node]),
		ContextMenu: () => popupAtCursor(),
	};
	const pageKeys = {
		'/': () => focusSearch(),
		'?': () => ui.help.showModal(),
		0: reset,
		n: () => step(1),
		N: () => step(-1),
	};

	function onKey(event) {
		const inField = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
		if ((event.ctrlKey || event.metaKey) && event.key === 'f' && !event.altKey && !event.shiftKey &&
			document.activeElement !== ui.query) {
			event.preventDefault();
			focusSearch();
			return;
		}
		if (event.ctrlKey || event.metaKey || event.altKey || ui.help.open)
			return;
		if (event.key === 'Escape') {
			escape(event);
			return;
		}
		if (inField)
			return;
		const inGraph = document.activeElement === ui.graph;
		const key = (inGraph && graphKeys[event.key]) || pageKeys[event.key];
		if (!key || !panes.length)
			return;
		event.preventDefault();
		key();
	}

	function escape(event) {
		if (!ui.popup.hidden) {
			closePopup();
			ui.graph.focus();
		} else if (document.querySelector('.menu[open]')) {
			for (const m of document.querySelectorAll('.menu[open]'))
				m.open = false;
		} else if (event.target === ui.query && ui.query.value) {
			setQuery('');
		} else if (!/^(INPUT|SELECT)$/.test(event.target.tagName)) {
			zoomOut();
		}
	}

	function focusSearch() {
		ui.query.focus();
		ui.query.select();
		ui.query.scrollIntoView({block: 'nearest'});
	}

	function setQuery(text) {
		ui.query.value = text;
		state.query = text;
		search();
		saveLink(false);
	}

	/* ---- the menu of a box ---- */

	function copy(text, what) {
		const done = () => {
			ui.copied.textContent = what + ' copied';
			say(what + ' copied');
		};
		const old = () => {
			const area = el('textarea', {});
			area.value = text;
			document.body.append(area);
			area.select();
			const ok = document.execCommand('copy');
			area.remove();
			if (ok)
				done();
		};
		if (navigator.clipboard && navigator.clipboard.writeText)
			navigator.clipboard.writeText(text).then(done, old);
		else
			old();
	}

	function nodeAt() {
		const at = current();
		if (!at)
			return null;
		return {pane: at.pane, node: at.box.kind === 2 ? at.box.parent : at.box.node};
	}

	function stackOf(view, node) {
		const names = [];
		for (let i = node; i > 0; i = view.parent[i])
			names.push(rowName(view.row[i]));
		return names;
	}

	function copyName() {
		const at = nodeAt();
		if (at)
			copy(fullName(at.pane.view, at.node), 'name');
	}

	function copyStack() {
		const at = nodeAt();
		if (at)
			copy(stackOf(at.pane.view, at.node).join('\n') + '\n', 'stack');
	}

	function quote(name) {
		return '^' + name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&') + '$';
	}

	function showFunction(row) {
		if (row <= 0)
			return;
		state.tree = 'around';
		state.func = row;
		state.zoom = ['', ''];
		rebuild();
		saveLink(true);
	}

	/* Whether frames can be hidden by @text: an expression that takes too long is refused. */
	function setHide(text) {
		const error = text && hprof.search(prof, {pattern: text, type: state.type}).error;
		ui.hide.classList.toggle('bad', !!error);
		ui.hide.title = error || 'Frames that match are left out; what they hold goes to their callers';
		if (!error)
			state.hide = text;
		return !error;
	}

	function hideName(name) {
		setHide(state.hide ? state.hide + '|' + quote(name) : quote(name));
		ui.hide.value = state.hide;
		rebuild(true);
	}

	function openPopup(x, y, at) {
		const {pane, node} = at;
		const row = pane.view.row[node];
		const name = fullName(pane.view, node);
		const item = (text, action) => el('button', {
			type: 'button', role: 'menuitem', text,
			onclick: () => {
				closePopup();
				action();
			},
		});
		ui.popup.replaceChildren(
			item('Zoom to this', () => zoomTo(pane, node)),
			item('Callers and callees of the function', () => showFunction(row)),
			item('Find all of the function', () => setQuery(quote(name))),
			item('Hide the function', () => hideName(name)),
			item('Copy the name', () => copy(name, 'name')),
			item('Copy the stack', () => copy(stackOf(pane.view, node).join('\n') + '\n', 'stack')));
		ui.popup.hidden = false;
		const r = ui.popup.getBoundingClientRect();
		ui.popup.style.left = Math.max(4, Math.min(x, innerWidth - r.width - 8)) + 'px';
		ui.popup.style.top = Math.max(4, Math.min(y, innerHeight - r.height - 8)) + 'px';
		ui.popup.firstChild.focus();
	}

	function closePopup() {
		ui.popup.hidden = true;
	}

	function popupAtCursor() {
		const at = ensureCursor();
		const r = ui.cursor.getBoundingClientRect();
		openPopup(r.left + 12, r.bottom, at);
	}

	function popupKey(event) {
		const items = Array.from(ui.popup.children);
		const k = items.indexOf(document.activeElement);
		if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
			const next = (k + (event.key === 'ArrowDown' ? 1 : items.length - 1)) % items.length;
			items[next].focus();
			event.preventDefault();
		} else if (event.key === 'Tab') {
			closePopup();
		}
		event.stopPropagation();
		if (event.key === 'Escape') {
			closePopup();
			ui.graph.focus();
		}
	}

	/* ---- links ---- */

	let loading = false;
	let linkTimer = 0;
	let pushes = false;

	function linkOf() {
		const o = {};
		const zoom = state.zoom[0];
		if (zoom)
			o.z = zoom;
		if (state.query)
			o.q = state.query;
		if (state.query && state.mode !== 'name')
			o.k = state.mode;
		if (state.query && state.ignoreCase)
			o.i = '1';
		if (state.type !== prof.type)
			o.m = prof.types[state.type].name;
		if (state.order !== prof.order)
			o.o = state.order;
		if (state.tree !== 'down')
			o.t = state.tree;
		if (state.tree === 'around')
			o.f = rowName(state.func);
		if (state.flame !== !!prof.data.layout.flame)
			o.d = state.flame ? 'flame' : 'icicle';
		if (state.widths !== prof.widths)
			o.w = state.widths;
		if (state.hide)
			o.h = state.hide;
		if (state.collapse)
			o.r = '1';
		return o;
	}

	/*
	 * @push: a new entry of the history, so that "back" zooms out.  Browsers take their time for it, so
	 * what has changed is shown first.
	 */
	function saveLink(push) {
		if (loading)
			return;
		pushes = pushes || push;
		if (linkTimer)
			return;
		linkTimer = setTimeout(() => {
			const how = pushes ? 'pushState' : 'replaceState';
			const text = hprof.formatLink(linkOf());
			const link = text ? '#' + text : '';
			linkTimer = 0;
			pushes = false;
			if (link === location.hash)
				return;
			try {
				history[how](null, '', link || location.pathname + location.search);
			} catch (e) {
				/* not allowed where the page is shown: then there is no link */
			}
		}, 0);
	}

	function loadLink() {
		const o = hprof.parseLink(location.hash);
		const pick = (value, list, other) => (list.includes(value) ? value : other);
		const type = prof.types.findIndex((t) => t.name === o.m);
		state.type = type >= 0 ? type : prof.type;
		state.order = pick(o.o, ['size', 'name'], prof.order);
		state.widths = pick(o.w, ['new', 'old', 'union', 'sum', 'growth', 'shrink', 'churn'], prof.widths);
		state.flame = o.d ? o.d === 'flame' : !!prof.data.layout.flame;
		state.tree = pick(o.t, ['down', 'up', 'around'], 'down');
		state.func = -1;
		if (state.tree === 'around')
			for (let r = 1; r < prof.rows && state.func < 0; r++)
				if (rowName(r) === o.f)
					state.func = r;
		if (state.tree === 'around' && state.func < 0)
			state.tree = 'down';
		state.query = o.q || '';
		state.mode = pick(o.k, ['name', 'file', 'module', 'any'], 'name');
		state.ignoreCase = o.i === '1';
		state.hide = '';
		if (o.h)
			setHide(o.h);
		state.collapse = o.r === '1';
		state.zoom = [o.z || '', ''];
	}

	function showState() {
		ui.query.value = state.query;
		ui.mode.value = state.mode;
		setPressed(ui.ignoreCase, state.ignoreCase);
		ui.type.value = String(state.type);
		ui.order.value = state.order;
		if (ui.widths)
			ui.widths.value = state.widths;
		ui.hide.value = state.hide;
		ui.collapse.checked = state.collapse;
		showChoice();
	}

	function showChoice() {
		const direction = ui.direction;
		ui.tree.querySelector('option[value="around"]').disabled = state.func <= 0;
		ui.tree.querySelector('option[value="around"]').textContent =
			state.func > 0 ? 'Around ' + hprof.label(rowName(state.func), 28) : 'Around one function';
		ui.tree.value = state.tree;
		direction.value = state.flame ? 'flame' : 'icicle';
		direction.disabled = state.tree === 'around';
		ui.hide.classList.toggle('bad', false);
	}

	function applyLink() {
		loading = true;
		loadLink();
		showState();
		notice('');
		build();
		finder = null;
		marks.clear();
		if (state.query)
			finder = hprof.search(prof, {
				pattern: state.query, mode: state.mode, ignoreCase: state.ignoreCase, type: state.type,
			});
		relayout();
		scrollHome();
		if (panes.length === 1)
			scrollTo(panes[0], panes[0].zoom);
		showTotal();
		showTable();
		loading = false;
	}

	/* ---- the table of functions ---- */

	const table = {sort: '', down: true, filter: '', shown: TABLE_ROWS, rows: null, kept: [], made: {}};

	/* Sums of every row: own values, and those of stacks that pass it, each once. */
	function sumRows(key, type) {
		const values = hprof.column(prof, key, type);
		const self = new Float64Array(prof.rows);
		const total = new Float64Array(prof.rows);
		if (!values)
			return null;
		const {n, parent, row, depth} = prof;
		const sum = Float64Array.from(values);
		const open = new Int32Array(prof.rows); /* depth at which a row is open on the path */
		const path = new Int32Array(n + 1);
		let last = 0;
		for (let i = n - 1; i > 0; i--)
			sum[parent[i]] += sum[i];
		for (let i = 1; i < n; i++) {
			for (; last >= depth[i]; last--)
				if (open[path[last]] === last)
					open[path[last]] = 0;
			last = depth[i];
			path[last] = row[i];
			self[row[i]] += values[i];
			if (open[row[i]] === 0) {
				open[row[i]] = last;
				total[row[i]] += sum[i];
			}
		}
		return {self, total};
	}

	function sumsOf(type) {
		if (!table.made[type]) {
			const now = sumRows('s', type);
			const base = prof.diff ? sumRows('b', type) : null;
			const from = prof.drop ? sumRows('f', type) : base;
			table.made[type] = {now, base, from};
		}
		return table.made[type];
	}

	function tableRows() {
		const sums = sumsOf(state.type);
		const pair = prof.types[state.type].pair;
		const objects = pair >= 0 ? sumsOf(pair) : null;
		const used = new Uint8Array(prof.rows);
		const variantOf = new Int32Array(prof.rows).fill(-1);
		for (let i = 1; i < prof.n; i++) {
			used[prof.row[i]] = 1;
			if (variantOf[prof.row[i]] < 0)
				variantOf[prof.row[i]] = prof.variant[i];
		}
		const out = [];
		for (let r = 1; r < prof.rows; r++) {
			if (!used[r])
				continue;
			const v = variantOf[r];
			const t = {
				row: r, name: rowName(r), self: sums.now.self[r], total: sums.now.total[r],
				objects: objects ? objects.now.self[r] : 0, objectsTotal: objects ? objects.now.total[r] : 0,
				module: v >= 0 ? prof.data.str[prof.data.vars.mod[v]] || '' : '',
				file: v >= 0 ? prof.data.str[prof.data.vars.file[v]] || '' : '',
			};
			if (sums.base) {
				t.base = sums.base.self[r];
				t.delta = t.self - sums.from.self[r];
				t.deltaTotal = t.total - sums.from.total[r];
			}
			if (t.self || t.total || t.base || t.deltaTotal || t.objectsTotal)
				out.push(t);
		}
		return out;
	}

	function columns() {
		const type = state.type;
		const whole = prof.types[type].total;
		const value = (key) => (t) => hprof.value(type, t[key], prof);
		const share = (key) => (t) => hprof.percent(t[key], whole);
		const signed = (key) => (t) => (t[key] > 0 ? '+' : '') + hprof.value(type, t[key], prof);
		const list = prof.diff
			? [
				['base', 'before', value('base'), 'flat'], ['self', 'after', value('self'), 'flat'],
				['delta', 'delta', signed('delta'), prof.drop ? 'flat, what shrank counts 0' : 'flat, after less before'],
				['deltaTotal', 'cum delta', signed('deltaTotal')], ['total', 'cum after', value('total')],
			]
			: [
				['self', 'flat', value('self'), 'of stacks that end in the function'], [null, 'flat%', share('self')],
				['total', 'cum', value('total'), 'of stacks that pass through the function'],
				[null, 'cum%', share('total')],
			];
		if (prof.types[type].pair >= 0)
			list.push(['objects', 'objects', (t) => hprof.count(t.objects), 'flat']);
		return list;
	}

	function compare(a, b) {
		const key = table.sort;
		let d;
		if (key === 'name' || key === 'module')
			d = a[key] < b[key] ? -1 : a[key] > b[key] ? 1 : 0;
		else if (key === 'delta' || key === 'deltaTotal')
			d = table.bySize ? Math.abs(a[key]) - Math.abs(b[key]) : a[key] - b[key];
		else
			d = a[key] - b[key];
		if (d !== 0)
			return table.down ? -d : d;
		return b.total - a.total || a.row - b.row;
	}

	function sortBy(key) {
		table.bySize = false;
		if (table.sort === key)
			table.down = !table.down;
		else {
			table.sort = key;
			table.down = key !== 'name' && key !== 'module';
		}
		fillTable();
	}

	function header(key, text, title, number) {
		const th = el('th', {scope: 'col', class: number ? 'num' : key === 'module' ? 'where' : '', title});
		if (!key) {
			th.textContent = text;
			return th;
		}
		th.dataset.key = key;
		th.append(el('button', {type: 'button', text, onclick: () => sortBy(key)}));
		return th;
	}

	function tableRow(t, list) {
		const tr = el('tr', {});
		for (const [key, , text] of list) {
			const td = el('td', {class: 'num', text: text(t)});
			if (key === 'delta' || key === 'deltaTotal')
				td.classList.add(t[key] > 0 ? 'grew' : t[key] < 0 ? 'shrank' : 'faint');
			if (key && key !== 'objects')
				td.title = hprof.exact(state.type, t[key], prof);
			tr.append(td);
		}
		tr.append(el('td', {class: 'name'}, el('button', {
			type: 'button', text: t.name, title: 'Callers and callees of this function',
			onclick: () => {
				showFunction(t.row);
				ui.graph.focus({preventScroll: true});
				byId('hp-flame').scrollIntoView({block: 'start'});
			},
		})));
		tr.append(el('td', {class: 'where', text: [t.module, t.file].filter(Boolean).join('  ')}));
		return tr;
	}

	/* Which rows the filter lets through: by name, file or module. */
	function filterRows() {
		if (!table.filter)
			return {};
		const compiled = hprof.compile(table.filter, true);
		const found = hprof.search(prof, {pattern: table.filter, mode: 'any', ignoreCase: true, type: state.type});
		if (!found.hit)
			return found;
		const hit = new Uint8Array(prof.rows);
		for (let k = 0; k < prof.varRow.length; k++)
			hit[prof.varRow[k]] |= found.hit[k];
		for (const t of table.rows)
			if (!hit[t.row] && t.name.length < 200 && hprof.test(compiled, t.name))
				hit[t.row] = 1;
		return {hit};
	}

	function fillTable() {
		const list = columns();
		const rows = table.rows.slice().sort(compare);
		const filter = filterRows();
		ui.filter.classList.toggle('bad', !!filter.error);
		const kept = filter.hit ? rows.filter((t) => filter.hit[t.row] === 1) : rows;
		table.kept = kept;
		const shown = kept.slice(0, table.shown);
		ui.body.replaceChildren(...shown.map((t) => tableRow(t, list)));
		for (const th of ui.head.children) {
			if (th.dataset.key === table.sort)
				th.setAttribute('aria-sort', table.down ? 'descending' : 'ascending');
			else
				th.removeAttribute('aria-sort');
		}
		ui.count.textContent = filter.error
			? filter.error
			: hprof.count(shown.length) + ' of ' + hprof.count(kept.length) + ' functions' +
				(kept.length < rows.length ? ' that match, ' + hprof.count(rows.length) + ' in all' : '');
		ui.more.hidden = shown.length === kept.length;
		ui.more.textContent = 'Show ' + hprof.count(Math.min(MORE_ROWS, kept.length - shown.length)) + ' more';
	}

	function showTable() {
		table.rows = tableRows();
		const list = columns();
		if (!list.some(([key]) => key === table.sort) && table.sort !== 'name' && table.sort !== 'module') {
			table.sort = list[0][0];
			table.down = true;
			table.bySize = prof.diff;
		}
		ui.head.replaceChildren(
			...list.map(([key, text, , title]) => header(key, text, title, true)),
			header('name', 'Function', '', false), header('module', 'Module, file', '', false));
		fillTable();
	}

	function makeTable() {
		ui.filter = el('input', {
			id: 'hp-filter', type: 'search', placeholder: 'filter: function, module or file', spellcheck: 'false',
			autocomplete: 'off', 'aria-label': 'Filter the table by a regular expression',
			oninput: () => {
				table.filter = ui.filter.value;
				table.shown = TABLE_ROWS;
				fillTable();
			},
		});
		ui.count = el('span', {role: 'status', class: 'faint'});
		ui.more = el('button', {
			id: 'hp-more', type: 'button',
			onclick: () => {
				table.shown += MORE_ROWS;
				fillTable();
			},
		});
		ui.head = el('tr', {});
		ui.body = el('tbody', {});
		const section = byId('hp-functions');
		section.replaceChildren(
			el('h2', {text: 'Functions'}),
			el('div', {class: 'tools'}, ui.filter, ui.count),
			el('div', {class: 'scroll'}, el('table', {id: 'hp-table'},
				el('caption', {class: 'silent', text: 'Functions with flat, what they hold themselves, and cum, with all that they called; ' +
					'the headings sort, a name shows callers and callees'}),
				el('thead', {}, ui.head), ui.body)),
			el('p', {}, ui.more));
	}

	/* ---- files to save ---- */

	function fileName(end) {
		const base = (prof.data.title || 'profile').split('/').pop().replace(/[^\w.-]+/g, '_').slice(0, 80) || 'profile';
		return base + end;
	}

	function save(blob, name) {
		const url = URL.createObjectURL(blob);
		const a = el('a', {href: url, download: name});
		document.body.append(a);
		a.click();
		a.remove();
		setTimeout(() => URL.revokeObjectURL(url), 10000);
	}

	function titleLine() {
		const t = prof.types[state.type];
		return prof.data.title + ' - ' + t.name + ', ' + (prof.diff
			? 'before ' + hprof.both(state.type, t.base_total, prof) + ', after ' + hprof.both(state.type, t.total, prof)
			: hprof.both(state.type, t.total, prof));
	}

	/* Rows of the screen from @first to before @last of the current view as shapes; @title: above them. */
	function makeSvg(first, last, title, note) {
		const look = theme(false);
		const head = title ? 26 : 0;
		const height = head + (last - first) * rowPx + (note ? rowPx : 0);
		const g = svgEl('g', {'font-family': MONO, 'font-size': FONT_PX, fill: look.ink});
		for (let r = first; r < last; r++) {
			for (const pane of panes) {
				const level = levelAt(pane, r);
				for (let i = level < 0 ? 0 : pane.start[level]; level >= 0 && i < pane.start[level + 1]; i++)
					svgBox(g, pane, pane.box[i], head + (r - first) * rowPx, look);
			}
		}
		if (note)
			g.append(svgEl('text', {x: 4, y: height - 5, text: note}));
		return svgEl('svg', {
			xmlns: SVG_NS, width: graph.width, height, viewBox: '0 0 ' + graph.width + ' ' + height, role: 'img',
		},
		svgEl('title', {text: titleLine()}),
		svgEl('rect', {width: graph.width, height, fill: look.paper}),
		title ? svgEl('text', {x: 4, y: 17, 'font-family': 'sans-serif', 'font-size': 13, fill: look.ink, text: title}) : null, g);
	}

	function svgBox(g, pane, b, y, look) {
		const w = Math.max(b.w - (b.w > 3 ? 1 : 0), 0.5);
		const l = lookOf(pane, b, look, Math.floor((b.w - 6) / graph.charPx));
		const part = svgEl('g', {});
		part.append(svgEl('title', {text: b.kind === 2
			? othersText(pane, b)[0][1]
			: hprof.name(pane.view, b.node) + ': ' + hprof.both(pane.view.type, hprof.valueOf(pane.view, b.node), prof)}));
		part.append(svgEl('rect', {
			x: b.x.toFixed(1), y, width: w.toFixed(1), height: rowPx - 1, fill: l.fill, opacity: l.dim ? 0.3 : null,
			stroke: l.marked ? look.mark : l.outline ? look.ink : null,
			'stroke-dasharray': l.hatched && b.kind !== 2 ? '3 2' : null,
		}));
		if (l.hatched && b.kind !== 2)
			part.append(svgEl('path', {
				d: 'M' + b.x.toFixed(1) + ' ' + (y + rowPx / 2) + 'h' + w.toFixed(1), stroke: look.stripe, fill: 'none',
			}));
		if (l.text)
			part.append(svgEl('text', {x: (b.x + 3).toFixed(1), y: y + 12.5, text: l.text}));
		g.append(part);
	}

	function saveSvg() {
		const text = '<?xml version="1.0" encoding="UTF-8"?>\n' + new XMLSerializer().serializeToString(makeSvg(0, graph.rows, titleLine(), '')) + '\n';
		save(new Blob([text], {type: 'image/svg+xml'}), fileName('.svg'));
	}

	function savePng() {
		const head = 26;
		const high = head + graph.rows * rowPx + rowPx;
		const scale = high * 2 <= PNG_PX && high * graph.width * 4 <= PNG_AREA ? 2 : 1;
		const most = Math.min(PNG_PX, Math.floor(PNG_AREA / graph.width));
		const rows = high <= most ? graph.rows : Math.floor((most - head - rowPx) / rowPx);
		const from = panes.length === 1 && panes[0].up ? graph.rows - rows : 0;
		const cut = graph.rows - rows;
		const picture = el('canvas', {width: graph.width * scale, height: (head + (rows + (cut ? 1 : 0)) * rowPx) * scale});
		const g = picture.getContext('2d', {alpha: false});
		const look = theme(isDark());
		g.setTransform(scale, 0, 0, scale, 0, 0);
		g.fillStyle = look.paper;
		g.fillRect(0, 0, graph.width, picture.height);
		g.fillStyle = look.ink;
		g.font = '13px sans-serif';
		g.fillText(titleLine(), 4, 17);
		paintRows(g, from, from + rows, head, look);
		g.fillStyle = look.ink;
		if (cut)
			g.fillText('(' + hprof.count(cut) + ' more rows are cut here)', 4, head + rows * rowPx + 13);
		picture.toBlob((blob) => blob && save(blob, fileName('.png')), 'image/png');
	}

	/* A name in a line of "a;b;c 5". */
	function foldedName(name) {
		return name.replace(/;/g, ':').replace(/[\r\n]/g, ' ');
	}

	/* What ends in each node, in whole numbers; of a difference before and after. */
	function saveFolded() {
		const v = mainView();
		const lines = [];
		const path = [];
		const values = prof.diff ? [hprof.baseOf, hprof.nowOf] : [hprof.nowOf];
		const own = values.map((f) => {
			const list = new Float64Array(v.n);
			for (let i = v.n - 1; i >= 0; i--) {
				const sum = f(v, i);
				list[i] += sum;
				if (i > 0)
					list[v.parent[i]] -= sum;
			}
			return list;
		});
		for (let i = 1; i < v.n; i++) {
			path.length = v.depth[i] - 1;
			path.push(foldedName(rowName(v.row[i])));
			const numbers = own.map((list) => list[i]);
			if (numbers.some((n) => n !== 0))
				lines.push(path.join(';') + ' ' + numbers.join(' ') + '\n');
		}
		save(new Blob(lines, {type: 'text/plain'}), fileName('.folded'));
	}

	function saveTsv() {
		const columns = prof.diff ? {base: 'before', self: 'after', delta: 'delta', deltaTotal: 'cum_delta', total: 'cum_after'}
			: {self: 'flat', total: 'cum'};
		if (prof.types[state.type].pair >= 0)
			Object.assign(columns, {objects: 'objects', objectsTotal: 'cum_objects'});
		const keys = Object.keys(columns);
		const clean = (text) => text.replace(/[\t\r\n]/g, ' ');
		const lines = [Object.values(columns).concat(['name', 'module', 'file']).join('\t') + '\n'];
		for (const t of table.kept)
			lines.push(keys.map((k) => Math.floor(t[k] + 0.5)).concat([clean(t.name), clean(t.module), clean(t.file)]).join('\t') + '\n');
		save(new Blob(lines, {type: 'text/tab-separated-values'}), fileName('.tsv'));
	}

	/* ---- paper ---- */

	/* In parts, so that they can go over several sheets; from the root on. */
	function beforePrint() {
		const rows = Math.min(graph.rows, PAPER_ROWS);
		const from = panes.length === 1 && panes[0].up ? graph.rows - rows : 0;
		const parts = [];
		for (let r = from; r < from + rows; r += PART_ROWS) {
			const last = Math.min(r + PART_ROWS, from + rows);
			const isEnd = last === from + rows && rows < graph.rows;
			parts.push(makeSvg(r, last, r === from ? titleLine() : '',
				isEnd ? '(' + hprof.count(graph.rows - rows) + ' more rows are cut here)' : ''));
		}
		ui.paper.replaceChildren(...parts);
	}

	function afterPrint() {
		ui.paper.replaceChildren();
	}

	/* ---- controls ---- */

	function setTheme(value) {
		state.theme = value;
		if (value === 'auto')
			document.documentElement.removeAttribute('data-theme');
		else
			document.documentElement.setAttribute('data-theme', value);
		graph.hatch = {};
		redraw();
	}

	function later(action, ms) {
		let timer = 0;
		return () => {
			clearTimeout(timer);
			timer = setTimeout(action, ms);
		};
	}

	function makeSearch() {
		const run = later(() => {
			search();
			saveLink(false);
		}, prof.n > 200000 ? 150 : 40);
		ui.query = el('input', {
			id: 'hp-search', type: 'search', placeholder: 'search: regular expression', spellcheck: 'false',
			autocomplete: 'off', 'aria-label': 'Search frames by a regular expression', 'aria-describedby': 'hp-result',
			oninput: () => {
				state.query = ui.query.value;
				run();
			},
			onkeydown: (event) => {
				if (event.key === 'Enter') {
					event.preventDefault();
					step(event.shiftKey ? -1 : 1);
				}
			},
		});
		ui.mode = el('select', {
			id: 'hp-mode', 'aria-label': 'What is searched',
			onchange: () => {
				state.mode = ui.mode.value;
				search();
				saveLink(false);
			},
		});
		for (const [v, text] of [['name', 'in names'], ['file', 'in files'], ['module', 'in modules'], ['any', 'in all']])
			ui.mode.append(el('option', {value: v, text}));
		ui.ignoreCase = toggle('hp-case', 'Aa', 'Ignore case', (on) => {
			state.ignoreCase = on;
			search();
			saveLink(false);
		});
		ui.previous = el('button', {type: 'button', text: '‹', title: 'Previous match (N)', 'aria-label': 'Previous match', onclick: () => step(-1)});
		ui.next = el('button', {type: 'button', text: '›', title: 'Next match (n)', 'aria-label': 'Next match', onclick: () => step(1)});
		ui.result = el('span', {id: 'hp-result', class: 'result', role: 'status'});
		return el('div', {class: 'group search', role: 'search'}, ui.query, ui.ignoreCase, ui.mode, ui.previous, ui.next, ui.result);
	}

	function makeViewChoices() {
		const types = prof.types.map((t, i) => [String(i), t.name]);
		const typeLabel = choice('hp-type', 'Values', types, String(state.type), (v) => {
			state.type = Number(v);
			if (finder)
				search();
			rebuild(true);
			search();
			showTable();
		});
		const treeLabel = choice('hp-tree', 'Tree', [
			['down', 'Callees, from the root'], ['up', 'Callers, bottom-up'], ['around', 'Around one function'],
		], state.tree, (v) => {
			state.tree = v;
			state.zoom = ['', ''];
			rebuild();
		});
		const orderLabel = choice('hp-order', 'Order', [['size', 'Heaviest first'], ['name', 'By name']], state.order, (v) => {
			state.order = v;
			rebuild(true);
		});
		const directionLabel = choice('hp-direction', 'Root', [['icicle', 'At the top'], ['flame', 'At the bottom']], 'icicle', (v) => {
			state.flame = v === 'flame';
			rebuild();
		});
		ui.type = typeLabel.querySelector('select');
		ui.tree = treeLabel.querySelector('select');
		ui.order = orderLabel.querySelector('select');
		ui.direction = directionLabel.querySelector('select');
		const out = [typeLabel, treeLabel, orderLabel, directionLabel];
		if (prof.diff) {
			const widthsLabel = choice('hp-widths', 'Width', [
				['union', 'Larger of before and after'], ['new', 'After'], ['old', 'Before'], ['sum', 'Before + after'],
				['growth', 'Growth only'], ['shrink', 'Shrink only'], ['churn', 'Any change'],
			], state.widths, (v) => {
				state.widths = v;
				rebuild(true);
			});
			ui.widths = widthsLabel.querySelector('select');
			out.push(widthsLabel);
		}
		return out;
	}

	function makeMore() {
		ui.hide = el('input', {
			id: 'hp-hide', type: 'search', placeholder: 'hide: regular expression', spellcheck: 'false',
			autocomplete: 'off', 'aria-label': 'Hide frames whose name matches',
			title: 'Frames that match are left out; what they hold goes to their callers',
			oninput: later(() => {
				if (setHide(ui.hide.value))
					rebuild(true);
			}, 200),
		});
		const collapseLabel = check('hp-collapse', 'Collapse recursion', 'Calls of a function by itself are one box', (on) => {
			state.collapse = on;
			rebuild(true);
		});
		ui.collapse = collapseLabel.querySelector('input');
		ui.min = el('input', {
			id: 'hp-min', type: 'range', min: 0, max: 5, step: 0.1, value: 0, 'aria-label': 'Smallest box in percent of the view',
			oninput: () => {
				state.minPercent = Number(ui.min.value);
				ui.minText.textContent = state.minPercent.toFixed(1) + '%';
				layout();
				redraw();
			},
		});
		ui.minText = el('span', {text: '0.0%'});
		const item = (text, action) => el('button', {
			type: 'button', text,
			onclick: (event) => {
				event.target.closest('details').open = false;
				action();
			},
		});
		const themeLabel = choice('hp-theme', 'Colours', [['auto', 'As the system'], ['light', 'Light'], ['dark', 'Dark']], 'auto', setTheme);
		return [
			el('details', {class: 'menu'}, el('summary', {text: 'View'}), el('div', {},
				ui.hide, collapseLabel, el('label', {}, 'Smallest box', ui.min, ui.minText), themeLabel)),
			el('details', {class: 'menu'}, el('summary', {text: 'Save'}), el('div', {},
				item('Picture as SVG', saveSvg), item('Picture as PNG', savePng), item('Stacks as text (folded)', saveFolded),
				item('Table as text (TSV)', saveTsv), item('Copy the link to this view', () => setTimeout(() => copy(location.href, 'link'), 20)))),
			el('button', {type: 'button', text: '?', title: 'Keys and what the picture shows', 'aria-label': 'Help', onclick: () => ui.help.showModal()}),
		];
	}

	function makeHelp() {
		const keys = [
			['arrows', 'to the widest callee, the caller, the neighbours'], ['Enter', 'zoom to the box'],
			['Esc, Backspace', 'zoom out by one'], ['0, Home', 'show everything'], ['/', 'search; Enter: next match'],
			['n, N', 'next, previous match'], ['f', 'callers and callees of the function'], ['c, C', 'copy the name, the stack'],
			['right click', 'more about a box'],
		];
		const list = el('dl', {});
		for (const [key, text] of keys)
			list.append(el('dt', {}, el('kbd', {text: key})), el('dd', {text}));
		const facts = el('dl', {});
		for (const [label, text] of prof.data.facts || [])
			facts.append(el('dt', {text: label}), el('dd', {text}));
		return el('dialog', {id: 'hp-help', 'aria-labelledby': 'hp-help-title'},
			el('h2', {id: 'hp-help-title', text: 'The picture'}),
			el('p', {text: 'A box is a function called by the one next to it towards the root. Its width is what it and ' +
				'all it called hold. Boxes too narrow to be drawn are folded into one, “(n others)”. ' +
				'A search counts every stack once that has a matching frame, folded or not.' +
				(prof.data.sampled ? ' All values are estimates from samples.' : '')}),
			prof.diff ? el('p', {text: 'Orange (▲) grew, blue (▼) shrank, grey is within what sampling explains. Hatched: gone. ' +
				'Outlined: new. The two lines at the bottom of a box are before and after.'}) : null,
			list, facts, el('p', {class: 'faint', text: prof.data.tool || ''}),
			el('form', {method: 'dialog'}, el('button', {text: 'Close'})));
	}

	function makeGraph() {
		ui.canvas = el('canvas', {'aria-hidden': 'true'});
		ui.hover = el('div', {class: 'box', hidden: true, 'aria-hidden': 'true'});
		ui.cursor = el('div', {class: 'box cursor', id: 'hp-cursor', role: 'img', hidden: true});
		ui.layer = el('div', {class: 'layer'}, ui.canvas, ui.hover, ui.cursor);
		ui.space = el('div', {class: 'space'}, ui.layer);
		ui.graph = el('div', {
			class: 'graph', id: 'hp-graph', tabindex: 0, role: 'application', 'aria-roledescription': 'flame graph',
			'aria-label': 'Flame graph; the table of functions below holds the same values',
			onscroll: redraw, onmousemove: onMove, onmouseleave: () => setHover(null), onclick: onClick, oncontextmenu: onMenu,
			onfocus: () => {
				if (panes.length && !cursor && ui.graph.matches(':focus-visible'))
					moveCursor(panes[0], panes[0].zoom);
			},
		}, ui.space);
		return ui.graph;
	}

	function pointAt(event) {
		const r = ui.canvas.getBoundingClientRect();
		return hit(event.clientX - r.left, event.clientY - r.top);
	}

	function setHover(at) {
		if (hover === at || (hover && at && hover.box === at.box))
			return;
		hover = at;
		placeBoxes();
		showDetails();
		ui.graph.style.cursor = at ? 'pointer' : '';
	}

	function onMove(event) {
		setHover(pointAt(event));
	}

	function onClick(event) {
		const at = pointAt(event);
		if (!at)
			return;
		if (event.ctrlKey || event.metaKey)
			onMenu(event);
		else
			activate(at);
	}

	function onMenu(event) {
		const at = pointAt(event);
		if (!at)
			return;
		event.preventDefault();
		openPopup(event.clientX, event.clientY, {pane: at.pane, node: at.box.kind === 2 ? at.box.parent : at.box.node});
	}

	function makePage() {
		const bar = el('div', {class: 'bar', role: 'group', 'aria-label': 'Flame graph controls'},
			makeSearch(), ...makeViewChoices(), ...makeMore());
		ui.here = el('span', {class: 'here'});
		ui.notice = el('span', {class: 'notice', role: 'alert', hidden: true});
		ui.cut = el('span', {class: 'faint'});
		ui.copied = el('span', {class: 'faint'});
		ui.out = el('button', {id: 'hp-out', type: 'button', text: 'Zoom out', onclick: zoomOut});
		ui.reset = el('button', {id: 'hp-reset', type: 'button', text: 'Show all', onclick: reset});
		ui.live = el('div', {class: 'silent', id: 'hp-live', 'aria-live': 'polite'});
		ui.details = {
			name: el('div', {class: 'name'}), numbers: el('div', {class: 'numbers'}), place: el('div', {class: 'place faint'}),
		};
		ui.popup = el('div', {class: 'popup', id: 'hp-menu', role: 'menu', hidden: true, onkeydown: popupKey});
		ui.help = makeHelp();
		ui.paper = el('div', {class: 'paper'});
		const picture = byId('hp-picture');
		ui.total = byId('hp-total') || el('p', {id: 'hp-total'});
		if (!ui.total.parentNode)
			picture.before(ui.total);
		picture.replaceChildren(
			bar, el('div', {class: 'path'}, ui.here, ui.notice, ui.cut, ui.copied, ui.out, ui.reset),
			makeGraph(), el('div', {class: 'details', id: 'hp-details'}, ui.details.name, ui.details.numbers, ui.details.place),
			ui.paper, ui.live, ui.popup, ui.help);
		picture.classList.add('ready');
		makeTable();
	}

	/* ---- the beginning ---- */

	function watch() {
		const media = (query, action) => query.addEventListener('change', action);
		const repaint = () => {
			graph.hatch = {};
			redraw();
		};
		const watchRatio = () => {
			const query = matchMedia('(resolution: ' + window.devicePixelRatio + 'dppx)');
			query.addEventListener('change', () => {
				onResize();
				watchRatio();
			}, {once: true});
		};
		media(darkQuery, repaint);
		media(forcedQuery, repaint);
		watchRatio();
		new ResizeObserver(() => requestAnimationFrame(onResize)).observe(ui.graph);
		document.addEventListener('keydown', onKey);
		document.addEventListener('pointerdown', (event) => {
			if (!ui.popup.hidden && !ui.popup.contains(event.target))
				closePopup();
			for (const m of document.querySelectorAll('.menu[open]'))
				if (!m.contains(event.target))
					m.open = false;
		});
		addEventListener('hashchange', applyLink);
		addEventListener('popstate', applyLink);
		addEventListener('beforeprint', beforePrint);
		addEventListener('afterprint', afterPrint);
	}

	async function start() {
		const block = byId('hprof-data');
		if (!block || !byId('hp-picture'))
			return;
		prof = hprof.open(await hprof.decode(block.textContent));
		rowPx = prof.diff ? 21 : 18;
		makePage();
		loading = true;
		loadLink();
		showState();
		build();
		graph.width = ui.space.clientWidth;
		if (state.query)
			finder = hprof.search(prof, {
				pattern: state.query, mode: state.mode, ignoreCase: state.ignoreCase, type: state.type,
			});
		relayout();
		scrollHome();
		draw();
		showTotal();
		loading = false;
		watch();
		document.documentElement.setAttribute('data-ready', '');
		setTimeout(showTable, 0);
	}

	start().catch((error) => {
		const picture = byId('hp-picture');
		if (picture)
			picture.before(el('p', {class: 'notice', role: 'alert', text: 'The picture below does not answer: ' + error.message}));
	});
})();
