/* How many segments a text needs, and the preview that shows it.
   Lengths and alphabet: 3GPP TS 23.038 (GSM 7-bit default alphabet and extension table) and TS 23.040:
   160/153 septets, or 70/67 UTF-16 units as soon as one character is outside the alphabet. */
(function () {
  "use strict";
  var BASIC = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
  var EXTENDED = "^{}\\[~]|€\f";

  function units(text) {
    var total = 0;
    var strange = new Set();
    for (var character of text) {
      if (BASIC.includes(character)) total += 1;
      else if (EXTENDED.includes(character)) total += 2;
      else strange.add(character);
    }
    return { total: total, strange: Array.from(strange) };
  }

  /* A character of two units is never cut in half, so a segment may stay one short. */
  function pack(sizes, limit) {
    var segments = 1;
    var used = 0;
    sizes.forEach(function (size) {
      if (used + size > limit) { segments += 1; used = 0; }
      used += size;
    });
    return { segments: segments, left: limit - used };
  }

  function count(text) {
    if (!text) return { encoding: "GSM-7", segments: 0, left: 160, strange: [] };
    var gsm = units(text);
    var wide = gsm.strange.length > 0;
    var sizes = Array.from(text).map(function (character) {
      return wide ? character.length : EXTENDED.includes(character) ? 2 : 1;
    });
    var total = sizes.reduce(function (sum, size) { return sum + size; }, 0);
    var single = wide ? 70 : 160;
    var packed = total <= single ? { segments: 1, left: single - total } : pack(sizes, wide ? 67 : 153);
    return { encoding: wide ? "UCS-2" : "GSM-7", segments: packed.segments, left: packed.left, strange: gsm.strange };
  }

  function show(figure, text) {
    var counted = count(text);
    figure.querySelector("[data-segments-text]").textContent = text;
    figure.querySelector("[data-segments-count]").textContent =
      counted.segments === 1 ? parley.say("segmentOne") : parley.say("segmentMany", counted.segments);
    figure.querySelector("[data-segments-detail]").textContent = counted.strange.length
      ? parley.say("unicodeNote", counted.strange.slice(0, 5).join(" "))
      : parley.say("charactersLeft", counted.left);
  }

  var parley = window.parley;
  parley.countSegments = count;
  document.addEventListener("parley:prepare", function (event) {
    window.parley.find(event.detail.root, "[data-segments]:not([data-counted])").forEach(function (figure) {
      figure.dataset.counted = "";
      var field = figure.dataset.segmentsFor && document.getElementById(figure.dataset.segmentsFor);
      show(figure, field ? field.value : figure.querySelector("[data-segments-text]").textContent);
      if (field) field.addEventListener("input", function () { show(figure, field.value); });
    });
  });
})();
