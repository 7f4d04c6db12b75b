'use strict';

/** The link to a page of a list; the first page has none in its address. */
function pageLink(path, page) {
  return page > 1 ? `${path}?page=${page}` : path;
}

module.exports = { pageLink };
