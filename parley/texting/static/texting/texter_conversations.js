/* Conversations: list and thread, replying, skipping, opting out, the keys. Replies arrive by themselves
   (live.js); what is being written is never touched by that. */
(function () {
  "use strict";
  var parley = window.parley;
  var words = JSON.parse(document.getElementById("talk-words").textContent);
  var screen = document.querySelector(".talking");
  var talkBox = document.querySelector(".talk");
  var pane = document.getElementById("pane");
  var drafts = new Map(); // contact -> {text, answers, key, mine}
  var sending = 0;
  var talk = null;

  function at(id) { return document.getElementById(id); }
  function rows() { return Array.from(document.querySelectorAll("#list-part a[data-contact]")); }

  /* --- one conversation ------------------------------------------------------------------------------ */
  function begin() {
    var content = at("talk-content");
    talk = null;
    if (!content) return;
    talk = JSON.parse(content.textContent);
    talk.draft = drafts.get(talk.contact) || { text: "", answers: {}, key: null, mine: null, inserted: null };
    drafts.set(talk.contact, talk.draft);
    talk.part = "";
    talk.panel = parley.scriptPanel({ root: at("talk-script"), steps: talk.steps, saved: talk.answers, pending: talk.draft.answers, words: words, say: insert });
    at("reply").value = talk.draft.text;
    at("talk-clock").textContent = clock(talk.zones);
    readThread(true);
    measure();
    mark();
  }

  function clock(zones) {
    var times = [];
    zones.forEach(function (zone) {
      try {
        var time = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "numeric", minute: "2-digit", timeZone: zone }).format(new Date());
        if (!times.includes(time)) times.push(time);
      } catch (_error) { /* a zone that this browser does not know */ }
    });
    return times.length ? times.join(" / ") + " · " : "";
  }

  function remember() {
    if (!talk) return;
    talk.draft.text = at("reply").value;
    talk.draft.answers = talk.panel.pending();
  }

  function mark() {
    rows().forEach(function (row) {
      if (talk && Number(row.dataset.contact) === talk.contact) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    });
  }

  /* The thread as it stands now: its state decides which buttons there are. */
  function readThread(first) {
    var part = at("thread-part");
    if (!part || !talk) return;
    pane.dataset.state = part.dataset.state;
    if (!first && part.dataset.last !== talk.part && part.dataset.last.endsWith(" in")) {
      at("news").textContent = words.newReply.replace("%s", talk.name);
    }
    talk.part = part.dataset.last;
    if (first || talk.atEnd) at("talk-scroll").scrollTop = at("talk-scroll").scrollHeight;
  }

  function problem(text) {
    var line = at("talk-problem");
    if (!line) return;
    line.hidden = !text;
    line.textContent = text || "";
  }

  /* --- writing --------------------------------------------------------------------------------------- */
  function insert(script) {
    var box = at("reply");
    var draft = talk.draft;
    if (box.value.trim() && box.value !== draft.inserted) draft.mine = box.value;
    box.value = script;
    draft.inserted = script;
    problem("");
    measure();
  }

  function measure() {
    var box = at("reply");
    var text = box.value;
    var counted = parley.countSegments(text);
    var tooLong = text.length - talk.longest;
    var label = counted.segments === 1 ? parley.say("segmentOne") : parley.say("segmentMany", counted.segments);
    at("reply-length").textContent = !text ? "" : tooLong > 0 ? words.tooLong.replace("%s", tooLong) : words.length.replace("%(characters)s", text.length).replace("%(segments)s", label);
    at("reply-length").classList.toggle("talk-too-long", tooLong > 0);
    var restore = at("reply-restore");
    restore.textContent = words.restore;
    restore.hidden = !talk.draft.mine || text !== talk.draft.inserted;
  }

  function newKey() {
    var bytes = window.crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, function (byte) { return byte.toString(16).padStart(2, "0"); }).join("");
  }

  function post(url, body) {
    var patience = new AbortController();
    var timer = window.setTimeout(function () { patience.abort(); }, 20000);
    return parley.request(url, { json: body, signal: patience.signal }).then(function (response) {
      return response.json().catch(function () { return {}; }).then(function (answer) {
        if (response.ok) return answer;
        var sure = response.status < 500 && response.status !== 429;
        throw { message: answer.message || parley.failureText(response.status), sure: sure };
      });
    }, function () { throw { message: words.noAnswer, sure: false }; }).finally(function () { window.clearTimeout(timer); });
  }

  function send() {
    if (!talk || talk.busy || pane.dataset.state === "opted_out" || pane.querySelector("[data-talk=send]").disabled) return;
    var here = talk;
    var box = at("reply");
    var text = box.value.trim();
    if (!text) {
      problem(words.nothing);
      box.focus();
      return;
    }
    problem("");
    here.busy = true;
    sending += 1;
    var draft = here.draft;
    draft.key = draft.key || newKey();
    var answers = here.panel.changes();
    var bubble = optimistic(text);
    box.value = "";
    box.blur();
    measure();
    post(here.send, { contact: here.contact, text: text, key: draft.key, answers: answers }).then(function () {
      drafts.delete(here.contact);
      here.draft = { text: "", answers: {}, key: null, mine: null, inserted: null };
      drafts.set(here.contact, here.draft);
      here.panel.commit();
      answered(here);
      // a conversation that the page's key to the stream does not name: see once what became of the text
      window.setTimeout(function () { tell(at("thread-part")); }, 3000);
    }, function (failure) {
      if (failure.sure) draft.key = null;
      bubble.remove();
      if (here === talk) {
        box.value = box.value.trim() ? text + "\n" + box.value : text;
        measure();
        problem(words.notSent + " " + failure.message);
      } else {
        draft.text = text;
        parley.toast(words.notSentElsewhere.replace("%s", here.name) + " " + failure.message, { level: "error" });
      }
      refresh();
    }).finally(function () {
      here.busy = false;
      sending -= 1;
    });
  }

  function optimistic(text) {
    var row = document.createElement("li");
    row.className = "bubble-row bubble-out talk-going";
    var bubble = document.createElement("div");
    bubble.className = "bubble";
    var line = document.createElement("p");
    line.className = "bubble-text";
    line.textContent = text;
    var meta = document.createElement("span");
    meta.className = "bubble-meta";
    meta.textContent = words.sending;
    bubble.append(line, meta);
    row.append(bubble);
    at("thread").append(row);
    at("talk-scroll").scrollTop = at("talk-scroll").scrollHeight;
    return row;
  }

  /* --- other verdicts on a conversation ---------------------------------------------------------------- */
  function setStatus(body, done) {
    if (!talk || talk.busy) return;
    var here = talk;
    here.busy = true;
    problem("");
    post(here.status, Object.assign({ answers: here.panel.changes() }, body)).then(function () {
      here.panel.commit();
      here.draft.answers = {};
      done(here);
    }, function (failure) { problem(failure.message); }).finally(function () { here.busy = false; });
  }

  function close() {
    if (!talk || pane.dataset.state === "opted_out") return;
    setStatus({ status: "closed" }, function (here) {
      parley.toast(words.closed, { level: "success" });
      answered(here);
    });
  }

  function optOut(confirmation) {
    if (!talk || talk.busy) return;
    var here = talk;
    here.busy = true;
    problem("");
    post(here.optOut, { confirmation: confirmation, answers: here.panel.changes() }).then(function () {
      at("opt-out-dialog").close();
      here.panel.commit();
      parley.toast(words.optedOut.replace("%s", here.name), { level: "success" });
      answered(here);
    }, function (failure) {
      at("opt-out-dialog").close();
      problem(failure.message);
    }).finally(function () { here.busy = false; });
  }

  function askOptOut() {
    if (talk && pane.dataset.state !== "opted_out") parley.openDialog("opt-out-dialog");
  }

  /* This one is dealt with: on to the next who needs a reply, or stay when nobody does. */
  function answered(here) {
    var row = rows().find(function (one) { return Number(one.dataset.contact) === here.contact; });
    if (row) {
      delete row.dataset.needs;
      row.classList.remove("talk-needs");
    }
    if (here !== talk) {
      refresh();
      return;
    }
    var waiting = rows().filter(function (one) { return one.dataset.needs !== undefined && one.dataset.open !== undefined; });
    if (waiting.length) {
      openRow(waiting[0]);
      refreshList();
      return;
    }
    talk.atEnd = true;
    refresh();
    parley.toast(words.allAnswered, { level: "success" });
  }

  /* --- moving about ------------------------------------------------------------------------------------ */
  function openRow(row, options) { return openAddress(row.getAttribute("href"), options); }

  function openAddress(address, options) {
    remember();
    return parley.request(address + (address.includes("?") ? "&" : "?") + "part=pane").then(function (response) {
      if (!response.ok) throw response.status;
      return response.text();
    }).then(function (html) {
      pane.innerHTML = html;
      screen.classList.add("talking-one");
      if (!options || !options.back) history.pushState({}, "", address);
      if (window.htmx) window.htmx.process(pane);
      parley.prepare(pane);
      begin();
      at("talk-name").focus({ preventScroll: true });
    }).catch(function (status) {
      parley.toast(parley.failureText(typeof status === "number" ? status : 0), { level: "error" });
    });
  }

  function toList() {
    remember();
    screen.classList.remove("talking-one");
    history.pushState({}, "", talkBox.dataset.listUrl);
    refreshList();
    var row = rows().find(function (one) { return talk && Number(one.dataset.contact) === talk.contact; });
    if (row) row.focus();
  }

  function step(by) {
    var all = rows();
    if (!all.length) return;
    var place = all.findIndex(function (one) { return talk && Number(one.dataset.contact) === talk.contact; });
    var next = all[place < 0 ? (by > 0 ? 0 : all.length - 1) : place + by];
    if (next) openRow(next);
  }

  function tell(element) { if (element && window.htmx) window.htmx.trigger(element, "live", { topics: [] }); }
  function refreshList() { tell(at("list-part")); }
  function refresh() {
    refreshList();
    tell(at("thread-part"));
  }

  /* --- the hand ---------------------------------------------------------------------------------------- */
  var ACTIONS = {
    send: send,
    close: close,
    reopen: function () { setStatus({ status: "needsResponse" }, function () { parley.toast(words.reopened, { level: "success" }); refresh(); }); },
    "opt-out": askOptOut,
    "opt-out-send": function () { optOut(at("opt-out-text").value); },
    "opt-out-silent": function () { optOut(""); },
    "likely-yes": function () { optOut(talk.confirmation); },
    "likely-no": function () { setStatus({ not_opt_out: true }, function () { refresh(); at("talk-name").focus(); }); },
    previous: function () { step(-1); },
    next: function () { step(1); },
    back: toList,
  };

  document.addEventListener("click", function (event) {
    var pressed = event.target.closest("[data-talk]");
    if (pressed) {
      event.preventDefault();
      ACTIONS[pressed.dataset.talk]();
      return;
    }
    var row = event.target.closest("#list-part a[data-contact]");
    if (row && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0) {
      event.preventDefault();
      openRow(row);
    }
    if (event.target.id === "reply-restore") {
      at("reply").value = talk.draft.mine;
      talk.draft.mine = null;
      measure();
      at("reply").focus();
    }
  });

  document.addEventListener("input", function (event) {
    if (event.target.id === "reply") {
      problem("");
      measure();
    }
  });

  document.addEventListener("keydown", function (event) {
    if (event.isComposing) return;
    var dialog = document.querySelector("dialog[open]");
    var control = event.ctrlKey || event.metaKey;
    if (control && !event.altKey && event.key === "Enter" && !event.repeat) {
      if (dialog && dialog.id === "opt-out-dialog") ACTIONS["opt-out-send"]();
      else if (!dialog) send();
      event.preventDefault();
      return;
    }
    if (dialog) return;
    if (control && !event.altKey) {
      var act = { y: close, Y: close, ".": ACTIONS.next, ">": ACTIONS.next, ",": ACTIONS.previous, "<": ACTIONS.previous }[event.key];
      if (!act) return;
      event.preventDefault();
      if (!event.repeat) act();
      return;
    }
    if (event.target.matches("input, textarea, select, [contenteditable]")) {
      if (event.key === "Escape" && event.target.id === "reply") at("talk-name").focus();
      return;
    }
    if (event.altKey || event.repeat) return;
    if (event.key === "?") parley.openDialog("keys-dialog");
    else if (!talk) return;
    else if (/^[1-9]$/.test(event.key)) talk.panel.choose(Number(event.key));
    else if (event.key.toLowerCase() === "r") at("reply").focus();
    else if (event.key.toLowerCase() === "y" && at("thread-part").dataset.likely !== undefined) ACTIONS["likely-yes"]();
    else if (event.key.toLowerCase() === "n" && at("thread-part").dataset.likely !== undefined) ACTIONS["likely-no"]();
    else return;
    event.preventDefault();
  });

  /* --- news -------------------------------------------------------------------------------------------- */
  document.addEventListener("htmx:beforeSwap", function (event) {
    if (event.detail.target.id !== "thread-part" || !talk) return;
    var scroller = at("talk-scroll");
    talk.atEnd = talk.atEnd || scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 80;
    talk.focused = event.detail.target.contains(document.activeElement);
    talk.going = talk.busy ? document.querySelector(".talk-going") : null;
  });
  document.addEventListener("parley:prepare", function (event) {
    if (event.detail.root.id === "thread-part") {
      if (talk && talk.going) at("thread").append(talk.going);
      readThread(false);
      if (talk) talk.atEnd = false;
      if (talk && talk.focused) at("thread").focus({ preventScroll: true });
    }
    if (event.detail.root.id === "list-part") mark();
  });
  window.addEventListener("popstate", function () {
    if (/\/conversations\/\d+\/$/.test(location.pathname)) openAddress(location.pathname, { back: true });
    else screen.classList.remove("talking-one");
  });
  window.addEventListener("beforeunload", function (event) { if (sending) event.preventDefault(); });
  window.setInterval(function () { if (talk) at("talk-clock").textContent = clock(talk.zones); }, 30000);

  begin();
  if (talk) at("talk-name").focus({ preventScroll: true });
})();
