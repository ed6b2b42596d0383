// Meeting: the sheets of the pack, each no taller than a page: figures, rates, targets, gaps, alerts, restatements.
import { h } from "../dom.js";
import { t, named } from "../i18n.js";
import { count, dayOf, hourMinute, percent, yi, NONE } from "../format.js";
import { light, paceWords, sign, empty } from "../components.js";
import { shortName } from "../contact.js";

const ROWS = 14; // of a table on one sheet
const OLDEST = 10;
const ROOMY = 11; // fewer rows stand further apart
const YUAN_PER_WAN = 10000;

/** Pages of at most `most` rows, as even as can be. Pure. */
export function chunks(rows, most = ROWS) {
  const pages = Math.max(1, Math.ceil(rows.length / most));
  const size = Math.ceil(rows.length / pages);
  return Array.from({ length: pages }, (_, page) => rows.slice(page * size, (page + 1) * size));
}
const numbered = (title, page, pages) => (pages > 1 ? `${title} ${page + 1}/${pages}` : title);

/** columns: [{title, class, cell(row)}]; the first is the row's heading. */
function table(caption, columns, rows, last) {
  const line = (row, isLast) =>
    h(
      "tr",
      { class: isLast && "total" },
      columns.map((column, i) => h(i === 0 ? "th" : "td", { class: column.class, scope: i === 0 ? "row" : undefined }, column.cell(row))),
    );
  return h(
    "table",
    { class: rows.length < ROOMY && "roomy" },
    h("caption", { class: "sr" }, caption),
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        columns.map((column) => h("th", { scope: "col", class: column.class }, column.title)),
      ),
    ),
    h(
      "tbody",
      {},
      rows.map((row) => line(row, false)),
      last && line(last, true),
    ),
  );
}

const number = (title, value) => ({ title, class: "right", cell: (row) => count(value(row)) });
const unitColumn = () => ({ title: t("list.unit"), cell: (row) => (row.unit === null ? t("ranking.city") : shortName(row.name)) });

// ---- figures by county
function figureSheets({ bulletin }) {
  const columns = [
    unitColumn(),
    number(t("county.signed"), (row) => row.signed),
    number(t("meeting.landed"), (row) => row.landed),
    number(t("county.started"), (row) => row.started),
    number(t("meeting.completed"), (row) => row.completed),
    number(t("meeting.producing"), (row) => row.producing),
    number(t("meeting.terminated"), (row) => row.terminated),
    { title: t("meeting.contract"), class: "right", cell: (row) => yi(row.contract_wan * YUAN_PER_WAN) },
    { title: t("meeting.received"), class: "right", cell: (row) => yi(row.received_wan * YUAN_PER_WAN) },
    number(t("meeting.trips"), (row) => row.trips),
    number(t("meeting.obstacles"), (row) => row.obstacles_open),
  ];
  const pages = chunks(bulletin.units);
  return pages.map((rows, i) => ({
    title: numbered(t("meeting.figures"), i, pages.length),
    note: t("meeting.figures.note"),
    body: table(t("meeting.figures"), columns, rows, i === pages.length - 1 && bulletin.total),
  }));
}

// ---- rates with their definitions
function rateSheets({ bulletin }) {
  const shown = (bulletin.total.rates ?? []).filter((rate) => rate.headline);
  const rateOf = (row, id) => (row.rates ?? []).find((rate) => rate.id === id);
  const columns = [
    unitColumn(),
    ...shown.map(({ id, name }) => ({
      title: named("figure", id, name),
      class: "right",
      cell: (row) => [percent(rateOf(row, id)?.percent), rateOf(row, id)?.percent && h("small", {}, "%")],
    })),
  ];
  const formulas = new Map((bulletin.definitions ?? []).map((one) => [one.id, one]));
  const legend = h(
    "dl",
    { class: "formulas" },
    shown.map(({ id, name, version }) =>
      h(
        "div",
        {},
        h("dt", {}, named("figure", id, name)),
        h("dd", {}, formulas.get(id)?.formula ?? "", h("small", {}, ` ${id} v${version}`)),
      ),
    ),
  );
  const pages = chunks(bulletin.units, ROWS - 2);
  return pages.map((rows, i) => ({
    title: numbered(t("meeting.rates"), i, pages.length),
    body: [table(t("meeting.rates"), columns, rows, i === pages.length - 1 && bulletin.total), legend],
  }));
}

