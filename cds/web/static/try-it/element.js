/** A DOM element. Attributes that are null or false are left out; `on` holds listeners; text never becomes markup. */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "on") {
      for (const [event, listener] of Object.entries(value)) made.addEventListener(event, listener);
    } else if (value !== null && value !== undefined && value !== false) {
      made.setAttribute(name, value === true ? "" : value);
    }
  }
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

/** A list of things under a term, or nothing where there are none. */
export function described(term, value) {
  if (value === null || value === undefined || value.length === 0) return [];
  return [element("dt", {}, term), element("dd", {}, value)];
}
