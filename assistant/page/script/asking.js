// Asking: the server sends pictures of the turn as it grows; what breaks on the way is mended here.

import { $, SECOND, identity, say, sleep, smooth } from "./dom.js";
import { call, post, reached } from "./server.js";
import { state } from "./state.js";
import { listConversations } from "./conversations.js";
import { closeLibrary } from "./library.js";
import { narrowed } from "./narrow.js";
import { showTalk } from "./views.js";

/** Send what is in the box, unless another question is being answered. Gradio's events call it. */
export function send(text) {
  const question = text.trim();
  if (!question || state.asking !== null) return;
  state.asking = question;
  state.token = identity();
  const within = { ...narrowed(), ...(state.instead || {}) };
  state.instead = null;
  const again = sessionStorage.getItem("again") === question;
  sessionStorage.setItem("asking", JSON.stringify({ question, again }));
  sessionStorage.removeItem("again");
  document.body.classList.add("is-asking");
  $("#welcome").replaceChildren();
  say(again ? "The connection broke while this was being answered, so it was asked again." : "");
  type("");
  receive({ question, conversation: state.conversation, token: state.token, ...within });
}

async function receive(asked) {
  const ending = new AbortController();
  attend(asked.token, ending);
  try {
    await show(await patient(asked, ending.signal));
  } catch (error) {
    if (error.status) return refused(error);
    return broken();
  }
  answered();
}

/** Ask; while the server has too much to do, wait for as long as it says and ask again. */
async function patient(asked, signal) {
  let hasWaited = false;
  for (;;) {
    try {
      const answer = await post("/page/ask", asked, "POST", signal);
      if (hasWaited) say("");
      return answer;
    } catch (error) {
      if (!error.wait || state.token !== asked.token) throw error;
      hasWaited = true;
      say("Many are asking at this moment: your question waits for its turn.");
      await sleep(error.wait * SECOND);
    }
  }
}

/** Show each picture of the turn as it comes. */
async function show(answer) {
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    if (!lines.length) continue;
    const isFirst = !$("#live .turn");
    $("#live").innerHTML = JSON.parse(lines.at(-1));
    if (isFirst) follow();
  }
}

function answered() {
  const turn = $("#live .turn");
  if (!turn || turn.getAttribute("aria-busy") === "true") return broken();
  $("#turns").append(turn);
  turn.scrollIntoView({ block: "start", behavior: smooth() });
  finished();
  listConversations();
}

/** A question that the server does not take goes back into the box, with the reason. */
function refused(error) {
  $("#live").replaceChildren();
  const { question } = finished();
  type(question);
  say(error.message);
}

/** Notice a server that is out of reach while it answers: no picture comes then, and nothing breaks. */
async function attend(token, ending) {
  for (;;) {
    await sleep(SECOND);
    if (state.asking === null || state.token !== token) return;
    const alive = await fetch("/health").then((answer) => answer.ok, () => false);
    if (!alive) return ending.abort();
  }
}

/** An answer that did not come to its end: wait for the server, then go on where it broke. */
async function broken() {
  if (state.asking === null) return;
  $("#live").replaceChildren();
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
