// graph.js - flame graphs that answer, in a page (on a canvas) and in a picture (SVG), through one interface.
//
//	boxes()        what is drawn: [{ label, text, x, y, w, h, fill, ink, alpha, hatched, outlined }] in pixels of the window;
//	               label is the name in the label, text all of it
//	box(label)     the widest one
//	click, hover   a box
//	details()      what is told of the box at hand; name() its name
//	search(text)   { text, bad }: the result line, and whether the expression is refused
//	press(key)     with the graph in focus
//	link()         the part of the address behind "#"
"use strict";

// In the page, before its script: keep what is drawn on a canvas that is shown.
function record() {
	const kept = (window.testDrawn = { ops: [], frames: 0, fills: 0 });
	const proto = CanvasRenderingContext2D.prototype;
	const note = (g, op) => {
		if (g.canvas.isConnected)
			kept.ops.push({ ...op, fill: typeof g.fillStyle === "string" ? g.fillStyle : "pattern", alpha: g.globalAlpha });
	};
	for (const name of ["fillRect", "strokeRect"]) {
		const real = proto[name];
		proto[name] = function (x, y, w, h) {
			if (name === "fillRect" && this.canvas.isConnected) {
				kept.fills++;
				if (x === 0 && y === 0 && h >= this.canvas.clientHeight - 1) {
					kept.ops = [];
					kept.frames++;
				}
			}
			note(this, { kind: name, x, y, w, h, stroke: this.strokeStyle });
			return real.apply(this, arguments);
		};
	}
	const text = proto.fillText;
	proto.fillText = function (s, x, y) {
		note(this, { kind: "text", s, x, y });
		return text.apply(this, arguments);
	};
}

// The name in a label: without the mark before it, and the value behind it.
const nameIn = (label) => label.replace(/^[\u25b2\u25bc] ?/, "").replace(/ {2}[-+]?[\d<].*$/, "");

class Graph {
	constructor(page) {
		this.page = page;
	}

	// What a change before it asked for is drawn in the next frame.
	async boxes() {
		await this.settle();
		const list = await this.drawnBoxes();
		for (const b of list) {
			b.text = b.label;
			b.label = nameIn(b.label);
		}
		return list;
	}

	async box(label) {
		const all = (await this.boxes()).filter((b) => b.label === label);
		return all.sort((a, b) => b.w - a.w)[0];
	}

	async click(box, options = {}) {
		await this.page.mouse.click(box.x + box.w / 2, box.y + box.h / 2, options);
		await this.settle();
	}

	async hover(box) {
		await this.page.mouse.move(box.x + box.w / 2, box.y + box.h / 2);
		await this.settle();
	}

	// Two frames later everything is drawn.
	settle() {
		return this.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 0)))));
	}

	link() {
		return this.page.evaluate(() => location.hash);
	}

	async zoom(name) {
		const b = await this.box(name);
		if (!b)
			throw new Error(`no box ${name}`);
		await this.click(b);
		await this.away();
	}

	// The pointer is over nothing.
	async away() {
		await this.page.mouse.move(1, 1);
		await this.settle();
	}

	// The search waits for more keys; when it is done, the link has it.
	searched(text) {
		return this.until((want) => {
			const found = /[#&]q=([^&]*)/.exec(location.hash);
			return (found ? decodeURIComponent(found[1]) : "") === want;
		}, text);
	}

	// Whether @f comes to answer with true, on a busy machine too.
	async eventually(f) {
		for (let i = 0; i < 100; i++) {
			if (await f())
				return true;
			await this.settle();
		}
		return false;
	}

	async until(f, arg) {
		await this.page.waitForFunction(f, arg, { timeout: 60000 });
	}
}

class PageGraph extends Graph {
	static async open(t, file, options = {}) {
		const page = await t.open(file, { ...options, init: record });
		const g = new PageGraph(page);
		await g.until(() => document.documentElement.hasAttribute("data-ready"));
		await g.settle();
		return g;
	}

	async drawn() {
		return this.page.evaluate(() => {
			const r = document.querySelector("#hp-graph canvas").getBoundingClientRect();
			return { ...window.testDrawn, left: r.x, top: r.y, width: r.width, height: r.height };
		});
	}

	async drawnBoxes() {
		const d = await this.drawn();
		const out = [];
		for (const op of d.ops) {
			const last = out[out.length - 1];
			if (op.kind === "fillRect" && op.h > 15 && op.h < 30 && op.fill !== "pattern")
				out.push({ label: "", x: d.left + op.x, y: d.top + op.y, w: op.w, h: op.h, fill: op.fill, alpha: op.alpha, hatched: false, outlined: false, bars: [] });
			else if (!last)
				continue;
			else if (op.kind === "fillRect" && op.fill === "pattern")
				last.hatched = true;
			else if (op.kind === "fillRect" && op.h < 5)
				last.bars.push(op.w);
			else if (op.kind === "strokeRect") {
				last.outlined = true;
				last.stroke = op.stroke;
			} else if (op.kind === "text") {
				last.label = op.s;
				last.ink = op.fill;
			}
		}
		return out;
	}

