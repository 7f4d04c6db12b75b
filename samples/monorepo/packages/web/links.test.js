'use strict';

const assert = require('node:assert/strict');
const { it } = require('node:test');
const { pageLink } = require('./links');

it('leaves the first page out', () => {
  assert.equal(pageLink('/users', 1), '/users');
});

it('names every other page', () => {
  assert.equal(pageLink('/users', 3), '/users?page=3');
});
