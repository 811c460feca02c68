// One controller per form: collects changes, sends them one message at a time, tries again, says what happened.
import { clockTime, meta, say } from "../shell/dom.js";
import { sendJson } from "../shell/request.js";
import { toast } from "../shell/status.js";
import { settle } from "./conflict.js";
import { backoffSeconds, Outbox, retryAfterSeconds } from "./outbox.js";
import { signedInAgain } from "./signin.js";
import { itemOf, valueOf } from "./values.js";

const idleMs = 1500;
const keepaliveLimit = 60_000;
const attached = new WeakMap();

/** Attach autosave to `form`; returns its controller (the same one when called twice). */
export function attach(form) {
  if (!attached.has(form)) attached.set(form, new Autosave(form));
  return attached.get(form);
}

function readVersions(form) {
  const versions = JSON.parse(form.dataset.versions || "{}");
  for (const holder of form.querySelectorAll("[data-item][data-version]")) versions[holder.dataset.item] = Number(holder.dataset.version);
  return versions;
}

class Autosave {
  constructor(form) {
    this.form = form;
    this.outbox = new Outbox(Number(form.dataset.version || 0), readVersions(form));
    this.attempt = 0;
    this.timer = 0;
    this.busy = false;
    this.place = form.querySelector("[data-save-state]") ?? this.makePlace();
    form.addEventListener("input", (event) => this.changed(event.target, idleMs));
    form.addEventListener("change", (event) => this.changed(event.target, 0));
    form.addEventListener("focusout", () => this.outbox.waiting.size && this.soon(0));
    form.addEventListener("submit", (event) => this.submitted(event));
    addEventListener("online", () => this.soon(0));
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && this.flushNow());
    addEventListener("pagehide", () => this.flushNow());
    addEventListener("beforeunload", (event) => this.blocksLeaving() && event.preventDefault());
  }

  makePlace() {
    const place = document.createElement("p");
    place.className = "save-state";
    this.form.append(place);
    return place;
  }

  changed(field, waitMs) {
    const item = field.matches?.("input, select, textarea") ? itemOf(field) : "";
    if (!item || this.stopped) return;
    this.outbox.put(item, valueOf(this.form, item));
    if (this.attempt === 0) this.say("typing", "");
    this.soon(this.attempt ? null : waitMs);
  }

  /** Send after `waitMs`; null leaves a timer that is already set (a retry) alone. */
  soon(waitMs) {
    if (waitMs === null && this.timer) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { this.timer = 0; this.send(); }, waitMs ?? idleMs);
  }

  /** A save on its way would make the version on this page old: submit after its answer. */
  submitted(event) {
    this.stop();
    if (!this.busy) return;
    event.preventDefault();
    this.submitAgain = () => this.form.requestSubmit(event.submitter ?? undefined);
  }

  stop() {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  blocksLeaving() {
    return !this.stopped && !this.outbox.isEmpty && (this.attempt > 0 || this.signedOut === true);
  }

  async send() {
    if (this.busy || this.stopped) return;
    const message = this.outbox.next();
    if (!message) return;
    this.busy = true;
    this.say("saving", say("saving", "Saving…"));
    try {
      await this.handle(await this.post(message));
    } catch {
      this.later(0, navigator.onLine ? "failed" : "offline");
    } finally {
      this.busy = false;
      this.submitAgain?.();
      this.submitAgain = null;
    }
    if (!this.timer && this.outbox.waiting.size && !this.signedOut) this.soon(idleMs);
  }

  /** Send one message. Small ones outlive the page (browsers allow 64 kB for that). */
  post(message) {
    const keepalive = JSON.stringify(message).length < keepaliveLimit;
    return sendJson(this.form.dataset.autosaveUrl, message, { keepalive, headers: { "Idempotency-Key": message.key } });
  }

  /** The page goes away: send what waits now. */
  flushNow() {
    if (this.stopped || this.busy || this.signedOut) return;
    const message = this.outbox.next();
    if (!message) return;
    this.busy = true;
    this.post(message)
      .then((answer) => this.handle(answer))
      .catch(() => this.later(0, "offline"))
      .finally(() => { this.busy = false; });
  }

  async handle(answer) {
    if (answer.redirected || answer.status === 401 || (answer.status === 400 && (await isTokenError(answer)))) return this.waitForSignIn();
    if (answer.ok) return this.saved(await answer.json());
    if (answer.status === 409) return this.conflict(await answer.json());
    if (answer.status === 429 || answer.status >= 500 || answer.status === 408) {
      return this.later(retryAfterSeconds(answer.headers.get("Retry-After")), "failed");
    }
    return this.refused(answer);
  }

  saved(body) {
    this.attempt = 0;
    this.outbox.accept(body);
    this.form.dataset.version = this.outbox.version;
    const field = this.form.elements.namedItem("version");
    if (field) field.value = this.outbox.version;
    const time = clockTime(body.saved_at ? new Date(body.saved_at) : new Date());
    this.say("saved", say("draft-saved", "Draft saved {time}", { time }));
    this.form.dispatchEvent(new CustomEvent("portal:saved", { bubbles: true, detail: body }));
  }

  later(seconds, state) {
    this.attempt += 1;
    const wait = Math.max(seconds, backoffSeconds(this.attempt));
    const text = state === "offline"
      ? say("offline", "No connection. What you type is kept on this page and will be saved when it is back.")
      : say("save-failed", "Not saved yet. Trying again…");
    this.say(state, text);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { this.timer = 0; this.send(); }, wait * 1000);
  }

  async conflict({ conflicts = [], version, versions = {} }) {
    const items = new Set(conflicts.map((one) => one.item));
    this.outbox.putBack(items);
    if (version != null) this.outbox.version = version;
    for (const [item, one] of Object.entries(versions)) this.outbox.rebase(item, one);
    this.say("conflict", say("conflict-state", "Somebody else changed the same answer"));
    for (const one of conflicts) {
      const kept = await settle(this.form, one);
      this.outbox.rebase(one.item, one.version);
      if (kept === "mine") this.outbox.put(one.item, valueOf(this.form, one.item));
      else this.outbox.waiting.delete(one.item);
    }
    this.attempt = 0;
    if (this.outbox.waiting.size) this.soon(0);
    else this.say("saved", "");
  }

  async waitForSignIn() {
    this.signedOut = true;
    this.say("failed", say("signed-out-state", "Signed out: not saved yet"));
    this.resume ??= signedInAgain().then(() => {
      this.signedOut = false;
      this.resume = null;
      this.attempt = 0;
      this.soon(0);
    });
  }

  /** The server will not take this change however often it is sent: say why and keep the text. */
  async refused(answer) {
    const body = await answer.json().catch(() => ({}));
    this.outbox.sending = null;
    const reason = body.detail || body.message || say("save-refused", "This change could not be saved.");
    this.say("failed", reason);
    this.form.dispatchEvent(new CustomEvent("portal:refused", { bubbles: true, detail: body }));
    toast(reason, { kind: "danger" });
  }

  say(state, text) {
    this.place.dataset.state = state;
    this.place.setAttribute("role", "status");
    if (this.place.textContent !== text) this.place.textContent = text;
  }
}

async function isTokenError(answer) {
  if (!meta("session-state")) return false;
  const text = await answer.clone().text();
  return /csrf/i.test(text);
}
