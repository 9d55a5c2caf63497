const PATIENCE = 10_000;
const INCLUDE = ["all_questions", "outlook", "what_if", "note"];

/** What can be asked, under the release in force. Throws where the service does not answer. */
export async function vocabulary() {
  const response = await fetch("/v1/facts", { signal: AbortSignal.timeout(PATIENCE), cache: "no-store" });
  if (!response.ok) throw new Error("no vocabulary");
  return response.json();
}

/** The invented person. Throws where the service does not answer. */
export async function example() {
  const response = await fetch("/web/try-it/example.json", { signal: AbortSignal.timeout(PATIENCE) });
  if (!response.ok) throw new Error("no example");
  return response.json();
}

/**
 * Ask for an assessment. Gives `{answer}`, or `{failure: {status, errors}}` where there is none, or null where the
 * question was called back. An answer without a level is none.
 */
export async function assess(request, calledBack) {
  try {
    const response = await fetch("/v1/assessments", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ ...request, include: INCLUDE }),
      cache: "no-store",
      credentials: "omit",
      signal: AbortSignal.any([calledBack, AbortSignal.timeout(PATIENCE)]),
    });
    const body = await response.json();
    if (!response.ok) return { failure: { status: response.status, errors: body.errors ?? [] } };
    if (typeof body.assessment?.level !== "string") return { failure: { status: 0, errors: [] } };
    return { answer: body };
  } catch {
    return calledBack.aborted ? null : { failure: { status: 0, errors: [] } };
  }
}
