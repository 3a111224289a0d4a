// Keeps an open page of the console up to date. Every page works without it: it only saves
// reloading. What arrives is HTML that the server has escaped.

const main = document.querySelector("[data-stream]");
const connection = document.getElementById("connection");
const announcer = document.getElementById("announcer");
const plainTitle = document.title;
let unseen = 0;

// How long somebody waits; bot/web/console/words.py says it the same way.
function duration(minutes) {
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  if (minutes < 1) return "minder dan 1 min";
  if (hours < 1) return `${minutes} min`;
  if (days < 1) return minutes % 60 ? `${hours} uur ${minutes % 60} min` : `${hours} uur`;
  return days === 1 ? "1 dag" : `${days} dagen`;
}

// The server's clock counts: what this page shows at its start was right then.
const skew = Date.now() - Date.parse(main?.dataset.now ?? new Date().toISOString());

function tick() {
  for (const time of document.querySelectorAll("[data-since]")) {
    const minutes = Math.floor((Date.now() - skew - Date.parse(time.dataset.since)) / 60000);
    const words = duration(Math.max(0, minutes));
    if (time.textContent !== words) time.textContent = words;
  }
}

function title() {
  const numbers = document.querySelector("#badge [data-waiting]")?.dataset;
  const crises = Number(numbers?.crises ?? 0);
  const waiting = Number(numbers?.waiting ?? 0) + unseen;
  const sign = (crises ? `❗${crises} spoed · ` : "") + (waiting ? `(${waiting}) ` : "");
  if (document.title !== sign + plainTitle) document.title = sign + plainTitle;
}

function announce(words) {
  announcer.textContent = "";
  // A screen reader speaks only about what changes after it looked.
  setTimeout(() => (announcer.textContent = words), 100);
}

// Put new HTML in an element without losing the place of the keyboard.
function fill(element, html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  if (template.innerHTML === element.innerHTML) return;
  const focused = element.contains(document.activeElement) ? document.activeElement.id : "";
  element.replaceChildren(template.content);
  tick();
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

function crises() {
  return new Map(
    [...document.querySelectorAll("[data-crisis]")].map((row) => [row.dataset.id, row.dataset.crisis]),
  );
}

function showQueue(html) {
  const queue = document.getElementById("queue");
  if (!queue) return;
  const known = crises();
  fill(queue, html);
  const fresh = [...crises()].filter(([id]) => !known.has(id)).map(([, why]) => why);
  if (fresh.length) announce(`Nieuwe spoed: ${fresh.join(", ")}`);
}

function showBadge(html) {
  document.getElementById("badge").innerHTML = html;
  title();
}

// The messages

function parsed(html) {
  const template = document.createElement("template");
  template.innerHTML = html.trim();
  return template.content.firstElementChild;
}

function atNewest(lines) {
  const own = getComputedStyle(lines).overflowY === "auto";
  const box = own ? lines : document.scrollingElement;
  return own ? box.scrollTop > -80 : box.scrollHeight - box.scrollTop - innerHeight < 160;
}

function toNewest() {
  const lines = document.getElementById("lines");
  if (!lines) return;
  if (getComputedStyle(lines).overflowY === "auto") lines.scrollTop = 0;
  else document.scrollingElement.scrollTop = document.scrollingElement.scrollHeight;
}

function showTimeline(data) {
  const timeline = document.getElementById("timeline");
  const { order, changed } = JSON.parse(data);
  const follow = atNewest(document.getElementById("lines"));
  const elements = new Map([...timeline.children].map((element) => [element.id, element]));
  const wanted = new Set(order);
  const fresh = [];
  for (const [key, html] of Object.entries(changed)) {
    const element = parsed(html);
    const old = elements.get(key);
    if (old?.outerHTML === element.outerHTML) continue;
    if (old) old.replaceWith(element);
    else fresh.push(element);
    elements.set(key, element);
  }
  for (const [key, element] of elements) if (!wanted.has(key)) element.remove();
  order.forEach((key, place) => {
    const element = elements.get(key);
    if (element && timeline.children[place] !== element) {
      timeline.insertBefore(element, timeline.children[place] ?? null);
    }
  });
  if (fresh.length && follow) toNewest();
  arrived(fresh.filter((element) => element.classList.contains("entry--them")));
}

function arrived(messages) {
  if (!messages.length) return;
  if (document.hidden) unseen += messages.length;
  title();
  announce(`Nieuw bericht: ${messages.at(-1).querySelector(".entry__text").textContent}`);
}

function showStatus(html) {
  fill(document.getElementById("status"), html);
  const mode = document.querySelector("[data-mode]")?.dataset.mode;
  document.querySelector("[data-takes-over]").hidden = mode === "mine";
}

// The stream. The browser itself comes back after a short loss; a refusal it takes as the end, so
// then we look whether it is the login that ended.

const PAUSE = 3000;
let source;
let silence;

function connect() {
  source = new EventSource(main.dataset.stream);
  source.onopen = () => {
    main.dataset.live = "yes";
    heard();
  };
  source.onerror = () => {
    // Each attempt that fails is an error of its own; the first one counts.
    silence ??= setTimeout(lost, PAUSE);
    if (source.readyState === EventSource.CLOSED) setTimeout(again, PAUSE);
  };
  const on = (name, show) => source.addEventListener(name, (event) => show(event.data));
  on("badge", showBadge);
  on("queue", showQueue);
  on("timeline", showTimeline);
  on("status", showStatus);
  on("card", (html) => fill(document.getElementById("card"), html));
  on("signed-out", signedOut);
  on("gone", () => location.reload());
}

function heard() {
  clearTimeout(silence);
  silence = undefined;
  connection.textContent = "";
}

function lost() {
  connection.textContent = "Geen verbinding. Nieuwe berichten verschijnen pas als die terug is.";
}

async function again() {
  const answer = await fetch(location.href, { method: "HEAD", redirect: "manual" }).catch(() => null);
  if (answer?.type === "opaqueredirect") signedOut();
  else connect();
}

function signedOut() {
  source.close();
  heard();
  connection.innerHTML =
    'U bent uitgelogd. Bewaar wat u typte en <a href="">log opnieuw in</a>.';
}

// A browser allows few connections to one site. Of the conversations that nobody looks at, only the
// one left last stays connected; the others are sent everything anew when somebody returns.
const tabs = new BroadcastChannel("console");

function onVisibility() {
  if (document.hidden) {
    tabs.postMessage("left");
    return;
  }
  unseen = 0;
  title();
  if (source.readyState === EventSource.CLOSED) connect();
}

tabs.onmessage = () => {
  if (document.hidden && document.getElementById("timeline")) source.close();
};

// Forms

function onKey(event) {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  event.target.form.requestSubmit();
}

function onSubmit(event) {
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "yes";
  setTimeout(() => delete event.target.dataset.sent, 5000);
}

function foldCard() {
  const fold = document.querySelector(".side__fold");
  const wide = matchMedia("(min-width: 56rem) and (min-height: 34rem)");
  if (!fold) return;
  const follow = () => {
    fold.open = wide.matches;
    // Beside the conversation it is always open, so there is nothing to press.
    fold.querySelector("summary").tabIndex = wide.matches ? -1 : 0;
  };
  wide.addEventListener("change", follow);
  follow();
}

document.getElementById("antwoord")?.addEventListener("keydown", onKey);
document.addEventListener("submit", onSubmit);
// A page that the browser kept for the back button may be sent from again.
addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});
foldCard();
toNewest();
if (main) {
  connect();
  document.addEventListener("visibilitychange", onVisibility);
  setInterval(tick, 10000);
  tick();
}
title();
