// Sends a large file in pieces: each is checked, lost ones are sent again, and a file begun before goes on where it was.
(() => {
  "use strict";
  const SMALLEST = 64 * 1024;
  const FIRST = 256 * 1024;
  const QUICK = 4000; // ms for a piece: quicker, and the next is twice as long; three times slower, and it is half
  const LONGEST_WAIT = 30000;
  const MOST_TURNS = 5; // times that the same piece, or the whole file, may come otherwise than it was sent
  const SPOILT = "Ce fichier arrive autrement qu’il n’est parti. Vérifiez qu’il n’est pas en train de changer, puis choisissez-le de nouveau.";
  const UNREADABLE = "Ce fichier ne se laisse plus lire : il a changé ou a été déplacé. Choisissez-le de nouveau.";
  const UPSET = "L’envoi a été refusé. Rechargez la page, puis choisissez de nouveau le même fichier.";
  const SIGNED_OUT = "Votre session est terminée. Connectez-vous, puis choisissez de nouveau le même fichier : l’envoi reprendra.";
  const figure = new Intl.NumberFormat("fr", { maximumFractionDigits: 1 });
  class Refused extends Error {}

  const form = document.querySelector("form[data-sending]");
  const bar = form.querySelector("[data-sending-bar]");
  const said = form.querySelector("[data-sending-said]");
  const gauge = bar.querySelector("progress");
  let busy = false;
  let count = 0;
  form.querySelector("[data-sending-hint]").hidden = false;

  form.addEventListener("submit", (event) => {
    const file = form.elements.file.files[0];
    if (!file) return;
    event.preventDefault();
    if (busy) return;
    busy = true;
    send(file)
      .catch((error) => {
        bar.hidden = false;
        gauge.hidden = true;
        say(error instanceof Refused ? error.message : UPSET, true);
      })
      .finally(() => {
        busy = false;
      });
  });

  addEventListener("beforeunload", (event) => {
    if (busy) event.preventDefault();
  });

  function say(sentence, bad = false) {
    said.textContent = sentence;
    said.classList.toggle("error", bad);
  }

  async function send(file) {
    bar.hidden = gauge.hidden = false;
    gauge.value = 0;
    say("Préparation de l’envoi…");
    const asked = new FormData();
    for (const [name, value] of [["kind", form.elements.kind.value], ["name", file.name], ["size", file.size], ["mark", file.lastModified]]) asked.append(name, value);
    const { place, received, until, piece } = await insist(form.dataset.sending, asked);
    let whole = hash(file); // while its pieces are under way
    whole.catch(() => {}); // said when it is waited for
    await sendPieces(file, place, received, until, piece);
    let done = {};
    for (let turn = 0; !done.place; turn += 1) {
      say("Tout est arrivé ; vérification du fichier…");
      const last = new FormData();
      last.append("once", form.elements.once.value);
      last.append("sha256", await whole);
      done = await insist(`${place}/joindre`, last);
      if (done.place) break;
      if (turn === MOST_TURNS) throw new Refused(done.sentence);
      await sendAgain(file, place, done.pieces);
      whole = hash(file);
    }
    busy = false;
    location.assign(done.place);
    // A new anchor alone would not load the page.
    if (done.place.split("#")[0] === location.pathname) location.reload();
  }

  async function sendPieces(file, place, received, until, longest) {
    let length = FIRST;
    let slow = false;
    let spoilt = 0;
    while (received < file.size) {
      gauge.value = received / file.size;
      const percent = Math.floor((100 * received) / file.size);
      say(`${slow ? "Le réseau est lent. " : ""}Envoyé : ${figure.format(received / 1e6)} Mo sur ${figure.format(file.size / 1e6)} Mo (${percent} %).`);
      const piece = file.slice(received, Math.min(received + length, until));
      const headers = await named(piece, received);
      const began = Date.now();
      let answer = await insist(place, piece, headers, () => {
        length = Math.max(length / 2, SMALLEST);
        slow = true;
        return true;
      });
      // After a break the piece may have to be cut anew, from where the server has it.
      if (answer.received === undefined) answer = await insist(place);
      spoilt = answer.received === received ? spoilt + 1 : 0;
      if (spoilt === MOST_TURNS) throw new Refused(SPOILT);
      ({ received, until } = answer);
      const took = Date.now() - began;
      slow = took > 3 * QUICK;
      length = took < QUICK ? Math.min(length * 2, longest) : slow ? Math.max(length / 2, SMALLEST) : length;
    }
    gauge.value = 1;
  }

  /** The pieces that the server has otherwise than they are here, at the same places. */
  async function sendAgain(file, place, pieces) {
    say("Des morceaux se sont perdus ou abîmés : ils sont envoyés de nouveau…");
    for (const [start, length, there] of pieces) {
      const piece = file.slice(start, start + length);
      const headers = await named(piece, start);
      if (headers["Upload-Hash"] !== there) await insist(place, piece, headers);
    }
  }

  /** What a piece is sent with: where it begins, and its hash. */
  async function named(piece, start) {
    return { "Content-Type": "application/octet-stream", "Upload-Offset": start, "Upload-Hash": await hash(piece) };
  }

  /** Hashes, by a worker: browsers on plain http offer none, and a long file must not hold up the page. */
  const waiting = new Map();
  let worker;
  try {
    worker = new Worker(form.dataset.hashing);
    worker.addEventListener("message", ({ data: [number, hex, error] }) => {
      const [good, bad] = waiting.get(number);
      waiting.delete(number);
      if (error) bad(new Refused(UNREADABLE));
      else good(hex);
    });
    worker.addEventListener("error", () => {
      worker = undefined;
      for (const [good, , blob] of waiting.values()) good(sebenHashed(blob));
      waiting.clear();
    });
  } catch {
    worker = undefined;
  }

  function hash(blob) {
    if (!worker) return sebenHashed(blob);
    return new Promise((good, bad) => {
      const number = (count += 1);
      waiting.set(number, [good, bad, blob]);
      worker.postMessage([number, blob]);
    });
  }

  /** Ask until there is an answer. `lost`, told that there was none, may have the request given up: the answer is then empty. */
  async function insist(place, body, headers = {}, lost = () => false) {
    for (let wait = 1000; ; wait = Math.min(wait * 2, LONGEST_WAIT)) {
      const answer = await ask(place, body, headers);
      if (answer) return answer;
      say("Le réseau ne répond pas. L’envoi attend, et reprendra tout seul.");
      await new Promise((go) => {
        setTimeout(go, wait);
        addEventListener("online", go, { once: true });
      });
      if (lost()) return {};
    }
  }

  /** The answer; null where the network or the server gave none. Raises `Refused` with its sentence. */
  async function ask(place, body, headers) {
    let answer;
    try {
      const token = form.elements.csrf_token.value;
      answer = await fetch(place, body ? { method: "POST", body, headers: { "X-CSRFToken": token, ...headers } } : {});
      if (answer.status >= 500) return null;
      // Led to the page of files, where what is asked was done already and only its answer was lost.
      if (answer.redirected && !answer.url.includes("/connexion")) return { place: new URL(answer.url).pathname };
      if (answer.redirected) throw new Refused(SIGNED_OUT);
      if (answer.ok) return await answer.json();
    } catch (error) {
      if (error instanceof Refused) throw error;
      return null;
    }
    if (answer.status === 401) throw new Refused(SIGNED_OUT);
    const told = await answer.json().catch(() => ({}));
    if (told.received !== undefined || told.pieces) return told; // a piece that was spoilt or is there already, or some
    throw new Refused(told.sentence || UPSET);
  }
})();
