"""The promises of the engine, for any person at risk: which changes may move an answer, and which way."""

from __future__ import annotations

from hypothesis import assume, example, given
from hypothesis import strategies as st

from cds.assess import Assessor
from cds.assessment import Assessment
from cds.content.conditions import SHAPES, Shape
from cds.facts import FACT_NAMES
from tests import people
from tests.people import Answer, Choose, Invented
from tests.spec.moves import (
    TREATMENT,
    Pair,
    asked,
    assess,
    bounds,
    dated,
    is_open,
    pairs,
    points,
    possible,
    promise,
    step,
)

WITHOUT_INFLUENCE = ("naloxone", "naloxone_expires", "naloxone_doses", "naloxone_trained", "trained_company")


def not_lower(draft: Assessor, safer: Invented, worse: Invented) -> None:
    """The second person's bounds, of level and of points, lie nowhere below the first one's."""
    (least, most), (least_then, most_then) = bounds(assess(draft, safer)), bounds(assess(draft, worse))
    assert all(after >= before for before, after in zip(least, least_then, strict=True)), (
        f"the lower bound fell: {safer} → {worse}"
    )
    assert all(after >= before for before, after in zip(most, most_then, strict=True)), (
        f"the upper bound fell: {safer} → {worse}"
    )


def narrower(draft: Assessor, vague: Invented, clear: Invented) -> None:
    """The second person's bounds lie within the first one's.

    A date that tells of what another answer denies is no answer to an open question but a contradiction; of the two
    the more dangerous is used and both are named. Then the upper bound may rise; the lower still never falls.
    """
    before, after = assess(draft, vague), assess(draft, clear)
    (least, most), (least_then, most_then) = bounds(before), bounds(after)
    assert all(then >= now for now, then in zip(least, least_then, strict=True)), (
        f"the lower bound fell: {vague} → {clear}"
    )
    if not denied(after) <= denied(before):
        return
    assert all(then <= now for now, then in zip(most, most_then, strict=True)), (
        f"the upper bound rose: {vague} → {clear}"
    )


def denied(assessment: Assessment) -> set[str]:
    """The facts on which two answers differ."""
    return {conflict.fact for conflict in assessment.conflicts or ()}


@promise
@given(pair=pairs(lambda choose: step(choose, closer=True)))
def test_one_fact_moved_in_its_dangerous_direction_lowers_neither_bound(draft: Assessor, pair: Pair) -> None:
    """Answers, doses, and events moved closer with the lengths of stays and pauses held fixed."""
    before, after = pair
    not_lower(draft, before, after)


@promise
@given(pair=pairs(lambda choose: step(choose, closer=False)))
def test_one_fact_moved_out_of_its_dangerous_direction_raises_neither_bound(draft: Assessor, pair: Pair) -> None:
    """The same steps, taken back from wherever a person stands."""
    before, after = pair
    not_lower(draft, after, before)


NEVER_USED = Invented(people.DATES[0], {"opioid_use_ever": {"state": "no"}})

NOT_PRESCRIBED = Invented(
    people.DATES[0], {"prescribed_opioid": {"state": "no"}, "long_term_opioid_use": {"state": "no"}}
)
NO_DAYS_LONG_AGO: Answer = {"state": "yes", "value": "0", "asked_on": "2024-01-01"}


@promise
@given(pair=pairs(asked))
@example(pair=(NOT_PRESCRIBED, NOT_PRESCRIBED.having("prescribed_opioid_days", NO_DAYS_LONG_AGO)))
@example(pair=(NEVER_USED, NEVER_USED.having("opioid_use_now", {"state": "no", "asked_on": "2024-01-01"})))
def test_an_answer_to_an_open_question_never_widens_the_bounds(draft: Assessor, pair: Pair) -> None:
    """Whatever the answer: it lowers no lower bound and raises no upper one.

    Details of a dated item (how long, of what, whether opioids were given) are presumed where the content says so;
    they are no facts.
    """
    narrower(draft, *pair)


@promise
@given(pair=pairs(dated))
def test_a_day_in_place_of_a_month_or_of_no_date_never_widens_the_bounds(draft: Assessor, pair: Pair) -> None:
    """A partial date is an interval, and a sharper one lies within it."""
    narrower(draft, *pair)


def _changed(choose: Choose) -> Pair:
    person = people.invent(choose)
    name = choose(WITHOUT_INFLUENCE)
    return person, possible(person.having(name, people.answer(name, person.as_of, choose)))


@promise
@given(pair=pairs(_changed))
def test_naloxone_and_trained_company_change_no_level_and_no_points(draft: Assessor, pair: Pair) -> None:
    """They save lives and get advice; they make no risk smaller and no score better."""
    before, after = (assess(draft, person) for person in pair)
    assert (before.level, before.level_at_most, before.points) == (after.level, after.level_at_most, after.points)
    assert points(before) == points(after)


