const PATIENCE = 10_000;
const INCLUDE = ["all_questions", "outlook", "what_if", "note"];
const A_TOKEN = /^[A-Za-z0-9._~+/-]+=*$/; // as RFC 6750 writes one
const NO_ANSWER = { failure: { status: 0, scheme: null, shown: false, errors: [] } };

let token = null; // in this page's memory and nowhere else: gone when the page is closed or loaded again

/** Ask with this access token from now on. False where the text is none: then without any. */
export function bear(text) {
  const bare = text.trim().replace(/^Bearer +/i, "");
  token = A_TOKEN.test(bare) ? bare : null;
  return token !== null;
}

/** What can be asked, under the release in force. Gives what `call` gives. */
export async function vocabulary(calledBack) {
  const outcome = await call("/v1/facts", calledBack);
  return outcome?.answer && !Array.isArray(outcome.answer.facts) ? NO_ANSWER : outcome;
}

/** The invented person. Gives what `call` gives. */
export const example = (calledBack) => call("/web/try-it/example.json", calledBack);

/** Ask for an assessment. Gives what `call` gives; an answer without a level is none. */
export async function assess(request, calledBack) {
  const outcome = await call("/v1/assessments", calledBack, { ...request, include: INCLUDE });
  return outcome?.answer && typeof outcome.answer.assessment?.level !== "string" ? NO_ANSWER : outcome;
}

/**
 * Ask the service. Gives `{answer}`, or `{failure: {status, scheme, shown, errors}}` where there is none, or null where
 * the question was called back. `scheme` is how the address wants a token shown, `shown` whether one was; a token that
 * was turned away is let go.
 */
async function call(path, calledBack, body) {
  const shown = token !== null;
  try {
    const response = await fetch(path, {
      method: body === undefined ? "GET" : "POST",
      headers: {
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...(shown ? { Authorization: `Bearer ${token}` } : {}),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: "no-store",
      credentials: "omit",
      signal: AbortSignal.any([calledBack, AbortSignal.timeout(PATIENCE)]),
    });
    const { status, ok, headers } = response;
    if (status === 401 || status === 403) token = null;
    const said = ok ? await response.json() : await response.json().catch(() => null);
    if (calledBack.aborted) return null;
    if (ok) return said === null ? NO_ANSWER : { answer: said };
    const scheme = headers.get("WWW-Authenticate")?.split(" ")[0] ?? null;
    return { failure: { status, scheme, shown, errors: said?.errors ?? [] } };
  } catch {
    return calledBack.aborted ? null : NO_ANSWER;
  }
}
