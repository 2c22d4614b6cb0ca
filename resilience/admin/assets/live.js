// Keeps the page up to date: each event has the time and the version of what the page shows. If the
// version is new, the page is fetched again. Only what differs is replaced, so that focus, open
// details, the position and what was typed are kept.
"use strict";

// sync makes the node old like the node now.
function sync(old, now) {
  if (old.nodeType !== now.nodeType || old.nodeName !== now.nodeName) {
    old.replaceWith(document.importNode(now, true));
    return;
  }
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.nodeValue !== now.nodeValue) old.nodeValue = now.nodeValue;
    return;
  }
  if (old.id === "live" || old.nodeName === "TEXTAREA") return;
  syncAttributes(old, now);
  const before = [...old.childNodes];
  const after = [...now.childNodes];
  after.forEach((node, i) => {
    if (i < before.length) sync(before[i], node);
    else old.append(document.importNode(node, true));
  });
  before.slice(after.length).forEach((node) => node.remove());
}

function syncAttributes(old, now) {
  const kept = (name) => name === "open" || name === "value" && old.type !== "hidden";
  for (const { name, value } of [...now.attributes]) {
    if (!kept(name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  for (const { name } of [...old.attributes]) {
    if (!kept(name) && !now.hasAttribute(name)) old.removeAttribute(name);
  }
}

// say shows whether updates arrive.
function say(text, state) {
  const place = document.getElementById("live");
  if (place.textContent !== text) place.textContent = text;
  place.dataset.live = state;
  place.className = state === "lost" ? "lost" : "";
}

// length writes a number of seconds like the server does, for example 2m5s.
function length(seconds) {
  const h = Math.floor(seconds / 3600);
  const m = Math.floor(seconds / 60) % 60;
  const s = seconds % 60;
  const text = (h ? h + "h" : "") + (h || m ? m + "m" : "") + s + "s";
  return text.replace(/m0s$/, "m").replace(/h0m$/, "h");
}

// tick shows the time of the server, and how long ago something was.
function tick(now) {
  const clock = document.querySelector("#now time");
  clock.dateTime = now.toISOString().slice(0, 19) + "Z";
  clock.textContent = clock.dateTime.slice(11, 19);
  for (const place of document.querySelectorAll("[data-since]")) {
    place.textContent = length(Math.max(0, Math.floor((now - new Date(place.dataset.since)) / 1000)));
  }
}

let shown = "";
let fetching = false;
let next = null;

// update fetches the page and shows it, unless it shows the version already. The version null is
// one that is not known, and so fetched each time.
async function update(version) {
  if (document.hidden || version !== null && version === shown) return;
  if (fetching) {
    next = version;
    return;
  }
  fetching = true;
  try {
    const response = await fetch(location.href, { cache: "no-store" });
    if (!response.ok) throw new Error(response.statusText);
    const now = new DOMParser().parseFromString(await response.text(), "text/html");
    document.title = now.title;
    for (const part of ["header", "main"]) sync(document.querySelector(part), now.querySelector(part));
    shown = version;
    if (stream.readyState !== EventSource.CLOSED) say("live", "on");
  } catch {
    say("lost; trying again", "lost");
  }
  fetching = false;
  if (next !== null) {
    const later = next;
    next = null;
    update(later);
  }
}

// If the server has no more place for streams, the page is fetched from time to time.
const reloadEvery = 5000;
const streamAgainAfter = 60000;

let stream;
let reloads = 0;
let latest = "";

function listen() {
  stream = new EventSource("events");
  stream.addEventListener("status", (event) => {
    const { at, version } = JSON.parse(event.data);
    latest = version;
    tick(new Date(at));
    say("live", "on");
    clearInterval(reloads);
    update(version);
  });
  stream.addEventListener("error", () => {
    if (stream.readyState !== EventSource.CLOSED) {
      say("lost; trying again", "lost");
      return;
    }
    clearInterval(reloads);
    say("every 5 seconds", "slow");
    reloads = setInterval(() => update(null), reloadEvery);
    setTimeout(listen, streamAgainAfter);
  });
}

document.addEventListener("visibilitychange", () => update(latest));
listen();
