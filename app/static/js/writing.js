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
    if (!form || document.querySelector("dialog[open]")) return;
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
  const PAUSE = 300; // ms between a stroke and the writing of the draft, and as many times longer as reading the form takes
  const SLOW = 300; // ms before a button says that it is at work
  const AGAIN = 20000; // ms between two tries of a save the network did not take
  const SENT = "seben:sent";
  const SECRET = /^(csrf_token|.*password.*)$/;
  const UNSAID = /^(csrf_token|once|base|version|form|grid|do|.*password.*|paste-.*|zone-.*-grid)$/;
  const ROW_ID = /^(zone-.+)-(\d+)-id$/;

  const SENTENCES = {
    offline: "Pas de réseau\u00a0: vous pouvez continuer d’écrire. Laissez cette page ouverte.",
    waiting: "Le réseau a manqué. Votre texte n’a pas bougé\u202f; il partira dès que le réseau reviendra.",
    busy: "Le serveur ne peut rien enregistrer pour l’instant. Votre texte n’a pas bougé\u202f; il repartira de lui-même.",
    lost: "Le réseau a manqué et rien n’a été envoyé. Réessayez dans un instant.",
    unsent: "Le rapport n’a pas bougé\u00a0: un texte n’a pas pu être enregistré. Réessayez dans un instant.",
    401: "Votre session a pris fin. Reconnectez-vous dans un autre onglet, puis revenez réessayer ici\u00a0: votre texte n’a pas bougé.",
    403: "La demande a été refusée\u00a0: la page est restée ouverte trop longtemps, ou cette action ne vous est plus permise. Votre texte n’a pas bougé.",
    404: "Cette page n’existe plus ou ne vous est pas ouverte. Copiez votre texte avant de la quitter.",
    409: "Le rapport a changé d’étape entre-temps. Copiez votre texte si besoin, puis rechargez la page.",
    413: "Ce texte est trop long pour être envoyé en une fois. Enregistrez-le en plusieurs parties.",
    422: "La demande n’a pas pu être comprise. Votre texte n’a pas bougé\u00a0: rechargez la page pour reprendre le brouillon.",
    429: "Trop de demandes à la suite. Attendez une minute, puis réessayez\u00a0: votre texte n’a pas bougé.",
    500: "Le serveur n’a pas pu répondre. Votre texte n’a pas bougé\u00a0: réessayez dans un instant.",
    503: "Le serveur ne peut rien enregistrer pour l’instant. Votre texte n’a pas bougé\u00a0: réessayez dans un instant.",
    writing: "Écriture…",
    unkept: "Ce navigateur ne garde rien\u00a0: enregistrez souvent.",
    full: "Cet appareil n’a plus de place\u00a0: enregistrez souvent.",
    ahead: "Enregistré. Ce que vous avez écrit pendant l’envoi est gardé en brouillon\u00a0: rouvrez la partie pour le reprendre.",
    lostAhead: "Enregistré, sauf ce que vous avez écrit pendant l’envoi\u00a0: ce navigateur n’a pas pu le garder.",
  };

  const { texts } = window.seben;
  const timers = new Map(); // by form, the pause under way
  const strokes = new WeakMap(); // by form, how often it was typed into
  const names = new WeakMap(); // by form, the identifier of its record on this device
  const replaced = new WeakMap(); // by form, the drafts that were laid into it
  const toll = new WeakMap(); // by form, the ms that reading it took
  const clean = new WeakMap(); // by form, its words as the server gave them
  const sent = new WeakMap(); // by form, what was last sent: words, button, whether it failed
  const asking = new WeakSet(); // forms of acts whose question is being asked
  const answered = new WeakSet(); // and those that go on now
  let found = null; // what is being read for the forms that have come
  let loading = null; // the script of what waits on this device, on its way or there
  let waiting = null; // the form whose save waits for the network
  let retry = 0;

  start();

  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-keep]");
    if (form) typed(form);
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") keepAll();
  });
  addEventListener("pagehide", keepAll);
  addEventListener("offline", () => strip("offline"));
  addEventListener("online", () => (waiting ? resend() : hide("offline")));

  // An act of the workflow first asks for what would be left behind. A form sent without htmx: the next page tells whether it was received.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches("form[data-moves]") && !answered.delete(form)) {
      event.preventDefault();
      leaveBehind(form, event.submitter);
    }
    if (!form.matches("form[data-keep]") || form.hasAttribute("hx-post") || event.defaultPrevented) return;
    keep(form);
    note(SENT, JSON.stringify({ key: form.dataset.keep, base: form.dataset.base, id: names.get(form) }));
  });

  document.addEventListener("htmx:config:request", (event) => {
    const { request } = event.detail.ctx;
    const form = request.form;
    if (!form || !form.matches("[data-keep]")) return;
    const now = { words: words(form), button: request.submitter ? request.submitter.value : "", failed: false };
    const before = sent.get(form);
    // A repetition carries the same key and has one effect; anything else sent after a failure needs a key of its own.
    if (before && before.failed && (before.words !== now.words || before.button !== now.button)) {
      form.elements.once.value = freshKey();
      request.body.set("once", form.elements.once.value);
    }
    sent.set(form, now);
    keep(form);
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
    if (status === 503 && form && isSave(form)) wait(form, "busy");
    else strip(SENTENCES[status] ? status : status < 500 ? 422 : 500, form);
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
      if (again) inherit(again, form);
    }
    for (const each of document.querySelectorAll("form[data-keep]")) if (!clean.has(each)) welcome(each);
  });

  window.seben.drafts = { dirty, keep, record, received, submitAgain, strip, essence, words, freshKey, moment, make, say, note, noted, unnote, names, replaced, formOf, SECRET, UNSAID, ROW_ID };

  /** The script of what waits on this device: it comes where something does. */
  function device() {
    loading ||= new Promise((resolve, reject) => {
      document.head.append(Object.assign(make("script"), { src: document.body.dataset.deviceScript, onload: resolve, onerror: reject }));
    });
    loading.catch(() => (loading = null));
    return loading;
  }

  /** Let an act of the workflow go on, once it is known what becomes of the words that are not saved. */
  async function leaveBehind(form, submitter) {
    if (asking.has(form)) return;
    asking.add(form);
    const open = [...document.querySelectorAll("form[data-keep]")].some(dirty);
    const waits = await Promise.race([texts.mine().catch(() => []), new Promise((go) => setTimeout(go, 2000, []))]);
    try {
      if (open || waits.length) await device();
      if (!(open || waits.length) || (await window.seben.question(form))) {
        answered.add(form);
        form.requestSubmit(submitter && submitter.isConnected ? submitter : undefined);
      }
    } catch {
      strip("lost");
    }
    asking.delete(form);
  }

  function start() {
    document.addEventListener("seben:texts", look);
    look();
    const back = arrived();
    for (const form of document.querySelectorAll("form[data-keep]")) welcome(form, back);
    if (navigator.onLine === false) strip("offline");
  }

  /** The texts of this device, read once for all forms that come together. */
  function mine() {
    if (!found) {
      found = texts.mine().catch(() => []);
      setTimeout(() => (found = null));
    }
    return found;
  }

  async function look() {
    if (!loading && (await texts.mine().catch(() => [])).length) device().catch(() => {});
  }

  /** A form has come: remember its words, offer the drafts of this device that say something else. `back` is what was sent in vain from it. */
  async function welcome(form, back = null) {
    const key = form.dataset.keep;
    clean.set(form, back && back.key === key ? "" : words(form, true));
    names.set(form, back && back.key === key ? back.id : `${texts.person}:${key}:${freshKey().slice(0, 12)}`);
    // The browser itself may bring back what was typed; then it is no word of the server's.
    if (dirty(form)) typed(form);
    const drafts = (await mine()).filter((draft) => draft.key === key && draft.id !== names.get(form));
    const others = drafts.filter((draft) => !settled(form, draft));
    if (others.length && form.isConnected) device().then(() => window.seben.propose(form, others), () => {});
  }

  /** Whether nothing is to be asked about a draft: the server has its words, or the form holds them. */
  function settled(form, draft) {
    const said = essence(draft.fields);
    if (said === clean.get(form)) texts.drop(draft.id, draft.at).catch(() => {});
    else if (said === words(form)) replaced.set(form, [...(replaced.get(form) || []), draft]);
    else return false;
    return true;
  }

  /** The same form, made anew by the server with what was typed: what is kept of it goes on under the same name. */
  function inherit(form, former) {
    for (const each of [clean, names, replaced, strokes]) if (each.has(former)) each.set(form, each.get(former));
    clearTimeout(timers.get(former));
    timers.delete(former);
    keep(form);
  }

  function typed(form) {
    strokes.set(form, (strokes.get(form) || 0) + 1);
    tell(form, SENTENCES.writing);
    if (!timers.has(form)) timers.set(form, setTimeout(keep, Math.max(PAUSE, 10 * (toll.get(form) || 0)), form));
  }

  /** Write the form's words down on this device. Whether they are there: only then it is said. */
  async function keep(form) {
    clearTimeout(timers.get(form));
    timers.delete(form);
    if (!names.has(form)) return false;
    try {
      const began = performance.now();
      if (!dirty(form)) {
        await forget(form);
        tell(form, "");
        return true;
      }
      const now = record(form);
      toll.set(form, performance.now() - began);
      const written = await texts.put(now);
      for (const draft of replaced.get(form) || []) texts.drop(draft.id, draft.at).catch(() => {});
      replaced.delete(form);
      if (written && written.stroke === strokes.get(form)) tell(form, `Brouillon gardé sur cet appareil, ${hour(written.at)}`);
      return Boolean(written);
    } catch (error) {
      tell(form, error && error.name === "QuotaExceededError" ? SENTENCES.full : SENTENCES.unkept);
      return false;
    }
  }

  function tell(form, sentence) {
    const told = form.querySelector("[data-kept]");
    if (told && told.textContent !== sentence) told.textContent = sentence;
  }

  function keepAll() {
    for (const form of [...timers.keys()]) keep(form);
  }

  /** What is kept of a form: enough to lay it into another one, or to send it without one. */
  function record(form) {
    const part = form.closest(".part");
    const label = part ? part.getAttribute("aria-label").replace(/, en cours de modification$/, "") : document.title.replace(/ – Sɛbɛn$/, "");
    return {
      id: names.get(form),
      person: texts.person,
      key: form.dataset.keep,
      at: Date.now(),
      base: form.dataset.base,
      stroke: strokes.get(form),
      place: location.pathname,
      action: new URL(form.action).pathname,
      label,
      waiting: waiting === form,
      fields: fieldsOf(form).filter(([name]) => !SECRET.test(name)),
    };
  }

  function dirty(form) {
    return words(form) !== clean.get(form);
  }

  async function forget(form) {
    const gone = [names.get(form), ...(replaced.get(form) || []).map((draft) => draft.id)];
    replaced.delete(form);
    await Promise.all(gone.map((id) => texts.drop(id)));
  }

  /** The server has the form's words. Those typed since stay a draft. */
  async function received(form, ahead) {
    if (waiting === form) waiting = null;
    clearTimeout(timers.get(form));
    timers.delete(form);
    hide();
    if (ahead) strip((await keep(form)) ? "ahead" : "lostAhead");
    else forget(form).catch(() => {});
  }

  function isAhead(form) {
    const last = sent.get(form);
    return Boolean(last) && last.words !== words(form);
  }

  /** After a form sent without htmx: a redirection means that it was received, unless the page shows it again unchanged. What was sent in vain. */
  function arrived() {
    const mark = noted(SENT);
    if (!mark) return null;
    unnote(SENT);
    const last = JSON.parse(mark);
    const [way] = performance.getEntriesByType("navigation");
    const again = formOf(last.key);
    if (!way || way.type !== "navigate") return null;
    if (way.redirectCount > 0 && !(way.responseStatus >= 400) && !(again && again.dataset.base === last.base)) {
      texts.drop(last.id).catch(() => {});
      return null;
    }
    return last;
  }

  /** Mark what was sent as failed; the form, where it is one that is kept. */
  function failed(ctx) {
    const form = ctx.request.form;
    if (!form || !form.matches("[data-keep]")) return null;
    if (sent.has(form)) sent.get(form).failed = true;
    keep(form);
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
  function wait(form, about = "waiting") {
    waiting = form;
    keep(form);
    strip(about, form);
    clearTimeout(retry);
    retry = setTimeout(resend, AGAIN);
  }

  async function resend() {
    clearTimeout(retry);
    const form = waiting;
    if (!form) return;
    // A form that is gone left its words on this device, from where they are sent.
    if (!form.isConnected) waiting = null;
    else if (await texts.claim(names.get(form)).catch(() => true)) {
      waiting = null;
      submitAgain(form);
    } else retry = setTimeout(resend, AGAIN);
  }

  function submitAgain(form) {
    const last = sent.get(form);
    const buttons = [...form.querySelectorAll("button:not([type=button])")].filter((button) => !button.closest("[data-grid]"));
    form.requestSubmit(buttons.find((button) => last && button.value === last.button) || buttons[buttons.length - 1]);
  }

  /** Try again, with the token of this person's session there is now: signing in has made a new one. */
  async function tryAgain(form) {
    try {
      const response = await fetch(location.href, { credentials: "same-origin", cache: "no-store" });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const token = page.querySelector("form[data-keep] input[name=csrf_token], .top input[name=csrf_token], input[name=csrf_token]");
      if (page.body.dataset.person !== document.body.dataset.person) return strip(401, form);
      if (token) for (const field of document.querySelectorAll("input[name=csrf_token]")) field.value = token.value;
    } catch {
      return isSave(form) ? wait(form) : strip("lost");
    }
    hide();
    submitAgain(form);
  }

  /** One strip under the header: what happened, what to do, and the buttons to do it. */
  function strip(about, form = null, detail = "") {
    hide();
    const bar = make("div", { className: `strip ${["offline", "waiting", "busy", "ahead"].includes(about) ? "offline" : "failed"}` });
    bar.dataset.about = about;
    bar.setAttribute("role", "alert");
    bar.append(make("span", { textContent: `${SENTENCES[about]} ${detail}`.trim() }));
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
    return [...new FormData(form)].filter(([, value]) => typeof value === "string");
  }

  /** The fields as the server gave them, whatever has been typed since. */
  function givenTo(form) {
    const fields = [];
    for (const field of form.elements) {
      if (!field.name || field.disabled || ["file", "submit", "button", "reset"].includes(field.type)) continue;
      if (field.type === "checkbox" || field.type === "radio") {
        if (field.defaultChecked) fields.push([field.name, field.value]);
      } else if (field.matches("select")) {
        const options = [...field.options];
        const given = options.find((option) => option.defaultSelected) || options[0];
        if (given) fields.push([field.name, given.value]);
      } else if ("defaultValue" in field) fields.push([field.name, field.defaultValue]);
    }
    return fields;
  }

  function words(form, given = false) {
    return essence(given ? givenTo(form) : fieldsOf(form));
  }

  /** What the fields say, one string: without the identifiers and the numbers of rows, empty rows, and line ends' habits. */
  function essence(fields) {
    const said = [];
    let row = "";
    for (const [name, value] of fields) {
      if (UNSAID.test(name)) continue;
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

  // A browser may refuse its storage altogether: the next page then asks about the draft, which is no harm.
  function note(name, text) {
    tolerant(() => sessionStorage.setItem(name, text));
  }

  function noted(name) {
    return tolerant(() => sessionStorage.getItem(name));
  }

  function unnote(name) {
    tolerant(() => sessionStorage.removeItem(name));
  }

  function tolerant(act) {
    try {
      return act();
    } catch {
      return null;
    }
  }

  /** 18 random bytes; crypto.randomUUID is missing on plain http. */
  function freshKey() {
    return Array.from(crypto.getRandomValues(new Uint8Array(18)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  function hour(at) {
    const time = new Date(at);
    return `${time.getHours()}\u00a0h\u00a0${String(time.getMinutes()).padStart(2, "0")}`;
  }

  /** "de 14 h 33", "du 3 mars à 14 h 33"; with other words before the hour and the day. */
  function moment(at, of = ["de", "du"]) {
    const today = new Date(at).toDateString() === new Date().toDateString();
    return today ? `${of[0]} ${hour(at)}` : `${of[1]} ${new Intl.DateTimeFormat("fr-FR", { day: "numeric", month: "long" }).format(at)} à ${hour(at)}`;
  }

  function make(tag, properties) {
    return Object.assign(document.createElement(tag), properties);
  }

  function say(sentence) {
    const status = document.querySelector("#status");
    if (status) status.textContent = sentence;
  }
})();
