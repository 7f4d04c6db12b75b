"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const field = byId("find"), regex = byId("regex"), count = byId("count");
  const lines = Array.from(document.querySelectorAll("#log .piece > div"));
  const phases = Array.from(document.querySelectorAll("#log > details"));
  const most = 1000;
  let hits = [], at = -1, painted = 0, timer = 0;

  // A line's text without its number, which stands first in it.
  const textOf = (line) => line.textContent.slice(line.id.length - 1);

  function pattern() {
    const words = field.value;
    if (!words) return null;
    const text = regex.checked ? words : words.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    try {
      return new RegExp(text, "gi");
    } catch (error) {
      return undefined;
    }
  }

  function search() {
    const wanted = pattern();
    hits = [];
    at = -1;
    if (wanted) {
      for (const line of lines) {
        wanted.lastIndex = 0;
        if (wanted.test(textOf(line))) hits.push(line);
      }
    }
    field.setAttribute("aria-invalid", wanted === undefined);
    paint(wanted);
    say(wanted);
  }

  function say(wanted) {
    if (wanted === undefined) count.textContent = "no such pattern";
    else if (!field.value) count.textContent = "";
    else if (!hits.length) count.textContent = "no line";
    else if (at < 0) count.textContent = hits.length + (hits.length === 1 ? " line" : " lines");
    else count.textContent = at + 1 + " of " + hits.length;
  }

  // Matches near the chosen one are painted, without a change of the document, where the browser
  // can do that.
  function paint(wanted) {
    painted = Math.max(0, at);
    if (!window.Highlight || !CSS.highlights) return;
    CSS.highlights.clear();
    if (!wanted) return;
    const ranges = [];
    for (const line of hits.slice(Math.max(0, painted - most), painted + most)) ranges.push(...rangesIn(line, wanted));
    CSS.highlights.set("found", new Highlight(...ranges));
  }

  function rangesIn(line, wanted) {
    const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
    const nodes = [];
    let length = 0;
    walker.nextNode();
    while (walker.nextNode()) {
      nodes.push([length, walker.currentNode]);
      length += walker.currentNode.length;
    }
    const place = (offset) => {
      let [start, node] = nodes[0];
      for (const [from, other] of nodes) if (from <= offset) [start, node] = [from, other];
      return [node, offset - start];
    };
    const ranges = [];
    for (const match of textOf(line).matchAll(wanted)) {
      if (!match[0]) continue;
      const range = document.createRange();
      range.setStart(...place(match.index));
      range.setEnd(...place(match.index + match[0].length));
      ranges.push(range);
    }
    return ranges;
  }

  function step(by) {
    if (timer) settle();
    if (!hits.length) return;
    if (at >= 0) hits[at].classList.remove("now");
    at = at < 0 ? (by > 0 ? 0 : hits.length - 1) : (at + by + hits.length) % hits.length;
    hits[at].classList.add("now");
    if (Math.abs(at - painted) > most / 2) paint(pattern());
    show(hits[at]);
    say(null);
  }

  function show(line) {
    const phase = line.closest("details");
    if (phase) phase.open = true;
    line.scrollIntoView({ block: "center" });
  }

  function settle() {
    clearTimeout(timer);
    timer = 0;
    for (const line of document.querySelectorAll("#log .now")) line.classList.remove("now");
    search();
  }

  function fold() {
    const open = !phases.some((phase) => phase.open);
    for (const phase of phases) phase.open = open;
    byId("fold").textContent = open ? "fold" : "unfold";
  }

  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(settle, 150);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") step(event.shiftKey ? -1 : 1);
    else if (event.key === "Escape") {
      field.value = "";
      settle();
      field.blur();
    } else return;
    event.preventDefault();
  });
  regex.addEventListener("change", settle);
  byId("next").addEventListener("click", () => step(1));
  byId("previous").addEventListener("click", () => step(-1));
  byId("fold").addEventListener("click", fold);
  document.addEventListener("keydown", (event) => {
    const busy = event.target.closest("input:not([type=checkbox], [type=radio]), textarea");
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || busy) return;
    event.preventDefault();
    field.focus();
    field.select();
  });
  byId("search").hidden = false;
  byId("folds").hidden = false;
})();
