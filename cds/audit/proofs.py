"""The one place where an answer gets its receipt: every channel calls `Proofs.prove` and answers after it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path

from cds import __version__
from cds.assessment import Assessment
from cds.audit import in_service
from cds.audit.keys import Environment, KeyRing, open_keys
from cds.audit.ledger import Ledger
from cds.audit.receipt import Proof, Receipts
from cds.audit.store import Entry, Store
from cds.audit.tree import leaf_hash
from cds.facts import Facts
from cds.merge import Conflict
from cds.release import Release


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
        releases: Iterable[Release],
    ) -> None:
        self.environment = environment
        self.service = __version__ + (f"+{build}" if build else "")
        self._folder = keys
        self._clock = clock
        self._random = random
        self._releases = releases
        self.ledger = Ledger(Store(database), lambda: self.keys, origin, clock, self._opening)

    @cached_property
    def keys(self) -> KeyRing:
        """What we sign with, and every public key there ever was. Raises KeysUnusable."""
        return open_keys(self._folder, self.environment, self._clock())

    @cached_property
    def receipts(self) -> Receipts:
        """Makes the receipts."""
        return Receipts(self.keys.receipts, self.environment, self.service, self._clock, self._random)

    async def prove(
        self,
        assessment: Assessment,
        facts: Facts,
        *,
        municipality: str | None,
        conflicts: tuple[Conflict, ...],
        raw: bytes,
        client: str,
    ) -> Proof:
        """The receipt of an answer, once it is committed. Raises LedgerUnavailable: then nothing may be answered."""
        receipt, proof = self.receipts.make(
            assessment, facts, municipality=municipality, conflicts=conflicts, raw=raw, client=client
        )
        await self.ledger.commit(entry_of(receipt.id, proof.jws))
        return proof

    def _opening(self) -> list[Entry]:
        key, now = self.keys.receipts, self._clock()
        return [in_service.entry_of(release, self.service, self.environment, now, key) for release in self._releases]


def entry_of(id_: str, jws: str) -> Entry:
    """The ledger's entry for a receipt."""
    return Entry(id_, jws, leaf_hash(jws.encode()))
