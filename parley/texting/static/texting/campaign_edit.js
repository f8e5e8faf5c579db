/* Editor pages: on a phone the strip of sections shows the current one; whoever leaves with something unsaved is asked first. A form says so with data-guard,
   and data-changed when it arrived changed. */
(function () {
  "use strict";
  var changed = false;

  function guarded(element) {
    return element && element.closest && element.closest("form[data-guard]");
  }

  ["input", "change"].forEach(function (name) {
    document.addEventListener(name, function (event) { if (guarded(event.target)) changed = true; });
  });
  document.addEventListener("parley:prepare", function (event) {
    if (window.parley.find(event.detail.root, "form[data-guard][data-changed]").length) changed = true;
    if (window.parley.find(event.detail.root, "form[data-guard] .is-invalid").length) changed = true;
  });
  document.addEventListener("DOMContentLoaded", function () {
    var strip = document.querySelector(".campaign-sections");
    var here = strip && strip.querySelector("[aria-current]");
    if (here) strip.scrollLeft = here.getBoundingClientRect().left - strip.getBoundingClientRect().left - 24;
  });
  document.addEventListener("submit", function (event) { if (guarded(event.target)) changed = false; });
  window.addEventListener("beforeunload", function (event) {
    if (changed) event.preventDefault();
  });
})();
