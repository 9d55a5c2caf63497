import { writtenDate } from "./dates.js";
import { element } from "./element.js";
import { levelName, word } from "./language.js";
import { capital, scale } from "./level.js";

/** How the level will change by itself: a list of days in order, the day of the assessment first. */
export function outlookView(outlook, assessment) {
  if (!outlook) return null;
  const first = {
    date: assessment.as_of,
    because: [],
    level: assessment.level,
    level_at_most: assessment.level_at_most,
  };
  return element(
    "section",
    {},
    element("h3", {}, word("outlook")),
    element("p", {}, word("outlook_lead", { date: writtenDate(outlook.until) })),
    outlook.steps.length === 0 ? element("p", {}, word("no_steps")) : null,
    element("ol", { class: "timeline" }, [first, ...outlook.steps].map(step)),
    element("p", { class: "look-again" }, outlook.look_again),
  );
}

function step({ date, level, level_at_most: most, because, caution }) {
  return element(
    "li",
    {},
    element("p", { class: "day" }, element("time", { datetime: date }, writtenDate(date))),
    levels(level, most),
    because.length > 0
      ? element(
          "ul",
          {},
          because.map((reason) => element("li", {}, reason)),
        )
      : null,
    caution ? element("p", { class: "hint" }, caution) : null,
  );
}

function levels(level, most) {
  const more = most && most !== level ? `, ${word("heading_at_most", { level: levelName(most).toLowerCase() })}` : "";
  return [
    element("p", { class: "step" }, element("strong", {}, levelName(level)), more),
    most ? scale(level, most) : null,
  ];
}

/** The answer if one thing were different. */
export function whatIfView(whatIf) {
  if (!whatIf || whatIf.changes.length === 0) return null;
  return element(
    "section",
    {},
    element("h3", {}, word("what_if")),
    element(
      "ul",
      { class: "changes" },
      whatIf.changes.map((change) =>
        element(
          "li",
          {},
          element("p", {}, change.label),
          levels(change.level, change.level_at_most),
          element("p", { class: "hint" }, capital(word("heading_points", change.points))),
        ),
      ),
    ),
    element("p", { class: "hint" }, whatIf.disclaimer),
  );
}
