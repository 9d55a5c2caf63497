import { words } from "./words.js";

let current = document.documentElement.lang in words ? document.documentElement.lang : "nb";

/** The language the page speaks now: nb, nn or en. It is kept nowhere. */
export const language = () => current;

/** A word of the page, with its places filled in. */
export function word(name, values = {}) {
  const found = words[current][name];
  if (found === undefined) throw new Error(`no word called ${name}`);
  return found.replace(/\{(\w+)\}/g, (whole, place) => (place in values ? String(values[place]) : whole));
}

/** A text that the service gives in all three languages. */
export const inLanguage = (text) => text[current];

/** What a level is called. */
export const levelName = (level) => words[current].levels[level];

/** Let the page speak another language: everything in the document that carries a word of its own. */
export function speak(chosen) {
  current = chosen;
  const root = document.documentElement;
  root.lang = chosen;
  document.title = `${word("try_it")} – ${word("service")}`;
  for (const place of root.querySelectorAll("[data-word]")) place.textContent = word(place.dataset.word);
  for (const place of root.querySelectorAll("[data-label]"))
    place.setAttribute("aria-label", word(place.dataset.label));
  for (const button of root.querySelectorAll("[data-language]")) {
    button.setAttribute("aria-pressed", String(button.dataset.language === chosen));
  }
}
