// The schematic grid: one cell a county, at its configured place or in order of the codes. No boundary is drawn.
import { h, classes } from "../dom.js";
import { t, lasted } from "../i18n.js";
import { clock, percent } from "../format.js";
import { lostSign } from "../components.js";
import { href } from "../router.js";

const DENSE_FROM = 17;
const DAY = /\s*\d{4}-\d\d-\d\d/g; // no room for it in a cell
const FLASH_MS = 1200;
const COLUMNS_TO_ROWS = 1.3;

/** {cols, rows, at: index -> [x, y]}: the operator's cells if every county has one, else as square as the glass. Pure. */
export function layout(units, cells) {
  if (units.length && units.every((unit) => cells?.[unit])) {
    const all = units.map((unit) => cells[unit]);
    return {
      cols: Math.max(...all.map(([x]) => x)) + 1,
      rows: Math.max(...all.map(([, y]) => y)) + 1,
      at: (i) => all[i],
    };
  }
  const cols = Math.max(1, Math.ceil(Math.sqrt(units.length * COLUMNS_TO_ROWS)));
  return { cols, rows: Math.max(1, Math.ceil(units.length / cols)), at: (i) => [i % cols, Math.floor(i / cols)] };
}

/** What the county's cell says above its number: out of contact, or what just arrived. */
function state(scene, unit, pulse) {
  if (unit?.isLost) return h("span", { class: "state" }, lostSign(t("lost.for", lasted(unit.lostFor ?? 0))));
  return pulse && h("span", { class: "state" }, `${clock(pulse.line.recorded_at)} ${pulse.line.text.replace(DAY, "")}`);
}

/** What the rate is made of, when it is the ranking's. */
function fraction(scene, value) {
  const ranking = scene.store.section("ranking");
  const row = ranking?.id === scene.figure.id && ranking.rows.find((other) => other.unit === value.unit);
  return row && h("span", { class: "fraction" }, `${row.numerator} / ${row.denominator}`);
}

export function marks(scene, value, unit) {
  const pulse = scene.store.isReplay ? undefined : scene.store.pulses.get(value.unit);
  const isNew = pulse && performance.now() - pulse.since < FLASH_MS;
  const step = value.class === null ? "step-none" : `step-${value.class}`;
  return {
    pulse,
    names: classes(step, unit?.isLost && "lost", isNew && "arrived", isNew && "now", value.unit === scene.selected && "selected"),
  };
}

function cell(scene, value, [x, y]) {
  const unit = scene.units.get(value.unit);
  const { pulse, names } = marks(scene, value, unit);
  const name = unit?.name ?? value.unit;
  const tell = () => scene.onPoint(value.unit);
  return h(
    "li",
    { class: names, "--x": x + 1, "--y": y + 1 },
    h(
      "a",
      {
        href: href("county", value.unit),
        "data-key": `cell-${value.unit}`,
        title: t("map.open", name),
        onpointerenter: tell,
        onfocus: tell,
      },
      h("span", { class: "name" }, name),
      fraction(scene, value),
      state(scene, unit, pulse),
      h(
        "span",
        { class: "figure" },
        h("span", { class: "num" }, percent(value.text)),
        value.text && h("small", {}, scene.unit),
        value.rank && h("small", { class: "pos" }, t("map.rank", value.rank)),
      ),
    ),
  );
}

export function countyGrid(scene, cells) {
  const { values } = scene.figure;
  const grid = layout(
    values.map((value) => value.unit),
    cells,
  );
  return h(
    "ol",
    { class: classes("county-grid", values.length >= DENSE_FROM && "dense"), "--cols": grid.cols, "--rows": grid.rows },
    values.map((value, i) => cell(scene, value, grid.at(i))),
  );
}
