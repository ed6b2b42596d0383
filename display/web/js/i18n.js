// The words of the page in Chinese and English, and the switch between them. Words of the records stay as they came.
import { zh } from "./words/zh.js";
import { zh2 } from "./words/zh2.js";
import { en } from "./words/en.js";
import { en2 } from "./words/en2.js";
import { duration } from "./format.js";

const TABLES = { zh: { ...zh, ...zh2 }, en: { ...en, ...en2 } };
let language = "zh";

export const currentLanguage = () => language;
export function useLanguage(name) {
  language = TABLES[name] ? name : "zh";
}

export const isWord = (key) => key in TABLES[language];

/** t("pace.behind", "3.8"): the sentence with {0}, {1} … filled in. An unknown key is a bug and shows itself. */
export function t(key, ...values) {
  const sentence = TABLES[language][key];
  if (sentence === undefined) return `[${key}]`;
  return sentence.replace(/\{(\d)\}/g, (_, index) => String(values[index]));
}

/** The word for something the server names: by its id where this language has one, else the server's own name. */
export const named = (kind, id, name) => (language === "zh" ? name : (TABLES[language][`${kind}.${id}`] ?? name));

export function lasted(ms) {
  const { value, unit } = duration(ms);
  return t(`lasted.${unit}`, value);
}

/** Keys that one table has and the other lacks; named things are the English table's alone. */
export function unequalKeys() {
  const own = (table, other) =>
    Object.keys(table).filter((key) => !(key in other) && !/^(figure|stage|gap|alert|def|light)\./.test(key));
  return [...own(TABLES.zh, TABLES.en), ...own(TABLES.en, TABLES.zh)];
}
