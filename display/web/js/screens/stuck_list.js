// Stuck: the projects of the chosen class, sortable and filtered, in pages that fit; one click to a project.
import { h } from "../dom.js";
import { t, named } from "../i18n.js";
import { count } from "../format.js";
import { getJson, pictureOf } from "../api.js";
import { definition, failure, provenance, tile, empty, waiting } from "../components.js";
import { shortName } from "../contact.js";
import { href } from "../router.js";
import { Pager } from "../pager.js";
import { makeRow, makeTable, sorted } from "../sortable.js";

export const SUPERVISED = "SUPERVISED";
const PHONE = "(max-width: 900px)";
const REFRESH_MS = 1000;

const link = (row) =>
  row.project ? h("a", { href: href("project", row.project), title: row.name || row.project }, row.name || row.project) : row.name || "—";

const dayColumn = (key) => ({
  id: "age",
  title: t("list.days"),
  class: "age",
  startsDown: true,
  value: (row) => row[key],
  cell: (row) => count(row[key]),
});
const unitColumn = () => ({
  id: "unit",
  title: t("list.unit"),
  class: "unit-name",
  value: (row) => row.unit_name,
  cell: (row) => h("span", { title: row.unit_name }, shortName(row.unit_name ?? "—")),
});
const projectColumn = () => ({
  id: "project",
  title: t("list.project"),
  class: "project-name",
  isHeading: true,
  value: (row) => row.name,
  cell: link,
});

function gapColumns() {
  const stuck = (row) =>
    row.obstacle
      ? [h("b", {}, row.obstacle), row.transfers > 0 && ` ${t("list.transfers", row.transfers)}`]
      : h("span", { class: "muted" }, t("stuck.unsaid"));
  return [
    dayColumn("age_days"),
    unitColumn(),
    projectColumn(),
    { id: "obstacle", title: t("list.obstacle"), class: "obstacle", value: (row) => row.obstacle, cell: stuck },
    { id: "owner", title: t("list.owner"), class: "owner", value: (row) => row.owner, cell: (row) => row.owner ?? "—" },
  ];
}

function supervisedColumns() {
  return [
    dayColumn("days"),
    unitColumn(),
    projectColumn(),
    {
      id: "leader",
      title: t("list.leader"),
      class: "leader",
      value: (row) => row.leader,
      cell: (row) => (row.leader ? h("b", {}, row.leader) : h("span", { class: "muted" }, t("list.no.leader"))),
    },
    { id: "why", title: t("list.why"), class: "why", cell: (row) => row.why ?? "—" },
  ];
}

// ---- filters

const FILTERS = [
  { key: "unit", all: "filter.units", value: (row) => row.unit_name },
  { key: "obstacle", all: "filter.obstacles", value: (row) => row.obstacle || t("stuck.unsaid") },
  { key: "owner", all: "filter.owners", value: (row) => row.owner || t("stuck.no.owner") },
];
const SUPERVISED_FILTERS = [FILTERS[0], { key: "leader", all: "filter.leaders", value: (row) => row.leader || t("list.no.leader") }];

function filterBox(filter, rows, filters, onChange) {
  const counts = new Map();
  rows.forEach((row) => counts.set(filter.value(row), (counts.get(filter.value(row)) ?? 0) + 1));
  const chosen = filters[filter.key];
  const options = [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([name, n]) => h("option", { value: name, selected: name === chosen }, `${name} ${n}`));
  return h(
    "select",
    {
      "aria-label": t(filter.all),
      "data-key": `filter-${filter.key}`,
      onchange: (event) => onChange(filter.key, event.target.value || undefined),
    },
    h("option", { value: "", selected: !chosen }, t(filter.all)),
    options,
  );
}

const passes = (row, all, filters) => all.every((filter) => !filters[filter.key] || filter.value(row) === filters[filter.key]);

// ---- the tile

