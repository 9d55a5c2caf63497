"""Units and routes by the names that content uses, from the words of UCUM, HL7, EDQM and those in Norwegian records.

A word that is none of these is never guessed at: its unit cannot be converted, and its route is unknown.
"""

from __future__ import annotations

from itertools import product

_MICROGRAMS = ("ug", "mcg", "µg", "μg", "mikrog", "microg", *("mikrogram", "microgram", "micrograms", "microgrammes"))
_HOURS = ("h", "hr", "t", "hour", "time")
_UNITS = {
    **dict.fromkeys(("mg", "milligram", "milligrams", "milligrammes"), "mg"),
    **dict.fromkeys(_MICROGRAMS, "ug"),
    **{f"{much}/{hour}": "ug/h" for much, hour in product(_MICROGRAMS, _HOURS)},
}
"""UCUM writes ug and ug/h; mcg and hr are what labels and HL7 v2 senders write, `t` and `time` are Norwegian."""
_ROUTES = {
    "oral": ("oral", "oralt", "orally", "po", "per os", "peroral", "peroralt", "by mouth", "gjennom munnen"),
    "rectal": ("rectal", "rectally", "rektal", "rektalt", "pr", "per rectum", "i endetarmen"),
    "sublingual": (
        *("sublingual", "sublingually", "sublingval", "sublingvalt", "sl"),
        *("under the tongue", "under tungen", "under tunga"),
    ),
    "nasal": ("nasal", "nasally", "nasalt", "intranasal", "intranasally", "intranasalt", "in", "ns"),
    "transdermal": ("transdermal", "transdermally", "transdermalt", "td", "gjennom huden"),
    # no ratio is published for these
    "buccal": ("buccal", "bukkal", "bukkalt", "b"),
    "oromucosal": ("oromucosal", "oromukosal", "oromukosalt"),
    "intravenous": ("intravenous", "intravenously", "intravenøs", "intravenøst", "iv"),
    "intramuscular": ("intramuscular", "intramuscularly", "intramuskulær", "intramuskulært", "im"),
    "subcutaneous": ("subcutaneous", "subcutaneously", "subkutan", "subkutant", "sc"),
    "inhalation": ("inhalation", "inhalasjon", "ih"),
    "epidural": ("epidural", "epiduralt", "ep"),
    "intrathecal": ("intrathecal", "intratekal", "intratekalt", "it"),
    "cutaneous": ("cutaneous", "kutan", "kutant", "topical", "tp"),
}
"""The short ones are those of HL7 table 0162. Buccal is none of the routes with a ratio."""
ROUTES = frozenset(_ROUTES)
"""Every route that can be read."""
_ROUTE_OF = {word: route for route, words in _ROUTES.items() for word in words}
_KINDS_OF_WORD = (" use", " route", " bruk")
"""EDQM's terms end in `use`, SNOMED CT's in `route`, the Norwegian ones in `bruk`."""


def unit_of(word: str) -> str:
    """A unit by our name; one that is not known as it is written."""
    if word in _UNITS:
        return _UNITS[word]
    plain = _plain(word)
    return _UNITS.get(plain.replace(" per ", "/").replace(" pr ", "/").replace(" / ", "/"), plain)


def route_of(word: str) -> str:
    """A route by our name; one that is not known as it is written."""
    if word in _ROUTE_OF:
        return _ROUTE_OF[word]
    plain = _plain(word)
    for kind in _KINDS_OF_WORD:
        plain = plain.removesuffix(kind)
    return _ROUTE_OF.get(plain, plain)


def _plain(word: str) -> str:
    return " ".join(word.lower().replace(".", "").split())
