/* The Markdown toolbar and keys of `form[data-editor]`: bold, italic, lists, undo, Enter in a list, Ctrl+S. */
(function () {
  "use strict";

  const ITEM = /^(\s*)(?:([-*+])|(\d+)([.)]))\s+/;

  /* Typed by the browser itself, so that its own undo takes it back. */
  function put(area, from, to, text) {
    area.focus();
    area.setSelectionRange(from, to);
    if (from === to && !text) return;
    const typed = text ? document.execCommand("insertText", false, text) : document.execCommand("delete");
    if (typed) return;
    area.setRangeText(text, from, to, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function wrap(area, mark) {
    let from = area.selectionStart;
    let to = area.selectionEnd;
    const text = area.value;
    while (from < to && /\s/.test(text[from])) from += 1;
    while (to > from && /\s/.test(text[to - 1])) to -= 1;
    const size = mark.length;
    const chosen = text.slice(from, to);
    const star = (at) => text[at] === "*";
    const lone = size > 1 || !star(from - 2) || star(from - 3);
    if (text.slice(from - size, from) === mark && text.slice(to, to + size) === mark && lone) {
      put(area, from - size, to + size, chosen);
      area.setSelectionRange(from - size, to - size);
    } else {
      put(area, from, to, mark + chosen + mark);
      area.setSelectionRange(from + size, to + size);
    }
  }

  function list(area, numbered) {
    const text = area.value;
    const from = text.lastIndexOf("\n", area.selectionStart - 1) + 1;
    let to = text.indexOf("\n", Math.max(area.selectionEnd - 1, from));
    if (to < 0) to = text.length;
    const lines = text.slice(from, to).split("\n");
    const kind = (line) => (ITEM.test(line) ? (ITEM.exec(line)[3] ? "numbered" : "dashed") : "");
    const already = lines.every((line) => kind(line) === (numbered ? "numbered" : "dashed"));
    let count = 0;
    const changed = lines.map((line) => {
      const bare = line.replace(ITEM, "");
      if (already || (!bare.trim() && lines.length > 1)) return bare;
      count += 1;
      return (numbered ? count + ". " : "- ") + bare;
    });
    const made = changed.join("\n");
    put(area, from, to, made);
    if (lines.length > 1) area.setSelectionRange(from, from + made.length);
  }

  /* Enter at the end of an item opens the next one; on an empty item it leaves the list. */
  function nextItem(area) {
    const at = area.selectionStart;
    const text = area.value;
    const from = text.lastIndexOf("\n", at - 1) + 1;
    const item = ITEM.exec(text.slice(from, at) + (text.slice(from, at).endsWith(" ") ? "" : " "));
    if (!item || at !== area.selectionEnd || at < from + item[0].trimEnd().length) return false;
    const rest = text.slice(from + item[0].length, text.indexOf("\n", at) < 0 ? text.length : text.indexOf("\n", at));
    if (!rest.trim() && !text.slice(from + item[0].length, at).trim()) {
      put(area, from, at, "");
    } else {
      put(area, at, at, "\n" + item[1] + (item[2] || Number(item[3]) + 1 + item[4]) + " ");
    }
    return true;
  }

  const acts = {
    bold: (area) => wrap(area, "**"),
    italic: (area) => wrap(area, "*"),
    list: (area) => list(area, false),
    numbered: (area) => list(area, true),
    undo: (area) => {
      area.focus();
      document.execCommand("undo");
    },
  };

  const areaOf = (button) => document.getElementById(button.closest("[data-toolbar]").getAttribute("aria-controls"));

  function save(form) {
    const button = form.querySelector(".button.primary[name=do][value=save]") || form.querySelector(".button.primary");
    if (form.requestSubmit) form.requestSubmit(button);
    else button.click();
  }

  /* One stop of the Tab key for the toolbar; arrows walk along it. */
  function walk(event) {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    const buttons = Array.from(event.target.closest("[data-toolbar]").querySelectorAll("[data-md]"));
    const next = buttons[(buttons.indexOf(event.target) + by + buttons.length) % buttons.length];
    buttons.forEach((button) => (button.tabIndex = button === next ? 0 : -1));
    next.focus();
    event.preventDefault();
  }

  function furnish() {
    document.querySelectorAll("[data-editor] [data-toolbar][hidden]").forEach((bar) => {
      bar.hidden = false;
      bar.querySelectorAll("[data-md]").forEach((button, n) => (button.tabIndex = n ? -1 : 0));
    });
  }

  document.addEventListener("mousedown", (event) => {
    if (event.target.closest("[data-md]")) event.preventDefault(); // the textarea keeps its focus and selection
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-editor] [data-md]");
    if (button) acts[button.dataset.md](areaOf(button));
  });

  document.addEventListener("keydown", (event) => {
    const control = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
    const key = event.key.toLowerCase();
    if (control && key === "s") {
      const form = event.target.closest("[data-editor]") || document.querySelector("[data-editor]");
      if (!form) return;
      event.preventDefault();
      if (!event.repeat) save(form);
      return;
    }
    if (event.target.matches("[data-md]")) {
      walk(event);
      return;
    }
    if (!event.target.matches("[data-editor] .editor-zone textarea")) return;
    if (control && (key === "b" || key === "i")) {
      event.preventDefault();
      acts[key === "b" ? "bold" : "italic"](event.target);
    } else if (event.key === "Enter" && !event.shiftKey && !control && !event.isComposing && nextItem(event.target)) {
      event.preventDefault();
    }
  });

  /* After a swap the focus goes to what changed: what went wrong, the preview, the text to write, or the part saved. */
  document.addEventListener("htmx:after:swap", (event) => {
    furnish();
    const context = event.detail.ctx;
    const part = context && context.target && context.target.id && document.getElementById(context.target.id);
    if (!part || !part.matches(".part")) return;
    const wanted = ["[role=alert]", ".preview", ".editor-zone textarea, .grid-cell :is(input, textarea, select), .field input", "[data-edit]"];
    const place = wanted.map((selector) => part.querySelector(selector)).find(Boolean);
    if (!place) return;
    if (place.tabIndex < 0) place.tabIndex = -1;
    place.focus();
  });

  furnish();
})();
