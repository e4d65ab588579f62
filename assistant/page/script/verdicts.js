// What can be done with an answer: copied with its sources, judged, looked into.

import { $, $$, make, putOnClipboard } from "./dom.js";
import { post } from "./server.js";
import { state } from "./state.js";
import { confirmed } from "./conversations.js";

export async function copy(button) {
  const turn = button.closest(".turn");
  const pieces = $$(".lead, .quote", turn).map((piece) => {
    if (!piece.matches(".quote")) return piece.innerText;
    const by = $("figcaption", piece).cloneNode(true);
    $$(".cite, .also", by).forEach((each) => each.remove());
    return `> ${$("blockquote", piece).innerText}\n${by.textContent.trim()} [${$(".cite", piece).textContent}]`;
  });
  await putOnClipboard([turn.dataset.question, ...pieces].join("\n\n"));
  confirmed(button, "Copied");
}

/** Keep a verdict, or take it back; a bad one may say why. */
export async function judge(button) {
  const turn = button.closest(".turn");
  const on = button.getAttribute("aria-pressed") !== "true";
  const verdict = on ? button.dataset.verdict : null;
  await keep(turn, { verdict });
  $$(".thumb", turn).forEach((each) => each.setAttribute("aria-pressed", String(on && each === button)));
  $(".note-on", turn)?.remove();
  if (on) askWhy(turn, verdict, button);
}

const keep = (turn, verdict) =>
  post("/api/v1/feedback", { conversation: state.conversation, turn: Number(turn.id.slice(1)), ...verdict });

function askWhy(turn, verdict, button) {
  const asks = verdict === "bad" ? "What is wrong with it? (optional)" : "What is good about it? (optional)";
  const input = make("input", { maxLength: 2000, placeholder: asks, aria: { label: asks } });
  const form = make("form", { className: "note-on" }, input, make("button", { textContent: "Keep" }));
  form.onsubmit = async (event) => {
    event.preventDefault();
    await keep(turn, { verdict, note: input.value });
    form.replaceChildren("Kept in the library.");
    button.focus();
  };
  $(".foot", turn).after(form);
  if (verdict === "bad") input.focus();
}
