"""The note for the record says everything the answer does; the text for the person says nothing that could hurt."""

from __future__ import annotations

import re
from functools import lru_cache

import pytest

from cds.answers import State
from cds.assess import Assessor
from cds.assessment import Assessment
from cds.content.texts import Language
from cds.note import Note, note
from tests.people import Invented
from tests.recommendations.persons import LANGUAGES, assess, golden, golden_person, person

CODE = re.compile(r"\b([MPFIN]\d{1,2}|CB\d+|(OS|HD|FR|UT|TL)-[A-Z]?\d+)\b")
STATUTE = re.compile(r"I-4/2017")
DRUGS = re.compile(
    r"\b(heroin|morfin|morphine|metadon|methadone|buprenorfin|buprenorphine|oksykodon|oxycodone|tramadol|kodein|codeine"
    r"|fentanyl|ghb|amfetamin|amphetamine|kokain|cocaine|pregabalin|diazepam|alprazolam|zopiklon|zopiclone)\b",
    re.IGNORECASE,
)
DIAGNOSIS = re.compile(
    r"\b(psykisk liding|psykisk lidelse|mental disorder|ruslidelse|rusliding|alkohollidelse|alkoholliding"
    r"|substance (or alcohol )?disorder|diagnose|diagnosis|avhengighetssyndrom)\b",
    re.IGNORECASE,
)
LEVEL_WORDS: dict[Language, re.Pattern[str]] = {
    "nb": re.compile(r"\b(nivå|poeng|risikonivå|svært høy|forhøyet)\b", re.IGNORECASE),
    "nn": re.compile(r"\b(nivå|poeng|risikonivå|svært høg|forhøgd)\b", re.IGNORECASE),
    "en": re.compile(r"\b(level|points?|very high|elevated|score)\b", re.IGNORECASE),
}
NYNORSK_RANKS = {"frarådes": "blir frårådd", "bidrar": "bidreg", "tilbys": "blir tilbode"}
EMERGENCY_ROOM = {"overdose_now": "yes", "suicidal_plan_or_intent": "yes"}


@lru_cache
def both(draft: Assessor, name: str, language: Language) -> tuple[Assessment, Note]:
    """The answer and its note."""
    return written(draft, golden_person(name), language)


def written(draft: Assessor, who: Invented, language: Language) -> tuple[Assessment, Note]:
    answer = assess(draft, who, language, "0301")
    found = note(answer, draft.content)
    assert found is not None
    return answer, found


def section(draft: Assessor, found: Note, heading: str, language: Language) -> list[str]:
    """The lines below one heading of the record."""
    assert draft.content.advice is not None
    title = draft.content.advice.note.headings[heading].in_(language)
    (part,) = [part for part in found.record.split("\n\n") if part.startswith(title)] or [""]
    return part.split("\n")[1:]


def everyone() -> list[tuple[str, Language]]:
    return [(name, language) for name in golden() for language in LANGUAGES]


# ---- for the record --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "language"), everyone())
def test_the_record_names_day_release_and_level(draft: Assessor, name: str, language: Language) -> None:
    answer, found = both(draft, name, language)
    head = found.record.split("\n\n")[0]
    assert answer.as_of.isoformat() in head
    assert answer.provenance.release in found.record
    assert answer.provenance.digest.removeprefix("sha256:")[:12] in found.record
    if answer.level in ("low", "elevated", "high", "very_high"):
        assert answer.label in head
    else:
        kinds = {"acute": "acute_line", "undetermined": "undetermined_line", "not_applicable": "not_applicable_line"}
        assert draft.content.advice is not None
        assert draft.content.advice.note.sentences[kinds[answer.level]].in_(language) in head
    if answer.level_at_most not in (None, answer.level):
        labels = {level.id: level.label.in_(language) for level in draft.content.levels.levels}
        assert labels[answer.level_at_most or ""] in head


