// Talking to the server.

import { SECOND, sleep } from "./dom.js";

/** Fetch; throw an error with the server's own words, its status and the seconds to wait where it refuses. */
export async function call(path, options) {
  const answer = await fetch(path, options);
  if (answer.ok) return answer;
  const said = await answer.json().catch(() => ({}));
  const wait = Number(answer.headers.get("Retry-After"));
  throw Object.assign(new Error(said.detail || `the server answered ${answer.status}`), { status: answer.status, wait });
}

/** Return a fragment of HTML, escaped by the server; `signal` gives it up. */
export const fragment = async (path, values = {}, signal) =>
  (await call(`/page/${path}?${new URLSearchParams(values)}`, { signal })).text();

export const post = (path, body, method = "POST", signal = undefined) =>
  call(path, { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), signal });

/** Return the server's status as soon as it answers. */
export async function reached() {
  for (;;) {
    try {
      return await (await call("/api/v1/status")).json();
    } catch {
      await sleep(SECOND / 3);
    }
  }
}
