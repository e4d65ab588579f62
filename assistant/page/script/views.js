// What stands in the middle: the conversation, the people, or the evaluation.

import { $, $$ } from "./dom.js";
import { fragment } from "./server.js";
import { state } from "./state.js";
import { closeLibrary } from "./library.js";

let running;

export function showTalk() {
  running?.abort(); // a view still on its way must not come back over the conversation
  if (!document.body.classList.contains("has-view")) return;
  document.body.classList.remove("has-view");
  $("#view").replaceChildren();
  mark("talk");
  const address = $("#turns .turn") ? `?${new URLSearchParams({ conversation: state.conversation })}` : location.pathname;
  history.replaceState(null, "", address);
}

export async function showView(name, values = {}) {
  if (name === "talk") {
    showTalk();
    closeLibrary();
    return $("#question textarea").focus();
  }
  closeLibrary();
  await load(name, values);
  if (document.activeElement !== document.body) $("#view h2")?.focus();
}

async function load(name, values) {
  running?.abort();
  running = new AbortController();
  const set = Object.fromEntries(Object.entries(values).filter(([, value]) => value));
  const html = await fragment(name, set, running.signal).catch((error) => {
    if (error.name !== "AbortError") throw error;
  });
  if (html === undefined) return;
  const field = document.activeElement?.closest("#view") && document.activeElement.id;
  $("#view").innerHTML = html;
  $("#view").dataset.name = name;
  document.body.classList.add("has-view");
  mark(name);
  history.replaceState(null, "", `?${new URLSearchParams({ view: name, ...set })}`);
  if (field) document.getElementById(field)?.focus();
}

function mark(name) {
  $$(".views-nav button").forEach((each) => each.toggleAttribute("aria-current", each.dataset.view === name));
  $$(".views-nav [aria-current]").forEach((each) => each.setAttribute("aria-current", "page"));
}

const formValues = () => Object.fromEntries(new FormData($("#view form")));

/** Load the view anew when one of its fields has changed. */
export function refine() {
  return load($("#view").dataset.name, formValues());
}

/** Set fields of the view's form, as a row or a mark in a plot asks for. */
export function refineTo(button) {
  return load($("#view").dataset.name, { ...formValues(), ...JSON.parse(button.dataset.values) });
}

/** Load rows beyond those shown. */
export async function moreRows(button) {
  const html = await fragment(button.dataset.from, { ...formValues(), after: button.dataset.after });
  const rows = $("tbody", button.closest("section"));
  rows.insertAdjacentHTML("beforeend", html);
  const shown = rows.rows.length;
  button.dataset.after = shown;
  if (shown >= Number(button.dataset.all)) button.remove();
}

export function listenToViews() {
  const view = $("#view");
  view.addEventListener("change", (event) => event.target.form && refine().catch(() => {}));
  view.addEventListener("submit", (event) => { event.preventDefault(); refine().catch(() => {}); });
}