	details() {
		return this.page.locator("#hp-details").innerText();
	}

	name() {
		return this.page.locator("#hp-details .name").innerText();
	}

	async search(text) {
		await this.page.fill("#hp-search", text);
		await this.searched(text);
		await this.settle();
		return this.result();
	}

	result() {
		return this.page.evaluate(() => ({
			text: document.querySelector("#hp-result").textContent,
			bad: document.querySelector("#hp-search").getAttribute("aria-invalid") === "true",
		}));
	}

	async press(key) {
		await this.page.focus("#hp-graph");
		await this.page.keyboard.press(key);
		await this.settle();
	}

	plot() {
		return this.page.evaluate(() => {
			const r = document.querySelector("#hp-graph canvas").getBoundingClientRect();
			return { x: r.x, w: r.width };
		});
	}

	notice() {
		return this.page.evaluate(() => [...document.querySelectorAll("[role=alert]")].filter((e) => !e.hidden).map((e) => e.textContent).join(" "));
	}

	live() {
		return this.page.evaluate(() => document.querySelector("#hp-live").textContent);
	}

	async mode(value) {
		await this.page.selectOption("#hp-mode", value);
		await this.settle();
	}

	async order(value) {
		await this.page.selectOption("#hp-order", value);
		await this.settle();
	}
}

// The script of a picture lays its boxes out flat: a rectangle, what is over it, and a label.
class SvgGraph extends Graph {
	static async open(t, file, options = {}) {
		const page = await t.open(file, options);
		const g = new SvgGraph(page);
		await g.until(() => document.querySelector("#hprof-frames > rect[role=img]"));
		await g.settle();
		return g;
	}

	drawnBoxes() {
		return this.page.evaluate(() => {
			const out = [], frames = document.querySelector("#hprof-frames"), ink = frames.getAttribute("fill");
			const round = (v) => Math.round(v * 100) / 100;
			for (const e of frames.children) {
				const last = out[out.length - 1], fill = e.getAttribute("fill") || "";
				if (e.localName === "text") {
					last.label = e.textContent;
					last.ink = ink;
				} else if (e.hprofBox !== undefined) {
					const r = e.getBoundingClientRect();
					out.push({ index: e.hprofBox, label: "", x: round(r.x), y: round(r.y), w: round(r.width), h: round(r.height), fill, alpha: 1,
						hatched: false, outlined: e.hasAttribute("stroke") && e.getAttribute("stroke-width") === "1.6", bars: [] });
				} else if (fill.startsWith("url(")) {
					last.hatched = true;
				} else {
					last.bars.push(Number(e.getAttribute("width")));
				}
			}
			return out;
		});
	}

	// Bring a box to where it can be pointed at.
	async show(box) {
		return this.page.evaluate((index) => {
			const e = [...document.querySelectorAll("#hprof-frames > rect")].find((x) => x.hprofBox === index);
			const here = () => document.elementFromPoint(e.getBoundingClientRect().x + e.getBoundingClientRect().width / 2, e.getBoundingClientRect().y + 5) === e;
			if (!here())
				e.scrollIntoView({ block: "center", inline: "nearest" });
			const r = e.getBoundingClientRect();
			return { x: r.x, y: r.y, w: r.width, h: r.height };
		}, box.index);
	}

	async click(box, options) {
		await super.click(await this.show(box), options);
	}

	async hover(box) {
		await super.hover(await this.show(box));
	}

	details() {
		return this.page.evaluate(() => [...document.querySelectorAll("#hprof-details text")].map((e) => e.textContent).join("\n"));
	}

	async name() {
		return (await this.details()).split("\n")[1];
	}

	async search(text) {
		await this.page.fill("#hprof-tools input[type=text]", text);
		await this.searched(text);
		await this.settle();
		return this.result();
	}

	result() {
		return this.page.evaluate(() => ({
			text: document.querySelector("#hprof-status").textContent,
			bad: document.querySelector("#hprof-tools input[type=text]").getAttribute("aria-invalid") === "true",
		}));
	}

	async press(key) {
		await this.page.focus("#hprof-frames");
		await this.page.keyboard.press(key);
		await this.settle();
	}

	plot() {
		return this.page.evaluate(() => {
			const r = document.querySelector("#hprof-frames > rect").getBoundingClientRect();
			return { x: r.x, w: r.width };
		});
	}

	async notice() {
		const { text } = await this.result();
		return /link/.test(text) ? text : "";
	}

	// What the frame that keys move is called.
	live() {
		return this.page.evaluate(() => document.getElementById(document.querySelector("#hprof-frames").getAttribute("aria-activedescendant")).getAttribute("aria-label"));
	}

	async mode(value) {
		await this.page.selectOption("#hprof-tools select >> nth=0", value);
		await this.settle();
	}

	async order(value) {
		await this.page.selectOption("#hprof-tools select >> nth=2", value);
		await this.settle();
	}
}

const open = (t, file, options) => (file.endsWith(".svg") ? SvgGraph : PageGraph).open(t, file, options);

module.exports = { open, nameIn };
