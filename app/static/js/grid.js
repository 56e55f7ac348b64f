/* Grids of rows: add, remove, move, paste from a spreadsheet. Without it the same buttons submit the form. */
(function () {
  "use strict";

  const FIELDS = "input:not([type=hidden]), select, textarea";
  const first = (selector, inside) => inside.querySelector(selector);
  const rowsOf = (grid) => first("[data-grid-rows]", grid);
  const fieldsOf = (row) => Array.from(row.querySelectorAll(FIELDS));
  const empty = (row) => fieldsOf(row).every((field) => !field.value.trim());

  function say(sentence) {
    const status = document.getElementById("status");
    if (status) status.textContent = sentence;
  }

  /* The number of a row stands in names, identifiers, labels and the values of its buttons. */
  function number(row, n) {
    if (row.dataset.n === String(n)) return;
    row.dataset.n = n;
    row.querySelectorAll("[name], [id], [for]").forEach((each) => {
      ["name", "id", "for", "aria-describedby"].forEach((name) => {
        const old = each.getAttribute(name);
        if (old) each.setAttribute(name, old.replace(/-(\d+|__n__)-(?=[a-z_]+$)/, "-" + n + "-"));
      });
      if (each.name === "grid") each.value = each.value.replace(/:(\d+|__n__)$/, ":" + n);
    });
    const shown = first("[data-row-number]", row);
    if (shown) shown.textContent = n + 1;
  }

  function settle(grid) {
    const rows = rowsOf(grid).children;
    for (let n = 0; n < rows.length; n += 1) number(rows[n], n);
    const count = first("[data-grid-count]", grid);
    if (count) count.textContent = rows.length;
    grid.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function addRows(grid, count) {
    const model = first("[data-row-template]", grid).content.firstElementChild;
    const rows = rowsOf(grid);
    const start = rows.children.length;
    const batch = document.createDocumentFragment();
    for (let n = 0; n < count; n += 1) {
      const row = document.importNode(model, true);
      number(row, start + n);
      batch.appendChild(row);
    }
    const made = Array.from(batch.children);
    rows.appendChild(batch);
    return made;
  }

  function add(grid) {
    const row = addRows(grid, 1)[0];
    settle(grid);
    fieldsOf(row)[0].focus();
    say("Ligne " + rowsOf(grid).children.length + " ajoutée.");
  }

  function remove(grid, row) {
    const rows = rowsOf(grid);
    const at = Array.prototype.indexOf.call(rows.children, row);
    offerBack(grid, row, at);
    row.remove();
    settle(grid);
    const next = rows.children[Math.min(at, rows.children.length - 1)];
    (next ? first("[data-grid-remove]", next) : first("[data-grid-add]", grid)).focus();
    say("Ligne " + (at + 1) + " supprimée.");
  }

  function offerBack(grid, row, at) {
    const foot = first("[data-grid-add]", grid).parentNode;
    const old = first("[data-grid-back]", foot);
    if (old) old.remove();
    if (empty(row)) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button quiet";
    button.dataset.gridBack = "";
    button.textContent = "Remettre la ligne supprimée";
    button.addEventListener("click", () => {
      const rows = rowsOf(grid);
      rows.insertBefore(row, rows.children[at] || null);
      button.remove();
      settle(grid);
      fieldsOf(row)[0].focus();
      say("Ligne remise.");
    });
    foot.insertBefore(button, first("[data-grid-add]", foot).nextSibling);
  }

  function move(grid, row, by) {
    const other = by < 0 ? row.previousElementSibling : row.nextElementSibling;
    if (!other) return;
    const held = document.activeElement;
    if (by < 0) row.parentNode.insertBefore(row, other);
    else row.parentNode.insertBefore(other, row);
    settle(grid);
    if (row.contains(held)) held.focus();
    say("Ligne déplacée : n° " + (Number(row.dataset.n) + 1) + " sur " + row.parentNode.children.length + ".");
  }

  /* Cells as a spreadsheet copies them: tabs between cells, quotes around a cell that holds a line break. */
  function cells(text) {
    const rows = [];
    let row = [];
    const cell = /(?:"((?:[^"]|"")*)"(?=[\t\r\n]|$)|([^\t\r\n]*))(\t|\r\n|\n|\r|$)/g;
    for (let found; cell.lastIndex < text.length && (found = cell.exec(text)); ) {
      row.push((found[1] === undefined ? found[2] : found[1].replace(/""/g, '"')).trim());
      if (found[3] !== "\t") {
        rows.push(row);
        row = [];
      }
    }
    if (row.length) rows.push(row);
    return rows.filter((each) => each.some(Boolean));
  }

  /* A first cell that only numbers the lines is left out; cells beyond the last field join it. */
  function fitted(row, room) {
    let found = row;
    if (found.length > room && /^\d+\.?$/.test(found[0])) found = found.slice(1);
    return found.length > room ? found.slice(0, room - 1).concat(found.slice(room - 1).join(" ")) : found;
  }

  function set(field, value) {
    if (field.tagName !== "SELECT") {
      field.value = field.tagName === "INPUT" ? value.replace(/\s+/g, " ") : value;
      return;
    }
    const wanted = value.toLowerCase();
    const option = Array.from(field.options).find((each) => each.value.toLowerCase() === wanted || each.text.toLowerCase() === wanted);
    if (option) field.value = option.value;
  }

  function fill(rows, table, from) {
    table.forEach((line, n) => {
      const fields = fieldsOf(rows[n]).slice(from);
      fitted(line, fields.length).forEach((value, at) => set(fields[at], value));
    });
  }

  function spread(grid, row, from, table) {
    const below = Array.from(rowsOf(grid).children);
    const here = below.slice(below.indexOf(row));
    const rows = here.concat(addRows(grid, Math.max(0, table.length - here.length)));
    fill(rows, table, from);
    settle(grid);
    say(table.length + " lignes collées.");
  }

  function append(grid) {
    const area = first("[id^=paste-]", grid);
    const table = cells(area.value);
    if (!table.length) return;
    Array.from(rowsOf(grid).children).filter(empty).forEach((row) => row.remove());
    const rows = addRows(grid, table.length);
    fill(rows, table, 0);
    area.value = "";
    area.closest("details").open = false;
    settle(grid);
    fieldsOf(rows[0])[0].focus();
    say(table.length + (table.length > 1 ? " lignes ajoutées." : " ligne ajoutée."));
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-grid] button[name=grid]");
    if (!button) return;
    event.preventDefault();
    const grid = button.closest("[data-grid]");
    const row = button.closest("[data-row]");
    if (button.matches("[data-grid-add]")) add(grid);
    else if (button.matches("[data-grid-remove]")) remove(grid, row);
    else if (button.matches("[data-grid-up]")) move(grid, row, -1);
    else if (button.matches("[data-grid-down]")) move(grid, row, 1);
    else append(grid);
  });

  document.addEventListener("keydown", (event) => {
    const row = event.target.closest("[data-grid] [data-row]");
    if (!row || event.isComposing) return;
    const grid = row.closest("[data-grid]");
    if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      move(grid, row, event.key === "ArrowUp" ? -1 : 1);
    } else if (event.key === "Enter" && event.target.tagName === "INPUT" && !event.ctrlKey && !event.metaKey) {
      event.preventDefault(); // as in a spreadsheet: the same field of the next row
      const at = fieldsOf(row).indexOf(event.target);
      if (row.nextElementSibling) fieldsOf(row.nextElementSibling)[at].focus();
      else add(grid);
    }
  });

  document.addEventListener("paste", (event) => {
    const row = event.target.closest("[data-grid] [data-row]");
    if (!row || !event.target.matches(FIELDS)) return;
    const text = event.clipboardData.getData("text/plain");
    const fields = fieldsOf(row);
    const lines = /[\r\n]/.test(text.trim());
    const prose = event.target.tagName === "TEXTAREA" && fields.length > 1; // its own line breaks are wanted there
    if (!/\t/.test(text.trim()) && (!lines || prose)) return;
    event.preventDefault();
    spread(row.closest("[data-grid]"), row, fields.indexOf(event.target), cells(text));
  });

  /* A kept draft is taken up again: the grid gets as many rows as the draft has. */
  document.addEventListener("grid:size", (event) => {
    const rows = rowsOf(event.target);
    while (rows.children.length > event.detail) rows.lastElementChild.remove();
    addRows(event.target, event.detail - rows.children.length);
    settle(event.target);
  });
})();
