"""The shapes of what turns coded records into facts: code systems, value sets and mappings.

Content (systems.yaml, value-sets/, records.yaml) says which codes mean what; `codes` and `normalise` beside this file
compute with it. The shape of omeq.yaml stands in `doses.table`. A release from before 0.3.0 has none of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StrictBool, StrictInt, StrictStr, model_validator

from cds.content.texts import Basis, Content, Evidence, Id, Label, Many, Text
from cds.records.definitions import RecordDefinitions
from cds.records.doses.table import OmeqTable

# ---- code systems and value sets ----------------------------------------------------------------------------------


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from None
    return pattern


def _numbers(text: str) -> str:
    if not re.fullmatch(r"[0-9]+(?:-[0-9]+)?(?: [0-9]+(?:-[0-9]+)?)*", text):
        raise ValueError("numbers and ranges of numbers, with one blank between them")
    return text


CodeNumbers = Annotated[StrictStr, AfterValidator(_numbers)]


class Crossing(Content):
    """A foreign code and the code of ours that it is read as. No Norwegian terminologist has checked it."""

    code: StrictStr
    system: Id
    to: StrictStr
    label: StrictStr
    source: StrictStr
    locator: StrictStr
    """The place where the code and its meaning were read, with the edition."""


class LeftOutCode(Content):
    """A foreign code, or what one would be needed for, that is not read, and why."""

    what: StrictStr
    why: StrictStr


class CodeSystem(Content):
    """A code system, every name callers use for it, and what its codes look like once normalised."""

    title: StrictStr
    edition: StrictStr
    source: StrictStr
    aliases: Annotated[Many[StrictStr], Field(min_length=1)]
    """FHIR addresses, OIDs (bare and as urn:oid:), HL7 v2 table names and short names; compared without case."""
    code_pattern: Annotated[StrictStr, AfterValidator(_compiles)]
    """What a whole code must match after dots are removed and letters raised, or it is impossible in this system."""
    listed: dict[StrictStr, CodeNumbers] = {}
    """Every code there is: by what it begins with, the numbers that follow, single ("18 191") and in ranges ("70-99").
    Where this is given, a code that is not listed is impossible."""
    extends: Id | None = None
    """A listed system each of whose codes goes on here with more characters."""
    procedures: CodeNumbers | None = None
    """Numbers that stand behind every beginning for something done, which is no diagnosis and means nothing here. Such
    a code that means something in another system was sent under a wrong name, and is impossible."""
    crosswalk: Many[Crossing] = ()
    """The codes of it that are read as codes of another system."""
    left_out: Many[LeftOutCode] = ()


class Member(Content):
    """One code, or all codes that begin with a prefix, that belong to a value set."""

    system: Id
    code: StrictStr | None = None
    prefix: StrictStr | None = None
    label: Label
    """What it is, in our own short words."""
    crosswalk: StrictBool = False
    """Foreign code that no Norwegian terminologist has checked."""

    @model_validator(mode="after")
    def _one_of_the_two(self) -> Self:
        if (self.code is None) == (self.prefix is None):
            raise ValueError("a member has either a code or a prefix")
        return self


class NearMiss(Content):
    """A code that looks as if it belonged to a set and does not."""

    system: Id
    code: StrictStr
    why: StrictStr


class ValueSet(Content):
    """Codes that mean the same thing to the rules (value-sets/<id>.yaml)."""

    id: Id
    title: Text
    edition: StrictStr
    source: StrictStr
    evidence: Annotated[Many[Evidence], Field(min_length=1)]
    members: Annotated[Many[Member], Field(min_length=1)]
    near_misses: Annotated[Many[NearMiss], Field(min_length=1)]


# ---- mappings -----------------------------------------------------------------------------------------------------

StatementKind = Literal["condition", "medication", "encounter", "observation"]
EncounterClass = Literal["prison", "hospital", "inpatient_treatment", "detox", "emergency", "outpatient"]
Phase = Literal["prescribed", "dispensed", "administered", "stopped"]
UsableStatus = Literal["active", "resolved", "history", "completed", "stopped", "planned", "in_progress", "finished"]
"""What can count. Refuted, entered in error, cancelled and family history never do. The last three: encounters."""
DateField = Literal["onset", "recorded", "start", "end", "date"]


class GivesItem(Content):
    """A dated item of a list, with these fields."""

    item: dict[StrictStr, StrictStr]


class GivesDetail(Content):
    """Fields of an item that other statements give on the same event; where none does, the fact is asked for."""

    detail: dict[StrictStr, StrictStr]


class GivesValue(Content):
    """One value of a choice."""

    value: StrictStr


Gives = Literal["yes", "dated", "computed", "ask"] | GivesItem | GivesDetail | GivesValue
"""yes: the fact is yes, asked on the last day the statement speaks for, `as_of` at the latest. dated: yes with its
date. computed: the statements of the set enter a calculation named by the fact. ask: weak evidence; it scores nothing,
but the fact is unknown and never becomes a no, not even in a list that the caller calls complete."""


class Together(Content):
    """Days shared with a supply of one of these sets, at least `overlap_days`, the last at most so many days ago."""

    sets: Annotated[Many[Id], Field(min_length=1)]
    within_days: Annotated[StrictInt, Field(ge=0)]


class Requires(Content):
    """What a statement must be like for its mapping to apply. What cannot be placed in time is asked, never a no."""

    status: Annotated[Many[UsableStatus], Field(min_length=1)]
    phase: Many[Phase] = ()
    """Medications only."""
    current: StrictBool | None = None
    """true: begun and not ended on `as_of`; false: ended by then. Without an end nothing has ended, but what was handed
    out lasts for its days of supply, or else `supply_days_unknown`. A diagnosis is current while active."""
    not_outdated: StrictBool = False
    """Asked where something said since makes it doubtful: of a medicine, an explicit stop of it, or of what could not
    be read and may be it; of a diagnosis, a stop of a medicine of its set, or its code noted as over. For a yes that
    makes the danger look smaller."""
    not_run_out: StrictBool = False
    """Asked where the end that was told of it, as a day or by its days of supply, is not surely to come."""
    not_given_since: StrictBool = False
    """Asked where a dose of its set was given on the same day or later, which may have been taken from it."""
    outdated_by: Many[Id] = ()
    """Asked where one of these sets is spoken of on the same day or later and is not over; of its own, where it is."""
    within_days: Annotated[StrictInt, Field(ge=0)] | None = None
    """The last day it speaks for lies at most so many days before `as_of`: the end; else start + days of supply; else
    the first of `dated_by` that is known; else, for a condition, the day it was recorded. A medicine of which nobody
    told when it ended, or how long it lasts, did so on any day since its start; one dose that was given, that day."""
    over_days: Annotated[StrictInt, Field(ge=0)] | None = None
    """The same day lies more than so many days back."""
    nothing_else_current: StrictBool = False
    """No other statement of the same set is current on `as_of`: a change of medicine is not a stop. Beside an explicit
    stop only another code or a later start is such a change, as sure as `open_ended_days` wants, of a length that is
    told, and given for the same purpose; what else may go on leaves the stop open."""
    disposition: Many[Literal["home", "transferred", "custody", "left_against_advice", "other"]] = ()
    """Encounters only: whoever left like this."""
    not_disposition: Many[Literal["home", "transferred", "custody", "left_against_advice", "other"]] = ()
    """Encounters only: whoever left like this has not come out."""
    open_ended_days: Annotated[StrictInt, Field(ge=0)] | None = None
    """What has no end is sure to be current for so many days from its start; without a start it never is. After that
    it may be over, and is no sure change of medicine."""
    length_known: StrictBool = False
    """A supply whose length nobody told is sure to be current on its first day only, and over on none: for a yes that
    makes the danger look smaller, and for what ran out."""
    day_known: StrictBool = False
    """What has no date at all may speak of any day: asked."""
    indication: Many[Id] = ()
    """Given for something of one of these value sets."""
    unless_indication: Many[Id] = ()
    """Given for nothing of these value sets, as far as that is told."""
    other_indication: Many[Id] = ()
    """What it may be given for besides. Given for something in none of the three, or unreadable, it is asked about."""
    together: Together | None = None
    """A supply that shared days with another; the fact is from the last of those days."""
    course_days: Annotated[StrictInt, Field(ge=1)] | None = None
    """The course ran for at least so many days, counted from its earliest known start in this set; unknown counts."""

    @cached_property
    def nothing_else(self) -> bool:
        """Whether status and phase are all that is asked, as of nearly half of what a record holds."""
        return self.model_fields_set <= {"status", "phase"}


class Mapping(Content):
    """Statements about one value set (or encounters of one class) that answer one fact."""

    id: Id
    set: Id | None = None
    encounter: EncounterClass | None = None
    kind: StatementKind
    fact: StrictStr
    gives: Gives
    requires: Requires
    dated_by: Many[DateField] = ()
    """Where the date of an item or a dated answer comes from: the first that is known; none known = undated."""
    why: StrictStr
    basis: Basis
    evidence: Annotated[Many[Evidence], Field(min_length=1)]

    @model_validator(mode="after")
    def _set_or_encounter(self) -> Self:
        if (self.kind == "encounter") != (self.encounter is not None) or (self.set is None) == (self.encounter is None):
            raise ValueError("an encounter is mapped by its class, everything else by a value set")
        return self


class LeftOut(Content):
    """A fact that records seem to answer and do not."""

    fact: StrictStr
    why: StrictStr


class RecordsFile(Content):
    """records.yaml."""

    mappings: Many[Mapping]
    definitions: RecordDefinitions
    left_out: Many[LeftOut] = ()

    @model_validator(mode="after")
    def _ids_once(self) -> Self:
        ids = [mapping.id for mapping in self.mappings]
        if twice := sorted({id_ for id_ in ids if ids.count(id_) > 1}):
            raise ValueError(f"given twice: {', '.join(twice)}")
        return self


@dataclass(frozen=True)
class Records:
    """All content about records of one release."""

    systems: dict[str, CodeSystem]
    value_sets: dict[str, ValueSet]
    mappings: RecordsFile
    omeq: OmeqTable
