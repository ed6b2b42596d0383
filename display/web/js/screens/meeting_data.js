// Meeting: asks for everything the pack needs as of one day and as known at one position, so that it cannot move under the reader.
import { getJson } from "../api.js";
import { dayNumber, dayText } from "../format.js";

const LINES_A_QUESTION = 200;
const QUESTIONS_MAX = 10; // of restatements: 2 000 lines back

/** The same day a month before, or that month's last. Pure. */
export function monthBefore(day) {
  const [year, month, date] = day.split("-").map(Number);
  const first = month === 1 ? `${year - 1}-12-01` : `${year}-${String(month - 1).padStart(2, "0")}-01`;
  const length = dayNumber(`${day.slice(0, 8)}01`) - dayNumber(first);
  return dayText(dayNumber(first) + Math.min(date, length) - 1);
}

/** Corrections recorded since an instant, newest first; {rows, isWhole: false when there were too many to read}. */
async function restatements(position, sinceMs, signal) {
  const rows = [];
  let before = position + 1;
  for (let i = 0; i < QUESTIONS_MAX; i++) {
    const { lines } = await getJson("lines", { before, limit: LINES_A_QUESTION }, { signal });
    rows.push(...lines.filter((line) => line.is_correction && line.recorded_at >= sinceMs));
    const last = lines[lines.length - 1];
    if (lines.length < LINES_A_QUESTION || last.recorded_at < sinceMs || last.position >= before) return { rows, isWhole: true };
    before = last.position;
  }
  return { rows, isWhole: false };
}

/** question: {asOf, knownAt (null: all that is known), since}. The position is settled first and goes with every further question. */
export async function packOf(question, signal) {
  const wall = await getJson("wall", { as_of: question.asOf, known_at: question.knownAt }, { signal });
  const frozen = { as_of: wall.head.as_of, known_at: wall.head.position };
  const since = Date.parse(`${question.since}T00:00:00+08:00`);
  const [bulletin, gaps, definitions, restated] = await Promise.all([
    getJson("bulletin", frozen, { signal }),
    getJson("gaps", frozen, { signal }),
    getJson("definitions", frozen, { signal }),
    restatements(wall.head.position, since, signal),
  ]);
  return { wall, bulletin, gaps, definitions, restated, frozen, since: question.since };
}
