"""What an author of the advice for NAV is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from cds.check.draft import check
from tests.frozen import copy_draft

CONTENT = {
    "a measure that is none": ("from: [M35]", "from: [M35, M99]", "no recommendation has the code M99"),
    "a measure without a place": ("from: [M27, M28]", "from: [M28]", "M27 gives no advice and does not say why"),
    "a code twice": ("code: N09", "code: N08", "N08 is given twice"),
    "a name twice": ("id: dental-care", "id: meals", "meals is given twice"),
    "two for nothing": ("    from: [M29]\n", "    otherwise: true\n", "exactly one item"),
    "a drug": ('en: "Support in grief"', 'en: "Support after heroin"', "heroin says more than NAV may see"),
    "a level": ('en: "Contact today"', 'en: "High level: contact today"', "level says more than NAV may see"),
    "a code of ours": ('en: "Food and meals"', 'en: "Food and meals, see M21"', "M21 says more than NAV may see"),
    "a diagnosis code": ('nb: "Mat og måltider"', 'nb: "Mat ved F11.2"', "F11.2 says more than NAV may see"),
    "a dose": ('nb: "Støtte i sorg"', 'nb: "Støtte og dose"', "dose says more than NAV may see"),
    "a reason": ('nn: "Støtte i sorg"', 'nn: "Støtte ved sjølvmordsfare"', "sjølvmord says more than NAV may see"),
    "a reason in whom to call": ('nb: "Fastlegen"', 'nb: "Lege for rus"', "rus says more"),
    "a statement that is none": ("statements: [OS-T09-R1, OS-T09-R2]", "statements: [OS-X]", "called OS-X"),
}
SHAPE = {
    "neither from anything nor for nothing": ("    otherwise: true\n", "", "or stands for their absence"),
    "a language missing": (', en: "Support in grief"', "", "en: Field required"),
    "an urgency without a word": ("  days: {nb", "  daze: {nb", "urgencies.daze"),
    "a number that is none": ('phone: "113"', 'phone: "one"', "phone: String should match"),
    "a key misspelt": ("    beside: [M36]", "    besides: [M36]", "besides: Extra inputs"),
}


@pytest.mark.parametrize("wrong", [CONTENT, SHAPE], ids=["content", "shape"])
def test_every_problem_is_told_at_once_with_file_and_line(
    tmp_path: Path, wrong: dict[str, tuple[str, str, str]]
) -> None:
    draft = copy_draft(tmp_path) / "draft"
    file = draft / "nav-advice.yaml"
    text = file.read_text(encoding="utf-8")
    for before, after, _ in wrong.values():
        assert before in text
        text = text.replace(before, after)
    file.write_text(text, encoding="utf-8")
    problems = [problem for problem in check(draft) if "nav-advice.yaml:" in problem]
    for name, (_, _, told) in wrong.items():
        assert any(told in problem for problem in problems), (name, problems)


def test_as_it_stands_nothing_is_wrong(tmp_path: Path) -> None:
    assert check(copy_draft(tmp_path) / "draft") == []
