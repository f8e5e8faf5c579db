"use strict";
// The page behind /simulator/telegram/: read and write as the people of the simulated Telegram.

const BASE = "/simulator/telegram";
const root = document.getElementById("telegram");
const part = (name) => document.getElementById("tg-" + name);
let everybody = { chats: [], people: [], bots: [] };
let openKey = null;

async function ask(path, { method = "GET", json, form } = {}) {
  const options = { method };
  if (json !== undefined) {
    options.headers = { "Content-Type": "application/json" };
    options.body = JSON.stringify(json);
  } else if (form) {
    options.body = form;
  }
  const response = await fetch(BASE + path, options);
  const answer = await response.json();
  part("error").textContent = response.ok ? "" : answer.error;
  if (!response.ok) throw new Error(answer.error);
  return answer;
}

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function fill(select, list) {
  const before = select.value;
  select.replaceChildren(...list.map(({ id, name }) => element("option", { value: String(id), textContent: name })));
  if (list.some(({ id }) => String(id) === before)) select.value = before;
}

async function showChats() {
  everybody = await ask("/chats");
  part("nothing").hidden = everybody.people.length > 0;
  part("no-bot").hidden = everybody.bots.length > 0;
  part("chats").replaceChildren(...everybody.chats.map((chat) => {
    const button = element("button", { type: "button" },
      element("strong", { textContent: chat.title }), element("span", { textContent: chat.last }));
    button.setAttribute("aria-current", String(chat.key === openKey));
    button.addEventListener("click", () => open(chat.key));
    return element("li", {}, button);
  }));
  const lists = { people: everybody.people, bots: everybody.bots, everybody: [...everybody.people, ...everybody.bots] };
  for (const select of root.querySelectorAll("select[data-list]")) {
    if (select.dataset.list in lists) fill(select, lists[select.dataset.list]);
  }
}

function bubble(message) {
  const item = element("li", { className: [message.service && "service", message.bot && "bot", message.deleted && "deleted"].filter(Boolean).join(" ") });
  if (!message.service) item.append(element("b", { textContent: message.name }));
  if (message.photo) item.append(element("img", { src: `${BASE}/files/${encodeURIComponent(message.photo)}`, alt: "" }));
  item.append(message.text);
  if (message.deleted) item.append(element("small", { textContent: root.dataset.deleted }));
  else if (message.edited) item.append(element("small", { textContent: root.dataset.edited }));
  return item;
}

async function showChat() {
  root.classList.toggle("open", openKey !== null);
  part("choose").hidden = openKey !== null;
  part("open").hidden = openKey === null;
  if (openKey === null) return;
  const chat = await ask("/chats/" + encodeURIComponent(openKey));
  if (chat.key !== openKey) return; // another chat was opened meanwhile
  part("title").textContent = chat.title;
  part("kind").textContent = `${root.dataset[chat.type]} · ${chat.id} · ${[...chat.people, ...chat.bots].map((m) => m.name).join(", ")}`;
  for (const tools of root.querySelectorAll("[data-for]")) tools.hidden = Boolean(chat.moved_to) || !tools.dataset.for.split(" ").includes(chat.type);
  part("moved").hidden = !chat.moved_to;
  part("say").hidden = Boolean(chat.moved_to);
  part("go").onclick = () => open(chat.moved_to);
  part("block").hidden = chat.blocked;
  part("unblock").hidden = !chat.blocked;
  part("remove-bot").hidden = chat.bots.length === 0;
  fill(part("say").elements.from, chat.people);
  part("messages").replaceChildren(...chat.messages.map(bubble));
  part("messages").scrollTop = part("messages").scrollHeight;
  part("remove-bot").onclick = () => act(`/members/${chat.bots[0].id}`, { method: "DELETE" });
}

async function open(key) {
  openKey = key;
  await Promise.all([showChats(), showChat()]);
}

const here = () => "/chats/" + encodeURIComponent(openKey);
const act = async (path, options) => { await ask(here() + path, options); await open(openKey); };
const values = (form) => Object.fromEntries(new FormData(form));

function onSubmit(name, work) {
  part(name).addEventListener("submit", async (event) => {
    event.preventDefault();
    await work(event.target);
  });
}

onSubmit("person", async (form) => { await ask("/people", { method: "POST", json: values(form) }); form.reset(); await showChats(); });
onSubmit("bot", async (form) => { await ask("/bots", { method: "POST", json: values(form) }); form.reset(); await showChats(); });
onSubmit("private", async (form) => { await open((await ask("/private", { method: "POST", json: values(form) })).key); });
onSubmit("group", async (form) => {
  const { title, creator, bot } = values(form);
  await open((await ask("/groups", { method: "POST", json: { title, creator, bots: bot ? [bot] : [] } })).key);
});
onSubmit("join", (form) => act("/members", { method: "POST", json: values(form) }));
onSubmit("say", async (form) => {
  await ask(here() + "/messages", { method: "POST", form: new FormData(form) });
  form.elements.text.value = "";
  form.elements.photo.value = "";
  await open(openKey);
  form.elements.text.focus();
});
part("leave").addEventListener("click", () => act("/members/" + part("say").elements.from.value, { method: "DELETE" }));
part("upgrade").addEventListener("click", async () => open((await ask(here() + "/upgrade", { method: "POST", json: {} })).key));
part("block").addEventListener("click", () => act("/block", { method: "POST", json: { blocked: true } }));
part("unblock").addEventListener("click", () => act("/block", { method: "POST", json: { blocked: false } }));
part("back").addEventListener("click", () => open(null));

new EventSource("/simulator/events").addEventListener("telegram", () => open(openKey));
open(null);
