// The handset: a list of phones, one of them picked up, and the switches for what goes wrong.
"use strict";

const desk = document.querySelector(".desk");
const find = (id) => document.getElementById(id);
const base = "/simulator/";
let picked = "";
let shown = "";

async function ask(path, options = {}) {
  const answer = await fetch(base + path, options);
  const value = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(value.error || answer.statusText);
  return value;
}
const post = (path, value) =>
  ask(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(value) });

function element(tag, text, className) {
  const made = document.createElement(tag);
  if (text) made.textContent = text;
  if (className) made.className = className;
  return made;
}
const tone = (number) => "avatar tone-" + ([...number].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) % 1009, 7) % 8);
const clock = (seconds) => new Date(seconds * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
const day = (seconds) => new Date(seconds * 1000).toLocaleDateString([], { weekday: "short", day: "numeric", month: "short" });

// --- the list ---------------------------------------------------------------------------------

let listing = false;
let listAgain = false;

async function list() {
  if (listing) { listAgain = true; return; }
  listing = true;
  try {
    const query = find("query").value;
    const { phones, total } = await ask("phones?q=" + encodeURIComponent(query));
    find("phone-count").textContent = total ? total.toLocaleString() : "";
    find("no-phones").hidden = phones.length > 0;
    const focused = document.activeElement?.dataset?.number;
    find("phones").replaceChildren(...phones.map(entry));
    if (focused) document.querySelector(`[data-number="${focused}"]`)?.focus();
    if (!phones.length && /^\+\d{8,15}$/.test(query.replace(/[^\d+]/g, ""))) offer(query.replace(/[^\d+]/g, ""));
  } finally {
    listing = false;
    if (listAgain) { listAgain = false; setTimeout(list, 200); }
  }
}

function entry(phone) {
  const item = element("li");
  const button = element("button", "", phone.unread ? "unread" : "");
  button.type = "button";
  button.dataset.number = phone.number;
  if (phone.number === picked) button.setAttribute("aria-current", "true");
  const words = element("span");
  words.append(element("span", phone.name, "line"), element("span", phone.text || (phone.media ? desk.dataset.picture : ""), "line last"));
  const meta = element("span", "", "meta");
  meta.append(element("span", phone.at ? clock(phone.at) : ""));
  if (phone.unread) {
    const badge = element("span", String(phone.unread), "badge");
    badge.setAttribute("aria-label", phone.unread + " " + desk.dataset.unread);
    meta.append(badge);
  }
  const avatar = element("span", phone.number.slice(-2), tone(phone.number));
  avatar.setAttribute("aria-hidden", "true");
  button.append(avatar, words, meta);
  button.addEventListener("click", () => pick(phone.number));
  item.append(button);
  return item;
}

// a number that nothing has reached yet can be picked up all the same
function offer(number) {
  find("no-phones").hidden = true;
  find("phones").append(entry({ number, name: number, text: "", unread: 0 }));
}

// --- the phone --------------------------------------------------------------------------------

async function pick(number) {
  picked = number;
  shown = "";
  history.replaceState(null, "", "#" + number);
  desk.classList.add("picked");
  await show();
  await list();
  if (matchMedia("(min-width: 721px)").matches) find("text").focus();
}

async function show() {
  const number = picked;
  const phone = await ask("phones/" + encodeURIComponent(number));
  if (number !== picked) return;
  find("name").textContent = phone.name;
  find("avatar").textContent = number.slice(-2);
  find("avatar").className = tone(number);
  find("blocked").hidden = !phone.blocked;
  find("choose").hidden = true;
  find("head").hidden = find("write").hidden = find("quick").hidden = false;
  const chosen = find("partner").value;
  find("partner").replaceChildren(...phone.partners.map((partner) => new Option(partner, partner)));
  if (shown && phone.partners.includes(chosen)) find("partner").value = chosen;
  const before = new Set([...find("bubbles").children].map((bubble) => bubble.dataset.sid));
  const fresh = !shown;
  let last = "";
  const bubbles = [];
  for (const message of phone.messages) {
    if (day(message.at) !== last) {
      last = day(message.at);
      bubbles.push(element("li", last, "day"));
    }
    bubbles.push(bubble(message, !fresh && !before.has(message.sid)));
  }
  shown = number;
  find("bubbles").replaceChildren(...bubbles);
  toEnd();
}

function toEnd() {
  find("bubbles").scrollTop = find("bubbles").scrollHeight;
}

function bubble(message, isNew) {
  const item = element("li", "", (message.mine ? "mine" : message.automatic ? "automatic" : "") + (isNew ? " new" : ""));
  item.dataset.sid = message.sid;
  for (const media of message.media) {
    const image = element("img");
    image.src = media.url;
    image.alt = desk.dataset.picture;
    image.addEventListener("load", toEnd);
    item.append(image);
  }
  if (message.text) item.append(document.createTextNode(message.text));
  item.append(element("time", clock(message.at)));
  return item;
}

async function say(text) {
  const form = new FormData();
  form.set("body", text);
  form.set("to", find("partner").value);
  const picture = find("picture").files[0];
  if (picture) form.set("picture", picture);
  try {
    await ask("phones/" + encodeURIComponent(picked) + "/messages", { method: "POST", body: form });
    find("text").value = "";
    find("picture").value = "";
    find("attached").hidden = find("problem").hidden = true;
    grow();
  } catch (error) {
    find("problem").textContent = error.message;
    find("problem").hidden = false;
  }
}

function grow() {
  const text = find("text");
  text.rows = Math.min(5, text.value.split("\n").length);
}

find("write").addEventListener("submit", (event) => { event.preventDefault(); say(find("text").value); });
find("text").addEventListener("input", grow);
find("text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); find("write").requestSubmit(); }
});
find("quick").addEventListener("click", (event) => { if (event.target.matches("button")) say(event.target.textContent); });
find("picture").addEventListener("change", () => {
  const file = find("picture").files[0];
  find("attached").textContent = file ? desk.dataset.picture + ": " + file.name : "";
  find("attached").hidden = !file;
});
find("back").addEventListener("click", () => {
  desk.classList.remove("picked");
  history.replaceState(null, "", "#");
  document.querySelector(`[data-number="${picked}"]`)?.focus();
});
find("query").addEventListener("input", list);
find("search").addEventListener("submit", (event) => {
  event.preventDefault();
  document.querySelector(".phones button")?.click();
});

