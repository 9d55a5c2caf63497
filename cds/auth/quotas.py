"""How much each client may ask: a bucket of tokens per client that fills at a steady pace.

Told as the IETF's draft says (draft-ietf-httpapi-ratelimit-headers-11): `RateLimit-Policy` names the quota and its
window, `RateLimit` what is left and in how many seconds the bucket is full again. The buckets are one process's own: a
deployment of three processes lets a client through three times as often.
"""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

WINDOW = 60
"""Seconds a quota is counted over."""
MOST_CLIENTS = 10_000


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float


@dataclass(frozen=True, slots=True)
class Spent:
    """What a request leaves of a client's quota."""

    policy: str
    quota: int
    left: int
    full_in: int
    wait: int
    """Seconds until the request could be made; 0 where it may be made now."""

    def headers(self) -> dict[str, str]:
        """The header fields of the answer."""
        told = {
            "RateLimit-Policy": f'"{self.policy}";q={self.quota};w={WINDOW}',
            "RateLimit": f'"{self.policy}";r={self.left};t={self.full_in}',
        }
        return told | ({"Retry-After": str(self.wait)} if self.wait else {})


class Quotas:
    """The quotas of one kind of caller. `stopwatch` counts seconds."""

    def __init__(self, policy: str, per_minute: int, stopwatch: Callable[[], float]) -> None:
        self._policy = policy
        self._quota = per_minute
        self._pace = per_minute / WINDOW
        self._stopwatch = stopwatch
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()
        self._lock = threading.Lock()

    def spend(self, client: str, cost: int) -> Spent:
        """Take what a request costs, at most a whole quota; nothing is taken where it is not there."""
        cost = min(cost, self._quota)
        with self._lock:
            now = self._stopwatch()
            bucket = self._buckets.setdefault(client, _Bucket(self._quota, now))
            self._buckets.move_to_end(client)
            while len(self._buckets) > MOST_CLIENTS:
                self._buckets.popitem(last=False)
            bucket.left = min(self._quota, bucket.left + (now - bucket.at) * self._pace)
            bucket.at = now
            wait = 0 if bucket.left >= cost else math.ceil((cost - bucket.left) / self._pace)
            if not wait:
                bucket.left -= cost
            full_in = math.ceil((self._quota - bucket.left) / self._pace)
            return Spent(self._policy, self._quota, int(bucket.left), full_in, wait)
