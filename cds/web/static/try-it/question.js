import { detailOf } from "./details.js";
import { element } from "./element.js";
import { inLanguage, word } from "./language.js";

const STATES = ["yes", "no", "unknown", "refused"];
const WITHOUT_NO = new Set(["number", "choice"]);

/**
 * One question as a group of radio buttons, with what belongs to a yes under it.
 * `answered(fact, answer)` hears of every change: the fact as the service takes it, null where it is left open, or
 * undefined where something in it cannot be read.
 */
export function question(fact, states, answer, answered) {
  const { name } = fact;
  const error = element("p", { class: "error", id: `error-${name}`, hidden: true });
  const told = () => {
    const state = radios.find((radio) => radio.checked)?.value;
    if (detail.node) detail.node.hidden = state !== "yes";
    if (state === undefined) return null;
    if (state !== "yes") return { state };
    const more = detail.read();
    if (more?.invalid) return more;
    return more === null ? null : { state, ...more };
  };
  const changed = () => {
    const value = told();
    say(value?.invalid ?? "");
    answered(name, value?.invalid ? undefined : value);
  };
  const say = (message, lang = "") => {
    error.replaceChildren(lang === "" ? message : element("span", { lang }, message));
    error.hidden = message === "";
  };

  const offered = STATES.filter((state) => !(state === "no" && WITHOUT_NO.has(fact.shape)));
  const radios = offered.map((state) =>
    element("input", {
      type: "radio",
      name,
      value: state,
      checked: answer?.state === state,
      autocomplete: "off",
      on: { change: changed },
    }),
  );
  const detail = detailOf(fact, answer, changed);
  if (detail.node) detail.node.hidden = answer?.state !== "yes";
  const label = (state) =>
    state === "yes" && fact.shape === "number"
      ? word("number")
      : state === "yes" && fact.shape === "choice"
        ? word("which").replace("?", "")
        : inLanguage(states[state]);
  const node = element(
    "fieldset",
    { class: "question", id: `fact-${name}`, "aria-describedby": `why-${name} error-${name}` },
    element("legend", {}, inLanguage(fact.question)),
    element("p", { class: "hint", id: `why-${name}` }, inLanguage(fact.why)),
    element(
      "div",
      { class: "choices" },
      radios.map((radio) => element("label", {}, radio, element("span", {}, label(radio.value)))),
    ),
    detail.node,
    error,
  );
  return { name, node, say };
}
