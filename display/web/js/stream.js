// Listens to /api/v1/stream and hands what it hears to the store. The browser reconnects and sends Last-Event-ID by itself.
import { getJson } from "./api.js";

const read = (event) => JSON.parse(event.data);
const RETRY_MS = 3000;

addEventListener("pageshow", (event) => event.persisted && location.reload());

/** Opens the stream; clock() is the page's own, in milliseconds; refill() asks for lines that were missed. */
export function listen(store, clock, refill = () => {}) {
  const source = new EventSource("api/v1/stream");
  const on = (name, take) => source.addEventListener(name, (event) => take(read(event)));
  let wholes = 0;
  on("frame", (frame) => {
    store.takeFrame(frame, clock());
    // After the first, a whole one says that a stream was cut, or the display began anew: lines in between may be missing.
    if (frame.whole && wholes++ > 0) refill();
  });
  on("fact", (line) => store.takeLine(line, clock()));
  on("restated", (notice) => store.takeNotice(notice, clock()));
  on("contact", (contact) => store.takeContact(contact));
  on("beat", (beat) => store.takeBeat(beat, clock()));
  on("resync", (message) => {
    store.takeResync(message, clock());
    refill();
  });
  // A page that is kept for "back" would keep its stream, and a browser opens only six connections to one host.
  addEventListener("pagehide", () => source.close(), { once: true });
  source.addEventListener("open", () => {
    store.setLink("live");
    if (store.trouble?.kind === "session") store.setTrouble(null);
  });
  source.addEventListener("error", () => {
    store.setLink("lost");
    // A refusal (503 while the display starts) closes the source for good: then it is ours to try again.
    if (source.readyState !== EventSource.CLOSED) return;
    getJson("session").catch((refusal) => store.setTrouble({ kind: "session", text: refusal.message }));
    setTimeout(() => {
      listen(store, clock, refill);
      refill(); // a new source has no Last-Event-ID: the lines in between are asked for
    }, RETRY_MS);
  });
  return source;
}
