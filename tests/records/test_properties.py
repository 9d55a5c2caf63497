"""What holds for every record: order is nothing, what is irrelevant changes nothing, unknown is never absent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cds.assess import Assessor
from cds.dates import Interval
from cds.facts import Facts
from cds.records.statements import ConditionStatement
from tests.records.conftest import AS_OF, STATEMENTS, Read

MEDICINES = (
    *("N02AA05", "N02AA55", "N02AB03", "N07BC02", "N07BC51", "N07BB04", "V03AB15"),
    *("N05BA01", "N05CF01", "N02BF02"),
)
GIVEN_FOR = (("ICD-10", "R52.2"), ("ICD-10", "C34.9"), ("ICD-10", "F11.2"), ("ICPC-2", "L72"), ("nobody's", "1"), None)
OBSERVATIONS = (("30525-0", "a"), ("39156-5", "kg/m2"), ("39156-5", None), ("89270-3", "kg/m2"))
DIAGNOSES = (
    *(("ICD-10", code) for code in ("T40.1", "T42.4", "T4n", "X42", "X6n0", "F11.22", "Z65.2", "J44.9", "Z91.5")),
    *(("ICPC-2", code) for code in ("A84", "P77", "P19", "R95", "Z03")),
)
IRRELEVANT = (
    {"kind": "medication", "system": "ATC", "code": "N02BE01", "start": "2026-11-01"},
    {"kind": "condition", "system": "ICPC-2", "code": "L72", "recorded": "2026-11-01"},
    {"kind": "condition", "system": "ICD-10", "code": "T40.1", "onset": "2026-11-02", "status": "refuted"},
    {"kind": "encounter", "class": "outpatient", "end": "2026-11-01"},
    {"kind": "encounter", "class": "outpatient", "status": "in_progress", "start": "2026-03-01", "disposition": "home"},
    {"kind": "encounter", "class": "prison", "status": "cancelled", "start": "2026-03-01", "end": "2026-11-01"},
    {"kind": "medication", "system": "ATC", "code": "N02AA05", "status": "cancelled", "start": "2026-11-01"},
    {
        "kind": "medication",
        "system": "ATC",
        "code": "C09AA05",
        "phase": "stopped",
        "status": "stopped",
        "end": "2026-11-01",
        "indication": {"system": "ICD-10", "code": "R52.2"},
        "amount_units": "100",
    },
    {"kind": "observation", "system": "LOINC", "code": "8867-4", "value": "70", "unit": "/min", "date": "2026-11-01"},
    {"kind": "observation", "system": "LOINC", "code": "30525-0", "value": "30", "unit": "a", "status": "cancelled"},
    {"kind": "observation", "system": "ICPC-2", "code": "A01", "date": "2026-11-01"},
)
Told = Callable[[str, str, str, str], dict[str, Any]]
QUICK = settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@st.composite
def dates(draw: st.DrawFn) -> str | None:
    """A day, a month or a year on or before `as_of`, or none."""
    day = (AS_OF - timedelta(draw(st.sampled_from((0, 1, 2, 14, 28, 29, 60, 90, 91, 180, 400, 2000))))).isoformat()
    return draw(st.sampled_from((day, day, day, day[:7], day[:4], None)))


def ends_before_it_starts(said: dict[str, Any]) -> bool:
    start, end = said.get("start"), said["end"]
    return start is not None and Interval.parse(end).latest < Interval.parse(start).earliest


@st.composite
def ends(draw: st.DrawFn, said: dict[str, Any]) -> str | None:
    """The end of what began, or none. It may lie ahead; before the start it would be refused."""
    ahead = (AS_OF + timedelta(draw(st.sampled_from((0, 1, 30))))).isoformat()
    end = draw(st.sampled_from((None, ahead, draw(dates()))))
    return None if end is None or ends_before_it_starts(said | {"end": end}) else end


@st.composite
def statements(draw: st.DrawFn) -> dict[str, Any]:
    """Any statement that a record could hold."""
    kind = draw(st.sampled_from(("condition", "medication", "medication", "encounter", "observation")))
    said: dict[str, Any] = {"kind": kind}
    if kind == "condition":
        said["system"], said["code"] = draw(st.sampled_from(DIAGNOSES))
        said |= {"onset": draw(dates()), "recorded": draw(dates())}
        said["status"] = draw(st.sampled_from(("active", "resolved", "history", "refuted", "family_history")))
    elif kind == "medication":
        said |= {"system": "ATC", "code": draw(st.sampled_from(MEDICINES)), "start": draw(dates())}
        said["phase"] = draw(st.sampled_from(("prescribed", "dispensed", "administered", "stopped")))
        said["status"] = draw(st.sampled_from(("active", "completed", "stopped")))
        said["end"] = draw(ends(said))
        said["days_supply"] = draw(st.sampled_from((None, 7, 30, 100)))
        said["amount_units"] = draw(st.sampled_from((None, None, "28", "100")))
        if (given_for := draw(st.sampled_from(GIVEN_FOR))) is not None:
            said["indication"] = dict(zip(("system", "code"), given_for, strict=True))
        if draw(st.booleans()):
            dose = {"value": "10", "unit": "mg", "route": "oral", "per_day": draw(st.sampled_from(("3", None)))}
            said["dose"] = {name: value for name, value in dose.items() if value is not None}
    elif kind == "encounter":
        said["class"] = draw(st.sampled_from(("prison", "hospital", "detox", "inpatient_treatment", "emergency")))
        said["start"] = draw(dates())
        said["status"] = draw(st.sampled_from((None, None, "planned", "in_progress", "finished", "cancelled")))
        said["end"] = draw(dates() if said["status"] == "finished" else ends(said))
        if said["end"] is not None and ends_before_it_starts(said):
            said["end"] = None
        said["disposition"] = draw(
            st.sampled_from((None, "home", "transferred", "custody", "left_against_advice", "other"))
        )
    else:
        said["system"] = "LOINC"
        said["code"], said["unit"] = draw(st.sampled_from(OBSERVATIONS))
        said |= {"value": draw(st.sampled_from(("15", "17.5", "40", None))), "date": draw(dates())}
        said["status"] = draw(st.sampled_from(("final", "preliminary", "corrected", "cancelled")))
    return {name: value for name, value in said.items() if value is not None}


RECORDS = st.lists(statements(), max_size=8)


@QUICK
@given(record=RECORDS, chance=st.randoms(use_true_random=False))
def test_the_order_of_a_record_makes_no_difference(record: list[dict[str, Any]], chance: Any, read: Read) -> None:
    order = list(range(len(record)))
    chance.shuffle(order)
    one, other = read(record), read([record[place] for place in order])
    assert one.facts == other.facts
    back = {name: tuple(sorted(order[place] for place in places)) for name, places in other.origins.items()}
    assert one.origins == back
    assert {(line.statement, line.reason, line.fact) for line in one.not_used} == {
        (order[line.statement], line.reason, line.fact) for line in other.not_used
    }


@QUICK
@given(record=RECORDS, more=st.sampled_from(IRRELEVANT))
def test_an_irrelevant_entry_changes_nothing_but_what_is_not_used(
    record: list[dict[str, Any]], more: dict[str, Any], read: Read
) -> None:
    one, other = read(record), read([*record, more])
    assert (one.facts, one.origins) == (other.facts, other.origins)
    assert other.not_used[:-1] == one.not_used
    assert other.not_used[-1].statement == len(record)


@QUICK
@given(record=RECORDS)
def test_no_entry_disappears(record: list[dict[str, Any]], read: Read) -> None:
    made = read(record)
    used = {place for places in made.origins.values() for place in places}
    unused = {line.statement for line in made.not_used}
    assert used | unused >= set(range(len(record)))
    assert not used & {line.statement for line in made.not_used if line.fact is None}


@QUICK
@given(record=RECORDS)
def test_a_record_never_says_no_by_itself(record: list[dict[str, Any]], read: Read) -> None:
    assert all(answer.state == "yes" for _, answer in read(record).facts.known())


@QUICK
@given(record=RECORDS)
def test_what_a_record_does_not_tell_may_still_be_at_the_upper_end(
    record: list[dict[str, Any]], reader: Assessor, read: Read
) -> None:
    nothing = reader.decide(Facts(), AS_OF)
    decision = reader.decide(read(record).facts, AS_OF)
    if decision.level not in ("acute", "not_applicable"):
        lists = ("lost_tolerance", "exit_prison", "opioid_overdose")
        assert [decision.person.days(name)[1] for name in lists] == [nothing.person.days(name)[1] for name in lists]


@QUICK
@given(record=RECORDS, drawn=st.data())
def test_a_whole_list_settles_only_what_could_be_read(record: list[dict[str, Any]], drawn: Any, read: Read) -> None:
    name = drawn.draw(st.sampled_from(("overdoses", "benzodiazepine", "transitions", "prescribed_opioid")))
    loose, whole = dict(read(record).facts.known()), dict(read(record, name).facts.known())
    assert {key: value for key, value in whole.items() if key != name} == {
        key: value for key, value in loose.items() if key != name
    }
    if name in loose:
        assert whole[name].state == "yes"
    unread = {"kind": "condition", "system": "nobody's", "code": "1"}
    medicine = {"kind": "medication", "system": "nobody's", "code": "1"}
    kept = dict(read([*record, unread, medicine], name).facts.known())
    assert name in loose or name not in kept


DOSES = ("0.001", "1", "9.999", "10", "20", "33.3", "60", "100", "400")


def as_doses(code: str, route: str, unit: str, value: str) -> dict[str, Any]:
    return {"code": code, "dose": {"value": value, "unit": unit, "route": route, "per_day": "1"}}


def as_packs(code: str, route: str, unit: str, value: str) -> dict[str, Any]:
    """The same a day, told by how many units of one mg were to last a fortnight."""
    dose = {"value": "1", "unit": unit, "route": route}
    return {"code": code, "amount_units": str(Decimal(value) * 14), "days_supply": 14, "dose": dose}


@pytest.mark.parametrize("phase", ["prescribed", "dispensed", "administered"])
@pytest.mark.parametrize(
    ("medicine", "told"),
    [
        (("N02AA05", "oral", "mg"), as_doses),
        (("N02AX02", "oral", "mg"), as_doses),
        (("N02AB03", "transdermal", "ug/h"), as_doses),
        (("N02AA03", "oral", "mg"), as_doses),
        (("N02AA05", "oral", "mg"), as_packs),
        (("N07BC02", "oral", "mg"), as_doses),
        (("N07BC02", "oral", "mg"), as_packs),
        (("N02AC52", "oral", "mg"), as_doses),
    ],
)
def test_more_of_a_medicine_is_never_less_danger(
    phase: str, medicine: tuple[str, str, str], told: Told, reader: Assessor, read: Read
) -> None:
    """What is told so that it may be more (fewer units than days) is open above, and may close where more is told."""
    computed = 0
    least, most = (Decimal(0), 0), {True: 0, False: 0}
    for value in DOSES:
        said: dict[str, Any] = {"kind": "medication", "system": "ATC", "phase": phase, "start": "2026-11-10"}
        said |= told(*medicine, value) | {"indication": {"system": "ICD-10", "code": "R52.2"}}
        facts = read([said, said | {"start": "2026-11-12"}]).facts
        decision = reader.decide(facts, AS_OF)
        if facts.omeq_mg_per_day is None:  # methadone has no ratio under 6 mg
            assert not computed
            continue
        assert facts.omeq_mg_per_day.value is not None
        value_now, open_above = facts.omeq_mg_per_day.value, bool(facts.omeq_mg_per_day.at_least)
        assert value_now >= least[0]
        assert decision.low.total >= least[1]
        assert decision.high.total >= most[open_above]
        least, most[open_above] = (value_now, decision.low.total), decision.high.total
        computed += 1
    assert computed >= 5


@pytest.mark.parametrize(("size", "items"), [(199, 199), (200, 200), (201, 200), (450, 200)])
def test_a_list_longer_than_an_answer_holds_names_the_rest(size: int, items: int, read: Read) -> None:
    record = [
        {"kind": "encounter", "class": "prison", "end": (AS_OF - timedelta(2 * place)).isoformat()}
        for place in range(size)
    ]
    made = read(record)
    assert made.facts.transitions is not None
    assert len(made.facts.transitions.items) == items
    assert made.facts.transitions.complete is False
    assert [line.reason for line in made.not_used] == ["too_many"] * (size - items)


def test_free_text_is_dropped_as_it_is_read() -> None:
    (kept,) = STATEMENTS.validate_python([{"kind": "condition", "system": "ICPC-2", "code": "A84", "text": "secret"}])
    assert isinstance(kept, ConditionStatement)
    assert "secret" not in repr(kept)
