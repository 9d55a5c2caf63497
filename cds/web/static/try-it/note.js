import { element } from "./element.js";
import { word } from "./language.js";

/** The note for the record and the text for the person, each with a button that copies it. */
export function noteView(note) {
  if (!note) return null;
  return element(
    "section",
    {},
    part(word("note"), "note-record", note.record),
    note.caution ? element("p", { class: "hint" }, note.caution) : null,
    part(word("note_person"), "note-person", note.person),
  );
}

function part(title, id, text) {
  const written = element("pre", { id, tabindex: "0", role: "region", "aria-label": title }, text);
  const told = element("span", { role: "status", class: "told" });
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      told.textContent = word("copied");
    } catch {
      getSelection().selectAllChildren(written);
      told.textContent = word("not_copied");
    }
  };
  return [
    element("h3", {}, title),
    written,
    element(
      "p",
      { class: "buttons" },
      element(
        "button",
        { type: "button", on: { click: copy } },
        word("copy"),
        element("span", { class: "unseen" }, ` ${title}`),
      ),
      told,
    ),
  ];
}