// ---- targets and pace
const METRICS = [
  "signed",
  "landed",
  "started",
  "in_library",
  "completed",
  "producing",
  "above_scale",
  "full_capacity",
  "new_projects",
  "reserve",
  "trips",
  "firms_visited",
  "received_wan_total",
  "received_wan_out_of_province",
  "received_wan_all_out_of_city",
  "received_wan_overseas",
  "fdi_used_wan",
  "fixed_formed_wan",
  "verified_wan",
  "contract_wan",
];

/** A target of the frame: yuan, a count, or percents as text. */
function markText(row, value) {
  if (value === null || value === undefined) return NONE;
  if (row.target.is_rate || typeof value === "string") return `${percent(value)}%`;
  return row.kind === "amount" ? yi(value) : count(value);
}
const pointsOf = (row) => row.target.points ?? row.target.pace_points;

/** A target of a bulletin row: 万元, counts, or basis points of a rate. */
function rowText(row, part) {
  if (typeof row[`${part}_wan`] === "number") return yi(row[`${part}_wan`] * YUAN_PER_WAN);
  const number = row[`${part}_count`];
  if (typeof number !== "number") return NONE;
  return METRICS.includes(row.metric) ? count(number) : `${(number / 100).toFixed(2)}%`;
}

function metricText(row, names) {
  const name = METRICS.includes(row.metric) ? t(`metric.${row.metric}`) : (names.get(row.metric) ?? row.metric);
  return [name, row.threshold_wan && t("meeting.threshold", yi(row.threshold_wan * YUAN_PER_WAN, 1)), row.list].filter(Boolean).join(" · ");
}

function stageRows({ wall }) {
  const { stages, headlines } = wall;
  return [
    ...headlines.map((one) => ({
      name: named("figure", one.id, one.name),
      actual: one.kind === "rate" ? `${percent(one.percent)}%` : yi(one.yuan),
      ...one,
    })),
    ...stages.map((one) => ({ ...one, name: named("stage", one.id, one.name), actual: count(one.count) })),
  ];
}

function overviewSheets(pack) {
  const columns = [
    { title: t("meeting.figure"), cell: (row) => row.name },
    { title: t("meeting.actual"), class: "right", cell: (row) => h("b", {}, row.actual) },
    { title: t("target.word"), class: "right", cell: (row) => (row.target ? markText(row, row.target.base) : t("target.none")) },
    { title: t("meeting.stretch"), class: "right", cell: (row) => (row.target ? markText(row, row.target.stretch) : NONE) },
    { title: t("meeting.done"), class: "right", cell: (row) => (row.target?.rate_percent ? `${percent(row.target.rate_percent)}%` : NONE) },
    { title: t("meeting.pace"), cell: (row) => (row.target ? paceWords(pointsOf(row), Boolean(row.target.is_rate)) || NONE : NONE) },
    { title: t("meeting.light"), cell: (row) => light(row.light) },
    { title: t("meeting.document"), cell: (row) => row.target?.document ?? NONE },
  ];
  return [
    {
      title: t("meeting.overview"),
      note: t("pace.time", pack.wall.head.time_pace),
      body: table(t("meeting.overview"), columns, stageRows(pack)),
    },
  ];
}

function targetSheets(pack) {
  const rows = pack.bulletin.units.flatMap((unit) =>
    (unit.targets ?? []).map((target) => ({ ...target, unit: unit.unit, name: unit.name })),
  );
  if (!rows.length) return [];
  const names = new Map((pack.bulletin.definitions ?? []).map((one) => [one.id, named("figure", one.id, one.name)]));
  const columns = [
    unitColumn(),
    { title: t("meeting.figure"), cell: (row) => metricText(row, names) },
    { title: t("target.word"), class: "right", cell: (row) => rowText(row, "target") },
    { title: t("meeting.stretch"), class: "right", cell: (row) => rowText(row, "stretch") },
    { title: t("meeting.actual"), class: "right", cell: (row) => rowText(row, "actual") },
    { title: t("meeting.done"), class: "right", cell: (row) => (row.rate_percent ? `${percent(row.rate_percent)}%` : NONE) },
    { title: t("meeting.pace"), cell: (row) => paceWords(row.pace_points) || NONE },
    { title: t("meeting.document"), cell: (row) => row.document ?? NONE },
  ];
  const pages = chunks(rows);
  return pages.map((part, i) => ({
    title: numbered(t("meeting.targets"), i, pages.length),
    body: table(t("meeting.targets"), columns, part),
  }));
}

