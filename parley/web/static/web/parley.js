/* The page's own behaviour: notices, requests and their failures, theme switch, menus, tables, small
   conveniences. Everything hangs on data attributes; docs/design-system.md lists them. */
(function () {
  "use strict";
  var strings = {};
  try {
    strings = JSON.parse(document.getElementById("parley-strings").textContent);
  } catch (_error) {
    strings = {};
  }

  function say(key, value) {
    var text = strings[key] || key;
    return value === undefined ? text : text.replace("%s", value);
  }

  /* --- notices ----------------------------------------------------------------------------------- */
  var ICONS = { success: "check-circle-fill", warning: "exclamation-triangle-fill", error: "exclamation-octagon-fill", info: "info-circle-fill" };

  function make(tag, className, text) {
    var element = document.createElement(tag);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  }

  function dismiss(note) {
    note.classList.add("leaving");
    window.setTimeout(function () { note.remove(); }, 200);
  }

  /* Errors and warnings stay until they are closed; the rest leaves after eight seconds unless someone is at it. */
  function watch(note) {
    if (note.dataset.watched) return;
    note.dataset.watched = "1";
    if (note.classList.contains("toast-error") || note.classList.contains("toast-warning")) return;
    var timer;
    function start() { timer = window.setTimeout(function () { dismiss(note); }, 8000); }
    function stop() { window.clearTimeout(timer); }
    note.addEventListener("mouseenter", stop);
    note.addEventListener("focusin", stop);
    note.addEventListener("mouseleave", start);
    note.addEventListener("focusout", start);
    start();
  }

  /* An open dialog makes the page behind it unreachable, so notices move into it while it is open. */
  function bringForward(region) {
    var open = Array.from(document.querySelectorAll("dialog[open]")).pop();
    var place = open || document.body;
    if (region.parentElement !== place) place.append(region);
  }
  document.addEventListener("close", function (event) {
    var region = document.getElementById("toasts");
    if (region && event.target.contains(region)) document.body.append(region);
  }, true);

  function toast(text, options) {
    var level = (options && options.level) || "info";
    var region = document.getElementById("toasts");
    if (!region) return null;
    var twin = Array.from(region.children).find(function (note) { return note.dataset.text === text; });
    if (twin) twin.remove();
    bringForward(region);
    var note = make("div", "toast-note toast-" + level);
    note.dataset.toast = "";
    note.dataset.text = text;
    var icon = make("i", "bi bi-" + (ICONS[level] || ICONS.info));
    icon.setAttribute("aria-hidden", "true");
    var close = make("button", "icon-button");
    close.type = "button";
    close.dataset.toastClose = "";
    close.setAttribute("aria-label", say("close"));
    var cross = make("i", "bi bi-x-lg");
    cross.setAttribute("aria-hidden", "true");
    close.append(cross);
    note.append(icon, make("p", "", text), close);
    region.append(note);
    watch(note);
    return note;
  }

  /* --- requests ---------------------------------------------------------------------------------- */
  function csrf() { return document.body.dataset.csrf || ""; }

  function failureText(status) {
    if (!status) return say(navigator.onLine ? "errorNetwork" : "offline");
    if (status === 401) return say("errorSignedOut");
    if (status === 403) return say("errorForbidden");
    if (status === 404 || status === 410) return say("errorMissing");
    if (status === 409) return say("errorConflict");
    if (status === 413) return say("errorTooLarge");
    if (status === 429) return say("errorBusy");
    return say("errorServer");
  }

  /* fetch() to our own server with the CSRF token; the caller decides what a failure means. */
  function request(url, options) {
    var settings = Object.assign({ credentials: "same-origin" }, options);
    settings.headers = new Headers(settings.headers || {});
    if (new URL(url, location.href).origin === location.origin) settings.headers.set("X-CSRFToken", csrf());
    if (settings.json !== undefined) {
      settings.method = settings.method || "POST";
      settings.headers.set("Content-Type", "application/json");
      settings.body = JSON.stringify(settings.json);
      delete settings.json;
    }
    return window.fetch(url, settings);
  }

  document.addEventListener("htmx:configRequest", function (event) {
    if (event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = csrf();
  });
  /* A failed background refresh is not worth a notice: live.js and the next one will mend it. */
  function quiet(event) {
    var element = event.detail.elt;
    var cause = event.detail.requestConfig && event.detail.requestConfig.triggeringEvent;
    var repeats = (element.getAttribute("hx-trigger") || "").includes("every ");
    return Boolean(element.closest("[data-quiet]")) || Boolean(cause && cause.type === "live") || (!cause && repeats);
  }
  document.addEventListener("htmx:responseError", function (event) {
    if (!quiet(event) || event.detail.xhr.status === 401) toast(failureText(event.detail.xhr.status), { level: "error" });
  });
  ["htmx:sendError", "htmx:timeout"].forEach(function (name) {
    document.addEventListener(name, function (event) {
      if (!quiet(event)) toast(failureText(0), { level: "error" });
    });
  });
  /* Views speak through HX-Trigger: {"parley:toast": {"text": "...", "level": "success"}} */
  document.addEventListener("parley:toast", function (event) {
    toast(event.detail.text || event.detail.value || "", { level: event.detail.level });
  });

  /* --- connection -------------------------------------------------------------------------------- */
  function showConnection() {
    var line = document.getElementById("connection");
    if (!line) return;
    line.hidden = navigator.onLine;
    line.textContent = navigator.onLine ? "" : say("offline");
    document.body.toggleAttribute("data-offline", !navigator.onLine);
  }
  window.addEventListener("offline", showConnection);
  window.addEventListener("online", function () {
    showConnection();
    toast(say("online"), { level: "success" });
  });

  /* A search field of a filter bar has been heard on each keystroke; leaving it is no news. */
  document.addEventListener("change", function (event) {
    if (event.target.matches(".filter-bar input[type=search]")) event.stopPropagation();
  }, true);

  /* --- theme switch ------------------------------------------------------------------------------ */
  function showTheme() {
    document.querySelectorAll("[data-theme-set]").forEach(function (button) {
      button.setAttribute("aria-pressed", String(button.dataset.themeSet === window.parleyTheme.choice()));
    });
  }

  /* The elements of a part of the page that match, the part itself among them. */
  function find(root, selector) {
    var found = Array.from(root.querySelectorAll(selector));
    return root.matches && root.matches(selector) ? [root].concat(found) : found;
  }

  /* --- tables: each cell knows its column, so that rows can become cards on a phone ----------------- */
  function labelTables(root) {
    var tables = new Set(find(root, "table.table-stack"));
    if (root.closest && root.closest("table.table-stack")) tables.add(root.closest("table.table-stack"));
    tables.forEach(function (table) {
      table.setAttribute("role", "table");
      table.querySelectorAll("thead, tbody, tfoot").forEach(function (group) { group.setAttribute("role", "rowgroup"); });
      table.querySelectorAll("tr").forEach(function (row) { row.setAttribute("role", "row"); });
      var headings = Array.from(table.querySelectorAll("thead th")).map(function (cell) {
        cell.setAttribute("role", "columnheader");
        return cell.textContent.trim();
      });
      table.querySelectorAll("tbody tr").forEach(function (row) {
        Array.from(row.children).forEach(function (cell, position) {
          cell.setAttribute("role", cell.tagName === "TH" ? "rowheader" : "cell");
          if (cell.dataset.label === undefined) cell.dataset.label = headings[position] || "";
        });
      });
    });
  }

  /* --- fields ------------------------------------------------------------------------------------ */
  function dressFields(root) {
    find(root, "input[type=password]:not([data-dressed])").forEach(function (input) {
      input.dataset.dressed = "";
      var wrap = make("div", "password-wrap");
      var button = make("button", "password-show", say("showPassword"));
      button.type = "button";
      button.setAttribute("aria-label", say("showPasswordLabel"));
      button.setAttribute("aria-pressed", "false");
      input.before(wrap);
      wrap.append(input, button);
      button.addEventListener("click", function () {
        var shown = input.type === "text";
        input.type = shown ? "password" : "text";
        button.textContent = say(shown ? "showPassword" : "hidePassword");
        button.setAttribute("aria-pressed", String(!shown));
      });
    });
  }

  function scrollThreads(root) {
    find(root, "[data-thread]").forEach(function (thread) {
      var scroller = thread.closest(".texter-main") || thread;
      scroller.scrollTop = scroller.scrollHeight;
    });
  }

  /* Prepares what has just come onto the page; htmx calls it for every part that it swaps in. */
  function prepare(root) {
    labelTables(root);
    dressFields(root);
    scrollThreads(root);
    find(root, "[data-toast]").forEach(watch);
    find(root, "[data-autofocus]").forEach(function (element) { element.focus(); });
    showTheme();
    document.dispatchEvent(new CustomEvent("parley:prepare", { detail: { root: root } }));
  }

  function copy(button) {
    var label = button.querySelector("span") || button;
    var before = label.textContent;
    navigator.clipboard.writeText(button.dataset.copy).then(
      function () {
        label.textContent = say("copied");
        button.classList.add("copied");
        toast(say("copied"), { level: "success" });
        window.setTimeout(function () { label.textContent = before; button.classList.remove("copied"); }, 2000);
      },
      function () { toast(say("copyFailed"), { level: "error" }); }
    );
  }

  document.addEventListener("click", function (event) {
    var target = event.target.closest("[data-toast-close], [data-theme-set], [data-copy]");
    document.querySelectorAll("details[data-menu][open]").forEach(function (menu) {
      if (!menu.contains(event.target)) menu.open = false;
    });
    if (!target) return;
    if (target.dataset.toastClose !== undefined) dismiss(target.closest("[data-toast]"));
    if (target.dataset.themeSet) { window.parleyTheme.choose(target.dataset.themeSet); showTheme(); }
    if (target.dataset.copy !== undefined) {
      if (navigator.clipboard) copy(target);
      else toast(say("copyFailed"), { level: "error" });
    }
  });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") return;
    document.querySelectorAll("details[data-menu][open]").forEach(function (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  });

  window.parley = { toast: toast, request: request, say: say, prepare: prepare, find: find, failureText: failureText, csrf: csrf };
  showConnection();
  document.addEventListener("htmx:load", function (event) {
    if (event.detail.elt !== document.body) prepare(event.detail.elt);
  });
  document.addEventListener("DOMContentLoaded", function () { prepare(document); });
})();
