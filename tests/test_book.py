"""The generated books: nobody keeps them by hand, and nothing that a source says gets lost on the way."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from cds.book.markdown import slug
from cds.book.one_item import explained
from cds.book.rule_book import books, rule_book
from cds.book.traceability import EVIDENCE_ONLY, UNACCOUNTED, reached_how, traceability, unaccounted, uses
from cds.book.words import COMPUTED, Words
from cds.cli import main
from cds.content.conditions import DERIVED
from cds.content.folder import Advice, Content, read_content
from cds.release.frozen import RULES

DRAFT = RULES / "draft"
STATEMENTS = 193


@pytest.fixture(scope="module")
def content() -> Content:
    return read_content(DRAFT)


@pytest.fixture(scope="module")
def advice(content) -> Advice:
    assert content.advice is not None
    return content.advice


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return books(DRAFT, "the draft rules")


@pytest.fixture(params=["as it stands", "without advice"])
def either(request, content) -> Content:
    """The draft, and what a release from before recommendations held."""
    return content if request.param == "as it stands" else dataclasses.replace(content, advice=None)


def sections(page: str, level: int) -> dict[str, str]:
    """The text under each heading of a level, up to the next heading of that level or above."""
    parts = re.split(rf"^(#{{2,{level}}}) (.+)$", page, flags=re.MULTILINE)
    return {
        heading: text
        for marks, heading, text in zip(parts[1::3], parts[2::3], parts[3::3], strict=True)
        if len(marks) == level
    }


def test_the_same_rules_always_make_the_same_books(pages):
    assert books(DRAFT, "the draft rules") == pages


def test_the_table_names_every_statement_once(pages, content):
    assert len(content.statements) == STATEMENTS
    rows = re.findall(r"^\| ([A-Z]{2}-[A-Z0-9-]+) \|", pages["traceability.md"], flags=re.MULTILINE)
    assert sorted(rows) == sorted(content.statements)


@pytest.mark.usefixtures("advice")
def test_every_statement_is_used_or_says_why_it_is_evidence_only(content):
    assert unaccounted(content) == []


def test_what_the_content_lost_is_named(content):
    without = dataclasses.replace(content, advice=None)
    missing = unaccounted(without)
    only_in_advice = {"OS-T06-R1", "OS-T09-R1"}
    assert only_in_advice <= set(missing)
    assert all(name in traceability(without) for name in missing)
    assert all(content.statements[name].evidence_only is None for name in missing)


def test_references_are_found_in_every_kind_of_content_that_makes_them(content):
    kinds = {use.kind for use in uses(content)["OS-R01"]}
    assert {"factors", "facts", "definitions"} <= kinds


def test_the_counts_at_the_top_cover_every_statement(either):
    counts = reached_how(either)
    used = uses(either)
    assert len([name for name in either.statements if name in used]) + counts[EVIDENCE_ONLY] + counts[
        UNACCOUNTED
    ] == len(either.statements)


def test_every_factor_and_every_step_stands_in_the_book_with_a_source(either):
    chapters = sections(rule_book(either, "test"), 3)
    for factor in either.factors.values():
        text = chapters[f"{factor.code} {factor.title.en}"]
        assert "**Evidence for the factor:**" in text
        for rule, tier in factor.tiers:
            assert f"`{rule}`" in text
            assert all(f"[{item.source}](#{slug(item.source)})" in text for item in (*tier.evidence, *factor.evidence))


def test_every_recommendation_stands_in_the_book_with_its_sources_and_must_nots(content, advice):
    chapters = sections(rule_book(content, "test"), 3)
    for recommendation in advice.recommendations.values():
        text = chapters[f"{recommendation.code} {recommendation.title.en}"]
        assert all(f"· {name}" in text or name in text for name in recommendation.statements)
        assert all(f"[{item.source}](#{slug(item.source)})" in text for item in recommendation.evidence)
        assert recommendation.because.nb in text
        for must_not in advice.must_not:
            assert (must_not.text.en in text) == (must_not.recommendation == recommendation.code)


def test_every_link_in_the_books_leads_to_a_heading(pages):
    for page in pages.values():
        addresses = {slug(heading) for heading in re.findall(r"^#+ (.+)$", page, flags=re.MULTILINE)}
        assert set(re.findall(r"\]\(#([^)]+)\)", page)) <= addresses


def test_the_words_of_a_condition_say_what_it_compares(content):
    words = Words(content)
    tiers = dict(content.factors["mixing-depressants"].tiers)
    sentence = words.sentence(tiers["mixing-depressants/benzodiazepine"].when)
    assert sentence == f"“{content.definitions['with-opioids'].text.en}”, and Use of benzodiazepines: yes"


def test_every_computed_fact_has_words():
    assert COMPUTED.keys() == DERIVED.keys()


def test_the_command_writes_what_the_rules_say_and_notices_a_stale_page(tmp_path, monkeypatch, capsys, pages, content):
    monkeypatch.chdir(tmp_path)
    assert main(["book"]) == 0
    for name, text in pages.items():
        assert Path("docs", name).read_text(encoding="utf-8") == text
    accounted = not unaccounted(content)
    capsys.readouterr()
    assert main(["book", "--check"]) == (0 if accounted else 1)
    assert ".md" not in capsys.readouterr().err
    Path("docs", "rule-book.md").write_text("old", encoding="utf-8")
    assert main(["book", "--check"]) == 1
    assert "docs/rule-book.md is stale" in capsys.readouterr().err


@pytest.mark.parametrize("code", ["M05", "naloxone-first-issue", "m05"])
def test_a_recommendation_is_explained_by_code_and_by_id(content, advice, code):
    text = explained(content, code, "en")
    assert text is not None
    recommendation = advice.recommendations["naloxone-first-issue"]
    assert recommendation.wording(oslo=False).patient.en in text
    assert "Recommended when:" in text
    assert "N-M05" in text
    assert "OS-T06-R1" in text
