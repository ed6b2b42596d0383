// The sheet of definitions (key ?): every 口径 in force, gap classes, alerts and light rules, over the wall.
import { h } from "../dom.js";
import { t, named } from "../i18n.js";
import { getJson, pictureOf } from "../api.js";
import { failure, light, sign, waiting } from "../components.js";

const words = (...parts) => parts.filter((part) => part !== null && part !== undefined && part !== "");

function table(title, headings, rows) {
  return h(
    "section",
    {},
    h("h3", {}, title, " ", h("small", {}, rows.length)),
    h(
      "table",
      {},
      h("caption", { class: "sr" }, title),
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          headings.map((heading) => h("th", { scope: "col" }, heading)),
        ),
      ),
      h(
        "tbody",
        {},
        rows.map((cells) =>
          h(
            "tr",
            {},
            cells.map((cell, i) => (i === 0 ? h("th", { scope: "row" }, cell) : h("td", {}, cell))),
          ),
        ),
      ),
    ),
  );
}

const formulas = (definitions) =>
  definitions.map((one) => [
    [named("figure", one.id, one.name), one.headline && [" ", h("b", { class: "tag" }, t("sheet.headline"))]],
    one.formula,
    h("code", {}, one.id),
    one.version,
  ]);
const gapRows = (gaps) =>
  gaps.map((gap) => [
    named("gap", gap.id, gap.name),
    words(gap.definition ?? gap.text, gap.limit_days && t("sheet.limit", gap.limit_days)).join(" · "),
    h("code", {}, gap.id),
    gap.version ?? "",
  ]);
const alertRows = (alerts) =>
  alerts.map((alert) => [
    alert.level ? sign(alert.level, undefined, named("alert", alert.id, alert.name)) : named("alert", alert.id, alert.name),
    alert.definition ?? alert.text ?? "",
    h("code", {}, alert.id),
    alert.version ?? "",
  ]);

function ruleWords(rule) {
  return h("li", {}, rule.colour ? light({ ...rule, word: rule.word ?? t(`colour.${rule.colour}`) }) : "", " ", rule.text ?? "");
}
const lightRows = (lights) =>
  lights.map((one) => [
    one.name ?? one.id,
    h("ul", {}, (one.rules ?? []).map(ruleWords)),
    h("code", {}, one.id),
    words(one.version, one.source).join(" · "),
  ]);

function contents(data) {
  const columns = [t("sheet.name"), t("sheet.formula"), t("sheet.id"), t("sheet.version")];
  return [
    table(t("sheet.rates"), columns, formulas(data.definitions ?? [])),
    table(t("sheet.gaps"), columns, gapRows(data.gaps ?? [])),
    table(t("sheet.alerts"), columns, alertRows(data.alerts ?? [])),
    table(t("sheet.lights"), columns, lightRows(data.lights ?? [])),
  ];
}

/** Opens the sheet; Esc and its button close it, and the focus goes back where it was. */
export async function openDefinitions(store) {
  const body = h("div", { class: "definitions-body", tabindex: "0", role: "region", "aria-label": t("sheet.title") }, waiting());
  const sheet = h(
    "dialog",
    { class: "definitions", "aria-label": t("sheet.title"), onclose: () => sheet.remove() },
    h(
      "header",
      {},
      h("h2", {}, t("sheet.title")),
      h("span", { class: "muted" }, t("sheet.as.of", store.head?.as_of ?? "")),
      h(
        "button",
        { type: "button", class: "button", "data-key": "close-sheet", onclick: () => sheet.close() },
        t("close"),
        h("span", { class: "muted" }, " Esc"),
      ),
    ),
    body,
  );
  document.body.append(sheet);
  sheet.showModal();
  const load = async () => {
    try {
      body.replaceChildren(...contents(await getJson("definitions", pictureOf(store))));
    } catch (error) {
      body.replaceChildren(failure(error, load));
    }
  };
  await load();
}
