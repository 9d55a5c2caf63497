"""The chapters of the rule book on what follows from an assessment: recommendations, events, checklist, questions."""

from __future__ import annotations

from collections.abc import Iterable

from cds.book.markdown import link, table
from cds.book.writer import Writer
from cds.content.advice import ChecklistItem, Duty, Event, MustNot, QuestionSet, Recommendation, Wording
from cds.content.folder import Advice
from cds.places import in_words_of


def advice_chapters(page: Writer, advice: Advice) -> None:
    """Recommendations with their must-nots and resources, events, the district checklist and the question sets."""
    page.heading(2, "Recommendations")
    for recommendation in sorted(advice.recommendations.values(), key=lambda each: each.code):
        must_nots = [each for each in advice.must_not if each.recommendation == recommendation.code]
        _recommendation(page, in_words_of("either", recommendation, page.content.phrases), must_nots)
    _resources(page, advice)
    page.heading(2, "Events")
    for event in advice.events:
        _event(page, in_words_of("either", event, page.content.phrases))
    _checklist(page, in_words_of("either", advice.checklist, page.content.phrases))
    page.heading(2, "Question sets")
    for questions in advice.question_sets:
        _question_set(page, in_words_of("either", questions, page.content.phrases))


def _recommendation(page: Writer, recommendation: Recommendation, must_nots: Iterable[MustNot]) -> None:
    page.heading(3, f"{recommendation.code} {recommendation.title.en}")
    page.paragraph(f"*{recommendation.title.nb}.* Recommendation `{recommendation.id}`.")
    page.add(*table(("", ""), _facts_about(recommendation)))
    page.condition("Recommended when", recommendation.when)
    for rule in recommendation.urgency_rules:
        page.condition(f"Urgency {rule.urgency.replace('_', ' ')} when", rule.when)
    for must_not in must_nots:
        _must_not(page, must_not)
    _wordings(page, recommendation)
    page.paragraph("**Because:**")
    page.both(recommendation.because)
    for head, text in (("Documentation", recommendation.documentation), ("Consent", recommendation.consent)):
        if text is not None:
            page.paragraph(f"**{head}:**")
            page.both(text)
    if recommendation.resources:
        assert page.content.advice is not None
        named = page.content.advice.resources
        links = (link(named[name].title.en, f"Resource {name}") for name in recommendation.resources)
        page.paragraph(f"**Resources:** {'; '.join(links)}")
    if recommendation.asks:
        page.paragraph(f"**Worth asking:** {page.facts(recommendation.asks)}")
    page.paragraph(f"**Statements:** {', '.join(recommendation.statements)}" + _reaches(recommendation))
    page.evidence(recommendation.evidence)


def _facts_about(recommendation: Recommendation) -> Iterable[tuple[str, str]]:
    yield "Who does it", f"{recommendation.actor.en} ({recommendation.actor.nb})"
    note = f". {recommendation.modality_note.en}" if recommendation.modality_note is not None else ""
    derived = ". Derived: no source sentence says it as a measure" if recommendation.derived else ""
    yield "Modality", f"*{', '.join(recommendation.modality)}*{note}{derived}"
    yield "Urgency", f"{recommendation.urgency.replace('_', ' ')}, unless a rule below says otherwise"
    roles = ", ".join(role.value.replace("_", " ") for role in recommendation.for_roles)
    yield "For", roles or "nobody in particular: it follows an event"
    if recommendation.event:
        yield "After the event", ", ".join(event.replace("_", " ") for event in recommendation.event)
    yield "Area", recommendation.area
    if recommendation.cadence is not None:
        yield "How often", f"{recommendation.cadence.text.en} ({recommendation.cadence.days} days)"


def _reaches(recommendation: Recommendation) -> str:
    return f". Also reaches {', '.join(recommendation.reaches)}" if recommendation.reaches else ""


