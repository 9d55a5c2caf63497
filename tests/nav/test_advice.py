"""What NAV sees of every invented person: advice from the closed set, acute blocks as they are, and nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cds.api.assessments import AdviceAnswer, AssessmentRequest, read_request
from cds.assess import Assessor
from cds.assessment import Assessment
from cds.content.advice import URGENCIES
from cds.content.folder import Content
from cds.content.nav import NavContent
from cds.content.texts import LANGUAGES
from cds.nav import NavAdvice, NotInRelease, nav_advice
from cds.release.frozen import RULES, Releases
from tests import people
from tests.frozen import TODAY

PATIENTS = Path(__file__).parents[1] / "patients"
NAMES = sorted(folder.name for folder in PATIENTS.iterdir() if folder.is_dir())
FIELDS = {
    "": {"as_of", "language", "urgency", "when", "acute", "items", "contacts", "about", "provenance"},
    "/acute": {"id", "title", "steps"},
    "/items": {"code", "id", "urgency", "when", "title", "text"},
    "/contacts": {"id", "name", "phone", "text"},
    "/provenance": {"release", "digest", "service"},
}
NEVER = re.compile(
    # drugs and their use
    r"\b(overdos\w*|over dose|rus\w*|narko\w*|drugs?|stoff\w*|substans\w*|substance\w*|opio\w*|opiat\w*|heroin\w*"
    r"|mor[fp]h?in\w*|kodein|codeine|oksykod\w*|oxycod\w*|tramadol|fentanyl\w*|metadon\w*|methadone|bupren\w*|suboxon\w*"
    r"|nalo[kx]son\w*|benzo\w*|diazepam|zopi\w*|gabapent\w*|pregab\w*|alko\w*|alcohol\w*|ghb|mdma|amfeta\w*|amphet\w*"
    r"|kokain\w*|cocaine|canna\w*|hasj|lar|lasso|habio|tablet\w*|piller|pills?|patch\w*|spray\w*|sprøyte\w*|syringe\w*"
    r"|inji\w*|injec\w*|folie|foil|røyk\w*|smok\w*|medisin\w*|medicine\w*|medication\w*|legemid\w*|resept\w*|prescri\w*"
    # illness, stays, death by one's own hand
    r"|diagnos\w*|lidels\w*|lidingar?|disorder\w*|sykdom\w*|sjukdom\w*|illness\w*|disease\w*|depres\w*|psyk\w*|psych\w*"
    r"|angst|anxiety|kols|copd|astma|asthma|lever\w*|hepati\w*|cancer|kreft|palliati\w*|smerte\w*|pain\w*|fengsel\w*"
    r"|prison\w*|løslat\w*|lauslat\w*|innlagt|innlegg\w*|utskriv\w*|discharge\w*|institu\w*|avrus\w*|detox\w*"
    r"|selvmord\w*|sjølvmord\w*|suici\w*|avhengig\w*|dependen\w*|addict\w*|misbruk\w*|abuse\w*|tolerans\w*|toleranc\w*"
    # doses, levels, points, rules
    r"|dos[ei]\w*|mg|mcg|omeq|oralt|nivå\w*|level\w*|lav|låg|low|forhøy\w*|forhøg\w*|elevated|høy|høg|high|poeng"
    r"|points|score|skår|risiko\w*|risk\w*|faktor\w*|factors?|undetermined|very_high|prosent|percent|sannsyn\w*|probab\w*"
    # codes: measures, factors, ICPC-2, ICD-10, ATC, statements
    r"|m\d\d|p\d+|f\d\d(\.\d+)?|[a-z]\d\d|[a-z]\d\d\.\d+|[a-z]\d\d[a-z]{2}\d\d|(os|hd|fr|ut|tl)-\w+)\b",
    re.IGNORECASE,
)


@pytest.fixture(scope="session")
def content(draft: Assessor) -> Content:
    """What is being edited."""
    return draft.release.content


@pytest.fixture(scope="session")
def nav(content: Content) -> NavContent:
    """The closed set."""
    assert content.nav is not None
    return content.nav


def request(name: str) -> tuple[AssessmentRequest, Any]:
    """What is asked about one of the invented people."""
    return read_request(json.loads((PATIENTS / name / "request.json").read_bytes()), TODAY)


def assessed(draft: Assessor, name: str, language: str) -> Assessment:
    """The full assessment of one of the invented people."""
    wanted, as_of = request(name)
    record = draft.reader.read(wanted.facts, wanted.statements, wanted.complete, as_of)
    return draft.assess(record.facts, as_of, language, municipality=wanted.municipality, record=record)  # type: ignore[arg-type]


def sent(advice: NavAdvice) -> dict[str, Any]:
    """What is sent to NAV, as it is sent."""
    told: dict[str, Any] = json.loads(AdviceAnswer(advice=advice).as_json())
    assert told.keys() == {"advice"}
    inner: dict[str, Any] = told["advice"]
    return inner


def places(value: Any, at: str = "") -> Iterator[tuple[str, str]]:
    """Every field of an answer, and the place it stands in."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield at, name
            yield from places(part, f"{at}/{name}")
    elif isinstance(value, list):
        for part in value:
            yield from places(part, at)


