"""The service as a process of its own, and callers that keep asking and remember every answer they got."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cds.signing import from_base64url
from tests.ports import port_to_keep

ROOT = Path(__file__).parents[2]
ACUTE = json.dumps({"facts": {"overdose_now": "yes"}})
"""The quickest answer: what is tried here is the ledger."""


class Serving:
    """`cds serve` over a database."""

    def __init__(self, state: Path, database: str) -> None:
        self._environment = {name: value for name, value in os.environ.items() if not name.startswith("CDS_")} | {
            "CDS_STATE": str(state),
            "CDS_DATABASE_URL": database,
            "PYTHONPATH": str(ROOT),
        }
        self.state = state
        self.port = port_to_keep()
        self.start()

    def start(self) -> None:
        """Start, and wait until it answers at all."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cds.cli", "serve", "--port", str(self.port)],
            env=self._environment,
            cwd=self.state,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            self._wait()
        except BaseException:
            self.kill()
            raise

    def _wait(self) -> None:
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            assert self.process.poll() is None, "the service stopped before it answered"
            try:
                if self.get("/internal/isalive")[0] == 200:
                    return
            except OSError:
                time.sleep(0.05)
        raise TimeoutError("the service did not start")

    def get(self, path: str) -> tuple[int, str]:
        """One question."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def kill(self) -> None:
        """As if the power went."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """As it should be stopped."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(60)


@dataclass
class Callers:
    """Asks without pause until told to stop."""

    port: int
    many: int = 4
    acknowledged: list[str] = field(default_factory=list)
    """Receipts of answers that arrived whole."""
    refused: list[float] = field(default_factory=list)
    """For each 503, the seconds it took."""
    without_receipt: int = 0
    without_retry: int = 0
    other: list[int] = field(default_factory=list)
    """Statuses that must not be."""
    _stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        """Begin to ask."""
        self._threads = [threading.Thread(target=self._ask) for _ in range(self.many)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Ask no more."""
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def wait_for(self, more: int) -> None:
        """Until so many more answers have come."""
        self._until(self.acknowledged, more, "answers")

    def wait_for_refusal(self) -> None:
        """Until one more question has been refused."""
        self._until(self.refused, 1, "refusals")

    @staticmethod
    def _until(came: Sequence[object], more: int, what: str) -> None:
        wanted, deadline = len(came) + more, time.monotonic() + 120
        while len(came) < wanted:
            assert time.monotonic() < deadline, f"only {len(came)} of {wanted} {what} came"
            time.sleep(0.02)

    def _ask(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        while not self._stop.is_set():
            start = time.monotonic()
            try:
                connection.request("POST", "/v1/assessments", ACUTE)
                answer = connection.getresponse()
                body = answer.read()
            except (OSError, http.client.HTTPException):
                connection.close()
                time.sleep(0.02)
                continue
            self._note(answer, body, time.monotonic() - start)
        connection.close()

    def _note(self, answer: http.client.HTTPResponse, body: bytes, seconds: float) -> None:
        if answer.status == 200:
            receipt = json.loads(body).get("receipt")
            if receipt is None:
                self.without_receipt += 1
            else:
                self.acknowledged.append(receipt["jws"])
        elif answer.status == 503:
            self.refused.append(seconds)
            self.without_retry += answer.headers["Retry-After"] is None
            time.sleep(0.05)
        else:
            self.other.append(answer.status)

    def nothing_wrong(self) -> None:
        """No answer without its receipt, and every refusal in time with word of when to come back.

        A refusal is promised within two seconds; where others use the machine, this process waits for its turn too.
        """
        assert (self.without_receipt, self.without_retry, self.other) == (0, 0, [])
        assert max(self.refused, default=0) < 6.0


def id_of(jws: str) -> str:
    """The id of a receipt."""
    return str(json.loads(from_base64url(jws.split(".")[1]))["id"])
