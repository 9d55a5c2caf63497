"""The invented people: what each of them gets, word for word, and what each of them must get by hand.

A folder of `tests/patients/` is one person: `request.json` as sent to POST /v1/assessments, and `assessment.json` as
answered, without the provenance. `make golden` rewrites the second; the table below is never rewritten by a program.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cds.api.assessments import answer as answered
from cds.api.assessments import read_request
from cds.api.bodies import parse_json
from cds.assess import Assessor
from cds.facts import FACT_NAMES

PATIENTS = Path(__file__).parent / "patients"
TODAY = date(2026, 11, 22)
REWRITE = os.environ.get("CDS_REWRITE_GOLDEN") == "1"

# Worked out by hand from the point scheme, its corrections and the texts of the rules; not recorded from an answer.
# person: (level, level at most, (points at least, at most))
EXPECTED: dict[str, tuple[str, str | None, tuple[int, int] | None]] = {
    "record-with-nothing-in-it": ("undetermined", "very_high", (0, 53)),
    "everything-answered-no": ("low", "low", (0, 0)),
    "asked-about-all-but-overdoses": ("undetermined", "very_high", (0, 8)),
    "refused-to-answer": ("undetermined", "very_high", (0, 43)),
    "stale-answers": ("undetermined", "very_high", (0, 46)),
    "released-from-prison-five-days-ago": ("very_high", "very_high", (14, 46)),
    "released-half-a-year-ago": ("elevated", "very_high", (5, 11)),
    "released-with-unknown-opioid-history": ("undetermined", "high", (0, 6)),
    "planned-release-next-week": ("high", "high", (7, 9)),
    "prison-with-treatment-kept": ("elevated", "high", (4, 6)),
    "left-agonist-treatment-and-resumed": ("very_high", "very_high", (23, 28)),
    "detox-without-aftercare": ("elevated", "very_high", (5, 14)),
    "detox-from-alcohol-only": ("low", "low", (0, 0)),
    "inpatient-stay-and-injecting-again": ("very_high", "very_high", (11, 15)),
    "own-pause-of-two-days": ("elevated", "elevated", (3, 3)),
    "own-pause-of-three-days": ("high", "high", (9, 9)),
    "hospital-stay-of-unknown-length": ("undetermined", "high", (0, 6)),
    "home-after-an-operation": ("low", "low", (1, 1)),
    "painkillers-stopped-five-weeks-ago": ("high", "very_high", (8, 12)),
    "pain-patient-at-99-mg": ("elevated", "elevated", (3, 3)),
    "pain-patient-at-100-mg-with-alcohol-disorder": ("high", "very_high", (9, 10)),
    "painkillers-with-four-depressants": ("very_high", "very_high", (13, 13)),
    "high-dose-and-nothing-else": ("elevated", "elevated", (4, 4)),
    "prescription-with-unknown-dose": ("undetermined", "very_high", (2, 52)),
    "patches-and-sleeping-tablets": ("high", "very_high", (6, 10)),
    "older-with-long-term-opioids": ("high", "very_high", (9, 12)),
    "palliative-care": ("high", "high", (6, 7)),
    "heroin-smoked-with-benzodiazepine": ("high", "very_high", (9, 11)),
    "alone-and-unknown-strength": ("very_high", "very_high", (11, 18)),
    "two-overdoses-in-a-year": ("high", "very_high", (8, 11)),
    "overdose-yesterday": ("very_high", "very_high", (4, 44)),
    "overdose-and-hopelessness": ("very_high", "very_high", (8, 10)),
    "overdose-that-was-ambivalent": ("very_high", "very_high", (12, 12)),
    "hopeless-without-any-drug-use": ("high", "high", (3, 3)),
    "young-after-mdma-emergency": ("elevated", "high", (4, 6)),
    "ghb-and-alcohol": ("elevated", "high", (4, 6)),
    "under-eighteen": ("elevated", "high", (5, 8)),
    "tablets-bought-online": ("high", "very_high", (7, 13)),
    "stimulant-injector": ("very_high", "very_high", (11, 13)),
    "alert-active": ("low", "low", (1, 1)),
    "first-weeks-on-methadone": ("high", "very_high", (9, 11)),
    "early-onset": ("low", "elevated", (2, 4)),
    "one-answer-from-the-spring": ("elevated", "elevated", (4, 4)),
    "worn-out-and-lonely": ("high", "very_high", (8, 11)),
    "everything-at-once": ("very_high", "very_high", (52, 52)),
    "overdose-now": ("acute", None, None),
    "overdose-some-hours-ago": ("acute", None, None),
    "suicide-plan": ("acute", None, None),
    "two-acute-kinds-at-once": ("acute", None, None),
    "bereaved-with-suicide-plan": ("acute", None, None),
    "next-of-kin": ("not_applicable", None, None),
    "bereaved": ("not_applicable", None, None),
}
EMERGENCIES = {
    "overdose-now": ["overdose_now"],
    "overdose-some-hours-ago": ["overdose_last_hours"],
    "suicide-plan": ["suicide_now"],
    "two-acute-kinds-at-once": ["overdose_last_hours", "suicide_now"],
    "bereaved-with-suicide-plan": ["suicide_now"],
}
FLOORS = {
    "hopeless-without-any-drug-use": ["suicidal-signs-at-least-high"],
    "overdose-that-was-ambivalent": ["suicidal-signs-at-least-high"],
    "overdose-yesterday": ["overdose-within-two-days"],
    "overdose-and-hopelessness": ["suicidal-signs-at-least-high", "overdose-within-30-days-with-suicidal-signs"],
    "inpatient-stay-and-injecting-again": ["resumed-injecting-after-lost-tolerance"],
    "everything-at-once": [
        "suicidal-signs-at-least-high",
        "overdose-within-30-days-with-suicidal-signs",
        "resumed-injecting-after-lost-tolerance",
        "overdose-within-two-days",
    ],
}


def request_of(person: str) -> dict[str, Any]:
    """What a caller sends about this person."""
    body: dict[str, Any] = json.loads((PATIENTS / person / "request.json").read_text(encoding="utf-8"))
    return body


def answer_of(person: str) -> dict[str, Any]:
    """What is recorded as the answer."""
    answer: dict[str, Any] = json.loads((PATIENTS / person / "assessment.json").read_text(encoding="utf-8"))
    return answer


REPEATED = ("evidence", "sources", "provenance")


def readable(answer: Any) -> Any:
    """The answer without what every answer repeats (references), so that a person can read the difference."""
    if isinstance(answer, dict):
        return {key: readable(part) for key, part in answer.items() if key not in REPEATED}
    return [readable(part) for part in answer] if isinstance(answer, list) else answer


def people() -> list[str]:
    """Every folder, by name."""
    return sorted(folder.name for folder in PATIENTS.iterdir() if folder.is_dir())


def answers() -> Iterator[dict[str, Any]]:
    """Every recorded answer."""
    return map(answer_of, people())


def recorded(file: Path, text: str) -> str:
    """What a golden file holds; rewritten first where that was asked for."""
    if REWRITE:
        file.write_text(text, encoding="utf-8", newline="\n")
    return file.read_text(encoding="utf-8")


def as_text(answer: Any) -> str:
    """JSON as it stands in the golden files."""
    return json.dumps(readable(answer), ensure_ascii=False, indent=2) + "\n"


@pytest.mark.parametrize("person", people())
def test_golden_person_is_answered_as_recorded(person: str, draft: Assessor) -> None:
    """Assessment, outlook, what-if and note: the whole way of one person in one folder."""
    folder = PATIENTS / person
    request, as_of = read_request(parse_json((folder / "request.json").read_bytes()), TODAY)
    whole = request.model_copy(update={"include": (*request.include, "outlook", "what_if", "note")})
    made = json.loads(answered(whole, as_of, draft).as_json())
    assert recorded(folder / "assessment.json", as_text(made["assessment"])) == as_text(made["assessment"])
    time = {name: made[name] for name in ("outlook", "what_if") if name in made}
    assert recorded(folder / "outlook.json", as_text(time)) == as_text(time)
    note = "\n\n".join(made["note"][part] for part in ("record", "person", "caution")) + "\n"
    note = note.replace(made["assessment"]["provenance"]["digest"].removeprefix("sha256:")[:12], "…")
    assert recorded(folder / "note.txt", note) == note


@pytest.mark.parametrize("person", people())
def test_level_and_points_are_those_worked_out_by_hand(person: str) -> None:
    answer = answer_of(person)
    points = answer.get("points")
    both = None if points is None else (points["at_least"], points["at_most"])
    assert (answer["level"], answer.get("level_at_most"), both) == EXPECTED[person]


def test_every_person_has_a_line_in_the_table_and_in_the_readme() -> None:
    lines = (PATIENTS / "README.md").read_text(encoding="utf-8").splitlines()
    told = [line.split("`")[1] for line in lines if line.startswith("- `")]
    assert sorted(told) == people()
    assert sorted(EXPECTED) == people()


@pytest.mark.parametrize("person", people())
def test_request_names_no_release_and_a_fixed_day(person: str) -> None:
    request = request_of(person)
    assert "release" not in request
    assert date.fromisoformat(request["as_of"]) <= TODAY


@pytest.mark.parametrize(("person", "kinds"), EMERGENCIES.items())
def test_emergency_shows_its_blocks_and_nothing_that_could_delay(person: str, kinds: list[str]) -> None:
    answer = answer_of(person)
    assert [block["id"] for block in answer["acute"]] == kinds
    assert answer.keys().isdisjoint({"points", "factors", "questions", "recommendations"})


@pytest.mark.parametrize(("person", "floors"), FLOORS.items())
def test_floor_is_named_as_the_reason_for_the_level(person: str, floors: list[str]) -> None:
    assert [reason["id"] for reason in answer_of(person)["level_because"]] == floors


def test_only_acute_people_hold_emergency_blocks() -> None:
    acute = {person for person in people() if answer_of(person)["level"] == "acute"}
    assert acute == set(EMERGENCIES) == {person for person in people() if "acute" in answer_of(person)}


def test_the_people_cover_every_level_and_every_highest_level(draft: Assessor) -> None:
    content = draft.ruleset.content.levels
    scored = {level.id for level in content.levels}
    assert {answer["level"] for answer in answers()} == scored | set(content.outside)
    assert {answer["level_at_most"] for answer in answers() if "level_at_most" in answer} == scored


def test_the_people_cover_every_emergency_and_every_floor(draft: Assessor) -> None:
    content = draft.ruleset.content
    assert {kind for kinds in EMERGENCIES.values() for kind in kinds} == {block.id for block in content.acute}
    assert {floor for floors in FLOORS.values() for floor in floors} == {floor.id for floor in content.levels.floors}


def test_the_people_cover_every_factor_and_every_step(draft: Assessor) -> None:
    lines = [line for answer in answers() for line in answer.get("factors", ())]
    for outcome in ("present", "unknown", "absent"):
        assert {line["id"] for line in lines if line["outcome"] == outcome} == set(draft.ruleset.content.factors)
    steps = {f"{line['id']}/{tier['id']}" for line in lines for tier in line["tiers"]}
    assert steps == {rule for factor in draft.ruleset.factors for rule, _ in factor.tiers}


def test_the_people_cover_every_fact_and_state() -> None:
    sent = [request_of(person)["facts"] for person in people()]
    assert {name for facts in sent for name in facts} == set(FACT_NAMES)
    states = {answer if isinstance(answer, str) else answer["state"] for facts in sent for answer in facts.values()}
    assert states == {"yes", "no", "unknown", "refused", "not_applicable"}
    used = [fact for answer in answers() for line in answer.get("factors", ()) for fact in line["facts"]]
    assert {fact["state"] for fact in used} >= {"yes", "no", "unknown", "refused", "stale"}


def test_the_people_speak_every_language_in_oslo_and_elsewhere() -> None:
    seen = {(body["language"], body["municipality"] == "0301") for body in map(request_of, people())}
    assert {language for language, _ in seen} == {"nb", "nn", "en"}
    assert {in_oslo for _, in_oslo in seen} == {True, False}


def test_one_kind_of_risk_alone_stays_at_the_cap(draft: Assessor) -> None:
    """The cap acts on one family above elevated. Should a change of points make that possible, somebody is owed."""
    answer = answer_of("high-dose-and-nothing-else")
    assert [line["family"] for line in answer["factors"] if line["points"]["at_least"]] == ["P6"]
    assert answer["level"] == draft.ruleset.content.levels.cap.level
    capped = {
        person
        for person in people()
        for reason in answer_of(person).get("level_because", ())
        if reason["id"] == "single-family"
    }
    edge = draft.ruleset.content.levels.levels[2].from_points
    assert bool(capped) == any(_without_anchor(draft, factor) >= edge for factor in draft.ruleset.content.factors)


def _without_anchor(draft: Assessor, factor: str) -> int:
    """The most points one family gives while no step that is exempt from the cap holds."""
    steps = [rule for rule, tier in draft.ruleset.content.factors[factor].tiers if not tier.anchor]
    return draft.ruleset.scoring.score(steps).points[factor]
