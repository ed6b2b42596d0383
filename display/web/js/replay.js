// Replay: which past picture is on the glass. The live stream keeps running unseen; Esc brings it back.
import { getJson } from "./api.js";
import { stopsOf, nearestStop } from "./stops.js";

const LINES = 60;
const PLAY_MS = 1000;

export class Replay {
  constructor(store) {
    Object.assign(this, {
      store,
      knowledge: "then",
      stops: [],
      index: 0,
      timer: null,
      request: null,
      onLeave: () => {},
    });
  }

  get isPlaying() {
    return this.timer !== null;
  }
  get stop() {
    return this.stops[this.index];
  }

  /** query: at=2022-06-30T10:00 for an instant, else the last stop but one. */
  async open(query) {
    try {
      [this.timeline, this.ledger] = await Promise.all([getJson("timeline"), getJson("ledger")]);
    } catch (error) {
      return this.fail(error);
    }
    this.layOut();
    if (!this.stops.length) return this.fail(new Error(""));
    const at = query?.get("at");
    const instant = at ? Date.parse(`${at.length > 10 ? at : `${at}T23:59`}:00+08:00`) : NaN;
    if (at) this.index = nearestStop(this.stops, at.slice(0, 10));
    return this.load(Number.isNaN(instant) ? undefined : { at: instant });
  }

  layOut() {
    const day = this.stop?.day;
    this.stops = stopsOf(this.timeline.days, this.ledger, this.knowledge);
    this.index = day ? nearestStop(this.stops, day) : Math.max(0, this.stops.length - 2);
  }

  fail(error) {
    this.store.setTrouble({ kind: "replay", text: error.message });
    this.onLeave();
  }

  /** Asks for the picture of the stop; a later question drops the one under way. */
  async load(question = this.question()) {
    this.request?.abort();
    const request = new AbortController();
    this.request = request;
    try {
      const sections = await getJson("wall", question, { signal: request.signal });
      const { lines } = await getJson(
        "lines",
        { before: sections.head.position + 1, limit: LINES },
        { signal: request.signal },
      );
      if (request !== this.request) return;
      this.show(sections, lines);
    } catch (error) {
      if (error.name !== "AbortError") this.fail(error);
    }
  }

  question() {
    const today = this.ledger.head.as_of; // the display's own day may lie before the days of recording
    return { as_of: this.stop.day < today ? this.stop.day : today, known_at: this.stop.knownAt };
  }

  show(sections, lines) {
    const { head } = sections;
    this.store.setTrouble(null);
    this.store.setReplay({
      asOf: head.as_of,
      knownAt: head.position,
      at: head.recorded_at,
      knowledge: this.knowledge,
      sections,
      lines,
    });
  }

  moveTo(index) {
    const next = Math.max(0, Math.min(this.stops.length - 1, index));
    if (next === this.index) return;
    this.index = next;
    this.store.tell("bar");
    this.load();
  }

  play() {
    if (this.isPlaying) return this.pause();
    if (this.index === this.stops.length - 1) this.moveTo(0);
    this.timer = setInterval(() => {
      if (this.index >= this.stops.length - 1) this.pause();
      else this.moveTo(this.index + 1);
    }, PLAY_MS);
    this.store.tell("bar");
  }
  pause() {
    clearInterval(this.timer);
    this.timer = null;
    this.store.tell("bar");
  }

  know(when) {
    if (when === this.knowledge) return;
    this.knowledge = when;
    this.layOut();
    this.load();
  }

  close() {
    this.pause();
    this.request?.abort();
    this.request = null;
    this.store.setReplay(null);
    this.onLeave();
  }

  /** True: the key was for the time bar. */
  key(name) {
    const steps = { ArrowLeft: -1, ArrowRight: 1, PageUp: -30, PageDown: 30, Home: -Infinity, End: Infinity };
    if (name in steps) this.moveTo(this.index + steps[name]);
    else if (name === " ") this.play();
    else return false;
    return true;
  }
}
