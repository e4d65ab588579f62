// A glance at a citation's passage, on hover or focus.

import { $, $$, make } from "./dom.js";
import { fragment } from "./server.js";

let waiting;

export function peek(cite) {
  clearTimeout(waiting);
  waiting = setTimeout(async () => {
    const { document: id, start, end } = cite.dataset;
    const html = await fragment("peek", { document: id, start, end }).catch(() => "");
    if (!html || !cite.isConnected || !cite.matches(":hover, :focus-visible")) return;
    const glance = $("#glance") || $("#talk-pane").appendChild(make("div", { id: "glance", role: "tooltip" }));
    glance.innerHTML = html;
    cite.setAttribute("aria-describedby", "glance");
    place(glance, cite.getBoundingClientRect(), $("#talk-pane").getBoundingClientRect());
  }, 250);
}

function place(glance, at, pane) {
  glance.style.left = `${Math.max(8, Math.min(at.left, pane.right - glance.offsetWidth - 8))}px`;
  const above = at.top - glance.offsetHeight - 6;
  glance.style.top = `${above > 8 ? above : at.bottom + 6}px`;
}

export function hidePeek() {
  clearTimeout(waiting);
  $("#glance")?.remove();
  $$("[aria-describedby=glance]").forEach((each) => each.removeAttribute("aria-describedby"));
}

export function listenForGlances() {
  for (const [begins, ends] of [["mouseover", "mouseout"], ["focusin", "focusout"]]) {
    document.addEventListener(begins, (event) => event.target.matches?.(".cite") && peek(event.target));
    document.addEventListener(ends, (event) => {
      const goesToGlance = event.relatedTarget?.closest?.("#glance");
      if (event.target.matches?.(".cite, #glance") && !goesToGlance) hidePeek();
    });
  }
}
