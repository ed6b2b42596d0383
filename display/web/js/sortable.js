// A table whose columns sort: real table, real buttons, aria-sort. The order is kept by the caller's `order`.
import { h, classes } from "./dom.js";
import { currentLanguage } from "./i18n.js";

const collator = () => new Intl.Collator(currentLanguage() === "zh" ? "zh-Hans-CN" : "en", { numeric: true });

/** Missing values stand last in either direction. */
export function compareValues(left, right, isDown, compareText) {
  const isNone = (value) => value === null || value === undefined || value === "";
  if (isNone(left) || isNone(right)) return Number(isNone(left)) - Number(isNone(right));
  const order = typeof left === "number" && typeof right === "number" ? left - right : compareText(String(left), String(right));
  return isDown ? -order : order;
}

/** columns: [{id, value(row)}]; order: {column, isDown}. A new array; equal rows keep their order. */
export function sorted(rows, columns, order) {
  const column = columns.find((other) => other.id === order.column);
  if (!column?.value) return [...rows];
  const { compare } = collator();
  return [...rows].sort((a, b) => compareValues(column.value(a), column.value(b), order.isDown, compare));
}

function heading(column, order, onOrder) {
  const isSorted = order.column === column.id;
  const sort = isSorted ? (order.isDown ? "descending" : "ascending") : "none";
  const button = h(
    "button",
    {
      type: "button",
      class: "sort",
      "data-key": `sort-${column.id}`,
      onclick: () => onOrder({ column: column.id, isDown: isSorted ? !order.isDown : Boolean(column.startsDown) }),
    },
    column.title,
    h("i", { "aria-hidden": "true" }, isSorted ? (order.isDown ? "▼" : "▲") : ""),
  );
  return h("th", { scope: "col", class: column.class, "aria-sort": column.value ? sort : undefined }, column.value ? button : column.title);
}

/** columns: [{id, title, class, value(row), cell(row), startsDown}] -> {table, head, body}; cells are nodes or texts. */
export function makeTable(caption, columns, order, onOrder) {
  const head = h(
    "thead",
    {},
    h(
      "tr",
      {},
      columns.map((column) => heading(column, order, onOrder)),
    ),
  );
  const body = h("tbody");
  return { head, body, table: h("table", { class: "sortable" }, h("caption", { class: "sr" }, caption), head, body) };
}

export const makeRow = (row, columns) =>
  h(
    "tr",
    {},
    columns.map((column) =>
      h(
        column.isHeading ? "th" : "td",
        { class: classes(column.class), scope: column.isHeading ? "row" : undefined, "data-label": column.title },
        h("div", {}, column.cell(row)),
      ),
    ),
  );
