// Drag and drop for a normal file form:
//
//   <form class="dropzone" data-upload-url="/…/uploads" data-max-bytes="524288000" data-done="reload" enctype=…>
//     <input type="file" multiple> <button>Upload</button>     (works as it is without scripts)
//   </form>
//
// Files go one after the other, resumable, each with its own bar and a way to cancel, and one bar for
// all of them. What is in the form's other fields, and data-meta-*, travels along with each file that is
// added. data-done="reload" shows the page again when all are received.
import { make, say } from "../shell/dom.js";
import { announce } from "../shell/status.js";
import { Refused, Upload } from "./tus.js";

for (const zone of document.querySelectorAll("[data-upload-url]")) watchZone(zone);

function watchZone(zone) {
  const input = zone.querySelector("input[type=file]");
  const list = make("ul", { class: "upload-list", "aria-label": say("upload-list", "Files") });
  const queue = { zone, list, all: totals(), waiting: [], running: false, failed: 0 };
  zone.append(queue.all.element, list);
  zone.querySelector("button[type=submit], button:not([type])")?.setAttribute("hidden", "");
  input.addEventListener("change", () => {
    add(queue, [...input.files]);
    input.value = "";
  });
  zone.addEventListener("submit", (event) => event.preventDefault());
  for (const name of ["dragenter", "dragover"]) zone.addEventListener(name, (event) => hover(event, zone, true));
  zone.addEventListener("dragleave", (event) => hover(event, zone, zone.contains(event.relatedTarget)));
  zone.addEventListener("drop", (event) => {
    hover(event, zone, false);
    add(queue, [...event.dataTransfer.files]);
  });
  addEventListener("beforeunload", (event) => queue.running && event.preventDefault());
}

function hover(event, zone, over) {
  event.preventDefault();
  zone.classList.toggle("is-over", over);
}

function add(queue, files) {
  for (const file of files) {
    const row = rowFor(file);
    queue.list.append(row.element);
    row.cancel.addEventListener("click", () => row.element.remove());
    const limit = Number(queue.zone.dataset.maxBytes || 0);
    if (limit && file.size > limit) row.say(say("upload-too-large", "Too large: at most {limit}", { limit: size(limit) }), "bad");
    else {
      queue.waiting.push({ file, row, meta: metaOf(queue.zone) });
      queue.all.add(file.size);
    }
  }
  if (!queue.running) work(queue);
}

function rowFor(file) {
  const state = make("span", { class: "text-body-secondary" }, say("upload-waiting", "Waiting"));
  const bar = make("progress", { max: file.size || 1, value: 0, "aria-label": file.name });
  const cancel = make("button", { type: "button", class: "btn btn-sm btn-quiet", "aria-label": `${say("cancel", "Cancel")}: ${file.name}` }, say("cancel", "Cancel"));
  const element = make("li", {}, make("span", {}, `${file.name} (${size(file.size)})`), make("span", {}, state, " ", cancel), bar);
  return {
    element, bar, cancel,
    say(text, kind = "") {
      state.textContent = text;
      if (kind) {
        bar.remove();
        cancel.remove();
        state.className = `chip chip-${kind}`;
      }
    },
  };
}

async function work(queue) {
  queue.running = true;
  while (queue.waiting.length) await send(queue, queue.waiting.shift());
  queue.running = false;
  queue.zone.dispatchEvent(new CustomEvent("portal:uploads-done", { bubbles: true, detail: { failed: queue.failed } }));
  if (queue.zone.dataset.done === "reload" && queue.failed === 0) location.reload();
}

async function send(queue, { file, row, meta }) {
  if (!row.element.isConnected) return queue.all.done(file.size, 0);
  let before = 0;
  const upload = new Upload(queue.zone.dataset.uploadUrl, file, {
    meta: { ...meta, fingerprint: `${file.name}|${file.size}|${file.lastModified}` },
    onProgress: (sent) => {
      row.bar.value = sent;
      queue.all.sent(sent - before);
      before = sent;
      row.say(say("upload-sending", "{percent} % sent", { percent: Math.floor((100 * sent) / (file.size || 1)) }));
    },
    onPause: () => row.say(say("upload-paused", "Paused: connection lost. It goes on by itself.")),
  });
  row.cancel.addEventListener("click", () => upload.cancel());
  try {
    const location = await upload.run();
    queue.all.done(file.size, before);
    row.say(say("upload-done", "Received"), "good");
    announce(`${file.name}: ${say("upload-done", "Received")}`);
    queue.zone.dispatchEvent(new CustomEvent("portal:uploaded", { bubbles: true, detail: { location, name: file.name } }));
  } catch (error) {
    queue.all.done(file.size, before);
    if (upload.stopped) return;
    queue.failed += 1;
    const reason = error instanceof Refused ? error.message : say("upload-broken", "the connection broke");
    row.say(say("upload-refused", "Refused: {reason}", { reason }), "bad");
    announce(`${file.name}: ${reason}`);
  }
}

/** The fields of the form by name, and data-meta-patient="…" as `patient`. */
function metaOf(zone) {
  const skipped = new Set(["file", "csrf_token"]);
  const fields = [...new FormData(zone)].filter(([name, value]) => !skipped.has(name) && typeof value === "string" && value);
  const pairs = Object.entries(zone.dataset).filter(([name]) => name.startsWith("meta"));
  return { ...Object.fromEntries(fields), ...Object.fromEntries(pairs.map(([name, value]) => [name.slice(4).toLowerCase(), value])) };
}

/** One bar for everything that was added since the page was opened; shown from the second file on. */
function totals() {
  const bar = make("progress", { max: 1, value: 0, "aria-label": say("upload-all", "All files") });
  const text = make("p", { class: "small text-body-secondary mb-1" });
  const element = make("div", { class: "upload-all", hidden: true }, text, bar);
  const state = { bytes: 0, sent: 0, files: 0, finished: 0 };
  const show = () => {
    element.hidden = state.files < 2;
    bar.max = state.bytes || 1;
    bar.value = Math.min(state.sent, state.bytes);
    text.textContent = say("upload-all-state", "{done} of {files} files, {percent} %", {
      done: state.finished, files: state.files, percent: Math.floor((100 * bar.value) / bar.max),
    });
  };
  return {
    element,
    add(bytes) { state.bytes += bytes; state.files += 1; show(); },
    sent(bytes) { state.sent += bytes; show(); },
    /** A file has ended, well or not: what was not sent of it counts as done. */
    done(bytes, sent) { state.sent += bytes - sent; state.finished += 1; show(); },
  };
}

function size(bytes) {
  const units = ["B", "kB", "MB", "GB"];
  const step = bytes > 0 ? Math.min(Math.floor(Math.log10(bytes) / 3), 3) : 0;
  return `${(bytes / 1000 ** step).toFixed(step > 1 ? 1 : 0)} ${units[step]}`;
}
