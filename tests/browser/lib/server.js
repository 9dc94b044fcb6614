// server.js - a web server of one folder, with headers of a content security policy.
"use strict";
const fs = require("fs");
const http = require("http");
const path = require("path");

const TYPES = { ".svg": "image/svg+xml", ".html": "text/html; charset=utf-8", ".js": "text/javascript" };

const POLICIES = {
	none: null,
	// As Jenkins serves what a build leaves behind.
	jenkins: "sandbox allow-same-origin; default-src 'none'; img-src 'self'; style-src 'self'",
	self: "default-src 'self'",
	scripts: "default-src 'none'; script-src 'unsafe-inline'",
	github: "default-src 'none'; style-src 'unsafe-inline'; sandbox",
};

/*
 * Serves /POLICY/FILE: FILE of @dir under that policy.  "asked" has the paths of all requests.
 */
class Server {
	constructor(dir) {
		this.dir = dir;
		this.asked = [];
		this.extra = new Map(); // path to { type, body }: made by a test
		this.http = http.createServer((q, a) => this.answer(q, a));
	}

	start() {
		return new Promise((done) => this.http.listen(0, "127.0.0.1", () => {
			this.port = this.http.address().port;
			done(this);
		}));
	}

	url(policy, file) {
		return `http://127.0.0.1:${this.port}/${policy}/${encodeURIComponent(file)}`;
	}

	answer(request, answer) {
		const [, policy, name] = decodeURIComponent(request.url.split("?")[0]).split("/");
		const made = this.extra.get(name);
		const file = path.join(this.dir, path.basename(name || ""));
		if (request.url === "/favicon.ico") { // a browser looks for it by itself
			answer.writeHead(204).end();
			return;
		}
		this.asked.push(request.url);
		if (!(policy in POLICIES) || !(made || (name && fs.existsSync(file)))) {
			answer.writeHead(404).end();
			return;
		}
		const head = { "Content-Type": made ? made.type : TYPES[path.extname(file)] || "application/octet-stream" };
		if (POLICIES[policy])
			head["Content-Security-Policy"] = POLICIES[policy];
		answer.writeHead(200, head).end(made ? made.body : fs.readFileSync(file));
	}

	stop() {
		this.http.closeAllConnections();
		return new Promise((done) => this.http.close(done));
	}
}

module.exports = { Server, POLICIES };
