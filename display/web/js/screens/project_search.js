// Project: a box that finds a project by name, number or investor while one types; results are links.
import { h } from "../dom.js";
import { t } from "../i18n.js";
import { count } from "../format.js";
import { getJson, pictureOf } from "../api.js";
import { href } from "../router.js";

const WAIT_MS = 200;
const SHOWN = 8;

export class Search {
  constructor(store) {
    this.store = store;
    this.abort = new AbortController();
    this.input = h("input", {
      type: "search",
      class: "search",
      placeholder: t("search.hint"),
      "aria-label": t("search.label"),
      autocomplete: "off",
      spellcheck: "false",
      maxlength: 100,
      "data-key": "search",
      oninput: () => this.later(),
      onkeydown: (event) => this.key(event),
    });
    this.say = h("p", { class: "sr", role: "status" });
    this.list = h("ul", { class: "results", hidden: true, onkeydown: (event) => this.key(event) });
    this.node = h(
      "div",
      { class: "finder", role: "search", onfocusout: (event) => !this.node.contains(event.relatedTarget) && this.close() },
      this.input,
      this.list,
      this.say,
    );
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), WAIT_MS);
  }

  async ask() {
    const text = this.input.value.trim();
    this.abort.abort();
    this.abort = new AbortController();
    if (!text) return this.close();
    try {
      const answer = await getJson("projects", { q: text, limit: SHOWN, ...pictureOf(this.store) }, { signal: this.abort.signal });
      return this.show(answer);
    } catch (error) {
      if (error.name === "AbortError") return undefined;
      return this.open([h("li", { class: "muted" }, t("error.api", error.message))], error.message);
    }
  }

  show({ projects, count: all }) {
    const rows = projects.map((one) =>
      h(
        "li",
        {},
        h(
          "a",
          { href: href("project", one.project), onclick: () => this.close() },
          h("span", { class: "name" }, one.name || one.project),
          h("span", { class: "muted" }, one.project),
        ),
      ),
    );
    if (all > projects.length) rows.push(h("li", { class: "muted" }, t("search.more", count(all - projects.length))));
    if (!rows.length) rows.push(h("li", { class: "muted" }, t("search.none")));
    this.open(rows, t("search.found", count(all)));
  }

  open(rows, say) {
    this.list.replaceChildren(...rows);
    this.list.hidden = false;
    this.say.textContent = say;
  }

  close() {
    this.list.hidden = true;
    this.say.textContent = "";
  }

  key(event) {
    const links = [...this.list.querySelectorAll("a")];
    const here = links.indexOf(document.activeElement);
    if (event.key === "Escape") {
      this.input.focus();
      this.close();
    } else if (event.key === "ArrowDown" && links.length) links[Math.min(links.length - 1, here + 1)].focus();
    else if (event.key === "ArrowUp") (links[here - 1] ?? this.input).focus();
    else if (event.key === "Enter" && event.target === this.input && links.length) links[0].click();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  end() {
    clearTimeout(this.timer);
    this.abort.abort();
  }
}
