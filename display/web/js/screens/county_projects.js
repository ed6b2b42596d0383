// County: its projects in a table that sorts, in pages that fit.
import { h } from "../dom.js";
import { t } from "../i18n.js";
import { count } from "../format.js";
import { aside, tile, empty } from "../components.js";
import { Pager } from "../pager.js";
import { makeRow, makeTable, sorted } from "../sortable.js";
import { projectColumns } from "./county_columns.js";

const PHONE = "(max-width: 900px)";

export class Projects {
  /** order: {column, isDown}, kept by the caller; isFree: the box grows with its rows (a desk page). */
  constructor(projects, { order, onOrder, isFree = false, today = null, all = projects.length }) {
    Object.assign(this, { projects, order, onOrder, columns: projectColumns(today) });
    const title = t("county.projects");
    this.box = h("div", { class: "rows" });
    this.pager = new Pager(this.box, { label: title, isFree: () => isFree || matchMedia(PHONE).matches });
    this.pager.node.hidden = true;
    this.node = tile(
      "own-projects",
      title,
      h(
        "header",
        { class: "tile-head" },
        h("h2", {}, title, " ", h("b", {}, all > projects.length ? t("county.newest", count(all), count(projects.length)) : count(all))),
        aside(t("unit.yi")),
        this.pager.node,
      ),
      this.box,
    );
    this.show();
  }

  show() {
    if (!this.projects.length) return this.box.replaceChildren(empty(t("county.no.projects")));
    const focused = this.node.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
    const { table, head, body } = makeTable(t("county.projects"), this.columns, this.order, (order) => {
      this.order = order;
      this.onOrder(order);
      this.show();
    });
    const lines = sorted(this.projects, this.columns, this.order).map((row) => makeRow(row, this.columns));
    body.append(...lines);
    this.box.replaceChildren(table);
    this.pager.head = head;
    this.pager.setRows(lines, { keepPage: true });
    if (focused) this.node.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
    return undefined;
  }

  end() {
    this.pager.end();
  }
}
