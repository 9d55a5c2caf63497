"""What changed between two releases, in words and with its sources, and whom it moves."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from cds.content.texts import LANGUAGES
from cds.diff import diff
from cds.diff.behaviour import per_cent
from cds.diff.picture import description, picture, state_names
from cds.diff.readable import as_markdown
from cds.diff.shapes import Difference, FieldChange, PieceChange
from cds.release.frozen import Release, Releases
from tests.releases.altered import altered, before, releases

PEOPLE = 300
EDITS = {
    "factors/prescribed-dose.yaml": (
        ('omeq_mg_per_day, at_least: "100"', 'omeq_mg_per_day, at_least: "90"'),
        ("points: 4", "points: 5"),
        ("nn: Høg opioiddose på resept", "nn: Høg dose opioid på resept"),
        ('locator: "university summary of the results"', 'locator: "summary of the results"'),
    ),
    "factors/lost-tolerance.yaml": ((" lost_tolerance, within_days: 14}", " lost_tolerance, within_days: 21}"),),
    "factors/injecting.yaml": (("points: 4", "points: 1"),),
    "value-sets/z-hypnotic.yaml": (
        ('{system: atc, prefix: "N05CF", label: "zopiclone, zolpidem and their like"}',
         '{system: atc, code: "N05CF01", label: "zopiclone"}'),
    ),
    "omeq.yaml": (('ratio: "0.15"', 'ratio: "0.2"'),),
    "must-not.yaml": (("if_unknown: if_confirmed", "if_unknown: recommended"),),
    "recommendations/card-113.yaml": (("  - urgency: days", "  - urgency: same_day"),),
    "levels.yaml": (("{fact: any_overdose, within_days: 30}", "{fact: any_overdose, within_days: 60}"),),
}  # fmt: skip


@pytest.fixture(scope="module")
def new(tmp_path_factory: pytest.TempPathFactory) -> Release:
    folder = tmp_path_factory.mktemp("altered") / "new"
    release = altered(folder, EDITS)
    (folder / "recommendations" / "switch.yaml").unlink()
    shutil.copy(folder / "value-sets" / "z-hypnotic.yaml", folder / "value-sets" / "sleeping-pills.yaml")
    text = (folder / "value-sets" / "sleeping-pills.yaml").read_text(encoding="utf-8")
    (folder / "value-sets" / "sleeping-pills.yaml").write_text(
        text.replace("id: z-hypnotic", "id: sleeping-pills"), encoding="utf-8"
    )
    return Release(release.version, "not frozen", release.in_force_from, folder)


@pytest.fixture(scope="module")
def step(new: Release) -> Difference:
    return diff(before(), new, PEOPLE)


def piece(step: Difference, kind: str, id_: str) -> PieceChange:
    (found,) = (piece for piece in step.content if (piece.kind, piece.id) == (kind, id_))
    return found


def field(change: PieceChange, path: str) -> FieldChange:
    (found,) = (field for field in change.fields if field.path == path)
    return found


def test_a_moved_dose_edge_is_told_as_the_two_numbers_with_its_sources(step: Difference) -> None:
    change = piece(step, "factor", "prescribed-dose")
    edge = field(change, "parts.dose.tiers.omeq-100.when")
    assert edge.words == "step omeq-100, condition: Prescribed opioid dose (OMEQ, mg a day): at least 100 → 90"
    assert change.code == "P6"
    assert any(source.startswith("gomes-2011, university summary") for source in change.sources_before)
    assert any(source.startswith("gomes-2011, summary of") for source in change.sources_after)
    assert any(source.startswith("dunn-2010") for source in change.sources_after)


def test_points_windows_floors_and_ratios_are_told(step: Difference) -> None:
    told = {field.words for piece in step.content for field in piece.fields}
    assert "step omeq-100, points: 4 → 5" in told
    assert any(words.startswith("step day-0-14, condition: ") and "→ 21 days" in words for words in told)
    assert "condition: overdose or intoxication: at most 30 days ago → 60 days" in told
    assert "OMEQ of tramadol, alone or the tramadol of a combination, oral, ratio: 0.15 → 0.2" in told
    assert "urgency rule 1, urgency: days → same_day" in told
    assert "if unknown: if_confirmed → recommended" in told


def test_a_text_names_its_language_and_shows_both(step: Difference) -> None:
    title = field(piece(step, "factor", "prescribed-dose"), "title.nn")
    assert (title.language, title.before, title.after) == (
        "nn",
        "Høg opioiddose på resept",
        "Høg dose opioid på resept",
    )
    assert [each.language for each in piece(step, "factor", "prescribed-dose").fields if each.language] == ["nn"]


def test_codes_that_come_and_go_are_named_whole(step: Difference) -> None:
    changes = {each.change: each.words for each in piece(step, "value set", "z-hypnotic").fields}
    assert changes == {
        "added": "code atc N05CF01: new: system atc; code N05CF01; zopiclone; crosswalk no",
        "removed": "code atc N05CF…: gone: system atc; prefix N05CF; zopiclone, zolpidem and their like; crosswalk no",
    }


def test_what_came_and_went_is_told_by_kind_and_id(step: Difference) -> None:
    assert piece(step, "value set", "sleeping-pills").change == "added"
    gone = piece(step, "recommendation", "switch")
    assert (gone.change, gone.code, gone.weight) == ("removed", "M09", "minor")
    assert gone.sources_before
    assert gone.sources_after == ()


def test_nothing_else_is_told(step: Difference) -> None:
    named = {(piece.kind, piece.id) for piece in step.content}
    assert named == {
        ("factor", "prescribed-dose"),
        ("factor", "lost-tolerance"),
        ("factor", "injecting"),
        ("floor", "overdose-within-30-days-with-suicidal-signs"),
        ("recommendation", "card-113"),
        ("recommendation", "switch"),
        ("must-not", "switch-without-injecting"),
        ("value set", "z-hypnotic"),
        ("value set", "sleeping-pills"),
        ("OMEQ", "table"),
    }


def test_the_matrix_holds_everybody_and_agrees_with_the_counts(step: Difference) -> None:
    behaviour = step.behaviour
    assert sum(sum(row) for row in behaviour.level.counts) == behaviour.cohort.size == PEOPLE
    assert 0 < behaviour.level_moved == behaviour.level.moved < PEOPLE
    assert behaviour.level_moved <= behaviour.points_moved
    assert behaviour.share_moved == per_cent(behaviour.level_moved, PEOPLE)
    acute = behaviour.level.states.index("acute")
    assert sum(behaviour.level.counts[acute]) == behaviour.level.counts[acute][acute] > 0


def test_cases_that_come_out_otherwise_are_named_with_level_and_points(step: Difference) -> None:
    moved = {case.case: case for case in step.behaviour.cases}
    case = next(case for case in moved.values() if case.file == "factors/prescribed-dose.cases.yaml")
    assert case.before.points is not None
    assert case.after.points is not None
    assert case.before.points != case.after.points
    assert any(
        (advice.code, advice.before, advice.after) == ("M02", "recommended · days", "recommended · same_day")
        for case in moved.values()
        for advice in case.advice
    )


def test_recommendations_that_vanish_or_change_are_counted(step: Difference) -> None:
    lines = {line.code: line for line in step.behaviour.advice}
    switch, card = lines["M09"], lines["M02"]
    assert switch.vanishes == sum((switch.recommended[0], switch.if_confirmed[0])) > 0
    assert switch.recommended[1] == switch.if_confirmed[1] == 0
    assert card.urgency_changes > 0
    for line in lines.values():
        was, now = (line.recommended[side] + line.if_confirmed[side] for side in (0, 1))
        assert now == was + line.appears - line.vanishes


def test_the_same_two_releases_differ_in_the_same_bytes_every_time(step: Difference, new: Release) -> None:
    assert diff(before(), new, PEOPLE).model_dump_json() == step.model_dump_json()


def test_a_release_differs_from_itself_in_nothing() -> None:
    itself = diff(releases()["0.1.0"], releases()["0.1.0"], 40)
    assert (itself.least, itself.content, itself.because) == ("patch", (), ())
    assert not itself.behaviour.moves_somebody
    assert "Nobody comes out otherwise." in as_markdown(itself)


def test_releases_with_other_vocabularies_can_be_compared() -> None:
    step = diff(releases()["0.1.0"], releases()["0.2.0"], 60)
    assert step.behaviour.level_moved == 0
    assert len(step.behaviour.advice) > 30
    assert all(line.recommended[0] == line.if_confirmed[0] == line.vanishes == 0 for line in step.behaviour.advice)
    assert step.least == "minor"


def test_the_text_tells_what_the_data_tells(step: Difference) -> None:
    text = as_markdown(step)
    assert text.startswith("# 0.3.0 → 0.4.0\n")
    for piece_ in step.content:
        assert piece_.id in text
        assert all(field.words in text for field in piece_.fields)
    assert f"another level: {step.behaviour.level_moved} of {PEOPLE} ({step.behaviour.share_moved} %)" in text
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert len({len(row) for row in rows[: len(rows) // 2]}) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_picture_can_be_read_without_seeing_it(step: Difference, new: Release, language: str) -> None:
    names = state_names(new.content, language)  # type: ignore[arg-type]
    drawn = ET.fromstring(picture(step, names, language))  # type: ignore[arg-type] # noqa: S314 - our own
    ids = {element.get("id"): element for element in drawn.iter() if element.get("id")}
    labelled = [ids[name] for name in (drawn.get("aria-labelledby") or "").split()]
    assert drawn.get("role") == "img"
    assert str(PEOPLE) in (labelled[0].text or "")
    assert labelled[1].text == description(step.behaviour, names, language)  # type: ignore[arg-type]
    ribbons = [element for element in drawn.iter() if element.tag.endswith("path")]
    assert len(ribbons) == sum(bool(count) for row in step.behaviour.level.counts for count in row)
    assert not [element for element in drawn.iter() if {"style", "class", "onload"} & set(element.keys())]


def test_shares_are_text_and_never_nothing_where_there_is_something() -> None:
    shares = [(0, 10_000, "0.00"), (1, 10_000, "0.01"), (1, 3, "33.33"), (2, 3, "66.67"), (1, 1_000_000, "0.01")]
    assert [per_cent(part, whole) for part, whole, _ in shares] == [text for _, _, text in shares]
    assert per_cent(5, 5) == "100.00"


def test_no_number_of_a_difference_is_a_float(step: Difference) -> None:
    def refuse(number: str) -> float:
        raise AssertionError(number)

    json.loads(step.model_dump_json(), parse_float=refuse)


@pytest.mark.soak
def test_the_real_step_on_ten_thousand_people_is_the_same_every_time(tmp_path: Path) -> None:
    first = diff(releases()["0.2.0"], releases()["0.3.0"])
    again = diff(Releases()["0.2.0"], Releases()["0.3.0"])
    assert first.model_dump_json() == again.model_dump_json()
    assert (first.behaviour.cohort.size, first.behaviour.level_moved, first.behaviour.cases) == (10_000, 0, ())
    assert {line.code for line in first.behaviour.advice} == {"M01", "M03", "M05", "M23"}
