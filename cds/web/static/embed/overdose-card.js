/*
 * <overdose-card>: an assessment, or the advice for NAV, as a card in another system's page.
 *
 *   <script type="module" src="https://the-service/embed/overdose-card.js"></script>
 *   <overdose-card lang="nn"></overdose-card>
 *   card.assessment = answer;                 // the whole answer of POST /v1/assessments, as it came; null shows none
 *   card.addEventListener("overdose-card-recommendation-opened", (event) => event.detail.code);
 *
 * One file without imports, so that a host can pin it by its hash or keep a copy. It calls nobody, stores nothing and
 * writes no markup. Anything but a whole answer shows "use ordinary clinical judgement", never an old or empty one.
 * Attributes: lang (nb, nn, en; else the page's; what is shown keeps the language of the answer), theme (light, dark;
 * else the reader's). Colours and font follow, in
 * this order: --overdose-card-*, Aksel's tokens, Punkt's tokens, its own. Events bubble and cross the shadow:
 * overdose-card-shown {kind, level}, overdose-card-unavailable, overdose-card-recommendation-opened {id, code}.
 */

const SCALE = ["low", "elevated", "high", "very_high"];
const OUTSIDE = ["acute", "undetermined", "not_applicable"];
const LOCALES = { nb: ["nb-NO"], nn: ["nn-NO", "nb-NO"], en: ["en-GB"] };
const URGENCIES = ["now", "same_day", "days", "routine"];
const STATUSES = ["recommended", "if_confirmed"];
const WITHOUT_ADVICE = "0.1.0"; // the first release of the rules: levels, and no recommendations yet
const OF_ADVICE = ["id", "code", "title", "text", "actor", "because"];

const WORDS = {
  nb: {
    title: "Forebygging av overdosedødsfall", unavailable: "Bruk vanlig klinisk skjønn",
    no_answer: "Det finnes ikke noe svar å vise. Det sier ingenting om hvor stor faren er.",
    emergency: "Ved mistanke om overdose: ring 113.", level: "Nivå", at_most: "Kan være så høyt som {level}.",
    same: "Det ukjente kan ikke gjøre nivået høyere.", if_confirmed: "Hvis det viser seg å gjelde ({count})",
    who: "Hvem", because: "Begrunnelse", factors: "Til stede", no_advice: "Denne utgaven av reglene har ingen anbefalinger. Det betyr ikke at det ikke er noe å gjøre.", advice: "Råd om helse og trygghet", contacts: "Hvem du kan ringe",
    as_of: "Vurdert per {date}", release: "regelutgave {release}",
    not: "Verken en diagnose eller en sannsynlighet. Ikke prøvd ut på pasienter.",
    now: "Nå", same_day: "Samme dag", days: "Innen noen dager", routine: "I vanlig oppfølging",
    low: "Lav", elevated: "Forhøyet", high: "Høy", very_high: "Svært høy",
  },
  nn: {
    title: "Førebygging av overdosedødsfall", unavailable: "Bruk vanleg klinisk skjønn",
    no_answer: "Det finst ikkje noko svar å vise. Det seier ingenting om kor stor faren er.",
    emergency: "Ved mistanke om overdose: ring 113.", level: "Nivå", at_most: "Kan vere så høgt som {level}.",
    same: "Det ukjende kan ikkje gjere nivået høgare.", if_confirmed: "Om det viser seg å gjelde ({count})",
    who: "Kven", because: "Grunngiving", factors: "Til stades", no_advice: "Denne utgåva av reglane har ingen tilrådingar. Det betyr ikkje at det ikkje er noko å gjere.", advice: "Råd om helse og tryggleik", contacts: "Kven du kan ringje",
    as_of: "Vurdert per {date}", release: "regelutgåve {release}",
    not: "Verken ein diagnose eller eit sannsyn. Ikkje prøvd ut på pasientar.",
    now: "No", same_day: "Same dag", days: "Innan nokre dagar", routine: "I vanleg oppfølging",
    low: "Låg", elevated: "Forhøgd", high: "Høg", very_high: "Svært høg",
  },
  en: {
    title: "Preventing overdose deaths", unavailable: "Use ordinary clinical judgement",
    no_answer: "There is no answer to show. That says nothing about how great the danger is.",
    emergency: "If you suspect an overdose: ring 113.", level: "Level", at_most: "Could be as high as {level}.",
    same: "What is unknown cannot raise the level further.", if_confirmed: "If it turns out to apply ({count})",
    who: "Who", because: "Grounds", factors: "Present", no_advice: "This release of the rules holds no recommendations. That does not mean that there is nothing to do.", advice: "Advice on health and safety", contacts: "Whom to call",
    as_of: "Assessed as of {date}", release: "rules release {release}",
    not: "Neither a diagnosis nor a probability. Not validated on patients.",
    now: "Now", same_day: "The same day", days: "Within days", routine: "In ordinary follow-up",
    low: "Low", elevated: "Elevated", high: "High", very_high: "Very high",
  },
};

