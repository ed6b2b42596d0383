// Where the time bar can stand: the days of a long history, the positions of a short one. Pure.
import { dayNumber, dayText } from "./format.js";

const DAYS_WORTH_A_BAR = 3;
const DAYS_ON_A_BAR = 1096; // three years: thinner bars could not be told apart
const POSITION_STOPS = 240;

/** Every day from the first to the last, also those on which nothing was recorded. */
function dayStops(days) {
  const recorded = new Map(days.map((day) => [day.day, day]));
  const last = dayNumber(days[days.length - 1].day);
  const stops = [];
  let knownAt = days[0].first; // a day before the bar's first one is part of what is known there
  const before = days.filter((day) => dayNumber(day.day) < last - DAYS_ON_A_BAR);
  if (before.length) knownAt = before[before.length - 1].last;
  for (let number = Math.max(dayNumber(days[0].day), last - DAYS_ON_A_BAR); number <= last; number++) {
    const day = recorded.get(dayText(number));
    knownAt = day?.last ?? knownAt;
    stops.push({ day: dayText(number), knownAt, events: day?.events ?? 0, restatements: day?.restatements ?? 0 });
  }
  return stops;
}

function positionStops(days) {
  const first = days[0].first;
  const last = days[days.length - 1].last;
  const count = Math.min(POSITION_STOPS, last - first + 1);
  const dayAt = (position) => days.find((day) => position <= day.last) ?? days[days.length - 1];
  return Array.from({ length: count }, (_, i) => {
    const knownAt = count === 1 ? last : first + Math.round(((last - first) * i) / (count - 1));
    return { day: dayAt(knownAt).day, knownAt, events: 1, restatements: 0, isPosition: true };
  });
}

/** With what is known today the days are those the facts are of. */
function factDays(ledger, days) {
  const recorded = new Map(days.map((day) => [day.day, day]));
  const end = dayNumber(ledger.head.as_of);
  const first = Math.max(Math.min(dayNumber(ledger.first_day), dayNumber(ledger.head.from)), end - DAYS_ON_A_BAR);
  const knownAt = ledger.head.position;
  return Array.from({ length: Math.max(1, end - first + 1) }, (_, i) => {
    const day = dayText(first + i);
    const there = recorded.get(day);
    return { day, knownAt, events: there?.events ?? 0, restatements: there?.restatements ?? 0 };
  });
}

/** days: of /api/v1/timeline; knowledge "then": as known on that evening; "now": as known today. */
export function stopsOf(days, ledger, knowledge) {
  if (!days.length) return [];
  if (knowledge === "now" && ledger.first_day) return factDays(ledger, days);
  const span = dayNumber(days[days.length - 1].day) - dayNumber(days[0].day) + 1;
  return span < DAYS_WORTH_A_BAR ? positionStops(days) : dayStops(days);
}

/** The last stop that is not after the day. */
export function nearestStop(stops, day) {
  let found = 0;
  stops.forEach((stop, i) => {
    if (stop.day <= day) found = i;
  });
  return found;
}
