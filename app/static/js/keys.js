/* Small manners of every page: light or dark, menus that close, single keys outside fields, buttons that say they work. */
(function () {
  "use strict";

  const root = document.documentElement;
  const all = (selector, inside) => Array.from((inside || document).querySelectorAll(selector));
  const first = (selector, inside) => (inside || document).querySelector(selector);

  /* The choice is a cookie, so that the server writes it into the page and nothing flashes. */
  const toggle = first("[data-theme-toggle]");
  if (toggle) {
    toggle.hidden = false;
    toggle.addEventListener("click", () => {
      const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
      root.dataset.theme = dark ? "light" : "dark";
      document.cookie = "theme=" + root.dataset.theme + "; path=/; max-age=31536000; samesite=lax";
    });
  }

  document.addEventListener("click", (event) => {
    all("details.account[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });

  document.addEventListener("submit", (event) => {
    if (!event.defaultPrevented) event.target.classList.add("busy");
  });
  window.addEventListener("pageshow", () => all("form.busy").forEach((form) => form.classList.remove("busy")));

  const typing = (place) => /^(INPUT|TEXTAREA|SELECT)$/.test(place.tagName) || place.isContentEditable;

  function step(by) {
    const cards = all(".card.amendment");
    if (!cards.length) return;
    const at = cards.findIndex((card) => card.classList.contains("current"));
    const next = cards[at < 0 ? (by > 0 ? 0 : cards.length - 1) : (at + by + cards.length) % cards.length];
    cards.forEach((card) => card.classList.toggle("current", card === next));
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  }

  /* The part that the page shows: the first one that reaches below the header. */
  const partInView = () => all(".part").find((part) => part.getBoundingClientRect().bottom > innerHeight * 0.35);

  function press(selector) {
    const part = partInView();
    const button = (part && first(selector, part)) || first(selector);
    if (button) button.click();
    return Boolean(button);
  }

  function leave() {
    const menu = first("details.account[open]");
    if (!menu) return false;
    menu.open = false;
    first("summary", menu).focus();
    return true;
  }

  function help() {
    const dialog = first("#keys-help");
    if (dialog && !dialog.open) dialog.showModal();
    return Boolean(dialog);
  }

  function search() {
    const field = first("[data-search], input[type=search]");
    if (field) field.focus();
    return Boolean(field);
  }

  const keys = {
    "/": search,
    j: () => step(1),
    k: () => step(-1),
    e: () => press("[data-edit]"),
    c: () => press("[data-comment]"),
    "?": help,
    Escape: leave,
  };

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape" && typing(event.target) && !first("dialog[open]")) {
      event.target.blur();
      return;
    }
    if (typing(event.target) || first("dialog[open]")) return;
    if (keys[event.key] && keys[event.key]() !== false) event.preventDefault();
  });
})();
