"""One dose of an order: amount, unit, route and how often a day. What a message does not say is never guessed."""

from __future__ import annotations

import re
from decimal import Decimal

from cds.statements import Dose
from integrations.hl7v2.decimals import number, written
from integrations.hl7v2.tokens import Segment

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
# Where a segment says amount, unit, strength, unit of strength, rate and unit of rate.
_FIELDS = {
    "RXE": (3, 5, 25, 26, 23, 24),
    "RXO": (2, 4, 18, 19, 21, 22),
    "RXC": (3, 4, 5, 6, 0, 0),
}


def route_of(rxr: Segment | None) -> str | None:
    """The route, or None where it is not told or none that is known here."""
    if rxr is None:
        return None
    return next((_ROUTES[word] for at in (1, 2) if (word := rxr.value(1, at).upper()) in _ROUTES), None)


def per_day(pattern: str) -> str | None:
    """How often a day, from the patterns of HL7 table 0335; None for as-needed and for anything else."""
    pattern = pattern.strip().upper()
    if pattern in _A_DAY:
        return str(_A_DAY[pattern])
    every = _EVERY_HOURS.fullmatch(pattern)
    if every is None or not 1 <= int(every[1]) <= _HOURS:
        return None
    return written(Decimal(_HOURS) / int(every[1]))


def dose_of(segment: Segment, route: str | None, times: str | None) -> Dose | None:
    """The dose a segment tells; None where a part of it is missing or cannot be read."""
    at_amount, at_unit, at_strength, at_strength_unit, at_rate, at_rate_unit = _FIELDS[segment.name]
    amount, unit = number(segment.value(at_amount)), _unit(segment, at_unit)
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
    return Dose.model_validate({"value": text, "unit": name, "route": route, "per_day": times})


def _unit(segment: Segment, position: int) -> str:
    return segment.value(position).upper()
