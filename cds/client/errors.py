"""Why a call brought no answer. None of these holds anything that was sent, nor the token it was sent with.

    CallFailed
    ├── Unreachable       nothing came back
    ├── NotUnderstood     what came back is not what this version of the client knows
    ├── CutOff            a batch ended before its count
    ├── ProofBroken       a proof does not show what the service says it shows
    └── Problem           the service said why, with the problem's type and the paths of what is wrong
        ├── Invalid (400, 413, 415, 422) · Unauthorized (401) · Forbidden (403) · NotFound (404)
        └── TooMuch (429) · NoAnswer (500) · Unavailable (503)

Whatever is raised, there is no answer: use ordinary clinical judgement, and never an earlier answer.
"""

from __future__ import annotations

import httpx2
from pydantic import ValidationError

from cds.api.problems import PathError, ProblemDetails


class CallFailed(Exception):
    """There is no answer."""


class Unreachable(CallFailed):
    """Nothing came back, or not in time. Says what kind of failure it was."""


class NotUnderstood(CallFailed):
    """What came back is not what this version of the client knows. It is not guessed at."""


class CutOff(CallFailed):
    """A batch ended before its count, or the count is another: some persons were not answered."""


class ProofBroken(CallFailed):
    """A proof does not show what the service says it shows: keep everything at hand and tell the operator."""


class Problem(CallFailed):
    """The service said why there is no answer (RFC 9457)."""

    def __init__(self, details: ProblemDetails, retry_after: int | None = None) -> None:
        self.type = details.type
        self.status = details.status
        self.title = details.title
        self.errors: tuple[PathError, ...] = tuple(details.errors or ())
        """What is wrong and where: JSON pointers into the request."""
        self.retry_after = retry_after
        """Seconds to wait before asking again, where the service says so."""
        super().__init__("; ".join([f"{self.title} ({self.type})", *(f"{e.path}: {e.reason}" for e in self.errors)]))


class Invalid(Problem):
    """The request cannot be answered as it stands; `errors` say where."""


class Unauthorized(Problem):
    """The token, or its proof, does not hold."""


class Forbidden(Problem):
    """The token does not allow this."""


class NotFound(Problem):
    """There is no such release, rule, receipt or route."""


class TooMuch(Problem):
    """The quota is used up; `retry_after` says for how long."""


class NoAnswer(Problem):
    """The service failed, or its two evaluators differ."""


class Unavailable(Problem):
    """The service cannot answer now; `retry_after` says when to ask again."""


_BY_STATUS: dict[int, type[Problem]] = {
    **dict.fromkeys((400, 413, 415, 422), Invalid),
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    429: TooMuch,
    500: NoAnswer,
    503: Unavailable,
}


def problem_of(response: httpx2.Response) -> Problem:
    """What the service said. An answer of something in between, such as a proxy, is told by its status alone."""
    status = response.status_code
    try:
        details = ProblemDetails.model_validate_json(response.content)
    except ValidationError:
        details = ProblemDetails(type="about:blank", title="Not answered by the service", status=status)
    wait = response.headers.get("retry-after", "")
    return _BY_STATUS.get(status, Problem)(details, int(wait) if wait.isascii() and wait.isdigit() else None)