const LIGHT = "--i: #17222b; --f: #4a5863; --p: #ffffff; --l: #6b7a86; --a: #0f4f63; --d: #a0142b;";
const DARK = "--i: #e8edf0; --f: #b0bcc5; --p: #182026; --l: #8797a3; --a: #8fd0e4; --d: #ff9aa6;";
const STYLE = `
  :host { ${LIGHT} display: block; container-type: inline-size; }
  @media (prefers-color-scheme: dark) { :host(:not([theme="light"])) { ${DARK} } }
  :host([theme="dark"]) { ${DARK} }
  :host([hidden]) { display: none; }
  article {
    --ink: var(--overdose-card-ink, var(--ax-text-neutral, var(--pkt-color-text-body-default, var(--i))));
    --faint: var(--overdose-card-faint, var(--ax-text-neutral-subtle, var(--pkt-color-text-body-default, var(--f))));
    --paper: var(--overdose-card-paper, var(--ax-bg-default, var(--pkt-color-background-default, var(--p))));
    --line: var(--overdose-card-line, var(--ax-border-neutral, var(--pkt-color-border-default, var(--l))));
    --accent: var(--overdose-card-accent, var(--ax-text-accent, var(--pkt-color-text-action-normal, var(--a))));
    --danger: var(--overdose-card-danger, var(--ax-text-danger, var(--pkt-color-text-body-default, var(--d))));
    padding: 1.25rem; border: 1px solid var(--line); border-radius: 4px; background: var(--paper); color: var(--ink);
    font-family: var(--overdose-card-font, var(--ax-font-family, inherit)); line-height: 1.5; overflow-wrap: break-word;
  }
  * { box-sizing: border-box; }
  h2, h3, h4 { margin: 0 0 0.35em; font-weight: 600; line-height: 1.25; }
  h2 { font-size: 0.9375em; color: var(--faint); } h3 { margin-top: 1em; font-size: 1.0625em; } h4 { font-size: 1em; }
  h2 + h3 { margin-top: 0; }
  p, ul, ol { margin: 0 0 0.6em; } ul, ol { padding-left: 1.3em; }
  .name { margin: 0; font-size: 1.75em; font-weight: 650; line-height: 1.2; }
  .hint { color: var(--faint); font-size: 0.9em; }
  .code { color: var(--faint); font-weight: 400; }
  .acute { margin: 0.5em 0 1em; padding: 1em; border: 3px solid var(--danger); border-radius: 4px; font-size: 1.0625em; }
  .acute h3 { margin: 0 0 0.35em; font-size: 1.2em; color: var(--danger); }
  .scale { display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); gap: 3px; max-width: 30em; padding: 0; list-style: none; font-size: 0.85em; color: var(--faint); }
  .scale li::before { content: ""; display: block; height: 0.6rem; margin-bottom: 0.2rem; border: 1px solid var(--line); }
  .scale .here { color: var(--ink); font-weight: 650; }
  .scale .reached::before { background: var(--accent); }
  .scale .possible::before { background: repeating-linear-gradient(135deg, var(--accent) 0 2px, transparent 2px 5px); }
  details { border-top: 1px solid var(--line); } details details { margin-left: 1em; }
  summary { padding: 0.5em 0; min-height: 2.75rem; cursor: pointer; font-weight: 600; }
  summary:focus-visible { outline: 3px solid var(--overdose-card-focus, var(--ax-border-focus, var(--accent))); outline-offset: 2px; }
  a { color: var(--accent); }
  @media (prefers-contrast: more) { article { --faint: var(--ink); --line: var(--ink); border-width: 2px; } }
  @media (forced-colors: active) {
    .scale .reached::before { forced-color-adjust: none; background: CanvasText; border-color: CanvasText; }
    .scale .possible::before { forced-color-adjust: none; background: repeating-linear-gradient(135deg, CanvasText 0 2px, Canvas 2px 5px); }
  }
  @media print { article { --paper: #fff; --ink: #000; --faint: #333; --accent: #000; --danger: #000; } details::details-content { content-visibility: visible; display: block; } .scale li::before { print-color-adjust: exact; } }
`;
const SHEET = new CSSStyleSheet();
SHEET.replaceSync(STYLE);

