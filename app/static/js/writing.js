// Where people write: parts that come and go, then what is kept on this device.
// The editor takes a part's place and leaves it without a new page; Ctrl+S saves it; the focus goes to what changed.
(() => {
  "use strict";
  const left = new Map(); // by identifier, parts as they stood before their editor took their place

  document.addEventListener("click", (event) => {
    const cancel = event.target.closest("form[data-keep] [data-cancel]");
    if (cancel && !event.ctrlKey && !event.metaKey && !event.shiftKey) leave(event, cancel);
  });

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.isComposing && event.key.toLowerCase() === "s") save(event);
  });

  document.addEventListener("htmx:before:swap", (event) => {
    const part = event.detail.ctx.target;
    if (part && part.id && part.matches(".part") && !part.querySelector("form[data-editor]")) left.set(part.id, part.cloneNode(true));
  });

  document.addEventListener("htmx:after:swap", (event) => {
    const was = event.detail.ctx.target;
    const part = was && was.id && document.getElementById(was.id);
    if (part && part.matches(".part")) show(part);
  });

  function save(event) {
    const open = document.querySelectorAll("form[data-editor]");
    const form = event.target.closest("form[data-editor]") || (open.length === 1 ? open[0] : null);
    if (!form) return;
    event.preventDefault();
    if (!event.repeat) form.requestSubmit(form.querySelector("button.primary"));
  }

  /** Bring back the part as it stood. Without a copy of it, load its page anew: the link alone may only move within this one. */
  function leave(event, link) {
    if (link.closest(".observe")) {
      event.preventDefault();
      link.closest("form").remove();
      return;
    }
    const part = link.closest(".part");
    const before = part && left.get(part.id);
    if (before) {
      event.preventDefault();
      part.replaceWith(before);
      left.delete(before.id);
      htmx.process(before);
      show(before);
    } else if (link.pathname === location.pathname && link.search === location.search) {
      event.preventDefault();
      location.hash = link.hash;
      location.reload();
    }
  }

  /** The focus goes to what changed: a refusal's text, the preview, the first field, or the part. */
  function show(part) {
    const form = part.querySelector("form[data-editor]");
    const target = form
      ? form.querySelector(".preview") || form.querySelector("[aria-invalid=true]") || form.querySelector("textarea, input:not([type=hidden])")
      : part;
    if (target === part) part.tabIndex = -1;
    target.focus({ preventScroll: true });
    const shown = form && form.querySelector(".error, .clash, .preview");
    (shown || part).scrollIntoView({ block: shown ? "center" : "nearest" });
  }
})();

