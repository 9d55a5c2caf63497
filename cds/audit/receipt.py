"""The receipt of one answer: what was asked and answered, under which rules, signed, and telling nothing of it.

A receipt is a compact JWS. What was asked and answered stands in it only as commitments: HMAC-SHA256 under a nonce of
32 random bytes that is made for this answer, given to the caller and kept nowhere else. Equal persons give unequal
commitments; without the nonce nobody can try out what was asked; and when the caller deletes the record, what the
ledger holds of it is noise.

    input    {as_of, municipality, facts, conflicts}: the facts as used, with every conflict that was decided
    output   `decided(assessment)`: the answer without its texts
    raw      the bytes that came in

Each is written by `canonical`. The texts are left out of `output` so that it is the same in every language and on
every channel; they stand word for word in the release, whose digest the receipt holds, and a replay compares them.
"""

from __future__ import annotations

import hmac
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cds.assessment import Assessment, FactorLine, RecommendationLine
from cds.audit.canonical import canonical
from cds.facts import Facts
from cds.records.doses.lines import OmeqLine
from cds.records.merge import Conflict
from cds.signing import BadSignature, SigningKey, base64url

TYP = "cds-receipt+jws"
SCHEMA: Literal["assessment/1"] = "assessment/1"
"""What the commitments are over, as described here; another number when that changes."""
NONCE_BYTES = 32
Commitment = Literal["input", "output", "raw"]


class Receipt(BaseModel):
    """What a receipt says. The service keeps this and nothing else about an answer."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    v: Literal[1] = 1
    id: str
    """The decision's own id, random."""
    iat: int
    """Seconds since 1970, when it was made."""
    as_of: str
    release: str
    digest: str
    """Of the release."""
    service: str
    """Version and build of the service."""
    engines: list[str]
    """The evaluators that agreed."""
    schema_: Literal["assessment/1"] = Field(default=SCHEMA, alias="schema")
    client: str
    """The system that called; never a person or an office."""
    env: Literal["development", "production"]
    input: str
    output: str
    raw: str

    @property
    def entry_id(self) -> str:
        """The id of its entry in the ledger."""
        return self.id

    def as_bytes(self) -> bytes:
        """The payload that is signed."""
        said: dict[str, Any] = self.__dict__ | {"schema": self.schema_}
        del said["schema_"]
        return canonical(said)

    @classmethod
    def from_bytes(cls, payload: bytes) -> Self:
        """Read a payload whose signature was checked. Raises BadSignature for anything that is no receipt."""
        try:
            receipt = cls.model_validate_json(payload)
        except ValidationError:
            raise BadSignature("not a receipt") from None
        if receipt.as_bytes() != payload:
            raise BadSignature("not a receipt in canonical form")
        return receipt


class Proof(BaseModel):
    """What the caller gets: the signed receipt, and the nonce (base64url) that opens its commitments."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    jws: str
    nonce: str


@dataclass(frozen=True)
class Receipts:
    """Makes receipts. Clock and randomness are given, so that a test can know what comes out."""

    key: SigningKey
    environment: Literal["development", "production"]
    service: str
    """Version and build of the service."""
    clock: Callable[[], int]
    """Seconds since 1970."""
    random: Callable[[int], bytes]

    def make(
        self,
        assessment: Assessment,
        facts: Facts,
        *,
        municipality: str | None,
        conflicts: tuple[Conflict, ...],
        raw: bytes,
        client: str,
    ) -> tuple[Receipt, Proof]:
        """The receipt of one answer. `facts`, `municipality` and `conflicts` as used: an acute answer shows none."""
        nonce = self.random(NONCE_BYTES)
        provenance = assessment.provenance
        asked = question(assessment.as_of, municipality, facts, conflicts)
        answered = decided(assessment, asked["facts"] if assessment.facts is facts else None)
        receipt = Receipt.model_construct(
            id=str(uuid.UUID(bytes=self.random(16), version=4)),
            iat=self.clock(),
            as_of=assessment.as_of.isoformat(),
            release=provenance.release,
            digest=provenance.digest,
            service=self.service,
            engines=list(provenance.engines),
            client=client,
            env=self.environment,
            input=commitment(nonce, "input", canonical(asked)),
            output=commitment(nonce, "output", canonical(answered)),
            raw=commitment(nonce, "raw", raw),
        )
        return receipt, Proof.model_construct(jws=self.key.jws(receipt.as_bytes(), TYP), nonce=base64url(nonce))


def commitment(nonce: bytes, to: Commitment, text: bytes) -> str:
    """HMAC-SHA256 under the nonce over the commitment's name, a zero byte and the text; base64url."""
    return base64url(hmac.digest(nonce, to.encode() + b"\0" + text, "sha256"))


