import { element } from "./element.js";
import { word } from "./language.js";

/** Where a claim comes from: document, edition and age, and the places in it. Folded until asked for. */
export function sourcesView(evidence, sources, ...grounds) {
  return element(
    "details",
    { class: "sources" },
    element("summary", {}, word(grounds.length > 0 ? "grounds" : "sources")),
    grounds,
    element(
      "ul",
      {},
      documents(evidence).map(([id, places]) => document_(sources?.[id], id, places)),
    ),
  );
}

/** Every document an answer cites, once. */
export function allSourcesView(sources) {
  const all = Object.entries(sources ?? {});
  if (all.length === 0) return null;
  return element(
    "details",
    { class: "sources", id: "all-sources" },
    element("summary", {}, word("sources")),
    element(
      "ul",
      {},
      all.map(([id, source]) => document_(source, id, [])),
    ),
  );
}

function documents(evidence) {
  const found = new Map();
  for (const line of evidence) found.set(line.source, [...(found.get(line.source) ?? []), line]);
  return [...found];
}

function document_(source, id, places) {
  const told = places.map(({ statement, locator, note }) =>
    element("li", {}, [statement, locator].filter(Boolean).join(": "), note ? ` (${note})` : null),
  );
  return element(
    "li",
    {},
    element("cite", { lang: "" }, source?.title ?? id),
    source ? `, ${source.edition}` : null,
    source?.age ? element("p", { class: "hint" }, source.age) : null,
    told.length > 0 ? element("ul", {}, told) : null,
  );
}
