// The fields that narrow every question down, and the chips that say how one was understood.

import { $, $$, make } from "./dom.js";
import { ask } from "./asking.js";

const fields = () => $$("#narrow input");
const FIELD = { document: "source" };
const LISTS = { speaker: "speakers", besides: "speakers", document: "sources" };
const HINTS = { speaker: "a name", besides: "a name", topic: "what about", document: "a name, or folder/*", since: "2025-03-01", until: "2025-03-31" };

export const narrowed = () =>
  Object.fromEntries(fields().filter((each) => each.value.trim()).map((each) => [each.name, each.value.trim()]));

export function showNarrowed() {
  const set = Object.entries(narrowed()).map(([name, value]) => `${name === "source" ? "document" : name} ${value}`);
  $("#narrowed").textContent = set.length ? `: ${set.join(", ")}` : "";
}

export function widen() {
  fields().forEach((each) => (each.value = ""));
  showNarrowed();
}

/** Ask again with one of the things that were understood taken away. */
export function without(button) {
  return revise(button.closest(".turn"), button.dataset.field, "");
}

/** Turn a chip into a field; keeping it asks again. */
export function change(button) {
  const { field, value = "" } = button.dataset;
  const chip = button.closest(".chip");
  const shown = [...chip.childNodes];
  const input = make("input", { value, placeholder: HINTS[field], maxLength: 300, aria: { label: `Another ${field}` } });
  if (LISTS[field]) input.setAttribute("list", LISTS[field]);
  const form = make("form", {}, make("b", {}, field), input, make("button", { textContent: "Ask again" }));
  const back = () => { chip.replaceChildren(...shown); chip.classList.remove("open"); button.focus(); };
  form.onsubmit = (event) => {
    event.preventDefault();
    const wanted = input.value.trim();
    back();
    if (wanted !== value) revise(button.closest(".turn"), field, wanted);
  };
  form.onkeydown = (event) => { if (event.key === "Escape") { event.stopPropagation(); back(); } };
  form.onfocusout = (event) => { if (form.isConnected && !form.contains(event.relatedTarget) && document.hasFocus()) back(); };
  chip.classList.add("open");
  chip.replaceChildren(form);
  input.focus();
  input.select();
}

/** Ask a turn's question again with one field changed: said in the question where it can be, else as a filter. */
function revise(turn, field, value) {
  const { kind, question, ...before } = JSON.parse(turn.dataset.understood);
  const now = { ...before, [field]: value };
  const input = fields().find((each) => each.name === (FIELD[field] || field));
  if (input?.value && before[field]) {
    input.value = value;
    showNarrowed();
  }
  const filters = { source: now.document || "", since: now.since || "", until: now.until || "", speaker: "" };
  if (kind === "statement" || kind === "speakers" || field === "speaker") return ask(said(now), filters);
  if (field === "topic" && before.topic && value) return ask(question.replace(before.topic, value), filters);
  return ask(question, { ...filters, speaker: now.speaker || "" });
}

/** Return the plainest question for somebody's words; a time that was understood stands beside it as a filter. */
function said({ speaker, topic, besides }) {
  if (speaker) return topic ? `What did ${speaker} say about ${topic}?` : `What did ${speaker} say?`;
  const who = besides ? `Who besides ${besides}` : "Who";
  return topic ? `${who} spoke about ${topic}?` : `${who} said what?`;
}
