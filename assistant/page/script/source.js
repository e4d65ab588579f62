// The source beside the answer: opened at a quote, walked from citation to citation and from statement to statement.

import { $, $$, say } from "./dom.js";
import { call, fragment } from "./server.js";
import { hidePeek } from "./glance.js";

const opened = { list: [], at: -1, speaker: null, places: [], placeAt: -1, back: null };

const placeOf = ({ dataset: { document: id, start, end, passageStart, passageEnd, speaker } }) =>
  ({ document: id, start: start || 0, end: end || 0, passage_start: passageStart || 0, passage_end: passageEnd || 0, speaker });

/** Open what an element names; its neighbours in the same turn or table are what previous and next walk through. */
export async function openFrom(element) {
  const list = $$(".cite", element.closest(".turn") || undefined);
  opened.list = element.matches(".cite") ? list : [];
  opened.at = opened.list.indexOf(element);
  await openPlace(placeOf(element), element);
}

async function openPlace({ speaker, ...wanted }, opener) {
  let html;
  try {
    html = await fragment("source", wanted);
  } catch (error) {
    return say(error.message);
  }
  $("#source").innerHTML = html;
  if (opener) opened.back = opener;
  hidePeek();
  document.body.classList.add("has-source");
  $$("[aria-current=true].cite").forEach((each) => each.removeAttribute("aria-current"));
  opened.list[opened.at]?.setAttribute("aria-current", "true");
  showCitation();
  readOn($(".source-text"));
  const mark = $("#source mark");
  if (mark) {
    mark.tabIndex = -1;
    mark.scrollIntoView({ block: "center" });
    mark.focus({ preventScroll: true });
  } else $("#source-title").focus();
  await showPlaces(wanted, speaker);
}

/** Fetch what comes before and after the window before the reader reaches its edge. */
function readOn(text) {
  const edges = new IntersectionObserver(
    (seen) => seen.filter((each) => each.isIntersecting).forEach((each) => more(each.target).catch(() => {})),
    { root: text, rootMargin: "900px" },
  );
  const watch = () => $$(".more", text).forEach((each) => edges.observe(each));
  new MutationObserver(watch).observe(text, { childList: true });
  requestAnimationFrame(watch);
}

function showCitation() {
  const { list, at } = opened;
  $(".cited").hidden = at < 0;
  $("#place").textContent = at < 0 ? "" : `citation ${at + 1} of ${list.length}`;
  $('[data-do="previous"]').disabled = at <= 0;
  $('[data-do="next"]').disabled = at >= list.length - 1;
}

/** Find all places in the library where the quoted speaker speaks. */
async function showPlaces({ document: id, start }, speaker) {
  if (!speaker) return ($(".speaks").hidden = true);
  if (opened.speaker !== speaker) {
    opened.places = await (await call(`/page/places?${new URLSearchParams({ speaker })}`)).json();
    opened.speaker = speaker;
  }
  const here = opened.places.findIndex(([document, , b]) => document === id && b > Number(start));
  opened.placeAt = here;
  $(".speaks").hidden = opened.places.length < 2;
  const where = here < 0 ? `${opened.places.length} places` : `${here + 1} of ${opened.places.length}`;
  $("#speaks").textContent = `${speaker} speaks: ${where}`;
  $('[data-do="said-before"]').disabled = here <= 0;
  $('[data-do="said-after"]').disabled = here >= opened.places.length - 1;
}

export function step(by) {
  const next = opened.list[opened.at + by];
  return next && keepFocus(() => openFrom(next));
}

export async function said(by) {
  const place = opened.places[opened.placeAt + by];
  if (!place) return;
  const [id, start, end] = place;
  opened.at = -1;
  await keepFocus(() => openPlace({ document: id, start, end, speaker: opened.speaker }));
}

/** Let a reader press 'next' again: the focus stays on the button that moved him, unless it can't go further. */
async function keepFocus(move) {
  const button = document.activeElement.closest?.("[data-do]");
  await move();
  if (button?.isConnected && !button.disabled && button.offsetParent) button.focus();
}

export function closeSource() {
  document.body.classList.remove("has-source");
  $$("[aria-current=true].cite").forEach((each) => each.removeAttribute("aria-current"));
  $("#source").replaceChildren();
  const back = opened.back;
  opened.back = null;
  if (back?.isConnected) back.focus();
}

/** Show the source as text, or as its page looks. */
export async function view(button) {
  const [text, paper] = [$(".source-text"), $(".paper")];
  const asPage = button.dataset.view === "page";
  if (asPage) await showPage(button.dataset.page);
  text.hidden = asPage;
  paper.hidden = !asPage;
  $$(".view[aria-pressed]").forEach((each) => each.setAttribute("aria-pressed", String(each === button)));
  (asPage ? $(".box", paper) : $("mark", text))?.scrollIntoView({ block: "center" });
}

async function showPage(number) {
  const paper = $(".paper");
  const { document: id, start, end } = paper.dataset;
  paper.innerHTML = await fragment("paper", { document: id, page: number, start, end });
  await $("img", paper).decode().catch(() => {});
  paper.scrollTop = 0;
}

export async function turnPage(button) {
  const label = button.getAttribute("aria-label");
  await showPage(button.dataset.page);
  const again = $(`.pages [aria-label="${label}"]`);
  (again.disabled ? $(".paper") : again).focus();
}

/** Put the stretch before or after the window into it, without moving what is being read. */
export async function more(button) {
  if (button.disabled) return;
  button.disabled = true;
  const text = button.closest(".source-text");
  const earlier = button.dataset.do === "earlier";
  const html = await fragment("text", { document: text.dataset.document, at: button.dataset.at, which: button.dataset.do });
  if (!button.isConnected) return;
  const height = text.scrollHeight;
  const focused = document.activeElement === button;
  button.insertAdjacentHTML("afterend", html);
  button.remove();
  if (earlier) text.scrollTop += text.scrollHeight - height;
  if (focused) text.focus({ preventScroll: true });
}
