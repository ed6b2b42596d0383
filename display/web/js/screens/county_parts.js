// What a county's page is made of, on the wall and at its own desk: status, figures, gaps, alerts, claims, projects.
import { h, classes } from "../dom.js";
import { t, named, lasted } from "../i18n.js";
import { clock, count, moment, percent, yi, NONE } from "../format.js";
import { aside, definition, lostSign, paceWords, sign, tile, tileHead, empty } from "../components.js";
import { Pager } from "../pager.js";

const YUAN_PER_WAN = 10000;
const PHONE = "(max-width: 900px)";

// ---- in contact or not, and how far behind
function offsetWords(ms) {
  if (ms === null || ms === undefined) return NONE;
  const seconds = (Math.abs(ms) / 1000).toFixed(1);
  return t(ms < 0 ? "county.slow" : "county.fast", seconds);
}

const said = (name, value) => h("span", {}, name, " ", h("b", {}, value));

/** The line under the name: live contact; in a replay nothing is known of it. */
export function contactLine(store, unit) {
  if (store.isReplay) return h("div", { class: "contact" }, h("span", { class: "muted" }, t("county.replay")));
  const contact = store.contact.units.get(unit);
  if (!contact) return h("div", { class: "contact" }, sign("none", "RING", t("county.never")));
  const lost = !contact.is_online && Math.max(0, (store.now ?? 0) - (contact.last_contact ?? store.now ?? 0));
  return h(
    "div",
    { class: classes("contact", !contact.is_online && "cut"), role: "status" },
    contact.is_online ? sign("ok", "CIRCLE", t("county.online")) : lostSign(t("county.lost", lasted(lost))),
    said(
      t("county.last"),
      contact.last_contact ? `${moment(contact.last_contact, store.now).replace(/\d\d:\d\d$/, "")}${clock(contact.last_contact)}` : NONE,
    ),
    said(t("county.backlog"), t("county.events", count(contact.backlog))),
    said(t("county.clock"), offsetWords(contact.clock_offset_ms)),
    !contact.is_online && h("span", { class: "kept" }, t("county.kept", moment(contact.last_contact, store.now))),
  );
}

// ---- figures
const rateOf = (row, id) => (row.rates ?? []).find((rate) => rate.id === id);
const targetOf = (row, metric) => (row.targets ?? []).find((target) => target.metric === metric && !target.list && !target.threshold_wan);

function targetLine(target) {
  if (!target) return h("span", { class: "goal muted" }, t("target.none"));
  const base = typeof target.target_wan === "number" ? yi(target.target_wan * YUAN_PER_WAN, 1) : count(target.target_count);
  return h("span", { class: "goal" }, t("target", base), target.pace_points && [" ", h("b", {}, paceWords(target.pace_points))]);
}

function figure(name, value, unit, def, more, parts) {
  return tile(
    "kpi",
    name,
    tileHead(name, parts && aside(parts)),
    h("p", { class: "value" }, h("span", { class: "num" }, value), h("span", { class: "unit" }, unit)),
    more,
    definition(def),
  );
}

function countFigure(row, key) {
  return figure(t(`county.${key}`), count(row[key]), t("unit.piece"), t(`county.${key}.definition`), targetLine(targetOf(row, key)));
}

function rankWords(store, unit, rank, of) {
  const before = store?.section("ranking")?.rows?.find((other) => other.unit === unit)?.before;
  if (!rank) return null;
  const change = !before
    ? ""
    : before > rank
      ? t("county.rose", before - rank)
      : before < rank
        ? t("county.fell", rank - before)
        : t("county.same");
  return h("span", { class: "goal" }, h("b", {}, t("county.rank", rank, of ?? NONE)), change && ` · ${change}`);
}

function rateFigure(row, id, more) {
  const rate = rateOf(row, id);
  if (!rate) return null;
  const parts =
    rate.counted_in === "yuan"
      ? `${yi(rate.numerator, 0)}/${yi(rate.denominator, 0)}`
      : `${count(rate.numerator)}/${count(rate.denominator)}`;
  const note = more ?? h("span", { class: "goal muted" }, rate.denominator ? t("county.version", rate.version) : t("empty.denominator"));
  return figure(named("figure", id, rate.name), percent(rate.percent), "%", id, note, parts);
}

export function figures(store, data) {
  const { row } = data;
  if (!row) return h("div", { class: "kpis" }, empty(t("county.no.figures")));
  const money = figure(
    t("county.received"),
    yi(row.received_wan * YUAN_PER_WAN, 1),
    t("unit.yi"),
    t("county.received.definition"),
    targetLine(targetOf(row, "received_wan_total")),
  );
  return h(
    "div",
    { class: "kpis" },
    countFigure(row, "signed"),
    countFigure(row, "started"),
    rateFigure(row, "START_OVER_SIGNED", rankWords(store, data.unit, data.rank, data.of)),
    rateFigure(row, "LAND_OVER_SIGNED"),
    rateFigure(row, "FUND_OVER_CONTRACT"),
    money,
  );
}

