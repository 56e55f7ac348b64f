// What waits on this device, in sight: the list of it, the question before an act that would leave it behind, and its sending.
(() => {
  "use strict";
  const AGAIN = 20000; // ms between two looks at what waits to be sent
  const SHORT = 80; // letters of a text in the list
  const KIND = /^(\d+)-(.+)-(edit|amend|comment)$/;
  const ANSWER = /^(\d+)-observation-(\d+)$/;
  const ROW = /^(zone-.+)-(\d+)-([^-]+)$/;

  const { texts, drafts } = window.seben;
  const { make } = drafts;
  const list = document.querySelector("[data-device]");
  const report = list ? list.dataset.device : "";
  const asking = new WeakSet(); // forms of acts whose question is being asked
  const answered = new WeakSet(); // and those that go on now
  const looked = new Set(); // texts that were compared with what the server has
  let drawn = "";
  let redraw = 0;
  let again = 0;

  window.seben.ask = ask;
  sendWaiting();
  show();
  addEventListener("online", sendWaiting);
  document.addEventListener("seben:texts", () => {
    clearTimeout(redraw);
    redraw = setTimeout(show, 200);
  });
  document.addEventListener("htmx:after:swap", show);

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-moves]") || answered.delete(form)) return;
    event.preventDefault();
    if (asking.has(form)) return;
    asking.add(form);
    question(form, event.submitter).finally(() => asking.delete(form));
  });

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

  function formOf(record) {
    return document.querySelector(`form[data-keep="${CSS.escape(record.key)}"]`);
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
    const words = wordsOf(record).replace(/\s+/g, " ");
    return words.length > SHORT ? `${words.slice(0, SHORT)}…` : words;
  }

  /** What becomes of a text here and now: "open", "older" (its part has changed since), or "locked". */
  function fate(record) {
    const { part, kind } = about(record);
    if (!list.dataset.open.split(" ").includes(kind)) return "locked";
    const now = JSON.parse(list.dataset.revisions || "{}")[part];
    return kind !== "comment" && now && Number(record.base) < now ? "older" : "open";
  }

  // --- The list

  async function show() {
    if (!list) return;
    const found = (await texts.mine().catch(() => [])).filter((each) => !report || about(each).report === report);
    const waiting = [];
    for (const record of found) {
      // Where its form is in sight, it is offered there.
      const form = formOf(record);
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
      if (!answer.ok || !form || drafts.words(form) !== drafts.essence(record.fields)) return false;
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
    what.append(make("b", { textContent: label }), `, ${drafts.moment(record.at, ["à", "le"])}`);
    line.append(what);
    if (state !== "locked") line.append(make("p", { className: "device-words", textContent: `«\u202f${short(record)}\u202f»` }));
    line.append(make("p", { className: "quiet-text", textContent: told(record, state) }));
    const acts = make("div", { className: "card-actions" });
    if (state === "open" || state === "older") {
      if (formOf(record) || KIND.test(record.key)) acts.append(button("Reprendre ce texte", () => drafts.resume({ ...record, action })));
      if (record.waiting && !record.refused) acts.append(button("Enregistrer maintenant", () => sendNow(record)));
    }
    const history = state === "older" && document.querySelector(`#part-${CSS.escape(part)} a[href*="/revisions/"]`);
    if (history) acts.append(make("a", { className: "button", href: `${history.href}?avec=${record.base}`, textContent: "Comparer" }));
    if (state === "elsewhere") acts.append(make("a", { className: "button", href: about(record).report ? `/rapports/${about(record).report}` : record.place || "/", textContent: "Ouvrir la page" }));
    const [box, copy] = words(record, state === "locked");
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
  function words(record, open) {
    const box = make("details", { open });
    const text = make("textarea", { readOnly: true, rows: 4, value: wordsOf(record) });
    text.setAttribute("aria-label", `Vos mots\u00a0: ${about(record).label}`);
    const copy = button("Copier", () => {
      // On plain http a page has no other way to the clipboard.
      box.open = true;
      text.select();
      copy.textContent = document.execCommand("copy") ? "Copié" : "Sélectionné\u00a0: Ctrl + C";
    });
    box.append(make("summary", { textContent: "Voir tous les mots" }), text);
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
    const open = [...document.querySelectorAll("form[data-keep]")].filter(drafts.dirty);
    const here = open.map((form) => ({ form, record: drafts.record(form) }));
    const kept = await Promise.race([texts.mine().catch(() => []), new Promise((go) => setTimeout(go, 2000, []))]);
    const waiting = kept.filter((each) => about(each).report === report && fate(each) !== "locked" && !here.some(({ record }) => record.id === each.id || drafts.essence(record.fields) === drafts.essence(each.fields)));
    return [...here, ...waiting.map((record) => ({ form: null, record }))];
  }

  async function question(form, submitter) {
    const left = await unsaved();
    const go = () => {
      answered.add(form);
      form.requestSubmit(submitter && submitter.isConnected ? submitter : undefined);
    };
    if (!left.length) return go();
    const verb = form.dataset.moves;
    const kept = (await Promise.all(left.map((each) => (each.form ? drafts.keep(each.form) : true)))).every(Boolean);
    const savable = left.every((each) => about(each.record).kind !== "amend");
    const choices = [["leave", `${verb[0].toUpperCase()}${verb.slice(1)} sans ces mots`], ["", "Revenir au texte"]];
    if (savable) choices.unshift(["save", `Enregistrer et ${verb}`]);
    const answer = await ask(sentence(left, verb, savable), choices, left.map((each) => each.record), kept ? "Ce que vous n’enregistrez pas reste sur cet appareil, dans la liste en haut du rapport." : "Ce navigateur ne garde rien\u00a0: ce que vous n’enregistrez pas sera perdu.");
    if (answer === "leave") return go();
    if (answer === "save") return (await saveAll(left)) && go();
    const first = left[0].form && left[0].form.querySelector("textarea, input:not([type=hidden]), select");
    if (first) first.focus();
    else if (!list.hidden) list.scrollIntoView({ block: "center" });
    return null;
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
    return drafts.resume({ ...record, action: about(record).action });
  }

  /** The part that was saved behind its open editor, as it stands now. */
  function refresh(form) {
    const part = form.closest(".part");
    if (!part || !form.matches("[data-editor]")) return null;
    return htmx.ajax("GET", new URL(form.action).pathname.replace(/\/modifier$/, ""), { target: part, swap: "outerHTML" });
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
      if (!formOf(record)) await sendNow(record);
    }
    if (found.length) again = setTimeout(sendWaiting, AGAIN);
  }

  async function sendNow(record) {
    const answer = await send(record);
    if (answer.state === "refused") await texts.put({ ...record, refused: answer.sentence }).catch(() => {});
    else if (answer.state === "saved") {
      drafts.say(`Enregistré\u00a0: ${about(record).label}, demandé ${drafts.moment(record.at, ["à", "le"])}.`);
      const part = document.querySelector(`#part-${CSS.escape(about(record).part)}`);
      if (part && about(record).report === report && about(record).kind === "edit") htmx.ajax("GET", about(record).action.replace(/\/modifier$/, ""), { target: part, swap: "outerHTML" });
    }
  }

  // --- Asking

  /** Ask in a dialog: the value of the choice; "" where it is closed. The keyboard stays inside, and returns to where it was. */
  function ask(sentence, choices, records = [], hint = "") {
    const dialog = make("dialog", { className: "question" });
    dialog.setAttribute("aria-labelledby", "question-title");
    const form = make("form", { method: "dialog", className: "form-actions" });
    form.append(...choices.map(([value, label], at) => make("button", { className: `button${at ? "" : " primary"}`, value, textContent: label })));
    const words = make("ul");
    words.append(...records.map((record) => make("li", { textContent: `${about(record).label}\u00a0: «\u202f${short(record)}\u202f»` })));
    dialog.append(make("h2", { id: "question-title", textContent: sentence }));
    if (records.length) dialog.append(words);
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
