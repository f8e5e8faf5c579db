/* Live updates. The server says which topics changed; elements with data-live="topic other-topic" are
   told by the event "live" (hx-trigger="live"), scripts by "parley:changed" on document.
   Without a stream (proxy, old network, signed out) everything is refreshed every ten seconds.
   A hidden page rests; when it is looked at again it refreshes once. */
(function () {
  "use strict";
  var url = document.body.dataset.eventsUrl;
  var token = document.body.dataset.eventsToken;
  var POLL_EVERY = 10000;
  var LONGEST_WAIT = 60000;
  var source = null;
  var poller = null;
  var retry = null;
  var failures = 0;

  function tell(element, topics) {
    if (window.htmx) window.htmx.trigger(element, "live", { topics: topics });
    else element.dispatchEvent(new CustomEvent("live", { detail: { topics: topics } }));
  }

  function changed(topics) {
    topics.forEach(function (topic) {
      document.dispatchEvent(new CustomEvent("parley:changed", { detail: { topic: topic } }));
    });
    document.querySelectorAll("[data-live]").forEach(function (element) {
      var wanted = element.dataset.live.split(/\s+/);
      if (wanted.some(function (topic) { return topics.includes(topic); })) tell(element, topics);
    });
  }

  /* Something may have been missed: everything that listens looks for itself. */
  function resync() {
    document.dispatchEvent(new CustomEvent("parley:resync"));
    document.querySelectorAll("[data-live]").forEach(function (element) { tell(element, []); });
  }

  /* Data is a JSON list of topics, an object with topic or topics, or the bare topic. */
  function read(data) {
    try {
      var found = JSON.parse(data);
      if (Array.isArray(found)) return found;
      if (found && typeof found === "object") return found.topics || (found.topic ? [found.topic] : []);
      return [String(found)];
    } catch (_error) {
      return data ? [data] : [];
    }
  }

  function setState(state) {
    document.body.dataset.liveState = state;
    document.dispatchEvent(new CustomEvent("parley:live", { detail: { state: state } }));
  }

  function poll() {
    if (poller) return;
    setState("polling");
    poller = window.setInterval(resync, POLL_EVERY);
  }

  function stopPolling() {
    window.clearInterval(poller);
    poller = null;
  }

  function disconnect() {
    window.clearTimeout(retry);
    if (source) source.close();
    source = null;
  }

  function connect() {
    disconnect();
    if (!url || !window.EventSource) {
      poll();
      return;
    }
    var address = new URL(url, location.href);
    address.searchParams.set("token", token || "");
    source = new EventSource(address);
    source.addEventListener("open", function () {
      var missedSome = failures > 0;
      failures = 0;
      stopPolling();
      setState("live");
      if (missedSome) resync();
    });
    ["message", "changed"].forEach(function (name) {
      source.addEventListener(name, function (event) { changed(read(event.data)); });
    });
    source.addEventListener("resync", resync);
    // the page has been open longer than its key lasts: go on without the stream rather than reload under someone's hands
    source.addEventListener("expired", function () {
      disconnect();
      url = "";
      poll();
    });
    source.addEventListener("error", function () {
      failures += 1;
      if (failures >= 2) poll();
      // the browser reconnects by itself unless it was refused; we space our own attempts out
      disconnect();
      retry = window.setTimeout(connect, Math.min(LONGEST_WAIT, 1000 * Math.pow(2, failures)) * (0.75 + Math.random() / 2));
    });
  }

  function start() {
    if (!document.hidden) connect();
  }

  document.addEventListener("visibilitychange", function () {
    if (document.hidden) {
      disconnect();
      stopPolling();
      setState("resting");
    } else {
      connect();
      resync();
    }
  });
  window.addEventListener("online", function () {
    if (!document.hidden) { connect(); resync(); }
  });
  window.addEventListener("pagehide", disconnect);
  window.addEventListener("pageshow", function (event) { if (event.persisted) { start(); resync(); } });
  window.parley.resync = resync;
  // without a stream a page needs polling only where something listens
  if (url || document.querySelector("[data-live]")) start();
})();
