// One resumable upload over tus 1.0: create, send pieces, ask for the offset after a break, go on.
import { request } from "../shell/request.js";
import { backoffSeconds, retryAfterSeconds } from "../autosave/outbox.js";

const version = { "Tus-Resumable": "1.0.0" };
const pieceBytes = 8 * 1024 * 1024;
const mostAttempts = 12;

/** The server will not have this file; `message` says why in its own words. */
export class Refused extends Error {}

export class Upload {
  /** `meta` is a plain object; `onProgress(sentBytes)` and `onPause()` report. */
  constructor(url, file, { meta = {}, onProgress = () => {}, onPause = () => {} } = {}) {
    Object.assign(this, { url, file, meta, onProgress, onPause, location: "", offset: 0, stopped: false, attempt: 0 });
  }

  /** Send the file; resolves with its address. Breaks of the connection are survived. */
  async run() {
    while (!this.stopped) {
      try {
        if (!this.location) await this.create();
        else if (this.attempt) await this.askOffset();
        await this.sendAll();
        return this.location;
      } catch (error) {
        if (error instanceof Refused || this.stopped) throw error;
        await this.pause(error);
      }
    }
    throw new Refused("stopped");
  }

  async create() {
    const metadata = Object.entries({ filename: this.file.name, filetype: this.file.type, ...this.meta });
    const answer = await request(this.url, {
      method: "POST",
      headers: {
        ...version,
        Accept: "application/json",
        "Upload-Length": String(this.file.size),
        "Upload-Metadata": metadata.map(([name, value]) => `${name} ${base64(String(value))}`).join(","),
      },
    });
    await check(answer, [201]);
    this.location = new URL(answer.headers.get("Location"), new URL(this.url, document.baseURI)).href;
    this.offset = Number(answer.headers.get("Upload-Offset") ?? 0); // more than 0: taken up after a reload
    this.onProgress(this.offset);
  }

  async askOffset() {
    const answer = await request(this.location, { method: "HEAD", headers: version });
    if (answer.status === 404 || answer.status === 410) {
      this.location = "";
      this.offset = 0;
      return this.create();
    }
    await check(answer, [200, 204]);
    this.offset = Number(answer.headers.get("Upload-Offset") ?? 0);
  }

  async sendAll() {
    while (this.offset < this.file.size && !this.stopped) {
      const answer = await request(this.location, {
        method: "PATCH",
        headers: { ...version, Accept: "application/json", "Upload-Offset": String(this.offset), "Content-Type": "application/offset+octet-stream" },
        body: this.file.slice(this.offset, this.offset + pieceBytes),
      });
      await check(answer, [200, 204]);
      this.offset = Number(answer.headers.get("Upload-Offset"));
      this.attempt = 0;
      this.onProgress(this.offset);
    }
  }

  async pause(error) {
    this.attempt += 1;
    if (this.attempt > mostAttempts) throw error;
    this.onPause();
    const seconds = Math.max(error.retryAfter ?? 0, backoffSeconds(this.attempt));
    await new Promise((resolve) => {
      const timer = setTimeout(resolve, seconds * 1000);
      addEventListener("online", () => { clearTimeout(timer); resolve(); }, { once: true });
    });
  }

  /** Stop and have the server throw away what it has. */
  async cancel() {
    this.stopped = true;
    if (this.location) await request(this.location, { method: "DELETE", headers: version }).catch(() => {});
  }
}

/** Turn an unexpected answer into a refusal (4xx) or a break worth another try (all else). */
async function check(answer, expected) {
  if (expected.includes(answer.status)) return;
  const worthRetry = answer.status >= 500 || [408, 409, 423, 429, 460].includes(answer.status);
  if (!worthRetry) throw new Refused(await reason(answer));
  throw Object.assign(new Error(`status ${answer.status}`), { retryAfter: retryAfterSeconds(answer.headers.get("Retry-After")) });
}

async function reason(answer) {
  const text = await answer.text();
  try {
    const body = JSON.parse(text);
    return body.detail || body.message || body.title || text;
  } catch {
    return text.length < 200 && !text.startsWith("<") ? text : String(answer.status);
  }
}

function base64(text) {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