// Nothing typed is lost: drafts on this device, and what to do when the network, the session or the server fails.
(() => {
  "use strict";
  const PAUSE = 800; // ms without typing before a draft is kept
  const SLOW = 300; // ms before a button says that it is at work
  const AGAIN = 20000; // ms between two tries of a save the network did not take
  const OLD = 60 * 24 * 3600 * 1000; // ms after which a draft nobody came back for is dropped
  const PREFIX = `seben:draft:${document.body.dataset.person || ""}:`;
  const SENT = "seben:sent";
  const UNKEPT = /^(csrf_token|once|base|version|form|grid|do|.*password.*|paste-.*|zone-.*-grid)$/;
  const ROW_ID = /^(zone-.+)-(\d+)-id$/;

  const SENTENCES = {
    offline: "Pas de réseau : vous pouvez continuer d’écrire, votre texte est gardé sur cet appareil.",
    waiting: "Le réseau a manqué. Votre texte est gardé sur cet appareil ; il partira dès que le réseau reviendra.",
    lost: "Le réseau a manqué et rien n’a été envoyé. Réessayez dans un instant.",
    401: "Votre session a pris fin. Reconnectez-vous dans un autre onglet, puis revenez réessayer ici : votre texte n’a pas bougé.",
    403: "La demande a été refusée : la page est restée ouverte trop longtemps, ou cette action ne vous est plus permise. Votre texte n’a pas bougé.",
    404: "Cette page n’existe plus ou ne vous est pas ouverte. Copiez votre texte avant de la quitter.",
    409: "Le rapport a changé d’étape entre-temps. Copiez votre texte si besoin, puis rechargez la page.",
    413: "Ce texte est trop long pour être envoyé en une fois. Enregistrez-le en plusieurs parties.",
    422: "La demande n’a pas pu être comprise. Votre texte n’a pas bougé : rechargez la page pour reprendre le brouillon.",
    429: "Trop de demandes à la suite. Attendez une minute, puis réessayez : votre texte n’a pas bougé.",
    500: "Le serveur n’a pas pu répondre. Votre texte n’a pas bougé : réessayez dans un instant.",
    full: "Cet appareil ne peut pas garder de brouillon : enregistrez souvent.",
    ahead: "Enregistré. Ce que vous avez écrit pendant l’envoi est gardé en brouillon : rouvrez la partie pour le reprendre.",
  };

  const timers = new Map(); // by draft key, the pause under way
  const clean = new WeakMap(); // by form, its words as the server gave them
  const sent = new WeakMap(); // by form, what was last sent: words, button, whether it failed
  let waiting = null; // the form whose save waits for the network
  let retry = 0;

  start();

  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-keep]");
    if (!form) return;
    const key = form.dataset.keep;
    clearTimeout(timers.get(key));
    timers.set(key, setTimeout(keep, PAUSE, form));
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") keepAll();
  });
  addEventListener("pagehide", keepAll);
  addEventListener("offline", () => strip("offline"));
  addEventListener("online", () => (waiting ? resend() : hide("offline")));

  // A form sent without htmx: the next page tells whether it was received.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-keep]") || form.hasAttribute("hx-post") || event.defaultPrevented) return;
    keep(form);
    store(sessionStorage, SENT, JSON.stringify({ key: form.dataset.keep, base: form.dataset.base }));
  });

  document.addEventListener("htmx:config:request", (event) => {
    const { request } = event.detail.ctx;
    const form = request.form;
    if (!form || !form.matches("[data-keep]")) return;
    keep(form);
    const now = { words: words(form), button: request.submitter ? request.submitter.value : "", failed: false };
    const before = sent.get(form);
    // A repetition carries the same key and has one effect; anything else sent after a failure needs a key of its own.
    if (before && before.failed && (before.words !== now.words || before.button !== now.button)) {
      form.elements.once.value = freshKey();
      request.body.set("once", form.elements.once.value);
    }
    sent.set(form, now);
  });

  document.addEventListener("htmx:before:request", (event) => {
    const { ctx } = event.detail;
    const button = ctx.request.submitter || ctx.sourceElement;
    // Nobody looks: the page asks again once it is shown. An open editor goes on giving signs of life.
    if (isPoll(ctx) && document.hidden && ctx.request.method === "GET") event.preventDefault();
    // What asks by itself keeps quiet: the line may be saying "Enregistré".
    if (isPoll(ctx) || button.hidden || !button.matches("a, button")) return;
    ctx.slow = setTimeout(() => {
      button.setAttribute("aria-busy", "true");
      say("Un instant…");
    }, SLOW);
    ctx.busy = button;
  });
  document.addEventListener("htmx:finally:request", (event) => {
    const { ctx } = event.detail;
    clearTimeout(ctx.slow);
    if (ctx.busy) ctx.busy.removeAttribute("aria-busy");
    const status = document.querySelector("#status");
    if (status && status.textContent === "Un instant…") say("");
  });

  document.addEventListener("htmx:error", (event) => {
    const { ctx } = event.detail;
    if (!ctx || !ctx.request || ctx.response || isPoll(ctx)) return;
    const form = failed(ctx);
    if (form && isSave(form)) wait(form);
    else strip("lost");
  });

  document.addEventListener("htmx:response:error", (event) => {
    const { ctx } = event.detail;
    if (isPoll(ctx) || isAnswer(ctx)) return;
    const form = failed(ctx);
    const { status } = ctx.response;
    strip(SENTENCES[status] ? status : status < 500 ? 422 : 500, form);
  });

  document.addEventListener("htmx:before:swap", (event) => {
    const { ctx } = event.detail;
    if (ctx.response.status >= 400 && !isAnswer(ctx)) event.preventDefault();
    else if (ctx.request.form) ctx.ahead = isAhead(ctx.request.form);
  });

  document.addEventListener("htmx:after:request", (event) => {
    const { ctx } = event.detail;
    // The answer is here: from now on the status line is its own to write.
    clearTimeout(ctx.slow);
    const form = ctx.request.form;
    if (ctx.response.status < 400 && form && form.matches("[data-keep]") && ["HX-Redirect", "HX-Refresh"].some((name) => ctx.response.headers.get(name))) received(form, isAhead(form));
  });

  document.addEventListener("htmx:after:swap", (event) => {
    const { ctx } = event.detail;
    const form = ctx.request.form;
    if (form && form.matches("[data-keep]") && !form.isConnected) {
      const again = formOf(form.dataset.keep);
      if (!again && ctx.response.status < 400) received(form, ctx.ahead);
      if (again && ctx.response.status === 409) keep(again);
    }
    confirmed();
    for (const each of document.querySelectorAll("form[data-keep]")) if (!clean.has(each)) welcome(each);
  });

  function start() {
    sweep();
    arrived();
    confirmed();
    for (const form of document.querySelectorAll("form[data-keep]")) welcome(form);
    if (navigator.onLine === false) strip("offline");
  }

  /** A form has come: remember its words, offer the draft this device holds where it says something else. */
  function welcome(form) {
    clean.set(form, words(form));
    const draft = read(form);
    if (!draft) return;
    if (essence(draft.fields) === words(form)) forget(form.dataset.keep);
    else offer(form, draft);
  }

  function offer(form, draft) {
    const changed = draft.base !== form.dataset.base ? " Le texte enregistré a changé depuis : les deux seront réunis." : "";
    const box = make("div", { className: "note draft" });
    box.setAttribute("role", "status");
    const restore = make("button", { type: "button", className: "button", textContent: "Reprendre le brouillon" });
    const discard = make("button", { type: "button", className: "button quiet", textContent: "L’effacer" });
    box.append(make("p", { textContent: `Un brouillon non enregistré ${moment(draft.at)} existe sur cet appareil.${changed}` }), restore, discard);
    form.prepend(box);
    // Until one of the two is chosen, what is typed here must not take the draft's place.
    form.dataset.undecided = "";
    const decide = (act) => () => {
      delete form.dataset.undecided;
      box.remove();
      act();
      const first = form.querySelector("textarea, input:not([type=hidden]), select");
      if (first) first.focus();
    };
    restore.addEventListener("click", decide(() => refill(form, draft)));
    discard.addEventListener("click", decide(() => forget(form.dataset.keep)));
  }

  /** Lay the draft into the form, on the version it was written on: the server then unites it with what came since. */
  function refill(form, draft) {
    for (const grid of form.querySelectorAll("[data-grid]")) {
      const rows = draft.fields.filter(([name]) => ROW_ID.test(name) && ROW_ID.exec(name)[1] === grid.id).length;
      grid.dispatchEvent(new CustomEvent("seben:rows", { bubbles: true, detail: Math.max(rows, 1) }));
    }
    const fields = new Map();
    for (const field of form.elements) if (field.name && !UNKEPT.test(field.name)) fields.set(field.name, [...(fields.get(field.name) || []), field]);
    const ticked = new Set(draft.fields.map(([name, value]) => `${name}=${value}`));
    const values = new Map(draft.fields);
    for (const [name, group] of fields) {
      for (const field of group) {
        if (field.type === "checkbox" || field.type === "radio") field.checked = ticked.has(`${name}=${field.value}`);
        else if (values.has(name)) field.value = values.get(name);
      }
    }
    form.dataset.base = draft.base;
    for (const name of ["base", "version"]) if (form.elements[name]) form.elements[name].value = draft.base;
    form.dispatchEvent(new Event("input", { bubbles: true }));
    say("Le brouillon est repris ; il reste à l’enregistrer.");
  }

  function keep(form) {
    const key = form.dataset.keep;
    clearTimeout(timers.get(key));
    timers.delete(key);
    if ("undecided" in form.dataset) return;
    if (words(form) === clean.get(form) && !read(form)) return;
    const draft = { at: Date.now(), base: form.dataset.base, fields: fieldsOf(form) };
    const done = store(localStorage, PREFIX + key, JSON.stringify(draft));
    const told = form.querySelector("[data-kept]");
    if (told) told.textContent = done ? `Brouillon gardé sur cet appareil, ${hour(draft.at)}` : SENTENCES.full;
  }

  function keepAll() {
    for (const form of document.querySelectorAll("form[data-keep]")) if (timers.has(form.dataset.keep)) keep(form);
  }

  /** The server has the form's words. Those typed since stay a draft. */
  function received(form, ahead) {
    if (waiting === form) waiting = null;
    clearTimeout(timers.get(form.dataset.keep));
    hide();
    if (ahead) {
      keep(form);
      strip("ahead");
    } else forget(form.dataset.keep);
  }

  function isAhead(form) {
    const last = sent.get(form);
    return Boolean(last) && last.words !== words(form);
  }

  /** Drafts the page itself says are saved. */
  function confirmed() {
    for (const note of document.querySelectorAll("[data-saved]")) {
      const form = formOf(note.dataset.saved);
      if (!form && !document.querySelector(".strip[data-about=ahead]")) forget(note.dataset.saved);
      note.removeAttribute("data-saved");
    }
  }

  /** After a form sent without htmx: a redirection means that it was received, unless the page shows it again unchanged. */
  function arrived() {
    const mark = fetchKept(sessionStorage, SENT);
    if (!mark) return;
    drop(sessionStorage, SENT);
    const { key, base } = JSON.parse(mark);
    const [way] = performance.getEntriesByType("navigation");
    const again = formOf(key);
    if (way && way.redirectCount > 0 && !(way.responseStatus >= 400) && !(again && again.dataset.base === base)) forget(key);
  }

  /** Mark what was sent as failed; the form, where it is one that is kept. */
  function failed(ctx) {
    const form = ctx.request.form;
    if (!form || !form.matches("[data-keep]")) return null;
    keep(form);
    if (sent.has(form)) sent.get(form).failed = true;
    return form;
  }

  function isSave(form) {
    const last = sent.get(form);
    return form.matches("[data-editor]") && Boolean(last) && (last.button === "save" || last.button === "");
  }

  /** Polls come again by themselves. */
  function isPoll(ctx) {
    return /\bevery\b/.test(ctx.sourceElement.getAttribute("hx-trigger") || "");
  }

  /** Whether a refusal is the form itself with what to correct, rather than a page about an error. */
  function isAnswer(ctx) {
    const { status } = ctx.response;
    return status < 400 || ((status === 409 || status === 422) && !/^\s*<!doctype/i.test(ctx.text || ""));
  }

  // Only saves of a text wait for the network; votes, decisions and signatures never do.
  function wait(form) {
    waiting = form;
    strip("waiting", form);
    clearTimeout(retry);
    retry = setTimeout(resend, AGAIN);
  }

  function resend() {
    clearTimeout(retry);
    const form = waiting;
    waiting = null;
    if (form && form.isConnected) submitAgain(form);
  }

  function submitAgain(form) {
    const last = sent.get(form);
    const buttons = [...form.querySelectorAll("button:not([type=button])")].filter((button) => !button.closest("[data-grid]"));
    form.requestSubmit(buttons.find((button) => last && button.value === last.button) || buttons[buttons.length - 1]);
  }

  /** Try again, with the token of the session there is now: signing in elsewhere has made a new one. */
  async function tryAgain(form) {
    try {
      const response = await fetch(location.href, { credentials: "same-origin", cache: "no-store" });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const token = page.querySelector("form[data-keep] input[name=csrf_token], .top input[name=csrf_token], input[name=csrf_token]");
      if (response.redirected && new URL(response.url).pathname !== location.pathname) return strip(401, form);
      if (token) for (const field of document.querySelectorAll("input[name=csrf_token]")) field.value = token.value;
    } catch {
      return isSave(form) ? wait(form) : strip("lost");
    }
    hide();
    submitAgain(form);
  }

  /** One strip under the header: what happened, what to do, and the buttons to do it. */
  function strip(about, form = null) {
    hide();
    const bar = make("div", { className: `strip ${["offline", "waiting", "ahead"].includes(about) ? "offline" : "failed"}` });
    bar.dataset.about = about;
    bar.setAttribute("role", "alert");
    bar.append(make("span", { textContent: SENTENCES[about] }));
    if (about === 401) {
      bar.append(" ", make("a", { className: "button", href: "/connexion", target: "_blank", rel: "noopener", textContent: "Se reconnecter (nouvel onglet)" }));
    }
    if (form && ![404, 409, 413].includes(about)) {
      const again = make("button", { type: "button", className: "button", textContent: "Réessayer" });
      again.addEventListener("click", () => {
        again.disabled = true;
        tryAgain(form);
      });
      bar.append(" ", again);
    }
    const place = document.querySelector("#strips");
    if (place) place.append(bar);
    else document.querySelector(".top").after(bar);
  }

  /** Take the strip away; with a name, only where it is about that. */
  function hide(about = "") {
    for (const bar of document.querySelectorAll(`.strip[data-about${about && `="${about}"`}]`)) bar.remove();
  }

  function formOf(key) {
    return document.querySelector(`form[data-keep="${CSS.escape(key)}"]`);
  }

  function fieldsOf(form) {
    return [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !UNKEPT.test(name));
  }

  function words(form) {
    return essence(fieldsOf(form));
  }

  /** What the fields say, one string: without the identifiers and the numbers of rows, empty rows, and line ends' habits. */
  function essence(fields) {
    const said = [];
    let row = "";
    for (const [name, value] of fields) {
      const start = ROW_ID.exec(name);
      if (start) row = `${start[1]}-${start[2]}-`;
      const text = value.replace(/\r\n?/g, "\n").normalize("NFC").trim();
      if (start || !text) continue;
      const inRow = row && name.startsWith(row);
      said.push(inRow ? [row !== said.row, name.slice(row.length), text] : [name, text]);
      if (inRow) said.row = row;
    }
    return JSON.stringify(said);
  }

  function read(form) {
    const text = fetchKept(localStorage, PREFIX + form.dataset.keep);
    return text ? JSON.parse(text) : null;
  }

  function forget(key) {
    drop(localStorage, PREFIX + key);
  }

  /** Drop drafts that have waited too long. */
  function sweep() {
    try {
      for (const key of Object.keys(localStorage)) {
        if (key.startsWith(PREFIX) && JSON.parse(localStorage.getItem(key)).at < Date.now() - OLD) localStorage.removeItem(key);
      }
    } catch {
      // Storage is closed to us: there is nothing to sweep.
    }
  }

  // A browser may refuse its storage altogether, or be out of room: the page works on without.
  function store(storage, key, value) {
    try {
      storage.setItem(key, value);
      return true;
    } catch {
      return false;
    }
  }

  function fetchKept(storage, key) {
    try {
      return storage.getItem(key);
    } catch {
      return null;
    }
  }

  function drop(storage, key) {
    try {
      storage.removeItem(key);
    } catch {
      // What could not be kept need not be dropped.
    }
  }

  /** 18 random bytes; crypto.randomUUID is missing on plain http. */
  function freshKey() {
    return Array.from(crypto.getRandomValues(new Uint8Array(18)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  function hour(at) {
    return new Intl.DateTimeFormat("fr-FR", { hour: "2-digit", minute: "2-digit" }).format(at);
  }

  function moment(at) {
    const today = new Date(at).toDateString() === new Date().toDateString();
    return today ? `de ${hour(at)}` : `du ${new Intl.DateTimeFormat("fr-FR", { day: "numeric", month: "long" }).format(at)} à ${hour(at)}`;
  }

  function make(tag, properties) {
    return Object.assign(document.createElement(tag), properties);
  }

  function say(sentence) {
    const status = document.querySelector("#status");
    if (status) status.textContent = sentence;
  }
})();
