/* Draws every <canvas data-chart="id of its JSON">. Colours come from the token sheet, and follow the theme. */
(function () {
  "use strict";
  var drawn = new Map();

  function token(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }

  function palette() {
    return [1, 2, 3, 4, 5, 6].map(function (number) { return token("--chart-" + number); });
  }

  function settings(chart) {
    var colours = palette();
    var round = chart.kind === "doughnut";
    var line = chart.kind === "line" || chart.kind === "area";
    var still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    var datasets = chart.series.map(function (series, position) {
      var colour = colours[position % colours.length];
      return {
        label: series.name,
        data: series.values,
        backgroundColor: round ? series.values.map(function (_value, part) { return colours[part % colours.length]; }) : chart.kind === "area" ? colour + "33" : colour,
        borderColor: round ? token("--surface") : colour,
        borderWidth: round ? 3 : line ? 2.5 : 0,
        borderRadius: line || round ? 0 : 5,
        maxBarThickness: 34,
        fill: chart.kind === "area",
        pointRadius: series.values.length > 40 ? 0 : 3,
        pointHitRadius: 14,
        cubicInterpolationMode: "monotone",
      };
    });
    var grid = { color: token("--line-soft"), drawTicks: false };
    var ticks = { color: token("--ink-soft"), padding: 8, precision: 0, maxRotation: 0, autoSkipPadding: 12 };
    var sideways = chart.kind === "horizontal-bar";
    var stacked = chart.kind === "stacked-bar";
    var values = { beginAtZero: true, stacked: stacked, grid: grid, border: { display: false }, ticks: ticks };
    var labels = { stacked: stacked, grid: { display: false }, border: { color: token("--line") }, ticks: Object.assign({}, ticks, sideways ? { autoSkip: false } : {}) };
    return {
      type: round ? "doughnut" : line ? "line" : "bar",
      plugins: [centre],
      data: { labels: chart.labels, datasets: datasets },
      options: {
        indexAxis: sideways ? "y" : "x",
        responsive: true,
        maintainAspectRatio: false,
        animation: still ? false : { duration: 300 },
        interaction: { mode: round ? "nearest" : "index", intersect: round, axis: sideways ? "y" : "x" },
        cutout: round ? "66%" : undefined,
        scales: round ? {} : sideways ? { x: values, y: labels } : { x: labels, y: values },
        plugins: {
          legend: {
            display: round || datasets.length > 1,
            position: "bottom",
            labels: { color: token("--ink"), usePointStyle: true, pointStyle: "rectRounded", boxHeight: 8, padding: 16 },
          },
          tooltip: {
            backgroundColor: token("--tooltip"), titleColor: token("--tooltip-ink"), bodyColor: token("--tooltip-ink"),
            padding: 10, cornerRadius: 8, displayColors: datasets.length > 1 || round,
            callbacks: {
              label: function (item) {
                var value = item.formattedValue + chart.unit;
                return round ? item.label + ": " + value : datasets.length > 1 ? item.dataset.label + ": " + value : value;
              },
            },
          },
        },
      },
    };
  }

  /* The sum in the hole of a doughnut. */
  var centre = {
    id: "centre",
    afterDraw: function (chart) {
      if (chart.config.type !== "doughnut") return;
      var area = chart.chartArea;
      var sum = chart.data.datasets[0].data.reduce(function (total, value, part) {
        return total + (chart.getDataVisibility(part) ? value || 0 : 0);
      }, 0);
      var context = chart.ctx;
      context.save();
      context.font = "680 30px " + window.Chart.defaults.font.family;
      context.fillStyle = token("--ink");
      context.textAlign = "center";
      context.textBaseline = "middle";
      context.fillText(sum.toLocaleString(document.documentElement.lang), (area.left + area.right) / 2, (area.top + area.bottom) / 2);
      context.restore();
    },
  };

  function draw(canvas) {
    var script = document.getElementById(canvas.dataset.chart);
    if (!script || !window.Chart) return;
    var before = drawn.get(canvas);
    if (before) before.destroy();
    window.Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    window.Chart.defaults.font.size = 13;
    drawn.set(canvas, new window.Chart(canvas, settings(JSON.parse(script.textContent))));
  }

  /* Charts that htmx has taken off the page give their memory back. */
  function sweep() {
    drawn.forEach(function (chart, canvas) {
      if (!canvas.isConnected) { chart.destroy(); drawn.delete(canvas); }
    });
  }

  document.addEventListener("parley:prepare", function (event) {
    sweep();
    window.parley.find(event.detail.root, "canvas[data-chart]").forEach(function (canvas) { if (!drawn.has(canvas)) draw(canvas); });
  });
  document.addEventListener("parley:theme", function () {
    sweep();
    Array.from(drawn.keys()).forEach(draw);
  });
})();
