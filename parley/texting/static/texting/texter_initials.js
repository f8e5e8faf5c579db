/* First texts: one contact at a time; Send goes on at once, the texts travel behind (texter_outbox.js).
   One key sends, Enter, once for each press. What is kept on the device: the contacts' ids, until they are out. */
(function () {
  "use strict";
  var content = JSON.parse(document.getElementById("texter-content").textContent);
  var words = content.words;
  var byId = new Map(content.texts.map(function (text) { return [text.id, text]; }));
  var state = restore();
  var queue = [];
  var refused = [];
  var total = 0;
  var over = false;
  var armed = true;
  var shown = null;
  var order = 0;

  function at(id) { return document.getElementById(id); }
  function fill(one, many, number) { return number === 1 ? one : many.replace("%s", number); }

  /* --- what is kept on the device ------------------------------------------------------------------- */
  function restore() {
    try {
      var kept = JSON.parse(sessionStorage.getItem(content.key)) || {};
      return { waiting: kept.waiting || [], later: kept.later || [], done: kept.done || 0 };
    } catch (_error) {
      return { waiting: [], later: [], done: 0 };
    }
  }

  function keep() {
    try {
      if (over || (!queue.length && !state.waiting.length)) sessionStorage.removeItem(content.key);
      else sessionStorage.setItem(content.key, JSON.stringify(state));
    } catch (_error) { /* storage is full or forbidden: the queue lives on in this page */ }
  }

  /* --- the texts on their way ----------------------------------------------------------------------- */
  var outbox = window.parley.outbox({
    url: content.send,
    sent: function () {},
    refused: function (item, body) {
      refused.push({ name: nameOf(item.contact), message: body.message || "" });
      state.done = Math.max(0, state.done - 1);
      total = Math.max(state.done + queue.length, total - 1);
      showRefused();
    },
    stopped: stop,
    changed: function () {
      if (!outbox || over) return;
      state.waiting = outbox.waiting();
      keep();
      showWaiting();
      if (!queue.length) finish();
    },
  });

  function nameOf(id) { return (byId.get(id) || {}).name || words.noName; }

  function send() {
    if (over || !shown) return;
    var text = queue.shift();
    state.done += 1;
    state.later = state.later.filter(function (id) { return id !== text.id; });
    order += 1;
    shown = null;
    outbox.add({ contact: text.id, text: text.text, order: order });
    show();
  }

  function notNow() {
    if (queue.length < 2) return;
    var text = queue.shift();
    queue.push(text);
    state.later = state.later.filter(function (id) { return id !== text.id; }).concat(text.id);
    keep();
    show();
    at("send").focus();
  }

  /* --- what is seen --------------------------------------------------------------------------------- */
  function clock(zones) {
    var times = [];
    zones.forEach(function (zone) {
      try {
        var time = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "numeric", minute: "2-digit", timeZone: zone }).format(new Date());
        if (!times.includes(time)) times.push(time);
      } catch (_error) { /* a zone that this browser does not know */ }
    });
    if (!times.length) return "";
    if (times.length === 1) return words.clock.replace("%s", times[0]);
    return words.clockOr.replace("%(first)s", times[0]).replace("%(last)s", times[times.length - 1]);
  }

  function show() {
    var text = queue[0];
    var sending = Boolean(text) && !over;
    at("sending").hidden = !sending;
    at("send").hidden = !sending;
    at("more-actions").hidden = !sending || queue.length < 2;
    at("progress").max = Math.max(1, total);
    at("progress").value = Math.min(state.done, total);
    if (!sending) return;
    shown = text;
    at("count").textContent = words.place.replace("%(place)s", Math.min(state.done + 1, total)).replace("%(total)s", total);
    at("contact-name").textContent = text.name || words.noName;
    at("contact-where").textContent = [clock(text.zones), text.state].filter(Boolean).join(" · ");
    var bubble = at("text");
    bubble.textContent = text.text;
    bubble.classList.remove("coming");
    void bubble.offsetWidth; // so that the animation begins anew
    bubble.classList.add("coming");
    at("main").scrollTop = 0;
  }

  function showWaiting() {
    var waiting = state.waiting.length;
    var note = at("waiting");
    note.hidden = !(waiting && outbox.trouble());
    note.textContent = note.hidden ? "" : fill(words.waitingOne, words.waitingMany, waiting);
    at("leaving").hidden = Boolean(queue.length) || !waiting || outbox.trouble();
    at("leaving").firstElementChild.textContent = fill(words.goingOne, words.goingMany, waiting);
  }

  function showRefused() {
    var box = at("refused");
    box.hidden = !refused.length;
    box.querySelector("summary").textContent = fill(words.refusedTitleOne, words.refusedTitleMany, refused.length);
    var list = box.querySelector("ul");
    list.replaceChildren.apply(list, refused.map(function (one) {
      var line = document.createElement("li");
      var name = document.createElement("strong");
      name.textContent = one.name;
      line.append(name, " " + one.message);
      return line;
    }));
  }

  /* --- the ends ------------------------------------------------------------------------------------- */
  var finishing = false;
  function finish() {
    if (finishing || over || state.waiting.length || !content.texts.length) return;
    finishing = true;
    at("count").textContent = "";
    window.parley.request(content.next).then(function (response) {
      if (!response.ok) throw new Error("next");
      return response.text();
    }).then(function (html) {
      over = true;
      keep();
      at("leaving").hidden = true;
      at("finish").innerHTML = html;
      at("finish").hidden = false;
      if (window.htmx) window.htmx.process(at("finish"));
      thank();
      at("finish").querySelector("h2").focus();
    }).catch(function () {
      finishing = false;
      window.setTimeout(finish, 2000);
    });
  }

  function thank() {
    var done = at("finish").querySelector("[data-done]");
    if (!done || !state.done) return;
    done.textContent = fill(words.doneOne, words.doneMany, state.done);
    done.hidden = false;
  }
  document.addEventListener("parley:prepare", function (event) { if (event.detail.root.id === "next") thank(); });

  function stop(body, keeps) {
    over = !keeps;
    shown = null;
    var left = outbox ? outbox.waiting().length : 0;
    var box = at("stopped");
    box.hidden = false;
    box.querySelector("h2").textContent = words.stoppedTitle;
    box.querySelector("[data-reason]").textContent = body.reload ? words.reloadText : body.message || "";
    box.querySelector("[data-kept]").textContent = !left ? "" : keeps ? fill(words.stoppedKeptOne, words.stoppedKeptMany, left) : fill(words.stoppedLeftOne, words.stoppedLeftMany, left);
    var onward = box.querySelector("a");
    onward.textContent = body.reload ? words.reload : keeps ? words.signIn : words.home;
    if (keeps) onward.href = body.reload ? location.pathname : content.signIn;
    state.waiting = outbox ? outbox.waiting() : [];
    if (!keeps) state.done = Math.max(0, state.done - left);
    keep();
    ended = true;
    ["sending", "send", "more-actions", "leaving", "waiting"].forEach(function (id) { at(id).hidden = true; });
    at("count").textContent = "";
    box.querySelector("h2").focus();
  }
  var ended = false;

  /* --- the hand ------------------------------------------------------------------------------------- */
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Enter" || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    if (document.querySelector("dialog[open]") || !shown || ended) return;
    var other = event.target.closest("a, button, input, textarea, select, summary");
    if (other && other.id !== "send") return;
    event.preventDefault(); // the button's own click would repeat while the key is held
    if (event.repeat || !armed) return;
    armed = false;
    send();
  });
  document.addEventListener("keyup", function (event) { if (event.key === "Enter") armed = true; });
  window.addEventListener("blur", function () { armed = true; });
  at("send").addEventListener("click", send);
  at("not-now").addEventListener("click", notNow);

  window.addEventListener("beforeunload", function (event) {
    if (!over && !ended && state.waiting.length) event.preventDefault();
  });

  /* --- the beginning -------------------------------------------------------------------------------- */
  var already = new Set(state.waiting);
  var resumed = state.waiting.filter(function (id) { return byId.has(id); });
  var later = state.later.filter(function (id) { return byId.has(id) && !already.has(id); });
  var last = new Set(later);
  queue = content.texts.filter(function (text) { return !already.has(text.id) && !last.has(text.id); })
    .concat(later.map(function (id) { return byId.get(id); }));
  if (!content.texts.length) {
    over = true;
    keep();
    at("progress").parentElement.hidden = true;
    return;
  }
  total = state.done + queue.length;
  resumed.forEach(function (id) {
    order += 1;
    outbox.add({ contact: id, text: byId.get(id).text, order: order });
  });
  show();
  at("send").focus({ preventScroll: true });
  outbox.retry();
})();
