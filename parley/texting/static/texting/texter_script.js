/* The script beside a conversation: the question that is open, its answers as buttons, and what each answer
   makes us say. Answers are remembered here until a text, a skip or an opt-out saves them.

   parley.scriptPanel({root, steps, saved, pending, words, say}) -> {choose(n), changes(), commit(), pending()}
   say(script, answer): the text that the chosen answer brings ("" when it was taken back). */
(function () {
  "use strict";

  function element(tag, className, text) {
    var made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  window.parley.scriptPanel = function (options) {
    var steps = options.steps;
    var saved = Object.assign({}, options.saved);
    var chosen = Object.assign({}, saved, options.pending || {});
    var reopened = null; // a saved answer that is being changed

    function children(step) { return steps.filter(function (one) { return one.parent === step.id; }); }
    function child(step) { return children(step).find(function (one) { return one.answer === chosen[step.id]; }); }
    function isPending(step) { return (chosen[step.id] || null) !== (saved[step.id] || null); }

    /* From the root along the answers: every question that has come up. */
    function path() {
      var found = [];
      var step = steps.find(function (one) { return one.parent === null; });
      while (step) {
        if (step.question && children(step).length) found.push(step);
        step = chosen[step.id] ? child(step) : null;
      }
      return found;
    }

    function forgetBelow(step) {
      children(step).forEach(function (one) {
        delete chosen[one.id];
        forgetBelow(one);
      });
    }

    function answer(step, next) {
      var again = chosen[step.id] === next.answer;
      forgetBelow(step);
      if (again && isPending(step)) {
        if (saved[step.id]) chosen[step.id] = saved[step.id];
        else delete chosen[step.id];
        options.say("", null);
      } else {
        chosen[step.id] = next.answer;
        options.say(next.script, next.answer);
      }
      draw(step.id, next.answer);
    }

    /* The question that number keys answer: the one that is being answered, else the first open one. */
    function current(asked) {
      return asked.find(function (step) { return step.id === reopened; })
        || asked.find(function (step) { return isPending(step); })
        || asked.find(function (step) { return !chosen[step.id]; }) || null;
    }

    function chips(step, numbered) {
      var row = element("div", "answer-row talk-answers");
      row.setAttribute("role", "group");
      row.setAttribute("aria-labelledby", "question-" + step.id);
      children(step).forEach(function (next, place) {
        var chip = element("button", "answer-chip");
        chip.type = "button";
        chip.dataset.answer = next.answer;
        chip.setAttribute("aria-pressed", String(chosen[step.id] === next.answer));
        if (numbered && place < 9) {
          var key = element("span", "answer-key", String(place + 1));
          key.setAttribute("aria-hidden", "true");
          chip.append(key, " ");
          chip.setAttribute("aria-keyshortcuts", String(place + 1));
        }
        chip.append(next.answer);
        chip.addEventListener("click", function () { answer(step, next); });
        row.append(chip);
      });
      return row;
    }

    function draw(focusStep, focusAnswer) {
      var asked = path();
      var now = current(asked);
      var hadFocus = options.root.contains(document.activeElement);
      options.root.replaceChildren();
      var before = asked.filter(function (step) { return step !== now && chosen[step.id] && !isPending(step); });
      if (before.length) {
        var list = element("ul", "talk-answered");
        list.setAttribute("aria-label", options.words.previousAnswers);
        before.forEach(function (step) {
          var line = element("li");
          var change = element("button", "btn btn-link", options.words.change);
          change.type = "button";
          change.setAttribute("aria-label", options.words.change + ": " + step.question);
          change.addEventListener("click", function () { reopened = step.id; draw(step.id, chosen[step.id]); });
          line.append(element("span", "", step.question), " ", element("strong", "", chosen[step.id]), change);
          list.append(line);
        });
        options.root.append(list);
      }
      if (now) ask(now, true, now.question);
      asked.filter(function (step) { return step !== now && !before.includes(step); }).forEach(function (step) {
        ask(step, false, options.words.also + " " + step.question);
      });
      if (hadFocus && focusStep) {
        var again = Array.from(options.root.querySelectorAll("#ask-" + focusStep + " .answer-chip")).find(function (chip) { return chip.dataset.answer === focusAnswer; });
        if (again) again.focus();
      }
    }

    function ask(step, numbered, text) {
      var box = element("div", "talk-question");
      box.id = "ask-" + step.id;
      var label = element("p", "", text);
      label.id = "question-" + step.id;
      if (numbered && isPending(step)) label.append(" ", element("small", "", options.words.notSaved));
      box.append(label, chips(step, numbered));
      options.root.append(box);
    }

    draw();
    return {
      choose: function (number) {
        var now = current(path());
        var next = now && children(now)[number - 1];
        if (next) answer(now, next);
        return Boolean(next);
      },
      /* [{step, value}], value "" takes an answer back */
      changes: function () {
        return steps.filter(isPending).map(function (step) { return { step: step.id, value: chosen[step.id] || "" }; });
      },
      pending: function () {
        var found = {};
        steps.filter(isPending).forEach(function (step) { found[step.id] = chosen[step.id] || ""; });
        return found;
      },
      commit: function () {
        saved = Object.assign({}, chosen);
        reopened = null;
        draw();
      },
    };
  };
})();
