'use strict';

const semver = require('semver');

const BREAKING = /^\w+(\([^)]*\))?!|BREAKING CHANGE/;
const FEATURE = /^feat\b/;

/** What kind of release the commits ask for: major, minor or patch. */
function releaseOf(subjects) {
  if (subjects.some((subject) => BREAKING.test(subject))) return 'major';
  return subjects.some((subject) => FEATURE.test(subject)) ? 'minor' : 'patch';
}

/** The version after `version`; the same one where nothing was committed. */
function nextVersion(version, subjects) {
  const current = semver.parse(version);
  if (current === null) throw new RangeError(`${version} is no version`);
  if (subjects.length === 0) return current.version;
  return semver.inc(current.version, releaseOf(subjects));
}

module.exports = { nextVersion, releaseOf };
