import { writtenDate } from "./dates.js";
import { element } from "./element.js";
import { levelName, word } from "./language.js";

const SCALE = ["low", "elevated", "high", "very_high"];

/** The level as words first, then the same as four steps: reached ones filled, possible ones hatched. */
export function levelView(assessment) {
  const { level, level_at_most: most, points } = assessment;
  return element(
    "div",
    { class: `level level-${level}` },
    element("p", { class: "level-name" }, assessment.label),
    element("p", { class: "level-range" }, range(assessment)),
    most ? scale(level, most) : null,
    assessment.meaning ? element("p", {}, assessment.meaning) : null,
    (assessment.level_because ?? []).map((reason) => element("p", {}, reason.text)),
    element(
      "p",
      { class: "hint" },
      points ? `${word("heading_points", points)}. ` : null,
      `${word("assessed_on", { date: writtenDate(assessment.as_of) })}. `,
      word("what_it_is_not"),
    ),
  );
}

function range({ level, level_at_most: most }) {
  if (!most) return null;
  return most === level
    ? word("at_most_the_same")
    : capital(word("heading_at_most", { level: levelName(most).toLowerCase() })) + ".";
}

/** The four steps. What they show stands in words above them, so they are silent. */
export function scale(level, most) {
  const [reached, possible] = [SCALE.indexOf(level), SCALE.indexOf(most)];
  const step = (name, index) => {
    const kind = index <= reached ? "reached" : index <= possible ? "possible" : "beyond";
    return element("li", { class: `${kind}${index === reached ? " here" : ""}` }, element("span", {}, levelName(name)));
  };
  return element("ol", { class: "scale", "aria-hidden": "true" }, SCALE.map(step));
}

/** The level in one sentence, and in an emergency what to do first, for the live region. */
export function levelSentence(assessment) {
  const first = (assessment.acute ?? []).map((block) => ` ${block.title}: ${block.steps[0]}`).join("");
  const most = assessment.level_at_most;
  const more =
    most && most !== assessment.level ? `, ${word("heading_at_most", { level: levelName(most).toLowerCase() })}` : "";
  return `${word("level_now", { level: assessment.label })}${more}.${first}`;
}

/** What to do now, each kind of emergency its own block. */
export function acuteView(assessment) {
  return (assessment.acute ?? []).map((block) =>
    element(
      "section",
      { class: "acute", "aria-labelledby": `acute-${block.id}` },
      element("h2", { id: `acute-${block.id}` }, block.title),
      element(
        "ol",
        {},
        block.steps.map((step) => element("li", {}, step)),
      ),
    ),
  );
}

export const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
