// session.js - what a test works with: pages that are watched, artefacts, and soft checks.
"use strict";
const fs = require("fs");
const path = require("path");
const { pathToFileURL } = require("url");
const corpora = require("./corpora");
const tools = require("./tools");

const LOUD = ["error", "warning", "assert"];

// What a page did besides being shown.
class Seen {
	constructor() {
		this.requests = [];
		this.console = [];
		this.errors = [];
		this.dialogs = [];
	}

	watch(page) {
		page.on("request", (r) => this.requests.push(r.url()));
		page.on("console", (m) => LOUD.includes(m.type()) && this.console.push(m.text()));
		page.on("pageerror", (e) => this.errors.push(String(e)));
		page.on("dialog", (d) => {
			this.dialogs.push(d.message());
			d.dismiss().catch(() => {});
		});
		page.on("crash", () => this.errors.push("the page crashed"));
	}
}

class Session {
	constructor(browser, server, work) {
		Object.assign(this, { browser, server, work });
		this.problems = [];
		this.pages = []; // { seen, allow, what }
		this.contexts = [];
	}

	// --- checks ---

	ok(condition, what) {
		if (!condition)
			this.problems.push(what);
		return Boolean(condition);
	}

	eq(got, want, what) {
		const [g, w] = [got, want].map((x) => JSON.stringify(x));
		return this.ok(g === w, `${what}: got ${clip(g)}, want ${clip(w)}`);
	}

	near(got, want, by, what) {
		return this.ok(Math.abs(got - want) <= by, `${what}: got ${got}, want ${want} +-${by}`);
	}

	// --- artefacts ---

	hprof(args, opts) {
		return tools.hprof(args, opts);
	}

	corpus(name) {
		return corpora.file(name, this.work);
	}

	/*
	 * The picture of a corpus, made once: ext is svg, html, png or pdf.  A corpus "a..b" is the
	 * difference from a to b.
	 */
	flame(corpus, ext, args = []) {
		const [base, now] = corpus.includes("..") ? corpus.split("..") : [null, corpus];
		const tag = [corpus, ...args].join(" ").replace(/[^A-Za-z0-9._-]+/g, "_").slice(0, 120);
		const out = path.join(this.work, `${tag}.${ext}`);
		if (!fs.existsSync(out))
			this.hprof(["flame", ...(base ? ["--base", this.corpus(base)] : []), ...args, this.corpus(now), "-o", out]);
		return out;
	}

	// --- pages ---

	/*
	 * A new context of its own with one page.  At the end of the test there must have been one
	 * request and nothing in the console, unless allow says otherwise: { requests, console, errors,
	 * dialogs }, a function of the list each that says whether it is right.
	 */
	async open(where, { allow = {}, context = {}, init, wait = "load", hash = "", timeout = 30000 } = {}) {
		const url = (/^(https?|file|about|data):/.test(where) ? where : pathToFileURL(where).href) + hash;
		const c = await this.browser.newContext({ viewport: { width: 1280, height: 800 }, ...context });
		this.contexts.push(c);
		c.setDefaultTimeout(timeout);
		const page = await c.newPage();
		const seen = new Seen();
		seen.watch(page);
		if (init)
			await page.addInitScript(init);
		await page.goto(url, { waitUntil: wait });
		this.pages.push({ seen, allow, what: path.basename(url.split("#")[0]).slice(0, 80) });
		page.seen = seen;
		return page;
	}

	judgePages() {
		const want = {
			requests: (l) => l.length === 1,
			console: (l) => l.length === 0,
			errors: (l) => l.length === 0,
			dialogs: (l) => l.length === 0,
		};
		for (const { seen, allow, what } of this.pages)
			for (const kind of Object.keys(want))
				this.ok((allow[kind] || want[kind])(seen[kind]),
					`${what}: ${seen[kind].length} ${kind}: ${clip(JSON.stringify(seen[kind]))}`);
	}

	async close() {
		this.judgePages();
		for (const c of this.contexts)
			await c.close().catch(() => {});
	}
}

function clip(s, n = 300) {
	s = String(s);
	return s.length > n ? `${s.slice(0, n)}... (${s.length} characters)` : s;
}

module.exports = { Session, clip };
