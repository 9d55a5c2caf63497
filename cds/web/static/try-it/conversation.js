import { toldShortly } from "./details.js";
import { element } from "./element.js";
import { inLanguage, word } from "./language.js";
import { question } from "./question.js";

/**
 * The questions, one topic at a time: only what the last answer of the service says could still change it.
 * A question that was answered, "not known" and "chose not to answer" included, is not asked again; one that was passed
 * over comes back at the end, if the reader wishes.
 */
export class Conversation {
  #form;
  #answered;
  #vocabulary;
  #person;
  #changed;
  #open = []; // the questions of the service's last answer
  #shown = new Map(); // the fields on the page, by fact
  #topic = null; // the place of the topic on the page, or "change" for one answer being changed
  #acute = false;
  #body;

  constructor({ form, answered, vocabulary, person, changed }) {
    this.#form = form;
    this.#answered = answered;
    this.#vocabulary = vocabulary;
    this.#person = person;
    this.#changed = changed;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#next();
    });
  }

  /** Begin anew: another person, or another language. */
  begin() {
    this.#topic = null;
    this.#shown.clear();
    this.#form.replaceChildren();
    this.#tellAnswered();
  }

  /** What may be asked after the newest answer; `acute` where nothing is to be asked first. */
  ask(questions, acute) {
    this.#open = questions ?? [];
    this.#acute = acute;
    if (this.#topic === null) this.#show(this.#upcoming());
    else if (this.#topic !== "change") this.#refresh();
    this.#tellAnswered();
  }

  /** Tell at the field what the service refused, in the language it said so; true where the field is on the page. */
  refuse(fact, message, lang) {
    this.#shown.get(fact)?.say(message, lang);
    return this.#shown.has(fact);
  }

  /** Open one answered question again. */
  change(fact) {
    this.#topic = "change";
    this.#build(word("change_answer"), word("done"));
    this.#add(fact);
    this.#focus();
    this.#tellAnswered();
  }

  #upcoming() {
    const { facts, passed } = this.#person;
    return this.#open.find((topic) => topic.asks.some(({ fact }) => !(fact in facts) && !passed.has(fact)));
  }

  #next() {
    if (this.#topic === null) return;
    for (const fact of this.#shown.keys()) if (!(fact in this.#person.facts)) this.#person.passed.add(fact);
    this.#show(this.#upcoming());
    this.#focus();
    this.#tellAnswered();
  }

  #show(topic) {
    if (topic === undefined) {
      this.#end();
      return;
    }
    this.#topic = topic.place;
    this.#build(topic.topic, word("next_topic"));
    for (const { fact } of topic.asks) if (!(fact in this.#person.facts)) this.#add(fact);
  }

  /** The same topic after another answer: new questions come, those that no longer matter go, none is touched in use. */
  #refresh() {
    const asked = this.#open.find((topic) => topic.place === this.#topic)?.asks.map(({ fact }) => fact) ?? [];
    for (const [fact, field] of this.#shown) {
      const kept = asked.includes(fact) || fact in this.#person.facts || this.#person.unread.has(fact);
      if (!kept && !field.node.contains(document.activeElement)) {
        field.node.remove();
        this.#shown.delete(fact);
      }
    }
    for (const fact of asked) if (!(fact in this.#person.facts)) this.#add(fact);
  }

  #build(heading, onwards) {
    this.#shown.clear();
    this.#body = element("div");
    this.#form.replaceChildren(
      element("h3", { tabindex: "-1" }, heading),
      this.#body,
      element("p", { class: "hint" }, word("may_leave_open")),
      element("p", { class: "buttons" }, element("button", { type: "submit", class: "main" }, onwards)),
    );
  }

  #add(name) {
    const fact = this.#vocabulary.facts.find((fact) => fact.name === name);
    if (fact === undefined || this.#shown.has(name)) return;
    const field = question(fact, this.#vocabulary.states, this.#person.facts[name], (...change) =>
      this.#hear(...change),
    );
    this.#shown.set(name, field);
    this.#body.append(field.node);
  }

  #hear(fact, answer) {
    this.#person.answer(fact, answer);
    this.#tellAnswered();
    this.#changed();
  }

  #end() {
    this.#topic = null;
    this.#shown.clear();
    const passed = this.#open.some((topic) => topic.asks.some(({ fact }) => this.#person.passed.has(fact)));
    const told = this.#acute ? "act_first" : passed ? "only_passed_over" : "nothing_to_ask";
    const again = () => {
      this.#person.passed.clear();
      this.#show(this.#upcoming());
      this.#focus();
    };
    this.#form.replaceChildren(
      element("h3", { tabindex: "-1", class: "plain" }, word(told)),
      told === "only_passed_over"
        ? element(
            "p",
            { class: "buttons" },
            element("button", { type: "button", on: { click: again } }, word("ask_again")),
          )
        : "",
    );
  }

  #focus() {
    this.#form.querySelector("h3")?.focus();
  }

  #tellAnswered() {
    const told = this.#vocabulary.facts.filter(({ name }) => name in this.#person.facts && !this.#shown.has(name));
    if (told.length === 0) {
      this.#answered.replaceChildren();
      return;
    }
    const line = (fact) => {
      const label = inLanguage(fact.label);
      return element(
        "div",
        {},
        element("dt", {}, label),
        element(
          "dd",
          {},
          toldShortly(fact, this.#person.facts[fact.name], this.#vocabulary.states),
          " ",
          element(
            "button",
            { type: "button", class: "quiet", on: { click: () => this.change(fact.name) } },
            word("change"),
            element("span", { class: "unseen" }, ` ${label}`),
          ),
        ),
      );
    };
    this.#answered.replaceChildren(
      element("h3", {}, word("answered")),
      element("dl", { class: "answers" }, told.map(line)),
    );
  }
}
