/*
 * controls.js - the bar above the graph: search, choices, menus, help.
 *
 *   bar(), help()       elements
 *   focusSearch(), openHelp(), helps(), cycle(name of a choice), toggleCase(), closeMenus(except): closed any
 */
const controls = (() => {
	'use strict';

	const {el} = app;
	const part = {};
	const shows = {}; /* of a member of the state: puts its value into its control */

	/* A list of choices of state[key]. */
	function choice(key, id, label, items) {
		const list = app.select({id}, items, (value) =>
			state.set({[key]: typeof state[key] === 'number' ? Number(value) : value}));
		part[key] = list;
		shows[key] = (value) => (list.value = value);
		return el('label', {}, label, list);
	}

	/* What is being typed keeps its place where it is the text already. */
	function write(field) {
		return (text) => {
			if (field.value !== text)
				field.value = text;
		};
	}

	/* ---- the search ---- */

	function showResult() {
		const {finder, panes, profile, tree} = state;
		const error = finder && finder.error;
		const found = finder && finder.hit && panes[0];
		const hits = found && state.marksOf(panes[0].view);
		for (const e of [part.result, part.query])
			e.classList.toggle('bad', !!error);
		app.put(part.query, {'aria-invalid': error ? 'true' : 'false'});
		part.previous.disabled = part.next.disabled = !found || !hits.list.length;
		part.result.textContent = error || '';
		if (!found)
			return;
		const whole = views.whole(state);
		const frames = tree === 'down' ? hits : hprof.marks(finder, whole);
		part.result.textContent = hprof.resultText(profile, finder, whole, tree === 'down' ? panes[0].zoom : 0, frames.list.length);
	}

	function search() {
		const arrow = (text, title, key, step) => el('button', {
			type: 'button', text, title: title + ' (' + key + ')', 'aria-label': title, onclick: () => move.step(step),
		});
		part.query = app.searchField({id: 'hp-search', type: 'search', 'aria-describedby': 'hp-result'}, {
			search: (query) => query !== state.query && state.set({query}), step: move.step, leave: (text) => closeMenus() || (text === '' && canvas.focus()),
		}, state.profile.n > 200000 ? 150 : 40);
		shows.query = write(part.query);
		part.ignoreCase = el('button', {
			id: 'hp-case', type: 'button', text: 'Aa', title: 'Ignore case', 'aria-label': 'Ignore case',
			onclick: () => state.set({ignoreCase: !state.ignoreCase}),
		});
		shows.ignoreCase = (on) => part.ignoreCase.setAttribute('aria-pressed', on ? 'true' : 'false');
		part.previous = arrow('‹', 'Previous match', 'N', -1);
		part.next = arrow('›', 'Next match', 'n', 1);
		part.result = el('span', {id: 'hp-result', class: 'result', role: 'status'});
		choice('mode', 'hp-mode', '', app.MODES);
		part.mode.setAttribute('aria-label', 'What is searched');
		return el('div', {class: 'group search', role: 'search'},
			part.query, part.ignoreCase, part.mode, part.previous, part.next, part.result);
	}

	/* ---- choices ---- */

	function choices() {
		const out = [
			choice('type', 'hp-type', 'Values', state.profile.types.map((t, i) => [i, t.name])),
			choice('tree', 'hp-tree', 'Tree', [
				['down', 'Callees, from the root'], ['up', 'Callers, bottom-up'], ['around', 'Around one function'],
			]),
			choice('order', 'hp-order', 'Order', app.ORDERS),
			choice('flame', 'hp-direction', 'Root', [['', 'At the top'], [true, 'At the bottom']]),
		];
		shows.flame = (on) => (part.flame.value = on || '');
		if (state.profile.diff)
			out.push(choice('widths', 'hp-widths', 'Width', [
				['union', 'Larger of before and after'], ['new', 'After'], ['old', 'Before'], ['sum', 'Before + after'],
				['growth', 'Growth only'], ['shrink', 'Shrink only'], ['churn', 'Any change'],
			]));
		return out;
	}

	function showFunction() {
		const {func, tree, profile} = state;
		const around = part.tree.querySelector('option[value="around"]');
		around.disabled = func <= 0;
		around.textContent = func > 0 ? 'Around ' + hprof.label(app.rowName(func, profile), 28) : 'Around one function';
		part.flame.disabled = tree === 'around';
	}

	function setTheme(value) {
		if (value === 'auto')
			document.documentElement.removeAttribute('data-theme');
		else
			document.documentElement.setAttribute('data-theme', value);
	}

	/* ---- menus ---- */

	function viewMenu() {
		const what = 'Frames that match are left out; what they hold goes to their callers';
		const setHidden = app.later(() => state.setHidden(part.hide.value), 200);
		part.hide = el('input', {
			id: 'hp-hide', type: 'search', placeholder: 'hide: regular expression', spellcheck: 'false',
			autocomplete: 'off', 'aria-label': 'Hide frames whose name matches', oninput: setHidden,
		});
		part.collapse = el('input', {id: 'hp-collapse', type: 'checkbox', onchange: () => state.set({collapse: part.collapse.checked})});
		part.min = el('input', {
			id: 'hp-min', type: 'range', min: 0, max: 5, step: 0.1, value: 0, 'aria-label': 'Smallest box in percent of the view',
			oninput: () => state.set({minPercent: Number(part.min.value)}),
		});
		part.minText = el('span');
		const theme = choice('theme', 'hp-theme', 'Colours', [['auto', 'As the system'], ['light', 'Light'], ['dark', 'Dark']]);
		shows.theme = setTheme;
		shows.hide = write(part.hide);
		shows.hideError = (text) => {
			part.hide.classList.toggle('bad', !!text);
			part.hide.title = text || what;
		};
		shows.collapse = (on) => (part.collapse.checked = on);
		shows.minPercent = (percent) => (part.minText.textContent = percent.toFixed(1) + '%');
		return el('details', {class: 'menu'}, el('summary', {text: 'View'}), el('div', {},
			part.hide, el('label', {title: 'Calls of a function by itself are one box'}, part.collapse, 'Collapse recursion'),
			el('label', {}, 'Smallest box', part.min, part.minText), theme));
	}

	function saveMenu() {
		const item = (text, action) => el('button', {
			type: 'button', text,
			onclick: () => {
				closeMenus();
				action();
			},
		});
		/* the address is written a moment after what is shown */
		return el('details', {class: 'menu'}, el('summary', {text: 'Save'}), el('div', {},
			item('Picture as SVG', save.svg), item('Picture as PNG', save.png), item('Stacks as text (folded)', save.folded),
			item('Table as text (TSV)', save.tsv), item('Copy the link to this view', () => setTimeout(menu.copyLink, 20))));
	}

	/* Whether any was open. */
	function closeMenus(inside) {
		const open = [...document.querySelectorAll('.menu[open]')].filter((m) => !inside || !m.contains(inside));
		for (const m of open)
			m.open = false;
		return open.length > 0;
	}

	/* ---- help ---- */

	function help() {
		const {data, diff} = state.profile;
		const keys = app.HELP.concat([['f, t', 'callers and callees of the function; tree'], ['right click', 'more about a box']]);
		part.help = el('dialog', {id: 'hp-help', 'aria-labelledby': 'hp-help-title'},
			el('h2', {id: 'hp-help-title', text: 'The picture'}),
			el('p', {text: 'A box is a function called by the one next to it towards the root. Its width is what it and ' +
				'all it called hold. Boxes too narrow to be drawn are folded into one, “(n others)”. ' +
				'A search counts every stack once that has a matching frame, folded or not.' +
				(data.sampled ? ' All values are estimates from samples.' : '')}),
			diff && el('p', {text: 'Orange (▲) grew, blue (▼) shrank, grey is within what sampling explains. Hatched: gone. ' +
				'Outlined: new. The two lines at the bottom of a box are before and after.'}),
			el('dl', {}, ...keys.flatMap(([key, text]) => [el('dt', {}, el('kbd', {text: key})), el('dd', {text})])),
			el('dl', {}, ...data.facts.flatMap(([label, text]) => [el('dt', {text: label}), el('dd', {text})])),
			el('p', {class: 'faint', text: data.tool}),
			el('form', {method: 'dialog'}, el('button', {text: 'Close'})));
		return part.help;
	}

	function openHelp() {
		part.help.showModal();
	}

	/* ---- all of it ---- */

	function follow(changed) {
		for (const key of Object.keys(shows))
			if (changed.has(key))
				shows[key](state[key]);
		if (changed.has('tree') || changed.has('func'))
			showFunction();
		if (changed.has('panes') || changed.has('finder'))
			showResult();
	}

	function bar() {
		const out = el('div', {class: 'bar', role: 'group', 'aria-label': 'Flame graph controls'},
			search(), ...choices(), viewMenu(), saveMenu(),
			el('button', {type: 'button', text: '?', title: 'Keys and what the picture shows', 'aria-label': 'Help', onclick: openHelp}));
		state.watch(follow);
		return out;
	}

	return {
		bar, help, openHelp, closeMenus,
		focusSearch: () => {
			part.query.focus();
			part.query.select();
			part.query.scrollIntoView({block: 'nearest'});
		},
		helps: () => part.help.open,
		isSearch: (element) => element === part.query,
		toggleCase: () => part.ignoreCase.click(),
		cycle: (key) => app.cycle(part[key]),
	};
})();
