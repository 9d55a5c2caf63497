"""A release is frozen once: every later difference is refused at start-up, and names the file."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cds.errors import ContentError, NoReleaseInForce, ReleaseAltered, UnknownRelease
from cds.release.freeze import freeze
from cds.release.frozen import RULES, Releases
from tests.frozen import FIRST_DAY, IN_FORCE, NEXT, NEXT_DAY, copy_draft, freeze_next, frozen_releases, service_over

LOCK = "releases.lock.json"


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two releases that no test alters."""
    return frozen_releases(tmp_path_factory.mktemp("pristine"))


@pytest.fixture
def rules(pristine: Path, tmp_path: Path) -> Path:
    """Two releases to alter."""
    return Path(shutil.copytree(pristine, tmp_path / "rules"))


def lock(rules: Path) -> list[dict[str, Any]]:
    """The lines of the lock file."""
    lines: list[dict[str, Any]] = json.loads((rules / LOCK).read_text(encoding="utf-8"))
    return lines


def write_lock(rules: Path, lines: list[dict[str, Any]]) -> None:
    (rules / LOCK).write_text(json.dumps(lines), encoding="utf-8")


def refused(rules: Path, file: Path) -> None:
    """The service does not start, and says which file is not as frozen."""
    with pytest.raises(ReleaseAltered) as altered:
        service_over(rules)
    assert Path(altered.value.file) == file


def test_sha256sum_verifies_a_release_with_none_of_our_code(pristine: Path) -> None:
    for version in (IN_FORCE, NEXT):
        folder = pristine / "releases" / version
        named = {line.split("  ", 1)[1] for line in (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()}
        files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
        assert named == files - {"SHA256SUMS"}
        if shutil.which("sha256sum"):
            subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=folder, check=True)


def test_each_line_of_the_lock_seals_itself_and_the_line_before(pristine: Path) -> None:
    first, second = lock(pristine)
    for line in (first, second):
        frozen = (pristine / "releases" / line["version"] / "SHA256SUMS").read_bytes()
        assert line["digest"] == f"sha256:{hashlib.sha256(frozen).hexdigest()}"
    assert (first["previous"], second["previous"]) == (None, first["seal"])
    assert [line["in_force_from"] for line in (first, second)] == [FIRST_DAY.isoformat(), NEXT_DAY.isoformat()]


def test_a_release_holds_everything_the_draft_held(pristine: Path) -> None:
    draft = {path.relative_to(pristine / "draft") for path in (pristine / "draft").rglob("*") if path.is_file()}
    folder = pristine / "releases" / NEXT
    added = {Path("SHA256SUMS"), Path("IMPACT.json"), Path("IMPACT.md")}
    assert {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()} == draft | added


@pytest.mark.parametrize("version", [IN_FORCE, NEXT])
@pytest.mark.parametrize("file", ["facts.yaml", "factors/injecting.yaml", "CHANGES.md", "factors/injecting.cases.yaml"])
def test_one_altered_byte_is_refused_in_every_release(rules: Path, version: str, file: str) -> None:
    path = rules / "releases" / version / file
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    refused(rules, path)


def test_every_file_of_a_release_is_guarded(rules: Path) -> None:
    folder = rules / "releases" / IN_FORCE
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        path.write_bytes(content + b"\n")
        with pytest.raises(ReleaseAltered) as altered:
            Releases(rules)
        assert Path(altered.value.file) == path
        path.write_bytes(content)
    assert Releases(rules)[IN_FORCE]


def test_a_file_that_was_added_is_refused(rules: Path) -> None:
    path = rules / "releases" / IN_FORCE / "factors" / "luck.yaml"
    path.write_text("id: luck\n", encoding="utf-8")
    refused(rules, path)


def test_a_file_that_is_gone_is_refused(rules: Path) -> None:
    path = rules / "releases" / IN_FORCE / "acute.yaml"
    path.unlink()
    refused(rules, path)


def test_a_file_with_another_name_is_refused(rules: Path) -> None:
    path = rules / "releases" / IN_FORCE / "acute.yaml"
    path.rename(path.with_name("calm.yaml"))
    refused(rules, path)


