"""The shapes of `nav-advice.yaml`: the closed set of advice that NAV and municipal social services get.

It came with release 0.4.0; a release from before that has none.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StrictBool, StrictStr, model_validator

from cds.content.advice import Urgency
from cds.content.texts import Content, English, Evidence, Id, Many, Text

Measure = Annotated[StrictStr, Field(pattern=r"^M\d{2}$")]


class NavContact(Content):
    """Someone to call. Stands in every answer, so that no answer leaves the reader alone with it."""

    id: Id
    phone: Annotated[StrictStr, Field(pattern=r"^\d[\d ]*$")] | None = None
    name: Text
    text: Text
    statements: Many[StrictStr] = ()
    evidence: Annotated[Many[Evidence], Field(min_length=1)]


class NavItem(Content):
    """One piece of advice, and the measures it stands for. The comments in the file say what each list does."""

    code: Annotated[StrictStr, Field(pattern=r"^N\d{2}$")]
    id: Id
    from_: Annotated[Many[Measure], Field(alias="from")] = ()
    if_confirmed: Many[Measure] = ()
    if_confirmed_urgent: Many[Measure] = ()
    beside: Many[Measure] = ()
    at_least: Urgency = "routine"
    otherwise: StrictBool = False
    """Whether the item is for an answer that would otherwise hold none."""
    title: Text
    text: Text
    statements: Many[StrictStr] = ()
    evidence: Annotated[Many[Evidence], Field(min_length=1)]

    @model_validator(mode="after")
    def _given_by_something(self) -> NavItem:
        if self.otherwise == bool(self.measures):
            raise ValueError("an item comes from measures, or stands for their absence")
        return self

    @property
    def measures(self) -> frozenset[str]:
        """Every measure that can give the item."""
        return frozenset((*self.from_, *self.if_confirmed, *self.if_confirmed_urgent, *self.beside))


class NavContent(Content):
    """nav-advice.yaml."""

    urgencies: dict[Urgency, Text]
    about: Text
    contacts: Annotated[Many[NavContact], Field(min_length=1)]
    items: Annotated[Many[NavItem], Field(min_length=1)]
    not_for_nav: dict[Measure, English]
    """Measures that give no item, and why."""

    @model_validator(mode="after")
    def _every_urgency(self) -> NavContent:
        if self.urgencies.keys() != {"now", "same_day", "days", "routine"}:
            raise ValueError("every urgency needs a word: now, same_day, days, routine")
        return self
