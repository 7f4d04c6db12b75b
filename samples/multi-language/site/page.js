'use strict';

// page.js CONVERT: writes a page with a table of lengths; the program CONVERT does the arithmetic.

const { execFileSync } = require('node:child_process');

const LENGTHS = [
  ['1', 'mi', 'km'],
  ['1', 'ft', 'm'],
  ['5', 'km', 'mi'],
];

/** A table row: `1 mi` in one cell, `1.60934 km` in the other. */
function row([value, from, to], convert) {
  return `<tr><td>${value} ${from}</td><td>${convert(value, from, to)} ${to}</td></tr>`;
}

function page(lengths, convert) {
  const rows = lengths.map((length) => row(length, convert));
  return ['<!doctype html>', '<title>Lengths</title>', '<table>', ...rows, '</table>', ''].join('\n');
}

if (require.main === module) {
  const program = process.argv[2];
  const convert = (...length) => execFileSync(program, length, { encoding: 'utf8' }).trim();
  process.stdout.write(page(LENGTHS, convert));
}

module.exports = { page, row };
