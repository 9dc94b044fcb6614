/*
 * svg.js - the script of a flame graph in an SVG file: draws the boxes anew from the data block,
 * zooms, searches and tells details.  Without scripts the picture stays as it is; the controls are
 * made here.  Elements of XHTML are inside of foreignObject: fields for text need no other code.
 */
(() => {
	'use strict';

	const SVG = 'http://www.w3.org/2000/svg';
	const XHTML = 'http://www.w3.org/1999/xhtml';
	const MARGIN = 10;
	const BASELINE = 12; /* of a label, in its box */
	const TOOLS = 52; /* height of the controls and the line below */
	const LINE = 16;
	const KEEP = 60; /* callers of the zoomed frame that are drawn, and the root */
	const HELP = [
		['click, Enter', 'zoom to a frame; to a caller: zoom out'],
		['Esc, Backspace', 'zoom out by one frame'],
		['0, Home', 'the whole picture'],
		['arrows', 'to the widest callee, the caller, the neighbours'],
		['/, Ctrl-F', 'search: a regular expression; (?i) ignores case'],
		['n, N', 'next and previous match'],
		['i, m', 'ignore case; search names, files, modules'],
		['o, t', 'order of callees; type of values'],
		['c', 'copy the name of the frame'],
		['?', 'this text'],
	];

	const script = document.currentScript;
	const root = (script && script.ownerSVGElement) || document.documentElement;
	const alone = root === document.documentElement; /* keys and address are the picture's own */
	const byId = (id) => root.querySelector('#hprof-' + id);

	/* What is shown. */
	const state = {
		profile: null, view: null, zoom: 0, type: 0, order: 'size',
		query: '', mode: 'name', ignoreCase: false, found: {empty: true}, marks: null,
		dark: false, drawn: [], at: 0, hover: -1, made: null, link: '', first: 0, rows: 0,
		before: null, window: null, toolsAt: 0, detailsAt: 0,
	};
	const ui = {};
	let layout;
	let data;
	let cell = 7.44; /* px of a character of the font */

	/* ---- elements ---- */

	function make(space, name, attributes, parent) {
		const e = document.createElementNS(space, name);
		for (const k of Object.keys(attributes || {}))
			e.setAttribute(k, attributes[k]);
		if (parent)
			parent.appendChild(e);
		return e;
	}

	function svg(name, attributes, parent) {
		return make(SVG, name, attributes, parent);
	}

	function html(name, attributes, parent, text) {
		const e = make(XHTML, name, attributes, parent);
		if (text !== undefined)
			e.textContent = text;
		return e;
	}

	function css(e, properties) {
		for (const k of Object.keys(properties))
			e.style[k] = properties[k];
	}

	function px(x) {
		return Math.round(x * 100) / 100;
	}

	function themed(pair, light, dark) {
		return (pair && pair[state.dark ? 1 : 0]) || (state.dark ? dark : light);
	}

	const ink = () => themed(data.ink, '#1f2328', '#e6edf3');
	const faint = () => themed(data.faint, '#59636e', '#9aa4af');
	const paper = () => themed(data.paper, '#ffffff', '#16191d');

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
		const b = parseInt(paper().slice(1), 16);
		let out = 0;
		for (const shift of [16, 8, 0])
			out |= Math.round(((a >> shift) & 255) * 0.3 + ((b >> shift) & 255) * 0.7) << shift;
		return '#' + out.toString(16).padStart(6, '0');
	}

	function fillOf(b) {
		if (b.kind >= 2)
			return themed(data.others, '#e1e4e8', '#30363d');
		return hprof.look(state.view, b.node, state.dark).fill;
	}

	function styleBox(b) {
		const searching = state.marks && state.marks.list.length > 0;
		const hit = searching && isMarked(b);
		const fill = fillOf(b);
		const fresh = state.view.diff && b.kind < 2 && hprof.change(state.view, b.node).fresh;
		const narrow = b.w < 5; /* a line around it would be wider than the box */
		b.hit = hit;
		b.rect.setAttribute('fill', searching && !hit ? veiled(fill) : hit && narrow ? ink() : fill);
		if ((hit && !narrow) || fresh || b.cut) {
			b.rect.setAttribute('stroke', b.cut && !hit && !fresh ? faint() : ink());
			b.rect.setAttribute('stroke-width', hit ? 1.6 : 1);
		} else {
			b.rect.removeAttribute('stroke');
		}
		if (b.cut && !hit)
			b.rect.setAttribute('stroke-dasharray', '2');
		else
			b.rect.removeAttribute('stroke-dasharray');
	}

	function nameOf(b) {
		if (b.kind === 2)
			return hprof.others(b.count);
		if (b.kind === 3)
			return '(' + hprof.count(b.count) + ' callers between)';
		return hprof.name(state.view, b.node);
	}

	function labelOf(b) {
		const room = Math.floor((b.w - 6) / cell);
		if (room < 3)
			return '';
		return b.kind >= 2 ? hprof.label(nameOf(b), room) : hprof.nodeLabel(state.view, b.node, room);
	}

	/* Before and after, each as long as its part of the larger of both. */
	function drawBars(b, x, y, to) {
		const v = state.view;
		const now = v.now[b.node];
		const base = v.base[b.node];
		const most = Math.max(now, base);
		if (most <= 0 || b.w < 2 || hprof.change(v, b.node).step === 4)
			return;
		[[base, y + layout.row - 5, 'old'], [now, y + layout.row - 3, 'new']].forEach(([n, top, key]) => {
			if (n > 0)
				svg('rect', {
					x: px(x), y: px(top), width: px((b.w * n) / most), height: 2, 'pointer-events': 'none',
					fill: key === 'old' ? themed(data.old, '#3b6fb6', '#6ea3e6') : themed(data.new, '#c2600a', '#e8963e'),
				}, to);
		});
	}

	function drawBox(b, i, to) {
		const x = MARGIN + b.x;
		const y = yOf(b.level);
		const width = px(b.w - (b.w > 2 ? 0.5 : 0));
		const shape = {x: px(x), y: px(y), width, height: layout.row - 1};
		const text = labelOf(b);
		b.rect = svg('rect', shape, to);
		b.rect.hprofBox = i;
		styleBox(b);
		if (b.kind >= 2 || (state.view.diff && hprof.change(state.view, b.node).gone))
			svg('rect', Object.assign(shape, {fill: 'url(#hprof-hatch)', 'pointer-events': 'none'}), to);
		if (state.view.diff && b.kind < 2)
			drawBars(b, x, y, to);
		if (text !== '')
			svg('text', {x: px(x + 3), y: px(y + BASELINE), 'pointer-events': 'none'}, to).textContent = text;
	}

	function paint() {
		const to = document.createDocumentFragment();
		computeBoxes();
		state.drawn.forEach((b, i) => drawBox(b, i, to));
		ui.frames.replaceChildren(to);
		const height = px(heightOfAll());
		const width = layout.width + 2 * MARGIN;
		root.setAttribute('height', height);
		root.setAttribute('viewBox', '0 0 ' + width + ' ' + height);
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

	/* [label, text] per line. */
	function detailsOf(b) {
		const v = state.view;
		const p = state.profile;
		if (b.kind === 3)
			return [['name', nameOf(b)], ['', 'callers of the zoomed frame that are not drawn']];
		if (b.kind === 2) {
			const share = hprof.percent(b.value, hprof.valueOf(v, 0)) + ' of total, ' +
				hprof.percent(b.value, hprof.valueOf(v, b.parent)) + ' of parent';
			return [['name', nameOf(b)], ['cum', hprof.both(v.type, b.value, p) + ', ' + share],
				['', 'callees of ' + hprof.name(v, b.parent) + ' that are too narrow to draw; zoom to see more']];
		}
		const rows = new Map(hprof.describe(v, b.node, state.zoom));
		const take = (keys) => keys.filter((k) => rows.has(k)).map((k) => (k === 'inlined' ? 'inlined ' : '') + rows.get(k));
		const out = [['name', rows.get('name')]];
		const add = (label, keys, glue) => {
			const text = take(keys).join(glue);
			if (text !== '')
				out.push([label, text]);
		};
		add('place', ['file', 'module', 'inlined'], ' \u00b7 ');
		add('cum', ['cum'], '');
		add('flat', ['flat'], '');
		add('width', ['width'], '');
		if (rows.has('objects') || rows.has('bytes'))
			add(rows.has('objects') ? 'objects' : 'bytes', ['objects', 'bytes', 'average'], ', ');
		add('note', ['note', 'estimate'], '; ');
		return out;
	}

	function showDetails() {
		const room = Math.floor((layout.width - 76) / cell);
		const lines = [];
		const b = shown();
		if (!b)
			return;
		for (const [label, text] of detailsOf(b))
			wrap(text, room, label === 'name' ? 2 : 1).forEach((t, i) => lines.push([i === 0 ? label : '', t]));
		const to = document.createDocumentFragment();
		lines.slice(0, detailLines()).forEach(([label, text], i) => {
			const y = 18 + i * LINE;
			if (label !== '')
				svg('text', {x: MARGIN, y, fill: faint()}, to).textContent = label;
			svg('text', {x: MARGIN + 72, y, fill: ink()}, to).textContent = text;
		});
		ui.lines.replaceChildren(to);
	}

	/* ---- the frame that keys move ---- */

	function placeCursor() {
		const b = shown();
		if (!b)
			return;
		for (const k of ['x', 'y', 'width', 'height'])
			ui.cursor.setAttribute(k, b.rect.getAttribute(k));
		ui.cursor.setAttribute('stroke', ink());
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
		b.rect.setAttribute('id', 'hprof-current');
		b.rect.setAttribute('role', 'img');
		b.rect.setAttribute('aria-label', b.kind < 2 ? hprof.speak(state.view, b.node, state.zoom) : nameOf(b));
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
		ui.status.style.color = bad ? (state.dark ? '#ff8f87' : '#b3151f') : faint();
	}

	function tellSearch(more) {
		const f = state.found;
		const bad = !!f.error;
		const frames = state.marks ? state.marks.list.length : 0;
		ui.search.setAttribute('aria-invalid', bad ? 'true' : 'false');
		css(ui.search, {borderColor: bad ? (state.dark ? '#ff8f87' : '#b3151f') : faint()});
		const text = hprof.resultText(state.profile, f, state.view, state.zoom, frames);
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
		state.found = hprof.search(state.profile, {
			pattern: state.query, mode: state.mode, ignoreCase: state.ignoreCase, type: state.type,
		});
		state.marks = state.found.hit ? hprof.marks(state.found, state.view) : null;
		countMarks();
	}

	function search() {
		runSearch();
		state.drawn.forEach(styleBox);
		tellSearch('');
		writeLink(false);
	}

	let waiting = 0;

	function searchSoon() {
		clearTimeout(waiting);
		waiting = setTimeout(() => {
			state.query = ui.search.value;
			search();
		}, 100);
	}

	function searchNow() {
		clearTimeout(waiting);
		if (ui.search.value === state.query)
			return;
		state.query = ui.search.value;
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
			let k = step > 0 ? hits.findIndex((i) => i > state.at) : hits.filter((i) => i < state.at).length - 1;
			k = k < 0 ? (step > 0 ? 0 : hits.length - 1) : k;
			moveTo(hits[k]);
			tellSearch('match ' + hprof.count(k + 1) + ' of ' + hprof.count(hits.length) + ' that are drawn');
			return;
		}
		const list = state.marks ? state.marks.list : [];
		if (list.length === 0)
			return;
		let k = step > 0 ? list.findIndex((i) => i > state.zoom) : list.filter((i) => i < state.zoom).length - 1;
		k = k < 0 ? (step > 0 ? 0 : list.length - 1) : k;
		zoomTo(list[k]);
		tellSearch('match ' + hprof.count(k + 1) + ' of ' + hprof.count(list.length));
	}

	/* ---- links ---- */

	function writeLink(keep) {
		const v = state.view;
		const text = hprof.formatLink({
			z: hprof.path(v, state.zoom), q: state.query, f: state.mode === 'name' ? '' : state.mode,
			i: state.ignoreCase ? '1' : '',
			m: state.type === data.type ? '' : data.types[state.type].name,
			o: state.order === layout.order ? '' : state.order,
		});
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
		const o = hprof.parseLink(alone ? location.hash : '');
		const type = data.types.findIndex((t) => t.name === o.m);
		state.type = type >= 0 ? type : data.type;
		state.order = o.o === 'size' || o.o === 'name' ? o.o : layout.order;
		state.query = o.q || '';
		state.mode = ['file', 'module', 'any'].includes(o.f) ? o.f : 'name';
		state.ignoreCase = o.i === '1';
		state.link = hprof.formatLink({z: o.z, q: o.q, f: o.f, i: o.i, m: o.m, o: o.o});
		merge();
		const found = hprof.find(state.view, o.z || '');
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

	function copyName() {
		const b = shown();
		const text = b.kind < 2 ? hprof.describe(state.view, b.node, 0)[0][1] : nameOf(b);
		const byHand = () => {
			css(ui.copy, {display: 'inline-block'});
			ui.copy.value = text;
			ui.copy.focus();
			ui.copy.select();
			say('copy it with Ctrl-C', false);
		};
		if (!navigator.clipboard)
			byHand();
		else
			navigator.clipboard.writeText(text).then(() => say('copied: ' + hprof.label(text, 100), false), byHand);
	}

	function endCopy() {
		css(ui.copy, {display: 'none'});
		ui.frames.focus();
		tellSearch('');
	}

	/* ---- controls ---- */

	function select_(label, options, parent) {
		const e = html('select', {'aria-label': label, title: label}, parent);
		for (const [value, text] of options)
			html('option', {value}, e, text);
		return e;
	}

	function button(text, label, parent, run) {
		const e = html('button', {type: 'button', 'aria-label': label, title: label}, parent, text);
		e.addEventListener('click', run);
		return e;
	}

	const MODES = [['name', 'names'], ['file', 'files'], ['module', 'modules'], ['any', 'all of these']];

	function makeTools() {
		const width = layout.width + 2 * MARGIN;
		ui.tools = svg('g', {id: 'hprof-tools'}, root);
		ui.toolsPaper = svg('rect', {x: 0, y: 0, width, height: TOOLS}, ui.tools);
		const place = svg('foreignObject', {x: MARGIN, y: 0, width: layout.width, height: TOOLS}, ui.tools);
		ui.bar = html('div', {role: 'search'}, place);
		css(ui.bar, {display: 'flex', gap: '6px', alignItems: 'center', height: '30px', font: '12px sans-serif'});
		ui.search = html('input', {
			type: 'text', 'aria-label': 'search frames: regular expression', placeholder: 'search: regular expression',
			spellcheck: 'false', autocomplete: 'off', autocapitalize: 'off', maxlength: '1000',
		}, ui.bar);
		css(ui.search, {flex: '1 1 100px', minWidth: '60px', maxWidth: '420px'});
		ui.mode = select_('what is searched', MODES, ui.bar);
		const label = html('label', {}, ui.bar);
		css(label, {whiteSpace: 'nowrap'});
		ui.ignore = html('input', {type: 'checkbox'}, label);
		label.appendChild(document.createTextNode(' ignore case'));
		ui.previous = button('\u2039', 'previous match', ui.bar, () => nextHit(-1));
		ui.next = button('\u203a', 'next match', ui.bar, () => nextHit(1));
		ui.type = select_('type of values', data.types.map((t, i) => [String(i), String(t.name)]), ui.bar);
		css(ui.type, {display: data.types.length > 1 ? '' : 'none'});
		ui.order = select_('order of callees', [['size', 'heaviest first'], ['name', 'by name']], ui.bar);
		ui.reset = button('whole picture', 'zoom out to the whole picture', ui.bar, () => zoomTo(0));
		button('?', 'help', ui.bar, toggleHelp);
		ui.line = html('div', {}, place);
		css(ui.line, {height: '18px', overflow: 'hidden', whiteSpace: 'nowrap', textOverflow: 'ellipsis', fontSize: '12px'});
		ui.copy = html('input', {type: 'text', readonly: '', 'aria-label': 'name of the frame'}, ui.line);
		css(ui.copy, {display: 'none', width: '40%', height: '14px', marginRight: '8px'});
		ui.status = html('span', {role: 'status', 'aria-live': 'polite', id: 'hprof-status'}, ui.line);
		ui.copy.addEventListener('blur', () => css(ui.copy, {display: 'none'}));
		ui.search.addEventListener('input', searchSoon);
		ui.mode.addEventListener('change', () => {
			state.mode = ui.mode.value;
			search();
		});
		ui.ignore.addEventListener('change', () => {
			state.ignoreCase = ui.ignore.checked;
			search();
		});
		ui.type.addEventListener('change', () => {
			state.type = Number(ui.type.value);
			mergeAgain();
		});
		ui.order.addEventListener('change', () => {
			state.order = ui.order.value;
			mergeAgain();
		});
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
		ui.details = svg('g', {id: 'hprof-details'}, root);
		ui.detailsPaper = svg('rect', {x: 0, y: 0, width: layout.width + 2 * MARGIN, height: detailHeight()}, ui.details);
		ui.detailsLine = svg('rect', {x: 0, y: 0, width: layout.width + 2 * MARGIN, height: 1}, ui.details);
		ui.lines = svg('g', {}, ui.details);
	}

	function takeFrames() {
		ui.frames = byId('frames');
		ui.frames.setAttribute('tabindex', '0');
		ui.frames.setAttribute('role', 'application');
		ui.frames.setAttribute('aria-roledescription', 'flame graph');
		ui.frames.setAttribute('aria-label', 'flame graph: arrows move, Enter zooms, ? is help');
		ui.frames.setAttribute('outline', 'none');
		ui.cursor = svg('rect', {fill: 'none', 'stroke-width': 2, 'pointer-events': 'none', id: 'hprof-cursor'});
		root.insertBefore(ui.cursor, ui.frames.nextSibling);
		const boxOf = (event) => (event.target.hprofBox === undefined ? -1 : event.target.hprofBox);
		ui.frames.addEventListener('click', (event) => {
			const i = boxOf(event);
			ui.frames.focus({preventScroll: true});
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
			ui.frames.focus({preventScroll: true});
			return;
		}
		const width = Math.min(layout.width, 520);
		const height = (HELP.length + 1) * 18 + 20;
		ui.help = svg('g', {role: 'dialog', 'aria-label': 'help', tabindex: '-1', transform: 'translate(' + MARGIN + ',' +
			px(state.toolsAt + TOOLS + 4) + ')'}, root);
		svg('rect', {width, height, rx: 4, fill: paper(), stroke: ink()}, ui.help);
		HELP.forEach(([keys, text], i) => {
			svg('text', {x: 12, y: 24 + i * 18, fill: ink(), 'font-weight': 'bold'}, ui.help).textContent = keys;
			svg('text', {x: 140, y: 24 + i * 18, fill: ink()}, ui.help).textContent = text;
		});
		svg('text', {x: 12, y: 24 + HELP.length * 18, fill: faint()}, ui.help).textContent =
			String(data.tool || '') + (data.sampled ? '; values are estimates from samples' : '');
		ui.help.addEventListener('click', toggleHelp);
		ui.help.focus({preventScroll: true});
	}

	/* ---- keys ---- */

	function cycle(control, list, at) {
		control.value = list[(list.indexOf(at) + 1) % list.length];
		control.dispatchEvent(new Event('change'));
	}

	const KEYS = {
		'/': () => ui.search.select(),
		'?': toggleHelp,
		'0': () => zoomTo(0),
		Home: () => zoomTo(0),
		Backspace: () => zoomTo(state.view.parent[state.zoom]),
		Escape: () => (ui.help ? toggleHelp() : zoomTo(state.view.parent[state.zoom])),
		Enter: () => zoomBox(shown()),
		ArrowDown: () => moveTo(layout.flame ? parentBox() : widestChild()),
		ArrowUp: () => moveTo(layout.flame ? widestChild() : parentBox()),
		ArrowLeft: () => moveTo(sibling(-1)),
		ArrowRight: () => moveTo(sibling(1)),
		n: () => nextHit(1),
		N: () => nextHit(-1),
		c: copyName,
		i: () => ui.ignore.click(),
		m: () => cycle(ui.mode, MODES.map((m) => m[0]), state.mode),
		o: () => cycle(ui.order, ['size', 'name'], state.order),
		t: () => cycle(ui.type, data.types.map((t, i) => String(i)), String(state.type)),
	};

	function keyInSearch(event) {
		if (event.key === 'Enter') {
			searchNow();
			nextHit(event.shiftKey ? -1 : 1);
		} else if (event.key === 'Escape') {
			if (ui.search.value === '')
				ui.frames.focus({preventScroll: true});
			ui.search.value = '';
			searchNow();
		} else {
			return;
		}
		event.preventDefault();
	}

	function onKey(event) {
		const t = event.target;
		const inText = t === ui.search || t === ui.copy;
		if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'f' && t !== ui.search) {
			ui.search.focus();
			ui.search.select();
			event.preventDefault();
			return;
		}
		if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing)
			return;
		if (inText) {
			if (t === ui.search)
				keyInSearch(event);
			else if (event.key === 'Escape')
				endCopy();
			return;
		}
		if (t.localName === 'select' || (t.namespaceURI === XHTML && (event.key === 'Enter' || event.key === ' ')))
			return;
		if (!Object.prototype.hasOwnProperty.call(KEYS, event.key))
			return;
		event.preventDefault();
		if (event.key === '/')
			ui.search.focus();
		KEYS[event.key]();
	}

	/* ---- theme ---- */

	function paintControls() {
		const back = {background: paper(), color: ink(), border: '1px solid ' + faint(), borderRadius: '3px', font: 'inherit',
			padding: '2px 5px'};
		for (const e of ui.bar.querySelectorAll('input, select, button'))
			css(e, e === ui.ignore ? {accentColor: faint()} : back);
		css(ui.copy, back);
		css(ui.bar, {color: ink(), colorScheme: state.dark ? 'dark' : 'light'});
	}

	function theme(dark) {
		state.dark = dark;
		if (alone)
			css(root, {background: paper()});
		ui.paper.setAttribute('fill', paper());
		for (const id of ['title', 'total', 'facts', 'foot']) {
			const e = byId(id);
			if (e)
				e.setAttribute('fill', id === 'title' || id === 'total' ? ink() : faint());
		}
		ui.frames.setAttribute('fill', ink());
		ui.toolsPaper.setAttribute('fill', paper());
		ui.detailsPaper.setAttribute('fill', paper());
		ui.detailsLine.setAttribute('fill', faint());
		paintControls();
		if (ui.help)
			toggleHelp();
	}

	/* ---- beginning ---- */

	/* A font whose characters are wider than what is budgeted gets shorter labels. */
	function measure() {
		const t = svg('text', {x: 0, y: -100}, root);
		t.textContent = 'M'.repeat(50);
		const w = t.getComputedTextLength() / 50;
		t.remove();
		if (w > cell && w < 40)
			cell = w;
	}

	function begin(object) {
		data = object;
		layout = Object.assign({width: 1180, min: 0.5, max: 5000, row: 17, top: 76, flame: false, order: 'size'}, data.layout);
		state.profile = hprof.open(data);
		state.order = layout.order;
		state.type = data.type;
		ui.paper = byId('paper');
		ui.foot = byId('foot');
		state.view = hprof.merge(state.profile, {type: state.type, order: state.order});
		const plain = hprof.boxes(state.view, Object.assign({}, layout, {zoom: 0, rows: layout.rows || Infinity}));
		layout.shown = plain.levels; /* rows of the static picture: it is never smaller */
		measure();
		root.setAttribute('role', 'group');
		root.setAttribute('aria-label', String(data.title));
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
