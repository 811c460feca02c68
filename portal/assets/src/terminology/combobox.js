// A search field for codes after the WAI-ARIA combobox pattern: type three letters or a code, move
// with the arrow keys, choose with Enter, close with Escape. The pointer works too, nothing needs it.
import { freshId, make, say } from "../shell/dom.js";
import { request } from "../shell/request.js";
import { countText, option } from "./options.js";
import { codingOf, shownCode, storeFor } from "./store.js";

const SELECTOR = "input[role=combobox][data-terminology-url]";
const PAUSE = 150;
const LETTERS = 3;
const LIMIT = 10;
const boxes = new WeakMap();

/** Make every search field below `root` work. Fields that already work are left alone. */
export function enhance(root) {
  const found = root.matches?.(SELECTOR) ? [root] : root.querySelectorAll(SELECTOR);
  for (const input of found) if (!boxes.has(input)) new Combobox(input);
}

/** Also make fields work that are added to `root` later: on their first focus or removal of a chip. */
export function watch(root) {
  root.addEventListener("focusin", ({ target }) => {
    if (target.matches?.(SELECTOR)) enhance(target);
  });
  root.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-chosen-remove]");
    const input = button?.closest(".coded-field, [data-combobox]")?.querySelector(SELECTOR);
    if (!input) return;
    event.preventDefault();
    enhance(input);
    boxes.get(input).remove(button.closest("[data-chosen-item]"));
  });
}

class Combobox {
  constructor(input) {
    boxes.set(input, this); // first: moving the field below makes it lose and regain the focus
    this.input = input;
    this.store = storeFor(input);
    this.hits = [];
    this.active = -1;
    this.freeText = "freeText" in input.dataset && input.dataset.freeText !== "false";
    this.build();
    this.listen();
    const current = this.store.current();
    if (current?.display && !input.value) input.value = current.display;
    this.showChosen();
  }

  build() {
    const id = freshId("terms");
    this.list = make("ul", { role: "listbox", id, class: "combobox-list", hidden: true, "aria-label": say("entries-found", "Entries found") });
    this.status = make("div", { role: "status", class: "visually-hidden" });
    this.chosen = make("p", { class: "combobox-chosen", hidden: true });
    const anchor = make("div", { class: "combobox-anchor" });
    const hadFocus = document.activeElement === this.input;
    this.input.before(anchor);
    anchor.append(this.input, this.list, this.status);
    anchor.after(this.chosen);
    if (hadFocus) this.input.focus();
    this.input.autocomplete = "off";
    this.input.setAttribute("aria-autocomplete", "list");
    this.input.setAttribute("aria-controls", id);
    this.input.setAttribute("aria-expanded", "false");
  }

