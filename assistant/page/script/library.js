// The left pane: the library's documents, and the pane itself on small screens.

import { $, $$, replace } from "./dom.js";
import { call, fragment } from "./server.js";
import { listConversations } from "./conversations.js";

/** Renew all lists: after a change of the library, or another search. */
export async function lists() {
  const search = $("#search").value;
  const [documents, people, choices] = await Promise.all([
    fragment("documents", { search }), fragment("speakers"), fragment("choices"), listConversations(),
  ]);
  replace($("#documents"), documents);
  replace($("#people"), people);
  replace($("#choices"), choices);
  $(".search").hidden = !search && $$("#documents li, #conversations li").length < 10;
}

export function showAll(button) {
  $("#documents .folded").classList.remove("folded");
  button.remove();
  $$("#documents .item")[8].focus();
}

export async function remove(button) {
  if (!confirm(`Remove “${button.dataset.title}” from the library?`)) return;
  await call(`/api/v1/documents/${encodeURIComponent(button.dataset.document)}`, { method: "DELETE" });
  await lists();
}

export function openLibrary() {
  document.body.classList.add("library-open");
  $('[data-do="unfold-library"]').setAttribute("aria-expanded", "true");
  $('[data-do="fold-library"]').focus();
}

export function closeLibrary() {
  if (!document.body.classList.contains("library-open")) return;
  document.body.classList.remove("library-open");
  $('[data-do="unfold-library"]').setAttribute("aria-expanded", "false");
  $('[data-do="unfold-library"]').focus();
}
