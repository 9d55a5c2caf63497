"""One dose of an order: amount, unit, route and how often a day. What a message does not say is never guessed."""

from __future__ import annotations

import re
from decimal import Decimal

from pydantic import ValidationError

from cds.records.statements import Dose
from integrations.hl7v2.decimals import number, written
from integrations.hl7v2.tokens import Segment, part

_ROUTES = {
    "PO": "oral", "ORAL": "oral", "PERORAL": "oral", "PER OS": "oral", "PR": "rectal", "RECTAL": "rectal",
    "REKTAL": "rectal", "SL": "sublingual", "SUBLINGUAL": "sublingual", "SUBLINGVAL": "sublingual", "NS": "nasal",
    "IN": "nasal", "NASAL": "nasal", "TD": "transdermal", "TRANSDERMAL": "transdermal",
}  # fmt: skip
"""HL7 table 0162 and the words in use, to the routes that equivalents are published for."""
_UNITS = {
    "MG": ("mg", 1), "G": ("mg", 1000), "UG": ("ug", 1), "MCG": ("ug", 1), "µG": ("ug", 1), "ΜG": ("ug", 1),
    "UG/H": ("ug/h", 1), "UG/HR": ("ug/h", 1), "MCG/H": ("ug/h", 1), "MCG/HR": ("ug/h", 1), "µG/H": ("ug/h", 1),
    "ΜG/H": ("ug/h", 1), "UG/T": ("ug/h", 1), "µG/T": ("ug/h", 1), "ΜG/T": ("ug/h", 1),
}  # fmt: skip
_PIECES = frozenset(
    {"TAB", "TABLET", "TABLETT", "TBL", "CAP", "CAPS", "CAPSULE", "KAPSEL", "STK", "PATCH", "PLASTER", "1"}
)
"""Units that count pieces, whose strength stands in fields of its own."""
_A_DAY = {"QD": 1, "QDAY": 1, "DAILY": 1, "QAM": 1, "QPM": 1, "QHS": 1, "BID": 2, "TID": 3, "QID": 4}
_EVERY_HOURS = re.compile(r"Q(\d{1,2})H", re.ASCII)
_HOURS = 24
# Where a segment says amount, highest amount, unit, strength, unit of strength, rate and unit of rate.
_FIELDS = {
    "RXE": (3, 4, 5, 25, 26, 23, 24),
    "RXO": (2, 3, 4, 18, 19, 21, 22),
    "RXC": (3, 0, 4, 5, 6, 0, 0),
}
AMOUNT = {name: fields[0] for name, fields in _FIELDS.items()}
"""Where a segment says how much one dose is."""


def route_of(rxr: Segment, repetition: str) -> str | None:
    """The route of one repetition of RXR-1, or None where it is none that is known here."""
    words = (part(repetition, rxr.syntax, component).upper() for component in (1, 2, 4, 5))
    return next((_ROUTES[word] for word in words if word in _ROUTES), None)


def per_day(pattern: str) -> Decimal | None:
    """How often a day, from the patterns of HL7 table 0335; None for as-needed and for anything else."""
    pattern = pattern.strip().upper()
    if pattern in _A_DAY:
        return Decimal(_A_DAY[pattern])
    every = _EVERY_HOURS.fullmatch(pattern)
    if every is None or not 1 <= int(every[1]) <= _HOURS:
        return None
    often = Decimal(_HOURS) / int(every[1])
    return None if written(often) is None else often


def amount_of(segment: Segment) -> Decimal | None:
    """What a segment calls one dose, in whatever unit; of a range the lowest."""
    at_amount, at_most, *_ = _FIELDS[segment.name]
    amounts = [*segment.repetitions(at_amount), *(segment.repetitions(at_most) if at_most else ())]
    numbers = [known for each in amounts if (known := number(part(each, segment.syntax))) is not None]
    if not segment.raw(at_amount) or number(segment.value(at_amount)) is None:
        return None
    return min(numbers, default=None)


def range_at(segment: Segment) -> int | None:
    """Where a segment says that one dose may be more than its amount: the position of the field; None: nowhere."""
    at_amount, at_most, *_ = _FIELDS[segment.name]
    if len(segment.repetitions(at_amount)) > 1:
        return at_amount
    highest = [part(each, segment.syntax) for each in segment.repetitions(at_most)] if at_most else []
    highest = [each for each in highest if each]
    same = len(highest) == 1 and number(highest[0]) == number(segment.value(at_amount))
    return None if same or not highest else at_most


def dose_of(segment: Segment, route: str | None, times: str | None) -> Dose | None:
    """The dose a segment tells, of a range the lowest; None where a part of it is missing or can be no dose."""
    _, _, at_unit, at_strength, at_strength_unit, at_rate, at_rate_unit = _FIELDS[segment.name]
    amount, unit = amount_of(segment), _unit(segment, at_unit)
    strength, strength_unit = number(segment.value(at_strength)), _unit(segment, at_strength_unit)
    rate, rate_unit = (number(segment.value(at_rate)), _unit(segment, at_rate_unit)) if at_rate else (None, "")
    value = None
    if rate is not None and rate_unit in _UNITS and _UNITS[rate_unit][0] == "ug/h":
        value, unit = rate, rate_unit
    elif unit in _UNITS:
        value = amount
    elif amount is not None and strength is not None and unit in _PIECES:
        value, unit = amount * strength, strength_unit
    if value is None or unit not in _UNITS:
        return None
    name, factor = _UNITS[unit]
    text = written(value * factor)
    if text is None:
        return None
    try:
        return Dose.model_validate({"value": text, "unit": name, "route": route, "per_day": times})
    except ValidationError:
        return None


def _unit(segment: Segment, position: int) -> str:
    return segment.value(position).upper()
