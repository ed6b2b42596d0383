// The page: prefs, store, stream, and which screens stand on the glass. Everything else is asked by it.
import { h, swap } from "./dom.js";
import { t } from "./i18n.js";
import { applyPrefs, switchTheme, switchLanguage } from "./prefs.js";
import { Store } from "./store.js";
import { listen } from "./stream.js";
import { getJson } from "./api.js";
import { parse, load, go, companion, Rotation, SCREENS } from "./router.js";
import { topBar, clockBlock, freshness, banners, tellFor } from "./chrome.js";
import { Replay } from "./replay.js";
import { replayBar } from "./replay_bar.js";

const TICK_MS = 250;
const NAMES_TURN_MS = 8000;
const clock = () => performance.now();

const store = new Store();
const replay = new Replay(store);
const parts = {}; // the nodes around the screens
let stage = []; // [{screen, node, params}]: one, or two on an ultra-wide wall
let route = parse(location.hash);

const isWide = () => innerWidth / innerHeight >= 2.5;

// ---- the frame around the screens
const actions = {
  theme: () => {
    switchTheme();
    rebuild();
  },
  language: () => {
    switchLanguage();
    rebuild();
  },
  definitions: () => openDefinitions(),
};
const current = () =>
  route.id === "replay" || store.isReplay
    ? ["replay", ...stage.map(({ screen }) => screen.id)]
    : stage.map(({ screen }) => screen.id);

function put(name, node) {
  parts[name] = swap(parts[name], node);
}
const namesPage = () => Math.floor(clock() / NAMES_TURN_MS);
const drawn = {}; // what the part was drawn of: it is left standing while that is the same
function putIfChanged(name, key, make) {
  const text = JSON.stringify(key);
  if (drawn[name] === text) return;
  drawn[name] = text;
  put(name, make());
}
function drawTop() {
  const { head, link, isFrozen, isReplay, contact } = store;
  const key = [
    head?.city,
    head?.as_of,
    head?.days_left,
    current(),
    link,
    isFrozen,
    isReplay,
    contact.feed,
    store.replay?.knowledge,
  ];
  putIfChanged("top", key, () => topBar(store, current(), actions, clock()));
}
function drawBanners() {
  const { isFrozen, isReplay, resync, trouble, announced, contact, head } = store;
  putIfChanged(
    "banners",
    [isFrozen, isReplay, resync, trouble, announced?.notice.position, contact.feed, head?.problem],
    () => banners(store, () => store.closeResync()),
  );
  tellFor(store, parts.banners, clock());
}
function drawBar() {
  const key = store.isReplay && [
    replay.index,
    replay.stops.length,
    replay.isPlaying,
    replay.knowledge,
    store.head.position,
  ];
  putIfChanged("bar", key, () => (store.isReplay ? replayBar(store, replay) : h("div", { hidden: true })));
}
function drawAround() {
  drawTop();
  put("fresh", freshness(store, namesPage()));
  drawBanners();
  drawBar();
  const root = document.documentElement;
  root.dataset.state = store.isReplay ? "replay" : "live";
  document.body.classList.toggle("is-frozen", store.isFrozen && !store.isReplay);
  document.title = [t(`nav.${route.id}`), store.head?.city].filter(Boolean).join(" · ");
}

function build() {
  for (const name of ["top", "fresh", "banners", "bar"]) parts[name] = h("div");
  Object.keys(drawn).forEach((name) => delete drawn[name]);
  parts.screens = h("main", { class: "screens", id: "screens", tabindex: "-1" });
  document.body.replaceChildren(
    h("div", { class: "wall" }, parts.top, parts.fresh, parts.banners, parts.screens, parts.bar),
  );
}

// ---- screens
function broken(id, error) {
  return {
    id,
    render: () =>
      h(
        "div",
        { class: `screen ${id} opening` },
        h("p", { class: "empty", role: "alert" }, t("error.screen", error.message)),
      ),
  };
}
const waiting = (id) =>
  h("div", { class: `screen ${id} opening` }, h("p", { class: "empty", "aria-busy": "true" }, t("waiting")));
const draw = ({ screen, params }) => (store.head ? screen.render(store, params) : waiting(screen.id));

function idsOnGlass() {
  const first = route.id === "replay" ? "overview" : route.id;
  const second = isWide() ? companion(first) : null;
  return second ? [first, second] : [first];
}

