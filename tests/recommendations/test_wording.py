"""What the measures say, in every language: 113 first, nothing abrupt, and Oslo's own offers in Oslo only."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from cds.assess import Assessor
from cds.assessment import RecommendationLine
from cds.content.advice import Wording
from cds.content.texts import Language
from cds.duties import duties
from tests.recommendations.persons import LANGUAGES, assess, golden, golden_person, line, person

OSLO_ONLY = ("LASSO", "HABiO", "Korus Oslo", "Førstehjelp i det fri", "matkort", "food cards")
ABRUPT = re.compile(r"\b(brå(tt)?|abrupt(ly)?|sudden(ly)?)\b", re.IGNORECASE)
NOT = re.compile(r"\b(aldri|ikke|ikkje|ingen|uten|utan|never|not|nobody|without)\b", re.IGNORECASE)
STOP = re.compile(
    r"\b(slutt\w*|stopp\w*|stans\w*|stop\w*|kutt\w*|quit\w*|ta(r|s)? (medisinen|fra)|take .* from)\b", re.IGNORECASE
)
EIGHT = re.compile(r"\b(åtte|eight)\b", re.IGNORECASE)
ALONE: dict[Language, tuple[str, str]] = {
    "nb": ("hjelper ikke en som er alene", "kan ikke hjelpe deg hvis ingen er der"),
    "nn": ("hjelper ikkje ein som er åleine", "kan ikkje hjelpe deg dersom ingen er der"),
    "en": ("does not help a person who is alone", "cannot help you if nobody is there"),
}
MUNICIPALITIES = ("4601", "0302", None)


def wordings(draft: Assessor) -> Iterator[Wording]:
    """Everything the measures can say."""
    assert draft.content.advice is not None
    for each in draft.content.advice.recommendations.values():
        yield from (each.wording(oslo=True), each.wording(oslo=False))
        yield from (extra.text for extra in each.extra)


def sentences(draft: Assessor) -> Iterator[str]:
    for wording in wordings(draft):
        for language in LANGUAGES:
            for text in (wording.clinician, wording.patient):
                yield from re.split(r"(?<=[.?!:;]) ", text.in_(language))


def all_words(draft: Assessor, language: Language, municipality: str | None) -> Iterator[str]:
    """What people and districts are told in one place, without references to sources."""
    for name in golden():
        answer = json.loads(assess(draft, golden_person(name), language, municipality).as_json())
        for part in ("recommendations", "cautions"):
            for each in answer.get(part, ()):
                yield json.dumps({key: said for key, said in each.items() if key != "evidence"}, ensure_ascii=False)
    assert draft.content.advice is not None
    for event in draft.content.advice.events:
        told = duties(
            draft.release,
            event,
            person().as_of,
            usual_recipient_absent=None,
            language=language,
            oslo=municipality == "0301",
        )
        yield from (f"{duty.actor}: {duty.text} {duty.caution}" for duty in told.duties)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("municipality", MUNICIPALITIES)
def test_offers_of_oslo_are_not_named_elsewhere(draft: Assessor, language: Language, municipality: str | None) -> None:
    told = "\n".join(all_words(draft, language, municipality)).lower()
    assert [name for name in OSLO_ONLY if name.lower() in told] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_offers_of_oslo_are_named_in_oslo(draft: Assessor, language: Language) -> None:
    told = "\n".join(all_words(draft, language, "0301")).lower()
    named = {name for name in OSLO_ONLY if name.lower() in told}
    assert named == set(OSLO_ONLY) - ({"matkort"} if language == "en" else {"food cards"})


@pytest.mark.parametrize("language", LANGUAGES)
def test_questions_name_no_offer_of_oslo_elsewhere(draft: Assessor, language: Language) -> None:
    questions = assess(draft, person(unasked=True), language, "4601").questions or ()
    told = " ".join(ask.question for question in questions for ask in question.asks)
    assert [name for name in OSLO_ONLY if name in told] == []


def test_nobody_claims_to_name_the_eight_messages_of_the_card(draft: Assessor) -> None:
    told = [*sentences(draft), *(words for language in LANGUAGES for words in all_words(draft, language, "0301"))]
    assert [text for text in told if EIGHT.search(text)] == []


def test_a_sudden_stop_is_only_ever_named_to_advise_against_it(draft: Assessor) -> None:
    named = [text for text in sentences(draft) if ABRUPT.search(text) and STOP.search(text)]
    assert len(named) >= 12
    assert [text for text in named if not NOT.search(text)] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("code", "words"), [("M15", "aldri aldri never"), ("M17", "aldri aldri never")])
def test_attention_and_review_of_medicines_say_that_nothing_stops_abruptly(
    draft: Assessor, code: str, words: str, language: Language
) -> None:
    found = line(draft, person({"prescribed_opioid": "yes", "omeq_mg_per_day": {"value": "100"}}), code, language)
    assert found is not None
    never = dict(zip(LANGUAGES, words.split(), strict=True))[language]
    (said,) = (text for text in re.split(r"(?<=[.?!]) ", found.text) if ABRUPT.search(text))
    assert never in said
    person_is_told = [text for text in re.split(r"(?<=[.?!]) ", found.text_for_person) if ABRUPT.search(text)]
    assert all(NOT.search(text) for text in person_is_told)


def naloxone(draft: Assessor, language: Language, **facts: Any) -> RecommendationLine:
    found = line(draft, person({"illicit_opioid_use": "yes"} | facts), "M05", language)
    assert found is not None
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_naloxone_always_comes_with_113(draft: Assessor, language: Language) -> None:
    found = naloxone(draft, language)
    assert "113" in found.text
    assert "113" in found.text_for_person
    close = line(draft, person({"role": {"value": "next_of_kin"}}), "M05", language)
    assert close is not None
    assert "113" in close.text_for_person


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_uses_alone_is_told_that_naloxone_does_not_help_then(draft: Assessor, language: Language) -> None:
    to_staff, to_person = ALONE[language]
    alone = naloxone(draft, language, uses_alone="yes")
    assert to_staff in alone.text
    assert to_person in alone.text_for_person
    in_company = naloxone(draft, language)
    assert to_staff not in in_company.text
    assert to_person not in in_company.text_for_person


@pytest.mark.parametrize("language", LANGUAGES)
def test_switch_and_equipment_carry_the_caution_for_the_lungs(draft: Assessor, language: Language) -> None:
    injects: dict[str, Any] = {"injecting_opioids": {"date": "2026-11-10"}}
    for code in ("M08", "M09"):
        healthy = line(draft, person(injects), code, language)
        ill = line(draft, person(injects | {"lung_disease": "yes"}), code, language)
        assert healthy is not None
        assert ill is not None
        assert "astma" in ill.text or "asthma" in ill.text
        assert "astma" not in healthy.text
        assert "asthma" not in healthy.text


@pytest.mark.parametrize("name", golden())
def test_no_measure_reads_the_same_in_two_languages(draft: Assessor, name: str) -> None:
    told = [assess(draft, golden_person(name), language).recommendations or () for language in LANGUAGES]
    for lines in zip(*told, strict=True):
        assert len({each.id for each in lines}) == 1
        assert len({each.text for each in lines}) == 3
        assert len({each.text_for_person for each in lines}) == 3


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("municipality", "oslo"), [("0301", True), ("4601", False), (None, False)])
def test_a_person_outside_oslo_is_told_which_advice_is_national_and_of_no_district(
    draft: Assessor, language: Language, municipality: str | None, oslo: bool
) -> None:
    who = person({"illicit_opioid_use": "yes", "hopelessness": "yes", "age": {"value": "17"}, "active_alert": "yes"})
    answer = assess(draft, who, language, municipality)
    told = {caution.id for caution in answer.cautions or ()}
    assert ("oslo-only" in told, "outside-oslo" in told) == (oslo, not oslo)
    words = " ".join(
        f"{each.actor} {each.modality_note} {each.text} {each.text_for_person}" for each in answer.recommendations or ()
    ).lower()
    assert "{" not in words
    assert ("bydelen" in words or "the district" in words) is oslo
