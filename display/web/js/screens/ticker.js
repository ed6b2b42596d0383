// The events as they come, newest first; restatements pinned above them.
import { h, classes } from "../dom.js";
import { t } from "../i18n.js";
import { clock, count, dayOf, shortDay, moment } from "../format.js";
import { tile, tileHead, aside, provenance, restatement, empty } from "../components.js";
import { shortName } from "../contact.js";

const LINES = 8;
const ARRIVE_MS = 1200;
const BATCH = 5; // more in a second than this flash together

/** A name without the county it begins with, which stands beside it. */
const ownPart = (name, unit) =>
  name && unit && name.startsWith(unit) && name.length > unit.length ? name.slice(unit.length).trim() : (name ?? "");
const said = (line, asOf) =>
  t("ticker.by", ownPart(line.by, line.unit_name), line.day ? shortDay(line.day, asOf) : "").trim();

/** The line's text; of a correction what no longer holds is struck through, where the text says it or behind it. */
function told({ text, before, after }) {
  if (before === null || before === undefined) return text;
  const at = text.indexOf(before);
  const struck = h("del", {}, before);
  const head = at < 0 ? [text, " ", struck] : [text.slice(0, at), struck, text.slice(at + before.length)];
  return after && !text.includes(after) ? [...head, " ", h("ins", {}, after)] : head;
}

function event(line, isNew, today, asOf) {
  const at = dayOf(line.recorded_at) === today ? clock(line.recorded_at) : moment(line.recorded_at, 0).slice(5);
  return h(
    "li",
    { class: classes(isNew && "arrived"), "data-position": line.position },
    h("time", {}, at),
    h("span", { class: "name", title: line.unit_name }, shortName(line.unit_name ?? line.unit)),
    h(
      "span",
      { class: "what" },
      line.project_name && h("span", { class: "project" }, ownPart(line.project_name, line.unit_name)),
      h("b", { class: "event" }, told(line)),
    ),
    h("span", { class: "by" }, said(line, asOf)),
  );
}

export function ticker(store) {
  const now = performance.now();
  const today = dayOf(store.now);
  const asOf = store.head.as_of;
  const lines = store.shownLines.slice(0, LINES);
  const recent = store.isReplay
    ? []
    : store.lines.filter((line) => line.heard !== undefined && now - line.heard < ARRIVE_MS);
  const isBatch = recent.length > BATCH;
  const notices = store.section("notices") ?? [];
  return tile(
    "ticker",
    t("ticker"),
    tileHead(
      t("ticker"),
      isBatch && h("b", { class: "batch" }, t("ticker.batch", recent.length)),
      store.isReplay && aside(t("ticker.before", count(store.head.position))),
      provenance(store, { brief: true }),
    ),
    notices.length > 0 && restatement(notices[0], store.now, notices.length - 1),
    lines.length
      ? h(
          "ol",
          { "aria-live": "off" },
          lines.map((line) => event(line, !isBatch && recent.includes(line), today, asOf)),
        )
      : empty(t("empty.lines")),
  );
}
