// Sends a large file in pieces: each is checked, lost ones are sent again, and a file begun before goes on where it was.
(() => {
  "use strict";
  const SMALLEST = 64 * 1024;
  const FIRST = 256 * 1024;
  const QUICK = 4000; // ms for a piece: quicker, and the next is twice as long; three times slower, and it is half
  const LONGEST_WAIT = 30000;
  const UPSET = "L’envoi a été refusé. Rechargez la page, puis choisissez de nouveau le même fichier.";
  const SIGNED_OUT = "Votre session est terminée. Connectez-vous, puis choisissez de nouveau le même fichier : l’envoi reprendra.";
  const figure = new Intl.NumberFormat("fr", { maximumFractionDigits: 1 });
  const TABLE = Array.from({ length: 256 }, (_, n) => {
    for (let bit = 0; bit < 8; bit += 1) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1;
    return n >>> 0;
  });

  /** The CRC-32 of some bytes: browsers on plain http offer nothing of the kind. */
  function checksum(bytes) {
    let crc = 0xffffffff;
    for (const byte of bytes) crc = TABLE[(crc ^ byte) & 255] ^ (crc >>> 8);
    return ((crc ^ 0xffffffff) >>> 0).toString(16).padStart(8, "0");
  }

  class Refused extends Error {}

  const form = document.querySelector("form[data-sending]");
  const bar = form.querySelector("[data-sending-bar]");
  const said = form.querySelector("[data-sending-said]");
  const gauge = bar.querySelector("progress");
  let busy = false;
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
    const { place, received, piece } = await insist(form.dataset.sending, asked);
    await sendPieces(file, place, received, piece);
    say("Tout est arrivé ; vérification du fichier…");
    const last = new FormData();
    last.append("once", form.elements.once.value);
    const done = await insist(`${place}/joindre`, last);
    busy = false;
    location.assign(done.place);
    // A new anchor alone would not load the page.
    if (done.place.split("#")[0] === location.pathname) location.reload();
  }

  async function sendPieces(file, place, received, longest) {
    let length = FIRST;
    let slow = false;
    while (received < file.size) {
      gauge.value = received / file.size;
      const percent = Math.floor((100 * received) / file.size);
      say(`${slow ? "Le réseau est lent. " : ""}Envoyé : ${figure.format(received / 1e6)} Mo sur ${figure.format(file.size / 1e6)} Mo (${percent} %).`);
      const bytes = new Uint8Array(await file.slice(received, received + length).arrayBuffer());
      const began = Date.now();
      const headers = { "Content-Type": "application/octet-stream", "Upload-Offset": received, "Upload-Checksum": checksum(bytes) };
      const answer = await insist(place, bytes, headers, () => {
        length = Math.max(length / 2, SMALLEST);
        slow = true;
        return true;
      });
      // After a break the piece may have to be cut anew, from where the server has it.
      if (answer.received === undefined) received = (await insist(place)).received;
      else received = answer.received;
      const took = Date.now() - began;
      slow = took > 3 * QUICK;
      length = took < QUICK ? Math.min(length * 2, longest) : slow ? Math.max(length / 2, SMALLEST) : length;
    }
    gauge.value = 1;
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
    if (told.received !== undefined) return told; // a piece that was spoilt, or is there already
    throw new Refused(told.sentence || UPSET);
  }
})();
