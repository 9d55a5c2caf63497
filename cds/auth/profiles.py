"""What a caller may see. The profile comes from the token; nothing in a request can change it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from cds.auth.refusals import forbidden
from cds.auth.scopes import Scope


class Profile(StrEnum):
    """Whom an answer is for."""

    GP = "gp"
    MUNICIPAL_HEALTH = "municipal_health"
    MUNICIPAL_SOCIAL = "municipal_social"
    NAV = "nav"
    AUDITOR = "auditor"
    ANALYST = "analyst"


SCOPES: dict[Profile, frozenset[Scope]] = {
    Profile.GP: frozenset({Scope.DECIDE_GP, Scope.READ_RULES}),
    Profile.MUNICIPAL_HEALTH: frozenset({Scope.DECIDE_DISTRICT, Scope.READ_RULES}),
    Profile.MUNICIPAL_SOCIAL: frozenset({Scope.DECIDE_SOCIAL, Scope.READ_RULES}),
    Profile.NAV: frozenset({Scope.DECIDE_NAV, Scope.READ_RULES}),
    Profile.AUDITOR: frozenset({Scope.AUDIT, Scope.READ_RULES}),
    Profile.ANALYST: frozenset({Scope.BATCH, Scope.READ_RULES}),
}
"""What a profile is granted; a token may hold less."""
DECIDING: dict[Scope, Profile] = {
    Scope.DECIDE_GP: Profile.GP,
    Scope.DECIDE_DISTRICT: Profile.MUNICIPAL_HEALTH,
    Scope.DECIDE_SOCIAL: Profile.MUNICIPAL_SOCIAL,
    Scope.DECIDE_NAV: Profile.NAV,
}
"""The scopes with which one person is assessed, and for whom the answer then is."""
ADVICE_ONLY = frozenset({Profile.NAV, Profile.MUNICIPAL_SOCIAL})


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is calling: what every later question of "may this caller" and "is this the same caller" is answered from."""

    client: str
    """The issuer's name, the client's id there and, where the token names one, the organisation. No person."""
    scopes: frozenset[Scope]
    asked_as: dict[Scope, str] = field(default_factory=dict, compare=False)
    """What the caller's issuer calls our scopes, to name in a challenge what is missing."""

    @property
    def profile(self) -> Profile | None:
        """For whom an assessment would be; None for a caller that may not ask for one."""
        deciding = [DECIDING[scope] for scope in DECIDING if scope in self.scopes]
        return deciding[0] if len(deciding) == 1 else None

    @property
    def advice_only(self) -> bool:
        """Whether the caller gets the closed set of advice instead of the assessment."""
        return self.profile in ADVICE_ONLY

    def require(self, needed: frozenset[Scope]) -> None:
        """Raise Refused (403) unless the caller holds one of the scopes.

        A token that names two profiles is refused too: which of the two answers was meant nobody can say.
        """
        if not needed & self.scopes:
            raise forbidden("insufficient_scope", "The token does not hold a scope for this", self._named(needed))
        if needed & DECIDING.keys() and len(DECIDING.keys() & self.scopes) > 1:
            raise forbidden("insufficient_scope", "The token names more than one profile; ask for one", None)

    def _named(self, needed: frozenset[Scope]) -> str:
        return " ".join(sorted(self.asked_as.get(scope, scope.value) for scope in needed))
