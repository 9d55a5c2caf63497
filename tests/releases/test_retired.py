"""Ids and codes keep their meaning: nothing goes without a word, and nothing takes what another had."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from cds.content.factors import Retired
from cds.content.folder import Content, read_content
from cds.diff.pieces import pieces
from cds.release.frozen import RULES
from cds.release.retired import retired_wrongly
from tests.releases.altered import releases


@pytest.fixture(scope="module")
def content() -> Content:
    """The newest release: it has every kind of content."""
    return list(releases())[-1].content


def test_the_draft_gives_nothing_up_without_a_word() -> None:
    assert not list(retired_wrongly(read_content(RULES / "draft"), [release.content for release in releases()]))


def without(content: Content, factor: str) -> Content:
    return replace(content, factors={name: it for name, it in content.factors.items() if name != factor})


def test_a_retired_id_may_come_back_as_it_was_and_as_nothing_else(content: Content) -> None:
    gone = without(content, "early-onset")
    assert not list(retired_wrongly(content, [content, gone]))
    other = content.factors["early-onset"].model_copy(update={"family": "P99"})
    back = replace(content, factors=content.factors | {"early-onset": other})
    assert list(retired_wrongly(back, [content, gone])) == [
        "factor early-onset: was retired and comes back as something else; choose another id"
    ]
    assert not list(retired_wrongly(back, [content]))


def test_an_id_that_is_given_up_is_said_with_what_takes_its_place(content: Content) -> None:
    def said(id_: str, successor: str) -> list[str]:
        line = Retired(kind="factor", id=id_, why="joined with another", successor=successor)
        return list(retired_wrongly(replace(without(content, "early-onset"), retired=(line,)), [content]))

    assert said("early-onset", "none") == said("early-onset", "long-term-opioid-use") == []
    assert "nothing is called luck" in said("early-onset", "luck")[0]
    assert any("is retired and is still there" in line for line in said("injecting", "none"))
    missing = list(retired_wrongly(without(content, "early-onset"), [content]))
    assert any(line.startswith("factor early-onset: is gone") for line in missing)
    assert any(line.startswith("step early-onset/") for line in missing)


def less(content: Content, kind: str) -> tuple[Content, str]:
    """The content without the first piece of a kind, and that piece's id."""
    id_ = next(name for of, name in pieces(content) if of == kind)
    advice, nav, records = content.advice, content.nav, content.records
    assert advice is not None
    assert nav is not None
    assert records is not None

    def named(lines: Any) -> Any:
        if isinstance(lines, dict):
            return {name: each for name, each in lines.items() if name != id_}
        return tuple(each for each in lines if each.id != id_)

    def part(whole: Any, name: str) -> Any:
        changed = {name: named(getattr(whole, name))}
        return whole.model_copy(update=changed) if hasattr(whole, "model_copy") else replace(whole, **changed)

    made: dict[str, Callable[[], Content]] = {
        "caution": lambda: replace(content, cautions=part(content.cautions, "sentences")),
        "level": lambda: replace(content, levels=part(content.levels, "levels")),
        "phrase": lambda: part(content, "phrases"),
        "source": lambda: part(content, "sources"),
        "resource": lambda: replace(content, advice=part(advice, "resources")),
        "event": lambda: replace(content, advice=part(advice, "events")),
        "checklist": lambda: replace(content, advice=part(advice, "checklist")),
        "question set": lambda: replace(content, advice=part(advice, "question_sets")),
        "NAV advice": lambda: replace(content, nav=part(nav, "items")),
        "NAV contact": lambda: replace(content, nav=part(nav, "contacts")),
        "code system": lambda: replace(content, records=part(records, "systems")),
    }
    return made[kind](), id_


@pytest.mark.parametrize(
    "kind",
    ["caution", "level", "phrase", "source", "resource", "event", "checklist", "question set", "NAV advice",
     "NAV contact", "code system"],
)  # fmt: skip
def test_no_kind_of_content_goes_without_a_word(content: Content, kind: str) -> None:
    fewer, id_ = less(content, kind)
    told = f"{kind} {id_}: is gone, and retired.yaml does not say why and what takes its place"
    assert told in list(retired_wrongly(fewer, [content]))
    line = Retired(kind=kind, id=id_, why="no longer wanted", successor="none")
    assert told not in list(retired_wrongly(replace(fewer, retired=(line,)), [content]))


def recommendations(content: Content, **changed: Any) -> Content:
    """The content with some recommendations in the place of those called so; None takes one away."""
    assert content.advice is not None
    named = {name.replace("_", "-"): one for name, one in changed.items()}
    every = {name: one for name, one in (content.advice.recommendations | named).items() if one is not None}
    return replace(content, advice=replace(content.advice, recommendations=every))


def test_a_code_passes_to_nothing_new(content: Content) -> None:
    """Neither in the step in which it is given up, nor ever after."""
    assert content.advice is not None
    switch = content.advice.recommendations["switch"]
    other = switch.model_copy(update={"id": "something-new"})
    line = Retired(kind="recommendation", id="switch", why="no longer wanted", successor="none")
    given_up = replace(recommendations(content, switch=None), retired=(line,))
    assert not list(retired_wrongly(given_up, [content]))
    told = f"recommendation something-new: {switch.code} is the code of switch; choose another"
    at_once = recommendations(given_up, something_new=other)
    later = recommendations(replace(given_up, retired=()), something_new=other)
    assert list(retired_wrongly(at_once, [content])) == [told]
    assert list(retired_wrongly(later, [content, given_up])) == [told]
    free = recommendations(content, something_new=other.model_copy(update={"code": "M99"}))
    assert not list(retired_wrongly(free, [content]))


def test_codes_do_not_change_places(content: Content) -> None:
    assert content.advice is not None
    one = content.advice.recommendations["switch"]
    other = next(it for it in content.advice.recommendations.values() if it.code == "M08")
    swapped = recommendations(
        content,
        switch=one.model_copy(update={"code": other.code}),
        **{other.id.replace("-", "_"): other.model_copy(update={"code": one.code})},
    )
    assert sorted(retired_wrongly(swapped, [content])) == [
        f"recommendation switch: M08 is the code of {other.id}; choose another",
        f"recommendation {other.id}: M09 is the code of switch; choose another",
    ]


def test_an_older_code_of_a_factor_is_kept_too(content: Content) -> None:
    one, other = content.factors["injecting"], content.factors["nutrition"]
    taken = other.model_copy(update={"also": (*other.also, one.also[0])})
    changed = replace(content, factors=content.factors | {"nutrition": taken})
    assert list(retired_wrongly(changed, [content])) == [
        f"factor nutrition: {one.also[0]} is the code of injecting; choose another"
    ]
