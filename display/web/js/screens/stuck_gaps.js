// Stuck: the six gap classes, a tick a project on one axis of days, the limit, and the ticks beyond it taller.
import { h, classes } from "../dom.js";
import { t, named } from "../i18n.js";
import { count } from "../format.js";
import { provenance, sign, tile, tileHead, empty, waiting } from "../components.js";

const WIDTH = 1000;
const DENSE = 80; // more ticks than this are drawn thinner
const AXES = [200, 400, 800, 1200, 2000, 4000, 8000];

/** The shared axis: the smallest round one that holds every age and every limit. Pure. */
export function axisOf(gaps) {
  const longest = Math.max(0, ...gaps.flatMap((gap) => [gap.longest_days ?? 0, gap.limit_days ?? 0, ...gap.ages]));
  return AXES.find((axis) => axis >= longest) ?? AXES[AXES.length - 1];
}

function tick(age, limit, axis) {
  const x = Math.min(WIDTH, (WIDTH * age) / axis);
  const isOver = limit !== null && age > limit;
  return h("line", { class: classes("tick", isOver && "over"), x1: x, x2: x, y1: isOver ? 2 : 16, y2: 39 });
}

function ageStrip(gap, axis) {
  const limit = gap.limit_days ?? null;
  const x = limit === null ? null : (WIDTH * limit) / axis;
  return h(
    "svg",
    {
      class: classes("ages", gap.ages.length > DENSE && "dense"),
      viewBox: `0 0 ${WIDTH} 40`,
      preserveAspectRatio: "none",
      "aria-hidden": "true",
    },
    h("line", { class: "axis", x1: 0, x2: WIDTH, y1: 39, y2: 39 }),
    gap.ages.map((age) => tick(age, limit, axis)),
    x !== null && h("line", { class: "limit", x1: x, x2: x, y1: 0, y2: 40 }),
  );
}

function verdict(gap) {
  if (gap.count === 0) return sign("none", "RING", t("stuck.none"));
  if (gap.limit_days === null || gap.limit_days === undefined) return sign("none", "RING", t("stuck.unlimited"));
  return gap.over_limit > 0
    ? sign("bad", "SQUARE", t("stuck.over", count(gap.over_limit), gap.limit_days))
    : sign("ok", "CIRCLE", t("stuck.within", gap.limit_days));
}

function gapRow(gap, axis, chosen, choose) {
  const isChosen = gap.id === chosen;
  return h(
    "li",
    {},
    h(
      "button",
      {
        type: "button",
        class: classes("gap", isChosen && "selected"),
        "aria-pressed": isChosen ? "true" : "false",
        "data-key": gap.id,
        title: gap.definition,
        onclick: () => choose(gap.id),
      },
      h("span", { class: "name" }, named("gap", gap.id, gap.name)),
      h("span", { class: "num" }, count(gap.count)),
      ageStrip(gap, axis),
      h(
        "span",
        { class: "over" },
        verdict(gap),
        h(
          "small",
          {},
          gap.count > 0 ? t("stuck.longest", count(gap.longest_days)) : "",
          gap.ages_left_out > 0 && ` · ${t("stuck.not.drawn", gap.ages_left_out)}`,
        ),
      ),
    ),
  );
}

const QUARTERS = [0, 0.25, 0.5, 0.75, 1];

export function gapsTile(store, chosen, choose) {
  const gaps = store.section("gaps");
  const axis = axisOf(gaps ?? []);
  const body = !gaps
    ? waiting()
    : !gaps.length
      ? empty()
      : [
          h(
            "ol",
            {},
            gaps.map((gap) => gapRow(gap, axis, chosen, choose)),
          ),
          h(
            "div",
            { class: "age-axis", "aria-hidden": "true" },
            h(
              "div",
              {},
              QUARTERS.map((share) => h("span", {}, share === 1 ? t("days", count(axis)) : count(share * axis))),
            ),
          ),
        ];
  return { node: tile("gaps", t("stuck.title"), tileHead(t("stuck.title"), provenance(store, { brief: true })), body) };
}
