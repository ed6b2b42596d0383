// Project: funds as steps, up to two plain levels: the contract and the year's plan.
import { h } from "../dom.js";
import { t } from "../i18n.js";
import { dayNumber, dayText, yi } from "../format.js";
import { definition, tile, tileHead } from "../components.js";
import { fundsOf } from "./project_model.js";

const WIDTH = 1000;
const HEIGHT = 400;
const AIR = 1.02;

/** Percent with one decimal, half up, in whole numbers; null when it cannot be had. Pure. */
export function shareText(part, whole) {
  if (part === null || part === undefined || !whole) return null;
  const tenths = (BigInt(part) * 2000n + BigInt(whole)) / (2n * BigInt(whole));
  return `${tenths / 10n}.${tenths % 10n}`;
}

/** {area, edge}: SVG paths of the steps between two days. Pure. */
export function stepPaths(steps, [from, to], top) {
  const x = (day) => ((WIDTH * (Math.min(to, Math.max(from, dayNumber(day))) - from)) / Math.max(1, to - from)).toFixed(1);
  const y = (yuan) => (HEIGHT - (HEIGHT * yuan) / top).toFixed(1);
  let level = 0;
  let edge = `M0 ${HEIGHT}`;
  for (const step of steps) {
    edge += ` L${x(step.day)} ${y(level)} L${x(step.day)} ${y(step.yuan)}`;
    level = step.yuan;
  }
  edge += ` L${WIDTH} ${y(level)}`;
  return { edge, area: `${edge} L${WIDTH} ${HEIGHT} Z` };
}

const share = (yuan, top) => `${((100 * yuan) / top).toFixed(2)}%`;
const level = (name, yuan, top, kind) =>
  yuan !== null &&
  yuan > 0 &&
  h("div", { class: `level ${kind}`, "--at": share(yuan, top) }, h("span", {}, name, " ", h("b", {}, yi(yuan))));

function chart(funds, asOf) {
  const top = Math.max(funds.contract ?? 0, funds.plan ?? 0, funds.received ?? 0, ...funds.steps.map((step) => step.yuan)) * AIR;
  if (!top || !funds.steps.length) return h("p", { class: "empty" }, t("money.none"));
  const to = dayNumber(asOf);
  const first = Math.min(...funds.steps.map((step) => dayNumber(step.day)));
  const from = first - Math.max(10, Math.round((to - first) / 8));
  const { area, edge } = stepPaths(funds.steps, [from, to], top);
  return h(
    "div",
    { class: "steps" },
    h(
      "svg",
      {
        viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
        preserveAspectRatio: "none",
        role: "img",
        "aria-label": t("money.label", yi(funds.received), yi(funds.plan), yi(funds.contract)),
      },
      h("path", { class: "area", d: area }),
      h("path", { class: "edge", d: edge }),
    ),
    level(t("money.contract"), funds.contract, top, "solid"),
    level(t("money.plan"), funds.plan, top, "dashed"),
    h("p", { class: "ends", "aria-hidden": "true" }, h("span", {}, dayText(from)), h("span", {}, asOf)),
  );
}

export function moneyTile(project, prov) {
  const funds = fundsOf(project);
  const rate = shareText(funds.received, funds.contract);
  const planRate = shareText(funds.received, funds.plan);
  return tile(
    "money",
    t("money.title"),
    tileHead(t("money.title")),
    h(
      "div",
      { class: "big" },
      h("span", { class: "num" }, yi(funds.received)),
      h("div", { class: "vs" }, h("span", { class: "unit" }, t("money.received")), rate && h("span", {}, t("money.share", rate))),
    ),
    chart(funds, project.as_of),
    definition(["FUND_OVER_CONTRACT", planRate && t("money.plan.rate", planRate)].filter(Boolean).join(" · ")),
    prov,
  );
}
