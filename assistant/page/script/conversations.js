// Conversations: begun, opened, renamed, deleted; they are kept in the library.

import { $, SECOND, announce, identity, make, putOnClipboard, replace, say } from "./dom.js";
import { call, fragment, post } from "./server.js";
import { state } from "./state.js";
import { closeLibrary } from "./library.js";
import { closeSource } from "./source.js";
import { showTalk } from "./views.js";

const address = (id) => `/api/v1/conversations/${encodeURIComponent(id)}`;

export function begin(id = identity()) {
  state.conversation = id;
  sessionStorage.setItem("conversation", id);
}

export async function fresh() {
  begin();
  history.replaceState(null, "", location.pathname);
  $("#turns").replaceChildren();
  closeSource();
  closeLibrary();
  showTalk();
  await Promise.all([welcome(), listConversations()]);
  $("#question textarea").focus();
}

/** Open a conversation, at the answer that the address names where it names one. */
export async function open(id) {
  const html = await fragment("conversation", { id });
  begin(id);
  showTalk();
  closeLibrary();
  $("#turns").innerHTML = html;
  if (!html) return welcome();
  $("#welcome").replaceChildren();
  history.replaceState(null, "", `?${new URLSearchParams({ conversation: id })}${location.hash}`);
  listConversations();
  (document.getElementById(location.hash.slice(1)) || $("#turns .turn:last-child"))?.scrollIntoView();
}

export async function welcome() {
  $("#welcome").innerHTML = await fragment("welcome");
}

export async function listConversations() {
  replace($("#conversations"), await fragment("conversations", { current: state.conversation, search: $("#search").value }));
}

/** Let the name be typed in its place. */
export function rename(button) {
  const { id, title } = button.dataset;
  const row = button.closest("li");
  const input = make("input", { value: title, maxLength: 200, aria: { label: "Name of this conversation" } });
  const form = make("form", { className: "rename" }, input, make("button", { textContent: "Keep" }));
  const back = () => { row.firstElementChild.hidden = false; form.replaceWith(button); button.focus(); };
  form.onsubmit = async (event) => {
    event.preventDefault();
    if (input.value.trim()) await post(address(id), { name: input.value.trim() }, "PATCH");
    back();
    await listConversations();
  };
  form.onkeydown = (event) => { if (event.key === "Escape") { event.stopPropagation(); back(); } };
  button.replaceWith(form);
  input.focus();
  input.select();
}

export async function forget(button) {
  if (!confirm(`Delete the conversation “${button.dataset.title}”?`)) return;
  await call(address(button.dataset.id), { method: "DELETE" });
  if (button.dataset.id === state.conversation) await fresh();
  else await listConversations();
}

/** Copy the address that opens one answer with its sources. */
export async function link(button) {
  const turn = button.closest(".turn");
  const where = new URL(`?${new URLSearchParams({ conversation: state.conversation })}#${turn.id}`, location.href);
  await putOnClipboard(where.href);
  confirmed(button, "Link copied");
}

/** Say on a button for a moment that it has done its work. */
export function confirmed(button, text) {
  const before = button.dataset.before ??= button.textContent;
  button.textContent = text;
  announce(text);
  setTimeout(() => (button.textContent = before), 2 * SECOND);
}
