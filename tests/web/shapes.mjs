// The pure parts of the screens: words in two tables, stops of the time bar, pages of the ranking, the grid, the river.
import test from "node:test";
import assert from "node:assert/strict";
import { unequalKeys, useLanguage, t, named, lasted } from "../../display/web/js/i18n.js";
import { stopsOf, nearestStop } from "../../display/web/js/stops.js";
import { levels, surface } from "../../display/web/js/screens/river_shape.js";

test("both languages have the same words", () => {
  assert.deepEqual(unequalKeys(), []);
});

test("a sentence is filled in, what the server names keeps its name in Chinese", () => {
  useLanguage("zh");
  assert.equal(t("pace.behind", "3.8"), "欠 3.8 点");
  assert.equal(named("stage", "STARTED", "开工"), "开工");
  useLanguage("en");
  assert.equal(named("stage", "STARTED", "开工"), "Started");
  assert.equal(named("stage", "OTHER", "其他"), "其他");
  assert.equal(lasted(7200000), "2 h");
  useLanguage("zh");
});

const day = (text, first, last) => ({ day: text, first, last, events: last - first + 1, restatements: 0 });
const ledger = { head: { as_of: "2022-01-31", from: "2022-01-01", position: 30 }, first_day: "2022-01-20" };

test("the time bar has every day between the first and the last, also those without an event", () => {
  const stops = stopsOf([day("2022-01-03", 1, 10), day("2022-01-07", 11, 30)], ledger, "then");
  assert.deepEqual(
    stops.map((stop) => [stop.day.slice(8), stop.knownAt]),
    [
      ["03", 10],
      ["04", 10],
      ["05", 10],
      ["06", 10],
      ["07", 30],
    ],
  );
});

test("a history of one day is walked by position, its first and last among the stops", () => {
  const stops = stopsOf([day("2022-01-03", 1, 1000)], ledger, "then");
  assert.ok(stops.every((stop) => stop.isPosition));
  assert.equal(stops[0].knownAt, 1);
  assert.equal(stops[stops.length - 1].knownAt, 1000);
});

test("with what is known today every stop has the last position, by the days of the facts", () => {
  const stops = stopsOf([day("2022-01-31", 1, 30)], ledger, "now");
  assert.equal(stops.length, 31);
  assert.ok(stops.every((stop) => stop.knownAt === 30));
});

test("nothing recorded has no stops, and a day between two has the earlier one", () => {
  assert.deepEqual(stopsOf([], ledger, "then"), []);
  assert.equal(nearestStop([{ day: "2022-01-03" }, { day: "2022-01-07" }], "2022-01-05"), 0);
});

test("a river stands as high as its counts, and is dry where nothing was recorded before a later stage", () => {
  assert.deepEqual(
    levels([100, 50, 0, 25]).map(({ height, isDry }) => [height, isDry]),
    [
      [1, false],
      [0.5, false],
      [0.25, true],
      [0.25, false],
    ],
  );
  assert.ok(
    levels([100, 0]).every(({ isDry }) => !isDry),
    "the end of the river is not dry, it has not been reached",
  );
  assert.ok(levels([0, 0]).every(({ height }) => height > 0));
  assert.match(surface([1, 0.5]), /^M0 0\.0 .* L1200 36\.0$/);
});
