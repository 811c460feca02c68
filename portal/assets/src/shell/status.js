// Short messages: `announce` is only read out, `toast` is also shown. Errors stay until closed.
import { make, say } from "./dom.js";

function region() {
  const found = document.getElementById("toasts");
  if (found) return found;
  const made = make("div", { id: "toasts", class: "toasts", role: "status", "aria-live": "polite" });
  document.body.append(made);
  return made;
}

/** Have a screen reader say `text`; nothing is shown. */
export function announce(text) {
  let place = document.getElementById("announcer");
  if (!place) {
    place = make("div", { id: "announcer", class: "visually-hidden", role: "status", "aria-live": "polite" });
    document.body.append(place);
  }
  place.textContent = "";
  requestAnimationFrame(() => { place.textContent = text; });
}

/** Show a message in the corner; kind is info, success, warning or danger. Returns its element. */
export function toast(text, { kind = "info", seconds = 8, action = null } = {}) {
  const close = make("button", { type: "button", class: "btn-close", "aria-label": say("close", "Close") });
  const note = make("div", { class: "toast-note", "data-kind": kind }, make("p", {}, text), action, close);
  close.addEventListener("click", () => note.remove());
  region().append(note);
  if (kind !== "danger" && kind !== "warning" && seconds) {
    let timer = setTimeout(() => note.remove(), seconds * 1000);
    note.addEventListener("pointerenter", () => clearTimeout(timer));
    note.addEventListener("pointerleave", () => { timer = setTimeout(() => note.remove(), seconds * 1000); });
  }
  return note;
}

/** Flash messages of the page can be closed; they are already in the page as text. */
export function showFlashes() {
  document.addEventListener("click", (event) => {
    event.target.closest?.("[data-close]")?.closest(".alert, .toast-note")?.remove();
  });
}
