import { language } from "./language.js";

const DOTTED = /^(?:(?:(\d{1,2})\.\s*)?(\d{1,2})\.\s*)?(\d{4})$/;
const DASHED = /^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?$/;
const LOCALES = { nb: ["nb-NO"], nn: ["nn-NO", "nb-NO"], en: ["en-GB"] };

/**
 * What a person typed as the service takes it: 2026-11-15, 2026-11 or 2026.
 * An empty text stays empty (time not known); null is a text that is no date.
 */
export function readDate(typed) {
  const text = typed.trim();
  if (text === "") return "";
  const dotted = DOTTED.exec(text);
  const dashed = DASHED.exec(text);
  const [year, month, day] = dotted ? [dotted[3], dotted[2], dotted[1]] : dashed ? dashed.slice(1) : [];
  if (year === undefined || !exists(Number(year), Number(month ?? 1), Number(day ?? 1))) return null;
  return [year, month, day]
    .filter((part) => part !== undefined)
    .map((part) => part.padStart(2, "0"))
    .join("-");
}

function exists(year, month, day) {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

/** A date as people write it; a month or a year alone stays as little as it is. */
export function writtenDate(text) {
  const [year, month, day] = text.split("-").map(Number);
  if (month === undefined) return text;
  const form = { year: "numeric", month: "long", ...(day === undefined ? {} : { day: "numeric" }), timeZone: "UTC" };
  return new Intl.DateTimeFormat(LOCALES[language()], form).format(Date.UTC(year, month - 1, day ?? 1));
}
