// names.js - how hostile names are to be shown.
"use strict";

// Length of the well-formed character at @i of a Buffer; 0: there is none.
function characterAt(b, i) {
	const c = b[i];
	const n = c < 0x80 ? 1 : c >= 0xc2 && c < 0xe0 ? 2 : c >= 0xe0 && c < 0xf0 ? 3 : c >= 0xf0 && c < 0xf5 ? 4 : 0;
	if (n === 0 || i + n > b.length)
		return 0;
	for (let k = 1; k < n; k++)
		if ((b[i + k] & 0xc0) !== 0x80)
			return 0;
	if ((c === 0xe0 && b[i + 1] < 0xa0) || (c === 0xed && b[i + 1] > 0x9f) || (c === 0xf0 && b[i + 1] < 0x90) ||
		(c === 0xf4 && b[i + 1] > 0x8f))
		return 0;
	return n;
}

const unseen = (c) => (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || [0x200e, 0x200f, 0x061c, 0xfffe, 0xffff].includes(c);

// As pictures and pages show a text or bytes: what is no visible character as \xNN or \uNNNN.
function showable(name) {
	const b = Buffer.isBuffer(name) ? name : Buffer.from(name, "utf8");
	let out = "";
	for (let i = 0; i < b.length;) {
		const n = characterAt(b, i);
		const s = b.toString("utf8", i, i + (n || 1));
		const c = n ? s.codePointAt(0) : b[i];
		if (n === 0 || c < 0x20 || (c >= 0x7f && c < 0xa0))
			out += `\\x${c.toString(16).padStart(2, "0")}`;
		else if (unseen(c))
			out += `\\u${c.toString(16).padStart(4, "0")}`;
		else
			out += s;
		i += n || 1;
	}
	return out;
}

module.exports = { showable };
