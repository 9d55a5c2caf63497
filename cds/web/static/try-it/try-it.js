import { AnswerPlace } from "./answer.js";
import { Conversation } from "./conversation.js";
import { element } from "./element.js";
import { Entry } from "./entry.js";
import { inLanguage, language, speak, word } from "./language.js";
import { Person } from "./person.js";
import { assess, example, vocabulary as askVocabulary } from "./service.js";

const at = (id) => document.getElementById(id);
const person = new Person();
const place = new AnswerPlace({ status: at("status"), acute: at("acute"), result: at("result") });
const entry = new Entry(at("entry"), ask);
let vocabulary;
let conversation; // there as soon as the service has said what can be asked
let asked = new AbortController();

/** Call back whatever was asked before; gives the signal by which the next question can be called back. */
function anew() {
  asked.abort();
  asked = new AbortController();
  return asked.signal;
}

/** Ask the service anew. The old answer goes at once; an answer to an older question is never shown. */
async function ask() {
  if (conversation === undefined) {
    await learn();
    return;
  }
  const signal = anew();
  if (person.unread.size > 0) {
    const errors = [...person.unread].map((fact) => ({ fact, reason: word("number_or_date_to_mend") }));
    place.mend(errors, vocabulary, (fact) => conversation.change(fact));
    return;
  }
  place.wait();
  const outcome = await assess(person.request(language()), signal);
  if (outcome === null) return;
  if (outcome.failure) fail(outcome.failure);
  else show(outcome.answer);
}

/** Ask what can be asked, and then the first question. Until that is known, every button leads here. */
async function learn() {
  const signal = anew();
  place.wait();
  const outcome = await askVocabulary(signal);
  if (outcome === null) return;
  if (outcome.failure) {
    fail(outcome.failure);
    return;
  }
  vocabulary = outcome.answer;
  const changed = () => ask();
  conversation = new Conversation({ form: at("conversation"), answered: at("answered"), vocabulary, person, changed });
  begin();
}

function show(answer) {
  entry.close();
  try {
    place.show(answer, vocabulary);
  } catch {
    place.unavailable(null, ask);
    return;
  }
  conversation.ask(answer.assessment.questions, answer.assessment.level === "acute");
  if (answer.assessment.acute) at("acute").scrollIntoView({ block: "nearest" });
}

function fail({ status, scheme, shown, errors }) {
  if (status === 401 || status === 403) {
    turnedAway(status, scheme, shown);
    return;
  }
  if (status !== 422 || errors.length === 0) {
    place.unavailable(null, ask);
    return;
  }
  // The service gives its reasons in English, whatever the page speaks.
  const told = errors.map(({ path, reason }) => ({
    fact: path.split("/")[2],
    place: path === "/as_of" ? word("as_of") : path,
    reason,
    lang: "en",
  }));
  for (const { fact, reason, lang } of told) conversation.refuse(fact, reason, lang);
  place.mend(told, vocabulary, (fact) => conversation.change(fact));
}

/** A token is missing, does not hold or is not enough; a page cannot prove possession of one, as DPoP wants it. */
function turnedAway(status, scheme, shown) {
  const reason = scheme === "DPoP" ? "needs_bearer_address" : status === 401 ? "needs_token" : "token_not_enough";
  if (scheme === "DPoP") entry.close();
  else entry.open(shown ? reason : null);
  place.unavailable(word(reason), ask);
}

/** Show what is known of the person, and ask. */
function begin() {
  tellPerson();
  ask();
}

function tellPerson() {
  at("as-of").value = person.asOf;
  at("in-oslo").checked = person.municipality === "0301";
  if (conversation === undefined) return;
  tellRole();
  conversation.begin();
}

/** Somebody else: nothing that was said of the one before stays, not even for a moment. */
function beginAnother() {
  place.empty();
  begin();
}

async function loadExample() {
  const signal = anew();
  person.clear();
  place.empty();
  tellPerson();
  const outcome = await example(signal);
  if (outcome === null) return;
  try {
    person.load(outcome.answer);
  } catch {
    place.unavailable(null, loadExample);
    return;
  }
  beginAnother();
}

function tellRole() {
  const role = vocabulary.facts.find(({ name }) => name === "role");
  at("about").hidden = role === undefined;
  if (role === undefined) return;
  document.querySelector("label[for=role]").textContent = inLanguage(role.label);
  at("role").replaceChildren(
    element("option", { value: "" }, word("not_chosen")),
    ...Object.entries(role.values).map(([value, text]) => element("option", { value }, inLanguage(text))),
  );
  at("role").value = person.facts.role?.value ?? "";
}

function listen() {
  at("load-example").addEventListener("click", loadExample);
  at("start-over").addEventListener("click", () => {
    person.clear();
    beginAnother();
  });
  at("print").addEventListener("click", () => print());
  at("role").addEventListener("change", ({ target }) => {
    person.answer("role", target.value ? { state: "yes", value: target.value } : null);
    beginAnother();
  });
  at("as-of").addEventListener("change", ({ target }) => {
    person.asOf = target.value;
    ask();
  });
  at("in-oslo").addEventListener("change", ({ target }) => {
    person.municipality = target.checked ? "0301" : "";
    ask();
  });
  for (const button of document.querySelectorAll("[data-language]")) {
    button.addEventListener("click", () => {
      speak(button.dataset.language);
      begin();
    });
  }
  // On paper nothing can be unfolded: what may turn out to apply stands there too, and every document once, at the end.
  // The grounds of each line are printed as the reader has folded them.
  let unfolded = [];
  addEventListener("beforeprint", () => {
    unfolded = [...document.querySelectorAll("details.more:not([open]), #all-sources:not([open])")];
    for (const one of unfolded) one.open = true;
  });
  addEventListener("afterprint", () => {
    for (const one of unfolded) one.open = false;
  });
}

speak(language());
listen();
ask();
