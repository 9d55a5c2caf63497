"""What every route shares: settings, releases, the assessors made from them, metrics, and the edge's clock."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from time import perf_counter
from zoneinfo import ZoneInfo

from prometheus_client import CollectorRegistry, Counter, Histogram

from cds.assess import Assessor
from cds.release import Release, Releases
from cds.settings import Settings

OSLO = ZoneInfo("Europe/Oslo")


def today_in_oslo() -> date:
    """The only clock: read at the edge, for requests without a date and for the release in force."""
    return datetime.now(OSLO).date()


def seconds_now() -> float:
    """The clock of tokens: seconds since 1970."""
    return datetime.now(UTC).timestamp()


class Metrics:
    """Counts and times. Labels are routes, statuses and levels, never anything about a person."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "cds_requests", "Requests by route and status", ["route", "status"], registry=self.registry
        )
        self._levels = Counter("cds_assessments", "Assessments by level", ["level"], registry=self.registry)
        self._seconds = Histogram(
            "cds_assessment_seconds",
            "Time to assess one person",
            buckets=(0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.25),
            registry=self.registry,
        )

    def requested(self, route: str, status: int) -> None:
        """Count one request."""
        self._requests.labels(route, str(status)).inc()

    def assessed(self, level: str) -> None:
        """Count one assessment."""
        self._levels.labels(level).inc()

    @contextmanager
    def assessing(self) -> Iterator[None]:
        """Time one assessment."""
        start = perf_counter()
        yield
        self._seconds.observe(perf_counter() - start)


class Service:
    """Made once at start-up, in `cds.main`. Assessors are made when a release is first asked for and kept."""

    def __init__(self, settings: Settings, releases: Releases, today: Callable[[], date] = today_in_oslo) -> None:
        self.settings = settings
        self.releases = releases
        self.today = today
        self.metrics = Metrics()
        self._assessors: dict[str, Assessor] = {}
        self._lock = threading.Lock()

    def release(self, version: str | None) -> Release:
        """The release named, else the one in force today. Raises UnknownRelease or NoReleaseInForce."""
        return self.releases.in_force(self.today()) if version is None else self.releases[version]

    def assessor(self, version: str | None) -> Assessor:
        """The assessor of a release."""
        release = self.release(version)
        with self._lock:
            if release.version not in self._assessors:
                self._assessors[release.version] = Assessor(release)
            return self._assessors[release.version]
