// What the page believes: the order of frames, lines, beats, and who is out of contact.
import test from "node:test";
import assert from "node:assert/strict";
import { Store } from "../../display/web/js/store.js";
import { reporters } from "../../display/web/js/contact.js";

const make = () => {
  const tasks = [];
  const store = new Store((task) => tasks.push(task));
  const heard = [];
  store.subscribe((changed) => heard.push([...changed]));
  return { store, heard, run: () => tasks.splice(0).forEach((task) => task()) };
};
const stages = (count) => [{ id: "STARTED", count }];
const whole = (position, count) => ({
  position,
  whole: true,
  sections: { head: { position, recorded_at: 1000 }, stages: stages(count) },
});

test("a frame of a lower position is never shown", () => {
  const { store } = make();
  assert.ok(store.takeFrame(whole(10, 5)));
  assert.equal(store.takeFrame(whole(9, 4)), false);
  assert.equal(store.section("stages")[0].count, 5);
});

test("a part replaces its sections and leaves the others", () => {
  const { store } = make();
  store.takeFrame(whole(10, 5));
  store.takeFrame({ position: 11, whole: false, sections: { gaps: [1] } });
  assert.equal(store.section("stages")[0].count, 5);
  assert.deepEqual(store.section("gaps"), [1]);
});

test("a whole frame forgets sections it does not have", () => {
  const { store } = make();
  store.takeFrame({ position: 1, whole: true, sections: { gaps: [1] } });
  store.takeFrame(whole(2, 5));
  assert.equal(store.section("gaps"), undefined);
});

test("a count that grew says by how much for ten seconds, sums up meanwhile, and never at the first frame", () => {
  const { store } = make();
  store.takeFrame(whole(1, 5), 0);
  assert.deepEqual(store.deltas, {});
  store.takeFrame({ position: 2, whole: false, sections: { stages: stages(6) } }, 1000);
  store.takeFrame({ position: 3, whole: false, sections: { stages: stages(8) } }, 2000);
  assert.equal(store.deltas.STARTED.size, 3);
  store.tick(12001);
  assert.deepEqual(store.deltas, {});
});

test("a line that came before is not told twice, and history goes behind what is there", () => {
  const { store } = make();
  assert.ok(store.takeLine({ position: 5, unit: "A" }));
  assert.equal(store.takeLine({ position: 5, unit: "A" }), false);
  store.takeHistory([
    { position: 5, unit: "A" },
    { position: 4, unit: "A" },
  ]);
  assert.deepEqual(
    store.lines.map((line) => line.position),
    [5, 4],
  );
});

test("five seconds without a beat is frozen, and the next beat ends it", () => {
  const { store } = make();
  store.tick(100000);
  assert.equal(store.isFrozen, false, "nothing beat yet: that is connecting, not frozen");
  store.takeBeat({ now: 1, position: 1 }, 0);
  store.tick(5000);
  assert.equal(store.isFrozen, false);
  store.tick(5001);
  assert.ok(store.isFrozen);
  store.takeBeat({ now: 2, position: 1 }, 6000);
  assert.equal(store.isFrozen, false);
});

test("listeners hear once of many changes", () => {
  const { store, heard, run } = make();
  store.takeFrame(whole(1, 5));
  store.takeLine({ position: 1, unit: "A" });
  run();
  assert.equal(heard.length, 1);
  assert.ok(heard[0].includes("stages") && heard[0].includes("lines"));
});

test("a replay covers the live frame, which goes on unseen and is there afterwards", () => {
  const { store } = make();
  store.takeFrame(whole(10, 5));
  store.setReplay({
    asOf: "2022-06-30",
    knownAt: 4,
    at: 500,
    sections: { head: { position: 4 }, stages: stages(2) },
    lines: [],
  });
  store.takeFrame(whole(11, 6));
  assert.equal(store.section("stages")[0].count, 2);
  assert.equal(store.now, 500);
  store.setReplay(null);
  assert.equal(store.section("stages")[0].count, 6);
});

test("a restatement is announced once for half a minute, by its message or by a frame, whichever is first", () => {
  const { store } = make();
  const old = { position: 9, figure: "8月开工" };
  const notice = { position: 11, figure: "9月开工" };
  store.takeFrame({ position: 10, whole: true, sections: { notices: [old] } });
  assert.equal(store.announced, null, "what a whole frame lists is old news");
  store.takeFrame({ position: 11, whole: false, sections: { notices: [notice, old] } }, 1000);
  assert.equal(store.announced.notice, notice);
  store.takeNotice(notice, 20000);
  assert.equal(store.section("notices").length, 2);
  assert.equal(store.announced.until, 31000);
  store.tick(31000);
  assert.equal(store.announced, null);
  store.takeNotice({ position: 12, figure: "9月开工" }, 40000);
  assert.equal(store.section("notices").length, 3);
  assert.equal(store.announced.until, 70000);
});

test("lines missed while the page was cut off find their place", () => {
  const { store } = make();
  store.takeLine({ position: 5, unit: "A" });
  store.takeLine({ position: 9, unit: "A" });
  store.takeHistory([9, 8, 7, 5, 4].map((position) => ({ position, unit: "A" })));
  assert.deepEqual(
    store.lines.map((line) => line.position),
    [9, 8, 7, 5, 4],
  );
});

test("who is out of contact is complete to the last contact; who has a backlog to the last event", () => {
  const { store } = make();
  const units = ["A", "B", "C"].map((unit) => ({ unit, name: unit, type: "COUNTY", complete_to: 100 }));
  store.takeFrame({ position: 1, whole: true, sections: { units } });
  store.takeBeat({ now: 1000, position: 1 }, 0);
  store.takeContact({
    feed: "live",
    units: [
      { unit: "A", is_online: true, last_contact: 990, backlog: 0 },
      { unit: "B", is_online: false, last_contact: 400, backlog: 0 },
      { unit: "C", is_online: true, last_contact: 990, backlog: 7 },
    ],
  });
  const known = reporters(store);
  assert.deepEqual(
    known.counties.map((unit) => unit.to),
    [1000, 400, 100],
  );
  assert.deepEqual(
    known.lost.map((unit) => [unit.unit, unit.lostFor]),
    [["B", 600]],
  );
  assert.equal(known.to, 100);
  assert.equal(known.whole, 2);
});
