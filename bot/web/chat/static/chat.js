// Makes the chat page live: sends without a reload and shows what arrives. The page works without
// this file too, and the server decides what is shown: this only puts its pieces in their place.

const LONGEST = 2000; // characters of one message
const WARNED = 1800;
const SEND_TIMEOUT = 15000; // all times in milliseconds
const FIRST_WORD = 6000; // a new connection that is silent for longer is held up somewhere
const HEARTBEAT = 45000; // the server says something every 20 seconds
const CHECK = 4000;
const BUSY_DELAY = 250;
const STATUS_DELAY = 400; // an answer within this time needs no "denkt na"
const DRAFT = "adempauze-draft";

const $ = (id) => document.getElementById(id);
const form = $("composer");
const field = $("text");
const log = $("log");
const choices = $("choices");

let busy = false;
let attempt = null; // what is being sent; the same words again are the same attempt
let version = form.dataset.version;
let views = 0;

// Typing

function grow() {
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight + field.offsetHeight - field.clientHeight}px`;
}

function count() {
  const length = field.value.trim().length;
  const over = length > LONGEST;
  let words = "";
  if (over) words = `Uw bericht is ${length - LONGEST} tekens te lang. Stuur het in twee delen.`;
  else if (length > WARNED) words = `Nog ${LONGEST - length} tekens.`;
  $("counter").textContent = words;
  $("counter").classList.toggle("over", over);
  field.setAttribute("aria-invalid", over);
  return !over;
}

function typed() {
  grow();
  count();
  keepDraft();
  problem("");
}

// Some browsers refuse storage; then a draft only lives in the field.
function keepDraft() {
  try {
    sessionStorage.setItem(DRAFT, field.value);
  } catch {}
}

function restoreDraft() {
  try {
    field.value ||= sessionStorage.getItem(DRAFT) ?? "";
  } catch {}
  grow();
  count();
}

// Sending

function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function problem(words) {
  // Emptied first, so that the same words are read out again.
  $("problem").textContent = "";
  $("problem").hidden = !words;
  $("problem").textContent = words;
}

let busyTimer = 0;

function setBusy(now) {
  busy = now;
  clearTimeout(busyTimer);
  // What is over in a moment is not shown, it would only flicker.
  if (now) busyTimer = setTimeout(showBusy, BUSY_DELAY, true);
  else showBusy(false);
}

function showBusy(now) {
  $("send").textContent = now ? "Bezig…" : "Verstuur";
  for (const button of document.querySelectorAll("[form=composer], #send")) {
    button.setAttribute("aria-disabled", now);
  }
}

async function post(fields) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), SEND_TIMEOUT);
  try {
    return await fetch(form.action, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new URLSearchParams({ token: form.elements.token.value, ...fields }),
      signal: stop.signal,
    });
  } finally {
    clearTimeout(timer);
  }
}

// The cookie ran out, or was closed in another tab: a new page brings a new one.
async function renew() {
  const page = await (await fetch("/chat")).text();
  const fresh = new DOMParser().parseFromString(page, "text/html");
  form.elements.token.value = fresh.querySelector("[name=token]").value;
  stream?.close();
}

async function send(name, value, fromKeyboard) {
  if (busy) return;
  if (attempt?.name !== name || attempt.value !== value) {
    attempt = { name, value, key: newKey() };
  }
  setBusy(true);
  problem("");
  try {
    let answer = await post({ key: attempt.key, [name]: value });
    if (answer.status === 403) {
      await renew();
      answer = await post({ key: attempt.key, [name]: value });
    }
    if (answer.ok) sent(name, value);
    else problem((await answer.json()).problem);
  } catch {
    problem(
      name === "text"
        ? "Niet verzonden. Is er internet? Uw tekst staat er nog: probeer het opnieuw."
        : "Niet verzonden. Is er internet? Probeer het opnieuw.",
    );
  }
  setBusy(false);
  if (fromKeyboard) field.focus();
}

function sent(name, value) {
  attempt = null;
  if (name === "text" && field.value.trim().startsWith(value)) {
    field.value = field.value.trim().slice(value.length).trimStart();
    typed();
  }
  toBottom();
  const before = views;
  if (!stream || stream.readyState === EventSource.CLOSED) listen();
  setTimeout(() => views === before && look(), FIRST_WORD / 2);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const button = event.submitter;
  const keyboard = button?.matches(":focus-visible") ?? true;
  if (button?.name) {
    send(button.name, button.value, keyboard);
    return;
  }
  const text = field.value.trim();
  if (!text) {
    field.focus();
  } else if (count()) {
    send("text", text, keyboard);
  } else {
    problem(`Een bericht is hooguit ${LONGEST} tekens. Stuur het in twee delen.`);
    field.focus();
  }
});

field.addEventListener("input", typed);
field.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  form.requestSubmit();
});
// A tap on the button leaves the keyboard of a telephone open.
$("send").addEventListener("mousedown", (event) => event.preventDefault());

// Showing

const nearBottom = () =>
  window.innerHeight + window.scrollY > document.documentElement.scrollHeight - 160;

function toBottom() {
  window.scrollTo({ top: document.documentElement.scrollHeight });
  $("newer").hidden = true;
}

// To the end, but never past the beginning of what is new.
function follow(fresh) {
  const top = document.querySelector(".top");
  const covered = getComputedStyle(top).position === "sticky" ? top.offsetHeight : 0;
  const start = window.scrollY + fresh.getBoundingClientRect().top - covered - 12;
  const end = document.documentElement.scrollHeight - window.innerHeight;
  window.scrollTo({ top: Math.min(start, end) });
}

function parsed(html) {
  const template = document.createElement("template");
  template.innerHTML = html.trim();
  return template.content.firstElementChild;
}

// What is already there and says the same is not replaced: it would be read out again.
function placed(key, html, present) {
  const old = present.get(key);
  if (html === undefined) return old;
  const made = parsed(html);
  if (old?.textContent === made.textContent) {
    old.className = made.className;
    return old;
  }
  old?.remove();
  return made;
}

function apply(view) {
  views += 1;
  version = view.version;
  const follows = nearBottom();
  const present = new Map(Array.from(log.children, (node) => [node.dataset.key, node]));
  const fresh = [];
  view.order.forEach((key, place) => {
    const node = placed(key, view.items[key], present);
    if (!present.has(key)) fresh.push(node);
    if (log.children[place] !== node) log.insertBefore(node, log.children[place] ?? null);
  });
  while (log.children.length > view.order.length) log.lastElementChild.remove();
  $("welcome").hidden = view.order.length > 0;
  showChoices(view.choices);
  showStatus(view.status);
  arrived(fresh, follows);
}

function arrived(fresh, follows) {
  const theirs = fresh.find((node) => !node.classList.contains("message--you"));
  if (theirs && document.hidden) document.title = "Nieuw bericht – Adempauze";
  if (follows && fresh.length) follow(theirs ?? fresh[0]);
  else if (theirs) $("newer").hidden = false;
}

let shownChoices = choices.innerHTML.trim();

function showChoices(html) {
  if (html.trim() === shownChoices) return;
  const focused = choices.contains(document.activeElement);
  shownChoices = html.trim();
  choices.innerHTML = shownChoices;
  choices.hidden = !shownChoices;
  if (focused) $("inhoud").focus({ preventScroll: true });
}

let statusTimer = 0;

function showStatus(words) {
  clearTimeout(statusTimer);
  const show = () => {
    if ($("status").textContent === words) return;
    const follows = nearBottom();
    $("status").textContent = words;
    if (follows && words) toBottom();
  };
  if (words) statusTimer = setTimeout(show, STATUS_DELAY);
  else show();
}

$("newer").addEventListener("click", toBottom);
document.addEventListener("scroll", () => {
  if (nearBottom()) $("newer").hidden = true;
});

// Listening

let stream = null;
let openedAt = 0;
let heardAt = 0;
let patience = FIRST_WORD;

function heard() {
  heardAt = Date.now();
  patience = HEARTBEAT;
}

function listen() {
  stream?.close();
  openedAt = heardAt = Date.now();
  patience = FIRST_WORD;
  stream = new EventSource(`/chat/events?since=${encodeURIComponent(version)}`);
  stream.addEventListener("alive", heard);
  stream.addEventListener("view", (event) => {
    heard();
    apply(JSON.parse(event.data));
  });
}

// For when the stream is held up, as some virus scanners and proxies do: ask.
async function look() {
  const before = views;
  try {
    const answer = await fetch("/chat/messages", { headers: { Accept: "application/json" } });
    const view = await answer.json();
    // What the stream brought meanwhile is newer.
    if (answer.ok && views === before && view.version !== version) apply(view);
    if (answer.ok && !view.order.length) {
      // The conversation is gone; the next message begins a new one.
      stream?.close();
      stream = null;
    }
  } catch {}
}

setInterval(() => {
  if (!stream || document.hidden || Date.now() - heardAt < patience) return;
  look();
  if (stream.readyState === EventSource.CLOSED || Date.now() - openedAt > HEARTBEAT) {
    const silent = heardAt;
    listen();
    heardAt = silent;
  }
}, CHECK);

document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  document.title = "Chat – Adempauze";
  if (stream && Date.now() - heardAt > HEARTBEAT) listen();
});
window.addEventListener("online", () => stream && listen());
window.addEventListener("pageshow", (event) => event.persisted && stream && listen());
window.addEventListener("pagehide", () => stream?.close());

history.scrollRestoration = "manual"; // a reload begins at the newest message
restoreDraft();
if (form.dataset.live === "yes") {
  listen();
  const theirs = log.querySelectorAll(".message:not(.message--you)");
  if (theirs.length) follow(theirs[theirs.length - 1]);
  else toBottom();
}
