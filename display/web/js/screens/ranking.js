// The ranking: rank, change of rank, name, fraction, rate; the city's own line at its place. Many counties are paged.
import { h, classes } from "../dom.js";
import { t, named } from "../i18n.js";
import { percent, briefMoment } from "../format.js";
import { tile, tileHead, aside, definition, shortDefinition, provenance, empty } from "../components.js";
import { reporters } from "../contact.js";
import { href } from "../router.js";

const ROWS = 8;
const FIRST = 3;
const LAST = 2;
const PAGE = 3;
const PAGE_MS = 10000;
const LONG_NAME = 9;

function move(row) {
  if (row.before === null || row.before === undefined)
    return h("span", { class: "move", "aria-label": t("ranking.new") }, "–");
  const up = row.before - row.rank;
  const label = up > 0 ? t("ranking.up", up) : up < 0 ? t("ranking.down", -up) : t("ranking.same");
  return h(
    "span",
    { class: "move", "aria-label": label },
    h("i", {}, up > 0 ? "▲" : up < 0 ? "▼" : ""),
    up ? Math.abs(up) : "–",
  );
}

function line(store, row, units) {
  const unit = units.get(row.unit);
  const name = unit?.name ?? row.unit;
  return h(
    "li",
    { class: unit?.isLost && "lost" },
    h(
      "a",
      { href: href("county", row.unit), "data-key": `rank-${row.unit}` },
      h("b", { class: "rank" }, row.rank ?? "–"),
      move(row),
      h(
        "span",
        { class: classes("name", name.length > LONG_NAME && "long") },
        name,
        unit?.isLost && h("small", {}, t("prov.brief", briefMoment(unit.to, store.now))),
      ),
      h("span", { class: "frac" }, `${row.numerator}/${row.denominator}`),
      h("b", { class: "rate-num" }, percent(row.percent)),
    ),
  );
}

/** Which rows stand there now: all of few; of many the first, a page of the middle, the last. */
export function page(rows, now) {
  if (rows.length <= ROWS) return { shown: rows, fold: null };
  const middle = rows.slice(FIRST, -LAST);
  const pages = Math.ceil(middle.length / PAGE);
  const from = (Math.floor(now / PAGE_MS) % pages) * PAGE;
  const part = middle.slice(from, from + PAGE);
  return {
    shown: [...rows.slice(0, FIRST), ...part, ...rows.slice(-LAST)],
    fold: { from: FIRST + from + 1, to: FIRST + from + part.length },
  };
}

function city(total) {
  return h(
    "li",
    { class: "mean" },
    h("span", {}, t("ranking.city")),
    h("span", { class: "frac" }, `${total.numerator}/${total.denominator}`),
    h("b", { class: "rate-num" }, percent(total.percent)),
  );
}

function lines(store, data) {
  const known = reporters(store);
  const units = new Map([...known.counties, ...known.lost].map((unit) => [unit.unit, unit]));
  const { shown, fold } = page(data.rows, performance.now());
  const mean = data.total?.percent ?? null;
  const place =
    mean === null ? -1 : shown.findIndex((row) => row.percent !== null && Number(row.percent) < Number(mean));
  const out = shown.map((row) => line(store, row, units));
  if (fold) out.splice(FIRST, 0, h("li", { class: "fold" }, t("ranking.page", fold.from, fold.to, data.rows.length)));
  if (mean !== null) out.splice(place < 0 ? out.length : place + (fold && place >= FIRST ? 1 : 0), 0, city(data.total));
  return out;
}

export function ranking(store) {
  const data = store.section("ranking");
  const name = data ? named("figure", data.id, data.name) : "";
  return tile(
    "ranking",
    t("ranking"),
    tileHead(t("ranking.of", name), aside(t("ranking.before"))),
    data?.rows.length ? h("ol", {}, lines(store, data)) : empty(),
    definition(data?.definition, shortDefinition(data?.id, data?.definition)),
    provenance(store),
  );
}
