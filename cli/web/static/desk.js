// The desk in a browser: conditions of forms, keys of lists, and dragging on the board. Every page
// works without it.
"use strict";

// --- forms: an input is asked for where its condition holds ------------------------------------------

function readValue(form, name) {
  const field = form.querySelector(`[data-name="${CSS.escape(name)}"]`);
  if (!field || field.hidden) return "";
  const inputs = [...field.querySelectorAll("input, select, textarea")];
  const chosen = inputs.filter((one) => !["radio", "checkbox"].includes(one.type) || one.checked);
  return chosen.map((one) => one.value).find((value) => value !== "") ?? "";
}

function holds(form, when) {
  return Object.entries(when).every(([name, words]) => {
    const value = readValue(form, name);
    return words.includes(value) || (words.includes("*") && value !== "");
  });
}

function showFields(form) {
  for (const field of form.querySelectorAll("[data-name]")) {
    const when = field.dataset.when ? JSON.parse(field.dataset.when) : null;
    if (!when) continue;
    const asked = holds(form, when);
    field.hidden = !asked;
    for (const input of field.querySelectorAll("input, select, textarea")) {
      input.disabled = !asked;
      input.required = asked && "required" in field.dataset;
    }
  }
  for (const condition of form.querySelectorAll(".condition")) condition.hidden = true;
}

for (const form of document.querySelectorAll(".event-form")) {
  showFields(form);
  form.addEventListener("input", () => showFields(form));
}

const opened = document.querySelector("details.event[open]");
if (opened) (opened.querySelector("[autofocus], .decision") ?? opened).scrollIntoView({ block: "center" });

// What is still being made is looked for again.
if (document.querySelector("[data-again]")) setTimeout(() => location.reload(), 3000);

// --- lists: j and k go down and up, Enter opens ------------------------------------------------------

const rows = [...document.querySelectorAll("[data-row]")];
let place = -1;

function choose(next) {
  rows[place]?.classList.remove("chosen");
  place = Math.max(0, Math.min(rows.length - 1, next));
  rows[place].classList.add("chosen");
  rows[place].querySelector("a")?.focus();
  rows[place].scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || !rows.length) return;
  if (event.target.closest("input, select, textarea, dialog")) return;
  if (event.key === "j") choose(place + 1);
  else if (event.key === "k") choose(place - 1);
  else return;
  event.preventDefault();
});

// --- the board ---------------------------------------------------------------------------------------

const board = document.querySelector(".board[data-board]");
let dragged = null;

async function record(form) {
  const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual" });
  if (answer.type === "opaqueredirect") return location.reload();
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  askFor(form, page);
}

function askFor(form, page) {
  const asked = page.querySelector("[data-asked]");
  const input = document.getElementById("ask-value");
  document.getElementById("ask-label").textContent = asked?.querySelector("label")?.textContent ?? "";
  input.value = "";
  openDialog(page, Boolean(asked)).onclose = (event) => {
    if (event.target.returnValue !== "go" || !asked) return form.reset();
    setHidden(form, asked.dataset.asked, input.value);
    setHidden(form, "form", asked.closest("form").elements.form.value);
    record(form);
  };
}

// Say why something was refused; where one thing is missing for it, ask for that.
function openDialog(page, asks) {
  const dialog = document.getElementById("ask"), input = document.getElementById("ask-value");
  document.getElementById("ask-text").textContent =
    page.querySelector("main .fault")?.textContent ?? page.querySelector("main")?.textContent ?? "";
  for (const one of dialog.querySelectorAll("[data-asks]")) one.hidden = one.dataset.asks !== String(asks);
  input.required = asks;
  dialog.returnValue = "no";
  dialog.onclose = null;
  dialog.showModal();
  return dialog;
}

function setHidden(form, name, value) {
  let input = form.querySelector(`input[type="hidden"][name="${CSS.escape(name)}"]`);
  if (!input) {
    input = document.createElement("input");
    input.type = "hidden";
    input.name = name;
    form.append(input);
  }
  input.value = value;
}

if (board) {
  for (const form of board.querySelectorAll(".move form[method=post]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      record(form);
    });
  }
  document.addEventListener("dragstart", (event) => {
    dragged = event.target.closest?.(".ticket-card");
    if (dragged) event.dataTransfer.setData("text/plain", dragged.dataset.ref);
  });
  document.addEventListener("dragend", () => { dragged = null; });
  for (const target of document.querySelectorAll(".column, .zone")) {
    target.addEventListener("dragover", (event) => {
      if (!dragged) return;
      event.preventDefault();
      target.classList.add("over");
    });
    target.addEventListener("dragleave", () => target.classList.remove("over"));
    target.addEventListener("drop", (event) => {
      target.classList.remove("over");
      if (!dragged) return;
      event.preventDefault();
      dropOn(target);
    });
  }
}

function dropOn(target) {
  if (target.dataset.zone !== undefined) {
    location.href = dragged.querySelector(`[data-zone-link="${target.dataset.zone}"]`).href;
    return;
  }
  if (dragged.closest(".column") === target) return;
  const form = dragged.querySelector(".move form[method=post]"), status = target.dataset.status;
  const choice = form?.querySelector("select");
  if (choice && [...choice.options].some((one) => one.value === status)) {
    choice.value = status;
    record(form);
  } else findWay(dragged.dataset.ref, status);
}

// Where the book has no event that takes a status, the server knows which events lead there.
async function findWay(ticket, status) {
  const query = new URLSearchParams({ ticket, status, back: location.pathname + location.search });
  const answer = await fetch(`/move?${query}`, { redirect: "manual" });
  if (answer.ok || answer.type === "opaqueredirect") location.href = `/move?${query}`;
  else openDialog(new DOMParser().parseFromString(await answer.text(), "text/html"), false);
}
