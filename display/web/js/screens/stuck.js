// Stuck (卡点): six gap classes on one axis of days, the list of the chosen class, obstacles, alerts, what is supervised.
import { h } from "../dom.js";
import { t } from "../i18n.js";
import { gapsTile } from "./stuck_gaps.js";
import { listTile, SUPERVISED } from "./stuck_list.js";
import { obstaclesTile, alertsTile } from "./stuck_owners.js";

export const id = "stuck";

const TURN_MS = 10000;
const HOLD_MS = 120000;
const FIRST = "SIGNED_NOT_STARTED";

const state = { chosen: FIRST, order: null, filters: {}, byOwner: false, heldUntil: 0 };
let view = null; // {store, root, parts, timer, end}

function choose(chosen) {
  state.chosen = chosen;
  state.order = null;
  state.filters = {};
  renew(["gaps", "list", "alerts"]);
}

/** Classes with anything in them, then the supervised list. */
function round(store) {
  const stuck = (store.section("gaps") ?? []).filter((gap) => gap.count > 0).map((gap) => gap.id);
  return (store.section("supervised") ?? []).length ? [...stuck, SUPERVISED] : stuck;
}

function turn() {
  if (!view?.root.isConnected) return leave();
  if (Date.now() < state.heldUntil) return undefined;
  const all = round(view.store);
  if (all.length < 2) return undefined;
  state.byOwner = !state.byOwner;
  renew(["obstacles"]);
  return choose(all[(all.indexOf(state.chosen) + 1) % all.length]);
}

const hold = () => {
  state.heldUntil = Date.now() + HOLD_MS;
};

const makers = {
  gaps: (store) => gapsTile(store, state.chosen, choose),
  list: (store) => listTile(store, state),
  obstacles: (store) =>
    obstaclesTile(store, state.byOwner, (byOwner) => {
      state.byOwner = byOwner;
      renew(["obstacles"]);
    }),
  alerts: (store) => alertsTile(store, state.chosen, choose),
};

function keepFocus(old, next) {
  const key = old.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  old.replaceWith(next);
  if (key) next.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
}

/** Puts new parts in place, only where something shows differently: a click must not lose its target. */
function renew(names) {
  if (view.isPressed) return names.forEach((name) => view.waiting.add(name));
  for (const name of names) {
    const next = makers[name](view.store);
    if (name !== "list" && view.parts[name].node.isEqualNode(next.node)) continue;
    view.parts[name].end?.();
    keepFocus(view.parts[name].node, next.node);
    view.parts[name] = next;
  }
  return undefined;
}

function press() {
  if (view) view.isPressed = true;
}
function release() {
  if (!view?.isPressed) return;
  view.isPressed = false;
  setTimeout(() => {
    if (!view) return; // the click went elsewhere
    renew([...view.waiting]);
    view.waiting.clear();
  });
}

export function render(store, params) {
  leave();
  if (params.param) state.chosen = params.param;
  const parts = Object.fromEntries(Object.entries(makers).map(([name, make]) => [name, make(store)]));
  const root = h(
    "div",
    { class: "screen stuck", "aria-label": t("nav.stuck") },
    Object.values(parts).map((part) => part.node),
  );
  ["keydown", "pointerdown", "focusin"].forEach((name) => root.addEventListener(name, hold));
  root.addEventListener("pointerdown", press);
  ["pointerup", "pointercancel"].forEach((name) => addEventListener(name, release));
  view = { store, root, parts, timer: setInterval(turn, TURN_MS), isPressed: false, waiting: new Set() };
  return root;
}

const AFFECTS = {
  gaps: ["gaps", "contact", "clock"],
  obstacles: ["obstacles"],
  alerts: ["alerts", "supervised", "contact", "clock"],
};

export function update(store, changed) {
  if (!view) return;
  view.store = store;
  if (changed.has("gaps") || changed.has("supervised")) view.parts.list.refresh();
  renew(Object.keys(AFFECTS).filter((name) => AFFECTS[name].some((section) => changed.has(section))));
}

export function leave() {
  if (!view) return;
  clearInterval(view.timer);
  ["pointerup", "pointercancel"].forEach((name) => removeEventListener(name, release));
  Object.values(view.parts).forEach((part) => part.end?.());
  view = null;
}
