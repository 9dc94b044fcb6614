/*
 * main.js - the page: a flame graph on a canvas, its controls, a table of functions, files to save.
 *
 * The page is complete without it: this replaces the picture and the table that stand in it by ones
 * that answer.  All numbers and texts come from core.js.  Names are put in as text only.
 */
(() => {
	'use strict';

	const {put, el} = app;

	/* While the graph has the focus, and everywhere. */
	const GRAPH_ACTIONS = {
		down: move.down, up: move.up, left: move.left, right: move.right,
		zoom: () => {
			const {k, node} = move.here();
			state.zoomTo(k, node);
		},
		out: state.zoomOut, copyName: menu.copyName, copyStack: menu.copyStack, menu: menu.openAtCursor,
		around: () => {
			const {k, node} = move.here();
			state.showFunction(state.panes[k].view.row[node]);
		},
	};
	const ACTIONS = {
		search: controls.focusSearch, help: controls.openHelp, all: state.reset, next: () => move.step(1),
		previous: () => move.step(-1), ignoreCase: controls.toggleCase,
	};
	for (const key of ['mode', 'type', 'order', 'tree'])
		ACTIONS[key] = () => controls.cycle(key);

	function escape(inField) {
		if (menu.isOpen()) {
			menu.close();
			canvas.focus();
		} else if (!controls.closeMenus() && !inField) {
			state.zoomOut();
		}
	}

	function onKey(event) {
		const asked = app.actionOf(event);
		const inField = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
		const byControl = event.ctrlKey || event.metaKey;
		if (!asked || controls.helps() || controls.isSearch(event.target))
			return;
		if (asked === 'escape') {
			escape(inField);
			return;
		}
		const action = (canvas.isFocused() && state.panes.length && GRAPH_ACTIONS[asked]) || ACTIONS[asked];
		if (!action || (inField && !byControl) || (event.key === 'Home' && !canvas.isFocused()))
			return;
		event.preventDefault();
		action();
	}

	function makePage(picture) {
		const said = words.make(picture);
		const graph = canvas.make({menu: menu.open});
		picture.replaceChildren(
			controls.bar(), said.path, graph, said.details, save.watchPaper(), said.live, menu.make(), controls.help());
		picture.classList.add('ready');
		table.make(document.getElementById('hp-functions'));
		document.addEventListener('keydown', onKey);
		document.addEventListener('pointerdown', (event) => {
			if (!menu.contains(event.target))
				menu.close();
			controls.closeMenus(event.target);
		});
	}

	async function start(block, picture) {
		link.load({profile: hprof.open(await hprof.decode(block.textContent))});
		makePage(picture);
		state.tell({loaded: true, scroll: 'home'});
		canvas.start();
		link.start();
		put(document.documentElement, {'data-ready': true});
	}

	const block = document.getElementById('hprof-data');
	const picture = document.getElementById('hp-picture');
	if (block && picture)
		start(block, picture).catch((error) => picture.before(
			el('p', {class: 'notice', role: 'alert', text: 'The picture below does not answer: ' + error.message})));
})();
