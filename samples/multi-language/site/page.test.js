'use strict';

const assert = require('node:assert/strict');
const { it } = require('node:test');
const { page, row } = require('./page');

it('puts both lengths into a row', () => {
  const convert = () => '1.60934';
  assert.equal(row(['1', 'mi', 'km'], convert), '<tr><td>1 mi</td><td>1.60934 km</td></tr>');
});

it('has a row for each length', () => {
  const lengths = [['1', 'mi', 'km'], ['1', 'ft', 'm']];
  assert.equal(page(lengths, () => '').match(/<tr>/g).length, 2);
});
