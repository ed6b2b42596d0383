// What stands around every screen: masthead, keys, clock, freshness, banners.
import { h, classes } from "./dom.js";
import { t, lasted } from "./i18n.js";
import { clock, dayOf, shortDay, moment, weekday, count } from "./format.js";
import { reporters, shortName } from "./contact.js";
import { SCREENS, href } from "./router.js";
import { lostSign, restatement } from "./components.js";

const STRIP_REM = 104; // beside the label
const LETTER_REM = 1.5;
const GAP_REM = 1;
const NAMES_A_PAGE = 3;

function linkWord(store) {
  if (store.isFrozen) return h("span", { class: "link lost" }, t("link.frozen"));
  if (store.link === "live" && store.contact.feed && store.contact.feed !== "live") {
    return h(
      "span",
      { class: classes("link", store.contact.feed === "lost" ? "lost" : "connecting") },
      t(`feed.${store.contact.feed}`),
    );
  }
  return h("span", { class: `link ${store.link}` }, t(`link.${store.link}`));
}

/** The day of the figures: today with its weekday, or the other day that they are as of. */
function asOf(store, today) {
  const day = store.head?.as_of ?? today;
  if (!day) return "";
  return day === today ? `${day} ${t(`weekday.${weekday(day)}`)}` : t("as.of", day);
}

/** The clock: the last beat and what passed since; it stops with the beats. */
export function handsAt(store, now) {
  if (store.isReplay || !store.beat) return store.now;
  return store.beat.now + (store.isFrozen ? 0 : Math.max(0, now - store.beat.heard));
}

export function clockBlock(store, now) {
  const at = handsAt(store, now);
  const day = at === null ? null : dayOf(at);
  const knowledge =
    store.isReplay &&
    h(
      "strong",
      { class: "replay-word" },
      t("replay"),
      " · ",
      t(store.replay.knowledge === "now" ? "replay.now" : "replay.then"),
    );
  return h(
    "div",
    { class: "clock" },
    knowledge,
    h("span", { class: "date" }, asOf(store, day)),
    h("time", { class: "hands" }, at === null ? "—" : clock(at)),
    store.head &&
      !store.isReplay &&
      h("span", { class: "year-end" }, ...split(t("year.end", "\u0000"), store.head.days_left)),
    !store.isReplay && linkWord(store),
  );
}
/** A sentence with its number in bold. */
const split = (sentence, value) =>
  sentence.split("\u0000").flatMap((part, i) => (i ? [h("b", {}, count(value)), part] : [part]));

function navigation(current) {
  return h(
    "nav",
    { "aria-label": t("nav") },
    SCREENS.map((id, i) =>
      h(
        "a",
        { class: "nav", href: href(id), "data-key": `nav-${id}`, "aria-current": current.includes(id) && "page" },
        h("i", {}, i + 1),
        t(`nav.${id}`),
      ),
    ),
  );
}

const halfDisc = () =>
  h(
    "svg",
    { viewBox: "0 0 20 20", "aria-hidden": "true" },
    h("circle", { cx: 10, cy: 10, r: 8.5, fill: "none" }),
    h("path", { d: "M10 1.5 A8.5 8.5 0 0 1 10 18.5 Z" }),
  );

export function topBar(store, current, actions, now) {
  const button = (name, action) =>
    h(
      "button",
      {
        type: "button",
        "data-key": name,
        "aria-label": t(`switch.${name}.label`),
        title: t(`switch.${name}.label`),
        onclick: action,
      },
      name === "theme" ? halfDisc() : t(`switch.${name}`),
    );
  return h(
    "header",
    { class: "top" },
    h("h1", {}, store.head?.city ? t(store.isReplay ? "title.replay" : "title", store.head.city) : t("title.none")),
    navigation(current),
    h(
      "div",
      { class: "switches" },
      button("definitions", actions.definitions),
      button("theme", actions.theme),
      button("language", actions.language),
    ),
    clockBlock(store, now),
  );
}

// ---- freshness: up to when each county is complete
/** A replay shows days: what matters there is who had not reported for long. */
function upTo(unit, store) {
  if (!unit.to) return t("fresh.never");
  const text = moment(unit.to, store.now);
  return store.isReplay && text.length > 5 ? shortDay(dayOf(unit.to), dayOf(store.now)) : text;
}