function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return made;
}

const isText = (value) => typeof value === "string" && value.trim() !== "";
const need = (holds) => {
  if (!holds) throw new TypeError("not a whole answer");
};

class OverdoseCard extends HTMLElement {
  static observedAttributes = ["lang"];
  #answer = null;
  #root = this.attachShadow({ mode: "open" });
  #begun = false;
  #spoken = null;

  /** The answer of POST /v1/assessments, as it came. Anything else, and null, shows that there is no answer. */
  get assessment() {
    return this.#answer;
  }

  set assessment(answer) {
    this.#answer = answer ?? null;
    if (this.#begun) this.#show();
  }

  connectedCallback() {
    if (Object.hasOwn(this, "assessment")) {
      // Set before this file was loaded: the plain property would hide the real one.
      const early = this.assessment;
      delete this.assessment;
      this.#answer = early ?? null;
    }
    this.#root.adoptedStyleSheets = [SHEET];
    this.#begun = true;
    this.#show();
  }

  attributeChangedCallback() {
    if (this.#begun) this.#show();
  }

  /** The language of the answer on show, so that the card speaks one; without an answer that of the attribute. */
  get #language() {
    return this.#spoken ?? this.#named;
  }

  get #named() {
    const named = (this.getAttribute("lang") || this.closest("[lang]")?.lang || "nb").toLowerCase().split("-")[0];
    return named in WORDS ? named : "nb";
  }

  #word(name, values = {}) {
    return WORDS[this.#language][name].replace(/\{(\w+)\}/g, (_, place) => values[place]);
  }

