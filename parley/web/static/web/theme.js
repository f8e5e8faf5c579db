/* Runs before the first paint: "auto" follows the device, a stored choice was written by the server.
   Kept small, because it holds up the page. */
(function () {
  "use strict";
  var root = document.documentElement;
  var dark = window.matchMedia("(prefers-color-scheme: dark)");

  function choice() {
    var stored = document.cookie.match(/(?:^|; )parley_theme=(light|dark|auto)/);
    return stored ? stored[1] : root.dataset.themeChoice || "auto";
  }

  function apply() {
    var chosen = choice();
    var scheme = chosen === "auto" ? (dark.matches ? "dark" : "light") : chosen;
    root.dataset.themeChoice = chosen;
    if (root.dataset.bsTheme !== scheme) {
      root.dataset.bsTheme = scheme;
      document.dispatchEvent(new CustomEvent("parley:theme", { detail: { scheme: scheme } }));
    }
  }

  apply();
  dark.addEventListener("change", apply);
  window.parleyTheme = {
    choose: function (chosen) {
      var secure = location.protocol === "https:" ? "; secure" : "";
      document.cookie = "parley_theme=" + chosen + "; path=/; max-age=31536000; samesite=lax" + secure;
      apply();
    },
    choice: choice,
  };
})();
