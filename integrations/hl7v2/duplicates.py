"""Messages seen lately, by the hash of who sent them and what was in them. No message is kept: 32 bytes of it are.

A message is the same only if its bytes are: senders reuse MSH-10, also for another person, so an id alone proves
nothing. The same message gives the same answer again, because the answer depends on nothing else; only its receipt must
be remembered, so that the ledger holds one entry for it.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass

from integrations.hl7v2.answers import Receipt


@dataclass(slots=True)
class _Seen:
    digest: bytes
    until: float
    receipt: Receipt | None


class Seen:
    """A bounded memory of `most` messages for `seconds`. Times are monotonic seconds, given by the caller."""

    def __init__(self, most: int, seconds: float) -> None:
        self._most = most
        self._seconds = seconds
        self._seen: OrderedDict[bytes, _Seen] = OrderedDict()

    def before(self, who: str, digest: bytes, now: float) -> tuple[bool, bool, Receipt | None]:
        """(the same message came before, the same id came with another message, the receipt it got)."""
        seen = self._seen.get(_key(who))
        if seen is None or seen.until < now:
            return False, False, None
        if seen.digest != digest:
            return False, True, None
        return True, False, seen.receipt

    def remember(self, who: str, digest: bytes, receipt: Receipt | None, now: float) -> None:
        """Remember a message that was answered."""
        key = _key(who)
        self._seen[key] = _Seen(digest, now + self._seconds, receipt)
        self._seen.move_to_end(key)
        while len(self._seen) > self._most:
            self._seen.popitem(last=False)


def _key(who: str) -> bytes:
    return hashlib.sha256(who.encode()).digest()
