// fetch with the CSRF token and the headers that tell the server a script is asking.
import { meta } from "./dom.js";

const safe = new Set(["GET", "HEAD", "OPTIONS"]);

/** Like fetch, for addresses of this portal; adds X-CSRFToken to everything that may change something. */
export function request(url, options = {}) {
  const target = new URL(url, document.baseURI);
  if (target.origin !== location.origin) throw new Error("request() is for addresses of this portal only");
  const headers = new Headers(options.headers);
  headers.set("X-Requested-With", "fetch");
  const method = (options.method ?? "GET").toUpperCase();
  if (!safe.has(method)) headers.set("X-CSRFToken", meta("csrf-token"));
  return fetch(target, { credentials: "same-origin", ...options, method, headers });
}

/** Send `body` as JSON. */
export function sendJson(url, body, { method = "POST", headers = {}, keepalive = false } = {}) {
  return request(url, {
    method,
    keepalive,
    headers: { "Content-Type": "application/json", Accept: "application/json", ...headers },
    body: JSON.stringify(body),
  });
}

/** Take over a new CSRF token (after a fresh login in another tab). */
export function useToken(token) {
  const place = document.querySelector('meta[name="csrf-token"]');
  if (place) place.content = token;
  for (const field of document.querySelectorAll('input[name="csrf_token"]')) field.value = token;
}
