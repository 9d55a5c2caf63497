"""What the auditor's pages say and keep to themselves. Needs no browser."""

from __future__ import annotations

import html
import json
import re
import tempfile
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from cds.api.examples import REQUEST_EXAMPLES
from cds.audit.store import LedgerUnavailable
from cds.diff.pieces import pieces
from tests.browser.audited import BEFORE, MARCH, Audited
from tests.synthetic import ORDINARY

SENT = json.dumps({**REQUEST_EXAMPLES["released"]["value"], "release": BEFORE}).encode()
LIST = ("/audit", f"/audit/releases/{MARCH}", f"/audit/diff/{BEFORE}/{MARCH}", "/audit/verify", "/audit/ledger")


@pytest.fixture(scope="module")
def auditor(audited: Audited) -> Iterator[TestClient]:
    """Somebody on the machine of the service."""
    with TestClient(audited.service()) as client:
        yield client


@pytest.fixture(scope="module")
def answer(auditor: TestClient) -> str:
    """An answer with its receipt."""
    response = auditor.post("/v1/assessments", content=SENT)
    assert response.status_code == 200
    return response.text


def words(response: Response) -> str:
    """What a page says, without markup."""
    body = response.text[response.text.index("<main") :]
    body = re.sub(r"</?(span|strong|a)\b[^>]*>", "", body)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def check(auditor: TestClient, answer: str, *, language: str = "en", **also: str) -> Response:
    """The form sent with an answer pasted."""
    nothing = {"answer_file": ("", b"")}
    return auditor.post(f"/audit/verify?language={language}", data={"answer": answer, **also}, files=nothing)


def test_what_changed_in_march_why_who_approved_it_and_whom_it_moves(auditor: TestClient, audited: Audited) -> None:
    response = auditor.get("/audit", params={"month": "2027-03", "language": "en"})
    said = words(response)
    assert f"Release {MARCH}" in said
    assert f"Release {BEFORE}" not in said
    assert "In force from 1 March 2027" in said
    assert "An invented step: the level high begins two points lower." in said
    assert "Why: an invented review found that help came too late for them." in said
    assert "People with few points short of the level high." in said
    moved = audited.difference.behaviour
    assert moved.level_moved > 0
    assert f"{moved.level_moved} of {moved.cohort.size} invented people get another level" in said
    assert "Clinical: Approver (clinical), 1 March 2027" in said
    assert "Technical: Approver (technical), 1 March 2027" in said
    assert "Unknown key Does not count: the key is on no list of approvers here" in said
    assert "✓ Approved" in said


def test_every_month_can_be_asked_about_and_no_other(auditor: TestClient) -> None:
    page = auditor.get("/audit", params={"language": "en", "month": "2027-01"})
    assert f"No new rules came into force in this month. In force at its end: {BEFORE}." in words(page)
    assert re.findall(r'<option value="(\d{4}-\d\d)"', page.text)[:3] == ["2027-03", "2027-02", "2027-01"]
    for none in ("2027-13", "x", "2027-3", "<script>"):
        assert auditor.get("/audit", params={"month": none}).status_code == 200
    assert "–" in words(auditor.get("/audit", params={"month": "1999-01"}))


def test_a_release_shows_rules_sources_cases_approvals_and_impact(auditor: TestClient, audited: Audited) -> None:
    response = auditor.get(f"/audit/releases/{MARCH}?language=en")
    content = audited.releases[MARCH].content
    for kind, name in pieces(content):
        if kind not in ("source", "source statement"):
            assert f"/rules/{quote(name, safe='')}?kind={quote(kind)}&amp;language=en" in response.text
    said = words(response)
    for source in content.sources.values():
        assert source.title in said
    assert "Approver (clinical)" in said
    assert f"({audited.difference.behaviour.level.counts[2][2]})" in said
    assert re.search(r"P3 Lost tolerance after a stay or a pause: \d+ cases", said)
    assert audited.releases[MARCH].digest in said


def test_every_kind_of_rule_has_a_page_with_its_history(auditor: TestClient, audited: Audited) -> None:
    first = dict(reversed(list(pieces(audited.releases[MARCH].content))))
    assert len(first) > 25
    for kind, name in first.items():
        response = auditor.get(f"/audit/releases/{MARCH}/rules/{quote(name, safe='')}", params={"kind": kind})
        assert response.status_code == 200, (kind, name)
        assert "Historie" in words(response)
    level = words(auditor.get(f"/audit/releases/{MARCH}/rules/high?kind=level&language=en"))
    assert f"Release {MARCH} Changed" in level
    assert "from points: 6 → 4" in level
    assert "Release 0.1.0 New" in level
    factor = words(auditor.get(f"/audit/releases/{MARCH}/rules/P3?language=en"))
    for part in (
        "step day-0-14",
        "points 6",
        audited.releases[MARCH].content.sources["ravndal-2010"].title,
        "present",
        "at most 14 days ago",
    ):
        assert part in factor, part


