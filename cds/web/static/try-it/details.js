import { readDate, writtenDate } from "./dates.js";
import { element } from "./element.js";
import { inLanguage, word } from "./language.js";
import { listOfItems } from "./items.js";

/*
 * What belongs to a yes, for each shape of a fact. A detail is {node, read}: read() gives the part of the fact that
 * goes with the state, null where the yes does not count without it yet, or {invalid: message}.
 */
export function detailOf(fact, answer, changed) {
  if (fact.shape === "dated") return date(fact, answer, changed);
  if (fact.shape === "number") return number(fact, answer, changed);
  if (fact.shape === "choice") return choice(fact, answer, changed);
  if (fact.shape === "list") return listOfItems(fact, answer, changed);
  return { node: null, read: () => ({}) };
}

function date(fact, answer, changed) {
  const { node, read } = dateInput(`when-${fact.name}`, word("when"), answer?.date, changed);
  return {
    node,
    read: () => {
      const value = read();
      return value.invalid ? value : value.date ? { date: value.date } : {};
    },
  };
}

/** A text input for a day, month or year. read() gives {date} (empty: not known) or {invalid}. */
export function dateInput(id, label, value, changed) {
  const input = element("input", {
    id,
    type: "text",
    autocomplete: "off",
    "aria-describedby": `${id}-hint`,
    on: { change: changed },
  });
  input.value = dotted(value ?? "");
  const node = element(
    "p",
    { class: "detail" },
    element("label", { for: id }, label),
    input,
    element("span", { class: "hint", id: `${id}-hint` }, word("date_hint")),
  );
  const read = () => {
    const read = readDate(input.value);
    mark(input, read === null);
    return read === null ? { invalid: word("not_a_date") } : { date: read };
  };
  return { node, read };
}

function dotted(text) {
  return text
    .split("-")
    .reverse()
    .map((part) => part.replace(/^0/, ""))
    .join(".");
}

function number(fact, answer, changed) {
  const { node, read } = numberInput(
    `number-${fact.name}`,
    word("number"),
    answer?.value,
    changed,
    word("number_hint"),
  );
  return {
    node,
    read: () => {
      const value = read();
      return value.invalid ? value : value.number === "" ? null : { value: value.number };
    },
  };
}

/** A text input for a number. read() gives {number}, a decimal as text (empty: not known), or {invalid}. */
export function numberInput(id, label, value, changed, hint) {
  const input = element("input", {
    id,
    type: "text",
    inputmode: "decimal",
    autocomplete: "off",
    class: "short",
    "aria-describedby": hint ? `${id}-hint` : null,
    on: { change: changed },
  });
  input.value = value ?? "";
  const node = element(
    "p",
    { class: "detail" },
    element("label", { for: id }, label),
    input,
    hint ? element("span", { class: "hint", id: `${id}-hint` }, hint) : null,
  );
  const read = () => {
    const number = input.value.trim().replace(",", ".");
    const plain = number === "" || /^\d{1,8}(\.\d{1,3})?$/.test(number);
    mark(input, !plain);
    return plain ? { number } : { invalid: word("not_a_number") };
  };
  return { node, read };
}

function choice(fact, answer, changed) {
  const select = selectInput(`choice-${fact.name}`, word("which"), fact.values, answer?.value, changed);
  return { node: select.node, read: () => (select.read() === "" ? null : { value: select.read() }) };
}

/** A list to choose one value from. read() gives the value, empty where none is chosen. */
export function selectInput(id, label, values, value, changed) {
  const select = element(
    "select",
    { id, autocomplete: "off", on: { change: changed } },
    element("option", { value: "" }, word("not_chosen")),
    Object.entries(values).map(([name, text]) => element("option", { value: name }, inLanguage(text))),
  );
  select.value = value ?? "";
  return {
    node: element("p", { class: "detail" }, element("label", { for: id }, label), select),
    read: () => select.value,
  };
}

function mark(input, invalid) {
  if (invalid) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
}

/** An answer in a few words, for the list of what was answered. */
export function toldShortly(fact, answer, states) {
  const words = [inLanguage(states[answer.state])];
  if (answer.state === "yes" && answer.value !== undefined) {
    words[0] = fact.shape === "choice" ? inLanguage(fact.values[answer.value]) : answer.value;
  }
  if (answer.date) words.push(writtenDate(answer.date));
  for (const item of answer.items ?? []) {
    const kind = item.kind ? inLanguage(fact.items.kind.values[item.kind]) : null;
    words.push([kind, item.date ? writtenDate(item.date) : null].filter(Boolean).join(" "));
  }
  return words.filter(Boolean).join(", ");
}
