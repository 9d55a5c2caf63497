"""A condition in plain English, made from the structure that runs, for those who review rules or audit an answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cds.content.conditions import (
    SHAPES,
    AllOf,
    AnyOf,
    AtLeast,
    Condition,
    EventHappened,
    Is,
    LessThan,
    LevelReached,
    OverDays,
    RuleHolds,
    Shape,
    WithinDays,
)
from cds.content.folder import Content

COMPUTED = {
    "lost_tolerance": (
        "tolerance lost",
        "a stay or pause without opioids that was, or is taken to have been, long enough, and through which agonist "
        "treatment did not run; counted from its end, or from when opioids were taken again",
    ),
    "lost_tolerance_implying_opioids": (
        "tolerance lost, in a way that tells of opioid use by itself",
        "the same, of the kinds that tell of opioid use by themselves",
    ),
    "transition_treatment_kept": (
        "end of a stay with agonist treatment kept",
        "the end of a stay through which agonist treatment ran, and after which it goes on",
    ),
    "exit_prison": ("release from prison", "the end of a stay in prison"),
    "exit_institution": ("discharge from treatment or detox", "the end of inpatient treatment or detox"),
    "exit_any": ("leaving a stay", "the end of a stay in prison, inpatient treatment, detox or hospital"),
    "agonist_stop": ("end of agonist treatment", "agonist treatment stopped"),
    "opioid_overdose": ("opioid overdose", "an overdose from opioids, or from a substance nobody knows"),
    "intoxication": ("other intoxication", "an overdose from something other than opioids that needed care"),
    "any_overdose": (
        "overdose or intoxication",
        "an opioid overdose or another intoxication, as in the two lines above",
    ),
    "told_overdose": ("overdose of any kind", "an overdose from anything at all, whether it needed care or not"),
    "suicidal_overdose": ("overdose that was meant", "an overdose that was meant, or half meant"),
    "unclear_overdose": ("overdose that may have been meant", "an overdose not known to have been an accident"),
    "recent_loss": ("last loss", "the last break-up, bereavement or other loss"),
    "overdoses_in_a_year": ("opioid overdoses in a year", "the number of opioid overdoses in the last 365 days"),
    "depressants": ("other depressants in use", "the number of these that are in use"),
    "depressants_besides_alcohol": ("depressants other than alcohol", "the number of these that are in use"),
    "bodily_illnesses": ("bodily illnesses", "the number of these that the person has"),
    "usable_naloxone": ("usable naloxone spray", "a spray at hand that is not past its date"),
}
"""What facts that are computed from others are called, and what they are. facts.yaml names those that are asked for."""

NESTED = "  "
Name = Callable[[str, str], str]
"""Puts the name of a rule into words: (kind and id as an address, words) to the words, or to a link."""


def _plain(_: str, words: str) -> str:
    return words


class Words:
    """Conditions of one release in words. `name` may turn the name of another rule into a link."""

    def __init__(self, content: Content, name: Name = _plain) -> None:
        self._content = content
        self._name = name
        self._tiers = {rule: (factor, tier) for factor in content.factors.values() for rule, tier in factor.tiers}

    def lines(self, condition: Condition) -> tuple[str, ...]:
        """A condition as a nested list: one line for what has no parts, else a head and a line for each part."""
        return tuple(self._lines(condition, 0))

    def sentence(self, condition: Condition) -> str:
        """A condition in one line; parts that have parts stand in brackets."""
        if isinstance(condition, AllOf):
            return ", and ".join(self._part(part) for part in condition.all)
        if isinstance(condition, AnyOf):
            return "any of: " + "; ".join(self._part(part) for part in condition.any)
        return self._leaf(condition)

    def fact(self, name: str) -> str:
        """What a fact, or one computed from others, is called."""
        known = self._content.facts.facts.get(name)
        return known.label.en if known is not None else COMPUTED[name][0]

    def _part(self, part: Condition) -> str:
        sentence = self.sentence(part)
        return f"({sentence})" if isinstance(part, AllOf | AnyOf) else sentence

    def _lines(self, condition: Condition, depth: int) -> Iterator[str]:
        indent = f"{NESTED * depth}- "
        if isinstance(condition, AllOf):
            yield f"{indent}all of:"
            for part in condition.all:
                yield from self._lines(part, depth + 1)
        elif isinstance(condition, AnyOf):
            yield f"{indent}any of:"
            for part in condition.any:
                yield from self._lines(part, depth + 1)
        else:
            yield indent + self._leaf(condition)

    def _leaf(self, leaf: Condition) -> str:
        match leaf:
            case Is():
                return self._is(leaf)
            case AtLeast():
                return f"{self.fact(leaf.fact)}: at least {leaf.at_least}"
            case LessThan():
                return f"{self.fact(leaf.fact)}: known, and below {leaf.less_than}"
            case WithinDays():
                return f"{self.fact(leaf.fact)}: at most {_days(leaf.within_days)} ago"
            case OverDays():
                return f"{self.fact(leaf.fact)}: more than {_days(leaf.over_days)} ago"
            case RuleHolds():
                return self._rule(leaf.rule)
            case LevelReached(level="undetermined"):
                return "the level cannot be determined yet"
            case LevelReached():
                return f"the level is at least {leaf.level.replace('_', ' ')}"
            case EventHappened():
                return f"the request is about: {self._event(leaf.event)}"
        raise TypeError(f"{type(leaf).__name__} has parts")

    def _is(self, leaf: Is) -> str:
        name, shape = self.fact(leaf.fact), SHAPES.get(leaf.fact)
        if leaf.is_ == "refused":
            return f"{name}: asked, and the person chose not to answer"
        if shape is Shape.CHOICE:
            known = self._content.facts.facts.get(leaf.fact)
            value = known.values.get(leaf.is_) if known is not None else None
            return f"{name}: {leaf.is_ if value is None else value.en}"
        if shape is Shape.DAYS and leaf.is_ == "no":
            return f"{name}: no, never"
        if shape is Shape.DAYS:
            return f"{name}: yes, at any time"
        return f"{name}: {leaf.is_}"

    def _rule(self, rule: str) -> str:
        if rule in self._content.definitions:
            return self._name(f"definition:{rule}", f"“{self._content.definitions[rule].text.en}”")
        if rule in self._content.factors:
            factor = self._content.factors[rule]
            return "any step of " + self._name(f"factor:{rule}", f"{factor.code} {factor.title.en}") + " holds"
        if rule in self._tiers:
            factor, tier = self._tiers[rule]
            name = self._name(f"factor:{factor.id}", f"{factor.code} {factor.title.en}")
            return f"the condition of step {tier.id} of {name} holds"
        return f"the rule {rule} holds"

    def _event(self, event: str) -> str:
        events = self._content.advice.events if self._content.advice is not None else ()
        return next((each.title.en for each in events if each.id == event), event.replace("_", " "))


def _days(days: int) -> str:
    return f"{days} day" if days == 1 else f"{days} days"
