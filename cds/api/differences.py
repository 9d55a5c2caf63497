"""Differences between releases, computed once each, in one thread of their own, so that nobody else waits for them."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor

from cds.cohort import SIZE
from cds.diff import diff
from cds.diff.shapes import Difference
from cds.release.frozen import Releases

MOST_WAITING = 3
"""So many may be computed or wait for it at once; the next caller is told to come back."""


class TooManyDifferences(RuntimeError):
    """Others are being computed; nothing is wrong with this one."""


class Differences:
    """Every difference asked for so far. What two frozen releases differ in never changes, so it is kept."""

    def __init__(self, releases: Releases, size: int = SIZE) -> None:
        self._releases = releases
        self._size = size
        self._found: dict[tuple[str, str], Future[Difference]] = {}
        self._thread = ThreadPoolExecutor(1, "differences")
        self._lock = threading.Lock()

    def between(self, old: str, new: str) -> Future[Difference]:
        """The difference of two releases, there or on its way.

        Raises UnknownRelease; TooManyDifferences where this one is not there and others are waited for.
        """
        releases = self._releases[old], self._releases[new]
        with self._lock:
            known = self._found.get((old, new))
            if known is not None and not (known.done() and known.exception() is not None):
                return known
            if sum(not each.done() for each in self._found.values()) >= MOST_WAITING:
                raise TooManyDifferences
            self._found[old, new] = self._thread.submit(diff, *releases, self._size)
            return self._found[old, new]

    def known(self, old: str, new: str) -> Difference | None:
        """The difference of two releases if it is there; nothing is computed for it."""
        with self._lock:
            found = self._found.get((old, new))
        return found.result() if found is not None and found.done() and found.exception() is None else None
