// After a refused form the summary of its errors gets the focus, so that it is read first;
// its links put the focus into the field, also where the browser would only scroll.

export function focusErrorSummary() {
  const summary = document.querySelector("[data-error-summary]");
  if (!summary) return;
  summary.focus();
  summary.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    const target = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!target) return;
    event.preventDefault();
    const field = target.matches("input, select, textarea, button") ? target : target.querySelector("input, select, textarea, button");
    const fold = target.closest("details");
    if (fold) fold.open = true;
    (field?.tomselect ?? field ?? target).focus();
    target.scrollIntoView({ block: "center" });
  });
}
