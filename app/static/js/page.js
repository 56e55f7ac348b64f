// On every page, before the first paint: the theme, then the keys.
// The choice of a light or dark page, made before the first paint and kept on this device.
(() => {
  "use strict";
  const KEY = "seben:theme";
  const root = document.documentElement;

  const kept = () => {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null;
    }
  };

  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches);

  const choose = (theme) => {
    root.dataset.theme = theme;
    try {
      localStorage.setItem(KEY, theme);
    } catch {
      // Without storage the choice lasts as long as the page.
    }
  };

  const theme = kept();
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;

  document.addEventListener("DOMContentLoaded", () => {
    for (const button of document.querySelectorAll("[data-theme-toggle]")) button.hidden = false;
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-theme-toggle]")) choose(isDark() ? "light" : "dark");
  });
})();

// A page that knows nobody is not the one a form was received by: what tells of the sending must not be read by the next.
document.addEventListener("DOMContentLoaded", () => {
  try {
    if (!document.body.dataset.person) sessionStorage.removeItem("seben:sent");
  } catch {
    // Nothing was noted there.
  }
});

// Keys of the page: / search, j and k amendments, e edit, c comment, Esc leave, ? help. Single keys sleep inside fields.
(() => {
  "use strict";
  const HELP = [
    ["/", "Rechercher"],
    ["j", "Amendement suivant"],
    ["k", "Amendement précédent"],
    ["e", "Modifier ou amender la partie affichée"],
    ["c", "Observer les mots choisis, ou la partie affichée"],
    ["Ctrl + S", "Enregistrer"],
    ["Ctrl + B, Ctrl + I", "Gras, italique"],
    ["Alt + ↑, Alt + ↓", "Monter ou descendre une ligne"],
    ["Échap", "Annuler, fermer"],
    ["?", "Cette aide"],
  ];
  const ACTS = {
    "/": () => focus(document.querySelector("[data-search]")),
    j: () => step(1),
    k: () => step(-1),
    e: () => press(inView("[data-edit]")),
    c: () => press(document.querySelector("[data-observe-words]:not([hidden])") || inView("[data-observe]")),
    "?": () => help(),
  };

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape") {
      if (leave(event.target)) event.preventDefault();
      return;
    }
    if (inField(event.target) || document.querySelector("dialog[open]")) return;
    const act = ACTS[event.key];
    if (act && act()) event.preventDefault();
  });

  function inField(element) {
    return element.isContentEditable || element.matches("input, textarea, select");
  }

  function focus(element) {
    if (!element) return false;
    element.focus();
    if (element.select) element.select();
    return true;
  }

  function press(element) {
    if (!element) return false;
    element.click();
    return true;
  }

  /** To the next (1) or previous (-1) amendment; the first or last one where none has the focus yet. */
  function step(by) {
    const cards = [...document.querySelectorAll(".card.amendment")].filter((card) => !card.closest("details:not([open])"));
    if (!cards.length) return false;
    const focused = document.activeElement.closest(".card.amendment");
    // One that has just been decided leads on to what is still to be decided.
    const here = focused && focused.closest(".decided") && `#${focused.id}` === location.hash ? -1 : cards.indexOf(focused);
    const next = here < 0 ? (by > 0 ? 0 : cards.length - 1) : Math.min(Math.max(here + by, 0), cards.length - 1);
    cards[next].focus();
    cards[next].scrollIntoView({ block: "nearest" });
    follow(cards[next]);
    return true;
  }

  /** Bring the text beside a card to its passage, where both are in sight at once. */
  function follow(card) {
    const passage = document.getElementById(card.dataset.passage);
    if (passage && getComputedStyle(card.closest(".side") || document.body).position === "sticky") passage.scrollIntoView({ block: "center" });
  }

  /** Open what is folded around the place that the address names. */
  function reveal() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const folded = target && target.closest("details:not([open])");
    if (!folded) return;
    folded.open = true;
    target.focus();
    target.scrollIntoView();
  }

  addEventListener("hashchange", reveal);
  document.addEventListener("DOMContentLoaded", reveal);

  /** The link of the part with the focus, else of the part that fills the middle of the screen. */
  function inView(link) {
    const part = document.activeElement.closest(".part");
    const own = part && part.querySelector(link);
    if (own) return own;
    const middle = innerHeight / 2;
    const away = (link) => {
      const box = link.closest(".part, section, body").getBoundingClientRect();
      return Math.max(box.top - middle, middle - box.bottom, 0);
    };
    return [...document.querySelectorAll(link)].sort((a, b) => away(a) - away(b))[0];
  }

  // Words are selected where they may be observed: what that takes comes only now.
  document.addEventListener("selectionchange", function fetchOnce() {
    // Each cell that a script fills is a change of selection too: thousands of them when a list is pasted.
    if (getSelection().isCollapsed) return;
    const button = document.querySelector("[data-observe-words]");
    if (!button) return;
    document.removeEventListener("selectionchange", fetchOnce);
    document.head.append(Object.assign(document.createElement("script"), { src: button.dataset.observeWords }));
  });

  /** Close an open menu, else leave the editor the focus is in, else the only one open. Whether there was anything to leave. */
  function leave(target) {
    if (document.querySelector("dialog[open]")) return false;
    const menu = target.closest("details[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
      return true;
    }
    const form = target.closest("form") || document.querySelector("form[data-editor]");
    return press(form && form.querySelector("[data-cancel]"));
  }

  function help() {
    const dialog = document.querySelector("#keys-help") || makeHelp();
    dialog.showModal();
    return true;
  }

  function makeHelp() {
    const make = (tag, text = "") => Object.assign(document.createElement(tag), { textContent: text });
    const dialog = Object.assign(make("dialog"), { id: "keys-help", className: "help" });
    dialog.setAttribute("aria-labelledby", "keys-help-title");
    const list = Object.assign(make("dl"), { className: "keys" });
    for (const [keys, meaning] of HELP) {
      const term = make("dt");
      term.append(make("kbd", keys));
      list.append(term, make("dd", meaning));
    }
    const form = Object.assign(make("form"), { method: "dialog" });
    form.append(Object.assign(make("button", "Fermer"), { className: "button" }));
    dialog.append(Object.assign(make("h2", "Raccourcis du clavier"), { id: "keys-help-title" }), list, form);
    document.body.append(dialog);
    return dialog;
  }
})();
