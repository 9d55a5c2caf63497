/*
 * The card in a frame. The page that holds the frame sends, with its exact origin among CDS_FRAME_ANCESTORS,
 *   frame.contentWindow.postMessage({type: "overdose-card-assessment", assessment: answer, lang: "nb"}, serviceOrigin)
 * after the frame's load event, and hears {type: "overdose-card-size", height} in CSS pixels and the card's own events
 * as {type: "overdose-card-recommendation-opened", id, code}. A message from anyone else is not looked at.
 */
import "../../embed/overdose-card.js";

const origins = document.documentElement.dataset.origins.split(" ").filter(Boolean);
const card = document.querySelector("overdose-card");
let owner = null; // the origin that sent the last answer; nobody else is told anything

function tell(message) {
  if (owner !== null) parent.postMessage(message, owner);
}

addEventListener("message", ({ origin, source, data }) => {
  if (source !== parent || parent === window || !origins.includes(origin) || data?.type !== "overdose-card-assessment")
    return;
  owner = origin;
  if (["nb", "nn", "en"].includes(data.lang)) {
    document.documentElement.lang = data.lang;
    card.lang = data.lang;
  }
  card.assessment = data.assessment ?? null;
  tellSize();
});

function tellSize() {
  tell({ type: "overdose-card-size", height: Math.ceil(document.documentElement.getBoundingClientRect().height) });
}

new ResizeObserver(tellSize).observe(document.documentElement);
card.addEventListener("overdose-card-recommendation-opened", ({ detail }) =>
  tell({ type: "overdose-card-recommendation-opened", ...detail }),
);
