"""What holds for every record: order is nothing, what is irrelevant changes nothing, unknown is never absent."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cds.assess import Assessor
from cds.facts import Facts
from cds.records.statements import ConditionStatement
from tests.records.conftest import AS_OF, STATEMENTS, Read

MEDICINES = ("N02AA05", "N02AA55", "N02AB03", "N05BA01", "N05CF01", "N07BC02", "N07BC51", "V03AB15", "N02BF02")
DIAGNOSES = (
    *(("ICD-10", code) for code in ("T40.1", "T42.4", "T4n", "X42", "X6n0", "F11.22", "Z65.2", "J44.9", "Z91.5")),
    *(("ICPC-2", code) for code in ("A84", "P77", "P19", "R95", "Z03")),
)
IRRELEVANT = (
    {"kind": "medication", "system": "ATC", "code": "N02BE01", "start": "2026-11-01"},
    {"kind": "condition", "system": "ICPC-2", "code": "L72", "recorded": "2026-11-01"},
    {"kind": "condition", "system": "ICD-10", "code": "T40.1", "onset": "2026-11-02", "status": "refuted"},
    {"kind": "encounter", "class": "outpatient", "end": "2026-11-01"},
    {"kind": "observation", "system": "ICPC-2", "code": "A01", "date": "2026-11-01"},
)
QUICK = settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@st.composite
def dates(draw: st.DrawFn) -> str | None:
    """A day, a month or a year on or before `as_of`, or none."""
    day = (AS_OF - timedelta(draw(st.sampled_from((0, 1, 2, 14, 28, 29, 60, 90, 91, 180, 400, 2000))))).isoformat()
    return draw(st.sampled_from((day, day, day, day[:7], day[:4], None)))


@st.composite
def statements(draw: st.DrawFn) -> dict[str, Any]:
    """Any statement that a record could hold."""
    kind = draw(st.sampled_from(("condition", "medication", "medication", "encounter")))
    said: dict[str, Any] = {"kind": kind}
    if kind == "condition":
        said["system"], said["code"] = draw(st.sampled_from(DIAGNOSES))
        said |= {"onset": draw(dates()), "recorded": draw(dates())}
        said["status"] = draw(st.sampled_from(("active", "resolved", "history", "refuted", "family_history")))
    elif kind == "medication":
        said |= {"system": "ATC", "code": draw(st.sampled_from(MEDICINES)), "start": draw(dates())}
        said["phase"] = draw(st.sampled_from(("prescribed", "dispensed", "administered", "stopped")))
        said["status"] = draw(st.sampled_from(("active", "completed", "stopped")))
        said["days_supply"] = draw(st.sampled_from((None, 7, 30, 100)))
        if draw(st.booleans()):
            said["dose"] = {"value": "10", "unit": "mg", "route": "oral", "per_day": "3"}
    else:
        said["class"] = draw(st.sampled_from(("prison", "hospital", "detox", "inpatient_treatment", "emergency")))
        said["end"] = draw(dates())
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
    unused = {line.statement for line in made.not_used if line.fact is None}
    assert used | unused >= set(range(len(record)))
    assert not used & unused


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


@pytest.mark.parametrize("phase", ["prescribed", "dispensed"])
@pytest.mark.parametrize(
    "medicine",
    [
        ("N02AA05", "oral", "mg"),
        ("N02AX02", "oral", "mg"),
        ("N02AB03", "transdermal", "ug/h"),
        ("N02AA03", "oral", "mg"),
    ],
)
def test_more_of_a_medicine_is_never_less_danger(
    phase: str, medicine: tuple[str, str, str], reader: Assessor, read: Read
) -> None:
    code, route, unit = medicine
    before: tuple[Decimal, int, int] = (Decimal(0), 0, 0)
    for value in DOSES:
        dose = {"value": value, "unit": unit, "route": route, "per_day": "1"}
        said = {
            "kind": "medication",
            "system": "ATC",
            "code": code,
            "phase": phase,
            "start": "2026-11-10",
            "dose": dose,
        }
        facts = read([said, said | {"start": "2026-11-12"}]).facts
        decision = reader.decide(facts, AS_OF)
        assert facts.omeq_mg_per_day is not None
        assert facts.omeq_mg_per_day.value is not None
        now = (facts.omeq_mg_per_day.value, decision.low.total, decision.high.total)
        assert all(later >= earlier for later, earlier in zip(now, before, strict=True))
        before = now


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
