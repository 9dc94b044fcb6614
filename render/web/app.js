/*
 * app.js - what the picture and the page do alike: elements, links, keys, the field of the search, colours.
 *
 *   put(node, props, ...kids), el(tag, ...), svg(tag, ...)   elements; text, css, on... and attributes
 *   select(label, props, items, change), later(action, ms), byLetter(change)
 *   defaults(profile)           choices: {type, order, widths, tree, func, flame, query, mode, ignoreCase,
 *                               hide, collapse}, as the file has been made
 *   readLink(profile, text)     {choices, zoom: list of hashes}
 *   writeLink(profile, choices, zoom)   what differs from the defaults, of the choices that there are
 *   actionOf(event), HELP       keys
 *   searchField(props, {search, step, leave}, ms), find(profile, choices)
 *   next(list, here, step)      index of the number that follows in a sorted list, round its ends
 *   stackOf(view, node), copy(text, done, failed), colors(profile, dark)
 */
const app = (() => {
	'use strict';

	/* ---- elements ---- */

	function put(node, props, ...kids) {
		for (const [k, v] of Object.entries(props || {})) {
			if (k === 'text')
				node.textContent = v;
			else if (k === 'css')
				Object.assign(node.style, v);
			else if (k.startsWith('on'))
				node.addEventListener(k.slice(2), v);
			else if (v === true)
				node.setAttribute(k, '');
			else if (v !== false && v !== null && v !== undefined)
				node.setAttribute(k, v);
		}
		node.append(...kids.filter(Boolean));
		return node;
	}

	function el(tag, ...rest) {
		return put(document.createElementNS('http://www.w3.org/1999/xhtml', tag), ...rest);
	}

	function svg(tag, ...rest) {
		return put(document.createElementNS('http://www.w3.org/2000/svg', tag), ...rest);
	}

	function select(props, items, change) {
		const out = el('select', props, ...items.map(([value, text]) => el('option', {value, text})));
		out.addEventListener('change', () => change(out.value));
		return out;
	}

	/* Do @action when nothing has asked for it for @ms; stop() forgets it. */
	function later(action, ms) {
		let timer = 0;
		const soon = () => {
			clearTimeout(timer);
			timer = setTimeout(action, ms);
		};
		soon.stop = () => clearTimeout(timer);
		return soon;
	}

	/* ---- links ---- */

	const MODES = [['name', 'in names'], ['file', 'in files'], ['module', 'in modules'], ['any', 'in all']];
	const ORDERS = [['size', 'Heaviest first'], ['name', 'By name']];

	const anyText = {write: (s) => s, read: (s) => s};
	const flag = {write: () => '1', read: (s) => s === '1'};
	const oneOf = (list) => ({write: (s) => s, read: (s) => (list.includes(s) ? s : undefined)});
	const atLeast = (i, from) => (i >= from ? i : undefined);

	/* A letter of the link, the choice that it holds, and how that is written; read() of nonsense is undefined. */
	const LETTERS = [
		['q', 'query', anyText],
		['k', 'mode', oneOf(MODES.map(([s]) => s))],
		['i', 'ignoreCase', flag],
		['m', 'type', {write: (t, p) => p.types[t].name, read: (s, p) => atLeast(p.types.findIndex((t) => t.name === s), 0)}],
		['o', 'order', oneOf(ORDERS.map(([s]) => s))],
		['t', 'tree', oneOf(['down', 'up', 'around'])],
		['f', 'func', {write: rowName, read: (s, p) => atLeast(p.rowName.findIndex((k, row) => row > 0 && p.data.str[k] === s), 1)}],
		['d', 'flame', {write: (on) => (on ? 'flame' : 'icicle'), read: (s) => s === 'flame'}],
		['w', 'widths', oneOf(['union', 'new', 'old', 'sum', 'growth', 'shrink', 'churn'])],
		['h', 'hide', {write: (s) => s, read: (s, p) => (hprof.search(p, {pattern: s}).error ? undefined : s)}],
		['r', 'collapse', flag],
	];

	function rowName(row, p) {
		return p.data.str[p.rowName[row]] || '';
	}

	function defaults(p) {
		return {
			type: p.type, order: p.order, widths: p.widths, tree: 'down', func: -1, flame: !!p.data.layout.flame,
			query: '', mode: 'name', ignoreCase: false, hide: '', collapse: false,
		};
	}

	function readLink(p, text) {
		const o = hprof.parseLink(text);
		const choices = defaults(p);
		if (o.t !== 'around') { /* pictures have written the mode as f */
			o.k = o.k || o.f;
			delete o.f;
		}
		for (const [letter, key, field] of LETTERS) {
			const value = o[letter] === undefined ? undefined : field.read(o[letter], p);
			if (value !== undefined)
				choices[key] = value;
		}
		if (choices.func < 0 && choices.tree === 'around')
			choices.tree = 'down';
		return {choices, zoom: o.z || ''};
	}

	function writeLink(p, choices, zoom) {
		const o = {z: zoom};
		const usual = defaults(p);
		for (const [letter, key, field] of LETTERS)
			if (key in choices && choices[key] !== usual[key] && (key !== 'func' || choices.tree === 'around'))
				o[letter] = field.write(choices[key], p);
		return hprof.formatLink(o);
	}

	/* ---- keys ---- */

	/* A letter changes what it stands for in a link. */
	const KEYS = {
		'/': 'search', '?': 'help', 0: 'all', Home: 'all', Backspace: 'out', Escape: 'escape', Enter: 'zoom',
		ArrowDown: 'down', ArrowUp: 'up', ArrowLeft: 'left', ArrowRight: 'right', n: 'next', N: 'previous',
		k: 'mode', i: 'ignoreCase', m: 'type', o: 'order', t: 'tree', f: 'around', c: 'copyName', C: 'copyStack',
		ContextMenu: 'menu',
	};

	const HELP = [
		['click, Enter', 'zoom to a box; to a caller: zoom out'],
		['Esc, Backspace', 'zoom out by one'],
		['0, Home', 'show everything'],
		['arrows', 'to the widest callee, the caller, the neighbours'],
		['/, Ctrl-F', 'search; Enter: next match'],
		['n, N', 'next, previous match'],
		['i, k', 'ignore case; search names, files, modules'],
		['m, o', 'sample type; order of callees'],
		['c, C', 'copy the name, the stack'],
		['?', 'this text'],
	];

	/* What a key asks for; undefined: it is none of ours. */
	function actionOf(event) {
		const {key, ctrlKey, metaKey, altKey, shiftKey} = event;
		if ((ctrlKey || metaKey) && !altKey && !shiftKey && key.toLowerCase() === 'f')
			return 'search';
		return ctrlKey || metaKey || altKey || event.isComposing || !Object.hasOwn(KEYS, key) ? undefined : KEYS[key];
	}

	/* Choose what follows in a list of choices. */
	function cycle(list) {
		const usable = [...list.options].filter((o) => !o.disabled);
		list.value = usable[(usable.indexOf(list.selectedOptions[0]) + 1) % usable.length].value;
		list.dispatchEvent(new Event('change'));
	}

	/* ---- the search ---- */

	/* Calls search(text), not for each key alone; step(1 or -1) at Enter; leave() at Escape, true: do no more. */
	function searchField(props, calls, ms) {
		const field = el('input', Object.assign({
			'aria-label': 'Search frames by a regular expression', placeholder: 'search: regular expression',
			spellcheck: 'false', autocomplete: 'off', autocapitalize: 'off', maxlength: 1000,
		}, props));
		const now = () => {
			soon.stop();
			calls.search(field.value);
		};
		const soon = later(now, ms);
		const keys = {
			Enter: (event) => {
				now();
				calls.step(event.shiftKey ? -1 : 1);
			},
			Escape: () => {
				if (calls.leave(field.value))
					return;
				field.value = '';
				now();
			},
		};
		return put(field, {
			oninput: soon,
			onkeydown: (event) => {
				if (event.isComposing || !Object.hasOwn(keys, event.key))
					return;
				event.preventDefault();
				event.stopPropagation();
				keys[event.key](event);
			},
		});
	}

	function find(p, s) {
		return hprof.search(p, {pattern: s.query, mode: s.mode, ignoreCase: s.ignoreCase, type: s.type});
	}

	function next(list, here, step) {
		const k = step > 0 ? list.findIndex((i) => i > here) : list.filter((i) => i < here).length - 1;
		return k >= 0 ? k : step > 0 ? 0 : list.length - 1;
	}

	/* ---- boxes ---- */

	/* Names from @node to the root, a line each. */
	function stackOf(v, node) {
		let text = '';
		for (let i = node; i > 0; i = v.parent[i])
			text += hprof.name(v, i) + '\n';
		return text;
	}

	function copy(text, done, failed) {
		if (navigator.clipboard && navigator.clipboard.writeText)
			navigator.clipboard.writeText(text).then(done, failed);
		else
			failed();
	}

	function colors(p, dark) {
		const of = (key) => p.data[key][dark ? 1 : 0];
		return {
			dark, ink: of('ink'), faint: of('faint'), paper: of('paper'), others: of('others'), old: of('old'), fresh: of('new'),
			stripe: dark ? '#545c66' : '#b9c0c8', mark: dark ? '#ff8ac4' : '#b3005e', bad: dark ? '#ff8f87' : '#b3151f',
		};
	}

	return {
		put, el, svg, select, later, MODES, ORDERS, rowName, defaults, readLink, writeLink, HELP, actionOf, cycle, searchField, find,
		next, stackOf, copy, colors,
	};
})();
