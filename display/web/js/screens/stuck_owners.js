// Stuck: obstacles by kind and by the department whose task they are, and the alerts with the supervised list.
import { h, classes } from "../dom.js";
import { t, named } from "../i18n.js";
import { count } from "../format.js";
import { aside, provenance, sign, tile, tileHead, empty, waiting } from "../components.js";
import { shortName } from "../contact.js";
import { SUPERVISED } from "./stuck_list.js";

const SHOWN = 5;
const widthOf = (open, most) => `${most ? Math.max(1, (100 * open) / most) : 0}%`;

function bar(name, open, most, owner, note) {
  return h(
    "li",
    {},
    h("span", { class: "name", title: name }, name),
    h("b", {}, count(open)),
    h("i", { "--v": widthOf(open, most), "aria-hidden": "true" }),
    h("span", { class: "owner", title: owner }, owner),
    h("span", { class: "right" }, note),
  );
}

function kindBars(kinds) {
  const most = Math.max(0, ...kinds.map((kind) => kind.open));
  return h(
    "ol",
    { class: "hbars" },
    kinds
      .slice(0, SHOWN)
      .map((kind) =>
        bar(
          named("obstacle", kind.id, kind.kind) || t("stuck.unsaid"),
          kind.open,
          most,
          kind.owner || t("stuck.no.owner"),
          t("stuck.longest", count(kind.longest_days)),
        ),
      ),
  );
}

function ownerBars(owners) {
  const most = Math.max(0, ...owners.map((owner) => owner.open));
  return h(
    "ol",
    { class: "hbars by-owner" },
    owners
      .slice(0, SHOWN)
      .map((owner) =>
        bar(
          owner.owner || t("stuck.no.owner"),
          owner.open,
          most,
          owner.overdue > 0 ? sign("bad", "SQUARE", t("stuck.overdue", count(owner.overdue))) : sign("ok", "CIRCLE", t("stuck.in.time")),
          t("stuck.open.days", count(owner.days)),
        ),
      ),
  );
}

function side(name, isOn, onPress) {
  return h(
    "button",
    { type: "button", class: "side", "aria-pressed": isOn ? "true" : "false", "data-key": name, onclick: onPress },
    t(name),
  );
}

export function obstaclesTile(store, byOwner, chooseSide) {
  const data = store.section("obstacles");
  const sides = h(
    "span",
    { class: "sides", role: "group", "aria-label": t("stuck.obstacles") },
    side("stuck.by.kind", !byOwner, () => chooseSide(false)),
    side("stuck.by.owner", byOwner, () => chooseSide(true)),
  );
  const sums =
    data &&
    aside(
      t("stuck.open"),
      " ",
      h("b", {}, count(data.open)),
      " · ",
      t("stuck.late"),
      " ",
      h("b", {}, count(data.overdue)),
      " · ",
      t("stuck.silent"),
      " ",
      h("b", {}, count(data.without_reason)),
    );
  const rows = data && (byOwner ? data.owners : data.kinds);
  const body = !data ? waiting() : !rows.length ? empty(t("stuck.no.obstacles")) : byOwner ? ownerBars(rows) : kindBars(rows);
  return { node: tile("obstacles", t("stuck.obstacles"), tileHead(t("stuck.obstacles"), sums, sides), body) };
}

// ---- alerts

const PLACES = 2;
function places(alert, names) {
  const shown = (alert.units ?? []).slice(0, PLACES).map(({ unit, count: n }) => `${shortName(names.get(unit) ?? unit)} ${n}`);
  const all = (alert.units ?? []).length;
  return shown.join(t("comma")) + (all > shown.length ? t("stuck.more.units", all) : "");
}

function alertRow(alert, names, chosen, choose) {
  const isChosen = alert.id === chosen;
  const where = places(alert, names);
  return h(
    "li",
    {},
    h(
      "button",
      {
        type: "button",
        class: classes("alert", isChosen && "selected"),
        "aria-pressed": isChosen ? "true" : "false",
        "data-key": alert.id,
        title: alert.definition,
        onclick: () => choose(alert.id),
      },
      sign(alert.level, undefined, t(`light.${alert.level}`)),
      h("b", {}, count(alert.count)),
      h("span", { class: "name" }, named("alert", alert.id, alert.name)),
      h("span", { class: "where", title: where }, where),
    ),
  );
}

function supervisedRow(rows, chosen, choose) {
  const isChosen = chosen === SUPERVISED;
  const leaders = new Set(rows.map((row) => row.leader).filter(Boolean));
  return h(
    "li",
    {},
    h(
      "button",
      {
        type: "button",
        class: classes("alert", isChosen && "selected"),
        "aria-pressed": isChosen ? "true" : "false",
        "data-key": SUPERVISED,
        onclick: () => choose(SUPERVISED),
      },
      sign("calm", "DIAMOND", t("stuck.watched")),
      h("b", {}, count(rows.length)),
      h("span", { class: "name" }, t("stuck.supervised")),
      h("span", { class: "where" }, t("stuck.leaders", leaders.size)),
    ),
  );
}

export function alertsTile(store, chosen, choose) {
  const alerts = store.section("alerts")?.filter((alert) => alert.id !== SUPERVISED && alert.count > 0);
  const supervised = store.section("supervised") ?? [];
  const names = new Map((store.section("units") ?? []).map((unit) => [unit.unit, unit.name]));
  const order = { bad: 0, warn: 1 };
  const rows = [...(alerts ?? [])].sort((a, b) => (order[a.level] ?? 2) - (order[b.level] ?? 2) || b.count - a.count);
  const sum = rows.reduce((all, alert) => all + alert.count, 0);
  const list = [
    ...(supervised.length ? [supervisedRow(supervised, chosen, choose)] : []),
    ...rows.map((alert) => alertRow(alert, names, chosen, choose)),
  ];
  return {
    node: tile(
      "alerts",
      t("stuck.alerts"),
      tileHead(t("stuck.alerts"), aside(t("stuck.items", count(sum))), provenance(store, { brief: true })),
      !alerts
        ? waiting()
        : list.length
          ? h("ol", { class: "alert-list", tabindex: list.length > SHOWN ? 0 : undefined }, list)
          : empty(t("stuck.no.alerts")),
    ),
  };
}
