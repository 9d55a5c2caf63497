"""The one place where an answer gets its receipt: every channel signs one, commits its entry and answers after that."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from cds import __version__
from cds.assessment import Assessment
from cds.audit import in_service
from cds.audit.check import Against, Approved, Checked, Given, check_receipt
from cds.audit.export import export
from cds.audit.keys import LISTED, Environment, KeyRing, PublishedKeys, open_keys, read_published
from cds.audit.ledger import Ledger, LedgerDamaged
from cds.audit.receipt import Proof, Receipts
from cds.audit.rows import Entry, all_checkpoints, all_entries
from cds.audit.store import Store
from cds.audit.tree import leaf_hash
from cds.audit.verify import Report, verify_ledger
from cds.facts import Facts
from cds.merge import Conflict
from cds.release import Releases


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
        self._folder = keys
        self._clock = clock
        self._random = random
        self.releases = releases
        self.approved = approved
        self.ledger = Ledger(Store(database), lambda: self.keys, origin, clock, self._opening)

    @cached_property
    def keys(self) -> KeyRing:
        """What we sign with, and every public key there ever was. Raises KeysUnusable."""
        return open_keys(self._folder, self.environment, self._clock())

    @cached_property
    def published(self) -> PublishedKeys:
        """Every public key there ever was: all that verifying needs. Raises KeysUnusable."""
        return read_published(self._folder / LISTED)

    @cached_property
    def receipts(self) -> Receipts:
        """Makes the receipts."""
        return Receipts(self.keys.receipts, self.environment, self.service, self._clock, self._random)

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
        """The receipt of an answer and its entry. Until the entry is committed, nothing may be answered."""
        receipt, proof = self.receipts.make(
            assessment, facts, municipality=municipality, conflicts=conflicts, raw=raw, client=client
        )
        return Entry(receipt.id, proof.jws, leaf_hash(proof.jws.encode())), proof

    def against(self) -> Against:
        """What receipts and ledger are checked against here."""
        return Against(self.published, self.environment, self.releases, self.approved, self.ledger.origin)

    def check(self, given: Given) -> Checked:
        """Check one receipt against this ledger as it is. Writes and signs nothing. Raises LedgerUnavailable."""
        with self.ledger.store.reading() as connection:
            return check_receipt(given, self.against(), connection)

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
        with self.ledger.store.reading() as connection:
            return verify_ledger(
                all_entries(connection),
                all_checkpoints(connection),
                self.ledger.origin,
                self.published,
                held,
                signatures=signatures,
            )

    def export(self) -> Iterator[bytes]:
        """This whole ledger as lines, with keys and releases. Raises LedgerUnavailable."""
        with self.ledger.store.reading() as connection:
            yield from export(connection, self.ledger.origin, self.published, self.releases)

    def _opening(self) -> list[Entry]:
        key, now = self.keys.receipts, self._clock()
        return [in_service.entry_of(release, self.service, self.environment, now, key) for release in self.releases]
