"""A release promises by its number how much it changes; one that promises too little is not frozen."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from cds.content.folder import Content, try_read
from cds.diff import diff
from cds.diff.content import compare
from cds.diff.shapes import WEIGHTS, Difference, Weight
from cds.errors import ContentError, ReleaseAltered
from cds.release.approvals import frozen_by
from cds.release.freeze import freeze, refuse_too_small, step
from cds.release.frozen import Releases, unfrozen
from cds.signing import SigningKey
from tests.frozen import FEW, NEXT_DAY, freeze_next, heading, one_release
from tests.releases.altered import before, edit, releases

PATCH, MINOR = "0.1.1", "0.2.0"


@pytest.fixture
def rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One release and its draft, which is read and not checked anew: what a check finds is tested in tests/rules."""
    monkeypatch.setattr("cds.release.freeze.read_and_check", try_read)
    return one_release(tmp_path / "rules")


def refused(rules: Path, version: str, *told: str) -> None:
    """Nothing is frozen, nothing is left behind, and all of this is told."""
    left = {path for path in rules.rglob("*") if path.is_file()}
    with pytest.raises(ContentError) as error:
        freeze_next(rules, version, NEXT_DAY)
    assert {path for path in rules.rglob("*") if path.is_file()} == left
    assert [release.version for release in Releases(rules)] == ["0.1.0"]
    for words in told:
        assert words in str(error.value)


def test_a_patch_that_changes_a_text_or_moves_an_outcome_is_refused_and_both_are_named(rules: Path) -> None:
    edits = {
        "factors/injecting.yaml": (("title:\n  nb: ", "title:\n  nb: Fare ved "),),
        "levels.yaml": (("{fact: opioid_overdose, within_days: 2}", "{fact: opioid_overdose, within_days: 300}"),),
    }
    edit(rules / "draft", edits)
    told = ("factor P2 injecting: title, nb: ", "2 days ago → 300 days", "people have another level")
    refused(rules, PATCH, "0.1.1: a patch after 0.1.0, and this needs a minor", *told)


