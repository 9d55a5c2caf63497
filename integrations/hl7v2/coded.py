"""Coded values: which of the up to three codes of a field to use, and which system it belongs to.

A field may say a code in our own system (components 1–3), another (4–6) and, from 2.7, a third (10–12), with the OID
of each system in 14, 17 and 20. What a code means is content of the rules (`cds.records.codes`); here only its system
is settled, and where nobody says it, it is inferred only from a shape that no other system has.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from integrations.hl7v2.tokens import Segment, part

UNSTATED = "unstated"
"""The system of a code whose system nobody can tell. No release knows it, so the code is told of as not used."""
_TRIPLETS = ((1, 3, 14), (4, 6, 17), (10, 12, 20))
ALIASES = {
    "ICD-10-NO": "2.16.578.1.12.4.1.1.7110",
    "ICD10NO": "2.16.578.1.12.4.1.1.7110",
    "ICPC-2-NO": "ICPC-2",
    "WC": "ATC",
    "WHO-ATC": "ATC",
    "NLK": "2.16.578.1.12.4.1.1.7280",
    "7280": "2.16.578.1.12.4.1.1.7280",
}
"""Names that HL7 systems use beside those that the rules know. I10C, the edition of the United States, is none of them:
its F11.22 is intoxication, which here is treatment. WC: HL7 table 0396."""
DIAGNOSES = frozenset(
    {"ICD-10", "ICD10", "I10", "ICPC-2", "ICPC2", "ICPC", "ICPC-2B", "ICPC2B", "7110", "7170", "7171"}
)
MEDICINES = frozenset({"ATC", "7180"})
_SNOMED = frozenset({"SCT", "SNOMED-CT", "SNOMEDCT", "HTTP://SNOMED.INFO/SCT", "2.16.840.1.113883.6.96"})
OBSERVATIONS = frozenset({"LN", "LOINC", "HTTP://LOINC.ORG", "2.16.840.1.113883.6.1", *_SNOMED})
_OID = re.compile(r"(?:urn:oid:)?2\.16\.578\.1\.12\.4\.1\.1\.(7110|7170|7171|7180|7280)", re.IGNORECASE)
_ICD_10 = re.compile(r"[A-TV-Z]\d[\dn]\.\d{1,2}[a-z]?|[A-Z]\d{2}\.[\dx]|T4n|[XY]\dn.{0,2}", re.IGNORECASE)
_NOT_IN_ICPC = re.compile(r"[CEGIJMOQV]\d{2}(?:\.?\d{1,2})?", re.IGNORECASE)
_ATC = re.compile(r"[A-DGHJL-NPRSV]\d{2}[A-Z]{2}\d{2}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Code:
    """A code with its system by a name that the rules may know."""

    system: str
    code: str


def diagnoses(segment: Segment, position: int, elsewhere: str, default: str | None) -> list[Code]:
    """The diagnosis codes of a field. `elsewhere`: a system named in another field; `default`: the sender's.

    Of each repetition every code in a system of diagnoses is given; where there is none, those in SNOMED CT, else its
    first code of all. Empty: no code at all.
    """
    found: list[Code] = []
    for codes in _repetitions(segment, position):
        known = [code for code in codes if _plain(code.system) in DIAGNOSES]
        known = known or [code for code in codes if _plain(code.system) in _SNOMED]
        first = codes[0]
        if first.system == UNSTATED:
            system = (_named(elsewhere) if elsewhere else "") or default or _shape(first.code)
            first = Code(system, first.code)
        found += known or [first]
    return list(dict.fromkeys(found))


def medicines(segment: Segment, position: int, default: str | None) -> list[Code]:
    """The codes of a medicine: of each repetition those in ATC, else its first code of all. Empty: no code."""
    found: list[Code] = []
    for codes in _repetitions(segment, position):
        known = [code for code in codes if is_atc(code)]
        first = codes[0]
        if first.system == UNSTATED:
            first = Code(default or ("ATC" if _ATC.fullmatch(first.code) else UNSTATED), first.code)
        found += known or [first]
    # Under one name, so that the same medicine is known again whatever its system is called.
    return list(dict.fromkeys(Code("ATC", code.code.upper()) if is_atc(code) else code for code in found))


def is_atc(code: Code) -> bool:
    """Whether a code says which medicine it is in the one system that is read here."""
    return _plain(code.system) in MEDICINES


def observation(segment: Segment, position: int) -> Code | None:
    """The code of what was observed: one of a system that the rules read, else the first of all; None: no code."""
    codes = [code for each in _repetitions(segment, position) for code in each]
    return next((code for code in codes if _plain(code.system) in OBSERVATIONS), codes[0] if codes else None)


def _repetitions(segment: Segment, position: int) -> list[list[Code]]:
    """The codes of each repetition that holds one."""
    found: list[list[Code]] = []
    for repetition in segment.repetitions(position):
        codes: list[Code] = []
        there = repetition.count(segment.syntax.component) + 1
        for at_code, at_system, at_oid in _TRIPLETS:
            if at_code > there:
                break
            code = part(repetition, segment.syntax, at_code)
            if code:
                system = part(repetition, segment.syntax, at_system) or part(repetition, segment.syntax, at_oid)
                codes.append(Code(_named(system) or UNSTATED, code))
        if codes:
            found.append(codes)
    return found


def _named(system: str) -> str:
    return ALIASES.get(system.upper(), system)


def _plain(system: str) -> str:
    found = _OID.fullmatch(system)
    return found[1] if found else system.upper().removeprefix("URN:OID:")


def _shape(code: str) -> str:
    if _ICD_10.fullmatch(code) or _NOT_IN_ICPC.fullmatch(code):
        return "ICD-10"
    return UNSTATED
