// What waits on this device: offered in its form, listed, asked for before an act that would leave it behind, and sent.
// The script comes once a text waits.
(() => {
  "use strict";
  const AGAIN = 20000; // ms between two looks at what waits to be sent
  const SENT_FOR = 60 * 86400000; // ms that a text may wait and still leave by itself: the server knows its key a month longer
  const TOO_OLD = "il attend depuis plus de 60 jours. Relisez-le, puis envoyez-le de son formulaire.";
  const SHORT = 80; // letters of a text in the list
  const KIND = /^(\d+)-(.+)-(edit|amend|comment)$/;
  const ANSWER = /^(\d+)-observation-(\d+)$/;
  const RESUMED = "seben:resumed";
  const ROW = /^(zone-.+)-(\d+)-([^-]+)$/;

  const { texts, drafts } = window.seben;
  const { make, dirty, keep, moment, formOf, names, note, noted, unnote, essence, words, ROW_ID, UNSAID } = drafts;
  const list = document.querySelector("[data-device]");
  const report = list ? list.dataset.device : "";
  const looked = new Set(); // texts that were compared with what the server has
  let drawn = "";
  let redraw = 0;
  let again = 0;

  Object.assign(window.seben, { propose, question });
  sendWaiting();
  show();
  addEventListener("online", sendWaiting);
  document.addEventListener("seben:texts", () => {
    clearTimeout(redraw);
    redraw = setTimeout(show, 200);
  });
  document.addEventListener("htmx:after:swap", show);

  // --- What a text is

  /** Of which report, of what, where: of texts kept by earlier pages the key alone tells. */
  function about(record) {
    const [, number = "", part = "", kind = ""] = KIND.exec(record.key) || [];
    const [, answered = "", thread = ""] = ANSWER.exec(record.key) || [];
    const path = { edit: "modifier", amend: "amender", comment: "observer" }[kind];
    const found = part && document.querySelector(`#part-${CSS.escape(part)}`);
    const label = record.label || (found && found.getAttribute("aria-label")) || part || "Texte";
    return {
      report: number || answered,
      part,
      kind: kind || (answered ? "comment" : ""),
      action: record.action || (path && `/rapports/${number}/parties/${part}/${path}`) || "",
      label: { amend: `Amendement, ${label}`, comment: answered ? `Réponse à l’observation n°\u00a0${thread}` : `Observation, ${label}` }[kind || (answered && "comment")] || label,
    };
  }

  /** The words of a text, to be read and copied: rows as lines of a spreadsheet. */
  function wordsOf(record) {
    const said = [];
    let row = "";
    for (const [name, value] of record.fields) {
      if (!/^(zone-|text$|reason$)/.test(name) && about(record).report) continue;
      if (/^(once|base|version|which|form|zone-.*-grid|zone-.*-id)$/.test(name) || !value.trim()) continue;
      const cell = ROW.exec(name);
      const here = cell ? `${cell[1]}-${cell[2]}` : "";
      if (here && here === row) said[said.length - 1] += `\t${value.trim()}`;
      else said.push(value.trim());
      row = here;
    }
    return said.join("\n");
  }

  function short(record) {
    const said = wordsOf(record).replace(/\s+/g, " ");
    return said.length > SHORT ? `${said.slice(0, SHORT)}…` : said;
  }

  /** What becomes of a text here and now: "open", "older" (its part has changed since), or "locked". */
  function fate(record) {
    const { part, kind } = about(record);
    if (!list.dataset.open.split(" ").includes(kind)) return "locked";
    const now = JSON.parse(list.dataset.revisions || "{}")[part];
    return kind !== "comment" && now && Number(record.base) < now ? "older" : "open";
  }

  // --- In its form

  /** Offer drafts in the form they are of; one that was asked for, or was sent in vain before the way back, is laid into it at once. */
  function propose(form, found) {
    const asked = found.find((draft) => draft.id === noted(RESUMED));
    const again = !dirty(form) && found.length === 1 && found[0].base === form.dataset.base && cameBack();
    if (!asked && !again) return offer(form, found);
    unnote(RESUMED);
    return refill(form, asked || found[0]);
  }

  function cameBack() {
    const [way] = performance.getEntriesByType("navigation");
    return Boolean(way) && way.type === "back_forward";
  }

  function offer(form, drafts) {
    const box = make("div", { className: "note draft" });
    box.setAttribute("role", "status");
    for (const draft of drafts) {
      const changed = draft.base !== form.dataset.base ? " Le texte enregistré a changé depuis\u00a0: les deux seront réunis." : "";
      const restore = make("button", { type: "button", className: "button", textContent: "Reprendre le brouillon" });
      const discard = make("button", { type: "button", className: "button quiet", textContent: "L’effacer" });
      const line = make("div", { className: "draft-line" });
      line.append(make("p", { textContent: `Un brouillon non enregistré ${moment(draft.at)} existe sur cet appareil.${changed}` }), restore, discard);
      box.append(line);
      const done = () => {
        line.remove();
        if (!box.childElementCount) box.remove();
        const first = form.querySelector("textarea, input:not([type=hidden]), select");
        if (first) first.focus();
      };
      restore.addEventListener("click", async () => {
        await refill(form, draft);
        done();
      });
      discard.addEventListener("click", async () => {
        if (await ask(`Effacer ce brouillon ${moment(draft.at)}\u202f? Ses mots ne pourront pas être retrouvés.`, [["yes", "Effacer le brouillon"], ["", "Le garder"]])) {
          await texts.drop(draft.id).catch(() => {});
          done();
        }
      });
    }
    form.prepend(box);
  }

  /** Lay the draft into the form, on the version it was written on: the server then unites it with what came since. */
  async function refill(form, draft) {
    if (!(await served(form))) return offer(form, [draft]);
    // What was typed meanwhile stays a draft of its own.
    if (dirty(form)) {
      keep(form);
      names.set(form, `${names.get(form)}+`);
    }
    for (const grid of form.querySelectorAll("[data-grid]")) {
      const rows = draft.fields.filter(([name]) => ROW_ID.test(name) && ROW_ID.exec(name)[1] === grid.id).length;
      grid.dispatchEvent(new CustomEvent("seben:rows", { bubbles: true, detail: Math.max(rows, 1) }));
    }
    const fields = new Map();
    for (const field of form.elements) if (field.name && !UNSAID.test(field.name)) fields.set(field.name, [...(fields.get(field.name) || []), field]);
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
    // Only what came over whole takes the draft's place.
    if (words(form) === essence(draft.fields)) drafts.replaced.set(form, [draft]);
    form.dispatchEvent(new Event("input", { bubbles: true }));
    drafts.say("Le brouillon est repris\u202f; il reste à l’enregistrer.");
    return null;
  }

  /** Whether the script of the form's grids is there, which comes with the first of them: rows cannot be laid in before. */
  async function served(form) {
    for (let wait = 0; form.querySelector("[data-grid]") && !window.gridsServed; wait += 50) {
      if (wait > 10000 || !form.isConnected) return false;
      await new Promise((go) => setTimeout(go, 50));
    }
    return true;
  }

  /** Open the form that a draft is of, and lay the draft into it. */
  function resume(draft) {
    const form = formOf(draft.key);
    if (form) {
      for (const box of form.querySelectorAll(".note.draft")) box.remove();
      for (let fold = form.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
      form.querySelector("textarea, input:not([type=hidden])").focus();
      return refill(form, draft);
    }
    note(RESUMED, draft.id);
    const link = document.querySelector(`:is([data-edit], [data-observe])[hx-get="${CSS.escape(draft.action)}"]`);
    if (link) link.click();
    else location.assign(draft.action);
    return null;
  }

  // --- The list

  async function show() {
    if (!list) return;
    const found = (await texts.mine().catch(() => [])).filter((each) => !report || about(each).report === report);
    const waiting = [];
    for (const record of found) {
      // Where its form is in sight, it is offered there.
      const form = formOf(record.key);
      if (form && !form.closest("details:not([open])")) continue;
      if (!(report && fate(record) === "older" && (await isSaved(record)))) waiting.push(record);
    }
    const sign = JSON.stringify(waiting.map((each) => [each.id, each.at, each.waiting, each.refused]));
    // What is being read or pressed is not drawn anew.
    if (sign === drawn) return;
    drawn = sign;
    list.hidden = !waiting.length;
    const items = make("ul", { className: "device-texts" });
    items.append(...waiting.map(item));
    list.replaceChildren(make("h2", { textContent: `Sur cet appareil\u00a0: ${waiting.length > 1 ? `${waiting.length} textes attendent` : "1 texte attend"}` }), items);
  }

  /** Whether the server has exactly these words by now; then there is nothing to keep. */
  async function isSaved(record) {
    const mark = `${record.id} ${record.at}`;
    if (looked.has(mark)) return false;
    looked.add(mark);
    try {
      const answer = await fetch(about(record).action, { headers: { "HX-Request": "true" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const form = page.querySelector(`form[data-keep="${CSS.escape(record.key)}"]`);
      if (!answer.ok || !form || words(form) !== essence(record.fields)) return false;
      await texts.drop(record.id, record.at);
      return true;
    } catch {
      return false;
    }
  }

  function item(record) {
    const line = make("li");
    const { label, part, action } = about(record);
    const state = report ? fate(record) : "elsewhere";
    const what = make("p");
    what.append(make("b", { textContent: label }), `, ${moment(record.at, ["à", "le"])}`);
    line.append(what);
    if (state !== "locked") line.append(make("p", { className: "device-words", textContent: `«\u202f${short(record)}\u202f»` }));
    line.append(make("p", { className: "quiet-text", textContent: told(record, state) }));
    const acts = make("div", { className: "card-actions" });
    if (state === "open" || state === "older") {
      if (formOf(record.key) || KIND.test(record.key)) acts.append(button("Reprendre ce texte", () => resume({ ...record, action })));
      if (record.waiting && !record.refused) acts.append(button("Enregistrer maintenant", () => sendNow(record)));
    }
    const history = state === "older" && document.querySelector(`#part-${CSS.escape(part)} a[href*="/revisions/"]`);
    if (history) acts.append(make("a", { className: "button", href: `${history.href}?avec=${record.base}`, textContent: "Comparer" }));
    if (state === "elsewhere") acts.append(make("a", { className: "button", href: about(record).report ? `/rapports/${about(record).report}` : record.place || "/", textContent: "Ouvrir la page" }));
    const [box, copy] = copied(record, state === "locked");
    acts.append(copy, button("Effacer…", () => erase(record), "button quiet"));
    line.append(box, acts);
    return line;
  }

  function told(record, state) {
    const meanwhile = state === "older" ? " Le texte enregistré a changé depuis\u00a0: les deux seront réunis." : "";
    if (state === "locked") return "Cette partie n’est plus modifiable\u00a0: vos mots sont ici, copiez-les.";
    if (record.refused) return `Non enregistré\u00a0: ${record.refused}`;
    if (record.waiting) return `Enregistrement demandé, pas encore parti\u00a0: il partira dès que le serveur répondra.${meanwhile}`;
    return `Ce texte n’est pas enregistré.${meanwhile}`;
  }

  /** All words of a text, folded unless `open`, and the button that copies them. */
  function copied(record, open) {
    const box = make("details", { open });
    const text = make("textarea", { readOnly: true, rows: 4, value: wordsOf(record) });
    text.setAttribute("aria-label", `Vos mots\u00a0: ${about(record).label}`);
    const copy = button("Copier", () => {
      // On plain http a page has no other way to the clipboard.
      box.open = true;
      text.select();
      copy.textContent = document.execCommand("copy") ? "Copié" : "Sélectionné\u00a0: Ctrl + C";
    });
    box.append(make("summary", { className: "button quiet", textContent: "Tous les mots" }), text);
    return [box, copy];
  }

  function button(label, act, className = "button") {
    const made = make("button", { type: "button", className, textContent: label });
    made.addEventListener("click", act);
    return made;
  }

  async function erase(record) {
    const sure = await ask("Effacer ce texte de cet appareil\u202f? Il n’est enregistré nulle part ailleurs\u00a0: ses mots seront perdus.", [["yes", "Effacer le texte"], ["", "Le garder"]], [record]);
    if (!sure) return;
    await texts.drop(record.id).catch(() => {});
    list.tabIndex = -1;
    if (!list.hidden) list.focus();
    else document.querySelector("#main").focus();
  }

  // --- The question

  /** What this person wrote for the report, that may still be saved and is not: the forms open here, then what waits on the device. */
  async function unsaved() {
    const open = [...document.querySelectorAll("form[data-keep]")].filter(dirty);
    const here = open.map((form) => ({ form, record: drafts.record(form) }));
    const kept = await Promise.race([texts.mine().catch(() => []), new Promise((go) => setTimeout(go, 2000, []))]);
    const waiting = kept.filter((each) => about(each).report === report && fate(each) !== "locked" && !here.some(({ record }) => record.id === each.id || essence(record.fields) === essence(each.fields)));
    return [...here, ...waiting.map((record) => ({ form: null, record }))];
  }

  /** Whether the act may go on: nothing is left behind, all is saved, or the person has said so. */
  async function question(form) {
    const left = await unsaved();
    if (!left.length) return true;
    const verb = form.dataset.moves;
    const kept = (await Promise.all(left.map((each) => (each.form ? keep(each.form) : true)))).every(Boolean);
    const savable = left.every((each) => about(each.record).kind !== "amend");
    const choices = [["leave", `${verb[0].toUpperCase()}${verb.slice(1)} sans ces mots`], ["", "Revenir au texte"]];
    if (savable) choices.unshift(["save", `Enregistrer et ${verb}`]);
    const answer = await ask(sentence(left, verb, savable), choices, left.map((each) => each.record), kept ? "Ce que vous n’enregistrez pas reste sur cet appareil, dans la liste en haut du rapport." : "Ce navigateur ne garde rien\u00a0: ce que vous n’enregistrez pas sera perdu.");
    if (answer === "leave") return true;
    if (answer === "save") return saveAll(left);
    const first = left[0].form && left[0].form.querySelector("textarea, input:not([type=hidden]), select");
    if (first) first.focus();
    else if (!list.hidden) list.scrollIntoView({ block: "center" });
    return false;
  }

  function sentence(left, verb, savable) {
    const n = left.length;
    const noun = left.every((each) => about(each.record).kind === "edit") ? "partie" : left.every((each) => about(each.record).kind === "amend") ? "amendement" : "texte";
    const many = n > 1 ? "s" : "";
    const done = { partie: "enregistrée", amendement: "déposé", texte: "enregistré" }[noun];
    const is = n > 1 ? "ne sont pas" : "n’est pas";
    return `${n} ${noun}${many} ${is} ${done}${many}${savable ? `\u00a0: enregistrer et ${verb}\u202f?` : ` et ne pourra${n > 1 ? "ient" : ""} plus l’être ensuite.`}`;
  }

  /** Save one after the other. Whether all are; else the person is led to the first that is not, and nothing goes on. */
  async function saveAll(left) {
    const saved = [];
    for (const each of left) {
      drafts.say(`Enregistrement\u00a0: ${about(each.record).label}…`);
      const answer = await send(each.record);
      if (answer.state !== "saved") {
        drafts.say("");
        for (const { form } of saved) if (form) await refresh(form);
        lead(each, answer);
        return false;
      }
      saved.push(each);
      if (each.form) await drafts.received(each.form, false);
    }
    drafts.say("");
    return true;
  }

  /** To the text that could not be saved: its own form says why, or brings both texts side by side. */
  function lead({ form, record }, answer) {
    if (answer.state !== "refused") return drafts.strip(answer.state === "out" ? 401 : "unsent");
    if (form) return drafts.submitAgain(form);
    drafts.strip("unsent", null, `${about(record).label}\u00a0: ${answer.sentence}`);
    return resume({ ...record, action: about(record).action });
  }

  /** The part that was saved behind its open editor, as it stands now. */
  function refresh(form) {
    const part = form.closest(".part");
    if (!part || !form.matches("[data-editor]")) return null;
    return htmx.ajax("GET", new URL(form.action).pathname.replace(/\/modifier$/, ""), { target: part, swap: "outerMorph" });
  }

  // --- Sending

  /** Send a text as its form would have. "saved", "refused" with the server's sentence, "out" of session, or "lost". */
  async function send(record) {
    if (!(await texts.claim(record.id).catch(() => true))) return { state: "lost" };
    const body = new URLSearchParams(record.fields.filter(([name]) => !drafts.SECRET.test(name) && !/^(do|grid)$/.test(name)));
    body.set("csrf_token", document.querySelector("input[name=csrf_token]").value);
    body.set("do", "save");
    // Texts kept by earlier pages came without what a form says of itself.
    if (!body.has("once")) body.set("once", drafts.freshKey());
    if (!body.has("base")) body.set("base", record.base);
    for (const [name] of record.fields) if (ROW.test(name)) body.set(`${ROW.exec(name)[1]}-grid`, "1");
    let answer;
    let page;
    try {
      answer = await fetch(about(record).action, { method: "POST", body, headers: { "HX-Request": "true" } });
      page = new DOMParser().parseFromString(await answer.text(), "text/html");
    } catch {
      await texts.release(record.id).catch(() => {});
      return { state: "lost" };
    }
    if (answer.ok) {
      await texts.drop(record.id, record.at).catch(() => {});
      return { state: "saved" };
    }
    await texts.release(record.id).catch(() => {});
    if (answer.status >= 500 || answer.status === 429) return { state: "lost" };
    const error = page.querySelector("main .error, .error");
    if (answer.status === 401 || answer.headers.get("HX-Reswap") === "none") return { state: "out" };
    return { state: "refused", sentence: error ? error.textContent.trim() : "le serveur l’a refusé." };
  }

  /** Saves that were asked for and have not left: they leave now, and again later where nobody answers. */
  async function sendWaiting() {
    clearTimeout(again);
    const found = (await texts.mine().catch(() => [])).filter((each) => each.waiting && !each.refused && about(each).kind);
    for (const record of found) {
      // Where its form is open, the form itself sends it.
      if (formOf(record.key)) continue;
      if (Date.now() - record.at > SENT_FOR) await texts.put({ ...record, refused: TOO_OLD }).catch(() => {});
      else await sendNow(record);
    }
    if (found.length) again = setTimeout(sendWaiting, AGAIN);
  }

  async function sendNow(record) {
    const answer = await send(record);
    if (answer.state === "refused") await texts.put({ ...record, refused: answer.sentence }).catch(() => {});
    else if (answer.state === "saved") {
      drafts.say(`Enregistré\u00a0: ${about(record).label}, demandé ${moment(record.at, ["à", "le"])}.`);
      const part = document.querySelector(`#part-${CSS.escape(about(record).part)}`);
      if (part && about(record).report === report && about(record).kind === "edit") htmx.ajax("GET", about(record).action.replace(/\/modifier$/, ""), { target: part, swap: "outerMorph" });
    }
  }

  // --- Asking

  /** Ask in a dialog: the value of the choice; "" where it is closed. The keyboard stays inside, and returns to where it was. */
  function ask(sentence, choices, records = [], hint = "") {
    const dialog = make("dialog", { className: "question" });
    dialog.setAttribute("aria-labelledby", "question-title");
    const form = make("form", { method: "dialog", className: "form-actions" });
    form.append(...choices.map(([value, label], at) => make("button", { className: `button${at ? "" : " primary"}`, value, textContent: label })));
    const named = make("ul");
    named.append(...records.map((record) => make("li", { textContent: `${about(record).label}\u00a0: «\u202f${short(record)}\u202f»` })));
    dialog.append(make("h2", { id: "question-title", textContent: sentence }));
    if (records.length) dialog.append(named);
    if (hint) dialog.append(make("p", { className: "hint", textContent: hint }));
    dialog.append(form);
    document.body.append(dialog);
    dialog.showModal();
    return new Promise((answer) => {
      dialog.addEventListener("close", () => {
        dialog.remove();
        answer(dialog.returnValue);
      });
    });
  }
})();