@pytest.mark.parametrize(("name", "language"), everyone())
def test_the_record_names_what_was_found_with_its_dates(draft: Assessor, name: str, language: Language) -> None:
    answer, found = both(draft, name, language)
    for factor in answer.factors or ():
        lines = [line for line in section(draft, found, "found", language) if line.startswith(f"- {factor.title}: ")]
        if factor.outcome == "present":
            (line,) = lines
            assert all(tier.text in line for tier in factor.tiers)
            assert all(day in line for fact in factor.facts for day in fact.dates or ())
        else:
            assert lines == []


@pytest.mark.parametrize(("name", "language"), everyone())
def test_the_record_names_what_is_missing_and_what_was_declined(draft: Assessor, name: str, language: Language) -> None:
    answer, found = both(draft, name, language)
    labels = {fact: content.label.in_(language) for fact, content in draft.content.facts.facts.items()}
    for question in answer.questions or ():
        (line,) = (line for line in found.record.split("\n") if line.startswith(f"- {question.topic}: "))
        assert all(labels[ask.fact] in line for ask in question.asks)
    for fact, said in answer.facts.known() if answer.facts is not None else ():
        if said.state is State.REFUSED:
            assert draft.content.advice is not None
            declined = draft.content.advice.note.sentences["declined"].in_(language)
            assert f"- {labels[fact]}: {declined}" in found.record


@pytest.mark.parametrize(("name", "language"), everyone())
def test_the_record_names_every_measure_and_what_it_waits_for(draft: Assessor, name: str, language: Language) -> None:
    answer, found = both(draft, name, language)
    labels = {fact: content.label.in_(language) for fact, content in draft.content.facts.facts.items()}
    for each in answer.recommendations or ():
        if each.urgency == "now" and each.status == "if_confirmed":
            assert f"- {each.title}. " not in found.record
            continue
        (line,) = (line for line in found.record.split("\n") if line.startswith(f"- {each.title}. "))
        assert each.text in line
        assert each.actor in line
        ranks = [word for word in each.modality if word not in ("derived", "expected", "none")]
        in_words = [NYNORSK_RANKS.get(rank, rank) if language == "nn" else rank for rank in ranks]
        assert f": {'/'.join(in_words) or '–'}." in line
        if each.status == "if_confirmed":
            assert all(labels[fact] in line for fact in each.ask or ())


@pytest.mark.parametrize(("name", "language"), everyone())
def test_the_record_says_what_it_is_not(draft: Assessor, name: str, language: Language) -> None:
    _, found = both(draft, name, language)
    assert draft.content.advice is not None
    sentences = draft.content.advice.note.sentences
    for said in ("not_a_diagnosis", "no_reason_to_refuse", "low_does_not_protect", "nothing_kept"):
        assert sentences[said].in_(language) in found.record
    assert found.caution


def test_an_answer_that_grew_old_is_told_with_the_day_it_was_given(draft: Assessor) -> None:
    asked = {"illicit_opioid_use": {"state": "yes", "asked_on": "2026-05-05"}}
    _, found = written(draft, person(asked), "en")
    (line,) = (
        line for line in found.record.split("\n") if line.startswith("- Opioids not prescribed") and "yes" in line
    )
    assert "2026-05-05" in line


# ---- for the person --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "language"), everyone())
def test_the_person_reads_no_level_no_points_and_no_code(draft: Assessor, name: str, language: Language) -> None:
    answer, found = both(draft, name, language)
    said = found.person
    for each in answer.recommendations or ():
        said = said.replace(each.text_for_person, "")
    assert LEVEL_WORDS[language].findall(said) == []
    assert CODE.findall(STATUTE.sub("", found.person)) == []


@pytest.mark.parametrize(("name", "language"), everyone())
def test_nobody_reads_a_diagnosis(draft: Assessor, name: str, language: Language) -> None:
    assert DIAGNOSIS.findall(both(draft, name, language)[1].person) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("fact", ["mental_disorder", "substance_disorder"])
def test_the_person_reads_no_diagnosis(draft: Assessor, fact: str, language: Language) -> None:
    _, found = written(draft, person({"prescribed_opioid": "yes", fact: "yes"}), language)
    assert DIAGNOSIS.findall(found.person) == []


