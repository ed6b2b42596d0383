// Theme and language: from the address for this visit, else as this browser was last told, else dark and Chinese.
import { useLanguage, currentLanguage } from "./i18n.js";

const query = new URLSearchParams(location.search);

function remembered(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // storage switched off: the choice lasts as long as the page
  }
}
function remember(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // as above
  }
}

export const theme = () => document.documentElement.dataset.theme;
export function useTheme(name) {
  document.documentElement.dataset.theme = name === "light" ? "light" : "dark";
}

export function applyPrefs() {
  useTheme(query.get("theme") ?? remembered("theme"));
  useLanguage(query.get("lang") ?? remembered("lang") ?? "zh");
  document.documentElement.lang = currentLanguage() === "zh" ? "zh-CN" : "en";
}

export function switchTheme() {
  useTheme(theme() === "light" ? "dark" : "light");
  remember("theme", theme());
}

export function switchLanguage() {
  useLanguage(currentLanguage() === "zh" ? "en" : "zh");
  document.documentElement.lang = currentLanguage() === "zh" ? "zh-CN" : "en";
  remember("lang", currentLanguage());
}
