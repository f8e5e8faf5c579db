/* Asking for texts: claims, then goes on to send them; a refusal is shown with its reason. */
(function () {
  "use strict";
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