let showing = 0; // a later call wins over a slower earlier one
async function show() {
  const turn = ++showing;
  const ids = idsOnGlass();
  const screens = await Promise.all(ids.map((id) => load(id).catch((error) => broken(id, error))));
  if (turn !== showing) return;
  stage.forEach(({ screen }) => screen.leave?.());
  stage = screens.map((screen, i) => ({ screen, params: i === 0 ? route : parse(`#/${screen.id}`) }));
  stage.forEach((entry) => {
    entry.node = draw(entry);
  });
  parts.screens.replaceChildren(...stage.map(({ node }) => node));
  rotation.shown(clock());
  drawAround();
}

function redraw(entry) {
  entry.screen.leave?.();
  entry.node = swap(entry.node, draw(entry));
}
function updateScreens(changed) {
  for (const entry of stage) {
    const isWhole = changed.has("replay") || entry.node.classList.contains("opening") || changed.has("all");
    if (isWhole || (!entry.screen.update && [...(entry.screen.needs ?? changed)].some((name) => changed.has(name))))
      redraw(entry);
    else entry.screen.update?.(store, changed);
  }
}
function rebuild() {
  build();
  show();
}

// ---- what happens
let pressed = false; // a click needs the node it went down on to be there when it goes up
const held = new Set();
function press(event) {
  pressed = !event.target.closest?.(".scrub");
  rotation.hold(clock());
}
function release() {
  pressed = false;
  // The click comes after this event: what was held back is drawn after both.
  setTimeout(() => {
    if (held.size) changedOnGlass(new Set(held));
    held.clear();
  });
}

function changedOnGlass(changed) {
  if (pressed) return changed.forEach((name) => held.add(name));
  if (changed.size === 1 && changed.has("beat")) return; // the tick moves the clock
  if (changed.size === 1 && changed.has("bar")) return drawBar();
  updateScreens(changed);
  drawAround();
}

const rotation = new Rotation(
  (id) => go(id),
  () => !store.isReplay && !document.querySelector("dialog[open]"),
);
let lastNames = 0;
function tick() {
  const now = clock();
  store.tick(now);
  const around = parts.top.querySelector(".clock");
  if (around) around.replaceWith(clockBlock(store, now));
  tellFor(store, parts.banners, now);
  if (namesPage() !== lastNames || store.beat?.now - (tick.minute ?? 0) > 5000) {
    lastNames = namesPage();
    tick.minute = store.beat?.now;
    put("fresh", freshness(store, lastNames));
    changedOnGlass(new Set(["clock"]));
  }
  rotation.tick(now, route.id);
}

function onRoute() {
  const before = route;
  route = parse(location.hash);
  if (route.id === "replay" && !store.isReplay) replay.open(route.query);
  if (before.id === "replay" && route.id !== "replay" && !store.isReplay) drawTop();
  show();
}

function onKey(event) {
  rotation.hold(clock());
  if (event.ctrlKey || event.altKey || event.metaKey || event.target.matches?.("input, select, textarea")) return;
  if (document.querySelector("dialog[open]")) return;
  const screen = SCREENS[Number(event.key) - 1];
  if (screen) return go(screen);
  if (event.key === "?") return openDefinitions();
  if (event.key === "Escape" && store.isReplay) return replay.close();
  const isPressing = event.key === " " && event.target.matches?.("button, a, summary");
  if (store.isReplay && !isPressing && replay.key(event.key)) event.preventDefault();
}

const openDefinitions = () => import("./screens/definitions.js").then((sheet) => sheet.openDefinitions(store));

async function loadHistory() {
  try {
    store.takeHistory((await getJson("lines", { limit: 60 })).lines);
  } catch {
    // the ticker fills from the stream; its emptiness says so meanwhile
  }
}

function start() {
  applyPrefs();
  build();
  replay.onLeave = () => {
    if (route.id === "replay") go("overview");
  };
  store.subscribe(changedOnGlass);
  addEventListener("hashchange", onRoute);
  addEventListener("keydown", onKey);
  addEventListener("pointerdown", press);
  for (const end of ["pointerup", "pointercancel", "blur"]) addEventListener(end, release);
  addEventListener("wheel", () => rotation.hold(clock()), { passive: true });
  addEventListener("resize", () => {
    if (stage.length !== idsOnGlass().length) show();
  });
  listen(store, clock, loadHistory);
  loadHistory();
  onRoute();
  setInterval(tick, TICK_MS);
}
start();
