// Which screen is on the glass: hash routes, the keys 1 … 7, and the rotation.

export const SCREENS = ["overview", "map", "stuck", "project", "county", "replay", "meeting"];
const ROTATION = ["overview", "map", "stuck"];
const ROTATE_MS = 30000;
const HOLD_MS = 120000;

const LOADERS = {
  overview: () => import("./screens/overview.js"),
  map: () => import("./screens/map.js"),
  stuck: () => import("./screens/stuck.js"),
  project: () => import("./screens/project.js"),
  county: () => import("./screens/county.js"),
  meeting: () => import("./screens/meeting.js"),
};
const loaded = new Map();

/** The screen's module {id, render(store, params), update?(store, changed), leave?()}. */
export async function load(id) {
  if (!loaded.has(id)) loaded.set(id, await LOADERS[id]());
  return loaded.get(id);
}

/** "#/project/341524%2FP1?x=y" -> {id: "project", param: "341524/P1", query}. */
export function parse(hash) {
  const [path, query] = hash.replace(/^#\/?/, "").split("?");
  const [id, ...rest] = path.split("/");
  const param = rest.length ? decodeURIComponent(rest.join("/")) : null;
  return { id: SCREENS.includes(id) ? id : "overview", param: param || null, query: new URLSearchParams(query ?? "") };
}

export const href = (id, param) => `#/${id}${param ? `/${encodeURIComponent(param)}` : ""}`;
export const go = (id, param) => {
  location.hash = href(id, param);
};

/** The screen beside this one on an ultra-wide wall. */
export const companion = (id) =>
  ({ overview: "map", map: "stuck", stuck: "project", project: "county", county: "project", meeting: null })[id] ??
  null;

/** Calls turn(next id) every 30 s, but not for two minutes after a touch, nor where it makes no sense. */
export class Rotation {
  constructor(turn, mayTurn) {
    Object.assign(this, { turn, mayTurn, since: 0, heldUntil: 0 });
  }
  hold(now) {
    this.heldUntil = now + HOLD_MS;
  }
  shown(now) {
    this.since = now;
  }
  tick(now, id) {
    if (now < this.heldUntil || now - this.since < ROTATE_MS || !ROTATION.includes(id) || !this.mayTurn()) return;
    this.since = now;
    this.turn(ROTATION[(ROTATION.indexOf(id) + 1) % ROTATION.length]);
  }
}
