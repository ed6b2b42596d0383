// Meeting (调度): the pack for a sitting, frozen as of a day and a position, paged on the wall, whole on paper, with downloads.
import { h, classes } from "../dom.js";
import { t } from "../i18n.js";
import { count, dayOf, digest, hourMinute } from "../format.js";
import { address, pictureOf } from "../api.js";
import { failure, waiting } from "../components.js";
import { monthBefore, packOf } from "./meeting_data.js";
import { sheetsOf } from "./meeting_sheets.js";

export const id = "meeting";
export const needs = []; // frozen: nothing that arrives changes it

let view = null; // {store, root, question, pack, sheets, page, abort}

function questionOf(store, query) {
  const picture = pictureOf(store);
  const asOf = query.get("as_of") ?? picture.as_of ?? store.head.as_of;
  return { asOf, knownAt: query.get("known_at") ?? picture.known_at ?? null, since: query.get("since") ?? monthBefore(asOf) };
}

const addressOf = ({ as_of: asOf, known_at: knownAt }, since) =>
  `#/meeting?${new URLSearchParams({ as_of: asOf, known_at: knownAt, since })}`;

function field(name, type, value, more) {
  return h("label", {}, t(`meeting.${name}`), h("input", { type, name, value, "data-key": `meeting-${name}`, ...more }));
}

const DAY = { pattern: "\\d{4}-\\d{2}-\\d{2}", placeholder: "2022-09-30", maxlength: 10, class: "day", inputmode: "numeric" }; // a date input would speak the browser's language, not the wall's

function controls(question) {
  const freeze = (event) => {
    event.preventDefault();
    const data = new FormData(event.target);
    const next = new URLSearchParams();
    if (data.get("as_of")) next.set("as_of", data.get("as_of"));
    if (data.get("known_at")) next.set("known_at", data.get("known_at"));
    if (data.get("since")) next.set("since", data.get("since"));
    location.hash = `#/meeting?${next}`;
  };
  return h(
    "form",
    { class: "choice", onsubmit: freeze },
    field("as_of", "text", question.asOf, { ...DAY, required: true }),
    field("known_at", "number", question.knownAt ?? "", { min: 1, placeholder: t("meeting.all") }),
    field("since", "text", question.since, DAY),
    h("button", { type: "submit", class: "button", "data-key": "freeze" }, t("meeting.freeze")),
  );
}

function downloads(frozen) {
  const link = (name) =>
    h(
      "a",
      {
        class: "button",
        href: address(`bulletin.${name}`, frozen),
        download: `${frozen.as_of}-${frozen.known_at}.${name}`,
        "data-key": name,
      },
      name.toUpperCase(),
    );
  return h(
    "div",
    { class: "take" },
    link("xlsx"),
    link("csv"),
    h("button", { type: "button", class: "button", "data-key": "print", onclick: () => print() }, t("meeting.print")),
  );
}

function foot(pack, page, pages) {
  const { head } = pack.wall;
  return h(
    "footer",
    {},
    h("span", {}, t("meeting.frozen", head.as_of, count(head.position))),
    h("span", {}, t("meeting.recorded", dayOf(head.recorded_at), hourMinute(head.recorded_at))),
    h("span", {}, t("meeting.digest", digest(head.frame))),
    h("span", { class: "page" }, `${page + 1} / ${pages}`),
  );
}

function sheetNode(sheet, pack, page, pages) {
  return h(
    "section",
    { class: "sheet", "aria-label": sheet.title },
    h(
      "header",
      {},
      h("h3", {}, sheet.title),
      h("span", { class: "of" }, t("meeting.of", pack.wall.head.city, pack.wall.head.as_of)),
      sheet.note && h("p", {}, sheet.note),
    ),
    h("div", { class: "sheet-body" }, sheet.body),
    foot(pack, page, pages),
  );
}

function turn(by) {
  const last = view.nodes.length - 1;
  view.page = Math.min(last, Math.max(0, view.page + by));
  view.nodes.forEach((node, i) => node.classList.toggle("current", i === view.page));
  view.list.value = String(view.page);
  view.back.disabled = view.page === 0;
  view.forth.disabled = view.page === last;
}

function pageTurner(sheets) {
  const step = (key, by, text) =>
    h(
      "button",
      { type: "button", class: "step", "aria-label": t(by < 0 ? "pager.back" : "pager.forth"), "data-key": key, onclick: () => turn(by) },
      text,
    );
  view.back = step("sheet-back", -1, "‹");
  view.forth = step("sheet-forth", 1, "›");
  view.list = h(
    "select",
    { "aria-label": t("meeting.sheets"), "data-key": "sheet", onchange: (event) => turn(Number(event.target.value) - view.page) },
    sheets.map((sheet, i) => h("option", { value: String(i) }, `${i + 1}  ${sheet.title}`)),
  );
  return h("div", { class: "pager" }, view.back, view.list, view.forth);
}

function fill(pack) {
  const sheets = sheetsOf(pack);
  view.nodes = sheets.map((sheet, i) => sheetNode(sheet, pack, i, sheets.length));
  view.page = 0;
  const head = h(
    "header",
    { class: "meeting-head" },
    h("h2", {}, t("meeting.title")),
    controls({ asOf: pack.frozen.as_of, knownAt: pack.frozen.known_at, since: pack.since }),
    pageTurner(sheets),
    downloads(pack.frozen),
  );
  view.root.replaceChildren(head, h("div", { class: classes("pack") }, view.nodes));
  history.replaceState(null, "", addressOf(pack.frozen, pack.since)); // the address is the frozen pack: it gives the same sheets each time
  turn(0);
}

async function load() {
  const mine = view;
  try {
    const pack = await packOf(mine.question, mine.abort.signal);
    if (view === mine) fill(pack);
  } catch (error) {
    if (error.name === "AbortError" || view !== mine) return;
    mine.root.replaceChildren(
      h("header", { class: "meeting-head" }, h("h2", {}, t("meeting.title")), controls(mine.question)),
      failure(error, load),
    );
  }
}

function onKey(event) {
  if (event.target.matches?.("input, select, textarea") || event.ctrlKey || event.altKey || event.metaKey || !view?.nodes) return;
  if (event.key === "ArrowRight" || event.key === "PageDown") turn(1);
  else if (event.key === "ArrowLeft" || event.key === "PageUp") turn(-1);
}

export function render(store, params) {
  leave();
  const root = h("div", { class: "screen meeting" });
  view = { store, root, question: questionOf(store, params.query), abort: new AbortController(), nodes: null };
  root.append(h("header", { class: "meeting-head" }, h("h2", {}, t("meeting.title")), controls(view.question)), waiting());
  addEventListener("keydown", onKey);
  load();
  return root;
}

export function leave() {
  removeEventListener("keydown", onKey);
  view?.abort.abort();
  view = null;
}
