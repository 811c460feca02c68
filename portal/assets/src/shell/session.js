// Warns before the session ends and offers to go on. Reads <meta name="session-expires"
// content="seconds left"> and, for the button, <meta name="session-renew" content="address">.
import { meta, make, say } from "./dom.js";
import { request } from "./request.js";
import { toast } from "./status.js";

const warnSeconds = 120;
let timer = 0;
let note = null;

export function watchSession() {
  schedule(Number(meta("session-expires")));
}

function schedule(secondsLeft) {
  clearTimeout(timer);
  if (!Number.isFinite(secondsLeft) || secondsLeft <= 0) return;
  timer = setTimeout(warn, Math.max(secondsLeft - warnSeconds, 0) * 1000);
}

function warn() {
  const renew = meta("session-renew");
  const button = renew && make("button", { type: "button", class: "btn btn-sm btn-primary", onclick: () => goOn(renew) }, say("session-stay", "Stay signed in"));
  note = toast(say("session-ends", "You will be signed out in two minutes. What you typed stays on this page."), { kind: "warning", action: button || null });
}

async function goOn(url) {
  const answer = await request(url, { method: "POST" });
  if (!answer.ok) {
    toast(say("session-over", "The session has ended. Sign in again in another tab, then go on here."), { kind: "danger" });
    return;
  }
  note?.remove();
  const { expires_in: seconds } = await answer.json();
  schedule(Number(seconds));
}
