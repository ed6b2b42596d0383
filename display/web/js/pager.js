// Pages of rows that fit their box whole: no row is ever cut, none is out of reach.
import { h } from "./dom.js";
import { t } from "./i18n.js";

const FREE_ROWS = 20; // where the box grows with its rows: a phone, a desk page

/** Splits heights into pages of at most `room`; a row taller than the room has a page of its own. Pure. */
export function pagesOf(heights, room) {
  const starts = [0];
  let used = 0;
  heights.forEach((height, index) => {
    if (index > starts[starts.length - 1] && used + height > room) {
      starts.push(index);
      used = 0;
    }
    used += height;
  });
  return starts;
}

const evenStarts = (count, size) => Array.from({ length: Math.max(1, Math.ceil(count / size)) }, (_, page) => page * size);

/** box holds `head` (not paged, may be null) and the rows; `isFree()` says that the box grows with them. */
export class Pager {
  constructor(box, { head = null, isFree = () => false, label }) {
    Object.assign(this, { box, head, isFree, rows: [], starts: [0], page: 0 });
    this.say = h("span", { class: "pages", "aria-live": "polite" });
    this.back = h(
      "button",
      { type: "button", class: "step", "aria-label": t("pager.back"), "data-key": `${label}-back`, onclick: () => this.turn(-1) },
      "‹",
    );
    this.forth = h(
      "button",
      { type: "button", class: "step", "aria-label": t("pager.forth"), "data-key": `${label}-forth`, onclick: () => this.turn(1) },
      "›",
    );
    this.node = h("div", { class: "pager", role: "group", "aria-label": label }, this.back, this.say, this.forth);
    this.observer = new ResizeObserver(() => this.measure());
    this.observer.observe(box);
  }

  setRows(rows, { keepPage = false } = {}) {
    const first = keepPage ? this.starts[this.page] : 0;
    this.rows = rows;
    this.measure(first);
  }

  measure(first = this.starts[this.page] ?? 0) {
    this.rows.forEach((row) => (row.hidden = false));
    const room = this.box.clientHeight - (this.head?.offsetHeight ?? 0);
    this.starts = this.isFree()
      ? evenStarts(this.rows.length, FREE_ROWS)
      : pagesOf(
          this.rows.map((row) => row.offsetHeight),
          room,
        );
    this.page = Math.max(
      0,
      this.starts.findLastIndex((start) => start <= first),
    );
    this.show();
  }

  turn(by) {
    this.page = (this.page + by + this.starts.length) % this.starts.length;
    this.show();
  }

  show() {
    const from = this.starts[this.page];
    const to = this.starts[this.page + 1] ?? this.rows.length;
    this.rows.forEach((row, index) => (row.hidden = index < from || index >= to));
    this.node.hidden = this.starts.length < 2;
    this.say.textContent = to - from > 1 ? t("pager.range", from + 1, to, this.rows.length) : t("pager.one", to, this.rows.length);
  }

  end() {
    this.observer.disconnect();
  }
}
