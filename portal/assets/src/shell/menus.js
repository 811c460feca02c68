// Menus are <details class="menu">: only one is open, Escape and a click elsewhere close it.
// The side menu of a narrow screen opens from the button in the header.

export function watchMenus() {
  document.addEventListener("click", closeOthers);
  document.addEventListener("keydown", onKey);
  document.addEventListener("focusin", closeOthers);
  const toggle = document.querySelector("[data-side-toggle]");
  const side = document.getElementById("side-menu");
  if (toggle && side) sideMenu(toggle, side);
}

function closeOthers(event) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
}

function onKey(event) {
  const menu = event.target.closest?.("details.menu");
  if (event.key === "Escape") {
    const open = document.querySelector("details.menu[open]");
    if (!open) return;
    open.open = false;
    open.querySelector("summary").focus();
    return;
  }
  if (!menu || !["ArrowDown", "ArrowUp"].includes(event.key)) return;
  event.preventDefault();
  menu.open = true;
  moveFocus(menu, event.key === "ArrowDown" ? 1 : -1);
}

function moveFocus(menu, step) {
  const items = [...menu.querySelectorAll(".menu-panel :is(a, button):not([disabled])")];
  if (!items.length) return;
  const at = items.indexOf(document.activeElement);
  items[(at + step + items.length) % items.length].focus();
}

function sideMenu(toggle, side) {
  const set = (open) => {
    side.classList.toggle("is-open", open);
    toggle.setAttribute("aria-expanded", String(open));
  };
  set(false);
  toggle.addEventListener("click", () => {
    const open = !side.classList.contains("is-open");
    set(open);
    if (open) side.querySelector("a, button, summary")?.focus();
  });
  side.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || toggle.offsetParent === null) return;
    set(false);
    toggle.focus();
  });
}
