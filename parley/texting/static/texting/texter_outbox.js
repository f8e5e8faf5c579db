/* Texts on their way from this page: posted in order, at most four at once, tried again until the server
   has answered. The server takes each only once, however often it is asked.

   parley.outbox({url, changed, sent, refused, stopped}) -> {add, waiting, trouble, retry}
     add({contact, text, order})     post it when it is its turn
     waiting()                       the contacts of whom nothing is known yet, in order
     trouble()                       the last attempt found no server
     retry()                         try now rather than after the pause
   refused(item, body): this text will not go out, the others go on.
   stopped(body, keeps): none will. `keeps`: they may go out later (signed out), else the campaign took them back. */
(function () {
  "use strict";
  var MOST = 4;
  var PATIENCE = 20000;
  var LONGEST_PAUSE = 15000;
  /* The text is out already, from another tab or an answer that was lost. */
  var KNOWN = ["already_texted"];
  /* Whatever is asked next would be answered in the same way. */
  var ENDS = ["campaign_closed", "campaign_archived", "campaign_closed_for_initials", "campaign_not_started", "suspended", "not_found", "not_yours", "channel_missing"];

  window.parley.outbox = function (options) {
    var queue = [];
    var flying = [];
    var failures = 0;
    var timer = null;
    var ended = false;

    function add(item) {
      queue.push(item);
      pump();
    }

    function pump() {
      var most = failures ? 1 : MOST;
      while (!ended && !timer && queue.length && flying.length < most) fly(queue.shift());
      options.changed();
    }

    function fly(item) {
      flying.push(item);
      var patience = new AbortController();
      var clock = window.setTimeout(function () { patience.abort(); }, PATIENCE);
      window.parley
        .request(options.url, { json: { contact: item.contact, text: item.text }, signal: patience.signal })
        .then(function (response) {
          return response.json().then(
            function (body) { return { status: response.status, body: body }; },
            function () { return { status: response.status, body: null }; }
          );
        })
        .then(
          function (answer) { settle(item, answer.status, answer.body); },
          function () { again(item); }
        )
        .finally(function () { window.clearTimeout(clock); });
    }

    function settle(item, status, body) {
      if (status >= 500 || status === 429 || status === 408 || (status < 400 && !body)) {
        again(item);
        return;
      }
      land(item);
      failures = 0;
      if (status < 400) options.sent(item, body);
      else if (status === 401) end(item, body || {}, true);
      else if (!body) end(item, { reload: true }, true);
      else if (KNOWN.includes(body.verdict)) options.sent(item, body);
      else if (ENDS.includes(body.verdict)) end(item, body, false);
      else options.refused(item, body);
      pump();
    }

    function land(item) { flying = flying.filter(function (one) { return one !== item; }); }

    function putBack(item) {
      queue.push(item);
      queue.sort(function (one, other) { return one.order - other.order; });
    }

    function again(item) {
      land(item);
      putBack(item);
      failures += 1;
      if (!timer) timer = window.setTimeout(retry, Math.min(LONGEST_PAUSE, 500 * Math.pow(2, Math.min(failures, 6))) * (0.75 + Math.random() / 2));
      options.changed();
    }

    function end(item, body, keeps) {
      putBack(item);
      if (ended) return;
      ended = true;
      options.stopped(body, keeps);
    }

    function retry() {
      window.clearTimeout(timer);
      timer = null;
      pump();
    }

    window.addEventListener("online", retry);
    return {
      add: add,
      retry: retry,
      trouble: function () { return failures > 0 && !ended; },
      waiting: function () {
        return flying.concat(queue).sort(function (one, other) { return one.order - other.order; }).map(function (item) { return item.contact; });
      },
    };
  };
})();
