// A form or field with data-autosubmit sends itself when its value changes; without scripts its button does.

export function watchAutosubmit() {
  document.addEventListener("change", (event) => {
    const owner = event.target.closest?.("[data-autosubmit]");
    const form = event.target.form ?? owner?.closest("form");
    if (owner && form) form.requestSubmit();
  });
}
