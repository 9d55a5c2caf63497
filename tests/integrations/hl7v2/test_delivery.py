"""Results to a configured destination: delivered before AA, in order, or not acknowledged at all."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from tests.integrations.hl7v2.wire import END, START, Client, Server, msa, own

A03 = next(raw for name, raw, _ in own() if "prison-release" in name)
Answering = Callable[[bytes, int], list[bytes]]


class Receiver:
    """A destination: `answers` gives what it sends back for each result."""

    def __init__(self, answers: Answering) -> None:
        self.got: list[bytes] = []
        self._answers = answers
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._one, args=(connection,), daemon=True).start()

    def _one(self, connection: socket.socket) -> None:
        waiting = b""
        with connection:
            while data := connection.recv(65_536):
                waiting += data
                while END in waiting:
                    frame, waiting = waiting.split(END, 1)
                    self.got.append(frame[1:])
                    for answer in self._answers(frame[1:], len(self.got)):
                        connection.sendall(START + answer + END)

    def close(self) -> None:
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)  # or whoever waits in accept goes on listening
        self._socket.close()


def ack(code: str, result: bytes, own_id: bytes | None = None, text: str = "") -> bytes:
    answered = result.split(b"|")[9] if own_id is None else own_id
    return b"MSH|^~\\&|||||2026||ACK|1|P|2.5.1\rMSA|" + code.encode() + b"|" + answered + f"|{text}\r".encode()


def delivering(tmp_path: Path, port: int, deadline: int = 30) -> Server:
    file = tmp_path / "senders.yaml"
    file.write_text(
        "senders:\n  - {name: prison, application: FENGSEL, kind: prison, destination: ward}\n"
        f"destinations:\n  - {{name: ward, host: 127.0.0.1, port: {port}, deadline_seconds: {deadline}, "
        f"answer_seconds: {deadline}}}\n",
        encoding="utf-8",
    )
    return Server(senders=file, key=tmp_path / "key")


def test_the_result_is_delivered_before_the_sender_is_acknowledged(tmp_path: Path) -> None:
    times: list[float] = []

    def slowly(result: bytes, _: int) -> list[bytes]:
        time.sleep(0.3)
        times.append(time.monotonic())
        return [ack("AA", result)]

    receiver = Receiver(slowly)
    with delivering(tmp_path, receiver.port) as server, Client(server.port) as client:
        assert msa(client.ask(A03)) == ("AA", "N001")
        assert time.monotonic() >= times[0]
        assert msa(client.ask(A03)) == ("AA", "N001")
    assert len(receiver.got) == 2
    assert receiver.got[0] == receiver.got[1]
    assert b"ORU^R01^ORU_R01" in receiver.got[0]
    receiver.close()


def test_a_late_answer_to_another_result_is_not_taken_for_this_one(tmp_path: Path) -> None:
    receiver = Receiver(lambda result, _: [ack("AR", result, b"OTHER"), ack("AA", result)])
    with delivering(tmp_path, receiver.port) as server, Client(server.port) as client:
        assert msa(client.ask(A03)) == ("AA", "N001")
    receiver.close()


def test_a_destination_in_trouble_is_tried_again(tmp_path: Path) -> None:
    receiver = Receiver(lambda result, turn: [ack("AA" if turn > 2 else "AE", result)])
    with delivering(tmp_path, receiver.port) as server, Client(server.port) as client:
        assert msa(client.ask(A03)) == ("AA", "N001")
    assert len(receiver.got) == 3
    receiver.close()


@pytest.mark.parametrize("there", [True, False], ids=["silent", "absent"])
def test_without_an_answer_in_time_the_sender_is_told_to_send_again(tmp_path: Path, there: bool) -> None:
    receiver = Receiver(lambda _, __: [])
    if not there:
        receiver.close()
    with delivering(tmp_path, receiver.port, deadline=1) as server, Client(server.port) as client:
        began = time.monotonic()
        assert msa(client.ask(A03)) == ("AE", "N001")
        assert time.monotonic() - began < 20, "it was given a second"
    receiver.close()


@pytest.mark.parametrize(
    "err", ["ERR||PID^1^3|204^Ola Nordmann^HL70357|E||||Ola Nordmann", "ERR|PID^1^3^204&Ola Nordmann"]
)
def test_a_refusal_reaches_the_sender_with_its_reason_in_our_words(tmp_path: Path, err: str) -> None:
    receiver = Receiver(lambda result, _: [ack("AR", result, text="no Ola Nordmann here") + err.encode() + b"\r"])
    with delivering(tmp_path, receiver.port) as server, Client(server.port) as client:
        answer = client.ask(A03)
        assert msa(answer) == ("AR", "N001")
        assert b"the destination refuses the result: Unknown key identifier\r" in answer
        assert b"Ola" not in answer
    receiver.close()