  #tell(event, detail) {
    this.dispatchEvent(new CustomEvent(`overdose-card-${event}`, { detail, bubbles: true, composed: true }));
  }

  #show() {
    this.#root.replaceChildren();
    try {
      const { kind, level, content } = this.#card(this.#answer);
      this.#put(kind === "advice" ? "advice" : "title", content);
      this.#tell("shown", { kind, level });
    } catch {
      this.#spoken = null;
      const heading = element("h3", {}, this.#word("unavailable"));
      this.#put("title", [heading, ["no_answer", "emergency"].map((name) => element("p", {}, this.#word(name)))]);
      this.#tell("unavailable", {});
    }
  }

  /** The heading of advice for NAV says nothing about why it was asked for. */
  #put(heading, content) {
    const title = element("h2", { id: "title" }, this.#word(heading));
    const card = { lang: this.#language, "aria-labelledby": "title" };
    this.#root.replaceChildren(element("article", card, title, content));
  }

  /** What an answer holds, as content. Throws where it is not whole: part of an answer is none. */
  #card(answer) {
    need(answer !== null && typeof answer === "object");
    const language = (answer.advice ?? answer.assessment).language;
    this.#spoken = language in WORDS ? language : null;
    return answer.advice === undefined ? this.#clinical(answer.assessment) : this.#nav(answer.advice);
  }

  #clinical(made) {
    need(isText(made.label) && isText(made.as_of) && [...SCALE, ...OUTSIDE].includes(made.level));
    if (made.level === "acute") {
      return { kind: "assessment", level: made.level, content: [this.#acute(made.acute), this.#ending(made)] };
    }
    need(Array.isArray(made.recommendations) && (made.level === "not_applicable" || SCALE.includes(made.level_at_most)));
    const mute = made.provenance?.release === WITHOUT_ADVICE && made.recommendations.length === 0;
    need(made.recommendations.length > 0 || made.level === "low" || mute); // later rules have advice at every other level
    for (const line of made.recommendations)
      need(OF_ADVICE.every((part) => isText(line[part])) && URGENCIES.includes(line.urgency) && STATUSES.includes(line.status));
    const present = (made.factors ?? []).filter((factor) => factor.outcome === "present");
    need(present.every((factor) => isText(factor.title)));
    const content = [
      element("p", { class: "name" }, element("span", { class: "hint" }, `${this.#word("level")} `), made.label),
      made.level_at_most ? this.#range(made.level, made.level_at_most) : null,
      made.meaning ? element("p", {}, made.meaning) : null,
      mute ? element("p", {}, this.#word("no_advice")) : null,
      this.#byUrgency(made.recommendations, (line) => this.#recommendation(line)),
      present.length > 0 ? [element("h3", {}, this.#word("factors")), element("ul", {}, present.map((factor) => element("li", {}, factor.title)))] : null,
      this.#ending(made),
    ];
    return { kind: "assessment", level: made.level, content };
  }

  #nav(advice) {
    need(isText(advice.as_of));
    const { acute, items = [], contacts = [] } = advice;
    need(acute ? true : items.length > 0);
    for (const item of items) need(isText(item.text) && URGENCIES.includes(item.urgency));
    const one = (item) => element("div", {}, item.title ? element("h4", {}, item.title) : null, element("p", {}, item.text), item.contact ? element("p", { class: "hint" }, item.contact) : null);
    const content = [
      acute ? this.#acute(acute) : null,
      this.#byUrgency(items, one),
      contacts.length > 0 ? [element("h3", {}, this.#word("contacts")), element("ul", {}, contacts.map((contact) => this.#contact(contact)))] : null,
      advice.about ? element("p", { class: "hint" }, advice.about) : null,
      this.#when(advice),
    ];
    return { kind: "advice", level: null, content };
  }

  #contact({ name, phone, text }) {
    need(isText(name));
    const call = (words) => element("a", { href: `tel:${phone.replace(/[^\d+]/g, "")}` }, words);
    const known = !phone ? element("strong", {}, name) : name.includes(phone) ? call(name) : [element("strong", {}, name), " ", call(phone)];
    return element("li", {}, known, text ? `. ${text}` : null);
  }

  #acute(blocks) {
    need(Array.isArray(blocks) && blocks.length > 0);
    return blocks.map(({ title, steps }) => {
      need(isText(title) && Array.isArray(steps) && steps.length > 0 && steps.every(isText));
      return element("div", { class: "acute" }, element("h3", {}, title), element("ol", {}, steps.map((step) => element("li", {}, step))));
    });
  }

  #range(level, most) {
    const [reached, possible] = [SCALE.indexOf(level), SCALE.indexOf(most)];
    const kind = (place) => (place <= reached ? "reached" : place <= possible ? "possible" : "") + (place === reached ? " here" : "");
    return [
      element("p", {}, level === most ? this.#word("same") : this.#word("at_most", { level: this.#word(most).toLowerCase() })),
      element("ol", { class: "scale", "aria-hidden": "true" }, SCALE.map((name, place) => element("li", { class: kind(place) }, this.#word(name)))),
    ];
  }

  #byUrgency(lines, one) {
    return URGENCIES.map((urgency) => {
      const all = lines.filter((line) => line.urgency === urgency);
      const perhaps = all.filter((line) => line.status === "if_confirmed");
      const due = all.filter((line) => line.status !== "if_confirmed");
      if (all.length === 0) return null;
      const more = perhaps.length > 0 ? element("details", {}, element("summary", {}, this.#word("if_confirmed", { count: perhaps.length })), perhaps.map(one)) : null;
      return [element("h3", {}, all[0].when ?? this.#word(urgency)), due.map(one), more];
    });
  }

  #recommendation(line) {
    const made = element("details", {},
      element("summary", {}, line.title, " ", element("span", { class: "code" }, line.code)),
      element("p", {}, line.text),
      element("p", { class: "hint" }, `${this.#word("who")}: ${line.actor}`),
      element("p", { class: "hint" }, `${this.#word("because")}: ${line.because}`));
    made.addEventListener("toggle", () => {
      if (made.open) this.#tell("recommendation-opened", { id: line.id, code: line.code });
    });
    return made;
  }

  #ending(made) {
    return [this.#when(made), element("p", { class: "hint" }, this.#word("not"))];
  }

  #when({ as_of: date, provenance }) {
    need(!provenance || isText(provenance.release));
    const release = provenance ? `, ${this.#word("release", { release: provenance.release })}` : "";
    const written = new Intl.DateTimeFormat(LOCALES[this.#language], { dateStyle: "long", timeZone: "UTC" }).format(new Date(date));
    return element("p", { class: "hint" }, `${this.#word("as_of", { date: written })}${release}.`);
  }
}

customElements.define("overdose-card", OverdoseCard);
