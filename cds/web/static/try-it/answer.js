import { element } from "./element.js";
import { inLanguage, word } from "./language.js";
import { factorsView } from "./factors.js";
import { acuteView, levelSentence, levelView } from "./level.js";
import { noteView } from "./note.js";
import { recommendationsView } from "./recommendations.js";
import { allSourcesView } from "./sources.js";
import { outlookView, whatIfView } from "./time.js";

const A_MOMENT = 400;

/**
 * Where an answer is shown: its sentence in the live region `status`, what to do now in `acute`, the rest in `result`.
 * It holds one answer or none: whatever was there goes, in all three, before anything else is shown.
 */
export class AnswerPlace {
  constructor({ status, acute, result }) {
    this.status = status;
    this.acute = acute;
    this.result = result;
  }

  #put(said, acute, ...result) {
    clearTimeout(this.waiting);
    const inUse = this.result.contains(document.activeElement);
    // Read out when it changes, silent when the same is said again.
    if (this.status.textContent !== said) this.status.textContent = said;
    this.acute.replaceChildren(...acute);
    this.result.replaceChildren(...result.filter(Boolean));
    this.result.removeAttribute("aria-busy");
    // Whoever had the focus on something that has gone would begin again at the top of the document.
    if (inUse) (this.result.querySelector(".notice button") ?? document.getElementById("main")).focus();
  }

  /** The whole answer. */
  show(answer, vocabulary) {
    const { assessment } = answer;
    this.#put(
      levelSentence(assessment),
      acuteView(assessment),
      levelView(assessment),
      recommendationsView(assessment, vocabulary),
      factorsView(assessment),
      outlookView(answer.outlook, assessment),
      whatIfView(answer.what_if),
      noteView(answer.note),
      cautionsView(assessment),
      provenanceView(assessment),
    );
  }

  /** An answer is on its way: the old one is dimmed at once, and gone if the new one takes longer than a moment. */
  wait() {
    clearTimeout(this.waiting);
    this.result.setAttribute("aria-busy", "true");
    this.waiting = setTimeout(() => this.empty(), A_MOMENT);
  }

  /** Nothing of an answer, only that one is asked for. */
  empty() {
    this.#put("", [], element("p", { class: "hint" }, word("asking")));
  }

  /** No answer: ordinary clinical judgement, why, and a way to try again. */
  unavailable(reason, again) {
    this.#put(
      word("unavailable"),
      [],
      element(
        "div",
        { class: "notice" },
        element("h3", {}, word("unavailable")),
        element("p", {}, word("no_answer")),
        element("p", {}, word("in_an_emergency")),
        reason ? element("p", {}, reason) : null,
        again
          ? element(
              "p",
              { class: "buttons" },
              element("button", { type: "button", on: { click: again } }, word("try_again")),
            )
          : null,
      ),
    );
  }

  /** No answer because something told cannot be taken: what, why (`lang`: in which language), and the way to it. */
  mend(errors, vocabulary, change) {
    const line = ({ fact, place, reason, lang }) => {
      const known = vocabulary.facts.find(({ name }) => name === fact);
      return element(
        "li",
        {},
        `${known ? inLanguage(known.label) : place}: `,
        element("span", { lang }, reason),
        " ",
        known
          ? element(
              "button",
              { type: "button", class: "quiet", on: { click: () => change(fact) } },
              word("change"),
              element("span", { class: "unseen" }, ` ${inLanguage(known.label)}`),
            )
          : null,
      );
    };
    this.#put(
      word("unavailable"),
      [],
      element(
        "div",
        { class: "notice" },
        element("h3", {}, word("unavailable")),
        element("p", {}, word("cannot_assess")),
        element("ul", {}, errors.map(line)),
      ),
    );
  }
}

function cautionsView({ cautions }) {
  if (!cautions || cautions.length === 0) return null;
  return element(
    "section",
    {},
    element("h3", {}, word("heading_cautions")),
    element(
      "ul",
      { class: "cautions" },
      cautions.map(({ text }) => element("li", {}, text)),
    ),
  );
}

function provenanceView({ provenance, sources }) {
  const engines = provenance.engines.join(" + ");
  return element(
    "section",
    {},
    element("h3", {}, word("provenance")),
    element(
      "p",
      { class: "hint" },
      word("release", { release: provenance.release, engines }),
      " ",
      element("span", { class: "digest" }, provenance.digest),
    ),
    allSourcesView(sources),
  );
}
