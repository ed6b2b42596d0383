// The county's own desk page: what the city holds about it, how old that is, what others claim, its projects; one of them opened below.
import { h } from "./dom.js";
import { t } from "./i18n.js";
import { dayOf, hourMinute } from "./format.js";
import { applyPrefs, switchLanguage, switchTheme, useTheme, theme } from "./prefs.js";
import { getJson } from "./api.js";
import { Store } from "./store.js";
import { listen } from "./stream.js";
import { failure, waiting } from "./components.js";
import { claimsTile, contactLine, figures, gapsTile } from "./screens/county_parts.js";
import { Projects } from "./screens/county_projects.js";
import { openDefinitions } from "./screens/definitions.js";
import * as projectScreen from "./screens/project.js";

const REFRESH_MS = 1000;
const TICK_MS = 1000;

const store = new Store();
const clock = () => performance.now();
const page = {
  session: null,
  units: [],
  unit: null,
  data: null,
  rules: null,
  error: null,
  project: null,
  projects: null,
  order: { column: "last", isDown: true },
  timer: null,
  seen: 0,
};

// ---- the address: office.html#/341525 or office.html#/341525/project/341525%2FP1
function readAddress() {
  const [unit, kind, ...rest] = location.hash.replace(/^#\/?/, "").split("/");
  if (unit === "project") return { unit: null, project: decodeURIComponent([kind, ...rest].join("/")) };
  return { unit: unit ? decodeURIComponent(unit) : null, project: null };
}

const isCounty = (unit) => unit.type === "COUNTY" || unit.type === "PARK";

/** The units this browser may open: its own, or every county for the city's offices. */
function openable() {
  const all = (store.section("units") ?? []).filter(isCounty);
  const own = page.session?.scope === "unit" ? page.session.units : null;
  return own ? own.map((id) => all.find((unit) => unit.unit === id) ?? { unit: id, name: id }) : all;
}

// ---- drawing
function picker() {
  if (page.units.length < 2) return null;
  return h(
    "select",
    {
      class: "picker",
      "aria-label": t("county.choose"),
      "data-key": "county",
      onchange: (event) => (location.hash = `#/${event.target.value}`),
    },
    page.units.map((unit) => h("option", { value: unit.unit, selected: unit.unit === page.unit }, unit.name)),
  );
}

function header() {
  const button = (key, text, label, action) =>
    h("button", { type: "button", class: "button", "data-key": key, "aria-label": label, onclick: action }, text);
  const head = store.head;
  const upTo = head ? `${head.as_of} ${hourMinute(store.now)}` : "";
  return h(
    "header",
    {},
    h("h1", {}, page.data?.name ?? t("nav.county")),
    h("span", { class: "muted" }, t("office.page", upTo)),
    picker(),
    button("definitions", t("sheet.title"), t("sheet.title"), () => openDefinitions(store)),
    button("language", t("switch.language"), t("switch.language.label"), () => {
      switchLanguage();
      draw();
    }),
    button("theme", t(theme() === "light" ? "office.dark" : "office.light"), undefined, () => {
      switchTheme();
      draw();
    }),
  );
}

function gapLine() {
  const isLive = store.link === "live" && !store.isFrozen;
  return h(
    "div",
    { class: "banners" },
    !isLive &&
      h(
        "p",
        { class: "banner", role: "alert" },
        t(store.link === "connecting" ? "link.connecting" : "office.cut", dayOf(store.now), hourMinute(store.now)),
      ),
  );
}

function projectPart() {
  if (!page.project) return null;
  const node = projectScreen.render(store, { param: page.project, query: new URLSearchParams() });
  return h(
    "section",
    { class: "opened", id: "opened", tabindex: "-1", "aria-label": t("nav.project") },
    h("p", {}, h("a", { class: "button", href: `#/${page.unit}` }, t("office.back"))),
    node,
  );
}

function bodyOf() {
  if (page.error) return failure(page.error, load);
  if (!page.data) return page.unit || !page.session ? waiting() : h("p", { class: "empty" }, t("office.none"));
  page.projects?.end();
  page.projects = new Projects(page.data.projects ?? [], {
    order: page.order,
    isFree: true,
    onOrder: (order) => {
      page.order = order;
    },
    today: store.head?.as_of,
    all: page.data.count,
  });
  return [
    contactLine(store, page.data.unit),
    figures(store, page.data),
    h(
      "div",
      { class: "two" },
      gapsTile(page.data, page.rules),
      claimsTile(page.data, () => true),
    ),
    page.projects.node,
  ];
}

function draw() {
  const key = document.activeElement?.dataset?.key;
  projectScreen.leave();
  const root = h("main", { class: "office" }, header(), gapLine(), page.project ? projectPart() : bodyOf());
  document.body.replaceChildren(root);
  page.projects?.pager.measure();
  document.title = [page.data?.name, t("nav.county")].filter(Boolean).join(" · ");
  if (key) root.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
}

// ---- asking
async function load() {
  const { unit } = page;
  if (!unit) return draw();
  try {
    const [data, rules] = await Promise.all([getJson(`units/${encodeURIComponent(unit)}`), getJson("definitions")]);
    const text = JSON.stringify([data, rules]);
    if (unit !== page.unit || text === page.text) return undefined; // nothing shows differently
    Object.assign(page, { data, rules, text, error: null });
  } catch (error) {
    if (unit !== page.unit) return undefined;
    Object.assign(page, { error, data: null, text: null });
  }
  return draw();
}

function onAddress() {
  const { unit, project } = readAddress();
  page.units = openable();
  const next = unit ?? (project ? (page.unit ?? project.split("/")[0]) : null) ?? page.units[0]?.unit ?? null;
  const isSame = next === page.unit && page.data;
  Object.assign(page, { unit: next, project });
  if (isSame) draw();
  else load();
  if (project) document.getElementById("opened")?.focus();
}

// ---- what arrives: the page asks again when its own county said something, and redraws the line of contact
function refreshSoon() {
  if (page.timer || page.project) return;
  page.timer = setTimeout(() => {
    page.timer = null;
    load();
  }, REFRESH_MS);
}

function onChange(changed) {
  if (changed.has("units") && openable().length !== page.units.length) onAddress();
  if (changed.has("lines")) {
    const isOwn = store.lines.some((line) => line.position > page.seen && line.unit === page.unit);
    page.seen = store.lines[0]?.position ?? page.seen;
    if (isOwn) refreshSoon();
    if (page.project) projectScreen.update(store, changed);
  }
  if (changed.has("ranking")) refreshSoon();
  if (changed.has("link")) document.querySelector(".office > .banners")?.replaceWith(gapLine());
  if (changed.has("contact")) document.querySelector(".office > .contact")?.replaceWith(contactLine(store, page.unit));
}

async function start() {
  applyPrefs();
  if (!localStorageTheme()) useTheme("light"); // a desk by daylight
  draw();
  store.subscribe(onChange);
  addEventListener("hashchange", onAddress);
  listen(store, clock);
  setInterval(() => store.tick(clock()), TICK_MS);
  try {
    page.session = await getJson("session");
    onAddress();
  } catch (error) {
    page.error = error;
    draw();
  }
}

function localStorageTheme() {
  try {
    return new URLSearchParams(location.search).get("theme") ?? localStorage.getItem("theme");
  } catch {
    return null;
  }
}

start();
