// Map: the chosen figure by county, where events arrive, and who is out of contact. A click opens the county.
import { h, swap } from "../dom.js";
import { t, named, lasted } from "../i18n.js";
import { percent } from "../format.js";
import {
  tile,
  tileHead,
  aside,
  definition,
  shortDefinition,
  provenance,
  unitProvenance,
  lostSign,
} from "../components.js";
import { reporters } from "../contact.js";
import { countyGrid } from "./county_grid.js";
import { drawnMap, mapSettings } from "./drawn_map.js";

export const id = "map";

const FACTS = 4;
const FACTS_IN_REPLAY = 3; // the time bar takes the room of one, and of wide rows
const ROOMY_CHOICES = 7;

let chosen = null; // id of the figure, kept between visits
let pointed = null; // unit under the pointer or the focus
let parts = {};

const figures = (store) => store.section("map") ?? [];
const figureShown = (store) => figures(store).find((figure) => figure.id === chosen) ?? figures(store)[0];
const unitText = (figure) => ({ 个: t("unit.piece"), 亿元: t("unit.yi") })[figure.unit] ?? figure.unit;

/** The county told about at the side: the one pointed at, else one out of contact, else the last to report, else the first. */
function unitShown(store, known) {
  const latest = store.shownLines.find((line) => known.counties.some((unit) => unit.unit === line.unit));
  const values = figureShown(store)?.values ?? [];
  const wanted = pointed ?? known.lost[0]?.unit ?? latest?.unit ?? values.find((value) => value.rank === 1)?.unit;
  return known.counties.find((unit) => unit.unit === wanted) ?? known.counties[0];
}

function point(store, unit) {
  if (pointed === unit) return;
  pointed = unit;
  parts.detail = swap(parts.detail, detail(store));
}

// ---- the places
function places(store) {
  const figure = figureShown(store);
  if (!figure) return tile("map-grid", t("map.figures"), tileHead(t("map.figures")));
  const known = reporters(store);
  const settings = mapSettings();
  const scene = {
    store,
    figure,
    unit: unitText(figure),
    units: new Map([...known.counties, ...known.lost].map((unit) => [unit.unit, unit])),
    selected: pointed,
    onPoint: (unit) => point(store, unit),
  };
  const total = store.section("ranking")?.total;
  const isRanked = store.section("ranking")?.id === figure.id && total?.percent;
  const note = settings.boundaries ? t("map.approved", settings.approval) : `${t("map.schematic")} · ${t("map.unset")}`;
  return tile(
    "map-grid",
    named("figure", figure.id, figure.name),
    tileHead(
      `${t("map", named("figure", figure.id, figure.name))} ${unitText(figure)}`,
      isRanked && aside(t("map.city", percent(total.percent))),
      provenance(store),
    ),
    settings.boundaries ? drawnMap(scene, settings.boundaries) : countyGrid(scene, settings.cells),
    h("p", { class: "def" }, note),
  );
}

// ---- at the side
function chooser(store) {
  const all = figures(store);
  const shown = figureShown(store);
  const choose = (figure) => () => {
    chosen = figure.id;
    for (const name of ["places", "chooser", "scale", "detail"]) parts[name] = swap(parts[name], DRAW[name](store));
  };
  const row = (figure) =>
    h(
      "li",
      {},
      h(
        "button",
        {
          type: "button",
          "data-key": `figure-${figure.id}`,
          "aria-pressed": String(figure === shown),
          onclick: choose(figure),
        },
        h("i"),
        h("span", {}, named("figure", figure.id, figure.name)),
        h("span", {}, unitText(figure)),
      ),
    );
  return tile(
    "figures",
    t("map.figures"),
    tileHead(t("map.figures")),
    h("ol", { class: store.isReplay || all.length > ROOMY_CHOICES ? "choose tight" : "choose" }, all.map(row)),
    definition(shown?.definition, shortDefinition(shown?.id, shown?.definition)),
  );
}

/** The least number of each fifth; a fifth that nobody is in has none. */
function scale(store) {
  const figure = figureShown(store);
  const least = (step) => figure.values.filter((value) => value.class === step).sort((a, b) => a.number - b.number)[0];
  const label = (step) => {
    const value = least(step);
    return value ? `≥ ${percent(value.text)}` : "–";
  };
  const steps = [0, 1, 2, 3, 4];
  return tile(
    "scale",
    t("map.scale"),
    tileHead(t("map.scale"), aside(t("map.class"))),
    figure &&
      h(
        "ol",
        { class: "legend" },
        steps.map((step) => h("li", { class: `step-${step}` }, label(step))),
      ),
    h("p", { class: "legend-note" }, lostSign(), " ", t("lost.note")),
  );
}

function detail(store) {
  const known = reporters(store);
  const unit = unitShown(store, known);
  if (!unit) return tile("detail", t("map.others"), tileHead(t("empty.units")));
  const fact = (figure) => {
    const value = figure.values.find((other) => other.unit === unit.unit);
    return [
      h("dt", {}, named("figure", figure.id, figure.name)),
      h("dd", {}, h("b", {}, percent(value?.text)), value?.text ? ` ${unitText(figure)}` : ""),
    ];
  };
  const figure = figureShown(store);
  const rank = figure?.values.find((value) => value.unit === unit.unit)?.rank;
  return tile(
    "detail",
    unit.name,
    tileHead(unit.name, rank && aside(t("map.number", rank))),
    h(
      "dl",
      { class: "facts" },
      figures(store)
        .filter((other) => other !== figure)
        .slice(0, store.isReplay ? FACTS_IN_REPLAY : FACTS)
        .map(fact),
    ),
    unitProvenance(store, unit.unit),
    unit.isLost && !store.isReplay && h("span", { class: "sr" }, t("lost.for", lasted(unit.lostFor ?? 0))),
  );
}

const DRAW = { places, chooser, scale, detail };

export function render(store) {
  parts = Object.fromEntries(Object.entries(DRAW).map(([name, make]) => [name, make(store)]));
  mapSettings(() => {
    parts.places = swap(parts.places, places(store));
  });
  return h(
    "div",
    { class: "screen map", role: "region", "aria-label": t("nav.map") },
    parts.places,
    h("div", { class: "map-side" }, parts.chooser, parts.scale, parts.detail),
  );
}

export function update(store, changed) {
  const touches = (...names) => names.some((name) => changed.has(name));
  if (touches("map", "units", "contact", "arrivals", "link", "clock")) parts.places = swap(parts.places, places(store));
  if (touches("map")) for (const name of ["chooser", "scale"]) parts[name] = swap(parts[name], DRAW[name](store));
  if (touches("map", "units", "contact", "lines", "clock")) parts.detail = swap(parts.detail, detail(store));
}
