"""The chapter of the rule book on what NAV and municipal social services are told, and which measures give it."""

from __future__ import annotations

from collections.abc import Iterable

from cds.book.markdown import table
from cds.book.writer import Writer
from cds.content.nav import NavContact, NavContent, NavItem


def nav_chapter(page: Writer, nav: NavContent) -> None:
    """The closed set of advice, the contacts that stand in every answer, and the measures that give none."""
    page.heading(2, "Advice for NAV and municipal social services")
    page.both(nav.about)
    for item in nav.items:
        _item(page, item)
    page.heading(3, "Whom to call")
    for contact in nav.contacts:
        _contact(page, contact)
    page.heading(3, "Measures that give no advice to NAV")
    page.add(*table(("Measure", "Why"), ((measure, why.en) for measure, why in sorted(nav.not_for_nav.items()))))


def _item(page: Writer, item: NavItem) -> None:
    page.heading(3, f"{item.code} {item.title.en}")
    page.paragraph(f"*{item.title.nb}.* Advice `{item.id}`.")
    page.add(*table(("Given", "Measures"), _given(item)))
    page.both(item.text)
    page.evidence(item.evidence)


def _given(item: NavItem) -> Iterable[tuple[str, str]]:
    if item.otherwise:
        yield "where no other advice is", "none"
    for when, measures in (
        ("with the measure's urgency", item.from_),
        ("also while the measure waits for an answer", item.if_confirmed),
        ("also while it waits, where it would be due the same day", item.if_confirmed_urgent),
        ("as routine, beside the measure", item.beside),
    ):
        if measures:
            yield when, ", ".join(measures)
    if item.at_least != "routine":
        yield "only where the measure is at least", item.at_least.replace("_", " ")


def _contact(page: Writer, contact: NavContact) -> None:
    page.paragraph(f"**{contact.name.en}** (*{contact.name.nb}*)" + (f", {contact.phone}" if contact.phone else ""))
    page.both(contact.text)
    page.evidence(contact.evidence)
