import { dateInput, numberInput, selectInput } from "./details.js";
import { element } from "./element.js";
import { inLanguage, word } from "./language.js";

const DATES = new Set(["date", "resumed"]);

/** Things that happened, each with its own fields: a detail as in details.js. A yes without any counts as a yes. */
export function listOfItems(fact, answer, changed) {
  const place = element("div");
  let made = 0;
  let items = [];

  const add = (item = {}) => {
    made += 1;
    items.push(oneItem(fact, `${fact.name}-${made}`, item, changed, remove));
    number();
  };
  const remove = (gone) => {
    items = items.filter((item) => item !== gone);
    gone.node.remove();
    number();
    button.focus();
    changed();
  };
  const number = () => {
    items.forEach((item, index) => item.number(index + 1));
    place.replaceChildren(...items.map((item) => item.node));
  };
  const button = element(
    "button",
    {
      type: "button",
      on: {
        click: () => {
          add();
          items.at(-1).node.querySelector("input, select").focus();
        },
      },
    },
    word("add_item"),
  );

  const given = answer?.items ?? [];
  (given.length > 0 ? given : [{}]).forEach((item) => add(item));
  const read = () => {
    const values = items.map((item) => item.read());
    const invalid = values.find((value) => value?.invalid);
    if (invalid) return invalid;
    const told = values.filter((value) => value !== null && Object.keys(value).length > 0);
    return told.length > 0 ? { items: told } : {};
  };
  return { node: element("div", { class: "detail" }, place, button), read };
}

function oneItem(fact, id, item, changed, remove) {
  const fields = Object.entries(fact.items).map(([name, field]) => [
    name,
    inputFor(name, field, `${id}-${name}`, item[name], changed),
  ]);
  const legend = element("legend");
  const away = element("button", { type: "button", class: "quiet", on: { click: () => remove(made) } });
  const hint = "kind" in fact.items ? element("p", { class: "hint" }, word("kind_first")) : null;
  const made = {
    node: element(
      "fieldset",
      { class: "item" },
      legend,
      hint,
      fields.map(([, input]) => input.node),
      away,
    ),
    number: (place) => {
      legend.textContent = word("item", { number: place });
      away.textContent = word("remove_item", { number: place });
    },
    read: () => {
      const told = {};
      let invalid = null;
      for (const [name, input] of fields) {
        const value = input.read();
        if (value?.invalid) invalid ??= value;
        else if (value !== "" && value !== null) told[name] = value;
      }
      if (invalid) return invalid;
      return "kind" in fact.items && !("kind" in told) ? null : told;
    },
  };
  return made;
}

function inputFor(name, field, id, value, changed) {
  const label = inLanguage(field.label);
  if (Object.keys(field.values).length > 0) return selectInput(id, label, field.values, value, changed);
  if (DATES.has(name)) {
    const input = dateInput(id, label, value, changed);
    return { node: input.node, read: () => unlessInvalid(input.read(), "date") };
  }
  const input = numberInput(id, label, value, changed);
  return { node: input.node, read: () => whole(input.read()) };
}

const unlessInvalid = (read, name) => (read.invalid ? read : read[name]);

function whole(read) {
  if (read.invalid || read.number === "") return unlessInvalid(read, "number");
  return Number.isInteger(Number(read.number)) ? Number(read.number) : { invalid: word("not_a_number") };
}
