// The river: a stream that narrows from 在谈 to 投产. Its height is the count, the percent on its surface the conversion.
import { h, classes } from "../dom.js";
import { t, named } from "../i18n.js";
import { count, percent } from "../format.js";
import { tile, tileHead, aside, light, definition, shortDefinition, provenance, paceWords } from "../components.js";
import { WIDTH, HEIGHT, levels, surface } from "./river_shape.js";

const UNDER_FROM = 0.72; // the water is so high that its percent stands in it
const LONG_NUMBER = 3;
const LONGER_NUMBER = 5;

function band(water) {
  const path = surface(water.map(({ height }) => height));
  const step = WIDTH / water.length;
  const dry = ({ isDry, height }, i) =>
    isDry &&
    h("rect", { class: "dry", x: i * step, width: step, y: HEIGHT * (1 - height) + 1, height: HEIGHT * height });
  return h(
    "svg",
    { class: "band", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" },
    h("path", { class: "water", d: `${path} L${WIDTH} ${HEIGHT} L0 ${HEIGHT} Z` }),
    water.map(dry),
    h("path", { class: "surface", d: path }),
  );
}

function goal(target) {
  if (!target) return [h("p", {}, t("target.none")), h("p", {}, "\u00a0")];
  return [
    h("p", { class: "pace" }, paceWords(target.pace_points) || "\u00a0"),
    h("p", {}, t("target", count(target.base))),
  ];
}

/** What stands on the water: the conversion, or that nothing was recorded there. */
function conversion(stage, { isDry }, i) {
  if (isDry) return t("river.dry");
  if (i === 0 || stage.conversion === null) return "";
  return i === 1 ? t("river.conversion", percent(stage.conversion)) : `${percent(stage.conversion)}%`;
}

function column(store, stage, water, i) {
  const delta = store.isReplay ? null : store.deltas[stage.id];
  const number = count(stage.count);
  const isLit = stage.target || stage.light?.colour;
  return h(
    "li",
    {},
    h(
      "span",
      { class: classes("conv", water.height > UNDER_FROM && "under"), "--rise": water.height },
      conversion(stage, water, i),
    ),
    h("div", { class: "stage-name" }, h("h3", {}, named("stage", stage.id, stage.name)), isLit && light(stage.light)),
    h(
      "div",
      { class: "stage-num" },
      h(
        "span",
        { class: classes("num", number.length > LONG_NUMBER && "long", number.length > LONGER_NUMBER && "longer") },
        number,
      ),
      h(
        "span",
        { class: "unit" },
        delta && h("b", { class: "delta", "aria-label": t("river.delta", delta.size) }, `+${delta.size}`),
        t("unit.piece"),
      ),
    ),
    goal(stage.target),
    definition(stage.definition, shortDefinition(stage.id, stage.definition)),
  );
}

export function river(store) {
  const stages = store.section("stages") ?? [];
  const water = levels(stages.map((stage) => stage.count));
  return tile(
    "river",
    t("river"),
    tileHead(t("river"), aside(t("pace.time", percent(store.head.time_pace))), provenance(store)),
    stages.length > 0 && band(water),
    h(
      "ol",
      { class: "stages" },
      stages.map((stage, i) => column(store, stage, water[i], i)),
    ),
  );
}
