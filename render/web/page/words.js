/*
 * words.js - what is said around the graph: its total, the path to what is zoomed, details of a box.
 *
 *   make(picture)     {path, details, live}: elements; the total is put before the picture, where there is none
 *   say(text)         for who listens
 *   done(text)        the same, and shown for who looks
 */
const words = (() => {
	'use strict';

	const {el} = app;
	const part = {};

	function showPath() {
		const {panes, tree, profile} = state;
		const pane = panes.find((p) => p.zoom !== p.home) || panes[0];
		const zoomed = !!pane && pane.zoom !== pane.home;
		let text = 'Click a box to zoom in, right-click for more; ? shows the keys.';
		if (!pane)
			text = 'Nothing to show: the function has no stacks here.';
		else if (zoomed || tree !== 'down') {
			const names = [];
			for (let i = pane.zoom; i > 0 && names.length < 40; i = pane.view.parent[i])
				names.push(app.rowName(pane.view.row[i], profile).slice(0, 200));
			names.push(tree === 'around' ? 'callers and callees' : tree === 'up' ? 'callers of all' : 'all');
			text = names.reverse().join(' › ');
		}
		part.here.textContent = text;
		part.here.title = zoomed ? text : '';
		part.out.disabled = !zoomed;
		part.reset.disabled = !zoomed;
		part.cut.textContent = panes.some((p) => p.view.cut)
			? 'The smallest callers are left out: “Around one function” shows those of one.'
			: layout.cut ? 'The last rows are left out: zoom in to see them.' : '';
		part.notice.textContent = 'The linked frame is not in this profile: its nearest caller that exists is shown.';
		part.notice.hidden = !state.missing;
	}

	/* What grew and what shrank, each call of its own. */
	function growth(type, less) {
		const p = state.profile;
		const v = views.whole(state);
		const change = new Float64Array(v.n);
		const now = hprof.column(p, 's', type);
		const base = hprof.column(p, 'b', type);
		for (let i = 0; i < p.n; i++)
			change[v.node[i]] += now[i] - base[i];
		const shrink = hprof.round(change.reduce((sum, x) => sum + (x < 0 ? -x : 0), 0));
		return [
			'. ', el('span', {class: 'grew', text: '▲ growth ' + hprof.both(type, less + shrink, p)}), ', ',
			el('span', {class: 'shrank', text: '▼ shrink ' + hprof.both(type, shrink, p)}), ', by stack.',
		];
	}

	/* What all of it is; in a difference four numbers that add up. */
	function showTotal() {
		const {type, profile} = state;
		const t = profile.types[type];
		const both = (n) => hprof.both(type, n, profile);
		const about = t.stderr > 0 ? ', standard error ' + hprof.value(type, t.stderr, profile) : '';
		const name = el('b', {text: t.name});
		const now = hprof.round(t.total);
		if (!profile.diff) {
			const pair = t.pair >= 0 ? ' in ' + hprof.count(profile.types[t.pair].total) + ' objects' : '';
			part.total.replaceChildren(name, ' ' + both(now) + pair + about);
			return;
		}
		const base = hprof.round(t.base_total);
		const from = profile.drop ? hprof.round(hprof.column(profile, 'f', type).reduce((sum, x) => sum + x, 0)) : base;
		part.total.replaceChildren(name, ' before ' + both(base) + ', after ' + both(now) + ', delta ' +
			hprof.signed(type, now - from, profile) + about, ...(profile.drop ? [' (what shrank counts 0)'] : growth(type, now - base)));
	}

	function showDetails() {
		const at = state.current();
		const pane = at && state.panes[at.k];
		const lines = at ? hprof.describeBox(pane.view, at.box, pane.zoom) : [];
		const places = ['place', 'note', ''];
		part.name.textContent = at ? hprof.boxName(pane.view, at.box) : '';
		part.numbers.textContent = lines.filter(([k]) => k !== 'name' && !places.includes(k)).map(([k, t]) => k + ' ' + t).join('  ·  ');
		part.place.textContent = lines.filter(([k]) => places.includes(k)).map(([, t]) => t).join('  ·  ');
	}

	function say(text) {
		part.live.textContent = text;
	}

	function done(text) {
		part.done.textContent = text;
		say(text);
	}

	function follow(changed) {
		const {cursor, panes} = state;
		if (changed.has('panes') || changed.has('minPercent')) {
			showPath();
			showDetails();
		}
		if (changed.has('views'))
			showTotal();
		if (changed.has('hover') || changed.has('cursor'))
			showDetails();
		if (cursor && changed.has('cursor') && !changed.has('panes'))
			say(hprof.speak(panes[cursor.k].view, cursor.node, panes[cursor.k].zoom));
	}

	function make(picture) {
		Object.assign(part, {
			here: el('span', {class: 'here'}), notice: el('span', {class: 'notice', role: 'alert', hidden: true}),
			cut: el('span', {class: 'faint'}), done: el('span', {class: 'faint'}),
			out: el('button', {id: 'hp-out', type: 'button', text: 'Zoom out', onclick: state.zoomOut}),
			reset: el('button', {id: 'hp-reset', type: 'button', text: 'Show all', onclick: state.reset}),
			name: el('div', {class: 'name'}), numbers: el('div', {class: 'numbers'}), place: el('div', {class: 'place faint'}),
			live: el('div', {class: 'silent', id: 'hp-live', 'aria-live': 'polite'}),
			total: document.getElementById('hp-total') || el('p', {id: 'hp-total'}),
		});
		if (!part.total.parentNode)
			picture.before(part.total);
		state.watch(follow);
		return {
			path: el('div', {class: 'path'}, part.here, part.notice, part.cut, part.done, part.out, part.reset),
			details: el('div', {class: 'details', id: 'hp-details'}, part.name, part.numbers, part.place),
			live: part.live,
		};
	}

	return {make, say, done};
})();
