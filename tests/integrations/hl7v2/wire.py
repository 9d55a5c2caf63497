"""A real listener on a real loopback socket, and a client that speaks nothing but bytes."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from cds.main import create_listener
from cds.release.frozen import Releases
from cds.settings import Settings
from integrations.hl7v2.answers import Answer, Assess, Case
from integrations.hl7v2.channel import Channel
from integrations.hl7v2.listener import Listener

HERE = Path(__file__).parent
TODAY = date(2026, 11, 22)
START, END = b"\x0b", b"\x1c\r"
RELEASES = Releases()
SETTINGS = Settings(environment="development", host="127.0.0.1")


class Server:
    """A listener in a thread and an event loop of its own. `assess` may be replaced while it runs."""

    def __init__(self, today: date = TODAY, **changes: Any) -> None:
        self.listener: Listener
        self.channel: Channel
        self.port = 0
        self.cases: list[tuple[Case, Answer]] = []
        self._today = today
        self._changes = {"port": 0, "max_connections_per_peer": 500, "max_connections": 500} | changes
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    async def _serve(self) -> None:
        self.loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        self.listener = create_listener(self._changes, SETTINGS, RELEASES, lambda: self._today)
        self.channel = self.listener._channel
        self.assess: Assess = self.channel._assess
        self.channel._assess = self._recorded
        self.port = await self.listener.start()
        serving = asyncio.create_task(self.listener.serve())
        self._ready.set()
        await self._stop.wait()
        self.listener.close()
        serving.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await serving

    async def _recorded(self, case: Case) -> Answer:
        made = await self.assess(case)
        self.cases.append((case, made))
        return made

    def __enter__(self) -> Server:
        self._thread.start()
        assert self._ready.wait(60)
        return self

    def __exit__(self, *_: object) -> None:
        self.loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(60)

    def count(self, name: str, **labels: str) -> float:
        """The value of a counter."""
        return _sample(self.channel, name, labels)


def _sample(channel: Channel, name: str, labels: dict[str, str]) -> float:
    counter = getattr(channel.counts, name)
    return sum(
        sample.value
        for metric in counter.collect()
        for sample in metric.samples
        if not sample.name.endswith("_created") and labels.items() <= sample.labels.items()
    )


class Client:
    """A client. `frames` are read with a deadline, so that a lost acknowledgement fails the test."""

    def __init__(self, port: int, context: ssl.SSLContext | None = None, seconds: float = 60) -> None:
        raw = socket.create_connection(("127.0.0.1", port), timeout=seconds)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket = raw if context is None else context.wrap_socket(raw, server_hostname="localhost")
        self._got = b""

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def write(self, data: bytes) -> None:
        """Bytes as they are."""
        self.socket.sendall(data)

    def send(self, *messages: bytes) -> None:
        """Messages, framed, in one packet."""
        self.write(b"".join(START + message + END for message in messages))

    def frame(self) -> bytes:
        """The next frame. Raises TimeoutError, or EOFError where the connection ended."""
        while END not in self._got:
            data = self.socket.recv(65_536)
            if not data:
                raise EOFError
            self._got += data
        frame, self._got = self._got.split(END, 1)
        assert frame[:1] == START, frame[:20]
        return frame[1:]

    def ask(self, message: bytes) -> bytes:
        """Send one message; its acknowledgement."""
        self.send(message)
        return self.frame()

    def until(self, kind: bytes) -> bytes:
        """The next frame of a type (`ACK`, `ORU`); others are passed over."""
        while True:
            frame = self.frame()
            if kind in frame.split(b"\r")[0].split(frame[3:4])[8]:
                return frame


def msa(ack: bytes) -> tuple[str, str]:
    """MSA-1 and MSA-2 of an acknowledgement, read by hand."""
    for line in ack.split(b"\r"):
        if line.startswith(b"MSA"):
            fields = line.split(line[3:4])
            return fields[1].decode("latin-1"), fields[2].decode("latin-1")
    raise AssertionError("no MSA")


def simple(**parts: str) -> bytes:
    """A small discharge, with parts of it replaced."""
    said = {
        "head": "MSH|^~\\&", "app": "DIPS", "kind": "ADT^A03", "id": "M1", "mode": "P", "version": "2.5.1",
        "asks": "||", "pid": "PID|1||12^^^X^MR", "more": "PV1|1|I",
    } | parts  # fmt: skip
    msh = f"{said['head']}|{said['app']}|SYKEHUSET|CDS|ODRISK|20261120||{said['kind']}|{said['id']}|{said['mode']}|"
    return f"{msh}{said['version']}||{said['asks']}\r{said['pid']}\r{said['more']}\r".encode()


def errors(ack: bytes) -> list[tuple[str, str, str]]:
    """(place, code, severity) of each ERR of 2.5 and later."""
    lines = [line.decode().split("|") for line in ack.split(b"\r") if line.startswith(b"ERR")]
    return [(line[2], line[3].split("^")[0], line[4]) for line in lines]


def own() -> Iterator[tuple[str, bytes, dict[str, Any]]]:
    """The Norwegian messages of this folder: name, bytes and what is expected."""
    for file in sorted((HERE / "messages").glob("*.hl7")):
        yield file.stem, file.read_bytes(), json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))
