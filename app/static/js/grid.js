// Grids of rows: add, remove, move and paste without asking the server. Without this script the same buttons submit the form.
(() => {
  "use strict";
  // The script comes with each editor that has a grid; the first one serves them all.
  if (window.gridsServed) return;
  window.gridsServed = true;
  const MOST_ROWS = 5000;
  const FIELDS = "input:not([type=hidden]), textarea, select";
  const VALUES = "input, textarea, select";
  const kept = new WeakMap(); // what a grid held before the last removal or pasting, by the button that brings it back
  const figure = new Intl.NumberFormat("fr-FR");

  const rowsBox = (grid) => grid.querySelector("[data-grid-rows]");
  const rowsOf = (grid) => [...rowsBox(grid).children];
  const fieldsOf = (row) => [...row.querySelectorAll(FIELDS)];
  const valuesOf = (row) => Array.from(row.querySelectorAll(VALUES), (field) => field.value);
  const isBlank = (row) => fieldsOf(row).every((field) => !field.value.trim());
  const blankValues = (grid) => valuesOf(grid.querySelector("template[data-row-template]").content);
  const say = (sentence) => {
    const status = document.querySelector("#status");
    if (status) status.textContent = sentence;
  };
  const count = (n, word) => `${figure.format(n)} ${word}${n > 1 ? "s" : ""}`;

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-grid] button");
    if (!button) return;
    const grid = button.closest("[data-grid]");
    const row = button.closest("[data-row]");
    const data = button.dataset;
    if ("gridAdd" in data) add(grid);
    else if ("gridRemove" in data) remove(grid, row);
    else if ("gridUp" in data) move(grid, row, -1, button);
    else if ("gridDown" in data) move(grid, row, 1, button);
    else if ("gridPaste" in data) pasteBelow(grid, button);
    else if ("gridRestore" in data) restore(grid, button);
    else return;
    event.preventDefault();
  });

  document.addEventListener("keydown", (event) => {
    const row = event.target.closest("[data-row]");
    if (!row || event.isComposing) return;
    const grid = row.closest("[data-grid]");
    if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      move(grid, row, event.key === "ArrowUp" ? -1 : 1, event.target);
    } else if (event.key === "Enter" && event.target.matches("input") && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      goBelow(grid, row, event.target);
    }
  });

  document.addEventListener("paste", (event) => {
    const row = event.target.closest("[data-row]");
    if (!row || !event.target.matches(FIELDS)) return;
    const text = event.clipboardData.getData("text/plain").replace(/\r\n?/g, "\n").replace(/\n$/, "");
    // Several lines without a tab are words for a long field; in a short one they are rows.
    if (!(text.includes("\t") || (text.includes("\n") && !event.target.matches("textarea")))) return;
    event.preventDefault();
    spread(row.closest("[data-grid]"), row, fieldsOf(row).indexOf(event.target), cut(text));
    event.target.focus();
  });

  // A draft of this device comes back with another number of rows: detail is that number.
  document.addEventListener("seben:rows", (event) => {
    const grid = event.target;
    const blank = blankValues(grid);
    fill(grid, Array.from({ length: event.detail }, () => blank));
  });

  function add(grid) {
    if (rowsBox(grid).childElementCount >= MOST_ROWS) return say(`Une grille compte ${figure.format(MOST_ROWS)} lignes au plus.`);
    append(grid, 1);
    changed(grid);
    fieldsOf(rowsBox(grid).lastElementChild)[0].focus();
    say(`Ligne ${rowsBox(grid).childElementCount} ajoutée.`);
  }

  function remove(grid, row) {
    const before = snapshot(grid);
    const at = rowsOf(grid).indexOf(row);
    row.remove();
    if (!rowsBox(grid).childElementCount) append(grid, 1);
    renumber(grid, at);
    changed(grid);
    const left = rowsOf(grid);
    fieldsOf(left[Math.min(at, left.length - 1)])[0].focus();
    offer(grid, before, "Rétablir la ligne");
    say(`Ligne ${at + 1} supprimée.`);
  }

  /** Move a row by one place up (-1) or down (1); the focus stays on `focused`, in the row. */
  function move(grid, row, by, focused) {
    const rows = rowsOf(grid);
    const at = rows.indexOf(row);
    const other = rows[at + by];
    if (!other) return say(by < 0 ? "C’est déjà la première ligne." : "C’est déjà la dernière ligne.");
    // The neighbour moves, so that the row keeps its focus and its caret.
    if (by < 0) row.after(other);
    else row.before(other);
    number(grid, row, at + by);
    number(grid, other, at);
    changed(grid);
    if (document.activeElement !== focused) focused.focus();
    row.scrollIntoView({ block: "nearest" });
    say(`Ligne déplacée à la position ${at + by + 1} sur ${rows.length}.`);
  }

  /** Enter goes to the same field one row below, and makes that row where it is missing and this one is filled. */
  function goBelow(grid, row, field) {
    if (!row.nextElementSibling) {
      if (isBlank(row)) return;
      append(grid, 1);
      changed(grid);
    }
    fieldsOf(row.nextElementSibling)[fieldsOf(row).indexOf(field)].focus();
  }

  /** The rows typed into the box for pasting, below those that hold something. */
  function pasteBelow(grid, button) {
    const details = button.closest("details");
    const box = details.querySelector("textarea");
    const lines = cut(box.value.replace(/\r\n?/g, "\n"));
    if (!lines.length) return box.focus();
    const rows = rowsOf(grid);
    let start = rows.length;
    while (start > 0 && isBlank(rows[start - 1])) start -= 1;
    const before = snapshot(grid);
    if (start === rows.length) append(grid, 1);
    spread(grid, rowsOf(grid)[start], 0, lines, before);
    box.value = "";
    details.open = false;
    fieldsOf(rowsOf(grid)[start])[0].focus();
  }

  /** Lay lines of cells over the grid from a row and a field on, with as many new rows as they need. */
  function spread(grid, row, column, lines, before = snapshot(grid)) {
    const first = rowsOf(grid).indexOf(row);
    const width = fieldsOf(row).length;
    const laid = lines.slice(0, MOST_ROWS - first);
    append(grid, Math.max(first + laid.length - rowsBox(grid).childElementCount, 0));
    const rows = rowsOf(grid);
    let unknown = 0;
    laid.forEach((line, index) => {
      const fields = fieldsOf(rows[first + index]);
      fit(line, column, width).forEach((cell, at) => {
        if (!put(fields[column + at], cell)) unknown += 1;
      });
    });
    changed(grid);
    offer(grid, before, "Annuler le collage");
    const over = lines.length - laid.length;
    say(
      `${count(laid.length, "ligne")} collée${laid.length > 1 ? "s" : ""}.` +
        (unknown ? ` ${count(unknown, "valeur")} hors de la liste : à choisir à la main.` : "") +
        (over ? ` ${count(over, "ligne")} de trop : une grille en compte ${figure.format(MOST_ROWS)} au plus.` : ""),
    );
  }

  /** The cells of a line for the fields from `column` on: a leading line number is left out, cells too many join the last. */
  function fit(line, column, width) {
    const cells = column === 0 && line.length > width && /^\d+\.?$/.test(line[0]) ? line.slice(1) : line;
    const room = width - column;
    return cells.length <= room ? cells : [...cells.slice(0, room - 1), cells.slice(room - 1).join(" ")];
  }

  /** Put a cell into a field. Whether the field could take it: a list takes only its own choices. */
  function put(field, cell) {
    if (field.matches("select")) {
      const option = [...field.options].find((each) => same(each.value, cell) || same(each.text, cell));
      field.value = option ? option.value : "";
      return Boolean(option);
    }
    field.value = field.matches("textarea") ? cell : cell.replace(/\s*\n\s*/g, " ");
    return true;
  }

  function same(one, other) {
    return one.trim().localeCompare(other.trim(), "fr", { sensitivity: "base" }) === 0;
  }

  /** Lines of cells from what a spreadsheet copies: tabs between cells, quotes around those that hold tabs, quotes or line ends. */
  function cut(text) {
    const lines = [];
    let line = [];
    for (const [, quoted, plain = "", end] of text.matchAll(/(?:"((?:[^"]|"")*)"(?=[\t\n]|$)|([^\t\n]*))(\t|\n|$)/g)) {
      line.push((quoted === undefined ? plain : quoted.replace(/""/g, '"')).trim());
      if (end === "\t") continue;
      if (line.some(Boolean)) lines.push(line);
      line = [];
    }
    return lines;
  }

  /** Add blank rows at the end of a grid, in one go. */
  function append(grid, missing) {
    const box = rowsBox(grid);
    const model = grid.querySelector("template[data-row-template]").content.firstElementChild;
    // Each submit button put into a form makes the browser look for the form's first one: seconds for 2,000 rows.
    for (const button of model.querySelectorAll("button")) button.type = "button";
    const made = document.createDocumentFragment();
    const start = box.childElementCount;
    for (let n = start; n < start + missing; n += 1) {
      const row = model.cloneNode(true);
      number(grid, row, n);
      made.append(row);
    }
    box.append(made);
  }

  function renumber(grid, from) {
    rowsOf(grid).forEach((row, n) => {
      if (n >= from) number(grid, row, n);
    });
  }

  /** Write the place of a row, counted from 0, into its names, identifiers and buttons. */
  function number(grid, row, n) {
    const prefix = `zone-${grid.dataset.grid}-`;
    for (const element of row.querySelectorAll("[name], [for]")) {
      for (const attribute of ["name", "id", "for"]) {
        const value = element.getAttribute(attribute);
        if (value && value.startsWith(prefix)) {
          element.setAttribute(attribute, prefix + n + value.slice(value.indexOf("-", prefix.length)));
        }
      }
      if (element.name === "grid") element.value = element.value.replace(/[^:]*$/, n);
    }
    row.querySelector("[data-row-number]").textContent = n + 1;
  }

  /** The values of every row, hidden ones too. */
  function snapshot(grid) {
    return rowsOf(grid).map(valuesOf);
  }

  /** Make a grid hold exactly these rows of values. */
  function fill(grid, all) {
    const surplus = rowsOf(grid).slice(all.length);
    for (const row of surplus) row.remove();
    append(grid, Math.max(all.length - rowsBox(grid).childElementCount, 0));
    rowsOf(grid).forEach((row, n) => {
      row.querySelectorAll(VALUES).forEach((field, at) => {
        field.value = all[n][at];
      });
    });
    changed(grid);
  }

  /** A button that takes the last removal or pasting back. */
  function offer(grid, before, label) {
    const foot = grid.querySelector(".grid-foot");
    let button = foot.querySelector("[data-grid-restore]");
    if (!button) {
      button = Object.assign(document.createElement("button"), { type: "button", className: "button quiet" });
      button.dataset.gridRestore = "";
      foot.append(button);
    }
    button.textContent = label;
    kept.set(button, before);
  }

  function restore(grid, button) {
    fill(grid, kept.get(button));
    button.remove();
    grid.querySelector("[data-grid-add]").focus();
    say("C’est rétabli.");
  }

  /** Bring the count up to date and let the draft be kept. */
  function changed(grid) {
    const shown = grid.querySelector("[data-grid-count]");
    if (shown) shown.textContent = rowsBox(grid).childElementCount;
    grid.dispatchEvent(new Event("input", { bubbles: true }));
  }
})();