// --- what goes wrong --------------------------------------------------------------------------

async function faults() {
  const { rules, kinds, labels } = await ask("faults");
  if (!find("kind").options.length) find("kind").append(...kinds.map((kind) => new Option(labels[kind], kind)));
  find("rules").replaceChildren(...rules.map((rule) => {
    const item = element("li");
    const how = rule.next !== null ? `${rule.struck}/${rule.next}` : rule.every !== null ? `1/${rule.every} · ${rule.struck}` : `${rule.struck}`;
    const remove = element("button", "×");
    remove.type = "button";
    remove.setAttribute("aria-label", find("clear").textContent + ": " + rule.kind);
    remove.addEventListener("click", () => ask("faults/" + rule.id, { method: "DELETE" }));
    item.append(element("span", `${labels[rule.kind]} (${how})`), remove);
    return item;
  }));
}

find("fault").addEventListener("submit", (event) => {
  event.preventDefault();
  const form = new FormData(event.target);
  const rule = { kind: form.get("kind") };
  if (form.get("how")) rule[form.get("how")] = Number(form.get("count")) || 1;
  post("faults", rule);
});
find("how").addEventListener("change", () => { find("fault").elements.count.hidden = !find("how").value; });
find("clear").addEventListener("click", () => ask("faults", { method: "DELETE" }));

function display(settings) {
  for (const input of find("settings").elements) {
    if (!(input.name in settings)) continue;
    if (document.activeElement !== input) input.value = settings[input.name];
    const value = Number(input.value);
    input.parentElement.querySelector("output").textContent = input.name === "silent" ? Math.round(value * 100) + " %" : value + " s";
  }
}
find("settings").addEventListener("input", (event) => {
  display({ [event.target.name]: event.target.value });
});
find("settings").addEventListener("change", (event) => {
  post("settings", { [event.target.name]: Number(event.target.value) });
});

// --- live -------------------------------------------------------------------------------------

let waiting = 0;
let touched = new Set();

// many texts a second become one look a moment
function soon(number) {
  touched.add(number);
  if (waiting) return;
  waiting = setTimeout(async () => {
    const numbers = touched;
    touched = new Set();
    waiting = 0;
    if (picked && numbers.has(picked)) await show();
    await list();
  }, 120);
}

function listen() {
  const source = new EventSource(base + "events");
  const state = (on) => {
    find("live").classList.toggle("on", on);
    find("live").textContent = on ? desk.dataset.live : desk.dataset.lost;
  };
  source.addEventListener("open", () => { state(true); list(); if (picked) show(); });
  source.addEventListener("error", () => state(false));
  source.addEventListener("phone", (event) => soon(JSON.parse(event.data).number));
  source.addEventListener("faults", faults);
  source.addEventListener("settings", (event) => display(JSON.parse(event.data)));
  source.addEventListener("reload", () => location.reload());
}

listen();
list();
faults();
ask("settings").then(display);
if (/^#\+\d+$/.test(location.hash)) pick(location.hash.slice(1));
