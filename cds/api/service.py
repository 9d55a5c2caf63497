"""What every route shares: settings, releases, the assessors made from them, metrics, and the edge's clock."""

from __future__ import annotations

import asyncio
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from time import perf_counter
from typing import ParamSpec, TypeVar
from zoneinfo import ZoneInfo

from prometheus_client import CollectorRegistry, Counter, Histogram

from cds.api.differences import Differences
from cds.assess import Assessor
from cds.audit.ledger import PATIENCE_SECONDS
from cds.audit.proofs import Proofs
from cds.audit.store import LedgerUnavailable
from cds.release.approvals import Approvers
from cds.release.frozen import Release, Releases
from cds.settings import Settings

P = ParamSpec("P")
R = TypeVar("R")
OSLO = ZoneInfo("Europe/Oslo")


def today_in_oslo() -> date:
    """The only clock: read at the edge, for requests without a date and for the release in force."""
    return datetime.now(OSLO).date()


def second() -> int:
    """The clock of receipts and checkpoints: seconds since 1970."""
    return int(datetime.now(UTC).timestamp())


async def reading(read: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """What a reader of the ledger finds, read beside the requests. Raises LedgerUnavailable within two seconds."""
    try:
        return await asyncio.wait_for(asyncio.to_thread(read, *args, **kwargs), PATIENCE_SECONDS)
    except TimeoutError:
        raise LedgerUnavailable("not read in time") from None


def approvers_of(settings: Settings, releases: Releases) -> Approvers:
    """The keys that may approve a release, as the settings say."""
    return Approvers.of(settings.approvers, production=settings.environment == "production", rules=releases.rules)


def proofs_of(settings: Settings, releases: Releases, today: Callable[[], date] = today_in_oslo) -> Proofs:
    """Receipts and ledger as the settings say. Nothing is opened yet."""
    approvers = approvers_of(settings, releases)
    return Proofs(
        environment=settings.environment,
        database=settings.ledger_url,
        keys=settings.keys_folder,
        origin=settings.ledger_origin,
        build=settings.build,
        clock=second,
        random=secrets.token_bytes,
        releases=releases,
        approved=lambda release: approvers.approvals(release, today()),
    )


def seconds_now() -> float:
    """The clock of tokens: seconds since 1970."""
    return datetime.now(UTC).timestamp()


class Metrics:
    """Counts and times, for whoever runs the service. Everyone may read the counts, and callers who may not see a level
    too.

    So a label is a route or a status, never a level or anything else of an answer: on a quiet service a count that goes
    up by one tells of the person who was just asked about. The times have a registry of their own and are not open: an
    emergency is answered faster than anything else, and gathering them before they are shown would not hide it from
    whoever fills the rest with questions of their own.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.times = CollectorRegistry()
        self._requests = Counter(
            "cds_requests", "Requests by route and status", ["route", "status"], registry=self.registry
        )
        self.answers = 0
        self._assessments = Counter("cds_assessments", "Assessments answered", registry=self.registry)
        self._seconds = Histogram(
            "cds_assessment_seconds",
            "Time to assess one person",
            buckets=(0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.25),
            registry=self.times,
        )

    def requested(self, route: str, status: int) -> None:
        """Count one request."""
        self._requests.labels(route, str(status)).inc()

    def assessed(self) -> None:
        """Count one assessment that is answered."""
        self.answers += 1
        self._assessments.inc()

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
        self.approvers = approvers_of(settings, releases)
        self.differences = Differences(releases)
        self._approved: set[str] = set()
        self.proofs = proofs_of(settings, releases, today)
        self._assessors: dict[str, Assessor] = {}
        self._lock = threading.Lock()

    def release(self, version: str | None) -> Release:
        """The release named, else the one in force today.

        Raises UnknownRelease, NoReleaseInForce or, in production, ReleaseNotApproved.
        """
        today = self.today()
        release = self.releases.in_force(today) if version is None else self.releases[version]
        if self.settings.environment == "production" and release.version not in self._approved:
            self.approvers.refuse_unapproved(release, today)
            self._approved.add(release.version)
        return release

    def assessor(self, version: str | None) -> Assessor:
        """The assessor of a release."""
        release = self.release(version)
        with self._lock:
            if release.version not in self._assessors:
                self._assessors[release.version] = Assessor(release)
            return self._assessors[release.version]
