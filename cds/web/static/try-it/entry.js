import { word } from "./language.js";
import { bear } from "./service.js";

/** The field for an access token, on the page while the service asks for one. What is taken leaves the field at once. */
export class Entry {
  #form;
  #field;
  #error;

  constructor(form, taken) {
    this.#form = form;
    this.#field = form.querySelector("input");
    this.#error = form.querySelector(".error");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const good = bear(this.#field.value);
      this.#say(good ? null : "not_a_token");
      if (!good) return;
      this.#field.value = "";
      taken();
    });
  }

  /** Ask for a token. Where one was shown and turned away, `reason` is the name of the word that says why. */
  open(reason) {
    this.#form.hidden = false;
    if (reason !== null) this.#say(reason);
  }

  /** No token is asked for now: the service has answered, or would not take one. */
  close() {
    if (this.#form.contains(document.activeElement)) document.getElementById("main").focus();
    this.#say(null);
    this.#form.hidden = true;
  }

  /** What is wrong with the token, as the name of a word, so that it follows the language of the page. */
  #say(name) {
    this.#error.hidden = name === null;
    this.#error.textContent = name === null ? "" : word(name);
    if (name === null) {
      delete this.#error.dataset.word;
      this.#field.removeAttribute("aria-invalid");
    } else {
      this.#error.dataset.word = name;
      this.#field.setAttribute("aria-invalid", "true");
    }
  }
}
