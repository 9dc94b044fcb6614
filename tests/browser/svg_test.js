/* svg_test.js - flame graphs as SVG in a browser: the picture without scripts, and what the script adds. */
'use strict';
const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');
const b = require('./browser.js');
const made = require('./made.js');

const tests = [];
const check = (name, run) => tests.push([name, run]);
const TOOLS = 52; /* px that the controls take above the graph */

/* ---- pictures ---- */

function draw(name, bytes, ...args) {
	const from = Array.isArray(bytes) ? bytes.map((x, i) => b.file(i + name + '.prof', x)) : [b.file(name + '.prof', bytes)];
	const to = path.join(b.folder, name + '.svg');
	const profiles = from.length > 1 ? ['--base', from[0], from[1]] : from;
	b.hprof('flame', '-q', '-o', to, ...args, ...profiles);
	return to;
}

const STACKS = [
	[['main', 'parse', 'alloc'], 600, 3],
	[['main', 'parse', 'grow'], 200, 1],
	[['main', 'parse'], 10, 1],
	[['main', 'serve', 'alloc'], 150, 5],
	[['main', 'serve', 'main', 'free_list'], 30, 1],
	[['idle'], 10, 1],
];
const small = (...args) => draw('small' + args.join(''), b.heap(STACKS), ...args);

let big;
function real() {
	big = big || draw('real', b.interpreter(71490, made.random(5)));
	return big;
}

async function open(browser, file, options) {
	const r = await b.newPage(browser, options);
	await r.page.goto('file://' + file + ((options && options.hash) || ''));
	if (!options || options.javaScriptEnabled !== false)
		await r.page.waitForSelector('#hprof-tools');
	return r;
}

/* Boxes as [x, y, width, label]: in what the script drew, and in the static picture. */
const boxes = (page) => page.$$eval('#hprof-frames > rect', (list) => list.filter((r) => r.hprofBox !== undefined).map((r) => {
	const n = (k) => Number(r.getAttribute(k));
	let e = r.nextElementSibling;
	while (e && e.localName === 'rect' && e.hprofBox === undefined)
		e = e.nextElementSibling;
	return [n('x'), n('y'), n('width'), e && e.localName === 'text' ? e.textContent : ''];
}));
const staticBoxes = (page) => page.$$eval('#hprof-frames > g', (list) => list.map((g) => {
	const r = g.querySelector('rect');
	const t = g.querySelector('text');
	return [Number(r.getAttribute('x')), Number(r.getAttribute('y')), Number(r.getAttribute('width')), t ? t.textContent : ''];
}));

const status = (page) => page.textContent('#hprof-status');
const details = (page) => page.$$eval('#hprof-details text', (list) => list.map((t) => t.textContent).join('\n'));
const zoomed = (page) => page.$eval('#hprof-current', (r) => r.nextElementSibling.textContent);
const center = (x) => [x[0] + x[2] / 2, x[1] + 6];

async function find(page, label) {
	const all = await boxes(page);
	const found = all.find((x) => x[3].replace(/ {2}.*/, '') === label);
	assert.ok(found, label + ' among ' + all.map((x) => x[3]));
	return found;
}

async function click(page, label) {
	await page.mouse.click(...center(await find(page, label)));
}

