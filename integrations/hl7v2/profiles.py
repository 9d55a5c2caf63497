"""Senders and destinations as an operator configures them (YAML, read strictly; docs in `examples/hl7v2/senders.yaml`).

A sender is found by MSH-3 and MSH-4. What HL7 leaves to agreement stands here: what kind of place it is, how its units
and discharge codes are to be understood, its character set and coding systems where a message names none, how it wants
to be acknowledged and where its answers go.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, StrictStr, ValidationError, model_validator

from cds import strict_yaml
from cds.content.texts import Language
from cds.records.statements import Disposition, EncounterClass
from integrations.hl7v2.charset import NAMES

Outcome = Literal["home", "transferred", "custody", "left_against_advice", "other", "death"]
Name = Annotated[StrictStr, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
"""For logs and metrics; ours, never a sender's text."""
CUSTODY_AND_DEATH: dict[str, Outcome] = {
    "20": "death", "40": "death", "41": "death", "42": "death", "21": "custody", "87": "custody",
}  # fmt: skip
"""Discharge dispositions of UB-04, the only codes in wide use; HL7 table 0112 suggests none. Everything else is taken
for an ordinary discharge, which is the more dangerous reading."""
_STAYS = {"prison", "detox", "inpatient_treatment"}


class InvalidSenders(ValueError):
    """The file of senders cannot be used; every problem with its place."""


