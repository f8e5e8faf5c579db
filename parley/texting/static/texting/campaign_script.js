/* The script editor: variables are inserted where the cursor stands, and each text shows beneath it how the
   sample contact gets it, with its segments and the variables that nobody knows. The server does the same
   when it saves; values come from #script-values (every spelling of every variable). */
(function () {
  "use strict";
  var TOKEN = /\{([^{}\r\n]{1,200})\}/g;
  /* punctuation that saving makes plain; the server's list is longer */
  var PLAIN = [[/[\u2018\u2019\u201a\u201b]/g, "'"], [/[\u201c\u201d\u201e\u00ab\u00bb]/g, "\""], [/[\u2010-\u2015]/g, "-"], [/\u2026/g, "..."], [/[\u00a0\u2009\u202f]/g, " "], [/[\u200b\u2060\ufeff]/g, ""]];
  var values = {};

  function load() {
    var script = document.getElementById("script-values");
    if (script) values = JSON.parse(script.textContent);
  }

  function plain(text) {
    return PLAIN.reduce(function (made, pair) { return made.replace(pair[0], pair[1]); }, text);
  }

  function show(area) {
    var box = document.querySelector('[data-preview-of="' + area.id + '"]');
    if (!box) return;
    var unknown = [];
    var text = plain(area.value).replace(TOKEN, function (whole, name) {
      name = name.trim();
      if (Object.prototype.hasOwnProperty.call(values, name)) return values[name];
      if (!unknown.includes(whole)) unknown.push(whole);
      return whole;
    });
    var counted = window.parley.countSegments(text);
    box.hidden = !area.value.trim();
    box.querySelector("[data-preview-text]").textContent = text;
    box.querySelector("[data-preview-count]").textContent =
      counted.segments === 1 ? window.parley.say("segmentOne") : window.parley.say("segmentMany", counted.segments);
    box.querySelector("[data-preview-detail]").textContent = counted.strange.length
      ? window.parley.say("unicodeNote", counted.strange.slice(0, 5).join(" "))
      : window.parley.say("charactersLeft", counted.left);
    var problem = unknown.length ? area.form.dataset.unknown.replace("%s", unknown.join(", ")) : "";
    var line = box.querySelector("[data-preview-problem]");
    if (line.textContent !== problem) line.textContent = problem;
    grow(area);
  }

  /* The field is as high as its text. */
  function grow(area) {
    var lines = Math.max(area.value.split("\n").length, Math.ceil(area.value.length / Math.max(24, area.clientWidth / 10)));
    area.rows = Math.min(14, Math.max(area.closest(".script-level-1 > .script-body") ? 5 : 3, lines + 1));
  }

  document.addEventListener("input", function (event) {
    if (event.target.matches("textarea[data-script]")) show(event.target);
  });
  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-insert]");
    if (!button) return;
    var area = document.getElementById(button.dataset.insertInto);
    button.closest("details").open = false;
    area.focus();
    area.setRangeText(button.dataset.insert, area.selectionStart, area.selectionEnd, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  });
  document.addEventListener("parley:prepare", function (event) {
    load();
    window.parley.find(event.detail.root, "textarea[data-script]").forEach(show);
  });
})();