def texts(value: Any) -> Iterator[str]:
    """Every text of an answer."""
    if isinstance(value, dict):
        for part in value.values():
            yield from texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from texts(part)
    else:
        yield str(value)


def closed_set(nav: NavContent, language: str) -> set[str]:
    """Every text and number NAV may read, in one language."""
    of = [nav.about, *nav.urgencies.values()]
    of += [text for item in nav.items for text in (item.title, item.text)]
    of += [text for contact in nav.contacts for text in (contact.name, contact.text)]
    return {text.in_(language) for text in of} | {c.phone for c in nav.contacts if c.phone}  # type: ignore[arg-type]


@pytest.mark.parametrize("name", NAMES)
def test_nav_reads_nothing_but_the_closed_set(draft: Assessor, content: Content, nav: NavContent, name: str) -> None:
    for language in LANGUAGES:
        full = assessed(draft, name, language)
        told = sent(nav_advice(full, content))
        for place, field in places(told):
            assert field in FIELDS[place], (place, field)
        names = {item.id for item in nav.items} | {c.id for c in nav.contacts} | {item.code for item in nav.items}
        allowed = closed_set(nav, language) | names | set(URGENCIES) | {language, told["as_of"]}
        allowed |= set(told["provenance"].values())
        acute = told.pop("acute", None)
        assert set(texts(told)) <= allowed
        told.pop("provenance")
        for text in texts({place: part for place, part in told.items() if place != "items"}):
            assert not NEVER.search(text), (text, NEVER.search(text))
        for item in told.get("items", ()):
            for part in ("title", "text", "when", "id"):
                assert not NEVER.search(item[part]), (item[part], NEVER.search(item[part]))
        blocks = [{"id": b.id, "title": b.title, "steps": list(b.steps)} for b in full.acute or ()]
        assert (acute or []) == blocks, "acute blocks are what everyone gets"
        assert ("items" in told) == (not blocks)


def test_the_word_list_finds_what_it_should(draft: Assessor) -> None:
    """The full answers are full of these words, or the list would prove nothing."""
    for name in NAMES:
        assert NEVER.search(assessed(draft, name, "nb").as_json().decode())
    for fact in people.draft().content.facts.facts.values():
        for language in LANGUAGES:
            assert isinstance(fact.label.in_(language), str)
    named = ["Heroin", "nalokson", "F11.2", "N02AA05", "A84", "M05", "P3", "OS-T06-N2", "52,5 mg", "Svært høy", "LAR"]
    assert all(NEVER.search(word) for word in named)