@pytest.mark.parametrize(("name", "language"), everyone())
def test_the_person_reads_of_no_drug_that_no_measure_names(draft: Assessor, name: str, language: Language) -> None:
    answer, found = both(draft, name, language)
    measures = " ".join(each.text_for_person for each in answer.recommendations or ()).lower()
    named = {drug.lower() for drug in DRUGS.findall(found.person)}
    assert {drug for drug in named if drug not in measures} == set()


@pytest.mark.parametrize(("name", "language"), everyone())
def test_the_person_reads_nothing_of_what_was_sent(draft: Assessor, name: str, language: Language) -> None:
    """No date, no dose, no age; no fact that was answered, only what the talk was about and what helps."""
    answer, found = both(draft, name, language)
    if answer.acute is None:
        assert re.findall(r"\d{4}-\d{2}", found.person) == []
        assert set(re.findall(r"\d+", found.person)) <= {"113", "116", "18", "123"} | _numbers_of_measures(answer)
    labels = (draft.content.facts.facts[fact].label.in_(language) for fact in ("losses", "uses_alone", "consent_gp"))
    assert all(label not in found.person for label in labels)


def _numbers_of_measures(answer: Assessment) -> set[str]:
    said = " ".join(each.text_for_person for each in answer.recommendations or ())
    return set(re.findall(r"\d+", said))


@pytest.mark.parametrize(("name", "language"), everyone())
def test_the_person_reads_every_measure_that_is_due_and_none_that_is_not(
    draft: Assessor, name: str, language: Language
) -> None:
    answer, found = both(draft, name, language)
    for each in answer.recommendations or ():
        assert (f"- {each.text_for_person}" in found.person.split("\n")) is (each.status == "recommended")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_person_reads_when_to_ring_113_and_to_stop_nothing_abruptly(draft: Assessor, language: Language) -> None:
    _, found = written(draft, person(), language)
    assert "113" in found.person
    assert {"nb": "Ikke slutt brått", "nn": "Ikkje slutt brått", "en": "Do not stop"}[language] in found.person


# ---- both ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_emergency_is_written_down_as_its_blocks_alone(draft: Assessor, language: Language) -> None:
    answer, found = written(draft, person(EMERGENCY_ROOM | {"illicit_opioid_use": "yes"}), language)
    steps = [line for block in answer.acute or () for line in (block.title, *(f"- {step}" for step in block.steps))]
    assert len(answer.acute or ()) == 2
    assert found.person.split("\n") == steps
    assert "\n".join(steps) in found.record
    assert draft.content.advice is not None
    headings = draft.content.advice.note.headings
    for part in ("known", "found", "missing", "advised"):
        assert headings[part].in_(language) not in found.record.split("\n")


@pytest.mark.parametrize("name", golden())
def test_each_language_has_its_own_texts(draft: Assessor, name: str) -> None:
    notes = [both(draft, name, language)[1] for language in LANGUAGES]
    for texts in ([each.record for each in notes], [each.person for each in notes], [each.caution for each in notes]):
        assert len(set(texts)) == 3
        assert not any("{" in text or "}" in text for text in texts)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_note_says_nothing_was_found_only_where_somebody_looked(draft: Assessor, language: Language) -> None:
    assert draft.content.advice is not None
    nothing = draft.content.advice.note.sentences["nothing_found"].in_(language)
    assert nothing in written(draft, person(), language)[1].record
    _, close = written(draft, person({"role": {"value": "next_of_kin"}}), language)
    assert nothing not in close.record
    assert "next_of_kin" not in close.record


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_answer_out_of_date_stands_among_what_is_not_known_with_its_day(draft: Assessor, language: Language) -> None:
    who = person({"illicit_opioid_use": "yes", "alcohol": {"state": "no", "asked_on": "2026-01-02"}})
    _, found = written(draft, who, language)
    missing = section(draft, found, "missing", language)
    assert any("2026-01-02" in each for each in missing)
