// Keeps the page up to date: each event says that something may have changed, and the page is
// fetched again. Only what differs is replaced, so that focus, open details, the position and
// what was typed are kept.
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
  place.textContent = text;
  place.dataset.live = state;
  place.className = state === "lost" ? "lost" : "";
}

let fetching = false;
let again = false;

async function update() {
  if (fetching) {
    again = true;
    return;
  }
  fetching = true;
  try {
    const response = await fetch(location.href, { cache: "no-store" });
    if (!response.ok) throw new Error(response.statusText);
    const now = new DOMParser().parseFromString(await response.text(), "text/html");
    document.title = now.title;
    for (const part of ["header", "main"]) sync(document.querySelector(part), now.querySelector(part));
    say("live", "on");
  } catch {
    say("lost; trying again", "lost");
  }
  fetching = false;
  if (again) {
    again = false;
    update();
  }
}

const events = new EventSource("events");
events.addEventListener("status", update);
events.addEventListener("error", () => say("lost; trying again", "lost"));
