import { element } from "./element.js";
import { word } from "./language.js";
import { sourcesView } from "./sources.js";

/** What counts: factors that are present, and apart from them those that are not settled. */
export function factorsView(assessment) {
  const { factors } = assessment;
  if (!factors) return null;
  const present = factors.filter((factor) => factor.outcome === "present");
  const unsettled = factors.filter((factor) => factor.outcome === "unknown");
  const most = Math.max(1, ...factors.map((factor) => factor.points.at_most));
  const list = (some) =>
    element(
      "ul",
      { class: "factors" },
      some.map((factor) => line(factor, most, assessment.sources)),
    );
  return element(
    "section",
    {},
    element("h3", {}, word("factors")),
    element(
      "p",
      { class: "hint key" },
      element("span", { class: "unit reached" }),
      ` ${word("heading_present")} `,
      element("span", { class: "unit possible" }),
      ` ${word("possible")}`,
    ),
    present.length > 0 ? list(present) : element("p", {}, word("no_factors")),
    unsettled.length > 0
      ? element(
          "details",
          { class: "more" },
          element("summary", {}, word("unsettled", { count: unsettled.length })),
          list(unsettled),
        )
      : null,
  );
}

function line(factor, most, sources) {
  const { at_least: least, at_most: atMost } = factor.points;
  const points = least === atMost ? word("points", { points: least }) : word("points_between", { least, most: atMost });
  return element(
    "li",
    {},
    element(
      "p",
      { class: "factor" },
      element("span", { class: "title" }, factor.title, " ", element("span", { class: "code" }, factor.code)),
      element("span", { class: "points" }, points),
    ),
    bar(least, atMost, most),
    element("p", {}, factor.because),
    sourcesView(factor.evidence, sources, ...(factor.cautions ?? []).map((caution) => element("p", {}, caution))),
  );
}

/** One unit for each point: filled as far as it counts, hatched as far as it may. The points stand beside it in words. */
function bar(least, atMost, most) {
  const kind = (place) => (place < least ? "reached" : place < atMost ? "possible" : "beyond");
  return element(
    "div",
    { class: "bar", "aria-hidden": "true" },
    Array.from({ length: most }, (_, place) => element("span", { class: `unit ${kind(place)}` })),
  );
}
