"""The codes records bring are understood for what they are, and what merely looks like them is not."""

from __future__ import annotations

from functools import cache

import pytest
from pydantic import TypeAdapter

from cds.content.texts import LANGUAGES, label_in
from cds.facts import FACT_NAMES
from cds.records.codes import CodeBook
from cds.records.content import CodeSystem, RecordsFile, ValueSet
from cds.release.frozen import RULES
from cds.strict_yaml import read

DRAFT = RULES / "draft"
FORBIDDEN = ("misbruk", "narkoman", "rusfri", "addict", "abuse", "junkie")


@cache
def value_sets() -> dict[str, ValueSet]:
    files = sorted((DRAFT / "value-sets").glob("*.yaml"))
    return {file.stem: TypeAdapter(ValueSet).validate_python(read(file).value) for file in files}


@cache
def systems() -> dict[str, CodeSystem]:
    loaded: dict[str, CodeSystem] = TypeAdapter(dict[str, CodeSystem]).validate_python(
        read(DRAFT / "systems.yaml").value
    )
    return loaded


@cache
def records() -> RecordsFile:
    loaded: RecordsFile = TypeAdapter(RecordsFile).validate_python(read(DRAFT / "records.yaml").value)
    return loaded


@cache
def codes() -> CodeBook:
    return CodeBook(systems(), value_sets().values())


def test_a_set_is_named_like_its_file():
    assert [name for name, value_set in value_sets().items() if value_set.id != name] == []


def test_every_member_is_found_under_its_own_system():
    lost = [
        f"{name}: {member.system} {member.code or member.prefix}"
        for name, value_set in value_sets().items()
        for member in value_set.members
        if member.code is not None and name not in codes().read(member.system, member.code).sets
    ]
    assert lost == []


def test_no_near_miss_is_a_member():
    wrong = [
        f"{name}: {miss.system} {miss.code}"
        for name, value_set in value_sets().items()
        for miss in value_set.near_misses
        if name in codes().read(miss.system, miss.code).sets
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("system", "code", "expected"),
    [
        ("http://www.whocc.no/atc", "V03AB15", {"rescue-naloxone"}),
        ("http://www.whocc.no/atc", "N07BC51", {"agonist-treatment", "agonist-buprenorphine"}),
        ("urn:oid:2.16.578.1.12.4.1.1.7180", "N02AA55", {"opioid-analgesic"}),
        ("2.16.578.1.12.4.1.1.7180", "n02aa59", {"opioid-analgesic"}),
        ("http://hl7.org/fhir/sid/icd-10", "T40.1", {"opioid-overdose"}),
        ("http://hl7.org/fhir/sid/icd-10-no", "T4n", {"overdose-unknown-substance"}),
        ("http://hl7.org/fhir/sid/icd-10", "T4N", {"overdose-unknown-substance"}),
        ("urn:oid:2.16.578.1.12.4.1.1.7110", "T40.1", {"opioid-overdose"}),
        ("urn:oid:2.16.578.1.12.4.1.1.7110", "X6nx", {"overdose-intent-self-harm", "suicide-attempt"}),
        ("urn:oid:2.16.578.1.12.4.1.1.7110", "X4n0a", {"overdose-intent-accident"}),
        ("ICD-10-WHO", "Y12.9", {"overdose-unknown-substance", "overdose-intent-undetermined", "self-harm-unclear"}),
        ("ICD10", "F11.05", {"opioid-overdose"}),
        ("ICD-10", "F1122", {"agonist-treatment", "opioid-dependence", "opioid-use-disorder"}),
        ("ICPC-2", "A84", {"overdose-unknown-substance"}),
        ("icpc-2b", "A84.0001", {"overdose-unknown-substance"}),
        ("ICPC-2", "K74", {"heart-disease"}),
        ("ICD-10", "K74", {"liver-disease"}),
        ("ICPC-2", "Z60", set()),
        ("ICD-10", "Z60.2", set()),
    ],
)
def test_a_code_means_what_it_means_in_its_own_system(system, code, expected):
    assert codes().read(system, code).sets == expected


@pytest.mark.parametrize("code", ["R45.851", "T14.91", "Z91.51"])
@pytest.mark.parametrize("system", ["http://hl7.org/fhir/sid/icd-10", "icd-10-no", "ICD-10-WHO"])
def test_codes_of_the_united_states_edition_are_impossible(system, code):
    assert codes().read(system, code).problem == "impossible_code"


def test_two_systems_never_share_a_name():
    names = [
        name
        for key, system in systems().items()
        for name in {alias.casefold().rstrip("/") for alias in (key, *system.aliases)}
    ]
    assert sorted({name for name in names if names.count(name) > 1}) == []


def test_mappings_speak_of_sets_and_facts_that_exist():
    used = {mapping.set for mapping in records().mappings if mapping.set is not None}
    used |= {name for mapping in records().mappings for name in mapping.requires.indication}
    used |= {name for mapping in records().mappings for name in mapping.requires.outdated_by}
    assert used - value_sets().keys() == set()
    assert value_sets().keys() - used == set()
    facts = {mapping.fact for mapping in records().mappings} | {left.fact for left in records().left_out}
    assert facts - set(FACT_NAMES) == set()


def test_every_source_is_in_the_list_of_sources():
    known = read(DRAFT / "sources.yaml").value.keys()
    cited = {system.source for system in systems().values()} | {s.source for s in value_sets().values()}
    cited |= {crossing.source for system in systems().values() for crossing in system.crosswalk}
    cited |= {item.source for s in value_sets().values() for item in s.evidence}
    cited |= {item.source for mapping in records().mappings for item in mapping.evidence}
    assert cited - known == set()


def test_labels_speak_of_people_with_respect():
    texts = [t for s in value_sets().values() for t in (s.title.nb, s.title.nn, s.title.en)]
    texts += [crossing.label for system in systems().values() for crossing in system.crosswalk]
    texts += [label_in(m.label, language) for s in value_sets().values() for m in s.members for language in LANGUAGES]
    texts += [m.why for s in value_sets().values() for m in s.near_misses] + [m.why for m in records().mappings]
    assert [text for text in texts if any(word in text.casefold() for word in FORBIDDEN)] == []
