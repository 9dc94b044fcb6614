// report.js - lines "PASS name (figures)", "FAIL name" with reasons, "SKIP name (why)", and the counts at the end.
"use strict";

const SHOWN = 12;

class Report {
	constructor(verbose) {
		this.verbose = verbose;
		this.passed = this.failed = this.skipped = 0;
	}

	pass(name, figures) {
		this.passed++;
		console.log(`PASS ${name}${figures ? ` (${figures})` : ""}`);
	}

	// problems: texts that say what is wrong.
	fail(name, problems) {
		this.failed++;
		console.log(`FAIL ${name}`);
		const shown = this.verbose ? problems : problems.slice(0, SHOWN);
		for (const p of shown)
			console.log("     " + String(p).replace(/\n/g, "\n     "));
		if (shown.length < problems.length)
			console.log(`     ... and ${problems.length - shown.length} more (-v shows all)`);
	}

	skip(name, why) {
		this.skipped++;
		console.log(`SKIP ${name} (${why})`);
	}

	close() {
		console.log(`${this.passed} passed, ${this.failed} failed, ${this.skipped} skipped`);
		return this.failed ? 1 : 0;
	}
}

// Thrown by a test that cannot run here.
class Skip extends Error {}

module.exports = { Report, Skip };
