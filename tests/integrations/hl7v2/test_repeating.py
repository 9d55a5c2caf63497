"""The same message again: the identical result where that can be, and never one id for two results."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from integrations.hl7v2.answers import Answer, Case
from tests.integrations.hl7v2.test_batches import opened
from tests.integrations.hl7v2.wire import TODAY, Client, Server, msa, simple


def ask(server: Server, raw: bytes) -> bytes:
    """The result of one message."""
    with Client(server.port) as client:
        assert msa(client.ask(raw))[0] == "AA"
        return client.frame()


def own_id(result: bytes) -> bytes:
    return result.split(b"|")[9]


def order(result: bytes) -> bytes:
    return result.split(b"\rOBR|")[1].split(b"|")[2]


def test_two_messages_under_one_id_each_keep_their_receipt(server: Server) -> None:
    one, other = simple(id="ABA"), simple(id="ABA", pid="PID|1||13^^^X^MR")
    first, second = ask(server, one), ask(server, other)
    assert (ask(server, one), ask(server, other)) == (first, second)
    assert own_id(first) != own_id(second)


def test_the_same_message_on_many_connections_at_once_has_one_result(server: Server) -> None:
    found: list[bytes] = []
    start = threading.Barrier(7)

    def send() -> None:
        with Client(server.port) as client:
            start.wait()
            client.send(simple(id="AT-ONCE"))
            found.append(client.until(b"ORU"))

    threads = [threading.Thread(target=send) for _ in range(7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 7
    assert len(set(found)) == 1


def test_a_failure_of_one_does_not_stop_the_others_that_wait_for_it(server: Server) -> None:
    plain, turns = server.assess, []

    async def once(case: Case) -> Answer:
        turns.append(case)
        if len(turns) == 1:
            await asyncio.sleep(0.2)
            raise RuntimeError
        return await plain(case)

    server.assess = once
    try:
        with Client(server.port) as one, Client(server.port) as other:
            one.send(simple(id="FAILS"))
            other.send(simple(id="FAILS"))
            assert sorted(msa(client.frame())[0] for client in (one, other)) == ["AA", "AE"]
    finally:
        server.assess = plain


def test_after_a_restart_another_receipt_is_another_result_of_the_same_order(tmp_path: Path) -> None:
    results = []
    for _ in range(2):
        with Server(key=tmp_path / "key") as server:
            results.append(ask(server, simple(id="RESTART")))
    first, second = results
    assert opened(first) != opened(second)
    assert own_id(first) != own_id(second)
    assert order(first) == order(second)


def test_without_a_date_the_next_day_is_another_result_with_a_receipt_of_its_own(server: Server) -> None:
    raw = simple(id="UNDATED").replace(b"|20261120||", b"|||")
    today = server.channel._today
    server.cases.clear()
    try:
        first, same = ask(server, raw), ask(server, raw)
        server.channel._today = lambda: TODAY + timedelta(days=1)
        second, again = ask(server, raw), ask(server, raw)
    finally:
        server.channel._today = today
    assert (same, again) == (first, second)
    assert own_id(first) != own_id(second)
    assert opened(first) != opened(second)
    assert [case.as_of.day for case, _ in server.cases] == [22, 22, 23, 23]
    assert [case.receipt is None for case, _ in server.cases] == [True, False, True, False]


def test_under_other_rules_a_message_gets_a_receipt_of_its_own(server: Server) -> None:
    raw = simple(id="RULES")
    first = ask(server, raw)
    plain = server.assess

    async def other_rules(case: Case) -> Answer:
        made = await plain(case)
        rules = replace(made.assessment.provenance, release="9.9.9")
        return replace(made, assessment=made.assessment.model_copy(update={"provenance": rules}))

    server.assess = other_rules
    try:
        second = ask(server, raw)
        assert ask(server, raw) == second
    finally:
        server.assess = plain
    assert opened(first) != opened(second)
    assert own_id(first) != own_id(second)


def test_order_numbers_of_two_senders_differ_and_survive_a_correction(tmp_path: Path) -> None:
    file = tmp_path / "senders.yaml"
    file.write_text("senders:\n  - {name: many, application: DIPS}\n", encoding="utf-8")
    with Server(senders=file, key=tmp_path / "key") as server:
        found: dict[str, set[bytes]] = {}
        for number, app in enumerate(("DIPS|EAST", "DIPS|WEST", "OTHER|EAST", "OTHER|WEST", "THIRD|EAST")):
            for kind in ("ADT^A03", "ADT^A13"):
                raw = simple(id=f"{kind[-3:]}{number}", kind=kind, pid="PID|1||4711", more=f"PV1|1|I{'|' * 17}1")
                raw = raw.replace(b"|DIPS|SYKEHUSET|", f"|{app}|".encode())
                found.setdefault(app, set()).add(order(ask(server, raw)))
    assert [len(orders) for orders in found.values()] == [1] * 5
    assert len(set().union(*found.values())) == 5
