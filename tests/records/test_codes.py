"""What a code means: aliases, codes that cannot exist, and every member and near miss of every value set."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import product
from typing import Any

import pytest

from cds.assess import Assessor
from cds.content.folder import read_content
from cds.errors import ContentError
from cds.records.codes import CodeBook
from cds.records.content import Crossing, Mapping, Records, ValueSet
from cds.records.reader import RecordReader
from cds.release.frozen import RULES
from tests.records.conftest import Read


@cache
def records() -> Records:
    """The records of the draft, read once more because tests are made of them before any fixture exists."""
    found = read_content(RULES / "draft").records
    assert found is not None
    return found


@cache
def book() -> CodeBook:
    return CodeBook(records().systems, records().value_sets.values())


def members() -> list[tuple[ValueSet, str, str]]:
    return [
        (value_set, member.system, member.code or member.prefix or "")
        for value_set in records().value_sets.values()
        for member in value_set.members
    ]


def near_misses() -> list[tuple[ValueSet, str, str]]:
    return [
        (value_set, near.system, near.code)
        for value_set in records().value_sets.values()
        for near in value_set.near_misses
    ]


def named(value: object) -> str:
    return value.id if isinstance(value, ValueSet) else str(value)


def every_statement(mapping: Mapping, system: str, code: str) -> list[dict[str, Any]]:
    """A statement of each status and phase that this mapping wants, as far as one alone can be as it wants it."""
    said: dict[str, Any] = {"kind": mapping.kind, "system": system, "code": code}
    requires = mapping.requires
    if mapping.kind == "observation":
        unit = {"age": "a", "underweight": "kg/m2"}[mapping.fact]
        return [said | {"value": "17", "unit": unit, "date": "2026-11-10"}]
    if mapping.kind == "condition":
        return [
            said | {"status": status, "onset": "2026-11-10", "recorded": "2026-11-10"} for status in requires.status
        ]
    if requires.indication:
        purpose = records().value_sets[requires.indication[0]].members[0]
        said["indication"] = {"system": purpose.system, "code": purpose.code or purpose.prefix}
    statements = []
    for status, phase in product(requires.status, requires.phase):
        over = requires.current is False or "stopped" in (phase, status)
        dates = {"start": "2026-06-01", "end": "2026-11-10"} if over else {"start": "2026-11-10"}
        length = {"days_supply": 30} if requires.length_known and not over else {}
        statements.append(said | {"status": status, "phase": phase} | dates | length)
    return statements


def statement(mapping: Mapping, system: str, code: str) -> dict[str, Any]:
    """The first of them."""
    return every_statement(mapping, system, code)[0]


DEPENDENCE = {"opioid-dependence", "opioid-use-disorder", "drug-disorder-unspecified", "agonist-treatment"}
OPIOID = {"kind": "medication", "system": "ATC", "code": "N02AA01", "start": "2026-06-01", "end": "2026-11-10"}


def every_record(mapping: Mapping, system: str, code: str) -> list[list[dict[str, Any]]]:
    """What this mapping needs to apply, of each status and phase."""
    beside = [] if mapping.requires.together is None else [OPIOID]
    return [[said, *beside] for said in every_statement(mapping, system, code)]


def every_asked(mapping: Mapping, system: str, code: str) -> list[dict[str, Any]]:
    """What this mapping asks about, of each status and phase: long ago where it wants that."""
    long_ago = {} if mapping.requires.over_days is None else {"onset": "2024-01-10", "recorded": "2024-01-10"}
    return [said | long_ago for said in every_statement(mapping, system, code)]


def is_denied(read: Read, fact: str, said: list[dict[str, Any]]) -> bool:
    """Whether a record that is whole for a fact says no to it."""
    answer = dict(read(said, fact).facts.known()).get(fact)
    return answer is not None and answer.state == "no"


@pytest.mark.parametrize(("value_set", "system", "code"), members(), ids=named)
def test_every_member_is_possible_and_belongs_to_its_set(value_set: ValueSet, system: str, code: str) -> None:
    reading = book().read(system, code)
    if reading.problem == "impossible_code":
        reading = book().read(system, f"{code}0")
    assert reading.problem is None
    assert value_set.id in reading.sets


@pytest.mark.parametrize(("value_set", "system", "code"), near_misses(), ids=named)
def test_no_near_miss_belongs_to_the_set_it_resembles(value_set: ValueSet, system: str, code: str) -> None:
    assert value_set.id not in book().read(system, code).sets


@pytest.mark.parametrize(("value_set", "system", "code"), members(), ids=named)
def test_every_member_leads_to_its_fact(value_set: ValueSet, system: str, code: str, read: Read) -> None:
    for mapping in records().mappings.mappings:
        if mapping.set != value_set.id or mapping.gives == "ask" or hasattr(mapping.gives, "detail"):
            continue
        if mapping.gives == "computed" and mapping.kind != "observation":
            continue
        if book().read(system, code).problem is not None:
            code = f"{code}0"
        for said in every_record(mapping, system, code):
            assert mapping.fact in dict(read(said).facts.known()), (mapping.id, said)


@pytest.mark.parametrize("value_set", records().value_sets.values(), ids=named)
def test_no_member_that_is_asked_about_lets_its_fact_be_denied(value_set: ValueSet, read: Read) -> None:
    asking = [
        mapping
        for mapping in records().mappings.mappings
        if mapping.set == value_set.id and mapping.gives == "ask" and not mapping.requires.nothing_else_current
    ]
    denied = [
        (mapping.id, said)
        for mapping in asking
        for of_set, system, code in members()
        if of_set is value_set
        for said in every_asked(mapping, system, code)
        if is_denied(read, mapping.fact, [said])
    ]
    assert denied == []


def test_a_code_denies_nothing_that_a_longer_one_may_say(read: Read) -> None:
    """F19 alone may be any use of several drugs, T51 any poisoning by alcohol."""
    denied = []
    for value_set, system, code in members():
        for mapping in records().mappings.mappings:
            if mapping.set == value_set.id and mapping.kind == "condition":
                for shorter in (code[:length] for length in range(3, len(code)) if code[length - 1] != "."):
                    said = statement(mapping, system, shorter)
                    if is_denied(read, mapping.fact, [said]):
                        denied.append((shorter, code, mapping.fact))
    assert denied == []


@pytest.mark.parametrize(("value_set", "system", "code"), members(), ids=named)
def test_every_member_as_an_indication_is_understood(value_set: ValueSet, system: str, code: str, read: Read) -> None:
    """Methadone given for pain is an opioid for pain, given for dependence agonist treatment, else neither for sure."""
    if book().read(system, code).problem is not None:
        code = f"{code}0"
    methadone = {"kind": "medication", "system": "ATC", "code": "N07BC02", "start": "2026-11-10"}
    given = methadone | {"indication": {"system": system, "code": code}}
    facts = dict(read([given], "prescribed_opioid", "agonist_treatment").facts.known())
    sets = book().read(system, code).sets
    for_pain = not sets.isdisjoint(records().omeq.kept_out.unless_indication)
    for_dependence = not for_pain and not sets.isdisjoint(DEPENDENCE)
    yes = {name for name, answer in facts.items() if answer.state == "yes"}
    assert ("prescribed_opioid" in yes, "agonist_treatment" in yes) == (for_pain, for_dependence)
    no = {name for name, answer in facts.items() if answer.state == "no"}
    assert no == ({"prescribed_opioid"} if for_dependence else set())


@pytest.mark.parametrize(("value_set", "system", "code"), near_misses(), ids=named)
def test_no_near_miss_leads_to_the_fact_of_the_set_alone(
    value_set: ValueSet, system: str, code: str, read: Read
) -> None:
    sets = book().read(system, code).sets
    for mapping in records().mappings.mappings:
        if mapping.set != value_set.id:
            continue
        by_others = {other.fact for other in records().mappings.mappings if other.set in sets}
        if mapping.fact not in by_others:
            for said in every_record(mapping, system, code):
                assert mapping.fact not in dict(read(said).facts.known()), (mapping.id, said)


CROSSINGS = [(key, crossing) for key, system in records().systems.items() for crossing in system.crosswalk]


@pytest.mark.parametrize(("key", "crossing"), CROSSINGS, ids=lambda part: getattr(part, "code", part))
def test_a_foreign_code_is_read_as_the_code_of_ours_it_crosses_to(key: str, crossing: Crossing) -> None:
    ours = book().read(crossing.system, crossing.to)
    assert ours.problem is None
    assert ours.sets
    assert book().read(key, crossing.code) == ours
    assert crossing.locator


@pytest.mark.parametrize(
    ("code", "fact"), [("7804", "prescribed_opioid"), ("2670", "prescribed_opioid"), ("10689", "omeq_mg_per_day")]
)
def test_an_ingredient_by_its_american_code_is_the_medicine(code: str, fact: str, read: Read) -> None:
    dose = {"value": "10", "unit": "mg", "route": "oral", "per_day": "2"}
    said = {"kind": "medication", "system": "RxNorm", "code": code, "start": "2026-11-10", "dose": dose}
    assert fact in dict(read([said]).facts.known())


@pytest.mark.parametrize("code", ["6813", "1819", "1049593"])
def test_an_ingredient_that_may_be_either_is_not_guessed(code: str, read: Read) -> None:
    said = {"kind": "medication", "system": "RxNorm", "code": code, "start": "2026-11-10"}
    made = read([said], "agonist_treatment", "prescribed_opioid")
    assert not dict(made.facts.known())
    assert [line.reason for line in made.not_used] == ["unknown_code"]


@pytest.mark.parametrize("name", ["I10C", "ICD-10-CM", "http://hl7.org/fhir/sid/icd-10-cm"])
def test_the_american_edition_is_never_taken_for_another(name: str, read: Read) -> None:
    """F11.22 is maintenance treatment in the WHO edition, and dependence with intoxication there."""
    made = read([{"kind": "condition", "system": name, "code": "F11.22", "recorded": "2026-11-10"}], "overdoses")
    assert not dict(made.facts.known())
    assert [line.reason for line in made.not_used] == ["unknown_code"]


@pytest.mark.parametrize("key", list(records().systems))
def test_a_system_is_known_by_every_name_in_any_case(key: str) -> None:
    for name in (key, *records().systems[key].aliases):
        assert book().system(name) == key
        assert book().system(f" {name.upper()} ") == key
        assert book().system(name.lower()) == key


@pytest.mark.parametrize(
    ("kind", "system", "code", "fact"),
    [
        ("medication", "RxNorm", "6813", "prescribed_opioid"),
        ("medication", "SCT", "7804000000", "prescribed_opioid"),
        ("medication", "ATC", "N05B", "benzodiazepine"),
        ("medication", "ATC", "N07BC", "agonist_treatment"),
        ("condition", "ICD-10", "F11", "opioid_dependence_ever"),
        ("condition", "ICD-10", "F10", "alcohol_disorder"),
        ("condition", "ICD-10", "T42", "overdoses"),
    ],
)
def test_a_code_that_may_mean_it_keeps_a_whole_record_from_saying_no(
    kind: str, system: str, code: str, fact: str, read: Read
) -> None:
    made = read([{"kind": kind, "system": system, "code": code}], fact)
    assert fact not in dict(made.facts.known())
    assert [line.reason for line in made.not_used] == ["unknown_code"]


@pytest.mark.parametrize("code", ["T40.1", "T401", "t40.1", " T40.1", "T 40.1"])
def test_dots_blanks_and_case_make_no_difference(code: str) -> None:
    assert "opioid-overdose" in book().read("ICD-10", code).sets


@pytest.mark.parametrize(
    ("code", "fact"),
    [("V03AB15", "naloxone"), ("N07BC51", "agonist_treatment"), ("N02AA55", "prescribed_opioid")],
)
def test_three_medicines_with_naloxone_are_three_different_things(code: str, fact: str, read: Read) -> None:
    said = {"kind": "medication", "system": "ATC", "code": code, "phase": "dispensed", "start": "2026-11-15"}
    said["days_supply"] = 7
    told = {"naloxone", "agonist_treatment", "prescribed_opioid"}
    assert set(dict(read([said | {"status": "completed"}]).facts.known())) & told == {fact}


def test_every_fact_that_records_answer_is_one_of_ours(reader: Assessor) -> None:
    normaliser = reader.reader.normaliser
    assert normaliser is not None
    assert set(normaliser.mappings.facts) <= set(reader.content.facts.facts)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"fact": "luck"}, "no fact luck"),
        ({"set": "nothing"}, "no value set nothing"),
        ({"gives": "computed", "fact": "alcohol"}, "nothing computes alcohol"),
        ({"gives": {"item": {"kind": "prison"}}, "fact": "alcohol"}, "alcohol is no list"),
    ],
)
def test_a_mapping_that_speaks_of_nothing_is_refused(change: dict[str, Any], told: str, reader: Assessor) -> None:
    file = records().mappings
    first = next(mapping for mapping in file.mappings if mapping.set == "benzodiazepine")
    bent = Mapping.model_validate(first.model_dump() | change)
    changed = replace(records(), mappings=file.model_copy(update={"mappings": (bent,)}))
    with pytest.raises(ContentError, match=told):
        RecordReader(changed, reader.ruleset.vocabulary)