def _into_treatment(choose: Choose) -> Pair:
    person = people.invent(choose)
    untreated: Answer = {"state": "no"} | {"asked_on": people.day(person.as_of, choose((0, 90, 91)))}
    person = people.reconciled(person.having(TREATMENT, untreated), choose)
    assume(TREATMENT in person.facts)
    return person, possible(person.having(TREATMENT, untreated | {"state": "yes"}))


@promise
@given(pair=pairs(_into_treatment))
def test_agonist_treatment_lowers_nothing_but_untreated_use_and_lost_tolerance(draft: Assessor, pair: Pair) -> None:
    """Of all factors, going from untreated to treated lets only P1, P3, and I2 through P3, fall.

    I2 (lost tolerance and injecting) holds only while P3 does, so it may end with P3 and never without it. Everything
    else that looks at P3 (mixing, I1, the exposure gate) also looks at opioid use now, which treatment is, so it stays.
    Where no stay says that treatment may have run through it, P3 and I2 stay as well.
    """
    untreated, treated = pair
    before, after = points(assess(draft, untreated)), points(assess(draft, treated))
    for bound in (0, 1):
        fallen = {code for code in before if after[code][bound] < before[code][bound]}
        assert fallen <= {"P1", "P3", "I2"}
        assert "I2" not in fallen or "P3" in fallen
    stays = untreated.facts.get("transitions", {}).get("items", [])
    if not is_open(untreated, "transitions") and all(stay["agonist_treatment_kept"] == "no" for stay in stays):
        assert before["P3"] <= after["P3"] or untreated.known("transitions").stale


def _aged(choose: Choose) -> tuple[Invented, Invented, Invented]:
    names = choose((FACT_NAMES, people.ENTANGLED))
    name, person = choose([name for name in names if people.vocabulary()[name].valid_days]), people.invent(choose)
    known = people.answer(name, person.as_of, choose)
    assume(known is not None and known["state"] in ("yes", "no"))
    dates_from_answer = "within_days" in known or any("within_days" in item for item in known.get("items", []))
    assume(not dates_from_answer)
    person = people.reconciled(person.having(name, known | {"asked_on": person.as_of.isoformat()}), choose)
    assume(name in person.facts)
    valid = people.vocabulary()[name].valid_days
    assert valid is not None
    older = dict(person.facts[name])
    asked_on = people.day(person.as_of, valid + choose((1, 2, 1000)))
    assume(older.get("date", "") <= asked_on)  # nobody was told in July of a day in November
    old = possible(person.having(name, older | {"asked_on": asked_on}))
    edge = person.having(name, older | {"asked_on": people.day(person.as_of, valid)})
    return person, possible(edge), old


def _stay_with_treatment(treated: str) -> tuple[Invented, Invented, Invented]:
    stay = {"kind": "detox", "date": "2026-11-15", "days_without_opioids": 30, "agonist_treatment_kept": "yes"}
    person = Invented(people.DATES[0], {"transitions": {"state": "yes", "items": [stay]}})
    ages = (0, 90, 91)
    answers = [{"state": treated, "asked_on": people.day(person.as_of, age)} for age in ages]
    fresh, last_day, old = (person.having(TREATMENT, answer) for answer in answers)
    return fresh, last_day, old


@promise
@example(trio=_stay_with_treatment("yes"))
@example(trio=_stay_with_treatment("no"))
@given(trio=st.composite(lambda draw: _aged(people.drawn_from(draw)))())
def test_a_stale_answer_counts_as_recorded_below_and_as_most_dangerous_above(
    draft: Assessor, trio: tuple[Invented, Invented, Invented]
) -> None:
    """On the last day of its validity an answer is still fresh. A yes that stays never grows stale."""
    fresh, last_day, old = (bounds(assess(draft, person)) for person in trio)
    assert last_day == fresh, trio
    assert old[0] == fresh[0], trio
    (name,) = [name for name in FACT_NAMES if trio[0].facts.get(name) != trio[2].facts.get(name)]
    if people.vocabulary()[name].yes_stays and trio[0].facts[name]["state"] == "yes":
        assert old[1] == fresh[1]
    else:
        unanswered = trio[0].having(name, {"state": "unknown"})
        assert old[1] == bounds(assess(draft, possible(unanswered)))[1], trio


def test_every_fact_that_can_be_sent_is_invented_with_every_state() -> None:
    """The promises are only as good as the persons they were tried on."""
    said: dict[str, set[str]] = {name: set() for name in FACT_NAMES}
    for person in people.many(3_000, seed=20261120):
        for name, answer in person.facts.items():
            said[name].add(answer["state"])
    for name in FACT_NAMES:
        never_no = SHAPES[name] is Shape.CHOICE or name == "age"
        wanted = {"yes", "no", "unknown", "refused"} - ({"no"} if never_no else set())
        wanted |= {"not_applicable"} if name in people.may_not_apply() else set()
        assert said[name] >= wanted, name
