#!/usr/bin/env node
'use strict';

// next-version VERSION: reads the subjects of commits from stdin, a line each.

const { readFileSync } = require('node:fs');
const { nextVersion } = require('./next-version');

const subjects = readFileSync(0, 'utf8').split('\n').filter(Boolean);

try {
  console.log(nextVersion(process.argv[2], subjects));
} catch (error) {
  console.error(`next-version: ${error.message}`);
  process.exitCode = 2;
}
