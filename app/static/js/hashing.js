// The SHA-256 of files of any size, a slice at a time: as a worker, so that no page waits; in the page where there are none.
(() => {
  "use strict";
  const SLICE = 256 * 1024;
  const WORDS = new Int32Array(64);
  const K = new Int32Array(64);
  const START = new Int32Array(8);

  // The constants are the fractions of the roots of the first primes.
  for (let prime = 2, at = 0; at < 64; prime += 1) {
    let divisor = 2;
    while (divisor * divisor <= prime && prime % divisor) divisor += 1;
    if (divisor * divisor <= prime) continue;
    if (at < 8) START[at] = fraction(Math.sqrt(prime));
    K[at] = fraction(Math.cbrt(prime));
    at += 1;
  }

  function fraction(root) {
    return ((root - Math.floor(root)) * 0x100000000) >>> 0;
  }

  class Sha256 {
    constructor() {
      this.state = START.slice();
      this.rest = new Uint8Array(64);
      this.held = 0;
      this.length = 0;
    }

    update(bytes) {
      this.length += bytes.length;
      let at = 0;
      if (this.held) {
        at = Math.min(64 - this.held, bytes.length);
        this.rest.set(bytes.subarray(0, at), this.held);
        this.held += at;
        if (this.held < 64) return this;
        compress(this.state, new DataView(this.rest.buffer), 0);
        this.held = 0;
      }
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      for (; at + 64 <= bytes.length; at += 64) compress(this.state, view, at);
      this.rest.set(bytes.subarray(at));
      this.held = bytes.length - at;
      return this;
    }

    hex() {
      const end = new Uint8Array(this.held < 56 ? 64 : 128);
      end.set(this.rest.subarray(0, this.held));
      end[this.held] = 0x80;
      const view = new DataView(end.buffer);
      view.setUint32(end.length - 8, Math.floor(this.length / 0x20000000));
      view.setUint32(end.length - 4, (this.length << 3) >>> 0);
      for (let at = 0; at < end.length; at += 64) compress(this.state, view, at);
      return Array.from(this.state, (word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
    }
  }

  function compress(state, view, from) {
    const w = WORDS;
    for (let t = 0; t < 16; t += 1) w[t] = view.getInt32(from + 4 * t);
    for (let t = 16; t < 64; t += 1) {
      const x = w[t - 15];
      const y = w[t - 2];
      const low = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const high = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      w[t] = (w[t - 16] + low + w[t - 7] + high) | 0;
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let t = 0; t < 64; t += 1) {
      const big = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const one = (h + big + ((e & f) ^ (~e & g)) + K[t] + w[t]) | 0;
      const small = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const two = (small + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + one) | 0;
      d = c;
      c = b;
      b = a;
      a = (one + two) | 0;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
    state[5] += f;
    state[6] += g;
    state[7] += h;
  }

  /** The hash of a file or of a slice of one, in hexadecimal; each slice that is read lets others have their turn. */
  async function hashed(blob) {
    const made = new Sha256();
    for (let at = 0; at < blob.size; at += SLICE) made.update(new Uint8Array(await blob.slice(at, at + SLICE).arrayBuffer()));
    return made.hex();
  }

  if (typeof document !== "undefined") {
    globalThis.sebenHashed = hashed;
    return;
  }
  addEventListener("message", async ({ data: [number, blob] }) => {
    try {
      postMessage([number, await hashed(blob), ""]);
    } catch (error) {
      postMessage([number, "", String(error)]);
    }
  });
})();