def test_sums_written_to_fit_an_altered_file_are_refused(rules: Path) -> None:
    folder = rules / "releases" / IN_FORCE
    path, sums = folder / "facts.yaml", folder / "SHA256SUMS"
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    path.write_bytes(path.read_bytes() + b"# harmless\n")
    after = hashlib.sha256(path.read_bytes()).hexdigest()
    sums.write_text(sums.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")
    refused(rules, sums)


def test_a_release_without_its_sums_or_its_folder_is_refused(rules: Path) -> None:
    folder = rules / "releases" / NEXT
    (folder / "SHA256SUMS").unlink()
    refused(rules, folder / "SHA256SUMS")
    shutil.rmtree(folder)
    refused(rules, folder / "SHA256SUMS")


def test_a_lock_without_any_release_folder_is_refused(rules: Path) -> None:
    shutil.rmtree(rules / "releases")
    with pytest.raises(ReleaseAltered):
        Releases(rules)


def test_a_release_with_another_name_is_refused(rules: Path) -> None:
    (rules / "releases" / NEXT).rename(rules / "releases" / "0.3.0")
    refused(rules, rules / "releases" / "0.3.0")


def test_a_folder_that_stands_in_no_line_is_refused(rules: Path) -> None:
    stray = rules / "releases" / "9.9.9"
    shutil.copytree(rules / "releases" / IN_FORCE, stray)
    refused(rules, stray)


def test_approvals_beside_a_release_are_no_release(rules: Path) -> None:
    (rules / "releases" / f"{IN_FORCE}.approvals").mkdir()
    assert Releases(rules)[IN_FORCE]


@pytest.mark.parametrize("previous", [None, "sha256:" + "0" * 64])
def test_a_broken_chain_is_refused(rules: Path, previous: str | None) -> None:
    first, second = lock(rules)
    write_lock(rules, [first, {**second, "previous": previous}])
    refused(rules, rules / LOCK)


def test_a_chain_without_its_beginning_or_in_another_order_is_refused(rules: Path) -> None:
    first, second = lock(rules)
    write_lock(rules, [second, first])
    refused(rules, rules / LOCK)
    shutil.rmtree(rules / "releases" / IN_FORCE)
    write_lock(rules, [second])
    refused(rules, rules / LOCK)


@pytest.mark.parametrize("text", ["", "[", "[{}]", "[1]", '[{"version": "0.1.0"}]', '[{"in_force_from": "soon"}]'])
def test_a_lock_that_cannot_be_read_is_refused(rules: Path, text: str) -> None:
    (rules / LOCK).write_text(text, encoding="utf-8")
    refused(rules, rules / LOCK)


@pytest.mark.parametrize(
    ("version", "day", "told"),
    [
        (NEXT, NEXT_DAY, "never frozen again"),
        (IN_FORCE, NEXT_DAY, "never frozen again"),
        ("0.1.9", NEXT_DAY, "does not follow"),
        ("0.3.0", FIRST_DAY, "in force before"),
        ("0.3.0", NEXT_DAY, "no heading"),
        ("0.3", NEXT_DAY, "three numbers"),
        ("0.03.0", NEXT_DAY, "three numbers"),
        ("0.3.0-beta", NEXT_DAY, "three numbers"),
        ("../0.3.0", NEXT_DAY, "three numbers"),
    ],
)
def test_what_does_not_follow_is_not_frozen(rules: Path, version: str, day: date, told: str) -> None:
    before = (rules / LOCK).read_bytes()
    with pytest.raises(ContentError, match=told):
        freeze(version, day, rules=rules)
    assert (rules / LOCK).read_bytes() == before
    assert [release.version for release in Releases(rules)] == [IN_FORCE, NEXT]


def test_versions_follow_by_number_and_not_by_letter(rules: Path) -> None:
    freeze_next(rules, "0.10.0", NEXT_DAY)
    assert Releases(rules).in_force(NEXT_DAY).version == "0.10.0"


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("factors/injecting.yaml", "code: P2", "code: P2\ncolour: red"),
        ("factors/injecting.yaml", "code: P2", "code: P3"),
        ("factors/injecting.yaml", "OS-R01", "OS-R99"),
        ("factors/injecting.cases.yaml", "points: [4, 4]", "points: [3, 3]"),
        ("definitions.yaml", "en: Uses opioids now", "en: An addict uses opioids now"),
    ],
    ids=["a key nobody knows", "a code given twice", "no such statement", "a case that fails", "a disrespectful word"],
)
def test_a_draft_with_an_error_is_not_frozen(tmp_path: Path, file: str, old: str, new: str) -> None:
    rules = copy_draft(tmp_path)
    path = rules / "draft" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ContentError):
        freeze_next(rules)
    assert not (rules / LOCK).exists()
    assert not (rules / "releases").exists()


def test_the_day_decides_which_release_is_in_force(pristine: Path) -> None:
    releases = Releases(pristine)
    days = {date(2026, 11, 1): IN_FORCE, date(2026, 11, 30): IN_FORCE, date(2026, 12, 1): NEXT, date(2099, 1, 1): NEXT}
    assert {day: releases.in_force(day).version for day in days} == days
    with pytest.raises(NoReleaseInForce):
        releases.in_force(date(2026, 10, 31))
    with pytest.raises(UnknownRelease):
        releases["0.1.1"]


def test_editing_the_draft_changes_no_release(rules: Path) -> None:
    (rules / "draft" / "facts.yaml").write_text("nothing", encoding="utf-8")
    assert Releases(rules)[IN_FORCE].content.facts.facts


def test_the_releases_of_this_checkout_are_as_frozen() -> None:
    """Computed here and not by the service's own code, so that one mistake cannot hide another."""
    folders = {path.name for path in (RULES / "releases").glob("*") if path.is_dir() and path.suffix != ".approvals"}
    lines = lock(RULES) if (RULES / LOCK).exists() else []
    assert folders == {line["version"] for line in lines}
    previous = None
    for line in lines:
        folder = RULES / "releases" / line["version"]
        sums = (folder / "SHA256SUMS").read_bytes()
        assert line["digest"] == f"sha256:{hashlib.sha256(sums).hexdigest()}"
        assert line["previous"] == previous
        previous = line["seal"]
        for digest, file in (text.split("  ", 1) for text in sums.decode().splitlines()):
            assert hashlib.sha256((folder / file).read_bytes()).hexdigest() == digest, f"{folder / file}"
    assert [release.version for release in Releases()] == [line["version"] for line in lines]
