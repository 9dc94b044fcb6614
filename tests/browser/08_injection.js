// Hostile names stay text, wherever they come from, and are told as hprof shows them.
"use strict";
const fs = require("fs");
const path = require("path");
const corpora = require("./lib/corpora");
const graph = require("./lib/graph");
const { boxesOf } = require("./lib/picture");
const { showable } = require("./lib/names");
const tools = require("./lib/tools");

const TITLE = "</title><script>window.PWN='t'</script><img src=x onerror=window.PWN=1>\"'&\x1b]]>-->\u2028\u202e";
const EVIL = ["--title", TITLE];

// Nothing of a name has become an element, an attribute or code.
async function innocent(t, page, what, scripts) {
	const got = await page.evaluate(() => ({
		pwn: typeof window.PWN, images: document.querySelectorAll("img, image, iframe, object, embed, style[onload]").length,
		scripts: document.querySelectorAll("script").length,
		handlers: [...document.querySelectorAll("*")].filter((e) => [...e.attributes].some((a) => /^on/i.test(a.name))).map((e) => e.outerHTML.slice(0, 100)),
		polluted: "window.PWN" in Object.prototype || {}.polluted !== undefined,
	}));
	t.eq(got, { pwn: "undefined", images: got.images, scripts, handlers: [], polluted: false }, what);
	return got.images;
}

// A picture of which nothing is folded, so that all names are there.
const all = (t, ext, corpus) => t.flame(corpus, ext, ["--minwidth", "0.01", "--prune", "none", ...EVIL]);

async function staticSvg(t) {
	const names = corpora.EVIL.map(showable);
	const file = all(t, "svg", "evil");
	const page = await t.open(file, { context: { javaScriptEnabled: false } });
	const boxes = await boxesOf(page);
	const shown = new Set(boxes.map((b) => b.name));
	const missing = names.filter((n) => !shown.has(n) && ![...shown].some((s) => s.length > 400 && n.startsWith(s.slice(0, 300))));
	t.eq(missing, [], "names that are not in the picture");
	t.ok((await page.evaluate(() => document.documentElement.textContent)).includes(showable(TITLE)), "the title is not there as it is shown");
	for (const [name, ...args] of [["xmllint", "--noout", "--nonet"], ["xmlwf"]])
		if (tools.find(name))
			t.eq(`${tools.run([name, ...args, file]).out}`, "", name);
	const text = fs.readFileSync(file, "utf8").replace(/<script[^]*?<\/script>/, "");
	t.eq((text.match(/<(img|script|b|svg)\b/g) || []).length, 1, "elements in the file besides its own");
	return `${names.length} names`;
}

async function living(t, ext) {
	const scripts = ext === "svg" ? 1 : 2;
	for (const corpus of ["evil", "evilMassif"]) {
		const g = await graph.open(t, all(t, ext, corpus));
		t.eq(await innocent(t, g.page, corpus, scripts), 0, `${corpus}: images`);
	}
	const g = await graph.open(t, all(t, ext, "evil"));
	const plot = await g.plot();
	let told = 0, files = 0;
	const wanted = new Map(corpora.EVIL.map((n) => [showable(n), n]));
	for (const b of (await g.boxes()).filter((x) => x.w > 3 && x.w < plot.w / 2 && x.y + x.h < 780)) {
		await g.hover(b);
		const text = await g.details();
		const name = [...wanted.keys()].find((n) => n.length > 2 && text.replace(/\s+/g, " ").includes(n.replace(/\s+/g, " ").trim()));
		if (!name)
			continue;
		wanted.delete(name);
		told++;
		files += text.split(name).length > 2;
	}
	t.ok(told >= corpora.EVIL.length * 0.6, `only ${told} names were told in the details`);
	await innocent(t, g.page, "after hovering", scripts);
	for (const re of ["script", "\\[", "^__proto__$", "^constructor$", "\u{1F4A9}", "PWN"]) {
		const r = await g.search(re);
		t.ok(!r.bad && /[1-9]\d* frames?/.test(r.text), `search for ${re}: ${r.text}`);
		await innocent(t, g.page, `after a search for ${re}`, scripts);
	}
	for (const hash of ["#q=</script><img src=x onerror=window.PWN=1>", "#z=<img>&q=%3Cimg%20onerror%3E&m=__proto__&o=constructor&t=toString&f=hasOwnProperty"]) {
		const h = await graph.open(t, all(t, ext, "evil"), { hash });
		await innocent(t, h.page, `with ${hash}`, scripts);
	}
	return `${told} names told in the details, ${files} with file or module`;
}

// A script that is put into the page later is refused by the page's own policy.
async function refused(t) {
	const good = fs.readFileSync(t.flame("tiny", "html"), "utf8");
	const more = "<script>window.PWN=1</script><img src=x onerror=\"window.PWN=2\"><p onclick=\"window.PWN=3\">x</p><link rel=stylesheet href=y.css>";
	t.server.extra.set("csp_bad.html", { type: "text/html; charset=utf-8", body: good.replace("</body>", `${more}</body>`) });
	const before = t.server.asked.length;
	const page = await t.open(t.server.url("none", "csp_bad.html"), { allow: { console: (l) => l.length >= 3, requests: () => true, errors: () => true } });
	const threw = await page.evaluate(() => {
		const ways = [
			() => document.querySelector("p[onclick]").click(),
			() => document.body.insertAdjacentHTML("beforeend", "<img src=x onerror=window.PWN=4>"),
			() => (document.body.appendChild(document.createElement("div")).innerHTML = "<img src=z onerror=window.PWN=5>"),
			() => document.write("<script>window.PWN=7</script>"),
			() => document.body.appendChild(document.createElement("script")).append("window.PWN=8"),
			() => (document.body.appendChild(document.createElement("img")).src = "later.png"),
			() => fetch("data.json").catch(() => {}),
		];
		return ways.filter((act) => {
			try {
				act();
			} catch (e) {
				return true;
			}
			return false;
		}).length;
	});
	await page.waitForTimeout(300);
	t.eq(await page.evaluate(() => typeof window.PWN), "undefined", "a script of somebody else ran");
	t.eq(t.server.asked.slice(before).length, 1, `what was asked for: ${t.server.asked.slice(before)}`);
	return `${threw} of 7 ways threw, ${page.seen.console.length} refusals told`;
}

module.exports = [
	{ name: "svg as it is", run: staticSvg },
	{ name: "svg", run: (t) => living(t, "svg") },
	{ name: "html", run: (t) => living(t, "html") },
	{ name: "html refuses scripts of others", run: refused },
];
