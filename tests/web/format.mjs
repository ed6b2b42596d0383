// Numbers, money, days and times as the glass shows them.
import test from "node:test";
import assert from "node:assert/strict";
import * as format from "../../display/web/js/format.js";

test("what is not known is a dash and never 0", () => {
  for (const shown of [
    format.count,
    format.percent,
    format.yi,
    format.wan,
    format.dayOf,
    format.clock,
    format.fixed,
    format.digest,
  ]) {
    assert.equal(shown(null), "—");
    assert.equal(shown(undefined), "—");
  }
  assert.equal(format.count(0), "0");
  assert.equal(format.yi(0), "0.00");
});

test("thousands are parted by a thin space, decimals are fixed, a minus is a minus", () => {
  assert.equal(format.count(31907), "31\u2009907");
  assert.equal(format.count("1234567.50"), "1\u2009234\u2009567.50");
  assert.equal(format.count(-3), "\u22123");
  assert.equal(format.percent("89.00"), "89.00");
  assert.equal(format.yi(226001450000, 1), "2\u2009260.0");
  assert.equal(format.wan(32000000), "3\u2009200");
});

test("the clock is the city's wherever the browser stands", () => {
  const noon = Date.UTC(2022, 8, 30, 16, 5, 32); // 00:05:32 of the next day in the city
  assert.equal(format.dayOf(noon), "2022-10-01");
  assert.equal(format.clock(noon), "00:05:32");
  assert.equal(format.instant("2022-10-01", "00:05"), noon - 32000);
});

test("a moment of another day says its day", () => {
  const now = format.instant("2022-09-30", "14:05");
  assert.equal(format.moment(now, now), "14:05");
  assert.equal(format.moment(format.instant("2022-09-28", "08:00"), now), "09-28 08:00");
  assert.equal(format.moment(format.instant("2021-12-31", "08:00"), now), "2021-12-31");
  assert.equal(format.briefMoment(format.instant("2022-09-28", "08:00"), now), "09-28");
});

test("a duration is told in its largest whole unit", () => {
  assert.deepEqual(format.duration(41999), { value: 41, unit: "second" });
  assert.deepEqual(format.duration(7320000), { value: 2, unit: "hour" });
  assert.deepEqual(format.duration(47 * 3600000), { value: 47, unit: "hour" });
  assert.deepEqual(format.duration(49 * 3600000), { value: 2, unit: "day" });
  assert.deepEqual(format.duration(-5), { value: 0, unit: "second" });
});

test("points are told by side and size", () => {
  assert.deepEqual(format.points("+3.2"), { ahead: true, size: "3.2" });
  assert.deepEqual(format.points("-3.8"), { ahead: false, size: "3.8" });
  assert.deepEqual(format.points("0.0"), { ahead: true, size: "0.0" });
  assert.equal(format.points(""), null);
});

test("a digest shows its first sixteen digits by fours", () => {
  assert.equal(format.digest("9f3c71ab04d2e85e00112233"), "9f3c 71ab 04d2 e85e");
});

test("days and their numbers go both ways", () => {
  assert.equal(format.dayText(format.dayNumber("2022-02-28") + 1), "2022-03-01");
  assert.equal(format.weekday("2022-09-30"), 4);
});
