"""The words of the auditor's pages: all there, all used, in three languages."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from cds.audit.check import Name, Result
from cds.content.folder import read_content
from cds.diff.pieces import pieces
from cds.release.approvals import BECAUSE
from cds.release.frozen import RULES, Releases
from cds.web.audit_frame import AUDIT_WORDS
from cds.web.words import WORDS
from tests.frozen import TODAY

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "cds/web/templates/audit"


def test_every_word_is_said_in_three_languages_and_every_word_is_used() -> None:
    said = "\n".join(path.read_text(encoding="utf-8") for path in TEMPLATES.glob("*.html"))
    said += "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "cds/web").glob("audit*.py"))
    for name, text in AUDIT_WORDS.items():
        places = {frozenset(re.findall(r"\{\w+\}", each)) for each in (text.nb, text.nn, text.en)}
        assert len(places) == 1, name
        family = name.partition(":")[0] + ":" if ":" in name else name
        used = re.search(rf'["\'.]{re.escape(family)}["\'\s.}}){{]', said)
        assert name in WORDS or used, f"nobody says {name}"


def test_there_is_a_word_for_everything_that_can_be_told(releases: Releases) -> None:
    for content in (releases.in_force(TODAY).content, read_content(RULES / "draft")):
        assert {kind for kind, _ in pieces(content)} <= {name.removeprefix("kind:") for name in AUDIT_WORDS}
    assert {f"fault:{fault}" for fault in BECAUSE} <= AUDIT_WORDS.keys()
    assert {f"tick:{name}" for name in Name.__args__} <= AUDIT_WORDS.keys()
    assert {f"result:{result}" for result in Result.__args__} <= AUDIT_WORDS.keys()
    strings = {
        node.value.removesuffix(": ")
        for file in ("cds/audit/prove.py", "cds/audit/standing.py", "cds/release/approvals.py")
        for node in ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    for family in ("because:", "missing:"):
        told = {name.removeprefix(family) for name in AUDIT_WORDS if name.startswith(family)}
        assert {each.replace("clinical", "").replace("technical", "") for each in told} <= strings | {"a  approval"}
