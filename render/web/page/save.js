/*
 * save.js - files to save, and what is printed: the view as shapes or as dots, stacks and the table as text.
 *
 *   svg(), png(), folded(), tsv()
 *   watchPaper()    the element that is printed in place of the graph
 */
const save = (() => {
	'use strict';

	const {el} = app;
	const MOST_PX = 32000; /* of a canvas in one direction */
	const MOST_AREA = 120e6;
	const PAPER_ROWS = 400;
	const PART_ROWS = 12; /* of a printed picture that stay together */
	const HEAD_PX = 26; /* of the title above a picture */

	/* Hand @parts over as a file. */
	function give(parts, type, end) {
		const base = (state.profile.data.title || '').split('/').pop().replace(/[^\w.-]+/g, '_').slice(0, 80) || 'profile';
		const url = URL.createObjectURL(new Blob(parts, {type}));
		const a = el('a', {href: url, download: base + end});
		document.body.append(a);
		a.click();
		a.remove();
		setTimeout(() => URL.revokeObjectURL(url), 10000);
	}

	/* ---- pictures ---- */

	function titleLine() {
		const {profile, type} = state;
		const t = profile.types[type];
		const both = (n) => hprof.both(type, n, profile);
		return profile.data.title + ' - ' + t.name + ', ' +
			(profile.diff ? 'before ' + both(t.base_total) + ', after ' + both(t.total) : both(t.total));
	}

	/* The first of @rows rows that are left of all: those at the root stay. */
	function firstOf(rows) {
		return state.panes.length === 1 && state.panes[0].up ? layout.rows - rows : 0;
	}

	function cutText(rows) {
		return rows < layout.rows ? '(' + hprof.count(layout.rows - rows) + ' more rows are cut here)' : '';
	}

	function shapeOf(pane, b, y, look) {
		const l = canvas.lookOf(pane, b, look);
		const x = b.x.toFixed(1);
		const width = l.w.toFixed(1);
		const gone = l.hatched && b.kind !== 2;
		const v = pane.view;
		const value = b.kind === 2 ? b.value : hprof.valueOf(v, b.node);
		return app.svg('g', {},
			app.svg('title', {text: hprof.boxName(v, b) + ': ' + hprof.both(v.type, value, v.profile)}),
			app.svg('rect', {
				x, y, width, height: layout.rowPx - 1, fill: l.fill, opacity: l.dim ? 0.3 : null,
				stroke: l.marked ? look.mark : l.outline ? look.ink : null, 'stroke-dasharray': gone ? '3 2' : null,
			}),
			gone ? app.svg('path', {d: 'M' + x + ' ' + (y + layout.rowPx / 2) + 'h' + width, stroke: look.stripe, fill: 'none'}) : null,
			l.text ? app.svg('text', {x: (b.x + 3).toFixed(1), y: y + 12.5, text: l.text}) : null);
	}

	/* Rows of the screen from @first to before @last as shapes. */
	function shapes(first, last, title, note) {
		const look = app.colors(state.profile, false);
		const head = title ? HEAD_PX : 0;
		const {width, rowPx} = layout;
		const height = head + (last - first) * rowPx + (note ? rowPx : 0);
		const g = app.svg('g', {'font-family': canvas.MONO, 'font-size': canvas.FONT_PX, fill: look.ink});
		for (let r = first; r < last; r++)
			layout.each(r, (pane, b) => g.append(shapeOf(pane, b, head + (r - first) * rowPx, look)));
		if (note)
			g.append(app.svg('text', {x: 4, y: height - 5, text: note}));
		return app.svg('svg', {width, height, viewBox: '0 0 ' + width + ' ' + height, role: 'img'},
			app.svg('title', {text: titleLine()}),
			app.svg('rect', {width, height, fill: look.paper}),
			title ? app.svg('text', {x: 4, y: 17, 'font-family': 'sans-serif', 'font-size': 13, fill: look.ink, text: title}) : null, g);
	}

	function svg() {
		const text = new XMLSerializer().serializeToString(shapes(0, layout.rows, titleLine(), ''));
		give(['<?xml version="1.0" encoding="UTF-8"?>\n' + text + '\n'], 'image/svg+xml', '.svg');
	}

	function png() {
		const {width, rowPx} = layout;
		const high = HEAD_PX + (layout.rows + 1) * rowPx;
		const most = Math.min(MOST_PX, Math.floor(MOST_AREA / width));
		const scale = high * 2 <= MOST_PX && high * width * 4 <= MOST_AREA ? 2 : 1;
		const rows = high <= most ? layout.rows : Math.floor((most - HEAD_PX - rowPx) / rowPx);
		const end = HEAD_PX + rows * rowPx;
		const picture = el('canvas', {width: width * scale, height: (end + (rows < layout.rows ? rowPx : 0)) * scale});
		const g = picture.getContext('2d', {alpha: false});
		const look = canvas.colors();
		g.setTransform(scale, 0, 0, scale, 0, 0);
		g.fillStyle = look.paper;
		g.fillRect(0, 0, width, picture.height);
		g.fillStyle = look.ink;
		g.font = '13px sans-serif';
		g.fillText(titleLine(), 4, 17);
		canvas.paintRows(g, firstOf(rows), firstOf(rows) + rows, HEAD_PX, look);
		g.fillStyle = look.ink;
		g.fillText(cutText(rows), 4, end + 13);
		picture.toBlob((blob) => blob && give([blob], 'image/png', '.png'), 'image/png');
	}

	/* ---- texts ---- */

	/* What ends in each node, in whole numbers; of a difference before and after. */
	function folded() {
		const v = views.whole(state);
		const clean = (name) => name.replace(/;/g, ':').replace(/[\r\n]/g, ' ');
		const lines = [];
		const path = [];
		const own = (state.profile.diff ? [hprof.baseOf, hprof.nowOf] : [hprof.nowOf]).map((f) => {
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
			path.push(clean(hprof.name(v, i)));
			const numbers = own.map((list) => list[i]);
			if (numbers.some((n) => n !== 0))
				lines.push(path.join(';') + ' ' + numbers.join(' ') + '\n');
		}
		give(lines, 'text/plain', '.folded');
	}

	function tsv() {
		const columns = table.columns().filter(([key]) => key).map(([key, heading]) => [key, heading.replace(' ', '_')]);
		if (state.profile.types[state.type].pair >= 0)
			columns.push(['cumObjects', 'cum_objects']);
		const clean = (text) => text.replace(/[\t\r\n]/g, ' ');
		const lines = table.rows().map((t) => columns.map(([key]) => hprof.round(t[key])).concat([t.name, t.module, t.file].map(clean)));
		lines.unshift(columns.map(([, heading]) => heading).concat('name', 'module', 'file'));
		give(lines.map((line) => line.join('\t') + '\n'), 'text/tab-separated-values', '.tsv');
	}

	/* ---- paper ---- */

	/* In parts, so that they can go over several sheets; from the root on. */
	function watchPaper() {
		const paper = el('div', {class: 'paper'});
		addEventListener('beforeprint', () => {
			const rows = Math.min(layout.rows, PAPER_ROWS);
			const from = firstOf(rows);
			const parts = [];
			for (let r = from; r < from + rows; r += PART_ROWS) {
				const last = Math.min(r + PART_ROWS, from + rows);
				parts.push(shapes(r, last, r === from ? titleLine() : '', last === from + rows ? cutText(rows) : ''));
			}
			paper.replaceChildren(...parts);
		});
		addEventListener('afterprint', () => paper.replaceChildren());
		return paper;
	}

	return {svg, png, folded, tsv, watchPaper};
})();
