/* Dialogs: opening, closing, asking before something that cannot be undone. Native <dialog> traps the
   focus and gives it back by itself. */
(function () {
  "use strict";
  var parley = window.parley;

  function open(dialog) {
    if (dialog && !dialog.open) dialog.showModal();
  }

  document.addEventListener("click", function (event) {
    var opener = event.target.closest("[data-dialog-open]");
    if (opener) {
      event.preventDefault();
      open(document.getElementById(opener.dataset.dialogOpen));
      return;
    }
    var closer = event.target.closest("[data-dialog-close]");
    if (closer) {
      closer.closest("dialog").close();
      return;
    }
    // a click on the darkened page beside the dialog
    if (event.target instanceof HTMLDialogElement && event.target.dataset.keep === undefined) event.target.close();
  });

  /* Content that htmx puts into #page-dialog-content opens the page's dialog; when empty, it closes. */
  document.addEventListener("htmx:afterSwap", function (event) {
    if (event.detail.target.id !== "page-dialog-content") return;
    var dialog = document.getElementById("page-dialog");
    var heading = event.detail.target.querySelector("h1, h2");
    if (heading) {
      heading.id = heading.id || "page-dialog-title";
      dialog.setAttribute("aria-labelledby", heading.id);
    }
    if (event.detail.target.children.length) open(dialog);
    else dialog.close();
  });
  document.addEventListener("parley:close-dialog", function () {
    document.querySelectorAll("dialog[open]").forEach(function (dialog) { dialog.close(); });
  });

  function button(className, text, value) {
    var made = document.createElement("button");
    made.className = className;
    made.value = value;
    made.textContent = text;
    return made;
  }

  /* Resolves to true or false. `danger` paints the button that goes on. */
  function confirm(options) {
    return new Promise(function (resolve) {
      var dialog = document.createElement("dialog");
      dialog.className = "dialog dialog-narrow";
      dialog.setAttribute("aria-labelledby", "confirm-title");
      dialog.setAttribute("aria-describedby", "confirm-text");
      var form = document.createElement("form");
      form.method = "dialog";
      form.className = "dialog-body";
      var title = document.createElement("h2");
      title.id = "confirm-title";
      title.textContent = options.title || parley.say("confirmTitle");
      var text = document.createElement("p");
      text.id = "confirm-text";
      text.textContent = options.text || "";
      var actions = document.createElement("div");
      actions.className = "dialog-actions";
      var cancel = button("btn btn-outline-secondary", parley.say("cancel"), "no");
      var go = button("btn " + (options.danger ? "btn-danger" : "btn-primary"), options.action || parley.say("confirm"), "yes");
      if (options.danger) cancel.autofocus = true;
      else go.autofocus = true;
      actions.append(cancel, go);
      form.append(title, text, actions);
      dialog.append(form);
      document.body.append(dialog);
      dialog.addEventListener("close", function () {
        resolve(dialog.returnValue === "yes");
        dialog.remove();
      });
      dialog.showModal();
    });
  }

  function question(element) {
    return {
      text: element.dataset.confirm,
      title: element.dataset.confirmTitle,
      action: element.dataset.confirmAction,
      danger: element.dataset.confirmDanger !== undefined,
    };
  }

  /* htmx asks us instead of the browser: hx-confirm="..." or data-confirm="..." on the element. */
  document.addEventListener("htmx:confirm", function (event) {
    var cause = event.detail.triggeringEvent;
    var pressed = cause && cause.submitter;
    var element = pressed && pressed.dataset.confirm ? pressed : event.detail.elt;
    var text = event.detail.question || element.dataset.confirm;
    if (!text) return;
    event.preventDefault();
    confirm(Object.assign(question(element), { text: text })).then(function (yes) {
      if (yes) event.detail.issueRequest(true);
    });
  });

  /* Plain forms and links; a button that sends nothing by itself reports "parley:confirmed". */
  document.addEventListener("submit", function (event) {
    var submitter = event.submitter;
    var asking = submitter && submitter.dataset.confirm ? submitter : event.target;
    if (!asking.dataset.confirm || asking.dataset.confirmed || isHtmx(event.target)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    confirm(question(asking)).then(function (yes) {
      if (!yes) return;
      asking.dataset.confirmed = "1";
      event.target.requestSubmit(submitter || undefined);
      delete asking.dataset.confirmed;
    });
  }, true);
  document.addEventListener("click", function (event) {
    var asked = event.target.closest("a[data-confirm], button[type=button][data-confirm]");
    if (!asked || isHtmx(asked)) return;
    event.preventDefault();
    confirm(question(asked)).then(function (yes) {
      if (!yes) return;
      if (asked.href) location.assign(asked.href);
      else asked.dispatchEvent(new CustomEvent("parley:confirmed", { bubbles: true }));
    });
  });

  function isHtmx(element) {
    return ["get", "post", "put", "patch", "delete"].some(function (verb) { return element.hasAttribute("hx-" + verb); });
  }

  parley.confirm = confirm;
  parley.openDialog = function (id) { open(document.getElementById(id)); };
})();
