"""Dated things that happened, as numbers of days before `as_of`.

Every span is a pair (least dangerous, most dangerous). The first is the furthest day of what certainly counts, the
second the closest day of what may count; NEVER where nothing does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from cds.answers import (
    Answer,
    DatedAnswer,
    Happened,
    Intent,
    Loss,
    Overdose,
    OverdoseSubstance,
    State,
    Stay,
    StaySubstance,
    Transition,
    Tri,
)
from cds.content.conditions import EVER, NEVER
from cds.content.levels import Parameters
from cds.dates import Interval

Pair = tuple[int, int]
Spans = dict[str, Pair]
CERTAIN: Pair = (1, 1)
OPEN: Pair = (0, 1)
OUT: Pair = (0, 0)
YEAR = 365
LAST_WINDOW = 180
_OPIOIDS = frozenset({OverdoseSubstance.OPIOID})
_STAYS = frozenset({Stay.PRISON, Stay.INPATIENT_TREATMENT, Stay.DETOX, Stay.HOSPITAL})
_INSTITUTIONS = frozenset({Stay.INPATIENT_TREATMENT, Stay.DETOX})


def days_ago(when: Interval | None, as_of: date) -> Pair:
    """(furthest, closest) days between a partial date and `as_of`; without a date it may be any day."""
    if when is None:
        return EVER, 0
    return (as_of - when.earliest).days, max(0, (as_of - when.latest).days)


def said_within(days: int, asked_on: date, as_of: date) -> Pair:
    """(furthest, closest) days for "in the last n days", said on `asked_on`."""
    since = (as_of - asked_on).days
    return since + days, since


def latest_certain(answer: Answer, as_of: date) -> int:
    """The furthest day of the latest time that a dated answer tells of with certainty; NEVER where it tells of none.

    Of overdoses only those said to be with opioids: what a date implies must not rest on a presumption.
    """
    asked_on = answer.asked_on or as_of
    told: list[DatedAnswer | Overdose] = []
    if isinstance(answer, Happened):
        told += [item for item in answer.items if isinstance(item, Overdose) and item.substance in _OPIOIDS]
    elif isinstance(answer, DatedAnswer) and answer.state is State.YES:
        told.append(answer)
    spans = (
        days_ago(one.date, as_of) if one.within_days is None else said_within(one.within_days, asked_on, as_of)
        for one in told
    )
    return min((furthest for furthest, _ in spans), default=NEVER)


def closest(counted: Iterable[tuple[Pair, Pair]], more: bool) -> Pair:
    """The closest of several events, each as (counts certainly/possibly, (furthest, closest) days).

    `more` says that there may be events nobody told us about: possibly today.
    """
    least, most = NEVER, 0 if more else NEVER
    for (certain, possible), (furthest, nearest) in counted:
        if certain and furthest < least:
            least = furthest
        if possible and nearest < most:
            most = nearest
    return least, most


def loss_spans(losses: Sequence[Loss], more: bool, as_of: date) -> Spans:
    """How long ago the last break or death was."""
    return {"recent_loss": closest([(CERTAIN, days_ago(loss.date, as_of)) for loss in losses], more)}


def overdose_spans(overdoses: Sequence[Overdose], more: bool, as_of: date, asked_on: date) -> tuple[Spans, Pair]:
    """Days since each kind of overdose, and how many involved (or may have involved) opioids in the last year.

    A substance nobody knows is taken for an opioid, at both ends: most fatal overdoses are opioid overdoses.
    """
    opioid, other, anything, meant, unclear = [], [], [], [], []
    fewest, most = 0, NEVER if more else 0
    for overdose in overdoses:
        if overdose.within_days is not None:
            when = said_within(overdose.within_days, asked_on, as_of)
        else:
            when = days_ago(overdose.date, as_of)
        if overdose.substance is OverdoseSubstance.OTHER:
            needed_care = _pair(overdose.care)
            other.append((needed_care, when))
            anything.append((needed_care, when))
        else:
            opioid.append((CERTAIN, when))
            anything.append((CERTAIN, when))
            fewest += when[0] <= YEAR and not overdose.may_be_same
            most += when[1] <= YEAR
        meant.append((_MEANT[overdose.intent], when))
        unclear.append((OUT if overdose.intent is Intent.ACCIDENT else CERTAIN, when))
    spans = {
        "opioid_overdose": closest(opioid, more),
        "intoxication": closest(other, more),
        "any_overdose": closest(anything, more),
        "told_overdose": closest([(CERTAIN, when) for _, when in anything], more),
        "suicidal_overdose": closest(meant, more),
        "unclear_overdose": closest(unclear, more),
    }
    return spans, (fewest, most)


_MEANT = {Intent.ACCIDENT: OUT, Intent.UNKNOWN: OPEN, Intent.AMBIVALENT: CERTAIN, Intent.SUICIDAL: CERTAIN}


def _pair(detail: Tri) -> Pair:
    return {Tri.YES: CERTAIN, Tri.NO: OUT, Tri.UNKNOWN: OPEN}[detail]


@dataclass(frozen=True, slots=True)
class Now:
    """What is running now. Agonist treatment (certainly, possibly): as recorded, and if that is out of date."""

    recorded: Pair
    by_now: Pair
    opioids_possible: bool
    """Whether opioids may be in use now at all."""


def transition_spans(
    transitions: Sequence[Transition], more: bool, now: Now, as_of: date, parameters: Parameters
) -> Spans:
    """Days since tolerance may have been lost, and since each kind of exit.

    Days count from the later of the end and the day opioids were taken again. Where nobody told that day and opioids
    may be in use now, it may be today; for ends beyond the last window that is no longer considered. What is recorded
    of agonist treatment counts below; above, a record that is out of date may have become the more dangerous.
    """
    lost, implying, kept, prison, institution, exits, stopped = [], [], [], [], [], [], []
    for item in transitions:
        end = days_ago(item.date, as_of)
        told = when = end
        if item.resumed is not None:
            resumed = days_ago(item.resumed, as_of)
            told = when = min(end[0], resumed[0]), min(end[1], resumed[1])
        elif now.opioids_possible and end[1] <= LAST_WINDOW:
            when = end[0], 0
        without = _without_opioids(item, parameters)
        recorded, by_now = _kept(item, now.recorded), _kept(item, now.by_now)
        lost_here = without[0] & (1 - recorded[1]), without[1] & (1 - by_now[0])
        lost.append((lost_here, when))
        if _implies_opioids(item, parameters):
            implying.append((lost_here, when))
        kept.append(((recorded[0] | (recorded[1] & without[0]), by_now[1]), told))
        if item.kind is Stay.PRISON:
            prison.append((CERTAIN, end))
        if item.kind in _INSTITUTIONS:
            institution.append((CERTAIN, end))
        if item.kind in _STAYS:
            exits.append((CERTAIN, end))
        if item.kind is Stay.AGONIST_TREATMENT_STOP:
            stopped.append((CERTAIN, end))
    return {
        "lost_tolerance": closest(lost, more),
        "lost_tolerance_implying_opioids": closest(implying, more),
        "transition_treatment_kept": closest(kept, more),
        "exit_prison": closest(prison, more),
        "exit_institution": closest(institution, more),
        "exit_any": closest(exits, more),
        "agonist_stop": closest(stopped, more),
    }


def _and(one: Pair, other: Pair) -> Pair:
    return one[0] & other[0], one[1] & other[1]


def _without_opioids(item: Transition, parameters: Parameters) -> Pair:
    """Whether the time without opioids was long enough to cost tolerance.

    Where its length is told, that alone decides: opioids given on the first days of a stay do not undo a pause later in
    it. Where it is not, a stay in prison or hospital in which opioids were given had none.
    """
    if item.days_without_opioids is not None:
        return CERTAIN if item.days_without_opioids >= parameters.tolerance_pause_days.value else OUT
    long_enough = CERTAIN if item.kind in parameters.presumed_pause.kinds else OPEN
    return _and(long_enough, _nothing_given(item))


def _nothing_given(item: Transition) -> Pair:
    """Whether no opioids were given during the stay. In a hospital they often are, elsewhere they seldom are.

    In a detox or treatment they are given to be stepped down: how long the person went without afterwards is unknown.
    """
    if item.kind not in _STAYS or item.opioids_given is Tri.NO:
        return CERTAIN
    if item.opioids_given is Tri.YES:
        return OPEN if item.kind in _INSTITUTIONS else OUT
    return OPEN if item.kind is Stay.HOSPITAL else CERTAIN


def _kept(item: Transition, in_treatment: Pair) -> Pair:
    """Whether agonist treatment ran through the stay and goes on."""
    if item.kind not in _STAYS:
        return OUT
    return _and(_pair(item.agonist_treatment_kept), in_treatment)


def _implies_opioids(item: Transition, parameters: Parameters) -> bool:
    if item.kind not in parameters.presumed_opioid_history.kinds:
        return False
    return item.kind not in _INSTITUTIONS or item.substance is not StaySubstance.OTHER
