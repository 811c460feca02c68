// Drag and drop for a normal file form:
//
//   <form class="dropzone" data-upload-url="/…/uploads" data-max-bytes="524288000" data-done="reload" enctype=…>
//     <input type="file" multiple> <button>Upload</button>     (works as it is without scripts)
//   </form>
//
// Files go one after the other, resumable, each with its own bar and a way to cancel. Fields named
// data-meta-* travel along. data-done="reload" shows the page again when all are received.
import { make, say } from "../shell/dom.js";
import { announce } from "../shell/status.js";
import { Refused, Upload } from "./tus.js";

for (const zone of document.querySelectorAll("[data-upload-url]")) watchZone(zone);

function watchZone(zone) {
  const input = zone.querySelector("input[type=file]");
  const list = make("ul", { class: "upload-list", "aria-label": say("upload-list", "Files") });
  const queue = { zone, list, waiting: [], running: false, failed: 0 };
  zone.append(list);
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
    else queue.waiting.push({ file, row });
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

async function send(queue, { file, row }) {
  if (!row.element.isConnected) return;
  const upload = new Upload(queue.zone.dataset.uploadUrl, file, {
    meta: metaOf(queue.zone),
    onProgress: (sent) => {
      row.bar.value = sent;
      row.say(say("upload-sending", "{percent} % sent", { percent: Math.floor((100 * sent) / (file.size || 1)) }));
    },
    onPause: () => row.say(say("upload-paused", "Paused: connection lost. It goes on by itself.")),
  });
  row.cancel.addEventListener("click", () => upload.cancel());
  try {
    const location = await upload.run();
    row.say(say("upload-done", "Received"), "good");
    announce(`${file.name}: ${say("upload-done", "Received")}`);
    queue.zone.dispatchEvent(new CustomEvent("portal:uploaded", { bubbles: true, detail: { location, name: file.name } }));
  } catch (error) {
    if (upload.stopped) return;
    queue.failed += 1;
    const reason = error instanceof Refused ? error.message : say("upload-broken", "the connection broke");
    row.say(say("upload-refused", "Refused: {reason}", { reason }), "bad");
    announce(`${file.name}: ${reason}`);
  }
}

/** data-meta-patient="…" on the form becomes the tus metadata `patient`. */
function metaOf(zone) {
  const pairs = Object.entries(zone.dataset).filter(([name]) => name.startsWith("meta"));
  return Object.fromEntries(pairs.map(([name, value]) => [name.slice(4).toLowerCase(), value]));
}

function size(bytes) {
  const units = ["B", "kB", "MB", "GB"];
  const step = bytes > 0 ? Math.min(Math.floor(Math.log10(bytes) / 3), 3) : 0;
  return `${(bytes / 1000 ** step).toFixed(step > 1 ? 1 : 0)} ${units[step]}`;
}
