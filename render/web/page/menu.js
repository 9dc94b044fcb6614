/*
 * menu.js - the menu of a box, and what is copied.
 *
 *   make()             the element
 *   open(x, y, at)     at is {k, node}; openAtCursor()
 *   close(), isOpen(), contains(element)
 *   copyName(), copyStack(), copyLink()
 */
const menu = (() => {
	'use strict';

	const {el} = app;
	let popup;

	/* Browsers that have no clipboard for pages copy what is selected. */
	function copy(text, what) {
		const done = () => words.done(what + ' copied');
		app.copy(text, done, () => {
			const area = el('textarea', {text});
			document.body.append(area);
			area.select();
			if (document.execCommand('copy'))
				done();
			area.remove();
		});
	}

	function copyName(at = state.currentNode()) {
		if (at)
			copy(hprof.name(state.panes[at.k].view, at.node), 'name');
	}

	function copyStack(at = state.currentNode()) {
		if (at)
			copy(app.stackOf(state.panes[at.k].view, at.node), 'stack');
	}

	function quote(name) {
		return '^' + name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&') + '$';
	}

	function open(x, y, at) {
		const {view} = state.panes[at.k];
		const same = quote(hprof.name(view, at.node));
		const item = (text, action) => el('button', {
			type: 'button', role: 'menuitem', text,
			onclick: () => {
				close();
				action();
			},
		});
		popup.replaceChildren(
			item('Zoom to this', () => state.zoomTo(at.k, at.node)),
			item('Callers and callees of the function', () => state.showFunction(view.row[at.node])),
			item('Find all of the function', () => state.set({query: same})),
			item('Hide the function', () => state.setHidden(state.hide ? state.hide + '|' + same : same)),
			item('Copy the name', () => copyName(at)),
			item('Copy the stack', () => copyStack(at)));
		popup.hidden = false;
		const r = popup.getBoundingClientRect();
		popup.style.left = Math.max(4, Math.min(x, innerWidth - r.width - 8)) + 'px';
		popup.style.top = Math.max(4, Math.min(y, innerHeight - r.height - 8)) + 'px';
		popup.firstChild.focus();
	}

	function close() {
		popup.hidden = true;
	}

	function onKey(event) {
		const items = Array.from(popup.children);
		const k = items.indexOf(document.activeElement);
		if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
			items[(k + (event.key === 'ArrowDown' ? 1 : items.length - 1)) % items.length].focus();
			event.preventDefault();
		} else if (event.key === 'Tab') {
			close();
		}
		event.stopPropagation();
		if (event.key === 'Escape') {
			close();
			canvas.focus();
		}
	}

	function make() {
		popup = el('div', {class: 'popup', id: 'hp-menu', role: 'menu', hidden: true, onkeydown: onKey});
		state.watch((changed) => changed.has('panes') && close());
		return popup;
	}

	function openAtCursor() {
		const at = move.here();
		if (!state.cursor)
			state.set({cursor: at, hover: null});
		const r = canvas.below();
		open(r.left + 12, r.bottom, at);
	}

	return {
		make, open, openAtCursor, close, isOpen: () => !popup.hidden, contains: (element) => popup.contains(element),
		copyName: () => copyName(), copyStack: () => copyStack(), copyLink: () => copy(location.href, 'link'),
	};
})();
