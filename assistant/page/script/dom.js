// Finding elements, waiting, and saying things to the reader.

export const $ = (selector, root = document) => root.querySelector(selector);
export const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
export const SECOND = 1000;
export const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
export const smooth = () => (matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth");

/** Make an element; `children` are elements, or strings that become text. */
export function make(tag, properties = {}, ...children) {
  const { aria = {}, ...own } = properties;
  const element = Object.assign(document.createElement(tag), own);
  for (const [name, value] of Object.entries(aria)) element.setAttribute(`aria-${name}`, value);
  element.append(...children);
  return element;
}

/** Return 16 random hex digits. `crypto.randomUUID` is not there where a page comes over plain HTTP from another computer. */
export const identity = () =>
  [...crypto.getRandomValues(new Uint8Array(8))].map((each) => each.toString(16).padStart(2, "0")).join("");

/** Put text on the clipboard, over plain HTTP from another computer by a field, for want of `navigator.clipboard`. */
export async function putOnClipboard(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const focused = document.activeElement;
  const field = make("textarea", { value: text, className: "visually-hidden" });
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  focused?.focus();
  if (!done) throw new Error("The browser did not let the text be copied.");
}

/** Show news above the conversation; read out politely. */
export function say(text) {
  $("#news").textContent = text;
}

/** Tell a screen reader what can be seen anyway. */
export function announce(text) {
  $("#quiet").textContent = text;
}

export function toggle(button, shown) {
  shown.hidden = !shown.hidden;
  button.setAttribute("aria-expanded", String(!shown.hidden));
}

/** Put a fragment into a place without losing the focus of a reader who is in it. */
export function replace(place, html) {
  if (place.dataset.html === html) return;
  const focused = $$("button", place).indexOf(document.activeElement);
  place.innerHTML = html;
  place.dataset.html = html;
  if (focused < 0) return;
  const buttons = $$("button", place);
  (buttons[Math.min(focused, buttons.length - 1)] || $("#question textarea")).focus();
}