def test_a_difference_tells_content_in_words_and_behaviour_as_matrix_and_picture(
    auditor: TestClient, audited: Audited
) -> None:
    response = auditor.get(f"/audit/diff/{BEFORE}/{MARCH}?language=en")
    said, found = words(response), audited.difference.behaviour
    assert "from points: 6 → 4" in said
    assert f"{found.level_moved} of {found.cohort.size}" in said
    assert response.text.count("<svg") == 1
    elevated, high = found.level.states.index("elevated"), found.level.states.index("high")
    assert f'<td class="moved">{found.level.counts[elevated][high]}</td>' in response.text
    for line in found.advice:
        assert f"{line.code} {line.title.en}" in said


def test_what_is_not_counted_yet_shows_the_content_at_once_and_says_so(auditor: TestClient, audited: Audited) -> None:
    waiting = auditor.get("/audit/diff/0.1.0/0.2.0?language=en")
    assert "This is being worked out" in words(waiting)
    assert "M05 Naloxone spray with training" in words(waiting)
    assert "<svg" not in waiting.text
    chosen = auditor.get("/audit/diff", params={"old": "0.1.0", "new": "0.2.0"}, follow_redirects=False)
    assert (chosen.status_code, chosen.headers["location"]) == (303, "/audit/diff/0.1.0/0.2.0")


def test_each_thing_a_receipt_proves_is_told_in_words(auditor: TestClient, answer: str) -> None:
    said = words(check(auditor, answer, release="0.2.0"))
    assert "Does not hold" not in said
    assert "The receipt covers what was decided, not the wording." in said
    for line in ("The receipt was signed by the service", "This is what was asked.", "This is what was answered."):
        assert f"✓ Holds: {line}" in said
    assert "– Not checked: The request is, byte for byte, the one that came. (not given)" in said
    assert f"The answer made again under {BEFORE} ✓ Every byte is the same." in said
    assert re.search(r"The answer made again under 0\.2\.0 The level .*? Differs in \d+ places", said)


@pytest.mark.parametrize(
    ("language", "told"),
    [("nb", "Merk: Svaret følger en annen regelutgave enn den som var i kraft den dagen. (den som spurte, ba om"),
     ("nn", "Merk: Svaret følgjer ei anna regelutgåve enn den som gjaldt den dagen. (den som spurde, bad om denne;"),
     ("en", "Note: The answer follows another rule release than the one in force on that day. (the caller named")],
)  # fmt: skip
def test_a_release_that_the_caller_named_is_noted_and_no_fault(auditor: TestClient, language: str, told: str) -> None:
    named = {**REQUEST_EXAMPLES["released"]["value"], "release": "0.1.0"}
    page = check(auditor, auditor.post("/v1/assessments", json=named).text, language=language)
    assert f"! {told}" in words(page)
    assert re.search(r'class="because">\([^<]* \d+\.\d+\.\d+\)', page.text)


def test_what_was_left_open_is_told_beside_the_verdict(auditor: TestClient, answer: str) -> None:
    without = json.loads(answer)
    del without["receipt"]["nonce"]
    said = words(check(auditor, json.dumps(without)))
    assert "It was not checked that this answer is what the receipt was made for." in said
    assert "It was not checked that the receipt stands" not in said


def test_a_changed_answer_does_not_hold_and_shows_where(auditor: TestClient, answer: str) -> None:
    changed = json.loads(answer)
    changed["assessment"]["level"] = "low"
    said = words(check(auditor, json.dumps(changed)))
    assert "✗ Something does not hold." in said
    assert "✗ Does not hold: This is what was answered. (not what the receipt was made for, or another nonce)" in said
    assert (
        "The level goes from Low to Very high. Differs in 1 places: Place In the answer Now level low very_high" in said
    )


def test_a_receipt_alone_its_text_alone_and_files_are_checked_too(auditor: TestClient, answer: str) -> None:
    receipt = json.loads(answer)["receipt"]
    for given in (json.dumps(receipt), json.dumps({"receipt": receipt}), receipt["jws"]):
        said = words(check(auditor, given, nonce=receipt["nonce"]))
        assert "✓ Holds: The receipt stands in the ledger" in said
        assert "The answer made again" not in said
    files = {"answer_file": ("answer.json", answer.encode()), "request_file": ("request.json", SENT)}
    said = words(auditor.post("/audit/verify?language=en", files=files))
    assert "✓ Holds: The request is, byte for byte, the one that came." in said
    kept = auditor.get("/v1/ledger/checkpoint")
    for checkpoint in (kept.text, kept.headers["CDS-Checkpoint"]):
        assert "✓ Holds: The ledger begins with" in words(check(auditor, answer, checkpoint=checkpoint))


