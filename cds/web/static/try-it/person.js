/** What has been told about one person. It lives in this page's memory only. */
export class Person {
  constructor() {
    this.clear();
  }

  /** Forget everything. */
  clear() {
    this.facts = {}; // as the service takes them
    this.passed = new Set(); // questions gone past without an answer
    this.unread = new Set(); // facts where something cannot be read as it is written
    this.asOf = "";
    this.municipality = "";
  }

  /** Take over a request as the service takes it; a bare state is spelt out. */
  load(request) {
    this.clear();
    for (const [name, fact] of Object.entries(request.facts)) {
      this.facts[name] = typeof fact === "string" ? { state: fact } : fact;
    }
    this.asOf = request.as_of ?? "";
    this.municipality = request.municipality ?? "";
  }

  /** Note an answer; null leaves the fact open, undefined says that it cannot be read. */
  answer(fact, answer) {
    delete this.facts[fact];
    this.unread.delete(fact);
    if (answer === undefined) this.unread.add(fact);
    else if (answer !== null) this.facts[fact] = answer;
  }

  /** The request for an assessment. */
  request(language) {
    return {
      language,
      facts: this.facts,
      ...(this.asOf ? { as_of: this.asOf } : {}),
      ...(this.municipality ? { municipality: this.municipality } : {}),
    };
  }
}