/** What the list shows: from the frame where it is there, else asked for. */
async function rowsOf(store, chosen, signal) {
  if (chosen === SUPERVISED) {
    const names = new Map((store.section("units") ?? []).map((unit) => [unit.unit, unit.name]));
    return (store.section("supervised") ?? []).map((row) => ({ ...row, unit_name: names.get(row.unit) ?? row.unit }));
  }
  const answer = await getJson("gaps", { class: chosen, ...pictureOf(store) }, { signal });
  return answer.lists?.[0]?.rows ?? [];
}

function titleOf(store, chosen) {
  if (chosen === SUPERVISED) return { name: t("stuck.supervised"), definition: t("stuck.supervised.definition") };
  const gap = (store.section("gaps") ?? []).find((other) => other.id === chosen);
  const alert = (store.section("alerts") ?? []).find((other) => other.id === chosen);
  const found = gap ?? alert;
  return { name: found ? named(gap ? "gap" : "alert", chosen, found.name) : chosen, definition: found?.definition ?? "" };
}

class List {
  constructor(store, state) {
    Object.assign(this, { store, state, rows: null, abort: new AbortController(), chosen: state.chosen, later: null });
    const title = titleOf(store, this.chosen);
    this.number = h("b", {}, "");
    this.filterLine = h("div", { class: "filters" });
    this.box = h("div", { class: "rows" }, waiting());
    this.pager = new Pager(this.box, { label: title.name, isFree: () => matchMedia(PHONE).matches });
    this.pager.node.hidden = true;
    this.node = tile(
      "list",
      title.name,
      h("header", { class: "tile-head" }, h("h2", {}, title.name, " ", this.number), this.pager.node),
      this.filterLine,
      this.box,
      h(
        "div",
        { class: "foot" },
        definition(`${title.definition} ${this.chosen}`, title.definition || this.chosen),
        provenance(store, { brief: true }),
      ),
    );
    this.load();
  }

  async load() {
    try {
      const rows = await rowsOf(this.store, this.chosen, this.abort.signal);
      const text = JSON.stringify(rows);
      if (text === this.text) return;
      Object.assign(this, { rows, text });
      this.show({ keepPage: true });
    } catch (error) {
      if (error.name !== "AbortError") this.box.replaceChildren(failure(error, () => this.load()));
    }
  }

  /** The figures changed: asks again, at most once in a while. */
  refresh() {
    if (this.later) return;
    this.later = setTimeout(() => {
      this.later = null;
      this.load();
    }, REFRESH_MS);
  }

  order() {
    return this.state.order ?? { column: "age", isDown: true };
  }

  show({ keepPage = false } = {}) {
    const isSupervised = this.chosen === SUPERVISED;
    const all = isSupervised ? SUPERVISED_FILTERS : FILTERS;
    const columns = isSupervised ? supervisedColumns() : gapColumns();
    const rows = sorted(
      this.rows.filter((row) => passes(row, all, this.state.filters)),
      columns,
      this.order(),
    );
    const focused = this.node.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
    this.number.textContent = rows.length === this.rows.length ? count(rows.length) : `${count(rows.length)} / ${count(this.rows.length)}`;
    this.filterLine.replaceChildren(
      ...(this.rows.length
        ? all.map((filter) => filterBox(filter, this.rows, this.state.filters, (key, value) => this.filter(key, value)))
        : []),
    );
    if (!rows.length) {
      this.pager.node.hidden = true;
      return this.box.replaceChildren(empty(t("stuck.empty")));
    }
    const { table, head, body } = makeTable(titleOf(this.store, this.chosen).name, columns, this.order(), (order) => this.sort(order));
    const lines = rows.map((row) => makeRow(row, columns));
    body.append(...lines);
    this.box.replaceChildren(table);
    this.pager.head = head;
    this.pager.setRows(lines, { keepPage });
    if (focused) this.node.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
    return undefined;
  }

  sort(order) {
    this.state.order = order;
    this.show();
  }

  filter(key, value) {
    this.state.filters = { ...this.state.filters, [key]: value };
    this.show();
  }

  end() {
    this.abort.abort();
    clearTimeout(this.later);
    this.pager.end();
  }
}

export function listTile(store, state) {
  const list = new List(store, state);
  return { node: list.node, refresh: () => list.refresh(), end: () => list.end() };
}