@pytest.mark.parametrize(
    ("given", "told"),
    [("", "Paste an answer or a receipt"), ("{}", "There is no receipt"), ("{", "It cannot be checked"),
     ('{"receipt": {"jws": 1}}', "It cannot be checked"), ('{"receipt": []}', "There is no receipt")],
)  # fmt: skip
def test_what_cannot_be_checked_is_told_beside_the_form(auditor: TestClient, given: str, told: str) -> None:
    response = check(auditor, given)
    assert response.status_code == 422
    assert told in words(response)
    assert 'aria-invalid="true"' in response.text


def test_nothing_that_is_pasted_is_logged_stored_or_run(
    auditor: TestClient, answer: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("a file on a disk")

    monkeypatch.setattr(tempfile.SpooledTemporaryFile, "rollover", never)
    large = answer.replace('"language"', " " * 2_000_000 + '"language"', 1)
    said = auditor.post("/audit/verify?language=en", files={"answer_file": ("a.json", large.encode())})
    assert "Every byte is the same" in words(said)
    held = check(auditor, f'{{"receipt": {{"jws": "</textarea><script>alert(1)</script>{ORDINARY}"}}}}')
    assert held.status_code == 422
    assert "<script" not in held.text
    assert "looks like an identity number" in words(held)
    out = capsys.readouterr()
    assert ORDINARY not in out.out + out.err
    assert "very_high" not in out.out
    assert held.headers["cache-control"] == "no-store"


def test_a_form_too_large_or_of_another_kind_is_refused_as_a_page(auditor: TestClient) -> None:
    huge = auditor.post("/audit/verify", files={"answer_file": ("a", b" " * 17_000_000)})
    assert (huge.status_code, huge.headers["content-type"]) == (413, "text/html; charset=utf-8")
    assert auditor.post("/audit/verify", content=b"answer=x").status_code == 415
    broken = {"Content-Type": "multipart/form-data; boundary=x"}
    assert auditor.post("/audit/verify", content=b"no form", headers=broken).status_code in (400, 422)
    assert (
        auditor.post("/audit/verify", content=b"x", headers={"Content-Type": "multipart/form-data"}).status_code == 400
    )


def test_the_ledger_shows_its_health_its_checkpoint_and_the_way_out(auditor: TestClient, answer: str) -> None:
    assert answer
    response = auditor.get("/audit/ledger?language=en")
    said = words(response)
    assert "✓ No row is missing, and every answer has one." in said
    assert "Answers without an entry (must be 0) 0" in said
    assert "cds-overdose.invalid/development" in said
    assert 'href="/v1/ledger/export"' in response.text
    assert auditor.get("/v1/ledger/export").text.startswith('{"kind":"ledger"')


def test_a_ledger_that_cannot_be_read_is_told_as_a_page(auditor: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(*_: object) -> None:
        raise LedgerUnavailable("down")

    monkeypatch.setattr("cds.web.audit_proofs.health_of", down)
    response = auditor.get("/audit/ledger?language=en")
    assert (response.status_code, response.headers["retry-after"]) == (503, "5")
    assert "The ledger cannot be read now." in words(response)


@pytest.mark.parametrize(
    "address", ["/audit/releases/7.7.7", f"/audit/releases/{MARCH}/rules/none", "/audit/diff/1/2", "/audit/diff"]
)
def test_what_is_not_there_is_told_as_a_page(auditor: TestClient, address: str) -> None:
    response = auditor.get(address, headers={"Accept-Language": "nn"})
    assert response.status_code == 404
    assert "Sida kan ikkje visast" in words(response)


@pytest.mark.parametrize("address", LIST)
def test_who_holds_no_token_is_told_plainly_what_is_needed(auditor: TestClient, address: str) -> None:
    """A proxy in front of a service without issuers is not its own machine any longer."""
    response = auditor.get(address, headers={"X-Forwarded-For": "192.0.2.1", "Accept-Language": "en"})
    assert response.status_code == 401
    assert "WWW-Authenticate" in response.headers
    assert "only requests with a valid access token that holds odr:audit" in words(response)
    assert MARCH not in words(response)


@pytest.mark.parametrize("address", LIST)
@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_a_language_once_chosen_stays_and_the_policy_is_strict(
    auditor: TestClient, address: str, language: str
) -> None:
    response = auditor.get(f"{address}?language={language}", headers={"Accept-Language": "nn"})
    assert f'<html lang="{language}">' in response.text
    links = re.findall(r'href="(/audit[^"]*|/)"', response.text)
    assert links == [link for link in links if "language=" in link]
    policy = response.headers["content-security-policy"]
    assert ("form-action 'self'" in policy) == (address in ("/audit", "/audit/verify"))
    assert "<script" not in response.text
    assert response.headers["cache-control"] == "no-store"
