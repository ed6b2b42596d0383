// What the page knows: the live frame, lines, contacts, beats, and the frame of a replay. Pure; tells its subscribers what changed.

export const FROZEN_AFTER_MS = 5000; // a beat comes every 2 s
export const DELTA_MS = 10000; // "+1" beside a count
export const PULSE_MS = 60000; // what arrived, on the map
export const ANNOUNCE_MS = 30000; // a restatement, on every screen
export const RESYNC_MS = 60000;
const LINES_KEPT = 200;
const SECTIONS = [
  "head",
  "units",
  "headlines",
  "stages",
  "trend",
  "ranking",
  "map",
  "gaps",
  "alerts",
  "obstacles",
  "supervised",
  "notices",
];

const emptyFrame = () => ({ position: -1, sections: {} });

const nameOf = (notice) => `${notice.position} ${notice.figure}`;

/** Counts that grew, by the stage's id. A first frame has no growth. */
function growth(before, after) {
  if (!before || !after) return {};
  const old = Object.fromEntries(before.map((stage) => [stage.id, stage.count]));
  const grown = after.filter((stage) => typeof old[stage.id] === "number" && stage.count > old[stage.id]);
  return Object.fromEntries(grown.map((stage) => [stage.id, stage.count - old[stage.id]]));
}

export class Store {
  constructor(schedule = (task) => queueMicrotask(task)) {
    this.live = emptyFrame();
    this.lines = []; // newest first
    this.contact = { feed: null, since: null, units: new Map() };
    this.beat = null; // {now, position, heard}: heard is the page's own clock
    this.link = "connecting"; // "live" | "lost"
    this.isFrozen = false;
    this.resync = null; // {missed, until}
    this.announced = null; // {notice, until}
    this.told = new Set(); // restatements that were announced
    this.session = null;
    this.replay = null; // {asOf, knownAt, at, knowledge: "then" | "now", sections, lines}
    this.trouble = null; // {kind, text}: what a question of the frame around the screens failed with
    this.deltas = {}; // stage id -> {size, until}
    this.pulses = new Map(); // unit -> {line, until}
    this.listeners = new Set();
    this.changed = new Set();
    this.schedule = schedule;
  }

  /** listener(changed: Set of section names, "lines", "contact", "beat", "link", "resync", "replay", "arrivals"). Returns its end. */
  subscribe(listener) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  tell(...names) {
    const isFirst = this.changed.size === 0;
    names.forEach((name) => this.changed.add(name));
    if (isFirst) this.schedule(() => this.flush());
  }

  flush() {
    const changed = this.changed;
    this.changed = new Set();
    this.listeners.forEach((listener) => listener(changed));
  }

  /** What is on the glass: the replayed frame, or the live one. */
  get isReplay() {
    return this.replay !== null;
  }
  get shown() {
    return this.replay ? this.replay.sections : this.live.sections;
  }
  section(name) {
    return this.shown[name];
  }
  get head() {
    return this.shown.head ?? null;
  }
  get shownLines() {
    return this.replay ? this.replay.lines : this.lines;
  }
  /** "now" of the picture: the last beat, or the moment that is replayed. */
  get now() {
    if (this.replay) return this.replay.at;
    return this.beat?.now ?? this.live.sections.head?.recorded_at ?? null;
  }

  /** A frame event. False: older than what is shown, and left alone. */
  takeFrame(message, now = 0) {
    if (message.position < this.live.position) return false;
    const before = this.live.sections.stages;
    const kept = message.whole ? {} : this.live.sections;
    this.live = { position: message.position, sections: { ...kept, ...message.sections } };
    const listed = message.sections.notices ?? [];
    if (message.whole) listed.forEach((notice) => this.told.add(nameOf(notice)));
    else this.announce(listed, now);
    this.noteGrowth(growth(before, message.sections.stages), now);
    this.tell(...(message.whole ? SECTIONS : Object.keys(message.sections)));
    return true;
  }

  noteGrowth(grown, now) {
    for (const [id, size] of Object.entries(grown)) {
      const running = this.deltas[id]?.until > now ? this.deltas[id].size : 0;
      this.deltas[id] = { size: size + running, until: now + DELTA_MS };
    }
  }

  takeLine(line, now = 0) {
    if (this.lines.length && line.position <= this.lines[0].position) return false;
    this.lines = [{ ...line, heard: now }, ...this.lines].slice(0, LINES_KEPT);
    this.pulses.set(line.unit, { line, until: now + PULSE_MS, since: now });
    this.tell("lines", "arrivals");
    return true;
  }

  /** Lines that were asked for: from before this page was opened, or missed while it was cut off. */
  takeHistory(lines) {
    const known = new Set(this.lines.map((line) => line.position));
    const all = [...this.lines, ...lines.filter((line) => !known.has(line.position))];
    this.lines = all.sort((a, b) => b.position - a.position).slice(0, LINES_KEPT);
    this.tell("lines");
  }

  /** A restatement, by its own message or first in a frame's list: announced once. */
  takeNotice(notice, now = 0) {
    const known = this.live.sections.notices ?? [];
    const isListed = known.some((other) => nameOf(other) === nameOf(notice));
    if (!isListed) this.live.sections = { ...this.live.sections, notices: [notice, ...known] };
    this.announce([notice], now);
    this.tell("notices");
  }

  /** The newest of those that were not told yet. */
  announce(notices, now) {
    const fresh = notices.filter((notice) => !this.told.has(nameOf(notice)));
    fresh.forEach((notice) => this.told.add(nameOf(notice)));
    if (fresh.length) this.announced = { notice: fresh[0], until: now + ANNOUNCE_MS };
  }

  takeContact(contact) {
    const units = new Map((contact.units ?? []).map((unit) => [unit.unit, unit]));
    this.contact = { feed: contact.feed, since: contact.since ?? null, units };
    this.tell("contact");
  }

  takeBeat(beat, now) {
    this.beat = { ...beat, heard: now };
    this.link = "live";
    if (this.isFrozen) this.tell("link");
    this.isFrozen = false;
    this.tell("beat");
  }

  takeResync(message, now = 0) {
    this.resync = { missed: message.missed ?? null, until: now + RESYNC_MS };
    this.tell("resync");
  }
  closeResync() {
    this.resync = null;
    this.tell("resync");
  }

  setTrouble(trouble) {
    if (this.trouble === trouble) return;
    this.trouble = trouble;
    this.tell("link");
  }

  setLink(link) {
    if (this.link === link) return;
    this.link = link;
    this.tell("link");
  }

  /** The page's clock went on: freezes what no longer beats, lets old marks go. */
  tick(now) {
    const isFrozen = this.beat !== null && now - this.beat.heard > FROZEN_AFTER_MS;
    if (isFrozen !== this.isFrozen) {
      this.isFrozen = isFrozen;
      this.tell("link");
    }
    if (this.resync && this.resync.until <= now) this.closeResync();
    if (this.announced && this.announced.until <= now) {
      this.announced = null;
      this.tell("notices");
    }
    this.fade(now);
  }

  fade(now) {
    for (const [id, delta] of Object.entries(this.deltas)) {
      if (delta.until > now) continue;
      delete this.deltas[id];
      this.tell("arrivals");
    }
    for (const [unit, pulse] of this.pulses) {
      if (pulse.until > now) continue;
      this.pulses.delete(unit);
      this.tell("arrivals");
    }
  }

  setReplay(replay) {
    this.replay = replay;
    this.tell("replay", ...SECTIONS, "lines");
  }
}
