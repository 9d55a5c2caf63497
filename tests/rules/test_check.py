"""What a rule author is told: every error of the draft in one run, each with its file and line."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from cds.check.draft import check
from cds.release.frozen import RULES


@dataclass(frozen=True)
class Error:
    """One error put into a file: what `old` (an expression) becomes, and what the author must read where."""

    file: str
    old: str
    new: str
    told: str
    line: int = 0
    """Lines below the first that was changed."""

    def put_into(self, draft: Path) -> str:
        """Make the error; returns the `file:line:` at which it must be reported."""
        path = draft / self.file
        text = path.read_text(encoding="utf-8")
        found = re.search(self.old, text, re.MULTILINE)
        assert found is not None, f"{self.file} no longer holds {self.old}"
        path.write_text(text[: found.start()] + found.expand(self.new) + text[found.end() :], encoding="utf-8")
        return f"{path}:{text.count(chr(10), 0, found.start()) + 1 + self.line}:"


FACTORS = "factors/"
TOGETHER = {
    "an unknown key": Error(FACTORS + "early-onset.yaml", r"^code: .*", r"\g<0>\ncolour: red", "colour", 1),
    "a key given twice": Error(FACTORS + "nutrition.yaml", r"^family: .*", r"\g<0>\n\g<0>", "given twice", 1),
    "a missing language": Error(FACTORS + "injecting.yaml", r"^  nn: .*", "", "title.nn", -2),
    "points above all measure": Error(
        FACTORS + "mental-disorder.yaml", r"points: \d+", "points: 99", "less than or equal"
    ),
    "no points": Error(FACTORS + "methadone-start.yaml", r"points: \d+", "points: 0", "greater than or equal"),
    "a float": Error(FACTORS + "dose-reduction.yaml", r"points: \d+", "points: 1.5", "quotes"),
    "an anchor": Error("questions.yaml", r"order: 1$", "order: &first 1", "anchors and aliases"),
    "broken brackets": Error(
        FACTORS + "long-term-opioid-use.yaml", r"^requires: .*|^combine: .*", "combine: [highest", "", 1
    ),
    "an unknown statement": Error(FACTORS + "suicidal-signs.yaml", r"statement: OS-R07", "statement: OS-R99", "OS-R99"),
    "another document's statement": Error(
        FACTORS + "suicidal-signs.yaml", r"statement: OS-K40", "statement: HD-04", "hdir-2017"
    ),
    "an unknown source": Error(
        FACTORS + "suicidal-signs.yaml", r"source: fagradet-2021", "source: nobody-1999", "nobody-1999"
    ),
    "an unknown rule": Error(FACTORS + "bodily-illness.yaml", r"rule: exposed", "rule: exposde", "exposde"),
    "a condition against its direction": Error(
        FACTORS + "social-strain.yaml",
        r"when: {fact: unstable_housing, is: yes}",
        "when: {fact: unstable_housing, is: no}",
        "direction",
    ),
    "a fact nobody can send": Error(
        "definitions.yaml", r"fact: opioid_use_ever", "fact: opiod_use_ever", "opiod_use_ever", -2
    ),
    "a word that does not respect people": Error("phrases.yaml", r"^  en: .*", "  en: For the addict", "respect"),
    "advice to stop abruptly": Error("acute.yaml", r"- Ring 113 first\..*", "- Stop abruptly", "stop abruptly"),
    "advice to stop a medicine abruptly": Error(
        "definitions.yaml", r"en: Uses opioids now.*", "en: Stop the opioids abruptly", "stop abruptly"
    ),
    "advice beside a not": Error(
        "definitions.yaml", r"en: Has a current.*", "en: This is not dangerous. Stop immediately", "stop abruptly"
    ),
    "nynorsk that is bokmål": Error(
        "definitions.yaml", r"^( +)nb: (.*)\n +nn: .*", r"\1nb: \2\n\1nn: \2", "same as bokmål", -1
    ),
}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, str], list[str]]:
    """Where each error was put, and everything one run told about a draft that holds them all."""
    draft = copied(tmp_path_factory.mktemp("rules"))
    placed = {name: error.put_into(draft) for name, error in TOGETHER.items()}
    return placed, check(draft)


def copied(folder: Path) -> Path:
    """A draft to make mistakes in."""
    return Path(shutil.copytree(RULES / "draft", folder / "draft"))


def said_at(place: str, told: str, problems: list[str]) -> bool:
    return any(problem.startswith(place) and told in problem for problem in problems)


def test_the_draft_is_in_order(tmp_path: Path) -> None:
    assert check(copied(tmp_path)) == []


@pytest.mark.parametrize("name", TOGETHER)
def test_an_error_among_many_is_told_with_its_file_and_line(run: tuple[dict[str, str], list[str]], name: str) -> None:
    placed, problems = run
    assert said_at(placed[name], TOGETHER[name].told, problems), "\n".join([placed[name], *problems])


def test_every_problem_begins_with_a_file_and_a_line(run: tuple[dict[str, str], list[str]]) -> None:
    _, problems = run
    assert len(problems) >= len(TOGETHER)
    assert [problem for problem in problems if not re.match(r".+\.yaml:\d+: \S", problem)] == []


def test_a_case_that_comes_out_otherwise_is_told_at_its_line(tmp_path: Path) -> None:
    draft = copied(tmp_path)
    wrong = Error(FACTORS + "injecting.cases.yaml", r"points: \[2, 2\]", "points: [1, 2]", "came out present (2, 2)")
    place = wrong.put_into(draft)
    (problem,) = check(draft)
    assert wrong.told in problem
    file, _, line = place.rstrip(":").rpartition(":")
    assert problem.startswith(f"{file}:")
    lines = Path(file).read_text(encoding="utf-8").splitlines()[: int(line)]
    begins = max(number for number, text in enumerate(lines, 1) if text.startswith("- case:"))
    assert 1 < begins <= int(problem.removeprefix(f"{file}:").split(":")[0]) <= int(line)


def test_a_file_that_cannot_be_read_hides_no_error_of_another(tmp_path: Path) -> None:
    errors = (
        Error("facts.yaml", r"direction: yes", "direction: perhaps", "'closer'"),
        Error("recommendations/switch.yaml", r"^(code: .*)", r"\1\ncolour: red", "colour", 1),
        Error("records.yaml", r"\A", "colour: red\n", "colour"),
        Error("nav-advice.yaml", r"\A", "colour: red\n", "colour"),
    )
    draft = copied(tmp_path)
    placed = [(error.put_into(draft), error.told) for error in errors]
    problems = check(draft)
    assert [place for place, told in placed if not said_at(place, told, problems)] == []


def test_a_misread_case_is_told_beside_other_errors(tmp_path: Path) -> None:
    draft = copied(tmp_path)
    misread = Error(FACTORS + "injecting.cases.yaml", r"outcome: absent", "outcome: gone", "'unknown'")
    place = misread.put_into(draft)
    Error("phrases.yaml", r"^  en: .*", "  en: For the addict", "respect").put_into(draft)
    problems = check(draft)
    assert said_at(place, misread.told, problems)
    assert len(problems) == 2


def test_a_rule_without_an_unknown_case_is_told(tmp_path: Path) -> None:
    draft = copied(tmp_path)
    path = draft / "factors" / "early-onset.cases.yaml"
    cases = re.split(r"(?m)^(?=- case:)", path.read_text(encoding="utf-8"))
    path.write_text("".join(case for case in cases if "outcome: unknown" not in case), encoding="utf-8")
    (problem,) = check(draft)
    assert problem.startswith(f"{path}:1:")
    assert "no case is unknown" in problem


def test_a_rule_without_cases_is_told(tmp_path: Path) -> None:
    draft = copied(tmp_path)
    (draft / "factors" / "early-onset.cases.yaml").unlink()
    problems = check(draft)
    assert problems
    assert all("early-onset.cases.yaml:1:" in problem for problem in problems)


def test_rules_that_refer_to_each_other_in_a_circle_are_told_with_file_and_line(tmp_path: Path) -> None:
    draft = copied(tmp_path)
    Error(
        "definitions.yaml",
        r"(?s)^opioid-history:(.*?)\n  when:\n    any:\n",
        r"opioid-history:\1\n  when:\n    any:\n      - {rule: opioids-now}\n",
        "",
    ).put_into(draft)
    Error(
        "definitions.yaml",
        r"(?s)^opioids-now:(.*?)\n  when:\n    any:\n",
        r"opioids-now:\1\n  when:\n    any:\n      - {rule: opioid-history}\n",
        "",
    ).put_into(draft)
    problems = check(draft)
    assert any("refers to itself" in problem for problem in problems)
    assert all(re.match(r".+definitions\.yaml:\d+: ", problem) for problem in problems), problems


def test_an_id_that_is_not_the_name_of_its_file_is_told(tmp_path: Path) -> None:
    draft = copied(tmp_path)
    place = Error(FACTORS + "early-onset.yaml", r"^id: ", "id: very-", "").put_into(draft)
    assert said_at(place, "differs from the file's name", check(draft))


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    draft = copied(tmp_path)
    (draft / "cautions.yaml").unlink()
    assert any(problem.startswith(f"{draft / 'cautions.yaml'}:1:") for problem in check(draft))
