"""Why a request is turned away: its status and the error codes of RFC 6750 and RFC 9449. Repeats nothing sent."""

from __future__ import annotations

from typing import Literal

ErrorCode = Literal["invalid_token", "invalid_dpop_proof", "insufficient_scope"]
_UNAUTHORIZED, _FORBIDDEN, _UNAVAILABLE = 401, 403, 503


class Refused(Exception):
    """A request that is turned away. Its text is one of ours, never a part of a token."""

    def __init__(self, status: int, code: ErrorCode | None, text: str, scope: str | None = None) -> None:
        super().__init__(text)
        self.status = status
        self.code = code
        self.text = text
        self.scope = scope
        """What would have been enough."""


def no_token(text: str = "A token is needed") -> Refused:
    """Nothing to judge was sent: 401 without an error code (RFC 6750, section 3.1)."""
    return Refused(_UNAUTHORIZED, None, text)


def bad_token(text: str) -> Refused:
    """401 for an access token that does not hold."""
    return Refused(_UNAUTHORIZED, "invalid_token", text)


def bad_proof(text: str) -> Refused:
    """401 for a DPoP proof that does not hold."""
    return Refused(_UNAUTHORIZED, "invalid_dpop_proof", text)


def forbidden(code: ErrorCode, text: str, scope: str | None) -> Refused:
    """403 for a good token that is not enough."""
    return Refused(_FORBIDDEN, code, text, scope)


def unavailable(text: str) -> Refused:
    """503 where a token cannot be judged now: it is then not good, and not bad either."""
    return Refused(_UNAVAILABLE, None, text)


def challenge(refused: Refused, scheme: str, algorithms: tuple[str, ...]) -> str:
    """The WWW-Authenticate header of a refusal under the scheme the endpoint accepts."""
    parameters = ['realm="cds-overdose"']
    if scheme == "DPoP":
        parameters.append(f'algs="{" ".join(algorithms)}"')
    if refused.code is not None:
        parameters += [f'error="{refused.code}"', f'error_description="{refused.text}"']
    if refused.scope is not None:
        parameters.append(f'scope="{refused.scope}"')
    return f"{scheme} {', '.join(parameters)}"
