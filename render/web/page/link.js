/* link.js - the view in the address, and in the history: "back" zooms out. */
const link = (() => {
	'use strict';

	let timer = 0;
	let pushes = false;

	/* Browsers take their time for it, so what has changed is shown first. */
	function save() {
		const how = pushes ? 'pushState' : 'replaceState';
		const {panes, profile} = state;
		const text = app.writeLink(profile, state, panes.length ? state.pathOf(panes[0]) : '');
		const hash = text ? '#' + text : '';
		timer = 0;
		pushes = false;
		if (hash === location.hash)
			return;
		try {
			history[how](null, '', hash || location.pathname + location.search);
		} catch (e) {
			/* not allowed where the page is shown: then there is no link */
		}
	}

	function follow(changed, how) {
		if (how.loaded || (changed.has('hover') && changed.size === 1))
			return;
		pushes = pushes || !!how.push;
		timer = timer || setTimeout(save, 0);
	}

	/* The choices of the address; @more: members of the state that come with them. */
	function load(more) {
		const {choices, zoom} = app.readLink(Object.assign({}, state, more).profile, location.hash);
		state.set(Object.assign(choices, {hideError: ''}, more), {paths: [zoom], loaded: true, scroll: 'home'});
	}

	function start() {
		state.watch(follow);
		addEventListener('hashchange', () => load());
		addEventListener('popstate', () => load());
	}

	return {load, start};
})();
