"""The one place where an answer gets its receipt: every channel signs one, commits its entry and answers after that."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from cds import __version__
from cds.assessment import Assessment
from cds.audit import in_service
from cds.audit.check import Against, Approved, Checked, Given
from cds.audit.export import export
from cds.audit.keys import Environment, KeyRing, Keys, PublishedKeys
from cds.audit.ledger import Ledger
from cds.audit.prove import check_receipt
from cds.audit.receipt import Proof, Receipts
from cds.audit.report import Report
from cds.audit.rows import Entry
from cds.audit.seal import LedgerDamaged
from cds.audit.store import Store
from cds.audit.tree import leaf_hash
from cds.audit.verify import verify_ledger
from cds.audit.whole import Whole
from cds.facts import Facts
from cds.records.merge import Conflict
from cds.release.frozen import Release, Releases


class Proofs:
    """Receipts, and the ledger they are committed to. Keys and ledger are opened at first use."""

    def __init__(
        self,
        *,
        environment: Environment,
        database: str,
        keys: Path,
        origin: str,
        build: str,
        clock: Callable[[], int],
        random: Callable[[int], bytes],
        releases: Releases,
        approved: Approved,
    ) -> None:
        self.environment = environment
        self.service = __version__ + (f"+{build}" if build else "")
        self._keys = Keys(keys, environment, clock)
        self._clock = clock
        self._random = random
        self.releases = releases
        self.approved = approved
        self._in_service: set[str] = set()
        """The releases whose entries were handed to the ledger, by version."""
        self.ledger = Ledger(
            Store(database), lambda reread: self._keys.ring(reread=reread), origin, clock, self._opening
        )

    @property
    def keys(self) -> KeyRing:
        """What we sign with, and every public key there ever was. Raises KeysUnusable."""
        return self._keys.ring()

    @property
    def published(self) -> PublishedKeys:
        """Every public key there ever was: all that verifying needs. Raises KeysUnusable."""
        return self._keys.published()

    def sign(
        self,
        assessment: Assessment,
        facts: Facts,
        *,
        municipality: str | None,
        conflicts: tuple[Conflict, ...],
        raw: bytes,
        client: str,
    ) -> tuple[Entry, Proof]:
        """The receipt of an answer and its entry. Until the entry is committed, nothing may be answered.

        Raises LedgerUnavailable where the key's time is over. The first receipt under a release that the service
        allows has that release put into service before it.
        """
        key = self._keys.ring().signer("receipts", self._clock())
        version = assessment.provenance.release
        if version not in self._in_service:
            self.ledger.announce(self._entry(self.releases[version]))
            self._in_service.add(version)
        receipt, proof = Receipts(key, self.environment, self.service, self._clock, self._random).make(
            assessment, facts, municipality=municipality, conflicts=conflicts, raw=raw, client=client
        )
        return Entry(receipt.id, proof.jws, leaf_hash(proof.jws.encode())), proof

    def against(self) -> Against:
        """What receipts and ledger are checked against here."""
        return Against(self.published, self.environment, self.releases, self.approved, self.ledger.origin)

    def check(self, given: Given) -> Checked:
        """Check one receipt against this ledger as it is. Writes and signs nothing. Raises LedgerUnavailable."""
        with self.ledger.store.reading() as connection:
            checked = check_receipt(given, self.against(), connection)
            if checked.unknown_key:  # another process may have new keys by now
                self._keys.published(reread=True)
                checked = check_receipt(given, self.against(), connection)
        return checked

    def check_now(self, given: Given) -> Checked:
        """The same, with everything committed so far under a checkpoint first. Raises LedgerUnavailable."""
        self.ledger.open()
        with suppress(LedgerDamaged):  # the check says more about it than this error
            self.ledger.checkpoint()
        return self.check(given)

    def newest_checkpoint(self) -> str:
        """The newest signed checkpoint, over everything committed so far. Raises LedgerUnavailable."""
        self.ledger.open()
        self.ledger.checkpoint()
        return self.ledger.newest or ""

    def verify(self, held: Iterable[str] = (), *, signatures: bool = True) -> Report:
        """Recompute this whole ledger from its rows. Raises LedgerUnavailable."""
        whole = Whole(self.ledger.store)
        report = verify_ledger(
            whole.entries(), whole.checkpoints(), self.ledger.origin, self.published, held, signatures=signatures
        )
        report.compare({release.version: (release.digest, release.in_force_from) for release in self.releases})
        return report

    def export(self) -> Iterator[bytes]:
        """This whole ledger as lines, with keys and releases. Raises LedgerUnavailable."""
        yield from export(Whole(self.ledger.store), self.ledger.origin, self.published, self.releases)

    def ready(self) -> None:
        """Raise LedgerUnavailable, LedgerDamaged or KeysUnusable unless an answer could get its receipt now."""
        self._keys.ring().signer("receipts", self._clock())
        self.ledger.ready()

    def _opening(self) -> list[Entry]:
        """Which releases could answer from now on: in production those that are approved, elsewhere all."""
        allowed = [
            release for release in self.releases if self.environment != "production" or self.approved(release).approved
        ]
        self._in_service |= {release.version for release in allowed}
        return [self._entry(release) for release in allowed]

    def _entry(self, release: Release) -> Entry:
        now = self._clock()
        key = self._keys.ring().signer("receipts", now)
        return in_service.entry_of(release, self.service, self.environment, now, key)
