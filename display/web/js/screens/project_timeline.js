// Project: milestones on a line, one row an assertion. Filled: counted; hollow: another authority; struck: corrected; dotted: planned.
import { h, classes } from "../dom.js";
import { t, currentLanguage } from "../i18n.js";
import { dayNumber, dayText, shortDay } from "../format.js";
import { aside, tile, tileHead, empty } from "../components.js";
import { milestonesOf, spanOf } from "./project_model.js";

const TICKS_MAX = 6;
const STEPS = [1, 2, 3, 6, 12, 24, 60, 120]; // months between ticks

const percentOf = (day, [from, to]) => (100 * (dayNumber(day) - from)) / (to - from);
const at = (day, span) => `${percentOf(day, span).toFixed(2)}%`;

/** First days of months within the span, at most TICKS_MAX, none under the word for today. Pure. */
export function monthTicks([from, to], today) {
  const [year, month] = dayText(from).split("-").map(Number);
  const months = Math.ceil((to - from) / 30);
  const step = STEPS.find((one) => months / one <= TICKS_MAX) ?? STEPS[STEPS.length - 1];
  const ticks = [];
  for (let i = year * 12 + month; i < year * 12 + month + months + 1; i++) {
    if (i % step) continue;
    const day = `${Math.floor(i / 12)}-${String((i % 12) + 1).padStart(2, "0")}-01`;
    const number = dayNumber(day);
    if (number > from && number < to - (to - from) / 20 && Math.abs(number - today) > (to - from) / 9) ticks.push(day);
  }
  return ticks;
}

const ENGLISH_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
function monthLabel(day) {
  const month = Number(day.slice(5, 7));
  if (month === 1) return t("time.year", day.slice(0, 4));
  return currentLanguage() === "zh" ? t("time.month", month) : ENGLISH_MONTHS[month - 1];
}

function sayer(row) {
  const body = t(`body.${row.body ?? "INVESTMENT_BUREAU"}`);
  return /^\d{6}$/.test(row.code ?? "") ? `${row.unit} ${body}` : row.unit || body; // a county has several bodies, a department is one
}

function words(row, year) {
  const shown = row.isStruck ? h("del", {}, shortDay(row.day, year)) : h("b", {}, shortDay(row.day, year));
  const mark = row.isDue
    ? h("em", {}, t("line.planned"))
    : row.isCounted
      ? h("em", {}, t("line.counted"))
      : row.isStruck
        ? h("em", { class: "quiet" }, t("correction_action.WITHDRAWN"))
        : null;
  return [
    sayer(row),
    " ",
    row.was && [h("del", {}, h("span", { class: "sr" }, t("line.was")), shortDay(row.was, year)), " "],
    shown,
    row.isPartial && ` ${t("line.partial")}`,
    mark && [" ", mark],
  ];
}

function assertionRow(row, span, year) {
  const shift = row.was && {
    "--at": `${Math.min(percentOf(row.was, span), percentOf(row.day, span))}%`,
    "--width": `${Math.abs(percentOf(row.day, span) - percentOf(row.was, span))}%`,
  };
  return h(
    "li",
    {
      class: classes(row.isCounted && "used", row.isDue && "due", row.isStruck && "withdrawn", row.isDue && "left"),
      "--at": at(row.day, span),
    },
    shift && h("i", { class: "shift", ...shift }),
    row.was && h("i", { class: "mark struck", "--at": at(row.was, span) }),
    h("i", { class: classes("mark", row.isStruck ? "struck" : "now"), "--at": at(row.day, span) }),
    h("span", { class: "says" }, words(row, year)),
  );
}

function milestoneRow({ milestone, rows, spread }, span, year) {
  return h(
    "li",
    { class: "milestone" },
    h("h3", {}, t(`milestone.${milestone}`), spread > 0 && h("small", {}, t("line.spread", spread))),
    h(
      "ol",
      { class: "authorities" },
      rows.map((row) => assertionRow(row, span, year)),
    ),
  );
}

export function timelineTile(project, prov) {
  const milestones = milestonesOf(project);
  const title = t("line.title");
  if (!milestones.length) return tile("line", title, tileHead(title, prov), empty(t("line.none")));
  const span = spanOf(milestones, project.as_of);
  const days = milestones
    .flatMap(({ rows }) => rows.flatMap((row) => [row.day, row.was ?? row.day]))
    .concat(project.as_of)
    .sort();
  const years = [...new Set([days[0].slice(0, 4), days[days.length - 1].slice(0, 4)])];
  const year = years.length === 1 ? project.as_of : null; // days without their year where there is but one
  return tile(
    "line",
    title,
    tileHead(title, aside(t("time.year", years.join("–"))), prov),
    h(
      "div",
      { class: "timeline", tabindex: "0", role: "group", "aria-label": title },
      h(
        "div",
        { class: "months", "aria-hidden": "true" },
        monthTicks(span, dayNumber(project.as_of)).map((day) => h("span", { "--at": at(day, span) }, monthLabel(day))),
      ),
      h("i", { class: "today", "aria-hidden": "true", "--at": percentOf(project.as_of, span) / 100 }, h("span", {}, t("line.today"))),
      h(
        "ol",
        {},
        milestones.map((row) => milestoneRow(row, span, year)),
      ),
    ),
  );
}