/** About how wide the unit stands in the strip. */
function stripRem(unit, store) {
  const lost = unit.isLost ? 3 + lasted(unit.lostFor ?? 0).length : 0;
  return LETTER_REM * (shortName(unit.name).length + upTo(unit, store).length / 2 + lost + 0.5) + GAP_REM;
}

function stripUnit(unit, store) {
  const lost = unit.isLost && lostSign(t("lost.for", lasted(unit.lostFor ?? 0)));
  const behind =
    !unit.isLost && unit.backlog > 0 && h("span", { class: "muted" }, ` ${t("fresh.backlog", count(unit.backlog))}`);
  return h(
    "li",
    { class: unit.isLost && "lost" },
    h("span", { class: "name" }, shortName(unit.name)),
    " ",
    h("b", {}, upTo(unit, store)),
    behind,
    lost,
  );
}

function manyUnits(store, known, label, page) {
  const { counties, lost, whole, to } = known;
  const first = (page * NAMES_A_PAGE) % Math.max(1, lost.length);
  const named = lost
    .slice(first, first + NAMES_A_PAGE)
    .map((unit) => `${shortName(unit.name)} ${lasted(unit.lostFor ?? 0)}`)
    .join("、");
  return h(
    "div",
    { class: "fresh many" },
    label,
    h("b", { class: "sum" }, t("fresh.sum", whole, counties.length, moment(to, store.now))),
    h(
      "ol",
      { "aria-hidden": "true" },
      counties.map((unit) => h("li", { class: unit.isLost && "lost", title: unit.name })),
    ),
    lost.length > 0 && h("span", { class: "who" }, lostSign(`${t("lost")} ${lost.length}`), h("span", {}, named)),
  );
}

/** page: which of the names out of contact are shown, when there are too many for the line. */
export function freshness(store, page = 0) {
  const known = reporters(store);
  const label = h("span", { class: "fresh-label" }, t(store.isReplay ? "fresh.last" : "fresh.label"));
  const others = known.lost.filter((unit) => !known.counties.includes(unit));
  const shown = [...known.counties, ...others];
  if (!shown.length)
    return h(
      "div",
      { class: "fresh" },
      label,
      h("span", { class: "muted" }, store.head ? t("empty.units") : t("waiting")),
    );
  if (shown.reduce((sum, unit) => sum + stripRem(unit, store), 0) > STRIP_REM)
    return manyUnits(store, known, label, page);
  return h(
    "div",
    { class: "fresh" },
    label,
    h(
      "ol",
      {},
      shown.map((unit) => stripUnit(unit, store)),
    ),
  );
}

function troubleText({ kind, text }) {
  if (kind === "session") return t("error.api", text);
  return text ? t("replay.failed", text) : t("replay.none");
}

// ---- banners: what a reader must know before believing the figures
/** Since when nothing came: the page's beats, or the records of the source behind it. */
function silence(store, now) {
  if (store.isFrozen) return { key: "frozen", at: store.beat.now, ms: now - store.beat.heard };
  if (store.isReplay || store.contact.feed !== "lost" || store.contact.since === null) return null;
  return { key: "frozen.feed", at: store.contact.since, ms: (store.now ?? 0) - store.contact.since };
}

/** How long it has lasted, counted on in place: a new alert every second would be read out every second. */
export function tellFor(store, node, now) {
  const quiet = silence(store, now);
  const since = node.querySelector(".since");
  if (quiet && since) since.textContent = t("frozen.for", lasted(quiet.ms));
}

export function banners(store, close) {
  const out = [];
  const banner = (name, text, ...more) =>
    out.push(h("p", { class: `banner ${name}`, role: "alert" }, h("span", {}, text), ...more));
  const quiet = silence(store, 0);
  if (quiet) banner("frozen", t(quiet.key, clock(quiet.at)), h("span", { class: "since", "aria-hidden": "true" }));
  if (store.resync) {
    banner(
      "resync",
      store.resync.missed === null ? t("resync.unknown") : t("resync", count(store.resync.missed)),
      h("button", { type: "button", class: "button", "data-key": "resync", onclick: close }, t("close")),
    );
  }
  if (store.trouble) banner("trouble", troubleText(store.trouble));
  if (store.announced && !store.isReplay)
    out.push(h("div", { role: "status" }, restatement(store.announced.notice, store.now)));
  if (store.head?.problem) banner("problem", t("problem", store.head.problem));
  return h("div", { class: "banners" }, out);
}
