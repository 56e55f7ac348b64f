// The texts of an editor: toolbar, lists that go on by themselves, Ctrl+B and I, fields that grow. Without this script one types the signs.
(() => {
  "use strict";
  // The script comes with each editor; the first one serves them all.
  if (window.proseServed) return;
  window.proseServed = true;
  const ITEM = /^(\s*)([-*–—•]|\d{1,3}[.)])(\s+)/;

  ready();
  // Where it comes behind its editor, the part was brought into sight before its fields grew.
  const open = document.activeElement.closest("form[data-editor]");
  if (open) open.scrollIntoView({ block: "nearest" });

  document.addEventListener("mousedown", (event) => {
    // A press on the toolbar must not take the caret out of the text.
    if (event.target.closest("[data-md]")) event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-md]");
    if (!button) return;
    const text = document.getElementById(button.closest("[data-toolbar]").getAttribute("aria-controls"));
    if (text) apply(button.dataset.md, text);
  });

  document.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const text = event.target.closest("form[data-editor] textarea");
    const marked = text && text.closest(".editor-zone") && text.closest(".editor-zone").querySelector("[data-toolbar]");
    if ((event.ctrlKey || event.metaKey) && !event.altKey) {
      const mark = { b: "bold", i: "italic" }[event.key.toLowerCase()];
      if (!marked || !mark) return;
      event.preventDefault();
      apply(mark, text);
    } else if (marked && event.key === "Enter" && !event.shiftKey && !event.altKey) continueList(event, text);
    else if (event.target.closest("[data-toolbar]")) walk(event);
  });

  document.addEventListener("input", (event) => {
    if (event.target.matches("form[data-editor] textarea")) grow(event.target);
  });

  // Captured, so that the fields have grown when the part is brought into sight.
  document.addEventListener("htmx:after:swap", ready, true);

  /** Toolbars appear, one stop of the Tab key each. */
  function ready() {
    for (const toolbar of document.querySelectorAll("[data-toolbar][hidden]")) {
      toolbar.hidden = false;
      toolbar.querySelectorAll("button").forEach((button, at) => {
        button.tabIndex = at ? -1 : 0;
      });
    }
    document.querySelectorAll("form[data-editor] .editor-zone textarea").forEach(grow);
  }

  function walk(event) {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const buttons = [...event.target.closest("[data-toolbar]").querySelectorAll("button")];
    const at = buttons.indexOf(event.target.closest("button"));
    const next = buttons[(at + by + buttons.length) % buttons.length];
    buttons[at].tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  }

  /** A textarea grows with its text, up to most of the screen, and never shrinks under the hand. */
  function grow(text) {
    if (text.scrollHeight > text.clientHeight + 2) text.style.height = `${Math.min(text.scrollHeight + 4, innerHeight * 0.7)}px`;
  }

  function apply(what, text) {
    text.focus();
    if (what === "undo") document.execCommand("undo");
    else if (what === "bold") wrap(text, "**");
    else if (what === "italic") wrap(text, "*");
    else list(text, what === "numbered");
  }

  /** Replace from `start` to `end` as if typed, so that the browser's own undo takes it back. */
  function replace(text, start, end, words) {
    text.setSelectionRange(start, end);
    const done = words ? document.execCommand("insertText", false, words) : start === end || document.execCommand("delete");
    if (done) return;
    text.setRangeText(words, start, end, "end");
    text.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** Put the mark around the selected words, or take it off where they wear it. Blanks at the ends stay outside. */
  function wrap(text, mark) {
    const { value } = text;
    let { selectionStart: start, selectionEnd: end } = text;
    while (start < end && /\s/.test(value[start])) start += 1;
    while (end > start && /\s/.test(value[end - 1])) end -= 1;
    const words = value.slice(start, end);
    const size = mark.length;
    if (worn(value.slice(0, start), value.slice(end), mark)) {
      replace(text, start - size, end + size, words);
      text.setSelectionRange(start - size, end - size);
    } else {
      // A mark holds within one paragraph only.
      replace(text, start, end, words.split(/(\n\s*\n)/).map((piece, at) => (at % 2 ? piece : mark + piece + mark)).join(""));
      if (!words.includes("\n")) text.setSelectionRange(start + size, end + size);
    }
  }

  /** Whether the words between `before` and `after` wear the mark: one star is no half of two. */
  function worn(before, after, mark) {
    const stars = Math.min(/\**$/.exec(before)[0].length, /^\**/.exec(after)[0].length);
    return mark === "**" ? stars >= 2 : stars === 1 || stars >= 3;
  }

  /** Make the selected lines a list, or plain lines again where they all are such a list. */
  function list(text, numbered) {
    const { value, selectionStart, selectionEnd } = text;
    const start = value.lastIndexOf("\n", selectionStart - 1) + 1;
    const after = value.indexOf("\n", Math.max(selectionEnd - (selectionEnd > selectionStart ? 1 : 0), start));
    const end = after < 0 ? value.length : after;
    const lines = value.slice(start, end).split("\n");
    const mine = (line) => ITEM.test(line) && /\d/.test(ITEM.exec(line)[2]) === numbered;
    const off = lines.every((line) => !line.trim() || mine(line)) && lines.some(mine);
    let n = 0;
    const made = lines.map((line) => {
      const bare = line.replace(ITEM, "$1");
      if (off || (!line.trim() && lines.length > 1)) return bare;
      n += 1;
      return bare.replace(/^\s*/, (indent) => `${indent}${numbered ? `${n}.` : "-"} `);
    });
    // A list opens after a blank line, else it would run on in the paragraph above.
    const above = value.slice(value.lastIndexOf("\n", start - 2) + 1, Math.max(start - 1, 0));
    const gap = !off && above.trim() && !ITEM.test(above) ? "\n" : "";
    replace(text, start, end, gap + made.join("\n"));
    text.setSelectionRange(lines.length > 1 ? start + gap.length : text.selectionEnd, text.selectionEnd);
  }

  /** Enter at an item starts the next one; at an empty item it ends the list. */
  function continueList(event, text) {
    const { value, selectionStart: at, selectionEnd } = text;
    if (at !== selectionEnd) return;
    const start = value.lastIndexOf("\n", at - 1) + 1;
    const item = ITEM.exec(value.slice(start, at));
    if (!item) return;
    event.preventDefault();
    const rest = value.slice(at).split("\n", 1)[0];
    if (start + item[0].length === at && !rest.trim()) return replace(text, start, at, "");
    const number = parseInt(item[2], 10);
    const mark = Number.isNaN(number) ? item[2] : `${number + 1}${item[2].slice(-1)}`;
    replace(text, at, at, `\n${item[1]}${mark}${item[3]}`);
  }
})();
