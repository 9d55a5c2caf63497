import { described, element } from "./element.js";
import { inLanguage, word } from "./language.js";
import { sourcesView } from "./sources.js";

const URGENCIES = ["now", "same_day", "days", "routine"];
const NO_RANK = new Set(["derived", "expected", "none"]);

/** Recommendations by urgency; those whose ground is not yet settled stand apart under each. */
export function recommendationsView(assessment, vocabulary) {
  const all = assessment.recommendations;
  if (!all) return null;
  // One that fits under no heading would be lost without a word.
  if (!all.every(({ urgency }) => URGENCIES.includes(urgency))) throw new TypeError("not a whole answer");
  const labels = new Map(vocabulary.facts.map((fact) => [fact.name, fact.label]));
  const one = (recommendation) => article(recommendation, assessment.sources, labels);
  const groups = URGENCIES.map((urgency) => [urgency, all.filter((line) => line.urgency === urgency)]);
  return element(
    "section",
    {},
    element("h3", {}, word("recommendations")),
    groups
      .filter(([, lines]) => lines.length > 0)
      .map(([urgency, lines]) => {
        const due = lines.filter((line) => line.status === "recommended");
        const perhaps = lines.filter((line) => line.status !== "recommended");
        return element(
          "div",
          { class: `urgency urgency-${urgency}` },
          element("h4", {}, word(`heading_${urgency}`)),
          due.map(one),
          perhaps.length > 0
            ? element(
                "details",
                { class: "more" },
                element("summary", {}, word("if_confirmed", { count: perhaps.length })),
                perhaps.map(one),
              )
            : null,
        );
      }),
  );
}

function article(line, sources, labels) {
  const facts = (names) =>
    (names ?? []).map((name) => (labels.has(name) ? inLanguage(labels.get(name)) : name)).join(", ");
  const rank = line.modality.filter((one) => !NO_RANK.has(one)).join(", ");
  return element(
    "article",
    {},
    element("h5", {}, line.title, " ", element("span", { class: "code" }, line.code)),
    element("p", {}, line.text),
    element(
      "dl",
      {},
      described(word("ask_about"), facts(line.ask)),
      described(word("who"), line.actor),
      described(word("ask_also_about"), facts(line.ask_also)),
    ),
    sourcesView(
      line.evidence,
      sources,
      element("p", {}, line.because),
      element(
        "dl",
        {},
        described(word("rank"), rank ? element("span", { lang: "nb" }, rank) : null),
        described(word("how_often"), line.cadence?.text),
        described(word("documentation"), line.documentation),
        described(word("consent"), line.consent),
        described(word("resources"), (line.resources ?? []).map(resource)),
      ),
    ),
  );
}

function resource({ title, note, url }) {
  const name = url ? element("a", { href: url, rel: "noreferrer" }, title) : title;
  return element("span", { class: "resource" }, name, note ? `: ${note}` : null);
}
