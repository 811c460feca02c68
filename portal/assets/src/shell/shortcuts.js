// "/" goes to the search, "?" lists the keys, "g" then a letter goes to a page.
// They never work inside a field and can be switched off (WCAG 2.1.4); the choice is a cookie.
import { freshId, make, say } from "./dom.js";
import { ask } from "./dialog.js";

const year = 365 * 24 * 3600;
let pending = "";
let pendingTimer = 0;

function isOff() {
  return document.cookie.split("; ").includes("keys=off");
}

function isTyping(target) {
  return target.isContentEditable || Boolean(target.closest?.("input, textarea, select, dialog, [role=textbox], [role=combobox]"));
}

export function watchShortcuts() {
  document.addEventListener("keydown", onKey);
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-show-keys]")) return;
    event.preventDefault();
    showKeys();
  });
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (isTyping(event.target) || isOff()) return;
  if (pending === "g") {
    forget();
    const link = document.querySelector(`[data-go="${CSS.escape(event.key)}"]`);
    if (link) { event.preventDefault(); link.click(); }
  } else if (event.key === "/") {
    const field = document.querySelector("[data-search-field]");
    if (field) { event.preventDefault(); field.focus(); field.select(); }
  } else if (event.key === "?") {
    event.preventDefault();
    showKeys();
  } else if (event.key === "g") {
    pending = "g";
    pendingTimer = setTimeout(forget, 1200);
  }
}

function forget() {
  pending = "";
  clearTimeout(pendingTimer);
}

function keyList() {
  const rows = [["/", say("key-search", "Go to the search")], ["?", say("key-help", "Show this list")], ["Esc", say("key-escape", "Close a menu or a question")]];
  for (const link of document.querySelectorAll("[data-go]")) {
    rows.push([`g ${link.dataset.go}`, link.dataset.goLabel || link.textContent.trim()]);
  }
  return make("dl", { class: "keys" }, ...rows.flatMap(([key, text]) => [make("dt", {}, make("kbd", {}, key)), make("dd", {}, text)]));
}

async function showKeys() {
  const id = freshId("keys");
  const box = make("input", { type: "checkbox", class: "form-check-input", id });
  box.checked = !isOff();
  box.addEventListener("change", () => {
    document.cookie = `keys=${box.checked ? "on" : "off"}; Path=/; Max-Age=${year}; SameSite=Lax`;
  });
  const choice = make("div", { class: "form-check mt-3" }, box, make("label", { class: "form-check-label", for: id }, say("keys-on", "Use single-key shortcuts")));
  await ask({
    title: say("keys-title", "Keyboard shortcuts"),
    body: make("div", {}, keyList(), choice),
    choices: [{ value: "close", label: say("close", "Close"), kind: "primary" }],
  });
}
