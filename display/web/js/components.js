// The parts every screen is made of: tile, provenance, light, bullet, restatement. From plain objects to nodes; no state.
import { h, classes } from "./dom.js";
import { t, isWord, named, lasted } from "./i18n.js";
import { NONE, moment, briefMoment, count, points } from "./format.js";
import { reporters, shortName } from "./contact.js";

// ---- lights: shape and word first, colour last
const SHAPES = {
  CIRCLE: () => h("circle", { cx: 10, cy: 10, r: 8.5 }),
  TRIANGLE: () => h("polygon", { points: "10,1 19.5,18.5 .5,18.5" }),
  SQUARE: () => h("rect", { x: 2, y: 2, width: 16, height: 16 }),
  DIAMOND: () => h("polygon", { points: "10,.5 19.5,10 10,19.5 .5,10" }),
  RING: () => h("circle", { cx: 10, cy: 10, r: 7.5, fill: "none" }),
  CROSS: () => h("path", { d: "M3 3 17 17 M17 3 3 17", fill: "none" }),
};
const COLOURS = { GREEN: "ok", BLUE: "calm", YELLOW: "warn", RED: "bad" };
const LEVELS = { ok: "CIRCLE", warn: "TRIANGLE", bad: "SQUARE", none: "RING", lost: "CROSS" };

/** A sign by level: ok, calm, warn, bad, none, lost. kids: its words. */
export function sign(level, shape, ...kids) {
  return h(
    "span",
    { class: `light ${level}` },
    h("svg", { viewBox: "0 0 20 20", "aria-hidden": "true" }, SHAPES[shape ?? LEVELS[level] ?? "CIRCLE"]()),
    h("span", {}, ...kids),
  );
}

/** A LIGHT of the API; more: words after its own. */
export function light(data, more) {
  if (!data?.colour)
    return sign(
      "none",
      "RING",
      named("light", data?.why ? "UNLIT" : "NONE", data?.word || t("light.none")),
      more && ` ${more}`,
    );
  const node = sign(COLOURS[data.colour], data.shape, named("light", data.colour, data.word), more && ` ${more}`);
  if (data.why) node.setAttribute("title", data.why);
  return node;
}
export const lostSign = (...words) => sign("lost", "CROSS", ...(words.length ? words : [t("lost")]));

// ---- tiles
export const tile = (name, title, ...kids) => h("section", { class: `tile ${name}`, "aria-label": title }, ...kids);
export const tileHead = (title, ...right) => h("header", { class: "tile-head" }, h("h2", {}, title), ...right);
export const aside = (...kids) => h("span", { class: "aside" }, ...kids);
/** The short 口径 of what has one here (the whole text is in the sheet, key ?), else the server's. */
export const shortDefinition = (id, text) => (isWord(`def.${id}`) ? t(`def.${id}`) : (text ?? ""));
/** 口径 under a figure. */
export const definition = (text, shown = text) => h("p", { class: "def", title: text }, shown ?? "");
export const time = (text, value) => h("time", { datetime: value }, text);
export const empty = (text = t("empty.list")) => h("p", { class: "empty" }, text);

/** A tile that could not be had: says so, names the reason, offers to try again. */
export function failure(error, retry) {
  return h(
    "div",
    { class: "failure", role: "alert" },
    sign("bad", "SQUARE", t("error.api", error.message)),
    error.remedy && h("p", { class: "def" }, error.remedy),
    retry && h("button", { type: "button", class: "button", "data-key": "retry", onclick: retry }, t("error.retry")),
  );
}

/** A tile while its own question is on the way. */
export const waiting = () => h("p", { class: "empty", "aria-busy": "true" }, t("waiting"));

// ---- provenance: no figure without to when and who is missing
function missing(lost, isBrief, now) {
  const [first] = lost;
  const name = shortName(first.name);
  if (isBrief) return lost.length === 1 ? t("lost.at", name, briefMoment(first.to, now)) : t("lost.more", lost.length);
  return lost.length === 1 ? t("lost.unit", name, lasted(first.lostFor ?? 0)) : t("lost.units", name, lost.length);
}

/** Under a replay the bar tells the position for all; only the large tiles repeat it. */
export function provenance(store, { brief = false } = {}) {
  if (store.isReplay && brief) return null;
  if (store.isReplay) return h("p", { class: "prov" }, t("prov.replay", count(store.head?.position)));
  const { counties, lost, whole, to } = reporters(store);
  const share = `${whole}/${counties.length}`;
  const upTo = store.isFrozen
    ? t("frozen.tile", moment(store.now, store.now))
    : t(brief ? "prov.brief" : "prov.full", moment(to, store.now));
  if (!lost.length) return h("p", { class: "prov" }, h("b", {}, share), ` ${upTo}`);
  return h(
    "p",
    { class: "prov incomplete" },
    h("b", {}, share),
    h("span", { class: "up-to" }, ` ${upTo}`),
    " ",
    lostSign(missing(lost, brief, store.now)),
  );
}

/** Provenance of one county's own tile. */
export function unitProvenance(store, id) {
  const known = reporters(store);
  const unit = [...known.counties, ...known.lost].find((other) => other.unit === id);
  if (!unit || store.isReplay) return h("p", { class: "prov" }, t("prov.replay", count(store.head?.position)));
  return h(
    "p",
    { class: classes("prov", unit.isLost && "incomplete") },
    t("prov.unit", shortName(unit.name), moment(unit.to, store.now)),
    unit.isLost && [" ", lostSign(t("lost.for", lasted(unit.lostFor ?? 0)))],
  );
}

// ---- pace and targets
/** "超 3.2 点" of "+3.2"; of a rate against its own target: "高 3.2 点". */
export function paceWords(text, isRate = false) {
  const pace = points(text);
  if (!pace) return "";
  return t(isRate ? (pace.ahead ? "pace.high" : "pace.low") : pace.ahead ? "pace.ahead" : "pace.behind", pace.size);
}

const clamp = (share) => `${(100 * Math.max(0, Math.min(1, share))).toFixed(2)}%`;
/** A bar with the target's tick; shares 0 … 1, target null: no tick. */
export function bullet(share, target, label) {
  return h(
    "div",
    { class: "bullet", role: "img", "aria-label": label, "--v": clamp(share), "--t": clamp(target ?? 0) },
    h("i"),
    target !== null && h("b"),
  );
}

// ---- restatement: what changed, by whom, why
export function restatement(notice, now, more = 0) {
  return h(
    "p",
    { class: "restate" },
    h("b", { class: "tag" }, t("restated")),
    h("time", {}, moment(notice.recorded_at, now)),
    h("strong", {}, notice.text ?? t("restated.change", notice.figure, notice.before ?? NONE, notice.after ?? NONE)),
    h("span", { class: "why" }, [notice.by, notice.why].filter(Boolean).join(" · ")),
    more > 0 && h("span", { class: "more" }, t("restated.more", more)),
  );
}
