// Talking to the server.

import { SECOND, sleep } from "./dom.js";

/** Fetch; throw an error with the server's own words and its status where it refuses. */
export async function call(path, options) {
  const answer = await fetch(path, options);
  if (answer.ok) return answer;
  const said = await answer.json().catch(() => ({}));
  throw Object.assign(new Error(said.detail || `the server answered ${answer.status}`), { status: answer.status });
}

/** Return a fragment of HTML, escaped by the server; `signal` gives it up. */
export const fragment = async (path, values = {}, signal) =>
  (await call(`/page/${path}?${new URLSearchParams(values)}`, { signal })).text();

export const post = (path, body, method = "POST") =>
  call(path, { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

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
