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
      this.#say(good ? "" : word("not_a_token"));
      if (!good) return;
      this.#field.value = "";
      taken();
    });
  }

  /** Ask for a token. */
  open() {
    this.#form.hidden = false;
  }

  /** No token is asked for now: the service has answered, or would not take one. */
  close() {
    if (this.#form.contains(document.activeElement)) document.getElementById("main").focus();
    this.#say("");
    this.#form.hidden = true;
  }

  #say(message) {
    this.#error.textContent = message;
    this.#error.hidden = message === "";
    if (message === "") this.#field.removeAttribute("aria-invalid");
    else this.#field.setAttribute("aria-invalid", "true");
  }
}
