// Project: its milestones by authority, funds, people and obstacles, and its whole history, as of what is on the glass.
import { h } from "../dom.js";
import { t } from "../i18n.js";
import { getJson, pictureOf } from "../api.js";
import { failure, light, sign, tile, unitProvenance, waiting } from "../components.js";
import { timelineTile } from "./project_timeline.js";
import { moneyTile } from "./project_funds.js";
import { historyTile } from "./project_history.js";
import { peopleTile } from "./project_people.js";
import { Search } from "./project_search.js";

export const id = "project";
const REFRESH_MS = 1000;

let view = null; // {store, root, project, search, history, abort, timer, seen}

/** Without one chosen: the longest supervised, else nothing. */
const defaultProject = (store) => [...(store.section("supervised") ?? [])].sort((a, b) => b.days - a.days)[0]?.project ?? null;

const unitOf = (project) => project.project.split("/")[0];

function lightsOf(project) {
  const lights = project.lights ?? [];
  if (lights.length) return lights.map((one) => light(one, one.why));
  return [sign("none", "RING", t("project.no.lights"))];
}

function head(project, search) {
  const stage = project.stage ? t(`milestone.${project.stage}`) : t("project.no.stage");
  const facts = [project.project, project.investor, project.industry, project.park].filter(Boolean);
  return h(
    "header",
    { class: "project-head" },
    h("h2", {}, project.name || project.project),
    h("b", { class: "stage" }, stage),
    h("span", { class: "what", title: facts.join(" · ") }, facts.join(" · "), project.excluded && ` · ${t("project.excluded")}`),
    h("span", { class: "lights" }, lightsOf(project)),
    search.node,
  );
}

function emptyHead(search, text) {
  return h("header", { class: "project-head" }, h("h2", {}, t("nav.project")), h("span", { class: "what" }, text), search.node);
}

function fill(project) {
  const { store, root, search } = view;
  const prov = () => unitProvenance(store, unitOf(project));
  const isTyping = search.node.contains(document.activeElement);
  view.history?.end();
  view.history = historyTile(project, store.now, prov());
  root.replaceChildren(
    head(project, search),
    timelineTile(project, prov()),
    moneyTile(project, prov()),
    view.history.node,
    peopleTile(project, prov()),
  );
  if (isTyping) search.input.focus();
}

async function load() {
  const mine = view;
  try {
    const project = await getJson(`projects/${encodeURIComponent(mine.project)}`, pictureOf(mine.store), { signal: mine.abort.signal });
    if (view === mine) fill(project);
  } catch (error) {
    if (error.name === "AbortError" || view !== mine) return;
    mine.root.replaceChildren(emptyHead(mine.search, mine.project), tile("line", t("line.title"), failure(error, load)));
  }
}

export function render(store, params) {
  leave();
  const project = params.param ?? defaultProject(store);
  const root = h("div", { class: "screen project" });
  view = {
    store,
    root,
    project,
    search: new Search(store),
    history: null,
    abort: new AbortController(),
    timer: null,
    seen: store.lines[0]?.position ?? 0,
  };
  root.append(emptyHead(view.search, project ? "" : t("project.none")), project ? tile("line", t("line.title"), waiting()) : "");
  if (project) load();
  return root;
}

export function update(store, changed) {
  if (!view?.project || !changed.has("lines")) return;
  const isTouched = store.lines.some((line) => line.position > view.seen && line.project === view.project);
  view.seen = store.lines[0]?.position ?? view.seen;
  if (!isTouched || view.timer) return;
  view.timer = setTimeout(() => {
    view.timer = null;
    load();
  }, REFRESH_MS);
}

export function leave() {
  if (!view) return;
  clearTimeout(view.timer);
  view.abort.abort();
  view.search.end();
  view.history?.end();
  view = null;
}
