// What people typed and the server does not have yet, on this device: one record a text, in IndexedDB.
// A record counts as kept when its transaction has completed with strict durability: then it is on the disk, and not before.
(() => {
  "use strict";
  const DATABASE = "seben";
  const TEXTS = "texts";
  const FORMER = /^seben:draft:(\d+):(.+)$/s; // how earlier pages named a draft in localStorage
  const CLAIM = 60000; // ms for which one tab alone may send a record
  const PATIENCE = 5000; // ms to wait for a database that neither opens nor fails

  const person = document.body.dataset.person || "";
  const busy = new Map(); // by id, the writing under way
  const next = new Map(); // by id, what is to be written after it
  const news = "BroadcastChannel" in window ? new BroadcastChannel(DATABASE) : null;
  let opened = null;
  const taken = takeOver();

  /** A record: {id, person, key, at, base, fields, …}. Its key says which form it is of; a form may have several, one a tab. */
  window.seben = { texts: { mine, put, drop, claim, release, person } };
  if (news) news.onmessage = tell;

  /** All records of the person who is signed in, the newest first. */
  async function mine() {
    await taken;
    const found = await within("readonly", (texts) => texts.index("person").getAll(person));
    return found.sort((one, other) => other.at - one.at);
  }

  /** Write a record; answers with the one on the disk, a later one where several came in a row. Rejects where nothing could be kept. */
  function put(record) {
    const { id } = record;
    if (!busy.has(id)) return write(record);
    const later = next.get(id);
    if (later) {
      later.record = record;
      return later.written;
    }
    const entry = { record };
    const go = () => {
      next.delete(id);
      return entry.record && write(entry.record);
    };
    entry.written = busy.get(id).then(go, go);
    next.set(id, entry);
    return entry.written;
  }

  function write(record) {
    const written = within("readwrite", (texts) => texts.put(record))
      .then(() => record)
      .finally(() => busy.delete(record.id));
    busy.set(record.id, written);
    written.then(announce, () => {});
    return written;
  }

  /** Drop a record; one that another tab has changed since `at` stays. */
  async function drop(id, at = 0) {
    if (next.has(id)) next.get(id).record = null;
    await within("readwrite", (texts) => {
      const found = texts.get(id);
      found.onsuccess = () => {
        if (found.result && (!at || found.result.at === at)) texts.delete(id);
      };
      return found;
    });
    announce();
  }

  /** Take a record to send it: whether this tab may. One that is gone was sent by another, and sending it again has no effect. */
  async function claim(id) {
    const now = Date.now();
    const found = await within("readwrite", (texts) => {
      const asked = texts.get(id);
      asked.onsuccess = () => {
        if (asked.result && isFree(asked.result, now)) texts.put({ ...asked.result, claimed: now });
      };
      return asked;
    });
    return !found || isFree(found, now);
  }

  /** Give a record back that could not be sent. */
  function release(id) {
    return within("readwrite", (texts) => {
      const asked = texts.get(id);
      asked.onsuccess = () => asked.result && texts.put({ ...asked.result, claimed: 0 });
      return asked;
    });
  }

  function isFree(record, now) {
    return !record.claimed || Math.abs(now - record.claimed) > CLAIM;
  }

  /** What `act` asks of the records, once its transaction has completed. */
  async function within(mode, act) {
    const database = await open();
    return new Promise((resolve, reject) => {
      const transaction = database.transaction(TEXTS, mode, { durability: "strict" });
      const asked = act(transaction.objectStore(TEXTS));
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onabort = () => reject(transaction.error || new Error("aborted"));
    });
  }

  function open() {
    if (!opened) {
      opened = new Promise((resolve, reject) => {
        const asked = indexedDB.open(DATABASE, 1);
        asked.onupgradeneeded = () => asked.result.createObjectStore(TEXTS, { keyPath: "id" }).createIndex("person", "person");
        asked.onsuccess = () => {
          const database = asked.result;
          // A newer page wants another shape, or the browser took the database away: the next to need it opens it again.
          database.onversionchange = () => database.close() || (opened = null);
          database.onclose = () => (opened = null);
          resolve(database);
        };
        asked.onerror = () => reject(asked.error);
        asked.onblocked = () => reject(new Error("blocked"));
        setTimeout(() => reject(new Error("no answer")), PATIENCE);
      });
      opened.catch(() => (opened = null));
    }
    return opened;
  }

  /** Copy in the drafts that earlier pages left in localStorage; each is removed there once it is on the disk here. */
  async function takeOver() {
    try {
      for (const name of Object.keys(localStorage).filter((each) => FORMER.test(each))) {
        const text = localStorage.getItem(name);
        const record = read(name, text);
        if (!record) continue;
        await within("readwrite", (texts) => {
          const found = texts.get(record.id);
          found.onsuccess = () => (found.result && found.result.at >= record.at) || texts.put(record);
          return found;
        });
        if (localStorage.getItem(name) === text) localStorage.removeItem(name);
      }
    } catch {
      // What cannot be copied now stays where it is, for the next page.
    }
  }

  /** The record of a former draft; null where it is none. */
  function read(name, text) {
    const [, whose, key] = FORMER.exec(name);
    try {
      const { at, base, fields } = JSON.parse(text);
      return Array.isArray(fields) ? { id: `${whose}:${key}:former`, person: whose, key, at, base, fields } : null;
    } catch {
      return null;
    }
  }

  function announce() {
    tell();
    if (news) news.postMessage("");
  }

  function tell() {
    document.dispatchEvent(new CustomEvent("seben:texts"));
  }
})();
