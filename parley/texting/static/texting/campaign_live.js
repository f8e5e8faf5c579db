/* The live campaign page: news arrives in bursts, the page asks at most once in data-live-every
   milliseconds, and always once after the last news. Figures that were counted a while ago carry
   data-live-again (seconds): they ask once more when they may be counted anew. */
(function () {
  "use strict";
  var asked = new Map();
  var planned = new Map();

  function ask(id) {
    window.clearTimeout(planned.get(id));
    planned.delete(id);
    var element = document.getElementById(id);
    if (!element || document.hidden) return;
    // someone who reads a table or chooses something in it is not disturbed
    if (element.contains(document.activeElement) && document.activeElement !== element) {
      plan(id, 2000);
      return;
    }
    asked.set(id, Date.now());
    window.htmx.trigger(element, "refresh");
  }

  function plan(id, wait) {
    if (planned.has(id)) return;
    planned.set(id, window.setTimeout(function () { ask(id); }, wait));
  }

  document.addEventListener("live", function (event) {
    var element = event.target;
    var every = Number(element.dataset && element.dataset.liveEvery);
    if (!every) return;
    plan(element.id, Math.max(0, (asked.get(element.id) || 0) + every - Date.now()));
  });

  document.addEventListener("parley:prepare", function (event) {
    window.parley.find(event.detail.root, "[data-live-again]").forEach(function (element) {
      var wait = Number(element.dataset.liveAgain) * 1000;
      window.setTimeout(function () { if (document.contains(element)) plan(element.id, 0); }, wait);
    });
    // a table that someone has opened stays open when the figures change
    window.parley.find(event.detail.root, "details.chart-table").forEach(function (table) {
      var figure = table.closest("figure");
      var name = figure && figure.querySelector("canvas") && figure.querySelector("canvas").dataset.chart;
      if (!name) return;
      table.open = opened.has(name);
      table.addEventListener("toggle", function () {
        if (table.open) opened.add(name);
        else opened.delete(name);
      });
    });
  });
  var opened = new Set();
})();
