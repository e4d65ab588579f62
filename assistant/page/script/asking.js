// Asking goes through Gradio's events, which call `asking` before and `answered` after; what breaks is mended here.

import { $, SECOND, say, sleep, smooth } from "./dom.js";
import { call, reached } from "./server.js";
import { state } from "./state.js";
import { listConversations } from "./conversations.js";
import { closeLibrary } from "./library.js";
import { narrowed } from "./narrow.js";
import { showTalk } from "./views.js";

/** Return what Gradio sends: the question and what goes with it, or nothing while another is being answered. */
export function asking(question) {
  const asked = question.trim();
  if (!asked || state.asking !== null) return ["", null];
  state.asking = asked;
  state.token = crypto.randomUUID();
  const context = { conversation: state.conversation, token: state.token, ...narrowed(), ...(state.instead || {}) };
  state.instead = null;
  const again = sessionStorage.getItem("again") === asked;
  sessionStorage.setItem("asking", JSON.stringify({ question: asked, again }));
  sessionStorage.removeItem("again");
  document.body.classList.add("is-asking");
  $("#welcome").replaceChildren();
  say(again ? "The connection broke while this was being answered, so it was asked again." : "");
  type("");
  attend(asked);
  follow();
  return [asked, context];
}

export function answered() {
  const live = $("#live .turn");
  if (!live || live.getAttribute("aria-busy") === "true") return broken();
  const turn = live.cloneNode(true);
  live.remove();
  $("#turns").append(turn);
  turn.scrollIntoView({ block: "start", behavior: smooth() });
  finished();
  listConversations();
}

/** Notice a server that dies while it answers: Gradio's events then just stop. */
async function attend(question) {
  for (;;) {
    await sleep(SECOND);
    if (state.asking !== question) return;
    const alive = await fetch("/health").then((answer) => answer.ok, () => false);
    if (!alive && state.asking === question) return broken();
  }
}

/** An answer that did not come to its end: wait for the server, then go on where it broke. */
export async function broken() {
  if (state.asking === null) return;
  $("#live .turn")?.remove();
  say("The connection broke while this was being answered. Waiting for the server…");
  const status = await reached();
  if (status.started !== state.started) return location.reload();
  const interrupted = finished();
  goOn(interrupted);
}

/** Ask an interrupted question again by itself, once; the second time the reader decides. */
export function goOn(interrupted) {
  if (!interrupted) return;
  const { question, again } = interrupted;
  type(question);
  if (again) return say("The connection broke twice while this was being answered. Your question is back in the box.");
  sessionStorage.setItem("again", question);
  requestAnimationFrame(() => $("#send").click());
}

/** Return the question that was being answered when the page was left or the connection broke, and forget it. */
export function finished() {
  const interrupted = JSON.parse(sessionStorage.getItem("asking") || "null");
  sessionStorage.removeItem("asking");
  state.asking = null;
  document.body.classList.remove("is-asking");
  return interrupted;
}

export async function stop() {
  if (state.asking) await call(`/page/stop?${new URLSearchParams({ token: state.token })}`, { method: "POST" });
}

/** Put a question into the box. */
export function type(text) {
  const box = $("#question textarea");
  box.value = text;
  box.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Ask a question, inside the filters given instead of those that are set. */
export function ask(question, instead = null) {
  if (state.asking !== null) return;
  state.instead = instead;
  type(question);
  showTalk();
  closeLibrary();
  requestAnimationFrame(() => $("#send").click());
}

function follow() {
  requestAnimationFrame(() => $("#talk").scrollTo({ top: $("#talk").scrollHeight, behavior: smooth() }));
}
