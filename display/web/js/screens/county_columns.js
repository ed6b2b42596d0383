// County: the columns of its projects: what each shows and how it sorts.
import { h } from "../dom.js";
import { t } from "../i18n.js";
import { count, shortDay, yi, NONE } from "../format.js";
import { sign } from "../components.js";
import { href } from "../router.js";

const STAGES = [
  "LEAD",
  "PLANNED",
  "NEGOTIATING",
  "INTENT_SIGNED",
  "FRAMEWORK_SIGNED",
  "CONTRACT_SIGNED",
  "REGISTERED",
  "PERFORMING",
  "LANDED",
].concat(["LAND_ACQUIRED", "STARTED", "IN_LIBRARY", "COMPLETED", "PRODUCING", "ABOVE_SCALE", "FULL_CAPACITY", "SHELVED", "TERMINATED"]);

const nameCell = (row) => h("a", { href: href("project", row.project), title: row.name || row.project }, row.name || row.project);
const stageCell = (row) => (row.stage ? t(`milestone.${row.stage}`) : NONE);
const obstacleCell = (row) => row.obstacle ?? h("span", { class: "muted" }, NONE);

function flagsCell(row) {
  if (!row.flags?.length) return "";
  const words = row.flags.map((flag) => t(`anomaly.${flag}`)).join(t("comma"));
  const cell = sign("warn", "TRIANGLE", count(row.flags.length), h("span", { class: "sr" }, words));
  cell.setAttribute("title", words);
  return cell;
}

const column = (id, name, value, cell, more) => ({ id, title: t(`list.${name}`), class: id, value, cell, ...more });

/** today: the picture's day; days of its year are shown without it. */
export function projectColumns(today) {
  return [
    column("project-name", "project", (row) => row.name, nameCell, { isHeading: true }),
    column("stage", "stage", (row) => (row.stage ? STAGES.indexOf(row.stage) : null), stageCell),
    column(
      "planned",
      "planned",
      (row) => row.planned_yuan,
      (row) => yi(row.planned_yuan),
      { class: "amount", startsDown: true },
    ),
    column(
      "received",
      "received",
      (row) => row.received_yuan,
      (row) => yi(row.received_yuan),
      { class: "amount", startsDown: true },
    ),
    column("obstacle", "obstacle", (row) => row.obstacle, obstacleCell),
    column(
      "leader",
      "leader",
      (row) => row.leader,
      (row) => row.leader ?? NONE,
    ),
    column(
      "last",
      "last",
      (row) => row.last_day,
      (row) => shortDay(row.last_day, today),
      { startsDown: true },
    ),
    column("flags", "flags", (row) => row.flags?.length || null, flagsCell, { startsDown: true }),
  ];
}
