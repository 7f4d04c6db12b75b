'use strict';

const assert = require('node:assert/strict');
const { it } = require('node:test');
const { price, total } = require('../src/basket');

it('adds up the items', () => {
  assert.equal(total([{ cents: 250, count: 3 }, { cents: 199, count: 1 }]), 949);
});

it('gives no discount to a small basket', () => {
  assert.equal(price([{ cents: 9999, count: 1 }]), 9999);
});

it('gives the discount from 100.00 on', () => {
  assert.equal(price([{ cents: 5000, count: 2 }]), 9000);
});
