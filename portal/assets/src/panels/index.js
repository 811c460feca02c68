// "Ask another expert": proposals appear while somebody types, so that asking takes two acts: type, Ask.
// The form's own button does the same without scripts. <form data-experts="/panel/…/experts"> names the
// address that answers with the list; #proposals is where it goes.
import { request } from "../shell/request.js";

const PAUSE = 250;

function watch(form) {
  const field = form.querySelector("input[type=search]");
  const place = document.getElementById("proposals");
  if (!field || !place) return;
  let timer = 0;
  let pending = null;
  field.addEventListener("input", () => {
    clearTimeout(timer);
    pending?.abort();
    timer = setTimeout(async () => {
      pending = new AbortController();
      const url = new URL(form.dataset.experts, document.baseURI);
      url.searchParams.set("q", field.value.trim());
      try {
        const answer = await request(url, { signal: pending.signal, headers: { Accept: "text/html" } });
        if (answer.ok && !answer.redirected) place.replaceChildren(part(await answer.text()));
      } catch (error) {
        if (error.name !== "AbortError") return; // the button still works
      }
    }, PAUSE);
  });
}

/** The server's page part as nodes; a parsed document runs no scripts. */
function part(html) {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  const nodes = document.createDocumentFragment();
  nodes.append(...parsed.body.childNodes);
  return nodes;
}

for (const form of document.querySelectorAll("form[data-experts]")) watch(form);
