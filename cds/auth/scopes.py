"""The one table of what a caller must hold to use a route. A route that does not stand here answers nobody."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Scope(StrEnum):
    """What a token can let its holder do."""

    DECIDE_GP = "odr:decide:gp"
    DECIDE_DISTRICT = "odr:decide:district"
    DECIDE_SOCIAL = "odr:decide:social"
    DECIDE_NAV = "odr:decide:nav"
    BATCH = "odr:batch"
    READ_RULES = "odr:rules:read"
    AUDIT = "odr:audit"
    OPERATIONS = "odr:operations"


@dataclass(frozen=True, slots=True)
class Access:
    """What a route asks of its caller."""

    any_of: frozenset[Scope]
    """Any one of these is enough; none at all means that the route is open to everyone."""
    cost: int = 1
    """What a request takes from the client's quota."""
    revalidates: bool = False
    """Whether the answer depends on the rules alone, carries an ETag and may be kept by the caller."""

    @property
    def open(self) -> bool:
        """Whether no token is needed."""
        return not self.any_of


_EVERYONE = Access(frozenset())
_FULL = Access(frozenset({Scope.DECIDE_GP, Scope.DECIDE_DISTRICT}))
_DECIDE = Access(frozenset({Scope.DECIDE_GP, Scope.DECIDE_DISTRICT, Scope.DECIDE_SOCIAL, Scope.DECIDE_NAV}))
_SERVICES = Access(frozenset({Scope.DECIDE_GP, Scope.DECIDE_DISTRICT, Scope.DECIDE_SOCIAL}))
_RULES = Access(frozenset({Scope.READ_RULES}), revalidates=True)
_DIFFERENCE = Access(_RULES.any_of, cost=20, revalidates=True)
_PROOFS = Access(_DECIDE.any_of | {Scope.BATCH, Scope.AUDIT})
"""Whoever gets receipts can have them checked: its own ones; an auditor anyone's (cds/api/receipts.py)."""
_REPLAY = Access(_FULL.any_of | {Scope.BATCH, Scope.AUDIT}, cost=2)
"""Who is given assessments can have them made again. Who gets advice alone cannot: a replay shows the assessment."""
_LEDGER = Access(frozenset({Scope.AUDIT}))
"""What tells of all callers together."""
_EXPORT = Access(_LEDGER.any_of, cost=100)
_AUDIT_DIFFERENCE = Access(_LEDGER.any_of, cost=_DIFFERENCE.cost)
_AUDIT_REPLAY = Access(frozenset({Scope.AUDIT}), cost=2)
_TIMES = Access(frozenset({Scope.OPERATIONS}))
"""How long an assessment took tells an emergency from the rest, so that not everyone may read it."""
_BATCH = Access(frozenset({Scope.BATCH}), cost=100)

ROUTES: dict[tuple[str, str], Access] = {
    # one person
    ("POST", "/v1/assessments"): _DECIDE,
    ("POST", "/v1/assessments/batch"): _BATCH,
    # about services, no person
    ("POST", "/v1/events"): _SERVICES,
    ("POST", "/v1/checklists/district"): _SERVICES,
    # the rules
    ("GET", "/v1/checklists/district"): _RULES,
    ("GET", "/v1/question-sets"): _RULES,
    ("GET", "/v1/question-sets/{set_id}"): _RULES,
    ("GET", "/v1/facts"): _RULES,
    ("GET", "/v1/releases"): _RULES,
    ("GET", "/v1/releases/{version}"): _RULES,
    ("GET", "/v1/releases/{version}/rules/{id}"): _RULES,
    ("GET", "/v1/releases/{old}/diff/{new}"): _DIFFERENCE,
    # proofs
    ("POST", "/v1/receipts/verify"): _PROOFS,
    ("POST", "/v1/receipts/replay"): _REPLAY,
    ("GET", "/v1/ledger/checkpoint"): _PROOFS,
    ("GET", "/v1/ledger/keys"): _EVERYONE,
    ("GET", "/v1/ledger/health"): _LEDGER,
    ("GET", "/v1/ledger/export"): _EXPORT,
    # the auditor's pages: they show what the routes above answer, and ask for the same right
    ("GET", "/audit"): _LEDGER,
    ("GET", "/audit/releases/{version}"): _LEDGER,
    ("GET", "/audit/releases/{version}/rules/{id}"): _LEDGER,
    ("GET", "/audit/diff"): _LEDGER,
    ("GET", "/audit/diff/{old}/{new}"): _AUDIT_DIFFERENCE,
    ("GET", "/audit/verify"): _LEDGER,
    ("POST", "/audit/verify"): _AUDIT_REPLAY,
    ("GET", "/audit/ledger"): _LEDGER,
    # record systems
    ("GET", "/cds-services"): _EVERYONE,
    ("POST", "/cds-services/{id}"): _FULL,
    ("POST", "/cds-services/{id}/feedback"): _FULL,
    ("GET", "/fhir/metadata"): _EVERYONE,
    ("POST", "/fhir/$assess-overdose-risk"): _FULL,
    ("POST", "/hl7/v2"): _FULL,
    # pages: they hold no answer of their own, and ask the routes above with the caller's token
    ("GET", "/"): _EVERYONE,
    ("GET", "/web/try-it/words.js"): _EVERYONE,
    ("GET", "/web/try-it/example.json"): _EVERYONE,
    ("GET", "/web/{name}"): _EVERYONE,
    ("GET", "/embed/card"): _EVERYONE,
    ("GET", "/embed/overdose-card.js"): _EVERYONE,
    # operations
    ("GET", "/internal/metrics/times"): _TIMES,
    # open: what is running here
    ("GET", "/health"): _EVERYONE,
    ("GET", "/internal/isalive"): _EVERYONE,
    ("GET", "/internal/isready"): _EVERYONE,
    ("GET", "/internal/metrics"): _EVERYONE,
    ("GET", "/openapi.json"): _EVERYONE,
    ("HEAD", "/openapi.json"): _EVERYONE,
}


def access_to(method: str, path: str) -> Access | None:
    """What a route asks of its caller, by its method and the path it is written with; None stands for no entry."""
    return _BY_SHAPE.get((method, _PARAMETER.sub("{}", path)))


_PARAMETER = re.compile(r"\{[^}]*\}")
_BY_SHAPE = {(method, _PARAMETER.sub("{}", path)): access for (method, path), access in ROUTES.items()}
"""The table without the names of parameters, which say nothing about access."""