  listen() {
    this.input.addEventListener("input", (event) => !event.isComposing && this.typed());
    this.input.addEventListener("compositionend", () => this.typed());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => this.left());
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const item = event.target.closest("[role=option]");
      if (item) this.choose([...this.list.children].indexOf(item));
    });
  }

  typed() {
    this.store.clear();
    this.showChosen();
    clearTimeout(this.timer);
    this.pending?.abort();
    const query = this.input.value.trim();
    if (query.length < LETTERS && !/\d/.test(query)) return this.close();
    this.timer = setTimeout(() => this.search(query), PAUSE);
  }

  async search(query) {
    this.pending = new AbortController();
    const { signal } = this.pending;
    try {
      const answer = await request(this.address(query), { signal, headers: { Accept: "application/json" } });
      const body = await answer.json().catch(() => ({}));
      if (signal.aborted) return;
      if (answer.ok) this.show(body.hits ?? []);
      else this.fail(body.detail || body.message);
    } catch (error) {
      if (error.name !== "AbortError") this.fail();
    }
  }

  address(query) {
    const { terminologyUrl, packs, valueSet, language } = this.input.dataset;
    const url = new URL(terminologyUrl, document.baseURI);
    url.searchParams.set("q", query);
    url.searchParams.set("limit", String(LIMIT));
    url.searchParams.set("lang", language || document.documentElement.lang || "en");
    if (packs) url.searchParams.set("pack", packs);
    if (valueSet) url.searchParams.set("value_set", valueSet);
    return url;
  }

  show(hits) {
    if (document.activeElement !== this.input) return;
    this.hits = hits;
    const id = this.list.id;
    const items = hits.map((hit, place) => option(hit, `${id}-${place}`));
    if (!items.length) items.push(make("li", { class: "combobox-empty" }, this.nothing()));
    this.list.replaceChildren(...items);
    this.open();
    this.mark(-1);
    this.status.textContent = countText(hits.length);
  }

  nothing() {
    const nothing = countText(0);
    return this.freeText ? `${nothing}. ${say("kept-as-text", "What you typed is kept as text.")}` : nothing;
  }

  fail(reason) {
    this.hits = [];
    const text = reason || say("search-failed", "The search does not answer. Your text is kept; try again.");
    this.list.replaceChildren(make("li", { class: "combobox-empty" }, text));
    this.open();
    this.status.textContent = text;
  }

  open() {
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
  }

  close() {
    clearTimeout(this.timer);
    this.pending?.abort();
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.mark(-1);
  }

  mark(place) {
    this.active = place;
    for (const [number, item] of [...this.list.children].entries()) {
      if (item.getAttribute("role") === "option") item.setAttribute("aria-selected", String(number === place));
    }
    const item = place >= 0 ? this.list.children[place] : null;
    if (item) {
      this.input.setAttribute("aria-activedescendant", item.id);
      item.scrollIntoView({ block: "nearest" });
    } else this.input.removeAttribute("aria-activedescendant");
  }

  key(event) {
    if (event.isComposing) return;
    const isOpen = !this.list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!isOpen) return this.reopen();
      this.move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter") {
      this.enter(event, isOpen);
    } else if (event.key === "Escape" && isOpen) {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    } else if (event.key === "Tab" && isOpen && this.active >= 0) {
      this.choose(this.active);
    } else if (event.key === "Backspace" && !this.input.value && this.store.multiple) {
      const last = this.store.list.lastElementChild;
      if (last) this.remove(last);
    }
  }

  reopen() {
    const query = this.input.value.trim();
    if (query.length >= LETTERS || /\d/.test(query)) this.search(query);
  }

  move(step) {
    if (!this.hits.length) return;
    const count = this.hits.length;
    const from = this.active < 0 && step < 0 ? 0 : this.active;
    this.mark((from + step + count) % count);
  }

  enter(event, isOpen) {
    if (isOpen && this.active >= 0) {
      event.preventDefault();
      this.choose(this.active);
    } else if (this.input.value.trim() && !this.store.current()) {
      // Enter in a half-typed field must not send the whole form.
      event.preventDefault();
      if (this.freeText && this.store.multiple) this.keepText();
      else if (!isOpen) this.reopen();
      else this.mark(this.hits.findIndex((hit) => hit.selectable));
    }
  }

  choose(place) {
    const hit = this.hits[place];
    if (!hit || this.list.children[place].getAttribute("aria-disabled") === "true") return;
    const coding = codingOf(hit);
    this.store.put(coding);
    this.input.value = this.store.multiple ? "" : coding.display;
    this.close();
    this.showChosen();
    this.status.textContent = say("chosen-is", "Chosen: {name}, {code}", { name: coding.display, code: shownCode(this.input, coding) });
  }

  keepText() {
    const text = this.input.value.trim();
    this.store.put({ text });
    this.input.value = "";
    this.close();
    this.status.textContent = say("kept-text", "Kept as text: {text}", { text });
  }

  remove(item) {
    const name = item.querySelector("span")?.textContent ?? "";
    this.store.remove(item);
    this.status.textContent = say("removed", "Removed: {name}", { name });
    this.input.focus();
  }

  left() {
    this.close();
    const typed = this.input.value.trim();
    if (!typed || this.store.current()) return;
    if (this.freeText) {
      if (this.store.multiple) this.keepText();
      else if (this.store.hidden) this.store.put({ text: typed });
    } else {
      const text = say("choose-entry", "Nothing is chosen yet: choose an entry of the list, or empty the field.");
      this.status.textContent = text;
      this.chosen.textContent = text;
      this.chosen.hidden = false;
    }
  }

  showChosen() {
    const current = this.store.current();
    this.chosen.hidden = !current?.code;
    this.chosen.textContent = current?.code ? [shownCode(this.input, current), current.version].filter(Boolean).join(" · ") : "";
  }
}
