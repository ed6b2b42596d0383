// The time bar: a skyline of the days' events, a handle to drag, restatements marked, position and digest.
import { h } from "./dom.js";
import { t } from "./i18n.js";
import { count, digest } from "./format.js";

const HEIGHT = 40;
const AXIS_MARKS = 14;

function skyline(stops, index) {
  const highest = Math.max(1, ...stops.map((stop) => stop.events));
  const bar = (stop, i) => {
    const high = stop.events ? 3 + Math.round((HEIGHT - 3) * Math.sqrt(stop.events / highest)) : 1;
    return h("rect", { class: i <= index && "past", x: i * 4, y: HEIGHT - high, width: 3, height: high });
  };
  return h(
    "svg",
    { viewBox: `0 0 ${stops.length * 4} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" },
    stops.map(bar),
  );
}

const share = (i, stops) => `${(100 * (i + 0.5)) / stops.length}%`;

/** First days of months, thinned so that they never touch. */
function axis(stops) {
  const isMark = (stop, i) => (stop.isPosition ? i % 40 === 0 : stop.day.endsWith("-01"));
  const marks = stops.map((stop, i) => ({ stop, i })).filter(({ stop, i }) => isMark(stop, i));
  const step = Math.ceil(marks.length / AXIS_MARKS);
  const label = ({ stop }) => {
    if (stop.isPosition) return count(stop.knownAt);
    return stop.day.slice(5, 7) === "01" ? stop.day.slice(0, 4) : t("replay.month", Number(stop.day.slice(5, 7)));
  };
  const isRoomy = ({ i }) => i < stops.length * 0.97;
  return h(
    "span",
    { class: "axis", "aria-hidden": "true" },
    marks
      .filter((_, i) => i % step === 0)
      .filter(isRoomy)
      .map((mark) => h("span", { "--at": `${(100 * mark.i) / stops.length}%` }, label(mark))),
  );
}

function scrub(store, replay) {
  const { stops, index } = replay;
  const node = h(
    "div",
    {
      class: "scrub",
      role: "slider",
      tabindex: 0,
      "data-key": "scrub",
      "aria-label": t("replay.bar"),
      "aria-valuemin": 0,
      "aria-valuemax": stops.length - 1,
      "aria-valuenow": index,
      "aria-valuetext": t("replay.value", stops[index].day, count(stops[index].knownAt)),
    },
    skyline(stops, index),
    axis(stops),
    stops.map((stop, i) => stop.restatements > 0 && h("i", { class: "re", "--at": share(i, stops) })),
    h("i", { class: "head", "--at": share(index, stops) }),
  );
  node.addEventListener("pointerdown", (event) => drag(event, replay));
  return node;
}

/** Follows the pointer anywhere on the page until it is let go; the bar itself is drawn anew meanwhile. */
function drag(event, replay) {
  const box = event.currentTarget.getBoundingClientRect();
  const at = (pointer) => replay.moveTo(Math.floor(((pointer.clientX - box.left) / box.width) * replay.stops.length));
  const end = () => {
    removeEventListener("pointermove", at);
    removeEventListener("pointerup", end);
    removeEventListener("pointercancel", end);
  };
  addEventListener("pointermove", at);
  addEventListener("pointerup", end);
  addEventListener("pointercancel", end);
  at(event);
}

export function replayBar(store, replay) {
  const { head } = store;
  const restated = replay.stops.reduce((sum, stop) => sum + stop.restatements, 0);
  const button = (key, props, text) =>
    h("button", { type: "button", class: "button", "data-key": key, ...props }, text);
  const knows = (when) =>
    button(
      `know-${when}`,
      { "aria-pressed": String(replay.knowledge === when), onclick: () => replay.know(when) },
      t(`replay.${when}`),
    );
  return h(
    "div",
    { class: "replay-bar", role: "group", "aria-label": t("replay") },
    h(
      "div",
      { class: "replay-say" },
      h(
        "p",
        {},
        `${t("replay.position")} `,
        h("b", {}, count(head?.position)),
        ` / ${count(store.live.sections.head?.position ?? head?.last_position)}`,
      ),
      h("p", { title: head?.frame }, `${t("replay.digest")} `, h("b", {}, digest(head?.frame))),
    ),
    scrub(store, replay),
    h(
      "div",
      { class: "keys" },
      h("span", { role: "group", "aria-label": t("replay.knowledge"), class: "keys" }, knows("then"), knows("now")),
      button(
        "play",
        { class: "button play", "aria-pressed": String(replay.isPlaying), onclick: () => replay.play() },
        `${replay.isPlaying ? "❚❚" : "▶"} ${t(replay.isPlaying ? "replay.pause" : replay.stop.isPosition ? "replay.step" : "replay.play")}`,
      ),
      restated > 0 && h("span", {}, `◆ ${t("replay.restated", count(restated))}`),
      button("back", { onclick: () => replay.close() }, t("replay.back")),
    ),
  );
}
