/* What the texter's pages share: news missed at the start, times by the device's clock, and asking for texts
   (claims, then goes on to send them; a refusal is shown with its reason). */
(function () {
  "use strict";
  /* What happened between the making of the page and the opening of its stream was not announced to it. */
  var caughtUp = false;
  function catchUp() {
    if (caughtUp || document.body.dataset.liveState !== "live") return;
    caughtUp = true;
    window.parley.resync();
  }
  document.addEventListener("parley:live", catchUp);
  catchUp();

  /* Who has chosen no time zone reads times as their own clock tells them. */
  var language = document.documentElement.lang;
  var TIME = new Intl.DateTimeFormat(language, { hour: "numeric", minute: "2-digit" });
  var WEEKDAY = new Intl.DateTimeFormat(language, { weekday: "long", hour: "numeric", minute: "2-digit" });
  var SHORT = new Intl.DateTimeFormat(language, { day: "numeric", month: "short" });
  var DAY = new Intl.DateTimeFormat(language, { dateStyle: "long" });

  function byTheClock(root) {
    window.parley.find(root, "time[datetime]").forEach(function (element) {
      if (!element.closest("[data-device-clock]")) return;
      var at = new Date(element.dateTime);
      var today = DAY.format(at) === DAY.format(new Date());
      var format = element.dataset.clock === "weekday" ? WEEKDAY : element.matches(".talk-when") && !today ? SHORT : TIME;
      element.textContent = format.format(at);
    });
    window.parley.find(root, "ol.thread").forEach(function (thread) {
      if (!thread.closest("[data-device-clock]")) return;
      thread.querySelectorAll(".day-line").forEach(function (line) { line.remove(); });
      var day = "";
      thread.querySelectorAll(".bubble-row").forEach(function (row) {
        var time = row.querySelector("time");
        if (!time || DAY.format(new Date(time.dateTime)) === day) return;
        day = DAY.format(new Date(time.dateTime));
        var line = document.createElement("li");
        line.className = "day-line";
        line.textContent = day;
        row.before(line);
      });
    });
  }
  document.addEventListener("parley:prepare", function (event) { byTheClock(event.detail.root); });

  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-ask]");
    if (!button || button.disabled) return;
    var place = button.closest(".work-actions, .card, main");
    var answer = place && place.querySelector(".ask-answer");
    button.disabled = true;
    window.parley.request(button.dataset.ask, { json: {} }).then(
      function (response) {
        if (response.ok) {
          location.assign(button.dataset.askNext);
          return null;
        }
        return response.json().then(
          function (body) { refuse(body.message || window.parley.failureText(response.status)); },
          function () { refuse(window.parley.failureText(response.status)); }
        );
      },
      function () { refuse(window.parley.failureText(0)); }
    );

    function refuse(text) {
      button.disabled = false;
      if (!answer) {
        window.parley.toast(text, { level: "warning" });
        return;
      }
      answer.textContent = text;
      answer.hidden = false;
    }
  });
})();
