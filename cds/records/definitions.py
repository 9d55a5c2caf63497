"""The shapes of the numbers by which records are read (`definitions` in records.yaml)."""

from __future__ import annotations

from pydantic import StrictInt, StrictStr

from cds.answers import DecimalText
from cds.content.levels import Days
from cds.content.texts import Basis, Content, Evidence, Many


class LongTermUse(Content):
    """Two dispensings of opioids so many days apart make long-term use."""

    dispensings: StrictInt
    at_least_days_apart: StrictInt
    at_most_days_apart: StrictInt
    why: StrictStr
    basis: Basis
    evidence: Many[Evidence]


class DoseReduction(Content):
    """How much a prescribed dose must fall, within how many days, to count as reduced."""

    percent: DecimalText
    window_days: StrictInt
    why: StrictStr
    basis: Basis
    evidence: Many[Evidence]


class Underweight(Content):
    """The body mass index under which somebody is underweight."""

    below: DecimalText
    unit: StrictStr
    why: StrictStr
    basis: Basis
    evidence: Many[Evidence]


class RecordDefinitions(Content):
    """The numbers by which records are read."""

    long_term_use: LongTermUse
    dose_reduction: DoseReduction
    overlap_days: Days
    """Days that two periods of supply must share to count as taken together."""
    refill_days: Days
    """A dispensing of the same medicine this many days or fewer before the supply ends carries it on, it adds none."""
    course_gap_days: Days
    """A gap up to so many days between two supplies does not break a course."""
    same_event_days: Days
    """Codes for one kind of event so many days or fewer apart speak of the same event."""
    supply_days_unknown: Days
    """How long a dispensing counts as current where neither end nor days of supply are given."""
    underweight: Underweight | None = None
