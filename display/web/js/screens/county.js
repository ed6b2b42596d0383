// County: figures, rank and its change, gaps, claims, projects, and whether it is in contact.
import { h } from "../dom.js";
import { t } from "../i18n.js";
import { getJson, pictureOf } from "../api.js";
import { failure, tile, unitProvenance, waiting } from "../components.js";
import { isLost, reporters } from "../contact.js";
import { go } from "../router.js";
import { claimsTile, contactLine, figures, gapsTile } from "./county_parts.js";
import { Projects } from "./county_projects.js";

export const id = "county";
const REFRESH_MS = 1000;
const state = { order: { column: "last", isDown: true } };

let view = null; // {store, root, unit, data, projects, abort, timer}

/** Without one chosen: one that is out of contact, else the last of the ranking. */
function defaultUnit(store) {
  const { counties } = reporters(store);
  const rows = store.section("ranking")?.rows ?? [];
  const last = [...rows].sort((a, b) => b.rank - a.rank)[0]?.unit;
  return counties.find((unit) => isLost(store, unit.unit))?.unit ?? last ?? counties[0]?.unit ?? null;
}

function picker(store, chosen) {
  const { counties } = reporters(store);
  return h(
    "select",
    { class: "picker", "aria-label": t("county.choose"), "data-key": "county", onchange: (event) => go("county", event.target.value) },
    counties.map((unit) => h("option", { value: unit.unit, selected: unit.unit === chosen }, unit.name)),
  );
}

function head(name) {
  return h(
    "header",
    { class: "county-head" },
    h("h2", {}, name),
    view.unit && contactLine(view.store, view.unit),
    picker(view.store, view.unit),
  );
}

function fill(data, rules) {
  const text = JSON.stringify([data, rules]);
  if (text === view.text) return;
  const isFirst = !view.data;
  const page = view.projects?.pager.page ?? 0;
  Object.assign(view, { data, text });
  view.projects?.end();
  view.projects = new Projects(data.projects ?? [], {
    order: state.order,
    onOrder: (order) => {
      state.order = order;
    },
    today: view.store.head.as_of,
    all: data.count,
  });
  if (isFirst) view.head = head(data.name); // its list of counties may be open
  view.root.replaceChildren(
    view.head,
    figures(view.store, data),
    h("div", { class: "county-side" }, gapsTile(data, rules, unitProvenance(view.store, data.unit)), claimsTile(data)),
    view.projects.node,
  );
  view.projects.show();
  view.projects.pager.turn(page);
}

async function load() {
  const mine = view;
  try {
    const ask = (path) => getJson(path, pictureOf(mine.store), { signal: mine.abort.signal });
    const [data, rules] = await Promise.all([ask(`units/${encodeURIComponent(mine.unit)}`), ask("definitions")]);
    if (view === mine) fill(data, rules);
  } catch (error) {
    if (error.name === "AbortError" || view !== mine) return;
    mine.root.replaceChildren(head(""), tile("own-projects", t("nav.county"), failure(error, load)));
  }
}

export function render(store, params) {
  leave();
  const unit = params.param ?? defaultUnit(store);
  const root = h("div", { class: "screen county" });
  view = { store, root, unit, data: null, projects: null, abort: new AbortController(), timer: null };
  root.append(head(""), tile("own-projects", t("nav.county"), unit ? waiting() : h("p", { class: "empty" }, t("county.none"))));
  if (unit) load();
  return root;
}

export function update(store, changed) {
  if (!view?.data) return;
  if ((changed.has("contact") || changed.has("clock")) && view.head) {
    const line = view.head.querySelector(".contact");
    line?.replaceWith(contactLine(store, view.unit));
  }
  const isTouched =
    changed.has("lines") && store.lines.some((one) => one.position > (view.seen ?? store.head.position) && one.unit === view.unit);
  view.seen = store.lines[0]?.position ?? view.seen;
  if (!(isTouched || changed.has("ranking")) || view.timer) return;
  view.timer = setTimeout(() => {
    view.timer = null;
    load();
  }, REFRESH_MS);
}

export function leave() {
  if (!view) return;
  clearTimeout(view.timer);
  view.abort.abort();
  view.projects?.end();
  view = null;
}
