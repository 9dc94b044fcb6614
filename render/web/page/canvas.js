/*
 * canvas.js - the flame graph on a canvas, which is as large as what is seen of it, in a box that scrolls.
 *
 *   make({menu(x, y, at)})     the element; at is {k, node}
 *   start()                    draw, and follow the size of the window from now on
 *   lookOf(pane, box, colors)  how a box looks, for pictures that are saved
 *   paintRows(g, first, last, y, colors)   rows of the screen on any canvas, the first of them at y px
 *   focus(), isFocused(), colors(), below()   where the frame of the keyboard is, for a menu
 *   MONO, FONT_PX
 */
const canvas = (() => {
	'use strict';

	const {el} = app;
	const SPACE_PX = 15e6; /* browsers make no higher elements */
	const FONT_PX = 12;
	const MONO = 'ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace';
	const darkQuery = matchMedia('(prefers-color-scheme: dark)');
	const forcedQuery = matchMedia('(forced-colors: active)');
	let graph; /* elements */
	let space;
	let paper;
	let hoverFrame;
	let cursorFrame;
	let height = 0; /* of what is seen */
	let dpr = 1;
	let stretch = 1;
	let charPx = 7.2;
	let hatches = new Map();
	let pending = false; /* a drawing is */

	function colors() {
		return app.colors(state.profile, state.theme === 'auto' ? darkQuery.matches : state.theme === 'dark');
	}

	/* ---- boxes ---- */

	function hatch(g, color) {
		if (!hatches.has(color)) {
			const tile = el('canvas', {width: 8, height: 8});
			const t = tile.getContext('2d');
			t.strokeStyle = color;
			t.lineWidth = 1;
			for (const k of [-4, 4, 12]) {
				t.beginPath();
				t.moveTo(k - 4, 8);
				t.lineTo(k + 4, 0);
				t.stroke();
			}
			hatches.set(color, g.createPattern(tile, 'repeat'));
		}
		return hatches.get(color);
	}

	/*
	 * {w, fill, text, hatched, outline, marked, dim, now, base}.  now and base are shares of its width, in a
	 * difference only.
	 */
	function lookOf({view}, b, look) {
		const w = Math.max(b.w - (b.w > 3 ? 1 : 0), 0.5);
		const chars = Math.floor((b.w - 6) / charPx);
		if (b.kind === 2) {
			const text = hprof.others(b.count);
			return {w, fill: look.others, text: text.length <= chars ? text : '', hatched: true, dim: false, marked: false};
		}
		const hits = state.marksOf(view);
		const i = b.node;
		const out = {
			w, fill: hprof.fill(view, i, look.dark), text: chars >= 3 ? hprof.nodeLabel(view, i, chars) : '',
			hatched: false, outline: false, marked: !!hits && hits.mark[i] === 1, dim: !!hits && hits.mark[i] !== 1,
		};
		if (view.diff) {
			const now = Math.max(view.now[i], 0);
			const base = Math.max(view.base[i], 0);
			const most = Math.max(now, base);
			out.hatched = base > 0 && now === 0;
			out.outline = base === 0 && now > 0;
			out.now = most > 0 ? now / most : 0;
			out.base = most > 0 ? base / most : 0;
		}
		return out;
	}

	function paintBox(g, pane, b, y, look) {
		const {x} = b;
		const h = layout.rowPx - 1;
		const l = lookOf(pane, b, look);
		const fill = (color, ...box) => {
			g.fillStyle = color;
			g.fillRect(...box);
		};
		g.globalAlpha = l.dim ? 0.3 : 1;
		fill(l.fill, x, y, l.w, h);
		if (l.hatched && l.w > 3)
			fill(hatch(g, look.stripe), x, y, l.w, h);
		g.globalAlpha = 1;
		if (l.now !== undefined && l.w > 16) {
			fill(look.old, x, y + h - 4, l.w * l.base, 2);
			fill(look.fresh, x, y + h - 2, l.w * l.now, 2);
		}
		if ((l.outline && l.w > 6) || (l.marked && l.w > 4)) {
			g.strokeStyle = l.marked ? look.mark : look.ink;
			g.lineWidth = l.marked ? 2 : 1.5;
			g.strokeRect(x + 1, y + 1, l.w - 2, h - 2);
		} else if (l.marked) {
			fill(look.mark, x, y, l.w, h);
		}
		if (!l.text)
			return;
		if (l.hatched && b.kind !== 2)
			fill(l.fill, x + 2, y + 2, Math.min(l.text.length * charPx + 3, l.w - 3), 13);
		g.fillStyle = look.ink;
		g.fillText(l.text, x + 3, y + 12.5);
	}

	function paintRows(g, first, last, y, look) {
		g.font = FONT_PX + 'px ' + MONO;
		g.textBaseline = 'alphabetic';
		for (let r = first; r < last; r++)
			layout.each(r, (pane, b) => paintBox(g, pane, b, y + (r - first) * layout.rowPx, look));
	}

	/* ---- drawing ---- */

	function context() {
		return paper.getContext('2d', {alpha: false});
	}

	function scrollTop() {
		return graph.scrollTop * stretch;
	}

	function draw() {
		pending = false;
		const g = context();
		const look = colors();
		const top = scrollTop();
		const first = Math.floor(top / layout.rowPx);
		const last = Math.min(layout.rows, Math.ceil((top + height) / layout.rowPx));
		g.setTransform(dpr, 0, 0, dpr, 0, 0);
		g.fillStyle = look.paper;
		g.fillRect(0, 0, layout.width, height);
		paintRows(g, first, last, first * layout.rowPx - top, look);
		placeFrames();
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
	function placeFrame(frame, k, box) {
		if (!box || box.level < state.panes[k].lo) {
			frame.hidden = true;
			return;
		}
		const y = layout.rowOf(k, box.level) * layout.rowPx - scrollTop();
		frame.hidden = y <= -layout.rowPx || y >= height;
		frame.style.transform = 'translate(' + box.x.toFixed(1) + 'px,' + (y - 1).toFixed(1) + 'px)';
		frame.style.width = Math.max(box.w, 3).toFixed(1) + 'px';
		frame.style.height = layout.rowPx + 1 + 'px';
	}

	function placeFrames() {
		const {hover, cursor} = state;
		placeFrame(hoverFrame, hover && hover.k, hover && hover.box);
		placeFrame(cursorFrame, cursor && cursor.k,
			cursor && (layout.find(cursor.k, cursor.node) || layout.folded(cursor.k, cursor.node)));
		graph.style.cursor = hover ? 'pointer' : '';
	}

	/* ---- size ---- */

	function lay() {
		layout.update(space.clientWidth);
		const high = layout.rows * layout.rowPx;
		stretch = Math.max(1, high / SPACE_PX);
		space.style.height = Math.ceil(high / stretch) + 'px';
	}

	/* The canvas as large as what is seen; a scroll bar that has come or gone changes the width. */
	function resize() {
		if (space.clientWidth !== layout.width)
			lay();
		dpr = window.devicePixelRatio || 1;
		height = Math.max(graph.clientHeight, layout.rowPx);
		const w = Math.max(Math.round(layout.width * dpr), 1);
		const h = Math.max(Math.round(height * dpr), 1);
		if (paper.width !== w || paper.height !== h) {
			paper.width = w;
			paper.height = h;
			hatches = new Map();
		}
		paper.style.height = height + 'px';
		const g = context();
		g.font = FONT_PX + 'px ' + MONO;
		charPx = Math.max(g.measureText('MMMMMMMMMMMMMMMMMMMM').width / 20, 4);
	}

	/* The canvas is empty after a change of its size: no frame may show that. */
	function onResize() {
		resize();
		draw();
	}

	/* ---- scrolling ---- */

	function scrollHome() {
		const {panes} = state;
		let y = 0;
		if (panes.length === 2)
			y = Math.max(0, layout.top(0) * layout.rowPx - height / 2);
		else if (panes.length && panes[0].up)
			y = layout.rows * layout.rowPx;
		graph.scrollTop = y / stretch;
	}

	function scrollTo(k, node) {
		const y = layout.rowOf(k, state.panes[k].view.depth[node]) * layout.rowPx;
		const top = scrollTop();
		if (y < top)
			graph.scrollTop = Math.max(0, y - layout.rowPx) / stretch;
		else if (y + layout.rowPx > top + height)
			graph.scrollTop = (y + 2 * layout.rowPx - height) / stretch;
	}

	function scroll(how) {
		const {panes} = state;
		if (how === 'home' || panes.length !== 1 || panes[0].up)
			scrollHome();
		if (panes.length === 1 && !(how === 'zoom' && panes[0].up))
			scrollTo(0, panes[0].zoom);
	}

	/* ---- what changes ---- */

	function follow(changed, how) {
		const {cursor, panes} = state;
		if (changed.has('theme'))
			hatches = new Map();
		if (changed.has('panes') || changed.has('minPercent')) {
			lay();
			resize();
		}
		if (changed.has('panes') && how.scroll)
			scroll(how.scroll);
		if (changed.has('panes')) {
			draw();
		} else if (changed.has('cursor') && cursor) {
			scrollTo(cursor.k, cursor.node);
			draw();
			cursorFrame.scrollIntoView({block: 'nearest'});
			cursorFrame.setAttribute('aria-label', hprof.speak(panes[cursor.k].view, cursor.node, panes[cursor.k].zoom));
			graph.setAttribute('aria-activedescendant', 'hp-cursor');
		} else if (changed.has('hover')) {
			placeFrames();
		} else {
			redraw();
		}
	}

	function pointAt(event) {
		const r = paper.getBoundingClientRect();
		return layout.hit(event.clientX - r.left, Math.floor((event.clientY - r.top + scrollTop()) / layout.rowPx));
	}

	function setHover(at) {
		const {hover} = state;
		if (hover !== at && !(hover && at && hover.box === at.box))
			state.set({hover: at});
	}

	function make({menu}) {
		const withNode = (action) => (event) => {
			const at = pointAt(event);
			if (at)
				action(event, {k: at.k, node: at.box.kind === 2 ? at.box.parent : at.box.node});
		};
		const onMenu = withNode((event, at) => {
			event.preventDefault();
			menu(event.clientX, event.clientY, at);
		});
		paper = el('canvas', {'aria-hidden': 'true'});
		hoverFrame = el('div', {class: 'box', hidden: true, 'aria-hidden': 'true'});
		cursorFrame = el('div', {class: 'box cursor', id: 'hp-cursor', role: 'img', hidden: true});
		space = el('div', {class: 'space'}, el('div', {class: 'layer'}, paper, hoverFrame, cursorFrame));
		graph = el('div', {
			class: 'graph', id: 'hp-graph', tabindex: 0, role: 'application', 'aria-roledescription': 'flame graph',
			'aria-label': 'Flame graph; the table of functions below holds the same values',
			onscroll: redraw, onmousemove: (event) => setHover(pointAt(event)), onmouseleave: () => setHover(null),
			onclick: (event) => (event.ctrlKey || event.metaKey ? onMenu(event) : withNode((e, at) => state.zoomTo(at.k, at.node))(event)),
			oncontextmenu: onMenu,
			onfocus: () => {
				if (state.panes.length && !state.cursor && isVisible())
					state.set({cursor: {k: 0, node: state.panes[0].zoom}, hover: null});
			},
		}, space);
		state.watch(follow);
		return graph;
	}

	function isVisible() {
		return graph.matches(':focus-visible');
	}

	function start() {
		const repaint = () => {
			hatches = new Map();
			redraw();
		};
		const watchRatio = () => {
			matchMedia('(resolution: ' + window.devicePixelRatio + 'dppx)').addEventListener('change', () => {
				onResize();
				watchRatio();
			}, {once: true});
		};
		darkQuery.addEventListener('change', repaint);
		forcedQuery.addEventListener('change', repaint);
		watchRatio();
		new ResizeObserver(() => requestAnimationFrame(onResize)).observe(graph);
	}

	return {
		make, start, lookOf, paintRows, colors, MONO, FONT_PX,
		focus: (options) => graph.focus(options),
		isFocused: () => document.activeElement === graph,
		below: () => cursorFrame.getBoundingClientRect(),
	};
})();
