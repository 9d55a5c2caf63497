"""What is answered to what: gates, modes, versions, repetitions, batches, retraction and failure."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hl7apy.core import Message as Hl7apyMessage
from hl7apy.parser import parse_message, parse_segment

from cds.assess import Assessor
from cds.errors import EngineFailure
from cds.facts import Facts
from integrations.hl7v2.answers import Answer, Case, Receipt
from tests.integrations.hl7v2.wire import RELEASES, TODAY, Client, Server, errors, msa, own, simple
from tests.synthetic import ORDINARY

RAW = {name.split("-", 1)[1]: raw for name, raw, _ in own()}
A03, A13 = RAW["prison-release-with-dependence"], RAW["prison-release-cancelled"]
VERSIONS = ("2.1", "2.2", "2.3", "2.3.1", "2.4", "2.5", "2.5.1", "2.6", "2.7", "2.8")


@pytest.mark.parametrize(
    ("parts", "code", "error"),
    [
        ({"kind": "SIU^S12"}, "AR", ("MSH^1^9", "200", "E")),
        ({"kind": "ADT^A02"}, "AR", ("MSH^1^9", "201", "E")),
        ({"mode": "X"}, "AR", ("MSH^1^11", "202", "E")),
        ({"version": "3.0"}, "AR", ("MSH^1^12", "203", "E")),
        ({"version": "2.10"}, "AR", ("MSH^1^12", "203", "E")),
        ({"id": ""}, "AE", ("MSH^1^10", "101", "E")),
        ({"pid": "PID|1||^^^X^MR"}, "AE", ("PID^1^3", "101", "E")),
        ({"pid": "NTE|1"}, "AE", ("PID^1", "100", "E")),
        ({"pid": "PID|1||1\rPID|2||2"}, "AR", ("PID^2", "100", "E")),
        ({"head": "MSH|^~\\^"}, "AR", ("MSH^1", "102", "E")),
        ({"pid": "PID|1||" + "~".join("1" * 300)}, "AR", ("PID^1^3", "207", "E")),
        ({"more": "DG1|1||" + "x" * 70_000}, "AR", ("DG1^1^3", "207", "E")),
        ({"more": "OBX|1|CWE|1^^99X||" + "~".join("1" * 250)}, "AR", ("OBX^1^5", "207", "E")),
        ({"more": "\r".join(["NTE|1"] * 5_001)}, "AR", ("MSH^1", "207", "E")),
    ],
)  # fmt: skip
def test_what_is_not_processed_is_refused_with_its_place(
    client: Client, parts: dict[str, str], code: str, error: tuple[str, str, str]
) -> None:
    ack = client.ask(simple(**parts))
    assert msa(ack) == (code, parts.get("id", "M1"))
    assert errors(ack) == [error]


def test_an_unknown_sender_is_refused_in_production(server: Server) -> None:
    senders = server.channel._senders
    server.channel._senders = senders.model_copy(update={"unknown": None})
    try:
        with Client(server.port) as client:
            ack = client.ask(simple(app="NOBODY"))
    finally:
        server.channel._senders = senders
    assert msa(ack) == ("AR", "M1")
    assert errors(ack) == [("MSH^1^3", "103", "E")]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("good", [True, False], ids=["AA", "AR"])
def test_acknowledgements_have_the_form_of_the_version_of_the_message(client: Client, version: str, good: bool) -> None:
    ack = client.ask(simple(version=version, mode="P" if good else "X"))
    assert msa(ack) == ("AA" if good else "AR", "M1")
    lines = [line for line in ack.decode().split("\r") if line]
    assert lines[0].split("|")[11] == version
    if version >= "2.5":
        assert parse_message(ack.decode(), validation_level=1).validate()
    elif version >= "2.3":
        made = Hl7apyMessage("ACK", version=version, validation_level=1)
        made.msh = lines[0]
        for line in lines[1:]:
            made.add(parse_segment(line, version=version, validation_level=1))
        assert made.validate()
    else:
        assert [parse_segment(line, version=version).to_er7() for line in lines[1:]] == lines[1:]
    if not good and version < "2.5":
        what = "202" if version == "2.1" else "202&Unsupported processing id&HL70357"
        assert lines[2] == f"ERR|MSH^1^11^{what}"


def _with_short_receipt(result: str) -> str:
    """hl7apy holds a TX to the 199 characters of an ST up to 2.5.1, where the standard allows 65,536."""
    receipt = re.search(r"\|TX\|RECEIPT\^[^|]*\|1\|([^|]+)\|", result)
    assert receipt is not None
    assert 199 < len(receipt[1]) < 65_536
    return result.replace(receipt[1], receipt[1][:199])


@pytest.mark.parametrize("version", ["2.4", "2.5", "2.5.1", "2.6"])
@pytest.mark.parametrize("message", [A03, A13, RAW["overdose-t4n"]], ids=["release", "cancelled", "overdose"])
def test_every_version_of_a_result_is_valid(server: Server, version: str, message: bytes) -> None:
    senders = server.channel._senders
    changed = tuple(one.model_copy(update={"result_version": version}) for one in senders.senders)
    server.channel._senders = senders.model_copy(update={"senders": changed})
    try:
        with Client(server.port) as client:
            client.send(message)
            assert msa(client.frame())[0] == "AA"
            result = client.frame()
    finally:
        server.channel._senders = senders
    codec = "latin-1" if b"8859/1" in result[:200] else "utf-8"
    assert parse_message(_with_short_receipt(result.decode(codec)), validation_level=1).validate()
    assert result.split(b"\r")[1].split(b"|")[3] == message.split(b"PID|")[1].split(b"|")[2]


def test_an_acute_answer_is_valid_too(server: Server) -> None:
    plain = server.assess
    made = Assessor(RELEASES.in_force(TODAY)).assess(Facts.model_validate({"overdose_now": "yes"}), TODAY)

    async def acute(_: Case) -> Answer:
        return Answer(made)

    server.assess = acute
    try:
        with Client(server.port) as client:
            client.send(A03)
            client.frame()
            result = client.frame().decode("latin-1")
    finally:
        server.assess = plain
    assert parse_message(result, validation_level=1).validate()
    assert "|ACUTE^Akutt^99ODR|1|overdose_now^" in result


@pytest.mark.parametrize("kind", ["TX", "FT", "tx"])
def test_a_long_document_is_no_reason_to_refuse_a_message(client: Client, kind: str) -> None:
    text = "~".join(f"Linje {number}" for number in range(6_000))
    ack = client.ask(simple(kind="MDM^T02", more=f"TXA|1|DS\rOBX|1|{kind}|18842-5^^LN||{text}||||||F"))
    assert msa(ack) == ("AA", "M1")


@pytest.mark.parametrize("kind", ["ADT^A03", "ORU^R01", "SIU^S12"])
def test_an_event_that_holds_an_msa_is_acknowledged(client: Client, kind: str) -> None:
    ack = client.ask(simple(kind=kind, more="MSA|AA|OTHER\rPV1|1|I"))
    assert msa(ack) == ("AR" if kind == "SIU^S12" else "AA", "M1")


def test_before_2_5_the_text_of_a_refusal_is_that_of_what_refused_it(client: Client) -> None:
    twice = simple(version="2.3", asks="||||KLINGON", mode="X")
    line = next(line for line in client.ask(twice).split(b"\r") if line.startswith(b"MSA"))
    assert line == b"MSA|AR|M1|MSH-11 is none of P, T and D"


def test_person_numbers_in_the_sami_character_set_come_back_as_they_were_sent(client: Client) -> None:
    pid = "Áŋŧđ1^^^Čáhppe Øst^MR".encode("iso8859-10")
    raw = simple(id="SAMI", asks="||||8859/10").replace(b"12^^^X^MR", pid)
    client.send(raw)
    assert "MSH^1^18" not in client.frame().decode("iso8859-10")
    result = client.frame()
    assert b"|" + pid + b"|" in result
    assert result.split(b"\r")[0].endswith(b"|8859/10")
    assert "Nivå".encode("iso8859-10") in result


def test_letters_of_windows_come_back_as_they_were_sent(client: Client) -> None:
    client.send(simple(id="WIN", asks="||||8859/1").replace(b"12^^^X^MR", "12^^^Šuoš Øst^MR".encode("cp1252")))
    assert ("MSH^1^18", "102", "W") in errors(client.frame())
    result = client.frame().decode()
    assert "|12^^^Šuoš Øst^MR|" in result
    assert result.split("\r")[0].endswith("|UNICODE UTF-8")


def test_a_sender_in_original_mode_gets_one_acknowledgement_whatever_it_fills_in(client: Client) -> None:
    client.send(simple(asks="|AL|AL"))
    assert msa(client.frame())[0] == "AA"
    assert b"ORU" in client.frame().split(b"\r")[0]


def fields(result: bytes, name: bytes) -> list[list[str]]:
    return [line.decode("utf-8", "replace").split("|") for line in result.split(b"\r") if line.startswith(name)]


def test_a_cancelled_discharge_gives_a_corrected_result_of_the_same_order(client: Client) -> None:
    client.send(RAW["prison-release"])
    client.frame()
    first = client.frame()
    client.send(A13)
    client.frame()
    second = client.frame()
    assert fields(first, b"OBR")[0][3] == fields(second, b"OBR")[0][3] != ""
    assert fields(first, b"OBR")[0][25] in ("F", "P")
    assert fields(second, b"OBR")[0][25] == "C"
    assert {obx[11] for obx in fields(second, b"OBX")} == {"C"}
    assert b"annullert" in second
    assert fields(first, b"MSH")[0][9] != fields(second, b"MSH")[0][9]


def test_order_numbers_do_not_depend_on_the_order_of_identifiers_and_do_on_the_stay(client: Client) -> None:
    fnr, mr = f"{ORDINARY}^^^&2.16.578.1.12.4.1.4.1&ISO^NNNOR", "9^^^X^MR"
    found = []
    for pid, visit in ((f"{fnr}~{mr}", "V1"), (f"{mr}~{fnr}", "V1"), (fnr, "V1"), (fnr, "V2")):
        client.send(simple(pid=f"PID|1||{pid}", more=f"PV1|1|I{'|' * 17}{visit}"))
        client.frame()
        found.append(fields(client.frame(), b"OBR")[0][3])
    assert found[0] == found[1] == found[2] != found[3]
    assert ORDINARY not in "".join(found)


def test_a_reused_control_id_is_processed_and_told_of(client: Client) -> None:
    client.send(simple(id="TWICE"), simple(id="TWICE", pid="PID|1||99^^^X^MR"))
    first, _, second, _ = (client.frame() for _ in range(4))
    assert msa(first) == msa(second) == ("AA", "TWICE")
    assert ("MSH^1^10", "205", "W") in errors(second)
    assert ("MSH^1^10", "205", "W") not in errors(first)


def test_a_failure_is_ae_without_a_result_and_says_nothing(server: Server, capfd: pytest.CaptureFixture[str]) -> None:
    plain = server.assess

    async def failing(_: Case) -> Answer:
        raise EngineFailure(f"secret {ORDINARY}")

    server.assess = failing
    try:
        with Client(server.port) as client:
            client.send(A03)
            ack = client.frame()
            assert msa(ack) == ("AE", "N002")
            server.assess = plain
            client.send(A03)
            assert msa(client.frame()) == ("AA", "N002")
    finally:
        server.assess = plain
    assert "secret" not in ack.decode()
    said = capfd.readouterr()
    assert "hl7_failure" in said.out + said.err
    assert ORDINARY not in said.out + said.err
    assert "secret" not in said.out + said.err


def test_a_receipt_is_rendered_and_given_back_for_the_same_message(server: Server) -> None:
    plain, seen = server.assess, []

    async def with_ledger(case: Case) -> Answer:
        made = await plain(case)
        seen.append(case.receipt)
        return Answer(made.assessment, made.at_most_label, case.receipt or Receipt("aaa.bbb.ccc", f"n{len(seen)}"))

    server.assess = with_ledger
    try:
        with Client(server.port) as client:
            results = []
            for _ in range(2):
                client.send(simple(id="RECEIPT"))
                assert msa(client.frame())[0] == "AA"
                results.append(client.frame())
    finally:
        server.assess = plain
    assert results[0] == results[1]
    assert seen == [None, Receipt("aaa.bbb.ccc", "n1")]
    assert b"|RECEIPT^Kvittering^99ODR|1|aaa.bbb.ccc|" in results[0]
    assert b"|1|n1|" in results[0]


def test_acknowledgements_are_never_answered(client: Client) -> None:
    client.send(b"MSH|^~\\&|||||2026||ACK^A03|1|P|2.5.1\rMSA|AA|WHO\r", simple(id="NEXT"))
    assert msa(client.frame()) == ("AA", "NEXT")


def test_identifiers_go_nowhere_but_back(server: Server, client: Client, capfd: pytest.CaptureFixture[str]) -> None:
    server.cases.clear()
    raw = RAW["prison-release"]
    client.send(raw)
    client.frame()
    result = client.frame().decode()
    case, made = server.cases[0]
    kept = case.facts.model_dump_json() + json.dumps([one.model_dump(mode="json") for one in case.statements])
    told: Any = capfd.readouterr()
    for secret in (ORDINARY, "Bjørnøy", "Åse"):
        assert secret not in kept + made.assessment.model_dump_json() + told.out + told.err
    assert result.count(ORDINARY) == 1
    assert "Bjørnøy" not in result
    counted = [list(counter.collect()) for counter in vars(server.channel.counts).values()]
    assert ORDINARY not in str(counted)
