"""GET /v1/question-sets: whole conversations, each question with the facts its answer fills."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel

from cds.api.events import advice_of
from cds.api.problems import Problem
from cds.api.service import Service
from cds.content.advice import Cadence, QuestionSet, SetQuestion
from cds.content.conditions import SHAPES
from cds.content.factors import ItemField
from cds.content.folder import Content
from cds.content.texts import Evidence, Source, Text
from cds.openapi import problems
from cds.places import in_words_of
from cds.release.frozen import Release


class FactToFill(BaseModel):
    """A fact that an answer can fill: its name and shape in POST /v1/assessments, and the question of its own."""

    name: str
    shape: str
    question: Text
    values: dict[str, Text]
    items: dict[str, ItemField]


class Asked(BaseModel):
    """One question. What the answer to an open one fills, if anything, is for the professional to judge."""

    id: str
    code: str
    text: Text
    open: bool
    fills: list[FactToFill]
    statements: list[str]


class SetDescription(BaseModel):
    """A conversation: how it begins, what is asked, how often it is held and what must be written down."""

    id: str
    title: Text
    intro: Text
    cadence: Cadence
    documentation: Text
    questions: list[Asked]
    evidence: list[Evidence]


class QuestionSets(BaseModel):
    """All conversations under one release, in all languages."""

    release: str
    digest: str
    question_sets: list[SetDescription]
    sources: dict[str, Source]


class OneQuestionSet(BaseModel):
    """One conversation under one release, in all languages."""

    release: str
    digest: str
    question_set: SetDescription
    sources: dict[str, Source]


def router(service: Service) -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/v1", tags=["question sets"])

    @routes.get(
        "/question-sets",
        summary="All conversations",
        operation_id="question_sets",
        response_model_exclude_none=True,
        responses=problems({404: "No release of that version, or it has no question sets"}),
    )
    async def question_sets(release: str | None = None) -> QuestionSets:
        """Whole conversations in nb, nn and en; the answers go to POST /v1/assessments as the facts named here."""
        chosen = service.release(release)
        sets = _sets(chosen)
        return QuestionSets(
            release=chosen.version,
            digest=chosen.digest,
            question_sets=[_described(one, chosen.content) for one in sets],
            sources=_sources(sets, chosen.content),
        )

    @routes.get(
        "/question-sets/{set_id}",
        summary="One conversation",
        operation_id="question_set",
        response_model_exclude_none=True,
        responses=problems({404: "No such question set, or no release of that version"}),
    )
    async def question_set(set_id: str, release: str | None = None) -> OneQuestionSet:
        """One whole conversation in nb, nn and en; the answers go to POST /v1/assessments as the facts named here."""
        chosen = service.release(release)
        found = next((one for one in _sets(chosen) if one.id == set_id), None)
        if found is None:
            raise Problem(404, "unknown-question-set", "There is no question set of that name")
        return OneQuestionSet(
            release=chosen.version,
            digest=chosen.digest,
            question_set=_described(found, chosen.content),
            sources=_sources((found,), chosen.content),
        )

    return routes


def _sets(release: Release) -> tuple[QuestionSet, ...]:
    return in_words_of("either", advice_of(release).question_sets, release.content.phrases)


def _described(one: QuestionSet, content: Content) -> SetDescription:
    return SetDescription(
        id=one.id,
        title=one.title,
        intro=one.intro,
        cadence=one.cadence,
        documentation=one.documentation,
        questions=[_asked(question, content) for question in one.questions],
        evidence=list(one.evidence),
    )


def _asked(question: SetQuestion, content: Content) -> Asked:
    return Asked(
        id=question.id,
        code=question.code,
        text=question.text,
        open=question.open,
        fills=[_fact(name, content) for name in question.answers],
        statements=list(question.statements),
    )


def _fact(name: str, content: Content) -> FactToFill:
    """The shapes are named as in GET /v1/facts."""
    fact = content.facts.facts[name]
    shape = "list" if fact.items else {"days": "dated"}.get(SHAPES[name], SHAPES[name])
    return FactToFill(name=name, shape=shape, question=fact.question, values=fact.values, items=fact.items)


def _sources(sets: tuple[QuestionSet, ...], content: Content) -> dict[str, Source]:
    names = {item.source for one in sets for item in one.evidence}
    return {name: content.sources[name] for name in sorted(names)}
