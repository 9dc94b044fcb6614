/*
 * table.js - the table of all functions: sorted, filtered, each a way to its callers and callees.
 *
 *   make(section)   put it into a section of the page
 *   rows()          what passes the filter, sorted; columns(): [[member of a row, heading, text(row), title]]
 */
const table = (() => {
	'use strict';

	const {el} = app;
	const FIRST_ROWS = 50;
	const MORE_ROWS = 200;
	const part = {};
	const sums = {}; /* of each type */
	let all = [];
	let kept = [];
	let filter = '';
	let shown = FIRST_ROWS;
	let sort = '';
	let down = true;
	let bySize = false; /* of changes, whichever way they go */

	/* Sums of every row: own values, and those of stacks that pass it, each once. */
	function sumRows(key, type) {
		const {n, parent, row, depth, rows} = state.profile;
		const values = hprof.column(state.profile, key, type);
		const flat = new Float64Array(rows);
		const cum = new Float64Array(rows);
		if (!values)
			return null;
		const sum = Float64Array.from(values);
		const open = new Int32Array(rows); /* depth at which a row is open on the path */
		const path = new Int32Array(n + 1);
		let last = 0;
		for (let i = n - 1; i > 0; i--)
			sum[parent[i]] += sum[i];
		for (let i = 1; i < n; i++) {
			for (; last >= depth[i]; last--)
				if (open[path[last]] === last)
					open[path[last]] = 0;
			last = depth[i];
			path[last] = row[i];
			flat[row[i]] += values[i];
			if (open[row[i]] === 0) {
				open[row[i]] = last;
				cum[row[i]] += sum[i];
			}
		}
		return {flat, cum};
	}

	function sumsOf(type) {
		if (!sums[type]) {
			const base = state.profile.diff ? sumRows('b', type) : null;
			sums[type] = {now: sumRows('s', type), base, from: state.profile.drop ? sumRows('f', type) : base};
		}
		return sums[type];
	}

	function makeRows() {
		const p = state.profile;
		const {now, base, from} = sumsOf(state.type);
		const pair = p.types[state.type].pair;
		const objects = pair >= 0 ? sumsOf(pair).now : null;
		const variant = new Int32Array(p.rows).fill(-1); /* the first of each row that is called */
		const text = (list, v) => p.data.str[list[v]] || '';
		const out = [];
		for (let i = p.n - 1; i > 0; i--)
			variant[p.row[i]] = p.variant[i];
		for (let row = 1; row < p.rows; row++) {
			if (variant[row] < 0)
				continue;
			const t = {
				row, name: app.rowName(row, p), flat: now.flat[row], cum: now.cum[row],
				objects: objects ? objects.flat[row] : 0, cumObjects: objects ? objects.cum[row] : 0,
				module: text(p.data.vars.mod, variant[row]), file: text(p.data.vars.file, variant[row]),
			};
			if (base) {
				t.before = base.flat[row];
				t.delta = t.flat - from.flat[row];
				t.cumDelta = t.cum - from.cum[row];
			}
			if (t.flat || t.cum || t.before || t.cumDelta || t.cumObjects)
				out.push(t);
		}
		return out;
	}

	function columns() {
		const {type, profile} = state;
		const {total, pair} = profile.types[type];
		const value = (key) => (t) => hprof.value(type, t[key], profile);
		const share = (key) => (t) => hprof.percent(t[key], total);
		const signed = (key) => (t) => hprof.signed(type, t[key], profile);
		const list = profile.diff
			? [
				['before', 'before', value('before'), 'flat'], ['flat', 'after', value('flat'), 'flat'],
				['delta', 'delta', signed('delta'), profile.drop ? 'flat, what shrank counts 0' : 'flat, after less before'],
				['cumDelta', 'cum delta', signed('cumDelta')], ['cum', 'cum after', value('cum')],
			]
			: [
				['flat', 'flat', value('flat'), 'of stacks that end in the function'], [null, 'flat%', share('flat')],
				['cum', 'cum', value('cum'), 'of stacks that pass through the function'], [null, 'cum%', share('cum')],
			];
		if (pair >= 0)
			list.push(['objects', 'objects', (t) => hprof.count(t.objects), 'flat']);
		return list;
	}

	function isText(key) {
		return key === 'name' || key === 'module';
	}

	function isChange(key) {
		return key === 'delta' || key === 'cumDelta';
	}

	function compare(a, b) {
		const x = a[sort];
		const y = b[sort];
		const d = isText(sort) ? (x < y ? -1 : x > y ? 1 : 0) : bySize && isChange(sort) ? Math.abs(x) - Math.abs(y) : x - y;
		if (d !== 0)
			return down ? -d : d;
		return b.cum - a.cum || a.row - b.row;
	}

	function sortBy(key) {
		down = sort === key ? !down : !isText(key);
		sort = key;
		bySize = false;
		fill();
	}

	function header([key, text, , title], number) {
		const th = el('th', {scope: 'col', class: number ? 'num' : key === 'module' ? 'where' : '', title, 'data-key': key});
		th.append(key ? el('button', {type: 'button', text, onclick: () => sortBy(key)}) : text);
		return th;
	}

	function line(t, list) {
		const cells = list.map(([key, , text]) => el('td', {
			class: 'num' + (isChange(key) ? ' ' + (t[key] > 0 ? 'grew' : t[key] < 0 ? 'shrank' : 'faint') : ''), text: text(t),
			title: key && key !== 'objects' ? hprof.exact(state.type, t[key], state.profile) : null,
		}));
		return el('tr', {}, ...cells,
			el('td', {class: 'name'}, el('button', {
				type: 'button', text: t.name, title: 'Callers and callees of this function',
				onclick: () => {
					state.showFunction(t.row);
					canvas.focus({preventScroll: true});
					document.getElementById('hp-flame').scrollIntoView({block: 'start'});
				},
			})),
			el('td', {class: 'where', text: [t.module, t.file].filter(Boolean).join('  ')}));
	}

	/* Which rows the filter lets through, by name, file or module: {hit} or {error}. */
	function filterRows() {
		const p = state.profile;
		const compiled = hprof.compile(filter, true);
		const found = hprof.search(p, {pattern: filter, mode: 'any', ignoreCase: true, type: state.type});
		if (!found.hit)
			return found;
		const hit = new Uint8Array(p.rows);
		for (let k = 0; k < p.varRow.length; k++)
			hit[p.varRow[k]] |= found.hit[k];
		for (const t of all)
			if (!hit[t.row] && t.name.length < 200 && hprof.test(compiled, t.name))
				hit[t.row] = 1;
		return {hit};
	}

	function fill() {
		const list = columns();
		const {hit, error} = filterRows();
		all.sort(compare);
		kept = hit ? all.filter((t) => hit[t.row] === 1) : all;
		const seen = kept.slice(0, shown);
		part.filter.classList.toggle('bad', !!error);
		part.body.replaceChildren(...seen.map((t) => line(t, list)));
		for (const th of part.head.children) {
			if (th.dataset.key === sort)
				th.setAttribute('aria-sort', down ? 'descending' : 'ascending');
			else
				th.removeAttribute('aria-sort');
		}
		part.count.textContent = error || hprof.count(seen.length) + ' of ' + hprof.count(kept.length) + ' functions' +
			(kept.length < all.length ? ' that match, ' + hprof.count(all.length) + ' in all' : '');
		part.more.hidden = seen.length === kept.length;
		part.more.textContent = 'Show ' + hprof.count(Math.min(MORE_ROWS, kept.length - seen.length)) + ' more';
	}

	function show() {
		const list = columns();
		all = makeRows();
		if (!isText(sort) && !list.some(([key]) => key === sort)) {
			sort = list[0][0];
			down = true;
			bySize = state.profile.diff;
		}
		part.head.replaceChildren(...list.map((column) => header(column, true)),
			header(['name', 'Function'], false), header(['module', 'Module, file'], false));
		fill();
	}

	function make(section) {
		part.filter = el('input', {
			id: 'hp-filter', type: 'search', placeholder: 'filter: function, module or file', spellcheck: 'false',
			autocomplete: 'off', 'aria-label': 'Filter the table by a regular expression',
			oninput: () => {
				filter = part.filter.value;
				shown = FIRST_ROWS;
				fill();
			},
		});
		part.count = el('span', {role: 'status', class: 'faint'});
		part.more = el('button', {
			id: 'hp-more', type: 'button',
			onclick: () => {
				shown += MORE_ROWS;
				fill();
			},
		});
		part.head = el('tr');
		part.body = el('tbody');
		section.replaceChildren(
			el('h2', {text: 'Functions'}),
			el('div', {class: 'tools'}, part.filter, part.count),
			el('div', {class: 'scroll'}, el('table', {id: 'hp-table'},
				el('caption', {class: 'silent', text: 'Functions with flat, what they hold themselves, and cum, with all that they called; ' +
					'the headings sort, a name shows callers and callees'}),
				el('thead', {}, part.head), part.body)),
			el('p', {}, part.more));
		/* the graph is shown first */
		state.watch((changed) => changed.has('profile') ? setTimeout(show, 0) : changed.has('type') && show());
	}

	return {make, columns, rows: () => kept};
})();