// ---- the six gaps, each with its ten oldest
function gapSheets({ wall, gaps }) {
  const columns = [
    { title: t("list.project"), class: "wide", cell: (row) => row.name || row.project },
    { title: t("list.unit"), cell: (row) => shortName(row.unit_name ?? NONE) },
    { title: t("list.days"), class: "right", cell: (row) => h("b", {}, count(row.age_days)) },
    { title: t("meeting.opened"), cell: (row) => row.since ?? NONE },
    { title: t("list.obstacle"), cell: (row) => row.obstacle ?? t("stuck.unsaid") },
    { title: t("list.owner"), class: "wide", cell: (row) => row.owner ?? NONE },
  ];
  return gaps.lists.map((list) => {
    const gap = wall.gaps.find((one) => one.id === list.class);
    const over = gap?.limit_days ? t("stuck.over", count(gap.over_limit), gap.limit_days) : "";
    return {
      title: t("meeting.gap", named("gap", list.class, list.name), count(list.count)),
      note: [over, gap?.longest_days && t("stuck.longest", count(gap.longest_days)), gap?.definition, list.class]
        .filter(Boolean)
        .join(" · "),
      body: list.rows.length
        ? table(list.name, columns, [...list.rows].sort((a, b) => (b.age_days ?? 0) - (a.age_days ?? 0)).slice(0, OLDEST))
        : empty(t("stuck.empty")),
    };
  });
}

// ---- alerts, supervision
function alertSheets({ wall }) {
  const names = new Map(wall.units.map((unit) => [unit.unit, unit.name]));
  const columns = [
    { title: t("stuck.alerts"), cell: (row) => sign(row.level, undefined, named("alert", row.id, row.name)) },
    number(t("meeting.items"), (row) => row.count),
    {
      title: t("meeting.where"),
      class: "wide",
      cell: (row) => row.units.map((one) => `${shortName(names.get(one.unit) ?? one.unit)} ${one.count}`).join(t("comma")),
    },
    { title: t("meeting.rule"), class: "wide", cell: (row) => row.definition ?? "" },
  ];
  const watched = [
    { title: t("list.project"), class: "wide", cell: (row) => row.name || row.project },
    { title: t("list.unit"), cell: (row) => shortName(names.get(row.unit) ?? row.unit) },
    number(t("list.days"), (row) => row.days),
    { title: t("list.leader"), cell: (row) => row.leader ?? t("list.no.leader") },
    { title: t("list.why"), class: "wide", cell: (row) => row.why ?? "" },
  ];
  const pages = chunks(wall.supervised);
  return [
    {
      title: t("stuck.alerts"),
      body: wall.alerts.length ? table(t("stuck.alerts"), columns, wall.alerts.slice(0, ROWS)) : empty(t("stuck.no.alerts")),
    },
    ...(wall.supervised.length
      ? pages.map((rows, i) => ({
          title: numbered(`${t("stuck.supervised")} ${wall.supervised.length}`, i, pages.length),
          body: table(t("stuck.supervised"), watched, rows),
        }))
      : []),
  ];
}

// ---- restatements since the last sitting
function restatedSheets({ wall, restated, since }) {
  const sinceMs = Date.parse(`${since}T00:00:00+08:00`);
  const figures = wall.notices.filter((notice) => notice.recorded_at >= sinceMs);
  const columns = [
    { title: t("meeting.when"), cell: (row) => `${dayOf(row.recorded_at)} ${hourMinute(row.recorded_at)}` },
    { title: t("meeting.what"), class: "wide", cell: (row) => [row.figure ?? row.project_name, row.figure ? "" : ` ${row.text}`] },
    { title: t("meeting.change"), cell: (row) => [h("del", {}, row.before ?? NONE), " → ", h("b", {}, row.after ?? NONE)] },
    { title: t("meeting.who"), cell: (row) => row.by ?? NONE },
    { title: t("list.why"), class: "wide", cell: (row) => row.why ?? NONE },
  ];
  const rows = [...figures, ...restated.rows];
  const note = [t("meeting.restated.note", since, figures.length, restated.rows.length), !restated.isWhole && t("meeting.restated.partial")]
    .filter(Boolean)
    .join(" · ");
  if (!rows.length) return [{ title: t("meeting.restated"), note, body: empty(t("meeting.restated.none")) }];
  const pages = chunks(rows);
  return pages.map((part, i) => ({
    title: numbered(t("meeting.restated"), i, pages.length),
    note,
    body: table(t("meeting.restated"), columns, part),
  }));
}

/** [{title, note, body}] in the order of the sitting. */
export const sheetsOf = (pack) =>
  [overviewSheets, figureSheets, rateSheets, targetSheets, gapSheets, alertSheets, restatedSheets].flatMap((make) => make(pack));
