import { AnswerPlace } from "./answer.js";
import { Conversation } from "./conversation.js";
import { element } from "./element.js";
import { inLanguage, language, speak, word } from "./language.js";
import { levelSentence } from "./level.js";
import { Person } from "./person.js";
import { assess, example, vocabulary as askVocabulary } from "./service.js";

const at = (id) => document.getElementById(id);
const person = new Person();
const place = new AnswerPlace(at("acute"), at("result"));
let vocabulary;
let conversation;
let asked = new AbortController();

/** Ask the service anew. The old answer goes at once; an answer to an older question is never shown. */
async function ask() {
  asked.abort();
  asked = new AbortController();
  const { signal } = asked;
  if (person.unread.size > 0) {
    const errors = [...person.unread].map((fact) => ({ fact, reason: word("number_or_date_to_mend") }));
    place.mend(errors, vocabulary, (fact) => conversation.change(fact));
    say(word("unavailable"));
    return;
  }
  place.wait();
  const outcome = await assess(person.request(language()), signal);
  if (outcome === null || signal.aborted) return;
  if (outcome.failure) fail(outcome.failure);
  else show(outcome.answer);
}

function show(answer) {
  try {
    place.show(answer, vocabulary);
  } catch {
    place.unavailable(null, ask);
    say(word("unavailable"));
    return;
  }
  conversation.ask(answer.assessment.questions, answer.assessment.level === "acute");
  say(levelSentence(answer.assessment));
  if (answer.assessment.acute) at("acute").scrollIntoView({ block: "nearest" });
}

function fail({ status, errors }) {
  say(word("unavailable"));
  if (status !== 422 || errors.length === 0) {
    place.unavailable(status === 401 || status === 403 ? word("not_allowed") : null, ask);
    return;
  }
  const told = errors.map(({ path, reason }) => ({
    fact: path.split("/")[2],
    place: path === "/as_of" ? word("as_of") : path,
    reason,
  }));
  for (const { fact, reason } of told) conversation.refuse(fact, reason);
  place.mend(told, vocabulary, (fact) => conversation.change(fact));
}

/** The live region: read out when it changes, silent when the same is said again. */
function say(text) {
  if (at("status").textContent !== text) at("status").textContent = text;
}

function begin() {
  at("as-of").value = person.asOf;
  at("in-oslo").checked = person.municipality === "0301";
  tellRole();
  conversation.begin();
  ask();
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
  at("load-example").addEventListener("click", async () => {
    try {
      person.load(await example());
      begin();
    } catch {
      place.unavailable(null, null);
    }
  });
  at("start-over").addEventListener("click", () => {
    person.clear();
    begin();
  });
  at("print").addEventListener("click", () => print());
  at("role").addEventListener("change", ({ target }) => {
    person.answer("role", target.value ? { state: "yes", value: target.value } : null);
    begin();
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
  // On paper every document cited stands once, at the end; the rest is printed as the reader has folded it.
  onbeforeprint = () => at("all-sources")?.setAttribute("open", "");
}

async function start() {
  speak(language());
  place.wait();
  try {
    vocabulary = await askVocabulary();
  } catch {
    place.unavailable(null, start);
    say(word("unavailable"));
    return;
  }
  const changed = () => ask();
  conversation = new Conversation({ form: at("conversation"), answered: at("answered"), vocabulary, person, changed });
  listen();
  begin();
}

start();