def question(
    as_of: date, municipality: str | None, facts: Facts, conflicts: tuple[Conflict, ...] = ()
) -> dict[str, Any]:
    """What was asked. Municipality and conflicts are left out where there are none."""
    asked: dict[str, Any] = {"as_of": as_of.isoformat(), "facts": facts.model_dump(mode="json", exclude_none=True)}
    if municipality is not None:
        asked["municipality"] = municipality
    if conflicts:
        asked["conflicts"] = [
            _without_none(
                fact=line.fact,
                sent=line.sent,
                derived=line.derived,
                used=line.used,
                statements=line.statements,
            )
            for line in conflicts
        ]
    return asked


def decided(assessment: Assessment, facts: dict[str, Any] | None = None) -> dict[str, Any]:
    """What was decided: the assessment without its texts.

    What remains: date, municipality, levels, points; of each factor its id, code, family, outcome, points, steps and
    the states of its facts; of each measure its id, code, status, urgency, modality, cadence in days, resources and the
    facts to ask; of each question its facts and the levels they can lead to; acute blocks, reasons for the level and
    cautions by id; facts, conflicts, statements used and not used, the table and numbers of morphine equivalents;
    provenance. Evidence is left out with the texts: the release holds it under these ids. `facts` are those of the
    assessment as JSON, where they are at hand already.
    """
    if facts is None and assessment.facts is not None:
        facts = assessment.facts.model_dump(mode="json", exclude_none=True)
    return _without_none(
        as_of=assessment.as_of.isoformat(),
        municipality=assessment.municipality,
        level=assessment.level,
        level_at_most=assessment.level_at_most,
        points=None if assessment.points is None else [assessment.points.at_least, assessment.points.at_most],
        level_because=_ids(assessment.level_because),
        acute=_ids(assessment.acute),
        factors=None if assessment.factors is None else [_factor(line) for line in assessment.factors],
        recommendations=None
        if assessment.recommendations is None
        else [_recommendation(line) for line in assessment.recommendations],
        questions=None
        if assessment.questions is None
        else [
            {
                "asks": [ask.fact for ask in line.asks],
                "levels": [line.level_if_most_dangerous, line.level_at_most_if_least_dangerous],
            }
            for line in assessment.questions
        ],
        facts=facts,
        not_used=None
        if assessment.not_used is None
        else [
            _without_none(statement=line.statement, reason=line.reason, fact=line.fact) for line in assessment.not_used
        ],
        conflicts=None if assessment.conflicts is None else [line.fact for line in assessment.conflicts],
        origins=assessment.origins,
        omeq=None if assessment.omeq is None else _omeq(assessment.omeq),
        cautions=_ids(assessment.cautions),
        provenance={
            "release": assessment.provenance.release,
            "digest": assessment.provenance.digest,
            "engines": assessment.provenance.engines,
            "service": assessment.provenance.service,
        },
    )


def _factor(line: FactorLine) -> dict[str, Any]:
    said = {
        "id": line.id,
        "code": line.code,
        "outcome": line.outcome,
        "points": (line.points.at_least, line.points.at_most),
        "tiers": {tier.id: tier.points for tier in line.tiers},
        "facts": {fact.fact: fact.state for fact in line.facts},
    }
    if line.family is not None:
        said["family"] = line.family
    return said


def _recommendation(line: RecommendationLine) -> dict[str, Any]:
    said: dict[str, Any] = {
        "id": line.id,
        "code": line.code,
        "status": line.status,
        "urgency": line.urgency,
        "modality": line.modality,
    }
    if line.cadence is not None:
        said["cadence"] = line.cadence.days
    if line.resources is not None:
        said["resources"] = [resource.id for resource in line.resources]
    if line.ask is not None:
        said["ask"] = line.ask
    if line.ask_also is not None:
        said["ask_also"] = line.ask_also
    return said


def _omeq(line: OmeqLine) -> dict[str, Any]:
    """Table, version and every number, without what medicines are called."""
    said = {name: part for name, part in asdict(line).items() if part is not None}
    for name in ("counted", "not_computable"):
        said[name] = [{key: part for key, part in each.items() if key != "label"} for each in said[name]]
    return said


def _ids(lines: tuple[Any, ...] | None) -> list[str] | None:
    return None if lines is None else [line.id for line in lines]


def _without_none(**parts: Any) -> dict[str, Any]:
    return {name: part for name, part in parts.items() if part is not None}
