/*
 * svg.js - the script of a flame graph in an SVG file: draws the boxes anew from the data block,
 * zooms, searches and tells details.  Without scripts the picture stays as it is; the controls are
 * made here.  Elements of XHTML are inside of foreignObject: fields for text need no other code.
 */
(() => {
	'use strict';

	const {put, el, svg} = app;
	const MARGIN = 10;
	const BASELINE = 12; /* of a label, in its box */
	const TOOLS = 52; /* height of the controls and the line below */
	const LINE = 16;
	const KEEP = 60; /* callers of the zoomed frame that are drawn, and the root */

	const script = document.currentScript;
	const root = (script && script.ownerSVGElement) || document.documentElement;
	const alone = root === document.documentElement; /* keys and address are the picture's own */
	const byId = (id) => root.querySelector('#hprof-' + id);

	/* What is shown.  type, order, query, mode and ignoreCase are choices of app.js. */
	const state = {
		profile: null, view: null, zoom: 0, type: 0, order: 'size',
		query: '', mode: 'name', ignoreCase: false, found: {empty: true}, marks: null,
		color: null, drawn: [], at: 0, hover: -1, made: null, link: '', first: 0, rows: 0,
		before: null, window: null, toolsAt: 0, detailsAt: 0,
	};
	const ui = {};
	let layout;
	let data;
	let cell = 7.44; /* px of a character of the font */

	function px(x) {
		return Math.round(x * 100) / 100;
	}

	/* ---- where things are ---- */

	/* The row of a level; callers far above the zoomed frame share one. */
	function rowOf(level) {
		if (state.first === 0 || level === 0)
			return level;
		return level < state.first ? 1 : level - state.first + 2;
	}

	function yOf(level) {
		const row = rowOf(level);
		return layout.top + TOOLS + layout.row * (layout.flame ? state.rows - 1 - row : row);
	}

	function detailLines() {
		return data.diff ? 8 : 7;
	}

	function detailHeight() {
		return detailLines() * LINE + 14;
	}

	function heightOfAll() {
		return layout.top + TOOLS + layout.row * state.rows + 26 + detailHeight();
	}

	/* Where the picture is in the window.  Not asked for while drawing: that would lay out twice. */
	function look() {
		const place = root.getBoundingClientRect(); /* getScreenCTM() knows of no scrolling in Firefox */
		const scale = place.width / (layout.width + 2 * MARGIN);
		state.window = scale > 0
			? {top: -place.top / scale, bottom: (window.innerHeight - place.top) / scale, scale} : null;
		pin();
	}

	/* Keep controls and details where they can be seen. */
	function pin() {
		const w = state.window;
		const height = heightOfAll();
		const toolsHome = layout.top - 8;
		const detailsHome = height - detailHeight();
		let tools = toolsHome;
		let details = detailsHome;
		if (w && w.bottom - w.top > detailHeight() + TOOLS + 100) {
			tools = Math.min(Math.max(toolsHome, w.top), detailsHome - TOOLS);
			details = Math.max(Math.min(detailsHome, w.bottom - detailHeight()), tools + TOOLS);
		}
		ui.tools.setAttribute('transform', 'translate(0,' + px(tools) + ')');
		ui.details.setAttribute('transform', 'translate(0,' + px(details) + ')');
		state.toolsAt = tools;
		state.detailsAt = details;
	}

	/* Scroll so that the row at @y is not below the controls. */
	function reveal(y) {
		const w = state.window;
		const from = state.toolsAt + TOOLS;
		const to = state.detailsAt - layout.row;
		if (w && y < from)
			window.scrollBy(0, (y - from - 2 * layout.row) * w.scale);
		else if (w && y > to && to > from)
			window.scrollBy(0, (y - to + 2 * layout.row) * w.scale);
	}

	/* ---- boxes ---- */

	function computeBoxes() {
		const v = state.view;
		const depth = v.depth[state.zoom];
		const deep = depth > KEEP + 2;
		const made = hprof.boxes(v, {
			zoom: state.zoom, width: layout.width, max: layout.max,
			min: state.zoom === 0 ? layout.min : Math.max(layout.min, 1), rows: layout.rows || Infinity, from: deep ? depth - KEEP : 0,
		});
		state.first = deep ? depth - KEEP : 0;
		state.drawn = made.box;
		if (deep)
			state.drawn.unshift(
				{node: 0, parent: -1, kind: 1, level: 0, x: 0, w: layout.width, count: 1},
				{node: v.parent[made.box[0].node], parent: 0, kind: 3, level: 1, x: 0, w: layout.width, count: state.first - 1});
		state.made = made;
		state.rows = Math.max(rowOf(made.levels - 1) + 1, layout.shown);
	}

	/* Whether a box stands for a match, or what is folded in it. */
	function isMarked(b) {
		const v = state.view;
		if (!state.marks || b.kind === 3)
			return false;
		if (b.kind !== 2)
			return state.marks.mark[b.node] === 1;
		for (let c = b.first; c <= b.last; c = v.end[c]) {
			const folded = (v.P[v.end[c]] - v.P[c]) * state.made.scale < state.made.min;
			if (folded && state.before[v.end[c]] > state.before[c])
				return true;
		}
		return false;
	}

	/* @color as it looks behind a veil of paper. */
	function veiled(color) {
		const a = parseInt(color.slice(1), 16);
		const b = parseInt(state.color.paper.slice(1), 16);
		let out = 0;
		for (const shift of [16, 8, 0])
			out |= Math.round(((a >> shift) & 255) * 0.3 + ((b >> shift) & 255) * 0.7) << shift;
		return '#' + out.toString(16).padStart(6, '0');
	}

	function fillOf(b) {
		return b.kind >= 2 ? state.color.others : hprof.fill(state.view, b.node, state.color.dark);
	}

	function styleBox(b) {
		const searching = state.marks && state.marks.list.length > 0;
		const hit = searching && isMarked(b);
		const fill = fillOf(b);
		const fresh = state.view.diff && b.kind < 2 && hprof.change(state.view, b.node).fresh;
		const narrow = b.w < 5; /* a line around it would be wider than the box */
		b.hit = hit;
		const line = (hit && !narrow) || fresh || b.cut;
		const set = (key, value) => (value === null ? b.rect.removeAttribute(key) : b.rect.setAttribute(key, value));
		set('fill', searching && !hit ? veiled(fill) : hit && narrow ? state.color.ink : fill);
		set('stroke', !line ? null : b.cut && !hit && !fresh ? state.color.faint : state.color.ink);
		set('stroke-width', !line ? null : hit ? 1.6 : 1);
		set('stroke-dasharray', b.cut && !hit ? '2' : null);
	}

	function labelOf(b) {
		const room = Math.floor((b.w - 6) / cell);
		if (room < 3)
			return '';
		return b.kind >= 2 ? hprof.label(hprof.boxName(state.view, b), room) : hprof.nodeLabel(state.view, b.node, room);
	}

	/* Before and after, each as long as its part of the larger of both. */
	function drawBars(b, x, y, to) {
		const v = state.view;
		const now = v.now[b.node];
		const base = v.base[b.node];
		const most = Math.max(now, base);
		if (most <= 0 || b.w < 2 || hprof.change(v, b.node).step === 4)
			return;
		const bar = (n, top, fill) => to.append(svg('rect', {
			x: px(x), y: px(y + layout.row + top), width: px((b.w * n) / most), height: 2, 'pointer-events': 'none', fill,
		}));
		if (base > 0)
			bar(base, -5, state.color.old);
		if (now > 0)
			bar(now, -3, state.color.fresh);
	}

	function drawBox(b, i, to) {
		const x = MARGIN + b.x;
		const y = yOf(b.level);
		const width = px(b.w - (b.w > 2 ? 0.5 : 0));
		const shape = {x: px(x), y: px(y), width, height: layout.row - 1};
		const text = labelOf(b);
		b.rect = svg('rect', shape);
		b.rect.hprofBox = i;
		styleBox(b);
		to.append(b.rect);
		if (b.kind >= 2 || (state.view.diff && hprof.change(state.view, b.node).gone))
			to.append(svg('rect', Object.assign(shape, {fill: 'url(#hprof-hatch)', 'pointer-events': 'none'})));
		if (state.view.diff && b.kind < 2)
			drawBars(b, x, y, to);
		if (text !== '')
			to.append(svg('text', {x: px(x + 3), y: px(y + BASELINE), 'pointer-events': 'none', text}));
	}

	function paint() {
		const to = document.createDocumentFragment();
		computeBoxes();
		state.drawn.forEach((b, i) => drawBox(b, i, to));
		ui.frames.replaceChildren(to);
		const height = px(heightOfAll());
		put(root, {height, viewBox: '0 0 ' + (layout.width + 2 * MARGIN) + ' ' + height});
		ui.paper.setAttribute('height', height);
		const deeper = hprof.deeper(state.view, state.zoom, state.made);
		ui.foot.setAttribute('y', layout.top + TOOLS + layout.row * state.rows + 16);
		ui.foot.textContent = deeper > 0 ? hprof.count(deeper) + (deeper === 1 ? ' row more is' : ' rows more are') + ' not drawn' : '';
		state.hover = -1;
		pin();
		select(state.drawn.findIndex((b) => b.node === state.zoom && b.kind === 0));
	}

	/* ---- details ---- */

	function shown() {
		return state.drawn[state.hover >= 0 ? state.hover : state.at];
	}

	function wrap(text, room, most) {
		const lines = [];
		let line = '';
		let used = 0;
		for (const c of text) {
			const w = hprof.cells(c);
			if (used + w > room) {
				lines.push(line);
				line = '';
				used = 0;
				if (lines.length === most) {
					lines[most - 1] = hprof.cut(lines[most - 1], room);
					return lines;
				}
			}
			line += c;
			used += w;
		}
		lines.push(line);
		return lines;
	}

	function showDetails() {
		const room = Math.floor((layout.width - 76) / cell);
		const lines = [];
		const b = shown();
		if (!b)
			return;
		for (const [label, text] of hprof.describeBox(state.view, b, state.zoom))
			wrap(text, room, label === 'name' ? 2 : 1).forEach((t, i) => lines.push([i === 0 ? label : '', t]));
		ui.lines.replaceChildren(...lines.slice(0, detailLines()).flatMap(([label, text], i) => [
			svg('text', {x: MARGIN, y: 18 + i * LINE, fill: state.color.faint, text: label}),
			svg('text', {x: MARGIN + 72, y: 18 + i * LINE, fill: state.color.ink, text}),
		]));
	}

	/* ---- the frame that keys move ---- */

	function placeCursor() {
		const b = shown();
		if (!b)
			return;
		for (const k of ['x', 'y', 'width', 'height'])
			ui.cursor.setAttribute(k, b.rect.getAttribute(k));
		ui.cursor.setAttribute('stroke', state.color.ink);
	}

	function select(i) {
		const old = ui.current;
		const b = state.drawn[i];
		if (!b)
			return;
		state.at = i;
		if (old)
			for (const k of ['id', 'role', 'aria-label'])
				old.removeAttribute(k);
		ui.current = b.rect;
		put(b.rect, {
			id: 'hprof-current', role: 'img',
			'aria-label': b.kind < 2 ? hprof.speak(state.view, b.node, state.zoom) : hprof.boxName(state.view, b),
		});
		ui.frames.setAttribute('aria-activedescendant', 'hprof-current');
		placeCursor();
		showDetails();
	}

	function moveTo(i) {
		if (i < 0)
			return;
		state.hover = -1;
		select(i);
		reveal(yOf(state.drawn[i].level));
	}

	function widestChild() {
		const at = state.drawn[state.at];
		let best = -1;
		if (at.kind === 2)
			return -1;
		state.drawn.forEach((b, i) => {
			if (b.level > at.level && b.parent === at.node && (best < 0 || b.w > state.drawn[best].w))
				best = i;
		});
		if (best < 0 && at.kind !== 0) /* behind callers that are not drawn */
			best = state.drawn.findIndex((b) => b.level > at.level);
		return best;
	}

	function parentBox() {
		const at = state.drawn[state.at];
		const i = state.drawn.findIndex((b) => b.node === at.parent && b.kind !== 2);
		return i < 0 && at.level > 0 ? state.drawn.findIndex((b) => b.kind === 3) : i;
	}

	function sibling(step) {
		const at = state.drawn[state.at];
		for (let i = state.at + step; i >= 0 && i < state.drawn.length; i += step)
			if (state.drawn[i].level === at.level)
				return i;
		return -1;
	}

	/* ---- zoom ---- */

	function zoomTo(node) {
		if (node === state.zoom || node < 0)
			return;
		state.zoom = node;
		paint();
		reveal(yOf(state.view.depth[node]));
		tellSearch('');
		writeLink(true);
	}

	function zoomBox(b) {
		zoomTo(b.kind === 2 ? b.parent : b.node);
	}

	/* ---- search ---- */

	function say(text, bad) {
		ui.status.textContent = text;
		ui.status.style.color = bad ? state.color.bad : state.color.faint;
	}

	function tellSearch(more) {
		const bad = !!state.found.error;
		const frames = state.marks ? state.marks.list.length : 0;
		const text = hprof.resultText(state.profile, state.found, state.view, state.zoom, frames);
		ui.search.setAttribute('aria-invalid', bad ? 'true' : 'false');
		ui.search.style.borderColor = bad ? state.color.bad : state.color.faint;
		say(text + (text !== '' && more !== '' ? '; ' : '') + more, bad);
	}

	/* Matches before each node, for boxes that are folded. */
	function countMarks() {
		const n = state.view.n;
		state.before = new Uint32Array(n + 1);
		for (let i = 0; state.marks && i < n; i++)
			state.before[i + 1] = state.before[i] + state.marks.mark[i];
	}

	function runSearch() {
		state.found = app.find(state.profile, state);
		state.marks = state.found.hit ? hprof.marks(state.found, state.view) : null;
		countMarks();
	}

	function search() {
		runSearch();
		state.drawn.forEach(styleBox);
		tellSearch('');
		writeLink(false);
	}

	function setQuery(text) {
		if (text === state.query)
			return;
		state.query = text;
		search();
	}

	/* The next match that is drawn; when none is, the next of all, which is zoomed to. */
	function nextHit(step) {
		const hits = [];
		state.drawn.forEach((b, i) => {
			if (b.hit && b.kind !== 2)
				hits.push(i);
		});
		if (hits.length > 0) {
			const k = app.next(hits, state.at, step);
			moveTo(hits[k]);
			tellSearch('match ' + hprof.count(k + 1) + ' of ' + hprof.count(hits.length) + ' that are drawn');
			return;
		}
		const list = state.marks ? state.marks.list : [];
		if (list.length === 0)
			return;
		const k = app.next(list, state.zoom, step);
		zoomTo(list[k]);
		tellSearch('match ' + hprof.count(k + 1) + ' of ' + hprof.count(list.length));
	}

	/* ---- links ---- */

	function writeLink(keep) {
		const text = app.writeLink(state.profile, state, hprof.path(state.view, state.zoom));
		if (text === state.link || !alone)
			return;
		state.link = text;
		try {
			if (keep)
				location.hash = text || 'z=';
			else
				location.replace('#' + (text || 'z='));
		} catch (e) {
			/* some frames do not allow it: then there is no link */
		}
	}

	function readLink() {
		const {choices, zoom} = app.readLink(state.profile, alone ? location.hash : '');
		for (const key of ['type', 'order', 'query', 'mode', 'ignoreCase'])
			state[key] = choices[key];
		state.link = app.writeLink(state.profile, state, zoom);
		merge();
		const found = hprof.find(state.view, zoom);
		state.zoom = found.node;
		putControls();
		runSearch();
		paint();
		reveal(yOf(state.view.depth[state.zoom]));
		tellSearch(found.exact ? '' : 'the frame of the link is not here; this is the nearest of its callers');
	}

	function merge() {
		const v = state.view;
		if (!v || v.type !== state.type || v.order !== state.order)
			state.view = hprof.merge(state.profile, {type: state.type, order: state.order});
	}

	/* After a change of type or order: the same frame is zoomed. */
	function mergeAgain() {
		const z = hprof.path(state.view, state.zoom);
		merge();
		state.zoom = hprof.find(state.view, z).node;
		putControls();
		runSearch();
		paint();
		tellSearch('');
		writeLink(true);
	}

	/* ---- copying ---- */

	function copy(text) {
		app.copy(text, () => say('copied: ' + hprof.label(text.trim(), 100), false), () => {
			ui.copy.style.display = 'inline-block';
			ui.copy.value = text;
			ui.copy.focus();
			ui.copy.select();
			say('copy it with Ctrl-C', false);
		});
	}

	function copyName() {
		const b = shown();
		copy(b.kind < 2 ? hprof.describe(state.view, b.node, 0)[0][1] : hprof.boxName(state.view, b));
	}

	function copyStack() {
		const b = shown();
		copy(app.stackOf(state.view, b.kind === 2 ? b.parent : b.node));
	}

	function endCopy() {
		ui.copy.style.display = 'none';
		focusGraph();
		tellSearch('');
	}

	function focusGraph() {
		ui.frames.focus({preventScroll: true});
	}

	/* ---- controls ---- */

	function button(text, label, run) {
		return el('button', {type: 'button', 'aria-label': label, title: label, text, onclick: run});
	}

	/* A list of choices for state[key]; @change takes it from there. */
	function choice(key, label, items, change) {
		return app.select({'aria-label': label, title: label}, items, (value) => {
			state[key] = typeof state[key] === 'number' ? Number(value) : value;
			change();
		});
	}

	function makeTools() {
		const width = layout.width + 2 * MARGIN;
		ui.search = app.searchField({type: 'text', css: {flex: '1 1 100px', minWidth: '60px', maxWidth: '420px'}},
			{search: setQuery, step: nextHit, leave: (text) => text === '' && focusGraph()}, 100);
		ui.mode = choice('mode', 'what is searched', app.MODES, search);
		ui.ignore = el('input', {
			type: 'checkbox',
			onchange: () => {
				state.ignoreCase = ui.ignore.checked;
				search();
			},
		});
		ui.type = choice('type', 'type of values', data.types.map((t, i) => [i, t.name]), mergeAgain);
		ui.type.style.display = data.types.length > 1 ? '' : 'none';
		ui.order = choice('order', 'order of callees', app.ORDERS, mergeAgain);
		ui.bar = el('div', {role: 'search', css: {display: 'flex', gap: '6px', alignItems: 'center', height: '30px', font: '12px sans-serif'}},
			ui.search, ui.mode, el('label', {css: {whiteSpace: 'nowrap'}}, ui.ignore, ' ignore case'),
			button('\u2039', 'previous match', () => nextHit(-1)), button('\u203a', 'next match', () => nextHit(1)),
			ui.type, ui.order, button('whole picture', 'zoom out to the whole picture', () => zoomTo(0)), button('?', 'help', toggleHelp));
		ui.copy = el('textarea', {
			rows: 1, readonly: '', 'aria-label': 'what is copied', css: {display: 'none', width: '40%', height: '14px', marginRight: '8px'},
			onblur: () => (ui.copy.style.display = 'none'),
		});
		ui.status = el('span', {role: 'status', 'aria-live': 'polite', id: 'hprof-status'});
		ui.toolsPaper = svg('rect', {x: 0, y: 0, width, height: TOOLS});
		ui.tools = svg('g', {id: 'hprof-tools'}, ui.toolsPaper, svg('foreignObject', {x: MARGIN, y: 0, width: layout.width, height: TOOLS},
			ui.bar, el('div', {
				css: {height: '18px', overflow: 'hidden', whiteSpace: 'nowrap', textOverflow: 'ellipsis', fontSize: '12px'},
			}, ui.copy, ui.status)));
		root.append(ui.tools);
	}

	function putControls() {
		if (ui.search.value !== state.query)
			ui.search.value = state.query;
		ui.mode.value = state.mode;
		ui.ignore.checked = state.ignoreCase;
		ui.type.value = String(state.type);
		ui.order.value = state.order;
	}

	function makeDetails() {
		const width = layout.width + 2 * MARGIN;
		ui.detailsPaper = svg('rect', {x: 0, y: 0, width, height: detailHeight()});
		ui.detailsLine = svg('rect', {x: 0, y: 0, width, height: 1});
		ui.lines = svg('g');
		ui.details = svg('g', {id: 'hprof-details'}, ui.detailsPaper, ui.detailsLine, ui.lines);
		root.append(ui.details);
	}

	function takeFrames() {
		ui.frames = put(byId('frames'), {
			tabindex: 0, role: 'application', 'aria-roledescription': 'flame graph',
			'aria-label': 'flame graph: arrows move, Enter zooms, ? is help', outline: 'none',
		});
		ui.cursor = svg('rect', {fill: 'none', 'stroke-width': 2, 'pointer-events': 'none', id: 'hprof-cursor'});
		ui.frames.after(ui.cursor);
		const boxOf = (event) => (event.target.hprofBox === undefined ? -1 : event.target.hprofBox);
		ui.frames.addEventListener('click', (event) => {
			const i = boxOf(event);
			focusGraph();
			if (i >= 0)
				zoomBox(state.drawn[i]);
		});
		ui.frames.addEventListener('mouseover', (event) => hover(boxOf(event)));
		ui.frames.addEventListener('mouseleave', () => hover(-1));
	}

	function hover(i) {
		if (state.hover === i)
			return;
		state.hover = i;
		placeCursor();
		showDetails();
	}

	/* ---- help ---- */

	function toggleHelp() {
		if (ui.help) {
			ui.help.remove();
			ui.help = null;
			focusGraph();
			return;
		}
		const {ink, faint, paper} = state.color;
		const line = (x, i, text, more) => svg('text', Object.assign({x, y: 24 + i * 18, fill: ink, text}, more));
		ui.help = svg('g', {
			role: 'dialog', 'aria-label': 'help', tabindex: -1, onclick: toggleHelp,
			transform: 'translate(' + MARGIN + ',' + px(state.toolsAt + TOOLS + 4) + ')',
		},
		svg('rect', {width: Math.min(layout.width, 520), height: (app.HELP.length + 1) * 18 + 20, rx: 4, fill: paper, stroke: ink}),
		...app.HELP.flatMap(([keys, text], i) => [line(12, i, keys, {'font-weight': 'bold'}), line(140, i, text)]),
		line(12, app.HELP.length, data.tool + (data.sampled ? '; values are estimates from samples' : ''), {fill: faint}));
		root.append(ui.help);
		ui.help.focus({preventScroll: true});
	}

	/* ---- keys ---- */

	const ACTIONS = {
		search: () => {
			ui.search.focus();
			ui.search.select();
		},
		help: toggleHelp,
		all: () => zoomTo(0),
		out: () => zoomTo(state.view.parent[state.zoom]),
		escape: () => (ui.help ? toggleHelp() : ACTIONS.out()),
		zoom: () => zoomBox(shown()),
		down: () => moveTo(layout.flame ? parentBox() : widestChild()),
		up: () => moveTo(layout.flame ? widestChild() : parentBox()),
		left: () => moveTo(sibling(-1)),
		right: () => moveTo(sibling(1)),
		next: () => nextHit(1),
		previous: () => nextHit(-1),
		mode: () => app.cycle(ui.mode),
		ignoreCase: () => ui.ignore.click(),
		type: () => app.cycle(ui.type),
		order: () => app.cycle(ui.order),
		copyName, copyStack,
	};

	function onKey(event) {
		const t = event.target;
		const action = app.actionOf(event);
		const inField = t === ui.copy || t.localName === 'select';
		if (t === ui.copy && action === 'escape')
			endCopy();
		if (!action || !ACTIONS[action] || t === ui.search || (inField && !event.ctrlKey && !event.metaKey))
			return;
		if (action === 'zoom' && ui.bar.contains(t)) /* a button */
			return;
		event.preventDefault();
		ACTIONS[action]();
	}

	/* ---- theme ---- */

	function paintControls() {
		const {ink, faint, paper, dark} = state.color;
		const back = {background: paper, color: ink, border: '1px solid ' + faint, borderRadius: '3px', font: 'inherit', padding: '2px 5px'};
		for (const e of [ui.copy, ...ui.bar.querySelectorAll('input, select, button')])
			put(e, {css: e === ui.ignore ? {accentColor: faint} : back});
		put(ui.bar, {css: {color: ink, colorScheme: dark ? 'dark' : 'light'}});
	}

	function theme(dark) {
		state.color = app.colors(state.profile, dark);
		const {ink, faint, paper} = state.color;
		const fills = [
			[ink, ui.frames, byId('title'), byId('total')], [faint, ui.detailsLine, ui.foot, byId('facts')],
			[paper, ui.paper, ui.toolsPaper, ui.detailsPaper],
		];
		for (const [fill, ...list] of fills)
			for (const e of list)
				if (e)
					e.setAttribute('fill', fill);
		if (alone)
			root.style.background = paper;
		paintControls();
		if (ui.help)
			toggleHelp();
	}

	/* ---- beginning ---- */

	/* A font whose characters are wider than what is budgeted gets shorter labels. */
	function measure() {
		const t = svg('text', {x: 0, y: -100, text: 'M'.repeat(50)});
		root.append(t);
		const w = t.getComputedTextLength() / 50;
		t.remove();
		if (w > cell && w < 40)
			cell = w;
	}

	function begin(object) {
		data = object;
		layout = Object.assign({}, data.layout);
		state.profile = hprof.open(data);
		state.order = layout.order;
		state.type = data.type;
		ui.paper = byId('paper');
		ui.foot = byId('foot');
		state.view = hprof.merge(state.profile, {type: state.type, order: state.order});
		const plain = hprof.boxes(state.view, Object.assign({}, layout, {zoom: 0, rows: layout.rows || Infinity}));
		layout.shown = plain.levels; /* rows of the static picture: it is never smaller */
		measure();
		put(root, {role: 'group', 'aria-label': data.title});
		takeFrames();
		makeTools();
		makeDetails();
		const scheme = window.matchMedia('(prefers-color-scheme: dark)');
		theme(scheme.matches);
		readLink();
		look();
		scheme.addEventListener('change', (event) => {
			theme(event.matches);
			paintAgain();
		});
		window.addEventListener('scroll', look, {passive: true, capture: true});
		window.addEventListener('resize', look);
		window.addEventListener('hashchange', () => {
			if (alone && location.hash.replace(/^#/, '') !== (state.link || 'z='))
				readLink();
		});
		(alone ? document : root).addEventListener('keydown', onKey);
	}

	/* The same boxes in other colours, with the same frame selected. */
	function paintAgain() {
		const at = state.at;
		paint();
		select(at);
		tellSearch('');
	}

	const block = byId('data');
	if (block)
		hprof.decode(block.textContent).then(begin).catch((e) => {
			const foot = byId('foot');
			if (foot)
				foot.textContent = 'zoom and search do not work here: ' + e.message;
		});
})();