# By hand: what a case worker must be told for these people, whatever else.
# person: (urgency, advice that must be there, advice that must not)
EXPECTED: dict[str, tuple[str, str, str]] = {
    "released-from-prison-five-days-ago": ("same_day", "N01 N02 N03 N04 N08", "N10 N12"),
    "overdose-and-hopelessness": ("same_day", "N01 N02 N04 N05", "N10 N12"),
    "hopeless-without-any-drug-use": ("same_day", "N01 N04 N02", "N12"),
    "inpatient-stay-and-injecting-again": ("same_day", "N01 N02 N03 N04", "N12"),
    "own-pause-of-three-days": ("same_day", "N01 N02 N04", "N12"),
    "planned-release-next-week": ("days", "N01 N02 N03 N05 N08", "N04 N12"),
    "two-overdoses-in-a-year": ("same_day", "N01 N02 N03 N04", "N12"),
    "record-with-nothing-in-it": ("same_day", "N01 N02 N05 N06 N07 N08", "N04 N12"),
    "refused-to-answer": ("same_day", "N01 N02 N05", "N04 N12"),
    "everything-answered-no": ("routine", "N01", "N04 N05"),
    "bereaved": ("same_day", "N01 N10", "N02 N04 N12"),
    "next-of-kin": ("same_day", "N01 N02 N09", "N04 N12"),
    "under-eighteen": ("days", "N01 N02 N08 N09", "N04"),
    "worn-out-and-lonely": ("same_day", "N01 N02 N06 N07 N08", "N12"),
    "stimulant-injector": ("same_day", "N01 N02 N04 N06 N08", "N12"),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_what_a_case_worker_must_be_told(draft: Assessor, content: Content, name: str) -> None:
    urgency, must, must_not = EXPECTED[name]
    advice = nav_advice(assessed(draft, name, "nb"), content)
    codes = {item.code for item in advice.items or ()}
    assert set(must.split()) <= codes, codes
    assert not set(must_not.split()) & codes, codes
    assert advice.urgency == urgency


@pytest.mark.parametrize("name", NAMES)
def test_high_leads_to_action_and_nothing_is_less_urgent_than_it_is(
    draft: Assessor, content: Content, name: str
) -> None:
    full = assessed(draft, name, "nb")
    advice = nav_advice(full, content)
    assert {contact.phone for contact in advice.contacts or ()} >= {"113", "116 117"}
    if full.acute is not None:
        assert advice.urgency == "now"
        return
    due = [line.urgency for line in full.recommendations or () if line.status == "recommended"]
    most = min(due, key=URGENCIES.index, default="routine")
    assert URGENCIES.index(advice.urgency) <= URGENCIES.index(most)
    codes = {item.code for item in advice.items or ()}
    assert codes
    if full.level in ("high", "very_high", "undetermined"):
        assert {"N01", "N02", "N03"} <= codes
    if full.level == "very_high":
        assert "N04" in codes
        assert advice.urgency == "same_day"


def test_for_anyone_nothing_recommended_is_lost_or_put_off(draft: Assessor, content: Content, nav: NavContent) -> None:
    """Over invented people: every measure that is recommended is stood for, as soon as it is due."""
    for person in people.many(150, seed=7):
        full = draft.assess(person.sent(), person.as_of)
        advice = nav_advice(full, content)
        if full.acute is not None:
            continue
        items = {item.code: item.urgency for item in advice.items or ()}
        for line in full.recommendations or ():
            standing = [it for it in nav.items if line.code in it.from_]
            if line.status == "recommended" and line.code not in nav.not_for_nav:
                found = [items[it.code] for it in standing if it.code in items]
                assert any(URGENCIES.index(each) <= URGENCIES.index(line.urgency) for each in found), line.code
            elif line.status == "if_confirmed" and line.urgency == "same_day":
                assert items["N01"] == "same_day", line.code


def test_what_everyone_is_offered_does_not_tell_who_uses_anything(draft: Assessor, content: Content) -> None:
    """Someone hopeless who uses nothing is offered food, dental care and housing like someone who does."""
    for name in ("hopeless-without-any-drug-use", "heroin-smoked-with-benzodiazepine", "detox-from-alcohol-only"):
        codes = {item.code for item in nav_advice(assessed(draft, name, "nb"), content).items or ()}
        assert {"N06", "N07", "N08"} <= codes, name


def test_suicidal_signs_and_a_release_are_told_alike(draft: Assessor, content: Content) -> None:
    """That it is urgent is told, and not why."""
    urgent = [
        next(item for item in nav_advice(assessed(draft, name, "nb"), content).items or () if item.code == "N04")
        for name in ("hopeless-without-any-drug-use", "released-from-prison-five-days-ago", "own-pause-of-three-days")
    ]
    assert len(set(urgent)) == 1


def test_a_refusal_of_consent_is_kept(draft: Assessor, content: Content) -> None:
    advice = nav_advice(assessed(draft, "everything-at-once", "nb"), content)
    assert "N05" not in {item.code for item in advice.items or ()}


def test_a_release_from_before_there_was_such_advice_has_none() -> None:
    release = Releases(RULES)["0.3.0"]
    assessment = Assessor(release).assess(people.with_nothing(TODAY).sent(), TODAY)
    with pytest.raises(NotInRelease):
        nav_advice(assessment, release.content)


def test_an_emergency_is_told_under_any_release() -> None:
    release = Releases(RULES)["0.3.0"]
    now = people.with_nothing(TODAY).having("overdose_now", {"state": "yes"})
    told = sent(nav_advice(Assessor(release).assess(now.sent(), TODAY), release.content))
    assert [block["id"] for block in told["acute"]] == ["overdose_now"]
    assert told["urgency"] == "now"
    assert told.keys() == {"as_of", "language", "urgency", "acute", "provenance"}
