"""The shape of omeq.yaml: what doses of opioids are worth in mg of oral morphine.

Every ratio is mg of oral morphine for one mg of the medicine. The table places doses in bands; it is never used for
changing from one medicine to another. `cds.records.doses.omeq` computes with it.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, StrictBool, StrictInt, StrictStr, model_validator

from cds.answers import DecimalText
from cds.content.texts import Basis, Content, Evidence, Id, Label, Many, Text

Route = Literal["oral", "rectal", "sublingual", "nasal", "transdermal"]


class Ratio(Content):
    """What one mg of a medicine, by one route, is worth in mg of oral morphine; `low`–`high` as published."""

    drug: Annotated[Many[StrictStr], Field(min_length=1)]
    label: Label
    route: Route
    ratio: DecimalText
    low: DecimalText
    high: DecimalText
    why: StrictStr | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not Decimal(0) < self.low <= self.ratio <= self.high:
            raise ValueError("low, ratio and high must rise and be above zero")
        return self


class MethadoneBand(Content):
    """A band of mg oral morphine a day, both ends included, and how many mg of it one mg of methadone stands for."""

    from_: Annotated[DecimalText, Field(alias="from")]
    to: DecimalText | None = None
    ratio: DecimalText


class Methadone(Content):
    """Methadone has no single ratio: it depends on the morphine dose it would replace."""

    drug: Annotated[Many[StrictStr], Field(min_length=1)]
    route: Route
    bands: Annotated[Many[MethadoneBand], Field(min_length=1)]
    tie_rule: Literal["higher"]
    below: Literal["not-computable"]
    why: StrictStr
    basis: Basis
    evidence: Many[Evidence]

    @model_validator(mode="after")
    def _bands_rise(self) -> Self:
        if any(band.to is None for band in self.bands[:-1]):
            raise ValueError("only the last band has no upper end")
        for lower, upper in pairwise(self.bands):
            if lower.to is None or not (lower.from_ <= lower.to < upper.from_ and lower.ratio < upper.ratio):
                raise ValueError("bands and their ratios must rise")
        return self


class Worn(Content):
    """How many days one patch of a medicine is worn, at least and at most."""

    drug: Annotated[Many[StrictStr], Field(min_length=1)]
    from_: Annotated[StrictInt, Field(alias="from", ge=1)]
    to: StrictInt
    why: StrictStr
    basis: Basis
    evidence: Many[Evidence]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.to < self.from_:
            raise ValueError("`to` lies below `from`")
        return self


class Patches(Content):
    """A patch gives its strength (unit) for so many hours of every day, however often it is changed."""

    unit: Literal["ug/h"]
    hours: StrictInt
    worn: Many[Worn] = ()
    """Where more are used than one worn after another, several are worn at a time."""

    def days_worn(self, atc: str) -> tuple[int, int | None]:
        """How many days one patch is worn; where content does not tell, one day or more."""
        return next(((worn.from_, worn.to) for worn in self.worn if atc in worn.drug), (1, None))


class KeptOut(Content):
    """Medicines of agonist treatment, which are never judged by thresholds made for pain."""

    prefix: StrictStr
    unless_indication: Many[Id] = ()
    """The value sets of indications that make such a medicine one for pain."""
    also_indication: Many[Id] = ()
    """The value sets of indications that keep any medicine of the table out."""
    why: StrictStr
    basis: Basis
    evidence: Many[Evidence]


class OmeqExample(Content):
    """A figure the table must give."""

    drug: StrictStr
    route: Route
    dose: DecimalText
    unit: Literal["mg", "ug", "ug/h"]
    per_day: DecimalText | None = None
    for_pain: StrictBool = False
    omeq: DecimalText
    within: DecimalText = Decimal(0)
    """How far from `omeq` the result may lie, in mg: the source rounds."""
    why: StrictStr
    basis: Basis


class OmeqTable(Content):
    """omeq.yaml: a table for placing doses in bands, never for changing from one medicine to another."""

    name: StrictStr
    version: StrictStr
    source: StrictStr
    note: Text
    basis: Basis
    ratios: Annotated[Many[Ratio], Field(min_length=1)]
    methadone: Methadone
    patches: Patches
    kept_out: KeptOut
    examples: Annotated[Many[OmeqExample], Field(min_length=1)]
    evidence: Annotated[Many[Evidence], Field(min_length=1)]

    @cached_property
    def ratios_of(self) -> dict[str, dict[str, Ratio]]:
        """The ratios of each medicine by route."""
        found: dict[str, dict[str, Ratio]] = {}
        for ratio in self.ratios:
            for drug in ratio.drug:
                found.setdefault(drug, {})[ratio.route] = ratio
        return found

    @model_validator(mode="after")
    def _one_ratio_each(self) -> Self:
        pairs = [(drug, ratio.route) for ratio in self.ratios for drug in ratio.drug]
        pairs += [(drug, self.methadone.route) for drug in self.methadone.drug]
        if twice := sorted({f"{drug} {route}" for drug, route in pairs if pairs.count((drug, route)) > 1}):
            raise ValueError(f"two ratios for {', '.join(twice)}")
        return self
