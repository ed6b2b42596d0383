// Project: the full history, newest first; what was corrected stands struck through, with who and why.
import { h, classes } from "../dom.js";
import { t } from "../i18n.js";
import { count, dayOf, hourMinute, shortDay } from "../format.js";
import { aside, tile, empty } from "../components.js";
import { Pager } from "../pager.js";
import { eventText } from "./history_text.js";

const PHONE = "(max-width: 900px)";

/** "09-30 10:00" in the picture's year, else the day alone. */
function recorded(ms, now) {
  const day = dayOf(ms);
  const short = shortDay(day, dayOf(now));
  return short === day ? day : `${short} ${hourMinute(ms)}`;
}

function correctionWords(by) {
  const why = [by.reason, by.person].filter(Boolean).join(" · ");
  return h(
    "span",
    { class: "why" },
    h("span", { class: "number" }, t("history.corrected", t(`correction_action.${by.action}`), count(by.position))),
    why && ` ${why}`,
  );
}

function row(entry, now) {
  const { kind, text } = eventText(entry);
  const by = entry.corrected_by;
  const said = by ? h("del", {}, h("span", { class: "sr" }, t("history.struck")), text) : text;
  return h(
    "li",
    { class: classes(by && "corrected") },
    h(
      "time",
      { datetime: entry.recorded_at, title: t("history.position", count(entry.position)) },
      recorded(Date.parse(entry.recorded_at), now),
    ),
    h("span", { class: "who", title: entry.unit_name }, entry.unit_name || entry.unit || "—"),
    h("b", { class: "kind" }, kind),
    h(
      "span",
      { class: "what" },
      said,
      entry.occurred_on && [" ", h("time", { class: "muted", datetime: entry.occurred_on }, entry.occurred_on)],
      by && [" ", correctionWords(by)],
    ),
  );
}

/** {node, end()}; now: the picture's moment, for short dates. */
export function historyTile(project, now, prov) {
  const entries = [...project.history].sort((a, b) => b.position - a.position);
  const rows = entries.map((entry) => row(entry, now));
  const corrected = entries.filter((entry) => entry.corrected_by).length;
  const title = t("history.title");
  const box = h("div", { class: "rows" }, rows.length ? h("ol", {}, rows) : empty());
  const pager = new Pager(box, { label: title, isFree: () => matchMedia(PHONE).matches });
  pager.node.hidden = true;
  const node = tile(
    "history",
    title,
    h(
      "header",
      { class: "tile-head" },
      h("h2", {}, title, " ", h("b", {}, count(entries.length))),
      aside(t("history.kept", count(corrected))),
      prov,
      pager.node,
    ),
    box,
  );
  requestAnimationFrame(() => pager.setRows(rows));
  return { node, end: () => pager.end() };
}
