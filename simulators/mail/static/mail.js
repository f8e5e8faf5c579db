"use strict";
// The page behind /simulator/mail/: the mails that were caught, newest first.

const BASE = "/simulator/mail";
const root = document.getElementById("mail");
const part = (name) => document.getElementById("ml-" + name);
let openNumber = null;

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

async function showList() {
  const { mails } = await (await fetch(BASE + "/mails")).json();
  part("nothing").hidden = mails.length > 0;
  part("clear").hidden = mails.length === 0;
  part("list").replaceChildren(...mails.map((mail) => {
    const button = element("button", { type: "button", className: mail.read ? "" : "unread" },
      element("strong", { textContent: mail.subject }),
      element("span", { textContent: `${mail.to} · ${new Date(mail.at * 1000).toLocaleTimeString()}` }));
    button.setAttribute("aria-current", String(mail.number === openNumber));
    button.addEventListener("click", () => open(mail.number));
    return element("li", {}, button);
  }));
}

async function open(number) {
  openNumber = number;
  const response = number === null ? null : await fetch(`${BASE}/mails/${number}`);
  if (response && !response.ok) openNumber = null;
  root.classList.toggle("open", openNumber !== null);
  part("choose").hidden = openNumber !== null;
  part("open").hidden = openNumber === null;
  if (openNumber !== null) {
    const mail = await response.json();
    if (mail.number !== openNumber) return; // another mail was opened meanwhile
    part("subject").textContent = mail.subject;
    part("from").textContent = mail.from;
    part("to").textContent = mail.to;
    part("text").textContent = mail.text;
    part("links-part").hidden = mail.links.length === 0;
    part("links").replaceChildren(...mail.links.map((url) =>
      element("li", {}, element("a", { href: url, textContent: url, target: "_blank", rel: "noreferrer" }))));
    part("html-part").hidden = !mail.html;
    part("html").src = mail.html ? `${BASE}/mails/${number}/html` : "about:blank";
    part("raw").href = `${BASE}/mails/${number}/raw`;
  }
  await showList();
}

part("back").addEventListener("click", () => open(null));
part("clear").addEventListener("click", async () => { await fetch(BASE + "/mails", { method: "DELETE" }); await open(null); });
new EventSource("/simulator/events").addEventListener("mail", showList);
open(null);