def test_a_patch_that_moves_somebody_is_refused_though_no_content_tells_why(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the comparison of contents overlooks shows in the people it moves."""
    moved = Difference.model_validate(releases()["0.5.0"].impact).behaviour
    assert moved.moves_somebody
    monkeypatch.setattr("cds.diff.behave", lambda *_: moved)
    same = unfrozen("0.3.1", NEXT_DAY, before().folder, before().content)
    difference = diff(before(), same, FEW)
    assert (difference.content, difference.least) == ((), "minor")
    with pytest.raises(ContentError, match=r"0\.3\.1: a patch after 0\.3\.0, and this needs a minor"):
        refuse_too_small(difference)


def test_a_minor_that_moves_the_boundary_of_a_level_is_refused() -> None:
    content = before().content
    *lower, highest = content.levels.levels
    raised = content.levels.model_copy(update={"levels": (*lower, highest.model_copy(update={"from_points": 11}))})
    release = unfrozen("0.4.0", NEXT_DAY, before().folder, replace(content, levels=raised))
    difference = diff(before(), release, FEW)
    with pytest.raises(ContentError) as error:
        refuse_too_small(difference)
    assert "0.4.0: a minor after 0.3.0, and this needs a major" in str(error.value)
    assert "level very_high: from points: 10 → 11" in str(error.value)


def test_a_patch_may_correct_where_a_claim_comes_from(rules: Path) -> None:
    edit(rules / "draft", {"factors/prescribed-dose.yaml": (("summary of the results", "summary, results"),)})
    release = freeze_next(rules, PATCH, NEXT_DAY)
    assert release.version == PATCH
    impact = json.loads((release.folder / "IMPACT.json").read_text(encoding="utf-8"))
    assert (impact["least"], impact["old"]["version"], impact["new"]["digest"]) == ("patch", "0.1.0", None)
    assert [(piece["kind"], piece["id"]) for piece in impact["content"]] == [("factor", "prescribed-dose")]
    assert impact["behaviour"]["cohort"]["size"] == FEW
    assert "Nobody comes out otherwise." in (release.folder / "IMPACT.md").read_text(encoding="utf-8")
    sums = (release.folder / "SHA256SUMS").read_text(encoding="utf-8")
    assert "  IMPACT.json\n" in sums
    assert "  IMPACT.md\n" in sums
    assert (release.changes, release.impact) == ("A release made by a test.", impact)
    first = Releases(rules)["0.1.0"]
    assert (first.in_force_until, release.in_force_until) == (NEXT_DAY, None)


def test_an_id_that_goes_without_a_word_is_refused_and_one_retired_is_not_reused(rules: Path) -> None:
    (rules / "draft" / "value-sets" / "z-hypnotic.yaml").rename(rules / "draft" / "value-sets" / "sleeping-pills.yaml")
    edit(rules / "draft", {"value-sets/sleeping-pills.yaml": (("id: z-hypnotic", "id: sleeping-pills"),)})
    text = (rules / "draft" / "records.yaml").read_text(encoding="utf-8")
    (rules / "draft" / "records.yaml").write_text(
        text.replace("set: z-hypnotic", "set: sleeping-pills"), encoding="utf-8"
    )
    refused(rules, MINOR, "value set z-hypnotic: is gone, and retired.yaml does not say why")


def test_what_is_frozen_is_what_was_checked(rules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody edits the draft while it is being frozen: that is the next release's. Its author is named with it."""
    injecting = "factors/injecting.yaml"

    def read_while_somebody_edits(folder: Path) -> tuple[Content | None, list[str]]:
        found = try_read(folder)
        edit(rules / "draft", {injecting: (("points: 4", "points: 1"),)})
        return found

    nobody_moved = Difference.model_validate(releases()["0.5.0"].impact).model_copy(update={"least": "patch"})
    monkeypatch.setattr("cds.release.freeze.diff", lambda *_: nobody_moved)  # whom it moves is tested elsewhere
    monkeypatch.setattr("cds.release.freeze.read_and_check", read_while_somebody_edits)
    author = SigningKey.new().public
    heading(rules, PATCH)
    release = freeze(PATCH, NEXT_DAY, rules, author=author, size=FEW)
    before_, after = (Releases(rules)[version].folder / injecting for version in ("0.1.0", PATCH))
    assert after.read_bytes() == before_.read_bytes()
    assert "points: 1" in (rules / "draft" / injecting).read_text(encoding="utf-8")
    assert frozen_by(release) == author.kid
    assert frozen_by(Releases(rules)["0.1.0"]) is None, "as those from before were"


def test_what_is_wrong_is_told_of_the_draft_and_not_of_its_copy(rules: Path) -> None:
    edit(rules / "draft", {"factors/injecting.yaml": (("points: 4", "points: four"),)})
    with pytest.raises(ContentError) as error:
        freeze_next(rules, MINOR, NEXT_DAY)
    assert str(rules / "draft" / "factors" / "injecting.yaml") in str(error.value)
    assert ".freezing-" not in str(error.value)


def test_files_that_are_no_content_are_not_frozen(rules: Path) -> None:
    (rules / "draft" / ".DS_Store").write_bytes(b"\0")
    (rules / "draft" / "levels.yaml~").write_text("older", encoding="utf-8")
    (rules / "draft" / "factors" / "luck.yml").write_text("id: luck\n", encoding="utf-8")
    refused(rules, MINOR, "luck.yml:1: is no content of a release")
    assert not list(rules.glob(".freezing-*"))


def test_a_freeze_that_broke_off_is_refused_until_somebody_looks(rules: Path) -> None:
    shutil.copytree(rules / "releases" / "0.1.0", rules / "releases" / MINOR)
    with pytest.raises(ReleaseAltered, match="stands in no line"):
        freeze(MINOR, NEXT_DAY, rules=rules, size=FEW)


def test_releases_out_of_order_in_time_are_refused(rules: Path) -> None:
    folder = rules / "releases" / "0.1.1"
    shutil.copytree(rules / "releases" / "0.1.0", folder)
    lock = rules / "releases.lock.json"
    (first,) = json.loads(lock.read_text(encoding="utf-8"))
    second = first | {"version": "0.1.1", "previous": first["seal"], "in_force_from": "2026-10-01"}
    second["seal"] = seal(second)
    lock.write_text(json.dumps([first, second]), encoding="utf-8")
    with pytest.raises(ReleaseAltered, match=r"0\.1\.1 is in force before 0\.1\.0"):
        Releases(rules)


def seal(line: dict[str, str]) -> str:
    text = "\n".join([line["version"], line["digest"], line["in_force_from"], line["previous"]])
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


# ---- what each change weighs -----------------------------------------------------------------------------------------


def weight(content: Content) -> Weight:
    return max((piece.weight for piece in compare(before().content, content)), key=WEIGHTS.index, default="patch")


@pytest.fixture(scope="module")
def content() -> Content:
    return before().content


def test_the_edition_of_a_guideline_is_major_and_that_of_a_code_list_is_not(content: Content) -> None:
    def edition(name: str) -> Content:
        newer = content.sources[name].model_copy(update={"edition": "another"})
        return replace(content, sources=content.sources | {name: newer})

    assert weight(edition("oslo-2023")) == "major"
    assert weight(edition("hdir-icd-10")) == "patch"
    assert weight(edition("dunn-2010")) == "patch"


def test_whom_the_level_is_for_is_major(content: Content) -> None:
    scope = content.levels.scope.model_copy(update={"not_applicable_roles": ("bereaved",)})
    assert weight(replace(content, levels=content.levels.model_copy(update={"scope": scope}))) == "major"


def test_points_advice_codes_and_words_are_minor(content: Content) -> None:
    phrase = content.phrases["only_if"].model_copy(update={"nn": "Noko anna"})
    assert weight(replace(content, phrases=content.phrases | {"only_if": phrase})) == "minor"
    assert content.advice is not None
    fewer = {name: it for name, it in content.advice.recommendations.items() if name != "switch"}
    assert weight(replace(content, advice=replace(content.advice, recommendations=fewer))) == "minor"
    assert weight(replace(content, advice=None)) == "minor"
    assert weight(replace(content, records=None)) == "minor"


def test_an_authors_reason_is_a_patch(content: Content) -> None:
    cap = content.levels.cap.model_copy(update={"why": "another reason"})
    assert weight(replace(content, levels=content.levels.model_copy(update={"cap": cap}))) == "patch"


@pytest.mark.parametrize(
    ("old", "new", "moved"),
    [
        ("0.3.0", "0.3.1", "patch"),
        ("0.3.9", "0.4.0", "minor"),
        ("0.3.0", "1.0.0", "major"),
        ("1.2.3", "2.0.0", "major"),
    ],
)
def test_the_step_of_a_version_is_its_first_number_that_moves(old: str, new: str, moved: Weight) -> None:
    assert step(old, new) == moved


def test_the_real_releases_promised_enough() -> None:
    """Whom they move weighs a minor at most, and each of them is one."""
    for old, new in pairwise(releases()):
        weights = {piece.weight for piece in compare(old.content, new.content)}
        assert WEIGHTS.index(step(old.version, new.version)) >= max(map(WEIGHTS.index, weights))
