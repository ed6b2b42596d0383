// The headline tiles: two rates and the funds, each with target, pace, light, definition and who is missing.
import { h, classes } from "../dom.js";
import { t, named } from "../i18n.js";
import { percent, count, yi } from "../format.js";
import { tile, light, bullet, definition, shortDefinition, provenance, paceWords } from "../components.js";

const LONGEST = 5; // "1 234.5" does not fit at full size

function shown(figure) {
  if (figure.kind === "rate") return { value: percent(figure.percent), unit: "%" };
  return { value: yi(figure.yuan, 1), unit: t("unit.yi") };
}

function goal(figure) {
  const { target } = figure;
  if (!target) return null;
  return { text: figure.kind === "rate" ? `${percent(String(Number(target.base)))}%` : yi(target.base, 0) };
}

/** Where the bar ends and where its tick stands: of a rate the target, of funds the pace of the year. */
function bar(store, figure) {
  const { target } = figure;
  if (figure.kind === "rate") {
    if (figure.percent === null) return null;
    return { share: Number(figure.percent) / 100, tick: target ? Number(target.base) / 100 : null };
  }
  if (!target) return null;
  return { share: figure.yuan / target.base, tick: Number(store.head.time_pace) / 100 };
}

function headline(store, figure) {
  const name = named("figure", figure.id, figure.name);
  const { value, unit } = shown(figure);
  const wanted = goal(figure);
  const drawn = bar(store, figure);
  const isWide = value.length > LONGEST;
  const label = `${name} ${value}${unit}${wanted ? ` ${t("target", wanted.text)}` : ""}`;
  return tile(
    "rate",
    name,
    h(
      "header",
      { class: "tile-head" },
      h("h2", {}, name),
      light(
        figure.light,
        figure.target &&
          (figure.target.is_rate ? paceWords(figure.target.points, true) : paceWords(figure.target.pace_points)),
      ),
    ),
    h(
      "div",
      { class: classes("big", isWide && "wide") },
      h("span", { class: "num" }, value),
      h(
        "div",
        { class: "vs" },
        h("span", { class: "unit" }, unit),
        wanted && h("span", {}, `${t("target.word")} `, h("b", {}, wanted.text)),
      ),
    ),
    drawn ? bullet(drawn.share, drawn.tick, label) : h("div", { class: "no-bar" }),
    h(
      "div",
      { class: "of" },
      definition(figure.definition, shortDefinition(figure.id, figure.definition)),
      h("span", {}, fraction(figure)),
    ),
    provenance(store, { brief: true }),
  );
}

/** What the rate is made of, or why there is none. */
function fraction(figure) {
  if (figure.kind !== "rate") return "";
  if (figure.percent === null) return t("empty.denominator");
  const part = figure.counted_in === "yuan" ? (yuan) => yi(yuan, 1) : count;
  return `${part(figure.numerator)} / ${part(figure.denominator)}`;
}

export function headlines(store) {
  return h(
    "div",
    { class: "headlines" },
    (store.section("headlines") ?? []).map((figure) => headline(store, figure)),
  );
}
