"""What is wrong with the advice for NAV: a measure without a place in it, or a word that says too much."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from cds.content.folder import Content
from cds.content.nav import NavContent
from cds.content.texts import LANGUAGES, Text

FILE = "nav-advice.yaml"
SAYS_TOO_MUCH = re.compile(
    r"overdos|\brus|narko|drug|substan[cs]e|avheng|dependen[ct]|medisin|medicine|legemid|resept|prescri|preparat"
    r"|opio|opiat|heroin|morfin|morphin|metad|methad|bupren|nalo[kx]s|benzo|alkohol|alcohol|\bghb\b|amfet|amphet"
    r"|kokain|cocain|cannabis|hasj|(?-i:\bLAR\b)|\bpiller|tablet|\bspr[øo]yt|syringe|inji|injec|\bfolie|\bfoil\b"
    r"|fengsel|prison|løslat|laustl|release|utskriv|discharg|institusjon|avrus|detox"
    r"|diagnos|lidelse|lidingar?\b|disorder|sykdom|sjukdom|illness|disease|depres|psyk|psych|angst|anxi"
    r"|selvmord|sj[øo]lvmord|suici|\bdos[ei]|\bmg\b|\bomeq\b|toleran"
    r"|nivå|\blevel|\bpoeng|risik|\brisk|\bhøy fare|\bhøg fare|factor|faktor"
    r"|\b[A-Z]\d\d(\.\d)?\b",
    re.IGNORECASE,
)
"""Drugs, treatment, stays, diagnoses, doses, levels and codes, in the three languages."""


def check_nav(content: Content) -> Iterator[str]:
    """Every problem as `file:line: what`. Content from before there was such advice has none."""
    nav = content.nav
    if nav is None:
        return
    at = content.where(FILE)
    if content.advice is None:
        yield f"{at}: there are no measures that could give this advice"
        return
    yield from _codes(content, nav)
    known = {it.code: it for it in content.advice.recommendations.values()}
    for index, item in enumerate(nav.items):
        for measure in sorted(item.measures - known.keys()):
            yield f"{content.where(FILE, 'items', index)}: no recommendation has the code {measure}"
    mapped = {measure for item in nav.items for measure in (*item.from_, *item.if_confirmed)} | nav.not_for_nav.keys()
    for code, recommendation in known.items():
        if recommendation.for_roles and code not in mapped:
            yield f"{at}: {code} gives no advice and does not say why"
    for where, text in _texts(content, nav):
        for language in LANGUAGES:
            found = SAYS_TOO_MUCH.search(text.in_(language))
            if found is not None:
                yield f"{where}: {found[0]} says more than NAV may see"


def _codes(content: Content, nav: NavContent) -> Iterator[str]:
    ids = (*(item.id for item in nav.items), *(contact.id for contact in nav.contacts))
    names = [*(item.code for item in nav.items), *ids]
    for name, times in sorted(Counter(names).items()):
        if times > 1:
            yield f"{content.where(FILE)}: {name} is given twice"
    if sum(item.otherwise for item in nav.items) != 1:
        yield f"{content.where(FILE, 'items')}: exactly one item is for the answer that would hold none"


def _texts(content: Content, nav: NavContent) -> Iterator[tuple[str, Text]]:
    yield content.where(FILE, "about"), nav.about
    for urgency, text in nav.urgencies.items():
        yield content.where(FILE, "urgencies", urgency), text
    for index, contact in enumerate(nav.contacts):
        yield from ((content.where(FILE, "contacts", index), text) for text in (contact.name, contact.text))
    for index, item in enumerate(nav.items):
        yield from ((content.where(FILE, "items", index), text) for text in (item.title, item.text))
