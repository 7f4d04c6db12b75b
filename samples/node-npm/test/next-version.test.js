'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');
const { nextVersion, releaseOf } = require('../src/next-version');

describe('releaseOf', () => {
  it('is a patch for fixes only', () => {
    assert.equal(releaseOf(['fix a typo', 'docs: say more']), 'patch');
  });

  it('is minor with a feature', () => {
    assert.equal(releaseOf(['fix a typo', 'feat(cli): read stdin']), 'minor');
  });

  it('is major with a breaking change', () => {
    assert.equal(releaseOf(['feat!: drop the old flags', 'feat: more']), 'major');
  });
});

describe('nextVersion', () => {
  it('counts on from the version', () => {
    assert.equal(nextVersion('1.9.4', ['feat: more']), '1.10.0');
  });

  it('stays where nothing was committed', () => {
    assert.equal(nextVersion('1.9.4', []), '1.9.4');
  });

  it('ends a pre-release', () => {
    assert.equal(nextVersion('2.0.0-rc.1', ['fix a typo']), '2.0.0');
  });

  it('refuses what is no version', () => {
    assert.throws(() => nextVersion('one', ['fix a typo']), RangeError);
  });
});
