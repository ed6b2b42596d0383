// Numbers, money, days and times as the glass shows them. Pure. What is not known is a dash, never 0.

export const NONE = "—";
const THIN = "\u2009";
const HOUR_MS = 3600000;
const CITY_OFFSET_MS = 8 * HOUR_MS; // the city's clock is UTC+8 wherever the browser stands
const YUAN_PER_YI = 1e8;
const YUAN_PER_WAN = 1e4;

const isMissing = (value) => value === null || value === undefined || value === "" || Number.isNaN(value);

/** 31907 -> "31 907"; takes a text with decimals too. */
export function count(value) {
  if (isMissing(value)) return NONE;
  const [whole, rest] = String(value).replace("-", "\u2212").split(".");
  const spaced = whole.replace(/\B(?=(\d{3})+$)/g, THIN);
  return rest === undefined ? spaced : `${spaced}.${rest}`;
}

export const fixed = (value, digits = 1) => (isMissing(value) ? NONE : count(Number(value).toFixed(digits)));

/** Percents come as texts and are shown as they came. */
export const percent = (text) => (isMissing(text) ? NONE : count(text));

/** Yuan in 亿元. */
export const yi = (yuan, digits = 2) => (isMissing(yuan) ? NONE : fixed(yuan / YUAN_PER_YI, digits));

/** Yuan in 万元; decimals only if they are there. */
export function wan(yuan) {
  if (isMissing(yuan)) return NONE;
  return yuan % YUAN_PER_WAN === 0 ? count(yuan / YUAN_PER_WAN) : fixed(yuan / YUAN_PER_WAN, 2);
}

const two = (value) => String(value).padStart(2, "0");
const inCity = (ms) => new Date(ms + CITY_OFFSET_MS);

export function dayOf(ms) {
  if (isMissing(ms)) return NONE;
  const at = inCity(ms);
  return `${at.getUTCFullYear()}-${two(at.getUTCMonth() + 1)}-${two(at.getUTCDate())}`;
}

export function clock(ms) {
  if (isMissing(ms)) return NONE;
  const at = inCity(ms);
  return `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;
}

export const hourMinute = (ms) => (isMissing(ms) ? NONE : clock(ms).slice(0, 5));

/** "14:05" on the day of `now`, else "09-28 14:05", else "2021-09-28". */
export function moment(ms, now) {
  if (isMissing(ms)) return NONE;
  const day = dayOf(ms);
  const today = dayOf(now);
  if (day === today) return hourMinute(ms);
  return day.slice(0, 4) === today.slice(0, 4) ? `${day.slice(5)} ${hourMinute(ms)}` : day;
}

/** As moment, but of another day only the day: for narrow places. */
export const briefMoment = (ms, now) =>
  isMissing(ms) || dayOf(ms) === dayOf(now) ? moment(ms, now) : shortDay(dayOf(ms), dayOf(now));

/** "09-28" in the year of `today`, else the whole day. */
export const shortDay = (day, today) =>
  isMissing(day) ? NONE : today && day.slice(0, 4) === today.slice(0, 4) ? day.slice(5) : day;

/** 0 is Monday. */
export const weekday = (day) => (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7;

export const dayNumber = (day) => Math.floor(Date.parse(`${day}T00:00:00Z`) / (24 * HOUR_MS));
export const dayText = (number) => new Date(number * 24 * HOUR_MS).toISOString().slice(0, 10);

/** Milliseconds of the city's clock at a day's time "10:00". */
export const instant = (day, time = "00:00") => Date.parse(`${day}T${time}:00Z`) - CITY_OFFSET_MS;

/** How long, in its largest whole unit: {value, unit: "second" | "minute" | "hour" | "day"}. */
export function duration(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return { value: seconds, unit: "second" };
  if (seconds < 3600) return { value: Math.floor(seconds / 60), unit: "minute" };
  if (seconds < 172800) return { value: Math.floor(seconds / 3600), unit: "hour" };
  return { value: Math.floor(seconds / 86400), unit: "day" };
}

/** The first 16 digits of a digest, by fours. */
export const digest = (hex) => (isMissing(hex) ? NONE : hex.slice(0, 16).replace(/(.{4})(?=.)/g, "$1 "));

/** "-3.8" -> {ahead: false, size: "3.8"}; null when there is no pace. */
export function points(text) {
  if (isMissing(text)) return null;
  const value = String(text);
  return { ahead: !/^[-\u2212]/.test(value), size: value.replace(/^[-+\u2212]/, "") };
}
