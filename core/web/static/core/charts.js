// Draws the charts of core/components/chart.html with ECharts. Loaded by app.js on pages that have one.
(() => {
  "use strict";
  const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const drawn = new Map();
  const LEGEND_LINE = 33;

  const palette = () => ({
    accent: style("--sd-bar"), soft: style("--sd-bar-soft"), second: style("--sd-second"), red: style("--tblr-red"),
    amber: style("--tblr-yellow"), green: style("--tblr-green"), ink: style("--tblr-heading-color"),
    quiet: style("--tblr-secondary"), rule: style("--sd-rule"), ground: style("--tblr-bg-surface"),
  });

  const series = (data, item, at, colours, lying) => {
    const colour = colours[item.tone] ?? colours.accent;
    const values = data.kind === "pyramid" && at === 0 ? item.data.map((value) => -value) : item.data;
    if (item.shape === "tick") {
      return {
        name: item.name, type: "scatter", symbol: "rect", symbolSize: lying ? [2.5, 20] : [20, 2.5], z: 5, itemStyle: { color: colour },
        data: values.map((value, index) => (lying ? [value, index] : [index, value])),
      };
    }
    if (item.shape === "line") return { name: item.name, type: "line", symbolSize: 6, lineStyle: { width: 2, color: colour }, itemStyle: { color: colour }, data: values };
    return {
      ...(data.kind === "rows" && at === 0 && { label: { show: true, position: "insideLeft", color: "#fff", fontSize: 11, formatter: (point) => (point.value ? data.labels[point.dataIndex] : "") } }),
      name: item.name, type: "bar", data: values, itemStyle: { color: colour },
      stack: item.stack || data.kind === "pyramid" ? "all" : undefined, ...(lying ? { barWidth: 12 } : { barMaxWidth: 28 }),
    };
  };

  const rowAxes = (data, colours) => {
    const text = { color: colours.ink, fontSize: 13 };
    const plain = { type: "category", inverse: true, axisTick: { show: false }, axisLine: { show: false } };
    const axes = [{ ...plain, data: data.categories, axisLabel: text }];
    if (data.aside.length) {
      const rich = { red: { color: colours.red, fontWeight: 600, fontSize: 13, width: 56, align: "right" } };
      data.aside.forEach((column, at) => { rich[`c${at}`] = { width: 56, align: "right", fontSize: 13, color: at ? colours.quiet : colours.ink }; });
      rich.head = { width: 56, align: "right", fontSize: 13, color: colours.quiet };
      const last = data.aside.length - 1;
      axes.push({
        ...plain, position: "right", name: data.aside.map((column) => `{head|${column.name}}`).join(""), nameLocation: "start", nameGap: 14,
        nameTextStyle: { align: "left", rich },
        data: data.categories.map((_, row) => data.aside.map((column, at) => `{${at === last && data.alarms.includes(row) ? "red" : `c${at}`}|${column.texts[row]}}`).join("")),
        axisLabel: { rich },
      });
    }
    return axes;
  };

  const widths = (texts) => {
    const pen = document.createElement("canvas").getContext("2d");
    pen.font = `13px ${getComputedStyle(document.body).fontFamily}`;
    return texts.map((text) => pen.measureText(text).width);
  };
  const measure = (texts) => Math.max(...widths(texts));

  /** How many lines the names of the series take beside each other: mark, gap, name, gap. */
  const legendLines = (names, width) => {
    let lines = 1, used = 0;
    widths(names).map((one) => Math.ceil(one) + 17).forEach((one) => {
      if (used && used + one > width) { lines += 1; used = 0; }
      used += one + 20;
    });
    return lines;
  };

  const options = (whole, width) => {
    const colours = palette();
    const lying = whole.kind === "rows" || whole.kind === "pyramid";
    const data = { ...whole, aside: width > 560 ? whole.aside : [], labels: whole.series[0].data };
    const lines = data.series.length > 1 ? legendLines(data.series.map((item) => item.name), width) : 1;
    const top = data.series.length > 1 || data.aside.length ? 40 + (lines - 1) * LEGEND_LINE : 12;
    const quiet = { color: colours.quiet, fontSize: 13 };
    const value = { type: "value", axisLabel: { ...quiet, formatter: (number) => Math.abs(number).toLocaleString("en") }, splitLine: { lineStyle: { color: colours.rule } } };
    const category = { type: "category", data: data.categories, axisTick: { show: false }, axisLine: { lineStyle: { color: colours.rule } }, axisLabel: quiet };
    return {
      animation: false, aria: { enabled: false }, textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, fontSize: 13 },
      grid: data.kind === "rows" ? { left: Math.ceil(measure(data.categories)) + 12, right: data.aside.length ? 12 + 56 * data.aside.length : 16, top, bottom: 6 } : { left: 4, right: 16, top, bottom: 6, containLabel: true },
      legend: data.series.length > 1 ? {
        left: 0, top: 0, itemWidth: 12, itemHeight: 8, itemGap: 20, textStyle: quiet,
        data: data.series.map((item) => (item.shape === "tick" ? { name: item.name, icon: "path://M5,0h2.5v20h-2.5z" } : item.name)),
      } : undefined,
      tooltip: {
        trigger: "axis", renderMode: "richText", axisPointer: { type: "shadow", shadowStyle: { color: colours.rule, opacity: 0.5 } },
        backgroundColor: colours.ground, borderColor: colours.rule, textStyle: { color: colours.ink, fontSize: 13 },
        valueFormatter: (number) => (number == null ? "–" : `${Math.abs(Array.isArray(number) ? number[lying ? 0 : 1] : number).toLocaleString("en")}${data.unit ? ` ${data.unit}` : ""}`),
      },
      xAxis: lying ? { ...value, axisLabel: { ...value.axisLabel, show: data.kind === "pyramid" } } : category,
      yAxis: lying ? rowAxes(data, colours) : value,
      series: data.series.map((item, at) => series(data, item, at, colours, lying)),
    };
  };

  const save = (element, data) => {
    const box = document.createElement("div");
    const [width, height] = [Math.max(element.clientWidth, 960), element.clientHeight];
    const big = window.echarts.init(box, null, { renderer: "canvas", width, height, devicePixelRatio: 2 });
    big.setOption(options(data, width));
    const link = document.createElement("a");
    link.download = `${element.id}.png`;
    link.href = big.getDataURL({ type: "png", pixelRatio: 2, backgroundColor: palette().ground });
    link.click();
    big.dispose();
  };

  window.sdChart = (element) => {
    const data = JSON.parse(document.getElementById(element.dataset.chart).textContent);
    const draw = () => {
      drawn.get(element)?.dispose();
      const view = window.echarts.init(element, null, { renderer: "svg" });
      view.setOption(options(data, element.clientWidth));
      drawn.set(element, view);
    };
    draw();
    element.classList.remove("is-waiting");
    const button = document.querySelector(`[data-chart-image="${element.id}"]`);
    if (button?.hidden) {
      button.hidden = false;
      button.addEventListener("click", () => save(element, data));
      let timer = 0;
      window.addEventListener("resize", () => { clearTimeout(timer); timer = setTimeout(draw, 150); });
      new MutationObserver(draw).observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme"] });
    }
  };
})();
