// Project: who answers for it as far as this scope may know, what stands in its way, and what looks odd about it.
import { h, classes } from "../dom.js";
import { t } from "../i18n.js";
import { count } from "../format.js";
import { sign, tile, tileHead, empty } from "../components.js";
import { obstaclesOf, peopleOf } from "./project_model.js";

const person = ({ role, name }) => [h("dt", {}, t(`role.${role}`)), h("dd", {}, name ?? h("span", { class: "muted" }, t("people.hidden")))];

function obstacleRow(one) {
  const state = one.until
    ? sign("ok", "CIRCLE", t("obstacle.closed", count(one.days)))
    : one.isOverdue
      ? sign("bad", "SQUARE", t("obstacle.overdue", count(one.days)))
      : sign("warn", "TRIANGLE", t("obstacle.open", count(one.days)));
  return h(
    "li",
    { class: classes("obstacle", one.until && "closed"), title: [one.description, one.solution].filter(Boolean).join(" → ") },
    h("b", {}, one.kind ? t(`obstacle.${one.kind}`) : one.name || t("stuck.unsaid")),
    h("span", { class: "owner" }, one.owner ?? t("stuck.no.owner")),
    state,
    h("span", { class: "due" }, one.due ? t("history.due", one.due.slice(5)) : t("obstacle.no.due")),
  );
}

export function peopleTile(project, prov) {
  const people = peopleOf(project);
  const obstacles = obstaclesOf(project);
  const flags = project.anomalies ?? [];
  const open = obstacles.filter((one) => !one.until).length;
  return tile(
    "people",
    t("people.title"),
    tileHead(t("people.title"), prov),
    people.length ? h("dl", { class: "facts" }, people.map(person)) : empty(t("people.none")),
    h("h3", {}, t("obstacle.title", count(open), count(obstacles.length))),
    obstacles.length ? h("ol", {}, obstacles.map(obstacleRow)) : h("p", { class: "muted" }, t("obstacle.none")),
    flags.length > 0 && [
      h("h3", {}, t("flags.title", count(flags.length))),
      h(
        "ul",
        { class: "flags" },
        flags.map((flag) => h("li", {}, sign("warn", "TRIANGLE", t(`anomaly.${flag}`)))),
      ),
    ],
  );
}
