// Overview: headlines and river, the ranking, twelve months, the events as they come.
import { h, swap } from "../dom.js";
import { t } from "../i18n.js";
import { headlines } from "./headlines.js";
import { river } from "./river.js";
import { ranking } from "./ranking.js";
import { ticker } from "./ticker.js";
import { Trend } from "./trend.js";

export const id = "overview";

// Which changes touch which tile; every provenance follows the contacts and the clock.
const ALWAYS = ["contact", "link", "clock"];
const TILES = {
  headlines: { draw: headlines, needs: ["headlines", "notices", ...ALWAYS] },
  ranking: { draw: ranking, needs: ["ranking", ...ALWAYS] },
  river: { draw: river, needs: ["stages", "head", "arrivals", ...ALWAYS] },
  ticker: { draw: ticker, needs: ["lines", "notices", "arrivals", ...ALWAYS] },
};
let nodes = {};
let trend = null;

export function render(store) {
  nodes = Object.fromEntries(Object.entries(TILES).map(([name, tile]) => [name, tile.draw(store)]));
  trend = new Trend(store);
  return h(
    "div",
    { class: "screen overview", role: "region", "aria-label": t("nav.overview") },
    nodes.headlines,
    nodes.ranking,
    nodes.river,
    trend.node,
    nodes.ticker,
  );
}

export function update(store, changed) {
  const isTouched = (needs) => needs.some((name) => changed.has(name));
  for (const [name, tile] of Object.entries(TILES))
    if (isTouched(tile.needs)) nodes[name] = swap(nodes[name], tile.draw(store));
  if (isTouched(["trend", ...ALWAYS])) trend.update(store, changed.has("trend"));
}

export function leave() {
  trend?.end();
  trend = null;
}