class _Configured(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Tls(_Configured):
    """How to reach a destination over TLS."""

    ca: Path
    certificate: Path | None = None
    key: Path | None = None
    server_name: StrictStr | None = None


class Destination(_Configured):
    """Where results are delivered instead of on the connection the message came in on."""

    name: Name
    host: StrictStr
    port: Annotated[StrictInt, Field(ge=1, le=65535)]
    tls: Tls | None = None
    deadline_seconds: Annotated[StrictInt, Field(ge=1, le=600)] = 20
    """How long a sender waits for its acknowledgement while the result is being delivered."""
    answer_seconds: Annotated[StrictInt, Field(ge=1, le=120)] = 5
    """How long one attempt waits for the destination's acknowledgement."""
    waiting: Annotated[StrictInt, Field(ge=1, le=1000)] = 64
    """How many results may wait for this destination; more are refused with AE."""


class Sender(_Configured):
    """One sending system."""

    name: Name
    application: StrictStr | None = None
    """MSH-3, its name or its universal id; left out: any."""
    facility: StrictStr | None = None
    """MSH-4, likewise."""
    kind: EncounterClass = EncounterClass.HOSPITAL
    """What a stay with this sender is: prison, hospital, inpatient_treatment, detox, emergency or outpatient."""
    units: dict[StrictStr, EncounterClass] = {}
    """Units that are something else, by PV1-3.1, PV1-3.4 or PV1-10."""
    stay_classes: tuple[StrictStr, ...] | None = None
    """PV1-2 that mean a stay; I if left out, and any class for prison, detox and treatment."""
    dispositions: dict[StrictStr, Outcome] = CUSTODY_AND_DEATH
    """PV1-36 to what it means here. Replaces the default whole."""
    charset: StrictStr = "UTF-8"
    """HL7 name, where MSH-18 names none."""
    diagnosis_system: StrictStr | None = None
    medicine_system: StrictStr | None = None
    """Systems of codes that come without one."""
    acknowledgement: Literal["original", "enhanced"] = "original"
    """enhanced: MSH-15 and MSH-16 are heeded. Many systems fill them without meaning it, hence a switch."""
    destination: Name | None = None
    """A destination by name; left out: results go out on the same connection."""
    result_version: Literal["2.4", "2.5", "2.5.1", "2.6"] = "2.5.1"
    certificates: tuple[StrictStr, ...] = ()
    """Common name or DNS name of the client certificates that may speak for this sender. Left out: any
    connection may; where client certificates are asked for, the listener does not start."""
    municipality: Annotated[StrictStr | None, Field(pattern=r"^[0-9]{4}$")] = None
    language: Language = "nb"
    assess_age: StrictBool = True
    """Whether the age is reckoned from PID-7."""

    @model_validator(mode="after")
    def _known_charset(self) -> Self:
        if self.charset.upper() not in NAMES:
            raise ValueError("charset is none of those read here")
        return self

    @property
    def codec(self) -> str:
        """The default character set by its name in Python."""
        return NAMES[self.charset.upper()]

    def is_stay(self, patient_class: str, kind: EncounterClass) -> bool:
        """Whether PV1-2 means that the person is (or was) admitted to a unit of this kind."""
        if self.stay_classes is not None:
            return patient_class in self.stay_classes
        return kind.value in _STAYS or patient_class == "I"

    def unit(self, names: Iterable[str]) -> EncounterClass:
        """What kind of place a unit is."""
        return next((self.units[name] for name in names if name in self.units), self.kind)

    def outcome(self, code: str) -> tuple[Disposition | None, bool]:
        """What PV1-36 means, and whether it means that the person died."""
        meant = self.dispositions.get(code)
        if meant is None or meant == "death":
            return None, meant == "death"
        return Disposition(meant), False

    def fits(self, application: frozenset[str], facility: frozenset[str]) -> bool:
        """Whether a message with these parts of MSH-3 and MSH-4 is this sender's."""
        return (self.application is None or self.application in application) and (
            self.facility is None or self.facility in facility
        )


UNKNOWN = Sender(name="unknown")
"""Development only: a hospital, answered on the same connection."""


class Senders(_Configured):
    """All that an operator configures about HL7 v2. `unknown`: the profile of anyone else; None: refused with AR."""

    senders: tuple[Sender, ...] = ()
    destinations: tuple[Destination, ...] = ()
    unknown: Sender | None = None

    @model_validator(mode="after")
    def _names(self) -> Self:
        for names in ([s.name for s in self.senders], [d.name for d in self.destinations]):
            if twice := sorted({name for name in names if names.count(name) > 1}):
                raise ValueError(f"given twice: {', '.join(twice)}")
        there = {destination.name for destination in self.destinations}
        for sender in self.senders:
            if sender.destination is not None and sender.destination not in there:
                raise ValueError(f"{sender.name}: there is no destination {sender.destination}")
            if sender.application is None and sender.facility is None:
                raise ValueError(f"{sender.name}: application, facility or both are needed")
        return self

    def find(self, application: frozenset[str], facility: frozenset[str]) -> Sender | None:
        """The sender of a message: the most closely described that fits, in the order of the file."""
        fitting = [sender for sender in self.senders if sender.fits(application, facility)]
        if not fitting:
            return self.unknown
        return max(fitting, key=lambda sender: (sender.application is not None) + (sender.facility is not None))

    def bound(self) -> Senders:
        """These senders where client certificates are asked for: each bound to its own, and nobody unknown.

        Raises InvalidSenders: otherwise whoever has any certificate of the authority could speak for anybody.
        """
        unbound = [sender.name for sender in self.senders if not sender.certificates]
        if unbound:
            raise InvalidSenders(f"with client certificates every sender needs its own: {', '.join(unbound)}")
        if not self.senders:
            raise InvalidSenders("with client certificates the senders and their certificates must be configured")
        return self.model_copy(update={"unknown": None})

    def destination(self, name: str) -> Destination:
        """A destination by name."""
        return next(destination for destination in self.destinations if destination.name == name)


def read_senders(file: Path | None, *, unknown_allowed: bool) -> Senders:
    """The configured senders. Raises InvalidSenders. `unknown_allowed`: development, where anyone may send."""
    unknown = UNKNOWN if unknown_allowed else None
    if file is None:
        return Senders(unknown=unknown)
    document = strict_yaml.read(file)
    if document.problems:
        raise InvalidSenders("\n".join(document.problems))
    value = document.value
    if isinstance(value, dict) and "unknown" in value:
        raise InvalidSenders(f"{document.at(('unknown',))}: unknown is not for the file to say")
    try:
        return Senders.model_validate(value).model_copy(update={"unknown": unknown})
    except ValidationError as error:
        lines = [f"{document.at(line['loc'])}: {line['msg']}" for line in error.errors(include_input=False)]
        raise InvalidSenders("\n".join(lines)) from None