// ---- gaps and alerts
/** The lists of a unit beside the rules in force: {id, name, count, limit, over, longest, level, definition}. Pure. */
export function summaries(lists, rules) {
  const known = new Map((rules ?? []).map((rule) => [rule.id, rule]));
  return (lists ?? []).map((list) => {
    const rule = known.get(list.class) ?? {};
    const ages = list.rows.map((row) => row.age_days).filter((age) => typeof age === "number");
    const limit = rule.limit_days ?? null;
    return {
      id: list.class,
      name: list.name,
      count: list.count,
      limit,
      over: limit === null ? 0 : ages.filter((age) => age > limit).length,
      longest: ages.length ? Math.max(...ages) : null,
      level: rule.level ?? "warn",
      definition: rule.definition,
    };
  });
}

function gapWords(gap) {
  if (gap.count === 0) return h("span", { class: "muted" }, t("stuck.none"));
  return gap.over > 0 ? sign("bad", "SQUARE", t("stuck.over", count(gap.over), gap.limit)) : t("stuck.longest", count(gap.longest));
}

/** rules: the answer of /api/v1/definitions. */
export function gapsTile(data, rules, prov) {
  const gaps = summaries(data.gaps, rules?.gaps);
  const alerts = summaries(data.alerts, rules?.alerts).filter((alert) => alert.count > 0);
  const most = Math.max(1, ...gaps.map((gap) => gap.count));
  const row = (gap) =>
    h(
      "li",
      { title: gap.definition },
      h("span", { class: "name" }, named("gap", gap.id, gap.name)),
      h("b", {}, count(gap.count)),
      h("i", { "--v": `${(100 * gap.count) / most}%`, "aria-hidden": "true" }),
      h("span", { class: "over" }, gapWords(gap)),
    );
  return tile(
    "own-gaps",
    t("county.gaps"),
    tileHead(t("county.gaps"), prov),
    gaps.length ? h("ol", { class: "mini" }, gaps.map(row)) : empty(),
    alerts.length > 0 &&
      h(
        "ul",
        { class: "own-alerts" },
        alerts.map((alert) =>
          h(
            "li",
            { title: alert.definition },
            sign(alert.level, undefined, named("alert", alert.id, alert.name)),
            " ",
            h("b", {}, count(alert.count)),
          ),
        ),
      ),
  );
}

// ---- claims: who courts the same firm, who was first, what was decided
const parties = (claim) =>
  claim.units.map((one, i) => [
    i > 0 && t("semicolon"),
    h("span", {}, `${one.unit_name} ${(one.recorded_at ?? "").slice(0, 10)}${one.unit === claim.first_by_log ? t("claim.first") : ""}`),
  ]);

function notes(claim) {
  const out = [
    claim.same_project && t("claim.same"),
    claim.codes_differ && t("claim.codes"),
    claim.orders_differ && t("claim.orders"),
    claim.units_left_out > 0 && t("claim.more", claim.units_left_out),
  ];
  return out.filter(Boolean).join(t("semicolon"));
}

function verdict(claim) {
  if (!claim.verdict) return sign("warn", "TRIANGLE", t("claim.open"));
  return sign("ok", "CIRCLE", t("claim.decided", claim.verdict.winner_name || claim.verdict.winner || NONE));
}

function claimRow(claim) {
  const why = claim.verdict && [claim.verdict.day, claim.verdict.unit_name, claim.verdict.reason].filter(Boolean).join(" · ");
  const evidence = (claim.evidence ?? []).map((one) =>
    h(
      "li",
      {},
      h("span", { class: "muted" }, t("history.position", count(one.position))),
      ` ${one.day ?? ""} ${one.unit_name} ${one.kind ? t(`kind.${one.kind}`) : ""}`,
      one.replaced && ` ${t("claim.replaced")}`,
    ),
  );
  return h(
    "li",
    {},
    h(
      "details",
      {},
      h("summary", {}, h("b", {}, claim.firm), verdict(claim), h("span", { class: "parties" }, parties(claim))),
      h("p", { class: "note" }, [why, notes(claim)].filter(Boolean).join(t("semicolon"))),
      evidence.length > 0 && h("ol", { class: "evidence" }, evidence),
    ),
  );
}

/** null: this scope may not see them; the server does not tell. */
export function claimsTile(data, isFree = () => matchMedia(PHONE).matches) {
  if (!data.claims) return tile("claims", t("county.claims"), tileHead(t("county.claims")), empty(t("county.claims.hidden")));
  const rows = data.claims.map(claimRow);
  const title = t("county.claims");
  const box = h("div", { class: "rows" }, rows.length ? h("ol", {}, rows) : empty(t("county.no.claims")));
  const pager = new Pager(box, { label: title, isFree });
  rows.forEach((row) => row.firstChild.addEventListener("toggle", () => pager.measure()));
  pager.node.hidden = true;
  requestAnimationFrame(() => pager.setRows(rows));
  return tile("claims", title, tileHead(title, aside(t("county.claims.count", count(rows.length))), pager.node), box);
}
