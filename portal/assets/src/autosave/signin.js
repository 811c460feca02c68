// The session ended while somebody was typing: the text stays in memory, the sign-in opens in another
// tab, and saving goes on when the same person is back. <meta name="session-state"> is an address that
// answers {signed_in, actor, csrf_token}; <meta name="actor"> says who this page was made for.
import { make, meta, say } from "../shell/dom.js";
import { request, useToken } from "../shell/request.js";
import { toast } from "../shell/status.js";

const pollSeconds = 15;
let waiting = null;

/** Resolve once the person of this page is signed in again. One prompt serves all forms of the page. */
export function signedInAgain() {
  waiting ??= wait().finally(() => { waiting = null; });
  return waiting;
}

async function wait() {
  if ((await state()) === "back") return;
  const link = make("a", { href: meta("login-url") || "/login/", target: "_blank", rel: "opener", class: "btn btn-sm btn-primary" }, say("sign-in", "Sign in"));
  const note = toast(say("signed-out", "You have been signed out. What you typed is still here and will be saved when you have signed in again."), { kind: "warning", action: link });
  try {
    await new Promise((resolve) => watchReturn(resolve));
  } finally {
    note.remove();
  }
}

function watchReturn(done) {
  const look = async () => {
    const now = await state();
    if (now !== "back") return;
    clearInterval(timer);
    removeEventListener("focus", look);
    done();
  };
  const timer = setInterval(look, pollSeconds * 1000);
  addEventListener("focus", look);
}

async function state() {
  const url = meta("session-state");
  if (!url) return "unknown";
  try {
    const answer = await request(url, { headers: { Accept: "application/json" } });
    if (!answer.ok) return "out";
    const { signed_in: signedIn, actor, csrf_token: token } = await answer.json();
    if (!signedIn) return "out";
    if (meta("actor") && String(actor) !== meta("actor")) {
      warnStranger();
      return "stranger";
    }
    if (token) useToken(token);
    return "back";
  } catch {
    return "offline";
  }
}

let warned = false;

function warnStranger() {
  if (warned) return;
  warned = true;
  toast(say("other-person", "Somebody else has signed in on this browser. This page keeps what you typed but saves nothing in their name."), { kind: "danger" });
}
