// viewers.js - the programs of others that show what hprof exports.
"use strict";
const fs = require("fs");
const path = require("path");
const tools = require("./tools");

function speedscopeIndex() {
	return path.join(tools.PLACE, "node_modules", "speedscope", "dist", "release", "index.html");
}

// Of its own, and of the driver of the graphics that it draws with.
const ALLOWED = {
	requests: (l) => l.every((u) => /^(file|data|blob):/.test(u)),
	console: (l) => l.every((text) => text.includes("GL Driver Message")),
};

/*
 * What speedscope made of a file: it is given to it as a user does, and saved again by its own "Export",
 * in its format, so that every number can be read.
 */
async function throughSpeedscope(session, file) {
	const page = await session.open(speedscopeIndex(), { allow: ALLOWED });
	await page.setInputFiles("input[type=file]", file);
	await page.getByText("Export", { exact: false }).first().waitFor();
	const [saved] = await Promise.all([page.waitForEvent("download"), page.getByText("Export", { exact: false }).first().click()]);
	const doc = JSON.parse(fs.readFileSync(await saved.path(), "utf8"));
	return { page, doc };
}

// Total and unit of each profile of a speedscope document.
function speedscopeTotals(doc) {
	return doc.profiles.map((p) => ({ name: p.name, unit: p.unit, total: weightOf(p) }));
}

function weightOf(p) {
	if (p.type === "sampled")
		return p.weights.reduce((a, b) => a + b, 0);
	return p.endValue - p.startValue;
}

// Text of the root of DHAT's own viewer.
async function throughDhat(session, file) {
	const page = await session.open(tools.dhView(), { allow: ALLOWED });
	await page.setInputFiles("input[type=file]", file);
	await page.waitForFunction(() => /Total:\s/.test(document.body.textContent) || /Error|error/.test(document.body.textContent));
	return { page, text: await page.evaluate(() => document.body.innerText) };
}

module.exports = { throughSpeedscope, speedscopeTotals, throughDhat, speedscopeIndex };
