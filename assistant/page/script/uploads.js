// Files on their way into the library: each with a bar for what is being done to it, and its end.

import { $, SECOND, announce, make, say, sleep } from "./dom.js";
import { call } from "./server.js";
import { welcome } from "./conversations.js";
import { lists } from "./library.js";

const STAGES = {
  waiting: "waiting for its turn", reading: "reading", splitting: "splitting into passages",
  attributing: "finding who said what", embedding: "embedding", vectors: "nearly there",
};

export function upload(files) {
  $("#uploads").hidden = false;
  for (const file of files) send(file);
}

function send(file) {
  const small = make("small", { textContent: "sending" });
  const cancel = make("button", { type: "button", textContent: "×", aria: { label: `Cancel ${file.name}` } });
  const bar = make("progress", { max: 1, value: 0, aria: { label: file.name } });
  const row = make("li", { className: "upload" }, make("span", {}, make("bdi", {}, file.name), small), cancel, bar);
  $("#uploads").append(row);
  const sent = { row, small, bar, cancel, name: file.name, job: null };
  const request = new XMLHttpRequest();
  request.open("POST", `/api/v1/documents?${new URLSearchParams({ name: file.name })}`);
  request.upload.onprogress = ({ loaded, total }) => show(sent, `sending · ${Math.round((100 * loaded) / total)} %`, loaded / total);
  request.onload = () => received(sent, request);
  request.onerror = () => end(sent, "failed", "the connection broke: try again");
  request.onabort = () => end(sent, "cancelled", "cancelled");
  cancel.onclick = () => (row.dataset.over ? dismiss(row) : giveUp(sent, request));
  request.send(file);
}

function received(sent, request) {
  let said = {};
  try { said = JSON.parse(request.responseText); } catch { /* no words from the server: its status tells */ }
  if (request.status !== 202) return end(sent, "failed", said.detail || `the server answered ${request.status}`);
  sent.job = said.id;
  watch(sent);
}

function giveUp(sent, request) {
  if (!sent.job) return request.abort();
  show(sent, "cancelling…");
  call(`/api/v1/jobs/${sent.job}`, { method: "DELETE" }).catch((error) => say(error.message));
}

async function watch(sent) {
  for (;;) {
    let job;
    try {
      job = await (await call(`/api/v1/jobs/${sent.job}`)).json();
    } catch (error) {
      if (error.status === 404) return end(sent, "failed", "the server was started anew: add the file again");
      show(sent, "waiting for the server…");
      await sleep(SECOND);
      continue;
    }
    if (job.state === "ready") return ready(sent, job);
    if (job.state === "failed" || job.state === "cancelled") return end(sent, job.state, job.reason || job.state);
    showJob(sent, job);
    await sleep(SECOND / 4);
  }
}

function showJob(sent, { state, stage, n_passages: done, n_expected: all }) {
  const words = STAGES[state === "waiting" ? "waiting" : stage] || stage;
  const counted = all ? ` · ${done.toLocaleString("en")} of ${all.toLocaleString("en")} passages` : "";
  show(sent, words + counted, all ? done / all : null);
}

function show(sent, text, share = null) {
  sent.small.textContent = text;
  if (share === null) sent.bar.removeAttribute("value");
  else sent.bar.value = share;
}

async function ready(sent) {
  end(sent, "ready", "ready");
  setTimeout(() => dismiss(sent.row), 4 * SECOND);
  if (!$("#turns .turn")) welcome();
  await lists();
}

function end(sent, how, text) {
  sent.row.classList.add(how);
  sent.row.dataset.over = how;
  sent.small.textContent = text;
  sent.bar.remove();
  sent.cancel.setAttribute("aria-label", `Dismiss ${sent.name}`);
  announce(`${sent.name}: ${text}`);
}

function dismiss(row) {
  const within = row.contains(document.activeElement);
  row.remove();
  $("#uploads").hidden = !$("#uploads").children.length;
  if (within) $('[data-do="choose"]').focus();
}

/** Return the files in what was dropped, folders walked; hidden ones are left out. */
async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return [...transfer.files];
  const files = [];
  for (const entry of entries) await walk(entry, files);
  return files;
}

async function walk(entry, files) {
  if (entry.name.startsWith(".")) return;
  if (entry.isFile) return files.push(await new Promise((resolve, reject) => entry.file(resolve, reject)));
  const reader = entry.createReader();
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return;
    for (const each of some) await walk(each, files);
  }
}

export function listenForFiles() {
  for (const id of ["files", "folder"]) {
    document.getElementById(id).addEventListener("change", (event) => {
      upload([...event.target.files].filter((file) => !file.name.startsWith(".")));
      event.target.value = "";
    });
  }
  document.addEventListener("dragover", (event) => {
    if (![...event.dataTransfer.types].includes("Files")) return;
    event.preventDefault();
    document.body.classList.add("dragging");
  });
  document.addEventListener("dragleave", (event) => event.relatedTarget || document.body.classList.remove("dragging"));
  document.addEventListener("drop", async (event) => {
    if (![...event.dataTransfer.types].includes("Files")) return;
    event.preventDefault();
    document.body.classList.remove("dragging");
    upload(await dropped(event.dataTransfer));
  });
}