def _must_not(page: Writer, must_not: MustNot) -> None:
    page.condition(f"Must not be recommended ({must_not.code}) when", must_not.when)
    page.both(must_not.text)
    unknown = "it is still recommended" if must_not.if_unknown == "recommended" else "it is given only if confirmed"
    page.paragraph(f"While this is not known, {unknown}; ask about: {page.facts(must_not.ask)}.")
    page.evidence(must_not.evidence, f"Evidence for {must_not.code}")


def _wordings(page: Writer, recommendation: Recommendation) -> None:
    if recommendation.places is not None:
        _wording(page, recommendation.places.oslo, " in Oslo")
        _wording(page, recommendation.places.elsewhere, " elsewhere")
    else:
        _wording(page, recommendation.wording(oslo=False), "")
    for extra in recommendation.extra:
        page.condition("Said as well when", extra.when)
        _wording(page, extra.text, "")


def _wording(page: Writer, wording: Wording, place: str) -> None:
    page.paragraph(f"**To the professional{place}:**")
    page.both(wording.clinician)
    page.paragraph(f"**To the person{place}:**")
    page.both(wording.patient)


def _resources(page: Writer, advice: Advice) -> None:
    page.heading(2, "Resources")
    page.paragraph(
        "Cards, sites, offers and pointers to law that recommendations name. Those of Oslo are shown in Oslo only."
    )
    for name, resource in advice.resources.items():
        page.heading(3, f"Resource {name}", listed=False)
        page.paragraph(f"{resource.title.en} (*{resource.title.nb}*), {resource.area}.")
        if resource.note is not None:
            page.both(resource.note)
        if resource.url is not None:
            page.paragraph(f"<{resource.url}>")
        page.evidence(resource.evidence)


def _event(page: Writer, event: Event) -> None:
    page.heading(3, f"Event {event.id.replace('_', ' ')}: {event.title.en}")
    page.paragraph(f"*{event.title.nb}*")
    for duty in event.duties:
        _duty(page, duty)


def _duty(page: Writer, duty: Duty) -> None:
    page.heading(4, f"{duty.code} {duty.id}", listed=False)
    only = "; only when the usual recipient is absent" if duty.when is not None else ""
    page.paragraph(
        f"{duty.actor.en} ({duty.actor.nb}) · *{duty.modality}* · urgency: {duty.urgency.replace('_', ' ')}{only}"
    )
    page.both(duty.text)
    if duty.caution is not None:
        page.paragraph("**Caution:**")
        page.both(duty.caution)
    page.evidence(duty.evidence)


def _checklist(page: Writer, checklist: Iterable[ChecklistItem]) -> None:
    page.heading(2, "District checklist")
    page.paragraph(
        "One question for every statement about how a district organises itself. It is never about a person."
    )
    page.add(
        *table(
            ("Statement", "Measure", "nb", "en", "Who", "Modality", "Area"),
            (
                (
                    item.statement,
                    item.measure,
                    item.question.nb,
                    item.question.en,
                    item.actor.en,
                    item.modality,
                    item.area,
                )
                for item in checklist
            ),
        )
    )


def _question_set(page: Writer, questions: QuestionSet) -> None:
    page.heading(3, f"Questions: {questions.title.en}")
    page.paragraph(f"*{questions.title.nb}.* `{questions.id}`")
    page.both(questions.intro)
    page.paragraph(f"**How often:** {questions.cadence.text.en} ({questions.cadence.days} days)")
    page.paragraph("**Documentation:**")
    page.both(questions.documentation)
    page.add(
        *table(
            ("Code", "nb", "en", "Fills", "Statements"),
            (
                (
                    question.code,
                    question.text.nb,
                    question.text.en,
                    page.facts(question.answers) or "nothing: it belongs to the talk alone",
                    ", ".join(question.statements) or "none",
                )
                for question in questions.questions
            ),
        )
    )
    page.evidence(questions.evidence)
