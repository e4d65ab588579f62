/* What moves on the page: sources beside the answer, uploads, lists, keys. Asking itself goes through Gradio's events.
   Text never becomes HTML here: fragments come escaped from the server, everything else is set as text. */
"use strict";

window.footnote = (() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const state = { conversation: "", asking: null, without: null, citation: null, list: [], back: null, started: null, token: "" };
  const SECOND = 1000;

  // --- talking to the server

  async function call(path, options) {
    const answer = await fetch(path, options);
    if (!answer.ok) {
      const said = await answer.json().catch(() => ({}));
      throw Object.assign(new Error(said.detail || `the server answered ${answer.status}`), { status: answer.status });
    }
    return answer;
  }
  const fragment = async (path, values = {}) => (await call(`/page/${path}?${new URLSearchParams(values)}`)).text();
  const post = (path, body, method = "POST") =>
    call(path, { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

  function say(text) {
    $("#news").textContent = text;
  }

  // --- asking: Gradio calls these before and after

  function asking(question) {
    const asked = question.trim();
    if (!asked || state.asking !== null) return ["", null];
    state.asking = asked;
    sessionStorage.setItem("asking", asked);
    document.body.classList.add("is-asking");
    $("#welcome").replaceChildren();
    say("");
    type("");
    state.token = crypto.randomUUID();
    const context = { conversation: state.conversation, token: state.token, ...narrowed(), ...(state.without || {}) };
    state.without = null;
    attend(asked);
    follow();
    return [asked, context];
  }

  function answered() {
    const live = $("#live .turn");
    if (!live || live.getAttribute("aria-busy") === "true") return broken();
    keep(live);
    finished();
    lists();
  }

  /** Notice a server that dies while it answers: Gradio's events then just stop. */
  async function attend(question) {
    for (;;) {
      await sleep(SECOND);
      if (state.asking !== question) return;
      const alive = await fetch("/health").then((answer) => answer.ok, () => false);
      if (!alive && state.asking === question) return broken();
    }
  }

  /** An answer that did not come to its end: wait for the server, then give the question back. */
  async function broken() {
    const question = state.asking;
    $("#live .turn")?.remove();
    say("The connection broke while this was being answered. Waiting for the server…");
    const status = await reached();
    if (status.started !== state.started) return location.reload();
    finished();
    giveBack(question);
  }

  function giveBack(question) {
    if (!question) return;
    say("The connection broke while this was being answered. Your question is back in the box: ask again.");
    type(question);
  }

  /** Return the server's status once it answers. */
  async function reached() {
    for (;;) {
      try {
        return await (await call("/api/v1/status")).json();
      } catch {
        await sleep(SECOND / 3);
      }
    }
  }

  async function stop() {
    if (state.asking) await call(`/page/stop?${new URLSearchParams({ token: state.token })}`, { method: "POST" });
  }

  function keep(live) {
    const turn = live.cloneNode(true);
    live.remove();
    $("#turns").append(turn);
    turn.scrollIntoView({ block: "start", behavior: smooth() });
  }

  function finished() {
    state.asking = null;
    sessionStorage.removeItem("asking");
    document.body.classList.remove("is-asking");
  }

  /** Put a question into the box, and ask it when told to. */
  function type(text) {
    const box = $("#question textarea");
    box.value = text;
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function ask(question, without = null) {
    if (state.asking !== null) return;
    state.without = without;
    type(question);
    closeLibrary();
    requestAnimationFrame(() => $("#send").click());
  }

  function follow() {
    requestAnimationFrame(() => $("#talk").scrollTo({ top: $("#talk").scrollHeight, behavior: smooth() }));
  }

  const smooth = () => (matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth");

  // --- narrowing down

  const fields = () => $$("#narrow input");
  const narrowed = () => Object.fromEntries(fields().filter((each) => each.value).map((each) => [each.name, each.value]));

  function showNarrowed() {
    const set = fields().filter((each) => each.value).map((each) => `${each.name} ${each.value}`);
    $("#narrowed").textContent = set.length ? `: ${set.join(", ")}` : "";
  }

  function widen() {
    fields().forEach((each) => (each.value = ""));
    showNarrowed();
  }

  /** Ask again without one of the things that were understood. */
  function without(button) {
    const turn = button.closest(".turn");
    const field = { document: "source" }[button.dataset.field] || button.dataset.field;
    const input = fields().find((each) => each.name === field);
    if (input?.value) {
      input.value = "";
      showNarrowed();
      return ask(turn.dataset.question);
    }
    const topic = $(".chip[data-name=topic] bdi", turn)?.textContent;
    if (field === "speaker" && topic) return ask(`What do the documents say about ${topic}?`);
    return ask(turn.dataset.question, { [field]: "" });
  }

  // --- conversations

  function begin(id = crypto.randomUUID().replaceAll("-", "").slice(0, 12), { show = false } = {}) {
    state.conversation = id;
    sessionStorage.setItem("conversation", id);
    if (show) history.replaceState(null, "", `?${new URLSearchParams({ conversation: id })}${location.hash}`);
  }

  async function fresh() {
    begin();
    history.replaceState(null, "", location.pathname);
    $("#turns").replaceChildren();
    closeSource();
    closeLibrary();
    await welcome();
    lists();
    $("#question textarea").focus();
  }

  async function open(id) {
    const html = await fragment("conversation", { id });
    begin(id, { show: Boolean(html) });
    $("#turns").innerHTML = html;
    if (!html) return welcome();
    $("#welcome").replaceChildren();
    closeLibrary();
    lists();
    (location.hash.length > 1 && $(`#turns ${CSS.escape("")}[id="${CSS.escape(location.hash.slice(1))}"]`) || $("#turns .turn:last-child"))?.scrollIntoView();
  }

  async function rename(button) {
    const name = prompt("A name for this conversation", button.dataset.title)?.trim();
    if (!name) return;
    await post(`/api/v1/conversations/${button.dataset.id}`, { name: name.slice(0, 200) }, "PATCH");
    await lists();
  }

  async function welcome() {
    $("#welcome").innerHTML = await fragment("welcome");
  }

  // --- the library's lists

  async function lists() {
    const search = $("#search").value;
    const [documents, conversations, people] = await Promise.all([
      fragment("documents", { search }), fragment("conversations", { current: state.conversation, search }), fragment("people"),
    ]);
    $("#choices").innerHTML = await fragment("choices");
    replace($("#documents"), documents);
    replace($("#conversations"), conversations);
    replace($("#people"), people);
    $(".search").hidden = !search && $$("#documents li, #conversations li").length < 10;
  }

  /** Replace a list without losing the place of a reader who is in it. */
  function replace(list, html) {
    if (list.dataset.html === html) return;
    const focused = $$("button", list).indexOf(document.activeElement);
    list.innerHTML = list.dataset.html = html;
    if (focused >= 0) ($$("button", list)[Math.min(focused, $$("button", list).length - 1)] || $("#question textarea")).focus();
  }

  // --- the source beside the answer

  const placeOf = (element) => {
    const { document: id, start, end, passageStart, passageEnd, speaker } = element.dataset;
    return { document: id, start: start || 0, end: end || 0, passage_start: passageStart || 0, passage_end: passageEnd || 0, speaker };
  };

  async function openSource(place, opener) {
    const { speaker, ...wanted } = place;
    try {
      $("#source").innerHTML = await fragment("source", wanted);
    } catch (error) {
      say(error.message);
      return;
    }
    if (opener) state.back = opener;
    hidePeek();
    placesOf(place);
    document.body.classList.add("has-source");
    $("#source-pane").hidden = false;
    $$("[aria-current=true].cite").forEach((each) => each.removeAttribute("aria-current"));
    const mark = $("#source mark");
    if (mark) {
      mark.tabIndex = -1;
      mark.scrollIntoView({ block: "center" });
      mark.focus({ preventScroll: true });
    } else $("#source-title").focus();
  }

  /** Find the other places in the document where the quoted speaker speaks. */
  async function placesOf({ document: id, speaker, start }) {
    $(".speaks").hidden = true;
    state.places = [];
    if (!speaker) return;
    const found = await (await call(`/page/places?${new URLSearchParams({ document: id, speaker })}`)).json();
    state.places = found.map(([a, b]) => ({ document: id, start: a, end: b, speaker }));
    const at = found.findLastIndex(([a]) => a <= Number(start));
    state.at = Math.max(at, found.findIndex(([, b]) => b > Number(start)));
    $(".speaks").hidden = found.length < 2;
    $("#speaks").textContent = `${speaker} speaks here: ${state.at + 1} of ${found.length}`;
    $('[data-do="said-before"]').disabled = state.at <= 0;
    $('[data-do="said-after"]').disabled = state.at >= found.length - 1;
  }

  async function said(by) {
    const place = state.places[state.at + by];
    if (!place) return;
    state.citation = null;
    await openSource(place);
    where();
  }

  // --- a glance at a citation's passage

  let peeking;

  function peek(cite) {
    clearTimeout(peeking);
    peeking = setTimeout(async () => {
      const { document: id, start, end } = placeOf(cite);
      const html = await fragment("peek", { document: id, start, end });
      if (!cite.isConnected || !cite.matches(":hover, :focus-visible")) return;
      const glance = $("#glance") || $("#talk-pane").appendChild(Object.assign(document.createElement("div"), { id: "glance" }));
      glance.setAttribute("role", "tooltip");
      glance.innerHTML = html;
      glance.hidden = false;
      cite.setAttribute("aria-describedby", "glance");
      const [at, pane] = [cite.getBoundingClientRect(), $("#talk-pane").getBoundingClientRect()];
      glance.style.left = `${Math.max(8, Math.min(at.left, pane.right - glance.offsetWidth - 8))}px`;
      const above = at.top - glance.offsetHeight - 6;
      glance.style.top = `${above > 8 ? above : at.bottom + 6}px`;
    }, 250);
  }

  function hidePeek() {
    clearTimeout(peeking);
    $("#glance")?.remove();
    $$("[aria-describedby=glance]").forEach((each) => each.removeAttribute("aria-describedby"));
  }

  function openCitation(cite) {
    state.list = $$(".cite", cite.closest(".turn"));
    state.citation = cite;
    return openSource(placeOf(cite), cite).then(() => {
      cite.setAttribute("aria-current", "true");
      where();
    });
  }

  function where() {
    const at = state.list.indexOf(state.citation);
    $("#place").textContent = at < 0 ? "" : `citation ${at + 1} of ${state.list.length}`;
    $('[data-do="previous"]').disabled = at <= 0;
    $('[data-do="next"]').disabled = at < 0 || at >= state.list.length - 1;
  }

  function step(by) {
    const next = state.list[state.list.indexOf(state.citation) + by];
    if (next) openCitation(next);
  }

  function closeSource() {
    document.body.classList.remove("has-source");
    $$("[aria-current=true].cite").forEach((each) => each.removeAttribute("aria-current"));
    $("#source").replaceChildren();
    const back = state.back;
    state.back = state.citation = null;
    if (back?.isConnected) back.focus();
  }

  /** Show the source as text, or as its page looks. */
  async function view(button) {
    const [text, paper] = [$(".source-text"), $(".paper")];
    const asPage = button.dataset.view === "page";
    if (asPage) await showPage(button.dataset.page);
    text.hidden = asPage;
    paper.hidden = !asPage;
    $$(".view[aria-pressed]").forEach((each) => each.setAttribute("aria-pressed", String(each === button)));
    if (asPage) $(".box", paper)?.scrollIntoView({ block: "center" });
    else $("mark", text)?.scrollIntoView({ block: "center" });
  }

  async function showPage(number) {
    const paper = $(".paper");
    const { document: id, start, end } = paper.dataset;
    paper.innerHTML = await fragment("paper", { document: id, page: number, start, end });
    const image = $("img", paper);
    await image.decode().catch(() => {});
    paper.scrollTop = 0;
  }

  async function turnPage(button) {
    const label = button.getAttribute("aria-label");
    await showPage(button.dataset.page);
    const again = $(`.pages [aria-label="${label}"]`);
    (again.disabled ? $(".paper") : again).focus();
  }

  async function more(button) {
    const text = button.closest(".source-text");
    const html = await fragment("text", { document: text.dataset.document, at: button.dataset.at, which: button.dataset.do });
    const height = text.scrollHeight;
    const earlier = button.dataset.do === "earlier";
    button.insertAdjacentHTML("afterend", html);
    if (earlier) text.scrollTop += text.scrollHeight - height;
    button.remove();
    text.focus({ preventScroll: true });
  }

  // --- uploads

  function upload(files) {
    const list = $("#uploads");
    list.hidden = false;
    for (const file of files) send(file, list);
  }

  function send(file, list) {
    const row = Object.assign(document.createElement("li"), { className: "upload" });
    const name = document.createElement("span");
    const small = document.createElement("small");
    const cancel = Object.assign(document.createElement("button"), { type: "button", textContent: "×" });
    const bar = Object.assign(document.createElement("progress"), { max: 1, value: 0 });
    name.append(Object.assign(document.createElement("bdi"), { textContent: file.name }), small);
    cancel.setAttribute("aria-label", `Cancel ${file.name}`);
    bar.setAttribute("aria-label", file.name);
    row.append(name, cancel, bar);
    list.append(row);
    const request = new XMLHttpRequest();
    const upload = { row, small, bar, cancel, name: file.name, job: null };
    request.open("POST", `/api/v1/documents?${new URLSearchParams({ name: file.name })}`);
    request.upload.onprogress = (event) => {
      bar.value = event.loaded / event.total;
      small.textContent = `sending · ${Math.round((100 * event.loaded) / event.total)} %`;
    };
    request.onload = () => {
      const said = JSON.parse(request.responseText || "{}");
      if (request.status !== 202) return end(upload, "failed", said.detail || `the server answered ${request.status}`);
      upload.job = said.id;
      watch(upload);
    };
    request.onerror = () => end(upload, "failed", "the connection broke: try again");
    request.onabort = () => end(upload, "cancelled", "cancelled");
    cancel.onclick = () => {
      if (row.dataset.over) row.remove();
      else if (upload.job) call(`/api/v1/jobs/${upload.job}`, { method: "DELETE" }).catch((error) => say(error.message));
      else request.abort();
      list.hidden = !list.children.length;
    };
    request.send(file);
  }

  async function watch(upload) {
    const words = { waiting: "waiting", reading: "reading, splitting, embedding", vectors: "nearly there" };
    for (;;) {
      let job;
      try {
        job = await (await call(`/api/v1/jobs/${upload.job}`)).json();
      } catch (error) {
        if (error.status === 404) return end(upload, "failed", "the server was started anew: add the file again");
        await sleep(SECOND);
        continue;
      }
      if (job.state === "ready") {
        end(upload, "ready", "ready");
        setTimeout(() => upload.row.remove(), 4 * SECOND);
        if (!$("#turns .turn")) welcome();
        return lists();
      }
      if (job.state === "failed" || job.state === "cancelled") return end(upload, job.state, job.reason || job.state);
      upload.bar.removeAttribute("value");
      const passages = job.n_passages ? ` · ${job.n_passages.toLocaleString()} passages` : "";
      upload.small.textContent = (words[job.state === "waiting" ? "waiting" : job.stage] || job.stage) + passages;
      await sleep(SECOND / 4);
    }
  }

  function end(upload, how, text) {
    upload.row.classList.add(how);
    upload.row.dataset.over = how;
    upload.small.textContent = text;
    upload.bar.remove();
    upload.cancel.setAttribute("aria-label", `Dismiss ${upload.name}`);
    $("#news").textContent = how === "failed" ? "" : "";
    announce(`${upload.name}: ${text}`);
  }

  const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

  function announce(text) {
    let quiet = $("#quiet");
    if (!quiet) {
      quiet = Object.assign(document.createElement("p"), { id: "quiet", className: "visually-hidden" });
      quiet.setAttribute("role", "status");
      $("#talk").append(quiet);
    }
    quiet.textContent = text;
  }

  /** Return the files in what was dropped, folders walked. */
  async function dropped(transfer) {
    const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    if (!entries.length) return [...transfer.files];
    const files = [];
    const walk = async (entry) => {
      if (entry.isFile) files.push(await new Promise((resolve, reject) => entry.file(resolve, reject)));
      else {
        const reader = entry.createReader();
        for (;;) {
          const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
          if (!some.length) break;
          for (const each of some) await walk(each);
        }
      }
    };
    for (const entry of entries) await walk(entry);
    return files;
  }

  // --- what the answers' buttons do

  async function copy(turn, button) {
    const quotes = $$(".lead, .quote", turn).map((piece) => {
      if (!piece.matches(".quote")) return piece.innerText;
      const cite = $(".cite", piece);
      return `> ${$("blockquote", piece).innerText}\n${$("figcaption", piece).innerText.replace(/\s+\d+$/, "")} [${cite.textContent}]`;
    });
    await navigator.clipboard.writeText([turn.dataset.question, ...quotes].join("\n\n"));
    const before = button.textContent;
    button.textContent = "Copied";
    announce("Copied");
    setTimeout(() => (button.textContent = before), 2 * SECOND);
  }

  async function judge(turn, button) {
    const on = button.getAttribute("aria-pressed") !== "true";
    const number = Number(turn.id.slice(1));
    await post("/api/v1/feedback", { conversation: state.conversation, turn: number, verdict: on ? button.dataset.verdict : null });
    $$(".thumb", turn).forEach((each) => each.setAttribute("aria-pressed", String(on && each === button)));
    $(".note-on", turn)?.remove();
    if (!on || button.dataset.verdict !== "bad") return;
    const form = Object.assign(document.createElement("form"), { className: "note-on" });
    const input = Object.assign(document.createElement("input"), { maxLength: 2000, placeholder: "What is wrong with it? (optional)" });
    input.setAttribute("aria-label", "What is wrong with this answer?");
    form.append(input, Object.assign(document.createElement("button"), { textContent: "Keep" }));
    form.onsubmit = async (event) => {
      event.preventDefault();
      await post("/api/v1/feedback", { conversation: state.conversation, turn: number, verdict: "bad", note: input.value });
      form.replaceChildren("Kept. Thank you.");
      button.focus();
    };
    $(".foot", turn).after(form);
    input.focus();
  }

  function toggle(button, shown) {
    shown.hidden = !shown.hidden;
    button.setAttribute("aria-expanded", String(!shown.hidden));
  }

  function openLibrary() {
    document.body.classList.add("library-open");
    $('[data-do="unfold-library"]').setAttribute("aria-expanded", "true");
    $('[data-do="fold-library"]').focus();
  }

  function closeLibrary() {
    if (!document.body.classList.contains("library-open")) return;
    document.body.classList.remove("library-open");
    $('[data-do="unfold-library"]').setAttribute("aria-expanded", "false");
    $('[data-do="unfold-library"]').focus();
  }

  async function remove(button) {
    if (!confirm(`Remove “${button.dataset.title}” from the library?`)) return;
    await call(`/api/v1/documents/${encodeURIComponent(button.dataset.document)}`, { method: "DELETE" });
    await lists();
  }

  async function forget(button) {
    if (!confirm(`Delete the conversation “${button.dataset.title}”?`)) return;
    await call(`/api/v1/conversations/${button.dataset.id}`, { method: "DELETE" });
    if (button.dataset.id === state.conversation) await fresh();
    else await lists();
  }

  const actions = {
    ask: (button) => ask(button.dataset.question || button.textContent),
    again: (button) => ask(button.closest(".turn").dataset.question),
    without, widen, rename,
    all: (button) => { $("#documents .short").classList.remove("short"); button.remove(); $$("#documents .item")[8].focus(); },
    why: (button) => toggle(button, $(".why", button.closest(".turn"))),
    copy: (button) => copy(button.closest(".turn"), button),
    verdict: (button) => judge(button.closest(".turn"), button),
    place: (button) => { state.citation = null; return openSource(placeOf(button), button).then(where); },
    open: (button) => { state.citation = null; closeLibrary(); return openSource(placeOf(button), button).then(where); },
    remove, forget,
    conversation: (button) => open(button.dataset.id),
    new: fresh,
    choose: () => $("#files").click(),
    "choose-folder": () => $("#folder").click(),
    "close-source": closeSource,
    previous: () => step(-1),
    next: () => step(1),
    "said-before": () => said(-1),
    "said-after": () => said(1),
    view,
    page: turnPage,
    earlier: more,
    later: more,
    "unfold-library": openLibrary,
    "fold-library": closeLibrary,
  };

  function clicked(event) {
    const cite = event.target.closest?.("a.cite");
    if (cite) {
      event.preventDefault();
      openCitation(cite);
      return;
    }
    const button = event.target.closest?.("[data-do]");
    if (button && actions[button.dataset.do]) {
      Promise.resolve(actions[button.dataset.do](button)).catch((error) => say(error.message));
    }
  }

  function pressed(event) {
    if (event.key !== "Escape") return;
    if ($("#glance")) hidePeek();
    else if (document.body.classList.contains("library-open")) closeLibrary();
    else if (document.body.classList.contains("has-source")) closeSource();
  }

  // --- beginning

  const drawn = async () => {
    while (!$("#source") || !$("#question textarea") || !$("#documents")) await sleep(20);
  };

  async function ready() {
    for (;;) {
      const status = await reached();
      state.started = status.started;
      if (status.state === "ready") return;
      say("The library is being opened. You can type your question meanwhile.");
      await sleep(SECOND / 3);
    }
  }

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
  }

  function listen() {
    document.addEventListener("click", clicked, true);
    document.addEventListener("keydown", pressed);
    for (const id of ["files", "folder"]) {
      document.getElementById(id).addEventListener("change", (event) => {
        upload([...event.target.files]);
        event.target.value = "";
      });
    }
    for (const [begins, ends] of [["mouseover", "mouseout"], ["focusin", "focusout"]]) {
      document.addEventListener(begins, (event) => event.target.matches?.(".cite") && peek(event.target));
      document.addEventListener(ends, (event) => {
        if (event.target.matches?.(".cite, #glance") && event.relatedTarget?.closest?.("#glance") === null) hidePeek();
        else if (event.target.matches?.(".cite") && !event.relatedTarget) hidePeek();
      });
    }
    $("#narrow").addEventListener("input", showNarrowed);
    let waiting;
    $("#search").addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(lists, 120); });
    document.addEventListener("dragover", (event) => {
      if (![...event.dataTransfer.types].includes("Files")) return;
      event.preventDefault();
      document.body.classList.add("dragging");
    });
    document.addEventListener("dragleave", (event) => event.relatedTarget || document.body.classList.remove("dragging"));
    document.addEventListener("drop", async (event) => {
      event.preventDefault();
      document.body.classList.remove("dragging");
      upload(await dropped(event.dataTransfer));
    });
  }

  async function start() {
    await drawn();
    landmarks();
    listen();
    $("#boot")?.remove();
    await ready();
    say("");
    const asked = new URLSearchParams(location.search).get("conversation") || sessionStorage.getItem("conversation");
    begin(asked || undefined);
    await (asked ? open(asked) : welcome());
    await lists();
    const pending = sessionStorage.getItem("asking");
    if (pending && $("#turns .turn:last-child")?.dataset.question === pending) finished();
    else if (pending) {
      finished();
      giveBack(pending);
    }
    document.body.classList.add("is-ready");
  }

  start().catch((error) => { $("#boot")?.remove(); say(error.message); });
  return { asking, answered, broken, stop };
})();
