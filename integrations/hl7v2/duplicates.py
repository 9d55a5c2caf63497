"""Messages seen lately, by the hash of who sent them and what was in them. No message is kept: 32 bytes of it are.

A message is the same only if its bytes are: senders reuse MSH-10, also for another person, so an id alone proves
nothing. The same message assessed at the same day by the same rules gives the same answer again, because the answer
depends on nothing else; only its receipt must be remembered, so that the ledger holds one entry for it. At another day
or by other rules the answer is another, and needs a receipt of its own.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from integrations.hl7v2.answers import Receipt

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Given:
    """What a message was answered with: the day and the rules it was assessed by, and the receipt."""

    as_of: date
    rules: str
    receipt: Receipt | None


class Seen:
    """A bounded memory of `most` messages for `seconds`. Times are monotonic seconds, given by the caller."""

    def __init__(self, most: int, seconds: float) -> None:
        self._most = most
        self._seconds = seconds
        self._given: OrderedDict[bytes, tuple[float, Given]] = OrderedDict()
        """By sender, control id and body."""
        self._ids: OrderedDict[bytes, float] = OrderedDict()
        """Until when a sender's control id is known to have been used."""
        self._making: dict[bytes, asyncio.Event] = {}

    @asynccontextmanager
    async def alone(self, who: str, digest: bytes) -> AsyncIterator[None]:
        """Wait until nobody else is answering this very message: what came twice at once is answered once."""
        key = _key(who, digest)
        while (other := self._making.get(key)) is not None:
            await other.wait()
        self._making[key] = made = asyncio.Event()
        try:
            yield
        finally:
            del self._making[key]
            made.set()

    def before(self, who: str, digest: bytes, now: float) -> tuple[Given | None, bool]:
        """(what this very message was given before, whether its id was used for other messages only)."""
        until, given = self._given.get(_key(who, digest), (0.0, None))
        if given is not None and until >= now:
            return given, False
        return None, self._ids.get(_key(who), now - 1) >= now

    def remember(self, who: str, digest: bytes, given: Given, now: float) -> None:
        """Remember a message that was answered."""
        until = now + self._seconds
        _put(self._given, _key(who, digest), (until, given), self._most)
        _put(self._ids, _key(who), until, self._most)


def _put(kept: OrderedDict[bytes, T], key: bytes, value: T, most: int) -> None:
    kept[key] = value
    kept.move_to_end(key)
    while len(kept) > most:
        kept.popitem(last=False)


def _key(who: str, digest: bytes = b"") -> bytes:
    return hashlib.sha256(who.encode() + b"\0" + digest).digest()
