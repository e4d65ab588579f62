// Begins the page, and says which button does what. Text never becomes HTML in these files: fragments come escaped from
// the server, everything else is set as text.

import { $, SECOND, make, say, sleep, toggle } from "./dom.js";
import { reached } from "./server.js";
import { state } from "./state.js";
import { ask, finished, goOn, send, stop } from "./asking.js";
import { begin, forget, fresh, link, open, rename, welcome } from "./conversations.js";
import { hidePeek, listenForGlances } from "./glance.js";
import { closeLibrary, lists, openLibrary, remove, showAll } from "./library.js";
import { change, showNarrowed, widen, without } from "./narrow.js";
import { closeSource, more, openFrom, said, step, turnPage, view } from "./source.js";
import { listenForFiles } from "./uploads.js";
import { copy, judge } from "./verdicts.js";
import { listenToViews, moreRows, refineTo, showView } from "./views.js";

const actions = {
  ask: (button) => ask(button.dataset.question || button.textContent),
  again: (button) => ask(button.closest(".turn").dataset.question),
  new: fresh,
  conversation: (button) => { history.replaceState(null, "", location.pathname); return open(button.dataset.id); },
  rename, forget, link,
  why: (button) => toggle(button, $(".why", button.closest(".turn"))),
  copy, verdict: judge,
  without, change, widen,
  open: (button) => { closeLibrary(); return openFrom(button); },
  place: openFrom,
  previous: () => step(-1), next: () => step(1),
  "said-before": () => said(-1), "said-after": () => said(1),
  "close-source": closeSource,
  view, page: turnPage, earlier: more, later: more,
  all: showAll, remove,
  choose: () => $("#files").click(), "choose-folder": () => $("#folder").click(),
  "unfold-library": openLibrary, "fold-library": closeLibrary,
  show: (button) => showView(button.dataset.view, JSON.parse(button.dataset.values || "{}")),
  refine: refineTo, rows: moreRows,
};

function clicked(event) {
  const element = event.target.closest?.("a.cite, [data-do]");
  if (!element) return;
  const act = element.matches("a.cite") ? openFrom : actions[element.dataset.do];
  if (element.matches("a")) event.preventDefault();
  Promise.resolve(act?.(element)).catch((error) => say(error.message));
}

function pressed(event) {
  if (event.key !== "Escape") return;
  if ($("#glance")) hidePeek();
  else if (document.body.classList.contains("library-open")) closeLibrary();
  else if (document.body.classList.contains("has-source")) closeSource();
}

function listen() {
  document.addEventListener("click", clicked, true);
  document.addEventListener("keydown", pressed);
  listenForFiles();
  listenForGlances();
  listenToViews();
  $("#narrow").addEventListener("input", showNarrowed);
  let waiting;
  $("#search").addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(lists, 120); });
}

/** Name Gradio's columns for those who can't see them. */
function landmarks() {
  const names = { "library-pane": "Library", "talk-pane": "Questions and answers", "source-pane": "Source" };
  for (const [id, name] of Object.entries(names)) {
    const pane = document.getElementById(id);
    pane.setAttribute("role", "region");
    pane.setAttribute("aria-label", name);
  }
  $("#talk").tabIndex = 0;
  $("#library-pane").tabIndex = -1;
  $("#question textarea").setAttribute("enterkeyhint", "send");
  $("#talk-pane").append(make("p", { id: "quiet", className: "visually-hidden", role: "status" }));
}

async function ready() {
  for (;;) {
    const status = await reached();
    state.started = status.started;
    if (status.state === "ready") return;
    say("The library is being opened. You can type your question meanwhile.");
    await sleep(SECOND / 3);
  }
}

/** Say that answers go by words alone until the embedding model is loaded. */
async function modelLoaded() {
  let told = false;
  while ((await reached()).model === "loading") {
    told = true;
    $("#loading").textContent = "The search is still learning to read by meaning: until then answers go by words alone.";
    await sleep(SECOND / 2);
  }
  if (told) $("#loading").textContent = "";
}

async function start() {
  while (!$("#source") || !$("#question textarea") || !$("#documents")) await sleep(20);
  landmarks();
  listen();
  $("#boot")?.remove();
  await ready();
  say("");
  const { view: name, conversation, ...values } = Object.fromEntries(new URLSearchParams(location.search));
  const asked = conversation || sessionStorage.getItem("conversation");
  begin(asked || undefined);
  await Promise.all([asked ? open(asked) : welcome(), lists()]);
  if (name) await showView(name, values);
  const interrupted = finished();
  const kept = $("#turns .turn:last-child")?.dataset.question;
  document.body.classList.add("is-ready");
  modelLoaded().catch((error) => say(error.message));
  if (interrupted && interrupted.question !== kept) goOn(interrupted);
}

window.footnote = { send, stop };
start().catch((error) => { $("#boot")?.remove(); say(error.message); });
