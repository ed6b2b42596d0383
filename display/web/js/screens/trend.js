// Twelve months of signed and started: the one chart that needs a library. Kept while the screen stands, so it never flickers.
import { h, swap } from "../dom.js";
import { t } from "../i18n.js";
import { tile, aside, definition, provenance } from "../components.js";

const OTHER_YEAR = 0.5;

function head(store) {
  const data = store.section("trend");
  const last = data ? data.months.length - 1 : -1;
  const key =
    last >= 0 &&
    h(
      "span",
      { class: "aside keys2" },
      `${t("trend.month", Number(data.months[last].slice(5)))} `,
      h("i", { class: "k1" }),
      `${t("trend.signed")} `,
      h("b", {}, data.signed[last]),
      h("i", { class: "k2" }),
      `${t("trend.started")} `,
      h("b", {}, data.started[last]),
    );
  return h("header", { class: "tile-head" }, h("h2", {}, t("trend")), key);
}
const foot = (store) =>
  h(
    "div",
    { class: "foot" },
    definition(store.section("trend")?.definition, t("def.trend")),
    provenance(store, { brief: true }),
  );

function options(data, rem, css) {
  const px = 1.5 * rem;
  const year = data.months[data.months.length - 1].slice(0, 4);
  const dated = (values) =>
    values.map((value, i) => ({ value, itemStyle: { opacity: data.months[i].startsWith(year) ? 1 : OTHER_YEAR } }));
  const bars = (values, color) => ({
    type: "bar",
    data: dated(values),
    color,
    barGap: "8%",
    barCategoryGap: "28%",
    silent: true,
  });
  const label = { color: css("--ink-3"), fontSize: px, fontFamily: css("--font"), interval: 0, margin: px * 0.35 };
  return {
    animation: false,
    grid: { left: 0, right: 0, top: px * 0.4, bottom: px * 1.6 },
    xAxis: {
      type: "category",
      data: data.months.map((month) => String(Number(month.slice(5)))),
      axisTick: { show: false },
      axisLine: { lineStyle: { color: css("--line-strong"), width: rem / 8 } },
      axisLabel: label,
    },
    yAxis: { type: "value", show: false, min: 0, max: (range) => Math.max(1, range.max * 1.02) },
    series: [bars(data.signed, css("--line-strong")), bars(data.started, css("--accent"))],
  };
}

export class Trend {
  constructor(store) {
    this.head = head(store);
    this.foot = foot(store);
    this.box = h("div", { class: "chart", role: "img" });
    this.node = tile("trend", t("trend"), this.head, this.box, this.foot);
    this.store = store;
    this.watch = new ResizeObserver(() => this.draw());
    this.watch.observe(this.box);
  }

  update(store, isData) {
    this.head = swap(this.head, head(store));
    this.foot = swap(this.foot, foot(store));
    if (isData) this.draw();
  }

  /** Drawn when the box has a size, and again when it changes: ECharts measures what it is put into. */
  draw() {
    const data = this.store.section("trend");
    if (!data?.months.length || !this.box.clientHeight || !window.echarts) return;
    const style = getComputedStyle(document.body);
    const css = (name) => style.getPropertyValue(name).trim();
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    this.chart ??= window.echarts.init(this.box, null, { renderer: "svg" });
    this.chart.resize();
    this.chart.setOption(options(data, rem, css), true);
    this.box.setAttribute(
      "aria-label",
      `${t("trend.label")}: ${data.months.map((month, i) => `${month} ${data.signed[i]}/${data.started[i]}`).join(", ")}`,
    );
  }

  end() {
    this.watch.disconnect();
    this.chart?.dispose();
  }
}
