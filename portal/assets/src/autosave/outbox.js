// What waits to be sent. Pure bookkeeping without the page, so that it can be reasoned about:
// a change is forgotten only when the server has acknowledged exactly that value.

export class Outbox {
  constructor(version, versions) {
    this.version = version;
    this.versions = new Map(Object.entries(versions));
    this.waiting = new Map();
    this.sending = null;
  }

  /** Note that `item` now has `value`. */
  put(item, value) {
    this.waiting.set(item, value);
  }

  get isEmpty() {
    return this.waiting.size === 0 && this.sending === null;
  }

  /** The next message, or null. The same message, with the same key, is returned until it is settled. */
  next() {
    if (this.sending === null && this.waiting.size) {
      const changes = Object.fromEntries(this.waiting);
      this.waiting.clear();
      this.sending = { changes, base: this.baseOf(Object.keys(changes)), version: this.version, key: crypto.randomUUID() };
    }
    return this.sending;
  }

  baseOf(items) {
    return Object.fromEntries(items.map((item) => [item, this.versions.get(item) ?? this.version]));
  }

  /** The server has the message: take over its versions. */
  accept({ version, versions = {} }) {
    const items = Object.keys(this.sending?.changes ?? {});
    if (version != null) this.version = version;
    for (const item of items) this.versions.set(item, versions[item] ?? version ?? this.versions.get(item));
    for (const [item, one] of Object.entries(versions)) this.versions.set(item, one);
    this.sending = null;
  }

  /** Nothing of the message was stored: put it back, newer typing wins over it. */
  putBack(except = new Set()) {
    const changes = this.sending?.changes ?? {};
    this.sending = null;
    for (const [item, value] of Object.entries(changes)) {
      if (!except.has(item) && !this.waiting.has(item)) this.waiting.set(item, value);
    }
  }

  /** After a conflict over `item` the next change builds on the other person's version. */
  rebase(item, version) {
    if (version != null) this.versions.set(item, version);
  }
}

/** Seconds to wait before attempt number `attempt` (from 1): 1, 2, 4 … 60, spread by a fifth. */
export function backoffSeconds(attempt, random = Math.random) {
  return Math.min(60, 2 ** (attempt - 1)) * (0.9 + 0.2 * random());
}

/** Seconds asked for by a Retry-After header (seconds or a date), or 0. */
export function retryAfterSeconds(header, nowMs = Date.now()) {
  if (!header) return 0;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, Math.min(seconds, 600));
  const date = Date.parse(header);
  return Number.isNaN(date) ? 0 : Math.max(0, Math.min((date - nowMs) / 1000, 600));
}