async function search(page, text) {
	await page.focus('#hprof-tools input');
	await page.keyboard.press('Control+a');
	await page.keyboard.press('Backspace');
	await page.keyboard.type(text);
	await page.waitForFunction((q) => { /* the link is written last */
		const found = /(?:^#|&)q=([^&]*)/.exec(location.hash);
		return (found ? decodeURIComponent(found[1]) : '') === q;
	}, text);
	return status(page);
}

const field = (page) => page.$eval('#hprof-tools input', (e) => e.value);
const choose = (page, n, value) => page.$$eval('#hprof-tools select', (list, a) => {
	list[a[0]].value = a[1];
	list[a[0]].dispatchEvent(new Event('change'));
}, [n, value]);
const hashOf = (page) => page.evaluate(() => location.hash);

function quiet(log) {
	assert.deepStrictEqual(log.errors, []);
}

/* ---- the picture ---- */

check('opens with one request and no errors', async (browser) => {
	const {page, log} = await open(browser, small());
	assert.strictEqual(log.requests.length, 1);
	quiet(log);
	assert.match(await page.textContent('#hprof-total'), /1000 B|1,000 bytes/);
	assert.strictEqual(await page.$$eval('style, [style*="url"]', (l) => l.length), 0);
	assert.deepStrictEqual(await page.$$eval('[id]', (l) => l.map((e) => e.id).filter((s) => !/^hprof-[a-z]+$/.test(s))), []);
});

check('the script draws the boxes of the static picture', async (browser) => {
	const corpus = path.join(b.TOP, 'testdata/jemalloc/ok/j.pie.15104.0.f.heap');
	const other = path.join(b.folder, 'corpus.svg');
	b.hprof('flame', '-q', '--no-symbols', '-o', other, corpus);
	const diff = draw('samediff', [b.heap(STACKS), b.heap(STACKS.slice(1).concat([[['main', 'fresh'], 77, 7]]))]);
	for (const file of [small(), small('--order', 'name'), small('--flame'), small('--minwidth', '200'), small('--modules'), other, diff, real()]) {
		const plain = await open(browser, file, {javaScriptEnabled: false});
		const {page, log} = await open(browser, file);
		const before = await staticBoxes(plain.page);
		const key = (x) => x[1] * 1e6 + x[0];
		const after = await boxes(page);
		before.forEach((x) => (x[1] += TOOLS));
		before.sort((x, y) => key(x) - key(y));
		after.sort((x, y) => key(x) - key(y));
		assert.strictEqual(after.length, before.length, file);
		before.forEach((x, i) => {
			assert.ok(Math.abs(x[0] - after[i][0]) < 0.02 && x[1] === after[i][1] && Math.abs(x[2] - after[i][2]) < 0.02, file + x + after[i]);
			assert.strictEqual(after[i][3].replace(/ \([\d,]+ bytes?\)/, ''), x[3].replace(/ \([\d,]+ bytes?\)/, ''));
		});
		const colors = (p, q) => p.$$eval(q, (l) => l.map((r) => r.getAttribute('fill')).sort());
		assert.deepStrictEqual(await colors(page, '#hprof-frames rect'), await colors(plain.page, '#hprof-frames rect'));
		quiet(log);
		await page.context().close();
		await plain.context.close();
	}
});

check('without scripts nothing of the controls is there', async (browser) => {
	const {page, log} = await open(browser, small(), {javaScriptEnabled: false});
	assert.strictEqual(await page.$$eval('foreignObject, #hprof-tools, input, button', (l) => l.length), 0);
	assert.deepStrictEqual(await page.$$eval('svg > text', (l) => l.map((t) => t.textContent).filter((s) => /search|zoom|reset|help/i.test(s))), []);
	const picture = await page.screenshot();
	await page.goto('file://' + b.file('img.html', '<!doctype html><body style="margin:0"><img src="small.svg">'));
	assert.ok(picture.equals(await page.screenshot()), 'the same as in <img>');
	quiet(log);
});

check('policies of servers: no style is refused', async (browser) => {
	const policies = ["sandbox allow-same-origin; default-src 'none'; img-src 'self'; style-src 'self'", "default-src 'self'",
		"default-src 'none'; script-src 'unsafe-inline'"];
	for (const policy of policies) {
		const server = await b.serve({'x.svg': ['image/svg+xml', fs.readFileSync(small())]}, {'Content-Security-Policy': policy});
		const {page, log} = await b.newPage(browser);
		await page.goto(server.url + 'x.svg');
		if (policy.includes('unsafe-inline')) {
			await page.waitForSelector('#hprof-tools');
			await click(page, 'parse');
			assert.match(await search(page, 'alloc'), /^\d+ frames/);
			quiet(log);
		} else {
			await page.waitForTimeout(200);
			assert.strictEqual((await staticBoxes(page)).length, 10);
			assert.ok(log.errors.every((s) => /script/i.test(s) && !/style/i.test(s.replace(policy, ''))), log.errors.join());
		}
		server.close();
	}
});

/* ---- zoom ---- */

check('zoom is exact and goes back', async (browser) => {
	const {page, log} = await open(browser, small());
	const before = await boxes(page);
	await click(page, 'serve');
	const after = await boxes(page);
	assert.deepStrictEqual(after.map((x) => x[3].replace(/ {2}.*/, '')), ['all', 'main', 'serve', 'alloc', 'main', 'free_list']);
	assert.deepStrictEqual(after.slice(0, 3).map((x) => [x[0], x[2]]), [[10, 1179.5], [10, 1179.5], [10, 1179.5]]);
	assert.ok(Math.abs(after[3][2] - (1180 * 150) / 180 + 0.5) < 0.02);
	assert.match(await details(page), /name\nserve[^]*total\n180 B, 18.0 % of total, 18.2 % of parent, 100.0 % of view/);
	await page.keyboard.press('Escape');
	assert.deepStrictEqual((await boxes(page)).slice(0, 2).map((x) => x[2]), [1179.5, 1179.5]);
	await page.keyboard.press('Backspace');
	assert.deepStrictEqual(await boxes(page), before);
	await click(page, 'alloc');
	await click(page, 'main');
	assert.match(await zoomed(page), /^main/);
	await page.keyboard.press('0');
	assert.deepStrictEqual(await boxes(page), before);
	quiet(log);
});

check('back and forward of the browser', async (browser) => {
	const {page} = await open(browser, small());
	await click(page, 'serve');
	await page.goBack();
	await page.waitForTimeout(100);
	assert.match(await zoomed(page), /^all/);
	await page.goForward();
	await page.waitForTimeout(100);
	assert.match(await zoomed(page), /^serve/);
});

check('details follow the pointer', async (browser) => {
	const {page} = await open(browser, small());
	await page.mouse.move(...center(await find(page, 'grow')));
	assert.match(await details(page), /name\ngrow[^]*self\n200 B, 20.0 % of total\nobjects\n1, 200 B per object/);
	await page.mouse.move(600, 5);
	assert.match(await details(page), /name\nall/);
});

check('what is too narrow is one box that leads to its parent', async (browser) => {
	const {page} = await open(browser, small('--minwidth', '300'));
	assert.ok(await find(page, '(1 other)'));
	const others = (await boxes(page)).filter((x) => /other/.test(x[3]));
	await page.mouse.move(...center(others[0]));
	assert.match(await details(page), /too narrow to draw/);
});

/* ---- search ---- */

check('search tells the numbers of hprof top --focus', async (browser) => {
	for (const file of [small(), real()]) {
		const {page, log} = await open(browser, file);
		for (const pattern of file === real() ? ['function_1', '_Py', 'module7::'] : ['alloc', '^main$', 'a', 'l{2}o', 'free_list|grow']) {
			const top = JSON.parse(b.hprof('top', '-q', '--json', '--focus', 'name:' + pattern, file.replace('.svg', '.prof')));
			const text = await search(page, pattern);
			const bytes = /\(([\d,]+) bytes\)/.exec(text) || /, (\d+) B,/.exec(text);
			assert.strictEqual(Number(bytes[1].replace(/,/g, '')), Math.round(top.total), pattern + ' ' + text);
		}
		quiet(log);
	}
});

check('search: of view, no match, errors, case', async (browser) => {
	const {page, log} = await open(browser, small());
	assert.strictEqual(await search(page, 'alloc'), '2 frames, 750 B, 75.0 % of total');
	await page.keyboard.press('Tab');
	await click(page, 'serve');
	assert.strictEqual(await status(page), '2 frames, 750 B, 75.0 % of total (83.3 % of view)');
	assert.match(await search(page, '('), /^not a regular expression/);
	assert.strictEqual(await page.getAttribute('#hprof-tools input', 'aria-invalid'), 'true');
	assert.strictEqual(await search(page, 'zzz'), 'no match');
	assert.strictEqual(await search(page, 'bytes'), 'no match');
	assert.strictEqual(await search(page, 'ALLOC'), 'no match');
	assert.match(await search(page, '(?i)ALLOC'), /^2 frames/);
	await search(page, 'ALLOC');
	await page.click('#hprof-tools input[type=checkbox]');
	assert.match(await status(page), /^2 frames/);
	await choose(page, 0, 'module');
	assert.strictEqual(await status(page), 'no match');
	await choose(page, 0, 'any');
	assert.match(await status(page), /^2 frames/);
	assert.match(await search(page, '(a+)+$'), /no match|frames/);
	quiet(log);
});

check('matches have an outline, the rest is pale', async (browser) => {
	const {page} = await open(browser, small());
	const before = await page.$$eval('#hprof-frames > rect', (l) => l.map((r) => r.getAttribute('fill')));
	await search(page, 'alloc');
	const now = await page.$$eval('#hprof-frames > rect', (l) => l.map((r) => [r.getAttribute('fill'), r.hasAttribute('stroke')]));
	now.forEach((x, i) => assert.strictEqual(x[1], x[0] === before[i]));
	assert.strictEqual(now.filter((x) => x[1]).length, 2);
	await page.keyboard.press('Escape');
	assert.deepStrictEqual(await page.$$eval('#hprof-frames > rect', (l) => l.map((r) => r.getAttribute('fill'))), before);
});

check('next and previous match', async (browser) => {
	const {page} = await open(browser, small());
	await search(page, 'alloc');
	const at = [];
	for (const key of ['Enter', 'Enter', 'Enter', 'Shift+Enter']) {
		await page.keyboard.press(key);
		at.push(await page.getAttribute('#hprof-current', 'x'));
	}
	assert.ok(at[0] !== at[1] && at[0] === at[2] && at[1] === at[3]);
	await page.keyboard.press('Tab');
	await page.focus('#hprof-frames');
	await page.keyboard.press('n');
	assert.match(await status(page), /match 1 of 2 that are drawn/);
	await page.keyboard.press('N');
	assert.match(await status(page), /match 2 of 2/);
	await click(page, 'serve');
	await search(page, 'grow');
	await page.keyboard.press('Enter'); /* it is not drawn here */
	assert.match(await zoomed(page), /^grow/);
});

/* ---- links ---- */

check('a link shows the same elsewhere', async (browser) => {
	const one = await open(browser, small());
	await click(one.page, 'serve');
	await search(one.page, 'ALL(oc)|x y&z#%');
	await one.page.click('#hprof-tools input[type=checkbox]');
	await choose(one.page, 2, 'name');
	const hash = await hashOf(one.page);
	const text = await status(one.page);
	for (const args of [[], ['--width', '800', '--minwidth', '5']]) {
		const two = await open(browser, small(...args), {hash});
		assert.match(await zoomed(two.page), /^serve/);
		assert.strictEqual(await status(two.page), text);
		assert.strictEqual(await field(two.page), 'ALL(oc)|x y&z#%');
		assert.strictEqual(await two.page.$$eval('#hprof-tools select', (l) => l[2].value), 'name');
		quiet(two.log);
	}
});

check('a link to a frame that is gone leads to the nearest caller', async (browser) => {
	const one = await open(browser, small());
	await click(one.page, 'grow');
	const hash = await hashOf(one.page);
	const other = draw('gone', b.heap(STACKS.filter((s) => !s[0].includes('grow'))));
	const {page, log} = await open(browser, other, {hash});
	assert.match(await zoomed(page), /^parse/);
	assert.match(await status(page), /not here; this is the nearest/);
	for (const bad of ['#z=zzz', '#z=__proto__&q=%', '#z', '#m=constructor&o=toString&f=__proto__&q=(']) {
		const r = await open(browser, small(), {hash: bad});
		assert.match(await zoomed(r.page), /^all/);
		quiet(r.log);
	}
	quiet(log);
});

/* ---- keys, reading aloud, themes ---- */

check('keys', async (browser) => {
	const {page, log} = await open(browser, small());
	const current = () => page.getAttribute('#hprof-current', 'aria-label');
	const go = async (...keys) => {
		for (const key of keys)
			await page.keyboard.press(key);
		return current();
	};
	assert.match(await go('ArrowDown'), /^main, 990 B, 99.0 % of total, 2 children/);
	assert.match(await go('ArrowDown', 'ArrowDown'), /^alloc, 600 B/);
	assert.match(await go('ArrowRight'), /^grow/);
	assert.match(await go('ArrowRight'), /^alloc, 150 B/);
	assert.match(await go('ArrowLeft', 'ArrowUp'), /^parse/);
	assert.match(await go('Enter'), /^parse, 810 B/);
	assert.deepStrictEqual((await boxes(page)).map((x) => x[3].replace(/ .*/, '')), ['all', 'main', 'parse', 'alloc', 'grow']);
	assert.match(await go('Home'), /^all/);
	assert.match(await go('ArrowUp', 'ArrowLeft'), /^all/);
	await page.keyboard.press('?');
	assert.strictEqual(await page.$$eval('[role=dialog]', (l) => l.length), 1);
	await page.keyboard.press('Escape');
	assert.strictEqual(await page.$$eval('[role=dialog]', (l) => l.length), 0);
	await page.keyboard.press('Control+f');
	assert.strictEqual(await page.evaluate(() => document.activeElement.localName), 'input');
	await page.keyboard.press('Escape');
	await page.keyboard.press('/');
	assert.strictEqual(await page.evaluate(() => document.activeElement.localName), 'input');
	await page.keyboard.type('0nNc?/');
	assert.strictEqual(await field(page), '0nNc?/');
	await page.keyboard.press('Escape');
	await page.keyboard.press('Escape');
	assert.strictEqual(await page.evaluate(() => document.activeElement.id), 'hprof-frames');
	for (const key of ['o', 't', 'm', 'i'])
		await page.keyboard.press(key);
	assert.match(await hashOf(page), /^#f=file&i=1&m=\w+_objects&o=name$/);
	quiet(log);
});

check('a flame has its root below, and arrows go where they point', async (browser) => {
	const {page} = await open(browser, small('--flame'));
	const all = await boxes(page);
	const y = (label) => all.find((x) => x[3].startsWith(label))[1];
	assert.ok(y('all') > y('main') && y('main') > y('parse'));
	await page.keyboard.press('ArrowUp');
	assert.match(await page.getAttribute('#hprof-current', 'aria-label'), /^main/);
	await click(page, 'parse');
	assert.strictEqual((await boxes(page)).find((x) => x[3].startsWith('all'))[1], y('all'));
});

check('copying a name', async (browser) => {
	const {page, context} = await open(browser, small());
	await context.grantPermissions(['clipboard-read', 'clipboard-write']).catch(() => {});
	await page.keyboard.press('ArrowDown');
	await page.keyboard.press('c');
	await page.waitForTimeout(200);
	const text = await status(page);
	assert.match(text, /^copied: main|^copy it with Ctrl-C/);
	if (text.startsWith('copy it'))
		assert.strictEqual(await page.evaluate(() => document.activeElement.value), 'main');
});

check('every control has a name; the graph is one stop of the Tab key', async (browser) => {
	const {page} = await open(browser, small());
	const nameless = await page.$$eval('input, select, button', (l) => l.filter((e) => !e.getAttribute('aria-label') && !e.parentNode.textContent.trim()).length);
	assert.strictEqual(nameless, 0);
	assert.strictEqual(await page.$$eval('#hprof-frames [tabindex]', (l) => l.length), 0);
	assert.strictEqual(await page.getAttribute('#hprof-frames', 'tabindex'), '0');
	assert.strictEqual(await page.getAttribute('#hprof-frames', 'aria-activedescendant'), 'hprof-current');
	assert.strictEqual(await page.$$eval('[role=status][aria-live=polite]', (l) => l.length), 1);
	const stops = [];
	for (let i = 0; i < 12; i++) {
		await page.keyboard.press('Tab');
		stops.push(await page.evaluate(() => document.activeElement && (document.activeElement.id || document.activeElement.localName)));
	}
	assert.ok(stops.includes('hprof-frames') && stops.includes('input') && stops.includes('button'), stops.join());
});

check('themes: light and dark, changed while it is open, with contrast', async (browser) => {
	const diff = draw('themediff', [b.heap(STACKS), b.heap(STACKS.map((s, i) => [s[0], s[1] * (i + 1), s[2]]).slice(1))]);
	for (const file of [small(), diff, real()]) {
		const {page, log} = await open(browser, file);
		for (const scheme of ['dark', 'light']) {
			await page.emulateMedia({colorScheme: scheme});
			await page.waitForFunction((c) => (document.querySelector('#hprof-paper').getAttribute('fill') === '#ffffff') === (c === 'light'), scheme);
			for (const pattern of ['', 'alloc|_1']) {
				await search(page, pattern);
				const found = await page.$$eval('#hprof-frames > text', (l) => l.map((t) => {
					let r = t.previousElementSibling;
					while (r.hprofBox === undefined)
						r = r.previousElementSibling;
					return [r.getAttribute('fill'), t.parentNode.getAttribute('fill')];
				}));
				const texts = await page.$$eval('svg > text, #hprof-details text', (l) => l.map((t) => t.getAttribute('fill')));
				const back = await page.getAttribute('#hprof-paper', 'fill');
				assert.ok(found.length > 3);
				for (const [fill, ink] of found.concat(texts.map((t) => [back, t])))
					assert.ok(b.contrast(fill, ink) >= 4.5, file + ' ' + scheme + ' ' + fill + ' ' + ink + ' ' + b.contrast(fill, ink));
			}
		}
		quiet(log);
	}
});

/* ---- names that want to be something else ---- */

check('hostile names are text', async (browser) => {
	const evil = ['</script><img src=x onerror="PWN=1">', ']]><script>PWN=1</script>', '--><svg onload="PWN=1">', '" onload="PWN=1', "'-alert(1)-'",
		'&lt;b&gt;&amp;', '__proto__', 'constructor', 'hasOwnProperty', '${PWN=1}', 'a\u2028b\u2029c', 'a\u202eb', 'a\ufffeb\uffffc', 'x'.repeat(5000),
		'日本語'.repeat(40), '</metadata></svg>', Buffer.from([0x61, 0xff, 0xfe, 0x62]), Buffer.from([0x1b, 0x5b, 0x33, 0x31, 0x6d, 0x7f, 0x01])];
	const file = draw('evil', b.heap(evil.map((s, i) => [['main', s], 1000 - i, 1])), '--title', '</title><script>PWN=1</script>');
	for (const javaScriptEnabled of [true, false]) {
		const {page, log} = await open(browser, file, {javaScriptEnabled});
		assert.strictEqual(await page.$$eval('script', (l) => l.length), 1);
		assert.strictEqual(await page.$$eval('img, svg svg, [onload], [onerror]', (l) => l.length), 0);
		quiet(log);
		if (!javaScriptEnabled)
			continue;
		assert.strictEqual(await page.evaluate(() => window.PWN), undefined);
		const names = (await b.dataOf(fs.readFileSync(file, 'utf8'))).str;
		for (const s of evil.filter((x) => typeof x === 'string' && !/[\u2028-\u202e\ufffe\uffff]/.test(x)))
			assert.ok(names.includes(s), s);
		const told = [];
		await page.keyboard.press('ArrowDown');
		await page.keyboard.press('ArrowDown');
		for (let i = 0; i < evil.length; i++) {
			told.push(await details(page));
			await page.keyboard.press('ArrowRight');
		}
		for (const s of evil.filter((x) => typeof x === 'string' && x.length < 100 && /^[ -~]*$/.test(x)))
			assert.ok(told.some((t) => t.startsWith('name\n' + s + '\n')), s);
		for (const s of ['</script>', 'img', '^__proto__$', 'x{1000}'])
			assert.match(await search(page, s), /^\d+ frame/);
		assert.strictEqual(await page.evaluate(() => window.PWN), undefined);
		assert.strictEqual(await page.$$eval('script', (l) => l.length), 1);
		quiet(log);
	}
});

/* ---- inside of other documents ---- */

check('in <object> and <iframe>, and inside of a page', async (browser) => {
	small();
	for (const tag of ['<object id="p" type="image/svg+xml" data="small.svg"></object>', '<iframe id="p" src="small.svg" width="1250" height="500"></iframe>']) {
		const {page, log} = await b.newPage(browser);
		const server = await b.serve({
			'page.html': ['text/html', '<!doctype html>' + tag], 'small.svg': ['image/svg+xml', fs.readFileSync(small())],
		}, {});
		await page.goto(server.url + 'page.html');
		await page.waitForTimeout(500);
		const frame = page.frames().find((f) => f.url().endsWith('small.svg'));
		await frame.waitForSelector('#hprof-tools');
		await frame.fill('#hprof-tools input', 'alloc');
		await page.waitForTimeout(300);
		assert.match(await frame.textContent('#hprof-status'), /^2 frames, 750 B/);
		await frame.click('#hprof-frames > rect >> nth=2');
		assert.match(await frame.textContent('#hprof-details'), /parse/);
		quiet(log);
		server.close();
	}
	const {page, log} = await b.newPage(browser);
	const inline = fs.readFileSync(small(), 'utf8').replace(/^<\?xml.*\n/, '');
	await page.goto('file://' + b.file('inline.html', '<!doctype html><meta charset="utf-8"><p>Text</p><input id="mine"><div>' + inline + '</div>'));
	await page.waitForSelector('#hprof-tools');
	await page.fill('#mine', '/0n?');
	await page.keyboard.press('c');
	assert.strictEqual(await page.inputValue('#mine'), '/0n?c');
	await page.click('#hprof-frames > rect >> nth=2');
	assert.match(await page.textContent('#hprof-details'), /parse/);
	assert.strictEqual(await hashOf(page), '');
	quiet(log);
});

/* ---- differences ---- */

check('a difference tells old and new', async (browser) => {
	const old = [[['main', 'gone'], 5000, 5], [['main', 'p', 'q'], 1000, 2], [['main', 'a'], 100, 1]];
	const now = [[['main', 'p', 'q'], 100, 1], [['main', 'a'], 200, 2], [['main', 'new'], 300, 3]];
	const {page, log} = await open(browser, draw('diff', [b.heap(old), b.heap(now)]));
	const all = await boxes(page);
	assert.deepStrictEqual(all.map((x) => x[3].replace(/ {2}.*/, '')).filter((s) => s !== ''), ['\u25bc all', '\u25bc main', '\u25bc gone', '\u25bc p', '\u25bc q', '\u25b2 new']);
	const gone = all.find((x) => x[3].includes('gone'));
	assert.ok(Math.abs(gone[2] - (1180 * 5000) / 6500 + 0.5) < 0.02);
	await page.mouse.move(...center(gone));
	assert.match(await details(page), /total\n4.9 KiB \(5,000 bytes\) → 0 B \(-4.9 KiB, removed\)[^]*width\n4.9 KiB \(5,000 bytes\) \(union\), 76.9 % of total[^]*objects\n5 → 0/);
	assert.match(await page.textContent('#hprof-total'), /old 6.0 KiB \(6,100 bytes\), new 600 B/);
	const text = await search(page, 'q|new');
	assert.strictEqual(text, '2 frames, 1000 B → 400 B, -600 B');
	quiet(log);
});

/* ---- extreme shapes, speed ---- */

check('20,000 frames deep', async (browser) => {
	const names = Array.from({length: 20000}, (_, i) => 'f' + (i % 50));
	const {page, log} = await open(browser, draw('deep', b.heap([[names, 1000, 1], [names.slice(0, 10), 5, 1]])));
	assert.match(await page.textContent('#hprof-foot'), /rows more are not drawn/);
	const before = (await boxes(page)).length;
	assert.ok(before > 900 && before <= 5000);
	await search(page, 'f49');
	await page.keyboard.press('Shift+Enter');
	const y = Number(await page.getAttribute('#hprof-current', 'y'));
	const visible = await page.evaluate(() => [scrollY, scrollY + innerHeight]);
	assert.ok(y > visible[0] && y < visible[1], y + ' in ' + visible);
	await page.focus('#hprof-frames');
	await page.keyboard.press('Enter'); /* callers far above share a row */
	assert.ok((await boxes(page)).length <= 1100);
	assert.match((await boxes(page)).map((x) => x[3]).join(), /callers between/);
	const tools = await page.$eval('#hprof-tools', (g) => g.getBoundingClientRect().top);
	assert.ok(tools >= -1 && tools < 200, 'controls are in the window: ' + tools);
	await page.keyboard.press('0');
	assert.strictEqual((await boxes(page)).length, before);
	quiet(log);
});

check('50,000 siblings', async (browser) => {
	const stacks = Array.from({length: 50000}, (_, i) => [['main', 'g' + i], 10, 1]);
	const {page, log} = await open(browser, draw('wide', b.heap(stacks)));
	assert.deepStrictEqual((await boxes(page)).map((x) => x[3].replace(/ {2}.*/, '')), ['all', 'main', '(50000 others)']);
	assert.match(await search(page, 'g49999'), /^1 frame, 10 B, <0.1 % of total/);
	await page.keyboard.press('Enter');
	assert.match(await zoomed(page), /^g49999/);
	quiet(log);
});

check('a profile of 71,490 calls is zoomed quickly', async (browser) => {
	const file = real();
	assert.ok(fs.statSync(file).size < 1.5e6, String(fs.statSync(file).size));
	const {page, log} = await open(browser, file);
	const painted = (key) => page.evaluate((k) => new Promise((done) => {
		const started = performance.now();
		document.dispatchEvent(new KeyboardEvent('keydown', {key: k, bubbles: true}));
		requestAnimationFrame(() => {
			const channel = new MessageChannel();
			channel.port1.onmessage = () => done(performance.now() - started);
			channel.port2.postMessage(0);
		});
	}), key);
	/* what it takes the browser to show as many rectangles without anything else */
	const plain = () => page.evaluate(() => new Promise((done) => {
		const started = performance.now();
		const g = document.createElementNS('http://www.w3.org/2000/svg', 'g');
		for (let i = 0; i < 5000; i++) {
			const r = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
			for (const [k, v] of [['x', i % 1000], ['y', 300 + (i % 300)], ['width', 20], ['height', 10], ['fill', '#d0d0' + (10 + (i % 80))]])
				r.setAttribute(k, v);
			g.appendChild(r);
		}
		document.documentElement.appendChild(g);
		requestAnimationFrame(() => {
			const channel = new MessageChannel();
			channel.port1.onmessage = () => {
				const ms = performance.now() - started;
				g.remove();
				done(ms);
			};
			channel.port2.postMessage(0);
		});
	}));
	const times = [];
	const others = [];
	for (let i = 0; i < 6; i++) {
		await page.keyboard.press('ArrowDown');
		times.push(await painted('Enter'), await painted('0'));
		others.push(await plain());
	}
	const middle = (list) => [...list].sort((x, y) => x - y)[list.length >> 1];
	console.log('# zoom: ' + times.map((t) => Math.round(t)).join(' ') + ' ms; 5,000 rectangles: ' + others.map((t) => Math.round(t)).join(' ') + ' ms');
	assert.ok(middle(times) <= 200 || middle(times) <= 3 * middle(others), middle(times) + ' ms');
	quiet(log);
});

b.run('svg', tests);
