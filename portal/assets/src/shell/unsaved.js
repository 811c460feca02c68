// A form with data-unsaved warns before the page is left with changes that were not sent.

export function watchUnsaved() {
  for (const form of document.querySelectorAll("form[data-unsaved]")) {
    const mark = document.querySelector(form.dataset.unsaved || "h1");
    const set = (changed) => {
      form.toggleAttribute("data-changed", changed);
      mark?.classList.toggle("unsaved", changed);
    };
    for (const name of ["input", "change"]) form.addEventListener(name, (event) => event.target.name && set(true));
    form.addEventListener("submit", () => set(false));
    form.addEventListener("reset", () => set(false));
  }
  addEventListener("beforeunload", (event) => {
    if (document.querySelector("form[data-unsaved][data-changed]")) event.preventDefault();
  });
}
